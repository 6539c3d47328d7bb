#!/bin/bash
# No leak, on the shop at scale 0.2: the sample of its larger tables is not all of them, and the counts are.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
load_corpus source shop:0.2
psql_in source shop -c ANALYZE
cd "$test_root"
policy_for source shop "$(dsn source sandbox)" synthesise shop.yaml
for learnt in policy all; do
    # as the policy proposes it; then with all learnt that fit can
    [ $learnt = policy ] || sed -Ei '/public.store:/,$!{/class: key/!s/\{class: [^}]*\}/{class: non-personal, treatment: synthesise, why: "a test"}/}' shop.yaml
    "$SANDSEED" sign shop.yaml --by test --why "a test" --quiet '*' >/dev/null
    "$SANDSEED" fit shop.yaml -o $learnt --seed 7 --allow-privileged-source --quiet >/dev/null
done
claim "everything stored has k people behind it" python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model policy all \
    --source "$(dsn source shop)" --ways "$SOURCE_DIR/tests/e2e/model_leaks.shop.json"
