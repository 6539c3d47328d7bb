#!/bin/bash
# What inspect says of a source's columns and of a policy: filters, the officer's page, its CSV and its JSON.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

server_start source
createdb_in source shop
# Every value that may not be told is called canary.
psql_in source shop -o /dev/null <<'SQL'
CREATE TABLE customer (id int PRIMARY KEY, email text NOT NULL, religion text, note jsonb, created_at timestamptz);
INSERT INTO customer SELECT i, 'canary' || i || '@real.org', 'canary', jsonb_build_object('contact', 'canary' || i || '@real.org', 'n', i), now()
    FROM generate_series(1, 500) i;
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, password text, created_at timestamptz);
INSERT INTO orders SELECT i, 1 + i % 500, 'canary', now() FROM generate_series(1, 500) i;
CREATE TABLE country (code text PRIMARY KEY, name text);
CREATE SCHEMA "odd,""s";
CREATE TABLE "odd,""s"."=cmd|' /c'!A1
two" (id int PRIMARY KEY, "@SUM(A1)" text, "-1" text, "a""b,c" text, "evil‮txt" text, "new
line" text, "tab	s" text, "csi[2J" text, "sep s" text, "＝1" text);
ANALYZE
SQL
source=$(dsn source shop)
# json EXPRESSION: of what was printed as r
json() { python3 -c "import json, sys; r = json.load(open('out')); assert $1, '''$1'''"; }
inspect() { exits "$1" "$SANDSEED" inspect "${@:2}" --quiet; }
no_value() { claim "no value is told" bash -c '! grep -q canary out'; }

# --- a source -----------------------------------------------------------------------------------------
inspect 0 "$source"
no_value
says "names, declarations and a sample of rows"
says "  people: a row is one; "
says "  people: by customer_id"
claim "a column is told with its class and the evidence" grep -qE '^    email +direct-identifier +high +email: named "email", .*; 100 %' out
claim "paths stand below their document" grep -qE '^      \$\.contact +direct-identifier +high +email' out
no_controls() { claim "control and bidi characters never get out" [ -z "$(tr -d '\n' <out | LC_ALL=C grep -a -o $'[\001-\037\177]\|\342\200[\250\256]\|\302\233')" ]; }
no_controls
inspect 0 "$source" --no-rows
says "names and declarations alone"
claim "without rows there are no paths" bash -c '! grep -q contact out'
inspect 0 "$source" --json
no_value
no_controls
cp out all.json
inspect 0 "$source" --json
claim "the order is stable" cmp out all.json
claim "columns have class, kind, confidence, reason" json "[(c['class'], c['kind'], c['confidence'], 'named' in c['why']) for t in r['tables'] if t['table'] == 'public.customer' for c in t['columns'] if c['name'] == 'email'] == [('direct-identifier', 'email', 'high', True)]"
claim "and documents their paths" json "['\$.contact', '\$.n'] == [p['path'] for t in r['tables'] for c in t['columns'] for p in c['paths']]"
claim "all is shown" json "r['shown'] == r['classified'] and r['shown']['columns'] == 21 and r['shown']['special'] == 1 and r['shown']['secret'] == 1"

# What people wrote into the schema may be about a person, too.
createdb_in source written
psql_in source written <<'SQL'
CREATE TABLE country (code text PRIMARY KEY, name text);
CREATE TYPE mood AS ENUM ('fine', 'canary.label@real.org'); CREATE DOMAIN sender AS text DEFAULT 'canary.domain@real.org' CHECK (VALUE <> 'canary.domain@real.org');
CREATE TABLE written (id int PRIMARY KEY, cc sender DEFAULT 'canary.default@real.org' CHECK (cc <> 'canary.check@real.org'), m mood) PARTITION BY LIST (id);
CREATE TABLE written_1 PARTITION OF written FOR VALUES IN (1);
CREATE UNIQUE INDEX ON country (replace(name, 'canary.index@real.org', ''));
COMMENT ON TABLE written IS 'ask canary.table@real.org'; COMMENT ON COLUMN written.cc IS 'ask canary.column@real.org';
CREATE VIEW seen AS SELECT code FROM country; COMMENT ON VIEW seen IS 'ask canary.view@real.org';
SQL
for form in "" --json; do
    inspect 0 "$(dsn source written)" $form
    no_value
done
claim "what looks personal in it is left out, and the rest is there" json "[t['comment'] for t in r['tables'] if t['table'] == 'public.written'] == ['ask [looks personal]'] and [x['labels'] for x in r['types'] if x['name'] == 'mood'] == [['fine', '[looks personal]']]"

inspect 0 "$source" --class direct-identifier,secret --table 'public.*'
says "public.customer, about 500 rows"
says "    email "
says "    password "
says "Shown: 2 tables, "
claim "other columns are not shown" bash -c '! grep -qE "^    (id|created_at) |country" out'
inspect 0 "$source" --class secret --json
claim "the JSON is filtered as well" json "[[c['name'] for c in t['columns']] for t in r['tables']] == [['password']] and r['shown']['columns'] == 1 and r['classified']['columns'] == 21"
inspect 0 "$source" --table '"odd,""s".*,public.country'
says "Shown: 2 tables, 12 columns"
inspect 0 "$source" --table customer
says "Nothing matches. Patterns of --table are held against schema.table"
inspect 1 "$source" --class personal
says 'unknown class "personal": one of undecided, direct-identifier, quasi-identifier, special-category, secret, key, free-text, non-personal'
inspect 1 "$source" --class ,
says "names no class"
inspect 1 "$source" --csv
says "--csv is for a policy"

# --- a policy -----------------------------------------------------------------------------------------
"$SANDSEED" plan "$source" -o p.yaml --target cluster:./box --quiet >out
sed -i '/created_at:/d; s/^tables:/rules:\n  - {match: "*.created_at", class: non-personal, why: set by the system}\ntables:/' p.yaml
sed -i '/^  public.country:/,/^  public.customer:/{s/mode: synthesise/mode: keep/}' p.yaml
"$SANDSEED" plan p.yaml --quiet >out
"$SANDSEED" sign p.yaml --by a.khan --why "a list" public.country '*.created_at' public.customer.email --quiet >out
inspect 0 p.yaml
no_value
says "by a.khan on "
says "Nothing: every signature covers what it was given for."
says "$(b2sum -l 256 p.yaml | cut -d' ' -f1) (BLAKE2b-256)"
claim "the rule tells its matches" grep -qE '^      matches +2 columns, 2 when plan last wrote it; decides 2$' out
says "public.customer.religion: special-category"
says "public.orders.password: secret"

# the source and the file drift
psql_in source shop -c "ALTER TABLE country ADD other text"
inspect 0 p.yaml
says "the column other has come in, and"
psql_in source shop -c "ALTER TABLE country DROP other"
psql_in source shop -c "ALTER TABLE country ADD person text" -c "ALTER TABLE country ADD created_at timestamptz"
sed -i '/ email:/s/direct-identifier/quasi-identifier/' p.yaml
inspect 0 p.yaml
says "the table public.country, signed by a.khan on "
says "its columns are now code, name,"
says "the column public.customer.email, signed by a.khan on "
claim "what a rule matches since then is named" grep -qE '^      since then +public\.country\.created_at$' out
claim "what lacks a signature is named" grep -qE '^      public\.country: code, .*person' out
says "stops  public.country"
claim "control and bidi characters never get out of it" [ -z "$(tr -d '\n' <out | LC_ALL=C grep -a -o $'[\001-\037\177]\|\342\200\256')" ]
exits 3 check p.yaml

# a spreadsheet reads what the JSON says
inspect 0 p.yaml --json
no_value
mv out page.json
inspect 0 p.yaml --csv
claim "the CSV says what the JSON says" python3 - <<'PY'
import csv, json, re
page = json.load(open("page.json"))
text = open("out", newline="", encoding="utf-8").read()
rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
header = "table,column,type,class,kind,treatment,to,why,rule,signed_by,signed_date,covered,personal,leaves_with_values".split(",")
assert rows[0] == header, rows[0]
assert text.count("\r\n") == text.count("\n") == len(rows), "a line is a column"


def cell(v):
    if v is None or isinstance(v, bool):
        return "" if v is None else "yes" if v else "no"
    v = re.sub("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", lambda m: "".join(f"\\x{b:02x}" for b in m[0].encode()), v)
    return "'" + v if v[:1] in "=+-@＝" and v else v


assert len(rows) - 1 == len(page["columns"]) == 23
for row, column in zip(rows[1:], page["columns"]):
    assert row == [cell(column[k]) for k in header], (row, column)
for row in rows[1:]:
    assert not any(c[:1] in tuple("=+-@\t\r＝＋－＠") for c in row if c), row
assert [r[1] for r in rows if r[1].startswith("'")] == ["'@SUM(A1)", "'-1", "'＝1"], rows
assert sum(sum(r.values()) for r in page["matrix"].values()) == 23
assert [t["covered"] for t in page["tables"] if t["table"] == "public.country"] == [False]
assert [(r["matches"], r["matched"], r["decides"], r["not_covered"]) for r in page["rules"]] == [(3, 2, 2, ["public.country.created_at"])]
PY

# The page says what check says: also what looks like more than somebody said that it is, what changed its type, and what is a note alone.
createdb_in source kept
psql_in source kept -o /dev/null -c "CREATE TABLE staff (id int PRIMARY KEY, email text, n int); COMMENT ON TABLE staff IS 'canary@real.org'" -c "INSERT INTO staff SELECT i, 'canary' || i || '@real.org', i FROM generate_series(1, 100) i"
"$SANDSEED" plan "$(dsn source kept)" -o kept.yaml --target cluster:./box --quiet --mode keep >out
sed -i 's/^\( *email: *{class: \)[a-z-]*/\1non-personal/; /^    "\?comment on /d; /^schema:/d; /^  text: /d' kept.yaml
psql_in source kept -c "ALTER TABLE staff ALTER n TYPE bigint"
inspect 0 kept.yaml
no_value
says "stops  public.staff.email: it leaves with its values as non-personal, and looks like"
says "warns  public.staff.n: its type was integer and is bigint"
says "note   comment on table public.staff: it holds what looks like 1 email"
exits 3 check kept.yaml
claim "as many as check says stop" [ "$(grep -c ^stops out)" = "$("$SANDSEED" inspect kept.yaml --quiet | sed -n 's/^   \([0-9]*\) stops*, 1 warning\. .*/\1/p')" ]

# --- what is no policy, and what cannot be reached --------------------------------------------------------
inspect 1 p.yaml --csv --json
says "one of the two"
inspect 1 p.yaml --class secret
says "--class is for a SOURCE, and p.yaml is a policy"
inspect 1 none.yaml
says "could not open"
inspect 1 . --source "$source"
says "--source is for a policy"
inspect 0 p.yaml --source "$source"
says "Policy p.yaml"
inspect 2 p.yaml --source "host=$test_root/nowhere dbname=shop"
