/* Whole numbers divided towards minus infinity: days before 2000 are as long as those after; and round numbers. */
#ifndef SS_BASE_DIVIDE_H
#define SS_BASE_DIVIDE_H

#include <stdint.h>

/* The largest whole number that is at most a / b; b is not 0, and not -1 where a is INT64_MIN. */
static inline int64_t
ss_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

/* The largest multiple of unit, from 1 to 2^62, that is at most v; v itself where there is none. */
static inline int64_t
ss_floor_to(int64_t v, int64_t unit)
{
    const int64_t past = ((v % unit) + unit) % unit;

    return v < INT64_MIN + past ? v : v - past;
}

/* The largest of 1, 2, 5, 10, 20 ... that is at most most; 1 at least. */
static inline uint64_t
ss_round_unit(uint64_t most)
{
    static const uint64_t times[] = {2, 5, 10};
    uint64_t unit = 1;

    for (uint64_t ten = 1; ten <= most / 2; ten *= 10)
    {
        for (int i = 0; i < 3 && times[i] <= most / ten; i++)
            unit = ten * times[i];
    }
    return unit;
}

#endif
