/*
 * What sampled values look like: of a column, and of every path in its documents.  Rates, never a value.
 *
 * Values are looked at one by one, in memory alone; what stays of them is how many had the form of which identifier.
 */
#ifndef SS_CLASSIFY_VALUES_H
#define SS_CLASSIFY_VALUES_H

#include "classify/recogniser.h"
#include "forms/text.h"

typedef struct ss_path_values ss_path_values;

typedef struct ss_values
{
    size_t n;        /* values that are not NULL */
    size_t distinct; /* of them; all that follows counts these */
    size_t checked;  /* the first of them, which were held against the forms of numbers */
    uint32_t accepted[SS_FORMS_MAX]; /* of that form: parallel to ss_recogniser_forms() */
    size_t holding;                  /* texts with an identifier or a secret in them */
    size_t hits[SS_TEXT_NKINDS];     /* how many of each, in all of them */
    size_t words;                    /* with blanks or without: their words, summed up */
    size_t longest;                  /* bytes of the longest */
    size_t births;                   /* dates and moments at midnight, one to 110 years back */
    unsigned decades;                /* how many decades those are from */
    size_t images;               /* bytes that begin as pictures, sound or biometric records do */
    const ss_path_values *paths; /* of documents */
    size_t npaths;
    const ss_path_values *
        rare; /* what the last path, $.**, is made of: keys of few rows, and people, tell what they are, and are named nowhere */
    size_t nrare;
    const char **empty; /* paths at which nothing stands but NULL */
    size_t nempty;
    bool
        keys_are_data; /* keys of an object differ from row to row, look like values, or are too many to look at */
} ss_values;

struct ss_path_values
{
    const char *path; /* SQL/JSON: $.customer.emails[*] */
    ss_words name;    /* of its last key */
    char letter;      /* of the values (recogniser.h): t, n or b */
    ss_values values;
};

/* Looking at one column: lives until ss_look_finish(). */
typedef struct ss_look ss_look;

/* letter: of the column's type; 'j' for documents.  hstore, xml: what the document is written as, else JSON. */
typedef enum ss_document
{
    SS_DOCUMENT_JSON,
    SS_DOCUMENT_HSTORE,
    SS_DOCUMENT_XML,
} ss_document;

ss_look *ss_look_new(ss_arena *scratch, char letter, ss_document document, int year);

/* One value as the server writes it.  Bytes (letter 'x') come as hexadecimal digits. */
void ss_look_at(ss_look *look, const char *text, size_t n);

/* What there was to see; paths in result. */
ss_values ss_look_finish(ss_look *look, ss_arena *result);

/* The form that most values have, where that proves it by itself (recogniser.h); *share: of the distinct values; NULL: none. */
const ss_recogniser *ss_values_prove(const ss_values *values, char letter, double *share);

/* Which share of the distinct values that were held against it has the form; 0 where the kind has none. */
double ss_values_share(const ss_values *values, const ss_recogniser *recogniser);

/* "3 of 250 texts hold identifiers: email 2, phone 1", in result; NULL: none does, or only of kind but (or NULL). */
const char *ss_values_hold(const ss_values *values, const char *but, ss_arena *result);

#endif
