#!/bin/bash
# How long a sandbox with every table kept takes, as a ratio to the faster of two plain copies in
# the same run:  tests/bench/keep_copy.sh [SCALE [ROUNDS]]
#
# References: pgcopydb clone, and pg_dump -Fd with pg_restore, each with CREATE DATABASE and ANALYZE.
# Prints, never fails on time.  Needs the packages pgcopydb and postgresql.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

scale=${1:-1} rounds=${2:-3}
command -v pgcopydb >/dev/null || skip "pgcopydb is not installed"
server_start source
server_start target
load_corpus source "shop:$scale"
policy_for source shop "$(dsn target kept)" keep "$test_root/p.yaml"
bin=$(pg_bin)

fresh() { psql_in target postgres -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1"; }
by_sandseed() { refresh "$test_root/p.yaml" >/dev/null; }
by_pgcopydb()
{
    fresh copied
    as_postgres env PGCOPYDB_SOURCE_PGURI="$(dsn source shop)" PGCOPYDB_TARGET_PGURI="$(dsn target copied)" \
        pgcopydb clone --table-jobs 2 --index-jobs 2 --dir "$test_root/source/pgcopydb" --restart >/dev/null 2>&1
    psql_in target copied -c ANALYZE
}
by_dump()
{
    fresh dumped
    rm -rf "$test_root/dump"
    "$bin/pg_dump" -d "$(dsn source shop)" -Fd -j2 -Z0 -f "$test_root/dump"
    "$bin/pg_restore" -d "$(dsn target dumped)" -j2 "$test_root/dump"
    psql_in target dumped -c ANALYZE
}
seconds() { local start=$(date +%s.%N); "$@"; echo "$(date +%s.%N) $start" | awk '{ printf "%.2f", $1 - $2 }'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for how in by_sandseed by_pgcopydb by_dump; do
    $how || fail "$how"
    : >"$test_root/$how.s"
done
for _ in $(seq "$rounds"); do
    for how in by_sandseed by_pgcopydb by_dump; do
        echo "$(seconds $how)" >>"$test_root/$how.s"
    done
done
echo "shop, scale $scale, median of $rounds rounds, $(nproc) cores"
for how in by_sandseed by_pgcopydb by_dump; do
    echo "$how $(median <"$test_root/$how.s") s  ($(tr '\n' ' ' <"$test_root/$how.s"))"
done
echo "$(median <"$test_root/by_sandseed.s") $(median <"$test_root/by_pgcopydb.s") $(median <"$test_root/by_dump.s")" |
    awk '{ m = $2 < $3 ? $2 : $3; printf "sandseed / faster reference: %.2f  (floor 1.0, goal 0.93)\n", $1 / m }'
/usr/bin/time -f 'peak memory of sandseed: %M kB' "$SANDSEED" refresh "$test_root/p.yaml" \
    --allow-privileged-source --quiet 2>&1 >/dev/null | tail -1
