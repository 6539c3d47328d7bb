#!/bin/bash
# Columns that hold the same in every row: what the schema would refuse of them, check refuses, with what is wrong and where.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

server_start source
server_start target
createdb_in source shop
psql_in source shop <<'SQL'
CREATE DOMAIN tenth AS int CHECK (VALUE >= 10);
CREATE TABLE t (id int PRIMARY KEY, d tenth, n numeric(4,2), l int[], j jsonb, low int CONSTRAINT low_c CHECK (low < 10), "a ""b" int CHECK ("a ""b" > 0),
    x text, y text, CONSTRAINT one_of CHECK (x IS NOT NULL OR y IS NOT NULL),
    v varchar(3)[], bits bit(3), z int, part int GENERATED ALWAYS AS (100 / z) STORED, must int NOT NULL GENERATED ALWAYS AS (low + 1) STORED);
CREATE UNIQUE INDEX t_md5 ON t (md5(y)); CREATE UNIQUE INDEX t_some ON t ((low % 10)) WHERE j IS NOT NULL; CREATE UNIQUE INDEX t_both ON t (id, md5(y));
INSERT INTO t (id, d, n, l, j, low, "a ""b", x, y, z) SELECT i, 10 + i, 1, '{1}', CASE WHEN i < 5 THEN '{}'::jsonb END, i - 400, 1, 'x', 'y' || i, i FROM generate_series(1, 300) i;
-- Its own code is not run at a source, by whatever way it is called.
CREATE FUNCTION own(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$BEGIN IF current_setting('transaction_read_only')::boolean THEN
    RAISE EXCEPTION 'called at the source' USING ERRCODE = '22000'; END IF; RETURN true; END$$;
CREATE DOMAIN owned AS int CHECK (own(VALUE)); CREATE DOMAIN over_owned AS owned;
CREATE TABLE o (id int PRIMARY KEY, a int CHECK (own(a)), b over_owned, c owned[], e int CHECK (e::owned > 0), g int GENERATED ALWAYS AS (CASE WHEN own(a) THEN 1 END) STORED,
    f text CHECK (f IS NULL OR query_to_xml('SELECT public.own(1)', false, false, f) IS NOT NULL), h text CHECK (h IS NULL OR ('{' || h || '}')::owned[] IS NOT NULL));
CREATE UNIQUE INDEX o_own ON o (id, (own(a)));
INSERT INTO o SELECT i, 1, 1, '{1}', 1 FROM generate_series(1, 100) i;
CREATE TABLE r (id int, made date, k text) PARTITION BY RANGE (made); CREATE TABLE r_20 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE r_21 PARTITION OF r FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (k); CREATE TABLE r_21_a PARTITION OF r_21 FOR VALUES IN ('a');
CREATE TABLE unparted (nowhere text) PARTITION BY LIST (nowhere);
INSERT INTO r SELECT i, '2020-01-01'::date + i, 'a' FROM generate_series(1, 100) i;
CREATE TABLE named (cut text);
DO $$BEGIN EXECUTE format('ALTER TABLE named ADD CONSTRAINT %I CHECK (cut <> %L)', repeat(chr(1), 9) || 'x' || repeat('é', 26), 'b'); END$$;
ANALYZE;
SQL
policy_for source shop "$(dsn target box)" synthesise p.yaml
# treat COLUMN TREATMENT...: in place of what plan proposed
treat() { sed -Ei "s/^(      \"?$1\"?): +\\{.*/\\1: {class: secret, treatment: $2}/" bad.yaml; }
# stops_at WHAT TEXT COLUMN TREATMENT [COLUMN TREATMENT...]
stops_at()
{
    local what=$1 text=$2
    shift 2
    cp p.yaml bad.yaml
    while [ $# -gt 0 ]; do treat "$1" "$2"; shift 2; done
    cmp -s p.yaml bad.yaml && fail "nothing was edited: $text"
    for command in check refresh; do
        status=0; $command bad.yaml >out 2>&1 || status=$?
        [ $status = 1 ] || [ $status = 3 ] || { cat out; fail "$command ends with $status: $text"; }
        says "$text"
    done
    check bad.yaml --quiet >out 2>&1 || true
    claim "$what $text" [ "$(grep -c '^stops' out)" = 1 ]
    grep -q "^stops  $what " out || fail "it is another thing: $(cat out)"
}
stops_at unfit 'public.t.d: the value does not fit the type public.tenth' d 'constant, value: 9'
stops_at unfit 'public.t.n: the value does not fit the type numeric(4,2)' n 'constant, value: 1234.5'
stops_at unfit 'public.t.l: the value does not fit the type integer[]' l 'constant, value: 7'
stops_at unfit 'public.t.v: the value does not fit the type character varying(3)[]' v 'constant, value: "{abcd}"'
stops_at unfit 'public.t.bits: the value does not fit the type bit(3)' bits 'constant, value: "1010"'
stops_at unfit 'public.t.j: the value does not fit the type jsonb' j 'constant, value: word'
stops_at unfit 'public.t: "low_c" takes no row as its columns are treated' low 'constant, value: 10'
stops_at unfit 'public.t: "one_of" takes no row as its columns are treated' x nullify y nullify
stops_at unfit 'public.t.part: the server cannot generate it from columns as they are treated' z 'constant, value: 0'
stops_at unfit 'public.t.must: the column is NOT NULL, and NULL is generated from columns as they are treated' low nullify
stops_at not-unique 'public.t: "t_md5" has room for 1 row as its columns are treated' y 'constant, value: word'
stops_at not-unique 'public.t: "t_some" has room for 1 row as its columns are treated' low 'constant, value: 1' j 'constant, value: "1"'
stops_at unfit 'public.r: no partition takes a row as the columns of its key are treated' made 'constant, value: 2022-01-01'
stops_at unfit 'public.r: no partition takes a row as the columns of its key are treated' made nullify

# A name that is cut within a character takes nothing out of the JSON.
cp p.yaml bad.yaml
treat cut 'constant, value: b'
check bad.yaml --json >out 2>/dev/null || true
claim "the JSON has what stops" python3 -c "import json; r = json.load(open('out')); assert [f['object'] for f in r['findings'] if f['severity'] == 'stops'] == ['public.named'] and r['stops'] == 1"

# How many rows meet a condition is not known before they are made.
psql_in source shop -c "CREATE UNIQUE INDEX t_part ON t (d) WHERE z > 0"
cp p.yaml bad.yaml
treat d 'constant, value: 12'
exits 0 check bad.yaml
says 'warns  not-unique     public.t: "t_part" has room for 1 row of those that meet its condition as its columns are treated'
exits 3 check bad.yaml --fail-on not-unique
psql_in source shop -c "DROP INDEX t_part; CREATE UNIQUE INDEX t_part ON t (d) WHERE low > 5"
stops_at not-unique 'public.t: "t_part" has room for 1 row as its columns are treated' d 'constant, value: 12' low 'constant, value: 7'
cp p.yaml bad.yaml
treat d 'constant, value: 12'
treat low 'constant, value: 3'
exits 0 check bad.yaml
claim "no row meets its condition" bash -c '! grep -q t_part out'
psql_in source shop -c "DROP INDEX t_part"

# What fits, and what the source is not asked.
cp p.yaml bad.yaml
treat made 'constant, value: 2020-02-01'
for column in d n z; do treat $column 'constant, value: 12'; done
treat l 'constant, value: "{1,2}"'
treat j nullify
treat v 'constant, value: "{abc,d}"'
treat bits 'constant, value: "101"'
treat low 'constant, value: 1'
treat x nullify
treat nowhere 'constant, value: a'
for column in a b e f h; do treat $column 'constant, value: 1'; done
treat c 'constant, value: "{1}"'
exits 0 check bad.yaml
exits 0 refresh bad.yaml
claim "the sandbox is made" [ "$(psql_in target box -c "SELECT count(*) FROM t JOIN o USING (id) WHERE d = 12 AND n = 12 AND l = '{1,2}' AND low = 1 AND x IS NULL AND a = 1 AND c = '{1}'")" = 100 ]
claim "the source has run none of its own code" bash -c "! grep -q 'called at the source' '${server_dir[source]}/log'"
