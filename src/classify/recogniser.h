/*
 * Recognisers: what each kind of data is called and looks like.
 *
 * A family of kinds is a file with a table of these; families.def lists them.  Names that they take are features that weights.def
 * weighs (features.c), and decide where the weights are in doubt; values that they take prove a kind (column.c).
 */
#ifndef SS_CLASSIFY_RECOGNISER_H
#define SS_CLASSIFY_RECOGNISER_H

#include "catalog/words.h"
#include "policy/policy.h"

/* What values tell that have the form of a kind, when no name does. */
typedef enum ss_proof
{
    SS_PROOF_NONE, /* nothing: they confirm a name, or weaken it */
    SS_PROOF_FORM, /* the kind: few other texts look so */
    SS_PROOF_NAMES, /* the kind, unless its name says another: three values in five are names of people */
    SS_PROOF_DIGITS, /* the kind, when there are many: one number in ten has the check digits by chance */
} ss_proof;

/*
 * Types that a kind can be of, a letter each: t text, n a number, i an integer, d a date, m a moment (timestamp), b a boolean,
 * j JSON, hstore and XML, u uuid, a an address of a network, x bytes, e an enum.  An array is as its elements.
 */
typedef struct ss_recogniser
{
    const char *kind;
    ss_class class;
    const char *types;
    const char *
        names; /* patterns (words.h) with bars between them, each of which says it; NULL: values alone do */
    const char
        *theirs; /* patterns that say it in tables about people, or of what is theirs; or NULL */
    const char *unless; /* patterns that deny it; or NULL */
    bool (*accepts)(const char *text,
                    size_t n); /* form and check digits of a value; or NULL: names alone tell */
    ss_proof proof;
} ss_recogniser;

typedef struct ss_recogniser_family
{
    const ss_recogniser *list;
    size_t n;
} ss_recogniser_family;

/* The letter of a type; of an array that of its elements, of a domain that of what it is over; '?' for another. */
char ss_recogniser_letter(const ss_catalog *catalog, size_t type);

/*
 * The first of all recognisers that takes a column of that name and type; *pattern: by which name.  NULL: none does.
 * people, theirs: is the table about people, or is what is in it theirs?  (Direct identifiers ask for the one.)
 */
const ss_recogniser *ss_recognise(const ss_words *words, char letter, bool people, bool theirs,
                                  ss_pattern *pattern);

/* The recognisers that look at values, in the order of their priority; *n receives how many, SS_FORMS_MAX at most. */
#define SS_FORMS_MAX 64
const ss_recogniser *const *ss_recogniser_forms(size_t *n);

#define FAMILY(name) extern const ss_recogniser_family ss_recognisers_##name;
#include "classify/families.def"
#undef FAMILY

#endif
