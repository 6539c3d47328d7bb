/* Names that are written in one: "nombrecliente", "iplastlogin", "expmonth" fall apart into words that column names are made of. */
#ifndef SS_CLASSIFY_COMPOUND_H
#define SS_CLASSIFY_COMPOUND_H

#include "catalog/words.h"

/* The same words, those apart that are made of known ones; in result. */
ss_words ss_compound_split(ss_words words, ss_arena *result);

#endif
