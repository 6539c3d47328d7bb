/* Amounts and dates by whose they are: laws that hold for any key. */
#include "unit/check.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "pseudonymise/kind.h"
#include "support/catalog_builder.h"

typedef struct world
{
    ss_arena *arena;
    ss_builder b;
    ss_key_room *keys;
    ss_kind_column column;
    ss_batch *in, *out;
    uint64_t subjects[SS_BATCH_ROWS];
    ss_kind_counts counts;
    ss_error err;
} world;

static world
begin(const char *type, int32_t typmod)
{
    static const unsigned char key[SS_KEY_BYTES] = {4, 2, 1};
    world w = {.arena = ss_arena_new(NULL)};
    size_t table;

    w.b = builder_new(w.arena);
    table = builder_table(&w.b, "public", "t");
    (void) builder_column(&w.b, table, "c", type, false);
    (void) builder_done(&w.b);
    w.column =
        (ss_kind_column){.catalog = w.b.catalog,
                         .type = {w.b.catalog, w.b.tables[table].columns[0].type, typmod},
                         .codec = ss_codec_find(w.b.catalog, w.b.tables[table].columns[0].type),
                         .group = "public.t.c",
                         .limit = SIZE_MAX,
                         .low = INT64_MIN,
                         .high = INT64_MAX,
                         .has_subject = true};
    assert_non_null(w.column.codec);
    assert_int_equal(ss_key_room_new(key, w.arena, &w.keys, &w.err), SS_OK);
    w.in = ss_batch_new(w.arena, &w.column.codec->form, 1);
    w.out = ss_batch_new(w.arena, &w.column.codec->form, 1);
    return w;
}

static ss_code
apply(world *w, const char *kind, size_t n)
{
    const ss_kind *k = ss_kind_find(kind);
    void *state;

    assert_non_null(k);
    assert_null(k->refusal(&w->column, w->arena));
    assert_int_equal(k->open(&w->column, w->keys, w->arena, &state, &w->err), SS_OK);
    return ss_kind_apply(k, state,
                         &(ss_kind_rows){.n = n, .in = &w->in->columns[0], .subject = w->subjects},
                         &w->out->columns[0], &w->counts, &w->err);
}

static double
made(const world *w, size_t r)
{
    size_t n;
    char text[64] = "";
    const unsigned char *bytes = ss_column_bytes(&w->out->columns[0], r, &n);

    assert_true(n < sizeof text);
    memcpy(text, bytes, n);
    return strtod(text, NULL);
}

static void
put(world *w, size_t r, const char *text, uint64_t subject)
{
    ss_column_put_bytes(&w->in->columns[0], r, text, strlen(text));
    w->subjects[r] = subject;
}

static void
amounts_of_one_person_have_one_factor(void **state)
{
    static const char *const values[] = {"1000.00", "123456.78", "-50000.25", "99999.99"};
    world w = begin("numeric", -1);
    double factor;

    (void) state;
    for (size_t i = 0; i < 4; i++)
        put(&w, i, values[i], 7);
    put(&w, 4, "1000.00", 8);
    assert_int_equal(apply(&w, "money", 5), SS_OK);
    factor = made(&w, 0) / 1000;
    assert_true(factor >= 0.8 && factor <= 1.25);
    for (size_t i = 1; i < 4; i++)
        assert_true(fabs(made(&w, i) / strtod(values[i], NULL) - factor) < 1e-5);
    assert_true(made(&w, 4) != made(&w, 0));
    ss_arena_free(w.arena);
}

/* What is above zero stays so, with as many decimals. */
static void
signs_and_decimals_stay(void **state)
{
    static const char *const values[] = {
        "0",  "0.00", "0.01",   "-0.01", "1",
        "-1", "12.5", "0.0001", "00",    "123456789012345678901234567.89"};
    world w = begin("numeric", -1);

    (void) state;
    for (uint64_t subject = 1; subject <= 200; subject++)
    {
        ss_batch_clear(w.in);
        ss_batch_clear(w.out);
        for (size_t i = 0; i < 10; i++)
            put(&w, i, values[i], subject);
        assert_int_equal(apply(&w, "money", 10), SS_OK);
        for (size_t i = 0; i < 10; i++)
        {
            const double v = strtod(values[i], NULL), m = made(&w, i);
            const char *point = strchr(values[i], '.');
            size_t n;
            const unsigned char *text = ss_column_bytes(&w.out->columns[0], i, &n), *own;

            assert_true((v > 0) == (m > 0) && (v < 0) == (m < 0));
            own = memchr(text, '.', n);
            assert_int_equal(point == NULL ? 0 : strlen(point),
                             own == NULL ? 0 : n - (size_t) (own - text));
        }
    }
    ss_arena_free(w.arena);
}

static void
what_the_column_takes_is_kept(void **state)
{
    world w = begin("int4", -1), p = begin("numeric", (6 << 16 | 2) + 4);

    (void) state;
    w.column.low = -2000;
    w.column.high = 1000;
    for (size_t r = 0; r < 1000; r++)
    {
        ss_column_put_i64(&w.in->columns[0], r, r % 2 == 0 ? 1000 : -2000);
        w.subjects[r] = r + 1;
        put(&p, r, "9999.99", r + 1);
    }
    assert_int_equal(apply(&w, "measure", 1000), SS_OK);
    assert_int_equal(apply(&p, "income", 1000), SS_OK);
    for (size_t r = 0; r < 1000; r++)
    {
        assert_true(w.out->columns[0].i64[r] >= -2000 && w.out->columns[0].i64[r] <= 1000);
        assert_true(made(&p, r) <= 9999.99);
    }
    ss_arena_free(w.arena);
    ss_arena_free(p.arena);
}

/* Floats have no more decimals than they had, or two of one person would tell the factor; none becomes infinite. */
static void
floats_are_rounded_and_stay_within_their_type(void **state)
{
    static const double values[] = {1234.5,  -98765.43, 100.25,       0.07,   3,
                                    1.25e-7, 8e14,      3.4028235e38, -3.4e38};
    world w = begin("float4", -1), d = begin("float8", -1);
    double last = 0;

    (void) state;
    for (uint64_t subject = 1; subject <= 300; subject++)
    {
        ss_batch_clear(d.in);
        ss_batch_clear(d.out);
        for (size_t r = 0; r < 9; r++)
        {
            ss_column_put_f64(&w.in->columns[0], r, (double) (float) values[r]);
            ss_column_put_f64(&d.in->columns[0], r,
                              r < 7    ? values[r]
                              : r == 7 ? DBL_MAX
                                       : -DBL_MAX);
            w.subjects[r] = d.subjects[r] = subject;
        }
        assert_int_equal(apply(&w, "measure", 9), SS_OK);
        assert_int_equal(apply(&d, "measure", 9), SS_OK);
        for (size_t r = 0; r < 9; r++)
        {
            const double single = w.out->columns[0].f64[r], made = d.out->columns[0].f64[r];
            const double was = d.in->columns[0].f64[r];

            assert_true(fabs(single) <= (double) FLT_MAX && isfinite(made));
            assert_true((made > 0) == (values[r] > 0) && (single > 0) == (values[r] > 0));
            assert_true(fabs(made / was) >= 0.5 && made / was <= 1.5);
        }
        for (size_t r = 0; r < 5; r++)
        {
            const double cents = d.out->columns[0].f64[r] * 100;
            char text[32];
            size_t n = (size_t) snprintf(text, sizeof text, "%.15g", d.out->columns[0].f64[r]);
            const char *point = strchr(text, '.');

            assert_true(fabs(cents - round(cents)) < 1e-6);
            assert_true(point == NULL || n - (size_t) (point + 1 - text) <= 2);
            assert_true(fabs(w.out->columns[0].f64[r] * 100 -
                             round(w.out->columns[0].f64[r] * 100)) < 1e-4);
        }
        assert_true(d.out->columns[0].f64[0] != last);
        last = d.out->columns[0].f64[0];
    }
    ss_arena_free(w.arena);
    ss_arena_free(d.arena);
}

static void
more_digits_than_can_be_told_are_an_error_without_them(void **state)
{
    world w = begin("numeric", -1);

    (void) state;
    put(&w, 0, "1234567890123456789012345678901234567890", 1);
    assert_int_equal(apply(&w, "money", 1), SS_EREFUSED);
    assert_null(strstr(w.err.line[0], "12345678901"));
    ss_arena_free(w.arena);
}

/* Days since 2000-01-01 of 1 January of a year, by counting leap years. */
static int64_t
first_of(int year)
{
    const int64_t before = year - 1;

    return 365 * (int64_t) (year - 2000) + (before / 4 - before / 100 + before / 400) -
           (1999 / 4 - 1999 / 100 + 1999 / 400);
}

static void
births_stay_in_their_year_and_nobody_gets_younger(void **state)
{
    world w = begin("date", -1);
    size_t n = 0;

    (void) state;
    for (int year = 1896; year <= 2024; year++)
    {
        const int64_t days = first_of(year + 1) - first_of(year);

        for (int64_t d = 0; d < days && n < SS_BATCH_ROWS; d += 13)
        {
            ss_column_put_i64(&w.in->columns[0], n, first_of(year) + d);
            w.subjects[n] = n + 1;
            n++;
        }
    }
    assert_int_equal(apply(&w, "date-of-birth", n), SS_OK);
    n = 0;
    for (int year = 1896; year <= 2024; year++)
    {
        const int64_t days = first_of(year + 1) - first_of(year);

        for (int64_t d = 0; d < days && n < SS_BATCH_ROWS; d += 13, n++)
        {
            assert_true(w.out->columns[0].i64[n] >= first_of(year));
            assert_true(w.out->columns[0].i64[n] <= first_of(year) + d);
        }
    }
    assert_int_equal(first_of(2001), 366);
    ss_arena_free(w.arena);
}

/* Dates begin in November of 4714 BC: that year and that month have fewer days. */
static void
dates_begin_where_the_server_says(void **state)
{
    static const char *const kinds[] = {"date-of-birth", "within-month"};
    static const char *const types[] = {"date", "timestamp"};

    (void) state;
    for (size_t k = 0; k < 4; k++)
    {
        const int64_t unit = k % 2 == 0 ? 1 : SS_DAY_US;
        world w = begin(types[k % 2], -1);
        bool seen[7] = {false};

        for (size_t r = 0; r < 700; r++)
        {
            ss_column_put_i64(&w.in->columns[0], r,
                              (SS_DAY_FIRST + (int64_t) (r % 7)) * unit + (unit > 1 && r > 350));
            w.subjects[r] = r + 1;
        }
        assert_int_equal(apply(&w, kinds[k / 2], 700), SS_OK);
        for (size_t r = 0; r < 700; r++)
        {
            const int64_t day = w.out->columns[0].i64[r] / unit - SS_DAY_FIRST;

            assert_in_range(w.out->columns[0].i64[r] - SS_DAY_FIRST * unit, 0, 7 * unit - 1);
            if (r < 7 && k / 2 == 1)
            {
                assert_false(seen[day]);
                seen[day] = true;
            }
        }
        ss_arena_free(w.arena);
    }
}

static void
shifts_keep_what_lies_between(void **state)
{
    static const int64_t at[] = {0, 5000, -100000, 36500, INT64_MIN, INT64_MAX};
    world w = begin("date", -1);
    int64_t least = INT64_MAX, most = 0;

    (void) state;
    w.column.days = 30;
    for (size_t r = 0; r < 3600; r++)
    {
        ss_column_put_i64(&w.in->columns[0], r, at[r % 6]);
        w.subjects[r] = r / 6 + 1;
    }
    assert_int_equal(apply(&w, "date-shift", 3600), SS_OK);
    for (size_t r = 0; r < 3600; r += 6)
    {
        const int64_t *m = w.out->columns[0].i64 + r, shift = at[0] - m[0];

        for (int i = 1; i < 4; i++)
            assert_true(at[i] - m[i] == shift);
        assert_true(m[4] == INT64_MIN && m[5] == INT64_MAX);
        least = shift < least ? shift : least;
        most = shift > most ? shift : most;
    }
    assert_int_equal(least, 1);
    assert_int_equal(most, 30);
    assert_int_equal(apply(&w, "date-shift-weeks", 3600), SS_OK);
    for (size_t r = 0; r < 3600; r += 6)
        assert_int_equal((at[0] - w.out->columns[0].i64[r]) % 7, 0);
    w.column.has_subject = false;
    assert_non_null(ss_kind_find("date-shift")->refusal(&w.column, w.arena));
    ss_arena_free(w.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_of_one_person_have_one_factor),
        cmocka_unit_test(signs_and_decimals_stay),
        cmocka_unit_test(what_the_column_takes_is_kept),
        cmocka_unit_test(floats_are_rounded_and_stay_within_their_type),
        cmocka_unit_test(more_digits_than_can_be_told_are_an_error_without_them),
        cmocka_unit_test(births_stay_in_their_year_and_nobody_gets_younger),
        cmocka_unit_test(dates_begin_where_the_server_says),
        cmocka_unit_test(shifts_keep_what_lies_between),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
