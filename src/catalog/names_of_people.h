/*
 * Names that people have, given and family names of many languages: is a value made of them?
 *
 * The lists are far from complete and many names are words as well: a column is told by the share of its values.
 */
#ifndef SS_CATALOG_NAMES_OF_PEOPLE_H
#define SS_CATALOG_NAMES_OF_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * One name; or up to five parts of which one is a known given name, and the others are names, initials, particles or written with a
 * capital.  Chinese, Japanese and Korean names may be written without a blank.  At most 80 bytes.
 */
bool ss_is_person_name(const char *text, size_t n);

typedef enum ss_name_sort
{
    SS_NAME_UNKNOWN = 0,
    SS_NAME_GIVEN = 1,
    SS_NAME_FAMILY = 2,
    SS_NAME_BOTH = 3,
} ss_name_sort;

/* What one word, which is folded (words.h), is as a name. */
ss_name_sort ss_name_sort_of(const char *word, size_t n);

#endif
