/* Latent classes: known ones are found, none where there are none, and none of one person. */
#include "unit/stats/world.h"

/* Classes of 5, 3 and 2 rows of ten; in class z a column has code z seven times of ten, each other code once. */
static void
three_classes(uint64_t *s, row *made)
{
    static const uint16_t class[10] = {0, 0, 0, 0, 0, 1, 1, 1, 2, 2};
    const uint16_t z = class[ss_below(ss_unfold(s), 10)];

    for (size_t c = 0; c < 6; c++)
    {
        const uint64_t u = ss_below(ss_unfold(s), 10);

        made->codes[c] = (uint16_t) (u < 7 ? z : (z + u - 6) % 4);
    }
}

static const double shares[3] = {0.5, 0.3, 0.2};

static double
of_class(size_t z, size_t code)
{
    return code == z ? 0.7 : 0.1;
}

static world
make_three(size_t n)
{
    return make(n, 6, (uint32_t[]){4, 4, 4, 4, 4, 4}, (uint32_t[]){0, 0, 0, 0, 0, 0},
                three_classes);
}

/* The class of each row, from 0 on; how many there are. */
static uint32_t
classes_of(const fitted *f, const ss_coded_table *rows, ss_arena *result, uint32_t **class)
{
    const size_t n = rows->n;
    uint32_t *cells = ss_alloc(result, n * (rows->d + 1), sizeof *cells), first = UINT32_MAX;
    uint32_t most = 0;

    f->engine->cells(f->structure, rows, cells);
    *class = cells + rows->d * n;
    for (size_t r = 0; r < n; r++)
        first = (*class)[r] < first ? (*class)[r] : first;
    for (size_t r = 0; r < n; r++)
    {
        (*class)[r] -= first;
        most = (*class)[r] > most ? (*class)[r] : most;
    }
    return most + 1;
}

/* Is a share of n the truth, by five standard errors? */
static void
assert_near(double rows, double n, double truth)
{
    assert_true(fabs(rows / n - truth) < 5 * sqrt(truth * (1 - truth) / n));
}

static void
known_classes_are_found(void **state)
{
    world w = make_three(25000);
    fitted f = fit(&ss_engine_classes, &w);
    double rows[3] = {0}, codes[3][6][4] = {0};
    uint32_t *class, order[3] = {0, 1, 2};

    (void) state;
    assert_int_equal(classes_of(&f, &w.told, w.arena, &class), 3);
    for (size_t r = 0; r < w.told.n; r++)
    {
        rows[class[r]]++;
        for (size_t c = 0; c < 6; c++)
            codes[class[r]][c][w.told.columns[c].codes[r]]++;
    }
    for (size_t i = 0; i < 3; i++)
    {
        for (size_t k = 0; k < 3; k++)
        {
            if (fabs(rows[k] / (double) w.told.n - shares[i]) < 0.05)
                order[i] = (uint32_t) k;
        }
    }
    for (size_t z = 0; z < 3; z++)
    {
        assert_near(rows[order[z]], (double) w.told.n, shares[z]);
        for (size_t c = 0; c < 6; c++)
        {
            for (size_t i = 0; i < 4; i++)
                assert_near(codes[order[z]][c][i], rows[order[z]], of_class(z, i));
        }
    }
    end(&w, &f);
}

/* People held out are as likely as by the law that made them, but for a hundredth of a nat. */
static void
people_held_out_are_as_likely_as_they_are(void **state)
{
    world w = make_three(25000);
    fitted f = fit(&ss_engine_classes, &w);
    double truth = 0;

    (void) state;
    for (size_t r = 0; r < w.held.n; r++)
    {
        double sum = 0;

        for (size_t z = 0; z < 3; z++)
        {
            double p = shares[z];

            for (size_t c = 0; c < 6; c++)
                p *= of_class(z, w.held.columns[c].codes[r]);
            sum += p;
        }
        truth += log(sum) / (double) w.held.n;
    }
    assert_true(fabs(ss_engine_loglik(&ss_engine_classes, f.model, &w.held) - truth) < 0.01);
    end(&w, &f);
}

/* A negative control. */
static void
noise_is_one_class(void **state)
{
    world w = make(5000, 4, (uint32_t[]){40, 40, 40, 40}, (uint32_t[]){40, 40, 0, 0}, apart);
    fitted f = fit(&ss_engine_classes, &w), g = fit(&ss_engine_independence, &w);
    const double more = ss_engine_loglik(&ss_engine_classes, f.model, &w.held) -
                        ss_engine_loglik(&ss_engine_independence, g.model, &w.held);

    (void) state;
    assert_int_equal(ss_engine_classes.ncells(f.structure), 4 * 40 + 1);
    assert_true(fabs(more) < 0.01);
    ss_tally_free(g.tally);
    end(&w, &f);
}

/* Each class has as many different people as one must have. */
static void
assert_classes_have_people(const fitted *f, world *w)
{
    uint32_t *class;
    const uint32_t n = classes_of(f, &w->told, w->arena, &class);
    uint64_t *sets = ss_alloc(w->arena, (size_t) n * LEAST_ROWS, sizeof *sets);

    for (size_t r = 0; r < w->told.n; r++)
        ss_people_put(sets + class[r] * LEAST_ROWS, LEAST_ROWS, w -> told.subjects[r]);
    for (uint32_t z = 0; z < n; z++)
        assert_true(sets[z * LEAST_ROWS + LEAST_ROWS - 1] != 0);
}

static void
one_person_makes_no_class(void **state)
{
    world w = make(8000, 4, (uint32_t[]){6, 6, 6, 6}, (uint32_t[]){0, 0, 0, 0}, one_of_two);
    fitted f = fit(&ss_engine_classes, &w);
    const ss_coded_table *rows = draw(&f, &w, 8000, NULL);
    size_t theirs = 0;

    (void) state;
    assert_classes_have_people(&f, &w);
    for (size_t r = 0; r < rows->n; r++)
        theirs += rows->columns[0].codes[r] == 5;
    assert_true(theirs < 160);
    end(&w, &f);
}

/* Three classes, and of one row in 200 a kind of their own: fewer than a class may have. */
static void
a_few_more(uint64_t *s, row *made)
{
    three_classes(s, made);
    if (ss_below(ss_unfold(s), 200) != 0)
        return;
    for (size_t c = 0; c < 6; c++)
        made->codes[c] = 3;
}

static void
classes_have_people(void **state)
{
    world w =
        make(5000, 6, (uint32_t[]){4, 4, 4, 4, 4, 4}, (uint32_t[]){0, 0, 0, 0, 0, 0}, a_few_more);
    fitted f = fit(&ss_engine_classes, &w);

    (void) state;
    assert_classes_have_people(&f, &w);
    end(&w, &f);
}

/* Wherever it is, and whatever is beside it: a row seen is of the class that it is of alone. */
static void
a_class_depends_on_the_row_alone(void **state)
{
    world w = make_three(5000);
    fitted f = fit(&ss_engine_classes, &w);
    uint32_t *cells = ss_alloc(w.arena, 7 * w.held.n, sizeof *cells), alone[7];

    (void) state;
    ss_engine_classes.cells(f.structure, &w.held, cells);
    for (size_t r = 0; r < w.held.n; r++)
    {
        const ss_coded_table one = ss_coded_slice(&w.held, r, 1, w.arena);

        ss_engine_classes.cells(f.structure, &one, alone);
        for (size_t v = 0; v < 7; v++)
            assert_int_equal(alone[v], cells[v * w.held.n + r]);
    }
    end(&w, &f);
}

static void
rows_are_drawn_as_their_density_says(void **state)
{
    world w = make_three(8000);
    fitted f = fit(&ss_engine_classes, &w);

    (void) state;
    assert_drawn_as_told(&f, &w, NULL);
    end(&w, &f);
}

/* Of those whose first column is 0 seven in eight are of the first class: 0.625 have a second column of 0. */
static void
what_is_given_tells_of_the_class(void **state)
{
    world w = make_three(12000);
    fitted f;
    const ss_coded_table *rows;
    double zeros = 0;

    (void) state;
    give(&w, 0);
    f = fit(&ss_engine_classes, &w);
    rows = draw(&f, &w, 10000, (uint16_t[]){0, 0, 0, 0, 0, 0});
    for (size_t r = 0; r < rows->n; r++)
    {
        assert_int_equal(rows->columns[0].codes[r], 0);
        zeros += rows->columns[1].codes[r] == 0;
    }
    assert_true(fabs(zeros / (double) rows->n - 0.625) < 0.03);
    for (uint16_t code = 0; code < 4; code++)
        assert_drawn_as_told(&f, &w, (uint16_t[]){code, 0, 0, 0, 0, 0});
    end(&w, &f);
}

static void
it_is_the_same_again(void **state)
{
    world w = make_three(2000);

    (void) state;
    assert_same_again(&ss_engine_classes, &w);
    ss_arena_free(w.arena);
}

static void
small_tables_have_a_model(void **state)
{
    (void) state;
    assert_models_of_next_to_nothing(&ss_engine_classes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_classes_are_found),
        cmocka_unit_test(people_held_out_are_as_likely_as_they_are),
        cmocka_unit_test(noise_is_one_class),
        cmocka_unit_test(one_person_makes_no_class),
        cmocka_unit_test(classes_have_people),
        cmocka_unit_test(a_class_depends_on_the_row_alone),
        cmocka_unit_test(rows_are_drawn_as_their_density_says),
        cmocka_unit_test(what_is_given_tells_of_the_class),
        cmocka_unit_test(it_is_the_same_again),
        cmocka_unit_test(small_tables_have_a_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
