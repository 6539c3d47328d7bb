#include "run/csv_create.h"

#include <string.h>
#include <strings.h>

#include "base/try.h"

/* --- tables ------------------------------------------------------------------------------------- */

static void
put_names(ss_buf *sql, const ss_csv_key *key)
{
    ss_buf_puts(sql, " (");
    for (size_t i = 0; i < key->ncolumns; i++)
    {
        ss_buf_puts(sql, i == 0 ? "" : ", ");
        ss_pg_ident(sql, key->columns[i]);
    }
    ss_buf_putc(sql, ')');
}

static void
put_name(ss_buf *sql, const char *schema, const char *name)
{
    ss_pg_ident(sql, schema);
    ss_buf_putc(sql, '.');
    ss_pg_ident(sql, name);
}

/* A table could not be created: which line of the policy is it? */
static ss_code
blame_type(const ss_csv_table *t, ss_pg *pg, ss_error *err)
{
    for (size_t i = 0; i < t->ncolumns; i++)
    {
        ss_error why;

        if (t->columns[i].place.line == 0 ||
            ss_pg_execf(pg, &why, "SELECT NULL::%s", t->columns[i].type) == SS_OK)
            continue;
        if (why.code != SS_EMEND)
            break;
        (void) ss_fail(err, SS_EMEND, "%s:%zu:%zu: the server has no such type",
                       t->columns[i].place.file, t->columns[i].place.line,
                       t->columns[i].place.column);
        return ss_hint(err, "For example: integer not null, \"numeric(10,2)\", text, timestamptz.");
    }
    return ss_note(err, "while creating table %s", t->label);
}

static ss_code
create_table(const ss_csv_table *t, ss_pg *pg, ss_error *err)
{
    ss_buf sql = {0};
    ss_code code;

    ss_buf_puts(&sql, "CREATE SCHEMA IF NOT EXISTS ");
    ss_pg_ident(&sql, t->schema);
    code = ss_pg_exec(pg, ss_buf_text(&sql), err);
    ss_buf_clear(&sql);
    ss_buf_puts(&sql, "CREATE TABLE ");
    put_name(&sql, t->schema, t->name);
    ss_buf_puts(&sql, " (");
    for (size_t i = 0; i < t->ncolumns; i++)
    {
        ss_buf_puts(&sql, i == 0 ? "" : ", ");
        ss_pg_ident(&sql, t->columns[i].name);
        ss_buf_printf(&sql, " %s%s", t->columns[i].type, t->columns[i].not_null ? " NOT NULL" : "");
    }
    if (t->key.ncolumns > 0)
    {
        ss_buf_puts(&sql, ", PRIMARY KEY");
        put_names(&sql, &t->key);
    }
    for (size_t i = 0; i < t->nuniques; i++)
    {
        ss_buf_puts(&sql, ", UNIQUE");
        put_names(&sql, &t->uniques[i]);
    }
    ss_buf_putc(&sql, ')');
    if (code == SS_OK)
    {
        code = ss_pg_exec(pg, ss_buf_text(&sql), err);
        if (code == SS_EMEND)
            code = blame_type(t, pg, err);
    }
    ss_buf_done(&sql);
    return code;
}

ss_code
ss_csv_create_tables(const ss_csv_description *d, ss_pg *pg, ss_error *err)
{
    for (size_t i = 0; i < d->n; i++)
        SS_TRY(create_table(&d->tables[i], pg, err));
    return SS_OK;
}

/* --- references --------------------------------------------------------------------------------- */

static ss_code
add_reference(const ss_csv_table *t, const ss_csv_reference *r, ss_pg *pg, ss_error *err)
{
    ss_buf sql = {0};
    ss_code code;

    ss_buf_puts(&sql, "ALTER TABLE ");
    put_name(&sql, t->schema, t->name);
    ss_buf_puts(&sql, " ADD FOREIGN KEY (");
    ss_pg_ident(&sql, r->column);
    ss_buf_puts(&sql, ") REFERENCES ");
    put_name(&sql, r->schema, r->table);
    ss_buf_puts(&sql, " (");
    ss_pg_ident(&sql, r->to);
    ss_buf_putc(&sql, ')');
    code = ss_pg_exec(pg, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    return code;
}

static const char *
type_of(const ss_csv_table *t, const char *column)
{
    for (size_t i = 0; i < t->ncolumns; i++)
    {
        if (strcmp(t->columns[i].name, column) == 0)
            return t->columns[i].type;
    }
    return "";
}

static bool
ends_with(const char *text, size_t n, const char *suffix)
{
    const size_t m = strlen(suffix);

    return n > m && strncasecmp(text + n - m, suffix, m) == 0;
}

/* "customer" for customer, customers; "category" for categories; "address" for addresses. */
static bool
names_table(const char *stem, size_t n, const char *table)
{
    const size_t m = strlen(table);

    if (n == 0 || (m >= n && strncasecmp(stem, table, n - (m > n)) != 0))
        return false;
    if (m == n)
        return true;
    if (m == n + 1)
        return strncasecmp(stem, table, n) == 0 && strcasecmp(table + n, "s") == 0;
    if (m == n + 2)
        return (strncasecmp(stem, table, n) == 0 && strcasecmp(table + n, "es") == 0) ||
               (ends_with(stem, n, "y") && strcasecmp(table + n - 1, "ies") == 0);
    return false;
}

/* Does the column's name say that it points to that table? */
static bool
points_to(const char *column, const ss_csv_table *parent, bool is_key)
{
    static const char *const suffixes[] = {"_id", "_code", "_key", "_no", "id", ""};
    const char *key = parent->key.columns[0];
    const size_t n = strlen(column);

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
    {
        const size_t m = strlen(suffixes[i]);

        if ((m == 0 || ends_with(column, n, suffixes[i])) &&
            names_table(column, n - m, parent->name))
            return true;
    }
    return !is_key && strlen(key) > 2 && strcasecmp(column, key) == 0;
}

/* The first table that a column's name suggests and all its values are found in. */
static ss_code
try_references(const ss_csv_description *d, const ss_csv_table *t, const char *column, ss_pg *pg,
               ss_csv_reference *found, bool *any, ss_error *err)
{
    const bool is_key = t->key.ncolumns == 1 && strcmp(t->key.columns[0], column) == 0;

    *any = false;
    for (size_t p = 0; p < d->n; p++)
    {
        const ss_csv_table *parent = &d->tables[p];
        ss_code code;

        if (parent == t || parent->key.ncolumns != 1 || !points_to(column, parent, is_key) ||
            strcmp(type_of(t, column), type_of(parent, parent->key.columns[0])) != 0)
            continue;
        *found = (ss_csv_reference){.column = column,
                                    .schema = parent->schema,
                                    .table = parent->name,
                                    .to = parent->key.columns[0]};
        code = add_reference(t, found, pg, err);
        if (code == SS_OK)
        {
            *any = true;
            return SS_OK;
        }
        /* It does not hold, or cannot be: no reference, then. */
        if (code != SS_EMEND)
            return code;
    }
    return SS_OK;
}

static ss_code
infer_references(const ss_csv_description *d, ss_csv_table *t, ss_pg *pg, ss_arena *result,
                 ss_error *err)
{
    ss_csv_reference *references = ss_alloc(result, t->ncolumns + 1, sizeof *references);

    t->references = references;
    for (size_t c = 0; c < t->ncolumns; c++)
    {
        bool any;

        SS_TRY(
            try_references(d, t, t->columns[c].name, pg, &references[t->nreferences], &any, err));
        t->nreferences += any;
    }
    return SS_OK;
}

ss_code
ss_csv_add_references(ss_csv_description *d, ss_pg *pg, ss_arena *result, ss_error *err)
{
    for (size_t i = 0; i < d->n; i++)
    {
        ss_csv_table *t = &d->tables[i];

        if (!d->described[i])
        {
            SS_TRY(infer_references(d, t, pg, result, err));
            continue;
        }
        for (size_t r = 0; r < t->nreferences; r++)
        {
            const ss_code code = add_reference(t, &t->references[r], pg, err);

            if (code == SS_OK)
                continue;
            if (code != SS_EMEND)
                return code;
            if (!ss_pg_is_sqlstate(err, "23503"))
                (void) ss_hint(err, "The table it refers to must be there, its column a key of the "
                                    "same type.");
            return ss_note(err, "%s:%zu:%zu: this reference does not hold",
                           t->references[r].place.file, t->references[r].place.line,
                           t->references[r].place.column);
        }
    }
    return SS_OK;
}
