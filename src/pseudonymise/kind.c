#include "pseudonymise/kind.h"

#include <string.h>

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
