#!/bin/bash
# What XML holds: of documents that were made with known shares, fit tells elements, attributes and texts, how many of one name there
# are and which go together, within standard errors; and nothing that fewer than k people have.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
psql_in source made -c "
CREATE TABLE person (id int PRIMARY KEY);
CREATE TABLE letter (id bigint PRIMARY KEY, person_id int NOT NULL REFERENCES person, page xml, pair xml[], secret xml);
CREATE FUNCTION h(i bigint, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
CREATE FUNCTION u(i bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT (h(i, salt) % 1000000) / 1000000.0';
INSERT INTO person SELECT generate_series(1, 2000);
-- 70 % orders, 20 % notes with a text of their own, 5 % with a document type and 5 % that are too long
INSERT INTO letter SELECT i, 1 + i % 1900,
    CASE WHEN u(i, 1) < .7 THEN '<?xml version=\"1.0\" standalone=\"yes\"?><o:order xmlns:o=\"urn:o\" state=\"' || (ARRAY['open', 'paid', 'a &amp; b'])[1 + h(i, 2) % 3] || '\"><!-- rarecomment --><o:lines>' ||
            repeat('<line sku=\"' || (ARRAY['apple', 'fig'])[1 + h(i, 3) % 2] || '\">one</line>', 1 + (h(i, 4) % 3)::int) || '</o:lines>' ||
            CASE WHEN u(i, 5) < .25 THEN '<gift/>' ELSE '' END || '<code>ORD-' || 1000 + h(i, 6) % 9000 || '</code>
            </o:order>'
         WHEN u(i, 1) < .9 THEN '<note>read <b>' || CASE WHEN u(i, 7) < .5 THEN 'me' ELSE '<![CDATA[<you>]]>' END || '</b> soon</note>'
         WHEN u(i, 1) < .95 THEN '<!DOCTYPE note [<!ENTITY rareentity \"rareentitytext\">]><note>&rareentity;</note>'
         ELSE '<note>' || repeat('longest', 700) || '</note>' END::xml,
    ARRAY['<p>x</p>', NULL, 'bare']::xml[], '<rarest/>'::xml
FROM generate_series(1, 6000) AS i;
-- ten people have what nobody else has, and one person something else three thousand times
INSERT INTO letter SELECT 20000 + i, 1991 + i % 10, ('<o:order xmlns:o=\"urn:o\" state=\"tenstate\" tenattribute=\"1\"><o:lines><line sku=\"tensku\">tentext</line><line/><line/><line/></o:lines><tenelement/></o:order>')::xml,
    ARRAY['<tenroot/>']::xml[], '<rarest/>'::xml FROM generate_series(1, 100) AS i;
INSERT INTO letter SELECT 40000 + i, 1901, ('<note onekey' || i || '=\"onevalue\"><b>oneword</b></note>')::xml, ARRAY['<p>onetext</p>']::xml[], '<rarest/>'::xml FROM generate_series(1, 3000) AS i;
ANALYZE" >/dev/null || fail "the source"
cat >"$test_root/policy.yaml" <<YAML
sandseed: 1
source: $(dsn source made)
target: cluster:$test_root/sandbox
output: $test_root/out
require_signoff: none
tables:
  public.person:
    mode: synthesise
    subject: self
    columns:
      id: {class: key}
  public.letter:
    mode: synthesise
    subject: person_id
    columns:
      id: {class: key}
      person_id: {class: key}
      page: {class: quasi-identifier}
      pair: {class: non-personal}
      secret: {class: free-text}
YAML
fit() { "$SANDSEED" fit "$test_root/policy.yaml" -o "$test_root/$1" --allow-privileged-source --seed 7 --quiet "${@:2}" >/dev/null 2>"$test_root/err" || fail "fit: $(cat "$test_root/err")"; }
fit model --jobs 1
claim "the model keeps its schema" keeps_schema "$test_root/model/model.json" model

python3 - "$test_root/model/model.json" <<'PY' || fail "documents are not what was made"
import json, math, sys
columns = {c['name']: c.get('habits', {}) for t in json.load(open(sys.argv[1]))['tables'] for c in t['columns'] if t['name'] == 'letter'}
nodes = {c: {(n['path'], n['type']): n for n in h.get('document', ())} for c, h in columns.items()}
page, pair = nodes['page'], nodes['pair']
READ = 5000  # rows of the sample at least
def cells(told): return dict(map(tuple, told['cells']))
def values(node): return dict(map(tuple, node['marginal'].get('values', ())))
def near(found, p, n=READ): return abs(found - p) < 4 * math.sqrt(p * (1 - p) / n) + .004
def check(what, ok, *why):
    print(('ok: ' if ok else 'NOT: ') + what, *(() if ok else why))
    return ok
def check_all():
    order = page['$."o:order"', 'object']
    state = values(page['$."o:order"."@state"', 'string'])
    orders = sum(state.values())  # but for ten people's
    yield 'attributes', set(state) == {'open', 'paid', 'a & b'} and all(near(n / orders, 1 / 3, READ * .6) for n in state.values()), state
    yield 'namespaces as they are written', values(page['$."o:order"."@xmlns:o"', 'string']).keys() == {'urn:o'}, sorted(page)
    one, many = page['$."o:order"."o:lines".line', 'object'], page['$."o:order"."o:lines".line', 'array']
    yield 'one element of a name is itself', near(one['count'] / orders, 1 / 3, READ * .6), one['count']
    sizes = cells(many['sizes'])
    yield 'more are a list', set(sizes) == {2, 3} and all(near(n / orders, 1 / 3, READ * .6) for n in sizes.values()), sizes
    yield 'of what they are', ('$."o:order"."o:lines".line[*]', 'object') in page and ('$."o:order"."o:lines".line[*]."@sku"', 'string') not in page, sorted(page)
    skus = values(page['$."o:order"."o:lines".line."@sku"', 'string'])
    yield 'four names deep', set(skus) == {'apple', 'fig'} and all(near(n / one['count'], .5, READ * .2) for n in skus.values()), skus
    yield 'texts beside attributes', values(page['$."o:order"."o:lines".line."#text"', 'string']).keys() == {'one'}
    code = page['$."o:order".code', 'string']
    yield 'elements that are texts alone', cells(code['habits']['templates']).keys() == {'ORD-9999'}, code
    gift = page['$."o:order".gift', 'string']
    yield 'empty elements', near(gift['count'] / orders, .25, READ * .6) and values(gift).keys() == {''}, gift
    yield 'which elements go together', len(order['variants']['cells']) == 2, order['variants']
    words = values(page['$.note.b', 'string'])
    yield 'CDATA is text', set(words) == {'me', '<you>'} and all(near(n / sum(words.values()), .5, READ * .2) for n in words.values()), words
    yield 'text around elements', values(page['$.note."#text"', 'string']).keys() == {'read  soon'}, page['$.note."#text"', 'string']
    unread = cells(columns['page']['unread'])
    yield 'what cannot be read: document types, and what is long', near(unread[1] / 6000, .1), unread
    yield 'XML in arrays', values(pair['$[*].p', 'string']).keys() == {'x'} and values(pair['$[*]', 'string']).keys() == {'bare'} and ('$[*]', 'null') in pair, sorted(pair)
    yield 'nothing of what is not learnt', columns['secret'] == {}
sys.exit(not all([check(*c) for c in check_all()]))
PY
claim "what ten people have is nowhere in it, nor what one has three thousand times, nor what nobody could name" \
    bash -c "! grep -qE 'tenstate|tenattr|tensku|tentext|tenelem|tenroot|onekey|oneval|oneword|onetext|rare|longest' '$test_root/model/model.json'"

# --- a program apart from fit
cat >"$test_root/ways.json" <<'JSON'
{"public.person": {"ways": [{"name": "person", "subject": "t.id"}]},
 "public.letter": {"ways": [{"name": "person", "subject": "t.person_id", "columns": ["person_id"]}]}}
JSON
proof() { python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model "$1" --source "$(dsn source made)" --ways "$test_root/ways.json" >"$test_root/proved"; }
proved() { proof "$1" || { tail -20 "$test_root/proved" >&2; return 1; }; }
claim "everything told of them has k people behind it" proved "$test_root/model"
# what is told of one person, or of ten
python3 - "$test_root/model/model.json" "$test_root/tampered" <<'PY'
import json, os, sys
model = json.load(open(sys.argv[1]))
nodes = {(c['name'], n['path'], n['type']): n for t in model['tables'] for c in t['columns'] for n in c.get('habits', {}).get('document', ())}
habits = {c['name']: c['habits'] for t in model['tables'] for c in t['columns'] if 'habits' in c}
def put(cells, value):
    cells.append([value, 10])
    cells.sort()
def tell(column, path, value): put(nodes[column, path, 'string']['marginal'].setdefault('values', []), value)
tell('page', '$."o:order"."@state"', 'tenstate')
tell('page', '$.note.b', 'oneword')
put(nodes['page', '$."o:order"."o:lines".line', 'array']['sizes']['cells'], 4)
put(habits['page']['paths']['cells'], '$."o:order".tenelement string')
order = nodes['page', '$."o:order"', 'object']
put(order['variants']['cells'], 1)
tell('pair', '$[*].p', 'onetext')
os.makedirs(sys.argv[2])
json.dump(model, open(os.path.join(sys.argv[2], 'model.json'), 'w'))
PY
! proof "$test_root/tampered" || fail "the proof passes what was tampered with"
while read -r leak; do
    claim "and it sees otherwise: $leak" grep -qE "^LEAK: public.letter, column $leak" "$test_root/proved"
done <<'LEAKS'
page, habits, \$."o:order"."@state" string, values
page, habits, \$.note.b string, values
page, habits, \$."o:order"."o:lines".line array, sizes
page, habits, paths
page, habits, \$."o:order" object, variants
pair, habits, \$\[\*\].p string, values
LEAKS

# --- the same bytes
psql_in source made -c "CREATE TABLE other AS SELECT * FROM letter ORDER BY h(id, 99); TRUNCATE letter; INSERT INTO letter SELECT * FROM other; DROP TABLE other; ANALYZE" >/dev/null
fit shuffled --jobs 4
claim "the same in any order of rows, at any number of jobs" cmp "$test_root/model/model.json" "$test_root/shuffled/model.json"

# --- inspect
"$SANDSEED" inspect "$test_root/model" >"$test_root/page" || fail "inspect"
tr -s ' \n' ' ' <"$test_root/page" >"$test_root/words"
claim "inspect says at how many places, and what goes together" grep -q 'values at [0-9]* places; .*2 sets of keys at \$."o:order"' "$test_root/words"
