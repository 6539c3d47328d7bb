#!/bin/bash
# Where nobody watches, a run that takes long says every 30 seconds where it is.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source small
psql_in source small -c "CREATE TABLE t AS SELECT i AS id FROM generate_series(1, 100) i"
policy_for source small "$(dsn target box)" keep "$test_root/p.yaml"
hold_up target 45
exits 0 "$SANDSEED" refresh "$test_root/p.yaml" --allow-privileged-source
cat "$test_root/out"
# Counted from the run's beginning, said from the stage's: the stages before it take seconds on a busy machine.
claim "a line every 30 seconds" [ "$(grep -cE '^restore the schema: (2[0-9]|3[0-5]) s$' "$test_root/out")" = 1 ]
