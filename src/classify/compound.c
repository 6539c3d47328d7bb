#include "classify/compound.h"

#include <string.h>

#include "classify/lexicon.h"

#define WORD_MAX  40
#define PARTS_MAX 4

/* Too short to stand in the middle of a word. */
static const char at_ends[] = " id ip no nr by at to ";

static bool
is_at_end(const char *word)
{
    const char wanted[] = {' ', word[0], word[1], ' ', '\0'};

    return strstr(at_ends, wanted) != NULL;
}

/* Into the fewest parts; how many, 0: it is not made of known words.  ends: of each part. */
static size_t
take_apart(const char *word, size_t n, size_t ends[PARTS_MAX])
{
    size_t parts[WORD_MAX + 1] = {0}, before[WORD_MAX + 1] = {0}, count;

    for (size_t end = 2; end <= n; end++)
    {
        for (size_t start = 0; start + 2 <= end; start++)
        {
            const size_t length = end - start;
            const bool known = length > 2 ? ss_lexicon_has(word + start, length)
                                          : (start == 0 || end == n) && is_at_end(word + start);

            if (!known || (start > 0 && parts[start] == 0) ||
                (parts[end] != 0 && parts[end] <= parts[start] + 1))
                continue;
            parts[end] = parts[start] + 1;
            before[end] = start;
        }
    }
    count = parts[n];
    if (count < 2 || count > PARTS_MAX)
        return 0;
    for (size_t i = count, end = n; i > 0; i--)
    {
        ends[i - 1] = end;
        end = before[end];
    }
    return count;
}

ss_words
ss_compound_split(ss_words words, ss_arena *result)
{
    const char **list = ss_alloc(result, PARTS_MAX * words.n + 1, sizeof *list);
    size_t n = 0;

    for (size_t i = 0; i < words.n; i++)
    {
        const size_t length = strlen(words.list[i]);
        size_t ends[PARTS_MAX], start = 0;
        const size_t parts =
            length < 5 || length > WORD_MAX || ss_lexicon_has(words.list[i], length)
                ? 0
                : take_apart(words.list[i], length, ends);

        if (parts == 0)
            list[n++] = words.list[i];
        for (size_t k = 0; k < parts; k++)
        {
            list[n++] = ss_strndup(result, words.list[i] + start, ends[k] - start);
            start = ends[k];
        }
    }
    return (ss_words){.list = list, .n = n};
}
