/*
 * What the codecs share: reading and writing big-endian words, the two errors that a codec can
 * have, and macros that make a codec of two or four small functions.
 *
 * A codec in TEXT form is print (wire to text) and parse (text to wire); in I64 form take, put,
 * scan and show.  The messages name types, never a value.
 */
#ifndef SS_ROWS_INTERNAL_H
#define SS_ROWS_INTERNAL_H

#include <string.h>

#include "base/try.h"
#include "rows/codec.h"

/* Type nesting deeper than this has no codec: no stack grows with what a catalog says. */
#define SS_CODEC_DEPTH 16

#define SS_CODEC(name, extension, types) extern const ss_codec ss_codec_##name;
#include "rows/codecs.def"
#undef SS_CODEC

ss_code ss_codec_malformed(const char *name, ss_error *err); /* binary */
ss_code ss_codec_bad_text(const char *name, ss_error *err);

/* One value of any type: wire form to text and back, depth levels below the column's type. */
ss_code ss_value_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out,
                       int depth, ss_error *err);
ss_code ss_value_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, int depth,
                       ss_error *err);

/* The nested families, by kind; each calls ss_value_* for what is inside. */
ss_code ss_array_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out,
                       int depth, ss_error *err);
ss_code ss_array_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, int depth,
                       ss_error *err);
ss_code ss_range_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out,
                       int depth, ss_error *err);
ss_code ss_range_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, int depth,
                       ss_error *err);
ss_code ss_multirange_print(const ss_codec_type *t, const unsigned char *data, size_t n,
                            ss_buf *out, int depth, ss_error *err);
ss_code ss_multirange_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out,
                            int depth, ss_error *err);
ss_code ss_composite_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out,
                           int depth, ss_error *err);
ss_code ss_composite_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out,
                           int depth, ss_error *err);

/* Shortest text that reads back as the same number, as PostgreSQL prints it; locale-free. */
void ss_float_print(double v, bool single, ss_buf *out);
bool ss_float_parse(const char *text, size_t n, bool single, double *v);
void ss_int_print(int64_t v, ss_buf *out);
bool ss_int_parse(const char *text, size_t n, int64_t *v);

/* Days since 2000-01-01 and microseconds, to and from ISO text. */
void ss_date_print(int64_t days, ss_buf *out, bool *bc);
void ss_time_print(int64_t us, ss_buf *out);
bool ss_date_scan(const char **p, const char *end, int64_t *days);
bool ss_time_scan(const char **p, const char *end, int64_t *us);
bool ss_zone_scan(const char **p, const char *end, int64_t *east_s);
bool ss_bc_scan(const char **p, const char *end);

/* Text printed at the end of out from start: quoted as arrays, records, ranges and hstore do. */
typedef enum ss_quote
{
    SS_QUOTE_BACKSLASH, /* \" and \\ */
    SS_QUOTE_DOUBLE,    /* "" and \\ */
} ss_quote;

void ss_quote_tail(ss_buf *out, size_t start, ss_quote quote);

static inline uint16_t
ss_get_u16(const unsigned char *p)
{
    return (uint16_t) (p[0] << 8 | p[1]);
}

static inline uint32_t
ss_get_u32(const unsigned char *p)
{
    return (uint32_t) p[0] << 24 | (uint32_t) p[1] << 16 | (uint32_t) p[2] << 8 | p[3];
}

static inline uint64_t
ss_get_u64(const unsigned char *p)
{
    return (uint64_t) ss_get_u32(p) << 32 | ss_get_u32(p + 4);
}

static inline void
ss_set_u32(unsigned char *p, uint32_t v)
{
    p[0] = (unsigned char) (v >> 24);
    p[1] = (unsigned char) (v >> 16);
    p[2] = (unsigned char) (v >> 8);
    p[3] = (unsigned char) v;
}

static inline double
ss_bits_double(uint64_t bits)
{
    double v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

static inline uint64_t
ss_double_bits(double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof bits);
    return bits;
}

/* A place for a length word, filled in when what follows it is written. */
static inline size_t
ss_len_begin(ss_buf *out)
{
    ss_buf_put_u32(out, 0);
    return out->len;
}

ss_code ss_len_end(ss_buf *out, size_t start, ss_error *err);

/* A codec of the functions x_print and x_parse. */
#define SS_TEXT_CODEC(x)                                                                           \
    static ss_code x##_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,    \
                                   ss_batch_column *column, size_t r, ss_error *err)               \
    {                                                                                              \
        const size_t start = column->bytes.len;                                                    \
        const ss_code code = x##_print(t, data, n, &column->bytes, err);                           \
        if (code != SS_OK)                                                                         \
            column->bytes.len = start;                                                             \
        column->null[r] = 0;                                                                       \
        column->end[r] = column->bytes.len;                                                        \
        return code;                                                                               \
    }                                                                                              \
    static ss_code x##_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r,  \
                                 ss_buf *out, ss_error *err)                                       \
    {                                                                                              \
        size_t n;                                                                                  \
        const unsigned char *text = ss_column_bytes(column, r, &n);                                \
        return x##_parse(t, (const char *) text, n, out, err);                                     \
    }                                                                                              \
    static ss_code x##_from_text(const ss_codec_type *t, const char *text, size_t n,               \
                                 ss_batch_column *column, size_t r, ss_error *err)                 \
    {                                                                                              \
        (void) t;                                                                                  \
        (void) err;                                                                                \
        ss_column_put_bytes(column, r, text, n);                                                   \
        return SS_OK;                                                                              \
    }                                                                                              \
    static ss_code x##_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r,    \
                               ss_buf *out, ss_error *err)                                         \
    {                                                                                              \
        size_t n;                                                                                  \
        const unsigned char *text = ss_column_bytes(column, r, &n);                                \
        (void) t;                                                                                  \
        (void) err;                                                                                \
        ss_buf_append(out, text, n);                                                               \
        return SS_OK;                                                                              \
    }                                                                                              \
    const ss_codec ss_codec_##x = {                                                                \
        #x, SS_FORM_TEXT, x##_from_binary, x##_to_binary, x##_from_text, x##_to_text}

/* A codec of the functions x_take (wire to number), x_put, x_scan (text to number), x_show. */
#define SS_I64_CODEC(x)                                                                            \
    static ss_code x##_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,    \
                                   ss_batch_column *column, size_t r, ss_error *err)               \
    {                                                                                              \
        column->null[r] = 0;                                                                       \
        return x##_take(t, data, n, &column->i64[r]) ? SS_OK : ss_codec_malformed(#x, err);        \
    }                                                                                              \
    static ss_code x##_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r,  \
                                 ss_buf *out, ss_error *err)                                       \
    {                                                                                              \
        return x##_put(t, column->i64[r], out)                                                     \
                   ? SS_OK                                                                         \
                   : ss_fail(err, SS_EMEND, "value out of range for type " #x);                    \
    }                                                                                              \
    static ss_code x##_from_text(const ss_codec_type *t, const char *text, size_t n,               \
                                 ss_batch_column *column, size_t r, ss_error *err)                 \
    {                                                                                              \
        column->null[r] = 0;                                                                       \
        return x##_scan(t, text, n, &column->i64[r]) ? SS_OK : ss_codec_bad_text(#x, err);         \
    }                                                                                              \
    static ss_code x##_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r,    \
                               ss_buf *out, ss_error *err)                                         \
    {                                                                                              \
        return x##_show(t, column->i64[r], out)                                                    \
                   ? SS_OK                                                                         \
                   : ss_fail(err, SS_EMEND, "value out of range for type " #x);                    \
    }                                                                                              \
    const ss_codec ss_codec_##x = {                                                                \
        #x, SS_FORM_I64, x##_from_binary, x##_to_binary, x##_from_text, x##_to_text}

#endif
