#include "fit/mappings_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "fit/book.h"
#include "model/habits.h"
#include "model/statistics_json.h"
#include "stats/bins.h"

#define SHARP_SHARE 100 /* one row in so many may have a value that is no code of its own */

/* A token that is listed: its hash and its level, and the row of the sample that has it. */
typedef struct listed
{
    uint64_t hash;
    size_t level; /* among the levels; nlevels: all rows */
    size_t rows, row;
} listed;

/* --- values ----------------------------------------------------------------------------------------- */

static bool
may_be_told(const ss_fit_column *c)
{
    return c->values != NULL && !c->is_float &&
           (c->kind == SS_MARGINAL_REFERENCE ||
            ss_habits_allowed(c->decision->class, c->decision->treatment));
}

/* false: it has none that can be told (too long, no number).  room: as of ss_fit_column_text(). */
static bool
value_of(const ss_fit_column *c, const ss_batch_column *values, size_t r, char *room,
         ss_token_value *v, size_t *length)
{
    *v = (ss_token_value){.kind = SS_TOKEN_NULL};
    *length = 0;
    if (values->null[r])
        return true;
    if (c->lengths != NULL || c->kind == SS_MARGINAL_REFERENCE)
    {
        v->kind = SS_TOKEN_TEXT;
        v->text = (const char *) ss_fit_column_text(values, r, room, length);
        return *length <= SS_COUNTER_TEXT_MAX && memchr(v->text, '\0', *length) == NULL;
    }
    v->kind = SS_TOKEN_NUMBER;
    if (c->codes != NULL)
        return ss_fit_column_units(c, values, r, &v->number);
    v->number = values->i64[r];
    return true;
}

/* One number for a value, 0 for one that cannot be told. */
static uint64_t
id_of(const ss_fit_mappings *m, size_t column, const ss_batch_column *values, size_t r)
{
    char room[SS_FIT_NUMBER_TEXT];
    ss_token_value v;
    size_t length;

    if (!value_of(&m->columns[column], values, r, room, &v, &length))
        return 0;
    if (v.kind == SS_TOKEN_TEXT)
        return ss_hash(&m->key, v.text, length);
    return v.kind == SS_TOKEN_NULL ? 1 : ss_hash(&m->key, &v.number, sizeof v.number);
}

/* Of the columns from behind on one more; 0 stays 0. */
static uint64_t
fold(uint64_t behind, uint64_t id, size_t place)
{
    uint64_t x = behind ^ (id + UINT64_C(0x9E3779B97F4A7C15) * (place + 1));

    if (behind == 0 || id == 0)
        return 0;
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    x ^= x >> 31;
    return x == 0 ? 1 : x;
}

/* Hashes of row r's tokens on each level; 0 where one of its values cannot be told. */
static void
tokens_of(const ss_mapping *m, uint64_t *const *ids, size_t r, uint64_t *hashes)
{
    uint64_t hash = 1;
    size_t level = m->nlevels;

    for (size_t i = m->ncolumns; i > 0; i--)
    {
        hash = fold(hash, ids[m->columns[i - 1]][r], i - 1);
        if (m->levels[level - 1] == i - 1)
            hashes[--level] = hash;
        if (level == 0)
            return;
    }
}

/* --- closures --------------------------------------------------------------------------------------- */

typedef struct finding
{
    ss_fit_mappings *m;
    const ss_marginal *marginals;
    const ss_sample *sample;
    ss_rule *rules; /* dependencies that may be used */
    size_t *index;  /* their places among the candidates */
    size_t nrules;
    uint64_t **ids;   /* by column, of the sample */
    size_t *distinct; /* by column: different values in the sample */
    ss_arena *scratch;
} finding;

static bool
is_off(const finding *f, const ss_rule *rule, const char *const *off, size_t noff)
{
    const char **names = ss_alloc(f->scratch, f->m->ncolumns + 1, sizeof *names);
    const char *name;

    for (size_t c = 0; c < f->m->ncolumns; c++)
        names[c] = f->m->columns[c].column->name;
    name = ss_rule_name(rule, names, f->scratch);
    for (size_t i = 0; i < noff; i++)
    {
        if (strcmp(off[i], name) == 0)
            return true;
    }
    return false;
}

static size_t
count_distinct(uint64_t *list, size_t n)
{
    size_t distinct = 0;

    ss_sort_u64(list, n);
    for (size_t i = 0; i < n; i++)
        distinct += list[i] != 0 && (i == 0 || list[i] != list[i - 1]);
    return distinct;
}

/* Ids of the values of all columns that dependencies speak of. */
static void
look_at_values(finding *f)
{
    const size_t n = f->sample->n;
    uint64_t *list = ss_alloc(f->scratch, n + 1, sizeof *list);

    for (size_t i = 0; i < f->nrules; i++)
    {
        for (size_t k = 0; k < f->rules[i].ncolumns; k++)
        {
            const size_t c = f->rules[i].columns[k];

            if (f->ids[c] != NULL)
                continue;
            f->ids[c] = ss_alloc(f->scratch, n + 1, sizeof **f->ids);
            for (size_t r = 0; r < n; r++)
                f->ids[c][r] = id_of(f->m, c, &f->sample->columns[f->m->at[c]], r);
            memcpy(list, f->ids[c], n * sizeof *list);
            f->distinct[c] = count_distinct(list, n);
        }
    }
}

static bool
decides(const finding *f, size_t a, size_t t)
{
    for (size_t i = 0; i < f->nrules; i++)
    {
        if (f->rules[i].ncolumns == 2 && f->rules[i].columns[0] == a && f->rules[i].columns[1] == t)
            return true;
    }
    return false;
}

/* All columns that a decides, by way of others too, itself the first; those in other mappings are left to them. */
static size_t
closure_of(const finding *f, size_t a, size_t *list)
{
    size_t n = 0;

    if (f->m->in_some[a])
        return 0;
    list[n++] = a;
    for (size_t at = 0; at < n; at++)
    {
        for (size_t t = 0; t < f->m->ncolumns && n < SS_MAPPING_COLUMNS_MAX; t++)
        {
            bool known = f->m->in_some[t];

            for (size_t i = 0; i < n && !known; i++)
                known = list[i] == t;
            if (!known && decides(f, list[at], t))
                list[n++] = t;
        }
    }
    return n;
}

static bool
among(const size_t *list, size_t n, size_t column)
{
    for (size_t i = 0; i < n; i++)
    {
        if (list[i] == column)
            return true;
    }
    return false;
}

/* Does a decide t, by way of others of the columns too? */
static bool
reaches(const finding *f, const size_t *columns, size_t n, size_t a, size_t t)
{
    bool met[SS_MAPPING_COLUMNS_MAX] = {false}, more = true;

    for (size_t i = 0; i < n; i++)
        met[i] = columns[i] == a;
    while (more)
    {
        more = false;
        for (size_t i = 0; i < n; i++)
        {
            for (size_t k = 0; k < n && met[i]; k++)
            {
                if (met[k] || !decides(f, columns[i], columns[k]))
                    continue;
                met[k] = more = true;
            }
        }
    }
    for (size_t i = 0; i < n; i++)
    {
        if (columns[i] == t)
            return met[i];
    }
    return false;
}

/* Does nearly each of its values have a code of its own in a model of dependence? */
static bool
is_sharp(const finding *f, size_t column)
{
    const ss_marginal *m = &f->marginals[column];
    const uint64_t total = m->values.total + m->rest;
    uint64_t own = 0;

    if (strcmp(ss_marginal_kind_name(m), "declared") == 0)
        return true;
    if (m->values.n == 0 || m->values.n > SS_FIT_BOOK_TEXTS_MAX)
        return false;
    for (size_t i = 0; i < m->values.n; i++)
        own += ss_marginal_has_texts(m->kind) ||
                       m->values.cells[i].count >= total / SS_BINS_SPIKE_SHARE
                   ? m->values.cells[i].count
                   : 0;
    return (total - own) * SHARP_SHARE <= total;
}

static void
draw(const finding *f, ss_mapping *m, size_t column)
{
    /* Of more texts than were counted trees know nothing: those are taken from tokens. */
    if (f->marginals[column].kind != SS_MARGINAL_SHAPE)
        m->drawn[m->ndrawn++] = column;
}

/*
 * What the trees draw of it.  The finest column whose values have codes says all of those that it decides, and of those that decide it
 * as much as codes can; any other column beside it has its own say.
 */
static void
choose_drawn(const finding *f, ss_mapping *m)
{
    size_t main = 0;

    m->drawn = ss_alloc(f->m->arena, m->ncolumns + 1, sizeof *m->drawn);
    while (main < m->ncolumns && !is_sharp(f, m->columns[main]))
        main++;
    if (m->ndeterminants == 2)
    {
        draw(f, m, m->columns[0]);
        draw(f, m, m->columns[1]);
        return;
    }
    if (main == m->ncolumns)
    {
        /* No column has: trees know each as well as they can, and tokens make them fit. */
        for (size_t i = m->ncolumns; i > 0; i--)
            draw(f, m, m->columns[i - 1]);
        return;
    }
    draw(f, m, m->columns[main]);
    for (size_t i = 0; i < m->ncolumns; i++)
    {
        if (i != main && !reaches(f, m->columns, m->ncolumns, m->columns[main], m->columns[i]) &&
            !reaches(f, m->columns, m->ncolumns, m->columns[i], m->columns[main]))
            draw(f, m, m->columns[i]);
    }
}

/* Each column less at the front is a level, where that says less; behind two determinants, what they decide. */
static void
find_levels(const finding *f, ss_mapping *m)
{
    const size_t n = f->sample->n;
    uint64_t *all = ss_alloc(f->scratch, n * m->ncolumns + 1, sizeof *all);
    size_t before = SIZE_MAX;
    uint64_t hashes[SS_MAPPING_COLUMNS_MAX];

    m->levels = ss_alloc(f->m->arena, m->ncolumns + 1, sizeof *m->levels);
    for (size_t i = 0; i < m->ncolumns; i++)
    {
        if (i == 0 || i >= m->ndeterminants)
            m->levels[m->nlevels++] = i;
    }
    for (size_t r = 0; r < n; r++)
    {
        tokens_of(m, f->ids, r, hashes);
        for (size_t l = 0; l < m->nlevels; l++)
            all[l * n + r] = hashes[l];
    }
    for (size_t l = 0, levels = m->nlevels; l < levels; l++)
    {
        const size_t distinct = count_distinct(all + l * n, n);

        m->nlevels = l == 0 ? 0 : m->nlevels;
        if (distinct < before)
            m->levels[m->nlevels++] = m->levels[l];
        before = distinct;
    }
}

static int
by_hash(const void *x, const void *y)
{
    const listed *a = x, *b = y;

    if (a->level != b->level)
        return a->level > b->level ? -1 : 1;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

/* The most frequent first; of as frequent ones the coarser, so that a token comes behind those it is of. */
static int
by_rows(const void *x, const void *y)
{
    const listed *a = x, *b = y;

    if (a->rows != b->rows)
        return a->rows > b->rows ? -1 : 1;
    return by_hash(x, y);
}

static uint32_t
look_up(const ss_fit_mapping *m, uint64_t hash, uint32_t **slot)
{
    size_t i = (size_t) hash & m->mask;

    while (m->slots[i] != 0 && m->hashes[m->slots[i]] != hash)
        i = (i + 1) & m->mask;
    if (slot != NULL)
        *slot = &m->slots[i];
    return m->slots[i];
}

static void
keep_token(const finding *f, ss_fit_mapping *m, const listed *l)
{
    const ss_mapping *told = &m->told;
    const size_t first = told->levels[l->level];
    ss_token *t = &m->tokens[m->n];
    uint32_t *slot;

    *t = (ss_token){.first = first,
                    .values = ss_alloc(f->m->arena, told->ncolumns - first, sizeof *t->values)};
    for (size_t i = first; i < told->ncolumns; i++)
    {
        const size_t c = told->columns[i];
        ss_token_value *v = &t->values[i - first];
        char room[SS_FIT_NUMBER_TEXT];
        size_t length;

        (void) value_of(&f->m->columns[c], &f->sample->columns[f->m->at[c]], l->row, room, v,
                        &length);
        if (v->kind == SS_TOKEN_TEXT)
            v->text = ss_strndup(f->m->arena, v->text, length);
    }
    m->hashes[m->n] = l->hash;
    (void) look_up(m, l->hash, &slot);
    *slot = m->n++;
}

/* The most frequent tokens of the sample, each with the next coarser one. */
static void
list_tokens(const finding *f, ss_fit_mapping *m, size_t most)
{
    const size_t n = f->sample->n, nlevels = m->told.nlevels;
    listed *all = ss_must(malloc((n * nlevels + 1) * sizeof *all));
    uint64_t hashes[SS_MAPPING_COLUMNS_MAX];
    size_t nall = 0, slots = 16, kept = 0;

    for (size_t r = 0; r < n; r++)
    {
        tokens_of(&m->told, f->ids, r, hashes);
        for (size_t l = 0; l < nlevels; l++)
        {
            if (hashes[l] != 0)
                all[nall++] = (listed){.hash = hashes[l], .level = l, .rows = 1, .row = r};
        }
    }
    if (nall > 0)
        qsort(all, nall, sizeof *all, by_hash);
    for (size_t i = 0; i < nall; i++)
    {
        if (kept > 0 && all[kept - 1].hash == all[i].hash && all[kept - 1].level == all[i].level)
            all[kept - 1].rows++;
        else
            all[kept++] = all[i];
    }
    if (kept > 0)
        qsort(all, kept, sizeof *all, by_rows);
    kept = kept < most ? kept : most;
    while (slots < 2 * (kept + 1))
        slots *= 2;
    m->mask = slots - 1;
    m->slots = ss_alloc(f->m->arena, slots, sizeof *m->slots);
    m->hashes = ss_alloc(f->m->arena, kept + 1, sizeof *m->hashes);
    m->tokens = ss_alloc(f->m->arena, kept + 1, sizeof *m->tokens);
    m->parent = ss_alloc(f->m->arena, kept + 1, sizeof *m->parent);
    m->n = 1;
    for (size_t i = 0; i < kept; i++)
    {
        const size_t level = all[i].level;

        if (level + 1 < nlevels)
        {
            tokens_of(&m->told, f->ids, all[i].row, hashes);
            m->parent[m->n] = look_up(m, hashes[level + 1], NULL);
        }
        keep_token(f, m, &all[i]);
    }
    free(all);
    m->tally = ss_tally_new(m->n, &f->m->people);
}

static int
compare_columns(const finding *f, size_t a, size_t b)
{
    if (f->distinct[a] != f->distinct[b])
        return f->distinct[a] > f->distinct[b] ? -1 : 1;
    return (a > b) - (a < b);
}

/* columns: the determinants first. */
static void
add_mapping(finding *f, const size_t *columns, size_t n, size_t ndeterminants)
{
    ss_fit_mappings *all = f->m;
    size_t *rules = ss_alloc(all->arena, f->nrules + 1, sizeof *rules);
    ss_fit_mapping *m;

    all->list = ss_grow(all->arena, all->list, all->n, &all->capacity, sizeof *all->list);
    m = &all->list[all->n++];
    *m = (ss_fit_mapping){.told = {.ncolumns = n, .ndeterminants = ndeterminants}, .rules = rules};
    m->told.columns = ss_alloc(all->arena, n, sizeof *m->told.columns);
    for (size_t i = 0; i < n; i++)
    {
        size_t at = i;

        for (; at > ndeterminants && compare_columns(f, columns[i], m->told.columns[at - 1]) < 0;
             at--)
            m->told.columns[at] = m->told.columns[at - 1];
        m->told.columns[at] = columns[i];
        all->in_some[columns[i]] = true;
    }
    for (size_t i = 0; i < f->nrules; i++)
    {
        const ss_rule *rule = &f->rules[i];
        bool within = rule->ncolumns == ndeterminants + 1;

        for (size_t k = 0; k < rule->ncolumns; k++)
            within = within && among(m->told.columns, n, rule->columns[k]);
        if (within)
            rules[m->nrules++] = f->index[i];
    }
    find_levels(f, &m->told);
    choose_drawn(f, &m->told);
    for (size_t i = 0; i < n; i++)
        all->follows[columns[i]] =
            all->follows[columns[i]] || ss_mapping_follows(&m->told, columns[i]);
}

/* Of one column that decides others: those first that decide most. */
static void
find_closures(finding *f)
{
    for (;;)
    {
        size_t best[SS_MAPPING_COLUMNS_MAX], nbest = 1;

        for (size_t a = 0; a < f->m->ncolumns; a++)
        {
            size_t list[SS_MAPPING_COLUMNS_MAX];
            const size_t n = closure_of(f, a, list);

            if (n > nbest || (n == nbest && n > 1 && f->distinct[a] > f->distinct[best[0]]))
            {
                memcpy(best, list, sizeof best);
                nbest = n;
            }
        }
        if (nbest < 2)
            return;
        add_mapping(f, best, nbest, 1);
    }
}

/* Of two columns that decide a third: one that is in no other mapping, and which none of these is made of. */
static void
find_pairs(finding *f)
{
    const size_t before = f->m->n;

    for (size_t i = 0; i < f->nrules; i++)
    {
        const ss_rule *rule = &f->rules[i];
        bool free_of_others = rule->ncolumns == 3 && !f->m->in_some[rule->columns[2]];

        for (size_t k = before; k < f->m->n && free_of_others; k++)
            free_of_others = f->m->list[k].told.columns[2] != rule->columns[0] &&
                             f->m->list[k].told.columns[2] != rule->columns[1];
        if (free_of_others)
            add_mapping(f, rule->columns, 3, 2);
    }
}

/* Columns that are equal, or that add up, need no list of what goes with what. */
static bool
says_more(const ss_fit_rules *rules, const ss_rule *rule)
{
    for (size_t i = 0; i < ss_fit_rules_count(rules); i++)
    {
        ss_rule other;

        if (ss_fit_rules_dependency(rules, i, &other))
            continue;
        if ((other.kind == SS_RULE_SUM || other.kind == SS_RULE_PRODUCT) &&
            other.columns[0] == rule->columns[rule->ncolumns - 1])
            return true;
        if (other.kind == SS_RULE_EQUAL && rule->ncolumns == 2 &&
            among(other.columns, 2, rule->columns[0]) && among(other.columns, 2, rule->columns[1]))
            return true;
    }
    return false;
}

ss_fit_mappings *
ss_fit_mappings_find(const ss_fit_rules *rules, const ss_fit_column *columns,
                     const ss_marginal *marginals, size_t ncolumns, const ss_sample *sample,
                     const size_t *at, const char *const *off, size_t noff, const ss_hash_key *key,
                     ss_arena *kept, ss_arena *scratch)
{
    const size_t n = ss_fit_rules_count(rules);
    ss_fit_mappings *m = ss_alloc(kept, 1, sizeof *m);
    finding f = {.m = m,
                 .marginals = marginals,
                 .sample = sample,
                 .rules = ss_alloc(scratch, n + 1, sizeof *f.rules),
                 .index = ss_alloc(scratch, n + 1, sizeof *f.index),
                 .ids = ss_alloc(scratch, ncolumns + 1, sizeof *f.ids),
                 .distinct = ss_alloc(scratch, ncolumns + 1, sizeof *f.distinct),
                 .scratch = scratch};

    *m = (ss_fit_mappings){.rules = rules,
                           .columns = columns,
                           .ncolumns = ncolumns,
                           .at = at,
                           .key = *key,
                           .arena = kept,
                           .follows = ss_alloc(kept, ncolumns + 1, sizeof *m->follows),
                           .in_some = ss_alloc(kept, ncolumns + 1, sizeof *m->in_some),
                           .ids = ss_alloc(kept, ncolumns + 1, sizeof *m->ids)};
    if (ncolumns > 0)
        m->people =
            (ss_people){columns[0].who->k, columns[0].who->npaths, columns[0].who->may_be_empty};
    for (size_t i = 0; i < n; i++)
    {
        ss_rule *rule = &f.rules[f.nrules];
        bool usable = ss_fit_rules_dependency(rules, i, rule) && !is_off(&f, rule, off, noff) &&
                      !says_more(rules, rule);

        for (size_t k = 0; k < rule->ncolumns; k++)
            usable = usable && may_be_told(&columns[rule->columns[k]]);
        f.index[f.nrules] = i;
        f.nrules += usable;
    }
    look_at_values(&f);
    find_closures(&f);
    find_pairs(&f);
    for (size_t i = 0; i < m->n; i++)
        list_tokens(&f, &m->list[i], (SS_TOKENS_MAX - 1) / m->n);
    for (size_t c = 0; c < ncolumns; c++)
    {
        if (m->in_some[c])
            m->ids[c] = ss_alloc(kept, SS_BATCH_ROWS, sizeof **m->ids);
    }
    return m;
}

void
ss_fit_mappings_done(ss_fit_mappings *m)
{
    for (size_t i = 0; m != NULL && i < m->n; i++)
        ss_tally_free(m->list[i].tally);
    if (m != NULL)
        m->n = 0;
}

bool
ss_fit_mappings_follows(const ss_fit_mappings *m, size_t column)
{
    return m->follows[column];
}

/* --- counting --------------------------------------------------------------------------------------- */

/* Rows of columns, SS_BATCH_ROWS at most from first on. */
static void
add_rows(ss_fit_mappings *m, const ss_batch_column *columns, size_t first, size_t n,
         const uint64_t *subjects, const uint64_t *weights)
{
    uint64_t hashes[SS_MAPPING_COLUMNS_MAX];

    for (size_t c = 0; c < m->ncolumns; c++)
    {
        for (size_t r = 0; r < n && m->in_some[c]; r++)
            m->ids[c][r] = id_of(m, c, &columns[m->at[c]], first + r);
    }
    for (size_t i = 0; i < m->n; i++)
    {
        ss_fit_mapping *own = &m->list[i];

        for (size_t r = 0; r < n; r++)
        {
            uint32_t token = 0;

            tokens_of(&own->told, m->ids, r, hashes);
            for (size_t l = 0; l < own->told.nlevels && token == 0; l++)
                token = hashes[l] == 0 ? 0 : look_up(own, hashes[l], NULL);
            ss_tally_add(own->tally, token, subjects + (first + r) * m->people.npaths,
                         weights[first + r]);
        }
    }
}

void
ss_fit_mappings_add(ss_fit_mappings *m, const ss_fit_reading *reading)
{
    add_rows(m, reading->batch->columns, 0, reading->batch->nrows, reading->behind.subjects,
             reading->behind.weights);
}

void
ss_fit_mappings_add_sample(ss_fit_mappings *m, const ss_sample *sample)
{
    for (size_t first = 0; first < sample->n; first += SS_BATCH_ROWS)
    {
        const size_t left = sample->n - first;

        add_rows(m, sample->columns, first, left < SS_BATCH_ROWS ? left : SS_BATCH_ROWS,
                 sample->subjects, sample->weights);
    }
}
