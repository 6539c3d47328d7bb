/* Laws that every codec obeys, and known bytes of some. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "rows/copy.h"
#include "rows_types.h"

/* type, text that the server prints, and the wire bytes it sends where they are written down */
static const struct
{
    size_t type;
    const char *text;
    const char *wire;
    size_t n;
} known[] = {
    {0, "t", "\1", 1},
    {1, "-32768", "\x80\0", 2},
    {2, "-1", "\xFF\xFF\xFF\xFF", 4},
    {3, "-9223372036854775808", "\x80\0\0\0\0\0\0\0", 8},
    {4, "4294967295", "\xFF\xFF\xFF\xFF", 4},
    {5, "-$1,234.56", "\xFF\xFF\xFF\xFF\xFF\xFE\x1D\xC0", 8},
    {6, "0.1", "\x3D\xCC\xCC\xCD", 4},
    {7, "-Infinity", "\xFF\xF0\0\0\0\0\0\0", 8},
    {7, "1e+15", NULL, 0},
    {7, "5e-324", "\0\0\0\0\0\0\0\1", 8},
    {8, "-1234.50", "\0\2\0\0\x40\0\0\2\x04\xD2\x13\x88", 12},
    {8, "NaN", "\0\0\0\0\xC0\0\0\0", 8},
    {8, "Infinity", "\0\0\0\0\xD0\0\0\x20", 8},
    {8, "0.00", "\0\0\0\0\0\0\0\2", 8},
    {9, "Z\303\274rich\n", "Z\303\274rich\n", 8},
    {10, "", "\0", 1},
    {11, "{\"a\": 1}", "\1{\"a\": 1}", 9},
    {12, "00112233-4455-6677-8899-aabbccddeeff",
     "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF", 16},
    {13, "\\x00ff", "\0\xFF", 2},
    {14, "2000-01-02", "\0\0\0\1", 4},
    {14, "infinity", "\x7F\xFF\xFF\xFF", 4},
    {14, "4713-01-01 BC", NULL, 0},
    {15, "00:00:00.000001", "\0\0\0\0\0\0\0\1", 8},
    {16, "00:00:00+01", "\0\0\0\0\0\0\0\0\xFF\xFF\xF1\xF0", 12},
    {17, "1999-12-31 23:59:59.999999", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8},
    {18, "-infinity", "\x80\0\0\0\0\0\0\0", 8},
    {19, "1 mon -1 days +00:00:00.000001", "\0\0\0\0\0\0\0\1\xFF\xFF\xFF\xFF\0\0\0\1", 16},
    {20, "10.1.2.3/8", "\2\x08\0\4\x0A\1\2\3", 8},
    {21, "::/0", "\3\0\1\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20},
    {22, "08:00:2b:01:02:03", "\x08\0\x2B\1\2\3", 6},
    {24, "101", "\0\0\0\3\xA0", 5},
    {25, "'a':1A 'b'", "\0\0\0\2a\0\0\1\xC0\1b\0\0\0", 14},
    {33, "\"a\"=>NULL", "\0\0\0\1\0\0\0\1a\xFF\xFF\xFF\xFF", 13},
    {26, "(1,-0)", "\x3F\xF0\0\0\0\0\0\0\x80\0\0\0\0\0\0\0", 16},
    {31, "[(1,2),(3,4)]", NULL, 0},
    {35, "so so", "so so", 5},
    {36, "[0:1]={sad,NULL}",
     "\0\0\0\1\0\0\0\1\0\0\x4E\x43\0\0\0\2\0\0\0\0\0\0\0\3sad\xFF\xFF\xFF\xFF", 31},
    {37, "(1,\"a \"\"b\",)", NULL, 0},
    {38, "{\"(1,\\\"x y\\\",sad)\"}", NULL, 0},
    {39, "[1,10)", "\2\0\0\0\4\0\0\0\1\0\0\0\4\0\0\0\x0A", 17},
    {39, "empty", "\1", 1},
    {40, "{[1,3),[5,)}", NULL, 0},
    {41, "{\"\",NULL,\"null\",\"a\\\"b\"}", NULL, 0},
    {42, "{00112233-4455-6677-8899-aabbccddeeff}", NULL, 0},
};

static void
round_trips(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_error err = {0};

    (void) state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    {
        const ss_codec_type t = {&rows_catalog, known[i].type, -1};
        const ss_codec *codec = ss_codec_find(&rows_catalog, t.type);
        ss_batch *batch = ss_batch_new(arena, &codec->form, 1);
        ss_batch_column *c = &batch->columns[0];
        ss_buf wire = {0};
        ss_buf text = {0};

        assert_int_equal(codec->from_text(&t, known[i].text, strlen(known[i].text), c, 0, &err),
                         SS_OK);
        assert_int_equal(codec->to_binary(&t, c, 0, &wire, &err), SS_OK);
        if (known[i].wire != NULL)
        {
            assert_int_equal(wire.len, known[i].n);
            assert_memory_equal(wire.data, known[i].wire, known[i].n);
        }
        assert_int_equal(codec->from_binary(&t, wire.data, wire.len, c, 1, &err), SS_OK);
        assert_int_equal(codec->to_text(&t, c, 1, &text, &err), SS_OK);
        assert_string_equal(ss_buf_text(&text), known[i].text);
        ss_column_put_null(c, 2);
        assert_int_equal(c->null[2], 1);

        /* Cut short anywhere: refused, or read without reading beyond (the sanitizer looks). */
        for (size_t n = 0; n < wire.len; n++)
        {
            unsigned char *cut = malloc(n == 0 ? 1 : n);

            assert_non_null(cut);
            memcpy(cut, wire.data, n);
            if (codec->from_binary(&t, cut, n, c, 3, &err) == SS_OK)
                assert_int_equal(codec->to_text(&t, c, 3, &text, &err), SS_OK);
            free(cut);
        }
        ss_buf_done(&wire);
        ss_buf_done(&text);
    }
    ss_arena_free(arena);
}

static void
malformed_text(void **state)
{
    static const struct
    {
        size_t type;
        const char *text;
    } bad[] = {{2, "2147483648"},  {2, ""},       {8, "1.2.3"}, {8, ""},
               {14, "2021-02-29"}, {12, "0011"},  {13, "x00"},  {19, "1 fortnight"},
               {20, "1.2.3.4/33"}, {35, "happy"}, {36, "{sad"}, {41, "{a,{b}}"},
               {39, "[1,2"},       {37, "(1)"},   {26, "(1)"},  {24, "102"},
               {7, "1e999"}};

    ss_arena *arena = ss_arena_new(NULL);
    ss_error err = {0};

    (void) state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    {
        const ss_codec_type t = {&rows_catalog, bad[i].type, -1};
        const ss_codec *codec = ss_codec_find(&rows_catalog, t.type);
        ss_batch *batch = ss_batch_new(arena, &codec->form, 1);
        ss_buf wire = {0};

        assert_true(codec->from_text(&t, bad[i].text, strlen(bad[i].text), &batch->columns[0], 0,
                                     &err) != SS_OK ||
                    codec->to_binary(&t, &batch->columns[0], 0, &wire, &err) != SS_OK);
        ss_buf_done(&wire);
    }
    ss_arena_free(arena);
}

static void
types_that_name_others_by_oid(void **state)
{
    (void) state;
    assert_true(ss_codec_holds_oids(&rows_catalog, 36));
    assert_false(ss_codec_holds_oids(&rows_catalog, 41));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trips),
        cmocka_unit_test(malformed_text),
        cmocka_unit_test(types_that_name_others_by_oid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
