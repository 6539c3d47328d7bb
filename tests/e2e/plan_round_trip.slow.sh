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
# inserted OLD NEW...: of each pair, that the new file is the old one with text put into lines and lines put in, and nothing
# else; prints what was put in.  Digests that plan had written before are replaced.
inserted()
{
    python3 - "$@" <<'PY'
import difflib, re, sys

def lines_of(file):
    return re.findall(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", open(file, "rb").read())

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

def compare(old_file, new_file):
    old, new = lines_of(old_file), lines_of(new_file)
    ends = {re.search(rb"[\r\n]*$", line)[0] for line in new} - {b""}
    assert len(ends) == 1, f"{new_file}: several line ends: {ends}"
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "delete" or (what == "replace" and not all_put_in(old[a:b], new[c:d])):
            sys.exit(f"{new_file}: line {a + 1} is not what it was: {old[a:b]} and now {new[c:d]}")
        if what != "equal":
            put = b"".join(new[c:d]).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            print(f"--- {new_file}\n{put.decode()}")

for i in range(1, len(sys.argv) - 1, 2):
    compare(sys.argv[i], sys.argv[i + 1])
PY
}
unchanged() { cmp "$1" "$2" || fail "$3"; }

pairs=()
for file in "$data"/*.yaml; do
    name=$(basename "$file" .yaml)
    cp "$file" "$name.yaml"
    plan "$name.yaml"
    cp "$name.yaml" "$name.planned"
    pairs+=("$file" "$name.planned")
    plan "$name.yaml"
    unchanged "$name.yaml" "$name.planned" "plan changes nothing of $name where nothing has changed"
    grep -q "is up to date" out || fail "$name: $(cat out)"
done
inserted "${pairs[@]}" >put || fail "plan writes what rules cover, and no more"
! grep -q -v 'matched: \|digest: \|^--- \|^$' put || fail "each file names all there is: $(cat put)"
echo "ok: what has not changed keeps every byte"

psql_in source shop -f "$data/migration.sql"
pairs=()
migrated=()
for planned in *.planned; do
    name=${planned%.planned}
    if [[ "$in_braces" == *" $name "* ]]; then
        plan "$name.yaml" 1
        grep -q "^sandseed: $name.yaml:[0-9]*:[0-9]*: nothing can be added to .* in braces" out || fail "$name: $(cat out)"
        unchanged "$name.yaml" "$planned" "$name is left as it was"
        continue
    fi
    plan "$name.yaml"
    grep -q "^new       public.invoice$" out || fail "$name: $(cat out)"
    if [ "$name" != empty-columns ]; then
        grep -q "^vanished  public.customer.email, at $name.yaml:[0-9]*:[0-9]*$" out || fail "$name: $(cat out)"
        grep -q "^vanished  public.customer.country, at $name.yaml:[0-9]*:[0-9]*$" out || fail "$name: $(cat out)"
    fi
    cp "$name.yaml" "$name.migrated"
    migrated+=("$name.migrated")
    pairs+=("$planned" "$name.migrated")
    plan "$name.yaml"
    unchanged "$name.yaml" "$name.migrated" "a second run changes nothing of $name"

    nr='public."*.nr'
    [ "$name" != empty-columns ] || nr='public.*.nr' # a rule
    "$SANDSEED" sign "$name.yaml" --source "$(dsn source shop)" --by me --why read 'public.customer' 'public.orders*' "$nr" '*.seen*' >out 2>&1 ||
        fail "sign $name: $(cat out)"
    [ "$(grep -o 'signed: {by: me' "$name.yaml" | wc -l)" -ge 3 ] || fail "$name: not all is signed"
    cp "$name.yaml" "$name.signed"
    pairs+=("$name.migrated" "$name.signed")
    plan "$name.yaml"
    unchanged "$name.yaml" "$name.signed" "plan changes nothing of $name that is signed"
done
inserted "${pairs[@]}" >put || fail "only what the migration changed comes in, and signatures"
python3 - "${migrated[@]}" <<'PY' || fail "each file holds what the migration brought"
import sys, yaml
for file in sys.argv[1:]:
    tables = {k.replace('"public"', "public").replace('"orders"', "orders"): v
              for k, v in yaml.safe_load(open(file, "rb"))["tables"].items()}
    ruled = file == "empty-columns.migrated"
    names = lambda t: set(tables[t].get("columns") or {})
    assert names("public.invoice") == {"id", "sent"}, (file, tables)
    assert names("public.customer") == (set() if ruled else {"id", "email", "country", "phone", "born", "home"}), (file, tables)
    assert names('public."Größe"') == {"farbe"} | (set() if ruled else {"nr", "lange Bezeichnung"}), (file, tables)
    assert names("public.orders") == (set() if ruled else {"id", "customer_id", "total"}), (file, tables)
    assert list(tables)[-1] == "public.invoice", file
PY
echo "ok: a migration brings in what it brought, and a second run nothing; so it is with signatures"

# --- base: one policy goes before another, and each is edited by its own name alone
createdb_in source team
psql_in source team -f "$data/schema.sql"
mkdir shared
dsn=$(dsn source team)
"$SANDSEED" plan "$dsn" -o shared/team.yaml --no-rows --quiet >/dev/null
cat >>shared/team.yaml <<'YAML'
rules:
  - {match: "*.seen", class: non-personal, why: clock}
YAML
cat >mine.yaml <<'YAML'
sandseed: 1
base: shared/team.yaml     # what we all decide
target: cluster:./box
rules: [{match: "*.seen*", class: non-personal, why: clock}]
tables:
  public.country: {mode: keep, why: list}
  public.customer:
    columns:
      seen: {class: non-personal, why: ours}
YAML
run() # STATUS COMMAND...
{
    local wanted=$1 status=0
    shift
    "$SANDSEED" "$@" >out 2>&1 || status=$?
    [ $status = "$wanted" ] || fail "$*: exit status $status: $(cat out)"
}
same() { cmp "$1" "$1.before" || fail "$1 is not what it was"; }
before() { for file in mine.yaml shared/team.yaml; do cp $file $file.before; done; }

before
run 0 plan mine.yaml --no-rows
grep -q 'rules: \[{match: "\*.seen\*", class: non-personal, why: clock, matched: 2, digest' mine.yaml || fail "the file's own rule says what it covers: $(cat mine.yaml)"
same shared/team.yaml
before
run 0 plan mine.yaml --no-rows
same mine.yaml
run 0 plan shared/team.yaml --no-rows
grep -q 'matched: 2, digest' shared/team.yaml || fail "the base's rule says what it covers when the base is planned"
before
run 1 sign mine.yaml --by me --why read public.orders
grep -q 'stands not in mine.yaml but in its base, at shared/team.yaml:[0-9]*:[0-9]*' out || fail "$(cat out)"
grep -q 'sandseed sign shared/team.yaml' out || fail "$(cat out)"
run 1 sign mine.yaml --by me --why read 'public.orders.*'
same mine.yaml
run 0 sign mine.yaml --by me --why read public.country 'public.*.seen'
[ "$(grep -c 'signed: {by: me' mine.yaml)" = 2 ] || fail "own entries are signed: $(cat mine.yaml)"
run 0 sign shared/team.yaml --by me --why read public.customer public.orders
run 0 check mine.yaml --allow-privileged-source
grep 'no longer covers' out >lapsed || true
claim "a signature of the base covers what the file does not change, and no more" \
    [ "$(grep -c public.customer lapsed) $(grep -c public.orders lapsed) $(grep -c public.country lapsed)" = "1 0 0" ]
before
psql_in source team -f "$data/migration.sql"
run 0 plan mine.yaml --no-rows
same shared/team.yaml
grep -q '^new       public.invoice$' out || fail "$(cat out)"
grep -q '^new       public."Größe".farbe$' out || fail "$(cat out)"
grep -q '^vanished  public.customer.email, at shared/team.yaml:[0-9]*:[0-9]*$' out || fail "$(cat out)"
! grep -q 'public.orders:' mine.yaml || fail "what a rule decides is not put in"
inserted mine.yaml.before mine.yaml >put || fail "only what is new comes into a file with a base"
python3 - <<'PY' || fail "the file gets what its base lacks: $(cat mine.yaml)"
import yaml
tables = yaml.safe_load(open("mine.yaml"))["tables"]
assert list(tables) == ["public.country", "public.customer", "public.invoice", 'public."Größe"'] or list(tables) == ["public.country", "public.customer", 'public."Größe"', "public.invoice"], tables
assert set(tables["public.customer"]["columns"]) == {"seen", "phone", "born", "home"}
assert set(tables['public."Größe"']) == {"columns"} and set(tables['public."Größe"']["columns"]) == {"farbe"}
PY
before
run 0 plan mine.yaml --no-rows
same mine.yaml
run 0 check mine.yaml --allow-privileged-source
claim "findings name the file that they are about" grep -q 'vanished from the source (shared/team.yaml:[0-9]*:[0-9]*)' out

# A text of the schema that the base decides is decided, also when the file gets one of its own.
looks="ask jane.doe@gmail.com"
psql_in source team -c "CREATE VIEW looked AS SELECT '$looks' AS a"
run 0 plan shared/team.yaml --no-rows
sed -i 's/^    view public.looked: undecided.*/    view public.looked: {replace: nobody}/' shared/team.yaml
psql_in source team -c "CREATE VIEW looking AS SELECT '$looks' AS b"
before
run 0 plan mine.yaml --no-rows
same shared/team.yaml
claim "what the base decides of the schema's text stays decided" \
    [ "$(grep -c 'view public.looking: undecided' mine.yaml) $(grep -c 'view public.looked' mine.yaml)" = "1 0" ]
run 3 check mine.yaml --allow-privileged-source
claim "and nothing else stops" [ "$(grep -c '^stops' out) $(grep -c '^stops.*looking' out)" = "1 1" ]

# YAML's plain keys end at 1024 characters, and a function's arguments may be longer; some characters it does not take in comments either.
arguments=$(printf ', timestamp with time zone%.0s' $(seq 60) | cut -c3-)
createdb_in source long
psql_in source long -c "CREATE FUNCTION loaded($arguments) RETURNS text LANGUAGE sql AS 'SELECT ''$looks'''; CREATE TABLE t (id text CONSTRAINT U&\"c\\fffe\" CHECK (id <> '$looks'))"
run 0 plan "$(dsn source long)" -o long.yaml --target cluster:./box --no-rows
cp long.yaml long.planned
run 0 plan long.yaml --no-rows
claim "a policy with such names is read again, and stays as it is" cmp long.yaml long.planned
psql_in source long -c "CREATE FUNCTION more($arguments) RETURNS text LANGUAGE sql AS 'SELECT ''$looks'''; CREATE VIEW looking AS SELECT '$looks' AS b"
run 0 plan long.yaml --no-rows
claim "what comes in stands beside it" [ "$(grep -c '^    ? "function public' long.yaml) $(grep -c '^    : undecided ' long.yaml) $(grep -c '^    view public.looking: undecided' long.yaml)" = "2 2 1" ]
sed -i 's/^    : undecided.*/    : {keep: {email: 1}, why: ours}/; s/^    \([tv].*\): undecided.*/    \1: {replace: nobody}/' long.yaml
run 3 check long.yaml --allow-privileged-source
run 0 sign long.yaml --by me --why read 'function public.*'
run 0 check long.yaml --allow-privileged-source
