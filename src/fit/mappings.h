/*
 * Which values go with which, where columns decide others: a table's dependencies as tokens (model/mapping.h).
 *
 * What is listed comes from the sample: each closure of dependencies, its levels, the most frequent tokens.  Then all rows are counted, each at the
 * finest of its tokens that is listed (stats/levels.h).
 */
#ifndef SS_FIT_MAPPINGS_H
#define SS_FIT_MAPPINGS_H

#include "fit/rules.h"
#include "model/mapping.h"

typedef struct ss_fit_mappings ss_fit_mappings;

/*
 * columns, at: as of ss_fit_rules_find(), whose rules these are; marginals: what may be told of the columns; off: names of rules that are not to
 * be used.  Lives in kept, scratch holds the rest; freed with ss_fit_mappings_done().
 */
ss_fit_mappings *ss_fit_mappings_find(const ss_fit_rules *rules, const ss_fit_column *columns,
                                      const ss_marginal *marginals, size_t ncolumns,
                                      const ss_sample *sample, const size_t *at,
                                      const char *const *off, size_t noff, const ss_hash_key *key,
                                      ss_arena *kept, ss_arena *scratch);
void ss_fit_mappings_done(ss_fit_mappings *mappings);

/* Is the column taken from tokens, so that no tree need draw it? */
bool ss_fit_mappings_follows(const ss_fit_mappings *mappings, size_t column);

/* Count the rows of a batch; those of the sample, where it is all that there is. */
void ss_fit_mappings_add(ss_fit_mappings *mappings, const ss_fit_reading *reading);
void ss_fit_mappings_add_sample(ss_fit_mappings *mappings, const ss_sample *sample);

/*
 * Those whose rules hold.  columns: the table's marginals; of what dependence, which may be NULL, does not count over all rows, they are what tokens
 * tell, so that no count less tokens leaves fewer than k people.
 */
void ss_fit_mappings_finish(const ss_fit_mappings *mappings, const ss_fit_terms *terms,
                            const ss_dependence *dependence, ss_marginal *columns, ss_arena *result,
                            ss_mapping **list, size_t *n);

#endif
