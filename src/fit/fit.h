/*
 * Fitting: the rows of the source's synthesise tables become a model.
 *
 * One scan of each table, in short read transactions that share the snapshot; every column feeds
 * counters of its own (stats/cells.h), and what they say is stored only where k people stand behind
 * it: a marginal for each column, the columns that CHECKs connect together, one fan-out per foreign key.  The same scan
 * takes a bounded sample, from which is learnt how columns depend on each other; a second one counts that, of tables
 * that are not all in their sample.
 */
#ifndef SS_FIT_FIT_H
#define SS_FIT_FIT_H

#include "model/model.h"
#include "pg/snapshot.h"
#include "policy/policy.h"
#include "secret/hash.h"

typedef struct ss_fit_options
{
    size_t jobs;
    const ss_watch *watch;
    const char *folder; /* of the run, with room for keys of parents */
    ss_hash_key key;    /* chooses samples and who is held out: the same model for the same key */
} ss_fit_options;

ss_code ss_fit(const ss_plan *plan, ss_snapshot *snapshot, const ss_fit_options *options,
               ss_arena *result, ss_model **model, ss_error *err);

#endif
