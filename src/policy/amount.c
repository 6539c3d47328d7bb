#include "policy/amount.h"

#include <string.h>

#include "base/text.h"

#define ROWS_MAX  (UINT64_C(1) << 50)
#define SHARE_MAX 100000

bool
ss_amount_parse(const char *text, ss_amount *amount)
{
    char digits[24] = "";
    const size_t n = strlen(text);

    *amount = (ss_amount){.is_share = n > 1 && text[n - 1] == '%'};
    if (!amount->is_share)
        return ss_parse_u64(text, &amount->rows) && amount->rows < ROWS_MAX;
    if (n > sizeof digits || strspn(text, "0123456789.") != n - 1)
        return false;
    memcpy(digits, text, n - 1);
    return ss_parse_double(digits, &amount->share) && amount->share > 0 &&
           amount->share <= SHARE_MAX;
}

uint64_t
ss_amount_of(const char *text, uint64_t source)
{
    ss_amount amount;
    double rows;

    if (text == NULL || !ss_amount_parse(text, &amount))
        return source;
    if (!amount.is_share)
        return amount.rows;
    if (source == 0)
        return 0;
    rows = (double) source * amount.share / 100 + 0.5;
    return rows < 1 ? 1 : rows >= (double) ROWS_MAX ? ROWS_MAX : (uint64_t) rows;
}
