/*
 * Kinds of pseudonyms: what is put in place of a value.
 *
 * A kind is a constant in a file of its own; kinds.def lists them, and the rest of the program walks that table: a new kind
 * is one file and one line.  A kind works on whole columns of a batch, and may use nothing but what it is handed: the
 * column's values, the subjects of the rows, and keys of its own.
 */
#ifndef SS_PSEUDONYMISE_KIND_H
#define SS_PSEUDONYMISE_KIND_H

#include "policy/coarse.h"
#include "pseudonymise/locale.h"
#include "rows/codec.h"
#include "secret/key_room.h"

/* What a kind promises of every column that it takes. */
typedef enum ss_guarantee
{
    SS_BIJECTIVE = 1 << 0,   /* onto its domain: two values never share a pseudonym */
    SS_UNIQUE = 1 << 1,      /* two values never share a pseudonym, or not before the stars fall */
    SS_UNIQUE_CASE = 1 << 2, /* nor two that differ in more than case pseudonyms that do not */
    SS_JOINS = 1 << 3, /* the same value has the same pseudonym in every table of its link group */
    SS_FORMAT =
        1 << 4, /* the pseudonym is of the value's form: readers take it, check digits hold */
    SS_LENGTH = 1 << 5, /* and as long */
    SS_ORDER = 1 << 6,  /* values of one subject keep their order: two of them stay two */
    SS_PREFIX = 1 << 7, /* values with a common prefix keep one as long */
    SS_SIGN = 1 << 8,   /* what is above, below or equal to zero stays so */
    SS_BOUNDS = 1 << 9, /* whole numbers stay within low and high */
} ss_guarantee;

typedef struct ss_bounds /* of whole numbers, inclusive */
{
    int64_t low, high;
} ss_bounds;

/* A link group, or a column by itself, as a kind sees it. */
typedef struct ss_kind_column
{
    const ss_catalog *catalog;
    ss_codec_type type;    /* of the column at hand */
    const ss_codec *codec; /* never NULL */
    const char *group;     /* name of the link group */
    size_t limit;          /* characters of the shortest column of the group; SIZE_MAX: no limit */
    int64_t low, high; /* of integers: what every column of the group takes, by types and CHECKs */
    const ss_bounds
        *bounds; /* likewise, of each column: a wider one holds numbers that others do not take */
    size_t nbounds;
    bool unique;        /* one of them stands in a key: two values must not share a pseudonym */
    bool alone;         /* the group has no other column, but for partitions */
    bool distinct;      /* no two rows of its table have the same value */
    bool folds;         /* in one of them values that differ in case alone are equal */
    bool has_subject;   /* the table's rows have subjects */
    bool keyed_rows;    /* and a primary key: a row has the same word every night */
    uint32_t days;      /* of the policy: how far dates are moved at most; 0: not said */
    const char *locale; /* of the policy; NULL: not said */
    bool locale_by_row; /* another column says it, row by row */
    uint64_t values;    /* about how many there will be */
    const ss_coarse *coarse; /* of treatment: generalise */
    const char *const
        *list; /* of texts, the only ones that a CHECK lets stand; NULL: there is no such CHECK */
    size_t nlist;
    const struct ss_document_ways
        *document; /* of documents: what becomes of each path (document.h) */
    const struct ss_kind_column *const
        *found; /* of redact: as which column each kind that it finds is replaced */
} ss_kind_column;

/* What came of a column's values, for the report. */
typedef struct ss_kind_counts
{
    uint64_t values;    /* not NULL */
    uint64_t fallbacks; /* of them not of the kind: replaced by something that tells less */
} ss_kind_counts;

/* What the rows, or the people whose rows they are, have in another column, for kinds that look for it in texts. */
typedef struct ss_kind_own
{
    const ss_batch_column *text; /* the source's value, as text */
    const ss_batch_column *made; /* what stands in its place; NULL: nothing may */
    const ss_codec *codec;       /* of made */
    ss_codec_type type;
    bool date;
} ss_kind_own;

/* Rows of a batch. */
typedef struct ss_kind_rows
{
    size_t n;
    const ss_batch_column *in; /* in the codec's form */
    const uint64_t
        *subject;        /* n words, each a keyed hash of whose row it is; 0, or NULL: nobody's */
    const uint64_t *row; /* n words, each a keyed hash of the row's primary key, or of its place */
    const ss_locale *const *locale; /* n of them; NULL: the column's */
    const ss_kind_own *own;         /* nown of them */
    size_t nown;
} ss_kind_rows;

typedef struct ss_kind
{
    const char *name;     /* as the policy says it */
    const char *summary;  /* what stands there instead, for people */
    const char *standard; /* or NULL */
    const char *version;  /* changes whenever pseudonyms do */
    unsigned guarantees;  /* of ss_guarantee */
    bool by_subject;      /* what is made depends on whose row it is, so that equal values differ */
    bool by_row; /* and, where it is nobody's, on which row it is, if that has a primary key */
    bool uses_subject; /* it does where no two rows have one value and no other column is linked */
    bool own_form;     /* what is made is of one form, whatever the value is like */
    const char *types; /* for people */

    /* NULL, or why the column cannot be of this kind; in result. */
    const char *(*refusal)(const ss_kind_column *column, ss_arena *result);

    /* State for a worker and a table, in arena. */
    ss_code (*open)(const ss_kind_column *column, ss_key_room *keys, ss_arena *arena, void **state,
                    ss_error *err);

    /*
     * What makes pseudonyms is one of two, and puts no value of in in a message.  replace, for texts one by one: of row r,
     * value, n bytes, which are neither NULL nor blanks alone: these are nobody's, and stay.
     */
    ss_code (*replace)(void *state, const ss_kind_rows *rows, size_t r, const unsigned char *value,
                       size_t n, ss_batch_column *out, ss_kind_counts *counts, ss_error *err);

    /* apply, for other forms: as ss_kind_apply, which calls it. */
    ss_code (*apply)(void *state, const ss_kind_rows *rows, ss_batch_column *out,
                     ss_kind_counts *counts, ss_error *err);
} ss_kind;

/*
 * Treatments that work as kinds do, and that no policy names as one: shape.c, generalise.c, known_password.c, document.c,
 * redact.c.  They are not in the table of kinds.
 */
extern const ss_kind ss_kind_shape, ss_kind_generalise, ss_kind_known_password, ss_kind_document,
    ss_kind_redact;

/* rows -> out, which is empty and of the codec's form.  NULL stays NULL. */
ss_code ss_kind_apply(const ss_kind *kind, void *state, const ss_kind_rows *rows,
                      ss_batch_column *out, ss_kind_counts *counts, ss_error *err);

/* The kind of that name, or NULL. */
const ss_kind *ss_kind_find(const char *name);

/* All of them, in the order of the table. */
const ss_kind *const *ss_kind_all(size_t *n);

/*
 * The one that fits the type of a column for which nobody said a kind; NULL: there is none.  folds: values that differ in
 * case are equal.
 */
const ss_kind *ss_kind_of_type(const ss_catalog *catalog, size_t type, bool folds);

/* Each of them, by the name of its line. */
#define SS_KIND(name) extern const ss_kind ss_kind_##name;
#include "pseudonymise/kinds.def"
#undef SS_KIND

#endif
