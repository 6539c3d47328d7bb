#!/bin/bash
# sandseed key new, show, rotate, destroy: files that nobody else can read, keys that are never shown, a record that
# minisign verifies, and nothing lost when a command is refused.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
mkdir -m 700 "$test_root/keys"
cd "$test_root/keys"

fingerprints() { "$SANDSEED" key show "$@" --json | python3 -c 'import json, sys; [print(e["epoch"], e["sandbox"], e["fingerprint"]) for e in json.load(sys.stdin)["epochs"]]'; }
hex_of() { grep -o '[0-9a-f]\{64\}' "$1"; }
refuses() { ! "$@" >/dev/null 2>&1; }
never_shown() { ! grep -qF "$(hex_of "$1" | head -1)" "$test_root/out"; }

# --- new, show
exits 0 "$SANDSEED" key new --out shop.key --epoch 2026q3
says "Written to shop.key"
claim "the file is its owner's alone" [ "$(stat -c %a shop.key)" = 600 ]
claim "the key is not shown when it is made" never_shown shop.key
exits 0 "$SANDSEED" key show shop.key
says "epoch 2026q3, made $(date -u +%Y-)"
claim "nor afterwards" never_shown shop.key
exits 0 "$SANDSEED" key show shop.key --json
claim "nor in JSON" never_shown shop.key
before=$(sha256sum shop.key)
first=$(hex_of shop.key)
exits 1 "$SANDSEED" key new --out shop.key
says "is there already"
claim "a key is never written over" [ "$(sha256sum shop.key)" = "$before" ]
exits 0 "$SANDSEED" key new -o other.key
claim "two keys have nothing in common" [ "$(hex_of shop.key)" != "$(hex_of other.key)" ]
month=$(date -u +%-m)
claim "an epoch that nobody names is the quarter" [ "$(fingerprints other.key | cut -d' ' -f1)" = "$(date -u +%Y)q$(((month + 2) / 3))" ]
exits 1 "$SANDSEED" key new -o x.key --epoch 'a b'
says "--epoch takes"
exits 1 "$SANDSEED" key new
says "key new needs -o FILE"
exits 1 "$SANDSEED" key new -o /nowhere/x.key
says "could not create"

# --- rotate
exits 0 "$SANDSEED" key rotate shop.key --epoch 2026q4
claim "both epochs are there, the new one first" [ "$(fingerprints shop.key | cut -d' ' -f1 | xargs)" = "2026q4 2026q3" ]
claim "the old one is what it was" [ "$(hex_of shop.key | tail -1)" = "$first" ]
exits 1 "$SANDSEED" key rotate shop.key --epoch 2026q4
says "has a key of epoch 2026q4 already"
claim "it stays its owner's alone" [ "$(stat -c %a shop.key)" = 600 ]
(flock 9; exits 2 "$SANDSEED" key rotate shop.key --epoch later) 9<shop.key
claim "two cannot change it at once" grep -q "another command changes" "$test_root/out"

# --- one sandbox's key
exits 0 "$SANDSEED" key new -o agents.key --from shop.key --sandbox shop-agents --epoch 2026q3
claim "it tells whose it is" grep -q "^2026q3 shop-agents " <(fingerprints agents.key)
claim "and is not the key that it was derived from" [ "$(hex_of agents.key)" != "$(hex_of shop.key | tail -1)" ]
expected=$(python3 - "$(hex_of shop.key | tail -1)" <<'PY'
import hashlib, struct, sys
lp = lambda *parts: b"".join(struct.pack("<Q", len(p)) + p for p in parts)
print(hashlib.blake2b(lp(b"shop-agents", b"2026q3"), key=bytes.fromhex(sys.argv[1]), digest_size=32, person=b"sbx/v1").hexdigest())
PY
)
claim "it is what the documentation says that it is" [ "$(hex_of agents.key)" = "$expected" ]
exits 1 "$SANDSEED" key new -o y.key --from agents.key --sandbox shop-agents
says "has no key of"
exits 1 "$SANDSEED" key new -o y.key --sandbox shop-agents
says "go together"
exits 1 "$SANDSEED" key rotate agents.key
says "holds the key of one sandbox"

# --- destroy
public=$("$SANDSEED" key show shop.key --json | python3 -c 'import json, sys; print([e["public_key"] for e in json.load(sys.stdin)["epochs"] if e["epoch"] == "2026q3"][0])')
exits 1 "$SANDSEED" key destroy shop.key --epoch 2026q3 --by a.khan
says "needs --epoch NAME, --by NAME and --why TEXT"
exits 1 "$SANDSEED" key destroy shop.key --epoch 2025q1 --by a.khan --why gone
says "has no key of epoch 2025q1"
touch shop.key.destroyed-2026q3.json
exits 1 "$SANDSEED" key destroy shop.key --epoch 2026q3 --by a.khan --why gone
says "is there already"
claim "without a record nothing is destroyed" [ "$(fingerprints shop.key | wc -l)" = 2 ]
rm shop.key.destroyed-2026q3.json
gone=$(hex_of shop.key | tail -1)
ln shop.key the-old-file
exits 0 "$SANDSEED" key destroy shop.key --epoch 2026q3 --by a.khan --why "end of the overlap"
claim "the epoch is gone" [ "$(fingerprints shop.key | cut -d' ' -f1)" = 2026q4 ]
claim "what the old file held is overwritten" [ "$(grep -c epoch the-old-file)" = 0 ]
claim "the key is in no file" [ -z "$(grep -rlF "$gone" .)" ]
if command -v minisign >/dev/null; then
    claim "minisign verifies the record" minisign -Vqm shop.key.destroyed-2026q3.json -P "$public"
    sed -i s/khan/kahn/ shop.key.destroyed-2026q3.json
    claim "and not when it was changed" refuses minisign -Vqm shop.key.destroyed-2026q3.json -P "$public"
fi
exits 0 "$SANDSEED" key destroy shop.key --epoch 2026q4 --by a.khan --why "the sandbox is gone" -o record.json
claim "with the last epoch the file goes" [ ! -e shop.key ]
claim "the record says who and why" grep -q '"why": "the sandbox is gone"' record.json

# --- bare keys
openssl rand -hex 32 >bare.key
chmod 600 bare.key
exits 0 "$SANDSEED" key show bare.key
says "epoch as the policy says"
exits 1 "$SANDSEED" key rotate bare.key
says "bare key"
chmod 644 bare.key
exits 1 "$SANDSEED" key show bare.key
says "others can read or change"

# --- passphrases
echo "correct horse battery" >phrase
echo "another one altogether" >wrong
chmod 600 phrase wrong
exits 0 "$SANDSEED" key new -o sealed.key --passphrase-file phrase --epoch one
claim "no key stands in the file" [ -z "$(hex_of sealed.key)" ]
exits 0 "$SANDSEED" key show sealed.key --passphrase-file phrase
exits 1 "$SANDSEED" key show sealed.key --passphrase-file wrong
says "the passphrase is another one, or the file was changed"
exits 1 setsid "$SANDSEED" key show sealed.key </dev/null
says "there is nobody to ask"
exits 0 "$SANDSEED" key rotate sealed.key --passphrase-file phrase --epoch two
claim "it stays under its passphrase" [ -z "$(hex_of sealed.key)" ]
claim "and has both epochs" [ "$(fingerprints sealed.key --passphrase-file phrase | cut -d' ' -f1 | xargs)" = "two one" ]
# On a terminal it is asked for, and not shown.
python3 - "$SANDSEED" >"$test_root/terminal" <<'PY'
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "key", "show", "sealed.key"])
seen = b""
while b"Passphrase" not in seen:
    seen += os.read(fd, 1000)
time.sleep(0.2)
os.write(fd, b"correct horse battery\n")
try:
    while True:
        more = os.read(fd, 1000)
        if not more:
            break
        seen += more
except OSError:
    pass
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
claim "a terminal is asked" grep -q "epoch two" "$test_root/terminal"
claim "and does not show the answer" refuses grep -q "horse" "$test_root/terminal"
