#!/usr/bin/env python3
"""
The leak proof of a model: apart from fit, with no code of sandseed.

    leak_proof.py --model MODEL --source CONNINFO --ways WAYS.json [--night MODEL2 CONNINFO2]

It reads MODEL/model.json and all rows of the source, finds for every stored number the rows that it was counted from, and
fails where fewer than k different subjects stand behind it on one of the ways to people.  It names table and place,
never a value.

WAYS.json says of each table how to find the subjects of a row, since the model does not:

    {"public.orders": {
        "from": "public.orders AS t LEFT JOIN public.customers AS c ON c.id = t.customer_id",     (default: the table AS t)
        "ways": [{"name": "customer", "subject": "c.id", "columns": ["customer_id"], "via": ["orders_customer_fkey"]},
                 {"name": "clerk", "subject": "t.clerk_id", "stands_for": true}]}}

subject    an SQL expression, NULL where the row is nobody's on that way
columns    the table's own columns that the way begins with: where they are NULL it leads to nobody, and the other ways tell
via        foreign keys whose parent the way leads through: the parent's own ways tell of it
stands_for a key that merely stands for people: nobody at all on it is no harm where another way has k
people     the table whose key subject is, where one person in five may be set aside for the privacy tests: with --seed, the seed
           that fit was given, it is known who, and their rows are left out

A table that is not in it is counted by rows.  What is checked is said at each check below.

Not proved, and said so: numbers of trees that split by a latent class, or by a row's place among its siblings or what the one
before has, or that are counted on a sample, since neither model nor source say which rows those are; of what lies inside bins the points, the
parameters of its family and the size of a correlation; likelihoods and shrinkage; of a copula the weights, thresholds and scores, which follow from
counts with k behind each.

Subtractions.  In every tree that can be proved it looks for sums that leave fewer than k when they are added and subtracted (Cuts), and
fails at one; that a leaf's rows are told to 2 k only is held against the source like every count, and that a column's counts are its tree's is had from
model.json alone (leak_agree.py), where all values that it tells have a code.
What rounding to multiples of 5 alone hides, and is no failure here: a leaf told exactly, where that differs from what it should
be told as by less than the rounding; numbers of several trees, of a tree and patterns, rules, habits or children per parent, that
were counted over the same rows; the same number of two nights.
"""
import argparse
import bisect
import heapq
import json
import os
import subprocess
import sys
from collections import defaultdict

import leak_agree
import leak_documents
import leak_habits
import leak_mappings
import leak_tails
from control_subjects import Control

LEARNT_FROM = 50  # subjects in a table
AGAIN = 5  # of shapes: the total of their rows is not that of their first rounding where a tree has changed the counts of the column


class Failures:
    def __init__(self):
        self.lines = []
        self.checks = defaultdict(int)

    def check(self, kind, holds, place, what):
        self.checks[kind] += 1
        if not holds:
            self.lines.append(f"{place}: {what}")
        return holds


# --- the source -------------------------------------------------------------------------------------

ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def unescape(field):
    if field == "\\N":
        return None
    if "\\" not in field:
        return field
    out, i = [], 0
    while i < len(field):
        if field[i] == "\\":
            i += 1
            out.append(ESCAPES.get(field[i], field[i]))
        else:
            out.append(field[i])
        i += 1
    return "".join(out)


class Source:
    def __init__(self, conninfo, seed=None):
        self.conninfo, self.seed = conninfo, seed
        self.tables = {}
        self.control = {}  # of tables of people of whom some are set aside, by label

    def set_aside(self, model):
        for t in model["tables"]:
            label = f"{t['schema']}.{t['name']}"
            if "one_in" in t.get("control", {}):
                if self.seed is None:
                    sys.exit("leak_proof: some people are set aside; who, is told by --seed")
                self.control.setdefault(label, Control(self.seed, label))

    def rows(self, query):
        run = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo,
                              "-c", f"COPY ({query}) TO STDOUT"], stdout=subprocess.PIPE, check=False,
                             env={**os.environ, "PGCLIENTENCODING": "UTF8", "PGTZ": "UTC"})
        if run.returncode != 0:
            sys.exit("leak_proof: the source did not answer")
        text = run.stdout.decode("utf-8", "surrogateescape")
        return [[unescape(f) for f in line.split("\t")] for line in text.split("\n")[:-1]]


def ident(name):
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    return "'" + text.replace("'", "''") + "'"


class Column:
    """What the catalog says of a column: its base type, and the labels of an enum."""

    def __init__(self, name, base, is_enum, labels, not_null):
        self.name, self.base, self.is_enum, self.labels, self.not_null = name, base, is_enum, labels, not_null
        self.shape = (base,)
        self.is_float = base in ("float4", "float8")
        self.is_number = self.is_float or base in ("int2", "int4", "int8", "numeric")
        self.is_time = base in ("date", "timestamp", "timestamptz")
        self.order = ("numbers" if self.is_number else "days" if self.is_time else
                      "times" if base == "time" else None)

    def units_sql(self):
        x = f"t.{ident(self.name)}"
        if self.base == "date":
            return f"CASE WHEN pg_catalog.isfinite({x}) THEN {x} - DATE '2000-01-01' END"
        if self.is_time:
            return (f"CASE WHEN pg_catalog.isfinite({x}) THEN "
                    f"(extract(epoch FROM {x}) * 1000000)::bigint - 946684800000000 END")
        if self.base == "time":
            return f"(extract(epoch FROM {x}) * 1000000)::bigint"
        if self.base == "float4":
            return f"{x}::float8"
        return None


COLUMNS = """
WITH RECURSIVE base AS (
    SELECT a.attnum, a.attname, a.attnotnull, a.atttypid AS type FROM pg_attribute a
    WHERE a.attrelid = {table}::regclass AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT b.attnum, b.attname, b.attnotnull, t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.type
    WHERE t.typtype = 'd')
SELECT b.attname, t.typname, t.typtype, b.attnotnull,
    (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)
FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype <> 'd' ORDER BY b.attnum"""

TYPES = """
SELECT t.oid, t.typname, t.typtype, CASE WHEN t.typcategory = 'A' THEN t.typelem END, t.typbasetype,
    (SELECT e.typdelim FROM pg_type e WHERE e.oid = t.typelem),
    (SELECT json_agg(json_build_array(a.attname, a.atttypid::text) ORDER BY a.attnum) FROM pg_attribute a
     WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
    (SELECT r.rngsubtype FROM pg_range r WHERE t.oid IN (r.rngtypid, (to_jsonb(r)->>'rngmultitypid')::oid))
FROM pg_type t"""


class Shapes:
    """What values of a type are made of: ("array", element, delimiter), ("composite", [(name, of)]), ("range" or "multirange", bound), or (name,)."""

    def __init__(self, source):
        self.types = {r[0]: r[1:] for r in source.rows(TYPES)}

    def of(self, oid):
        name, kind, element, base, delimiter, fields, bound = self.types[oid]
        if kind == "d":
            return self.of(base)
        if element is not None and element != "0":
            return ("array", self.of(element), delimiter)
        if kind == "c":
            return ("composite", [(n, self.of(o)) for n, o in json.loads(fields)])
        if bound is not None:
            return ("range" if kind == "r" else "multirange", self.of(bound))
        return (name,)


INT64 = 2**63 - 1


def numeric_units(text, scale):
    """Cut towards zero; None for what is no number of 64 bits."""
    digits = text.lstrip("-")
    whole, _, part = digits.partition(".")
    if not whole.isdigit() or (part and not part.isdigit()):
        return None
    v = int(whole + part[:scale].ljust(scale, "0"))
    return None if v > INT64 else -v if text.startswith("-") else v


def float_units(text):
    v = float(text) * 1e6
    return int(v) if abs(v) < 9e17 else None


class Table:
    """All rows of a table, with the subjects of each."""

    def __init__(self, source, schema, name, ways):
        self.label = f"{schema}.{name}"
        relation = f"{ident(schema)}.{ident(name)}"
        self.ways = ways.get("ways", [])
        self.columns = {r[0]: Column(r[0], r[1], r[2] == "e", json.loads(r[4]) if r[4] else [], r[3] == "t")
                        for r in source.rows(COLUMNS.format(table=literal(relation)))}
        names = list(self.columns)
        shapes = Shapes(source)
        for name, oid in source.rows(f"SELECT attname, atttypid FROM pg_attribute WHERE attrelid = {literal(relation)}::regclass AND attnum > 0 "
                                     "AND NOT attisdropped"):
            self.columns[name].shape = shapes.of(oid)
        extra = [n for n in names if self.columns[n].units_sql() is not None]
        parts = ([f"t.{ident(n)}" for n in names] + [self.columns[n].units_sql() for n in extra] +
                 [f"({w['subject']})::text" for w in self.ways])
        rows = source.rows(f"SELECT {', '.join(parts) or 'NULL'} FROM {ways.get('from', relation + ' AS t')}")
        rows, self.shares = self.leave_out(rows, len(names) + len(extra), source.control)
        self.n = len(rows)
        self.values = {n: [r[i] for r in rows] for i, n in enumerate(names)}
        self.extra = {n: [r[len(names) + i] for r in rows] for i, n in enumerate(extra)}
        at = len(names) + len(extra)
        self.subjects = [[r[at + w] for r in rows] for w in range(len(self.ways))]
        self.known_units, self.references = {}, {}

    def leave_out(self, rows, at, control):
        """The rows of nobody who is set aside, and what each counts for: as if of each as many could have been."""
        ways = [(at + w, way["people"]) for w, way in enumerate(self.ways) if way.get("people") in control]
        self.rescale = (5 / 4) ** len(ways)
        kept, shares = [], []
        for r in rows:
            people = {(label, int(r[i])) for i, label in ways if r[i] is not None}
            if not any(key in control[label] for label, key in people):
                kept.append(r)
                shares.append(.8 ** (len(ways) - len(people)))
        return kept, shares

    def units(self, name, scale, step):
        """Per row the value in units of its marginal; None where there is none."""
        if (name, scale, step) not in self.known_units:
            self.known_units[name, scale, step] = self.find_units(name, scale, step)
        return self.known_units[name, scale, step]

    def find_units(self, name, scale, step):
        c = self.columns[name]
        if c.base in ("float4", "float8"):
            return [None if v is None else float_units(v) for v in self.extra.get(name, self.values[name])]
        if c.order in ("days", "times"):
            return [None if v is None else int(v) // step for v in self.extra[name]]
        if c.base == "numeric":
            return [None if v is None else numeric_units(v, scale) for v in self.values[name]]
        return [None if v is None else int(v) for v in self.values[name]]

    def all(self):
        return range(self.n)


# --- who stands behind rows -------------------------------------------------------------------------

def cap_of(rows, k):
    """
    Rows that a person counts for at most, of those whose rows these are, descending: those of the k-th by the largest of 1, 2, 5, 10 ... that
    is a quarter of them at most; but of 4 k people, or more, no more than these are above it.
    """
    if not rows:
        return 0
    kth, last = rows[min(k, len(rows)) - 1], rows[4 * k - 1] if len(rows) >= 4 * k else 0
    units = (m * 10**e for e in reversed(range(15)) for m in (5, 2, 1))
    unit = next((u for u in units if u <= kth // 4 and kth // u * u >= last), 1)
    return kth // unit * unit


class Crowds:
    """
    Of n rows of one table: distinct subjects per way, and what each row counts for: nobody counts for more rows than the k-th of
    those who have most, to a round number below.
    """

    def __init__(self, k, n, subjects, stands_for, shares=None):
        self.k, self.subjects, self.stands_for = k, subjects, stands_for
        self.few, self.caps = False, []
        for w, of in enumerate(subjects):
            rows = defaultdict(int)
            for s in of:
                if s is not None:
                    rows[s] += 1
            self.caps.append((rows, cap_of(sorted(rows.values(), reverse=True), k)) if not stands_for[w] else None)
            self.few = self.few or (not stands_for[w] and len(rows) < k)
        self.weights = [1.0] * n
        for of, cap in zip(subjects, self.caps):
            for r, s in enumerate(of if cap is not None else ()):
                if s is not None and cap[0][s] > cap[1]:
                    self.weights[r] = min(self.weights[r], cap[1] / cap[0][s])
        if shares is not None:
            self.weights = [w * s for w, s in zip(self.weights, shares)]

    def weigh(self, rows):
        return sum(map(self.weights.__getitem__, rows))

    def fewest(self, rows):
        """The smallest number of subjects on a way that says anything; rows where there are no ways."""
        return min((n for _, n in self.count(rows)), default=0)

    def count(self, rows):
        rows = list(rows)
        if not self.subjects:
            return [(None, len(rows))]
        return [(w, len(set(map(of.__getitem__, rows)) - {None})) for w, of in enumerate(self.subjects)]

    def leaves_nobody(self, rows):
        """Nobody, or k on every way on which there is anybody at all."""
        rows = list(rows)
        counts = [n for _, n in self.count(rows) if n > 0]
        return not rows or bool(counts) and min(counts) >= self.k

    def fewest_there(self, rows):
        """The smallest number on a way that leads to anybody."""
        return min((n for _, n in self.count(rows) if n > 0), default=0)

    def upper_half(self, rows, values):
        """
        From the middle of rows' values to the last: of their weights, or where half of k subjects lie behind on every way, whichever is the longer;
        far ones at the other end say nothing of how close these are, nor do those of one who has most rows.
        """
        rows = sorted(rows, key=values.__getitem__)
        if not rows:
            return 0
        half, behind, seen = (self.k + 1) // 2, 0, [set() for _ in self.subjects]
        for r in reversed(rows):
            behind += 1
            for of, some in zip(self.subjects, seen):
                some |= {of[r]} - {None}
            there = [len(some) for some, alone in zip(seen, self.stands_for) if some or not alone] if seen else [behind]
            if behind >= half and there and min(there) >= half:
                break
        return values[rows[-1]] - min(values[rows[-behind]], middle([(values[r], self.weights[r]) for r in rows]))

    def enough(self, rows, may_be_empty=()):
        """Are they k on every way?  Ways that stand for people, and those in may_be_empty, may lead to nobody at all."""
        found = False
        for w, n in self.count(rows):
            if n >= self.k:
                found = True
            elif not (n == 0 and w is not None and (self.stands_for[w] or w in may_be_empty)):
                return False
        return found


class Mentions(Crowds):
    """Of n values that rows have: each row is its own person where there are no ways, however many values it has."""

    def __init__(self, crowds, rows):
        self.k, self.few, self.caps = crowds.k, crowds.few, crowds.caps
        self.subjects = [[of[r] for r in rows] for of in crowds.subjects] or [list(rows)]
        self.stands_for = crowds.stands_for or [False]
        self.weights = [crowds.weights[r] for r in rows]


def round5(x):
    return int(x + 2.5) // 5 * 5


# --- marginals --------------------------------------------------------------------------------------

def alphabet_and_length(text):
    """Bits of the classes of characters, by bytes of UTF-8; lengths from 64 on to eighths of a power of two."""
    data = text.encode("utf-8", "surrogateescape")
    mask, characters, at_signs, dot = 0, 0, 0, False
    for b in data:
        if b & 0xC0 == 0x80:
            continue
        characters += 1
        mask |= (1 if 97 <= b <= 122 else 2 if 65 <= b <= 90 else 4 if 48 <= b <= 57 else
                 8 if b <= 32 else 16 if b < 128 else 32)
        at_signs += b == 64
        dot = dot or (b == 46 and at_signs == 1)
    if at_signs == 1 and dot and not mask & 8:
        mask = 64
    if characters >= 64:
        width = 8
        while characters >= width * 16:
            width *= 2
        characters = characters // width * width
    return mask, characters


def bin_of(book, edges, value):
    """A spike has its edge alone; what lies between it and the bin before is in the next bin that is none."""
    at, spikes = bisect.bisect_left(edges, value), book.get("spikes", ())
    while at in spikes and edges[at] != value:
        at += 1
    return at


def code_of(units, is_time, step):
    if is_time:
        return units // (3652 if step == 1 else 3652 * 86400)
    digits = len(str(abs(units))) if units else 0
    return -digits if units < 0 else digits


def integer(json_number):
    return int(json_number["integer"]) if isinstance(json_number, dict) else json_number


def decimal_unit(v):
    """The largest of 1, 2, 5, 10 ... that divides v."""
    if v == 0:
        return 10**18
    unit = 1
    while v % (unit * 10) == 0:
        unit *= 10
    return unit * (5 if v % (unit * 5) == 0 else 2 if v % (unit * 2) == 0 else 1)


def days_to_month_start(day):
    """(is it the first of a month, of a year) of a day since 2000-01-01."""
    import datetime
    try:
        d = datetime.date(2000, 1, 1) + datetime.timedelta(days=day)
    except OverflowError:
        return False, False
    return d.day == 1, d.day == 1 and d.month == 1


def time_unit(v, step):
    """The coarsest unit of time that v is a whole number of, in the units of its column."""
    day = 1 if step == 1 else 86400
    if v % day == 0:
        month, year = days_to_month_start(v // day)
        if year:
            return 10**18
        if month:
            return 31 * day
    for s in (7, 2, 1) if step == 1 else (604800, 86400, 21600, 3600, 600, 60, 10, 2, 1):
        if v % s == 0:
            return s
    return 1


def group(rows, values):
    by_value = defaultdict(list)
    for r in rows:
        by_value[values[r]].append(r)
    return by_value


def middle(pool):
    """Of values with their weights, ascending."""
    left = sum(w for _, w in pool) / 2
    for value, w in pool:
        left -= w
        if left <= 0:
            return value
    return pool[-1][0]


class Told:
    """
    What of a column's rows its marginal counts: what its tree tells in some number of their code alone, since the count
    less the tree's numbers would be the others.  Where nobody knows which these are, about so many.
    """

    def __init__(self, crowds, known=True):
        self.crowds, self.known = crowds, known
        self.share = None  # by code, of its rows
        self.alone, self.vague, self.coded = set(), set(), {}
        self.codes = []
        self.left, self.many = set(), set()
        self.follows, self.off = False, {}
        self.tokens, self.rescale_of_tokens = {}, 1  # by row: of how many tokens its value's count is the sum

    def of_tree(self, book, codes, ncodes, left, shared):
        """
        left: rows, by code, of which the tree tells in no number of the code alone; shared: codes of which some of these
        are in a number of several.
        """
        self.codes, self.share = codes, {}
        self.alone = set(book.get("spikes", ())) if book["kind"] == "bins" else set(range(ncodes))
        if book["nulls"]:
            self.alone.add(ncodes - 1)
        rows = group([r for r, c in enumerate(codes) if c is not None], codes)
        for c in self.alone & set(rows):
            told = self.crowds.weigh(rows[c]) - self.crowds.weigh(left.get(c, ()))
            if c in left and told <= self.crowds.weigh(left[c]):
                self.vague.add(c)
            if len(left.get(c, ())) < len(rows[c]) or c in shared:
                self.share[c] = told / max(self.crowds.weigh(rows[c]), 1e-9)
        if book["kind"] == "bins":
            self.coded = {integer(e): rows.get(i, []) for i, e in enumerate(book.get("edges", ())) if i in self.alone}
        if book["kind"] == "categories":
            self.alone.discard(book["values"])
        return self

    def agrees_with(self, tree, k):
        """By how much the column's counts may be off those of the source, since they follow from the tree's: these are rounded, and all of a leaf's."""
        for node in tree["nodes"]:
            rows = leak_agree.rows_of(node)
            for low, high, n in node["cells"]:
                if low == high:
                    self.off[low] = self.off.get(low, 0) + 2.5 + ((k + 2.5) * n / rows if "by" not in node else 0)

    def of_tokens(self, left, many, tokens, rescale):
        """
        left: rows that no token tells with their value, where they are fewer than k's: nor does the count; many: where they are not.  tokens: by
        row, how many tell its value, each a rounded number of which the count is the sum.
        """
        self.left, self.many, self.tokens, self.rescale_of_tokens = left, many, tokens, rescale
        return self

    def weigh(self, rows):
        if self.share is None:
            return max(self.crowds.weigh(r for r in rows if r not in self.left), 1e-6) if self.left else self.crowds.weigh(rows)
        # what is there is told as the least, not as nothing
        return max(sum(self.crowds.weights[r] * self.share.get(self.codes[r], 1) for r in rows), 1e-6)

    def unsure(self, rows):
        """Of what the tree tells hardly anything of: how much more it may draw, of all there is."""
        if self.share is None or not any(self.codes[r] in self.vague for r in rows):
            return 0
        return self.crowds.weigh(rows) - self.weigh(rows)

    def slack(self, rows):
        """
        Counts of what has no code of its own are rounded twice; what the tree tells hardly anything of is told by what
        it draws; all follow from the tree's numbers, which are rounded themselves.
        """
        if self.off:
            weight = self.crowds.weigh(rows)
            own = sum(self.off.get(c, 0) for c in {self.codes[r] for r in rows})
            return self.told_slack(rows) + own + weight * sum(self.off.values()) / max(len(self.codes), 1)
        return self.told_slack(rows) + 2.5 * self.rescale_of_tokens * max((self.tokens.get(r, 0) for r in rows), default=0)

    def told_slack(self, rows):
        if not self.known:
            return 4 * self.crowds.k + self.crowds.weigh(rows) / 4
        if self.share is None:
            return self.crowds.weigh(r for r in rows if r in self.many)
        if any(self.codes[r] in self.vague for r in rows):
            return self.crowds.k + self.crowds.weigh(rows)
        return 0 if all(self.codes[r] in self.alone for r in rows) else 5 + self.crowds.weigh(rows) / 10


class Proof:
    def __init__(self, model, source, ways, failures):
        self.model, self.source, self.ways, self.f = model, source, ways, failures
        self.told = {}  # by column of the table that is being looked at
        self.k = model["people"]
        self.least = round5(self.k)
        self.sampled = False  # counts are of a sample: their form alone is held

    def table(self, schema, name):
        label = f"{schema}.{name}"
        if label not in self.source.tables:
            self.source.tables[label] = Table(self.source, schema, name, self.ways.get(label, {}))
        return self.source.tables[label]

    def stands_for(self, table):
        return [bool(w.get("stands_for")) for w in table.ways]

    def begins_with(self, table, columns):
        return {w for w, way in enumerate(table.ways) if set(way.get("columns", ())) & set(columns)}

    def is_kept(self, cells):
        """Does a column of a table whose rows are in the folder have all of these values?"""
        values, kept = {v for v, _ in cells}, [t for t in self.model["tables"] if t["mode"] == "keep"]
        return any(values <= set(of) for t in kept for of in self.table(t["schema"], t["name"]).values.values())

    # - single numbers

    def k_behind(self, place, crowds, rows, empty=()):
        rows = list(rows)
        enough = crowds.enough(rows, empty)
        return self.f.check("numbers with k subjects behind each", enough, place,
                            enough or f"{crowds.fewest(rows)} subjects stand behind it")

    def count_is(self, place, stored, weight, tolerance=2.5):
        """Rounded to 5; what has k people is never told as less than k, rounded."""
        near = abs(stored - weight) <= tolerance + 1e-6 * weight + 0.51
        return self.f.check("counts that are those of the source", stored % 5 == 0 and
                            (near or (stored == self.least and weight < self.least + tolerance)),
                            place, "the stored count is not that of its rows")

    @staticmethod
    def off(table):
        """How far a count is off that is rounded as it was read, told for those who are set aside, too, and rounded again."""
        return 2.5 if table.rescale == 1 else 2.5 + 3 * table.rescale

    def counts_come_to(self, place, stored, weights, total, slack=(), unsure=0, alone=False):
        """
        Cells and rest share a total as their rows do; what rarer rows, which are not told, have follows them.  unsure: rows beyond
        these weights that some of them may have.

        Edges of running sums are rounded to 5 as they were read, brought to the total, which is so many times as many, and rounded again: so each is off
        by half of 5 of either, and a cell by two edges; and all of them by what the sum was rounded by.  Where the total is that sum rounded, the
        second time changes nothing.  alone: each is rounded once, by itself.
        """
        rows = sum(weights)
        if not stored or rows == 0:
            return
        if self.sampled:
            self.f.check("counts that are those of the source", all(n % 5 == 0 and n >= self.least for n in stored), place,
                         "a count is not rounded")
            return
        expected = [w * total / rows for w in weights]
        excess = sum(max(0, self.least - (e - 5)) for e in expected)
        read = max(round5(int(rows + .5)), 5)
        off = 3.01 if alone else 5.51 if total == read else 5.51 + 5.51 * total / read
        for i, (s, e) in enumerate(zip(stored, expected)):
            more = slack[i] if slack else 0
            fewest = e * rows / (rows + unsure)
            more += 0 if alone else e * 2.5 / rows
            self.f.check("counts that are those of the source",
                         s % 5 == 0 and max(s - e, fewest - s) <= off + more + excess + 1e-6 * e, f"{place} {i + 1}",
                         "the stored count is not that of its rows")

    def cells(self, place, crowds, cells, by_value, total, empty=(), rest=None, rest_rows=(), told=None, again=0, beside=()):
        """
        cells: pairs of value and count; by_value: the rows of each value; told: what the column's tree leaves of them; again: rounded so much more,
        where counts are shared out a second time; beside: rows of no value that a tree counts with the rest.
        """
        told = told or Told(crowds)
        stored, weights, slack, unsure = [], [], [], 0
        for i, (value, count) in enumerate(cells):
            key = integer(value)
            if count == "<k":
                continue
            self.k_behind(f"{place} {i + 1}", crowds, by_value.get(key, ()), empty)
            stored.append(count)
            own = told.coded.get(key, by_value.get(key, ()))
            weights.append(told.weigh(own))
            slack.append(told.slack(own) + again)
            unsure += told.unsure(own)
        if rest:
            self.k_behind(f"{place}, rest", crowds, rest_rows, empty)
            own = rest_rows if told.share is None else [r for r in [*rest_rows, *beside] if told.codes[r] not in told.alone]
            stored.append(rest)
            weights.append(told.weigh(own))
            slack.append(told.slack(own))
            unsure += told.unsure(own)
        if not told.follows:
            self.counts_come_to(place, stored, weights, total, slack, unsure)

    def points(self, place, crowds, points, units, rows, is_time, step):
        """Between neighbouring quantiles and beyond the outermost k subjects; each on a grid that their distance bears."""
        points = [integer(p) for p in points]
        pools = [[] for _ in range(len(points) + 1)]
        for r in rows:
            pools[bisect.bisect_right(points, units[r])].append(r)
        for i, pool in enumerate(pools):
            self.k_behind(f"{place}, between {i} and {i + 1} of points", crowds, pool)
        for i, p in enumerate(points):
            # values that were too many were counted in cells of a power of two; one across a point is of the pool before
            across = points[i - 1] + (p & -p) if i > 0 else None
            half = min(crowds.upper_half([r for r in pools[i] if from_ is None or units[r] >= from_], units) for from_ in (None, across))
            fine = (time_unit(p, step) * 20 if is_time else decimal_unit(p) * 10) >= half
            self.f.check("quantiles and edges on a coarse grid", fine, f"{place}, point {i + 1}",
                         "it is told finer than a tenth of what it divides")

    def number(self, place, m, crowds, units, present, total, is_time, told=None):
        """units: per row, None where there is none."""
        step = m.get("step", 1)
        known = [r for r in range(len(units)) if units[r] is not None]
        by_value, by_code = group(known, units), defaultdict(list)
        for value, rows in by_value.items():
            by_code[code_of(value, is_time, step)] += rows
        atoms = {integer(v) for v, _ in m.get("values", ())}
        others = [r for r in known if units[r] not in atoms]
        no_number = [r for r in present if units[r] is None]
        self.cells(f"{place}, values", crowds, m.get("values", ()), by_value, total, (), m.get("rest"), others, told, beside=no_number)
        self.cells(f"{place}, codes", crowds, m.get("codes", ()), by_code, total, again=AGAIN)
        self.f.check("shapes of what is not told alone", m["kind"] == "shape" or not m.get("codes"), f"{place}, codes",
                     "they less the values are those that fewer have")
        if m.get("points"):
            self.points(place, crowds, m["points"], units, others, is_time, step)

    def marginal(self, place, m, table, crowds, column, count):
        values = table.values[column.name]
        present = [r for r in table.all() if values[r] is not None]
        nulls = [r for r in table.all() if values[r] is None]
        empty = self.begins_with(table, [column.name])
        told = self.told.get(column.name, Told(crowds))
        self.f.check("counts that are those of the source", m["count"] == count, place,
                     "its count is not the table's")
        if 0 < m["nulls"] < m["count"]:
            self.k_behind(f"{place}, NULLs", crowds, nulls, empty)
            self.k_behind(f"{place}, what is not NULL", crowds, present)
            weight = told.weigh(nulls)
            weight *= table.rescale if told.share is None else m["count"] / (weight + told.weigh(present))
            if weight + self.least < m["count"] - 5 and not crowds.few and not told.follows:
                self.count_is(f"{place}, NULLs", m["nulls"], weight, self.off(table) + told.slack(nulls))
        # of values that were too many to be counted each: shares of the sample
        sampled, self.sampled = self.sampled, self.sampled or m.get("counted") == "sample"
        self.values_told(place, m, table, crowds, column, present, told)
        self.sampled = sampled

    def values_told(self, place, m, table, crowds, column, present, told):
        values, total = table.values[column.name], m["count"] - m["nulls"]
        if "tail" in m:
            leak_tails.check(self, f"{place}, tail", m, table, crowds, column, present)
        if m["kind"] in ("none", "null", "constant"):
            self.f.check("columns of which nothing is told", not any(
                m.get(x) for x in ("values", "points", "lengths", "alphabets", "codes", "rest", "tail")), place,
                "numbers are stored of a column that has none to tell")
            return
        if "lengths" in m or "alphabets" in m:
            # of texts that are not told: of all, they less the values would be those that fewer than k have
            masks, lengths, texts = defaultdict(list), defaultdict(list), {v for v, _ in m.get("values", ())}
            of_these = m.get("rest", 0) if texts else total
            for text, rows in group([r for r in present if values[r] not in texts], values).items():
                mask, length = alphabet_and_length(text)
                masks[mask] += rows
                lengths[length] += rows
            self.cells(f"{place}, alphabets", crowds, m.get("alphabets", ()), masks, of_these, again=AGAIN)
            self.cells(f"{place}, lengths", crowds, m.get("lengths", ()), lengths, of_these, again=AGAIN)
        if m["kind"] == "declared":
            by_value = defaultdict(list)
            for r in present:
                by_value[column.labels.index(values[r]) if column.is_enum else int(values[r] == "t")].append(r)
            self.cells(f"{place}, values", crowds, m.get("values", ()), by_value, total, told=told)
        elif m["kind"] in ("categories", "reference"):
            self.f.check("references that are to rows of the folder", m["kind"] == "categories" or self.is_kept(m["values"]), place,
                         "its values are not all in a column of a kept table")
            by_value = group(present, values)
            texts = {v for v, _ in m.get("values", ())}
            self.cells(f"{place}, values", crowds, m.get("values", ()), by_value, total, (), m.get("rest"),
                       [r for r in present if values[r] not in texts], told)
        elif column.order is not None:
            self.number(place, m, crowds, table.units(column.name, m.get("scale", 0), m.get("step", 1)), present, total,
                        column.is_time, told)

    def habits(self, place, c, table, crowds, column):
        """Those of a sample are held against all rows: who is in it is in them."""
        habits, m = c["habits"], c["marginal"]
        learnt = c["treatment"] == "synthesise" and c["class"] in ("quasi-identifier", "special-category", "non-personal")
        self.f.check("columns of which nothing is told", learnt, place, "habits are told of a column that is not learnt")
        # of all rows they less the values would be those of the few who have another
        present = self.not_told(m, table, column)
        rows = m.get("rest", 0) if m.get("values") else m["count"] - m["nulls"]
        self.f.check("shapes of what is not told alone", rows > 0, place, "habits are told of rows whose values are all told, or few people's")
        for habit, told in habits.items():
            if habit == "document":
                self.document(place, told, habits["paths"], table, crowds, column, present)
            if habit in ("zone", "place", "counted", "document"):
                continue
            where = f"{place}, {habit}"
            found, could_be = leak_habits.cells_of(habit, habits, column, m, table, present)
            keys = {integer(v) for v, _ in told["cells"]}
            others = [r for k, rows in found.items() if k not in keys for r in rows]
            if habit == "templates":
                in_some = {r for rows in found.values() for r in rows}
                others = [r for r in could_be if r not in in_some]
            if habit in leak_habits.MANY or habits["counted"] == "sample":
                for v, n in told["cells"]:
                    self.k_behind(f"{where} {v!r:.20}", crowds, found.get(integer(v), ()))
                    self.f.check("counts that are those of the source", n % 5 == 0 and n >= self.least, where, "a count is not rounded")
                if told.get("rest"):
                    self.k_behind(f"{where}, rest", crowds, others)
                continue
            total = rows * crowds.weigh(could_be) / max(crowds.weigh(present), 1)
            self.cells(where, crowds, told["cells"], found, total, (), told.get("rest"), others, again=AGAIN)

    def not_told(self, m, table, column):
        """The rows that have a value, and none that the marginal tells."""
        values = table.values[column.name]
        present = [r for r in table.all() if values[r] is not None]
        if not m.get("values"):
            return present
        if m["kind"] == "categories":
            told = {v for v, _ in m["values"]}
            return [r for r in present if values[r] not in told]
        units, told = table.units(column.name, m.get("scale", 0), m.get("step", 1)), {integer(v) for v, _ in m["values"]}
        return [r for r in present if units[r] is None or units[r] not in told]

    def document(self, place, document, paths, table, crowds, column, present):
        """What stands at each place of documents, each as a row of its own; they come from a sample."""
        places = leak_documents.Places(column, [(r, table.values[column.name][r]) for r in present], document)
        self.sampled = True
        for (path, kind), spots in places.at.items():
            self.place(f"{place}, {path} {kind}", places.nodes[path, kind], spots, places, crowds)
        self.keys_that_lack(place, places, crowds)
        self.paths_of_nodes(place, places, paths)
        self.f.check("counts that are those of the source", set(places.at) == set(places.nodes), place, "a place is nowhere in the source")
        self.sampled = False

    def keys_that_lack(self, place, places, all_crowds):
        """Where fewer than k lack all that is told of a key, its types come to all objects: these less those would be they."""
        keys = defaultdict(list)
        for path, kind in places.nodes:
            steps = leak_documents.steps_of(path)
            owner = path[:len(path) - len(steps[-1])] if steps and steps[-1] not in ("[*]", ".*") else None
            if (owner, "object") in places.nodes:
                keys[owner, path].append(kind)
        for (owner, path), kinds in keys.items():
            objects = places.at[owner, "object"]
            have = {id(s.owner) for kind in kinds for s in places.at[path, kind]}
            lack = [i for i, s in enumerate(objects) if id(s) not in have]
            many = Mentions(all_crowds, [s.row for s in objects]).enough(lack)
            told = sum(places.nodes[path, kind]["count"] for kind in kinds)
            self.f.check("keys that k subjects lack, or nobody", many or told >= places.nodes[owner, "object"]["count"],
                         f"{place}, {path}", "objects less those that have it are those of fewer subjects")

    def paths_of_nodes(self, place, places, paths):
        """A path that a document has once is in as many rows as its node says."""
        rows = defaultdict(int)
        for text, count in paths["cells"]:
            path, kind = text.rsplit(" ", 1)
            rows[path, "number" if kind == "integer" else kind] += count
        for (path, kind), node in places.nodes.items():
            if not {"[*]", ".*"} & set(leak_documents.steps_of(path)):
                self.f.check("paths that are in as many rows as their nodes", rows[path, kind] == node["count"], f"{place}, {path} {kind}",
                             "its rows and its values are counted apart")

    def told_cells(self, place, crowds, told, keys):
        """keys: of each row its cell."""
        found = group(range(len(keys)), keys)
        known = {integer(v) for v, _ in told["cells"]}
        self.cells(place, crowds, told["cells"], found, 0, (), told.get("rest"), [r for r, k in enumerate(keys) if k not in known])

    def place(self, where, node, spots, places, all_crowds):
        crowds = Mentions(all_crowds, [s.row for s in spots])
        self.k_behind(where, crowds, range(len(spots)))
        self.f.check("counts that are those of the source", node["count"] % 5 == 0 and node["count"] >= self.least, where,
                     "a count is not rounded")
        if "sizes" in node:
            data = defaultdict(int)
            for s in places.keys_that_are_data(node["path"]) if node["type"] == "object" else ():
                data[id(s.owner)] += 1
            self.told_cells(f"{where}, sizes", crowds, node["sizes"],
                      [leak_documents.coarse(data[id(s)] if node["type"] == "object" else len(s.value)) for s in spots])
        if "variants" in node:
            masks = [leak_documents.mask_of(s, node["keys"]) for s in spots]
            self.told_cells(f"{where}, variants", crowds, node["variants"], masks)
            if "by" in node:
                self.decides(f"{where}, decides", node, spots, masks, places, crowds)
        if "marginal" in node:
            spots = places.keys_that_are_data(node["path"]) if node["type"] == "object" else spots
            crowds = Mentions(all_crowds, [s.row for s in spots])
            texts, units = leak_documents.values_of(spots, node)
            column = Column("", node["time"] if "time" in node else {"number": "numeric", "boolean": "bool"}.get(node["type"], "text"), False, [], True)
            table = leak_documents.pseudo_table(spots, texts, units)
            m = node["marginal"]
            self.marginal(where, m, table, crowds, column, m["count"])
            if "habits" in node:
                self.habits(f"{where}, habits", {"habits": node["habits"], "marginal": m, "class": "quasi-identifier",
                                                 "treatment": "synthesise"}, table, crowds, column)

    def decides(self, where, node, spots, masks, places, crowds):
        leaf = places.nodes[node["path"] + node["by"], "string"]
        values = {v: i for i, (v, _) in enumerate(leaf["marginal"]["values"])}
        variants = {integer(v): i for i, (v, _) in enumerate(node["variants"]["cells"])}
        value_of = {id(s.owner): values.get(s.value) for s in places.at[node["path"] + node["by"], "string"]}
        keys = [1024 * value_of[id(s)] + variants[m] if value_of.get(id(s)) is not None and m in variants else None
                for s, m in zip(spots, masks)]
        self.told_cells(where, crowds, node["decides"], keys)

    # - joints

    def ranks(self, table, joint, marginals):
        """Per row {column: rank} of those that can be compared, and per column the gap to the next smaller."""
        orders, values, scales = {}, {}, []
        for name in joint["columns"]:
            c, m = table.columns[name], marginals[name]
            if c.order == "numbers" and m["kind"] not in ("key", "reference"):
                scales.append(m.get("scale", 0))
        scale = max(scales, default=0)
        for name, gap in zip(joint["columns"], joint["gaps"]):
            c, m = table.columns[name], marginals[name]
            if c.order is None or m["kind"] in ("key", "reference") or gap is None:
                continue
            orders[name] = c.order
            units = table.units(name, m.get("scale", 0), m.get("step", 1))
            if c.order == "numbers":
                per = 10 ** (scale - m.get("scale", 0))
                values[name] = ([None if u is None else u * per for u in units], per)
            elif c.order == "days" and c.base == "date":
                values[name] = ([None if u is None else u * 86400 * 10**6 for u in units], 86400 * 10**6)
            elif c.order == "days":
                values[name] = ([None if v is None else int(v) for v in table.extra[name]], 10**6)
            else:
                values[name] = (units, 1)
        ranks, gaps = [], {name: [None] * table.n for name in orders}
        for r in table.all():
            row = {}
            for name, order in orders.items():
                v = values[name][0][r]
                if v is None:
                    continue
                smaller = {values[o][0][r] for o in orders if o != name and orders[o] == order and
                           values[o][0][r] is not None and values[o][0][r] < v}
                row[name] = len(smaller) + 1
                if smaller:
                    gaps[name][r] = (v - max(smaller)) // values[name][1]
            ranks.append(row)
        return ranks, gaps

    def matches(self, word, table, name, r, rank, shape):
        value, c = table.values[name][r], table.columns[name]
        if word == "?":
            return True
        if word == "-":
            return value is None
        if value is None:
            return False
        if word == "*":
            return not (rank and name in rank)
        if word[0] == "@":
            return bool(rank) and rank.get(name) == int(word[1:])
        if word[0] == "#":
            return (c.labels.index(value) if c.is_enum else int(value == "t")) == int(word[1:])
        data = value.encode("utf-8", "surrogateescape")
        return word == "=" + b"".join(
            bytes([b]) if b > 32 and b not in (37, 127) else b"%%%02X" % b for b in data).decode("utf-8", "surrogateescape")

    def joint(self, place, joint, table, crowds, marginals, count):
        names = joint["columns"]
        empty = self.begins_with(table, names)
        patterns = [(p.split(" "), n) for p, n in joint["patterns"]]
        ranks, gaps = self.ranks(table, joint, marginals)
        # at the coarsest level of detail no pattern has a rank
        ranked = any(w[0] == "@" for p, _ in patterns for w in p)
        stored, weights = [], []
        for i, (words, n) in enumerate(patterns):
            if len(patterns) == 1 and all(w == "?" for w in words):
                continue  # nothing is told
            rows = [r for r in table.all() if all(
                self.matches(w, table, name, r, ranks[r] if ranked else None, None) for w, name in zip(words, names))]
            self.k_behind(f"{place}, pattern {i + 1}", crowds, rows, empty)
            stored.append(n)
            weights.append(crowds.weigh(rows))
        self.counts_come_to(f"{place}, pattern", stored, weights, count)
        for name, gap in zip(names, joint["gaps"]):
            if gap is None:
                continue
            where = f"{place}, gap of {name}"
            # how many rows have one would be what the others have not
            self.f.check("counts that are those of the source", gap["count"] == count, where, "its count is not the table's")
            if gap.get("values") or gap.get("points") or gap.get("codes"):
                self.number(where, gap, crowds, gaps[name], list(range(len(gaps[name]))), gap["count"], False)
        for rule in joint.get("derived", ()):
            self.rule(place, rule, table, crowds, marginals)

    def rule(self, place, rule, table, crowds, marginals):
        """It holds in every row, for k subjects, unless a CHECK of the schema says it."""
        place = f"{place}, rule of {rule['column']}"
        terms = rule.get("product") or rule["sum"]
        told = {n: table.units(n, marginals[n].get("scale", 0), marginals[n].get("step", 1))
                for n in [rule["column"], *terms]}
        rows = [r for r in table.all() if all(u[r] is not None for u in told.values())]
        named = self.source.rows(
            f"""SELECT count(*) FROM pg_constraint c WHERE c.conrelid = {literal('.'.join(ident(x) for x in table.label.split('.', 1)))}::regclass
            AND c.contype = 'c' AND (SELECT array_agg(a.attname::text ORDER BY 1) FROM pg_attribute a
            WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)) =
            ARRAY[{', '.join(literal(n) for n in sorted({rule['column'], *terms}))}]::text[]""")
        if named == [["0"]]:
            self.k_behind(place, crowds, rows)

    def named_rule(self, place, rule, table, crowds, marginals, count):
        """k subjects have rows of which it can say something: of NULLs both sides, of values all of them."""
        columns = [table.values[c] for c in rule["columns"]]
        if rule["kind"].startswith("null"):
            for c in columns:
                null = [r for r in table.all() if c[r] is None]
                if null:
                    self.k_behind(place, crowds, null, range(len(table.ways)))
                    self.k_behind(place, crowds, [r for r in table.all() if c[r] is not None], range(len(table.ways)))
        else:
            self.k_behind(place, crowds, [r for r in table.all() if all(c[r] is not None for c in columns)])
        self.rule_rows(place, rule, table, crowds, marginals, count)

    def rule_rows(self, place, rule, table, crowds, marginals, count):
        """
        Rows that it is told to speak of are those that have what it speaks of, or all, where fewer than k people have the others: those
        are what it says nothing of.  Of NULLs, and of children, it speaks in all rows.
        """
        kind, names = rule["kind"], rule["columns"]
        if kind not in ("dependency", "equal", "order", "sum", "product", "prefix"):
            self.f.check("rules that leave nobody or k", rule["rows"] == count, place, "it is told to speak of fewer rows than there are")
            return

        def known(name):
            c, m = table.columns[name], marginals[name]
            numbers = c.order is not None and m["kind"] not in ("key", "reference") and kind != "dependency"
            return table.units(name, m.get("scale", 0), m.get("step", 1)) if numbers else table.values[name]

        looked_at = [known(name) for name in (names[:-1] if kind == "dependency" else names)]
        rows = [r for r in table.all() if all(v[r] is not None for v in looked_at)]
        of = set(rows)
        others = [r for r in table.all() if r not in of]
        if others and not crowds.enough(others):
            self.f.check("rules that leave nobody or k", rule["rows"] == count, place, "the rows that it says nothing of are fewer people's")
            return
        self.f.checks["rules that leave nobody or k"] += 1
        self.count_is(place, rule["rows"], crowds.weigh(rows) * table.rescale, self.off(table))

    # - children per parent

    def fan_out(self, place, ref, table, cells):
        parent, rows = self.reference(table, ref["constraint"])
        if parent is None:
            return
        if ref.get("counted") == "sample":
            for cell in cells:
                self.f.check("NOT PROVED, but told as k or more: numbers of children of the sample's parents",
                             cell[1] % 5 == 0 and cell[1] >= self.least, place, "a number is told as fewer than k")
            return
        crowd = Crowds(self.k, parent.n, parent.subjects, self.stands_for(parent), parent.shares)
        others = [w for w, way in enumerate(table.ways) if ref["constraint"] not in way.get("via", ())]
        if any(table.ways[w].get("people") in self.source.control for w in others):
            # those who are set aside stand behind some of a parent's children, which it has all the same
            self.f.checks["NOT PROVED: children per parent who are also those of people who are set aside"] += len(cells)
            return
        child_crowd = Crowds(self.k, table.n, [table.subjects[w] for w in others], [self.stands_for(table)[w] for w in others])
        children = defaultdict(list)
        for r, of in enumerate(rows):
            if of is not None:
                children[of].append(r)
        at = defaultdict(list)  # parents by number of children
        for p in parent.all():
            at[int(child_crowd.weigh(children.get(p, ())) + 0.5)].append((p, children.get(p, [])))

        def fewest(numbers):
            parents = [x for n in numbers for x in at[n]]
            counts = [len(parents)]
            for w, n in crowd.count(p for p, _ in parents):
                if w is not None and not (n == 0 and crowd.stands_for[w]):
                    counts.append(n)
            for i in range(len(others) if any(numbers) else 0):
                # who is behind children; a parent without any counts for itself, as nobody's child tells of it
                n = len({child_crowd.subjects[i][r] for _, rows in parents for r in rows} - {None})
                if not (n == 0 and child_crowd.stands_for[i]):
                    counts.append(n)
            return min(counts)

        def weight(numbers):
            return sum(crowd.weights[p] for n in numbers for p, _ in at[n])

        def fits(i, j, cell):
            """Can the pool of numbers[i:j] be this cell?"""
            number, stored = integer(cell[0]), cell[1]
            digits = lambda v: v if v < 100 else round_digits(v, 2)
            if not any(n == number or digits(n) == number for n in numbers[i:j]):
                return False
            return abs(stored - weight(numbers[i:j]) - (few if i == 0 else 0)) <= 3 * max(1, min(stored // self.least, j - i)) + stored / 20

        numbers, few = sorted(at), 0
        # all parents less those that are told leave nobody: what is told of no number by itself is in the next one's pool
        if cells and integer(cells[0][0]) != 0 and numbers and numbers[0] == 0:
            few, numbers = weight([0]), numbers[1:]
        elif len(cells) == 1 and integer(cells[0][0]) == 0 and numbers[1:] and fewest(numbers[1:]) < self.k:
            few, numbers = weight(numbers[1:]), [0]
        # Is there a division of the numbers into pools of k each that gives these cells?
        reached = {0}
        for cell in cells:
            alone = integer(cell[0]) == 0
            reached = {j for i in reached for j in range(i + 1, (i + 1 if alone else len(numbers)) + 1)
                       if fits(i, j, cell) and fewest(numbers[i:j]) >= self.k}
        self.f.check("numbers with k subjects behind each", len(numbers) in reached, place,
                     "its numbers of children are no pools with k subjects each")
        self.f.checks["numbers with k subjects behind each"] += max(0, len(cells) - 1)

    def level_cells(self, place, ref, table, crowds):
        """Neighbouring levels together until each has k: is there such a division that gives these cells?"""
        at = group(table.all(), self.levels(table, ref["constraint"]))
        numbers, reached, cells = sorted(at), {0}, ref["levels"]
        few = 0
        if integer(cells[0][0]) != 0 and numbers[0] == 0:
            few, numbers = crowds.weigh(at[0]), numbers[1:]
        elif len(cells) == 1 and integer(cells[0][0]) == 0 and not crowds.enough(r for n in numbers[1:] for r in at[n]):
            few, numbers = crowds.weigh(r for n in numbers[1:] for r in at[n]), [0]
        for number, count in cells:
            reached = {j for i in reached for j in range(i + 1, len(numbers) + 1)
                       if number in numbers[i:j] and abs(count - crowds.weigh(r for n in numbers[i:j] for r in at[n]) - (few if i == 0 else 0)) <= 3
                       and crowds.enough(r for n in numbers[i:j] for r in at[n])}
        self.f.check("numbers with k subjects behind each", len(numbers) in reached, place, "its levels are no pools with k subjects each")

    # - dependence

    def book(self, place, book, table, crowds, marginals):
        """Codes of all rows, and who stands behind what the book tells."""
        name = book["column"]
        m, c = marginals[name], table.columns[name]
        values, n = table.values[name], book["values"]
        null = n + (book["kind"] in ("categories", "bins"))
        codes = [None] * table.n
        by_code = defaultdict(list)
        if book["kind"] == "bins":
            units = table.units(name, m.get("scale", 0), m.get("step", 1))
            edges = [integer(e) for e in book.get("edges", ())]
        texts = {t: i for i, t in enumerate(book.get("texts", ()))}
        for r in table.all():
            if values[r] is None:
                codes[r] = null if book["nulls"] else 0
            elif book["kind"] == "present":
                codes[r] = 0
            elif book["kind"] == "declared":
                codes[r] = c.labels.index(values[r]) if c.is_enum else int(values[r] == "t")
            elif book["kind"] == "categories":
                codes[r] = texts.get(values[r], n)
            else:
                codes[r] = n if units[r] is None else bin_of(book, edges, units[r])
            by_code[codes[r]].append(r)
        if crowds and book["kind"] == "categories":
            for i in range(n):
                self.k_behind(f"{place}, text {i + 1}", crowds, by_code[i])
        if crowds and book["kind"] == "bins":
            self.bins(place, book, edges, units, by_code, crowds)
        return codes, null + book["nulls"]

    def bins(self, place, book, edges, units, by_code, crowds):
        """
        The value that a spike stands for has k subjects, and any other bin has, but the one behind the last spike, which is
        there whether or not anybody is in it.  An edge beside no spike lies on a grid of a tenth of its bin's span, at
        least, or is the value of k subjects.
        """
        spikes, n = set(book.get("spikes", ())), book["values"]
        for i in range(n):
            where = f"{place}, bin {i + 1}"
            rows = by_code[i]
            at = edges[i] if i < len(edges) else None
            exact = [r for r in rows if units[r] == at]
            if i in spikes:
                self.f.check("spikes that are no edge of the scale", at is not None, where, "it has no value")
                self.k_behind(where, crowds, exact)
                continue
            if i < n - 1 or i - 1 not in spikes:
                self.k_behind(where, crowds, rows)
            if at is None or not rows or (i + 1 in spikes and edges[i + 1] == at + 1):
                continue
            span = max(units[r] for r in rows) - min(units[r] for r in rows)
            self.f.check("quantiles and edges on a coarse grid", decimal_unit(at) * 10 >= span or
                         crowds.enough(exact), where, "its edge is told finer than a tenth of what it bounds")

    def reference(self, table, constraint):
        """Of a foreign key: the parent, and per row of the child the parent's row, or None."""
        if constraint not in table.references:
            table.references[constraint] = self.find_reference(table, constraint)
        return table.references[constraint]

    def find_reference(self, table, constraint):
        schema, name = table.label.split(".", 1)
        relation = literal(ident(schema) + "." + ident(name)) + "::regclass"
        found = self.source.rows(
            f"""SELECT n.nspname, p.relname,
            (SELECT json_agg(a.attname ORDER BY k.o) FROM unnest(c.conkey) WITH ORDINALITY k(n, o)
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n),
            (SELECT json_agg(a.attname ORDER BY k.o) FROM unnest(c.confkey) WITH ORDINALITY k(n, o)
             JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n)
            FROM pg_constraint c JOIN pg_class p ON p.oid = c.confrelid JOIN pg_namespace n ON n.oid = p.relnamespace
            WHERE (c.conrelid = {relation} OR c.conrelid IN (SELECT relid FROM pg_partition_tree({relation})))
            AND c.conname = {literal(constraint)}""")
        if not self.f.check("foreign keys found", len(found) == 1, f"{table.label}, foreign key {constraint}",
                            "the source has no such foreign key"):
            return None, []
        parent = self.table(found[0][0], found[0][1])
        own, theirs = json.loads(found[0][2]), json.loads(found[0][3])
        at = {key: r for r, key in enumerate(zip(*(parent.values[c] for c in theirs)))}
        return parent, [at.get(key) for key in zip(*(table.values[c] for c in own))]

    def numbers_of_children(self, parent, child_label, constraint):
        schema, name = child_label.split(".", 1)
        of, rows = self.reference(self.table(schema, name), constraint)
        counts = [0] * parent.n
        for r in rows:
            if r is not None and of is parent:
                counts[r] += 1
        return counts

    def column_codes(self, variable, table, marginals, checked=None):
        """Codes of all rows, and how many there are.  checked: place and crowds, to look at what the book tells."""
        place, crowds = checked or ("", None)
        if variable["of"] == "column":
            return self.book(place, variable, table, crowds, marginals)
        counts = self.numbers_of_children(table, variable["table"], variable["reference"])
        edges = [integer(e) for e in variable.get("edges", ())]
        codes = [bin_of(variable, edges, n) for n in counts]
        if crowds:
            self.bins(place, variable, edges, counts, group(table.all(), codes), crowds)
        return codes, variable["values"] + 1

    def levels(self, table, constraint):
        """Of a table that refers to itself: how far below a row that refers to none; 16 in or below a circle."""
        above, level = self.reference(table, constraint)[1], {}
        for r in table.all():
            way = []
            while r is not None and r not in level:
                level[r] = None
                way.append(r)
                r = above[r]
            at = 0 if r is None else 16 if level[r] in (None, 16) else level[r] + 1
            for r in reversed(way):
                level[r] = 16 if at == 16 else min(at, 15)
                at = 16 if at == 16 else min(at, 15) + 1 if at < 15 else 15
        return [level[r] for r in table.all()]

    def time_in(self, units, m, grid):
        """A time in units of its marginal as one of those of another's: days, or seconds."""
        if units is None or m.get("step", 1) == grid.get("step", 1):
            return units
        return units * 86400 if m.get("step", 1) == 1 else units // 86400

    def distances(self, place, v, table, crowds, marginals, variables):
        """Per row how far its time is from that of the sibling before, a parent, or the end; None where that is not told."""
        grid = marginals[v["column"]]
        own = table.units(v["column"], grid.get("scale", 0), grid.get("step", 1))
        owner = next((x["reference"] for x in variables if x["of"] == "position"), None)
        if v["of"] == "age":
            time = next(x for x in variables if x["of"] == "column" and x["column"] == v["column"])
            codes, day = self.book("", time, table, None, marginals)[0], 1 if grid.get("step", 1) == 1 else 86400
            last, end = codes[max((r for r in table.all() if own[r] is not None), key=own.__getitem__)], integer(v["end"])
            self.f.check("quantiles and edges on a coarse grid", end % day == 0, place, "its end is not that of a day")
            self.k_behind(f"{place}, end", crowds, [r for r in table.all() if own[r] is not None and own[r] >= end - day])
            return [max(0, end - own[r]) if own[r] is not None and codes[r] == last else None for r in table.all()]
        before = [None] * table.n
        if owner is not None:
            families = group((r for r in table.all() if own[r] is not None), self.reference(table, owner)[1])
            for parent, family in families.items():
                family.sort(key=own.__getitem__)
                for a, b in zip(family, family[1:] if parent is not None else ()):
                    before[b] = a
        if v["of"] == "gap":
            return [None if b is None else own[r] - own[b] for r, b in enumerate(before)]
        parent, rows = self.reference(table, v["reference"])
        of = next(t for t in self.model["tables"] if f"{t['schema']}.{t['name']}" == parent.label)
        m = next(c["marginal"] for c in of["columns"] if c["name"] == v["from"])
        theirs = parent.units(v["from"], m.get("scale", 0), m.get("step", 1))
        found = [None] * table.n
        for r, p in enumerate(rows):
            t = None if p is None or own[r] is None else self.time_in(theirs[p], m, grid)
            if t is not None and (v["reference"] != owner or before[r] is None):
                found[r] = own[r] - t
        return found

    def variable(self, place, v, table, crowds, marginals, variables):
        """
        Codes of all rows, or None of what neither model nor source say of a row: its class, that of its second parent, and its
        place among its siblings, whose order fit alone knows.
        """
        if v["of"] in ("column", "children"):
            return self.column_codes(v, table, marginals, (place, crowds))
        if v["of"] in ("gap", "offset", "age"):
            units = self.distances(place, v, table, crowds, marginals, variables)
            edges = [integer(e) for e in v.get("edges", ())]
            codes = [v["values"] + 1 if u is None else bin_of(v, edges, u) for u in units]
            self.bins(place, v, edges, units, group(table.all(), codes), crowds)
            return codes, v["values"] + 2
        if v["of"] == "level":
            return self.levels(table, v["reference"]), v["codes"]
        if v["of"] not in ("parent", "siblings", "second", "above"):
            return None, v.get("codes", 2)
        parent, rows = self.reference(table, v["reference"])
        if parent is None:
            return None, v.get("codes", 2)
        of = next(t for t in self.model["tables"] if f"{t['schema']}.{t['name']}" == parent.label)
        theirs = next((x for x in of.get("dependence", {}).get("variables", ()) if (
            x["of"] == "column" and x["column"] == v["column"] if v["of"] != "siblings" else
            x["of"] == "children" and x["table"] == table.label and x["reference"] == v["reference"])), None)
        if theirs is None:
            return None, v.get("codes", 2)
        codes, n = self.column_codes(theirs, parent, {c["name"]: c["marginal"] for c in of["columns"]})
        if v["of"] in ("second", "above"):
            return [n if r is None else codes[r] for r in rows], n + 1
        return [None if r is None else codes[r] for r in rows], n

    def beside(self, place, variables, codes, crowds):
        """k subjects have values of both columns, in bins that are no spike."""
        of = {v["column"]: (v, c) for v, c in zip(variables, codes) if v["of"] == "column"}
        for v, c in zip(variables, codes):
            if "beside" not in v:
                continue
            both = [(v, c), of[v["beside"][0]]]
            rows = [r for r in range(len(c)) if all(
                x[r] is not None and x[r] < b["values"] and x[r] not in b.get("spikes", ()) for b, x in both)]
            self.k_behind(f"{place}, {v['column']} inside of bins", crowds, rows)

    def dependence(self, place, d, table, crowds, marginals):
        codes, ncodes, variables = [], [], d["variables"]
        for v in variables:
            name = " ".join([v["of"]] + [v[x] for x in ("column", "table", "reference") if x in v])
            c, n = self.variable(f"{place}, {name}", v, table, crowds, marginals, variables)
            codes.append(c)
            ncodes.append(n)
        for tree in d.get("trees", ()):
            by = {n["by"] for n in tree["nodes"] if "by" in n}
            self.f.check("engines whose trees are theirs", len(by) <= {"independence": 0, "chow-liu": 1}.get(d["engine"], len(by)), place,
                         "a tree splits by more variables than its engine does")
        if crowds:
            self.beside(place, variables, codes, crowds)
        # of rows that have a parent, where there is one to know
        rows = [r for r in table.all() if all(c is None or c[r] is not None for c in codes)]
        # of a copula each variable's own counts, as of a tree without any split
        for tree in d["trees"] if "trees" in d else [{"of": v["of"], "nodes": [v]} for v in d["copula"]]:
            v = variables[tree["of"]]
            name = f"{place}, tree of {v['of']} {v.get('column', v.get('table', ''))}"
            if d["counted"] == "sample" or codes[tree["of"]] is None or any("by" in n and codes[n["by"]] is None for n in tree["nodes"]):
                self.not_proved(name, tree)
                if v["of"] == "column":
                    own = Told(crowds, d["counted"] == "sample")
                    # a bin that stands for one value has others, too: its count is theirs
                    if not own.known and codes[tree["of"]] is not None:
                        own.of_tree(v, codes[tree["of"]], ncodes[tree["of"]], {}, set())
                    self.told[v["column"]] = own
                if d["engine"] == "classes":
                    self.classes(name, tree, variables, codes[tree["of"]], rows, crowds, d["counted"])
                continue
            left, shared = Tree(self, name, tree, codes, ncodes[tree["of"]], crowds).check(rows)
            if v["of"] == "column":
                self.told[v["column"]] = Told(crowds).of_tree(v, codes[tree["of"]], ncodes[tree["of"]], left, shared)
            if v["of"] == "column":
                self.agrees(f"{place}, column {v['column']}", self.told[v["column"]], marginals[v["column"]], v, tree, ncodes[tree["of"]],
                            lambda c, left=left, shared=shared: None if c in shared else round5(int(crowds.weigh(left.get(c, ())) + .5)))

    def agrees(self, place, told, m, book, tree, ncodes, counted):
        """
        A column's counts are had from its tree's, by these alone: or the two together would tell more than either is rounded to.  Of columns
        with values that are none of the tree's codes that is not known: then they are near those of the source, as far as a tree's are.
        """
        found = leak_agree.follows(m, book, tree, ncodes, self.k, counted)
        kind = "columns whose counts follow from their trees' numbers"
        if found is None:
            self.f.checks["NOT PROVED, but near: columns whose counts follow from their trees' numbers, which do not tell all of their values"] += 1
            told.agrees_with(tree, self.k)
            return
        told.follows = self.f.check(kind, found, place, "its counts are not those that its tree tells")

    def classes(self, place, tree, variables, codes, rows, crowds, counted):
        """
        Which rows are of a class is not known.  But a class has 50 people, all classes together are all rows, and a code that any
        class tells of has k people in the table, and rows for all that is told of it.
        """
        cells = [c for node in tree["nodes"] for c in node["cells"]]
        rests = [node["rest"] for node in tree["nodes"] if "rest" in node]
        off = 2.5 * (len(cells) + len(rests)) + 0.5
        if variables[tree["of"]]["of"] == "class":
            if len(tree["nodes"]) == 1:
                self.f.check("latent classes of 50 subjects", all(c[2] >= LEARNT_FROM for c in cells) and not rests, place, "a class is of fewer")
            if counted == "all":
                self.f.check("classes that are all rows", abs(sum(c[2] for c in cells) + sum(rests) - crowds.weigh(rows)) <= off + 2 * self.k + 8, place,
                             "classes are not as many rows as the table has")
            return
        self.f.check("latent classes of 50 subjects", all(variables[n["by"]]["of"] == "class" for n in tree["nodes"] if "by" in n), place,
                     "a tree of a model of classes splits by something else")
        if counted != "all":
            return
        by_code = defaultdict(list)
        for r in rows:
            by_code[codes[r]].append(r)
        for low, high in sorted({(c[0], c[1]) for c in cells}):
            own = [r for c in range(low, high + 1) for r in by_code.get(c, ())]
            told = [c[2] for c in cells if low <= c[0] and c[1] <= high]
            self.k_behind(f"{place}, codes {low} to {high} in any class", crowds, own)
            self.f.check("codes of classes that the source has as often", sum(told) <= crowds.weigh(own) + (2 * self.k + 8) * len(told),
                         place, f"codes {low} to {high} are told oftener than the source has them")

    def not_proved(self, place, tree):
        """Which rows are in a cell is not known: that it is not told as fewer than k is all that can be said."""
        numbers = [n for node in tree["nodes"] for n in [c[2] for c in node["cells"]] + ([node["rest"]] if "rest" in node else [])]
        for n in numbers:
            self.f.check("NOT PROVED, but told as k or more: numbers of trees by class or place among siblings, or of a sample",
                         n % 5 == 0 and n >= self.least, place, "a number is told as fewer than k")

    # - tables

    def check_table(self, t):
        if "one_in" in t:
            sys.exit(f"{t['name']}: some people's rows were read, and the model does not say whose: nothing can be proved of it")
        if t["mode"] != "synthesise" or "counted" not in t:
            # a partition's rows are told of with its root's
            told = any("marginal" in c for c in t["columns"]) or "dependence" in t or t.get("mappings") or t.get("references")
            self.f.check("tables of which nothing is told", not told, f"{t['schema']}.{t['name']}",
                         "numbers are stored of it, but not whom they count")
            return
        table = self.table(t["schema"], t["name"])
        crowds = Crowds(self.k, table.n, table.subjects, self.stands_for(table), table.shares)
        place = table.label
        counted = t.get("counted")
        self.f.check("tables with their ways", bool(table.ways) or counted in ("rows", "nothing"), place,
                     "the model counts people, but no way to them was given")
        weight = crowds.weigh(table.all()) * table.rescale
        if not crowds.enough(table.all()):
            # those that lead to nobody are counted
            nobody = [r for r in table.all() if table.subjects and all(of[r] is None for of in table.subjects)]
            told = max(self.least, crowds.weigh(nobody) * table.rescale) if table.n > 0 else 0
            self.f.check("counts that are those of the source", abs(t["count"] - told) <= self.off(table) + .51, place,
                         "how many rows few people have is told")
        else:
            self.f.check("counts that are those of the source", abs(t["count"] - weight) <= self.off(table) + .51, place,
                         "its count is not that of its rows")
        marginals = {c["name"]: c["marginal"] for c in t["columns"] if "marginal" in c}
        enough = Crowds(max(LEARNT_FROM, self.k), table.n, table.subjects, self.stands_for(table)).enough(table.all())
        learnt = (any(m.get("points") or m.get("values") and m["kind"] not in ("declared",) for m in marginals.values())
                  or any(r["children"] for r in t.get("references", ())) or "dependence" in t or t.get("mappings") or any("habits" in c for c in t["columns"]))
        self.f.check("tables learnt from 50 subjects", not learnt or (enough and not t.get("shape_only")), place,
                     "values are learnt from fewer than 50 subjects")
        if counted == "nothing":
            told = any(m.get(x) for m in marginals.values() for x in ("points", "lengths", "alphabets", "codes", "rest", "tail"))
            self.f.check("tables learnt from 50 subjects", not told, place, "nobody is counted, but numbers are stored")
            return
        self.told = {}
        if "dependence" in t:
            self.dependence(place, t["dependence"], table, crowds, marginals)
        leak_mappings.counts(self, t, table, crowds, marginals, Told)
        for name, m in marginals.items():
            self.marginal(f"{place}, column {name}", m, table, crowds, table.columns[name], t["count"])
        for c in t["columns"]:
            if "habits" in c:
                self.habits(f"{place}, column {c['name']}, habits", c, table, crowds, table.columns[c["name"]])
        for ref in t.get("references", ()):
            where = f"{place}, foreign key {ref['constraint']}"
            # these were proved where they are told first
            nulls = {0} | {m["nulls"] for m in marginals.values() if m["kind"] in ("key", "reference")}
            self.f.check("counts that are those of the source", ref["count"] == t["count"] and ref["nulls"] in nulls, where,
                         "its counts are not those of its table and columns")
            if ref["children"]:
                self.fan_out(where, ref, table, ref["children"])
            if ref.get("levels"):
                self.level_cells(f"{where}, levels", ref, table, crowds)
        for i, joint in enumerate(t.get("joints", ())):
            self.joint(f"{place}, joint {i + 1}", joint, table, crowds, marginals, t["count"])
        for rule in t.get("rules", ()):
            self.named_rule(f"{place}, rule {rule['name']}", rule, table, crowds, marginals, t["count"])
        for i, mapping in enumerate(t.get("mappings", ())):
            leak_mappings.check(self, f"{place}, mapping {i + 1}", mapping, t, table, crowds, marginals)

    def run(self, only=None):
        for t in self.model["tables"]:
            if only is None or f"{t['schema']}.{t['name']}" in only:
                self.check_table(t)


def round_digits(v, digits):
    unit = 1
    while v // unit >= 10**digits:
        unit *= 10
    return (v + unit // 2) // unit * unit


# --- subtractions -----------------------------------------------------------------------------------

class Cuts:
    """
    Sums that are told, each of several cells, as vertices; each cell as an edge between the two sums that it is in, or one of them
    and what is not told.  Whatever is added up of sums, times whatever, leaves at least all cells of a cut: of those
    between some vertices and the others.  So cuts with fewer than k subjects are looked for, and if there are none no
    subtraction finds fewer.
    """

    def __init__(self, crowds, names, cells):
        """cells: (rows, sum, sum), None for what is not told."""
        self.crowds, self.names, self.k, self.untold = crowds, names, crowds.k, len(names)
        self.link = list(range(len(names) + 1))
        self.edges = [(rows, self.untold if a is None else a, self.untold if b is None else b) for rows, a, b in cells]
        self.edges = [e for e in self.edges if e[1] != e[2]]
        self.sure = self.count_once()

    def count_once(self):
        """Of each edge the people whom no other edge counts: any edges have at least the sum of theirs together."""
        sure = None
        for of in self.crowds.subjects:
            seen, own = set(), []
            for rows, _, _ in self.edges:
                new = {of[r] for r in rows} - seen - {None}
                seen |= new
                own.append(len(new))
            if seen:
                sure = own if sure is None else [min(x, y) for x, y in zip(sure, own)]
        if not self.crowds.subjects:
            sure = [len(rows) for rows, _, _ in self.edges]
        return sure or [0] * len(self.edges)

    def root(self, v):
        while self.link[v] != v:
            self.link[v] = v = self.link[self.link[v]]
        return v

    def unite(self, a, b):
        a, b = sorted((self.root(a), self.root(b)))
        self.link[a] = b  # what is not told stays the root of its class
        return a != b

    def between(self):
        """Edges between classes: (class, class) -> numbers of edges."""
        found = defaultdict(list)
        for i, (_, a, b) in enumerate(self.edges):
            a, b = sorted((self.root(a), self.root(b)))
            if a != b:
                found[a, b].append(i)
        return found

    def people_reach(self, between):
        """Classes that k people lead to from one visited before, most people first: none of fewer divides these two."""
        near, reached, visited, any_ = defaultdict(dict), defaultdict(int), set(), False
        for (a, b), edges in between.items():
            near[a][b] = near[b][a] = sum(self.sure[i] for i in edges)
        heap = [(0, v) for v in near]
        while heap:
            _, v = heapq.heappop(heap)
            if v in visited:
                continue
            visited.add(v)
            for w, people in near[v].items():
                if w in visited or not people:
                    continue
                reached[w] += people
                if reached[w] >= self.k:
                    any_ = self.unite(v, w) or any_
                heapq.heappush(heap, (-reached[w], w))
        return any_

    def connects(self, of, between):
        """
        Of each subject on a way the classes that its edges connect, of several such sets the largest: whatever divides them has an edge of
        this subject's, and is told of it once.
        """
        ends = defaultdict(set)
        for pair, edges in between.items():
            for s in {of[r] for i in edges for r in self.edges[i][0]} - {None}:
                ends[s].add(pair)
        found = []
        for pairs in ends.values():
            sets = {}
            for a, b in sorted(pairs):
                both = sets.get(a, {a}) | sets.get(b, {b})
                sets.update((v, both) for v in both)
            found.append(max(sets.values(), key=lambda own: (len(own), -min(own))))
        return found

    def divided_by_few(self, of, between):
        """
        A function from each class to one that stands for all that no cut of fewer than k subjects divides it from, as far as is seen on one
        way; None where that leads to nobody.  Classes are taken in turn, that which most subjects connect with those taken before; if they are
        k, as many are in each cut between it and the one taken last.
        """
        stands, any_ = {v: v for pair in between for v in pair}, False

        def root(v):
            while stands[v] != v:
                v = stands[v]
            return v
        while True:
            now = defaultdict(list)
            for (a, b), edges in between.items():
                a, b = sorted((root(a), root(b)))
                if a != b:
                    now[a, b] += edges
            sets = self.connects(of, now)
            any_, joined = any_ or bool(sets), False
            of_class, taken, seen, reached, last = defaultdict(list), set(), set(), defaultdict(int), None
            for n, own in enumerate(sets):
                for v in own:
                    of_class[v].append(n)
            heap = [(0, v) for v in sorted(of_class)]
            while heap:
                _, v = heapq.heappop(heap)
                if v in taken:
                    continue
                taken.add(v)
                if reached[v] >= self.k and root(v) != root(last):
                    stands[root(v)], joined = root(last), True
                last = v
                for n in of_class[v]:
                    if n in seen:
                        continue
                    seen.add(n)
                    for w in sets[n] - taken:
                        reached[w] += 1
                        heapq.heappush(heap, (-reached[w], w))
            if not joined:
                return root if any_ else None

    def people_connect(self, between):
        """Classes that no cut of fewer than k subjects divides on any way that leads to somebody."""
        ways = [root for root in (self.divided_by_few(of, between) for of in self.crowds.subjects) if root]
        first, any_ = {}, False
        for v in {v for pair in between for v in pair} if ways else ():
            key = tuple(root(v) for root in ways)
            any_ = self.unite(first.setdefault(key, v), v) or any_
        return any_

    def rows(self, edges):
        return {r for i in edges for r in self.edges[i][0]}

    def groups(self, between):
        """Each class, each two that are neighbours, and each part that hangs together otherwise than by what is not told."""
        whole, parts = self.root(self.untold), list(range(len(self.link)))

        def part(v):
            while parts[v] != v:
                v = parts[v]
            return v
        for a, b in between:
            if whole not in (a, b):
                parts[part(a)] = part(b)
        members = defaultdict(set)
        for v in {v for pair in between for v in pair} - {whole}:
            members[part(v)].add(v)
        singles = [{v} for own in members.values() for v in own]
        return singles + [set(pair) for pair in between if whole not in pair] + list(members.values())

    def search(self):
        """Yields what leaves fewer than k; returns by how many cells sums hang together of which that was not shown."""
        while True:
            between = self.between()
            if not between:
                return 0
            if self.people_reach(between) or self.people_connect(between):
                continue
            for group in self.groups(between):
                cut = [i for pair, edges in between.items() if (pair[0] in group) != (pair[1] in group) for i in edges]
                rows = self.rows(cut)
                if not self.crowds.leaves_nobody(rows):
                    names = [self.names[v] for v in range(self.untold) if self.root(v) in group]
                    yield names, self.crowds.fewest_there(rows)
                    first = next(iter(group))
                    for v in [*group, *(x for pair in between if set(pair) & group for x in pair)]:
                        self.unite(first, v)
                    break
            else:
                enough = [pair for pair, edges in between.items() if self.crowds.leaves_nobody(self.rows(edges))]
                for pair in enough:
                    self.unite(*pair)
                if not enough:
                    return sum(map(len, between.values()))


# --- trees ------------------------------------------------------------------------------------------

class Tree:
    """
    Cells of leaves; of inner nodes the rows of a code in the leaves below in which it is told neither alone nor at a node
    between: that is what the node less its children leaves, and it has k.  And what can be had from all of them by subtraction.
    """

    def __init__(self, proof, place, tree, codes, ncodes, crowds):
        self.p, self.place, self.nodes, self.codes = proof, place, tree["nodes"], codes
        self.of, self.ncodes, self.crowds = codes[tree["of"]], ncodes, crowds
        self.sums = []  # names of what is told of several cells
        self.cells = []  # those that are not told alone: [rows, leaf's sum or None, node's sum or None]

    def whole(self, weight):
        """A leaf's rows are told as the next multiple of 2 k, rounded to 5s: they can be had elsewhere."""
        step = 5 * ((2 * self.p.k + 4) // 5)
        return (int(weight + 0.5) + step - 1) // step * step

    def leaf(self, n, node, rows):
        """Returns {code: [cell]} of what is not told alone."""
        by_code = group(rows, self.of)
        where = f"leaf {n + 1}"
        place = f"{self.place}, {where}"
        covered, hidden, stored, weights = set(), {}, [], []

        def hide(codes, name):
            for c in codes:
                if by_code.get(c):
                    hidden[c] = [len(self.cells)]
                    self.cells.append([by_code[c], len(self.sums) if name else None, None])
            if name:
                self.sums.append(name)

        for i, (low, high, count) in enumerate(node["cells"]):
            own = [r for c in range(low, high + 1) for r in by_code.get(c, ())]
            self.p.k_behind(f"{place}, cell {i + 1}", self.crowds, own)
            stored.append(count)
            weights.append(self.crowds.weigh(own))
            covered |= set(range(low, high + 1))
            if low < high:
                hide(range(low, high + 1), f"cell {i + 1} of {where}")
        others = [r for c, own in by_code.items() if c not in covered for r in own]
        if "rest" in node:
            self.p.k_behind(f"{place}, rest", self.crowds, others)
            stored.append(node["rest"])
            weights.append(self.crowds.weigh(others))
        hide(sorted(set(by_code) - covered), f"rest of {where}" if "rest" in node else None)
        self.p.counts_come_to(f"{place}, cell", stored, weights, self.whole(self.crowds.weigh(rows)), alone=True)
        return hidden

    def node(self, n, rows):
        node = self.nodes[n]
        if "by" not in node:
            return self.leaf(n, node, rows)
        where = f"node {n + 1}"
        goes_left = {c for low, high in node["left"] for c in range(low, high + 1)}
        by = self.codes[node["by"]]
        hidden = self.node(node["children"][0], [r for r in rows if by[r] in goes_left])
        for c, own in self.node(node["children"][1], [r for r in rows if by[r] not in goes_left]).items():
            hidden.setdefault(c, []).extend(own)
        for i, (code, same, count) in enumerate(node["cells"]):
            place = f"{self.place}, {where}, cell {i + 1}"
            self.p.f.check("counts that are those of the source", code == same, place, "a node tells several codes as one")
            cells = hidden.pop(code, [])
            own = [r for cell in cells for r in self.cells[cell][0]]
            # What the node has of the code less what its children tell of it is just this
            self.p.k_behind(place, self.crowds, own)
            self.p.count_is(place, count, self.crowds.weigh(own))
            for cell in cells:
                self.cells[cell][2] = len(self.sums)
            self.sums.append(f"cell {i + 1} of {where}")
        return hidden

    def check(self, rows):
        """
        Returns {code: rows} of what is told in no number of its code alone, and the codes of which some of these are in a number
        of several.
        """
        hidden = self.node(0, list(rows))
        kind = "sums that leave nobody or k, however they are added and subtracted"
        cuts = Cuts(self.crowds, self.sums, self.cells)
        search = cuts.search()
        while True:
            try:
                names, people = next(search)
            except StopIteration as end:
                if end.value:
                    self.p.f.checks["NOT PROVED: cells that several sums have in common, of people with several rows"] += end.value
                break
            self.p.f.check(kind, False, f"{self.place}, {', '.join(names[:3])}{' ...' if len(names) > 3 else ''}",
                           f"{people} subjects are left by adding and subtracting")
        self.p.f.checks[kind] += len(self.sums)
        return ({c: [r for cell in cells for r in self.cells[cell][0]] for c, cells in hidden.items()},
                {c for c, cells in hidden.items() if any(self.cells[cell][1] is not None for cell in cells)})


# --- two nights -------------------------------------------------------------------------------------

def stored_numbers(json_value, path=()):
    """(place, number) of all counts of a model's tables; a cell's place is its value."""
    if isinstance(json_value, dict):
        for key, v in json_value.items():
            if key in ("count", "nulls", "rest") and isinstance(v, int):
                yield path + (key,), v
            elif key in ("values", "lengths", "alphabets", "codes", "children", "patterns") and isinstance(v, list) and v \
                    and isinstance(v[0], list):
                for value, n in v:
                    yield path + (key, json.dumps(value)), 0 if n == "<k" else n
            elif key == "cells":
                for *value, n in v:
                    yield path + (key, json.dumps(value)), n
            else:
                yield from stored_numbers(v, path + (key,))
    elif isinstance(json_value, list):
        for i, v in enumerate(json_value):
            name = (i if not isinstance(v, dict) else v.get("schema", "") + "." + v["name"] if "name" in v else
                    f"{v['path']} {v['type']}" if "path" in v else i)
            yield from stored_numbers(v, path + (name,))


def compare_nights(one, two, failures):
    """
    The same place in two nights: both numbers have k subjects (each night's own proof), and they differ by a
    multiple of 5 or not at all, so that no difference is one row's.  It is not shown that a difference of 5 could come from
    anybody else: who knows that one person alone changed, and sees a number cross from one multiple to the next, learns from it.
    """
    a, b = dict(stored_numbers(one["tables"])), dict(stored_numbers(two["tables"]))
    differ = 0
    for place in sorted(set(a) & set(b), key=repr):
        if a[place] != b[place]:
            differ += 1
            failures.check("numbers that differ between two nights", (a[place] - b[place]) % 5 == 0,
                           "two nights", "a difference is told to a row")
    return len(set(a) & set(b)), differ, len(set(a) ^ set(b))


# --- the program ------------------------------------------------------------------------------------

def load(folder):
    with open(os.path.join(folder, "model.json"), encoding="utf-8") as f:
        return json.load(f)


def report(failures, name):
    for kind, n in sorted(failures.checks.items()):
        print(f"{name}{n:8} {kind}")
    for line in failures.lines[:200]:
        print(f"{name}LEAK: {line}")
    if failures.lines:
        print(f"{name}{len(failures.lines)} leaks")
    return 1 if failures.lines else 0


def main():
    parser = argparse.ArgumentParser(description="Show that no number of a model has fewer than k subjects behind it.")
    parser.add_argument("--model", required=True, nargs="+", help="one, or several of the same source")
    parser.add_argument("--source", required=True, help="conninfo")
    parser.add_argument("--ways", required=True, help="JSON: how to find the subjects of a row")
    parser.add_argument("--tables", help="these alone, divided by commas")
    parser.add_argument("--seed", type=int, help="that fit was given: who is set aside for the privacy tests")
    parser.add_argument("--night", nargs=2, action="append", default=[], metavar=("MODEL", "CONNINFO"),
                        help="a model of another night, and its source")
    o = parser.parse_args()
    only = o.tables.split(",") if o.tables else None
    with open(o.ways, encoding="utf-8") as f:
        ways = json.load(f)
    source, status = Source(o.source, o.seed), 0
    for folder in o.model:
        failures = Failures()
        model = load(folder)
        source.set_aside(model)
        Proof(model, source, ways, failures).run(only)
        for night, conninfo in o.night:
            other = load(night)
            Proof(other, Source(conninfo), ways, failures).run(only)
            both, differ, lone = compare_nights(model, other, failures)
            print(f"two nights: {both} numbers in both, {differ} of them differ, {lone} in one night only")
        status |= report(failures, f"{folder}: " if len(o.model) > 1 else "")
    sys.exit(status)


if __name__ == "__main__":
    main()
