#!/bin/bash
# Wide tables, huge cells, and rows that cannot be sent; and memory that does not grow with the data.
# Needs some 8 GB of memory and 10 GB below /var/tmp.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

[ -x /usr/bin/time ] || skip "the package time is not installed"
available=$(awk '/^MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo)
[ "$available" -ge 8 ] || skip "cells of 900 MB want 8 GB of memory for two servers; there are $available"

# measured POLICY: refresh; $peak is the largest resident memory of sandseed itself, in MB
measured()
{
    exits 0 /usr/bin/time -f 'peak %M kB' "$SANDSEED" refresh "$1" --allow-privileged-source --quiet
    peak=$(sed -n 's/^peak \([0-9]*\) kB$/\1/p' "$test_root/out")
    peak=$((peak / 1024))
}

# at_most TEXT MB: a sanitizer's own memory is not ours
at_most()
{
    [ -n "${SANITIZE:-}" ] || claim "$1" [ "$peak" -le "$2" ]
}

server_start source
server_start target

# --- 1,600 columns, the most that PostgreSQL allows
createdb_in source wide
psql_in source wide -c "DO \$\$ BEGIN EXECUTE (SELECT 'CREATE TABLE wide (' || string_agg(
    format('c%s %s', i, (ARRAY['int', 'smallint', 'text', 'boolean', 'varchar(3)', 'date'])[i % 6 + 1]), ', ' ORDER BY i)
        || ', PRIMARY KEY (c6))' FROM generate_series(1, 1600) i);
    EXECUTE (SELECT 'INSERT INTO wide SELECT ' || string_agg((ARRAY['n + ' || i, '(n * 7) % 100',
        format('CASE WHEN n %% %s > 0 THEN chr(97 + (n + %1\$s) %% 26) END', i % 5 + 2), 'n % 3 = 0', '''ab''',
        'date ''2024-01-01'' + n'])[i % 6 + 1], ', ' ORDER BY i)
        || ' FROM generate_series(1, 4000) n' FROM generate_series(1, 1600) i); END \$\$" -c ANALYZE
for mode in keep synthesise; do
    policy_for source wide "$(dsn target "wide_$mode")" $mode "$test_root/wide_$mode.yaml"
    [ $mode = keep ] || undecide "$test_root/wide_$mode.yaml"
    [ $mode = keep ] || sed -Ei 's/(c[0-9]+): +\{class: undecided\}/\1: {class: quasi-identifier}/' "$test_root/wide_$mode.yaml"
    measured "$test_root/wide_$mode.yaml"
    claim "1,600 columns, $mode: 1,600 columns are there" [ "$(psql_in target "wide_$mode" -c "SELECT count(*)
        FROM pg_attribute WHERE attrelid = 'wide'::regclass AND attnum > 0")" = 1600 ]
    claim "1,600 columns, $mode: rows are there" [ "$(psql_in target "wide_$mode" -c "SELECT count(*) BETWEEN 3900 AND 4100 FROM wide")" = t ]
    echo "1,600 columns, $mode: peak $peak MB"
    at_most "1,600 columns, $mode: at most 300 MB" 300
done
claim "1,600 columns: kept rows are equal" diff <(table_sums source wide) <(table_sums target wide_keep)

# --- the largest cell that can be sent
createdb_in source cell
psql_in source cell -c "CREATE TABLE cell (id int PRIMARY KEY, v bytea)" \
    -c "INSERT INTO cell SELECT 1, convert_to(repeat('0123456789', 90000000), 'UTF8')"
policy_for source cell "$(dsn target cell)" keep "$test_root/cell.yaml"
measured "$test_root/cell.yaml"
echo "a cell of 900 MB: peak $peak MB"
at_most "a cell of 900 MB takes at most three times its size" 2700
claim "a cell of 900 MB arrives whole" [ "$(psql_in source cell -c 'SELECT md5(v) FROM cell')" = \
    "$(psql_in target cell -c 'SELECT md5(v) FROM cell')" ]

# --- a row that the server cannot put into one message
createdb_in source row
psql_in source row -c "CREATE SCHEMA far; CREATE TABLE far.too_big (id int PRIMARY KEY, a bytea, b bytea)" \
    -c "INSERT INTO far.too_big SELECT 1, convert_to(repeat('0123456789', 60000000), 'UTF8')" \
    -c "UPDATE far.too_big SET b = convert_to(repeat('9876543210', 60000000), 'UTF8')"
policy_for source row "$(dsn target row)" keep "$test_root/row.yaml"
exits 1 refresh "$test_root/row.yaml"
says "while loading far.too_big"
says "its largest value is in column a"
says "The server cannot send rows of a gigabyte or more"
claim "nothing of the attempt is left" [ -z "$(databases target | grep -w 'row\|row__.*')" ]
claim "the source has no session of ours left" [ "$(psql_in source postgres -c "SELECT count(*) FROM pg_stat_activity
    WHERE datname = 'row'")" = 0 ]
policy_for source row "$(dsn target row)" synthesise "$test_root/row_made.yaml"
sed -i 's/^      a: .*/      a: {class: non-personal, treatment: nullify, why: a test}/' "$test_root/row_made.yaml"
exits 0 refresh "$test_root/row_made.yaml"
claim "what the error advises helps" [ "$(psql_in target row -c "SELECT count(*) > 0 AND count(a) = 0 FROM far.too_big")" = t ]
psql_in source postgres -c "DROP DATABASE row" -c "DROP DATABASE cell"

# --- memory at four times the rows
for scale in 1 4; do
    load_corpus source "shop:$scale" "shop$scale"
    policy_for source "shop$scale" "$(dsn target shop)" keep "$test_root/shop$scale.yaml"
    measured "$test_root/shop$scale.yaml"
    echo "shop at scale $scale: peak $peak MB"
    at_most "shop at scale $scale: at most 150 MB" 150
    [ $scale = 4 ] || first=$peak
    psql_in source postgres -c "DROP DATABASE shop$scale"
done
at_most "memory is about the same at both" $((first + 20))
