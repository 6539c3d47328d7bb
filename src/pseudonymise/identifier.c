#include "pseudonymise/identifier.h"

#include <string.h>

#include "pseudonymise/kind_text.h"
#include "secret/prf.h"

#define FOLD_MAX 256 /* bytes of what is folded at once */

bool
ss_identifier_read(const unsigned char *value, size_t n, ss_identifier *w)
{
    w->n = 0;
    w->small = w->capital = false;
    if (n > UINT8_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
    {
        const unsigned char c = value[i];
        const bool digit = c >= '0' && c <= '9', small = c >= 'a' && c <= 'z',
                   capital = c >= 'A' && c <= 'Z';

        if (!digit && !small && !capital)
        {
            if (c == '\0' || strchr(" -./()+_:", c) == NULL)
                return false;
            continue;
        }
        if (w->n == SS_IDENTIFIER_MAX)
            return false;
        w->at[w->n] = (unsigned char) i;
        w->text[w->n++] = (char) (small ? c - 'a' + 'A' : c);
        w->small |= small;
        w->capital |= capital;
    }
    w->text[w->n] = '\0';
    return w->n > 0;
}

void
ss_identifier_put(const ss_identifier *w, const unsigned char *value, size_t n, const char *made,
                  ss_batch_column *out, size_t r)
{
    unsigned char *to;

    ss_column_put_bytes(out, r, value, n);
    to = out->bytes.data + out->bytes.len - n;
    for (size_t i = 0; i < w->n; i++)
    {
        const unsigned char was = to[w->at[i]];
        const bool letter = made[i] >= 'A' && made[i] <= 'Z';
        const bool small = (was >= 'a' && was <= 'z') || (w->small && !w->capital);

        to[w->at[i]] = (unsigned char) (letter && small ? made[i] - 'A' + 'a' : made[i]);
    }
}

bool
ss_identifier_is_blank(const unsigned char *value, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        if (value[i] != ' ')
            return false;
    }
    return true;
}

bool
ss_identifier_is_mixed(const ss_kind_column *c, const ss_identifier *w)
{
    return w->small && w->capital && !c->folds;
}

/* Of a value that is folded the keyed function of its pieces: none of them is longer than the room. */
static void
token_words(const unsigned char *key, bool fold, const unsigned char *value, size_t n,
            uint64_t words[2])
{
    unsigned char room[FOLD_MAX + 2 * sizeof *words];
    size_t from = 0;

    if (!fold)
    {
        ss_prf(key, value, n, words);
        return;
    }
    words[0] = words[1] = n;
    do
    {
        const size_t length = n - from < FOLD_MAX ? n - from : FOLD_MAX;

        memcpy(room, words, 2 * sizeof *words);
        for (size_t i = 0; i < length; i++)
        {
            const unsigned char c = value[from + i];

            room[2 * sizeof *words + i] =
                (unsigned char) (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        }
        ss_prf(key, room, 2 * sizeof *words + length, words);
        from += length;
    } while (from < n);
}

ss_code
ss_identifier_put_token(const unsigned char *key, const ss_kind_column *c,
                        const unsigned char *value, size_t n, ss_batch_column *out, size_t r,
                        ss_error *err)
{
    const size_t length = c->limit < SS_TOKEN ? c->limit : SS_TOKEN;
    char token[SS_TOKEN];
    uint64_t words[2];

    if (length < SS_TOKEN_LEAST)
        return ss_fail(err, SS_EREFUSED,
                       "it holds a value that is not of this kind, and has no room for a token of "
                       "%d characters",
                       SS_TOKEN_LEAST);
    token_words(key, c->folds, value, n, words);
    ss_kind_base32(words[0], length, token);
    ss_column_put_bytes(out, r, token, length);
    return SS_OK;
}
