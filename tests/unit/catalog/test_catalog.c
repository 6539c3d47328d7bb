#include "unit/check.h"

#include "catalog/catalog.h"
#include "catalog/references.h"
#include "support/catalog_builder.h"

typedef struct fixture
{
    ss_arena *arena;
    ss_builder b;
    size_t order[BUILDER_TABLES];
} fixture;

static fixture
set_up(void)
{
    fixture f = {.arena = ss_arena_new(NULL)};

    f.b = builder_new(f.arena);
    return f;
}

static size_t
with_id(fixture *f, const char *name)
{
    const size_t t = builder_table(&f->b, "public", name);

    (void) builder_column(&f->b, t, "id", "int4", true);
    (void) builder_column(&f->b, t, "ref", "int4", false);
    (void) builder_key(&f->b, t, "pkey", "id", true);
    return t;
}

static void
refers(fixture *f, size_t child, size_t parent)
{
    (void) builder_foreign_key(&f->b, child, "ref", parent, "id");
}

static size_t
place(const fixture *f, size_t table)
{
    for (size_t i = 0; i < f->b.catalog->ntables; i++)
    {
        if (f->order[i] == table)
            return i;
    }
    fail_msg("table %zu is not in the order", table);
    return 0;
}

static void
sort(fixture *f)
{
    ss_catalog_parents_first(f->b.catalog, f->order, f->arena);
    for (size_t t = 0; t < f->b.catalog->ntables; t++)
        (void) place(f, t);
}

static void
tables_are_found_by_label(void **state)
{
    fixture f = set_up();
    const size_t plain = with_id(&f, "plain");
    const size_t odd = with_id(&f, "Order.Line\n\"x\"");
    const ss_catalog *c = builder_done(&f.b);

    (void) state;
    assert_ptr_equal(ss_catalog_find(c, "public.plain"), &c->tables[plain]);
    assert_ptr_equal(ss_catalog_find(c, "public.\"Order.Line\n\"\"x\"\"\""), &c->tables[odd]);
    assert_null(ss_catalog_find(c, "plain"));
    assert_null(ss_catalog_find(c, "public.Plain"));
    assert_int_equal(ss_catalog_index(c, &c->tables[odd]), odd);
    ss_arena_free(f.arena);
}

static void
columns_are_found_by_name_and_attnum(void **state)
{
    fixture f = set_up();
    const size_t t = with_id(&f, "t");
    ss_column *third = builder_column(&f.b, t, "third", "text", false);

    (void) state;
    third->attnum = 7; /* four columns were dropped before it */
    assert_ptr_equal(ss_table_column(&f.b.tables[t], "third"), third);
    assert_ptr_equal(ss_table_attribute(&f.b.tables[t], 7), third);
    assert_null(ss_table_attribute(&f.b.tables[t], 3));
    assert_null(ss_table_attribute(&f.b.tables[t], 0));
    assert_null(ss_table_column(&f.b.tables[t], "Third"));
    ss_arena_free(f.arena);
}

static void
domains_are_peeled_off(void **state)
{
    fixture f = set_up();
    const size_t base = builder_type(&f.b, "int4", SS_TYPE_BASE);
    const size_t inner = builder_type(&f.b, "inner_domain", SS_TYPE_DOMAIN);
    const size_t outer = builder_type(&f.b, "outer_domain", SS_TYPE_DOMAIN);

    (void) state;
    f.b.types[inner].base = base;
    f.b.types[outer].base = inner;
    assert_int_equal(ss_catalog_base_type(f.b.catalog, outer), base);
    assert_int_equal(ss_catalog_base_type(f.b.catalog, base), base);
    ss_arena_free(f.arena);
}

static void
parents_come_first(void **state)
{
    fixture f = set_up();
    const size_t a = with_id(&f, "a"), b = with_id(&f, "b"), c = with_id(&f, "c"),
                 d = with_id(&f, "d");

    (void) state;
    refers(&f, a, c);
    refers(&f, c, d);
    refers(&f, b, b);
    sort(&f);
    assert_true(place(&f, d) < place(&f, c));
    assert_true(place(&f, c) < place(&f, a));
    ss_arena_free(f.arena);
}

static void
a_cycle_costs_one_edge(void **state)
{
    fixture f = set_up();
    const size_t a = with_id(&f, "a"), b = with_id(&f, "b"), c = with_id(&f, "c"),
                 parent = with_id(&f, "d"), child = with_id(&f, "e");
    size_t broken = 0;

    (void) state;
    refers(&f, a, b);
    refers(&f, b, c);
    refers(&f, c, a);
    refers(&f, b, parent);
    refers(&f, child, c);
    sort(&f);
    for (size_t i = 0; i < f.b.catalog->nforeign_keys; i++)
        broken += place(&f, f.b.foreign_keys[i].parent) > place(&f, f.b.foreign_keys[i].table);
    assert_int_equal(broken, 1);
    assert_true(place(&f, parent) < place(&f, b));
    assert_true(place(&f, c) < place(&f, child));
    ss_arena_free(f.arena);
}

static void
inheritance_counts_as_reference(void **state)
{
    static size_t parents[1];
    fixture f = set_up();
    const size_t child = with_id(&f, "a"), parent = with_id(&f, "b");

    (void) state;
    parents[0] = parent;
    f.b.tables[child].inherits = parents;
    f.b.tables[child].ninherits = 1;
    sort(&f);
    assert_true(place(&f, parent) < place(&f, child));
    ss_arena_free(f.arena);
}

/* A partition tree stands together, after what any of its leaves refers to, before who refers to it. */
static void
partition_trees_move_as_one(void **state)
{
    fixture f = set_up();
    const size_t child = with_id(&f, "a_child"), root = with_id(&f, "b_root"),
                 middle = with_id(&f, "b_root_1"), leaf = with_id(&f, "b_root_1_1"),
                 other = with_id(&f, "b_root_2"), parent = with_id(&f, "z_parent");

    (void) state;
    builder_partition(&f.b, middle, root, "FOR VALUES FROM (1) TO (2)");
    builder_partition(&f.b, leaf, middle, "DEFAULT");
    builder_partition(&f.b, other, root, "DEFAULT");
    refers(&f, child, root);
    refers(&f, leaf, parent);
    refers(&f, other, root); /* within the tree: no cycle */
    sort(&f);
    assert_true(place(&f, parent) < place(&f, root));
    assert_true(place(&f, root) < place(&f, middle));
    assert_true(place(&f, middle) < place(&f, leaf));
    assert_int_equal(place(&f, other), place(&f, root) + 3);
    assert_true(place(&f, other) < place(&f, child));
    assert_ptr_equal(ss_table_root(f.b.catalog, &f.b.tables[leaf]), &f.b.tables[root]);
    assert_false(ss_table_has_rows(&f.b.tables[root]));
    assert_true(ss_table_has_rows(&f.b.tables[leaf]));
    ss_arena_free(f.arena);
}

static void
a_long_chain_is_no_trouble(void **state)
{
    fixture f = set_up();

    (void) state;
    for (size_t i = 0; i < BUILDER_TABLES; i++)
        (void) with_id(&f, "t");
    for (size_t i = 0; i + 1 < BUILDER_TABLES; i++)
        refers(&f, i, i + 1);
    sort(&f);
    for (size_t i = 0; i < BUILDER_TABLES; i++)
        assert_int_equal(f.order[i], BUILDER_TABLES - 1 - i);
    ss_arena_free(f.arena);
}

/* What every leaf declares by itself is one reference of the root. */
static void
references_of_leaves_are_the_roots(void **state)
{
    fixture f = set_up();
    const size_t root = with_id(&f, "a"), one = with_id(&f, "a_1"), two = with_id(&f, "a_2"),
                 parent = with_id(&f, "b");
    const ss_reference *list;
    size_t n;

    (void) state;
    builder_partition(&f.b, one, root, "DEFAULT");
    builder_partition(&f.b, two, root, "DEFAULT");
    refers(&f, one, parent);
    refers(&f, two, parent);
    list = ss_table_references(f.b.catalog, root, f.arena, &n);
    assert_int_equal(n, 1);
    assert_int_equal(list[0].parent, parent);
    assert_int_equal(list[0].columns[0], 1);
    assert_int_equal(list[0].parent_columns[0], 0);
    assert_true(list[0].nullable);
    /* nothing says that there is no other leaf */
    assert_false(list[0].held);
    assert_true(ss_reference_is_joined(f.b.catalog, root, &list[0]));
    refers(&f, root, parent);
    list = ss_table_references(f.b.catalog, root, f.arena, &n);
    assert_int_equal(n, 1);
    assert_true(list[0].held);
    assert_false(ss_reference_is_joined(f.b.catalog, root, &list[0]));
    ss_arena_free(f.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_found_by_label),
        cmocka_unit_test(columns_are_found_by_name_and_attnum),
        cmocka_unit_test(domains_are_peeled_off),
        cmocka_unit_test(parents_come_first),
        cmocka_unit_test(a_cycle_costs_one_edge),
        cmocka_unit_test(inheritance_counts_as_reference),
        cmocka_unit_test(partition_trees_move_as_one),
        cmocka_unit_test(a_long_chain_is_no_trouble),
        cmocka_unit_test(references_of_leaves_are_the_roots),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
