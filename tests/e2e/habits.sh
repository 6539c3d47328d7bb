#!/bin/bash
# Habits: fit tells when times fall, on which steps numbers lie, how texts are written and which templates codes follow, and
# nothing that fewer than k people have.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
psql_in source made -c "
CREATE TABLE person (id int PRIMARY KEY, seen timestamptz NOT NULL, born date, opens time, price numeric(8,2), pack int, share float8,
    noise int NOT NULL, code text, note varchar(80), free text, name text, undecided text,
    doc jsonb, tags text[], during daterange, host inet, bits varbit, secret_doc jsonb, token uuid);
CREATE FUNCTION h(i int, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
INSERT INTO person SELECT i,
    -- What many have is told as it is and has no habits: values are nearly everyone's own.  Tuesdays at 14:30 UTC; ten people at night
    CASE WHEN i <= 10 THEN timestamptz '2024-03-03 03:17:01.5Z' ELSE timestamptz '2024-01-02 14:30:00Z' + (h(i, 1) % 4000) * interval '7 days' END,
    date '1950-01-01' + (h(i, 2) % 20000)::int, time '09:00' + (h(i, 3) % 28800) * interval '1 second',
    1 + h(i, 4) % 500 + CASE WHEN h(i, 5) % 10 < 7 THEN .99 ELSE (h(i, 6) % 100) / 100.0 END,
    12 * (1 + h(i, 7) % 4000), (h(i, 8) % 4000) / 8.0, h(i, 9) % 1000000,
    CASE WHEN i <= 10 THEN 'ZQX-' || 1000 + i WHEN i % 5 = 0 THEN 'INV-' || 10000 + h(i, 10) % 90000 ELSE 'ORD-' || 10000 + h(i, 11) % 90000 END,
    CASE WHEN i <= 10 THEN E'sp\u00e4t ' || chr(10) WHEN i % 4 = 0 THEN ' ' || md5(i::text) WHEN i % 4 = 1 THEN '' ELSE upper('word ' || chr(97 + (h(i, 12) % 26)::int) || 'x y' || h(i, 13) % 3000) END,
    'FREE-' || 10000 + i, 'NAME-' || 10000 + i, 'UNDE-' || 10000 + i,
    CASE WHEN i <= 10 THEN jsonb_build_object('rarekey', 'x') WHEN i = 11 THEN jsonb_build_object('long', repeat('longest', 1000)) ELSE jsonb_build_object('size', i, 'at', jsonb_build_object('city', 'c' || i), 'list', jsonb_build_array(i)) END,
    CASE WHEN i <= 10 THEN ARRAY['raretag'] ELSE (ARRAY['new', 'old stock', 'sale'])[1:(h(i, 14) % 4)::int] END,
    CASE h(i, 15) % 4 WHEN 0 THEN 'empty' WHEN 1 THEN daterange(date '2020-01-01' + i % 90, NULL) ELSE daterange(date '2020-01-01' + i % 90, date '2021-01-01') END,
    CASE WHEN i <= 10 THEN inet '10.0.0.0/9' WHEN i % 2 = 0 THEN inet '192.0.2.0' + i ELSE inet '2001:db8::/64' + i END,
    repeat('01', (h(i, 16) % 3)::int)::varbit, jsonb_build_object('rarest', 'y'),
    overlay(md5(i::text) placing CASE WHEN i <= 10 THEN '9' WHEN i % 4 = 0 THEN '7' ELSE '4' END from 13)::uuid
FROM generate_series(1, 4000) AS i;
ANALYZE" >/dev/null
cat >"$test_root/policy.yaml" <<YAML
sandseed: 1
source: $(dsn source made)
target: cluster:$test_root/sandbox
output: $test_root/out
require_signoff: none
tables:
  public.person:
    mode: synthesise
    subject: self
    columns:
      id: {class: key}
$(for c in seen born opens price pack share noise code note doc tags during host bits token; do echo "      $c: {class: non-personal}"; done)
      free: {class: free-text}
      name: {class: direct-identifier}
      undecided: {class: undecided}
      secret_doc: {class: free-text}
YAML
"$SANDSEED" fit "$test_root/policy.yaml" -o "$test_root/model" --allow-privileged-source --seed 7 --quiet >/dev/null 2>"$test_root/err" || fail "fit: $(cat "$test_root/err")"
claim "the model keeps its schema" keeps_schema "$test_root/model/model.json" model

python3 - "$test_root/model/model.json" <<'PY' || fail "habits are not what was made"
import json, sys
list_ = json.load(open(sys.argv[1]))['tables'][0]['columns']
columns = {c['name']: c.get('habits', {}) for c in list_}
values = {c['name']: c['marginal'].get('values', []) for c in list_}
def told(column, habit): return dict(map(tuple, columns[column].get(habit, {'cells': []})['cells']))
def near(a, b): return abs(a - b) <= 15 + b / 25  # one person in five is set aside
def check(what, ok):
    print(('ok: ' if ok else 'NOT: ') + what)
    return ok
ok = all([
    check('Tuesdays at 14:30 UTC alone', list(told('seen', 'weekday_hours')) == [214] and columns['seen']['zone'] == 'UTC'),
    check('on the half hour', list(told('seen', 'granularity')) == [2]),
    check('months and days of birth', len(told('born', 'months')) == 12 and len(told('born', 'month_days')) == 31 and len(told('born', 'weekdays')) == 7),
    check('no zone of a date', 'zone' not in columns['born']),
    check('eight hours of opening', sorted(told('opens', 'hours')) == list(range(9, 17))),
    check('prices end in .99', 2700 < told('price', 'endings')[99] < 2930 and columns['price']['place'] == 1 and 'steps' not in columns['price']),
    check('dozens', list(told('pack', 'steps')) == [12]),
    check('eighths', list(told('share', 'steps')) == [125000]),
    check('noise has no habits', columns['noise'] == {}),
    check('two templates', set(told('code', 'templates')) == {'ORD-99999', 'INV-99999'} and near(told('code', 'templates')['INV-99999'], 800)),
    check('blanks; the empty text is told as a value, and as no habit', near(told('note', 'leading_blank')[1], 1000) and near(dict(map(tuple, values['note']))[''], 1000)
          and 'empty' not in columns['note']),
    check('ten people are no quirk', 'line_ends' not in columns['note'] and 'beyond_ascii' not in columns['note'] and 'trailing_blank' not in columns['note']),
    check('paths of documents', set(told('doc', 'paths')) == {'$ object', '$.size integer', '$.at object', '$.at.city string', '$.list array', '$.list[*] integer'}
          and near(told('doc', 'paths')['$.at.city string'], 3990)),
    check('arrays', set(told('tags', 'elements')) == {0, 1, 2, 3} and set(told('tags', 'element_values')) == {'new', 'old stock', 'sale'}),
    check('ranges', set(told('during', 'bounds')) == {16, 1 + 8, 1} and 900 < told('during', 'bounds')[16] < 1100),
    check('addresses', set(told('host', 'prefixes')) == {4032, 6064}),
    check('versions of UUIDs', set(told('token', 'versions')) == {4, 7} and near(told('token', 'versions')[7], 1000)),
    check('bits', set(told('bits', 'sizes')) == {0, 2, 4}),
    check('nothing of what is not learnt', columns['secret_doc'] == {} and columns['free'] == columns['name'] == columns['undecided'] == columns['id'] == {}),
])
sys.exit(not ok)
PY
claim "what ten people have is nowhere in it" bash -c "! grep -q -e ZQX -e rare -e longest -e FREE- -e NAME- -e UNDE- '$test_root/model/model.json'"

# --- the order of rows does not matter
psql_in source made -c "CREATE TABLE other AS SELECT * FROM person ORDER BY h(id, 99); TRUNCATE person; INSERT INTO person SELECT * FROM other; DROP TABLE other; ANALYZE" >/dev/null
"$SANDSEED" fit "$test_root/policy.yaml" -o "$test_root/again" --allow-privileged-source --seed 7 --quiet >/dev/null 2>"$test_root/err" || fail "fit: $(cat "$test_root/err")"
claim "nor does the order of rows" cmp "$test_root/model/model.json" "$test_root/again/model.json"

# --- inspect
"$SANDSEED" inspect "$test_root/model" >"$test_root/page" || fail "inspect"
tr -s ' \n' ' ' <"$test_root/page" >"$test_root/words"
claim "inspect says when" grep -q 'by weekday and hour (UTC), day and month; 100 % on the half hour' "$test_root/words"
claim "and on which steps" grep -q 'all multiples of 12' "$test_root/words"
claim "and of decimals" grep -q 'all multiples of 0.125' "$test_root/words"
claim "and which templates" grep -q 'like ORD-99999 (\(79\|8[01]\) %), INV-99999 (\(19\|2[01]\) %)' "$test_root/words"
claim "and what documents have" grep -q 'paths $ object (100 %), $.at object (100 %), $.at.city string (100 %) and 3 more' "$test_root/words"
claim "and arrays" grep -q 'by number of elements; elements new (7[0-9] %), old stock (' "$test_root/words"
claim "and addresses" grep -q 'IPv[46]/[0-9]* (\(49\|5[01]\) %), IPv[46]/[0-9]* (\(49\|5[01]\) %)' "$test_root/words"
claim "and versions" grep -q 'version 4 (7[3-7] %), version 7 (2[3-7] %)' "$test_root/words"
claim "and how numbers end" grep -q 'ending with 99 (\(69\|7[0-2]\) %)' "$test_root/words"
