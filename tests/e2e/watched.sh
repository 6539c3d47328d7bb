#!/bin/bash
# What a run tells while it works: to a terminal, to a log, as JSON, and nothing when it is told to be quiet.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

cd "$test_root"
server_start source
server_start target
createdb_in source shop
psql_in source shop -c "CREATE TABLE person (id int PRIMARY KEY, email text)" \
    -c "INSERT INTO person SELECT i, 'canary' || i || '@real.org' FROM generate_series(1, 50000) i" -c ANALYZE
policy_for source shop "$(dsn target box)" synthesise p.yaml
run() { "$SANDSEED" refresh p.yaml --allow-privileged-source "$@"; }

run --quiet >quiet.out 2>quiet.err
claim "quiet: nothing but the result" [ ! -s quiet.err ]
run >plain.out 2>plain.err
claim "else the warnings" grep -q "^warning: " plain.err
claim "and no stage by stage" bash -c '! grep -q "restore the schema" plain.err'
run --verbose >verbose.out 2>verbose.err
for stage in "read the schema, check the target" "restore the schema" "make tables" "indexes, keys and triggers" "publish"; do
    claim "verbose: $stage" grep -qxF "$stage" verbose.err
done
run --json --verbose --log-format json >json.out 2>json.err
claim "as JSON: a line an object, with time and level; the result on standard output alone" python3 - <<'PY'
import datetime, json
lines = [json.loads(line) for line in open("json.err")]
assert {"warning", "debug"} <= {line["level"] for line in lines}, lines
assert any(line["message"] == "publish" for line in lines)
for line in lines:
    datetime.datetime.strptime(line["time"], "%Y-%m-%dT%H:%M:%SZ")
assert json.load(open("json.out"))["result"] == "published"
PY
# Progress is for runs that take longer.
psql_in source shop -c "INSERT INTO person SELECT i, 'canary' || i || '@real.org' FROM generate_series(50001, 3000000) i" -c ANALYZE
script -qec "$SANDSEED refresh p.yaml --allow-privileged-source" terminal </dev/null >/dev/null
claim "on a terminal: stage, table, rows and rate in one line that is written over" grep -qaE $'\r\e\\[K[a-z ]+: public.person, [0-9]+ rows, [0-9]+ rows/s' terminal
claim "and how long it will take" grep -qaE 'rows/s, about [0-9]+ s left' terminal
claim "and of a stage that counts no rows, how long it takes by now" grep -qaE $'\r\e\\[K(indexes, keys and triggers|statistics, gates): [0-9]+ s' terminal
claim "no value is told" bash -c '! grep -qa canary *.out *.err terminal'

# --- standard output
status=0
"$SANDSEED" inspect "$(dsn source shop)" --quiet >/dev/full 2>full.err || status=$?
claim "a result that cannot be written is no success" [ "$status" = 2 ]
claim "and is told" grep -q "could not write the result" full.err
"$SANDSEED" inspect "$(dsn source shop)" --json --quiet | true
claim "a reader that has seen enough is no failure" [ "${PIPESTATUS[0]}" = 0 ]
