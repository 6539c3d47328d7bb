#include "load/target_roles.h"

#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/target_internal.h"

extern const char ss_sql_load_target_roles[];

/* Does a role own a table?  Only owners have to be settable; to be granted something, existing is enough. */
static bool
owns(const ss_catalog *catalog, const char *role)
{
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *table = &catalog->tables[i];
        if (table->owner != NULL && table->extension == NULL && strcmp(table->owner, role) == 0)
            return true;
    }
    return false;
}

bool
ss_target_role_is_reserved(const char *name)
{
    return strncmp(name, "pg_", 3) == 0;
}

static ss_owners
rule(const ss_target *target, const ss_policy *policy, const ss_target_roles *roles)
{
    if (policy != NULL && policy->owners_skip)
        return SS_OWNERS_SKIP;
    if (roles->nmissing == 0 && roles->nunsettable == 0)
        return SS_OWNERS_AS_IS;
    if (policy != NULL && policy->owners_stand_in)
        return SS_OWNERS_STAND_IN;
    /* A private server's roles are nobody else's business. */
    if (target->endpoint->kind == SS_ENDPOINT_CLUSTER && target->superuser)
        return SS_OWNERS_STAND_IN;
    return SS_OWNERS_UNDECIDED;
}

ss_code
ss_target_roles_look(ss_target *target, const ss_catalog *catalog, const ss_policy *policy,
                     ss_arena *result, ss_target_roles **roles, ss_error *err)
{
    ss_pg_result *r = NULL;
    SS_TRY(ss_pg_query(target->pg, result, ss_sql_load_target_roles, 0, NULL, &r, err));
    ss_map *known = ss_map_new(result);
    for (size_t i = 0; i < ss_pg_rows(r); i++)
        (void) ss_map_put(known, ss_pg_value(r, i, 0), ss_strdup(result, ss_pg_value(r, i, 1)));

    ss_target_roles *t = ss_alloc(result, 1, sizeof *t);
    ss_target_role *list = ss_alloc(result, catalog->nroles, sizeof *list);
    t->known = known;
    t->roles = list;
    t->nroles = catalog->nroles;
    for (size_t i = 0; i < catalog->nroles; i++)
    {
        const char *settable = ss_map_get(known, catalog->roles[i]);
        list[i].name = catalog->roles[i];
        list[i].exists = settable != NULL || ss_target_roles_usable(t, catalog->roles[i]);
        list[i].settable = settable != NULL && strcmp(settable, "true") == 0;
        if (!list[i].exists)
            t->nmissing++;
        else if (!list[i].settable && owns(catalog, catalog->roles[i]))
        {
            list[i].blocks = true;
            t->nunsettable++;
        }
    }
    t->owners = rule(target, policy, t);
    *roles = t;
    return SS_OK;
}

static ss_code
create_role(ss_target *target, const char *name, ss_error *err)
{
    ss_buf sql = {0};
    ss_buf_puts(&sql, "CREATE ROLE ");
    ss_pg_ident(&sql, name);
    ss_buf_puts(&sql, " NOLOGIN");
    ss_code code = ss_pg_exec(target->pg, ss_buf_text(&sql), err);
    if (code == SS_OK && !target->superuser)
    {
        ss_buf_clear(&sql);
        ss_buf_puts(&sql, "GRANT ");
        ss_pg_ident(&sql, name);
        ss_buf_puts(&sql, " TO CURRENT_USER");
        code = ss_pg_exec(target->pg, ss_buf_text(&sql), err);
    }
    ss_buf_done(&sql);
    return code;
}

ss_code
ss_target_roles_create(ss_target *target, ss_target_roles *roles, ss_error *err)
{
    if (roles->owners != SS_OWNERS_STAND_IN)
        return SS_OK;
    size_t capacity = roles->ncreated;
    for (size_t i = 0; i < roles->nroles; i++)
    {
        const ss_target_role *role = &roles->roles[i];
        if (role->exists || ss_target_role_is_reserved(role->name))
            continue;
        ss_code code = create_role(target, role->name, err);
        /* Somebody else made it meanwhile: as good. */
        if (code != SS_OK && !ss_pg_is_sqlstate(err, "42710"))
        {
            ss_note(err, "while creating the stand-in role \"%s\"",
                    ss_printable(target->arena, role->name));
            return ss_hint(err, "Create it on the target's server, or let the policy say: schema: "
                                "{owners: skip}.");
        }
        char *mine = ss_strdup(target->arena, "true");
        (void) ss_map_put(roles->known, role->name, mine);
        roles->created = ss_grow(target->arena, roles->created, roles->ncreated, &capacity,
                                 sizeof *roles->created);
        roles->created[roles->ncreated++] = role->name;
        ss_notice(target->watch, SS_INFO, "created the stand-in role \"%s\" (NOLOGIN)",
                  ss_printable(target->arena, role->name));
    }
    return SS_OK;
}

bool
ss_target_roles_usable(const ss_target_roles *roles, const char *name)
{
    return strcmp(name, "public") == 0 || strcmp(name, "PUBLIC") == 0 ||
           ss_map_get(roles->known, name) != NULL;
}

bool
ss_target_roles_settable(const ss_target_roles *roles, const char *name)
{
    const char *settable = ss_map_get(roles->known, name);
    return settable != NULL && strcmp(settable, "true") == 0;
}
