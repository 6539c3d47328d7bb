/* Trees of pairs: known ones are found, coarsened where there are few rows, and none where there are none. */
#include "unit/stats/world.h"

#include "stats/trees.h"

/* Who each column but the first depends on: it is the same eight times of ten, each other code once. */
static const size_t parent_of[6] = {0, 0, 1, 1, 3, 4};

static void
six_columns(uint64_t *s, row *made)
{
    made->codes[0] = (uint16_t) ss_below(ss_unfold(s), 3);
    for (size_t c = 1; c < 6; c++)
    {
        const uint64_t u = ss_below(ss_unfold(s), 10);

        made->codes[c] = (uint16_t) ((made->codes[parent_of[c]] + (u < 8    ? 0
                                                                   : u == 8 ? 1
                                                                            : 2)) %
                                     3);
    }
}

static world
make_six(size_t n)
{
    return make(n, 6, (uint32_t[]){3, 3, 3, 3, 3, 3}, (uint32_t[]){0, 0, 0, 0, 0, 0}, six_columns);
}

/*
 * People held out are as likely as by the tree that made them, but for a hundredth of a nat: a tree with another edge
 * loses .24 of one, what an edge tells less what a path of two does.
 */
static void
the_known_tree_is_found(void **state)
{
    world w = make_six(10000);
    fitted f = fit(&ss_engine_chow_liu, &w);
    double truth = 0;

    (void) state;
    for (size_t r = 0; r < w.held.n; r++)
    {
        truth -= log(3);
        for (size_t c = 1; c < 6; c++)
            truth += w.held.columns[c].codes[r] == w.held.columns[parent_of[c]].codes[r] ? log(0.8)
                                                                                         : log(0.1);
    }
    truth /= (double) w.held.n;
    assert_true(fabs(ss_engine_loglik(&ss_engine_chow_liu, f.model, &w.held) - truth) < 0.01);
    end(&w, &f);
}

static double
more_than_independence(world *w, const fitted *f)
{
    fitted g = fit(&ss_engine_independence, w);
    const double more = ss_engine_loglik(f->engine, f->model, &w->held) -
                        ss_engine_loglik(&ss_engine_independence, g.model, &w->held);

    ss_tally_free(g.tally);
    return more;
}

/* Of 400 rows two numbers on 100 bins tell of each other by levels, of which each has LEAST_ROWS people. */
static void
few_rows_are_told_by_levels(void **state)
{
    world w = make(400, 2, (uint32_t[]){100, 100}, (uint32_t[]){100, 100}, beside);
    fitted f = fit(&ss_engine_chow_liu, &w);
    const size_t cells = ss_engine_chow_liu.ncells(f.structure);

    (void) state;
    assert_true(cells >= 100 + 4 * 100 && cells <= 100 + 400 / LEAST_ROWS * 100);
    assert_true(more_than_independence(&w, &f) > 0.7);
    end(&w, &f);
}

/* A negative control: no column depends on another, and nobody is more likely or less. */
static void
noise_has_no_edge(void **state)
{
    world w = make(400, 4, (uint32_t[]){40, 40, 40, 40}, (uint32_t[]){40, 40, 0, 0}, apart);
    fitted f = fit(&ss_engine_chow_liu, &w);

    (void) state;
    assert_int_equal(ss_engine_chow_liu.ncells(f.structure), 4 * 40);
    assert_true(fabs(more_than_independence(&w, &f)) < 0.05);
    end(&w, &f);
}

static void
one_person_makes_no_edge(void **state)
{
    world w = make(8000, 4, (uint32_t[]){6, 6, 6, 6}, (uint32_t[]){0, 0, 0, 0}, one_of_two);
    fitted f = fit(&ss_engine_chow_liu, &w);
    const ss_coded_table *rows = draw(&f, &w, 8000, NULL);
    size_t theirs = 0;

    (void) state;
    assert_int_equal(ss_engine_chow_liu.ncells(f.structure), 4 * 6);
    for (size_t r = 0; r < rows->n; r++)
        theirs += rows->columns[0].codes[r] == 5;
    assert_true(theirs < 160);
    end(&w, &f);
}

static void
rows_are_drawn_as_their_density_says(void **state)
{
    world w = make_six(2000);
    fitted f = fit(&ss_engine_chow_liu, &w);

    (void) state;
    assert_drawn_as_told(&f, &w, NULL);
    end(&w, &f);
}

/* Two columns are given: the one between them, and the one behind, are as these have it. */
static void
what_is_given_is_used(void **state)
{
    world w = make_six(10000);
    fitted f;
    const ss_coded_table *rows;
    size_t same = 0;

    (void) state;
    give(&w, 1);
    give(&w, 4);
    f = fit(&ss_engine_chow_liu, &w);
    rows = draw(&f, &w, 10000, (uint16_t[]){0, 2, 0, 0, 1, 0});
    for (size_t r = 0; r < rows->n; r++)
    {
        assert_int_equal(rows->columns[1].codes[r], 2);
        same += rows->columns[0].codes[r] == 2 && rows->columns[5].codes[r] == 1;
    }
    assert_true(fabs((double) same / (double) rows->n - 0.64) < 0.03);
    assert_drawn_as_told(&f, &w, (uint16_t[]){0, 2, 0, 0, 1, 0});
    end(&w, &f);
}

/* What is of a later rank tells of nothing before it, however much all depends on it. */
static void
ranks_are_kept(void **state)
{
    world w = make_six(4000);
    fitted f;
    const ss_trees *trees;

    (void) state;
    for (size_t c = 0; c < 6; c++)
        w.told.columns[c].rank = w.held.columns[c].rank = c == 5 ? 0 : c == 1 ? 2 : 1;
    f = fit(&ss_engine_chow_liu, &w);
    trees = f.structure;
    assert_int_equal(trees->targets[0].tree.target, 5);
    assert_int_equal(trees->targets[5].tree.target, 1);
    for (size_t t = 0; t < 6; t++)
        assert_true(t == 5 || trees->targets[t].tree.nodes[0].column != 1);
    end(&w, &f);
}

static void
it_is_the_same_again(void **state)
{
    world w = make_six(1000);

    (void) state;
    assert_same_again(&ss_engine_chow_liu, &w);
    ss_arena_free(w.arena);
}

static void
small_tables_have_a_model(void **state)
{
    (void) state;
    assert_models_of_next_to_nothing(&ss_engine_chow_liu);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_known_tree_is_found),
        cmocka_unit_test(few_rows_are_told_by_levels),
        cmocka_unit_test(noise_has_no_edge),
        cmocka_unit_test(one_person_makes_no_edge),
        cmocka_unit_test(rows_are_drawn_as_their_density_says),
        cmocka_unit_test(what_is_given_is_used),
        cmocka_unit_test(ranks_are_kept),
        cmocka_unit_test(it_is_the_same_again),
        cmocka_unit_test(small_tables_have_a_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
