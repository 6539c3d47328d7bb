#include "base/together.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/pool.h"
#include "base/watch.h"

typedef struct together
{
    ss_step *step;
    void *arg;
    const ss_watch *outer;
    ss_watch watch;
    pthread_mutex_t lock;
    atomic_bool failed;
    ss_error first;
} together;

static void
notice(void *arg, ss_level level, const char *text)
{
    const together *t = arg;

    if (t->outer != NULL && t->outer->notice != NULL)
        t->outer->notice(t->outer->arg, level, text);
}

static void
progress(void *arg, const ss_progress *progress)
{
    const together *t = arg;

    if (t->outer != NULL && t->outer->progress != NULL)
        t->outer->progress(t->outer->arg, progress);
}

static bool
interrupted(void *arg)
{
    const together *t = arg;

    return atomic_load(&t->failed) || ss_interrupted(t->outer);
}

static ss_code
run(void *arg, size_t job, size_t worker, ss_error *err)
{
    together *t = arg;
    const ss_code code = t->step(t->arg, job, &t->watch, err);

    (void) worker;
    if (code == SS_OK)
        return code;
    (void) pthread_mutex_lock(&t->lock);
    if (!atomic_load(&t->failed))
        t->first = *err;
    atomic_store(&t->failed, true);
    (void) pthread_mutex_unlock(&t->lock);
    return code;
}

ss_code
ss_together(size_t n, size_t workers, ss_step *step, void *arg, const ss_watch *watch,
            ss_arena *arena, ss_error *err)
{
    together *t = ss_alloc(arena, 1, sizeof *t);
    ss_code code;

    *t = (together){
        .step = step,
        .arg = arg,
        .outer = watch,
        .watch = {.notice = notice, .progress = progress, .interrupted = interrupted, .arg = t},
        .lock = PTHREAD_MUTEX_INITIALIZER};
    atomic_init(&t->failed, false);
    code = ss_pool_run(n, workers, run, t, err);
    (void) pthread_mutex_destroy(&t->lock);
    if (code == SS_OK)
        return code;
    *err = t->first;
    return err->code;
}
