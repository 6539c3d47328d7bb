#!/bin/bash
# Bad input: the right exit status, the object named, the source and yesterday's sandbox untouched.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source shop
psql_in source shop -c "CREATE TABLE customer (id int PRIMARY KEY, email text NOT NULL, born date);
    INSERT INTO customer SELECT i, 'canary' || i || '@real.org', '1970-01-01' FROM generate_series(1, 500) i;
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, total numeric(8,2) CHECK (total >= 0));
    INSERT INTO orders SELECT i, 1 + i % 500, i FROM generate_series(1, 2000) i; ANALYZE"
policy=$test_root/p.yaml
policy_for source shop "$(dsn target box)" synthesise "$policy"
table_sums source shop >"$test_root/production"
exits 0 refresh "$policy"
table_sums target box >"$test_root/yesterday"
claim "the seed is 32 bytes for its owner alone" [ "$(stat -c '%a %s' "$test_root"/sandseed-out/seed)" = "600 32" ]

untouched()
{
    table_sums target box | diff "$test_root/yesterday" - || fail "yesterday's sandbox changed: $1"
    [ "$(databases target)" = "${2:-box}" ] || fail "left behind: $(databases target): $1"
    ! grep -q canary "$test_root/out" || fail "a value in a message: $1"
    echo "ok: $1"
}

exits 3 "$SANDSEED" refresh "$policy"
says "superuser"
exits 3 "$SANDSEED" check "$policy"
says "--allow-privileged-source"
untouched "a superuser is refused unless told"

sed 's/class: key/clas: key/' "$policy" >"$test_root/typo.yaml"
exits 1 refresh "$test_root/typo.yaml"
says 'unknown key "clas"; did you mean "class"?'
says "typo.yaml:"
untouched "a typo in a key has its place and the nearest word"

sed 's/mode: synthesise/mode: synthesize/' "$policy" >"$test_root/typo.yaml"
exits 1 refresh "$test_root/typo.yaml"
says 'did you mean "synthesise"?'
untouched "a typo in a value"

line_of() { grep -n "$1" "$test_root/typo.yaml" | head -1 | cut -d: -f1; }
sed 's/^  public.orders:/  public.order:/' "$policy" >"$test_root/typo.yaml"
exits 3 refresh "$test_root/typo.yaml"
says "typo.yaml:$(line_of 'public.order:'):3: public.order"
says 'did you mean "public.orders"?'
untouched "a typo in a table's name has its place and the nearest name"

sed 's/^      email:/      emial:/' "$policy" >"$test_root/typo.yaml"
exits 3 refresh "$test_root/typo.yaml"
says "typo.yaml:$(line_of 'emial:'):7: "
says 'did you mean "email"?'
untouched "a typo in a column's name has its place and the nearest name"

printf 'tables: {public.customer: {mode: synthesise}\n' >>"$test_root/typo.yaml"
exits 1 refresh "$test_root/typo.yaml"
says "typo.yaml:"
untouched "what is not YAML has its place"

exits 1 refresh "$policy" --source "$(dsn source nowhere)"
untouched "a database that does not exist"

exits 2 refresh "$policy" --source "host=/var/tmp/no-such-place dbname=x"
untouched "an unreachable host"

# No such server can be had any more: what it says when somebody connects is all that is looked at.
python3 - "$test_root/.s.PGSQL.5432" <<'PY' &
import os, socket, struct, sys
message = lambda kind, body: kind + struct.pack(">i", len(body) + 4) + body
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
listener.listen()
while True:
    client, _ = listener.accept()
    client.recv(4096)
    client.sendall(message(b"R", struct.pack(">i", 0)) + message(b"S", b"server_version\0" + b"11.22\0")
                   + message(b"K", struct.pack(">ii", 1, 1)) + message(b"Z", b"I"))
    client.recv(4096)
    client.close()
PY
old=$!
until [ -S "$test_root/.s.PGSQL.5432" ]; do sleep 0.05; done
exits 1 refresh "$policy" --source "host=$test_root dbname=shop"
says "a server of PostgreSQL 11"
says "PostgreSQL 12 and newer"
kill $old
untouched "a source older than PostgreSQL 12"

exits 3 refresh "$policy" --target "$(dsn source shop)"
untouched "the target is the source"
createdb_in target foreign_db
psql_in target foreign_db -c "CREATE TABLE t (a int)"
exits 3 refresh "$policy" --target "$(dsn target foreign_db)"
untouched "the target is somebody else's database" "box foreign_db"
psql_in target postgres -c "DROP DATABASE foreign_db"

claim "all of this left the source as it was" diff "$test_root/production" <(table_sums source shop)

# No extension of Debian's has a table for its settings: hstore is given one.
psql_in source shop -c "CREATE EXTENSION hstore" -c "CREATE TABLE setting (v text)" -c "INSERT INTO setting VALUES ('canary')" \
    -c "ALTER EXTENSION hstore ADD TABLE setting" \
    -c "UPDATE pg_extension SET extconfig = ARRAY['setting'::regclass::oid], extcondition = ARRAY[''] WHERE extname = 'hstore'"
exits 0 check "$policy"
says "public.setting: its extension hstore keeps settings in it"
untouched "settings of an extension are warned of"
psql_in source shop -c "DROP EXTENSION hstore"

# --- a report that cannot be written: the new sandbox stands, and that is said
rm "$test_root/sandseed-out/report.json" && mkdir "$test_root/sandseed-out/report.json"
exits 1 refresh "$policy" --target "cluster:$test_root/private"
says "the sandbox is published; while writing its report"
rmdir "$test_root/sandseed-out/report.json"
exits 0 "$SANDSEED" cluster status "$test_root/private"
claim "a private server with a published sandbox goes on" grep -q running "$test_root/out"
exits 0 "$SANDSEED" cluster stop "$test_root/private"

psql_in source shop -c "ALTER TABLE customer ADD COLUMN passport text"
exits 3 refresh "$policy"
says "public.customer.passport"
untouched "a column that nobody decided stops the run"
exits 0 "$SANDSEED" plan "$policy" --quiet
grep -q passport "$policy" || fail "plan brings the new column in"
cp "$policy" "$test_root/again.yaml"
exits 0 "$SANDSEED" plan "$policy" --quiet
claim "a second plan changes no byte" cmp "$policy" "$test_root/again.yaml"

psql_in source shop -c "CREATE TABLE audit (id int)"
exits 3 refresh "$policy"
says "public.audit"
untouched "a new table stops the run"
psql_in source shop -c "DROP TABLE audit"

psql_in source shop -c "DROP TABLE orders"
exits 0 refresh "$policy"
table_sums target box >"$test_root/yesterday"
untouched "a table dropped between plan and refresh only warns"

psql_in source shop -c "CREATE ROLE reader LOGIN; GRANT SELECT ON customer TO reader;
    CREATE TABLE secret (id int PRIMARY KEY)"
exits 0 "$SANDSEED" plan "$policy" --quiet
exits 1 "$SANDSEED" refresh "$policy" --quiet --source "host=${server_dir[source]} user=reader dbname=shop"
says "public.secret"
says "GRANT SELECT"
untouched "a table that the role may not read"

exits 1 refresh "$policy"
says "CREATE ROLE reader NOLOGIN"
untouched "a role that the target lacks"
psql_in source shop -c "DROP OWNED BY reader; DROP ROLE reader"

policy_for source shop "$(dsn target box)" pseudonymise "$test_root/pseudo.yaml"
exits 3 check "$test_root/pseudo.yaml"
says "undecided"
sed -E 's/\{class: (undecided|[a-z]+-identifier|free-text|secret|special-category)[^}]*\}/{class: non-personal, why: a test}/' "$test_root/pseudo.yaml" >"$test_root/decided.yaml"
exits 3 refresh "$test_root/decided.yaml"
says "and looks like direct-identifier"
exits 0 "$SANDSEED" sign "$test_root/decided.yaml" --by test --why "a test" --quiet '*'
exits 1 refresh "$test_root/decided.yaml"
says "shop.key\": No such file"
sed -i '/^key:/d' "$test_root/decided.yaml"
exits 3 refresh "$test_root/decided.yaml"
says "has no key: without one no pseudonym is made"
untouched "a pseudonymise policy that is decided is refused without a key" "$(databases target)"
echo "ok: a pseudonymise policy can be planned and checked, and lists what to decide"

long=$(printf 'n%.0s' $(seq 54))
exits 3 refresh "$policy" --target "$(dsn target "$long")"
untouched "a name of 54 bytes"
long=$(printf 'n%.0s' $(seq 53))
exits 0 refresh "$policy" --target "$(dsn target "$long")"
untouched "a name of 53 bytes works" "box $long"

# A database that holds nothing yet has a policy too, which grows with it.
createdb_in source young
young=$test_root/young.yaml
policy_for source young "$(dsn target young_box)" synthesise "$young"
exits 0 refresh "$young"
psql_in source young -c "CREATE TABLE first (id int PRIMARY KEY); INSERT INTO first SELECT generate_series(1, 50)"
exits 3 refresh "$young"
says "public.first"
exits 0 "$SANDSEED" plan "$young" --quiet
exits 0 refresh "$young"
claim "an empty database has a policy that grows with it" [ "$(psql_in target young_box -c 'SELECT count(*) > 0 FROM first')" = t ]

for server in source target; do
    claim "no value is in the log of the $server's server" bash -c '! grep -q canary "$1"' _ "${server_dir[$server]}/log"
done
