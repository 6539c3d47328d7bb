#!/bin/bash
# csv:DIR as a target: the folder appears whole or not at all, after a crash and a signal too, and no folder that is
# somebody else's is touched.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/csv.sh"

server_start source
createdb_in source small
psql_in source small -c "CREATE TABLE person (id int PRIMARY KEY, n text); INSERT INTO person
    SELECT i, 'n' || i % 10 FROM generate_series(1, 500) i" -c ANALYZE
cd "$test_root"

# --- publishing
"$SANDSEED" plan "$(dsn source small)" -o small.yaml --target csv:made --quiet >/dev/null
echo 'keep_previous: 1' >>small.yaml
exits 0 refresh small.yaml --seed 7
claim "the first publishing leaves nothing beside it" [ "$(ls -d made*)" = made ]
cp -r made made7
# watched COMMAND...: notes "to NAME" and "from NAME" of what is moved in this folder meanwhile, "gone NAME" of what is
# deleted in the folder that is made when it begins
watched()
{
    python3 - >watched.txt <<'PY' &
import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
fd = libc.inotify_init()
FROM, TO, GONE = 0x40, 0x80, 0x200
assert libc.inotify_add_watch(fd, b".", FROM | TO | GONE) >= 0
assert libc.inotify_add_watch(fd, b"made", GONE) >= 0
open("watching", "w").close()
while True:
    data, at = os.read(fd, 65536), 0
    while at < len(data):
        _, mask, _, n = struct.unpack_from("iIII", data, at)
        name = data[at + 16 : at + 16 + n].rstrip(b"\0").decode()
        at += 16 + n
        if name == "watching":
            os._exit(0)
        print("to" if mask & TO else "from" if mask & FROM else "gone", name, flush=True)
PY
    until [ -e watching ]; do sleep 0.02; done
    "$@"
    rm watching
    wait $!
}
watched exits 0 refresh small.yaml --seed 8
claim "the folder's name never leads nowhere" [ "$(grep -m1 ' made$' watched.txt)" = "to made" ]
claim "keep_previous: 1 keeps yesterday's" same_files made.previous made7
claim "tonight's is another" bash -c '! cmp -s made/public.person.csv made7/public.person.csv'
sed -i 's/^keep_previous: 1/keep_previous: 0/' small.yaml
watched exits 0 refresh small.yaml --seed 7
claim "the marker of a folder that is removed goes last" \
    [ "$(grep -E '^gone (.*\.csv|schema.sql|.sandseed)$' watched.txt | tail -n 1)" = "gone .sandseed" ]
claim "keep_previous: 0 keeps none" bash -c '[ ! -e made.previous ] && [ ! -e made.next ]'
claim "the folder is tonight's" same_files made made7
cp -r made files
plan_files copy csv:files csv:copied

# --- folders that are not ours
mkdir -p theirs && echo precious >theirs/file
exits 3 refresh small.yaml --target csv:theirs
says "is not sandseed's"
exits 3 refresh small.yaml --target csv:theirs/file
says "is not a folder"
mkdir -p new.next && touch new.next/file
exits 3 refresh small.yaml --target csv:new
says "new.next"
mkdir -p old.previous && touch old.previous/file
exits 3 refresh small.yaml --target csv:old
says "old.previous"
for ending in next previous; do
    exits 3 refresh small.yaml --target csv:new.$ending
    says "ends in"
done
claim "nothing was touched" bash -c '[ "$(cat theirs/file)" = precious ] && [ ! -e new ] && [ ! -e old ] && [ ! -e old.next ]'
mkdir empty
exits 0 refresh copy.yaml --target csv:empty
claim "an empty folder is taken" same_files files empty

# --- the source is the target
ln -s files alias
mkdir files/within
for target in files alias files/within; do
    exits 3 refresh copy.yaml --target "csv:$target"
    says "overlap"
done
rmdir files/within
claim "the source is as it was, to the byte" same_files files empty

# --- a crash: yesterday's files stay, the next run works and takes away what the crash left
createdb_in source big
psql_in source big -c "CREATE TABLE t AS SELECT i AS id, repeat('x', 100) AS filler FROM generate_series(1, 1500000) i"
plan_files big "$(dsn source big)" csv:made "keep_previous: 0"
# begun COMMAND...: in the background, until the first file is being written
begun()
{
    "$@" >out 2>&1 &
    pid=$!
    until [ -n "$(find made.next -name '*.csv' -size +100k 2>/dev/null)" ]; do
        kill -0 $pid 2>/dev/null || { cat out >&2; fail "it ended before it was to be stopped"; }
        sleep 0.02
    done
}
begun refresh big.yaml
exec {orphans}>>"$orphans_lock"
flock "$orphans"
kill -9 "$(pgrep -P $pid sandseed || echo $pid)"
wait $pid || true
claim "killed: yesterday's files stay" same_files made made7
claim "killed: a folder that is not finished is not the live one" [ -e made.next ]
exits 0 refresh small.yaml --seed 7
claim "the next night works" same_files made made7
claim "and no half of a folder is left" [ ! -e made.next ]
exec {orphans}>&-
claim "nor the private server of the run that was killed" [ -z "$(private_servers)" ]
mv made made.previous && cp -r made.previous made.next && rm made.next/public.person.csv
exits 1 refresh small.yaml --source csv:nowhere
exits 0 refresh small.yaml --seed 7
claim "cut off between two renames: mended" bash -c 'diff -r -x .sandseed made made7 && [ ! -e made.next ] && [ ! -e made.previous ]'

# --- another run, which holds DIR.next
mkdir made.next
flock made.next sleep 100 &
holder=$!
until ! flock -n made.next true; do sleep 0.05; done
exits 2 refresh small.yaml
says "another run"
claim "another run's folder stays" [ -d made.next ]
pkill -P $holder sleep || true
wait $holder || true
rmdir made.next

# --- signals
for signal in INT TERM; do
    begun "$SANDSEED" refresh big.yaml --allow-privileged-source --quiet
    stops_by $signal "$pid"
    claim "SIG$signal: leaves no half of a folder" [ ! -e made.next ]
    claim "SIG$signal: leaves no private server" [ -z "$(private_servers)" ]
    claim "SIG$signal: yesterday's files stay" same_files made made7
done

# --- a signal while files are being read
mkdir large
seq 3000000 | sed 's/.*/&,filler &/; 1i id,filler' >large/t.csv
for delay in 0.3 1.5; do
    "$SANDSEED" inspect csv:large --quiet >out 2>&1 &
    pid=$!
    sleep $delay
    stops_by INT $pid
    claim "while reading: leaves no private server" [ -z "$(private_servers)" ]
done
