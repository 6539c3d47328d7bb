#include "fit/kept.h"

#include <string.h>

#include "fit/beside.h"
#include "fit/inside.h"

/* Places in the sample of the columns, in order; false when one is not in it. */
static bool
places_of(const size_t *at, const size_t *columns, size_t n, size_t *places)
{
    for (size_t i = 0; i < n; i++)
    {
        if (at[columns[i]] == SS_NONE)
            return false;
        places[i] = at[columns[i]];
    }
    return true;
}

/* The primary key's columns, in the order of the table's, so that references find them in one order; their number. */
static size_t
primary_key(const ss_table *table, size_t *columns)
{
    size_t n = 0;

    if (table->nkeys == 0 || !table->keys[0].primary)
        return 0;
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        for (size_t k = 0; k < table->keys[0].ncolumns; k++)
        {
            if (table->keys[0].attnums[k] == table->columns[c].attnum)
                columns[n++] = c;
        }
    }
    return n == table->keys[0].ncolumns ? n : 0;
}

static uint64_t *
hashes(const ss_sample *sample, const size_t *places, size_t n, const ss_hash_key *key,
       ss_arena *kept)
{
    const ss_batch rows = {.ncolumns = sample->ncolumns, .columns = sample->columns};
    uint64_t *out = ss_alloc(kept, sample->n + 1, sizeof *out);

    for (size_t r = 0; r < sample->n; r++)
        out[r] = ss_hash_of_key(key, &rows, places, n, r);
    return out;
}

/* Of a reference to the parent's primary key; NULL: it is to another one, or its columns are not read. */
static uint64_t *
parents_of(const ss_catalog *catalog, const ss_reference *ref, const ss_sample *sample,
           const size_t *at, const ss_hash_key *key, ss_arena *kept)
{
    const ss_table *parent = &catalog->tables[ref->parent];
    size_t *own = ss_alloc(kept, parent->ncolumns + 1, sizeof *own);
    size_t *columns = ss_alloc(kept, parent->ncolumns + 1, sizeof *columns);
    const size_t n = primary_key(parent, own);

    if (n == 0 || n != ref->ncolumns || ref->ambiguous)
        return NULL;
    for (size_t i = 0; i < n; i++)
    {
        size_t k = 0;

        while (k < n && ref->parent_columns[k] != own[i])
            k++;
        if (k == n)
            return NULL;
        columns[i] = ref->columns[k];
    }
    if (!places_of(at, columns, n, own))
        return NULL;
    return hashes(sample, own, n, key, kept);
}

/* When rows came: the first time that is never NULL; else the number that is their key; else as chance has it. */
static int64_t *
order_of(const ss_table *table, const ss_fit_column *columns, const ss_sample *sample,
         const size_t *at, ss_arena *kept, size_t *when)
{
    int64_t *order = ss_alloc(kept, sample->n + 1, sizeof *order);
    size_t by = SS_NONE, key[1];

    *when = SS_NONE;
    for (size_t c = 0; c < table->ncolumns && by == SS_NONE; c++)
    {
        if (at[c] == SS_NONE || !columns[c].is_time || columns[c].values == NULL ||
            columns[c].null_people != NULL)
            continue;
        by = at[c];
        *when = c;
    }
    if (by == SS_NONE && table->nkeys > 0 && table->keys[0].ncolumns == 1 &&
        primary_key(table, key) == 1 && at[key[0]] != SS_NONE &&
        sample->columns[at[key[0]]].form == SS_FORM_I64)
        by = at[key[0]];
    for (size_t r = 0; r < sample->n; r++)
        order[r] = by == SS_NONE ? (int64_t) sample->row[r] : sample->columns[by].i64[r];
    return order;
}

/* Exact numbers, and times to the full: what a parent may hold of its children. */
static void
keep_units(ss_fit_kept *k, const ss_sample *sample, const size_t *at, ss_arena *kept)
{
    const size_t n = k->table->ncolumns;

    k->units = ss_alloc(kept, n + 1, sizeof(int64_t *));
    k->known = ss_alloc(kept, n + 1, sizeof(bool *));
    for (size_t c = 0; c < n; c++)
    {
        const ss_fit_column *of = &k->columns[c];
        const bool told = of->values != NULL || of->kind == SS_MARGINAL_NONE;

        if (at[c] == SS_NONE || !told || of->is_float || (!of->is_number && !of->is_time))
            continue;
        k->units[c] = ss_alloc(kept, sample->n + 1, sizeof *k->units[c]);
        k->known[c] = ss_alloc(kept, sample->n + 1, sizeof *k->known[c]);
        for (size_t r = 0; r < sample->n; r++)
        {
            k->known[c][r] = ss_fit_column_units(of, &sample->columns[at[c]], r, &k->units[c][r]);
            if (of->is_time && k->known[c][r])
                k->units[c][r] = sample->columns[at[c]].i64[r];
        }
    }
}

static void *
copy(ss_arena *kept, const void *from, size_t n, size_t size)
{
    void *to = ss_alloc(kept, n + 1, size);

    if (n > 0)
        memcpy(to, from, n * size);
    return to;
}

/* Numbers whose bins are told of inside, and what they have to do with each other there. */
static void
put_beside(const ss_fit_kept *k, const ss_sample *sample)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_fit_number *numbers = ss_alloc(scratch, k->n + 1, sizeof *numbers);
    size_t n = 0;

    for (size_t i = 0; i < k->n; i++)
    {
        int64_t *units;

        if (k->books[i]->family == NULL)
            continue;
        units = ss_alloc(scratch, sample->n + 1, sizeof *units);
        for (size_t r = 0; r < sample->n; r++)
            (void) ss_fit_column_units(&k->columns[k->books[i]->column], &sample->columns[k->at[i]],
                                       r, &units[r]);
        numbers[n++] =
            (ss_fit_number){.book = k->books[i], .codes = k->rows.columns[i].codes, .units = units};
    }
    ss_fit_beside(numbers, n, sample, &k->people);
    ss_arena_free(scratch);
}

bool
ss_fit_kept_is_all(const ss_fit_kept *k)
{
    return k->halved == 0 && k->limited == 0;
}

ss_fit_kept *
ss_fit_keep(const ss_catalog *catalog, size_t index, const ss_table_plan *plan,
            const ss_fit_column *columns, const ss_marginal *marginals,
            const ss_fit_mappings *mappings, const ss_sample *sample, const size_t *at,
            const ss_hash_key *key, ss_arena *result, ss_arena *kept)
{
    const ss_table *table = &catalog->tables[index];
    const ss_fit_who *who = table->ncolumns == 0 ? NULL : columns[0].who;
    ss_fit_kept *k = ss_alloc(kept, 1, sizeof *k);
    uint64_t most;
    size_t *places;

    if (who == NULL || sample->n == 0)
        return NULL;
    *k = (ss_fit_kept){
        .index = index,
        .table = table,
        .plan = plan,
        .people = {.k = who->k, .npaths = who->npaths, .may_be_empty = who->may_be_empty},
        .columns = columns,
        .halved = sample->halved,
        .limited = sample->limited};
    k->coders = ss_alloc(kept, table->ncolumns + 1, sizeof(ss_fit_coder *));
    k->books = ss_alloc(result, table->ncolumns + 1, sizeof(ss_book *));
    k->at = ss_alloc(kept, table->ncolumns + 1, sizeof *k->at);
    most = ss_fit_most_rows(sample);
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (at[c] == SS_NONE || ss_fit_mappings_follows(mappings, c))
            continue;
        k->coders[k->n] = ss_fit_book_make(&columns[c], marginals[c].kind, c, sample, at[c], most,
                                           key, result, kept, &k->books[k->n]);
        k->at[k->n] = at[c];
        k->n += k->coders[k->n] != NULL;
    }
    k->rows = (ss_coded_table){
        .n = sample->n,
        .d = k->n,
        .npaths = sample->npaths,
        .columns = ss_alloc(kept, k->n + 1, sizeof *k->rows.columns),
        .subjects = copy(kept, sample->subjects, sample->n * sample->npaths, sizeof(uint64_t)),
        .weights = copy(kept, sample->weights, sample->n, sizeof(uint64_t))};
    for (size_t i = 0; i < k->n; i++)
    {
        k->rows.columns[i] = (ss_coded_column){.ncodes = ss_book_ncodes(k->books[i]),
                                               .nordered = ss_book_nordered(k->books[i])};
        k->rows.columns[i].codes = ss_alloc(kept, sample->n + 1, sizeof(uint16_t));
        ss_fit_book_codes(k->coders[i], &sample->columns[k->at[i]], sample->n,
                          k->rows.columns[i].codes);
    }
    put_beside(k, sample);
    k->who = copy(kept, sample->who, sample->n, sizeof *k->who);
    places = ss_alloc(kept, table->ncolumns + 1, sizeof *places);
    {
        size_t *own = ss_alloc(kept, table->ncolumns + 1, sizeof *own);
        const size_t n = primary_key(table, own);

        if (n > 0 && places_of(at, own, n, places))
            k->key = hashes(sample, places, n, key, kept);
    }
    k->references = ss_table_references(catalog, index, kept, &k->nreferences);
    k->parent = ss_alloc(kept, k->nreferences + 1, sizeof *k->parent);
    for (size_t i = 0; i < k->nreferences; i++)
        k->parent[i] = parents_of(catalog, &k->references[i], sample, at, key, kept);
    k->order = order_of(table, columns, sample, at, kept, &k->when);
    keep_units(k, sample, at, kept);
    return k;
}
