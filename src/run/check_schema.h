/* The schema's own text in check: what a refresh would leave out of it or warn of, as far as the catalog tells. */
#ifndef SS_RUN_CHECK_SCHEMA_H
#define SS_RUN_CHECK_SCHEMA_H

#include <sandseed/finding.h>

#include "catalog/catalog.h"

/*
 * E-mail addresses in comments, defaults, constraints, indexes, domains and enum labels.  The text of
 * views and functions is not in the catalog: a run reads it in the dump.
 */
void ss_check_schema(const ss_catalog *catalog, ss_arena *arena, ss_finding **findings, size_t *n);

#endif
