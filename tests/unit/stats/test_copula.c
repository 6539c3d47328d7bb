/* The Gaussian copula: it finds the correlations that were put in, none where there are none, and tells of nobody alone. */
#include "unit/stats/world.h"

#include <stdlib.h>

#include "stats/copula.h"
#include "stats/gsl.h"

/* --- makers ----------------------------------------------------------------------------------------- */

static double
normal(uint64_t *s)
{
    return (double) ss_normal_score((uint32_t) (ss_unfold(s) >> 32)) / SS_NORMAL_ONE;
}

/* One of n codes of a normal value that are about equally likely. */
static uint16_t
bin(double x, uint32_t n)
{
    const double at = (double) n * (0.5 + 0.5 * erf(x / sqrt(2)));

    return (uint16_t) (at < n ? at : n - 1);
}

#define MIXED 5

/* One factor's weights: the correlation of two is their product. */
static const double loadings[MIXED] = {0.9, -0.8, 0.7, 0.6, 0.9};

static void
factor(uint64_t *s, double *z)
{
    const double f = normal(s);

    for (size_t i = 0; i < MIXED; i++)
        z[i] = loadings[i] * f + sqrt(1 - loadings[i] * loadings[i]) * normal(s);
}

static const uint16_t names[6] = {4, 2, 0,
                                  5, 1, 3}; /* of a category's values, in their hidden order */

/* Two numbers, three grades, yes or no, and a category whose names tell nothing of its order. */
static void
mixed(uint64_t *s, row *made)
{
    double z[MIXED];

    factor(s, z);
    made->codes[0] = bin(z[0], 64);
    made->codes[1] = bin(z[1], 40);
    made->codes[2] = z[2] < -0.5 ? 0 : z[2] < 1 ? 1 : 2;
    made->codes[3] = z[3] > 0.7;
    made->codes[4] = names[bin(z[4], 6)];
}

static const uint32_t mixed_codes[MIXED] = {64, 40, 3, 2, 6},
                      mixed_ordered[MIXED] = {64, 40, 3, 0, 0};

/* Eight numbers, each most of the one before. */
static void
chain(uint64_t *s, row *made)
{
    double z = normal(s);

    for (size_t c = 0; c < COLUMNS_MAX; c++)
    {
        made->codes[c] = bin(z, 64);
        z = 0.7 * z + sqrt(1 - 0.49) * normal(s);
    }
}

/* Three that are small enough to list all rows of. */
static void
small(uint64_t *s, row *made)
{
    double z[MIXED];

    factor(s, z);
    for (size_t c = 0; c < 3; c++)
        made->codes[c] = bin(z[c], 5);
}

/* The second column's last code is NULL, which those have whose first is high. */
static void
with_null(uint64_t *s, row *made)
{
    double z[MIXED];

    factor(s, z);
    made->codes[0] = bin(z[0], 20);
    made->codes[1] = bin(z[4], 20);
    if (z[0] > 0.8 && ss_below(ss_unfold(s), 2) == 0)
        made->codes[1] = 20;
}

/* --- claims ----------------------------------------------------------------------------------------- */

static size_t
variable_of(const ss_copula *c, uint32_t column)
{
    size_t i = 0;

    while (c->variables[i].column != column)
        i++;
    return i;
}

/* A correlation of 16,000 rows in 8 x 8 levels and fewer has a standard error of .004 to .011; 3 of them, and .005 for counts in fives. */
static void
correlations_that_were_put_in_are_found(void **state)
{
    world w = make(20000, MIXED, mixed_codes, mixed_ordered, mixed);
    fitted f = fit(&ss_engine_copula, &w);
    const ss_copula *c = f.structure;
    const ss_copula_variable *category = &c->variables[variable_of(c, 4)], *yes;
    double up, high;

    (void) state;
    yes = &c->variables[variable_of(c, 3)];
    /* Of what has no order either end may be first. */
    up = category->code_at[0] == names[0] ? 1 : -1;
    high = yes->code_at[0] == 0 ? 1 : -1;
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(category->code_at[i], names[up > 0 ? i : 5 - i]);
    for (uint32_t i = 0; i < MIXED; i++)
    {
        for (uint32_t j = 0; j < i; j++)
        {
            const size_t a = variable_of(c, i), b = variable_of(c, j);
            const double sign = (i == 4 ? up : 1) * (i == 3 || j == 3 ? high : 1);
            const double got = c->correlations[a * c->nblock + b];

            assert_true(fabs(got - sign * loadings[i] * loadings[j]) < 0.038);
        }
    }
    end(&w, &f);
}

/* The likelihood of the truth is 7 times -log(1 - .49) / 2 above independence. */
static void
a_block_of_numbers_is_better_known_than_by_trees(void **state)
{
    const uint32_t codes[COLUMNS_MAX] = {64, 64, 64, 64, 64, 64, 64, 64};
    world w = make(15000, COLUMNS_MAX, codes, codes, chain);
    fitted copula = fit(&ss_engine_copula, &w), trees = fit(&ss_engine_trees, &w);
    const double gain =
        ss_engine_loglik(&ss_engine_copula, copula.model, &w.held) + COLUMNS_MAX * log(64);

    (void) state;
    assert_true(gain > 0.97 * 7 * -log(1 - 0.49) / 2);
    assert_true(gain > 0.2 + ss_engine_loglik(&ss_engine_trees, trees.model, &w.held) +
                           COLUMNS_MAX * log(64));
    assert_int_equal(ss_engine_copula.ncells(copula.structure), COLUMNS_MAX * 64);
    ss_tally_free(trees.tally);
    end(&w, &copula);
}

/* A negative control: noise, few rows or many. */
static void
noise_has_no_correlations(void **state)
{
    (void) state;
    for (size_t n = 400; n <= 6400; n *= 4)
    {
        world w = make(n, 4, (uint32_t[]){40, 40, 40, 40}, (uint32_t[]){40, 40, 0, 0}, apart);
        fitted f = fit(&ss_engine_copula, &w);
        const ss_copula *m = f.model;

        for (size_t i = 0; i < m->n; i++)
            assert_int_equal(m->variables[i].nbefore, 0);
        assert_true(fabs(ss_engine_loglik(&ss_engine_copula, f.model, &w.held) + 4 * log(40)) <
                    0.1 + 4 * 40.0 / (double) n);
        end(&w, &f);
    }
}

static void
rows_are_drawn_as_their_density_says(void **state)
{
    world w = make(10000, 3, (uint32_t[]){5, 5, 5}, (uint32_t[]){5, 5, 0}, small);
    fitted f = fit(&ss_engine_copula, &w);

    (void) state;
    assert_drawn_as_told(&f, &w, NULL);
    ss_tally_free(f.tally);
    give(&w, 1);
    f = fit(&ss_engine_copula, &w);
    for (uint16_t code = 0; code < 5; code++)
        assert_drawn_as_told(&f, &w, (uint16_t[]){0, code, 0});
    end(&w, &f);
}

/* Every column has the shares that it had: at most 1 percent apart in total variation, 100,000 rows. */
static void
shares_are_kept(void **state)
{
    world w = make(20000, MIXED, mixed_codes, mixed_ordered, mixed);
    fitted f = fit(&ss_engine_copula, &w);
    const ss_coded_table *rows = draw(&f, &w, DRAWN, NULL);

    (void) state;
    for (size_t c = 0; c < MIXED; c++)
    {
        double apart[64] = {0}, sum = 0;

        for (size_t r = 0; r < DRAWN; r++)
            apart[rows->columns[c].codes[r]] += 1.0 / (double) DRAWN;
        for (size_t r = 0; r < w.told.n; r++)
            apart[w.told.columns[c].codes[r]] -= 1.0 / (double) w.told.n;
        for (size_t i = 0; i < 64; i++)
            sum += fabs(apart[i]) / 2;
        assert_true(sum < 0.025);
    }
    end(&w, &f);
}

/* NULL is placed among the values that those have who are like it. */
static void
null_lies_where_it_is_like_others(void **state)
{
    world w = make(10000, 2, (uint32_t[]){20, 21}, (uint32_t[]){20, 20}, with_null);
    fitted f = fit(&ss_engine_copula, &w);
    const ss_copula *c = f.structure;
    const ss_copula_variable *v = &c->variables[variable_of(c, 1)];
    size_t place = 0;

    (void) state;
    while (v->code_at[place] != 20)
        place++;
    assert_true(place > 13);
    end(&w, &f);
}

/* Codes of few people: where they are placed tells nothing of them. */
static void
rare(uint64_t *s, row *made)
{
    made->codes[0] = (uint16_t) ss_below(ss_unfold(s), 100);
    if (ss_below(ss_unfold(s), 10) == 0)
        made->codes[0] = (uint16_t) (100 + ss_below(ss_unfold(s), 100));
    made->codes[1] = made->codes[0] % 2;
}

static void
where_rare_codes_lie_tells_of_nobody(void **state)
{
    world w = make(6000, 2, (uint32_t[]){200, 2}, (uint32_t[]){0, 0}, rare);
    fitted f;
    size_t right[2] = {0};

    (void) state;
    give(&w, 0);
    f = fit(&ss_engine_copula, &w);
    for (uint16_t code = 0; code < 200; code++)
    {
        const ss_coded_table *rows = draw(&f, &w, 100, (uint16_t[]){code, 0});

        for (size_t r = 0; r < rows->n; r++)
            right[code >= 100] += rows->columns[1].codes[r] == code % 2;
    }
    assert_true(right[0] > 8500);
    assert_true(right[1] > 4000 && right[1] < 6000);
    end(&w, &f);
}

/* Half of all rows are one person's, of codes that nobody else has together: cells of that are none. */
static void
one_person_makes_no_correlation(void **state)
{
    world w = make(8000, 4, (uint32_t[]){6, 6, 6, 6}, (uint32_t[]){0, 0, 0, 0}, one_of_two);
    fitted f = fit(&ss_engine_copula, &w);
    const ss_copula *m = f.model;

    (void) state;
    for (size_t i = 0; i < m->n; i++)
        assert_int_equal(m->variables[i].nbefore, 0);
    end(&w, &f);
}

static void
the_same_rows_have_the_same_model(void **state)
{
    world w = make(5000, MIXED, mixed_codes, mixed_ordered, mixed);

    (void) state;
    assert_same_again(&ss_engine_copula, &w);
    ss_arena_free(w.arena);
}

/* All columns the same: a correlation that is as good as one. */
static void
equal(uint64_t *s, row *made)
{
    made->codes[0] = made->codes[1] = made->codes[2] = (uint16_t) ss_below(ss_unfold(s), 12);
}

static void
equal_columns_have_a_model(void **state)
{
    world w = make(4000, 3, (uint32_t[]){12, 12, 12}, (uint32_t[]){12, 12, 12}, equal);
    fitted f = fit(&ss_engine_copula, &w);

    (void) state;
    assert_true(ss_engine_loglik(&ss_engine_copula, f.model, &w.held) > -log(12) - 2);
    end(&w, &f);
}

static void
small_tables_have_a_model(void **state)
{
    (void) state;
    assert_models_of_next_to_nothing(&ss_engine_copula);
}

static int
setup(void **state)
{
    (void) state;
    ss_stats_init();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(correlations_that_were_put_in_are_found),
        cmocka_unit_test(a_block_of_numbers_is_better_known_than_by_trees),
        cmocka_unit_test(noise_has_no_correlations),
        cmocka_unit_test(rows_are_drawn_as_their_density_says),
        cmocka_unit_test(shares_are_kept),
        cmocka_unit_test(null_lies_where_it_is_like_others),
        cmocka_unit_test(where_rare_codes_lie_tells_of_nobody),
        cmocka_unit_test(one_person_makes_no_correlation),
        cmocka_unit_test(the_same_rows_have_the_same_model),
        cmocka_unit_test(equal_columns_have_a_model),
        cmocka_unit_test(small_tables_have_a_model),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
