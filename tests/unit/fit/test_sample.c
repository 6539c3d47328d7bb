/* A sample: families whole, the same whatever the order and the parts in which rows came. */
#include "unit/check.h"

#include <stdlib.h>

#include "fit/sample.h"
#include "rand/stream.h"

#define ROWS 20000

typedef struct world
{
    ss_arena *arena;
    ss_fit_reading reading;
    ss_hash_key key;
} world;

/* Rows of a number, a text and whose they are. */
static world
begin(void)
{
    world w = {.arena = ss_arena_new(NULL), .key = {{1, 2, 3}}};
    ss_form forms[] = {SS_FORM_I64, SS_FORM_TEXT, SS_FORM_F64};
    ss_ways *ways = ss_alloc(w.arena, 1, sizeof *ways);

    ways->n = 1;
    w.reading = (ss_fit_reading){.columns = ss_alloc(w.arena, 3, sizeof(ss_copy_column)),
                                 .batch = ss_batch_new(w.arena, forms, 3),
                                 .paths = ways,
                                 .n = 3};
    for (size_t c = 0; c < 3; c++)
        w.reading.columns[c].form = forms[c];
    w.reading.behind.npaths = 1;
    w.reading.behind.subjects = ss_alloc(w.arena, SS_BATCH_ROWS, sizeof(uint64_t));
    w.reading.behind.weights = ss_alloc(w.arena, SS_BATCH_ROWS, sizeof(uint64_t));
    return w;
}

/* Row i: one of a thousand people, some of whom have many rows, or nobody. */
static void
put_row(world *w, uint64_t i)
{
    ss_batch *b = w->reading.batch;
    const size_t r = b->nrows++;
    const uint64_t person = i % 97 == 0 ? 0 : 1 + (i * 7919) % 1000 / (1 + i % 3);
    char text[400];

    memset(text, 'a' + (int) (i % 26), sizeof text);
    ss_column_put_i64(&b->columns[0], r, (int64_t) i);
    if (i % 5 == 0)
        ss_column_put_null(&b->columns[1], r);
    else
        ss_column_put_bytes(&b->columns[1], r, text, i % 300);
    ss_column_put_f64(&b->columns[2], r, (double) i / 3);
    w->reading.behind.subjects[r] = person == 0 ? 0 : ss_hash(&w->key, &person, sizeof person);
    w->reading.behind.weights[r] = SS_WHOLE / (1 + i % 2);
}

static ss_sampler *
sampler(world *w, size_t most)
{
    return ss_sampler_new(&w->reading, NULL, 0, &w->key, most, (size_t) 1 << 24);
}

/* Rows first, first + step ... below ROWS, backwards when step is negative, batches of size. */
static void
add(world *w, ss_sampler *s, int64_t first, int64_t step, size_t size)
{
    for (int64_t i = first; i >= 0 && i < ROWS;)
    {
        ss_batch_clear(w->reading.batch);
        while (w->reading.batch->nrows < size && i >= 0 && i < ROWS)
        {
            put_row(w, (uint64_t) i);
            i += step;
        }
        ss_sampler_add(s, &w->reading);
    }
}

static bool
same(const ss_sample *a, const ss_sample *b)
{
    bool same = a->n == b->n && a->halved == b->halved;

    for (size_t r = 0; r < a->n && same; r++)
    {
        size_t n, m;
        const unsigned char *x, *y;

        same = a->who[r] == b->who[r] && a->row[r] == b->row[r] && a->weights[r] == b->weights[r] &&
               a->subjects[r] == b->subjects[r] && a->columns[0].i64[r] == b->columns[0].i64[r] &&
               a->columns[2].f64[r] - b->columns[2].f64[r] < 1e-9 &&
               a->columns[1].null[r] == b->columns[1].null[r];
        if (!same || a->columns[1].null[r])
            continue;
        x = ss_column_bytes(&a->columns[1], r, &n);
        y = ss_column_bytes(&b->columns[1], r, &m);
        same = n == m && (n == 0 || memcmp(x, y, n) == 0);
    }
    return same;
}

static void
all_rows_are_in_it_where_they_fit(void **state)
{
    world w = begin();
    ss_sampler *s = sampler(&w, ROWS);
    ss_sample *sample;
    uint64_t sum = 0;

    (void) state;
    add(&w, s, 0, 1, SS_BATCH_ROWS);
    sample = ss_sampler_end(s, w.arena);
    assert_int_equal(sample->n, ROWS);
    assert_int_equal(sample->halved, 0);
    for (size_t r = 0; r < sample->n; r++)
    {
        const int64_t i = sample->columns[0].i64[r];
        size_t n = 0;

        sum += (uint64_t) i;
        assert_int_equal(sample->columns[1].null[r], i % 5 == 0);
        if (i % 5 == 0)
            continue;
        (void) ss_column_bytes(&sample->columns[1], r, &n);
        assert_int_equal(n, i % 300 > 201 ? 201 : i % 300);
        assert_true(n == 0 || ss_column_bytes(&sample->columns[1], r, &n)[n - 1] == 'a' + i % 26);
    }
    assert_int_equal(sum, (uint64_t) ROWS * (ROWS - 1) / 2);
    ss_sampler_free(s);
    ss_arena_free(w.arena);
}

static void
families_are_whole_and_as_many_as_fit(void **state)
{
    world w = begin();
    ss_sampler *s = sampler(&w, 3000);
    ss_sample *sample;
    size_t expected = 0;

    (void) state;
    add(&w, s, 0, 1, SS_BATCH_ROWS);
    sample = ss_sampler_end(s, w.arena);
    assert_true(sample->n > 1000 && sample->n <= 3000);
    /* Everybody below the limit, with all of their rows; twice as many would not fit. */
    for (uint64_t twice = 0; twice < 2; twice++)
    {
        expected = 0;
        for (uint64_t i = 0; i < ROWS; i++)
        {
            ss_batch_clear(w.reading.batch);
            put_row(&w, i);
            if (w.reading.behind.subjects[0] != 0)
                expected += w.reading.behind.subjects[0] >> (64 - sample->halved + twice) == 0;
        }
        assert_true(twice == 0 ? expected <= sample->n && expected + 100 > sample->n
                               : expected > 2700);
    }
    ss_sampler_free(s);
    ss_arena_free(w.arena);
}

static void
order_and_parts_do_not_matter(void **state)
{
    world w = begin();
    ss_sampler *s = sampler(&w, 2500);
    const ss_sample *once;

    (void) state;
    add(&w, s, 0, 1, SS_BATCH_ROWS);
    once = ss_sampler_end(s, w.arena);
    ss_sampler_free(s);
    s = sampler(&w, 2500);
    add(&w, s, ROWS - 1, -1, 100);
    assert_true(same(once, ss_sampler_end(s, w.arena)));
    ss_sampler_free(s);
    for (int64_t parts = 2; parts < 20; parts += 5)
    {
        s = sampler(&w, 2500);
        for (int64_t p = 0; p < parts; p++)
        {
            ss_sampler *part = sampler(&w, 2500);

            add(&w, part, parts - 1 - p, parts, 1000);
            ss_sampler_merge(s, part);
            ss_sampler_free(part);
        }
        assert_true(same(once, ss_sampler_end(s, w.arena)));
        ss_sampler_free(s);
    }
    ss_arena_free(w.arena);
}

/* The same rows are chosen, also of those that are nobody's; of them no more is kept than was asked for. */
static void
columns_may_be_limited(void **state)
{
    world w = begin();
    ss_sampler *s = sampler(&w, 2500);
    const ss_sample *once, *limited;

    (void) state;
    add(&w, s, 0, 1, SS_BATCH_ROWS);
    once = ss_sampler_end(s, w.arena);
    ss_sampler_free(s);
    s = sampler(&w, 2500);
    ss_sampler_limit(s, 0, 0);
    ss_sampler_limit(s, 1, 250);
    ss_sampler_limit(s, 2, 0);
    add(&w, s, 0, 1, SS_BATCH_ROWS);
    limited = ss_sampler_end(s, w.arena);
    assert_int_equal(limited->n, once->n);
    for (size_t r = 0; r < limited->n; r++)
    {
        size_t n = 0;

        assert_int_equal(limited->who[r], once->who[r]);
        assert_true(limited->columns[0].null[r] && limited->columns[2].null[r]);
        if (!limited->columns[1].null[r])
            (void) ss_column_bytes(&limited->columns[1], r, &n);
        assert_true(n <= 250);
    }
    ss_sampler_free(s);
    ss_arena_free(w.arena);
}

static void
without_rows_there_is_nothing(void **state)
{
    world w = begin();
    ss_sampler *s = sampler(&w, 100);

    (void) state;
    assert_int_equal(ss_sampler_end(s, w.arena)->n, 0);
    ss_sampler_free(s);
    ss_arena_free(w.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_rows_are_in_it_where_they_fit),
        cmocka_unit_test(families_are_whole_and_as_many_as_fit),
        cmocka_unit_test(order_and_parts_do_not_matter),
        cmocka_unit_test(columns_may_be_limited),
        cmocka_unit_test(without_rows_there_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
