/* What sampled values tell: rates of forms, in columns and in documents; what other tools mistake. */
#include "classify/values.h"

#include <inttypes.h>
#include <stdio.h>

#include "unit/check.h"

static const char *
kind_of(const ss_values *v, char letter)
{
    double share;
    const ss_recogniser *r = ss_values_prove(v, letter, &share);

    return r == NULL ? "" : r->kind;
}

/* What n values prove; make writes value i. */
static const char *
proven(size_t n, char letter, void (*make)(size_t i, char *out, size_t size))
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_look *look = ss_look_new(arena, letter, SS_DOCUMENT_JSON, 2026);
    static ss_values v;
    char text[200];

    for (size_t i = 0; i < n; i++)
    {
        make(i, text, sizeof text);
        ss_look_at(look, text, strlen(text));
    }
    v = ss_look_finish(look, arena);
    ss_arena_free(arena);
    return kind_of(&v, letter);
}

static void
nhs(size_t i, char *out, size_t size)
{
    char digits[11];
    unsigned sum = 0, check;

    /* Nine digits and the one that fits; where that would be 10 the next number is taken. */
    for (size_t k = i * 7;; k += 100000)
    {
        (void) snprintf(digits, sizeof digits, "%09zu", 400000000 + k);
        sum = 0;
        for (unsigned p = 0; p < 9; p++)
            sum += (10 - p) * (unsigned) (digits[p] - '0');
        check = 11 - sum % 11;
        if (check != 10)
            break;
    }
    (void) snprintf(out, size, "%s%u", digits, check == 11 ? 0 : check);
}

static void
serial(size_t i, char *out, size_t size)
{
    (void) snprintf(out, size, "%zu", 4000000000 + i);
}

static void
epoch_milliseconds(size_t i, char *out, size_t size)
{
    (void) snprintf(out, size, "%zu", 1700000000000 + i * 977);
}

static void
version(size_t i, char *out, size_t size)
{
    (void) snprintf(out, size, "%zu.%zu.%zu.%zu", 1 + i % 4, i % 20, i % 7, i);
}

static void
address(size_t i, char *out, size_t size)
{
    (void) snprintf(out, size, "203.0.%zu.%zu", 113 + i % 40, 1 + i);
}

static void
hex(size_t i, char *out, size_t size)
{
    (void) snprintf(out, size, "%016zx%016zx", i * UINT64_C(0x9E3779B97F4A7C15),
                    i * UINT64_C(0xC2B2AE3D27D4EB4F));
}

static void
digits_of_hash(size_t i, char *out, size_t size)
{
    (void) snprintf(out, size, "%016" PRIu64,
                    (i * UINT64_C(0x9E3779B97F4A7C15)) % UINT64_C(10000000000000000));
}

static void
mail(size_t i, char *out, size_t size)
{
    (void) snprintf(out, size, "someone%zu@corp.test", i);
}

static void
day_and_time(size_t i, char *out, size_t size)
{
    (void) snprintf(out, size, "%02zu/%02zu/2024 %02zu", 1 + i % 28, 1 + i % 12, i % 24);
}

static void
padded(size_t i, char *out, size_t size)
{
    (void) snprintf(out, size, "%012zu", 77000 + i);
}

static void
decimal(size_t i, char *out, size_t size)
{
    (void) snprintf(out, size, "0.%09zu", i * 7919);
}

static void
numbers_with_check_digits_tell_by_many(void **state)
{
    (void) state;
    assert_string_equal(proven(60, 't', nhs), "nhs-number");
    assert_string_equal(proven(60, 'i', nhs), "nhs-number");
    assert_string_equal(proven(49, 't', nhs), ""); /* fewer than 50 prove nothing */
    assert_string_equal(proven(25, 't', mail), "email");
    assert_string_equal(proven(25, 't', address), "ip-address");
}

/* Reference: privacy, 7.1; presidio's issues 944, 1063, 1173, and ids that pass modulus 11. */
static void
what_others_mistake_is_none(void **state)
{
    (void) state;
    assert_string_equal(proven(400, 't', serial), "");
    assert_string_equal(proven(400, 'i', serial), "");
    assert_string_equal(proven(400, 'i', epoch_milliseconds), "");
    assert_string_equal(proven(400, 't', epoch_milliseconds), "");
    assert_string_equal(proven(90, 't', version), "");
    assert_string_equal(proven(400, 't', hex), "");
    assert_string_equal(proven(400, 't', digits_of_hash), "");
    assert_string_equal(proven(400, 't', day_and_time), "");
    assert_string_equal(proven(400, 't', padded), "");
    assert_string_equal(proven(400, 't', decimal), "");
}

static void
one_value_said_often_is_one(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_look *look = ss_look_new(arena, 't', SS_DOCUMENT_JSON, 2026);
    ss_values v;

    (void) state;
    for (size_t i = 0; i < 1000; i++)
        ss_look_at(look, "9434765919", 10);
    ss_look_at(look, "write to boss@corp.invalid.org", 30);
    ss_look_at(look, "boss@corp.invalid.org", 21);
    v = ss_look_finish(look, arena);
    assert_int_equal(v.n, 1002);
    assert_int_equal(v.distinct, 3);
    assert_string_equal(kind_of(&v, 't'), "");
    assert_string_equal(ss_values_hold(&v, NULL, arena), "2 of 3 texts hold identifiers: email 2");
    ss_arena_free(arena);
}

static void
dates_spread_as_births_do(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_look *births = ss_look_new(arena, 'd', SS_DOCUMENT_JSON, 2026);
    ss_look *orders = ss_look_new(arena, 'm', SS_DOCUMENT_JSON, 2026);
    ss_values b, o;

    (void) state;
    for (unsigned i = 0; i < 60; i++)
    {
        char text[32];

        (void) snprintf(text, sizeof text, "%u-03-%02u", 1940 + i, 1 + i % 28);
        ss_look_at(births, text, strlen(text));
        (void) snprintf(text, sizeof text, "2025-03-%02u 10:00:%02u", 1 + i % 28, i);
        ss_look_at(orders, text, strlen(text));
    }
    b = ss_look_finish(births, arena);
    o = ss_look_finish(orders, arena);
    assert_int_equal(b.births, 60);
    assert_true(b.decades >= 6);
    assert_int_equal(o.births, 0);
    ss_arena_free(arena);
}

/* --- documents ---------------------------------------------------------------------------------- */

static const ss_path_values *
path_of(const ss_values *v, const char *path)
{
    for (size_t i = 0; i < v->npaths; i++)
    {
        if (strcmp(v->paths[i].path, path) == 0)
            return &v->paths[i];
    }
    return NULL;
}

static void
documents_are_told_by_path(void **state)
{
    static const struct
    {
        ss_document document;
        const char *before, *after; /* a number */
        const char *path;
    } forms[] = {{SS_DOCUMENT_JSON, "{\"who\": {\"age\": 7, \"mail\": \"a",
                  "@corp.test\"}, \"tags\": [\"x\", \"y\"], \"ok\": true, \"none\": null}",
                  "$.who.mail"},
                 {SS_DOCUMENT_XML, "<?xml version=\"1.0\"?><who><mail>a",
                  "@corp.test</mail><age>7</age></who><tags a='x'>y &amp; z</tags>", "$.who.mail"},
                 {SS_DOCUMENT_HSTORE, "\"who\"=>\"a",
                  "@corp.test\", \"age\"=>\"7\", \"q\\\"uoted\"=>NULL", "$.who"}};

    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++)
    {
        ss_look *look = ss_look_new(arena, 'j', forms[f].document, 2026);
        const ss_path_values *p;
        ss_values v;

        for (size_t i = 0; i < 30; i++)
        {
            const char *text = ss_strf(arena, "%s%zu%s", forms[f].before, i, forms[f].after);

            ss_look_at(look, text, strlen(text));
        }
        v = ss_look_finish(look, arena);
        p = path_of(&v, forms[f].path);
        assert_non_null(p);
        assert_string_equal(kind_of(&p->values, 't'), "email");
        assert_int_equal(v.keys_are_data, forms[f].document == SS_DOCUMENT_HSTORE); /* q"uoted */
    }
    ss_arena_free(arena);
}

static void
keys_may_be_data(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_look *look = ss_look_new(arena, 'j', SS_DOCUMENT_JSON, 2026);
    ss_values v;

    (void) state;
    for (size_t i = 0; i < 40; i++)
    {
        char text[200];

        (void) snprintf(text, sizeof text,
                        "{\"a%zu@corp.test\": 1, \"byday\": {\"2026-01-%02zu\": 3}, \"n%zu\": 1}",
                        i, 1 + i % 28, i);
        ss_look_at(look, text, strlen(text));
    }
    v = ss_look_finish(look, arena);
    assert_true(v.keys_are_data);
    assert_non_null(path_of(&v, "$.keyvalue().key"));
    assert_string_equal(kind_of(&path_of(&v, "$.keyvalue().key")->values, 't'), "email");
    /* Keys of fewer than three rows are named nowhere. */
    assert_null(path_of(&v, "$.n7"));
    assert_non_null(path_of(&v, "$.**"));
    ss_arena_free(arena);
}

static void
what_is_not_well_formed_is_anybodys_guess(void **state)
{
    static const char *const texts[] = {"",
                                        "{",
                                        "{\"a\": }",
                                        "\"a\"=>",
                                        "<a>",
                                        "<a></b>",
                                        "<!DOCTYPE x [<!ENTITY e 'x'>]><a>&e;</a>",
                                        "nul"};
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    {
        ss_look *look = ss_look_new(arena, 'j', SS_DOCUMENT_JSON, 2026);
        ss_look *xml = ss_look_new(arena, 'j', SS_DOCUMENT_XML, 2026);

        ss_look_at(look, texts[i], strlen(texts[i]));
        assert_true(ss_look_finish(look, arena).keys_are_data);
        ss_look_at(xml, texts[i], strlen(texts[i]));
        (void) ss_look_finish(xml, arena);
    }
    ss_arena_free(arena);
}

/* A document of 200 levels is one that nobody has looked into. */
static void
deep_documents_end(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_look *look = ss_look_new(arena, 'j', SS_DOCUMENT_JSON, 2026);
    char text[402];

    (void) state;
    memset(text, '[', 200);
    memset(text + 200, ']', 200);
    ss_look_at(look, text, 400);
    assert_true(ss_look_finish(look, arena).keys_are_data);
    ss_arena_free(arena);
}

static void
look_at(ss_look *look, const char *text)
{
    ss_look_at(look, text, strlen(text));
}

/* What stands in fewer than three rows is named nowhere, however often it stands there, and tells what it is all the same. */
static void
keys_of_few_rows_have_no_names(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_look *look = ss_look_new(arena, 'j', SS_DOCUMENT_JSON, 2026);
    ss_values v;
    bool surname = false;

    (void) state;
    for (size_t i = 0; i < 20; i++)
        look_at(look, "{\"theme\": \"dark\"}");
    look_at(look, "{\"of\": [{\"kim\": 1}, {\"kim\": 2}, {\"kim\": 3}], \"lee\": [1, 2, 3], "
                  "\"lim\": {\"1\": 1, \"2\": 2, \"3\": 3}}");
    look_at(look, "{\"theme\": \"dark\", \"surname\": \"x\", \"is_dead\": true}");
    v = ss_look_finish(look, arena);
    assert_int_equal(v.npaths, 2);
    assert_string_equal(v.paths[0].path, "$.theme");
    assert_string_equal(v.paths[1].path, "$.**");
    for (size_t i = 0; i < v.nrare; i++)
        surname = surname || strcmp(v.rare[i].name.list[0], "surname") == 0;
    assert_true(surname);
    ss_arena_free(arena);
}

static void
keys_may_be_people(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_look *look = ss_look_new(arena, 'j', SS_DOCUMENT_JSON, 2026);
    ss_values v;

    (void) state;
    for (size_t i = 0; i < 10; i++)
        look_at(look, "{\"by\": {\"anna\": 1, \"peter\": 2, \"john_smith\": 3, \"total\": 6}, "
                      "\"mark\": 1, \"version\": 2}");
    v = ss_look_finish(look, arena);
    assert_true(v.keys_are_data);
    assert_null(path_of(&v, "$.by.anna"));
    assert_null(path_of(&v, "$.by.john_smith"));
    assert_non_null(path_of(&v, "$.by.total"));
    assert_non_null(path_of(&v, "$.version"));
    ss_arena_free(arena);
}

/* A key that stands twice, comments and instructions. */
static void
nothing_in_documents_is_passed_over(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_look *json = ss_look_new(arena, 'j', SS_DOCUMENT_JSON, 2026);
    ss_look *xml = ss_look_new(arena, 'j', SS_DOCUMENT_XML, 2026);
    ss_values v;

    (void) state;
    look_at(json, "{\"a\": \"kim@corp.org\", \"a\": \"x\"}");
    assert_true(ss_look_finish(json, arena).keys_are_data);
    for (size_t i = 0; i < 3; i++)
    {
        look_at(xml, "<a><!-- kim@corp.org --></a>");
        look_at(xml, "<b><?ask lee@corp.org?></b>");
    }
    v = ss_look_finish(xml, arena);
    assert_int_equal(path_of(&v, "$.a")->values.hits[SS_TEXT_EMAIL], 1);
    assert_int_equal(path_of(&v, "$.b")->values.hits[SS_TEXT_EMAIL], 1);
    ss_arena_free(arena);
}

static void
flags_may_be_numbers_elsewhere(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_look *look = ss_look_new(arena, 'j', SS_DOCUMENT_JSON, 2026);
    ss_values v;

    (void) state;
    look_at(look, "{\"v\": false}");
    for (size_t i = 0; i < 60; i++)
    {
        char number[40], text[60];

        nhs(i, number, sizeof number);
        (void) snprintf(text, sizeof text, "{\"v\": %s}", number);
        look_at(look, text);
    }
    v = ss_look_finish(look, arena);
    assert_int_equal(v.paths[0].letter, 'n');
    assert_string_equal(kind_of(&v.paths[0].values, 'n'), "nhs-number");
    ss_arena_free(arena);
}

/* Lists and objects within one another have more shapes than anybody counts. */
static void
documents_of_any_shape_end(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_look *look = ss_look_new(arena, 'j', SS_DOCUMENT_JSON, 2026);
    ss_buf text = {0};
    unsigned bits = 1;
    ss_values v;

    (void) state;
    for (size_t row = 0; row < 40; row++)
    {
        ss_buf_clear(&text);
        ss_buf_puts(&text, "[");
        for (size_t i = 0; i < 400; i++)
        {
            char ends[32] = "";
            size_t depth = 0;

            ss_buf_puts(&text, i == 0 ? "" : ", ");
            for (; depth < 20; depth++)
            {
                bits = bits * 1103515245U + 12345U;
                ends[depth] = bits >> 16 & 1 ? ']' : '}';
                ss_buf_puts(&text, ends[depth] == ']' ? "[" : "{\"1\": ");
            }
            ss_buf_puts(&text, "\"kim@corp.org\"");
            while (depth > 0)
                ss_buf_putc(&text, ends[--depth]);
        }
        ss_buf_puts(&text, "]");
        look_at(look, ss_buf_text(&text));
    }
    v = ss_look_finish(look, arena);
    assert_true(v.keys_are_data);
    assert_true(v.npaths <= 2000);
    assert_true(path_of(&v, "$.**")->values.hits[SS_TEXT_EMAIL] > 0);
    ss_buf_done(&text);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_with_check_digits_tell_by_many),
        cmocka_unit_test(what_others_mistake_is_none),
        cmocka_unit_test(one_value_said_often_is_one),
        cmocka_unit_test(dates_spread_as_births_do),
        cmocka_unit_test(documents_are_told_by_path),
        cmocka_unit_test(keys_may_be_data),
        cmocka_unit_test(what_is_not_well_formed_is_anybodys_guess),
        cmocka_unit_test(deep_documents_end),
        cmocka_unit_test(keys_of_few_rows_have_no_names),
        cmocka_unit_test(keys_may_be_people),
        cmocka_unit_test(nothing_in_documents_is_passed_over),
        cmocka_unit_test(flags_may_be_numbers_elsewhere),
        cmocka_unit_test(documents_of_any_shape_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
