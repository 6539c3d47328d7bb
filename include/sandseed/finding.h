/* Findings: what a check has to say, all of it at once, each with what mends it. */
#ifndef SANDSEED_FINDING_H
#define SANDSEED_FINDING_H

#include <sandseed/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ss_severity
{
    SS_FINDING_INFO,
    SS_FINDING_WARNS,
    SS_FINDING_STOPS,
} ss_severity;

typedef struct ss_finding
{
    ss_severity severity;
    ss_code code;       /* what the run would end with */
    const char *about;  /* "policy", "source", "target" */
    const char *object; /* schema.table[.column], role, extension, ...; or "" */
    const char *place;  /* file:line:column, or "" */
    const char *text;   /* what is wrong, lower case, no full stop */
    const char *mend;   /* the SQL, policy line or command that mends it; or "" */
} ss_finding;

#ifdef __cplusplus
}
#endif

#endif
