/* Time: how long since, what moment it is, and waiting. */
#ifndef SS_BASE_CLOCK_H
#define SS_BASE_CLOCK_H

#include <stdint.h>

/* Since an arbitrary moment; never goes back. */
double ss_clock_s(void);
int64_t ss_clock_ms(void);

#define SS_CLOCK_UTC                                                                               \
    21 /* "2026-11-25T19:43:23Z" and its NUL; the first ten characters are the day */

void ss_clock_utc(char text[SS_CLOCK_UTC]);

/* A signal may end it early. */
void ss_sleep_ms(int64_t ms);

#endif
