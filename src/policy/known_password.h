/* constant with value: known-password of a secret: a hash of one public password, in the scheme that the row's own value has. */
#ifndef SS_POLICY_KNOWN_PASSWORD_H
#define SS_POLICY_KNOWN_PASSWORD_H

#include <string.h>

#include "policy/policy.h"

#define SS_KNOWN_PASSWORD "sandseed"

static inline bool
ss_is_known_password(const ss_decision *d)
{
    return d->treatment == SS_TREAT_CONSTANT && d->class == SS_CLASS_SECRET && d->value != NULL &&
           strcmp(d->value, "known-password") == 0;
}

#endif
