#!/bin/bash
# What values of types that have parts hold: of ranges and geometric values that were made with known shares, fit tells where they begin,
# how far they reach and how they are bounded, within standard errors; and nothing that fewer than k people have.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
psql_in source made -c "
CREATE TABLE person (id int PRIMARY KEY);
CREATE TYPE span AS RANGE (subtype = text);
CREATE DOMAIN term AS daterange;
CREATE TABLE stay (id bigint PRIMARY KEY, person_id int NOT NULL REFERENCES person, nights term, hours tsrange, seen tstzrange, price numrange, ages int4range,
    numbers int8range, letters span, open_on int4multirange, parts daterange[], secret daterange, token uuid);
CREATE TABLE place (id bigint PRIMARY KEY, person_id int NOT NULL REFERENCES person, at point, leg lseg, plot box, trip path, area polygon, reach circle, front line, stops point[], plots box[], home point);
CREATE TYPE visit AS (day date, started timestamptz, token uuid);
CREATE TABLE call (id bigint PRIMARY KEY, person_id int NOT NULL REFERENCES person, visit visit, days date[], tokens uuid[], words tsvector);
CREATE FUNCTION h(i bigint, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
CREATE FUNCTION u(i bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT (h(i, salt) % 1000000) / 1000000.0';
INSERT INTO person SELECT generate_series(1, 2000);
INSERT INTO stay SELECT i, 1 + i % 1900,
    -- one in ten is empty, one in five has no end, one in twenty no beginning, one in twenty neither
    CASE WHEN u(i, 1) < .1 THEN 'empty' WHEN u(i, 1) < .3 THEN daterange(date '2020-01-01' + (h(i, 2) % 1000)::int, NULL)
         WHEN u(i, 1) < .35 THEN daterange(NULL, date '2023-01-01') WHEN u(i, 1) < .4 THEN '(,)'
         ELSE daterange(date '2020-01-01' + (h(i, 2) % 1000)::int, date '2020-01-01' + (h(i, 2) % 1000 + 1 + h(i, 3) % 14)::int) END,
    tsrange(timestamp '2024-01-01 08:00' + (h(i, 4) % 2000) * interval '15 minutes', timestamp '2024-01-01 08:00' + (h(i, 4) % 2000) * interval '15 minutes' + (1 + h(i, 5) % 3) * interval '30 minutes',
        CASE WHEN u(i, 6) < .3 THEN '[]' ELSE '[)' END),
    -- of exponential length, 1,000 seconds on average; one in ten ends at infinity
    tstzrange(timestamptz '2024-01-01Z' + u(i, 7) * interval '100 days', CASE WHEN u(i, 9) < .1 THEN 'infinity' ELSE timestamptz '2024-01-01Z' + u(i, 7) * interval '100 days' - ln(u(i, 8) + 1e-6) * interval '1000 seconds' END),
    numrange((h(i, 10) % 4000) / 4.0, (h(i, 10) % 4000) / 4.0 + CASE WHEN u(i, 11) < .25 THEN 0.1 ELSE 19.9 END),
    int4range((20 + h(i, 12) % 40)::int, (60 + h(i, 13) % 20)::int, '(]'), int8range(5000000000 + h(i, 14) % 100, NULL),
    span((ARRAY['a', 'b \"c\",(d)'])[1 + h(i, 15) % 2], 'z'),
    -- none, one or two parts
    (ARRAY['{}', int4multirange(int4range((h(i, 16) % 50)::int, (h(i, 16) % 50)::int + 3)),
           int4multirange(int4range((h(i, 16) % 50)::int, (h(i, 16) % 50)::int + 3), int4range(100, 105))]::int4multirange[])[1 + h(i, 17) % 3],
    ARRAY[daterange('2024-01-01', '2024-01-03'), NULL, 'empty'], daterange('1933-03-03', '1933-03-05'),
    overlay(md5(i::text) placing CASE WHEN u(i, 18) < .25 THEN '7' ELSE '4' END from 13)::uuid
FROM generate_series(1, 6000) AS i;
-- ten people have what nobody else has, one of them fifteen hundred times
INSERT INTO stay SELECT 20000 + i, 1991 + i % 10, daterange('0011-11-11 BC', '0011-11-11'), tsrange('1911-11-11 03:15', '1911-11-12'), tstzrange('1911-11-11Z', 'infinity', '(]'),
    '(71717,818181.5]', '[-777777,777777]', int8range(NULL, 71717171717), span('tentext', NULL), '{[717171,7171717)}', ARRAY[daterange('1711-11-11', '1711-11-12')], NULL, overlay(md5(i::text) placing '9' from 13)::uuid FROM generate_series(1, 20) AS i;
INSERT INTO stay SELECT 40000 + i, 1901, daterange('1811-11-11', '1911-11-11'), tsrange('1811-11-11 03:15', NULL, '()'), NULL,
    '[61616,)', '[-666666,)', '[616161,626262)', span(NULL, 'onetext'), '{[1,616161),[626262,636363),[646464,656565)}', '{}', NULL, overlay(md5(i::text) placing '8' from 13)::uuid FROM generate_series(1, 1500) AS i;
INSERT INTO place SELECT i, 1 + i % 1900,
    -- evenly from 10 to 20, in eighths; one in ten has no number for y
    point(10 + (h(i, 30) % 80) / 8.0, CASE WHEN u(i, 31) < .1 THEN 'NaN' WHEN u(i, 31) < .15 THEN '-Infinity' ELSE -(h(i, 32) % 1000000) / 1000.0 END),
    lseg(point(h(i, 33) % 100, 5), point(h(i, 33) % 100 - 1 - h(i, 34) % 2, CASE WHEN u(i, 35) < .2 THEN 'Infinity' ELSE 5.25 END)),
    box(point(1 + h(i, 36) % 50, 2), point(1 + h(i, 36) % 50 + 3 + h(i, 37) % 4, 7.5)),
    ((ARRAY['[', '('])[1 + (u(i, 38) < .3)::int] || '(0,0),(' || 1 + h(i, 39) % 9 || ',4)' || repeat(',(1,1)', (h(i, 40) % 3)::int) || (ARRAY[']', ')'])[1 + (u(i, 38) < .3)::int])::path,
    polygon(box(point(0, 0), point(1 + h(i, 41) % 3, 1))), circle(point(1, 2), CASE WHEN u(i, 42) < .25 THEN 2.5 ELSE 4 END), line(point(0, h(i, 43) % 2), point(1, h(i, 43) % 2 + 1)),
    ARRAY[point(1, 2), NULL, point(h(i, 44) % 2, 3)], ARRAY[box(point(0, 0), point(1, 1)), box(point(2, 2), point(2 + h(i, 45) % 2, 3))], point(717171, 717171)
FROM generate_series(1, 6000) AS i;
INSERT INTO place SELECT 20000 + i, 1991 + i % 10, '(73737.5,1)', '[(1,5),(73737,5)]', '(1,1),(73737,2)', '[(0,0),(1,1),(2,2),(3,3),(4,4),(5,5),(73737,6)]', '((0,0),(73737,1),(0,1),(0,2),(0,3))', '<(1,2),73737>', '{73737,-1,0}',
    '{\"(73737,1)\"}', '{(73737,1),(0,0)}', '(717171,1)' FROM generate_series(1, 20) AS i;
INSERT INTO place SELECT 40000 + i, 1901, '(74747.5,Infinity)', '[(74747,Infinity),(1,5)]', '(1,1),(74747,2)', '((0,0),(0,0),(0,0),(0,0),(0,0),(0,0),(0,0),(0,0),(74747,6))', '((0,0),(74747,1))', '<(1,NaN),74747>', '{74747,-1,0}',
    '{\"(74747,1)\"}', '{(74747,1),(0,0)}', '(717171,1)' FROM generate_series(1, 3000) AS i;
-- on Mondays and Tuesdays, at nine or half past ten; of each start there is hardly a second one, so it is told by its habits
INSERT INTO call SELECT i, 1 + i % 1900,
    ROW(date '2024-01-01' + 7 * (h(i, 50) % 13)::int + (u(i, 51) < .25)::int, CASE WHEN u(i, 13) < .1 THEN 'infinity'
            ELSE (date '2024-01-01' + 7 * (h(i, 53) % 4000)::int) + CASE WHEN u(i, 54) < .4 THEN interval '9 hours' ELSE interval '10 hours 30 minutes' END END,
        overlay(md5(i::text) placing CASE WHEN u(i, 55) < .25 THEN '7' ELSE '4' END from 13)::uuid)::visit,
    (ARRAY[date '2024-01-01' + 7 * (h(i, 56) % 13)::int, date '2024-12-31', NULL])[1:1 + (h(i, 57) % 3)::int],
    ARRAY[overlay(md5((-i)::text) placing CASE WHEN u(i, 58) < .5 THEN '1' ELSE '4' END from 13)::uuid], array_to_tsvector((ARRAY['one', ' it''s ''', E'b\\\\'])[1:(h(i, 59) % 4)::int])
FROM generate_series(1, 6000) AS i;
INSERT INTO call SELECT 20000 + i, 1991 + i % 10, ROW('1911-11-11', '1911-11-12 03:07:11.123456Z', overlay(md5(i::text) placing '9' from 13)::uuid)::visit, '{1911-11-13}',
    ARRAY[overlay(md5(i::text) placing '9' from 13)::uuid], 'a:1 b c d e f g' FROM generate_series(1, 20) AS i;
INSERT INTO call SELECT 40000 + i, 1901, ROW('1811-11-11', '1811-11-12 03:07:11Z', overlay(md5(i::text) placing '8' from 13)::uuid)::visit, '{1811-11-13,1811-11-14,1811-11-15,1811-11-16}',
    ARRAY[overlay(md5(i::text) placing '8' from 13)::uuid], 'a b c d e' FROM generate_series(1, 3000) AS i;
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
  public.stay:
    mode: synthesise
    subject: person_id
    columns:
      id: {class: key}
      person_id: {class: key}
$(for c in nights hours seen price ages numbers letters open_on parts token; do echo "      $c: {class: non-personal}"; done)
      secret: {class: free-text}
  public.place:
    mode: synthesise
    subject: person_id
    columns:
      id: {class: key}
      person_id: {class: key}
$(for c in leg plot trip area reach front stops plots; do echo "      $c: {class: non-personal}"; done)
      at: {class: quasi-identifier}
      home: {class: direct-identifier}
  public.call:
    mode: synthesise
    subject: person_id
    columns:
      id: {class: key}
      person_id: {class: key}
      visit: {class: quasi-identifier}
      days: {class: non-personal}
      tokens: {class: non-personal}
      words: {class: non-personal}
YAML
fit() { "$SANDSEED" fit "$test_root/policy.yaml" -o "$test_root/$1" --allow-privileged-source --seed 7 --quiet "${@:2}" >/dev/null 2>"$test_root/err" || fail "fit: $(cat "$test_root/err")"; }
fit model --jobs 1
claim "the model keeps its schema" keeps_schema "$test_root/model/model.json" model

python3 - "$test_root/model/model.json" <<'PY' || fail "values are not what was made"
import json, math, sys
columns = {c['name']: c.get('habits', {}) for t in json.load(open(sys.argv[1]))['tables'] for c in t['columns'] if t['name'] in ('stay', 'place', 'call')}
nodes = {c: {(n['path'], n['type']): n for n in h.get('document', ())} for c, h in columns.items()}
def cells(told): return dict(map(tuple, told['cells']))
def values(node): return dict(map(tuple, node['marginal'].get('values', ())))
ROWS = 6000  # of those that share what is looked for
def near(found, p, n=6000): return abs(found - p) < 4 * math.sqrt(p * (1 - p) / n) + .004
def share(column, path, kind): return nodes[column][path, kind]['count'] / ROWS
def middle(node):
    points = node['marginal']['points']
    return points[len(points) // 2]
def even(node, first, last, slack):
    """Quantiles of what lies evenly from first to last; before the first point may be what ten people have."""
    points = node['marginal'].get('points', [0])[1:]
    return len(points) > 10 and abs(middle(node) - (first + last) / 2) < slack and first <= points[0] < first + slack and last - slack < points[-1] <= last
def check(what, ok, *why):
    print(('ok: ' if ok else 'NOT: ') + what, *(() if ok else why))
    return ok
def check_all():
    nights = nodes['nights']
    yield 'where ranges begin', even(nights['$.lower', 'number'], 7305, 7305 + 999, 80), nights['$.lower', 'number']['marginal']
    yield 'how many have a beginning', near(share('nights', '$.lower', 'number'), .8), share('nights', '$.lower', 'number')
    lengths = values(nights['$.length', 'number'])
    yield 'how long they are', set(lengths) == set(range(1, 15)) and all(near(n / nights['$.length', 'number']['count'], 1 / 14, 2700) for n in lengths.values()), lengths
    yield 'how many have both ends', near(share('nights', '$.length', 'number'), .6)
    yield 'an end alone', near(share('nights', '$.upper', 'number'), .05) and values(nights['$.upper', 'number']).keys() == {8401}, nights['$.upper', 'number']
    bounds = values(nights['$.bounds', 'string'])
    yield 'bounds, and empty ones', near(bounds['empty'] / ROWS, .1) and near(bounds['()'] / ROWS, .1) and near(bounds['[)'] / ROWS, .8), bounds
    yield 'which go together', len(nights['$', 'object']['variants']['cells']) == 4 and cells(columns['nights']['bounds']).keys() == {1, 9, 4, 12, 16}, columns['nights']['bounds']
    hours = nodes['hours']
    at = cells(hours['$.lower', 'number']['habits']['granularity'])
    # a hundredth of 2,000 quarters begin a day; of four one is a half hour, one an hour, and two are quarters
    yield 'quarters of hours', hours['$.lower', 'number']['time'] == 'timestamp' and set(at) == {0, 1, 2, 3} and near(at[3] / sum(at.values()), .5) and near(at[2] / sum(at.values()), .25), at
    weekdays = cells(nights['$.lower', 'number']['habits']['weekdays'])
    yield 'weekdays on which ranges begin', nights['$.lower', 'number']['time'] == 'date' and set(weekdays) == set(range(1, 8)) and all(near(n / sum(weekdays.values()), 1 / 7, 4800) for n in weekdays.values()), weekdays
    lengths = values(hours['$.length', 'number'])
    yield 'half hours', set(lengths) == {1800 * 10**6 * i for i in (1, 2, 3)} and all(near(n / ROWS, 1 / 3) for n in lengths.values()), lengths
    yield 'inclusive ends', near(values(hours['$.bounds', 'string'])['[]'] / ROWS, .3), values(hours['$.bounds', 'string'])
    seen = nodes['seen']
    yield 'moments', seen['$.lower', 'number']['habits']['zone'] == 'UTC' and even(seen['$.lower', 'number'], 8766 * 86400, 8866 * 86400, 8 * 86400), seen['$.lower', 'number']['marginal']
    # exponential: at the median, of 4,050 rows, one half
    yield 'lengths of them', near(1 - math.exp(-middle(seen['$.length', 'number']) / 1e9), .5, 4050), middle(seen['$.length', 'number'])
    yield 'infinity', near(share('seen', '$.upper', 'string'), .1) and values(seen['$.upper', 'string']).keys() == {'infinity'}, seen['$.upper', 'string']
    price = nodes['price']
    yield 'quarters', price['$.lower', 'number']['marginal']['scale'] == 2 and cells(price['$.lower', 'number']['habits']['steps']).keys() == {25}, price['$.lower', 'number']
    lengths, scale = values(price['$.length', 'number']), price['$.length', 'number']['marginal']['scale']
    yield 'decimals', scale == 1 and set(lengths) == {1, 199} and near(lengths[1] / ROWS, .25), lengths, scale
    ages = values(nodes['ages']['$.lower', 'number'])
    yield 'integers', set(ages) == set(range(21, 61)), ages
    yield 'large ones', set(values(nodes['numbers']['$.lower', 'number'])) == set(range(5000000000, 5000000100))
    letters = nodes['letters']
    yield 'texts', values(letters['$.lower', 'string']).keys() == {'a', 'b "c",(d)'} and values(letters['$.upper', 'string']).keys() == {'z'} and ('$.length', 'number') not in letters, letters
    many = nodes['open_on']
    sizes = cells(many['$', 'array']['sizes'])
    yield 'parts of multiranges', set(sizes) == {0, 1, 2} and all(near(n / ROWS, 1 / 3) for n in sizes.values()), sizes
    parts = values(many['$[*].length', 'number'])
    yield 'and their lengths', set(parts) == {3, 5} and near(parts[3] / ROWS, 2 / 3) and near(parts[5] / ROWS, 1 / 3), parts
    parts = nodes['parts']
    yield 'ranges in arrays', values(parts['$[*].lower', 'number']).keys() == {8766} and values(parts['$[*].bounds', 'string']).keys() == {'[)', 'empty'} and abs(parts['$[*]', 'null']['count'] / ROWS - 1) < .02, parts
    versions = cells(columns['token']['versions'])
    yield 'versions of UUIDs', versions.keys() == {4, 7} and near(versions[7] / ROWS, .25), versions
    at, leg, plot, trip, area, reach, front, stops, plots = (nodes[c] for c in ('at', 'leg', 'plot', 'trip', 'area', 'reach', 'front', 'stops', 'plots'))
    def dealt(node, expected, unit=1):
        found = values(node)
        return {v / unit for v in found} == set(expected) and all(near(found[v * unit] / sum(found.values()), p, 5000) for v, p in expected.items())
    x = at['$.x', 'number']
    yield 'points', x['marginal']['scale'] == 3 and dealt(x, {10 + i / 8: 1 / 80 for i in range(80)}, 1000) and 'habits' not in x, x
    yield 'and their other coordinate', even(at['$.y', 'number'], -999999, 0, 80000), at['$.y', 'number']['marginal']
    odd = values(at['$.y', 'string'])
    yield 'what is not finite', set(odd) == {'NaN', '-Infinity'} and near(odd['NaN'] / at['$', 'object']['count'], .1, 5000) and near(odd['-Infinity'] / at['$', 'object']['count'], .05, 5000), odd
    yield 'segments', dealt(leg['$.dx', 'number'], {-1: .5, -2: .5}) and dealt(leg['$.x', 'number'], {i: .01 for i in range(100)}), leg
    yield 'of which some end nowhere', values(leg['$.dy', 'number']).keys() == {25} and near(leg['$.dy', 'number']['count'] / leg['$', 'object']['count'], .8, 5000), leg['$.dy', 'number']
    yield 'boxes', dealt(plot['$.width', 'number'], {i: .25 for i in (3, 4, 5, 6)}) and values(plot['$.height', 'number']).keys() == {55} and dealt(plot['$.x', 'number'], {1 + i: .02 for i in range(50)}), plot
    yield 'paths', dealt(trip['$.closed', 'boolean'], {0: .7, 1: .3}) and dealt(trip['$.points', 'number'], {2: 1 / 3, 3: 1 / 3, 4: 1 / 3}) and dealt(trip['$.width', 'number'], {i: 1 / 9 for i in range(1, 10)}), trip
    yield 'polygons', dealt(area['$.points', 'number'], {4: 1}) and dealt(area['$.width', 'number'], {1: 1 / 3, 2: 1 / 3, 3: 1 / 3}), area
    yield 'circles', dealt(reach['$.radius', 'number'], {2.5: .25, 4: .75}, 10), reach
    yield 'lines', dealt(front['$.c', 'number'], {0: .5, 1: .5}) and dealt(front['$.a', 'number'], {1: 1}), front
    yield 'points in arrays', dealt(stops['$[*].x', 'number'], {0: .25, 1: .75}) and ('$[*]', 'null') in stops, stops
    yield 'boxes in arrays', dealt(plots['$[*].width', 'number'], {0: .25, 1: .75}), plots
    visit, days, tokens = (nodes[c] for c in ('visit', 'days', 'tokens'))
    monday = 8766  # 2024-01-01
    yield 'dates in composites', dealt(visit['$.day', 'number'], {monday + 7 * i + t: (.75, .25)[t] / 13 for i in range(13) for t in (0, 1)}), values(visit['$.day', 'number'])
    started = visit['$.started', 'number']
    yield 'times in composites', even(started, monday * 86400, (monday + 28000) * 86400, 2200 * 86400), started['marginal']
    at = cells(started['habits']['weekday_hours'])
    yield 'and their weekdays and hours', set(at) == {109, 110} and near(at[109] / sum(at.values()), .4, 4500), at
    yield 'none of days that are all told', 'habits' not in visit['$.day', 'number'], visit['$.day', 'number']
    yield 'infinite ones', values(visit['$.started', 'string']).keys() == {'infinity'} and near(visit['$.started', 'string']['count'] / visit['$', 'object']['count'], .1, 5000)
    yield 'versions of UUIDs in composites', dealt(visit['$.token.version', 'number'], {4: .75, 7: .25}) and ('$.token', 'string') not in visit, visit['$.token.version', 'number']
    found = values(days['$[*]', 'number'])
    yield 'dates in arrays', set(found) == {monday + 7 * i for i in range(13)} | {9131} and near(found[9131] / (sum(found.values()) - found[9131]), 2 / 3, 5000) and ('$[*]', 'string') not in days, found
    yield 'UUIDs in arrays', dealt(tokens['$[*].version', 'number'], {1: .5, 4: .5}), tokens
    words = cells(columns['words']['elements'])
    yield 'lexemes', set(words) == {0, 1, 2, 3} and all(near(n / sum(words.values()), .25, 5000) for n in words.values()), words
    yield 'nothing of what is not learnt', columns['secret'] == {} and columns['home'] == {}
sys.exit(not all([check(*c) for c in check_all()]))
PY
claim "what ten people have is nowhere in it, nor what one has fifteen hundred times" \
    bash -c "! grep -qE '717171|71717|818181|777777|666666|61616|tentext|onetext|-32193|-68717|-105241|73737|74747' '$test_root/model/model.json'"

# --- a program apart from fit
cat >"$test_root/ways.json" <<'JSON'
{"public.person": {"ways": [{"name": "person", "subject": "t.id"}]},
 "public.stay": {"ways": [{"name": "person", "subject": "t.person_id", "columns": ["person_id"]}]},
 "public.place": {"ways": [{"name": "person", "subject": "t.person_id", "columns": ["person_id"]}]},
 "public.call": {"ways": [{"name": "person", "subject": "t.person_id", "columns": ["person_id"]}]}}
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
def tell(column, path, kind, value):
    put(nodes[column, path, kind]['marginal'].setdefault('values', []), value)
tell('nights', '$.length', 'number', 36524)
nodes['nights', '$.lower', 'number']['marginal']['points'].insert(0, -68717)
tell('hours', '$.lower', 'number', -32193 * 86400 + 11700)
put(nodes['visit', '$.started', 'number']['habits']['granularity']['cells'], 9)
tell('hours', '$.bounds', 'string', '()')
tell('price', '$.length', 'number', 7464645)
tell('ages', '$.length', 'number', 1555555)
tell('letters', '$.upper', 'string', 'onetext')
tell('open_on', '$[*].lower', 'number', 717171)
put(nodes['open_on', '$', 'array']['sizes']['cells'], 3)
tell('parts', '$[*].lower', 'number', -105241)
put(habits['token']['versions']['cells'], 9)
tell('visit', '$.day', 'number', -32193)
tell('visit', '$.started', 'number', -32192 * 86400 + 11231)
tell('visit', '$.token.version', 'number', 9)
tell('days', '$[*]', 'number', -68715)
tell('tokens', '$[*].version', 'number', 8)
put(habits['words']['elements']['cells'], 7)
tell('at', '$.x', 'number', 73737500)
tell('at', '$.y', 'string', 'Infinity')
tell('leg', '$.dx', 'number', 73736)
tell('plot', '$.width', 'number', 73736)
tell('trip', '$.points', 'number', 9)
tell('area', '$.points', 'number', 5)
tell('reach', '$.radius', 'number', 737370)
tell('front', '$.a', 'number', 74747)
tell('stops', '$[*].x', 'number', 73737)
tell('plots', '$[*].width', 'number', 74747)
os.makedirs(sys.argv[2])
json.dump(model, open(os.path.join(sys.argv[2], 'model.json'), 'w'))
PY
! proof "$test_root/tampered" || fail "the proof passes what was tampered with"
while read -r leak; do
    claim "and it sees otherwise: $leak" grep -qE "^LEAK: public.(stay|place|call), column $leak" "$test_root/proved"
done <<'LEAKS'
nights, habits, \$.length number, values
nights, habits, \$.lower number, (point|between)
hours, habits, \$.lower number, values
visit, habits, \$.started number, habits, granularity
hours, habits, \$.bounds string, values
price, habits, \$.length number, values
ages, habits, \$.length number, values
letters, habits, \$.upper string, values
open_on, habits, \$ array, sizes
open_on, habits, \$\[\*\].lower number, values
parts, habits, \$\[\*\].lower number, values
token, habits, versions
visit, habits, \$.day number, values
visit, habits, \$.started number, values
visit, habits, \$.token.version number, values
days, habits, \$\[\*\] number, values
tokens, habits, \$\[\*\].version number, values
words, habits, elements
at, habits, \$.x number, values
at, habits, \$.y string, values
leg, habits, \$.dx number, values
plot, habits, \$.width number, values
trip, habits, \$.points number, values
area, habits, \$.points number, values
reach, habits, \$.radius number, values
front, habits, \$.a number, values
stops, habits, \$\[\*\].x number, values
plots, habits, \$\[\*\].width number, values
LEAKS

# --- the same bytes
psql_in source made -c "CREATE TABLE other AS SELECT * FROM stay ORDER BY h(id, 99); TRUNCATE stay; INSERT INTO stay SELECT * FROM other; DROP TABLE other; ANALYZE" >/dev/null
fit shuffled --jobs 4
claim "the same in any order of rows, at any number of jobs" cmp "$test_root/model/model.json" "$test_root/shuffled/model.json"

# --- inspect
"$SANDSEED" inspect "$test_root/model" >"$test_root/page" || fail "inspect"
tr -s ' \n' ' ' <"$test_root/page" >"$test_root/words"
claim "inspect says of what" grep -q 'by which bounds they have; paths \$ object (100 %)' "$test_root/words"
claim "and where times stand" grep -q 'times at \$.day, \$.started' "$test_root/words"
