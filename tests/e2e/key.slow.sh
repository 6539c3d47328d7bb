#!/bin/bash
# Key commands that hang, and what waits for a key: a run ends by itself, and nothing was read or written.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source shop
psql_in source shop -o /dev/null -c "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)"
mkdir -m 700 "$test_root/work"
cd "$test_root/work"
policy()
{
    cat >p.yaml <<END
sandseed: 1
source: $(dsn source shop)
target: $(dsn target box)
key: {$1, sandbox: box, epoch: one}
tables: {public.t: {mode: pseudonymise, subject: none, why: a test, columns: {id: {class: key}}}}
END
}
policy "command: [sleep, 600]"
start=$(date +%s)
exits 2 refresh p.yaml
says "did not end within 30 s"
claim "after half a minute" [ $(($(date +%s) - start)) -lt 45 ]
claim "nothing was written" [ "$(databases target)" = "" ]
claim "the command is gone" [ "$(pgrep -cfx 'sleep 600')" = 0 ]
# A descriptor that nobody writes to.
policy "fd: 7"
mkfifo pipe
exec 7<>pipe
exits 2 refresh p.yaml
says "did not end within 30 s"
exec 7<&-
# and one that is written to
policy "fd: 7"
exits 0 refresh p.yaml 7< <(openssl rand -hex 32)
policy "command: [openssl, rand, -hex, 32]"
exits 0 refresh p.yaml
policy "command: [sh, -c, exit 3]"
exits 1 refresh p.yaml
says "ended with status 3"
