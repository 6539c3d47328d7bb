/* Key files, open and under a passphrase. */
#include <stdint.h>

#include <sodium.h>

#include "secret/keyring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_keyring *ring;
    ss_error err;
    unsigned char *text;
    size_t length;

    if (sodium_init() < 0)
        return 0;
    /* Argon2 takes a second: what is sealed is only taken apart when it would be refused before that. */
    if (ss_keyring_is_sealed(data, n) && n < 120)
        (void) ss_keyring_unseal("f", data, n, (const unsigned char *) "passphrase", 10, arena,
                                 &text, &length, &err);
    else if (n <= SS_KEYRING_TEXT && ss_keyring_parse("f", data, n, arena, &ring, &err) == SS_OK)
    {
        (void) ss_keyring_find(ring, "shop", NULL);
        (void) ss_keyring_find(ring, "shop", "2026q4");
    }
    ss_arena_free(arena);
    return 0;
}
