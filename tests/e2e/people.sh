#!/bin/bash
# Every number in a model has k people behind it: one person's values and numbers are looked for in the
# model and in the sandbox, however many rows the person has and by however many keys they lead to them.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start a
cd "$test_root"
createdb_in a shop
psql_in a shop <<'SQL'
CREATE TYPE role AS ENUM ('user', 'admin');
CREATE TABLE person (id int PRIMARY KEY, born timestamptz NOT NULL, birthday date NOT NULL, salary int NOT NULL);
INSERT INTO person SELECT g, timestamptz '1950-01-01 00:00:00+00' + (g::bigint * g * 7919 % 1900000000) * interval '1 second',
    date '1930-01-01' + g * g * 31 % 27000, 20000 + g * g * 13 % 70001 FROM generate_series(1, 400) g;

-- two keys away: person 7 has 300 orders, each with one item
CREATE TABLE orders (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person);
INSERT INTO orders SELECT g, CASE WHEN g <= 300 THEN 7 ELSE g - 300 END FROM generate_series(1, 690) g;
CREATE TABLE item (id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders, what text, price int, seen date);
INSERT INTO item SELECT g, g, CASE WHEN g <= 300 THEN 'HIV self test' ELSE 'book' END, CASE WHEN g <= 300 THEN 4242 ELSE 10 * (g % 20) END,
    CASE WHEN g > 300 THEN date '2020-01-01' + g END FROM generate_series(1, 690) g;

-- a key of two columns, and a partitioned table between
CREATE TABLE visit (region int, id int, person_id int NOT NULL REFERENCES person, PRIMARY KEY (region, id)) PARTITION BY RANGE (id);
CREATE TABLE visit_1 PARTITION OF visit FOR VALUES FROM (MINVALUE) TO (250);
CREATE TABLE visit_2 PARTITION OF visit FOR VALUES FROM (250) TO (MAXVALUE);
INSERT INTO visit SELECT 1 + g % 2, g, CASE WHEN g <= 200 THEN 8 ELSE g - 200 END FROM generate_series(1, 500) g;
CREATE TABLE finding (id int PRIMARY KEY, visit_region int, visit_id int, code text NOT NULL, FOREIGN KEY (visit_region, visit_id) REFERENCES visit);
INSERT INTO finding SELECT g, 1 + g % 2, g, CASE WHEN g <= 200 THEN 'F64.0' ELSE 'Z00' END FROM generate_series(1, 500) g;

-- numeric keys are written in several ways: 1.0 and 1.00 are one person
CREATE TABLE member (no numeric PRIMARY KEY);
INSERT INTO member SELECT generate_series(1, 100);
CREATE TABLE loan (id int PRIMARY KEY, member_no numeric NOT NULL REFERENCES member, title text NOT NULL);
INSERT INTO loan SELECT g, CASE WHEN g <= 15 THEN ('1.' || repeat('0', g))::numeric ELSE g % 100 + 1 END, CASE WHEN g <= 15 THEN 'Coping with debt' ELSE 'Atlas' END
    FROM generate_series(1, 400) g;

-- NULL, or not, for one person alone
CREATE TABLE ev (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, val int, other int);
INSERT INTO ev SELECT g, CASE WHEN g <= 200 THEN 9 ELSE g % 390 + 1 END, CASE WHEN g > 200 THEN g % 50 END, CASE WHEN g <= 200 THEN 7 END
    FROM generate_series(1, 2000) g;

-- whose they are is not known: no key, or one to itself
CREATE TABLE auditlog (id int PRIMARY KEY, who text, diag text, ok bool);
INSERT INTO auditlog SELECT g, 'John Q Public', 'HIV positive', g < 55 FROM generate_series(1, 60) g;
CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree, note text);
INSERT INTO tree SELECT g, 1, 'Kim was here' FROM generate_series(1, 60) g;

-- few people: 33 of them
CREATE TABLE tiny (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, r role, b bool);
INSERT INTO tiny SELECT g, g % 33 + 1, CASE WHEN g <= 400 THEN 'admin' ELSE 'user' END::role, g < 15 FROM generate_series(1, 450) g;

-- one has far more than anybody else: among 11, and among 400
CREATE TABLE call (id int PRIMARY KEY, person_id int REFERENCES person);
INSERT INTO call SELECT row_number() OVER (), p FROM (SELECT p FROM generate_series(1, 10) p, generate_series(1, 3) UNION ALL SELECT 11 FROM generate_series(1, 50000)) x;
CREATE TABLE letter (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, open bool NOT NULL, topic text NOT NULL);
INSERT INTO letter SELECT row_number() OVER (), p, p <> 12, CASE WHEN p = 12 THEN 'hiv' WHEN p % 2 = 0 THEN 'rent' ELSE 'tax' END FROM (SELECT p FROM generate_series(1, 400) p, generate_series(1, 3) UNION ALL SELECT 12 FROM generate_series(1, 30000)) x;

-- one came ten times a day for a year, the others ten times in ten years; each time bought six things, the others one
CREATE TABLE stay (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, at date NOT NULL, days int NOT NULL);
INSERT INTO stay SELECT row_number() OVER (), p, d, n FROM (SELECT g % 300 + 1 p, date '2015-01-01' + g * 7919 % 3650 d, g % 40 n FROM generate_series(1, 3000) g
    UNION ALL SELECT 7, date '2021-01-01' + g % 28, 2 + g % 3 FROM generate_series(1, 3000) g) x;
CREATE TABLE meal (id int PRIMARY KEY, stay_id int NOT NULL REFERENCES stay);
INSERT INTO meal SELECT row_number() OVER (), s.id FROM stay s, generate_series(1, 6) n WHERE n = 1 OR s.person_id = 7 OR s.id % 40 = 0;

-- a parent without people of its own, whose children are one person's
CREATE TABLE shelf (id int PRIMARY KEY);
INSERT INTO shelf SELECT generate_series(1, 200);
CREATE TABLE parcel (id int PRIMARY KEY, shelf_id int NOT NULL REFERENCES shelf, person_id int NOT NULL REFERENCES person);
INSERT INTO parcel SELECT g, 1 + g % 12, 13 FROM generate_series(1, 444) g;
INSERT INTO parcel SELECT 1000 + g, 13 + g % 188, 1 + g % 400 FROM generate_series(1, 1128) g;

-- one gets a message from everybody, every day: who sends them does not send more because of that
CREATE TABLE message (id int PRIMARY KEY, sender int NOT NULL REFERENCES person, receiver int NOT NULL REFERENCES person);
INSERT INTO message SELECT g, 1 + g % 400, CASE WHEN g <= 800 THEN 1 + g * 7 % 400 ELSE 1 END FROM generate_series(1, 20800) g;

-- between people and rows stands a table that stays empty: person 7 has 500 of it
CREATE TABLE account (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person);
INSERT INTO account SELECT g, CASE WHEN g <= 500 THEN 7 ELSE g - 500 END FROM generate_series(1, 900) g;
CREATE TABLE entry (id int PRIMARY KEY, account_id int REFERENCES account);
INSERT INTO entry SELECT row_number() OVER (), a.id FROM account a, generate_series(1, 37) n WHERE a.id <= 500 OR n <= 2;

-- one person written in many ways, by a key that is text and a parent that tells no case apart
CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE login (name text COLLATE caseless PRIMARY KEY);
INSERT INTO login SELECT 'name' || chr(97 + g % 26) || g FROM generate_series(1, 400) g;
CREATE TABLE session (id int PRIMARY KEY, name text NOT NULL REFERENCES login, reads text NOT NULL);
INSERT INTO session SELECT g, CASE WHEN g <= 60 THEN overlay('nameb1' PLACING upper(substr('nameb1', 1 + g % 5, 1)) FROM 1 + g % 5) ELSE 'name' || chr(97 + g % 400 % 26) || g % 400 END,
    CASE WHEN g <= 60 THEN 'Leaving a cult' ELSE 'News' END FROM generate_series(1, 1200) g WHERE g % 400 > 0;

-- the child's column tells no case apart, the parent's does: a foreign key compares as the parent does
CREATE TABLE nick (k text PRIMARY KEY);
INSERT INTO nick SELECT 'abcd' UNION SELECT overlay('abcd' PLACING upper(substr('abcd', i, n)) FROM i) FROM generate_series(1, 4) i, generate_series(1, 4) n;
INSERT INTO nick SELECT 'nick' || g FROM generate_series(1, 400) g;
CREATE TABLE post (id int PRIMARY KEY, k text COLLATE caseless NOT NULL REFERENCES nick, about text NOT NULL);
INSERT INTO post SELECT g, CASE WHEN g <= 50 THEN 'abcd' ELSE 'nick' || 1 + g % 400 END, CASE WHEN g <= 50 THEN 'Of one alone' ELSE 'Weather' END FROM generate_series(1, 1250) g;
CREATE TABLE plain (k text COLLATE "C" PRIMARY KEY);
INSERT INTO plain SELECT g::text FROM generate_series(1, 400) g;
CREATE TABLE plain_use (id int PRIMARY KEY, k text COLLATE "POSIX" NOT NULL REFERENCES plain);
INSERT INTO plain_use SELECT g, 1 + g % 400 FROM generate_series(1, 800) g;

-- rules that one person's rows obey
CREATE TABLE bill (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, net int, tax int, total int, began date, ended date,
    CHECK (net + tax + total > 0 OR began < ended));
INSERT INTO bill SELECT g, CASE WHEN g <= 100 THEN 14 ELSE g END, CASE WHEN g <= 100 THEN g END, CASE WHEN g <= 100 THEN 5 END,
    CASE WHEN g <= 100 THEN g + 5 END, date '2020-01-01' + g, date '2020-02-01' + g FROM generate_series(1, 400) g;

-- a key that is not kept is a path all the same
CREATE TABLE note (id int PRIMARY KEY, person_id int REFERENCES person, text text);
INSERT INTO note SELECT g, 15, 'allergic to nuts' FROM generate_series(1, 100) g;
SQL
for i in $(seq 1 9); do
    psql_in a shop -c "CREATE TABLE r$i (id int PRIMARY KEY)" -c "INSERT INTO r$i SELECT generate_series(1, 300)"
done
psql_in a shop -c "CREATE TABLE nine (id int PRIMARY KEY, $(for i in $(seq 1 9); do printf 'a%s int REFERENCES r%s, ' $i $i; done) diag text)" \
    -c "INSERT INTO nine SELECT g, g, g, g, g, g, g, g, g, 7, 'HIV' FROM generate_series(1, 200) g"
for i in $(seq 1 17); do
    psql_in a shop -c "CREATE TABLE s$i (id int PRIMARY KEY)" -c "INSERT INTO s$i SELECT generate_series(1, 300)"
done
psql_in a shop -c "CREATE TABLE many (id int PRIMARY KEY, $(for i in $(seq 1 17); do printf 'a%s int REFERENCES s%s, ' $i $i; done) diag text)" \
    -c "INSERT INTO many SELECT g, $(for i in $(seq 1 17); do printf 'g, '; done) 'HIV' FROM generate_series(1, 200) g" -c ANALYZE

"$SANDSEED" plan "$(dsn a shop)" -o policy.yaml --target "$(dsn a box)" --quiet >/dev/null
undecide policy.yaml
# whose rows they are, a person says here
sed -i '/^    subject: /d' policy.yaml
sed -Ei 's/(open|ok|b|r): +\{class: undecided\}/\1: {class: non-personal}/; s/(salary|born|birthday|what|price|seen|val|other|who|diag|note|code|title|text|topic|at|days|reads|about): +\{class: undecided\}/\1: {class: quasi-identifier}/
    s/^  public\.(person|member|login|nick|plain):/&\n    subject: self/; s/^  public.shelf:/&\n    subject: none\n    why: furniture/
    /^  public.account:/,/^  public.auditlog:/{s/mode: synthesise/mode: empty/;/columns:/d;/ id:/d;/person_id:/d}
    /^  public.bill:/,/^  public.call:/{s/(net|tax|total|began): +\{class: undecided\}/\1: {class: quasi-identifier}/}
    /^  public.note:/,/^  public.orders:/{s/person_id: \{class: key\}/person_id: {class: key, treatment: nullify}/}' policy.yaml
exits 0 check policy.yaml
says "public.auditlog: it has personal columns, and neither a key to people nor subject: says whose they are"
says "public.tree: it has personal columns"
says "public.many: more than 16 chains of keys"
exits 0 "$SANDSEED" fit policy.yaml -o model --allow-privileged-source --quiet
claim "model.json is what its schema says" keeps_schema model/model.json model

# model EXPRESSION: of t, the tables by name, c(table, column), a marginal, and rows(list), values of cells
model() { python3 - "$1" <<'PY'
import json, sys
m = json.load(open('model/model.json'))
t = {x['name']: x for x in m['tables']}
def c(table, column):
    return next(x['marginal'] for x in t[table]['columns'] if x['name'] == column)
def fan(table, i=0):
    return t[table]['references'][i]
text = json.dumps(m)
m_tables = m['tables']
sys.exit(0 if eval(sys.argv[1]) else 1)
PY
}
claim "a value of one person with 300 orders is not stored" model "'HIV self test' not in text"
claim "nor is a number of theirs" model "all(v[0] != 4242 for v in c('item', 'price').get('values', []))"
claim "what many people have is" model "['book', c('item', 'what')['values'][0][1]] in c('item', 'what')['values']"
claim "over a key of two columns and a partitioned table too" model "'F64.0' not in text and 'Z00' in text"
claim "one person's key written in fifteen ways is one person" model "'Coping with debt' not in text and 'Atlas' in text"
claim "NULLs of one person are not counted" model "c('ev', 'val')['nulls'] == 0 and c('item', 'seen')['nulls'] == 0"
claim "and where one person alone is not NULL, all are" model "c('ev', 'other')['nulls'] == c('ev', 'other')['count']"
claim "a table that is nobody's holds no value and no count" \
    model "all(t[x]['counted'] == 'nothing' and t[x]['shape_only'] and not any(k in y['marginal'] for y in t[x]['columns'] for k in ('points', 'lengths', 'codes', 'rest')) for x in ('auditlog', 'tree', 'many')) and 'John' not in text and 'Kim' not in text"
claim "and its flags are not counted" model "c('auditlog', 'ok')['values'] == [[0, '<k'], [1, '<k']]"
claim "33 people are too few for an enum" model "t['tiny']['shape_only'] and c('tiny', 'r')['values'] == [[0, '<k'], [1, '<k']]"
claim "and for a boolean and a fan-out" model "c('tiny', 'b')['values'] == [[0, '<k'], [1, '<k']] and fan('tiny')['children'] == []"
claim "who has 50,000 of 50,030 rows shows in no number" model "t['call']['count'] < 100 and fan('call')['count'] < 100 and fan('call')['children'] == []"
claim "who has 30,003 among 400 neither" \
    model "t['letter']['count'] == 1200 and max(n for n, count in fan('letter')['children']) == 3 and c('letter', 'open')['values'] == [[0, '<k'], [1, 1200]]"
claim "nor what their rows have in common: cells come to the total, and no share is theirs" \
    model "'hiv' not in text and sum(n for v, n in c('letter', 'topic')['values']) == 1200 and all(500 < n < 700 for v, n in c('letter', 'topic')['values']) and 'lengths' not in c('letter', 'topic')"
claim "points are where many people's rows are, not where one's are" \
    model "sum(7671 <= p <= 7698 for p in c('stay', 'at')['points']) <= 2 and t['stay']['count'] == 3000"
claim "nor are numbers" model "all(n < 400 for v, n in c('stay', 'days')['values'])"
claim "nor children" model "(lambda x: x.get(6, 0) < sum(x.values()) / 10)(dict(map(tuple, fan('meal')['children'])))"
claim "every column's cells come to what is not NULL" \
    model "all(m['nulls'] + m.get('rest', 0) + sum(n for v, n in m['values']) == m['count'] for x in m_tables for y in x['columns'] for m in [y.get('marginal', {})] if m.get('values') and all(n != '<k' for v, n in m['values']))"
claim "children of one person say nothing of their parents" model "all(n < 30 for n, count in fan('parcel', 1)['children']) and all(n < 30 for n, count in fan('parcel', 0)['children'])"
claim "nor do those of one who is reached another way" \
    model "fan('message', 0)['children'] == fan('message', 1)['children'] == [[2, 400]] and t['message']['count'] == 800"
claim "one person's name written in capitals here and there is one person" model "'Leaving a cult' not in text and 'News' in text"
claim "and one parent" model "sum(n for children, n in fan('session')['children']) == 400"
claim "nor do they through a table that stays empty" model "fan('entry')['children'] == []"
claim "one person is not as many as the child's collation finds alike" \
    model "'Of one alone' not in text and 'Weather' in text and t['post']['count'] < 1250 and sum(n for v, n in fan('post')['children']) <= 415"
claim "two collations are no ambiguity" model "fan('plain_use')['children'] == [[2, 400]]"
claim "the ninth key counts as the first does" model "'values' not in c('nine', 'diag')"
claim "more keys than are followed: nothing" model "'values' not in c('many', 'diag')"
claim "a rule that one person's rows obey is no rule" model "not any('derived' in j for j in t['bill'].get('joints', []))"
claim "of a column that is undecided neither order nor NULLs are learnt" \
    model "all(p.split(' ')[j['columns'].index('ended')] == '?' for j in t['bill'].get('joints', []) for p, n in j['patterns'])"
claim "a key that is not kept still counts people" model "'values' not in c('note', 'text')"

# points of times and numbers: the grid's, not somebody's
for column in born:timestamptz birthday:date salary:int; do
    python3 - "${column%%:*}" >points <<'PY'
import json, sys
m = json.load(open('model/model.json'))
c = next(c['marginal'] for t in m['tables'] if t['name'] == 'person' for c in t['columns'] if c['name'] == sys.argv[1])
print('\n'.join(str(p) for p in c['points']))
PY
    case ${column#*:} in
    timestamptz) value="timestamptz '2000-01-01 00:00:00+00' + p * interval '1 second'" ;;
    date) value="date '2000-01-01' + p::int" ;;
    int) value=p ;;
    esac
    claim "${column%%:*}: there are points" [ "$(wc -l <points)" -gt 8 ]
    claim "${column%%:*}: at most one of them is a person's own value, by accident, or next to it" \
        [ "$(psql_in a shop -c "SELECT count(DISTINCT p) FROM unnest('{$(paste -sd, points)}'::bigint[]) p JOIN person ON ${column%%:*} IN ($value, ($value) - $([ "${column#*:}" = timestamptz ] && echo "interval '1 second'" || echo 1))")" -le 1 ]
done

exits 0 "$SANDSEED" inspect model
says "and none is below 10"
says "shapes was learnt"
claim "what inspect says of tables adds up" python3 -c "
import json, re
text = ' '.join(open('$test_root/out').read().split())
m = json.load(open('model/model.json'))
full = [t['counted'] for t in m['tables'] if 'counted' in t and not t.get('shape_only')]
said = [int(n) for n in re.search(r'people in (\d+) tables?;.* in (\d+) tables?; rows alone.* in (\d+) table', text).groups()]
assert said == [full.count('people'), full.count('keys'), full.count('rows')], (said, full)"

# the sandbox
exits 0 refresh policy.yaml --seed 5
says "made by shape although the policy says synthesise"
claim "the report is what its schema says" keeps_schema sandseed-out/report.json report
claim "and what was done with columns of which nothing could be learnt" python3 -c "
import json
t = {t['table']: t for t in json.load(open('sandseed-out/report.json'))['tables']}
def done(table, column):
    return next((c['treatment'], c.get('decided')) for c in t['public.' + table]['columns'] if c['name'] == column)
assert done('auditlog', 'who') == done('nine', 'diag') == ('shape', 'synthesise')
assert done('tiny', 'r') == ('shape', 'synthesise') # the schema's labels
assert done('item', 'what') == ('synthesise', None) and done('item', 'id') == ('synthesise', None)
assert 'fewer than 50' in t['public.tiny']['shape_only'] and 'nobody knows' in t['public.auditlog']['shape_only']
assert 'shape_only' not in t['public.item']"
claim "no count of the report is one person's" python3 -c "
import json
t = {t['table']: t for t in json.load(open('sandseed-out/report.json'))['tables']}
assert t['public.letter']['source_rows_estimate'] == 1200, t['public.letter']
assert t['public.call']['source_rows_estimate'] < 100, t['public.call']"
claim "no value of one person is in the sandbox" \
    bash -c '! pg_dump --data-only -d "$1" | grep -E "HIV|F64.0|Coping with debt|Leaving a cult|John Q|Kim was|allergic|	4242	"' _ "$(dsn a box)"
claim "nor how many rows somebody has" [ "$(psql_in a box -c 'SELECT max(n) < 100 FROM (SELECT count(*) n FROM call GROUP BY person_id UNION ALL SELECT count(*) FROM letter GROUP BY person_id) x')" = t ]
claim "what many people have is" [ "$(psql_in a box -c "SELECT count(*) > 100 FROM item WHERE what = 'book'")" = t ]
claim "both flags live where they are not counted" [ "$(psql_in a box -c 'SELECT count(DISTINCT r) FROM tiny')" = 2 ]

# a policy without subjects: values of keys are counted, and a key that is NULL everywhere says nothing
createdb_in a keys
psql_in a keys -c "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 100)" \
    -c "CREATE TABLE q (id int PRIMARY KEY)" -c "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p, q int REFERENCES q, kind bool)" \
    -c "INSERT INTO c SELECT g, CASE WHEN g % 3 > 0 THEN g % 100 + 1 END, NULL, g % 2 = 0 FROM generate_series(1, 600) g" -c ANALYZE
"$SANDSEED" plan "$(dsn a keys)" -o keys.yaml --target "$(dsn a keysbox)" --quiet >/dev/null
exits 0 "$SANDSEED" fit keys.yaml -o model --allow-privileged-source --quiet
claim "the flag is counted" model "t['c']['counted'] == 'keys' and [n for v, n in c('c', 'kind')['values']] == [300, 300]"
claim "rows without a parent are nobody's: their number is not stored" model "c('c', 'p')['nulls'] == 0"
claim "a key that is always NULL stays so" model "c('c', 'q')['nulls'] == 600"

# keys of all sorts, read by a role that may read the tables and nothing else
createdb_in a keyed
psql_in a keyed <<'SQL'
-- a key of a row that is NULL in part, of one who has far more than others
CREATE TYPE pair AS (a int, b int);
CREATE TABLE holder (k pair PRIMARY KEY);
INSERT INTO holder SELECT ROW(g, CASE WHEN g <> 16 THEN g END)::pair FROM generate_series(1, 400) g;
CREATE TABLE holding (id int PRIMARY KEY, k pair NOT NULL REFERENCES holder);
INSERT INTO holding SELECT g, (SELECT k FROM holder WHERE (k).a = CASE WHEN g <= 1200 THEN 1 + g % 400 ELSE 16 END) FROM generate_series(1, 11200) g;
-- a collation that the role may not name, and a type without one
CREATE SCHEMA hidden;
CREATE COLLATION hidden.own (locale = 'C');
CREATE TABLE sorted (k text COLLATE hidden.own PRIMARY KEY);
INSERT INTO sorted SELECT g::text FROM generate_series(1, 300) g;
CREATE TABLE sorted_use (id int PRIMARY KEY, k text COLLATE hidden.own NOT NULL REFERENCES sorted);
INSERT INTO sorted_use SELECT g, 1 + g % 300 FROM generate_series(1, 600) g;
CREATE TABLE letter (k text PRIMARY KEY);
INSERT INTO letter SELECT chr(g) FROM generate_series(35, 119) g;
CREATE TABLE letter_use (id int PRIMARY KEY, k "char" NOT NULL REFERENCES letter);
INSERT INTO letter_use SELECT g, chr(35 + g % 85)::"char" FROM generate_series(1, 850) g;
-- kept lists of kept lists: few countries say nothing of who buys
CREATE TABLE country (id int PRIMARY KEY);
INSERT INTO country SELECT generate_series(1, 3);
CREATE TABLE product (id int PRIMARY KEY, country_id int NOT NULL REFERENCES country);
INSERT INTO product SELECT g, 1 + g % 3 FROM generate_series(1, 200) g;
CREATE TABLE buyer (id int PRIMARY KEY);
INSERT INTO buyer SELECT generate_series(1, 400);
CREATE TABLE purchase (id int PRIMARY KEY, product_id int NOT NULL REFERENCES product, buyer_id int NOT NULL REFERENCES buyer);
INSERT INTO purchase SELECT row_number() OVER (), p.id, 1 + (p.id * 31 + n * 7) % 400 FROM product p, generate_series(1, 20) n WHERE p.id <= 50 OR n <= 2;
CREATE ROLE reader LOGIN;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
ANALYZE;
SQL
"$SANDSEED" plan "host=${server_dir[a]} user=reader dbname=keyed" -o keyed.yaml --target "$(dsn a keyedbox)" --quiet >/dev/null
sed -Ei 's/^  public.(holder|sorted|letter|buyer):/&\n    subject: self/
    /^  public.country:/,/^  public.holder:/{s/mode: synthesise/mode: keep\n    why: a list/;/columns:/d;/ id:/d}
    /^  public.product:/,/^  public.purchase:/{s/mode: synthesise/mode: keep\n    why: a list/;/columns:/d;/ id:/d;/country_id:/d}' keyed.yaml
"$SANDSEED" sign keyed.yaml --by test --why "a test" --quiet public.country public.product >/dev/null
exits 0 "$SANDSEED" fit keyed.yaml -o model --quiet
claim "who has far more shows in no number, by a key that is NULL in part" \
    model "t['holding']['count'] == 1200 and fan('holding')['children'] == [[3, 400]]"
claim "a collation need not be named where both have it" model "fan('sorted_use')['children'] == [[2, 300]]"
claim "nor a type have one" model "fan('letter_use')['children'] == [[10, 85]]"
claim "children of kept rows are counted, whatever list those refer to" model "fan('purchase', 1)['children'] == [[2, 150], [20, 50]]"
