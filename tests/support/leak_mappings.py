"""
Mappings, for leak_proof.py: which values go together.

A row is counted at the finest token that has its values.  So of each token it is known which rows those are, and k subjects must
stand behind just these: what a coarser one tells, less what finer ones do, is no row's of fewer.
"""
from collections import defaultdict

TOKENS_MAX = 65536
TEXT_MAX = 200  # bytes; longer ones are told nowhere
LEARNT = ("quasi-identifier", "special-category", "non-personal")


def integer(v):
    return int(v["integer"]) if isinstance(v, dict) else v


def values_of(table, column, m):
    """Per row as a token has it; what is in no token is an object of its own."""
    values = table.values[column.name]
    if m["kind"] == "declared":
        return [None if v is None else column.labels.index(v) if column.is_enum else int(v == "t") for v in values]
    if column.order is None or m["kind"] == "reference":
        return [v if v is None or len(v.encode("utf-8", "surrogateescape")) <= TEXT_MAX else object() for v in values]
    units = table.units(column.name, m.get("scale", 0), m.get("step", 1))
    return [object() if u is None and v is not None else u for u, v in zip(units, values)]


def rows_in_tokens(mapping, rows):
    """Of each token, level by level, its rows; and by column and value those that some token tells with it."""
    names, left, own, told = mapping["columns"], set(range(len(rows))), [], defaultdict(set)
    for level in mapping["levels"]:
        first = len(names) - len(level["columns"])
        by_token = defaultdict(list)
        for r in sorted(left):
            by_token[rows[r][first:]].append(r)
        for *token, _ in level["cells"]:
            token = tuple(map(integer, token))
            own.append(by_token.get(token, []))
            left -= set(own[-1])
            for column, value in zip(range(first, len(names)), token):
                told[column, value] |= set(own[-1])
    return own, told, left


def tokens_with(mapping, name):
    """How many tokens have each value of a column."""
    n = defaultdict(int)
    for level in mapping["levels"]:
        at = level["columns"].index(name) if name in level["columns"] else None
        for *token, _ in level["cells"] if at is not None else ():
            n[integer(token[at])] += 1
    return n


def counts(proof, t, table, crowds, marginals, told):
    """
    A column that no tree counts over all rows: of a value that some token tells, its count is of what tokens tell, where what they do not is
    fewer than k's.
    """
    d = t.get("dependence", {"variables": (), "counted": "sample"})
    done = {v["column"] for v in d["variables"] if v["of"] == "column" and d["counted"] != "sample"}
    for mapping in t.get("mappings", ()):
        values = [values_of(table, table.columns[name], marginals[name]) for name in mapping["columns"]]
        _, in_tokens, _ = rows_in_tokens(mapping, list(zip(*values)))
        for column, name in enumerate(mapping["columns"]):
            if name in done:
                continue
            done.add(name)
            by, few, many, tokens = defaultdict(list), set(), set(), {}
            telling = tokens_with(mapping, name)
            for r, v in enumerate(values[column]):
                by[v].append(r)
            for v, rows in by.items():
                some = in_tokens.get((column, v), set())
                left = [r for r in rows if r not in some] if some else []
                (few if left and not crowds.enough(left) else many).update(left)
                tokens.update((r, telling[v]) for r in rows if v in telling)
            proof.told[name] = told(crowds).of_tokens(few, many, tokens, table.rescale)


def check(proof, place, mapping, t, table, crowds, marginals):
    f, names, n = proof.f, mapping["columns"], mapping["determinants"]
    allowed = {c["name"] for c in t["columns"] if c["treatment"] == "synthesise" and
               (c["class"] in LEARNT or c["marginal"]["kind"] == "reference")}
    f.check("columns of which nothing is told", set(names) <= allowed, place, "it tells of a column that is not learnt")
    values = [values_of(table, table.columns[name], marginals[name]) for name in names]
    rows = list(zip(*values))
    tokens = [tuple(map(integer, v)) for level in mapping["levels"] for *v, _ in level["cells"]]
    f.check("mappings that are bounded", len(tokens) <= TOKENS_MAX, place, "it has too many tokens")
    drawn = {v.get("column") for v in t.get("dependence", {"variables": ()})["variables"] if v["of"] == "column"}
    f.check("columns that follow and are in no tree", not drawn & set(mapping["follows"]), place, "a column follows and is drawn")
    decided = defaultdict(set)
    for row in rows:
        if None not in row[:n]:
            decided[row[:n]].add(row[n:])
    some_rows = "one_in" in t  # then counts are estimates, and what holds was seen to hold in those that were read
    if mapping["exceptions"] == "none" and not some_rows:
        f.check("rules that hold in the source", all(len(v) == 1 for v in decided.values()), place, "a row breaks it")
    # half of the determinant's values have k people each, or it were a list of people
    by = defaultdict(list)
    for r, row in enumerate(rows):
        if None not in row[:n]:
            by[row[:n]].append(r)
    common = sum(crowds.enough(of) for of in by.values())
    sampled = len(by) > 1024  # then a fair sample of them decides
    f.check("determinants that are no list of people", some_rows or common >= (0.45 if sampled else 0.5) * len(by), place,
            "most values of its determinant have fewer than k subjects")
    # where some people are set aside, rounded counts are scaled, and rounded again
    off = proof.off(table)
    own_rows, in_tokens, left = rows_in_tokens(mapping, rows)
    own_rows = iter(own_rows)
    for i, level in enumerate(mapping["levels"]):
        first = len(names) - len(level["columns"])
        f.check("mappings that are bounded", level["columns"] == names[first:], place, "a level has other columns")
        for c, (*_, count) in enumerate(level["cells"]):
            where = f"{place}, level {i + 1}, token {c + 1}"
            own = next(own_rows)
            proof.k_behind(where, crowds, own)
            if not some_rows:
                proof.count_is(where, count, crowds.weigh(own) * table.rescale, off)
    if "rest" in mapping:
        proof.k_behind(f"{place}, rest", crowds, left)
        if not some_rows:
            proof.count_is(f"{place}, rest", mapping["rest"], crowds.weigh(left) * table.rescale, off)
    # What a column's own count leaves when tokens are subtracted: of those that a tree counts it is counted, and no failure where it is fewer
    for column, name in enumerate(names):
        for value, count in marginals[name].get("values", ()) if name in drawn else ():
            key = integer(value)
            own = [r for r, v in enumerate(values[column]) if v == key and r not in in_tokens[column, key]]
            some = count == "<k" or crowds.leaves_nobody(own)
            f.check("subtractions that leave nobody or k" if some else "subtractions that leave fewer, which rounding alone hides", True, place, "")
