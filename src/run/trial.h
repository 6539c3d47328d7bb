/*
 * Trials at the source: an expression of the schema, asked of made values.  Reads no table, and runs no code of the schema's own:
 * a source runs none for us.
 */
#ifndef SS_RUN_TRIAL_H
#define SS_RUN_TRIAL_H

#include "catalog/catalog.h"
#include "run/source.h"

typedef enum ss_answer
{
    SS_ANSWER_NULL,
    SS_ANSWER_TRUE,
    SS_ANSWER_FALSE,
    SS_ANSWER_RAISES,  /* an error of the value */
    SS_ANSWER_UNKNOWN, /* another one, or nothing was asked */
} ss_answer;

typedef struct ss_trial ss_trial;

/* In arena; asks nothing yet. */
ss_trial *ss_trial_new(const ss_source *source, ss_arena *arena);

/* Which of the schema's expressions call its own code; once, before the two below. */
ss_code ss_trial_begin(ss_trial *trial, ss_error *err);

/* Would the "constraint", "generated" column or "index" of that name run some? */
bool ss_trial_is_foreign(const ss_trial *trial, const char *kind, const ss_table *table,
                         const char *name);

/* Would a value of the type run some?  Of composites and ranges every domain counts. */
bool ss_trial_is_foreign_type(const ss_trial *trial, size_t type);

/* SELECT of one boolean, in the snapshot's transaction, which an error does not end. */
ss_code ss_trial_ask(ss_trial *trial, const char *sql, ss_answer *answer, ss_error *err);

#endif
