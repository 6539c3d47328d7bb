#!/bin/bash
# Source and target are never the same database, whatever it is called; and a standby as a source.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

export PGPORT=$((20000 + RANDOM % 20000))
server_start primary
server_start elsewhere
data=${server_dir[primary]}/data
psql_in primary postgres -c "ALTER SYSTEM SET listen_addresses = 'localhost'"
as_postgres "$(pg_bin)/pg_ctl" -D "$data" -s -w -m fast -l "${server_dir[primary]}/log" restart ||
    { tail -3 "${server_dir[primary]}/log"; skip "port $PGPORT of localhost is taken"; }
createdb_in primary shop
psql_in primary shop -c "CREATE TABLE customer (id int PRIMARY KEY, email text NOT NULL);
    INSERT INTO customer SELECT i, 'canary' || i || '@real.org' FROM generate_series(1, 500) i; ANALYZE"
table_sums primary shop >"$test_root/production"
policy=$test_root/p.yaml
policy_for primary shop "$(dsn elsewhere box)" keep "$policy"

untouched()
{
    table_sums primary shop | diff "$test_root/production" - || fail "the source changed: $1"
    [ "$(databases primary)" = "${2:-shop}" ] || fail "there are: $(databases primary): $1"
    ! grep -q canary "$test_root/out" || fail "a value in a message: $1"
    echo "ok: $1"
}

# A database that nobody marked is refused whatever else holds.
printf '[shop]\nhost=localhost\nuser=postgres\ndbname=shop\n' >"$test_root/services"
export PGSERVICEFILE=$test_root/services
for target in "$(dsn primary shop)" "host=localhost user=postgres dbname=shop" service=shop; do
    exits 3 refresh "$policy" --target "$target"
    untouched "the source as its own target: $target"
done

# Another database of the same server is allowed, and reported.
exits 0 refresh "$policy" --target "host=localhost user=postgres dbname=box"
untouched "another database of the same server" "box shop"
grep -q '"same_cluster": *true' "$test_root/sandseed-out/report.json" || fail "the report does not say so"

# Neither the marker nor emptiness helps: a sandbox, and an empty database, are no target of themselves.
psql_in primary postgres -c "CREATE DATABASE nothing"
policy_for primary nothing "$(dsn elsewhere box)" synthesise "$test_root/nothing.yaml"
for name in 127.0.0.1 localhost "${server_dir[primary]}"; do
    exits 3 refresh "$policy" --source "$(dsn primary box)" --target "host=$name user=postgres dbname=box"
    says "is the source itself"
    untouched "a sandbox is not refreshed from itself, by $name" "box nothing shop"
    exits 3 refresh "$test_root/nothing.yaml" --source "host=$name user=postgres dbname=nothing" --target "$(dsn primary nothing)"
    says "is the source itself"
    untouched "an empty database is not refreshed from itself, by $name" "box nothing shop"
done
psql_in primary postgres -c "DROP DATABASE nothing"

# --- a standby ----------------------------------------------------------------------------------------
standby=$test_root/standby
mkdir "$standby"
[ "$(id -u)" != 0 ] || chown postgres: "$standby"
as_postgres "$(pg_bin)/pg_basebackup" -h "${server_dir[primary]}" -U postgres -D "$standby/data" -R -X stream -c fast --no-sync
as_postgres tee -a "$standby/data/postgresql.auto.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$standby'
CONF
as_postgres "$(pg_bin)/pg_ctl" -D "$standby/data" -w -s -l "$standby/log" start || { cat "$standby/log" >&2; fail "start of the standby"; }
server_dir[standby]=$standby
server_bin[standby]=$(pg_bin)
[ "$(psql_in standby shop -c 'SELECT pg_is_in_recovery()')" = t ] || fail "no standby"

for name in "${server_dir[primary]}" localhost; do
    exits 3 refresh "$policy" --source "$(dsn standby box)" --target "host=$name user=postgres dbname=box"
    says "is the source itself"
    untouched "the target is the source's primary, by $name" "box shop"
done
psql_in primary postgres -c "DROP DATABASE box"
exits 1 refresh "$policy" --source "$(dsn primary shop)" --target "$(dsn standby box)"
says "standby"
untouched "a standby cannot be a target"

exits 0 refresh "$policy" --source "$(dsn standby shop)"
table_sums elsewhere box >"$test_root/box"
claim "a standby is as good a source as its primary" diff "$test_root/production" "$test_root/box"
untouched "it is read, and nothing else"
policy_for standby shop "$(dsn elsewhere box)" synthesise "$test_root/s.yaml"
exits 0 refresh "$test_root/s.yaml"
table_sums elsewhere box >"$test_root/box"
claim "also where it is learnt from" [ "$(psql_in elsewhere box -c 'SELECT count(*) > 0 FROM customer')" = t ]
untouched "it is read, and nothing else"

# --- a load balancer that sends every second connection to the standby
python3 - "$PGPORT" "$standby/.s.PGSQL.$PGPORT" "$test_root/balancer.port" <<'PY' &
import itertools, os, socket, sys, threading
listener = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[3] + ".part", "w") as f:
    f.write(str(listener.getsockname()[1]))
os.rename(sys.argv[3] + ".part", sys.argv[3])
def carry(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
    except OSError:
        pass
    for s in (a, b):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
for turn in itertools.count():
    client, _ = listener.accept()
    if turn % 2 == 0:
        server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    else:
        server = socket.socket(socket.AF_UNIX)
        server.connect(sys.argv[2])
    for pair in ((client, server), (server, client)):
        threading.Thread(target=carry, args=pair, daemon=True).start()
PY
balancer=$!
for _ in $(seq 100); do [ ! -s "$test_root/balancer.port" ] || break; sleep 0.1; done
exits 2 refresh "$policy" --source "host=127.0.0.1 port=$(cat "$test_root/balancer.port") user=postgres dbname=shop"
kill $balancer
says "load balancer"
table_sums elsewhere box | diff "$test_root/box" - || fail "a run behind a load balancer changed the sandbox"
untouched "a source behind a load balancer ends the run, and why is told"
