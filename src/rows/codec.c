#include "rows/codec.h"

#include <string.h>

#include "rows/rows_internal.h"

static const ss_codec *const codecs[] = {
#define SS_CODEC(name) &ss_codec_##name,
#include "rows/codecs.def"
#undef SS_CODEC
};

/* Built-in types by name; more than one may share a codec. */
static const struct
{
    const char *type;
    const ss_codec *codec;
} built_in[] = {
    {"bool", &ss_codec_bool},
    {"int2", &ss_codec_int2},
    {"int4", &ss_codec_int4},
    {"int8", &ss_codec_int8},
    {"float4", &ss_codec_float4},
    {"float8", &ss_codec_float8},
    {"numeric", &ss_codec_numeric},
    {"text", &ss_codec_text},
    {"varchar", &ss_codec_text},
    {"bpchar", &ss_codec_text},
    {"name", &ss_codec_text},
    {"json", &ss_codec_text},
    {"xml", &ss_codec_text},
    {"jsonb", &ss_codec_jsonb},
    {"uuid", &ss_codec_uuid},
    {"bytea", &ss_codec_bytea},
    {"date", &ss_codec_date},
    {"time", &ss_codec_time},
    {"timestamp", &ss_codec_timestamp},
    {"timestamptz", &ss_codec_timestamptz},
    {"oid", &ss_codec_opaque},
    {"char", &ss_codec_opaque},
    {"timetz", &ss_codec_opaque},
    {"interval", &ss_codec_opaque},
    {"inet", &ss_codec_opaque},
    {"cidr", &ss_codec_opaque},
    {"macaddr", &ss_codec_opaque},
    {"macaddr8", &ss_codec_opaque},
    {"bit", &ss_codec_opaque},
    {"varbit", &ss_codec_opaque},
    {"money", &ss_codec_opaque},
    {"tsvector", &ss_codec_opaque},
    {"tsquery", &ss_codec_opaque},
    {"point", &ss_codec_opaque},
    {"line", &ss_codec_opaque},
    {"lseg", &ss_codec_opaque},
    {"box", &ss_codec_opaque},
    {"path", &ss_codec_opaque},
    {"polygon", &ss_codec_opaque},
    {"circle", &ss_codec_opaque},
    {"jsonpath", &ss_codec_opaque},
};

const ss_codec *const *
ss_codec_all(size_t *count)
{
    *count = sizeof codecs / sizeof codecs[0];
    return codecs;
}

static const ss_codec *
find_base(const ss_type *t)
{
    if (t->extension != NULL)
    {
        if (strcmp(t->extension, "citext") == 0 && strcmp(t->name, "citext") == 0)
            return &ss_codec_text;
        if (strcmp(t->extension, "hstore") == 0 && strcmp(t->name, "hstore") == 0)
            return &ss_codec_opaque;
        return NULL;
    }
    if (strcmp(t->schema, "pg_catalog") != 0)
        return NULL;
    for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++)
    {
        if (strcmp(t->name, built_in[i].type) == 0)
            return built_in[i].codec;
    }
    return NULL;
}

/* Deep nesting is legal, endless nesting impossible: types cannot contain themselves. */
const ss_codec *
ss_codec_find(const ss_catalog *catalog, size_t type)
{
    const ss_type *t;

    type = ss_catalog_base_type(catalog, type);
    if (type == SS_NONE)
        return NULL;
    t = &catalog->types[type];
    switch (t->kind)
    {
        case SS_TYPE_BASE:
            return find_base(t);
        case SS_TYPE_ENUM:
            return &ss_codec_enum;
        case SS_TYPE_ARRAY:
        case SS_TYPE_RANGE:
        case SS_TYPE_MULTIRANGE:
            return ss_codec_find(catalog, t->base) == NULL ? NULL : &ss_codec_opaque;
        case SS_TYPE_COMPOSITE:
            for (size_t i = 0; i < t->nfields; i++)
            {
                if (ss_codec_find(catalog, t->fields[i].type) == NULL)
                    return NULL;
            }
            return &ss_codec_opaque;
        case SS_TYPE_DOMAIN:
        case SS_TYPE_PSEUDO:
            return NULL;
    }
    return NULL;
}

bool
ss_codec_holds_oids(const ss_catalog *catalog, size_t type)
{
    const ss_type *t;

    type = ss_catalog_base_type(catalog, type);
    if (type == SS_NONE)
        return false;
    t = &catalog->types[type];
    if (t->kind == SS_TYPE_RANGE || t->kind == SS_TYPE_MULTIRANGE)
        return ss_codec_holds_oids(catalog, t->base);
    return t->kind == SS_TYPE_ARRAY || t->kind == SS_TYPE_COMPOSITE;
}

uint16_t
ss_wire_u16(const unsigned char *data)
{
    return (uint16_t) (data[0] << 8 | data[1]);
}

uint32_t
ss_wire_u32(const unsigned char *data)
{
    return (uint32_t) data[0] << 24 | (uint32_t) data[1] << 16 | (uint32_t) data[2] << 8 | data[3];
}

uint64_t
ss_wire_u64(const unsigned char *data)
{
    return (uint64_t) ss_wire_u32(data) << 32 | ss_wire_u32(data + 4);
}

ss_code
ss_codec_malformed(const char *type, ss_error *err)
{
    return ss_fail(err, SS_EMEND, "a value of type %s is malformed", type);
}
