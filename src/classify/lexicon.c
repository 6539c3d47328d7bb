#include "classify/lexicon.h"

#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

static const struct
{
    const char *concept, *words; /* some of them, with blanks between */
} lexicon[] = {

#define CONCEPT(concept, words) {#concept, words},
#include "classify/lexicon.def"
#undef CONCEPT
};

#define NSLOTS 131072U /* a power of two, and twice as many as words at least */

typedef struct entry
{
    const char *word; /* within the lexicon, up to the next blank */
    uint8_t length;
    uint8_t n;
    uint16_t lines[SS_MEANINGS_MAX];
} entry;

static entry entries[NSLOTS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Where it is, or would be.  FNV-1a, 32 bits. */
static entry *
find(const char *word, size_t n)
{
    unsigned h = 2166136261U;

    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char) word[i]) * 16777619U;
    for (unsigned slot = (h ^ h >> 16) % NSLOTS;; slot = (slot + 1) % NSLOTS)
    {
        entry *e = &entries[slot];

        if (e->word == NULL || (e->length == n && memcmp(e->word, word, n) == 0))
            return e;
    }
}

static void
fill(void)
{
    size_t count = 0;

    for (size_t c = 0; c < sizeof lexicon / sizeof lexicon[0]; c++)
    {
        for (const char *word = lexicon[c].words; *word != '\0';)
        {
            const size_t n = strcspn(word, " ");
            entry *e = find(word, n);

            count += e->word == NULL;
            assert(n < UINT8_MAX && count * 2 <= NSLOTS && e->n < SS_MEANINGS_MAX);
            e->word = word;
            e->length = (uint8_t) n;
            e->lines[e->n++] = (uint16_t) c;
            word += n + (word[n] == ' ');
        }
    }
}

bool
ss_lexicon_has(const char *word, size_t n)
{
    (void) pthread_once(&once, fill);
    return find(word, n)->word != NULL;
}

ss_meanings
ss_lexicon_meanings(const char *word)
{
    size_t n = strlen(word);
    const entry *e;
    ss_meanings out = {0};

    (void) pthread_once(&once, fill);
    e = find(word, n);
    if (e->word == NULL && n > 3 && word[n - 1] == 's')
        e = find(word, --n);
    if (e->word == NULL && n > 3 && word[n - 1] == 'e' && word[n] == 's')
        e = find(word, n - 1);
    for (; out.n < e->n; out.n++)
    out.of[out.n] = lexicon[e->lines[out.n]].concept;
    return out;
}
