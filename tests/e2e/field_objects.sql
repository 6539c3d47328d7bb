-- Objects of every kind around a few tables.  Roles owner_o, reader_o and "Odd ""Role" are the server's.
CREATE SCHEMA app AUTHORIZATION owner_o;
SET check_function_bodies = off;
CREATE SCHEMA aux;
COMMENT ON SCHEMA aux IS 'helpers, it''s said';
CREATE EXTENSION pgcrypto SCHEMA aux;
CREATE EXTENSION postgres_fdw;
CREATE EXTENSION unaccent SCHEMA aux;

-- collations, text search, operators, aggregates, casts, conversions
CREATE COLLATION aux.german (provider = icu, locale = 'de-DE');
CREATE COLLATION aux.nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TEXT SEARCH DICTIONARY aux.plain_dict (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION aux.plain (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION aux.plain ALTER MAPPING FOR asciiword WITH aux.plain_dict, english_stem;
CREATE TYPE aux.money2 AS (units bigint, currency char(3));
CREATE FUNCTION aux.money_add(a aux.money2, b aux.money2) RETURNS aux.money2 LANGUAGE sql IMMUTABLE AS $$ SELECT ROW(a.units + b.units, a.currency)::aux.money2 $$;
CREATE OPERATOR aux.+ (LEFTARG = aux.money2, RIGHTARG = aux.money2, FUNCTION = aux.money_add, COMMUTATOR = OPERATOR(aux.+));
CREATE AGGREGATE aux.sum_money (aux.money2) (SFUNC = aux.money_add, STYPE = aux.money2);
CREATE FUNCTION aux.to_money(t text) RETURNS aux.money2 LANGUAGE sql IMMUTABLE AS $$ SELECT ROW(t::numeric::bigint, 'EUR')::aux.money2 $$;
CREATE CAST (text AS aux.money2) WITH FUNCTION aux.to_money(text) AS ASSIGNMENT;
CREATE FUNCTION aux.cmp_desc(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN a > b THEN -1 WHEN a < b THEN 1 ELSE 0 END';
CREATE OPERATOR CLASS aux.int_backwards FOR TYPE int USING btree AS OPERATOR 1 > , OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 aux.cmp_desc(int, int);
CREATE CONVERSION aux.my_conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;

-- types: domains over arrays and domains, composites in composites, ranges, enums altered later
CREATE TYPE app.colour AS ENUM ('red', 'blue');
CREATE DOMAIN app.short AS varchar(12) CHECK (VALUE IN ('a', 'b', 'c'));
CREATE DOMAIN app.positive AS int CHECK (VALUE > 0) DEFAULT 5;
CREATE DOMAIN app.digit AS app.positive NOT NULL CHECK (VALUE < 10);
CREATE DOMAIN app.triple AS int[] CHECK (array_length(VALUE, 1) = 3);
CREATE DOMAIN app.late AS int;
CREATE DOMAIN app.label_key AS text;
CREATE TYPE app.part AS (x int, gone text, y app.colour);
ALTER TYPE app.part DROP ATTRIBUTE gone;
CREATE TYPE app.whole AS (label text, parts app.part[], at timestamptz);
CREATE TYPE app.span AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE SEQUENCE app.ticket;

-- functions: of every language and manner, one that finds its table by the search_path alone
CREATE FUNCTION app.touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO app.audit (what) VALUES (TG_TABLE_NAME || TG_OP); RAISE EXCEPTION 'a trigger fired'; END $$;
CREATE FUNCTION app.is_fine(t text) RETURNS bool LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 7 AS $$ BEGIN RETURN t <> ''; END $$;
CREATE FUNCTION app.secret_count() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = app, pg_temp SET work_mem = '5MB' AS 'SELECT count(*) FROM customer';
CREATE PROCEDURE app.nothing(INOUT a int DEFAULT 3) LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;
CREATE FUNCTION app.variadic_sum(VARIADIC nums int[]) RETURNS int LANGUAGE sql RETURN (SELECT sum(n) FROM unnest(nums) n);

CREATE TABLE app.audit (id bigserial PRIMARY KEY, what text, at timestamptz DEFAULT now());
CREATE TABLE app.customer (id int PRIMARY KEY, email text NOT NULL CHECK (app.is_fine(email)), status varchar(10) NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'old', 'n''one')),
    c app.colour, s app.short, d app.digit, t app.triple, w app.whole, sp app.span, ps app.part[], ds app.short[], ticket app.label_key DEFAULT ('T' || nextval('app.ticket')),
    name text COLLATE aux.german, nick text COLLATE aux.nocase, price aux.money2, photo oid, born date CHECK (born BETWEEN '1900-01-01' AND '2100-01-01'), l app.late,
    words tsvector GENERATED ALWAYS AS (to_tsvector('aux.plain', email)) STORED, inverted int GENERATED ALWAYS AS (-id) STORED);
ALTER TYPE app.colour ADD VALUE 'green' BEFORE 'blue';
ALTER TYPE app.colour RENAME VALUE 'red' TO 'rot';
INSERT INTO app.customer SELECT i, 'canary' || i || '@real.org', (ARRAY['new', 'old', 'n''one'])[1 + i % 3], (enum_range(NULL::app.colour))[1 + i % 2], (ARRAY['a', 'b', 'c'])[1 + i % 3],
    1 + i % 9, ARRAY[i, i + 1, i + 2], ROW('l' || i, ARRAY[ROW(i, 'rot')::app.part], now())::app.whole, app.span(i, i + 0.5), ARRAY[ROW(i, 'blue')::app.part], ARRAY['a', 'b'],
    'T' || i, 'Näme ' || i, 'nick' || i, ROW(i, 'EUR')::aux.money2, NULL::oid, date '1950-01-01' + i * 20, -i FROM generate_series(1, 300) i;
ALTER DOMAIN app.late ADD CONSTRAINT late_positive CHECK (VALUE > 0) NOT VALID;
-- a CHECK that takes the whole row: it stands behind the data
CREATE FUNCTION app.row_is_fine(r app.customer) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT r.id > 0';
ALTER TABLE app.customer ADD CONSTRAINT whole_row CHECK (app.row_is_fine(customer));
ALTER TABLE app.customer OWNER TO owner_o;
CREATE TABLE app.purchase (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, customer_id int NOT NULL REFERENCES app.customer ON DELETE CASCADE, total numeric(9,2), note text);
INSERT INTO app.purchase (customer_id, total, note) SELECT 1 + i % 300, i % 100, 'bought ' || i FROM generate_series(1, 900) i;

-- triggers of every kind, none of which may fire; rules; event triggers
CREATE TRIGGER t_row BEFORE INSERT OR UPDATE OF email, status ON app.customer FOR EACH ROW WHEN (NEW.id > 0) EXECUTE FUNCTION app.touched();
CREATE TRIGGER t_statement AFTER INSERT ON app.purchase REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.touched();
CREATE CONSTRAINT TRIGGER t_constraint AFTER INSERT ON app.purchase DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.touched();
CREATE TRIGGER t_truncate BEFORE TRUNCATE ON app.purchase FOR EACH STATEMENT EXECUTE FUNCTION app.touched();
CREATE TRIGGER t_always BEFORE INSERT ON app.audit FOR EACH ROW EXECUTE FUNCTION app.touched();
CREATE TRIGGER t_replica BEFORE INSERT ON app.audit FOR EACH ROW EXECUTE FUNCTION app.touched();
CREATE TRIGGER t_off BEFORE INSERT ON app.audit FOR EACH ROW EXECUTE FUNCTION app.touched();
ALTER TABLE app.audit ENABLE ALWAYS TRIGGER t_always, ENABLE REPLICA TRIGGER t_replica, DISABLE TRIGGER t_off;
CREATE TABLE app.ruled (id int PRIMARY KEY, v text);
INSERT INTO app.ruled SELECT i, 'v' FROM generate_series(1, 80) i;
CREATE RULE swallow AS ON INSERT TO app.ruled DO INSTEAD NOTHING;
CREATE RULE also AS ON DELETE TO app.ruled WHERE OLD.id > 5 DO ALSO INSERT INTO app.audit (what) VALUES ('ruled');
ALTER TABLE app.ruled ENABLE ALWAYS RULE swallow;
CREATE FUNCTION aux.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE LOG 'watched'; END $$;
CREATE EVENT TRIGGER watcher ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION aux.watch();

-- views over functions and each other, with options, recursive, updatable; materialised ones out of order
CREATE VIEW app.z_base WITH (security_barrier) AS SELECT id, email, status FROM app.customer WHERE status <> 'old' WITH LOCAL CHECK OPTION;
CREATE VIEW app.a_over AS SELECT b.*, app.secret_count() AS n, app.variadic_sum(1, 2, b.id) FROM app.z_base b;
CREATE RECURSIVE VIEW app.counted (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM counted WHERE n < 5;
CREATE VIEW app.invoker WITH (security_invoker) AS TABLE app.purchase;
ALTER VIEW app.invoker ALTER total SET DEFAULT 0;
CREATE TRIGGER t_instead INSTEAD OF INSERT ON app.z_base FOR EACH ROW EXECUTE FUNCTION app.touched();
CREATE MATERIALIZED VIEW app.m3 AS SELECT count(*) AS n, sum(total) AS total FROM app.purchase;
CREATE MATERIALIZED VIEW app.m2 AS SELECT n + 1 AS n FROM app.m3;
CREATE MATERIALIZED VIEW app.m1 AS SELECT m2.n, o.id FROM app.m2, app.a_over o;
CREATE UNIQUE INDEX m1_id ON app.m1 (id);
CREATE MATERIALIZED VIEW app.m0_empty AS SELECT id FROM app.m1 WITH NO DATA;
CREATE INDEX m0_empty_id ON app.m0_empty (id);

-- what finds its tables by the search_path alone, as the database sets it
-- (PostgreSQL 17 does not populate such a view any more: there it names its table whole)
SELECT 'SELECT sum(total) FROM ' || CASE WHEN current_setting('server_version_num')::int < 170000 THEN '' ELSE 'app.' END
    || 'purchase WHERE customer_id = a' AS body \gset
SET search_path = app, public;
CREATE FUNCTION app.loose(a int) RETURNS numeric LANGUAGE sql STABLE AS :'body';
CREATE MATERIALIZED VIEW app.loose_sums AS SELECT id, loose(id) AS total FROM customer;
RESET search_path;

-- indexes and statistics
CREATE INDEX customer_lower ON app.customer (lower(email) text_pattern_ops, status COLLATE "C" DESC NULLS LAST) INCLUDE (name) WHERE status <> 'old';
CREATE INDEX customer_backwards ON app.customer (id aux.int_backwards);
CREATE INDEX customer_words ON app.customer USING gin (words);
CREATE UNIQUE INDEX customer_digest ON app.customer (aux.digest(email, 'sha256'));
CREATE STATISTICS app.many (ndistinct, dependencies, mcv) ON status, c, (id % 7) FROM app.customer;
ALTER STATISTICS app.many SET STATISTICS 50;
ALTER INDEX app.customer_lower ALTER COLUMN 1 SET STATISTICS 77;

-- who may what: row security for roles that a target lacks, grants, default privileges
ALTER TABLE app.customer ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.purchase ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY mine ON app.customer FOR SELECT TO reader_o, "Odd ""Role" USING (status = 'new' AND current_user = name);
CREATE POLICY not_old ON app.customer AS RESTRICTIVE TO PUBLIC USING (status <> 'old') WITH CHECK (id > 0);
CREATE POLICY sub ON app.purchase USING (EXISTS (SELECT FROM app.customer c WHERE c.id = customer_id));
GRANT USAGE ON SCHEMA app TO reader_o;
GRANT SELECT, UPDATE (email, status) ON app.customer TO reader_o WITH GRANT OPTION;
GRANT SELECT ON ALL TABLES IN SCHEMA app TO "Odd ""Role";
GRANT USAGE ON SEQUENCE app.ticket TO reader_o;
GRANT EXECUTE ON FUNCTION app.secret_count() TO reader_o;
REVOKE EXECUTE ON FUNCTION app.secret_count() FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE owner_o IN SCHEMA app GRANT SELECT ON TABLES TO reader_o;
ALTER DEFAULT PRIVILEGES FOR ROLE owner_o REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- what must not travel: connections elsewhere, publications, large objects
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'prod.corp.internal', dbname 'canary');
CREATE USER MAPPING FOR postgres SERVER far OPTIONS (user 'canary', password 'canary-password');
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'u', password 'canary-password');
CREATE FOREIGN TABLE app.remote (id int OPTIONS (column_name 'ident'), v text NOT NULL CHECK (v <> '')) SERVER far OPTIONS (table_name 'elsewhere');
CREATE TABLE app.mixed (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE app.mixed_here PARTITION OF app.mixed FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE FOREIGN TABLE app.mixed_far PARTITION OF app.mixed FOR VALUES FROM ('2019-01-01') TO ('2020-01-01') SERVER far;
INSERT INTO app.mixed SELECT i, date '2020-01-01' + i FROM generate_series(1, 200) i;
CREATE PUBLICATION pub FOR TABLE app.customer WHERE (id > 0), TABLES IN SCHEMA aux;
CREATE SUBSCRIPTION sub CONNECTION 'host=prod.corp.internal password=canary-password dbname=x' PUBLICATION p WITH (connect = false);
UPDATE app.customer SET photo = lo_from_bytea(0, 'canary-photo') WHERE false;
SELECT lo_from_bytea(4711 + i, 'canary-photo') FROM generate_series(0, 11) i \g /dev/null
GRANT SELECT ON LARGE OBJECT 4711 TO reader_o;

COMMENT ON TABLE app.customer IS 'everybody, it''s "all"';
COMMENT ON COLUMN app.customer.email IS E'two\nlines -- of text; DROP TABLE app.customer;';
COMMENT ON FUNCTION app.loose(int) IS 'loose';
COMMENT ON INDEX app.customer_lower IS 'an index';
COMMENT ON CONSTRAINT whole_row ON app.customer IS 'whole';
COMMENT ON TRIGGER t_row ON app.customer IS 'a trigger';
COMMENT ON POLICY mine ON app.customer IS 'a policy';
COMMENT ON TYPE app.colour IS 'colours';
COMMENT ON DOMAIN app.digit IS 'digits';
COMMENT ON OPERATOR aux.+ (aux.money2, aux.money2) IS 'plus';
COMMENT ON STATISTICS app.many IS 'many';
COMMENT ON PUBLICATION pub IS 'published';
