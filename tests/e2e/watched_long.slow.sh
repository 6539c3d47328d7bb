#!/bin/bash
# Where nobody watches, a run that takes long says every 30 seconds where it is.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source small
psql_in source small -c "CREATE TABLE t AS SELECT i AS id FROM generate_series(1, 100) i"
policy_for source small "$(dsn target box)" keep "$test_root/p.yaml"
# CREATE DATABASE waits for this lock
psql_in target postgres -c "BEGIN; LOCK TABLE pg_database IN SHARE MODE; SELECT pg_sleep(45)" >/dev/null 2>&1 &
for _ in $(seq 100); do
    [ "$(psql_in target postgres -c "SELECT count(*) FROM pg_locks WHERE relation = 'pg_database'::regclass AND mode = 'ShareLock'")" = 0 ] || break
    sleep 0.1
done
exits 0 "$SANDSEED" refresh "$test_root/p.yaml" --allow-privileged-source
claim "a line every 30 seconds" [ "$(grep -cE '^restore the schema: (29|3[0-5]) s$' "$test_root/out")" = 1 ]
