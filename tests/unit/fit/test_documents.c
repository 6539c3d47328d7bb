/* What documents hold: of ones that were made, what is known of them is told, and what fewer than k people have is not. */
#include "unit/check.h"

#include "model/document.h"
#include "support/habits_fixture.h"

static const ss_node *
node(const fixture *f, const char *path, ss_node_type type)
{
    for (size_t i = 0;
         f->habits != NULL && f->habits->document != NULL && i < f->habits->document->n; i++)
    {
        const ss_node *n = &f->habits->document->nodes[i];

        if (strcmp(n->path, path) == 0 && n->type == type)
            return n;
    }
    return NULL;
}

static uint64_t
in_cells(const ss_cells *cells, const char *value, int64_t number)
{
    for (size_t i = 0; i < cells->n; i++)
    {
        const ss_cell *c = &cells->cells[i];

        if (c->text != NULL ? value != NULL && strcmp(c->text, value) == 0 : c->number == number)
            return c->count;
    }
    return 0;
}

/* How often a number, or a boolean, and a text is told of what stands there. */
static uint64_t
number_at(const fixture *f, const char *path, int64_t v)
{
    const ss_node *n = node(f, path, SS_NODE_NUMBER);

    n = n == NULL ? node(f, path, SS_NODE_BOOLEAN) : n;
    return n == NULL ? 0 : in_cells(&n->marginal->values, NULL, v);
}

static uint64_t
text_at(const fixture *f, const char *path, const char *v)
{
    const ss_node *n = node(f, path, SS_NODE_STRING);

    return n == NULL ? 0 : in_cells(&n->marginal->values, v, 0);
}

static uint64_t
size_at(const fixture *f, const char *path, int64_t elements)
{
    return in_cells(&node(f, path, SS_NODE_ARRAY)->sizes.cells, NULL, elements);
}

/* A thousand that can be read, which are told as two thousand, and a thousand that cannot. */
static void
learn_halves(fixture *f, const char *const *sound, size_t nsound, const char *const *broken,
             size_t nbroken)
{
    for (unsigned i = 0; i < 2000; i++)
        text(f, i % 2 == 0 ? sound[i / 2 % nsound] : broken[i / 2 % nbroken], 0);
    learn(f);
    assert_int_equal(told(f, SS_HABIT_UNREAD, 1), 1000);
}

#define LEARN_HALVES(f, sound, broken)                                                             \
    learn_halves(f, sound, sizeof(sound) / sizeof((sound)[0]), broken,                             \
                 sizeof(broken) / sizeof((broken)[0]))

/* A column of a type made of another one: an array, a range, ...; returns the type it is made of. */
static size_t
begin_made_of(fixture *f, const char *name, ss_type_kind kind, const char *base, ss_type_kind of)
{
    size_t type;

    begin(f, name, SS_FORM_TEXT, -1);
    type = builder_type(&f->b, base, of);
    f->column.catalog = builder_done(&f->b);
    f->b.types[f->column.column->type].kind = kind;
    f->b.types[f->column.column->type].base = type;
    return type;
}

static void
values_are_told_place_by_place(void **state)
{
    fixture f;
    char json[300];
    const ss_node *n;

    (void) state;
    begin(&f, "jsonb", SS_FORM_TEXT, -1);
    for (unsigned i = 0; i < 4000; i++)
    {
        (void) snprintf(
            json, sizeof json,
            "{\"size\": \"%s\", \"price\": %u.%02u, \"big\": %llu, \"on\": %s, \"list\": "
            "[%s], \"deep\": {\"er\": {\"still\": {\"no\": 1}}}%s}",
            i % 4 == 0 ? "small" : "large", i % 50, i % 100, 1700000000000ULL + i * 1000,
            i % 5 == 0 ? "true" : "false", i % 2 == 0 ? "" : "\"x\", \"y\", 3",
            i % 10 == 0 ? ", \"none\": null" : "");
        text(&f, json, 0);
    }
    learn(&f);
    n = node(&f, "$.size", SS_NODE_STRING);
    assert_in_range(in_cells(&n->marginal->values, "small", 0), 995, 1005);
    assert_in_range(in_cells(&n->marginal->values, "large", 0), 2995, 3005);
    n = node(&f, "$.price", SS_NODE_NUMBER);
    assert_int_equal(n->marginal->scale, 2);
    assert_in_range(in_cells(&n->marginal->values, NULL, 4949), 35, 45);
    n = node(&f, "$.big", SS_NODE_NUMBER);
    assert_int_equal(n->marginal->scale, 0);
    assert_true(n->marginal->npoints > 20 && n->marginal->points[0] > 1700000000000);
    assert_int_equal(n->marginal->habits->told[SS_HABIT_STEPS].cells.cells[0].number % 1000, 0);
    n = node(&f, "$.on", SS_NODE_BOOLEAN);
    assert_in_range(in_cells(&n->marginal->values, NULL, 1), 795, 805);
    n = node(&f, "$.list", SS_NODE_ARRAY);
    assert_in_range(in_cells(&n->sizes.cells, NULL, 0), 1995, 2005);
    assert_in_range(in_cells(&n->sizes.cells, NULL, 3), 1995, 2005);
    assert_in_range(node(&f, "$.list[*]", SS_NODE_STRING)->count, 3995, 4005);
    assert_in_range(node(&f, "$.list[*]", SS_NODE_NUMBER)->count, 1995, 2005);
    assert_in_range(node(&f, "$.none", SS_NODE_NULL)->count, 395, 405);
    assert_non_null(node(&f, "$.deep.er.still", SS_NODE_OBJECT));
    assert_null(node(&f, "$.deep.er.still.no", SS_NODE_NUMBER));
    n = node(&f, "$", SS_NODE_OBJECT);
    assert_int_equal(n->nkeys, 7);
    assert_int_equal(n->variants.cells.n, 2);
    assert_null(n->by);
    for (size_t i = 1; i < f.habits->document->n; i++)
        assert_true(
            ss_node_compare(&f.habits->document->nodes[i - 1], &f.habits->document->nodes[i]) < 0);
    done(&f);
}

/* One person has ten thousand documents, ten have each other's; nothing that only they have is told. */
static void
what_few_people_have_is_not_told(void **state)
{
    fixture f;
    char json[200];
    const ss_node *n;

    (void) state;
    begin(&f, "jsonb", SS_FORM_TEXT, -1);
    for (unsigned i = 0; i < 2000; i++)
        text(&f, i % 2 == 0 ? "{\"kind\": \"a\", \"n\": 1}" : "{\"kind\": \"b\", \"m\": [1]}", 0);
    for (unsigned i = 0; i < 10000; i++)
    {
        (void) snprintf(
            json, sizeof json,
            "{\"kind\": \"one\", \"n\": 7.125, \"key%u\": {\"x\": 1}, \"m\": [1, 2, 3]}", i);
        text(&f, json, 5);
    }
    for (unsigned i = 0; i < 100; i++)
        text(&f, "{\"kind\": \"ten\", \"n\": 8, \"m\": [9, 9, 9, 9], \"tenth\": true}",
             10 + i % (K - 1));
    learn(&f);
    n = node(&f, "$.kind", SS_NODE_STRING);
    assert_int_equal(n->marginal->values.n, 2);
    assert_int_equal(n->marginal->rest, 10100); /* eleven people's together */
    n = node(&f, "$.n", SS_NODE_NUMBER);
    assert_int_equal(n->marginal->scale, 0);
    assert_int_equal(n->marginal->values.n, 1);
    n = node(&f, "$.m", SS_NODE_ARRAY);
    assert_int_equal(n->sizes.cells.n, 1);
    assert_int_equal(in_cells(&node(&f, "$.m[*]", SS_NODE_NUMBER)->marginal->values, NULL, 9), 0);
    n = node(&f, "$", SS_NODE_OBJECT);
    assert_int_equal(n->nkeys, 3);
    assert_int_equal(n->variants.cells.n, 2);
    assert_string_equal(n->by, ".kind");
    assert_int_equal(n->decides.cells.n, 2);
    /* nor does one person say that keys are data */
    assert_null(node(&f, "$.*", SS_NODE_OBJECT));
    assert_null(node(&f, "$.tenth", SS_NODE_BOOLEAN));
    assert_int_equal(n->sizes.cells.n, 0);
    done(&f);
}

/* Values of one document are one person's, also where rows are all that is counted. */
static void
a_document_is_one_person(void **state)
{
    fixture f;

    (void) state;
    for (size_t npaths = 0; npaths < 2; npaths++)
    {
        begin(&f, "jsonb", SS_FORM_TEXT, -1);
        f.who.npaths = f.sample.npaths = npaths;
        for (unsigned i = 0; i < 1000; i++)
            text(&f, "{\"l\": [\"usual\"]}", 0);
        text(&f,
             "{\"l\": [\"rare\", \"rare\", \"rare\", \"rare\", \"rare\", \"rare\", \"rare\", "
             "\"rare\", "
             "\"rare\", \"rare\", \"rare\", \"rare\", \"rare\", \"rare\", 1, 1, 1, 1, 1, 1, 1, 1, "
             "1, "
             "1, 1, 1, 1]}",
             0);
        learn(&f);
        assert_int_equal(node(&f, "$.l[*]", SS_NODE_STRING)->marginal->values.n, 1);
        assert_string_equal(node(&f, "$.l[*]", SS_NODE_STRING)->marginal->values.cells[0].text,
                            "usual");
        assert_null(node(&f, "$.l[*]", SS_NODE_NUMBER));
        done(&f);
    }
}

static void
keys_that_are_data_are_pooled(void **state)
{
    fixture f;
    char json[300];
    const ss_node *n;

    (void) state;
    begin(&f, "jsonb", SS_FORM_TEXT, -1);
    for (unsigned i = 0; i < 3000; i++)
    {
        (void) snprintf(
            json, sizeof json,
            "{\"total\": 5, \"by_day\": {\"2024-%02u-%02u\": {\"n\": %u}}, \"by_user\": "
            "{\"u-%05u\": \"%s\", \"u-%05u\": \"on\"}}",
            1 + i % 12, 1 + i / 12 % 28, i % 3, i * 7, i % 3 == 0 ? "off" : "on", 50000 + i * 11);
        text(&f, json, 0);
    }
    learn(&f);
    assert_non_null(node(&f, "$.total", SS_NODE_NUMBER));
    /* that many have each of them makes them no names */
    n = node(&f, "$.by_day", SS_NODE_OBJECT);
    assert_int_equal(in_cells(&n->sizes.cells, NULL, 1), 3000);
    assert_int_equal(n->nkeys, 0);
    assert_int_equal(in_cells(&node(&f, "$.by_day.*.n", SS_NODE_NUMBER)->marginal->values, NULL, 2),
                     1000);
    n = node(&f, "$.by_user", SS_NODE_OBJECT);
    assert_int_equal(in_cells(&n->sizes.cells, NULL, 2), 3000);
    assert_int_equal(n->marginal->kind, SS_MARGINAL_SHAPE);
    assert_int_equal(in_cells(&n->marginal->lengths, NULL, 7), 6000);
    assert_string_equal(n->marginal->habits->told[SS_HABIT_TEMPLATES].cells.cells[0].text,
                        "u-99999");
    n = node(&f, "$.by_user.*", SS_NODE_STRING);
    assert_int_equal(in_cells(&n->marginal->values, "off", 0), 1000);
    assert_int_equal(in_cells(&n->marginal->values, "on", 0), 5000);
    done(&f);
}

/* Wide, deep, large, broken: what is there is told, and nothing else. */
static void
odd_documents_do_no_harm(void **state)
{
    static const char *const odd[] = {
        "",    "{",         "[1,",  "{\"a\": 1e999}",   "\"\\u0000\"", "\"\\ud800\"",
        "NaN", "{\"a\" 1}", "\xff", "{\"a\": \"\xff\"}"};
    static const char *const sound[] = {"[]",
                                        "{}",
                                        "null",
                                        "\"text\"",
                                        "1e300",
                                        "{\"a\": 1, \"a\": \"last\"}",
                                        "{\"\": 1, \" \\n\": 2, \"a.b\": 3, \"*\": 4}",
                                        "[[[[[[1]]]]]]"};
    fixture f;
    ss_buf wide = {0};

    (void) state;
    for (unsigned i = 0; i < 60; i++)
        ss_buf_printf(&wide, "%s\"k%u\": %u", i == 0 ? "{" : ", ", i, i);
    ss_buf_puts(&wide, "}");
    begin(&f, "json", SS_FORM_TEXT, -1);
    for (unsigned i = 0; i < 4000; i++)
        text(&f,
             i % 4 == 0   ? odd[i / 4 % 10]
             : i % 4 == 1 ? sound[i / 4 % 8]
                          : ss_buf_text(&wide),
             0);
    learn(&f);
    assert_int_equal(told(&f, SS_HABIT_UNREAD, 1), 1000);
    assert_in_range(node(&f, "$", SS_NODE_STRING)->count, 155, 170); /* of those that can be read */
    assert_null(node(&f, "$.a", SS_NODE_NUMBER));
    assert_non_null(node(&f, "$.a", SS_NODE_STRING));
    assert_non_null(node(&f, "$.\"\"", SS_NODE_NUMBER));
    assert_non_null(node(&f, "$.\"a.b\"", SS_NODE_NUMBER));
    assert_non_null(node(&f, "$.\"*\"", SS_NODE_NUMBER));
    assert_non_null(node(&f, "$[*][*][*]", SS_NODE_ARRAY));
    assert_null(node(&f, "$[*][*][*][*]", SS_NODE_ARRAY));
    assert_non_null(node(&f, "$.k59", SS_NODE_NUMBER));
    /* of so many keys none are told to go together */
    assert_null(node(&f, "$", SS_NODE_OBJECT)->keys);
    ss_buf_done(&wide);
    done(&f);
}

static const char *const broken_arrays[] = {"",    "{",   "{1",    "{1,{2}", "}",
                                            "{\"", "{\\", "[0:1]", "{{}",    "1"};

/* Fields are keys, elements are values of a list; what is no array or composite is none. */
static void
arrays_and_composites_are_documents(void **state)
{
    static const char *const composites[] = {"(7,\"a \"\"b\"\" \\\\ (c)\",t)", "(,,)",
                                             "(-3,NULL,f)", "(8,\"\",)"};
    static const char *const broken[] = {"",          "(",      "(1",       "1)",     "(1,2)",
                                         "(1,a,t,4)", "(1,\"a", "(1,a,t)x", "(1,a\\", "NULL"};
    static const char *const arrays[] = {"{}", "{1,NULL,3}", "[0:1]={4,5}", "{{6,7},{8,9}}"};
    static ss_type_field fields[3];
    fixture f;

    (void) state;
    begin(&f, "parcel", SS_FORM_TEXT, -1);
    fields[0] = (ss_type_field){"n", builder_type(&f.b, "int4", SS_TYPE_BASE), -1};
    fields[1] = (ss_type_field){"label", builder_type(&f.b, "text", SS_TYPE_BASE), -1};
    fields[2] = (ss_type_field){"on", builder_type(&f.b, "bool", SS_TYPE_BASE), -1};
    f.column.catalog = builder_done(&f.b);
    f.b.types[f.column.column->type].kind = SS_TYPE_COMPOSITE;
    f.b.types[f.column.column->type].fields = fields;
    f.b.types[f.column.column->type].nfields = 3;
    LEARN_HALVES(&f, composites, broken);
    assert_int_equal(node(&f, "$", SS_NODE_OBJECT)->count, 2000);
    assert_int_equal(node(&f, "$.n", SS_NODE_NUMBER)->marginal->values.n, 3);
    assert_int_equal(number_at(&f, "$.n", -3), 500);
    assert_int_equal(node(&f, "$.n", SS_NODE_NULL)->count, 500);
    assert_int_equal(text_at(&f, "$.label", "a \"b\" \\ (c)"), 500);
    assert_int_equal(text_at(&f, "$.label", "NULL"), 500);
    assert_int_equal(text_at(&f, "$.label", ""), 500);
    assert_int_equal(number_at(&f, "$.on", 1), 500);
    assert_int_equal(node(&f, "$.on", SS_NODE_NULL)->count, 1000);
    done(&f);
    (void) begin_made_of(&f, "_int4", SS_TYPE_ARRAY, "int4", SS_TYPE_BASE);
    LEARN_HALVES(&f, arrays, broken_arrays);
    assert_int_equal(size_at(&f, "$", 0), 500);
    assert_int_equal(size_at(&f, "$", 2), 1000);
    assert_int_equal(size_at(&f, "$", 3), 500);
    assert_int_equal(node(&f, "$[*]", SS_NODE_NULL)->count, 500);
    assert_int_equal(number_at(&f, "$[*]", 4), 500);
    assert_int_equal(size_at(&f, "$[*]", 2), 1000);
    assert_int_equal(number_at(&f, "$[*][*]", 9), 500);
    done(&f);
}

/* As what they are, wherever they stand; an infinite one, and what cannot be read, is a text. */
static void
times_and_uuids_are_typed(void **state)
{
    static const char *const times[] = {"{2024-01-01,NULL,infinity}", "{\"0044-03-15 BC\"}",
                                        "{{2024-01-08},{2024-01-09}}", "{soon}"};
    static const char *const moments[] = {"{\"2000-01-02 00:00:00.5\"}", "{-infinity}"};
    static const char *const uuids[] = {"{f81d4fae-7dec-41d0-a765-00a0c91e6bf6}",
                                        "{f81d4fae-7dec-71d0-a765-00a0c91e6bf6}", "{f81d4fae}",
                                        "{f81d4fae-7dec-x1d0-a765-00a0c91e6bf6}"};
    fixture f;

    (void) state;
    (void) begin_made_of(&f, "_date", SS_TYPE_ARRAY, "date", SS_TYPE_BASE);
    LEARN_HALVES(&f, times, broken_arrays);
    assert_int_equal(number_at(&f, "$[*]", 8766), 500);
    assert_int_equal(number_at(&f, "$[*]", -746117), 500);
    assert_int_equal(number_at(&f, "$[*][*]", 8773), 500);
    assert_int_equal(text_at(&f, "$[*]", "infinity"), 500);
    assert_int_equal(text_at(&f, "$[*]", "soon"), 500);
    done(&f);
    (void) begin_made_of(&f, "_timestamp", SS_TYPE_ARRAY, "timestamp", SS_TYPE_BASE);
    LEARN_HALVES(&f, moments, broken_arrays);
    assert_int_equal(number_at(&f, "$[*]", 86400), 1000); /* seconds */
    assert_string_equal(node(&f, "$[*]", SS_NODE_NUMBER)->time, "timestamp");
    assert_null(node(&f, "$[*]", SS_NODE_NUMBER)->marginal->habits); /* it is the only one */
    assert_int_equal(text_at(&f, "$[*]", "-infinity"), 1000);
    done(&f);
    (void) begin_made_of(&f, "_uuid", SS_TYPE_ARRAY, "uuid", SS_TYPE_BASE);
    LEARN_HALVES(&f, uuids, broken_arrays);
    assert_int_equal(number_at(&f, "$[*].version", 4), 500);
    assert_int_equal(number_at(&f, "$[*].version", 7), 500);
    assert_int_equal(node(&f, "$[*]", SS_NODE_STRING)->count, 1000);
    done(&f);
}

/* Where they begin, how long they are, how they are bounded; what is no range is none. */
static void
ranges_are_documents(void **state)
{
    static const char *const ranges[] = {"empty", "(,)", "[2024-01-01,2024-01-08)", "(,2023-12-31]",
                                         "[\"0044-03-15 BC\",infinity)"};
    static const char *const broken[] = {"",     "[",      "[2024-01-01",  "[2024-01-01,", "[,",
                                         "(,)x", "empty ", "2024-01-01,)", "[\"",          "[a\\"};
    static const char *const parts[] = {"{}", "{[1,3)}", "{(,3),[5,9)}",
                                        "{[1,9223372036854775807)}"};
    static const char *const odd[] = {"",    "{",         "{[1,3)", "{[1,3)}}",
                                      "{1}", "{[1,3),x}", "[1,3)",  "}"};
    fixture f;
    size_t type, base;

    (void) state;
    (void) begin_made_of(&f, "daterange", SS_TYPE_RANGE, "date", SS_TYPE_BASE);
    LEARN_HALVES(&f, ranges, broken);
    assert_int_equal(node(&f, "$", SS_NODE_OBJECT)->count, 2000);
    assert_int_equal(number_at(&f, "$.lower", 8766), 400);
    assert_int_equal(number_at(&f, "$.lower", -746117), 400);
    assert_int_equal(number_at(&f, "$.length", 7), 400);
    assert_int_equal(number_at(&f, "$.upper", 8765), 400);
    assert_int_equal(text_at(&f, "$.upper", "infinity"), 400);
    assert_int_equal(text_at(&f, "$.bounds", "empty"), 400);
    assert_int_equal(text_at(&f, "$.bounds", "(]"), 400);
    done(&f);
    type = begin_made_of(&f, "int8multirange", SS_TYPE_MULTIRANGE, "int8range", SS_TYPE_RANGE);
    base = builder_type(&f.b, "int8", SS_TYPE_BASE);
    f.column.catalog = builder_done(&f.b);
    f.b.types[type].base = base;
    LEARN_HALVES(&f, parts, odd);
    assert_int_equal(size_at(&f, "$", 0), 500);
    assert_int_equal(size_at(&f, "$", 1), 1000);
    assert_int_equal(size_at(&f, "$", 2), 500);
    assert_int_equal(number_at(&f, "$[*].length", 4), 500);
    assert_int_equal(number_at(&f, "$[*].lower", 1), 1000);
    assert_int_equal(number_at(&f, "$[*].upper", 3), 500);
    done(&f);
}

/* Elements are objects of attributes, elements and text, or that text alone; what is no content of XML is none. */
static void
xml_is_a_document(void **state)
{
    static const char *const sound[] = {
        "<?xml version=\"1.0\"?>\n<a id=\"7\"><b> x &amp; <![CDATA[<y>]]>\n</b><b/><n:c "
        "m=\"2\">t<d/>u<!-- not this --></n:c></a>",
        "<a id=\"8\"><b>x</b><e><f><g><h>deep</h></g></f></e></a>", "only text", "<a/><z/><z/>"};
    static const char *const broken[] = {
        "<a>",
        "</r><r>",
        "<a></b>",
        "<a b=\"1\" b=\"2\"/>",
        "&undeclared;",
        "<a>\xff</a>",
        "<a>&#0;</a>",
        "<!DOCTYPE a [<!ENTITY e \"text\">]><a>&e;</a>",
        "<?xml version=\"1.0\"?><!DOCTYPE a SYSTEM \"file:///etc/hostname\"><a/>",
        "</r>"};
    ss_buf deep = {0};
    const char *one;
    fixture f;

    (void) state;
    begin(&f, "xml", SS_FORM_TEXT, -1);
    LEARN_HALVES(&f, sound, broken);
    assert_int_equal(node(&f, "$", SS_NODE_OBJECT)->count, 1500);
    assert_int_equal(text_at(&f, "$", "only text"), 500);
    assert_int_equal(text_at(&f, "$.a.\"@id\"", "7"), 500);
    assert_int_equal(text_at(&f, "$.a", ""), 500);
    assert_int_equal(size_at(&f, "$.a.b", 2), 500);
    assert_int_equal(text_at(&f, "$.a.b[*]", "x & <y>"), 500);
    assert_int_equal(text_at(&f, "$.a.b[*]", ""), 500);
    assert_int_equal(text_at(&f, "$.a.b", "x"), 500);
    assert_int_equal(text_at(&f, "$.a.\"n:c\".\"@m\"", "2"), 500);
    assert_int_equal(text_at(&f, "$.a.\"n:c\".\"#text\"", "tu"), 500);
    assert_non_null(node(&f, "$.a.e.f.g", SS_NODE_OBJECT));
    assert_null(node(&f, "$.a.e.f.g.h", SS_NODE_STRING));
    assert_int_equal(size_at(&f, "$.z", 2), 500);
    done(&f);

    /* deeper than anybody looks, and than anybody reads */
    begin(&f, "xml", SS_FORM_TEXT, -1);
    for (unsigned depth = 127; depth <= 130; depth++)
    {
        ss_buf_clear(&deep);
        for (unsigned i = 0; i < depth; i++)
            ss_buf_puts(&deep, i + 1 == depth ? "<a/>" : "<a>");
        for (unsigned i = 1; i < depth; i++)
            ss_buf_puts(&deep, "</a>");
        one = ss_buf_text(&deep);
        for (unsigned i = 0; i < 100; i++)
            text(&f, one, 0);
    }
    learn(&f);
    assert_int_equal(told(&f, SS_HABIT_UNREAD, 1), 200);
    assert_int_equal(node(&f, "$.a.a.a.a", SS_NODE_OBJECT)->count, 400);
    ss_buf_done(&deep);
    done(&f);
}

/* A thousand of a type, which are told as two thousand, of which some cannot be read. */
static void
begin_geometric(fixture *f, const char *type, const char *const *texts, size_t n, uint64_t unread)
{
    begin(f, type, SS_FORM_TEXT, -1);
    for (unsigned i = 0; i < 1000; i++)
        text(f, texts[i % n], 0);
    learn(f);
    assert_int_equal(told(f, SS_HABIT_UNREAD, 1), unread);
}

/* Where they lie and how far they reach; what is not finite is a text, and nothing follows from it. */
static void
geometric_values_are_documents(void **state)
{
    static const char *const points[] = {
        "(1.5,-2)", "(NaN,3)", "(1e+300,-Infinity)", "(1,2", "(1,2)x", "(,)", "(1,2,3)", "1,2",
        "(1x,2)",   ""};
    static const char *const segments[] = {"[(1,2),(4,0.5)]", "[(1,2),(Infinity,3)]", "[(1,2)]",
                                           "((1,2),(3,4))"};
    static const char *const boxes[] = {"(4,3),(1,2.5)", "(Infinity,3),(1,2)", "(4,3)",
                                        "(4,3),(1,2),"};
    static const char *const paths[] = {"((0,0),(2,1),(1,5))",
                                        "[(7,7)]",
                                        "[(0,0),(NaN,1)]",
                                        "((0,0)]",
                                        "()",
                                        "[(0,0),]",
                                        "((0,0),(1,1)",
                                        "((0,0)(1,1))",
                                        "[",
                                        ""};
    static const char *const polygons[] = {"((0,0),(2,1),(1,5))", "[(0,0),(2,1)]"};
    static const char *const circles[] = {"<(1,2),3.25>", "<(1,2),NaN>", "<(1,2)>", "<(1,2),3"};
    static const char *const lines[] = {"{1,-1,0}", "{1,-1}"};
    fixture f;

    (void) state;
    begin_geometric(&f, "point", points, 10, 700);
    assert_int_equal(number_at(&f, "$.x", 15),
                     665); /* what is too large is told as the others are */
    assert_in_range(text_at(&f, "$.x", "NaN"), 330, 335);
    assert_int_equal(number_at(&f, "$.y", -2) + number_at(&f, "$.y", 3), 665);
    assert_in_range(text_at(&f, "$.y", "-Infinity"), 330, 335);
    done(&f);
    begin_geometric(&f, "lseg", segments, 4, 500);
    assert_int_equal(number_at(&f, "$.dx", 3), 500);
    assert_int_equal(number_at(&f, "$.dy", -15), 500);
    assert_int_equal(number_at(&f, "$.dy", 10), 500);
    done(&f);
    begin_geometric(&f, "box", boxes, 4, 500);
    assert_int_equal(number_at(&f, "$.x", 1), 500);
    assert_int_equal(number_at(&f, "$.y", 25), 500);
    assert_int_equal(number_at(&f, "$.width", 3), 500);
    assert_int_equal(number_at(&f, "$.height", 5), 500);
    done(&f);
    begin_geometric(&f, "path", paths, 10, 700);
    assert_in_range(number_at(&f, "$.points", 3), 330, 335);
    assert_in_range(number_at(&f, "$.points", 1), 330, 335);
    assert_in_range(number_at(&f, "$.closed", 1), 330, 335);
    assert_in_range(number_at(&f, "$.width", 2), 330, 335);
    assert_in_range(number_at(&f, "$.height", 5), 330, 335);
    assert_in_range(number_at(&f, "$.height", 0), 330, 335);
    done(&f);
    begin_geometric(&f, "polygon", polygons, 2, 500);
    assert_int_equal(number_at(&f, "$.points", 3), 1000);
    done(&f);
    begin_geometric(&f, "circle", circles, 4, 500);
    assert_int_equal(number_at(&f, "$.radius", 325), 500);
    assert_int_equal(text_at(&f, "$.radius", "NaN"), 500);
    done(&f);
    begin_geometric(&f, "line", lines, 2, 500);
    assert_int_equal(number_at(&f, "$.b", -1), 1000);
    done(&f);
}

/* What has nothing to do with the keys decides nothing. */
static void
chance_decides_nothing(void **state)
{
    fixture f;
    char json[200];

    (void) state;
    begin(&f, "jsonb", SS_FORM_TEXT, -1);
    for (uint64_t i = 0; i < 3000; i++)
    {
        (void) snprintf(json, sizeof json, "{\"kind\": \"k%u\"%s%s%s}", (unsigned) (noise(i) % 40),
                        noise(i + 10000) % 2 == 0 ? ", \"a\": 1" : "",
                        noise(i + 20000) % 2 == 0 ? ", \"b\": 1" : "",
                        noise(i + 30000) % 2 == 0 ? ", \"c\": 1" : "");
        text(&f, json, 0);
    }
    learn(&f);
    assert_int_equal(node(&f, "$", SS_NODE_OBJECT)->variants.cells.n, 8);
    assert_null(node(&f, "$", SS_NODE_OBJECT)->by);
    done(&f);
}

/* Of a column's texts a sample holds the first two hundred bytes; those of documents are as long as documents may be. */
static void
long_texts_do_no_harm(void **state)
{
    fixture f;
    char json[3800], *end;
    const ss_node *n;

    (void) state;
    begin(&f, "jsonb", SS_FORM_TEXT, -1);
    for (unsigned i = 0; i < 1000; i++)
    {
        end = json + snprintf(json, sizeof json, "{\"a\": \"%u b ", i);
        memset(end, i % 2 == 0 ? 'x' : 'y', 3 * i + 300);
        (void) snprintf(end + 3 * i + 300, 20, " c\"}");
        text(&f, json, 0);
    }
    learn(&f);
    n = node(&f, "$.a", SS_NODE_STRING);
    assert_true(n->marginal->kind == SS_MARGINAL_SHAPE && n->marginal->lengths.n > 10);
    /* The last word lies behind what is looked at. */
    assert_in_range(in_cells(&n->marginal->habits->told[SS_HABIT_WORDS].cells, NULL, 3), 995, 1005);
    assert_in_range(in_cells(&n->marginal->habits->told[SS_HABIT_CHARACTERS].cells, NULL, 'y'), 495,
                    505);
    assert_int_equal(in_cells(&n->marginal->habits->told[SS_HABIT_CHARACTERS].cells, NULL, 'c'), 0);
    done(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_told_place_by_place),
        cmocka_unit_test(what_few_people_have_is_not_told),
        cmocka_unit_test(a_document_is_one_person),
        cmocka_unit_test(keys_that_are_data_are_pooled),
        cmocka_unit_test(long_texts_do_no_harm),
        cmocka_unit_test(odd_documents_do_no_harm),
        cmocka_unit_test(arrays_and_composites_are_documents),
        cmocka_unit_test(times_and_uuids_are_typed),
        cmocka_unit_test(ranges_are_documents),
        cmocka_unit_test(xml_is_a_document),
        cmocka_unit_test(geometric_values_are_documents),
        cmocka_unit_test(chance_decides_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
