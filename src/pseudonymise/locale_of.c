#include "pseudonymise/locale_of.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 40

/* Countries, by their codes and English names, that speak a locale's language mostly. */
static const struct
{
    const char *words; /* between bars */
    const char *locale;
} countries[] = {
    {"|gb|gbr|uk|united kingdom|great britain|england|scotland|wales|northern ireland|"
     "ie|irl|ireland|en|en-gb|",
     "en-GB"},
    {"|us|usa|united states|united states of america|en-us|", "en-US"},
    {"|de|deu|germany|deutschland|at|aut|austria|Österreich|österreich|li|lie|liechtenstein|",
     "de"},
    {"|fr|fra|france|mc|mco|monaco|", "fr"},
    {"|es|esp|spain|españa|", "es"},
    {"|it|ita|italy|italia|sm|smr|san marino|", "it"},
    {"|nl|nld|netherlands|the netherlands|nederland|", "nl"},
    {"|pl|pol|poland|polska|", "pl"},
    {"|ru|rus|russia|russian federation|Россия|россия|", "ru"},
    {"|jp|jpn|japan|日本|ja|", "ja"},
};

static const ss_locale *
by_word(const char *word)
{
    char barred[WORD_MAX + 2];

    (void) snprintf(barred, sizeof barred, "|%s|", word);
    for (size_t i = 0; i < sizeof countries / sizeof countries[0]; i++)
    {
        if (strstr(countries[i].words, barred) != NULL)
            return ss_locale_find(countries[i].locale);
    }
    return NULL;
}

const ss_locale *
ss_locale_of(const char *text, size_t n)
{
    char word[WORD_MAX] = "";
    const ss_locale *locale;
    char *region;

    while (n > 0 && *text == ' ')
    {
        text++;
        n--;
    }
    while (n > 0 && text[n - 1] == ' ')
        n--;
    if (n == 0 || n >= sizeof word || memchr(text, '|', n) != NULL || memchr(text, '\0', n) != NULL)
        return NULL;
    for (size_t i = 0; i < n && text[i] != '.' && text[i] != '@'; i++)
        word[i] = (char) (text[i] >= 'A' && text[i] <= 'Z' ? text[i] + ('a' - 'A')
                          : text[i] == '_'                 ? '-'
                                                           : text[i]);
    locale = by_word(word);
    if (locale == NULL)
        locale = ss_locale_find(word);
    region = strrchr(word, '-');
    /* "de-AT" is of Austria, "fr-BE" of nobody, but French. */
    if (locale != NULL || region == NULL || region - word != 2)
        return locale;
    locale = by_word(region + 1);
    *region = '\0';
    return locale != NULL ? locale : by_word(word);
}
