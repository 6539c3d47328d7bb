#include "load/archive.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/archive_internal.h"
#include "load/archive_text.h"

extern const char ss_sql_load_extension_dependents[];

const ss_stripped *
ss_archive_stripped(const ss_archive *archive, size_t *n)
{
    *n = archive->nstripped;
    return archive->stripped;
}

const char *
ss_archive_display(const ss_archive *archive, const ss_archive_entry *entry)
{
    static const char *const ABOUT[] = {"COMMENT", "ACL", "SECURITY LABEL"};
    for (size_t i = 0; i < sizeof ABOUT / sizeof ABOUT[0]; i++)
    {
        if (strcmp(entry->desc, ABOUT[i]) == 0)
            return ss_printable(archive->arena,
                                ss_archive_text_subject(entry->schema, entry->tag, archive->arena));
    }
    const char *tag = ss_printable(archive->arena, entry->tag);
    if (strcmp(entry->schema, "-") == 0)
        return tag;
    return ss_strf(archive->arena, "%s.%s", ss_printable(archive->arena, entry->schema), tag);
}

void
ss_archive_list_stripped(ss_archive *archive, const char *what, const char *object, const char *why,
                         bool edited)
{
    ss_stripped *list = ss_grow(archive->arena, archive->stripped, archive->nstripped,
                                &archive->stripped_capacity, sizeof *list);
    list[archive->nstripped++] = (ss_stripped){what, object, why, edited};
    archive->stripped = list;
}

static void
strip(ss_archive *archive, size_t i, const char *why)
{
    if (archive->fates[i].fate == SS_FATE_STRIPPED)
        return;
    archive->fates[i].fate = SS_FATE_STRIPPED;
    ss_archive_list_stripped(archive, archive->entries[i].desc,
                             ss_archive_display(archive, &archive->entries[i]), why, false);
}

/* --- text of entries ---------------------------------------------------------------------------- */

const char *
ss_archive_list_file(const ss_archive *archive, const char *name, ss_arena *arena)
{
    const ss_archive_input *input = &archive->input;

    /* A model's folder is not ours to write to. */
    return input->programs->folder != NULL
               ? ss_strf(arena, "%s/%s.list", input->programs->folder, name)
               : ss_strf(arena, "%s.%s.list", input->file, name);
}

/* The SQL of the entries for which chosen says so, into text. */
static ss_code
text_of(const ss_archive *archive, const bool *chosen, ss_buf *text, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_buf lines = {0};
    for (size_t i = 0; i < archive->n; i++)
    {
        if (chosen[i])
            ss_buf_printf(&lines, "%s\n", archive->entries[i].line);
    }
    const char *list = ss_archive_list_file(archive, "text", scratch);
    ss_code code = SS_OK;
    if (lines.len > 0)
        code = ss_file_write(list, ss_buf_text(&lines), lines.len, 0600, err);
    if (code == SS_OK && lines.len > 0)
        code = ss_archive_sql(archive->input.programs, archive->input.file, list, text, err);
    (void) unlink(list);
    ss_buf_done(&lines);
    ss_arena_free(scratch);
    return code;
}

ss_code
ss_archive_text(const ss_archive *archive, ss_arena *result, const char **text, ss_error *err)
{
    bool *travels = ss_alloc(result, archive->n + 1, sizeof *travels);
    ss_buf sql = {0};
    ss_code code;

    *text = NULL;
    for (size_t i = 0; i < archive->n; i++)
    {
        travels[i] = archive->fates[i].fate == SS_FATE_TRAVELS;
        if (archive->fates[i].fate == SS_FATE_EDITED)
            return SS_OK;
    }
    if (archive->owners_by_hand || archive->acls_by_hand)
        return SS_OK;
    code = text_of(archive, travels, &sql, err);
    if (code == SS_OK)
        *text = ss_strdup(result, ss_buf_text(&sql));
    ss_buf_done(&sql);
    return code;
}

/* The first statement in text that begins so, in arena; NULL when there is none. */
static char *
first_statement(const char *text, const char *words, ss_arena *arena)
{
    const char *statement = NULL;
    size_t len = 0;
    while (ss_archive_text_next(&text, &statement, &len))
    {
        if (ss_archive_text_begins(statement, len, words))
            return ss_strndup(arena, statement, len);
    }
    return NULL;
}

/*
 * For every travelling entry of kind desc its one statement that begins with words: statements[i],
 * parallel to the entries, NULL elsewhere.  One run of pg_restore; one per entry only where the count does not come out.
 */
static ss_code
statements_of(const ss_archive *archive, const char *desc, const char *words,
              const char **statements, ss_error *err)
{
    bool *chosen = ss_alloc(archive->arena, archive->n, sizeof *chosen);
    size_t wanted = 0;
    for (size_t i = 0; i < archive->n; i++)
    {
        statements[i] = NULL;
        chosen[i] = archive->fates[i].fate == SS_FATE_TRAVELS &&
                    strcmp(archive->entries[i].desc, desc) == 0;
        wanted += chosen[i];
    }
    if (wanted == 0)
        return SS_OK;
    ss_buf text = {0};
    ss_code code = text_of(archive, chosen, &text, err);
    size_t found = 0;
    size_t next = 0;
    const char *p = ss_buf_text(&text);
    const char *statement = NULL;
    size_t len = 0;
    while (code == SS_OK && ss_archive_text_next(&p, &statement, &len))
    {
        if (!ss_archive_text_begins(statement, len, words))
            continue;
        while (next < archive->n && !chosen[next])
            next++;
        if (next < archive->n)
            statements[next++] = ss_strndup(archive->arena, statement, len);
        found++;
    }
    if (code == SS_OK && found != wanted)
    {
        bool *one = ss_alloc(archive->arena, archive->n, sizeof *one);
        for (size_t i = 0; i < archive->n && code == SS_OK; i++)
        {
            if (!chosen[i])
                continue;
            one[i] = true;
            ss_buf_clear(&text);
            code = text_of(archive, one, &text, err);
            statements[i] = first_statement(ss_buf_text(&text), words, archive->arena);
            one[i] = false;
        }
    }
    ss_buf_done(&text);
    return code;
}

/* --- what stays behind -------------------------------------------------------------------------- */

static ss_code
strip_kinds(ss_archive *archive, ss_error *err)
{
    bool post = false;
    for (size_t i = 0; i < archive->n; i++)
    {
        const ss_entry_kind *kind = ss_entry_kind_of(archive->entries[i].desc);
        if (kind == NULL)
        {
            ss_fail(
                err, SS_EREFUSED,
                "the schema's archive holds an entry of a kind that sandseed does not know: %s %s",
                ss_printable(archive->arena, archive->entries[i].desc),
                ss_archive_display(archive, &archive->entries[i]));
            return ss_hint(
                err, "Use the pg_dump of PostgreSQL 12 to 18 (--pg-bindir), or a newer sandseed.");
        }
        if (kind->post >= 0 && strcmp(kind->desc, "ACL") != 0 &&
            strcmp(kind->desc, "DEFAULT ACL") != 0)
            post = kind->post == 1;
        archive->fates[i].post = kind->post < 0 ? post : kind->post == 1;
        if (kind->why != NULL)
            strip(archive, i, kind->why);
    }
    return SS_OK;
}

static bool
policy_strips(const ss_policy *policy, const char *extension)
{
    for (size_t i = 0; policy != NULL && i < policy->nextensions; i++)
    {
        if (policy->extensions[i].strip && strcmp(policy->extensions[i].name, extension) == 0)
            return true;
    }
    return false;
}

/* The stripped extensions as an array literal; NULL when there are none. */
const char *
ss_stripped_extensions(const ss_policy *policy, ss_arena *result)
{
    ss_buf array = {0};
    for (size_t i = 0; policy != NULL && i < policy->nextensions; i++)
    {
        if (!policy->extensions[i].strip)
            continue;
        ss_buf_puts(&array, array.len == 0 ? "{\"" : ",\"");
        for (const char *c = policy->extensions[i].name; *c != '\0'; c++)
        {
            if (*c == '"' || *c == '\\')
                ss_buf_putc(&array, '\\');
            ss_buf_putc(&array, *c);
        }
        ss_buf_putc(&array, '"');
    }
    const char *text = NULL;
    if (array.len > 0)
        text = ss_strf(result, "%s}", ss_buf_text(&array));
    ss_buf_done(&array);
    return text;
}

static ss_code
strip_extensions(ss_archive *archive, ss_error *err)
{
    const char *names = ss_stripped_extensions(archive->input.policy, archive->arena);
    if (names == NULL)
        return SS_OK;
    for (size_t i = 0; i < archive->n; i++)
    {
        if (strcmp(archive->entries[i].desc, "EXTENSION") == 0 &&
            policy_strips(archive->input.policy, archive->entries[i].tag))
            strip(archive, i, "the policy strips this extension");
    }
    if (archive->input.source == NULL)
        return SS_OK;
    ss_pg_result *r = NULL;
    if (ss_pg_query(archive->input.source, archive->arena, ss_sql_load_extension_dependents, 1,
                    &names, &r, err) != SS_OK)
        return ss_note(err, "while looking what depends on stripped extensions");
    ss_map *gone = ss_map_new(archive->arena);
    for (size_t i = 0; i < ss_pg_rows(r); i++)
        (void) ss_map_put(
            gone, ss_strf(archive->arena, "%s %s", ss_pg_value(r, i, 0), ss_pg_value(r, i, 1)),
            archive);
    for (size_t i = 0; i < archive->n; i++)
    {
        uint32_t classid = 0;
        uint32_t oid = 0;
        if (ss_entry_oids(archive->entries[i].line, &classid, &oid) &&
            ss_map_get(gone, ss_strf(archive->arena, "%u %u", classid, oid)) != NULL)
            strip(archive, i, "it needs a stripped extension");
    }
    return SS_OK;
}

/* Comments, grants and labels of what stays behind. */
static void
strip_followers(ss_archive *archive)
{
    static const char *const AS_TABLE[] = {"VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE",
                                           "SEQUENCE"};
    ss_map *gone = ss_map_new(archive->arena);
    for (size_t i = 0; i < archive->n; i++)
    {
        const ss_archive_entry *e = &archive->entries[i];
        if (archive->fates[i].fate != SS_FATE_STRIPPED)
            continue;
        (void) ss_map_put(gone, ss_strf(archive->arena, "%s\t%s %s", e->schema, e->desc, e->tag),
                          archive);
        if (strcmp(e->desc, "SERVER") == 0)
            (void) ss_map_put(
                gone, ss_strf(archive->arena, "%s\tFOREIGN SERVER %s", e->schema, e->tag), archive);
        for (size_t k = 0; k < sizeof AS_TABLE / sizeof AS_TABLE[0]; k++)
        {
            if (strcmp(e->desc, AS_TABLE[k]) == 0)
                (void) ss_map_put(gone, ss_strf(archive->arena, "%s\tTABLE %s", e->schema, e->tag),
                                  archive);
        }
    }
    for (size_t i = 0; i < archive->n; i++)
    {
        const ss_archive_entry *e = &archive->entries[i];
        if (strcmp(e->desc, "ACL") != 0 && strcmp(e->desc, "COMMENT") != 0)
            continue;
        const char *what = ss_strf(archive->arena, "%s\t%s", e->schema, e->tag);
        bool follows = ss_map_get(gone, what) != NULL;
        if (!follows && strncmp(e->tag, "COLUMN ", 7) == 0)
        {
            /* "COLUMN t.c": cut at each dot, since both names may hold some */
            for (const char *dot = strchr(e->tag, '.'); dot != NULL && !follows;
                 dot = strchr(dot + 1, '.'))
                follows = ss_map_get(gone, ss_strf(archive->arena, "%s\tTABLE %.*s", e->schema,
                                                   (int) (dot - e->tag - 7), e->tag + 7)) != NULL;
        }
        if (follows)
            strip(archive, i, "what it is about stays behind");
        else if (strncmp(e->tag, "EXTENSION ", 10) == 0 && strcmp(e->desc, "COMMENT") == 0 &&
                 !archive->input.target->superuser)
            strip(archive, i, "the extension brings its own");
        else if (strncmp(e->tag, "LARGE OBJECT", 12) == 0)
            strip(archive, i, "large objects do not travel");
    }
}

/* --- what is changed ---------------------------------------------------------------------------- */

/* All statements of one entry, as pg_restore prints them. */
static ss_code
text_of_entry(const ss_archive *archive, size_t i, ss_buf *text, ss_error *err)
{
    bool *one = ss_alloc(archive->arena, archive->n, sizeof *one);
    one[i] = true;
    return text_of(archive, one, text, err);
}

/*
 * Does file_fdw stand behind this foreign table?  It takes no table without a file, and may have
 * named a program to run.
 */
static bool
reads_files(const ss_archive *archive, const char *const *servers, const char *statement,
            size_t len)
{
    const char *server = ss_archive_text_name_after(statement, len, "SERVER", archive->arena);
    for (size_t i = 0; i < archive->n && server != NULL; i++)
    {
        if (servers[i] == NULL || strcmp(archive->entries[i].tag, server) != 0)
            continue;
        const char *wrapper =
            ss_archive_text_name_after(servers[i], strlen(servers[i]), "WRAPPER", archive->arena);
        return wrapper != NULL && strcmp(wrapper, "file_fdw") == 0;
    }
    return false;
}

/* The statements of entry i without their options; *options: there were some. */
static ss_code
without_options(const ss_archive *archive, size_t i, const char *const *servers, ss_buf *sql,
                bool *options, ss_error *err)
{
    const bool owned = !archive->owners_by_hand ||
                       ss_target_roles_settable(archive->input.roles, archive->entries[i].owner);
    const char *statement = NULL;
    size_t len = 0;
    ss_buf text = {0};
    *options = false;
    const ss_code code = text_of_entry(archive, i, &text, err);
    for (const char *p = ss_buf_text(&text);
         code == SS_OK && ss_archive_text_next(&p, &statement, &len);)
    {
        const bool creates = ss_archive_text_begins(statement, len, "CREATE");
        if (!creates && !ss_archive_text_begins(statement, len, "ALTER"))
            continue; /* SET and the like, which our sessions have */
        if (!owned && ss_archive_text_new_owner(statement, len, archive->arena) != NULL)
            continue;
        const char *bare = ss_archive_text_without_options(statement, len, archive->arena);
        *options = *options || bare != NULL;
        if (bare == NULL)
            ss_buf_append(sql, statement, len);
        else if (creates)
            ss_buf_printf(sql, "%s%s", bare,
                          reads_files(archive, servers, statement, len)
                              ? " OPTIONS (filename '/dev/null')"
                              : "");
        else
            continue; /* ALTER ... OPTIONS says nothing else */
        ss_buf_puts(sql, ";\n");
    }
    ss_buf_done(&text);
    return code;
}

/* Servers, tables and wrappers of foreign data: their options say where another database is, and how to get in. */
static ss_code
edit_foreign(ss_archive *archive, ss_error *err)
{
    static const struct
    {
        const char *desc;
        const char *why;
    } FOREIGN[] = {
        {"SERVER", "its options (where another database is) stay behind"},
        {"FOREIGN TABLE", "its options and its columns' (what it reads elsewhere) stay behind"},
        {"FOREIGN DATA WRAPPER", "its options stay behind"},
    };

    const char **servers = ss_alloc(archive->arena, archive->n, sizeof *servers);
    SS_TRY(statements_of(archive, "SERVER", "CREATE SERVER", servers, err));
    for (size_t i = 0; i < archive->n; i++)
    {
        const char *why = NULL;
        for (size_t k = 0; k < sizeof FOREIGN / sizeof FOREIGN[0]; k++)
        {
            if (strcmp(archive->entries[i].desc, FOREIGN[k].desc) == 0)
                why = FOREIGN[k].why;
        }
        if (why == NULL || archive->fates[i].fate != SS_FATE_TRAVELS)
            continue;
        ss_buf sql = {0};
        bool options = false;
        const ss_code code = without_options(archive, i, servers, &sql, &options, err);
        if (code == SS_OK && options)
        {
            archive->fates[i].fate = SS_FATE_EDITED;
            archive->fates[i].text = ss_strdup(archive->arena, ss_buf_text(&sql));
            ss_archive_list_stripped(archive, archive->entries[i].desc,
                                     ss_archive_display(archive, &archive->entries[i]), why, true);
        }
        ss_buf_done(&sql);
        SS_TRY(code);
    }
    return SS_OK;
}

static bool
is_usable(const void *arg, const char *role)
{
    return ss_target_roles_usable(arg, role);
}

static ss_code
edit_policies(ss_archive *archive, ss_error *err)
{
    if (!archive->owners_by_hand)
        return SS_OK;
    const char **statements = ss_alloc(archive->arena, archive->n, sizeof *statements);
    SS_TRY(statements_of(archive, "POLICY", "CREATE POLICY", statements, err));
    for (size_t i = 0; i < archive->n; i++)
    {
        if (statements[i] == NULL)
            continue;
        size_t lost = 0;
        char *text = ss_archive_text_policy(statements[i], strlen(statements[i]), is_usable,
                                            archive->input.roles, &lost, archive->arena);
        if (text == NULL)
            strip(archive, i, "all roles that it names are missing on the target");
        else if (lost > 0)
        {
            archive->fates[i].fate = SS_FATE_EDITED;
            archive->fates[i].text = text;
            ss_archive_list_stripped(
                archive, "POLICY", ss_archive_display(archive, &archive->entries[i]),
                "roles that are missing on the target are left out of it", true);
        }
    }
    return SS_OK;
}

/* --- what is done by hand, and what is only said ------------------------------------------------ */

static void
hand_over(ss_archive *archive, const char *statement, size_t len)
{
    const ss_target_roles *roles = archive->input.roles;
    ss_arena *arena = archive->arena;
    const char *owner = ss_archive_text_new_owner(statement, len, arena);
    if (owner != NULL)
    {
        if (archive->owners_by_hand && ss_target_roles_settable(roles, owner))
            archive->owner_statements[archive->nowner_statements++] =
                ss_strndup(arena, statement, len);
        return;
    }
    const char *for_role = ss_archive_text_default_for(statement, len, arena);
    if (!archive->acls_by_hand ||
        (for_role == NULL && !ss_archive_text_begins(statement, len, "GRANT") &&
         !ss_archive_text_begins(statement, len, "REVOKE")))
        return;
    const char *role = ss_archive_text_grantee(statement, len, arena);
    if (archive->owners_by_hand &&
        ((role != NULL && !ss_target_roles_usable(roles, role)) ||
         (for_role != NULL && !ss_target_roles_settable(roles, for_role))))
        return;
    archive->acl_statements[archive->nacl_statements++] = ss_strndup(arena, statement, len);
}

static ss_code
read_text(ss_archive *archive, ss_error *err)
{
    bool *chosen = ss_alloc(archive->arena, archive->n, sizeof *chosen);
    for (size_t i = 0; i < archive->n; i++)
        chosen[i] = archive->fates[i].fate != SS_FATE_STRIPPED;
    ss_buf text = {0};
    ss_code code = text_of(archive, chosen, &text, err);
    if (code == SS_OK)
    {
        size_t n = 0;
        const char *statement = NULL;
        size_t len = 0;
        for (const char *p = ss_buf_text(&text); ss_archive_text_next(&p, &statement, &len);)
            n++;
        archive->owner_statements = ss_alloc(archive->arena, n, sizeof(char *));
        archive->acl_statements = ss_alloc(archive->arena, n, sizeof(char *));
        for (const char *p = ss_buf_text(&text); ss_archive_text_next(&p, &statement, &len);)
            hand_over(archive, statement, len);
    }
    if (code == SS_OK)
        code = ss_archive_decide_texts(archive, ss_buf_text(&text), err);
    ss_buf_done(&text);
    return code;
}

static void
list_roles(ss_archive *archive)
{
    const ss_target_roles *roles = archive->input.roles;
    if (!archive->owners_by_hand)
        return;
    for (size_t i = 0; i < roles->nroles; i++)
    {
        const ss_target_role *role = &roles->roles[i];
        if (!role->exists)
            ss_archive_list_stripped(
                archive, "ROLE", ss_printable(archive->arena, role->name),
                "missing on the target: its objects belong to the loader, grants to it "
                "are left out",
                false);
        else if (!role->settable && role->blocks)
            ss_archive_list_stripped(
                archive, "OWNER", ss_printable(archive->arena, role->name),
                "the loader may not give it objects: they belong to the loader", false);
    }
}

ss_code
ss_archive_plan(const ss_archive_input *input, ss_arena *result, ss_archive **archive,
                ss_error *err)
{
    ss_archive *a = ss_alloc(result, 1, sizeof *a);
    a->input = *input;
    a->arena = result;
    a->owners_by_hand = input->roles->owners == SS_OWNERS_SKIP;
    /* Grants of other grantors come with SET SESSION AUTHORIZATION, which only superusers may. */
    a->acls_by_hand = a->owners_by_hand || !input->target->superuser;
    if (ss_archive_list(input->programs, input->file, result, &a->entries, &a->n, err) != SS_OK)
        return ss_note(err, "while reading the list of the schema's archive");
    a->fates = ss_alloc(result, a->n, sizeof *a->fates);
    SS_TRY(strip_kinds(a, err));
    SS_TRY(strip_extensions(a, err));
    strip_followers(a);
    SS_TRY(edit_foreign(a, err));
    SS_TRY(edit_policies(a, err));
    SS_TRY(read_text(a, err));
    list_roles(a);
    /* Done on the way; the source's connection may be closed before the archive is restored. */
    a->input.source = NULL;
    *archive = a;
    return SS_OK;
}
