/*
 * What people have stated of columns already, in the database itself: comments that begin with "sandseed:", and SECURITY LABELs
 * of PostgreSQL Anonymizer.  It wins over every recogniser.
 *
 * A comment holds a line of its own: "sandseed: secret", or "sandseed: class=direct-identifier, kind=email, treatment=shape,
 * why=..." in the policy's words; why= comes last and takes the rest.  Labels are those of providers whose names begin with "anon",
 * and of k_anonymity (PostgreSQL Anonymizer, manual: "Declare Masking Rules", "Generalization").
 */
#ifndef SS_CLASSIFY_STATED_H
#define SS_CLASSIFY_STATED_H

#include <sandseed/error.h>

#include "policy/write.h"

/* SS_EMEND, naming the column: a comment of it begins with "sandseed:" and cannot be read. */
ss_code ss_stated_check(const ss_catalog *catalog, ss_error *err);

/* What is stated of the column, in result; false: nothing is. */
bool ss_stated(const ss_column *column, ss_arena *result, ss_proposal *proposal);

/* The two parsers, for tests.  comment: false where it has no such line or *wrong, what is wrong with it, is set. */
bool ss_stated_comment(const char *comment, ss_arena *result, ss_proposal *proposal,
                       const char **wrong);
bool ss_stated_label(const char *provider, const char *label, ss_arena *result,
                     ss_proposal *proposal);

#endif
