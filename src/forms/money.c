#include "forms/money.h"

#include <string.h>

#include "forms/digits.h"

/* Of each country the code and the length: SWIFT, "IBAN Registry". */
static const char lengths[] = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22"
                              "DJ27DK18DO28EE20EG29ES24FI18FK18"
                              "FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30"
                              "KW30KZ20LB28LC32LI21LT20LU20LV21"
                              "LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25"
                              "QA29RO24RS22RU33SA24SC31SD18SE24"
                              "SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

static size_t
length_of(const char *country)
{
    for (const char *l = lengths; *l != '\0'; l += 4)
    {
        if (strncmp(l, country, 2) == 0)
            return (size_t) ss_digits_number(l + 2, 2);
    }
    return 0;
}

bool
ss_is_iban(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1];
    const size_t length = ss_digits_compact(text, n, d);
    unsigned rest = 0;

    if (length < 5 || !ss_digits_digit(d[2]) || !ss_digits_digit(d[3]) || length != length_of(d))
        return false;
    for (size_t i = 0; i < length; i++)
    {
        const char c = d[(i + 4) % length];

        rest = ss_digits_digit(c) ? (rest * 10 + (unsigned) (c - '0')) % 97
                                  : (rest * 100 + (unsigned) (c - 'A') + 10) % 97;
    }
    return rest == 1;
}

/* Of ISO 3166-1, and XK, as banks of Kosovo have it. */
static bool
is_country(char a, char b)
{
    static const char *const second[] = {
        "DEFGILMOQRSTUWXZ",        /* AD, AE, ... */
        "ABDEFGHIJLMNOQRSTVWYZ",   /* B */
        "ACDFGHIKLMNORUVWXYZ",     /* C */
        "EJKMOZ",                  /* D */
        "CEGHRST",                 /* E */
        "IJKMOR",                  /* F */
        "ABDEFGHILMNPQRSTUWY",     /* G */
        "KMNRTU",                  /* H */
        "DELMNOQRST",              /* I */
        "EMOP",                    /* J */
        "EGHIMNPRWYZ",             /* K */
        "ABCIKRSTUVY",             /* L */
        "ACDEFGHKLMNOPQRSTUVWXYZ", /* M */
        "ACEFGILOPRUZ",            /* N */
        "M",                       /* O */
        "AEFGHKLMNRSTWY",          /* P */
        "A",                       /* Q */
        "EOSUW",                   /* R */
        "ABCDEGHIJKLMNORSTVXYZ",   /* S */
        "CDFGHJKLMNORTVWZ",        /* T */
        "AGMSYZ",                  /* U */
        "ACEGINU",                 /* V */
        "FS",                      /* W */
        "K",                       /* X */
        "ET",                      /* Y */
        "AMW",                     /* Z */
    };

    return a >= 'A' && a <= 'Z' && b != '\0' && strchr(second[a - 'A'], b) != NULL;
}

bool
ss_is_bic(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1];
    const size_t length = ss_digits_compact(text, n, d);

    return (length == 8 || length == 11) && is_country(d[4], d[5]);
}

bool
ss_is_payment_card(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1];
    const size_t length = ss_digits_compact(text, n, d);
    unsigned first, four;

    if (length < 12 || length > 19 || strspn(d, "0123456789") != length ||
        ss_digits_same(d, length))
        return false;
    first = (unsigned) ss_digits_number(d, 2);
    four = (unsigned) ss_digits_number(d, 4);
    /* Visa; Mastercard; American Express; Diners; Discover; JCB; UnionPay; Maestro.  None begins with 1: milliseconds do. */
    const bool known =
        (d[0] == '4' && (length == 13 || length == 16 || length == 19)) ||
        (((first >= 51 && first <= 55) || (four >= 2221 && four <= 2720)) && length == 16) ||
        ((first == 34 || first == 37) && length == 15) ||
        ((first == 36 || first == 38 || first == 39 || (four >= 3000 && four <= 3059)) &&
         length >= 14) ||
        ((four == 6011 || first == 64 || first == 65) && length >= 16) ||
        (four >= 3528 && four <= 3589 && length >= 16) || (first == 62 && length >= 16) ||
        first == 50 || (first >= 56 && first <= 69);

    return known && ss_digits_luhn(d, length);
}
