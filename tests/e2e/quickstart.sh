#!/bin/bash
# samples/quickstart: works the first time, again in the same folder, in another one, and for a user who is not
# root and has no sudo; docs/quickstart.svg shows what it prints.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
export SANDSEED
program=$SANDSEED

shows() # what a newcomer is to see
{
    says "MARY.SMITH@sakilacustomer.org"
    says "@example.com"
    says "Rows, production and sandbox:"
    says "Refresh took"
    says "$1/output/report.json"
    psql=$(sed -n 's/^Look around: *psql "\(.*\)"$/\1/p' "$test_root/out")
    claim "the line to look around works: $2" [ "$(psql -XAt -d "$psql" -c "SELECT count(*) > 500 AND count(*) FILTER (WHERE email LIKE '%sakilacustomer%') = 0 FROM customer")" = t ]
}
stops() { for part in sandbox production; do "$SANDSEED" cluster stop "$1/$part" --quiet >/dev/null; done; }

dir=$test_root/q
mkdir "$test_root/elsewhere"
(cd "$test_root/elsewhere" && exits 0 "$SOURCE_DIR/samples/quickstart" ../q)
shows "$dir" "the first time"
cp "$test_root/out" "$test_root/first"
exits 0 "$SOURCE_DIR/samples/quickstart" "$dir"
shows "$dir" "the second time"
stops "$dir"

if [ "$(id -u)" = 0 ]; then
    # As postgres, who is no root: programs and checkout must be readable, the folder is his own.
    mkdir "$test_root/theirs" "$test_root/copy"
    chown postgres: "$test_root/theirs"
    cp -r "$SOURCE_DIR/samples" "$test_root/copy"
    cp "$program" "$test_root/copy/sandseed"
    chmod -R a+rX "$test_root/copy"
    SANDSEED=$test_root/copy/sandseed exits 0 as_postgres env HOME="$test_root/theirs" PATH=/usr/local/bin:/usr/bin:/bin "$test_root/copy/samples/quickstart" "$test_root/theirs/r"
    says "Refresh took"
    says "$test_root/theirs/r/output/report.json"
    echo "ok: a user who is not root"
    stops "$test_root/theirs/r"
fi

python3 - "$SOURCE_DIR/docs/quickstart.svg" "$test_root/first" <<'PY'
import html, re, sys

def plain(line):
    """Without figures, and what is random or of this machine."""
    line = re.sub(r"\d[\d.,]*", "N", line)
    line = re.sub(r"--+", "--", line) # as wide as what was made
    return re.sub(r"\s+", " ", line).strip()

svg, printed = open(sys.argv[1]).read(), {plain(l) for l in open(sys.argv[2])}
lines = [html.unescape(l) for l in re.findall(r"<text[^>]*>(.*?)</text>", svg)][2:]
lost = [l for l in lines if "@example.com" not in l and "/" not in l and plain(l) and plain(l) not in printed]
if lost or len(lines) < 40:
    print("the picture shows what is not printed; make it anew: docs/make-quickstart-svg", *lost, sep="\n", file=sys.stderr)
    sys.exit(1)
print(f"ok: the picture's {len(lines)} lines are printed")
PY
