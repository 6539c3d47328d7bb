-- Tables of every shape that other tools stumbled over.
CREATE EXTENSION btree_gist;
CREATE EXTENSION citext;
CREATE EXTENSION hstore;

-- Names with quotes, newlines, blanks, other scripts, and of 63 bytes.
CREATE SCHEMA "Od""d
schema";
CREATE TABLE "Od""d
schema"."Order "".Line
 two'" ("I'd ""x""
" int PRIMARY KEY, " " text NOT NULL, "SELECT" text DEFAULT E'a''b\\c$$', "tab	bed" int UNIQUE, "%s" varchar(5) CHECK ("%s" IN ('%n', '%d')), "a.b" date);
INSERT INTO "Od""d
schema"."Order "".Line
 two'" SELECT i, 'name ' || i, E'q"\n' || i, i * 3, CASE WHEN i % 2 = 0 THEN '%n' END, date '2020-01-01' + i FROM generate_series(1, 200) i;
CREATE TABLE "Od""d
schema"."äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüx" (
    "日本語日本語日本語日本語日本語日本語日本語" int REFERENCES "Od""d
schema"."Order "".Line
 two'", "Größe" text, "-- no comment" int GENERATED ALWAYS AS IDENTITY, CONSTRAINT "it's ""so""
ß" CHECK ("Größe" <> ''), PRIMARY KEY ("-- no comment"));
INSERT INTO "Od""d
schema"."äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüx" SELECT 1 + i % 200, 'g' || i FROM generate_series(1, 300) i;
CREATE INDEX "idx ""of""
$1" ON "Od""d
schema"."Order "".Line
 two'" (lower(" "), "a.b") WHERE "SELECT" <> '';
CREATE VIEW "Od""d
schema"."v 'iew
" AS SELECT " " AS "col
umn" FROM "Od""d
schema"."Order "".Line
 two'";
CREATE TYPE "Od""d
schema"."mo'od" AS ENUM ('it''s', 'b"c', E'new\nline', 'ünder', '');
CREATE TABLE "Od""d
schema"."enu""m" (id int PRIMARY KEY, m "Od""d
schema"."mo'od" NOT NULL, ms "Od""d
schema"."mo'od"[]);
INSERT INTO "Od""d
schema"."enu""m" SELECT i, (enum_range(NULL::"Od""d
schema"."mo'od"))[1 + i % 5], enum_range(NULL::"Od""d
schema"."mo'od") FROM generate_series(1, 100) i;

-- Composite keys, and references to them: whole, MATCH FULL, in another order, to a unique key that is no primary key.
CREATE TABLE site (country char(2), code varchar(8), name citext NOT NULL UNIQUE, alias text, PRIMARY KEY (country, code), UNIQUE (code, country));
INSERT INTO site SELECT (ARRAY['de', 'fr', 'uk'])[1 + i % 3], 'c' || i, 'Site ' || i, CASE WHEN i % 2 = 0 THEN 'alias' || i END FROM generate_series(1, 300) i;
CREATE UNIQUE INDEX site_alias ON site (alias);
CREATE TABLE visit (country char(2), code varchar(8), day date, seq smallint, guest text, name citext REFERENCES site (name) ON UPDATE CASCADE ON DELETE SET NULL,
    backup_country char(2), backup_code varchar(8),
    PRIMARY KEY (country, code, day, seq),
    FOREIGN KEY (code, country) REFERENCES site (code, country) ON DELETE CASCADE,
    FOREIGN KEY (backup_country, backup_code) REFERENCES site MATCH FULL ON DELETE SET NULL ON UPDATE SET DEFAULT);
INSERT INTO visit SELECT s.country, s.code, date '2024-01-01' + i, i % 3, 'guest ' || i, CASE WHEN i % 3 > 0 THEN s.name END,
    CASE WHEN i % 2 = 0 THEN s.country END, CASE WHEN i % 2 = 0 THEN s.code END
    FROM (SELECT *, row_number() OVER (ORDER BY country, code) n FROM site) s, generate_series(1, 4) i;
CREATE TABLE visit_note (id bigserial PRIMARY KEY, country char(2) NOT NULL, code varchar(8) NOT NULL, day date NOT NULL, seq smallint NOT NULL, body text,
    FOREIGN KEY (country, code, day, seq) REFERENCES visit DEFERRABLE INITIALLY DEFERRED);
INSERT INTO visit_note (country, code, day, seq, body) SELECT country, code, day, seq, 'note' FROM visit WHERE seq < 2;

-- References of a table to itself, twice, and cycles that share a table.
CREATE TABLE person (id int PRIMARY KEY, boss int REFERENCES person, mentor int REFERENCES person DEFERRABLE, email text NOT NULL, team int);
CREATE TABLE team (id int PRIMARY KEY, lead int NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED, parent int REFERENCES team, office int);
CREATE TABLE office (id int PRIMARY KEY, main_team int REFERENCES team, keeper int REFERENCES person);
ALTER TABLE person ADD FOREIGN KEY (team) REFERENCES team;
ALTER TABLE team ADD FOREIGN KEY (office) REFERENCES office ON DELETE RESTRICT;
INSERT INTO person SELECT i, CASE WHEN i > 1 THEN i / 2 END, CASE WHEN i % 3 = 0 THEN i / 3 END, 'Canary' || i || '@real.org', NULL FROM generate_series(1, 400) i;
INSERT INTO team SELECT i, i * 3, CASE WHEN i > 1 THEN i / 2 END, NULL FROM generate_series(1, 100) i;
INSERT INTO office SELECT i, i * 2, i * 5 FROM generate_series(1, 30) i;
UPDATE person SET team = 1 + id % 100;
UPDATE team SET office = 1 + id % 30;
CREATE UNIQUE INDEX person_email ON person (lower(email));
-- a cycle whose columns may not be null: only deferred constraints let it be filled at all
CREATE TABLE hen (id int PRIMARY KEY, egg int NOT NULL UNIQUE);
CREATE TABLE egg (id int PRIMARY KEY, hen int NOT NULL REFERENCES hen DEFERRABLE INITIALLY DEFERRED);
INSERT INTO hen SELECT i, i FROM generate_series(1, 60) i;
INSERT INTO egg SELECT i, i FROM generate_series(1, 60) i;
ALTER TABLE hen ADD FOREIGN KEY (egg) REFERENCES egg DEFERRABLE INITIALLY DEFERRED;

-- Unique rules beyond keys.
CREATE TABLE auth (id int PRIMARY KEY, token varchar(20) NOT NULL DEFAULT '', phone text, slot int, started date, ended date, pair_a int, pair_b int,
    UNIQUE NULLS NOT DISTINCT (phone, slot),
    EXCLUDE USING gist (slot WITH =, daterange(started, ended, '[]') WITH &&) WHERE (slot IS NOT NULL) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (pair_a, pair_b) DEFERRABLE INITIALLY IMMEDIATE);
CREATE UNIQUE INDEX auth_token ON auth (token) WHERE token::text <> '';
CREATE UNIQUE INDEX auth_one_null ON auth ((phone IS NULL)) WHERE phone IS NULL;
INSERT INTO auth SELECT i, CASE WHEN i % 3 = 0 THEN 'tok' || i ELSE '' END, CASE WHEN i > 1 THEN '+49' || i END,
    CASE WHEN i % 4 > 0 THEN i % 5 END, date '2020-01-01' + i * 10, date '2020-01-05' + i * 10, i % 20, i FROM generate_series(1, 300) i;

-- Partitions: range over list over hash, default ones, one with other columns' order and a dropped column,
-- references to and from, an identity, and indexes that come down.
CREATE TABLE event (at date NOT NULL, kind text NOT NULL, id int NOT NULL, site_country char(2), site_code varchar(8), amount numeric(8,2) DEFAULT 0, note text,
    PRIMARY KEY (at, kind, id), FOREIGN KEY (site_country, site_code) REFERENCES site, CHECK (amount >= 0)) PARTITION BY RANGE (at);
CREATE TABLE event_2020 PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (kind);
CREATE TABLE event_2020_ab PARTITION OF event_2020 FOR VALUES IN ('a', 'b') PARTITION BY HASH (id);
CREATE TABLE event_2020_ab_0 PARTITION OF event_2020_ab FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE event_2020_ab_1 PARTITION OF event_2020_ab FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE event_2020_rest PARTITION OF event_2020 DEFAULT;
CREATE TABLE event_2021 (note text, gone int, id int NOT NULL, kind text NOT NULL, at date NOT NULL, gone_too text, amount numeric(8,2) DEFAULT 1 CHECK (amount >= 0),
    site_code varchar(8), site_country char(2), CHECK (amount >= 0), CHECK (kind <> 'never'));
ALTER TABLE event_2021 DROP gone, DROP gone_too;
ALTER TABLE event_2021 DROP CONSTRAINT event_2021_amount_check1;
ALTER TABLE event_2021 RENAME CONSTRAINT event_2021_amount_check TO event_amount_check;
ALTER TABLE event ATTACH PARTITION event_2021 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE event_rest PARTITION OF event DEFAULT;
CREATE TABLE event_never PARTITION OF event FOR VALUES FROM ('2090-01-01') TO (MAXVALUE);
CREATE INDEX event_amount ON event (amount) WHERE amount > 5;
CREATE UNIQUE INDEX event_2021_only ON event_2021 (id, kind);
INSERT INTO event SELECT date '2020-01-01' + i, (ARRAY['a', 'b', 'c'])[1 + i % 3], i, s.country, s.code, i % 30, 'n' || i
    FROM generate_series(0, 999) i JOIN (SELECT *, row_number() OVER () n FROM site) s ON s.n = 1 + i % 300;
CREATE TABLE event_seen (id int PRIMARY KEY, at date, kind text, event_id int, FOREIGN KEY (at, kind, event_id) REFERENCES event ON DELETE CASCADE);
INSERT INTO event_seen SELECT row_number() OVER (), at, kind, id FROM event WHERE id % 2 = 0;
CREATE TABLE shard (tenant int NOT NULL, key text NOT NULL, value text, PRIMARY KEY (tenant, key)) PARTITION BY HASH (tenant, key);
CREATE TABLE shard_0 PARTITION OF shard FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE shard_1 PARTITION OF shard FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE shard_2 PARTITION OF shard FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO shard SELECT i % 7, 'k' || i, 'v' || i % 4 FROM generate_series(1, 500) i;
CREATE TABLE by_mail (id int NOT NULL, email text NOT NULL) PARTITION BY LIST (left(lower(email), 1));
CREATE TABLE by_mail_a PARTITION OF by_mail FOR VALUES IN ('a', 'b', 'c');
CREATE TABLE by_mail_rest PARTITION OF by_mail DEFAULT;
INSERT INTO by_mail SELECT i, CASE i % 3 WHEN 0 THEN 'Anna' WHEN 1 THEN 'cecil' ELSE 'zoe' END || i || '@real.org' FROM generate_series(1, 300) i;
CREATE TABLE no_leaf (id int) PARTITION BY RANGE (id);

-- Inheritance: from two, with a column in common, another order and more columns, and rows in the parent itself.
CREATE TABLE asset (id int PRIMARY KEY, label text NOT NULL, CHECK (id > 0), CONSTRAINT here_only CHECK (label <> 'child') NO INHERIT);
CREATE TABLE priced (label text, price numeric(6,2) DEFAULT 1.5);
CREATE TABLE machine (serial text UNIQUE) INHERITS (asset, priced);
CREATE TABLE vehicle (label text, id int NOT NULL, wheels int, gone int);
ALTER TABLE vehicle DROP gone, ADD CONSTRAINT asset_id_check CHECK (id > 0), ALTER label SET NOT NULL, INHERIT asset;
INSERT INTO asset SELECT i, 'asset' || i FROM generate_series(1, 100) i;
INSERT INTO machine SELECT i, 'm' || i, i / 10.0, 's' || i FROM generate_series(1, 120) i;
INSERT INTO vehicle SELECT 'v' || i, i, i % 5 FROM generate_series(1, 130) i;

-- Generated, identity, serial, defaults of many kinds, dropped columns.
CREATE SEQUENCE shared_seq AS smallint INCREMENT 3 MINVALUE -5 START -5 CYCLE CACHE 4;
CREATE TABLE made (id int GENERATED ALWAYS AS IDENTITY (START 1000 INCREMENT -5 MINVALUE -100000 MAXVALUE 1000) PRIMARY KEY, gone1 int, net numeric(8,2) NOT NULL, rate numeric(3,2) NOT NULL,
    gross numeric(10,3) GENERATED ALWAYS AS (net * (1 + rate)) STORED, gone2 text, tag text DEFAULT ('t' || nextval('shared_seq')), at timestamptz DEFAULT now(),
    day date DEFAULT CURRENT_DATE, who name DEFAULT CURRENT_USER, key uuid DEFAULT gen_random_uuid() UNIQUE, by_default bigint GENERATED BY DEFAULT AS IDENTITY,
    body text NOT NULL, search tsvector GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED, prefs jsonb NOT NULL DEFAULT '{}', list jsonb NOT NULL DEFAULT '[]', js json NOT NULL DEFAULT '{}',
    plain text GENERATED ALWAYS AS (lower(body)) STORED UNIQUE);
ALTER TABLE made DROP gone1, DROP gone2;
ALTER TABLE made ADD added int NOT NULL DEFAULT 7;
INSERT INTO made (net, rate, body, prefs) SELECT i, 0.19, 'Body ' || md5(i::text), CASE WHEN i % 2 = 0 THEN '{}' ELSE '{"a": 1}' END::jsonb FROM generate_series(1, 150) i;
CREATE INDEX made_search ON made USING gin (search);
CREATE INDEX made_prefs ON made USING gin (prefs jsonb_path_ops);
CREATE INDEX made_brin ON made USING brin (at) WITH (pages_per_range = 4);
CREATE INDEX made_hash ON made USING hash (tag);
CREATE UNIQUE INDEX made_include ON made (by_default DESC NULLS LAST) INCLUDE (tag) WITH (fillfactor = 70);
ALTER TABLE made CLUSTER ON made_pkey;
ALTER TABLE made REPLICA IDENTITY USING INDEX made_pkey;
ALTER TABLE made ALTER body SET STORAGE EXTERNAL, ALTER body SET STATISTICS 500, ALTER net SET (n_distinct = -0.5), SET (autovacuum_enabled = off, fillfactor = 80);

-- The default of a text takes a sequence.
CREATE SEQUENCE ticket;
CREATE DOMAIN ticket_key AS text;
CREATE TABLE ticketed (id ticket_key PRIMARY KEY DEFAULT ('T-' || nextval('ticket')), v text);
INSERT INTO ticketed (v) SELECT 'v' FROM generate_series(1, 120) i;

-- Small and odd tables.
CREATE TABLE nothing ();
INSERT INTO nothing DEFAULT VALUES;
INSERT INTO nothing DEFAULT VALUES;
CREATE TABLE emptied (a int);
ALTER TABLE emptied DROP a;
INSERT INTO emptied DEFAULT VALUES;
CREATE TABLE no_row (id int PRIMARY KEY, v text NOT NULL UNIQUE, parent int NOT NULL REFERENCES no_row);
CREATE TABLE one_row ("only" bool PRIMARY KEY DEFAULT true CHECK ("only"), name text NOT NULL, v xml);
INSERT INTO one_row (name) VALUES ('canary-one');
CREATE TABLE all_null (id serial PRIMARY KEY, a text, b int, c jsonb, d date[]);
INSERT INTO all_null (a) SELECT NULL FROM generate_series(1, 200);
CREATE UNLOGGED TABLE scratchpad (id int PRIMARY KEY, v text);
INSERT INTO scratchpad SELECT i, 'v' || i FROM generate_series(1, 70) i;
CREATE UNLOGGED SEQUENCE scratch_seq;
CREATE TYPE row_type AS (label text, n int);
CREATE TABLE typed OF row_type (PRIMARY KEY (label), n WITH OPTIONS DEFAULT 3 CHECK (n > 0));
INSERT INTO typed SELECT 'l' || i, i FROM generate_series(1, 90) i;
CREATE TABLE wide_key (a int, b int, c int, d int, e int, f int, g int, h int, PRIMARY KEY (a, b, c, d, e, f, g, h));
INSERT INTO wide_key SELECT i % 2, i % 3, i % 2, i % 3, 0, 0, i / 6, i FROM generate_series(1, 100) i;
CREATE TABLE pure_link (a int REFERENCES person ON DELETE CASCADE, b int REFERENCES team ON UPDATE CASCADE, PRIMARY KEY (a, b));
INSERT INTO pure_link SELECT i, 1 + (i * 7) % 100 FROM generate_series(1, 400) i;
CREATE TABLE key_is_reference (id int PRIMARY KEY REFERENCES person, v text);
INSERT INTO key_is_reference SELECT i, 'v' FROM generate_series(1, 100) i;
CREATE TABLE no_key (a int, b text);
INSERT INTO no_key SELECT i % 3, 'dup' FROM generate_series(1, 100) i;

-- NOT VALID: what stands may break the rule, what comes may not.
CREATE TABLE legacy (id int PRIMARY KEY, person int, amount int, site_name citext);
INSERT INTO legacy SELECT i, i * 9, -i, 'nowhere' || i FROM generate_series(1, 200) i;
ALTER TABLE legacy ADD CONSTRAINT legacy_person FOREIGN KEY (person) REFERENCES person NOT VALID;
ALTER TABLE legacy ADD CONSTRAINT legacy_site FOREIGN KEY (site_name) REFERENCES site (name) NOT VALID;
ALTER TABLE legacy ADD CONSTRAINT legacy_amount CHECK (amount > 0) NOT VALID;
