#!/bin/bash
# learn_rows: fit reads about so many rows, of whole people, chosen by the source itself; counts are estimates, and it is said.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

cd "$test_root"
server_start source
createdb_in source made
psql_in source made -c "
CREATE FUNCTION h(i bigint, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
CREATE TABLE region (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE person (id int PRIMARY KEY, region_id int NOT NULL REFERENCES region, since date NOT NULL);
CREATE TABLE visit (id int PRIMARY KEY, person_id int REFERENCES person, at date NOT NULL, items int NOT NULL, sum int NOT NULL);
CREATE TABLE item (visit_id int NOT NULL REFERENCES visit, n int, price int NOT NULL, PRIMARY KEY (visit_id, n));
-- A key of two columns, which references name in another order.
CREATE TABLE member (town int, nr int, fees int NOT NULL, PRIMARY KEY (nr, town));
CREATE TABLE fee (id int PRIMARY KEY, nr int NOT NULL, town int NOT NULL, FOREIGN KEY (town, nr) REFERENCES member (town, nr));
CREATE TABLE reading (id int PRIMARY KEY, place int NOT NULL, value int NOT NULL);
INSERT INTO region SELECT i, 'r' || i FROM generate_series(1, 60) AS i;
INSERT INTO person SELECT i, 1 + h(i, 5) % 60, date '2020-01-01' + (h(i, 1) % 1500)::int FROM generate_series(1, 8000) AS i;
INSERT INTO visit SELECT row_number() OVER (), CASE WHEN h(p.id * 10 + v, 4) % 20 > 0 THEN p.id END, date '2024-01-01' + (h(p.id * 10 + v, 3) % 300)::int, 0, 0
    FROM person AS p, generate_series(1, 3 + (h(p.id, 2) % 3)::int) AS v;
INSERT INTO item SELECT v.id, n, 100 * (1 + h(v.id * 10 + n, 6) % 9) FROM visit AS v, generate_series(1, 1 + (h(v.id, 7) % 4)::int) AS n;
UPDATE visit SET items = i.n, sum = i.s FROM (SELECT visit_id, count(*) AS n, sum(price) AS s FROM item GROUP BY 1) AS i WHERE i.visit_id = visit.id;
INSERT INTO member SELECT i % 40, i / 40, (h(i, 10) % 5)::int FROM generate_series(1, 8000) AS i;
INSERT INTO fee SELECT row_number() OVER (), nr, town FROM member, generate_series(1, fees);
INSERT INTO reading SELECT i, h(i, 8) % 10, h(i, 9) % 5 FROM generate_series(1, 40000) AS i;
ANALYZE" >/dev/null
psql_in source made -c "VACUUM ANALYZE" >/dev/null
policy()
{
    cat <<YAML
sandseed: 1
source: $(dsn source made)
target: cluster:$test_root/sandbox
output: $test_root/out
require_signoff: none
$1
tables:
  public.region: {mode: synthesise, columns: {id: {class: key}, name: {class: non-personal}}}
  public.person: {mode: synthesise, subject: self, columns: {id: {class: key}, region_id: {class: key}, since: {class: non-personal}}}
  public.visit:
    mode: synthesise
    subject: person_id
    columns: {id: {class: key}, person_id: {class: key}, at: {class: non-personal}, items: {class: non-personal}, sum: {class: non-personal}}
  public.item: {mode: synthesise, subject: visit_id, columns: {visit_id: {class: key}, n: {class: key}, price: {class: non-personal}}}
  public.member: {mode: synthesise, subject: self, columns: {town: {class: key}, nr: {class: key}, fees: {class: non-personal}}}
  public.fee: {mode: synthesise, subject: [town, nr], columns: {id: {class: key}, town: {class: key}, nr: {class: key}}}
  public.reading:
    mode: synthesise
    $2
    columns: {id: {class: key}, place: {class: non-personal}, value: {class: non-personal}}
YAML
}
policy "" "" >"$test_root/all.yaml"
policy "learn_rows: 12000" "learn_rows: 20000" >"$test_root/some.yaml"
fit() { "$SANDSEED" fit "$test_root/$1.yaml" -o "$test_root/$2" --allow-privileged-source --seed 7 --quiet "${@:3}" >"$test_root/$2.said"; }
fit all all
fit some some --jobs 1
for jobs in 2 5; do
    fit some "some$jobs" --jobs $jobs
    claim "with $jobs jobs it is the same model, byte by byte" cmp "$test_root/some/model.json" "$test_root/some$jobs/model.json"
done
claim "fit says that counts are estimates" grep -q "^Limited:  of 6 tables" "$test_root/some.said"
claim "where all is read it says nothing" test "$(grep -c Limited "$test_root/all.said")" = 0
"$SANDSEED" inspect "$test_root/some" >"$test_root/page" || fail "inspect"
claim "inspect says so too" grep -q "all counts are estimates, from one of 8 people" <(tr -s " \n" " " <"$test_root/page")
"$SANDSEED" inspect "$test_root/some" --json | python3 -c '
import json, sys
t = {t["table"]: t for t in json.load(sys.stdin)["tables"]}
sys.exit(t["public.visit"].get("one_in") != 8 or "one_in" in t["public.region"])' || fail "inspect --json"

python3 - "$test_root/all/model.json" "$test_root/some/model.json" <<'PY'
import json, sys
every, some = ({t["name"]: t for t in json.load(open(f))["tables"]} for f in sys.argv[1:])

def claim(text, holds):
    print("ok:" if holds else "FAILED:", text)
    if not holds:
        sys.exit(1)

# 80,000 items are the largest that lead to people: 1 of 8 for all of them.  40,000 readings have 1 of 2; 60 regions are all read.
claim("tables that lead to people are read of the same share of them", [some[t].get("one_in") for t in ("person", "visit", "item", "member", "fee")] == 5 * [8])
claim("others by their own limit", some["reading"].get("one_in") == 2 and "one_in" not in some["region"])
claim("without a limit all is read", not any("one_in" in t for t in every.values()))
# 1,000 people of 8,000: 3 % and, of visits that are about as many for each, not much more.
for t, most in (("person", .12), ("visit", .15), ("item", .15), ("reading", .03), ("region", 0)):
    claim(f"the rows of {t} are told within {most:.0%}", abs(some[t]["count"] - every[t]["count"]) <= most * every[t]["count"])
rules = lambda m, t: {(r["kind"], *map(str, r["columns"])) for r in m[t].get("rules", [])}
claim("families are whole: what a visit holds of its items is found", rules(every, "visit") == rules(some, "visit") != set())
claim("by keys of several columns too", rules(every, "member") == rules(some, "member") != set())

def counts(m):
    cells = [n for key in ("values", "lengths", "alphabets", "codes") for _, n in m.get(key, ()) if n != "<k"]
    return [m["count"], m["nulls"], m.get("rest", 0), *cells]

told = [(n, t["one_in"]) for t in some.values() if "one_in" in t for c in t["columns"] if "marginal" in c for n in counts(c["marginal"])]
claim("how many rows were read is rounded, not what they stand for", len(told) > 40 and all(n % (5 * one_in) == 0 for n, one_in in told))
claim("as rules are", all(r["rows"] % (5 * t["one_in"]) == 0 for t in some.values() if "one_in" in t for r in t.get("rules", ())))
claim("counts of what is learnt together are said to be estimates", all(t["dependence"]["counted"] == "sample" for t in some.values() if "dependence" in t and "one_in" in t))
PY

# The server's hash of a key does not know where its row lies.
psql_in source made -c "CREATE TABLE other AS SELECT * FROM item ORDER BY h(visit_id * 10 + n, 33); TRUNCATE item; INSERT INTO item SELECT * FROM other; DROP TABLE other" >/dev/null
psql_in source made -c "VACUUM ANALYZE" >/dev/null
fit some shuffled
claim "with shuffled rows it is the same model" cmp "$test_root/some/model.json" "$test_root/shuffled/model.json"
"$SANDSEED" generate "$test_root/some" "cluster:$test_root/made" --quiet >"$test_root/made.said" || fail "generate"
