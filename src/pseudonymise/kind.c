#include "pseudonymise/kind.h"

#include <string.h>

#include "base/try.h"
#include "pseudonymise/identifier.h"

static const ss_kind *const all[] = {
#define SS_KIND(name) &ss_kind_##name,
#include "pseudonymise/kinds.def"
#undef SS_KIND
};

const ss_kind *const *
ss_kind_all(size_t *n)
{
    *n = sizeof all / sizeof all[0];
    return all;
}

const ss_kind *
ss_kind_find(const char *name)
{
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    {
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    }
    return NULL;
}

const ss_kind *
ss_kind_of_type(const ss_catalog *catalog, size_t type, bool folds)
{
    const size_t base = ss_catalog_base_type(catalog, type);
    const ss_type *t = base == SS_NONE ? NULL : &catalog->types[base];

    if (t == NULL)
        return NULL;
    if (ss_type_is_integer(t) || ss_type_is(t, "numeric"))
        return ss_kind_find("integer");
    if (ss_type_is(t, "uuid"))
        return ss_kind_find("uuid");
    if (ss_type_is(t, "date") || ss_type_is(t, "timestamp") || ss_type_is(t, "timestamptz"))
        return ss_kind_find("within-month");
    /* Codes that differ in case have nothing to do with each other. */
    return ss_type_is_text(t) ? ss_kind_find(folds ? "user-name" : "code") : NULL;
}

ss_code
ss_kind_apply(const ss_kind *kind, void *state, const ss_kind_rows *rows, ss_batch_column *out,
              ss_kind_counts *counts, ss_error *err)
{
    if (kind->replace == NULL)
        return kind->apply(state, rows, out, counts, err);
    for (size_t r = 0; r < rows->n; r++)
    {
        const unsigned char *value;
        size_t n;

        if (rows->in->null[r])
        {
            ss_column_put_null(out, r);
            continue;
        }
        value = ss_column_bytes(rows->in, r, &n);
        counts->values++;
        if (ss_identifier_is_blank(value, n)) /* nobody's */
            ss_column_put_bytes(out, r, n == 0 ? (const void *) "" : value, n);
        else
            SS_TRY(kind->replace(state, rows, r, value, n, out, counts, err));
    }
    return SS_OK;
}
