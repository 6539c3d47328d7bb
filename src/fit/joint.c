#include "fit/joint.h"

#include <stdlib.h>
#include <string.h>

#include "base/wide.h"
#include "model/statistics_json.h"
#include "rows/codec.h"

#define COLUMNS_MAX  12 /* of one set: with more, patterns are too many to repeat */
#define PATTERNS_MAX 1024
#define PATTERN_TEXT SS_COUNTER_TEXT_MAX
#define RULE_PEOPLE  50 /* a sum that holds for fewer is no rule, unless a CHECK says it */
#define DIGITS_APART 18 /* of two numbers that are put in order */
#define LEVELS       3  /* of detail: NULLs; declared values and orders; categories */

/* Values that can be held against each other. */
typedef enum scale_of
{
    NOT_ORDERED,
    OF_NUMBERS,
    OF_DAYS,  /* dates and timestamps */
    OF_TIMES, /* of day */
} scale_of;

typedef struct candidate /* for a derived number */
{
    ss_derived d; /* indices into the set's columns */
    bool dead;
    ss_crowd *people; /* for whom it holds */
} candidate;

struct ss_fit_joint
{
    const ss_table *table;
    const ss_fit_column *columns; /* of the table */
    size_t column[COLUMNS_MAX];
    size_t n;
    scale_of order[COLUMNS_MAX];
    ss_fit_column gaps[COLUMNS_MAX];
    ss_counter *patterns[LEVELS];
    candidate *candidates;
    size_t ncandidates;
    int scale; /* decimals that all numbers of the set are held against each other with */
};

/* --- which columns ------------------------------------------------------------------------------ */

static bool
takes_part(const ss_fit_column *c)
{
    return (c->kind == SS_MARGINAL_CATEGORIES || c->kind == SS_MARGINAL_NUMBER ||
            c->kind == SS_MARGINAL_SHAPE || ss_marginal_is_key(c->kind)) &&
           ss_codec_find(c->catalog, c->column->type) != NULL;
}

/* Its treatment lets no more be learnt than type, length, alphabet and null share. */
static bool
is_shape(const ss_fit_column *c)
{
    return !ss_marginal_is_key(c->kind) && c->values == NULL;
}

static scale_of
order_of(const ss_catalog *catalog, const ss_fit_column *c)
{
    const size_t base = ss_catalog_base_type(catalog, c->column->type);

    if (ss_marginal_is_key(c->kind) || base == SS_NONE)
        return NOT_ORDERED;
    if (c->is_number)
        return OF_NUMBERS;
    if (c->is_time)
        return OF_DAYS;
    return ss_type_is(&catalog->types[base], "time") ? OF_TIMES : NOT_ORDERED;
}

/* set[c]: the smallest column that CHECKs connect c with; SS_NONE when none names it with another. */
static void
connect(const ss_table *table, const ss_fit_column *columns, size_t *set)
{
    for (size_t c = 0; c < table->ncolumns; c++)
        set[c] = SS_NONE;
    for (size_t i = 0; i < table->nchecks; i++)
    {
        const ss_check *check = &table->checks[i];
        size_t first = SS_NONE;

        for (size_t a = 0; a < check->ncolumns && check->validated; a++)
        {
            const size_t c = ss_table_index(table, check->attnums[a]);
            size_t from, to;

            if (c == SS_NONE || !takes_part(&columns[c]))
                continue;
            if (set[c] == SS_NONE)
                set[c] = c;
            if (first == SS_NONE)
                first = c;
            from = set[c] > set[first] ? set[c] : set[first];
            to = set[c] < set[first] ? set[c] : set[first];
            for (size_t k = 0; k < table->ncolumns; k++)
            {
                if (set[k] == from)
                    set[k] = to;
            }
        }
    }
}

/* --- derived numbers ---------------------------------------------------------------------------- */

static void
add_candidate(ss_fit_joint *j, size_t target, size_t a, size_t b, size_t c, bool product,
              const ss_fit_who *who)
{
    j->candidates[j->ncandidates++] = (candidate){
        .d = {.target = target,
              .terms = {a, b, c},
              .nterms = c == SS_NONE ? 2 : 3,
              .product = product},
        .people = ss_crowd_new(who->k > RULE_PEOPLE ? who->k : RULE_PEOPLE, who->npaths)};
}

static bool
can_derive(const ss_fit_joint *j, size_t i)
{
    const ss_fit_column *c = &j->columns[j->column[i]];

    return (j->order[i] == OF_NUMBERS && !c->is_float) || (j->order[i] == OF_DAYS && c->step == 1);
}

static void
list_candidates(ss_fit_joint *j, const ss_fit_who *who, ss_arena *arena)
{
    const size_t n = j->n;

    j->candidates = ss_alloc(arena, n * n * n * n + 2 * n * n * n + 1, sizeof *j->candidates);
    for (size_t t = 0; t < n; t++)
    {
        for (size_t a = 0; a < n && can_derive(j, t); a++)
        {
            for (size_t b = a; b < n && a != t && can_derive(j, a); b++)
            {
                if (b == t || !can_derive(j, b))
                    continue;
                if (j->order[t] == OF_NUMBERS && j->order[a] == OF_NUMBERS &&
                    j->order[b] == OF_NUMBERS)
                    add_candidate(j, t, a, b, SS_NONE, true, who);
                if (a != b)
                    add_candidate(j, t, a, b, SS_NONE, false, who);
                for (size_t c = b + 1; c < n && a != b && n <= 6; c++)
                {
                    if (c != t && can_derive(j, c))
                        add_candidate(j, t, a, b, c, false, who);
                }
            }
        }
    }
}

/* units: of the set's columns in this row, in their own grids. */
static void
try_candidates(ss_fit_joint *j, const bool *known, const int64_t *units, const uint64_t *who,
               uint64_t weight)
{
    for (size_t i = 0; i < j->ncandidates; i++)
    {
        candidate *c = &j->candidates[i];
        const ss_fit_column *target = &j->columns[j->column[c->d.target]];
        ss_wide v = c->d.product ? 1 : 0;
        bool all = known[c->d.target];
        int scale = 0;

        for (size_t k = 0; k < c->d.nterms && !c->dead; k++)
        {
            const int own = j->columns[j->column[c->d.terms[k]]].scale;

            all = all && known[c->d.terms[k]];
            if (c->d.product)
                v *= units[c->d.terms[k]];
            else
                v += units[c->d.terms[k]] * ss_wide_ten_to(j->scale - own);
            scale += own;
        }
        if (c->dead || !all)
            continue;
        ss_crowd_add(c->people, who, weight);
        if (!c->d.product)
            scale = j->scale;
        c->dead = !ss_wide_shift(&v, target->scale - scale) || v != units[c->d.target];
    }
}

/* --- beginning ---------------------------------------------------------------------------------- */

static void
begin(ss_fit_joint *j, const ss_catalog *catalog, const ss_fit_who *who, ss_arena *arena)
{
    bool *empty = ss_alloc(arena, who->npaths + 1, sizeof *empty);
    const size_t most = PATTERNS_MAX < who->cells ? PATTERNS_MAX : who->cells;

    for (size_t i = 0; i < j->n; i++)
    {
        const ss_fit_column *c = &j->columns[j->column[i]];
        const bool learns = c->kind == SS_MARGINAL_NUMBER;

        j->order[i] = order_of(catalog, c);
        if (c->scale > j->scale && j->order[i] == OF_NUMBERS)
            j->scale = c->scale;
        if (j->order[i] == NOT_ORDERED || !learns)
            continue;
        j->gaps[i] = *c;
        j->gaps[i].is_time = false;
        j->gaps[i].is_number = true;
        j->gaps[i].nulls = j->gaps[i].count = 0;
        j->gaps[i].null_people = j->gaps[i].present_people = NULL;
        j->gaps[i].lengths = j->gaps[i].alphabets = NULL;
        j->gaps[i].codes =
            ss_counter_new(SS_COUNTER_NUMBERS, 64, who->k, who->npaths, who->may_be_empty);
        j->gaps[i].values =
            ss_counter_new(SS_COUNTER_NUMBERS, most, who->k, who->npaths, who->may_be_empty);
    }
    /* Where a pattern says that a path's own column is NULL, all of its rows lead to nobody there. */
    for (size_t p = 0; p < who->npaths; p++)
    {
        for (size_t i = 0; i < j->n; i++)
            empty[p] = empty[p] || j->columns[j->column[i]].null_empty[p];
    }
    for (size_t l = 0; l < LEVELS; l++)
        j->patterns[l] = ss_counter_new(SS_COUNTER_TEXTS, most, who->k, who->npaths, empty);
    if (j->scale <= 9)
        list_candidates(j, who, arena);
}

ss_fit_joint *
ss_fit_joints(const ss_catalog *catalog, const ss_table *table, const ss_fit_column *columns,
              const ss_fit_who *who, ss_arena *arena, size_t *n)
{
    ss_fit_joint *list = ss_alloc(arena, table->ncolumns + 1, sizeof *list);
    size_t *set = ss_alloc(arena, table->ncolumns + 1, sizeof *set);

    *n = 0;
    connect(table, columns, set);
    for (size_t first = 0; first < table->ncolumns; first++)
    {
        ss_fit_joint *j = &list[*n];
        size_t members = 0;

        *j = (ss_fit_joint){.table = table, .columns = columns};
        for (size_t c = first; c < table->ncolumns && set[first] == first; c++)
        {
            if (set[c] != first)
                continue;
            if (j->n < COLUMNS_MAX)
                j->column[j->n++] = c;
            members++;
        }
        if (j->n < 2 || members > COLUMNS_MAX)
            continue;
        begin(j, catalog, who, arena);
        (*n)++;
    }
    return list;
}

void
ss_fit_joints_done(ss_fit_joint *joints, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        for (size_t c = 0; c < joints[i].n; c++)
        {
            ss_counter_free(joints[i].gaps[c].codes);
            ss_counter_free(joints[i].gaps[c].values);
        }
        for (size_t l = 0; l < LEVELS; l++)
            ss_counter_free(joints[i].patterns[l]);
        for (size_t c = 0; c < joints[i].ncandidates; c++)
            ss_crowd_free(joints[i].candidates[c].people);
    }
}

/* --- adding ------------------------------------------------------------------------------------- */

typedef struct row
{
    bool null[COLUMNS_MAX];
    bool known[COLUMNS_MAX];    /* units are */
    int64_t units[COLUMNS_MAX]; /* in the column's grid */
    ss_wide value[COLUMNS_MAX]; /* on the scale of what it is compared with */
    int rank[COLUMNS_MAX];      /* from 1; 0: none */
} row;

static void
read_row(const ss_fit_joint *j, const ss_batch *batch, const size_t *at, size_t r, row *out)
{
    for (size_t i = 0; i < j->n; i++)
    {
        const ss_fit_column *c = &j->columns[j->column[i]];
        const ss_batch_column *values = &batch->columns[at[j->column[i]]];

        out->null[i] = values->null[r] != 0;
        out->known[i] =
            j->order[i] != NOT_ORDERED && ss_fit_column_units(c, values, r, &out->units[i]);
        if (!out->known[i])
            continue;
        switch (j->order[i])
        {
        case OF_NUMBERS:
            /* Beyond that no integer here holds the product: no order is learnt. */
            out->known[i] = j->scale - c->scale <= DIGITS_APART;
            if (out->known[i])
                out->value[i] = out->units[i] * ss_wide_ten_to(j->scale - c->scale);
            break;
        case OF_DAYS:
            /* The full value, not the grid's: a second holds many orders. */
            out->value[i] =
                c->step == 1 ? (ss_wide) out->units[i] * SS_DAY_US : (ss_wide) values->i64[r];
            break;
        case OF_TIMES:
        case NOT_ORDERED:
            out->value[i] = out->units[i];
            break;
        }
    }
}

/* Ranks among what can be compared; gaps to the next smaller one, counted where there is one. */
static void
rank(ss_fit_joint *j, row *out, const uint64_t *who, uint64_t weight)
{
    for (size_t i = 0; i < j->n; i++)
    {
        size_t below = SS_NONE;
        int smaller = 0;

        out->rank[i] = 0;
        if (!out->known[i] || j->gaps[i].values == NULL)
            continue;
        for (size_t k = 0; k < j->n; k++)
        {
            bool counted = false;

            if (k == i || !out->known[k] || j->gaps[k].values == NULL ||
                j->order[k] != j->order[i] || out->value[k] >= out->value[i])
                continue;
            if (below == SS_NONE || out->value[k] > out->value[below])
                below = k;
            for (size_t m = 0; m < k; m++)
                counted = counted || (out->known[m] && j->gaps[m].values != NULL &&
                                      j->order[m] == j->order[i] && out->value[m] == out->value[k]);
            smaller += !counted;
        }
        out->rank[i] = smaller + 1;
        if (below != SS_NONE)
        {
            const ss_wide gap = out->value[i] - out->value[below];
            const ss_wide unit = j->order[i] == OF_NUMBERS
                                     ? ss_wide_ten_to(j->scale - j->columns[j->column[i]].scale)
                                 : j->order[i] == OF_TIMES            ? 1
                                 : j->columns[j->column[i]].step == 1 ? (ss_wide) SS_DAY_US
                                                                      : (ss_wide) 1000000;

            if (gap / unit > INT64_MAX / 4)
                continue;
            ss_fit_column_add_units(&j->gaps[i], (int64_t) (gap / unit), who, weight);
        }
    }
}

static size_t
put_number(char *text, size_t at, char sign, int64_t v)
{
    char digits[24];
    size_t n = 0;

    text[at++] = sign;
    do
        digits[n++] = (char) ('0' + v % 10);
    while ((v /= 10) != 0);
    while (n > 0)
        text[at++] = digits[--n];
    return at;
}

/* A category as one word; false when it is too long for a pattern. */
static bool
put_category(char *text, size_t *at, const unsigned char *value, size_t n)
{
    static const char hex[] = "0123456789ABCDEF";

    text[(*at)++] = '=';
    for (size_t i = 0; i < n; i++)
    {
        if (*at + 30 > PATTERN_TEXT)
            return false;
        if (value[i] > ' ' && value[i] != '%' && value[i] != 0x7F)
        {
            text[(*at)++] = (char) value[i];
            continue;
        }
        text[(*at)++] = '%';
        text[(*at)++] = hex[value[i] >> 4];
        text[(*at)++] = hex[value[i] & 15];
    }
    return true;
}

/* The pattern of a row at a level of detail; 0 when it is too long to be one. */
static size_t
pattern_of(const ss_fit_joint *j, const row *v, size_t level, const ss_batch *batch,
           const size_t *at, size_t r, char *text)
{
    size_t n = 0;

    for (size_t i = 0; i < j->n; i++)
    {
        const ss_fit_column *c = &j->columns[j->column[i]];
        const ss_batch_column *values = &batch->columns[at[j->column[i]]];
        const bool category = c->kind == SS_MARGINAL_CATEGORIES;

        if (n + 30 > PATTERN_TEXT)
            return 0;
        if (i > 0)
            text[n++] = ' ';
        if (is_shape(c))
            text[n++] = '?';
        else if (v->null[i])
            text[n++] = '-';
        else if (level >= 1 && v->rank[i] > 0)
            n = put_number(text, n, '@', v->rank[i]);
        else if (level >= 1 && category && c->lengths == NULL && values->form == SS_FORM_I64)
            n = put_number(text, n, '#', values->i64[r]);
        else if (level >= 2 && category && c->lengths != NULL)
        {
            size_t length;
            const unsigned char *bytes = ss_column_bytes(values, r, &length);

            if (!put_category(text, &n, bytes, length))
                return 0;
        }
        else
            text[n++] = '*';
    }
    return n;
}

void
ss_fit_joints_add(ss_fit_joint *joints, size_t n, const ss_batch *batch, const size_t *at,
                  const ss_fit_behind *behind, const ss_hash_key *key)
{
    for (size_t i = 0; i < n; i++)
    {
        ss_fit_joint *j = &joints[i];

        for (size_t r = 0; r < batch->nrows; r++)
        {
            const uint64_t *who = behind->subjects + r * behind->npaths;
            const uint64_t weight = behind->weights[r];
            row v;

            read_row(j, batch, at, r, &v);
            rank(j, &v, who, weight);
            for (size_t level = 0; level < LEVELS; level++)
            {
                char text[PATTERN_TEXT + 1];
                size_t length;

                if (ss_counter_overflowed(j->patterns[level]))
                    continue;
                length = pattern_of(j, &v, level, batch, at, r, text);
                /* Too long is as good as too many. */
                if (length == 0)
                    length = sizeof text + SS_COUNTER_TEXT_MAX;
                ss_counter_add_text(j->patterns[level], text, length,
                                    length > sizeof text ? 0 : ss_hash(key, text, length), who,
                                    weight);
            }
            try_candidates(j, v.known, v.units, who, weight);
        }
    }
}

void
ss_fit_joints_merge(ss_fit_joint *into, const ss_fit_joint *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        for (size_t c = 0; c < into[i].n; c++)
        {
            if (into[i].gaps[c].codes != NULL)
                ss_fit_column_merge(&into[i].gaps[c], &from[i].gaps[c]);
        }
        for (size_t l = 0; l < LEVELS; l++)
            ss_counter_merge(into[i].patterns[l], from[i].patterns[l]);
        for (size_t c = 0; c < into[i].ncandidates; c++)
        {
            candidate *own = &into[i].candidates[c];

            own->dead = own->dead || from[i].candidates[c].dead;
            ss_crowd_merge(own->people, from[i].candidates[c].people);
        }
    }
}

/* --- finishing ---------------------------------------------------------------------------------- */

/* The patterns with k people behind them; true when they are nearly all rows. */
static bool
take_patterns(const ss_counter *counter, const ss_fit_terms *terms, ss_arena *result, ss_cells *out)
{
    size_t n = 0;
    uint64_t left = 0, known = 0, none = 0;
    ss_count *list;

    *out = (ss_cells){0};
    if (ss_counter_overflowed(counter))
        return false;
    list = ss_counter_list(counter, &n);
    out->cells = ss_alloc(result, n + 1, sizeof *out->cells);
    for (size_t i = 0; i < n; i++)
    {
        if (!list[i].enough)
        {
            left += list[i].count;
            continue;
        }
        known += list[i].count;
        out->cells[out->n] =
            (ss_cell){.number = SS_NO_NUMBER,
                      .text = ss_strndup(result, list[i].text, list[i].text_length),
                      .count = list[i].count};
        out->n++;
    }
    free(list);
    ss_fit_store(out, &none, terms->rows, terms);
    return out->n > 0 && left <= known / 8;
}

/* Does the value of column i of the set depend on column of, by rules taken so far? */
static bool
depends(const ss_joint *out, size_t i, size_t of)
{
    if (i == of)
        return true;
    for (size_t d = 0; d < out->nderived; d++)
    {
        for (size_t k = 0; k < out->derived[d].nterms && out->derived[d].target == i; k++)
        {
            if (depends(out, out->derived[d].terms[k], of))
                return true;
        }
    }
    return false;
}

/* An equality with the rule's operator: "(total = (net + tax))", "(net = (total - tax))". */
static bool
computes(const char *expression, bool product)
{
    bool equal = false;

    for (const char *at = expression; (at = strchr(at, '=')) != NULL; at++)
        equal = equal || (at > expression && at[-1] == ' ' && at[1] == ' ');
    return equal &&
           (product ? strstr(expression, " * ") != NULL || strstr(expression, " / ") != NULL
                    : strstr(expression, " + ") != NULL || strstr(expression, " - ") != NULL);
}

/* Does one CHECK compute with just the columns of the rule?  Then the schema says it, not the rows. */
static bool
declared(const ss_fit_joint *j, const ss_derived *d)
{
    for (size_t i = 0; i < j->table->nchecks; i++)
    {
        const ss_check *check = &j->table->checks[i];
        size_t named_here = 0;

        for (size_t a = 0; a < check->ncolumns && check->validated; a++)
        {
            const size_t c = ss_table_index(j->table, check->attnums[a]);

            named_here += c == j->column[d->target];
            for (size_t k = 0; k < d->nterms; k++)
                named_here += c == j->column[d->terms[k]];
        }
        if (named_here == d->nterms + 1 && check->ncolumns == named_here &&
            computes(check->expression, d->product))
            return true;
    }
    return false;
}

/* One rule per target, none in a circle; indices become the table's. */
static void
take_derived(const ss_fit_joint *j, const ss_fit_terms *terms, ss_arena *result, ss_joint *out)
{
    out->derived = ss_alloc(result, j->n + 1, sizeof *out->derived);
    for (size_t i = 0; i < j->ncandidates; i++)
    {
        const candidate *c = &j->candidates[i];
        bool learnable = !terms->shape_only && !terms->uncounted &&
                         ss_crowd_enough(c->people, j->columns[0].who->may_be_empty) &&
                         !is_shape(&j->columns[j->column[c->d.target]]);
        bool taken;

        for (size_t k = 0; k < c->d.nterms; k++)
            learnable = learnable && !is_shape(&j->columns[j->column[c->d.terms[k]]]);
        taken = c->dead || !ss_crowd_any(c->people) || (!learnable && !declared(j, &c->d));
        for (size_t d = 0; d < out->nderived; d++)
            taken = taken || out->derived[d].target == c->d.target;
        for (size_t k = 0; k < c->d.nterms && !taken; k++)
            taken = depends(out, c->d.terms[k], c->d.target);
        if (!taken)
            out->derived[out->nderived++] = c->d;
    }
    for (size_t d = 0; d < out->nderived; d++)
    {
        out->derived[d].target = j->column[out->derived[d].target];
        for (size_t k = 0; k < out->derived[d].nterms; k++)
            out->derived[d].terms[k] = j->column[out->derived[d].terms[k]];
    }
}

/* "? ? ?": nothing is known of what they do together but the rules. */
static void
open_pattern(const ss_fit_joint *j, const ss_fit_terms *terms, ss_arena *result, ss_cells *out)
{
    char *text = ss_alloc(result, 2 * j->n, 1);

    for (size_t i = 0; i < j->n; i++)
    {
        text[2 * i] = '?';
        text[2 * i + 1] = i + 1 < j->n ? ' ' : '\0';
    }
    *out = (ss_cells){.cells = ss_alloc(result, 1, sizeof *out->cells), .n = 1};
    out->cells[0] =
        (ss_cell){.number = SS_NO_NUMBER, .text = text, .count = ss_fit_stored(terms, terms->k)};
    out->total = out->cells[0].count;
}

static bool
all_shape(const ss_fit_joint *j)
{
    for (size_t i = 0; i < j->n; i++)
    {
        if (!is_shape(&j->columns[j->column[i]]))
            return false;
    }
    return true;
}

void
ss_fit_joints_finish(const ss_fit_joint *joints, size_t n, const ss_fit_terms *terms,
                     ss_arena *result, ss_joint **list, size_t *count)
{
    const bool learns = !terms->shape_only && !terms->uncounted;

    *count = 0;
    *list = ss_alloc(result, n + 1, sizeof **list);
    for (size_t i = 0; i < n; i++)
    {
        const ss_fit_joint *j = &joints[i];
        ss_joint *out = &(*list)[*count];
        bool enough = false;

        *out = (ss_joint){.ncolumns = j->n};
        for (size_t level = LEVELS; level > 0 && !enough && learns && !all_shape(j); level--)
            enough = take_patterns(j->patterns[level - 1], terms, result, &out->patterns);
        take_derived(j, terms, result, out);
        if (!enough && out->nderived == 0)
            continue;
        if (!enough)
            open_pattern(j, terms, result, &out->patterns);
        out->columns = ss_alloc(result, j->n, sizeof *out->columns);
        memcpy(out->columns, j->column, j->n * sizeof *out->columns);
        out->gaps = ss_alloc(result, j->n, sizeof *out->gaps);
        for (size_t c = 0; c < j->n; c++)
        {
            /* As shares of all rows: how many have two numbers to compare would tell of the few that have, or have not. */
            if (j->gaps[c].codes != NULL && enough)
                ss_fit_column_finish(&j->gaps[c], terms, result, &out->gaps[c]);
            out->gaps[c].nulls = 0;
        }
        (*count)++;
    }
}
