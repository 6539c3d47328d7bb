#!/bin/bash
# Which databases a run may touch: markers, names, adoption, source and target told apart.
. "$(dirname "$0")/../support/server.sh"
tool=${BUILD_DIR:-$SOURCE_DIR/build/dev}/tests/db_target_tool
server_start a
server_start b

psql_in a postgres -c 'CREATE DATABASE src'
psql_in a src -c 'CREATE TABLE t (id int PRIMARY KEY)'

# run EXPECTED SOURCE-DB SERVER TARGET-DB OPTION...: output in $out
run()
{
    local want=$1 source=$2 server=$3 target=$4 status=0
    shift 4
    out=$("$tool" "$(dsn a "$source")" "$(dsn "$server" "$target")" "$test_root" "$@" 2>&1) || status=$?
    [ "$status" = "$want" ] || { echo "$out" >&2; echo "exit $status, not $want" >&2; return 1; }
}
says() { grep -qF -- "$1" <<<"$out" || { echo "$out" >&2; return 1; }; }
databases() { psql_in "$1" postgres -c "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1') ORDER BY 1" | paste -sd ' '; }
marker() { psql_in "$1" postgres -c "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$2'"; }
is() { [ "$1" = "$2" ] || { echo "is \"$1\", not \"$2\"" >&2; return 1; }; }
like() { [[ $1 == $2 ]] || { echo "is \"$1\", not \"$2\"" >&2; return 1; }; }

# --- names
long=$(printf 'n%.0s' {1..53})
claim "a name of 53 bytes works" run 0 src b "$long"
claim "and again, with the one before kept" run 0 src b "$long" keep=1
claim "under its whole name" is "$(databases b)" "$long ${long}__previous"
claim "a name of 54 bytes is refused" run 3 src b "${long}n"
claim "with its length" says "54 bytes"
claim "a multibyte name is measured in bytes" run 3 src b "$(printf 'ä%.0s' {1..27})"
claim "the server's own databases are no targets" run 3 src b postgres
for ending in next previous scratch; do
    claim "a name that ends in __$ending is refused" run 3 src b "box__$ending"
    claim "because it is another sandbox's" says "belong to the sandbox NAME"
done
claim "nothing else was made" is "$(databases b)" "$long ${long}__previous"
psql_in b postgres -c "DROP DATABASE \"$long\"" -c "DROP DATABASE \"${long}__previous\""
claim "a hostile name works" run 0 src b "'x\"; DROP--y'"
psql_in b postgres -c 'DROP DATABASE "x""; DROP--y"'

# --- what is not ours
createdb_in b theirs
psql_in b theirs -c 'CREATE TABLE precious (id int)'
claim "a database with objects and no marker is refused" run 3 src b theirs
claim "by the objects in it" says "relation precious"
claim "and with a next step" says "hint:"
psql_in b postgres -c "COMMENT ON DATABASE theirs IS 'sandseed: 1 state=published'"
claim "half a marker is none" run 3 src b theirs
psql_in b postgres -c "COMMENT ON DATABASE theirs IS NULL"
psql_in b postgres -c 'DROP DATABASE IF EXISTS sb' -c 'CREATE DATABASE sb__next'
psql_in b sb__next -c 'CREATE TABLE precious (id int)'
claim "an unmarked NAME__next with objects is refused" run 3 src b sb
psql_in b postgres -c 'DROP DATABASE sb__next' -c 'CREATE DATABASE sb__previous'
claim "an unmarked NAME__previous is refused, even empty" run 3 src b sb
psql_in b postgres -c 'DROP DATABASE sb__previous'
psql_in a postgres -c 'CREATE ROLE other'
psql_in b postgres -c 'CREATE ROLE other' -c 'CREATE DATABASE sb OWNER other'
claim "an empty NAME of another role is refused" run 3 src b sb
psql_in b postgres -c 'DROP DATABASE sb'
claim "the foreign one is as it was" is "$(psql_in b theirs -c 'SELECT count(*) FROM pg_class WHERE relname = $$precious$$')" 1

# --- what is published, under a name that a run would drop
claim "a sandbox is published" run 0 src b box
for ending in next scratch; do
    psql_in b postgres -c "ALTER DATABASE box RENAME TO box__$ending"
    claim "it is not dropped as the box__$ending of another" run 3 src b box
    claim "and the refusal says what it is" says "is a published sandbox"
    psql_in b postgres -c "ALTER DATABASE box__$ending RENAME TO box"
done
psql_in b postgres -c 'DROP DATABASE box'

# --- what is adopted
createdb_in b sb
claim "an empty NAME of our role is adopted" run 0 src b sb run=first
claim "and replaced by a marked one" like "$(marker b sb)" "sandseed: 1 state=published run=first at=*"
createdb_in b sb__next
claim "an unmarked empty NAME__next of our role is adopted" run 0 src b sb run=second keep=1
claim "and gone" is "$(databases b)" "sb sb__previous theirs"

# --- a run that died
"$tool" "$(dsn a src)" "$(dsn b sb)" "$test_root" run=dead until=crash >/dev/null 2>&1 || true
claim "a run that died leaves a marked NAME__next" like "$(marker b sb__next)" "sandseed: 1 state=building run=dead at=*"
claim "which the next run replaces" run 0 src b sb run=third
claim "leaving nothing but NAME" is "$(databases b)" "sb theirs"
claim "of its own" like "$(marker b sb)" "* run=third *"
claim "a failed gate leaves NAME alone" run 4 src b sb run=fourth "sabotage=CREATE TABLE public.extra ()"
claim "as it was" like "$(marker b sb)" "* run=third *"
claim "and no NAME__next, no NAME__scratch" is "$(databases b)" "sb theirs"

# --- a run that is stopped
# in the background a script's SIGINT is ignored, unless job control gives the job its own group
set -m
"$tool" "$(dsn a src)" "$(dsn b sb)" "$test_root" run=stopped "sabotage=SELECT pg_sleep(60)" >/dev/null 2>&1 &
job=$!
set +m
for _ in {1..100}; do
    [ "$(psql_in b postgres -c "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)'")" = 0 ] || break
    sleep 0.1
done
begin=$SECONDS
kill -INT $job
status=0
wait $job || status=$?
claim "an interrupt ends it" is $status 6
claim "within two seconds" test $((SECONDS - begin)) -le 3
claim "leaving nothing behind" is "$(databases b)" "sb theirs"
claim "and NAME as it was" like "$(marker b sb)" "* run=third *"

# --- closed doors
claim "a NAME__next is begun" run 0 src b shut until=begin
claim "shut to PUBLIC" is "$(psql_in b postgres -c "SELECT has_database_privilege('other', 'shut__next', 'CONNECT')")" f
claim "and open once published" run 0 src b shut
claim "as the source's database is" is "$(psql_in b postgres -c "SELECT has_database_privilege('other', 'shut', 'CONNECT')")" t

# --- source and target
claim "the source as target is refused" run 3 src a src until=prove
psql_in a postgres -c "COMMENT ON DATABASE src IS 'sandseed: 1 state=published run=x at=2026-01-01T00:00:00Z'"
claim "also when it carries the marker" run 3 src a src until=prove
claim "and says so" says "is the source itself"
psql_in a postgres -c 'REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC' -c 'CREATE ROLE plain LOGIN CREATEDB' \
    -c 'ALTER DATABASE src OWNER TO plain'
psql_in a src -c 'REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC' -c 'GRANT SELECT ON t TO plain'
status=0
out=$("$tool" "host=${server_dir[a]} user=plain dbname=src" "host=${server_dir[a]} user=plain dbname=src" "$test_root" until=prove 2>&1) || status=$?
claim "also when the system identifier may not be read" is $status 3
psql_in a postgres -c 'ALTER DATABASE src OWNER TO postgres' -c 'DROP OWNED BY plain' -c 'COMMENT ON DATABASE src IS NULL'
claim "another database of the same cluster is allowed" run 0 src a beside
claim "and reported" says "same cluster: yes"
claim "another cluster is told apart" run 0 src b sb until=prove
claim "too" says "same cluster: no"

psql_in a src -c 'DROP OWNED BY plain'

# --- two at once
"$tool" "$(dsn a src)" "$(dsn b busy)" "$test_root" >/dev/null 2>&1
psql_in b postgres -c "SELECT pg_advisory_lock(hashtextextended('sandseed target ' || 'busy', 0)), pg_sleep(20)" >/dev/null &
holder=$!
sleep 1
claim "a second run at the same NAME is told to wait" run 2 src b busy
kill $holder 2>/dev/null || true
