#!/bin/bash
# Keys and exclusions that have no room for the rows of their table, as its columns are treated: what check says of them, and
# that what it lets through is built.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

# json EXPRESSION: of f, the findings of check --json
json() { python3 -c "import json; s = open('$test_root/out').read(); r = json.JSONDecoder().raw_decode(s[s.index('{'):])[0]; f = [(x['severity'], x['what'], x['object']) for x in r['findings']]; assert $1, f"; }

server_start source
# Each table s* stops and w* warns, by the key or exclusion named; nothing is said of the others.
createdb_in source room
psql_in source room <<'SQL'
CREATE EXTENSION btree_gist;
CREATE TYPE mood AS ENUM ('low', 'high');
CREATE DOMAIN size AS varchar(5) CHECK (VALUE IN ('s', 'm', 'l'));
CREATE TABLE s_key (kind mood, v int, PRIMARY KEY (kind, v));
CREATE TABLE s_nulls (kind mood, v int, UNIQUE NULLS NOT DISTINCT (kind, v));
CREATE TABLE s_lower (kind mood, v text);
CREATE UNIQUE INDEX ON s_lower (lower(v));
CREATE TABLE s_partial (kind mood, v text, gone timestamp);
CREATE UNIQUE INDEX ON s_partial (v) WHERE gone IS NULL AND v = 'q';
CREATE TABLE s_part (kind mood, v int, PRIMARY KEY (kind, v)) PARTITION BY LIST (kind);
CREATE TABLE s_part_low PARTITION OF s_part FOR VALUES IN ('low');
CREATE TABLE s_part_rest PARTITION OF s_part DEFAULT;
CREATE TABLE s_equal (kind mood NOT NULL, v int, EXCLUDE USING gist (v WITH =, kind WITH =));
CREATE TABLE s_overlap (room int, v int4range, EXCLUDE USING gist (v WITH &&));
CREATE TABLE s_net (v inet, EXCLUDE USING gist (v inet_ops WITH &&));
CREATE TABLE w_key (kind size NOT NULL, sold bool NOT NULL, v int NOT NULL CHECK (v BETWEEN -1 AND 1), PRIMARY KEY (kind, sold, v));
CREATE TABLE n_nulls (kind mood, v int, UNIQUE (kind, v));
CREATE TABLE n_lower (kind mood, v text);
CREATE UNIQUE INDEX ON n_lower (lower(v), kind);
CREATE TABLE n_partial (kind mood NOT NULL, v text, gone timestamp);
CREATE UNIQUE INDEX ON n_partial (v, kind) WHERE gone IS NULL;
CREATE TABLE n_overlap (room int, v int4range, EXCLUDE USING gist (room WITH =, v WITH &&));
CREATE TABLE n_computed (v int, EXCLUDE USING gist (int4range(v, v + 2) WITH &&));
CREATE TABLE n_some (v int, gone timestamp, EXCLUDE USING gist (v WITH =) WHERE (gone IS NULL));
CREATE TABLE n_differ (v int, EXCLUDE USING gist (v WITH <>));
CREATE TABLE n_empty (kind mood, v int, PRIMARY KEY (kind, v));
INSERT INTO s_key SELECT 'low', i FROM generate_series(1, 30) i;
INSERT INTO s_nulls TABLE s_key; INSERT INTO s_part TABLE s_key; INSERT INTO s_equal TABLE s_key; INSERT INTO n_nulls TABLE s_key;
INSERT INTO s_lower TABLE s_key; INSERT INTO s_partial TABLE s_key; INSERT INTO n_lower TABLE s_key; INSERT INTO n_partial TABLE s_key;
INSERT INTO s_overlap SELECT i, int4range(i, i + 1) FROM generate_series(1, 30) i;
INSERT INTO n_overlap TABLE s_overlap;
INSERT INTO s_net SELECT ('10.0.0.' || i)::inet FROM generate_series(1, 30) i;
INSERT INTO w_key VALUES ('s', true, 0), ('m', true, 0), ('l', true, 0);
INSERT INTO n_computed SELECT 3 * i FROM generate_series(1, 30) i;
INSERT INTO n_some SELECT i FROM generate_series(1, 30) i;
INSERT INTO n_differ SELECT 1 FROM generate_series(1, 30);
ANALYZE;
SQL
# entry TABLE MORE COLUMN...: its entry; a column is treated as the letter behind its name says.
entry() {
    local table=$1 more=$2 column
    shift 2
    printf '  public.%s:\n    mode: synthesise\n    subject: none\n    why: a test\n%s    columns:\n' "$table" "$more"
    for column; do
        case $column in
        *:-) printf '      %s: {class: secret, treatment: nullify}\n' "${column%%:*}" ;;
        *:*) printf '      %s: {class: non-personal, treatment: constant, value: "%s"}\n' "${column%%:*}" "${column#*:}" ;;
        *) printf '      %s: {class: non-personal}\n' "$column" ;;
        esac
    done
}
{
    printf 'sandseed: 1\nsource: %s\ntarget: cluster:./room\ntables:\n' "$(dsn source room)"
    for table in s_key s_part s_equal n_empty; do entry $table "" kind v:5; done
    entry s_nulls "" kind v:-
    entry n_nulls "" kind v:-
    entry s_lower "" kind v:q
    entry n_lower "" kind v:q
    entry s_partial "" kind v:q gone:-
    entry n_partial "" kind v:q gone
    entry s_overlap "" room 'v:[2,5)'
    entry n_overlap "" room:- 'v:[2,5)'
    entry s_net "" v:10.0.0.1
    entry w_key $'    rows: 1000%\n' kind sold v
    for table in n_computed n_differ; do entry $table "" v:5; done
    entry n_some "" v:5 gone
} >room.yaml
exits 3 check room.yaml --json
json "sorted(x[2] + ' ' + x[0] for x in f if x[1] == 'not-unique') == ['public.' + x for x in ('s_equal stops', 's_key stops', 's_lower stops', 's_net stops', 's_nulls stops', 's_overlap stops', 's_part stops', 's_partial stops', 'w_key warns')]"
json "not [x for x in f if x[0] == 'stops' and x[1] != 'not-unique']"
says '\"s_key_pkey\" has room for 2 rows as its columns are treated'
says '\"s_nulls_kind_v_key\" has room for 3 rows as its columns are treated'
says 'any two rows conflict under \"s_overlap_v_excl\"'
says '\"w_key_pkey\" has room for 18 rows, and the table is to get more'

# --- one row conflicts with none -----------------------------------------------------------------------------
# What n_computed computes of its constant conflicts as well, which check cannot know.
sed -i -E '/^  public\.(s_|n_computed)/,/columns:/ s/^    why:.*/&\n    rows: 1/' room.yaml
exits 0 check room.yaml --json
json "[x for x in f if x[1] == 'not-unique'] == [('warns', 'not-unique', 'public.w_key')]"
exits 0 refresh room.yaml
claim "what warns gets as many rows as fit" grep -qE "^public.w_key +synthesise +~10 +18" out
