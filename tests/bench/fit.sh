#!/bin/bash
# How long learning takes, as a ratio to one binary COPY TO STDOUT of the same tables over two connections, in the same run; how
# much memory; and Adult alone:  tests/bench/fit.sh [SCALE [ROUNDS [LARGER]]]
# LARGER: another scale of the shop.  Then also how much longer that one takes, whole, and where of each table about as many rows are
# read as the largest has at SCALE (learn_rows: 1000000 times SCALE), with the memory of both.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

scale=${1:-1} rounds=${2:-3} larger=${3:-}
server_start source
load_corpus source "shop:$scale"
# policy NAME DATABASE: what plan proposes, signed.
policy()
{
    "$SANDSEED" plan "$(dsn source "$2")" -o "$test_root/$1.yaml" --quiet >/dev/null || fail "plan"
    "$SANDSEED" sign "$test_root/$1.yaml" --by test --why "a benchmark" --quiet '*' >/dev/null
}
policy fit shop
learnt=0
fitted()
{
    learnt=$((learnt + 1))
    "$SANDSEED" fit "$test_root/${1:-fit}.yaml" -o "$test_root/model$learnt" --allow-privileged-source --quiet >/dev/null
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
# rounds_of NAME COMMAND...: its median, of the rounds.
rounds_of()
{
    local name=$1
    shift
    for _ in $(seq "$rounds"); do
        { seconds "$@"; echo; } >>"$test_root/$name.s"
    done
    median <"$test_root/$name.s"
}
memory() { /usr/bin/time -f "%M" -o "$test_root/memory" "$SANDSEED" fit "$test_root/$1.yaml" -o "$test_root/last" --allow-privileged-source --quiet >/dev/null; echo $(($(cat "$test_root/memory") / 1024)); }
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

load_corpus source adult
policy adult adult
of_adult=$(rounds_of adult fitted adult)
echo "$of_adult $(median <"$test_root/copied.s")" | awk '{ printf "Adult alone: %s s  (floor 1), / one binary COPY of the shop: %.2f\n", $1, $1 / $2 }'

[ -n "$larger" ] || exit 0
load_corpus source "shop:$larger" larger
policy larger larger
limit=$(awk -v scale="$scale" 'BEGIN { limit = 1000000 * scale; print limit < 1000 ? 1000 : int(limit) }')
{ echo "learn_rows: $limit"; cat "$test_root/larger.yaml"; } >"$test_root/limited.yaml"
of_one=$(median <"$test_root/fitted.s")
of_one_mb=$(memory fit)
for how in larger limited; do
    of_how=$(rounds_of "$how" fitted "$how")
    echo "$of_how $of_one" | awk -v how="$how" -v scale="$scale" -v larger="$larger" -v limit="$limit" -v memory="$(memory "$how")" -v mb="$of_one_mb" \
        '{ printf "fit at scale %s%s / at scale %s: %.2f  (floor %s; %s s, peak memory %s MB instead of %s, floor 500)\n", larger,
           how == "limited" ? ", learn_rows: " limit : "", scale, $1 / $2, how == "limited" ? 4 : 10, $1, memory, mb }'
done
