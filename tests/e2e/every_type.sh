#!/bin/bash
# Tables with a column of every type, with nulls, extremes, empty values, infinities, NaN and text
# beyond ASCII: kept they come out equal, synthesised every type gets values that the server takes.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source every
psql_in source every -o /dev/null -f "$SOURCE_DIR/tests/db/every_type.sql"
# every.type is nearly all null; every.dense holds the empty and the full row 400 times, and no null
psql_in source every -c "CREATE TABLE every.dense AS
        SELECT t.* FROM every.type t, generate_series(1, 400) WHERE id IN (2, 3);
    ALTER TABLE every.dense ADD row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
    ALTER TABLE every.dense ADD CHECK (c_date IS NOT NULL AND c_texts IS NOT NULL)"
# of each type that is no array: a domain over it, an array of it, an array of that domain
psql_in source every -c "DO \$\$
    DECLARE list text := 'id';
    DECLARE c record;
    BEGIN
        FOR c IN SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute JOIN pg_type t ON t.oid = atttypid
            WHERE attrelid = 'every.type'::regclass AND attnum > 1 AND typcategory <> 'A' ORDER BY attnum
        LOOP
            EXECUTE format('CREATE DOMAIN every.d_%s AS %s', c.name, c.type);
            list := list || format(', %1\$s::every.d_%1\$s AS d_%1\$s, CASE WHEN id > 1 THEN ARRAY[%1\$s, NULL, %1\$s] END AS a_%1\$s, ARRAY[[%1\$s], [NULL]]::every.d_%1\$s[] AS ad_%1\$s', c.name);
        END LOOP;
        EXECUTE 'CREATE TABLE every.derived AS SELECT ' || list || ' FROM every.type, generate_series(1, 100) WHERE id <= 3';
    END \$\$" -c "ALTER TABLE every.derived ADD row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY" -c ANALYZE
claim "of every type there is a domain and two arrays" [ "$(psql_in source every -c "SELECT count(*) > 150 FROM pg_attribute
    WHERE attrelid = 'every.derived'::regclass AND attnum > 0")" = t ]

# --- keep
policy_for source every "$(dsn target every)" keep "$test_root/keep.yaml"
exits 0 refresh "$test_root/keep.yaml"
table_sums source every >"$test_root/before"
table_sums target every >"$test_root/after"
claim "kept: the tables have rows" [ "$(grep -cE ' (1016|800|300) ' "$test_root/before")" = 3 ]
claim "kept: rows are equal" diff "$test_root/before" "$test_root/after"
# text could hide what only the binary form shows; arrays and composites carry OIDs of types in theirs
binary_sum()
{
    local columns
    columns=$(psql_in "$1" every -c "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute
        JOIN pg_type t ON t.oid = atttypid
        WHERE attrelid = 'every.type'::regclass AND attnum > 0 AND typcategory NOT IN ('A', 'C')")
    psql_in "$1" every -c "COPY (SELECT $columns FROM every.type ORDER BY id) TO STDOUT (FORMAT binary)" | md5sum
}
claim "kept: binary forms are equal" [ "$(binary_sum source)" = "$(binary_sum target)" ]

# in_made NAME: what holds for every synthetic sandbox of these tables
in_made()
{
    claim "$1: rows" [ "$(psql_in target made -c "SELECT count(*) BETWEEN 720 AND 880 FROM every.dense")" = t ]
    claim "$1: no null where the source has none" [ -z "$(psql_in target made -c "SELECT DISTINCT key
        FROM every.dense t, jsonb_each(to_jsonb(t)) WHERE value = 'null'")" ]
    claim "$1: every type has values" [ "$(psql_in target made -c "SELECT count(DISTINCT key)
        FROM every.dense t, jsonb_each_text(to_jsonb(t)) WHERE value IS NOT NULL")" = \
        "$(psql_in source every -c "SELECT count(*) FROM pg_attribute WHERE attrelid = 'every.dense'::regclass AND attnum > 0")" ]
    claim "$1: domains and arrays of every type have values" [ -z "$(psql_in target made -c "SELECT key FROM every.derived t, jsonb_each(to_jsonb(t))
        GROUP BY key HAVING bool_and(value = 'null')")" ]
    claim "$1: nulls stay the rule where they are" [ "$(psql_in target made -c "SELECT count(c_text) < 100 FROM every.type")" = t ]
    claim "$1: every constraint is valid" [ "$(psql_in target made -c "SELECT bool_and(convalidated) FROM pg_constraint")" = t ]
    # what a domain, an enum or a length says is seen again by rewriting each row through its text
    psql_in target made -c "CREATE TABLE every.again (LIKE every.type INCLUDING ALL)" -c "INSERT INTO every.again
        SELECT (t::text::every.type).* FROM every.type t"
    claim "$1: the server reads back every row that it wrote" [ "$(psql_in target made -c "SELECT count(*) FROM every.again")" = \
        "$(psql_in target made -c "SELECT count(*) FROM every.type")" ]
}

# --- synthesise: as planned, where nearly every column is undecided, and with every column decided
policy_for source every "$(dsn target made)" synthesise "$test_root/made.yaml"
undecide "$test_root/made.yaml"
exits 0 refresh "$test_root/made.yaml"
says "gate constraints-valid  passed"
in_made "from shape"
sed -i 's/class: undecided[^}]*/class: non-personal, why: a test/' "$test_root/made.yaml"
exits 0 refresh "$test_root/made.yaml"
says "gate constraints-valid  passed"
in_made "from learning"
