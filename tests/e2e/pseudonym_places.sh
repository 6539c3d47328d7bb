#!/bin/bash
# refresh of columns that say where somebody is: places move with the person, stay on the globe, and can be made coarser.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source shop
psql_in source shop -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
CREATE DOMAIN lat AS numeric(9,6) CHECK (VALUE BETWEEN -90 AND 90);
CREATE TABLE customer (id int PRIMARY KEY, lat lat, lon numeric(9,6) CHECK (lon >= -180 AND lon <= 180), home point, area point, at_lat float8, at_lon float8,
    CHECK ((lat IS NULL) = (lon IS NULL)), CHECK (at_lat BETWEEN -90 AND 90 AND at_lon BETWEEN -180 AND 180));
CREATE TABLE visit (id int PRIMARY KEY, customer_id int REFERENCES customer, lat real, lon real);
INSERT INTO customer SELECT i, 48 + i / 10000.0, 11 - i / 10000.0, point(11 - i / 10000.0, 48 + i / 10000.0), point(11.56789, -48.12345), 51.56789, -0.12345 FROM generate_series(1, 1000) i;
INSERT INTO customer VALUES (2000, NULL, NULL, NULL, NULL, NULL, NULL), (2001, 0, 0, '(0,0)', '(0,0)', 0, 0);
INSERT INTO visit SELECT i, NULLIF(i % 1000, 0), 48 + i % 1000 / 10000.0 + 0.5, 11 FROM generate_series(1, 3000) i;
CREATE TABLE person (id int PRIMARY KEY, country text, name text, given text, city text, email text UNIQUE, state text);
INSERT INTO person SELECT i, (ARRAY['DE','Japan','pl_PL','CH',NULL])[1 + i % 5], 'Jane Canary ' || i, 'Jane', 'Leeds', 'jane' || i || '@canary.org', 'x' FROM generate_series(1, 500) i;
ANALYZE;
SQL
mkdir -m 700 "$test_root/work"
cd "$test_root/work"
"$SANDSEED" key new -o shop.key --epoch one --quiet >/dev/null
cat >policy.yaml <<END
sandseed: 1
source: $(dsn source shop)
target: $(dsn target sandbox)
output: ./out
key: {file: shop.key, sandbox: agents}
tables:
  public.customer:
    mode: pseudonymise
    subject: self
    columns:
      id: {class: key, treatment: pseudonymise, kind: integer}
      lat: {class: quasi-identifier, treatment: pseudonymise, kind: latitude}
      lon: {class: quasi-identifier, treatment: pseudonymise, kind: longitude}
      home: {class: quasi-identifier, treatment: pseudonymise, kind: coordinates}
      area: {class: quasi-identifier, kind: coordinates}
      at_lat: {class: quasi-identifier, kind: latitude}
      at_lon: {class: quasi-identifier, kind: longitude, treatment: generalise, to: 0.5}
  public.person:
    mode: pseudonymise
    subject: self
    columns:
      id: {class: key, treatment: pseudonymise, kind: integer}
      country: {class: quasi-identifier, treatment: keep, why: a test}
      name: {class: direct-identifier, kind: person-name, locale: \$country}
      given: {class: direct-identifier, kind: given-name, locale: \$country}
      city: {class: quasi-identifier, treatment: pseudonymise, kind: city, locale: \$country}
      email: {class: direct-identifier, kind: email, locale: \$country}
      state: {class: non-personal}
  public.visit:
    mode: pseudonymise
    subject: customer_id
    columns:
      id: {class: key, treatment: pseudonymise, kind: integer}
      customer_id: {class: key}
      lat: {class: quasi-identifier, treatment: pseudonymise, kind: latitude}
      lon: {class: quasi-identifier, treatment: pseudonymise, kind: longitude}
END
"$SANDSEED" sign policy.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
exits 0 check policy.yaml
exits 0 refresh policy.yaml
one() { psql_in target sandbox -c "$1"; }
none() { claim "$1" [ "$(one "SELECT count(*) FROM $2")" = 0 ]; }
claim "every row is there" [ "$(one "SELECT count(*), (SELECT count(*) FROM visit) FROM customer")" = "1002|3000" ]
none "latitude and longitude, and the point, are moved alike" "customer WHERE abs(home[0] - lon) > 0.000002 OR abs(home[1] - lat) > 0.000002"
none "within 20 km" "customer WHERE lat <> 0 AND (abs(lat - 48.05) > 0.24 OR abs(lon - 10.95) > 0.33)"
claim "spread over the ring" [ "$(one "SELECT count(DISTINCT round(lat, 2)) > 20 AND count(DISTINCT lat) > 950 FROM customer")" = t ]
claim "what nobody knows stays unknown" [ "$(one "SELECT count(*) FILTER (WHERE lat IS NULL AND home IS NULL), count(*) FILTER (WHERE lat = 0 AND home ~= '(0,0)') FROM customer")" = "1|1" ]
none "visits move with their customer" "visit v JOIN customer c ON c.id = v.customer_id WHERE abs(v.lat - 0.5 - c.lat) > 0.00002"
claim "of nobody's visits each moves by itself" [ "$(one "SELECT count(DISTINCT lat), count(DISTINCT lon) FROM visit WHERE customer_id IS NULL")" = "3|3" ]
claim "Japanese names are of Japan, others are not" [ "$(one "SELECT string_agg(DISTINCT country || (name ~ '^[A-z ,.''-]+$')::text, ' ' ORDER BY country || (name ~ '^[A-z ,.''-]+$')::text) FROM person WHERE country ~ '^(J|C)'")" = "CHtrue Japanfalse" ]
none "and so are given names and cities" "person WHERE coalesce(country = 'Japan', false) <> (given ~ '[ぁ-龥]') OR coalesce(country = 'Japan', false) <> (city ~ '[ぁ-龥]')"
claim "Polish people live in Poland, those of nowhere in Britain" [ "$(one "SELECT count(*) FILTER (WHERE country = 'pl_PL' AND city IN ('Warszawa', 'Kraków', 'Łódź', 'Wrocław', 'Poznań')) > 10, count(*) FILTER (WHERE country IS NULL AND city = 'London') > 2 FROM person")" = "t|t" ]
claim "squares of a grid" [ "$(one "SELECT DISTINCT area::text, at_lat, at_lon FROM customer WHERE at_lat <> 0")" = "(11.5,-48.2)|51.5|-0.5" ]

# --- what cannot be taken is refused before a row is read
sed 's/home: .*/home: {class: quasi-identifier, treatment: pseudonymise, kind: latitude}/; s/at_lon: .*/at_lon: {class: quasi-identifier, treatment: generalise, to: 0.7}/
    0,/lon: .*/s//lon: {class: quasi-identifier, treatment: pseudonymise, kind: coordinates}/' policy.yaml >other.yaml
exits 3 check other.yaml
says "public.customer.home: kind latitude: it takes degrees"
says "public.customer.lon: kind coordinates: it takes points; numbers are kind latitude or longitude"
says "it is not certain that it holds"
sed 's/country: .*/country: {class: quasi-identifier}/; s/kind: given-name, locale: .country/kind: given-name, locale: $land/' policy.yaml >other.yaml
exits 3 check other.yaml
says 'public.person.name: kind person-name: locale: goes by "country", which is not kept: names would tell what it holds'
says 'public.person.given: kind given-name: locale: names no column of the table: "land"'
