/* Names and texts of a database as JSON. */
#ifndef SS_REPORT_JSON_TEXT_H
#define SS_REPORT_JSON_TEXT_H

#include <stdint.h>

#include <jansson.h>

/* What stands in written text where something looked personal. */
#define SS_LOOKS_PERSONAL "[looks personal]"

/* They are UTF-8, but for those of a database in SQL_ASCII: what is not, is escaped.  NULL is null. */
json_t *ss_json_text(const char *text);

/* The same of what people wrote into the schema (comments, defaults, CHECKs, labels): without what looks personal in it. */
json_t *ss_json_written(const char *text);

/* A member of an object; value is the object's from then on. */
void ss_json_set(json_t *object, const char *key, json_t *value);
void ss_json_set_count(json_t *object, const char *key, uint64_t n);

#endif
