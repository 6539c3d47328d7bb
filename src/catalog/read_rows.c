#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "catalog/read_internal.h"

const char *
ss_row_text(const ss_rows *r, size_t column)
{
    const char *value = ss_pg_value(r->res, r->row, column);

    return value == NULL ? NULL : ss_strdup(r->result, value);
}

/*
 * Text that is never NULL, unless its object was dropped after our snapshot: the server's functions that
 * write definitions look at what is there now.  The gap is noticed by ss_rows_complete().
 */
const char *
ss_row_must(ss_rows *r, size_t column)
{
    const char *value = ss_row_text(r, column);

    r->gaps += value == NULL;
    return value == NULL ? "" : value;
}

bool
ss_row_flag(const ss_rows *r, size_t column)
{
    const char *value = ss_pg_value(r->res, r->row, column);

    return value != NULL && value[0] == 't';
}

int64_t
ss_row_number(const ss_rows *r, size_t column)
{
    const char *value = ss_pg_value(r->res, r->row, column);
    int64_t n = 0;

    return value != NULL && ss_parse_i64(value, &n) ? n : 0;
}

double
ss_row_real(const ss_rows *r, size_t column, double otherwise)
{
    const char *value = ss_pg_value(r->res, r->row, column);
    double d;

    return value != NULL && ss_parse_double(value, &d) ? d : otherwise;
}

char
ss_row_letter(const ss_rows *r, size_t column)
{
    const char *value = ss_pg_value(r->res, r->row, column);

    return value == NULL ? '\0' : value[0];
}

const int16_t *
ss_row_attnums(const ss_rows *r, size_t column, size_t *n)
{
    const char *value = ss_pg_value(r->res, r->row, column);
    int16_t *list;

    *n = 0;
    if (value == NULL || value[0] == '\0')
        return NULL;
    list = ss_alloc(r->result, strlen(value) / 2 + 1, sizeof *list);
    while (*value != '\0')
    {
        char *end;

        list[(*n)++] = (int16_t) strtol(value, &end, 10);
        value = *end == ' ' ? end + 1 : end;
    }
    return list;
}

const char *const *
ss_row_operators(const ss_rows *r, size_t column, size_t n)
{
    const char *value = ss_pg_value(r->res, r->row, column);
    const char **list = ss_alloc(r->result, n + 1, sizeof *list);
    size_t i = 0;

    for (; value != NULL && *value != '\0' && i < n; i++)
    {
        const size_t length = strcspn(value, " ");

        list[i] = ss_strndup(r->result, value, length);
        value += length + (value[length] == ' ');
    }
    return i == n && value != NULL && *value == '\0' ? list : NULL;
}

ss_code
ss_rows_run(ss_catalog_reader *r, const char *sql, ss_rows *d, const char *what)
{
    ss_pg_result *res;

    if (ss_pg_query(r->pg, r->scratch, sql, 0, NULL, &res, r->err) != SS_OK)
        return ss_note(r->err, "while reading the catalog (%s)", what);
    *d = (ss_rows){.res = res, .n = ss_pg_rows(res), .result = r->result};
    return SS_OK;
}

ss_code
ss_rows_complete(const ss_rows *d, const char *what, ss_error *err)
{
    if (d->gaps == 0)
        return SS_OK;
    (void) ss_fail(err, SS_ERETRY, "the schema changed while it was being read (%s)", what);
    return ss_hint(err, "Run it again when no migration is under way.");
}

int
ss_catalog_compare_oids(const void *a, const void *b)
{
    const ss_oid x = ((const ss_by_oid *) a)->oid, y = ((const ss_by_oid *) b)->oid;

    return (x > y) - (x < y);
}

static size_t
find_oid(const ss_by_oid *list, size_t n, ss_oid oid)
{
    const ss_by_oid key = {.oid = oid};
    const ss_by_oid *found =
        n == 0 ? NULL : bsearch(&key, list, n, sizeof *list, ss_catalog_compare_oids);

    return found == NULL ? SS_NONE : found->index;
}

size_t
ss_row_table(const ss_catalog_reader *r, const ss_rows *d, size_t column)
{
    return find_oid(r->table_oids, r->c->ntables, (ss_oid) ss_row_number(d, column));
}

size_t
ss_catalog_find_type(const ss_catalog_reader *r, ss_oid oid)
{
    return find_oid(r->type_oids, r->c->ntypes, oid);
}
