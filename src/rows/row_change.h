/*
 * A row change: rows of the source's table, changed on their way to the sandbox.
 *
 * The pseudonymiser implements it; load reads what it asks for, hands it batch after batch, and writes what comes back.
 * The same row gives the same bytes on any thread.  Columns that pass through unchanged are SS_FORM_WIRE on both
 * sides and are never decoded.
 */
#ifndef SS_ROWS_ROW_CHANGE_H
#define SS_ROWS_ROW_CHANGE_H

#include <sandseed/error.h>

#include "base/arena.h"
#include "rows/copy.h"

typedef struct ss_row_change ss_row_change;

struct ss_row_change
{
    const void *arg;
    ss_copy_format format; /* of both sides */

    /* What is read: expressions over the table, which is called t, with commas between; joins go behind it, or "". */
    const char *select;
    const char *joins;
    const ss_copy_column *in;
    size_t nin;

    /* What is written: indices into the catalog table's columns, and how each is handed over. */
    const size_t *columns;
    const ss_copy_column *out;
    size_t nout;

    /*
     * The order that rows are written in: of what these columns, indices into out, hold, which tell all rows apart; none: a
     * random one, by words().
     */
    const size_t *order;
    size_t norder;

    /* A row may belong to another partition afterwards: it is written through the root. */
    bool moves;

    /* State of one worker for one table, which goes with arena.  values: about how many rows there will be. */
    ss_code (*open)(const ss_row_change *change, uint64_t values, ss_arena *arena, void **state,
                    ss_error *err);

    /* The next n words of the sequence that the table's rows are shuffled by (rows/shuffle.h), where they are; arg: the state. */
    void (*words)(void *state, size_t n, uint64_t *out);

    /* in -> *out, which is valid until the next call and may share in's columns. */
    ss_code (*change)(void *state, const ss_batch *in, const ss_batch **out, ss_error *err);

    /* The worker is done with the table: what it counted counts. */
    void (*close)(void *state);
};

#endif
