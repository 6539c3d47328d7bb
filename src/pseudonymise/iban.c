/*
 * International bank account numbers (ISO 13616): of the same country, and as long.
 *
 * The bank is one that does not exist: zeros, and X for letters.  German bank codes begin with 1 to 8 (Bundesbank,
 * "Bankleitzahlen"), and SWIFT gives out no code XXXX, which stands for none; elsewhere zeros are used, of which we know no bank
 * either.  In keys and links, where what is left is too little, letters and digits are permuted as a whole and the check digits
 * are 00 or 01, which no account has: ISO 13616 has 02 to 98.
 */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "forms/digits.h"
#include "forms/money.h"
#include "pseudonymise/code.h"
#include "pseudonymise/identifier.h"
#include "pseudonymise/kind_text.h"
#include "secret/prf.h"

typedef struct ibans
{
    const ss_kind_column *column;
    bool own_one;
    void *code;
    const unsigned char *pick_key, *token_key;
} ibans;

/* What stands for a value that is none, in a column that takes so many characters. */
static const struct
{
    size_t n;
    const char *text;
} templates[] = {{22, "GB00AAAA00000000000000"}, {15, "NO0000000000000"}};

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    if (!ss_type_is_text(&c->catalog->types[c->type.type]))
        return "it takes text";
    if (c->limit < templates[1].n)
        return ss_strf(result, "the shortest has %zu characters, and the column takes %zu",
                       templates[1].n, c->limit);
    return NULL;
}

static ss_code
open_ibans(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state, ss_error *err)
{
    ibans *s = ss_alloc(arena, 1, sizeof *s);

    s->column = c;
    s->own_one = c->unique || !c->alone;
    *state = s;
    SS_TRY(ss_kind_code.open(c, keys, arena, &s->code, err));
    SS_TRY(ss_key_room_use(keys, c->group, "iban", "1", "pick", &s->pick_key, err));
    return ss_key_room_use(keys, c->group, "iban", "1", "token", &s->token_key, err);
}

/* How many characters after the check digits say the bank, and the branch where that follows (SWIFT, "IBAN Registry"). */
static size_t
bank_of(const char *iban)
{
    static const char lengths[] = "GB10IE10DE08FR10MC10ES08IT11SM11BE03AT05CH05LI05PT08PL08SE03"
                                  "FI03HU07GR07HR07SI05EE02LU03CY08CZ04SK04";

    for (const char *l = lengths; *l != '\0'; l += 4)
    {
        if (strncmp(l, iban, 2) == 0)
            return (size_t) ss_digits_number(l + 2, 2);
    }
    return 4;
}

static void
put_check(char *d, size_t n)
{
    unsigned rest = 0;

    d[2] = d[3] = '0';
    for (size_t i = 0; i < n; i++)
    {
        const char c = d[(i + 4) % n];

        rest = ss_digits_digit(c) ? (rest * 10 + (unsigned) (c - '0')) % 97
                                  : (rest * 100 + (unsigned) (c - 'A') + 10) % 97;
    }
    d[2] = (char) ('0' + (98 - rest) / 10);
    d[3] = (char) ('0' + (98 - rest) % 10);
}

/* d, of the form: the bank to one that is none, the account by a keyed function of it. */
static void
pick(const ibans *s, const void *of, size_t nof, char *d, size_t n)
{
    const size_t bank = bank_of(d);
    unsigned char in[16 + 1];
    uint64_t words[2];
    size_t left = 0;

    ss_prf(s->pick_key, of, nof, words);
    memcpy(in, words, sizeof words);
    for (size_t i = 4; i < n; i++)
    {
        const bool digit = ss_digits_digit(d[i]);
        const unsigned radix = digit ? 10 : 26;

        if (i < 4 + bank)
        {
            d[i] = digit ? '0' : 'X';
            continue;
        }
        if (left-- == 0)
        {
            in[16] = (unsigned char) i;
            ss_prf(s->pick_key, in, sizeof in, words);
            left = 9; /* 26^10 leaves enough of 2^64 */
        }
        d[i] = (char) ((digit ? '0' : 'A') + (char) (words[0] % radix));
        words[0] /= radix;
    }
    put_check(d, n);
}

/* By modulus alone 00, 01 and 99 would do where 97, 98 and 02 are right: two values that differ in nothing else. */
static bool
is_given_out(const char *iban)
{
    const uint64_t check = ss_digits_number(iban + 2, 2);

    return check >= 2 && check <= 98;
}

static ss_code
replace(void *state, const ss_kind_rows *rows, size_t r, const unsigned char *value, size_t n,
        ss_batch_column *out, ss_kind_counts *counts, ss_error *err)
{
    ibans *s = state;
    char made[SS_IDENTIFIER_MAX + 1];
    ss_identifier w;

    (void) rows;
    if (!ss_identifier_read(value, n, &w) || !ss_is_iban((const char *) value, n) ||
        (s->own_one && (ss_identifier_is_mixed(s->column, &w) || !is_given_out(w.text))))
    {
        const size_t t = s->column->limit < templates[0].n;

        counts->fallbacks++;
        if (s->own_one)
            return ss_identifier_put_token(s->token_key, s->column, value, n, out, r, err);
        memcpy(made, templates[t].text, templates[t].n);
        pick(s, value, n, made, templates[t].n);
        ss_column_put_bytes(out, r, made, templates[t].n);
        return SS_OK;
    }
    memcpy(made, w.text, w.n);
    if (!s->own_one)
        pick(s, w.text, w.n, made, w.n);
    else
    {
        (void) ss_code_permute(s->code, (unsigned char *) made + 4, w.n - 4);
        made[2] = made[3] = '0';
        if (ss_is_iban(made, w.n)) /* by modulus alone 00 is 97 */
            made[3] = '1';
    }
    ss_identifier_put(&w, value, n, made, out, r);
    return SS_OK;
}

const ss_kind ss_kind_iban = {
    .name = "iban",
    .summary =
        "an account of the same country at a bank that does not exist; in keys and links one "
        "with the check digits 00 or 01",
    .standard = "ISO 13616",
    .version = "1",
    .guarantees = SS_UNIQUE | SS_UNIQUE_CASE | SS_JOINS | SS_LENGTH,
    .types = "text varchar char citext name",
    .refusal = refusal,
    .open = open_ibans,
    .replace = replace,
};
