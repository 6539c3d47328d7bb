#!/bin/bash
# An empty private server is kept in the output folder, and copied instead of made anew: only when it is just what initdb
# made, and nobody else can have changed it.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source things
cd "$test_root"
psql_in source things -o /dev/null -c "
CREATE TABLE zanzibird_part (id int PRIMARY KEY, colour text NOT NULL);
INSERT INTO zanzibird_part SELECT i, 'zanzibird ' || i % 4 FROM generate_series(1, 300) AS i;
ANALYZE"

# PostgreSQL's programs, of which two tell that they run.
real=$(pg_bin)
mkdir bin told && chmod 777 told
for program in "$real"/*; do ln -s "$program" bin/; done
rm bin/initdb bin/postgres
# initdb makes one server; what it makes afterwards is a copy of that, which takes less time.
cat >bin/initdb <<SH
#!/bin/bash
echo x >>'$test_root/told/initdb'
[ ! -e '$test_root/told/wait' ] || { : >'$test_root/told/waits'; sleep 60; }
[ -d '$test_root/told/pristine' ] && exec cp -a '$test_root/told/pristine' "\$2"
'$real/initdb' "\$@" && cp -a "\$2" '$test_root/told/pristine'
SH
cat >bin/postgres <<SH
#!/bin/bash
[ "\$1" != -D ] || '$real/pg_controldata' "\$2" | sed -n 's/^Database system identifier: *//p' >>'$test_root/told/identifiers'
exec '$real/postgres' "\$@"
SH
chmod 755 bin/initdb bin/postgres
touch told/initdb told/identifiers && chmod 666 told/initdb told/identifiers
made() { wc -l <told/initdb; }

"$SANDSEED" plan "$(dsn source things)" -o things.yaml --target "$(dsn source sandbox)" --quiet >/dev/null
"$SANDSEED" sign things.yaml --by test --why "a test" --quiet '*' >/dev/null
fit() { "$SANDSEED" fit things.yaml -o "${1:-model}" --seed 7 --pg-bindir "$test_root/bin" --allow-privileged-source --quiet >out 2>err || fail "fit: $(cat err)"; }
kept=sandseed-out/empty-server

fit first
claim "the first run makes a server" [ "$(made)" = 1 ]
claim "and keeps an empty one, whole" [ -s $kept/made-by -a -s $kept/data/PG_VERSION ]
claim "that only this user may read" [ -z "$(find $kept ! -user "$(id -un)" -o -type d ! -perm 700 -o -type f ! -perm 600)" ]
claim "on which no server ran" [ "$("$real/pg_controldata" $kept/data | sed -n 's/^Database cluster state: *//p')" = "shut down" -a ! -e $kept/data/postmaster.opts ]
claim "and that holds nothing of the source" bash -c "! grep -rqi zanzibird $kept"
claim "nothing else of the run is left" [ -z "$(ls -d sandseed-out/run-* 2>/dev/null)" ]
sum() { (cd $kept && find . -type f -exec sha256sum {} + && find . -printf '%p %s %T@\n') | sort | sha256sum; }
before=$(sum)

fit second
claim "the second run copies it" [ "$(made)" = 1 ]
claim "and leaves it as it is" [ "$(sum)" = "$before" ]
claim "its model is the same" cmp first/model.json second/model.json
claim "and its schema" diff <("$real/pg_restore" -f - first/schema.dump | grep -v '^.\(un\)\?restrict ') <("$real/pg_restore" -f - second/schema.dump | grep -v '^.\(un\)\?restrict ')

# changed WHAT COMMAND...: after it the server is made anew, and what was kept is replaced
changed()
{
    local what=$1 before
    before=$(made)
    shift
    "$@" || fail "could not change it: $what"
    touch mark
    fit
    claim "not used, but replaced: $what" \
        [ "$(made)" = $((before + 1)) -a ! -L $kept -a -d $kept -a $kept/made-by -nt mark ]
}
relink() { rm -rf elsewhere && mv "$1" elsewhere && ln -s "$test_root/elsewhere" "$1"; }
changed "a file written anew" touch $kept/data/global/pg_control
changed "a file more" touch $kept/data/standby.signal
changed "no marker" rm $kept/made-by
changed "the marker of another version" sed -i 's/^postgres .*/postgres (PostgreSQL) 11.1/' $kept/made-by
changed "a link instead of a file" relink $kept/data/pg_hba.conf
changed "a file with two names" ln -f $kept/data/pg_ident.conf another
changed "a link instead of the folder" relink $kept
changed "no folder" eval "rm -r $kept && touch $kept"
changed "a folder that others may enter" chmod 755 $kept
changed "a newer program" touch bin/initdb
if [ "$(id -u)" = 0 ]; then
    changed "a file of somebody else" chown postgres $kept/data/pg_hba.conf
    changed "a folder of somebody else" chown postgres $kept
fi
claim "what a link led to is still there" [ -s elsewhere/made-by ]
before=$(made)
fit
claim "what replaced them all is used" [ "$(made)" = "$before" ]

before=$(made)
"$SANDSEED" generate first "cluster:$test_root/box?dbname=box" -o sandseed-out --pg-bindir "$test_root/bin" --quiet >out 2>err || fail "generate: $(cat err)"
claim "generate copies it, too, and makes only the server that stays" [ "$(made)" = $((before + 1)) ]
"$SANDSEED" cluster stop box >/dev/null
mkdir csv && psql_in source things -c "COPY zanzibird_part TO STDOUT CSV HEADER" >csv/part.csv
"$SANDSEED" plan csv:csv -o csv.yaml --target csv:made --quiet --pg-bindir "$test_root/bin" >/dev/null 2>err || fail "plan: $(cat err)"
"$SANDSEED" sign csv.yaml --by test --why "a test" --quiet --pg-bindir "$test_root/bin" '*' >/dev/null 2>err || fail "sign: $(cat err)"
before=$(made)
"$SANDSEED" refresh csv.yaml --pg-bindir "$test_root/bin" --quiet >out 2>err || fail "refresh: $(cat err)"
claim "both servers of a run from files to files are copies" [ "$(made)" = "$before" ]
claim "but two, by their identifiers" [ "$(tail -2 told/identifiers | sort -u | wc -l)" = 2 ]
own=$(head -1 told/identifiers) # of what initdb makes here
claim "as are all copies" [ -z "$(grep -vx "$own" told/identifiers | sort | uniq -d)" -a "$(grep -cvx "$own" told/identifiers)" -ge 5 ]

# Killed while it is made.
rm -r $kept
touch told/wait
"$SANDSEED" fit things.yaml -o model --pg-bindir "$test_root/bin" --allow-privileged-source --quiet >out 2>err &
run=$!
for _ in $(seq 1200); do [ ! -e told/waits ] || break; sleep 0.05; done
[ -e told/waits ] || fail "initdb was not run"
kill -9 $run
wait $run 2>/dev/null || true
rm told/wait
claim "a run that is killed keeps nothing" [ ! -e $kept ]
left=$(ls -d sandseed-out/run-*)
mkdir -m 700 "$left/empty-server" && mkdir -m 700 "$left/empty-server/data" # as of one killed a moment later
before=$(made)
fit
claim "the next one makes it, and nothing half of it is left" [ "$(made)" = $((before + 1)) -a -s $kept/made-by -a ! -e "$left" ]

# Two at once, each with an output folder of its own.
sed 's|^output: .*|output: ./other-out|' things.yaml >other.yaml
grep -q '^output: ./other-out' other.yaml || echo 'output: ./other-out' >>other.yaml
cp things.yaml.lock other.yaml.lock
"$SANDSEED" fit other.yaml -o other --seed 7 --pg-bindir "$test_root/bin" --allow-privileged-source --quiet >out2 2>err2 &
run=$!
fit
wait $run || fail "the other run: $(cat err2)"
claim "two at once make the same" cmp model/model.json first/model.json
claim "and each keeps its own" [ -s $kept/made-by -a -s other-out/empty-server/made-by ]
