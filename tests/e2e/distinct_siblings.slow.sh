#!/bin/bash
# Siblings that repel in a table larger than its sample are asked of the server, without those people who are set aside.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
# Of twelve kinds each of 36,000 people has five, none twice.
psql_in source made -c "
CREATE TABLE client (id int PRIMARY KEY, since date NOT NULL);
CREATE TABLE wish (id int PRIMARY KEY, client_id int NOT NULL REFERENCES client, kind text NOT NULL);
INSERT INTO client SELECT i, date '2020-01-01' + i % 1000 FROM generate_series(1, 36000) AS i;
INSERT INTO wish SELECT i * 10 + n, i, 'kind ' || ((hashint4(i) & 1023) + n * 5) % 12 FROM generate_series(1, 36000) AS i, generate_series(1, 5) AS n;
ANALYZE" >/dev/null
cat >"$test_root/made.yaml" <<YAML
sandseed: 1
source: $(dsn source made)
target: cluster:$test_root/sandbox
output: $test_root/out
require_signoff: none
tables:
  public.client:
    mode: synthesise
    subject: self
    columns: {id: {class: key}, since: {class: non-personal}}
  public.wish:
    mode: synthesise
    subject: client_id
    columns: {id: {class: key}, client_id: {class: key}, kind: {class: non-personal}}
YAML
# fitted MODEL: is the rule in it?
fitted()
{
    "$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/$1" --allow-privileged-source --seed 7 --quiet >/dev/null || fail "fit"
    "$SANDSEED" inspect "$test_root/$1" | grep -q "kind distinct within wish_client_id_fkey"
}
# twice ID...: these have a kind twice
twice() { psql_in source made -qc "INSERT INTO wish SELECT 1000000 + id, client_id, kind FROM wish WHERE client_id IN ($1) AND id % 10 = 1"; }
python3 - "$SOURCE_DIR/tests/support" >"$test_root/who" <<'PY'
import sys
sys.path.insert(0, sys.argv[1])
from control_subjects import Control
c = Control(7, "public.client")
aside = [i for i in range(1, 36001) if i in c]
print(*aside[:20], sep=", ")
print(next(i for i in range(1, 36001) if i not in c))
PY
claim "no kind comes twice" fitted model
twice "$(sed -n 1p "$test_root/who")"
claim "but with twenty who are set aside" fitted aside
twice "$(sed -n 2p "$test_root/who")"
not_fitted() { ! fitted "$1"; }
claim "with one more, who is not, there is no such rule" not_fitted broken
