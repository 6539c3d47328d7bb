#include "fit/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/wide.h"
#include "stats/cells.h"

#define SUPPORT_PEOPLE  50   /* a rule of fewer is none */
#define SCREEN_ROWS     4000 /* on which most candidates fall */
#define NUMBERS_MAX     24   /* numeric columns of which sums are tried; three terms below */
#define TERMS_MAX       10
#define DEPENDENTS_MAX  40 /* columns between which dependencies are tried */
#define SHUFFLED        769 /* rows between a value and the one that it is held against as if by chance */
#define CHANCE_SHARE    100  /* one row in so many would break a rule by chance, at least */
#define EXCEPTION_SHARE 1000 /* of the rows, at most so many parts break a dependency */
#define PAIRS_MAX       ((size_t) 1 << 20) /* of a determinant's values with others */
#define BY_VALUES_MAX   64 /* different values of a column that what is NULL may be decided by */

/* A column as rules see it: its values as numbers that are equal when they are. */
typedef struct view
{
    size_t column;
    const ss_fit_column *c;
    bool value; /* its values may be compared with others */
    bool told;  /* or at least which are the same: keys, too */
    bool nulls; /* which are NULL may be told together with others */
    bool number, time;
    size_t at;
    uint8_t *null;
    uint64_t *id;   /* of values */
    int64_t *units; /* of numbers and times */
    bool *known;    /* are there units? */
} view;

typedef struct pair
{
    uint64_t a, b;
} pair;

/* Which b the first a was met with. */
typedef struct mapping
{
    pair *slots; /* a 0: empty */
    size_t capacity, n;
} mapping;

/*
 * How many rows each determinant has with each value: of those that a dependency does not hold for, the fewest are the
 * exceptions, whatever the order in which rows come.
 */
typedef struct together
{
    uint64_t a, b, weight; /* a 0: empty */
} together;

typedef struct table
{
    together *slots;
    size_t capacity, n;
} table;

typedef struct candidate
{
    ss_rule rule; /* columns are places among the views */
    mapping map;  /* of NULL_BY: b is 1 NULL, 2 not */
    table pairs;  /* of a dependency */
    ss_crowd *holds;
    ss_crowd *other; /* of rules about NULL: those for whom there is a value */
    uint64_t rows;
    bool broken;
} candidate;

struct ss_fit_rules
{
    const ss_sample *sample;
    const ss_fit_who *who;
    ss_hash_key key;
    view *views;
    size_t nviews;
    candidate *list;
    size_t n, capacity;
    view *batch; /* the same of a batch */
    size_t batch_rows;
    const uint64_t *subjects, *weights; /* of the rows that are looked at */
    ss_arena *arena;
};

/* --- views ------------------------------------------------------------------------------------------ */

static void
alloc_view(view *v, size_t n, ss_arena *arena)
{
    v->null = ss_alloc(arena, n + 1, sizeof *v->null);
    v->id = ss_alloc(arena, n + 1, sizeof *v->id);
    v->units = ss_alloc(arena, n + 1, sizeof *v->units);
    v->known = ss_alloc(arena, n + 1, sizeof *v->known);
}

static void
fill_view(const ss_fit_rules *s, view *v, const ss_batch_column *values, size_t n)
{
    memcpy(v->null, values->null, n);
    for (size_t r = 0; r < n && v->told; r++)
    {
        v->known[r] = false;
        v->id[r] = 0;
        if (values->null[r])
            continue;
        v->known[r] = (v->number || v->time) && ss_fit_column_units(v->c, values, r, &v->units[r]);
        if (values->form == SS_FORM_I64)
            v->id[r] = (uint64_t) values->i64[r] + 1;
        else if (values->form == SS_FORM_F64)
            v->id[r] = ss_hash(&s->key, &values->f64[r], sizeof values->f64[r]);
        else if (values->form == SS_FORM_TEXT)
        {
            size_t length;
            const unsigned char *text = ss_column_bytes(values, r, &length);

            v->id[r] = ss_hash(&s->key, text, length);
        }
    }
}

/* Times are compared as they are, not in their grid: a second holds many orders. */
static ss_wide
compared(const view *v, const ss_batch_column *values, size_t r)
{
    if (v->time && v->c->step != 1)
        return values->i64[r];
    return v->units[r];
}

/* --- chance ----------------------------------------------------------------------------------------- */

static size_t
partner(size_t r, size_t n)
{
    return (r + SHUFFLED) % n;
}

/* --- candidates ------------------------------------------------------------------------------------- */

static candidate *
add_candidate(ss_fit_rules *s, ss_rule_kind kind, const size_t *columns, size_t n)
{
    candidate *c;

    s->list = ss_grow(s->arena, s->list, s->n, &s->capacity, sizeof *s->list);
    c = &s->list[s->n++];
    *c = (candidate){.rule = {.kind = kind, .ncolumns = n}};
    for (size_t i = 0; i < n; i++)
        c->rule.columns[i] = columns[i];
    return c;
}

static uint64_t
determinant(const view *a, const view *b, size_t r)
{
    uint64_t both;

    if (a->null[r] || (b != NULL && b->null[r]))
        return 0;
    if (b == NULL)
        return a->id[r] == 0 ? 1 : a->id[r];
    both = a->id[r] * UINT64_C(0x9E3779B97F4A7C15) ^ (b->id[r] + (a->id[r] << 6));
    return both == 0 ? 1 : both;
}

static size_t
slot_of(const mapping *m, uint64_t a)
{
    uint64_t x = (a ^ (a >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    size_t i = (size_t) (x ^ (x >> 29)) & (m->capacity - 1);

    while (m->slots[i].a != 0 && m->slots[i].a != a)
        i = (i + 1) & (m->capacity - 1);
    return i;
}

/* What a has been with before, or b, which it is with from now on. */
static uint64_t
look_up(mapping *m, uint64_t a, uint64_t b)
{
    size_t at;

    if (2 * (m->n + 1) > m->capacity)
    {
        const mapping old = *m;

        m->capacity = old.capacity == 0 ? 64 : 2 * old.capacity;
        m->slots = calloc(m->capacity, sizeof *m->slots);
        if (m->slots == NULL)
            ss_out_of_memory();
        for (size_t i = 0; i < old.capacity; i++)
        {
            if (old.slots[i].a != 0)
                m->slots[slot_of(m, old.slots[i].a)] = old.slots[i];
        }
        free(old.slots);
    }
    at = slot_of(m, a);
    if (m->slots[at].a == 0)
    {
        m->slots[at] = (pair){a, b};
        m->n++;
    }
    return m->slots[at].b;
}

static size_t
place_of(const table *m, uint64_t a, uint64_t b)
{
    uint64_t x = (a ^ (a >> 30) ^ (b << 17) ^ (b >> 11)) * UINT64_C(0xBF58476D1CE4E5B9);
    size_t i = (size_t) (x ^ (x >> 29)) & (m->capacity - 1);

    while (m->slots[i].a != 0 && (m->slots[i].a != a || m->slots[i].b != b))
        i = (i + 1) & (m->capacity - 1);
    return i;
}

/* False: there are too many different ones. */
static bool
count_pair(table *m, uint64_t a, uint64_t b, uint64_t weight)
{
    size_t at;

    if (2 * (m->n + 1) > m->capacity)
    {
        const table old = *m;

        if (m->n > PAIRS_MAX)
            return false;
        m->capacity = old.capacity == 0 ? 64 : 2 * old.capacity;
        m->slots = calloc(m->capacity, sizeof *m->slots);
        if (m->slots == NULL)
            ss_out_of_memory();
        for (size_t i = 0; i < old.capacity; i++)
        {
            if (old.slots[i].a != 0)
                m->slots[place_of(m, old.slots[i].a, old.slots[i].b)] = old.slots[i];
        }
        free(old.slots);
    }
    at = place_of(m, a, b);
    m->n += m->slots[at].a == 0;
    m->slots[at].a = a;
    m->slots[at].b = b;
    m->slots[at].weight += weight;
    return true;
}

static int
by_determinant(const void *x, const void *y)
{
    const together *a = x, *b = y;

    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return (a->weight < b->weight) - (a->weight > b->weight);
}

/* Rows whose value is not the one that most rows of their determinant have; the table is done then. */
static uint64_t
exceptions_of(const table *m)
{
    together *list = calloc(m->n + 1, sizeof *list);
    uint64_t broken = 0;
    size_t n = 0;

    if (list == NULL)
        ss_out_of_memory();
    for (size_t i = 0; i < m->capacity; i++)
    {
        if (m->slots[i].a != 0)
            list[n++] = m->slots[i];
    }
    if (n > 0)
        qsort(list, n, sizeof *list, by_determinant);
    for (size_t i = 1; i < n; i++)
        broken += list[i].a == list[i - 1].a ? list[i].weight : 0;
    free(list);
    return broken;
}

/*
 * Rows that break "a (and b) decide t", of n; *chance: how many would if t were another row's, *seen: rows whose
 * determinant was seen before.
 */
static size_t
dependency_broken(const view *a, const view *b, const view *t, size_t n, size_t *chance,
                  size_t *seen, size_t *values)
{
    mapping m = {0};
    size_t broken = 0;

    *chance = *seen = 0;
    for (size_t r = 0; r < n; r++)
    {
        const uint64_t from = determinant(a, b, r);
        const uint64_t to = t->null[r] ? UINT64_MAX : t->id[r];
        const size_t other = partner(r, n);
        const size_t before = m.n;
        uint64_t first;

        if (from == 0)
            continue;
        first = look_up(&m, from, to);
        if (m.n != before)
            continue;
        (*seen)++;
        broken += first != to;
        *chance += first != (t->null[other] ? UINT64_MAX : t->id[other]);
    }
    *values = m.n;
    free(m.slots);
    return broken;
}

static int
by_number(const void *x, const void *y)
{
    const uint64_t a = *(const uint64_t *) x, b = *(const uint64_t *) y;

    return (a > b) - (a < b);
}

/* Has half of the determinant's values k rows or more in the sample, as they would have in all rows? */
static bool
common_enough(const ss_fit_rules *s, const view *a, const view *b)
{
    const size_t n = s->sample->n, k = s->who->k;
    uint64_t *all = malloc((n + 1) * sizeof *all);
    size_t m = 0, values = 0, enough = 0;

    if (all == NULL)
        ss_out_of_memory();
    for (size_t r = 0; r < n; r++)
    {
        all[m] = determinant(a, b, r);
        m += all[m] != 0;
    }
    if (m > 0)
        qsort(all, m, sizeof *all, by_number);
    for (size_t first = 0, last; first < m; first = last)
    {
        for (last = first; last < m && all[last] == all[first];)
            last++;
        values++;
        enough += ((last - first) << s->sample->halved) >= k;
    }
    free(all);
    return values > 1 && 2 * enough >= values;
}

/* Does it hold in the sample, and would it not by chance? */
static bool
depends(const ss_fit_rules *s, const view *a, const view *b, const view *t)
{
    const size_t n = s->sample->n, screen = n < SCREEN_ROWS ? n : SCREEN_ROWS;
    size_t chance, seen, values, broken;

    broken = dependency_broken(a, b, t, screen, &chance, &seen, &values);
    if (seen == 0 || broken * EXCEPTION_SHARE > 10 * seen || chance * CHANCE_SHARE < seen ||
        chance < SUPPORT_PEOPLE)
        return false;
    if (n == screen)
        return broken * EXCEPTION_SHARE <= seen;
    broken = dependency_broken(a, b, t, n, &chance, &seen, &values);
    return broken * EXCEPTION_SHARE <= seen && chance * CHANCE_SHARE >= seen;
}

typedef struct found
{
    bool *on; /* nviews x nviews: a decides b */
    size_t n;
} found;

/* Which column alone decides which; what follows by way of a third is left out. */
static void
find_dependencies(ss_fit_rules *s)
{
    const size_t n = s->nviews < DEPENDENTS_MAX ? s->nviews : DEPENDENTS_MAX;
    found f = {.on = ss_alloc(s->arena, n * n + 1, sizeof *f.on), .n = n};
    bool *common = ss_alloc(s->arena, n + 1, sizeof *common);

    for (size_t a = 0; a < n; a++)
        common[a] = s->views[a].told && common_enough(s, &s->views[a], NULL);
    for (size_t a = 0; a < n; a++)
    {
        for (size_t t = 0; t < n && common[a]; t++)
            f.on[a * n + t] =
                t != a && s->views[t].told && depends(s, &s->views[a], NULL, &s->views[t]);
    }
    for (size_t a = 0; a < n; a++)
    {
        for (size_t t = 0; t < n; t++)
        {
            bool by_way = false;

            if (!f.on[a * n + t])
                continue;
            for (size_t c = 0; c < n; c++)
                by_way = by_way || (c != a && c != t && f.on[a * n + c] && f.on[c * n + t] &&
                                    (!f.on[c * n + a] || c < a) && !f.on[t * n + c]);
            if (!by_way)
                (void) add_candidate(s, SS_RULE_DEPENDENCY, (size_t[]){a, t}, 2);
        }
    }
    for (size_t t = 0; t < n; t++)
    {
        bool alone = !s->views[t].told;

        for (size_t a = 0; a < n; a++)
            alone = alone || f.on[a * n + t];
        for (size_t a = 0; a < n && !alone; a++)
        {
            for (size_t b = a + 1; b < n && !alone; b++)
            {
                const view *x = &s->views[a], *y = &s->views[b];

                /* Of two of which one decides the other, the pair says no more than one. */
                if (a == t || b == t || !x->told || !y->told || f.on[a * n + b] ||
                    f.on[b * n + a] || f.on[t * n + a] == f.on[t * n + b])
                    continue;
                if (common_enough(s, x, y) && depends(s, x, y, &s->views[t]))
                {
                    (void) add_candidate(s, SS_RULE_DEPENDENCY, (size_t[]){a, b, t}, 3);
                    alone = true;
                }
            }
        }
    }
}

/* --- orders and sums -------------------------------------------------------------------------------- */

static ss_wide
scaled(const ss_fit_rules *s, const view *v, size_t r, int scale)
{
    if (v->time)
        return compared(v, &s->sample->columns[v->at], r);
    return (ss_wide) v->units[r] * ss_wide_ten_to(scale - v->c->scale);
}

static int
common_scale(const view *a, const view *b)
{
    return a->c->scale > b->c->scale ? a->c->scale : b->c->scale;
}

static bool
comparable(const view *a, const view *b)
{
    if (!a->value || !b->value)
        return false;
    if (a->number && b->number)
        return true;
    return a->time && b->time && a->c->step == b->c->step;
}

/* Is a equal to b, or never above it, where both are known; and would it be above often, if b were another row's? */
static void
find_order(ss_fit_rules *s, size_t x, size_t y)
{
    const view *a = &s->views[x], *b = &s->views[y];
    const size_t n = s->sample->n;
    const int scale = common_scale(a, b);
    size_t both = 0, equal = 0, chance = 0, by_chance_equal = 0;

    for (size_t r = 0; r < n; r++)
    {
        const size_t other = partner(r, n);
        ss_wide p, q;

        if (!a->known[r] || !b->known[r])
            continue;
        p = scaled(s, a, r, scale);
        q = scaled(s, b, r, scale);
        if (p > q)
            return;
        both++;
        equal += p == q;
        if (!b->known[other])
            continue;
        chance += p > scaled(s, b, other, scale);
        by_chance_equal += p == scaled(s, b, other, scale);
    }
    if (both < SUPPORT_PEOPLE)
        return;
    if (equal == both)
    {
        if (x < y && by_chance_equal * 2 < both)
            (void) add_candidate(s, SS_RULE_EQUAL, (size_t[]){x, y}, 2);
        return;
    }
    if (chance >= SUPPORT_PEOPLE && chance * CHANCE_SHARE >= both)
        (void) add_candidate(s, SS_RULE_ORDER, (size_t[]){x, y}, 2);
}

/* t = the sum, or the product rounded to t's decimals, of terms, in row r whose terms but the first are row o's. */
static bool
adds_up(const view *views, const ss_rule *rule, size_t r, size_t o)
{
    const view *t = &views[rule->columns[0]];
    int scale = 0;
    ss_wide v = rule->kind == SS_RULE_PRODUCT ? 1 : 0;

    for (size_t i = 0; i < rule->ncolumns; i++)
    {
        const int own = views[rule->columns[i]].c->scale;

        scale = own > scale ? own : scale;
    }
    for (size_t i = 1; i < rule->ncolumns; i++)
    {
        const view *term = &views[rule->columns[i]];
        const int64_t units = term->units[i == 1 ? r : o];

        if (rule->kind == SS_RULE_PRODUCT)
            v *= units;
        else
            v += (ss_wide) units * ss_wide_ten_to(scale - term->c->scale);
    }
    if (rule->kind == SS_RULE_PRODUCT)
        scale = views[rule->columns[1]].c->scale + views[rule->columns[2]].c->scale;
    return ss_wide_shift(&v, t->c->scale - scale) && v == t->units[r];
}

/* Do all terms stand in row r, and more than one of them says something (not 0; of a product not 1)? */
static bool
says_something(const view *views, const ss_rule *rule, size_t r, bool *present)
{
    size_t telling = 0;

    *present = true;
    for (size_t i = 0; i < rule->ncolumns; i++)
    {
        const view *v = &views[rule->columns[i]];

        *present = *present && v->known[r];
        if (i > 0 && v->known[r])
            telling += v->units[r] != 0 &&
                       (rule->kind == SS_RULE_SUM || v->units[r] != ss_wide_ten_to(v->c->scale));
    }
    return *present && telling == rule->ncolumns - 1;
}

static void
try_sum(ss_fit_rules *s, const ss_rule *rule)
{
    const size_t n = s->sample->n;
    size_t telling = 0, chance = 0;

    for (size_t r = 0; r < n; r++)
    {
        const size_t other = partner(r, n);
        bool present, other_present;
        const bool tells = says_something(s->views, rule, r, &present);

        if (!present)
            continue;
        if (!adds_up(s->views, rule, r, r))
            return;
        if (!tells)
            continue;
        telling++;
        if (says_something(s->views, rule, other, &other_present) || other_present)
            chance += !adds_up(s->views, rule, r, other);
    }
    if (telling < SUPPORT_PEOPLE || chance * 4 < telling)
        return;
    (void) add_candidate(s, rule->kind, rule->columns, rule->ncolumns);
}

static bool
can_add(const view *v)
{
    return v->value && v->number && !v->c->is_float && v->c->scale <= 9;
}

static void
find_sums(ss_fit_rules *s)
{
    size_t list[NUMBERS_MAX], n = 0;

    for (size_t i = 0; i < s->nviews && n < NUMBERS_MAX; i++)
    {
        if (can_add(&s->views[i]))
            list[n++] = i;
    }
    for (size_t t = 0; t < n; t++)
    {
        for (size_t a = 0; a < n; a++)
        {
            for (size_t b = a; b < n && a != t; b++)
            {
                ss_rule rule = {
                    .kind = SS_RULE_PRODUCT, .ncolumns = 3, .columns = {list[t], list[a], list[b]}};

                if (b == t)
                    continue;
                if (a != b)
                    try_sum(s, &rule);
                rule.kind = SS_RULE_SUM;
                if (a != b)
                    try_sum(s, &rule);
                for (size_t c = b + 1; c < n && a != b && n <= TERMS_MAX; c++)
                {
                    rule.ncolumns = 4;
                    rule.columns[3] = list[c];
                    if (c != t)
                        try_sum(s, &rule);
                }
            }
        }
    }
}

/* --- what is NULL together -------------------------------------------------------------------------- */

/* The value that what is NULL may be decided by: few of them. */
static void
find_null_by(ss_fit_rules *s, size_t x, size_t y)
{
    const view *t = &s->views[x], *by = &s->views[y];
    mapping m = {0};
    size_t rows[2] = {0};
    bool pure = true;

    for (size_t r = 0; r < s->sample->n && pure; r++)
    {
        const uint64_t is = t->null[r] ? 1 : 2;

        rows[is - 1]++;
        pure = look_up(&m, by->null[r] ? 1 : by->id[r] + 1, is) == is && m.n <= BY_VALUES_MAX;
    }
    free(m.slots);
    if (pure && rows[0] >= SUPPORT_PEOPLE && rows[1] >= SUPPORT_PEOPLE)
        (void) add_candidate(s, SS_RULE_NULL_BY, (size_t[]){x, y}, 2);
}

static void
find_null_with(ss_fit_rules *s, size_t x, size_t y)
{
    const view *a = &s->views[x], *b = &s->views[y];
    size_t nulls = 0, with = 0, apart = 0;
    const size_t n = s->sample->n;

    for (size_t r = 0; r < n; r++)
    {
        nulls += a->null[r] != 0;
        with += a->null[r] == b->null[r];
        apart += a->null[r] != b->null[r];
    }
    if (nulls < SUPPORT_PEOPLE || n - nulls < SUPPORT_PEOPLE)
        return;
    if (with == n)
        (void) add_candidate(s, SS_RULE_NULL_WITH, (size_t[]){x, y}, 2);
    else if (apart == n)
        (void) add_candidate(s, SS_RULE_NULL_XOR, (size_t[]){x, y}, 2);
}

static void
find_nulls(ss_fit_rules *s)
{
    for (size_t x = 0; x < s->nviews; x++)
    {
        for (size_t y = 0; y < s->nviews && s->views[x].nulls; y++)
        {
            if (y == x)
                continue;
            if (s->views[y].value && s->views[y].c->kind == SS_MARGINAL_CATEGORIES)
                find_null_by(s, x, y);
            if (x < y && s->views[y].nulls)
                find_null_with(s, x, y);
        }
    }
}

/* --- beginnings of texts ---------------------------------------------------------------------------- */

static bool
begins(const ss_batch_column *longer, const ss_batch_column *shorter, size_t r, size_t o)
{
    size_t n, m;
    const unsigned char *text = ss_column_bytes(longer, r, &n);
    const unsigned char *start = ss_column_bytes(shorter, o, &m);

    return m <= n && (m == 0 || memcmp(text, start, m) == 0);
}

static bool
is_text(const view *v)
{
    return v->value && v->c->lengths != NULL;
}

/* Is one the beginning of the other, or the same, in every row? */
static void
find_prefix(ss_fit_rules *s, size_t x, size_t y)
{
    const view *a = &s->views[x], *b = &s->views[y];
    const ss_batch_column *start = &s->sample->columns[a->at], *text = &s->sample->columns[b->at];
    const size_t n = s->sample->n;
    size_t both = 0, equal = 0, chance = 0;

    for (size_t r = 0; r < n; r++)
    {
        const size_t other = partner(r, n);

        if (a->null[r] || b->null[r])
            continue;
        if (!begins(text, start, r, r))
            return;
        both++;
        equal += a->id[r] == b->id[r];
        if (!a->null[other])
            chance += !begins(text, start, r, other);
    }
    if (both < SUPPORT_PEOPLE || chance * 4 < both)
        return;
    if (equal < both)
        (void) add_candidate(s, SS_RULE_PREFIX, (size_t[]){x, y}, 2);
    else if (x < y)
        (void) add_candidate(s, SS_RULE_EQUAL, (size_t[]){x, y}, 2);
}

/* --- all -------------------------------------------------------------------------------------------- */

ss_fit_rules *
ss_fit_rules_find(const ss_fit_column *columns, size_t ncolumns, const ss_sample *sample,
                  const size_t *at, const ss_hash_key *key, ss_arena *kept, ss_arena *scratch)
{
    ss_fit_rules *s = ss_alloc(kept, 1, sizeof *s);

    *s = (ss_fit_rules){.sample = sample,
                        .who = ncolumns == 0 ? NULL : columns[0].who,
                        .key = *key,
                        .views = ss_alloc(kept, ncolumns + 1, sizeof *s->views),
                        .batch = ss_alloc(kept, ncolumns + 1, sizeof *s->batch),
                        .arena = kept};
    for (size_t c = 0; c < ncolumns; c++)
    {
        const ss_fit_column *of = &columns[c];
        view *v = &s->views[s->nviews];

        if (at[c] == SS_NONE || sample->columns[at[c]].form == SS_FORM_WIRE)
            continue;
        *v = (view){.column = c,
                    .c = of,
                    .at = at[c],
                    .value = of->values != NULL,
                    .told = of->values != NULL || of->kind == SS_MARGINAL_KEY,
                    .nulls = of->null_people != NULL && of->decision->class != SS_CLASS_UNDECIDED,
                    .number = of->is_number,
                    .time = of->is_time};
        if (!v->told && !v->nulls)
            continue;
        s->batch[s->nviews] = *v;
        alloc_view(v, sample->n, scratch);
        alloc_view(&s->batch[s->nviews++], SS_BATCH_ROWS, kept);
        fill_view(s, v, &sample->columns[at[c]], sample->n);
    }
    if (sample->n < SUPPORT_PEOPLE)
        return s;
    find_dependencies(s);
    for (size_t x = 0; x < s->nviews; x++)
    {
        for (size_t y = 0; y < s->nviews; y++)
        {
            if (x != y && comparable(&s->views[x], &s->views[y]))
                find_order(s, x, y);
            if (x != y && is_text(&s->views[x]) && is_text(&s->views[y]))
                find_prefix(s, x, y);
        }
    }
    find_sums(s);
    find_nulls(s);
    for (size_t i = 0; i < s->n; i++)
    {
        const size_t k = s->who->k > SUPPORT_PEOPLE ? s->who->k : SUPPORT_PEOPLE;

        s->list[i].holds = ss_crowd_new(k, s->who->npaths);
        s->list[i].other = ss_crowd_new(s->who->k, s->who->npaths);
    }
    return s;
}

void
ss_fit_rules_done(ss_fit_rules *s)
{
    for (size_t i = 0; s != NULL && i < s->n; i++)
    {
        ss_crowd_free(s->list[i].holds);
        ss_crowd_free(s->list[i].other);
        free(s->list[i].map.slots);
        free(s->list[i].pairs.slots);
    }
    if (s != NULL)
        s->n = 0;
}

size_t
ss_fit_rules_count(const ss_fit_rules *s)
{
    return s->n;
}

typedef enum verdict
{
    SAYS_NOTHING,
    HOLDS,
    HOLDS_OTHERWISE, /* the other branch of a rule about NULL */
    BROKEN,
} verdict;

static verdict
judge(candidate *c, const view *views, const ss_batch_column *const *values, uint64_t weight,
      size_t r)
{
    const view *a = &views[c->rule.columns[0]], *b = &views[c->rule.columns[1]];
    ss_wide p, q;
    uint64_t from, to;
    int scale;
    bool present;

    switch (c->rule.kind)
    {
    case SS_RULE_DEPENDENCY:
        from = determinant(a, c->rule.ncolumns == 3 ? b : NULL, r);
        if (c->rule.ncolumns == 3)
            b = &views[c->rule.columns[2]];
        to = b->null[r] ? UINT64_MAX : b->id[r];
        return from == 0 ? SAYS_NOTHING : count_pair(&c->pairs, from, to, weight) ? HOLDS : BROKEN;
    case SS_RULE_EQUAL:
        if (a->null[r] || b->null[r])
            return SAYS_NOTHING;
        if (!a->number && !a->time)
            return a->id[r] == b->id[r] ? HOLDS : BROKEN;
        if (!a->known[r] || !b->known[r])
            return SAYS_NOTHING;
        scale = common_scale(a, b);
        p = a->time ? compared(a, values[0], r)
                    : (ss_wide) a->units[r] * ss_wide_ten_to(scale - a->c->scale);
        q = b->time ? compared(b, values[1], r)
                    : (ss_wide) b->units[r] * ss_wide_ten_to(scale - b->c->scale);
        return p == q ? HOLDS : BROKEN;
    case SS_RULE_ORDER:
        if (!a->known[r] || !b->known[r])
            return SAYS_NOTHING;
        scale = common_scale(a, b);
        p = a->time ? compared(a, values[0], r)
                    : (ss_wide) a->units[r] * ss_wide_ten_to(scale - a->c->scale);
        q = b->time ? compared(b, values[1], r)
                    : (ss_wide) b->units[r] * ss_wide_ten_to(scale - b->c->scale);
        return p <= q ? HOLDS : BROKEN;
    case SS_RULE_SUM:
    case SS_RULE_PRODUCT:
        (void) says_something(views, &c->rule, r, &present);
        return !present ? SAYS_NOTHING : adds_up(views, &c->rule, r, r) ? HOLDS : BROKEN;
    case SS_RULE_NULL_BY:
        to = a->null[r] ? 1 : 2;
        if (look_up(&c->map, b->null[r] ? 1 : b->id[r] + 1, to) != to)
            return BROKEN;
        return a->null[r] ? HOLDS : HOLDS_OTHERWISE;
    case SS_RULE_NULL_WITH:
        if (a->null[r] != b->null[r])
            return BROKEN;
        return a->null[r] ? HOLDS : HOLDS_OTHERWISE;
    case SS_RULE_NULL_XOR:
        if (a->null[r] == b->null[r])
            return BROKEN;
        return a->null[r] ? HOLDS : HOLDS_OTHERWISE;
    case SS_RULE_PREFIX:
        if (a->null[r] || b->null[r])
            return SAYS_NOTHING;
        return begins(values[1], values[0], r, r) ? HOLDS : BROKEN;
    case SS_RULE_TOTAL:
    case SS_RULE_COUNT:
    case SS_RULE_FIRST:
    case SS_RULE_LAST:
    case SS_RULE_BEFORE:
    case SS_RULE_AFTER:
        return SAYS_NOTHING; /* of two tables: fit/totals.h */
    }
    return SAYS_NOTHING;
}

static void
add_rows(ss_fit_rules *s, const view *views, const ss_batch_column *columns, size_t n,
         const uint64_t *subjects, const uint64_t *weights)
{
    const size_t npaths = s->who->npaths;

    for (size_t i = 0; i < s->n; i++)
    {
        candidate *c = &s->list[i];
        const ss_batch_column *values[SS_RULE_COLUMNS] = {NULL};

        for (size_t k = 0; k < c->rule.ncolumns; k++)
            values[k] = &columns[views[c->rule.columns[k]].at];
        for (size_t r = 0; r < n && !c->broken; r++)
        {
            const verdict v = judge(c, views, values, weights[r], r);

            c->broken = v == BROKEN;
            if (v == SAYS_NOTHING || v == BROKEN)
                continue;
            c->rows += weights[r];
            ss_crowd_add(v == HOLDS_OTHERWISE ? c->other : c->holds, subjects + r * npaths,
                         weights[r]);
        }
    }
}

void
ss_fit_rules_add(ss_fit_rules *s, const ss_fit_reading *reading)
{
    const ss_batch *batch = reading->batch;

    for (size_t i = 0; i < s->nviews && s->n > 0; i++)
        fill_view(s, &s->batch[i], &batch->columns[s->batch[i].at], batch->nrows);
    add_rows(s, s->batch, batch->columns, batch->nrows, reading->behind.subjects,
             reading->behind.weights);
}

void
ss_fit_rules_add_sample(ss_fit_rules *s)
{
    add_rows(s, s->views, s->sample->columns, s->sample->n, s->sample->subjects,
             s->sample->weights);
}

/* Nothing breaks it, and enough people stand behind it and, of what is NULL, behind both branches. */
static bool
stands(const candidate *c, uint64_t exceptions, const bool *may_be_empty)
{
    const bool two_branches = c->rule.kind == SS_RULE_NULL_BY ||
                              c->rule.kind == SS_RULE_NULL_WITH || c->rule.kind == SS_RULE_NULL_XOR;

    return !c->broken && exceptions <= c->rows / EXCEPTION_SHARE &&
           ss_crowd_enough(c->holds, may_be_empty) &&
           (!two_branches || ss_crowd_enough(c->other, may_be_empty));
}

static bool
is_pair(const ss_rule *rule, ss_rule_kind kind, size_t a, size_t b)
{
    return rule->kind == kind && ((rule->columns[0] == a && rule->columns[1] == b) ||
                                  (rule->columns[0] == b && rule->columns[1] == a));
}

/* Does it follow from another one that says more? */
static bool
follows(const ss_rule *rule, const ss_rule *other)
{
    const size_t a = rule->columns[0], b = rule->columns[1];

    switch (rule->kind)
    {
    case SS_RULE_DEPENDENCY:
        return rule->ncolumns == 2 && is_pair(other, SS_RULE_EQUAL, a, b);
    case SS_RULE_NULL_BY:
        return is_pair(other, SS_RULE_NULL_WITH, a, b) || is_pair(other, SS_RULE_NULL_XOR, a, b);
    case SS_RULE_ORDER:
        /* No term of a sum of what is not negative is above it, say. */
        if ((other->kind != SS_RULE_SUM && other->kind != SS_RULE_PRODUCT) ||
            other->columns[0] != b)
            return false;
        for (size_t i = 1; i < other->ncolumns; i++)
        {
            if (other->columns[i] == a)
                return true;
        }
        return false;
    case SS_RULE_EQUAL:
    case SS_RULE_SUM:
    case SS_RULE_PRODUCT:
    case SS_RULE_NULL_WITH:
    case SS_RULE_NULL_XOR:
    case SS_RULE_PREFIX:
    case SS_RULE_TOTAL:
    case SS_RULE_COUNT:
    case SS_RULE_FIRST:
    case SS_RULE_LAST:
    case SS_RULE_BEFORE:
    case SS_RULE_AFTER:
        return false;
    }
    return false;
}

static void
leave_out_what_follows(ss_rule *list, size_t *n)
{
    size_t left = 0;

    for (size_t i = 0; i < *n; i++)
    {
        const ss_rule rule = list[i];
        bool out = false;

        /* Whatever follows is of another kind than what it follows from, so those that are left already will do. */
        for (size_t k = 0; k < *n && !out; k++)
            out = (k < left || k > i) && follows(&rule, &list[k]);
        if (!out)
            list[left++] = rule;
    }
    *n = left;
}

void
ss_fit_rules_finish(const ss_fit_rules *s, ss_arena *result, ss_rule **list, size_t *n)
{
    *n = 0;
    *list = ss_alloc(result, s->n + 1, sizeof **list);
    for (size_t i = 0; i < s->n; i++)
    {
        const candidate *c = &s->list[i];
        const uint64_t exceptions = exceptions_of(&c->pairs);
        ss_rule *rule = &(*list)[*n];

        if (!stands(c, exceptions, s->who->may_be_empty))
            continue;
        *rule = c->rule;
        for (size_t k = 0; k < rule->ncolumns; k++)
            rule->columns[k] = s->views[c->rule.columns[k]].column;
        rule->rows = ss_people_round(ss_whole_rows(c->rows));
        rule->exceptions = exceptions > 0;
        (*n)++;
    }
    leave_out_what_follows(*list, n);
}

size_t
ss_fit_rules_leave_out(ss_rule *list, size_t n, const char *const *names, const char *const *off,
                       size_t noff, const char **unknown)
{
    ss_arena *scratch = ss_arena_new(NULL);
    bool *known = ss_alloc(scratch, noff + 1, sizeof *known);
    size_t left = 0;

    for (size_t i = 0; i < n; i++)
    {
        const char *name = ss_rule_name(&list[i], names, scratch);
        bool out = false;

        for (size_t k = 0; k < noff; k++)
        {
            if (strcmp(off[k], name) == 0)
                out = known[k] = true;
        }
        if (!out)
            list[left++] = list[i];
    }
    *unknown = NULL;
    for (size_t k = noff; k > 0; k--)
    {
        if (!known[k - 1])
            *unknown = off[k - 1];
    }
    ss_arena_free(scratch);
    return left;
}
