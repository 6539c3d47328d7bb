#!/bin/bash
# refresh of pseudonymise tables: real rows, other identities: joins, keys and constraints hold, no identifier of the source
# is in the sandbox, the same key gives the same sandbox at any number of jobs, another key or name an unrelated one, and without
# a key nothing is read or written.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source shop
psql_in source shop -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
CREATE DOMAIN address AS text CHECK (VALUE ~ '^[^@ ]+@[^@ ]+$');
CREATE DOMAIN positive AS numeric(6,2) CHECK (VALUE >= 0);
CREATE DOMAIN short_address AS text CHECK (length(VALUE) < 20);
CREATE FUNCTION is_address(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 LIKE '%@%' $$;
CREATE TABLE customer (id serial PRIMARY KEY CHECK (id > 0), code varchar(8) NOT NULL UNIQUE, email address NOT NULL CHECK (email LIKE '%_@_%'),
    uid uuid NOT NULL UNIQUE, status text CHECK (status IN ('active', 'gone')), password text, invited_by int REFERENCES customer, born date,
    name varchar(40), city text CHECK (city <> ''), postcode varchar(10), street text);
CREATE UNIQUE INDEX ON customer (lower(email));
CREATE UNIQUE INDEX ON customer (code) WHERE invited_by IS NOT NULL;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, total numeric(10,2), at timestamptz, paid timestamptz CHECK (paid IS NULL OR paid >= at),
    fee positive DEFAULT 12.34 CHECK (fee > 0 AND fee <> 0));
CREATE TABLE line (order_id bigint REFERENCES orders, no smallint, customer_code varchar(8) REFERENCES customer (code), sent date, PRIMARY KEY (order_id, no));
CREATE TABLE event (id bigserial, customer_id int REFERENCES customer, kind text, at timestamp, PRIMARY KEY (id, customer_id), UNIQUE (customer_id, at)) PARTITION BY LIST (customer_id);
CREATE TABLE event_odd (at timestamp, kind text, customer_id int NOT NULL, id bigint NOT NULL);
ALTER TABLE event ATTACH PARTITION event_odd FOR VALUES IN (1, 3, 5, 7);
CREATE TABLE event_rest PARTITION OF event DEFAULT;
CREATE TABLE login (customer_id int PRIMARY KEY REFERENCES customer, address text NOT NULL UNIQUE, handle varchar(24) NOT NULL);
CREATE UNIQUE INDEX ON login (lower(handle));
CREATE TABLE review (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, stars int);
CREATE TABLE letter (customer_id int REFERENCES customer, addressee text, first varchar(6), to_city text);
CREATE TABLE lead (email text, seen int);
INSERT INTO customer (code, email, uid, status, password, invited_by, born)
    SELECT 'AB' || lpad(i::text, 4, '0'), 'Jane' || i || '@canary.org', md5(i::text)::uuid, 'active', 'hunter2', nullif(i / 3, 0), date '1950-03-07' + i * 5 FROM generate_series(1, 3000) i;
UPDATE customer SET name = CASE id % 3 WHEN 0 THEN 'CANARY ' || id || ' BIRD' WHEN 1 THEN 'Canary, Jane' ELSE 'Jane Canary' END, city = 'Canaryville', postcode = 'CN1 1RY', street = id || ' Canary Wharf';
INSERT INTO login SELECT id, 'login' || id || '@canary.org', CASE id % 3 WHEN 0 THEN 'CANARY' ELSE 'canary' END || id FROM customer;
INSERT INTO review (customer_id, stars) SELECT id, id % 5 FROM customer WHERE id <= 1000;
INSERT INTO letter SELECT id, name, 'Canary', city FROM customer;
INSERT INTO orders SELECT i * 7, 1 + i % 3000, i % 100, timestamptz '2026-01-01 10:20:30.123456Z' + i * interval '61 minutes', timestamptz '2026-01-01 10:20:30.123456Z' + i * interval '61 minutes' FROM generate_series(1, 20000) i;
INSERT INTO line SELECT i * 7, n, 'AB' || lpad((1 + i % 3000)::text, 4, '0'), date '2026-02-01' + i % 300 FROM generate_series(1, 5000) i, generate_series(1, 2) n;
INSERT INTO event (customer_id, kind, at) SELECT 1 + i % 3000, 'click', timestamp '2026-03-01' + i * interval '7 hours' FROM generate_series(1, 10000) i;
INSERT INTO lead SELECT 'jane' || i || '@CANARY.org', i FROM generate_series(1, 6000, 2) i;
ANALYZE;
SQL
mkdir -m 700 "$test_root/work"
cd "$test_root/work"
"$SANDSEED" key new -o shop.key --epoch one --quiet >/dev/null

# policy NAME OF-SANDBOX: a policy with a target of its own
policy()
{
    cat >"$1.yaml" <<END
sandseed: 1
source: $(dsn source shop)
target: $(dsn target "$1")
output: ./out-$1
key: {file: shop.key, sandbox: $2}
links: {addresses: [public.customer.email, public.lead.email]}
tables:
  public.customer:
    mode: pseudonymise
    subject: self
    columns:
      id: {class: key}
      code: {class: key}
      email: {class: direct-identifier, kind: email}
      uid: {class: key}
      status: {class: non-personal}
      password: {class: secret}
      invited_by: {class: key}
      born: {class: quasi-identifier, treatment: pseudonymise, kind: date-of-birth}
      name: {class: direct-identifier, kind: person-name, locale: de}
      city: {class: quasi-identifier, treatment: pseudonymise, kind: city, locale: de}
      postcode: {class: quasi-identifier, treatment: pseudonymise, kind: postcode, locale: de}
      street: {class: direct-identifier, kind: street-address, locale: de}
  public.orders: {mode: pseudonymise, columns: {id: {class: key}, customer_id: {class: key}, total: {class: non-personal}, at: {class: quasi-identifier, treatment: pseudonymise, kind: date-shift}, paid: {class: quasi-identifier, treatment: pseudonymise, kind: date-shift}, fee: {class: quasi-identifier, treatment: pseudonymise, kind: money}}}
  public.line: {mode: pseudonymise, columns: {order_id: {class: key}, no: {class: non-personal}, customer_code: {class: key}, sent: {class: quasi-identifier, treatment: pseudonymise, kind: date-shift}}}
  public.event: {mode: pseudonymise, columns: {id: {class: key}, customer_id: {class: key}, kind: {class: non-personal}, at: {class: quasi-identifier, treatment: pseudonymise, kind: date-shift-weeks, days: 100}}}
  public.login: {mode: pseudonymise, columns: {customer_id: {class: key}, address: {class: direct-identifier, kind: email, locale: de}, handle: {class: direct-identifier, kind: user-name, locale: de}}}
  public.review: {mode: synthesise, columns: {id: {class: key}, customer_id: {class: key}, stars: {class: non-personal}}}
  public.letter: {mode: pseudonymise, columns: {customer_id: {class: key}, addressee: {class: direct-identifier, kind: person-name, locale: de}, first: {class: direct-identifier, kind: given-name, locale: de}, to_city: {class: quasi-identifier, treatment: pseudonymise, kind: city, locale: de}}}
  public.lead: {mode: pseudonymise, subject: none, why: addresses, columns: {email: {class: direct-identifier, kind: email}, seen: {class: non-personal}}}
END
    "$SANDSEED" sign "$1.yaml" --by test --why "a test" --quiet 'public.*' >/dev/null
}
sums() { psql_in target "$1" -c "SELECT string_agg(md5, ' ' ORDER BY t) FROM (SELECT 'c' t, md5(string_agg(c::text, '|' ORDER BY c::text)) FROM customer c UNION ALL SELECT 'e', md5(string_agg(e::text, '|' ORDER BY e::text)) FROM event e UNION ALL SELECT 'l', md5(string_agg(l::text, '|' ORDER BY l::text)) FROM lead l UNION ALL SELECT 'n', md5(string_agg(n::text, '|' ORDER BY n::text)) FROM line n) s"; }
one() { psql_in "$1" "$2" -c "$3"; }

# --- without a key nothing begins
policy agents shop-agents
sed '/^key:/d' agents.yaml >keyless.yaml
exits 3 refresh keyless.yaml
says "has no key: without one no pseudonym is made"
exits 3 check keyless.yaml
says "key "
claim "nothing was written" [ "$(databases target)" = "" ]
chmod 644 shop.key
exits 1 refresh agents.yaml
says "others can read or change"
chmod 600 shop.key
exits 1 refresh agents.yaml --key "$test_root/none.key"
says "could not open"

# --- with one
exits 0 check agents.yaml
says "A refresh may begin."
exits 0 refresh agents.yaml
claim "every row is there" [ "$(one target agents 'SELECT (SELECT count(*) FROM customer), (SELECT count(*) FROM orders), (SELECT count(*) FROM line), (SELECT count(*) FROM event), (SELECT count(*) FROM lead)')" = "3000|20000|10000|10000|3000" ]
for join in "orders o JOIN customer c ON c.id = o.customer_id" "line JOIN orders o ON o.id = order_id JOIN customer c ON c.id = o.customer_id AND c.code = customer_code" \
    "customer a JOIN customer b ON a.invited_by = b.id" "event e JOIN customer c ON c.id = e.customer_id" "lead l JOIN customer c ON lower(c.email) = lower(l.email)"; do
    claim "as many rows join: $join" [ "$(one source shop "SELECT count(*) FROM $join")" = "$(one target agents "SELECT count(*) FROM $join")" ]
done
claim "what a customer's orders come to is the same, whoever that is" [ "$(one source shop "SELECT md5(string_agg(s::text, '|' ORDER BY s)) FROM (SELECT sum(total) s FROM orders GROUP BY customer_id) t")" = "$(one target agents "SELECT md5(string_agg(s::text, '|' ORDER BY s)) FROM (SELECT sum(total) s FROM orders GROUP BY customer_id) t")" ]
# Nobody can be followed from the source by number, but a subject's sum of orders and what lies between two of them stay.
intervals="SELECT md5(string_agg(s, '|' ORDER BY s)) FROM (SELECT string_agg((at - first)::text || ' ' || coalesce((sent - first::date)::text, ''), ',' ORDER BY at, sent) AS s FROM (SELECT o.customer_id, o.at, l.sent, min(o.at) OVER (PARTITION BY o.customer_id) AS first FROM orders o LEFT JOIN line l ON l.order_id = o.id) t GROUP BY customer_id) u"
claim "intervals between one person's dates stay, over tables and types" [ "$(TZ=UTC one source shop "SET timezone = 'UTC'; $intervals" | tail -1)" = "$(one target agents "SET timezone = 'UTC'; $intervals" | tail -1)" ]
claim "not all are moved alike" [ "$(one target agents "SELECT count(DISTINCT min) > 2000 FROM (SELECT min(at) FROM orders GROUP BY customer_id) t")" = t ]
claim "all go back, a year at most" [ "$(one target agents "SELECT min(at) >= timestamptz '2026-01-01 11:21Z' - interval '365 days' AND max(at) < timestamptz '2026-01-01 10:21Z' + interval '1220000 minutes' FROM orders")" = t ]
claim "weeks keep the day of the week" [ "$(one source shop "SELECT string_agg(n::text, ' ' ORDER BY d) FROM (SELECT extract(isodow FROM at) d, count(*) n FROM event GROUP BY 1) t")" = "$(one target agents "SELECT string_agg(n::text, ' ' ORDER BY d) FROM (SELECT extract(isodow FROM at) d, count(*) n FROM event GROUP BY 1) t")" ]
claim "and are not moved farther than the policy says" [ "$(one target agents "SELECT min(at) >= timestamp '2026-03-01 07:00' - interval '98 days' FROM event")" = t ]
claim "years of birth stay" [ "$(one source shop "SELECT string_agg(n::text, ' ' ORDER BY y) FROM (SELECT extract(year FROM born) y, count(*) n FROM customer GROUP BY 1) t")" = "$(one target agents "SELECT string_agg(n::text, ' ' ORDER BY y) FROM (SELECT extract(year FROM born) y, count(*) n FROM customer GROUP BY 1) t")" ]
claim "invented rows refer to the new identities" [ "$(one target agents "SELECT count(*) FROM review JOIN customer c ON c.id = customer_id")" = 1000 ]
claim "amounts are one person's, by one factor" [ "$(one target agents "SELECT count(DISTINCT fee) > 500 AND min(fee) >= 9.87 AND max(fee) <= 15.43 AND count(DISTINCT (customer_id, fee)) = count(DISTINCT customer_id) FROM orders")" = t ]
claim "one person has one name in every table" [ "$(one target agents "SELECT count(*) FROM letter l JOIN customer c ON c.id = customer_id WHERE addressee = name AND to_city = city")" = 3000 ]
claim "and the given name of it, cut to what the column takes" [ "$(one target agents "SELECT count(*) FROM letter WHERE addressee NOT LIKE '%,%' AND upper(addressee) NOT LIKE upper(first) || '%' AND length(first) < 6")" = 0 ]
claim "and an address of its own with that name" [ "$(one target agents "SELECT count(*) FROM login l JOIN letter t USING (customer_id) WHERE address ~ ('^[a-z]+\.[a-z]+\.[a-z2-7]{12}@example\.(com|org|net)$') AND (first ~ '[^A-Za-z]' OR lower(left(first, 3)) = left(address, 3))")" = 3000 ]
claim "and so does a name to log in by" [ "$(one target agents "SELECT count(*) FROM login WHERE lower(handle) ~ ('^' || left(address, 1) || left(split_part(address, '.', 2), 7) || '[a-z2-7]{12}\$')")" = 3000 ]
claim "people of one name get as many as there are" [ "$(one target agents "SELECT count(DISTINCT name) > 1500 FROM customer")" = t ]
claim "names are written as they were" [ "$(one target agents "SELECT count(*) FILTER (WHERE name = upper(name)) = 1000 AND count(*) FILTER (WHERE name LIKE '%, %') = 1000 FROM customer")" = t ]
claim "a city has its postcodes" [ "$(one target agents "SELECT count(DISTINCT (city, left(postcode, 1))) < 2.5 * count(DISTINCT city) AND count(DISTINCT city) > 50 FROM customer WHERE postcode ~ '^[0-9]{5}$'")" = t ]
# At the source, the later rows are the later born.
position="SELECT abs(corr(at, year)) FROM (SELECT row_number() OVER (ORDER BY ctid) AS at, extract(year FROM born) AS year FROM customer) t"
claim "where a row stands told when it came in" [ "$(one source shop "SELECT ($position) > 0.99")" = t ]
claim "and does not in the sandbox" [ "$(one target agents "SELECT ($position) < 0.1")" = t ]
claim "nor do a row's transaction and place tell which partition it came from" [ "$(one target agents "SELECT count(DISTINCT xmin::text), bool_and(id > before) FROM (SELECT xmin, id, lag(id, 1, 0::bigint) OVER (PARTITION BY tableoid ORDER BY ctid) AS before FROM event) t")" = "1|t" ]
"$(pg_bin)"/pg_dump -d "$(dsn target agents)" --data-only >dump
claim "no address of the source is in the sandbox" [ "$(grep -ci canary dump)" = 0 ]
claim "no password" [ "$(grep -c hunter2 dump)" = 0 ]
psql_in source shop -c "SELECT uid FROM customer" >uids
claim "no UUID" [ "$(grep -cFf uids dump)" = 0 ]
claim "every address is at a reserved domain" [ "$(one target agents "SELECT count(*) FROM customer WHERE email !~* '@example\.(com|org|net)$'")" = 0 ]
claim "UUIDs are of version 8" [ "$(one target agents "SELECT count(*) FROM customer WHERE substr(uid::text, 15, 1) <> '8' OR substr(uid::text, 20, 1) !~ '[89ab]'")" = 0 ]
claim "codes keep their form" [ "$(one target agents "SELECT count(*) FROM customer WHERE code !~ '^[A-Z]{2}[0-9]{4}$'")" = 0 ]
claim "hardly a customer keeps the number" [ "$(one target agents "SELECT count(*) FROM customer WHERE id <= 3000")" -lt 10 ]
claim "rows went to the partitions that their new keys belong to" [ "$(one target agents "SELECT count(*) FROM event_odd WHERE customer_id NOT IN (1, 3, 5, 7)")" = 0 ]
claim "the next number of a sequence is free" [ "$(one target agents "SELECT count(*) FROM customer WHERE id >= nextval('customer_id_seq')")" = 0 ]
python3 - out-agents/report.json "$("$SANDSEED" key show shop.key --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["epochs"][0]["fingerprint"])')" <<'PY'
import json, sys
r = json.load(open(sys.argv[1]))
assert r["key"]["sandbox"] == "shop-agents" and r["key"]["epoch"] == "one" and len(r["key"]["fingerprint"]) == 16, r["key"]
assert r["key"]["fingerprint"] != sys.argv[2], "of the sandbox's own key"
c = {(t["table"], c["name"]): c for t in r["tables"] for c in t["columns"]}
assert c["public.customer", "email"]["kind"] == "email" and c["public.customer", "email"]["values"] == 3000
assert c["public.event", "customer_id"]["values"] == 10000, "a root counts what its partitions hold"
PY
echo "ok: the report says which key it was, by its fingerprint, and counts"
keeps_schema out-agents/report.json report
claim "the key is in no file of the run" [ -z "$(grep -rl "$(grep -o '[0-9a-f]\{64\}' shop.key)" out-agents)" ]

# --- the same again, and another
before=$(sums agents)
exits 0 refresh agents.yaml --jobs 1
claim "the same key gives the same sandbox, with one job as with several" [ "$(sums agents)" = "$before" ]
policy others shop-others
exits 0 refresh others.yaml
psql_in target agents -c "SELECT id FROM customer" | sort >ids-agents
psql_in target others -c "SELECT id FROM customer" | sort >ids-others
claim "two sandboxes do not join by number" [ "$(comm -12 ids-agents ids-others | wc -l)" -lt 10 ]
psql_in target agents -c "SELECT lower(email) FROM customer" | sort >emails-agents
psql_in target others -c "SELECT lower(email) FROM customer" | sort >emails-others
claim "nor by address" [ "$(comm -12 emails-agents emails-others | wc -l)" = 0 ]
psql_in source shop -o /dev/null -c "INSERT INTO customer (id, code, email, uid) SELECT 2000000000 + i, 'ZZ' || i, 'late' || i || '@canary.org', gen_random_uuid() FROM generate_series(1000, 1009) i"
exits 0 refresh agents.yaml
psql_in target agents -c "SELECT id FROM customer" | sort >ids-grown
claim "growth moves no earlier pseudonym, beyond the first range of numbers too" [ "$(comm -12 ids-agents ids-grown | wc -l)" = 3000 ]
"$SANDSEED" key rotate shop.key --epoch two --quiet >/dev/null
exits 0 refresh agents.yaml
claim "another epoch gives other pseudonyms" [ "$(psql_in target agents -c "SELECT id FROM customer" | sort | comm -12 - ids-agents | wc -l)" -lt 10 ]
sed -i 's/sandbox: shop-agents/sandbox: shop-agents, epoch: one/' agents.yaml
exits 0 refresh agents.yaml
claim "a policy that names the epoch goes on with it" [ "$(psql_in target agents -c "SELECT id FROM customer" | sort | comm -12 - ids-agents | wc -l)" = 3000 ]
"$SANDSEED" key new -o agents.key --from shop.key --sandbox shop-agents --epoch one --quiet >/dev/null
exits 0 refresh agents.yaml --key agents.key
claim "the key of the sandbox alone serves as well" [ "$(psql_in target agents -c "SELECT id FROM customer" | sort | comm -12 - ids-agents | wc -l)" = 3000 ]
exits 1 refresh others.yaml --key agents.key
says "has no key for sandbox shop-others"

# --- what cannot hold is refused before a row is read
refused()
{
    sed "$1" agents.yaml >wrong.yaml
    "$SANDSEED" sign wrong.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
    exits 3 check wrong.yaml
    says "$2"
    exits 3 refresh wrong.yaml
    echo "ok: refused: $2"
}
refused 's/uid: {class: key}/uid: {class: key, treatment: constant, value: 00000000-0000-0000-0000-000000000000}/' "not-unique"
refused 's/code: {class: key}/code: {class: key, kind: email}/' "the column takes 8"
refused 's/code: {class: key}/code: {class: key, kind: nonsense}/' 'there is no kind of pseudonym "nonsense"'
refused 's/, public.lead.email/, public.lead.email, public.orders.customer_id/' "their types differ"
refused 's/at: {class: quasi-identifier, treatment: pseudonymise, kind: date-shift}/at: {class: quasi-identifier, treatment: pseudonymise, kind: email}/' "it takes text"
refused 's/paid: {class: quasi-identifier, treatment: pseudonymise, kind: date-shift}/paid: {class: quasi-identifier, treatment: pseudonymise, kind: date-shift, days: 3}/' "orders_check"
psql_in source shop -o /dev/null -c "ALTER TABLE lead ADD CHECK (email NOT LIKE '%example%')"
refused 's/none/none/' "lead_email_check\" does not take"
psql_in source shop -o /dev/null -c "ALTER TABLE lead DROP CONSTRAINT lead_email_check, ADD CONSTRAINT by_own_code CHECK (is_address(email))"
refused 's/none/none/' "by_own_code"
psql_in source shop -o /dev/null -c "ALTER TABLE lead DROP CONSTRAINT by_own_code, ADD CONSTRAINT with_another CHECK (email <> seen::text)"
refused 's/none/none/' "with_another\": it is not certain"
psql_in source shop -o /dev/null -c "ALTER TABLE lead DROP CONSTRAINT with_another, ALTER email TYPE short_address USING left(email, 10)"
refused 's/none/none/' "its domain does not take"
psql_in source shop -o /dev/null -c "ALTER TABLE lead ALTER email TYPE text"
refused 's/locale: de/locale: xx/' 'there is no locale "xx"; there are de,'
refused 's/invited_by: {class: key}/invited_by: {class: key, kind: date-shift}/; s/id: {class: key}$/id: {class: key, kind: date-shift}/' "goes by whose the row is"
refused 's/status: {class: non-personal}/status: {class: quasi-identifier, treatment: pseudonymise, kind: code}/' "CHECK"
