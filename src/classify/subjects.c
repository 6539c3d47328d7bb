#include "classify/subjects.h"

#include <string.h>

#include "base/text.h"
#include "catalog/people.h"
#include "classify/recogniser.h"
#include "classify/subjects_internal.h"

#define ENOUGH_VALUES 20
#define ENOUGH_FOUND  0.95
#define WHY_PATHS     4 /* that the reason names */
#define FEW           50
#define UNIQUE        0.9

/* Who comes again: one person may have several rows. */
static const char COMES_AGAIN[] =
    "passenger*|guest|guests|visitor|visitors|participant*|attendee*|signup*|registrant*|caller*|"
    "applicant*|candidate*|voter*|borrower*|beneficiar*";

/* A patient has a doctor and is not the doctor's row. */
static const char SERVED[] =
    "customer*|client*|patient|patients|student|students|pupil|pupils|kunde*|member|members|"
    "subscriber*|contact|contacts|lead|leads";
static const char SERVING[] = "agent|agents|agente|agentes|staff|employee*|doctor*|physician*|"
                              "practitioner*|teacher*|manager*|"
                              "mitarbeiter*|worker*|driver*|dipendent*|empleado*|provider*";

/* Within what a key is one of somebody's, where its name does not end like a key's. */
static const char REALMS[] = "tenant*|mandant*|realm*|org*|company|firm*|site*|region*|country|"
                             "shard*|branch|school*|shop*|store*|account*|workspace*|instance*|"
                             "server*|source*|system*|project*|team*|domain*|network*";

/* What tells several rows of one apart. */
static const char VERSIONS[] =
    "version*|revision*|rev|valid*|effective*|effdt|effseq|history|hist|seq|sequence|line|row|"
    "lang|language*|locale*|culture*|period*|year*|month*|quarter*|week*|day*|date*|time*|from|"
    "since|start*|begin*|snapshot*|term|terms|season*|generation*|change*|update*";

/* --- what leads where --------------------------------------------------------------------------- */

static bool
belongs(const ss_subjects *f, size_t t, size_t column, size_t parent)
{
    const ss_words *name = &f->about[t].names[column];
    const ss_words stem = ss_soft_stem(name, f->result);

    return ss_key_is_alone(&f->catalog->tables[t], &f->catalog->tables[t].columns[column]) ||
           (stem.n > 0 && ss_soft_is_named(f, ss_soft_join(&stem, 0, stem.n, f->result), parent));
}

/* The column of a foreign key that the fewest others share. */
static size_t
own_column(const ss_subject_node *n, const ss_reference *r)
{
    size_t best = r->columns[0], least = SS_NONE;

    for (size_t i = 0; i < r->ncolumns; i++)
    {
        size_t shared = 0;

        for (size_t k = 0; k < n->ndeclared; k++)
        {
            for (size_t c = 0; c < n->declared[k].ncolumns; c++)
                shared += n->declared[k].columns[c] == r->columns[i];
        }
        if (shared <= least)
        {
            least = shared;
            best = r->columns[i];
        }
    }
    return best;
}

static void
add_edge(ss_subjects *f, size_t t, size_t column, size_t parent, const ss_candidate *soft)
{
    ss_subject_node *n = &f->nodes[t];

    if (parent == t)
        return;
    n->edges[n->nedges++] =
        (ss_subject_edge){.parent = parent,
                          .column = column,
                          .doing = ss_people_are_doing(&f->about[t].names[column]),
                          .belongs = belongs(f, t, column, parent),
                          .soft = soft};
}

/* refuted: those that values spoke against are left out. */
static void
list_edges(ss_subjects *f, bool refuted)
{
    for (size_t t = 0; t < f->catalog->ntables; t++)
    {
        ss_subject_node *n = &f->nodes[t];

        n->nedges = 0;
        for (size_t i = 0; i < n->ndeclared; i++)
            add_edge(f, t, own_column(n, &n->declared[i]), n->declared[i].parent, NULL);
        for (size_t i = 0; i < n->ncandidates; i++)
        {
            if (!refuted || n->candidates[i].taken)
                add_edge(f, t, n->candidates[i].column, n->candidates[i].parent, &n->candidates[i]);
        }
    }
}

static bool
last_word_is(const ss_subjects *f, size_t t, const char *patterns)
{
    const ss_words *name = &f->names[t];

    return name->n > 0 && ss_words_find(&(ss_words){name->list + name->n - 1, 1}, patterns).n > 0;
}

/* Is the row its parent's rather than somebody's own: a profile of a user?  Not where the parent is one of this table's. */
static bool
is_owned_by(const ss_subjects *f, size_t t, const ss_subject_edge *e)
{
    const ss_subject_node *n = &f->nodes[t];
    const ss_about *about = &f->about[t];
    const bool own = about->given_name || about->birth;
    size_t at = e->parent;

    if (!f->nodes[e->parent].people || !e->belongs ||
        (last_word_is(f, t, SERVED) && last_word_is(f, e->parent, SERVING)))
        return false;
    if (own &&
        !ss_key_is_alone(&f->catalog->tables[t], &f->catalog->tables[t].columns[e->column]) &&
        !last_word_is(f, t, COMES_AGAIN))
        return false;
    for (size_t steps = 0; at != SS_NONE && steps <= f->npeople; steps++)
    {
        if (&f->nodes[at] == n)
            return false;
        at = f->nodes[at].owner;
    }
    return true;
}

/* Named as the table's own key: "customer_id" of customer; "id". */
static bool
is_own(const ss_subjects *f, size_t t, size_t column, bool *by_name)
{
    const ss_words stem = ss_soft_stem(&f->about[t].names[column], f->result);

    *by_name = stem.n > 0 && ss_soft_is_named(f, ss_soft_join(&stem, 0, stem.n, f->result), t);
    return *by_name || stem.n == 0;
}

/* Does the name end like that of a key, and of none that counts what one has: visit_no? */
static bool
ends_like_key(const ss_words *name, ss_arena *result)
{
    const ss_words stem = ss_soft_stem(name, result);

    return stem.n > 0 && stem.n < name->n &&
           ss_words_find(&(ss_words){name->list + name->n - 1, 1}, "no|nr|num|number|nummer").n ==
               0;
}

/* May it say within what the other column of a key is somebody's own: tenant_id?  Not which of several rows it is. */
static bool
is_realm(const ss_subjects *f, size_t t, size_t column)
{
    const ss_subject_node *n = &f->nodes[t];
    const ss_words *name = &f->about[t].names[column];

    return ss_people_key_type(f->catalog, f->catalog->tables[t].columns[column].type) &&
           ss_words_find(name, VERSIONS).n == 0 &&
           (ss_references_hold(n->declared, n->ndeclared, column) ||
            ends_like_key(name, f->result) || ss_words_find(name, REALMS).n > 0);
}

/* Is it a key of several columns one of which is the table's own: (tenant_id, id), not (id, valid_from)? */
static bool
tells_people_apart(const ss_subjects *f, size_t t, const ss_key *key)
{
    const ss_table *table = &f->catalog->tables[t];
    size_t own = SS_NONE;
    bool named = false;

    if (key->expression || key->partial || !key->valid)
        return false;
    for (size_t i = 0; i < key->ncolumns; i++)
    {
        const size_t c = ss_table_index(table, key->attnums[i]);
        bool by_name;

        if (c == SS_NONE)
            return false;
        if (!is_own(f, t, c, &by_name) || (own != SS_NONE && named >= by_name))
            continue;
        own = c;
        named = by_name;
    }
    for (size_t i = 0; own != SS_NONE && i < key->ncolumns; i++)
    {
        const size_t c = ss_table_index(table, key->attnums[i]);

        if (c != own && !is_realm(f, t, c))
            return false;
    }
    return own != SS_NONE;
}

static bool
has_own_key(const ss_subjects *f, size_t t)
{
    const ss_table *table = &f->catalog->tables[t];

    for (size_t k = 0; k < table->nkeys; k++)
    {
        if (tells_people_apart(f, t, &table->keys[k]))
            return true;
    }
    return false;
}

/* Does it say which of several rows of one a row is: a version, a period, a date that is not of birth? */
static bool
is_version(const ss_subjects *f, size_t t, size_t column)
{
    const size_t type = f->catalog->tables[t].columns[column].type;
    const size_t base = ss_catalog_base_type(f->catalog, type);
    const char letter = ss_recogniser_letter(f->catalog, type);
    ss_pattern pattern;
    const ss_recogniser *r = ss_recognise(&f->about[t].rest[column], letter, true, true, &pattern);

    if (r != NULL && strcmp(r->kind, "date-of-birth") == 0)
        return false;
    return strchr("dm", letter) != NULL ||
           (base != SS_NONE && f->catalog->types[base].kind == SS_TYPE_RANGE) ||
           ss_words_find(&f->about[t].names[column], VERSIONS).n > 0;
}

static bool
any_is_version(const ss_subjects *f, size_t t, const int16_t *attnums, size_t n)
{
    for (size_t i = 0; i < n && n > 1; i++)
    {
        const size_t c = ss_table_index(&f->catalog->tables[t], attnums[i]);

        if (c != SS_NONE && is_version(f, t, c))
            return true;
    }
    return false;
}

/* Beside a key that numbers the rows, is there one that tells versions of one apart: id, and (code, valid_from)? */
static bool
has_versions(const ss_subjects *f, size_t t)
{
    const ss_table *table = &f->catalog->tables[t];

    for (size_t k = 0; k < table->nkeys; k++)
    {
        if (any_is_version(f, t, table->keys[k].attnums, table->keys[k].ncolumns))
            return true;
    }
    for (size_t k = 0; k < table->nexclusions; k++)
    {
        if (any_is_version(f, t, table->exclusions[k].attnums, table->exclusions[k].ncolumns))
            return true;
    }
    return false;
}

/* Without a key: does the planner know that what is named like one comes again?  A number above 0 is a tenth of the rows at most. */
static bool
own_key_comes_again(const ss_subjects *f, size_t t)
{
    const ss_table *table = &f->catalog->tables[t];

    for (size_t c = 0; table->nkeys == 0 && c < table->ncolumns; c++)
    {
        const double distinct = table->columns[c].n_distinct;
        bool by_name;

        if (is_own(f, t, c, &by_name) &&
            (by_name || ss_words_find(&f->about[t].names[c], "id|uuid|guid|uid|oid|pk|sk").n > 0) &&
            distinct != 0 && distinct > -UNIQUE)
            return true;
    }
    return false;
}

/*
 * May one person have several rows of a table of that name: are they told apart by columns none of which is its own key, or
 * as versions are, or does a key to people lead nowhere here?
 */
static bool
has_several(const ss_subjects *f, size_t t)
{
    const ss_table *table = &f->catalog->tables[t];
    const ss_subject_node *n = &f->nodes[t];

    if ((table->nkeys > 0 && ss_soft_key_column(table, 0) == SS_NONE && !has_own_key(f, t)) ||
        has_versions(f, t) || own_key_comes_again(f, t))
        return true;
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const ss_words stem = ss_soft_stem(&f->about[t].names[c], f->result);
        /* Of somebody in a role ("assigned_user_id") the row is not. */
        bool told = stem.n > 1 || table->columns[c].n_distinct == -1 ||
                    !ss_people_key_type(f->catalog, table->columns[c].type) ||
                    !ss_people_are_behind(&f->about[t].names[c]) ||
                    ss_references_hold(n->declared, n->ndeclared, c) ||
                    ss_key_is_alone(table, &table->columns[c]);

        for (size_t i = 0; i < n->nedges; i++)
            told = told || n->edges[i].column == c;
        if (!told)
            return true;
    }
    return false;
}

static void
find_people(ss_subjects *f)
{
    for (size_t i = 0; i < f->npeople; i++)
        f->nodes[f->people[i]].owner = SS_NONE;
    for (size_t i = 0; i < f->npeople; i++)
    {
        const size_t t = f->people[i];
        const ss_words *name = &f->names[t];
        ss_subject_node *n = &f->nodes[t];
        bool leads_on = false;

        for (size_t k = 0; k < n->nedges; k++)
        {
            leads_on = leads_on || !n->edges[k].doing;
            if (n->owner == SS_NONE && is_owned_by(f, t, &n->edges[k]))
                n->owner = n->edges[k].parent;
        }
        /* An order may have a name and a date of birth in it, too. */
        n->self = n->owner == SS_NONE && !has_several(f, t) &&
                  !(leads_on && (!ss_people_are(name) || last_word_is(f, t, COMES_AGAIN)));
    }
}

/* Who did something with a parent is not behind its children. */
static void
find_who_reaches(ss_subjects *f)
{
    for (size_t t = 0; t < f->catalog->ntables; t++)
        f->nodes[t].reaches = f->nodes[t].self;
    for (bool more = true; more;)
    {
        more = false;
        for (size_t t = 0; t < f->catalog->ntables; t++)
        {
            ss_subject_node *n = &f->nodes[t];

            for (size_t i = 0; i < n->nedges && !n->reaches; i++)
            {
                if (!n->edges[i].doing && f->nodes[n->edges[i].parent].reaches)
                    more = n->reaches = true;
            }
        }
    }
}

/* --- values ------------------------------------------------------------------------------------- */

/* only: nothing else can be meant. */
static bool
holds(const ss_candidate *c, const ss_inclusion *answer, bool only)
{
    /* Small numbers are keys of many a table: a part of its name alone wants more. */
    if (c->strength == SS_NAMED_BY_PART && (!only || answer->values < ENOUGH_VALUES))
        return false;
    if (answer->values >= ENOUGH_VALUES)
        return (double) answer->found >= ENOUGH_FOUND * (double) answer->values;
    if (answer->values == 0)
        return c->strength >= SS_NAMED_BY_LAST || only;
    return answer->found == answer->values;
}

static void
ask(ss_subjects *f, size_t t, ss_candidate *c, bool only)
{
    const ss_table *table = &f->catalog->tables[t], *parent = &f->catalog->tables[c->parent];
    ss_inclusion answer = {0};
    const char *how =
        c->strength == SS_NAMED_BY_ROLE ? "somebody by its name" : "named as keys to it are";

    if (f->ask == NULL || !f->ask(f->arg, table, &table->columns[c->column], parent,
                                  &parent->columns[c->key], &answer))
    {
        c->taken = holds(c, &answer, only);
        c->why = ss_strf(f->result, "%s; no foreign key, and no values were looked at", how);
        return;
    }
    c->taken = holds(c, &answer, only);
    c->why = answer.values == 0
                 ? ss_strf(f->result, "%s; no foreign key, and no values to look at", how)
                 : ss_strf(f->result, "%s; no foreign key; %s values looked at are there", how,
                           answer.found == answer.values ? "all" : "nearly all");
}

/*
 * Of each column's candidates, the strongest first, that which holds; it need not lead to people itself.  Columns none of
 * whose candidates does are not looked at.
 */
static void
ask_values(ss_subjects *f)
{
    for (size_t t = 0; t < f->catalog->ntables; t++)
    {
        ss_subject_node *n = &f->nodes[t];

        for (size_t from = 0, to; from < n->ncandidates; from = to)
        {
            bool leads = false, done = false;

            for (to = from;
                 to < n->ncandidates && n->candidates[to].column == n->candidates[from].column;
                 to++)
                leads = leads || f->nodes[n->candidates[to].parent].reaches;
            for (size_t i = from; i < to && leads && !done; i++)
            {
                ask(f, t, &n->candidates[i], to - from == 1);
                done = n->candidates[i].taken;
            }
        }
    }
}

/* --- proposals ---------------------------------------------------------------------------------- */

/* People of whom nothing can be told (design 5.7), as far as the server's statistics know. */
static bool
is_few(const ss_subjects *f, size_t t)
{
    const double rows = f->catalog->tables[t].reltuples;

    return f->nodes[t].self && rows > 0 && rows < FEW;
}

/* Where each of the columns leads to: "public.customer, by way of public.orders". */
static const char *
paths_text(const ss_subjects *f, size_t t, const size_t *columns, size_t n)
{
    const ss_subject_node *of = &f->nodes[t];
    ss_buf out = {0};
    const char *copy;

    for (size_t i = 0; i < n && i < WHY_PATHS; i++)
    {
        for (size_t k = 0; k < of->nedges; k++)
        {
            const ss_subject_edge *e = &of->edges[k];

            if (e->column != columns[i] || !f->nodes[e->parent].reaches)
                continue;
            ss_buf_printf(&out, "%s%s%s%s", out.len == 0 ? "" : ", ",
                          f->nodes[e->parent].self ? "" : "by way of ",
                          f->catalog->tables[e->parent].label,
                          is_few(f, e->parent) ? " (few: shapes alone while they count)" : "");
            break;
        }
    }
    if (n > WHY_PATHS)
        ss_buf_printf(&out, " and %zu more", n - WHY_PATHS);
    copy = ss_strf(f->result, "%s", ss_buf_text(&out));
    ss_buf_done(&out);
    return copy;
}

/* Is it named as keys to people are, and leads nowhere?  Whom it stands for nobody counts. */
static bool
leads_astray(const ss_subjects *f, size_t t, size_t c)
{
    const ss_table *table = &f->catalog->tables[t];
    const ss_column *column = &table->columns[c];
    const ss_subject_node *n = &f->nodes[t];

    for (size_t i = 0; i < n->ncandidates; i++)
    {
        if (n->candidates[i].column == c && n->candidates[i].taken &&
            f->nodes[n->candidates[i].parent].reaches)
            return false;
    }
    return ss_people_key_type(f->catalog, column->type) && column->generated == SS_GENERATED_NOT &&
           ss_people_are_behind(&f->about[t].names[c]) &&
           !ss_references_hold(n->declared, n->ndeclared, c) && !ss_key_is_alone(table, column);
}

/* Those of the table, behind what else there is to say. */
static const char *
but_astray(const ss_subjects *f, size_t t, const char *text)
{
    const ss_table *table = &f->catalog->tables[t];
    size_t found = 0;

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (leads_astray(f, t, c) && found++ < WHY_PATHS)
            text = ss_strf(f->result, "%s%s%s", text, found == 1 ? "; not counted: " : ", ",
                           table->columns[c].name);
    }
    return text;
}

static bool
can_be_named(const char *column)
{
    return strcmp(column, "self") != 0 && strcmp(column, "none") != 0;
}

static void
list_soft(const ss_subjects *f, size_t t, ss_subject_proposal *p)
{
    const ss_table *table = &f->catalog->tables[t];
    const ss_subject_node *n = &f->nodes[t];
    ss_soft_proposal *soft = ss_alloc(f->result, table->ncolumns + 1, sizeof *soft);

    for (size_t i = 0; i < n->ncandidates; i++)
    {
        const ss_candidate *c = &n->candidates[i];
        const ss_table *parent = &f->catalog->tables[c->parent];
        ss_buf name = {0};

        if (!c->taken || !f->nodes[c->parent].reaches)
            continue;
        ss_buf_puts(&name, parent->label);
        ss_buf_putc(&name, '.');
        ss_text_ident(&name, parent->columns[c->key].name);
        soft[p->nsoft++] =
            (ss_soft_proposal){.column = c->column,
                               .references = ss_strdup(f->result, ss_buf_text(&name)),
                               .why = c->why};
        ss_buf_done(&name);
    }
    for (size_t c = 0; n->polymorphic != NULL && c < table->ncolumns; c++)
    {
        if (n->polymorphic[c] != NULL)
            soft[p->nsoft++] = (ss_soft_proposal){
                .column = c,
                .why =
                    ss_strf(f->result, "%s beside it says which table it refers to, not one alone",
                            n->polymorphic[c])};
    }
    p->soft = soft;
}

static void
propose(const ss_subjects *f, size_t t, ss_subject_proposal *p)
{
    const ss_table *table = &f->catalog->tables[t];
    const ss_subject_node *n = &f->nodes[t];
    size_t *columns = ss_alloc(f->result, n->nedges + 1, sizeof *columns);

    *p = (ss_subject_proposal){.self = n->self, .columns = columns};
    list_soft(f, t, p);
    if (n->self)
    {
        p->why = ss_people_are(&f->names[t]) ? "named as tables of people are"
                                             : "a given name and a date of birth in each row";
        return;
    }
    for (size_t i = 0; i < n->nedges; i++)
    {
        const ss_subject_edge *e = &n->edges[i];
        bool known = !can_be_named(table->columns[e->column].name);

        for (size_t k = 0; k < p->ncolumns; k++)
            known = known || columns[k] == e->column;
        if (!known && f->nodes[e->parent].reaches)
            columns[p->ncolumns++] = e->column;
    }
    if (p->ncolumns > 0)
    {
        const char *paths = paths_text(f, t, columns, p->ncolumns);

        p->why = but_astray(f, t, paths);
        p->astray = p->why != paths;
    }
}

const ss_subject_proposal *
ss_classify_subjects(const ss_catalog *catalog, ss_ask_inclusion *ask_inclusion, void *arg,
                     ss_arena *result)
{
    ss_subject_proposal *all = ss_alloc(result, catalog->ntables + 1, sizeof *all);
    ss_subjects f = {.catalog = catalog,
                     .about = ss_classify_about(catalog, result),
                     .names = ss_alloc(result, catalog->ntables + 1, sizeof *f.names),
                     .nodes = ss_alloc(result, catalog->ntables + 1, sizeof *f.nodes),
                     .by_whole = ss_map_new(result),
                     .by_last = ss_map_new(result),
                     .by_key = ss_map_new(result),
                     .by_role = ss_map_new(result),
                     .people = ss_alloc(result, catalog->ntables + 1, sizeof *f.people),
                     .ask = ask_inclusion,
                     .arg = arg,
                     .result = result};

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        f.names[t] = ss_soft_name(&catalog->tables[t], result);
        f.nodes[t].owner = SS_NONE;
    }
    ss_soft_drop_prefix(&f);
    ss_soft_list_names(&f);
    ss_soft_list_users(&f);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        ss_subject_node *n = &f.nodes[t];

        if (!ss_soft_is_proposed(table))
            continue;
        n->candidates =
            ss_alloc(result, SS_CANDIDATES * table->ncolumns + 1, sizeof *n->candidates);
        n->declared = ss_table_references(catalog, t, result, &n->ndeclared);
        for (size_t c = 0; c < table->ncolumns; c++)
            ss_soft_look_at(&f, t, c);
        n->edges = ss_alloc(result, n->ndeclared + n->ncandidates + 1, sizeof *n->edges);
    }
    list_edges(&f, false);
    find_people(&f);
    find_who_reaches(&f);
    ask_values(&f);
    list_edges(&f, true);
    find_people(&f);
    find_who_reaches(&f);
    for (size_t t = 0; t < catalog->ntables; t++)
        propose(&f, t, &all[t]);
    return all;
}
