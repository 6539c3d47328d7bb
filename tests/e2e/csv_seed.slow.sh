#!/bin/bash
# csv:DIR as a target: the same seed gives the same bytes, at any number of jobs and by way of a model.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/csv.sh"

server_start source
cd "$test_root"
load_corpus source pagila
sed "s|^source:.*|source: \"$(dsn source pagila)\"|; s|^target:.*|target: csv:made|" \
    "$SOURCE_DIR/samples/pagila/policy.yaml" >pagila.yaml
exits 0 refresh pagila.yaml --seed 7 --jobs 1
exits 0 refresh pagila.yaml --seed 7 --jobs 4 --target csv:made4
claim "at one job and at four: the same bytes" same_files made made4
claim "there are rows" [ "$(wc -l <made/public.rental.csv)" -gt 10000 ]

# fit and generate take such targets too
exits 0 "$SANDSEED" fit pagila.yaml -o model --allow-privileged-source --quiet
exits 0 "$SANDSEED" generate model csv:generated --seed 7 --quiet
claim "generate makes the same files as refresh" same_files made generated

# files belong to nobody, and neither does what is made of a model of them
mkdir few
{ echo id,amount; seq -f '%g,1' 100; } >few/t.csv
exits 0 "$SANDSEED" plan csv:few -o few.yaml --mode synthesise --target csv:any --quiet
exits 0 "$SANDSEED" fit few.yaml -o few.model --quiet
exits 0 "$SANDSEED" generate few.model "$(dsn source few)" --quiet
claim "a role of the private server's is none of the files'" \
    [ "$(python3 -c 'import json; print(json.load(open("sandseed-out/report.json"))["stripped_from_schema"])')" = "[]" ]
claim "no private server is left" [ -z "$(private_servers)" ]
