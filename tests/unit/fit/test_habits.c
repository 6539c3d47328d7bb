/* Habits: of columns that were made, what is known of them is told, and what fewer than k people have is not. */
#include "unit/check.h"

#include "support/habits_fixture.h"

static uint64_t
told_template(const fixture *f, const char *template)
{
    const ss_cells *c = &f->habits->told[SS_HABIT_TEMPLATES].cells;

    for (size_t i = 0; i < c->n; i++)
    {
        if (strcmp(c->cells[i].text, template) == 0)
            return c->cells[i].count;
    }
    return 0;
}

/* Each is a multiple of 5 with k behind it, and they come to so many. */
static void
assert_stored(const ss_habit_told *t, uint64_t total)
{
    uint64_t sum = t->rest;

    for (size_t i = 0; i < t->cells.n; i++)
    {
        assert_int_equal(t->cells.cells[i].count % 5, 0);
        assert_true(t->cells.cells[i].count >= 10);
        sum += t->cells.cells[i].count;
    }
    assert_int_equal(t->rest % 5, 0);
    assert_int_equal(sum, total);
}

/* --- times -------------------------------------------------------------------------------------- */

#define HOUR INT64_C(3600000000)

/* Mondays at 9:15 and Fridays at 17:00 of 2024, on which it began with a Monday; one row on a Sunday night. */
static void
a_calendar_is_told(void **state)
{
    const int64_t monday = ss_days_of_civil(2024, 1, 1);
    fixture f;

    (void) state;
    begin(&f, "timestamptz", SS_FORM_I64, -1);
    for (int64_t i = 0; i < 5200; i++)
    {
        const int64_t week = i % 52;

        if (i % 4 == 0)
            number(&f, (monday + 7 * week + 4) * SS_DAY_US + 17 * HOUR, 0);
        else
            number(&f, (monday + 7 * week) * SS_DAY_US + 9 * HOUR + HOUR / 4, 0);
    }
    number(&f, (monday + 6) * SS_DAY_US + 3 * HOUR + 1234567, 0);
    number(&f, INT64_MAX, 0);
    number(&f, ss_days_of_civil(1900, 1, 1) * SS_DAY_US, 0);
    learn(&f);
    assert_string_equal(f.habits->zone, "UTC");
    assert_int_equal(ntold(&f, SS_HABIT_WEEKDAY_HOURS), 2);
    assert_in_range(told(&f, SS_HABIT_WEEKDAY_HOURS, 109), 3895, 3905);
    assert_in_range(told(&f, SS_HABIT_WEEKDAY_HOURS, 517), 1295, 1305);
    assert_int_equal(f.habits->told[SS_HABIT_WEEKDAY_HOURS].rest, 0);
    assert_stored(&f.habits->told[SS_HABIT_WEEKDAY_HOURS], 5205);
    assert_int_equal(ntold(&f, SS_HABIT_GRANULARITY), 2);
    assert_in_range(told(&f, SS_HABIT_GRANULARITY, SS_AT_QUARTER), 3895, 3905);
    assert_in_range(told(&f, SS_HABIT_GRANULARITY, SS_AT_HOUR), 1295, 1305);
    assert_int_equal(ntold(&f, SS_HABIT_MONTHS), 12);
    assert_stored(&f.habits->told[SS_HABIT_MONTHS], 5205);
    assert_int_equal(ntold(&f, SS_HABIT_HOURS), 0);
    done(&f);
}

static void
month_ends_of_dates_are_told(void **state)
{
    static const int64_t last[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    fixture f;

    (void) state;
    begin(&f, "date", SS_FORM_I64, -1);
    for (uint64_t i = 0; i < 4000; i++)
    {
        const int64_t month = (int64_t) (i % 12);

        number(&f,
               ss_days_of_civil(2024, month + 1,
                                i % 2 == 0 ? last[month] : 1 + (int64_t) (noise(i) % 28)),
               0);
    }
    learn(&f);
    assert_null(f.habits->zone);
    assert_in_range(told(&f, SS_HABIT_MONTH_ENDS, 1), 1995, 2005);
    assert_int_equal(ntold(&f, SS_HABIT_WEEKDAYS), 7);
    assert_int_equal(ntold(&f, SS_HABIT_MONTH_DAYS), 30);
    assert_stored(&f.habits->told[SS_HABIT_MONTH_DAYS], 4000);
    assert_int_equal(ntold(&f, SS_HABIT_GRANULARITY), 0);
    done(&f);
}

static void
one_person_is_no_hour(void **state)
{
    fixture f;

    (void) state;
    begin(&f, "time", SS_FORM_I64, -1);
    for (uint64_t i = 0; i < 3000; i++)
        number(&f, 8 * HOUR + (int64_t) (noise(i) % 36000) * 1000000, 0);
    for (uint64_t i = 0; i < 1000; i++)
        number(&f, 3 * HOUR, 5 + i % (K - 1));
    learn(&f);
    assert_int_equal(ntold(&f, SS_HABIT_HOURS), 10);
    assert_int_equal(told(&f, SS_HABIT_HOURS, 3), 0);
    assert_int_equal(f.habits->told[SS_HABIT_HOURS].rest, 0);
    done(&f);
}

/* --- numbers ------------------------------------------------------------------------------------ */

/* The step of prices that end in .99, .95, .00 or, rarely, anything. */
static void
endings_of_prices_are_told(void **state)
{
    fixture f;
    char price[32];

    (void) state;
    begin(&f, "numeric", SS_FORM_TEXT, 2);
    for (uint64_t i = 0; i < 8000; i++)
    {
        const unsigned of = (unsigned) (noise(i) % 100);
        const unsigned cents = of < 60   ? 99
                               : of < 80 ? 95
                               : of < 90 ? 0
                                         : (unsigned) (noise(i + 90000) % 100);

        (void) snprintf(price, sizeof price, "%u.%02u", 1 + (unsigned) (noise(i + 50000) % 700),
                        cents);
        text(&f, price, 0);
    }
    learn(&f);
    assert_int_equal(f.habits->place, 1);
    assert_in_range(told(&f, SS_HABIT_ENDINGS, 99), 4600, 5100);
    assert_in_range(told(&f, SS_HABIT_ENDINGS, 95), 1450, 1800);
    assert_in_range(told(&f, SS_HABIT_ENDINGS, 0), 650, 950);
    assert_int_equal(ntold(&f, SS_HABIT_STEPS), 0);
    done(&f);
}

static void
steps_are_told(void **state)
{
    static const struct
    {
        const char *type;
        int64_t step;
        int scale;
        const char *format; /* of text */
        double value;
    } cases[] = {
        {"int4", 5, -1, NULL, 0},          {"int4", 60, -1, NULL, 0},
        {"int8", 1024, -1, NULL, 0},       {"int8", 86400, -1, NULL, 0},
        {"numeric", 5, 2, "%.2f", .05},    {"numeric", 100, -1, "%.2f", .01},
        {"float8", 250000, -1, NULL, .25}, {"float8", 10000, -1, NULL, .01},
        {"float4", 100000, -1, NULL, .1},
    };

    (void) state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
    {
        const bool is_float = cases[c].type[0] == 'f';
        fixture f;
        char digits[40];

        begin(&f, cases[c].type,
              is_float                  ? SS_FORM_F64
              : cases[c].format != NULL ? SS_FORM_TEXT
                                        : SS_FORM_I64,
              cases[c].scale);
        for (uint64_t i = 0; i < 4000; i++)
        {
            const int64_t multiple = (int64_t) (noise(i) % 5000) - 1000;

            if (is_float && strcmp(cases[c].type, "float4") == 0)
                f.values.f64[row(&f, 0)] = (double) (float) ((double) multiple * cases[c].value);
            else if (is_float)
                f.values.f64[row(&f, 0)] = (double) multiple * cases[c].value;
            else if (cases[c].format == NULL)
                number(&f, multiple * cases[c].step, 0);
            else
            {
                (void) snprintf(digits, sizeof digits, "%.2f", (double) multiple * cases[c].value);
                text(&f, digits, 0);
            }
        }
        /* One in two hundred lies beside it. */
        for (uint64_t i = 0; i < 20 && !is_float && cases[c].format == NULL; i++)
            number(&f, 7 + (int64_t) (noise(i) % 100) * 101, 0);
        learn(&f);
        assert_int_equal(ntold(&f, SS_HABIT_STEPS), 1);
        assert_int_equal(f.habits->told[SS_HABIT_STEPS].cells.cells[0].number, cases[c].step);
        assert_true(told(&f, SS_HABIT_STEPS, cases[c].step) > 3900);
        done(&f);
    }
}

static void
noise_has_neither_steps_nor_endings(void **state)
{
    fixture f;

    (void) state;
    for (int of = 0; of < 4; of++)
    {
        begin(&f,
              of == 0   ? "int4"
              : of == 3 ? "float4"
                        : "float8",
              of == 0 ? SS_FORM_I64 : SS_FORM_F64, -1);
        for (uint64_t i = 0; i < 10000; i++)
        {
            if (of == 0)
                number(&f, (int64_t) (noise(i) % 100000), 0);
            else
            {
                const double v = (double) (noise(i) >> 11) / (of == 2 ? 1e22 : 1e13);

                f.values.f64[row(&f, 0)] = of == 3 ? (double) (float) v : v;
            }
        }
        learn(&f);
        assert_int_equal(ntold(&f, SS_HABIT_STEPS), 0);
        assert_int_equal(ntold(&f, SS_HABIT_ENDINGS), 0);
        done(&f);
    }
    /* Few different values tell of no step, whatever they have in common. */
    begin(&f, "int4", SS_FORM_I64, -1);
    for (uint64_t i = 0; i < 10000; i++)
        number(&f, 777 * (int64_t) (1 + noise(i) % 20), 0);
    learn(&f);
    assert_int_equal(ntold(&f, SS_HABIT_STEPS), 0);
    done(&f);
}

/* --- texts -------------------------------------------------------------------------------------- */

static void
quirks_are_told(void **state)
{
    /* how many of each, and which habit that is */
    static const struct
    {
        const char *text;
        size_t rows;
    } cases[] = {{"", 100},
                 {"   ", 50},
                 {" lead", 200},
                 {"trail ", 300},
                 {"gr\xC3\xBCn", 40},
                 {"two\nlines", 60},
                 {"ALL UPPER TEXT", 500},
                 {"Title Of It", 400},
                 {"Only the first", 250},
                 {"mIXed", 70},
                 {"17", 30},
                 {"line\r\n", K - 1}};

    fixture f;

    (void) state;
    begin(&f, "text", SS_FORM_TEXT, -1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        for (size_t n = 0; n < cases[i].rows; n++)
            text(&f, cases[i].text, 0);
    }
    learn(&f);
    assert_in_range(told(&f, SS_HABIT_EMPTY, 1), 95, 105);
    assert_in_range(told(&f, SS_HABIT_BLANK, 1), 45, 55);
    assert_in_range(told(&f, SS_HABIT_LEADING_BLANK, 1), 195, 205);
    assert_in_range(told(&f, SS_HABIT_TRAILING_BLANK, 1), 305, 315);
    assert_in_range(told(&f, SS_HABIT_BEYOND_ASCII, 1), 35, 45);
    assert_in_range(told(&f, SS_HABIT_LINE_ENDS, 1), 65, 75);
    assert_in_range(told(&f, SS_HABIT_LETTER_CASE, SS_CASE_NONE), 175, 185);
    assert_in_range(told(&f, SS_HABIT_LETTER_CASE, SS_CASE_UPPER), 495, 505);
    assert_in_range(told(&f, SS_HABIT_LETTER_CASE, SS_CASE_TITLE), 395, 405);
    assert_in_range(told(&f, SS_HABIT_LETTER_CASE, SS_CASE_SENTENCE), 245, 255);
    assert_in_range(told(&f, SS_HABIT_LETTER_CASE, SS_CASE_MIXED), 65, 75);
    assert_in_range(told(&f, SS_HABIT_WORDS, 0), 145, 155);
    assert_in_range(told(&f, SS_HABIT_WORDS, 3), 1145, 1155);
    assert_stored(&f.habits->told[SS_HABIT_WORDS], 2010);
    done(&f);
}

static void
what_ten_people_have_is_no_quirk(void **state)
{
    fixture f;

    (void) state;
    begin(&f, "text", SS_FORM_TEXT, -1);
    for (uint64_t i = 0; i < 500; i++)
        text(&f, "plain", 0);
    for (uint64_t i = 0; i < 200; i++)
        text(&f, " GR\xC3\x9CN\n", 1 + i % (K - 1));
    learn(&f);
    assert_int_equal(ntold(&f, SS_HABIT_LEADING_BLANK), 0);
    assert_int_equal(ntold(&f, SS_HABIT_BEYOND_ASCII), 0);
    assert_int_equal(ntold(&f, SS_HABIT_LINE_ENDS), 0);
    assert_int_equal(ntold(&f, SS_HABIT_LETTER_CASE), 1);
    done(&f);
}

/* Codes that follow a template, of so many people, or each of somebody else's. */
static void
codes(fixture *f, const char *template, size_t n, uint64_t people)
{
    for (size_t i = 0; i < n; i++)
    {
        char code[80];
        size_t at = 0;

        for (const char *p = template; *p != '\0'; p++, at++)
        {
            const uint64_t x = noise(f->sample.n * 100 + at);

            if (*p == '\\')
                code[at] = *++p;
            else
                code[at] = *p == '9'   ? (char) ('0' + x % 10)
                           : *p == 'A' ? (char) ('A' + x % 26)
                           : *p == 'h' ? "0123456789abcdef"[x % 16]
                                       : *p;
        }
        code[at] = '\0';
        text(f, code, people == 0 ? 0 : 1 + i % people);
    }
}

/* Most orders begin with ORD-, some with INV-; ten people have ZQX-, one of them often. */
static void
templates_of_codes_are_told(void **state)
{
    fixture f;

    (void) state;
    begin(&f, "text", SS_FORM_TEXT, -1);
    codes(&f, "ORD-999999", 3000, 0);
    codes(&f, "INV-999999", 1000, 0);
    codes(&f, "ZQX-999999", 400, K - 1);
    codes(&f, "VIP:9999/99", 500, 1);
    codes(&f, "99 9999 2024 AA", 1500, 0);
    codes(&f, "no code", 600, 0);
    learn(&f);
    assert_in_range(told_template(&f, "ORD-999999"), 2995, 3005);
    assert_in_range(told_template(&f, "INV-999999"), 995, 1005);
    /* what is the same in all of them */
    assert_in_range(told_template(&f, "99 9999 2024 AA"), 1495, 1505);
    assert_int_equal(ntold(&f, SS_HABIT_TEMPLATES), 3);
    assert_int_equal(f.habits->told[SS_HABIT_TEMPLATES].rest, 1500);
    assert_stored(&f.habits->told[SS_HABIT_TEMPLATES], 7000);
    assert_in_range(told(&f, SS_HABIT_CHARACTERS, 'o'), 595, 605);
    for (size_t i = 0; i < ntold(&f, SS_HABIT_CHARACTERS); i++)
        assert_null(
            strchr("VIP:/ZQX", (int) f.habits->told[SS_HABIT_CHARACTERS].cells.cells[i].number));
    done(&f);
}

/* Of many texts only the first are looked at, and what is told of them is scaled by those alone. */
static void
templates_of_many_texts_stand_for_all_rows(void **state)
{
    fixture f;

    (void) state;
    begin(&f, "text", SS_FORM_TEXT, -1);
    codes(&f, "ORD-999999", 38000, 0);
    learn(&f);
    assert_in_range(told_template(&f, "ORD-999999"), 37900, 38000);
    done(&f);
}

/* Rare beginnings together are a template, without what is theirs. */
static void
rare_prefixes_are_classes(void **state)
{
    fixture f;
    char code[16];

    (void) state;
    begin(&f, "text", SS_FORM_TEXT, -1);
    for (int a = 0; a < 26; a++)
    {
        for (int n = 0; n < 40; n++)
        {
            (void) snprintf(code, sizeof code, "%c%c%02d%c", 'A' + a, 'A' + n % 26, n * 2,
                            'a' + (a + n) % 26);
            text(&f, code, 0);
        }
    }
    learn(&f);
    assert_int_equal(ntold(&f, SS_HABIT_TEMPLATES), 1);
    assert_int_equal(told_template(&f, "AA99a"), 1040);
    done(&f);
}

static void
classes_are_told_from_what_stands_for_itself(void **state)
{
    fixture f;

    (void) state;
    begin(&f, "varchar", SS_FORM_TEXT, -1);
    codes(&f, "\\A\\ha\\\\9999\\999", 1000, 0);
    codes(&f, "hhhhhhhh-4hhh-hhhh", 2000, 0);
    learn(&f);
    assert_in_range(told_template(&f, "\\A\\h\\a\\\\9999\\999"), 995, 1005);
    assert_in_range(told_template(&f, "hhhhhhhh-4hhh-hhhh"), 1900, 2000);
    done(&f);
}

static void
characters_of_other_texts_are_told(void **state)
{
    fixture f;
    char word[16];

    (void) state;
    begin(&f, "text", SS_FORM_TEXT, -1);
    for (uint64_t i = 0; i < 2000; i++)
    {
        (void) snprintf(word, sizeof word, "%c%c%c\xC3\xBC%s", 'a' + (int) (i % 5),
                        'a' + (int) (i / 5 % 20), 'a' + (int) (i / 100 % 20),
                        i == 7       ? "z"
                        : i % 2 == 0 ? "\xE4\xBD\xA0"
                                     : "");
        text(&f, word, 0);
    }
    learn(&f);
    assert_int_equal(ntold(&f, SS_HABIT_TEMPLATES), 0);
    assert_in_range(told(&f, SS_HABIT_CHARACTERS, 0xFC), 1995, 2005);
    assert_in_range(told(&f, SS_HABIT_CHARACTERS, 0x4F00), 995, 1005);
    assert_int_equal(told(&f, SS_HABIT_CHARACTERS, 'z'), 0);
    assert_true(told(&f, SS_HABIT_CHARACTERS, 'a') > 300);
    done(&f);
}

/* --- what is made of parts ---------------------------------------------------------------------------- */

static void
paths_of_documents_are_told(void **state)
{
    fixture f;
    char json[200];

    (void) state;
    begin(&f, "jsonb", SS_FORM_TEXT, -1);
    for (unsigned i = 0; i < 2000; i++)
    {
        (void) snprintf(json, sizeof json,
                        "{\"a\": %u, \"b\": {\"c d\": {\"e\": {\"deep\": 1}}}, \"items\": [{\"n\": "
                        "1.5}, {\"n\": "
                        "2.5}], \"key%u\": null%s}",
                        i, i, i % 2 == 0 ? ", \"big\": 123456789012345678901234567890" : "");
        text(&f, json, 0);
    }
    for (uint64_t i = 0; i < 500; i++)
        text(&f, "{\"rare\": true, \"a\": \"x\"}", 1 + i % (K - 1));
    text(&f, "no json", 0);
    learn(&f);
    assert_in_range(told_text(&f, SS_HABIT_PATHS, "$ object"), 2495, 2500);
    assert_int_equal(told_text(&f, SS_HABIT_PATHS, "$.a string"), 0);
    assert_int_equal(told_text(&f, SS_HABIT_PATHS, "$.rare boolean"), 0);
    /* keys that are data are pooled beside those that are not; what too few people have otherwise follows the others */
    assert_in_range(told_text(&f, SS_HABIT_PATHS, "$.a integer"), 1245, 1255);
    assert_in_range(told_text(&f, SS_HABIT_PATHS, "$.* null"), 2495, 2500);
    assert_int_equal(f.habits->told[SS_HABIT_UNREAD].cells.n, 0);
    assert_in_range(told_text(&f, SS_HABIT_PATHS, "$.b.\"c d\" object"), 2495, 2500);
    assert_in_range(told_text(&f, SS_HABIT_PATHS, "$.b.\"c d\".e object"), 2495, 2500);
    assert_in_range(told_text(&f, SS_HABIT_PATHS, "$.items[*].n number"), 2495, 2500);
    done(&f);

    begin(&f, "json", SS_FORM_TEXT, -1);
    for (unsigned i = 0; i < 2000; i++)
        text(&f,
             i % 2 == 0 ? "{\"a\": 1, \"b\": [\"x\", 2]}"
                        : "{\"a\": null, \"big\": 123456789012345678901234567890}",
             0);
    for (uint64_t i = 0; i < 500; i++)
        text(&f, "{\"rare\": true, \"a\": \"x\"}", 1 + i % (K - 1));
    learn(&f);
    assert_in_range(told_text(&f, SS_HABIT_PATHS, "$.a integer"), 1245, 1255);
    assert_in_range(told_text(&f, SS_HABIT_PATHS, "$.a null"), 1245, 1255);
    assert_in_range(told_text(&f, SS_HABIT_PATHS, "$.big number"), 995, 1005);
    assert_in_range(told_text(&f, SS_HABIT_PATHS, "$.b[*] string"), 995, 1005);
    assert_in_range(told_text(&f, SS_HABIT_PATHS, "$.b[*] integer"), 995, 1005);
    assert_int_equal(told_text(&f, SS_HABIT_PATHS, "$.rare boolean"), 0);
    assert_int_equal(told_text(&f, SS_HABIT_PATHS, "$.a string"), 0);
    done(&f);
}

static void
keys_of_hstore_are_told(void **state)
{
    fixture f;
    size_t t;

    (void) state;
    begin(&f, "hstore", SS_FORM_TEXT, -1);
    for (t = 0; t < f.b.catalog->ntypes; t++)
        f.b.types[t].extension = "hstore";
    for (unsigned i = 0; i < 1000; i++)
        text(&f, i % 2 == 0 ? "\"size\"=>\"1\", \"q\\\"t\"=>NULL" : "", 0);
    for (unsigned i = 0; i < 500; i++)
        text(&f, "\"rare\"=>\"x\"", 1 + i % (K - 1));
    learn(&f);
    assert_in_range(told_text(&f, SS_HABIT_PATHS, "$.size string"), 495, 505);
    assert_in_range(told_text(&f, SS_HABIT_PATHS, "$.\"q\\\"t\" null"), 495, 505);
    assert_int_equal(ntold(&f, SS_HABIT_PATHS), 3);
    done(&f);
}

static void
arrays_are_told(void **state)
{
    fixture f;

    (void) state;
    begin(&f, "_text", SS_FORM_TEXT, -1);
    f.b.types[0].kind = SS_TYPE_ARRAY;
    for (unsigned i = 0; i < 1000; i++)
        text(&f,
             i % 4 == 0   ? "{}"
             : i % 4 == 1 ? "{red,\"a \\\"b\\\"\",red}"
                          : "[0:1]={NULL,\"NULL\"}",
             0);
    for (unsigned i = 0; i < 500; i++)
        text(&f, "{rare,rare,rare,rare}", 1 + i % (K - 1));
    learn(&f);
    assert_int_equal(ntold(&f, SS_HABIT_ELEMENTS), 3);
    assert_in_range(told(&f, SS_HABIT_ELEMENTS, 0), 370,
                    380); /* rare ones' mass follows the others */
    assert_in_range(told_text(&f, SS_HABIT_ELEMENT_VALUES, "red"), 245, 255);
    assert_in_range(told_text(&f, SS_HABIT_ELEMENT_VALUES, "a \"b\""), 245, 255);
    assert_in_range(told_text(&f, SS_HABIT_ELEMENT_VALUES, "NULL"), 495, 505);
    assert_int_equal(ntold(&f, SS_HABIT_ELEMENT_VALUES), 3);
    done(&f);
}

static void
ranges_addresses_and_sizes_are_told(void **state)
{
    static const char *const ranges[] = {"[1,5)", "(,7]", "empty", "(,)"};
    static const char *const addresses[] = {"192.0.2.1", "192.0.2.0/24", "2001:db8::1",
                                            "2001:db8::/32"};
    static const char *const vectors[] = {"", "'a':1A,2 'b'", "'''a' 'it''s ''' 'b\\\\'",
                                          "' ''' 'c'"};
    fixture f;

    (void) state;
    begin(&f, "int4range", SS_FORM_TEXT, -1);
    f.b.types[0].kind = SS_TYPE_RANGE;
    for (unsigned i = 0; i < 1000; i++)
        text(&f, ranges[i % 4], 0);
    text(&f, "[1,5]", 0);
    learn(&f);
    assert_int_equal(ntold(&f, SS_HABIT_BOUNDS), 4);
    assert_in_range(told(&f, SS_HABIT_BOUNDS, 1), 245, 255);
    assert_in_range(told(&f, SS_HABIT_BOUNDS, 2 | 4), 245, 255);
    assert_in_range(told(&f, SS_HABIT_BOUNDS, 16), 245, 255);
    assert_in_range(told(&f, SS_HABIT_BOUNDS, 4 | 8), 245, 255);
    done(&f);
    begin(&f, "inet", SS_FORM_TEXT, -1);
    for (unsigned i = 0; i < 1000; i++)
        text(&f, addresses[i % 4], 0);
    text(&f, "10.0.0.0/9", 0);
    learn(&f);
    assert_int_equal(ntold(&f, SS_HABIT_PREFIXES), 4);
    assert_in_range(told(&f, SS_HABIT_PREFIXES, 4032), 245, 255);
    assert_in_range(told(&f, SS_HABIT_PREFIXES, 4024), 245, 255);
    assert_in_range(told(&f, SS_HABIT_PREFIXES, 6128), 245, 255);
    assert_in_range(told(&f, SS_HABIT_PREFIXES, 6032), 245, 255);
    done(&f);
    begin(&f, "uuid", SS_FORM_TEXT, -1);
    for (unsigned i = 0; i < 1000; i++)
        text(&f, i % 4 == 0 ? "sixteen bytes it" : "always 16 bytes.", 0);
    text(&f, "sixtee\x96 bytes it", 0);
    learn(&f);
    assert_int_equal(ntold(&f, SS_HABIT_VERSIONS), 2);
    assert_in_range(told(&f, SS_HABIT_VERSIONS, 'n' >> 4), 245, 255);
    assert_in_range(told(&f, SS_HABIT_VERSIONS, ' ' >> 4), 745, 755);
    done(&f);
    begin(&f, "tsvector", SS_FORM_TEXT, -1);
    for (unsigned i = 0; i < 1000; i++)
        text(&f, vectors[i % 4], 0);
    learn(&f);
    assert_int_equal(ntold(&f, SS_HABIT_ELEMENTS), 3);
    assert_int_equal(told(&f, SS_HABIT_ELEMENTS, 0), 250);
    assert_int_equal(told(&f, SS_HABIT_ELEMENTS, 2), 500);
    assert_int_equal(told(&f, SS_HABIT_ELEMENTS, 3), 250);
    done(&f);
    begin(&f, "bytea", SS_FORM_TEXT, -1);
    for (unsigned i = 0; i < 1000; i++)
        text(&f, i % 2 == 0 ? "sixteen bytes it" : "", 0);
    text(&f, "rare", 0);
    learn(&f);
    assert_int_equal(ntold(&f, SS_HABIT_SIZES), 2);
    assert_in_range(told(&f, SS_HABIT_SIZES, 16), 495, 505);
    done(&f);
}

/* --- whose -------------------------------------------------------------------------------------- */

static void
nothing_is_told_of_what_is_not_learnt(void **state)
{
    static const ss_decision decisions[] = {
        {.class = SS_CLASS_UNDECIDED, .treatment = SS_TREAT_SHAPE},
        {.class = SS_CLASS_UNDECIDED, .treatment = SS_TREAT_SYNTHESISE},
        {.class = SS_CLASS_FREE_TEXT, .treatment = SS_TREAT_SHAPE},
        {.class = SS_CLASS_DIRECT_IDENTIFIER, .treatment = SS_TREAT_SHAPE},
        {.class = SS_CLASS_DIRECT_IDENTIFIER, .treatment = SS_TREAT_SYNTHESISE},
        {.class = SS_CLASS_QUASI_IDENTIFIER, .treatment = SS_TREAT_GENERALISE},
        {.class = SS_CLASS_QUASI_IDENTIFIER, .treatment = SS_TREAT_CONSTANT, .value = "x"},
    };
    fixture f;

    (void) state;
    for (size_t i = 0; i < sizeof decisions / sizeof decisions[0]; i++)
    {
        begin(&f, i % 2 == 0 ? "text" : "jsonb", SS_FORM_TEXT, -1);
        f.decision = decisions[i];
        codes(&f, "ORD-999999", 3000, 0);
        learn(&f);
        assert_null(f.habits);
        done(&f);
    }
}

/* Of all texts they would be, less that of the value that is told, those of the three who have others. */
static void
what_is_told_as_a_value_has_no_habits(void **state)
{
    fixture f;

    (void) state;
    for (int others = 0; others < 2; others++)
    {
        begin(&f, "text", SS_FORM_TEXT, -1);
        for (uint64_t i = 0; i < 500; i++)
            text(&f, "plain", 0);
        for (uint64_t i = 0; i < 90; i++)
        {
            char rare[] = "rare a";

            rare[5] = (char) ('a' + i % 3);
            text(&f, rare, 1 + i % 3);
        }
        for (uint64_t i = 0; others == 1 && i < 200; i++)
            codes(&f, "Stop 999999", 1, 0);
        learn_with(&f, true);
        if (others == 0)
            assert_null(f.habits);
        else
        {
            assert_int_equal(ntold(&f, SS_HABIT_LETTER_CASE), 1);
            assert_int_equal(told(&f, SS_HABIT_LETTER_CASE, SS_CASE_TITLE), 290);
        }
        done(&f);
    }
    begin(&f, "int4", SS_FORM_I64, -1);
    for (uint64_t i = 0; i < 4000; i++)
        number(&f, i < 2000 ? 5 : 12 * (int64_t) (1 + noise(i) % 100000), 0);
    learn_with(&f, true);
    assert_int_equal(ntold(&f, SS_HABIT_STEPS), 1);
    assert_int_equal(told(&f, SS_HABIT_STEPS, 12), 2000);
    done(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_calendar_is_told),
        cmocka_unit_test(month_ends_of_dates_are_told),
        cmocka_unit_test(one_person_is_no_hour),
        cmocka_unit_test(endings_of_prices_are_told),
        cmocka_unit_test(steps_are_told),
        cmocka_unit_test(noise_has_neither_steps_nor_endings),
        cmocka_unit_test(quirks_are_told),
        cmocka_unit_test(what_ten_people_have_is_no_quirk),
        cmocka_unit_test(templates_of_codes_are_told),
        cmocka_unit_test(templates_of_many_texts_stand_for_all_rows),
        cmocka_unit_test(rare_prefixes_are_classes),
        cmocka_unit_test(classes_are_told_from_what_stands_for_itself),
        cmocka_unit_test(characters_of_other_texts_are_told),
        cmocka_unit_test(paths_of_documents_are_told),
        cmocka_unit_test(keys_of_hstore_are_told),
        cmocka_unit_test(arrays_are_told),
        cmocka_unit_test(ranges_addresses_and_sizes_are_told),
        cmocka_unit_test(what_is_told_as_a_value_has_no_habits),
        cmocka_unit_test(nothing_is_told_of_what_is_not_learnt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
