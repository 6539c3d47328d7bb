#!/bin/bash
# Round trip: with every table kept, source and sandbox hold equal rows and equal schemas.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
# The others are in keep_schemas.slow.sh.
for corpus in ${CORPORA:-pagila chinook synthea_nj people}; do
    if [ "$corpus" != pagila ] && [ ! -d "$SANDSEED_SHARED/data" ]; then
        echo "not here, left out: $corpus (set SANDSEED_SHARED)"
        continue
    fi
    load_corpus source "$corpus"
    policy_for source "$corpus" "$(dsn target "$corpus")" keep "$test_root/$corpus.yaml"
    exits 0 refresh "$test_root/$corpus.yaml"
    table_sums source "$corpus" >"$test_root/before"
    table_sums target "$corpus" >"$test_root/after"
    claim "$corpus: rows are equal" diff "$test_root/before" "$test_root/after"
    claim "$corpus: the report says published" grep -q '"result": "published"' "$test_root/sandseed-out/report.json"
    psql_in source postgres -c "DROP DATABASE $corpus"
done
