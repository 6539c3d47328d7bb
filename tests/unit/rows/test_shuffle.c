#include "unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "rand/stream.h"
#include "rows/shuffle.h"

typedef struct world
{
    ss_arena *arena;
    ss_stream stream;
    uint64_t drawn;
    uint32_t *got;
    size_t n;
    ss_error err;
} world;

static void
words(void *arg, size_t n, uint64_t *out)
{
    world *w = arg;

    ss_stream_words(&w->stream, w->drawn, n, out);
    w->drawn += n;
}

static world
begin(const char *name)
{
    static const unsigned char seed[SS_SEED_BYTES] = {9, 8, 7};
    world w = {.arena = ss_arena_new(NULL)};

    ss_stream_init(&w.stream, seed, name, 0);
    return w;
}

static void
end(world *w)
{
    ss_arena_free(w->arena);
    free(w->got);
}

/* A row is its number and as many bytes of it as it says. */
static ss_code
put(void *arg, const void *row, size_t n, ss_error *err)
{
    world *w = arg;
    uint32_t number;
    size_t same = sizeof number;

    (void) err;
    assert_true(n >= sizeof number);
    memcpy(&number, row, sizeof number);
    while (same < n && ((const unsigned char *) row)[same] == (unsigned char) number)
        same++;
    assert_int_equal(same, n);
    w->got[w->n++] = number;
    return SS_OK;
}

static void
run(world *w, uint32_t rows, size_t longest, uint64_t bytes)
{
    const ss_shuffle_options o = {.folder = "/tmp", .bytes = bytes, .words = words, .arg = w};
    ss_shuffle *s = ss_shuffle_new(w->arena, &o);
    unsigned char *row = malloc(longest + sizeof rows);

    for (uint32_t i = 0; i < rows; i++)
    {
        const size_t n = longest == 0 ? 0 : i * 7919U % longest;

        memcpy(row, &i, sizeof i);
        memset(row + sizeof i, (int) (unsigned char) i, n);
        assert_int_equal(ss_shuffle_add(s, row, n + sizeof i, &w->err), SS_OK);
    }
    free(row);
    free(w->got);
    w->got = calloc(rows + 1, sizeof *w->got);
    w->n = 0;
    assert_int_equal(ss_shuffle_drain(s, put, w, &w->err), SS_OK);
    assert_int_equal(w->n, rows);
}

static void
assert_each_once(const world *w)
{
    unsigned char *seen = calloc(w->n + 1, 1);

    for (size_t i = 0; i < w->n; i++)
    {
        assert_true(w->got[i] < w->n);
        assert_int_equal(seen[w->got[i]]++, 0);
    }
    free(seen);
}

/* Of places and numbers; of n independent ones its square is 1 / n on average. */
static double
correlation(const world *w)
{
    const double mean = ((double) w->n - 1) / 2;
    double both = 0, own = 0;

    for (size_t i = 0; i < w->n; i++)
    {
        both += ((double) i - mean) * ((double) w->got[i] - mean);
        own += ((double) i - mean) * ((double) i - mean);
    }
    return both / own;
}

/* Neighbours at the source that are so again. */
static size_t
neighbours(const world *w)
{
    size_t n = 0;

    for (size_t i = 1; i < w->n; i++)
        n += w->got[i] == w->got[i - 1] + 1;
    return n;
}

static void
every_row_comes_once_in_another_order(void **state)
{
    /* rows, the longest, how many bytes are expected: in memory, in a file, and far more than expected */
    static const struct
    {
        uint32_t rows;
        size_t longest;
        uint64_t bytes;
    } cases[] = {{0, 0, 0},           {1, 10, 0},
                 {100000, 40, 0},     {100000, 40, UINT64_C(1) << 30},
                 {60000, 900, 30000}, {300, 200000, UINT64_C(200) << 20}};

    (void) state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
    {
        world w = begin("a");

        run(&w, cases[c].rows, cases[c].longest, cases[c].bytes);
        assert_each_once(&w);
        if (cases[c].rows >= 60000)
        {
            /* five sigma */
            assert_true(correlation(&w) < 0.021 && correlation(&w) > -0.021);
            assert_in_range(neighbours(&w), 0, 10);
        }
        end(&w);
    }
}

static void
the_same_words_give_the_same_order(void **state)
{
    world a = begin("a"), b = begin("a"), c = begin("c");

    (void) state;
    run(&a, 50000, 30, UINT64_C(100) << 20);
    run(&b, 50000, 30, UINT64_C(100) << 20);
    run(&c, 50000, 30, UINT64_C(100) << 20);
    assert_memory_equal(a.got, b.got, 50000 * sizeof *a.got);
    assert_memory_not_equal(a.got, c.got, 50000 * sizeof *a.got);
    end(&a);
    end(&b);
    end(&c);
}

/* Each order of four rows is as likely, over two buckets: chi-squared with 23 degrees of freedom. */
static void
no_order_is_preferred(void **state)
{
    enum
    {
        TIMES = 12000
    };

    static int count[256];
    double chi = 0;
    int orders = 0;

    (void) state;
    for (int t = 0; t < TIMES; t++)
    {
        char name[16];
        world w;

        (void) snprintf(name, sizeof name, "%d", t);
        w = begin(name);
        run(&w, 4, 0, UINT64_C(20) << 20);
        count[w.got[0] * 64 + w.got[1] * 16 + w.got[2] * 4 + w.got[3]]++;
        end(&w);
    }
    for (int i = 0; i < 256; i++)
    {
        orders += count[i] > 0;
        if (count[i] > 0)
            chi += (count[i] - TIMES / 24.0) * (count[i] - TIMES / 24.0) / (TIMES / 24.0);
    }
    assert_int_equal(orders, 24);
    /* fixed words: the same each time; beyond 49.7 once in a thousand */
    assert_true(chi < 49.7);
}

static void
a_folder_that_is_not_there_is_told(void **state)
{
    world w = begin("a");
    const ss_shuffle_options o = {
        .folder = "/nowhere", .bytes = UINT64_C(1) << 30, .words = words, .arg = &w};
    ss_shuffle *s = ss_shuffle_new(w.arena, &o);
    ss_code code = SS_OK;
    static const unsigned char row[1000];

    (void) state;
    for (int i = 0; i < 100000 && code == SS_OK; i++)
        code = ss_shuffle_add(s, row, sizeof row, &w.err);
    assert_int_equal(code, SS_ERETRY);
    assert_non_null(strstr(w.err.line[0], "/nowhere"));
    assert_non_null(strstr(w.err.hint, "room"));
    end(&w);
}

static long
peak_kb(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* Each bucket of a large table may have one of its large rows: they wait on disk. */
static void
large_rows_do_not_wait_in_memory(void **state)
{
    world w = begin("large");
    const ss_shuffle_options o = {
        .folder = "/tmp", .bytes = UINT64_C(64) << 30, .words = words, .arg = &w};
    ss_shuffle *s = ss_shuffle_new(w.arena, &o);
    const size_t n = (size_t) 1 << 20;
    unsigned char *row = malloc(n);
    long before;

    (void) state;
    assert_non_null(row);
    memset(row, 7, n);
    before = peak_kb();
    for (uint32_t i = 0; i < 300; i++)
    {
        memcpy(row, &i, sizeof i);
        assert_int_equal(ss_shuffle_add(s, row, n, &w.err), SS_OK);
    }
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void) before; /* the sanitizers keep what is freed */
#else
    assert_true(peak_kb() - before < 100 * 1024);
#endif
    free(row);
    end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_comes_once_in_another_order),
        cmocka_unit_test(the_same_words_give_the_same_order),
        cmocka_unit_test(no_order_is_preferred),
        cmocka_unit_test(a_folder_that_is_not_there_is_told),
        cmocka_unit_test(large_rows_do_not_wait_in_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
