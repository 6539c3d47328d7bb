/*
 * What a model holds, for people and for machines: sandseed inspect MODEL.
 *
 * Tables, what was learnt of each column, and on how many counts: values stay in model.json, where each
 * has at least k people behind it; of codes the templates that most follow are shown, of numbers how they
 * end.  Whoever calls this has read the file through model/file.h, which holds every count against k.
 */
#ifndef SS_REPORT_INSPECT_MODEL_H
#define SS_REPORT_INSPECT_MODEL_H

#include <jansson.h>

#include "base/buf.h"
#include "model/file.h"

/* Append the text; width: columns, 0 for 80. */
void ss_inspect_model_text(const ss_model_file *file, const char *folder, size_t width,
                           ss_buf *out);

/* The same as one object, a new reference. */
json_t *ss_inspect_model_json(const ss_model_file *file, const char *folder);

#endif
