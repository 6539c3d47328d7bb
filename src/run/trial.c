#include "run/trial.h"

#include <string.h>

#include "base/map.h"
#include "base/try.h"
#include "pg/pg.h"

extern const char ss_sql_run_foreign_code[];

struct ss_trial
{
    const ss_catalog *catalog;
    ss_pg *pg;
    ss_arena *arena;
    ss_map *foreign; /* "kind schema relation name"; NULL: not asked yet */
    bool domains;    /* some domain's CHECK is among them */
};

ss_trial *
ss_trial_new(const ss_source *source, ss_arena *arena)
{
    ss_trial *trial = ss_alloc(arena, 1, sizeof *trial);

    *trial = (ss_trial){
        .catalog = source->catalog, .pg = ss_snapshot_pg(source->snapshot), .arena = arena};
    return trial;
}

static const char *
key_of(const ss_trial *trial, const char *kind, const char *schema, const char *relation,
       const char *name)
{
    return ss_strf(trial->arena, "%s\t%s\t%s\t%s", kind, schema, relation, name);
}

ss_code
ss_trial_begin(ss_trial *trial, ss_error *err)
{
    ss_pg_result *r;

    if (trial->foreign != NULL)
        return SS_OK;
    if (ss_pg_query(trial->pg, trial->arena, ss_sql_run_foreign_code, 0, NULL, &r, err) != SS_OK)
        return ss_note(err, "while looking which of the schema's expressions call its own code");
    trial->foreign = ss_map_new(trial->arena);
    for (size_t i = 0; i < ss_pg_rows(r); i++)
    {
        (void) ss_map_put(trial->foreign,
                          key_of(trial, ss_pg_value(r, i, 0), ss_pg_value(r, i, 1),
                                 ss_pg_value(r, i, 2), ss_pg_value(r, i, 3)),
                          trial);
        trial->domains = trial->domains || strcmp(ss_pg_value(r, i, 0), "domain") == 0;
    }
    return SS_OK;
}

bool
ss_trial_is_foreign(const ss_trial *trial, const char *kind, const ss_table *table,
                    const char *name)
{
    return ss_map_get(trial->foreign, key_of(trial, kind, table->schema, table->name, name)) !=
           NULL;
}

bool
ss_trial_is_foreign_type(const ss_trial *trial, size_t type)
{
    const ss_type *types = trial->catalog->types;

    for (; type != SS_NONE &&
           (types[type].kind == SS_TYPE_DOMAIN || types[type].kind == SS_TYPE_ARRAY);
         type = types[type].base)
    {
        if (ss_map_get(trial->foreign,
                       key_of(trial, "domain", types[type].schema, types[type].name, "")) != NULL)
            return true;
    }
    return type == SS_NONE || types[type].kind == SS_TYPE_PSEUDO ||
           (trial->domains && types[type].kind != SS_TYPE_BASE && types[type].kind != SS_TYPE_ENUM);
}

ss_code
ss_trial_ask(ss_trial *trial, const char *sql, ss_answer *a, ss_error *err)
{
    const char *value;
    ss_error refused;

    SS_TRY(ss_pg_exec(trial->pg, "SAVEPOINT trial", err));
    if (ss_pg_value_of(trial->pg, trial->arena, sql, &value, &refused) == SS_OK)
    {
        *a = value == NULL ? SS_ANSWER_NULL : value[0] == 't' ? SS_ANSWER_TRUE : SS_ANSWER_FALSE;
        return ss_pg_exec(trial->pg, "RELEASE SAVEPOINT trial", err);
    }
    if (refused.code == SS_EINTERRUPTED || refused.code == SS_ERETRY)
    {
        *err = refused;
        return err->code;
    }
    /* Data exceptions and violated constraints. */
    *a = strncmp(refused.sqlstate, "22", 2) == 0 || strncmp(refused.sqlstate, "23", 2) == 0
             ? SS_ANSWER_RAISES
             : SS_ANSWER_UNKNOWN;
    return ss_pg_exec(trial->pg, "ROLLBACK TO SAVEPOINT trial; RELEASE SAVEPOINT trial", err);
}
