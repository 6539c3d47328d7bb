-- One of everything that a catalog reader can get wrong.
CREATE ROLE nasty_owner;
CREATE ROLE nasty_reader;
CREATE ROLE "Odd ""Role";
CREATE SCHEMA app AUTHORIZATION nasty_owner;
CREATE SCHEMA "My ""Schema""";
CREATE EXTENSION hstore SCHEMA public;
CREATE EXTENSION btree_gist SCHEMA public;
CREATE EXTENSION citext SCHEMA public;

-- types
CREATE TYPE app.mood AS ENUM ('sad', 'so ''so''', 'ok');
ALTER TYPE app.mood ADD VALUE 'lively' BEFORE 'ok'; -- sort order is not the order of oids
CREATE TYPE app.never_used AS ENUM ('x');
CREATE DOMAIN app.code AS varchar(8) CHECK (VALUE <> '') CHECK (VALUE ~ '^[a-z]+$');
CREATE DOMAIN app.strict_code AS app.code NOT NULL;
CREATE TYPE app.inner_part AS (x int, gone text, y numeric(6, 2));
ALTER TYPE app.inner_part DROP ATTRIBUTE gone;
CREATE TYPE app.outer_part AS (label text, parts app.inner_part[], m app.mood);
CREATE TYPE app.span AS RANGE (subtype = float8);

-- keys of all kinds
CREATE TABLE app.keys (
    id int GENERATED ALWAYS AS IDENTITY,
    b int,
    gone int,
    c int NOT NULL,
    d text COLLATE "C",
    e int UNIQUE DEFERRABLE INITIALLY DEFERRED,
    during tsrange,
    double_c int GENERATED ALWAYS AS (c * 2) STORED,
    serial_no serial,
    PRIMARY KEY (c, id) INCLUDE (b),
    UNIQUE (b) INCLUDE (c),
    EXCLUDE USING gist (c WITH =, during WITH &&)
);
ALTER TABLE app.keys DROP COLUMN gone;
ALTER TABLE app.keys OWNER TO nasty_owner;
CREATE UNIQUE INDEX keys_lower ON app.keys (lower(d), b);
CREATE UNIQUE INDEX keys_some ON app.keys (d) WHERE b > 0;
CREATE INDEX keys_plain ON app.keys (b);
COMMENT ON TABLE app.keys IS 'keys of all kinds';
COMMENT ON COLUMN app.keys.d IS E'two\nlines';
GRANT SELECT ON app.keys TO nasty_reader;
GRANT USAGE ON SCHEMA app TO nasty_reader;

-- an index that never became valid: its rows were not unique
CREATE TABLE app.dup (v int);
INSERT INTO app.dup VALUES (1), (1);

-- references: composite, to a unique key, to itself, in a cycle, NOT VALID, deferrable
CREATE TABLE app.child (
    id int PRIMARY KEY,
    kc int, kid int,
    kb int REFERENCES app.keys (b) DEFERRABLE INITIALLY DEFERRED,
    boss int REFERENCES app.child,
    FOREIGN KEY (kid, kc) REFERENCES app.keys (id, c) MATCH FULL
);
CREATE TABLE app.left_one (id int PRIMARY KEY, other int);
CREATE TABLE app.right_one (id int PRIMARY KEY, other int REFERENCES app.left_one);
ALTER TABLE app.left_one ADD CONSTRAINT to_right FOREIGN KEY (other) REFERENCES app.right_one;
ALTER TABLE app.child ADD CONSTRAINT late FOREIGN KEY (kb) REFERENCES app.left_one NOT VALID;
ALTER TABLE app.child ADD CONSTRAINT late_check CHECK (kb > 0) NOT VALID;
ALTER TABLE app.child ADD CONSTRAINT here_only CHECK (id > 0) NO INHERIT;

-- partitions on two levels, with references to and from, and a check that comes down
CREATE TABLE app.part (at date NOT NULL, id int, kid int REFERENCES app.left_one,
    CONSTRAINT id_positive CHECK (id > 0), PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
CREATE TABLE app.part_2020 PARTITION OF app.part FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')
    PARTITION BY LIST (id);
CREATE TABLE app.part_2020_1 PARTITION OF app.part_2020 FOR VALUES IN (1, 2);
CREATE TABLE app.part_rest PARTITION OF app.part DEFAULT;
CREATE TABLE app.of_part (id int PRIMARY KEY, at date, pid int, FOREIGN KEY (at, pid) REFERENCES app.part);
CREATE TABLE app.by_expression (id int, name text) PARTITION BY HASH (lower(name), id);

-- inheritance from two, a typed table, unlogged, no columns at all, hostile names
CREATE TABLE app.mother (m int CHECK (m > 0));
CREATE TABLE app.father (f int);
CREATE TABLE app.kid (k int) INHERITS (app.mother, app.father);
CREATE TABLE app.typed OF app.outer_part;
CREATE UNLOGGED TABLE app.unlogged (id int);
CREATE TABLE app.nothing ();
CREATE TABLE "My ""Schema"""."Order.Line
two" ("Id ""x""" int PRIMARY KEY, "tab	bed" text DEFAULT E'a''b\\c', "ORDER" int);
CREATE TABLE "My ""Schema"""."äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüx" (
    "日本語日本語日本語日本語日本語日本語日本語" int);

-- columns of many types
CREATE TABLE app.typing (
    m app.mood, ms app.mood[], c app.code, s app.strict_code, cs app.code[],
    o app.outer_part, os app.outer_part[], span app.span, r int4range, h hstore, hs hstore[], ci citext,
    v int2vector, p point
) ;

-- row security, triggers, policies for roles
CREATE TABLE app.secured (id int, who text);
ALTER TABLE app.secured ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.secured OWNER TO nasty_owner;
CREATE POLICY mine ON app.secured TO nasty_reader, "Odd ""Role" USING (who = 'me');
GRANT SELECT ON app.secured TO nasty_reader;
CREATE TABLE app.forced (id int);
ALTER TABLE app.forced ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.forced FORCE ROW LEVEL SECURITY;
ALTER TABLE app.forced OWNER TO nasty_owner;
CREATE FUNCTION app.trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER one BEFORE INSERT ON app.keys FOR EACH ROW EXECUTE FUNCTION app.trg();
CREATE FUNCTION app.rights(a int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';

-- what is not a table
CREATE VIEW app.v AS SELECT id FROM app.child;
CREATE MATERIALIZED VIEW app.mv_full AS SELECT count(*) FROM app.child;
CREATE MATERIALIZED VIEW app.mv_empty AS SELECT id FROM app.child WITH NO DATA;
CREATE SEQUENCE app.loose AS smallint INCREMENT -2 MAXVALUE 100 MINVALUE -100 START 7 CYCLE;
CREATE TEMPORARY TABLE not_seen (id int);
SELECT lo_create(4711) \g /dev/null

-- a table that an extension owns and marks as configuration
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE app.far (id int, line text) SERVER files OPTIONS (filename '/dev/null');
CREATE TABLE app.config (id int);
ALTER EXTENSION hstore ADD TABLE app.config;
UPDATE pg_extension SET extconfig = ARRAY['app.config'::regclass::oid], extcondition = ARRAY['']
 WHERE extname = 'hstore';
ANALYZE app.dup;
