/* What treatment: generalise makes of a column: the words that to: takes, by type and kind of the column. */
#ifndef SS_POLICY_COARSE_H
#define SS_POLICY_COARSE_H

#include "catalog/catalog.h"

typedef enum ss_coarse_way
{
    SS_COARSE_MONTHS,     /* dates and timestamps: first instant of a band of n months */
    SS_COARSE_WIDTH,      /* numbers: the greatest multiple of n / 10^scale that is not above */
    SS_COARSE_GRID,       /* points: both numbers so */
    SS_COARSE_CHARACTERS, /* text: the first n characters */
    SS_COARSE_OUTWARD,    /* text: the outward code of a postcode of the United Kingdom */
    SS_COARSE_PREFIX,     /* addresses: the network of n bits of IPv4, of 2 n of IPv6 */
} ss_coarse_way;

typedef struct ss_coarse
{
    ss_coarse_way way;
    int64_t n;
    int scale;
    bool born; /* MONTHS: the very old are one band */
    bool age;  /* WIDTH: likewise */
} ss_coarse;

#define SS_COARSE_OLD 90 /* years, from which on ages and births are one band */

/* Takes a column of that kind, which may be NULL, the word; how it is then made coarser. */
bool ss_coarse_read(const ss_catalog *catalog, const ss_column *column, const char *kind,
                    const char *to, ss_coarse *coarse);

/* What it takes, for people; NULL: nothing. */
const char *ss_coarse_words(const ss_catalog *catalog, const ss_column *column, const char *kind);

/* What values of the kind or type are made coarser to, unless to: says it; NULL: they have no natural coarser form. */
const char *ss_coarse_default(const ss_catalog *catalog, const ss_column *column, const char *kind);

#endif
