#!/bin/bash
# Rows that follow each other: when the first one comes after its parent, how long until the next, by which states they go, what the end
# of the data cuts off, and which row a second reference leads to.  fit finds each where it is, and nothing where there is nothing.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
psql_in source made -c "
CREATE FUNCTION h(i bigint, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
-- Evenly spread between 0 and 1.
CREATE FUNCTION u(i bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT (h(i, salt) % 1000000 + 0.5) / 1000000';
CREATE TABLE client (id int PRIMARY KEY, since timestamptz NOT NULL, born date NOT NULL);
CREATE TABLE invoice (id int PRIMARY KEY, client_id int NOT NULL REFERENCES client, made timestamptz NOT NULL, state text NOT NULL);
CREATE TABLE step (id int PRIMARY KEY, invoice_id int NOT NULL REFERENCES invoice, at timestamptz NOT NULL, state text NOT NULL);
CREATE TABLE call (id int PRIMARY KEY, client_id int NOT NULL REFERENCES client, at timestamptz NOT NULL);
CREATE TABLE article (id int PRIMARY KEY, grp text NOT NULL, colour text NOT NULL, listed timestamptz NOT NULL);
CREATE TABLE line (id int PRIMARY KEY, invoice_id int NOT NULL REFERENCES invoice, article_id int NOT NULL REFERENCES article,
    other_id int NOT NULL REFERENCES article, third_id int NOT NULL REFERENCES article, unit text NOT NULL);
INSERT INTO client SELECT i, timestamptz '2021-01-01 00:00Z' + u(i, 1) * interval '1270 days', date '1950-01-01' + (u(i, 2) * 18000)::int FROM generate_series(1, 3750) AS i;
-- The first invoice comes at once for one of four, else after 10 days on average; the next one 30 days later to the second for two of
-- three clients, for others after 5 days on average.  The last six days' are open.
INSERT INTO invoice SELECT row_number() OVER (ORDER BY h(i.made_no, 9)), client, made, CASE WHEN made >= timestamptz '2024-06-24 00:00Z' THEN 'open' WHEN u(made_no, 11) < 0.1 THEN 'void' ELSE 'paid' END
FROM (SELECT c.id AS client, c.id * 100 + n AS made_no, date_trunc('second', c.since + CASE WHEN u(c.id, 3) < 0.25 THEN interval '0' ELSE -ln(u(c.id, 4)) * interval '10 days' END
    + CASE WHEN c.id % 3 < 2 THEN (n - 1) * interval '30 days'
      ELSE (SELECT COALESCE(sum(-ln(u(c.id * 100 + k, 5))), 0) FROM generate_series(2, n) AS k) * interval '5 days' END) AS made
    FROM client AS c, generate_series(1, 12) AS n) AS i WHERE made < timestamptz '2024-06-30 00:00Z';
-- new, checked and sent may stay what they are; new and checked go on, or are dropped; sent is kept, or checked again; kept and dropped are where it ends.
INSERT INTO step WITH RECURSIVE s AS (
    SELECT i.id AS invoice, i.made, 1 AS n, 'new' AS state FROM invoice AS i WHERE i.id % 4 = 0
    UNION ALL SELECT invoice, made, n + 1, CASE state WHEN 'new' THEN CASE WHEN u < 0.3 THEN 'new' WHEN u < 0.85 THEN 'checked' ELSE 'dropped' END
        WHEN 'checked' THEN CASE WHEN u < 0.2 THEN 'checked' WHEN u < 0.8 THEN 'sent' ELSE 'dropped' END
        ELSE CASE WHEN u < 0.1 THEN 'sent' WHEN u < 0.3 THEN 'checked' ELSE 'kept' END END
    FROM s, LATERAL (SELECT u(invoice * 20 + n, 14)) AS x(u) WHERE n < 15 AND state IN ('new', 'checked', 'sent'))
SELECT row_number() OVER (ORDER BY h(invoice * 20 + n, 12)), invoice, made + (n - 1) * interval '1 hour' - ln(u(invoice * 20 + n, 13)) * interval '4 minutes', state FROM s;
-- Negative control: calls at any time at all.
INSERT INTO call SELECT row_number() OVER (ORDER BY h(c.id * 10 + n, 15)), c.id, timestamptz '2023-01-01 00:00Z' + u(c.id * 10 + n, 16) * interval '500 days'
FROM client AS c, generate_series(1, 1 + (h(c.id, 17) % 5)::int) AS n;
INSERT INTO article SELECT i, 'g' || h(i, 20) % 4, 'c' || h(i, 21) % 4, timestamptz '2020-01-01 00:00Z' + u(i, 22) * interval '900 days' FROM generate_series(1, 800) AS i;
-- The article is of the group that the client likes, nine times of ten; half of the lines have the other one of the line before; the third is any.
CREATE TABLE of_group AS SELECT id, h(id, 20) % 4 AS g, row_number() OVER (PARTITION BY h(id, 20) % 4 ORDER BY h(id, 23)) - 1 AS place, count(*) OVER (PARTITION BY h(id, 20) % 4) AS articles FROM article;
INSERT INTO line WITH RECURSIVE l AS (
    SELECT i.id AS invoice, i.client_id AS client, 1 AS n, 1 + h(i.id * 10 + 1, 26) % 800 AS other FROM invoice AS i WHERE i.id % 3 = 1
    UNION ALL SELECT invoice, client, n + 1, CASE WHEN u(invoice * 10 + n, 25) < 0.5 THEN other ELSE 1 + h(invoice * 10 + n + 1, 26) % 800 END FROM l WHERE n < 1 + h(invoice, 24) % 4)
SELECT row_number() OVER (ORDER BY invoice, n), invoice, g.id, other, 1 + h(invoice * 10 + n, 27) % 800, 'u' || CASE WHEN u(invoice * 10 + n, 28) < 0.9 THEN g.g ELSE h(invoice * 10 + n, 29) % 4 END
FROM l JOIN of_group AS g ON g.g = CASE WHEN u(invoice * 10 + n, 30) < 0.9 THEN h(client, 31) % 4 ELSE h(invoice * 10 + n, 32) % 4 END AND g.place = h(invoice * 10 + n, 33) % g.articles;
DROP TABLE of_group;
-- Clients tell of articles soon after they were listed.
CREATE TABLE review (id int PRIMARY KEY, client_id int NOT NULL REFERENCES client, article_id int NOT NULL REFERENCES article, at timestamptz NOT NULL);
INSERT INTO review SELECT r, 1 + h(r, 45) % 3750, a.id, a.listed - ln(u(r, 46)) * interval '20 days' FROM generate_series(1, 6000) AS r JOIN article AS a ON a.id = 1 + h(r, 47) % 800;
-- Each kind once for a client; what each has is any, twice the same as often as chance has it.
CREATE TABLE wish (id int PRIMARY KEY, client_id int NOT NULL REFERENCES client, kind text NOT NULL, worth int NOT NULL);
INSERT INTO wish SELECT row_number() OVER (ORDER BY h(c.id * 10 + n, 40)), c.id, 'k' || (h(c.id, 41) + n * (1 + h(c.id, 42) % 6)) % 7, h(c.id * 10 + n, 43) % 7
FROM client AS c, generate_series(1, 1 + (h(c.id, 44) % 4)::int) AS n;
-- Roots, and below them up to three levels; a folder is of its parent's colour nine times of ten, and one below the second level has none below it.
CREATE TABLE folder (id int PRIMARY KEY, parent_id int REFERENCES folder, colour text NOT NULL, size int NOT NULL);
INSERT INTO folder WITH RECURSIVE f AS (
    SELECT i AS id, NULL::int AS parent, h(i, 50) % 5 AS colour, 0 AS level FROM generate_series(1, 400) AS i
    UNION ALL SELECT f.id * 5 + 400 + n, f.id, CASE WHEN u(f.id * 5 + n, 51) < 0.9 THEN f.colour ELSE h(f.id * 5 + n, 52) % 5 END, level + 1
    FROM f, generate_series(1, 5) AS n WHERE level < 3 AND n <= (ARRAY[4, 2, 1])[level + 1])
SELECT id, parent, 'c' || colour, h(id, 53) % 100 FROM f;
-- Sixty that go round in circles of three.
INSERT INTO folder SELECT 1000000 + i, NULL, 'c' || i % 5, i FROM generate_series(1, 60) AS i;
UPDATE folder SET parent_id = CASE WHEN (id - 1000000) % 3 = 0 THEN id - 2 ELSE id + 1 END WHERE id > 1000000;
ANALYZE" >/dev/null
cat >"$test_root/made.yaml" <<YAML
sandseed: 1
source: $(dsn source made)
target: cluster:$test_root/sandbox
output: $test_root/out
require_signoff: none
tables:
  public.client:
    mode: synthesise
    subject: self
    columns: {id: {class: key}, since: {class: non-personal}, born: {class: non-personal}}
  public.invoice:
    mode: synthesise
    subject: client_id
    columns: {id: {class: key}, client_id: {class: key}, made: {class: non-personal}, state: {class: non-personal}}
  public.step:
    mode: synthesise
    subject: invoice_id
    columns: {id: {class: key}, invoice_id: {class: key}, at: {class: non-personal}, state: {class: non-personal}}
  public.call:
    mode: synthesise
    subject: client_id
    columns: {id: {class: key}, client_id: {class: key}, at: {class: non-personal}}
  public.article:
    mode: synthesise
    subject: none
    why: goods
    columns: {id: {class: key}, grp: {class: non-personal}, colour: {class: non-personal}, listed: {class: non-personal}}
  public.line:
    mode: synthesise
    subject: invoice_id
    columns: {id: {class: key}, invoice_id: {class: key}, article_id: {class: key}, other_id: {class: key}, third_id: {class: key}, unit: {class: non-personal}}
  public.review:
    mode: synthesise
    subject: client_id
    columns: {id: {class: key}, client_id: {class: key}, article_id: {class: key}, at: {class: non-personal}}
  public.wish:
    mode: synthesise
    subject: client_id
    columns: {id: {class: key}, client_id: {class: key}, kind: {class: non-personal}, worth: {class: non-personal}}
  public.folder:
    mode: synthesise
    subject: none
    why: goods
    columns: {id: {class: key}, parent_id: {class: key}, colour: {class: non-personal}, size: {class: non-personal}}
YAML
"$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/model" --allow-privileged-source --seed 7 --jobs 1 --quiet >/dev/null || fail "fit"
"$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/model2" --allow-privileged-source --seed 7 --jobs 3 --quiet >/dev/null
claim "with more jobs it is the same model, byte by byte" cmp "$test_root/model/model.json" "$test_root/model2/model.json"
"$SANDSEED" inspect "$test_root/model" >"$test_root/page" || fail "inspect"
claim "inspect names the rule of wishes" grep -q "kind distinct within wish_client_id_fkey" "$test_root/page"
cat >"$test_root/ways.json" <<'JSON'
{"public.client": {"ways": [{"name": "client", "subject": "t.id", "people": "public.client"}]},
 "public.invoice": {"ways": [{"name": "client", "subject": "t.client_id", "people": "public.client", "columns": ["client_id"], "via": ["invoice_client_id_fkey"]}]},
 "public.call": {"ways": [{"name": "client", "subject": "t.client_id", "people": "public.client", "columns": ["client_id"], "via": ["call_client_id_fkey"]}]},
 "public.wish": {"ways": [{"name": "client", "subject": "t.client_id", "people": "public.client", "columns": ["client_id"], "via": ["wish_client_id_fkey"]}]},
 "public.review": {"ways": [{"name": "client", "subject": "t.client_id", "people": "public.client", "columns": ["client_id"], "via": ["review_client_id_fkey"]}]},
 "public.step": {"from": "public.step AS t LEFT JOIN public.invoice AS i ON i.id = t.invoice_id", "ways": [{"name": "client", "subject": "i.client_id", "people": "public.client", "columns": ["invoice_id"], "via": ["step_invoice_id_fkey"]}]},
 "public.line": {"from": "public.line AS t LEFT JOIN public.invoice AS i ON i.id = t.invoice_id", "ways": [{"name": "client", "subject": "i.client_id", "people": "public.client", "columns": ["invoice_id"], "via": ["line_invoice_id_fkey"]}]}}
JSON
claim "all that is told has k people behind it" python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model "$test_root/model" --source "$(dsn source made)" --ways "$test_root/ways.json" --seed 7

# tampered TABLE PYTHON: with t changed so, the proof does not pass
tampered()
{
    mkdir -p "$test_root/tampered"
    python3 -c "
import json, sys
m = json.load(open('$test_root/model/model.json'))
t = next(t for t in m['tables'] if t['name'] == '$1')
of = lambda kind: next(v for v in t['dependence']['variables'] if v['of'] == kind)
$2
json.dump(m, open('$test_root/tampered/model.json', 'w'))"
    ! python3 "$SOURCE_DIR/tests/support/leak_proof.py" --model "$test_root/tampered" --source "$(dsn source made)" --ways "$test_root/ways.json" --seed 7 --tables "public.$1" >"$test_root/proof" 2>&1 &&
        grep -q ^LEAK "$test_root/proof"
}
claim "an edge of gaps that is too fine is seen" tampered invoice "of('gap')['edges'][20] += 1"
claim "so is an end that is not a day's" tampered invoice "of('age')['end'] -= 3601"
claim "and a level that nobody is on" tampered folder "next(r for r in t['references'])['levels'][-1][0] = 15"

gaps=$(psql_in source made -tA -c "SELECT avg((gap = interval '30 days')::int) FROM (SELECT made - lag(made) OVER (PARTITION BY client_id ORDER BY made) AS gap FROM invoice) AS g WHERE gap IS NOT NULL")
psql_in source made -tA -c "SELECT string_agg(state, ',' ORDER BY at) FROM step GROUP BY invoice_id" >"$test_root/states"
python3 - "$test_root/model/model.json" "$gaps" "$test_root/states" <<'PY'
import bisect, collections, json, math, sys

tables = {t["name"]: t for t in json.load(open(sys.argv[1]))["tables"]}

def claim(text, holds, *found):
    print("ok:" if holds else "FAILED:", text, *found)
    if not holds:
        sys.exit(1)

def what(v):
    return " ".join([v["of"]] + [v[x] for x in ("column", "from", "reference") if x in v and not (x == "reference" and v["of"] in ("parent", "parent-class", "level"))])

class Tree:
    """Of one variable that is drawn: its codes, how they are spread, and what it goes by."""

    def __init__(self, table, name):
        d = tables[table]["dependence"]
        self.variables = d["variables"]
        at = next(i for i, v in enumerate(self.variables) if what(v) == name)
        self.v = self.variables[at]
        self.nodes = next(t for t in d["trees"] if t["of"] == at)["nodes"]
        self.by = {what(self.variables[n["by"]]) for n in self.nodes if "by" in n}

    def leaves(self, n=0, known=()):
        """(rows, {code: rows}, {variable: codes that lead there})"""
        node = self.nodes[n]
        if "by" not in node:
            counts = {c: rows / (to - c0 + 1) for c0, to, rows in node["cells"] for c in range(c0, to + 1)}
            yield sum(counts.values()) + node.get("rest", 0), counts, dict(known)
            return
        v = self.variables[node["by"]]
        left = {c for a, b in node["left"] for c in range(a, b + 1)}
        ncodes = v["codes"] if "codes" in v else v["values"] + (v["kind"] in ("bins", "categories")) + v["nulls"]
        before = dict(known).get(what(v), set(range(ncodes)))
        for child, codes in zip(node["children"], (before & left, before - left)):
            yield from self.leaves(child, {**dict(known), what(v): codes}.items())

    def share(self, code):
        """Of the rows that the variable applies to."""
        null = self.v["values"] + 1 if "values" in self.v else None
        rows = sum(r - c.get(null, 0) for r, c, _ in self.leaves())
        return sum(c.get(code, 0) for _, c, _ in self.leaves()) / rows

    def entropy(self):
        rows = sum(r for r, _, _ in self.leaves())
        return sum(-n * math.log(n / r) for r, counts, _ in self.leaves() for n in counts.values() if n > 0) / rows

    def spike(self, value):
        code = self.v["edges"].index(value)
        return code if code in self.v["spikes"] else None

def has(table, kind):
    return any(v["of"] == kind for v in tables[table]["dependence"]["variables"])

def mean(v):
    return float(next(p for p in v["parameters"] if p.startswith("mean")).split()[1])

# Offsets and gaps: 2 of 3 clients' next invoices are due after 30 days; clients with more invoices have more of the gaps.
offset, gap = Tree("invoice", "offset made since invoice_client_id_fkey"), Tree("invoice", "gap made")
claim("one first invoice of four comes at once", abs(offset.share(offset.spike(0)) - .25) < .03, round(offset.share(offset.spike(0)), 3))
claim("the others after ten days on average", offset.v["family"] == "exponential" and abs(mean(offset.v) / 864000 - 1) < .06, mean(offset.v))
due = gap.share(gap.spike(30 * 86400))
claim("gaps of 30 days are told as such", abs(due - float(sys.argv[2])) < .02, round(due, 3))
claim("other gaps are five days on average", gap.v["family"] == "exponential" and abs(mean(gap.v) / 432000 - 1) < .05, mean(gap.v))
claim("whose gap is which goes by the client's class", "parent-class" in gap.by)
claim("the time follows from them", {"gap made"} <= Tree("invoice", "column made").by)

# States: which follow which, of rows like those of the source, as far as it says which leaf they are in.
state, siblings = Tree("step", "column state"), Tree("invoice", "children step_invoice_id_fkey").v["edges"]
texts = state.v["texts"]
law = {"new": {"new": .3, "checked": .55, "dropped": .15}, "checked": {"checked": .2, "sent": .6, "dropped": .2}, "sent": {"sent": .1, "checked": .2, "kept": .7}}
no_gap = next(v["values"] + 1 for v in state.variables if what(v) == "gap at")
leaves, found = list(state.leaves()), collections.defaultdict(lambda: collections.defaultdict(float))
for (before, position, of), n in collections.Counter((i > 0 and s[i - 1], i, len(s)) for s in (x.split(",") for x in open(sys.argv[3]).read().split()) for i in range(len(s))).items():
    codes = {"previous state": texts.index(before) if before else len(texts) + 1, "position step_invoice_id_fkey": min(position, 15),
             "siblings step_invoice_id_fkey": bisect.bisect_left(siblings, of)}
    # the first has no gap, all others have one, and none has one that is no number (the code before)
    those = [(r, counts) for r, counts, known in leaves if all(codes[v] in known[v] for v in codes if v in known)
             and ("gap at" not in known or known["gap at"] - {no_gap - 1, no_gap} if before else no_gap in known.get("gap at", [no_gap]))]
    rows = sum(r for r, _ in those)
    for r, counts in those:
        for c, m in counts.items():
            found[before][texts[c] if c < len(texts) else None] += n * m / rows
wrong = sum(n for before, after in found.items() if before for s, n in after.items() if s not in law[before])
total = sum(n for before, after in found.items() if before for n in after.values())
claim("a state goes by the one before", "previous state" in state.by)
claim("no state follows that may not, but one in two hundred", wrong < total / 200, round(wrong / total, 4))
for before in law:
    rows = sum(found[before].values())
    claim(f"what follows {before} is as told", all(abs(found[before][s] / rows - p) < .015 for s, p in law[before].items()),
          {s: round(n / rows, 3) for s, n in found[before].items()})

# The end: what is open is of the last six days.
state = Tree("invoice", "column state")
is_open = state.v["texts"].index("open")
open_rows = sum(c.get(is_open, 0) for _, c, _ in state.leaves())
claim("open invoices are told by how near the end is", "age made" in state.by and
      sum(c.get(is_open, 0) for r, c, _ in state.leaves() if c.get(is_open, 0) > .9 * r) > .9 * open_rows, open_rows)

# Second parents.
grp = Tree("line", "second grp line_article_id_fkey")
claim("which group an article is of goes by the invoice's class", "parent-class" in grp.by and grp.entropy() < .9, round(grp.entropy(), 3))
claim("the unit goes by the article's group, as told", "second grp line_article_id_fkey" in Tree("line", "column unit").by and
      abs(Tree("line", "column unit").entropy() - .35) < .1, round(Tree("line", "column unit").entropy(), 3))
same = Tree("line", "same line_other_id_fkey")
yes, no = (sum(c.get(code, 0) for _, c, _ in same.leaves()) for code in (1, 0))
claim("half of them are the line's before", abs(yes / (yes + no) - .5) < .02, round(yes / (yes + no), 3))
offset = Tree("review", "offset at listed review_article_id_fkey")
claim("articles are told of 20 days after they are listed, on average", offset.v["family"] == "exponential" and abs(mean(offset.v) / 1728000 - 1) < .06, mean(offset.v))

# Siblings that repel.
claim("no client wishes for a kind twice", [r["name"] for r in tables["wish"]["rules"]] == ["kind distinct within wish_client_id_fkey"])

# A table that refers to itself.
levels = next(r["levels"] for r in tables["folder"]["references"])
claim("levels are counted, and circles", levels == [[0, 400], [1, 1600], [2, 3200], [3, 3200], [16, 60]], levels)
colour, below = Tree("folder", "column colour"), Tree("folder", "children folder_parent_id_fkey")
claim("a folder is of the colour of the one above, as told", "above colour folder_parent_id_fkey" in colour.by and abs(colour.entropy() - .44) < .05, round(colour.entropy(), 3))
claim("how many are below goes by the level, and by nothing else that matters", "level" in below.by and below.entropy() < .05, round(below.entropy(), 4))

# Negative controls.
claim("calls come at any time", not any(has("call", kind) for kind in ("gap", "offset", "age")))
claim("the third article is any", not any("line_third_id_fkey" in v.get("reference", "") for v in tables["line"]["dependence"]["variables"]))
claim("what a wish is worth may be the same twice, and colours of folders", all("worth" not in r["name"] for t in tables.values() for r in t.get("rules", ())))
PY
