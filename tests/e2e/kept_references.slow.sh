#!/bin/bash
# References to kept tables: which of their rows are referred to, by k people each, what goes together with that, and what is made of it.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

server_start source
createdb_in source made
psql_in source made -c "
CREATE FUNCTION h(i bigint, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
CREATE TABLE region (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE state (code text PRIMARY KEY, label text NOT NULL);
CREATE TABLE product (id int PRIMARY KEY, price numeric(8,2) NOT NULL);
CREATE TABLE customer (id int PRIMARY KEY, region_id bigint REFERENCES region, kind text NOT NULL);
CREATE TABLE sale (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, product_id int NOT NULL REFERENCES product,
    state text NOT NULL REFERENCES state, price numeric(8,2) NOT NULL);
INSERT INTO region SELECT -i, 'region ' || i FROM generate_series(1, 20) AS i;
INSERT INTO state VALUES ('new', 'New'), ('sent', 'Sent'), ('back', 'Sent back'), ('never', 'Never used'), ('lost', 'Lost by one');
INSERT INTO product SELECT i, i * 37 % 100 + 0.99 FROM generate_series(1, 300) AS i;
-- One in ten has no region; a region has customers of one kind.
INSERT INTO customer SELECT i, CASE WHEN h(i, 1) % 10 > 0 THEN -1 - h(i, 2) % 20 END, CASE WHEN h(i, 1) % 10 > 0 THEN 'k' || h(i, 2) % 20 / 5 ELSE 'none' END
FROM generate_series(1, 4000) AS i;
-- Products 1 to 200, the first ones most; eight of ten of the first hundred are new.
INSERT INTO sale SELECT i, 1 + h(i, 3) % 4000, p, CASE WHEN (p <= 100) = (h(i, 5) % 10 < 8) THEN 'new' WHEN h(i, 6) % 2 = 0 THEN 'sent' ELSE 'back' END, p * 37 % 100 + 0.99
FROM (SELECT i, 1 + floor(200 * power(h(i, 4) % 65536 / 65536.0, 2))::int AS p FROM generate_series(1, 24000) AS i) AS s;
-- Ten people have product 250; one has 251 three thousand times, and it alone was ever lost.
INSERT INTO sale SELECT 100000 + i, i, 250, 'new', 50.99 FROM generate_series(1, 10) AS i;
INSERT INTO sale SELECT 200000 + i, 77, 251, 'lost', 87.99 FROM generate_series(1, 3000) AS i;
ANALYZE" >/dev/null
cat >"$test_root/made.yaml" <<YAML
sandseed: 1
source: $(dsn source made)
target: cluster:$test_root/sandbox
output: $test_root/out
tables:
  public.region: {mode: keep}
  public.state: {mode: keep}
  public.product: {mode: keep}
  public.customer:
    mode: synthesise
    subject: self
    columns: {id: {class: key}, region_id: {class: key}, kind: {class: non-personal}}
  public.sale:
    mode: synthesise
    subject: customer_id
    columns: {id: {class: key}, customer_id: {class: key}, product_id: {class: key}, state: {class: key}, price: {class: non-personal}}
YAML
"$SANDSEED" sign "$test_root/made.yaml" --by test --why "a test" --quiet '*' >/dev/null
"$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/model" --allow-privileged-source --seed 7 --quiet >/dev/null || fail "fit"
cat >"$test_root/ways.json" <<'JSON'
{"public.customer": {"ways": [{"name": "customer", "subject": "t.id", "people": "public.customer"}]},
 "public.sale": {"ways": [{"name": "customer", "subject": "t.customer_id", "people": "public.customer", "columns": ["customer_id"], "via": ["sale_customer_id_fkey"]}]}}
JSON
proof() { python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model "$1" --source "$(dsn source made)" --ways "$test_root/ways.json" --seed 7 >"$test_root/proved" 2>&1; }
claim "a program apart finds k people behind each row that is referred to" proof "$test_root/model"

read -r sales _ < <(psql_in source made -c "SELECT count(*) FROM sale")
psql_in source made -F ' ' -c "SELECT product_id, count(*) FROM sale GROUP BY 1 ORDER BY 1" >"$test_root/products"
python3 - "$test_root/model/model.json" "$test_root/products" <<'PY' || fail "what is told"
import json, sys

tables = {t["name"]: t for t in json.load(open(sys.argv[1]))["tables"]}
columns = {name: {c["name"]: c["marginal"] for c in t["columns"] if "marginal" in c} for name, t in tables.items()}
product = columns["sale"]["product_id"]
assert product["kind"] == "reference", product["kind"]
told = dict(product["values"])
assert "250" not in told and "251" not in told, "what ten people have, or one three thousand times, is told"
assert len(told) == 200 and set(told) == {str(i) for i in range(1, 201)}, len(told)
# One of five people is set aside (a standard error of half the root), and each leaf of a tree rounds what it tells.
for line in open(sys.argv[2]):
    key, n = line.split()
    if key in told:
        assert abs(told[key] - int(n)) <= 6 * (int(n) / 4) ** .5 + 15, (key, told[key], n)
state = dict(columns["sale"]["state"]["values"])
assert set(state) == {"new", "sent", "back"}, state
region = columns["customer"]["region_id"]
assert region["kind"] == "reference" and {v for v, _ in region["values"]} == {str(-i) for i in range(1, 21)}, region
assert 300 < region["nulls"] < 500, region["nulls"]
# A region decides the kind, and a product its price: which goes with which is told.
tokens = {t: [m for m in tables[t].get("mappings", ())] for t in ("customer", "sale")}
assert any(m["columns"][0] == "region_id" and "kind" in m["columns"] for m in tokens["customer"]), tokens["customer"]
assert any(m["columns"][0] == "product_id" and "price" in m["columns"] for m in tokens["sale"]), tokens["sale"]
# The state goes with the product: .5 nats a row would be all of it.
d = tables["sale"]["dependence"]
scores = {s["engine"]: s["millinats"] for s in d["compared"]}
worth = scores[d["engine"]] - scores["independence"]
assert worth > 50, (d["engine"], worth)
PY
echo "ok: rows of kept tables, by how often they are referred to, and what goes together with them"

python3 - "$test_root/model" "$test_root/tampered" <<'PY'
import json, os, sys

model = json.load(open(sys.argv[1] + "/model.json"))
sale = next(t for t in model["tables"] if t["name"] == "sale")
next(c for c in sale["columns"] if c["name"] == "product_id")["marginal"]["values"].append(["250", 10])
os.mkdir(sys.argv[2])
json.dump(model, open(sys.argv[2] + "/model.json", "w"))
PY
refuses() { ! proof "$test_root/tampered" && grep -q "numbers with k subjects behind each" "$test_root/proved"; }
claim "and refuses a model that tells of a row which ten people refer to" refuses
"$SANDSEED" inspect "$test_root/model" >"$test_root/page"
claim "inspect says how many rows are referred to" grep -qE "product_id integer [a-z-]+; 200 rows of the kept table, the rest any other" <(tr -s " \n" " " <"$test_root/page")
claim "and shows which most" grep -qE "#+ +[0-9]+ % new" "$test_root/page"

"$SANDSEED" generate "$test_root/model" "cluster:$test_root/sandbox" --quiet >/dev/null || fail "generate"
made=$("$SANDSEED" cluster status "$test_root/sandbox" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["conninfo"])' 2>/dev/null || echo "host=$test_root/sandbox port=5432 user=sandseed")
PGOPTIONS= psql -X -q -A -t -F ' ' -d "$made dbname=sandbox" -c "SELECT product_id, count(*) FROM sale GROUP BY 1 ORDER BY 1" >"$test_root/made_products"
python3 - "$test_root/products" "$test_root/made_products" <<'PY' || fail "what is made"
import sys

source, made = ({k: int(n) for k, n in map(str.split, open(f))} for f in sys.argv[1:])
for rare in ("250", "251"):
    source.pop(rare)
def shares(of):
    return {k: n / sum(of.values()) for k, n in of.items()}
def apart(a, b):
    return sum(abs(a.get(k, 0) - b.get(k, 0)) for k in a.keys() | b.keys()) / 2
distance, even = apart(shares(source), shares(made)), apart(shares(source), {k: 1 / 300 for k in map(str, range(1, 301))})
assert distance < .08, distance
assert even > .3, even
PY
echo "ok: rows are referred to in the sandbox as often as in the source"
