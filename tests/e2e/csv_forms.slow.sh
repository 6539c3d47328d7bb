#!/bin/bash
# csv:DIR in other forms: delimiters, no header, a word for NULL, a source of another encoding.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/csv.sh"

server_start source
cd "$test_root"
createdb_in source every
psql_in source every -o /dev/null -f "$SOURCE_DIR/tests/db/every_type.sql"
psql_in source every -c "CREATE TABLE first (v text); INSERT INTO first VALUES (E'\\uFEFF'), (''), ('NULL'), (E'\\\\N'), (' '), (E'\\n')" \
    -c "CREATE TABLE measure (at date, v int); INSERT INTO measure VALUES ('2020-05-05', 1)"
plan_files to_files "$(dsn source every)" csv:files
exits 0 refresh to_files.yaml

# --- other delimiter, no header, a word for NULL
plan_files tabs csv:files 'csv:tabs?delimiter=tab&header=none&null=\N'
exits 0 refresh tabs.yaml
claim "no header, tabs, a word for NULL" [ "$(head -1 tabs/public.measure.csv)" = "$(printf '2020-05-05\t1')" ]
plan_files untabs 'csv:tabs?delimiter=tab&header=none&null=\N' csv:untabs
exits 0 refresh untabs.yaml
claim "and back: equal to the byte" same_files files untabs

# --- another encoding becomes UTF-8
createdb_in source latin "ENCODING LATIN1 LOCALE 'C' TEMPLATE template0"
psql_in source latin -c "SET client_encoding = 'UTF8'" -c "CREATE TABLE t (n text); INSERT INTO t VALUES ('Zoë')" \
    -c "COMMENT ON TABLE t IS 'Größe'"
plan_files latin "$(dsn source latin)" csv:latin
exits 0 refresh latin.yaml
claim "a LATIN1 database makes files in UTF-8" [ "$(tail -1 latin/public.t.csv)" = Zoë ]
claim "their schema too" grep -q Größe latin/schema.sql
plan_files relatin csv:latin csv:relatin
exits 0 refresh relatin.yaml
claim "which read back" same_files latin relatin

claim "no private server is left" [ -z "$(private_servers)" ]
