/* What the catalog alone says of columns, and which tables look like reference data. */
#include "unit/check.h"

#include "classify/reference.h"
#include "support/catalog_builder.h"

/* A table of ten rows that two others refer to, by a column of that name. */
static ss_builder
lookup(ss_arena *arena, const char *name, const char *reference)
{
    ss_builder b = builder_new(arena);
    const size_t t = builder_table(&b, "public", name);

    b.tables[t].reltuples = 10;
    (void) builder_column(&b, t, "id", "int4", true);
    (void) builder_key(&b, t, "pkey", "id", true);
    for (size_t i = 0; i < 2; i++)
    {
        const size_t child = builder_table(&b, "public", ss_strf(arena, "child%zu", i));

        (void) builder_column(&b, child, reference, "int4", true);
        (void) builder_foreign_key(&b, child, reference, t, "id");
    }
    return b;
}

static const char *const *
reasons(ss_arena *arena, const ss_builder *b)
{
    const ss_catalog *catalog = builder_done(b);

    return ss_classify_reference(catalog, ss_classify_columns(catalog, NULL, arena), arena);
}

static bool
proposed(ss_arena *arena, const ss_builder *b)
{
    return reasons(arena, b)[0] != NULL;
}

static void
small_tables_that_many_refer_to_are_proposed(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = lookup(arena, "rate", "rate_id");

    (void) state;
    (void) builder_column(&b, 0, "percent", "numeric", true);
    (void) builder_column(&b, 0, "active", "bool", true);
    (void) builder_column(&b, 0, "title", "text", true);
    (void) builder_column(&b, 0, "public_id", "uuid", true);
    assert_true(proposed(arena, &b));
    assert_non_null(strstr(reasons(arena, &b)[0], "2 keys here"));
    b.foreign_keys[1].inherited = true; /* a partition's copy of the other one */
    assert_non_null(strstr(reasons(arena, &b)[0], "1 key here"));
    b.tables[0].reltuples = 1e6;
    assert_false(proposed(arena, &b));
    ss_arena_free(arena);
}

static void
names_of_people_speak_against(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder person = lookup(arena, "Person", "x"), referred = lookup(arena, "p", "customer_id");
    ss_builder column = lookup(arena, "rate", "rate_id"), none = lookup(arena, "rate", "rate_id");

    (void) state;
    (void) builder_column(&column, 0, "employee_no", "int4", true);
    assert_false(proposed(arena, &person));
    assert_false(proposed(arena, &referred));
    assert_false(proposed(arena, &column));
    assert_true(proposed(arena, &none));
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_tables_that_many_refer_to_are_proposed),
        cmocka_unit_test(names_of_people_speak_against),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
