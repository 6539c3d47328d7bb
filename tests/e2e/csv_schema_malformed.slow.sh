#!/bin/bash
# schema.sql beside CSV files: one that is wrong, or does not fit the files, is refused with its place and what to do,
# never with a value; it can do nothing to the machine.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/csv.sh"

cd "$test_root"
printf 'id,secret\n1,secret\n' | malformed "a header that is not the table's" "line 1: field 2 of the header names no column of table public.t" 'CREATE TABLE t (id int, b text);'
printf 'id\n1\n' | malformed "a header that lacks a column" "line 1: column b of table public.t is missing" 'CREATE TABLE t (id int, b text);'
printf '1,secret,x\n' | malformed "too many fields for the table" "line 1: 3 fields, but table public.t has 2 columns" 'CREATE TABLE t (id int, b text);' '?header=none'
printf 'id,b\n1,x\n2,secret\n' | malformed "a value that is too long" "line 3, column b|too long" 'CREATE TABLE t (id int, b varchar(3));'
printf 'id,b\n1,secret\n1,secret\n' | malformed "a key that is not unique" "line 3|t_pkey" 'CREATE TABLE t (id int PRIMARY KEY, b text);'
printf 'id,b\n1,2\n2,secret\n' | malformed "a foreign key without parent" "the files do not fit together|t_b_fkey" 'CREATE TABLE t (id text PRIMARY KEY, b text REFERENCES t);'
printf 'id\n1\n' | malformed "a syntax error in schema.sql" "schema.sql, line 2: a syntax error" $'CREATE TABLE t (id int);\nCREATE TABEL secret (id int);'
printf 'id\n1\n' | malformed "psql's commands" "schema.sql, line 2: a syntax error|psql's own commands" "CREATE TABLE t (id int);
\\! touch $test_root/secret"
printf 'id\n1\n' | malformed "an extension for superusers" "schema.sql, line 2: the role lacks a privilege" $'CREATE TABLE t (id int);\nCREATE EXTENSION file_fdw;'
printf 'id\n1\n' | malformed "an owner" "schema.sql, line 3: there is no such type, role|--no-owner" $'CREATE TABLE t (id int);\n\nALTER TABLE t OWNER TO secret;'
printf 'id\n1\n' | malformed "rows among the SQL" "schema.sql, line 3: a syntax error|--schema-only" $'CREATE TABLE t (id int);\nCOPY t FROM STDIN;\n1\n\\.'
printf 'id\n1\n' | malformed "a table without a file" "no file for table public.other|public.other.csv" 'CREATE TABLE t (id int); CREATE TABLE other (id int);'
printf 'id\n1\n' | malformed "a file without a table" "t.csv: schema.sql makes no table public.t" 'CREATE TABLE other ();'
claim "no command was executed" [ ! -e secret ]

claim "no private server is left" [ -z "$(private_servers)" ]
