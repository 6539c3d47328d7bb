#!/bin/bash
# How long a sandbox under other identities takes, as a ratio to one with every table kept in the same run; one of a tenth of
# the customers, as a ratio to the whole; and how much memory:  tests/bench/pseudonymise.sh [SCALE [ROUNDS]]
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

scale=${1:-1} rounds=${2:-3}
server_start source
server_start target
load_corpus source "shop:$scale"
policy_for source shop "$(dsn target kept)" keep "$test_root/keep.yaml"
"$SANDSEED" key new -o "$test_root/shop.key" --quiet >/dev/null
{
    printf 'sandseed: 1\nsource: %s\ntarget: %s\noutput: %s/out\nrequire_signoff: none\nkey: {file: shop.key, sandbox: bench}\n' \
        "$(dsn source shop)" "$(dsn target other)" "$test_root"
    cat "$SOURCE_DIR/tests/bench/pseudonymise.yaml"
} >"$test_root/other.yaml"
sed "s|dbname=other|dbname=tenth|; s|/out$|/out-tenth|; s|^key:|subset: {of: public.customer, rows: 10%}\n&|" "$test_root/other.yaml" >"$test_root/tenth.yaml"
for how in other tenth; do
    "$SANDSEED" sign "$test_root/$how.yaml" --by test --why "a benchmark" --quiet public.region public.store public.category public.product >/dev/null
done
kept() { refresh "$test_root/keep.yaml" >/dev/null; }
other() { refresh "$test_root/other.yaml" >/dev/null; }
tenth() { refresh "$test_root/tenth.yaml" >/dev/null; }
seconds() { local start=$(date +%s.%N); "$@"; echo "$(date +%s.%N) $start" | awk '{ printf "%.2f", $1 - $2 }'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

kept || fail "kept"
other || fail "other"
tenth || fail "tenth"
for _ in $(seq "$rounds"); do
    for how in kept other tenth; do
        seconds "$how" >>"$test_root/$how.s"
        echo >>"$test_root/$how.s"
    done
done
echo "shop, scale $scale, median of $rounds rounds, $(nproc) cores"
for how in kept other tenth; do
    echo "$how $(median <"$test_root/$how.s") s  ($(tr '\n' ' ' <"$test_root/$how.s"))"
done
echo "$(median <"$test_root/other.s") $(median <"$test_root/kept.s")" |
    awk '{ printf "pseudonymised / kept: %.2f  (floor 1.15, goal 1.05)\n", $1 / $2 }'
echo "$(median <"$test_root/tenth.s") $(median <"$test_root/other.s")" |
    awk '{ printf "a tenth of the customers / all: %.2f  (floor 0.35)\n", $1 / $2 }'
for how in keep other tenth; do
    /usr/bin/time -f "$how: peak memory %M kB, %U s user, %S s system" "$SANDSEED" refresh "$test_root/$how.yaml" \
        --allow-privileged-source --quiet 2>&1 >/dev/null | tail -1
done
python3 - "$test_root/out/report.json" "$test_root/out-tenth/report.json" <<'PY'
import json, sys
for file in sys.argv[1:]:
    print("stages:", ", ".join(f"{s['stage']} {s['seconds']:.1f}" for s in json.load(open(file))["stages"] if s["seconds"] >= 0.1))
PY
