#!/bin/bash
# docs/install.md lists the packages that samples/support/packages.sh installs, no more and no fewer.
set -euo pipefail
cd "${SOURCE_DIR:-$(dirname "$0")/../..}"
. samples/support/packages.sh
listed() { sed -n "s/^| $1 | \([a-z0-9. +-]*\).*/\1/p" docs/install.md | tr -s ' ' '\n' | sed '/^$/d' | sort; }
same() { diff <(listed "$1") <(tr -s ' \n' '\n' <<<"$2" | sed '/^$/d' | sort) || { echo "FAILED: packages for $1 (<: docs/install.md)" >&2; exit 1; }; echo "ok: packages for $1"; }
same building "$packages_build"
same running "$packages_run"
same "the tests" "$packages_test"
same "the slow tests and benchmarks" "$packages_slow"

# --- what an installation leaves in /etc: nothing
root=$(mktemp -d /var/tmp/ss.XXXXXX)
trap 'rm -rf "$root"' EXIT
mkdir "$root/bin"
packages_createcluster=$root/createcluster.d
printf '#!/bin/sh\nexit 1\n' >"$root/bin/dpkg-query"
printf '#!/bin/sh\nexec "$@"\n' >"$root/bin/sudo"
printf '#!/bin/sh\ncat "%s/sandseed.conf" >>"%s/seen"\n[ ! -e "%s/fails" ]\n' "$packages_createcluster" "$root" "$root" >"$root/bin/apt-get"
chmod 755 "$root"/bin/*
is() { [ "$2" = "$3" ] || { echo "FAILED: $1: $2" >&2; exit 1; }; echo "ok: $1"; }
PATH=$root/bin:$PATH need_packages run >/dev/null
is "no server is made while packages are installed" "$(sort -u "$root/seen")" "create_main_cluster = false"
is "what said so is gone afterwards" "$(ls "$packages_createcluster")" ""
touch "$root/fails"
status=0
(PATH=$root/bin:$PATH; need_packages run >/dev/null) || status=$?
is "a failure is told" "$status" 1
is "and leaves nothing either" "$(ls "$packages_createcluster")" ""
echo "create_main_cluster = true # mine" >"$packages_createcluster/sandseed.conf"
rm "$root/fails"
PATH=$root/bin:$PATH need_packages run >/dev/null
is "a file that was there stays" "$(cat "$packages_createcluster/sandseed.conf")" "create_main_cluster = true # mine"
