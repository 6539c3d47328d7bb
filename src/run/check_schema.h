/* The schema's own text in check: what a refresh would leave out of it or warn of, as far as the catalog tells. */
#ifndef SS_RUN_CHECK_SCHEMA_H
#define SS_RUN_CHECK_SCHEMA_H

#include <sandseed/finding.h>

#include "catalog/catalog.h"

/*
 * E-mail addresses in what the catalog holds: comments on tables, columns and views; defaults, CHECKs, unique keys
 * and exclusions of tables, not of single partitions; domains; enum labels.  A run reads all else in the dump.
 */
void ss_check_schema(const ss_catalog *catalog, ss_arena *arena, ss_finding **findings, size_t *n);

#endif
