/* The words of the policy file for classes, treatments and modes. */
#include "policy/policy.h"

static const char *const classes[] = {"undecided", "direct-identifier", "quasi-identifier",
                                      "special-category", "secret", "key", "free-text",
                                      "non-personal"};
static const char *const treatments[] = {"default", "synthesise", "shape", "pseudonymise",
                                         "generalise", "keep", "constant", "nullify"};
static const char *const modes[] = {"synthesise", "pseudonymise", "keep", "empty"};

const char *
ss_class_name(ss_class c)
{
    return classes[c];
}

const char *
ss_treatment_name(ss_treatment t)
{
    return treatments[t];
}

const char *
ss_mode_name(ss_mode m)
{
    return modes[m];
}
