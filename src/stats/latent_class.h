/*
 * Latent classes: a mixture of products (Dunson and Xing 2009, JASA 104(487)).  Within a class every column is on its
 * own, so that the class carries what the columns tell of each other.
 *
 * What is learnt from a sample is which class a row belongs to, seen or not.  It stays in memory: its tables are sharper
 * than what may be told, and whoever tells of the classes counts them first.
 */
#ifndef SS_STATS_LATENT_CLASS_H
#define SS_STATS_LATENT_CLASS_H

#include "stats/coded.h"
#include "stats/people.h"

#define SS_LATENT_CLASSES_MAX 128

typedef struct ss_latent_classes ss_latent_classes;

typedef struct ss_latent_class_options
{
    ss_people least;   /* of a class: k people or more */
    uint32_t nclasses; /* at most: those that have too few are joined to others */
} ss_latent_class_options;

/*
 * By expectation and maximisation over rows, whose order must not mean anything: the first ones are begun with.  Classes
 * that people held out do without are joined.
 */
ss_latent_classes *ss_latent_classes_learn(const ss_coded_table *rows,
                                           const ss_coded_table *held_out,
                                           const ss_latent_class_options *options,
                                           ss_arena *result);

uint32_t ss_latent_classes_count(const ss_latent_classes *classes);

/*
 * The class of each row: drawn from how probable its codes make each, by a uniform that its codes and its people
 * determine.  So classes have the counts that are expected; the most probable class would make them purer than they are.
 * Rows that are alike in all of that are of one class.
 */
void ss_latent_classes_assign(const ss_latent_classes *classes, const ss_coded_table *rows,
                              uint32_t *assigned);

/* Groups of classes and groups of these, as ss_grouping_tree has them: 2 n - 1 of n classes. */
const uint32_t *ss_latent_classes_above(const ss_latent_classes *classes);

#endif
