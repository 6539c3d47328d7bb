/* What to: takes, by type, and what it makes; moments of the same month; known passwords. */
#include "made.h"

#include "pseudonymise/pseudonymise_internal.h"

static const char *
coarser(const char *type, const char *kind, const char *to, const char *text)
{
    static char out[128];
    made m;
    ss_coarse coarse;
    ss_column column = {.name = "c", .typmod = -1};

    made_init(&m, type, strcmp(type, "citext") == 0 ? "citext" : NULL, SS_TYPE_BASE);
    if (ss_coarse_read(&m.catalog, &column, kind, to, &coarse))
    {
        int64_t low = strcmp(type, "int2") == 0 ? INT16_MIN : INT64_MIN;

        m.column.low = low;
        m.column.coarse = &coarse;
        (void) snprintf(out, sizeof out, "%s", made_of(&m, &ss_kind_generalise, text, 0));
    }
    else
        (void) snprintf(out, sizeof out, "refused");
    made_done(&m);
    return out;
}

static void
values_become_coarser(void **state)
{
    static const char *const claims[][5] = {
        {"date", NULL, "month", "1984-12-31", "1984-12-01"},
        {"date", NULL, "quarter", "1984-12-31", "1984-10-01"},
        {"date", NULL, "year", "1984-12-31", "1984-01-01"},
        {"date", NULL, "decade", "1984-12-31", "1980-01-01"},
        {"date", NULL, "5 years", "1984-12-31", "1980-01-01"},
        {"date", NULL, "1 year", "1984-12-31", "1984-01-01"},
        {"date", NULL, "decade", "0001-12-31 BC", "0001-01-01 BC"},
        {"date", NULL, "year", "-infinity", "-infinity"},
        {"date", NULL, "year", "1873-02-03", "1873-01-01"},
        {"timestamp", NULL, "month", "1999-12-31 23:59:59.5", "1999-12-01 00:00:00"},
        {"timestamptz", NULL, "year", "1999-12-31 23:59:59+00", "1999-01-01 00:00:00+00"},
        {"int4", NULL, "10", "27", "20"},
        {"int4", NULL, "10", "-7", "-10"},
        {"int4", NULL, "10", "-10", "-10"},
        {"int2", NULL, "10", "-32768", "-32768"},
        {"int8", NULL, "1000", "-9223372036854775808", "-9223372036854775808"},
        {"int4", "age", "10", "104", "90"},
        {"int4", "age", "5", "93", "90"},
        {"int4", "age", "10", "37", "30"},
        {"numeric", NULL, "10", "27.5", "20"},
        {"numeric", NULL, "0.05", "271.828", "271.80"},
        {"numeric", NULL, "10", "-0.001", "-10"},
        {"numeric", NULL, "10", "NaN", "NaN"},
        {"numeric", NULL, "1000", "123456789012345678901234567890",
         "123456789012345678901234567000"},
        {"numeric", "age", "0.5", "104.3", "90.0"},
        {"float8", "age", "0.5", "104.3", "90"},
        {"float8", NULL, "0.5", "-0.3", "-0.5"},
        {"float8", NULL, "0.1", "0.3", "0.3"},
        {"float8", NULL, "0.01", "0.29", "0.29"},
        {"float8", NULL, "0.1", "0.29999999", "0.2"},
        {"float8", NULL, "10", "1e+20", "1e+20"},
        {"float4", NULL, "0.1", "0.7", "0.7"},
        {"float4", NULL, "0.1", "0.6999999", "0.6"},
        {"float4", NULL, "0.25", "-16777.3", "-16777.5"},
        {"float8", NULL, "0.5", "-Infinity", "-Infinity"},
        {"money", NULL, "20", "-$0.01", "-$20.00"},
        {"money", NULL, "0.5", "$1.99", "$1.50"},
        {"text", NULL, "1 character",
         "\xC3\xA9"
         "a",
         "\xC3\xA9"},
        {"text", NULL, "3 characters", "ab", "ab"},
        {"varchar", "postcode", "outward-code", "SW1A 1AA", "SW1A"},
        {"citext", "postcode", "outward-code", "m11ae", "m1"},
        {"text", "postcode", "outward-code", "90210", "90"},
        {"text", "postcode", "outward-code", "123", ""},
        {"text", "postcode", "outward-code", "-- Jane", ""},
        {"text", "postcode", "2 characters", "90210", "90"},
        {"inet", NULL, "/24", "81.2.69.142", "81.2.69.0/24"},
        {"inet", NULL, "/24", "81.2.0.0/16", "81.2.0.0/16"},
        {"inet", NULL, "/0", "81.2.0.0", "0.0.0.0/0"},
        {"cidr", NULL, "/24", "2001:db8:1234:5678::/64", "2001:db8:1234::/48"},
        {"text", "ip-address", "/16", "81.2.69.142", "81.2.0.0"},
        {"text", "ip-address", "/16", "Jane", ""},
    };

    (void) state;
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
        assert_string_equal(coarser(claims[i][0], claims[i][1], claims[i][2], claims[i][3]),
                            claims[i][4]);
}

static void
what_a_type_does_not_take_is_refused(void **state)
{
    static const char *const claims[][3] = {
        {"date", NULL, "10"},
        {"date", NULL, "0 years"},
        {"date", NULL, "5 yearss"},
        {"date", NULL, "5  years"},
        {"date", NULL, ""},
        {"int4", NULL, "0"},
        {"int4", NULL, "-10"},
        {"int4", NULL, "0.5"},
        {"int4", NULL, "year"},
        {"int4", NULL, "10 "},
        {"numeric", NULL, "0.0000001"},
        {"numeric", NULL, "1."},
        {"money", NULL, "0.001"},
        {"int8", NULL, "99999999999999999999"},
        {"text", NULL, "outward-code"},
        {"text", NULL, "/24"},
        {"text", NULL, "0 characters"},
        {"text", NULL, "characters"},
        {"text", NULL, "3"},
        {"inet", NULL, "24"},
        {"inet", NULL, "/33"},
        {"inet", NULL, "/"},
        {"uuid", NULL, "1 character"},
        {"jsonb", NULL, "10"},
        {"bool", NULL, "10"},
        {"time", NULL, "month"},
    };

    (void) state;
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
    {
        const ss_column column = {.name = "c", .typmod = -1};
        ss_coarse coarse;
        made m;

        made_init(&m, claims[i][0], NULL, SS_TYPE_BASE);
        if (ss_coarse_read(&m.catalog, &column, claims[i][1], claims[i][2], &coarse))
            fail_msg("%s takes \"%s\"", claims[i][0], claims[i][2]);
        made_done(&m);
    }
}

static void
the_very_old_are_one_band(void **state)
{
    static char first[32];

    (void) state;
    (void) snprintf(first, sizeof first, "%s",
                    coarser("date", "date-of-birth", "year", "1899-05-06"));
    assert_string_equal(coarser("date", "date-of-birth", "year", "1911-12-31"), first);
    assert_string_equal(coarser("date", "date-of-birth", "year", "1984-12-31"), "1984-01-01");
}

/* Whatever is said to keep its order keeps it, and bands of one width do. */
static void
bands_keep_order_where_that_is_said(void **state)
{
    static const char *const to[] = {"month", "quarter", "year", "decade", "7 years"};
    static const char *const kinds[] = {NULL, "date-of-birth"};
    static const char *const days[] = {"1850-06-07", "1929-12-31", "1930-01-01", "1984-02-29",
                                       "1984-12-31", "1985-01-01", "2001-09-30"};
    const ss_column column = {.name = "c", .typmod = -1};
    made m;

    (void) state;
    made_init(&m, "date", NULL, SS_TYPE_BASE);
    for (size_t i = 0; i < 10 * 10; i++)
    {
        ss_coarse left, right;
        ss_step a = {.act = SS_STEP_KIND, .kind = &ss_kind_generalise, .about = m.column}, b = a;

        assert_true(ss_coarse_read(&m.catalog, &column, kinds[i % 2], to[i / 2 % 5], &left));
        assert_true(ss_coarse_read(&m.catalog, &column, kinds[i / 10 % 2], to[i / 20], &right));
        a.about.coarse = &left;
        b.about.coarse = &right;
        assert_false(ss_coarse_order_holds(&a, " < ", &b));
        assert_true(ss_coarse_order_holds(&a, " <= ", &b) == ss_coarse_order_holds(&b, " >= ", &a));
        if (!ss_coarse_order_holds(&a, " <= ", &b))
        {
            assert_true(left.n % right.n != 0 || (left.born && !right.born));
            continue;
        }
        for (size_t x = 0; x < sizeof days / sizeof days[0]; x++)
        {
            for (size_t y = x; y < sizeof days / sizeof days[0]; y++)
            {
                const char *lower, *upper;

                m.column.coarse = &left;
                lower = made_of(&m, &ss_kind_generalise, days[x], 0);
                m.column.coarse = &right;
                upper = made_of(&m, &ss_kind_generalise, days[y], 0);
                assert_true(strcmp(lower, upper) <= 0);
            }
        }
    }
    made_done(&m);
}

static void
bounds_of_dates_hold(void **state)
{
    static const struct
    {
        const char *definition;
        bool holds; /* for months */
        bool born;  /* for years of birth, */
        bool moved; /* for another day of the year, not later */
    } claims[] = {
        {"CHECK ((c >= '2007-01-01'::date))", true, true, true},
        {"CHECK ((c >= '2007-01-02'::date))", false, false, false},
        {"CHECK ((c > '2007-01-01'::date))", false, false, false},
        {"CHECK ((c > '2006-12-31'::date))", true, true, true},
        {"CHECK ((c >= '2007-02-01'::date))", true, false, false},
        /* The oldest of all are of a band that begins later. */
        {"CHECK ((c > '1900-01-01'::date))", false, true, false},
        {"CHECK ((c >= '1850-06-01'::date))", true, true, false},
        {"CHECK ((c <= '1900-01-01'::date))", true, false, true},
        {"CHECK ((c <= '2007-02-03'::date))", true, true, true},
        {"CHECK ((c < '2007-01-17'::date))", true, true, true},
        {"CHECK (((c >= '2007-01-01'::date) AND (c < '2007-02-01'::date)))", true, true, true},
        {"CHECK (((c >= '2007-01-01'::date) OR (c < '2007-02-01'::date)))", false, false, false},
        {"CHECK (((c >= '2007-01-01'::date) AND (d < '2007-02-01'::date)))", false, false, false},
        {"CHECK ((c < now()))", true, true, true},
        {"CHECK (((c >= '1900-01-01'::date) AND (c <= CURRENT_DATE)))", true, true, true},
        {"CHECK ((c > CURRENT_DATE))", false, false, false},
        {"CHECK ((c < (now() - '18 years'::interval)))", true, true, true},
        {"CHECK ((c < (now() - '91 years'::interval)))", true, false, true},
        {"CHECK ((c < (now() - '1 mon'::interval)))", true, false, true},
        {"CHECK ((c <= (CURRENT_DATE - 6570)))", true, false, true},
        {"CHECK ((c > (CURRENT_DATE - 6570)))", false, false, false},
        {"CHECK ((c <= (CURRENT_DATE - d)))", false, false, false},
        {"CHECK ((c < 'infinity'::date))", false, false, false},
        {"CHECK ((c >= '2007-01-01'::date)) NOT VALID", false, false, false},
        {"CHECK ((c >= 'today'::date))", false, false, false},
    };

    const ss_column column = {.name = "c", .typmod = -1};
    ss_coarse coarse, year;
    ss_step s;
    made m;

    (void) state;
    made_init(&m, "date", NULL, SS_TYPE_BASE);
    assert_true(ss_coarse_read(&m.catalog, &column, NULL, "month", &coarse));
    m.column.coarse = &coarse;
    s = (ss_step){.act = SS_STEP_KIND, .kind = &ss_kind_generalise, .about = m.column};
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
        assert_true(ss_date_bounds_hold(&s, claims[i].definition, "c", m.arena) == claims[i].holds);
    assert_true(ss_coarse_read(&m.catalog, &column, "date-of-birth", "year", &year));
    m.column.coarse = &year;
    s = (ss_step){.act = SS_STEP_KIND, .kind = &ss_kind_generalise, .about = m.column};
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
        assert_true(ss_date_bounds_hold(&s, claims[i].definition, "c", m.arena) == claims[i].born);
    s.kind = ss_kind_find("date-of-birth");
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
        assert_true(ss_date_bounds_hold(&s, claims[i].definition, "c", m.arena) == claims[i].moved);
    s.kind = ss_kind_find("date-shift");
    assert_true(ss_date_bounds_hold(&s, "CHECK ((c <= CURRENT_DATE))", "c", m.arena));
    assert_false(ss_date_bounds_hold(&s, "CHECK ((c >= '2007-01-01'::date))", "c", m.arena));
    s.kind = ss_kind_find("within-month");
    assert_false(ss_date_bounds_hold(&s, "CHECK ((c <= CURRENT_DATE))", "c", m.arena));
    made_done(&m);
}

static void
moments_of_a_month_are_permuted(void **state)
{
    made m;
    bool taken[32] = {false};

    (void) state;
    made_init(&m, "date", NULL, SS_TYPE_BASE);
    for (int day = 1; day <= 29; day++)
    {
        char text[16];
        const char *out;

        (void) snprintf(text, sizeof text, "2024-02-%02d", day);
        out = made_of(&m, ss_kind_find("within-month"), text, 0);
        assert_memory_equal(out, "2024-02-", 8);
        assert_false(taken[atoi(out + 8)]);
        taken[atoi(out + 8)] = true;
    }
    made_done(&m);
    made_init(&m, "timestamp", NULL, SS_TYPE_BASE);
    for (int i = 0; i < 300; i++)
    {
        char text[40];
        const char *out;

        (void) snprintf(text, sizeof text, "1969-07-20 20:17:40.%03d", i);
        out = made_of(&m, ss_kind_find("within-month"), text, 0);
        assert_memory_equal(out, "1969-07-", 8);
        /* as many digits behind the point */
        assert_true((strchr(out, '.') == NULL) == (i == 0));
        if (i % 10 != 0)
            assert_int_equal(strlen(strchr(out, '.')), 4);
    }
    assert_non_null(
        strstr(made_of(&m, ss_kind_find("within-month"), "1969-07-20 00:00:00", 0), " 00:00:00"));
    made_done(&m);
}

static void
passwords_keep_their_scheme(void **state)
{
    static const char *const claims[][2] = {
        {"", ""},
        {"!", "!"},
        {"hunter2", "sandseed"},
        {"$unknown$hunter2", ""},
        {"{CRYPT}hunter2", ""},
        {"d41d8cd98f00b204e9800998ecf8427e", "c58f74b2c2f8f9a210e6a8bd88437cf3"},
        {"D41D8CD98F00B204E9800998ECF8427E", "C58F74B2C2F8F9A210E6A8BD88437CF3"},
    };
    made m;

    (void) state;
    made_init(&m, "text", NULL, SS_TYPE_BASE);
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
        assert_string_equal(made_of(&m, &ss_kind_known_password, claims[i][0], 0), claims[i][1]);
    assert_memory_equal(made_of(&m, &ss_kind_known_password,
                                "$2y$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", 0),
                        "$2y$10$", 7);
    m.column.limit = 20;
    assert_string_equal(made_of(&m, &ss_kind_known_password, "$2y$12$R9h/cIP", 0), "");
    made_done(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_become_coarser),
        cmocka_unit_test(what_a_type_does_not_take_is_refused),
        cmocka_unit_test(the_very_old_are_one_band),
        cmocka_unit_test(bands_keep_order_where_that_is_said),
        cmocka_unit_test(bounds_of_dates_hold),
        cmocka_unit_test(moments_of_a_month_are_permuted),
        cmocka_unit_test(passwords_keep_their_scheme),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
