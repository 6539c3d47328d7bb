#!/bin/bash
# Tables that stand between others: a link of two, a row that another one may have once, keys that share a column (tenant).
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
psql_in source made -c "
CREATE FUNCTION h(i bigint, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
CREATE TABLE student (id int PRIMARY KEY, major text NOT NULL, since date NOT NULL);
CREATE TABLE profile (student_id int PRIMARY KEY REFERENCES student, made timestamptz NOT NULL, theme text NOT NULL);
CREATE TABLE course (id int PRIMARY KEY, dept text NOT NULL, size int NOT NULL);
CREATE TABLE enrolment (student_id int REFERENCES student, course_id int REFERENCES course, PRIMARY KEY (student_id, course_id));
INSERT INTO student SELECT i, 'd' || h(i, 1) % 4, date '2020-01-01' + (h(i, 2) % 1400)::int FROM generate_series(1, 2500) AS i;
-- Six of ten students of departments 0 and 1 have one, of others two of ten; an hour or so after they came.
INSERT INTO profile SELECT id, since + (h(id, 3) % 7200) * interval '1 second', 't' || h(id, 4) % 3 FROM student WHERE h(id, 5) % 10 < CASE WHEN major < 'd2' THEN 6 ELSE 2 END;
INSERT INTO course SELECT i, 'd' || i % 4, (h(i, 6) % 50)::int FROM generate_series(1, 600) AS i;
-- Eight of ten are of the student's own department.
INSERT INTO enrolment SELECT DISTINCT s.id, CASE WHEN h(s.id * 10 + n, 7) % 10 < 8 THEN 4 * (h(s.id * 10 + n, 8) % 149 + 1) + substr(s.major, 2)::int ELSE 1 + h(s.id * 10 + n, 9) % 600 END
FROM student AS s, generate_series(1, 2 + (h(s.id, 10) % 5)::int) AS n;
CREATE TABLE tenant (id int PRIMARY KEY, tier text NOT NULL);
CREATE TABLE member (tenant_id int REFERENCES tenant, id int, tone text NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE thing (tenant_id int REFERENCES tenant, id int, shade text NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE loan (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenant, member_id int NOT NULL, thing_id int NOT NULL, days int NOT NULL,
    FOREIGN KEY (tenant_id, member_id) REFERENCES member, FOREIGN KEY (tenant_id, thing_id) REFERENCES thing);
INSERT INTO tenant SELECT i, 'q' || i % 3 FROM generate_series(1, 60) AS i;
INSERT INTO member SELECT t, m, 's' || h(t * 100 + m, 11) % 3 FROM generate_series(1, 60) AS t, generate_series(1, 40) AS m;
INSERT INTO thing SELECT t, m, 's' || m % 3 FROM generate_series(1, 60) AS t, generate_series(1, 30) AS m;
-- A member takes things of the member's own tone, nine times of ten.
INSERT INTO loan SELECT row_number() OVER (), t, id, CASE WHEN h(t * 1000 + id * 10 + n, 13) % 10 < 9 THEN 3 * (h(t * 1000 + id * 10 + n, 14) % 9 + 1) + substr(tone, 2)::int ELSE 1 + h(t * 1000 + id * 10 + n, 15) % 30 END, (h(t * 1000 + id * 10 + n, 16) % 20)::int
FROM (SELECT tenant_id AS t, id, tone FROM member) AS m, generate_series(1, 1 + (h(t * 100 + id, 17) % 5)::int) AS n;
CREATE TABLE area (id int PRIMARY KEY, area_id int REFERENCES area, kind text NOT NULL);
CREATE TABLE opening (id int PRIMARY KEY, course_id int NOT NULL REFERENCES course, at timestamptz NOT NULL);
CREATE TABLE ping (id int PRIMARY KEY, at timestamptz NOT NULL);
CREATE TABLE setting (id int PRIMARY KEY, kind text NOT NULL);
INSERT INTO area SELECT i, nullif(i / 5, 0), 'k' || i % 3 FROM generate_series(1, 100) AS i;
INSERT INTO opening SELECT i, 1 + i % 600, timestamptz '2024-01-01 00:00Z' + i * interval '1 hour' FROM generate_series(1, 100) AS i;
INSERT INTO ping SELECT i, timestamptz '2024-01-01 00:00Z' + i * interval '1 hour' FROM generate_series(1, 100) AS i;
INSERT INTO setting SELECT i, 'k' || i % 3 FROM generate_series(1, 100) AS i;
ANALYZE" >/dev/null
cat >"$test_root/made.yaml" <<YAML
sandseed: 1
source: $(dsn source made)
target: cluster:$test_root/sandbox
output: $test_root/out
require_signoff: none
tables:
  public.student:
    mode: synthesise
    subject: self
    columns: {id: {class: key}, major: {class: non-personal}, since: {class: non-personal}}
  public.profile:
    mode: synthesise
    subject: student_id
    columns: {student_id: {class: key}, made: {class: non-personal}, theme: {class: non-personal}}
  public.course:
    mode: synthesise
    subject: none
    why: goods
    columns: {id: {class: key}, dept: {class: non-personal}, size: {class: non-personal}}
  public.enrolment:
    mode: synthesise
    subject: student_id
    columns: {student_id: {class: key}, course_id: {class: key}}
  public.tenant:
    mode: synthesise
    subject: none
    why: goods
    columns: {id: {class: key}, tier: {class: non-personal}}
  public.member:
    mode: synthesise
    subject: self
    columns: {tenant_id: {class: key}, id: {class: key}, tone: {class: non-personal}}
  public.thing:
    mode: synthesise
    subject: none
    why: goods
    columns: {tenant_id: {class: key}, id: {class: key}, shade: {class: non-personal}}
  public.area:
    mode: synthesise
    subject: none
    why: goods
    columns: {id: {class: key}, area_id: {class: key}, kind: {class: non-personal}}
  public.opening:
    mode: synthesise
    subject: none
    why: goods
    columns: {id: {class: key}, course_id: {class: key}, at: {class: non-personal}}
  public.ping:
    mode: synthesise
    subject: none
    why: goods
    columns: {id: {class: key}, at: {class: non-personal}}
  public.setting:
    mode: synthesise
    subject: none
    why: goods
    columns: {id: {class: key}, kind: {class: non-personal}}
  public.loan:
    mode: synthesise
    subject: member_id
    columns: {id: {class: key}, tenant_id: {class: key}, member_id: {class: key}, thing_id: {class: key}, days: {class: non-personal}}
YAML
"$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/model" --allow-privileged-source --seed 7 --quiet >/dev/null || fail "fit"
"$SANDSEED" inspect "$test_root/model" >"$test_root/page" || fail "inspect"
roles() { grep -qE "^public\.$1 +synthesise .*role: $2($|[;,])" "$test_root/page"; }
for role in "student subject" "profile extension" "course reference" "enrolment link" "tenant reference" "member subject" "loan child" "area tree" "opening event" "ping log" "setting alone"; do
    # shellcheck disable=SC2086
    claim "inspect says what part ${role% *} plays" roles $role
done
cat >"$test_root/ways.json" <<'JSON'
{"public.student": {"ways": [{"name": "student", "subject": "t.id", "people": "public.student"}]},
 "public.profile": {"ways": [{"name": "student", "subject": "t.student_id", "people": "public.student", "columns": ["student_id"], "via": ["profile_student_id_fkey"]}]},
 "public.enrolment": {"ways": [{"name": "student", "subject": "t.student_id", "people": "public.student", "columns": ["student_id"], "via": ["enrolment_student_id_fkey"]}]},
 "public.member": {"ways": [{"name": "member", "subject": "(t.tenant_id, t.id)"}]},
 "public.loan": {"ways": [{"name": "member", "subject": "(t.tenant_id, t.member_id)", "columns": ["member_id"], "via": ["loan_tenant_id_member_id_fkey"]}]}}
JSON
claim "all that is told has k people behind it" python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model "$test_root/model" --source "$(dsn source made)" --ways "$test_root/ways.json" --seed 7

python3 - "$test_root/model/model.json" <<'PY'
import json, math, sys

tables = {t["name"]: t for t in json.load(open(sys.argv[1]))["tables"]}

def claim(text, holds, *found):
    print("ok:" if holds else "FAILED:", text, *found)
    if not holds:
        sys.exit(1)

def what(v):
    return " ".join([v["of"]] + [v[x] for x in ("column", "table", "reference") if x in v])

def tree(table, name):
    """What it splits by, and the entropy of what it is of."""
    d = tables[table]["dependence"]
    at = next(i for i, v in enumerate(d["variables"]) if what(v) == name)
    nodes = next(t for t in d["trees"] if t["of"] == at)["nodes"]
    leaves = [([n for *_, n in x["cells"]], x.get("rest", 0)) for x in nodes if "by" not in x]
    rows = sum(sum(cells) + rest for cells, rest in leaves)
    entropy = sum(-n * math.log(n / (sum(cells) + rest)) for cells, rest in leaves for n in cells) / rows
    return {what(d["variables"][n["by"]]) for n in nodes if "by" in n}, entropy

# .8 and a quarter of .2: a course of the student's own department, .05 of each other one.
by, entropy = tree("enrolment", "second dept enrolment_course_id_fkey")
claim("what a link leads to goes by the other end", "parent major enrolment_student_id_fkey" in by and abs(entropy - .588) < .05, round(entropy, 3))
by, entropy = tree("student", "children public.profile profile_student_id_fkey")
claim("whether there is a profile goes by the class or the major", bool(by & {"class", "column major"}) and entropy < .62, round(entropy, 3))
claim("and its time by the student's", "offset made profile_student_id_fkey" in [what(v) for v in tables["profile"]["dependence"]["variables"]])
variables = [what(v) for v in tables["loan"]["dependence"]["variables"]]
claim("the member owns a loan, not the tenant, whom it implies", "position loan_tenant_id_member_id_fkey" in variables and
      not any(v.endswith(" loan_tenant_id_fkey") for v in variables))
# .9 and a third of .1, with what it may be else.
by, entropy = tree("loan", "second shade loan_tenant_id_thing_id_fkey")
claim("the thing goes by the member", "parent tone loan_tenant_id_member_id_fkey" in by and abs(entropy - .292) < .06, round(entropy, 3))
claim("what keys say is no rule", all(not r["name"].startswith("course_id distinct") for r in tables["enrolment"].get("rules", ())))
PY
