#!/bin/bash
# Frequent values among more than are counted each: what k people have of them in the sample is told, with its share, and comes back.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
# 200,000 visits, more than the sample holds, of 20,000 people: a third are in one town, tenths in two others, the rest in 4,000; prices are 0, 9999
# or -1, or one of 500,000; times are midnight of New Year, or any second.  Person 1 has a town and a price of her own 3,000 times; note
# begins as the town does, and is longer than a category for some.  own: as a person's own, all rows are in the sample.
psql_in source made -c "
CREATE FUNCTION h(i int, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
CREATE TABLE person (id int PRIMARY KEY, own text NOT NULL, score int NOT NULL);
INSERT INTO person SELECT i, CASE WHEN h(i, 1) % 10 < 4 THEN 'often' ELSE 'own ' || h(i, 2) % 5000 END,
    CASE WHEN h(i, 3) % 10 < 4 THEN 77 ELSE h(i, 4) % 100000 END FROM generate_series(1, 20000) AS i;
CREATE TABLE visit (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, town text NOT NULL, price numeric(10,2), at timestamp NOT NULL, note text NOT NULL);
INSERT INTO visit SELECT i, 1 + h(i, 1) % 20000,
    CASE WHEN h(i, 2) % 10 < 3 THEN 'London' WHEN h(i, 2) % 10 = 3 THEN 'Paris' WHEN h(i, 2) % 10 = 4 THEN 'Berlin' ELSE 'Town ' || h(i, 3) % 4000 END,
    CASE WHEN h(i, 4) % 10 < 2 THEN 0 WHEN h(i, 4) % 10 = 2 THEN 9999 WHEN h(i, 4) % 10 = 3 THEN -1 WHEN h(i, 4) % 100 < 95 THEN (h(i, 5) % 500000) / 100.0 END,
    CASE WHEN h(i, 6) % 10 < 5 THEN timestamp '2024-01-01' ELSE timestamp '2023-01-01' + h(i, 7) % 31536000 * interval '1 second' END,
    CASE WHEN h(i, 2) % 10 < 3 THEN 'often' ELSE repeat('x', 150 + (h(i, 3) % 100)::int) || h(i, 8) % 3000 END
FROM generate_series(1, 200000) AS i;
INSERT INTO visit SELECT 200000 + i, 1, 'Hers', 1234.56, timestamp '2023-03-03 03:03:03', 'hers' FROM generate_series(1, 3000) AS i;
ANALYZE" >/dev/null
cat >"$test_root/policy.yaml" <<YAML
sandseed: 1
source: $(dsn source made)
target: cluster:$test_root/sandbox
output: $test_root/out
require_signoff: none
tables:
  public.person: {mode: synthesise, subject: self, columns: {id: {class: key}, own: {class: non-personal}, score: {class: non-personal}}}
  public.visit:
    mode: synthesise
    subject: person_id
    columns: {id: {class: key}, person_id: {class: key}, town: {class: non-personal}, price: {class: non-personal}, at: {class: non-personal}, note: {class: non-personal}}
YAML
fit() { "$SANDSEED" fit "$test_root/policy.yaml" -o "$test_root/$1" --allow-privileged-source --seed 7 --quiet "${@:2}" >/dev/null; }
fit model --jobs 1
fit again --jobs 3
claim "with three jobs it is the same model, byte by byte" cmp "$test_root/model/model.json" "$test_root/again/model.json"
claim "frequent values are told with their shares, and nobody's own" python3 - "$test_root/model" <<'PY'
import json, sys
t = {t["name"]: {c["name"]: c["marginal"] for c in t["columns"]} for t in json.load(open(sys.argv[1] + "/model.json"))["tables"]}
v, p = t["visit"], t["person"]
def shares(m):
    return {str(x): n / (m["count"] - m["nulls"]) for x, n in m["values"]}
def near(m, **expected):
    got = shares(m)
    for x, share in expected.items():
        # some 8,000 people are in the sample, each with ten visits
        assert abs(got[x] - share) < 0.02, (x, got[x], share)
    assert abs(sum(got.values()) + m.get("rest", 0) / (m["count"] - m["nulls"]) - 1) < 0.01
near(v["town"], London=.3, Paris=.1, Berlin=.1)
near(v["price"], **{"0": .2 / .95, "999900": .1 / .95, "-100": .1 / .95})
points = v["price"]["points"]
assert 40 < len(points) < 70 and abs(points[len(points) // 2] - 250000) < 25000, points
near(v["at"], **{"757382400": .5})
for c in "town", "price", "at":
    assert v[c]["counted"] == "sample", c
    assert not {"Hers", "123456", "731127783"} & set(shares(v[c])), c
assert len(v["town"]["values"]) == 1024 and v["town"]["lengths"] and abs(v["town"]["tail"]["values"] - 2980) < 400, v["town"]["tail"]
# all rows are in the sample of people: these are counts
near(p["own"], often=.4)
near(p["score"], **{"77": .4})
assert "counted" not in p["own"] and "counted" not in p["score"]
# texts that are longer than a category: shapes alone
assert v["note"]["kind"] == "shape", v["note"]["kind"]
PY
cat >"$test_root/ways.json" <<'JSON'
{"public.person": {"ways": [{"name": "person", "subject": "t.id", "people": "public.person"}]},
 "public.visit": {"ways": [{"name": "person", "subject": "t.person_id", "people": "public.person", "columns": ["person_id"], "via": ["visit_person_id_fkey"]}]}}
JSON
claim "each has k people behind it" python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model "$test_root/model" --source "$(dsn source made)" --ways "$test_root/ways.json" --seed 7
"$SANDSEED" inspect "$test_root/model" >"$test_root/page" || fail "inspect"
claim "inspect says which, and of what" grep -q "the rest by shape (too many to count each: shares are of a sample)" <(tr -s " \n" " " <"$test_root/page")
"$SANDSEED" generate "$test_root/model" "cluster:$test_root/sandbox" --seed 3 --quiet >/dev/null || fail "generate"
made=$("$SANDSEED" cluster status "$test_root/sandbox" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["conninfo"])' 2>/dev/null || echo "host=$test_root/sandbox port=5432 user=sandseed")
claim "they come back" python3 - "$(PGOPTIONS= psql -X -q -A -t -d "$made dbname=sandbox" -c "
SELECT round(avg((town = 'London')::int), 2), round(avg((price = 0)::int), 2), round(avg((price = 9999)::int), 2),
    round(avg((at = '2024-01-01')::int), 2), percentile_disc(0.5) WITHIN GROUP (ORDER BY price) FROM visit")" <<'PY'
import sys
town, zero, sentinel, new_year, median = map(float, sys.argv[1].split("|"))
assert abs(town - .3) < .03 and abs(zero - .21) < .03 and abs(sentinel - .105) < .03 and abs(new_year - .5) < .03, sys.argv[1]
# 32 % are 0 or less, 58 % uniform up to 5,000: half of all lies at 32 % of these
assert abs(median - 1590) < 200, median
PY
