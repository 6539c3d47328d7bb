#!/bin/bash
# Indexes and keys by two jobs of pg_restore, each index alone or by further workers of the server:
#     tests/bench/index_workers.sh [SCALE [ROUNDS]]
#
# What the loader's settings rest on (src/load/target_create.c).  Prints, never fails on time.
. "$(dirname "$0")/../support/server.sh"

scale=${1:-1} rounds=${2:-3}
server_start source
server_start target
load_corpus source "shop:$scale"
bin=$(pg_bin)
"$bin/pg_dump" -d "$(dsn source shop)" -Fd -j2 -Z0 -f "$test_root/dump"
createdb_in target loaded
"$bin/pg_restore" -d "$(dsn target loaded)" --section=pre-data "$test_root/dump"
"$bin/pg_restore" -d "$(dsn target loaded)" --section=data -j2 "$test_root/dump"

# post_data SETTINGS: prints its seconds
post_data()
{
    local start
    psql_in target postgres -c "DROP DATABASE IF EXISTS built" -c "CREATE DATABASE built TEMPLATE loaded" -c CHECKPOINT 2>/dev/null
    start=$(date +%s.%N)
    PGOPTIONS=$1 "$bin/pg_restore" -d "$(dsn target built)" --section=post-data -j2 "$test_root/dump"
    echo "$(date +%s.%N) $start" | awk '{ printf "%.2f\n", $1 - $2 }'
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

ways=("" "-c maintenance_work_mem=256MB" "-c max_parallel_maintenance_workers=0"
    "-c maintenance_work_mem=256MB -c max_parallel_maintenance_workers=0")
for _ in $(seq "$rounds"); do
    for i in "${!ways[@]}"; do post_data "${ways[i]}" >>"$test_root/way.$i"; done
done
first=$(median <"$test_root/way.0")
for i in "${!ways[@]}"; do
    median <"$test_root/way.$i" | awk -v first="$first" -v way="${ways[i]:-as the server has it}" \
        '{ printf "%.2f of the first: %s (%.2f s)\n", $1 / first, way, $1 }'
done
