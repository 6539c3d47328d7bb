/* Places by whose they are: how far they move, that what belongs together moves together, and which CHECKs hold. */
#include "unit/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "pseudonymise/pseudonymise_internal.h"
#include "support/catalog_builder.h"

#define KM 111.195

typedef struct world
{
    ss_arena *arena;
    ss_builder b;
    ss_key_room *keys;
    ss_kind_column column;
    ss_batch *in, *out;
    uint64_t subjects[SS_BATCH_ROWS], rows[SS_BATCH_ROWS];
    ss_kind_counts counts;
    ss_error err;
} world;

static world
begin(const char *type, int32_t typmod)
{
    static const unsigned char key[SS_KEY_BYTES] = {5, 2, 1};
    world w = {.arena = ss_arena_new(NULL)};
    size_t table;

    w.b = builder_new(w.arena);
    table = builder_table(&w.b, "public", "t");
    (void) builder_column(&w.b, table, "c", type, false);
    (void) builder_done(&w.b);
    w.b.types[w.b.tables[table].columns[0].type].schema = "pg_catalog";
    w.column =
        (ss_kind_column){.catalog = w.b.catalog,
                         .type = {w.b.catalog, w.b.tables[table].columns[0].type, typmod},
                         .codec = ss_codec_find(w.b.catalog, w.b.tables[table].columns[0].type),
                         .group = "public.t.c",
                         .limit = SIZE_MAX,
                         .keyed_rows = true,
                         .has_subject = true};
    assert_non_null(w.column.codec);
    assert_int_equal(ss_key_room_new(key, w.arena, &w.keys, &w.err), SS_OK);
    w.in = ss_batch_new(w.arena, &w.column.codec->form, 1);
    w.out = ss_batch_new(w.arena, &w.column.codec->form, 1);
    return w;
}

/* What stands for the text, of that subject and row. */
static const char *
moved(world *w, const char *kind, const char *value, uint64_t subject, uint64_t row)
{
    const ss_kind *k = ss_kind_find(kind);
    const ss_kind_rows rows = {
        .n = 1, .in = &w->in->columns[0], .subject = w->subjects, .row = w->rows};
    ss_buf text = {0};
    const char *copy;
    void *state;

    w->subjects[0] = subject;
    w->rows[0] = row;
    ss_batch_clear(w->in);
    ss_batch_clear(w->out);
    assert_null(k->refusal(&w->column, w->arena));
    assert_int_equal(k->open(&w->column, w->keys, w->arena, &state, &w->err), SS_OK);
    assert_int_equal(w->column.codec->from_text(&w->column.type, value, strlen(value),
                                                &w->in->columns[0], 0, &w->err),
                     SS_OK);
    assert_int_equal(ss_kind_apply(k, state, &rows, &w->out->columns[0], &w->counts, &w->err),
                     SS_OK);
    assert_int_equal(
        w->column.codec->to_text(&w->column.type, &w->out->columns[0], 0, &text, &w->err), SS_OK);
    copy = ss_strdup(w->arena, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

static void
places_move_2_to_20_km(void **state)
{
    world lat = begin("numeric", -1), lon = begin("numeric", -1);
    int far = 0, north = 0, east = 0;

    (void) state;
    for (uint64_t who = 1; who <= 1000; who++)
    {
        const double dlat = strtod(moved(&lat, "latitude", "48.000000", who, 0), NULL) - 48,
                     dlon = strtod(moved(&lon, "longitude", "11.500000", who, 0), NULL) - 11.5;
        const double km = KM * hypot(dlat, dlon * cos(48 * acos(-1) / 180));

        if (km < 1.99 || km > 20.01)
            fail_msg("%.3f km", km);
        far += km > 14.2;
        north += dlat > 0;
        east += dlon > 0;
    }
    /* Half of the ring's area is beyond 14.2 km; 5 standard deviations are 80. */
    assert_in_range(far, 420, 580);
    assert_in_range(north, 420, 580);
    assert_in_range(east, 420, 580);
    assert_int_equal(lat.counts.fallbacks, 0);
    ss_arena_free(lat.arena);
    ss_arena_free(lon.arena);
}

/* Whatever the type, all of one person's are moved alike; of a row that is nobody's, by the row. */
static void
what_belongs_together_moves_together(void **state)
{
    world numeric = begin("numeric", -1), real = begin("float8", -1), text = begin("text", -1),
          point = begin("point", -1);

    (void) state;
    for (int own = 0; own < 2; own++)
    {
        const uint64_t who = own ? 77 : 0, row = own ? 0 : 78;
        const double one = strtod(moved(&numeric, "latitude", "51.500000", who, row), NULL) - 51.5;
        const double two = strtod(moved(&real, "latitude", "-33.9", who, row), NULL) + 33.9;
        const double three = strtod(moved(&text, "latitude", "0.500000", who, row), NULL) - 0.5;
        const double east = strtod(moved(&real, "longitude", "-0.12", who, row), NULL) + 0.12;
        double x, y;

        assert_true(fabs(one - two) < 2e-6 && fabs(one - three) < 2e-6);
        assert_int_equal(
            sscanf(moved(&point, "coordinates", "(-0.12,51.5)", who, row), "(%lf,%lf)", &x, &y), 2);
        assert_true(fabs(x + 0.12 - east) < 2e-6 && fabs(y - 51.5 - one) < 2e-6);
        assert_int_equal(
            sscanf(moved(&point, "coordinates", "(35.6,139.7)", who, row), "(%lf,%lf)", &x, &y), 2);
        assert_true(fabs(y - 139.7 - east) < 2e-6 && fabs(x - 35.6 - one) < 2e-6);
    }
    assert_string_not_equal(moved(&numeric, "latitude", "51.500000", 1, 0),
                            moved(&numeric, "latitude", "51.500000", 2, 0));
    ss_arena_free(numeric.arena);
    ss_arena_free(real.arena);
    ss_arena_free(text.arena);
    ss_arena_free(point.arena);
}

static void
they_stay_on_the_globe_and_in_the_column(void **state)
{
    static const char *const lats[] = {"90", "-90", "89.99", "-89.999999", "9.99", "0.1", "45"};
    static const char *const lons[] = {"180", "-180", "179.99", "-179.999999", "9.99", "99.999"};
    world any = begin("numeric", -1), narrow = begin("numeric", (5 << 16 | 3) + 4),
          shorter = begin("text", -1);

    (void) state;
    shorter.column.limit = 6;
    for (uint64_t who = 1; who <= 300; who++)
    {
        for (size_t i = 0; i < sizeof lats / sizeof lats[0]; i++)
        {
            const char *made = moved(&any, "latitude", lats[i], who, 0);

            assert_true(fabs(strtod(made, NULL)) <= 90);
            assert_string_not_equal(made, lats[i]);
            assert_int_equal(strchr(made, '.') == NULL, strchr(lats[i], '.') == NULL);
        }
        for (size_t i = 0; i < sizeof lons / sizeof lons[0]; i++)
        {
            const char *made = moved(&any, "longitude", lons[i], who, 0);

            assert_true(fabs(strtod(made, NULL)) <= 180);
            assert_string_not_equal(made, lons[i]);
        }
        assert_true(strlen(moved(&shorter, "longitude", "-9.999", who, 0)) <= 6);
        assert_true(fabs(strtod(moved(&narrow, "longitude", "99.990", who, 0), NULL)) < 100);
    }
    assert_int_equal(any.counts.fallbacks, 0);
    ss_arena_free(any.arena);
    ss_arena_free(narrow.arena);
    ss_arena_free(shorter.arena);
}

/* Metres of a national grid, notes: nothing of them is left, and they are counted. */
static void
what_is_no_place_is_nowhere(void **state)
{
    static const char *const odd[] = {"530000", "north of Leeds", "91", "NaN", "51,5", "1e5"};
    world text = begin("text", -1), real = begin("float8", -1), point = begin("point", -1);

    (void) state;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        assert_string_equal(moved(&text, "latitude", odd[i], 3, 0), "0");
    assert_int_equal(text.counts.fallbacks, sizeof odd / sizeof odd[0]);
    assert_string_equal(moved(&text, "latitude", "", 3, 0), "");
    assert_string_equal(moved(&text, "latitude", "0.000", 3, 0), "0.000");
    assert_string_equal(moved(&real, "longitude", "NaN", 3, 0), "0");
    assert_string_equal(moved(&real, "longitude", "530000", 3, 0), "0");
    assert_string_equal(moved(&point, "coordinates", "(530000,180000)", 3, 0), "(0,0)");
    assert_string_equal(moved(&point, "coordinates", "(NaN,1)", 3, 0), "(0,0)");
    assert_string_equal(moved(&point, "coordinates", "(0,0)", 3, 0), "(0,0)");
    assert_int_equal(real.counts.fallbacks, 2);
    assert_int_equal(point.counts.fallbacks, 2);
    ss_arena_free(text.arena);
    ss_arena_free(real.arena);
    ss_arena_free(point.arena);
}

static void
columns_that_cannot_agree_are_refused(void **state)
{
    world w = begin("numeric", -1);

    (void) state;
    w.column.has_subject = w.column.keyed_rows = false;
    assert_non_null(ss_kind_latitude.refusal(&w.column, w.arena));
    assert_non_null(ss_kind_coordinates.refusal(&w.column, w.arena));
    ss_arena_free(w.arena);
}

static void
checks_of_degrees_hold(void **state)
{
    static const struct
    {
        const ss_kind *kind;
        ss_coarse coarse;
        const char *check;
        bool holds;
    } cases[] = {
        {&ss_kind_latitude,
         {0},
         "CHECK (((c >= ('-90'::integer)::numeric) AND (c <= (90)::numeric)))",
         true},
        {&ss_kind_latitude,
         {0},
         "CHECK (((c >= ('-90'::integer)::double precision) AND (c <= (90)::double precision) AND "
         "(lon >= ('-180'::integer)::double precision)))",
         true},
        {&ss_kind_latitude, {0}, "CHECK ((c >= '-90.0'::numeric))", true},
        {&ss_kind_longitude,
         {0},
         "CHECK (((c >= ('-90'::integer)::numeric) AND (c <= (90)::numeric)))",
         false},
        {&ss_kind_latitude, {0}, "CHECK ((c > ('-90'::integer)::numeric))", false},
        {&ss_kind_latitude, {0}, "CHECK (((c >= (49)::numeric) AND (c <= (61)::numeric)))", false},
        {&ss_kind_latitude,
         {0},
         "CHECK (((c >= ('-90'::integer)::numeric) OR (c <= (90)::numeric)))",
         false},
        {&ss_kind_latitude, {0}, "CHECK (((c + lon) <= (90)::numeric))", false},
        {&ss_kind_latitude, {0}, "CHECK ((c <= lon))", false},
        {&ss_kind_latitude, {0}, "CHECK ((lon <= (180)::numeric))", false},
        {&ss_kind_generalise,
         {.way = SS_COARSE_WIDTH, .n = 1, .scale = 1},
         "CHECK (((c >= ('-90'::integer)::numeric) AND (c <= (90)::numeric)))",
         true},
        {&ss_kind_generalise,
         {.way = SS_COARSE_WIDTH, .n = 7, .scale = 1},
         "CHECK ((c >= ('-90'::integer)::numeric))",
         false},
        {&ss_kind_generalise,
         {.way = SS_COARSE_WIDTH, .n = 1, .scale = 1},
         "CHECK ((c >= 0.3))",
         false},
        {&ss_kind_generalise,
         {.way = SS_COARSE_WIDTH, .n = 10, .age = true},
         "CHECK ((c >= (100)::numeric))",
         false},
    };

    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        const ss_step step = {
            .act = SS_STEP_KIND, .kind = cases[i].kind, .about.coarse = &cases[i].coarse};

        if (ss_degrees_hold(&step, cases[i].check, "c", arena) != cases[i].holds)
            fail_msg("%zu: %s", i, cases[i].check);
    }
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_move_2_to_20_km),
        cmocka_unit_test(what_belongs_together_moves_together),
        cmocka_unit_test(they_stay_on_the_globe_and_in_the_column),
        cmocka_unit_test(what_is_no_place_is_nowhere),
        cmocka_unit_test(columns_that_cannot_agree_are_refused),
        cmocka_unit_test(checks_of_degrees_hold),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
