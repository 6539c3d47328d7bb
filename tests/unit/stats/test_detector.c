/* The detector: the same law is not told apart, what has lost its dependence is, and a shifted column. */
#include "unit/stats/world.h"

#include "stats/detector.h"

static void
pairs_of_one(uint64_t *s, row *made)
{
    made->codes[0] = (uint16_t) ss_below(ss_unfold(s), 20);
    made->codes[1] = (uint16_t) ((made->codes[0] + ss_below(ss_unfold(s), 4)) % 20);
    made->codes[2] = (uint16_t) ss_below(ss_unfold(s), 20);
}

static world
make_pairs(size_t n)
{
    return make(n, 3, (uint32_t[]){20, 20, 20}, (uint32_t[]){20, 20, 0}, pairs_of_one);
}

static double
auc(const ss_coded_table *real, const ss_coded_table *drawn, ss_arena *arena)
{
    return ss_detector_auc(ss_detector_new(real, arena), drawn);
}

/* A negative control: half of the rows against the other half, by four standard errors. */
static void
the_same_law_is_not_told_apart(void **state)
{
    world w = make_pairs(8000);
    const ss_coded_table a = ss_coded_slice(&w.told, 0, 3000, w.arena);
    const ss_coded_table b = ss_coded_slice(&w.told, 3000, 3000, w.arena);

    (void) state;
    assert_true(fabs(auc(&a, &b, w.arena) - 0.5) < 4 * ss_detector_error(3000));
    assert_true(fabs(ss_detector_error(3000) - 0.0075) < 0.0005);
    ss_arena_free(w.arena);
}

/* Every second column of drawn rows is another row's. */
static void
lost_dependence_is_seen(void **state)
{
    world w = make_pairs(8000);
    const ss_coded_table a = ss_coded_slice(&w.told, 0, 3000, w.arena);
    ss_coded_table *b = ss_coded_like(&w.told, 3000, w.arena);

    (void) state;
    b->n = 3000;
    for (size_t r = 0; r < b->n; r++)
    {
        for (size_t c = 0; c < b->d; c++)
            b->columns[c].codes[r] = w.told.columns[c].codes[3000 + (r + c * 17) % 3000];
    }
    assert_true(auc(&a, b, w.arena) > 0.85);
    ss_arena_free(w.arena);
}

static void
a_shifted_column_is_seen(void **state)
{
    world w = make_pairs(8000);
    const ss_coded_table a = ss_coded_slice(&w.told, 0, 3000, w.arena);
    ss_coded_table b = ss_coded_slice(&w.told, 3000, 3000, w.arena);

    (void) state;
    for (size_t r = 0; r < b.n; r++)
        b.columns[2].codes[r] = (uint16_t) (b.columns[2].codes[r] / 2);
    assert_true(auc(&a, &b, w.arena) > 0.65);
    ss_arena_free(w.arena);
}

static void
next_to_nothing_is_chance(void **state)
{
    world w = make_pairs(8000);

    (void) state;
    for (size_t n = 0; n < 3; n++)
    {
        const ss_coded_table a = ss_coded_slice(&w.told, 0, n, w.arena);
        const double got = auc(&a, &a, w.arena);

        assert_true(got >= 0 && got <= 1);
    }
    ss_arena_free(w.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_law_is_not_told_apart),
        cmocka_unit_test(lost_dependence_is_seen),
        cmocka_unit_test(a_shifted_column_is_seen),
        cmocka_unit_test(next_to_nothing_is_chance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
