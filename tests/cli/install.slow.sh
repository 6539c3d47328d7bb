#!/bin/bash
# A release build, without a warning, installed below a prefix: everything is in its place, programs in C and
# C++ build against it with pkg-config, and the binaries are hardened.
set -euo pipefail
: "${SOURCE_DIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
root=$(mktemp -d /var/tmp/ss.XXXXXX)
trap 'rm -rf "$root"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
claim() { local text=$1; shift; "$@" || fail "$text"; echo "ok: $text"; }
build=$root/build prefix=$root/prefix

# --- build and install ------------------------------------------------------------------------------
generator=$(command -v ninja >/dev/null && echo Ninja || echo "Unix Makefiles")
(cd "$SOURCE_DIR" && cmake --preset release -G "$generator" -B "$build" -DSS_WERROR=ON -DCMAKE_INSTALL_PREFIX="$prefix") >"$root/log" 2>&1 || { cat "$root/log" >&2; fail "cmake --preset release"; }
cmake --build "$build" -j "$(nproc)" >"$root/log" 2>&1 || { tail -40 "$root/log" >&2; fail "the release build has a warning or an error"; }
echo "ok: a release build without a warning"
cmake --install "$build" >"$root/log" 2>&1 || { cat "$root/log" >&2; fail "cmake --install"; }

lib=$(dirname "$(find "$prefix" -name 'libsandseed.a')")
for file in bin/sandseed share/man/man1/sandseed.1 share/bash-completion/completions/sandseed \
    share/sandseed/schemas/{policy,model,report}.schema.json; do
    claim "$file" [ -s "$prefix/$file" ]
done
for word in inspect plan sign check fit generate refresh cluster key; do
    claim "man page of $word" [ -s "$prefix/share/man/man1/sandseed-$word.1" ]
done
claim "no page of a command that does not exist" [ "$(ls "$prefix/share/man/man1" | wc -l)" = 10 ]
claim "static library" [ -s "$lib/libsandseed.a" ]
claim "shared library with its version" [ "$(readlink "$lib/libsandseed.so")" = libsandseed.so.0 ]
claim "pkg-config file" [ -s "$lib/pkgconfig/sandseed.pc" ]
claim "headers" diff <(cd "$SOURCE_DIR/include/sandseed" && ls) <(ls "$prefix/include/sandseed")
claim "nothing is left of the build's folders" bash -c '! grep -rlI "$1" "$2"' _ "$build" "$prefix"

# --- used from C and C++ ----------------------------------------------------------------------------
cat >"$root/use.c" <<'C'
#include <sandseed/sandseed.h>
#include <stdio.h>

int
main(void)
{
    ss_options options = {0};
    ss_result result = {0};
    ss_error err = {SS_OK};

    if (ss_init(&err) != SS_OK)
        return 1;
    options.source = "cluster:/nonexistent/folder";
    if (ss_command_inspect(&options, NULL, &result, &err) == SS_OK || err.depth == 0)
        return 1;
    ss_result_free(&result);
    printf("%s\n", ss_version());
    return 0;
}
C
sed 's/ss_options options = {0}/ss_options options = {}/; s/ss_result result = {0}/ss_result result = {}/; s/ss_error err = {SS_OK}/ss_error err = {}/' "$root/use.c" >"$root/use.cpp"
export PKG_CONFIG_PATH=$lib/pkgconfig
version=$(sed -n 's/^project(sandseed VERSION \([0-9.]*\).*/\1/p' "$SOURCE_DIR/CMakeLists.txt")
claim "pkg-config knows the version" [ "$(pkg-config --modversion sandseed)" = "$version" ]
use() # use NAME COMPILER SOURCE PKG-CONFIG-ARGUMENTS...: build and run it
{
    local name=$1 compiler=$2 source=$3
    shift 3
    if ! command -v "$compiler" >/dev/null; then
        echo "not looked at, no $compiler: $name"
        return
    fi
    # shellcheck disable=SC2046
    "$compiler" -Wall -Werror "$source" -o "$root/use" $(pkg-config --cflags --libs "$@" sandseed) || fail "$name does not build"
    [ "$(LD_LIBRARY_PATH=$lib "$root/use")" = "$version" ] || fail "$name does not run"
    echo "ok: $name"
}
linked() { [[ $(readelf -d "$root/use") = *NEEDED*libsandseed* ]]; }
use "C, shared" gcc "$root/use.c"
claim "it is the shared library" linked
[ ! -x "$(command -v g++)" ] || use "C++, shared" g++ "$root/use.cpp"
mv "$lib"/libsandseed.so* "$root"
use "C, static" gcc "$root/use.c" --static
! linked || fail "it should be the static library"
[ ! -x "$(command -v g++)" ] || use "C++, static" g++ "$root/use.cpp" --static
claim "the program runs from there" [ "$(cd / && "$prefix/bin/sandseed" --version)" = "sandseed $version" ]
if command -v man >/dev/null; then
    claim "man finds the pages" bash -c 'MANPATH=$1 man -w sandseed sandseed-refresh >/dev/null' _ "$prefix/share/man"
fi

# --- hardened ---------------------------------------------------------------------------------------
mv "$root"/libsandseed.so* "$lib"
hardened() # hardened FILE NAME
{
    readelf -hldsnW "$1" >"$root/elf"
    has() { grep -Eq -- "$1" "$root/elf" || fail "$name: no $2"; }
    local name=$2
    has 'GNU_RELRO' RELRO
    has 'BIND_NOW|FLAGS.* NOW' BIND_NOW
    has 'GNU_STACK( +0x[0-9a-f]+)+ RW ' "stack that cannot be executed"
    has 'Type: +DYN' "position-independent code"
    has '__stack_chk_fail' "stack protector"
    has '__(memcpy|snprintf|vsnprintf|fprintf|printf)_chk' FORTIFY_SOURCE
    echo "ok: hardened: $name"
}
hardened "$prefix/bin/sandseed" "the program"
hardened "$lib/libsandseed.so" "the shared library"
readelf -dW "$prefix/bin/sandseed" >"$root/elf"
claim "the program is an executable (PIE)" grep -q 'FLAGS_1.*PIE' "$root/elf"
