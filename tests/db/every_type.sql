-- One table with a column of every type that sandseed has a codec for: nulls, extremes, empty
-- values, infinities, NaN, text beyond ASCII.  For the codecs' test and for round trips of whole runs.
CREATE EXTENSION IF NOT EXISTS hstore;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE SCHEMA every;
CREATE TYPE every.mood AS ENUM ('sad', 'so so', 'glücklich', 'q"uote');
CREATE DOMAIN every.positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN every.label AS varchar(40);
CREATE TYPE every.pair AS (a integer, b text, m every.mood);
CREATE TYPE every.deep AS (p every.pair, ps every.pair[], d every.positive, h hstore, u uuid);
CREATE TYPE every.textrange AS RANGE (subtype = text);
CREATE TABLE every.type (
    id integer PRIMARY KEY,
    c_bool bool, c_int2 int2, c_int4 int4, c_int8 int8, c_oid oid, c_money money,
    c_float4 float4, c_float8 float8, c_numeric numeric, c_numeric_12_2 numeric(12,2),
    c_text text, c_varchar varchar(200), c_bpchar char(6), c_name name, c_char "char", c_citext citext,
    c_json json, c_jsonb jsonb, c_xml xml, c_uuid uuid, c_bytea bytea,
    c_date date, c_time time, c_timetz timetz, c_timestamp timestamp, c_timestamptz timestamptz,
    c_interval interval, c_inet inet, c_cidr cidr, c_macaddr macaddr, c_macaddr8 macaddr8,
    c_bit bit(11), c_varbit varbit, c_tsvector tsvector, c_hstore hstore,
    c_point point, c_lseg lseg, c_box box, c_line line, c_circle circle, c_path path, c_polygon polygon,
    c_mood every.mood, c_positive every.positive, c_label every.label,
    c_int4s int4[], c_texts text[], c_moods every.mood[], c_positives every.positive[],
    c_boxes box[], c_uuids uuid[], c_byteas bytea[], c_float8s float8[], c_stamps timestamptz[],
    c_int4range int4range, c_numrange numrange, c_tsrange tsrange, c_textrange every.textrange,
    c_int4multirange int4multirange, c_tstzmultirange tstzmultirange,
    c_ranges int4range[], c_pair every.pair, c_pairs every.pair[], c_deep every.deep);

INSERT INTO every.type (id) VALUES (1);
INSERT INTO every.type VALUES (2,
    true, -32768, -2147483648, -9223372036854775808, 0, '-92233720368547758.08',
    '-Infinity', '-Infinity', '-Infinity', -9999999999.99,
    '', '', '', '', '', '',
    '""', '""', '', '00000000-0000-0000-0000-000000000000', '',
    '-infinity', '00:00', '00:00:00+15:59:59', '-infinity', '-infinity',
    '0', '0.0.0.0/0', '0.0.0.0/0', '00:00:00:00:00:00', '00:00:00:00:00:00:00:00',
    B'00000000000', B'', '', '',
    '(0,0)', '[(0,0),(0,0)]', '(0,0),(0,0)', '{1,0,0}', '<(0,0),0>', '[(0,0)]', '((0,0))',
    'sad', 1, '',
    '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}',
    'empty', 'empty', 'empty', 'empty', '{}', '{}', '{}', '(,,)', '{}', '(,,,,)');
INSERT INTO every.type VALUES (3,
    false, 32767, 2147483647, 9223372036854775807, 4294967295, '92233720368547758.07',
    'Infinity', 'Infinity', 'Infinity', 9999999999.99,
    E'tab\tnew\nline\rback\\slash"quote\'\b\f\v Zürich 北京 😀', '\N', 'ab', 'näme', '\', 'CiText ß',
    '{"a" : [1, 2.50,null]}', '{"a": [1, 2.50, null], "ü": "\""}', '<a b="c">ü<!-- x --></a>',
    'ffffffff-ffff-ffff-ffff-ffffffffffff', '\x00ff5c0a',
    'infinity', '24:00', '23:59:59.999999-15:59:59', 'infinity', 'infinity',
    '178000000 years', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::/0', 'ff:ff:ff:ff:ff:ff',
    'ff:ff:ff:ff:ff:ff:ff:ff', B'11111111111', B'101', $$'it''s':1A,2B,3C,4 'b\\s':16383 c$$,
    '"a"=>"1", "b"=>NULL, "NULL"=>"null", "q\"\\"=>"", "ü"=>"a, b=>c"',
    '(1e300,-1e-300)', '[(0.1,0.2),(0.3,1e15)]', '(3,4),(-1,1e-5)', '{1.5,-2,0.1}', '<(1,2),3.5>',
    '((1,2),(3,4),(5,6))', '((0,0),(1,1),(2,0))',
    'q"uote', 2147483647, 'Größe',
    '{1,NULL,-3}', '{"",NULL,"NULL",null,"a b","a,b","{}","q\"","b\\s",plain,"\n"}', '{sad,"so so",NULL,"q\"uote"}',
    '{1,2}', '{(1,1),(0,0);(2,2),(1,1)}', '{00112233-4455-6677-8899-aabbccddeeff}', '{"\\x00ff",NULL,"\\x"}',
    '{1.5,NaN,Infinity,-0}', '{"2020-02-29 12:34:56.789+00",infinity}',
    '[1,10)', '(0.5,)', '["2020-01-01 00:00","2021-01-01 00:00")', '["a b","c\"d\\")',
    '{[1,3),[5,7)}', '{["2020-01-01 00:00+00","2021-01-01 00:00+00"),["2022-01-01 00:00+00",)}',
    '{"[1,3)",empty,"(,)"}', '(1,"x ""y"" \\ (z), ü",glücklich)', '{"(1,a,sad)","(,\"\",)",NULL}',
    '("(1,""a,b"",sad)","{""(2,\\""c d\\"",)"",NULL}",7,"""k""=>""v w""",00112233-4455-6677-8899-aabbccddeeff)');
INSERT INTO every.type (id, c_float4, c_float8, c_numeric, c_date, c_time, c_timetz, c_timestamp, c_timestamptz,
    c_interval, c_inet, c_cidr, c_int4s, c_texts, c_textrange, c_moods, c_money, c_char) VALUES
    (4, 'NaN', 'NaN', 'NaN', '4713-01-01 BC', '12:34:56.7', '12:34:56.7+05:30', '4713-01-01 00:00:00 BC', '4713-01-01 00:00:00+00 BC',
     '1 year 2 mons -3 days +04:05:06.7', '10.1.2.3/8', '10.0.0.0/8', '[-2:-1][0:1]={{1,2},{3,NULL}}', '[5:6]={a,"b c"}', '["",]', '{{sad,sad},{"so so",NULL}}', 0.05, 'z'),
    (5, 1e-45, 5e-324, 0, '5874897-12-31', '00:00:00.000001', '00:00:00.000001-00:00:01', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00',
     '-1 year -1 mon +1 day -00:00:00.000001', '::1', '::ffff:1.2.3.4/128', '{{{1},{2}},{{3},{4}}}', '{{a,b},{c,d}}', '("(",")"]', '{}', 1234567.89, 'A'),
    (6, 3.4028235e38, 1.7976931348623157e308, 0.000, '0001-01-01', '01:02:03', '01:02:03+00', '0001-01-01 00:00:00.5', '0001-12-31 23:59:59.5+00 BC',
     '-00:00:01.5', '::ffff:1.2.3.4', '2001:db8::/32', NULL, NULL, '[a,a]', NULL, -0.99, 'x'),
    (7, 1.17549435e-38, 2.2250738585072014e-308, -0.0000000000000000000001, '1999-12-31', '13:00', '13:00-08', '1999-12-31 23:59:59.999999', '1970-01-01 00:00:00+00',
     '2147483647 days', 'fe80::1/64', 'fe80::/10', NULL, NULL, NULL, NULL, -1000, NULL),
    (8, 0.1, 5.6843418860808015e-14, 1e131071, '2000-02-29', NULL, NULL, '2000-01-01', '2000-01-01+00', '999999 hours', '::1.2.3.4', '0:0:1::/48', NULL, NULL, NULL, NULL, 999.99, NULL),
    (9, 123456.7, 9007199254740993, ('0.' || repeat('0', 16382) || '1')::numeric, '10000-01-01', NULL, NULL, '10000-01-01', '10000-01-01+00', '-1 mon 1 day -1 sec', '1:0:0:2::', '::/128', NULL, NULL, NULL, NULL, 1000, NULL),
    (10, 999999.5, 123456789012345678, (repeat('9', 1500) || '.' || repeat('123', 700))::numeric, '2024-12-31', NULL, NULL, '0044-03-15 BC', '0044-03-15+00 BC', '1 mon', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (11, 1e6, 1e15, 10000, NULL, NULL, NULL, NULL, NULL, '-1 days +01:00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (12, 1e5, 999999999999999.9, 100000000.00010000, NULL, NULL, NULL, NULL, NULL, '1 day -01:00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (13, 0.0001, 0.0001, 0.0001, NULL, NULL, NULL, NULL, NULL, '-11 mons', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (14, 0.00001, 0.00001, 0.00012345, NULL, NULL, NULL, NULL, NULL, '1 sec', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (15, -0.0, -0.0, -1.10, NULL, NULL, NULL, NULL, NULL, '-100 hours', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO every.type (id, c_float4, c_float8)
SELECT 100 + i, ('1e' || (i % 76 - 37))::float4 * (i % 7 + 1) / 3, power(2::float8, i - 500) FROM generate_series(0, 1000) i;
