#!/bin/bash
# inspect MODEL shows texts of the source, and of whoever changed the model, without letting them act on a terminal; its JSON is JSON.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

# --- paths, keys and elements of documents, in their columns' words
python3 - "$SOURCE_DIR/tests/fuzz/corpus/model/documents.json" <<'PY'
import json, os, sys
model, hostile = json.load(open(sys.argv[1])), "\u009b31m\u202e\u007f"
def mark(path):
    return path.replace("$.", "$." + hostile)
for t in model["tables"]:
    for c in t["columns"]:
        h = c.get("habits", {})
        for cell in h.get("paths", {}).get("cells", []):
            cell[0] = mark(cell[0])
        for node in h.get("document", []):
            node["path"] = mark(node["path"])
        if "document" in h:
            h["document"].sort(key=lambda n: (n["path"].encode(), n["type"]))
            for node in h["document"]:
                for key in ("keys", "variants", "by", "decides"):
                    node.pop(key, None)
            h["element_values"] = {"cells": [[hostile, 15]]}
os.mkdir("model")
json.dump(model, open("model/model.json", "w"))
PY
exits 0 "$SANDSEED" inspect model
says '\xc2\x9b31m\xe2\x80\xae\x7f'
claim "nothing in it acts on a terminal" bash -c '! LC_ALL=C grep -qP "\xc2\x9b|\xe2\x80\xae|\x7f|\x1b" out'
exits 0 "$SANDSEED" inspect model --json
claim "nor in the JSON" bash -c '! LC_ALL=C grep -qP "\xc2\x9b|\xe2\x80\xae|\x7f|\x1b" out'

# --- a folder whose name is no text
folder=$'model \xff\x1b[31m'
mv model "$folder"
exits 0 "$SANDSEED" inspect "$folder" --json
claim "the JSON of a model in a folder whose name is not UTF-8 is all there" python3 -c "import json; m = json.load(open('out')); assert m['tables'] and m['model'] == 'model \\\\xff\\\\x1b[31m'"
