#!/bin/bash
# Values that nobody expects, at the edges of their types, on a server: they are replaced, they load, and what refers to them does.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source shop
psql_in source shop -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
CREATE DOMAIN amount AS numeric(5,2);
CREATE TABLE person (id int PRIMARY KEY, paid amount, ratio real, large float8, born date, born_at timestamp, seen date UNIQUE, seen_at timestamptz UNIQUE, shaped real,
    login varchar(12) UNIQUE, mail varchar(26) UNIQUE);
INSERT INTO person SELECT i, 999.99, CASE WHEN i % 2 = 0 THEN 3.4e38 ELSE -3.4028235e38 END::real, CASE WHEN i % 2 = 0 THEN 1.79e308 ELSE -1.79e308 END, '4714-11-24 BC', '4714-11-24 00:00:01 BC',
   NULL, NULL, 9.9999999e37 FROM generate_series(1, 200) i;
UPDATE person SET seen = date '4714-11-24 BC' + id - 1, seen_at = timestamptz '4714-11-24 00:00:00+00 BC' + (id - 1) * interval '13 hours' WHERE id < 30;
UPDATE person SET login = 'bob' || repeat(' ', id), mail = 'b@canary.org' || repeat(' ', id) WHERE id < 9;
CREATE DOMAIN short AS char(8);
CREATE TABLE padded (id int PRIMARY KEY, address char(20), page char(60), code char(8) UNIQUE);
CREATE TABLE padded_more (id int PRIMARY KEY, code char(12) REFERENCES padded (code), varied varchar(20) REFERENCES padded (code), narrow short REFERENCES padded (code));
INSERT INTO padded VALUES (1, '10.20.30.40', 'https://canary.org/birdwood', 'ÄÖ'), (2, '10.20.30.41', 'https://canary.org/cage', 'AB-12'), (3, '', '', '??'), (4, '10.20.30.40', 'https://canary.org/', '');
INSERT INTO padded_more SELECT id, code, code, code FROM padded;
CREATE TABLE part (phone text, id int) PARTITION BY RANGE (id);
CREATE TABLE part_1 (id int, phone text UNIQUE);
ALTER TABLE part ATTACH PARTITION part_1 FOR VALUES FROM (1) TO (100000);
INSERT INTO part SELECT '07712 ' || lpad(i::text, 6, '0'), i FROM generate_series(1, 2000) i;
CREATE TABLE scaled (id numeric(5,2) PRIMARY KEY, parent numeric(7,1) UNIQUE NULLS NOT DISTINCT);
INSERT INTO scaled SELECT i, nullif(i, 1) FROM generate_series(-200, 799) i;
CREATE TABLE scaled_more (id int REFERENCES scaled, any_id numeric REFERENCES scaled, FOREIGN KEY (any_id) REFERENCES scaled (parent));
INSERT INTO scaled_more SELECT i, (i || '.000')::numeric FROM generate_series(2, 500) i;
CREATE DOMAIN small AS text CHECK (VALUE ~ '^[a-z0-9._]+@[a-z0-9.]+$');
CREATE TABLE lowered (id int PRIMARY KEY, email text UNIQUE CHECK (email = lower(email)), mail varchar(80) CHECK ((mail)::text = lower(btrim((mail)::text))), also small,
    login text CHECK (login = lower(login)), name text CHECK (name = upper(name) AND name <> ''));
INSERT INTO lowered SELECT i, 'ann@b' || i || '.org', 'ann@b' || i || '.org' , 'ann@b' || i || '.org', 'ann' || i, 'ANN BIRDWOOD' FROM generate_series(1, 400) i;
CREATE EXTENSION citext;
CREATE TABLE folded (nino citext PRIMARY KEY, page citext UNIQUE, at citext UNIQUE);
CREATE TABLE folded_more (nino citext REFERENCES folded, page citext REFERENCES folded (page), at citext REFERENCES folded (at));
INSERT INTO folded VALUES ('AB123456C', 'http://canary.org/Of', '2001:db8::7301:ab'), ('no number', 'none', 'Nowhere'), ('ab123457c', 'ftp://CANARY.org', '10.20.30.40');
INSERT INTO folded_more VALUES ('Ab123456c', 'HTTP://canary.org/of', '2001:DB8::7301:AB'), ('NO number', 'NONE', 'nowhere'), ('AB123457c', 'ftp://canary.org', '10.20.30.40');
ANALYZE;
SQL
mkdir -m 700 "$test_root/work"
cd "$test_root/work"
"$SANDSEED" key new -o shop.key --epoch one --quiet >/dev/null
one() { psql_in "$1" "$2" -c "$3"; }
cat >policy.yaml <<END
sandseed: 1
source: $(dsn source shop)
target: $(dsn target sandbox)
output: ./out
key: {file: shop.key, sandbox: agents}
tables:
  public.person:
    mode: pseudonymise
    subject: self
    columns:
      id: {class: key}
      paid: {class: quasi-identifier, treatment: pseudonymise, kind: money}
      ratio: {class: quasi-identifier, treatment: pseudonymise, kind: measure}
      large: {class: quasi-identifier, treatment: pseudonymise, kind: measure}
      born: {class: quasi-identifier, treatment: pseudonymise, kind: date-of-birth}
      born_at: {class: quasi-identifier, treatment: pseudonymise, kind: date-of-birth}
      seen: {class: quasi-identifier, treatment: pseudonymise, kind: within-month}
      seen_at: {class: quasi-identifier, treatment: pseudonymise, kind: within-month}
      shaped: {class: quasi-identifier, treatment: shape}
      login: {class: direct-identifier, kind: user-name}
      mail: {class: direct-identifier, kind: email}
  public.padded:
    mode: pseudonymise
    subject: none
    why: of nobody
    columns:
      id: {class: key}
      address: {class: direct-identifier, kind: ip-address}
      page: {class: direct-identifier, kind: url}
      code: {class: direct-identifier, kind: code}
  public.padded_more: {mode: pseudonymise, subject: none, why: of nobody, columns: {id: {class: key}, code: {class: key}, varied: {class: key}, narrow: {class: key}}}
  public.part: {mode: pseudonymise, subject: none, why: of nobody, columns: {id: {class: non-personal, treatment: keep}, phone: {class: direct-identifier, kind: phone}}}
  public.scaled: {mode: pseudonymise, subject: none, why: of nobody, columns: {id: {class: key}, parent: {class: key}}}
  public.scaled_more: {mode: pseudonymise, subject: none, why: of nobody, columns: {id: {class: key}, any_id: {class: key}}}
  public.lowered:
    mode: pseudonymise
    subject: none
    why: of nobody
    columns:
      id: {class: key}
      email: {class: direct-identifier, kind: email}
      mail: {class: direct-identifier, kind: email}
      also: {class: direct-identifier, kind: email}
      login: {class: direct-identifier, kind: user-name}
      name: {class: direct-identifier, kind: person-name}
  public.folded: {mode: pseudonymise, subject: none, why: of nobody, columns: {nino: {class: direct-identifier, kind: nino}, page: {class: direct-identifier, kind: url}, at: {class: direct-identifier, kind: ip-address}}}
  public.folded_more: {mode: pseudonymise, subject: none, why: of nobody, columns: {nino: {class: key}, page: {class: key}, at: {class: key}}}
END
"$SANDSEED" sign policy.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
exits 0 check policy.yaml
exits 0 refresh policy.yaml
claim "numbers are changed, within their types" [ "$(one target sandbox "SELECT count(*), count(*) FILTER (WHERE ratio > 0 AND large > 0) FROM person WHERE paid <> 999.99 AND abs(large) < 'Infinity' AND abs(ratio) < 'Infinity'")" = "200|100" ]
claim "no date is before the first" [ "$(one target sandbox "SELECT min(born), min(born_at)::date, count(DISTINCT seen), count(DISTINCT seen_at) FROM person")" = "4714-11-24 BC|4714-11-24 BC|29|29" ]
claim "what pads a value is no part of it" [ "$(one target sandbox "SELECT count(*), count(DISTINCT address), count(*) FILTER (WHERE page ~ '^https://.*/') FROM padded WHERE address <> '' AND address !~ '^198[.]1[89][.]'")" = "3|2|3" ]
claim "references of other widths lead there" [ "$(one target sandbox "SELECT count(*) FROM padded p JOIN padded_more m ON m.code = p.code AND m.varied = p.code AND m.narrow = p.code")" = 4 ]
claim "nothing stays nothing" [ "$(one target sandbox "SELECT count(*) FROM padded WHERE code = '' OR page = ''")" = 2 ]
claim "blanks that have no room tell names apart all the same" [ "$(one target sandbox "SELECT count(DISTINCT login), count(DISTINCT mail) FROM person")" = "8|8" ]
claim "a key of a partition alone is one" [ "$(one target sandbox "SELECT count(DISTINCT phone) FROM part WHERE phone ~ '^04'")" = 2000 ]
claim "numbers with a scale are whole by value" [ "$(one target sandbox "SELECT count(*), count(DISTINCT s.id) FROM scaled s JOIN scaled_more m USING (id) JOIN scaled p ON p.id = m.any_id AND p.parent = m.any_id")" = "499|499" ]
claim "CHECKs that ask for small letters or capitals hold" [ "$(one target sandbox "SELECT count(DISTINCT email), bool_and(name = upper(name)) FROM lowered")" = "400|t" ]
claim "references join where case tells nothing" [ "$(one target sandbox "SELECT count(*) FROM folded_more JOIN folded USING (nino, page, at)")" = 3 ]
