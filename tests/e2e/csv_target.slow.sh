#!/bin/bash
# csv:DIR as a target: what is written reads back equal.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/csv.sh"

server_start source
server_start target
cd "$test_root"
# --- what is written reads back equal: every type, and names and values that are awkward in files
createdb_in source every
psql_in source every -o /dev/null -f "$SOURCE_DIR/tests/db/every_type.sql"
psql_in source every -f - <<'SQL'
CREATE SCHEMA "odd.one";
CREATE TABLE "odd.one"."Order ""Line"" 50%" (
    "2020" int, "a,b" text, "é""x" text, " blank" text, "t@x" text,
    twice int GENERATED ALWAYS AS ("2020" * 2) STORED);
INSERT INTO "odd.one"."Order ""Line"" 50%" VALUES
    (1, '', NULL, ' a ', E'\n'), (2, 'NULL', '"', E'\r\n', '""'), (3, '\N', '\.', E'\t', ','),
    (4, E'\uFEFFx', 'Zoë 東京 😀', 'x"y', NULL), (NULL, NULL, NULL, NULL, NULL), (5, '  ', '1e3', 'f', '-');
CREATE TABLE first (v text);
INSERT INTO first VALUES (E'\uFEFF'), (''), ('NULL'), ('NA '), (' '), (E'\n');
CREATE TABLE nothing ();
CREATE TABLE empty (a int, b text);
CREATE TABLE measure (at date, v int) PARTITION BY RANGE (at);
CREATE TABLE measure_a PARTITION OF measure FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE measure_b PARTITION OF measure FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
INSERT INTO measure VALUES ('2020-05-05', 1), ('2021-05-05', 2);
CREATE TABLE parent (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, boss int REFERENCES parent, b bytea);
INSERT INTO parent (boss, b) VALUES (2, '\x00ff'), (1, ''), (NULL, NULL);
CREATE TABLE heir (extra text[]) INHERITS (parent);
INSERT INTO heir (id, extra) VALUES (7, '{"a b",NULL,"","\"",NULL}'), (8, '{}'), (9, NULL);
CREATE MATERIALIZED VIEW seen AS SELECT count(*) AS n FROM parent;
CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
CREATE TRIGGER loud BEFORE INSERT ON parent FOR EACH ROW EXECUTE FUNCTION loud();
SQL
plan_files to_files "$(dsn source every)" csv:files
exits 0 refresh to_files.yaml
says "Files:"
claim "a file for every table, a schema and the marker" [ "$(ls -A files | tr '\n' ' ')" = \
    "$(ls -A files | sed -n '/^\.sandseed$\|^schema\.sql$\|\.csv$/p' | tr '\n' ' ')" ]
claim "names are written so that they read back" [ -f 'files/odd%2Eone.Order %22Line%22 50%25.csv' ]
claim "only its owner reads them" [ -z "$(find files -perm /077)" ]
claim "the report is what its schema says" keeps_schema sandseed-out/report.json report
claim "awkward values are quoted, NULL is the unquoted empty field, a generated column is left out" diff \
    'files/odd%2Eone.Order %22Line%22 50%25.csv' - <<E2
"2020","a,b","é""x"," blank","t@x"
1,"",," a ","
"
2,NULL,"""","$(printf '\r')
",""""""
3,\\N,\\.,$(printf '\t'),","
4,"$(printf '\xEF\xBB\xBF')x","Zoë 東京 😀","x""y",
,,,,
5,"  ",1e3,f,-
E2
plan_files back csv:files "$(dsn target back)"
exits 0 refresh back.yaml
table_sums source every >before
table_sums target back >after
claim "PostgreSQL -> files -> PostgreSQL: every row is equal" diff before after
claim "there are rows" [ "$(awk '{ n += $(NF - 1) } END { print (n >= 1000) }' before)" = 1 ]
claim "sequences stand behind the largest key" \
    [ "$(psql_in target back -c "SELECT last_value FROM parent_id_seq")" = 9 ]
claim "materialised views are filled" [ "$(psql_in target back -c 'SELECT n FROM seen')" = 6 ]
plan_files copy csv:files csv:copied
exits 0 refresh copy.yaml
claim "files -> files: equal to the byte, the schema too" same_files files copied

# --- a NULL in a table of one column; other forms: csv_forms.slow.sh
psql_in source every -c "INSERT INTO first VALUES (NULL)"
exits 1 refresh to_files.yaml
says "public.first"
says "null="
claim "a NULL that would be a blank line: yesterday's files stay" same_files files copied
claim "and nothing is left" [ "$(ls -d files*)" = files ]
exits 0 refresh to_files.yaml --target 'csv:word?null=NA'
claim "with a word it can be written" grep -qx NA word/public.first.csv
claim "and a value like the word is quoted" [ "$(grep -c '^"NA "$' word/public.first.csv)" = 1 ]

claim "no private server is left" [ -z "$(private_servers)" ]
