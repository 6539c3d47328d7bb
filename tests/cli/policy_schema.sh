#!/bin/bash
# The JSON Schema that editors check with and the parser take and refuse the same policies: those of tests/data/policies, the
# samples, and what the docs show.  Every refusal names its place, as wrong.expected has it; --update writes that file anew.
. "$(dirname "$0")/../support/server.sh"
python3 -c 'import jsonschema, yaml' 2>/dev/null || skip "python3-jsonschema or python3-yaml is not installed"
data=$SOURCE_DIR/tests/data/policies
cp -r "$data/good" "$data/wrong" "$test_root"
cd "$test_root"

# --- policies that people read
mkdir shown
for sample in "$SOURCE_DIR"/samples/*/policy.yaml; do
    cp "$sample" "shown/$(basename "$(dirname "$sample")").yaml"
done
python3 - "$SOURCE_DIR"/docs/*.md "$SOURCE_DIR/README.md" <<'PY'
import os, re, sys
for page in sys.argv[1:]:
    for i, (name, text) in enumerate(re.findall(r"^```yaml(?: file=(\S+))?\n(.*?)^```", open(page).read(), re.M | re.S)):
        head = "" if re.search(r"^sandseed:", text, re.M) else "sandseed: 1\n"
        open("shown/" + (name or f"{os.path.basename(page)}.{i}.yaml"), "w").write(head + text)
PY
claim "the docs show policies" [ -e shown/policy.md.0.yaml -a -e shown/demo.yaml ]

# --- what the schema says: a line "takes FILE" or "refuses FILE" of each
python3 - "$SOURCE_DIR/schemas/policy.schema.json" good/*.yaml wrong/*.yaml shown/*.yaml >by_schema <<'PY'
import json, sys, yaml, jsonschema

class Loader(yaml.SafeLoader):
    """Days stay texts, as in YAML 1.2 and in the parser."""
Loader.yaml_implicit_resolvers = {k: [r for r in v if r[0] != "tag:yaml.org,2002:timestamp"]
                                  for k, v in Loader.yaml_implicit_resolvers.items()}
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for name in sys.argv[2:]:
    try:
        # through JSON, for keys that are no texts
        takes = validator.is_valid(json.loads(json.dumps(yaml.load(open(name, "rb"), Loader))))
    except (yaml.YAMLError, TypeError, ValueError):
        takes = False
    print("takes" if takes else "refuses", name)
PY

# --- what the parser says.  The source cannot be reached, so a policy that it takes gives exit status 2 without a place in it.
# No program but the one that is tested: there are more than 300 of them.
for file in good/*.yaml wrong/*.yaml shown/*.yaml; do
    status=0 place=
    out=$("$SANDSEED" check "$file" --source "host=$test_root dbname=x" --quiet 2>&1) || status=$?
    while [ -z "$place" ] && IFS= read -r line; do
        [[ $line != *"$file:"* ]] || place=${line#sandseed: }
    done <<<"$out"
    if [ -n "$place" ] || [ $status = 1 ]; then
        echo "refuses $file"
        [ -z "$place" ] || echo "$place" >>said
    else
        [ $status = 2 ] || fail "$file: exit status $status: $out"
        echo "takes $file"
    fi
    [[ $out != *hunter2* ]] || fail "$file: a password in the message"
done >by_parser

[ "${1:-}" != --update ] || cp said "$data/wrong.expected"
claim "every refusal is as expected, with its place" diff "$data/wrong.expected" said
claim "every message has line and column" [ "$(grep -c -v -E '^wrong/[^:]+:[0-9]+:[0-9]+: .' said)" = 0 ]
claim "what is good or shown is taken" [ "$(grep -c '^refuses \(good\|shown\)' by_parser)" = 0 ]
claim "what is wrong is refused" [ "$(grep -c '^takes wrong' by_parser)" = 0 ]
# Those of parser_alone, and no other, the schema takes: each is listed with the reason.
sed -n 's/^\([^ #][^ ]*\) .*/refuses wrong\/\1.yaml/p' "$data/parser_alone" | sort >alone
diff <(sort by_schema) <(sort by_parser) | sed -n 's/^> //p' >disagree || true
claim "only what parser_alone lists, the schema takes and the parser refuses" diff alone <(sort disagree)
