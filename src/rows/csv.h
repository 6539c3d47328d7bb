/*
 * CSV files: RFC 4180 read strictly, one record at a time, and written.
 *
 * NULL is the unquoted empty field, or another unquoted word; a quoted field is never NULL.  Blanks
 * belong to their field.  Refused with file and line: NUL bytes, what is not UTF-8, quotes inside
 * unquoted fields, quotes never closed, blank lines, records with another number of fields, and a first
 * line that looks like data where a header is due.  The only folder that knows libcsv.
 */
#ifndef SS_ROWS_CSV_H
#define SS_ROWS_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sandseed/error.h>

#include "base/arena.h"
#include "base/buf.h"

typedef struct ss_csv_options
{
    char delimiter;         /* 0: comma */
    bool no_header;         /* the first record is data */
    bool any_header;        /* a header is taken as it is, though it looks like data */
    bool unsure_header;     /* it may be data after all: errors do not quote it */
    const char *null_token; /* NULL: the empty field */
} ss_csv_options;

typedef struct ss_csv_field
{
    const unsigned char *data; /* not NUL-terminated; not NULL even when null */
    size_t n;
    bool null;
} ss_csv_field;

typedef struct ss_csv_record /* valid until the next read */
{
    const ss_csv_field *fields;
    size_t nfields;
    uint64_t line; /* where it begins, from 1 */
} ss_csv_record;

typedef struct ss_csv_reader ss_csv_reader;

/* Open a file and read its header; closed with arena.  path is named in messages. */
ss_code ss_csv_open(ss_arena *arena, const char *path, const ss_csv_options *options,
                    ss_csv_reader **reader, ss_error *err);

/* The same on n bytes of memory that outlive the reader. */
ss_code ss_csv_open_memory(ss_arena *arena, const char *label, const void *data, size_t n,
                           const ss_csv_options *options, ss_csv_reader **reader, ss_error *err);

/* The header's names, in the reader's arena; NULL and 0 without a header. */
const char *const *ss_csv_header(const ss_csv_reader *reader, size_t *n);

/* The next record; *record is NULL at the end. */
ss_code ss_csv_read(ss_csv_reader *reader, const ss_csv_record **record, ss_error *err);

/* A record as one line of COPY text. */
void ss_csv_to_copy_text(const ss_csv_record *record, ss_buf *out);

/*
 * The other way: one line of COPY text with n fields, as a record with its line end.  False when it would be a
 * blank line: the NULL of a table of one column.  value: memory to work with, reused from row to row.
 */
bool ss_csv_from_copy_text(const unsigned char *line, size_t len, size_t n,
                           const ss_csv_options *options, ss_buf *value, ss_buf *out);

/*
 * One field: NULL is options' word, and a value that looks like it is quoted.  The caller writes
 * delimiters and line ends; an empty NULL alone on its line would be a blank line, which the reader
 * refuses.  options: NULL for the defaults.
 */
void ss_csv_write_field(ss_buf *out, const void *data, size_t n, bool null,
                        const ss_csv_options *options);

/* One field of a header: in quotes when the reader could take it for a value. */
void ss_csv_write_name(ss_buf *out, const char *name);

#endif
