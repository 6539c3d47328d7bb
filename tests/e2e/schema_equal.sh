#!/bin/bash
# Equal schemas in a LATIN1 database with row security, a search_path and an unpopulated materialised view; a
# gate that sees a difference.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/schemas.sh"

server_start source
server_start target

# --- a LATIN1 database whose names and data are no ASCII ---------------------------------------------------
psql_in source postgres -c "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
PGCLIENTENCODING=UTF8 psql_in source latin <<'SQL'
CREATE SCHEMA "straße";
CREATE TYPE "straße"."größe" AS ENUM ('klein', 'groß');
CREATE TABLE "straße"."größen" ("schlüssel" int PRIMARY KEY, "größe" "straße"."größe" DEFAULT 'groß', "name" varchar(20) CHECK ("name" IN ('Jürgen', 'Zoë', 'x')), note text);
INSERT INTO "straße"."größen" SELECT i, 'groß', (ARRAY['Jürgen', 'Zoë'])[1 + i % 2], 'Ähm £ ' || i FROM generate_series(1, 200) i;
COMMENT ON TABLE "straße"."größen" IS 'für alle';
CREATE VIEW "straße"."übersicht" AS SELECT * FROM "straße"."größen" WHERE note LIKE 'Ä%';
CREATE MATERIALIZED VIEW "straße"."später" AS SELECT * FROM "straße"."größen" WITH NO DATA;
ALTER DATABASE latin SET search_path = "straße", public;
ALTER TABLE "straße"."größen" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "nur für mich" ON "straße"."größen" USING ("name" <> 'Zoë');
ANALYZE;
SQL
for mode in keep synthesise; do
    night latin $mode
    claim "latin1, $mode: the encoding is the source's" is "$(in_box latin_$mode -c "SHOW server_encoding")" LATIN1
    claim "latin1, $mode: its search_path too" is "$(in_box latin_$mode -c "SET client_encoding = 'UTF8'" -c "SHOW search_path")" '"straße", public'
    diff <(dump source latin) <(dump target latin_$mode) >"$test_root/dumps" || true
    # the CHECK's casts are all that a second reading writes differently
    claim "latin1, $mode: dumps differ in casts at most" is "$(grep -ac '^[<>]' "$test_root/dumps" | sed 's/^2$/0/')" 0
done
claim "latin1: kept rows are equal" diff <(PGCLIENTENCODING=UTF8 table_sums source latin) <(PGCLIENTENCODING=UTF8 table_sums target latin_keep)

claim "pg_dump's \\restrict lines were among all this" bash -c "! $(pg_bin)/pg_dump --version | grep -qE ' 15\.(1[4-9]|[2-9][0-9])' || $(pg_bin)/pg_dump -s -d '$(dsn source latin)' | grep -q '^.restrict '"

# --- a gate that sees a difference ------------------------------------------------------------------------
# Somebody with rights on the target changes NAME__next while it is filled: nothing is published.
table_sums target latin_keep >"$test_root/yesterday"
psql_in source latin -c "CREATE TABLE public.slow AS SELECT i, repeat('x', 200) AS filler FROM generate_series(1, 300000) i"
policy_for source latin "$(dsn target latin_keep)" keep "$test_root/gate.yaml"
"$SANDSEED" refresh "$test_root/gate.yaml" --allow-privileged-source --quiet >"$test_root/out" 2>&1 &
run=$!
for _ in $(seq 1000); do
    [ -z "$(psql_in target postgres -c "SELECT 1 FROM pg_stat_activity WHERE datname = 'latin_keep__next' AND query LIKE 'COPY%'")" ] || break
    sleep 0.02
done
psql_in target latin_keep__next -c "CREATE TABLE public.intruder (a int)"
status=0
wait $run || status=$?
claim "a gate that fails ends with exit status 4" is "$status" 4
says "intruder"
claim "and publishes nothing" diff "$test_root/yesterday" <(table_sums target latin_keep)
claim "and leaves nothing" is "$(databases target | grep -c latin_keep__)" 0
