#!/bin/bash
# What the fuzzer of models begins from are models: a file that is refused at its first key would lead nowhere.
set -eu
cd "${SOURCE_DIR:-$(dirname "$0")/../..}"
"$BUILD_DIR/tests/db_read_model" tests/fuzz/corpus/model/*.json
echo "ok: $(ls tests/fuzz/corpus/model/*.json | wc -l) files"
