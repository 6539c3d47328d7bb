/*
 * Readers and writers of PostgreSQL's COPY formats.
 *
 * The format of a table's transfer is BINARY when every column that is transferred has a codec with
 * a binary form and holds no type OIDs that differ between servers (ss_copy_format_of), else TEXT, where
 * arrays and composites of user types name nothing by OID.  A column that passes through unchanged is
 * SS_FORM_WIRE on both sides and costs a copy of its bytes.
 */
#ifndef SS_ROWS_COPY_H
#define SS_ROWS_COPY_H

#include "pg/pg.h"
#include "rows/codec.h"
#include "rows/shuffle.h"
#include "rows/sorter.h"

typedef enum ss_copy_format
{
    SS_COPY_BINARY,
    SS_COPY_TEXT,
} ss_copy_format;

/* One transferred column. */
typedef struct ss_copy_column
{
    ss_codec_type type;    /* catalog of the reading or writing side */
    const ss_codec *codec; /* NULL: only WIRE, only COPY text */
    ss_form form;          /* WIRE, or the codec's */
    const char *label;     /* schema.table.column, for messages */
} ss_copy_column;

/* Bytes as a field of COPY text. */
void ss_copy_escape(const unsigned char *p, size_t n, ss_buf *out);

/* The format that n columns of these types can travel in. */
ss_copy_format ss_copy_format_of(const ss_catalog *catalog, const size_t *types, size_t n);

/*
 * Reader.  The caller has begun the COPY OUT on pg with the same columns and format.
 */
typedef struct ss_copy_reader ss_copy_reader;
ss_copy_reader *ss_copy_reader_new(ss_arena *arena, ss_pg *pg, ss_copy_format format,
                                   const ss_copy_column *columns, size_t ncolumns);
/* Fill an empty batch; nrows 0 at the end.  A batch also ends when it holds 16 MB. */
ss_code ss_copy_read(ss_copy_reader *reader, ss_batch *batch, ss_error *err);

/* Did reading fail because the server cannot put a row into one message? */
bool ss_copy_is_unsendable(const ss_error *err);

/* Writer.  The caller has begun the COPY IN on pg, and ends it after ss_copy_write_end(). */
typedef struct ss_copy_writer ss_copy_writer;
ss_copy_writer *ss_copy_writer_new(ss_arena *arena, ss_pg *pg, ss_copy_format format,
                                   const ss_copy_column *columns, size_t ncolumns);
/* Before the first row: rows are sent by ss_copy_write_end() alone, in the order of the shuffle, or sorted. */
void ss_copy_writer_shuffle(ss_copy_writer *writer, ss_shuffle *shuffle);
/* By what columns hold, n of them, the first before the second; rows that share a beginning of it by all that they hold. */
void ss_copy_writer_sort(ss_copy_writer *writer, ss_sorter *sorter, const size_t *columns,
                         size_t n);
ss_code ss_copy_write(ss_copy_writer *writer, const ss_batch *batch, ss_error *err);
ss_code ss_copy_write_end(ss_copy_writer *writer, ss_error *err);

/* One of several ranges that become one stream: header with the first, trailer with the last. */
typedef struct ss_copy_part
{
    ss_copy_format format;
    bool first;
    bool last;
} ss_copy_part;

/*
 * The fast path of keep: rows from one connection to another, unread but for header and trailer,
 * when no column needs decoding.  Both COPYs have begun; the caller ends the
 * target's.  Calls tick(arg, rows) every few thousand rows; stops with its code when it is not SS_OK.
 */
ss_code ss_copy_pass(ss_pg *source, ss_pg *target, const ss_copy_part *part,
                     ss_code (*tick)(void *arg, uint64_t rows, ss_error *err), void *arg,
                     uint64_t *rows, ss_error *err);

#endif
