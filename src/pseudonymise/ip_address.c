/*
 * Addresses of networks.
 *
 * ip-address: a keyed bijection of all addresses of the family; of an address with a prefix length, of its network, of which
 * the length stays, and of its host, of which zero stays zero.  Whose address comes out, if anybody's, nobody knows.
 *
 * ip-prefix: addresses with a common prefix get addresses with one as long (Xu, Fan, Ammar, Moon, "Prefix-preserving IP
 * address anonymization", ICNP 2002), the function of the prefix being a PRF.  Weaker: who knows one address knows of all
 * others how many bits they share with it.
 *
 * The address of all zeros is nobody's and stays.  In columns of whole numbers addresses are of IPv4, as many programs keep
 * them: as numbers, signed ones where the column takes no more.
 */
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/try.h"
#include "forms/device.h"
#include "pseudonymise/identifier.h"
#include "pseudonymise/kind.h"
#include "secret/bijection.h"
#include "secret/prf.h"

#define ROUNDS   10
#define SMALL    63 /* bits that are permuted as a number */
#define V4_TEXT  15
#define TEXT_MAX (INET6_ADDRSTRLEN + 5)

typedef struct addresses
{
    const ss_kind_column *column;
    ss_arena *arena;
    bool is_text, is_cidr, own_one, by_prefix;
    const unsigned char *key, *token_key;

    struct
    {
        unsigned char key[SS_KEY_BYTES];
        const ss_bijection *bijection;
    } bits[2][2][SMALL + 1]; /* of 4 and 6, of networks and hosts, of so many bits */
} addresses;

typedef struct address
{
    unsigned char bytes[16];
    unsigned width;     /* bits: 32 or 128 */
    unsigned prefix;    /* at most width */
    const char *suffix; /* as it is written, with its slash; or NULL */
    size_t nsuffix;
} address;

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    const ss_type *type = &c->catalog->types[c->type.type];

    if (ss_type_is(type, "inet") || ss_type_is(type, "cidr"))
        return NULL;
    if (ss_type_is(type, "int4") || ss_type_is(type, "int8"))
        return c->high >= INT32_MAX ? NULL : "the column takes less than an address is as a number";
    if (!ss_type_is_text(type))
        return "it takes inet, cidr, text, int4 and int8";
    if (c->limit < V4_TEXT)
        return ss_strf(result, "an address has up to %d characters, and the column takes %zu",
                       V4_TEXT, c->limit);
    return NULL;
}

static ss_code
open_addresses(const char *kind, const ss_kind_column *c, ss_key_room *keys, ss_arena *arena,
               void **state, ss_error *err)
{
    addresses *s = ss_alloc(arena, 1, sizeof *s);
    const ss_type *type = &c->catalog->types[c->type.type];

    s->column = c;
    s->arena = arena;
    s->is_text = ss_type_is_text(type);
    s->is_cidr = ss_type_is(type, "cidr");
    s->own_one = c->unique || !c->alone;
    s->by_prefix = strcmp(kind, "ip-prefix") == 0;
    *state = s;
    SS_TRY(ss_key_room_use(keys, c->group, kind, "1", "bijection", &s->key, err));
    return ss_key_room_use(keys, c->group, kind, "1", "token", &s->token_key, err);
}

static ss_code
open_whole(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state, ss_error *err)
{
    return open_addresses("ip-address", c, keys, arena, state, err);
}

static ss_code
open_by_prefix(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state,
               ss_error *err)
{
    return open_addresses("ip-prefix", c, keys, arena, state, err);
}

/* --- bits ----------------------------------------------------------------------------------------- */

static uint64_t
get_bits(const unsigned char *bytes, unsigned from, unsigned n)
{
    uint64_t v = 0;

    for (unsigned i = from; i < from + n;)
    {
        if (i % 8 == 0 && i + 8 <= from + n)
        {
            v = v << 8 | bytes[i / 8];
            i += 8;
            continue;
        }
        v = v << 1 | (bytes[i / 8] >> (7 - i % 8) & 1);
        i++;
    }
    return v;
}

static void
put_bits(unsigned char *bytes, unsigned from, unsigned n, uint64_t v)
{
    for (unsigned i = from + n; i > from;)
    {
        if (i % 8 == 0 && i - 8 >= from && i >= 8)
        {
            i -= 8;
            bytes[i / 8] = (unsigned char) v;
            v >>= 8;
            continue;
        }
        i--;
        bytes[i / 8] = (unsigned char) ((bytes[i / 8] & ~(1U << (7 - i % 8))) | (unsigned) (v & 1)
                                                                                    << (7 - i % 8));
        v >>= 1;
    }
}

/* What a key is for: a bijection of each family, of networks or hosts, and of each number of bits. */
static void
write_use(unsigned char use[4], const address *a, bool host, unsigned n, unsigned round)
{
    use[0] = (unsigned char) a->width;
    use[1] = host;
    use[2] = (unsigned char) n;
    use[3] = (unsigned char) round;
}

static void
permute_small(addresses *s, address *a, bool host, unsigned from, unsigned n)
{
    const bool six = a->width == 128;
    const ss_bijection **b = &s->bits[six][host][n].bijection;
    uint64_t x = get_bits(a->bytes, from, n);

    if (*b == NULL)
    {
        unsigned char use[4];

        write_use(use, a, host, n, 0);
        ss_key_hash(s->bits[six][host][n].key, s->key, "ip-bits/v1", use, sizeof use);
        *b = ss_bijection_new(s->bits[six][host][n].key, UINT64_C(1) << n, 0, s->arena);
    }
    put_bits(a->bytes, from, n, ss_biject(*b, x));
}

/* A Feistel network on the two halves of n bits. */
static void
permute_large(const addresses *s, address *a, bool host, unsigned from, unsigned n)
{
    const unsigned nhigh = n / 2, nlow = n - nhigh;
    uint64_t high = get_bits(a->bytes, from, nhigh), low = get_bits(a->bytes, from + nhigh, nlow);
    unsigned char in[4 + sizeof high];

    for (unsigned round = 0; round < ROUNDS; round++)
    {
        const uint64_t *other = round % 2 == 0 ? &low : &high;
        uint64_t *half = round % 2 == 0 ? &high : &low, words[2];
        const unsigned bits = round % 2 == 0 ? nhigh : nlow;

        write_use(in, a, host, n, round);
        for (unsigned i = 0; i < sizeof high; i++)
            in[4 + i] = (unsigned char) (*other >> (8 * i));
        ss_prf(s->key, in, sizeof in, words);
        *half ^= bits == 64 ? words[0] : words[0] & ((UINT64_C(1) << bits) - 1);
    }
    put_bits(a->bytes, from, nhigh, high);
    put_bits(a->bytes, from + nhigh, nlow, low);
}

static bool
is_zero(const address *a, unsigned from, unsigned n)
{
    while (n > 0)
    {
        const unsigned part = n < 64 ? n : 64;

        if (get_bits(a->bytes, from, part) != 0)
            return false;
        from += part;
        n -= part;
    }
    return true;
}

/* All but zero, which stays: what is sent there goes where zero would go. */
static void
permute(addresses *s, address *a, bool host, unsigned from, unsigned n)
{
    if (is_zero(a, from, n))
        return;
    do
    {
        if (n <= SMALL)
            permute_small(s, a, host, from, n);
        else
            permute_large(s, a, host, from, n);
    } while (is_zero(a, from, n));
}

/* Each bit is flipped, or not, by a keyed function of those before it. */
static void
permute_by_prefix(const addresses *s, address *a, unsigned n)
{
    unsigned char seen[17] = {0};
    const unsigned char width = (unsigned char) a->width;

    for (unsigned i = 0; i < n; i++)
    {
        unsigned char in[19];
        const unsigned bit = a->bytes[i / 8] >> (7 - i % 8) & 1;
        uint64_t words[2];

        in[0] = width;
        in[1] = (unsigned char) i;
        memcpy(in + 2, seen, sizeof seen);
        ss_prf(s->key, in, 2 + i / 8 + 1, words);
        seen[i / 8] = (unsigned char) (seen[i / 8] | bit << (7 - i % 8));
        put_bits(a->bytes, i, 1, bit ^ (words[0] & 1));
    }
}

/* --- values --------------------------------------------------------------------------------------- */

static bool
read_address(const unsigned char *value, size_t n, address *a)
{
    char text[TEXT_MAX];
    const char *slash = memchr(value, '/', n);
    const size_t length = slash == NULL ? n : (size_t) (slash - (const char *) value);

    if (!ss_is_ip_address((const char *) value, n) || length >= sizeof text)
        return false;
    memcpy(text, value, length);
    text[length] = '\0';
    memset(a->bytes, 0, sizeof a->bytes);
    a->width = inet_pton(AF_INET, text, a->bytes) == 1 ? 32 : 128;
    if (a->width == 128)
        (void) inet_pton(AF_INET6, text, a->bytes);
    a->prefix = a->width;
    a->suffix = slash;
    a->nsuffix = n - length;
    if (slash == NULL)
        return true;
    a->prefix = 0;
    for (const char *c = slash + 1; c < (const char *) value + n; c++)
        a->prefix = a->prefix * 10 + (unsigned) (*c - '0');
    return a->nsuffix > 1 && a->prefix <= a->width;
}

static size_t
write_byte(unsigned v, char *to)
{
    size_t n = 0;

    if (v >= 100)
        to[n++] = (char) ('0' + v / 100);
    if (v >= 10)
        to[n++] = (char) ('0' + v / 10 % 10);
    to[n++] = (char) ('0' + v % 10);
    return n;
}

/* As inet_ntop() does, which is slow: it is asked where zeros may be left out. */
static size_t
write_six(const unsigned char bytes[16], char text[TEXT_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i + 4 <= 16; i += 2)
    {
        if ((bytes[i] | bytes[i + 1] | bytes[i + 2] | bytes[i + 3]) != 0)
            continue;
        (void) inet_ntop(AF_INET6, bytes, text, TEXT_MAX);
        return strlen(text);
    }
    for (size_t i = 0; i < 16; i += 2)
    {
        const unsigned v = (unsigned) bytes[i] << 8 | bytes[i + 1];

        if (i > 0)
            text[n++] = ':';
        for (int shift = v > 0xFFF ? 12 : v > 0xFF ? 8 : v > 0xF ? 4 : 0; shift >= 0; shift -= 4)
            text[n++] = "0123456789abcdef"[v >> shift & 15];
    }
    return n;
}

static size_t
write_address(const address *a, char text[TEXT_MAX])
{
    size_t n = 0;

    if (a->width == 128)
        n = write_six(a->bytes, text);
    for (unsigned i = 0; a->width == 32 && i < 4; i++)
    {
        if (i > 0)
            text[n++] = '.';
        n += write_byte(a->bytes[i], text + n);
    }
    if (a->suffix != NULL)
        memcpy(text + n, a->suffix, a->nsuffix);
    return n + (a->suffix != NULL ? a->nsuffix : 0);
}

/* As write_address() would write it: another spelling of an address would get the same pseudonym. */
static bool
is_canonical(const addresses *s, const address *a, const unsigned char *value, size_t n)
{
    char text[TEXT_MAX];

    return write_address(a, text) == n &&
           (s->column->folds ? strncasecmp(text, (const char *) value, n)
                             : memcmp(text, value, n)) == 0 &&
           (a->nsuffix < 3 || a->suffix[1] != '0');
}

static ss_code
put_other(const addresses *s, const unsigned char *value, size_t n, ss_batch_column *out, size_t r,
          ss_error *err)
{
    address a = {.width = 32, .bytes = {198, 18}}; /* RFC 2544: for benchmarks */
    char text[TEXT_MAX];
    uint64_t words[2];

    if (s->own_one || s->column->limit < V4_TEXT)
        return ss_identifier_put_token(s->token_key, s->column, value, n, out, r, err);
    ss_prf(s->token_key, value, n, words);
    put_bits(a.bytes, 15, 17, words[0]);
    ss_column_put_bytes(out, r, text, write_address(&a, text));
    return SS_OK;
}

static ss_code
replace(addresses *s, const unsigned char *value, size_t n, ss_batch_column *out, size_t r,
        ss_kind_counts *counts, ss_error *err)
{
    char text[TEXT_MAX];
    size_t length;
    address a;

    if (!read_address(value, n, &a) || (s->is_text && s->own_one && !is_canonical(s, &a, value, n)))
    {
        counts->fallbacks++;
        if (!s->is_text)
            return ss_fail(err, SS_EBUG, "an address is none");
        return put_other(s, value, n, out, r, err);
    }
    if (s->by_prefix)
        permute_by_prefix(s, &a, s->is_cidr ? a.prefix : a.width);
    else
    {
        permute(s, &a, false, 0, a.prefix);
        permute(s, &a, true, a.prefix, a.width - a.prefix);
    }
    length = write_address(&a, text);
    if (length > s->column->limit)
    {
        counts->fallbacks++;
        return put_other(s, value, n, out, r, err);
    }
    ss_column_put_bytes(out, r, text, length);
    return SS_OK;
}

static ss_code
replace_number(addresses *s, int64_t v, ss_batch_column *out, size_t r, ss_error *err)
{
    const bool narrow = s->column->high <= INT32_MAX;
    address a = {.width = 32, .prefix = 32};
    uint32_t made;

    if (narrow ? v < INT32_MIN || v > INT32_MAX : v < 0 || v > UINT32_MAX)
        return ss_fail(err, SS_EREFUSED,
                       "it holds numbers that are no addresses of IPv4: kind: integer takes any");
    put_bits(a.bytes, 0, 32, (uint64_t) v & UINT32_MAX);
    if (s->by_prefix)
        permute_by_prefix(s, &a, 32);
    else
        permute(s, &a, false, 0, 32);
    made = (uint32_t) get_bits(a.bytes, 0, 32);
    ss_column_put_i64(out, r, narrow ? (int64_t) (int32_t) made : (int64_t) made);
    return SS_OK;
}

static ss_code
apply(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
      ss_error *err)
{
    for (size_t r = 0; r < rows->n; r++)
    {
        const unsigned char *value;
        size_t n;

        if (rows->in->null[r])
        {
            ss_column_put_null(out, r);
            continue;
        }
        counts->values++;
        if (rows->in->form == SS_FORM_I64)
        {
            SS_TRY(replace_number(state, rows->in->i64[r], out, r, err));
            continue;
        }
        value = ss_column_bytes(rows->in, r, &n);
        if (ss_identifier_is_blank(value, n)) /* nobody's */
            ss_column_put_bytes(out, r, n == 0 ? (const void *) "" : value, n);
        else
            SS_TRY(replace(state, value, n, out, r, counts, err));
    }
    return SS_OK;
}

const ss_kind ss_kind_ip_address = {
    .name = "ip-address",
    .summary = "any other address of the family; a prefix length stays",
    .standard = "Black and Rogaway 2002",
    .version = "1",
    .guarantees = SS_UNIQUE | SS_UNIQUE_CASE | SS_JOINS | SS_FORMAT,
    .types = "inet cidr text varchar char citext name int4 int8",
    .refusal = refusal,
    .open = open_whole,
    .apply = apply,
};

const ss_kind ss_kind_ip_prefix = {
    .name = "ip-prefix",
    .summary = "an address that shares as many leading bits with others as the value did: weaker",
    .standard = "Xu, Fan, Ammar, Moon 2002",
    .version = "1",
    .guarantees = SS_UNIQUE | SS_UNIQUE_CASE | SS_JOINS | SS_FORMAT | SS_PREFIX,
    .types = "inet cidr text varchar char citext name int4 int8",
    .refusal = refusal,
    .open = open_by_prefix,
    .apply = apply,
};
