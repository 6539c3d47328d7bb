#include "run/large_objects.h"

#include <string.h>

#include "base/text.h"

#define FEW     10 /* so small a number may be one person's files */
#define COLUMNS 3  /* that are named; of the others their number is said */

/* Of type oid, or a domain over it, as lo of contrib is.  Partitions have their root's. */
static bool
may_name_them(const ss_catalog *catalog, const ss_table *table, size_t c)
{
    const size_t base = ss_catalog_base_type(catalog, table->columns[c].type);

    return !table->is_partition && base != SS_NONE && ss_type_is(&catalog->types[base], "oid");
}

/* "public.a.scan, public.b.scan and 2 more"; "" where there are none. */
static const char *
columns_text(const ss_catalog *catalog, ss_arena *arena)
{
    const char *list = "";
    size_t n = 0;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        for (size_t c = 0; c < table->ncolumns; c++)
        {
            if (may_name_them(catalog, table, c) && n++ < COLUMNS)
                list = ss_strf(arena, "%s%s%s", list, n == 1 ? "" : ", ",
                               ss_policy_label(table->label, table->columns[c].name, arena));
        }
    }
    return n > COLUMNS ? ss_strf(arena, "%s and %zu more", list, n - COLUMNS) : list;
}

const char *
ss_large_objects_text(const ss_catalog *catalog, ss_arena *arena)
{
    const size_t n = catalog->nlarge_objects;

    if (n == 0)
        return NULL;
    return ss_strf(arena, "%s large objects", n < FEW ? "fewer than 10" : ss_text_count(arena, n));
}

void
ss_large_objects_judge(ss_plan *plan, ss_arena *arena)
{
    const char *objects = ss_large_objects_text(plan->catalog, arena);
    const char *columns = columns_text(plan->catalog, arena);
    ss_finding *all;

    if (objects == NULL)
        return;
    all = ss_alloc(arena, plan->nfindings + 1, sizeof *all);
    if (plan->nfindings > 0)
        memcpy(all, plan->findings, plan->nfindings * sizeof *all);
    all[plan->nfindings++] = (ss_finding){
        .severity = SS_FINDING_WARNS,
        .about = "source",
        .object = "large objects",
        .place = "",
        .text = ss_printable(arena,
                             ss_strf(arena, "the source has %s, and none is copied%s%s", objects,
                                     columns[0] == '\0' ? "" : "; they may be named in ", columns)),
        .mend = "make in the sandbox those that the application must find",
        .what = SS_WHAT_LEFT_OUT};
    plan->findings = all;
}
