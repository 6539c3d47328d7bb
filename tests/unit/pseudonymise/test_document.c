/* Documents changed path by path: what stays stays byte for byte, what does not keeps its type, and nothing passes unnamed. */
#include "unit/check.h"

#include "support/documents.h"

/* What comes of a document; "!" and the message: it is refused. */
static const char *
changed(const char *type, const char *paths, const char *document)
{
    static char made[20000];
    documents d = documents_open(type, paths);
    size_t n;
    const char *after = documents_change(&d, document, strlen(document), &n);

    if (after == NULL)
    {
        assert_int_equal(d.err.code, SS_EREFUSED);
        (void) snprintf(made, sizeof made, "!%s", d.err.line[0]);
    }
    else
    {
        assert_true(n < sizeof made);
        memcpy(made, after, n);
        made[n] = '\0';
    }
    documents_close(&d);
    return made;
}

#define KEEP_ALL "{$.**: {class: non-personal}, $.**.keyvalue().key: {class: non-personal}}"

static void
what_is_kept_stays_byte_for_byte(void **state)
{
    static const char *const documents_of[][2] = {
        {"json", " { \"a\" : [ 1.50e2 , \"\\u00e4\\n\", true , null ] , \"a\":{ } }\n"},
        {"json", "12345678901234567890.10"},
        {"json", "\"\\ud83d\\ude00 \\ud800 \\u0000\""},
        {"jsonb", "[]"},
        {"jsonb", "{\"ünï\": {\"\": [[[]], {\"x\": -0.5E-7}]}}"},
        {"hstore", "\"a\"=>\"x\\\"y\\\\\", \"b\"=>NULL, \"\"=>\"\""},
        {"hstore", ""},
        {"xml", "<a x=\"1 &amp; 2\"><b></b> t &lt; u\n</a>"},
        {"xml", "no element, ünï"},
        {"xml", ""},
    };

    (void) state;
    for (size_t i = 0; i < sizeof documents_of / sizeof documents_of[0]; i++)
        assert_string_equal(changed(documents_of[i][0], KEEP_ALL, documents_of[i][1]),
                            documents_of[i][1]);
    assert_string_equal(changed("text[]", "{\"$[*]\": {class: non-personal}}",
                                "[0:1][2:3]={{a,\"b \\\"c\\\\\"},{NULL,\"\"}}"),
                        "[0:1][2:3]={{a,\"b \\\"c\\\\\"},{NULL,\"\"}}");
    assert_string_equal(changed("text[]", "{\"$[*]\": {class: non-personal}}", "{}"), "{}");
    assert_string_equal(changed("pair", "{$.a: {class: non-personal}, $.b: {class: non-personal}}",
                                "(\"x, \"\"y\"\"\",)"),
                        "(\"x, \"\"y\"\"\",)");
}

static void
one_value_is_put_in_the_place_of_another(void **state)
{
    static const char constant[] = "{$.a: {class: secret, treatment: constant, value: 'x\"\\y'}, "
                                   "$.b: {class: non-personal}}";
    static const char nothing[] = "{$.a: {class: secret}, $.b: {class: non-personal}}";

    (void) state;
    assert_string_equal(changed("json", constant, "{\"b\": 1, \"a\" : \"p\" }"),
                        "{\"b\": 1, \"a\" : \"x\\\"\\\\y\" }");
    assert_string_equal(changed("json", constant, "{\"a\":null,\"a\":[{\"p\":1}],\"b\":2}"),
                        "{\"a\":\"x\\\"\\\\y\",\"a\":\"x\\\"\\\\y\",\"b\":2}");
    assert_string_equal(changed("hstore", constant, "\"a\"=>NULL, \"b\"=>\"c\""),
                        "\"a\"=>\"x\\\"\\\\y\", \"b\"=>\"c\"");
    assert_string_equal(changed("json", nothing, "{\"a\": {\"deep\": [1, {}]}, \"b\": [ ]}"),
                        "{\"a\": null, \"b\": [ ]}");
    assert_string_equal(changed("hstore", nothing, "\"a\"=>\"p\", \"b\"=>\"c\""),
                        "\"a\"=>NULL, \"b\"=>\"c\"");
    assert_string_equal(changed("xml", "{$.r.a: {class: secret}, $.r.b: {class: non-personal}}",
                                "<r><a x=\"p\">p<q/>p</a><b>k</b><!-- p --><?p p?></r>"),
                        "<r><a></a><b>k</b></r>");
    assert_string_equal(
        changed("pair", "{$.a: {class: secret}, $.b: {class: non-personal}}", "(\"p, q\",7)"),
        "(,7)");
    assert_string_equal(changed("text[]", "{\"$[*]\": {class: secret}}", "{p,\"q r\",NULL}"),
                        "{NULL,NULL,NULL}");
    assert_string_equal(changed("jsonb[]", "{'$[*].a': {class: secret}}",
                                "{\"{\\\"a\\\": \\\"p\\\"}\",\"[]\",NULL}"),
                        "{\"{\\\"a\\\": null}\",\"[]\",NULL}");
}

static void
types_stay(void **state)
{
    static const char shape[] =
        "{$.**: {class: free-text}, $.**.keyvalue().key: {class: non-personal}}";
    static const char by_ten[] = "{$.n: {class: quasi-identifier, treatment: generalise, to: 10}}";
    const char *made;

    (void) state;
    made =
        changed("json", shape, "{\"t\":\"some words\",\"n\":271828,\"e\":{},\"l\":[],\"z\":null}");
    assert_non_null(strstr(made, "{\"t\":\""));
    assert_null(strstr(made, "some"));
    assert_null(strstr(made, "271828"));
    assert_non_null(strstr(made, "\"e\":{},\"l\":[],\"z\":null}"));
    assert_string_equal(changed("json", by_ten, "{\"n\": 12345678901234567899.75}"),
                        "{\"n\": 12345678901234567890}");
    assert_string_equal(changed("json", by_ten, "{\"n\": 1.2345e2}"), "{\"n\": 120}");
    /* beyond what a number in full has room for, and what is none */
    assert_string_equal(changed("json", by_ten, "{\"n\": 1e999999999}"), "{\"n\": 0}");
    made = changed("json", by_ten, "{\"n\": \"some words\"}");
    assert_non_null(strstr(made, "{\"n\": \""));
    assert_null(strstr(made, "some"));
}

static void
dates_in_texts_are_dates(void **state)
{
    static const char month[] =
        "{$.d: {class: quasi-identifier, treatment: generalise, to: month}}";

    (void) state;
    assert_string_equal(changed("json", month, "{\"d\": \"2024-02-29\"}"),
                        "{\"d\": \"2024-02-01\"}");
    assert_string_equal(changed("json", month, "{\"d\": \"2024-02-29T10:11:12.123456789Z\"}"),
                        "{\"d\": \"2024-02-01T00:00:00Z\"}");
    assert_string_equal(changed("json", month, "{\"d\": \"2024-02-29 10:11+05:30\"}"),
                        "{\"d\": \"2024-02-01 00:00:00+05:30\"}");
    assert_null(strstr(changed("json", month, "{\"d\": \"2024-02-30\"}"), "2024-02-30"));
    assert_null(strstr(changed("json", month, "{\"d\": \"2024-02-29T10:11:12 Jane\"}"), "Jane"));
}

static void
what_nobody_named_is_refused(void **state)
{
    static const char paths[] = "{$.a.b: {class: non-personal}, '$.l[*].n': {class: non-personal}}";

    static const struct
    {
        const char *document, *at;
    } cases[] = {{"{\"jane\": null}", "a key at $ that"},
                 {"{\"n\": {}}", "something at $.n,"},
                 {"{\"a\": {\"b\": [1]}}", "at $.a.b[*],"},
                 {"{\"a\": {\"b\": {\"jane\": 1}}}", "a key at $.a.b that"},
                 {"{\"a\": \"jane\"}", "at $.a,"},
                 {"[]", NULL},
                 {"[null]", "at $[*],"},
                 {"\"jane\"", "at $,"},
                 {"{\"l\": [{\"n\": 1}, {\"jane\": []}]}", "a key at $.l[*] that"},
                 {"{\"a\": null, \"l\": []}", NULL}};

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        const char *made = changed("jsonb", paths, cases[i].document);

        if (cases[i].at == NULL)
            assert_string_equal(made, cases[i].document);
        else if (made[0] != '!' || strstr(made, cases[i].at) == NULL ||
                 strstr(made, "jane") != NULL)
            fail_msg("%s: %s", cases[i].document, made);
    }
    assert_int_equal(changed("hstore", "{$.a: {class: non-personal}}", "\"b\"=>NULL")[0], '!');
    assert_int_equal(changed("xml", "{$.a: {class: non-personal}}", "<a><b/></a>")[0], '!');
    assert_int_equal(changed("xml", "{$.a: {class: non-personal}}", "<a b=\"\"/>")[0], '!');
    assert_int_equal(changed("xml", "{$.a: {class: non-personal}}", "x<a/>")[0], '!');
}

static void
what_cannot_be_read_tells_nothing(void **state)
{
    static const char *const broken[][3] = {{"json", "{\"a\": canary}", "{}"},
                                            {"json", "[1, 2", "[]"},
                                            {"json", "\"canary", "null"},
                                            {"json", "{\"a\" 1}", "{}"},
                                            {"json", "[01]", "[]"},
                                            {"json", "[1] canary", "[]"},
                                            {"json", "{\"a\": \"\\x\"}", "{}"},
                                            {"json", "", "null"},
                                            {"json", "[\"a\nb\"]", "[]"},
                                            {"hstore", "canary", ""},
                                            {"hstore", "\"a\"=>\"b\",", ""},
                                            {"xml", "<a>canary", "<x/>"},
                                            {"xml", "<!DOCTYPE a><a/>", "<x/>"},
                                            {"xml", "<a>&canary;</a>", "<x/>"},
                                            {"xml", "</r><r>", "<x/>"}};
    char deep[2 * SS_SCAN_DEPTH + 10] = "";

    (void) state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        assert_string_equal(changed(broken[i][0], KEEP_ALL, broken[i][1]), broken[i][2]);
    assert_string_equal(changed("text[]", "{\"$[*]\": {class: non-personal}}", "{canary"), "{}");
    assert_string_equal(
        changed("pair", "{$.a: {class: non-personal}, $.b: {class: key}}", "(canary,canary)"),
        "(,)");
    memset(deep, '[', SS_SCAN_DEPTH);
    memset(deep + SS_SCAN_DEPTH, ']', SS_SCAN_DEPTH);
    assert_string_equal(changed("json", KEEP_ALL, deep), deep);
    memset(deep, '[', SS_SCAN_DEPTH + 1);
    memset(deep + SS_SCAN_DEPTH + 1, ']', SS_SCAN_DEPTH + 1);
    assert_string_equal(changed("json", KEEP_ALL, deep), "[]");
}

static void
keys_that_are_data_are_replaced(void **state)
{
    static const char paths[] = "{$.*: {class: non-personal}, $.known: {class: non-personal}, "
                                "$.keyvalue().key: {class: direct-identifier, kind: email}}";
    const char *made;

    (void) state;
    made = changed("json", paths,
                   "{ \"jane@canary.org\" : 1, \"known\": 2, \"j\\u0061ne@canary.org\":3 }");
    assert_null(strstr(made, "canary"));
    assert_non_null(strstr(made, "\" : 1, \"known\": 2, \""));
    /* the same key, however it is written */
    assert_int_equal(strncmp(made + 2, strstr(made, "2, ") + 3, 20), 0);
    made = changed("hstore", paths, "\"jane@canary.org\"=>\"1\", \"known\"=>NULL");
    assert_null(strstr(made, "canary"));
    assert_non_null(strstr(made, "\"=>\"1\", \"known\"=>NULL"));
}

static void
one_number_has_one_pseudonym_as_text_and_as_number(void **state)
{
    static const char paths[] = "{\"$[*]\": {class: key}}";
    char text[40], number[40];

    (void) state;
    assert_int_equal(sscanf(changed("json", paths, "[42,\"42\",4.5,\"4.5x\",0]"),
                            "[%39[0-9],\"%39[0-9]\",", number, text),
                     2);
    assert_string_equal(number, text);
    assert_string_not_equal(number, "42");
    assert_int_equal(sscanf(changed("json", paths, "[42.00,\"42\",4.5]"), "[%39[0-9],", text), 1);
    assert_string_equal(number, text);
    assert_int_equal(sscanf(changed("json", paths, "[4.20e1,\"42\",0.0]"), "[%39[0-9],", text), 1);
    assert_string_equal(number, text);
}

/* More than a column of a batch has room for, and than are put together at once. */
static void
long_lists_are_changed_whole(void **state)
{
    documents d = documents_open("json", "{\"$[*]\": {class: key}}");
    ss_buf list = {0};
    size_t n, numbers = 1;
    const char *made;

    (void) state;
    ss_buf_putc(&list, '[');
    for (unsigned i = 1; i <= 200000; i++)
        ss_buf_printf(&list, "%s%u", i == 1 ? "" : ",", i);
    ss_buf_putc(&list, ']');
    for (int again = 0; again < 2; again++)
    {
        made = documents_change(&d, (const char *) list.data, list.len, &n);
        assert_non_null(made);
        numbers = 1;
        for (size_t i = 0; i < n; i++)
            numbers += made[i] == ',';
        assert_int_equal(numbers, 200000);
    }
    ss_buf_done(&list);
    documents_close(&d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_stays_byte_for_byte),
        cmocka_unit_test(one_value_is_put_in_the_place_of_another),
        cmocka_unit_test(types_stay),
        cmocka_unit_test(dates_in_texts_are_dates),
        cmocka_unit_test(what_nobody_named_is_refused),
        cmocka_unit_test(what_cannot_be_read_tells_nothing),
        cmocka_unit_test(keys_that_are_data_are_replaced),
        cmocka_unit_test(one_number_has_one_pseudonym_as_text_and_as_number),
        cmocka_unit_test(long_lists_are_changed_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
