/* Tokens on levels: k people behind all that is told, and behind what a token leaves less those below it. */
#include "unit/check.h"

#include <stdbool.h>
#include <stdlib.h>

#include "rand/stream.h"
#include "stats/levels.h"

#define K      11
#define FINE   60
#define MIDDLE 12
#define COARSE 3
#define TOKENS (1 + COARSE + MIDDLE + FINE)
#define PEOPLE 4000

static uint32_t
parent_of(uint32_t token)
{
    if (token <= COARSE)
        return 0;
    if (token <= COARSE + MIDDLE)
        return 1 + (token - COARSE - 1) % COARSE;
    return 1 + COARSE + (token - COARSE - MIDDLE - 1) % MIDDLE;
}

typedef struct world
{
    ss_tally *tally;
    uint32_t parent[TOKENS];
    uint32_t of[PEOPLE]; /* the token of each person's one row */
} world;

static void
set_up(world *w, const ss_people *people, bool backwards)
{
    w->tally = ss_tally_new(TOKENS, people);
    for (uint32_t t = 0; t < TOKENS; t++)
        w->parent[t] = parent_of(t);
    for (uint32_t i = 0; i < PEOPLE; i++)
    {
        uint64_t state = backwards ? PEOPLE - 1 - i : i;
        const uint32_t person = (uint32_t) state;
        const uint64_t a = ss_unfold(&state) % TOKENS, b = ss_unfold(&state) % TOKENS,
                       c = ss_unfold(&state) % 40;
        const uint64_t subject = person + 1;

        /* Some tokens have many, most few. */
        w->of[person] = (uint32_t) (c == 0 ? a : a * b * b / TOKENS / TOKENS);
        if (c > 6 && w->of[person] % 5 > 0)
            w->of[person] -= w->of[person] % 5;
        ss_tally_add(w->tally, w->of[person], &subject, SS_WHOLE);
    }
}

static void
test_all_told_has_k_behind_it(void **state)
{
    const ss_people people = {.k = K, .npaths = 1};
    ss_arena *arena = ss_arena_new(NULL);
    uint64_t *told, rows[TOKENS] = {0};
    uint32_t by[TOKENS];
    size_t hidden_told = 0, not_told = 0;
    world w;

    (void) state;
    set_up(&w, &people, false);
    told = ss_levels_settle(w.tally, w.parent, TOKENS, K, by, arena);
    /* A row is told of at the finest of its tokens that is told. */
    for (uint32_t i = 0; i < PEOPLE; i++)
    {
        uint32_t t = w.of[i];

        while (t > 0 && told[t] == 0)
            t = w.parent[t];
        rows[t]++;
        assert_int_equal(by[w.of[i]], told[t] == 0 ? SS_LEVELS_NONE : t);
    }
    for (uint32_t t = 0; t < TOKENS; t++)
    {
        assert_int_equal(told[t] % 5, 0);
        if (told[t] == 0)
        {
            not_told += ss_tally_weight(w.tally, t) > 0;
            assert_true(t > 0 || rows[t] < K);
            continue;
        }
        assert_true(rows[t] >= K);
        assert_int_equal(told[t], ss_people_round(rows[t]));
        hidden_told += t <= COARSE + MIDDLE && rows[t] > ss_tally_rows(w.tally, t);
    }
    assert_true(hidden_told > 2 && not_told > 5);
    ss_tally_free(w.tally);
    ss_arena_free(arena);
}

static void
test_order_changes_nothing(void **state)
{
    const ss_people people = {.k = K, .npaths = 1};
    ss_arena *arena = ss_arena_new(NULL);
    uint64_t *one, *two;
    uint32_t by[TOKENS];
    world a, b;

    (void) state;
    set_up(&a, &people, false);
    set_up(&b, &people, true);
    one = ss_levels_settle(a.tally, a.parent, TOKENS, K, by, arena);
    two = ss_levels_settle(b.tally, b.parent, TOKENS, K, by, arena);
    assert_memory_equal(one, two, TOKENS * sizeof *one);
    ss_tally_free(a.tally);
    ss_tally_free(b.tally);
    ss_arena_free(arena);
}

/* One person with many rows is no crowd, and of few nothing at all is told. */
static void
test_few_are_told_nowhere(void **state)
{
    const ss_people people = {.k = K, .npaths = 1};
    const uint32_t parent[] = {0, 0, 1, 1};
    ss_arena *arena = ss_arena_new(NULL);
    ss_tally *tally = ss_tally_new(4, &people);
    uint64_t *told;
    uint32_t by[4];

    (void) state;
    for (uint64_t i = 0; i < 1000; i++)
    {
        const uint64_t subject = i % 10 + 1;

        ss_tally_add(tally, (uint32_t) (2 + i % 2), &subject, SS_WHOLE);
    }
    told = ss_levels_settle(tally, parent, 4, K, by, arena);
    for (uint32_t t = 0; t < 4; t++)
        assert_int_equal(told[t], 0);
    ss_tally_free(tally);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_told_has_k_behind_it),
        cmocka_unit_test(test_order_changes_nothing),
        cmocka_unit_test(test_few_are_told_nowhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
