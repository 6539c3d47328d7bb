#!/bin/bash
# The shared library exports what the public headers declare, and nothing else.
set -eu
cd "${SOURCE_DIR:-$(dirname "$0")/../..}"
library=${BUILD_DIR:-build}/libsandseed.so
declared=$(grep -hoE '^SS_EXPORT [^;(]*\b(ss_[a-z_]+)( \(|\(|;|SS_PRINTF)' include/sandseed/*.h |
    grep -oE 'ss_[a-z_]+(\(|;)' | tr -d '(;' | sort -u)
exported=$(nm -D --defined-only "$library" | awk '$2 ~ /^[TDBR]$/ { print $3 }' | grep -vE '^(__|_init|_fini|_edata|_end|asan|ubsan)' | sort -u)
if [ "$declared" != "$exported" ]; then
    echo "FAILED: declared (<) and exported (>) differ:" >&2
    diff <(echo "$declared") <(echo "$exported") >&2
    exit 1
fi
echo "ok: $(echo "$exported" | wc -l) symbols"
