/*
 * The lock file beside a policy: what types the columns had, and which values were declared, when plan last looked.
 *
 * A policy names columns, not types: without a record a column that was retyped, or an enum with a new label, looks as it always did.
 * plan writes the file, check and refresh compare; it belongs into git beside the policy.  One fact a line, in the catalog's order,
 * with tabs between: "column", label and type; "label" and "value", whose they are and a digest, so that no text of the schema
 * stands in it.
 */
#ifndef SS_POLICY_LOCK_H
#define SS_POLICY_LOCK_H

#include "base/buf.h"
#include "policy/policy.h"

/* The lock file of a policy: FILE.lock. */
char *ss_lock_path(ss_arena *arena, const char *policy_file);

/* What the catalog says now. */
void ss_lock_write(const ss_catalog *catalog, ss_buf *out);

typedef struct ss_lock ss_lock;

/* Text of n bytes as a lock; SS_EMEND with file and line where it is none. */
ss_code ss_lock_parse(const char *file, const char *text, size_t n, ss_arena *result,
                      ss_lock **lock, ss_error *err);

/* Read the policy's lock file; *lock is NULL where there is none. */
ss_code ss_lock_read(const char *policy_file, ss_arena *result, const ss_lock **lock,
                     ss_error *err);

/*
 * Bring the lock file of a policy up to date.  *changed: it said something else, or was not there.  mode: of a new file.
 */
ss_code ss_lock_update(const char *policy_file, const ss_catalog *catalog, unsigned mode,
                       bool *changed, ss_error *err);

/* What stands of columns: label and type as format_type() writes it, a domain's with " over " and what is below it. */
size_t ss_lock_columns(const ss_lock *lock);
const char *ss_lock_label(const ss_lock *lock, size_t i);
const char *ss_lock_type(const ss_lock *lock,
                         const char *label); /* NULL: it does not stand there */

/* Add to the plan's findings, as warnings: columns retyped and widened, labels and values that are new; in result. */
void ss_lock_judge(ss_plan *plan, ss_arena *result);

#endif
