/* UUIDs: version 8 (RFC 9562, section 5.8), the other 122 bits of a keyed function of all of the value's. */
#include <string.h>

#include "base/try.h"
#include "pseudonymise/kind.h"
#include "secret/prf.h"

#define UUID 16

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    (void) result;
    return ss_type_is(&c->catalog->types[c->type.type], "uuid") ? NULL : "it takes uuid";
}

static ss_code
open_uuids(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state, ss_error *err)
{
    const unsigned char **key = ss_alloc(arena, 1, sizeof *key);

    *state = key;
    return ss_key_room_use(keys, c->group, "uuid", "1", "mac", key, err);
}

/* All zeros and all ones stand for nobody and stay (RFC 9562, 5.9 and 5.10). */
static bool
is_nobody(const unsigned char *uuid)
{
    bool nil = true, max = true;

    for (size_t i = 0; i < UUID; i++)
    {
        nil &= uuid[i] == 0;
        max &= uuid[i] == 0xFF;
    }
    return nil || max;
}

static ss_code
apply(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
      ss_error *err)
{
    const unsigned char *const *key = state;

    (void) err;
    for (size_t r = 0; r < rows->n; r++)
    {
        unsigned char made[UUID];
        const unsigned char *value;
        uint64_t words[2];
        size_t n;

        if (rows->in->null[r])
        {
            ss_column_put_null(out, r);
            continue;
        }
        value = ss_column_bytes(rows->in, r, &n);
        counts->values++;
        if (n == UUID && is_nobody(value))
            memcpy(made, value, UUID);
        else
        {
            ss_prf(*key, value, n, words);
            for (size_t i = 0; i < UUID; i++)
                made[i] = (unsigned char) (words[i / 8] >> (8 * (i % 8)));
            made[6] = (unsigned char) ((made[6] & 0x0F) | 0x80);
            made[8] = (unsigned char) ((made[8] & 0x3F) | 0x80);
        }
        ss_column_put_bytes(out, r, made, UUID);
    }
    return SS_OK;
}

const ss_kind ss_kind_uuid = {
    .name = "uuid",
    .summary = "another UUID, of version 8",
    .standard = "RFC 9562",
    .version = "1",
    .guarantees = SS_UNIQUE | SS_UNIQUE_CASE | SS_JOINS | SS_FORMAT | SS_LENGTH,
    .types = "uuid",
    .refusal = refusal,
    .open = open_uuids,
    .apply = apply,
};
