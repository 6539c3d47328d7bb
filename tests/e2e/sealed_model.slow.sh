#!/bin/bash
# A model is encrypted whenever a key is configured: nothing of schema or statistics stands in its folder, with the key it is read and
# makes the rows that the open one does, and without it, with another one, or when a file was changed, cut or swapped, it is refused.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/csv.sh"

server_start source
server_start target
createdb_in source shop
psql_in source shop -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
CREATE TABLE country_of_sale (code text PRIMARY KEY, title text NOT NULL);
CREATE TABLE "Tariff.Zone" (zone int PRIMARY KEY, wording text NOT NULL);
CREATE TABLE customer (id serial PRIMARY KEY, email text NOT NULL UNIQUE, loyalty text NOT NULL, country text REFERENCES country_of_sale);
CREATE TABLE purchase (id bigint PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, total numeric(10,2), channel text);
CREATE INDEX purchase_by_channel ON purchase (channel) WHERE channel <> 'carrierpigeon';
CREATE VIEW sums AS SELECT channel, sum(total) AS turnover FROM purchase GROUP BY channel;
COMMENT ON TABLE purchase IS 'wordsofacomment';
INSERT INTO country_of_sale VALUES ('DE', 'Germanyland'), ('FR', 'Francelands'), ('PL', 'Polandlands');
INSERT INTO "Tariff.Zone" SELECT i, repeat('tariffwording', 400) || i FROM generate_series(1, 40) i;
INSERT INTO customer (email, loyalty, country) SELECT 'p' || i || '@canary.org', (ARRAY['platinumloyal', 'silverloyalty'])[1 + i % 2], (ARRAY['DE', 'FR', 'PL'])[1 + i % 3] FROM generate_series(1, 300) i;
INSERT INTO purchase SELECT i * 3, 1 + i % 300, i % 97, (ARRAY['webchannel', 'shopchannel'])[1 + (i / 300) % 2] FROM generate_series(1, 2400) i;
ANALYZE;
SQL
cd "$test_root"
mkdir -m 700 keys
cat >open.yaml <<YAML
sandseed: 1
source: "$(dsn source shop)"
target: "$(dsn target shop)"
output: ./out-open
people: 11
tables:
  public.country_of_sale: {mode: keep, why: a list}
  'public."Tariff.Zone"': {mode: keep, why: a list}
  public.customer:
    mode: synthesise
    subject: self
    columns: {id: {class: key}, email: {class: direct-identifier}, loyalty: {class: non-personal}, country: {class: key}}
  public.purchase:
    mode: synthesise
    subject: customer_id
    columns: {id: {class: key}, customer_id: {class: key}, total: {class: quasi-identifier}, channel: {class: non-personal}}
YAML
"$SANDSEED" sign open.yaml --by test --why "a list" --quiet 'public.country_of_sale' '*Tariff*' >/dev/null
sed "s|^output:.*|output: ./out-sealed\nkey: {file: $PWD/keys/shop.key, sandbox: shop-agents}|" open.yaml >sealed.yaml
cp open.yaml.lock sealed.yaml.lock 2>/dev/null || true
"$SANDSEED" key new -o keys/shop.key --epoch 2026q4 --quiet >/dev/null
fingerprint() { "$SANDSEED" key show "$@" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["epochs"][0]["fingerprint"])'; }
"$SANDSEED" key new -o keys/agents.key --from keys/shop.key --sandbox shop-agents --quiet >/dev/null
key=$(fingerprint keys/agents.key)
fit() { "$SANDSEED" fit "$@" --allow-privileged-source; }
# scores POLICY OPTION...: fit, and what it tells of rows held out, which depends on whose they are
scores()
{
    fit "$@" --quiet --json >fitted.json
    python3 -c 'import json; print([{k: t[k] for k in t if k != "seconds"} for t in json.load(open("fitted.json"))["tables"]])'
}
generate() { "$SANDSEED" generate "$@" --quiet; }
refuses_all() # STATUS TEXT MODEL OPTION...: of what reads a model
{
    local status=$1 text=$2
    shift 2
    exits "$status" "$SANDSEED" inspect "$@"
    says "$text"
    exits "$status" generate "$1" "$(dsn target refused)" "${@:2}"
    says "$text"
}

# --- the folder
scores open.yaml -o open --seed 5 >seeded
scores sealed.yaml -o sealed --seed 5 | cmp - seeded || fail "a seed goes before the key"
claim "the JSON has the fingerprint" [ "$(python3 -c 'import json; print(json.load(open("fitted.json"))["key"]["fingerprint"])')" = "$key" ]
claim "the key is shown nowhere" bash -c '! grep -qF "$(grep -o "[0-9a-f]\{64\}" keys/agents.key)" fitted.json'
claim "all of it is for its owner alone" [ -z "$(find sealed -perm /077)" ]
claim "it has the files that the open one has" [ "$(find sealed -type f | wc -l)" = "$(find open -type f | wc -l)" ]
"$(pg_bin)/pg_restore" -f open.sql open/schema.dump
printf '%s\n' country_of_sale Tariff customer purchase loyalty platinum carrierpigeon wordsofacomment Germanyland tariffwording canary \
    sandseed_model channel PGDMP turnover marginal >words
missing=$(while read -r w; do grep -rqa "$w" open open.sql || echo "$w"; done <words | xargs)
claim "what is looked for is in the open one, but for the addresses of people" [ "$missing" = canary ]
claim "nothing of schema, statistics or rows is in any file" bash -c '! grep -rqaiFf words sealed'
claim "nor in the name of one" bash -c '! find sealed | grep -qiFf words'
# What is compressible in the open files is not in these: they look like chance.
claim "what follows the header does not compress" python3 - <<'PY'
import glob, sys, zlib
for f in glob.glob("sealed/**/*", recursive=True):
    if not f.endswith("reference"):
        data = open(f, "rb").read()
        body = data[data.index(b"\nkey ") + 22:]
        if len(zlib.compress(body, 9)) < len(body):
            sys.exit(f)
PY
claim "the header says whose key it takes" [ "$(head -n 4 sealed/model.json | sed -n '3,4p' | tr '\n' ' ')" = "sandbox shop-agents epoch 2026q4 key $key " ]
claim "no key of a sample is kept beside it" [ ! -e out-sealed/sampling.key ]
scores sealed.yaml -o again >night1
claim "two models of one source have no byte of their pieces in common" python3 - <<'PY'
a, b = (open(f + "/model.json", "rb").read()[-200:] for f in ("sealed", "again"))
assert a != b and sum(x == y for x, y in zip(a, b)) < 20
PY

# --- with the key
exits 0 "$SANDSEED" inspect open
claim "who reads the open one is told" grep -q "Its files are not encrypted" out
grep -v -e "^Its files" -e "^Model in" out >inspected
exits 0 "$SANDSEED" inspect sealed --key keys/shop.key
claim "inspect says under which key it is" grep -q "Its files are encrypted, under key $key of sandbox shop-agents, epoch 2026q4" out
claim "and else what it says of the open one" diff inspected <(grep -v -e "^Its files" -e "^Model in" out)
exits 0 "$SANDSEED" inspect sealed --json --key keys/agents.key
claim "the key of the sandbox alone will do" grep -q "\"fingerprint\": \"$key\"" out
exits 0 generate open "$(dsn target of_open)" --seed 7 --output of-open
exits 0 generate sealed "$(dsn target of_sealed)" --seed 7 --jobs 3 --output of-sealed --key keys/shop.key
claim "generate makes the same rows" diff <(table_sums target of_open) <(table_sums target of_sealed)
claim "and the report says with which key it was opened" python3 -c "
import json
o, s = (json.load(open(f'of-{x}/report.json')) for x in ('open', 'sealed'))
assert s['key']['fingerprint'] == '$key' and s['key']['sandbox'] == 'shop-agents' and 'key' not in o
assert s['result'] == 'published' and len(s['model_digest']) == 64"
claim "it is what its schema says" keeps_schema of-sealed/report.json report
claim "of schema and rows nothing is left beside it" bash -c '! grep -rqa -e PGDMP -e wordsofacomment -e Germanyland of-sealed'
exits 0 "$SANDSEED" inspect sealed --key-fd 7 7<keys/agents.key
exits 0 "$SANDSEED" inspect sealed --key-fd 7 7< <(grep -o '[0-9a-f]\{64\}' keys/shop.key)
exits 1 "$SANDSEED" inspect sealed --key-fd 7 --key keys/shop.key 7<keys/shop.key
says "not from both"
exits 1 "$SANDSEED" inspect sealed --key-fd 2
says "--key-fd takes a number from 3 to 1023"
exits 1 "$SANDSEED" inspect sealed --key-fd 77
says "descriptor 77"
(umask 077; echo "correct horse battery" >keys/phrase; echo "another one altogether" >keys/wrong)
"$SANDSEED" key new -o keys/locked.key --epoch 2026q4 --passphrase-file keys/phrase --quiet >/dev/null
exits 0 fit sealed.yaml -o locked --key keys/locked.key --passphrase-file keys/phrase
says " of sandbox shop-agents, epoch 2026q4: the model is encrypted"
says "sandseed generate $PWD/locked TARGET --key FILE"
claim "of an encrypted one nobody is warned" bash -c '! grep -q "not encrypted" out'
exits 0 "$SANDSEED" inspect locked --key keys/locked.key --passphrase-file keys/phrase
exits 1 "$SANDSEED" inspect locked --key keys/locked.key --passphrase-file keys/wrong
says "the passphrase is another one"
refuses_all 1 "which is encrypted under key" locked --key keys/nowhere.key

# --- without it, or with another one
refuses_all 3 "is encrypted, under key $key of sandbox shop-agents, epoch 2026q4, and no key is given" sealed
refuses_all 1 "and that of keys/locked.key is" sealed --key keys/locked.key --passphrase-file keys/phrase
"$SANDSEED" key new -o keys/others.key --from keys/shop.key --sandbox another --quiet >/dev/null
refuses_all 1 "keys/others.key has no key for sandbox shop-agents in epoch 2026q4" sealed --key keys/others.key
"$SANDSEED" key new -o keys/later.key --epoch 2027q1 --quiet >/dev/null
refuses_all 1 "keys/later.key has no key for sandbox shop-agents in epoch 2026q4" sealed --key keys/later.key
refuses_all 1 "is not encrypted, and a key is given" open --key keys/shop.key
refuses_all 1 "--passphrase-file is given, and no --key FILE" sealed --passphrase-file keys/phrase
exits 1 "$SANDSEED" inspect "$(dsn source shop)" --key keys/shop.key
says "--key is for an encrypted MODEL"
exits 1 "$SANDSEED" inspect open.yaml --key-fd 3 3<keys/shop.key
says "--key-fd is for an encrypted MODEL"
claim "nothing was written of what was refused" [ -z "$(databases target | grep -w refused)" ]

# --- rotated, destroyed
cp keys/shop.key keys/old.key
"$SANDSEED" key rotate keys/shop.key --epoch 2027q1 --quiet >/dev/null
exits 0 "$SANDSEED" inspect sealed --key keys/shop.key
claim "a model takes the key of its own epoch" grep -q "epoch 2026q4" out
"$SANDSEED" key destroy keys/shop.key --epoch 2026q4 --by test --why "a test" --quiet >/dev/null
refuses_all 1 "has no key for sandbox shop-agents in epoch 2026q4" sealed --key keys/shop.key
says "sandseed key show tells which it has"
cp -r sealed replaced
exits 0 fit sealed.yaml -o replaced
claim "one whose key is gone can be replaced" grep -q "epoch 2027q1: the model is encrypted" out
mv keys/old.key keys/shop.key

# --- changed, cut, swapped, mixed
change() { python3 -c "
f, at = '$1', $2
b = bytearray(open(f, 'rb').read()); b[at] ^= 1; open(f, 'wb').write(b)"; }
broken() { rm -rf bad && cp -r sealed bad; }
opens() { "$SANDSEED" generate bad "$(dsn target refused)" --quiet --key keys/shop.key; }
for file in model.json schema.dump; do
    for at in -1 -300 115; do
        broken
        change bad/$file $at
        exits 3 opens
        says "is not what fit wrote: it was changed or cut short"
    done
    broken
    truncate -s -1 bad/$file
    exits 3 opens
    says "is not what fit wrote"
done
broken
long=$(find bad/reference -type f -size +128k)
claim "one file of rows has several pieces" [ -n "$long" ]
truncate -s $(($(head -n 4 "$long" | wc -c) + 24 + 65553)) "$long"
exits 3 opens
says "is not what fit wrote"
says "while loading the reference rows of public.\"Tariff.Zone\""
broken
set -- bad/reference/*
mv "$1" kept && mv "$2" "$1" && mv kept "$2"
exits 3 opens
says "another file is in its place"
broken
cp again/schema.dump bad/schema.dump
exits 3 opens
says "is not what fit wrote"
broken
mv bad/schema.dump kept && mv bad/model.json bad/schema.dump && mv kept bad/model.json
exits 3 opens
says "is not what fit wrote"
broken
cp open/schema.dump bad/schema.dump
exits 3 opens
says "bad/schema.dump\" is not encrypted, and model.json beside it is"
broken
cp open/reference/public.country_of_sale.copy bad/reference/
exits 3 opens
says "is not encrypted, and model.json beside it is"
broken
cp open/model.json bad/model.json
exits 3 "$SANDSEED" inspect bad
says "is encrypted, and model.json beside it is not"
broken
sed -i '1s/1$/2/' bad/model.json
exits 1 opens
says "its header is malformed or of another version"
broken
rm bad/schema.dump
exits 1 opens
says "could not open"
claim "nothing was written of what was refused" [ -z "$(databases target | grep -w refused)" ]
claim "no private server is left" [ -z "$(private_servers)" ]

# --- which key
sed 's|^key:.*|key: {sandbox: shop-agents}|' sealed.yaml >nowhere.yaml
exits 3 fit nowhere.yaml -o none
says "does not say where the key is"
exits 3 check nowhere.yaml --quiet
says "does not say where the key is"
exits 0 check nowhere.yaml --quiet --key keys/shop.key
exits 1 fit open.yaml -o none --key keys/shop.key
says "nothing says of which sandbox the key is to be"
exits 1 fit sealed.yaml -o none --key keys/others.key
says "has no key for sandbox shop-agents"
chmod 644 keys/others.key
exits 1 fit sealed.yaml -o none --key keys/others.key
says "others can read or change"
claim "nothing is written without the key" [ ! -e none ]

# --- who is sampled: by the key, the same every night and in every output folder
sed 's|out-sealed|out-other|' sealed.yaml >other.yaml
scores other.yaml -o night >night2
claim "one key samples alike" cmp night1 night2
claim "and leaves no secret in the output folder" [ ! -e out-sealed/sampling.key -a ! -e out-other/sampling.key ]
scores nowhere.yaml -o night --key keys/locked.key --passphrase-file keys/phrase >night3
claim "another key samples others" bash -c '! cmp -s night1 night3'
exits 0 fit open.yaml -o night
says "the model is not encrypted"
claim "without a key a secret is kept, and an open model may replace an encrypted one" [ "$(stat -c '%a %s' out-open/sampling.key)" = "600 32" ]
exits 0 fit open.yaml -o night --key keys/agents.key
says "Key:      $key of sandbox shop-agents"
claim "of an open one that is replaced nothing stays" bash -c '! grep -rqaFf words night'
