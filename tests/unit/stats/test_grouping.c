/* Groups of tables: alike ones are together, and nobody is left in one that has too few people. */
#include "unit/check.h"

#include "stats/grouping.h"

#define K      5
#define TABLES 6
#define LINES  4

/* Tables 0 and 3, 1 and 4, 2 and 5 are alike: most of their 100 rows have the same code. */
static ss_grouping *
make_pairs(ss_arena *arena)
{
    const ss_people least = {.k = K, .npaths = 1};
    ss_grouping *g = ss_grouping_new(TABLES, LINES, 1, &least, arena);

    for (uint32_t t = 0; t < TABLES; t++)
    {
        g->rows[t] = 100;
        for (uint32_t i = 0; i < LINES; i++)
            g->counts[t][i] = i == t % 3 ? 70 + t : (30.0 - t) / 3;
        for (uint64_t person = 1; person <= K; person++)
            ss_grouping_add_member(g, t, &person);
    }
    return g;
}

static void
alike_tables_are_joined(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_grouping *g = make_pairs(arena);

    (void) state;
    ss_grouping_join_to(g, 3);
    assert_int_equal(g->n, 3);
    for (uint32_t t = 0; t < 3; t++)
    {
        assert_int_equal(g->of[t], g->of[t + 3]);
        assert_int_equal((int) g->rows[g->of[t]], 200);
        assert_int_equal((int) g->counts[g->of[t]][t], 143 + 2 * (int) t);
    }
    assert_true(g->of[0] != g->of[1] && g->of[1] != g->of[2] && g->of[0] != g->of[2]);
    ss_arena_free(arena);
}

/* Each is part of one behind it, the last of itself; the first groups are pairs. */
static void
groups_are_a_tree(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    uint32_t above[2 * TABLES - 1], members[2 * TABLES - 1] = {0};

    (void) state;
    ss_grouping_tree(make_pairs(arena), above);
    for (uint32_t i = 0; i < 2 * TABLES - 1; i++)
    {
        assert_true(above[i] > i || i == 2 * TABLES - 2);
        members[above[i]]++;
    }
    assert_int_equal(above[2 * TABLES - 2], 2 * TABLES - 2);
    for (uint32_t i = TABLES; i < 2 * TABLES - 2; i++)
        assert_int_equal(members[i], 2);
    for (uint32_t t = 0; t < 3; t++)
        assert_int_equal(above[t], above[t + 3]);
    ss_arena_free(arena);
}

/* Two rows of two people, and a hundred rows of one, join what they are like; people of both are counted once. */
static void
small_tables_are_joined(void **state)
{
    const ss_people least = {.k = K, .npaths = 1};
    ss_arena *arena = ss_arena_new(NULL);
    ss_grouping *g = ss_grouping_new(4, 2, 1, &least, arena);
    const double rows[4][2] = {{90, 10}, {10, 90}, {2, 0}, {0, 100}};
    const size_t people[4] = {K, K, 2, 1};

    (void) state;
    for (uint32_t t = 0; t < 4; t++)
    {
        g->rows[t] = rows[t][0] + rows[t][1];
        g->counts[t][0] = rows[t][0];
        g->counts[t][1] = rows[t][1];
        for (size_t r = 0; r < (size_t) g->rows[t]; r++)
        {
            const uint64_t person = 10 * t + r % people[t] + 1;

            ss_grouping_add_member(g, t, &person);
        }
    }
    assert_true(ss_grouping_join_small(g));
    assert_int_equal(g->n, 2);
    assert_int_equal(g->of[2], g->of[0]);
    assert_int_equal(g->of[3], g->of[1]);
    assert_false(ss_grouping_join_small(g));
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike_tables_are_joined),
        cmocka_unit_test(groups_are_a_tree),
        cmocka_unit_test(small_tables_are_joined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
