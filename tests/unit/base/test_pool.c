#include "unit/check.h"

#include <stdatomic.h>

#include "base/pool.h"

#define JOBS 1000

typedef struct tally
{
    atomic_int done[JOBS];
    atomic_int workers_seen[8];
    size_t fail_from;
} tally;

static ss_code
count(void *arg, size_t job, size_t worker, ss_error *err)
{
    tally *t = arg;

    atomic_fetch_add(&t->done[job], 1);
    atomic_store(&t->workers_seen[worker], 1);
    if (job >= t->fail_from)
        return ss_fail(err, SS_ERETRY, "job %zu", job);
    return SS_OK;
}

static void
every_job_runs_once(void **state)
{
    static tally t;
    ss_error err;

    (void) state;
    for (size_t workers = 1; workers <= 8; workers *= 2)
    {
        memset(&t, 0, sizeof t);
        t.fail_from = JOBS;
        assert_int_equal(ss_pool_run(JOBS, workers, count, &t, &err), SS_OK);
        for (size_t i = 0; i < JOBS; i++)
            assert_int_equal(atomic_load(&t.done[i]), 1);
    }
    assert_int_equal(ss_pool_run(0, 4, count, &t, &err), SS_OK);
}

static void
a_failure_stops_the_rest_and_the_first_is_told(void **state)
{
    static tally t;
    ss_error err = {.code = SS_OK};
    int ran = 0;

    (void) state;
    t.fail_from = 10;
    assert_int_equal(ss_pool_run(JOBS, 4, count, &t, &err), SS_ERETRY);
    assert_string_equal(err.line[0], "job 10");
    for (size_t i = 0; i < JOBS; i++)
        ran += atomic_load(&t.done[i]);
    assert_in_range(ran, 11, 14);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_runs_once),
        cmocka_unit_test(a_failure_stops_the_rest_and_the_first_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
