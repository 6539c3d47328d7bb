/* The policy file: whatever the bytes, a policy or an error with its place. */
#include <stddef.h>
#include <stdint.h>

#include "policy/policy_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_policy *policy;
    ss_yaml *root;
    ss_error err;

    if (ss_yaml_parse("policy.yaml", (const char *) data, n, arena, &root, &err) == SS_OK)
        (void) ss_policy_from_yaml("policy.yaml", root, arena, &policy, &err);
    ss_arena_free(arena);
    return 0;
}
