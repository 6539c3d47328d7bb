#!/bin/bash
# How long reading the catalog of a large schema takes:  tests/bench/catalog.sh [TABLES [ROUNDS]]
#
# Every table has 20 columns, a primary key, two foreign keys, a unique index, three CHECKs, a sequence,
# defaults and comments.  Prints inspect's time as a ratio to pg_dump --schema-only of the same database; the
# goal for 1,500 tables is two seconds.  Prints, never fails on time.
. "$(dirname "$0")/../support/server.sh"

tables=${1:-1500} rounds=${2:-5}
server_start source
createdb_in source wide
psql_in source wide -o /dev/null <<SQL
SET max_parallel_workers_per_gather = 0;
DO \$\$
DECLARE columns text;
BEGIN
    FOR t IN 1 .. $tables LOOP
        SELECT string_agg(format('c%s %s', i, (ARRAY['text', 'integer DEFAULT 0', 'numeric(10,2)',
            'timestamptz DEFAULT now()', 'boolean NOT NULL DEFAULT false', 'varchar(80)'])[1 + i % 6]), ', ')
            INTO columns FROM generate_series(1, 16) i;
        EXECUTE format('CREATE TABLE t%s (id bigserial PRIMARY KEY, code varchar(20) NOT NULL UNIQUE,
            parent bigint, other bigint, %s, CHECK (c1 <> c7), CHECK (c2 >= 0), CHECK (c8 IN (1, 2, 3)))', t, columns);
        EXECUTE format('COMMENT ON TABLE t%s IS ''table number %s''', t, t);
        EXECUTE format('COMMENT ON COLUMN t%s.c1 IS ''a number''', t);
        IF t > 1 THEN
            EXECUTE format('ALTER TABLE t%s ADD FOREIGN KEY (parent) REFERENCES t%s, ADD FOREIGN KEY (other) REFERENCES t%s',
                t, 1 + (t * 7) % (t - 1), 1 + (t * 13) % (t - 1));
        END IF;
        IF t % 100 = 0 THEN COMMIT; END IF;
    END LOOP;
END \$\$;
ANALYZE;
SQL
bin=$(pg_bin)
by_inspect() { "$SANDSEED" inspect "$(dsn source wide)" --no-rows --json --quiet >"$test_root/json"; }
by_dump() { "$bin/pg_dump" -d "$(dsn source wide)" --schema-only >/dev/null; }
seconds() { local start=$(date +%s.%N); "$@"; echo "$(date +%s.%N) $start" | awk '{ printf "%.2f", $1 - $2 }'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
for how in by_inspect by_dump; do
    $how || fail "$how"
    for _ in $(seq "$rounds"); do echo "$(seconds $how)"; done >"$test_root/$how.s"
done
echo "$tables tables, $((tables * 20)) columns, median of $rounds rounds, $(nproc) cores"
echo "inspect $(median <"$test_root/by_inspect.s") s, pg_dump --schema-only $(median <"$test_root/by_dump.s") s" |
    awk '{ print; printf "inspect / pg_dump: %.2f  (goal for 1,500 tables: inspect in 2 s)\n", $2 / $6 }'
