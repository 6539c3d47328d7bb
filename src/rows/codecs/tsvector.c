/* tsvector: 'lexeme':1A,2 'other'; on the wire the lexemes NUL-terminated with their positions. */
#include "rows/rows_internal.h"

#define POSITIONS_MAX 255 /* of one lexeme: MAXNUMPOS */

static ss_code
tsvector_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out,
               ss_error *err)
{
    const unsigned char *p = data + 4;
    const unsigned char *end = data + n;
    uint32_t count;

    (void) t;
    if (n < 4)
        return ss_codec_malformed("tsvector", err);
    count = ss_get_u32(data);
    for (uint32_t i = 0; i < count; i++)
    {
        const unsigned char *nul = p < end ? memchr(p, 0, (size_t) (end - p)) : NULL;
        unsigned npos;

        if (nul == NULL || end - nul < 3)
            return ss_codec_malformed("tsvector", err);
        if (i > 0)
            ss_buf_putc(out, ' ');
        ss_buf_putc(out, '\'');
        for (; p < nul; p++)
        {
            if (*p == '\'' || *p == '\\')
                ss_buf_putc(out, (char) *p);
            ss_buf_putc(out, (char) *p);
        }
        ss_buf_putc(out, '\'');
        npos = ss_get_u16(nul + 1);
        p = nul + 3;
        if ((size_t) (end - p) / 2 < npos)
            return ss_codec_malformed("tsvector", err);
        for (unsigned k = 0; k < npos; k++, p += 2)
        {
            const unsigned position = ss_get_u16(p);

            ss_buf_putc(out, k == 0 ? ':' : ',');
            ss_int_print(position & 0x3FFF, out);
            if (position >> 14 != 0)
                ss_buf_putc(out, "DCBA"[position >> 14]);
        }
    }
    return p == end ? SS_OK : ss_codec_malformed("tsvector", err);
}

static const char *
positions_parse(const char *p, const char *end, unsigned *npos, ss_buf *out)
{
    do
    {
        unsigned position = 0;
        unsigned weight = 0;
        const char *start = ++p; /* past ':' or ',' */

        for (; p < end && *p >= '0' && *p <= '9' && position <= 0x3FFF; p++)
            position = position * 10 + (unsigned) (*p - '0');
        if (p == start || position == 0 || position > 0x3FFF || ++*npos > POSITIONS_MAX)
            return NULL;
        if (p < end && *p >= 'A' && *p <= 'D')
            weight = (unsigned) ('D' - *p++);
        ss_buf_put_u16(out, (uint16_t) (weight << 14 | position));
    } while (p < end && *p == ',');
    return p;
}

static ss_code
tsvector_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    const char *p = text;
    const char *end = text + n;
    const size_t head = out->len;
    uint32_t count = 0;

    (void) t;
    ss_buf_put_u32(out, 0);
    while (p < end)
    {
        size_t place;
        unsigned npos = 0;

        if (*p == ' ')
        {
            p++;
            continue;
        }
        if (*p++ != '\'')
            return ss_codec_bad_text("tsvector", err);
        for (;; p++)
        {
            if (p >= end || *p == '\0')
                return ss_codec_bad_text("tsvector", err);
            if (*p == '\'' || *p == '\\')
            {
                if (*p == '\'' && (end - p == 1 || p[1] != '\''))
                    break;
                if (++p >= end || *p == '\0')
                    return ss_codec_bad_text("tsvector", err);
            }
            ss_buf_putc(out, *p);
        }
        p++;
        ss_buf_putc(out, '\0');
        place = out->len;
        ss_buf_put_u16(out, 0);
        if (p < end && *p == ':')
            p = positions_parse(p, end, &npos, out);
        if (p == NULL || (p < end && *p != ' '))
            return ss_codec_bad_text("tsvector", err);
        out->data[place + 1] = (unsigned char) npos;
        count++;
    }
    ss_set_u32(out->data + head, count);
    return SS_OK;
}

SS_TEXT_CODEC(tsvector);
