# Debian and Ubuntu packages, to be sourced:  need_packages build run test
#
# Installs what is missing, with sudo when we are not root, and does nothing when all is there.

packages_build="gcc libc6-dev cmake ninja-build pkg-config libpq-dev libgsl-dev libsodium-dev
    libyaml-dev libjansson-dev libexpat1-dev libcsv-dev"
packages_run="postgresql postgresql-client"
packages_test="libcmocka-dev minisign openssl python3-yaml python3-jsonschema man-db"
packages_slow="clang libclang-rt-dev pgcopydb time ca-certificates"

need_packages()
{
    local set name missing=""

    if ! command -v dpkg-query >/dev/null; then
        echo "This is not Debian or Ubuntu: install what docs/install.md lists, then try again." >&2
        return 1
    fi
    for set in "$@"; do
        name=packages_$set
        for name in ${!name}; do
            dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' ||
                missing="$missing $name"
        done
    done
    [ -n "$missing" ] || return 0

    local sudo=""
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || {
            echo "These packages are missing, and there is no sudo to install them with:$missing" >&2
            return 1
        }
        sudo=sudo
    fi
    echo "Installing:$missing"
    # shellcheck disable=SC2086
    install_packages "$sudo" $missing
}

# The servers that Debian would start are not needed: sandseed and the tests start their own.  Debian asks a file whether
# to make one; it is there while packages are installed, and no longer.
packages_createcluster=/etc/postgresql-common/createcluster.d
install_packages()
(
    sudo=$1
    shift
    conf=$packages_createcluster/sandseed.conf
    $sudo mkdir -p "$packages_createcluster"
    if [ ! -e "$conf" ]; then
        trap '$sudo rm -f "$conf"' EXIT
        echo "create_main_cluster = false" | $sudo tee "$conf" >/dev/null
    fi
    $sudo apt-get -qq update
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null
)
