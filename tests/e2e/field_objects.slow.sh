#!/bin/bash
# Objects of every kind around a few tables: what travels, what does not, and that nothing fires.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/schemas.sh"

server_start source
server_start target

psql_in source postgres -c 'CREATE ROLE owner_o' -c 'CREATE ROLE reader_o' -c 'CREATE ROLE "Odd ""Role"'
createdb_in source objects
psql_in source objects -o /dev/null -c "SET client_min_messages = error" -f "$(dirname "$0")/field_objects.sql"
psql_in source objects -c "ALTER DATABASE objects SET search_path = app, public" -c "ANALYZE app.customer, app.purchase, app.ruled, app.mixed_here"
policy_for source objects "$(dsn target objects_keep)" keep "$test_root/plain.yaml"
exits 1 "$SANDSEED" refresh "$test_root/plain.yaml" --allow-privileged-source
for role in owner_o reader_o '"Odd ""Role"'; do
    says "CREATE ROLE $role NOLOGIN"
done
says "schema: {owners: stand-in}"
claim "a policy that names a missing role: told before anything is made" is "$(databases target | grep -c objects)" 0
taken_out='DROP EVENT TRIGGER watcher; ALTER SERVER far OPTIONS (DROP host, DROP dbname);
    DROP USER MAPPING FOR postgres SERVER far; DROP USER MAPPING FOR PUBLIC SERVER far;
    ALTER FOREIGN TABLE app.remote OPTIONS (DROP table_name); ALTER FOREIGN TABLE app.remote ALTER id OPTIONS (DROP column_name)'
for mode in keep synthesise; do
    policy=$test_root/objects_$mode.yaml
    policy_for source objects "$(dsn target "objects_$mode")" "$mode" "$policy"
    sed -i '1i schema: {owners: stand-in}' "$policy"
    exits 0 refresh "$policy" --seed 5
    says "Note: the source has 12 large objects, and none was copied"
    claim "$mode: the report tells which columns may name them" grep -q "and none is copied; they may be named in app.customer.photo" "$test_root/sandseed-out/report.json"
    claim "$mode: a policy's missing roles are stand-ins" is "$(in_box "objects_$mode" -c "SELECT polroles::regrole[] FROM pg_policy WHERE polname = 'mine'")" '{reader_o,"\"Odd \"\"Role\""}'
    claim "$mode: schemas are equal by pg_dump and psql, less what must not travel" equal_schemas objects "objects_$mode" "$taken_out"
    claim "$mode: constraints and indexes are as valid as in the source" all_valid "objects_$mode" objects
    claim "$mode: no large object, publication or subscription" is "$(in_box "objects_$mode" -c "SELECT
        (SELECT count(*) FROM pg_largeobject_metadata) + (SELECT count(*) FROM pg_publication) + (SELECT count(*) FROM pg_subscription WHERE subdbid =
        (SELECT oid FROM pg_database WHERE datname = current_database()))")" 0
    claim "$mode: no trigger fired, no rule swallowed a row" is "$(in_box "objects_$mode" -c "SELECT (SELECT count(*) FROM app.audit), (SELECT count(*) FROM app.ruled)")" "0|80"
    claim "$mode: materialised views over each other are filled, the empty one is not" is "$(in_box "objects_$mode" -c "SELECT string_agg(relname || relispopulated, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'm'")" \
        "loose_sumstrue m0_emptyfalse m1true m2true m3true"
    claim "$mode: one that finds its table by the search_path too" is "$(in_box "objects_$mode" -c "SELECT count(total) > 0 FROM app.loose_sums")" t
    claim "$mode: security definers are listed" grep -q secret_count "$test_root/sandseed-out/report.json"
    ! grep -rq 'canary' "$test_root/out" "$test_root/sandseed-out" || fail "a value or a password in a message or report"
done
table_sums source objects >"$test_root/before"
table_sums target objects_keep >"$test_root/after"
claim "kept rows are equal (domains over arrays, composites in composites, ranges, altered enums)" diff "$test_root/before" "$test_root/after"
claim "nothing of a planted value" no_canary objects_synthesise
claim "a table with a partition on another server is proposed as empty" grep -q "why: a partition of it is on another server" "$test_root/objects_synthesise.yaml"
python3 - "$test_root/objects_synthesise.yaml" "$test_root/bad.yaml" <<'PY'
import sys
text = open(sys.argv[1]).read()
forced = text.replace("    mode: empty\n    why: a partition of it is on another server\n",
                      "    mode: synthesise\n")
assert forced != text
open(sys.argv[2], "w").write(forced.replace("new_column: stop", "new_column: shape"))
PY
exits 3 refresh "$test_root/bad.yaml" --target "$(dsn target objects_bad)"
says "app.mixed: rows cannot be made for a table with a partition on another server (app.mixed_far)"
claim "made all the same it is refused by name, with nothing left behind" is "$(databases target | grep -c objects_bad)" 0
