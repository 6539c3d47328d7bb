#!/bin/bash
# A table of continuous columns is learnt by a Gaussian copula, and what its numbers have to do with each other inside of their bins
# is told; both hold k people behind each number.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
psql_in source made -c "
CREATE FUNCTION u(i bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT ((hashint8extended(i, salt) & 1048575) + 0.5) / 1048576';
CREATE FUNCTION z(i bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT sqrt(-2 * ln(u(i, salt))) * cos(2 * pi() * u(i, salt + 1000))';
-- Each balance is most of the one before: a correlation of .98 of its logarithm.  The last column is noise.
CREATE TABLE account AS SELECT i::int AS id, round(1000 * exp(a))::int AS may, round(1000 * exp(b))::int AS june, round(1000 * exp(c))::int AS july,
    round(1000 * exp(d))::int AS august, round(1e6 * u(i, 9))::int AS noise
FROM (SELECT i, a, b, c, .98 * c + .2 * z(i, 4) AS d FROM (SELECT i, a, b, .98 * b + .2 * z(i, 3) AS c
    FROM (SELECT i, a, .98 * a + .2 * z(i, 2) AS b FROM (SELECT i, z(i, 1) AS a FROM generate_series(1, 8000) AS i) q) q) q) q;
-- Two measures of the same, so near that values within one bin still tell of each other; and a third that does not.
CREATE TABLE gauge AS SELECT id, round(100000 * a)::int AS first, round(100000 * (a + .015 * z(id, 12)))::int AS second, round(100000 * z(id, 13))::int AS other
FROM (SELECT i::int AS id, z(i, 11) AS a FROM generate_series(1, 8000) AS i) AS q;
ALTER TABLE account ADD PRIMARY KEY (id);
ALTER TABLE gauge ADD PRIMARY KEY (id);
ANALYZE" >/dev/null
cat >"$test_root/made.yaml" <<YAML
sandseed: 1
source: $(dsn source made)
target: cluster:$test_root/sandbox
output: $test_root/out
require_signoff: none
tables:
  public.account:
    mode: synthesise
    subject: self
    columns: {id: {class: key}, may: {class: non-personal}, june: {class: non-personal}, july: {class: non-personal}, august: {class: non-personal}, noise: {class: non-personal}}
  public.gauge:
    mode: synthesise
    subject: self
    columns: {id: {class: key}, first: {class: non-personal}, second: {class: non-personal}, other: {class: non-personal}}
YAML
"$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/model" --allow-privileged-source --seed 7 --jobs 1 --quiet >/dev/null
"$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/again" --allow-privileged-source --seed 7 --jobs 3 --quiet >/dev/null
claim "with 3 jobs it is the same model, byte by byte" cmp "$test_root/model/model.json" "$test_root/again/model.json"
"$SANDSEED" inspect "$test_root/model" | tr -s " \n" " " >"$test_root/page"
claim "inspect says which engine it was" grep -q "together by copula" "$test_root/page"
claim "inspect says what goes together inside of bins" grep -q "inside of bins second with first, correlation \.9[0-9][0-9]" "$test_root/page"
"$SANDSEED" inspect --json "$test_root/model" >"$test_root/page.json"

python3 - "$test_root/model/model.json" "$test_root/page.json" <<'PY'
import json, math, sys

tables = json.load(open(sys.argv[1]))["tables"]
d = next(t for t in tables if t["name"] == "account")["dependence"]
nats = {e["engine"]: e["millinats"] for e in d["compared"]}
assert d["engine"] == "copula" and nats["copula"] > nats["trees"] + 300, nats
# The truth is three times log(1 / .2) nats above independence.
assert nats["copula"] - nats["independence"] > 0.93e3 * 3 * math.log(1 / 0.2), nats
names = [v["column"] for v in d["variables"]]
of = {names[v["of"]]: v for v in d["copula"]}
assert "before" not in of["noise"] and all(names[b[0]] != "noise" for v in of.values() for b in v.get("before", ()))
beside = {v["column"]: v["beside"] for v in d["variables"] if "beside" in v}
assert {c: b[0] for c, b in beside.items()} == {"june": "may", "july": "june", "august": "july"}, beside
assert all(970 <= b[1] <= 990 for b in beside.values()), beside
gauge = next(t for t in tables if t["name"] == "gauge")["dependence"]
beside = {v["column"]: v["beside"] for v in gauge["variables"] if "beside" in v}
assert set(beside) == {"second"} and beside["second"][0] == "first" and beside["second"][1] > 990, beside
shown = next(t for t in json.load(open(sys.argv[2]))["tables"] if t["table"] == "public.gauge")["columns"]
shown = {c["name"]: c.get("inside_bins_with") for c in shown}
assert shown["other"] is None and shown["second"]["column"] == "first", shown
PY

cat >"$test_root/ways.json" <<'JSON'
{"public.account": {"ways": [{"name": "account", "subject": "t.id", "people": "public.account"}]},
 "public.gauge": {"ways": [{"name": "gauge", "subject": "t.id", "people": "public.gauge"}]}}
JSON
claim "a program apart finds k people behind each number" python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model "$test_root/model" \
    --source "$(dsn source made)" --ways "$test_root/ways.json" --seed 7
python3 - "$test_root/model" "$test_root/tampered" <<'PY'
import json, os, sys

model = json.load(open(sys.argv[1] + "/model.json"))
d = next(t for t in model["tables"] if t["name"] == "account")["dependence"]
v = next(v for v in d["copula"] if d["variables"][v["of"]]["column"] == "june")
# What is no number (NaN, infinity) is said to be there.
v["cells"].append([d["variables"][v["of"]]["values"]] * 2 + [15])
os.mkdir(sys.argv[2])
json.dump(model, open(sys.argv[2] + "/model.json", "w"))
PY
refuses() { ! python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model "$test_root/tampered" --source "$(dsn source made)" --ways "$test_root/ways.json" --seed 7; }
claim "and finds a cell that nobody is behind" refuses
