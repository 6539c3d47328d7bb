/* For rows/ only: the codec constants and what they share. */
#ifndef SS_ROWS_INTERNAL_H
#define SS_ROWS_INTERNAL_H

#include "rows/codec.h"

#define SS_CODEC(name) extern const ss_codec ss_codec_##name;
#include "rows/codecs.def"
#undef SS_CODEC

/* Big-endian integers out of the wire. */
uint16_t ss_wire_u16(const unsigned char *data);
uint32_t ss_wire_u32(const unsigned char *data);
uint64_t ss_wire_u64(const unsigned char *data);

/* The refusal of malformed bytes; no value in it. */
ss_code ss_codec_malformed(const char *type, ss_error *err);

/* Machine form that is the type's text, for codecs whose text is stored as it is. */
ss_code ss_codec_text_in(const ss_codec_type *t, const char *text, size_t n,
                         ss_batch_column *column, size_t r, ss_error *err);
ss_code ss_codec_text_out(const ss_codec_type *t, const ss_batch_column *column, size_t r,
                          ss_buf *out, ss_error *err);

/* Text and number for civil dates: days since 2000-01-01, proleptic Gregorian. */
void ss_codec_print_date(ss_buf *out, int64_t days, bool *bc);
bool ss_codec_scan_date(const char **at, const char *end, int64_t *days);

#endif
