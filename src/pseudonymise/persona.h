/*
 * For kinds only: who somebody is in the sandbox.
 *
 * Everything of one subject is picked by keyed words of that subject: name, sex, where they live.  So what stands in several
 * columns and tables agrees, and how often a pseudonym comes tells nothing of how often a name does at the source.  What is
 * nobody's goes by its own value.
 */
#ifndef SS_PSEUDONYMISE_PERSONA_H
#define SS_PSEUDONYMISE_PERSONA_H

#include "pseudonymise/kind.h"
#include "pseudonymise/locale.h"

typedef enum ss_aspect
{
    SS_ASPECT_SEX,
    SS_ASPECT_GIVEN,
    SS_ASPECT_FAMILY,
    SS_ASPECT_PLACE,
    SS_ASPECT_STREET,
    SS_ASPECT_POSTCODE,
    SS_ASPECT_COMPANY,
} ss_aspect;

typedef struct ss_personas
{
    const ss_locale *locale;
    const unsigned char *key, *value_key;
} ss_personas;

/* The locale of a column: the policy's, else that of the database's own collation, else en-GB; NULL: there is none of that name. */
const ss_locale *ss_persona_locale(const ss_kind_column *column);

/* Of a kind that makes texts of a persona: NULL, or why the column cannot be of it; in result. */
const char *ss_persona_refusal(const ss_kind_column *column, ss_arena *result);

ss_code ss_personas_open(const ss_kind_column *column, ss_key_room *keys, ss_personas *personas,
                         ss_error *err);

/* Of row r. */
const ss_locale *ss_persona_locale_of(const ss_personas *personas, const ss_kind_rows *rows,
                                      size_t r);

/* Whose row r is: the subject, or where there is none its value of n bytes. */
uint64_t ss_persona_of(const ss_personas *personas, const ss_kind_rows *rows, size_t r,
                       const unsigned char *value, size_t n);

/* The word that picks an aspect of somebody; again: 0, then 1, 2, ... where what it picked does not fit. */
uint64_t ss_persona_word(const ss_personas *personas, uint64_t who, ss_aspect aspect,
                         unsigned again);

ss_sex ss_persona_sex(const ss_personas *personas, uint64_t who);

/* The given or the family name in a to z alone, which out has SS_LOCALE_TEXT_MAX bytes for: how many; 0: it is of another script. */
size_t ss_persona_letters(const ss_personas *personas, const ss_locale *locale, uint64_t who,
                          ss_aspect aspect, char *out);

#endif
