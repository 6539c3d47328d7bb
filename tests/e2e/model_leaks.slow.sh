#!/bin/bash
# No leak, on the shop at scales 0.02, where every row is in the samples, and 0.2, where that of larger tables is not all of them.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
cd "$test_root"
for scale in 0.02 0.2; do
    db=shop$scale
    load_corpus source "shop:$scale" "$db"
    psql_in source "$db" -c ANALYZE
    policy_for source "$db" "$(dsn source sandbox)" synthesise "$db.yaml"
    for learnt in policy all; do
        # as the policy proposes it; then with all learnt that fit can
        [ $learnt = policy ] || sed -Ei '/public.store:/,$!{/class: key/!s/\{class: [^}]*\}/{class: non-personal, treatment: synthesise, why: "a test"}/}' "$db.yaml"
        "$SANDSEED" sign "$db.yaml" --by test --why "a test" --quiet '*' >/dev/null
        "$SANDSEED" fit "$db.yaml" -o "$learnt$scale" --seed 7 --allow-privileged-source --quiet >/dev/null
    done
    claim "everything stored of the shop at scale $scale has k people behind it" python3 "$SOURCE_DIR/tests/support/leak_proof.py" \
        --model policy$scale all$scale --source "$(dsn source "$db")" --seed 7 --ways "$SOURCE_DIR/tests/e2e/model_leaks.shop.json"
done
