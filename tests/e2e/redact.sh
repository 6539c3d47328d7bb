#!/bin/bash
# treatment: redact of free text: what is found of people becomes what it becomes elsewhere, the rest stays, and everybody is told
# that not all may be found.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source shop
psql_in source shop -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
CREATE ROLE reader LOGIN;
CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE, phone bigint, born date, nick text NOT NULL, mail_number text, note text, short varchar(30) CHECK (length(short) <= 30) CHECK (short <> ''));
INSERT INTO customer SELECT 70000 + i, (ARRAY['Xanthe','Quentin'])[1 + i % 2] || ' Zzyzx' || chr(97 + i % 26) || chr(97 + i / 26 % 26), 'canary' || i || '@aviary.org', 447712000000 + i, date '1950-12-01' + i * 3, 'birdie' || i, NULL, NULL, 'born 1950-12-04' FROM generate_series(1, 1000) i;
UPDATE customer SET note = 'Customer ' || id || ', ' || upper(name) || ' (' || email || '), rang from ' || phone || ' on 2024-03-05; ' || split_part(name, ' ', 2) || '''s birthday is ' || to_char(born, 'DD/MM/YYYY')
    || '. Known as ' || nick || '. Spoke to Janet Miller of canary' || (id - 70000 + 1) || '@aviary.org, card 4111 1111 1111 1111, from 81.2.69.142, see https://aviary.org/of/' || id || '. Weather was fine.';
CREATE TABLE ticket (id int PRIMARY KEY, customer_id int REFERENCES customer, body text);
INSERT INTO ticket SELECT i, 70000 + i, 'Dear Janet Miller, write to canary' || i || '@aviary.org or call +44 7712 000' || lpad(i::text, 3, '0') FROM generate_series(1, 500) i;
INSERT INTO ticket VALUES (1000, 70001, 'A canary sang. ' || repeat('x ', 600000)), (1001, NULL, ''), (1002, NULL, NULL), (1003, NULL, 'Nothing of anybody.');
CREATE TABLE clerk (id int PRIMARY KEY, first text NOT NULL, last text NOT NULL, home text NOT NULL, code text NOT NULL, alias text, country text NOT NULL);
INSERT INTO clerk SELECT i, 'Xylvester', 'Ozzycanary' || chr(97 + i % 26), 'canary Lane ' || i, 'CAN-77' || i, 'birdcanary' || i, CASE i % 2 WHEN 0 THEN 'de' ELSE 'fr' END FROM generate_series(1, 30) i;
CREATE TABLE call (id int PRIMARY KEY, ticket_id int REFERENCES ticket, clerk_id int REFERENCES clerk, said text);
INSERT INTO call SELECT t.id, t.id, l.id, l.last || ' rang ' || split_part(c.name, ' ', 2) || ' of ' || c.nick || ' (born ' || to_char(c.born, 'DD/MM/YYYY') || '); signed: ' || l.first || ' ' || l.last || ', ' || l.code || ', ' || l.home || ', ' || l.alias
    FROM ticket t JOIN customer c ON c.id = t.customer_id JOIN clerk l ON l.id = 1 + t.id % 30;
INSERT INTO call VALUES (5000, NULL, 1, 'Ozzycanaryb'), (5001, 1, NULL, 'Nobody of us');
CREATE TABLE guest (id int PRIMARY KEY, name text NOT NULL, about text NOT NULL, short name);
INSERT INTO guest VALUES (1, 'Mrs Xylia Qyara-Zyblon van Ozzyx', 'so xylia rang for a van, then ozzyx and zyblon of the qyara-zyblons'), (2, 'Ng Zyttor', 'so Ng came, and zyttor');
UPDATE guest SET short = 'a@bb.org, ' || repeat('é', 26);
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
ANALYZE;
SQL
mkdir -m 700 "$test_root/work"
cd "$test_root/work"
"$SANDSEED" key new -o shop.key --epoch one --quiet >/dev/null
cat >policy.yaml <<END
sandseed: 1
source: $(dsn source shop)
target: $(dsn target sandbox)
schema: {owners: stand-in}
output: ./out
key: {file: shop.key, sandbox: agents}
tables:
  public.customer:
    mode: pseudonymise
    subject: self
    columns:
      id: {class: key, treatment: pseudonymise, kind: integer}
      name: {class: direct-identifier, kind: person-name}
      email: {class: direct-identifier, kind: email}
      phone: {class: direct-identifier, kind: phone}
      born: {class: quasi-identifier, treatment: pseudonymise, kind: date-of-birth}
      nick: {class: direct-identifier, treatment: constant, value: nobody}
      mail_number: {class: direct-identifier, treatment: nullify}
      note: {class: free-text, treatment: redact}
      short: {class: free-text, treatment: redact}
  public.ticket:
    mode: pseudonymise
    columns:
      id: {class: key, treatment: pseudonymise, kind: integer}
      customer_id: {class: key}
      body: {class: free-text, treatment: redact}
END
cat >>policy.yaml <<'END'
  public.clerk:
    mode: pseudonymise
    subject: self
    columns:
      id: {class: key, treatment: pseudonymise, kind: integer}
      first: {class: direct-identifier, kind: given-name, locale: $country}
      last: {class: direct-identifier, kind: family-name, locale: $country}
      home: {class: direct-identifier, treatment: shape}
      code: {class: direct-identifier}
      alias: {class: direct-identifier, treatment: nullify}
      country: {class: non-personal}
  public.call:
    mode: pseudonymise
    columns:
      id: {class: key, treatment: pseudonymise, kind: integer}
      ticket_id: {class: key}
      clerk_id: {class: key}
      said: {class: free-text, treatment: redact}
  public.guest:
    mode: pseudonymise
    subject: self
    columns:
      id: {class: key, treatment: pseudonymise, kind: integer}
      name: {class: direct-identifier, kind: person-name}
      about: {class: free-text, treatment: redact}
      short: {class: free-text, treatment: redact}
END
exits 3 check policy.yaml
says "public.customer.note: a personal column that leaves with its values must be signed"
"$SANDSEED" sign policy.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
exits 0 check policy.yaml
says "public.customer.note: its texts leave, with what is found of people in them replaced: how much is not found nobody knows"
exits 0 refresh policy.yaml
says "Note: texts of 6 columns are redacted: what was not found in them of people is there"
keeps_schema out/report.json report
one() { psql_in target sandbox -c "$1"; }
none() { claim "$1" [ "$(one "SELECT count(*) FROM $2")" = 0 ]; }
claim "every row is there" [ "$(one "SELECT count(*), (SELECT count(*) FROM ticket) FROM customer")" = "1000|504" ]
note="'^Customer (\d+), ([^(]+) \(([^)]+)\), rang from (\d+) on 2024-03-05; ([^ ]+)''s birthday is (../../....)\. Known as (.*)\. Spoke to (.+) of ([^ ]+@example\....), card (4000 00\d\d \d{4} \d{4}), from ([0-9.]+), see (https://[^ ]+)\. Weather was fine\.$'"
none "what is found is replaced, the rest stays" "customer WHERE note !~ $note"
none "the row's own is what stands in its columns" "(SELECT c, regexp_match(note, $note) m FROM customer c) s WHERE m[1] <> (c).id::text OR m[2] <> upper((c).name) OR m[3] <> (c).email OR m[4] <> (c).phone::text OR m[6] <> to_char((c).born, 'DD/MM/YYYY') OR m[7] <> '***'"
none "a family name alone is that of the new name" "(SELECT c, regexp_match(note, $note) m FROM customer c) s WHERE right((c).name, length(m[5])) <> m[5]"
none "every word of a name becomes one of the new name" "guest WHERE id IN (SELECT id FROM guest WHERE about LIKE '% for a van, then %') AND about <> format('so %s rang for a van, then %s and %s of the %ss', split_part(name, ' ', 1), split_part(name, ' ', 2), split_part(name, ' ', 1), split_part(name, ' ', 1))"
none "so does one of two letters" "guest WHERE about LIKE '%came%' AND about <> format('so %s came, and %s', split_part(name, ' ', 1), split_part(name, ' ', 2))"
claim "a name is cut to the bytes that it takes" [ "$(one "SELECT count(*) FROM guest WHERE short LIKE '%éé%' AND octet_length(short) <= 63")" = 2 ]
# Of everybody to whom a way leads, through another table as well.
none "what the people have whose rows they are becomes what stands in their own table" "call JOIN ticket t ON t.id = ticket_id JOIN customer c ON c.id = t.customer_id JOIN clerk l ON l.id = clerk_id WHERE said <> format('%s rang %s of ***%s', l.last, split_part(c.name, ' ', 2), format(' (born %s); signed: %s %s, %s, ***, ***', to_char(c.born, 'DD/MM/YYYY'), l.first, l.last, l.code))"
claim "also where one of them is not there" [ "$(one "SELECT count(*) FROM call LEFT JOIN clerk l ON l.id = clerk_id WHERE (ticket_id IS NULL AND said = l.last) OR (clerk_id IS NULL AND said = 'Nobody of us')")" = 2 ]
claim "somebody else has one other name everywhere" [ "$(one "SELECT count(DISTINCT (regexp_match(note, $note))[8]), min((regexp_match(note, $note))[8]) = (SELECT min(substr(body, 6, position(', write' IN body) - 6)) FROM ticket WHERE body LIKE 'Dear%') FROM customer")" = "1|t" ]
claim "addresses of others end as theirs do" [ "$(one "SELECT count(*) > 450 FROM ticket t JOIN customer c ON right(c.email, 24) = right(substring(t.body FROM '[^ ]+@example\....'), 24) AND c.id = t.customer_id")" = t ]
none "what is too long is a shape" "ticket WHERE length(body) > 100 AND body !~ '^Dear' AND body ~ 'canary|x x x'"
claim "nothing and NULL stay, and so does a text of nobody" [ "$(one "SELECT count(*) FILTER (WHERE body = ''), count(*) FILTER (WHERE body IS NULL), count(*) FILTER (WHERE body = 'Nothing of anybody.') FROM ticket")" = "1|1|1" ]
claim "dates of the row in a short column" [ "$(one "SELECT count(*) FROM customer WHERE short <> 'born 1950-12-04'")" = 1 ]
"$(pg_bin)"/pg_dump -d "$(dsn target sandbox)" --data-only >dump
for bird in canary aviary xylia zyttor zyblon Xanthe XANTHE Zzyzx birdie 'Janet Miller' 81.2.69 '4111 1111' 44771200; do
    claim "nothing of the source is in the sandbox: $bird" sh -c "! grep -qF -- '$bird' dump"
done
python3 - out/report.json <<'PY'
import json, sys
r = json.load(open(sys.argv[1]))
c = {(t["table"], c["name"]): c for t in r["tables"] for c in t["columns"]}
assert c["public.ticket", "body"]["treatment"] == "redact" and c["public.ticket", "body"]["fallbacks"] == 1, c["public.ticket", "body"]
assert sum("its texts leave" in w["text"] for w in r["warnings"]) == 6, r["warnings"]
PY
before=$(one "SELECT md5(string_agg(c::text, '' ORDER BY id)), (SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM ticket t) FROM customer c")
exits 0 refresh policy.yaml --jobs 1
claim "the same text becomes the same the next time" [ "$(one "SELECT md5(string_agg(c::text, '' ORDER BY id)), (SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM ticket t) FROM customer c")" = "$before" ]

# --- what cannot be
sed 's/born: .*/born: {class: quasi-identifier, treatment: redact}/; s/short: .*/short: {class: direct-identifier, treatment: redact}/' policy.yaml >other.yaml
exits 3 check other.yaml
says "public.customer.born: redact is for class free-text"
sed 's/born: .*/born: {class: free-text, treatment: redact}/' policy.yaml >other.yaml
exits 3 check other.yaml
says "public.customer.born: redact: it takes text"
sed 's/short: .*/short: {class: free-text, kind: person-name, locale: tlh, treatment: redact}/' policy.yaml >other.yaml
exits 3 check other.yaml
says 'public.customer.short: redact: there is no locale "tlh"'

# --- a role that reads what the policy needs and nothing else
psql_in source shop -c "REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM reader"
sed "s|^source: .*|source: $(dsn source shop) user=reader\nschema_source: $(dsn source shop)|" policy.yaml >narrow.yaml
"$SANDSEED" sign narrow.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
"$SANDSEED" plan narrow.yaml --grants reader --quiet | psql_in source shop -o /dev/null
claim "the role reads what is looked for, though it is nullified" [ "$(psql_in source shop -c "SELECT has_table_privilege('reader', 'customer', 'SELECT'), has_column_privilege('reader', 'customer', 'mail_number', 'SELECT')")" = "f|t" ]
exits 0 refresh narrow.yaml
