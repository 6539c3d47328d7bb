#!/bin/bash
# Of large tables of people one in five is set aside for the privacy tests: what they alone have is nowhere in the model, though
# k of them have it; of small tables nobody is.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
cd "$test_root"

# fit SEED MODEL [OPTION...]
fit() { "$SANDSEED" fit people.yaml -o "$2" --seed "$1" --allow-privileged-source --quiet "${@:3}" >"told_$2"; }

# Who is control under that seed, by the definition alone: apart from fit, with no code of sandseed.
python3 "$SOURCE_DIR/tests/support/control_subjects.py" --seed 7 --table public.customer 1 3000 >control_customers
python3 "$SOURCE_DIR/tests/support/control_subjects.py" --seed 7 --table public.seller 1 2600 >control_sellers
claim "one customer in five, and one seller" bash -c '[ "$(wc -l <control_customers)" -gt 490 ] && [ "$(wc -l <control_customers)" -lt 710 ] && [ "$(wc -l <control_sellers)" -gt 420 ] && [ "$(wc -l <control_sellers)" -lt 620 ]'
claim "not the same ones" bash -c '! diff -q <(awk "\$1 <= 2600" control_customers) control_sellers >/dev/null'

createdb_in source people
psql_in source people -o /dev/null <<SQL
CREATE TABLE aside (id int PRIMARY KEY);
CREATE TABLE aside_sellers (id int PRIMARY KEY);
\copy aside FROM 'control_customers'
\copy aside_sellers FROM 'control_sellers'
CREATE TYPE colour AS ENUM ('red', 'blue', 'rarecolour');
CREATE TABLE customer (id int PRIMARY KEY, email text NOT NULL, grp text NOT NULL, age int NOT NULL, joined timestamp, doc jsonb, tags text[], notes text NOT NULL, colour colour, price numeric(10,2));
INSERT INTO customer SELECT i, 'c' || i || '@example.org', CASE WHEN c THEN 'PLANTEDGROUP' ELSE 'group ' || i % 7 END, CASE WHEN c THEN 31337 ELSE 18 + i * 7 % 60 END,
    CASE WHEN c THEN timestamp '1911-03-17 03:41:17' WHEN i % 9 > 0 THEN timestamp '2020-01-01' + i % 700 * interval '5 hours' END,
    CASE WHEN c THEN '{"plantedkey": "plantedvalue"}' ELSE jsonb_build_object('size', i % 5, 'kind', 'k' || i % 3) END, CASE WHEN c THEN '{plantedtag}' ELSE ARRAY['t' || i % 4] END,
    CASE WHEN c THEN 'PLANTED-' || lpad((i % 10)::text, 4, '0') || '-ZQ' ELSE 'note ' || i % 11 END, CASE WHEN c THEN 'rarecolour' ELSE (ARRAY['red', 'blue'])[1 + i % 2] END::colour,
    CASE WHEN c THEN 77123.45 ELSE i % 50 END
    FROM (SELECT i, EXISTS (SELECT FROM aside WHERE id = i) AS c FROM generate_series(1, 3000) AS i) AS x;
CREATE TABLE seller (id bigint PRIMARY KEY, area text NOT NULL);
INSERT INTO seller SELECT i, CASE WHEN EXISTS (SELECT FROM aside_sellers WHERE id = i) THEN 'PLANTEDAREA' ELSE 'area ' || i % 6 END FROM generate_series(1, 2600) AS i;
CREATE TABLE purchase (id int PRIMARY KEY, customer_id int REFERENCES customer, seller_id bigint REFERENCES seller, what text NOT NULL, amount int NOT NULL);
INSERT INTO purchase SELECT i, c, s, CASE WHEN c IN (SELECT id FROM aside) THEN 'PLANTEDTHING' WHEN s IN (SELECT id FROM aside_sellers) THEN 'PLANTEDSALE' ELSE 'thing ' || i % 8 END,
    CASE WHEN c IN (SELECT id FROM aside) THEN 424242 WHEN s IN (SELECT id FROM aside_sellers) THEN 535353 ELSE i % 12 END
    FROM (SELECT i, CASE WHEN i % 10 > 0 THEN 1 + i * 7 % 3000 END AS c, CASE WHEN i % 4 > 0 THEN 1 + i * 11 % 2600 END AS s FROM generate_series(1, 8000) AS i) AS x;
CREATE TABLE item (id int PRIMARY KEY, purchase_id int NOT NULL REFERENCES purchase, made text NOT NULL);
INSERT INTO item SELECT 2 * p.id + i, p.id, CASE WHEN p.what LIKE 'PLANTED%' THEN 'PLANTEDITEM' ELSE 'item ' || p.id % 5 END FROM purchase AS p, generate_series(0, p.id % 2) AS i;
CREATE TABLE child (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer);
INSERT INTO child SELECT row_number() OVER (), c.id FROM customer AS c, generate_series(1, CASE WHEN c.id IN (SELECT id FROM aside) THEN 9 WHEN c.id % 50 = 0 THEN 12 ELSE c.id % 3 END);
ALTER TABLE customer ADD children int, ADD total int;
UPDATE customer AS c SET children = (SELECT count(*) FROM child WHERE customer_id = c.id), total = (SELECT count(*) FROM child WHERE customer_id = c.id) + CASE WHEN c.id IN (SELECT id FROM aside) THEN 1 ELSE 0 END;
CREATE TABLE employee (id int PRIMARY KEY, email text NOT NULL, level text NOT NULL);
INSERT INTO employee SELECT i, 'e' || i || '@example.org', 'level ' || i % 5 FROM generate_series(1, 2499) AS i;
DROP TABLE aside, aside_sellers;
ANALYZE;
SQL
"$SANDSEED" plan "$(dsn source people)" -o people.yaml --mode synthesise --target "$(dsn source sandbox)" --quiet >/dev/null
python3 - <<'PY'
import re
text = open("people.yaml").read()
text = re.sub(r"\n    subject: .*", "", text)
said = {"customer": "self", "seller": "self", "employee": "self", "purchase": "[customer_id, seller_id]", "item": "purchase_id", "child": "customer_id"}
for table, subject in said.items():
    text = text.replace(f"  public.{table}:\n    mode: synthesise\n", f"  public.{table}:\n    mode: synthesise\n    subject: {subject}\n")
text = re.sub(r"^(      (?!id|customer_id|seller_id|purchase_id)\S+: *)\{.*\}.*$", r"\1{class: non-personal, treatment: synthesise, why: a test}", text, flags=re.M)
open("people.yaml", "w").write(text)
PY
"$SANDSEED" sign people.yaml --by test --why "a test" --quiet '*' >/dev/null
fit 7 model --jobs 1
fit 7 again --jobs 3
fit 8 others
claim "the model is the same at any number of jobs" cmp model/model.json again/model.json
for planted in PLANTEDGROUP plantedkey plantedtag PLANTED- PLANTEDAREA PLANTEDTHING PLANTEDSALE PLANTEDITEM 31337 7712345 424242 535353; do
    claim "what the control subjects alone have is nowhere: $planted" bash -c "! grep -qF -- '$planted' model/model.json"
    claim "and would be, were they others" grep -qF -- "$planted" others/model.json
done
for planted in plantedvalue -2801686723; do
    claim "nor what would be told of nobody: $planted" bash -c "! grep -qF -- '$planted' model/model.json"
done
proof() { python3 "$SOURCE_DIR/tests/support/leak_proof.py" --source "$(dsn source people)" --ways "$SOURCE_DIR/tests/e2e/control.ways.json" "$@" >proved || { cat proved >&2; return 1; }; }
claim "everything stored has k others behind it" proof --model model --seed 7
claim "which a model of others has not" eval '! proof --model others --seed 7 2>leaks && grep -q "subjects stand behind" leaks'
cat >look.py <<'PY'
import json
m = json.load(open("model/model.json"))
t = {x["name"]: x for x in m["tables"]}
column = {(n, c["name"]): c for n, x in t.items() for c in x["columns"]}
PY
# looks CODE: a check of the model
looks() { python3 -c "$(cat look.py)
$1"; }
claim "the model says of whom some are set aside" looks '
assert [t[n].get("control") for n in ("customer", "seller", "employee", "purchase")] == [{"one_in": 5}, {"one_in": 5}, {"left_out": "few people"}, None]'
claim "a declared value of theirs is told as rarer than k" looks '
assert [n for _, n in column["customer", "colour"]["marginal"]["values"]].count("<k") == 1'
claim "rows are told as many as there are, but for chance" looks '
real = {"customer": 3000, "seller": 2600, "purchase": 8000, "item": 12000, "employee": 2500}
for n, rows in real.items():
    assert abs(t[n]["count"] - rows) < .05 * rows, (n, t[n]["count"])'
claim "of those with fewer ways to people, too" looks '
for n, nulls in ((("purchase", "customer_id"), 800), (("purchase", "seller_id"), 2000)):
    assert abs(column[n]["marginal"]["nulls"] - nulls) < .06 * nulls, (n, column[n]["marginal"]["nulls"])'
claim "children per parent are those of the others" looks '
cells = {r["constraint"]: dict((a, b) for a, b in r["children"]) for n in t for r in t[n].get("references", ())}
assert set(cells["child_customer_id_fkey"]) == {0, 1, 2, 12}, cells'
claim "what all but they hold of their children is a rule" looks '
assert {"children = count of public.child", "total = count of public.child"} <= {r["name"] for r in t["customer"]["rules"]}, [r["name"] for r in t["customer"]["rules"]]'
claim "fit says so" grep -q "one person in 5 of 2 tables is set aside" told_model
claim "and of whom nobody is" grep -q "nobody is set aside of 1 table of people" told_model
"$SANDSEED" inspect model | tr -s " \n" "  " | tr -s " " >page
claim "inspect says so" bash -c 'grep -q "one person in 5" page && grep -q "nobody is set aside" page'
claim "and as JSON" bash -c '"$SANDSEED" inspect model --json | python3 -c "
import json, sys
t = {x[\"table\"]: x for x in json.load(sys.stdin)[\"tables\"]}
assert t[\"public.customer\"][\"control\"] == {\"one_in\": 5} and t[\"public.employee\"][\"control\"] == {\"left_out\": \"few people\"}"'

# With learn_rows one person in four is read, and of these one in five is set aside.
sed 's/^tables:/learn_rows: 4000\n&/' people.yaml >limited.yaml
"$SANDSEED" sign limited.yaml --by test --why "a test" --quiet '*' >/dev/null
fit_limited() { "$SANDSEED" fit limited.yaml -o "$2" --seed "$1" --allow-privileged-source --quiet "${@:3}" >"told_$2"; }
fit_limited 7 limited --jobs 1
fit_limited 7 limited_again --jobs 3
fit_limited 8 limited_others
claim "with a limit of rows the model is the same at any number of jobs" cmp limited/model.json limited_again/model.json
for planted in PLANTEDGROUP PLANTED- PLANTEDAREA PLANTEDTHING PLANTEDSALE PLANTEDITEM 31337 7712345 424242 535353; do
    claim "nothing of theirs is in it: $planted" bash -c "! grep -qF -- '$planted' limited/model.json"
done
for planted in PLANTEDGROUP PLANTEDTHING PLANTEDITEM 424242; do
    claim "and would be, were they others" grep -qF -- "$planted" limited_others/model.json
done
sed -i 's|"model/model.json"|"limited/model.json"|' look.py
claim "the model says both" looks '
assert [(t[n].get("one_in"), t[n].get("control")) for n in ("customer", "seller", "purchase", "item")] == [(4, {"one_in": 5}), (4, {"one_in": 5}), (4, None), (4, None)]'
# Of 600 customers that are left of 750: 4 % of their number is one standard deviation.
claim "rows are told as many as there are, with both" looks '
for n, rows in {"customer": 3000, "seller": 2600, "purchase": 8000, "item": 12000}.items():
    assert abs(t[n]["count"] - rows) < .2 * rows, (n, t[n]["count"])'
claim "and what is NULL of them" looks '
for n, nulls in ((("purchase", "customer_id"), 800), (("purchase", "seller_id"), 2000)):
    assert abs(column[n]["marginal"]["nulls"] - nulls) < .3 * nulls, (n, column[n]["marginal"]["nulls"])'
claim "children per parent are those of the others" looks '
cells = {r["constraint"]: dict((a, b) for a, b in r["children"]) for n in t for r in t[n].get("references", ())}
assert 9 not in cells["child_customer_id_fkey"], cells'
claim "what all but they hold of their children is a rule of them" looks '
assert {"children = count of public.child", "total = count of public.child"} <= {r["name"] for r in t["customer"]["rules"]}, [r["name"] for r in t["customer"]["rules"]]'
