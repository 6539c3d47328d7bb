#include "unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rand/stream.h"
#include "rows/sorter.h"

typedef struct world
{
    ss_arena *arena;
    ss_sorter *sorter;
    uint64_t *got;
    size_t n;
    uint64_t sum; /* of all that came out, in its order */
    ss_error err;
} world;

static world
begin(size_t run_bytes)
{
    world w = {.arena = ss_arena_new(NULL), .got = calloc(1 << 20, sizeof(uint64_t))};

    w.sorter = ss_sorter_new(w.arena, "/tmp", run_bytes);
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
    uint64_t number;

    (void) err;
    assert_true(n >= sizeof number);
    memcpy(&number, row, sizeof number);
    for (size_t i = sizeof number; i < n; i++)
        assert_int_equal(((const unsigned char *) row)[i], (unsigned char) number);
    w->got[w->n++] = number;
    w->sum = w->sum * 31 + number;
    return SS_OK;
}

static void
add(world *w, ss_sort_key key, uint64_t number, size_t more)
{
    unsigned char *row = malloc(more + sizeof number);

    memcpy(row, &number, sizeof number);
    memset(row + sizeof number, (int) (unsigned char) number, more);
    assert_int_equal(ss_sorter_add(w->sorter, &key, row, more + sizeof number, &w->err), SS_OK);
    free(row);
}

static void
drain(world *w, size_t rows)
{
    assert_int_equal(ss_sorter_drain(w->sorter, put, w, &w->err), SS_OK);
    assert_int_equal(w->n, rows);
}

static void
rows_come_by_their_keys(void **state)
{
    /* In memory, in a few runs, in dozens, in more than are merged at once; rows of up to so many bytes. */
    static const struct
    {
        uint64_t rows;
        size_t longest, run;
    } cases[] = {{0, 0, SS_SORT_RUN},  {1, 0, SS_SORT_RUN},  {1000, 10, SS_SORT_RUN},
                 {60000, 60, 2000000}, {60000, 100, 100000}, {20, 3 << 20, SS_SORT_RUN},
                 {60000, 60, 8192},    {600, 40000, 4096}};

    (void) state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
    {
        static const unsigned char seed[SS_SEED_BYTES] = {1, 2, 3};
        uint64_t *words = calloc(cases[c].rows + 1, sizeof *words);
        ss_stream stream;
        world w = begin(cases[c].run);

        ss_stream_init(&stream, seed, "keys", 0);
        ss_stream_words(&stream, 0, cases[c].rows + 1, words);
        for (uint64_t i = 0; i < cases[c].rows; i++)
            add(&w, (ss_sort_key){{words[i], 0, 0}}, words[i],
                cases[c].longest == 0 ? 0 : (size_t) (words[i] % cases[c].longest));
        drain(&w, cases[c].rows);
        for (size_t i = 1; i < w.n; i++)
            assert_true(w.got[i - 1] < w.got[i]);
        free(words);
        end(&w);
    }
}

/* Many of each first word, and of each two: the order is the same from wherever one begins. */
static void
it_does_not_matter_how_they_came(void **state)
{
    const uint64_t n = 50000;
    uint64_t sums[3];

    (void) state;
    for (uint64_t way = 0; way < 3; way++)
    {
        world w = begin(200000);

        for (uint64_t i = 0; i < n; i++)
        {
            const uint64_t number = way == 0 ? i : way == 1 ? n - 1 - i : (i * 7919) % n;

            add(&w, (ss_sort_key){{number % 50, number % 7, number * UINT64_C(0x9e3779b97f4a7c15)}},
                number, 30);
        }
        drain(&w, n);
        for (size_t i = 1; i < w.n; i++)
        {
            assert_true(w.got[i - 1] % 50 <= w.got[i] % 50);
            if (w.got[i - 1] % 50 == w.got[i] % 50)
                assert_true(w.got[i - 1] % 7 <= w.got[i] % 7);
        }
        sums[way] = w.sum;
        end(&w);
    }
    assert_true(sums[0] == sums[1] && sums[1] == sums[2]);
}

static void
a_folder_that_is_not_there_is_told(void **state)
{
    world w = begin(SS_SORT_RUN);
    static const unsigned char row[1000];
    const ss_sort_key key = {{1, 2, 3}};
    ss_code code = SS_OK;

    (void) state;
    w.sorter = ss_sorter_new(w.arena, "/nowhere", SS_SORT_RUN);
    for (int i = 0; i < 100000 && code == SS_OK; i++)
        code = ss_sorter_add(w.sorter, &key, row, sizeof row, &w.err);
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

/* Each run has large rows at its head when they are merged: all but one wait on disk. */
static void
large_rows_do_not_wait_in_memory(void **state)
{
    world w = begin(SS_SORT_RUN);
    long before = peak_kb();

    (void) state;
    for (uint64_t i = 0; i < 60; i++)
        add(&w, (ss_sort_key){{(i * 77) % 60, 0, 0}}, (i * 77) % 60, (size_t) 3 << 20);
    drain(&w, 60);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void) before; /* the sanitizers keep what is freed */
#else
    assert_true(peak_kb() - before < 60 * 1024);
#endif
    for (size_t i = 0; i < w.n; i++)
        assert_int_equal(w.got[i], i);
    end(&w);
}

/* Bytes on disk of the one file of a sorter, which has no name. */
static int64_t
room(void)
{
    int64_t bytes = 0;

    for (int fd = 3; fd < 100; fd++)
    {
        char of[40], path[200];
        struct stat st;
        ssize_t n;

        (void) snprintf(of, sizeof of, "/proc/self/fd/%d", fd);
        n = readlink(of, path, sizeof path - 1);
        path[n < 0 ? 0 : n] = '\0';
        if (strstr(path, "/rows.") != NULL && fstat(fd, &st) == 0)
            bytes += (int64_t) st.st_blocks * 512;
    }
    return bytes;
}

static ss_code
look_at_room(void *arg, const void *row, size_t n, ss_error *err)
{
    world *w = arg;

    (void) row;
    (void) n;
    (void) err;
    if (w->n++ == 0)
        w->sum = (uint64_t) room();
    return SS_OK;
}

/* Runs are merged in two passes: what was read of the first is not in the file any more. */
static void
rows_are_in_the_file_once(void **state)
{
    const uint64_t n = 20000, bytes = n * 1040;
    world w = begin(65536);

    (void) state;
    for (uint64_t i = 0; i < n; i++)
        add(&w, (ss_sort_key){{(i * 7919) % n, 0, 0}}, i, 1000);
    assert_int_equal(ss_sorter_drain(w.sorter, look_at_room, &w, &w.err), SS_OK);
    assert_int_equal(w.n, n);
    assert_true(w.sum > bytes / 2 && w.sum < bytes + bytes / 4);
    end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_by_their_keys),
        cmocka_unit_test(it_does_not_matter_how_they_came),
        cmocka_unit_test(a_folder_that_is_not_there_is_told),
        cmocka_unit_test(large_rows_do_not_wait_in_memory),
        cmocka_unit_test(rows_are_in_the_file_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
