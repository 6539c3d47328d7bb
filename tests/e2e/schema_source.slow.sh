#!/bin/bash
# schema_source: another role reads the schema, and the source's needs to read only what the policy has
# read (docs/design.md 5.15).
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

server_start source
server_start target
createdb_in source shop
createdb_in source other
psql_in source shop -c "CREATE ROLE reader LOGIN; CREATE ROLE dumper LOGIN IN ROLE pg_read_all_data;
    CREATE TABLE customer (id int PRIMARY KEY, email text NOT NULL, password text, born date);
    INSERT INTO customer SELECT i, 'canary' || i || '@real.org', 'canary', '1970-01-01'::date + i FROM generate_series(1, 500) i;
    CREATE TABLE vault (id int PRIMARY KEY, secret text);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, vault_id int REFERENCES vault, total int) PARTITION BY RANGE (id);
    CREATE TABLE orders_1 PARTITION OF orders DEFAULT;
    INSERT INTO orders SELECT i, 1 + i % 500, NULL, i % 7 FROM generate_series(1, 2000) i;
    CREATE SCHEMA private; CREATE TABLE private.list (id int PRIMARY KEY, name text NOT NULL);
    INSERT INTO private.list VALUES (1, 'one'), (2, 'two'); ANALYZE"
psql_in target postgres -c "CREATE ROLE reader NOLOGIN; CREATE ROLE dumper NOLOGIN"
as() { echo "host=${server_dir[source]} user=$1 dbname=${2:-shop}"; }
cat >p.yaml <<YAML
sandseed: 1
source: "$(as reader)"
schema_source: "$(as dumper)"
target: "$(dsn target box)"
tables:
  public.customer:
    mode: synthesise
    subject: self
    columns: {id: {class: key}, email: {class: direct-identifier}, password: {class: secret, treatment: nullify}, born: {class: quasi-identifier}}
  public.orders:
    mode: synthesise
    subject: customer_id
    columns: {id: {class: key}, customer_id: {class: key}, vault_id: {class: key}, total: {class: secret, treatment: constant, value: 1}}
  public.vault: {mode: empty}
  private.list: {mode: keep, columns: {id: {class: non-personal}, name: {class: non-personal}}}
YAML
night() { "$SANDSEED" refresh p.yaml --quiet; }

exits 1 "$SANDSEED" check p.yaml
says "GRANT SELECT (id, email, born, ctid) ON public.customer TO the role that sandseed connects as"
says "GRANT SELECT (customer_id) ON public.orders TO"
says "GRANT SELECT (id, customer_id, vault_id, ctid) ON public.orders_1 TO"
claim "nothing of an empty table that leads to nobody is read" bash -c "! grep -q 'ON public.vault' '$test_root/out'"
says "GRANT USAGE ON SCHEMA private and GRANT SELECT (id, name, ctid) ON private.list TO"
exits 1 night
claim "nothing is read before the rights are there" [ -z "$(databases target)" ]
psql_in source shop -c "GRANT SELECT (id, email, ctid) ON customer TO reader; GRANT SELECT (customer_id) ON orders TO reader;
    GRANT SELECT (id, customer_id, vault_id, ctid) ON orders_1 TO reader;
    GRANT USAGE ON SCHEMA private TO reader; GRANT SELECT ON private.list TO reader"
exits 1 night
says "GRANT SELECT (born) ON public.customer"
psql_in source shop -c "GRANT SELECT (born) ON customer TO reader"
exits 0 night
claim "with these rights and no other the sandbox is made" \
    [ "$(psql_in target box -c "SELECT (SELECT count(*) FROM customer) > 400 AND (SELECT count(password) FROM customer) = 0 AND (SELECT count(*) FROM orders WHERE total = 1) > 1500 AND (SELECT count(*) FROM private.list) = 2")" = t ]
claim "the role itself cannot dump the schema" bash -c "! pg_dump -s -d '$(as reader)' >/dev/null 2>&1"
claim "the report says what either role could do" grep -q '"role": "reads; schema_source: reads"' sandseed-out/report.json
exits 0 "$SANDSEED" fit p.yaml -o model --quiet

# --- who is who ---------------------------------------------------------------------------------------
sed '/^schema_source:/d' p.yaml >alone.yaml
exits 1 "$SANDSEED" check alone.yaml
says "GRANT SELECT ON public.vault TO"
sed "s|^schema_source:.*|schema_source: \"$(as dumper other)\"|" p.yaml >other.yaml
exits 3 "$SANDSEED" check other.yaml
says "another database than the source"
sed "s|^schema_source:.*|schema_source: \"$(dsn target box)\"|" p.yaml >other.yaml
exits 3 "$SANDSEED" check other.yaml
says "another database than the source"
sed "s|^schema_source:.*|schema_source: \"csv:.\"|" p.yaml >other.yaml
exits 1 "$SANDSEED" check other.yaml
says "on a server"
sed "s|^schema_source:.*|schema_source: \"$(dsn source shop)\"|" p.yaml >other.yaml
exits 3 "$SANDSEED" refresh other.yaml --quiet
says "superuser"
sed "s|^schema_source:.*|schema_source: \"$(as dumper) password=staple\"|" p.yaml >other.yaml
exits 1 "$SANDSEED" check other.yaml
says "holds a password"
psql_in source shop -c "REVOKE pg_read_all_data FROM dumper; GRANT SELECT ON customer, orders, orders_1, vault TO dumper"
exits 1 "$SANDSEED" check p.yaml
says "private.list: the role of schema_source may not read the table"
says "GRANT SELECT ON private.list TO the role of schema_source"
psql_in source shop -c "GRANT USAGE ON SCHEMA private TO dumper; GRANT SELECT ON private.list TO dumper"
exits 0 night
