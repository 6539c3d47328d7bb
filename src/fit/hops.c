#include "fit/hops.h"

#include <math.h>
#include <string.h>

#include "base/try.h"
#include "base/wide.h"
#include "fit/reading.h"

#define FIRST_SLOTS 1024
/* Parents that are more than so many for each row are not read for its sake: the server finds those of few rows sooner. */
#define PARENTS_MOST 2

/* --- numbers by hashes ------------------------------------------------------------------------------ */

/* Keyed hashes are mixed already: their share of 2^64 is that of the table (Lemire 2019), which so has any size. */
static size_t
first_place(const ss_fit_numbers *m, uint64_t key)
{
    return (size_t) ((ss_wide) key * (ss_wide) m->capacity >> 64);
}

static size_t
place_of(const ss_fit_numbers *m, uint64_t key)
{
    size_t i = first_place(m, key);

    while (m->slots[i][0] != 0 && m->slots[i][0] != key)
        i = i + 1 == m->capacity ? 0 : i + 1;
    return i;
}

static ss_code
grow(ss_fit_numbers *m, size_t capacity, ss_error *err)
{
    const ss_fit_numbers old = *m;
    void *slots;

    SS_TRY(ss_spill_alloc(m->spill, capacity * sizeof *m->slots, &slots, err));
    m->slots = slots;
    m->capacity = capacity;
    for (size_t i = 0; i < old.capacity; i++)
    {
        if (old.slots[i][0] != 0)
            memcpy(m->slots[place_of(m, old.slots[i][0])], old.slots[i], sizeof *old.slots);
    }
    return SS_OK;
}

ss_code
ss_fit_numbers_expect(ss_fit_numbers *m, double keys, ss_error *err)
{
    const size_t capacity = FIRST_SLOTS + (size_t) (keys * 1.5);

    return capacity > m->capacity ? grow(m, capacity, err) : SS_OK;
}

ss_code
ss_fit_numbers_at(ss_fit_numbers *m, uint64_t key, uint64_t **number, ss_error *err)
{
    size_t i;

    if (3 * m->n >= 2 * m->capacity)
        SS_TRY(grow(m, m->capacity == 0 ? FIRST_SLOTS : 2 * m->capacity, err));
    i = place_of(m, key);
    m->n += m->slots[i][0] == 0;
    m->slots[i][0] = key;
    *number = &m->slots[i][1];
    return SS_OK;
}

uint64_t
ss_fit_numbers_get(const ss_fit_numbers *m, uint64_t key)
{
    return key == 0 || m->capacity == 0 ? 0 : m->slots[place_of(m, key)][1];
}

/* --- which keys are read ---------------------------------------------------------------------------- */

ss_fit_hops *
ss_fit_hops_new(const ss_catalog *catalog, const char *folder, ss_arena *arena)
{
    ss_fit_hops *h = ss_alloc(arena, 1, sizeof *h);

    *h = (ss_fit_hops){
        .catalog = catalog, .folder = folder, .spill = ss_spill_new(arena, folder), .arena = arena};
    return h;
}

double
ss_fit_rows_of(const ss_catalog *catalog, size_t root)
{
    double rows = 0;

    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *t = &catalog->tables[i];

        if (ss_table_has_rows(t) && ss_table_root(catalog, t) == &catalog->tables[root] &&
            t->reltuples > 0)
            rows += t->reltuples;
    }
    return rows;
}

/* Do we read equal values of both columns as the same bytes? */
static bool
read_alike(const ss_catalog *catalog, const ss_column *a, const ss_column *b)
{
    const size_t x = ss_catalog_base_type(catalog, a->type);
    const size_t y = ss_catalog_base_type(catalog, b->type);

    if (x == SS_NONE || y == SS_NONE || ss_codec_find(catalog, a->type) == NULL ||
        ss_codec_find(catalog, b->type) == NULL)
        return false;
    return x == y ||
           (ss_type_is_integer(&catalog->types[x]) && ss_type_is_integer(&catalog->types[y]));
}

static bool
may_follow(const ss_catalog *catalog, size_t table, const ss_reference *ref)
{
    const ss_table *child = &catalog->tables[table], *parent = &catalog->tables[ref->parent];
    bool may = !ref->ambiguous && !ss_reference_is_joined(catalog, table, ref);

    for (size_t i = 0; i < ref->ncolumns && may; i++)
        may = read_alike(catalog, &child->columns[ref->columns[i]],
                         &parent->columns[ref->parent_columns[i]]);
    return may;
}

/* Are people told apart by the same hash as everywhere: does the reference name their key in the order in which it is hashed? */
static bool
is_in_order(const ss_reference *ref)
{
    for (size_t i = 1; i < ref->ncolumns; i++)
    {
        if (ref->parent_columns[i - 1] > ref->parent_columns[i])
            return false;
    }
    return true;
}

static bool
are_columns(const size_t *a, size_t na, const size_t *b, size_t nb)
{
    return na == nb && memcmp(a, b, na * sizeof *a) == 0;
}

/* Of the parents that by leads to, what leads on. */
static const ss_fit_hop *
hop_of(ss_fit_hops *h, const ss_reference *by, const ss_reference *on)
{
    ss_fit_hop *hop;

    for (size_t i = 0; i < h->n; i++)
    {
        hop = h->list[i];
        if (hop->table == by->parent &&
            are_columns(hop->key, hop->nkey, by->parent_columns, by->ncolumns) &&
            are_columns(hop->next, hop->nnext, on->columns, on->ncolumns))
            return hop;
    }
    hop = ss_alloc(h->arena, 1, sizeof *hop);
    *hop = (ss_fit_hop){.table = by->parent,
                        .leads_to = on->parent,
                        .nkey = by->ncolumns,
                        .nnext = on->ncolumns,
                        .key = by->parent_columns,
                        .next = on->columns,
                        .numbers = {.spill = h->spill},
                        .rows = {.spill = h->spill}};
    h->list = ss_grow(h->arena, h->list, h->n, &h->capacity, sizeof(ss_fit_hop *));
    h->list[h->n++] = hop;
    return hop;
}

const ss_fit_chain *
ss_fit_hops_chain(ss_fit_hops *h, size_t table, const ss_route *route, ss_arena *arena)
{
    const double rows = ss_fit_rows_of(h->catalog, table);
    ss_fit_chain *chain;
    size_t at = table;

    for (size_t i = 0; i < route->nhops; i++)
    {
        if (!may_follow(h->catalog, at, route->hops[i]))
            return NULL;
        at = route->hops[i]->parent;
        if (i + 1 < route->nhops && ss_fit_rows_of(h->catalog, at) > PARENTS_MOST * rows)
            return NULL;
    }
    if (route->nhops < 2 || !is_in_order(route->hops[route->nhops - 1]))
        return NULL;
    chain = ss_alloc(arena, 1, sizeof *chain);
    chain->route = route;
    chain->list = ss_alloc(arena, route->nhops, sizeof(ss_fit_hop *));
    for (; chain->n + 1 < route->nhops; chain->n++)
        chain->list[chain->n] = hop_of(h, route->hops[chain->n], route->hops[chain->n + 1]);
    return chain;
}

/* Of the table, what leads to whom its rows belong to by this route, as people are told apart everywhere; NULL: nothing. */
static ss_fit_hop *
hop_along(const ss_fit_hops *h, size_t table, const ss_route *route)
{
    const ss_reference *ref = route->hops[0];

    if (route->nhops > 1 || !is_in_order(ref) || !may_follow(h->catalog, table, ref))
        return NULL;
    for (size_t i = 0; i < h->n; i++)
    {
        ss_fit_hop *hop = h->list[i];

        if (hop->table == table && are_columns(hop->next, hop->nnext, ref->columns, ref->ncolumns))
            return hop;
    }
    return NULL;
}

bool
ss_fit_hops_count(const ss_fit_hops *h, size_t table, const ss_route *route)
{
    ss_fit_hop *hop = hop_along(h, table, route);

    if (hop != NULL)
        hop->counts = true;
    return hop != NULL;
}

const ss_fit_numbers *
ss_fit_hops_counted(const ss_fit_hops *h, size_t table, const ss_route *route)
{
    const ss_fit_hop *hop = hop_along(h, table, route);

    return hop != NULL && hop->counts ? &hop->rows : NULL;
}

/* --- reading them ----------------------------------------------------------------------------------- */

typedef struct filling
{
    ss_fit_hop *hop;
    const ss_hash_key *key;
    size_t *from, *to; /* places in the batch */
} filling;

static ss_code
take_keys(void *arg, const ss_fit_reading *r, ss_error *err)
{
    const filling *f = arg;
    const ss_fit_hop *hop = f->hop;

    for (size_t row = 0; row < r->batch->nrows; row++)
    {
        const uint64_t from = ss_hash_of_key(f->key, r->batch, f->from, hop->nkey, row);
        const uint64_t to = ss_hash_of_key(f->key, r->batch, f->to, hop->nnext, row);
        uint64_t *number;

        if (hop->counts && to != 0)
        {
            SS_TRY(ss_fit_numbers_at(&f->hop->rows, to, &number, err));
            ++*number;
        }
        if (from == 0 || to == 0)
            continue;
        SS_TRY(ss_fit_numbers_at(&f->hop->numbers, from, &number, err));
        *number = to;
    }
    return SS_OK;
}

static ss_code
read_hop(const ss_fit_hops *h, ss_fit_hop *hop, const ss_fit_source *source, ss_pg *pg,
         ss_arena *scratch, ss_error *err)
{
    const ss_table *table = &h->catalog->tables[hop->table];
    const ss_ways none = {.alias = "t", .joins = ""};
    const double rows = ss_fit_rows_of(h->catalog, hop->table);
    bool *wanted = ss_alloc(scratch, table->ncolumns + 1, sizeof *wanted);
    ss_fit_reading r;
    filling f = {.hop = hop,
                 .key = source->key,
                 .from = ss_alloc(scratch, hop->nkey + 1, sizeof *f.from),
                 .to = ss_alloc(scratch, hop->nnext + 1, sizeof *f.to)};

    for (size_t i = 0; i < hop->nkey; i++)
        wanted[hop->key[i]] = true;
    for (size_t i = 0; i < hop->nnext; i++)
        wanted[hop->next[i]] = true;
    SS_TRY(ss_fit_numbers_expect(&hop->numbers, rows, err));
    if (hop->counts)
        SS_TRY(ss_fit_numbers_expect(&hop->rows,
                                     fmin(rows, ss_fit_rows_of(h->catalog, hop->leads_to)), err));
    atomic_fetch_add(&source->progress->total, (uint64_t) rows);
    for (size_t i = 0; i < h->catalog->ntables; i++)
    {
        const ss_table *leaf = &h->catalog->tables[i];

        if (!ss_table_has_rows(leaf) || ss_table_root(h->catalog, leaf) != table)
            continue;
        ss_fit_reading_plan(source, table, wanted, NULL, &none, NULL, leaf, scratch, &r);
        for (size_t k = 0; k < hop->nkey; k++)
            f.from[k] = r.at[hop->key[k]];
        for (size_t k = 0; k < hop->nnext; k++)
            f.to[k] = r.at[hop->next[k]];
        /* Rows of those who are set aside lead to them, or theirs would be nobody's. */
        r.aside.n = 0;
        SS_TRY(ss_fit_read_leaf(source, leaf, &r, NULL, pg, take_keys, &f, err));
    }
    return SS_OK;
}

ss_code
ss_fit_hops_read(const ss_fit_hops *h, size_t n, const ss_fit_source *source, ss_pg *pg,
                 ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_code code = read_hop(h, h->list[n], source, pg, scratch, err);

    ss_arena_free(scratch);
    if (code != SS_OK)
        return ss_note(err, "while reading keys of %s",
                       h->catalog->tables[h->list[n]->table].label);
    return SS_OK;
}

void
ss_fit_chain_prepare(const ss_fit_chain *chain, uint64_t key)
{
    const ss_fit_numbers *m = &chain->list[0]->numbers;

    if (m->capacity > 0)
        __builtin_prefetch(m->slots[first_place(m, key)]);
}

uint64_t
ss_fit_chain_follow(const ss_fit_chain *chain, uint64_t key)
{
    for (size_t i = 0; i < chain->n; i++)
        key = ss_fit_numbers_get(&chain->list[i]->numbers, key);
    return key;
}
