/* Tables that refine each other: behind all that is told stand k people, and what is rare follows what is above. */
#include "unit/check.h"

#include <stdbool.h>

#include "rand/stream.h"
#include "stats/backoff.h"

#define K      11
#define LEAVES 8
#define CODES  12

/* Groups of leaves by two, of these by two, and all. */
static const uint32_t above[2 * LEAVES - 1] = {8,  8,  9,  9,  10, 10, 11, 11,
                                               12, 12, 13, 13, 14, 14, 14};

/* The whole is the first node, leaf 0 the last. */
static uint32_t
node_of(uint32_t leaf)
{
    return 2 * LEAVES - 2 - leaf;
}

typedef struct seen /* who was counted in each cell */
{
    size_t rows[LEAVES][CODES];
    uint64_t people[LEAVES][CODES][400];
} seen;

/* Do k different people, and k rows, stand behind these codes of the leaf? */
static bool
enough(const seen *s, uint32_t leaf, const bool *codes)
{
    uint64_t known[K] = {0};
    size_t n = 0, rows = 0;

    for (uint32_t c = 0; c < CODES; c++)
    {
        for (size_t r = 0; codes[c] && r < s->rows[leaf][c]; r++)
        {
            bool is_known = false;

            rows++;
            for (size_t i = 0; i < n; i++)
                is_known = is_known || known[i] == s->people[leaf][c][r];
            if (!is_known && n < K)
                known[n++] = s->people[leaf][c][r];
        }
    }
    return n == K && rows >= K;
}

static void
assert_leaf_told(const seen *s, uint32_t leaf, const ss_told *told)
{
    bool rest[CODES];
    size_t left = 0;

    for (uint32_t c = 0; c < CODES; c++)
        rest[c] = true;
    for (size_t i = 0; i < told->ncells; i++)
    {
        bool codes[CODES] = {0};

        for (uint32_t c = told->cells[i].from; c <= told->cells[i].to; c++)
        {
            codes[c] = true;
            rest[c] = false;
        }
        assert_true(enough(s, leaf, codes));
        assert_true(told->cells[i].rows >= ss_people_least(K) && told->cells[i].rows % 5 == 0);
    }
    for (uint32_t c = 0; c < CODES; c++)
        left += rest[c] ? s->rows[leaf][c] : 0;
    if (told->rest > 0)
        assert_true(enough(s, leaf, rest));
    assert_true(told->rest % 5 == 0);
    /* What is told of nobody is told of nowhere. */
    if (left == 0)
        assert_int_equal(told->rest, 0);
}

/* All of them is the last of the groups, and the first of the nodes. */
static ss_backoff_node *
nodes_of(const uint32_t *groups, uint32_t n, ss_arena *arena)
{
    const uint32_t last = 2 * n - 2;
    ss_backoff_node *nodes = ss_alloc(arena, last + 1, sizeof *nodes);

    for (uint32_t i = 0; i <= last; i++)
        nodes[last - i] =
            (ss_backoff_node){.parent = last - groups[i], .leaf = i < n ? i : SS_BACKOFF_INNER};
    return nodes;
}

/* Leaves of few rows and of many; most rows are of few people, and codes fall off; some codes have an order. */
static void
all_that_is_told_has_k_people(void **state)
{
    const ss_people people = {.k = K, .npaths = 1};
    uint64_t s = 5;

    (void) state;
    for (uint32_t world = 0; world < 40; world++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        seen *of = ss_alloc(arena, 1, sizeof *of);
        ss_tally *tally = ss_tally_new(3 + LEAVES * CODES, &people);
        const ss_backoff backoff = {.nodes = nodes_of(above, LEAVES, arena),
                                    .nnodes = 2 * LEAVES - 1,
                                    .nleaves = LEAVES,
                                    .first = 3,
                                    .ncodes = CODES,
                                    .nordered = world % 3 == 0   ? 0
                                                : world % 3 == 1 ? CODES - 2
                                                                 : CODES,
                                    .alpha = 16};
        ss_told *told;
        uint32_t *below;

        for (uint32_t leaf = 0; leaf < LEAVES; leaf++)
        {
            const uint64_t n = ss_below(ss_unfold(&s), 300);

            for (uint64_t r = 0; r < n; r++)
            {
                const uint32_t most = 1 + (uint32_t) ss_below(ss_unfold(&s), CODES);
                const uint32_t code = (uint32_t) ss_below(ss_unfold(&s), most);
                uint64_t person = 1 + ss_below(ss_unfold(&s), 400);

                person = ss_below(ss_unfold(&s), 2) == 0 ? 1 + person % 6 : person;
                ss_tally_add(tally, 3 + leaf * CODES + code, &person, SS_WHOLE);
                of->people[leaf][code][of->rows[leaf][code]++] = person;
            }
        }
        told = ss_backoff_settle(&backoff, tally, K, arena, NULL);
        below = ss_backoff_derive(&backoff, told, K, arena);
        for (uint32_t leaf = 0; leaf < LEAVES; leaf++)
        {
            const uint32_t *own = below + leaf * CODES;

            assert_leaf_told(of, leaf, &told[node_of(leaf)]);
            assert_int_equal(own[0], 0);
            for (uint32_t c = 0; c + 1 < CODES; c++)
                assert_true(own[c] <= own[c + 1]);
        }
        ss_tally_free(tally);
        ss_arena_free(arena);
    }
}

/* Leaf 1 has ten rows: they are told of nowhere in it, and are drawn as those of leaf 0 beside it, not as all. */
static void
what_is_rare_follows_what_is_beside_it(void **state)
{
    const ss_people people = {.k = K, .npaths = 1};
    ss_arena *arena = ss_arena_new(NULL);
    ss_tally *tally = ss_tally_new(LEAVES * CODES, &people);
    const ss_backoff backoff = {.nodes = nodes_of(above, LEAVES, arena),
                                .nnodes = 2 * LEAVES - 1,
                                .nleaves = LEAVES,
                                .ncodes = CODES,
                                .alpha = 16};
    ss_told *told;
    uint32_t *below;

    (void) state;
    for (uint32_t leaf = 0; leaf < LEAVES; leaf++)
    {
        for (uint64_t person = 1; person <= (leaf == 1 ? 10 : 200); person++)
            ss_tally_add(tally, leaf * CODES + (leaf < 2 ? 7 : 3), &person, SS_WHOLE);
    }
    told = ss_backoff_settle(&backoff, tally, K, arena, NULL);
    below = ss_backoff_derive(&backoff, told, K, arena);
    assert_int_equal(told[node_of(1)].ncells, 0);
    assert_int_equal(told[node_of(1)].rest, 0);
    assert_true(ss_below_width(below + CODES, CODES, 7) > (UINT64_C(1) << 32) * 9 / 10);
    assert_true(ss_below_width(below + 2 * CODES, CODES, 3) > (UINT64_C(1) << 32) * 9 / 10);
    ss_tally_free(tally);
    ss_arena_free(arena);
}

/*
 * Seven people of leaf 0 and seven others of leaf 1 have code 5: the two together tell of it, so that it is likelier in
 * leaf 1 than code 6, which seven have there alone.
 */
static void
what_is_rare_twice_is_told_above(void **state)
{
    const ss_people people = {.k = K, .npaths = 1};
    ss_arena *arena = ss_arena_new(NULL);
    ss_tally *tally = ss_tally_new(LEAVES * CODES, &people);
    const ss_backoff backoff = {.nodes = nodes_of(above, LEAVES, arena),
                                .nnodes = 2 * LEAVES - 1,
                                .nleaves = LEAVES,
                                .ncodes = CODES,
                                .alpha = 16};
    ss_told *told;
    uint32_t *below;
    uint64_t five, six;

    (void) state;
    for (uint32_t leaf = 0; leaf < LEAVES; leaf++)
    {
        for (uint64_t person = 1; person <= 200; person++)
            ss_tally_add(tally, leaf * CODES + 7, &person, SS_WHOLE);
    }
    for (uint64_t person = 1; person <= 7; person++)
    {
        const uint64_t other = person + 7, third = person + 14;

        ss_tally_add(tally, 5, &other, SS_WHOLE);
        ss_tally_add(tally, CODES + 5, &person, SS_WHOLE);
        ss_tally_add(tally, CODES + 6, &third, SS_WHOLE);
    }
    told = ss_backoff_settle(&backoff, tally, K, arena, NULL);
    below = ss_backoff_derive(&backoff, told, K, arena);
    assert_int_equal(told[node_of(1)].ncells, 1);
    assert_int_equal(told[node_of(1)].rest, 15);
    five = ss_below_width(below + CODES, CODES, 5);
    six = ss_below_width(below + CODES, CODES, 6);
    assert_true(five > 4 * six);
    ss_tally_free(tally);
    ss_arena_free(arena);
}

/*
 * Leaf 0 tells of code 0 by itself, leaf 1 of code 5; seven of the one and eight of the other have each of codes 1 to 4, which
 * the whole tells of.  So many are drawn of these, by an eighth; as the whole has it, a quarter of the leaves' rests were codes 0 and 5.
 */
static void
what_is_told_elsewhere_is_not_expected_here(void **state)
{
    static const ss_backoff_node nodes[] = {{0, SS_BACKOFF_INNER}, {0, 0}, {0, 1}};
    const ss_people people = {.k = K, .npaths = 1};
    const ss_backoff backoff = {
        .nodes = nodes, .nnodes = 3, .nleaves = 2, .ncodes = CODES, .alpha = 1};
    ss_arena *arena = ss_arena_new(NULL);
    ss_tally *tally = ss_tally_new((size_t) 2 * CODES, &people);
    ss_told_cell cells[CODES];
    ss_told whole = {.cells = cells}, *told;
    uint32_t root[CODES], leaf_1[CODES], *below;
    uint64_t person = 1;

    (void) state;
    for (uint32_t leaf = 0; leaf < 2; leaf++)
    {
        for (uint32_t i = 0; i < 200; i++, person++)
            ss_tally_add(tally, leaf * CODES + 5 * leaf, &person, SS_WHOLE);
        for (uint32_t i = 0; i < 4 * (7 + leaf); i++, person++)
            ss_tally_add(tally, leaf * CODES + 1 + i % 4, &person, SS_WHOLE);
    }
    told = ss_backoff_settle(&backoff, tally, K, arena, NULL);
    assert_int_equal(told[0].ncells, 4);
    below = ss_backoff_derive(&backoff, told, K, arena);
    for (uint32_t c = 1; c < 5; c++)
    {
        uint64_t rows = 0;

        for (uint32_t leaf = 0; leaf < 2; leaf++)
            rows +=
                ss_told_rows(&told[1 + leaf]) * ss_below_width(below + leaf * CODES, CODES, c) >>
                22; /* in 1024ths */
        assert_int_equal(told[0].cells[c - 1].rows, 15);
        assert_in_range(rows, 1024 * 15 * 7 / 8, 1024 * 15 * 9 / 8);
    }
    /* The control: leaf 1 as the whole has it. */
    for (uint32_t c = 0; c < 6; c++)
        cells[whole.ncells++] = (ss_told_cell){c, c, c % 5 == 0 ? 200 : 15};
    ss_told_below(&whole, NULL, CODES, K, 0, root);
    ss_told_below(&told[2], root, CODES, K, 0, leaf_1);
    assert_true(ss_below_width(leaf_1, CODES, 0) > 2 * ss_below_width(below + CODES, CODES, 0));
    ss_tally_free(tally);
    ss_arena_free(arena);
}

#define SMALL_K      3
#define SMALL_LEAVES 4
#define SMALL_CODES  4
#define SMALL_NODES  (2 * SMALL_LEAVES - 1)
#define SUMS_MAX     18

static const uint32_t small_above[SMALL_NODES] = {4, 4, 5, 5, 6, 6, 6};

/* Sums of several cells, a bit each, as whoever has the model alone knows them. */
static size_t
sums_of(const ss_backoff *b, const ss_told *told, const uint32_t *present, uint32_t *sums)
{
    uint32_t hidden[SMALL_NODES][SMALL_CODES] = {{0}};
    size_t n = 0;

    for (uint32_t node = SMALL_NODES; node > 0; node--)
    {
        const ss_backoff_node *own = &b->nodes[node - 1];
        const uint32_t first = own->leaf == SS_BACKOFF_INNER ? 0 : own->leaf * SMALL_CODES;
        uint32_t rest = 0;

        for (uint32_t c = 0; own->leaf != SS_BACKOFF_INNER && c < SMALL_CODES; c++)
        {
            hidden[node - 1][c] = UINT32_C(1) << (first + c) & *present;
            rest |= hidden[node - 1][c];
        }
        for (size_t i = 0; i < told[node - 1].ncells; i++)
        {
            const ss_told_cell *cell = &told[node - 1].cells[i];
            uint32_t sum = 0;

            for (uint32_t c = cell->from; c <= cell->to; c++)
                sum |= hidden[node - 1][c];
            rest &= ~sum;
            if (own->leaf == SS_BACKOFF_INNER || cell->from != cell->to)
                sums[n++] = sum;
            if (cell->from == cell->to)
                hidden[node - 1][cell->from] = 0;
        }
        if (told[node - 1].rest > 0)
            sums[n++] = rest;
        for (uint32_t c = 0; node > 1 && c < SMALL_CODES; c++)
            hidden[own->parent][c] |= hidden[node - 1][c];
        assert_true(n <= SUMS_MAX);
    }
    return n;
}

/* In small trees every way of taking told sums off others, leaves' off nodes' or the other way, leaves nobody, or k. */
static void
no_subtraction_leaves_a_few(void **state)
{
    const ss_people people = {.k = SMALL_K, .npaths = 1};
    uint64_t s = 21;
    size_t several = 0;

    (void) state;
    for (uint32_t world = 0; world < 150; world++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        ss_tally *tally = ss_tally_new(SMALL_LEAVES * SMALL_CODES, &people);
        const ss_backoff backoff = {.nodes = nodes_of(small_above, SMALL_LEAVES, arena),
                                    .nnodes = SMALL_NODES,
                                    .nleaves = SMALL_LEAVES,
                                    .ncodes = SMALL_CODES,
                                    .nordered = world % 3 == 0 ? SMALL_CODES : 0};
        uint64_t who[SMALL_LEAVES * SMALL_CODES] = {0}, next = 0;
        uint32_t present = 0, sums[SUMS_MAX];
        ss_told *told;
        size_t n;

        for (uint32_t c = 0; c < SMALL_LEAVES * SMALL_CODES; c++)
        {
            const uint64_t rows = ss_below(ss_unfold(&s), 4);

            for (uint64_t i = 0; i < rows; i++)
            {
                const uint64_t own = world % 2 == 0 ? next++ : ss_below(ss_unfold(&s), 20);

                who[c] |= UINT64_C(1) << own;
                present |= UINT32_C(1) << c;
                ss_tally_add(tally, c, &(uint64_t){1 + own}, SS_WHOLE);
            }
        }
        told = ss_backoff_settle(&backoff, tally, SMALL_K, arena, NULL);
        n = sums_of(&backoff, told, &present, sums);
        several += n > 3;
        for (uint32_t chosen = 1; chosen < UINT32_C(1) << n; chosen++)
        {
            uint32_t once = 0, twice = 0;
            uint64_t left = 0;

            for (size_t i = 0; i < n; i++)
            {
                const uint32_t sum = (chosen >> i & 1) != 0 ? sums[i] : 0;

                twice |= once & sum;
                once |= sum;
            }
            /* A cell that is in both a leaf's sum and a node's is taken off. */
            for (uint32_t c = 0; c < SMALL_LEAVES * SMALL_CODES; c++)
                left |= (once & ~twice) >> c & 1 ? who[c] : 0;
            assert_true(left == 0 || __builtin_popcountll(left) >= SMALL_K);
        }
        ss_tally_free(tally);
        ss_arena_free(arena);
    }
    assert_true(several > 30);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_told_has_k_people),
        cmocka_unit_test(what_is_rare_follows_what_is_beside_it),
        cmocka_unit_test(what_is_rare_twice_is_told_above),
        cmocka_unit_test(what_is_told_elsewhere_is_not_expected_here),
        cmocka_unit_test(no_subtraction_leaves_a_few),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
