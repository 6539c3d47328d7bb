#!/bin/bash
# Values that lie far from the others, numbers of 16 digits, and foreign keys that are NULL in (nearly) every row.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

server_start source
server_start target
createdb_in source far
psql_in source far <<'SQL'
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent SELECT generate_series(1, 100);
CREATE TABLE t (id bigint PRIMARY KEY, d date, micros bigint, f float8, n numeric, big bigint CHECK (big >= 1000000000000000000));
INSERT INTO t SELECT i, CASE WHEN i <= 100 THEN date '1970-01-01' ELSE date '2025-01-01' + i % 365 END,
    1700000000000000 + i * 1000000007::bigint, 1.7e9 + i * 1000, 4e11 + i * 1e6, 1000000000000000000 + i FROM generate_series(1, 2000) i;
CREATE TABLE childless (id int PRIMARY KEY, p int REFERENCES parent);
INSERT INTO childless SELECT i, NULL FROM generate_series(1, 500) i;
CREATE TABLE few (id int PRIMARY KEY, p int REFERENCES parent);
INSERT INTO few SELECT i, CASE WHEN i = 1 THEN 1 END FROM generate_series(1, 5) i;
ANALYZE;
SQL
policy=$test_root/far.yaml
policy_for source far "$(dsn target far)" synthesise "$policy"
undecide "$policy"
sed -i 's/class: undecided/class: non-personal/' "$policy"
exits 0 refresh "$policy" --seed 3
is() { claim "$1" [ "$(psql_in target far -c "SELECT $2 FROM $3")" = t ]; }
is "an atom far before the other days hides none of them" \
    "count(DISTINCT d) > 200 AND min(d) = '1970-01-01' AND max(d) BETWEEN '2025-10-01' AND '2026-01-31' AND avg((d > '2000-01-01')::int) > 0.9" t
is "microseconds since 1970" "count(DISTINCT micros) > 1500 AND min(micros) > 1699e12 AND max(micros) < 1703e12" t
is "floats beyond 10^9" "count(DISTINCT f) > 1500 AND min(f) > 1.69e9 AND max(f) < 1.71e9" t
is "numerics beyond 10^11" "count(DISTINCT n) > 1500 AND min(n) > 3.9e11 AND max(n) < 4.1e11" t
is "a bound of 19 digits" "count(*) = 2000 AND min(big) >= 1000000000000000000" t
is "a key that is NULL in every row stays so" "count(*) = 500 AND count(p) = 0" childless
exits 0 "$SANDSEED" fit "$policy" -o "$test_root/model" --allow-privileged-source --quiet
exits 0 "$SANDSEED" inspect "$test_root/model" --quiet
claim "a model with a few rows that are nearly all NULL can be read" grep -q "^Model in" "$test_root/out"
