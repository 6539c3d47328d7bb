/*
 * For read*.c only: one result set of the catalog's statements and what is read of it (read_rows.c); tables and what belongs
 * to them (read_tables.c); the rest, and all together (read.c).
 */
#ifndef SS_CATALOG_READ_INTERNAL_H
#define SS_CATALOG_READ_INTERNAL_H

#include "catalog/read.h"

/* Indices by oid, sorted for bsearch. */
typedef struct ss_by_oid
{
    ss_oid oid;
    size_t index;
} ss_by_oid;

typedef struct ss_catalog_reader
{
    ss_pg *pg;
    ss_arena *result;
    ss_arena *scratch;
    ss_catalog *c;
    ss_table *tables; /* the writable side of c->tables, and so on */
    ss_type *types;
    ss_sequence *sequences;
    ss_foreign_key *foreign_keys;
    ss_by_oid *table_oids;
    ss_by_oid *type_oids;
    ss_error *err;
} ss_catalog_reader;

/* One result set and where we are in it. */
typedef struct ss_rows
{
    const ss_pg_result *res;
    size_t n;
    size_t row;
    size_t gaps; /* texts that should have been there */
    ss_arena *result;
} ss_rows;

/* A column of the row at hand: NULL for NULL. */
const char *ss_row_text(const ss_rows *r, size_t column);
/*
 * Text that is never NULL, unless its object was dropped after our snapshot: the server's functions that
 * write definitions look at what is there now.  The gap is noticed by ss_rows_complete().
 */
const char *ss_row_must(ss_rows *r, size_t column);
bool ss_row_flag(const ss_rows *r, size_t column);
int64_t ss_row_number(const ss_rows *r, size_t column);
double ss_row_real(const ss_rows *r, size_t column, double otherwise);
char ss_row_letter(const ss_rows *r, size_t column);
/* "1 2 3" -> attnums; NULL and "" give none. */
const int16_t *ss_row_attnums(const ss_rows *r, size_t column, size_t *n);
/* "= &&" -> n operators; NULL when they are not so many. */
const char *const *ss_row_operators(const ss_rows *r, size_t column, size_t n);
/* The table of that oid, or SS_NONE. */
size_t ss_row_table(const ss_catalog_reader *r, const ss_rows *d, size_t column);

/* Of a statement; what: what it reads, for messages. */
ss_code ss_rows_run(ss_catalog_reader *r, const char *sql, ss_rows *d, const char *what);
/* Nothing was dropped while we read it. */
ss_code ss_rows_complete(const ss_rows *d, const char *what, ss_error *err);

int ss_catalog_compare_oids(const void *a, const void *b);
size_t ss_catalog_find_type(const ss_catalog_reader *r, ss_oid oid);

/* Tables, their columns, keys, CHECKs, expressions, search vectors, foreign keys and parents. */
ss_code ss_catalog_read_tables(ss_catalog_reader *r);

#endif
