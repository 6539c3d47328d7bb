#!/bin/bash
# csv:DIR as a source: types and keys inferred or from schema.sql, people's corrections obeyed.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/csv.sh"

cd "$test_root"

# --- the example of docs/csv.md, as it stands there
shop_files
block 3 | sed -n 's/^sandseed //p' >commands
claim "the page has three commands" [ "$(wc -l <commands)" = 3 ]
while read -r command; do
    # shellcheck disable=SC2086
    exits 0 "$SANDSEED" $command --quiet
done <commands
claim "types and keys are inferred as the page says" diff <(block 4) <(sed -n '/^csv:/,/^tables:/p' shop.yaml | sed '$d')
claim "the sandbox holds what the page says" [ "$(ls -A sandbox | tr '\n' ' ')" = ".sandseed public.customer.csv public.orders.csv schema.sql " ]
claim "nobody of the source is in it" bash -c '! grep -rqE --exclude-dir=empty-server "Smith|Bob|Zo|blue" sandbox shop.yaml sandseed-out'
claim "no private server is left" [ -z "$(private_servers)" ]
claim "the policy is what its schema says" python3 - <<PY
import importlib.util, json, sys
if all(importlib.util.find_spec(m) for m in ("yaml", "jsonschema")):
    import jsonschema, yaml
    jsonschema.Draft202012Validator(json.load(open("$SOURCE_DIR/schemas/policy.schema.json"))).validate(
        yaml.load(open("shop.yaml"), yaml.BaseLoader) | {"sandseed": 1, "people": 11})
PY

# --- corrections are obeyed, and plan brings in what is new without touching them
server_start target
sed -i 's/^      postcode: text not null/      postcode: varchar(5)/
    s/^      total: numeric not null/      total: "numeric(10,2) not null"  # to the cent/
    s/^    key: \[id\]$/    key: [id]\n    unique: [[id, NAME]]/' shop.yaml
sed -i '/^  public.customer:/,/^  public.orders:/s/NAME/name/; /^  public.orders:/,$s/NAME/placed_at/' shop.yaml
cp shop.yaml corrected.yaml
exits 0 "$SANDSEED" refresh shop.yaml --target "$(dsn target shop)" --quiet
cat >wanted <<'TEXT'
customer id integer not null
customer name text not null
customer born date not null
customer postcode character varying(5)
customer vip boolean not null
customer note text
orders id integer not null
orders customer_id integer not null
orders placed_at timestamp with time zone not null
orders total numeric(10,2) not null
customer PRIMARY KEY (id)
customer UNIQUE (id, name)
orders FOREIGN KEY (customer_id) REFERENCES customer(id)
orders PRIMARY KEY (id)
orders UNIQUE (id, placed_at)
TEXT
claim "corrected types and keys reach the sandbox" diff wanted <(psql_in target shop -c "SELECT concat_ws(' ', attrelid::regclass,
        attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'not null' END) FROM pg_attribute
        WHERE attrelid IN ('customer'::regclass, 'orders'::regclass) AND attnum > 0 ORDER BY attrelid::regclass::text, attnum" \
    -c "SELECT concat_ws(' ', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE conrelid IN ('customer'::regclass, 'orders'::regclass) ORDER BY 1")
exits 0 "$SANDSEED" plan shop.yaml --quiet
claim "plan changes no byte where nothing is new" cmp shop.yaml corrected.yaml
sed -i '1s/$/,channel/; 2,$s/$/,web/' shop/orders.csv
printf 'code,label\nA,x\nB,y\n' >shop/kind.csv
exits 3 "$SANDSEED" check shop.yaml --quiet
says "channel"
says "public.kind"
exits 0 "$SANDSEED" plan shop.yaml --quiet
claim "plan names each of what came in once" [ "$(grep '^new ' out | sort | uniq -d)" = "" ]
claim "plan adds a new column and a new file" bash -c 'grep -q "^      channel: text not null" shop.yaml && grep -q "^  public.kind:" shop.yaml'
claim "and keeps every line that was there" [ -z "$(diff corrected.yaml shop.yaml | grep '^<')" ]
exits 0 "$SANDSEED" check shop.yaml --quiet
python3 - <<'PY'
import re
text = open("corrected.yaml").read()
head, rest = text.split("  public.orders:\n", 1)
orders = re.match(r"(?:    .*\n)*?    columns:\n((?:      .*\n)+)", rest)
flow = "{" + ", ".join(line.split("  #")[0].strip() for line in orders[1].splitlines()) + "}  # in braces\n"
open("flow.yaml", "w").write(head + "  public.orders:\n" + rest[:orders.start(1)].rstrip("\n") + " " + flow + rest[orders.end(1):])
PY
cp flow.yaml before.yaml
exits 0 "$SANDSEED" plan flow.yaml --quiet
claim "also into braces" grep -q '^    columns: {id: .*, channel: text not null}  # in braces$' flow.yaml
claim "and changes no other line there" [ "$(diff before.yaml flow.yaml | grep -c '^<')" = 1 ]
exits 0 "$SANDSEED" check flow.yaml --quiet

# --- schema.sql says all; header in any order, or none; another delimiter; a word for NULL
mkdir -p own
cat >own/schema.sql <<'SQL'
CREATE EXTENSION citext;
CREATE TABLE customer (id serial PRIMARY KEY, name citext UNIQUE, mood mood, boss int REFERENCES customer, upper text GENERATED ALWAYS AS (upper(name::text)) STORED);
SQL
sed -i "2s/^/CREATE TYPE mood AS ENUM ('glad', 'sad');\n/; 1s/^/$(printf '\xEF\xBB\xBF')/" own/schema.sql
printf 'NULL;"NULL";2;1\r\nglad;a;NULL;2' >own/customer.csv
sed -i '1s/^/mood;name;boss;id\r\n/' own/customer.csv
plan_files own 'csv:own?delimiter=semicolon&null=NULL' "$(dsn target own)"
exits 0 refresh own.yaml
claim "schema.sql is the schema, NULL is not \"NULL\"" [ "$(psql_in target own -c "SELECT customer FROM customer ORDER BY id; SELECT nextval('customer_id_seq')")" = "(1,NULL,,2,NULL)
(2,a,glad,,A)
3" ]
printf '1\tNULL\t\\N\t2\n2\ta\tglad\t\\N\n' >own/customer.csv
exits 0 refresh own.yaml --source 'csv:own?delimiter=tab&header=none&null=\N'
claim "without a header the order is the table's" [ "$(psql_in target own -c 'SELECT customer FROM customer ORDER BY id')" = "(1,NULL,,2,NULL)
(2,a,glad,,A)" ]
chmod 700 own
exits 0 inspect 'csv:own?delimiter=tab&header=none&null=\N' --json
claim "a folder that the server's user may not enter is read all the same" grep -q '"public"' out

# --- accepted: a mark at the beginning, carriage returns, no line feed at the end, links, many columns, a large field
mkdir good
printf '\xef\xbb\xbfid,a\r\n1,x\r\n2,"y\r\nz"' >good/marked.csv
ln -s "$test_root/shop/customer.csv" good/linked.csv
printf 'a,b\n' >good/empty.csv
{ seq -s, 1 1600 | sed 's/[0-9]*/c&/g'; seq -s, 1 1600; seq -s, 2 1601; } >good/wide.csv
{ printf 'id,big\n1,"'; head -c 50000000 /dev/zero | tr '\0' '"'; printf '"\n'; } >good/large.csv
printf 'sex,ok\nF,true\nF,FALSE\n' >good/flags.csv
plan_files good csv:good csv:kept
exits 0 refresh good.yaml
claim "byte order mark, carriage returns, no line feed at the end" [ "$(od -An -c kept/public.marked.csv | tr -d ' \n')" = 'id,a\n1,x\n2,"y\r\nz"\n' ]
claim "1,600 columns" cmp good/wide.csv kept/public.wide.csv
claim "a field of 25 MB" cmp good/large.csv kept/public.large.csv
claim "a link to a file" grep -q Zoë kept/public.linked.csv
claim "an empty table" cmp good/empty.csv kept/public.empty.csv
claim "F alone is no boolean" grep -q "^F,t$" kept/public.flags.csv

claim "no private server is left" [ -z "$(private_servers)" ]
