#include "policy/leaves.h"

#include <string.h>

#define DEPTH_MAX 16 /* of arrays and composites within one another; codecs take fewer */

/* oid, name: of pg_type (pg_type.dat). */
static const struct
{
    ss_oid oid;
    const char *name;
    char category;
} added[] = {{25, "text", 'S'},   {1700, "numeric", 'N'},   {16, "bool", 'B'},
             {1082, "date", 'D'}, {1114, "timestamp", 'D'}, {2950, "uuid", 'U'}};

#define NADDED (sizeof added / sizeof added[0])

const ss_leaf_types *
ss_leaf_types_new(const ss_catalog *catalog, ss_arena *result)
{
    ss_leaf_types *l = ss_alloc(result, 1, sizeof *l);
    ss_catalog *c = ss_alloc(result, 1, sizeof *c);
    ss_type *types = ss_alloc(result, catalog->ntypes + NADDED, sizeof *types);

    *c = *catalog;
    if (catalog->ntypes > 0)
        memcpy(types, catalog->types, catalog->ntypes * sizeof *types);
    for (size_t i = 0; i < NADDED; i++)
        types[c->ntypes++] = (ss_type){.oid = added[i].oid,
                                       .schema = "pg_catalog",
                                       .name = added[i].name,
                                       .kind = SS_TYPE_BASE,
                                       .base = SS_NONE,
                                       .base_typmod = -1,
                                       .delimiter = ',',
                                       .category = added[i].category};
    c->types = types;
    *l = (ss_leaf_types){.catalog = c,
                         .text = catalog->ntypes,
                         .number = catalog->ntypes + 1,
                         .flag = catalog->ntypes + 2,
                         .date = catalog->ntypes + 3,
                         .moment = catalog->ntypes + 4,
                         .uuid = catalog->ntypes + 5};
    return l;
}

ss_container
ss_container_of(const ss_type *type)
{
    if (type->kind == SS_TYPE_ARRAY)
        return SS_CONTAINER_ARRAY;
    if (type->kind == SS_TYPE_COMPOSITE)
        return SS_CONTAINER_COMPOSITE;
    if (ss_type_is(type, "json") || ss_type_is(type, "jsonb"))
        return SS_CONTAINER_JSON;
    if (ss_type_is(type, "xml"))
        return SS_CONTAINER_XML;
    if (type->extension != NULL && strcmp(type->name, "hstore") == 0)
        return SS_CONTAINER_HSTORE;
    return SS_CONTAINER_NONE;
}

ss_column
ss_leaf_column(const char *name, size_t type, int32_t typmod)
{
    return (ss_column){.name = name,
                       .type = type,
                       .typmod = typmod,
                       .type_text = "",
                       .sequence = SS_NONE,
                       .null_frac = -1};
}

typedef struct walk
{
    const ss_leaf_types *types;
    const ss_path_set *set;
    ss_leaf_visit *visit;
    void *arg;
    bool *seen; /* states of JSON, hstore or XML */
    uint32_t untold;
} walk;

static bool
visit(const walk *w, uint32_t state, ss_container in, bool key, ss_column leaf)
{
    return w->visit == NULL || w->visit(w->arg, &(ss_leaf_place){state, in, key, leaf});
}

static void
visit_type(const walk *w, uint32_t state, ss_container in, bool key, size_t type)
{
    (void) visit(w, state, in, key, ss_leaf_column("", type, -1));
}

/* Where keys that no path names lead on, some path must say what becomes of them. */
static void
look_at_keys(walk *w, uint32_t state, ss_container in)
{
    const ss_path_state *s = &w->set->states[state];

    if (s->other == SS_PATH_NOWHERE)
        return;
    if (s->keys != SS_PATH_NONE)
        visit_type(w, state, in, true, w->types->text);
    else if (w->untold == SS_PATH_NOWHERE)
        w->untold = state;
}

/* What keys and elements lead to. */
static void
walk_free(walk *w, uint32_t state, ss_container in)
{
    const ss_path_state *s = &w->set->states[state];

    if (state == SS_PATH_NOWHERE || w->seen[state])
        return;
    w->seen[state] = true;
    visit_type(w, state, in, false, w->types->text);
    if (in == SS_CONTAINER_JSON)
    {
        visit_type(w, state, in, false, w->types->number);
        visit_type(w, state, in, false, w->types->flag);
    }
    look_at_keys(w, state, in);
    for (size_t i = 0; i < s->nedges; i++)
        walk_free(w, s->edges[i].to, in);
    walk_free(w, s->other, in);
    if (in == SS_CONTAINER_JSON)
        walk_free(w, s->element, in);
}

/* hstore has no depth. */
static void
walk_hstore(walk *w, uint32_t state)
{
    const ss_path_state *s = &w->set->states[state];

    look_at_keys(w, state, SS_CONTAINER_HSTORE);
    for (size_t i = 0; i < s->nedges; i++)
        visit_type(w, s->edges[i].to, SS_CONTAINER_HSTORE, false, w->types->text);
    visit_type(w, s->other, SS_CONTAINER_HSTORE, false, w->types->text);
}

static void
walk_type(walk *w, uint32_t state, ss_column as, ss_container in, unsigned depth)
{
    const ss_catalog *catalog = w->types->catalog;
    const size_t base = ss_catalog_base_type(catalog, as.type);
    const ss_type *t = base == SS_NONE ? NULL : &catalog->types[base];

    if (t == NULL || depth > DEPTH_MAX || !visit(w, state, in, false, as))
        return;
    switch (ss_container_of(t))
    {
    case SS_CONTAINER_NONE:
        return;
    case SS_CONTAINER_HSTORE:
        walk_hstore(w, state);
        return;
    case SS_CONTAINER_JSON:
    case SS_CONTAINER_XML:
        memset(w->seen, 0, w->set->nstates * sizeof *w->seen);
        walk_free(w, state, ss_container_of(t));
        return;
    case SS_CONTAINER_ARRAY:
        walk_type(w, w->set->states[state].element,
                  ss_leaf_column(as.name, t->base, ss_catalog_typmod(catalog, &as)),
                  SS_CONTAINER_ARRAY, depth + 1);
        return;
    case SS_CONTAINER_COMPOSITE:
        for (size_t i = 0; i < t->nfields; i++)
        {
            const ss_type_field *f = &t->fields[i];
            bool named;

            walk_type(w, ss_path_next(w->set, state, f->name, strlen(f->name), &named),
                      ss_leaf_column(f->name, f->type, f->typmod), SS_CONTAINER_COMPOSITE,
                      depth + 1);
        }
        return;
    }
}

static uint32_t
walk_all(const ss_leaf_types *types, const ss_path_set *set, size_t type, int32_t typmod,
         ss_leaf_visit *visitor, void *arg)
{
    ss_arena *scratch = ss_arena_new(NULL);
    walk w = {.types = types,
              .set = set,
              .visit = visitor,
              .arg = arg,
              .seen = ss_alloc(scratch, set->nstates, sizeof(bool))};

    walk_type(&w, SS_PATH_ROOT, ss_leaf_column("", type, typmod), SS_CONTAINER_NONE, 0);
    ss_arena_free(scratch);
    return w.untold;
}

void
ss_leaves_walk(const ss_leaf_types *types, const ss_path_set *set, size_t type, int32_t typmod,
               ss_leaf_visit *visitor, void *arg)
{
    (void) walk_all(types, set, type, typmod, visitor, arg);
}

uint32_t
ss_leaves_untold_keys(const ss_leaf_types *types, const ss_path_set *set, size_t type)
{
    return walk_all(types, set, type, -1, NULL, NULL);
}
