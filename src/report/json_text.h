/* Names and texts of a database as JSON. */
#ifndef SS_REPORT_JSON_TEXT_H
#define SS_REPORT_JSON_TEXT_H

#include <stdint.h>

#include <jansson.h>

/* They are UTF-8, but for those of a database in SQL_ASCII: what is not, is escaped.  NULL is null. */
json_t *ss_json_text(const char *text);

/* A member of an object; value is the object's from then on. */
void ss_json_set(json_t *object, const char *key, json_t *value);
void ss_json_set_count(json_t *object, const char *key, uint64_t n);

#endif
