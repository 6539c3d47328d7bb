#!/bin/bash
# A model's schema is compared with the source's, or with what its archive makes of an empty database where PostgreSQL writes it
# otherwise once it is restored: without a second database where that could be foreseen, and with the same strictness.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source things
cd "$test_root"
psql_in source things -o /dev/null -c "
CREATE TABLE part (id int PRIMARY KEY, colour varchar(20) CHECK (colour IN ('red', 'blue')));
INSERT INTO part SELECT i, 'red' FROM generate_series(1, 300) AS i;
ANALYZE"

# PostgreSQL's programs; pg_dump lets somebody into the private server after its first dump of it, pg_restore tells where it restores.
real=$(pg_bin)
mkdir bin
for program in "$real"/*; do ln -s "$program" bin/; done
rm bin/pg_dump bin/pg_restore
cat >bin/pg_dump <<SH
#!/bin/bash
'$real/pg_dump' "\$@" || exit
case "\$*" in *--version*|*--snapshot=*) exit 0 ;; esac
echo x >>'$test_root/dumps'
[ ! -e '$test_root/intrude' ] || [ "\$(wc -l <'$test_root/dumps')" != 1 ] ||
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
claim "what was restored is dumped, and what came of it" [ "$(wc -l <dumps)" = 2 ]

rm -f dumps
touch intrude
status=0
fit changed || status=$?
claim "a table that comes in between is seen" [ "$status" = 4 ]
claim "and named" grep -q intruder err
claim "and no model is written" [ ! -e changed ]
rm -f intrude

# fit_of DATABASE SQL: a model of what the statements make.
fit_of()
{
    createdb_in source "$1"
    psql_in source "$1" -o /dev/null -c "$2"
    "$SANDSEED" plan "$(dsn source "$1")" -o "$1.yaml" --target "$(dsn source sandbox)" --quiet >/dev/null
    "$SANDSEED" sign "$1.yaml" --by test --why "a test" --quiet '*' >/dev/null
    rm -f dumps restored
    "$SANDSEED" fit "$1.yaml" -o "model_$1" --seed 7 --pg-bindir "$test_root/bin" --allow-privileged-source --quiet >out 2>err ||
        fail "fit of $1: $(cat err)"
}
table="CREATE TABLE part (id int PRIMARY KEY, colour varchar(20)); INSERT INTO part SELECT i, 'red' FROM generate_series(1, 300) AS i;"
fit_of plain "$table"
claim "a schema that reads as the source's is dumped once" [ "$(wc -l <dumps)" = 1 ]
claim "and restored once" [ "$(grep -c sandbox__next restored)" = 1 ]
claim "it is the source's" diff <("$real/pg_dump" -s -d "$(dsn source plain)" | grep -v '^.\(un\)\?restrict ') <(text model_plain)
claim "and the archive has the name of what it was published as" bash -c "'$real/pg_restore' --create -f - model_plain/schema.dump | grep -q '^CREATE DATABASE sandbox '"
fit_of unforeseen "$table ALTER TABLE part ADD known boolean GENERATED ALWAYS AS (colour IN ('red', 'blue')) STORED"
claim "where nobody foresaw that it is written otherwise, a second database is made" grep -q __scratch restored
claim "and the schema passes" [ -s model_unforeseen/schema.dump ]

# With kept rows the database is not empty when its indexes are made: then a second one is.
sed -e 's/mode: synthesise/mode: keep\n    subject: none\n    why: parts/' -e '/^    signed:/d' things.yaml >kept.yaml
"$SANDSEED" sign kept.yaml --by test --why "a test" --quiet '*' >/dev/null 2>signing || fail "sign: $(cat signing)"
rm -f restored
"$SANDSEED" fit kept.yaml -o kept --seed 7 --pg-bindir "$test_root/bin" --allow-privileged-source --quiet >out 2>err || fail "fit: $(cat err)"
claim "with kept rows a second database is" grep -q sandbox__scratch restored
claim "and the schema is the same" diff <(text model) <(text kept)
