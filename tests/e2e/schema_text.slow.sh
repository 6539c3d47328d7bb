#!/bin/bash
# What looks personal in the schema's own text stops a run until the policy says what is done with it, wherever it stands.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
cd "$test_root"
createdb_in source shop
psql_in source shop <<'SQL'
CREATE SCHEMA "My App"; COMMENT ON SCHEMA "My App" IS 'by s.chema@real.org';
CREATE TYPE mood AS ENUM ('fine', 'AB123456C'); COMMENT ON TYPE mood IS 't.ype@real.org';
CREATE DOMAIN sender AS text DEFAULT 'd.omain@real.org' CHECK (VALUE <> 'GB82WEST12345698765432');
CREATE TABLE mail (id int PRIMARY KEY, cc text DEFAULT 'd.efault@real.org', f sender, m mood,
    g text GENERATED ALWAYS AS (coalesce(cc, '+447700900123')) STORED,
    n int, CONSTRAINT no_boss CHECK (cc <> 'c.heck@real.org'), x text DEFAULT 'a@example.com');
CREATE TABLE "My App"."Big Table" (id int PRIMARY KEY, t text CHECK (t <> '4111 1111 1111 1111'));
CREATE INDEX part_of ON mail (n) WHERE cc <> 'i.ndex@real.org';
CREATE TABLE parts (k text, n int) PARTITION BY LIST (k);
CREATE TABLE parts_one PARTITION OF parts FOR VALUES IN ('p.art@real.org');
CREATE TABLE parts_rest PARTITION OF parts DEFAULT;
COMMENT ON COLUMN mail.cc IS 'ask c.omment@real.org'; COMMENT ON TABLE mail IS 'nobody';
COMMENT ON INDEX part_of IS 'i.comment@real.org'; COMMENT ON CONSTRAINT no_boss ON mail IS 'k.comment@real.org';
CREATE FUNCTION notify(who text, m mood) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    -- Name: mail; Type: TABLE; Schema: public; Owner: somebody of f.unction@real.org
    RETURN 'sent to ' || who || ' and +44 20 7946 0958';
END $$;
COMMENT ON FUNCTION notify(text, mood) IS 'f.comment@real.org';
CREATE PROCEDURE tidy() LANGUAGE sql AS 'DELETE FROM public.mail WHERE cc = ''p.rocedure@real.org''';
CREATE AGGREGATE joined(text) (SFUNC = textcat, STYPE = text, INITCOND = 'a.ggregate@real.org');
CREATE VIEW staff AS SELECT * FROM mail WHERE cc = 'v.iew@real.org';
CREATE MATERIALIZED VIEW heads AS SELECT id FROM mail WHERE cc = 'm.view@real.org';
CREATE RULE quiet AS ON DELETE TO mail WHERE old.cc = 'r.ule@real.org' DO INSTEAD NOTHING;
ALTER TABLE mail ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON mail USING (cc <> 'p.olicy@real.org');
CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER watch BEFORE UPDATE ON mail FOR EACH ROW WHEN (new.cc = 't.rigger@real.org') EXECUTE FUNCTION same();
CREATE STATISTICS odd ON (replace(cc, 's.tat@real.org', '')), n FROM mail;
CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple, ACCEPT = true);
INSERT INTO mail (id, cc, f, m, n) SELECT i, NULL, 'x', 'fine', i % 7 FROM generate_series(1, 200) i;
INSERT INTO parts SELECT 'k' || i % 5, i FROM generate_series(1, 100) i;
ANALYZE;
SQL
psql_in source postgres -c "ALTER DATABASE shop SET app.support = 's.etting@real.org'"
policy_for source shop "$(dsn target box)" synthesise p.yaml
canaries='@real\.org|AB123456C|GB82WEST|4111 1111|447700900123|7946 0958'
claim "the policy shows none of it" bash -c "! grep -Eq '$canaries' p.yaml"

# --- undecided ------------------------------------------------------------------------------------------
exits 3 check p.yaml
objects=("type public.mood" "domain public.sender" "table public.mail" "table My App.Big Table" "index public.part_of" "table public.parts_one"
    "function public.notify(text, public.mood)" "procedure public.tidy()" "aggregate public.joined(text)" "view public.staff" "materialized view public.heads"
    "rule public.mail quiet" "policy public.mail mine" "trigger public.mail watch" "statistics public.odd")
for object in "${objects[@]}"; do
    grep -F "stops" out | grep -qF "$object: its " || { cat out; fail "check does not stop at $object"; }
done
[ "$(grep -c '^stops' out)" = ${#objects[@]} ] || { cat out; fail "check says something else as well"; }
claim "no message shows what it is about" bash -c "! grep -Eq '$canaries' out"
exits 3 refresh p.yaml
claim "nothing was made" [ "$(psql_in target postgres -c "SELECT count(*) FROM pg_database WHERE datname ~ 'box'")" = 0 ]
exits 3 "$SANDSEED" fit p.yaml -o model --allow-privileged-source
cp p.yaml before.yaml
exits 0 "$SANDSEED" plan p.yaml
cmp p.yaml before.yaml || fail "a second plan changes bytes"
echo "ok: undecided text stops everything"

# --- decided --------------------------------------------------------------------------------------------
sed -Ei 's/^(    .*): undecided( .*)$/\1: {replace: ops@example.com}\2/; s/^    "?type public.mood"?: .*/    type public.mood: {keep: {national-number: 1}, why: "a test"}/' p.yaml
sed 's/type public.mood: {keep.*/type public.mood: {replace: x}/' p.yaml >bad.yaml
exits 1 check bad.yaml
says "a label of an enum cannot be replaced"
sed 's/type public.mood: {keep.*/type public.mood: strip/' p.yaml >bad.yaml
exits 1 check bad.yaml
says "only comments can be stripped"
sed 's/ops@example.com/ops@real.org/' p.yaml >bad.yaml
exits 1 check bad.yaml
says "this looks personal itself"
sed 's/, why: "a test"//' p.yaml >bad.yaml
exits 1 check bad.yaml
says "what is kept needs a why"
# Kept without saying which text, as files of before have it.
exits 3 check p.yaml
says "its entry has no digest:"
says "sandseed sign p.yaml --by NAME --why TEXT 'type public.mood'"
cp p.yaml none.yaml
echo 'require_signoff: none' >>none.yaml
exits 3 check none.yaml
says "look at it, then sandseed plan none.yaml"
exits 0 "$SANDSEED" plan none.yaml
says "digest    type public.mood, of its text as it is kept"
exits 0 check none.yaml
exits 0 "$SANDSEED" plan none.yaml
says "none.yaml is up to date."
cp p.yaml planned.yaml
exits 0 "$SANDSEED" plan planned.yaml --json
says '"what": "digest"'
exits 3 check planned.yaml
says "type public.mood: its label holds what looks like 1 national-number, and what the policy does with it is not signed"
exits 0 "$SANDSEED" inspect planned.yaml
says "in the schema's own text, type public.mood"
claim "the page says that it is not signed" bash -c 'sed -n "/^5\./,/Undecided:/p" out | grep -q "type public.mood"'
exits 0 "$SANDSEED" sign planned.yaml --by test --why "a test" 'type public.mood'
cp planned.yaml twice.yaml
exits 0 "$SANDSEED" sign p.yaml --by test --why "a test" 'type public.mood' --json
says '"what": "text"'
claim "to sign writes the digest that plan writes" diff <(grep -o 'digest: "[0-9a-f]*"\|covers: .*' p.yaml) <(grep -o 'digest: "[0-9a-f]*"\|covers: .*' planned.yaml)
exits 0 "$SANDSEED" sign twice.yaml --by test --why "a test" 'type *'
cmp twice.yaml planned.yaml || fail "a second signature of a day changes bytes"
exits 1 "$SANDSEED" sign p.yaml --by test --why "a test" 'comment on column public.mail.cc'
says "no entry of p.yaml that can be signed matches"
sed 's/national-number: 1/national-number: 2/' p.yaml >bad.yaml
exits 3 check bad.yaml
says "is not signed, or was changed since"
sed 's/digest: "[0-9a-f]*"/digest: "00000000"/' p.yaml >bad.yaml
exits 3 check bad.yaml
says "is not the one that the policy keeps"
# What is replaced must be signed where everything must.
printf 'sandseed: 1\nbase: p.yaml\nrequire_signoff: all\n' >all.yaml
exits 3 check all.yaml
says "unsigned       view public.staff: its query holds what looks like 1 email, and what the policy does with it is not signed"
exits 1 "$SANDSEED" sign all.yaml --by test --why "a test" 'view public.staff'
says "stands not in all.yaml but in its base, at p.yaml"
exits 0 check p.yaml
exits 0 refresh p.yaml --seed 1
as_dumped() { "$(pg_bin)/pg_dump" --schema-only "$1"; }
traces() { grep -Eo "${canaries/|AB123456C/}" "$1" | sort | uniq -c; }
clean() { [ -z "$(traces "$1")" ] || { traces "$1" >&2; fail "$1 has traces"; }; }
as_dumped "$(dsn target box)" >box.sql
clean box.sql
grep -q 'AB123456C' box.sql || fail "what is kept is gone"
for kept in "COMMENT ON TABLE public.mail IS 'nobody'" "FUNCTION public.notify" "CREATE TRIGGER watch" "CREATE POLICY mine" "CREATE RULE quiet" "no_boss CHECK" "DEFAULT 'ops@example.com'" "DEFAULT 'a@example.com'"; do
    grep -qF "$kept" box.sql || fail "not in the sandbox: $kept"
done
echo "ok: no trace in the sandbox, and everything else is there"
claim "rows were made" [ "$(psql_in target box -c 'SELECT count(*) = 200 FROM mail')" = t ]
claim "the report lists what was left out and what was replaced" bash -c "cat sandseed-out/*.json | grep -q 'was replaced in its text' && cat sandseed-out/*.json | grep -q 'it holds what looks like 1 email' && ! grep -Eq '${canaries/|AB123456C/}' sandseed-out/*.json"
exits 0 "$SANDSEED" fit p.yaml -o model --allow-privileged-source
"$(pg_bin)/pg_restore" -f model.sql model/schema.dump
clean model.sql
clean model/model.json
exits 0 "$SANDSEED" generate model "$(dsn target made)" --seed 1
as_dumped "$(dsn target made)" >made.sql
clean made.sql
echo "ok: nor in a model and what is made of it"

# --- what comes later -----------------------------------------------------------------------------------
psql_in source shop -c "CREATE OR REPLACE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN /* l.ater@real.org */ RETURN new; END'"
exits 3 refresh p.yaml
says "function public.same()"
cp p.yaml again.yaml
exits 0 "$SANDSEED" plan again.yaml --json
says '"what": "text"'
exits 0 "$SANDSEED" plan p.yaml
says "new       function public.same()"
cp p.yaml before.yaml
exits 0 "$SANDSEED" plan p.yaml
cmp p.yaml before.yaml || fail "a second plan changes bytes"
sed -i 's/^    "function public.same()": undecided.*/    "function public.same()":\n      keep: {email: 1}\n      why: nobody/' p.yaml
exits 0 "$SANDSEED" sign p.yaml --by test --why "a test" 'function public.same()'
exits 0 check p.yaml
exits 0 refresh p.yaml --seed 1
psql_in source shop -c "CREATE OR REPLACE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN /* o.ther@real.org */ RETURN new; END'"
for command in "check p.yaml" "refresh p.yaml" "$SANDSEED fit p.yaml -o model --allow-privileged-source"; do
    exits 3 $command
    says "function public.same()"
    says "the text is not the one that the policy keeps: it has changed since its digest: was written"
    claim "nor is it shown" bash -c "! grep -q real.org out"
done
cp p.yaml before.yaml
exits 0 "$SANDSEED" plan p.yaml
cmp p.yaml before.yaml || fail "plan lets a changed text through"
exits 0 "$SANDSEED" inspect p.yaml
says "in the schema's own text, function public.same(), signed by test on"
"$SANDSEED" inspect p.yaml --json --quiet >page.json
claim "the page of machines says so, too" python3 -c '
import json
kept = {k["object"]: (k["signed_by"], k["covered"]) for k in json.load(open("page.json"))["schema_texts_kept"]}
assert kept == {"type public.mood": ("test", True), "function public.same()": ("test", False)}, kept'
exits 0 "$SANDSEED" sign p.yaml --by test --why "a test" 'function public.same()'
exits 0 check p.yaml
psql_in source shop -c "CREATE OR REPLACE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN /* l.ater@real.org, m.ore@real.org */ RETURN new; END'"
exits 3 check p.yaml
says "it keeps less"

# --- where plan puts them -------------------------------------------------------------------------------
sed '/^schema:/,/^tables:/{/^tables:/!d}' p.yaml >none.yaml
sed 's/^tables:/schema:\n  owners: stand-in\ntables:/' none.yaml >some.yaml
sed 's/^tables:/schema: {owners: stand-in}\ntables:/' none.yaml >flow.yaml
for file in none some; do
    exits 0 "$SANDSEED" plan $file.yaml
    exits 3 check $file.yaml
    claim "every object has its entry: $file" [ "$(grep -c '^stops' out)" = "$(grep -c '^    .*: undecided  ' $file.yaml)" ]
    cp $file.yaml before.yaml
    exits 0 "$SANDSEED" plan $file.yaml
    cmp $file.yaml before.yaml || fail "a second plan changes bytes: $file"
done
exits 1 "$SANDSEED" plan flow.yaml
says "in braces; the file is left as it was"

# --- comments, one by one -------------------------------------------------------------------------------
sed -Ei 's/^    comment on table public.parts: .*//; s/^    comment on column public.mail.cc: .*/    comment on column public.mail.cc: {replace: somebody}/
    s/^    comment on index public.part_of: .*/    comment on index public.part_of: {keep: {email: 1}, why: "a test"}/
    s/^(    "function public.same\(\)").*/\1: {replace: x}/; /^    .?comment on schema/d; /^      (keep|why|signed|digest): /d' p.yaml
exits 0 "$SANDSEED" sign p.yaml --by test --why "a test" 'comment on index public.part_of'
exits 0 check p.yaml
says 'note  personal-text  comment on schema "My App": it holds what looks like 1 email: it is left out of the sandbox'
exits 0 refresh p.yaml --seed 1
claim "a comment is replaced" [ "$(psql_in target box -c "SELECT col_description('mail'::regclass, 2)")" = "ask somebody" ]
claim "one is kept" [ "$(psql_in target box -c "SELECT obj_description('part_of'::regclass)")" = "i.comment@real.org" ]
claim "one of which the policy says nothing is left out" [ -z "$(psql_in target box -c "SELECT obj_description('\"My App\"'::regnamespace)")" ]

# --- what the catalog's texts do not know ---------------------------------------------------------------
psql_in source shop -c "COMMENT ON STATISTICS odd IS 'u.nknown@real.org'"
exits 0 refresh p.yaml --seed 1
claim "it is left out" [ -z "$(psql_in target box -c "SELECT obj_description(oid) FROM pg_statistic_ext")" ]
sed -i 's/^    type public.mood/    comment on statistics public.odd: {keep: {email: 1}, why: "a test"}\n&/' p.yaml
exits 3 refresh p.yaml
says "its entry has no digest:"
digest=$(sed -n 's/.*write digest: "\([0-9a-f]\{8\}\)" into its entry.*/\1/p' out)
sed -i "/comment on statistics/s/}\$/, digest: \"$digest\"}/" p.yaml
exits 3 refresh p.yaml
says "is not signed"
exits 0 "$SANDSEED" sign p.yaml --by test --why "a test" 'comment on statistics public.odd'
exits 0 refresh p.yaml --seed 1
claim "it is kept" [ "$(psql_in target box -c "SELECT obj_description(oid) FROM pg_statistic_ext")" = u.nknown@real.org ]
psql_in source shop -c "COMMENT ON STATISTICS odd IS 's.wapped@real.org'"
exits 3 refresh p.yaml
says "is not the one that the policy keeps"

# --- what pg_dump alone writes ---------------------------------------------------------------------------
# check judges what a refresh would restore, and stops wherever that would.
createdb_in source odd
for server in source target; do psql_in $server postgres -c 'CREATE ROLE "c.lerk@real.org" NOLOGIN'; done
psql_in source odd <<'SQL'
CREATE TABLE patient (id int PRIMARY KEY, nhs_number text, note text DEFAULT '9434765919');
CREATE TABLE visit (id int PRIMARY KEY, n text, CONSTRAINT nhs_check CHECK (n <> '9434765919'));
CREATE TABLE part (id int, who text CHECK (who <> 'p.art@real.org')) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (1000);
CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER watch BEFORE INSERT ON part FOR EACH ROW EXECUTE FUNCTION same('t.rigger@real.org');
CREATE FUNCTION more(text) RETURNS text LANGUAGE sql AS $$SELECT $1 || 'x'$$;
CREATE AGGREGATE xs(*) (SFUNC = more, STYPE = text, INITCOND = 'a.ggregate@real.org');
CREATE VIEW staff AS SELECT id, note FROM patient; ALTER VIEW staff ALTER note SET DEFAULT 'v.iew@real.org';
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE away (id int, who text DEFAULT 'f.oreign@real.org') SERVER s;
ALTER TABLE patient ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON patient TO "c.lerk@real.org" USING (note <> 'p.olicy@real.org');
CREATE SEQUENCE "s.equence@real.org";
INSERT INTO patient (id) SELECT generate_series(1, 100); INSERT INTO part SELECT generate_series(1, 100), 'x'; ANALYZE;
SQL
policy_for source odd "$(dsn target odd)" synthesise o.yaml
exits 3 check o.yaml
objects=("table public.patient" "table public.visit" "table public.part" "table public.part_1" "trigger public.part watch" "aggregate public.xs(*)" "view public.staff"
    "foreign table public.away" "policy public.patient own" "sequence public.s.equence@real.org")
for object in "${objects[@]}"; do
    grep -F "stops" out | grep -qF "$object: its " || { cat out; fail "check does not stop at $object"; }
done
[ "$(grep -c '^stops' out)" = ${#objects[@]} ] || { cat out; fail "check says something else as well"; }
sed -Ei 's/^(    .*): undecided( .*)$/\1: {replace: ops@example.com}\2/; s/^  text:.*/&\n    table public.patient: {replace: ops@example.com}\n    "sequence public.s.equence@real.org": {replace: ops@example.com}/' o.yaml
for command in check refresh; do
    exits 3 $command o.yaml
    says "sequence public.s.equence@real.org: its text holds what looks like 1 email, and a name in it does, which cannot be replaced"
done
psql_in source odd -c 'ALTER SEQUENCE "s.equence@real.org" RENAME TO s'
sed -i '/s.equence@/d' o.yaml
# Nor is one that stands without quotes.
psql_in source odd -c "CREATE TABLE lies (id int, sk_live_4ec39hqlyjwdarjtt1zdp7dc int)"
cp o.yaml lies.yaml
exits 0 "$SANDSEED" plan lies.yaml
sed -i 's/^  text:.*/&\n    table public.lies: {replace: nobody}/' lies.yaml
exits 3 check lies.yaml
says "table public.lies: its text holds what looks like 1 secret, and a name in it does, which cannot be replaced"
psql_in source odd -c "DROP TABLE lies"
exits 0 check o.yaml --fail-on vanished
exits 0 refresh o.yaml --seed 1
as_dumped "$(dsn target odd)" >odd.sql
claim "a role keeps its name, and all the rest is replaced" bash -c "grep -q 'TO \"c.lerk@real.org\"' odd.sql && ! grep -v 'c.lerk' odd.sql | grep -q 'real.org\|9434765919'"
claim "no folder of check is left" [ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'sandseed-check-*' -newer o.yaml)" ]

# --- what is harmless: all that PostgreSQL itself and real applications have written ----------------------
createdb_in source harmless
psql_in source harmless <<'SQL'
DO $do$ DECLARE r record; n int := 0; BEGIN
FOR r IN SELECT string_agg(pg_get_viewdef(oid), E'\n') t FROM pg_class WHERE relkind = 'v'
    UNION ALL SELECT string_agg(description, E'\n') FROM pg_description
    UNION ALL SELECT string_agg(pg_get_functiondef(oid), E'\n') FROM pg_proc WHERE prokind = 'f' AND prolang <> 12
LOOP n := n + 1; EXECUTE format('CREATE SCHEMA h%s; COMMENT ON SCHEMA h%1$s IS %L', n, r.t); END LOOP; END $do$;
SQL
if [ -d "$SANDSEED_SHARED/data/schemas" ]; then
    n=0
    while read -r f; do
        n=$((n + 1))
        python3 -c 'import sys
text = open(sys.argv[1], encoding="utf-8", errors="replace").read().replace(chr(39), chr(39) * 2)
print(f"CREATE SCHEMA f{sys.argv[2]}; SET standard_conforming_strings = on; COMMENT ON SCHEMA f{sys.argv[2]} IS {chr(39)}{text}{chr(39)};")' "$f" $n | psql_in source harmless -o /dev/null -f -
    done < <(find "$SANDSEED_SHARED/data/schemas" -name '*.sql' | sort)
    claim "files were read" [ $n -gt 5 ]
else
    echo "not here, left out: data/schemas (set SANDSEED_SHARED)"
fi
policy_for source harmless "$(dsn target harmless)" synthesise h.yaml
claim "nothing in them looks personal" bash -c '! grep -q "^schema:" h.yaml || { cat h.yaml; false; }'
