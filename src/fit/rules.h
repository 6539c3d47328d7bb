/*
 * Rules of a table: dependencies between columns, orders, sums, products, what is NULL together.
 *
 * Found on the sample, where they hold for many and would often be broken if the columns had nothing to
 * do with each other: what holds trivially is no rule.  Then held against all rows.  A rule is told where k people, and 50, stand
 * behind it (design 5.7); a dependency only where most of its determinant's values have k people each, since else
 * it were a list of them.
 */
#ifndef SS_FIT_RULES_H
#define SS_FIT_RULES_H

#include "fit/column.h"
#include "fit/sample.h"
#include "model/rule.h"

typedef struct ss_fit_rules ss_fit_rules;

/*
 * What the sample says; columns, at: as of ss_fit_dependence_learn().  known: in which what is NULL may be told together with
 * other columns.  What is needed as long as the sample is there lives in scratch, the rest in kept.  Freed with
 * ss_fit_rules_done().
 */
ss_fit_rules *ss_fit_rules_find(const ss_fit_column *columns, size_t ncolumns,
                                const ss_sample *sample, const size_t *at, const ss_hash_key *key,
                                ss_arena *kept, ss_arena *scratch);
void ss_fit_rules_done(ss_fit_rules *rules);

size_t ss_fit_rules_count(const ss_fit_rules *rules);

/* Which columns of the table they are about: needed[c] is set. */
void ss_fit_rules_need(const ss_fit_rules *rules, bool *needed);

/* Candidate i as a rule of the table's columns; false: it is no dependency. */
bool ss_fit_rules_dependency(const ss_fit_rules *rules, size_t i, ss_rule *rule);

/* Does candidate i hold in what was added; *exceptions: but for a few rows? */
bool ss_fit_rules_holds(const ss_fit_rules *rules, size_t i, bool *exceptions);

/* Hold them against the rows of a batch; against the sample, where it is all that there is. */
void ss_fit_rules_add(ss_fit_rules *rules, const ss_fit_reading *reading);
void ss_fit_rules_add_sample(ss_fit_rules *rules);

/* Those that hold. */
void ss_fit_rules_finish(const ss_fit_rules *rules, const ss_fit_terms *terms, ss_arena *result,
                         ss_rule **list, size_t *n);

/* Of n rules those are left whose names are not among off; unknown: the first of off that is none's name, or NULL. */
size_t ss_fit_rules_leave_out(ss_rule *list, size_t n, const char *const *names,
                              const char *const *off, size_t noff, const char **unknown);

#endif
