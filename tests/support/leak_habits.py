"""
Habits of a column, as the leak proof (leak_proof.py) finds them in the source: which cell of a habit each row is in.  Written from
what docs/methods.md and schemas/model.schema.json say, with no code of sandseed.
"""
import datetime
import re
from collections import defaultdict
from decimal import Decimal, InvalidOperation

from leak_documents import DOCUMENT, coarse, depth_of, paths_of, read

DAY = 86400000000
PARTS = ("elements", "element_values", "paths", "bounds", "prefixes", "versions", "sizes")  # of documents, arrays and the like
MANY = ("characters", "element_values", "paths")  # a row may be in several cells of these
CUT = 201  # bytes of a text that are looked at
GRANULARITIES = [DAY, DAY // 24, DAY // 48, DAY // 96, 600000000, 300000000, 60000000, 1000000, 1000, 1]
CLASSES = {"A": b"[A-Z]", "a": b"[a-z]", "9": b"[0-9]", "h": b"[0-9a-f]", "H": b"[0-9A-F]"}


def time_of(column, extra):
    """(date or None for a sentinel, microseconds of the day)"""
    if extra is None:
        return None, None
    if column.base == "time":
        return None, int(extra)
    day, us = (int(extra), 0) if column.base == "date" else divmod(int(extra), DAY)
    try:
        date = datetime.date.fromordinal(datetime.date(2000, 1, 1).toordinal() + day)
    except (ValueError, OverflowError):
        return None, None
    if not 1901 <= date.year <= 2199 or (date == datetime.date(1970, 1, 1) and us == 0):
        return None, None
    return date, us


def time_key(habit, column, extra):
    date, us = time_of(column, extra)
    if us is None:
        return None
    if habit == "granularity":
        return next(i for i, g in enumerate(GRANULARITIES) if us % g == 0)
    hour = min(us // (DAY // 24), 23)
    if habit == "hours":
        return hour
    if habit == "month_ends":
        return int((date + datetime.timedelta(1)).day == 1)
    return {"weekday_hours": 100 * date.isoweekday() + hour, "weekdays": date.isoweekday(), "month_days": date.day,
            "months": date.month}[habit]


def number_key(habit, column, text, scale, steps, place):
    try:
        units = abs(Decimal(text)).scaleb(scale)
    except InvalidOperation:
        return None
    if not units.is_finite() or units != int(units):
        return None
    if habit == "steps":
        return next((s for s in steps if int(units) % s == 0), None)
    q = int(units) // place
    return q % 100 if q >= 100 else None


def letter_case(data):
    """Words of letters: a word goes on behind an apostrophe."""
    words = [w for w in re.findall(rb"(?:[A-Za-z\x80-\xff]'*)+", data)]
    letters = re.sub(rb"[^A-Za-z]", b"", data)
    if not letters:
        return 0
    if letters.islower():
        return 1
    if letters.isupper() and len(letters) > 1:
        return 2
    if any(re.search(rb"[A-Z]", w[1:]) for w in words):
        return 5
    capital = [bool(re.match(rb"[A-Z]", w)) for w in words]
    return 3 if all(capital) else 4 if capital[0] and sum(capital) == 1 else 5


def text_key(habit, data):
    cut, data = len(data) >= CUT, data[:CUT]
    words = re.findall(rb"[^ \t-\r]+", data)
    return {"empty": lambda: int(not data), "blank": lambda: int(bool(data) and not words),
            "leading_blank": lambda: int(bool(words) and data[:1] in b" \t\n\v\f\r"),
            "trailing_blank": lambda: int(bool(words) and not cut and data[-1:] in b" \t\n\v\f\r"),
            "beyond_ascii": lambda: int(any(b > 127 for b in data)), "line_ends": lambda: int(b"\n" in data or b"\r" in data),
            "letter_case": lambda: letter_case(data), "words": lambda: min(len(words), 32)}[habit]()


def template_pattern(template):
    """(how many characters stand for themselves, the pattern)"""
    pattern, literals = b"", 0
    for escaped, c in re.findall(r"\\(.)|(.)", template):
        if escaped or c not in CLASSES:
            pattern += re.escape((escaped or c).encode())
            literals += 1
        else:
            pattern += CLASSES[c]
    return literals, re.compile(pattern + rb"\Z")


def templates_of(texts, templates):
    """{template: rows}, each row in the one with most that stands for itself; texts: {row: bytes}"""
    known = sorted(((template_pattern(t), t) for t in templates), key=lambda x: (-x[0][0], "h" in x[1].lower(), x[1]))
    found = defaultdict(list)
    for row, data in texts.items():
        if len(data) <= 40:
            for (_, pattern), t in known:
                if pattern.match(data) and re.search(rb"[0-9]", data):
                    found[t].append(row)
                    break
    return found


def characters_of(texts):
    found = defaultdict(list)
    for row, data in texts.items():
        for c in {ord(c) for c in data[:CUT].decode("utf-8", "ignore")}:
            found[c if c < 0x250 else c // 256 * 256].append(row)
    return found


# --- arrays, documents and the like ---------------------------------------------------------------

def elements_of(text, delimiter):
    """Those of an array's text, over all dimensions; None for NULL."""
    found = []
    body = text[text.index("{"):]
    for quoted, plain in re.findall(r'"((?:[^"\\]|\\.)*)"|((?:[^{}"\\' + delimiter + r']|\\.)+)', body, re.S):
        if plain == "NULL":
            found.append(None)
        else:
            found.append(re.sub(r"\\(.)", r"\1", quoted or plain, flags=re.S))
    return found


def part_keys(habit, column, text, told):
    """All cells that a row is in; told: those of the model."""
    if column.base == "tsvector":
        return [coarse(len(re.findall(r"'(?:[^'\\]|''|\\.)*'", text, re.S)))]
    if habit in ("elements", "element_values"):
        elements = elements_of(text, column.shape[2])
        return [coarse(len(elements))] if habit == "elements" else {e for e in elements if e is not None}
    if habit == "paths":
        good, value = read(column, text)
        return paths_of(value, told, depth_of(column)) if good else ()
    if habit == "bounds":
        return [16] if text == "empty" else [(text[0] == "[") + 2 * (text[-1] == "]") + 4 * (text[1] == ",") + 8 * (text[-2] == ",")]
    if habit == "prefixes":
        family = 6 if ":" in text else 4
        return [1000 * family + (int(text.split("/")[1]) if "/" in text else 128 if family == 6 else 32)]
    if habit == "versions":
        return [int(text[14], 16)]
    return [coarse(len(text) // 2 - 1 if column.base == "bytea" else len(text))]


def cells_of(habit, habits, column, marginal, table, present):
    """(cell: rows, rows that could be in one), of those present, whose values are not told"""
    values, extra = table.values[column.name], table.extra.get(column.name)
    told = [integer for integer, _ in habits[habit]["cells"]]
    found = defaultdict(list)
    if habit == "unread":
        for r in present:
            found[int(not read(column, values[r])[0])].append(r)
    elif habit in PARTS:
        for r in present:
            if len(values[r].encode("utf-8", "surrogateescape")) <= DOCUMENT:
                for key in part_keys(habit, column, values[r], told):
                    found[key].append(r)
    elif column.is_time or column.base == "time":
        for r in present:
            found[time_key(habit, column, extra[r])].append(r)
    elif column.is_number:
        for r in present:
            found[number_key(habit, column, values[r], 6 if column.is_float else marginal.get("scale", 0),
                             told if habit == "steps" else (), habits.get("place", 1))].append(r)
    else:
        texts = {r: values[r].encode("utf-8", "surrogateescape") for r in present}
        if column.base == "bpchar":
            texts = {r: data.rstrip(b" ") for r, data in texts.items()}
        if habit in ("templates", "characters"):
            found = templates_of(texts, [t for t, _ in habits.get("templates", {"cells": []})["cells"]])
            if habit == "characters":
                told_of = {r for rows in found.values() for r in rows}
                found = characters_of({r: data for r, data in texts.items() if r not in told_of})
            return found, list(texts)
        for r in present:
            found[text_key(habit, texts[r])].append(r)
    return found, present
