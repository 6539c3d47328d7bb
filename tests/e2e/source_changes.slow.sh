#!/bin/bash
# Production goes on while it is read: an ALTER TABLE waits for one range at most and holds nobody up,
# and what an older snapshot cannot see (TRUNCATE, a rewrite) ends the run with nothing published.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

server_start source
server_start target
createdb_in source big
# Three ranges of 128 MB and a bit; the small table is read last, after all of the large one.
psql_in source big -c "CREATE TABLE big (id int PRIMARY KEY, filler text);
    INSERT INTO big SELECT i, 'canary' || repeat('x', 400) FROM generate_series(1, 900000) i;
    CREATE TABLE small (id int PRIMARY KEY, email text);
    INSERT INTO small SELECT i, 'canary' || i || '@real.org' FROM generate_series(1, 1000) i; ANALYZE"
policy=$test_root/keep.yaml
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
# The server's own log tells who waited for what: a line when a statement begins and one when it has ended.
psql_in source big -c "ALTER SYSTEM SET log_statement = 'all'" -c "ALTER SYSTEM SET log_duration = on" \
    -c "ALTER SYSTEM SET log_line_prefix = '%p '" -c "SELECT pg_reload_conf()" -o /dev/null

# ranges_during PATTERN: "B E" of the statement that matches: ranges of big that were being read when it began, and
# those that began after it and ended before it.  The reader's look at the catalog is no range.
ranges_during()
{
    awk -v pattern="$1" '
        !/^[0-9]+ LOG: / { next }
        / LOG:  statement: COPY .*big/ { reads[$1] = 1; later[$1] = since; next }
        / LOG:  (statement|execute)/ && $0 ~ pattern { waits = $1; since = 1; for (p in reads) at_once++; next }
        / LOG:  duration: / && $1 == waits { print at_once + 0, overtook + 0; exit }
        / LOG:  duration: / && $1 in reads { if (later[$1]) overtook++; delete reads[$1] }' "${server_dir[source]}/log"
}

# alter_during MODE JOBS: a new column, and somebody who reads, while a run of that mode reads: neither waits for a
# range that was not being read when it came.
alter_during()
{
    local policy=$test_root/$1.yaml status=0 alter still=no kind at_once overtook
    as_postgres truncate -s 0 "${server_dir[source]}/log"
    refresh "$policy" --jobs "$2" >"$test_root/out" 2>&1 &
    run=$!
    reading big
    psql_in source big -c "ALTER TABLE big ADD COLUMN later text" &
    alter=$!
    sleep 0.05
    psql_in source big -o /dev/null -c "SELECT 'behind it' FROM big LIMIT 1"
    wait $alter
    [ -z "$(psql_in source big -c "SELECT 1 FROM pg_stat_activity WHERE application_name IN ('sandseed reader', 'sandseed fit') LIMIT 1")" ] || still=yes
    wait $run || status=$?
    [ "$status" = 0 ] || cat "$test_root/out"
    claim "$1: a new column does not cost the night" [ "$status" = 0 ]
    claim "$1: the run was still reading when ALTER and reader were through" [ $still = yes ]
    claim "$1: what was planned is published" [ -z "$(psql_in target box -c "SELECT 1 FROM information_schema.columns WHERE column_name = 'later'")" ]
    kind=$(grep -c "LOG:  statement: COPY .*big" "${server_dir[source]}/log")
    claim "$1: the table is read in several ranges ($kind)" [ "$kind" -ge 3 ]
    for kind in "ALTER TABLE big ADD" "SELECT 'behind it'"; do
        read -r at_once overtook <<<"$(ranges_during "$kind")"
        echo "$kind: $at_once being read when it came, $overtook begun and ended before it was through"
        claim "$1: the wait is for what was being read" [ "$at_once" -le "$2" ]
        claim "$1: no other range comes before it" [ "$overtook" = 0 ]
    done
    psql_in source big -c "ALTER TABLE big DROP COLUMN later"
}
alter_during keep 1
table_sums target box | diff "$test_root/yesterday" - || fail "the sandbox is not what the snapshot held"

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
alter_during synthesise 2
table_sums target box >"$test_root/yesterday"
during "TRUNCATE big" "a TRUNCATE of the table being learnt" public.big
