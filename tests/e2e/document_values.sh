#!/bin/bash
# What documents hold: of a table that was made with known shares, fit tells each place of JSON and hstore, what stands there, which
# keys go together and what decides that, within standard errors; and nothing that fewer than k people have.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
psql_in source made -c "
CREATE EXTENSION hstore;
CREATE TABLE person (id int PRIMARY KEY);
CREATE TYPE size AS (width int, unit text);
CREATE TYPE parcel AS (label text, weight numeric(8,3), fragile boolean, sizes size[], at date);
CREATE TABLE event (id bigint PRIMARY KEY, person_id int NOT NULL REFERENCES person, doc jsonb, raw json, attrs hstore, secret jsonb, box parcel, grid int[]);
CREATE FUNCTION h(i bigint, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
CREATE FUNCTION u(i bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT (h(i, salt) % 1000000) / 1000000.0';
INSERT INTO person SELECT generate_series(1, 2000);
-- 60 % orders, 30 % visits, 10 % errors
INSERT INTO event SELECT i, 1 + i % 1900,
    CASE WHEN u(i, 1) < .6 THEN jsonb_build_object('kind', 'order', 'total', round((exp(3 + .5 * sqrt(-2 * ln(u(i, 2) + 1e-7)) * cos(2 * pi() * u(i, 3))))::numeric, 2),
            'paid', u(i, 4) < .8,
            'items', (SELECT jsonb_agg(jsonb_build_object('sku', (ARRAY['apple', 'pear', 'fig'])[1 + h(i * 10 + j, 5) % 3], 'qty', 1 + h(i * 10 + j, 6) % 4))
                      FROM generate_series(1, 1 + h(i, 7) % 3) AS j))
         WHEN u(i, 1) < .9 THEN jsonb_build_object('kind', 'visit', 'ms', h(i, 8) % 60000, 'seen', jsonb_build_object('page' || h(i, 9) % 100000, h(i, 10) % 5, 'page' || h(i, 11) % 100000, 7))
         ELSE jsonb_build_object('kind', 'error', 'code', 'ERR-' || 1000 + h(i, 12) % 9000, 'at', jsonb_build_object('line', 10 * (1 + h(i, 13) % 40), 'file', NULL)) END ||
    CASE WHEN u(i, 14) < .25 THEN jsonb_build_object('note', md5(i::text)) ELSE '{}' END,
    -- one in ten cannot be read, one in twenty is too long; of keys that come twice the last one counts
    CASE WHEN u(i, 15) < .05 THEN '{\"n\": 1e999}' WHEN u(i, 15) < .1 THEN '{\"n\": \"\\u0000\"}' WHEN u(i, 15) < .15 THEN '{\"n\": \"' || repeat('longest', 1000) || '\"}'
         ELSE '{\"n\": \"twice\", \"n\": ' || CASE WHEN u(i, 16) < .5 THEN (h(i, 17) % 10)::text ELSE (h(i, 17) % 10) || '.5' END || ', \"nan\": \"NaN\"}' END::json,
    hstore('size', (ARRAY['S', 'M', 'L'])[1 + h(i, 18) % 3]) || CASE WHEN u(i, 19) < .3 THEN hstore('worn', NULL) ELSE '' END,
    jsonb_build_object('rarest', 'y'),
    CASE WHEN u(i, 20) < .9 THEN ROW((ARRAY['to \"us\", (x)', 'back\\slash', '', NULL])[1 + h(i, 21) % 4], (h(i, 22) % 1000) / 8.0, u(i, 23) < .7,
        (ARRAY[ROW(1 + h(i, 24) % 3, 'mm')::size, ROW(5, 'c m')::size])[1:1 + (h(i, 25) % 2)::int], date '2024-01-01' + (h(i, 26) % 300)::int)::parcel END,
    CASE WHEN u(i, 27) < .5 THEN ARRAY[[1, 2, 3], [4, 5, NULL]] ELSE ARRAY[7] END
FROM generate_series(1, 6000) AS i;
-- ten people have what nobody else has, one of them three thousand times
INSERT INTO event SELECT 20000 + i, 1991 + i % 10, jsonb_build_object('kind', 'tenkind', 'tenkey', 'ten', 'total', 8123456789.01, 'paid', false,
    'items', jsonb_build_array(jsonb_build_object('sku', 'tensku', 'qty', 77777)), 'seen', jsonb_build_object('tenpage', 'tenvalue')),
    '{\"n\": \"tentext\"}', 'tenattr=>tenvalue', '{\"rarest\": 1}', ROW('tenlabel', 77777.5, true, ARRAY[ROW(77777, 'tenunit')::size], '1911-11-11')::parcel, '{{{77777}}}' FROM generate_series(1, 100) AS i;
INSERT INTO event SELECT 40000 + i, 1901, jsonb_build_object('kind', 'onekind', 'onekey' || i, 'one', 'ms', 717171717), '{\"n\": [\"onetext\", 1.125]}', 'size=>onesize', '{\"rarest\": 1}', ROW('onelabel', 77777.5, NULL, NULL, NULL)::parcel, '{77777}'
FROM generate_series(1, 3000) AS i;
ANALYZE" >/dev/null
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
  public.event:
    mode: synthesise
    subject: person_id
    columns:
      id: {class: key}
      person_id: {class: key}
      doc: {class: quasi-identifier}
      raw: {class: non-personal}
      attrs: {class: non-personal}
      secret: {class: free-text}
      box: {class: non-personal}
      grid: {class: non-personal}
YAML
fit() { "$SANDSEED" fit "$test_root/policy.yaml" -o "$test_root/$1" --allow-privileged-source --seed 7 --quiet "${@:2}" >/dev/null 2>"$test_root/err" || fail "fit: $(cat "$test_root/err")"; }
fit model --jobs 1
claim "the model keeps its schema" keeps_schema "$test_root/model/model.json" model

python3 - "$test_root/model/model.json" <<'PY' || fail "documents are not what was made"
import json, math, sys
columns = {c['name']: c for t in json.load(open(sys.argv[1]))['tables'] for c in t['columns'] if t['name'] == 'event'}
nodes = {c: {(n['path'], n['type']): n for n in columns[c].get('habits', {}).get('document', ())} for c in columns}
doc, raw, attrs = nodes['doc'], nodes['raw'], nodes['attrs']
whole = doc['$', 'object']['count']
READ = 4500  # rows of the sample at least
def cells(told): return dict(map(tuple, told['cells'])) if told else {}
def share(node, of=None): return node['count'] / (of or whole)
def near(found, p, n=READ): return abs(found - p) < 4 * math.sqrt(p * (1 - p) / n) + .004
def check(what, ok, *why):
    print(('ok: ' if ok else 'NOT: ') + what, *(() if ok else why))
    return ok
def check_all():
    kinds = cells(doc['$.kind', 'string']['marginal'] | {'cells': doc['$.kind', 'string']['marginal']['values']})
    yield 'kinds', set(kinds) == {'order', 'visit', 'error'} and all(near(kinds[k] / whole, p) for k, p in (('order', .6), ('visit', .3), ('error', .1))), kinds
    yield 'optional keys', near(share(doc['$.note', 'string']), .25) and near(share(doc['$.paid', 'boolean']), .6), share(doc['$.note', 'string'])
    paid = doc['$.paid', 'boolean']
    flags = dict(map(tuple, paid['marginal']['values']))
    yield 'booleans', near(flags[1] / paid['count'], .8, READ * .6) and paid['marginal']['kind'] == 'declared', flags
    total = doc['$.total', 'number']['marginal']
    yield 'cents', total['scale'] == 2 and total['kind'] == 'quantiles', total['kind']
    # log-normal: at each point, the share below it, of equal ones between
    points = [p / 100 for p in total['points']]
    phi = lambda x: .5 * (1 + math.erf((math.log(x) - 3) / .5 / math.sqrt(2)))
    middle = points[len(points) // 2]
    yield 'amounts', len(points) > 20 and near(phi(middle), .5, READ * .6) and abs(phi(points[0])) < .08 and phi(points[-1]) > .92 and points[-1] < 500, points
    items, item = doc['$.items', 'array'], doc['$.items[*]', 'object']
    sizes = cells(items['sizes'])
    yield 'elements', set(sizes) == {1, 2, 3} and all(near(n / items['count'], 1 / 3, READ * .6) for n in sizes.values()), sizes
    yield 'two of them on average', near(item['count'] / items['count'] / 3, 2 / 3, READ), item['count'], items['count']
    skus = dict(map(tuple, doc['$.items[*].sku', 'string']['marginal']['values']))
    yield 'texts within arrays', set(skus) == {'apple', 'pear', 'fig'} and all(near(n / item['count'], 1 / 3) for n in skus.values()), skus
    qty = dict(map(tuple, doc['$.items[*].qty', 'number']['marginal']['values']))
    yield 'numbers within arrays', set(qty) == {1, 2, 3, 4} and all(near(n / item['count'], 1 / 4) for n in qty.values()), qty
    code = doc['$.code', 'string']
    yield 'templates of texts', cells(code['habits']['templates']).keys() == {'ERR-9999'}, code
    line = doc['$.at.line', 'number']
    yield 'steps of numbers', cells(line['habits']['steps']).keys() == {10} and near(share(line), .1), line
    yield 'nulls', near(share(doc['$.at.file', 'null']), .1)
    seen = doc['$.seen', 'object']
    yield 'keys that are data', ('$.seen.*', 'number') in doc and cells(seen['sizes']).keys() == {2} and seen['marginal']['kind'] == 'shape', seen
    yield 'and their looks', cells(seen['habits']['templates']).keys() <= {'p\\age' + '9' * n for n in range(1, 6)}, seen['habits']
    root = doc['$', 'object']
    variants = {tuple(k for i, k in enumerate(root['keys']) if m >> i & 1): n for m, n in root['variants']['cells']}
    with_note = {v: n / whole for v, n in variants.items() if '.note' in v}
    expected = {('.items', '.kind', '.paid', '.total'): .45, ('.kind', '.ms', '.seen'): .225, ('.at', '.code', '.kind'): .075,
                ('.items', '.kind', '.note', '.paid', '.total'): .15, ('.kind', '.ms', '.note', '.seen'): .075, ('.at', '.code', '.kind', '.note'): .025}
    yield 'variants', set(variants) == set(expected) and all(near(variants[v] / whole, p) for v, p in expected.items()), variants
    pairs = {(doc['$.kind', 'string']['marginal']['values'][c // 1024][0], root['variants']['cells'][c % 1024][0]): n for c, n in root['decides']['cells']}
    told = dict(map(tuple, root['variants']['cells']))
    yield 'kind decides them', root['by'] == '.kind' and len(pairs) == 6 and all(abs(n - told[v]) <= 10 + .02 * n for (_, v), n in pairs.items()), pairs
    bare = attrs['$', 'object']
    yield 'hstore', near(share(attrs['$.worn', 'null'], bare['count']), .3) and set(dict(map(tuple, attrs['$.size', 'string']['marginal']['values']))) == set('SML')
    unread = cells(columns['raw']['habits']['unread'])
    yield 'what cannot be read', near(unread[1] / sum(unread.values()), .15), unread
    n = raw['$.n', 'number']['marginal']
    yield 'whole numbers and others are one', n['scale'] == 1 and len(n['values']) == 20, n
    yield 'NaN is a text', dict(map(tuple, raw['$.nan', 'string']['marginal']['values'])).keys() == {'NaN'}
    box, grid = nodes['box'], nodes['grid']
    boxes = box['$', 'object']['count']
    labels = dict(map(tuple, box['$.label', 'string']['marginal']['values']))
    yield 'fields of composites', set(labels) == {'to "us", (x)', 'back\\slash', ''} and all(near(n / boxes, .25) for n in labels.values()), labels, boxes
    yield 'and their NULLs', near(share(box['$.label', 'null'], boxes), .25)
    weight = box['$.weight', 'number']['marginal']
    yield 'and their numbers', weight['scale'] == 3 and list(map(tuple, box['$.weight', 'number']['habits']['steps']['cells']))[0][0] == 125, weight
    fragile = box['$.fragile', 'boolean']['marginal']
    yield 'and their booleans', near(dict(map(tuple, fragile['values']))[1] / boxes, .7)
    units = dict(map(tuple, box['$.sizes[*].unit', 'string']['marginal']['values']))
    yield 'composites in arrays', set(units) == {'mm', 'c m'} and near(units['mm'] / boxes, 1) and near(units['c m'] / boxes, .5), units
    lists = dict(map(tuple, grid['$[*]', 'array']['sizes']['cells']))
    yield 'arrays of more dimensions', lists.keys() == {3} and near(lists[3] / 2 / grid['$', 'array']['count'], .5) and cells(grid['$', 'array']['sizes']).keys() == {1, 2}, lists
    numbers = dict(map(tuple, grid['$[*][*]', 'number']['marginal']['values']))
    yield 'and what is in them', set(numbers) == {1, 2, 3, 4, 5} and grid['$[*][*]', 'null']['count'] > 0, numbers
    yield 'nothing of what is not learnt', nodes['secret'] == {}
sys.exit(not all([check(*c) for c in check_all()]))
PY
claim "what ten people have is nowhere in it, nor what one has three thousand times" \
    bash -c "! grep -qE 'tenk|tensku|tenp|tenv|tent|tena|onek|onet|ones|longest|rarest|81234567|717171|77777' '$test_root/model/model.json'"

# --- a program apart from fit
cat >"$test_root/ways.json" <<'JSON'
{"public.person": {"ways": [{"name": "person", "subject": "t.id"}]},
 "public.event": {"ways": [{"name": "person", "subject": "t.person_id", "columns": ["person_id"]}]}}
JSON
proof() { python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model "$1" --source "$(dsn source made)" --ways "$test_root/ways.json" >"$test_root/proved"; }
proved() { proof "$1" || { tail -20 "$test_root/proved" >&2; return 1; }; }
claim "everything told of documents has k people behind it" proved "$test_root/model"
# what is told of one person, or of ten, at each place that somebody could tell it at
python3 - "$test_root/model/model.json" "$test_root/tampered" <<'PY'
import json, os, sys
model = json.load(open(sys.argv[1]))
nodes = {(c['name'], n['path'], n['type']): n for t in model['tables'] for c in t['columns'] for n in c.get('habits', {}).get('document', ())}
habits = {c['name']: c['habits'] for t in model['tables'] for c in t['columns'] if 'habits' in c}
root = nodes['doc', '$', 'object']
def put(cells, value):
    cells.append([value, 10])
    cells.sort()
put(nodes['doc', '$.kind', 'string']['marginal']['values'], 'zonekind')
put(nodes['doc', '$.items[*].sku', 'string']['marginal']['values'], 'tensku')
put(nodes['doc', '$.items[*].qty', 'number']['marginal']['values'], 77777)
points = nodes['doc', '$.total', 'number']['marginal']['points']
points[-1] += 1 if points[-1] % 10 == 0 else 7
points.append(700000000000)
put(nodes['doc', '$.items', 'array']['sizes']['cells'], 9)
nodes['doc', '$.seen', 'object']['marginal'].update(kind='categories', values=[['tenpage', 10]])
put(nodes['doc', '$.note', 'string']['marginal']['lengths'], 31)
put(nodes['doc', '$.code', 'string']['habits']['templates']['cells'], 'ERR-1111')
put(nodes['doc', '$.ms', 'number']['marginal'].setdefault('values', []), 717171717)
put(nodes['attrs', '$.size', 'string']['marginal']['values'], 'onesize')
put(habits['doc']['paths']['cells'], '$.tenkey string')
put(nodes['box', '$.label', 'string']['marginal']['values'], 'tenlabel')
put(nodes['box', '$.sizes[*].unit', 'string']['marginal']['values'], 'tenunit')
put(nodes['grid', '$[*][*]', 'number']['marginal']['values'], 77777)
errors = {i for i, (v, _) in enumerate(nodes['doc', '$.kind', 'string']['marginal']['values']) if v == 'error'}
orders = {i for i, (m, _) in enumerate(root['variants']['cells']) if m >> root['keys'].index('.items') & 1}
put(root['decides']['cells'], 1024 * min(errors) + min(orders))
put(root['variants']['cells'], (1 << len(root['keys'])) - 1)
# ten people's hstore has no size
nodes['attrs', '$.size', 'string']['count'] -= 100
next(p for p in habits['doc']['paths']['cells'] if p[0] == '$.kind string')[1] -= 50
habits['doc']['document'].append({'path': '$.tenkey', 'type': 'string', 'count': 15})
os.makedirs(sys.argv[2])
json.dump(model, open(os.path.join(sys.argv[2], 'model.json'), 'w'))
PY
! proof "$test_root/tampered" || fail "the proof passes what was tampered with"
while read -r leak; do
    claim "and it sees otherwise: $leak" grep -qE "^LEAK: public.event, column $leak" "$test_root/proved"
done <<'LEAKS'
doc, habits, \$.kind string, values
doc, habits, \$.items\[\*\].sku string, values
doc, habits, \$.items\[\*\].qty number, values
doc, habits, \$.total number, between
doc, habits, \$.total number, point
doc, habits, \$.items array, sizes
doc, habits, \$.seen object, values
doc, habits, \$.note string, lengths
doc, habits, \$.code string, habits, templates
doc, habits, \$.ms number, values
doc, habits, \$ object, variants
doc, habits, \$ object, decides
doc, habits, \$.tenkey string: 10 subjects
doc, habits, paths
attrs, habits, \$.size string, values
attrs, habits, \$.size: objects less those that have it are those of fewer
doc, habits, \$.kind string: its rows and its values are counted apart
box, habits, \$.label string, values
box, habits, \$.sizes\[\*\].unit string, values
grid, habits, \$\[\*\]\[\*\] number, values
LEAKS

# --- the same bytes
fit again --jobs 4
claim "the same at any number of jobs" cmp "$test_root/model/model.json" "$test_root/again/model.json"
psql_in source made -c "CREATE TABLE other AS SELECT * FROM event ORDER BY h(id, 99); TRUNCATE event; INSERT INTO event SELECT * FROM other; DROP TABLE other; ANALYZE" >/dev/null
fit shuffled
claim "in any order of rows" cmp "$test_root/model/model.json" "$test_root/shuffled/model.json"

# --- inspect
"$SANDSEED" inspect "$test_root/model" >"$test_root/page" || fail "inspect"
tr -s ' \n' ' ' <"$test_root/page" >"$test_root/words"
claim "inspect says at how many places, and what decides the keys" grep -q 'values at 10 places; 6 sets of keys at \$ by kind; keys that are data at \$.seen' "$test_root/words"
