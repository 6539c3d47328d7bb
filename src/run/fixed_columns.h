/*
 * Columns that hold the same in every row (constant, nullify) held against what the schema asks of rows, by the server whose
 * schema it is: check and refresh judge by the same.
 *
 * Reads no table.  Nothing is tried that runs code of the schema's own: a source runs none for us.
 */
#ifndef SS_RUN_FIXED_COLUMNS_H
#define SS_RUN_FIXED_COLUMNS_H

#include "policy/policy.h"
#include "run/source.h"

/*
 * Adds to the plan's findings: a constant that its type or domain refuses, a CHECK, a generated column or a unique index over such columns
 * alone that refuses all rows.
 */
ss_code ss_fixed_columns_judge(ss_plan *plan, const ss_source *source, ss_arena *arena,
                               ss_error *err);

#endif
