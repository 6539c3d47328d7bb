#include "forms/text.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "forms/contact.h"
#include "forms/digits.h"
#include "forms/europe.h"
#include "forms/money.h"
#include "forms/north_america.h"
#include "forms/secret_forms.h"
#include "forms/uk.h"

/* How far before a number the word may stand that says what it is. */
#define CONTEXT 64

#define LOCAL_PART 64
#define HOST       253
#define WRITTEN    42  /* the longest IBAN with its blanks */
#define USER_INFO  128 /* user:password of a URL */
#define SECRET     4096

const char *const ss_text_kind_names[SS_TEXT_NKINDS] = {
    "email", "phone", "payment-card", "iban", "national-number", "postcode", "secret"};

typedef struct scan
{
    const char *text;
    size_t n;
    ss_text_hit *hits;
    size_t max;
    size_t *counts;
    size_t found;
    ss_text_hit last; /* the one found last */
    size_t before;    /* where the one before it ends */
    size_t run_end;   /* of the characters that secrets are made of, looked at last */
} scan;

static bool
is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool
is_letter(char c)
{
    return is_upper(c) || (c >= 'a' && c <= 'z');
}

static bool
is_word(char c)
{
    return is_letter(c) || ss_digits_digit(c) || (unsigned char) c >= 0x80;
}

static void
found(scan *s, size_t start, size_t end, ss_text_kind kind)
{
    s->before = s->last.end;
    s->last = (ss_text_hit){start, end, kind};
    if (s->found < s->max)
        s->hits[s->found] = s->last;
    s->found++;
    if (s->counts != NULL)
        s->counts[kind]++;
}

/* --- e-mail addresses --------------------------------------------------------------------------- */

static bool
host_ends(const char *host, size_t n, const char *suffix)
{
    const size_t m = strlen(suffix);

    return n >= m && strncasecmp(host + n - m, suffix, m) == 0 &&
           (n == m || host[n - m - 1] == '.');
}

static bool
is_reserved(const char *host, size_t n)
{
    static const char *const reserved[] = {"example.com", "example.org", "example.net", "example",
                                           "invalid",     "test",        "localhost"};

    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
    {
        if (host_ends(host, n, reserved[i]))
            return true;
    }
    return false;
}

static bool
is_local_part(char c)
{
    return is_word(c) || (c != '\0' && strchr("._%+-!#$&*/=?^`{|}~", c) != NULL);
}

/* A host that begins at start: its length without the dot that ends a sentence; 0: it is none. */
static size_t
host_length(const scan *s, size_t start)
{
    const char *host = s->text + start;
    size_t n = 0, dot;

    while (start + n < s->n && n <= HOST && (is_word(host[n]) || host[n] == '-' || host[n] == '.'))
        n++;
    while (n > 0 && (host[n - 1] == '.' || host[n - 1] == '-'))
        n--;
    dot = n;
    while (dot > 0 && host[dot - 1] != '.')
        dot--;
    /* The top-level domain begins with two letters, of any script. */
    if (dot < 2 || n - dot < 2 || host[0] == '.' || host[0] == '-' || ss_digits_digit(host[dot]) ||
        ss_digits_digit(host[dot + 1]))
        return 0;
    return n;
}

/* One whose @ stands at i.  Returns where it ends, or 0. */
static size_t
email(scan *s, size_t i)
{
    const size_t host = host_length(s, i + 1);
    size_t start = i;

    while (start > 0 && i - start < LOCAL_PART && is_local_part(s->text[start - 1]))
        start--;
    /* RFC 5321 lets it stand in quotes. */
    if (start == i && i > 2 && s->text[i - 1] == '"')
    {
        size_t at = i - 2;

        while (at > 0 && i - at < LOCAL_PART && s->text[at] != '"' && s->text[at] != '\n')
            at--;
        start = s->text[at] == '"' && at + 2 < i ? at : i;
    }
    if (host == 0 || start == i || is_reserved(s->text + i + 1, host))
        return 0;
    /* What looked like something else was its local part. */
    if (s->found > 0 && s->last.end > start)
    {
        if (s->last.start < start)
            start = s->last.start;
        if (start < s->before)
            start = s->before;
        s->last.end = s->before;
        s->found--;
        if (s->counts != NULL)
            s->counts[s->last.kind]--;
    }
    found(s, start, i + 1 + host, SS_TEXT_EMAIL);
    return i + 1 + host;
}

/* --- words before ------------------------------------------------------------------------------- */

/* Does one of the words (blanks around each) stand shortly before i?  _ ends a word as a blank does. */
static bool
after_word(const scan *s, size_t i, const char *words)
{
    const size_t from = i > CONTEXT ? i - CONTEXT : 0;
    char word[24];
    size_t n = 1;

    word[0] = ' ';
    for (size_t at = from; at <= i; at++)
    {
        const char c = at < i ? s->text[at] : ' ';

        if (is_letter(c) && n < sizeof word - 2)
            word[n++] = (char) (c | 0x20);
        else if (!is_letter(c))
        {
            word[n] = ' ';
            word[n + 1] = '\0';
            if (n > 1 && strstr(words, word) != NULL)
                return true;
            n = 1;
        }
    }
    return false;
}

/* --- secrets ------------------------------------------------------------------------------------ */

static bool
is_secret_character(char c)
{
    return is_word(c) || (c != '\0' && strchr("./+=,$:_{}-", c) != NULL);
}

/* To its end, or that of the text: nothing of it is looked at again. */
static size_t
pem_length(const scan *s, size_t i)
{
    static const char end[] = "-----END ";
    const char *text = s->text + i;
    const size_t n = s->n - i;

    for (size_t at = 0; at + sizeof end - 1 <= n; at++)
    {
        if (text[at] == '-' && memcmp(text + at, end, sizeof end - 1) == 0)
        {
            at += sizeof end - 1;
            while (at < n && text[at] != '-')
                at++;
            while (at < n && text[at] == '-')
                at++;
            return at;
        }
    }
    return n;
}

/* Where the characters that secrets are made of end; a run of them is gone through once. */
static size_t
secret_end(scan *s, size_t i)
{
    if (i >= s->run_end)
    {
        s->run_end = i;
        while (s->run_end < s->n && is_secret_character(s->text[s->run_end]))
            s->run_end++;
    }
    return s->run_end;
}

/* A token whose form says what it is.  Returns its length, or 0. */
static size_t
secret_length(scan *s, size_t i)
{
    const char *text = s->text + i;
    size_t n;

    if (text[0] == '-')
        return s->n - i >= 27 && memcmp(text, "-----BEGIN ", 11) == 0 ? pem_length(s, i) : 0;
    if (!is_letter(text[0]) && text[0] != '$' && text[0] != '{')
        return 0;
    n = secret_end(s, i) - i < SECRET ? secret_end(s, i) - i : SECRET;
    while (n > 0 && strchr(".,:", text[n - 1]) != NULL)
        n--;
    return n >= 16 && (ss_is_password_hash(text, n) || ss_is_jwt(text, n) || ss_is_api_key(text, n))
               ? n
               : 0;
}

/* scheme://user:password@host, whose :// stands at i: where the password ends, or 0. */
static size_t
user_info_end(const scan *s, size_t i, size_t *password)
{
    *password = 0;
    for (size_t at = i + 3; at < s->n && at < i + USER_INFO; at++)
    {
        const char c = s->text[at];

        if (c == '@')
            return *password > 0 && *password < at ? at : 0;
        if (c == ':' && *password == 0)
            *password = at + 1;
        if (c <= ' ' || strchr("/?#'\"<>", c) != NULL)
            return 0;
    }
    return 0;
}

/* host=... password=...: the value that begins at i; where it ends, or 0. */
static size_t
conninfo_end(const scan *s, size_t i)
{
    size_t end = i;

    if (i < 9 || strncasecmp(s->text + i - 9, "password=", 9) != 0 ||
        !after_word(s, i - 9, " host hostaddr dbname user port "))
        return 0;
    while (end < s->n && s->text[end] > ' ' && strchr("'\"$%();|", s->text[end]) == NULL)
        end++;
    return end > i ? end : 0;
}

/* --- numbers ------------------------------------------------------------------------------------ */

/* What a stretch of groups looks like: "99 99-9" as it is written, each group's length. */
typedef struct written
{
    const char *text;
    size_t n; /* bytes */
    size_t digits, letters, groups;
    size_t length[12];
    char separator; /* the only one there is; '*': several; 0: none */
    bool lower;     /* it has small letters */
} written;

/* Groups of letters and digits from i on with single separators between them, up to n bytes. */
static written
look(const scan *s, size_t i, size_t n)
{
    written w = {.text = s->text + i, .n = n, .groups = 1};

    for (size_t at = 0; at < n; at++)
    {
        const char c = w.text[at];

        if (is_word(c))
        {
            w.digits += ss_digits_digit(c);
            w.letters += !ss_digits_digit(c);
            w.lower = w.lower || (!ss_digits_digit(c) && !is_upper(c));
            w.length[w.groups - 1]++;
            continue;
        }
        if (w.groups == sizeof w.length / sizeof w.length[0])
            break;
        w.separator = w.separator == '\0' || w.separator == c ? c : '*';
        w.groups++;
    }
    return w;
}

static bool
grouped(const written *w, const char *lengths)
{
    const size_t n = strlen(lengths);

    for (size_t i = 0; i < n && i < w->groups; i++)
    {
        if (w->length[i] != (size_t) (lengths[i] - '0'))
            return false;
    }
    return w->groups == n && w->separator != '*';
}

static bool
is_card(const scan *s, size_t i, const written *w)
{
    const bool whole = w->groups == 1 && (w->digits == 15 || w->digits == 16);

    if (w->letters > 0 || w->digits < 13 || !ss_is_payment_card(w->text, w->n))
        return false;
    return whole || grouped(w, "4444") || grouped(w, "465") ||
           after_word(s, i, " card pan cc credit debit visa mastercard amex ");
}

static bool
is_iban(const written *w)
{
    if (w->lower || !is_upper(w->text[0]) || w->letters < 2 || w->digits < 8 ||
        (w->groups > 1 && (w->separator != ' ' || w->length[0] != 4)))
        return false;
    for (size_t g = 1; g + 1 < w->groups; g++)
    {
        if (w->length[g] != 4)
            return false;
    }
    return ss_is_iban(w->text, w->n);
}

/* Letters make these rare enough wherever they stand. */
static bool
is_lettered_number(const scan *s, size_t i, const written *w)
{
    const char *t = w->text;

    if (w->lower || w->digits == 0 || w->separator == '*')
        return false;
    if ((w->groups == 1 || grouped(w, "22221") || grouped(w, "261")) && ss_is_nino(t, w->n))
        return true;
    if (w->groups == 1 && ss_is_it_codice_fiscale(t, w->n))
        return true;
    if (w->groups == 1 && w->n == 16 && ss_is_gb_driving_licence(t, w->n))
        return true;
    if ((grouped(w, "9") || grouped(w, "81")) && ss_is_es_dni(t, w->n))
        return true;
    if ((w->groups == 1 || grouped(w, "434")) && w->letters >= 4 && ss_is_mbi(t, w->n))
        return true;
    if (grouped(w, "64") && w->separator == '-' && ss_is_fi_hetu(t, w->n))
        return true;
    return (ss_is_ie_pps(t, w->n) && after_word(s, i, " pps ppsn ")) ||
           (ss_is_upn(t, w->n) && after_word(s, i, " upn pupil ")) ||
           (w->groups == 1 && w->n == 9 && after_word(s, i, " passport "));
}

static bool
is_person_number(const scan *s, size_t i, const written *w)
{
    const char *t = w->text;
    const size_t n = w->n;
    const bool hyphens = w->separator == '-';

    if (w->letters > 0)
        return is_lettered_number(s, i, w);
    if (grouped(w, "324") && hyphens && (ss_is_written_ssn(t, n) || ss_is_itin(t, n)))
        return true;
    if (grouped(w, "334") && ss_is_nhs_number(t, n))
        return true;
    if ((grouped(w, "64") || grouped(w, "84")) && hyphens && ss_is_se_personnummer(t, n))
        return true;
    if (w->digits == 15 && (w->groups == 1 || w->groups >= 6) && ss_is_fr_nir(t, n))
        return true;
    switch (w->digits)
    {
    case 6:
        return grouped(w, "222") && hyphens && after_word(s, i, " sort sortcode ");
    case 9:
        return (ss_is_ssn(t, n) && after_word(s, i, " ssn social ")) ||
               (ss_is_itin(t, n) && after_word(s, i, " itin ")) ||
               (ss_is_nl_bsn(t, n) && after_word(s, i, " bsn burgerservicenummer ")) ||
               after_word(s, i, " passport ");
    case 10:
        return (ss_is_nhs_number(t, n) && after_word(s, i, " nhs patient ")) ||
               (ss_is_utr(t, n) && after_word(s, i, " utr ")) ||
               (ss_is_npi(t, n) && after_word(s, i, " npi ")) ||
               (ss_is_dk_cpr(t, n) && after_word(s, i, " cpr ")) ||
               (ss_is_se_personnummer(t, n) && after_word(s, i, " personnummer "));
    case 11:
        return (ss_is_de_idnr(t, n) && after_word(s, i, " idnr steuer steuerid ")) ||
               (ss_is_be_nn(t, n) && (w->groups == 5 || after_word(s, i, " rijksregister nn "))) ||
               (ss_is_pl_pesel(t, n) && after_word(s, i, " pesel "));
    case 12:
        return ss_is_se_personnummer(t, n) && after_word(s, i, " personnummer ");
    default:
        return false;
    }
}

static bool
is_postcode(const written *w)
{
    return !w->lower && w->groups == 2 && w->separator == ' ' && w->length[1] == 3 &&
           w->letters >= 3 && ss_is_gb_postcode(w->text, w->n);
}

/* The longest stretch of groups from i on that is something: its length, or 0. */
static size_t
number_length(const scan *s, size_t i, ss_text_kind *kind)
{
    size_t ends[12], nends = 0, at = i;
    bool digits = false;

    if (!is_upper(s->text[i]) && !ss_digits_digit(s->text[i]))
        return 0;
    /* A stretch may end wherever a group does. */
    while (at < s->n && at - i < WRITTEN && nends < sizeof ends / sizeof ends[0])
    {
        const char c = s->text[at];

        if (is_word(c))
        {
            digits = digits || ss_digits_digit(c);
            at++;
            if (at == s->n || !is_word(s->text[at]))
                ends[nends++] = at - i;
        }
        else if ((c == ' ' || c == '-' || c == '.') && at + 1 < s->n && is_word(s->text[at + 1]))
            at++;
        else
            break;
    }
    while (digits && nends > 0)
    {
        const written w = look(s, i, ends[--nends]);

        if (is_iban(&w))
            *kind = SS_TEXT_IBAN;
        else if (is_card(s, i, &w))
            *kind = SS_TEXT_CARD;
        else if (is_person_number(s, i, &w))
            *kind = SS_TEXT_NATIONAL_NUMBER;
        else if (is_postcode(&w))
            *kind = SS_TEXT_POSTCODE;
        else
            continue;
        return ends[nends];
    }
    return 0;
}

/* 2024-01-31 and 31-01-2024 begin as numbers of telephones do. */
static bool
begins_as_date(const char *t, size_t n)
{
    return n >= 10 && (((t[4] == '-' || t[4] == '.') && t[7] == t[4]) ||
                       ((t[2] == '-' || t[2] == '.') && t[5] == t[2]));
}

/* Are n characters from i on a number as people write them: +44 ..., (020) ..., 020 7946 0958, 212-555-0143, 07700900123? */
static bool
is_phone_at(const scan *s, size_t i, size_t n)
{
    const char *t = s->text + i;
    size_t digits = ss_digits_digit(t[0]), signs = 0;

    if (n < 7 || (i + n < s->n && is_word(s->text[i + n])) || begins_as_date(t, n))
        return false;
    for (size_t c = 1; c < n; c++)
    {
        digits += ss_digits_digit(t[c]);
        signs += !ss_digits_digit(t[c]);
    }
    if (after_word(s, i, " phone phones tel telephone mobile mob fax call handy cell telefon ") &&
        digits >= 9 && (ss_is_phone(t, n) || (n == 10 && t[0] >= '2' && t[3] >= '2')))
        return true;
    if (!ss_is_phone(t, n))
        return false;
    if (t[0] == '+')
        return digits >= 9;
    if (t[0] == '0' && signs == 0)
        return digits == 11 && t[1] == '7';
    if (t[0] == '0' || t[0] == '(')
        return digits >= 10 && memchr(t, '.', n) == NULL;
    return digits == 10 && n == 12 && t[3] == '-' && t[7] == '-';
}

/* The longest that is one, of those that end before a blank: a time or a date may stand behind. */
static size_t
phone_length(const scan *s, size_t i)
{
    const char *t = s->text + i;
    size_t n = 0;

    while (i + n < s->n && n < 24 &&
           (ss_digits_digit(t[n]) || (n == 0 && t[n] == '+') ||
            (t[n] != '\0' && strchr(" ()-.", t[n]) != NULL)))
    {
        /* One sign between its parts, or a bracket beside it. */
        if (n > 0 && !ss_digits_digit(t[n]) && t[n] == t[n - 1])
            break;
        n++;
    }
    while (n > 0)
    {
        while (n > 0 && !ss_digits_digit(t[n - 1]))
            n--;
        if (n > 0 && is_phone_at(s, i, n))
            return n;
        while (n > 0 && t[n - 1] != ' ')
            n--;
    }
    return 0;
}

/* What begins at i: where it ends, or 0. */
static size_t
other(scan *s, size_t i)
{
    const char c = s->text[i];
    ss_text_kind kind = SS_TEXT_SECRET;
    size_t length = secret_length(s, i);

    if (length == 0 && (c == '+' || c == '(' || ss_digits_digit(c)))
    {
        kind = SS_TEXT_PHONE;
        length = phone_length(s, i);
    }
    if (length == 0 || c != '+')
    {
        ss_text_kind of_number = SS_TEXT_SECRET;
        const size_t number =
            length > 0 && kind == SS_TEXT_SECRET ? 0 : number_length(s, i, &of_number);

        if (number >= length && number > 0)
        {
            length = number;
            kind = of_number;
        }
    }
    if (length == 0)
        return 0;
    found(s, i, i + length, kind);
    return i + length;
}

size_t
ss_text_scan(const char *text, size_t n, ss_text_hit *hits, size_t max,
             size_t counts[SS_TEXT_NKINDS])
{
    scan s = {.text = text, .n = n, .hits = hits, .max = max, .counts = counts};
    size_t i = 0;

    while (i < n)
    {
        size_t end = 0, password;

        if (text[i] == '@')
            end = email(&s, i);
        else if (text[i] == ':' && i + 3 < n && text[i + 1] == '/' && text[i + 2] == '/')
        {
            end = user_info_end(&s, i, &password);
            if (end > 0)
                found(&s, password, end, SS_TEXT_SECRET);
        }
        else if (text[i] > ' ' && i > 0 && text[i - 1] == '=' && (end = conninfo_end(&s, i)) > 0)
            found(&s, i, end, SS_TEXT_SECRET);
        else if ((unsigned char) text[i] > ' ' && (i == 0 || !is_word(text[i - 1])))
            end = other(&s, i);
        i = end > i ? end : i + 1;
    }
    return s.found;
}

char *
ss_text_replace(const char *text, const char *with, ss_arena *result)
{
    const size_t n = strlen(text), nhits = ss_text_scan(text, n, NULL, 0, NULL);
    ss_text_hit *hits = ss_alloc(result, nhits + 1, sizeof *hits);
    ss_buf out = {0};
    size_t from = 0;
    char *replaced;

    (void) ss_text_scan(text, n, hits, nhits, NULL);
    for (size_t i = 0; i < nhits; i++)
    {
        ss_buf_append(&out, text + from, hits[i].start - from);
        ss_buf_puts(&out, with);
        from = hits[i].end;
    }
    ss_buf_append(&out, text + from, n - from);
    replaced = ss_strdup(result, ss_buf_text(&out));
    ss_buf_done(&out);
    return replaced;
}
