/*
 * Whole numbers of 128 bits, in which the product of two of 64 bits fits, and decimals between scales.  Who computes
 * with numbers of a database meets the largest there are: what does not fit is said, not wrapped around.
 */
#ifndef SS_BASE_WIDE_H
#define SS_BASE_WIDE_H

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef __int128 ss_wide;

#define SS_WIDE_DIGITS 38 /* powers of ten that it holds */

/* 10^n, n from 0 to SS_WIDE_DIGITS. */
ss_wide ss_wide_ten_to(int n);

/*
 * *v, which holds no more than the product of two int64, with so many more decimals; less than none: rounded, halves
 * away from zero, as PostgreSQL rounds numeric.  False, and *v stays, when more than 10^37 would come of more decimals:
 * the sum of a few results fits.
 */
bool ss_wide_shift(ss_wide *v, int decimals);

/* The greatest that divides both; of 0 and b, b. */
uint64_t ss_common_divisor(uint64_t a, uint64_t b);

#endif
