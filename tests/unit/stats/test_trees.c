/* Sequential trees: they find what depends on what, find nothing where nothing does, and tell of nobody alone. */
#include "unit/stats/world.h"

#include <stdlib.h>

#include "stats/trees.h"

/* c is a XOR b nine times out of ten, which no column alone tells. */
static void
exclusive_or(uint64_t *s, row *made)
{
    made->codes[0] = (uint16_t) ss_below(ss_unfold(s), 4);
    made->codes[1] = (uint16_t) (ss_below(ss_unfold(s), 3) == 0);
    made->codes[2] = (uint16_t) ((made->codes[0] & 1) ^ made->codes[1]);
    if (ss_below(ss_unfold(s), 10) == 0)
        made->codes[2] ^= 1;
}

static void
what_depends_on_two_is_found(void **state)
{
    world w = make(20000, 3, (uint32_t[]){4, 2, 2}, (uint32_t[]){0, 0, 0}, exclusive_or);
    fitted f = fit(&ss_engine_trees, &w);
    /* log 4, the entropy of a third, and that of a tenth */
    const double best = -log(4) - (log(3) - 2.0 / 3 * log(2)) + 0.1 * log(0.1) + 0.9 * log(0.9);
    const double got = ss_engine_loglik(&ss_engine_trees, f.model, &w.held);

    (void) state;
    assert_true(got > best - 0.02 && got < best + 0.02);
    end(&w, &f);
}

/* A negative control: rows of noise, few or many, have no leaf but the root, and are as likely as they are. */
static void
noise_is_not_split(void **state)
{
    (void) state;
    for (size_t n = 400; n <= 6400; n *= 4)
    {
        world w = make(n, 4, (uint32_t[]){40, 40, 40, 40}, (uint32_t[]){40, 40, 0, 0}, apart);
        fitted f = fit(&ss_engine_trees, &w);

        assert_int_equal(ss_engine_trees.ncells(f.structure), 4 * 40);
        assert_true(fabs(ss_engine_loglik(&ss_engine_trees, f.model, &w.held) + 4 * log(40)) <
                    0.1 + 4 * 40.0 / (double) n);
        end(&w, &f);
    }
}

static void
numbers_are_drawn_beside_what_they_depend_on(void **state)
{
    world w = make(40000, 2, (uint32_t[]){100, 100}, (uint32_t[]){100, 100}, beside);
    fitted f = fit(&ss_engine_trees, &w);
    const ss_coded_table *rows = draw(&f, &w, 4000, NULL);
    double apart_by = 0;

    (void) state;
    for (size_t r = 0; r < rows->n; r++)
        apart_by += abs((int) rows->columns[1].codes[r] - rows->columns[0].codes[r] - 2);
    /* 33 where they are independent; 1.2 is the truth */
    assert_true(apart_by / (double) rows->n < 4);
    assert_true(ss_engine_loglik(&ss_engine_trees, f.model, &w.held) > -log(96) - log(5) - 0.6);
    end(&w, &f);
}

/* What is given is used, and never drawn. */
static void
what_is_given_is_not_drawn(void **state)
{
    world w = make(10000, 3, (uint32_t[]){4, 2, 2}, (uint32_t[]){0, 0, 0}, exclusive_or);
    fitted f;
    const ss_coded_table *rows;
    size_t equal = 0;

    (void) state;
    give(&w, 0);
    f = fit(&ss_engine_trees, &w);
    rows = draw(&f, &w, 1000, (uint16_t[]){3, 0, 0});
    for (size_t r = 0; r < rows->n; r++)
    {
        assert_int_equal(rows->columns[0].codes[r], 3);
        equal += rows->columns[2].codes[r] == (1 ^ rows->columns[1].codes[r]);
    }
    assert_true(equal > 850 && equal < 950);
    end(&w, &f);
}

/*
 * A category of 200 codes, half of which the target is 0 for, else 1.  Of the last 100 each has few people, who are
 * told of nowhere: where their codes go, half of them is 0 whatever they are.
 */
static void
rare_codes(uint64_t *s, row *made)
{
    made->codes[0] = (uint16_t) ss_below(ss_unfold(s), 100);
    if (ss_below(ss_unfold(s), 10) == 0)
        made->codes[0] = (uint16_t) (100 + ss_below(ss_unfold(s), 100));
    made->codes[1] = made->codes[0] % 2;
}

/*
 * Where a is 1 the target follows b, whose first four codes many people have there; of the others a few people have some, and
 * nobody the rest.
 */
static void
seldom(uint64_t *s, row *made, uint64_t one_in)
{
    const bool rare = ss_below(ss_unfold(s), one_in) == 0;
    const bool high = ss_below(ss_unfold(s), 3) == 0;
    uint64_t percent = 2;

    made->codes[0] = (uint16_t) ss_below(ss_unfold(s), 2);
    made->codes[1] = (uint16_t) ss_below(ss_unfold(s), 40);
    if (made->codes[0] == 1)
    {
        made->codes[1] =
            (uint16_t) (rare ? 4 + made->codes[1] % 36 : 2 * high + made->codes[1] % 2);
        percent = rare || high ? 95 : 45;
    }
    made->codes[2] = (uint16_t) (ss_below(ss_unfold(s), 100) < percent);
}

static void
too_few_together(uint64_t *s, row *made)
{
    seldom(s, made, 500);
}

static void
enough_together(uint64_t *s, row *made)
{
    seldom(s, made, 100);
}

/* Who may be told of in a node: where codes go that few people have there, those go that nobody has. */
static void
where_codes_go_does_not_tell_whether_anybody_has_them(void **state)
{
    maker *const makers[] = {too_few_together, enough_together};

    (void) state;
    for (size_t m = 0; m < 2; m++)
    {
        world w = make(6000, 3, (uint32_t[]){2, 40, 2}, (uint32_t[]){0, 0, 0}, makers[m]);
        const ss_tree *tree;
        const ss_trees *trees;
        bool had[40] = {false};
        size_t splits = 0, some = 0;
        fitted f;

        give(&w, 0);
        give(&w, 1);
        f = fit(&ss_engine_trees, &w);
        trees = f.model;
        tree = &trees->targets[trees->of[2]].tree;
        for (size_t r = 0; r < w.told.n; r++)
            had[w.told.columns[1].codes[r]] |= w.told.columns[0].codes[r] == 1;
        for (uint32_t c = 4; c < 40; c++)
            some += had[c];
        assert_true(m == 0 ? some > 0 && some < K : some >= K && some < 36);
        for (uint32_t n = 0; n < tree->nnodes; n++)
        {
            const uint64_t *left = tree->nodes[n].goes_left;

            if (tree->nodes[n].column != 1)
                continue;
            splits++;
            for (uint32_t c = 5; c < 40; c++)
                assert_int_equal(left[0] >> c & 1, left[0] >> 4 & 1);
        }
        assert_true(splits > 0);
        end(&w, &f);
    }
}

/*
 * Of ordered codes all people have 8 to 11 or 24 to 27, which the target follows, or none (40), for whom it is yet another.
 */
static void
with_gaps(uint64_t *s, row *made)
{
    const uint64_t which = ss_below(ss_unfold(s), 3);

    made->codes[0] = which == 2 ? 40 : (uint16_t) (8 + 16 * which + ss_below(ss_unfold(s), 4));
    made->codes[1] = (uint16_t) which;
}

/* Where ordered codes part is not where somebody is, nor are those without a code parted from the others by the last that somebody has. */
static void
where_ordered_codes_part_tells_of_nobody(void **state)
{
    world w = make(6000, 2, (uint32_t[]){41, 3}, (uint32_t[]){40, 0}, with_gaps);
    bool parted = false, none = false;
    const ss_tree *tree;
    const ss_trees *trees;
    fitted f;

    (void) state;
    give(&w, 0);
    f = fit(&ss_engine_trees, &w);
    trees = f.model;
    tree = &trees->targets[trees->of[1]].tree;
    for (uint32_t n = 0; n < tree->nnodes; n++)
    {
        const uint64_t *left = tree->nodes[n].goes_left;

        if (tree->nodes[n].column == SS_TREE_LEAF)
            continue;
        assert_int_equal(left[0] >> 40, 0);
        if (left[0] >> 27 & 1)
        {
            assert_true(left[0] == (UINT64_C(1) << 40) - 1);
            none = true;
            continue;
        }
        /* Half way from 11 to 24. */
        assert_true(left[0] == (UINT64_C(1) << 18) - 1);
        parted = true;
    }
    assert_true(parted && none);
    end(&w, &f);
}

static void
where_rare_codes_go_tells_of_nobody(void **state)
{
    world w = make(6000, 2, (uint32_t[]){200, 2}, (uint32_t[]){0, 0}, rare_codes);
    fitted f;
    size_t right[2] = {0};

    (void) state;
    give(&w, 0);
    f = fit(&ss_engine_trees, &w);
    for (uint16_t code = 0; code < 200; code++)
    {
        const ss_coded_table *rows = draw(&f, &w, 100, (uint16_t[]){code, 0});

        for (size_t r = 0; r < rows->n; r++)
            right[code >= 100] += rows->columns[1].codes[r] == code % 2;
    }
    /* What it is for codes of many people is told nine times of ten and more; for the others it is a coin. */
    assert_true(right[0] > 9000);
    assert_true(right[1] > 4000 && right[1] < 6000);
    end(&w, &f);
}

static void
rows_are_drawn_as_their_density_says(void **state)
{
    world w = make(10000, 3, (uint32_t[]){4, 2, 2}, (uint32_t[]){0, 0, 0}, exclusive_or);
    fitted f = fit(&ss_engine_trees, &w);

    (void) state;
    assert_drawn_as_told(&f, &w, NULL);
    end(&w, &f);
}

static void
one_person_makes_no_leaf(void **state)
{
    world w = make(8000, 4, (uint32_t[]){6, 6, 6, 6}, (uint32_t[]){0, 0, 0, 0}, one_of_two);
    fitted f = fit(&ss_engine_trees, &w);

    (void) state;
    assert_int_equal(ss_engine_trees.ncells(f.structure), 4 * 6);
    assert_false(ss_tally_enough(f.tally, 5));
    end(&w, &f);
}

static void
small_tables_have_a_model(void **state)
{
    (void) state;
    assert_models_of_next_to_nothing(&ss_engine_trees);
    assert_models_of_next_to_nothing(&ss_engine_independence);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_depends_on_two_is_found),
        cmocka_unit_test(noise_is_not_split),
        cmocka_unit_test(numbers_are_drawn_beside_what_they_depend_on),
        cmocka_unit_test(what_is_given_is_not_drawn),
        cmocka_unit_test(where_codes_go_does_not_tell_whether_anybody_has_them),
        cmocka_unit_test(where_ordered_codes_part_tells_of_nobody),
        cmocka_unit_test(where_rare_codes_go_tells_of_nobody),
        cmocka_unit_test(rows_are_drawn_as_their_density_says),
        cmocka_unit_test(one_person_makes_no_leaf),
        cmocka_unit_test(small_tables_have_a_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
