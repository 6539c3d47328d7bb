/* Which kind of pseudonym each link group gets, and what is done with each column. */
#include <string.h>

#include "base/text.h"
#include "policy/distinct.h"
#include "policy/known_password.h"
#include "pseudonymise/document.h"

/* --- link groups ---------------------------------------------------------------------------------- */

/* Is the column part of what no two rows may share? */
static bool
is_in_key(const ss_table *table, int16_t attnum)
{
    for (size_t i = 0; i < table->nkeys; i++)
    {
        if (ss_attnums_hold(table->keys[i].attnums, table->keys[i].ncolumns, attnum) ||
            ss_key_computes(table, &table->keys[i], ss_table_attribute(table, attnum)->name))
            return true;
    }
    for (size_t i = 0; i < table->nexclusions; i++)
    {
        if (ss_attnums_hold(table->exclusions[i].attnums, table->exclusions[i].ncolumns, attnum))
            return true;
    }
    return false;
}

/* Or of one that a partition alone has, for its own rows. */
static bool
is_in_key_of_any(const ss_catalog *catalog, const ss_table *root, const ss_column *column)
{
    bool found = is_in_key(root, column->attnum);

    for (size_t i = 0; root->kind == SS_TABLE_PARTITIONED && i < catalog->ntables && !found; i++)
    {
        const ss_table *part = &catalog->tables[i];

        for (size_t c = 0;
             part->is_partition && ss_table_root(catalog, part) == root && c < part->ncolumns; c++)
        {
            if (strcmp(part->columns[c].name, column->name) == 0)
                found = found || is_in_key(part, part->columns[c].attnum);
        }
    }
    return found;
}

bool
ss_column_bounds(const ss_catalog *catalog, const ss_table *table, const ss_column *column,
                 int64_t *low, int64_t *high)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);
    const int32_t typmod = ss_catalog_typmod(catalog, column);

    if (ss_integer_bounds(catalog, table, column, low, high))
        return true;
    if (base == SS_NONE || !ss_type_is(&catalog->types[base], "numeric") || typmod < 4)
        return false;
    *high = 1;
    for (int i = ss_numeric_scale(typmod);
         i < ss_numeric_precision(typmod) && *high < INT64_MAX / 10; i++)
        *high *= 10;
    *low = -(--*high);
    return true;
}

void
ss_group_bound(const ss_pseudonyms *p, ss_group_kind *k, int64_t low, int64_t high)
{
    k->bounds = ss_grow(p->arena, k->bounds, k->nbounds, &k->bounds_capacity, sizeof *k->bounds);
    k->bounds[k->nbounds++] = (ss_bounds){low, high};
    k->low = low > k->low ? low : k->low;
    k->high = high < k->high ? high : k->high;
}

void
ss_pseudonyms_decide_group(ss_pseudonyms *p, size_t index)
{
    const ss_catalog *catalog = p->plan->catalog;
    const ss_link_group *g = &p->plan->groups[index];
    const ss_table *first = &catalog->tables[g->members[0].table];
    ss_group_kind *k = &p->groups[index];

    *k = (ss_group_kind){.limit = SIZE_MAX,
                         .low = INT64_MIN,
                         .high = INT64_MAX,
                         .bounds = ss_alloc(p->arena, g->n + 1, sizeof *k->bounds),
                         .bounds_capacity = g->n + 1,
                         .type = SS_NONE};
    for (size_t i = 0; i < g->n; i++)
    {
        const ss_table *table = &catalog->tables[g->members[i].table];
        const ss_column *column = &table->columns[g->members[i].column];
        const size_t limit = ss_catalog_characters(catalog, column);
        int64_t low, high;

        if (g->members[i].path != SS_NONE)
        {
            ss_document_narrow(p, &g->members[i], k);
            continue;
        }
        k->type = ss_catalog_base_type(catalog, column->type);
        k->limit = limit < k->limit ? limit : k->limit;
        k->unique = k->unique || is_in_key_of_any(catalog, table, column);
        k->folds = k->folds || ss_catalog_folds(catalog, column);
        if (!ss_column_bounds(catalog, table, column, &low, &high))
            continue;
        ss_group_bound(p, k, low, high);
    }
    k->by_type = g->kind == NULL && k->type == SS_NONE;
    k->kind = g->kind != NULL ? ss_kind_find(g->kind)
              : k->by_type
                  ? NULL
                  : ss_kind_of_type(catalog, first->columns[g->members[0].column].type, k->folds);
    if (k->kind == NULL && !k->by_type)
        ss_pseudonyms_find(
            p, SS_FINDING_STOPS, SS_WHAT_UNFIT, ss_pseudonyms_label(p, first, g->members[0].column),
            g->kind != NULL ? "sandseed plan --list-kinds lists them" : "another treatment",
            g->kind != NULL ? "there is no kind of pseudonym \"%s\""
                            : "there is no pseudonym for its type%s",
            g->kind != NULL ? g->kind : "");
}

/* Have no two rows the same value, by a key of it alone, or of lower() of it? */
static bool
is_distinct(const ss_table *table, const ss_column *column, ss_arena *scratch)
{
    for (size_t i = 0; i < table->nkeys; i++)
    {
        const ss_key *key = &table->keys[i];

        if (key->partial || key->ncolumns != 1)
            continue;
        if (!key->expression && key->attnums[0] == column->attnum)
            return true;
        for (size_t e = 0; e < table->nexpressions && key->expression; e++)
        {
            const char *expression = table->expressions[e].expression;

            if (strcmp(table->expressions[e].name, key->name) == 0 && expression != NULL &&
                ss_is_folded(expression, column, scratch))
                return true;
        }
    }
    return false;
}

/* --- columns -------------------------------------------------------------------------------------- */

/* Is it one column, of a table with all its partitions? */
static bool
is_alone(const ss_catalog *catalog, const ss_link_group *g)
{
    const ss_table *first = &catalog->tables[g->members[0].table];
    const char *name = first->columns[g->members[0].column].name;

    for (size_t i = 1; i < g->n; i++)
    {
        const ss_table *table = &catalog->tables[g->members[i].table];

        if (g->members[i].path != SS_NONE ||
            ss_table_root(catalog, table) != ss_table_root(catalog, first) ||
            strcmp(table->columns[g->members[i].column].name, name) != 0)
            return false;
    }
    return true;
}

/* About how many values there will be. */
static uint64_t
rows_of(const ss_table *table)
{
    return table->reltuples > 0 ? (uint64_t) table->reltuples : 0;
}

ss_kind_column
ss_about_group(const ss_pseudonyms *p, const ss_table_steps *t, size_t group)
{
    const ss_group_kind *k = &p->groups[group];

    return (ss_kind_column){.group = p->plan->groups[group].name,
                            .limit = k->limit,
                            .low = k->low,
                            .high = k->high,
                            .bounds = k->bounds,
                            .nbounds = k->nbounds,
                            .unique = k->unique,
                            .folds = k->folds,
                            .alone = is_alone(p->plan->catalog, &p->plan->groups[group]),
                            .has_subject = t->subject_table != NULL,
                            .keyed_rows = t->table->nkeys > 0 && t->table->keys[0].primary,
                            .values = rows_of(t->table)};
}

static ss_kind_column
about_column(const ss_pseudonyms *p, const ss_table_steps *t, size_t c, size_t group)
{
    const ss_catalog *catalog = p->plan->catalog;
    const ss_column *column = &t->table->columns[c];
    ss_kind_column about = ss_about_group(p, t, group);

    about.catalog = catalog;
    about.type = (ss_codec_type){catalog, ss_catalog_base_type(catalog, column->type),
                                 ss_catalog_typmod(catalog, column)};
    about.codec = ss_codec_find(catalog, column->type);
    about.distinct = p->plan->groups[group].n == 1 && is_distinct(t->table, column, p->arena);
    about.days = t->plan->columns[c].days;
    about.locale = t->plan->columns[c].locale;
    return about;
}

/* locale: $country: each row's is what that column says, which is kept, or else names would tell it. */
static const char *
take_locale_column(const ss_pseudonyms *p, const ss_table_steps *t, ss_step *s)
{
    const char *name = s->about.locale;
    const ss_column *column;

    if (name == NULL || name[0] != '$')
        return NULL;
    column = ss_table_column(t->table, name + 1);
    if (column == NULL)
        return ss_strf(p->arena, "locale: names no column of the table: \"%.60s\"", name + 1);
    s->locale_column = ss_table_index(t->table, column->attnum);
    s->about.locale = NULL;
    s->about.locale_by_row = true;
    if (t->plan->columns[s->locale_column].treatment != SS_TREAT_KEEP ||
        column->generated != SS_GENERATED_NOT)
        return ss_strf(
            p->arena,
            "locale: goes by \"%.60s\", which is not kept: names would tell what it holds",
            name + 1);
    return NULL;
}

/* NULL, or why the column cannot be of its kind. */
static const char *
kind_refusal(const ss_pseudonyms *p, const ss_step *s, bool folds)
{
    if (s->about.codec == NULL)
        return "its values cannot be read";
    if (folds && (s->about.unique || !s->about.alone) && (s->kind->guarantees & SS_UNIQUE) != 0 &&
        (s->kind->guarantees & SS_UNIQUE_CASE) == 0)
        return "values that differ in case are equal there (citext, or by a collation), and their "
               "pseudonyms would not be, as those of user-name and email are";
    return s->kind->refusal(&s->about, p->arena);
}

static void
pseudonymise_column(ss_pseudonyms *p, const ss_table_steps *t, ss_step *s, size_t group)
{
    const char *why;

    s->act = SS_STEP_KIND;
    s->kind = p->groups[group].kind;
    if (s->kind == NULL)
        return;
    if (s->kind->by_subject && p->plan->groups[group].n > 1)
        ss_pseudonyms_find(
            p, SS_FINDING_STOPS, SS_WHAT_CUT_LINK, ss_pseudonyms_label(p, t->table, s->column),
            "another kind, or no link",
            "kind %s goes by whose the row is, and the column is linked with others: "
            "equal values would not stay equal",
            s->kind->name);
    s->about = about_column(p, t, s->column, group);
    why = take_locale_column(p, t, s);
    if (why == NULL)
        why = kind_refusal(p, s, p->groups[group].folds);
    if (why == NULL)
        return;
    ss_pseudonyms_find(p, SS_FINDING_STOPS, SS_WHAT_UNFIT,
                       ss_pseudonyms_label(p, t->table, s->column),
                       "another kind: or treatment:", "kind %s: %s", s->kind->name, why);
    s->kind = NULL;
}

/* What CHECKs of the column and of its domains let stand: texts, where one of them is a list, and one alone; their length. */
static void
narrow(const ss_catalog *catalog, const ss_table *table, const ss_column *column,
       ss_kind_column *about, ss_arena *arena)
{
    const ss_type *base = &catalog->types[about->type.type];
    size_t found = 0, n;

    for (size_t i = 0; i < table->nchecks; i++)
    {
        const ss_check *check = &table->checks[i];
        const char *const *list =
            check->ncolumns == 1 && check->attnums[0] == column->attnum
                ? ss_check_list(check->definition, column->name, base, arena, &n)
                : NULL;

        if (check->ncolumns == 1 && check->attnums[0] == column->attnum)
            (void) ss_shape_meets(base, check->definition, column->name, &about->limit);
        if (list == NULL)
            continue;
        about->list = list;
        about->nlist = n;
        found++;
    }
    for (size_t t = column->type; t != SS_NONE && catalog->types[t].kind == SS_TYPE_DOMAIN;
         t = catalog->types[t].base)
    {
        for (size_t i = 0; i < catalog->types[t].nchecks; i++)
        {
            const char *const *list =
                ss_check_list(catalog->types[t].checks[i], "VALUE", base, arena, &n);

            (void) ss_shape_meets(base, catalog->types[t].checks[i], "VALUE", &about->limit);
            if (list == NULL)
                continue;
            about->list = list;
            about->nlist = n;
            found++;
        }
    }
    if (found > 1)
        about->nlist = 0;
}

/* A treatment that works as a kind does, of a column by itself. */
static void
treat_column(ss_pseudonyms *p, const ss_table *table, ss_step *s, const ss_kind *kind,
             const ss_decision *d)
{
    const ss_catalog *catalog = p->plan->catalog;
    const ss_column *column = &table->columns[s->column];
    const size_t base = ss_catalog_base_type(catalog, column->type);
    ss_coarse *coarse = ss_alloc(p->arena, 1, sizeof *coarse);
    int64_t low = INT64_MIN, high = INT64_MAX;
    const char *why = "its values cannot be read";

    if (!ss_integer_bounds(catalog, table, column, &low, &high) && base != SS_NONE &&
        ss_type_is(&catalog->types[base], "oid"))
    {
        low = 0;
        high = UINT32_MAX;
    }
    s->act = SS_STEP_KIND;
    s->kind = kind;
    s->about = (ss_kind_column){
        .catalog = catalog,
        .type = {catalog, base, ss_catalog_typmod(catalog, column)},
        .codec = ss_codec_find(catalog, column->type),
        .group = ss_policy_label(ss_table_root(catalog, table)->label, column->name, p->arena),
        .limit = ss_catalog_characters(catalog, column),
        .low = low,
        .high = high,
        .alone = true,
        .locale = d->locale,
        .values = rows_of(table)};
    if (kind == &ss_kind_generalise && d->to != NULL &&
        ss_coarse_read(catalog, column, d->kind, d->to, coarse))
        s->about.coarse = coarse;
    if (base != SS_NONE)
        narrow(catalog, table, column, &s->about, p->arena);
    if (s->about.codec != NULL)
        why = kind->refusal(&s->about, p->arena);
    if (why == NULL)
        return;
    ss_pseudonyms_find(p, SS_FINDING_STOPS, SS_WHAT_UNFIT, ss_pseudonyms_label(p, table, s->column),
                       "treatment: nullify, constant or keep", "%s: %s", kind->name, why);
    s->kind = NULL;
}

/* A document, path by path. */
static void
treat_document(ss_pseudonyms *p, const ss_table_steps *t, ss_step *s)
{
    const ss_catalog *catalog = p->plan->catalog;
    const ss_column *column = &t->table->columns[s->column];

    const ss_table *root = ss_table_root(catalog, t->table);
    const ss_table_steps *of_root = p->tables[ss_catalog_index(catalog, root)];
    const ss_document_ways *counts_with = NULL;

    for (size_t i = 0; root != t->table && of_root != NULL && i < of_root->nsteps; i++)
    {
        if (strcmp(root->columns[of_root->steps[i].column].name, column->name) == 0)
            counts_with = of_root->steps[i].about.document;
    }
    s->act = SS_STEP_KIND;
    s->kind = &ss_kind_document;
    s->about = (ss_kind_column){
        .catalog = catalog,
        .type = {catalog, ss_catalog_base_type(catalog, column->type), column->typmod},
        .codec = ss_codec_find(catalog, column->type),
        .group = "",
        .limit = SIZE_MAX,
        .alone = true,
        .document = ss_document_plan(p, t, s->column, counts_with)};
}

void
ss_pseudonyms_decide_column(ss_pseudonyms *p, ss_table_steps *t, const ss_decision *d, ss_step *s)
{
    if (d->npaths > 0)
    {
        treat_document(p, t, s);
        return;
    }
    switch (d->treatment)
    {
    case SS_TREAT_DEFAULT:
    case SS_TREAT_SYNTHESISE: /* which the resolver refuses */
    case SS_TREAT_SHAPE:
        treat_column(p, t->table, s, &ss_kind_shape, d);
        return;
    case SS_TREAT_GENERALISE:
        treat_column(p, t->table, s, &ss_kind_generalise, d);
        return;
    case SS_TREAT_PSEUDONYMISE:
        pseudonymise_column(p, t, s, d->group);
        return;
    case SS_TREAT_REDACT:
        treat_column(p, t->table, s, &ss_kind_redact, d);
        return;
    case SS_TREAT_KEEP:
        s->act = SS_STEP_PASS;
        return;
    case SS_TREAT_CONSTANT:
        if (ss_is_known_password(d))
        {
            treat_column(p, t->table, s, &ss_kind_known_password, d);
            return;
        }
        s->act = SS_STEP_CONSTANT;
        s->value = d->value;
        return;
    case SS_TREAT_NULLIFY:
        s->act = SS_STEP_NULL;
        return;
    }
}
