#!/bin/bash
# Private servers: started, used and stopped by sandseed; every way they can fail says what to do.
. "${SOURCE_DIR:-$(dirname "$0")/../..}/tests/support/server.sh"

cluster() { "$SANDSEED" cluster "$@"; }
# refused CODE TEXT COMMAND...: the command ends with CODE and says TEXT
refused()
{
    local code=$1 text=$2 status=0
    shift 2
    "$@" >"$test_root/said" 2>&1 || status=$?
    [ "$status" = "$code" ] && grep -qF -- "$text" "$test_root/said" ||
        { echo "status $status, said:" >&2; cat "$test_root/said" >&2; return 1; }
}
at() { psql -X -A -t -q -d "host=$1 user=sandseed dbname=postgres" "${@:2}"; }
pid_of() { head -1 "$1/data/postmaster.pid"; }

a=$test_root/a
export AWS_SECRET_ACCESS_KEY=canary-secret PGPASSWORD=canary-secret SANDSEED_X=canary-secret NOTIFY_SOCKET=canary-secret
claim "a new server starts" eval "cluster start '$a' >/dev/null"
unset AWS_SECRET_ACCESS_KEY PGPASSWORD SANDSEED_X NOTIFY_SOCKET
first=$(pid_of "$a")
cluster start "$a" >/dev/null
claim "starting it again changes nothing" [ "$first" = "$(pid_of "$a")" ]
claim "it answers on its socket" [ "$(at "$a" -c 'SELECT current_user')" = sandseed ]
claim "it listens on no address" [ -z "$(at "$a" -c 'SHOW listen_addresses')" ]
claim "its folder is closed to others" [ "$(stat -c %a "$a")" = 700 ]
[ "$(id -u)" != 0 ] || claim "it does not run as root" [ "$(stat -c %U "/proc/$first")" != root ]
claim "what it runs finds programs, and no secret of ours" eval "at '$a' -c \"CREATE TEMP TABLE e (x text); COPY e FROM
    PROGRAM 'env'; SELECT x FROM e\" >'$test_root/env' && grep -q ^PATH= '$test_root/env' && ! grep canary '$test_root/env'"
claim "nor is one to be read in its process" eval "! as_postgres grep -aq canary /proc/$first/environ"
at "$a" -c "SELECT 'canary-value'::int" 2>/dev/null || true
at "$a" -c "CREATE TABLE t (x text UNIQUE); INSERT INTO t VALUES ('canary-value'), ('canary-value')" \
    2>/dev/null || true
claim "no value reaches its log" eval "! grep -q canary-value '$a/log'"
claim "status says it runs" eval "cluster status '$a' | grep -q running"
claim "status as JSON" eval "cluster status '$a' --json | python3 -c 'import json,sys; d=json.load(sys.stdin); sys.exit(not d.get(\"running\", d.get(\"result\", {}).get(\"running\")))'"
claim "--listen on a running server is refused" refused 1 "runs already" \
    cluster start "$a" --listen 127.0.0.1:54329
cluster stop "$a" >/dev/null
claim "stop stops it" eval "! ps -o stat= -p $first | grep -qv Z"
claim "stopping it twice is no error" eval "cluster stop '$a' >/dev/null"

port=$((20000 + $$ % 12000))
cluster start "$a" --listen "127.0.0.1:$port" >/dev/null
claim "the password file is closed to others" [ "$(stat -c %a "$a/password")" = 600 ]
tcp() { PGPASSFILE=$1 psql -X -A -t -w -d "host=127.0.0.1 port=$port user=$2 dbname=postgres" -c "$3"; }
claim "the agents' role logs in with it" \
    [ "$(tcp "$a/password" sandbox 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')" = f ]
claim "not without it" eval "! tcp /dev/null sandbox 'SELECT 1' 2>/dev/null"
claim "the superuser does not come in by TCP" eval "! tcp '$a/password' sandseed 'SELECT 1' 2>/dev/null"
secret=$(cut -d: -f5 "$a/password")
claim "the password is in no output and no log" \
    eval "! { cluster status '$a'; cat '$a/log'; } | grep -qF '$secret'"
claim "the same --listen again is fine" eval "cluster start '$a' --listen 127.0.0.1:$port >/dev/null"

# A server that died: its file names a process that is gone, or by now another program's.
kill -9 "$(pid_of "$a")"
sleep 1
claim "a server that was killed starts again" eval "cluster start '$a' >/dev/null"
claim "what --listen said still holds" [ "$(tcp "$a/password" sandbox 'SELECT 1')" = 1 ]
cp -p "$a/data/postmaster.pid" "$test_root/stale"
cluster stop "$a" >/dev/null
as_postgres sleep 60 &
stranger=$!
sleep 0.5
stranger_pid=$(pgrep -P "$stranger" -x sleep || echo "$stranger")
cp -p "$test_root/stale" "$a/data/postmaster.pid"
sed -i "1s/.*/$stranger_pid/" "$a/data/postmaster.pid"
claim "a stale file with another program's number: status" eval "cluster status '$a' | grep -q stopped"
claim "a stale file with another program's number: start" eval "cluster start '$a' >/dev/null"
claim "and that program lives" kill -0 "$stranger_pid"
cluster stop "$a" >/dev/null
claim "stop leaves it alone, too" kill -0 "$stranger_pid"
kill "$stranger_pid" 2>/dev/null || true

# hold PORT: listen on it until killed, and say so in $test_root/held
hold()
{
    exec python3 - "$1" "$test_root/held" <<'PY'
import socket, sys, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
for _ in range(100):
    try:
        s.bind(("127.0.0.1", int(sys.argv[1])))
        break
    except OSError:
        time.sleep(0.1)
s.listen()
open(sys.argv[2], "w").close()
time.sleep(60)
PY
}
cluster start "$a" --listen none >/dev/null
cluster stop "$a" >/dev/null
hold "$port" &
holder=$!
for _ in $(seq 100); do [ -e "$test_root/held" ] && break || sleep 0.1; done
claim "a server elsewhere on the port is said" refused 2 'port is taken' cluster start "$a" --listen "127.0.0.1:$port"
kill "$holder"
wait "$holder" 2>/dev/null || true
claim "nothing was left running" [ ! -e "$a/data/postmaster.pid" ]

# Where it cannot be.
long=$test_root/$(printf 'x%.0s' {1..90})
claim "a socket path over 107 bytes" refused 1 "107 is the limit" cluster start "$long"
claim "and nothing was made" [ ! -e "$long" ]
mkdir "$test_root/full" && touch "$test_root/full/mine"
claim "a folder that holds something else" refused 3 "is not empty" cluster start "$test_root/full"
claim "is left as it was" [ "$(ls "$test_root/full")" = mine ]
claim "a folder without a server cannot be stopped" refused 1 "no private server" \
    cluster stop "$test_root/full"
claim "a folder with a dollar sign" refused 1 "no quote" cluster start "$test_root/\$x"
claim "no PostgreSQL" refused 1 "Debian's package postgresql" \
    cluster start "$test_root/b" --pg-bindir "$test_root/full"
claim "an address that is none" refused 1 "--listen takes" cluster start "$test_root/b" --listen 5433
echo 9 >"$test_root/version"
as_postgres cp "$a/data/PG_VERSION" "$a/data/PG_VERSION.was"
as_postgres tee "$a/data/PG_VERSION" >/dev/null <<<11
claim "a folder of another major version" refused 1 "needs PostgreSQL 11" cluster start "$a"
as_postgres mv "$a/data/PG_VERSION.was" "$a/data/PG_VERSION"
if [ "$(id -u)" = 0 ]; then
    mkdir -m 700 "$test_root/closed"
    claim "a parent that the server's user may not enter" refused 1 \
        "may not enter the folder \"$test_root/closed\"" cluster start "$test_root/closed/c"
    as_postgres mkdir -m 700 "$test_root/theirs" 2>/dev/null ||
        { mkdir -m 700 "$test_root/theirs"; chown postgres: "$test_root/theirs"; }
    claim "a folder that its owner gave" eval "cluster start '$test_root/theirs' >/dev/null"
    cluster stop "$test_root/theirs" >/dev/null
fi

# A disk that is full: a small file system, when we may mount one.
if [ "$(id -u)" = 0 ] && mkdir "$test_root/small" && mount -t tmpfs -o size=300m,mode=755 none "$test_root/small" 2>/dev/null; then
    head -c 290m /dev/zero >"$test_root/small/ballast"
    status=0
    refused 2 "disk" cluster start "$test_root/small/c" || status=$?
    umount "$test_root/small"
    claim "a full disk" [ "$status" = 0 ]
fi

# Interrupted: gone within two seconds, nothing left running.
"$SANDSEED" cluster start "$test_root/i" >/dev/null 2>&1 &
run=$!
sleep 0.3
begin=$(date +%s%N)
kill -TERM "$run" 2>/dev/null || true
status=0
wait "$run" || status=$?
took=$((($(date +%s%N) - begin) / 1000000))
claim "a signal ends a start within two seconds ($took ms, status $status)" [ "$took" -lt 2500 ]
claim "with 128 + 15, or it had ended before" eval "[ $status = 143 ] || [ $status = 0 ]"
if [ "$status" = 143 ]; then
    claim "and leaves no server" eval "! pgrep -f '$test_root/i/data' >/dev/null"
fi
