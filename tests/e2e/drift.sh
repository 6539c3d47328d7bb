#!/bin/bash
# Migrations, one by one, under a signed policy: what check says of each, in which words, and what it ends with.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

server_start source
createdb_in source shop
psql_in source shop -c "CREATE SCHEMA hr;
    CREATE TABLE hr.grade (id int PRIMARY KEY, label text);
    CREATE TABLE country (code char(2) PRIMARY KEY, capital text);
    CREATE TABLE visit (id int PRIMARY KEY, place text, old_at timestamptz);
    INSERT INTO hr.grade VALUES (1, 'junior'), (2, 'senior'); ANALYZE"

cat >p.yaml <<END
sandseed: 1
source: $(dsn source shop)
target: cluster:./sandbox
rules:
  - {match: "hr.*", class: non-personal, why: a list of grades}
  - {match: "*.old_*", class: non-personal, why: a date of the shop}
tables:
  hr.grade: {mode: keep}
  public.country:
    mode: keep
    columns:
      code: {class: non-personal, why: ISO 3166}
      capital: {class: non-personal, why: cities}
  public.visit:
    mode: synthesise
    subject: none
    why: nobody's
    columns:
      id: {class: key}
      place: {class: non-personal, why: rooms}
END
exits 0 "$SANDSEED" plan p.yaml --quiet
exits 0 "$SANDSEED" sign p.yaml --by a.khan --why "reference data" --quiet 'hr.*'
cp p.yaml signed.yaml

# json EXPRESSION: of the result r of check --json
json() { python3 -c "import json; s = open('$test_root/out').read(); r = json.JSONDecoder().raw_decode(s[s.index('{'):])[0]; f = [(x['severity'], x['what'], x['object']) for x in r['findings']]; assert $1, f"; }
migrate() { psql_in source shop -c "$1"; }

# --- nothing has changed ----------------------------------------------------------------------------------
exits 0 check p.yaml
exits 0 check p.yaml --fail-on new,vanished,unsigned
exits 1 check p.yaml --fail-on new,nonsense
says 'unknown word "nonsense": one of target, undecided, new,'
exits 1 check p.yaml --fail-on ''

# --- a column added under a signed rule that keeps -------------------------------------------------------------
migrate "ALTER TABLE hr.grade ADD salary int DEFAULT 4711"
exits 3 check p.yaml --json
json "('stops', 'new', 'hr.grade.salary') in f"
says 'the rule \"hr.*\" did not match it when plan last wrote the rule'
exits 3 refresh p.yaml
claim "it does not leave" [ ! -e sandbox ]
migrate "ALTER TABLE hr.grade DROP salary"
exits 0 check p.yaml

# --- a new table, a new column ------------------------------------------------------------------------------
migrate "CREATE TABLE extra (id int)"
exits 3 check p.yaml
says "stops  new            public.extra: the policy does not name this table"
migrate "DROP TABLE extra; ALTER TABLE country ADD area int"
exits 3 check p.yaml --json
json "('stops', 'new', 'public.country.area') in f"
migrate "ALTER TABLE country DROP area"

# --- what has vanished warns, and stops where that is asked for --------------------------------------------------
migrate "ALTER TABLE visit DROP place"
exits 0 check p.yaml --json
json "('warns', 'vanished', 'public.visit.place') in f"
exits 3 check p.yaml --fail-on vanished
says 'fail-on names "vanished"'
exits 0 check p.yaml --fail-on new,cut-link
exits 3 check p.yaml --fail-on any
migrate "ALTER TABLE visit ADD place text; ALTER TABLE visit DROP old_at"
exits 0 check p.yaml --json
json "('warns', 'vanished', None) in f"
migrate "ALTER TABLE visit ADD old_at timestamptz"
migrate "ALTER TABLE visit RENAME place TO places"
exits 3 check p.yaml
says "stops  misspelt       public.visit.place"
migrate "ALTER TABLE visit RENAME places TO place"
exits 0 check p.yaml

# --- said to be nobody's, and named as people's data -----------------------------------------------------------
migrate "ALTER TABLE country ADD email text"
sed -i 's/^      capital:.*/&\n      email: {class: non-personal, why: none}/' p.yaml
exits 3 check p.yaml --json
json "('stops', 'personal-keep', 'public.country.email') in f"
exits 3 refresh p.yaml
says "looks like direct-identifier"
claim "nor does that leave" [ ! -e sandbox ]
exits 0 "$SANDSEED" sign p.yaml --by a.khan --why "addresses of embassies" --quiet public.country
exits 0 check p.yaml --json
json "('note', 'personal-keep', 'public.country.email') in f"
migrate "ALTER TABLE country ALTER email TYPE varchar(40)"
exits 3 check p.yaml
says "stops  personal-keep  public.country.email"
says "stops  unsigned       public.country"

# --- types and declared values: the lock file ---------------------------------------------------------------
psql_in source shop <<'SQL'
CREATE TYPE mood AS ENUM ('new', 'paid');
CREATE DOMAIN short AS varchar(20);
CREATE TABLE sale (id int PRIMARY KEY, m mood, state text CHECK (state IN ('open', 'shut')), code varchar(10), s short, "odd
	name" int);
SQL
exits 0 "$SANDSEED" plan "$(dsn source shop)" -o types.yaml --quiet
claim "plan writes the lock file beside it" [ -s types.yaml.lock ]
claim "no label stands in it" bash -c "! grep -qE 'paid|shut' types.yaml.lock"
sed -i 's/mode: keep/mode: synthesise/' types.yaml
exits 0 check types.yaml
claim "what is as it was is not told" bash -c "! grep -qE 'retyped|widened|new-label|new-value' out"
migrate "ALTER TABLE sale ALTER code TYPE varchar(40), ALTER \"odd
	name\" TYPE text; ALTER TYPE mood ADD VALUE 'returned'; ALTER TABLE sale DROP CONSTRAINT sale_state_check, ADD CHECK (state IN ('open', 'shut', 'lost'))"
exits 0 check types.yaml --json
json "('warns', 'widened', 'public.sale.code') in f and ('warns', 'new-label', 'public.mood') in f and ('warns', 'new-value', 'public.sale.state') in f"
json "sum(w == 'retyped' for _, w, _ in f) == 1"
exits 3 check types.yaml --fail-on retyped
exits 3 check types.yaml --fail-on new-label
exits 0 check types.yaml --fail-on new
exits 0 "$SANDSEED" plan types.yaml
says "noted     types and declared values"
exits 0 check types.yaml --fail-on retyped,widened,new-label,new-value
cp types.yaml.lock before
exits 0 "$SANDSEED" plan types.yaml --quiet
claim "a second plan changes no byte of it" cmp types.yaml.lock before
migrate "ALTER TABLE sale DROP s; DROP DOMAIN short; CREATE DOMAIN short AS varchar(30); ALTER TABLE sale ADD s short"
exits 0 check types.yaml --json
json "('warns', 'retyped', 'public.sale.s') in f"
rm types.yaml.lock
exits 0 check types.yaml
says "no lock file says what types were"
echo nonsense >types.yaml.lock
exits 1 check types.yaml
says "types.yaml.lock:1:1: expected"

# --- what cannot stay unique, cannot fit, cannot join ------------------------------------------------------------
createdb_in source fits
psql_in source fits <<'SQL'
CREATE DOMAIN colour AS text CHECK (VALUE IN ('red', 'blue'));
CREATE TABLE thing (a text NOT NULL, b text NOT NULL, c text CHECK (c IN ('x', 'y')), d colour, e text UNIQUE NULLS NOT DISTINCT, UNIQUE (a, b));
CREATE TABLE place (k text, l text, PRIMARY KEY (k, l));
CREATE TABLE at (id int PRIMARY KEY, k text, l text, FOREIGN KEY (k, l) REFERENCES place MATCH FULL);
SQL
exits 0 "$SANDSEED" plan "$(dsn source fits)" -o fits.yaml --quiet
sed -i -E '/^  public.thing:/,$ s/^      ([ab]): .*/      \1: {class: non-personal, treatment: constant, value: q, why: a test}/
    /^  public.thing:/,$ s/^      ([cd]): .*/      \1: {class: non-personal, treatment: constant, value: red, why: a test}/
    /^  public.thing:/,$ s/^      e: .*/      e: {class: secret, treatment: nullify}/
    /^  public.at:/,/^  public.place/ s/^      l: .*/      l: {class: key, treatment: nullify}/' fits.yaml
exits 3 check fits.yaml --json
json "[x for x in f if x[1] == 'not-unique'] == [('stops', 'not-unique', 'public.thing.e'), ('stops', 'not-unique', 'public.thing')]"
json "('stops', 'unfit', 'public.thing.c') in f and ('stops', 'unfit', 'public.thing.d') not in f and ('stops', 'cut-link', 'public.at') in f"

# --- a column that vanishes from under a rule costs no night --------------------------------------------------------
createdb_in source ruled
psql_in source ruled -c "CREATE TABLE kept (code text PRIMARY KEY, made_at date, seen_at date, left_at date)"
cat >ruled.yaml <<END
sandseed: 1
source: $(dsn source ruled)
target: cluster:./ruled
rules: [{match: "*_at", class: non-personal, why: dates of the shop}]
tables:
  public.kept: {mode: keep, columns: {code: {class: non-personal, why: a code}}}
END
exits 0 "$SANDSEED" plan ruled.yaml --quiet
psql_in source ruled -c "ALTER TABLE kept DROP left_at"
exits 0 check ruled.yaml --json
json "('warns', 'vanished', None) in f and not [x for x in f if x[0] == 'stops']"
psql_in source ruled -c "ALTER TABLE kept RENAME seen_at TO born_at"
exits 3 check ruled.yaml --json
json "[x for x in f if x[0] == 'stops'] == [('stops', 'new', 'public.kept.born_at')]"
rm ruled.yaml.lock
exits 3 check ruled.yaml --json
json "('stops', 'new', 'public.kept.made_at') in f"
