/* The lock file beside a policy: whatever the bytes, a lock or an error with its place. */
#include <stddef.h>
#include <stdint.h>

#include "policy/lock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_lock *lock;
    ss_error err;

    (void) ss_lock_parse("policy.yaml.lock", (const char *) data, n, arena, &lock, &err);
    ss_arena_free(arena);
    return 0;
}
