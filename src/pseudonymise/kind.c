#include "pseudonymise/kind.h"

#include <string.h>

#define SS_KIND(name) extern const ss_kind ss_kind_##name;
#include "pseudonymise/kinds.def"
#undef SS_KIND

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
