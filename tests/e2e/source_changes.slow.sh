#!/bin/bash
# Production goes on while it is read: an ALTER TABLE waits for one range at most and holds nobody up,
# and what an older snapshot cannot see (TRUNCATE, a rewrite) ends the run with nothing published.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source big
# Three ranges of 128 MB and a bit; the small table is read last, after all of the large one.
psql_in source big -c "CREATE TABLE big (id int PRIMARY KEY, filler text);
    INSERT INTO big SELECT i, 'canary' || repeat('x', 400) FROM generate_series(1, 900000) i;
    CREATE TABLE small (id int PRIMARY KEY, email text);
    INSERT INTO small SELECT i, 'canary' || i || '@real.org' FROM generate_series(1, 1000) i; ANALYZE"
policy=$test_root/p.yaml
policy_for source big "$(dsn target box)" keep "$policy"
exits 0 refresh "$policy" --jobs 1
table_sums target box >"$test_root/yesterday"
table_sums source big >"$test_root/production"
claim "the sandbox is the source" diff "$test_root/production" "$test_root/yesterday"

untouched()
{
    table_sums target box | diff "$test_root/yesterday" - || fail "yesterday's sandbox changed: $1"
    [ "$(databases target)" = "${2:-box}" ] || fail "left behind: $(databases target): $1"
    ! grep -q canary "$test_root/out" || fail "a value in a message: $1"
    echo "ok: $1"
}

now_ms() { echo $(($(date +%s%N) / 1000000)); }

# reading TABLE: wait until a reader of a run is inside a range of it
reading()
{
    for _ in $(seq 400); do
        [ -z "$(psql_in source big -c "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'sandseed %'
            AND state = 'active' AND query LIKE 'COPY%$1%'")" ] || return 0
        sleep 0.02
    done
    fail "no reader of $1 was seen"
}

# --- an ALTER TABLE, and a reader behind it ---------------------------------------------------------
refresh "$policy" --jobs 1 >"$test_root/out" 2>&1 &
run=$!
reading big
begun=$(now_ms)
psql_in source big -c "ALTER TABLE big ADD COLUMN later text" &
alter=$!
sleep 0.05
psql_in source big -o /dev/null -c "SELECT id FROM big LIMIT 1"
waited=$(($(now_ms) - begun))
wait $alter
still=no
kill -0 $run 2>/dev/null && [ -n "$(psql_in source big -c "SELECT 1 FROM pg_stat_activity WHERE application_name = 'sandseed reader' LIMIT 1")" ] && still=yes
status=0
wait $run || status=$?
ended=$(($(now_ms) - begun))
echo "the reader behind the ALTER waited $waited ms; the run went on for $ended ms"
claim "the run was still reading when ALTER and reader were through" [ $still = yes ]
[ "$status" = 0 ] || cat "$test_root/out"
claim "a new column does not cost the night" [ "$status" = 0 ]
claim "what was planned is published" [ -z "$(psql_in target box -c "SELECT 1 FROM information_schema.columns WHERE column_name = 'later'")" ]
table_sums target box | diff "$test_root/yesterday" - || fail "the sandbox is not what the snapshot held"
psql_in source big -c "ALTER TABLE big DROP COLUMN later"

# --- the snapshot's age -----------------------------------------------------------------------------
{ echo "max_snapshot_age: 1s"; cat "$policy"; } >"$test_root/age.yaml"
exits 2 refresh "$test_root/age.yaml" --jobs 1
says "older than 1 s"
says "max_snapshot_age"
untouched "the snapshot's age is limited by the policy"

# --- what the snapshot cannot see -------------------------------------------------------------------
# during SQL TEXT: the run ends when SQL is done on the source while it reads the large table.
during()
{
    local status=0
    refresh "$policy" --jobs 1 >"$test_root/out" 2>&1 &
    run=$!
    reading big
    psql_in source big -c "$1"
    wait $run || status=$?
    [ "$status" = 2 ] || { cat "$test_root/out" >&2; fail "expected exit status 2, got $status: $2"; }
    says "$3"
    says "un it again"
    untouched "$2"
}
during "ALTER TABLE small RENAME TO small_old; CREATE TABLE small (id int PRIMARY KEY, email text)" \
    "another table under the same name" public.small
psql_in source big -c "DROP TABLE small; ALTER TABLE small_old RENAME TO small"
during "ALTER TABLE small RENAME email TO e; ALTER TABLE small ADD COLUMN email text" "a renamed column" public.small
psql_in source big -c "ALTER TABLE small DROP COLUMN email; ALTER TABLE small RENAME e TO email"
exits 0 "$SANDSEED" plan "$policy" --quiet
during "ALTER TABLE small ALTER id TYPE bigint" "a rewriting ALTER TABLE of a table not yet read" public.small
psql_in source big -c "ALTER TABLE small ALTER id TYPE int"
during "DROP TABLE small" "a table dropped during the run" public.small
psql_in source big -c "CREATE TABLE small (id int PRIMARY KEY, email text)"
during "ALTER TABLE big ALTER id TYPE bigint" "a rewriting ALTER TABLE of the table being read" public.big
psql_in source big -c "ALTER TABLE big ALTER id TYPE int"
during "TRUNCATE big" "a TRUNCATE of the table being read" public.big

# The same while learning: the other mode reads in a place of its own.
psql_in source big -c "INSERT INTO big SELECT i, 'canary' || repeat('x', 400) FROM generate_series(1, 700000) i; ANALYZE"
policy=$test_root/synthesise.yaml
policy_for source big "$(dsn target box)" synthesise "$policy"
during "TRUNCATE big" "a TRUNCATE of the table being learnt" public.big
