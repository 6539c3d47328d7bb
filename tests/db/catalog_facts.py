"""Key facts of `sandseed inspect --json`, one line each, for tests to compare: what catalog_*.sh expects."""
import json
import sys

c = json.load(sys.stdin)
names = set(sys.argv[1:])


def show(text):
    return json.dumps(text, ensure_ascii=False)[1:-1]


def flags(o, *keys):
    return "".join(f" {k}" for k in keys if o[k])


def cols(list_):
    return "(" + ", ".join("?" if n is None else show(n) for n in list_) + ")"


def table(t):
    print(f"{show(t['table'])}: {t['kind']} of {show(t['owner'])}"
          + flags(t, "extension_config", "unlogged", "row_security", "force_row_security")
          + ("" if t["readable"] else " UNREADABLE") + ("" if t["rows_visible"] else " HIDDEN")
          + (f" extension={t['extension']}" if t["extension"] else "")
          + (f" triggers={t['triggers']}" if t["triggers"] else "")
          + (f" policies={t['policies']}" if t["policies"] else "")
          + (f" in={t['partition_of']} {t['partition_bound']}" if t["partition_of"] else "")
          + (f" by={t['partition_key']}" if t["partition_key"] else "")
          + (f" inherits={','.join(t['inherits'])}" if t["inherits"] else "")
          + (f" \"{t['comment']}\"" if t["comment"] else ""))
    for k in t["columns"]:
        print(f"  {show(k['name'])} {show(k['type'])}" + flags(k, "not_null", "identity", "generated")
              + (f" base={k['base_type']}" if k["base_type"] != k["type_name"] else "")
              + (f" collate={k['collation']}" if k["collation"] else "")
              + (f" sequence={k['sequence']}" if k["sequence"] else "")
              + (f" default={show(k['default'])}" if k["default"] else "")
              + (f" \"{show(k['comment'])}\"" if k["comment"] else ""))
    for k in t["keys"]:
        print(f"  key {show(k['name'])} {cols(k['columns'])}" + flags(
            k, "primary", "constraint", "partial", "expression", "nulls_not_distinct", "deferrable", "valid"))
    for k in t["foreign_keys"]:
        # the server's own names of inherited ones differ between versions
        print(f"  fk {'*' if k['inherited'] else show(k['name'])} {cols(k['columns'])} {k['references']} {cols(k['referenced_columns'])} "
              f"{k['match']}" + flags(k, "deferrable", "initially_deferred", "valid", "inherited"))
    for k in t["checks"]:
        print(f"  check {k['name']} {cols(k['columns'])} {k['definition']}"
              + flags(k, "valid", "no_inherit", "inherited"))
    for k in t["exclusions"]:
        print(f"  exclude {k['name']} {cols(k['columns'])}" + flags(k, "deferrable"))


for t in c["tables"]:
    if not names or t["table"] in names:
        table(t)
if not names:
    for t in c["types"]:
        if t["schema"] != "pg_catalog":
            print(f"type {t['schema']}.{t['name']} {t['kind']} base={t['base']} "
                  + ("labels=" + "|".join(t["labels"]) if "labels" in t else "")
                  + ("fields=" + "|".join(f"{f['name']} {f['type']}" for f in t["fields"]) if "fields" in t else "")
                  + ("checks=" + "|".join(t["checks"]) if "checks" in t else "")
                  + (f" extension={t['extension']}" if t["extension"] else ""))
    for s in c["sequences"]:
        print(f"sequence {s['schema']}.{s['name']} {s['type']} {s['table']} {s['column']} {s['start']} "
              f"{s['increment']} {s['min']} {s['max']}" + flags(s, "cycle"))
    for v in c["views"]:
        print(f"view {v['schema']}.{v['name']}" + flags(v, "materialised", "populated"))
    print("extensions", " ".join(e["name"] for e in c["extensions"]))
    print("roles", " ".join(c["roles"]))
    print("rights", " ".join(c["security_definer_functions"]))
for n in c["notes"]:
    print(f"note {n['kind']} {n['count']}")
