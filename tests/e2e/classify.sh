#!/bin/bash
# plan tells columns by their values where no name does: check digits, forms, names of people, documents, keys; and runs nobody's code.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source shop
psql_in source shop -o /dev/null <<'SQL'
CREATE EXTENSION hstore; CREATE EXTENSION citext;
CREATE TYPE place AS (line text, code text);
CREATE DOMAIN tag AS text;
CREATE TABLE plain (id bigint PRIMARY KEY, c1 text, c2 text, c3 bigint, c4 text, c5 text, c6 text, c7 citext, c8 tag, c9 text, c10 bytea, c11 text,
    c12 text, c13 date, c14 bigint, c15 text, c16 text);
-- c1 e-mail, c2 IBAN, c3 NHS number, c4 people, c5 IP address, c6 bcrypt, c7 telephone, c8 UK postcode, c9 free text, c10 pictures, c11 a list,
-- c12 one address among many words, c13 births, c14 sequential ids, c15 people of another script, c16 versions
CREATE FUNCTION pg_temp.nhs(n bigint) RETURNS text LANGUAGE sql AS $$
    SELECT n::text || (11 - s % 11) % 11 FROM (SELECT sum((11 - i) * substr(n::text, i, 1)::int) FROM generate_series(1, 9) i) t (s) WHERE s % 11 <> 1 $$;
INSERT INTO plain SELECT g, 'a' || g || '@corp.test',
    'GB' || lpad((98 - ('3214282912345698' || lpad(g::text, 6, '0') || '161100')::numeric % 97)::text, 2, '0') || 'WEST123456' || '98' || lpad(g::text, 6, '0'),
    pg_temp.nhs(400000000 + g * 3)::bigint,
    (ARRAY['Anna', 'Peter', 'Lucia', 'Pierre', 'Hans'])[1 + g % 5] || ' ' || (ARRAY['Smith', 'Müller', 'Rossi', 'Dubois', 'García', 'Novak', 'Jones'])[1 + g % 7],
    '203.0.113.' || 1 + g % 250, '$2b$12$' || substr(md5(g::text) || md5((g + 1)::text), 1, 53), '+44 20 7946 0' || lpad(g::text, 3, '0'),
    'M' || 1 + g % 60 || ' ' || g % 7 || 'AA', repeat('many words of a text ', 1 + g % 3) || g, decode('89504e470d0a1a0a', 'hex'),
    (ARRAY['red', 'blue', 'green'])[1 + g % 3], CASE WHEN g = 150 THEN 'ask boss@corp.org' WHEN g = 77 THEN 'boss@corp.org' ELSE 'part ' || g END,
    date '1950-01-01' + g * 70, 4000000000 + g, (ARRAY['山田', '佐藤', '鈴木'])[1 + g % 3] || (ARRAY['太郎', '花子', '健', '美咲', '翔太', '陽菜', '蓮', '葵'])[1 + g % 8],
    1 + g % 3 || '.' || g % 20 || '.' || g % 7 || '.' || g FROM generate_series(1, 300) g;
-- of plain, no name tells whose it is; products are nobody's
CREATE TABLE product (id bigint PRIMARY KEY, c11 text, c14 bigint); INSERT INTO product SELECT id, c11, c14 FROM plain;
CREATE TABLE doc (id int PRIMARY KEY, j jsonb, h hstore, x xml, a text[], p place, k jsonb, big jsonb, bad text);
INSERT INTO doc SELECT g, jsonb_build_object('who', jsonb_build_object('mail', 'b' || g || '@corp.test', 'n', g), 'list', jsonb_build_array('10.1.2.' || 100 + g)),
    hstore('phone', '+44 20 7946 0' || 100 + g), xmlparse(content '<p><iban>GB82WEST12345698765432</iban><n a="c' || g || '@corp.test">1</n></p>'),
    ARRAY['d' || g || '@corp.test'], ROW('Street ' || g, 'SW1A 1AA')::place, jsonb_build_object('e' || g || '@corp.test', 1),
    CASE WHEN g = 1 THEN jsonb_build_object('s', repeat(md5(g::text), 20000)) ELSE '{"s": 1}' END, '{' FROM generate_series(1, 60) g;
-- lists that are documents, keys of few rows, names in one word, and a name that says more than its keys
CREATE TABLE prefs (id int PRIMARY KEY, status jsonb, codes text[], sizes int[], tags jsonb, options jsonb, extras jsonb, contact_info jsonb);
INSERT INTO prefs SELECT g, CASE g % 2 WHEN 0 THEN (SELECT jsonb_agg(md5(k::text)) FROM generate_series(1, 3000) k) END,
    CASE g % 2 WHEN 0 THEN (SELECT array_agg(md5(k::text)) FROM generate_series(1, 3000) k) END, (SELECT array_agg(k * 7919 % 99991) FROM generate_series(1, 30000) k),
    jsonb_build_array('q' || g || '@corp.test'),
    '{"theme": "dark"}'::jsonb || CASE g WHEN 7 THEN '{"diagnosis": "canary", "canary": [{"canary": 1}, {"canary": 2}, {"canary": 3}]}' ELSE '{}' END::jsonb,
    jsonb_build_object('patientname', 'zq' || g), jsonb_build_object('value', g, 'type', 'x') FROM generate_series(1, 60) g;
-- what is too long of other forms, and what could have ended where it is cut
CREATE TABLE setup (id int PRIMARY KEY, status hstore, flags xml, active xml);
INSERT INTO setup SELECT g, (SELECT hstore(array_agg('k' || k), array_agg(md5(k::text))) FROM generate_series(1, 3000) k),
    (SELECT xmlagg(xmlelement(name a, md5(k::text))) FROM generate_series(1, 3000) k),
    xmlparse(content repeat('<a>1</a>', 32768) || '<b>boss@corp.org</b>') FROM generate_series(1, 9) g;
-- a key that says who, and what refers to it
CREATE TABLE login (mail text PRIMARY KEY, active boolean); INSERT INTO login SELECT 'f' || g || '@corp.test', true FROM generate_series(1, 60) g;
CREATE TABLE act (id int PRIMARY KEY, by_whom text REFERENCES login); INSERT INTO act SELECT g, 'f' || 1 + g % 9 || '@corp.test' FROM generate_series(1, 60) g;
-- a small table that others refer to, by keys with somebody in them
CREATE TABLE channel (code text PRIMARY KEY, active boolean); INSERT INTO channel SELECT CASE g WHEN 9 THEN 'mailto:g9@corp.org' ELSE 'c' || g END, true FROM generate_series(1, 60) g;
CREATE TABLE posted (id int PRIMARY KEY, channel text REFERENCES channel); CREATE TABLE queued (id int PRIMARY KEY, channel text REFERENCES channel);
-- sentences in columns that are called otherwise, of somebody's rows
CREATE TABLE visit (id int PRIMARY KEY, customer_id int, currency text, currency_code text);
INSERT INTO visit SELECT g, g, 'seen at home again, ill for ' || g || ' days', CASE g % 2 WHEN 0 THEN 'waiting for the customer to pay' ELSE 'paid' END FROM generate_series(1, 100) g;
-- declared values and comments
CREATE TYPE creed AS ENUM ('catholic', 'muslim', 'none');
CREATE TABLE said (id int PRIMARY KEY, a creed, b text CHECK (b IN ('male', 'female', 'x')), c text, d text);
COMMENT ON COLUMN said.c IS 'Date and place; the diagnosis of the last visit';
COMMENT ON COLUMN said.d IS 'sorted as it comes';
-- partitions count for their root; hidden rows and other people's code are left alone
CREATE TABLE part (id int, v text) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (1) TO (100); CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM (100) TO (1000);
INSERT INTO part SELECT g, 'g' || g || '@corp.test' FROM generate_series(1, 300) g;
CREATE TABLE hidden (id int PRIMARY KEY, v text); INSERT INTO hidden SELECT g, 'h' || g || '@corp.test' FROM generate_series(1, 60) g;
ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
CREATE TABLE closed (id int PRIMARY KEY, v text);
CREATE TYPE trap AS (a text);
CREATE FUNCTION spring(trap) RETURNS json LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'sprung'; END $$;
CREATE CAST (trap AS json) WITH FUNCTION spring(trap);
CREATE TYPE lure AS ENUM ('x');
CREATE FUNCTION spring(lure) RETURNS json LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'sprung'; END $$;
CREATE CAST (lure AS json) WITH FUNCTION spring(lure);
CREATE TYPE baited AS (a text, l lure[]);
CREATE TABLE trapped (id int PRIMARY KEY, t trap, l lure[], b baited, c baited[]);
INSERT INTO trapped SELECT g, ROW('x')::trap, '{x}', ROW('x', '{x}'::lure[])::baited, ARRAY[ROW('x', '{x}'::lure[])::baited] FROM generate_series(1, 30) g;
-- rows in the middle and at the end of a large table are seen
CREATE TABLE large (id int PRIMARY KEY, v text);
INSERT INTO large SELECT g, CASE WHEN g > 59000 THEN 'i' || g || '@corp.org' ELSE 'word' || g END FROM generate_series(1, 60000) g;
CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA public TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader; REVOKE ALL ON closed FROM reader;
ANALYZE;
SQL
cd "$test_root"
exits 0 "$SANDSEED" plan "host=${server_dir[source]} user=reader dbname=shop" -o policy.yaml
says "the rows of 2 tables, public.closed among them, could not be looked at"
claim "no value, in the policy or in what is said" bash -c '! grep -qE "corp\.|7946|Smith|sprung|GB82|canary" out policy.yaml'
is() { # TABLE COLUMN WHAT: the entry begins so
    sed -n "/^  public.$1:/,/^  public/p" policy.yaml | grep -E "^      \"?$2\"?:" >line || true
    claim "$1.$2: $3, not $(cat line)" grep -qE ": +\{class: $3" line
}
is plain c1 "direct-identifier, kind: email"
is plain c2 "direct-identifier, kind: iban"
is plain c3 "direct-identifier, kind: nhs-number"
is plain c4 "direct-identifier, kind: person-name"
is plain c5 "direct-identifier, kind: ip-address"
is plain c6 "secret, kind: password-hash"
is plain c7 "direct-identifier, kind: phone"
is plain c8 "quasi-identifier, kind: postcode"
is plain c9 "free-text"
is plain c10 "direct-identifier, kind: image"
is plain c11 "undecided"
is plain c12 "free-text, kind: free-text, why: \"2 of 300 texts hold identifiers: email 2\""
is plain c13 "quasi-identifier, kind: date-of-birth"
is plain c14 "undecided"
is plain c15 "direct-identifier, kind: person-name"
is plain c16 "undecided"
is product c11 "non-personal, why: a list of 3 values"
is product c14 "non-personal"
is doc j "direct-identifier, kind: document, why: \"3 paths: .*who.mail: email"
is doc h "direct-identifier, kind: document, why: \"1 path: .*phone"
is doc x "direct-identifier, kind: document"
is doc a "direct-identifier, kind: email"
is doc p "direct-identifier, kind: document"
is doc k "direct-identifier, kind: document, why: \"2 paths.*keys are data"
is doc big "free-text, kind: document"
is prefs status "free-text, kind: document, why: \"0 paths; keys are data\""
for column in status flags active; do is setup $column "free-text, kind: document, why: .*keys are data"; done
is prefs codes "free-text, kind: document"
is prefs sizes "non-personal"
is prefs tags "direct-identifier, kind: document, why: \"1 path: .*: email"
is prefs options "special-category, kind: document, treatment: shape, why: .*: health"
is prefs extras "direct-identifier, kind: document, why: .*patientname: person-name"
is prefs contact_info "direct-identifier"
is login mail "direct-identifier, kind: email"
is act by_whom "direct-identifier, kind: email, why: refers to public.login.mail"
is channel code "direct-identifier, why: \"1 of 60 texts holds identifiers: email 1\""
is queued channel "direct-identifier"
claim "such a table is not reference data" bash -c "! sed -n '/^  public.channel:/,/^  public/p' policy.yaml | grep -q keep"
is visit currency "free-text, why: texts of 8 words"
is visit currency_code "non-personal"
is said a "special-category, kind: religion, treatment: shape, why: the values that it may have say so"
is said b "quasi-identifier, kind: sex"
is said c "special-category, kind: health, treatment: shape, why: its comment says so"
is said d "undecided"
is part v "direct-identifier, kind: email"
is hidden v "undecided"
is large v "free-text"
exits 0 "$SANDSEED" plan "$(dsn source shop)" -o again.yaml --quiet
exits 0 "$SANDSEED" plan "$(dsn source shop)" -o third.yaml --quiet
claim "two runs propose the same" cmp again.yaml third.yaml
exits 0 "$SANDSEED" plan "$(dsn source shop)" -o names.yaml --no-rows --quiet
claim "without rows, values tell nothing" bash -c "! grep -q 'distinct values' names.yaml && grep -qE '^      c1: +.class: undecided' names.yaml"
claim "a policy that is up to date stays as it is" bash -c "cp again.yaml before.yaml && '$SANDSEED' plan again.yaml --quiet >out 2>&1 && cmp again.yaml before.yaml"
psql_in source shop -c "ALTER TABLE act ADD COLUMN mail text, ADD COLUMN seen timestamptz"
exits 0 "$SANDSEED" plan again.yaml
claim "what is new comes in undecided, with what it looks like" grep -qE '^      mail: +\{class: undecided, why: "looks like direct-identifier, email: named .*"\}$' again.yaml

# --- what people have stated already ---------------------------------------------------------------------------
psql_in source shop <<'SQL'
CREATE TABLE stated (id int PRIMARY KEY, a text, b text, c text, email text, d text);
COMMENT ON COLUMN stated.a IS E'The lock of the door.\n sandseed: secret';
COMMENT ON COLUMN stated.email IS 'sandseed: class=non-personal, why=of departments, never of people';
COMMENT ON COLUMN stated.d IS 'sandseed: class=quasi-identifier, treatment=keep';
SET allow_system_table_mods = on;
INSERT INTO pg_seclabel SELECT 'stated'::regclass, 'pg_class'::regclass, attnum, 'anon', CASE attname WHEN 'b' THEN 'MASKED WITH FUNCTION anon.fake_last_name()'
    ELSE 'MASKED WITH VALUE NULL' END FROM pg_attribute WHERE attrelid = 'stated'::regclass AND attname IN ('b', 'c');
SQL
exits 0 "$SANDSEED" plan again.yaml --quiet
cp again.yaml policy.yaml
is stated a "secret, why: its comment says so"
is stated b "direct-identifier, kind: family-name, why: \"SECURITY LABEL of anon: fake_last_name\""
is stated c "direct-identifier, treatment: nullify, why: \"SECURITY LABEL of anon: NULL\""
is stated email "non-personal, why: \"of departments, never of people\""
is stated d "quasi-identifier, why: \"its comment says so; keep is not possible here\""
"$SANDSEED" plan "$(dsn source shop)" -o pseudo.yaml --mode pseudonymise --quiet >/dev/null
sed -i '/^  public.stated:/,$d' pseudo.yaml
printf '  public.stated:\n    mode: pseudonymise\n    columns:\n      id: {class: key}\n' >>pseudo.yaml
exits 0 "$SANDSEED" plan pseudo.yaml --quiet
cp pseudo.yaml policy.yaml
is stated email "undecided, why: \"looks like non-personal: of departments"
is stated c "undecided, why: \"looks like direct-identifier"
psql_in source shop -c "COMMENT ON TABLE stated IS 'sandseed: keep'"
exits 1 "$SANDSEED" plan "$(dsn source shop)" -o wrong.yaml --quiet
says "the comment on table public.stated begins a line with \"sandseed:\", which is read on columns only"
psql_in source shop -c "COMMENT ON TABLE stated IS NULL"
psql_in source shop -c "COMMENT ON COLUMN stated.b IS 'sandseed: secrets'"
exits 1 "$SANDSEED" plan "$(dsn source shop)" -o wrong.yaml --quiet
says 'the comment on column public.stated.b cannot be read: behind "sandseed:" expected a class'
claim "and nothing is written" [ ! -e wrong.yaml ]

# --- what is read of a row is bounded, however many documents it has ---
createdb_in source broad
psql_in source broad -o /dev/null <<'SQL'
SELECT format('CREATE TABLE broad (%s)', string_agg('d' || g || ' jsonb', ', ')) FROM generate_series(1, 60) g \gexec
SELECT format('INSERT INTO broad SELECT %s FROM generate_series(1, 20), (SELECT jsonb_build_object(''a'', repeat(''x'', 250000)) j) t', string_agg('j', ', '))
    FROM generate_series(1, 60) g \gexec
SQL
claim "20 rows of 60 documents of 250 kB take less than 100 MB" python3 - "$SANDSEED" plan "$(dsn source broad)" -o broad.yaml --quiet <<'PY'
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
sys.exit(code or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 100000)
PY
claim "nobody knows what is in them" grep -qE '^      d60: +\{class: free-text, kind: document' broad.yaml
