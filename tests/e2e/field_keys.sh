#!/bin/bash
# Keys within bounds, lists, partitions and patterns; tables of one row; columns with any name.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/schemas.sh"

server_start source
server_start target

createdb_in source keys
psql_in source keys -o /dev/null -f "$(dirname "$0")/field_keys.sql"
psql_in source keys -c ANALYZE
# how keys are made is in question here, not what is learnt beside them
policy_for source keys "$(dsn target keys_synthesise)" synthesise "$test_root/keys_synthesise.yaml"
undecide "$test_root/keys_synthesise.yaml"
exits 0 refresh "$test_root/keys_synthesise.yaml" --seed 5
claim "constraints and indexes are as valid as in the source" all_valid keys_synthesise keys
for t in one_bool one_is one_int one_neg one_x by_region one_in super sub sub2 by_id by_id_child by_num by_num_child currency odd n triple two_keys of_nobody not_distinct; do
    claim "$t has as many rows as planned" is \
        "$(in_box keys_synthesise -c "SELECT abs(count(*) - $(psql_in source keys -c "SELECT count(*) FROM $t")) < 3 FROM $t")" t
done
claim "(id, kind) has all kinds" is "$(in_box keys_synthesise -c "SELECT count(DISTINCT kind) FROM super")" 2
for t in by_id by_day by_ts by_num; do
    claim "$t is routed by its root, into all partitions" is "$(in_box keys_synthesise -c "SELECT count(DISTINCT tableoid) FROM $t")" 2
done
claim "codes have the pattern's letters" is "$(in_box keys_synthesise -c "SELECT count(*) FROM currency WHERE code !~ '^[A-Z]{3}\$'")" 0
