"""Tails, for leak_proof.py: how many different values there are besides those told, and how often they occur."""
import math
from collections import defaultdict

LAW_PEOPLE = 50
SEEN = 1024  # of more values a sample says how many; fewer in wide tables, of which this is not the test


def integer(v):
    return int(v["integer"]) if isinstance(v, dict) else v


def check(proof, place, m, table, crowds, column, present):
    """
    k subjects behind all values that are not told; behind those that occur once, and behind the others, where a share of both is told; 50 behind
    a slope.  The number is that of the source to two digits, and where it comes from a sample within four standard errors.
    """
    f, tail, by = proof.f, m["tail"], defaultdict(list)
    values = table.values[column.name]
    if column.order is not None and m["kind"] not in ("key", "reference"):
        values = table.units(column.name, m.get("scale", 0), m.get("step", 1))
    told = {integer(v) for v, _ in m.get("values", ())}
    for r in present:
        if values[r] is not None and values[r] not in told:
            by[values[r]].append(r)
    rows = [r for of in by.values() for r in of]
    proof.k_behind(f"{place}, values", crowds, rows)
    weights = {v: crowds.weigh(of) for v, of in by.items()}
    # where fewer than k have values that occur more often, it is as if none did: rows less values would tell of those
    most = math.inf if tail["once"] == 1000 else 1
    number = sum(min(most, w) for w in weights.values())
    # each value is in a sample with that chance
    chance = min(1, (SEEN - 1) / max(1, len(by)))
    error = 4 * math.sqrt(sum(min(most, w) ** 2 for w in weights.values()) * (1 - chance) / chance)
    f.check("counts that are those of the source", tail["values"] % 5 == 0 and
            (abs(tail["values"] - number) <= error + 0.055 * number + 3 or tail["values"] == 5 and number < 5), place,
            "other values are not as many")
    if 0 < tail["once"] < 1000:
        once = {v for v, w in weights.items() if w <= 1 + 1e-9}
        proof.k_behind(f"{place}, values that occur once", crowds, [r for v in once for r in by[v]])
        proof.k_behind(f"{place}, values that occur more often", crowds, [r for v in by if v not in once for r in by[v]])
    if "slope" in tail:
        fifty = type(crowds)(max(LAW_PEOPLE, proof.k), table.n, table.subjects, crowds.stands_for)
        f.check("laws with 50 subjects behind each", fifty.enough(rows), place, "fewer than 50 subjects stand behind it")
