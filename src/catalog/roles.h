/*
 * What part a table plays among the others, by its keys and references alone.
 */
#ifndef SS_CATALOG_ROLES_H
#define SS_CATALOG_ROLES_H

#include "catalog/catalog.h"

typedef enum ss_role
{
    SS_ROLE_SUBJECT,   /* its rows are people */
    SS_ROLE_TREE,      /* it refers to itself */
    SS_ROLE_EXTENSION, /* a row of another table has one row of it at most */
    SS_ROLE_LINK,      /* its key is of two references and more */
    SS_ROLE_EVENT,     /* it refers to others, and its rows have a time */
    SS_ROLE_CHILD,     /* it refers to others */
    SS_ROLE_REFERENCE, /* others refer to it */
    SS_ROLE_LOG,       /* nothing refers either way, and its rows have a time */
    SS_ROLE_ALONE,
} ss_role;

#define SS_NROLES (SS_ROLE_ALONE + 1)

const char *ss_role_name(ss_role role);

/* subject: are its rows people?  referred_to: does another table refer to it? */
ss_role ss_table_role(const ss_catalog *catalog, size_t table, bool subject, bool referred_to);

#endif
