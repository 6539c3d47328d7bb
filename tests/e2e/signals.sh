#!/bin/bash
# SIGINT and SIGTERM stop within two seconds, leave no NAME__next and no server that the run started.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

server_start source
createdb_in source big
psql_in source big -c "CREATE TABLE t AS SELECT i AS id, repeat('x', 100) AS filler FROM generate_series(1, 2000000) i"
server_start target
policy_for source big "$(dsn target box)" keep "$test_root/p.yaml"

sessions() { psql_in "$1" postgres -c "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'sandseed%' $2"; }

for signal in INT TERM; do
    "$SANDSEED" refresh "$test_root/p.yaml" --allow-privileged-source --quiet >"$test_root/out" 2>&1 &
    pid=$!
    for _ in $(seq 100); do
        [[ $(databases target) != *box__next* ]] || break
        sleep 0.05
    done
    sleep 0.3
    stops_by $signal $pid
    claim "SIG$signal: nothing is left" [ "$(databases target)" = "" ]
    # A busy server takes its time to see that nobody is there any more.
    for _ in $(seq 100); do
        [ "$(sessions source '')" != 0 ] || break
        sleep 0.05
    done
    claim "SIG$signal: no session stays at the source" [ "$(sessions source '')" = 0 ]
done

# while the server itself is at something else than rows
hold_up target 60
"$SANDSEED" refresh "$test_root/p.yaml" --allow-privileged-source --quiet >"$test_root/out" 2>&1 &
pid=$!
for _ in $(seq 200); do
    [ "$(psql_in target postgres -c "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE DATABASE%' AND wait_event_type = 'Lock'")" = 0 ] || break
    sleep 0.05
done
stops_by TERM $pid
claim "what it was doing is told" grep -q 'creating database "box__next"' "$test_root/out"
claim "and no reason that is none" bash -c '! grep -q locale: "$1"' _ "$test_root/out"
let_go target
claim "CREATE DATABASE that waited: nothing is left" [ "$(databases target)" = "" ]

# a server that hangs: neither it nor its sessions answer
createdb_in source small
psql_in source small -c "CREATE TABLE t AS SELECT 1 AS id"
policy_for source small "$(dsn target box)" keep "$test_root/small.yaml"
# copying [OPTION...]: a run in the background that is at the rows
copying()
{
    "$SANDSEED" refresh "$test_root/p.yaml" --allow-privileged-source "$@" >"$test_root/out" 2>&1 &
    pid=$!
    for _ in $(seq 200); do
        [ "$(sessions source "AND query LIKE '%COPY %'")" = 0 ] || break
        sleep 0.05
    done
}
# freeze DATA_FOLDER: its server and all its sessions, until thaw
frozen=
freeze()
{
    local postmaster
    postmaster=$(head -n 1 "$1/postmaster.pid")
    frozen="$postmaster $(pgrep -P "$postmaster" | tr '\n' ' ')"
    kill -STOP $frozen
}
thaw() { kill -CONT $frozen && frozen=; }
trap '[ -z "$frozen" ] || thaw; test_end' EXIT
copying
freeze "${server_dir[target]}/data"
stops_by TERM $pid
says 'database "box__next" could not be dropped: its server did not answer in time; the next run does it'
thaw
for _ in $(seq 100); do
    [ "$(sessions target '')" != 0 ] || break
    sleep 0.05
done
claim "the next run works" refresh "$test_root/small.yaml"
claim "and drops what was left" [ "$(databases target)" = box ]

# while it waits for people to leave the sandbox
psql_in target box -c "SELECT pg_sleep(60)" >/dev/null 2>&1 &
echo 'when_in_use: {wait: 10m, then: keep-next}' >>"$test_root/small.yaml"
"$SANDSEED" refresh "$test_root/small.yaml" --allow-privileged-source >"$test_root/out" 2>&1 &
pid=$!
for _ in $(seq 200); do
    ! grep -q 'is in use (1 session): waiting' "$test_root/out" || break
    sleep 0.05
done
stops_by TERM $pid
claim "waiting to publish: nothing is left" [ "$(databases target)" = box ]
claim "and nobody was sent away" [ "$(psql_in target postgres -c "SELECT count(*) FROM pg_stat_activity WHERE datname = 'box'")" = 1 ]
claim "the report names the cause" python3 -c "
import json, sys
failure = json.load(open(sys.argv[1]))['failure']
assert failure['message'] == ['while publishing database \"box\"', 'interrupted'], failure" "$test_root/sandseed-out/report.json"
claim "and is what its schema says" keeps_schema "$test_root/sandseed-out/report.json" report
let_go target

# the target's private server, which the run starts, stops with it
"$SANDSEED" refresh "$test_root/p.yaml" --target "cluster:$test_root/private" --allow-privileged-source --quiet >"$test_root/out" 2>&1 &
pid=$!
for _ in $(seq 200); do
    [ ! -e "$test_root/private/data/postmaster.pid" ] || break
    sleep 0.05
done
sleep 1
stops_by TERM $pid
claim "the private server is stopped" bash -c '! "$1" cluster status "$2" | grep -q running' _ "$SANDSEED" "$test_root/private"

# what a run started does not outlive one that cannot clear up
# gone: the server and the run's folder
gone()
{
    for _ in $(seq 100); do
        "$SANDSEED" cluster status "$test_root/private" | grep -q running || ls -d "$test_root"/sandseed-out/run-* >/dev/null 2>&1 || return 0
        sleep 0.05
    done
    return 1
}

copying --target "cluster:$test_root/private"
freeze "$test_root/private/data"
stops_hard()
{
    while sleep 0.3; do kill -TERM $pid 2>/dev/null || break; done &
    stops_by TERM $pid
    says "ended before all was cleared up"
}
stops_hard
thaw
claim "told twice: nothing stays" gone

# Rows that are being written to files, from a private server of the run's, whose folder the run has open.
stops_while_writing()
{
    local what=$1 file=$2 place=
    shift 2
    "$SANDSEED" "$@" --allow-privileged-source --log-format json >"$test_root/out" 2>&1 &
    pid=$!
    for _ in $(seq 600); do
        [ -z "$(find "$test_root" -path "$file" -size +1k)" ] || break
        sleep 0.02
    done
    [ -n "$(find "$test_root" -path "$file" -size +1k)" ] || fail "no rows went to $what"
    place=$(readlink /proc/$pid/fd/* | grep -o '^/var/tmp/sandseed-[0-9a-f]*' | sort -u)
    freeze "$place/data"
    stops_hard
    python3 -c "import json, sys; [json.loads(line) for line in open(sys.argv[1])]" "$test_root/out"
    thaw
    claim "told twice while rows go to $what: no file stays" [ -z "$(find "$test_root" -path "$file")" ]
    for _ in $(seq 100); do
        [ -e "$place" ] || break
        sleep 0.05
    done
}
if [ "$(id -u)" = 0 ]; then # others may not look at what it has open
    stops_while_writing "a model" "*/model.part-*/*.copy" fit "$test_root/p.yaml" -o "$test_root/model"
    stops_while_writing "files" "*/files.next/*.csv" refresh "$test_root/p.yaml" --target "csv:$test_root/files"
fi

# The sanitizers' allocators do not run out of memory that way.
if [ -z "${SANITIZE:-}" ]; then
    copying --target "cluster:$test_root/private"
    prlimit --pid $pid --as=$(($(sed -n 's/^VmSize:[^0-9]*\([0-9]*\).*/\1/p' /proc/$pid/status) * 1024))
    status=0
    wait $pid || status=$?
    claim "out of memory: exit status is 2" [ $status = 2 ]
    says "out of memory"
    claim "out of memory: nothing stays" gone
fi

# what nohup says holds
trap '' HUP
"$SANDSEED" inspect "$(dsn source big)" --quiet >"$test_root/out" 2>&1 &
pid=$!
trap - HUP
while kill -HUP $pid 2>/dev/null; do sleep 0.02; done
claim "SIGHUP is ignored where it was" wait $pid
