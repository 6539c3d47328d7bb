#!/bin/bash
# plan brings policies up to date that people have edited in every style that YAML allows: what they wrote stays as it is, to
# the byte, only what a migration changed comes in, and a second run changes nothing.
. "$(dirname "$0")/../support/server.sh"
python3 -c 'import yaml' 2>/dev/null || skip "python3-yaml is not installed"
data=$SOURCE_DIR/tests/data/policies/edited
in_braces=" braces-of-tables json " # to tables: in braces no table can be added
cd "$test_root"

server_start source
createdb_in source shop
psql_in source shop -f "$data/schema.sql"
plan()
{
    status=0
    "$SANDSEED" plan "$1" --source "$(dsn source shop)" --no-rows >out 2>&1 || status=$?
    [ $status = "${2:-0}" ] || fail "plan $1: exit status $status: $(cat out)"
}
# What of the new file the old one lacks, checked to be all the difference: lines put in, and text put into lines.  Digests that
# plan had written before are replaced.
inserted()
{
    python3 - "$1" "$2" <<'PY'
import difflib, re, sys
old, new = (re.findall(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", open(f, "rb").read()) for f in sys.argv[1:])
ends = {re.search(rb"[\r\n]*$", line)[0] for line in new} - {b""}
assert len(ends) == 1, f"several line ends: {ends}"

def is_put_in(before, after):
    before, after = (re.sub(rb'(matched: |digest: )("[0-9a-f]*"|[0-9]+)', rb"\1", x.rstrip(b"\r\n")) for x in (before, after))
    n = 0
    while n < len(before) and before[n:n + 1] == after[n:n + 1]:
        n += 1
    return after.endswith(before[n:])

def all_put_in(before, after):
    """Each line before in one after, in their order; what else is there is new."""
    if is_put_in(b"".join(before), b"".join(after)):
        return True
    after = iter(after)
    return all(any(is_put_in(line, other) for other in after) for line in before)

for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
    if what == "delete" or (what == "replace" and not all_put_in(old[a:b], new[c:d])):
        sys.exit(f"{sys.argv[2]}: line {a + 1} is not what it was: {old[a:b]} and now {new[c:d]}")
    if what != "equal":
        sys.stdout.buffer.write(b"".join(new[c:d]).replace(b"\r\n", b"\n").replace(b"\r", b"\n") + b"\n")
PY
}

for file in "$data"/*.yaml; do
    name=$(basename "$file" .yaml)
    cp "$file" "$name.yaml"
    plan "$name.yaml"
    inserted "$file" "$name.yaml" >put || fail "plan writes of $name what its rules cover, and no more"
    ! grep -q -v 'matched: \|digest: \|^$' put || fail "$name names all there is: $(cat put)"
    cp "$name.yaml" "$name.planned"
    plan "$name.yaml"
    cmp "$name.yaml" "$name.planned" || fail "plan changes nothing of $name where nothing has changed"
    grep -q "is up to date" out || fail "$name: $(cat out)"
done
echo "ok: what has not changed keeps every byte"

psql_in source shop -f "$data/migration.sql"
for planned in *.planned; do
    name=${planned%.planned}
    if [[ "$in_braces" == *" $name "* ]]; then
        plan "$name.yaml" 1
        grep -q "^sandseed: $name.yaml:[0-9]*:[0-9]*: nothing can be added to .* in braces" out || fail "$name: $(cat out)"
        cmp "$name.yaml" "$planned" || fail "$name is left as it was"
        continue
    fi
    plan "$name.yaml"
    grep -q "^new       public.invoice$" out || fail "$name: $(cat out)"
    inserted "$planned" "$name.yaml" >put || fail "the migration brings into $name lines, and no more"
    python3 - "$name.yaml" <<'PY' || fail "$name holds what the migration brought"
import sys, yaml
tables = {k.replace('"public"', "public").replace('"orders"', "orders"): v for k, v in yaml.safe_load(open(sys.argv[1], "rb"))["tables"].items()}
ruled = sys.argv[1] == "empty-columns.yaml"
names = lambda t: set(tables[t].get("columns") or {})
assert names("public.invoice") == {"id", "sent"}, tables
assert names("public.customer") == (set() if ruled else {"id", "email", "country", "phone", "born", "home"}), tables
assert names('public."Größe"') == {"farbe"} | (set() if ruled else {"nr", "lange Bezeichnung"}), tables
assert names("public.orders") == (set() if ruled else {"id", "customer_id", "total"}), tables
assert list(tables)[-1] == "public.invoice"
PY
    if [ "$name" != empty-columns ]; then
        grep -q "^vanished  public.customer.email$" out || fail "$name: $(cat out)"
        grep -q "^vanished  public.customer.country$" out || fail "$name: $(cat out)"
    fi
    cp "$name.yaml" "$name.again"
    plan "$name.yaml"
    cmp "$name.yaml" "$name.again" || fail "a second run changes nothing of $name"

    "$SANDSEED" sign "$name.yaml" --source "$(dsn source shop)" --by me --why read 'public.customer' 'public.orders*' 'public."*.nr' '*.seen*' >out 2>&1 ||
        fail "sign $name: $(cat out)"
    inserted "$name.again" "$name.yaml" >put || fail "a signature comes into $name, and no more"
    [ "$(grep -c 'signed: {by: me' put)" -ge 3 ] || fail "$name: not all is signed: $(cat put)"
    cp "$name.yaml" "$name.again"
    plan "$name.yaml"
    cmp "$name.yaml" "$name.again" || fail "plan changes nothing of $name that is signed"
done
echo "ok: a migration brings in what it brought, and a second run nothing; so it is with signatures"
