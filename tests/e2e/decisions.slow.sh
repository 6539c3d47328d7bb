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
# json EXPRESSION: of the result r, which warnings may stand around
json() { python3 -c "import json; s = open('$test_root/out').read(); r = json.JSONDecoder().raw_decode(s[s.index('{'):])[0]; assert $1, r"; }

# --- the file stays the user's ----------------------------------------------------------------------------
rights() { stat -c '%a %U' "$@"; }
(umask 027 && policy_for source shop "$(dsn target box)" synthesise new.yaml)
claim "a new policy has the rights that the umask leaves" [ "$(rights new.yaml)" = "640 $(id -un)" ]
mkdir policies
mv new.yaml policies/shop.yaml
ln -s policies/shop.yaml new.yaml
owner=$(id -un)
[ "$(id -u)" != 0 ] || owner=postgres
chown "$owner" policies/shop.yaml
chmod 600 policies/shop.yaml
sed -i '/^    columns:/,$d' policies/shop.yaml
exits 0 "$SANDSEED" plan new.yaml --quiet
claim "plan brings up to date what a link leads to" grep -q '^    columns:' policies/shop.yaml
exits 0 "$SANDSEED" sign new.yaml --by test --why "a test" --quiet '*'
claim "sign, too" grep -q 'by: test' policies/shop.yaml
claim "the link stays" [ -L new.yaml ]
claim "rights and owner stay" [ "$(rights policies/shop.yaml)" = "600 $owner" ]
claim "nothing else is left" [ "$(ls policies)" = shop.yaml ]
rm new.yaml

# --- rules --------------------------------------------------------------------------------------------
psql_in source shop -c "CREATE TABLE visit (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer,
        at timestamptz NOT NULL, loud boolean NOT NULL, PIN int) PARTITION BY HASH (id);
    CREATE TABLE visit_0 PARTITION OF visit FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE visit_1 PARTITION OF visit FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    INSERT INTO visit SELECT i, 1 + i % 500, '2020-01-01'::timestamptz + i * interval '1 hour', i % 3 = 0, i FROM generate_series(1, 2000) i; ANALYZE"
cat >rules.yaml <<YAML
sandseed: 1
source: "$(dsn source shop)"
target: "$(dsn target box)"
rules:
  - {match: "*.at", class: non-personal, why: set by the system} # every clock
  - match: "*.pin"
    class: secret
tables:
  public.customer:
    mode: synthesise
    subject: self
    columns: {id: {class: key}, email: {class: direct-identifier}}
  public.visit:
    mode: synthesise
    subject: customer_id
    columns: {id: {class: key}, customer_id: {class: key}, loud: {class: non-personal}}
YAML
exits 0 check rules.yaml --json
claim "a rule that plan has not seen decides nothing" json "[c['class'] for t in r['decisions'] if t['table'] == 'public.visit' for c in t['columns'] if c['name'] == 'at'] == ['undecided'] and r['undecided_columns'] == 1"
exits 0 "$SANDSEED" plan rules.yaml --json
claim "plan says what rules cover" json "[c['columns'] for c in r['changes'] if c['what'] == 'rule'] == [1, 1]"
grep -q 'system, matched: 1, digest: "[0-9a-f]\{8\}"} # every clock' rules.yaml || fail "not where it belongs: $(cat rules.yaml)"
cp rules.yaml again.yaml
exits 0 "$SANDSEED" plan rules.yaml --quiet
claim "a second plan changes no byte" cmp rules.yaml again.yaml
exits 0 check rules.yaml --json
claim "then the rule decides" json "[c['treatment'] for t in r['decisions'] for c in t['columns'] if c.get('rule') == '*.at'] == ['synthesise'] and r['undecided_columns'] == 0"
exits 0 refresh rules.yaml --pg-bindir "$(pg_bin)"
claim "rules reach partitions" [ "$(psql_in target box -c "SELECT count(DISTINCT tableoid), count(pin), min(at) >= '2020-01-01' FROM visit")" = "2|0|t" ]
psql_in source shop -c "ALTER TABLE customer ADD at timestamptz"
exits 0 check rules.yaml --json
claim "a column since then is undecided, and the rule is named" json "r['undecided_columns'] == 1 and any(f['object'] == 'public.customer.at' and '*.at' in f['text'] for f in r['findings'])"
exits 0 check rules.yaml
says "undecided  public.customer: at"
exits 0 "$SANDSEED" plan rules.yaml
says 'covered   public.customer.at, by the rule "*.at"'
sed -i 's/class: secret/class: secret\n    treatment: keep/' rules.yaml
exits 3 check rules.yaml
says "a synthesise table takes no keep"

# --- kept tables and their signatures -----------------------------------------------------------------
createdb_in source login
psql_in source login -c "CREATE TABLE users (email text PRIMARY KEY, is_admin boolean NOT NULL);
    INSERT INTO users SELECT 'canary' || i || '@real.org', i % 9 = 0 FROM generate_series(1, 100) i; ANALYZE"
"$SANDSEED" plan "$(dsn source login)" -o login.yaml --mode keep --target "$(dsn target login)" --quiet >/dev/null
# a policy that names no source is signed against one that is named with it
grep -v '^source:' login.yaml >nameless.yaml
exits 1 "$SANDSEED" sign nameless.yaml --by "a. khan" --why "a test" public.users --quiet
says "names no source, and there is no --source"
exits 0 "$SANDSEED" sign nameless.yaml --source "$(dsn source login)" --by "a. khan" --why "a test" public.users --quiet
cp login.yaml unsigned.yaml
exits 1 "$SANDSEED" sign login.yaml --by " " --why "a test" public.users --quiet
says "needs --by NAME"
exits 1 "$SANDSEED" sign login.yaml --by "a. khan" --why "a test" public.users public.user --quiet
says 'no entry of login.yaml that can be signed matches "public.user"'
claim "what nobody signs, or in part, stays as it is" cmp login.yaml unsigned.yaml
sed -E 's/\{class: [^}]*\}/{class: undecided}/' unsigned.yaml >undecided.yaml
exits 3 check undecided.yaml
says "2 columns of a keep table are undecided"
says "Columns: 2 keep; 2 of them are undecided."
exits 3 check login.yaml
says "must be signed"
exits 3 refresh login.yaml
claim "e-mail addresses that are keys are not published unsigned" [ "$(databases target)" = box ]
exits 0 "$SANDSEED" sign login.yaml --by "a. khan" --why "a test" public.users --json
claim "sign says what it signed" json "r['by'] == 'a. khan' and [(c['object'], len(c['covers'])) for c in r['signed']] == [('public.users', 8)]"
exits 0 refresh login.yaml
exits 3 "$SANDSEED" fit login.yaml -o login-model --allow-privileged-source --quiet
says "public.users"
claim "nor do they go into a model" [ ! -e login-model ]
psql_in source login -c "ALTER TABLE users ADD banned boolean"
exits 3 refresh login.yaml
says "no longer covers"
says "public.users"
exits 3 check login.yaml
says "public.users.banned: the policy does not name this column"
exits 0 "$SANDSEED" plan login.yaml --quiet
exits 0 "$SANDSEED" sign login.yaml --by "a. khan" --why "a test" public.users --quiet
exits 0 refresh login.yaml

# --- a policy that begins with a byte order mark is edited in the right places
grep -v 'signed:' login.yaml | { printf '\xef\xbb\xbf'; cat; } >marked.yaml
exits 0 "$SANDSEED" sign marked.yaml --by "a. khan" --why "a test" '*' --quiet
exits 0 check marked.yaml --quiet
claim "nothing but the signature was added" diff <(grep -v 'signed:' login.yaml) <(tail -c +4 marked.yaml | grep -v 'signed:')

# --- what is undecided is listed, not counted alone -----------------------------------------------------
createdb_in source wide
psql_in source wide -c "$(for t in $(seq 10 31); do echo "CREATE TABLE t$t (id int PRIMARY KEY, $(seq -s, -f 'c%g text' 1 11));"; done) ANALYZE"
policy_for source wide "$(dsn target wide)" synthesise wide.yaml
exits 0 check wide.yaml
says "undecided  public.t10: c1, c2, c3, c4, c5, c6, c7, c8 and 3 more"
says "undecided  columns of 2 more tables: --json lists all of them"
claim "a line for each of twenty tables and one for the rest" [ "$(grep -c '^undecided  ' out)" = 21 ]

# --- what the schema's own text holds -------------------------------------------------------------------
createdb_in source texts
psql_in source texts -c "CREATE DOMAIN sender AS text CHECK (VALUE <> 'd.omain@real.org'); CREATE TYPE who AS ENUM ('l.abel@real.org', 'b');
    CREATE TABLE mail (id int PRIMARY KEY, cc text DEFAULT 'd.efault@real.org', f sender, w who, CONSTRAINT no_boss CHECK (cc <> 'c.heck@real.org'), x text DEFAULT 'a@example.com');
    CREATE UNIQUE INDEX once ON mail (cc) WHERE cc <> 'i.ndex@real.org';
    COMMENT ON COLUMN mail.cc IS 'ask c.omment@real.org'; COMMENT ON TABLE mail IS 'nobody'"
policy_for source texts "$(dsn target texts)" synthesise texts.yaml
exits 3 check texts.yaml
for object in "table public.mail" "index public.once" "domain public.sender" "type public.who"; do
    says "stops  personal-text  $object: its "
done
claim "and nothing else stops it, nor is it shown" bash -c '[ $(grep -c "^stops" out) = 4 ] && ! grep -q real.org out'
sed -Ei 's/^    type public.who: .*/    type public.who: {keep: {email: 1}, why: "a test"}/; s/^(    (table|index|domain) .*): undecided.*/\1: {replace: x}/' texts.yaml
sed -i 's/^      cc: .*/      cc: {class: direct-identifier, kind: email}/' texts.yaml
exits 0 "$SANDSEED" sign texts.yaml --by test --why "a test" 'type public.who'
exits 0 check texts.yaml
