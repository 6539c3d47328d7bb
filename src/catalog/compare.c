#include "catalog/compare.h"

#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/text.h"

typedef struct comparison
{
    const ss_catalog *before, *after;
    ss_arena *result, *scratch;
    ss_difference *list;
    size_t n, capacity;
    size_t table_before, table_after; /* of what is being compared */
} comparison;

const char *
ss_difference_name(ss_difference_kind kind)
{
    static const char *const words[] = {
#define SS_DIFFERENCE_WORD(name, word) word,
        SS_DIFFERENCES(SS_DIFFERENCE_WORD)
#undef SS_DIFFERENCE_WORD
    };

    return words[kind];
}

/* --- reporting ---------------------------------------------------------------------------------- */

static void
differ(comparison *c, ss_difference_kind kind, const char *object, const char *text)
{
    c->list = ss_grow(c->result, c->list, c->n, &c->capacity, sizeof *c->list);
    c->list[c->n++] = (ss_difference){kind, object, text, c->table_before, c->table_after};
}

/* above.name, as in SQL; above may be a label already (quoted) or one more name. */
static const char *
join(ss_arena *arena, const char *above, bool quote, const char *name)
{
    ss_buf text = {0};
    const char *copy;

    if (quote)
        ss_text_ident(&text, above);
    else
        ss_buf_puts(&text, above);
    ss_buf_putc(&text, '.');
    ss_text_ident(&text, name);
    copy = ss_strdup(arena, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

static bool
same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static const char *
was_is(comparison *c, const char *was, const char *is)
{
    return ss_strf(c->result, "was %s, is %s", was, is);
}

/* --- things that have a name and a definition ------------------------------------------------------ */

typedef struct item
{
    const char *name;       /* unique among its kind */
    const char *definition; /* two items are the same when theirs are */
} item;

/* kind: that of new ones; vanished and changed ones' follow it. */
static void
compare_items(comparison *c, const char *above, ss_difference_kind kind, const item *before,
              size_t nbefore, const item *after, size_t nafter)
{
    ss_map *known = ss_map_new(c->scratch), *seen = ss_map_new(c->scratch);

    for (size_t i = 0; i < nafter; i++)
        (void) ss_map_put(known, after[i].name, ss_strdup(c->scratch, after[i].definition));
    for (size_t i = 0; i < nbefore; i++)
    {
        const char *definition = ss_map_get(known, before[i].name);
        const char *object = above == NULL ? ss_strdup(c->result, before[i].name)
                                           : join(c->result, above, false, before[i].name);

        (void) ss_map_put(seen, before[i].name, c);
        if (definition == NULL)
            differ(c, kind + 1, object, "vanished");
        else if (strcmp(definition, before[i].definition) != 0)
            differ(c, kind + 2, object, "has another definition");
    }
    for (size_t i = 0; i < nafter; i++)
    {
        if (ss_map_get(seen, after[i].name) == NULL)
            differ(c, kind,
                   above == NULL ? ss_strdup(c->result, after[i].name)
                                 : join(c->result, above, false, after[i].name),
                   "is new");
    }
}

static item *
keys_of(comparison *c, const ss_table *t, size_t *n)
{
    item *items = ss_alloc(c->scratch, t->nkeys + 1, sizeof *items);

    for (*n = 0; *n < t->nkeys; (*n)++)
        items[*n] = (item){t->keys[*n].name,
                           ss_strf(c->scratch, "%d %s", t->keys[*n].valid, t->keys[*n].definition)};
    return items;
}

/* A partition's copies of its parent's keys are the server's, their names as well. */
static item *
foreign_keys_of(comparison *c, const ss_catalog *catalog, const ss_table *t, size_t *n)
{
    item *items = ss_alloc(c->scratch, t->nforeign_keys + 1, sizeof *items);

    *n = 0;
    for (size_t i = 0; i < t->nforeign_keys; i++)
    {
        const ss_foreign_key *k = &catalog->foreign_keys[t->foreign_keys[i]];

        if (!k->inherited)
            items[(*n)++] = (item){k->name, k->definition};
    }
    return items;
}

static item *
checks_of(comparison *c, const ss_table *t, size_t *n)
{
    item *items = ss_alloc(c->scratch, t->nchecks + 1, sizeof *items);

    for (*n = 0; *n < t->nchecks; (*n)++)
        items[*n] = (item){t->checks[*n].name, t->checks[*n].definition};
    return items;
}

static item *
exclusions_of(comparison *c, const ss_table *t, size_t *n)
{
    item *items = ss_alloc(c->scratch, t->nexclusions + 1, sizeof *items);

    for (*n = 0; *n < t->nexclusions; (*n)++)
        items[*n] = (item){t->exclusions[*n].name, t->exclusions[*n].definition};
    return items;
}

static void
compare_constraints(comparison *c, const ss_table *a, const ss_table *b)
{
    size_t na, nb;
    item *ia, *ib;

    ia = keys_of(c, a, &na);
    ib = keys_of(c, b, &nb);
    compare_items(c, b->label, SS_DIFFERENCE_KEY_NEW, ia, na, ib, nb);
    ia = foreign_keys_of(c, c->before, a, &na);
    ib = foreign_keys_of(c, c->after, b, &nb);
    compare_items(c, b->label, SS_DIFFERENCE_FOREIGN_KEY_NEW, ia, na, ib, nb);
    ia = checks_of(c, a, &na);
    ib = checks_of(c, b, &nb);
    compare_items(c, b->label, SS_DIFFERENCE_CHECK_NEW, ia, na, ib, nb);
    ia = exclusions_of(c, a, &na);
    ib = exclusions_of(c, b, &nb);
    compare_items(c, b->label, SS_DIFFERENCE_EXCLUSION_NEW, ia, na, ib, nb);
}

/* --- columns ------------------------------------------------------------------------------------ */

static void
compare_column(comparison *c, const ss_table *table, const ss_column *a, const ss_column *b)
{
    const char *object = join(c->result, table->label, false, b->name);

    if (strcmp(a->type_text, b->type_text) != 0)
        differ(c, SS_DIFFERENCE_COLUMN_RETYPED, object, was_is(c, a->type_text, b->type_text));
    if (a->not_null != b->not_null)
        differ(c, SS_DIFFERENCE_COLUMN_NULLABILITY, object,
               b->not_null ? "is NOT NULL now" : "may be NULL now");
    if (a->generated != b->generated)
        differ(c, SS_DIFFERENCE_COLUMN_CHANGED, object,
               b->generated == SS_GENERATED_NOT ? "is no longer generated" : "is generated now");
    else if (!same_text(a->default_expr, b->default_expr))
        differ(c, SS_DIFFERENCE_COLUMN_CHANGED, object,
               b->generated == SS_GENERATED_NOT ? "has another default"
                                                : "is generated by another expression");
    if (a->identity != b->identity)
        differ(c, SS_DIFFERENCE_COLUMN_CHANGED, object, "has another identity");
    if (!same_text(a->collation, b->collation))
        differ(c, SS_DIFFERENCE_COLUMN_CHANGED, object, "has another collation");
}

static void
compare_columns(comparison *c, const ss_table *a, const ss_table *b)
{
    ss_map *before = ss_map_new(c->scratch), *after = ss_map_new(c->scratch);

    for (size_t i = 0; i < a->ncolumns; i++)
        (void) ss_map_put(before, a->columns[i].name, c);
    for (size_t i = 0; i < b->ncolumns; i++)
    {
        size_t *place = ss_alloc(c->scratch, 1, sizeof *place);

        *place = i;
        (void) ss_map_put(after, b->columns[i].name, place);
    }
    for (size_t i = 0; i < a->ncolumns; i++)
    {
        const size_t *place = ss_map_get(after, a->columns[i].name);

        if (place == NULL)
            differ(c, SS_DIFFERENCE_COLUMN_VANISHED,
                   join(c->result, a->label, false, a->columns[i].name), "vanished");
        else
            compare_column(c, b, &a->columns[i], &b->columns[*place]);
    }
    for (size_t i = 0; i < b->ncolumns; i++)
    {
        if (ss_map_get(before, b->columns[i].name) == NULL)
            differ(c, SS_DIFFERENCE_COLUMN_NEW,
                   join(c->result, b->label, false, b->columns[i].name),
                   ss_strf(c->result, "is new: %s", b->columns[i].type_text));
    }
}

/* --- tables ------------------------------------------------------------------------------------- */

static const char *
parents_text(comparison *c, const ss_catalog *catalog, const ss_table *t)
{
    const char *text =
        t->partition_parent == SS_NONE ? "" : catalog->tables[t->partition_parent].label;

    for (size_t i = 0; i < t->ninherits; i++)
        text = ss_strf(c->scratch, "%s %s", text, catalog->tables[t->inherits[i]].label);
    return text;
}

static void
compare_table(comparison *c, const ss_table *a, const ss_table *b)
{
    const ss_difference_kind kind = SS_DIFFERENCE_TABLE_CHANGED;

    if (a->kind != b->kind)
        differ(c, kind, b->label, "is of another kind: ordinary, partitioned or foreign");
    if (a->unlogged != b->unlogged)
        differ(c, kind, b->label, b->unlogged ? "is unlogged now" : "is logged now");
    if (!same_text(a->partition_key, b->partition_key))
        differ(c, kind, b->label, "is partitioned by another key");
    if (!same_text(a->partition_bound, b->partition_bound))
        differ(c, kind, b->label, "has other bounds");
    if (strcmp(parents_text(c, c->before, a), parents_text(c, c->after, b)) != 0)
        differ(c, kind, b->label, "has other parents");
    if (a->row_security != b->row_security || a->force_row_security != b->force_row_security ||
        a->npolicies != b->npolicies)
        differ(c, kind, b->label, "has other row security");
    if (a->ntriggers != b->ntriggers)
        differ(c, kind, b->label, "has more or fewer triggers");
    compare_columns(c, a, b);
    compare_constraints(c, a, b);
}

static ss_map *
tables_of(comparison *c, const ss_catalog *catalog)
{
    ss_map *map = ss_map_new(c->scratch);

    for (size_t i = 0; i < catalog->ntables; i++)
    {
        size_t *index = ss_alloc(c->scratch, 1, sizeof *index);

        *index = i;
        (void) ss_map_put(map, catalog->tables[i].label, index);
    }
    return map;
}

static void
compare_tables(comparison *c)
{
    ss_map *before = tables_of(c, c->before), *after = tables_of(c, c->after);

    for (size_t i = 0; i < c->before->ntables; i++)
    {
        const ss_table *a = &c->before->tables[i];
        const size_t *index = ss_map_get(after, a->label);

        c->table_before = i;
        c->table_after = index == NULL ? SS_NONE : *index;
        if (index != NULL)
            compare_table(c, a, &c->after->tables[*index]);
        else
            differ(c,
                   a->is_partition ? SS_DIFFERENCE_PARTITION_VANISHED
                                   : SS_DIFFERENCE_TABLE_VANISHED,
                   ss_strdup(c->result, a->label), "vanished");
    }
    c->table_before = SS_NONE;
    for (size_t i = 0; i < c->after->ntables; i++)
    {
        const ss_table *b = &c->after->tables[i];

        c->table_after = i;
        if (ss_map_get(before, b->label) == NULL)
            differ(c, b->is_partition ? SS_DIFFERENCE_PARTITION_NEW : SS_DIFFERENCE_TABLE_NEW,
                   ss_strdup(c->result, b->label), "is new");
    }
    c->table_before = c->table_after = SS_NONE;
}

/* --- types: those that both catalogs use ----------------------------------------------------------- */

static void
compare_labels(comparison *c, const char *object, const ss_type *a, const ss_type *b)
{
    ss_map *before = ss_map_new(c->scratch), *after = ss_map_new(c->scratch);
    size_t added = 0, gone = 0, next = 0;
    bool moved = false;

    for (size_t i = 0; i < a->nlabels; i++)
        (void) ss_map_put(before, a->labels[i], c);
    for (size_t i = 0; i < b->nlabels; i++)
        (void) ss_map_put(after, b->labels[i], c);
    for (size_t i = 0; i < a->nlabels; i++)
        gone += ss_map_get(after, a->labels[i]) == NULL;
    for (size_t i = 0; i < b->nlabels; i++)
    {
        if (ss_map_get(before, b->labels[i]) == NULL)
        {
            added++;
            continue;
        }
        while (next < a->nlabels && ss_map_get(after, a->labels[next]) == NULL)
            next++;
        moved = moved || next >= a->nlabels || strcmp(a->labels[next], b->labels[i]) != 0;
        next++;
    }
    if (added > 0)
        differ(c, SS_DIFFERENCE_LABEL_NEW, object, ss_strf(c->result, "%zu new", added));
    if (gone > 0)
        differ(c, SS_DIFFERENCE_LABEL_VANISHED, object, ss_strf(c->result, "%zu vanished", gone));
    if (moved)
        differ(c, SS_DIFFERENCE_LABELS_REORDERED, object, "in another order");
}

static const char *
type_name(const ss_catalog *catalog, size_t type, ss_arena *arena)
{
    return type == SS_NONE
               ? ""
               : join(arena, catalog->types[type].schema, true, catalog->types[type].name);
}

/* What a type is made of, as text to be compared. */
static const char *
type_text(comparison *c, const ss_catalog *catalog, const ss_type *t)
{
    ss_buf text = {0};
    const char *copy;

    ss_buf_printf(&text, "%d %s %d %d", (int) t->kind, type_name(catalog, t->base, c->scratch),
                  (int) t->base_typmod, (int) t->not_null);
    if (t->default_expr != NULL)
        ss_buf_printf(&text, "\nDEFAULT %s", t->default_expr);
    for (size_t i = 0; i < t->nchecks; i++)
        ss_buf_printf(&text, "\n%s", t->checks[i]);
    for (size_t i = 0; i < t->nfields; i++)
        ss_buf_printf(&text, "\n%s %s %d", t->fields[i].name,
                      type_name(catalog, t->fields[i].type, c->scratch), (int) t->fields[i].typmod);
    copy = ss_strdup(c->scratch, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

static void
compare_types(comparison *c)
{
    ss_map *before = ss_map_new(c->scratch);

    for (size_t i = 0; i < c->before->ntypes; i++)
    {
        size_t *index = ss_alloc(c->scratch, 1, sizeof *index);

        *index = i;
        (void) ss_map_put(before, type_name(c->before, i, c->scratch), index);
    }
    for (size_t i = 0; i < c->after->ntypes; i++)
    {
        const char *object = type_name(c->after, i, c->result);
        const size_t *index = ss_map_get(before, object);
        const ss_type *a, *b = &c->after->types[i];

        if (index == NULL)
            continue; /* the column that uses it says so */
        a = &c->before->types[*index];
        if (strcmp(type_text(c, c->before, a), type_text(c, c->after, b)) != 0)
            differ(c, SS_DIFFERENCE_TYPE_CHANGED, object, "has another definition");
        else if (b->kind == SS_TYPE_ENUM)
            compare_labels(c, object, a, b);
    }
}

/* --- the rest ----------------------------------------------------------------------------------- */

static item *
sequences_of(comparison *c, const ss_catalog *catalog)
{
    item *items = ss_alloc(c->scratch, catalog->nsequences + 1, sizeof *items);

    for (size_t i = 0; i < catalog->nsequences; i++)
    {
        const ss_sequence *s = &catalog->sequences[i];

        items[i] = (item){join(c->scratch, s->schema, true, s->name),
                          ss_strf(c->scratch, "%s %lld %lld %lld %lld %d %s %d", s->type,
                                  (long long) s->start, (long long) s->increment,
                                  (long long) s->min, (long long) s->max, (int) s->cycle,
                                  s->table == SS_NONE ? "" : catalog->tables[s->table].label,
                                  (int) s->attnum)};
    }
    return items;
}

static item *
views_of(comparison *c, const ss_catalog *catalog)
{
    item *items = ss_alloc(c->scratch, catalog->nviews + 1, sizeof *items);

    for (size_t i = 0; i < catalog->nviews; i++)
        items[i] = (item){join(c->scratch, catalog->views[i].schema, true, catalog->views[i].name),
                          !catalog->views[i].materialised ? "view"
                          : catalog->views[i].populated   ? "materialised, populated"
                                                          : "materialised"};
    return items;
}

static item *
extensions_of(comparison *c, const ss_catalog *catalog)
{
    item *items = ss_alloc(c->scratch, catalog->nextensions + 1, sizeof *items);

    for (size_t i = 0; i < catalog->nextensions; i++)
        items[i] = (item){catalog->extensions[i].name,
                          ss_strf(c->scratch, "%s %s", catalog->extensions[i].version,
                                  catalog->extensions[i].schema)};
    return items;
}

const ss_difference *
ss_catalog_compare(const ss_catalog *before, const ss_catalog *after, ss_arena *result, size_t *n)
{
    comparison c = {.before = before,
                    .after = after,
                    .result = result,
                    .scratch = ss_arena_new(NULL),
                    .table_before = SS_NONE,
                    .table_after = SS_NONE};

    compare_tables(&c);
    compare_types(&c);
    compare_items(&c, NULL, SS_DIFFERENCE_SEQUENCE_NEW, sequences_of(&c, before),
                  before->nsequences, sequences_of(&c, after), after->nsequences);
    compare_items(&c, NULL, SS_DIFFERENCE_VIEW_NEW, views_of(&c, before), before->nviews,
                  views_of(&c, after), after->nviews);
    compare_items(&c, NULL, SS_DIFFERENCE_EXTENSION_NEW, extensions_of(&c, before),
                  before->nextensions, extensions_of(&c, after), after->nextensions);
    ss_arena_free(c.scratch);
    *n = c.n;
    return c.list;
}
