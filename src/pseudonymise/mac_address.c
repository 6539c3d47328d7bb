/*
 * Addresses of network cards: locally administered ones (IEEE 802c), which no maker gives out.
 *
 * Makers' addresses become local ones by a keyed bijection of the 46 bits (62 of EUI-64) that are left.  Local ones, which phones
 * make up, become local group addresses where they might be taken for those of makers' (in keys and links), which no card has,
 * and local ones elsewhere.  Other group addresses stay among themselves.  All zeros and all ones are nobody's and stay.
 */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "pseudonymise/identifier.h"
#include "pseudonymise/kind.h"
#include "secret/bijection.h"
#include "secret/prf.h"

#define LOCAL 2U /* bits of the first byte */
#define GROUP 1U

typedef struct macs
{
    const ss_kind_column *column;
    bool is_text, own_one;
    const unsigned char *token_key;
    const ss_bijection *bijections[2]; /* of EUI-48 and EUI-64 */
} macs;

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    const ss_type *type = &c->catalog->types[c->type.type];

    (void) result;
    if (ss_type_is(type, "macaddr") || ss_type_is(type, "macaddr8"))
        return NULL;
    if (!ss_type_is_text(type))
        return "it takes macaddr, macaddr8 and text";
    return c->limit < 12 ? "an address has 12 characters at least, and the column takes fewer"
                         : NULL;
}

static ss_code
open_macs(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state, ss_error *err)
{
    macs *s = ss_alloc(arena, 1, sizeof *s);
    const unsigned char *key;

    s->column = c;
    s->is_text = ss_type_is_text(&c->catalog->types[c->type.type]);
    s->own_one = c->unique || !c->alone;
    *state = s;
    SS_TRY(ss_key_room_use(keys, c->group, "mac-address", "1", "bijection 46", &key, err));
    s->bijections[0] = ss_bijection_new(key, UINT64_C(1) << 46, 0, arena);
    SS_TRY(ss_key_room_use(keys, c->group, "mac-address", "1", "bijection 62", &key, err));
    s->bijections[1] = ss_bijection_new(key, UINT64_C(1) << 62, 0, arena);
    return ss_key_room_use(keys, c->group, "mac-address", "1", "token", &s->token_key, err);
}

static bool
read_hex(const ss_identifier *w, uint64_t *address)
{
    *address = 0;
    if (w->n != 12 && w->n != 16)
        return false;
    for (size_t i = 0; i < w->n; i++)
    {
        const char c = w->text[i];

        if (c > 'F')
            return false;
        *address = *address << 4 | (unsigned) (c <= '9' ? c - '0' : c - 'A' + 10);
    }
    return true;
}

/* false: there is no letter, whose case would tell two ways to write it apart. */
static bool
write_hex(uint64_t address, size_t n, char *to)
{
    bool letter = false;

    to[n] = '\0';
    while (n-- > 0)
    {
        to[n] = "0123456789ABCDEF"[address & 15];
        letter |= to[n] >= 'A';
        address >>= 4;
    }
    return letter;
}

/* false: none is left for it. */
static bool
change(const macs *s, uint64_t *address, size_t n)
{
    const unsigned shift = (unsigned) (4 * n - 8);
    const uint64_t all = n == 16 ? UINT64_MAX : (UINT64_C(1) << 48) - 1;
    unsigned first = (unsigned) (*address >> shift), flags = first & 3;
    uint64_t body = (uint64_t) (first >> 2) << shift | (*address & ((UINT64_C(1) << shift) - 1));

    if (*address == 0 || *address == all)
        return true;
    if (flags == (LOCAL | GROUP) && s->own_one)
        return false;
    body = ss_biject(s->bijections[n == 16], body);
    if (flags == LOCAL && s->own_one)
        flags = LOCAL | GROUP;
    else if (flags != GROUP)
        flags = LOCAL;
    first = (unsigned) (body >> shift) << 2 | flags;
    *address = (uint64_t) first << shift | (body & ((UINT64_C(1) << shift) - 1));
    return true;
}

static ss_code
replace(void *state, const ss_kind_rows *rows, size_t r, const unsigned char *value, size_t n,
        ss_batch_column *out, ss_kind_counts *counts, ss_error *err)
{
    macs *s = state;
    char made[SS_IDENTIFIER_MAX + 1], other[] = "00:00:00:00:00:00";
    ss_identifier w;
    uint64_t address, words[2];
    bool fits =
        ss_identifier_read(value, n, &w) && read_hex(&w, &address) && change(s, &address, w.n);

    (void) rows;
    if (fits && !write_hex(address, w.n, made) && s->own_one && s->is_text && w.capital &&
        !s->column->folds)
        fits = false;
    if (fits && !(s->own_one && ss_identifier_is_mixed(s->column, &w)))
    {
        ss_identifier_put(&w, value, n, made, out, r);
        return SS_OK;
    }
    counts->fallbacks++;
    if (!s->is_text)
        return ss_fail(err, SS_EREFUSED,
                       "it is in a key or linked, and holds a local group address, for which none "
                       "is left: treatment: nullify");
    if (s->own_one || s->column->limit < sizeof other - 1)
        return ss_identifier_put_token(s->token_key, s->column, value, n, out, r, err);
    ss_prf(s->token_key, value, n, words);
    (void) write_hex((words[0] & 0xFFFFFFFFFF) | (uint64_t) LOCAL << 40, 12, made);
    for (size_t i = 0; i < sizeof other - 1; i++)
        other[i] = i % 3 == 2 ? ':' : made[i - i / 3];
    ss_column_put_bytes(out, r, other, sizeof other - 1);
    return SS_OK;
}

const ss_kind ss_kind_mac_address = {
    .name = "mac-address",
    .summary = "a locally administered address, which no maker gives out",
    .standard = "IEEE 802c",
    .version = "1",
    .guarantees = SS_UNIQUE | SS_UNIQUE_CASE | SS_JOINS | SS_FORMAT | SS_LENGTH,
    .types = "macaddr macaddr8 text varchar char citext name",
    .refusal = refusal,
    .open = open_macs,
    .replace = replace,
};
