/*
 * What people, streets, places and companies are called where a locale is spoken: the stuff of pseudonyms.
 *
 * A locale is one file of plain text, locales/<name>.txt, compiled in (locale_files.h says what is in it).  Who calls
 * brings uniform 64-bit words and gets the same item for the same word on every machine; nothing here is random or
 * secret.  Given names, family names and places come as often as people bear them and live there.  Places are real, with
 * their region and country.  A postcode has the form of the country and the leading part of its place; whether its rest
 * exists is left to chance.  Streets and companies are invented, from parts; one may be called as a real one is.
 *
 * A pick costs the same whatever the list's length and allocates nothing.  Everything may be called from any thread.
 */
#ifndef SS_PSEUDONYMISE_LOCALE_H
#define SS_PSEUDONYMISE_LOCALE_H

#include <stddef.h>
#include <stdint.h>

typedef struct ss_locale ss_locale;

typedef enum ss_sex
{
    SS_SEX_FEMALE,
    SS_SEX_MALE,
} ss_sex;

/* No street, company or postcode of any locale has more bytes. */
#define SS_LOCALE_TEXT_MAX 160

/*
 * The locale called so ("en-GB", in any case of letters), or the one of that language when it is of that country:
 * "de-DE" finds "de", "de-AT" nothing.  NULL: there is none.  Lives until the program ends.
 */
const ss_locale *ss_locale_find(const char *name);

/* The names of all, in strcmp's order; *n of them. */
const char *const *ss_locale_names(size_t *n);

/* Its own name. */
const char *ss_locale_name(const ss_locale *locale);

/* The item that u chooses; *n: its bytes, no NUL behind them.  A family name in the form that the sex bears it in. */
const char *ss_locale_given(const ss_locale *locale, ss_sex sex, uint64_t u, size_t *n);
const char *ss_locale_family(const ss_locale *locale, ss_sex sex, uint64_t u, size_t *n);

/* Which sex bears the given name there, whatever its case and accents: the one that more do.  -1: unknown. */
int ss_locale_sex_of(const ss_locale *locale, const char *name, size_t n);

/* The place that u chooses, and how many there are: places are 0 to that - 1. */
size_t ss_locale_place(const ss_locale *locale, uint64_t u);
size_t ss_locale_places(const ss_locale *locale);

/* What is said of a place.  The code of a region ("CA", "BY") has no bytes where addresses know none. */
const char *ss_locale_city(const ss_locale *locale, size_t place, size_t *n);
const char *ss_locale_region(const ss_locale *locale, size_t place, size_t *n);
const char *ss_locale_region_code(const ss_locale *locale, size_t place, size_t *n);

/* The country in its own language, and its code in ISO 3166-1 ("DE"). */
const char *ss_locale_country(const ss_locale *locale, size_t *n);
const char *ss_locale_country_code(const ss_locale *locale, size_t *n);

/*
 * Texts made of u and written to out, which has room bytes, without a NUL.  They return the text's length; where that is
 * more than room, what out holds is of no use.  A street has its number: "14 Alderwick Rise", "Erlenhofer Weg 14".
 */
size_t ss_locale_postcode(const ss_locale *locale, size_t place, uint64_t u, char *out,
                          size_t room);
size_t ss_locale_street(const ss_locale *locale, uint64_t u, char *out, size_t room);
size_t ss_locale_company(const ss_locale *locale, uint64_t u, char *out, size_t room);

/* A text of so many bytes. */
typedef struct ss_locale_part
{
    const char *text;
    size_t n;
} ss_locale_part;

/* A name as it is written in one piece ("山田太郎" has the family first), and an address on one line; written as above. */
size_t ss_locale_full_name(const ss_locale *locale, ss_locale_part given, ss_locale_part family,
                           char *out, size_t room);
size_t ss_locale_address(const ss_locale *locale, size_t place, ss_locale_part street,
                         ss_locale_part postcode, char *out, size_t room);

#endif
