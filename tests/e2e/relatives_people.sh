#!/bin/bash
# What is told of a row's relatives has k of the people behind these, too, where the row's own ways do not lead to them.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
createdb_in source made
# Threads of seven messages are written by one host alone.
psql_in source made -c "
CREATE FUNCTION h(i bigint, salt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT hashint8extended(i, salt) & 9223372036854775807';
CREATE TABLE guest (id int PRIMARY KEY, tone text NOT NULL);
CREATE TABLE host (id int PRIMARY KEY, tone text NOT NULL);
CREATE TABLE listing (id int PRIMARY KEY, host_id int NOT NULL REFERENCES host, colour text NOT NULL, opened date NOT NULL);
CREATE TABLE visit (id int PRIMARY KEY, guest_id int NOT NULL REFERENCES guest, listing_id int NOT NULL REFERENCES listing, mood text NOT NULL, came date NOT NULL);
CREATE TABLE stay (id int PRIMARY KEY, guest_id int NOT NULL REFERENCES guest, listing_id int NOT NULL REFERENCES listing, mood text NOT NULL);
CREATE TABLE note (id int PRIMARY KEY, listing_id int NOT NULL REFERENCES listing, mood text NOT NULL, pitch text NOT NULL);
CREATE TABLE thread (id int PRIMARY KEY, guest_id int NOT NULL REFERENCES guest, topic text NOT NULL);
CREATE TABLE message (id int PRIMARY KEY, about_id int NOT NULL REFERENCES thread, host_id int NOT NULL REFERENCES host, size text NOT NULL);
INSERT INTO guest SELECT i, 't' || h(i, 1) % 3 FROM generate_series(1, 2000) AS i;
INSERT INTO host SELECT i, 't' || h(i, 2) % 3 FROM generate_series(1, 300) AS i;
INSERT INTO listing SELECT i, 1 + i % 300, CASE WHEN i % 300 < 40 THEN 'red' WHEN i % 2 = 0 THEN 'blue' ELSE 'green' END, date '2020-01-01' + (h(i, 3) % 1000)::int
FROM generate_series(1, 1200) AS i;
INSERT INTO visit SELECT i, 1 + h(i, 4) % 2000, l, CASE l % 300 WHEN 0 THEN 'm0' ELSE 'm' || (1 + l % 2) END, date '2020-01-01' + (h(l, 3) % 1000 + 7)::int
FROM (SELECT i, CASE WHEN i % 10 = 0 THEN 300 ELSE 40 + h(i, 5) % 260 END AS l FROM generate_series(1, 6000) AS i) AS v;
INSERT INTO stay SELECT id, guest_id, listing_id, mood FROM visit;
INSERT INTO note SELECT id, listing_id, mood, 'p' || (h(id, 10) % 3 + substr(mood, 2)::int) FROM visit;
INSERT INTO thread SELECT i, 1 + h(i, 6) % 2000, CASE WHEN i % 5 = 0 THEN 'long' ELSE 'short' END FROM generate_series(1, 3000) AS i;
INSERT INTO message SELECT row_number() OVER (), t, CASE WHEN t % 5 = 0 THEN 1 ELSE 2 + h(t * 10 + n, 7) % 299 END, 's' || h(t * 10 + n, 8) % 3
FROM generate_series(1, 3000) AS t, generate_series(1, CASE WHEN t % 5 = 0 THEN 7 ELSE 1 + (h(t, 9) % 3)::int END) AS n;
ANALYZE" >/dev/null
cat >"$test_root/made.yaml" <<YAML
sandseed: 1
source: $(dsn source made)
target: cluster:$test_root/sandbox
output: $test_root/out
require_signoff: none
tables:
  public.guest:
    mode: synthesise
    subject: self
    columns: {id: {class: key}, tone: {class: non-personal}}
  public.host:
    mode: synthesise
    subject: self
    columns: {id: {class: key}, tone: {class: non-personal}}
  public.listing:
    mode: synthesise
    columns: {id: {class: key}, host_id: {class: key}, colour: {class: non-personal}, opened: {class: non-personal}}
  public.visit:
    mode: synthesise
    subject: guest_id
    columns: {id: {class: key}, guest_id: {class: key}, listing_id: {class: key}, mood: {class: non-personal}, came: {class: non-personal}}
  public.stay:
    mode: synthesise
    columns: {id: {class: key}, guest_id: {class: key}, listing_id: {class: key}, mood: {class: non-personal}}
  public.note:
    mode: synthesise
    subject: none
    why: nobody's
    columns: {id: {class: key}, listing_id: {class: key}, mood: {class: non-personal}, pitch: {class: non-personal}}
  public.thread:
    mode: synthesise
    columns: {id: {class: key}, guest_id: {class: key}, topic: {class: non-personal}}
  public.message:
    mode: synthesise
    columns: {id: {class: key}, about_id: {class: key}, host_id: {class: key}, size: {class: non-personal}}
YAML
"$SANDSEED" fit "$test_root/made.yaml" -o "$test_root/model" --allow-privileged-source --seed 7 --quiet >/dev/null || fail "fit"

python3 - "$test_root/model/model.json" <<'PY'
import json, sys

tables = {t["name"]: t for t in json.load(open(sys.argv[1]))["tables"]}

def claim(text, holds, *found):
    print("ok:" if holds else "FAILED:", text, *found)
    if not holds:
        sys.exit(1)

def what(v):
    return " ".join([v["of"]] + [v[x] for x in ("column", "table", "reference") if x in v])

def drawn(d):
    """Of each variable the nodes of its tree, or its own cells."""
    if "trees" in d:
        return {t["of"]: t["nodes"] for t in d["trees"]}
    return {v["of"]: [v] for v in d["copula"]}

def place(table, name):
    return next((i for i, v in enumerate(tables[table]["dependence"]["variables"]) if what(v) == name), None)

def alone(table, name, code):
    """Rows of cells that are of the one code, in nodes of its tree."""
    at = place(table, name)
    return 0 if at is None else sum(n for x in drawn(tables[table]["dependence"])[at] for a, b, n in x.get("cells", ()) if a == b == code)

names = {t: [what(v) for v in tables[t]["dependence"]["variables"]] for t in ("stay", "visit", "note", "thread")}
claim("what a second parent is like is told where the row counts who is behind it", "second colour stay_listing_id_fkey" in names["stay"], names["stay"])
claim("not where it does not", all(not v.startswith(("second", "same", "offset")) for v in names["visit"]), names["visit"])
claim("nor a parent's, where rows stand for nobody", names["note"] == ["column mood", "column pitch"], names["note"])
children = "children public.message message_about_id_fkey"
claim("how many children rows have is told", children in names["thread"], names["thread"])
most = next(v for v in tables["thread"]["dependence"]["variables"] if what(v) == children)
told = [a for a in range(most["values"]) if alone("thread", children, a) > 0]
claim("but no number of children that one person wrote", max(told) < 4 and len(told) > 1, told, most["edges"])
PY
