#include "classify/learned.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "classify/features.h"

#define NLEARNED (SS_NCLASSES - 1) /* all but undecided */
#define SCALE    100.0             /* weights.def has hundredths */

typedef struct weight
{
    const char *feature;
    short of[NLEARNED]; /* in the order of ss_class, from SS_CLASS_DIRECT_IDENTIFIER on */
} weight;

static const weight weights[] = {
#define WEIGHT(feature, ...) {feature, {__VA_ARGS__}},
#include "classify/weights.def"
#undef WEIGHT
};

#define NWEIGHTS (sizeof weights / sizeof weights[0])
#define NSLOTS   65536U /* a power of two, and twice as many as weights at least */

static unsigned short slots[NSLOTS]; /* the weight's index and 1; 0: none */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* FNV-1a, 32 bits. */
static unsigned
hash(const char *text, size_t n)
{
    unsigned h = 2166136261U;

    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char) text[i]) * 16777619U;
    return h ^ h >> 15;
}

static void
fill_slots(void)
{
    static_assert(NWEIGHTS * 2 <= NSLOTS, "more slots, please");

    for (size_t i = 0; i < NWEIGHTS; i++)
    {
        unsigned slot = hash(weights[i].feature, strlen(weights[i].feature)) % NSLOTS;

        while (slots[slot] != 0)
            slot = (slot + 1) % NSLOTS;
        slots[slot] = (unsigned short) (i + 1);
    }
}

static const weight *
find(const char *feature, size_t n)
{
    for (unsigned slot = hash(feature, n) % NSLOTS; slots[slot] != 0; slot = (slot + 1) % NSLOTS)
    {
        const weight *w = &weights[slots[slot] - 1];

        if (strncmp(w->feature, feature, n) == 0 && w->feature[n] == '\0')
            return w;
    }
    return NULL;
}

#define HITS_MAX 256

typedef struct weighing
{
    double sum[NLEARNED];
    bool seen[NWEIGHTS];
    const weight *hits[HITS_MAX];
    size_t nhits;
} weighing;

/* Each once, however often it is said: so they were learnt. */
static void
add(weighing *w, const weight *found)
{
    if (found == NULL || w->seen[found - weights])
        return;
    w->seen[found - weights] = true;
    for (size_t i = 0; i < NLEARNED; i++)
        w->sum[i] += found->of[i] / SCALE;
    if (w->nhits < HITS_MAX)
        w->hits[w->nhits++] = found;
}

static void
weigh(void *to, const char *feature, size_t n)
{
    add(to, find(feature, n));
}

/*
 * What it costs to take a column of one class for another: nothing leaks by too much care, but the sandbox is less like; too
 * little may, and is dear.  Undecided costs a person's time.
 */
static double
cost(const ss_about *about, ss_class is, ss_class taken)
{
    static const double too_little[SS_NCLASSES] = {[SS_CLASS_DIRECT_IDENTIFIER] = 8,
                                                   [SS_CLASS_QUASI_IDENTIFIER] = 5,
                                                   [SS_CLASS_SPECIAL_CATEGORY] = 12,
                                                   [SS_CLASS_SECRET] = 6,
                                                   [SS_CLASS_KEY] = 1,
                                                   [SS_CLASS_FREE_TEXT] = 3,
                                                   [SS_CLASS_NON_PERSONAL] = 1};

    if (is == taken)
        return 0;
    /* What is nobody's describes nobody, and names things. */
    if (!about->theirs && !about->folk && !about->person_key && taken != SS_CLASS_UNDECIDED &&
        ss_class_care(taken) < ss_class_care(is))
        return is == SS_CLASS_QUASI_IDENTIFIER ? 1 : too_little[is] / 2;
    if (taken == SS_CLASS_UNDECIDED)
        return 0.8;
    return ss_class_care(taken) < ss_class_care(is) ? too_little[is] : 1;
}

#define SURELY                                                                                     \
    0.6 /* share of keys from which a column that is none is taken for one: nothing is learnt of keys */
#define LIKELY 0.25 /* share of a class that may be taken */
#define GRAVE                                                                                      \
    0.15 /* of those of which nothing may be learnt: from there a number, a moment or a code may stay undecided */

static bool
may_be_undecided(const ss_named *l, const double share[SS_NCLASSES])
{
    return strchr("binedm", l->letter) == NULL ||
           share[SS_CLASS_DIRECT_IDENTIFIER] + share[SS_CLASS_SPECIAL_CATEGORY] +
                   share[SS_CLASS_SECRET] + share[SS_CLASS_FREE_TEXT] >=
               GRAVE;
}

static ss_class
cheapest(const ss_named *l, const double share[SS_NCLASSES])
{
    double least = HUGE_VAL;
    ss_class best = SS_CLASS_UNDECIDED;

    for (ss_class taken = SS_CLASS_UNDECIDED; taken < SS_NCLASSES; taken++)
    {
        double sum = 0;

        if (taken == SS_CLASS_UNDECIDED
                ? !may_be_undecided(l, share)
                : share[taken] <
                      (taken == SS_CLASS_KEY && !l->primary && !l->foreign ? SURELY : LIKELY))
            continue;
        for (ss_class is = SS_CLASS_DIRECT_IDENTIFIER; is < SS_NCLASSES; is++)
            sum += share[is] * cost(l->about, is, taken);
        if (sum < least)
        {
            least = sum;
            best = taken;
        }
    }
    return best;
}

/* --- why ----------------------------------------------------------------------------------------- */

/* Does the feature come from there?  What follows, then. */
static const char *
comes_from(const weight *w, const char *from)
{
    const size_t n = strlen(from);

    return strncmp(w->feature, from, n) == 0 && w->feature[n] == ':' ? w->feature + n + 1 : NULL;
}

static const char *
say_about(const char *what)
{
    static const struct
    {
        const char *sort, *said;
    } known[] = {
        {"people", "in a table of people"},          {"theirs", "in a table that leads to people"},
        {"health", "in a table about health"},       {"place", "in a table of addresses"},
        {"bank", "in a table of accounts or cards"}, {"secrets", "in a table of secrets"},
        {"done", "in a table of what people did"}};

    const size_t n = strcspn(what, "|");

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    {
        if (strlen(known[i].sort) == n && strncmp(known[i].sort, what, n) == 0)
            return known[i].said;
    }
    return NULL;
}

/* What a feature says of the name, or of the table; NULL: nothing that is worth saying. */
static const char *
say_name(const ss_named *l, const weight *w, ss_arena *result)
{
    static const char *const words[] = {"word", "first", "last", "in"};
    const char *what;

    if ((comes_from(w, "kind") != NULL || comes_from(w, "class") != NULL ||
         comes_from(w, "kind in") != NULL) &&
        l->r != NULL)
        return ss_strf(result, "named \"%.*s\"", (int) l->pattern.n, l->pattern.text);
    what = comes_from(w, "words");
    if (what != NULL)
        return ss_strf(result, "named \"%.*s %s\"", (int) strcspn(what, "|"), what,
                       strchr(what, '|') + 1);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    {
        what = comes_from(w, words[i]);
        if (what != NULL && strcmp(words[i], "in") == 0)
            what = strchr(what, '|') + 1;
        if (what != NULL)
            return ss_strf(result, "named \"%.*s\"", (int) strcspn(what, "|"), what);
    }
    return NULL;
}

static const char *
say_table(const weight *w, ss_arena *result)
{
    static const char *const abouts[] = {"about", "in", "kind in"};
    const char *what = comes_from(w, "refers to");

    if (what != NULL)
        return ss_strf(result, "refers to \"%s\"", what);
    what = comes_from(w, "table");
    if (what != NULL)
        return ss_strf(result, "of \"%.*s\"", (int) strcspn(what, "|"), what);
    if (comes_from(w, "key") != NULL)
        return "a key";
    for (size_t i = 0; i < sizeof abouts / sizeof abouts[0]; i++)
    {
        what = comes_from(w, abouts[i]);
        if (what != NULL)
            return say_about(what);
    }
    return NULL;
}

/* What spoke most for its class and against the others: something of its name, something of its table. */
static const char *
why(const ss_named *l, const weighing *w, ss_class class, ss_arena *result)
{
    const size_t mine = (size_t) class - SS_CLASS_DIRECT_IDENTIFIER;
    const char *name = NULL, *table = NULL;
    int of_name = 0, of_table = 0;

    for (size_t i = 0; i < w->nhits; i++)
    {
        const int much = w->hits[i]->of[mine];
        const char *said;

        if (much > of_name && (said = say_name(l, w->hits[i], result)) != NULL)
        {
            name = said;
            of_name = much;
        }
        if (much > of_table && (said = say_table(w->hits[i], result)) != NULL)
        {
            table = said;
            of_table = much;
        }
    }
    if (name != NULL && table != NULL)
        return ss_strf(result, "%s, %s", name, table);
    return name != NULL ? name : table != NULL ? table : "by its letters and its type";
}

ss_learned
ss_learned_of(const ss_named *l, ss_buf *work, ss_arena *result)
{
    weighing w = {0};
    ss_learned out = {0};
    double total = 0, most = -HUGE_VAL;

    (void) pthread_once(&once, fill_slots);
    weigh(&w, "always", strlen("always"));
    ss_features_each(l, weigh, &w, work);
    for (size_t i = 0; i < NLEARNED; i++)
        most = fmax(most, w.sum[i]);
    for (size_t i = 0; i < NLEARNED; i++)
    {
        out.share[SS_CLASS_DIRECT_IDENTIFIER + i] = exp(w.sum[i] - most);
        total += out.share[SS_CLASS_DIRECT_IDENTIFIER + i];
    }
    for (size_t i = 0; i < NLEARNED; i++)
        out.share[SS_CLASS_DIRECT_IDENTIFIER + i] /= total;
    out.class = cheapest(l, out.share);
    if (out.class != SS_CLASS_UNDECIDED)
        out.why = why(l, &w, out.class, result);
    return out;
}
