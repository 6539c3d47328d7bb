#!/bin/bash
# Two runs at once: for one sandbox one of them ends at once and says so, for two both go on.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source big
psql_in source big -c "CREATE TABLE big (id int PRIMARY KEY, filler text);
    INSERT INTO big SELECT i, 'canary' || repeat('x', 400) FROM generate_series(1, 300000) i; ANALYZE"
table_sums source big >"$test_root/production"
policy=$test_root/p.yaml
policy_for source big "$(dsn target box)" keep "$policy"
sed 's|^output: .*|output: ./other-out|' "$policy" >"$test_root/other.yaml"

# at_work FIRST-OPTIONS: start a run in the background and wait until it copies
at_work()
{
    "$SANDSEED" refresh "$@" --allow-privileged-source --quiet >"$test_root/first" 2>&1 &
    first=$!
    for _ in $(seq 400); do
        [ -z "$(psql_in target postgres -c "SELECT 1 FROM pg_stat_activity WHERE datname = 'box__next' AND query LIKE 'COPY%' LIMIT 1")" ] || return 0
        sleep 0.02
    done
    cat "$test_root/first" >&2
    fail "the first run does not copy"
}
# first_ends TEXT: the first run is not disturbed
first_ends()
{
    kill -0 $first 2>/dev/null || { cat "$test_root/first" >&2; fail "the first run had ended: this showed nothing: $1"; }
    wait $first || { cat "$test_root/first" >&2; fail "the first run failed: $1"; }
    table_sums target box | diff "$test_root/production" - || fail "the first run's sandbox is not whole: $1"
    ! grep -q canary "$test_root/out" "$test_root/first" || fail "a value in a message: $1"
    echo "ok: $1"
}

at_work "$policy"
exits 2 refresh "$policy"
says "another run holds"
says "Wait for it to end"
first_ends "one policy: the second run ends, the first goes on"

at_work "$policy"
exits 2 refresh "$test_root/other.yaml"
says "another run of sandseed is writing"
says "box"
says "run this again"
first_ends "two policies, one target: the second run ends, the first goes on"
exits 0 refresh "$test_root/other.yaml"
claim "afterwards it works" [ "$(databases target)" = box ]

at_work "$policy"
refresh "$test_root/other.yaml" --target "$(dsn target box2)" >"$test_root/out" 2>&1 &
second=$!
wait $first || { cat "$test_root/first" >&2; fail "the first of two"; }
wait $second || { cat "$test_root/out" >&2; fail "the second of two"; }
for box in box box2; do
    table_sums target $box | diff "$test_root/production" - || fail "$box is not whole"
done
claim "two targets of one server: both go on" [ "$(databases target)" = "box box2" ]

mkdir "$test_root/sandseed-out/run-0123456789abcdef0123456789abcdef" "$test_root/sandseed-out/run-of-somebody"
exits 0 refresh "$policy"
claim "what a killed run left in output: goes, and nothing else" [ "$(cd "$test_root/sandseed-out" && ls -d run-*)" = run-of-somebody ]
