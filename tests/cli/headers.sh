#!/bin/bash
# Each public header compiles by itself as C11 and as C++17, and shows no foreign library's type.
set -eu
cd "${SOURCE_DIR:-$(dirname "$0")/../..}"
for header in include/sandseed/*.h; do
    name=sandseed/$(basename "$header")
    printf "#include <%s>\ntypedef int not_empty;\n" "$name" | gcc -std=c11 -pedantic-errors -Wall -Werror -Iinclude -fsyntax-only -xc -
    if command -v g++ >/dev/null; then
        printf "#include <%s>\ntypedef int not_empty;\n" "$name" | g++ -std=c++17 -pedantic-errors -Wall -Werror -Iinclude -fsyntax-only -xc++ -
    fi
    if grep -nE '#include <(libpq|gsl|sodium|yaml|jansson|expat|csv)' "$header"; then
        echo "FAILED: $name shows a foreign library" >&2
        exit 1
    fi
    echo "ok: $name"
done
