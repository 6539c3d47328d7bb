#include "fit/heavy.h"

#include <stdlib.h>

#include "base/divide.h"
#include "base/text.h"
#include "stats/cells.h"

typedef struct person
{
    uint64_t hash, rows;
} person;

struct ss_heavy
{
    size_t k, listed, n;
    uint64_t *rows; /* of those listed, descending */
    uint64_t most;  /* rows that a person counts for */
    person *people; /* by hash once all are there */
};

/* --- what they count for ------------------------------------------------------------------------ */

#define UNIT_MOST UINT64_C(500000000000000) /* of the source: more rows than there are */

size_t
ss_heavy_place(size_t k, bool aside)
{
    return aside ? k + k / 2 + 16 : k;
}

size_t
ss_heavy_asked(size_t place)
{
    return 4 * place;
}

uint64_t
ss_heavy_cap(const uint64_t *rows, size_t n, size_t k, bool others)
{
    uint64_t kth;

    if (n == 0)
        return 0;
    kth = rows[(n < k ? n : k) - 1];
    for (uint64_t unit = ss_round_unit(kth / 4); unit > 1; unit = ss_round_unit(unit - 1))
    {
        const uint64_t cap = kth / unit * unit;

        if (!others || rows[n - 1] <= cap)
            return cap;
    }
    return kth;
}

const char *
ss_heavy_caps_sql(size_t place, ss_arena *arena)
{
    ss_buf units = {0};
    const char *sql;

    for (uint64_t unit = UNIT_MOST; unit > 1; unit = ss_round_unit(unit - 1))
        ss_buf_printf(&units, "(%llu), ", (unsigned long long) unit);
    ss_buf_puts(&units, "(1)");
    sql = ss_strf(arena,
                  "SELECT DISTINCT ON (r.route) r.route, r.kth / u.unit * u.unit AS most FROM ("
                  "SELECT x.route, pg_catalog.min(x.had) FILTER (WHERE x.place <= %zu) AS kth, "
                  "pg_catalog.min(x.had) AS last, pg_catalog.count(*) >= %zu AS others FROM x "
                  "GROUP BY x.route) AS r CROSS JOIN (VALUES %s) AS u (unit) WHERE u.unit = 1 OR "
                  "(u.unit <= r.kth / 4 AND NOT (r.others AND r.last > r.kth / u.unit * u.unit)) "
                  "ORDER BY r.route, u.unit DESC",
                  place, ss_heavy_asked(place), ss_buf_text(&units));
    ss_buf_done(&units);
    return sql;
}

/* --- who they are ------------------------------------------------------------------------------- */

ss_heavy *
ss_heavy_new(size_t k, ss_arena *arena)
{
    ss_heavy *h = ss_alloc(arena, 1, sizeof *h);
    const size_t listed = ss_heavy_asked(k);

    *h = (ss_heavy){.k = k,
                    .listed = listed,
                    .rows = ss_alloc(arena, listed + 1, sizeof *h->rows),
                    .people = ss_alloc(arena, listed + 1, sizeof *h->people)};
    return h;
}

void
ss_heavy_add(ss_heavy *h, uint64_t hash, uint64_t rows)
{
    if (h->n == h->listed)
        return;
    h->rows[h->n] = rows;
    h->people[h->n++] = (person){hash, rows};
}

static int
compare(const void *a, const void *b)
{
    const person *x = a, *y = b;

    return (x->hash > y->hash) - (x->hash < y->hash);
}

void
ss_heavy_end(ss_heavy *h, bool others)
{
    h->most = ss_heavy_cap(h->rows, h->n, h->k, others || h->n == h->listed);
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

        if (p.hash == 0 || (h->n == h->listed && p.rows <= h->people[h->n - 1].rows) ||
            (aside != NULL && ss_control_has(aside, p.hash)))
            continue;
        h->n += h->n < h->listed;
        /* Descending; the last one falls out. */
        for (; at > 0 && h->people[at - 1].rows < p.rows; at--)
            h->people[at] = h->people[at - 1];
        if (at < h->listed)
            h->people[at] = p;
    }
    for (size_t i = 0; i < h->n; i++)
        h->rows[i] = h->people[i].rows;
    ss_heavy_end(h, false);
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
             const char *key, size_t n, ss_arena *arena)
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
                  ss_buf_text(&present), ss_buf_text(&keys), n);
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
