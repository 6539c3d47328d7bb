#!/bin/bash
# How long a policy for a large schema takes to propose, and in how much memory:  tests/bench/plan.sh [TABLES [ROWS]]
#
# 1,500 tables of 14 columns with names, types and values as people's data have them, and two foreign keys each.  Prints seconds and the
# most memory of plan without rows and with a sample of them, and as a ratio to pg_dump --schema-only of the same database; the goals
# are 5 s without rows and 200 MB.  Prints, never fails on time.
. "$(dirname "$0")/../support/server.sh"

tables=${1:-1500} rows=${2:-2000}
server_start source
createdb_in source wide
psql_in source wide -o /dev/null <<SQL
DO \$\$
BEGIN
    FOR t IN 1 .. $tables LOOP
        EXECUTE format('CREATE TABLE t%s (id bigserial PRIMARY KEY, parent bigint, other bigint, first_name text, email text, born date,
            nhs text, city varchar(80), notes text, payload jsonb, status varchar(20), amount numeric(10,2), created_at timestamptz, x17 text)', t);
        EXECUTE format('INSERT INTO t%s SELECT g, NULL, NULL, ''Anna'' || g, ''a'' || g || ''@corp.test'', date ''1950-01-01'' + g, lpad(g::text, 10, ''4''),
            ''York'', repeat(''some words '', 1 + g %% 20), jsonb_build_object(''user'', jsonb_build_object(''mail'', ''b'' || g || ''@corp.test''), ''n'', g),
            ''new'', g, now(), md5(g::text) FROM generate_series(1, %s) g', t, CASE WHEN t % 100 = 0 THEN 20 * $rows WHEN t % 3 = 0 THEN $rows ELSE 20 END);
        IF t > 1 THEN
            EXECUTE format('ALTER TABLE t%s ADD FOREIGN KEY (parent) REFERENCES t%s, ADD FOREIGN KEY (other) REFERENCES t%s',
                t, 1 + (t * 7) % (t - 1), 1 + (t * 13) % (t - 1));
        END IF;
        IF t % 50 = 0 THEN COMMIT; END IF;
    END LOOP;
END \$\$;
ANALYZE;
SQL
bin=$(pg_bin)
measured() { # WHAT COMMAND...
    local what=$1
    shift
    rm -f "$test_root/policy.yaml"*
    command time -f "%e %M" -o "$test_root/time" "$@" >"$test_root/out" 2>"$test_root/err" || fail "$what: $(cat "$test_root/err")"
    tail -1 "$test_root/time" | awk -v w="$what" '{ printf "%-28s %6.2f s %6.0f MB\n", w, $1, $2 / 1024 }'
}
echo "$tables tables, $((tables * 14)) columns, $(nproc) cores"
measured "pg_dump --schema-only" "$bin/pg_dump" -d "$(dsn source wide)" --schema-only
measured "plan --no-rows" "$SANDSEED" plan "$(dsn source wide)" -o "$test_root/policy.yaml" --quiet --no-rows
measured "plan" "$SANDSEED" plan "$(dsn source wide)" -o "$test_root/policy.yaml" --quiet
again() { # WHAT COMMAND...: the same, of the policy that is there
    local what=$1
    shift
    command time -f "%e %M" -o "$test_root/time" "$@" >"$test_root/out" 2>"$test_root/err" || [ $? -lt 4 ] || fail "$what: $(cat "$test_root/err")"
    tail -1 "$test_root/time" | awk -v w="$what" '{ printf "%-28s %6.2f s %6.0f MB\n", w, $1, $2 / 1024 }'
}
again "plan policy.yaml --no-rows" "$SANDSEED" plan "$test_root/policy.yaml" --quiet --no-rows
again "check policy.yaml" "$SANDSEED" check "$test_root/policy.yaml" --allow-privileged-source --json --quiet
again "inspect policy.yaml" "$SANDSEED" inspect "$test_root/policy.yaml" --quiet
again "inspect SOURCE --no-rows" "$SANDSEED" inspect "$(dsn source wide)" --no-rows --json --quiet
