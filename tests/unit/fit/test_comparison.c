/* Engines are compared: each wins where its law is the truth, and none where nothing depends on anything. */
#include "unit/stats/world.h"

#include "fit/comparison.h"
#include "stats/detector.h"
#include "stats/trees.h"

typedef struct compared
{
    world w;
    ss_dependence d;
    void *structure;
} compared;

static compared
compare(size_t n, size_t d, const uint32_t *ncodes, const uint32_t *nordered, maker *draw_row)
{
    compared c = {.w = make(n, d, ncodes, nordered, draw_row)};
    const ss_coded_table *all = ss_coded_both(&c.w.told, &c.w.held, c.w.arena);
    uint64_t *who = ss_alloc(c.w.arena, n, sizeof *who);
    ss_fit_variables v = {.rows = *all, .who = who};
    const ss_engine_options o = {.people = {.k = K, .npaths = 1}, .least_rows = LEAST_ROWS};
    ss_error err;

    memcpy(who, all->subjects, n * sizeof *who);
    assert_int_equal(ss_fit_compare(&v, &o, c.w.arena, &c.d, &c.structure, &err), SS_OK);
    return c;
}

static double
gain(const compared *c, const ss_engine *engine)
{
    return (double) (ss_dependence_score(&c->d, engine)->millinats -
                     ss_dependence_score(&c->d, &ss_engine_independence)->millinats) /
           1000;
}

static const uint32_t sixes[6] = {3, 3, 3, 3, 3, 3}, fours[6] = {4, 4, 4, 4, 4, 4}, none[6] = {0};

/* Who each column but the first depends on: it is the same eight times of ten, each other code once. */
static const uint32_t parent_of[6] = {0, 0, 1, 1, 3, 4};

static void
a_tree_of_pairs(uint64_t *s, row *made)
{
    made->codes[0] = (uint16_t) ss_below(ss_unfold(s), 3);
    for (size_t c = 1; c < 6; c++)
    {
        const uint64_t u = ss_below(ss_unfold(s), 10);

        made->codes[c] = (uint16_t) ((made->codes[parent_of[c]] + (u < 8 ? 0 : u - 7)) % 3);
    }
}

/* Is there an edge between a and b, or does each depend on the other through it. */
static bool
is_edge(uint32_t a, uint32_t b)
{
    return (a > 0 && parent_of[a] == b) || (b > 0 && parent_of[b] == a);
}

/* Of 300 rows: every edge is one of the tree's, and the tree of pairs is at least as good as trees. */
static void
edges_of_a_known_tree_are_found(void **state)
{
    compared c = compare(300, 6, sixes, none, a_tree_of_pairs);
    const ss_trees *trees = c.structure;
    size_t edges = 0;

    (void) state;
    assert_ptr_equal(c.d.engine, &ss_engine_chow_liu);
    for (size_t t = 0; t < trees->n; t++)
    {
        const ss_tree *tree = &trees->targets[t].tree;

        if (tree->nnodes == 1)
            continue;
        assert_true(is_edge(tree->target, tree->nodes[0].column));
        edges++;
    }
    assert_int_equal(edges, 5);
    assert_true(gain(&c, &ss_engine_chow_liu) > 1.5);
    ss_arena_free(c.w.arena);
}

/* Three classes of ten columns: what a class says of a column no other column says alone. */
static void
a_mixture(uint64_t *s, row *made)
{
    static const uint16_t class[10] = {0, 0, 0, 0, 0, 1, 1, 1, 2, 2};
    const uint16_t z = class[ss_below(ss_unfold(s), 10)];

    for (size_t c = 0; c < 6; c++)
    {
        const uint64_t u = ss_below(ss_unfold(s), 10);

        made->codes[c] = (uint16_t) (u < 7 ? z : (z + u - 6) % 4);
    }
}

/* Learnt at once, and where they must show on a few rows first that they may be the best. */
static void
classes_win_where_there_are_some(void **state)
{
    static const size_t sizes[] = {1400, 6000};

    (void) state;
    for (size_t i = 0; i < 2; i++)
    {
        compared c = compare(sizes[i], 6, fours, none, a_mixture);

        assert_ptr_equal(c.d.engine, &ss_engine_classes);
        assert_int_equal(ss_engine_classes.nclasses(c.structure), 3);
        assert_true(gain(&c, &ss_engine_classes) > gain(&c, &ss_engine_trees));
        ss_arena_free(c.w.arena);
    }
}

/* The last code is the sum of the first two: no pair tells anything. */
static void
of_two(uint64_t *s, row *made)
{
    made->codes[0] = (uint16_t) ss_below(ss_unfold(s), 4);
    made->codes[1] = (uint16_t) ss_below(ss_unfold(s), 4);
    made->codes[2] = (uint16_t) ss_below(ss_unfold(s), 4);
    made->codes[3] = (uint16_t) (made->codes[0] < 2 ? made->codes[1] : made->codes[2]);
    made->codes[4] = (uint16_t) (made->codes[3] < 2 ? made->codes[0] : made->codes[2]);
}

static void
trees_win_where_it_takes_two_to_tell(void **state)
{
    compared c = compare(5000, 5, fours, none, of_two);

    (void) state;
    assert_ptr_equal(c.d.engine, &ss_engine_trees);
    assert_true(gain(&c, &ss_engine_trees) > gain(&c, &ss_engine_chow_liu) + 0.3);
    ss_arena_free(c.w.arena);
}

/* A negative control, of few rows and many: no engine is worth anything, and rows are as if real, by four standard errors. */
static void
nothing_wins_where_nothing_depends(void **state)
{
    static const size_t sizes[] = {150, 1000, 6000}, judge[] = {135, 300, 900};

    (void) state;
    for (size_t i = 0; i < 3; i++)
    {
        compared c =
            compare(sizes[i], 4, (uint32_t[]){40, 40, 40, 40}, (uint32_t[]){40, 40, 0, 0}, apart);

        assert_ptr_equal(c.d.engine, &ss_engine_independence);
        for (size_t e = 0; e < c.d.nscores; e++)
        {
            assert_true(c.d.scores[e].given_up || fabs(gain(&c, c.d.scores[e].engine)) < 0.06);
            assert_true(fabs(c.d.scores[e].detector - 50.0) <
                        400 * ss_detector_error(judge[i]) + 1);
        }
        ss_arena_free(c.w.arena);
    }
}

/* All of it is written down: with few rows every engine, and the best is that which the model is of. */
static void
the_comparison_is_recorded(void **state)
{
    compared c = compare(1000, 6, sixes, none, a_tree_of_pairs);
    int64_t best = INT64_MIN;

    (void) state;
    assert_ptr_equal(c.d.scores[0].engine, &ss_engine_independence);
    assert_non_null(ss_dependence_score(&c.d, &ss_engine_trees));
    assert_non_null(ss_dependence_score(&c.d, &ss_engine_chow_liu));
    for (size_t e = 0; e < c.d.nscores; e++)
        best = c.d.scores[e].millinats > best ? c.d.scores[e].millinats : best;
    assert_true(ss_dependence_score(&c.d, c.d.engine)->millinats >= best - 50);
    assert_true(c.d.scores[0].detector > 65);
    assert_in_range(ss_dependence_score(&c.d, c.d.engine)->detector, 40, 60);
    ss_arena_free(c.w.arena);
}

/*
 * For people y is oftener 1 where x is from 10 to 24: there they part.  For somebody with five thousand rows, which count for one, it is
 * where x is from 4 to 30, which tells nothing.  That person is one of those who are learnt from.
 */
static void
one_person_with_many_rows_does_not_say_where_to_split(void **state)
{
    enum
    {
        PEOPLE = 2000,
        MANY = 5000,
        SOMEBODY = 19
    };

    world w = make(PEOPLE + MANY, 2, (uint32_t[]){40, 2}, (uint32_t[]){40, 0}, apart);
    ss_coded_table *all = ss_coded_both(&w.told, &w.held, w.arena);
    uint64_t *who = ss_alloc(w.arena, all->n, sizeof *who);
    uint64_t *weights = ss_alloc(w.arena, all->n, sizeof *weights), s = 9;
    ss_fit_variables v = {.who = who};
    const ss_engine_options o = {.people = {.k = K, .npaths = 1}, .least_rows = LEAST_ROWS};
    ss_dependence d = {0};
    const ss_trees *trees;
    const ss_tree *tree;
    void *structure;
    ss_error err;

    (void) state;
    all->columns[0].given = true;
    for (size_t r = 0; r < all->n; r++)
    {
        const uint32_t x = (uint32_t) ss_below(ss_unfold(&s), 40);
        const uint64_t often = x >= 10 && x < 25 ? 8 : 2;
        const bool many = r >= PEOPLE;

        who[r] = many ? SOMEBODY : ss_unfold(&s) | 1 << 20;
        weights[r] = many ? SS_WHOLE / MANY : SS_WHOLE;
        all->columns[0].codes[r] = (uint16_t) x;
        all->columns[1].codes[r] = many ? x >= 4 && x < 31 : ss_below(ss_unfold(&s), 10) < often;
    }
    all->subjects = who;
    all->weights = weights;
    v.rows = *all;
    assert_int_equal(ss_fit_compare(&v, &o, w.arena, &d, &structure, &err), SS_OK);
    assert_ptr_equal(d.engine, &ss_engine_trees);
    trees = structure;
    tree = &trees->targets[trees->of[1]].tree;
    assert_true(tree->nnodes > 1);
    for (uint32_t n = 0; n < tree->nnodes; n++)
    {
        uint32_t left = 0;

        if (tree->nodes[n].column == SS_TREE_LEAF)
            continue;
        while (tree->nodes[n].goes_left[0] >> left & 1)
            left++;
        assert_true(left == 10 || left == 25);
    }
    ss_arena_free(w.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_person_with_many_rows_does_not_say_where_to_split),
        cmocka_unit_test(edges_of_a_known_tree_are_found),
        cmocka_unit_test(classes_win_where_there_are_some),
        cmocka_unit_test(trees_win_where_it_takes_two_to_tell),
        cmocka_unit_test(nothing_wins_where_nothing_depends),
        cmocka_unit_test(the_comparison_is_recorded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
