/*
 * A row source: rows of one table that can be made by number, in any order, as often as needed.
 *
 * The generator implements it; load drains it, and asks again with a higher attempt for the rows
 * that the server judged invalid (design 5.3, 5.4).  The same (row, attempt) gives the same bytes
 * on any thread.
 */
#ifndef SS_ROWS_ROW_SOURCE_H
#define SS_ROWS_ROW_SOURCE_H

#include <sandseed/error.h>

#include "rows/batch.h"

typedef struct ss_row_source
{
    void *arg;
    uint64_t nrows; /* numbered from 0 */
    uint64_t
        planned; /* as many as were asked for; more than nrows where keys or parents do not suffice */

    /*
     * The transferred columns: indices into the catalog table's columns, in the order of the
     * batch's; generated columns are left to the server and not among them.
     */
    const size_t *columns;
    const ss_form *forms;
    size_t ncolumns;

    /*
     * Fill an empty batch with n <= SS_BATCH_ROWS rows: numbers first .. first + n - 1 when rows is NULL, else
     * rows[i]; attempt 0 when attempts is NULL, else attempts[i].  worker: 0 .. jobs - 1, for
     * buffers; calls with different workers may run side by side.
     */
    ss_code (*make)(void *arg, size_t worker, uint64_t first, const uint64_t *rows,
                    const uint32_t *attempts, size_t n, ss_batch *batch, ss_error *err);
} ss_row_source;

#endif
