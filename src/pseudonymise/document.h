/*
 * For document*.c: documents of columns, changed path by path (policy/path.h).
 *
 *     document_plan.c   what is put in place of every value of a document, by its path and type
 *     document.c        the whole: batches of documents in, batches of documents out
 *     document_read.c   what a text in a document may be written as: a number, a date, a uuid
 *     document_json.c   JSON
 *     document_parts.c  hstore, arrays, composites: documents of PostgreSQL's own
 *     document_xml.c    XML
 *
 * The documents of a batch are read one after the other.  Each value that is replaced is put behind those of the same path
 * and type; what stays is noted as bytes of the source.  Then kinds replace whole columns of values, as they do those of a
 * table, and the documents are put together again.  A document that cannot be read reveals nothing: a neutral one of its type
 * takes its place.  One with a path that the policy does not name ends the run.
 */
#ifndef SS_PSEUDONYMISE_DOCUMENT_H
#define SS_PSEUDONYMISE_DOCUMENT_H

#include "policy/leaves.h"
#include "pseudonymise/pseudonymise_internal.h"

/* --- the plan ------------------------------------------------------------------------------------- */

typedef enum ss_leaf_act
{
    SS_LEAF_NULL, /* 0: so what nobody planned reveals nothing */
    SS_LEAF_PASS,
    SS_LEAF_CONSTANT,
    SS_LEAF_KIND,
} ss_leaf_act;

typedef struct ss_leaf_way /* what is done with values of one type at one path */
{
    ss_leaf_act act;
    const char *constant;
    const ss_kind *kind; /* SS_LEAF_KIND */
    ss_kind_column about;
    size_t slot;   /* SS_LEAF_KIND: which of the document's columns of values */
    bool whole;    /* takes whole numbers alone */
    bool is_other; /* of what is not of the kind that the policy says: all of it are fallbacks */
    ss_column as;  /* in arrays and composites: of what type */
    ss_tally *tally;
} ss_leaf_way;

typedef enum ss_reading /* what a text is taken for */
{
    SS_READ_TEXT,
    SS_READ_WHOLE, /* a whole number, as JSON has them */
    SS_READ_DATE,
    SS_READ_MOMENT,
    SS_READ_UUID,
} ss_reading;

#define SS_READINGS 3

typedef struct ss_leaf_path
{
    /* In JSON, hstore and XML. */
    ss_reading readings[SS_READINGS]; /* of a text: the first that it can be taken for */
    ss_leaf_way texts[SS_READINGS];
    size_t nreadings;
    ss_leaf_way other_text; /* that can be taken for none of them */
    ss_leaf_way number, other_number, flag;
    /* In arrays and composites, by the value's type. */
    ss_leaf_way *typed;
    size_t ntyped;
    ss_tally *tally;
} ss_leaf_path;

struct ss_document_ways
{
    const ss_leaf_types *types;
    ss_column as; /* the column's type */
    ss_container container;
    const char *neutral;         /* what is put where one cannot be read; not of JSON */
    const ss_decision *decision; /* of the column */
    const ss_path_set *set;
    const bool *whole;   /* of each state: one thing stands for all that is there */
    ss_leaf_path *paths; /* parallel to the decision's */
    size_t nslots;
    bool by_subject; /* one of its kinds asks whose a row is */
};

/* Of a column whose decision has paths; what cannot be is told as findings.  counts_with: of its root's column, or NULL. */
const ss_document_ways *ss_document_plan(ss_pseudonyms *p, const ss_table_steps *t, size_t column,
                                         const ss_document_ways *counts_with);

/* What a path of a group lets its pseudonyms be. */
void ss_document_narrow(const ss_pseudonyms *p, const ss_link_member *member, ss_group_kind *group);

/* Is what was an object one afterwards, and a list a list?  NULL: it is no document. */
bool ss_document_stays_one(const ss_document_ways *d);

/* The value at a state is of this type, in an array or composite; NULL: nobody named it. */
const ss_leaf_way *ss_document_typed(const ss_document_ways *d, uint32_t state, size_t type,
                                     int32_t typmod);

/* --- documents that are read ---------------------------------------------------------------------- */

typedef enum ss_writing /* how a value is written */
{
    SS_WRITE_BARE,
    SS_WRITE_JSON_TEXT,
    SS_WRITE_JSON_NUMBER,
    SS_WRITE_JSON_FLAG,
    SS_WRITE_QUOTED,  /* of hstore and arrays: \" */
    SS_WRITE_DOUBLED, /* of composites: "" */
    SS_WRITE_XML_TEXT,
    SS_WRITE_XML_ATTRIBUTE, /* with its quotes */
    SS_WRITE_ISO,           /* a moment with a T in it */
} ss_writing;

typedef enum ss_scan
{
    SS_SCAN_DONE,
    SS_SCAN_BROKEN,  /* it is not well formed, or too deep */
    SS_SCAN_UNKNOWN, /* it holds a path that nobody named: ss_scan_unknown() */
} ss_scan;

#define SS_SCAN_DEPTH  512 /* of JSON and XML */
#define SS_SCAN_LEVELS 20  /* texts within texts: arrays of composites of arrays */

typedef struct ss_scanning ss_scanning;

/* Of the text that is read: its bytes, which stay where they are while it is read. */
const unsigned char *ss_scan_bytes(const ss_scanning *s, unsigned level);

/* What stays: n bytes of a level's text; a text. */
void ss_scan_copy(ss_scanning *s, unsigned level, size_t at, size_t n);
void ss_scan_put(ss_scanning *s, const void *text, size_t n);

/* What the next n bytes on are decoded to: the text of a deeper level.  NULL: there are too many levels. */
ss_buf *ss_scan_level(ss_scanning *s, unsigned level);
/* Room for one decoded text, until the next. */
ss_buf *ss_scan_room(ss_scanning *s);

/* All until the other is written as one value. */
void ss_scan_open(ss_scanning *s);
void ss_scan_close(ss_scanning *s, ss_writing as);

/* A value in JSON, hstore or XML: false where the source's own bytes are to stay. */
bool ss_scan_text(ss_scanning *s, uint32_t path, const unsigned char *text, size_t n,
                  ss_writing as);
bool ss_scan_number(ss_scanning *s, uint32_t path, const unsigned char *text, size_t n);
bool ss_scan_flag(ss_scanning *s, uint32_t path, bool value);
/* One of a type, in an array or a composite; SS_SCAN_BROKEN where it is none of it. */
ss_scan ss_scan_typed(ss_scanning *s, const ss_leaf_way *way, const unsigned char *text, size_t n,
                      ss_writing as);

/* The document of a scan, and the treatment of a path. */
const ss_document_ways *ss_scan_document(const ss_scanning *s);
const ss_decision *ss_scan_decision(const ss_scanning *s, uint32_t path);

/*
 * A key of JSON, hstore or XML at *state, which becomes the one behind it.  *replaced: what is to stand in its place has been put.
 */
ss_scan ss_scan_key(ss_scanning *s, uint32_t *state, const unsigned char *key, size_t n,
                    ss_writing as, bool *replaced);

/* At a state stands a value, or behind it an element or a key (step), that nobody named. */
ss_scan ss_scan_unknown(ss_scanning *s, uint32_t state, const char *step, size_t n);

/* The n bytes at `at` of a level's text, as a value of the container at a state. */
ss_scan ss_scan_json(ss_scanning *s, unsigned level, size_t at, size_t n, uint32_t state);
ss_scan ss_scan_hstore(ss_scanning *s, unsigned level, size_t at, size_t n, uint32_t state);
ss_scan ss_scan_array(ss_scanning *s, unsigned level, size_t at, size_t n, uint32_t state,
                      const ss_column *as);
ss_scan ss_scan_composite(ss_scanning *s, unsigned level, size_t at, size_t n, uint32_t state,
                          const ss_column *as);
ss_scan ss_scan_xml(ss_scanning *s, unsigned level, size_t at, size_t n, uint32_t state);
/* Whichever of them the type is. */
ss_scan ss_scan_container(ss_scanning *s, unsigned level, size_t at, size_t n, uint32_t state,
                          const ss_column *as);

/* --- texts ---------------------------------------------------------------------------------------- */

#define SS_MOMENT_ROOM 40

/* A number of JSON without a fraction and an exponent, which int8 takes. */
bool ss_is_whole(const unsigned char *text, size_t n);
/* Is it a number of JSON? */
bool ss_is_json_number(const unsigned char *text, size_t n);
/* Append it in full, without an exponent: false where that would be too long. */
bool ss_put_plain_number(ss_buf *out, const unsigned char *text, size_t n);
bool ss_is_day(const unsigned char *text, size_t n);
/*
 * "2024-02-29T10:00:00.5+01:00" -> "2024-02-29 10:00:00.5"; *zone: where its zone begins, n where it has none; *iso: a T
 * stands in it.
 */
bool ss_is_moment(const unsigned char *text, size_t n, char plain[SS_MOMENT_ROOM], size_t *zone,
                  bool *iso);
/* With quotes, as JSON has it. */
void ss_put_json_text(ss_buf *out, const unsigned char *text, size_t n);
/* As text of an element, or of an attribute in double quotes. */
void ss_put_xml_text(ss_buf *out, const unsigned char *text, size_t n, bool attribute);

#endif
