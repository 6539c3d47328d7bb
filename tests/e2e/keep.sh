#!/bin/bash
# Round trip: with every table kept, source and sandbox hold equal rows and equal schemas.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/schemas.sh"

server_start source
server_start target
# The others are in keep_schemas.slow.sh.
# All pages with PostgreSQL 15; a newer COPY FREEZE leaves some of them; another load leaves none.
frozen() { psql_in target "$1" -c "SELECT coalesce(sum(relallvisible) * 3 > sum(relpages), true) FROM pg_class WHERE relkind = 'r' AND relpages > 0
    AND relnamespace = 'public'::regnamespace"; }
looked_at=0
for corpus in ${CORPORA:-pagila chinook shop:0.02}; do
    has_corpus "$corpus" || continue
    looked_at=$((looked_at + 1))
    load_corpus source "$corpus" "${corpus%:*}"
    corpus=${corpus%:*}
    policy_for source "$corpus" "$(dsn target "$corpus")" keep "$test_root/$corpus.yaml"
    exits 0 refresh "$test_root/$corpus.yaml"
    table_sums source "$corpus" >"$test_root/before"
    table_sums target "$corpus" >"$test_root/after"
    claim "$corpus: rows are equal" diff "$test_root/before" "$test_root/after"
    claim "$corpus: the report says published" grep -q '"result": "published"' "$test_root/sandseed-out/report.json"
    claim "$corpus: schemas are equal" equal_schemas "$corpus" "$corpus"
    claim "$corpus: what is valid in the source is valid" all_valid "$corpus" "$corpus"
    claim "$corpus: rows came frozen" [ "$(frozen "$corpus")" = t ]
    claim "$corpus: sequences are ahead" sequences_ahead "$corpus"
    psql_in source postgres -c "DROP DATABASE $corpus"
done
[ $looked_at -gt 0 ] || skip "none of the corpora is here"
