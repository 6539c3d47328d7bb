#include <string.h>

#include "policy/distinct.h"
#include "pseudonymise/document.h"

typedef struct planning
{
    ss_pseudonyms *p;
    const ss_table_steps *t;
    size_t column;
    const ss_decision *decision;
    ss_document_ways *d;
    size_t *capacities; /* of each path's typed ways */
} planning;

static const char *
label_of(const planning *g, size_t path)
{
    return ss_strf(g->p->arena, "%s:%s", ss_pseudonyms_label(g->p, g->t->table, g->column),
                   g->decision->paths[path].path.text);
}

static const ss_decision *
decision_of(const planning *g, size_t path)
{
    return &g->decision->paths[path].decision;
}

static void
tell_unfit(const planning *g, size_t path, const char *kind, const char *why)
{
    ss_pseudonyms_find(g->p, SS_FINDING_STOPS, SS_WHAT_UNFIT, label_of(g, path),
                       "another kind: or treatment:", "kind %s: %s", kind, why);
}

/* --- one way -------------------------------------------------------------------------------------- */

/* Partitions are alike. */
static const char *
own_group(const planning *g, size_t path)
{
    const ss_table *root = ss_table_root(g->p->plan->catalog, g->t->table);

    return ss_strf(g->p->arena, "%s:%s",
                   ss_policy_label(root->label, g->t->table->columns[g->column].name, g->p->arena),
                   g->decision->paths[path].path.text);
}

static const ss_table no_table; /* whose CHECKs a value in a document need not meet */

/* A value of the type, in a group of its own. */
static ss_kind_column
about_type(const planning *g, size_t path, const ss_column *as)
{
    const ss_catalog *catalog = g->d->types->catalog;
    ss_kind_column about = {
        .catalog = catalog,
        .type = {catalog, ss_catalog_base_type(catalog, as->type), ss_catalog_typmod(catalog, as)},
        .codec = ss_codec_find(catalog, as->type),
        .group = own_group(g, path),
        .limit = ss_catalog_characters(catalog, as),
        .low = INT64_MIN,
        .high = INT64_MAX,
        .alone = true};

    (void) ss_integer_bounds(catalog, &no_table, as, &about.low, &about.high);
    return about;
}

/* Can the kind replace values of the type?  Then the way is by it. */
static bool
go_by(planning *g, size_t path, const ss_column *as, const ss_kind *kind, ss_leaf_way *way,
      const char **why)
{
    way->kind = kind;
    if (way->about.codec == NULL)
    {
        *why = "its values cannot be read";
        return false;
    }
    *why = kind->refusal(&way->about, g->p->arena);
    if (*why != NULL)
        return false;
    way->act = SS_LEAF_KIND;
    way->as = *as;
    way->slot = g->d->nslots++;
    way->tally = g->d->paths[path].tally;
    g->d->by_subject = g->d->by_subject || kind->by_subject;
    return true;
}

static bool
go_by_shape(planning *g, size_t path, const ss_column *as, ss_leaf_way *way, const char **why)
{
    way->about = about_type(g, path, as);
    return go_by(g, path, as, &ss_kind_shape, way, why);
}

static bool
go_by_coarse(planning *g, size_t path, const ss_column *as, ss_leaf_way *way, const char **why)
{
    const ss_decision *d = decision_of(g, path);
    ss_coarse *coarse = ss_alloc(g->p->arena, 1, sizeof *coarse);

    way->about = about_type(g, path, as);
    *why = "to: does not go with it";
    if (!ss_coarse_read(g->d->types->catalog, as, d->kind, d->to, coarse))
        return false;
    way->about.coarse = coarse;
    return go_by(g, path, as, &ss_kind_generalise, way, why);
}

static bool
go_by_pseudonym(planning *g, size_t path, const ss_column *as, ss_leaf_way *way, const char **why)
{
    const ss_decision *d = decision_of(g, path);
    const ss_group_kind *k = &g->p->groups[d->group];
    const ss_kind *kind =
        k->by_type ? ss_kind_of_type(g->d->types->catalog, as->type, false) : k->kind;
    ss_kind_column about = ss_about_group(g->p, g->t, d->group);

    *why = "there is no pseudonym for its type";
    if (kind == NULL)
        return false;
    way->about = about_type(g, path, as);
    about.catalog = way->about.catalog;
    about.type = way->about.type;
    about.codec = way->about.codec;
    about.limit = about.limit < way->about.limit ? about.limit : way->about.limit;
    about.days = d->days;
    about.locale = d->locale;
    way->about = about;
    if (!go_by(g, path, as, kind, way, why))
        return false;
    /* Of kinds for amounts floats have pseudonyms, too. */
    way->whole = as->type == g->d->types->number && strstr(kind->types, "float") == NULL;
    return true;
}

/* What is done with a value of the type at the path; false: what the policy says cannot be. */
static bool
find_way(planning *g, size_t path, const ss_column *as, ss_leaf_way *way, const char **why)
{
    const ss_decision *d = decision_of(g, path);

    *way = (ss_leaf_way){.as = *as};
    *why = NULL;
    switch (d->treatment)
    {
    case SS_TREAT_KEEP:
        way->act = SS_LEAF_PASS;
        return true;
    case SS_TREAT_NULLIFY:
        way->act = SS_LEAF_NULL;
        return true;
    case SS_TREAT_CONSTANT:
        way->act = SS_LEAF_CONSTANT;
        way->constant = d->value;
        return true;
    case SS_TREAT_GENERALISE:
        return go_by_coarse(g, path, as, way, why);
    case SS_TREAT_PSEUDONYMISE:
        return d->group != SS_NONE && go_by_pseudonym(g, path, as, way, why);
    case SS_TREAT_REDACT:
        *why = "redact is for columns of text as a whole";
        return false;
    case SS_TREAT_DEFAULT:
    case SS_TREAT_SYNTHESISE: /* which the resolver refuses */
    case SS_TREAT_SHAPE:
        break;
    }
    return go_by_shape(g, path, as, way, why);
}

/* --- JSON, hstore, XML ---------------------------------------------------------------------------- */

/* Of what is of another type than the treatment takes. */
static void
find_other(planning *g, size_t path, const ss_column *as, ss_leaf_way *way)
{
    const char *why;

    *way = (ss_leaf_way){.as = *as};
    if (!go_by_shape(g, path, as, way, &why))
        way->act = SS_LEAF_NULL;
    way->is_other = true;
}

static bool
add_reading(planning *g, size_t path, ss_reading reading, size_t type, const char **why)
{
    ss_leaf_path *p = &g->d->paths[path];
    const ss_column as = ss_leaf_column("", type, -1);

    if (p->nreadings == SS_READINGS || !find_way(g, path, &as, &p->texts[p->nreadings], why))
        return false;
    p->readings[p->nreadings++] = reading;
    return true;
}

/* As what a text is read: of a link with whole numbers or uuids as those; of a kind of dates as dates; else as text. */
static void
find_readings(planning *g, size_t path, const char **why)
{
    const ss_leaf_types *types = g->d->types;
    const ss_decision *d = decision_of(g, path);
    const ss_group_kind *k = d->treatment == SS_TREAT_PSEUDONYMISE && d->group != SS_NONE
                                 ? &g->p->groups[d->group]
                                 : NULL;
    const ss_type *linked =
        k == NULL || k->type == SS_NONE ? NULL : &types->catalog->types[k->type];

    const char *ignored;

    if ((linked != NULL && (ss_type_is_integer(linked) || ss_type_is(linked, "numeric"))) ||
        (k != NULL && k->kind == &ss_kind_integer))
        (void) add_reading(g, path, SS_READ_WHOLE, types->number, why);
    else if ((linked != NULL && ss_type_is(linked, "uuid")) ||
             (k != NULL && k->kind == &ss_kind_uuid))
        (void) add_reading(g, path, SS_READ_UUID, types->uuid, why);
    else if (k != NULL && k->by_type)
    {
        (void) add_reading(g, path, SS_READ_WHOLE, types->number, why);
        (void) add_reading(g, path, SS_READ_UUID, types->uuid, why);
        (void) add_reading(g, path, SS_READ_TEXT, types->text, why);
    }
    else if (!add_reading(g, path, SS_READ_TEXT, types->text, why))
    {
        (void) add_reading(g, path, SS_READ_DATE, types->date, &ignored);
        (void) add_reading(g, path, SS_READ_MOMENT, types->moment, &ignored);
    }
}

static void
find_number(planning *g, size_t path, bool *taken, const char **why)
{
    const ss_leaf_types *types = g->d->types;
    const ss_decision *d = decision_of(g, path);
    const ss_group_kind *k = d->treatment == SS_TREAT_PSEUDONYMISE && d->group != SS_NONE
                                 ? &g->p->groups[d->group]
                                 : NULL;
    /* Linked with texts it is one: their pseudonyms are of the text. */
    const bool as_text =
        k != NULL && k->type != SS_NONE && ss_type_is_text(&types->catalog->types[k->type]);
    ss_leaf_path *p = &g->d->paths[path];
    const ss_column number = ss_leaf_column("", types->number, -1);
    const ss_column taken_as = ss_leaf_column("", as_text ? types->text : types->number, -1);

    find_other(g, path, &number, &p->other_number);
    if (find_way(g, path, &taken_as, &p->number, why) &&
        !(d->treatment == SS_TREAT_CONSTANT &&
          !ss_is_json_number((const unsigned char *) d->value, strlen(d->value))))
        *taken = true;
    else
        p->number = p->other_number;
}

static void
find_flag(planning *g, size_t path)
{
    const ss_decision *d = decision_of(g, path);
    const ss_column flag = ss_leaf_column("", g->d->types->flag, -1);
    ss_leaf_way *way = &g->d->paths[path].flag;
    const char *why;

    if (!find_way(g, path, &flag, way, &why) ||
        (d->treatment == SS_TREAT_CONSTANT && strcmp(d->value, "true") != 0 &&
         strcmp(d->value, "false") != 0))
        find_other(g, path, &flag, way);
}

/* Texts, numbers and flags at a path. */
static void
plan_free(planning *g, size_t path)
{
    const ss_decision *d = decision_of(g, path);
    ss_leaf_path *p = &g->d->paths[path];
    const ss_column text = ss_leaf_column("", g->d->types->text, -1);
    const char *why = NULL, *why_number = NULL;
    bool number = false;

    find_readings(g, path, &why);
    find_number(g, path, &number, &why_number);
    find_flag(g, path);
    find_other(g, path, &text, &p->other_text);
    if (p->nreadings == 0 && !number)
        tell_unfit(g, path, d->kind == NULL ? ss_treatment_name(d->treatment) : d->kind,
                   why != NULL          ? why
                   : why_number != NULL ? why_number
                                        : "what stands there is of another type");
}

/* Two keys must never become one. */
static void
plan_keys(planning *g, size_t path)
{
    const ss_decision *d = decision_of(g, path);
    ss_leaf_path *p = &g->d->paths[path];
    const ss_column text = ss_leaf_column("", g->d->types->text, -1);
    const char *why = NULL;

    find_readings(g, path, &why);
    if (p->nreadings == 0)
        tell_unfit(g, path, d->kind == NULL ? "of keys" : d->kind,
                   why != NULL ? why : "it takes no texts, which keys are");
    for (size_t i = 0; i < p->nreadings; i++)
    {
        const ss_kind *kind = p->texts[i].act == SS_LEAF_KIND ? p->texts[i].kind : NULL;

        if (kind != NULL && (kind->guarantees & SS_UNIQUE) == 0)
            tell_unfit(g, path, kind->name, "two keys of an object might become one");
    }
    p->other_text = (ss_leaf_way){.as = text, .about = about_type(g, path, &text)};
    (void) go_by(g, path, &text, &ss_kind_code, &p->other_text, &why);
    p->other_text.is_other = true;
}

/* --- arrays and composites ------------------------------------------------------------------------ */

/* The server holds values to the CHECKs of their domain as they come in. */
static bool
has_checks(const ss_catalog *catalog, size_t type)
{
    for (; type != SS_NONE && catalog->types[type].kind == SS_TYPE_DOMAIN;
         type = catalog->types[type].base)
    {
        if (catalog->types[type].nchecks > 0)
            return true;
    }
    return false;
}

static void
plan_typed(planning *g, size_t path, const ss_column *as)
{
    ss_leaf_path *p = &g->d->paths[path];
    const ss_decision *d = decision_of(g, path);
    ss_leaf_way way;
    const char *why;

    for (size_t i = 0; i < p->ntyped; i++)
    {
        if (p->typed[i].as.type == as->type && p->typed[i].as.typmod == as->typmod)
            return;
    }
    if (!find_way(g, path, as, &way, &why))
        why = why == NULL ? "it has no pseudonym" : why;
    else if (way.act != SS_LEAF_PASS && has_checks(g->d->types->catalog, as->type))
        why = "its domain has CHECKs, and it is not certain that they hold for what is put there";
    else
        why = NULL;
    if (why != NULL)
        tell_unfit(g, path, d->kind == NULL ? ss_treatment_name(d->treatment) : d->kind, why);
    p->typed = ss_grow(g->p->arena, p->typed, p->ntyped, &g->capacities[path], sizeof *p->typed);
    p->typed[p->ntyped++] = way;
}

/* --- all together --------------------------------------------------------------------------------- */

static bool
look_at(void *arg, const ss_leaf_place *at)
{
    planning *g = arg;
    const ss_path_state *s = &g->d->set->states[at->state];
    const uint32_t path = at->key ? s->keys : s->path;
    const ss_catalog *catalog = g->d->types->catalog;
    const ss_container is =
        ss_container_of(&catalog->types[ss_catalog_base_type(catalog, at->leaf.type)]);

    if (is != SS_CONTAINER_NONE && (at->in == SS_CONTAINER_NONE || !g->d->whole[at->state]))
        return true;
    if (path == SS_PATH_NONE)
        return false;
    if (at->in == SS_CONTAINER_ARRAY || at->in == SS_CONTAINER_COMPOSITE)
        plan_typed(g, path, &at->leaf);
    else if (g->d->paths[path].nreadings == 0 && at->leaf.type == g->d->types->text)
    {
        if (at->key)
            plan_keys(g, path);
        else
            plan_free(g, path);
    }
    return false;
}

/* (,,) */
static const char *
nothing_of(const ss_type *type, ss_arena *arena)
{
    char *text = ss_alloc(arena, type->nfields + 3, 1);

    memset(text, ',', type->nfields + 1);
    text[0] = '(';
    text[type->nfields > 0 ? type->nfields : 1] = ')';
    return text;
}

static const char *
neutral_of(const planning *g, const ss_type *type)
{
    switch (g->d->container)
    {
    case SS_CONTAINER_XML:
        return "<x/>";
    case SS_CONTAINER_ARRAY:
        return "{}";
    case SS_CONTAINER_COMPOSITE:
        return nothing_of(type, g->p->arena);
    case SS_CONTAINER_NONE:
    case SS_CONTAINER_JSON:
    case SS_CONTAINER_HSTORE:
        break;
    }
    return "";
}

/* Kinds that go by whose a row is keep nothing together that is linked. */
static void
check_links(const planning *g, size_t path)
{
    const size_t group = decision_of(g, path)->group;
    const ss_kind *kind = group == SS_NONE ? NULL : g->p->groups[group].kind;

    if (kind == NULL || !kind->by_subject || g->p->plan->groups[group].n < 2)
        return;
    ss_pseudonyms_find(
        g->p, SS_FINDING_STOPS, SS_WHAT_CUT_LINK, label_of(g, path), "another kind, or no link",
        "kind %s goes by whose the row is, and the path is linked with others: equal values would "
        "not stay equal",
        kind->name);
}

typedef struct narrowing
{
    const ss_pseudonyms *p;
    const ss_path_set *set;
    size_t path;
    ss_group_kind *group;
} narrowing;

/* JSON takes anything; what has a type of its own does not. */
static bool
narrow(void *arg, const ss_leaf_place *at)
{
    const narrowing *n = arg;
    const ss_catalog *catalog = n->p->plan->leaf_types->catalog;
    const size_t limit = ss_catalog_characters(catalog, &at->leaf);
    int64_t low = INT64_MIN, high = INT64_MAX;

    if (at->key || n->set->states[at->state].path != n->path)
        return true;
    n->group->limit = limit < n->group->limit ? limit : n->group->limit;
    n->group->folds = n->group->folds || ss_catalog_folds(catalog, &at->leaf);
    if (ss_column_bounds(catalog, &no_table, &at->leaf, &low, &high))
        ss_group_bound(n->p, n->group, low, high);
    return true;
}

void
ss_document_narrow(const ss_pseudonyms *p, const ss_link_member *m, ss_group_kind *group)
{
    const ss_column *column = &p->plan->catalog->tables[m->table].columns[m->column];
    const ss_decision *d = &p->plan->tables[m->table].columns[m->column];
    narrowing n = {.p = p, .set = d->path_set, .path = m->path, .group = group};

    /* Keys of an object are as apart as those of a table. */
    group->unique = group->unique || d->paths[m->path].path.of_keys;
    ss_leaves_walk(p->plan->leaf_types, d->path_set, column->type, column->typmod, narrow, &n);
}

bool
ss_document_stays_one(const ss_document_ways *d)
{
    return d != NULL && !d->whole[SS_PATH_ROOT];
}

const ss_document_ways *
ss_document_plan(ss_pseudonyms *p, const ss_table_steps *t, size_t column,
                 const ss_document_ways *counts_with)
{
    const ss_column *c = &t->table->columns[column];
    const ss_decision *decision = &t->plan->columns[column];
    const ss_leaf_types *types = p->plan->leaf_types;
    const ss_type *type = &types->catalog->types[ss_catalog_base_type(types->catalog, c->type)];
    ss_document_ways *d = ss_alloc(p->arena, 1, sizeof *d);
    bool *whole = ss_alloc(p->arena, decision->path_set->nstates, sizeof *whole);
    planning g = {.p = p,
                  .t = t,
                  .column = column,
                  .decision = decision,
                  .d = d,
                  .capacities = ss_alloc(p->arena, decision->npaths, sizeof *g.capacities)};

    *d = (ss_document_ways){.types = types,
                            .as = ss_leaf_column(c->name, c->type, c->typmod),
                            .container = ss_container_of(type),
                            .decision = decision,
                            .set = decision->path_set,
                            .whole = whole,
                            .paths = ss_alloc(p->arena, decision->npaths, sizeof *d->paths)};
    d->neutral = neutral_of(&g, type);
    for (size_t i = 0; i < decision->npaths; i++)
    {
        d->paths[i].tally = counts_with == NULL ? ss_alloc(p->arena, 1, sizeof *d->paths[i].tally)
                                                : counts_with->paths[i].tally;
        check_links(&g, i);
    }
    for (uint32_t s = 0; s < d->set->nstates; s++)
        whole[s] = ss_paths_replace_whole(decision->paths, d->set, s);
    ss_leaves_walk(types, d->set, c->type, c->typmod, look_at, &g);
    return d;
}
