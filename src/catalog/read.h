/*
 * Reading a catalog from a server: a few statements over whole system tables, none per table, so
 * that a thousand tables cost what ten do.  The statements are sql/ beside this file.
 */
#ifndef SS_CATALOG_READ_H
#define SS_CATALOG_READ_H

#include "catalog/catalog.h"
#include "pg/pg.h"

/*
 * Read the catalog of pg's database, inside whatever transaction pg is in.  PostgreSQL 12 to 18.
 * Touches no user table.
 */
ss_code ss_catalog_read(ss_pg *pg, ss_arena *result, ss_arena *scratch, ss_catalog **catalog,
                        ss_error *err);

#endif
