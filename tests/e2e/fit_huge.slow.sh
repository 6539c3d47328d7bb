#!/bin/bash
# What no one would put into a database, and somebody does: values of nearly 1 GB, 10 million different texts, one person with
# a million rows.  fit takes them, in memory that does not grow with them, or says what it cannot read and on which column.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
cd "$test_root"

# policy DB TABLE:SUBJECT... : every column learnt but for ids
policy()
{
    local db=$1 pair table
    printf 'sandseed: 1\nsource: %s\ntarget: cluster:%s/sandbox\noutput: %s/out\nrequire_signoff: none\ntables:\n' "$(dsn source "$db")" "$test_root" "$test_root"
    for pair in "${@:2}"; do
        table=${pair%%:*}
        printf '  public.%s:\n    mode: synthesise\n' "$table"
        case ${pair#*:} in
        none) printf '    subject: none\n    why: made\n' ;;
        *) printf '    subject: %s\n' "${pair#*:}" ;;
        esac
        echo "    columns:"
        psql_in source "$db" -At -c "SELECT '      ' || attname || ': {class: ' || CASE WHEN attname ~ 'id$' THEN 'key' ELSE 'non-personal' END || '}' FROM pg_attribute
            WHERE attrelid = 'public.$table'::regclass AND attnum > 0 ORDER BY attnum"
    done
}

# fits DB: its model is model_DB; what it took is told
fits()
{
    local status=0
    /usr/bin/time -f '%M %e' -o took "$SANDSEED" fit "$1.yaml" -o "model_$1" --allow-privileged-source --seed 7 >"told_$1" 2>err || status=$?
    read -r memory seconds < <(tail -1 took)
    echo "$1: status $status, $((memory / 1024)) MB, $seconds s"
    return $status
}

# --- values of nearly 1 GB, which is the most that COPY sends of a row
createdb_in source gigabytes
psql_in source gigabytes -o /dev/null -c "
CREATE TABLE big (id int PRIMARY KEY, t text, b bytea, n int NOT NULL);
ALTER TABLE big ALTER t SET STORAGE EXTERNAL, ALTER b SET STORAGE EXTERNAL;
INSERT INTO big SELECT i, 'short ' || i % 5, '\\x00', i % 7 FROM generate_series(1, 600) AS i;
UPDATE big SET t = repeat('longest ', 112500000) WHERE id = 100;
UPDATE big SET b = decode(repeat('ab', 250000000), 'hex') || decode(repeat('cd', 250000000), 'hex') WHERE id = 200;
ANALYZE big"
policy gigabytes big:none >gigabytes.yaml
claim "a text of 900 MB and 500 MB of bytes are read" fits gigabytes
claim "in memory for three of them" [ "$memory" -lt 4000000 ]
claim "and nothing of them is in the model" [ "$(wc -c <model_gigabytes/model.json)" -lt 100000 ]
claim "not a word" bash -c "! grep -q 'longest longest' model_gigabytes/model.json"

# What the server cannot send in one message: a row of more than 1 GB.
createdb_in source unsendable
psql_in source unsendable -o /dev/null -c "
CREATE TABLE big (id int PRIMARY KEY, t text, u text, n int NOT NULL);
ALTER TABLE big ALTER t SET STORAGE EXTERNAL, ALTER u SET STORAGE EXTERNAL;
INSERT INTO big SELECT i, 'short', 'short', i % 7 FROM generate_series(1, 600) AS i;
UPDATE big SET t = repeat('longest ', 75000000) WHERE id = 100;
UPDATE big SET u = repeat('farthest', 75000000) WHERE id = 100;
ANALYZE big"
policy unsendable big:none >unsendable.yaml
claim "two of 600 MB in a row are refused" eval '! fits unsendable'
cat err
claim "the message names the table" grep -q 'public\.big' err
claim "and no value" bash -c "! grep -qE 'longest|farthest' err"
claim "there is no model" [ ! -e model_unsendable ]

# --- 10 million different texts
createdb_in source texts
psql_in source texts -o /dev/null -c "
CREATE TABLE many (id int PRIMARY KEY, t text NOT NULL, n bigint NOT NULL, u uuid NOT NULL);
INSERT INTO many SELECT i, md5(i::text), i::bigint * 7919 % 10000019, md5(i::text)::uuid FROM generate_series(1, 10000000) AS i;
ANALYZE many"
policy texts many:none >texts.yaml
claim "10 million different texts are learnt" fits texts
claim "in 500 MB" [ "$memory" -lt 512000 ]
claim "and no text is in the model" python3 - <<'PY'
import json
c = {c["name"]: c["marginal"] for c in json.load(open("model_texts/model.json"))["tables"][0]["columns"]}
assert not c["t"].get("values") and c["t"]["lengths"], c["t"].keys()
PY

# --- one person with a million rows
createdb_in source heavy
psql_in source heavy -o /dev/null -c "
CREATE TABLE person (id int PRIMARY KEY, a int NOT NULL);
INSERT INTO person SELECT i, i % 5 FROM generate_series(1, 3000) AS i;
CREATE TABLE visit (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, v int NOT NULL, w text NOT NULL);
INSERT INTO visit SELECT i, CASE WHEN i <= 1000000 THEN 77 ELSE i % 3000 + 1 END, CASE WHEN i <= 1000000 THEN 424242 ELSE i % 8 END, CASE WHEN i <= 1000000 THEN 'his own' ELSE 'w' || i % 3 END
    FROM generate_series(1, 1030000) AS i;
ANALYZE"
policy heavy person:self visit:person_id >heavy.yaml
claim "a person with a million rows" fits heavy
claim "in 500 MB" [ "$memory" -lt 512000 ]
claim "what he alone has is not in it, nor how many rows he has" bash -c "! grep -qE '424242|his own|1000000|1030000' model_heavy/model.json"
claim "the others' rows are told" python3 - <<'PY'
import json
t = {t["name"]: t for t in json.load(open("model_heavy/model.json"))["tables"]}
assert 28000 < t["visit"]["count"] < 32000, t["visit"]["count"]
PY
