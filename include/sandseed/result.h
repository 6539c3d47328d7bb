/*
 * What a command has to say: the same facts for people and for machines.
 *
 * A command fills a caller-owned ss_result on success, and also on failure when there is more to say than an
 * ss_error holds (findings).  Free it with ss_result_free().
 */
#ifndef SANDSEED_RESULT_H
#define SANDSEED_RESULT_H

#include <sandseed/export.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ss_result
{
    char *text; /* for a terminal: UTF-8, escaped, wrapped; or NULL */
    char *json; /* one JSON object; or NULL */
} ss_result;

/* Free what it holds; {0} and NULL are allowed. */
SS_EXPORT void ss_result_free(ss_result *result);

#ifdef __cplusplus
}
#endif

#endif
