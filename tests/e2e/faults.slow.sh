#!/bin/bash
# A disk that fills up and servers that die while rows are copied or made: a clear error, nothing
# published, nothing left where the server still lives, and the next run works.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source big
psql_in source big -c "CREATE TABLE big (id int PRIMARY KEY, filler text);
    INSERT INTO big SELECT i, 'canary' || repeat('x', 400) FROM generate_series(1, 400000) i;
    CREATE TABLE small (id int PRIMARY KEY, email text);
    INSERT INTO small SELECT i, 'canary' || i || '@real.org' FROM generate_series(1, 1000) i; ANALYZE"
keep=$test_root/keep.yaml
made=$test_root/made.yaml
policy_for source big "$(dsn target box)" keep "$keep"
policy_for source big "$(dsn target box)" synthesise "$made"
undecide "$made"
# Yesterday's sandbox is a small one.
sed '/^  public.big:/,/^  public.small:/ s/mode: keep/mode: empty/; /^  public.big:/,/^  public.small:/ { /^    \(columns\|signed\|why\)/d; /^      /d }' "$keep" >"$test_root/yesterday.yaml"
exits 0 refresh "$test_root/yesterday.yaml"
table_sums target box >"$test_root/yesterday"
table_sums source big >"$test_root/production"

untouched()
{
    table_sums "${2:-target}" box | diff "$test_root/yesterday" - || fail "yesterday's sandbox changed: $1"
    table_sums source big | diff "$test_root/production" - || fail "the source changed: $1"
    ! grep -q canary "$test_root/out" || fail "a value in a message: $1"
    echo "ok: $1"
}
nothing_left() { [ "$(databases "$1")" = box ] || fail "left behind: $(databases "$1"): $2"; }

# kill_server NAME: as the out-of-memory killer or a power cut would
kill_server()
{
    local pid children
    pid=$(head -1 "${server_dir[$1]}/data/postmaster.pid")
    children=$(pgrep -P "$pid")
    # shellcheck disable=SC2086
    kill -KILL "$pid" $children 2>/dev/null || true
    # It is dead, but where nobody reaps orphans its number looks alive to the next one.
    rm -f "${server_dir[$1]}/data/postmaster.pid" "${server_dir[$1]}"/.s.PGSQL.*
}
start_again()
{
    as_postgres "${server_bin[$1]}/pg_ctl" -D "${server_dir[$1]}/data" -w -s -l "${server_dir[$1]}/log" start ||
        { tail -5 "${server_dir[$1]}/log" >&2; fail "start of $1"; }
}
# busy SERVER DB PATTERN: wait until a session of db runs a statement like that
busy()
{
    for _ in $(seq 600); do
        [ -z "$(psql_in "$1" postgres -c "SELECT 1 FROM pg_stat_activity WHERE datname = '$2' AND state = 'active' AND query LIKE '$3' LIMIT 1")" ] || return 0
        sleep 0.02
    done
    cat "$test_root/out" >&2
    fail "nobody in $2 does $3"
}
# dies POLICY SERVER DB PATTERN TEXT: the server dies while a run does that
dies()
{
    local status=0 begun database
    "$SANDSEED" refresh "$1" --allow-privileged-source --quiet >"$test_root/out" 2>&1 &
    run=$!
    busy "$2" "$3" "$4"
    kill_server "$2"
    begun=$(date +%s)
    wait $run || status=$?
    [ "$status" = 2 ] || { cat "$test_root/out" >&2; fail "expected exit status 2, got $status: $5"; }
    [ $(($(date +%s) - begun)) -lt 15 ] || fail "it took long to notice: $5"
    # pg_restore, should it be the first to notice, says so itself; what is opened just then finds no server.
    database="postgresql://local:5432/$([ "$2" = source ] && echo big || echo 'box(__next|__scratch)?')"
    grep -qE "the connection to $database was lost|could not connect to $database|pg_restore failed: (the connection was lost|could not connect)" "$test_root/out" ||
        { cat "$test_root/out" >&2; fail "it should say that the connection was lost"; }
    grep -qE 'un it again|Is the server running|Try again when it is up' "$test_root/out" ||
        { cat "$test_root/out" >&2; fail "it should say what to do"; }
    [ "$2" = target ] || nothing_left target "$5"
    start_again "$2"
    untouched "$5"
}

dies "$keep" source big 'COPY%' "the source dies while a table is copied"
dies "$made" source big 'COPY%big%' "the source dies while a table is learnt"
dies "$keep" target box__next 'COPY%' "the target dies while a table is copied"
exits 0 refresh "$test_root/yesterday.yaml"
nothing_left target "after the target died"
untouched "the next run clears up and works"
dies "$made" target box__next 'COPY%big%' "the target dies while a table is made"
exits 0 refresh "$test_root/yesterday.yaml"
nothing_left target "after the target died"
untouched "the next run clears up and works"

# --- a full disk ----------------------------------------------------------------------------------------
disk=$test_root/disk
mkdir "$disk"
mount -t tmpfs -o size=110m tmpfs "$disk" 2>/dev/null || { echo "the rest needs the right to mount a small disk"; exit 77; }
unmount()
{
    [ -z "${server_dir[full]:-}" ] || server_stop full >/dev/null 2>&1
    umount "$disk"
}
trap 'status=$?; set +e; unmount; (exit $status); test_end' EXIT
chmod 777 "$disk"
server_start full
full=${server_dir[full]}
server_stop full fast
# Data on the small disk, WAL elsewhere: a full WAL disk is the death of a server, which was above.
as_postgres mv "$full/data/pg_wal" "$full/wal"
as_postgres cp -a "$full/data" "$disk/data"
as_postgres ln -s "$full/wal" "$disk/data/pg_wal"
as_postgres rm -rf "$full/data"
as_postgres ln -s "$disk/data" "$full/data"
start_again full
exits 0 refresh "$test_root/yesterday.yaml" --target "$(dsn full box)"
untouched "a sandbox fits on the small disk" full
for policy in "$keep" "$made"; do
    exits 2 refresh "$policy" --target "$(dsn full box)"
    says "the server's disk is full (postgresql://local:5432/box)"
    says "public.big"
    nothing_left full "full disk"
    untouched "the disk fills up: ${policy##*/}" full
done
exits 0 refresh "$test_root/yesterday.yaml" --target "$(dsn full box)"
untouched "what fits is published afterwards" full

# --- a disk that is nearly full is told before anything is written ------------------------------------------
narrow=$test_root/narrow
mkdir "$narrow"
mount -t tmpfs -o size=260m tmpfs "$narrow"
unmount_narrow() { "$SANDSEED" cluster stop "$narrow/server" >/dev/null 2>&1; umount "$narrow"; }
trap 'status=$?; set +e; unmount_narrow; unmount; (exit $status); test_end' EXIT
chmod 755 "$narrow"
exits 0 "$SANDSEED" cluster start "$narrow/server"
fallocate -l $(($(df -k --output=avail "$narrow" | tail -1) - 20000))K "$narrow/filler"
exits 2 check "$test_root/yesterday.yaml" --target "cluster:$narrow/server?dbname=box"
says "are free where the server keeps its data"
exits 2 refresh "$test_root/yesterday.yaml" --target "cluster:$narrow/server?dbname=box"
says "make room there"
