/* Running text of any bytes: hits lie in it, in order and apart, and are as many as was said. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "forms/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ss_text_hit hits[64];
    size_t counts[SS_TEXT_NKINDS] = {0}, sum = 0, end = 0;
    const size_t found = ss_text_scan((const char *) data, n, hits, 64, counts);

    for (size_t k = 0; k < SS_TEXT_NKINDS; k++)
        sum += counts[k];
    if (sum != found)
        abort();
    for (size_t i = 0; i < found && i < 64; i++)
    {
        if (hits[i].start < end || hits[i].end <= hits[i].start || hits[i].end > n)
            abort();
        end = hits[i].end;
    }
    return 0;
}
