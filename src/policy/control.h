/*
 * The control subjects: people who are set aside before anything is learnt.
 *
 * A privacy test asks what a sandbox tells of people whom the model was fitted on and of people whom it has never seen; the difference
 * is the model's doing.  So of every large table of people (subject: self) one in five, by a keyed hash of
 * their key, enters nothing, nor does any row that leads to one of them.  Whoever has the key with which the model was fitted
 * can tell again who they are: fit, which leaves them out, and assess, which asks after them.
 */
#ifndef SS_POLICY_CONTROL_H
#define SS_POLICY_CONTROL_H

#include "policy/policy.h"
#include "rows/batch.h"
#include "secret/hash.h"

#define SS_CONTROL_ONE_IN 5
#define SS_CONTROL_PEOPLE                                                                          \
    2500 /* of fewer in a table nobody is set aside: 500 are the least to test with */

typedef enum ss_control_state
{
    SS_CONTROL_NONE,      /* no table of people, or one that is not learnt */
    SS_CONTROL_SET_ASIDE, /* one in SS_CONTROL_ONE_IN */
    SS_CONTROL_FEW,       /* there are too few people */
    SS_CONTROL_NO_KEY,    /* nothing tells them apart */
    SS_CONTROL_KEYS,      /* rows refer to them by several keys */
} ss_control_state;

#define SS_NCONTROL_STATES (SS_CONTROL_KEYS + 1)

typedef struct ss_control_table
{
    ss_control_state state;
    const size_t *columns; /* the key by which rows lead to them, ascending */
    size_t ncolumns;
    ss_hash_key key; /* chooses among them */
} ss_control_table;

typedef struct ss_control
{
    const ss_hash_key *key;   /* of the fit: people are known by their hashes under it */
    ss_control_table *tables; /* parallel to the catalog's */
} ss_control;

/*
 * By the key of the fit, which stays where it is, and apart from all else that is chosen by it.  Who is set aside of large tables: that a
 * table has too few people is for the caller to find out and to say.
 */
void ss_control_init(ss_control *control, const ss_plan *plan, const ss_hash_key *key,
                     ss_arena *result);

/* The people whom a route leads to, where some of them are set aside, or NULL. */
const ss_control_table *ss_control_of(const ss_control *control, const ss_route *route);

/*
 * The same, with where they are told apart.  keys: places in a batch of what the last of its hops
 * refers to them by, in its order; *at: of the columns of their key, in result.
 */
const ss_control_table *ss_control_on(const ss_control *control, const ss_route *route,
                                      const size_t *keys, ss_arena *result, const size_t **at);

/* The keyed hash of somebody's key, of n columns of a batch; 0: a part of it is NULL, which is nobody. */
uint64_t ss_hash_of_key(const ss_hash_key *key, const ss_batch *batch, const size_t *at, size_t n,
                        size_t row);

/*
 * A person by ss_hash_of_key(), with the key of the fit and the columns of a table of state SET_ASIDE: are they control?  0 is
 * nobody.
 */
bool ss_control_has(const ss_control_table *of, uint64_t person);

/*
 * So many rows are told for those that were counted: each of them stands, on so many ways to people, for those who were set
 * aside on it.
 */
uint64_t ss_control_rescale(uint64_t rows, size_t ways);

const char *ss_control_state_name(ss_control_state state); /* of the model: "set aside" */

#endif
