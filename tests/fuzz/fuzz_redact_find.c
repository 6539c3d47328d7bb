/* Any text, of valid UTF-8, and a value of the row that is a part of it: hits lie in the text, in order and apart. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "pseudonymise/redact_find.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* About so many bytes, of whole characters. */
static ss_find_own
value_at(const uint8_t *data, size_t n, size_t from, size_t length)
{
    size_t to = from + length;

    while (from < n && (data[from] & 0xC0) == 0x80)
        from++;
    while (to < n && (data[to] & 0xC0) == 0x80)
        to++;
    return (ss_find_own){(const char *) data + from, to > from ? to - from : 0};
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *text = (const char *) data;
    ss_finder finder = {0};
    ss_find_own own[2];
    size_t bad, end = 0;

    if (!ss_utf8_valid(data, n, &bad))
        return 0;
    own[0] = value_at(data, n, 0, n / 3);
    own[1] = value_at(data, n, n / 2, n / 4);
    ss_find_all(&finder, text, n, own, 2);
    for (size_t i = 0; i < finder.nhits; i++)
    {
        if (finder.hits[i].start < end || finder.hits[i].end <= finder.hits[i].start ||
            finder.hits[i].end > n)
            abort();
        end = finder.hits[i].end;
    }
    ss_finder_done(&finder);
    return 0;
}
