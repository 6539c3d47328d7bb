/* How many rows a sandbox gets, as people say it: "5000", or "10%" of the source's. */
#ifndef SS_POLICY_AMOUNT_H
#define SS_POLICY_AMOUNT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct ss_amount
{
    bool is_share;
    double share; /* per cent of the source's, over 0 up to 100,000 */
    uint64_t rows;
} ss_amount;

/* False when text is neither. */
bool ss_amount_parse(const char *text, ss_amount *amount);

/* Of a table that has so many rows in the source; NULL: as many.  At least one where the source has any. */
uint64_t ss_amount_of(const char *text, uint64_t source);

#endif
