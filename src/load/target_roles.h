/*
 * Roles: which of the source's roles the target has, and what becomes of the others.
 *
 * Owners, grants and row security policies name roles, which belong to a server and not to a database.  A
 * role that the target lacks (or that our role may not give objects to) is either created there
 * as a NOLOGIN stand-in or skipped: objects then belong to our role, grants to it are left out,
 * and so are policies that name it.  Nothing of this ever aborts a run; all of it is listed.
 */
#ifndef SS_LOAD_TARGET_ROLES_H
#define SS_LOAD_TARGET_ROLES_H

#include "base/map.h"
#include "load/target.h"

typedef enum ss_owners
{
    SS_OWNERS_AS_IS,    /* every role exists: nothing to decide */
    SS_OWNERS_STAND_IN, /* create NOLOGIN roles */
    SS_OWNERS_SKIP,
    SS_OWNERS_UNDECIDED, /* roles lack and neither policy nor a private server decides */
} ss_owners;

typedef struct ss_target_role
{
    const char *name;
    bool exists;
    bool settable; /* our role may make it the owner of things */
    bool blocks;   /* owns tables, but is not settable */
} ss_target_role;

typedef struct ss_target_roles
{
    ss_owners owners;
    const ss_target_role *roles; /* parallel to the catalog's */
    size_t nroles;
    size_t nmissing;      /* do not exist */
    size_t nunsettable;   /* exist (or could be made) but cannot be made owner */
    ss_map *known;        /* every role of the server -> "true" when settable */
    const char **created; /* by ss_target_roles_create() */
    size_t ncreated;
} ss_target_roles;

/* Look; changes nothing. */
ss_code ss_target_roles_look(ss_target *target, const ss_catalog *catalog, const ss_policy *policy,
                             ss_arena *result, ss_target_roles **roles, ss_error *err);

/* Create the stand-ins when that is the rule.  Before ss_archive_restore_pre(). */
ss_code ss_target_roles_create(ss_target *target, ss_target_roles *roles, ss_error *err);

/* Can name be given objects and grants?  True for PUBLIC and the roles that every server has. */
bool ss_target_roles_usable(const ss_target_roles *roles, const char *name);

/* May our role make it the owner of things? */
bool ss_target_roles_settable(const ss_target_roles *roles, const char *name);

/* Is it one of the server's own names (pg_...), which nobody can create? */
bool ss_target_role_is_reserved(const char *name);

#endif
