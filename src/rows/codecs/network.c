/* inet and cidr, macaddr and macaddr8, bit and varbit. */
#include <arpa/inet.h>
#include <sys/socket.h>

#include "rows/rows_internal.h"

#define FAMILY_4 2 /* PostgreSQL's own numbers, the same on every system */
#define FAMILY_6 3

static bool
is_type(const ss_codec_type *t, const char *name)
{
    return t->catalog != NULL && t->type < t->catalog->ntypes &&
           strcmp(t->catalog->types[t->type].name, name) == 0;
}

static ss_code
inet_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out, ss_error *err)
{
    char text[INET6_ADDRSTRLEN];
    bool six;

    (void) t;
    if (n < 4 || (data[0] != FAMILY_4 && data[0] != FAMILY_6))
        return ss_codec_malformed("inet", err);
    six = data[0] == FAMILY_6;
    if (data[3] != (six ? 16 : 4) || n != 4 + (size_t) data[3] || data[1] > (six ? 128 : 32) ||
        inet_ntop(six ? AF_INET6 : AF_INET, data + 4, text, sizeof text) == NULL)
        return ss_codec_malformed("inet", err);
    ss_buf_puts(out, text);
    if (data[2] != 0 || data[1] != (six ? 128 : 32))
    {
        ss_buf_putc(out, '/');
        ss_int_print(data[1], out);
    }
    return SS_OK;
}

static ss_code
inet_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    char address[INET6_ADDRSTRLEN];
    unsigned char raw[20];
    const char *slash = n == 0 ? NULL : memchr(text, '/', n);
    const size_t len = slash == NULL ? n : (size_t) (slash - text);
    const bool six = n > 0 && memchr(text, ':', n) != NULL;
    int64_t bits = six ? 128 : 32;

    if (len >= sizeof address)
        return ss_codec_bad_text("inet", err);
    memcpy(address, text, len);
    address[len] = '\0';
    if (strlen(address) != len || inet_pton(six ? AF_INET6 : AF_INET, address, raw + 4) != 1 ||
        (slash != NULL &&
         (!ss_int_parse(slash + 1, n - len - 1, &bits) || bits < 0 || bits > (six ? 128 : 32))))
        return ss_codec_bad_text("inet", err);
    raw[0] = six ? FAMILY_6 : FAMILY_4;
    raw[1] = (unsigned char) bits;
    raw[2] = is_type(t, "cidr");
    raw[3] = six ? 16 : 4;
    ss_buf_append(out, raw, 4 + (size_t) raw[3]);
    return SS_OK;
}

SS_TEXT_CODEC(inet);

static ss_code
macaddr_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out,
              ss_error *err)
{
    static const char digits[] = "0123456789abcdef";

    (void) t;
    if (n != 6 && n != 8)
        return ss_codec_malformed("macaddr", err);
    for (size_t i = 0; i < n; i++)
    {
        if (i > 0)
            ss_buf_putc(out, ':');
        ss_buf_putc(out, digits[data[i] >> 4]);
        ss_buf_putc(out, digits[data[i] & 15]);
    }
    return SS_OK;
}

static ss_code
macaddr_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    const size_t bytes = is_type(t, "macaddr8") ? 8 : is_type(t, "macaddr") ? 6 : (n + 1) / 3;
    unsigned char raw[8];

    if (bytes > sizeof raw || n != bytes * 3 - 1)
        return ss_codec_bad_text("macaddr", err);
    for (size_t i = 0; i < n; i++)
    {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *d = text[i] == '\0' ? NULL : strchr(digits, text[i]);

        if (i % 3 == 2 ? text[i] != ':' : d == NULL)
            return ss_codec_bad_text("macaddr", err);
        if (i % 3 == 0)
            raw[i / 3] = (unsigned char) (((d - digits) & 15) << 4);
        else if (i % 3 == 1)
            raw[i / 3] = (unsigned char) (raw[i / 3] | ((d - digits) & 15));
    }
    ss_buf_append(out, raw, bytes);
    return SS_OK;
}

SS_TEXT_CODEC(macaddr);

static ss_code
bit_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out, ss_error *err)
{
    size_t bits;

    (void) t;
    if (n < 4)
        return ss_codec_malformed("bit", err);
    bits = ss_get_u32(data);
    if (bits > INT32_MAX || n - 4 != (bits + 7) / 8)
        return ss_codec_malformed("bit", err);
    ss_buf_reserve(out, bits);
    for (size_t i = 0; i < bits; i++)
        out->data[out->len++] = (data[4 + i / 8] >> (7 - i % 8) & 1) != 0 ? '1' : '0';
    out->data[out->len] = '\0';
    return SS_OK;
}

static ss_code
bit_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    (void) t;
    if (n > INT32_MAX)
        return ss_codec_bad_text("bit", err);
    ss_buf_put_u32(out, (uint32_t) n);
    for (size_t i = 0; i < n; i += 8)
    {
        unsigned byte = 0;

        for (size_t k = i; k < i + 8; k++)
        {
            if (k < n && text[k] != '0' && text[k] != '1')
                return ss_codec_bad_text("bit", err);
            byte = byte << 1 | (k < n && text[k] == '1');
        }
        ss_buf_putc(out, (char) byte);
    }
    return SS_OK;
}

SS_TEXT_CODEC(bit);
