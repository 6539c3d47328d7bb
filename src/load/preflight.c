#include "load/preflight.h"

#include <string.h>
#include <sys/statvfs.h>

#include "base/map.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/archive_internal.h"
#include "load/target_internal.h"

extern const char ss_sql_load_extension_dependents[];
extern const char ss_sql_load_functions_called[];
extern const char ss_sql_load_target_extensions[];
extern const char ss_sql_load_target_locales[];
extern const char ss_sql_load_target_trusted[];

/* An empty database needs about this much. */
#define LEAST_SPACE (UINT64_C(32) << 20)

typedef struct preflight
{
    ss_target *target;
    const ss_catalog *catalog;
    const ss_policy *policy;
    const ss_target_roles *roles;
    ss_pg *source;
    bool tries;
    ss_arena *arena;
    ss_finding *list;
    size_t n;
    size_t capacity;
} preflight;

static void
find(preflight *p, ss_severity severity, ss_code code, const char *object, const char *text,
     const char *mend)
{
    p->list = ss_grow(p->arena, p->list, p->n, &p->capacity, sizeof *p->list);
    p->list[p->n++] =
        (ss_finding){severity, code, "target", object, "", text, mend, SS_WHAT_TARGET};
}

static void
stop(preflight *p, const char *object, const char *text, const char *mend)
{
    find(p, SS_FINDING_STOPS, SS_EMEND, object, text, mend);
}

static void
warn(preflight *p, const char *object, const char *text, const char *mend)
{
    find(p, SS_FINDING_WARNS, SS_OK, object, text, mend);
}

/* name as an SQL identifier, safe to show */
static const char *
ident(preflight *p, const char *name)
{
    ss_buf out = {0};
    ss_text_ident(&out, name);
    const char *text = ss_printable(p->arena, ss_buf_text(&out));
    ss_buf_done(&out);
    return text;
}

static void
check_version(preflight *p)
{
    const int server = p->target->version / 10000;
    const int source = p->catalog->server_version / 10000;
    if (server < 12)
        stop(p, "",
             ss_strf(p->arena, "the server is PostgreSQL %d; 12 is the oldest that is supported",
                     server),
             "use a newer server");
    else if (p->catalog->server_version > 0 && server < source)
        warn(p, "",
             ss_strf(p->arena,
                     "the server is PostgreSQL %d, older than the source's %d: the schema may not "
                     "restore there, which ends the run before anything is replaced",
                     server, source),
             ss_strf(p->arena, "use PostgreSQL %d or newer as target", source));
    if (!p->target->createdb)
        stop(p, ident(p, p->target->user), "our role may not create databases",
             ss_strf(p->arena, "ALTER ROLE %s CREATEDB;", ident(p, p->target->user)));
}

/* --- extensions --------------------------------------------------------------------------------- */

static bool
is_stripped(const preflight *p, const char *extension)
{
    for (size_t i = 0; p->policy != NULL && i < p->policy->nextensions; i++)
    {
        if (p->policy->extensions[i].strip && strcmp(p->policy->extensions[i].name, extension) == 0)
            return true;
    }
    return false;
}

static ss_code
check_extensions(preflight *p, ss_error *err)
{
    ss_pg_result *r = NULL;
    SS_TRY(ss_pg_query(p->target->pg, p->arena, ss_sql_load_target_extensions, 0, NULL, &r, err));
    ss_map *rows = ss_map_new(p->arena);
    for (size_t i = 0; i < ss_pg_rows(r); i++)
    {
        size_t *row = ss_alloc(p->arena, 1, sizeof *row);
        *row = i;
        (void) ss_map_put(rows, ss_pg_value(r, i, 0), row);
    }
    ss_map *trusted = ss_map_new(p->arena);
    if (p->target->version >= 130000)
    {
        ss_pg_result *t = NULL;
        SS_TRY(ss_pg_query(p->target->pg, p->arena, ss_sql_load_target_trusted, 0, NULL, &t, err));
        for (size_t i = 0; i < ss_pg_rows(t); i++)
            (void) ss_map_put(trusted, ss_pg_value(t, i, 0), rows);
    }
    for (size_t i = 0; i < p->catalog->nextensions; i++)
    {
        const ss_extension *e = &p->catalog->extensions[i];
        const char *name = ident(p, e->name);
        const char *line = ss_strf(p->arena, "schema: {extensions: {%s: strip}}", name);
        if (is_stripped(p, e->name) || strcmp(e->name, "plpgsql") == 0)
            continue;
        const size_t *row = ss_map_get(rows, e->name);
        if (row == NULL)
        {
            stop(p, name, "the server does not have this extension",
                 ss_strf(p->arena, "install it on the target's server, or policy: %s", line));
            continue;
        }
        const char *version = ss_pg_value(r, *row, 1);
        const char *superuser = ss_pg_value(r, *row, 2);
        if (!p->target->superuser && superuser != NULL && strcmp(superuser, "true") == 0 &&
            ss_map_get(trusted, e->name) == NULL)
            stop(p, name, "only a superuser may create this extension",
                 ss_strf(p->arena, "let a superuser be the target's role, or policy: %s", line));
        else if (version != NULL && e->version != NULL && strcmp(version, e->version) != 0)
            warn(p, name,
                 ss_strf(p->arena,
                         "the server brings version %s of this extension, the source has %s",
                         ss_printable(p->arena, version), ss_printable(p->arena, e->version)),
                 "");
    }
    return SS_OK;
}

/* What cannot be left out with a stripped extension: a column of its type, a default that calls it. */
static ss_code
check_stripped(preflight *p, ss_error *err)
{
    const char *names = ss_stripped_extensions(p->policy, p->arena);
    for (size_t i = 0; names != NULL && i < p->policy->nextensions; i++)
    {
        bool known = false;
        for (size_t k = 0; k < p->catalog->nextensions && !known; k++)
            known = strcmp(p->catalog->extensions[k].name, p->policy->extensions[i].name) == 0;
        if (!known)
            warn(p, ident(p, p->policy->extensions[i].name),
                 "the policy strips an extension that the source does not have",
                 "remove the line from schema: {extensions: ...}");
    }
    if (names == NULL || p->source == NULL)
        return SS_OK;
    ss_pg_result *r = NULL;
    if (ss_pg_query(p->source, p->arena, ss_sql_load_extension_dependents, 1, &names, &r, err) !=
        SS_OK)
        return ss_note(err, "while looking what depends on stripped extensions");
    for (size_t i = 0; i < ss_pg_rows(r); i++)
    {
        const char *type = ss_pg_value(r, i, 3);
        const char *identity = ss_pg_value(r, i, 4);
        const char *inside = ss_pg_value(r, i, 5);
        if (type == NULL || identity == NULL || inside == NULL || strcmp(inside, "true") != 0)
            continue;
        find(p, SS_FINDING_STOPS, SS_EREFUSED,
             ss_printable(p->arena, ss_strf(p->arena, "%s %s", type, identity)),
             "it is part of a table and needs an extension that the policy strips",
             "install the extension on the target's server and remove it from schema: {extensions: "
             "...}");
    }
    return SS_OK;
}

/* --- locale ------------------------------------------------------------------------------------- */

/* en_GB.UTF-8 and en_GB.utf8 are one to the C library. */
static bool
same_locale(const char *a, const char *b)
{
    bool codeset = false;
    for (;; a++, b++)
    {
        while (codeset && *a == '-')
            a++;
        while (codeset && *b == '-')
            b++;
        const char x = codeset && *a >= 'A' && *a <= 'Z' ? (char) (*a - 'A' + 'a') : *a;
        const char y = codeset && *b >= 'A' && *b <= 'Z' ? (char) (*b - 'A' + 'a') : *b;
        if (x != y)
            return false;
        if (x == '\0')
            return true;
        if (x == '.')
            codeset = true;
    }
}

static bool
is_listed(const ss_pg_result *r, const char *locale)
{
    if (locale == NULL || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
        return true;
    for (size_t i = 0; i < ss_pg_rows(r); i++)
    {
        const char *one = ss_pg_value(r, i, 0);
        if (one != NULL && same_locale(one, locale))
            return true;
    }
    return false;
}

static ss_code
check_locale(preflight *p, ss_error *err)
{
    static const char MEND[] =
        "install it on the target's server, or policy: schema: {locale: substitute}";
    const ss_catalog *c = p->catalog;
    if (c->encoding == NULL)
        return SS_OK; /* a folder of files says nothing of it */
    const bool substitute = p->policy != NULL && p->policy->locale_substitute;
    const char *what = ss_strf(p->arena, "%s, %s", ss_printable(p->arena, c->encoding),
                               ss_printable(p->arena, c->collate == NULL ? "" : c->collate));
    bool lacks = !ss_target_knows_provider(p->target, c->locale_provider);
    if (lacks)
        what = ss_strf(p->arena, "%s, provider %s", what, c->locale_provider);
    else
    {
        ss_pg_result *r = NULL;
        SS_TRY(ss_pg_query(p->target->pg, p->arena, ss_sql_load_target_locales, 1, &c->encoding, &r,
                           err));
        const bool sure = c->locale_provider == NULL || strcmp(c->locale_provider, "libc") == 0;
        if (sure && is_listed(r, c->collate) && is_listed(r, c->ctype))
            return SS_OK;
        if (!p->target->createdb)
            return SS_OK; /* cannot be tried, and stops already */
        if (!p->tries)
        {
            warn(p, what, "the server does not list the source's locale; a run tries it", "");
            return SS_OK;
        }
        /* Not listed is not missing: one may have been installed since.  So try. */
        const ss_policy strict = {.locale_substitute = false};
        ss_error own = {0};
        SS_TRY(ss_target_hold(p->target, err));
        p->target->tried = true;
        const ss_code code =
            ss_target_create(p->target, &p->target->scratch, c, &strict, "preflight", &own);
        if (code == SS_OK)
            return ss_target_drop(p->target, &p->target->scratch, err);
        if (!ss_target_is_locale_refusal(&own))
        {
            *err = own;
            return ss_note(err, "while trying the source's locale on the target");
        }
        lacks = true;
    }
    if (substitute)
        warn(p, what, "the server does not have the source's locale; another one is substituted",
             "");
    else
        stop(p, what,
             "the server does not have the source's encoding, locale or collation provider", MEND);
    return SS_OK;
}

/* Collations that columns name and initdb or the operating system brings. */
static ss_code
check_collations(preflight *p, ss_error *err)
{
    ss_map *seen = ss_map_new(p->arena);
    for (size_t i = 0; i < p->catalog->ntables; i++)
    {
        const ss_table *t = &p->catalog->tables[i];
        for (size_t k = 0; k < t->ncolumns; k++)
        {
            static const char SYSTEM[] = "pg_catalog.";
            const char *name = t->columns[k].collation;
            if (name == NULL || strncmp(name, SYSTEM, sizeof SYSTEM - 1) != 0 ||
                ss_map_put(seen, name, p) != NULL)
                continue;
            name += sizeof SYSTEM - 1;
            ss_buf bare = {0}; /* it may be quoted */
            for (const char *q = name; *q != '\0'; q++)
            {
                if (*q != '"')
                    ss_buf_putc(&bare, *q);
            }
            const char *param = ss_strdup(p->arena, ss_buf_text(&bare));
            ss_buf_done(&bare);
            ss_pg_result *r = NULL;
            SS_TRY(ss_pg_query(p->target->pg, p->arena,
                               "SELECT 1 FROM pg_catalog.pg_collation WHERE collname = $1 LIMIT 1",
                               1, &param, &r, err));
            if (ss_pg_rows(r) == 0)
                stop(p, ident(p, param),
                     "the server does not have this collation, which a column has",
                     ss_strf(p->arena, "install the locale and run SELECT "
                                       "pg_import_system_collations('pg_catalog') "
                                       "in template1 and template0 of the target's server"));
        }
    }
    return SS_OK;
}

/* --- roles, sessions, space --------------------------------------------------------------------- */

static void
check_roles(preflight *p)
{
    const ss_target_roles *roles = p->roles;
    const bool stand_in = roles->owners == SS_OWNERS_STAND_IN;
    const bool skip = roles->owners == SS_OWNERS_SKIP;
    for (size_t i = 0; i < roles->nroles; i++)
    {
        const ss_target_role *role = &roles->roles[i];
        const char *name = ident(p, role->name);
        /* What the policy has decided is no warning. */
        if (!role->exists && skip)
            find(p, SS_FINDING_INFO, SS_OK, name,
                 "role of the source is missing: its objects belong to ours, grants to it are left "
                 "out",
                 "");
        else if (!role->exists && ss_target_role_is_reserved(role->name))
            stop(p, name, "role of the source is missing, and belongs to a newer server",
                 "use a newer server, or policy: schema: {owners: skip}");
        else if (!role->exists && stand_in && p->target->createrole)
            find(p, SS_FINDING_INFO, SS_OK, name,
                 "role of the source is missing: a NOLOGIN stand-in is created", "");
        else if (!role->exists)
            stop(p, name, "role of the source is missing",
                 ss_strf(p->arena, "CREATE ROLE %s NOLOGIN; or policy: schema: {owners: %s}", name,
                         p->target->createrole ? "stand-in" : "skip"));
        else if (role->blocks && skip)
            find(p, SS_FINDING_INFO, SS_OK, name,
                 "our role may not make this role an owner: its objects belong to ours", "");
        else if (role->blocks)
            stop(p, name, "our role may not make this role the owner of objects",
                 ss_strf(p->arena, "GRANT %s TO %s; or policy: schema: {owners: skip}", name,
                         ident(p, p->target->user)));
    }
}

/* What the schema runs while it is loaded runs as our role. */
static ss_code
check_functions(preflight *p, ss_error *err)
{
    ss_pg_result *r = NULL;
    ss_buf names = {0};
    if (!p->target->superuser || p->source == NULL)
        return SS_OK;
    if (ss_pg_query(p->source, p->arena, ss_sql_load_functions_called, 0, NULL, &r, err) != SS_OK)
        return ss_note(err, "while looking for functions that the schema's expressions call");
    if (ss_pg_rows(r) == 0)
        return SS_OK;
    for (size_t i = 0; i < ss_pg_rows(r); i++)
        ss_buf_printf(&names, "%s%s", i == 0 ? "" : ", ",
                      ss_printable(p->arena, ss_pg_value(r, i, 0)));
    warn(p, ident(p, p->target->user),
         ss_strf(
             p->arena,
             "our role is a superuser, and CHECKs, domains, defaults, generated columns, indexes, "
             "statistics or materialised views call "
             "functions that run as it while rows are loaded: %s; who may create functions in the "
             "source can run code as that role on the sandbox's server",
             ss_buf_text(&names)),
         "let a role that is no superuser load, or make sure of who writes those functions");
    ss_buf_done(&names);
    return SS_OK;
}

static ss_code
check_access(preflight *p, ss_error *err)
{
    for (size_t i = 0; p->policy != NULL && i < p->policy->naccess; i++)
    {
        const char *role = p->policy->access[i].role;
        ss_pg_result *r = NULL;
        SS_TRY(ss_pg_query(p->target->pg, p->arena,
                           "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1", 1, &role, &r,
                           err));
        if (ss_pg_rows(r) == 0)
            stop(p, ident(p, role), "role under access: does not exist",
                 ss_strf(p->arena, "CREATE ROLE %s LOGIN;", ident(p, role)));
    }
    if (p->policy == NULL || !p->policy->then_terminate || p->target->superuser)
        return SS_OK;
    const char *may = NULL;
    SS_TRY(ss_pg_value_of(p->target->pg, p->arena,
                          "SELECT pg_catalog.pg_has_role('pg_signal_backend', 'USAGE')"
                          "::pg_catalog.text",
                          &may, err));
    if (may == NULL || strcmp(may, "true") != 0)
        stop(p, ident(p, p->target->user),
             "our role may not end other roles' sessions, which when_in_use: asks for",
             ss_strf(p->arena,
                     "GRANT pg_signal_backend TO %s; or policy: when_in_use: {then: keep-next}",
                     ident(p, p->target->user)));
    return SS_OK;
}

static void
check_space(preflight *p)
{
    struct statvfs fs;
    if (p->target->endpoint->kind != SS_ENDPOINT_CLUSTER ||
        statvfs(p->target->endpoint->folder, &fs) != 0)
        return;
    const uint64_t unit = fs.f_frsize != 0 ? (uint64_t) fs.f_frsize : (uint64_t) fs.f_bsize;
    const uint64_t available = (uint64_t) fs.f_bavail * unit;
    const char *text = ss_strf(p->arena, "%s are free where the server keeps its data",
                               ss_text_bytes(p->arena, available));
    if (available < LEAST_SPACE)
        find(p, SS_FINDING_STOPS, SS_ERETRY, "", text, "make room there");
    else if (p->catalog->bytes > 0 && available < (uint64_t) p->catalog->bytes)
        warn(p, "",
             ss_strf(p->arena, "%s, and the source holds %s", text,
                     ss_text_bytes(p->arena, (uint64_t) p->catalog->bytes)),
             "make room there, or let the policy say: rows: 10%");
}

ss_code
ss_preflight(ss_target *target, const ss_catalog *catalog, const ss_policy *policy,
             const ss_target_roles *roles, ss_pg *source, bool tries, ss_arena *result,
             ss_finding **findings, size_t *nfindings, ss_error *err)
{
    preflight p = {.target = target,
                   .catalog = catalog,
                   .policy = policy,
                   .roles = roles,
                   .source = source,
                   .tries = tries,
                   .arena = result};
    check_version(&p);
    ss_code code = check_extensions(&p, err);
    if (code == SS_OK)
        code = check_stripped(&p, err);
    if (code == SS_OK)
        code = check_locale(&p, err);
    if (code == SS_OK)
        code = check_collations(&p, err);
    if (code == SS_OK)
        check_roles(&p);
    if (code == SS_OK)
        code = check_functions(&p, err);
    if (code == SS_OK)
        code = check_access(&p, err);
    if (code != SS_OK)
        return ss_note(err, "while checking what the target has");
    check_space(&p);
    *findings = p.list;
    *nfindings = p.n;
    return SS_OK;
}
