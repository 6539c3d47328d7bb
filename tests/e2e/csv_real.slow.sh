#!/bin/bash
# csv:DIR as a source: files that nobody here made.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/csv.sh"

has_corpus adult || skip "the corpora are not here"
cd "$test_root"
server_start target

mkdir adult
cp "$SANDSEED_SHARED"/data/adult/*.csv adult
exits 1 inspect csv:adult
says "adult-test.csv, line 1, field 1: the header has a value"
exits 1 inspect 'csv:adult?header=none'
says "a blank line"
sed -i '/^$/d' adult/*.csv
exits 0 "$SANDSEED" plan 'csv:adult?header=none' -o adult.yaml --target csv:adult-out --quiet
claim "adult: numbers are found behind the first column only, for blanks belong to their fields" \
    [ "$(grep -c 'integer' adult.yaml) $(grep -c ': text not null' adult.yaml)" = "2 28" ]
sed -i 's/class: undecided[^}]*/class: non-personal, why: a test/' adult.yaml
exits 0 "$SANDSEED" refresh adult.yaml --quiet
missing=$(($(wc -l <adult/adult-train.csv) + 1 - $(wc -l <adult-out/public.adult-train.csv)))
claim "adult: as many rows as the source, but for the rounding of counts" [ "${missing#-}" -le 11 ]
plan_files people "csv:$SANDSEED_SHARED/data/people" "$(dsn target people)"
exits 0 refresh people.yaml
claim "people: kept, the rows are there" [ "$(psql_in target people -c 'SELECT count(*) FROM fake_1000')" = 1000 ]
plan_files synthea "csv:$SANDSEED_SHARED/data/synthea_nj" csv:synthea
claim "synthea: references are found" [ "$(grep -c 'public.patients."Id"\|public.patients.\\"Id\\"' synthea.yaml)" -ge 10 ]
exits 0 refresh synthea.yaml
claim "synthea: values that PostgreSQL prints as they stand come out equal" \
    diff <(cut -d, -f1-3 "$SANDSEED_SHARED/data/synthea_nj/conditions.csv" | sort) <(cut -d, -f1-3 synthea/public.conditions.csv | sort)
claim "no private server is left" [ -z "$(private_servers)" ]
