#include "unit/check.h"

#include <stdio.h>

#include "catalog/compare.h"
#include "support/catalog_builder.h"

typedef struct fixture
{
    ss_arena *arena;
    ss_builder before, after;
} fixture;

/* A person and her orders. */
static ss_builder
shop(ss_arena *arena)
{
    ss_builder b = builder_new(arena);
    const size_t orders = builder_table(&b, "public", "Orders"),
                 person = builder_table(&b, "public", "person");
    ss_type *mood;

    (void) builder_column(&b, orders, "id", "int8", true);
    (void) builder_column(&b, orders, "person_id", "int4", true);
    (void) builder_column(&b, person, "id", "int4", true);
    (void) builder_column(&b, person, "name", "text", false);
    (void) builder_key(&b, orders, "orders_pkey", "id", true);
    (void) builder_key(&b, person, "person_pkey", "id", true);
    (void) builder_check(&b, person, "named", "(name <> '')");
    (void) builder_foreign_key(&b, orders, "person_id", person, "id");
    mood = &b.types[builder_type(&b, "mood", SS_TYPE_ENUM)];
    mood->labels = ss_alloc(arena, 4, sizeof *mood->labels);
    mood->labels[0] = "sad";
    mood->labels[1] = "ok";
    mood->nlabels = 2;
    return b;
}

enum
{
    ORDERS,
    PERSON,
};

static fixture
set_up(void)
{
    fixture f = {.arena = ss_arena_new(NULL)};

    f.before = shop(f.arena);
    f.after = shop(f.arena);
    return f;
}

/* "kind object; kind object" */
static const char *
compared(fixture *f)
{
    size_t n;
    const ss_difference *list =
        ss_catalog_compare(builder_done(&f->before), builder_done(&f->after), f->arena, &n);
    const char *text = "";

    for (size_t i = 0; i < n; i++)
    {
        assert_non_null(list[i].text);
        text = ss_strf(f->arena, "%s%s%s %s", text, i > 0 ? "; " : "",
                       ss_difference_name(list[i].kind), list[i].object);
    }
    return text;
}

static void
equal_catalogs_do_not_differ(void **state)
{
    fixture f = set_up();

    (void) state;
    f.after.tables[PERSON].oid = 99; /* of another server, another day */
    f.after.tables[PERSON].reltuples = 5;
    f.after.tables[PERSON].bytes = 5;
    assert_string_equal(compared(&f), "");
    ss_arena_free(f.arena);
}

static void
tables_come_and_go(void **state)
{
    fixture f = set_up();
    size_t n;
    const ss_difference *list;

    (void) state;
    f.after.tables[ORDERS].label = "public.renamed";
    assert_string_equal(compared(&f), "table-vanished public.\"Orders\"; table-new public.renamed");
    list = ss_catalog_compare(f.before.catalog, f.after.catalog, f.arena, &n);
    assert_int_equal(list[0].before, ORDERS);
    assert_true(list[0].after == SS_NONE);
    assert_true(list[1].before == SS_NONE);
    assert_int_equal(list[1].after, ORDERS);
    ss_arena_free(f.arena);
}

static void
partitions_are_told_from_tables(void **state)
{
    fixture f = set_up();
    size_t partition;

    (void) state;
    builder_partition(&f.before, PERSON, ORDERS, "DEFAULT");
    builder_partition(&f.after, PERSON, ORDERS, "DEFAULT");
    partition = builder_table(&f.after, "public", "tomorrow");
    builder_partition(&f.after, partition, ORDERS, "FOR VALUES IN (1)");
    assert_string_equal(compared(&f), "partition-new public.tomorrow");
    ss_arena_free(f.arena);
}

static void
columns_change(void **state)
{
    fixture f = set_up();

    (void) state;
    f.after.parts[PERSON].columns[0].type_text = "int8";
    f.after.parts[PERSON].columns[1].not_null = true;
    f.after.parts[PERSON].columns[1].default_expr = "'x'";
    (void) builder_column(&f.before, ORDERS, "Gone", "text", false);
    (void) builder_column(&f.after, ORDERS, "new", "text", false);
    assert_string_equal(compared(&f), "column-vanished public.\"Orders\".\"Gone\"; "
                                      "column-new public.\"Orders\".new; "
                                      "column-retyped public.person.id; "
                                      "column-nullability public.person.name; "
                                      "column-changed public.person.name");
    ss_arena_free(f.arena);
}

static void
the_order_of_columns_is_no_difference(void **state)
{
    fixture f = set_up();
    ss_column *columns = f.after.parts[PERSON].columns;
    const ss_column first = columns[0];

    (void) state;
    columns[0] = columns[1];
    columns[1] = first;
    assert_string_equal(compared(&f), "");
    ss_arena_free(f.arena);
}

static void
constraints_change(void **state)
{
    fixture f = set_up();

    (void) state;
    f.after.parts[ORDERS].keys[0].definition = "PRIMARY KEY (id, person_id)";
    f.after.foreign_keys[0].name = "renamed";
    f.after.parts[PERSON].checks[0].definition = "CHECK (true)";
    (void) builder_key(&f.after, PERSON, "another", "name", false);
    assert_string_equal(compared(&f), "key-changed public.\"Orders\".orders_pkey; "
                                      "foreign-key-vanished public.\"Orders\".\"Orders_fk0\"; "
                                      "foreign-key-new public.\"Orders\".renamed; "
                                      "key-new public.person.another; "
                                      "check-changed public.person.named");
    ss_arena_free(f.arena);
}

static void
an_index_that_is_no_longer_valid_is_another_key(void **state)
{
    fixture f = set_up();

    (void) state;
    f.after.parts[PERSON].keys[0].valid = false;
    assert_string_equal(compared(&f), "key-changed public.person.person_pkey");
    ss_arena_free(f.arena);
}

static void
inherited_foreign_keys_are_the_servers_business(void **state)
{
    fixture f = set_up();

    (void) state;
    f.before.foreign_keys[0].inherited = f.after.foreign_keys[0].inherited = true;
    f.after.foreign_keys[0].name = "another";
    assert_string_equal(compared(&f), "");
    ss_arena_free(f.arena);
}

static void
labels_come_go_and_move(void **state)
{
    fixture f = set_up();
    const size_t mood = builder_type(&f.after, "mood", SS_TYPE_ENUM);

    (void) state;
    f.after.types[mood].labels[1] = "new";
    f.after.types[mood].labels[2] = "ok";
    f.after.types[mood].nlabels = 3;
    assert_string_equal(compared(&f), "enum-label-new public.mood");
    f.after.types[mood].labels[0] = "ok";
    f.after.types[mood].labels[2] = "sad";
    assert_string_equal(compared(&f), "enum-label-new public.mood; "
                                      "enum-labels-reordered public.mood");
    f.after.types[mood].nlabels = 1;
    assert_string_equal(compared(&f), "enum-label-vanished public.mood");
    ss_arena_free(f.arena);
}

static void
domains_change(void **state)
{
    fixture f = set_up();

    (void) state;
    for (size_t i = 0; i < 2; i++)
    {
        ss_builder *b = i == 0 ? &f.before : &f.after;
        ss_type *t = &b->types[builder_type(b, "code", SS_TYPE_DOMAIN)];

        t->base = builder_type(b, "text", SS_TYPE_BASE);
        t->not_null = i == 1;
    }
    assert_string_equal(compared(&f), "type-changed public.code");
    ss_arena_free(f.arena);
}

static void
sequences_views_and_extensions_are_compared(void **state)
{
    static const ss_view before[] = {{.schema = "public", .name = "v"}},
                         after[] = {{.schema = "public", .name = "v", .materialised = true}};
    static const ss_extension extensions[] = {{"hstore", "1.8", "public"}};
    fixture f = set_up();

    (void) state;
    f.before.catalog->views = before;
    f.after.catalog->views = after;
    f.before.catalog->nviews = f.after.catalog->nviews = 1;
    f.after.catalog->extensions = extensions;
    f.after.catalog->nextensions = 1;
    f.before.sequences[0] =
        (ss_sequence){.schema = "public", .name = "s", .table = SS_NONE, .type = "bigint"};
    f.before.catalog->nsequences = 1;
    assert_string_equal(compared(&f), "sequence-vanished public.s; view-changed public.v; "
                                      "extension-new hstore");
    ss_arena_free(f.arena);
}

/* Literals of the schema can be personal data: what is said names objects and types only. */
static void
no_expression_is_said(void **state)
{
    fixture f = set_up();
    size_t n;
    const ss_difference *list;

    (void) state;
    f.after.parts[PERSON].checks[0].definition = "CHECK (name <> 'Jane')";
    f.after.parts[PERSON].columns[1].default_expr = "'Jane'";
    list = ss_catalog_compare(f.before.catalog, f.after.catalog, f.arena, &n);
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++)
        assert_null(strstr(list[i].text, "Jane"));
    ss_arena_free(f.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_catalogs_do_not_differ),
        cmocka_unit_test(tables_come_and_go),
        cmocka_unit_test(partitions_are_told_from_tables),
        cmocka_unit_test(columns_change),
        cmocka_unit_test(the_order_of_columns_is_no_difference),
        cmocka_unit_test(constraints_change),
        cmocka_unit_test(an_index_that_is_no_longer_valid_is_another_key),
        cmocka_unit_test(inherited_foreign_keys_are_the_servers_business),
        cmocka_unit_test(labels_come_go_and_move),
        cmocka_unit_test(domains_change),
        cmocka_unit_test(sequences_views_and_extensions_are_compared),
        cmocka_unit_test(no_expression_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
