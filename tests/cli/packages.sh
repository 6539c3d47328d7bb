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
