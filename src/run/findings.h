/* Findings as text and JSON, and the code they end a run with. */
#ifndef SS_RUN_FINDINGS_H
#define SS_RUN_FINDINGS_H

#include <jansson.h>

#include <sandseed/finding.h>

#include "base/buf.h"

void ss_findings_text(const ss_finding *findings, size_t n, ss_buf *out);
json_t *ss_findings_json(const ss_finding *findings, size_t n);

/*
 * SS_OK when none stops; else the worst code among those that do, err saying how many and which is
 * first.
 */
ss_code ss_findings_code(const ss_finding *findings, size_t n, ss_error *err);

#endif
