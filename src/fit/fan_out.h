/*
 * Children per parent, one fan-out per foreign key.
 *
 * The server counts, and tells one row per parent: how many children, and who stands behind the parent and
 * behind one of its children.  So a number of children is stored as every number is, with k people behind
 * it, and who has more than anybody else shows neither in the counts nor in the total.
 *
 * Parents of the control subjects (policy/control.h) are left out, and none of them is one of the k.  A parent that stays has all of
 * its children, those too behind which somebody stands who is set aside: without them nobody
 * would have as many as in the source.
 */
#ifndef SS_FIT_FAN_OUT_H
#define SS_FIT_FAN_OUT_H

#include "fit/relations.h"
#include "model/model.h"
#include "pg/pg.h"
#include "policy/ways.h"
#include "secret/hash.h"
#include "stats/cells.h"

typedef struct ss_fan_out_plan
{
    const ss_catalog *catalog;
    const ss_table_plan *tables; /* of the policy */
    size_t child;
    const ss_reference *reference;
    size_t k;
    const ss_hash_key *key;
    const ss_control *control;
} ss_fan_out_plan;

/* Within a transaction on pg that the caller has begun.  cells: lives in result. */
ss_code ss_fan_out_count(const ss_fan_out_plan *plan, ss_pg *pg, const ss_watch *watch,
                         ss_arena *scratch, ss_counter **counter, ss_error *err);

/*
 * The same of families in samples, without asking.  False where who stands behind the children is not told by who stands behind
 * their parents.
 */
bool ss_fan_out_of_families(const ss_fan_out_plan *plan, const ss_fit_families *families,
                            ss_counter **counter);

/* Are those families fewer than all that there are? */
bool ss_fan_out_is_sampled(const ss_fit_families *families);

/*
 * The cells that may be stored: neighbouring numbers of children pooled until each pool has k people,
 * the rest joined to the last one; a pool stands for its median, to two digits.
 */
void ss_fan_out_cells(const ss_counter *counter, ss_arena *result, ss_cells *cells);

/* The same of levels of a table that refers to itself, which is all in its sample: rows on each. */
void ss_fan_out_levels(const ss_fit_kept *kept, const uint16_t *levels, ss_arena *result,
                       ss_cells *cells);

#endif
