/* Enums: machine form is the index of the label, the wire has the label itself. */
#include "rows/rows_internal.h"

static bool
enum_scan(const ss_codec_type *t, const char *text, size_t n, int64_t *v)
{
    const ss_type *type = &t->catalog->types[t->type];

    for (size_t i = 0; i < type->nlabels; i++)
        if (strlen(type->labels[i]) == n && memcmp(type->labels[i], text, n) == 0)
        {
            *v = (int64_t) i;
            return true;
        }
    return false;
}

static bool
enum_show(const ss_codec_type *t, int64_t v, ss_buf *out)
{
    const ss_type *type = &t->catalog->types[t->type];

    if (v < 0 || (uint64_t) v >= type->nlabels)
        return false;
    ss_buf_puts(out, type->labels[v]);
    return true;
}

static bool
enum_take(const ss_codec_type *t, const unsigned char *data, size_t n, int64_t *v)
{
    return enum_scan(t, (const char *) data, n, v);
}

static bool
enum_put(const ss_codec_type *t, int64_t v, ss_buf *out)
{
    return enum_show(t, v, out);
}

SS_I64_CODEC(enum);
