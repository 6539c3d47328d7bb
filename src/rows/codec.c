#include "rows/codec.h"

#include "rows/rows_internal.h"

static const ss_codec *const all[] = {
#define SS_CODEC(name, extension, types) &ss_codec_##name,
#include "rows/codecs.def"
#undef SS_CODEC
};

static const struct
{
    const char *extension;
    const char *types;
} owner[] = {

#define SS_CODEC(name, extension, types) {extension, types},
#include "rows/codecs.def"
#undef SS_CODEC
};

ss_code
ss_codec_malformed(const char *name, ss_error *err)
{
    return ss_fail(err, SS_EMEND, "malformed binary value of type %s", name);
}

ss_code
ss_codec_bad_text(const char *name, ss_error *err)
{
    return ss_fail(err, SS_EMEND, "malformed text of type %s", name);
}

ss_code
ss_len_end(ss_buf *out, size_t start, ss_error *err)
{
    const size_t n = out->len - start;

    if (n > INT32_MAX)
        return ss_fail(err, SS_EMEND, "value too long for PostgreSQL's binary format");
    ss_set_u32(out->data + start - 4, (uint32_t) n);
    return SS_OK;
}

const ss_codec *const *
ss_codec_all(size_t *count)
{
    *count = sizeof all / sizeof all[0];
    return all;
}

/* Is name one of the blank-separated words? */
static bool
has_word(const char *words, const char *name)
{
    const size_t n = strlen(name);

    for (const char *p = words; *p != '\0';)
    {
        const size_t len = strcspn(p, " ");

        if (len == n && memcmp(p, name, n) == 0)
            return true;
        p += len;
        p += strspn(p, " ");
    }
    return false;
}

static const ss_codec *
find_base(const ss_type *type)
{
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    {
        if (owner[i].types == NULL || !has_word(owner[i].types, type->name))
            continue;
        if (owner[i].extension == NULL
                ? type->extension == NULL && strcmp(type->schema, "pg_catalog") == 0
                : type->extension != NULL && strcmp(type->extension, owner[i].extension) == 0)
            return all[i];
    }
    return NULL;
}

/* The codec of a type around one of codec inner: none around none, text only around text only. */
static const ss_codec *
around(const ss_codec *inner, const ss_codec *outer)
{
    return inner == NULL || inner->from_binary == NULL ? inner : outer;
}

static const ss_codec *
find(const ss_catalog *catalog, size_t index, int depth)
{
    const ss_type *type;

    if (index >= catalog->ntypes || depth > SS_CODEC_DEPTH)
        return NULL;
    type = &catalog->types[index];
    switch (type->kind)
    {
    case SS_TYPE_BASE:
        return find_base(type);
    case SS_TYPE_ENUM:
        return &ss_codec_enum;
    case SS_TYPE_DOMAIN:
        return find(catalog, type->base, depth + 1);
    case SS_TYPE_ARRAY:
        return around(find(catalog, type->base, depth + 1), &ss_codec_array);
    case SS_TYPE_RANGE:
        return around(find(catalog, type->base, depth + 1), &ss_codec_range);
    case SS_TYPE_MULTIRANGE:
        return around(find(catalog, type->base, depth + 1), &ss_codec_multirange);
    case SS_TYPE_COMPOSITE: {
        const ss_codec *codec = &ss_codec_composite;

        for (size_t i = 0; i < type->nfields && codec != NULL; i++)
            codec = around(find(catalog, type->fields[i].type, depth + 1), codec);
        return codec;
    }
    case SS_TYPE_PSEUDO:
        return NULL;
    }
    return NULL;
}

const ss_codec *
ss_codec_find(const ss_catalog *catalog, size_t type)
{
    return find(catalog, type, 0);
}

static bool
holds_oids(const ss_catalog *catalog, size_t index, int depth)
{
    const ss_type *type;

    if (index >= catalog->ntypes || depth > SS_CODEC_DEPTH)
        return false;
    type = &catalog->types[index];
    switch (type->kind)
    {
    case SS_TYPE_DOMAIN:
    case SS_TYPE_RANGE:
    case SS_TYPE_MULTIRANGE:
        return holds_oids(catalog, type->base, depth + 1);
    case SS_TYPE_ARRAY:
        /* OIDs of built-in types are the same everywhere. */
        return type->base >= catalog->ntypes || catalog->types[type->base].oid >= 16384 ||
               holds_oids(catalog, type->base, depth + 1);
    case SS_TYPE_COMPOSITE:
        for (size_t i = 0; i < type->nfields; i++)
        {
            const size_t field = type->fields[i].type;

            if (field >= catalog->ntypes || catalog->types[field].oid >= 16384 ||
                holds_oids(catalog, field, depth + 1))
                return true;
        }
        return false;
    case SS_TYPE_BASE:
    case SS_TYPE_ENUM:
    case SS_TYPE_PSEUDO:
        return false;
    }
    return false;
}

bool
ss_codec_holds_oids(const ss_catalog *catalog, size_t type)
{
    return holds_oids(catalog, type, 0);
}

const ss_codec *
ss_codec_named(const char *name)
{
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    {
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    }
    return NULL;
}
