/*
 * Type OIDs inside binary values: arrays name their element type, composites that of each field.
 * User types have other OIDs on another server, so what passes unread is rewritten in place.
 */
#include "rows/copy.h"
#include "rows/rows_internal.h"

static ss_code
mismatch(ss_error *err)
{
    return ss_fail(err, SS_EMEND, "source and target differ in the shape of a type");
}

static ss_code
malformed(ss_error *err)
{
    return ss_fail(err, SS_EMEND, "malformed binary value");
}

static bool
peel(const ss_codec_type *t, const ss_type **type)
{
    size_t index = t->type;

    for (int i = 0; i <= SS_CODEC_DEPTH; i++)
    {
        if (index >= t->catalog->ntypes)
            return false;
        *type = &t->catalog->types[index];
        if ((*type)->kind != SS_TYPE_DOMAIN)
            return true;
        index = (*type)->base;
    }
    return false;
}

/* The types named inside must be the same by schema and name (extension types by extension). */
static bool
same_name(const ss_codec_type *from, size_t from_type, const ss_codec_type *to, size_t to_type)
{
    const ss_type *a;
    const ss_type *b;

    if (from_type >= from->catalog->ntypes || to_type >= to->catalog->ntypes)
        return false;
    a = &from->catalog->types[from_type];
    b = &to->catalog->types[to_type];
    if (strcmp(a->name, b->name) != 0)
        return false;
    if (a->extension != NULL && b->extension != NULL)
        return strcmp(a->extension, b->extension) == 0;
    return strcmp(a->schema, b->schema) == 0;
}

static ss_code rewrite(const ss_codec_type *from, const ss_codec_type *to, unsigned char *data,
                       size_t n, int depth, ss_error *err);

/* A length word at *at and the value behind it. */
static ss_code
rewrite_inner(const ss_codec_type *from, size_t from_type, const ss_codec_type *to, size_t to_type,
              unsigned char *data, size_t n, size_t *at, int depth, ss_error *err)
{
    const ss_codec_type a = {.catalog = from->catalog, .type = from_type, .typmod = -1};
    const ss_codec_type b = {.catalog = to->catalog, .type = to_type, .typmod = -1};
    uint32_t len;

    if (n - *at < 4)
        return malformed(err);
    len = ss_get_u32(data + *at);
    *at += 4;
    if (len == UINT32_MAX)
        return SS_OK;
    if (len > n - *at)
        return malformed(err);
    SS_TRY(rewrite(&a, &b, data + *at, len, depth + 1, err));
    *at += len;
    return SS_OK;
}

static ss_code
rewrite_array(const ss_codec_type *from, const ss_type *a, const ss_codec_type *to,
              const ss_type *b, unsigned char *data, size_t n, int depth, ss_error *err)
{
    size_t at;

    if (n < 12 || ss_get_u32(data) > 6 || n < 12 + 8 * (size_t) ss_get_u32(data))
        return malformed(err);
    if (!same_name(from, a->base, to, b->base))
        return mismatch(err);
    if (ss_get_u32(data + 8) != from->catalog->types[a->base].oid)
        return malformed(err);
    ss_set_u32(data + 8, to->catalog->types[b->base].oid);
    at = 12 + 8 * (size_t) ss_get_u32(data);
    if (!ss_codec_holds_oids(from->catalog, a->base))
        return SS_OK;
    while (at < n)
        SS_TRY(rewrite_inner(from, a->base, to, b->base, data, n, &at, depth, err));
    return SS_OK;
}

static ss_code
rewrite_composite(const ss_codec_type *from, const ss_type *a, const ss_codec_type *to,
                  const ss_type *b, unsigned char *data, size_t n, int depth, ss_error *err)
{
    size_t at = 4;

    if (a->nfields != b->nfields)
        return mismatch(err);
    if (n < 4 || ss_get_u32(data) != a->nfields)
        return malformed(err);
    for (size_t i = 0; i < a->nfields; i++)
    {
        const size_t field = a->fields[i].type;

        if (!same_name(from, field, to, b->fields[i].type))
            return mismatch(err);
        if (n - at < 4 || ss_get_u32(data + at) != from->catalog->types[field].oid)
            return malformed(err);
        ss_set_u32(data + at, to->catalog->types[b->fields[i].type].oid);
        at += 4;
        SS_TRY(rewrite_inner(from, field, to, b->fields[i].type, data, n, &at, depth, err));
    }
    return at == n ? SS_OK : malformed(err);
}

static ss_code
rewrite_range(const ss_codec_type *from, size_t a, const ss_codec_type *to, size_t b,
              unsigned char *data, size_t n, int depth, ss_error *err)
{
    size_t at = 1;

    if (n < 1)
        return malformed(err);
    while (at < n)
        SS_TRY(rewrite_inner(from, a, to, b, data, n, &at, depth, err));
    return SS_OK;
}

static ss_code
rewrite(const ss_codec_type *from, const ss_codec_type *to, unsigned char *data, size_t n,
        int depth, ss_error *err)
{
    const ss_type *a;
    const ss_type *b;
    size_t at = 4;

    if (depth > SS_CODEC_DEPTH || !peel(from, &a) || !peel(to, &b) || a->kind != b->kind)
        return mismatch(err);
    switch (a->kind)
    {
    case SS_TYPE_ARRAY:
        return rewrite_array(from, a, to, b, data, n, depth, err);
    case SS_TYPE_COMPOSITE:
        return rewrite_composite(from, a, to, b, data, n, depth, err);
    case SS_TYPE_RANGE:
        return rewrite_range(from, a->base, to, b->base, data, n, depth, err);
    case SS_TYPE_MULTIRANGE:
        if (n < 4)
            return malformed(err);
        while (at < n)
        {
            uint32_t len;

            if (n - at < 4 || (len = ss_get_u32(data + at)) > n - at - 4)
                return malformed(err);
            at += 4;
            /* the catalog has a multirange's range type as its base */
            if (a->base >= from->catalog->ntypes || b->base >= to->catalog->ntypes)
                return mismatch(err);
            SS_TRY(rewrite_range(from, from->catalog->types[a->base].base, to,
                                 to->catalog->types[b->base].base, data + at, len, depth, err));
            at += len;
        }
        return SS_OK;
    case SS_TYPE_BASE:
    case SS_TYPE_ENUM:
    case SS_TYPE_DOMAIN:
    case SS_TYPE_PSEUDO:
        return SS_OK;
    }
    return SS_OK;
}

ss_code
ss_codec_rewrite_oids(const ss_codec_type *from, const ss_codec_type *to, unsigned char *data,
                      size_t n, ss_error *err)
{
    return rewrite(from, to, data, n, 0, err);
}

ss_code
ss_copy_rewrite_column(const ss_codec_type *from, const ss_codec_type *to, const char *label,
                       uint64_t first_row, ss_batch_column *column, size_t nrows, ss_error *err)
{
    for (size_t r = 0; r < nrows; r++)
    {
        const size_t start = r == 0 ? 0 : column->end[r - 1];

        if (column->null[r])
            continue;
        if (rewrite(from, to, column->bytes.data + start, column->end[r] - start, 0, err) != SS_OK)
            return ss_note(err, "column %s, row %llu", label,
                           (unsigned long long) (first_row + r + 1));
    }
    return SS_OK;
}
