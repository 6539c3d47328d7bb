#!/bin/bash
# Sources and targets of PostgreSQL 12 to 18, with the pg_dump that is installed.  A source newer than
# every pg_dump is told so; a target older than the source works or leaves yesterday's sandbox alone.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/versions.sh"

need_versions 12 13 14 15 16 17 18
newest=$(for bin in /usr/lib/postgresql/*/bin/pg_dump; do "$bin" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/'; done | sort -n | tail -1)
[ "$newest" -ge 15 ] || skip "the newest pg_dump here is $newest; this test wants 15 or newer"

start_with_app()
{
    server_start "v$1" "$(version_bin "$1")"
    createdb_in "v$1" app
    psql_in "v$1" app -o /dev/null -f "$SOURCE_DIR/tests/e2e/versions.sql"
}

# from_to SOURCE TARGET MODE: one refresh; the rows of a kept one are compared
from_to()
{
    local policy=$test_root/from_$1_to_$2_$3.yaml
    policy_for "v$1" app "$(dsn "v$2" "from_$1_$3")" "$3" "$policy"
    exits 0 refresh "$policy"
    says "gate schema-equal       passed"
    says "gate constraints-valid  passed"
    if [ "$3" = keep ]; then
        diff <(table_sums "v$1" app) <(table_sums "v$2" "from_$1_$3") || fail "rows from $1 to $2"
        claim "from $1 to $2: sequences go on behind the largest key" \
            [ "$(psql_in "v$2" "from_$1_$3" -c "SELECT last_value FROM app.orders_id_seq")" = 1500 ]
    fi
    echo "ok: from $1 to $2, $3"
}

# --- sources 12 to 15 into 15
start_with_app 15
for major in 12 13 14; do
    start_with_app "$major"
    for mode in keep synthesise; do
        from_to "$major" 15 "$mode"
    done
    [ "$major" != 13 ] || server_stop v13
done
for mode in keep synthesise; do
    from_to 15 15 "$mode"
done

# --- an old and a new source into newer targets
for major in 16 17 18; do
    start_with_app "$major"
    from_to 12 "$major" keep
    from_to 15 "$major" keep
    from_to 15 "$major" synthesise
done
from_to 12 12 keep
from_to 12 14 keep

# --- a target older than the source: the schema does not restore there, and nothing is touched
server_start old "$(version_bin 13)"
policy_for v12 app "$(dsn old sandbox)" keep "$test_root/older.yaml"
exits 0 refresh "$test_root/older.yaml"
table_sums old sandbox >"$test_root/before"
policy_for v15 app "$(dsn old sandbox)" keep "$test_root/newer.yaml"
exits 1 refresh "$test_root/newer.yaml"
says "is PostgreSQL 13, older than the source's 15"
claim "yesterday's sandbox is as it was" diff "$test_root/before" <(table_sums old sandbox)
claim "nothing else is left there" [ "$(databases old)" = sandbox ]
# ... and where it does, it works, with a warning
createdb_in v15 plain
psql_in v15 plain -c "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 100) i"
policy_for v15 plain "$(dsn old plain)" keep "$test_root/plain.yaml"
exits 0 "$SANDSEED" refresh "$test_root/plain.yaml" --allow-privileged-source
says "PostgreSQL 13, older than the source's 15"
claim "a plain schema goes to an older server" diff <(table_sums v15 plain) <(table_sums old plain)

# --- a source newer than every pg_dump: reading its catalog works, carrying its schema does not
for major in 16 17 18; do
    if [ "$newest" -ge "$major" ]; then
        from_to "$major" "$major" keep
        continue
    fi
    exits 0 "$SANDSEED" inspect "$(dsn "v$major" app)"
    says "PostgreSQL $major."
    policy_for "v$major" app "$(dsn v18 never)" keep "$test_root/new_$major.yaml"
    exits 1 refresh "$test_root/new_$major.yaml"
    says "the server is PostgreSQL $major, and the newest pg_dump found is $newest"
    says "install postgresql-client-$major"
    says "--pg-bindir"
    claim "a source $major newer than every pg_dump is told so" [ -z "$(databases v18 | grep never)" ]
done
