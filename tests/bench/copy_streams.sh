#!/bin/bash
# One table by one stream that freezes its rows, or by several plain ones over ranges of it:
#     tests/bench/copy_streams.sh [STREAMS [SCALE [ROUNDS]]]
#
# The table is the shop benchmark's largest, order_item.  A plain stream leaves rows that a later VACUUM has to
# freeze; that time is printed by itself.  Prints, never fails on time.
. "$(dirname "$0")/../support/server.sh"

streams=${1:-2} scale=${2:-1} rounds=${3:-3}
server_start source
server_start target
load_corpus source "shop:$scale"
createdb_in target one
pages=$(psql_in source shop -c "SELECT relpages FROM pg_class WHERE relname = 'order_item'")
[ "$pages" -gt 0 ] || { psql_in source shop -c 'ANALYZE order_item'; pages=$(psql_in source shop -c "SELECT relpages FROM pg_class WHERE relname = 'order_item'"); }
psql_in source shop -c "SELECT 'CREATE TABLE order_item (' || string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum) || ')' FROM pg_attribute WHERE attrelid = 'order_item'::regclass AND attnum > 0 AND NOT attisdropped" |
    psql_in target one

frozen()
{
    psql_in source shop -c "COPY (SELECT * FROM order_item) TO STDOUT (FORMAT binary)" |
        psql_in target one -1 -c 'TRUNCATE order_item' -c 'COPY order_item FROM STDIN (FORMAT binary, FREEZE)'
}
plain()
{
    local i from to
    psql_in target one -c 'TRUNCATE order_item'
    for i in $(seq "$streams"); do
        from=$((pages * (i - 1) / streams))
        to=$((i == streams ? 2000000000 : pages * i / streams))
        psql_in source shop -c "COPY (SELECT * FROM order_item WHERE ctid >= '($from,0)' AND ctid < '($to,0)') TO STDOUT (FORMAT binary)" |
            psql_in target one -c 'COPY order_item FROM STDIN (FORMAT binary)' &
    done
    wait
}
freeze() { psql_in target one -c 'VACUUM FREEZE order_item'; }
seconds() { local start=$(date +%s.%N); "$@"; echo "$(date +%s.%N) $start" | awk '{ printf "%.2f", $1 - $2 }'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for _ in $(seq "$rounds"); do
    echo "$(seconds frozen)" >>"$test_root/frozen.s"
    echo "$(seconds plain)" >>"$test_root/plain.s"
    echo "$(seconds freeze)" >>"$test_root/freeze.s"
done
claim "the same rows" [ "$(psql_in source shop -c 'SELECT count(*) FROM order_item')" = "$(psql_in target one -c 'SELECT count(*) FROM order_item')" ]
echo "one frozen stream $(median <"$test_root/frozen.s") s, $streams plain streams $(median <"$test_root/plain.s") s, VACUUM FREEZE after them $(median <"$test_root/freeze.s") s" |
    awk '{ print; printf "plain / frozen: %.2f, with the later VACUUM %.2f\n", $9 / $4, ($9 + $15) / $4 }'
