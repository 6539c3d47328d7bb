#include "base/pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"

typedef struct pool
{
    pthread_mutex_t lock;
    size_t next;
    size_t n;
    bool failed;
    size_t failed_job;
    ss_error err; /* of failed_job */
    ss_job *job;
    void *arg;
} pool;

typedef struct worker
{
    pthread_t thread;
    size_t number;
    pool *pool;
} worker;

static bool
take(pool *p, size_t *job)
{
    bool taken = false;

    (void) pthread_mutex_lock(&p->lock);
    if (!p->failed && p->next < p->n)
    {
        *job = p->next++;
        taken = true;
    }
    (void) pthread_mutex_unlock(&p->lock);
    return taken;
}

static void
fail(pool *p, size_t job, const ss_error *err)
{
    (void) pthread_mutex_lock(&p->lock);
    if (!p->failed || job < p->failed_job)
    {
        p->failed = true;
        p->failed_job = job;
        p->err = *err;
    }
    (void) pthread_mutex_unlock(&p->lock);
}

static void *
work(void *arg)
{
    worker *w = arg;
    size_t job;

    while (take(w->pool, &job))
    {
        ss_error err = {.code = SS_OK};

        if (w->pool->job(w->pool->arg, job, w->number, &err) != SS_OK)
            fail(w->pool, job, &err);
    }
    return NULL;
}

ss_code
ss_pool_run(size_t n, size_t workers, ss_job *job, void *arg, ss_error *err)
{
    pool p = {.lock = PTHREAD_MUTEX_INITIALIZER, .n = n, .job = job, .arg = arg};
    const size_t threads = workers > n ? n : workers;
    worker *w = calloc(threads + 1, sizeof *w);
    size_t started = 0;

    if (w == NULL)
        ss_out_of_memory();
    /* The last worker is this thread; a thread that cannot be had is done without. */
    for (size_t i = 0; i + 1 < threads; i++)
    {
        w[started] = (worker){.number = started + 1, .pool = &p};
        if (pthread_create(&w[started].thread, NULL, work, &w[started]) == 0)
            started++;
    }
    work(&(worker){.number = 0, .pool = &p});
    for (size_t i = 0; i < started; i++)
        (void) pthread_join(w[i].thread, NULL);
    free(w);
    (void) pthread_mutex_destroy(&p.lock);
    if (p.failed)
    {
        *err = p.err;
        return p.err.code;
    }
    return SS_OK;
}

size_t
ss_pool_cores(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > 16 ? 16 : (size_t) n;
}
