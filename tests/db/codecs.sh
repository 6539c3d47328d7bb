#!/bin/bash
# Every codec against a real server: wire form, text form and back are the server's own.
. "$(dirname "${BASH_SOURCE[0]}")/../support/server.sh"
server_start a
createdb_in a every
psql_in a every -q -f - < "$SOURCE_DIR/tests/db/every_type.sql"
claim "every type decodes and encodes as the server does" \
    "$BUILD_DIR/tests/db_codecs_tool" "$(dsn a every)" every.type
test_end
