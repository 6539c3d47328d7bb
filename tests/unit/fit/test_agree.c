/* A column's counts follow from what its tree tells: two numbers of the same rows tell no more than one. */
#include "unit/check.h"

#include "fit/agree.h"
#include "stats/trees.h"

#define K      11
#define CODES  3
#define LEAVES 2

/* Rows of each code in each leaf, each somebody's own: of the rare one w, so few in each leaf that the root alone tells them. */
static ss_tally *
tally_of(uint32_t rare, uint64_t w)
{
    static const ss_people people = {.k = K, .npaths = 1};
    ss_tally *tally = ss_tally_new(LEAVES * CODES, &people);
    uint64_t person = 0;

    for (uint32_t leaf = 0; leaf < LEAVES; leaf++)
    {
        for (uint32_t c = 0; c < CODES; c++)
        {
            const uint64_t n = c != rare ? 303 + 100 * (c + leaf) : leaf == 0 ? w / 2 : w - w / 2;

            for (uint64_t r = 0; r < n; r++)
            {
                person++;
                ss_tally_add(tally, leaf * CODES + c, &person, SS_WHOLE);
            }
        }
    }
    return tally;
}

/* Of a column of declared values the counts that agree with its tree; *at_root: what that tells of the rare one. */
static void
agreed(uint32_t rare, uint64_t w, size_t aside, uint64_t rows, uint64_t *counts, uint64_t *at_root)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_tally *tally = tally_of(rare, w);
    uint64_t left = 1;
    ss_tree_node nodes[] = {{.column = 1, .left = 1, .right = 2, .goes_left = &left},
                            {.column = SS_TREE_LEAF, .left = 0},
                            {.column = SS_TREE_LEAF, .left = 1}};
    ss_trees_target target = {.tree = {.nodes = nodes, .nnodes = 3, .nleaves = LEAVES, .alpha = 16},
                              .ncodes = CODES};
    const ss_trees structure = {.k = K,
                                .n = 1,
                                .d = 2,
                                .targets = &target,
                                .of = (size_t[]){0, SIZE_MAX},
                                .ncells = LEAVES * CODES};
    const ss_book book = {.kind = SS_BOOK_DECLARED, .nvalues = CODES};
    ss_variable variables[] = {
        {.kind = SS_VARIABLE_COLUMN, .book = &book, .column = 0, .ncodes = CODES},
        {.kind = SS_VARIABLE_PARENT}};
    const ss_fit_terms terms = {.k = K, .rows = rows, .aside = aside};
    ss_cell cells[CODES];
    ss_marginal m = {
        .kind = SS_MARGINAL_CATEGORIES, .count = rows, .values = {.cells = cells, .n = CODES}};
    ss_dependence d = {.variables = variables, .n = 2, .engine = &ss_engine_trees};
    void *model;

    ss_trees_settle(&structure, tally, arena, &model);
    d.model = model;
    *at_root = 0;
    for (size_t i = 0; i < ((ss_trees *) model)->targets[0].told[0].ncells; i++)
        *at_root += ((ss_trees *) model)->targets[0].told[0].cells[i].rows;
    for (uint32_t c = 0; c < CODES; c++)
        cells[c] = (ss_cell){.number = c, .count = 5};
    ss_fit_agree(&d, &terms, &m, arena);
    for (uint32_t c = 0; c < CODES; c++)
        counts[c] = cells[c].count;
    ss_tally_free(tally);
    ss_arena_free(arena);
}

/* Whatever stands behind the tree's number leaves the column's as they are. */
static void
a_column_tells_no_more_than_its_tree(void **state)
{
    (void) state;
    for (uint32_t rare = 0; rare < CODES; rare++)
    {
        for (size_t aside = 0; aside < 2; aside++)
        {
            const uint64_t rows = aside > 0 ? 2045 : 1635;
            uint64_t first[CODES], at_root;

            agreed(rare, 13, aside, rows, first, &at_root);
            assert_int_equal(first[0] + first[1] + first[2], rows);
            for (uint64_t w = 13; w <= 17; w++)
            {
                uint64_t counts[CODES];

                agreed(rare, w, aside, rows, counts, &at_root);
                assert_int_equal(at_root, 15);
                for (uint32_t c = 0; c < CODES; c++)
                    assert_int_equal(counts[c], first[c]);
            }
        }
    }
}

/* Nor is it far from what the rows are, whose leaves' numbers are rounded up. */
static void
a_column_tells_about_as_many_as_there_are(void **state)
{
    (void) state;
    for (uint64_t w = 12; w <= 18; w++)
    {
        uint64_t counts[CODES], at_root;

        agreed(0, w, 0, 2025, counts, &at_root);
        assert_in_range(counts[0], w - 5, w + 5);
        assert_in_range(counts[1], 906 - 15, 906 + 15);
        assert_in_range(counts[2], 1106 - 15, 1106 + 15);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_tells_no_more_than_its_tree),
        cmocka_unit_test(a_column_tells_about_as_many_as_there_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
