#!/bin/bash
# Subsets of schemas that nobody thought of: random tables with keys of random types, and random references between them: several
# columns, nullable or not, to the table itself, in circles, to keys that are not primary, MATCH FULL, through partitions.  What is in the
# sandbox is what a few lines of Python make of docs/policy.md, section 9.  An argument: how many; two: the first's number.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
mkdir -m 700 "$test_root/work"
cd "$test_root/work"
"$SANDSEED" key new -o shop.key --quiet >/dev/null
cat >make.py <<'PY'
import pickle, random, sys, uuid
seed, source, target = int(sys.argv[1]), sys.argv[2], sys.argv[3]
r = random.Random(seed)
types = {"int": lambda i: i + 1, "bigint": lambda i: (i + 1) * 3000000019, "uuid": lambda i: str(uuid.UUID(int=i * 77777 + 1)),
         "text": lambda i: f"K{i:05}", "varchar(12)": lambda i: f"V{i:04}x", "numeric": lambda i: i + 5, "char(8)": lambda i: f"C{i:03}"}
n = r.randint(3, 8)
names = ["person"] + [f"t{i}" for i in range(1, n)]
tables = {}
for t in names:
    parted = t != "person" and r.random() < .2
    kinds = [r.choice(list(types)) for _ in range(1 if t == "person" or r.random() < .7 else 2)]
    # A key of a partitioned table holds the column that says which partition.
    tables[t] = dict(key=[(f"k{i}", k) for i, k in enumerate(kinds)], parted=parted, rows=r.randint(20, 150), second=None if parted or r.random() < .6 else r.choice(list(types)), refs=[])
for t in names:
    for f in range(r.randint(0, 4)):
        p = r.choice(names)
        key = tables[p]["key"] if tables[p]["second"] is None or r.random() < .6 else [("u", tables[p]["second"])]
        nulls = r.random()
        tables[t]["refs"].append(dict(parent=p, key=[k for k, _ in key], columns=[(f"f{f}_{i}", kind) for i, (_, kind) in enumerate(key)],
                                      nullable=r.random() < .5, nulls=.3 * nulls, full=len(key) > 1 and r.random() < .4, check=r.random() < .15))
sql, late = ["SET session_replication_role = replica;"], []
for t, d in tables.items():
    columns = ["tag int"] + [f"{c} {k} NOT NULL" for c, k in d["key"]] + ([f"u {d['second']} UNIQUE"] if d["second"] else [])
    for f in d["refs"]:
        columns += [f"{c} {k}{'' if f['nullable'] else ' NOT NULL'}" for c, k in f["columns"]]
        if f["nullable"] and f["check"]:
            columns.append(f"CHECK ({f['columns'][0][0]} IS NOT NULL OR tag % 5 < 5)")
    part = f" PARTITION BY HASH ({d['key'][0][0]})" if d["parted"] else ""
    sql.append(f"CREATE TABLE {t} ({', '.join(columns)}, PRIMARY KEY ({', '.join(c for c, _ in d['key'])})){part};")
    if d["parted"]:
        sql += [f"CREATE TABLE {t}_{i} PARTITION OF {t} FOR VALUES WITH (MODULUS 3, REMAINDER {i});" for i in range(3)]
    for f in d["refs"]:
        late.append(f"ALTER TABLE {t} ADD FOREIGN KEY ({', '.join(c for c, _ in f['columns'])}) REFERENCES {f['parent']} ({', '.join(f['key'])}){' MATCH FULL' if f['full'] else ''} DEFERRABLE;")
for t, d in tables.items():
    d["data"] = []
    for i in range(d["rows"]):
        row = dict(tag=i)
        for c, k in d["key"]:
            row[c] = types[k](i)
        if d["second"]:
            row["u"] = types[d["second"]](i)
        d["data"].append(row)
for t, d in tables.items():
    for row in d["data"]:
        for f in d["refs"]:
            parent = r.choice(tables[f["parent"]]["data"])
            none = f["nullable"] and r.random() < f["nulls"]
            for (c, _), k in zip(f["columns"], f["key"]):
                row[c] = None if none else parent[k]
    quote = lambda v: "NULL" if v is None else f"'{v}'"
    rows = d["data"][:]
    r.shuffle(rows)
    for row in rows:
        sql.append(f"INSERT INTO {t} ({', '.join(row)}) VALUES ({', '.join(quote(v) for v in row.values())});")
open("schema.sql", "w").write("\n".join(sql + ["SET session_replication_role = origin;"] + late))
choose = r.random() < .7
out = sorted(r.sample(range(tables["person"]["rows"]), 3)) if not choose or r.random() < .5 else []
subset = "of: public.person" + (', where: "tag % 4 = 0"' if choose else "") + (", leave_out: out.keys" if out else "")
open("out.keys", "w").write("".join(f"{tables['person']['data'][i]['k0']}\n" for i in out))
policy = [f"sandseed: 1\nsource: {source}\ntarget: {target}\nkey: {{file: shop.key, sandbox: a}}\nsubset: {{{subset}}}\nrequire_signoff: none\ntables:"]
reaches = {"person"}
for _ in names:
    reaches |= {t for t, d in tables.items() if any(f["parent"] in reaches and f["parent"] != t for f in d["refs"])}
kind = lambda k: "" if k != "char(8)" else ", kind: code"
for t, d in tables.items():
    columns = ["tag: {class: non-personal}"] + [f"{c}: {{class: key{kind(k)}}}" for c, k in d["key"] + ([("u", d["second"])] if d["second"] else [])]
    columns += [f"{c}: {{class: key}}" for f in d["refs"] for c, _ in f["columns"]]
    policy.append(f"  public.{t}: {{mode: pseudonymise, {'subject: self, ' if t == 'person' else '' if t in reaches else 'subject: none, why: nobody, '}columns: {{{', '.join(columns)}}}}}")
open("policy.yaml", "w").write("\n".join(policy) + "\n")
pickle.dump((tables, choose, out), open("made", "wb"))
PY
cat >judge.py <<'PY'
import pickle, sys
tables, choose, asked = pickle.load(open("made", "rb"))
# Tables with a way to people, each reference that begins one
reaches = {"person"}
while True:
    more = {t for t, d in tables.items() if t not in reaches and any(f["parent"] in reaches and f["parent"] != t for f in d["refs"])}
    if not more:
        break
    reaches |= more
def owners(t, d):
    return [f for f in d["refs"] if t != "person" and f["parent"] in reaches and f["parent"] != t and leads(f["parent"], {t})]
def leads(t, seen):
    return t == "person" or any(f["parent"] not in seen and f["parent"] != t and f["parent"] in reaches and leads(f["parent"], seen | {t}) for f in tables[t]["refs"])
index = {(t, key): {tuple(row[c] for c in key): (t, i) for i, row in enumerate(d["data"])}
         for t, d in tables.items() for key in {tuple(f["key"]) for e in tables.values() for f in e["refs"] if f["parent"] == t}}
def parent(row, f):
    values = tuple(row[c] for c, _ in f["columns"])
    return None if None in values else index[f["parent"], tuple(f["key"])][values]
partial = {t for t in tables if t in reaches}
while True:
    more = {t for t, d in tables.items() if t not in partial and any(f["parent"] in partial for f in d["refs"])}
    if not more:
        break
    partial |= more
rows = [((t, i), row) for t, d in tables.items() if t in partial for i, row in enumerate(d["data"])]
refs = {k: [(f, parent(row, f)) for f in tables[k[0]]["refs"] if parent(row, f)] for k, row in rows}
own = {t: owners(t, d) for t, d in tables.items()}
loose = lambda f: f["nullable"] and not f["check"]
full = lambda f: f["full"] and f["check"]
out = {("person", i) for i in asked}
while True:
    more = {k for k, _ in rows if k not in out and any(p in out and (f in own[k[0]] or not loose(f)) for f, p in refs[k])}
    if not more:
        break
    out |= more
taken = {("person", i) for i in range(len(tables["person"]["data"])) if choose and i % 4 == 0 or not choose} - out
if sys.argv[1:] == ["nobody"]:
    sys.exit(len(taken))
while choose:
    more = {k for k, _ in rows if k not in taken | out and any(p in taken for f, p in refs[k] if f in own[k[0]])}
    if not more:
        break
    taken |= more
if not choose:
    taken |= {k for k, _ in rows if k[0] in reaches} - out
while True:
    more = {p for k in taken for f, p in refs[k] if p[0] in partial} - taken - out
    if not more:
        break
    taken |= more
rest = {k for k, _ in rows if k not in taken | out and k[0] not in reaches}
while True:
    less = {k for k in rest if not all(p in taken | rest or loose(f) or p[0] not in partial for f, p in refs[k])}
    if not less:
        break
    rest -= less
taken |= rest
bad = 0
for t, d in tables.items():
    expected = [i for i in range(len(d["data"])) if t not in partial or (t, i) in taken]
    found = [int(x) for x in open(f"{t}.tags").read().split()]
    if found != expected:
        bad = 1
        print(f"{t}: too many {sorted(set(found) - set(expected))}, too few {sorted(set(expected) - set(found))}")
sys.exit(bad)
PY
first=${2:-1}
for seed in $(seq "$first" $((first + ${1:-60} - 1))); do
    psql_in source postgres -o /dev/null -c "DROP DATABASE IF EXISTS random" -c "CREATE DATABASE random"
    python3 make.py "$seed" "$(dsn source random)" "$(dsn target random)"
    chmod 600 out.keys
    psql_in source random -o /dev/null -f schema.sql
    psql_in source random -c ANALYZE
    if ! refresh policy.yaml >log 2>&1; then
        # All those who are chosen may have to go with those who are left out.
        ! grep -q "nobody of public.person is chosen" log || ! python3 judge.py nobody || continue
        cat schema.sql policy.yaml log | grep -v "^INSERT" >&2
        fail "schema $seed is refused"
    fi
    for table in $(sed -n 's/^  public.\([a-z0-9]*\):.*/\1/p' policy.yaml); do
        psql_in target random -c "SELECT tag FROM $table ORDER BY tag" >"$table.tags"
    done
    python3 judge.py || { grep -v "^INSERT" schema.sql >&2; cat policy.yaml >&2; fail "schema $seed: other rows than there should be"; }
    rm -f ./*.tags
done
claim "every subset has just the rows that it should have" true
