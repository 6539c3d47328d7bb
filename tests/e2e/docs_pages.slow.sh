#!/bin/bash
# As docs.sh, for all other pages of docs/.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/docs.sh"

psql_in production shop -c "CREATE ROLE shop_reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO shop_reader"
list=()
for page in "$SOURCE_DIR"/docs/*.md; do
    [ "${page##*/}" = guide.md ] || list+=("$page")
done
pages "$@" "${list[@]}"
