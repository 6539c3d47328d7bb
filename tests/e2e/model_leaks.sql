-- A shop of 1,500 customers and 60 employees in which single people have values that nobody else has, in every type;
-- customer 1 has 10,000 purchases, all of them with values of their own.  Deterministic.
CREATE TYPE colour AS ENUM ('red', 'green', 'blue', 'ultraviolet');
CREATE TYPE place AS (street text, house int);
CREATE DOMAIN amount AS numeric(12,2) CHECK (VALUE >= 0);

CREATE FUNCTION h(i bigint, salt int, n int) RETURNS int LANGUAGE sql IMMUTABLE AS
    $$ SELECT ((hashint8extended(i, salt) & 4503599627370495) % n)::int $$;

CREATE TABLE employee (
    id int PRIMARY KEY, grade int NOT NULL, team text NOT NULL);
INSERT INTO employee SELECT i, 1 + i % 3, 'team ' || i % 2 FROM generate_series(1, 60) i;

CREATE TABLE customer (
    id bigint PRIMARY KEY, area text NOT NULL, kind varchar(20) NOT NULL, colour colour NOT NULL, vip boolean,
    born date, income numeric(12,2), level text CHECK (level IN ('basic', 'plus', 'secretlevel')),
    opened date, closed date, score int DEFAULT 777,
    CHECK (opened <= closed), CHECK (closed IS NULL OR score IS NOT NULL));
-- kind follows area, but for few; ages are whole years; 1,200 of 1,500 closed nothing; four people have the pattern
-- closed without opened.
INSERT INTO customer SELECT i, 'area ' || i % 6,
    CASE WHEN h(i, 1, 60) = 0 THEN 'kind ' || h(i, 2, 6) ELSE 'kind ' || i % 6 END,
    CASE WHEN h(i, 3, 300) = 0 THEN 'blue' WHEN i % 2 = 0 THEN 'red' ELSE 'green' END::colour,
    CASE WHEN h(i, 4, 10) = 0 THEN NULL ELSE h(i, 4, 10) < 3 END,
    date '1930-01-01' + h(i, 5, 22000), 500 * h(i, 6, 60) + CASE WHEN h(i, 7, 4) = 0 THEN h(i, 8, 499) ELSE 0 END,
    CASE WHEN i % 3 = 0 THEN 'plus' ELSE 'basic' END,
    CASE WHEN i % 5 = 0 THEN date '2020-01-01' + h(i, 9, 1000) END,
    CASE WHEN i % 5 = 0 THEN date '2020-01-01' + h(i, 9, 1000) + h(i, 10, 200) WHEN i IN (31, 32, 33, 34) THEN date '2021-06-01' END,
    CASE WHEN i % 4 = 0 THEN 777 ELSE h(i, 11, 40) END
    FROM generate_series(1, 1500) i;

CREATE TABLE purchase (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customer, employee_id int REFERENCES employee,
    i int, s smallint, b bigint, n numeric(14,4), wide numeric, f4 real, f8 double precision,
    t text, v varchar(40), c char(12), accented text, flag boolean, colour colour,
    d date, ts timestamp, tz timestamptz, tod time, u uuid, ip inet, js json, jb jsonb, arr text[], ints int[],
    by bytea, at place, note text, word text CHECK (word IN ('alpha', 'beta', 'gammaword')), def int DEFAULT 424242,
    net amount, tax amount, total amount, CHECK (total = net + tax));

CREATE VIEW usual AS SELECT i AS g, 1 + h(i, 20, 1500) AS customer, CASE WHEN h(i, 21, 5) > 0 THEN 1 + h(i, 22, 60) END AS employee,
    h(i, 23, 50) AS i, h(i, 24, 9)::smallint AS s, 10000000000 + h(i, 25, 100000) AS b, (h(i, 26, 100000) / 100.0)::numeric(14,4) AS n,
    h(i, 27, 1000) / 8.0 AS wide, (h(i, 28, 400) / 4.0)::real AS f4,
    CASE WHEN h(i, 29, 100) = 0 THEN 'NaN' WHEN h(i, 29, 100) = 1 THEN 'Infinity' ELSE h(i, 30, 100000) / 16.0 END::float8 AS f8,
    'word' || h(i, 23, 50) / 10 AS t, 'choice ' || h(i, 31, 30) AS v, 'CODE' || h(i, 32, 20) AS c, 'čaj ' || h(i, 33, 5) AS accented,
    h(i, 34, 20) > 0 AS flag, (ARRAY['red', 'green', 'blue'])[1 + h(i, 35, 3)]::colour AS colour,
    date '2022-01-01' + h(i, 36, 700) AS d, timestamp '2022-01-01' + make_interval(mins => h(i, 37, 900000)) AS ts,
    timestamptz '2022-01-01 00:00+00' + make_interval(secs => h(i, 38, 60000000)) AS tz, time '08:00' + make_interval(mins => h(i, 39, 600)) AS tod
    FROM generate_series(1, 8000) i;
INSERT INTO purchase (customer_id, employee_id, i, s, b, n, wide, f4, f8, t, v, c, accented, flag, colour, d, ts, tz, tod, u, ip, js, jb,
        arr, ints, by, at, note, word, net, tax, total)
    SELECT customer, employee, i, s, b, n, wide, f4, f8, t, v, c, accented, flag, colour, d, ts, tz, tod, md5(g::text)::uuid,
    ('10.0.0.' || g % 200)::inet, '{"a": 1}', '{"b": 2}', ARRAY['x', 'y'], ARRAY[1, 2], '\x00', ROW('street', 1)::place,
    'bought ' || t, CASE WHEN g % 2 = 0 THEN 'alpha' ELSE 'beta' END, s * 10, s * 2, s * 12 FROM usual;
DROP VIEW usual;

-- One person each has these, in one row or in 10,000.
INSERT INTO purchase (customer_id, employee_id, i, s, b, n, wide, f4, f8, t, v, c, accented, flag, colour, d, ts, tz, tod, u, ip, js, jb,
        arr, ints, by, at, note, word, def, net, tax, total)
    SELECT customer, 1 + x % 60, 733717731 + k, 31733 + k, 8123456789123456 + k, 90210.7291 + k, 31337.9133 + k, 77123.5 + k, 91827.364558 + k,
    'Xylophanes-Rarissima' || k, 'Zwqx Rareperson ' || k, 'QZRAREONE' || k, 'Žofie Ünïque ' || k, true, 'ultraviolet', date '1911-03-17' + k,
    timestamp '1923-07-19 03:41:17' + make_interval(secs => k), timestamptz '1937-11-23 05:43:19+00' + make_interval(secs => k),
    time '03:33:33.333333' + make_interval(secs => k), ('deadbeef-0bad-4ca7-9bad-c0ffee12345' || k)::uuid, ('203.0.113.' || 177 + k)::inet,
    ('{"Rarekey9": "Rareval' || k || '"}')::json, ('{"Rarekey8": "Raretext' || k || '"}')::jsonb, ARRAY['Rarelem1', 'Rarelem2' || k],
    ARRAY[918273645 + k], decode('deadbeefcafe123' || k, 'hex'), ROW('Rarestreet ' || k, 47114711 + k)::place,
    'Quirinius Zacharias ' || k || ' lives at 4711 Unlikely Lane', 'gammaword', 535353535 + k, 6161616.16 + k, 11, 6161627.16 + k
    FROM (SELECT 100 AS customer, 0 AS k, 1 AS x UNION ALL SELECT 200, 1, 2
          UNION ALL SELECT 1, 2, x FROM generate_series(1, 10000) x) planted;

-- The same rows, but for most of customer 1's, whose customers and employees no foreign key knows: so they have no latent
-- class and no siblings, and all of their trees can be proved.
CREATE TABLE visit AS SELECT * FROM purchase WHERE customer_id <> 1 OR id % 10 = 0;
ALTER TABLE visit ADD PRIMARY KEY (id);

-- Of those who took the left 9 have 'rare' and 3 something else, of the others 2 have 'rare': were the 12 told as one, and the 11,
-- the 3 less the 2 would be what is left of them.
CREATE TABLE choice AS SELECT i AS id, i::bigint AS customer_id, CASE WHEN i <= 412 THEN 'left' ELSE 'right' END AS side,
    CASE WHEN i <= 3 THEN 'lone ' || i WHEN i <= 12 OR i > 812 THEN 'rare' WHEN i <= 412 THEN 'usual' ELSE 'other' END AS taken
    FROM generate_series(1, 814) i;
ALTER TABLE choice ADD PRIMARY KEY (id), ALTER customer_id SET NOT NULL;

CREATE TABLE line (
    purchase_id bigint NOT NULL REFERENCES purchase ON DELETE CASCADE, line_no int, qty int NOT NULL, kind text,
    PRIMARY KEY (purchase_id, line_no));
INSERT INTO line SELECT p.id, l, 1 + h(p.id * 7 + l, 40, 5), 'sort ' || h(p.id, 41, 4) FROM purchase p, generate_series(1, 3) l
    WHERE p.id <= 8000 AND l <= h(p.id, 42, 4);
INSERT INTO line SELECT (SELECT id FROM purchase WHERE customer_id = 100 AND i = 733717731), l, 97531, 'Rareline' FROM generate_series(1, 137) l;
ANALYZE;
