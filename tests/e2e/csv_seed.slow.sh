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
claim "no private server is left" [ -z "$(private_servers)" ]
