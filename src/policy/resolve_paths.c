/*
 * The policy held against a catalog: the paths of a document (docs/policy.md, section 10).
 *
 * A value at a path is treated as a column of its class would be.  What of it types alone tell is told here: which paths
 * lead to nothing, which field no path names, whether what is said fits.  Keys of JSON and hstore nobody knows before a run.
 */
#include <string.h>

#include "base/text.h"
#include "policy/coarse.h"
#include "policy/known_password.h"
#include "policy/leaves.h"
#include "policy/resolve_internal.h"
#include "rows/codec.h"

typedef struct pathing
{
    ss_resolving *r;
    const ss_leaf_types *types;
    const ss_policy_column *e;
    const ss_column *column;
    const char *label;
    ss_path_decision *list; /* of e's paths */
    size_t n;
    const ss_path_set *set;
    bool *reached; /* of each */
    bool xml;
} pathing;

const char *
ss_resolve_path_label(const ss_resolving *r, const char *label, const char *path)
{
    return ss_strf(r->result, "%s:%s", label, path);
}

static const char *
label_of(const pathing *p, size_t i)
{
    return ss_resolve_path_label(p->r, p->label, p->e->paths[i].name);
}

static bool
is_personal(const ss_decision *d)
{
    return d->class != SS_CLASS_NON_PERSONAL;
}

bool
ss_paths_leave(const ss_decision *d)
{
    for (size_t i = 0; i < d->npaths; i++)
    {
        const ss_decision *of = &d->paths[i].decision;

        if (of->personal &&
            (of->treatment == SS_TREAT_KEEP || of->treatment == SS_TREAT_GENERALISE))
            return true;
    }
    return false;
}

/* --- each by itself ------------------------------------------------------------------------------- */

static void
take_path(pathing *p, size_t i, ss_mode mode)
{
    ss_resolving *r = p->r;
    const ss_policy_column *e = &p->e->paths[i];
    ss_decision *d = &p->list[i].decision;

    (void) ss_path_parse(e->name, r->result, &p->list[i].path);
    *d = (ss_decision){.class = e->class,
                       .treatment = e->treatment != SS_TREAT_DEFAULT
                                        ? e->treatment
                                        : ss_resolve_default(mode, e->class),
                       .kind = e->kind,
                       .to = e->to,
                       .value = e->value,
                       .days = e->days,
                       .locale = e->locale,
                       .why = e->why,
                       .group = SS_NONE,
                       .undecided = e->class == SS_CLASS_UNDECIDED};
    d->personal = is_personal(d);
    if (d->undecided)
    {
        STOP(UNDECIDED, label_of(p, i), &e->place, "give it a class, and sign the column",
             "undecided");
        r->told++;
    }
    if (d->to != NULL && d->treatment != SS_TREAT_GENERALISE)
        MALFORMED(UNFIT, label_of(p, i), &e->place, "treatment: generalise, or leave to: out",
                  "to: goes with treatment: generalise, and that of the path is %s",
                  ss_treatment_name(d->treatment));
    if (ss_is_known_password(d))
        MALFORMED(UNFIT, label_of(p, i), &e->place, "treatment: nullify",
                  "known-password is for columns, not for what stands in documents");
}

/* Keys must stay apart, or what stands behind them would be lost. */
static void
check_keys(pathing *p, size_t i)
{
    ss_resolving *r = p->r;
    const ss_policy_column *e = &p->e->paths[i];
    const ss_treatment t = p->list[i].decision.treatment;

    if (!p->list[i].path.of_keys || p->list[i].decision.undecided)
        return;
    if (p->xml && t != SS_TREAT_KEEP)
        STOP(UNFIT, label_of(p, i), &e->place,
             "treatment: keep, or shape or nullify for the path of the element",
             "names of XML cannot be replaced");
    else if (t != SS_TREAT_KEEP && t != SS_TREAT_PSEUDONYMISE)
        STOP(UNFIT, label_of(p, i), &e->place,
             "treatment: pseudonymise with a kind that is unique, keep, or shape or nullify for "
             "the path of the object",
             "keys take keep and pseudonymise, and not %s", ss_treatment_name(t));
}

/* --- the types of what stands there --------------------------------------------------------------- */

bool
ss_paths_replace_whole(const ss_path_decision *paths, const ss_path_set *set, uint32_t state)
{
    const ss_path_state *s = &set->states[state];
    const ss_treatment t =
        s->path == SS_PATH_NONE ? SS_TREAT_KEEP : paths[s->path].decision.treatment;

    return s->nedges == 0 && s->other == SS_PATH_NOWHERE && s->element == SS_PATH_NOWHERE &&
           (t == SS_TREAT_SHAPE || t == SS_TREAT_NULLIFY || t == SS_TREAT_CONSTANT);
}

/* A text may be a date, where that is said. */
static bool
takes_coarse(const pathing *p, const ss_decision *d, const ss_column *leaf)
{
    const ss_catalog *catalog = p->types->catalog;
    const ss_column date = ss_leaf_column("", p->types->date, -1);
    ss_coarse ignored;

    return ss_coarse_read(catalog, leaf, d->kind, d->to, &ignored) ||
           (leaf->type == p->types->text &&
            ss_coarse_read(catalog, &date, d->kind, d->to, &ignored));
}

/* To what it is made coarser, where nothing says it. */
static void
find_coarse(const pathing *p, ss_decision *d, const ss_column *leaf)
{
    const ss_catalog *catalog = p->types->catalog;
    const ss_column date = ss_leaf_column("", p->types->date, -1);

    d->to = ss_coarse_default(catalog, leaf, d->kind);
    if (d->to == NULL && leaf->type == p->types->text && d->kind != NULL &&
        strcmp(d->kind, "date-of-birth") == 0)
        d->to = ss_coarse_default(catalog, &date, d->kind);
}

static bool
constant_fits(const pathing *p, const ss_column *leaf, const char *value)
{
    const ss_codec *codec = ss_codec_find(p->types->catalog, leaf->type);
    ss_arena *scratch = ss_arena_new(NULL);
    bool fits = false;
    ss_error ignored;

    if (codec != NULL)
    {
        const ss_codec_type type = {p->types->catalog,
                                    ss_catalog_base_type(p->types->catalog, leaf->type),
                                    ss_catalog_typmod(p->types->catalog, leaf)};
        ss_batch *batch = ss_batch_new(scratch, &codec->form, 1);

        fits =
            codec->from_text(&type, value, strlen(value), &batch->columns[0], 0, &ignored) == SS_OK;
    }
    ss_arena_free(scratch);
    return fits;
}

static bool
is_free(ss_container in)
{
    return in == SS_CONTAINER_JSON || in == SS_CONTAINER_HSTORE || in == SS_CONTAINER_XML;
}

static void
look_at_typed(pathing *p, const ss_leaf_place *at, size_t i)
{
    ss_resolving *r = p->r;
    ss_decision *d = &p->list[i].decision;
    const ss_place *place = &p->e->paths[i].place;
    const bool said = p->e->paths[i].treatment != SS_TREAT_DEFAULT;

    if (d->treatment == SS_TREAT_NULLIFY && !ss_catalog_is_nullable(p->types->catalog, &at->leaf))
    {
        if (said)
            STOP(UNFIT, label_of(p, i), place, "treatment: shape",
                 "the domain of the %s is NOT NULL: it cannot be nullified",
                 at->in == SS_CONTAINER_ARRAY ? "elements" : "field");
        d->treatment = SS_TREAT_SHAPE;
    }
    if (d->treatment == SS_TREAT_CONSTANT && !constant_fits(p, &at->leaf, d->value))
        MALFORMED(UNFIT, label_of(p, i), place,
                  "correct value:", "the value does not fit what stands there");
}

static bool
look_at(void *arg, const ss_leaf_place *at)
{
    pathing *p = arg;
    ss_resolving *r = p->r;
    const ss_catalog *catalog = p->types->catalog;
    const ss_path_state *s = &p->set->states[at->state];
    const uint32_t i = at->key ? s->keys : s->path;
    const ss_container is =
        ss_container_of(&catalog->types[ss_catalog_base_type(catalog, at->leaf.type)]);

    p->xml = p->xml || is == SS_CONTAINER_XML;
    if (is != SS_CONTAINER_NONE &&
        (at->in == SS_CONTAINER_NONE || !ss_paths_replace_whole(p->list, p->set, at->state)))
        return true;
    if (i == SS_PATH_NONE)
    {
        if (at->in == SS_CONTAINER_COMPOSITE)
            STOP(NEW, p->label, &p->e->place, "name its path", "no path names its field \"%.80s\"",
                 ss_printable(r->result, at->leaf.name));
        else if (at->in == SS_CONTAINER_ARRAY)
            STOP(NEW, p->label, &p->e->place, "name their path", "no path names its elements, [*]");
        return false;
    }
    p->reached[i] = true;
    if (p->list[i].decision.treatment == SS_TREAT_GENERALISE && p->list[i].decision.to == NULL)
        find_coarse(p, &p->list[i].decision, &at->leaf);
    if (!is_free(at->in))
        look_at_typed(p, at, i);
    return false;
}

typedef struct coarse_search
{
    const pathing *p;
    bool *takes;
} coarse_search;

static bool
look_for_coarse(void *arg, const ss_leaf_place *at)
{
    const coarse_search *c = arg;
    const uint32_t i = c->p->set->states[at->state].path;

    if (!at->key && i != SS_PATH_NONE && c->p->list[i].decision.to != NULL)
        c->takes[i] = c->takes[i] || takes_coarse(c->p, &c->p->list[i].decision, &at->leaf);
    return true;
}

/* What is coarser, and to what. */
static void
check_coarse(pathing *p)
{
    ss_resolving *r = p->r;
    coarse_search search = {.p = p, .takes = ss_alloc(r->result, p->n, sizeof(bool))};

    ss_leaves_walk(p->types, p->set, p->column->type, p->column->typmod, look_for_coarse, &search);
    for (size_t i = 0; i < p->n; i++)
    {
        const ss_policy_column *e = &p->e->paths[i];
        ss_decision *d = &p->list[i].decision;

        if (d->treatment != SS_TREAT_GENERALISE || !p->reached[i])
            continue;
        if (d->to == NULL && e->treatment == SS_TREAT_GENERALISE)
            MALFORMED(UNFIT, label_of(p, i), &e->place, "to: what",
                      "generalise needs to: here, since neither kind nor type says to what");
        else if (d->to != NULL && !search.takes[i])
            MALFORMED(UNFIT, label_of(p, i), &e->place,
                      "to: a number, the width of bands, \"1 character\", month or year",
                      "what stands there does not take what to: says");
        if (d->to == NULL)
            d->treatment = SS_TREAT_SHAPE;
    }
}

/* --- all together --------------------------------------------------------------------------------- */

static bool
is_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
check_ties(pathing *p)
{
    ss_resolving *r = p->r;

    for (size_t i = 0; i < p->set->nties; i++)
    {
        const size_t one = p->set->ties[i].one, other = p->set->ties[i].other;
        const ss_decision *a = &p->list[one].decision, *b = &p->list[other].decision;

        if (a->class == b->class && a->treatment == b->treatment && a->days == b->days &&
            is_same(a->kind, b->kind) && is_same(a->to, b->to) && is_same(a->value, b->value) &&
            is_same(a->locale, b->locale))
            continue;
        MALFORMED(UNFIT, label_of(p, one), &p->e->paths[one].place,
                  "name the path that both mean, or let them say the same",
                  "it and %.100s are as special, and disagree",
                  ss_printable(r->result, p->e->paths[other].name));
    }
}

static void
check_reach(pathing *p)
{
    ss_resolving *r = p->r;

    for (size_t i = 0; i < p->n; i++)
    {
        if (p->reached[i])
            continue;
        MALFORMED(MISSPELT, label_of(p, i), &p->e->paths[i].place, "correct or remove the path",
                  p->list[i].path.of_keys
                      ? "no keys are left to it: only where .* or .** leads on, keys are data"
                      : "no value of the type %.100s stands there",
                  ss_printable(r->result, p->column->type_text));
    }
}

static void
check_untold_keys(pathing *p)
{
    ss_resolving *r = p->r;
    const uint32_t at = ss_leaves_untold_keys(p->types, p->set, p->column->type);
    const ss_path_state *s = &p->set->states[at];
    ss_buf path = {0};

    if (at == SS_PATH_NOWHERE || s->wild == SS_PATH_NONE)
        return;
    ss_path_put(p->list[s->wild].path.steps, s->wild_at, &path);
    ss_buf_puts(&path, ".keyvalue().key");
    STOP(UNDECIDED, ss_resolve_path_label(r, p->label, ss_buf_text(&path)),
         &p->e->paths[s->wild].place,
         "give this path an entry: treatment: pseudonymise with a unique kind, or keep",
         "keys that no path names are data there, and no path says what becomes of them");
    r->told++;
    ss_buf_done(&path);
}

/* Of the whole: the class that asks for most care. */
static ss_class
class_of(const pathing *p)
{
    ss_class class = SS_CLASS_NON_PERSONAL;

    for (size_t i = 0; i < p->n; i++)
    {
        if (ss_class_care(p->list[i].decision.class) > ss_class_care(class))
            class = p->list[i].decision.class;
    }
    return class;
}

static void
resolve(pathing *p, ss_mode mode)
{
    ss_resolving *r = p->r;
    const ss_path **paths = ss_alloc(r->result, p->n, sizeof *paths);

    for (size_t i = 0; i < p->n; i++)
    {
        take_path(p, i, mode);
        paths[i] = &p->list[i].path;
    }
    p->set = ss_path_set_new(paths, p->n, r->result);
    if (p->set == NULL)
    {
        MALFORMED(UNFIT, p->label, &p->e->place, "write fewer paths, or fewer with .**",
                  "its paths can be combined in too many ways");
        return;
    }
    ss_leaves_walk(p->types, p->set, p->column->type, p->column->typmod, look_at, p);
    check_coarse(p);
    check_reach(p);
    check_ties(p);
    check_untold_keys(p);
    for (size_t i = 0; i < p->n; i++)
        check_keys(p, i);
}

void
ss_resolve_paths(ss_resolving *r, const ss_table *table, const ss_table_plan *t,
                 const ss_policy_column *e, const ss_column *column, const char *label,
                 ss_decision *d)
{
    const size_t base = ss_catalog_base_type(r->catalog, column->type);
    pathing p = {.r = r,
                 .types = r->plan->leaf_types,
                 .e = e,
                 .column = column,
                 .label = label,
                 .list = ss_alloc(r->result, e->npaths, sizeof *p.list),
                 .n = e->npaths,
                 .reached = ss_alloc(r->result, e->npaths, sizeof *p.reached)};

    if (t->mode == SS_MODE_EMPTY)
        return;
    if (t->mode == SS_MODE_SYNTHESISE)
        STOP(UNFIT, label, &e->place, "class: and treatment: of the whole column",
             "paths: goes with mode: pseudonymise: a synthesise table learns documents as a whole");
    else if (t->mode == SS_MODE_KEEP)
        STOP(UNFIT, label, &e->place, "leave paths: out, or mode: pseudonymise",
             "paths: goes with mode: pseudonymise: a kept table's documents leave as they are");
    else if (base == SS_NONE || ss_container_of(&r->catalog->types[base]) == SS_CONTAINER_NONE)
        MALFORMED(UNFIT, label, &e->place, "class: and treatment: of the whole column",
                  "paths: is for JSON, hstore, XML, arrays and composites, and the type is %.100s",
                  ss_printable(r->result, column->type_text));
    else if (ss_table_foreign_key_holds(r->catalog, table, column->attnum))
        STOP(CUT_LINK, label, &e->place, "leave paths: out",
             "a foreign key takes what its parent gives it, not a treatment of its own");
    else
    {
        resolve(&p, t->mode);
        d->paths = p.list;
        d->npaths = p.set == NULL ? 0 : p.n;
        d->path_set = p.set;
    }
    for (size_t i = 0; i < p.n && d->npaths == 0; i++)
        p.list[i].decision.class = e->paths[i].class;
    for (size_t i = 0; i < d->npaths; i++)
        d->undecided = d->undecided || d->paths[i].decision.undecided;
    d->treatment = t->mode == SS_MODE_KEEP ? SS_TREAT_KEEP : SS_TREAT_SHAPE;
    if (d->class == SS_CLASS_UNDECIDED)
        d->class = class_of(&p);
}
