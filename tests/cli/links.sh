#!/bin/bash
# Relative links of README and docs/ lead somewhere: to a file, and to a heading where they name one.
set -euo pipefail
cd "${SOURCE_DIR:-$(dirname "$0")/../..}"
python3 - <<'PY'
import pathlib, re, sys

def anchors(text):
    text = re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ +(.*)$", text, re.M)}

bad, seen = [], 0
for page in [pathlib.Path("README.md"), *sorted(pathlib.Path("docs").glob("*.md"))]:
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.S | re.M)
    for link in re.findall(r"\]\(([^)]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        seen += 1
        path, _, anchor = link.partition("#")
        target = page if path == "" else page.parent / path
        if not target.exists():
            bad.append(f"{page}: {link}: there is no such file")
        elif anchor and anchor not in anchors(target.read_text()):
            bad.append(f"{page}: {link}: there is no such heading")
if seen < 10:
    bad.append(f"only {seen} links seen: is this the right folder?")
print("\n".join(bad) or f"ok: {seen} links")
sys.exit(bool(bad))
PY
# Every page is linked from README.
for page in docs/*.md; do
    grep -q "($page" README.md || { echo "FAILED: README.md does not link $page" >&2; exit 1; }
done
