#include "secret/bijection.h"

#include <sodium.h>

#include "rand/permutation.h"
#include "rand/stream.h"

#define FEW_VALUES 20000 /* fewer are computed sooner than a table of round functions is made */
#define WORDS      512   /* of the stream at once */

struct ss_bijection
{
    const uint32_t *table; /* or NULL */
    ss_permutation permutation;
};

/* Below n, each as likely: what would make the first few likelier is drawn again. */
static uint64_t
draw_below(const ss_stream *stream, uint64_t *position, uint64_t words[WORDS], uint64_t n)
{
    const uint64_t skipped = -n % n; /* 2^64 mod n */
    uint64_t u;

    do
    {
        if (*position % WORDS == 0)
            ss_stream_words(stream, *position, WORDS, words);
        u = words[(*position)++ % WORDS];
    } while (u < skipped);
    return u % n;
}

static const uint32_t *
shuffle(const unsigned char key[SS_KEY_BYTES], uint64_t n, ss_arena *result)
{
    uint32_t *table = ss_alloc(result, n, sizeof *table);
    uint64_t words[WORDS], position = 0;
    ss_stream stream;

    ss_stream_init(&stream, key, "fisher-yates", 0);
    for (uint64_t i = 0; i < n; i++)
        table[i] = (uint32_t) i;
    for (uint64_t i = n; i-- > 1;)
    {
        const uint64_t k = draw_below(&stream, &position, words, i + 1);
        const uint32_t other = table[k];

        table[k] = table[i];
        table[i] = other;
    }
    sodium_memzero(words, sizeof words);
    sodium_memzero(&stream, sizeof stream);
    return table;
}

const ss_bijection *
ss_bijection_new(const unsigned char key[SS_KEY_BYTES], uint64_t n, uint64_t values,
                 ss_arena *result)
{
    ss_bijection *b = ss_alloc(result, 1, sizeof *b);

    if (n <= SS_BIJECTION_TABLE)
    {
        b->table = shuffle(key, n, result);
        return b;
    }
    ss_permutation_init_keyed(&b->permutation, key, n);
    if (values > FEW_VALUES)
        ss_permutation_tabulate(&b->permutation, result);
    return b;
}

uint64_t
ss_biject(const ss_bijection *b, uint64_t x)
{
    return b->table != NULL ? b->table[x] : ss_permute(&b->permutation, x);
}

void
ss_biject_all(const ss_bijection *b, uint64_t *x, size_t n)
{
    if (b->table == NULL)
    {
        ss_permute_all(&b->permutation, x, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        x[i] = b->table[x[i]];
}
