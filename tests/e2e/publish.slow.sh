#!/bin/bash
# Publishing: a sandbox in use, a NAME__next that stands finished, and what a crash may leave behind.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source shop
psql_in source shop -c "CREATE TABLE customer (id int PRIMARY KEY, email text NOT NULL);
    INSERT INTO customer SELECT i, 'canary' || i || '@real.org' FROM generate_series(1, 500) i; ANALYZE"
policy=$test_root/p.yaml
policy_for source shop "$(dsn target box)" keep "$policy"
exits 0 refresh "$policy"
table_sums target box >"$test_root/yesterday"

untouched()
{
    table_sums target box | diff "$test_root/yesterday" - || fail "yesterday's sandbox changed: $1"
    [ "$(databases target)" = "${2:-box}" ] || fail "there are: $(databases target): $1"
    ! grep -q canary "$test_root/out" || fail "a value in a message: $1"
    echo "ok: $1"
}

# sit DB [NAME]: a session that stays connected until leave
sit()
{
    coproc SITTER { psql -X -q -A -t -d "$(dsn target "$1") application_name=sitter" 2>&1; }
    echo "SELECT 'here';" >&"${SITTER[1]}"
    read -r -t 10 _ <&"${SITTER[0]}" || fail "no session"
    sitter=$SITTER_PID
}
leave()
{
    kill "$sitter" 2>/dev/null || true
    wait "$sitter" 2>/dev/null || true
    for _ in $(seq 100); do
        [ "$(sitting)" != 0 ] || return 0
        sleep 0.05
    done
    fail "the session stays"
}
sitting() { psql_in target postgres -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sitter'"; }
rows() { psql_in target "$1" -c "SELECT count(*) FROM customer"; }
oid() { psql_in target postgres -c "SELECT oid FROM pg_database WHERE datname = '$1'"; }
with() { { echo "$1"; grep -v "^${1%%:*}:" "$policy"; } >"$test_root/with.yaml"; echo "$test_root/with.yaml"; }

# --- in use -----------------------------------------------------------------------------------------
psql_in source shop -c "INSERT INTO customer VALUES (501, 'canary501@real.org')"
sit box
exits 2 refresh "$(with 'when_in_use: {wait: 1s, then: keep-next}')"
says "in use (1 session)"
says "box__next"
says "run this again"
untouched "keep-next: yesterday's stays, the new one waits" "box box__next"
[ "$(sitting)" = 1 ] || fail "keep-next ended a session"
grep -q '"kept-next"' "$test_root/sandseed-out/report.json" ||
    fail "the report does not say that it was kept"
kept=$(oid box__next)

exits 2 refresh "$(with 'when_in_use: {wait: 1s, then: keep-next}')"
[ "$(oid box__next)" = "$kept" ] || fail "a finished NAME__next was built again"
untouched "still in use: the finished one goes on waiting" "box box__next"

# The next run waits for the session, then publishes what stands finished.
psql_in source shop -c "INSERT INTO customer VALUES (502, 'canary502@real.org')"
refresh "$(with 'when_in_use: {wait: 60s, then: keep-next}')" >"$test_root/out" 2>&1 &
run=$!
sleep 2
kill -0 $run || { cat "$test_root/out" >&2; fail "it did not wait"; }
[ "$(oid box)" != "$kept" ] || fail "it published into a sandbox in use"
leave
wait $run || { cat "$test_root/out" >&2; fail "the waiting run failed"; }
[ "$(oid box)" = "$kept" ] || fail "it was built again"
[ "$(rows box)" = 501 ] || fail "not what was finished: $(rows box) rows"
[ "$(databases target)" = box ] || fail "left behind: $(databases target)"
echo "ok: a run waits for sessions, then publishes the finished NAME__next without building it again"
table_sums target box >"$test_root/yesterday"

sit box
exits 0 refresh "$(with 'when_in_use: {wait: 1s, then: terminate}')"
[ "$(sitting)" = 0 ] || fail "the session goes on"
[ "$(rows box)" = 502 ] || fail "not published"
leave
table_sums target box >"$test_root/yesterday"
untouched "terminate ends sessions and publishes"

# --- the right to terminate is looked at before a row is read ----------------------------------------
psql_in target postgres -c "CREATE ROLE loader LOGIN CREATEDB; CREATE ROLE other LOGIN"
loader="host=${server_dir[target]} user=loader dbname=lbox"
exits 0 refresh "$(with 'schema: {owners: skip}')" --target "$loader"
sit lbox
exits 1 refresh "$(with $'schema: {owners: skip}\nwhen_in_use: {wait: 1s, then: terminate}')" --target "$loader"
says "pg_signal_backend"
leave
untouched "without the right to terminate the run does not begin" "box lbox"
psql_in target postgres -c "DROP DATABASE lbox" -c "DROP ROLE loader, other"

# --- a finished one from other inputs -----------------------------------------------------------------
sit box
exits 2 refresh "$(with 'when_in_use: {wait: 1s, then: keep-next}')"
kept=$(oid box__next)
leave
psql_in source shop -c "INSERT INTO customer VALUES (503, 'canary503@real.org')"
exits 0 refresh "$(with 'people: 12')"
[ "$(oid box)" != "$kept" ] && [ "$(rows box)" = 503 ] || fail "a sandbox of another policy was published"
[ "$(databases target)" = box ] || fail "left behind: $(databases target)"
echo "ok: with a changed policy it is built anew"

sit box
exits 2 refresh "$(with 'when_in_use: {wait: 1s, then: keep-next}')"
kept=$(oid box__next)
leave
psql_in source shop -c "CREATE INDEX ON customer (email)"
exits 0 refresh "$policy"
[ "$(oid box)" != "$kept" ] || fail "a sandbox of another schema was published"
echo "ok: with a changed schema it is built anew"
table_sums target box >"$test_root/yesterday"

# A copy of the source's server: the same label, system identifier, OID and schema, but other rows.
sit box
exits 2 refresh "$(with 'when_in_use: {wait: 1s, then: keep-next}')"
kept=$(oid box__next)
leave
server_stop source fast
mkdir "$test_root/twin"
[ "$(id -u)" != 0 ] || chown postgres: "$test_root/twin"
cp -a "${server_dir[source]}/data" "$test_root/twin/data"
as_postgres tee -a "$test_root/twin/data/postgresql.conf" >/dev/null <<<"unix_socket_directories = '$test_root/twin'"
server_dir[twin]=$test_root/twin server_bin[twin]=${server_bin[source]}
for server in source twin; do
    as_postgres "${server_bin[$server]}/pg_ctl" -D "${server_dir[$server]}/data" -w -s -l "${server_dir[$server]}/log" start
done
psql_in twin shop -c "DELETE FROM customer WHERE id > 100"
exits 0 refresh "$policy" --source "$(dsn twin shop)"
[ "$(oid box)" != "$kept" ] && [ "$(rows box)" = 100 ] || fail "another source's sandbox was published"
[ "$(databases target)" = box ] || fail "left behind: $(databases target)"
server_stop twin
echo "ok: from another source it is built anew"
exits 0 refresh "$policy"
table_sums target box >"$test_root/yesterday"

# --- what a crash leaves --------------------------------------------------------------------------------
createdb_in target box__next
exits 0 refresh "$policy"
untouched "an unmarked NAME__next that is empty and ours is adopted"

createdb_in target box__next
psql_in target box__next -c "CREATE TABLE precious (a int); INSERT INTO precious VALUES (1)"
exits 3 refresh "$policy"
says "box__next"
says "carries no marker"
untouched "an unmarked NAME__next with something in it is refused" "box box__next"
[ "$(psql_in target box__next -c 'TABLE precious')" = 1 ] || fail "it was written"
psql_in target postgres -c "DROP DATABASE box__next"

psql_in target postgres -c "CREATE ROLE other" -c "CREATE DATABASE box__next OWNER other"
exits 3 refresh "$policy"
says "other"
untouched "an unmarked NAME__next of another role is refused" "box box__next"
psql_in target postgres -c "DROP DATABASE box__next" -c "DROP ROLE other"

psql_in source shop -c "INSERT INTO customer SELECT i, 'canary' || repeat('x', 200) FROM generate_series(1000, 300000) i; ANALYZE"
mkdir "$test_root/tmp"
TMPDIR=$test_root/tmp "$SANDSEED" refresh "$policy" --allow-privileged-source --quiet >"$test_root/out" 2>&1 &
run=$!
for _ in $(seq 400); do
    [ -z "$(psql_in target postgres -c "SELECT 1 FROM pg_stat_activity WHERE datname = 'box__next' AND query LIKE 'COPY%'")" ] || break
    sleep 0.02
done
kill -KILL $run
wait $run 2>/dev/null || true
# A server goes on with what it was asked for: NAME__scratch may appear until its sessions notice.
while [ -n "$(psql_in target postgres -c "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'sandseed%'")" ]; do sleep 0.1; done
there=$(databases target)
untouched "a run that is killed outright leaves its NAME__next" "$there"
[[ " $there " = *" box__next "* ]] || fail "it was not there yet: $there"
claim "and nothing in TMPDIR" [ -z "$(ls "$test_root/tmp")" ]
left=$(oid box__next)
exits 0 refresh "$policy"
[ "$(oid box)" != "$left" ] || fail "an unfinished sandbox was published"
[ "$(databases target)" = box ] || fail "left behind: $(databases target)"
claim "nor has it left its own folder" [ -z "$(find "$test_root" -path '*-out/run-*')" ]
claim "the next run cleans it up and builds anew" [ "$(rows box)" = "$(psql_in source shop -c 'SELECT count(*) FROM customer')" ]
