#!/bin/bash
# Tables that nobody thinks of: fit learns what there is to learn of them, and generate makes them.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source odd
columns=$(for i in $(seq 1599); do echo ", c$i $([ $((i % 2)) = 0 ] && echo int || echo text)"; done)
psql_in source odd -c "
CREATE TABLE empty (id int PRIMARY KEY, a text, b int);
CREATE TABLE one_row (id int PRIMARY KEY, a text, b int);
INSERT INTO one_row VALUES (1, 'x', 5);
CREATE TABLE one_column (a int NOT NULL);
INSERT INTO one_column SELECT i % 7 FROM generate_series(1, 900) AS i;
CREATE TABLE no_columns ();
CREATE TABLE all_null (id int PRIMARY KEY, a text, b int, c float8, d timestamptz);
INSERT INTO all_null SELECT i FROM generate_series(1, 900) AS i;
CREATE TABLE all_equal (id int PRIMARY KEY, a text, b int, c float8, d date);
INSERT INTO all_equal SELECT i, 'same', 7, 0.5, date '2020-02-29' FROM generate_series(1, 900) AS i;
CREATE TABLE no_key (a text, b int);
INSERT INTO no_key SELECT 'v' || i % 9, i % 4 FROM generate_series(1, 3000) AS i;
CREATE TABLE numbers (id int PRIMARY KEY, f float8, r float4, n numeric, t timestamp, d date);
INSERT INTO numbers SELECT i, CASE i % 10 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' WHEN 2 THEN '-Infinity' WHEN 3 THEN 1e308 WHEN 4 THEN -0.0 ELSE sqrt(i) END,
    CASE i % 5 WHEN 0 THEN 'NaN' WHEN 1 THEN '-Infinity' ELSE i / 7.0 END, CASE i % 4 WHEN 0 THEN 'NaN' WHEN 1 THEN 1e100 ELSE i / 3.0 END,
    CASE i % 6 WHEN 0 THEN 'infinity' WHEN 1 THEN '-infinity' ELSE timestamp '2024-01-01' + i * interval '1 hour' END,
    CASE i % 6 WHEN 0 THEN 'infinity' WHEN 1 THEN '0001-01-01 BC' ELSE date '2024-01-01' + i END FROM generate_series(1, 3000) AS i;
CREATE TABLE extremes (id bigint PRIMARY KEY, b bigint, s smallint);
INSERT INTO extremes SELECT i, CASE i % 3 WHEN 0 THEN -9223372036854775808 WHEN 1 THEN 9223372036854775807 ELSE 0 END, (i % 2 * 65535 - 32768)::smallint FROM generate_series(1, 1200) AS i;
CREATE TABLE wide (id int PRIMARY KEY $columns);
INSERT INTO wide (id, c1, c2, c3, c4, c1599) SELECT i, 'a' || i % 5, i % 11, 'b' || i % 5, i % 3, 'z' || i % 2 FROM generate_series(1, 400) AS i;
CREATE TABLE long_texts (id int PRIMARY KEY, t text, same text);
INSERT INTO long_texts SELECT i, repeat('long ', 20000) || i, repeat('x', 300) FROM generate_series(1, 200) AS i;
CREATE TABLE many_texts (id int PRIMARY KEY, t text NOT NULL, u text);
INSERT INTO many_texts SELECT i, md5(i::text), CASE WHEN i % 3 = 0 THEN md5((i / 2)::text) END FROM generate_series(1, 60000) AS i;
CREATE TABLE person (id int PRIMARY KEY, a int NOT NULL);
INSERT INTO person SELECT i, i % 5 FROM generate_series(1, 500) AS i;
CREATE TABLE heavy (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, v int NOT NULL, w text NOT NULL);
INSERT INTO heavy SELECT i, CASE WHEN i <= 20000 THEN 77 ELSE i % 500 + 1 END, CASE WHEN i <= 20000 THEN 424242 ELSE i % 8 END, CASE WHEN i <= 20000 THEN 'his own' ELSE 'w' || i % 3 END
    FROM generate_series(1, 24000) AS i;
CREATE TABLE itself (id int PRIMARY KEY, up int REFERENCES itself, a int NOT NULL);
INSERT INTO itself SELECT i, nullif(i / 4, 0), i % 6 FROM generate_series(1, 2000) AS i;
ANALYZE" >/dev/null
{
    printf 'sandseed: 1\nsource: %s\ntarget: cluster:%s/sandbox\noutput: %s/out\nrequire_signoff: none\ntables:\n' "$(dsn source odd)" "$test_root" "$test_root"
    psql_in source odd -At -c "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1" | while read -r table; do
        echo "  public.$table:"
        echo "    mode: synthesise"
        case $table in
        person) echo "    subject: self" ;;
        heavy) echo "    subject: person_id" ;;
        *) printf '    subject: none\n    why: made\n' ;;
        esac
        psql_in source odd -At -c "SELECT attname || ' ' || CASE WHEN attname IN ('id', 'up', 'person_id') THEN 'key' ELSE 'non-personal' END FROM pg_attribute
            WHERE attrelid = 'public.$table'::regclass AND attnum > 0 ORDER BY attnum" >"$test_root/columns"
        [ ! -s "$test_root/columns" ] || echo "    columns:"
        sed 's/\(.*\) \(.*\)/      \1: {class: \2}/' "$test_root/columns"
    done
} >"$test_root/odd.yaml"
status=0
/usr/bin/time -f '%M' -o "$test_root/memory" "$SANDSEED" fit "$test_root/odd.yaml" -o "$test_root/model" --allow-privileged-source --seed 7 >"$test_root/told" 2>"$test_root/err" || status=$?
[ $status = 0 ] || cat "$test_root/err"
claim "fit takes them all" [ $status = 0 ]
echo "peak memory: $(cat "$test_root/memory") kB"
for who in '424242' 'his own' 'long long'; do
    claim "what one person or nobody twice has is not in the model: $who" [ "$(grep -c "$who" "$test_root/model/model.json")" = 0 ]
done
"$SANDSEED" inspect "$test_root/model" >"$test_root/page" || fail "inspect"
claim "inspect reads it" [ -s "$test_root/page" ]
status=0
cd "$test_root"  # where generate puts what it keeps of a run
"$SANDSEED" generate "$test_root/model" "cluster:$test_root/made" --seed 5 >"$test_root/out.txt" 2>"$test_root/err" || status=$?
[ $status = 0 ] || cat "$test_root/err"
claim "generate makes them all" [ $status = 0 ]
