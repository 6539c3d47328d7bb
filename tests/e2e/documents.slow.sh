#!/bin/bash
# Documents of pseudonymise tables, path by path: JSON, hstore, XML, arrays and composites; what stands in them joins with columns, agrees
# with the row's own columns, and keeps its type; a path that nobody named stops the run before anything is published; documents
# that are broken, deep or odd do no harm; no identifier of the source is in the sandbox.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source shop
psql_in source shop -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
CREATE EXTENSION hstore;
CREATE TYPE address AS (street text, city varchar(20), since date, notes jsonb);
CREATE TYPE place AS (label text, at address, tags text[]);
CREATE TABLE customer (id int PRIMARY KEY, uid uuid NOT NULL UNIQUE, email text NOT NULL UNIQUE, name text NOT NULL, born date);
CREATE TABLE event (id bigint PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, at date, payload jsonb CHECK (jsonb_typeof(payload) = 'object'), raw json, attrs hstore, doc xml,
    mails text[], grid int[], home address, places place[], logs jsonb[]);
CREATE TABLE odd (id int PRIMARY KEY, j json, x xml);
INSERT INTO customer SELECT i, md5(i::text)::uuid, 'jane' || i || '@canary.org', 'Jane Canary' || i, date '1950-03-07' + i FROM generate_series(1, 2000) i;
INSERT INTO event SELECT i, c.id, date '2024-01-31' + i % 300,
    jsonb_build_object('customer_id', c.id, 'text_id', c.id::text, 'uid', c.uid, 'email', c.email, 'name', c.name, 'born', c.born, 'amount', 10 * c.id + 7.25,
        'seen', '2024-05-17T13:14:15.123456789+02:00', 'exact', 12345678901234567890.1, 'ok', i % 2 = 0, 'nothing', NULL, 'empty', '{}'::jsonb, 'none', '[]'::jsonb,
        'ünï "code"', 'Canary ' || i, 'items', jsonb_build_array(jsonb_build_object('sku', 'S-' || i % 7, 'to', jsonb_build_array(c.email, c.email)), jsonb_build_object('sku', 'S-1', 'to', '[]'::jsonb)),
        'scores', jsonb_build_object(c.email, i % 10, 'x' || c.email, 3), 'deep', jsonb_build_object('a', jsonb_build_object('email', c.email, 'b', jsonb_build_array(c.name))), 'secret', jsonb_build_object('token', 'canary-token', 'more', '[1, {"x": "canary"}]'::jsonb),
        'mixed', CASE i % 3 WHEN 0 THEN to_jsonb('call Jane Canary'::text) WHEN 1 THEN to_jsonb(271828) ELSE 'true'::jsonb END),
    format('{ "id" : %s, "id": "%s", "e\u006dail": "j\u0061ne%s@canary.org", "n": 1.50e2, "keep": 0.10 }', c.id, c.id, c.id)::json,
    hstore(ARRAY['email', c.email, 'na"me', c.name, 'gone', NULL, 'plan', 'pro']),
    format('<?xml version="1.0"?><!-- %s --><order no="%s"><buyer mail="%s">%s</buyer> and <buyer mail="x"><![CDATA[%s]]></buyer><plan>a &lt; b</plan><hidden a="%s"><b>%s</b>%s</hidden></order>', c.email, c.id, c.email, c.name, c.name, c.name, c.name, c.name)::xml,
    ARRAY[[c.email, NULL], ['other' || i || '@canary.org', '']], ARRAY[c.id, NULL, 0], ROW('12 "Canary" Walk, ' || i, 'Canaryville', date '1999-01-02', jsonb_build_object('by', c.name))::address,
    ARRAY[ROW('home', ROW('Canary (' || i || ')', 'Canaryville', NULL, NULL)::address, ARRAY['x,y', 'Jane "Canary"'])::place, NULL], ARRAY[jsonb_build_object('who', c.email), 'null'::jsonb]
    FROM generate_series(1, 4000) i JOIN customer c ON c.id = 1 + i % 2000;
INSERT INTO odd VALUES (1, '"canary"', 'canary only'), (2, '[1, [2, [3, "canary"]], {"a": {"b": "canary"}}]', NULL), (3, '12345678901234567890123456789.5', '<a/>'), (4, 'null', ''), (5, ' { "a" : [ ] } ', '<a>x<b c="canary">canary</b>y</a>'),
    (6, (repeat('[', 3000) || '"canary"' || repeat(']', 3000))::json, '<a>&amp;canary&#x41;</a>'), (7, '{"a": "\ud800 canary \u0000", "canary\\key": true, "a": "twice canary"}', '<?canary pi?><a xmlns:n="urn:canary"><n:b/></a>'),
    (8, '1e400', NULL), (9, '-0', NULL), (10, '{"": "canary", "\"": "canary"}', '<!DOCTYPE a [<!ENTITY e "canary">]><a>&e;</a>'), (11, (SELECT json_agg(json_build_object('a', 'canary' || i)) FROM generate_series(1, 30000) i), NULL);
ANALYZE;
SQL
mkdir -m 700 "$test_root/work"
cd "$test_root/work"
"$SANDSEED" key new -o shop.key --quiet >/dev/null
cat >shop.yaml <<END
sandseed: 1
source: $(dsn source shop)
target: $(dsn target shop)
output: ./out
key: {file: shop.key, sandbox: tests}
links:
  mail: [public.customer.email, 'public.event.payload:\$.email', 'public.event.payload:\$.items[*].to[*]', 'public.event.payload:\$.scores.keyvalue().key', 'public.event.payload:\$.deep.a.email',
         'public.event.raw:\$.**.email', 'public.event.attrs:\$.email', 'public.event.doc:\$.order.buyer.@mail', 'public.event.mails:\$[*]', 'public.event.logs:\$[*].who']
  id: [public.customer.id, 'public.event.payload:\$.customer_id', 'public.event.payload:\$.text_id', 'public.event.raw:\$.id', 'public.event.grid:\$[*]', 'public.event.doc:\$.order.@no']
  uid: [public.customer.uid, 'public.event.payload:\$.uid']
tables:
  public.customer:
    mode: pseudonymise
    subject: self
    columns:
      id: {class: key}
      uid: {class: key}
      email: {class: direct-identifier, kind: email}
      name: {class: direct-identifier, kind: person-name}
      born: {class: quasi-identifier, treatment: pseudonymise, kind: date-of-birth}
  public.event:
    mode: pseudonymise
    columns:
      id: {class: key}
      customer_id: {class: key}
      at: {class: quasi-identifier, treatment: pseudonymise, kind: date-shift}
      payload:
        paths:
          \$.customer_id: {class: key}
          \$.text_id: {class: key}
          \$.uid: {class: key}
          \$.email: {class: direct-identifier, kind: email}
          \$.name: {class: direct-identifier, kind: person-name}
          \$.born: {class: quasi-identifier, kind: date-of-birth}
          \$.amount: {class: quasi-identifier, treatment: generalise, to: 10}
          \$.seen: {class: quasi-identifier, treatment: pseudonymise, kind: date-shift}
          \$.exact: {class: non-personal}
          \$.ok: {class: non-personal}
          \$.nothing: {class: free-text}
          \$.empty.x: {class: non-personal}
          \$.none[*]: {class: non-personal}
          '\$."ünï ""code"""': {class: free-text}
          \$.items[*].sku: {class: non-personal, treatment: keep}
          \$.items[*].to[*]: {class: direct-identifier, kind: email}
          \$.scores.*: {class: non-personal}
          \$.scores.keyvalue().key: {class: direct-identifier, kind: email}
          \$.deep.**: {class: free-text}
          \$.deep.**.keyvalue().key: {class: non-personal}
          \$.deep.a.email: {class: direct-identifier, kind: email}
          \$.secret: {class: secret}
          \$.mixed: {class: free-text}
      raw:
        paths: {\$.id: {class: key}, \$.**.email: {class: direct-identifier, kind: email}, \$.**.keyvalue().key: {class: non-personal}, \$.n: {class: quasi-identifier, treatment: generalise, to: 100}, \$.keep: {class: non-personal}}
      attrs:
        paths:
          \$.email: {class: direct-identifier, kind: email}
          '\$."na""me"': {class: direct-identifier, kind: person-name}
          \$.gone: {class: non-personal}
          \$.plan: {class: non-personal}
      doc:
        paths:
          \$.order.@no: {class: key}
          \$.order.buyer: {class: direct-identifier, kind: person-name}
          \$.order.buyer.@mail: {class: direct-identifier, kind: email}
          \$.order: {class: non-personal}
          \$.order.plan: {class: non-personal}
          \$.order.hidden: {class: special-category}
      mails: {paths: {'\$[*]': {class: direct-identifier, kind: email}}}
      grid: {paths: {'\$[*]': {class: key}}}
      home:
        paths:
          \$.street: {class: direct-identifier, kind: street-address}
          \$.city: {class: quasi-identifier, treatment: pseudonymise, kind: city}
          \$.since: {class: quasi-identifier}
          \$.notes.by: {class: direct-identifier, kind: person-name}
      places:
        paths:
          '\$[*].label': {class: non-personal}
          '\$[*].at': {class: special-category}
          '\$[*].tags[*]': {class: free-text}
      logs: {paths: {'\$[*].who': {class: direct-identifier, kind: email}}}
  public.odd:
    mode: pseudonymise
    subject: none
    why: a test
    columns:
      id: {class: non-personal}
      j: {paths: {\$.**: {class: free-text}, \$.**.keyvalue().key: {class: quasi-identifier, treatment: pseudonymise, kind: code}}}
      x: {paths: {\$.**: {class: free-text}, \$.**.keyvalue().key: {class: non-personal}}}
END
"$SANDSEED" sign shop.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
exits 0 check shop.yaml --allow-privileged-source
exits 0 refresh shop.yaml

one() { psql_in target shop -c "$1"; }
none() { claim "$1" [ "$(one "SELECT count(*) FROM $2")" = 0 ]; }
dump_of() { "$(pg_bin)"/pg_dump -d "$(dsn target shop)" --data-only | grep -v '^\\\\'; }

# --- what is whose
claim "every row is there" [ "$(one 'SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM odd)')" = "4000|11" ]
none "numbers and texts of a linked id are the column's" "event WHERE payload->'customer_id' IS DISTINCT FROM to_jsonb(customer_id) OR payload->'text_id' IS DISTINCT FROM to_jsonb(customer_id::text) OR raw->>'id' <> customer_id::text OR grid <> ARRAY[customer_id, NULL, 0]"
none "and in XML" "event WHERE (xpath('/order/@no', doc))[1]::text <> customer_id::text"
none "uuids likewise" "event e JOIN customer c ON c.id = customer_id WHERE payload->>'uid' <> c.uid::text"
none "linked addresses are the person's, as values and as keys" "event e JOIN customer c ON c.id = customer_id WHERE c.email <> ALL (ARRAY[payload->>'email', payload#>>'{items,0,to,0}', payload#>>'{items,0,to,1}', payload#>>'{deep,a,email}', raw->>'email', attrs->'email', (xpath('/order/buyer/@mail', doc))[1]::text, mails[1][1], logs[1]->>'who']) OR NOT payload->'scores' ? c.email"
none "names are the person's own everywhere" "event e JOIN customer c ON c.id = customer_id WHERE c.name <> ALL (ARRAY[payload->>'name', attrs->'na\"me', (xpath('/order/buyer/text()', doc))[1]::text, (xpath('/order/buyer/text()', doc))[2]::text, (home).notes->>'by'])"

# --- types and forms stay
none "numbers stay numbers, and exact" "event WHERE payload->>'exact' <> '12345678901234567890.1' OR jsonb_typeof(payload->'amount') <> 'number' OR (payload->>'amount')::numeric % 10 <> 0 OR raw->>'keep' <> '0.10' OR raw->>'n' <> '100'"
claim "numbers without a form are not as they were" [ "$(one "SELECT count(*) < 5 FROM event WHERE payload->>'mixed' = '271828'")" = t ]
none "each type of a mixed place stays" "event WHERE jsonb_typeof(payload->'mixed') NOT IN ('string', 'number', 'boolean')"
claim "all three of them" [ "$(one "SELECT count(DISTINCT jsonb_typeof(payload->'mixed')) FROM event")" = 3 ]
none "days in texts are days, moments keep their zone" "event WHERE payload->>'born' !~ '^[0-9]{4}-01-01\$' OR payload->>'seen' !~ '^202[34]-[0-9]{2}-[0-9]{2}T13:14:15.123456\+02:00\$'"
none "days of one person are moved alike" "event a JOIN event b ON a.customer_id = b.customer_id WHERE a.payload->>'seen' <> b.payload->>'seen'"
none "what holds nothing stays" "event WHERE payload->'nothing' <> 'null' OR payload->'empty' <> '{}' OR payload->'none' <> '[]' OR payload->'secret' <> 'null' OR attrs->'gone' IS NOT NULL OR mails[2][2] <> '' OR mails[1][2] IS NOT NULL OR grid[2] IS NOT NULL OR places[2] IS NOT NULL OR (places[1]).at IS NOT NULL"
none "what is kept stays" "event WHERE attrs->'plan' <> 'pro' OR (places[1]).label <> 'home' OR (xpath('/order/plan/text()', doc))[1]::text <> 'a &lt; b' OR payload#>>'{items,1,sku}' <> 'S-1'"
none "secrets and comments are gone from XML" "event WHERE doc::text LIKE '%<!--%' OR xpath_exists('/order/hidden/b', doc) OR xpath_exists('/order/hidden/@a', doc)"
none "composites are treated field by field" "event WHERE (home).since <> date '1999-01-01' OR (home).city = 'Canaryville' OR (home).street = ''"
claim "keys stay apart" [ "$(one "SELECT count(*) FROM event WHERE (SELECT count(*) FROM jsonb_object_keys(payload->'scores')) = 2")" = 4000 ]
claim "duplicate keys, deep and broken documents, numbers beyond reach" [ "$(one "SELECT j::text FROM odd WHERE id IN (4, 6, 9) ORDER BY id" | tr '\n' ' ')" = "null [] 0 " ]
claim "and large ones" [ "$(one "SELECT json_array_length(j) FROM odd WHERE id = 11")" = 30000 ]
claim "a document type makes it one that cannot be read" [ "$(one "SELECT x::text FROM odd WHERE id = 10")" = "<x/>" ]
dump_of >dump
claim "nothing of the source is in the sandbox" [ "$(grep -ci 'canary\|jane[0-9@]' dump)" = 0 ]

# --- the same key, the same documents
sums() { one "SELECT (SELECT md5(string_agg(e::text, '|' ORDER BY id)) FROM event e), (SELECT md5(string_agg(o::text, '|' ORDER BY id)) FROM odd o)"; }
before=$(sums)
exits 0 refresh shop.yaml --jobs 3
claim "the same again by another number of jobs" [ "$(sums)" = "$before" ]

# --- a path that nobody named
refused()
{
    psql_in source shop -o /dev/null -c "$1"
    exits 3 refresh shop.yaml
    claim "$2" grep -q -- "$3" "$test_root/out"
    claim "and no value and no key of the source is told" [ "$(grep -ci 'canary\|jane' "$test_root/out")" = 0 ]
    claim "and nothing is published" [ "$(sums)" = "$before" ]
    psql_in source shop -o /dev/null -c "$4"
}
refused "UPDATE event SET payload = payload || '{\"jane@canary.org\": null}' WHERE id = 3999" "an unknown key ends the run" 'public.event.payload' "UPDATE event SET payload = payload - 'jane@canary.org' WHERE id = 3999"
refused "UPDATE event SET payload = jsonb_set(payload, '{items,0,name}', '1') WHERE id = 7" "so does one below a list, and is named where the policy knows the name" '\$.items\[\*\].name' "UPDATE event SET payload = payload #- '{items,0,name}' WHERE id = 7"
refused "UPDATE event SET payload = jsonb_set(payload, '{name}', '[\"Jane\"]') WHERE id = 7" "a list where a text was" '\$.name\[\*\]' "UPDATE event SET payload = jsonb_set(payload, '{name}', '\"Jane\"') WHERE id = 7"
refused "UPDATE event SET payload = jsonb_set(payload, '{items,0}', '\"Jane\"') WHERE id = 7" "a text where an object was" '\$.items\[\*\]' "UPDATE event SET payload = jsonb_set(payload, '{items,0}', '{}') WHERE id = 7"
refused "UPDATE event SET attrs = attrs || hstore('jane', 'x') WHERE id = 7" "in hstore" 'public.event.attrs' "UPDATE event SET attrs = attrs - 'jane'::text WHERE id = 7"
refused "UPDATE event SET doc = '<order jane=\"1\"/>' WHERE id = 7" "in XML" '\$.order' "UPDATE event SET doc = NULL WHERE id = 7"
refused "UPDATE event SET logs = ARRAY['{\"jane\": 1}'::jsonb] WHERE id = 7" "in JSON in arrays" 'public.event.logs' "UPDATE event SET logs = NULL WHERE id = 7"

# --- what plan proposes runs
createdb_in source notes
psql_in source notes -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
CREATE EXTENSION hstore;
CREATE TYPE address AS (street text, city varchar(20), born date, floor int, name text, gone text);
CREATE TABLE patient (id int PRIMARY KEY, email text, full_name text, contact jsonb, attrs hstore, form xml, mails text[], log jsonb, extra json, home address);
INSERT INTO patient SELECT i, 'jane' || i || '@canary.org', 'Jane Canary', jsonb_build_object('email', 'jane' || i || '@canary.org', 'full_name', 'Jane Canary', 'phone', '+44 7911 12' || lpad(i::text, 4, '0'), 'born', date '1950-01-01' + i, 'password', 'canary', 'diagnosis', 'canary fever',
    'nickname', NULL, 'visits', jsonb_build_array(jsonb_build_object('at', '2024-01-01', 'note', 'Canary sang for quite a while, and then some more'))), hstore('email', 'jane' || i || '@canary.org'), xmlelement(name form, xmlattributes('jane' || i || '@canary.org' AS email), xmlelement(name full_name, 'Jane Canary')),
    ARRAY['jane' || i || '@canary.org'], jsonb_build_object('jane' || i || '@canary.org', 1), '{"a": 1}', ROW('12 Canary Walk', 'Canaryville', date '2001-02-03' + i, i % 5, 'Jane Canary', NULL)::address FROM generate_series(1, 500) i;
ANALYZE;
SQL
policy_for source notes "$(dsn target notes)" pseudonymise notes.yaml
claim "plan names the paths of documents" [ "$(grep -c '^          "\$' notes.yaml)" = 20 ]
claim "but where keys are data" grep -q '^      log: .*treatment: shape' notes.yaml
"$SANDSEED" key new -o notes.key --quiet >/dev/null
"$SANDSEED" sign notes.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
exits 0 refresh notes.yaml
claim "and that runs" [ "$(psql_in target notes -c "SELECT count(*), count(DISTINCT contact->>'email'), count(DISTINCT mails[1]), bool_and(contact->'password' = 'null' AND contact->>'full_name' = full_name) FROM patient")" = "500|500|500|t" ]
claim "without a trace of the source" [ "$("$(pg_bin)"/pg_dump -d "$(dsn target notes)" --data-only | grep -ci 'canary\|jane[0-9@]\|7911 12')" = 0 ]
python3 - sandseed-out/report.json <<'PY'
import json, sys
columns = [t for t in json.load(open(sys.argv[1]))["tables"] if t["table"] == "public.patient"][0]["columns"]
paths = {p["path"]: p for p in [c for c in columns if c["name"] == "contact"][0]["paths"]}
assert paths["$.email"]["values"] == 500 and paths["$.email"]["fallbacks"] == 0, paths["$.email"]
assert paths["$.password"]["treatment"] == "nullify" and paths["$.born"]["treatment"] == "generalise", paths
print("ok: the report counts each path")
PY
"$SANDSEED" inspect notes.yaml >page 2>/dev/null
claim "the officer's page tells of each path" grep -q '^   public.patient.contact:\$.email: direct-identifier, pseudonymise (email)' page
claim "and counts them" grep -q '10 columns and 20 paths of documents' page

# --- what check refuses
columns="id email full_name contact attrs form mails log extra home"
# wrong EXIT WHAT PATHS OF-COLUMN TEXT: a policy with these paths for a column
wrong()
{
    {
        sed '/^tables:/,$d' notes.yaml
        printf 'tables:\n  public.patient:\n    mode: %s\n    subject: self\n    columns:\n' "${6:-pseudonymise}"
        for column in $columns; do
            if [ "$column" = "$4" ]; then
                printf '      %s: {paths: %s}\n' "$column" "$3"
            else
                printf '      %s: {class: free-text, treatment: shape}\n' "$column"
            fi
        done
    } | sed 's/      id: .*/      id: {class: key}/' >wrong.yaml
    exits "$1" check wrong.yaml
    claim "$2" grep -q -- "$5" "$test_root/out"
}
wrong 3 "undecided paths stop" '{$.a: {class: undecided}}' extra 'undecided *public.patient.extra:\$.a'
claim "and their column is counted" grep -q '1 of them is undecided' "$test_root/out"
"$SANDSEED" inspect wrong.yaml >page 2>/dev/null
claim "by the officer's page, too" grep -q ' 1 undecided;' page
wrong 3 "keys that are data want a word" '{$.*: {class: free-text}}' log 'undecided *public.patient.log:\$.keyvalue().key'
wrong 3 "and one that keeps them apart" '{$.*: {class: free-text}, $.keyvalue().key: {class: direct-identifier, kind: person-name}}' log 'two keys of an object might become one'
wrong 3 "or reveals nothing" '{$.*: {class: free-text}, $.keyvalue().key: {class: free-text}}' log 'keys take keep and pseudonymise'
wrong 3 "names of XML stay" '{$.form.*: {class: free-text}, $.form.keyvalue().key: {class: key}}' form 'names of XML cannot be replaced'
wrong 3 "what is personal and leaves is signed" '{$.a: {class: direct-identifier, treatment: keep}}' extra 'unsigned *public.patient.extra'
wrong 3 "also what looks it by its name" '{$.email: {class: non-personal}}' attrs 'personal-keep *public.patient.attrs:\$.email'
wrong 3 "a kind that nothing there has" '{$.a: {class: direct-identifier, kind: no-such}}' extra 'there is no kind of pseudonym "no-such"'
wrong 3 "or that takes another type" '{"$[*]": {class: direct-identifier, kind: date-of-birth, treatment: pseudonymise}}' mails 'kind date-of-birth: it takes dates'
wrong 1 "two that disagree" '{$.a.*: {class: free-text}, $.a.keyvalue().key: {class: non-personal}, $.*.b: {class: non-personal}, $.keyvalue().key: {class: non-personal}}' extra 'are as special, and disagree'
wrong 0 "but not where the path that both mean is named" '{$.a.*: {class: free-text}, $.a.keyvalue().key: {class: non-personal}, $.*.b: {class: non-personal}, $.keyvalue().key: {class: non-personal}, $.a.b: {class: free-text}}' extra 'A refresh may begin'
wrong 1 "what is no path" '{"$.a[0]": {class: free-text}}' extra 'is no path: of a list only'
wrong 3 "one that leads nowhere" '{$.a: {class: free-text}}' mails 'no value of the type text\[\] stands there'
wrong 1 "of what is no document" '{$.a: {class: free-text}}' email 'paths: is for JSON, hstore'
wrong 3 "in a table that is made" '{$.a: {class: free-text}}' extra 'goes with mode: pseudonymise' synthesise
"$SANDSEED" sign notes.yaml --by test --why "a test" --quiet public.patient.contact >/dev/null
exits 0 check notes.yaml
sed 's/\("\$.diagnosis": {class: special-category\)/\1, treatment: keep/' notes.yaml >changed.yaml
exits 3 check changed.yaml
claim "a signature covers what is said of paths" grep -q 'public.patient.contact: the signature no longer covers the column' "$test_root/out"

# --- elements whose domain is NOT NULL
psql_in source notes -o /dev/null -c "CREATE DOMAIN code AS text NOT NULL" -c "ALTER TABLE patient ADD COLUMN codes code[] DEFAULT '{canary}'"
columns+=" codes"
wrong 3 "elements that must not be NULL cannot be nullified" '{"$[*]": {class: secret, treatment: nullify}}' codes 'the domain of the elements is NOT NULL'
wrong 0 "and are not by default" '{"$[*]": {class: secret}}' codes 'A refresh may begin'
exits 0 refresh wrong.yaml
claim "they get a shape" [ "$(psql_in target notes -c "SELECT count(*) FROM patient WHERE codes[1] <> '' AND codes[1] <> 'canary'")" = 500 ]
