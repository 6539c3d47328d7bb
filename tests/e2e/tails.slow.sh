#!/bin/bash
# Tails: fit tells how many different values a column has besides those told, how many occur once and how the others fall; of fewer than
# k people nothing.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
# law: of its values n^-2 have n rows; many: 12,000 different ones; few: 30 that 100 people share and ten that one has each, all of one
# person; nearly: 60 that one has each, and eight people who share two; shared: ten that two have each; spread: 5,000 numbers; place: a key that 700 rows are referred to by.
psql_in source made -c "
CREATE FUNCTION h(i int, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
CREATE TABLE place (id int PRIMARY KEY);
CREATE TABLE person (id int PRIMARY KEY, place_id int REFERENCES place, law text, many text, few text, shared text, nearly text, spread int, told text NOT NULL);
INSERT INTO place SELECT generate_series(1, 1000);
CREATE TABLE law AS SELECT v, greatest(1, floor(1 / (1 - (h(v, 1) % 1000000) / 1000000.0)))::int AS n FROM generate_series(1, 900) AS v;
INSERT INTO person SELECT i, 1 + h(i, 9) % 700, NULL, 'many ' || h(i, 2) % 12000, 'few ' || CASE WHEN i <= 10 THEN 'own ' || i ELSE (i % 30)::text END,
    'some ' || CASE WHEN i <= 20 THEN 'own ' || i / 2 ELSE (i % 30)::text END,
    'near ' || CASE WHEN i <= 60 THEN 'own ' || i WHEN i <= 68 THEN 'two ' || i % 2 ELSE (i % 30)::text END, h(i, 3) % 5000, 'told ' || i % 5
FROM generate_series(1, 20000) AS i;
UPDATE person SET law = 'law ' || l.v FROM (SELECT v, row_number() OVER (ORDER BY v, k) AS i FROM law, generate_series(1, least(n, 3000)) AS k) AS l
WHERE l.i = person.id;
UPDATE person SET law = 'usual ' || id % 5 WHERE law IS NULL;
DROP TABLE law;
CREATE TABLE visit (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, note text NOT NULL);
INSERT INTO visit SELECT i, 1 + i % 4000, 'note ' || i % 20 FROM generate_series(1, 8000) AS i;
INSERT INTO visit SELECT 8000 + i, 7, 'only ' || i FROM generate_series(1, 3000) AS i;
-- Of people who are referred to by two keys nobody is set aside: so all values are there.
ALTER TABLE person ADD nr int UNIQUE;
CREATE TABLE badge (id int PRIMARY KEY, nr int REFERENCES person (nr));
ANALYZE" >/dev/null
{
    printf 'sandseed: 1\nsource: %s\ntarget: cluster:%s/sandbox\noutput: %s/out\nrequire_signoff: none\non_change: {new_table: empty, new_column: shape}\ntables:\n' "$(dsn source made)" "$test_root" "$test_root"
    printf '  public.place:\n    mode: synthesise\n    subject: none\n    why: made\n    columns:\n      id: {class: key}\n'
    printf '  public.person:\n    mode: synthesise\n    subject: self\n    columns:\n      id: {class: key}\n      place_id: {class: key}\n      nr: {class: key}\n'
    for c in law many few shared nearly spread told; do echo "      $c: {class: non-personal}"; done
    printf '  public.badge:\n    mode: synthesise\n    subject: nr\n    columns:\n      id: {class: key}\n      nr: {class: key}\n'
    printf '  public.visit:\n    mode: synthesise\n    subject: person_id\n    columns:\n      id: {class: key}\n      person_id: {class: key}\n      note: {class: non-personal}\n'
} >"$test_root/policy.yaml"
"$SANDSEED" fit "$test_root/policy.yaml" -o "$test_root/model" --allow-privileged-source --seed 7 --quiet >/dev/null
claim "values, once and slope are those of the source" python3 - "$test_root/model" "$(psql_in source made -At -c "SELECT count(DISTINCT law), count(DISTINCT many) FROM person")" \
    "$(psql_in source made -At -c "SELECT count(*), count(*) FILTER (WHERE n = 1) FROM (SELECT count(*) AS n FROM person WHERE law IS NOT NULL GROUP BY law HAVING count(*) < 11) AS s")" <<'PY'
import json, sys
t = {t["name"]: {c["name"]: c["marginal"] for c in t["columns"]} for t in json.load(open(sys.argv[1] + "/model.json"))["tables"]}
m = {name: c.get("tail") for name, c in t["person"].items()}
laws, many = map(int, sys.argv[2].split("|"))
rare, once = map(int, sys.argv[3].split("|"))
near = lambda a, b, share: abs(a - b) <= share * b
assert near(m["law"]["values"], rare, 0.06) and abs(m["law"]["once"] - 1000 * once / rare) <= 25, (m["law"], rare, once)
assert abs(m["law"]["slope"] - 2000) <= 350, m["law"]  # three standard errors of some 850 values that end at 10 rows, and rounding
assert near(m["many"]["values"], many, 0.18), (m["many"], many)  # four standard errors, and two digits
assert near(m["spread"]["values"], 4900, 0.18) and near(m["place_id"]["values"], 700, 0.05) and near(m["id"]["values"], 20000, 0.18)
assert m["id"]["once"] == 1000 and "slope" not in m["id"]
# ten people are not enough to say that they are there; twenty are
assert m["few"] is None and m["told"] is None
assert m["shared"] == {"values": 10, "once": 0}, m["shared"]
# eight people are too few to say that they share: as if all 68 had one of their own
assert m["nearly"] == {"values": 70, "once": 1000}, m["nearly"]
# of one person's 3,000 own notes nothing is told but that of the others k people have each
assert "tail" not in t["visit"]["note"] and len(t["visit"]["note"]["values"]) == 20, t["visit"]["note"]
PY
cat >"$test_root/ways.json" <<'JSON'
{"public.person": {"ways": [{"name": "person", "subject": "t.id"}]},
 "public.visit": {"ways": [{"name": "person", "subject": "t.person_id", "via": ["visit_person_id_fkey"]}]}}
JSON
proof() { python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model "$1" --source "$(dsn source made)" --ways "$test_root/ways.json" --tables public.person,public.visit; }
claim "k people stand behind each" proof "$test_root/model"
no() { ! "$@" >/dev/null; }
mkdir "$test_root/tampered"
for tail in '"nearly": {"values": 60, "once": 1000}' '"few": {"values": 10, "once": 1000}' '"law": {"values": 400, "once": 500}' '"shared": {"values": 10, "once": 500}' '"shared": {"values": 10, "once": 0, "slope": 2000}'; do
    python3 -c "
import json, sys
m = json.load(open('$test_root/model/model.json'))
t = next(t for t in m['tables'] if t['name'] == 'person')
for name, tail in json.loads('{' + sys.argv[1] + '}').items():
    next(c for c in t['columns'] if c['name'] == name)['marginal']['tail'] = tail
json.dump(m, open('$test_root/tampered/model.json', 'w'))" "$tail"
    claim "what has fewer does not pass: $tail" no proof "$test_root/tampered"
done
"$SANDSEED" inspect "$test_root/model" >"$test_root/page"
claim "inspect says it in words" grep -qE '~[0-9]+ other values, [0-9]+ % of them once, falling as n\^-[0-9.]+' <(tr -s ' \n' ' ' <"$test_root/page")
