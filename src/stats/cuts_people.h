/*
 * Which vertices of a graph of cells (stats/cuts.h) no cut of fewer than k people divides, by all cells of each of the people.
 *
 * Somebody whose cells connect several vertices is in every cut that divides these, but once, whichever of the cells it takes: so people
 * are edges of a hypergraph.  In an order of maximum adjacency of it, k people who connect a vertex with those before it are in every cut
 * that divides it from the last of these (Klimmek and Wagner 1996, "A simple hypergraph min cut algorithm"); also where k are taken for as
 * many as more.
 */
#ifndef SS_STATS_CUTS_PEOPLE_H
#define SS_STATS_CUTS_PEOPLE_H

#include "stats/tally.h"

typedef struct ss_cuts_edge
{
    uint32_t cell, a, b;
    uint32_t people; /* of whom no other edge knows: any cut has the sum of its edges' at least */
} ss_cuts_edge;

/* Of link, classes of vertices whose least is the root: v's root; are those of a and b two, which are one from now on? */
uint32_t ss_cuts_root(uint32_t *link, uint32_t v);
bool ss_cuts_unite(uint32_t *link, uint32_t a, uint32_t b);

/* Who has which edges. */
typedef struct ss_cuts_people ss_cuts_people;

/* Of n edges, each between two vertices; their people are not asked for.  Lives in arena. */
ss_cuts_people *ss_cuts_people_new(const ss_tally *tally, const ss_cuts_edge *edges, size_t n,
                                   ss_arena *arena);

/*
 * Unites the classes of link, of nvertices, that belong together: on every path that leads from the edges between them to anybody there are k people in
 * each cut that divides the two.  Were there any?  Classes may have been united since the last time, but never divided.
 */
bool ss_cuts_people_unite(ss_cuts_people *people, uint32_t *link, uint32_t nvertices);

#endif
