#include "unit/check.h"

#include <stdlib.h>

#include "base/text.h"
#include "report/inspect.h"
#include "support/catalog_builder.h"

typedef struct fixture
{
    ss_arena *arena;
    ss_builder b;
    ss_buf text;
    size_t person, orders;
} fixture;

static fixture
set_up(void)
{
    fixture f = {.arena = ss_arena_new(NULL)};
    ss_type *mood;

    f.b = builder_new(f.arena);
    f.orders = builder_table(&f.b, "public", "orders");
    f.person = builder_table(&f.b, "public", "person");
    (void) builder_column(&f.b, f.person, "id", "int4", true);
    (void) builder_key(&f.b, f.person, "person_pkey", "id", true);
    (void) builder_column(&f.b, f.orders, "id", "int8", true);
    builder_column(&f.b, f.orders, "person_id", "int4", false)->null_frac = 0.25;
    builder_column(&f.b, f.orders, "at", "timestamptz", true)->default_expr = "now()";
    mood = &f.b.types[builder_type(&f.b, "mood", SS_TYPE_ENUM)];
    mood->labels = ss_alloc(f.arena, 2, sizeof *mood->labels);
    mood->labels[0] = "sad";
    mood->labels[1] = "ok";
    mood->nlabels = 2;
    (void) builder_column(&f.b, f.orders, "mood", "mood", false);
    (void) builder_key(&f.b, f.orders, "orders_pkey", "id", true);
    (void) builder_foreign_key(&f.b, f.orders, "person_id", f.person, "id");
    return f;
}

static void
tear_down(fixture *f)
{
    ss_buf_done(&f->text);
    ss_arena_free(f->arena);
}

/* Keys are keys, and what is called person_id a direct identifier; of the rest nothing is known. */
static const ss_classified *const *
classified(fixture *f, const ss_catalog *catalog)
{
    static const ss_path_proposal paths[] = {{"$.mail",
                                              {.class = SS_CLASS_DIRECT_IDENTIFIER,
                                               .confidence = SS_CONFIDENCE_HIGH,
                                               .kind = "email",
                                               .why = "all have the form"}},
                                             {"$.two\nlines", {.why = "two\nlines"}}};
    ss_classified **all = ss_alloc(f->arena, catalog->ntables + 1, sizeof *all);

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        all[t] = ss_alloc(f->arena, table->ncolumns + 1, sizeof **all);
        for (size_t c = 0; c < table->ncolumns; c++)
        {
            if (strcmp(table->columns[c].name, "id") == 0)
                all[t][c].proposal =
                    (ss_proposal){.class = SS_CLASS_KEY, .confidence = SS_CONFIDENCE_HIGH};
            else if (strcmp(table->columns[c].name, "person_id") == 0)
                all[t][c].proposal = (ss_proposal){.class = SS_CLASS_DIRECT_IDENTIFIER,
                                                   .confidence = SS_CONFIDENCE_MEDIUM,
                                                   .kind = "person-name",
                                                   .why = "by its name"};
            else if (strcmp(table->columns[c].name, "mood") == 0)
                all[t][c] = (ss_classified){.proposal.why = "2 paths", .paths = paths, .npaths = 2};
            else
                all[t][c].proposal.why = table->columns[c].name;
        }
    }
    return (const ss_classified *const *) all;
}

static ss_inspect
inspect_of(fixture *f)
{
    const ss_catalog *catalog = builder_done(&f->b);
    ss_subject_proposal *subjects = ss_alloc(f->arena, catalog->ntables + 1, sizeof *subjects);
    static const size_t second = 1;

    if (catalog->ntables > f->person)
        subjects[f->person] = (ss_subject_proposal){.self = true, .why = "by its name"};
    if (catalog->ntables > f->orders)
        subjects[f->orders] = (ss_subject_proposal){.columns = &second, .ncolumns = 1};
    return (ss_inspect){.catalog = catalog,
                        .source = "postgresql://host/test",
                        .security = "TLSv1.3, verify-full",
                        .role = "reads",
                        .columns = classified(f, catalog),
                        .subjects = subjects};
}

static const char *
render_this(fixture *f, const ss_inspect *i, size_t width)
{
    ss_buf_clear(&f->text);
    ss_inspect_text(i, width, &f->text);
    return ss_buf_text(&f->text);
}

static const char *
render(fixture *f, size_t width)
{
    const ss_inspect i = inspect_of(f);

    return render_this(f, &i, width);
}

static json_t *
json(fixture *f)
{
    const ss_inspect i = inspect_of(f);
    json_t *object = ss_inspect_json(&i);
    char *text = json_dumps(object, 0);
    json_t *again;

    assert_non_null(text);
    again = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(again);
    assert_true(json_equal(object, again));
    json_decref(again);
    free(text);
    return object;
}

static void
assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("missing: %s\nin:\n%s", part, text);
}

static void
assert_fits(const char *text, size_t width)
{
    for (const char *at = text; *at != '\0';)
    {
        const size_t n = strcspn(at, "\n");
        char *line = strndup(at, n);

        if (ss_text_width(line) > width)
            fail_msg("wider than %zu: %s", width, line);
        free(line);
        at += n + (at[n] == '\n');
    }
}

static void
the_text_tells_keys_types_and_references(void **state)
{
    fixture f = set_up();
    const char *text = render(&f, 100);

    (void) state;
    assert_has(text, "2 in 1 schema, with 5 columns");
    assert_has(text, "1 personal (1 direct-identifier, 0 special-category), 2 key, 2 undecided");
    assert_has(text, "names and declarations alone");
    assert_has(text, "public.orders, about 1,000 rows, ");
    assert_has(text, "\n  people: a row is one; by its name\n");
    assert_has(text, "\n  people: by person_id\n");
    assert_has(text, "    id                key                high    int8, primary key\n");
    assert_has(text,
               "    person_id         direct-identifier  medium  person-name: by its name | int4, "
               "-> public.person\n");
    assert_has(text, "    at                undecided                  at | timestamptz, not null");
    assert_has(text,
               "    mood              undecided                  2 paths | mood, enum of 2\n");
    assert_has(text, "      $.mail          direct-identifier  high    email: all have the form\n");
    assert_has(text, "      $.two\\x0alines  undecided                  two\\x0alines\n");
    assert_null(strstr(text, "To reckon with"));
    tear_down(&f);
}

static void
a_class_and_a_pattern_say_what_is_shown(void **state)
{
    static const bool direct[SS_NCLASSES] = {[SS_CLASS_DIRECT_IDENTIFIER] = true};
    static const char *const of_person[] = {"public.pers*", "nothing"};
    fixture f = set_up();
    ss_inspect i = inspect_of(&f);
    const char *text;
    json_t *object, *tables, *columns;

    (void) state;
    i.classes = direct;
    text = render_this(&f, &i, 100);
    assert_has(text, "    person_id  direct-identifier");
    assert_null(strstr(text, "public.person,"));
    assert_null(strstr(text, "    at "));
    assert_has(text, "Shown: 1 table, 1 column: 1 personal");
    object = ss_inspect_json(&i);
    tables = json_object_get(object, "tables");
    columns = json_object_get(json_array_get(tables, 0), "columns");
    assert_int_equal(json_array_size(tables), 1);
    assert_int_equal(json_array_size(columns), 1);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(columns, 0), "confidence")), "medium");
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(object, "classified"), "columns")), 5);
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(object, "shown"), "columns")), 1);
    json_decref(object);

    i.globs = of_person;
    i.nglobs = 2;
    assert_has(render_this(&f, &i, 100), "Nothing matches.");
    i.classes = NULL;
    text = render_this(&f, &i, 100);
    assert_has(text, "public.person,");
    assert_null(strstr(text, "public.orders,"));
    assert_has(text, "Shown: 1 table, 1 column: 0 personal");
    tear_down(&f);
}

static void
partitions_fold_into_their_root(void **state)
{
    fixture f = set_up();
    const size_t one = builder_table(&f.b, "public", "person_1"),
                 two = builder_table(&f.b, "public", "person_2");
    json_t *object;
    uint64_t rows, bytes;
    size_t partitions;

    (void) state;
    (void) builder_column(&f.b, one, "id", "int4", true);
    (void) builder_column(&f.b, two, "id", "int4", true);
    builder_partition(&f.b, one, f.person, "DEFAULT");
    builder_partition(&f.b, two, one, "DEFAULT");
    assert_true(ss_inspect_size(f.b.catalog, &f.b.tables[f.person], &rows, &bytes, &partitions));
    assert_int_equal(partitions, 2);
    assert_int_equal(rows, 1000); /* one is partitioned itself and holds none */
    f.b.tables[two].reltuples = -1;
    assert_false(ss_inspect_size(f.b.catalog, &f.b.tables[f.person], &rows, &bytes, &partitions));
    assert_has(render(&f, 80), "2 partitions");
    assert_null(strstr(render(&f, 80), "person_2"));
    object = json(&f);
    assert_int_equal(json_array_size(json_object_get(object, "tables")), 4);
    json_decref(object);
    tear_down(&f);
}

static void
what_to_reckon_with_is_said(void **state)
{
    fixture f = set_up();
    const ss_inspect_note *notes;
    size_t n;

    (void) state;
    f.b.tables[f.person].readable = false;
    f.b.tables[f.orders].row_security = true;
    f.b.tables[f.orders].rows_visible = false;
    f.b.catalog->nlarge_objects = 3;
    (void) builder_column(&f.b, f.orders, "odd", "some_type", false);
    notes = ss_inspect_notes(f.b.catalog, f.arena, &n);
    assert_int_equal(n, 5);
    assert_string_equal(notes[0].kind, "unreadable-table");
    assert_string_equal(notes[0].objects[0], "public.person");
    assert_string_equal(notes[1].kind, "hidden-rows");
    assert_string_equal(notes[2].kind, "unknown-type");
    assert_string_equal(notes[2].objects[0], "public.orders.odd");
    assert_string_equal(notes[3].kind, "large-object");
    assert_int_equal(notes[3].count, 3);
    assert_null(notes[3].objects);
    assert_string_equal(notes[4].kind, "row-security");
    assert_has(render(&f, 80), "To reckon with");
    assert_has(render(&f, 80), "unreadable");
    tear_down(&f);
}

static void
only_the_edge_that_closes_a_cycle_is_noted(void **state)
{
    fixture f = set_up();
    const ss_inspect_note *notes;
    size_t n;

    (void) state;
    (void) builder_column(&f.b, f.person, "last_order", "int8", false);
    (void) builder_foreign_key(&f.b, f.person, "last_order", f.orders, "id");
    (void) builder_foreign_key(&f.b, f.person, "id", f.person, "id"); /* to itself: none */
    notes = ss_inspect_notes(f.b.catalog, f.arena, &n);
    assert_int_equal(n, 1);
    assert_string_equal(notes[0].kind, "foreign-key-cycle");
    assert_int_equal(notes[0].count, 1);
    tear_down(&f);
}

static void
hostile_names_are_escaped_and_fit(void **state)
{
    static const char *const names[] = {
        "two\nlines",
        "\x1b[31mred\x1b[0m",
        "tab\there",
        "a\xe2\x80\xae"
        "b",
        "quo\"te",
        "dot.ted",
        "äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüx",
        "日本語日本語日本語日本語日本語日本語日本語",
        "a_name_without_any_blank_that_is_exactly_as_long_as_names_can_be"};
    fixture f = set_up();

    (void) state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    {
        const size_t t = builder_table(&f.b, names[i], names[i]);

        f.b.tables[t].comment = names[i];
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        {
            ss_column *column = builder_column(&f.b, t, names[k], names[i], k % 2 == 0);

            column->default_expr = names[i];
            column->collation = names[k];
        }
        (void) builder_key(&f.b, t, names[i], "dot.ted quo\"te", true);
        (void) builder_check(&f.b, t, names[i], names[i]);
        (void) builder_foreign_key(&f.b, t, "dot.ted quo\"te", t, "dot.ted quo\"te");
    }
    for (size_t width = 40; width <= 160; width += 13)
    {
        const char *text = render(&f, width);

        assert_fits(text, width);
        for (const char *at = text; *at != '\0'; at++)
            assert_true(*at == '\n' || (unsigned char) *at >= 0x20);
        assert_null(strstr(text, "\xe2\x80\xae"));
    }
    assert_has(render(&f, 100), "two\\x0alines");
    json_decref(json(&f));
    tear_down(&f);
}

/* In a database of encoding SQL_ASCII a name can be any bytes. */
static void
names_that_are_no_utf8_do_not_vanish_from_the_json(void **state)
{
    fixture f = set_up();
    json_t *object, *table;

    (void) state;
    (void) builder_table(&f.b, "public", "caf\xe9");
    object = json(&f);
    table = json_array_get(json_object_get(object, "tables"), 2);
    assert_string_equal(json_string_value(json_object_get(table, "name")), "caf\\xe9");
    json_decref(object);
    tear_down(&f);
}

static void
an_empty_database_is_no_trouble(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    fixture f = {.arena = arena, .b = builder_new(arena)};
    json_t *object;

    (void) state;
    assert_has(render(&f, 0), "0 in 0 schemas");
    object = json(&f);
    assert_int_equal(json_array_size(json_object_get(object, "tables")), 0);
    json_decref(object);
    tear_down(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_tells_keys_types_and_references),
        cmocka_unit_test(a_class_and_a_pattern_say_what_is_shown),
        cmocka_unit_test(partitions_fold_into_their_root),
        cmocka_unit_test(what_to_reckon_with_is_said),
        cmocka_unit_test(only_the_edge_that_closes_a_cycle_is_noted),
        cmocka_unit_test(hostile_names_are_escaped_and_fit),
        cmocka_unit_test(names_that_are_no_utf8_do_not_vanish_from_the_json),
        cmocka_unit_test(an_empty_database_is_no_trouble),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
