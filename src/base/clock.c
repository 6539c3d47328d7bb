#include "base/clock.h"

#include <string.h>
#include <time.h>

double
ss_clock_s(void)
{
    struct timespec t;

    (void) clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + (double) t.tv_nsec * 1e-9;
}

int64_t
ss_clock_ms(void)
{
    struct timespec t;

    (void) clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t) t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
ss_clock_utc(char text[SS_CLOCK_UTC])
{
    const time_t now = time(NULL);
    struct tm utc;

    if (gmtime_r(&now, &utc) == NULL ||
        strftime(text, SS_CLOCK_UTC, "%Y-%m-%dT%H:%M:%SZ", &utc) != SS_CLOCK_UTC - 1)
        memcpy(text, "1970-01-01T00:00:00Z", SS_CLOCK_UTC);
}

void
ss_sleep_ms(int64_t ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    (void) nanosleep(&t, NULL);
}
