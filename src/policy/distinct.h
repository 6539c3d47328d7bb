/*
 * How many rows a unique key or an exclusion has room for: the different tuples that its columns can have by their
 * types, by what the schema declares of them and by their treatments.
 *
 * Always an upper bound, and SS_DISTINCT_ANY where none is certain: what these functions do not understand (other
 * operators, most expressions and conditions, CHECKs that are more than a list) has none.
 */
#ifndef SS_POLICY_DISTINCT_H
#define SS_POLICY_DISTINCT_H

#include "policy/policy.h"

#define SS_DISTINCT_ANY UINT64_MAX /* no end is known */

/* Different values of a column of the table, NULL left out: of bool, enums, and where a CHECK lists or bounds them. */
uint64_t ss_distinct_values(const ss_catalog *catalog, const ss_table *table,
                            const ss_column *column);

/*
 * Rows that can stand side by side under a key or an exclusion.  columns: decisions parallel to the table's, or NULL:
 * as the source has them, untreated.  A NULL that the key or the exclusion lets stand any number of times has no end.
 */
uint64_t ss_distinct_of_key(const ss_catalog *catalog, const ss_table *table,
                            const ss_decision *columns, const ss_key *key);
uint64_t ss_distinct_of_exclusion(const ss_catalog *catalog, const ss_table *table,
                                  const ss_decision *columns, const ss_exclusion *exclusion);

/*
 * What a column of whole numbers takes: [*low, *high] by its type, its precision, and the CHECKs that compare it with a
 * number, its domains' too.  False: it is of another type.
 */
bool ss_integer_bounds(const ss_catalog *catalog, const ss_table *table, const ss_column *column,
                       int64_t *low, int64_t *high);

/* Is the CHECK wholly told by such bounds of the column, or of VALUE?  They narrow [*low, *high]. */
bool ss_check_bounds(const char *definition, const char *name, int64_t *low, int64_t *high);

/*
 * The texts of a CHECK that lists what the column, or VALUE, may be, and asks for nothing else; n of them in result.  NULL: it
 * is no such list.
 */
const char *const *ss_check_list(const char *definition, const char *name, const ss_type *type,
                                 ss_arena *result, size_t *n);

/* Does a value of the type certainly overlap with itself (&&)?  Networks do, and ranges that are not empty. */
bool ss_distinct_overlaps_itself(const ss_catalog *catalog, size_t type, const char *value);

#endif
