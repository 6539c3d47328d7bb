#!/bin/bash
# Settings that databases and roles carry change neither what is read nor what is built, and travel.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source shop
psql_in source shop -c "CREATE TYPE mood AS ENUM ('it''s', 'b\\c');
    CREATE TABLE customer (id int PRIMARY KEY, email text NOT NULL CHECK (email <> 'a\\b'), born date DEFAULT '2001-02-03',
        at timestamptz DEFAULT '2001-02-03 04:05:06+00', raw bytea, words text[], mood mood, per interval);
    INSERT INTO customer SELECT i, 'canary' || i || '@r\\eal.org', date '1970-01-02' + i, now() - i * interval '1 day',
        decode('00ff5c27', 'hex'), ARRAY['NULL', NULL, 'é'], 'b\\c', i * interval '25 hours' FROM generate_series(1, 500) i;
    CREATE INDEX ON customer ((words[1])) WHERE email <> 'x''y';
    CREATE VIEW recent AS SELECT * FROM customer WHERE at > '2001-02-03'; ANALYZE"
policy=$test_root/p.yaml
plain="-c statement_timeout=0 -c datestyle=ISO -c bytea_output=hex -c timezone=UTC -c intervalstyle=postgres -c quote_all_identifiers=off -c extra_float_digits=3"
policy_for source shop "$(dsn target box)" keep "$policy"
PGOPTIONS=$plain table_sums source shop >"$test_root/production"
same()
{
    PGOPTIONS=$plain table_sums target box |
        diff "$test_root/production" - || fail "not the rows of the source: $1"
    echo "ok: $1"
}
settings=("quote_all_identifiers = on" "default_transaction_isolation = 'serializable'" "default_transaction_deferrable = on"
    "default_transaction_read_only = on" "search_path = 'pg_temp'" "bytea_output = 'escape'" "client_encoding = 'LATIN1'"
    "DateStyle = 'SQL, DMY'" "IntervalStyle = 'sql_standard'" "TimeZone = 'Asia/Kathmandu'" "standard_conforming_strings = off"
    "statement_timeout = '900ms'" "lock_timeout = '1ms'" "idle_in_transaction_session_timeout = '500ms'" "idle_session_timeout = '300ms'"
    "extra_float_digits = -3" "array_nulls = off" "row_security = on" "xmloption = 'document'" "transform_null_equals = on"
    "check_function_bodies = on" "enable_seqscan = off")
for setting in "${settings[@]}"; do
    psql_in source postgres -c "ALTER DATABASE shop SET $setting"
done
exits 0 refresh "$policy"
same "settings of the source's database"
psql_in source postgres -c "SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE datname = 'shop' ORDER BY 1" >"$test_root/expected"
psql_in target postgres -c "SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE datname = 'box' ORDER BY 1" |
    diff "$test_root/expected" - || fail "the settings did not travel"
[ "$(wc -l <"$test_root/expected")" = ${#settings[@]} ] || fail "not all settings were there"
echo "ok: they travel"
exits 0 refresh "$policy"
same "a sandbox that carries them is replaced"
policy_for source shop "$(dsn target box)" synthesise "$test_root/s.yaml"
exits 0 refresh "$test_root/s.yaml" --seed 1
claim "rows are learnt and made under them" [ "$(psql_in target box -c 'SELECT count(*) > 0 FROM public.customer')" = t ]
psql_in source postgres -c "ALTER DATABASE shop RESET ALL"

# Libraries are looked for when somebody connects: a setting that names one stays behind.
psql_in source postgres -c "ALTER DATABASE shop SET local_preload_libraries = 'not_there'"
PGOPTIONS="-c local_preload_libraries=" exits 0 refresh "$policy"
says "database setting local_preload_libraries was left out"
claim "everybody can connect to the sandbox" [ "$(psql_in target box -c "SELECT 1")" = 1 ]
psql_in source postgres -c "ALTER DATABASE shop RESET ALL"

for server in source target; do psql_in $server postgres -c "CREATE ROLE app_owner" -c "GRANT pg_read_all_data TO app_owner"; done
psql_in source postgres -c "ALTER DATABASE shop SET role = 'app_owner'" -c "ALTER DATABASE shop SET vacuum_cost_delay = '50ms'"
exits 0 refresh "$policy"
same "a role that the source's database sets"
claim "planner statistics are there nevertheless" [ "$(psql_in target box -c "SELECT reltuples > 0 FROM pg_class WHERE oid = 'public.customer'::regclass")" = t ]
psql_in source postgres -c "ALTER DATABASE shop RESET ALL"
psql_in target postgres -c "ALTER DATABASE box RESET ALL"

psql_in target postgres -c "CREATE ROLE loader LOGIN CREATEDB"
for setting in "${settings[@]}"; do
    psql_in target postgres -c "ALTER ROLE loader SET $setting"
done
{ echo "schema: {owners: skip}"; cat "$policy"; } >"$test_root/skip.yaml"
psql_in target postgres -c "SET default_transaction_read_only = off" -c "DROP DATABASE box"
loader="host=${server_dir[target]} user=loader dbname=box"
exits 1 refresh "$test_root/skip.yaml" --target "$loader"
says "lets us read only"
says "default_transaction_read_only"
echo "ok: a role that its administrator made read-only writes nothing"
psql_in target postgres -c "ALTER ROLE loader RESET default_transaction_read_only"
exits 0 refresh "$test_root/skip.yaml" --target "$loader"
same "settings of the target's role"
