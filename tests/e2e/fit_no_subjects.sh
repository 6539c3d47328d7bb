#!/bin/bash
# A database of which nobody says who is in it: rows count as subjects, and every page of the model says so.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source things
cd "$test_root"
psql_in source things -o /dev/null -c "
CREATE TABLE part (id int PRIMARY KEY, weight int NOT NULL, colour text NOT NULL, made date);
INSERT INTO part SELECT i, i % 9, CASE WHEN i <= 10 THEN 'planted' ELSE 'colour ' || i % 4 END, date '2024-01-01' + i % 300 FROM generate_series(1, 3000) AS i;
CREATE TABLE stock (id int PRIMARY KEY, part_id int NOT NULL REFERENCES part, shelf text NOT NULL);
INSERT INTO stock SELECT i, 1 + i * 7 % 3000, 'shelf ' || i % 6 FROM generate_series(1, 6000) AS i;
ANALYZE"
"$SANDSEED" plan "$(dsn source things)" -o things.yaml --target "$(dsn source sandbox)" --quiet >/dev/null
claim "plan finds nobody" bash -c "! grep -q 'subject: self' things.yaml"
"$SANDSEED" sign things.yaml --by test --why "a test" --quiet '*' >/dev/null
"$SANDSEED" fit things.yaml -o model --seed 7 --allow-privileged-source >told 2>err || fail "fit: $(cat err)"
claim "fit says that rows are counted" grep -q 'people in 0 tables, rows or values of foreign keys in 2; of 0 only shapes' told
claim "and sets nobody aside" bash -c "! grep -q '^Control:' told"
"$SANDSEED" inspect model >page
claim "inspect says so" bash -c "tr -s ' \n' ' ' <page | grep -q 'people in 0 tables; values of foreign keys, not all of which lead to people, in 1 table; rows alone, where the policy names no people, in 1 table'"
claim "of each table" grep -q 'public.part .*counted by rows' page
"$SANDSEED" inspect model --json >page.json
claim "and as JSON" python3 -c 'import json
t = {x["table"]: x for x in json.load(open("page.json"))["tables"]}
assert t["public.part"]["counted"] == "rows" and t["public.stock"]["counted"] == "keys" and "control" not in t["public.part"]'
claim "k rows are needed all the same" bash -c "! grep -q planted model/model.json"
