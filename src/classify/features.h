/*
 * What names, types, keys and neighbours say of a column, as the features that weights.def weighs.
 *
 * A feature is a text: where it is from, a colon, and what is there: "word:email", "type:t", "in:people|name".
 */
#ifndef SS_CLASSIFY_FEATURES_H
#define SS_CLASSIFY_FEATURES_H

#include "base/buf.h"
#include "classify/named.h"

typedef void ss_feature_fn(void *to, const char *feature, size_t n);

/* Each of them once at least: how often tells nothing.  work: memory that is used again. */
void ss_features_each(const ss_named *l, ss_feature_fn *take, void *to, ss_buf *work);

#endif
