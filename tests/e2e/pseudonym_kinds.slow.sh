#!/bin/bash
# refresh of columns of every kind of number, in keys and out of them, in columns of text, numbers and addresses: what the server
# takes, whether references hold, and that no value of the source is there.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source shop
psql_in source shop -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
CREATE FUNCTION luhn(body text) RETURNS text LANGUAGE sql AS $$
    SELECT body || (10 - sum(CASE WHEN (length(body) - i) % 2 = 0 THEN (2 * d) / 10 + (2 * d) % 10 ELSE d END) % 10) % 10
    FROM (SELECT i, substr(body, i, 1)::int d FROM generate_series(1, length(body)) i) s $$;
CREATE FUNCTION nhs(body text) RETURNS text LANGUAGE sql AS $$
    SELECT body || (11 - sum(substr(body, i, 1)::int * (11 - i)) % 11) % 11 FROM generate_series(1, 9) i $$;
CREATE TABLE patient (id int PRIMARY KEY, nhs varchar(12) NOT NULL UNIQUE, phone text UNIQUE, card bigint, card_text varchar(19), iban varchar(34),
    nino char(9), seen_from inet, net cidr, mac macaddr, mac8 macaddr8, login text NOT NULL, page text, token char(32), imei numeric(15,0), account int, vat text, bic varchar(11));
CREATE UNIQUE INDEX ON patient (lower(login));
CREATE TABLE visit (id int PRIMARY KEY, nhs varchar(12) REFERENCES patient (nhs), seen_from inet UNIQUE, paid bigint UNIQUE);
INSERT INTO patient SELECT i, regexp_replace(nhs, '(...)(...)(....)', '\1 \2 \3'), CASE WHEN i % 2 = 0 THEN '+44 7712 ' ELSE '07712 ' END || lpad(i::text, 6, '0'),
    luhn('4' || lpad((i * 7919)::text, 14, '1'))::bigint, regexp_replace(luhn('37' || lpad((i * 7919)::text, 12, '1')), '(....)(......)(.....)', '\1 \2 \3'),
    'GB29 NWBK 6016 1331 9268 19', 'AB' || lpad(i::text, 6, '0') || 'C', ('10.20.' || i / 250 || '.' || i % 250)::inet, ('10.' || i % 250 || '.0.0/16')::cidr,
    ('001b44' || lpad(to_hex(i), 6, '0'))::macaddr, ('001b44fffe' || lpad(to_hex(i), 6, '0'))::macaddr8, 'Jane' || i, 'https://jane.canary.org/of/' || i,
    md5(i::text), luhn('35' || lpad(i::text, 12, '2'))::numeric, 10000000 + i, 'see notes', chr(65 + i % 26) || chr(65 + i / 26 % 26) || 'BKGB' || i % 10 || 'L' || CASE WHEN i % 2 = 0 THEN 'XXX' ELSE '' END
    FROM (SELECT row_number() OVER (ORDER BY i)::int i, nhs(i::text) nhs FROM generate_series(400000000, 400001999) i WHERE length(nhs(i::text)) = 10) s;
INSERT INTO patient (id, nhs, login, phone) VALUES (100000, 'unknown', '', '');
CREATE TABLE call (at date, caller text) PARTITION BY RANGE (at);
CREATE TABLE call_old PARTITION OF call FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE call_new PARTITION OF call DEFAULT;
INSERT INTO call SELECT date '2020-06-01' + i, '+44 7712 ' || lpad(i::text, 6, '0') FROM generate_series(1, 400) i;
INSERT INTO visit SELECT id, nhs, seen_from, luhn('5' || lpad((i * 7919)::text, 14, '1'))::bigint FROM patient, LATERAL (SELECT id) s (i) WHERE id % 3 = 0;
ANALYZE;
SQL
mkdir -m 700 "$test_root/work"
cd "$test_root/work"
"$SANDSEED" key new -o shop.key --epoch one --quiet >/dev/null

policy()
{
    cat >policy.yaml <<END
sandseed: 1
source: $(dsn source shop)
target: $(dsn target sandbox)
output: ./out
key: {file: shop.key, sandbox: agents}
tables:
  public.patient:
    mode: pseudonymise
    subject: self
    columns:
      id: {class: key}
      nhs: {class: direct-identifier, kind: nhs-number}
      phone: {class: direct-identifier, kind: phone}
      card: {class: direct-identifier, kind: payment-card}
      card_text: {class: direct-identifier, kind: payment-card}
      iban: {class: direct-identifier, kind: iban}
      nino: {class: direct-identifier, kind: nino}
      seen_from: {class: direct-identifier, kind: $1}
      net: {class: direct-identifier, kind: $1}
      mac: {class: direct-identifier, kind: mac-address}
      mac8: {class: direct-identifier, kind: mac-address}
      login: {class: direct-identifier, kind: user-name}
      page: {class: direct-identifier, kind: url}
      token: {class: secret, treatment: pseudonymise, kind: token}
      imei: {class: direct-identifier, kind: imei}
      account: {class: direct-identifier, kind: bank-account}
      vat: {class: direct-identifier, kind: vat-number}
      bic: {class: quasi-identifier, treatment: pseudonymise, kind: bic}
  public.visit: {mode: pseudonymise, columns: {id: {class: key}, nhs: {class: direct-identifier, kind: nhs-number}, seen_from: {class: direct-identifier, kind: $1}, paid: {class: direct-identifier, kind: payment-card}}}
  public.call: {mode: pseudonymise, subject: none, why: callers, columns: {at: {class: non-personal}, caller: {class: direct-identifier, kind: phone}}}
END
    "$SANDSEED" sign policy.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
}
one() { psql_in "$1" "$2" -c "$3"; }

policy ip-address
exits 0 check policy.yaml
exits 0 refresh policy.yaml
n=$(one source shop "SELECT count(*) FROM patient")
claim "every row is there" [ "$(one target sandbox "SELECT count(*) FROM patient")" = "$n" ]
claim "as many visits lead to patients" [ "$(one target sandbox "SELECT count(*) FROM visit JOIN patient USING (nhs)")" = "$(one source shop "SELECT count(*) FROM visit")" ]
"$(pg_bin)"/pg_dump -d "$(dsn target sandbox)" --data-only >dump
for column in nhs phone card card_text iban bic nino seen_from net mac mac8 page token imei; do
    one source shop "SELECT $column FROM patient WHERE $column::text <> ''" | sort -u >values
    cut -f 2- dump | tr '\t' '\n' | sort -u | comm -12 - values >kept
    # By chance: of 250 networks among 65,536, one on average.
    claim "no value of $column is there" [ "$(wc -l <kept)" -lt 9 ]
done
wrong=$(one target sandbox "SELECT count(*) FROM patient WHERE nhs ~ '^\d{3} \d{3} \d{4}\$' AND nhs(replace(left(nhs, 11), ' ', '')) = replace(nhs, ' ', '')" 2>/dev/null || echo none)
claim "the schema's functions are there" [ "$wrong" = 0 ]
claim "cards are of a test range, Luhn's digit right" [ "$(one target sandbox "SELECT count(*) FROM patient WHERE card IS NOT NULL AND (card::text !~ '^400000' OR luhn(left(card::text, -1)) <> card::text)")" = 0 ]
claim "but in a key, where the digit is wrong" [ "$(one target sandbox "SELECT count(*) FROM visit WHERE paid::text !~ '^5\d{15}\$' OR luhn(left(paid::text, -1)) = paid::text")" = 0 ]
claim "blanks stay where they were" [ "$(one target sandbox "SELECT count(*) FROM patient WHERE card_text !~ '^3782 82\d{4} \d{5}\$' OR iban !~ '^GB\d\d XXXX 0000 00\d\d \d{4} \d\d\$'")" = 0 ]
claim "no mobile number is one" [ "$(one target sandbox "SELECT count(*) FROM patient WHERE phone !~ '^(\+44 4|04)' AND phone <> ''")" = 0 ]
claim "a column of partitions is one by itself" [ "$(one target sandbox "SELECT count(*) FROM call WHERE caller !~ '^\+44 7700 900\d{3}\$'")" = 0 ]
claim "numbers of nobody" [ "$(one target sandbox "SELECT count(*) FROM patient WHERE nino !~ '^QQ\d{6}[A-D]\$' OR left(lpad(imei::text, 15, '0'), 2) <> '00'")" = 0 ]
claim "banks are none, of the country and form" [ "$(one target sandbox "SELECT count(*) FROM patient WHERE bic !~ '^[A-Z]{4}GB[A-Z0-9]0(XXX)?\$'")" = 0 ]
claim "networks are networks" [ "$(one target sandbox "SELECT count(*) FROM patient WHERE masklen(net) <> 16")" = 0 ]
claim "cards and networks keep which are the same" [ "$(one target sandbox "SELECT count(DISTINCT net) FROM patient")" = "$(one source shop "SELECT count(DISTINCT net) FROM patient")" ]
claim "local addresses" [ "$(one target sandbox "SELECT count(*) FROM patient WHERE (get_byte(decode(replace(left(mac::text, 2), ':', ''), 'hex'), 0) & 3) <> 2")" = 0 ]
claim "what is nobody's stays, what is none is a token" [ "$(one target sandbox "SELECT phone, login, nhs ~ '^[a-z2-7]{12}\$' FROM patient WHERE nhs !~ '\d{3} '")" = "||t" ]
claim "notes among VAT numbers are not passed on" [ "$(one target sandbox "SELECT count(*) FROM patient WHERE vat !~ '^\d{9}\$'")" = 0 ]
python3 - out/report.json <<'PY'
import json, sys
c = {c["name"]: c for t in json.load(open(sys.argv[1]))["tables"] if t["table"] == "public.patient" for c in t["columns"]}
assert c["nhs"]["kind"] == "nhs-number" and c["nhs"]["fallbacks"] == 1, c["nhs"]
assert c["vat"]["fallbacks"] == c["vat"]["values"] > 1000, c["vat"]
PY
echo "ok: the report counts what was not of its kind"

policy ip-prefix
exits 0 refresh policy.yaml
claim "networks of addresses stay networks" [ "$(one target sandbox "SELECT count(DISTINCT network(set_masklen(seen_from, 24))) FROM patient")" = "$(one source shop "SELECT count(DISTINCT network(set_masklen(seen_from, 24))) FROM patient")" ]

# --- what cannot be taken is refused before a row is read
refused()
{
    policy ip-address
    sed -i "$1" policy.yaml
    "$SANDSEED" sign policy.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
    exits 3 check policy.yaml
    says "$2"
    echo "ok: refused: $2"
}
refused 's/      nhs: .*/      nhs: {class: direct-identifier, kind: ssn}/; s/nhs: {class: direct-identifier, kind: nhs-number}/nhs: {class: direct-identifier, kind: ssn}/' "than there are numbers that nobody has"
refused 's/account: .*/account: {class: direct-identifier, kind: nhs-number}/' "it has 10 places"
refused 's/account: .*/account: {class: direct-identifier, kind: iban}/' "it takes text"
refused 's/login: .*/login: {class: direct-identifier, kind: mac-address}/; s/mac: .*/mac: {class: direct-identifier, kind: ip-address}/' "takes inet, cidr, text"
