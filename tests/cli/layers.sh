#!/bin/bash
# Includes point down: cli -> include -> run -> stages -> nouns -> tools -> base; a stage never
# includes another stage; each foreign library is known to one folder (docs/design.md).
set -eu
cd "${SOURCE_DIR:-$(dirname "$0")/../..}"

python3 - <<'PY'
import pathlib, re, sys

order = ["run",
         "classify fit generate pseudonymise subset load assess report",
         "policy model",
         "rows", "catalog",
         "stats pg secret rand forms",
         "base"]
level = {folder: i for i, line in enumerate(order) for folder in line.split()}
stages = set(order[1].split())
libraries = {"libpq-fe.h": {"pg"}, "postgres_ext.h": {"pg"}, "yaml.h": {"policy"}, "csv.h": {"rows"},
             "sodium.h": {"secret", "rand"}}
bad, seen = [], 0

for path in sorted(pathlib.Path("src").rglob("*.[ch]")):
    folder = path.parts[1]
    for n, line in enumerate(path.read_text().splitlines(), 1):
        m = re.match(r'\s*#\s*include\s+([<"])([^>"]+)', line)
        if not m:
            continue
        seen += 1
        where, name = f"{path}:{n}", m.group(2)
        if m.group(1) == "<":
            allowed = libraries.get(name) or ({"stats", "rand"} if name.startswith("gsl/") else None)
            if allowed and folder not in allowed:
                bad.append(f"{where}: <{name}> belongs to {', '.join(sorted(allowed))}")
            continue
        if folder == "cli":
            if "/" in name:
                bad.append(f"{where}: cli sees include/ only, not \"{name}\"")
            continue
        if name.endswith(".def"):
            name = f"{folder}/{name}" if "/" not in name else name
        other = name.split("/")[0]
        if other == folder:
            continue
        if other not in level:
            bad.append(f"{where}: \"{name}\" is not written from src/")
        elif level[other] < level[folder]:
            bad.append(f"{where}: {folder} includes upward, {name}")
        elif other in stages and folder in stages:
            bad.append(f"{where}: a stage includes another stage, {name}")

if seen < 50:
    bad.append(f"only {seen} includes seen: is this the right folder?")
print("\n".join(bad) or f"ok: {seen} includes, all of them downward")
sys.exit(bool(bad))
PY
