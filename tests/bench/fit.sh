#!/bin/bash
# How long learning takes, as a ratio to one binary COPY TO STDOUT of the same tables over two connections, in the same run; and how
# much memory:  tests/bench/fit.sh [SCALE [ROUNDS]]
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

scale=${1:-1} rounds=${2:-3}
server_start source
load_corpus source "shop:$scale"
"$SANDSEED" plan "$(dsn source shop)" -o "$test_root/fit.yaml" --quiet >/dev/null || fail "plan"
"$SANDSEED" sign "$test_root/fit.yaml" --by test --why "a benchmark" --quiet '*' >/dev/null
learnt=0
fitted()
{
    learnt=$((learnt + 1))
    "$SANDSEED" fit "$test_root/fit.yaml" -o "$test_root/model$learnt" --allow-privileged-source --quiet >/dev/null
}
one() { PGOPTIONS= psql -X -q -d "$(dsn source shop)" "$@" >/dev/null; }
# The five large ones, divided so that both connections take about as long.
copied()
{
    one -c 'COPY event TO STDOUT (FORMAT binary)' -c 'COPY customer TO STDOUT (FORMAT binary)' &
    one -c 'COPY order_item TO STDOUT (FORMAT binary)' -c 'COPY orders TO STDOUT (FORMAT binary)' -c 'COPY payment TO STDOUT (FORMAT binary)'
    wait
}
seconds() { local start=$(date +%s.%N); "$@"; echo "$(date +%s.%N) $start" | awk '{ printf "%.2f", $1 - $2 }'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

copied
fitted || fail "fit"
for _ in $(seq "$rounds"); do
    for how in copied fitted; do
        seconds "$how" >>"$test_root/$how.s"
        echo >>"$test_root/$how.s"
    done
done
echo "shop, scale $scale, median of $rounds rounds, $(nproc) cores"
for how in copied fitted; do
    echo "$how $(median <"$test_root/$how.s") s  ($(tr '\n' ' ' <"$test_root/$how.s"))"
done
echo "$(median <"$test_root/fitted.s") $(median <"$test_root/copied.s")" |
    awk '{ printf "fit / one binary COPY: %.2f  (floor 4.0, goal 2.5)\n", $1 / $2 }'
/usr/bin/time -f "peak memory %M kB, %U s user, %S s system" "$SANDSEED" fit "$test_root/fit.yaml" -o "$test_root/last" \
    --allow-privileged-source --verbose 2>&1 >/dev/null | while read -r line; do echo "$(date +%T.%3N) $line"; done
