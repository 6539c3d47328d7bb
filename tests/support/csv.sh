# For end-to-end tests of csv:DIR, to be sourced after refresh.sh.

touch "$test_root/began"

# Held by whoever leaves a private server behind on purpose, so that other tests do not find it.
orphans_lock=/var/tmp/ss.orphans.lock

# private_servers: those of runs since the test began that are still there though their run is not
private_servers()
{
    local lock orphans
    exec {orphans}>>"$orphans_lock"
    flock -s "$orphans"
    for lock in $(find /var/tmp -maxdepth 1 -name 'sandseed-????????????????.lock' -newer "$test_root/began"); do
        ! flock -n "$lock" true || echo "${lock%.lock}"
    done
    exec {orphans}>&-
}

# plan_files NAME SOURCE TARGET [LINE...]: NAME.yaml, signed, keeps every table; the lines are added to it
plan_files()
{
    local name=$1
    "$SANDSEED" plan "$2" -o "$name.yaml" --mode keep --target "$3" --quiet >/dev/null
    printf '%s\n' "${@:4}" >>"$name.yaml"
    "$SANDSEED" sign "$name.yaml" --by test --why "a test" --quiet '*' >/dev/null
}

# block N: the Nth fenced block of docs/csv.md
block() { awk -v n="$1" '/^```/ { inside = !inside; i += inside; next } inside && i == n' "$SOURCE_DIR/docs/csv.md"; }

# shop_files: the folder shop of that page
shop_files()
{
    mkdir shop
    block 1 >shop/customer.csv
    block 2 >shop/orders.csv
}

# same_files DIR DIR: equal to the byte, but for what says which run made them
same_files() { diff -r -x .sandseed "$1" "$2"; }

inspect() { "$SANDSEED" inspect "$@" --quiet; }

# Every value that may not be told is called secret.
# malformed NAME WORDS SCHEMA [PARAMETERS]: t.csv on standard input; WORDS, between |, are said
malformed()
{
    local dir word
    dir=$(mktemp -d -p . bad.XXXXXX)
    cat >"$dir/t.csv"
    [ -z "$3" ] || printf '%s\n' "$3" >"$dir/schema.sql"
    find "$dir" -type f -exec md5sum {} + >sums
    exits 1 inspect "csv:$dir${4:-}"
    while IFS= read -r word; do says "$word"; done < <(tr '|' '\n' <<<"$2")
    claim "$1: no value is told" bash -c '! grep -q secret "$1"' _ "$test_root/out"
    claim "$1: the source is untouched" md5sum -c --quiet sums
}
