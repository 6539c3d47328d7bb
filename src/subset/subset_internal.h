/* For subset/ only: what its parts hand each other. */
#ifndef SS_SUBSET_INTERNAL_H
#define SS_SUBSET_INTERNAL_H

#include "base/spill.h"
#include "subset/subset.h"

/* --- rows by numbers ------------------------------------------------------------------------------ */

/*
 * A row: a word of its place and what is known of it, a word for each key that others refer to, a word for each
 * reference of its own.  A key and a reference to it have the same word, 0 being none; different ones differ, or else
 * (2^-64 for two of them) more rows are taken or left out than need be.
 */
#define SS_ROW_TAKEN   (UINT64_C(1) << 63)
#define SS_ROW_OUT     (UINT64_C(1) << 62) /* left out whatever else holds */
#define SS_ROW_NEEDED  (UINT64_C(1) << 61) /* taken because another one refers to it */
#define SS_ROW_MATCHES (UINT64_C(1) << 60) /* of people: the condition holds */
#define SS_ROW_OFFERED                                                                             \
    (UINT64_C(1) << 59) /* of nobody: taken as long as what it must refer to is */
#define SS_ROW_PLACE ((UINT64_C(1) << 48) - 1)

#define SS_CHUNK_ROWS 8192

typedef struct ss_member /* a table with rows: a partition, or a table by itself */
{
    const ss_subset *in;
    size_t table;
    const ss_table *of;
    const ss_subset_table *subset; /* of its root */
    size_t root;
    size_t width; /* words of a row */
    ss_arena *arena;
    uint64_t **chunks;
    size_t nchunks, capacity;
    uint64_t n; /* rows */
    ss_subset_counts counts;
    uint64_t *cuts; /* which sets of edges are cut in rows taken, 0 being the first */
    size_t ncuts;
    size_t **cut; /* of each, the columns that become NULL */
    size_t *ncut;
    bool whole; /* every row is taken, as it is */
    ss_row_choice choice;
} ss_member;

typedef struct ss_lookup /* rows of a root's members by one of its keys */
{
    uint64_t *slots; /* member << 40 | row, + 1; 0: free */
    size_t mask;
} ss_lookup;

struct ss_subset
{
    const ss_plan *plan;
    const ss_subset_plan *subset;
    const ss_subset_options *options;
    ss_arena *arena;
    ss_spill *spill;
    ss_member *members;
    size_t nmembers;
    size_t *member_of;   /* of each table of the catalog, or SS_NONE */
    ss_lookup **lookups; /* of each root, for each of its keys */
    size_t *order;       /* members, those of parents first */
    bool circular;       /* some refer to their own table, or to one behind them */
    size_t asked, unknown;
    const unsigned char *key; /* of who is chosen */
};

static inline uint64_t *
ss_member_row(const ss_member *m, uint64_t row)
{
    return m->chunks[row / SS_CHUNK_ROWS] + row % SS_CHUNK_ROWS * m->width;
}

/* Where the words of keys and of references begin in a row. */
static inline const uint64_t *
ss_row_keys(const uint64_t *row)
{
    return row + 1;
}

static inline const uint64_t *
ss_row_edges(const ss_member *m, const uint64_t *row)
{
    return row + 1 + m->subset->nkeys;
}

/* Room for one more row, zeroed: of one thread for a member. */
ss_code ss_member_add(const ss_subset *s, ss_member *m, uint64_t **row, ss_error *err);

/* Tables of rows by key, once all rows are there. */
ss_code ss_members_index(ss_subset *s, ss_error *err);

/* The rows that an edge's word leads to, one after the other: begin with at 0; false: there are no more. */
typedef struct ss_found
{
    size_t at;
    size_t member;
    uint64_t number;
    uint64_t *row;
} ss_found;

bool ss_members_find(const ss_subset *s, const ss_subset_edge *edge, uint64_t word,
                     ss_found *found);

/* --- its parts ------------------------------------------------------------------------------------ */

/* The key of one use of the subset of the plan. */
ss_code ss_subset_use_key(const ss_plan *plan, ss_key_room *keys, const char *use,
                          const unsigned char **key, ss_error *err);

/* Who is chosen: two words of a person, by whose first they are chosen; both tell them from others. */
typedef struct ss_person
{
    uint64_t words[2];
} ss_person;

/* Of two of them, for qsort and bsearch. */
int ss_person_compare(const void *a, const void *b);

typedef struct ss_asked_file /* of those who are to be left out */
{
    const char *label;
    const ss_catalog *catalog;
    const ss_table *people;
    const ss_key *identity;
    const unsigned char *key;
} ss_asked_file;

/* Its n bytes, which change: who stands there, sorted, each once; in arena. */
ss_code ss_subset_parse_asked(const ss_asked_file *file, unsigned char *text, size_t n,
                              ss_arena *arena, ss_person **list, size_t *count, ss_error *err);

/* All of that; *list is NULL where the policy names no file. */
ss_code ss_subset_read_asked(const ss_subset *s, ss_person **list, size_t *n, ss_error *err);

/* Of texts of the primary key's columns, each with its length. */
ss_person ss_subset_person(const unsigned char *key, const unsigned char *const *texts,
                           const size_t *lengths, size_t n);

/* Read all rows' numbers; rows of people that the condition does not hold for, or who are asked to be left out, are marked. */
ss_code ss_subset_scan(ss_subset *s, const ss_person *asked, size_t nasked, ss_error *err);

/* In a row of the table of people: its first word, behind all others. */
static inline uint64_t *
ss_row_person(const ss_member *m, uint64_t *row)
{
    return row + m->width - 1;
}

/* Take the people of the smallest words; then all that follows. */
ss_code ss_subset_take_people(ss_subset *s, ss_error *err);
ss_code ss_subset_close(ss_subset *s, ss_error *err);

#endif
