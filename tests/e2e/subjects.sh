#!/bin/bash
# Whose rows they are: plan names the tables of people and how the others reach them, over keys that nobody declared too, and
# what one person alone has passes no threshold, whatever the policy says of the key or leaves out.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start a
cd "$test_root"
createdb_in a shop
psql_in a shop <<'SQL'
CREATE TABLE app_user (id int PRIMARY KEY, login text UNIQUE NOT NULL, active bool NOT NULL);
INSERT INTO app_user SELECT g, 'u' || g, g % 2 = 0 FROM generate_series(1, 400) g;
CREATE TABLE country (code text PRIMARY KEY);
INSERT INTO country SELECT 'c' || g FROM generate_series(1, 20) g;

-- 1,000 rows of one person, and 800 of others; no key says so
CREATE TABLE event (id bigint PRIMARY KEY, user_id bigint NOT NULL, topic text NOT NULL, ok bool NOT NULL);
INSERT INTO event SELECT g, CASE WHEN g <= 1000 THEN 7 ELSE 1 + g % 400 END, CASE WHEN g <= 1000 THEN 'HIV clinic' ELSE 'news' END, g > 1000
    FROM generate_series(1, 1800) g;
-- the same in twenty countries, to which there is a key
CREATE TABLE trip (id int PRIMARY KEY, user_id int NOT NULL, country text NOT NULL REFERENCES country, reason text NOT NULL);
INSERT INTO trip SELECT g, CASE WHEN g <= 1000 THEN 7 ELSE 1 + g % 400 END, 'c' || 1 + g % 20, CASE WHEN g <= 1000 THEN 'Abortion' ELSE 'work' END
    FROM generate_series(1, 1800) g;
-- one step further
CREATE TABLE event_line (id int PRIMARY KEY, event_id int NOT NULL, code text NOT NULL);
INSERT INTO event_line SELECT g, g, CASE WHEN g <= 1000 THEN 'F64.0' ELSE 'Z00' END FROM generate_series(1, 1800) g;
-- some users are gone
CREATE TABLE login (id int PRIMARY KEY, user_id int, hour int);
INSERT INTO login SELECT g, CASE WHEN g % 100 = 0 THEN 100000 + g WHEN g % 7 > 0 THEN 1 + g % 400 END, g % 24 FROM generate_series(1, 900) g;
-- who is not ours has another number each time
CREATE TABLE chat (id int PRIMARY KEY, user_id int NOT NULL, topic text NOT NULL);
INSERT INTO chat SELECT g, CASE WHEN g <= 15 THEN -g ELSE 1 + g % 400 END, CASE WHEN g <= 15 THEN 'Divorce' ELSE 'weather' END FROM generate_series(1, 1200) g;
-- others' users: none of them is ours
CREATE TABLE partner_score (id int PRIMARY KEY, user_id int NOT NULL, score int NOT NULL);
INSERT INTO partner_score SELECT g, 500000 + g % 90, g % 10 FROM generate_series(1, 900) g;
CREATE TABLE remark (id int PRIMARY KEY, owner_type text NOT NULL, owner_id int NOT NULL);
INSERT INTO remark SELECT g, 'user', 1 + g % 400 FROM generate_series(1, 900) g;
CREATE TABLE page (id int PRIMARY KEY, created_by int, title text);
INSERT INTO page SELECT g, 1 + g % 300, 't' || g FROM generate_series(1, 900) g;
CREATE TABLE bonus (id int PRIMARY KEY, user_id text);
INSERT INTO bonus SELECT g, (1 + g % 400)::text FROM generate_series(1, 500) g;
CREATE TABLE parted (id int, user_id int, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (1000);
INSERT INTO parted SELECT g, 1 + g % 400 FROM generate_series(1, 900) g;
CREATE TABLE sealed (id int PRIMARY KEY, user_id int);
ALTER TABLE sealed ENABLE ROW LEVEL SECURITY;
CREATE ROLE reader LOGIN;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
ANALYZE;
SQL
reader="$(dsn a shop | sed 's/user=postgres/user=reader/')"
plan() { "$SANDSEED" plan "$@" --quiet; }

# --- what plan proposes ---
exits 0 plan "$reader" -o policy.yaml --target "$(dsn a box)"
says "People: public.app_user; 8 tables lead to them, 8 columns by no declared key."
# entry TABLE: its lines of the policy
entry() { awk -v t="  public.$1:" '$0 == t {on = 1; print; next} /^  [^ ]/ {on = 0} on' "${2:-policy.yaml}"; }
claim "the table of people" grep -q "subject: self    # named as tables of people are" <(entry app_user)
for table in event trip parted; do
    claim "$table leads to them" grep -qE "subject: \[user_id\]    # public.app_user$" <(entry $table)
    claim "$table: by which column, and why" grep -qE 'user_id: +\{class: key, references: public.app_user.id, why: "named .*; no foreign key; all values looked at are there"\}' <(entry $table)
done
claim "over another table" grep -qE "subject: \[event_id\]    # by way of public.event$" <(entry event_line)
claim "orphans are few" grep -qE "references: public.app_user.id, why: .*nearly all values" <(entry login)
claim "and so are those of nobody" grep -qE "references: public.app_user.id, why: .*nearly all values" <(entry chat)
claim "who created it" grep -qE "created_by: +\{class: key, references: public.app_user.id" <(entry page)
claim "rows that are hidden from us" grep -qE "references: public.app_user.id, why: .*no values were looked at" <(entry sealed)
for table in partner_score remark bonus; do
    claim "$table: values, a type beside it, and types speak against it" bash -c '! grep -qE "^    subject|, references" <<<"$1"' _ "$(entry $table)"
done
claim "what says which table it is" grep -qE "owner_id: .*owner_type beside it says" <(entry remark)
cp policy.yaml again.yaml; rm policy.yaml
exits 0 plan "$reader" -o policy.yaml --target "$(dsn a box)"
claim "and again the same" cmp policy.yaml again.yaml

# --- what is learnt ---
undecide policy.yaml
sed -Ei 's/(topic|reason|code|hour|score|title): +\{class: undecided\}/\1: {class: quasi-identifier}/
    /^  public.sealed:/,/^  public.trip:/ {s/mode: synthesise/mode: empty/; /subject|columns:|^      /d}' policy.yaml
exits 0 check policy.yaml
says "public.partner_score.user_id: it is named as keys to people are, and no foreign key nor references: says to whom"
says "public.bonus.user_id: it is named as keys to people are"
said_no() { ! grep -qE "$1" out || { cat out; fail "said: $1"; }; }
said_no "public.(event|trip|login|page|parted)[. ]"
learn() { rm -rf model; exits 0 "$SANDSEED" fit "$1" -o model --allow-privileged-source --quiet; }
model() { python3 - "$1" <<'PY'
import json, sys
m = json.load(open('model/model.json'))
t = {x['name']: x for x in m['tables']}
def c(table, column):
    return next(x['marginal'] for x in t[table]['columns'] if x['name'] == column)
def nothing(*tables):
    return all(t[x]['counted'] == 'nothing' and t[x]['shape_only'] and not any(k in y['marginal'] for y in t[x]['columns'] for k in ('points', 'lengths', 'codes', 'rest')) for x in tables)
text = json.dumps(m)
sys.exit(0 if eval(sys.argv[1]) else 1)
PY
}
private() { claim "$1: nothing of one person with 1,000 rows" model "not any(x in text for x in ('HIV clinic', 'Abortion', 'F64.0', 'Divorce'))"; }
learn policy.yaml
private "keys that nobody declared"
claim "what many people have is learnt" model "all(x in text for x in ('news', 'work', 'Z00', 'weather'))"
claim "they were counted" model "all(t[x]['counted'] == 'people' and not t[x].get('shape_only') for x in ('event', 'login', 'page', 'parted'))"
claim "1,000 rows of one person are not told" model "t['event']['count'] < 1000 and c('event', 'ok')['values'][0][1] == '<k'"
claim "whose they are is not learnt" model "'values' not in c('event', 'user_id') and 'points' not in c('event', 'user_id')"
claim "where they are others' users nothing is" model "nothing('partner_score', 'bonus')"

# nobody says whose they are: no references, no subject
sed -E 's/, references: [^,]*//; /^    subject: \[/d' policy.yaml >untold.yaml
exits 0 check untold.yaml
says "public.event.user_id: it is named as keys to people are"
says "public.trip.user_id: it is named as keys to people are"
learn untold.yaml
private "no references"
claim "no number at all" model "nothing('event', 'trip', 'event_line')"
# nor is the column there any more, or it is called harmless
sed -E '/^    subject: \[/d; /^      (user_id|event_id):/d; s/new_column: stop/new_column: shape/' policy.yaml >deleted.yaml
exits 0 check deleted.yaml
says "public.event.user_id: it is named as keys to people are"
learn deleted.yaml
private "the key's entry is deleted"
claim "no number of those" model "nothing('event', 'trip')"
sed -E '/^    subject: \[/d; s/^(      user_id: +).*/\1{class: non-personal}/; s/class: quasi-identifier/class: non-personal/' policy.yaml >harmless.yaml
learn harmless.yaml
claim "the key is called harmless, and so is all else: its name speaks" model "nothing('event', 'trip') and 'HIV clinic' not in text and 'Abortion' not in text"
# the people are not said to be people
sed '/subject: self/d; /^    subject: \[/d' policy.yaml >nobody.yaml
exits 0 check nobody.yaml
says "public.app_user"
learn nobody.yaml
private "no subject at all"
# a person answers for it
awk '/^  public.partner_score:/ {print; getline; print; print "    subject: none\n    why: they are teams"; next} {print}' policy.yaml >none.yaml
exits 0 check none.yaml
said_no "public.partner_score.user_id:"
sed '/why: they are teams/d' none.yaml >unreasoned.yaml
exits 3 check unreasoned.yaml
says "subject: none needs a reason"

# --- what check refuses ---
refused() { # COLUMN-EXPRESSION TEXT
    sed -E "$1" policy.yaml >bad.yaml
    exits 3 check bad.yaml
    says "$2"
}
refused '/^  public.event:/,/^  public.event_line:/ s/public.app_user.id/public.app_users.id/' "public.event.user_id: references: there is no table public.app_users"
refused '/^  public.event:/,/^  public.event_line:/ s/public.app_user.id/public.app_user.nr/' "references: public.app_user has no column of that name"
refused '/^  public.event:/,/^  public.event_line:/ s/public.app_user.id/public.app_user.active/' "unique by no key of its own"
refused '/^  public.event:/,/^  public.event_line:/ s/public.app_user.id/public.app_user.login/' "types that cannot be compared"
refused 's/^(      country: +).*/\1{class: key, references: public.country.code}/' "the column has a foreign key"
refused 's/public.app_user.id/public.parted_1.id/' "public.parted_1 is a partition: name its root"
refused '/^  public.event:/,/^  public.event_line:/ s/, references: [^,]*//' 'subject "user_id" is no column of the table with a foreign key or references:'

# --- a new table comes in with whose it is; what stands there stays ---
cp policy.yaml before.yaml
psql_in a shop -c "CREATE TABLE basket (id int PRIMARY KEY, app_user_id int)" -c "INSERT INTO basket SELECT g, g FROM generate_series(1, 300) g" \
    -c "GRANT SELECT ON basket TO reader" -c "ALTER TABLE page ADD approved_by int"
exits 0 plan policy.yaml --source "$reader"
claim "the new table" grep -q "subject: \[app_user_id\]    # public.app_user" <(entry basket)
claim "and its key" grep -q "references: public.app_user.id" <(entry basket)
claim "the new column" grep -qE "approved_by: +\{class: key, references: public.app_user.id" <(entry page)
claim "and nothing else" bash -c '[ "$(diff before.yaml policy.yaml | grep -c "^<")" = 0 ]'

# --- the sandbox: complete, and without a constraint that the source does not have ---
exits 0 refresh policy.yaml --seed 3
claim "the sandbox has no such key" [ "$(psql_in a box -c "SELECT count(*) FROM pg_constraint WHERE contype = 'f'")" = 1 ]
claim "nothing of one person" bash -c '! pg_dump --data-only -d "$1" | grep -E "HIV clinic|Abortion|F64.0|Divorce"' _ "$(dsn a box)"
claim "what many people have is there" [ "$(psql_in a box -c "SELECT count(*) > 100 FROM event WHERE topic = 'news'")" = t ]

# --- a key to one partition, whose numbers others use again: joined by it, a row would be several people's ---
createdb_in a parts
psql_in a parts <<'SQL'
CREATE TABLE person (id int PRIMARY KEY);
INSERT INTO person SELECT g FROM generate_series(1, 2000) g;
CREATE TABLE doc (region text, id int, owner_id int NOT NULL REFERENCES person, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE doc_eu PARTITION OF doc FOR VALUES IN ('eu');
CREATE TABLE doc_us PARTITION OF doc FOR VALUES IN ('us');
CREATE TABLE doc_as PARTITION OF doc FOR VALUES IN ('as');
ALTER TABLE doc_eu ADD UNIQUE (id);
INSERT INTO doc SELECT r, g, 1 + (g * 7 + length(r) + ascii(r)) % 2000 FROM generate_series(1, 1000) g, unnest(ARRAY['eu', 'us', 'as']) r;
CREATE TABLE item (id int PRIMARY KEY, doc_id int NOT NULL REFERENCES doc_eu (id), colour text NOT NULL);
INSERT INTO item SELECT g, 1 + g % 1000, CASE WHEN g % 1000 < 5 THEN 'of five people' ELSE 'green' END FROM generate_series(1, 5000) g;
-- who is gone has another number each time, and the key was never validated
CREATE TABLE call (id int PRIMARY KEY, person_id int NOT NULL, topic text NOT NULL);
INSERT INTO call SELECT g, CASE WHEN g <= 15 THEN -g ELSE g END, CASE WHEN g <= 15 THEN 'Divorce' ELSE 'weather' END FROM generate_series(1, 1000) g;
ALTER TABLE call ADD FOREIGN KEY (person_id) REFERENCES person NOT VALID;
-- who answers is somebody of another system
CREATE TABLE ticket (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, user_id text NOT NULL);
INSERT INTO ticket SELECT g, g, 'auth0|' || g % 7 FROM generate_series(1, 700) g;
ANALYZE;
SQL
exits 0 plan "$(dsn a parts)" -o parts.yaml --target "$(dsn a box)"
claim "who is left out is told" grep -qE "# subject: \[person_id\]    # public.person; not counted: user_id: shape, until" <(entry ticket parts.yaml)
sed -Ei 's/((colour|topic): +)\{.*/\1{class: quasi-identifier}/' parts.yaml
exits 0 check parts.yaml --source "$(dsn a parts)" --allow-privileged-source
says "public.ticket.user_id: it is named as keys to people are, and no foreign key nor references: says to whom"
says "public.item: its way to people is by a foreign key to one partition"
learn parts.yaml
claim "five are not taken for fifteen" model "'of five people' not in text and nothing('item') and t['item']['count'] == 5000"
claim "who is not told of is behind no number" model "nothing('ticket')"
sed -Ei 's/# (subject: \[person_id\])    # (public.person); not counted.*/\1    # \2/' parts.yaml
exits 0 check parts.yaml --source "$(dsn a parts)" --allow-privileged-source
says "public.ticket.user_id: it is named as keys to people are, and subject: leaves them out"
claim "a key that is not validated holds nobody" model "'weather' in text and 'Divorce' not in text"
claim "nor have parents elsewhere their children" model "t['item']['references'][0]['children'] == []"

# --- partitions of a page beside a large one: of each some blocks, which are not the same of all ---
createdb_in a split
psql_in a split <<'SQL'
CREATE TABLE person (id int PRIMARY KEY);
INSERT INTO person SELECT g FROM generate_series(1, 400) g;
CREATE TABLE split (id int, person_id int, made_by_person_id int) PARTITION BY RANGE (id);
CREATE TABLE split_0 PARTITION OF split FOR VALUES FROM (0) TO (40000) WITH (fillfactor = 10);
CREATE TABLE split_1 PARTITION OF split FOR VALUES FROM (40000) TO (40100);
CREATE TABLE split_2 PARTITION OF split FOR VALUES FROM (40100) TO (40200);
INSERT INTO split SELECT g, CASE WHEN g >= 40000 THEN 1 + g % 400 END, CASE WHEN g >= 40000 THEN g END FROM generate_series(0, 40199) g;
ANALYZE;
SQL
exits 0 plan "$(dsn a split)" -o split.yaml
claim "values are looked at in small partitions" grep -qE " person_id: +.class: key, references: .*all values looked at" <(entry split split.yaml)
claim "and speak against" bash -c '! grep -qE "made_by_person_id: +\{.*references" <<<"$1"' _ "$(entry split split.yaml)"
