#!/bin/bash
# plan --grants: a role, and that of schema_source, with what it prints builds the sandbox, without any line of it check
# stops, and check warns of every other right of either (docs/design.md 5.15).
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

server_start source
server_start target
createdb_in source shop
# Names that would leave a comment, a statement or a literal, were they written as they are.
psql_in source shop -v ON_ERROR_STOP=1 <<'SQL'
REVOKE CONNECT ON DATABASE shop FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE TYPE public.status AS ENUM ('new', 'paid');
CREATE TABLE public.customer (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL, password text, born date,
    mail_length int GENERATED ALWAYS AS (length(email)) STORED);
INSERT INTO public.customer (email, password, born) SELECT 'canary' || i || '@real.org', 'canary', '1970-01-01'::date + i FROM generate_series(1, 400) i;
ALTER TABLE public.customer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON public.customer USING (false);
CREATE TABLE public.vault (id serial PRIMARY KEY, secret text);
CREATE TABLE public.attic (id int PRIMARY KEY, stuff text);
CREATE TABLE public.flags (left_on boolean, right_on boolean);
INSERT INTO public.flags SELECT NULL FROM generate_series(1, 50);
CREATE TABLE public.orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES public.customer, vault_id int REFERENCES public.vault, total int,
    status public.status NOT NULL DEFAULT 'new') PARTITION BY RANGE (id);
CREATE TABLE public.orders_1 PARTITION OF public.orders FOR VALUES FROM (1) TO (500);
CREATE TABLE public.orders_2 PARTITION OF public.orders DEFAULT;
INSERT INTO public.orders SELECT i, 1 + i % 400, NULL, i % 7, 'paid' FROM generate_series(1, 1200) i;
CREATE TABLE public.visit (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES public.customer, noted text);
INSERT INTO public.visit SELECT i, 1 + i % 400, 'canary' FROM generate_series(1, 900) i;
CREATE TABLE public.finding (id int PRIMARY KEY, visit_id int REFERENCES public.visit, order_id int REFERENCES public.orders, size int);
INSERT INTO public.finding SELECT i, 1 + i % 900, 1 + i % 499, i % 9 FROM generate_series(1, 2000) i;
ALTER TABLE public.visit ENABLE ROW LEVEL SECURITY;
CREATE VIEW public.seen AS SELECT email FROM public.customer;
CREATE SCHEMA "a""b; DROP TABLE attic; --
\! touch broken
x $a$ */ ü";
CREATE TABLE "a""b; DROP TABLE attic; --
\! touch broken
x $a$ */ ü"."order
DROP TABLE public.attic; --'" (id int PRIMARY KEY, "na
me ""q"" :id \gexec" text NOT NULL);
INSERT INTO "a""b; DROP TABLE attic; --
\! touch broken
x $a$ */ ü"."order
DROP TABLE public.attic; --'" VALUES (1, 'one'), (2, 'two');
ANALYZE;
SQL

"$SANDSEED" plan "$(dsn source shop)" -o whole.yaml --target "$(dsn target box)" --quiet >/dev/null
# The role of each policy; the second has its schema read by another.
cat >edit.py <<'PY'
import json, os, re
text = open('whole.yaml').read()
for table in ('public.vault', 'public.attic', 'public.visit'):
    text = re.sub(rf'(?m)^  {re.escape(table)}:\n(    .*\n|      .*\n)*', f'  {table}: {{mode: empty}}\n', text)
text = re.sub(r'(?m)^(      (?:password|left_on|right_on): *)\{.*\}$', r'\1{class: secret, treatment: nullify}', text)
text = re.sub(r'(?m)^(      total: *)\{.*\}$', r'\1{class: secret, treatment: constant, value: 1}', text)
text = text.replace('  public.flags:\n', '  public.flags:\n    subject: none\n    why: a test\n')
host = os.environ['HOST']
roles = {'whole': 're"ader\'; DROP TABLE attic; --\n\\! touch broken\n$a$ */ \u00e9\u202e', 'part': 'reader'}
for name, role in roles.items():
    dsn = "host=%s dbname=shop user='%s'" % (host, re.sub(r"(['\\])", r'\\\1', role))
    edited = re.sub(r'(?m)^source: .*$', lambda m: 'source: ' + json.dumps(dsn), text)
    if name == 'part': # the service file names the role
        edited += f'schema_source: "host={host} service=dumper dbname=shop"\n'
    open(name + '.yaml', 'w').write(edited)
    open(name + '.role', 'w').write(role)
PY
HOST=${server_dir[source]} python3 edit.py
export PGSERVICEFILE=$test_root/services
printf '[dumper]\nuser=dumper\n' >"$PGSERVICEFILE"
psql_in target postgres -c "CREATE ROLE clerk NOLOGIN"
as_owner() { psql -X -q -v ON_ERROR_STOP=1 -d "$(dsn source shop)" "$@" >/dev/null 2>"$test_root/psql.err" || { cat "$test_root/psql.err" >&2; fail "psql $*"; }; }

for policy in whole part; do
    role=$(cat $policy.role; echo .); role=${role%.}
    grants() { "$SANDSEED" plan $policy.yaml --source "$(dsn source shop)" --grants "$role" "$@"; }
    exits 1 "$SANDSEED" check $policy.yaml
    grants >$policy.sql 2>out
    claim "$policy: who asks may be anybody" [ ! -s out ]
    grants --json >$policy.json
    claim "$policy: every statement is a line of its own, with its reason" python3 - <<PY
import json, re
lines = open('$policy.sql', newline='').read().split('\n')[:-1]
statements = json.load(open('$policy.json'))['statements']
assert [l for l in lines if not l.startswith(('--', 'SET ', 'BEGIN;', 'COMMIT;'))] == [s['sql'] + ' -- ' + s['why'] for s in statements]
assert all(ord(c) >= 32 and c != '\u202e' for l in lines for c in l)
PY
    as_owner -f $policy.sql
    as_owner -f $policy.sql
    grep '^DO ' $policy.sql | psql -X -q -d "$(dsn target)"
    claim "$policy: no name became a command" [ ! -e broken ]
    claim "$policy: nor a statement" [ "$(psql_in source shop -c "SELECT to_regclass('public.attic')")" = attic ]
    exits 0 "$SANDSEED" check $policy.yaml --json
    claim "$policy: it can do what it needs and no more" python3 -c "
import json
findings = json.load(open('out'))['findings']
assert not [f for f in findings if f['about'] == 'source'], findings"
    exits 0 "$SANDSEED" refresh $policy.yaml --quiet
    claim "$policy: the sandbox is made" [ "$(psql_in target box -c "SELECT (SELECT count(*) FROM customer) > 300 AND (SELECT count(*) FROM orders WHERE total = 1) > 400 AND (SELECT count(password) FROM customer) = 0 AND (SELECT count(*) FROM flags) > 20")" = t ]

    # Each line in turn, and each column of it, is taken away and given back.
    python3 - <<PY >$policy.turns
import json, re
for s in json.load(open('$policy.json'))['statements'][1:]:
    sql = s['sql']
    if sql.startswith('DO'): # the role of schema_source
        continue
    if sql.startswith('ALTER'):
        print(sql.replace(' BYPASSRLS', ' NOBYPASSRLS'), sql, sep='\t')
        continue
    m = re.fullmatch(r'GRANT (SELECT|CONNECT|USAGE)(?: \((.*)\))? ON (.*) TO (.*?);', sql)
    right, columns, on, to = m.groups()
    print(f'REVOKE {right}{" (" + columns + ")" if columns else ""} ON {on} FROM {to};', sql, sep='\t')
    for c in columns.split(', ') if columns and ',' in columns else []:
        print(f'REVOKE {right} ({c}) ON {on} FROM {to};', sql, sep='\t')
PY
    while IFS=$'\t' read -r take give; do
        as_owner -c "$take"
        status=0
        "$SANDSEED" check $policy.yaml --quiet >out 2>&1 || status=$?
        [ $status = 1 ] || { cat out >&2; fail "$policy: check ends with $status after $take"; }
        as_owner -c "$give"
    done <$policy.turns
    echo "ok: $policy: without any of $(wc -l <$policy.turns) rights check stops"
    exits 0 "$SANDSEED" check $policy.yaml --quiet
done
claim "what is made without being read is in no right" bash -c '! sed "/^GRANT.* TO \"dumper\"/d; s/ -- .*//" part.sql | grep -E "password|right_on|total|attic\""'

# --- what check says of a role that can do more ---------------------------------------------------------
"$SANDSEED" check part.yaml --quiet >out
claim "nothing before" bash -c "! grep -q 'more than' out"
# more RIGHT-AND-ITS-OBJECT GIVE TAKE [STATUS]
more()
{
    as_owner -c "$2"
    exits "${4:-0}" "$SANDSEED" check part.yaml --quiet
    says "$who: more than the policy needs: $1"
    says "sandseed plan part.yaml --grants ROLE$mends"
    claim "one finding: $1" [ "$(grep -c 'more than' out)" = 1 ]
    as_owner -c "$3"
}
# Who makes roles may become any of them, before PostgreSQL 16.
makes_roles=$([ "$(psql_in source shop -c 'SHOW server_version_num')" -lt 160000 ] && echo 3 || echo 0)
who=reader its="the source's role" mends=", and connect as that role"
more "$its can make and change roles (CREATEROLE)" "ALTER ROLE reader CREATEROLE" "ALTER ROLE reader NOCREATEROLE" $makes_roles
more "$its can make databases (CREATEDB)" "ALTER ROLE reader CREATEDB" "ALTER ROLE reader NOCREATEDB"
more "$its can copy the whole server (REPLICATION)" "ALTER ROLE reader REPLICATION" "ALTER ROLE reader NOREPLICATION"
more "$its passes row security (BYPASSRLS), which is on for no rows that it reads" "ALTER TABLE customer DISABLE ROW LEVEL SECURITY; ALTER TABLE visit DISABLE ROW LEVEL SECURITY" \
    "ALTER TABLE customer ENABLE ROW LEVEL SECURITY; ALTER TABLE visit ENABLE ROW LEVEL SECURITY"
more "$its has or may take the rights of 2 predefined roles: pg_read_server_files, pg_write_all_data" \
    "GRANT pg_write_all_data, pg_read_server_files TO reader" "REVOKE pg_write_all_data, pg_read_server_files FROM reader"
as_owner -c "GRANT INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON attic, customer, flags, orders TO reader"
exits 0 "$SANDSEED" check part.yaml --quiet
for right in INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER; do
    says "reader: more than the policy needs: $its has $right on 4 relations: public.attic, public.customer, public.flags, ..."
done
as_owner -c "REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON attic, customer, flags, orders FROM reader"
more "$its has UPDATE on 1 relation: public.customer" "GRANT UPDATE (email, born) ON customer TO reader" "REVOKE UPDATE (email, born) ON customer FROM reader"
more "$its has UPDATE on 1 relation: public.customer" "CREATE ROLE clerk; GRANT UPDATE ON customer TO clerk; ALTER ROLE reader NOINHERIT; GRANT clerk TO reader" \
    "DROP OWNED BY clerk; DROP ROLE clerk; ALTER ROLE reader INHERIT"
more "$its has CREATE on 2 objects: database shop, schema public" "GRANT CREATE ON SCHEMA public TO reader; GRANT CREATE ON DATABASE shop TO reader" \
    "REVOKE CREATE ON SCHEMA public FROM reader; REVOKE CREATE ON DATABASE shop FROM reader"
more "$its owns 2 objects: schema mine, view mine.own" "CREATE SCHEMA mine AUTHORIZATION reader; CREATE VIEW mine.own AS SELECT 1; ALTER VIEW mine.own OWNER TO reader" "DROP SCHEMA mine CASCADE"
more "$its can set or advance 1 sequence: public.vault_id_seq" "GRANT USAGE ON SEQUENCE vault_id_seq TO reader" "REVOKE USAGE ON SEQUENCE vault_id_seq FROM reader"
more "$its can give to others what it has on 1 relation: public.customer" "GRANT SELECT (email) ON customer TO reader WITH GRANT OPTION" "REVOKE GRANT OPTION FOR SELECT (email) ON customer FROM reader"
more "$its can reach another database through 1 foreign server: \"far off\"" "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER \"far off\" FOREIGN DATA WRAPPER w; GRANT USAGE ON FOREIGN SERVER \"far off\" TO reader" "DROP FOREIGN DATA WRAPPER w CASCADE"
more "$its has SELECT, which nothing needs, on 1 view or foreign table: public.seen" "GRANT SELECT ON seen TO reader" "REVOKE SELECT ON seen FROM reader"
more "$its has SELECT, which the policy does not need, on 2 columns: public.attic.stuff, public.customer.password" \
    "GRANT SELECT (password) ON customer TO reader; GRANT SELECT (stuff) ON attic TO reader" "REVOKE SELECT (password) ON customer FROM reader; REVOKE SELECT (stuff) ON attic FROM reader"
# Functions that run as their owner: not ordinary ones, not the role's own, not where it has no way to their schema.
as_owner -c "CREATE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE SCHEMA shut; CREATE FUNCTION shut.all_mail() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::text'"
exits 0 "$SANDSEED" check part.yaml --quiet
claim "of these nothing is said" bash -c "! grep -q 'more than' out"
more "$its can act as somebody else through 2 SECURITY DEFINER functions: public.\"All \"\"Mail\"(integer, text), public.wipe()" \
    "CREATE FUNCTION \"All \"\"Mail\"(int, text) RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::text'; CREATE PROCEDURE wipe() LANGUAGE sql SECURITY DEFINER AS '';
        REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA public FROM PUBLIC; GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO reader" \
    "DROP FUNCTION \"All \"\"Mail\"; DROP PROCEDURE wipe"
as_owner -c "CREATE FUNCTION all_mail() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::text'"
exits 0 "$SANDSEED" check part.yaml --quiet
says "reader: more than the policy needs: as everybody, the source's role can act as somebody else through 1 SECURITY DEFINER function: public.all_mail()"
says "dumper: more than the policy needs: as everybody, the role of schema_source can act as somebody else through 1 SECURITY DEFINER function: public.all_mail()"
as_owner -c "DROP FUNCTION all_mail"

who=dumper its="the role of schema_source" mends=" says what the role of schema_source needs"
more "$its can make and change roles (CREATEROLE)" "ALTER ROLE dumper CREATEROLE" "ALTER ROLE dumper NOCREATEROLE" $makes_roles
more "$its can make databases (CREATEDB)" "ALTER ROLE dumper CREATEDB" "ALTER ROLE dumper NOCREATEDB"
more "$its can copy the whole server (REPLICATION)" "ALTER ROLE dumper REPLICATION" "ALTER ROLE dumper NOREPLICATION"
more "$its passes row security (BYPASSRLS), which is on for no rows that it reads" "ALTER ROLE dumper BYPASSRLS" "ALTER ROLE dumper NOBYPASSRLS"
as_owner -c "DROP SCHEMA shut CASCADE"
more "$its has or may take the rights of 2 predefined roles: pg_read_all_data, pg_write_all_data" \
    "GRANT pg_write_all_data, pg_read_all_data TO dumper" "REVOKE pg_write_all_data, pg_read_all_data FROM dumper"
more "$its has or may take the rights of 1 predefined role: pg_execute_server_program" \
    "GRANT pg_execute_server_program TO dumper" "REVOKE pg_execute_server_program FROM dumper" 3
more "$its has TRUNCATE on 1 relation: public.vault" "GRANT TRUNCATE ON vault TO dumper" "REVOKE TRUNCATE ON vault FROM dumper"
more "$its has CREATE on 2 objects: database shop, schema public" "GRANT CREATE ON SCHEMA public TO dumper; GRANT CREATE ON DATABASE shop TO dumper" \
    "REVOKE CREATE ON SCHEMA public FROM dumper; REVOKE CREATE ON DATABASE shop FROM dumper"
more "$its owns 1 object: view public.seen" "ALTER VIEW seen OWNER TO dumper" "ALTER VIEW seen OWNER TO postgres"
exits 0 "$SANDSEED" plan part.yaml --no-rows
as_owner -c "GRANT INSERT ON vault TO dumper"
exits 0 "$SANDSEED" plan part.yaml --no-rows
says "the role of schema_source can write; one that may read would do"
as_owner -c "REVOKE INSERT ON vault FROM dumper; ALTER ROLE dumper SUPERUSER"
exits 3 "$SANDSEED" check part.yaml --quiet
claim "a superuser is refused as schema_source, too" bash -c "! grep -q 'more than' out"
exits 0 "$SANDSEED" check part.yaml --quiet --allow-privileged-source
says "dumper: more than the policy needs: the role of schema_source is a superuser or may become one"
as_owner -c "ALTER ROLE dumper NOSUPERUSER; GRANT CREATE ON SCHEMA public TO PUBLIC"
exits 0 "$SANDSEED" check part.yaml --quiet
says "reader: more than the policy needs: as everybody, the source's role has CREATE on 1 object: schema public"
says "REVOKE it FROM PUBLIC at the source"
as_owner -c "REVOKE CREATE ON SCHEMA public FROM PUBLIC; ALTER ROLE reader SUPERUSER"
exits 3 "$SANDSEED" check part.yaml --quiet
claim "a superuser is refused, and nothing more is said of it" bash -c "! grep -q 'more than' out"
exits 0 "$SANDSEED" check part.yaml --quiet --allow-privileged-source
says "more than the policy needs: the source's role is a superuser or may become one"
as_owner -c "ALTER ROLE reader NOSUPERUSER"

# --- whom nothing can be granted ------------------------------------------------------------------------
for role in "" public none pg_reader "$(printf 'x%.0s' $(seq 64))" $'\xff'; do
    exits 1 "$SANDSEED" plan part.yaml --grants "$role"
    says "names no role that can be made"
done
exits 1 "$SANDSEED" plan part.yaml --grants dumper
says "--grants names the role that schema_source connects as"
sed 's|service=dumper|user=pg_monitor|' part.yaml >no-role.yaml
exits 1 "$SANDSEED" plan no-role.yaml --grants reader
says "schema_source names no role that can be made"
exits 1 "$SANDSEED" plan part.yaml --grants reader -o new.yaml
says "not with --output"
sed 's|^source:.*|source: cluster:./private|' part.yaml >private.yaml
exits 1 "$SANDSEED" plan private.yaml --grants reader
says "has no roles to give rights to"

# --- 1,500 tables ---------------------------------------------------------------------------------------
psql_in source shop -c "DO 'BEGIN FOR i IN 1..1500 LOOP EXECUTE format(''CREATE TABLE many_%s (id int)'', i); EXECUTE format(''GRANT UPDATE ON many_%s TO reader'', i); END LOOP; END'"
ms=$(PGOPTIONS="-c statement_timeout=10s" psql -X -q -At -d "host=${server_dir[source]} user=reader dbname=shop" -c '\timing on' -f "$SOURCE_DIR/src/run/sql/role_rights.sql" | sed -n 's/^Time: \([0-9]*\).*/\1/p')
echo "$ms ms"
claim "what it can do with 1,500 tables is known in less than a second" [ "$ms" -lt 1000 ]
