/*
 * Row batches: a few thousand rows of one table, column by column.
 *
 * Everything that carries data carries it so.  Readers fill batches, treatments and the generator
 * change or make them, writers drain them; a batch is reused, nothing is allocated per row.
 *
 * A column is in one of three forms.  Which one a type has in machine form is fixed by its codec
 * (rows/codec.h); SS_FORM_WIRE, bytes exactly as COPY delivered them, serves columns that pass
 * through unchanged.
 */
#ifndef SS_ROWS_BATCH_H
#define SS_ROWS_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

#define SS_BATCH_ROWS 4096

typedef enum ss_form
{
    SS_FORM_I64,  /* bool, integers, dates and times, money: number per row in i64 */
    SS_FORM_F64,  /* float4, float8 */
    SS_FORM_TEXT, /* text output form or raw bytes, as the codec says: bytes + ends */
    SS_FORM_WIRE, /* COPY's own bytes, binary or text as the reader ran: bytes + ends */
} ss_form;

typedef struct ss_batch_column
{
    ss_form form;
    uint8_t *null; /* SS_BATCH_ROWS flags, 1 is NULL */
    int64_t *i64;  /* SS_BATCH_ROWS, or NULL */
    double *f64;   /* SS_BATCH_ROWS, or NULL */
    ss_buf bytes;  /* of all rows, one after the other */
    size_t *end;   /* SS_BATCH_ROWS: where row r ends in bytes; it starts at end[r - 1] */
} ss_batch_column;

typedef struct ss_batch
{
    size_t nrows;
    size_t ncolumns;
    uint64_t first_row; /* number of row 0 in its table or range, for messages */
    ss_batch_column *columns;
} ss_batch;

/* A batch with ncolumns columns of these forms; its memory is freed with arena. */
ss_batch *ss_batch_new(ss_arena *arena, const ss_form *forms, size_t ncolumns);

/* Empty it for the next fill. */
void ss_batch_clear(ss_batch *batch);

/* Only the rows for which keep[row] stay, in their order. */
void ss_batch_keep(ss_batch *batch, const bool *keep);

/* Append a value to a column at row r = the number of values it has; the caller counts rows. */
void ss_column_put_null(ss_batch_column *column, size_t r);
void ss_column_put_i64(ss_batch_column *column, size_t r, int64_t v);
void ss_column_put_f64(ss_batch_column *column, size_t r, double v);
void ss_column_put_bytes(ss_batch_column *column, size_t r, const void *data, size_t n);

/* The bytes of row r of a TEXT or WIRE column; *n receives their number. */
const unsigned char *ss_column_bytes(const ss_batch_column *column, size_t r, size_t *n);

#endif
