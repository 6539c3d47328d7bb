/*
 * Tokens, and keys for programs: as long, of the same kinds of characters, signs where they were.
 *
 * Each letter and digit is one of a keyed function of the whole, drawn from the kinds of characters that the value has at
 * all: hexadecimal digits, digits, small and capital letters.  What is too short for that to tell values apart is permuted as code
 * does.
 */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "pseudonymise/code.h"
#include "pseudonymise/identifier.h"
#include "pseudonymise/kind.h"
#include "secret/prf.h"

#define BITS_LEAST 60
#define A_WORD     10 /* characters: what 62^10 leaves of 2^64 is little enough */

typedef struct tokens
{
    const ss_kind_column *column;
    void *code;
    const unsigned char *key, *token_key;
} tokens;

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    (void) result;
    return ss_type_is_text(&c->catalog->types[c->type.type]) ? NULL : "it takes text";
}

static ss_code
open_tokens(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state,
            ss_error *err)
{
    tokens *s = ss_alloc(arena, 1, sizeof *s);

    s->column = c;
    *state = s;
    SS_TRY(ss_kind_code.open(c, keys, arena, &s->code, err));
    SS_TRY(ss_key_room_use(keys, c->group, "token", "1", "mac", &s->key, err));
    return ss_key_room_use(keys, c->group, "token", "1", "token", &s->token_key, err);
}

typedef enum kinds
{
    DIGITS = 1,
    SMALL = 2,
    SMALL_HEX = 4,
    CAPITAL = 8,
    CAPITAL_HEX = 16,
} kinds;

static unsigned
kind_of(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return DIGITS;
    if (c >= 'a' && c <= 'z')
        return c <= 'f' ? SMALL_HEX : SMALL;
    if (c >= 'A' && c <= 'Z')
        return c <= 'F' ? CAPITAL_HEX : CAPITAL;
    return 0;
}

/* The alphabet of a value; returns how many characters. */
static unsigned
alphabet_of(unsigned all, char to[64])
{
    unsigned n = 0;

    if ((all & DIGITS) != 0)
        for (char c = '0'; c <= '9'; c++)
            to[n++] = c;
    if ((all & (SMALL | SMALL_HEX)) != 0)
        for (char c = 'a'; c <= ((all & SMALL) != 0 ? 'z' : 'f'); c++)
            to[n++] = c;
    if ((all & (CAPITAL | CAPITAL_HEX)) != 0)
        for (char c = 'A'; c <= ((all & CAPITAL) != 0 ? 'Z' : 'F'); c++)
            to[n++] = c;
    return n;
}

/* Whole bits of a character. */
static unsigned
bits_of(unsigned radix)
{
    unsigned bits = 0;

    while (radix >> (bits + 1) != 0)
        bits++;
    return bits;
}

static ss_code
replace(void *state, const ss_kind_rows *rows, size_t r, const unsigned char *value, size_t n,
        ss_batch_column *out, ss_kind_counts *counts, ss_error *err)
{
    tokens *s = state;
    const size_t before = out->bytes.len;
    unsigned all = 0, radix;
    size_t free = 0, left = 0;
    uint64_t seed[3] = {0}, words[2];
    unsigned char *made;
    char alphabet[64];
    bool ascii = true;

    (void) rows;
    for (size_t i = 0; i < n; i++)
    {
        const unsigned kind = kind_of(value[i]);

        all |= kind;
        free += kind != 0;
        ascii = ascii && value[i] < 0x80;
    }
    radix = alphabet_of(all, alphabet);
    if (!ascii || free == 0)
    {
        counts->fallbacks++;
        return ss_identifier_put_token(s->token_key, s->column, value, n, out, r, err);
    }
    ss_column_put_bytes(out, r, value, n);
    made = out->bytes.data + before;
    if (free * bits_of(radix) < BITS_LEAST)
    {
        (void) ss_code_permute(s->code, made, n);
        return SS_OK;
    }
    ss_prf(s->key, value, n, seed);
    for (size_t i = 0; i < n; i++)
    {
        if (kind_of(made[i]) == 0)
            continue;
        if (left-- == 0)
        {
            seed[2]++;
            ss_prf(s->key, seed, sizeof seed, words);
            left = A_WORD - 1;
        }
        made[i] = (unsigned char) alphabet[words[0] % radix];
        words[0] /= radix;
    }
    return SS_OK;
}

#define TOKENS(id, kind_name)                                                                      \
    const ss_kind ss_kind_##id = {                                                                 \
        .name = kind_name,                                                                         \
        .summary = "as long, of the same kinds of characters, signs where they were",              \
        .standard = NULL,                                                                          \
        .version = "1",                                                                            \
        .guarantees = SS_UNIQUE | SS_JOINS | SS_FORMAT | SS_LENGTH,                                \
        .types = "text varchar char citext name",                                                  \
        .refusal = refusal,                                                                        \
        .open = open_tokens,                                                                       \
        .replace = replace,                                                                        \
    }

TOKENS(token, "token");
TOKENS(api_key, "api-key");
