/* Names and texts of a database as JSON. */
#ifndef SS_REPORT_JSON_TEXT_H
#define SS_REPORT_JSON_TEXT_H

#include <jansson.h>

/* They are UTF-8, but for those of a database in SQL_ASCII: what is not, is escaped.  NULL is null. */
json_t *ss_json_text(const char *text);

#endif
