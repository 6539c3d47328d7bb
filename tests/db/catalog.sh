#!/bin/bash
# What sandseed inspect says of a schema that has one of everything, and how often it asks the server.
# Whoever adds to nasty.sql runs this with UPDATE=yes and reads the difference.
. "$(dirname "$0")/../support/server.sh"
here=$SOURCE_DIR/tests/db
server_start a ${1:-} # tests/db/catalog.sh [BINDIR]: another server than the newest

facts() { "$SANDSEED" inspect "$1" --no-rows -q --json >"$test_root/json" && python3 "$here/catalog_facts.py" "${@:2}" <"$test_root/json"; }
note() { python3 -c 'import json, sys; print(*[n["count"] for n in json.load(sys.stdin)["notes"] if n["kind"] == sys.argv[1]])' "$1" <"$test_root/json"; }
is() { [ "$1" = "$2" ] || { echo "is \"$1\", not \"$2\"" >&2; return 1; }; }

# --- one of everything
createdb_in a nasty
psql_in a nasty -o /dev/null -f "$here/nasty.sql"
! psql_in a nasty -c 'CREATE UNIQUE INDEX CONCURRENTLY dup_v ON app.dup (v)' 2>/dev/null || fail "the index should have been refused"
facts "$(dsn a nasty)" >"$test_root/nasty"
[ -z "${UPDATE:-}" ] || cp "$test_root/nasty" "$here/nasty.expected"
claim "every fact of the nasty schema is as expected" diff -u "$here/nasty.expected" "$test_root/nasty"
"$SANDSEED" inspect "$(dsn a nasty)" -q >"$test_root/text"
claim "names are escaped for people" grep -qF 'Order.Line\x0atwo' "$test_root/text"
claim "control characters never get out" test -z "$(tr -d '\n' <"$test_root/text" | LC_ALL=C tr -cd '\000-\037\177')"

# --- what a role may see
psql_in a nasty -c 'ALTER ROLE nasty_reader LOGIN' -c 'ALTER ROLE nasty_owner LOGIN'
reader="host=${server_dir[a]} user=nasty_reader dbname=nasty"
facts "$reader" app.keys app.secured app.forced app.unlogged >"$test_root/reader"
claim "a granted table is readable" is "$(grep -c '^app.keys:.*UNREADABLE' "$test_root/reader")" 0
claim "one that is not granted is not" is "$(grep -c '^app.unlogged:.*UNREADABLE' "$test_root/reader")" 1
claim "row security hides rows from others" is "$(grep -c '^app.secured:.*HIDDEN' "$test_root/reader")" 1
claim "and it is noted" is "$(note hidden-rows)" 2
owner="host=${server_dir[a]} user=nasty_owner dbname=nasty"
facts "$owner" app.secured app.forced >"$test_root/owner"
claim "an owner sees through row security" is "$(grep -c '^app.secured:.*HIDDEN' "$test_root/owner")" 0
claim "unless it is forced" is "$(grep -c '^app.forced:.*HIDDEN' "$test_root/owner")" 1
out=$("$SANDSEED" inspect "$(dsn a nasty)" 2>&1 >/dev/null)
claim "a superuser is warned of" grep -q superuser <<<"$out"

# --- what only newer servers have
version=$(psql_in a postgres -c 'SHOW server_version_num')
createdb_in a newer
if [ "$version" -ge 150000 ]; then
    psql_in a newer -c 'CREATE TABLE t15 (a int, UNIQUE NULLS NOT DISTINCT (a))'
    claim "NULLS NOT DISTINCT is seen" grep -q nulls_not_distinct <<<"$(facts "$(dsn a newer)" public.t15)"
fi
if [ "$version" -ge 180000 ]; then
    psql_in a newer -c 'CREATE EXTENSION btree_gist' -c 'CREATE TABLE t18 (a int, v int GENERATED ALWAYS AS (a * 2) VIRTUAL,
        during tsrange, PRIMARY KEY (a, during WITHOUT OVERLAPS), CONSTRAINT loose CHECK (a > 0) NOT ENFORCED)'
    facts "$(dsn a newer)" public.t18 >"$test_root/t18"
    claim "virtual columns are generated" grep -q '^  v integer generated' "$test_root/t18"
    claim "a key WITHOUT OVERLAPS is a key" grep -q '^  key t18_pkey (a, during) primary constraint valid' "$test_root/t18"
    claim "and excludes" grep -q '^  exclude t18_pkey (a, during)' "$test_root/t18"
    claim "what is NOT ENFORCED is not taken for valid" grep -qx '  check loose (a) CHECK ((a > 0)) NOT ENFORCED' "$test_root/t18"
fi

# --- a few statements for all tables, not some for each
statements() # DB: how many inspect sends
{
    local before
    before=$(grep -cE 'LOG:  (statement|execute)' "${server_dir[a]}/log" || true)
    facts "$(dsn a "$1")" >/dev/null
    echo $(($(grep -cE 'LOG:  (statement|execute)' "${server_dir[a]}/log") - before))
}
createdb_in a one_table
createdb_in a many
psql_in a one_table -c 'CREATE TABLE t (id int PRIMARY KEY, v text CHECK (v <> $$x$$))'
psql_in a many -c 'DO $$ BEGIN FOR i IN 1 .. 200 LOOP
    EXECUTE format($t$CREATE TABLE t%s (id int PRIMARY KEY, of int REFERENCES t%s, v text UNIQUE CHECK (v <> $x$x$x$))$t$, i, greatest(i - 1, 1));
    END LOOP; END $$'
psql_in a postgres -c "ALTER SYSTEM SET log_statement = 'all'" -c 'SELECT pg_reload_conf()' >/dev/null
few=$(statements one_table)
claim "the server tells what it is asked" [ "$few" -gt 5 ]
claim "200 tables cost as many statements as one" is "$(statements many)" "$few"
psql_in a postgres -c 'ALTER SYSTEM RESET log_statement' -c 'SELECT pg_reload_conf()' >/dev/null

# --- what cannot be read at all
mkdir "$test_root/no-files"
status=0; out=$("$SANDSEED" inspect "csv:$test_root/no-files" 2>&1) || status=$?
claim "a folder without CSV files is an error" is "$status" 1
claim "that names what is missing" grep -q 'holds no file named \*.csv' <<<"$out"
claim "and the next step" grep -q 'TABLE.csv' <<<"$out"
