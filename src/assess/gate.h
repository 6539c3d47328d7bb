/*
 * Gates: what a finished sandbox must pass before anyone can use it.
 *
 * A gate has a name, a verdict and its evidence: names of objects and counts, never a value.  The
 * caller collects them, puts them into the report and ends the run with SS_EGATE when one failed.
 */
#ifndef SS_ASSESS_GATE_H
#define SS_ASSESS_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include <sandseed/error.h>

#include "base/arena.h"

typedef struct ss_evidence
{
    const char *object; /* escaped for display: "public.orders", "index public.orders_pkey" */
    const char *text;   /* what is wrong with it: "missing in the sandbox" */
} ss_evidence;

typedef struct ss_gate
{
    const char *name;  /* "schema-equal", "constraints-valid", "row-counts" */
    bool passed;       /* true until evidence against it is added */
    uint64_t compared; /* how many things were looked at: a gate that looked at none says so */
    ss_evidence *evidence;
    size_t nevidence; /* kept; at most SS_GATE_EVIDENCE_MAX */
    size_t nfailures; /* all */
    size_t capacity;
} ss_gate;

#define SS_GATE_EVIDENCE_MAX 100

/* A gate that has passed so far. */
ss_gate ss_gate_begin(const char *name);

/* Evidence against it: it fails.  Copies into arena. */
void ss_gate_fail(ss_gate *gate, ss_arena *arena, const char *object, const char *text);

/* SS_OK when all passed; else SS_EGATE with the failed ones and their first evidence. */
ss_code ss_gates_verdict(const ss_gate *gates, size_t n, ss_error *err);

#endif
