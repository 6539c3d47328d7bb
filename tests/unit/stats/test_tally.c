/* A tally says the same whatever the order and the parts in which rows came. */
#include "unit/check.h"

#include <stdlib.h>

#include "rand/stream.h"
#include "stats/tally.h"

#define K     11
#define CELLS 200
#define ROWS  5000

static void
k_people_are_enough_and_fewer_are_not(void **state)
{
    ss_tally *t = ss_tally_new(2, &(ss_people){.k = K, .npaths = 1});

    (void) state;
    for (uint64_t who = 1; who < K; who++)
    {
        for (int row = 0; row < 100; row++)
            ss_tally_add(t, 1, &who, SS_WHOLE);
        assert_false(ss_tally_enough(t, 1));
    }
    ss_tally_add(t, 1, &(uint64_t){K}, SS_WHOLE);
    assert_true(ss_tally_enough(t, 1));
    assert_false(ss_tally_enough(t, 0));
    assert_int_equal(ss_tally_rows(t, 1), 1001);
    ss_tally_free(t);
}

static void
nobody_is_no_person(void **state)
{
    const bool may[2] = {false, true};
    ss_tally *t = ss_tally_new(1, &(ss_people){.k = K, .npaths = 2});
    ss_tally *u = ss_tally_new(1, &(ss_people){.k = K, .npaths = 2, .may_be_empty = may});

    (void) state;
    for (uint64_t who = 1; who <= K; who++)
    {
        ss_tally_add(t, 0, (uint64_t[]){who, 0}, SS_WHOLE);
        ss_tally_add(u, 0, (uint64_t[]){who, 0}, SS_WHOLE);
    }
    assert_false(ss_tally_enough(t, 0));
    assert_true(ss_tally_enough(u, 0));
    /* Somebody on the path that may be empty: now they must be k there. */
    ss_tally_add(u, 0, (uint64_t[]){1, 7}, SS_WHOLE);
    assert_false(ss_tally_enough(u, 0));
    ss_tally_free(t);
    ss_tally_free(u);
}

static void
without_ways_to_people_rows_count(void **state)
{
    ss_tally *t = ss_tally_new(1, &(ss_people){.k = 3});

    (void) state;
    ss_tally_add(t, 0, NULL, SS_WHOLE);
    ss_tally_add(t, 0, NULL, SS_WHOLE);
    assert_false(ss_tally_enough(t, 0));
    ss_tally_add(t, 0, NULL, SS_WHOLE);
    assert_true(ss_tally_enough(t, 0));
    ss_tally_free(t);
}

typedef struct rows
{
    uint32_t cell[ROWS];
    uint64_t who[ROWS][2];
} rows;

static rows *
some_rows(void)
{
    rows *r = calloc(1, sizeof *r);
    uint64_t s = 5;

    assert_non_null(r);
    for (size_t i = 0; i < ROWS; i++)
    {
        /* Small cells and large ones, people with many rows. */
        r->cell[i] =
            (uint32_t) (ss_below(ss_unfold(&s), CELLS) * ss_below(ss_unfold(&s), CELLS) / CELLS);
        r->who[i][0] = 1 + ss_below(ss_unfold(&s), 400);
        r->who[i][1] = ss_below(ss_unfold(&s), 30);
    }
    return r;
}

static bool
same(const ss_tally *a, const ss_tally *b)
{
    bool same = true;

    for (uint32_t c = 0; c < CELLS; c++)
    {
        same = same && ss_tally_weight(a, c) == ss_tally_weight(b, c) &&
               ss_tally_enough(a, c) == ss_tally_enough(b, c);
        for (uint32_t d = c + 1; d < c + 4 && d < CELLS; d++)
            same = same && ss_tally_enough_together(a, (uint32_t[]){c, d}, 2) ==
                               ss_tally_enough_together(b, (uint32_t[]){c, d}, 2);
    }
    return same;
}

/* Against an exact count of different people. */
static bool
exact(const rows *r, const ss_tally *t)
{
    bool right = true;

    for (uint32_t c = 0; c < CELLS; c++)
    {
        bool enough = true;

        for (size_t p = 0; p < 2; p++)
        {
            bool seen[500] = {false};
            size_t n = 0;

            for (size_t i = 0; i < ROWS; i++)
            {
                if (r->cell[i] != c || r->who[i][p] == 0 || seen[r->who[i][p]])
                    continue;
                seen[r->who[i][p]] = true;
                n++;
            }
            enough = enough && n >= K;
        }
        right = right && enough == ss_tally_enough(t, c);
    }
    return right;
}

static void
any_order_and_any_parts_give_the_same(void **state)
{
    const ss_people people = {.k = K, .npaths = 2};
    rows *r = some_rows();
    ss_tally *whole = ss_tally_new(CELLS, &people), *back = ss_tally_new(CELLS, &people);

    (void) state;
    for (size_t i = 0; i < ROWS; i++)
    {
        ss_tally_add(whole, r->cell[i], r->who[i], SS_WHOLE);
        ss_tally_add(back, r->cell[ROWS - 1 - i], r->who[ROWS - 1 - i], SS_WHOLE);
    }
    assert_true(exact(r, whole));
    assert_true(same(whole, back));
    for (size_t parts = 2; parts < 9; parts++)
    {
        ss_tally *sum = ss_tally_new(CELLS, &people);

        for (size_t p = parts; p > 0; p--)
        {
            ss_tally *part = ss_tally_new(CELLS, &people);

            for (size_t i = p - 1; i < ROWS; i += parts)
                ss_tally_add(part, r->cell[i], r->who[i], SS_WHOLE);
            ss_tally_merge(sum, part);
            ss_tally_free(part);
        }
        assert_true(same(whole, sum));
        ss_tally_free(sum);
    }
    ss_tally_free(whole);
    ss_tally_free(back);
    free(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(k_people_are_enough_and_fewer_are_not),
        cmocka_unit_test(nobody_is_no_person),
        cmocka_unit_test(without_ways_to_people_rows_count),
        cmocka_unit_test(any_order_and_any_parts_give_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
