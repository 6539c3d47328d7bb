/* For generate/ only: tables, columns and references as the generator sees them. */
#ifndef SS_GENERATE_INTERNAL_H
#define SS_GENERATE_INTERNAL_H

#include "catalog/references.h"
#include "generate/generate.h"
#include "generate/pattern.h"
#include "rand/permutation.h"
#include "rows/codec.h"

#define HOPS_MAX     64 /* tables from which a key is taken, each from the next */
#define PATTERNS_MAX 4  /* patterns of one column that are tried */
#define KEY_WAYS_MAX (PATTERNS_MAX + 3)
#define FAN_BLOCK    32 /* parents between two stored sums: a random look-up draws so many weights */

/*
 * A row that failed so often may need a NULL that no k people had, or whose column was too rare to be
 * learnt, or another key: from this attempt on every column that may be NULL is so in one row of four, and
 * a key that nobody references is another one each time.
 */
#define DESPERATE_ATTEMPT 16

__extension__ typedef unsigned __int128 wide;

typedef enum made_by
{
    MADE_BY_SERVER,
    MADE_NULL,
    MADE_CONSTANT,
    MADE_REFERENCE, /* of reference `reference`, its column `part` */
    MADE_KEY,
    MADE_ORDINAL, /* position among the siblings of the first parent, from 1 */
    MADE_FIXED,   /* from its marginal, the same at every attempt: others point to it */
    MADE_MARGINAL,
    MADE_TOGETHER, /* with other columns: joints.c */
} made_by;

/* What the rows need to know of a type, told once. */
typedef enum family
{
    FAMILY_LABELS, /* enum, bool */
    FAMILY_TEXT,
    FAMILY_NUMBER,
    FAMILY_DAY,  /* date and timestamps */
    FAMILY_TIME, /* of day */
    FAMILY_OTHER,
} family;

/* Of text keys: by a pattern, or (NULL) of letters and digits, with a domain behind them when they are addresses. */
typedef struct key_way
{
    const ss_text_pattern *pattern;
    bool email;
} key_way;

/* Cells to draw from, each as often as its count. */
typedef struct cell_draw
{
    const ss_cell *cells;
    size_t n;
    uint64_t *sums; /* of the counts before each of them; last, of all */
    uint64_t total; /* what a point is below */
} cell_draw;

typedef struct made_column
{
    const ss_column *column;
    const ss_codec *codec;
    const ss_type *type;
    ss_codec_type codec_type; /* what the codec needs to know of it */
    int32_t typmod;           /* its own or its domain's */
    bool nullable;            /* by column and domain */
    const ss_marginal *marginal;
    cell_draw values, codes, lengths, alphabets; /* of the marginal */
    made_by by;
    const char *wire; /* MADE_CONSTANT of a type without a codec: its field of COPY text */
    size_t reference, part;
    size_t
        governed; /* MADE_REFERENCE: patterns say when it is NULL; its place among those, or SS_NONE */
    const char *name;           /* "schema.table.column": names its streams */
    ss_stream stream;           /* of attempt 0 */
    family family;              /* of its type */
    int64_t lowest, highest;    /* numbers, days and times: what the type holds, in grid units */
    size_t room;                /* texts: most characters */
    ss_permutation permutation; /* MADE_KEY */
    uint64_t divisor;      /* so many rows in a row have the same; 1 where it is unique by itself */
    bool digit;            /* one of several that are unique together */
    bool of_siblings;      /* of the position among siblings, not of the row's number */
    uint64_t *placed;      /* keys in the intervals before each; NULL: not in intervals */
    struct interval *runs; /* the keys of each interval, in steps */
    bool referenced;       /* its keys are others' too: no attempt may change them */
    uint64_t key_most;     /* how many different keys there are */
    key_way way;           /* of a text key */
    const char *key_letters; /* of a text key, key_base of them */
    size_t key_base;
    size_t key_length; /* characters of a text key */
    int64_t key_first; /* of numbers and days, in steps of so many grid units */
    int64_t key_step;
    bool downwards;         /* keys are counted so from the first */
    int64_t multiple;       /* CHECK (column % 0.05 = 0), in grid units; or 0 */
    bool has_low, has_high; /* what CHECKs declare, in grid units */
    int64_t low, high;
    ss_pattern_kind patterns[PATTERNS_MAX]; /* CHECK (column ~ '...') */
    size_t npatterns;
    const ss_text_pattern *readable[PATTERNS_MAX]; /* those of them that texts can be made by */
    size_t nreadable;
    const ss_text_pattern *pattern;          /* that of these which texts are made by, or NULL */
    bool weak;                               /* the pattern: something is learnt that comes first */
    bool loose;                              /* this is an other_reading */
    const struct made_column *other_reading; /* of the CHECKs, for every second attempt; or NULL */
    bool
        partitioned; /* its table is, by this column alone: intervals and texts are also its partitions' */
    bool open_partition; /* of which one takes more than is told here: they are no CHECKs */
    size_t least, most;  /* characters of a text, by CHECK (length(column) ...); 0: not declared */
    bool upper, lower;   /* CHECK (column = upper(column)), (column = lower(column)) */
    const char *json;    /* CHECK (jsonb_typeof(column) = ...), or NULL */
    unsigned octets;     /* CHECK (octet_length(column) = ...), or 0 */
    bool excluded;       /* an exclusion constraint names it */
    bool email;          /* CHECK (column LIKE '%@%') */
    const char **declared; /* CHECK (column IN (...)), partition lists: the literals */
    size_t ndeclared, declared_capacity;
    const char **
        allowed; /* MADE_FIXED, or a key that others point to: texts of values that CHECKs let pass */
    size_t nallowed;
    struct interval *intervals; /* of the partitions of a root by this column; numbers of a list */
    size_t nintervals, intervals_capacity;
} made_column;

typedef struct interval
{
    int64_t low, high; /* grid units, both inside */
} interval;

typedef enum role
{
    ROLE_FIRST,      /* the child's number falls under its parent */
    ROLE_OTHER,      /* drawn by popularity */
    ROLE_WITHIN,     /* distinct within the first parent */
    ROLE_ONE_TO_ONE, /* each parent once at most */
    ROLE_SELF,       /* a smaller row of the same table */
    ROLE_NULL,       /* the parent is empty */
} role;

typedef struct made_reference
{
    const ss_reference *r;
    const ss_fan_out *fan_out;
    cell_draw children; /* of the fan-out */
    bool anybody;       /* every parent may have children: fan_out tells of none that has */
    role role;
    bool nullable;   /* a row may go without a parent */
    bool referenced; /* its columns are a key to others: no attempt may change them */
    size_t number;   /* over all tables: of its cursor */
    const char *name;
    uint64_t parents; /* rows of the parent */
    uint64_t *sums;   /* of weights before parent FAN_BLOCK * i */
    uint64_t weight;  /* all of them; one to one, nullable: the rows that have a parent */
    ss_permutation permutation;
    ss_stream weights;       /* word p: of parent p */
    ss_stream draws[4];      /* of attempt 0, by enum drawn */
    const ss_key_list *keys; /* of a kept parent, columns as in the reference */
    const uint64_t
        *told; /* of each of these the weight by how often it is referred to; NULL: not known */
    uint64_t *chosen;  /* parents that a CHECK leaves, ascending; NULL: any.  narrow.c */
    uint64_t *choices; /* the memory for them: parents only become fewer */
    uint64_t nchosen;  /* one to one: parents counts these */
    size_t *shared;    /* parts whose child columns are made elsewhere: agree.c */
    size_t nshared;
    size_t
        *alike; /* columns of the parent that a unique key of the child has, and not the others */
    size_t nalike;    /* 0: no such key */
    bool in_runs;     /* parents that are alike in them are neighbours: the first has the child */
    size_t group;     /* within: 1 + the key in which it differs; 0: none */
    uint64_t divisor; /* so many children in a row have the same one */
    bool distinct;    /* first: children of a parent have different ones of another reference, */
    uint64_t most;    /* of which there are so many */
    uint64_t boost;   /* weights are drawn that much larger */
    bool decides;     /* which parent a row has may leave another, required reference without one */
    struct agreeing_key *order; /* of kept keys: by their shared parts */
} made_reference;

/* The weights of one block of parents, summed up: what the last look-up needed. */
typedef struct cursor
{
    uint64_t block; /* UINT64_MAX: none yet */
    uint64_t sums[FAN_BLOCK + 1];
} cursor;

/* What a pattern says of one column. */
typedef enum word_kind
{
    WORD_NULL,
    WORD_ANY,
    WORD_FREE,  /* NULL as often as the column's own share */
    WORD_LABEL, /* number: of a declared value */
    WORD_TEXT,
    WORD_RANK, /* number: its place in the order of those that can be compared */
} word_kind;

typedef struct pattern_word
{
    word_kind kind;
    int64_t number;
    const char *text;
    size_t n;
} pattern_word;

typedef struct pattern
{
    pattern_word *words; /* parallel to the joint's columns */
    size_t *chain;       /* its ranked members, family by family, ascending */
    size_t nchain;
} pattern;

typedef struct made_joint
{
    const ss_joint *joint;
    const size_t *columns; /* n of the table's */
    size_t n;
    bool *governs;      /* is the column made here? */
    bool *is_derived;   /* from others, by a rule */
    size_t *references; /* a reference's place among those that patterns govern; else SS_NONE */
    size_t *slots;      /* in the batch */
    made_column *gaps;  /* as numbers of their own */
    pattern *patterns;
    size_t npatterns;
    uint64_t *sums; /* of the counts before each pattern */
    uint64_t total;
    ss_derived *derived; /* indices into columns; each after what it builds on */
    size_t nderived;
    const char *name;
    ss_stream stream;
} made_joint;

enum
{
    STATE_FREE,
    STATE_NULL,
    STATE_PRESENT,
};

typedef struct joint_buffer /* of a worker */
{
    int64_t *units;
    bool *known;
    uint8_t *nulls; /* governed references x SS_BATCH_ROWS */
} joint_buffer;

typedef struct fixed_buffer /* of a worker: one fixed value on its way to who points to it */
{
    ss_batch *batch; /* a row with a column of each form */
    ss_buf text;
} fixed_buffer;

typedef struct generator generator;

typedef struct made_table
{
    generator *g;
    size_t index;
    const ss_table *table;
    bool made;
    uint64_t rows;
    made_column *columns; /* parallel to the table's */
    made_reference *references;
    size_t nreferences;
    size_t first; /* the reference whose role is FIRST, or SS_NONE */
    made_joint *joints;
    size_t njoints;
    size_t ngoverned;      /* references that patterns govern */
    bool counts;           /* something counts the children of the first parent */
    bool *settled;         /* parallel to the table's keys: unique by construction */
    uint64_t planned;      /* rows that the policy asks for */
    uint64_t sibling_room; /* so many children of the first parent can differ; 0: any number */
    ss_row_source source;
    size_t *transferred;
    ss_form *forms;
} made_table;

struct generator
{
    const ss_generate_input *input;
    ss_arena *arena;
    made_table *tables; /* parallel to the catalog's */
    size_t *order;      /* of tables: parents before children */
    size_t *rank;       /* a table's place there */
    size_t nreferences;
    cursor **cursors;      /* per worker: nreferences */
    joint_buffer *buffers; /* per worker */
    fixed_buffer *fixed;   /* per worker */
};

/* A value on its way from a parent's key to a child's column. */
#define KEY_BYTES 96 /* of keys that are made */

typedef struct value
{
    bool null;
    ss_form form;
    int64_t i64;
    const char *kept; /* a kept parent's key, or a declared one: n bytes of text form; or NULL */
    bool text;        /* bytes are the type's text form */
    size_t n;
    unsigned char bytes[KEY_BYTES]; /* machine form unless text */
} value;

/* references.c */
/* What a table refers to, and which columns that makes. */
ss_code ss_generate_references(made_table *t, ss_error *err);
/* A reference that cannot be had: its rows go without a parent; SS_EREFUSED when they may not. */
ss_code ss_generate_give_up(made_table *t, size_t index, ss_error *err);
/* Of all tables, before keys are settled: no key is taken from another one without end. */
ss_code ss_generate_begin_somewhere(generator *g, ss_error *err);

/* settle.c */
/* Has the key all columns of the reference? */
bool ss_generate_covers(const ss_key *key, const ss_table *table, const ss_reference *r);
/* Of all tables: keys and roles.  SS_EREFUSED, naming table and constraint, when they cannot be made. */
ss_code ss_generate_settle(generator *g, ss_error *err);

/*
 * keys.c: what can be a key, how many there are, and the key of a row.  Desperate attempts take
 * keys that no first one has, as far as there are any.
 */
bool ss_generate_key_init(made_column *c, const unsigned char *seed, uint64_t rows, uint64_t *most,
                          ss_arena *arena);
void ss_generate_key(const made_column *c, uint64_t row, uint32_t attempt, value *v);
/* The same for a column of t, some of whose keys count siblings. */
void ss_generate_key_at(generator *g, size_t worker, const made_table *t, const made_column *c,
                        uint64_t row, uint32_t attempt, value *v);
/* Ways of making a text key into ways, which has room for KEY_WAYS_MAX; what is tried first comes first.  Returns how many. */
size_t ss_generate_key_ways(const made_column *c, key_way *ways);

/* trial.c: which way text keys are made; before keys are settled. */
ss_code ss_generate_try_keys(made_table *t, ss_error *err);
/* trial.c: which of the values that others point to CHECKs allow; after keys are settled. */
ss_code ss_generate_try_referenced(made_table *t, ss_error *err);

/* parents.c */
void ss_generate_streams(const generator *g, made_reference *r);
/* Also: fewer rows, where a parent would have more children than can differ. */
void ss_generate_weigh(generator *g, made_table *t, made_reference *r);
/* One to one where a row may go without: which rows have a parent. */
void ss_generate_pair(const generator *g, const made_table *t, made_reference *r);
uint64_t ss_generate_ordinal(generator *g, size_t worker, const made_table *t, uint64_t row);
/* The value of a column that counts: from 1, or from the least that is allowed. */
int64_t ss_generate_count(generator *g, size_t worker, const made_table *t, const made_column *c,
                          uint64_t row);
/* The value of a column that another table may reference. */
void ss_generate_key_of(generator *g, size_t worker, const made_table *t, size_t column,
                        uint64_t row, int depth, value *v);
/* The value of a child's reference column; present: not NULL, if a parent is to be had. */
void ss_generate_reference(generator *g, size_t worker, const made_table *t, size_t column,
                           uint64_t row, uint32_t attempt, bool present, int depth, value *v);

/* The part of a reference's key that this parent has. */
void ss_generate_parent_key(generator *g, size_t worker, const made_reference *r, size_t part,
                            uint64_t parent, int depth, value *v);

/* The parent that a row has unless it is NULL; false when there is none to be had. */
bool ss_generate_parent(generator *g, size_t worker, const made_table *t, const made_reference *r,
                        uint64_t row, uint32_t attempt, uint64_t *parent);
/* How many of the table's rows fall under parents before this one; r: its first. */
uint64_t ss_generate_rows_before(generator *g, size_t worker, const made_table *t,
                                 const made_reference *r, uint64_t parent);

/* generate.c: a key's value in its child's form: the two sides of a foreign key may differ in type. */
ss_code ss_generate_put_value(const made_column *c, const value *v, ss_batch_column *out, size_t r,
                              ss_error *err);

/* keys.c: are most of the column's texts e-mail addresses, by what was learnt or by a CHECK? */
bool ss_generate_is_email(const made_column *c);
/* Is something learnt of the column's texts? */
bool ss_generate_is_learnt(const made_column *c);

/* ASCII letters of a text become capitals. */
void ss_generate_capitals(unsigned char *text, size_t n);

/* narrow.c: parents whose keys a CHECK of the child allows; after those of the parent are begun. */
void ss_generate_narrow(generator *g, made_table *t, size_t reference);
/* narrow.c: keys of its parents lie in the bounds of its partitions, as far as these bound them. */
void ss_generate_keys_in_partitions(const generator *g, const made_table *t);
bool ss_generate_is_chosen(const made_reference *r, uint64_t parent);

/* agree.c: a reference whose columns others make in part. */
/* Can its parents be told? */
bool ss_generate_can_agree(const generator *g, const made_table *t, const made_reference *r);
void ss_generate_agree(const generator *g, made_reference *r);
/* The candidates [low, high) of a row: numbers of the parent's rows, or places in r->order. */
void ss_generate_candidates(generator *g, size_t worker, const made_table *t,
                            const made_reference *r, uint64_t row, uint32_t attempt, uint64_t *low,
                            uint64_t *high);
uint64_t ss_generate_candidate(const made_reference *r, uint64_t at);
/* Do rows of t that are alike in these columns, and no others, stand next to each other? */
bool ss_generate_stands_in_runs(const generator *g, const made_table *t, const size_t *columns,
                                size_t n);
/* Is the row the first of those that are alike in these columns? */
bool ss_generate_begins_run(generator *g, size_t worker, const made_table *t, const size_t *columns,
                            size_t n, uint64_t row);
/* How many children can this parent by r have, each with another one by the references that must agree? */
uint64_t ss_generate_leaves(generator *g, size_t worker, const made_table *t,
                            const made_reference *r, uint64_t parent);

/* declared.c: bounds and lists of the schema's own CHECKs. */
void ss_generate_declared(made_column *c, const ss_catalog *catalog, const ss_table *table,
                          ss_arena *arena);

/* values.c: numbers, days, times of day. */
bool ss_generate_is_ordered(const made_column *c);

/* values.c: what a column's type and marginal mean for its values, once per column. */
void ss_generate_type(made_column *c, ss_arena *arena);
/* The second half of it, for a column that is no table's. */
void ss_generate_sum_marginal(made_column *c, ss_arena *arena);

/* values.c: the largest i below n with sums[i] <= point; sums[0] is 0. */
size_t ss_generate_last_at_most(const uint64_t *sums, size_t n, uint64_t point);
/* Declared values are all alive: a rarer one than k gets a two-hundredth of the others together. */
void ss_generate_sum_cells(cell_draw *d, const ss_cells *cells, bool declared, ss_arena *arena);
/* The cell that a random word means; NULL when there is none. */
const ss_cell *ss_generate_draw_cell(const cell_draw *d, uint64_t u);

/* values.c: one cell from its marginal; u is the cell's random word. */
ss_code ss_generate_value(const made_column *c, uint64_t u, uint32_t attempt, ss_batch_column *out,
                          size_t r, ss_error *err);
/* The same, never NULL. */
ss_code ss_generate_present(const made_column *c, uint64_t u, uint32_t attempt,
                            ss_batch_column *out, size_t r, ss_error *err);
/* Two letters of a word that means nothing. */
const char *ss_generate_syllable(uint64_t u);
bool ss_generate_is_null(const made_column *c, uint64_t u, uint32_t attempt);
/* A number, day or time in grid units, inside the column's bounds. */
int64_t ss_generate_units(const made_column *c, uint64_t u1, uint64_t u2, uint64_t u3);
bool ss_generate_allows(const made_column *c, int64_t units);
void ss_generate_put_units(const made_column *c, int64_t units, ss_batch_column *out, size_t r);

/* neutral.c: a value of a type of which nothing is learnt; SS_EREFUSED when none is known. */
ss_code ss_generate_neutral(const made_column *c, uint64_t u, uint32_t attempt,
                            ss_batch_column *out, size_t r, ss_error *err);

/* joints.c: columns that are made together; after it is known how each is made. */
void ss_generate_joints(made_table *t, ss_arena *arena);
/* Fill a joint's columns for n rows with these random words. */
ss_code ss_generate_together(generator *g, size_t worker, const made_table *t, const made_joint *j,
                             const uint64_t *words, const uint32_t *attempts, size_t n,
                             ss_batch *batch, ss_error *err);

#endif
