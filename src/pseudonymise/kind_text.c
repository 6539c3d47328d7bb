#include "pseudonymise/kind_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "secret/prf.h"

const char *
ss_kind_text_refusal(const ss_kind_column *c)
{
    const ss_type *type = &c->catalog->types[c->type.type];

    if (ss_type_is_text(type) || ss_type_is_integer(type) || ss_type_is(type, "numeric"))
        return NULL;
    return "it takes text or whole numbers";
}

const unsigned char *
ss_kind_text(const ss_kind_rows *rows, size_t r, char number[24], size_t *n)
{
    if (rows->in->form != SS_FORM_I64)
        return ss_column_bytes(rows->in, r, n);
    *n = (size_t) snprintf(number, 24, "%" PRId64, rows->in->i64[r]);
    return (const unsigned char *) number;
}

ss_code
ss_kind_put_text(ss_batch_column *out, size_t r, const char *text, size_t n, ss_error *err)
{
    char digits[24] = "";
    int64_t v;

    if (out->form != SS_FORM_I64)
    {
        ss_column_put_bytes(out, r, text, n);
        return SS_OK;
    }
    if (n < sizeof digits)
        memcpy(digits, text, n);
    if (!ss_parse_i64(digits, &v))
        return ss_fail(err, SS_EBUG, "a pseudonym is no number, and its column wants one");
    ss_column_put_i64(out, r, v);
    return SS_OK;
}

static bool
is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

ss_kind_inner
ss_kind_inner_of(const unsigned char *value, size_t n, size_t room)
{
    ss_kind_inner inner = {value, n, 0, 0};

    while (inner.before < n && is_blank(value[inner.before]))
        inner.before++;
    while (inner.before + inner.behind < n && is_blank(value[n - 1 - inner.behind]))
        inner.behind++;
    if (inner.before + inner.behind > room)
        return (ss_kind_inner){value, n, 0, 0};
    inner.text += inner.before;
    inner.n -= inner.before + inner.behind;
    return inner;
}

void
ss_kind_put_inner(ss_batch_column *out, size_t r, const ss_kind_inner *inner, const char *made,
                  size_t length, ss_buf *room)
{
    ss_buf_clear(room);
    ss_buf_append(room, inner->text - inner->before, inner->before);
    ss_buf_append(room, made, length);
    ss_buf_append(room, inner->text + inner->n, inner->behind);
    ss_column_put_bytes(out, r, ss_buf_text(room), room->len);
}

const char *
ss_kind_fold(const unsigned char *text, size_t n, ss_buf *room)
{
    ss_buf_clear(room);
    ss_buf_append(room, text, n);
    for (size_t i = 0; i < room->len; i++)
    {
        if (room->data[i] >= 'A' && room->data[i] <= 'Z')
            room->data[i] = (unsigned char) (room->data[i] + ('a' - 'A'));
    }
    return ss_buf_text(room);
}

void
ss_kind_base32(uint64_t word, size_t count, char *to)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

    for (size_t i = 0; i < count; i++)
    {
        to[i] = alphabet[word & 31];
        word >>= 5;
    }
}

void
ss_kind_recase(const unsigned char *key, const unsigned char *value, size_t n, size_t count,
               char *token)
{
    uint64_t words[2];
    bool any = false, small = false;

    for (size_t i = 0; i < n; i++)
        small = small || (value[i] >= 'a' && value[i] <= 'z');
    ss_prf(key, value, n, words);
    words[0] = small ? words[0] : UINT64_MAX;
    for (size_t i = 0; i < count; i++)
    {
        if ((words[0] >> i & 1) == 0 || token[i] < 'a')
            continue;
        token[i] = (char) (token[i] - ('a' - 'A'));
        any = true;
    }
    for (size_t i = 0; i < count && !any; i++)
    {
        any = token[i] >= 'a';
        token[i] = (char) (any ? token[i] - ('a' - 'A') : token[i]);
    }
}

size_t
ss_kind_characters(const unsigned char *text, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += (text[i] & 0xC0) != 0x80;
    return count;
}
