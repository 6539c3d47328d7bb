/* What plan proposes for columns of pseudonymise tables, where the default of their class could not run. */
#include <string.h>

#include "base/text.h"
#include "policy/distinct.h"
#include "policy/leaves.h"
#include "pseudonymise/pseudonymise_internal.h"

/* Does a unique key lean on the column?  Not one with a running number, which is unique by itself. */
static bool
must_be_unique(const ss_table *table, const ss_column *column)
{
    for (size_t i = 0; i < table->nkeys; i++)
    {
        const ss_key *key = &table->keys[i];
        bool numbered = false;

        for (size_t c = 0; c < key->ncolumns; c++)
        {
            const ss_column *other = ss_table_attribute(table, key->attnums[c]);

            numbered = numbered || (other != NULL && other != column && ss_is_numbered(other));
        }
        if (!numbered && ss_attnums_hold(key->attnums, key->ncolumns, column->attnum))
            return true;
    }
    return false;
}

/* Can values of the column have pseudonyms of the kind? */
static bool
takes(const ss_catalog *catalog, const ss_table *table, const ss_column *column,
      const ss_kind *kind, bool unique, ss_arena *scratch)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);
    ss_kind_column about = {.catalog = catalog,
                            .type = {catalog, base, ss_catalog_typmod(catalog, column)},
                            .codec = ss_codec_find(catalog, column->type),
                            .group = "",
                            .limit = ss_catalog_characters(catalog, column),
                            .low = INT64_MIN,
                            .high = INT64_MAX,
                            .unique = unique,
                            .alone = true,
                            .keyed_rows = table->nkeys > 0 && table->keys[0].primary};

    (void) ss_integer_bounds(catalog, table, column, &about.low, &about.high);
    return base != SS_NONE && about.codec != NULL && kind != NULL &&
           kind->refusal(&about, scratch) == NULL;
}

void
ss_pseudonyms_propose(const ss_catalog *catalog, const ss_table *table, const ss_column *column,
                      ss_proposal *p, ss_arena *scratch)
{
    const bool unique = must_be_unique(table, column), folds = ss_catalog_folds(catalog, column);
    const unsigned apart = folds ? SS_UNIQUE_CASE : SS_UNIQUE;
    const ss_kind *own = p->kind == NULL ? NULL : ss_kind_find(p->kind);
    const ss_kind *of_type = ss_kind_of_type(catalog, column->type, folds);
    const bool leaves = p->class == SS_CLASS_NON_PERSONAL || p->class == SS_CLASS_UNDECIDED;

    /* Made anew of the sandbox's own texts, or empty: lexemes are those texts' words. */
    if (p->treatment == SS_TREAT_DEFAULT && ss_is_search_vector(catalog, column))
    {
        p->treatment = SS_TREAT_SHAPE;
        return;
    }
    if (column->generated != SS_GENERATED_NOT || p->treatment != SS_TREAT_DEFAULT || leaves ||
        p->class == SS_CLASS_KEY || ss_table_foreign_key_holds(catalog, table, column->attnum))
        return;
    if (p->class != SS_CLASS_DIRECT_IDENTIFIER &&
        (!unique || (p->class != SS_CLASS_QUASI_IDENTIFIER &&
                     ss_catalog_is_nullable(catalog, column) && p->class != SS_CLASS_FREE_TEXT)))
        return;
    if (p->class == SS_CLASS_DIRECT_IDENTIFIER && p->kind == NULL &&
        takes(catalog, table, column, of_type, unique, scratch))
        return;
    if (takes(catalog, table, column, own, unique, scratch) &&
        (!unique || (own->guarantees & apart) != 0))
    {
        if (p->class != SS_CLASS_DIRECT_IDENTIFIER)
            p->treatment = SS_TREAT_PSEUDONYMISE;
        return;
    }
    /* Numbers that nobody has do not suffice, and others may be somebody's. */
    if (unique && own != NULL && takes(catalog, table, column, own, false, scratch) &&
        (own->guarantees & apart) != 0 && ss_catalog_is_nullable(catalog, column))
    {
        p->treatment = SS_TREAT_NULLIFY;
        return;
    }
    if (unique && takes(catalog, table, column, of_type, unique, scratch))
    {
        p->treatment = SS_TREAT_PSEUDONYMISE;
        p->kind = of_type->name;
    }
    else
        p->treatment = SS_TREAT_SHAPE;
}

static bool
is_made_coarser(const ss_proposal *p)
{
    return p->class == SS_CLASS_QUASI_IDENTIFIER && p->treatment == SS_TREAT_DEFAULT;
}

/* Would the column stay as it is, and can it be made coarser? */
static bool
stays_but_need_not(const ss_catalog *catalog, const ss_table *table, size_t c, const ss_proposal *p)
{
    const size_t base = ss_catalog_base_type(catalog, table->columns[c].type);
    const ss_type *type = base == SS_NONE ? NULL : &catalog->types[base];
    bool in_key = false;

    for (size_t i = 0; i < table->nkeys; i++)
        in_key = in_key || ss_attnums_hold(table->keys[i].attnums, table->keys[i].ncolumns,
                                           table->columns[c].attnum);
    return p->class == SS_CLASS_NON_PERSONAL && !p->stated && p->treatment == SS_TREAT_DEFAULT &&
           !in_key && table->columns[c].generated == SS_GENERATED_NOT && type != NULL &&
           (ss_type_is(type, "date") || ss_type_is(type, "timestamp") ||
            ss_type_is(type, "timestamptz"));
}

static bool
is_birth(const ss_proposal *p)
{
    return p->kind != NULL && strcmp(p->kind, "date-of-birth") == 0;
}

/* Both or neither: of what is coarser and what stays, which is first is another matter. */
static void
take_alike(const ss_catalog *catalog, const ss_table *table, ss_proposal *list, size_t one,
           size_t other, ss_arena *result)
{
    const bool born = is_birth(&list[one]);

    if (!is_made_coarser(&list[one]) ||
        !(born ? is_made_coarser(&list[other]) && !is_birth(&list[other])
               : stays_but_need_not(catalog, table, other, &list[other])))
        return;
    list[other].class = SS_CLASS_QUASI_IDENTIFIER;
    list[other].kind = list[one].kind;
    list[other].why = ss_strf(result, "compared with %s by a CHECK, so it is made coarser alike",
                              ss_printable(result, table->columns[one].name));
}

void
ss_pseudonyms_propose_alike(const ss_catalog *catalog, const ss_table *table, ss_proposal *list,
                            ss_arena *result)
{
    for (size_t i = 0; i < table->nchecks; i++)
    {
        const ss_check *check = &table->checks[i];
        size_t one, other;

        if (check->ncolumns != 2)
            continue;
        one = ss_table_index(table, check->attnums[0]);
        other = ss_table_index(table, check->attnums[1]);
        if (one == SS_NONE || other == SS_NONE ||
            ss_catalog_base_type(catalog, table->columns[one].type) !=
                ss_catalog_base_type(catalog, table->columns[other].type))
            continue;
        take_alike(catalog, table, list, one, other, result);
        take_alike(catalog, table, list, other, one, result);
    }
}

/* --- documents ------------------------------------------------------------------------------------ */

#define PATHS_MAX 100 /* that somebody could look through */

/* Could its kind make pseudonyms of values of the type? */
static bool
leaf_takes(const ss_catalog *catalog, size_t type, int32_t typmod, const ss_kind *kind,
           ss_arena *scratch)
{
    const ss_column leaf = ss_leaf_column("", type, typmod);
    const ss_kind_column about = {
        .catalog = catalog,
        .type = {catalog, ss_catalog_base_type(catalog, type), ss_catalog_typmod(catalog, &leaf)},
        .codec = ss_codec_find(catalog, type),
        .group = "",
        .limit = ss_catalog_characters(catalog, &leaf),
        .low = INT64_MIN,
        .high = INT64_MAX,
        .alone = true};

    return kind != NULL && about.codec != NULL && kind->refusal(&about, scratch) == NULL;
}

/* What has no pseudonym gets a shape. */
static void
propose_path(const ss_catalog *catalog, const size_t *types, size_t ntypes, ss_proposal *p,
             ss_arena *scratch)
{
    bool takes = false;

    if (p->class != SS_CLASS_DIRECT_IDENTIFIER && p->class != SS_CLASS_KEY)
        return;
    for (size_t i = 0; i < ntypes; i++)
        takes = takes || leaf_takes(catalog, types[i], -1,
                                    p->kind == NULL ? ss_kind_of_type(catalog, types[i], false)
                                                    : ss_kind_find(p->kind),
                                    scratch);
    if (!takes)
        p->treatment = SS_TREAT_SHAPE;
}

/* Of a type that is not made of others, and that has no CHECKs. */
static bool
is_value(const ss_catalog *catalog, size_t type)
{
    return ss_catalog_base_type(catalog, type) == type &&
           ss_container_of(&catalog->types[type]) == SS_CONTAINER_NONE &&
           ss_codec_find(catalog, type) != NULL;
}

/* Are the keys of a path named, all of them? */
static bool
is_plain(const char *text, ss_arena *scratch)
{
    ss_path path;

    if (ss_path_parse(text, scratch, &path) != NULL)
        return false;
    for (size_t i = 0; i < path.nsteps; i++)
    {
        if (path.steps[i].kind != SS_PATH_KEY && path.steps[i].kind != SS_PATH_ELEMENT)
            return false;
    }
    return true;
}

static void
propose_document(const ss_catalog *catalog, const ss_classified *c, ss_proposal *p,
                 ss_arena *result)
{
    const ss_leaf_types *types = ss_leaf_types_new(catalog, result);
    const size_t leaves[] = {types->text, types->number};
    ss_path_proposal *list = ss_alloc(result, c->npaths + c->nempty + 1, sizeof *list);
    size_t n = 0;

    for (size_t i = 0; i < c->npaths; i++)
    {
        list[n] = c->paths[i];
        if (!is_plain(list[n].path, result))
            return;
        propose_path(types->catalog, leaves, 2, &list[n++].proposal, result);
    }
    for (size_t i = 0; i < c->nempty; i++)
    {
        list[n] = (ss_path_proposal){
            c->empty[i], {.class = SS_CLASS_FREE_TEXT, .why = "NULL wherever it was looked at"}};
        if (!is_plain(list[n++].path, result))
            return;
    }
    p->paths = list;
    p->npaths = n;
}

/* What was found at a path; NULL: nothing but NULL stood there. */
static const ss_path_proposal *
found_at(const ss_classified *c, const char *path)
{
    for (size_t i = 0; i < c->npaths; i++)
    {
        if (strcmp(c->paths[i].path, path) == 0)
            return &c->paths[i];
    }
    return NULL;
}

/* Field by field, where each is a value by itself. */
static void
propose_composite(const ss_catalog *catalog, const ss_type *type, const ss_classified *c,
                  ss_proposal *p, ss_arena *result)
{
    ss_path_proposal *list = ss_alloc(result, type->nfields + 1, sizeof *list);

    for (size_t i = 0; i < type->nfields; i++)
    {
        const ss_type_field *f = &type->fields[i];
        const ss_path_step step = {.kind = SS_PATH_KEY, .key = f->name, .n = strlen(f->name)};
        const ss_path_proposal *found;
        ss_buf path = {0};

        if (!is_value(catalog, f->type))
            return;
        ss_path_put(&step, 1, &path);
        list[i].path = ss_strdup(result, ss_buf_text(&path));
        ss_buf_done(&path);
        found = found_at(c, list[i].path);
        list[i].proposal = found != NULL ? found->proposal
                                         : (ss_proposal){.class = SS_CLASS_FREE_TEXT,
                                                         .why = "NULL wherever it was looked at"};
        propose_path(catalog, &f->type, 1, &list[i].proposal, result);
    }
    p->paths = list;
    p->npaths = type->nfields;
}

/* Elements of a list are what the column is. */
static void
propose_elements(const ss_catalog *catalog, size_t element, ss_proposal *p, ss_arena *result)
{
    ss_path_proposal *one = ss_alloc(result, 1, sizeof *one);

    if (!is_value(catalog, element))
        return;
    *one = (ss_path_proposal){"$[*]", *p};
    one->proposal.treatment = SS_TREAT_DEFAULT;
    propose_path(catalog, &element, 1, &one->proposal, result);
    p->paths = one;
    p->npaths = 1;
}

void
ss_pseudonyms_propose_paths(const ss_catalog *catalog, const ss_column *column,
                            const ss_classified *c, ss_proposal *p, ss_arena *result)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);
    const ss_type *type = base == SS_NONE ? NULL : &catalog->types[base];
    const bool is_text = p->class == SS_CLASS_DIRECT_IDENTIFIER || p->class == SS_CLASS_FREE_TEXT ||
                         p->class == SS_CLASS_QUASI_IDENTIFIER;

    if (type == NULL || p->stated || column->generated != SS_GENERATED_NOT)
        return;
    switch (ss_container_of(type))
    {
    case SS_CONTAINER_JSON:
    case SS_CONTAINER_HSTORE:
    case SS_CONTAINER_XML:
        /* What its own name says of the column counts more than what its keys say. */
        if (c->npaths > 0 && c->npaths + c->nempty <= PATHS_MAX && !c->open && p->kind != NULL &&
            strcmp(p->kind, "document") == 0)
            propose_document(catalog, c, p, result);
        return;
    case SS_CONTAINER_ARRAY:
        if (is_text && c->npaths == 0)
            propose_elements(catalog, type->base, p, result);
        return;
    case SS_CONTAINER_COMPOSITE:
        if (c->npaths > 0 && !c->open && p->kind != NULL && strcmp(p->kind, "document") == 0)
            propose_composite(catalog, type, c, p, result);
        return;
    case SS_CONTAINER_NONE:
        return;
    }
}
