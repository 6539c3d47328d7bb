/*
 * The files of locales/, compiled in, by name.  CMake makes the two lists of the files that are there.
 *
 * A file is UTF-8 (NFC): lines that begin with '#' (source, licence, date), [sections], items.  An item's fields stand
 * between tabs; a weight is a whole number from 1.  Items are in order of their bytes, none twice.
 *
 *     [locale]           key, value: name and address, with {given} {family} {street} {postcode} {city} {region} {code}
 *                        {country} in them; country; code, its in ISO 3166-1; letters, those that stand for '@'
 *     [given female]     name, weight
 *     [given male]       name, weight
 *     [family]           name, weight, the form of women where it is another
 *     [regions]          region, code; only where addresses use codes
 *     [places]           city, region, postcodes with commas between, weight
 *     [street lines]     line, weight: '*' is the street, "{1-99} *" puts a number before it
 *     [street forms]     form, weight: '*' is a stem and an ending; likewise for companies
 *     [street stems]     stem, weight
 *     [street endings]   ending, weight
 *     [company forms], [company stems], [company endings]
 *
 * In postcodes and lines '#' is a digit, '@' a letter, {07-12} a number between, with as many digits as its least.
 */
#ifndef SS_PSEUDONYMISE_LOCALE_FILES_H
#define SS_PSEUDONYMISE_LOCALE_FILES_H

#include <stddef.h>

extern const char *const ss_locale_file_names[]; /* in strcmp's order */
extern const char *const ss_locale_file_texts[]; /* of the same index */
extern const size_t ss_locale_file_count;

#endif
