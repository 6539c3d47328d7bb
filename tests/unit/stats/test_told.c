/* What is told of a distribution: no part of it has fewer than k people, and no row is lost. */
#include "unit/check.h"

#include <math.h>
#include <stdlib.h>

#include "rand/stream.h"
#include "stats/told.h"

#define K     11
#define CODES 40

/* counts[c] people with a row each. */
static ss_tally *
tally_of(const uint64_t *counts, uint32_t n)
{
    ss_tally *t = ss_tally_new(n, &(ss_people){.k = K, .npaths = 1});
    uint64_t who = 0;

    for (uint32_t c = 0; c < n; c++)
    {
        for (uint64_t i = 0; i < counts[c]; i++)
        {
            who++;
            ss_tally_add(t, c, &who, SS_WHOLE);
        }
    }
    return t;
}

static uint64_t
sum_of(const uint64_t *counts, uint32_t from, uint32_t to)
{
    uint64_t sum = 0;

    for (uint32_t c = from; c <= to; c++)
        sum += counts[c];
    return sum;
}

static void
codes_with_enough_are_told_and_others_together(void **state)
{
    const uint64_t counts[] = {100, 5, 7, 200, 0, 3, 9};
    ss_tally *t = tally_of(counts, 7);
    ss_arena *arena = ss_arena_new(NULL);
    ss_told told;

    (void) state;
    ss_told_make(t, 0, 7, 0, K, arena, &told);
    assert_int_equal(told.ncells, 2);
    assert_int_equal(told.cells[0].rows, 100);
    assert_int_equal(told.cells[1].from, 3);
    assert_int_equal(told.rest, 25);
    ss_arena_free(arena);
    ss_tally_free(t);
}

/* Told with another, the four would be found by taking off what nodes above tell of that one. */
static void
a_rest_of_a_few_is_not_told(void **state)
{
    const uint64_t counts[] = {100, 4, 60};
    ss_tally *t = tally_of(counts, 3);
    ss_arena *arena = ss_arena_new(NULL);
    ss_told told;

    (void) state;
    ss_told_make(t, 0, 3, 0, K, arena, &told);
    assert_int_equal(told.ncells, 2);
    /* What the others have is of all rows, which are told as the next multiple of 25. */
    assert_int_equal(told.cells[0].rows, 110);
    assert_int_equal(told.cells[1].rows, 65);
    assert_int_equal(told.rest, 0);
    ss_arena_free(arena);
    ss_tally_free(t);
}

/* Four people, or nobody: what is drawn is the same. */
static void
nor_whether_there_is_one(void **state)
{
    const uint64_t some[] = {100, 4, 60}, none[] = {100, 0, 60};
    ss_tally *t = tally_of(some, 3), *u = tally_of(none, 3);
    ss_arena *arena = ss_arena_new(NULL);
    uint32_t a[3], b[3];
    ss_told told;

    (void) state;
    ss_told_make(t, 0, 3, 0, K, arena, &told);
    ss_told_below(&told, NULL, 3, K, 0, a);
    ss_told_make(u, 0, 3, 0, K, arena, &told);
    ss_told_below(&told, NULL, 3, K, 0, b);
    assert_memory_equal(a, b, sizeof a);
    assert_true(ss_below_width(a, 3, 1) > 0);
    ss_arena_free(arena);
    ss_tally_free(t);
    ss_tally_free(u);
}

static void
neighbours_are_told_together(void **state)
{
    const uint64_t counts[] = {6, 6, 0, 2, 50, 4, 4, 4, 30, 1};
    ss_tally *t = tally_of(counts, 10);
    ss_arena *arena = ss_arena_new(NULL);
    ss_told told;

    (void) state;
    ss_told_make(t, 0, 10, 10, K, arena, &told);
    assert_int_equal(told.rest, 0);
    assert_int_equal(told.ncells, 4);
    assert_true(told.cells[0].from == 0 && told.cells[0].to == 3 && told.cells[0].rows == 15);
    assert_true(told.cells[1].from == 4 && told.cells[1].to == 4);
    assert_true(told.cells[2].from == 5 && told.cells[2].to == 7 && told.cells[2].rows == 15);
    assert_true(told.cells[3].from == 8 && told.cells[3].to == 8);
    ss_arena_free(arena);
    ss_tally_free(t);
}

/* Nobody stands on the second path of the run's cell: the one who does behind what is left of it would be found there. */
static void
what_is_left_of_a_run_brings_no_few_people_to_it(void **state)
{
    const uint64_t counts[] = {6, 7, 1, 20}, somebody[] = {0, 0, 1, 20};
    const bool may_be_empty[] = {false, true};
    ss_tally *t = ss_tally_new(4, &(ss_people){.k = K, .npaths = 2, .may_be_empty = may_be_empty});
    ss_arena *arena = ss_arena_new(NULL);
    uint64_t who = 0;
    ss_told told;

    (void) state;
    for (uint32_t c = 0; c < 4; c++)
    {
        for (uint64_t i = 0; i < counts[c]; i++)
        {
            who++;
            ss_tally_add(t, c, (uint64_t[]){who, i < somebody[c] ? who : 0}, SS_WHOLE);
        }
    }
    ss_told_make(t, 0, 4, 4, K, arena, &told);
    assert_int_equal(told.ncells, 2);
    assert_int_equal(told.cells[0].to, 1);
    assert_int_equal(told.cells[1].from, 3);
    assert_int_equal(told.rest, 0);
    ss_arena_free(arena);
    ss_tally_free(t);
}

static void
few_people_are_not_told_at_all(void **state)
{
    const uint64_t counts[] = {3, 4};
    ss_tally *t = tally_of(counts, 2);
    ss_arena *arena = ss_arena_new(NULL);
    ss_told told;

    (void) state;
    ss_told_make(t, 0, 2, 2, K, arena, &told);
    assert_int_equal(told.ncells, 0);
    assert_int_equal(told.rest, 0);
    ss_arena_free(arena);
    ss_tally_free(t);
}

/* Random distributions, ordered in part: every part has k people, disjoint parts hold all rows. */
static void
every_part_has_k_people(void **state)
{
    uint64_t s = 3;

    (void) state;
    for (size_t round = 0; round < 500; round++)
    {
        const uint32_t nordered = (uint32_t) ss_below(ss_unfold(&s), CODES + 1);
        uint64_t counts[CODES], inside = 0, all, rest = 0, told_of;
        bool in_cell[CODES] = {false};
        ss_arena *arena = ss_arena_new(NULL);
        ss_tally *t;
        ss_told told;

        for (uint32_t c = 0; c < CODES; c++)
            counts[c] = ss_below(ss_unfold(&s), 4) == 0 ? ss_below(ss_unfold(&s), 60)
                                                        : ss_below(ss_unfold(&s), 8);
        t = tally_of(counts, CODES);
        all = sum_of(counts, 0, CODES - 1);
        ss_told_make(t, 0, CODES, nordered, K, arena, &told);
        for (size_t i = 0; i < told.ncells; i++)
        {
            const uint64_t people = sum_of(counts, told.cells[i].from, told.cells[i].to);

            assert_true(people >= K);
            assert_int_equal(told.cells[i].rows % 5, 0);
            assert_true(told.cells[i].from == told.cells[i].to || told.cells[i].to < nordered);
            inside += people;
            for (uint32_t c = told.cells[i].from; c <= told.cells[i].to; c++)
            {
                assert_false(in_cell[c]);
                in_cell[c] = true;
            }
        }
        for (uint32_t c = 0; c < CODES; c++)
            rest += in_cell[c] ? 0 : counts[c];
        assert_int_equal(inside + rest, all);
        assert_int_equal(told.rest > 0, rest >= K);
        /* Shares of all rows, which are told as a multiple of 25. */
        told_of = rest >= K ? all : inside;
        for (size_t i = 0; i < told.ncells; i++)
        {
            const double people = (double) sum_of(counts, told.cells[i].from, told.cells[i].to);
            const double share = people * (double) ((all + 24) / 25 * 25) / (double) told_of;

            assert_true(fabs(share - (double) told.cells[i].rows) <= 3.0);
        }
        ss_arena_free(arena);
        ss_tally_free(t);
    }
}

static void
uniforms_are_shared_out_by_rows(void **state)
{
    ss_told_cell cells[] = {{0, 0, 100}, {2, 3, 200}};
    const ss_told told = {.cells = cells, .ncells = 2, .rest = 100};
    uint32_t parent[6], below[6];

    (void) state;
    /* Above: 1, 4 and 5 as 1 : 1 : 2, 2 three times as often as 3. */
    {
        ss_told_cell c[] = {{0, 0, 10}, {1, 1, 10}, {2, 2, 30}, {3, 3, 10}, {4, 4, 10}, {5, 5, 20}};
        const ss_told above = {.cells = c, .ncells = 6};

        ss_told_below(&above, NULL, 6, K, 0, parent);
    }
    ss_told_below(&told, parent, 6, 1000, 0, below);
    assert_true(llabs((long long) ss_below_width(below, 6, 0) - (1LL << 30)) < 4);
    assert_true(llabs((long long) ss_below_width(below, 6, 2) - 3 * (1LL << 29)) < 4);
    assert_true(llabs((long long) ss_below_width(below, 6, 1) - (1LL << 28)) < 99);
    assert_true(llabs((long long) ss_below_width(below, 6, 5) - (1LL << 29)) < 99);
    assert_int_equal(ss_below_draw(below, 6, 0), 0);
    assert_int_equal(ss_below_draw(below, 6, UINT64_MAX), 5);
}

/* A code that nothing is left for, here and above, is never drawn, wherever it stands. */
static void
what_has_no_rows_is_not_drawn(void **state)
{
    ss_told_cell cells[] = {{0, 2, 50}, {3, 4, 50}};
    const ss_told told = {.cells = cells, .ncells = 2};
    const uint32_t above[5] = {0, 0, UINT32_C(1) << 31, UINT32_C(1) << 31, UINT32_MAX};
    uint32_t below[5];
    uint64_t s = 1;

    (void) state;
    ss_told_below(&told, above, 5, K, 0, below);
    for (size_t i = 0; i < 10000; i++)
    {
        const uint32_t c = ss_below_draw(below, 5, ss_unfold(&s));

        assert_true(c == 1 || c == 3);
    }
    assert_int_equal(ss_below_draw(below, 5, 0), 1);
    assert_int_equal(ss_below_draw(below, 5, UINT64_MAX), 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_with_enough_are_told_and_others_together),
        cmocka_unit_test(a_rest_of_a_few_is_not_told),
        cmocka_unit_test(nor_whether_there_is_one),
        cmocka_unit_test(neighbours_are_told_together),
        cmocka_unit_test(what_is_left_of_a_run_brings_no_few_people_to_it),
        cmocka_unit_test(few_people_are_not_told_at_all),
        cmocka_unit_test(every_part_has_k_people),
        cmocka_unit_test(uniforms_are_shared_out_by_rows),
        cmocka_unit_test(what_has_no_rows_is_not_drawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
