/*
 * Types for the columns of CSV files that come without a schema: the narrowest type that every
 * value fits, seen in one pass.  Numbers with leading zeros (postal codes, phone numbers) and
 * anything that would not be printed back the same stay text.
 */
#ifndef SS_ROWS_CSV_INFER_H
#define SS_ROWS_CSV_INFER_H

#include "rows/csv.h"

typedef enum ss_csv_unique
{
    SS_CSV_UNIQUE_UNKNOWN, /* too many different values to be sure in bounded memory */
    SS_CSV_UNIQUE,
    SS_CSV_NOT_UNIQUE,
} ss_csv_unique;

typedef struct ss_csv_column
{
    const char *name;
    const char *type; /* "boolean", "integer", "bigint", "numeric", "date", ... "text" */
    bool not_null;
    ss_csv_unique unique;
    uint64_t name_again; /* the first line where its own name is a value; 0: none */
} ss_csv_column;

/* The narrowest type that one value fits: "text" when no other. */
const char *ss_csv_type_of(const void *data, size_t n);

typedef struct ss_csv_infer ss_csv_infer;

/* names: n column names that outlive it.  Freed with arena. */
ss_csv_infer *ss_csv_infer_new(ss_arena *arena, const char *const *names, size_t n);
void ss_csv_infer_add(ss_csv_infer *infer, const ss_csv_record *record);

/* n columns in arena.  A column without any value is text; without any row nothing is NOT NULL. */
const ss_csv_column *ss_csv_infer_end(const ss_csv_infer *infer, ss_arena *arena);

#endif
