#!/bin/bash
# Publishing while somebody is connected; who is let in; a finished NAME__next.
. "$(dirname "$0")/../support/server.sh"
tool=${BUILD_DIR:-$SOURCE_DIR/build/dev}/tests/db_target_tool
server_start a
psql_in a postgres -c 'CREATE DATABASE src' -c 'CREATE ROLE agent LOGIN' -c 'CREATE ROLE writer LOGIN'
psql_in a src -c 'CREATE SCHEMA s' -c 'CREATE TABLE s.t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)' \
    -c 'REVOKE CONNECT ON DATABASE src FROM PUBLIC'

run()
{
    local want=$1 status=0
    shift
    out=$("$tool" "$(dsn a src)" "$(dsn a sb)" "$test_root" "$@" 2>&1) || status=$?
    [ "$status" = "$want" ] || { echo "$out" >&2; echo "exit $status, not $want" >&2; return 1; }
}
says() { grep -qF -- "$1" <<<"$out" || { echo "$out" >&2; return 1; }; }
marker() { psql_in a postgres -c "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$1'"; }
is() { [ "$1" = "$2" ] || { echo "is \"$1\", not \"$2\"" >&2; return 1; }; }
like() { [[ $1 == $2 ]] || { echo "is \"$1\", not \"$2\"" >&2; return 1; }; }
can() { psql_in a sb -c "SELECT has_$1_privilege($2)"; }
# visit SECONDS: a session in NAME
visit()
{
    psql_in a sb -c "SELECT pg_sleep($1)" >/dev/null 2>&1 &
    visitor=$!
    for _ in {1..50}; do
        [ "$(psql_in a postgres -c "SELECT count(*) FROM pg_stat_activity WHERE datname = 'sb'")" = 0 ] || return 0
        sleep 0.1
    done
    fail "no session came up"
}

claim "a first one is published" run 0 run=r1
claim "PUBLIC stays out, as at the source" is "$(can database "'agent', 'sb', 'CONNECT'")" f

# --- who is let in
claim "a role under access: is let in" run 0 run=r2 access=agent
claim "into the database" is "$(can database "'agent', 'sb', 'CONNECT'")" t
claim "to read" is "$(can table "'agent', 's.t', 'SELECT'")" t
claim "not to write" is "$(can table "'agent', 's.t', 'INSERT'")" f
claim "with what it says it needs" is "$(can schema "'agent', 's', 'USAGE'")" t
claim "a writing role too" run 0 run=r3 write=writer
claim "to write" is "$(can table "'writer', 's.t', 'INSERT'")" t
claim "and use sequences" is "$(can sequence "'writer', 's.t_id_seq', 'USAGE'")" t
claim "a missing one stops before anything is done" run 1 run=r4 access=nobody_there
claim "with the SQL that mends it" says "CREATE ROLE nobody_there"

# --- in use
visit 3
claim "somebody leaves in time" run 0 run=r5 wait=20
claim "and it is published" like "$(marker sb)" "* run=r5 *"
wait $visitor || true

visit 60
claim "somebody stays: kept for the next run" run 2 run=r6 wait=1 inputs=abc
claim "which says what to do" says "is in use"
claim "NAME is yesterday's" like "$(marker sb)" "* run=r5 *"
claim "NAME__next is finished" like "$(marker sb__next)" "sandseed: 1 state=finished run=r6 *inputs=abc"
claim "the visitor is still there" kill -0 $visitor
claim "other inputs: not that one" run 2 run=r7 wait=0 inputs=xyz
claim "but one of its own" like "$(marker sb__next)" "* run=r7 *inputs=xyz"
claim "terminate: published" run 0 run=r8 wait=1 terminate=1 inputs=xyz
claim "without building again" says "publishing what run r7 finished"
claim "it is that one" like "$(marker sb)" "sandseed: 1 state=published run=r7 *"
wait $visitor && fail "the visitor's session should have ended"
claim "NAME is open" is "$(psql_in a postgres -c "SELECT datallowconn FROM pg_database WHERE datname = 'sb'")" t

# --- somebody who comes back at once, as a pool does
( while [ ! -e "$test_root/stop" ]; do psql_in a sb -c 'SELECT pg_sleep(5)' >/dev/null 2>&1 || true; done ) &
pool=$!
sleep 1
claim "a pool that reconnects does not hold it up" run 0 run=r9 wait=1 terminate=1 keep=1
touch "$test_root/stop"
claim "published" like "$(marker sb)" "* run=r9 *"
claim "the one before is kept" like "$(marker sb__previous)" "* run=r7 *"
claim "and open" is "$(psql_in a postgres -c "SELECT datallowconn FROM pg_database WHERE datname = 'sb__previous'")" t
psql_in a postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('sb', 'sb__previous')" >/dev/null
wait $pool || true

# --- the name goes to a database of somebody's while the run waits, at the last moment
psql_in a postgres -c 'CREATE DATABASE mine'
psql_in a mine -c 'CREATE TABLE precious ()'
visit 60
( status=0; "$tool" "$(dsn a src)" "$(dsn a sb)" "$test_root" run=r10 wait=60 >"$test_root/waits" 2>&1 || status=$?; echo $status >"$test_root/waited" ) &
waits=$!
for _ in {1..300}; do [[ "$(marker sb__next)" != *state=finished* ]] || break; sleep 0.1; done
sleep 1
psql_in a postgres >/dev/null <<'SQL'
BEGIN;
LOCK TABLE pg_catalog.pg_database IN EXCLUSIVE MODE;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'sb';
SELECT pg_sleep(2);
ALTER DATABASE sb RENAME TO sb_old;
ALTER DATABASE mine RENAME TO sb;
COMMIT;
SQL
wait $waits
claim "it is refused" is "$(cat "$test_root/waited")" 3
claim "and stays what it is" is "$(psql_in a sb -c 'SELECT count(*) FROM precious')" 0
claim "nothing else has changed its name" is "$(psql_in a postgres -c "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE datname ~ '^sb' AND datname <> 'sb__previous'")" "sb sb__next sb_old"
psql_in a postgres -c 'DROP DATABASE sb' -c 'ALTER DATABASE sb_old RENAME TO sb'

# --- a run that died in the middle of publishing
psql_in a postgres -c 'ALTER DATABASE sb WITH ALLOW_CONNECTIONS false'
claim "NAME shut by a crash" run 4 run=r10 "sabotage=DROP TABLE s.t"
claim "is open again though the run failed" is "$(psql_in a postgres -c "SELECT datallowconn FROM pg_database WHERE datname = 'sb'")" t
claim "and the same" like "$(marker sb)" "* run=r9 *"

# --- the right to end sessions
psql_in a postgres -c 'CREATE ROLE weak LOGIN CREATEDB'
status=0
out=$("$tool" "$(dsn a src)" "host=${server_dir[a]} user=weak dbname=sb3" "$test_root" owners=skip wait=1 terminate=1 2>&1) || status=$?
claim "the right to terminate is asked for first" is $status 1
claim "by name" says "GRANT pg_signal_backend TO weak"
