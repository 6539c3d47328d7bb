#!/bin/bash
# What each engine of dependence knows of people it has not seen, for every table of the samples, from the comparison that fit
# writes into its model; as a table of docs/benchmarks.md:  tests/bench/engines.sh [CORPUS...]
. "$(dirname "$0")/../support/server.sh"
cd "$test_root"

[ $# -gt 0 ] || set -- pagila chinook sakila synthea_nj adult shop:0.2
server_start source
for corpus in "$@"; do
    load_corpus source "$corpus" || fail "loading $corpus"
    name=${corpus%%:*} policy=$test_root/${corpus%%:*}.yaml
    psql_in source "$name" -c "ANALYZE" >/dev/null
    "$SANDSEED" plan "$(dsn source "$name")" -o "$policy" --quiet >/dev/null || fail "plan of $corpus"
    "$SANDSEED" sign "$policy" --by test --why "a benchmark" --quiet '*' >/dev/null || fail "sign of $corpus"
    "$SANDSEED" fit "$policy" -o "$test_root/$name" --seed 7 --allow-privileged-source --quiet >"$test_root/$name.fit" ||
        fail "fit of $corpus"
done
python3 - "$test_root" "$@" <<'END'
import json
import sys

ENGINES = ["independence", "trees", "chow-liu", "classes", "copula"]
print("| table | rows | " + " | ".join(ENGINES) + " | chosen |")
print("|---|---|" + "---|" * (len(ENGINES) + 1))
for corpus in sys.argv[2:]:
    name = corpus.split(":")[0]
    with open(f"{sys.argv[1]}/{name}/model.json") as f:
        model = json.load(f)
    for t in model["tables"]:
        d = t.get("dependence")
        if not d or not d["compared"]:
            continue
        scores = {s["engine"]: f"{s['millinats'] / 1000:.2f} ({s['detector']})" + ("*" if "given_up" in s else "") for s in d["compared"]}
        print(f"| {name} {t['name']} | {t['count']} | " + " | ".join(scores.get(e, "") for e in ENGINES) + f" | {d['engine']} |")
END
