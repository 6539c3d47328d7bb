/*
 * What columns labelled by hand teach: how likely a column is of each class, by its name, type and table.
 *
 * Multinomial logistic regression over the features of features.c, its weights in weights.def, which tests/bench/train_weights writes.
 * T. Hastie, R. Tibshirani, J. Friedman, The Elements of Statistical Learning, 2009, 4.4.
 */
#ifndef SS_CLASSIFY_LEARNED_H
#define SS_CLASSIFY_LEARNED_H

#include "base/buf.h"
#include "classify/named.h"

typedef struct ss_learned
{
    double share[SS_NCLASSES]; /* they sum to 1; SS_CLASS_UNDECIDED has none */
    ss_class class; /* of the least cost when it is wrong; SS_CLASS_UNDECIDED where none is cheap */
    const char *why; /* what spoke for it most; NULL: undecided */
} ss_learned;

/* work: memory that is used again. */
ss_learned ss_learned_of(const ss_named *l, ss_buf *work, ss_arena *result);

#endif
