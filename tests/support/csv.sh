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

# same_files DIR DIR: equal to the byte, but for what says which run made them
same_files() { diff -r -x .sandseed "$1" "$2"; }
