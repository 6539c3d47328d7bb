#!/bin/bash
# Synthetic sandboxes of real databases: valid, deterministic, and with nothing of the source's people in them.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target

load_corpus source pagila
psql_in source pagila -c ANALYZE
cp "$SOURCE_DIR/samples/pagila/policy.yaml" "$test_root/pagila.yaml"
sed -i "s|^source:.*|source: \"$(dsn source pagila)\"|; s|^target:.*|target: \"$(dsn target pagila)\"|" "$test_root/pagila.yaml"
exits 0 refresh "$test_root/pagila.yaml" --seed 1 --jobs 1
table_sums target pagila >"$test_root/one"
claim "the report is what its schema says" keeps_schema "$test_root/output/report.json" report
exits 0 refresh "$test_root/pagila.yaml" --seed 1 --jobs 5
table_sums target pagila >"$test_root/five"
claim "one seed gives the same rows at any number of jobs" diff "$test_root/one" "$test_root/five"
exits 0 refresh "$test_root/pagila.yaml" --seed 2
table_sums target pagila >"$test_root/other"
claim "another seed gives other rows" [ "$(grep -c . <(diff "$test_root/one" "$test_root/other"))" -gt 4 ]

# nothing of the people: every distinct name, address, phone and e-mail of the source is looked for
psql_in source pagila -c "SELECT DISTINCT v FROM (SELECT email FROM customer UNION ALL SELECT email FROM staff
    UNION ALL SELECT address FROM address UNION ALL SELECT phone FROM address WHERE length(phone) > 4
    UNION ALL SELECT first_name || ' ' || last_name FROM customer) x(v) WHERE v <> ''" >"$test_root/people"
psql_in target pagila -c "SELECT c::text || ' ' || c.first_name || ' ' || c.last_name FROM customer c" >"$test_root/rows"
psql_in target pagila -c "SELECT a::text FROM address a" -c "SELECT s::text FROM staff s" >>"$test_root/rows"
claim "the list of people is not empty" [ "$(wc -l <"$test_root/people")" -gt 1500 ]
claim "no name, address, phone or e-mail of the source is in the sandbox" \
    bash -c '! grep -qFf "$1/people" "$1/rows"' _ "$test_root"
claim "nor in the report, the log or the output folder" \
    bash -c '! grep -rqFf "$1/people" "$1/sandseed-out" "$1/output" "$1/out" 2>/dev/null' _ "$test_root"
claim "addresses end in a reserved domain" \
    [ "$(psql_in target pagila -c "SELECT count(*) FROM customer WHERE email NOT LIKE '%@example.com'")" = 0 ]
claim "prices keep their endings" \
    [ "$(psql_in target pagila -c "SELECT count(*) * 100 / (SELECT count(*) FROM payment) FROM payment WHERE amount::text LIKE '%.99'")" -gt 90 ]

for corpus in ${CORPORA:-chinook}; do
    db=${corpus%%:*}
    has_corpus "$corpus" || continue
    load_corpus source "$corpus"
    psql_in source "$db" -c ANALYZE
    policy_for source "$db" "$(dsn target "$db")" synthesise "$test_root/$db.yaml"
    exits 0 refresh "$test_root/$db.yaml"
    says "gate constraints-valid  passed"
    echo "ok: $corpus is synthesised as planned, without a decision of anybody's"
done
