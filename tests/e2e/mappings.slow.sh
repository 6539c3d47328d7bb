#!/bin/bash
# Mappings: where columns decide others, fit tells which values go together, of what k people have; rarer values follow the
# coarser columns, and what follows is drawn by no tree.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
# 6,000 people in 330 postcodes of 60 towns in 6 lands; five people have a postcode of their own, two of those a town of their own.
# What they buy: 400 articles, of 20 kinds and 4 price bands, some of which few have bought.
psql_in source made -c "
CREATE TYPE band AS ENUM ('low', 'middle', 'high', 'top');
CREATE FUNCTION h(i int, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
CREATE TABLE person (id int PRIMARY KEY, postcode text, town text NOT NULL, land text NOT NULL, member_since date NOT NULL,
    desk text NOT NULL, lead text NOT NULL);
CREATE TABLE sale (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, sku text NOT NULL, kind text NOT NULL, band band NOT NULL,
    unit numeric(8,2), packed boolean, size int NOT NULL, region int NOT NULL, fee int NOT NULL, pay text NOT NULL, code text, maker text);
INSERT INTO person SELECT i, CASE WHEN i % 97 > 0 THEN 'P' || 1000 + p END, 'Town ' || p % 60, 'Land ' || p % 60 % 6,
    date '2020-01-01' + (h(i, 3) % 900)::int, 'desk ' || i / 3, 'lead ' || i / 12
FROM generate_series(1, 6000) AS i, LATERAL (SELECT floor(330 * power((h(i, 1) % 100000) / 100000.0, 2))::int AS p) AS x;
UPDATE person SET postcode = 'RARE' || id WHERE id <= 5;
UPDATE person SET town = 'Raretown' || id WHERE id <= 2;
-- one land has one town and one postcode, but for ten people who have a postcode each
UPDATE person SET postcode = CASE WHEN id <= 5040 THEN 'P9000' ELSE 'RAREFAR' || id END, town = 'Town far', land = 'Land far' WHERE id BETWEEN 5001 AND 5050;
INSERT INTO sale SELECT i, 1 + h(i, 10) % 6000, 'SKU-' || s, 'kind ' || s % 20, (enum_range(NULL::band))[1 + s / 7 % 4],
    (s % 90) + 0.99, CASE WHEN s % 11 > 0 THEN s % 3 > 0 END, z.size, z.region, (z.size * 7 + z.region * 3) % 8, 'pay ' || h(i, 16) % 4, 'code ' || o, 'maker ' || o % 30
FROM generate_series(1, 40000) AS i, LATERAL (SELECT (sqrt(h(i, 12) % 160000))::int AS s) AS x,
    LATERAL (SELECT (h(i, 17) % 1300)::int AS o) AS y, LATERAL (SELECT (h(i, 13) % 6)::int AS size, (h(i, 14) % 5)::int AS region) AS z;
INSERT INTO sale VALUES (50001, 77, 'RARESKU', 'kind 3', 'top', 1.99, true, 1, 2, 5, 'pay 1');
-- Of people who are referred to by two keys nobody is set aside: so all rows are there.
ALTER TABLE person ADD nr int UNIQUE;
CREATE TABLE badge (id int PRIMARY KEY, nr int REFERENCES person (nr));
ANALYZE" >/dev/null

policy()
{
    cat <<YAML
sandseed: 1
source: $(dsn source "${2:-made}")
target: cluster:$test_root/sandbox
output: $test_root/out
require_signoff: none
tables:
  public.person:
    mode: synthesise
    subject: self
    ${1:-}
    columns:
      id: {class: key}
      nr: {class: key}
$(for c in postcode town land member_since desk lead; do echo "      $c: {class: ${3:-non-personal}}"; done)
  public.badge: {mode: synthesise, subject: nr, columns: {id: {class: key}, nr: {class: key}}}
  public.sale:
    mode: synthesise
    subject: person_id
    columns:
      id: {class: key}
      person_id: {class: key}
$(for c in sku kind band unit packed size region fee pay code maker; do echo "      $c: {class: non-personal}"; done)
YAML
}
fit() { "$SANDSEED" fit "$1" -o "$2" --allow-privileged-source --seed 7 --quiet "${@:3}" >/dev/null; }
cat >"$test_root/ways.json" <<'JSON'
{"public.badge": {"ways": [{"name": "person", "subject": "t.nr", "via": ["badge_nr_fkey"]}]},
 "public.person": {"ways": [{"name": "person", "subject": "t.id"}]},
 "public.sale": {"ways": [{"name": "person", "subject": "t.person_id", "via": ["sale_person_id_fkey"]}]}}
JSON
proved()
{
    python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model "$1" --source "$(dsn source "$2")" --ways "$test_root/ways.json" "${@:3}" >"$test_root/proved" ||
        { cat "$test_root/proved" >&2; return 1; }
}

policy >"$test_root/all.yaml"
fit "$test_root/all.yaml" "$test_root/all"
claim "what goes together is found: closures, two that decide a third, and no list of people" python3 - "$test_root/all" <<'PY'
import json, sys
t = {t["name"]: t for t in json.load(open(sys.argv[1] + "/model.json"))["tables"]}
found = {n: [(m["columns"], m["drawn"], m["follows"], m["exceptions"]) for m in t[n].get("mappings", ())] for n in t}
# Of postcodes too many are rare for codes of their own: trees draw the town.
assert found["person"] == [(["postcode", "town", "land"], ["town"], ["postcode", "land"], "none")]
articles, codes, fees = found["sale"]
assert articles[0][0] == "sku" and set(articles[0]) == {"sku", "kind", "band", "unit", "packed"} and "sku" in articles[2]
assert (set(fees[0]), fees[0][2], fees[2], fees[3]) == ({"size", "region", "fee"}, "fee", ["fee"], "none")
# There are more codes than are counted as texts: no tree knows them.
assert codes == (["code", "maker"], ["maker"], ["code"], "none")
names = {v["column"] for v in t["sale"]["dependence"]["variables"] if v["of"] == "column"}
assert not names & set(articles[2] + codes[2] + fees[2]) and names >= set(articles[1] + codes[1] + fees[1])
PY
claim "tokens are those of the source, each once" python3 - "$test_root/all" <<'PY'
import json, sys
t = {t["name"]: t for t in json.load(open(sys.argv[1] + "/model.json"))["tables"]}
m = t["person"]["mappings"][0]
for code, town, land, rows in m["levels"][0]["cells"]:
    if code is not None and land != "Land far":
        p = int(code[1:]) - 1000
        assert (town, land) == (f"Town {p % 60}", f"Land {p % 60 % 6}")
assert len(m["levels"]) == 3 and len(m["levels"][0]["cells"]) > 180 and len(m["levels"][1]["cells"]) > 20, m
articles = t["sale"]["mappings"][0]
at = {c: i for i, c in enumerate(articles["columns"])}
assert len(articles["levels"][0]["cells"]) > 350
for token in articles["levels"][0]["cells"]:
    s = int(token[0][4:])
    assert token[at["kind"]] == f"kind {s % 20}" and token[at["band"]] == s // 7 % 4 and token[at["unit"]] == s % 90 * 100 + 99
    assert token[at["packed"]] == (int(s % 3 > 0) if s % 11 else None)
told = sum(c[-1] for level in articles["levels"] for c in level["cells"]) + articles.get("rest", 0)
assert abs(told - 40001) < 2000, told
assert len(t["sale"]["mappings"][1]["levels"][0]["cells"]) > 1250
for size, region, fee, rows in t["sale"]["mappings"][2]["levels"][0]["cells"]:
    assert fee in ((size * 7 + region * 3) % 8, (region * 7 + size * 3) % 8)
PY
claim "a count of what follows, less its tokens, leaves nobody" python3 - "$test_root/all" <<'PY'
import json, sys
t = next(t for t in json.load(open(sys.argv[1] + "/model.json"))["tables"] if t["name"] == "person")
land = next(dict(c["marginal"]["values"]) for c in t["columns"] if c["name"] == "land")
told = sum(c[-1] for level in t["mappings"][0]["levels"] for c in level["cells"] if c[-2] == "Land far")
assert told == 40 and 40 <= land["Land far"] <= 45, (told, land)
PY
claim "rare values are in no byte of it" bash -c "! grep -aE 'RARE|Raretown' '$test_root/all/model.json'"
"$SANDSEED" inspect "$test_root/all" >"$test_root/page"
claim "inspect says it in words" grep -qE 'postcode decides town and land: [0-9]+ values told, rarer ones follow' "$test_root/page"
claim "and as JSON" bash -c "'$SANDSEED' inspect '$test_root/all' --json | python3 -c 'import json, sys; assert [len(t.get(\"mappings\", ())) for t in json.load(sys.stdin)[\"tables\"]] == [0, 1, 3]'"

# --- k behind each, on two nights one person apart, and not with what is added by hand
for person in 3 4000; do
    createdb_in source "night_$person" 'TEMPLATE made'
    psql_in source "night_$person" -c "DELETE FROM sale WHERE person_id = $person" -c "DELETE FROM person WHERE id = $person" >/dev/null
    policy '' "night_$person" >"$test_root/night.yaml"
    fit "$test_root/night.yaml" "$test_root/night_$person"
done
claim "k people stand behind each token, with a person or without" proved "$test_root/all" made \
    --night "$test_root/night_3" "$(dsn source night_3)" --night "$test_root/night_4000" "$(dsn source night_4000)"
export MADE; MADE=$(dsn source made)
claim "a token of fewer is found" python3 - "$test_root" <<'PY'
import copy, json, os, subprocess, sys
root = sys.argv[1]
model = json.load(open(root + "/all/model.json"))
os.makedirs(root + "/tampered", exist_ok=True)
def rare(levels): levels[0]["cells"].append(["RARE3", "Town 3", "Land 3", 10])
def coarse(levels): levels[1]["cells"].append(["Raretown1", "Land 3", 10])
def again(levels): levels[-1]["cells"].append(["Land 3", 10]) if not any(c[0] == "Land 3" for c in levels[-1]["cells"]) else levels[-1]["cells"].append(["Land 9", 10])
def count(levels): levels[0]["cells"][0][-1] += 20
def own(levels): next(v for v in land["values"] if v[0] == "Land far")[1] = 60
for tamper in (rare, coarse, again, count, own):
    m = copy.deepcopy(model)
    person = next(t for t in m["tables"] if t["name"] == "person")
    land = next(c["marginal"] for c in person["columns"] if c["name"] == "land")
    tamper(person["mappings"][0]["levels"])
    json.dump(m, open(root + "/tampered/model.json", "w"))
    run = subprocess.run(["python3", os.environ["SOURCE_DIR"] + "/tests/support/leak_proof.py", "--model", root + "/tampered", "--source", os.environ["MADE"],
                          "--ways", root + "/ways.json", "--tables", "public.person"], stdout=subprocess.PIPE)
    assert run.returncode == 1, tamper.__name__
PY

# --- the same model at any number of jobs, and for shuffled rows
fit "$test_root/all.yaml" "$test_root/jobs" --jobs 4
createdb_in source shuffled 'TEMPLATE made'
psql_in source shuffled -c "CREATE TABLE kept AS SELECT * FROM sale ORDER BY h(id, 77); TRUNCATE sale; INSERT INTO sale SELECT * FROM kept ORDER BY h(id, 78); DROP TABLE kept;
    ANALYZE" >/dev/null
policy '' shuffled >"$test_root/shuffled.yaml"
fit "$test_root/shuffled.yaml" "$test_root/shuffled"
mappings_of() { python3 -c "import json, sys; print(json.dumps([t.get('mappings') for t in json.load(open(sys.argv[1] + '/model.json'))['tables']]))" "$1"; }
claim "jobs and the order of rows change nothing" bash -c "cmp <(echo '$(mappings_of "$test_root/all" | md5sum)') <(echo '$(mappings_of "$test_root/jobs" | md5sum)') &&
    cmp <(echo '$(mappings_of "$test_root/all" | md5sum)') <(echo '$(mappings_of "$test_root/shuffled" | md5sum)')"

# --- rules_off, what runs by shape, exceptions
policy 'rules_off: ["postcode -> town"]' >"$test_root/off.yaml"
fit "$test_root/off.yaml" "$test_root/off"
claim "a rule that is off has no tokens" python3 -c "
import json; t = {t['name']: t for t in json.load(open('$test_root/off/model.json'))['tables']}
assert [m['columns'] for m in t['person']['mappings']] == [['town', 'land']], t['person'].get('mappings')"
policy '' made direct-identifier >"$test_root/direct.yaml"
fit "$test_root/direct.yaml" "$test_root/direct"
claim "of what is not learnt nothing is told" python3 -c "
import json; t = {t['name']: t for t in json.load(open('$test_root/direct/model.json'))['tables']}
assert 'mappings' not in t['person'] and len(t['sale']['mappings']) == 3"
psql_in source made -c "UPDATE person SET land = 'Land x' WHERE id IN (9, 10)" >/dev/null
fit "$test_root/all.yaml" "$test_root/few"
claim "a few exceptions are said, and told of nobody" python3 -c "
import json; t = {t['name']: t for t in json.load(open('$test_root/few/model.json'))['tables']}
m = t['person']['mappings'][0]
assert m['exceptions'] == 'few' and 'Land x' not in json.dumps(m)"
claim "which the proof sees, too" proved "$test_root/few" made

# --- chance has none
psql_in source made -c "UPDATE sale SET kind = 'kind ' || h(id, 31) % 20, band = (enum_range(NULL::band))[1 + h(id, 32) % 4], unit = h(id, 33) % 90,
    packed = h(id, 34) % 2 = 0, fee = h(id, 35) % 8, maker = 'maker ' || h(id, 38) % 30; UPDATE person SET town = 'Town ' || h(id, 36) % 60, land = 'Land ' || h(id, 37) % 6" >/dev/null
fit "$test_root/all.yaml" "$test_root/chance"
claim "chance has no tokens" python3 -c "
import json; assert not any(t.get('mappings') for t in json.load(open('$test_root/chance/model.json'))['tables'])"
