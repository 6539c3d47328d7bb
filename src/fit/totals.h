/*
 * What a row holds of its children: their number, a sum, the first or the last of them.
 *
 * Found on families that are whole in the samples, where another family's would break it often; then asked of the
 * server for all rows.
 */
#ifndef SS_FIT_TOTALS_H
#define SS_FIT_TOTALS_H

#include "fit/kept.h"
#include "fit/reading.h"
#include "model/rule.h"

typedef struct ss_fit_total
{
    ss_rule rule; /* columns: of the parent's table */
    size_t child; /* table */
    const ss_reference *reference;
    size_t of;  /* the child's column; SS_NONE: COUNT */
    bool holds; /* in all rows */
} ss_fit_total;

typedef struct ss_fit_totals
{
    ss_fit_total *list;
    size_t n, capacity;
} ss_fit_totals;

/*
 * parent_of: of each row of the child's sample its parent's row, or UINT32_MAX; usable: rows of the parent whose family is
 * whole.  What is found is added to totals, in scratch.
 */
void ss_fit_totals_find(const ss_fit_kept *parent, const ss_fit_kept *child,
                        const ss_reference *reference, const uint32_t *parent_of,
                        const bool *usable, ss_arena *scratch, ss_fit_totals *totals);

/*
 * Which of them hold in all rows but those of the control subjects: one question for each reference, in a transaction of its
 * own on pg.  A row that stays is held against all of its children: what it says of them it says of all.
 */
ss_code ss_fit_totals_ask(const ss_fit_source *source, const ss_table *parent,
                          const ss_table_plan *plan, const ss_fit_totals *totals, ss_pg *pg,
                          ss_arena *scratch, ss_error *err);

#endif
