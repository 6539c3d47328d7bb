#!/bin/bash
# What of a schema travels, what does not, and that the gate sees every difference.
. "$(dirname "$0")/../support/server.sh"
tool=${BUILD_DIR:-$SOURCE_DIR/build/dev}/tests/db_target_tool
server_start a
server_start b

run()
{
    local want=$1 source=$2 target=$3 status=0
    shift 3
    out=$("$tool" "$(dsn a "$source")" "$target" "$test_root" "$@" 2>&1) || status=$?
    [ "$status" = "$want" ] || { echo "$out" >&2; echo "exit $status, not $want" >&2; return 1; }
}
says() { grep -qF -- "$1" <<<"$out" || { echo "$out" >&2; return 1; }; }
silent() { ! grep -qF -- "$1" <<<"$out" || { echo "$out" >&2; return 1; }; }
is() { [ "$1" = "$2" ] || { echo "is \"$1\", not \"$2\"" >&2; return 1; }; }

# --- a database with one of everything that has its own trouble
psql_in a postgres -c 'CREATE ROLE owner_a' -c 'CREATE ROLE reader_a' -c 'CREATE ROLE "Odd ""Role"' \
    -c "CREATE DATABASE odd ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
psql_in a odd <<'SQL'
ALTER DATABASE odd SET search_path = app, "My Schema", public;
ALTER DATABASE odd SET default_transaction_read_only = on;
ALTER DATABASE odd SET "app.jwt_secret" = 'do not tell';
ALTER ROLE reader_a IN DATABASE odd SET statement_timeout = '7s';
SET default_transaction_read_only = off;
GRANT CREATE ON DATABASE odd TO owner_a;
CREATE SCHEMA app AUTHORIZATION owner_a;
CREATE SCHEMA "My Schema";
CREATE EXTENSION hstore SCHEMA public;
CREATE EXTENSION btree_gist SCHEMA public;
CREATE EXTENSION postgres_fdw;
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE DOMAIN app.code AS varchar(8) CHECK (VALUE IN ('a', 'b'));
CREATE TABLE app.t (id serial PRIMARY KEY, status varchar(10) CHECK (status IN ('new', 'old')),
    m app.mood, c app.code, during tsrange, EXCLUDE USING gist (id WITH =, during WITH &&));
ALTER TABLE app.t OWNER TO owner_a;
CREATE TABLE app.part (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE app.part_1 PARTITION OF app.part FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX ON app.part (id);
CREATE TABLE "My Schema"."Order.Line" ("Id" int PRIMARY KEY, t int REFERENCES app.t, note text DEFAULT 'ask jane@example.com');
ALTER TABLE "My Schema"."Order.Line" ADD CONSTRAINT late CHECK (t > 0) NOT VALID;
GRANT SELECT ON app.t TO reader_a WITH GRANT OPTION;
GRANT UPDATE (status) ON app.t TO "Odd ""Role";
GRANT USAGE ON SCHEMA app TO reader_a;
ALTER DEFAULT PRIVILEGES FOR ROLE owner_a IN SCHEMA app GRANT SELECT ON TABLES TO reader_a;
ALTER TABLE app.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON app.t TO reader_a, "Odd ""Role" USING (status = 'new');
CREATE VIEW app.v AS SELECT id FROM app.t;
CREATE MATERIALIZED VIEW app.full_mv AS SELECT count(*) FROM app.t;
CREATE MATERIALIZED VIEW app.empty_mv AS SELECT id FROM app.t WITH NO DATA;
CREATE FUNCTION app.f(a int, b app.mood) RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1; -- ; OWNER TO x
$$;
CREATE FUNCTION app.g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END;
CREATE FUNCTION app.trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER trg BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION app.trg();
CREATE FUNCTION app.et() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watcher ON ddl_command_end EXECUTE FUNCTION app.et();
CREATE PUBLICATION pub FOR TABLE app.t;
CREATE STATISTICS app.st ON id, status FROM app.t;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'prod.corp.internal', dbname 'x);y');
CREATE USER MAPPING FOR postgres SERVER far OPTIONS (user 'u', password 'canary-password');
CREATE FOREIGN TABLE app.ft (id int) SERVER far OPTIONS (table_name 'remote');
ALTER FOREIGN TABLE app.ft ALTER COLUMN id OPTIONS (column_name 'canary_column');
ALTER FOREIGN TABLE app.ft ALTER COLUMN id SET STATISTICS 7;
ALTER FOREIGN TABLE app.ft OWNER TO owner_a;
CREATE FOREIGN DATA WRAPPER wrap OPTIONS (debug 'canary');
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE app.passwd (line text) SERVER files OPTIONS (program 'id');
COMMENT ON TABLE app.t IS 'ask jane.doe@corp.co.uk';
COMMENT ON COLUMN app.t.status IS 'plain words';
COMMENT ON SERVER far IS 'far away';
SELECT lo_create(4711);
SQL

# --- missing roles: on a server somebody else runs, a person decides
claim "missing roles stop the run" run 1 odd "$(dsn b odd)"
claim "each by name, with its SQL" says "CREATE ROLE owner_a NOLOGIN"
claim "and the policy line" says "schema: {owners: stand-in}"
claim "odd names are quoted" says 'CREATE ROLE "Odd ""Role" NOLOGIN'
claim "nothing was made" is "$(psql_in b postgres -c "SELECT count(*) FROM pg_database WHERE datname LIKE 'odd%'")" 0

claim "skip: it runs without them" run 0 odd "$(dsn b odd)" owners=skip
claim "objects are the loader's" is "$(psql_in b odd -c "SET default_transaction_read_only=off; SELECT tableowner FROM pg_tables WHERE tablename = 't'")" postgres
claim "the roles are listed" says "stripped: ROLE owner_a"
claim "the policy that names only them too" says "stripped: POLICY app.t mine"

psql_in b postgres -c 'CREATE ROLE reader_a'
claim "skip: a policy keeps the roles that exist" run 0 odd "$(dsn b odd)" owners=skip
claim "and says so" says "edited: POLICY app.t mine"
claim "and holds them" is "$(psql_in b odd -c "SELECT polroles::regrole[]::text FROM pg_policy")" "{reader_a}"
claim "and what they are granted" is "$(psql_in b odd -c "SELECT has_table_privilege('reader_a', 'app.t', 'SELECT')")" t
psql_in b postgres -c 'DROP DATABASE odd' -c 'DROP ROLE reader_a'

claim "stand-in: it runs with them" run 0 odd "$(dsn b odd)" owners=stand-in
claim "as roles that cannot log in" is "$(psql_in b postgres -c "SELECT string_agg(rolname || rolcanlogin, ',' ORDER BY rolname) FROM pg_roles WHERE rolname IN ('owner_a', 'reader_a')")" "owner_afalse,reader_afalse"
claim "and the owners are the source's" is "$(psql_in b odd -c "SELECT tableowner FROM pg_tables WHERE tablename = 't'")" owner_a
claim "the gate compared something" says "gate schema-equal: passed"
claim "constraints too" says "gate constraints-valid: passed"
claim "now everybody is there" run 0 odd "$(dsn b odd)"

# --- what is stripped, and said
for what in "EVENT TRIGGER watcher" "PUBLICATION pub" "USER MAPPING USER MAPPING postgres SERVER far" "COMMENT table app.t"; do
    claim "stripped: $what" says "stripped: $what"
done
claim "edited: the foreign server" says "edited: SERVER far"
claim "its options stayed behind" is "$(psql_in b odd -c "SELECT count(srvoptions) FROM pg_foreign_server")" 0
for what in "FOREIGN TABLE app.ft" "FOREIGN TABLE app.passwd" "FOREIGN DATA WRAPPER wrap"; do
    claim "edited: $what" says "edited: $what"
done
claim "the options of tables and wrappers too" is "$(psql_in b odd -c "SELECT string_agg(ftoptions::text, ' ') FROM pg_foreign_table" -c "SELECT count(fdwoptions) FROM pg_foreign_data_wrapper")" "{filename=/dev/null}
0"
claim "and those of columns" is "$(psql_in b odd -c "SELECT count(attfdwoptions) FROM pg_attribute")" 0
claim "the rest of a foreign table travels" is "$(psql_in b odd -c "SELECT attstattarget, relowner::regrole FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE relname = 'ft' AND attname = 'id'")" "7|owner_a"
claim "no user mapping" is "$(psql_in b odd -c "SELECT count(*) FROM pg_user_mappings")" 0
claim "no large object" is "$(psql_in b odd -c "SELECT count(*) FROM pg_largeobject_metadata")" 0
claim "a comment with an address does not, nor is it quoted" silent "jane"
claim "a harmless comment travels" is "$(psql_in b odd -c "SELECT col_description('app.t'::regclass, 2)")" "plain words"
claim "a setting that is a secret by name stays behind" says "setting app.jwt_secret"
claim "nor its value" silent "do not tell"
claim "search_path is a list of three" is "$(psql_in b odd -c 'SHOW search_path')" 'app, "My Schema", public'
claim "a role's setting" is "$(psql_in b postgres -c "SELECT setconfig[1] FROM pg_db_role_setting WHERE setrole = 'reader_a'::regrole")" "statement_timeout=7s"
claim "the encoding" is "$(psql_in b odd -c 'SHOW server_encoding')" LATIN1
claim "grants on the database" is "$(psql_in b odd -c "SELECT has_database_privilege('owner_a', 'odd', 'CREATE')")" t
claim "an unpopulated view stays so" is "$(psql_in b odd -c "SELECT relispopulated FROM pg_class WHERE relname = 'empty_mv'")" f

# --- stripped extensions
claim "an extension that nothing needs is stripped" run 0 odd "$(dsn b odd)" strip=hstore
psql_in a odd -c 'SET default_transaction_read_only = off' -c 'CREATE TABLE app.h (h public.hstore)'
claim "one that a column needs is not" run 3 odd "$(dsn b odd)" strip=hstore
claim "by name" says "app.h"
psql_in a odd -c 'SET default_transaction_read_only = off' -c 'DROP TABLE app.h'
claim "what hangs on one goes with it" run 0 odd "$(dsn b odd)" strip=postgres_fdw
for what in "EXTENSION postgres_fdw" "SERVER far" "FOREIGN TABLE app.ft" "COMMENT server far"; do
    claim "stripped: $what" says "stripped: $what"
done
claim "a constraint and its index too" run 0 odd "$(dsn b odd)" strip=btree_gist
claim "listed" says "stripped: CONSTRAINT app.t t_id_during_excl"

# --- the gate can fail: each of many harms is seen by itself, beside the others
sabotage_all()
{
    local all="" i
    for ((i = 0; i < ${#harms[@]}; i += 2)); do all+="${harms[i]}; "; done
    claim "$1 harmed databases are refused" run 4 odd "$(dsn b odd)" "${@:2}" "sabotage=$all"
    for ((i = 0; i < ${#harms[@]}; i += 2)); do claim "$1 seen: ${harms[i]}" says "${harms[i + 1]}"; done
}
differs='its definition differs from the archive'
harms=('DROP INDEX app.part_id_idx' 'INDEX app.part_id_idx: is in the archive and not in the sandbox'
    'GRANT SELECT ON app.v TO PUBLIC' "view app.v: its grants differ from the source's"
    'ALTER TABLE app.t OWNER TO postgres' "table app.t: its owner differs from the source's"
    'ALTER TABLE app.t DISABLE TRIGGER trg' 'trigger app.t.trg: it is (enabled=D)'
    'CREATE TABLE app.more ()' 'table app.more: the source does not have it'
    'DROP STATISTICS app.st' 'statistics app.st: missing in the sandbox'
    'ALTER TABLE app.t NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY' 'ROW SECURITY app.t: is in the archive and not'
    'ALTER DATABASE odd__next SET work_mem = 1000' 'database: setting work_mem: the source does not have it'
    'ALTER DATABASE odd__next RESET search_path' 'database: setting search_path: missing in the sandbox'
    'REFRESH MATERIALIZED VIEW app.empty_mv' 'materialized view app.empty_mv: it is ()'
    'ALTER FUNCTION app.f(int, app.mood) SECURITY INVOKER' "function app.f(integer, app.mood): it is (f), the source's (f security-definer)"
    'ALTER TABLE app.t DROP CONSTRAINT t_status_check, ADD CONSTRAINT t_status_check CHECK (status IS NOT NULL) NOT VALID'
    "constraint app.t.t_status_check: it is (c not-valid), the source's (c)"
    'COMMENT ON TABLE app.part IS $$x$$' 'COMMENT app.TABLE part: is in the sandbox and not in the archive'
    'ALTER SEQUENCE app.t_id_seq INCREMENT 2' "SEQUENCE app.t_id_seq: $differs"
    "INSERT INTO app.part VALUES (1, '2020-02-02')" 'app.part_1: 1 rows, 0 were planned')
sabotage_all "with pg_dump:"
harms=("ALTER TABLE app.t ALTER status SET DEFAULT 'x'" "TABLE app.t: $differs"
    "ALTER TYPE app.mood ADD VALUE 'new'" "TYPE app.mood: $differs"
    'DROP VIEW app.v' 'VIEW app.v: is in the archive and not in the sandbox'
    "INSERT INTO app.t (id, status) VALUES (1, 'new')" 'sequence app.t_id_seq: not beyond')
sabotage_all "and alone:"
claim "gates are named" says "gate row-counts: failed"
claim "yesterday's is untouched" is "$(psql_in b odd -c "SELECT count(*) FROM pg_class WHERE relname = 'part_id_idx'")" 1

claim "without a pg_dump: equal" run 0 odd "$(dsn b odd)" catalogs=1
harms=('COMMENT ON TABLE app.part IS $$x$$' "relation app.part: $differs"
    "ALTER TABLE app.t ALTER status SET DEFAULT 'x'" "column app.t.status: $differs"
    'ALTER SEQUENCE app.t_id_seq INCREMENT 2' "relation app.t_id_seq: $differs"
    "ALTER TYPE app.mood RENAME VALUE 'ok' TO 'glad'" "type app.mood: $differs"
    "CREATE OR REPLACE VIEW app.v AS SELECT id + 0 AS id FROM app.t" "relation app.v: $differs"
    "ALTER POLICY mine ON app.t USING (true)" "policy app.t.mine: $differs"
    "CREATE OR REPLACE FUNCTION app.trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'" "function app.trg(): $differs")
sabotage_all "without a pg_dump:" catalogs=1

# --- locales
psql_in a postgres -c 'CREATE DATABASE plain'
psql_in a plain -c 'CREATE TABLE t (id int)'
claim "C.UTF-8 is there" run 0 plain "$(dsn b plain)"
if psql_in a postgres -c "CREATE DATABASE icu TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-GB'" 2>/dev/null; then
    claim "an ICU database stays one" run 0 icu "$(dsn b icu)"
    claim "with its locale" is "$(psql_in b icu -c "SELECT datlocprovider::text || coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale') FROM pg_database d WHERE datname = 'icu'")" "ien-GB"
fi

# --- a loader that is no superuser
psql_in b postgres -c 'CREATE ROLE loader LOGIN CREATEDB'
claim "owners that it may not make stop the run" run 1 odd "host=${server_dir[b]} user=loader dbname=mine"
claim "with the grant that mends it" says "GRANT owner_a TO loader"
psql_in a postgres -c 'CREATE DATABASE easy' 
psql_in a easy -c 'CREATE EXTENSION hstore' -c 'CREATE TABLE t (id serial PRIMARY KEY, h hstore)' -c 'GRANT SELECT ON t TO reader_a' \
    -c 'CREATE TABLE u (id int)' -c 'ALTER TABLE u OWNER TO owner_a'
claim "skip: it is the owner itself" run 0 easy "host=${server_dir[b]} user=loader dbname=mine" owners=skip
claim "of everything" is "$(psql_in b mine -c "SELECT string_agg(DISTINCT tableowner, ',') FROM pg_tables WHERE schemaname = 'public'")" loader
claim "and grants to roles that exist are given" is "$(psql_in b mine -c "SELECT has_table_privilege('reader_a', 't', 'SELECT')")" t

# --- real schemas; the larger ones go through whole runs in tests/e2e/keep*.sh
for corpus in pagila chinook; do
    has_corpus $corpus || continue
    load_corpus a $corpus
    claim "$corpus" run 0 $corpus "$(dsn b $corpus)"
done
