/* Laws of shape, for every codec: valid, the same for the same row, nothing of the value in it. */
#include "made.h"

#include "base/text.h"
#include "pseudonymise/pseudonymise_internal.h"
#include "pseudonymise/shape.h"
#include "rand/stream.h"

/* fixed: shapes of the type are all alike, or of a few values */
static const struct
{
    const char *type, *extension;
    ss_type_kind kind;
    const char *text;
    bool fixed;
} samples[] = {
    {"bool", NULL, SS_TYPE_BASE, "t", true},
    {"int2", NULL, SS_TYPE_BASE, "1234", false},
    {"int4", NULL, SS_TYPE_BASE, "-123456", false},
    {"int8", NULL, SS_TYPE_BASE, "9223372036854775807", false},
    {"int8", NULL, SS_TYPE_BASE, "-9223372036854775808", false},
    {"oid", NULL, SS_TYPE_BASE, "123456", false},
    {"money", NULL, SS_TYPE_BASE, "-$1,234.56", false},
    {"float4", NULL, SS_TYPE_BASE, "271.82", false},
    {"float4", NULL, SS_TYPE_BASE, "-3.4e+38", false},
    {"float4", NULL, SS_TYPE_BASE, "9.999999e+37", false},
    {"float8", NULL, SS_TYPE_BASE, "1.7e+308", false},
    {"float8", NULL, SS_TYPE_BASE, "9.99999999e+307", false},
    {"float8", NULL, SS_TYPE_BASE, "5e-324", true},
    {"float8", NULL, SS_TYPE_BASE, "NaN", true},
    {"numeric", NULL, SS_TYPE_BASE, "-27182818284590452353.60287", false},
    {"numeric", NULL, SS_TYPE_BASE, "Infinity", true},
    {"text", NULL, SS_TYPE_BASE, "Jane Canary, 3 Birdcage Walk", false},
    {"varchar", NULL, SS_TYPE_BASE, "Canary-1961", false},
    {"bpchar", NULL, SS_TYPE_BASE, "CANARY    ", false},
    {"name", NULL, SS_TYPE_BASE, "canary_bird", false},
    {"citext", "citext", SS_TYPE_BASE, "Canary@Birdcage.org", false},
    {"char", NULL, SS_TYPE_BASE, "k", true},
    {"json", NULL, SS_TYPE_BASE, " {\"name\": \"canary\"}", true},
    {"jsonb", NULL, SS_TYPE_BASE, "[\"canary\"]", true},
    {"xml", NULL, SS_TYPE_BASE, "<a>canary</a>", true},
    {"uuid", NULL, SS_TYPE_BASE, "00112233-4455-6677-8899-aabbccddeeff", false},
    {"bytea", NULL, SS_TYPE_BASE, "\\x00ff63616e617279", true},
    {"date", NULL, SS_TYPE_BASE, "1961-04-12", false},
    {"date", NULL, SS_TYPE_BASE, "5874897-12-31", false},
    {"date", NULL, SS_TYPE_BASE, "4713-02-01 BC", false},
    {"date", NULL, SS_TYPE_BASE, "infinity", true},
    {"time", NULL, SS_TYPE_BASE, "12:34:56.789", true},
    {"timetz", NULL, SS_TYPE_BASE, "12:34:56.789+02", true},
    {"timestamp", NULL, SS_TYPE_BASE, "1961-04-12 06:07:08.9", false},
    {"timestamptz", NULL, SS_TYPE_BASE, "294276-12-31 23:59:59+00", false},
    {"timestamptz", NULL, SS_TYPE_BASE, "-infinity", true},
    {"interval", NULL, SS_TYPE_BASE, "3 years 2 mons 12 days", true},
    {"interval", NULL, SS_TYPE_BASE, "-01:02:03.4", true},
    {"inet", NULL, SS_TYPE_BASE, "81.2.69.142", true},
    {"inet", NULL, SS_TYPE_BASE, "2a00:1450:4009::1", true},
    {"cidr", NULL, SS_TYPE_BASE, "81.2.69.0/24", true},
    {"macaddr", NULL, SS_TYPE_BASE, "ac:de:48:00:11:22", false},
    {"macaddr8", NULL, SS_TYPE_BASE, "ac:de:48:00:11:22:33:44", false},
    {"bit", NULL, SS_TYPE_BASE, "1011", true},
    {"varbit", NULL, SS_TYPE_BASE, "1011011", true},
    {"tsvector", NULL, SS_TYPE_BASE, "'canari':1", true},
    {"tsquery", NULL, SS_TYPE_BASE, "'canari' & 'sing'", true},
    {"jsonpath", NULL, SS_TYPE_BASE, "$.\"canary\"", true},
    {"hstore", "hstore", SS_TYPE_BASE, "\"name\"=>\"canary\"", true},
    {"point", NULL, SS_TYPE_BASE, "(51.5,0.12)", true},
    {"lseg", NULL, SS_TYPE_BASE, "[(51.5,0.12),(52,1)]", true},
    {"box", NULL, SS_TYPE_BASE, "(52,1),(51.5,0.12)", true},
    {"line", NULL, SS_TYPE_BASE, "{1,2,3}", true},
    {"circle", NULL, SS_TYPE_BASE, "<(51.5,0.12),7>", true},
    {"path", NULL, SS_TYPE_BASE, "((51.5,0.12),(52,1))", true},
    {"polygon", NULL, SS_TYPE_BASE, "((51.5,0.12),(52,1),(53,2))", true},
    {"mood", "", SS_TYPE_ENUM, "so so", true},
    {"_int4", NULL, SS_TYPE_ARRAY, "{1961,1969}", true},
    {"int4range", NULL, SS_TYPE_RANGE, "[1961,1969)", true},
    {"int4multirange", NULL, SS_TYPE_MULTIRANGE, "{[1961,1969)}", true},
    {"pair", "", SS_TYPE_COMPOSITE, "(1961,1969)", true},
};

#define NSAMPLES (sizeof samples / sizeof samples[0])

static void
every_codec_has_shapes(void **state)
{
    size_t n;
    const ss_codec *const *all = ss_codec_all(&n);

    (void) state;
    for (size_t i = 0; i < n; i++)
    {
        bool found = false;

        for (size_t s = 0; s < NSAMPLES && !found; s++)
        {
            made m;

            made_init(&m, samples[s].type, samples[s].extension, samples[s].kind);
            found = m.column.codec == all[i];
            made_done(&m);
        }
        if (!found)
            fail_msg("no sample for codec %s", all[i]->name);
    }
}

static void
shapes_are_valid_and_of_their_row(void **state)
{
    (void) state;
    for (size_t s = 0; s < NSAMPLES; s++)
    {
        made m;

        made_init(&m, samples[s].type, samples[s].extension, samples[s].kind);
        for (uint64_t row = 1; row < 40; row++)
        {
            const char *text = made_of(&m, &ss_kind_shape, samples[s].text, row);

            assert_string_equal(text, made_of(&m, &ss_kind_shape, samples[s].text, row));
            assert_true(strncmp(samples[s].type, "float", 5) != 0 || strcmp(text, "0") != 0);
            if (samples[s].fixed)
                continue;
            if (strcmp(text, samples[s].text) == 0)
                fail_msg("%s: the value itself", samples[s].type);
            if (strcmp(text, made_of(&m, &ss_kind_shape, samples[s].text, row + 1000)) == 0)
                fail_msg("%s: two rows are alike", samples[s].type);
        }
        made_done(&m);
    }
}

static void
numbers_keep_sign_digits_and_bounds(void **state)
{
    static const struct
    {
        const char *text;
        int64_t low, high; /* of the column */
        int64_t from, to;  /* of what may be made */
    } claims[] = {
        {"0", INT64_MIN, INT64_MAX, 0, 9},
        {"7", INT64_MIN, INT64_MAX, 0, 9},
        {"-7", INT64_MIN, INT64_MAX, -9, -1},
        {"4711", INT64_MIN, INT64_MAX, 1000, 9999},
        {"32000", INT16_MIN, INT16_MAX, 10000, INT16_MAX},
        {"1960", 1901, 2155, 1901, 2155},
        {"1", 0, 1, 0, 1},
        {"99", 1, 5, 1, 1}, /* NOT VALID */
    };

    made m;

    (void) state;
    made_init(&m, "int8", NULL, SS_TYPE_BASE);
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
    {
        m.column.low = claims[i].low;
        m.column.high = claims[i].high;
        for (uint64_t row = 0; row < 200; row++)
        {
            int64_t v;

            assert_true(ss_parse_i64(made_of(&m, &ss_kind_shape, claims[i].text, row), &v));
            assert_true(v >= claims[i].from && v <= claims[i].to);
        }
    }
    made_done(&m);
}

static void
numerics_fit_their_precision(void **state)
{
    static const struct
    {
        int precision, scale;
        const char *text;
        size_t length; /* of what is made */
    } claims[] = {{8, 2, "12345.60", 8}, {8, 2, "-0.05", 5},   {3, 3, "0.125", 5},
                  {3, -2, "12300", 5},   {2, 5, "0.00042", 7}, {20, 0, "12345678901234567890", 20}};

    made m;

    (void) state;
    made_init(&m, "numeric", NULL, SS_TYPE_BASE);
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
    {
        m.column.type.typmod = (int32_t) ((uint32_t) claims[i].precision << 16 |
                                          ((unsigned) claims[i].scale & 0x7FF)) +
                               4;
        for (uint64_t row = 0; row < 200; row++)
        {
            const char *text = made_of(&m, &ss_kind_shape, claims[i].text, row);
            const char *point = strchr(text, '.');

            assert_int_equal(strlen(text), claims[i].length);
            if (claims[i].scale < 0)
                assert_string_equal(text + claims[i].length - 2, "00");
            if (claims[i].scale > claims[i].precision)
                assert_memory_equal(point, ".000", 4);
            if (claims[i].scale == claims[i].precision)
                assert_memory_equal(text, "0.", 2);
        }
    }
    made_done(&m);
}

static void
dates_keep_their_decade(void **state)
{
    made m;
    bool day_seen[3653] = {false};
    size_t seen = 0;

    (void) state;
    made_init(&m, "date", NULL, SS_TYPE_BASE);
    for (uint64_t row = 0; row < 2000; row++)
    {
        const char *text = made_of(&m, &ss_kind_shape, "1961-04-12", row);

        assert_memory_equal(text, "196", 3);
        seen += !day_seen[(text[3] - '0') * 365 + atoi(text + 5) * 28 % 365];
        day_seen[(text[3] - '0') * 365 + atoi(text + 5) * 28 % 365] = true;
    }
    assert_true(seen >= 100); /* of 120 months */
    made_done(&m);
}

static void
bands_grow_by_half(void **state)
{
    static const size_t ends[] = {1, 2, 3, 5, 8, 12, 18, 27, 41, 62, 93};
    size_t from = 1;

    (void) state;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
    {
        for (size_t n = from; n <= ends[i]; n++)
        {
            size_t low, high;

            ss_shape_band(n, &low, &high);
            assert_int_equal(low, from);
            assert_int_equal(high, ends[i]);
        }
        from = ends[i] + 1;
    }
}

/* Does every character of the text that counts as a letter lie in the range? */
static bool
letters_within(const char *text, uint32_t from, uint32_t to)
{
    while (*text != '\0')
    {
        uint32_t c;

        text += ss_utf8_point(text, &c);
        if (strchr(" -.,\n0123456789", (int) c) == NULL && (c < from || c > to))
            return false;
    }
    return true;
}

static size_t
characters(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += (*text & 0xC0) != 0x80;
    return n;
}

static void
texts_keep_script_classes_and_limit(void **state)
{
    static const struct
    {
        const char *text;
        uint32_t from, to; /* of letters; 0: none */
        bool digits, blanks;
    } claims[] = {
        {"Mrs Canary sings at dawn", 'A', 'z', false, true},
        {"CANARY", 'A', 'Z', false, false},
        {"canary", 'a', 'z', false, false},
        {"+44 20 7946 0123", 0, 0, true, true},
        {"AB-1234", 'A', 'Z', true, false},
        {"Канарейка поёт", 0x400, 0x4FF, false, true},
        {"ΚΑΝΑΡΙΝΙ", 0x391, 0x3A9, false, false},
        {"金糸雀が鳴く", 0x2E80, 0x9FFF, false, false},
        {"かなりあがなく", 0x3040, 0x309F, false, false},
        {"카나리아가 운다", 0xAC00, 0xD7A3, false, true},
        {"الكناري يغني", 0x600, 0x6FF, false, true},
        {"...", 0, 0, false, false},
        {"   ", 0, 0, false, true},
        {"\xFF\xFE not of UTF-8", 'A', 'z', true, true},
    };

    (void) state;
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
    {
        for (uint64_t seed = 0; seed < 200; seed++)
        {
            uint64_t draws = seed;
            ss_buf out = {0};
            const char *text;
            size_t low, high, n = 0;

            /* Lead bytes of what is no UTF-8 count as well. */
            for (const char *c = claims[i].text; *c != '\0'; c++)
                n += (*c & 0xC0) != 0x80;
            ss_shape_text((const unsigned char *) claims[i].text, strlen(claims[i].text), n, &draws,
                          &out);
            text = ss_buf_text(&out);
            assert_true(ss_utf8_valid(out.data, out.len, NULL));
            ss_shape_band(n, &low, &high);
            assert_in_range(characters(text), low, n);
            assert_true(letters_within(text, claims[i].from == 0 ? '-' : claims[i].from,
                                       claims[i].from == 0 ? '-' : claims[i].to));
            if (!claims[i].digits)
                assert_null(strpbrk(text, "0123456789"));
            if (!claims[i].blanks)
                assert_null(strpbrk(text, " \n"));
            ss_buf_done(&out);
        }
    }
}

static void
checks_that_shapes_meet_are_known(void **state)
{
    static const struct
    {
        const char *definition;
        bool meets;
        size_t limit;
    } claims[] = {
        {"CHECK ((char_length(c) <= 255))", true, 255},
        {"CHECK ((length((c)::text) < 10))", true, 9},
        {"CHECK ((length(c) > 0))", true, SIZE_MAX},
        {"CHECK ((c <> ''::text))", true, SIZE_MAX},
        {"CHECK (((c)::text <> ''::text))", true, SIZE_MAX},
        {"CHECK ((jsonb_typeof(c) = 'object'::text))", true, SIZE_MAX},
        {"CHECK ((length(c) > 1))", false, 0},
        {"CHECK ((length(c) = 9))", false, 0},
        {"CHECK ((length(c) <= 0))", false, 0},
        {"CHECK ((length(d) <= 9))", false, 0},
        {"CHECK ((length(cc) <= 9))", false, 0},
        {"CHECK (((length(c) <= 9) OR (d > 3)))", false, 0},
        {"CHECK ((length(c) <= d))", false, 0},
        {"CHECK ((length(c) <= 9)) NOT VALID", false, 0},
        {"CHECK ((c <> 'x'::text))", false, 0},
    };

    (void) state;
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
    {
        const bool json = strstr(claims[i].definition, "json") != NULL;
        const ss_type type = {.schema = "pg_catalog", .name = json ? "jsonb" : "text"};
        const ss_type other = {.schema = "pg_catalog", .name = json ? "text" : "tsvector"};
        size_t limit = SIZE_MAX;

        assert_false(ss_shape_meets(&other, claims[i].definition, "c", &limit));
        assert_true(ss_shape_meets(&type, claims[i].definition, "c", &limit) == claims[i].meets);
        if (claims[i].meets)
            assert_true(limit == claims[i].limit);
    }
}

static void
nothing_is_made_of_nothing(void **state)
{
    made m;

    (void) state;
    made_init(&m, "text", NULL, SS_TYPE_BASE);
    assert_string_equal(made_of(&m, &ss_kind_shape, "", 1), "");
    made_done(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_codec_has_shapes),
        cmocka_unit_test(shapes_are_valid_and_of_their_row),
        cmocka_unit_test(numbers_keep_sign_digits_and_bounds),
        cmocka_unit_test(numerics_fit_their_precision),
        cmocka_unit_test(dates_keep_their_decade),
        cmocka_unit_test(bands_grow_by_half),
        cmocka_unit_test(texts_keep_script_classes_and_limit),
        cmocka_unit_test(checks_that_shapes_meet_are_known),
        cmocka_unit_test(nothing_is_made_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
