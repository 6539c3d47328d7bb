/* Large objects of the source: none is copied, which is told. */
#ifndef SS_RUN_LARGE_OBJECTS_H
#define SS_RUN_LARGE_OBJECTS_H

#include "policy/policy.h"

/* Adds to the plan's findings how many there are, and which columns may name them. */
void ss_large_objects_judge(ss_plan *plan, ss_arena *arena);

/* "12 large objects", for people; NULL: there are none. */
const char *ss_large_objects_text(const ss_catalog *catalog, ss_arena *arena);

#endif
