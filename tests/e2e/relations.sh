#!/bin/bash
# What rows have to do with their relatives: a type of person that no column tells shows in how many rows they have and what
# stands in them.  fit finds it as a class, and finds nothing where there is nothing.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
psql_in source made -c "
CREATE FUNCTION h(i bigint, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
CREATE TABLE person (id int PRIMARY KEY, since date NOT NULL);
CREATE TABLE visit (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, at timestamptz NOT NULL, what text NOT NULL, chance text NOT NULL);
CREATE TABLE item (id int PRIMARY KEY, visit_id int NOT NULL REFERENCES visit, kind text NOT NULL);
-- Of three types: 1, 4 or 9 visits and up to 2 more; four visits of five are for one of two things of the type's own.
INSERT INTO person SELECT i, date '2020-01-01' + (h(i, 1) % 1500)::int FROM generate_series(1, 4000) AS i;
INSERT INTO visit SELECT row_number() OVER (), p.id, timestamptz '2024-01-01 00:00Z' + (h(p.id * 100 + v, 3) % 30000000) * interval '1 second',
    'w' || CASE WHEN h(p.id * 100 + v, 4) % 5 > 0 THEN 2 * (h(p.id, 2) % 3) + h(p.id * 100 + v, 5) % 2 ELSE h(p.id * 100 + v, 6) % 6 END, 'c' || h(p.id * 100 + v, 7) % 6
FROM person AS p, generate_series(1, (ARRAY[1, 4, 9])[1 + h(p.id, 2) % 3] + (h(p.id, 8) % 3)::int) AS v;
-- A visit's items are alike.
INSERT INTO item SELECT row_number() OVER (), v.id, 'k' || CASE WHEN h(v.id * 10 + n, 9) % 10 = 0 THEN h(v.id * 10 + n, 10) % 4 ELSE h(v.id, 11) % 4 END
FROM visit AS v, generate_series(1, 1 + (h(v.id, 12) % 3)::int) AS n;
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
    columns: {id: {class: key}, since: {class: non-personal}}
  public.visit:
    mode: synthesise
    subject: person_id
    columns: {id: {class: key}, person_id: {class: key}, at: {class: non-personal}, what: {class: non-personal}, chance: {class: non-personal}}
  public.item:
    mode: synthesise
    subject: visit_id
    columns: {id: {class: key}, visit_id: {class: key}, kind: {class: non-personal}}
YAML
"$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/model" --allow-privileged-source --seed 7 --jobs 1 --quiet >/dev/null
for jobs in 2 5; do
    "$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/model$jobs" --allow-privileged-source --seed 7 --jobs $jobs --quiet >/dev/null
    claim "with $jobs jobs it is the same model, byte by byte" cmp "$test_root/model/model.json" "$test_root/model$jobs/model.json"
done
psql_in source made -c "CREATE TABLE other AS SELECT * FROM visit ORDER BY h(id, 33); TRUNCATE visit CASCADE; INSERT INTO visit SELECT * FROM other; DROP TABLE other;
    INSERT INTO item SELECT row_number() OVER (), v.id, 'k' || CASE WHEN h(v.id * 10 + n, 9) % 10 = 0 THEN h(v.id * 10 + n, 10) % 4 ELSE h(v.id, 11) % 4 END
    FROM (SELECT * FROM visit ORDER BY id) AS v, generate_series(1, 1 + (h(v.id, 12) % 3)::int) AS n; ANALYZE" >/dev/null
"$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/shuffled" --allow-privileged-source --seed 7 --quiet >/dev/null
claim "so it is with shuffled rows" cmp "$test_root/model/model.json" "$test_root/shuffled/model.json"
"$SANDSEED" inspect "$test_root/model" >"$test_root/page" || fail "inspect"
claim "inspect reads it" grep -q "variables together by trees" <(tr -s " \n" " " <"$test_root/page")

python3 - "$test_root/model/model.json" <<'PY'
import json, math, sys

tables = {t["name"]: t["dependence"] for t in json.load(open(sys.argv[1]))["tables"]}

def trees(name):
    """Of each variable that is drawn: how many leaves its tree has, and what it splits by."""
    d = tables[name]
    what = lambda v: v["of"] + " " + v.get("column", v.get("table", "")) if v["of"] != "column" else v["column"]
    return {what(d["variables"][t["of"]]): {what(d["variables"][n["by"]]) for n in t["nodes"] if "by" in n} for t in d["trees"]}

def leaves(name, variable):
    """(rows, counts by code) of the leaves of a column's tree."""
    d = tables[name]
    of = next(i for i, v in enumerate(d["variables"]) if v["of"] == "column" and v["column"] == variable)
    nodes = next(t for t in d["trees"] if t["of"] == of)["nodes"]
    for n in nodes:
        if "by" not in n:
            counts = {c: rows for c, _, rows in n["cells"]}
            yield sum(counts.values()) + n.get("rest", 0), counts

def claim(text, holds):
    print("ok:" if holds else "FAILED:", text)
    if not holds:
        sys.exit(1)

person, visit, item = trees("person"), trees("visit"), trees("item")
claim("people have classes", any(v["of"] == "class" and v["codes"] >= 3 for v in tables["person"]["variables"]))
claim("how many visits they have goes by them", "class " in person["children public.visit"])
# How many visits somebody has tells the type as well.
claim("what a visit is for goes by the person's class or how many visits they have", visit["what"] & {"parent-class ", "siblings "})
claim("an item goes by its visit's class or by the item before", item["kind"] & {"parent-class ", "previous kind"})

# Entropy of what a visit is for: log 6 = 1.79 nats alone, 1.33 for who knows the type; of a person with one visit the class says more, since
# it goes by it.
def entropy(name, variable):
    rows = list(leaves(name, variable))
    total = sum(r for r, _ in rows)
    # What is told together counts as spread over four codes.
    return sum(-c * math.log(c / r) for r, counts in rows for c in [*counts.values(), *[(r - sum(counts.values())) / 4] * 4] if c > 0) / total
print("entropy of what:", round(entropy("visit", "what"), 3), "of kind:", round(entropy("item", "kind"), 3))
claim("that tells nearly all that there is to tell", entropy("visit", "what") < 1.4)
claim("of an item it does, too", entropy("item", "kind") < 0.75)
# Negative control: what is chance goes by nothing.
claim("chance goes by nothing that matters", entropy("visit", "chance") > math.log(6) - 0.03)
PY
