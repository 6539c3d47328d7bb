#!/bin/bash
# TLS: a server that is not this machine's must prove who it is, unless somebody says otherwise.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

cd "$test_root"
# authority NAME; certificate NAME HOST: NAME.crt and NAME.key, signed by the authority "real"
authority() { openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout "$1.key" -out "$1.crt" 2>/dev/null; }
certificate()
{
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$2" -keyout "$1.key" -out "$1.csr" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA real.crt -CAkey real.key -CAcreateserial -days 2 -out "$1.crt" 2>/dev/null
}
authority real
authority other
certificate server db.test

server_start source
server_start target
createdb_in source shop
psql_in source shop -c "CREATE TABLE t (id int PRIMARY KEY, v int)" -c "INSERT INTO t SELECT i, i FROM generate_series(1, 50) i"
data=${server_dir[source]}/data
install -m 600 server.key server.crt "$data/"
[ "$(id -u)" != 0 ] || chown postgres: "$data/server.key" "$data/server.crt"
port=$((20000 + RANDOM % 20000))
printf "ssl = on\nlisten_addresses = '127.0.0.1'\nport = %s\n" $port | as_postgres tee -a "$data/postgresql.conf" >/dev/null
server_stop source fast
as_postgres "$(pg_bin)/pg_ctl" -D "$data" -w -s -l "${server_dir[source]}/log" start

# A name of another machine's, which is reached at this one's address.
at="host=db.test hostaddr=127.0.0.1 port=$port user=postgres dbname=shop"
look() { "$SANDSEED" inspect "$1" --quiet --json; }

exits 0 look "$at sslrootcert=$test_root/real.crt"
exits 0 "$SANDSEED" inspect "$at sslrootcert=$test_root/real.crt" --quiet
claim "the server is verified, and that is told" grep -qE "TLSv1\.[23], sslmode=verify-full" out
refused() { exits "$1" look "$2"; says "$3"; echo "ok: $4"; }
refused 1 "$at sslrootcert=$test_root/other.crt" "certificate" "another authority's certificate"
refused 1 "${at/db.test/other.test} sslrootcert=$test_root/real.crt" "certificate" "another host's certificate"
refused 1 "$at" "certificate" "nothing to verify with"
exits 0 "$SANDSEED" inspect "$at sslmode=require" --quiet
claim "who says require is encrypted, not verified" grep -qE "TLSv1\.[23], sslmode=require" out
# and what a service file or the environment says
printf '[strict]\nhost=db.test\nhostaddr=127.0.0.1\nport=%s\nuser=postgres\ndbname=shop\n' $port >services
sed 's/strict/weaker/; $asslmode=require' services >weaker
cat weaker >>services
export PGSERVICEFILE=$test_root/services
refused 1 "service=strict" "certificate" "a service that says nothing is verified"
exits 0 "$SANDSEED" inspect service=weaker --quiet
claim "a service may say require" grep -qE "TLSv1\.[23], sslmode=require" out
PGSSLMODE=require exits 0 "$SANDSEED" inspect service=strict --quiet
claim "so may PGSSLMODE" grep -qE "TLSv1\.[23], sslmode=require" out
unset PGSERVICEFILE
exits 0 "$SANDSEED" plan "$at sslrootcert=$test_root/real.crt" -o p.yaml --mode keep --target "$(dsn target shop)" --quiet
"$SANDSEED" sign p.yaml --by test --why "a test" --quiet '*' >/dev/null
exits 0 refresh p.yaml
claim "pg_dump is as strict, and the rows arrive" [ "$(psql_in target shop -c 'SELECT count(*) FROM t')" = 50 ]
