#include "rows/batch.h"

#include <string.h>

static void
column_done(void *arg)
{
    ss_buf_done(&((ss_batch_column *) arg)->bytes);
}

ss_batch *
ss_batch_new(ss_arena *arena, const ss_form *forms, size_t ncolumns)
{
    ss_batch *batch = ss_alloc(arena, 1, sizeof *batch);

    batch->ncolumns = ncolumns;
    batch->columns = ss_alloc(arena, ncolumns == 0 ? 1 : ncolumns, sizeof *batch->columns);
    for (size_t i = 0; i < ncolumns; i++)
    {
        ss_batch_column *column = &batch->columns[i];

        column->form = forms[i];
        column->null = ss_alloc(arena, SS_BATCH_ROWS, sizeof *column->null);
        switch (forms[i])
        {
        case SS_FORM_I64:
            column->i64 = ss_alloc(arena, SS_BATCH_ROWS, sizeof *column->i64);
            break;
        case SS_FORM_F64:
            column->f64 = ss_alloc(arena, SS_BATCH_ROWS, sizeof *column->f64);
            break;
        case SS_FORM_TEXT:
        case SS_FORM_WIRE:
            column->end = ss_alloc(arena, SS_BATCH_ROWS, sizeof *column->end);
            ss_arena_defer(arena, column_done, column);
            break;
        }
    }
    return batch;
}

void
ss_batch_clear(ss_batch *batch)
{
    batch->nrows = 0;
    for (size_t i = 0; i < batch->ncolumns; i++)
        ss_buf_clear(&batch->columns[i].bytes);
}

void
ss_column_put_null(ss_batch_column *column, size_t r)
{
    column->null[r] = 1;
    if (column->i64 != NULL)
        column->i64[r] = 0;
    if (column->f64 != NULL)
        column->f64[r] = 0;
    if (column->end != NULL)
        column->end[r] = column->bytes.len;
}

void
ss_column_put_i64(ss_batch_column *column, size_t r, int64_t v)
{
    column->null[r] = 0;
    column->i64[r] = v;
}

void
ss_column_put_f64(ss_batch_column *column, size_t r, double v)
{
    column->null[r] = 0;
    column->f64[r] = v;
}

void
ss_column_put_bytes(ss_batch_column *column, size_t r, const void *data, size_t n)
{
    column->null[r] = 0;
    ss_buf_append(&column->bytes, data, n);
    column->end[r] = column->bytes.len;
}

const unsigned char *
ss_column_bytes(const ss_batch_column *column, size_t r, size_t *n)
{
    const size_t start = r == 0 ? 0 : column->end[r - 1];

    *n = column->end[r] - start;
    /* An empty column has no memory yet; its empty values still have an address. */
    return column->bytes.data == NULL ? (const unsigned char *) "" : column->bytes.data + start;
}
