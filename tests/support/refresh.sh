# For end-to-end tests: policies and refreshes, to be sourced after server.sh.

# policy_for SERVER DB TARGET MODE FILE: plan a policy that can run as it is
policy_for()
{
    "$SANDSEED" plan "$(dsn "$1" "$2")" -o "$5" --mode "$4" --target "$3" --quiet >/dev/null
    if [ "$4" = keep ]; then
        "$SANDSEED" sign "$5" --by test --why "a test" --quiet '*' >/dev/null
    fi
}

# undecide FILE: as if names, comments and values told nothing; what keys and types make certain stays
undecide()
{
    sed -Ei '/treatment: nullify, why: of a type/!s/\{class: (key, why|direct-identifier|quasi-identifier|special-category|secret|free-text|non-personal)[^}]*\}/&@/
        s/\{class: [^}]*\}@/{class: undecided}/' "$1"
}

# refresh FILE [OPTION...]: as production would, but for the superuser that tests connect as
refresh()
{
    "$SANDSEED" refresh "$@" --allow-privileged-source --quiet
}

# check FILE [OPTION...]: the same
check() { "$SANDSEED" check "$@" --allow-privileged-source; }

# exits STATUS COMMAND...: runs it, its output into $test_root/out, and compares the exit status
exits()
{
    local expected=$1 status=0
    shift
    "$@" >"$test_root/out" 2>&1 || status=$?
    if [ "$status" != "$expected" ]; then
        cat "$test_root/out" >&2
        fail "expected exit status $expected, got $status: $*"
    fi
}

# hold_up SERVER SECONDS: in the background, CREATE DATABASE waits for a lock until then, or until let_go SERVER
hold_up()
{
    psql_in "$1" postgres -c "BEGIN; LOCK TABLE pg_database IN SHARE MODE; SELECT pg_sleep($2)" >/dev/null 2>&1 &
    for _ in $(seq 100); do
        [ "$(psql_in "$1" postgres -c "SELECT count(*) FROM pg_locks WHERE relation = 'pg_database'::regclass AND mode = 'ShareLock'")" = 0 ] || return 0
        sleep 0.1
    done
    fail "the lock was not to be had"
}
let_go() { psql_in "$1" postgres -o /dev/null -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"; }

# stops_by SIGNAL PID: a run in the background ends by it, with that status, within two seconds
stops_by()
{
    local start status=0 ms
    # What bash runs in the background ignores SIGINT until it says otherwise: one that comes before is lost.
    for _ in $(seq 500); do
        ! grep -q '^SigCgt:.*[2367abef]$' "/proc/$2/status" 2>/dev/null || break
        sleep 0.02
    done
    start=$(date +%s%N)
    # Twice, as timeout(1) does.
    kill -"$1" "$2" "$2" || { cat "$test_root/out" >&2; fail "it ended before it was to be stopped"; }
    wait "$2" || status=$?
    ms=$((($(date +%s%N) - start) / 1000000))
    claim "SIG$1: exit status is 128 + n" [ "$status" = $((128 + $(kill -l "$1"))) ]
    echo "stopped after $ms ms"
    claim "SIG$1: stops within two seconds" [ "$ms" -lt 2000 ]
}

says()
{
    grep -qF -- "$1" "$test_root/out" || { cat "$test_root/out" >&2; fail "it should say: $1"; }
}

databases() { psql_in "$1" postgres -c "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"; }

# keeps_schema FILE NAME: is FILE what schemas/NAME.schema.json says?  Not looked at where python3-jsonschema lacks.
keeps_schema()
{
    python3 -c 'import jsonschema' 2>/dev/null || return 0
    python3 - "$1" "$SOURCE_DIR/schemas/$2.schema.json" <<'PY'
import json, jsonschema, sys
jsonschema.Draft202012Validator(json.load(open(sys.argv[2]))).validate(json.load(open(sys.argv[1])))
PY
}
