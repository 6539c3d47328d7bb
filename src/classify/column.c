#include "classify/column.h"

#include <string.h>

#include "base/text.h"
#include "catalog/names_of_people.h"
#include "classify/declared.h"
#include "classify/learned.h"
#include "classify/lexicon.h"
#include "classify/stated.h"

static ss_proposal
by_guess(ss_class class, const char *why)
{
    return (ss_proposal){.class = class, .confidence = SS_CONFIDENCE_LOW, .why = why};
}

/* --- names, types and keys ------------------------------------------------------------------------ */

/* Shares of a class from which it is more than a guess; of what must not leave sooner. */
#define SURE       0.9
#define SURE_GRAVE 0.5

/* The kind that its name says, if that is of the class. */
static const char *
kind_of(const ss_named *l, ss_class class)
{
    ss_pattern pattern;
    const ss_recogniser *r =
        l->r != NULL && l->r->class == class ? l->r
                                             : ss_recognise(l->name, l->letter, true, true,
                                                            &pattern);

    return r != NULL && r->class == class ? r->kind : NULL;
}

static ss_confidence
confidence(const ss_learned *learned, bool key)
{
    const bool grave = ss_class_care(learned->class) > ss_class_care(SS_CLASS_UNDECIDED);

    if (learned->class == SS_CLASS_KEY && key)
        return SS_CONFIDENCE_HIGH;
    return learned->class != SS_CLASS_UNDECIDED &&
                   learned->share[learned->class] >= (grave ? SURE_GRAVE : SURE)
               ? SS_CONFIDENCE_MEDIUM
               : SS_CONFIDENCE_LOW;
}

static bool
is_unknown(const ss_words *name)
{
    for (size_t i = 0; i < name->n; i++)
    {
        if (ss_lexicon_meanings(name->list[i]).n > 0)
            return false;
    }
    return true;
}

/* "c3", "x": no word of it is known. */
static bool
says_nothing(const ss_named *l)
{
    return l->r == NULL && is_unknown(l->name);
}

/* Of a table in a language that nobody has taught us, whose it is, is not known either. */
static bool
is_nobodys(const ss_named *l)
{
    return !l->about->theirs && !is_unknown(&l->about->table);
}

/* By its type and whose the table is. */
static ss_proposal
by_type(const ss_named *l)
{
    if (strchr("binedm", l->letter) == NULL)
        return by_guess(SS_CLASS_UNDECIDED, NULL);
    if (l->about->theirs)
        return by_guess(l->letter == 'b' ? SS_CLASS_NON_PERSONAL : SS_CLASS_QUASI_IDENTIFIER,
                        "by its type alone, in a table that leads to people");
    if (!is_nobodys(l))
        return by_guess(SS_CLASS_UNDECIDED, NULL);
    return by_guess(SS_CLASS_NON_PERSONAL, "by its type alone, in a table that leads to nobody");
}

/* Is its whole name what the kind is called: "nhs number", not "nhs trust"? */
static bool
is_called_so(const ss_named *l)
{
    return ss_words_are(l->name, l->pattern) || ss_words_are_one_of(l->name, l->r->names);
}

/* Numbers of people that are keys themselves: ssn, not user_id; and not "charge_id", which is one of charges where it is their key. */
static bool
is_natural_key(const ss_named *l)
{
    return l->primary && !l->foreign && strchr("in", l->letter) != NULL && l->r != NULL &&
           l->r->class == SS_CLASS_DIRECT_IDENTIFIER && is_called_so(l) &&
           strcmp(l->r->kind, "external-id") != 0;
}

static const char *
named(const ss_named *l, ss_arena *result)
{
    return ss_strf(result, "named \"%.*s\"", (int) l->pattern.n, l->pattern.text);
}

static ss_proposal
propose(const ss_named *l, ss_buf *work, ss_arena *result)
{
    const ss_learned learned = ss_learned_of(l, work, result);
    const bool key = l->primary || l->foreign;

    if (l->letter == '?')
        return by_guess(SS_CLASS_UNDECIDED, "of a type that says nothing of what it holds");
    /* Where it is not sure, a name that says so decides for more care. */
    if (l->r != NULL && !key && ss_class_care(l->r->class) > ss_class_care(SS_CLASS_UNDECIDED) &&
        (learned.class == SS_CLASS_UNDECIDED ||
         (learned.class == SS_CLASS_NON_PERSONAL && learned.share[learned.class] < SURE &&
          is_called_so(l))))
        return (ss_proposal){.class = l->r->class,
                             .confidence =
                                 is_called_so(l) ? SS_CONFIDENCE_MEDIUM : SS_CONFIDENCE_LOW,
                             .kind = l->r->kind,
                             .why = named(l, result)};
    if (is_natural_key(l))
        return (ss_proposal){.class = l->r->class,
                             .confidence = SS_CONFIDENCE_MEDIUM,
                             .kind = l->r->kind,
                             .why = named(l, result)};
    /* What numbers and uuids of keys tell, they tell by the row that they are of. */
    if (key && ((strchr("iu", l->letter) != NULL && learned.class != SS_CLASS_SPECIAL_CATEGORY) ||
                learned.class == SS_CLASS_NON_PERSONAL || learned.class == SS_CLASS_UNDECIDED))
        return (ss_proposal){.class = SS_CLASS_KEY, .confidence = SS_CONFIDENCE_HIGH};
    /*
     * Nobody looks into bytes, nor into a document without rows, and addresses of a network are of somebody: a guess that they are nobody's
     * is none.
     */
    if (strchr("xaj", l->letter) != NULL && learned.class == SS_CLASS_NON_PERSONAL &&
        learned.share[learned.class] < SURE)
        return by_guess(SS_CLASS_UNDECIDED, NULL);
    if (says_nothing(l) &&
        (learned.class == SS_CLASS_UNDECIDED || learned.share[learned.class] < SURE))
        return by_type(l);
    return (ss_proposal){.class = learned.class,
                         .confidence = confidence(&learned, key),
                         .kind = kind_of(l, learned.class),
                         .why = learned.why};
}

/* --- declared values, comments -------------------------------------------------------------------- */

/* Names are short; where they only let guess, what is declared says more: but "city" of a symptom is the symptom's. */
static void
by_declared(const ss_named *l, const ss_declared *d, ss_proposal *p, ss_arena *result)
{
    const bool special = d->class == SS_CLASS_SPECIAL_CATEGORY;

    if (d->class == SS_CLASS_UNDECIDED || l->primary ||
        (p->confidence != SS_CONFIDENCE_LOW && !special && p->class != SS_CLASS_NON_PERSONAL) ||
        p->class == SS_CLASS_SECRET || p->class == SS_CLASS_DIRECT_IDENTIFIER ||
        ((l->foreign || p->class == SS_CLASS_SPECIAL_CATEGORY) && !special))
        return;
    *p = (ss_proposal){
        .class = d->class,
        .confidence = SS_CONFIDENCE_MEDIUM,
        .kind = d->kind,
        .why = ss_strf(result, "%s say%s so", d->by, strcmp(d->by, "its comment") == 0 ? "s" : "")};
}

/* --- values -------------------------------------------------------------------------------------- */

#define FEW          20   /* distinct values below which shares mean little */
#define CONTRADICTED 0.2  /* of the values have the form: the name seems to mean something else */
#define LIST_MAX     40   /* distinct values of a list */
#define BIRTHS       0.95 /* of dates that may be births */
#define DECADES      4    /* that they spread over */

static const char *
percent(double share, ss_arena *result)
{
    return share > 0.995 && share < 1 ? "99 %" : ss_strf(result, "%.0f %%", 100 * share);
}

static const char *
with_reason(const char *first, const char *then, ss_arena *result)
{
    return first == NULL ? then : ss_strf(result, "%s; %s", first, then);
}

static bool
is_unique(const ss_values *v)
{
    return v->n >= FEW && v->distinct == v->n;
}

static const char *
is_written(const ss_recogniser *r)
{
    return r->accepts == ss_is_person_name ? "are in lists of names" : "have the form";
}

/* The form of nearly all values tells. */
static bool
by_form(const ss_named *l, const ss_values *v, ss_proposal *p, ss_arena *result)
{
    double share;
    const ss_recogniser *r = ss_values_prove(v, l->letter, &share);

    if (r == NULL || (p->class == SS_CLASS_SECRET && r->class != SS_CLASS_SECRET))
        return false;
    /* Places and goods may be called like people. */
    if (r->proof == SS_PROOF_NAMES &&
        (l->primary || (p->confidence != SS_CONFIDENCE_LOW && p->class != SS_CLASS_NON_PERSONAL)))
        return false;
    *p = (ss_proposal){
        .class = p->class == SS_CLASS_SPECIAL_CATEGORY ? p->class : r->class,
        .confidence = SS_CONFIDENCE_HIGH,
        .kind = r->kind,
        .why = with_reason(p->kind != NULL && strcmp(p->kind, r->kind) == 0 ? p->why : NULL,
                           ss_strf(result, "%s of %zu distinct values %s%s", percent(share, result),
                                   v->distinct, is_written(r), is_unique(v) ? "; unique" : ""),
                           result)};
    return true;
}

/*
 * The values of a kind that was told by name: do they look so?  Lists of names and forms of one country say nothing where they
 * do not fit.
 */
static void
weigh(const ss_named *l, const ss_values *v, ss_proposal *p, ss_arena *result)
{
    const double share = ss_values_share(v, l->r);
    const bool few = share < CONTRADICTED;

    if (l->r == NULL || l->r->accepts == NULL || p->kind != l->r->kind || v->distinct < FEW ||
        (few && l->r->proof == SS_PROOF_NONE))
        return;
    if (share >= 0.8)
        p->confidence = SS_CONFIDENCE_HIGH;
    else if (few)
        p->confidence = SS_CONFIDENCE_LOW;
    p->why = with_reason(p->why,
                         ss_strf(result, "%s of %zu distinct values %s", percent(share, result),
                                 v->distinct, is_written(l->r)),
                         result);
}

static bool
is_open_class(ss_class class)
{
    return class == SS_CLASS_NON_PERSONAL || class == SS_CLASS_UNDECIDED ||
           class == SS_CLASS_QUASI_IDENTIFIER || class == SS_CLASS_FREE_TEXT;
}

/*
 * A text that no name told of, by how it is written; of somebody's rows also one that is called "status" or "type", and holds other
 * sentences in each.
 */
static void
by_writing(const ss_named *l, const ss_values *v, ss_proposal *p, ss_arena *result)
{
    const double words = v->distinct == 0 ? 0 : (double) v->words / (double) v->distinct;

    const bool sentences = p->class == SS_CLASS_NON_PERSONAL && l->about->theirs &&
                           v->distinct > LIST_MAX && words >= 4;

    if ((p->class != SS_CLASS_UNDECIDED && !sentences) || v->distinct == 0)
        return;
    if (words >= 4 || v->longest >= 200)
        *p = by_guess(SS_CLASS_FREE_TEXT, ss_strf(result, "texts of %.0f words", words));
    else if (v->n >= 100 && v->distinct <= LIST_MAX && v->distinct * 5 <= v->n && words < 3 &&
             (l->about->theirs || is_nobodys(l)))
        *p = by_guess(
            l->about->theirs ? SS_CLASS_QUASI_IDENTIFIER : SS_CLASS_NON_PERSONAL,
            ss_strf(result, "a list of %zu value%s", v->distinct, v->distinct == 1 ? "" : "s"));
}

/* Dates that spread as births do. */
static void
by_births(const ss_named *l, const ss_values *v, ss_proposal *p, ss_arena *result)
{
    if (v->distinct < FEW || (double) v->births < BIRTHS * (double) v->distinct ||
        v->decades < DECADES || l->primary || l->foreign)
        return;
    if (p->kind != NULL && strcmp(p->kind, "date-of-birth") == 0)
    {
        p->confidence = SS_CONFIDENCE_HIGH;
        p->why = with_reason(p->why, ss_strf(result, "over %u decades", v->decades), result);
    }
    else if (p->confidence == SS_CONFIDENCE_LOW &&
             ss_class_care(p->class) <= ss_class_care(SS_CLASS_UNDECIDED))
        *p =
            (ss_proposal){.class = SS_CLASS_QUASI_IDENTIFIER,
                          .confidence = SS_CONFIDENCE_MEDIUM,
                          .kind = "date-of-birth",
                          .why = ss_strf(result, "dates of %u decades, as births are", v->decades)};
}

static void
by_values(const ss_named *l, const ss_values *v, ss_proposal *p, ss_arena *result)
{
    const char *held;

    if (v->n == 0 || by_form(l, v, p, result))
        return;
    weigh(l, v, p, result);
    if (l->letter == 't' && !l->primary && !l->foreign)
        by_writing(l, v, p, result);
    if (strchr("dm", l->letter) != NULL)
        by_births(l, v, p, result);
    if (l->letter == 'x' && v->images > 0 && p->class == SS_CLASS_UNDECIDED)
        *p = (ss_proposal){.class = SS_CLASS_DIRECT_IDENTIFIER,
                           .confidence = SS_CONFIDENCE_MEDIUM,
                           .kind = "image",
                           .why = "begins as pictures, recordings or biometric records do"};
    /* Nobody makes up a key with somebody's address in it; digits that look like a card's may be of anything. */
    if (l->letter == 't' && p->class == SS_CLASS_KEY &&
        v->hits[SS_TEXT_EMAIL] + v->hits[SS_TEXT_IBAN] + v->hits[SS_TEXT_SECRET] > 0)
        *p = (ss_proposal){.class = SS_CLASS_DIRECT_IDENTIFIER,
                           .confidence = SS_CONFIDENCE_MEDIUM,
                           .why = ss_values_hold(v, NULL, result)};
    /* An identifier among other text is one all the same. */
    held = l->letter == 't' && is_open_class(p->class) ? ss_values_hold(v, p->kind, result) : NULL;
    if (held == NULL)
        return;
    p->why = with_reason(p->why, held, result);
    if (p->class != SS_CLASS_FREE_TEXT)
        *p = (ss_proposal){.class = SS_CLASS_FREE_TEXT,
                           .confidence = SS_CONFIDENCE_MEDIUM,
                           .kind = "free-text",
                           .why = p->why};
}

/* --- documents ----------------------------------------------------------------------------------- */

/* Elements of an array are what the column is; a list in a document is a path as any other. */
static bool
is_of_elements(const ss_named *l, const ss_values *v)
{
    return l->letter != 'j' && v->npaths == 1 && strcmp(v->paths[0].path, "$[*]") == 0;
}

/* Keys that are named nowhere tell what they are all the same: of them that which asks for most care, by its class and kind alone. */
static void
by_rare_keys(const ss_named *column, const ss_values *v, ss_proposal *p, ss_buf *work,
             ss_arena *result)
{
    for (size_t i = 0; i < v->nrare; i++)
    {
        const ss_named l = ss_named_path(column, &v->rare[i].name, v->rare[i].letter, result);
        const ss_proposal here = propose(&l, work, result);

        if (ss_class_care(here.class) > ss_class_care(p->class))
            *p = (ss_proposal){.class = here.class,
                               .confidence = here.confidence,
                               .kind = here.kind,
                               .why = "by keys that are named nowhere"};
    }
}

static void
by_paths(const ss_named *column, const ss_values *v, ss_classified *c, ss_buf *work,
         ss_arena *result)
{
    ss_path_proposal *paths = ss_alloc(result, v->npaths + 1, sizeof *paths);
    size_t worst = 0, named = 0;
    ss_buf why = {0};

    for (size_t i = 0; i < v->npaths; i++)
    {
        const ss_named l = ss_named_path(column, &v->paths[i].name, v->paths[i].letter, result);

        paths[i] = (ss_path_proposal){v->paths[i].path, propose(&l, work, result)};
        by_values(&l, &v->paths[i].values, &paths[i].proposal, result);
        if (i + 1 == v->npaths)
            by_rare_keys(column, v, &paths[i].proposal, work, result);
        if (ss_class_care(paths[i].proposal.class) > ss_class_care(paths[worst].proposal.class))
            worst = i;
    }
    c->paths = paths;
    c->npaths = v->npaths;
    c->empty = v->empty;
    c->nempty = v->nempty;
    c->open = v->keys_are_data || v->nrare > 0;
    ss_buf_printf(&why, "%zu path%s", v->npaths, v->npaths == 1 ? "" : "s");
    for (size_t i = 0; i < v->npaths && named < 3; i++)
    {
        const ss_proposal *p = &paths[i].proposal;

        if (p->kind == NULL || ss_class_care(p->class) < 5)
            continue;
        ss_buf_printf(&why, "%s %s: %s", named++ == 0 ? ":" : ",", paths[i].path, p->kind);
    }
    if (v->keys_are_data)
        ss_buf_puts(&why, "; keys are data");
    /*
     * A document is treated as a whole, and by its most telling part; what its own name says of it must not leave because its keys are
     * called "value" and "type".
     */
    if (ss_class_care(c->proposal.class) < ss_class_care(SS_CLASS_DIRECT_IDENTIFIER) ||
        ss_class_care(c->proposal.class) < ss_class_care(paths[worst].proposal.class))
    {
        const ss_proposal *p = &paths[worst].proposal;
        const bool open = v->keys_are_data || p->class == SS_CLASS_UNDECIDED;

        c->proposal = (ss_proposal){.class = open && ss_class_care(p->class) <
                                                         ss_class_care(SS_CLASS_FREE_TEXT)
                                                 ? SS_CLASS_FREE_TEXT
                                                 : p->class,
                                    .confidence = p->confidence,
                                    .kind = "document"};
    }
    c->proposal.why = ss_strdup(result, ss_buf_text(&why));
    ss_buf_done(&why);
}

/* --- the whole ----------------------------------------------------------------------------------- */

/* A column that refers to another one is what that one is: who is meant, is told by either. */
static void
inherit(const ss_catalog *catalog, ss_classified **all, ss_arena *result)
{
    for (bool more = true; more;)
    {
        more = false;
        for (size_t k = 0; k < catalog->nforeign_keys; k++)
        {
            const ss_foreign_key *fk = &catalog->foreign_keys[k];
            const ss_table *child = &catalog->tables[fk->table],
                           *parent = &catalog->tables[fk->parent];

            for (size_t i = 0; i < fk->ncolumns; i++)
            {
                const size_t from = ss_table_index(parent, fk->parent_attnums[i]),
                             to = ss_table_index(child, fk->attnums[i]);
                const ss_proposal *p = from == SS_NONE ? NULL : &all[fk->parent][from].proposal;

                if (p == NULL || to == SS_NONE || p->class == SS_CLASS_KEY ||
                    all[fk->table][to].proposal.stated || p->class == SS_CLASS_NON_PERSONAL ||
                    ss_class_care(p->class) <= ss_class_care(all[fk->table][to].proposal.class) ||
                    (p->class != SS_CLASS_DIRECT_IDENTIFIER && p->class != SS_CLASS_SECRET &&
                     p->class != SS_CLASS_SPECIAL_CATEGORY))
                    continue;
                all[fk->table][to].proposal = *p;
                all[fk->table][to].proposal.stated = false;
                all[fk->table][to].proposal.treatment = SS_TREAT_DEFAULT;
                all[fk->table][to].proposal.why =
                    ss_strf(result, "refers to %s.%s", parent->label, parent->columns[from].name);
                more = true;
            }
        }
    }
}

static void
classify(const ss_named *l, const ss_values *v, ss_buf *work, ss_arena *result, ss_arena *scratch,
         ss_classified *out)
{
    const ss_declared declared =
        ss_classify_declared(l->catalog, l->table, l->column, l->letter, scratch);
    bool unseen;

    if (ss_stated(l->column, result, &out->proposal))
        return;
    out->proposal = propose(l, work, result);
    by_declared(l, &declared, &out->proposal, result);
    if (v == NULL || v->n == 0)
        return;
    /* Documents that are too long, or broken: nobody knows what is in them.  Lists of numbers hold numbers. */
    unseen = v->keys_are_data && strchr("tj?", l->letter) != NULL;
    if (!unseen && is_of_elements(l, v))
        by_values(l, &v->paths[0].values, &out->proposal, result);
    else if (v->npaths > 0 || unseen)
        by_paths(l, v, out, work, result);
    else
        by_values(l, v, &out->proposal, result);
}

ss_proposal
ss_classify_key(const ss_catalog *catalog, const ss_about *about, size_t t, size_t c,
                const char *key, ss_arena *result)
{
    const ss_named column = ss_named_column(catalog, about, t, c);
    const ss_words name = ss_words_of(key, result);
    const ss_named path = ss_named_path(&column, &name, 't', result);
    ss_buf work = {0};
    const ss_proposal p = propose(&path, &work, result);

    ss_buf_done(&work);
    return p;
}

const ss_classified *const *
ss_classify_columns(const ss_catalog *catalog, const ss_sample *sample, ss_arena *result)
{
    const ss_about *about = ss_classify_about(catalog, result);
    ss_classified **all = ss_alloc(result, catalog->ntables + 1, sizeof *all);
    ss_arena *scratch = ss_arena_new(result);
    ss_buf work = {0};

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        const ss_values *values = sample == NULL ? NULL : sample->tables[t];

        all[t] = ss_alloc(result, table->ncolumns + 1, sizeof **all);
        for (size_t c = 0; c < table->ncolumns; c++)
        {
            const ss_named l = ss_named_column(catalog, about, t, c);

            classify(&l, values == NULL ? NULL : &values[c], &work, result, scratch, &all[t][c]);
            ss_arena_reset(scratch);
        }
    }
    inherit(catalog, all, result);
    ss_buf_done(&work);
    ss_arena_free(scratch);
    return (const ss_classified *const *) all;
}
