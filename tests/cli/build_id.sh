#!/bin/bash
# Which build a program is, is told by its sources: by all of them, and by nothing else.
set -euo pipefail
cd "${SOURCE_DIR:-$(dirname "$0")/../..}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
id() { cmake -DROOT="$1" -DOUT="$folder/id.c" -P src/build_id.cmake && grep -o '"[0-9a-f]\{64\}"' "$folder/id.c"; }

mkdir -p "$folder/a/include" "$folder/a/src/x" "$folder/a/src/pseudonymise/locales"
touch "$folder/a/include/a.h" "$folder/a/src/b.c" "$folder/a/src/x/c.sql" "$folder/a/src/d.def" \
    "$folder/a/src/pseudonymise/locales/e.txt" "$folder/a/README"
cp -r "$folder/a" "$folder/b"
first=$(id "$folder/a")
[ "$(id "$folder/b")" = "$first" ] || { echo "FAILED: the folder's name counts" >&2; exit 1; }
echo x >>"$folder/b/README"
[ "$(id "$folder/b")" = "$first" ] || { echo "FAILED: what is no source counts" >&2; exit 1; }
for file in include/a.h src/b.c src/x/c.sql src/d.def src/pseudonymise/locales/e.txt; do
    echo x >>"$folder/b/$file"
    next=$(id "$folder/b")
    [ "$next" != "$first" ] || { echo "FAILED: $file does not count" >&2; exit 1; }
    first=$next
done
[ "$(id "$PWD")" = "$(grep -o '"[0-9a-f]\{64\}"' "${BUILD_DIR:-build}/build_id.c")" ] ||
    { echo "FAILED: the program was not built from these sources" >&2; exit 1; }
