#!/bin/bash
# Every command that README.md and the guide show is run, and prints what stands beside it.
#
#     tests/e2e/docs.sh             what tests/support/docs.py says of blocks
#     tests/e2e/docs.sh --update    writes what was printed into the pages, to be read before it is committed
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/docs.sh"

pages "$@" "$SOURCE_DIR/README.md" "$SOURCE_DIR/docs/guide.md"
