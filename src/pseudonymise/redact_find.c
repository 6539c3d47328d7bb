#include "pseudonymise/redact_find.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "catalog/names_of_people.h"
#include "catalog/words.h"
#include "forms/device.h"
#include "forms/text.h"
#include "pseudonymise/locale.h"
#include "pseudonymise/written.h"

#define OWN_LEAST    3    /* bytes of a value that is looked for however it is written, */
#define OWN_MOST     1000 /* and of one that is looked for at all */
#define WORD_MOST    40   /* bytes of a name's word */
#define NAME_WORDS   4
#define PARTICLES    3
#define HITS_AT_ONCE 64

typedef struct word
{
    size_t start, end;
    bool capital; /* its first letter is one */
    bool letters; /* nothing else is in it */
    size_t characters;
    ss_name_sort sort;
} word;

void
ss_finder_done(void *arg)
{
    ss_finder *f = arg;

    free(f->hits);
    free(f->words);
    ss_buf_done(&f->folded);
    ss_likeness_done(&f->like);
    ss_likeness_done(&f->own);
    *f = (ss_finder){0};
}

/* Doubles an array that is full. */
static void *
grow(void *list, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity)
        return list;
    *capacity = *capacity == 0 ? 64 : 2 * *capacity;
    list = realloc(list, *capacity * size);
    if (list == NULL)
        abort();
    return list;
}

static void
add(ss_finder *f, size_t start, size_t end, ss_find what, size_t own)
{
    f->hits = grow(f->hits, f->nhits, &f->capacity, sizeof *f->hits);
    f->hits[f->nhits++] = (ss_find_hit){start, end, what, own};
}

/* --- letters -------------------------------------------------------------------------------------- */

static bool
is_letter(uint32_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF) &&
            !(c >= 0x3000 && c <= 0x303F) && !(c >= 0xFF00 && c <= 0xFF0F) && c < 0x10000);
}

static bool
is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

/* In small letters, in as many bytes. */
static void
fold(const char *text, size_t n, ss_buf *to)
{
    ss_buf_clear(to);
    ss_buf_append(to, text, n);
    if (n > 0)
        ss_write_letters(SS_LETTERS_SMALL, (char *) to->data, n);
}

/* Of Chinese, Japanese, Korean, Thai and other scripts in which words stand side by side, or have endings of their own. */
static bool
has_no_blanks(uint32_t c)
{
    return (c >= 0xE00 && c < 0x10A0) || (c >= 0x1780 && c < 0x1800) ||
           (c >= 0x2E80 && c < 0xA000) || (c >= 0xAC00 && c < 0xD7B0) ||
           (c >= 0xF900 && c < 0xFB00) || c > 0xFFFF;
}

/* Does a word end before i, or begin there? */
static bool
is_edge(const char *text, size_t n, size_t i)
{
    size_t before = i;
    uint32_t left, right;

    if (i == 0 || i == n)
        return true;
    do
        before--;
    while (before > 0 && ((unsigned char) text[before] & 0xC0) == 0x80);
    (void) ss_point_at(text, n, before, &left);
    (void) ss_point_at(text, n, i, &right);
    return !(is_letter(left) || is_digit(left)) || !(is_letter(right) || is_digit(right)) ||
           has_no_blanks(left) || has_no_blanks(right);
}

/* --- values of the row ---------------------------------------------------------------------------- */

/* Two letters are a name where the first is a capital: Li, Ng, Jo. */
static bool
is_short_name(const ss_finder *f, const char *text, size_t start)
{
    const char *own = ss_buf_text(&f->own.text);

    return f->own.text.len == 2 && own[0] >= 'a' && own[0] <= 'z' && own[1] >= 'a' &&
           own[1] <= 'z' && text[start] != ss_buf_text(&f->folded)[start];
}

/* Whole words, however they are written; a name may have an s behind it. */
static void
find_own(ss_finder *f, const char *text, size_t n, const ss_find_own *own, size_t which)
{
    const char *all, *wanted, *at, *end;
    size_t length;

    ss_likeness_take(&f->own, own->text, own->n);
    length = f->own.text.len;
    if (length < 2 || length > OWN_MOST)
        return;
    wanted = ss_buf_text(&f->own.text);
    all = at = ss_buf_text(&f->like.text);
    end = all + f->like.text.len;
    while (length <= (size_t) (end - at))
    {
        const char *first = memchr(at, wanted[0], (size_t) (end - at) - length + 1);
        size_t i, from, to;

        if (first == NULL)
            return;
        i = (size_t) (first - all);
        at = first + 1;
        if (memcmp(first, wanted, length) != 0)
            continue;
        from = f->like.at[i];
        to = f->like.at[i + length];
        /* Not half of an ß. */
        if ((i > 0 && f->like.at[i - 1] == from) || f->like.at[i + length - 1] == to)
            continue;
        if (length < OWN_LEAST && !is_short_name(f, text, from))
            continue;
        if (is_edge(text, n, from) &&
            (is_edge(text, n, to) || (first[length] == 's' && is_edge(text, n, to + 1))))
        {
            add(f, from, to, SS_FIND_OWN, which);
            at = first + length;
        }
    }
}

/* --- forms ---------------------------------------------------------------------------------------- */

static bool
ends_address(char c)
{
    return (unsigned char) c <= ' ' || strchr("<>\"", c) != NULL;
}

/* Is the character before i one that an e-mail address may have before its @?  An apostrophe has a letter on either side. */
static bool
goes_on_before(const char *text, size_t from, size_t i)
{
    const char c = text[i - 1];

    if (c == '\'')
        return i > from + 1 && !ends_address(text[i - 2]) &&
               ispunct((unsigned char) text[i - 2]) == 0;
    return !ends_address(c) && strchr("()[],;:", c) == NULL;
}

/* An address or a token may be longer than its form allows ("o'brien@..."): none of it may stay.  What is before from is another's. */
static void
take_whole(ss_find_hit *hit, const char *text, size_t n, size_t from)
{
    size_t end = hit->end;

    while (hit->what == SS_FIND_EMAIL && hit->start > from &&
           goes_on_before(text, from, hit->start))
        hit->start--;
    while (hit->what == SS_FIND_SECRET && end < n && !ends_address(text[end]) && text[end] != '\'')
        end++;
    while (end > hit->end && strchr(".,;:!?)]}", text[end - 1]) != NULL)
        end--;
    while (!is_edge(text, n, end))
        end++;
    hit->end = end;
}

static void
find_forms(ss_finder *f, const char *text, size_t n)
{
    static const ss_find of[SS_TEXT_NKINDS] = {[SS_TEXT_EMAIL] = SS_FIND_EMAIL,
                                               [SS_TEXT_PHONE] = SS_FIND_PHONE,
                                               [SS_TEXT_CARD] = SS_FIND_CARD,
                                               [SS_TEXT_IBAN] = SS_FIND_IBAN,
                                               [SS_TEXT_NATIONAL_NUMBER] = SS_FIND_NATIONAL_NUMBER,
                                               [SS_TEXT_POSTCODE] = SS_FIND_POSTCODE,
                                               [SS_TEXT_SECRET] = SS_FIND_SECRET};

    ss_text_hit few[HITS_AT_ONCE], *hits = few;
    const size_t found = ss_text_scan(text, n, few, HITS_AT_ONCE, NULL);
    size_t from = 0;

    if (found > HITS_AT_ONCE)
    {
        hits = calloc(found, sizeof *hits);
        if (hits == NULL)
            abort();
        (void) ss_text_scan(text, n, hits, found, NULL);
    }
    for (size_t i = 0; i < found; i++)
    {
        add(f, hits[i].start, hits[i].end, of[hits[i].kind], 0);
        take_whole(&f->hits[f->nhits - 1], text, n, from);
        from = f->hits[f->nhits - 1].end;
    }
    if (hits != few)
        free(hits);
}

/* What ends a sentence, and brackets that are opened before the address, are none of it. */
static size_t
address_end(const char *text, size_t start, size_t end)
{
    static const char opening[] = "([{", closing[] = ")]}";
    size_t opened[3] = {0}, closed[3] = {0};

    for (size_t i = start; i < end; i++)
    {
        const char *open = strchr(opening, text[i]), *close = strchr(closing, text[i]);

        if (open != NULL)
            opened[open - opening]++;
        if (close != NULL)
            closed[close - closing]++;
    }
    for (; end > start; end--)
    {
        const char *close = strchr(closing, text[end - 1]);

        if (close != NULL && closed[close - closing] > opened[close - closing])
            closed[close - closing]--;
        else if (close != NULL || strchr(".,;:!?'|", text[end - 1]) == NULL)
            break;
    }
    return end;
}

/* scheme://..., www....: to the next blank. */
static void
find_urls(ss_finder *f, const char *text, size_t n)
{
    const char *all = ss_buf_text(&f->folded);

    for (size_t i = 0; i < n; i++)
    {
        size_t start = i, end = i;

        if (all[i] == ':' && i + 3 < n && memcmp(all + i, "://", 3) == 0)
        {
            while (start > 0 && ((all[start - 1] >= 'a' && all[start - 1] <= 'z') ||
                                 (start < i && is_digit((unsigned char) all[start - 1]))))
                start--;
        }
        else if (all[i] != 'w' || i + 4 >= n || memcmp(all + i, "www.", 4) != 0 ||
                 !is_edge(text, n, i))
            continue;
        while (end < n && !ends_address(text[end]))
            end++;
        end = address_end(text, i, end);
        if (end > i + 3)
            add(f, start, end, SS_FIND_URL, 0);
        i = end > i ? end : i;
    }
}

/* 192.0.2.1:8080 without what is behind its only colon. */
static size_t
without_port(const char *text, size_t start, size_t end)
{
    const char *colon = memchr(text + start, ':', end - start);

    return colon != NULL && memchr(text + start, '.', (size_t) (colon - text) - start) != NULL
               ? (size_t) (colon - text)
               : end;
}

static void
find_addresses(ss_finder *f, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        size_t end = i;

        if (!is_edge(text, n, i))
            continue;
        while (end < n && end - i < 46 && text[end] != '\0' &&
               strchr("0123456789abcdefABCDEF.:", text[end]) != NULL)
            end++;
        while (end > i && (text[end - 1] == '.' || text[end - 1] == ':') &&
               (end < 2 || text[end - 2] != ':'))
            end--;
        end = without_port(text, i, end);
        if (end - i >= 3 && is_edge(text, n, end) &&
            (end == n || text[end] != '-' ||
             (end + 1 < n && is_digit((unsigned char) text[end + 1]))) &&
            ss_is_plain_ip_address(text + i, end - i))
        {
            add(f, i, end, SS_FIND_IP_ADDRESS, 0);
            i = end;
        }
    }
}

/* --- names ---------------------------------------------------------------------------------------- */

static bool
is_among(const char *list, const char *folded, size_t n)
{
    char wanted[WORD_MOST + 3] = " ";

    if (n == 0 || n > WORD_MOST)
        return false;
    memcpy(wanted + 1, folded, n);
    wanted[n + 1] = ' ';
    wanted[n + 2] = '\0';
    return strstr(list, wanted) != NULL;
}

static const char titles[] = " mr mrs ms miss mx dr prof professor sir dame lord lady herr herrn "
                             "frau fraulein fräulein monsieur "
                             "madame "
                             "mademoiselle mme mlle senor senora senorita señor señora señorita "
                             "don dona sig signor signora signore dott pan pani "
                             "dhr mevr mevrouw meneer г-н г-жа ";
static const char particles[] = " van von der den de del della di da do dos du la le bin ibn ben "
                                "al el af av zu zur ter ten ";
/* Written with a capital, and before or behind a name more often than a part of it. */
static const char others[] =
    " i the a an and but or if in on at to for from of by as is it we he she they you our my your "
    "his "
    "her their this that these those there then when while with please thanks thank dear hello hi "
    "hey "
    "not no yes ok call called caller calls rang spoke told asked said says met sent email emailed "
    "january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday jan feb mar apr jun jul aug sep oct "
    "nov "
    "dec mon tue wed thu fri sat sun north south east west new old great saint st mount lake "
    "street "
    "road avenue lane square station university college school hospital church bank company ltd "
    "inc "
    "gmbh the customer client patient member user agent manager doctor nurse order invoice contact "
    "der die das den dem ein eine und oder wir er sie ich bitte danke kunde kundin herr frau le la "
    "les "
    "un une et ou nous il elle je merci el los las y nosotros por gracias ";

static bool
is_other(const ss_finder *f, const word *w)
{
    return is_among(others, ss_buf_text(&f->folded) + w->start, w->end - w->start);
}

/* Is anybody called so in one of our locales? */
static bool
is_given(const char *text, size_t n)
{
    size_t count;
    const char *const *names = ss_locale_names(&count);

    for (size_t i = 0; i < count; i++)
    {
        if (ss_locale_sex_of(ss_locale_find(names[i]), text, n) >= 0)
            return true;
    }
    return false;
}

/* What the word is as a name: of "Smith-Jones" the last part, of "O'Brien" all without the sign, too. */
static ss_name_sort
sort_of(const char *text, size_t n)
{
    char folded[3 * WORD_MOST + 1], plain[3 * WORD_MOST + 1];
    size_t length, m = 0, last = 0;
    ss_name_sort sort;

    if (n > WORD_MOST)
        return SS_NAME_UNKNOWN;
    length = ss_words_fold(text, n, folded);
    sort = ss_name_sort_of(folded, length);
    for (size_t i = 0; i < length; i++)
    {
        if (folded[i] == '-')
            last = i + 1;
        if (folded[i] != '\'' && folded[i] != '-')
            plain[m++] = folded[i];
    }
    if (sort == SS_NAME_UNKNOWN && last > 0)
        sort = ss_name_sort_of(folded + last, length - last);
    if (sort == SS_NAME_UNKNOWN && m < length)
        sort = ss_name_sort_of(plain, m);
    return sort != SS_NAME_UNKNOWN || !is_given(text, n) ? sort : SS_NAME_GIVEN;
}

/* Letters, and single apostrophes and hyphens between two of them; an 's at the end is none of it. */
static size_t
word_end(const ss_finder *f, const char *text, size_t n, size_t i, word *w)
{
    const char *folded = ss_buf_text(&f->folded);
    size_t length;

    *w = (word){.start = i, .letters = true};
    for (; i < n; i += length)
    {
        uint32_t c, next;
        bool capital;

        length = ss_point_at(text, n, i, &c);
        if ((c == '\'' || c == '-' || c == 0x2019) && i > w->start && i + length < n)
        {
            (void) ss_point_at(text, n, i + length, &next);
            if (!is_letter(next) ||
                (c != '-' && (next == 's' || next == 'S') && is_edge(text, n, i + length + 1)))
                break;
            continue;
        }
        if (!is_letter(c) && !is_digit(c))
            break;
        capital = memcmp(folded + i, text + i, length) != 0;
        if (w->characters++ == 0)
            w->capital = capital;
        w->letters = w->letters && is_letter(c);
    }
    w->end = i;
    return i;
}

static void
find_words(ss_finder *f, const char *text, size_t n)
{
    size_t length;

    f->nwords = 0;
    for (size_t i = 0; i < n; i += length)
    {
        uint32_t c;
        word w;

        length = ss_point_at(text, n, i, &c);
        if (!is_letter(c) && !is_digit(c))
            continue;
        length = word_end(f, text, n, i, &w) - i;
        if (w.capital && w.letters)
            w.sort = sort_of(text + w.start, w.end - w.start);
        f->words = grow(f->words, f->nwords, &f->words_capacity, sizeof *f->words);
        f->words[f->nwords++] = w;
    }
}

/* What stands between two words. */
static bool
is_gap(const char *text, const word *left, const word *right, const char *gap)
{
    const size_t n = strlen(gap);

    return right->start - left->end == n && memcmp(text + left->end, gap, n) == 0;
}

/* Is the next word a part of the name that this one is part of?  Particles are, before another part ("van der Berg"). */
static bool
goes_on(const ss_finder *f, const char *text, size_t i, bool shouted)
{
    for (size_t k = i + 1; k < f->nwords && k <= i + PARTICLES + 1; k++)
    {
        const word *w = &f->words[k];
        const bool behind_initial =
            w[-1].characters == 1 && (is_gap(text, w - 1, w, ". ") || is_gap(text, w - 1, w, "."));

        if ((!is_gap(text, w - 1, w, " ") && !behind_initial) || !w->letters)
            return false;
        if (w->capital)
            return !is_other(f, w) && (!shouted || w->sort != SS_NAME_UNKNOWN);
        if (!is_among(particles, ss_buf_text(&f->folded) + w->start, w->end - w->start))
            return false;
    }
    return false;
}

/* The last word of the name that begins with this one. */
static size_t
name_end(const ss_finder *f, const char *text, size_t i, bool shouted)
{
    size_t last = i;

    while (last - i + 1 < NAME_WORDS + PARTICLES && goes_on(f, text, last, shouted))
        last++;
    while (last > i && !f->words[last].capital)
        last--;
    return last;
}

/* "SQL", "GRANT" */
static bool
is_shouted(const char *text, const word *w)
{
    return ss_letters_of((const unsigned char *) text + w->start, w->end - w->start) ==
           SS_LETTERS_CAPITAL;
}

/* A name that begins with word i: its last word, or SIZE_MAX. */
static size_t
name_at(const ss_finder *f, const char *text, size_t i, bool shouted, ss_find *what)
{
    const word *w = &f->words[i], *next = i + 1 < f->nwords ? w + 1 : NULL;
    const char *folded = ss_buf_text(&f->folded) + w->start;
    size_t last;

    *what = SS_FIND_PERSON;
    if (!w->capital || !w->letters || is_among(titles, folded, w->end - w->start))
        return SIZE_MAX;
    if (i > 0 && w->characters > 1 &&
        is_among(titles, ss_buf_text(&f->folded) + w[-1].start, w[-1].end - w[-1].start) &&
        (is_gap(text, w - 1, w, " ") || is_gap(text, w - 1, w, ". ") ||
         is_gap(text, w - 1, w, ".")))
        return name_end(f, text, i, shouted);
    if (is_other(f, w))
        return SIZE_MAX;
    /* "Smith, John" */
    if (next != NULL && is_gap(text, w, next, ", ") && next->capital &&
        (next->sort & SS_NAME_GIVEN) != 0 && !is_other(f, next))
        return i + 1;
    last = name_end(f, text, i, shouted);
    /* "J. Smith", not "group B. Take two" */
    if (w->characters == 1)
        return last > i && (f->words[last].sort != SS_NAME_UNKNOWN || i == 0 || !w[-1].capital)
                   ? last
                   : SIZE_MAX;
    if ((w->sort & SS_NAME_GIVEN) != 0)
    {
        /* Where all is in capitals they do not tell where it ends: one more word. */
        if (shouted && last == i && goes_on(f, text, i, false))
            last = i + 1;
        *what = last > i ? SS_FIND_PERSON : SS_FIND_GIVEN;
        return last;
    }
    return last > i && f->words[last].characters > 1 &&
                   (w->sort != SS_NAME_UNKNOWN || f->words[last].sort != SS_NAME_UNKNOWN ||
                    (!shouted && !is_shouted(text, w) && !is_shouted(text, &f->words[last])))
               ? last
               : SIZE_MAX;
}

static void
find_names(ss_finder *f, const char *text, size_t n)
{
    size_t capitals = 0;
    bool shouted;

    find_words(f, text, n);
    for (size_t i = 0; i < f->nwords; i++)
        capitals += f->words[i].capital;
    /* Where every word begins with a capital, that tells nothing. */
    shouted = f->nwords >= 5 && capitals * 10 >= f->nwords * 7;
    for (size_t i = 0; i < f->nwords; i++)
    {
        ss_find what;
        const size_t last = name_at(f, text, i, shouted, &what);

        if (last == SIZE_MAX)
            continue;
        add(f, f->words[i].start, f->words[last].end, what, 0);
        i = last;
    }
}

/* --- all of it ------------------------------------------------------------------------------------ */

static int
compare(const void *a, const void *b)
{
    const ss_find_hit *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->end > y->end ? -1 : x->end < y->end;
}

/* Of two of one length the row's own value says more. */
static bool
says_more(const ss_find_hit *hit, const ss_find_hit *than)
{
    const size_t n = hit->end - hit->start, m = than->end - than->start;

    return n != m ? n > m : hit->what == SS_FIND_OWN && than->what != SS_FIND_OWN;
}

static bool
has_words(const char *text, size_t n, size_t from, size_t to)
{
    uint32_t c;

    for (size_t length; from < to; from += length)
    {
        length = ss_point_at(text, n, from, &c);
        if (is_letter(c) || is_digit(c))
            return true;
    }
    return false;
}

/* Is every word of the name that hit i takes it for a value of the row?  before: where such values that begin before it end. */
static bool
is_the_rows_own(const ss_finder *f, const char *text, size_t n, size_t i, size_t before)
{
    const ss_find_hit *name = &f->hits[i];
    size_t to = before > name->start ? before : name->start;

    for (size_t k = i + 1; k < f->nhits && f->hits[k].start < name->end; k++)
    {
        const ss_find_hit *hit = &f->hits[k];

        if (hit->what != SS_FIND_OWN || hit->end <= to)
            continue;
        if (has_words(text, n, to, hit->start))
            return false;
        to = hit->end;
    }
    return !has_words(text, n, to, name->end);
}

/* "Jane Doe", where the row has Jane in one column and Doe in another, is no other person's name. */
static void
drop_own_names(ss_finder *f, const char *text, size_t n)
{
    size_t kept = 0, before = 0;

    for (size_t i = 0; i < f->nhits; i++)
    {
        const ss_find_hit hit = f->hits[i];
        const bool is_name = hit.what == SS_FIND_PERSON || hit.what == SS_FIND_GIVEN;

        if (is_name && is_the_rows_own(f, text, n, i, before))
            continue;
        if (hit.what == SS_FIND_OWN && hit.end > before)
            before = hit.end;
        f->hits[kept++] = hit;
    }
    f->nhits = kept;
}

/* What overlaps becomes one: as the one that says most. */
static void
settle(ss_finder *f, const char *text, size_t n)
{
    size_t kept = 0;

    if (f->nhits > 1)
        qsort(f->hits, f->nhits, sizeof *f->hits, compare);
    drop_own_names(f, text, n);
    for (size_t i = 0; i < f->nhits; i++)
    {
        ss_find_hit *last = kept > 0 ? &f->hits[kept - 1] : NULL;
        const ss_find_hit hit = f->hits[i];

        if (last == NULL || hit.start >= last->end)
        {
            f->hits[kept++] = hit;
            continue;
        }
        if (says_more(&hit, last))
        {
            last->what = hit.what;
            last->own = hit.own;
        }
        last->end = hit.end > last->end ? hit.end : last->end;
    }
    f->nhits = kept;
}

void
ss_find_all(ss_finder *f, const char *text, size_t n, const ss_find_own *own, size_t nown)
{
    f->nhits = 0;
    fold(text, n, &f->folded);
    find_forms(f, text, n);
    find_urls(f, text, n);
    find_addresses(f, text, n);
    if (nown > 0)
        ss_likeness_take(&f->like, text, n);
    for (size_t i = 0; i < nown; i++)
        find_own(f, text, n, &own[i], i);
    find_names(f, text, n);
    settle(f, text, n);
}
