#include "base/wide.h"

ss_wide
ss_wide_ten_to(int n)
{
    ss_wide v = 1;

    while (n-- > 0)
        v *= 10;
    return v;
}

static ss_wide
round_div(ss_wide a, ss_wide b)
{
    return a < 0 ? -((-a + b / 2) / b) : (a + b / 2) / b;
}

bool
ss_wide_shift(ss_wide *v, int decimals)
{
    ss_wide most;

    if (decimals == 0)
        return true;
    if (decimals < 0)
    {
        *v = decimals < -SS_WIDE_DIGITS ? 0 : round_div(*v, ss_wide_ten_to(-decimals));
        return true;
    }
    most = decimals < SS_WIDE_DIGITS ? ss_wide_ten_to(SS_WIDE_DIGITS - 1 - decimals) : 0;
    if (*v > most || *v < -most)
        return false;
    *v = *v == 0 ? 0 : *v * ss_wide_ten_to(decimals);
    return true;
}

uint64_t
ss_common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0)
    {
        const uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}
