#!/usr/bin/env python3
"""Runs the examples of Markdown files, in their order, in the folder it is started in.

    docs.py [--update] FILE...

A fenced block's first line says what happens to it:

    ```sh               run by bash; a block in which a command fails is an error
    ```sh exits=3       run; its exit status must be that one
    ```sh not-run       not run; the line before it says why: <!-- not run: REASON -->
    ```text             directly after a block that was run: what it printed.  [...] stands for anything
                        on a line (times, names of folders, random values), alone on a line for any lines
    ```yaml file=NAME   written to that file; csv as well
    ```yaml later       a policy that this version refuses, with the reason in the text
    ```yaml             where a line begins with "sandseed: 1": a policy that the parser takes
    ```                 a picture: nothing is done with it

--update writes what was printed into the text blocks, known times and folders as [...].
"""
import os
import re
import subprocess
import sys
import tempfile
import time

FENCE = re.compile(r"^```(.*)$")
MASKS = [
    (r"\b[0-9a-f]{32}\b", "[...]"),
    (r"(?m)^(\S+ +(?:synthesise|keep|empty) +~?[0-9,]+ +[0-9,]+ +)[0-9,]+$", r"\1[...]"),
    (r"after [0-9.,]+ (ms|s|min)[^.\n]*", "after [...]"),
    (r"(/var)?/tmp/ss\.[A-Za-z0-9]+[^ \"\n]*/work-[a-z]+", "[...]"),
    (r"(/var)?/tmp/ss\.[A-Za-z0-9]+", "[...]"),
    (r"\b[0-9a-f]{64}\b", "[...]"),
    (r"\bRW[A-Za-z0-9+/]{54}(?![A-Za-z0-9+/])", "[...]"),
    (r"(fingerprint|key|Key:)( +)[0-9a-f]{16}\b", r"\1\2[...]"),
    (time.strftime("%Y-%m-%d", time.gmtime()) + r"(?!T)", "[...]"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "[...]"),
]


def blocks(lines):
    """(first line, info, body, line after, what stands before) of every fenced block."""
    i = 0
    while i < len(lines):
        m = FENCE.match(lines[i])
        if not m:
            i += 1
            continue
        end = i + 1
        while lines[end] != "```":
            end += 1
        yield i, m.group(1).split(), lines[i + 1:end], end + 1
        i = end + 1


# What differs between servers of several versions.
SERVER = [
    (r"PostgreSQL \d+(\.\d+)?", "PostgreSQL x"),
    (r" +[0-9][0-9.,]* (bytes|kB|MB|GB)\b", " # MB"),
]


def matches(expected, printed):
    """
    Is printed what expected says, whatever the server's version?  [...] stands for anything, in the last
    column of a table for a number of any width or none.
    """
    pattern = ""
    for what, by in SERVER:
        printed = re.sub(what, by, printed)
    for line in expected:
        line = re.sub(r" {2,}\[\.\.\.\]$", "[...]", line.rstrip())
        for what, by in SERVER:
            line = re.sub(what, by, line)
        if line.strip() == "[...]":
            pattern += r"(?:[^\n]*\n)*"
        else:
            pattern += r"[^\n]*".join(re.escape(part) for part in line.split("[...]")) + r" *\n"
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n") is not None


def run(body, folder):
    """Exit status, output, and the folder the block ends in."""
    with tempfile.NamedTemporaryFile("w+", suffix=".cwd") as cwd:
        script = f"trap 'pwd >{cwd.name}' EXIT\n" + "\n".join(body) + "\n"
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        # Progress of a slow machine is no part of what an example shows.
        printed = "".join(line for line in done.stdout.splitlines(keepends=True)
                          if not re.match(r"[a-z, ]+: .*\d rows/s", line))
        return done.returncode, printed, cwd.read().strip() or folder


class Wrong(Exception):
    pass


def one_file(path, update):
    lines = open(path, encoding="utf-8").read().split("\n")
    name = os.path.relpath(path, os.environ["SOURCE_DIR"])
    folder = os.path.join(os.getcwd(), "work-" + re.sub(r"[^a-z]", "", os.path.basename(name).lower()))
    os.makedirs(folder)
    ran = skipped = compared = policies = 0
    last, printed, edits = None, "", []
    for start, info, body, after in blocks(lines):
        where = f"{name}:{start + 1}"
        language, words = (info[0] if info else ""), info[1:]
        if language == "sh" and "not-run" in words:
            if not re.match(r"<!-- not run: .{10,} -->$", lines[start - 1]):
                raise Wrong(f"{where}: the line before says no reason: <!-- not run: REASON -->")
            skipped += 1
        elif language == "sh":
            expected = next((int(w[6:]) for w in words if w.startswith("exits=")), 0)
            status, printed, folder = run(body, folder)
            if status != expected:
                raise Wrong(f"{where}: exit status {status}, not {expected}:\n" + "\n".join(body) + "\n---\n" + printed)
            ran, last = ran + 1, after
        elif language == "text":
            if last is None or any(l.strip() for l in lines[last:start]):
                raise Wrong(f"{where}: a text block without a block that printed it")
            if update and not matches(body, printed):
                text = printed
                for pattern, mask in MASKS:
                    text = re.sub(pattern, mask, text)
                edits.append((start, after, [l.rstrip() for l in text.rstrip("\n").split("\n")]))
            elif not matches(body, printed):
                raise Wrong(f"{where}: it should print\n" + "\n".join(body) + "\n--- but printed\n" + printed)
            compared += 1
        elif language in ("yaml", "csv"):
            target = next((w[5:] for w in words if w.startswith("file=")), None)
            if target:
                target = os.path.join(folder, target)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                open(target, "w", encoding="utf-8").write("\n".join(body) + "\n")
            elif "later" not in words and any(line.startswith("sandseed: 1") for line in body):
                # The parser comes first: a source that cannot be reached is exit status 2.
                with tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=folder) as f:
                    f.write("\n".join(body) + "\n")
                    f.flush()
                    status, text, _ = run([f"sandseed check {f.name} --quiet --source 'host=/nowhere dbname=x'"], folder)
                if status != 2:
                    raise Wrong(f"{where}: the parser does not take this policy:\n{text}")
                policies += 1
        elif language:
            raise Wrong(f"{where}: nobody knows what to do with a block of {language}")
    for start, after, text in reversed(edits):
        lines[start:after] = ["```text", *text, "```"]
    if edits:
        open(path, "w", encoding="utf-8").write("\n".join(lines))
        print(f"updated: {name}: {len(edits)} outputs")
    print(f"ok: {name}: {ran} blocks run, {compared} outputs compared, {policies} policies read, {skipped} not run")


def main(arguments):
    update = "--update" in arguments
    try:
        for path in (a for a in arguments if not a.startswith("--")):
            one_file(path, update)
    except Wrong as e:
        print(f"FAILED: {e}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
