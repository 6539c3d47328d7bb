/*
 * Is every bijection one?  All sizes from 1 to 2^16, all of their values: of the shuffled tables, which stand for such sizes,
 * and of the Feistel network, which stands for larger ones; and samples of sizes to 2^63.  Prints what was looked at, and
 * ends with 1 at the first two values that share an image.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/pool.h"
#include "rand/permutation.h"
#include "rand/stream.h"
#include "secret/bijection.h"

#define WORKERS      16
#define SMALL        UINT64_C(65536)
#define SAMPLED_BITS 47 /* sizes of 17 to 63 bits */
#define SIZES        24 /* of each */
#define SAMPLES      200000

static const unsigned char key[SS_KEY_BYTES] = {1, 6, 1, 8, 0, 3, 3, 9};

typedef struct room /* of a worker */
{
    ss_arena *arena;
    unsigned char hit[SMALL];
    uint64_t *in, *out;
} room;

static ss_code
clash(ss_error *err, const char *what, uint64_t n)
{
    return ss_fail(err, SS_EBUG, "%s of %" PRIu64 " is no bijection", what, n);
}

/* The largest sizes first: so the last to end is a small one. */
static ss_code
table_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    room *r = &((room *) arg)[worker];
    const uint64_t n = SMALL - job;
    const ss_bijection *b = ss_bijection_new(key, n, 1, r->arena);

    memset(r->hit, 0, n);
    for (uint64_t x = 0; x < n; x++)
    {
        const uint64_t y = ss_biject(b, x);

        if (y >= n || r->hit[y]++ != 0)
            return clash(err, "the table", n);
    }
    ss_arena_reset(r->arena);
    return SS_OK;
}

static ss_code
network_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    room *r = &((room *) arg)[worker];
    const uint64_t n = SMALL - job;
    ss_permutation p;

    ss_permutation_init_keyed(&p, key, n);
    ss_permutation_tabulate(&p, r->arena);
    memset(r->hit, 0, n);
    for (uint64_t x = 0; x < n; x++)
        r->in[x] = x;
    ss_permute_all(&p, r->in, n);
    for (uint64_t x = 0; x < n; x++)
    {
        if (r->in[x] >= n || r->hit[r->in[x]]++ != 0)
            return clash(err, "the network", n);
    }
    ss_arena_reset(r->arena);
    return SS_OK;
}

static int
compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;

    return x < y ? -1 : x > y;
}

/* A size of so many bits: the least, the greatest, their neighbours, and others. */
static uint64_t
size_of(const ss_stream *stream, size_t job, int bits)
{
    const uint64_t low = UINT64_C(1) << (bits - 1);
    uint64_t word;

    ss_stream_words(stream, job, 1, &word);
    switch (job % SIZES)
    {
    case 0:
        return low;
    case 1:
        return low + 1;
    case 2:
        return low + low - 1;
    default:
        return low + word % low;
    }
}

/* Half of the samples from both ends, half from all over. */
static ss_code
sample_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    room *r = &((room *) arg)[worker];
    const int bits = 17 + (int) (job / SIZES);
    ss_stream stream;
    size_t m = 0;
    uint64_t n;
    const ss_bijection *b;

    ss_stream_init(&stream, key, "sizes", 0);
    n = size_of(&stream, job, bits);
    ss_stream_init(&stream, key, "samples", (uint32_t) job);
    ss_stream_words(&stream, 0, SAMPLES, r->in);
    for (size_t i = 0; i < SAMPLES; i++)
        r->in[i] = i % 4 == 0 ? i % n : i % 4 == 1 ? n - 1 - i % n : r->in[i] % n;
    qsort(r->in, SAMPLES, sizeof *r->in, compare);
    for (size_t i = 0; i < SAMPLES; i++)
    {
        if (i == 0 || r->in[i] != r->in[i - 1])
            r->out[m++] = r->in[i];
    }
    b = ss_bijection_new(key, n, SAMPLES, r->arena);
    ss_biject_all(b, r->out, m);
    qsort(r->out, m, sizeof *r->out, compare);
    for (size_t i = 0; i < m; i++)
    {
        if (r->out[i] >= n || (i > 0 && r->out[i] == r->out[i - 1]))
            return clash(err, "the sampled one", n);
    }
    ss_arena_reset(r->arena);
    return SS_OK;
}

static int
run(const char *what, size_t jobs, ss_job *job, room *rooms, size_t workers)
{
    const double start = ss_clock_s();
    ss_error err = {.code = SS_OK};

    if (ss_pool_run(jobs, workers, job, rooms, &err) != SS_OK)
    {
        printf("FAILED: %s\n", err.line[0]);
        return 1;
    }
    printf("%s: %zu sizes, no two values share an image, %.0f s on %zu cores\n", what, jobs,
           ss_clock_s() - start, workers);
    (void) fflush(stdout);
    return 0;
}

int
main(void)
{
    size_t workers = ss_pool_cores();
    room *rooms = calloc(WORKERS, sizeof *rooms);
    int failed = sodium_init() < 0;

    workers = workers > WORKERS ? WORKERS : workers;
    for (size_t i = 0; i < workers; i++)
    {
        rooms[i].arena = ss_arena_new(NULL);
        rooms[i].in = malloc(SAMPLES * sizeof *rooms[i].in);
        rooms[i].out = malloc(SAMPLES * sizeof *rooms[i].out);
    }
    failed = failed ||
             run("tables, every size to 65,536, every value", SMALL, table_job, rooms, workers);
    failed = failed || run("the network, every size to 65,536, every value", SMALL, network_job,
                           rooms, workers);
    failed = failed || run("200,000 values of sizes of 17 to 63 bits", SAMPLED_BITS * SIZES,
                           sample_job, rooms, workers);
    for (size_t i = 0; i < workers; i++)
    {
        ss_arena_free(rooms[i].arena);
        free(rooms[i].in);
        free(rooms[i].out);
    }
    free(rooms);
    return failed;
}
