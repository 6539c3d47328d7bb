/* Who is set aside for the privacy tests: by a keyed hash of their key, and by nothing else. */
#include "unit/check.h"

#include "policy/control.h"
#include "policy/policy_internal.h"
#include "support/catalog_builder.h"

#define TABLES 8
#define PEOPLE 4000

typedef struct fixture
{
    ss_arena *arena;
    ss_builder b;
    ss_table_plan plans[TABLES];
    ss_uncountable why[TABLES];
    ss_hash_key key;
    ss_control control;
} fixture;

static fixture
set_up(void)
{
    fixture f = {.arena = ss_arena_new(NULL)};

    f.b = builder_new(f.arena);
    return f;
}

static void
decide(fixture *f, unsigned char seed)
{
    ss_plan plan = {.catalog = builder_done(&f->b), .tables = f->plans};

    f->key = (ss_hash_key){{seed}};
    ss_policy_find_routes(plan.catalog, f->plans, f->why, f->arena);
    ss_control_init(&f->control, &plan, &f->key, f->arena);
}

static size_t
people(fixture *f, const char *name)
{
    const size_t t = builder_table(&f->b, "public", name);

    (void) builder_column(&f->b, t, "tenant", "int4", true);
    (void) builder_column(&f->b, t, "id", "int4", true);
    f->plans[t].subject_self = true;
    return t;
}

/* Of keys 0 .. PEOPLE - 1 of one column. */
static size_t
chosen(const fixture *f, size_t table, bool *is)
{
    const ss_form form = SS_FORM_I64;
    const size_t at = 0;
    ss_batch *batch = ss_batch_new(f->arena, &form, 1);
    size_t n = 0;

    for (size_t i = 0; i < PEOPLE; i++)
    {
        ss_column_put_i64(&batch->columns[0], i, (int64_t) i);
        is[i] =
            ss_control_has(&f->control.tables[table], ss_hash_of_key(&f->key, batch, &at, 1, i));
        n += is[i];
    }
    return n;
}

/* A share of .2 lies within five standard deviations: one test in two million fails by chance, and the key is fixed. */
static void
one_in_five_by_key_and_table(void **state)
{
    fixture f = set_up();
    const size_t one = people(&f, "customer"), two = people(&f, "employee");
    static bool by[3][PEOPLE];
    size_t n[3], both[2] = {0};

    (void) state;
    (void) builder_key(&f.b, one, "pkey", "id", true);
    (void) builder_key(&f.b, two, "pkey", "id", true);
    decide(&f, 1);
    n[0] = chosen(&f, one, by[0]);
    n[1] = chosen(&f, two, by[1]);
    decide(&f, 2);
    n[2] = chosen(&f, one, by[2]);
    for (size_t i = 0; i < 3; i++)
        assert_in_range(n[i], 800 - 126, 800 + 126);
    for (size_t i = 0; i < PEOPLE; i++)
    {
        both[0] += by[0][i] && by[1][i];
        both[1] += by[0][i] && by[2][i];
    }
    /* no more than by chance: .04, within five deviations */
    assert_in_range(both[0], 160 - 62, 160 + 62);
    assert_in_range(both[1], 160 - 62, 160 + 62);
    ss_arena_free(f.arena);
}

static void
keys_are_one_whatever_their_order(void **state)
{
    fixture f = set_up();
    const size_t person = people(&f, "customer"), child = builder_table(&f.b, "public", "order");
    const ss_control_table *of = &f.control.tables[0];
    const size_t keys[] = {7, 5};
    const size_t *at;

    (void) state;
    (void) builder_key(&f.b, person, "pkey", "tenant id", true);
    (void) builder_column(&f.b, child, "person", "int4", true);
    (void) builder_column(&f.b, child, "tenant", "int4", true);
    (void) builder_foreign_key(&f.b, child, "person tenant", person, "id tenant");
    decide(&f, 1);
    of = &f.control.tables[person];
    assert_int_equal(of->state, SS_CONTROL_SET_ASIDE);
    assert_int_equal(of->ncolumns, 2);
    assert_int_equal(of->columns[0], 0);
    assert_int_equal(of->columns[1], 1);
    assert_ptr_equal(ss_control_on(&f.control, &f.plans[child].routes[0], keys, f.arena, &at), of);
    assert_int_equal(at[0], 5);
    assert_int_equal(at[1], 7);
    /* the caller found too few */
    f.control.tables[person].state = SS_CONTROL_FEW;
    assert_null(ss_control_on(&f.control, &f.plans[child].routes[0], keys, f.arena, &at));
    ss_arena_free(f.arena);
}

static void
people_without_one_key_have_no_control(void **state)
{
    fixture f = set_up();
    const size_t person = people(&f, "customer"), nobody = people(&f, "visitor"),
                 child = builder_table(&f.b, "public", "order");

    (void) state;
    (void) builder_key(&f.b, person, "pkey", "id", true);
    (void) builder_key(&f.b, person, "other", "tenant", false);
    (void) builder_column(&f.b, child, "person", "int4", true);
    (void) builder_column(&f.b, child, "tenant", "int4", true);
    (void) builder_foreign_key(&f.b, child, "person", person, "id");
    (void) builder_foreign_key(&f.b, child, "tenant", person, "tenant");
    decide(&f, 1);
    assert_int_equal(f.control.tables[person].state, SS_CONTROL_KEYS);
    assert_int_equal(f.control.tables[nobody].state, SS_CONTROL_NO_KEY);
    assert_int_equal(f.control.tables[child].state, SS_CONTROL_NONE);
    f.plans[person].mode = SS_MODE_EMPTY;
    decide(&f, 1);
    assert_int_equal(f.control.tables[person].state, SS_CONTROL_NONE);
    ss_arena_free(f.arena);
}

static void
rows_are_rescaled(void **state)
{
    (void) state;
    assert_int_equal(ss_control_rescale(4000, 0), 4000);
    assert_int_equal(ss_control_rescale(4000, 1), 5000);
    assert_int_equal(ss_control_rescale(3200, 2), 5000);
    assert_int_equal(ss_control_rescale(0, 3), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_in_five_by_key_and_table),
        cmocka_unit_test(keys_are_one_whatever_their_order),
        cmocka_unit_test(people_without_one_key_have_no_control),
        cmocka_unit_test(rows_are_rescaled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
