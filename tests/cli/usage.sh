#!/bin/bash
# The command line: help, exact errors, exit status; help, man page and completion agree with the option table.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

exits 0 "$SANDSEED" --help
says "Usage: sandseed COMMAND"
exits 0 "$SANDSEED" --version
says "sandseed 0."
exits 1 "$SANDSEED"
says "which command?"
exits 1 "$SANDSEED" frobnicate
says 'unknown command "frobnicate"'
exits 1 "$SANDSEED" refresh
says "refresh needs policy.yaml"
exits 1 "$SANDSEED" refresh p.yaml --listen 127.0.0.1:1
says "refresh takes no --listen"
exits 1 "$SANDSEED" refresh p.yaml --jobs none
says "--jobs takes a whole number"
exits 1 "$SANDSEED" refresh p.yaml --nonsense
says "unknown option --nonsense"
exits 1 "$SANDSEED" refresh "$test_root/no such file"
says "could not open"
exits 1 "$SANDSEED" plan somewhere -o "$test_root/p.yaml"
says "is no source or target"
exits 1 "$SANDSEED" check "$test_root/none.yaml" --json
says '"exit": 1'

# every command of --help has help of its own and stands in man page and completion
"$SANDSEED" --help | sed -n '/^Commands:/,/^$/p' | sed -n 's/^  \([a-z]*\( [a-z]*\)\{0,1\}\)  .*/\1/p' >"$test_root/commands"
claim "commands are listed" [ "$(wc -l <"$test_root/commands")" -ge 7 ]
"$SANDSEED" --print-man-page >"$test_root/man"
"$SANDSEED" --print-completion >"$test_root/completion"
claim "the completion is a shell script" bash -n "$test_root/completion"
claim "the man page has no error" bash -c '[ -z "$(man --warnings -l "$1/man" 2>&1 >/dev/null)" ]' _ "$test_root"
while read -r command; do
    # shellcheck disable=SC2086
    exits 0 "$SANDSEED" $command --help
    says "Usage: sandseed $command"
    claim "$command is in the man page" grep -qF ".SS sandseed $command" "$test_root/man"
    claim "$command is in the completion" grep -qwF "${command%% *}" "$test_root/completion"
done <"$test_root/commands"
