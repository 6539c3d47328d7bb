/*
 * Paths into documents, of the SQL/JSON kind, and which of several paths a place in a document is meant by.
 *
 *     $.customer.email      a key; "quoted as in SQL" where it has blanks, dots or the like
 *     $.items[*].sku        any element of a list
 *     $.scores.*            the value of any key: keys are data there
 *     $.extra.**            all that is below, at any depth, and what stands there itself
 *     $.scores.keyvalue().key    the keys themselves, as values
 *
 * A set of paths is a table of states (a deterministic automaton): a walker through a document begins at SS_PATH_ROOT and
 * asks, for every key and element, which state is next.  Nothing is allocated by that.
 */
#ifndef SS_POLICY_PATH_H
#define SS_POLICY_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

typedef enum ss_path_step_kind
{
    SS_PATH_KEY,
    SS_PATH_ELEMENT, /* [*] */
    SS_PATH_ANY_KEY, /* .* */
    SS_PATH_DEEP,    /* .** */
    SS_PATH_KEYS,    /* .keyvalue().key: the last step of a path */
} ss_path_step_kind;

typedef struct ss_path_step
{
    ss_path_step_kind kind;
    const char *key; /* of SS_PATH_KEY */
    size_t n;        /* its bytes */
} ss_path_step;

typedef struct ss_path
{
    const char *text; /* as ss_path_parse() writes it: two texts of one path have the same */
    const ss_path_step *steps;
    size_t nsteps;
    bool of_keys; /* ends in keyvalue().key */
} ss_path;

#define SS_PATH_STEPS_MAX 64

/* Read text; path in result.  NULL, or what is wrong with it, for people. */
const char *ss_path_parse(const char *text, ss_arena *result, ss_path *path);

/* Append the first n steps of a path, as a path. */
void ss_path_put(const ss_path_step *steps, size_t n, ss_buf *out);

/* --- sets of paths ------------------------------------------------------------------------------- */

#define SS_PATH_NOWHERE 0 /* no path leads on from there */
#define SS_PATH_ROOT    1
#define SS_PATH_NONE    UINT32_MAX

typedef struct ss_path_edge
{
    const char *key;
    size_t n;
    uint32_t to;
} ss_path_edge;

typedef struct ss_path_state
{
    const ss_path_edge *edges; /* by keys that some path names, sorted by length and bytes */
    size_t nedges;
    uint32_t other;   /* by any other key */
    uint32_t element; /* by an element of a list */
    uint32_t path;    /* the most special of the set that is of what stands here, or SS_PATH_NONE */
    uint32_t keys;    /* likewise, of keys that no path names */
    uint32_t wild;    /* one by which any other key leads on, or SS_PATH_NONE */
    uint32_t wild_at; /* its steps that lead here */
    uint32_t via;     /* some path whose first via_at steps lead here: what people are told */
    uint32_t via_at;
} ss_path_state;

/* Two paths of the set that are as special and of the same place. */
typedef struct ss_path_tie
{
    size_t one, other;
} ss_path_tie;

typedef struct ss_path_set
{
    const ss_path_state *states;
    size_t nstates;
    const ss_path_tie *ties;
    size_t nties;
} ss_path_set;

/*
 * Of n paths, which live as long; in result.  More special is which has fewer .**, then fewer .*, then more steps.  NULL:
 * so many states (.** of many kinds, mostly) that nobody could follow.
 */
const ss_path_set *ss_path_set_new(const ss_path *const *paths, size_t n, ss_arena *result);

/* Where a key leads from a state; *named: a path of the set names the key there. */
uint32_t ss_path_next(const ss_path_set *set, uint32_t state, const char *key, size_t n,
                      bool *named);

#endif
