#!/bin/bash
# Who may read and who may write: each lack is told with the object and the next step, before anything
# is written.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source shop
psql_in source shop -c "CREATE TABLE customer (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL);
    INSERT INTO customer (email) SELECT 'canary' || i || '@real.org' FROM generate_series(1, 500) i;
    CREATE SCHEMA private;
    CREATE TABLE private.note (id serial PRIMARY KEY, customer_id int REFERENCES customer, body text);
    INSERT INTO private.note (customer_id, body) SELECT i, 'canary' || i FROM generate_series(1, 300) i; ANALYZE;
    CREATE ROLE reader LOGIN PASSWORD 'correct horse'; GRANT SELECT ON customer TO reader"
psql_in target postgres -c "CREATE ROLE reader NOLOGIN" -c "CREATE ROLE loader LOGIN PASSWORD 'battery staple'"
for name in source target; do
    { echo "local all reader,loader scram-sha-256"; cat "${server_dir[$name]}/data/pg_hba.conf"; } >"$test_root/hba"
    as_postgres tee "${server_dir[$name]}/data/pg_hba.conf" <"$test_root/hba" >/dev/null
    psql_in $name postgres -o /dev/null -c "SELECT pg_reload_conf()"
done
sleep 0.3
reader="host=${server_dir[source]} user=reader dbname=shop"
policy=$test_root/p.yaml
policy_for source shop "$(dsn target box)" keep "$policy"
sed -i "s|^source: .*|source: \"$reader\"|" "$policy"
exits 0 refresh "$policy" --source "$(dsn source shop)"
table_sums target box >"$test_root/yesterday"
table_sums source shop >"$test_root/production"

untouched()
{
    table_sums target box | diff "$test_root/yesterday" - || fail "yesterday's sandbox changed: $1"
    table_sums source shop | diff "$test_root/production" - || fail "the source changed: $1"
    [ "$(databases target)" = "${2:-box}" ] || fail "left behind: $(databases target): $1"
    ! grep -Eq 'canary|horse|staple' "$test_root/out" || fail "a value or a password in a message: $1"
    echo "ok: $1"
}
pgpass() { printf '*:*:*:%s:%s\n' "$@" >"$test_root/pgpass"; chmod 600 "$test_root/pgpass"; }
export PGPASSFILE=$test_root/pgpass
night() { "$SANDSEED" refresh "$policy" --quiet "$@"; }

# --- the way in ---------------------------------------------------------------------------------------
: >"$PGPASSFILE"; chmod 600 "$PGPASSFILE"
exits 1 night
says "wants a password"
says ".pgpass"
untouched "no password is known"
pgpass reader 'wrong horse'
exits 1 night
says "password authentication failed"
untouched "a wrong password"
for verb in check inspect; do
    case $verb in check) exits 1 "$SANDSEED" check "$policy" --quiet ;; inspect) exits 1 "$SANDSEED" inspect "$reader" ;; esac
    says "password authentication failed"
    untouched "$verb says the same"
done
pgpass reader 'correct horse'
exits 1 night --source "host=${server_dir[source]} user=nobody_known dbname=shop"
says "the role does not exist"
untouched "a role that does not exist"
exits 2 night --source "host=no-such-host.invalid user=reader dbname=shop"
says "host name"
untouched "a host that has no address"
exits 2 night --source "host=127.0.0.1 port=1 user=reader dbname=shop sslmode=disable"
says "refuses the connection"
untouched "a host that refuses"

# --- what the source's role may read ------------------------------------------------------------------
exits 1 night
says "private"
says "GRANT USAGE ON SCHEMA private"
untouched "a schema that it may not use"
psql_in source shop -c "GRANT USAGE ON SCHEMA private TO reader"
exits 1 night
says "private.note"
says "GRANT SELECT"
untouched "a table that it may not read"
exits 1 "$SANDSEED" check "$policy" --quiet
says "private.note"
untouched "check says so too"
sed '/^  private.note:/,$ { s/mode: keep/mode: empty/; /^    \(columns\|signed\|why\)/d; /^      /d }' "$policy" >"$test_root/empty.yaml"
exits 1 "$SANDSEED" refresh "$test_root/empty.yaml" --quiet
says "private.note"
says "GRANT SELECT"
says "also one that stays empty"
untouched "a table that stays empty is locked by pg_dump all the same"
psql_in source shop -c "GRANT SELECT (id, customer_id) ON private.note TO reader"
exits 1 night
says "private.note"
says "GRANT SELECT"
untouched "a table that it may read in part"
psql_in source shop -c "GRANT SELECT ON private.note TO reader; ALTER TABLE private.note ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON private.note USING (customer_id < 10)"
exits 0 "$SANDSEED" plan "$policy" --quiet
exits 1 night
says "private.note"
says "row security"
says "BYPASSRLS"
untouched "a table whose rows it sees in part"
exits 1 "$SANDSEED" check "$policy" --quiet
says "private.note"
says "BYPASSRLS"
untouched "check names it"
psql_in source shop -c "ALTER ROLE reader BYPASSRLS"
exits 0 night
table_sums target box | diff "$test_root/yesterday" - || fail "not the rows of the source"
untouched "with BYPASSRLS it reads all of it, without a right on sequences"
claim "and the report says so" grep -q '"role": "reads, past row security"' "$test_root/sandseed-out/report.json"
exits 3 night --source "$(dsn source shop) options='-c role=reader'"
says "the source's role is a superuser or may become one"
untouched "a superuser that has set another role may take it back"
psql_in source shop -c "CREATE ROLE admins SUPERUSER; ALTER ROLE reader NOINHERIT; GRANT admins TO reader"
exits 3 "$SANDSEED" check "$policy" --quiet
says "the source's role is a superuser or may become one"
untouched "a role that may become a superuser"
psql_in source shop -c "REVOKE admins FROM reader; GRANT pg_execute_server_program TO reader"
exits 3 "$SANDSEED" check "$policy" --quiet
untouched "a role that may run programs on the server"
psql_in source shop -c "REVOKE pg_execute_server_program FROM reader; CREATE ROLE writer; GRANT UPDATE (id) ON customer TO writer; GRANT writer TO reader"
psql_in target postgres -c "CREATE ROLE writer"
exits 0 night
claim "a role that may become one that writes a column" grep -q '"role": "can write, past row security"' "$test_root/sandseed-out/report.json"
table_sums target box | diff "$test_root/yesterday" - || fail "not the rows of the source"
psql_in source shop -c "REVOKE writer FROM reader"

# --- what the target's role may do ----------------------------------------------------------------------
loader="host=${server_dir[target]} user=loader"
pgpass reader 'correct horse'
exits 1 night --target "$loader dbname=own"
says "wants a password"
untouched "no password for the target"
printf '*:*:*:reader:correct horse\n*:*:*:loader:wrong staple\n' >"$PGPASSFILE"
exits 1 night --target "$loader dbname=own"
says "password authentication failed"
untouched "a wrong password for the target"
printf '*:*:*:reader:correct horse\n*:*:*:loader:battery staple\n' >"$PGPASSFILE"
exits 1 night --target "$loader dbname=own"
says "CREATEDB"
untouched "a role that may not create databases"
psql_in target postgres -c "ALTER ROLE loader CREATEDB"
exits 3 night --target "$loader dbname=box"
says "box"
untouched "another role's sandbox"
{ echo "schema: {owners: skip}"; cat "$policy"; } >"$test_root/skip.yaml"
exits 0 "$SANDSEED" refresh "$test_root/skip.yaml" --quiet --target "$loader dbname=own"
claim "what the policy has decided is not warned of" python3 -c "
import json
r = json.load(open('$test_root/sandseed-out/report.json'))
assert not [w for w in r['warnings'] if 'role' in w['text']], r['warnings']
assert {s['what'] for s in r['stripped_from_schema']} & {'ROLE', 'OWNER'}"
untouched "a role with CREATEDB and nothing else makes a sandbox of its own" "box own"
exits 2 night --target "host=${server_dir[target]}/nowhere user=loader dbname=own"
says "socket"
untouched "a target that is not there" "box own"
