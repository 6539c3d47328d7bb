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
exits 1 "$SANDSEED" plan service=shop_reader
says "sandseed plan SOURCE -o policy.yaml"
exits 0 "$SANDSEED" plan --list-kinds
says "email  "
says "RFC 2606"
claim "every kind is listed" [ "$("$SANDSEED" plan --list-kinds --json | grep -c '"kind":')" = "$(grep -c '^SS_KIND' "$SOURCE_DIR/src/pseudonymise/kinds.def")" ]
exits 1 "$SANDSEED" plan --list-kinds policy.yaml
says "takes no argument"
exits 1 "$SANDSEED" plan --list-kinds -o policy.yaml
says "takes no other option"
exits 1 "$SANDSEED" check "$test_root/none.yaml" --json
says '"exit": 1'

# every command of --help has help of its own, a man page and a place in the completion, and vice versa
"$SANDSEED" --help | sed -n '/^Commands:/,/^$/p' | sed -n 's/^  \([a-z]*\( [a-z]*\)\{0,1\}\)  .*/\1/p' >"$test_root/commands"
claim "commands are listed" [ "$(wc -l <"$test_root/commands")" -ge 10 ]
words=$(sed 's/ .*//' "$test_root/commands" | uniq)
"$SANDSEED" --print-completion >"$test_root/completion"
claim "the completion is a shell script" bash -n "$test_root/completion"

# completes WORD...: what the completion proposes after these words, sorted
completes()
(
    # shellcheck source=/dev/null
    . "$test_root/completion"
    cd "$test_root"
    COMP_WORDS=(sandseed "$@" "")
    COMP_CWORD=$#
    ((++COMP_CWORD))
    COMP_WORDS[COMP_CWORD]=${last:-}
    _sandseed
    printf '%s\n' "${COMPREPLY[@]}" | sort -u
)
# long options that a text names, sorted: of --help, of a man page
of_help() { sed -n 's/^  \(-., \|    \)--\([a-z-]*\).*/--\2/p' | sort -u; }
of_page() { sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/p' | sed 's/\\-/-/g; s/\\f[BRI]//g' | sed -n 's/^\(-., \)\{0,1\}--\([a-z-]*\).*/--\2/p' | sort -u; }
same() { diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") >"$test_root/diff" || { cat "$test_root/diff" >&2; fail "$1"; }; echo "ok: $1"; }

same "the completion knows the commands and no others" \
    "$( (printf '%s\n' $words; echo --help; echo --version) | sort -u)" "$(COMP_CWORD=1 completes)"
for word in $words; do
    "$SANDSEED" --print-man-page "$word" >"$test_root/man"
    claim "sandseed-$word(1) has no error" bash -c '[ -z "$(man --warnings -l "$1/man" 2>&1 >/dev/null)" ]' _ "$test_root"
    claim "sandseed-$word(1) has its sections in order" [ "$(grep '^\.SH' "$test_root/man" | tr '\n' ' ')" = ".SH NAME .SH SYNOPSIS .SH DESCRIPTION .SH OPTIONS .SH EXIT STATUS .SH ENVIRONMENT .SH EXAMPLES .SH SEE ALSO " ]
    of_commands=$(grep -E "^$word( |$)" "$test_root/commands" | while read -r command; do
        # shellcheck disable=SC2086
        "$SANDSEED" $command --help | of_help
    done | sort -u)
    same "sandseed-$word(1) has the options of --help" "$of_commands" "$(of_page <"$test_root/man")"
    # every example of the page is understood; with --help at its end nothing is run
    sed -n '/^\.nf/,/^\.fi/p' "$test_root/man" | sed '1d;$d; s/\\-/-/g; s/\\(dq/"/g' | sed "s/\\\\(aq/'/g" >"$test_root/examples"
    claim "sandseed-$word(1) has examples" [ -s "$test_root/examples" ]
    while IFS= read -r line; do
        (cd "$test_root" && eval "${line/#sandseed/\"\$SANDSEED\"} --help") >"$test_root/out" || fail "sandseed-$word(1): $line"
        says "Usage: sandseed $word"
    done <"$test_root/examples"
done
while read -r command; do
    # shellcheck disable=SC2086
    "$SANDSEED" $command --help >"$test_root/out" || fail "$command --help"
    says "Usage: sandseed $command"
    claim "--help of $command fits a terminal" [ "$(awk '{ if (length($0) > n) n = length($0) } END { print n }' "$test_root/out")" -le 100 ]
    # shellcheck disable=SC2086
    same "the completion of $command has the options of --help" "$(of_help <"$test_root/out")" "$(last=-- completes $command)"
done <"$test_root/commands"

"$SANDSEED" --print-man-page >"$test_root/man"
claim "sandseed(1) has no error" bash -c '[ -z "$(man --warnings -l "$1/man" 2>&1 >/dev/null)" ]' _ "$test_root"
for word in $words; do
    claim "sandseed(1) points to sandseed-$word(1)" grep -qF "BR sandseed\\-$word (1)" "$test_root/man"
done
exits 1 "$SANDSEED" cluster
says "cluster needs start, stop or status"
