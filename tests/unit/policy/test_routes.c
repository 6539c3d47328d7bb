/* Routes to people: on over further keys, every one of them, none silently dropped. */
#include "unit/check.h"

#include "policy/policy_internal.h"
#include "support/catalog_builder.h"

#define TABLES 40

typedef struct fixture
{
    ss_arena *arena;
    ss_builder b;
    ss_table_plan plans[TABLES];
    ss_uncountable why[TABLES];
} fixture;

static fixture
set_up(void)
{
    fixture f = {.arena = ss_arena_new(NULL)};

    f.b = builder_new(f.arena);
    return f;
}

static size_t
table(fixture *f, const char *name)
{
    const size_t t = builder_table(&f->b, "public", name);

    (void) builder_column(&f->b, t, "id", "int4", true);
    (void) builder_key(&f->b, t, "pkey", "id", true);
    return t;
}

/* A column of the child that refers to the parent; its index. */
static size_t
refers(fixture *f, size_t child, const char *column, size_t parent)
{
    (void) builder_column(&f->b, child, column, "int4", false);
    (void) builder_foreign_key(&f->b, child, column, parent, "id");
    return f->b.tables[child].ncolumns - 1;
}

static void
find(fixture *f)
{
    ss_policy_find_routes(builder_done(&f->b), f->plans, f->why, f->arena);
}

static void
a_chain_is_followed_to_people(void **state)
{
    fixture f = set_up();
    const size_t person = table(&f, "person"), orders = table(&f, "orders"),
                 item = table(&f, "item");

    (void) state;
    (void) refers(&f, orders, "person_id", person);
    (void) refers(&f, item, "order_id", orders);
    f.plans[person].subject_self = true;
    find(&f);
    assert_int_equal(f.plans[item].nroutes, 1);
    assert_int_equal(f.plans[item].routes[0].nhops, 2);
    assert_true(f.plans[item].routes[0].to_people);
    assert_int_equal(f.plans[item].routes[0].hops[1]->parent, person);
    assert_int_equal(f.plans[person].nroutes, 0);
    /* without people anywhere the key's own values count */
    f.plans[person].subject_self = false;
    find(&f);
    assert_int_equal(f.plans[item].nroutes, 1);
    assert_int_equal(f.plans[item].routes[0].nhops, 1);
    assert_false(f.plans[item].routes[0].to_people);
    ss_arena_free(f.arena);
}

static void
named_subjects_decide_at_every_table_on_the_way(void **state)
{
    fixture f = set_up();
    const size_t person = table(&f, "person"), staff = table(&f, "staff"),
                 orders = table(&f, "orders"), item = table(&f, "item");
    size_t named[1];

    (void) state;
    named[0] = refers(&f, orders, "person_id", person);
    (void) refers(&f, orders, "staff_id", staff);
    (void) refers(&f, item, "order_id", orders);
    f.plans[person].subject_self = f.plans[staff].subject_self = true;
    find(&f);
    assert_int_equal(f.plans[item].nroutes, 2);
    f.plans[orders].subject_columns = named;
    f.plans[orders].nsubject_columns = 1;
    find(&f);
    assert_int_equal(f.plans[item].nroutes, 1);
    assert_int_equal(f.plans[item].routes[0].hops[1]->parent, person);
    /* a table that is about nobody leads nowhere */
    f.plans[orders].nsubject_columns = 0;
    f.plans[orders].subject_none = true;
    find(&f);
    assert_int_equal(f.plans[orders].nroutes, 0);
    assert_int_equal(f.plans[item].nroutes, 1);
    assert_false(f.plans[item].routes[0].to_people);
    ss_arena_free(f.arena);
}

static void
circles_end(void **state)
{
    fixture f = set_up();
    const size_t person = table(&f, "person"), a = table(&f, "a"), b = table(&f, "b");

    (void) state;
    (void) refers(&f, a, "b", b);
    (void) refers(&f, b, "a", a);
    (void) refers(&f, b, "person", person);
    (void) refers(&f, a, "up", a);
    f.plans[person].subject_self = true;
    find(&f);
    assert_int_equal(f.plans[a].nroutes, 1);
    assert_int_equal(f.plans[a].routes[0].nhops, 2);
    /* from b: to the person; over a there is only the way back, so a's key counts by itself */
    assert_int_equal(f.plans[b].nroutes, 2);
    assert_int_equal(f.plans[b].routes[0].to_people + f.plans[b].routes[1].to_people, 1);
    ss_arena_free(f.arena);
}

static void
too_many_are_said_to_be(void **state)
{
    fixture f = set_up();
    const size_t person = table(&f, "person"), child = table(&f, "child");

    (void) state;
    f.plans[person].subject_self = true;
    for (int i = 0; i < SS_ROUTES_MAX; i++)
        (void) refers(&f, child, ss_strf(f.arena, "a%d", i), person);
    find(&f);
    /* the same table by sixteen keys: sixteen routes */
    assert_int_equal(f.plans[child].nroutes, SS_ROUTES_MAX);
    assert_int_equal(f.why[child], SS_COUNTABLE);
    ss_arena_free(f.arena);

    f = set_up();
    (void) table(&f, "person");
    (void) table(&f, "child");
    for (int i = 0; i < 5; i++)
    {
        const size_t middle = table(&f, ss_strf(f.arena, "middle%d", i));

        (void) refers(&f, child, ss_strf(f.arena, "m%d", i), middle);
        for (int k = 0; k < 4; k++)
            (void) refers(&f, middle, ss_strf(f.arena, "p%d", k), person);
    }
    f.plans[person].subject_self = true;
    find(&f);
    assert_int_equal(f.why[child], SS_TOO_MANY_ROUTES);
    assert_int_equal(f.plans[child].nroutes, 0);
    ss_arena_free(f.arena);
}

static void
a_partitions_own_key_joins_no_other_rows(void **state)
{
    fixture f = set_up();
    const size_t person = table(&f, "person"), doc = builder_table(&f.b, "public", "doc"),
                 part = builder_table(&f.b, "public", "doc_eu"), item = table(&f, "item"),
                 note = table(&f, "note"), whole = table(&f, "whole"),
                 whole_part = table(&f, "whole_1"), line = table(&f, "line");

    (void) state;
    for (size_t i = 0; i < 2; i++)
    {
        const size_t t = i == 0 ? doc : part;

        (void) builder_column(&f.b, t, "region", "text", true);
        (void) builder_column(&f.b, t, "id", "int4", true);
        (void) builder_column(&f.b, t, "person_id", "int4", true);
        (void) builder_key(&f.b, t, "pkey", "region id", true);
    }
    (void) builder_key(&f.b, part, "alone", "id", false);
    builder_partition(&f.b, part, doc, "FOR VALUES IN ('eu')");
    builder_partition(&f.b, whole_part, whole, "FOR VALUES FROM (1) TO (9)");
    (void) builder_foreign_key(&f.b, doc, "person_id", person, "id");
    (void) refers(&f, item, "doc_id", part);
    (void) refers(&f, note, "item_id", item);
    (void) refers(&f, whole, "person_id", person);
    (void) refers(&f, line, "whole_id", whole_part);
    f.plans[person].subject_self = true;
    find(&f);
    assert_int_equal(f.why[doc], SS_COUNTABLE);
    assert_int_equal(f.why[item], SS_AMBIGUOUS_ROUTE);
    assert_int_equal(f.why[note], SS_AMBIGUOUS_ROUTE);
    assert_int_equal(f.plans[item].nroutes, 0);
    /* the tree has the key as well */
    assert_int_equal(f.why[line], SS_COUNTABLE);
    assert_int_equal(f.plans[line].nroutes, 1);
    /* no join is needed where the values themselves are who counts */
    f.plans[person].subject_self = false;
    f.plans[doc].subject_self = true;
    find(&f);
    assert_int_equal(f.why[item], SS_COUNTABLE);
    assert_int_equal(f.why[note], SS_COUNTABLE);
    ss_arena_free(f.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_is_followed_to_people),
        cmocka_unit_test(named_subjects_decide_at_every_table_on_the_way),
        cmocka_unit_test(circles_end),
        cmocka_unit_test(too_many_are_said_to_be),
        cmocka_unit_test(a_partitions_own_key_joins_no_other_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
