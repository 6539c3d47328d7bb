/*
 * Gates "constraints-valid" and "row-counts": the sandbox holds together and is as large as planned.
 */
#ifndef SS_ASSESS_CONSTRAINTS_H
#define SS_ASSESS_CONSTRAINTS_H

#include "assess/gate.h"
#include "catalog/catalog.h"
#include "pg/pg.h"

/*
 * Every constraint of the catalog (the source's) is there and validated where the source's is,
 * every index valid and ready, every sequence that a column owns beyond the largest value in it.
 * sandbox: a connection to NAME__next.
 */
ss_code ss_assess_constraints(ss_pg *sandbox, const ss_catalog *catalog, ss_arena *result,
                              ss_gate *gate, ss_error *err);

/* The rows of a partitioned table over all its partitions; of another table, its own. */
ss_code ss_assess_count(ss_pg *sandbox, const ss_table *table, ss_arena *scratch, uint64_t *rows,
                        ss_error *err);

/*
 * Every table holds as many rows as planned: parallel to catalog->tables; SS_ROWS_ANY for tables that
 * are not judged (foreign tables).  Counted as above.
 */
#define SS_ROWS_ANY UINT64_MAX

ss_code ss_assess_row_counts(ss_pg *sandbox, const ss_catalog *catalog, const uint64_t *planned,
                             ss_arena *result, ss_gate *gate, ss_error *err);

#endif
