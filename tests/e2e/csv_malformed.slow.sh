#!/bin/bash
# csv:DIR as a source: every malformed file is refused with its place and what to do, never with a value, and before
# anything of yesterday's is touched.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/csv.sh"

cd "$test_root"

# --- files; schema.sql: also csv_schema_malformed.slow.sh
printf 'id,a\n1,"secret\n2,y\n' | malformed "a quote that is not closed" "t.csv, line 2, field 2|none closes it" ""
printf 'id,a\n1,sec"ret\n' | malformed "a quote in a field" "t.csv, line 2, field 2|neither opens nor closes" ""
printf 'id,a\n1,x\n2,"x"secret\n' | malformed "text after a quote" "line 3, field 2|neither opens nor closes" ""
printf 'id,a\n1,"x\ny"\n2,secret,3\n' | malformed "too many fields" "line 4: 3 fields instead of 2" ""
printf 'id,a\nsecret\n' | malformed "too few fields" "line 2: 1 field instead of 2" ""
printf 'id,a\n1,sec\0ret\n' | malformed "a NUL byte" "line 2, field 2: a NUL byte|UTF-16" ""
printf 'id,a\n1,secret\xe9\n' | malformed "Latin-1" "line 2, field 2: not UTF-8, at byte 7|iconv" ""
printf '\xff\xfei\0d\0\n\0' | malformed "UTF-16" "line 1: UTF-16|iconv" ""
printf 'i\0d\0\n\0' | malformed "UTF-16 without a mark" "a NUL byte|UTF-16" ""
printf 'id,a\n1,x\n\n2,secret\n' | malformed "a blank line" "line 3: a blank line" ""
printf 'a\nsecret\n\n' | malformed "a blank line in a table of one column" "line 3: a blank line|null=" ""
printf 'a,b\nsecret,1\rsecret,2\r' | malformed "carriage returns alone" "line 2: a carriage return" ""
printf 'id,a,id\n1,secret,2\n' | malformed "a name twice" "line 1: fields 1 and 3 have the same name" ""
printf 'id,,b\n1,secret,2\n' | malformed "no name" "line 1, field 2: the header has no name" ""
printf 'secret,39,x\nsecret,40,y\n' | malformed "no header at all" "line 1, field 2: the header has a value|header=none" ""
printf 'Anna,secret\nMaria,Berlin\nAnne,secret\n' | malformed "words, of which one comes again below" "line 1, field 2: what should be a column's name is a value of it in line 3|header=none" ""
printf 'id;secret\n1;secret\n' | malformed "another delimiter" "line 1: one field only|delimiter=semicolon" ""
printf '' | malformed "an empty file" "t.csv, line 1: the file is empty|header alone" ""
printf 'id,b\n1,"x\ny"\nsecret,y\n' | malformed "a value that does not fit" "t.csv, line 4, column id|schema.sql" 'CREATE TABLE t (id int, b text);'
printf 'id\n1\n' | malformed "COPY ... PROGRAM" "schema.sql, line 3: the role lacks a privilege" "CREATE TABLE t (id int);

COPY t FROM PROGRAM 'touch $test_root/secret';"
claim "no command was executed" [ ! -e secret ]

# --- headers that are said, or taken as such
mkdir words && printf 'Anna,Berlin\nMaria,Berlin\n' >words/t.csv
exits 0 inspect 'csv:words?header=none'
exits 0 "$SANDSEED" inspect 'csv:words?header=first-line'
claim "a header that was said is not told of" bash -c '! grep -q "taken as a header" out'
echo 'CREATE TABLE t ("Anna" text, "Berlin" text);' >words/schema.sql
exits 0 inspect csv:words
rm words/schema.sql
printf 'Anna,Berlin\nMaria,Bonn\n' | tee words/t.csv >words/u.csv
exits 0 "$SANDSEED" plan csv:words -o words.yaml
says "the first line of each of 2 files is taken as a header; if it is data, say csv:DIR?header=none"
exits 0 check words.yaml --target csv:words-out
claim "it is told once, by plan" bash -c '! grep -q "taken as a header" out'

# --- headers under a policy
mkdir people && printf 'name,city\nAnna,Bonn\nBert,Ulm\n' >people/t.csv
plan_files people csv:people csv:people-out
printf 'secret,Bonn\nBert,Ulm\nCar"la,Trier\n' >people/t.csv
exits 1 check people.yaml
says "t.csv, line 3, field 1"
claim "a file that comes without its header one night: nobody's name is quoted" bash -c '! grep -q secret out'
printf 'name,city,street\nAnna,Bonn,Am Hof\nname,Ulm,Bahnhof\n' >people/t.csv
exits 0 "$SANDSEED" plan people.yaml
claim "names that a person has looked at may be values too" grep -q street people.yaml

# --- folders and names
exits 1 inspect csv:nowhere
says "could not read the folder"
mkdir void
exits 1 inspect csv:void
says "holds no file named"
mkdir twice && printf 'a\nx\n' | tee twice/t.csv >twice/public.t.csv
exits 1 inspect csv:twice
says "are the same table"
mkdir names && printf 'a\nx\n' >names/a.b.c.csv
exits 1 inspect csv:names
says "%2E"
mkdir zipped && touch zipped/t.csv.gz
exits 1 inspect csv:zipped
says "Unpack"
mkdir -p pipe/t.csv
exits 1 inspect csv:pipe
says "is not a file"
exits 1 inspect 'csv:names?delimeter=tab'
says "delimiter=semicolon"
if [ "$(id -u)" != 0 ] || as_postgres test -x "$SANDSEED"; then
    mkdir closed && printf 'a\nx\n' >closed/t.csv && chmod 000 closed/t.csv
    exits 1 as_postgres "$SANDSEED" inspect "csv:$test_root/closed" --quiet
    says "could not open"
    says "Permission denied"
fi

# --- yesterday's sandbox
mkdir shop && printf 'id,a\n1,x\n' >shop/t.csv
plan_files shop csv:shop csv:sandbox
exits 0 refresh shop.yaml
cp -r sandbox yesterday
printf '2,sec"ret\n' >>shop/t.csv
exits 1 refresh shop.yaml
says "t.csv, line 3, column a"
claim "yesterday's sandbox is untouched, nothing is left beside it" bash -c 'diff -r sandbox yesterday && [ ! -e sandbox.next ]'
claim "no private server is left" [ -z "$(private_servers)" ]
