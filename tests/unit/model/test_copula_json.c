/* A Gaussian copula as JSON: read back it draws the same rows, and what cannot be is refused. */
#include "unit/stats/world.h"

#include <stdlib.h>

#include "model/dependence.h"
#include "stats/copula.h"
#include "stats/gsl.h"

#define D 4

static const char *const names[D] = {"a", "b", "c", "d"};
static int64_t upper[] = {1, 2, 3, 4, INT64_MAX};
static bool spike[5];
static ss_book books[D];
static ss_variable variables[D];

/* Five bins each and one code more, all of one factor; the last column has no order. */
static void
factor(uint64_t *s, row *made)
{
    const double f = (double) ss_normal_score((uint32_t) (ss_unfold(s) >> 32)) / SS_NORMAL_ONE;

    for (size_t c = 0; c < D; c++)
    {
        const double z = 0.8 * f + 0.6 * (double) ss_normal_score((uint32_t) (ss_unfold(s) >> 32)) /
                                       SS_NORMAL_ONE;

        made->codes[c] = (uint16_t) (z < -1     ? 0
                                     : z < -0.3 ? 1
                                     : z < 0.3  ? 2
                                     : z < 1    ? 3
                                     : z < 2.2  ? 4
                                                : 5);
        if (c == D - 1)
            made->codes[c] = (uint16_t) (made->codes[c] * 5 % 6);
    }
}

static ss_dependence *
make_dependence(world *w, fitted *f)
{
    static const char *words[] = {"a", "b", "c", "d", "e"};
    ss_dependence *d = ss_alloc(w->arena, 1, sizeof *d);

    for (size_t c = 0; c < D; c++)
    {
        books[c] = (ss_book){
            .kind = SS_BOOK_BINS, .column = c, .nvalues = 5, .upper = upper, .spike = spike};
        if (c == D - 1)
            books[c] =
                (ss_book){.kind = SS_BOOK_CATEGORIES, .column = c, .nvalues = 5, .texts = words};
        variables[c] = (ss_variable){.kind = SS_VARIABLE_COLUMN,
                                     .book = &books[c],
                                     .column = c,
                                     .ncodes = 6,
                                     .nordered = c == D - 1 ? 0 : 5};
    }
    *f = fit(&ss_engine_copula, w);
    *d = (ss_dependence){
        .variables = variables, .n = D, .engine = &ss_engine_copula, .model = f->model};
    return d;
}

static world
begin(void)
{
    return make(6000, D, (uint32_t[]){6, 6, 6, 6}, (uint32_t[]){5, 5, 5, 0}, factor);
}

static void
it_draws_the_same_rows_when_read_back(void **state)
{
    world w = begin();
    fitted f, again;
    ss_dependence *d = make_dependence(&w, &f), *back;
    json_t *json = ss_dependence_json(d, names), *twice;
    const ss_coded_table *x, *y;
    ss_error err = {0};

    (void) state;
    assert_non_null(json);
    assert_int_equal(ss_dependence_from_json(json, K, names, D, w.arena, &back, &err), SS_OK);
    twice = ss_dependence_json(back, names);
    assert_true(json_equal(json, twice));
    assert_int_equal(ss_dependence_ncounts(d), ss_dependence_ncounts(back));
    again = f;
    again.model = (void *) (uintptr_t) back->model;
    x = draw(&f, &w, 5000, NULL);
    y = draw(&again, &w, 5000, NULL);
    for (size_t c = 0; c < D; c++)
        assert_memory_equal(x->columns[c].codes, y->columns[c].codes, 5000 * sizeof(uint16_t));
    assert_true(ss_engine_loglik(f.engine, f.model, &w.held) ==
                ss_engine_loglik(f.engine, again.model, &w.held));
    json_decref(json);
    json_decref(twice);
    end(&w, &f);
}

/* What makes one member of the last variable wrong; it depends on the others. */
static void
refused(const char *key, const char *with)
{
    world w = begin();
    fitted f;
    ss_dependence *d = make_dependence(&w, &f), *back;
    json_t *json = ss_dependence_json(d, names);
    json_t *last = json_array_get(json_object_get(json, "copula"), D - 1);
    json_t *bad = json_loads(with, JSON_DECODE_ANY, NULL);
    ss_error err = {0};

    assert_non_null(bad);
    assert_non_null(json_object_get(last, "before"));
    assert_int_equal(json_object_set_new(last, key, bad), 0);
    assert_int_equal(ss_dependence_from_json(json, K, names, D, w.arena, &back, &err), SS_EMEND);
    json_decref(json);
    end(&w, &f);
}

static void
what_cannot_be_is_refused(void **state)
{
    (void) state;
    refused("of", "7");
    refused("of", "null");
    refused("cells", "[[0, 0, 6]]");
    refused("cells", "[[0, 0, 12]]");
    refused("rest", "5");
    refused("scores", "[0, 0, 0, 0, 0]");
    refused("scores", "[0, 0, 0, 0, 0, 9999999]");
    refused("order", "[0, 1, 2, 3, 4, 4]");
    refused("order", "[0, 1, 2, 3, 4, 6]");
    refused("thresholds", "[5, 4, 6, 7, 8]");
    refused("thresholds", "[4, 6, 7, 8]");
    refused("thresholds", "[4, 6, 7, 8, 4294967296]");
    refused("before", "[]");
    refused("before", "[[7, 100]]");
    refused("before", "[[0, 100000]]");
    refused("before", "[[0, 0.5]]");
    refused("residual", "0");
    refused("residual", "1001");
    refused("apart", "256");
    refused("apart", "-1");
    refused("more", "1");
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
        cmocka_unit_test(it_draws_the_same_rows_when_read_back),
        cmocka_unit_test(what_cannot_be_is_refused),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
