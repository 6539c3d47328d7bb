#!/bin/bash
# What the target lacks is told, by name and with the next step, before anything is written.  The source's
# catalog is bent to ask for what no server here has.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source asks
psql_in source asks -c "CREATE EXTENSION pg_trgm; CREATE TABLE t (id int PRIMARY KEY, v text);
    INSERT INTO t SELECT i, 'canary' || i FROM generate_series(1, 50) i; CREATE COLLATION odd (locale = 'C'); CREATE TABLE u (v text COLLATE odd)"
policy=$test_root/p.yaml
policy_for source asks "$(dsn target box)" synthesise "$policy"
exits 0 refresh "$policy"
table_sums target box >"$test_root/yesterday"
untouched()
{
    table_sums target box | diff "$test_root/yesterday" - || fail "yesterday's sandbox changed: $1"
    [ "$(databases target)" = box ] || fail "left behind: $(databases target): $1"
    ! grep -q canary "$test_root/out" || fail "a value in a message: $1"
    echo "ok: $1"
}

psql_in source asks -c "UPDATE pg_extension SET extname = 'no_such_ext' WHERE extname = 'pg_trgm'"
exits 1 refresh "$policy"
says "no_such_ext"
says "strip"
untouched "an extension that the target lacks"
# Under --quiet too: every lack in one run, of a private server as well, which is stopped.
psql_in source asks -c "CREATE ROLE odd_owner" -c "ALTER TABLE t OWNER TO odd_owner"
exits 1 refresh "$policy"
says "no_such_ext"
says "odd_owner"
untouched "several lacks are told at once"
exits 1 refresh "$policy" --target "cluster:$test_root/private"
says "no_such_ext"
exits 0 "$SANDSEED" cluster status "$test_root/private"
says "stopped"
claim "a private server that the failed run started is stopped" [ ! -e "$test_root/private/data/postmaster.pid" ]
psql_in source asks -c "ALTER TABLE t OWNER TO postgres" -c "DROP ROLE odd_owner"
psql_in source asks -c "UPDATE pg_extension SET extname = 'pg_trgm' WHERE extname = 'no_such_ext'"

psql_in source asks -c "UPDATE pg_collation SET collcollate = 'xx_XX.utf8', collctype = 'xx_XX.utf8' WHERE collname = 'odd'"
status=0
refresh "$policy" >"$test_root/out" 2>&1 || status=$?
[ "$status" = 1 ] || { cat "$test_root/out" >&2; fail "exit status $status for a collation that the target lacks"; }
says "odd"
untouched "a collation that the target lacks"

# --- a locale that the source's server has and the target's has not
mkdir "$test_root/locales"
cp -r /usr/lib/locale/C.utf8 "$test_root/locales/xx_XX.utf8"
chmod -R a+rX "$test_root/locales"
LOCPATH=$test_root/locales server_start foreign
psql_in foreign postgres -c "CREATE DATABASE odd TEMPLATE template0 LOCALE 'xx_XX.UTF-8'"
psql_in foreign odd -c "CREATE TABLE t (id int PRIMARY KEY, v text);
    INSERT INTO t SELECT i, 'canary' || i FROM generate_series(1, 50) i"
rm "$policy"
policy_for foreign odd "$(dsn target box)" synthesise "$policy"
exits 1 refresh "$policy"
says "xx_XX.UTF-8"
says "schema: {locale: substitute}"
untouched "a locale that the target lacks"
echo 'schema: {locale: substitute}' >>"$policy"
exits 0 refresh "$policy"
claim "another locale is substituted when the policy says so" \
    [ "$(psql_in target postgres -c "SELECT datcollate FROM pg_database WHERE datname = 'box'")" = C.UTF-8 ]
says "locale of the source (xx_XX.UTF-8) replaced"
claim "and the report says so" grep -q "xx_XX.UTF-8" "$test_root/sandseed-out/report.json"
