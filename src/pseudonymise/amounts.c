/*
 * Money and measures: all amounts of one person are multiplied by one factor between 0.8 and 1.25, and rounded to as many
 * decimals as they have.  Signs stay, and zero; nothing that is not zero becomes it.  What is nobody's goes by its own
 * value.  Sums of one person are those of the source times the factor, but for the rounding; whoever knows one of a person's
 * amounts knows the factor.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "pseudonymise/kind.h"
#include "secret/prf.h"

#define ONE    65536 /* factors are parts of it */
#define LEAST  52429 /* 0.8 */
#define MOST   81920 /* 1.25 */
#define DIGITS 30    /* of the longest amount */
#define TEXT   (DIGITS + 4)
#define EXACT  9007199254740992.0 /* 2^53: whole numbers below are doubles */

__extension__ typedef __int128 wide;

typedef struct amounts
{
    const unsigned char *key;
    int64_t low, high; /* of whole numbers */
    int precision;     /* of numeric: its digits; 0: any number */
    const ss_kind_column *column;
    double largest; /* of float4 and float8 */
    ss_buf text;
} amounts;

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    const ss_type *type = &c->catalog->types[c->type.type];

    (void) result;
    if (ss_type_is_integer(type) || ss_type_is(type, "numeric") || ss_type_is(type, "float4") ||
        ss_type_is(type, "float8") || ss_type_is(type, "money"))
        return NULL;
    return "it takes numbers";
}

static ss_code
open_amounts(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state,
             ss_error *err)
{
    const ss_type *type = &c->catalog->types[c->type.type];
    amounts *s = ss_alloc(arena, 1, sizeof *s);

    s->low = c->low;
    s->high = c->high;
    if (ss_type_is(type, "numeric") && c->type.typmod >= 4)
        s->precision = ss_numeric_precision(c->type.typmod);
    s->column = c;
    s->largest = ss_type_is(type, "float4") ? (double) FLT_MAX : DBL_MAX;
    ss_buf_defer(arena, &s->text);
    *state = s;
    return ss_key_room_use(keys, "", "amount", "1", "factor", &s->key, err);
}

/* Parts of ONE. */
static int64_t
factor_of(const amounts *s, const ss_kind_rows *rows, size_t r, const void *value, size_t n)
{
    const uint64_t subject = rows->subject == NULL ? 0 : rows->subject[r];
    unsigned char bytes[8];
    uint64_t words[2];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char) (subject >> (8 * i));
    ss_prf(s->key, subject != 0 ? bytes : value, subject != 0 ? sizeof bytes : n, words);
    return LEAST + (int64_t) (words[0] % (MOST - LEAST + 1));
}

/* Rounded half away from zero. */
static wide
times(wide v, int64_t factor)
{
    const wide product = (v < 0 ? -v : v) * factor, rounded = (product + ONE / 2) / ONE;

    return v < 0 ? -rounded : rounded;
}

static int64_t
replace_whole(const amounts *s, int64_t v, int64_t factor)
{
    wide made = times(v, factor);

    /* A smaller one fits wherever the value itself does: 0 is between the bounds of all of them. */
    if (made < s->low || made > s->high)
        made = times(v, LEAST);
    return (int64_t) made;
}

/* "-12.50" -> -1250 and 2; false: it is no such number, NaN say. */
static bool
parse(const unsigned char *text, size_t n, wide *v, size_t *decimals, size_t *digits)
{
    size_t i = n > 0 && text[0] == '-' ? 1 : 0;
    bool point = false;

    *v = 0;
    *decimals = *digits = 0;
    for (; i < n; i++)
    {
        if (text[i] == '.' && !point)
        {
            point = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9' || ++*digits > DIGITS)
            return false;
        *v = *v * 10 + (text[i] - '0');
        *decimals += point;
    }
    if (n > 0 && text[0] == '-')
        *v = -*v;
    return *digits > 0;
}

static size_t
print(wide v, size_t decimals, char out[TEXT])
{
    char reversed[TEXT];
    wide left = v < 0 ? -v : v;
    size_t n = 0, made = 0;

    do
    {
        if (n > 0 && n == decimals)
            reversed[n++] = '.';
        reversed[n++] = (char) ('0' + (int) (left % 10));
        left /= 10;
    } while (left > 0 || n < decimals + (decimals > 0) + 1);
    if (v < 0)
        out[made++] = '-';
    while (n > 0)
        out[made++] = reversed[--n];
    return made;
}

static size_t
count_digits(wide v)
{
    size_t n = 1;

    for (v = v < 0 ? -v : v; v >= 10; v /= 10)
        n++;
    return n;
}

static ss_code
replace_text(const amounts *s, const ss_kind_rows *rows, size_t r, ss_batch_column *out,
             ss_kind_counts *counts, ss_error *err)
{
    size_t n, decimals, digits;
    const unsigned char *text = ss_column_bytes(rows->in, r, &n);
    char made[TEXT];
    wide v, product;

    if (n > 0 && (text[0] == 'N' || text[0] == 'I' || (n > 1 && text[1] == 'I')))
    {
        counts->fallbacks++; /* NaN and infinities are nobody's */
        ss_column_put_bytes(out, r, text, n);
        return SS_OK;
    }
    if (!parse(text, n, &v, &decimals, &digits))
        return ss_fail(err, SS_EREFUSED, "it holds numbers of more than %d digits", DIGITS);
    product = times(v, factor_of(s, rows, r, text, n));
    if (s->precision > 0 && count_digits(product) > (size_t) s->precision)
        product = times(v, LEAST);
    n = print(product, decimals, made);
    ss_column_put_bytes(out, r, made, n);
    return SS_OK;
}

/* Of "12.50" 2, of "1.25e-07" 9, of "1e+20" 0. */
static int
decimals_of(const char *text)
{
    const char *point = strchr(text, '.'), *e = strchr(text, 'e');
    const size_t behind = point == NULL ? 0 : strcspn(point + 1, "e");
    int64_t exponent = 0;

    if (e != NULL)
        (void) ss_parse_i64(e[1] == '+' ? e + 2 : e + 1, &exponent);
    return (int64_t) behind > exponent ? (int) ((int64_t) behind - exponent) : 0;
}

/*
 * With all their digits, two products would tell the factor: it would be the one by which both can be divided so that few
 * decimals are left.
 */
static ss_code
replace_double(amounts *s, const ss_kind_rows *rows, size_t r, ss_batch_column *out, ss_error *err)
{
    const double v = rows->in->f64[r];
    double factor = (double) factor_of(s, rows, r, &v, sizeof v) / ONE, made = v, scale;

    if (isfinite(v) && v != 0)
    {
        ss_buf_clear(&s->text);
        SS_TRY(s->column->codec->to_text(&s->column->type, rows->in, r, &s->text, err));
        scale = pow(10, decimals_of(ss_buf_text(&s->text)));
        if (fabs(v) > s->largest / factor)
            factor = (double) LEAST / ONE;
        made = v * factor;
        if (fabs(made) * scale < EXACT)
            made = round(made * scale) / scale;
    }
    ss_column_put_f64(out, r, made);
    return SS_OK;
}

static ss_code
apply(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
      ss_error *err)
{
    amounts *s = state;

    for (size_t r = 0; r < rows->n; r++)
    {
        if (rows->in->null[r])
        {
            ss_column_put_null(out, r);
            continue;
        }
        counts->values++;
        if (rows->in->form == SS_FORM_F64)
            SS_TRY(replace_double(s, rows, r, out, err));
        else if (rows->in->form == SS_FORM_I64)
        {
            const int64_t v = rows->in->i64[r];

            ss_column_put_i64(out, r, replace_whole(s, v, factor_of(s, rows, r, &v, sizeof v)));
        }
        else
            SS_TRY(replace_text(s, rows, r, out, counts, err));
    }
    return SS_OK;
}

#define SS_AMOUNT_KIND(symbol, word, text)                                                         \
    const ss_kind ss_kind_##symbol = {                                                             \
        .name = word,                                                                              \
        .summary = text,                                                                           \
        .version = "1",                                                                            \
        .guarantees = SS_FORMAT | SS_SIGN,                                                         \
        .by_subject = true,                                                                        \
        .types = "int2 int4 int8 numeric float4 float8 money",                                     \
        .refusal = refusal,                                                                        \
        .open = open_amounts,                                                                      \
        .apply = apply,                                                                            \
    }

SS_AMOUNT_KIND(money, "money", "0.8 to 1.25 times the amount, the same factor for one person's");
SS_AMOUNT_KIND(income, "income", "the same");
SS_AMOUNT_KIND(measure, "measure", "the same");
