/*
 * What a policy says of CSV files that come without a schema.sql: the types and keys that were inferred
 * from them when `plan` wrote it, or what a person made of that.
 *
 *     csv:
 *       public.orders:
 *         key: [id]
 *         unique: [number, [year, serial]]
 *         references: {customer_id: public.customer.id}
 *         columns:
 *           id: integer not null
 *           note: text
 */
#ifndef SS_POLICY_CSV_TABLES_H
#define SS_POLICY_CSV_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include <sandseed/error.h>

#include "base/arena.h"
#include "base/buf.h"

typedef struct ss_csv_place /* in the policy file; line 0: inferred just now */
{
    const char *file;
    size_t line;
    size_t column;
} ss_csv_place;

typedef struct ss_csv_typed
{
    const char *name;
    const char *type; /* as SQL has it: "numeric(10,2)" */
    bool not_null;
    ss_csv_place place;
} ss_csv_typed;

typedef struct ss_csv_key
{
    const char **columns;
    size_t ncolumns;
    ss_csv_place place;
} ss_csv_key;

typedef struct ss_csv_reference
{
    const char *column;
    const char *schema; /* of the table it refers to */
    const char *table;
    const char *to; /* that table's column */
    ss_csv_place place;
} ss_csv_reference;

typedef struct ss_csv_table
{
    const char *schema;
    const char *name;
    const char *label; /* schema.name, quoted as in SQL */
    ss_csv_place place;
    const ss_csv_typed *columns; /* in the file's order when it has no header */
    size_t ncolumns;
    ss_csv_key key; /* ncolumns 0: none */
    const ss_csv_key *uniques;
    size_t nuniques;
    const ss_csv_reference *references;
    size_t nreferences;
} ss_csv_table;

/* The table of that label, or NULL. */
const ss_csv_table *ss_csv_table_find(const ss_csv_table *tables, size_t n, const char *label);

/* Has the table, which may be NULL, a column of that name? */
bool ss_csv_table_has(const ss_csv_table *table, const char *column);

/* One table's entry, its name `by` blanks in, without the line "csv:" above it. */
void ss_csv_table_write(const ss_csv_table *table, size_t by, ss_buf *out);

/* name: type, without a line's indentation and end. */
void ss_csv_typed_write(const ss_csv_typed *column, ss_buf *out);

#endif
