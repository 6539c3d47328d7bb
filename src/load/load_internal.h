/* For load/ only: what the files of data loading share. */
#ifndef SS_LOAD_INTERNAL_H
#define SS_LOAD_INTERNAL_H

#include "load/data.h"
#include "rows/copy.h"

/* Which attempt made each row of a table: 0 unless said. */
typedef struct ss_attempts
{
    uint64_t *rows; /* sorted */
    uint32_t *attempts;
    size_t n;
    size_t capacity;
} ss_attempts;

uint32_t ss_attempts_get(const ss_attempts *a, uint64_t row);
/* One more for row; returns the new number. */
uint32_t ss_attempts_bump(ss_attempts *a, uint64_t row);
void ss_attempts_done(void *a);

/* How often one row is made again before it is given up. */
#define SS_ATTEMPTS_MAX 200

/* A loader's session on NAME__next. */
ss_code ss_load_session(const ss_load *load, ss_arena *arena, ss_pg **pg, ss_error *err);

/* "schema"."table" in arena. */
char *ss_load_name(const ss_table *table, ss_arena *arena);

/* The transferred columns of a made table, for a writer; *format receives the COPY format. */
ss_copy_column *ss_load_columns(const ss_load *load, size_t table, const size_t *columns, size_t n,
                                ss_copy_format *format, ss_arena *arena);

/* "(\"a\", \"b\")" of those columns; "" when there are none. */
char *ss_load_column_list(const ss_table *table, const size_t *columns, size_t n, ss_arena *arena);

/* Does this table's data come from a row source?  Partitions follow their root. */
bool ss_load_is_made(const ss_load *load, size_t table);

#endif
