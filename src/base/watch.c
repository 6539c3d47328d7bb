#include "base/watch.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"

#define TEXT_MAX 1024

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

void
ss_notice(const ss_watch *watch, ss_level level, const char *fmt, ...)
{
    char text[TEXT_MAX], shown[TEXT_MAX];
    va_list ap;

    if (watch == NULL || watch->notice == NULL)
        return;
    va_start(ap, fmt);
    (void) vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    ss_text_show(shown, sizeof shown, text);
    (void) pthread_mutex_lock(&one_at_a_time);
    watch->notice(watch->arg, level, shown);
    (void) pthread_mutex_unlock(&one_at_a_time);
}

void
ss_report_progress(const ss_watch *watch, const ss_progress *progress)
{
    char object[TEXT_MAX];
    ss_progress shown;

    if (watch == NULL || watch->progress == NULL)
        return;
    shown = *progress;
    if (progress->object != NULL)
    {
        ss_text_show(object, sizeof object, progress->object);
        shown.object = object;
    }
    (void) pthread_mutex_lock(&one_at_a_time);
    watch->progress(watch->arg, &shown);
    (void) pthread_mutex_unlock(&one_at_a_time);
}

void
ss_report_waiting(const ss_watch *watch)
{
    if (watch == NULL || watch->progress == NULL)
        return;
    (void) pthread_mutex_lock(&one_at_a_time);
    watch->progress(watch->arg, NULL);
    (void) pthread_mutex_unlock(&one_at_a_time);
}

bool
ss_interrupted(const ss_watch *watch)
{
    return watch != NULL && watch->interrupted != NULL && watch->interrupted(watch->arg);
}

ss_code
ss_check_interrupt(const ss_watch *watch, ss_error *err)
{
    if (ss_interrupted(watch))
        return ss_fail(err, SS_EINTERRUPTED, "interrupted");
    return SS_OK;
}

static bool
grace_is_over(void *arg)
{
    ss_grace *grace = arg;

    if (grace->until == 0 && ss_interrupted(grace->outer))
        grace->until = ss_clock_ms() + SS_GRACE_MS;
    return grace->until != 0 && ss_clock_ms() > grace->until;
}

void
ss_grace_begin(ss_grace *grace, const ss_watch *outer)
{
    *grace = (ss_grace){.watch = {.interrupted = grace_is_over, .arg = grace}, .outer = outer};
    (void) grace_is_over(grace);
}
