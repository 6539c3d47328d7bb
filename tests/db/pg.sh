#!/bin/bash
# src/pg against a server: connections, statements, COPY, snapshots, PostgreSQL's programs.
. "${SOURCE_DIR:-$(dirname "$0")/../..}/tests/support/server.sh"

server_start a ${1:-} # tests/db/pg.sh [BINDIR]: another server than the newest
as_postgres sed -i '1i local all scrammer scram-sha-256' "${server_dir[a]}/data/pg_hba.conf"
psql_in a postgres -c "SET password_encryption = 'scram-sha-256'" \
    -c "CREATE ROLE scrammer LOGIN CREATEDB PASSWORD 'hunter:2\\right'" \
    -c "SELECT pg_reload_conf()" >/dev/null
createdb_in a shop
psql_in a shop >/dev/null <<'SQL'
CREATE TABLE customer (id int PRIMARY KEY, email text);
INSERT INTO customer VALUES (1, 'canary@example.org'), (2, 'canary@example.org');
CREATE TABLE "od""d
name" (x int);
ALTER TABLE customer OWNER TO scrammer;
GRANT ALL ON SCHEMA public TO scrammer;
SQL
createdb_in a empty 'OWNER scrammer'
# A server that is not on a loopback address, when this machine has another.
address=$(hostname -I 2>/dev/null | tr ' ' '\n' | grep -m1 -E '^[0-9.]+$' || true)
port=$((20000 + $$ % 12000))
if [ -n "$address" ] && "$SANDSEED" cluster start "$test_root/t" --listen "$address:$port" >/dev/null 2>&1; then
    export OTHER_HOST="host=$address port=$port" PGPASSFILE=$test_root/t/password
fi
mkdir "$test_root/tmp"
status=0
HOST=${server_dir[a]} TMPDIR=$test_root/tmp "${BUILD_DIR:-$SOURCE_DIR/build/dev}/tests/db_pg" || status=$?
claim "src/pg against a server" [ "$status" = 0 ]
claim "no password file is left behind" [ -z "$(ls -A "$test_root/tmp")" ]
