#!/bin/bash
# Which engine a table gets: of the same law a small one the tree of pairs and a large one trees, a mixture its classes, and noise none;
# the comparison is in the model and told, and the models of all of them are proved from the source.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
psql_in source made -c "
CREATE FUNCTION u(i int, salt int, n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT ((hashint8extended(i, salt) & 9223372036854775807) % n)::int';
CREATE FUNCTION near(code int, i int, salt int) RETURNS int LANGUAGE sql IMMUTABLE AS
    'SELECT CASE WHEN u(i, salt, 10) < 8 THEN code ELSE u(i, salt + 1, 5) END';
CREATE FUNCTION word(code int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT (ARRAY[''red'', ''green'', ''blue'', ''black'', ''white''])[code + 1]';
-- Each column depends on one other, all in all as five edges of a tree.
CREATE FUNCTION beside(code int, i int, salt int) RETURNS int LANGUAGE sql IMMUTABLE AS
    'SELECT CASE WHEN u(i, salt, 10) < 8 THEN code ELSE (code + u(i, salt, 10) - 7) % 3 END';
CREATE TABLE many (id int PRIMARY KEY, a text, b text, c text, d text, e text, f text);
CREATE TABLE few (LIKE many INCLUDING ALL);
INSERT INTO many SELECT i, word(a), word(b), word(c), word(d), word(beside(d, i, 4)), word(beside(c, i, 5)) FROM (
    SELECT i, a, b, beside(b, i, 2) AS c, beside(a, i, 3) AS d FROM (
        SELECT i, a, beside(a, i, 1) AS b FROM (SELECT i, u(i, 0, 3) AS a FROM generate_series(1, 12500) AS i) AS x) AS y) AS z;
INSERT INTO few SELECT * FROM many WHERE id <= 300;
-- In three classes of people columns are on their own.
CREATE TABLE mixed (id int PRIMARY KEY, a text, b text, c text, d text, e text);
INSERT INTO mixed SELECT i, word(near(z, i, 1)), word(near(z, i, 11)), word(near(z, i, 21)), word(near(z, i, 31)), word(near(z, i, 41))
    FROM (SELECT i, 2 * (u(i, 99, 10) / 5) + (u(i, 99, 10) / 8) AS z FROM generate_series(1, 1400) AS i) AS x;
CREATE TABLE noise (LIKE mixed INCLUDING ALL);
INSERT INTO noise SELECT i, word(u(i, 1, 5)), word(u(i, 2, 5)), word(u(i, 3, 5)), word(u(i, 4, 5)), word(u(i, 5, 5)) FROM generate_series(1, 1000) AS i;
ANALYZE" >/dev/null
{
    cat <<YAML
sandseed: 1
source: $(dsn source made)
target: cluster:$test_root/sandbox
output: $test_root/out
require_signoff: none
tables:
YAML
    for t in few many mixed noise; do
        printf '  public.%s:\n    mode: synthesise\n    subject: self\n    columns:\n      id: {class: key}\n' "$t"
        for c in a b c d e $([[ $t = mixed || $t = noise ]] || echo f); do echo "      $c: {class: non-personal}"; done
    done
} >"$test_root/policy.yaml"
"$SANDSEED" fit "$test_root/policy.yaml" -o "$test_root/model" --allow-privileged-source --seed 7 --quiet >"$test_root/told" 2>"$test_root/err" ||
    fail "fit: $(cat "$test_root/err")"
claim "the model keeps its schema" keeps_schema "$test_root/model/model.json" model
grep -E '^  public' "$test_root/told"

claim "each table has the engine of its law, and the whole comparison" python3 - "$test_root/model/model.json" <<'PY'
import json, sys
t = {t["name"]: t["dependence"] for t in json.load(open(sys.argv[1]))["tables"]}
scores = {name: {s["engine"]: s for s in d["compared"]} for name, d in t.items()}
def gain(table, engine): return (scores[table][engine]["millinats"] - scores[table]["independence"]["millinats"]) / 1000
assert t["few"]["engine"] == "chow-liu" and t["many"]["engine"] == "trees" and t["mixed"]["engine"] == "classes", {n: d["engine"] for n, d in t.items()}
assert gain("few", "chow-liu") > 1.5 and gain("many", "trees") > 2 and gain("mixed", "classes") > 0.5
assert t["noise"]["engine"] == "independence" and all(abs(gain("noise", e)) < 0.05 for e in scores["noise"])
# What was chosen is hard to tell from real rows, columns alone are not.
assert all(abs(scores[n][t[n]["engine"]]["detector"] - 50) <= 8 for n in t)
assert all(scores[n]["independence"]["detector"] > 60 for n in ("few", "many", "mixed"))
# Few rows tell which column hangs on which: a - b - c - f, a - d - e.
edges = {frozenset((tree["of"], n["by"])) for tree in t["few"]["trees"] for n in tree["nodes"] if "by" in n}
assert edges == {frozenset(e) for e in ((0, 1), (1, 2), (0, 3), (3, 4), (2, 5))}, edges
# Of the mixture the classes and what they make likely are right, by four standard errors: 5, 3 and 2 of ten people.
d = t["mixed"]
assert d["variables"][-1]["of"] == "class" and d["trees"][0]["of"] == 5
shares = sorted(rows / 1400 for _, _, rows in d["trees"][0]["nodes"][0]["cells"])
assert len(shares) == 3 and all(abs(s - p) < 4 * (p * (1 - p) / 1400) ** .5 + .03 for s, p in zip(shares, (.2, .3, .5))), shares
PY
claim "fit tells what was compared" grep -Eq '^  public.few +chow-liu +[12]\..* trees [012]\.' "$test_root/told"
"$SANDSEED" inspect "$test_root/model" >"$test_root/inspected"
claim "inspect tells it" grep -q "together by classes" "$test_root/inspected"
claim "inspect tells of the others" grep -q "chow-liu -" "$test_root/inspected"

printf '{%s}' "$(for t in few many mixed noise; do printf '"public.%s": {"ways": [{"name": "self", "subject": "t.id", "people": "public.%s"}]},\n' "$t" "$t"; done | sed '$s/,$//')" >"$test_root/ways.json"
proof() { python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model "$1" --source "$(dsn source made)" --ways "$test_root/ways.json" --seed 7; }
claim "k people stand behind all of it" proof "$test_root/model" >"$test_root/proved"
grep -E 'latent classes|codes of classes|engines whose' "$test_root/proved"

# tampered FROM TO: what a model of classes may not say is found
tampered()
{
    mkdir -p "$test_root/tampered"
    python3 - "$test_root/model/model.json" "$test_root/tampered/model.json" "$1" <<'PY' || return 1
import json, sys
with open(sys.argv[1]) as f:
    model = json.load(f)
t = {t["name"]: t["dependence"] for t in model["tables"]}
if sys.argv[3] == "class":
    t["mixed"]["trees"][0]["nodes"][0]["cells"][0][2] = 30
elif sys.argv[3] == "code":
    next(n for n in t["mixed"]["trees"][1]["nodes"] if n["cells"])["cells"][0][2] += 900
elif sys.argv[3] == "pair":
    tree = next(x for x in t["few"]["trees"] if len(x["nodes"]) > 1)
    next(n for n in tree["nodes"] if "by" not in n)["cells"][0][2] += 40
else:
    t["few"]["engine"] = "independence"
with open(sys.argv[2], "w") as f:
    json.dump(model, f)
PY
    ! proof "$test_root/tampered" >"$test_root/refused" 2>&1
}
for what in class code pair engine; do
    claim "a model whose $what is changed is no model of the source" tampered "$what"
done
