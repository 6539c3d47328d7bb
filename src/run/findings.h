/* Findings as text and JSON, and the code they end a run with. */
#ifndef SS_RUN_FINDINGS_H
#define SS_RUN_FINDINGS_H

#include <stdbool.h>

#include <jansson.h>

#include <sandseed/finding.h>

#include "base/buf.h"

extern const char *const ss_what_names[]; /* "new", "cut-link", ... */

void ss_findings_text(const ss_finding *findings, size_t n, ss_buf *out);
json_t *ss_findings_json(const ss_finding *findings, size_t n);

/*
 * SS_OK when none stops; else the worst code among those that do, err saying how many and which is
 * first.
 */
ss_code ss_findings_code(const ss_finding *findings, size_t n, ss_error *err);

/* Which words of --fail-on are meant, by ss_what; "any": all of them.  list may be NULL: none. */
ss_code ss_fail_on_parse(const char *list, bool fail_on[SS_NWHATS], ss_error *err);

#endif
