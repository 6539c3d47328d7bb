#!/bin/bash
# What the policy decides, what it leaves open, and who signed: from the file to the exit status.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

server_start source
server_start target
createdb_in source shop
psql_in source shop -c "CREATE TABLE customer (id int PRIMARY KEY, email text NOT NULL);
    INSERT INTO customer SELECT i, 'canary' || i || '@real.org' FROM generate_series(1, 500) i; ANALYZE"

# --- passwords on a command line ----------------------------------------------------------------------
with_password="$(dsn source shop) password=battery-staple"
uri="postgresql://u:battery-staple@127.0.0.1:1/shop"
policy_for source shop "$(dsn target box)" synthesise p.yaml
no_password()
{
    exits 1 "$@"
    says "holds a password"
    says "PGPASSFILE"
    ! grep -q staple out || fail "the password is in the message: $*"
}
no_password "$SANDSEED" inspect "$with_password"
no_password "$SANDSEED" inspect "$uri"
no_password "$SANDSEED" plan "$uri" -o new.yaml
no_password "$SANDSEED" plan "$(dsn source shop)" -o new.yaml --target "$uri"
claim "plan writes no password" [ ! -e new.yaml ]
for command in plan check refresh; do
    no_password "$SANDSEED" $command p.yaml --source "$with_password"
done
no_password "$SANDSEED" fit p.yaml -o model --source "$uri"
no_password refresh p.yaml --target "$with_password"
exits 0 "$SANDSEED" fit p.yaml -o model --allow-privileged-source --quiet
no_password "$SANDSEED" generate model "$uri"
claim "nor did any command take one" [ "$(databases target)" = "" ]
