#include "classify/column.h"

#include <string.h>

#include "base/text.h"
#include "catalog/people.h"
#include "classify/about.h"
#include "classify/declared.h"
#include "classify/names_of_people.h"
#include "classify/recogniser.h"
#include "classify/stated.h"

/* What a table about people's health holds besides. */
static const char NOT_HEALTH[] =
    "cost|*cost|price|payer*|uid|*unit*|unit*|system|format|sort|version|status|note|"
    "notes|comment*|lot*|charge*|coverage|fee|amount|"
    "void*|uuid|location|modifier|path|namespace|range*|sop*|operator*|instance*";

static const char NAMES_OF_THINGS[] =
    "name|*name|title|titel|label|libelle|nombre|description|desc*|*desc|bezeichnung|beschreibung|"
    "designation|summary|caption|short*";

static const char NUMBERS[] =
    "no|num|number|numbers|nr|nbr|nummer|numero|numer|account|licence|license|"
    "ref|reference|matricule|identifier|registration";
/* Settings of programs, in tables of people too. */
static const char OF_SOFTWARE[] = "version|format|algorithm|algo|method|hash|checksum|theme|"
                                  "template|style|layout|encoding|charset|file|path|dir|"
                                  "directory|folder|colo*|icon|mode|module|class|schema|protocol|"
                                  "lang*|locale|timezone|mime*|extension|key|rule|"
                                  "scope*|permission*|role*|driver|engine|pattern|regex|query|"
                                  "setting*|option*|config*|preference*|tag*|unit*|digest";

static const char NUMBERS_OF_THINGS[] =
    "version|page|line|order|invoice|sort|row|sequence|room|floor|house|building|revision|currency|"
    "status|type|format|position|table|column|rank|level|model|template|theme|product|item|style";

typedef struct looking /* at one column */
{
    const ss_about *about;
    const ss_words *name;
    char letter;
    bool primary, foreign;
    bool named_key;         /* as keys are, whether it is one or not */
    bool open;              /* a text of any length */
    const ss_recogniser *r; /* or NULL */
    ss_pattern pattern;
    bool exact; /* the name is the pattern and nothing else */
} looking;

static bool
is_named_as_key(const ss_words *name, char letter)
{
    const char *last = name->n == 0 ? "" : name->list[name->n - 1];
    const size_t n = strlen(last);

    if (name->n > 1 && (strcmp(name->list[0], "fk") == 0 || strcmp(name->list[0], "id") == 0))
        return true;
    if (ss_words_find(&(ss_words){&last, n > 0}, "id|uuid|guid|oid").n > 0 ||
        (strchr("it", letter) != NULL && strcmp(last, "uid") == 0))
        return true;
    if (letter == 'i' && ss_words_find(name, "*by").n > 0)
        return true;
    /* userid, countryid; not paid, valid, grid */
    return n > 5 && strcmp(last + n - 2, "id") == 0 && strchr("itu", letter) != NULL;
}

/*
 * An "entity_name" is a name, and a "comment_author" somebody: a text is harmless, or anybody's, by its last word alone.  So are
 * numbers in tables of people's.
 */
static const ss_recogniser *
recognise(const ss_about *about, const ss_words *name, char letter, bool people,
          ss_pattern *pattern)
{
    const ss_recogniser *r = ss_recognise(name, letter, people, about->theirs, pattern);

    if (r == NULL ||
        (r->class != SS_CLASS_FREE_TEXT &&
         (r->class != SS_CLASS_NON_PERSONAL || !about->theirs || strchr("ti", letter) == NULL)))
        return r;
    *pattern = ss_words_end_in(name, r->names);
    if (pattern->n == 0 && about->theirs)
        *pattern = ss_words_end_in(name, r->theirs);
    return pattern->n > 0 ? r : NULL;
}

static looking
look_at(const ss_catalog *catalog, const ss_about *about, const ss_table *table, size_t c)
{
    const ss_column *column = &table->columns[c];
    looking l = {.about = about,
                 .name = &about->rest[c],
                 .letter = ss_recogniser_letter(catalog, column->type),
                 .primary = ss_table_primary_key_holds(table, column->attnum),
                 .foreign = ss_table_foreign_key_holds(catalog, table, column->attnum)};
    const bool people = about->people || about->bank || (about->place && about->theirs);
    const ss_recogniser *rest;
    ss_pattern of_rest;

    l.named_key = is_named_as_key(l.name, l.letter);
    l.open = l.letter == 't' && column->typmod < 0;
    l.r = recognise(about, &about->names[c], l.letter, people, &l.pattern);
    /* Without what all columns begin with, where that says more. */
    rest = recognise(about, &about->rest[c], l.letter, people, &of_rest);
    if (rest != NULL &&
        (l.r == NULL || (l.r->class == SS_CLASS_NON_PERSONAL && rest->class != l.r->class)))
    {
        l.r = rest;
        l.pattern = of_rest;
    }
    l.exact = l.r != NULL && (ss_words_are(&about->rest[c], l.pattern) ||
                              ss_words_are(&about->names[c], l.pattern));
    return l;
}

static bool
is_class(const looking *l, ss_class class)
{
    return l->r != NULL && l->r->class == class;
}

/* Identifiers are so even where they are keys. */
static bool
is_telling(const looking *l)
{
    return is_class(l, SS_CLASS_DIRECT_IDENTIFIER) || is_class(l, SS_CLASS_SECRET);
}

static ss_proposal
by_guess(ss_class class, const char *why)
{
    return (ss_proposal){.class = class, .confidence = SS_CONFIDENCE_LOW, .why = why};
}

static ss_proposal
by_recogniser(const looking *l, ss_arena *result)
{
    return (ss_proposal){
        .class = l->r->class,
        .confidence = SS_CONFIDENCE_MEDIUM,
        .kind = l->r->kind,
        .why = ss_strf(result, "named \"%.*s\"", (int) l->pattern.n, l->pattern.text)};
}

/* A reference, declared or not. */
static ss_proposal
by_key(const looking *l)
{
    if (l->letter == 'i' && l->about->theirs && ss_words_find(l->name, "concept id").n > 0)
        return by_guess(l->about->health ? SS_CLASS_SPECIAL_CATEGORY : SS_CLASS_QUASI_IDENTIFIER,
                        "a code of a list, which says it of somebody");
    if (l->about->secrets && strchr("tx", l->letter) != NULL && !l->primary && !l->foreign &&
        !ss_people_are_behind(l->name))
        return by_guess(SS_CLASS_SECRET, "of a table of secrets");
    /* An identifier that is a text: of payrolls, of other systems. */
    if (l->letter == 't' && !l->primary && !l->foreign && l->about->people && l->name->n <= 2 &&
        ss_words_end_in(l->name, "id|uid|identifier").n > 0 &&
        ss_words_find(l->name,
                      "company|organisation|organization|group|tenant|team|department|realm|"
                      "role|type|client|store|site|language|country|currency")
                .n == 0)
        return by_guess(SS_CLASS_DIRECT_IDENTIFIER, "an identifier of people that is a text");
    if (l->open && !l->foreign && ss_people_are_behind(l->name))
        return by_guess(SS_CLASS_DIRECT_IDENTIFIER,
                        "a text that leads to people, by no declared key");
    if (l->letter == 't' && !l->primary && !l->foreign &&
        (l->about->bank ||
         (l->about->people && l->r != NULL && l->r->class == SS_CLASS_DIRECT_IDENTIFIER)))
        return by_guess(SS_CLASS_DIRECT_IDENTIFIER,
                        "a text that leads to people, by no declared key");
    if (l->primary || l->foreign)
        return (ss_proposal){.class = SS_CLASS_KEY, .confidence = SS_CONFIDENCE_HIGH};
    return (ss_proposal){
        .class = SS_CLASS_KEY, .confidence = SS_CONFIDENCE_MEDIUM, .why = "named as keys are"};
}

static bool
is_of_health(const looking *l)
{
    return l->about->health && !l->named_key &&
           (strchr("tinj", l->letter) != NULL ||
            (strchr("dm", l->letter) != NULL && ss_words_find(l->name, "value*").n > 0)) &&
           (l->r == NULL || is_class(l, SS_CLASS_NON_PERSONAL) || is_class(l, SS_CLASS_FREE_TEXT) ||
            strcmp(l->r->kind, "code") == 0) &&
           ss_words_find(l->name, NOT_HEALTH).n == 0;
}

/* No name tells. */
static ss_proposal
by_type(const looking *l)
{
    const ss_class theirs = l->about->theirs ? SS_CLASS_QUASI_IDENTIFIER : SS_CLASS_NON_PERSONAL;
    const ss_words last = {l->name->n > 0 ? l->name->list + l->name->n - 1 : NULL, l->name->n > 0};

    if (l->about->secrets && strchr("txj", l->letter) != NULL)
        return by_guess(SS_CLASS_SECRET, "of a table of secrets");
    /* Whose computer it was. */
    if (l->letter == 't' && l->about->done &&
        ss_words_end_in(l->name, "hostname|host|host name").n > 0)
        return by_guess(SS_CLASS_DIRECT_IDENTIFIER, "a host in what somebody did");
    if (l->letter == 't' && ss_people_are_behind(l->name))
        return by_guess(SS_CLASS_DIRECT_IDENTIFIER,
                        "a text that leads to people, by no declared key");
    if (l->letter == 't' && ss_words_find(&last, "by").n > 0)
        return by_guess(SS_CLASS_DIRECT_IDENTIFIER, "who did it");
    if (l->about->bank && l->letter == 't' &&
        ss_words_find(l->name, "currency|country|type|status|brand").n == 0)
        return by_guess(SS_CLASS_DIRECT_IDENTIFIER, "of somebody's account or card");
    if (strchr("in", l->letter) != NULL &&
        ss_words_find(l->name, "*time|time*|ts|*unix|*date|date*").n > 0)
        return by_guess(theirs, "a moment");
    switch (l->letter)
    {
    case 'u':
        return by_guess(SS_CLASS_KEY, "a uuid");
    case 'e':
        return by_guess(l->about->people ? SS_CLASS_QUASI_IDENTIFIER : SS_CLASS_NON_PERSONAL,
                        "an enum");
    case 'd':
    case 'm':
        return by_guess(theirs, "a moment");
    case 'i':
    case 'n':
        return by_guess(theirs, "a number");
    case 'a':
        return by_guess(SS_CLASS_DIRECT_IDENTIFIER, "an address of a network");
    case 'j':
        return by_guess(l->about->theirs ? SS_CLASS_FREE_TEXT : SS_CLASS_UNDECIDED, "a document");
    case 'x':
        return by_guess(l->about->theirs ? SS_CLASS_DIRECT_IDENTIFIER : SS_CLASS_UNDECIDED,
                        l->about->theirs ? "bytes of somebody's: anything may be in them" : NULL);
    case 't':
        if (l->about->done && ss_words_find(&last, "name|*name|nombre|naam|nom|nome").n > 0)
            return by_guess(SS_CLASS_DIRECT_IDENTIFIER, "a name in what somebody did");
        if (!l->about->theirs && ss_words_find(l->name, NAMES_OF_THINGS).n > 0)
            return by_guess(SS_CLASS_NON_PERSONAL, "of a thing");
        return by_guess(SS_CLASS_UNDECIDED, NULL);
    default:
        return by_guess(SS_CLASS_UNDECIDED, NULL);
    }
}

/* gender_id, id_country: a code of a list that says what somebody is. */
static bool
tells_by_code(const looking *l, ss_proposal *told)
{
    static const char *const kinds[] = {"sex", "salutation", "marital-status", "religion",
                                        "ethnicity"};
    const bool first = l->name->n > 1 && strcmp(l->name->list[0], "id") == 0;
    const ss_words rest = {l->name->list + first, l->name->n - (l->name->n > 1)};
    ss_pattern pattern;
    const ss_recogniser *r = ss_recognise(&rest, l->letter, true, true, &pattern);

    for (size_t i = 0; r != NULL && l->name->n > 1 && i < sizeof kinds / sizeof kinds[0]; i++)
    {
        if (strcmp(r->kind, kinds[i]) != 0)
            continue;
        *told = by_guess(r->class, "a code of a list, which says it of somebody");
        told->kind = r->kind;
        return true;
    }
    return false;
}

static ss_proposal
propose(const looking *l, ss_arena *result)
{
    ss_proposal told;
    const bool key = l->primary || l->foreign;
    static const char places[] = "city region postcode country";

    if (is_class(l, SS_CLASS_SPECIAL_CATEGORY) && (!key || l->foreign))
        return by_recogniser(l, result);
    if (key && strchr("dm", l->letter) != NULL && l->about->theirs)
        return by_guess(SS_CLASS_QUASI_IDENTIFIER, "a moment in a key");
    /* What a foreign key is, the column says that it refers to: see inherit(). */
    if (l->named_key && !l->primary && l->about->theirs && tells_by_code(l, &told))
        return told;
    if (!l->foreign && l->letter == 't' && l->exact && is_telling(l))
        return by_recogniser(l, result);
    if (key && (l->foreign || !is_telling(l) || strchr("iu", l->letter) != NULL || l->named_key))
        return by_key(l);
    if (l->letter == 'b')
        return by_guess(l->about->people && !is_class(l, SS_CLASS_NON_PERSONAL)
                            ? SS_CLASS_QUASI_IDENTIFIER
                            : SS_CLASS_NON_PERSONAL,
                        "boolean");
    if (l->named_key && (!is_telling(l) || (strcmp(l->r->kind, "user-name") == 0 && !l->exact)))
        return by_key(l);
    if (is_of_health(l))
        return by_guess(SS_CLASS_SPECIAL_CATEGORY, "of a table about health");
    if (is_class(l, SS_CLASS_QUASI_IDENTIFIER) && !l->about->theirs && !l->about->place &&
        strstr(places, l->r->kind) != NULL)
        return by_guess(SS_CLASS_NON_PERSONAL, "a place, not of people");
    if (l->about->bank && l->letter == 't' &&
        ss_words_end_in(l->name, "month|year|digits|type|brand").n > 0)
        return by_guess(SS_CLASS_QUASI_IDENTIFIER, "of somebody's account or card");
    if (l->about->bank && l->letter == 't' && is_class(l, SS_CLASS_NON_PERSONAL) &&
        ss_words_find(l->name, "number|numero|nummer|no|nr|ref|reference|code").n > 0 &&
        ss_words_find(l->name, "currency|country|type|status").n == 0)
        return by_guess(SS_CLASS_DIRECT_IDENTIFIER, "of somebody's account or card");
    /* When somebody's licence, membership or contract ends. */
    if (l->about->theirs && l->letter == 'd' && is_class(l, SS_CLASS_NON_PERSONAL) &&
        ss_words_find(l->name, "expir*|expiry|valid*|end").n > 0)
        return by_guess(SS_CLASS_QUASI_IDENTIFIER, "a day of somebody's");
    /* Of people a number tells who, and a code what they are. */
    if (l->about->people && l->letter == 't' &&
        (l->r == NULL || is_class(l, SS_CLASS_NON_PERSONAL)))
    {
        if (ss_words_end_in(l->name, NUMBERS).n > 0 &&
            ss_words_find(l->name, NUMBERS_OF_THINGS).n == 0)
            return by_guess(SS_CLASS_DIRECT_IDENTIFIER, "a number in a table of people");
        if (ss_words_end_in(l->name, "code|codes|cod").n > 0 &&
            ss_words_find(l->name, "currency|status|type|error|version").n == 0)
            return by_guess(SS_CLASS_QUASI_IDENTIFIER, "a code in a table of people");
        if (l->r != NULL && strcmp(l->r->kind, "code") == 0 &&
            ss_words_end_in(l->name, OF_SOFTWARE).n == 0)
            return by_guess(SS_CLASS_QUASI_IDENTIFIER, "what somebody is, in a table of people");
    }
    /* When, what and how much somebody did. */
    if (l->about->done && is_class(l, SS_CLASS_NON_PERSONAL) &&
        strstr("timestamp count money", l->r->kind) != NULL && strchr("indm", l->letter) != NULL &&
        ss_words_find(l->name, "updat*|modif*|*modified|sync*|*update").n == 0)
        return by_guess(SS_CLASS_QUASI_IDENTIFIER, "of what somebody did");
    return l->r != NULL ? by_recogniser(l, result) : by_type(l);
}

/* --- declared values, comments -------------------------------------------------------------------- */

/* Names are short; where they only let guess, what is declared says more. */
static void
by_declared(const looking *l, const ss_declared *d, ss_proposal *p, ss_arena *result)
{
    const bool special = d->class == SS_CLASS_SPECIAL_CATEGORY;

    if (d->class == SS_CLASS_UNDECIDED || l->primary ||
        (p->confidence != SS_CONFIDENCE_LOW && !special && p->class != SS_CLASS_NON_PERSONAL) ||
        p->class == SS_CLASS_SECRET || p->class == SS_CLASS_DIRECT_IDENTIFIER ||
        (l->foreign && !special))
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
by_form(const looking *l, const ss_values *v, ss_proposal *p, ss_arena *result)
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
weigh(const looking *l, const ss_values *v, ss_proposal *p, ss_arena *result)
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

/* A text that no name told of, by how it is written. */
static void
by_writing(const looking *l, const ss_values *v, ss_proposal *p, ss_arena *result)
{
    const double words = v->distinct == 0 ? 0 : (double) v->words / (double) v->distinct;

    if (p->class != SS_CLASS_UNDECIDED || v->distinct == 0)
        return;
    if (words >= 4 || v->longest >= 200)
        *p = by_guess(SS_CLASS_FREE_TEXT, ss_strf(result, "texts of %.0f words", words));
    else if (v->n >= 100 && v->distinct <= LIST_MAX && v->distinct * 5 <= v->n && words < 3)
        *p = by_guess(l->about->theirs ? SS_CLASS_QUASI_IDENTIFIER : SS_CLASS_NON_PERSONAL,
                      ss_strf(result, "a list of %zu values", v->distinct));
}

/* Dates that spread as births do. */
static void
by_births(const looking *l, const ss_values *v, ss_proposal *p, ss_arena *result)
{
    if (v->distinct < FEW || (double) v->births < BIRTHS * (double) v->distinct ||
        v->decades < DECADES || l->primary || l->foreign)
        return;
    if (p->kind != NULL && strcmp(p->kind, "date-of-birth") == 0)
    {
        p->confidence = SS_CONFIDENCE_HIGH;
        p->why = with_reason(p->why, ss_strf(result, "over %u decades", v->decades), result);
    }
    else if (l->about->theirs && p->confidence == SS_CONFIDENCE_LOW)
        *p =
            (ss_proposal){.class = SS_CLASS_QUASI_IDENTIFIER,
                          .confidence = SS_CONFIDENCE_MEDIUM,
                          .kind = "date-of-birth",
                          .why = ss_strf(result, "dates of %u decades, as births are", v->decades)};
}

static void
by_values(const looking *l, const ss_values *v, ss_proposal *p, ss_arena *result)
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
    /* An identifier among other text is one all the same. */
    held = l->letter == 't' && is_open_class(p->class) ? ss_values_hold(v, result) : NULL;
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

static looking
look_at_path(const ss_about *about, const ss_path_values *path, const ss_words *of_column)
{
    looking l = {.about = about,
                 .name = path->name.n > 0 ? &path->name : of_column,
                 .letter = path->letter,
                 .open = path->letter == 't'};

    l.named_key = is_named_as_key(l.name, l.letter);
    l.r = ss_recognise(l.name, l.letter, about->people, about->theirs, &l.pattern);
    l.exact = l.r != NULL && ss_words_are(l.name, l.pattern);
    return l;
}

/* Elements of an array are what the column is. */
static bool
is_of_elements(const ss_values *v)
{
    return v->npaths == 1 && strcmp(v->paths[0].path, "$[*]") == 0;
}

static void
by_paths(const ss_about *about, const ss_words *name, const ss_values *v, ss_classified *c,
         ss_arena *result)
{
    ss_path_proposal *paths = ss_alloc(result, v->npaths + 1, sizeof *paths);
    size_t worst = 0, named = 0;
    ss_buf why = {0};

    for (size_t i = 0; i < v->npaths; i++)
    {
        const looking l = look_at_path(about, &v->paths[i], name);

        paths[i] = (ss_path_proposal){v->paths[i].path, propose(&l, result)};
        by_values(&l, &v->paths[i].values, &paths[i].proposal, result);
        if (ss_class_care(paths[i].proposal.class) > ss_class_care(paths[worst].proposal.class))
            worst = i;
    }
    c->paths = paths;
    c->npaths = v->npaths;
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
    /* A document is treated as a whole, and by its most telling part. */
    if (v->npaths > 0 && c->proposal.class != SS_CLASS_SECRET &&
        c->proposal.class != SS_CLASS_SPECIAL_CATEGORY)
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
classify(const ss_catalog *catalog, const ss_about *about, const ss_table *table, size_t c,
         const ss_values *v, ss_arena *result, ss_arena *scratch, ss_classified *out)
{
    const looking l = look_at(catalog, about, table, c);
    const ss_declared declared =
        ss_classify_declared(catalog, table, &table->columns[c], l.letter, scratch);

    if (ss_stated(&table->columns[c], result, &out->proposal))
        return;
    out->proposal = propose(&l, result);
    by_declared(&l, &declared, &out->proposal, result);
    if (v == NULL || v->n == 0)
        return;
    if (is_of_elements(v))
        by_values(&l, &v->paths[0].values, &out->proposal, result);
    else if (v->npaths > 0)
        by_paths(about, l.name, v, out, result);
    else
        by_values(&l, v, &out->proposal, result);
}

const ss_classified *const *
ss_classify_columns(const ss_catalog *catalog, const ss_sample *sample, ss_arena *result)
{
    const ss_about *about = ss_classify_about(catalog, result);
    ss_classified **all = ss_alloc(result, catalog->ntables + 1, sizeof *all);
    ss_arena *scratch = ss_arena_new(result);

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        const ss_values *values = sample == NULL ? NULL : sample->tables[t];

        all[t] = ss_alloc(result, table->ncolumns + 1, sizeof **all);
        for (size_t c = 0; c < table->ncolumns; c++)
            classify(catalog, &about[t], table, c, values == NULL ? NULL : &values[c], result,
                     scratch, &all[t][c]);
        ss_arena_reset(scratch);
    }
    inherit(catalog, all, result);
    ss_arena_free(scratch);
    return (const ss_classified *const *) all;
}
