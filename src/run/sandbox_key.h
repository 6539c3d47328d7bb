/* The key of a policy's sandbox: from where the policy, or --key, says that keys are. */
#ifndef SS_RUN_SANDBOX_KEY_H
#define SS_RUN_SANDBOX_KEY_H

#include <jansson.h>

#include <sandseed/commands.h>

#include "policy/policy.h"
#include "secret/key_room.h"

typedef struct ss_sandbox_key
{
    ss_key_room *room;   /* goes with the arena */
    const char *from;    /* what messages call where it came from */
    const char *sandbox; /* as the policy names it */
    const char *epoch;
    const char *fingerprint;
} ss_sandbox_key;

/* Do options say a key, whatever a policy says? */
bool ss_sandbox_key_is_given(const ss_options *options);

/*
 * Read it and derive that of the sandbox; the key that it is derived from is wiped.  SS_EREFUSED where nothing says a
 * key, SS_EMEND where what is said is none, or has none for the sandbox and epoch.
 */
ss_code ss_sandbox_key_open(const ss_options *options, const ss_policy *policy,
                            const ss_watch *watch, ss_arena *arena, ss_sandbox_key *key,
                            ss_error *err);

/*
 * The same of what options say, with no policy that names a sandbox: that of sandbox in epoch; both NULL: of the sandbox
 * whose key alone the file holds.
 */
ss_code ss_sandbox_key_open_given(const ss_options *options, const char *sandbox, const char *epoch,
                                  const ss_watch *watch, ss_arena *arena, ss_sandbox_key *key,
                                  ss_error *err);

#endif
