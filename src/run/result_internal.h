/* How commands fill an ss_result: text from a buffer, JSON from jansson. */
#ifndef SS_RUN_RESULT_INTERNAL_H
#define SS_RUN_RESULT_INTERNAL_H

#include <jansson.h>

#include <sandseed/result.h>

#include "base/buf.h"

/* Set what was not set: a copy of text (NULL: none) and object dumped with indentation; takes object's reference. */
void ss_result_set(ss_result *result, const ss_buf *text, json_t *object);

#endif
