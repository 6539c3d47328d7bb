#!/bin/bash
# fit and generate: a model folder is the same for the same source, makes what refresh makes, needs no
# source, holds nobody, and is refused when it was changed.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/csv.sh"

server_start source
server_start target
load_corpus source pagila
psql_in source pagila -c ANALYZE -c 'CREATE MATERIALIZED VIEW seen AS SELECT 1 / count(*) AS share FROM rental' \
    -c 'CREATE MATERIALIZED VIEW unseen AS SELECT 1 AS one WITH NO DATA' \
    -c "ALTER DATABASE pagila SET search_path = public, pg_catalog"
cp "$SOURCE_DIR/samples/pagila/policy.yaml" "$test_root/pagila.yaml"
sed -i "s|^source:.*|source: \"$(dsn source pagila)\"|; s|^target:.*|target: \"$(dsn target pagila)\"|" "$test_root/pagila.yaml"
cd "$test_root"
# Who is sampled goes by the seed, and with it, to a multiple of 5, what a tree and its column's counts agree on.
fit() { "$SANDSEED" fit "$@" --seed 7 --allow-privileged-source --quiet; }
generate() { "$SANDSEED" generate "$@" --quiet; }
servers() { find /var/tmp -maxdepth 1 -name 'sandseed-????????????????' -newer "$test_root/began"; }

# --- the folder
exits 0 "$SANDSEED" fit pagila.yaml -o model --seed 7 --allow-privileged-source
says "public.actor is named as people's tables or columns are, and its rows go into the model"
says "public.film_actor is named as people's tables"
claim "of tables that are not named so nothing is said" [ "$(grep -c 'is named as' out)" = 2 ]
cp -rp model again
exits 0 fit pagila.yaml -o again --jobs 3
claim "an older model is replaced, and nothing is left beside it" [ "$(ls -d again*)" = again -a model -ot again ]
claim "one source gives one model.json" cmp model/model.json again/model.json
claim "and one set of reference rows" diff -r model/reference again/reference
claim "all of it is for its owner alone" [ -z "$(find model -perm /077)" ]
claim "the rows of a reference table are those of the source" \
    diff model/reference/public.category.copy <(psql_in source pagila -c 'COPY category TO STDOUT')
id=0123456789abcdef0123456789abcdef
mkdir again.part-$id && echo half >again.part-$id/model.json && mv again again.old-$id && mkdir again.part-mine
exits 0 fit pagila.yaml -o again
claim "what a fit that was killed left is cleared away" [ "$(echo again*)" = "again again.part-mine" ]
rmdir again.part-mine
claim "and the model is whole" cmp model/model.json again/model.json
mkdir mine && touch mine/file
exits 3 fit pagila.yaml -o mine
says "exists and is no model"
claim "what is no model stays" [ -f mine/file ]
claim "model.json is what its schema says" keeps_schema model/model.json model
psql_in source pagila -c "SELECT DISTINCT v FROM (SELECT email FROM customer UNION ALL SELECT email FROM staff
    UNION ALL SELECT address FROM address UNION ALL SELECT phone FROM address WHERE length(phone) > 4
    UNION ALL SELECT last_name FROM customer WHERE length(last_name) > 5) x(v) WHERE v <> ''" >people
psql_in source pagila -c 'SELECT last_name FROM actor' >actors
grep -vxFf actors people >only_people
claim "the list of people is not empty" [ "$(wc -l <only_people)" -gt 1500 ]
claim "no name, address, phone or e-mail is in model.json or schema.dump" \
    bash -c '! grep -qaFf only_people model/model.json model/schema.dump'

# --- inspect
exits 0 "$SANDSEED" inspect model
says "and none is below 10"
says "people in 4 tables"
exits 0 "$SANDSEED" inspect model --json
claim "the JSON counts what was checked" python3 -c "import json; m = json.load(open('$test_root/out')); assert m['counts_checked'] > 300 and len(m['tables']) >= 15"

# --- generate makes what refresh makes
exits 0 refresh pagila.yaml --seed 7
table_sums target pagila >refreshed
exits 0 generate model "$(dsn target generated)" --seed 7 --jobs 1
table_sums target generated >generated
claim "generate makes what refresh makes of the same seed" diff refreshed generated
exits 0 generate model "$(dsn target generated)" --seed 7 --jobs 4
table_sums target generated >generated4
claim "at any number of jobs" diff generated generated4
exits 0 generate model "$(dsn target generated)" --seed 8
table_sums target generated >other
claim "another seed, other rows" [ "$(diff generated other | grep -c '^>')" -gt 4 ]
claim "a view that was populated is, and one that was not is not" \
    [ "$(psql_in target generated -c "SELECT string_agg(relname || relispopulated, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'm'")" = "rental_by_categoryfalse seentrue unseenfalse" ]
claim "the database's own settings travel" \
    [ "$(psql_in target generated -c "SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase WHERE datname = 'generated'")" = '{"search_path=public, pg_catalog"}' ]
claim "the report says what it was made from" python3 -c "import json; r = json.load(open('sandseed-out/report.json')); assert r['command'] == 'generate' and len(r['model_digest']) == 64 and r['result'] == 'published' and all(g['passed'] for g in r['gates'])"

claim "and is what its schema says" keeps_schema sandseed-out/report.json report

# --- rows
exits 0 generate model "$(dsn target generated)" --rows 10% --rows payment=77 --output small
claim "a share of the rows" [ "$(psql_in target generated -c 'SELECT count(*) BETWEEN 1590 AND 1610 FROM rental')" = t ]
claim "a count for one table" [ "$(psql_in target generated -c 'SELECT count(*) FROM payment')" = 77 ]
claim "the report is where --output says" [ -f small/report.json ]
exits 1 generate model "$(dsn target generated)" --rows many
says "not an amount"
exits 1 generate model "$(dsn target generated)" --rows nothing=5
says "no such table"
exits 1 generate model "$(dsn target generated)" --rows public.payment_p2022_02=5
says "its rows are made with those of table public.payment"
exits 1 generate model "$(dsn target generated)" --rows public.film=5
says "its mode is keep"

# --- what a model may not hold
"$SANDSEED" plan "$(dsn source pagila)" -o kept.yaml --mode keep --target "$(dsn target pagila)" --quiet >/dev/null
"$SANDSEED" sign kept.yaml --by test --why 'a test' --quiet '*' >/dev/null
exits 3 fit kept.yaml -o people-model
says "public.customer"
says "public.rental"
claim "nothing is written" [ ! -e people-model ]

# --- a signal
"$SANDSEED" generate model "$(dsn target generated)" --quiet >out 2>&1 &
pid=$!
until [ -n "$(servers)" ]; do sleep 0.05; done
sleep 0.5
kill -TERM $pid
status=0; wait $pid || status=$?
claim "a signal ends it" [ $status = 143 ]
claim "and leaves no private server" [ -z "$(private_servers)" ]

# --- without the source
server_stop source
exits 0 generate model "cluster:$test_root/private?dbname=box"
says "psql"
exits 0 "$SANDSEED" cluster stop "$test_root/private" --quiet

# --- a model that was changed
cp -r model bad
sed -i '0,/Action/s//Actian/' bad/reference/public.category.copy
exits 3 generate bad "$(dsn target generated)"
says "is not what fit wrote"
cp model/model.json bad/model.json
python3 - <<'PY'
import json
m = json.load(open('bad/model.json'))
for t in m['tables']:
    for c in t['columns']:
        if c.get('marginal', {}).get('lengths'):
            c['marginal']['lengths'][0][1] = 5
json.dump(m, open('bad/model.json', 'w'))
PY
exits 1 "$SANDSEED" inspect bad
says "a cell has fewer than k behind it"
exits 1 generate bad "$(dsn target generated)"
says "in column"
echo '{"sandseed_model": 1, "secret-word' >bad/model.json
exits 1 "$SANDSEED" inspect bad
says "this is not JSON"
claim "what stands in a file that is not JSON is not quoted" bash -c '! grep -q secret-word out'
exits 1 generate nowhere "$(dsn target generated)"
says "there is no model"

claim "no private server is left" [ -z "$(private_servers)" ]
