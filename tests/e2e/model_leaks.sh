#!/bin/bash
# No leak: a program apart from fit (tests/support/leak_proof.py) shows that k different people stand behind everything
# that a model stores, on a database of planted rare values and on pagila; models that were tampered with do not pass.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
here=$SOURCE_DIR/tests/e2e
cd "$test_root"

# fit_all DB FILE MODEL: of every column all that fit learns at most
fit_all()
{
    policy_for source "$1" "$(dsn source "sandbox_$1")" synthesise "$2"
    sed -Ei '/class: key/!s/\{class: [^}]*\}/{class: non-personal, treatment: synthesise, why: "a test: nothing is hidden but by counting"}/' "$2"
    # Of visit, trees are to tell all columns: no rule lets one follow others.
    sed -i 's/^  public.visit:$/&\n    rules_off: [i -> t, i -> note, s -> net, s -> tax, s -> total, t -> note, note -> t, net -> s, net -> total, total -> s, total -> net]/' "$2"
    "$SANDSEED" sign "$2" --by test --why "a test" --quiet '*' >/dev/null
    fit "$2" "$3"
}
fit() { "$SANDSEED" fit "$1" -o "$2" --seed 7 --allow-privileged-source --quiet >/dev/null; }
proof() { python3 "$SOURCE_DIR/tests/support/leak_proof.py" "$@"; }
# proved DB MODEL WAYS LEAST [OPTION...]: the proof passes, and looked at that many numbers at least
proved()
{
    proof --model "$2" --source "$(dsn source "$1")" --ways "$3" "${@:5}" >proved || { cat proved >&2; return 1; }
    [ "$(sed -n 's/^ *\([0-9]*\) numbers with k subjects behind each$/\1/p' proved)" -ge "$4" ]
}

# --- planted values
createdb_in source planted
psql_in source planted -o /dev/null -f "$here/model_leaks.sql"
fit_all planted planted.yaml model
# --- two nights, one person apart: 200 has planted values, 300 has none
for person in 200 300; do
    createdb_in source "night_$person" 'TEMPLATE planted'
    psql_in source "night_$person" -c "DELETE FROM purchase WHERE customer_id = $person" \
        -c "DELETE FROM visit WHERE customer_id = $person" -c "DELETE FROM customer WHERE id = $person"
    sed "s/dbname=planted/dbname=night_$person/" planted.yaml >"night_$person.yaml"
    fit "night_$person.yaml" "night_$person"
done
claim "everything stored has k people behind it, with a person or without" proved planted model "$here/model_leaks.ways.json" 9000 \
    --night night_200 "$(dsn source night_200)" --night night_300 "$(dsn source night_300)"
grep -E '^two nights|NOT PROVED|however they are added' proved
claim "the trees of visit are all proved, and split" python3 - <<'PY'
import json
t = {t["name"]: t for t in json.load(open("model/model.json"))["tables"]}
d = t["visit"]["dependence"]
assert all(v["of"] == "column" for v in d["variables"]) and sum("by" in n for tree in d["trees"] for n in tree["nodes"]) > 20
PY
claim "and rows, cells and rules of more than one column" python3 - <<'PY'
import json
t = {t["name"]: t for t in json.load(open("model/model.json"))["tables"]}
assert len(t["customer"]["joints"]) == 1 and t["purchase"]["joints"][0]["derived"]
assert all(r["children"] for n in ("purchase", "line") for r in t[n]["references"]) and t["visit"]["rules"]
assert sum("points" in c["marginal"] for c in t["purchase"]["columns"]) >= 6
PY

# What one person has: as text, as fit's units are, and as it may be escaped.
python3 - >texts <<'PY'
for k in range(3):
    print(f"{733717731 + k}\n{31733 + k}\n{8123456789123456 + k}\n{90210 + k}.7291\n{31337 + k}.9133\n{77123 + k}.5\n{91827 + k}.364558")
    print(f"Xylophanes\nZwqx\nQZRAREONE\nŽofie\n1911-03-{17 + k}\n1923-07-19 03:41:{17 + k}\n1937-11-23 05:43:{19 + k}")
    print(f"03:33:{33 + k}.333333\ndeadbeef-0bad\n203.0.113.{177 + k}\nRarekey9\nRareval{k}\nRarekey8\nRaretext{k}\nRarelem1\nRarelem2{k}")
    print(f"{918273645 + k}\ndeadbeefcafe\nRarestreet\n{47114711 + k}\nQuirinius\nUnlikely\n{535353535 + k}\n{6161616 + k}.16\n{6161627 + k}.16")
print("Rareline\n97531")
PY
python3 - >units <<'PY'
import datetime as d
since, whole = d.datetime(2000, 1, 1), d.timedelta(seconds=1)
for k in range(3):
    for point, scale in ((90210.7291, 4), (31337.9133, 4), (77123.5, 6), (91827.364558, 6), (6161616.16, 2), (6161627.16, 2)):
        print(round((point + k) * 10 ** scale))
    print((d.date(1911, 3, 17) - d.date(2000, 1, 1)).days + k)
    print((d.datetime(1923, 7, 19, 3, 41, 17) - since) // whole + k)
    print((d.datetime(1937, 11, 23, 5, 43, 19) - since) // whole + k)
    print(12813333333 + k * 1000000)
print("\\u017dofie\n\\u017Dofie\n%C5%BDofie\nZwqx%20Rare\nQuirinius%20\nWWVsb3BoYW5lcy")
PY
cat texts units >planted
PGTZ=UTC pg_dump -d "$(dsn source planted)" --data-only --inserts >rows.sql
claim "each is in the source" bash -c 'while read -r text; do grep -qF -- "$text" rows.sql || { echo "$text"; exit 1; }; done <texts'
pg_restore -f schema.sql model/schema.dump
claim "none is in any byte of the models, nor in the schema" bash -c '! grep -raF -f planted model night_200 night_300 schema.sql'
claim "nor is a rare value of a CHECK's list in what was learnt" bash -c '! grep -aE "gammaword|secretlevel" model/model.json'
claim "a declared value that few have is told of as such" python3 - <<'PY'
import json
t = {t["name"]: t for t in json.load(open("model/model.json"))["tables"]}
m = {c["name"]: c["marginal"] for c in t["purchase"]["columns"]}
assert m["colour"]["kind"] == "declared" and m["colour"]["values"][3] == [3, "<k"]
PY

# --- a model that was tampered with
cat >tamper.py <<'PY'
import json, os, sys
kinds, alone = sys.argv[1].split(), [int(v) for v in sys.argv[2:]]
made = open("model/model.json").read()

def has(node, code):
    return any(low <= code <= high for low, high, _ in node["cells"])

def put(node, code):
    node["cells"] = sorted(node["cells"] + [[code, code, 10]])

def one_alone(points):
    "somebody's value in place of the nearest that is stored"
    at = next(i for i in range(len(points) - 1) if any(points[i] < v < points[i + 1] for v in alone))
    points[at] = next(v for v in alone if points[at] < v < points[at + 1])

def in_tree(kind, wanted):
    "a node of the first tree that has one, which alone is kept"
    for tree in trees:
        for node in tree["nodes"]:
            if ("by" in node) == (kind == "inner") and wanted(node):
                trees[:] = [tree]
                return node

def hidden_cell():
    node = in_tree("inner", lambda n: True)
    put(node, next(c for c in range(99) if not has(node, c)))
def taken():
    "the tree of who has taken what: by side, a rest of one, and nothing told above"
    root, *leaves = next(t["nodes"] for t in choice["dependence"]["trees"] if any("rest" in n for n in t["nodes"]))
    left, right = sorted(leaves, key=lambda node: "rest" not in node)
    assert not root["cells"] and left["rest"] == 10 and right["cells"] == [[0, 0, 425]] and "rest" not in right
    return root, left, right
def leaf_cell(): put(taken()[1], 1)
def sum_above(): put(taken()[0], 1)
def leaf_exactly(): taken()[2]["cells"][0][2] = 400
def leaf_rest():
    in_tree("leaf", lambda n: "rest" not in n and n["cells"])["rest"] = 10
def leaf_divided():
    node = in_tree("leaf", lambda n: any(c[0] < c[1] for c in n["cells"]))
    cell = next(c for c in node["cells"] if c[0] < c[1])
    node["cells"] = sorted([c for c in node["cells"] if c != cell] + [[cell[0], cell[0], 10], [cell[0] + 1, cell[1], 10]])
def edge(): one_alone(book["b"]["edges"])
def last_edge(): book["i"]["edges"][-1] = 733717730
def spike(): book["b"].setdefault("spikes", []).append(5)
def book_text(): book["t"]["texts"][-1] = "Xylophanes-Rarissima0"
def value(): column["t"]["values"].append(["Xylophanes-Rarissima0", 10])
def atom(): column["i"]["values"].append([733717731, 10])
def point(): one_alone(column["b"]["points"])
def last_point(): column["b"]["points"].append(8123456789123456)
def extreme(): column["n"]["points"].append(902107291)
def length(): column["t"].setdefault("lengths", []).append([21, 10])
def alphabet(): column["t"].setdefault("alphabets", []).append([127, 10])
def digits(): column["b"].setdefault("codes", []).append([16, 10])
def digits_of_all(): column["b"]["codes"] = [[10, column["b"]["count"] - column["b"]["nulls"]]]
def length_of_told():
    "of a text that is told: such a length less that text's count is what fewer have"
    text, n = next((v, n) for v, n in column["t"]["values"] if n >= 20)
    column["t"].setdefault("lengths", []).append([len(text), n])
def nulls(): column["i"]["nulls"] = 10
def declared(): column["colour"]["values"][3][1] = 10
def pattern():
    j = customer["joints"][0]
    words = j["patterns"][0][0].split(" ")
    words[j["columns"].index("opened")], words[j["columns"].index("closed")] = "-", "@1"
    j["patterns"].append([" ".join(words), 10])
def gap(): next(g for g in customer["joints"][0]["gaps"] if g and g.get("points"))["points"].append(123456)
def children(): next(r for r in t["purchase"]["references"] if "customer" in r["constraint"])["children"].append([10000, 10])
def count(): in_tree("leaf", lambda n: n["cells"])["cells"][0][2] += 40
def total(): column["t"]["values"][0][1] += 100
def count_beside_tree():
    "five rows of one text that its tree does not tell so: what they were before they were rounded shows between the two"
    values = column["t"]["values"]
    values[0][1], values[1][1] = values[0][1] + 5, values[1][1] - 5
def rows(): visit["count"] += 9000
def rule_rows(): next(r for r in visit["rules"] if r["kind"] in ("order", "sum", "product", "dependency"))["rows"] -= 40
def reference_nulls(): t["purchase"]["references"][0]["nulls"] = 35

for kind in kinds:
    m = json.loads(made)
    t = {t["name"]: t for t in m["tables"]}
    visit, customer, choice = t["visit"], t["customer"], t["choice"]
    column = {c["name"]: c["marginal"] for c in visit["columns"]}
    trees = visit["dependence"]["trees"]
    book = {v["column"]: v for v in visit["dependence"]["variables"]}
    globals()[kind]()
    # The rest as fit made it takes time to look at.
    table = (t["purchase"] if kind in ("children", "reference_nulls") else customer if kind in ("pattern", "gap") else
             choice if kind in ("leaf_cell", "sum_above", "leaf_exactly") else visit)
    m["tables"] = [table]
    if kind in ("edge", "last_edge", "spike", "book_text"):
        trees.clear()
    elif kind not in ("leaf_cell", "hidden_cell", "leaf_rest", "leaf_divided", "sum_above", "leaf_exactly", "count",
                      "count_beside_tree"):
        del table["dependence"]
    if kind not in ("children", "reference_nulls"):
        table["references"] = []
    for c in table["columns"]:
        c.pop("habits", None)
    os.mkdir(kind)
    json.dump(m, open(kind + "/model.json", "w"))
PY
# ten values of b that nobody shares, from the middle of the column
alone=$(psql_in source planted -c "SELECT string_agg(b::text, ' ') FROM (SELECT b FROM purchase WHERE b % 10 <> 0 GROUP BY b HAVING count(*) = 1
    ORDER BY abs(b - 10000050000) LIMIT 10) x")
# what the proof says of each; where a table's trees were taken out it says more, as its columns' counts are those of the trees
cat >says <<'END'
leaf_cell leaf [0-9]+, cell [0-9]+: [0-9]+ subjects
hidden_cell node [0-9]+, cell [0-9]+: [0-9]+ subjects
leaf_rest leaf [0-9]+, rest: [0-9]+ subjects
leaf_divided leaf [0-9]+, cell [0-9]+: [0-9]+ subjects
sum_above [0-9]+ subjects are left by adding and subtracting
leaf_exactly column taken, leaf [0-9]+, cell 1: the stored count
edge bin [0-9]+: its edge is told finer
last_edge column i, bin [0-9]+: [0-9]+ subjects
spike column b, bin [0-9]+: [0-9]+ subjects
book_text column t, text [0-9]+: [0-9]+ subjects
count leaf [0-9]+, cell 1: the stored count
value column t, values [0-9]+: [0-9]+ subjects
atom column i, values [0-9]+: [0-9]+ subjects
point column b, point [0-9]+: it is told finer
last_point column b, between [0-9]+ and [0-9]+ of points: [0-9]+ subjects
extreme column n, between [0-9]+ and [0-9]+ of points: [0-9]+ subjects
length column t, lengths [0-9]+: [0-9]+ subjects
alphabet column t, alphabets [0-9]+: [0-9]+ subjects
digits column b, codes [0-9]+: [0-9]+ subjects
digits_of_all column b, codes: they less the values
length_of_told column t, lengths [0-9]+: [0-9]+ subjects
nulls column i, NULLs: [0-9]+ subjects
declared column colour, values 4: [0-9]+ subjects
pattern joint 1, pattern [0-9]+: [0-9]+ subjects
gap gap of [a-z]+, (between [0-9]+ and [0-9]+ of points: [0-9]+ subjects|point)
children its numbers of children are no pools
total column t, values 1: the stored count
count_beside_tree column t: its counts are not those that its tree tells
rows its count is not that of its rows
rule_rows rule .*: (the stored count is not that of its rows|the rows that it says nothing of are fewer people)
reference_nulls foreign key [a-z_]+: its counts are not those of its table and columns
END
kinds=$(cut -d ' ' -f 1 says | paste -sd ' ')
python3 tamper.py "$kinds" $alone
status=0
proof --model $kinds --source "$(dsn source planted)" --ways "$here/model_leaks.ways.json" >out || status=$?
claim "models that were tampered with do not pass" [ $status = 1 ]
while read -r kind text; do
    claim "not with $kind: $(sed -n "s/^$kind: LEAK: //p" out | (grep -Em1 "$text" || true) | cut -c 1-110)" grep -Eq "^$kind: LEAK: public\..*$text" out
done <says
claim "what says so quotes no value" bash -c '! grep -aF -f planted out'

# --- pagila
load_corpus source pagila
psql_in source pagila -c ANALYZE
cp "$SOURCE_DIR/samples/pagila/policy.yaml" pagila.yaml
sed -i "s|^source:.*|source: \"$(dsn source pagila)\"|; s|^target:.*|target: \"$(dsn source sandbox)\"|" pagila.yaml
fit pagila.yaml pagila
claim "pagila" proved pagila pagila "$here/model_leaks.pagila.json" 500
