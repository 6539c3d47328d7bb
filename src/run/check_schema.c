#include "run/check_schema.h"

#include <string.h>

#include "base/text.h"
#include "load/archive_text.h"

typedef struct looking
{
    ss_arena *arena;
    ss_finding *list;
    size_t n, capacity;
} looking;

static void
add(looking *l, ss_severity severity, const char *object, const char *text, const char *mend)
{
    l->list = ss_grow(l->arena, l->list, l->n, &l->capacity, sizeof *l->list);
    l->list[l->n++] = (ss_finding){.severity = severity,
                                   .about = "source",
                                   .object = ss_printable(l->arena, object),
                                   .place = "",
                                   .text = text,
                                   .mend = mend};
}

static bool
has_address(const char *text)
{
    return text != NULL && ss_archive_text_has_email(text, strlen(text));
}

static void
look_comment(looking *l, const char *object, const char *comment)
{
    if (has_address(comment))
        add(l, SS_FINDING_INFO, object,
            "its comment holds an e-mail address: it is left out of the sandbox", "");
}

/* Text that travels. */
static void
look_text(looking *l, const char *what, const char *object, const char *text)
{
    if (has_address(text))
        add(l, SS_FINDING_WARNS, ss_strf(l->arena, "%s %s", what, object), SS_ARCHIVE_TEXT_ADDRESS,
            SS_ARCHIVE_TEXT_ADDRESS_MEND);
}

static void
look_columns(looking *l, const ss_table *table)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const char *label = ss_strf(l->arena, "%s.%s", table->label, table->columns[c].name);

        look_comment(l, label, table->columns[c].comment);
        look_text(l, table->columns[c].generated == SS_GENERATED_NOT ? "DEFAULT" : "GENERATED",
                  label, table->columns[c].default_expr);
    }
}

static void
look_rules(looking *l, const ss_table *table)
{
    for (size_t i = 0; i < table->nkeys; i++)
        look_text(l, table->keys[i].constraint ? "CONSTRAINT" : "INDEX",
                  ss_strf(l->arena, "%s %s", table->label, table->keys[i].name),
                  table->keys[i].definition);
    for (size_t i = 0; i < table->nchecks; i++)
    {
        if (!table->checks[i].inherited)
            look_text(l, "CHECK", ss_strf(l->arena, "%s %s", table->label, table->checks[i].name),
                      table->checks[i].definition);
    }
    for (size_t i = 0; i < table->nexclusions; i++)
        look_text(l, "CONSTRAINT",
                  ss_strf(l->arena, "%s %s", table->label, table->exclusions[i].name),
                  table->exclusions[i].definition);
}

static void
look_type(looking *l, const ss_type *type)
{
    const char *name = ss_strf(l->arena, "%s.%s", type->schema, type->name);

    look_text(l, "DOMAIN", name, type->default_expr);
    for (size_t i = 0; i < type->nchecks; i++)
        look_text(l, "DOMAIN", name, type->checks[i]);
    for (size_t i = 0; i < type->nlabels; i++)
        look_text(l, "TYPE", name, type->labels[i]);
}

void
ss_check_schema(const ss_catalog *catalog, ss_arena *arena, ss_finding **findings, size_t *n)
{
    looking l = {.arena = arena};

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        if (table->extension != NULL)
            continue;
        look_comment(&l, table->label, table->comment);
        look_text(&l, "TABLE", table->label, table->partition_bound);
        /* A partition mostly repeats its root, which would be told as often as there are partitions. */
        if (table->is_partition)
            continue;
        look_columns(&l, table);
        look_rules(&l, table);
    }
    for (size_t i = 0; i < catalog->nviews; i++)
        look_comment(&l, ss_strf(arena, "%s.%s", catalog->views[i].schema, catalog->views[i].name),
                     catalog->views[i].comment);
    for (size_t i = 0; i < catalog->ntypes; i++)
    {
        if (catalog->types[i].extension == NULL)
            look_type(&l, &catalog->types[i]);
    }
    *findings = l.list;
    *n = l.n;
}
