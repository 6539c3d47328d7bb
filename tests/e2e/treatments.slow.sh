#!/bin/bash
# shape, generalise, constant and nullify in pseudonymise tables: every type loads, no value of the source is left, equal values
# of two rows get different shapes and the same row gets the same one, known passwords are hashes that other programs take,
# and what plan proposes for databases of others runs once it is signed.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source every
psql_in source every -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
CREATE EXTENSION hstore;
CREATE EXTENSION citext;
CREATE TYPE mood AS ENUM ('sad', 'so so', 'glad');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN year AS int CHECK (VALUE >= 1901 AND VALUE <= 2155);
CREATE DOMAIN short AS varchar(12);
CREATE DOMAIN colour AS text CHECK (VALUE IN ('red', 'green'));
CREATE TABLE shaped (id int PRIMARY KEY, t text NOT NULL, same text NOT NULL, v varchar(20), c char(10), n name, ci citext, s short, ru text, el text, ja text, one "char",
    sex char(1) CHECK (sex IN ('f', 'm', 'x')), plan varchar(10) CHECK (plan IN ('free', 'paid')) NOT NULL, colour colour, brief text CHECK (char_length(brief) <= 9), filled varchar(30) CHECK (length(filled) > 0) CHECK (filled <> ''), doc jsonb CHECK (jsonb_typeof(doc) = 'object'),
    b bool, i2 int2, i4 int4 CHECK (i4 >= 0), i8 int8, o oid, m money, f4 float4, f8 float8, nu numeric, np numeric(8,2) CHECK (np >= 0), nn numeric(3,3), ni numeric(12,0), y year,
    d date, ti time, tz timetz, ts timestamp, tstz timestamptz, iv interval, u uuid, by bytea, js json, jb jsonb, x xml, h hstore,
    mo mood, ip inet, ne cidr, ma macaddr, m8 macaddr8, bi bit(7), vb varbit(20), tv tsvector, tq tsquery, jp jsonpath, po point, ls lseg, bo box, li line, ci2 circle, pa path, pg polygon,
    ai int[], at text[], p pair, r int4range, mr datemultirange);
INSERT INTO shaped SELECT i, 'Mrs Canary' || i || ' of 12 Birdcage Walk, called on 3 May; she sang.', 'The very same words in every row', 'Kanarienvogel ' || i, 'CAN' || i, 'canary_' || i, 'Canary' || i || '@canary.org', 'canary-' || i,
    'Канарейка поёт громко', 'Καναρίνι τραγουδά', '金糸雀が鳴く', 'k', 'x', 'free', 'red', 'Bird cage', 'c', '{"name": "canary"}', i % 2 = 0, i, 70000 + i, -9000000000000 - i, 4000000000 + i, (12345.67 + i)::float8::numeric::money, 271.828 + i, -1e200 * i, 123456789012345678901234567890.123 + i, 12345.67 + i, 0.125, 271828182 + i, 1950 + i % 50,
    date '1961-04-12' + i, '12:34:56.789', '12:34:56+02', timestamp '1969-07-20 20:17:40.123' + i * interval '1 day', timestamptz '1986-04-26 01:23:45+04' + i * interval '1 hour', interval '3 years 2 mons 12 days', md5(i::text)::uuid, convert_to('canary' || i, 'UTF8'),
    '{"name": "canary"}', '["canary"]', '<bird>canary</bird>', 'name=>canary', 'glad', '81.2.69.142', '81.2.69.0/24', 'ac:de:48:00:11:22', 'ac:de:48:00:11:22:33:44', B'1010101', B'110011', to_tsvector('canaries singing'), 'canary & sings', '$.canary', '(51.5,0.12)', '[(51.5,0.12),(52,1)]', '(52,1),(51.5,0.12)', '{1,2,3}', '<(51.5,0.12),7>', '((51.5,0.12),(52,1))', '((51.5,0.12),(52,1),(53,2))',
    ARRAY[271828, i], ARRAY['canary'], ('(' || i || ',canary)')::pair, int4range(271828, 314159), '{[1961-04-12,1969-07-20)}'
    FROM generate_series(1, 3000) i;
CREATE TABLE coarse (id int PRIMARY KEY, born date, seen timestamptz, at timestamp, five date, age int, i int, i8 bigint, n numeric(12,3), f float8, m money, pc text, zip varchar(10), ip inet, ipt text, net cidr, name text,
    started date DEFAULT '2000-01-31' CHECK (started >= '2000-01-01' AND started < '2050-01-01'), ended date DEFAULT '2000-01-31', CHECK (ended >= started));
INSERT INTO coarse (id, born, seen, at, five, age, i, i8, n, f, m, pc, zip, ip, ipt, net, name) VALUES (1, '1901-03-04', '2024-05-17 13:14:15+00', '2024-05-17 13:14:15', '1987-06-05', 104, -7, 1234567, 271.828, -0.3, '123.45', 'SW1A 1AA', '90210', '81.2.69.142', '81.2.69.142', '81.2.0.0/16', 'Canary'),
    (2, '1984-12-31', '1999-12-31 23:59:59.9+00', '0044-03-15 12:00:00 BC', 'infinity', 37, 27, -9223372036854775808, -0.001, 1e300, '-0.01', 'm1 1ae', '123', '2001:db8:1234:5678::1', '2a00:1450:4009::1', '2a00:1450::/32', 'é'),
    (3, NULL, NULL, '-infinity', NULL, 90, 20, 20, 'NaN', 'NaN', '20', '8001 Zürich', '', NULL, 'nobody', NULL, '');
CREATE TABLE account (no int, password text, token varchar(70), shadow char(60), note text, special text);
INSERT INTO account SELECT row_number() OVER (), v, v2, NULL, 'the same note', 'canary' FROM (VALUES
    ('$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW', NULL), ('$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW', NULL), ('$2y$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW', NULL),
    ('$1$abc$xyz', NULL), ('$5$abc$xyz', NULL), ('$6$abc$xyz', NULL), ('$y$j9T$abc$xyz', NULL), ('$argon2id$v=19$m=1,t=1,p=1$abc$def', NULL), ('$argon2i$v=19$m=1,t=1,p=1$abc$def', NULL),
    ('argon2$argon2id$v=19$m=1,t=1,p=1$abc$def', NULL), ('argon2$argon2i$v=19$m=1,t=1,p=1$abc$def', NULL), ('bcrypt$$2b$12$abc', NULL), ('bcrypt_sha256$$2b$12$abc', NULL),
    ('scrypt$16384$abc$8$1$def', NULL), ('scrypt:32768:8:1$abc$def', NULL), ('pbkdf2_sha256$870000$abc$def', NULL), ('pbkdf2_sha1$870000$abc$def', NULL), ('pbkdf2:sha256:1000$abc$def', NULL),
    ('md5$abc$def', NULL), ('sha1$abc$def', NULL), ('{SSHA}abc', NULL), ('{SHA}abc', NULL), ('SCRAM-SHA-256$4096:abc$def:ghi', NULL), ('AQAAAAEAACcQAAAAEGabc', NULL),
    (md5('canary'), '$argon2id$v=19$m=1,t=1,p=1$a$b'), (upper(encode(sha256('canary'), 'hex')), 'canary'), (encode(sha512('canary'), 'hex'), ''), ('da39a3ee5e6b4b0d3255bfef95601890afd80709', '!abc'),
    ('canary99', '$unknown$canary$'), ('', '*'), ('!', NULL), (NULL, NULL)) t (v, v2);
ANALYZE;
SQL
mkdir -m 700 "$test_root/work"
cd "$test_root/work"
"$SANDSEED" key new -o shop.key --quiet >/dev/null
{
    cat <<END
sandseed: 1
source: $(dsn source every)
target: $(dsn target every)
output: ./out
key: {file: shop.key, sandbox: tests}
tables:
  public.shaped:
    mode: pseudonymise
    subject: self
    columns:
      id: {class: key}
END
    psql_in source every -c "SELECT '      ' || attname || ': {class: free-text}' FROM pg_attribute WHERE attrelid = 'shaped'::regclass AND attnum > 1 ORDER BY attnum"
    cat <<END
  public.coarse:
    mode: pseudonymise
    subject: self
    columns:
      id: {class: non-personal}
      born: {class: quasi-identifier, kind: date-of-birth}
      seen: {class: quasi-identifier}
      at: {class: quasi-identifier, treatment: generalise, to: quarter}
      five: {class: quasi-identifier, treatment: generalise, to: 5 years}
      age: {class: quasi-identifier, kind: age}
      i: {class: quasi-identifier, treatment: generalise, to: 10}
      i8: {class: quasi-identifier, treatment: generalise, to: 1000}
      n: {class: quasi-identifier, treatment: generalise, to: 0.05}
      f: {class: quasi-identifier, treatment: generalise, to: 0.5}
      m: {class: quasi-identifier, treatment: generalise, to: 20}
      pc: {class: quasi-identifier, kind: postcode}
      zip: {class: quasi-identifier, kind: postcode, treatment: generalise, to: 2 characters}
      ip: {class: direct-identifier, kind: ip-address, treatment: generalise, to: /24}
      ipt: {class: direct-identifier, kind: ip-address, treatment: generalise, to: /16}
      net: {class: direct-identifier, treatment: generalise, to: /24}
      name: {class: quasi-identifier, treatment: generalise, to: 1 character}
      started: {class: quasi-identifier}
      ended: {class: quasi-identifier}
  public.account:
    mode: pseudonymise
    subject: none
    why: a test
    columns:
      no: {class: non-personal}
      password: {class: secret, treatment: constant, value: known-password}
      token: {class: secret, treatment: constant, value: known-password}
      shadow: {class: secret}
      note: {class: free-text}
      special: {class: special-category}
END
} >every.yaml
"$SANDSEED" sign every.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
exits 0 check every.yaml --allow-privileged-source
exits 0 refresh every.yaml
one() { psql_in target "${2:-every}" -c "$1"; }
sums() { one "SELECT (SELECT md5(string_agg(s::text, '|' ORDER BY id)) FROM shaped s), (SELECT md5(string_agg(a::text, '|' ORDER BY no)) FROM account a)"; }
none() { claim "$1" [ "$(one "SELECT count(*) FROM $2")" = 0 ]; }

# --- shape
claim "every row is there" [ "$(one 'SELECT count(*) FROM shaped')" = 3000 ]
claim "equal texts of two rows differ" [ "$(one "SELECT count(DISTINCT same) FROM shaped")" = 3000 ]
none "texts keep their band of lengths" "shaped WHERE length(same) NOT BETWEEN 28 AND 41"
none "and their script" "shaped WHERE ru !~ '^[А-я .,-]+$' OR el !~ '^[Α-ω .,-]+$' OR ja ~ '[A-Za-z]'"
none "digits where there were some, small letters where there were some" "shaped WHERE c ~ '[a-z]' OR v !~ '[a-z0-9]' OR ru ~ '[0-9]'"
none "numbers keep sign and number of digits" "shaped WHERE i4 NOT BETWEEN 10000 AND 99999 OR length(i8::text) <> 14 OR i8 > 0 OR length(np::text) <> 8 OR nn >= 1 OR f8 > 0 OR length(nu::text) <> 34"
none "within what CHECKs and domains bound" "shaped WHERE y < 1901"
none "dates keep their decade" "shaped WHERE extract(year FROM d) NOT BETWEEN 1960 AND 1969"
claim "and are spread over it" [ "$(one "SELECT count(DISTINCT d) > 1000 FROM shaped")" = t ]
claim "labels, lists and flags are drawn" [ "$(one "SELECT count(DISTINCT sex), count(DISTINCT plan), count(DISTINCT colour), count(DISTINCT mo), count(*) FILTER (WHERE b) BETWEEN 1200 AND 1800 FROM shaped")" = "3|2|2|3|t" ]
"$(pg_bin)"/pg_dump -d "$(dsn target every)" --data-only -t shaped -t account >dump
for word in canary Kanarien Birdcage 'very same' Канарей Καναρί '{271828' ac:de:48 81.2.69. '51.5,0.12' 63616e617279; do
    claim "nothing of the source is in the sandbox: $word" [ "$(grep -ciF -- "$word" dump)" = 0 ]
done
psql_in source every -c "SELECT u FROM shaped" >uuids
claim "no UUID" [ "$(grep -cFf uuids dump)" = 0 ]
claim "without a primary key the row's place tells rows apart" [ "$(one "SELECT count(DISTINCT note) = count(*) FROM account")" = t ]

# --- generalise
cat >coarse <<'END'
1929-01-01|2024-05-01 00:00:00+00|2024-04-01 00:00:00|1985-01-01|90|-10|1234000|271.800|-0.5|$120.00|SW1A|90|81.2.69.0/24|81.2.0.0|81.2.0.0/16|C
1984-01-01|1999-12-01 00:00:00+00|0044-01-01 00:00:00 BC|infinity|30|20|-9223372036854775808|-0.050|1e+300|-$20.00|m1|12|2001:db8:1234::/48|2a00:1450::|2a00:1450::/32|é
||-infinity||90|20|0|NaN|NaN|$20.00|80|||||
END
sed -i "s/^1929/$(($(date -u +%Y) / 10 * 10 - 91))/" coarse
claim "dates, numbers, postcodes, addresses and texts become coarser" diff coarse <(one "SELECT born, seen, at, five, age, i, i8, n, f, m, pc, zip, ip, ipt, net, name FROM coarse ORDER BY id")

# --- known passwords: python3, crypt(3) and libsodium say whether sandseed is the password
psql_in source every -c "SELECT password, token FROM account ORDER BY no" >before
one "SELECT password, token FROM account ORDER BY no" >after
python3 -W ignore - before after <<'PY'
import base64, ctypes, hashlib, hmac, struct, sys
libcrypt = ctypes.CDLL("libcrypt.so.1")
libcrypt.crypt.restype = ctypes.c_char_p
def crypt(phrase, setting):
    return (libcrypt.crypt(phrase.encode(), setting.encode()) or b"").decode()
P = b"sandseed"
b64 = lambda x: base64.b64encode(x).decode()
try:
    sodium = ctypes.CDLL("libsodium.so.23")
except OSError:
    sodium = None

def is_right(h):
    if h.startswith("argon2$"):
        return is_right(h[6:])
    if h.startswith("$argon2"):
        return sodium is None or sodium.crypto_pwhash_str_verify(h.encode(), P, ctypes.c_ulonglong(len(P))) == 0
    if h.startswith("bcrypt$"):
        return is_right(h[7:])
    if h.startswith("bcrypt_sha256$"):
        return crypt(hashlib.sha256(P).hexdigest(), h[14:]) == h[14:]
    if h.startswith("$"):
        return crypt(P.decode(), h) == h
    if h.startswith("SCRAM-SHA-256$"):
        (n, salt), keys = h[14:].split("$")[0].split(":"), h[14:].split("$")[1].split(":")
        s = hashlib.pbkdf2_hmac("sha256", P, base64.b64decode(salt), int(n))
        stored = hashlib.sha256(hmac.new(s, b"Client Key", "sha256").digest()).digest()
        return keys == [b64(stored), b64(hmac.new(s, b"Server Key", "sha256").digest())]
    if h.startswith("pbkdf2_"):
        name, n, salt, key = h.split("$")
        return key == b64(hashlib.pbkdf2_hmac(name[7:], P, salt.encode(), int(n)))
    if h.startswith("pbkdf2:"):
        name, salt, key = h.split("$")
        return key == hashlib.pbkdf2_hmac(name.split(":")[1], P, salt.encode(), int(name.split(":")[2])).hex()
    if h.startswith("scrypt$"):
        _, n, salt, r, p, key = h.split("$")
        return key == b64(hashlib.scrypt(P, salt=salt.encode(), n=int(n), r=int(r), p=int(p), maxmem=1 << 28, dklen=64))
    if h.startswith("scrypt:"):
        name, salt, key = h.split("$")
        n, r, p = map(int, name.split(":")[1:])
        return key == hashlib.scrypt(P, salt=salt.encode(), n=n, r=r, p=p, maxmem=1 << 28, dklen=64).hex()
    if h.startswith(("md5$", "sha1$")):
        name, salt, key = h.split("$")
        return key == hashlib.new(name, salt.encode() + P).hexdigest()
    if h.startswith("{SSHA}"):
        raw = base64.b64decode(h[6:])
        return raw[:20] == hashlib.sha1(P + raw[20:]).digest()
    if h.startswith("{SHA}"):
        return base64.b64decode(h[5:]) == hashlib.sha1(P).digest()
    if h.startswith("AQAAAA"):
        raw = base64.b64decode(h)
        _, prf, n, size = struct.unpack(">BIII", raw[:13])
        return prf == 1 and raw[13 + size:] == hashlib.pbkdf2_hmac("sha256", P, raw[13:13 + size], n)
    if h == P.decode():
        return True
    return h.lower() == hashlib.new({32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}[len(h)], P).hexdigest()

def scheme(h):
    for mark in ("$argon2id", "$argon2i", "argon2$argon2id", "argon2$argon2i", "{", "SCRAM", "AQAAAA", "bcrypt_sha256", "pbkdf2_sha256", "pbkdf2_sha1", "pbkdf2:", "scrypt$", "scrypt:"):
        if h.startswith(mark + ("$" if "argon2" in mark else "")):
            return mark
    return h.split("$")[0] or h.split("$")[1] if "$" in h else len(h) if len(h) in (32, 40, 64, 128) else "plain"

n = 0
for old, new in zip(open(sys.argv[1]), open(sys.argv[2])):
    for o, h, first in zip(old.rstrip("\n").split("|"), new.rstrip("\n").split("|"), (True, False)):
        if o in ("", "!", "*") or o.startswith("!"):
            assert h == o[:1], (o, h)
        elif not first and (o.startswith("$unknown") or o.startswith("$argon2id")):
            assert h == "", (o, h)
        else:
            assert is_right(h), (o, h)
            assert scheme(o) == scheme(h) and o.isupper() == h.isupper(), (o, h)
            n += 1
assert n == 30, n
PY
echo "ok: every password is sandseed, in the scheme that the row had"
claim "and the report says so" grep -q 'the password of every account .* is sandseed' out/report.json
keeps_schema out/report.json report

# --- the same again
before=$(sums)
exits 0 refresh every.yaml --jobs 1
claim "the same row has the same shape the next time, with one job too" [ "$(sums)" = "$before" ]

# --- what plan proposes for databases of others runs, once what nobody can tell is decided and the policy is signed
for corpus in pagila chinook; do
    load_corpus source "$corpus"
    "$SANDSEED" plan "$(dsn source "$corpus")" -o "$corpus.yaml" --mode pseudonymise --target "$(dsn target "$corpus")" --quiet >/dev/null
    sed -i "s/^output:.*/output: .\/out-$corpus/; s/^key:.*/key: {file: shop.key, sandbox: tests}/; s/{class: undecided[^}]*}/{class: free-text}/" "$corpus.yaml"
    "$SANDSEED" sign "$corpus.yaml" --by test --why "a test" --quiet 'public.*' >/dev/null
    exits 0 check "$corpus.yaml"
    exits 0 refresh "$corpus.yaml"
    claim "$corpus: every constraint is there and valid" [ "$(one "SELECT count(*), bool_and(convalidated) FROM pg_constraint" "$corpus")" = "$(psql_in source "$corpus" -c "SELECT count(*), true FROM pg_constraint")" ]
    python3 - "out-$corpus/report.json" >shapes <<'PY'
import json, sys
r = json.load(open(sys.argv[1]))
for t in r["tables"]:
    for c in t["columns"]:
        if c["treatment"] == "shape" and c["type"] != "tsvector":
            print(t["table"], c["name"])
PY
    [ "$(wc -l <shapes)" -gt 2 ] || fail "$corpus: hardly a column is made by shape"
    while read -r table column; do
        query="SELECT DISTINCT \"$column\"::text FROM $table WHERE length(\"$column\"::text) > 7"
        psql_in source "$corpus" -c "$query" | LC_ALL=C sort >theirs
        psql_in target "$corpus" -c "$query" | LC_ALL=C sort >ours
        [ -z "$(LC_ALL=C comm -12 theirs ours)" ] || fail "$corpus: $table.$column holds values of the source"
    done <shapes
    echo "ok: $corpus: no shape is a value of the source"
done
claim "pagila: films are found by their texts, which are kept" [ "$(one "SELECT count(*) FROM film WHERE fulltext = to_tsvector('english', title || ' ' || description)" pagila)" = 1000 ]
claim "pagila: as many rentals join their payments" [ "$(one "SELECT count(*) FROM payment JOIN rental USING (rental_id, customer_id)" pagila)" = "$(psql_in source pagila -c "SELECT count(*) FROM payment JOIN rental USING (rental_id, customer_id)")" ]
months="SELECT string_agg(m || ' ' || n, ',' ORDER BY m) FROM (SELECT date_trunc('month', rental_date AT TIME ZONE 'UTC')::text m, count(*) n FROM rental GROUP BY 1) t"
claim "pagila: dates in a key stay in their month" [ "$(one "$months" pagila)" = "$(psql_in source pagila -c "$months")" ]

# --- what cannot be is refused
refused()
{
    sed "$1" every.yaml >wrong.yaml
    "$SANDSEED" sign wrong.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
    exits "$3" check wrong.yaml
    says "$2"
    echo "ok: refused: $2"
}
refused 's/to: quarter/to: 10/' "does not take what to: says" 1
refused 's/    u: {class: free-text}/    u: {class: quasi-identifier, treatment: generalise, to: 1 character}/' "cannot be made coarser" 1
refused 's/    y: {class: free-text}/    y: {class: quasi-identifier, treatment: generalise, to: 10}/' "it is not certain that its domain takes" 3
sed 's/    i4: {class: free-text}/    i4: {class: quasi-identifier, treatment: generalise, to: 10}/' every.yaml >within.yaml
"$SANDSEED" sign within.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
exits 0 check within.yaml
echo "ok: bands that begin where a CHECK does are none of its business"
refused 's/    started: {class: quasi-identifier}/    started: {class: quasi-identifier, treatment: generalise, to: 7 years}/' "coarse_started_check" 3
refused 's/    ended: {class: quasi-identifier}/    ended: {class: quasi-identifier, treatment: generalise, to: year}/' "coarse_check" 3
refused 's/      id: {class: key}/      id: {class: free-text}/' "not-unique" 3
refused 's/    no: {class: non-personal}/    no: {class: secret, treatment: constant, value: known-password}/' "known-password is text" 1
