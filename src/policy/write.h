/*
 * Writing policy files: a whole new one, and edits of one that people own.
 *
 * Edits insert text at places that the YAML parser reported and never re-emit what stands there.
 */
#ifndef SS_POLICY_WRITE_H
#define SS_POLICY_WRITE_H

#include "base/buf.h"
#include "policy/policy.h"

/* What classification proposes for one column. */
typedef struct ss_proposal
{
    ss_class class;
    const char *why; /* one sentence: the evidence; or NULL */
} ss_proposal;

typedef struct ss_new_policy
{
    const ss_catalog *catalog;
    ss_mode mode;
    const char *source; /* as given; without a password */
    const char *target; /* or NULL: a private server beside the policy */
    const ss_proposal *const *proposals; /* per table and column */
    const char *const *keep_why; /* per table: why it is proposed as keep; NULL: it is not */
    const ss_csv_table *csv;     /* the source is CSV files without a schema: what was inferred */
    size_t ncsv;
} ss_new_policy;

/* The text of a new policy. */
void ss_policy_write(const ss_new_policy *new_policy, ss_buf *out);

/*
 * Sign the tables and columns of file that match one of the patterns, whose entries are in the file.  *n: how
 * many were signed.  catalog: what the digests are made from.  Replaces the file whole.
 */
ss_code ss_policy_sign(const char *file, const ss_catalog *catalog, const char *by,
                       const char *date, const char *why, const char *const *patterns,
                       size_t npatterns, size_t *n, ss_error *err);

/*
 * Bring file up to date with the catalog: tables and columns that it does not name are inserted,
 * with class and why from proposals (as above).  *n: how many were.
 */
ss_code ss_policy_update(const char *file, const ss_catalog *catalog,
                         const ss_proposal *const *proposals, size_t *n, ss_error *err);

/* The same for the csv: section: tables and columns of these that it does not describe are inserted. */
ss_code ss_policy_update_csv(const char *file, const ss_csv_table *tables, size_t ntables,
                             size_t *n, ss_error *err);

#endif
