/*
 * Type codecs: between PostgreSQL's wire formats and machine form.
 *
 * A codec is a constant, found by type in the table codecs.def; a new type is one file and one line.  Machine forms:
 *
 *   bool            I64  0, 1
 *   int2/4/8, money, oid  I64
 *   date            I64  days since 2000-01-01; INT64_MIN, INT64_MAX for -infinity, infinity
 *   time            I64  microseconds since midnight
 *   timestamp(tz)   I64  microseconds since 2000-01-01 (UTC); INT64_MIN, INT64_MAX for infinities
 *   float4/8        F64
 *   enums           I64  index into the type's labels
 *   uuid            TEXT 16 raw bytes
 *   bytea           TEXT raw bytes
 *   everything else TEXT the type's text output form under the settings of pg/pg.h
 *
 * A domain has the codec of the type below it.  Types without a codec give NULL: such a column can
 * only be nullified, constant, or kept unread (COPY text).
 */
#ifndef SS_ROWS_CODEC_H
#define SS_ROWS_CODEC_H

#include "catalog/catalog.h"
#include "rows/batch.h"

#define SS_DAY_US INT64_C(86400000000) /* microseconds of a day */

/* The first day that PostgreSQL has, and the last ones of date and of timestamp, since 2000-01-01. */
#define SS_DAY_FIRST       INT64_C(-2451545)
#define SS_DAY_LAST        INT64_C(2145031948)
#define SS_MOMENT_DAY_LAST INT64_C(106751982)

/* What a column's codec may need to know, resolved once per column. */
typedef struct ss_codec_type
{
    const ss_catalog *catalog; /* of the server the bytes come from or go to */
    size_t type;               /* domains peeled off */
    int32_t typmod;
} ss_codec_type;

typedef struct ss_codec
{
    const char *name; /* "numeric", "array", ... */
    ss_form form;

    /* Both binary functions may be NULL: then the type travels as COPY text only. */

    /* One value in COPY BINARY form (without its length word) -> column at row r.  SS_EMEND: malformed. */
    ss_code (*from_binary)(const ss_codec_type *t, const unsigned char *data, size_t n,
                           ss_batch_column *column, size_t r, ss_error *err);
    /* The value at row r -> COPY BINARY form appended to out, without its length word. */
    ss_code (*to_binary)(const ss_codec_type *t, const ss_batch_column *column, size_t r,
                         ss_buf *out, ss_error *err);
    /* The same for the type's text input and output form (not escaped for COPY or CSV). */
    ss_code (*from_text)(const ss_codec_type *t, const char *text, size_t n,
                         ss_batch_column *column, size_t r, ss_error *err);
    ss_code (*to_text)(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
                       ss_error *err);
} ss_codec;

/* Days since 2000-01-01 in the proleptic Gregorian calendar, and back; years are astronomical: 0 is 1 BC. */
int64_t ss_days_of_civil(int64_t year, int64_t month, int64_t day);
void ss_civil_of_days(int64_t days, int64_t *year, int64_t *month, int64_t *day);

/* The codec of a type, or NULL when there is none (or none for a type inside it). */
const ss_codec *ss_codec_find(const ss_catalog *catalog, size_t type);

/* The codec of that name, which is one of the table's. */
const ss_codec *ss_codec_named(const char *name);

/* Every codec, for the tests that walk the table. */
const ss_codec *const *ss_codec_all(size_t *count);

/* Does its binary form hold type OIDs that differ between servers (arrays, composites, ranges of them)? */
bool ss_codec_holds_oids(const ss_catalog *catalog, size_t type);

#endif
