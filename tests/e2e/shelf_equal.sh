#!/bin/bash
# A model's schema is compared with what its archive makes of an empty database, also where PostgreSQL writes it otherwise
# once it is restored: without a second database, and with the same strictness.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source things
cd "$test_root"
psql_in source things -o /dev/null -c "
CREATE TABLE part (id int PRIMARY KEY, colour varchar(20) CHECK (colour IN ('red', 'blue')));
INSERT INTO part SELECT i, 'red' FROM generate_series(1, 300) AS i;
ANALYZE"

# PostgreSQL's programs; pg_dump lets somebody into the private server after its first text, pg_restore tells where it restores.
real=$(pg_bin)
mkdir bin
for program in "$real"/*; do ln -s "$program" bin/; done
rm bin/pg_dump bin/pg_restore
cat >bin/pg_dump <<SH
#!/bin/bash
'$real/pg_dump' "\$@" || exit
case "\$*" in *--version*|*--format=custom*) exit 0 ;; esac
echo x >>'$test_root/texts'
[ ! -e '$test_root/intrude' ] || [ "\$(wc -l <'$test_root/texts')" != 1 ] ||
    PGOPTIONS= '$real/psql' -X -q -c 'CREATE TABLE public.intruder (a int)' >/dev/null || exit 1
SH
cat >bin/pg_restore <<SH
#!/bin/bash
echo "\$*" >>'$test_root/restored'
exec '$real/pg_restore' "\$@"
SH
chmod 755 bin/pg_dump bin/pg_restore

"$SANDSEED" plan "$(dsn source things)" -o things.yaml --target "$(dsn source sandbox)" --quiet >/dev/null
"$SANDSEED" sign things.yaml --by test --why "a test" --quiet '*' >/dev/null
fit() { "$SANDSEED" fit things.yaml -o "$1" --seed 7 --pg-bindir "$test_root/bin" --allow-privileged-source --quiet >out 2>err; }
text() { "$real/pg_restore" -f - "$1/schema.dump" | grep -v '^.\(un\)\?restrict '; }

fit model || fail "fit: $(cat err)"
claim "a schema that a second reading writes otherwise passes" [ -s model/schema.dump ]
claim "it is one" bash -c "! diff -q <('$real/pg_dump' -s -d '$(dsn source things)' | grep CHECK) <('$real/pg_restore' -f - model/schema.dump | grep CHECK) >/dev/null"
claim "its CHECK is in it" bash -c "'$real/pg_restore' -f - model/schema.dump | grep -q \"CONSTRAINT part_colour_check CHECK\""
claim "no second database is made for it" bash -c "grep -q sandbox__next restored && ! grep -q __scratch restored"
claim "what was restored is dumped, and what came of it" [ "$(wc -l <texts)" = 2 ]

rm -f texts
touch intrude
status=0
fit changed || status=$?
claim "a table that comes in between is seen" [ "$status" = 4 ]
claim "and named" grep -q intruder err
claim "and no model is written" [ ! -e changed ]
rm -f intrude texts

# With kept rows the database is not empty when its indexes are made: then a second one is.
sed -e 's/mode: synthesise/mode: keep\n    subject: none\n    why: parts/' -e '/^    signed:/d' things.yaml >kept.yaml
"$SANDSEED" sign kept.yaml --by test --why "a test" --quiet '*' >/dev/null 2>signing || fail "sign: $(cat signing)"
rm -f restored
"$SANDSEED" fit kept.yaml -o kept --seed 7 --pg-bindir "$test_root/bin" --allow-privileged-source --quiet >out 2>err || fail "fit: $(cat err)"
claim "with kept rows a second database is" grep -q sandbox__scratch restored
claim "and the schema is the same" diff <(text model) <(text kept)
