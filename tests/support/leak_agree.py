"""
A column's counts and its tree's numbers, for leak_proof.py: the ones follow from the others.

Both are of the same rows.  Were the column's counted and rounded again, in another way, the two together would tell more of these rows than a
multiple of 5 does.  So here the column's counts are had from model.json alone, without the source: by the numbers that the tree tells and what it draws
by these (src/stats/backoff_derive.c, in integers as there), to the row.
"""

ALL = 1 << 32


def round5(x):
    return (x + 2) // 5 * 5


def widths(below):
    return [b - a for a, b in zip(below, [*below[1:], ALL])]


def rows_of(node):
    return sum(c[2] for c in node["cells"]) + node.get("rest", 0)


def likely(node, k):
    """A leaf's rows are told as the next multiple of 2 k: on average there are half of that fewer."""
    rows, half = rows_of(node), 5 * ((2 * k + 4) // 5) // 2
    return rows - half if rows > half else rows


def below_of(mass):
    total, before, out = sum(mass), 0, []
    for c, m in enumerate(mass):
        at = c * ALL // len(mass) if total == 0 else before * ALL // total
        out.append(min(at, ALL - 1))
        before += m
    return out


def told_below(node, parent, ncodes, k, alpha):
    """What is told, spread as above (stats/told.c)."""
    rows = rows_of(node)
    above = [ALL // ncodes] * ncodes if parent is None else widths(parent)
    mass, inside = [0] * ncodes, set()

    def share(weights, codes, of, parts):
        total = sum(weights[c] for c in codes)
        for c in codes:
            mass[c] += (of * ALL // len(codes) if total == 0 else of * ALL * weights[c] // total) // parts

    for low, high, n in node["cells"]:
        share(above, range(low, high + 1), n, 1)
        inside |= set(range(low, high + 1))
    others = [c for c in range(ncodes) if c not in inside]
    width = sum(above[c] for c in others)
    few = min(16 * k // 4, 16 * rows // 50)
    rest = 16 * node["rest"] if node.get("rest") else min(16 * rows * width // ALL, few)
    share([min(w * rows, k * ALL) >> 8 for w in above], others, rest, 16)
    return below_of([m + alpha * w // 16 for m, w in zip(mass, above)])


def derive(nodes, ncodes, k, alpha):
    """Of each leaf, by its node, what it is drawn from."""
    n, parent, leaf = len(nodes), [0] * len(nodes), ["by" not in node for node in nodes]
    for i, node in enumerate(nodes):
        for child in node.get("children", ()):
            parent[child] = i
    rows, counts = [rows_of(node) if leaf[i] else 0 for i, node in enumerate(nodes)], [[0] * ncodes for _ in nodes]
    alone = [{low for low, high, _ in node["cells"] if low == high} for node in nodes]
    inside = [{c for low, high, _ in node["cells"] for c in range(low, high + 1)} for node in nodes]
    for i in reversed(range(n)):
        for low, high, m in nodes[i]["cells"]:
            counts[i][low] += m if low == high else 0
        if i > 0:
            rows[parent[i]] += rows[i]
            counts[parent[i]] = [a + b for a, b in zip(counts[parent[i]], counts[i])]
    sums, wanted = [], []
    for i, node in enumerate(nodes):
        own = [None] * ncodes if i == 0 else list(sums[parent[i]])
        for low, _, m in node["cells"]:
            if leaf[i] and low in alone[i]:
                own[low] = None
            elif not leaf[i]:
                own[low] = len(wanted)
                wanted.append(m)
        sums.append(own)
    below, mass, rest = [], [[0] * ncodes for _ in nodes], [0] * n
    for i, node in enumerate(nodes):
        above = None if i == 0 else below[parent[i]]
        if not leaf[i]:
            inner = {"cells": [(c, c, m) for c, m in enumerate(counts[i]) if m > 0], "rest": max(rows[i] - sum(counts[i]), 0)}
            below.append(told_below(inner, above, ncodes, k, 16 if rows_of(inner) == 0 else 0))
            continue
        below.append(told_below(node, above, ncodes, k, 16 if rows[i] == 0 else 0))
        mass[i] = [w * (rows[i] or 1) >> 12 for w in widths(below[i])]
        rest[i] = sum(m for c, m in enumerate(mass[i]) if c not in inside[i])
        if wanted:
            mass[i] = [m // 2 if sums[i][c] is None and c not in alone[i] else m for c, m in enumerate(mass[i])]

    def ratio(of, units):
        return 0 if units == 0 else min((of << 44) // units, 2**64 - 1)

    for _ in range(3 if wanted else 0):
        have = [0] * len(wanted)
        for i in range(n):
            for c, s in enumerate(sums[i]):
                if s is not None:
                    have[s] += mass[i][c]
        factors = [ratio(w, h) for w, h in zip(wanted, have)]
        for i in range(n):
            mass[i] = [m if s is None else m * factors[s] >> 24 for m, s in zip(mass[i], sums[i])]
            if not leaf[i]:
                continue
            for low, high, told in nodes[i]["cells"]:
                factor = ratio(told, sum(mass[i][low:high + 1]))
                for c in range(low, high + 1) if low < high else ():
                    mass[i][c] = mass[i][c] * factor >> 24
            units = sum(m for c, m in enumerate(mass[i]) if c not in inside[i])
            factor = 0 if units == 0 else (rest[i] << 24) // units
            mass[i] = [m if c in inside[i] else m * factor >> 24 for c, m in enumerate(mass[i])]
    for i in reversed(range(1, n)):
        mass[parent[i]] = [a + b for a, b in zip(mass[parent[i]], mass[i])]
    for i in range(n):
        above = [ALL // ncodes] * ncodes if i == 0 else widths(below[parent[i]])
        below[i] = below_of([m + (w * alpha >> 16) for m, w in zip(mass[i], above)])
    return below


def weights(tree, ncodes, k, alone, counted):
    """
    By code the rows that the marginal tells of.  counted: of a code that no number of the tree tells of alone, these rows where none has anything
    to do with it; None: some has; -1: who knows.  None, where that is not known of any.
    """
    nodes = tree["nodes"]
    below = derive(nodes, ncodes, k, tree["shrinkage"]) if "shrinkage" in tree else [told_below(nodes[0], None, ncodes, k, 0)]
    told, drawn = [0] * ncodes, [0] * ncodes
    for i, node in enumerate(nodes):
        rows, leaf = rows_of(node), "by" not in node
        for low, high, n in node["cells"]:
            if low == high:
                told[low] += (n << 16) * likely(node, k) // rows if leaf else n << 16
        for c, width in enumerate(widths(below[i]) if leaf else ()):
            drawn[c] += likely(node, k) * width >> 16
    out = []
    for c in range(ncodes):
        own = counted(c) if told[c] == 0 else None
        if own == -1:
            return None
        out.append(own if own is not None else (told[c] if c in alone and drawn[c] // 2 <= told[c] else drawn[c]) >> 16)
    return out


def scaled(rows, all_rows, told):
    def read(n):
        return round5(n) or (5 if n > 0 else 0)

    return read(rows) * told // read(all_rows)


def store(counts, total, least):
    """counts, the rest's last: as they are stored."""
    rows, seen, told, excess, out = sum(counts), 0, 0, 0, []
    for n in counts:
        if n == 0:
            out.append(0)
            continue
        seen += n
        edge = round5(scaled(seen, rows, total))
        excess += max(least - (edge - told), 0)
        out.append(max(edge - told, least))
        told = edge
    while excess > 0 and len(out) > 1:
        largest = max(range(len(out) - 1), key=out.__getitem__)
        spare = min(max(out[largest] - least, 0), excess)
        if spare == 0:
            break
        out[largest] -= spare
        excess -= spare
    return out


def codes_of(book):
    """Codes that stand for a value and no other, by that value; and those that the marginal tells by themselves."""
    n = book["values"]
    if book["kind"] == "bins":
        edges = [int(e["integer"]) if isinstance(e, dict) else e for e in book.get("edges", ())]
        return {edges[c]: c for c in book.get("spikes", ())}, set(book.get("spikes", ())) | {n + 1}
    alone = set(range(n + 2))
    return ({c: c for c in range(n)} if book["kind"] == "declared" else
            {t: c for c, t in enumerate(book["texts"])} if book["kind"] == "categories" else {}), alone


def follows(m, book, tree, ncodes, k, counted):
    """
    Are the column's counts what its tree tells and draws?  None where that cannot be known: of values that have no code, whose own counts
    decide how they share in what the tree tells of all of them.
    """
    of, alone = codes_of(book)
    rows, least = weights(tree, ncodes, k, alone, counted), round5(k)
    nulls, count = m["nulls"], m["count"]
    if rows is None:
        return None
    if book["nulls"] and 0 < nulls < count and count >= 2 * least and sum(rows) > 0:
        should = max(round5(max(rows[ncodes - 1] * count // sum(rows), 1)), least)
        if nulls != min(should, count - least):
            return False
    cells = [(int(v["integer"]) if isinstance(v, dict) else v, n) for v, n in m.get("values", ()) if n != "<k"]
    if any(v not in of for v, _ in cells):
        return None
    n = book["values"]
    others = rows[n] if book["kind"] == "categories" else sum(rows[c] for c in range(n + 1) if c not in alone) if book["kind"] == "bins" else 0
    wanted = [max(rows[of[v]], 1) for v, _ in cells] + [max(others, 1) if m.get("rest") else 0]
    return store(wanted, count - nulls, least) == [n for _, n in cells] + [m.get("rest", 0)] if sum(wanted) > 0 else True
