/* The database's own settings and grants: read from the source, made on the target. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "forms/text.h"
#include "load/target.h"
#include "load/target_internal.h"

extern const char ss_sql_load_db_grants[];
extern const char ss_sql_load_db_settings[];

ss_code
ss_db_facts_read(ss_pg *pg, ss_arena *result, ss_db_facts *facts, ss_error *err)
{
    ss_pg_result *r = NULL;
    const char *owner = NULL;
    SS_TRY(ss_pg_value_of(pg, result,
                          "SELECT pg_catalog.pg_get_userbyid(datdba)::pg_catalog.text"
                          " FROM pg_catalog.pg_database"
                          " WHERE datname = pg_catalog.current_database()",
                          &owner, err));
    SS_TRY(ss_pg_query(pg, result, ss_sql_load_db_settings, 0, NULL, &r, err));
    const size_t nsettings = ss_pg_rows(r);
    ss_db_setting *settings = ss_alloc(result, nsettings, sizeof *settings);
    for (size_t i = 0; i < nsettings; i++)
        settings[i] =
            (ss_db_setting){ss_pg_value(r, i, 0), ss_pg_value(r, i, 1), ss_pg_value(r, i, 2)};
    SS_TRY(ss_pg_query(pg, result, ss_sql_load_db_grants, 0, NULL, &r, err));
    const size_t ngrants = ss_pg_rows(r);
    ss_db_grant *grants = ss_alloc(result, ngrants, sizeof *grants);
    for (size_t i = 0; i < ngrants; i++)
        grants[i] = (ss_db_grant){ss_pg_value(r, i, 0), ss_pg_value(r, i, 1),
                                  strcmp(ss_pg_value(r, i, 2), "true") == 0};
    *facts = (ss_db_facts){owner, settings, nsettings, grants, ngrants};
    return SS_OK;
}

/* Settings whose value is a list of quoted names: each is a literal of its own (as pg_dump has it). */
static bool
is_name_list(const char *name)
{
    static const char *const LISTS[] = {"local_preload_libraries",   "search_path",
                                        "session_preload_libraries", "shared_preload_libraries",
                                        "temp_tablespaces",          "unix_socket_directories"};
    for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++)
    {
        if (strcmp(name, LISTS[i]) == 0)
            return true;
    }
    return false;
}

/* public, "My Schema" -> 'public', 'My Schema' */
void
ss_target_name_list(ss_buf *sql, const char *value)
{
    ss_buf word = {0};
    bool first = true;
    const char *p = value;
    for (;;)
    {
        ss_buf_clear(&word);
        while (*p == ' ')
            p++;
        if (*p == '\0' && first)
            ss_buf_puts(sql, "''");
        if (*p == '\0')
            break;
        if (*p == '"')
        {
            for (p++; *p != '\0' && (*p != '"' || p[1] == '"'); p++)
            {
                ss_buf_putc(&word, *p);
                if (*p == '"')
                    p++;
            }
            if (*p == '"')
                p++;
            while (*p != '\0' && *p != ',')
                p++;
        }
        else
        {
            const char *end = p + strcspn(p, ",");
            const char *next = end;
            while (end > p && end[-1] == ' ')
                end--;
            ss_buf_append(&word, p, (size_t) (end - p));
            p = next;
        }
        if (!first)
            ss_buf_puts(sql, ", ");
        ss_pg_literal(sql, ss_buf_text(&word));
        first = false;
        if (*p == ',')
            p++;
    }
    ss_buf_done(&word);
}

/*
 * A secret by its name (app.jwt_secret and its like are set on databases), or a text that looks personal: not for a
 * sandbox.
 */
bool
ss_target_setting_is_private(const char *name, const char *value)
{
    static const char *const WORDS[] = {"*secret*", "*passw*", "*token*", "*credential*", "*_key*",
                                        "*apikey*", "*jwt*",   "*dsn*",   "*pwd*"};
    char lower[256]; /* names of settings are shorter */
    size_t n = 0;

    for (; name[n] != '\0' && n < sizeof lower - 1; n++)
        lower[n] = (char) tolower((unsigned char) name[n]);
    lower[n] = '\0';
    if (strchr(name, '.') != NULL)
    {
        for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        {
            if (ss_glob(WORDS[i], lower))
                return true;
        }
    }
    return ss_text_scan(value, strlen(value), NULL, 0, NULL) > 0;
}

/* The server takes them unseen, and looks for the files when somebody connects. */
static bool
loads_libraries(const char *name)
{
    return strcmp(name, "session_preload_libraries") == 0 ||
           strcmp(name, "local_preload_libraries") == 0;
}

/* From within the database: the server keeps a setting in the encoding of the one where it was said. */
static ss_code
make_setting(const ss_target *target, ss_pg *next, const ss_db_setting *setting, ss_error *err)
{
    ss_buf sql = {0};
    if (setting->role != NULL)
    {
        ss_buf_puts(&sql, "ALTER ROLE ");
        ss_pg_ident(&sql, setting->role);
        ss_buf_puts(&sql, " IN DATABASE ");
    }
    else
        ss_buf_puts(&sql, "ALTER DATABASE ");
    ss_pg_ident(&sql, target->next.name);
    ss_buf_puts(&sql, " SET ");
    ss_pg_ident(&sql, setting->name);
    ss_buf_puts(&sql, " TO ");
    if (is_name_list(setting->name))
        ss_target_name_list(&sql, setting->value);
    else
        ss_pg_literal(&sql, setting->value);
    const ss_code code = ss_pg_exec(next, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    return code;
}

/* What it had while it was built. */
static ss_code
forget_settings(const ss_target *target, ss_error *err)
{
    ss_buf sql = {0};
    ss_buf_puts(&sql, "ALTER DATABASE ");
    ss_pg_ident(&sql, target->next.name);
    ss_buf_puts(&sql, " RESET ALL");
    if (target->superuser)
    {
        ss_buf_puts(&sql, "; ALTER ROLE SESSION_USER IN DATABASE ");
        ss_pg_ident(&sql, target->next.name);
        ss_buf_puts(&sql, " RESET ALL");
    }
    const ss_code code = ss_pg_exec(target->pg, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    return code;
}

ss_code
ss_target_settings(ss_target *target, const ss_db_facts *facts, ss_arena *result,
                   const char ***skipped, size_t *nskipped, ss_error *err)
{
    const char **list = NULL;
    size_t n = 0;
    size_t capacity = 0;
    ss_pg *next = NULL;
    if (!target->begun || target->next.state != SS_TARGET_BUILDING)
        return ss_fail(err, SS_EBUG, "settings were given to a target that is not being built");
    SS_TRY(forget_settings(target, err));
    if (facts->nsettings > 0)
        SS_TRY(ss_target_connect(target, result, &next, err));
    for (size_t i = 0; i < facts->nsettings; i++)
    {
        const ss_db_setting *setting = &facts->settings[i];
        const char *why = NULL;
        if (ss_target_setting_is_private(setting->name, setting->value))
            why = "it may hold a secret or an address";
        else if (loads_libraries(setting->name))
            why = "where a library of its is missing, nobody could connect";
        else
        {
            ss_error own = {0};
            const ss_code code = make_setting(target, next, setting, &own);
            if (code == SS_ERETRY || code == SS_EINTERRUPTED || code == SS_EBUG)
            {
                *err = own;
                return ss_note(err, "while setting \"%s\" on %s",
                               ss_printable(result, setting->name),
                               ss_target_label(target, target->next.name));
            }
            if (code != SS_OK)
                why = ss_pg_is_sqlstate(&own, "42501") ? "our role may not set it there"
                                                       : "the target's server does not take it";
        }
        if (why == NULL)
            continue;
        list = ss_grow(result, list, n, &capacity, sizeof *list);
        list[n++] = setting->role == NULL
                        ? ss_strdup(result, setting->name)
                        : ss_strf(result, "%s (role %s)", setting->name, setting->role);
        ss_notice(target->watch, SS_WARNING, "setting %s of the database is left out: %s",
                  ss_printable(result, list[n - 1]), why);
    }
    if (next != NULL)
        ss_pg_close(next);
    *skipped = list;
    *nskipped = n;
    return SS_OK;
}
