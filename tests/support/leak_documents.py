"""
What documents (JSON, hstore, XML, arrays, composites, ranges, geometric types) hold, as the leak proof (leak_proof.py) finds it in the source: which values stand at each place, of whose
rows they are.  Written from what docs/methods.md and schemas/model.schema.json say, with no code of sandseed.
"""
import datetime
import json
import math
import re
from collections import defaultdict
from types import SimpleNamespace
from xml.parsers import expat

DOCUMENT = 4000  # bytes of one; longer ones are not looked at
DEPTH, ELEMENTS = 3, 32
GEOMETRIC = ("point", "lseg", "box", "circle", "line", "path", "polygon")
TIMES = ("date", "timestamp", "timestamptz")
XML_NESTED = 129  # elements within one another, with that around all
STEP = re.compile(r'\[\*\]|\.\*|\."(?:[^"\\]|\\.)*"|\.[A-Za-z_][A-Za-z0-9_]*', re.S)


def unreadable(value):
    """What is no document to whoever holds numbers as doubles and texts as UTF-8 without NUL."""
    if isinstance(value, dict):
        return any(unreadable(k) or unreadable(v) for k, v in value.items())
    if isinstance(value, list):
        return any(map(unreadable, value))
    if isinstance(value, str):
        return any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)
    return isinstance(value, float) and not math.isfinite(value)


def read(column, text):
    """(it can be read, the document)"""
    if len(text.encode("utf-8", "surrogateescape")) > DOCUMENT:
        return False, None
    if column.shape[0] in ("array", "composite", "range", "multirange") + GEOMETRIC:
        return True, typed(column.shape, text)
    if column.base == "hstore":
        pairs = re.findall(r'"((?:[^"\\]|\\.)*)"=>(?:(NULL)|"((?:[^"\\]|\\.)*)")', text, re.S)
        plain = lambda s: re.sub(r"\\(.)", r"\1", s, flags=re.S)
        return True, {plain(k): None if null else plain(v) for k, null, v in pairs}
    try:
        return True, typed(column.shape, text) if column.base == "xml" else sound_json(text)
    except (ValueError, expat.ExpatError):
        return False, None


def sound_json(text):
    value = json.loads(text)
    if unreadable(value):
        raise ValueError
    return value


def xml_of(text):
    """Content of XML: in one element more, whose value it is."""
    open_ = [(None, {}, [])]  # name, attributes and elements, text

    def ends(name):
        _, found, texts = open_.pop()
        own = "".join(texts).strip(" \t\r\n")
        value = found | ({"#text": own} if own else {}) if found else own
        around = open_[-1][1]
        if name not in around:
            around[name] = value
        else:
            around[name] = (around[name] if isinstance(around[name], list) else [around[name]]) + [value]

    def begins(name, attributes):
        if len(open_) > XML_NESTED:
            raise ValueError
        open_.append((name, {"@" + k: v for k, v in attributes.items()}, []))

    def no_doctype(*ignored):
        raise ValueError
    parser = expat.ParserCreate("UTF-8")
    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = begins, ends, no_doctype
    parser.CharacterDataHandler = lambda t: open_[-1][2].append(t)
    parser.Parse("<all>" + re.sub(r"^<\?xml[ \t\r\n][^>]*>", "", text) + "</all>", True)
    return open_[0][1]["all"]


def list_of(text, at, element, delimiter):
    """(the array that begins at text[at], where it ends)"""
    found, at = [], at + 1
    while text[at] != "}":
        if text[at] == "{":
            value, at = list_of(text, at, element, delimiter)
        elif text[at] == '"':
            m = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S).match(text, at)
            value, at = typed(element, re.sub(r"\\(.)", r"\1", m[1], flags=re.S)), m.end()
        else:
            m = re.compile(r"(?:[^\\}" + re.escape(delimiter) + r"]|\\.)*", re.S).match(text, at)
            value, at = None if m[0] == "NULL" else typed(element, re.sub(r"\\(.)", r"\1", m[0], flags=re.S)), m.end()
        found.append(value)
        at += text[at] == delimiter
    return found, at + 1


BOUND = r'((?:"(?:[^"\\]|\\.|"")*"|[^,\])"\\]|\\.)*)'
RANGE = re.compile(r'empty|([\[(])' + BOUND + "," + BOUND + r'([\])])', re.S)
MOMENT = re.compile(r"(\d+)-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:\+00)?)?( BC)?\Z")


def unquoted(raw):
    return re.sub(r'"((?:[^"\\]|\\.|"")*)"', lambda m: re.sub(r'\\(.)|"(")', lambda e: e[1] or e[2], m[1], flags=re.S), raw, flags=re.S)


def time_of(kind, text):
    """In days or microseconds since 2000-01-01; an infinite one is a text."""
    m = MOMENT.match(text)
    if m is None:
        return text
    year, month, day = 1 - int(m[1]) if m[8] else int(m[1]), int(m[2]), int(m[3])
    # all centuries are as those of the years 2000 to 2399
    days = datetime.date(2000 + year % 400, month, day).toordinal() - datetime.date(2000, 1, 1).toordinal() + (year // 400 - 5) * 146097
    if kind == "date":
        return days
    return (((days * 24 + int(m[4])) * 60 + int(m[5])) * 60 + int(m[6])) * 10**6 + int((m[7] or "").ljust(6, "0"))


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def range_of(shape, m):
    if m[1] is None:
        return {"bounds": "empty"}
    lower, upper = (None if raw == "" else typed(shape, unquoted(raw)) for raw in (m[2], m[3]))
    found = {"bounds": m[1] + m[4]}
    if lower is not None:
        found["lower"] = lower
    if is_number(lower) and is_number(upper) and math.isfinite(float(upper) - float(lower)):
        length = upper - lower
        found["length"] = float(length) if isinstance(length, int) and not -2**63 <= length < 2**63 else length
    elif upper is not None:
        found["upper"] = upper
    return found


def geometric(kind, text):
    """Where it lies and how far it reaches; None: it is no such type."""
    n = [float(x) for x in re.findall(r"[^][(){}<>,]+", text)]
    told = lambda v: v if math.isfinite(v) else "NaN" if math.isnan(v) else "Infinity" if v > 0 else "-Infinity"
    finite = lambda found: {k: v for k, v in found.items() if math.isfinite(v)}
    if kind in ("point", "circle", "line"):
        return {k: told(v) for k, v in zip({"point": "xy", "circle": ("x", "y", "radius"), "line": "abc"}[kind], n)}
    if kind == "lseg":
        return {"x": told(n[0]), "y": told(n[1])} | finite({"dx": n[2] - n[0], "dy": n[3] - n[1]})
    xs, ys = n[::2], n[1::2]
    found = {} if kind == "box" else {"points": len(xs)}
    if kind == "path":
        found["closed"] = text[0] == "("
    if all(map(math.isfinite, n)):
        found |= {"x": min(xs), "y": min(ys)} | finite({"width": max(xs) - min(xs), "height": max(ys) - min(ys)})
    return found


def typed(shape, text):
    """What a value of a type is as a document; shape: leak_proof.py's Shapes."""
    kind = shape[0]
    if kind == "array":
        return list_of(text, text.index("{"), shape[1], shape[2])[0]
    if kind == "composite":
        found, body = {}, text[1:-1] + ","
        fields = re.findall(r'((?:"(?:[^"\\]|\\.|"")*"|[^,"\\]|\\.)*),', body, re.S)
        for (name, of), raw in zip(shape[1], fields):
            found[name] = None if raw == "" else typed(of, unquoted(raw))
        return found
    if kind == "range":
        return range_of(shape[1], RANGE.fullmatch(text))
    if kind == "multirange":
        return [range_of(shape[1], m) for m in RANGE.finditer(text, 1)]
    if kind == "bool":
        return text == "t"
    if kind in ("int2", "int4", "int8", "numeric", "float4", "float8"):
        if re.fullmatch("-?[0-9]+", text) and -2**63 <= int(text) < 2**63:
            return int(text)
        return float(text) if math.isfinite(float(text)) else text
    if kind in TIMES:
        return time_of(kind, text)
    if kind == "uuid":
        return {"version": int(text[14], 16)}
    if kind in GEOMETRIC:
        return geometric(kind, text)
    if kind in ("json", "jsonb"):
        return json.loads(text)
    if kind == "xml":
        return xml_of(text)
    return text


def has_large(value):
    """An integer that 64 bits do not hold: then all of the document are numbers like others."""
    if isinstance(value, dict):
        return any(map(has_large, value.values()))
    if isinstance(value, list):
        return any(map(has_large, value))
    return isinstance(value, int) and not -2**63 <= value < 2**63


def type_of(value, large):
    return ("object" if isinstance(value, dict) else "array" if isinstance(value, list) else "string" if isinstance(value, str) else
            "boolean" if isinstance(value, bool) else "null" if value is None else
            "integer" if isinstance(value, int) and not large else "number")


def step_of(key):
    return "." + (key if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key) else
                  '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"')


def steps_of(path):
    return STEP.findall(path, 1)


def prefixes(paths):
    """All that paths lead through."""
    found = set()
    for path in paths:
        at = 1
        while m := STEP.match(path, at):
            at = m.end()
            found.add(path[:at])
    return found


def depth_of(column):
    """The outermost element of XML has a name."""
    return DEPTH + (column.base == "xml")


def walk(value, known, deepest):
    """known: prefixes() of the paths that are told: keys are data where .* is, and no path names them."""
    large = has_large(value)

    def visit(v, path, depth, owner, key):
        spot = SimpleNamespace(path=path, type=type_of(v, large), value=v, owner=owner, key=key, steps=set())
        yield spot
        if depth == deepest:
            return
        for k, child in v.items() if isinstance(v, dict) else ():
            data = path + ".*" in known and path + step_of(k) not in known
            yield from visit(child, path + (".*" if data else step_of(k)), depth + 1, spot, k if data else None)
        for child in v[:ELEMENTS] if isinstance(v, list) else ():
            yield from visit(child, path + "[*]", depth + 1, spot, None)
    yield from visit(value, "$", 0, None, None)


def paths_of(value, told, deepest):
    known = prefixes(t.rsplit(" ", 1)[0] for t in told)
    return {f"{s.path} {s.type}" for s in walk(value, known, deepest)}


def coarse(length):
    width = 8
    while length >= width * 16:
        width *= 2
    return length if length < 64 else length // width * width


def rounded(x):
    return int(math.floor(abs(x) + .5)) * (-1 if x < 0 else 1)


class Places:
    """Of a column's documents, all that stands at each place: (row, spot)."""

    def __init__(self, column, texts, document):
        self.nodes = {(n["path"], n["type"]): n for n in document}
        self.at = defaultdict(list)
        known = prefixes(n["path"] for n in document)
        for row, text in texts:
            good, value = read(column, text)
            for spot in walk(value, known, depth_of(column)) if good else ():
                spot.row = row
                spot.type = "number" if spot.type == "integer" else spot.type
                if (spot.path, spot.type) in self.nodes:
                    self.at[spot.path, spot.type].append(spot)
                    if spot.owner is not None:
                        spot.owner.steps.add(spot.path[len(spot.owner.path):])

    def keys_that_are_data(self, path):
        return [s for s in self.at_any(path + ".*")]

    def at_any(self, path):
        return [s for (p, _), spots in self.at.items() if p == path for s in spots]


def mask_of(spot, keys):
    return sum(1 << i for i, k in enumerate(keys) if k in spot.steps)


def pseudo_table(spots, texts, units):
    """Mentions as rows of a table with one column, for what is proved of columns; of times their texts are in days or microseconds."""
    return SimpleNamespace(n=len(spots), ways=[], values={"": texts}, extra={"": texts}, all=lambda: range(len(spots)),
                           units=lambda *ignored: units)


def values_of(spots, node):
    """(texts, units) of what stands there."""
    if node["type"] == "boolean":
        return ["t" if s.value else "f" for s in spots], None
    if node["type"] == "string":
        return [s.value for s in spots], None
    if node["type"] == "object":
        return [s.key for s in spots], None
    if "time" in node:
        step = node["marginal"].get("step", 1)
        return [str(s.value) for s in spots], [s.value // step for s in spots]
    scale = node["marginal"].get("scale", 0)
    units = [s.value * 10**scale if isinstance(s.value, int) else rounded(s.value * float(10**scale)) for s in spots]
    return [f"{u}e-{scale}" for u in units], units
