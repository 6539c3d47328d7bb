#!/bin/bash
# What somebody without the key gets out of pseudonyms:  tests/bench/pseudonym_attacks.sh [ROWS]
#
#   frequency   The k-th most frequent pseudonym is taken for the k-th most frequent value of the source, whose
#               frequencies the attacker knows: the share of rows that this tells rightly, beside that of who says the most frequent
#               value of every row.
#   dates       Where a row stands is taken for when it came in: the share of people whose dates' shift this tells to the week.
#   keyless     The attacker makes pseudonyms under a key of their own and compares: how many rows agree, beside how
#               many would by chance.
#   join        Two sandboxes of one source: how many pseudonyms are in both.
#
# Rows are made for it, with a number that is kept, by which the truth is known.  Value-keyed codes of few values stand for what
# must fail: their frequencies give them away.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

rows=${1:-20000}
server_start source
server_start target
createdb_in source people
psql_in source people -o /dev/null <<SQL
CREATE TABLE person (id int PRIMARY KEY, truth int NOT NULL, name text NOT NULL, city text NOT NULL, coded_city text NOT NULL,
    email text NOT NULL UNIQUE, at timestamptz NOT NULL);
-- Zipf: the k-th of 300 names, and of 60 cities, comes 1/k as often as the first.
INSERT INTO person SELECT i, i, 'Name' || least(300, floor(exp(random() * ln(301)))) || ' Real', 'City' || c, 'City' || c, 'p' || i || '@real.org',
    timestamptz '2023-01-01' + i * (interval '1000 days' / $rows)
  FROM generate_series(1, $rows) i, LATERAL (SELECT least(60, floor(exp(random() * ln(61) + i * 0)))::int AS c) t;
CREATE TABLE visit (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, truth int NOT NULL, at timestamptz NOT NULL);
INSERT INTO visit SELECT i, 1 + (random() * ($rows - 1))::int, i, timestamptz '2023-01-01' + i * (interval '1000 days' / ($rows * 5)) FROM generate_series(1, $rows * 5) i;
ANALYZE;
SQL
mkdir -m 700 "$test_root/work"
cd "$test_root/work"
"$SANDSEED" key new -o one.key --quiet >/dev/null
"$SANDSEED" key new -o other.key --quiet >/dev/null
# sandbox NAME KEY OF-NAME
sandbox()
{
    cat >"$1.yaml" <<END
sandseed: 1
source: $(dsn source people)
target: $(dsn target "$1")
output: ./out-$1
require_signoff: none
key: {file: $2, sandbox: $3}
tables:
  public.person:
    mode: pseudonymise
    subject: self
    columns:
      id: {class: key}
      truth: {class: non-personal}
      name: {class: direct-identifier, kind: person-name}
      city: {class: quasi-identifier, treatment: pseudonymise, kind: city}
      coded_city: {class: quasi-identifier, treatment: pseudonymise, kind: code}
      email: {class: direct-identifier, kind: email}
      at: {class: quasi-identifier, treatment: pseudonymise, kind: date-shift}
  public.visit:
    mode: pseudonymise
    columns: {id: {class: key}, person_id: {class: key}, truth: {class: non-personal}, at: {class: quasi-identifier, treatment: pseudonymise, kind: date-shift}}
END
    refresh "$1.yaml" >/dev/null
}
sandbox box one.key box
sandbox keyless other.key box
sandbox second one.key second
for of in source:people target:box target:keyless target:second; do
    psql_in "${of%:*}" "${of#*:}" -c "COPY (SELECT truth, id, name, city, coded_city, email, extract(epoch FROM at) FROM person ORDER BY ctid) TO STDOUT" >"${of#*:}.person"
    psql_in "${of%:*}" "${of#*:}" -c "COPY (SELECT truth, person_id, extract(epoch FROM at) FROM visit ORDER BY ctid) TO STDOUT" >"${of#*:}.visit"
done
python3 - <<'PY'
import collections, csv
def read(name):
    return [line.rstrip("\n").split("\t") for line in open(name)]
source, box, keyless, second = (read(f"{n}.person") for n in ("people", "box", "keyless", "second"))
true = {r[0]: r for r in source}
n = len(source)
print(f"{n} people, {len(read('people.visit'))} visits")
print(f"{'column':<12} {'frequency attack':>17} {'most frequent value':>20}")
for name, c in (("name", 2), ("city", 3), ("coded_city", 4), ("email", 5)):
    known = [v for v, _ in collections.Counter(r[c] for r in source).most_common()]
    seen = [v for v, _ in collections.Counter(r[c] for r in box).most_common()]
    guess = dict(zip(seen, known))
    right = sum(guess.get(r[c]) == true[r[0]][c] for r in box) / n
    print(f"{name:<12} {right:>17.4f} {collections.Counter(r[c] for r in source).most_common(1)[0][1] / n:>20.4f}")
# dates: rows of visit in the order they stand; a row's place, as a share, says when it came in.
visits = read("box.visit")
order = sorted(float(r[2]) for r in read("people.visit"))
of_person = collections.defaultdict(list)
for place, r in enumerate(visits):
    of_person[r[1]].append(order[place * len(order) // len(visits)] - float(r[2]))
real = {r[0]: float(r[2]) for r in read("people.visit")}
right = people = 0
shift = {r[1]: real[r[0]] - float(r[2]) for r in visits}
for who, guesses in of_person.items():
    guesses.sort()
    people += 1
    right += abs(guesses[len(guesses) // 2] - shift[who]) < 7 * 86400
print(f"dates: {right / people:.4f} of the shifts told to the week; by chance about {15 / 365:.4f}")
agree = {name: sum(a == b for a, b in zip((r[c] for r in sorted(box)), (r[c] for r in sorted(keyless)))) / n for name, c in (("id", 1), ("name", 2), ("city", 3), ("coded_city", 4), ("email", 5))}
chance = {}
for name, c in (("id", 1), ("name", 2), ("city", 3), ("coded_city", 4), ("email", 5)):
    a, b = collections.Counter(r[c] for r in box), collections.Counter(r[c] for r in keyless)
    chance[name] = sum(a[v] * b[v] for v in a) / n / n
print("keyless: rows that agree with those of another key (by chance): " + ", ".join(f"{k} {agree[k]:.4f} ({chance[k]:.4f})" for k in agree))
both = {name: len({r[c] for r in box} & {r[c] for r in second}) for name, c in (("id", 1), ("email", 5))}
print(f"join: pseudonyms in two sandboxes of one source: {both['id']} numbers ({n * n / 1e9:.1f} by chance), {both['email']} addresses")
PY
