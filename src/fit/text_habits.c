/* What is odd about texts: empty ones, blanks where none are expected, letter case, line ends, how many words. */
#include <string.h>

#include "fit/habits_internal.h"

#define WORDS_MAX 32

/* What was seen of one text. */
typedef struct look
{
    size_t n, words;
    bool leading, trailing, beyond_ascii, line_ends;
    ss_letter_case letters;
} look;

static bool
is_blank(unsigned char b)
{
    return b == ' ' || (b >= '\t' && b <= '\r');
}

/* The letter case of a text: capitals that begin words, and others. */
static ss_letter_case
letter_case(size_t lower, size_t first, size_t initial, size_t inner, size_t words)
{
    if (lower + initial + inner == 0)
        return SS_CASE_NONE;
    if (initial + inner == 0)
        return SS_CASE_LOWER;
    if (lower == 0 && initial + inner > 1)
        return SS_CASE_UPPER;
    if (inner > 0)
        return SS_CASE_MIXED;
    if (initial == words)
        return SS_CASE_TITLE;
    return initial == 1 && first == 1 ? SS_CASE_SENTENCE : SS_CASE_MIXED;
}

static look
look_at(const unsigned char *text, size_t n)
{
    look l = {.n = n};
    size_t lower = 0, first = 0, initial = 0, inner = 0, lettered = 0;
    bool in_word = false, in_letters = false;

    for (size_t i = 0; i < n; i++)
    {
        const unsigned char b = text[i];
        const bool upper = b >= 'A' && b <= 'Z', small = b >= 'a' && b <= 'z';

        l.beyond_ascii = l.beyond_ascii || b >= 0x80;
        l.line_ends = l.line_ends || b == '\n' || b == '\r';
        l.words += !in_word && !is_blank(b);
        in_word = !is_blank(b);
        if (upper || small || b >= 0x80)
        {
            lettered += !in_letters;
            initial += upper && !in_letters;
            inner += upper && in_letters;
            first += upper && lettered == 1 && !in_letters;
            lower += small;
        }
        /* of "it's" one word */
        in_letters = upper || small || b >= 0x80 || (in_letters && b == '\'');
    }
    l.letters = letter_case(lower, first, initial, inner, lettered);
    l.leading = l.words > 0 && is_blank(text[0]);
    l.trailing = l.words > 0 && is_blank(text[n - 1]);
    return l;
}

void
ss_fit_text_habits(const ss_habit_rows *rows, ss_habits *h)
{
    static const ss_habit shares[] = {SS_HABIT_EMPTY,         SS_HABIT_BLANK,
                                      SS_HABIT_LEADING_BLANK, SS_HABIT_TRAILING_BLANK,
                                      SS_HABIT_BEYOND_ASCII,  SS_HABIT_LINE_ENDS};

    enum
    {
        SHARES = sizeof shares / sizeof shares[0]
    };

    const bool padded = ss_type_is(rows->type, "bpchar");
    ss_tally *having[SHARES];
    ss_tally *letters = ss_tally_new(SS_CASE_MIXED + 1, &rows->people);
    ss_tally *words = ss_tally_new(WORDS_MAX + 1, &rows->people);

    for (size_t i = 0; i < SHARES; i++)
        having[i] = ss_tally_new(2, &rows->people);
    for (size_t r = 0; r < rows->sample->n; r++)
    {
        const unsigned char *text;
        bool cut;
        size_t n;
        look l;

        if (rows->values->null[r])
            continue;
        text = ss_column_bytes(rows->values, r, &n);
        cut = n > SS_COUNTER_TEXT_MAX;
        n = cut ? SS_COUNTER_TEXT_MAX + 1 : n;
        /* Those of char(n) are the type's. */
        while (padded && n > 0 && text[n - 1] == ' ')
            n--;
        l = look_at(text, n);
        ss_habit_add(rows, having[0], n == 0, r);
        ss_habit_add(rows, having[1], n > 0 && l.words == 0, r);
        ss_habit_add(rows, having[2], l.leading, r);
        ss_habit_add(rows, having[3], l.trailing && !cut, r);
        ss_habit_add(rows, having[4], l.beyond_ascii, r);
        ss_habit_add(rows, having[5], l.line_ends, r);
        ss_habit_add(rows, letters, l.letters, r);
        ss_habit_add(rows, words, (uint32_t) (l.words < WORDS_MAX ? l.words : WORDS_MAX), r);
    }
    for (size_t i = 0; i < SHARES; i++)
    {
        ss_habit_tell_share(rows, having[i], &h->told[shares[i]]);
        ss_tally_free(having[i]);
    }
    ss_habit_tell(rows, letters, NULL, SS_CASE_MIXED + 1, &h->told[SS_HABIT_LETTER_CASE]);
    ss_habit_tell(rows, words, NULL, WORDS_MAX + 1, &h->told[SS_HABIT_WORDS]);
    ss_tally_free(letters);
    ss_tally_free(words);
}
