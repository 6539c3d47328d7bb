#include "fit/heavy.h"

#include <stdlib.h>

#include "base/text.h"
#include "stats/cells.h"

typedef struct person
{
    uint64_t hash, rows;
} person;

struct ss_heavy
{
    size_t k, n;
    uint64_t most;  /* rows that a person counts for */
    person *people; /* by hash once all are there */
};

ss_heavy *
ss_heavy_new(size_t k, ss_arena *arena)
{
    ss_heavy *h = ss_alloc(arena, 1, sizeof *h);

    *h = (ss_heavy){.k = k, .people = ss_alloc(arena, k + 1, sizeof *h->people)};
    return h;
}

size_t
ss_heavy_asked(size_t k, bool aside)
{
    return aside ? k + k / 2 + 16 : k;
}

void
ss_heavy_add(ss_heavy *h, uint64_t hash, uint64_t rows)
{
    if (h->n == h->k)
        return;
    h->people[h->n++] = (person){hash, rows};
    h->most = rows;
}

static int
compare(const void *a, const void *b)
{
    const person *x = a, *y = b;

    return (x->hash > y->hash) - (x->hash < y->hash);
}

void
ss_heavy_end(ss_heavy *h)
{
    qsort(h->people, h->n, sizeof *h->people, compare);
}

ss_heavy *
ss_heavy_of(const ss_fit_numbers *rows, const ss_control_table *aside, size_t k, ss_arena *arena)
{
    ss_heavy *h = ss_heavy_new(k, arena);

    for (size_t i = 0; i < rows->capacity; i++)
    {
        const person p = {rows->slots[i][0], rows->slots[i][1]};
        size_t at = h->n;

        if (p.hash == 0 || (h->n == k && p.rows <= h->people[k - 1].rows) ||
            (aside != NULL && ss_control_has(aside, p.hash)))
            continue;
        h->n += h->n < k;
        /* Descending; the last one falls out. */
        for (; at > 0 && h->people[at - 1].rows < p.rows; at--)
            h->people[at] = h->people[at - 1];
        if (at < k)
            h->people[at] = p;
    }
    if (h->n > 0)
        h->most = h->people[h->n - 1].rows;
    ss_heavy_end(h);
    return h;
}

uint64_t
ss_heavy_weight(const ss_heavy *h, uint64_t hash)
{
    __extension__ typedef unsigned __int128 wide;
    const person wanted = {hash, 0};
    const person *p = bsearch(&wanted, h->people, h->n, sizeof *h->people, compare);

    if (p == NULL || p->rows <= h->most)
        return SS_WHOLE;
    return (uint64_t) ((wide) SS_WHOLE * h->most / p->rows);
}

const char *
ss_heavy_sql(const ss_table *table, const ss_ways *paths, size_t path, const char *where,
             const char *key, size_t k, ss_arena *arena)
{
    ss_buf keys = {0}, present = {0};
    const char *sql;

    ss_way_put_key(&keys, &paths->list[path], ", ", "");
    ss_way_put_key(&present, &paths->list[path], " AND ", " IS DISTINCT FROM NULL");
    if (where != NULL)
        ss_buf_printf(&present, " AND %s", where);
    sql = ss_strf(arena,
                  "SELECT pg_catalog.count(*)::pg_catalog.text, %s FROM %s AS t%s WHERE %s "
                  "GROUP BY %s ORDER BY pg_catalog.count(*) DESC LIMIT %zu",
                  key == NULL ? ss_buf_text(&keys) : key, ss_way_from(table, arena), paths->joins,
                  ss_buf_text(&present), ss_buf_text(&keys), k);
    ss_buf_done(&keys);
    ss_buf_done(&present);
    return sql;
}

uint64_t
ss_count_in(const ss_batch_column *column, size_t row)
{
    size_t n;
    const unsigned char *digits = ss_column_bytes(column, row, &n);
    uint64_t v = 0;

    for (size_t i = 0; i < n && digits[i] >= '0' && digits[i] <= '9'; i++)
        v = v * 10 + (uint64_t) (digits[i] - '0');
    return v;
}
