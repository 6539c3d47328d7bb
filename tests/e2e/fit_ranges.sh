#!/bin/bash
# A table of many pages is read by several workers, range by range: the model is the same, however many they are.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
# 48 MB in three partitions and one table: values of every kind that is counted, CHECKs over several columns, documents, more values than are told apart.
psql_in source made -c "
CREATE FUNCTION h(i bigint, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
CREATE TABLE person (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO person SELECT i, 'Name ' || i FROM generate_series(1, 3000) AS i;
CREATE TABLE visit (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, kind text, code text NOT NULL, came timestamptz NOT NULL, left_at timestamptz,
    paid numeric(10,2), net numeric(10,2), tax numeric(10,2), tags text[], details jsonb, filler text NOT NULL,
    CHECK (left_at >= came), CHECK (paid = net + tax));
INSERT INTO visit SELECT i, 1 + h(i, 1) % 3000, (ARRAY['a', 'b', 'c', NULL])[1 + h(i, 2) % 4], 'C-' || h(i, 3) % 4000,
    timestamptz '2024-01-01' + h(i, 4) % 31000000 * interval '1 second', CASE WHEN h(i, 5) % 3 > 0 THEN timestamptz '2024-01-01' + (h(i, 4) % 31000000 + h(i, 6) % 9000) * interval '1 second' END,
    (h(i, 7) % 90000 + h(i, 8) % 900) / 100.0, h(i, 7) % 90000 / 100.0, h(i, 8) % 900 / 100.0,
    ARRAY['t' || h(i, 9) % 5], jsonb_build_object('n', h(i, 10) % 50, 's', 'v' || h(i, 11) % 3), repeat(md5(i::text), 20)
FROM generate_series(1, 40000) AS i;
CREATE TABLE entry (id int NOT NULL, person_id int NOT NULL, amount int NOT NULL, filler text NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE entry_1 PARTITION OF entry FOR VALUES FROM (0) TO (5000);
CREATE TABLE entry_2 PARTITION OF entry FOR VALUES FROM (5000) TO (35000);
CREATE TABLE entry_3 PARTITION OF entry FOR VALUES FROM (35000) TO (40000);
INSERT INTO entry SELECT i, 1 + h(i, 12) % 3000, (h(i, 13) % 100000)::int, repeat(md5(i::text), 20) FROM generate_series(1, 39999) AS i;
ALTER TABLE entry ADD FOREIGN KEY (person_id) REFERENCES person;
ALTER TABLE visit ALTER filler SET STORAGE EXTERNAL;
ANALYZE" >/dev/null
claim "the tables are of more than one range" [ "$(psql_in source made -c "SELECT bool_and(relpages > 2048) FROM pg_class WHERE relname IN ('visit', 'entry_2')")" = t ]
cat >"$test_root/made.yaml" <<YAML
sandseed: 1
source: $(dsn source made)
target: cluster:$test_root/sandbox
output: $test_root/out
require_signoff: none
tables:
  public.person:
    mode: synthesise
    subject: self
    columns: {id: {class: key}, name: {class: direct-identifier}}
  public.visit:
    mode: synthesise
    subject: person_id
    columns: {id: {class: key}, person_id: {class: key}, kind: {class: non-personal}, code: {class: non-personal}, came: {class: non-personal}, left_at: {class: non-personal},
      paid: {class: non-personal}, net: {class: non-personal}, tax: {class: non-personal}, tags: {class: non-personal}, details: {class: non-personal}, filler: {class: free-text}}
  public.entry:
    mode: synthesise
    subject: person_id
    columns: {id: {class: key}, person_id: {class: key}, amount: {class: non-personal}, filler: {class: free-text}}
YAML
fit() { "$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/model$1" --allow-privileged-source --seed 7 --jobs "$1" --quiet >/dev/null || fail "fit --jobs $1"; }
fit 1
for jobs in 2 5; do
    fit $jobs
    claim "$jobs workers learn the same as one" cmp "$test_root/model1/model.json" "$test_root/model$jobs/model.json"
done
python3 - "$test_root/model1/model.json" <<'PY' || fail "what is learnt"
import json, sys

visit = next(t for t in json.load(open(sys.argv[1]))["tables"] if t["name"] == "visit")
columns = {c["name"]: c for c in visit["columns"]}
assert len(columns["kind"]["marginal"]["values"]) == 3 and len(columns["paid"]["marginal"]["points"]) > 20
assert columns["code"]["marginal"]["tail"]["values"] > 3000, columns["code"]["marginal"]["tail"]
assert "document" in columns["details"]["habits"] and len(visit["joints"]) == 2
assert visit["dependence"]["variables"]
PY
echo "ok: and it is all there"

# --- a range that cannot be read: whoever reads it, the run ends, says so, and leaves nothing behind
psql_in source made -c CHECKPOINT >/dev/null
file=${server_dir[source]}/data/$(psql_in source made -c "SELECT pg_relation_filepath('visit')")
as_postgres "${server_bin[source]}/pg_ctl" -D "${server_dir[source]}/data" -s -w -m fast stop
head -c 8192 /dev/zero | tr '\0' '\377' | dd of="$file" bs=8192 seek=3000 conv=notrunc status=none
as_postgres "${server_bin[source]}/pg_ctl" -D "${server_dir[source]}/data" -s -w -l "${server_dir[source]}/log" start
for jobs in 1 4; do
    status=0
    "$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/broken" --allow-privileged-source --seed 7 --jobs $jobs --quiet >/dev/null 2>"$test_root/err" || status=$?
    claim "a page that cannot be read ends a run of $jobs" [ $status != 0 ]
    claim "which names the table" grep -q "public.visit" "$test_root/err"
    claim "and leaves no model" [ ! -e "$test_root/broken" ]
done
