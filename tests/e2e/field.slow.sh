#!/bin/bash
# What other tools stumbled over in the field: tables of every shape, kept and synthesised.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/schemas.sh"

server_start source
server_start target

createdb_in source shapes
psql_in source shapes -o /dev/null -c "SET client_min_messages = error" -f "$(dirname "$0")/field_shapes.sql"
psql_in source shapes -c ANALYZE
night shapes keep
# pg_dump gives a child its parent's order of columns, so that the text of a row of vehicle is another.
table_sums source shapes | grep -v vehicle >"$test_root/before"
table_sums target shapes_keep | grep -v vehicle >"$test_root/after"
claim "kept: every row of every table, composite keys, cycles, partitions, inheritance, odd names" diff "$test_root/before" "$test_root/after"
claim "kept: a child with another order of columns than its parent" diff <(psql_in source shapes -c "SELECT label, id, wheels FROM vehicle ORDER BY id") \
    <(in_box shapes_keep -c "SELECT label, id, wheels FROM vehicle ORDER BY id")
claim "kept: schemas are equal by pg_dump and psql" equal_schemas shapes shapes_keep
claim "kept: constraints and indexes are as valid as in the source" all_valid shapes_keep shapes
claim "kept: rows stand in the partitions where they stood, attached with another order of columns and dropped ones" \
    is "$(in_box shapes_keep -c "SELECT md5(string_agg(tableoid::regclass || e::text, ',' ORDER BY at, kind, id)) FROM event e")" \
    "$(psql_in source shapes -c "SELECT md5(string_agg(tableoid::regclass || e::text, ',' ORDER BY at, kind, id)) FROM event e")"
claim "kept: generated columns are computed" is "$(in_box shapes_keep -c "SELECT count(*) FROM made WHERE gross = net * (1 + rate) AND plain = lower(body)")" 150
claim "kept: a table without columns keeps its rows" is "$(in_box shapes_keep -c "SELECT count(*) FROM nothing")" 2
claim "kept: unlogged tables stay so" is "$(in_box shapes_keep -c "SELECT relpersistence FROM pg_class WHERE relname = 'scratchpad'")" u
claim "kept: identity goes on past the last key, downwards too" is "$(in_box shapes_keep -c "INSERT INTO made (net, rate, body) VALUES (1, 1, 'new') RETURNING id < (SELECT min(id) FROM made)")" t
claim "kept: a text key from a sequence goes on behind the last one" is "$(in_box shapes_keep -c "INSERT INTO ticketed (v) VALUES ('new') RETURNING id")" T-121

night shapes synthesise
claim "made: schemas are equal by pg_dump and psql" equal_schemas shapes shapes_synthesise
claim "made: constraints and indexes are as valid as in the source" all_valid shapes_synthesise shapes
claim "made: nothing of a planted value" no_canary shapes_synthesise
claim "nor in messages and reports" silent
for t in visit visit_note person team office hen egg auth event event_seen shard by_mail machine vehicle made typed pure_link wide_key legacy; do
    claim "made: $t has as many rows as the source's" is "$(in_box shapes_synthesise -c "SELECT count(*) FROM $t")" "$(psql_in source shapes -c "SELECT count(*) FROM $t")"
done
claim "made: composite references hold, MATCH FULL and in another order of columns" is "$(in_box shapes_synthesise -c "SELECT
    (SELECT count(*) FROM visit v WHERE NOT EXISTS (SELECT FROM site s WHERE (s.country, s.code) = (v.country, v.code)))
    + (SELECT count(*) FROM visit WHERE (backup_country IS NULL) <> (backup_code IS NULL))")" 0
claim "made: both references of a table to itself are used" is "$(in_box shapes_synthesise -c "SELECT count(boss) > 0 AND count(mentor) > 0 FROM person")" t
claim "made: lower(email) is unique" is "$(in_box shapes_synthesise -c "SELECT count(*) - count(DISTINCT lower(email)) FROM person")" 0
claim "made: NULLS NOT DISTINCT holds" is "$(in_box shapes_synthesise -c "SELECT count(*) FROM (SELECT FROM auth GROUP BY phone, slot HAVING count(*) > 1) x")" 0
claim "made: a partial unique index leaves '' alone and holds elsewhere" is "$(in_box shapes_synthesise -c "SELECT count(*) FROM (SELECT FROM auth WHERE token <> '' GROUP BY token HAVING count(*) > 1) x")" 0
claim "made: EXCLUDE holds" is "$(in_box shapes_synthesise -c "SELECT count(*) FROM auth a JOIN auth b ON a.id < b.id AND a.slot = b.slot
    AND daterange(a.started, a.ended, '[]') && daterange(b.started, b.ended, '[]')")" 0
claim "made: rows are spread over partitions, sub-partitions and the default one" \
    is "$(in_box shapes_synthesise -c "SELECT count(DISTINCT tableoid) > 1 FROM event")" t
claim "made: NOT NULL jsonb has documents" is "$(in_box shapes_synthesise -c "SELECT count(*) FROM made WHERE prefs IS NULL OR list IS NULL OR js IS NULL")" 0
claim "made: a table of one row has one" is "$(in_box shapes_synthesise -c "SELECT count(*) FROM one_row WHERE \"only\"")" 1
claim "made: an empty table stays empty" is "$(in_box shapes_synthesise -c "SELECT count(*) FROM no_row")" 0
claim "made: inheritance: parents hold their own rows" is "$(in_box shapes_synthesise -c "SELECT count(*) FROM ONLY asset")" 100
