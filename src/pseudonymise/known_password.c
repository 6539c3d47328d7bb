/*
 * constant, value: known-password: a hash of one public password, "sandseed", so that people can log in to the sandbox.
 *
 * In the scheme of the row's own value, of which nothing but its first characters, or its length where it is hexadecimal, is looked
 * at.  What has the looks of a scheme that is not in passwords.def becomes '', with which nobody logs in; anything else
 * is taken for the password itself.  What says that there is no login ('', !..., *...) says so again.
 */
#include <string.h>

#include "policy/known_password.h"
#include "pseudonymise/kind.h"

static const struct
{
    const char *prefix, *hash;
} passwords[] = {

#define SS_PASSWORD(prefix, hash) {prefix, hash},
#define SS_DIGEST(length, hash)
#include "pseudonymise/passwords.def"
#undef SS_PASSWORD
#undef SS_DIGEST
};

static const struct
{
    size_t length;
    const char *hash;
} digests[] = {

#define SS_PASSWORD(prefix, hash)
#define SS_DIGEST(length, hash) {length, hash},
#include "pseudonymise/passwords.def"
#undef SS_PASSWORD
#undef SS_DIGEST
};

static bool
begins(const unsigned char *value, size_t n, const char *prefix)
{
    return n >= strlen(prefix) && memcmp(value, prefix, strlen(prefix)) == 0;
}

/* Digits of base 16 alone; capitals: it has capitals among them. */
static bool
is_hexadecimal(const unsigned char *value, size_t n, bool *capitals)
{
    *capitals = false;
    for (size_t i = 0; i < n; i++)
    {
        const unsigned char c = value[i];

        *capitals = *capitals || (c >= 'A' && c <= 'F');
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return true;
}

/* A scheme that names itself: $name$, {NAME}, name$. */
static bool
is_scheme(const unsigned char *value, size_t n)
{
    const unsigned char *dollar = memchr(value, '$', n);

    return (n > 0 && (value[0] == '$' || value[0] == '{' || value[0] == '_')) ||
           (dollar != NULL && memchr(dollar + 1, '$', n - (size_t) (dollar + 1 - value)) != NULL);
}

static const char *
password_for(const unsigned char *value, size_t n, char room[160], ss_kind_counts *counts)
{
    bool capitals;

    if (n == 0)
        return "";
    if (value[0] == '!' || value[0] == '*')
        return value[0] == '!' ? "!" : "*";
    for (size_t i = 0; i < sizeof passwords / sizeof passwords[0]; i++)
    {
        if (begins(value, n, passwords[i].prefix))
            return passwords[i].hash;
    }
    for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++)
    {
        if (n != digests[i].length || !is_hexadecimal(value, n, &capitals))
            continue;
        for (size_t k = 0; k <= n; k++)
        {
            const char c = digests[i].hash[k];

            room[k] = (char) (capitals && c >= 'a' ? c - ('a' - 'A') : c);
        }
        return room;
    }
    if (!is_scheme(value, n))
        return SS_KNOWN_PASSWORD;
    counts->fallbacks++;
    return "";
}

/* What is no text the resolver refuses. */
static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    (void) c;
    (void) result;
    return NULL;
}

static ss_code
open_passwords(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state,
               ss_error *err)
{
    const ss_kind_column **column = ss_alloc(arena, 1, sizeof *column);

    (void) keys;
    if (!ss_type_is_text(&c->catalog->types[c->type.type]))
        return ss_fail(err, SS_EBUG, "a password that is no text");
    *column = c;
    *state = column;
    return SS_OK;
}

static ss_code
apply(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
      ss_error *err)
{
    const ss_kind_column *const *column = state;

    (void) err;
    for (size_t r = 0; r < rows->n; r++)
    {
        const unsigned char *value;
        const char *made;
        char room[160];
        size_t n;

        if (rows->in->null[r])
        {
            ss_column_put_null(out, r);
            continue;
        }
        value = ss_column_bytes(rows->in, r, &n);
        counts->values++;
        made = password_for(value, n, room, counts);
        if (strlen(made) > (*column)->limit)
        {
            counts->fallbacks++;
            made = "";
        }
        ss_column_put_bytes(out, r, made, strlen(made));
    }
    return SS_OK;
}

const ss_kind ss_kind_known_password = {
    .name = "known-password",
    .summary = "a hash of the password sandseed, in the scheme of the value",
    .version = "1",
    .guarantees = SS_FORMAT,
    .types = "text varchar char citext name",
    .refusal = refusal,
    .open = open_passwords,
    .apply = apply,
};
