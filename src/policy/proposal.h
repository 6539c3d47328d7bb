/* What plan proposes, as a policy has it: a whole new one is made of it (write.c), and what is new in one that is there (update.c). */
#ifndef SS_POLICY_PROPOSAL_H
#define SS_POLICY_PROPOSAL_H

#include "policy/policy_internal.h"
#include "policy/write.h"

#define SS_SCHEMA_HEAD "schema:\n"
#define SS_TEXT_HEAD                                                                               \
    "text:                     # looks personal in the schema itself: strip, replace or keep "     \
    "it\n"
#define SS_CSV_HEAD                                                                                \
    "csv:                        # as inferred from the files: correct what is wrong\n"

/* What is proposed for one table: each of its columns, and whose its rows are. */
typedef struct ss_proposed
{
    const ss_proposal *columns;
    const ss_subject_proposal *subject; /* or NULL */
    const char *keep_why, *empty_why;   /* or NULL */
    bool update;                        /* into a policy that people own */
} ss_proposed;

/* Of column c, in braces: class, kind, treatment, why. */
void ss_propose_put(ss_buf *out, const ss_proposed *of, size_t c, ss_mode mode,
                    const ss_catalog *catalog, const ss_table *table);

/* A line of columns:, whose name is width wide and stands `by` blanks in. */
void ss_propose_put_column(ss_buf *out, const ss_catalog *catalog, const ss_table *table, size_t c,
                           const ss_proposed *p, ss_mode mode, size_t width, size_t by);

/* Of names of columns, so that what is said of them stands in line. */
size_t ss_propose_width(const ss_table *table);

/* Does a rule of the policy say something of the column?  policy: or NULL. */
bool ss_propose_is_ruled(const ss_policy *policy, const ss_catalog *catalog, const ss_table *table,
                         size_t column);

/* policy: the file that the table comes into, whose rules shorten; NULL: a new one.  Its name stands `by` blanks in. */
void ss_propose_put_table(ss_buf *out, const ss_policy *policy, const ss_catalog *catalog,
                          const ss_table *table, ss_mode mode, const ss_proposed *p, size_t by);

/* Does a policy name it?  Partitions follow their root, tables of extensions are empty. */
bool ss_propose_is_named(const ss_table *table);

#endif
