#!/bin/bash
# The JSON Schema that editors check with and the parser take and refuse the same policies.
. "$(dirname "$0")/../support/server.sh"
python3 -c 'import jsonschema, yaml' 2>/dev/null || skip "python3-jsonschema or python3-yaml is not installed"
cd "$test_root"

by_schema()
{
    python3 - "$SOURCE_DIR/schemas/policy.schema.json" "$1" <<'PY'
import json, sys, yaml, jsonschema
class Loader(yaml.SafeLoader): pass
Loader.yaml_implicit_resolvers = {k: [r for r in v if r[0] != 'tag:yaml.org,2002:timestamp'] for k, v in Loader.yaml_implicit_resolvers.items()}
jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(yaml.load(open(sys.argv[2]), Loader))
PY
}
# A source that cannot be reached: the parser comes first, so exit status 2 means that it was content.
by_parser()
{
    local status=0
    "$SANDSEED" check "$1" --source "host=$test_root dbname=x" --quiet >out 2>&1 || status=$?
    [ $status = 2 ]
}
both_take() { claim "schema takes: $2" by_schema "$1" 2>err; claim "parser takes: $2" by_parser "$1"; }
both_refuse() { claim "schema refuses: $2" bash -c "! ($(declare -f by_schema); SOURCE_DIR='$SOURCE_DIR'; by_schema '$1') 2>/dev/null"; ! by_parser "$1" || fail "parser takes: $2"; grep -q "p.yaml:[0-9]*:[0-9]*: " out || { cat out; fail "no place in the message: $2"; }; }
policy() { printf 'sandseed: 1\nsource: dbname=x\n%s\n' "$1" >p.yaml; }

cp "$SOURCE_DIR/samples/pagila/policy.yaml" p.yaml
both_take p.yaml "the sample of Pagila"
policy 'people: 11'; both_take p.yaml "a limit"
policy 'when_in_use: {wait: 10m, then: keep-next}'; both_take p.yaml "a duration"
policy 'rows: 10%'; both_take p.yaml "a share"
policy 'people: 1'; both_refuse p.yaml "a limit that is too low"
policy 'poeple: 11'; both_refuse p.yaml "an unknown key"
for key in 'key: {epoch: 2026q4}' 'subset: {of: public.t}' 'links: {a: [public.t.a]}' 'base: other.yaml'; do
    policy "$key"; both_refuse p.yaml "what this version cannot do: ${key%%:*}"
done
policy 'rows: some'; both_refuse p.yaml "rows that are no number"
policy 'on_change: {new_table: keep}'; both_refuse p.yaml "a new table that would leave"
policy 'tables: {public.t: {columns: {a: {class: key}}}}'; both_refuse p.yaml "a table without a mode"
policy 'tables: {public.t: {mode: keeep}}'; both_refuse p.yaml "an unknown mode"
policy 'tables: {public.t: {mode: synthesise, columns: {a: {treatment: shape}}}}'; both_refuse p.yaml "a column without a class"
policy 'tables: {public.t: {mode: synthesise, columns: {a: {class: secrets}}}}'; both_refuse p.yaml "an unknown class"
policy 'rules: [{match: "*.a", domain: d, class: key}]'; both_refuse p.yaml "a rule with two patterns"
policy 'csv: {public.t: {key: [a], unique: [b, [a, b]], references: {b: public.u.id}, columns: {a: integer not null, b: "numeric(10,2)"}}}'
both_take p.yaml "types and keys of CSV files"
policy 'csv: {public.t: {key: [a]}}'; both_refuse p.yaml "CSV files without columns"
policy 'csv: {public.t: {columns: {a: "int); DROP TABLE t"}}}'; both_refuse p.yaml "what is no type"
policy 'schema_source: service=owner'; both_take p.yaml "another role for the schema"
policy 'rules: [{match: "*.at", class: non-personal, matched: 2, digest: "00c0ffee"}]'; both_take p.yaml "what a rule covers"
column() { policy "tables: {public.t: {mode: synthesise, columns: {a: {class: secret, $1}}}}"; }
column 'treatment: constant, value: ""'; both_take p.yaml "a constant"
column 'treatment: constant'; both_refuse p.yaml "a constant without a value"
column 'treatment: shape, value: x'; both_refuse p.yaml "a value of nothing"
column 'treatment: constant, value: null'; both_refuse p.yaml "a constant that is NULL"
column 'treatment: shape, to: 10'; both_refuse p.yaml "a coarseness of nothing"
policy 'rules: [{match: "*.a", class: key, value: 1}]'; both_refuse p.yaml "a rule's value of nothing"
policy 'tables: {public.t: {mode: empty, columns: {a: {class: key}}}}'; both_refuse p.yaml "columns of an empty table"
