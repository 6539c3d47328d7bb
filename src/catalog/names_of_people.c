#include "catalog/names_of_people.h"

#include <string.h>

#include "catalog/words.h"

#define LENGTH_MAX 80
#define PARTS_MAX  5

typedef struct entry
{
    const char *name;
    ss_name_sort sort;
} entry;

#define G(name) {name, SS_NAME_GIVEN},
#define F(name) {name, SS_NAME_FAMILY},
#define B(name) {name, SS_NAME_BOTH},
static const entry names[] = {
#include "catalog/names_of_people.def"
};
#undef G
#undef F
#undef B

ss_name_sort
ss_name_sort_of(const char *name, size_t n)
{
    size_t from = 0, to = sizeof names / sizeof names[0];

    while (from < to)
    {
        const size_t middle = from + (to - from) / 2;
        const int order = strncmp(names[middle].name, name, n);

        if (order == 0 && names[middle].name[n] == '\0')
            return names[middle].sort;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return SS_NAME_UNKNOWN;
}

static bool
is_particle(const char *word, size_t n)
{
    static const char list[] =
        " van von der den de del della di da do dos du la le al bin ibn ben y e af av zu "
        "mac mc o st jr sr ii iii mr mrs ms miss dr prof herr frau ";
    const char *at = n > 5 ? NULL : list;
    char wanted[8] = " ";

    if (at == NULL)
        return false;
    memcpy(wanted + 1, word, n);
    wanted[n + 1] = ' ';
    wanted[n + 2] = '\0';
    return strstr(list, wanted) != NULL;
}

/* A family name of one or two characters, and a given name: 山田太郎. */
static bool
is_east_asian(const char *word, size_t n)
{
    for (size_t cut = 3; cut <= 6 && cut < n; cut += 3)
    {
        if ((ss_name_sort_of(word, cut) & SS_NAME_FAMILY) != 0 && n - cut <= 9)
            return true;
    }
    return false;
}

bool
ss_is_person_name(const char *text, size_t n)
{
    char folded[3 * LENGTH_MAX + 1];
    size_t parts = 0, given = 0, known = 0, others = 0, length, i = 0;

    if (n < 2 || n > LENGTH_MAX)
        return false;
    for (size_t k = 0; k < n; k++)
    {
        if ((unsigned char) text[k] < ' ' ||
            strchr("0123456789@_/\\:;#%&+*=<>[]{}|\"!?", text[k]) != NULL)
            return false;
    }
    length = ss_words_fold(text, n, folded);
    while (i < length)
    {
        const size_t from = i;
        size_t bytes;
        ss_name_sort found;

        while (i < length && strchr(" -'.,()", folded[i]) == NULL)
            i++;
        bytes = i - from;
        i++;
        if (bytes == 0)
            continue;
        if (++parts > PARTS_MAX)
            return false;
        found = ss_name_sort_of(folded + from, bytes);
        given += (found & SS_NAME_GIVEN) != 0;
        known += found != SS_NAME_UNKNOWN;
        others += found == SS_NAME_UNKNOWN && bytes > 1 && !is_particle(folded + from, bytes);
        if (found == SS_NAME_UNKNOWN && (unsigned char) folded[from] >= 0xE3 &&
            is_east_asian(folded + from, bytes))
        {
            known++;
            given++;
            others--;
        }
    }
    if (parts == 1)
        return known == 1;
    /* "Rose Garden": a name, and a word that nobody is called. */
    return given > 0 && (others == 0 || (others == 1 && (text[0] & 0x20) == 0));
}
