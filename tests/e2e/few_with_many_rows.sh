#!/bin/bash
# Few people with many rows each: none of what only they have shows, neither by itself nor as what one stored number is less than another.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
# orders: people 1 to 14 have a hundred each, others one; of the first three those have no lines, no a, and lo above hi.
# spent: a hundred people have 0, another one has five hundred multiples of 1215.
# mark: eleven people have 37 to 47 rows, of w; others one, of x.  Of mark_too the one of the eleven who has least has one more.
# visit: eleven people have 124 or more, as many at each of 31 stalls, where one other has one; others one, ten at each of 200.
# pay: thirty people have twelve rows each, so that twelve rows of one person count in full; of 777013 one person has twelve, and of what is below ten have one.
psql_in source made -c "
CREATE FUNCTION h(i bigint, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
CREATE TABLE person (id int PRIMARY KEY, tone text NOT NULL);
CREATE TABLE pay (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, v int8 NOT NULL);
INSERT INTO person SELECT i, 't' || h(i, 1) % 3 FROM generate_series(1, 2000) AS i;
INSERT INTO pay SELECT row_number() OVER (), p, v FROM (
    SELECT p, 1000000 + h(p * 100 + n, 3) % 900000 AS v FROM generate_series(1, 30) AS p, generate_series(1, 12) AS n
    UNION ALL SELECT 300 + i, 1000000 + h(i, 4) % 900000 FROM generate_series(1, 1000) AS i
    UNION ALL SELECT 100 + i, 1000 * i FROM generate_series(1, 10) AS i
    UNION ALL SELECT 200, 777013 FROM generate_series(1, 12)) AS x;
CREATE TABLE orders (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, a int, b int NOT NULL, lo int NOT NULL, hi int NOT NULL, CHECK (lo < hi OR lo > hi));
INSERT INTO orders SELECT row_number() OVER (), p, CASE WHEN p > 3 THEN a END, CASE WHEN p > 3 THEN a + (h(p * 1000 + n, 5) % 4000)::int ELSE 7 END,
    CASE WHEN p > 3 THEN n ELSE 50 + n END, CASE WHEN p > 3 THEN n + 1 + (h(p * 1000 + n, 6) % 30)::int ELSE 10 END
FROM (SELECT p, n, (h(p * 1000 + n, 7) % 5000)::int AS a FROM (SELECT p, n FROM generate_series(1, 14) AS p, generate_series(1, 100) AS n
    UNION ALL SELECT p, 1 FROM generate_series(101, 2000) AS p) AS y) AS x;
CREATE TABLE line (id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders, q int NOT NULL);
INSERT INTO line SELECT row_number() OVER (), o.id, n FROM orders AS o, generate_series(1, 3) AS n WHERE o.person_id > 3 AND n <= 1 + o.id % 3;
CREATE TABLE spent (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, v int NOT NULL);
INSERT INTO spent SELECT row_number() OVER (), p, v FROM (SELECT p, 0 AS v FROM generate_series(1, 100) AS p UNION ALL SELECT 500, n * 1215 FROM generate_series(1, 500) AS n) AS x;
CREATE TABLE mark (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, v text NOT NULL);
INSERT INTO mark SELECT row_number() OVER (), p, CASE WHEN p <= 11 THEN 'w' ELSE 'x' END FROM generate_series(1, 2000) AS p, generate_series(1, 47) AS n
    WHERE n = 1 OR (p <= 11 AND n <= 36 + p);
CREATE TABLE mark_too (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, v text NOT NULL);
INSERT INTO mark_too SELECT * FROM mark UNION ALL SELECT 100000, 1, 'w';
CREATE TABLE stall (id int PRIMARY KEY);
INSERT INTO stall SELECT generate_series(1, 231);
CREATE TABLE visit (id int PRIMARY KEY, stall_id int NOT NULL REFERENCES stall, person_id int NOT NULL REFERENCES person);
INSERT INTO visit SELECT row_number() OVER (), s, p FROM (SELECT s, p FROM generate_series(1, 31) AS s, generate_series(1, 11) AS p, generate_series(1, 14) AS n WHERE n <= 3 + p
    UNION ALL SELECT s, 100 + s FROM generate_series(1, 31) AS s
    UNION ALL SELECT 32 + i % 200, 12 + i % 1988 FROM generate_series(0, 1999) AS i) AS x;
ANALYZE" >/dev/null
cat >"$test_root/made.yaml" <<YAML
sandseed: 1
source: $(dsn source made)
target: cluster:$test_root/sandbox
output: $test_root/out
require_signoff: none
tables:
  public.person:
    mode: synthesise
    subject: self
    columns: {id: {class: key}, tone: {class: non-personal}}
  public.pay:
    mode: synthesise
    columns: {id: {class: key}, person_id: {class: key}, v: {class: non-personal}}
  public.spent:
    mode: synthesise
    columns: {id: {class: key}, person_id: {class: key}, v: {class: non-personal}}
  public.orders:
    mode: synthesise
    columns: {id: {class: key}, person_id: {class: key}, a: {class: non-personal}, b: {class: non-personal}, lo: {class: non-personal}, hi: {class: non-personal}}
  public.mark:
    mode: synthesise
    columns: {id: {class: key}, person_id: {class: key}, v: {class: non-personal}}
  public.mark_too:
    mode: synthesise
    columns: {id: {class: key}, person_id: {class: key}, v: {class: non-personal}}
  public.stall:
    mode: synthesise
    subject: none
    why: furniture
    columns: {id: {class: key}}
  public.visit:
    mode: synthesise
    columns: {id: {class: key}, stall_id: {class: key}, person_id: {class: key}}
  public.line:
    mode: synthesise
    columns: {id: {class: key}, order_id: {class: key}, q: {class: non-personal}}
YAML
cat >"$test_root/ways.json" <<'JSON'
{"public.person": {"ways": [{"name": "self", "subject": "t.id"}]},
 "public.pay": {"ways": [{"name": "person", "subject": "t.person_id", "columns": ["person_id"], "via": ["pay_person_id_fkey"]}]},
 "public.spent": {"ways": [{"name": "person", "subject": "t.person_id", "columns": ["person_id"], "via": ["spent_person_id_fkey"]}]},
 "public.mark": {"ways": [{"name": "person", "subject": "t.person_id", "columns": ["person_id"], "via": ["mark_person_id_fkey"]}]},
 "public.mark_too": {"ways": [{"name": "person", "subject": "t.person_id", "columns": ["person_id"], "via": ["mark_too_person_id_fkey"]}]},
 "public.stall": {"ways": []},
 "public.visit": {"ways": [{"name": "person", "subject": "t.person_id", "columns": ["person_id"], "via": ["visit_person_id_fkey"]}]},
 "public.orders": {"ways": [{"name": "person", "subject": "t.person_id", "columns": ["person_id"], "via": ["orders_person_id_fkey"]}]},
 "public.line": {"from": "public.line AS t JOIN public.orders AS o ON o.id = t.order_id",
  "ways": [{"name": "person", "subject": "o.person_id", "columns": ["order_id"], "via": ["line_order_id_fkey"]}]}}
JSON
"$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/model" --allow-privileged-source --seed 7 --quiet --json >"$test_root/fitted.json" || fail "fit"

python3 - "$test_root/model/model.json" "$test_root/fitted.json" <<'PY'
import json, sys

fitted = {t["table"]: t for t in json.load(open(sys.argv[2]))["tables"]}
tables = {t["name"]: t for t in json.load(open(sys.argv[1]))["tables"]}

def claim(text, holds, *found):
    print("ok:" if holds else "FAILED:", text, *found)
    if not holds:
        sys.exit(1)

def column(table, name):
    return next(c for c in tables[table]["columns"] if c["name"] == name)

points = column("pay", "v")["marginal"]["points"]
claim("no quantile is the value of one who has half of the rows below it", len(points) > 10 and all(abs(p - 777013) > 1000 for p in points), points[:2])
orders = tables["orders"]
gaps = orders["joints"][0]["gaps"]
claim("nor is it told how many rows have a number above another", [g["count"] for g in gaps] == [orders["count"]] * 2 and gaps[1]["values"], [g["count"] for g in gaps])
claim("a rule speaks of all rows where few people's are none that it speaks of", [r["rows"] for r in orders["rules"] if r["name"] == "a <= b"] == [orders["count"]],
      orders["count"])
children = tables["line"]["references"][0]["children"]
claim("parents of whom fewer than k people's have no children are told with the others", [n for n, _ in children] == [1, 2, 3] and
      sum(n for _, n in children) == orders["count"], children)
claim("nobody's step is told of those who have 0", "habits" not in column("spent", "v"))
marks = [dict(map(tuple, column(table, "v")["marginal"]["values"])) for table in ("mark", "mark_too")]
claim("of those who have most it is told what a round number of rows would be of each", marks[0]["w"] == 385, marks)
claim("and no row more where one has one more", marks[1] == marks[0] and tables["mark_too"]["count"] == tables["mark"]["count"])
children = next(r["children"] for r in tables["visit"]["references"] if r["constraint"] == "visit_stall_id_fkey")
claim("nor is that one's number of children at each parent told, which is four", children[1:] == [[44, 30]] and children[0][0] == 10, children)
rare = fitted["public.orders"]["suppressed"]
claim("of cells too rare to tell it is said how many there are, about", rare > 0 and rare % 5 == 0, rare)
PY

proof() { python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model "$1" --source "$(dsn source made)" --ways "$test_root/ways.json" >"$test_root/proved"; }
proved() { proof "$1" || { tail -20 "$test_root/proved" >&2; return 1; }; }
claim "a program apart finds k people behind each number" proved "$test_root/model"

# tampered LEAK PYTHON: with the tables t changed so, the proof says this
tampered()
{
    mkdir -p "$test_root/tampered"
    MODEL=$test_root python3 - "$2" <<'PY'
import json, os, sys

model = json.load(open(os.environ["MODEL"] + "/model/model.json"))
t = {t["name"]: t for t in model["tables"]}
exec(sys.argv[1])
json.dump(model, open(os.environ["MODEL"] + "/tampered/model.json", "w"))
PY
    ! proof "$test_root/tampered" && grep -q "^LEAK: .*$1" "$test_root/proved"
}
claim "which a quantile that is told so would not pass" tampered "point 1: it is told finer" 't["pay"]["columns"][2]["marginal"]["points"][0] = 777014'
claim "nor how many rows have a gap" tampered "gap of lo: its count is not the table's" 't["orders"]["joints"][0]["gaps"][0]["count"] = 300'
claim "nor a rule that leaves three people's rows" tampered "rule a <= b: the rows that it says nothing of" 'next(r for r in t["orders"]["rules"] if r["name"] == "a <= b")["rows"] = 3000'
claim "nor what one of those who have most really has" tampered "stored count is not that of its rows" 't["mark"]["columns"][2]["marginal"]["values"][0][1] = 405'
claim "nor children that leave three people's orders" tampered "its numbers of children are no pools" 't["line"]["references"][0]["children"][0][1] -= 300'
