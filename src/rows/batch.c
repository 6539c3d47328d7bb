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

static void
keep_column(ss_batch_column *c, size_t nrows, const bool *keep)
{
    size_t n = 0, length = 0, start = 0;

    for (size_t r = 0; r < nrows; r++)
    {
        const size_t end = c->end == NULL ? 0 : c->end[r], bytes = end - start;

        if (keep[r])
        {
            c->null[n] = c->null[r];
            if (c->i64 != NULL)
                c->i64[n] = c->i64[r];
            if (c->f64 != NULL)
                c->f64[n] = c->f64[r];
            if (bytes > 0 && length < start)
                memmove(c->bytes.data + length, c->bytes.data + start, bytes);
            length += bytes;
            if (c->end != NULL)
                c->end[n] = length;
            n++;
        }
        start = end;
    }
    if (c->end != NULL)
        ss_buf_keep_first(&c->bytes, length);
}

void
ss_batch_keep(ss_batch *batch, const bool *keep)
{
    size_t n = 0;

    for (size_t c = 0; c < batch->ncolumns; c++)
        keep_column(&batch->columns[c], batch->nrows, keep);
    for (size_t r = 0; r < batch->nrows; r++)
        n += keep[r];
    batch->nrows = n;
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
