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

/* What a finding is about: stable words for pipelines, of --json and --fail-on (docs/policy.md section 4). */
typedef enum ss_what
{
    SS_WHAT_TARGET,        /* of the target or its server */
    SS_WHAT_UNDECIDED,     /* a table or column that has a place in the policy and no decision */
    SS_WHAT_NEW,           /* a table or column that the policy or its rule has not seen */
    SS_WHAT_VANISHED,      /* a table, a column or all that a rule matches is gone */
    SS_WHAT_MISSPELT,      /* a name of the policy that is nearly one of the source */
    SS_WHAT_UNSIGNED,      /* a signature lacks, or no longer covers what it was given for */
    SS_WHAT_PERSONAL_KEEP, /* it leaves with its values, is said not to be personal, and looks so */
    SS_WHAT_PERSONAL_TEXT, /* the schema's own text looks personal */
    SS_WHAT_CUT_LINK,      /* the modes or treatments at a foreign key do not join */
    SS_WHAT_NOT_UNIQUE,    /* a key or an exclusion cannot hold as its columns are treated */
    SS_WHAT_UNFIT,         /* a treatment that its column, class or mode cannot take */
    SS_WHAT_NO_PATH,       /* subject: or references: does not lead to people */
    SS_WHAT_RETYPED,       /* a column has another type than when plan last looked */
    SS_WHAT_WIDENED,       /* and that takes all that the former did */
    SS_WHAT_NEW_LABEL,     /* of an enum */
    SS_WHAT_NEW_VALUE,     /* in the list of a CHECK */
    SS_WHAT_RULE,          /* a rule that decides nothing, or contradicts another */
    SS_WHAT_RIGHTS,        /* the source's role may do too little or too much */
    SS_WHAT_KEY,           /* there is no key for pseudonyms, or it cannot be had */
    SS_WHAT_LEFT_OUT, /* what no sandbox gets: large objects, search vectors that nobody can make */
} ss_what;

#define SS_NWHATS (SS_WHAT_LEFT_OUT + 1)

typedef struct ss_finding
{
    ss_severity severity;
    ss_code code;       /* what the run would end with */
    const char *about;  /* "policy", "source", "target" */
    const char *object; /* schema.table[.column], role, extension, ...; or "" */
    const char *place;  /* file:line:column, or "" */
    const char *text;   /* what is wrong, lower case, no full stop */
    const char *mend;   /* the SQL, policy line or command that mends it; or "" */
    ss_what what;
} ss_finding;

#ifdef __cplusplus
}
#endif

#endif
