/*
 * Names that speak of people: what tables of people are called, and the columns that lead to them.
 *
 * Evidence, never proof: classify/ proposes by it, and the policy learns nothing but shapes where it is all there is.
 */
#ifndef SS_CATALOG_PEOPLE_H
#define SS_CATALOG_PEOPLE_H

#include "catalog/catalog.h"
#include "catalog/words.h"

/* "app_user", "customers": is a table of that name of people?  "user_address" is of addresses. */
bool ss_people_are(const ss_words *table);

/* user_id, userid, fk_user, customer_no, created by a user: does a column of that name lead to people, declared or not? */
bool ss_people_are_behind(const ss_words *column);

/* created_by, owner_id: somebody, but of which table the name does not tell. */
bool ss_people_are_doing(const ss_words *column);

/* May keys be of that type: whole numbers, uuids and texts? */
bool ss_people_key_type(const ss_catalog *catalog, size_t type);

#endif
