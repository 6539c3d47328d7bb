#include "run/inputs.h"

#include <string.h>

#include "base/file.h"
#include "base/try.h"
#include "pg/identity.h"
#include "secret/digest.h"

#define POLICY_LIMIT (16U << 20)

static bool
begins_with_one_of(const char *line, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        if (strncmp(line, keys[i], strlen(keys[i])) == 0)
            return true;
    }
    return false;
}

/* Length of a line and, in *whole, of the line with its end. */
static size_t
line_length(const char *line, size_t *whole)
{
    const size_t n = strcspn(line, "\n");

    *whole = n + (line[n] == '\n' ? 1 : 0);
    return n;
}

static bool
is_aside(const char *line, size_t n)
{
    return n == 0 || line[0] == '#' || line[0] == '\r' || (n == 3 && strncmp(line, "---", 3) == 0);
}

/*
 * Is the text a block mapping whose keys begin their lines?  Any other way of writing YAML, as one
 * pair of braces over all, might hide more behind a line than the key that it begins with.
 */
static bool
is_line_by_line(const char *text)
{
    bool key_seen = false;
    size_t whole;

    for (const char *line = text; *line != '\0'; line += whole)
    {
        const size_t n = line_length(line, &whole);
        const size_t word = strspn(line, "abcdefghijklmnopqrstuvwxyz_");

        if (is_aside(line, n))
            continue;
        if (line[0] == ' ' || line[0] == '\t' ? !key_seen : word == 0 || line[word] != ':')
            return false;
        key_seen = true;
    }
    return true;
}

char *
ss_inputs_policy(const char *text, ss_arena *result)
{
    static const char *const keys[] = {"when_in_use:", "keep_previous:"};
    ss_buf out = {0};
    bool leaving = false;
    size_t whole;
    char *copy;

    if (!is_line_by_line(text))
        return ss_strdup(result, text);
    /* What is indented below a key belongs to it. */
    for (const char *line = text; *line != '\0'; line += whole)
    {
        const size_t n = line_length(line, &whole);

        if (n > 0 && line[0] != ' ' && line[0] != '\t')
            leaving = begins_with_one_of(line, keys, sizeof keys / sizeof keys[0]);
        if (!leaving)
            ss_buf_append(&out, line, whole);
    }
    copy = ss_strdup(result, ss_buf_text(&out));
    ss_buf_done(&out);
    return copy;
}

/* One part of the whole: its name and its own digest, so that no part can run into the next. */
static void
add(ss_buf *all, ss_arena *scratch, const char *name, const char *text)
{
    ss_buf_printf(all, "%s %s\n", name,
                  text == NULL ? "-" : ss_digest(scratch, text, strlen(text)));
}

/*
 * Labels do not tell servers apart: a socket's says "local", a service's its name.  Copies of a server share its
 * identifier, hence the place too; where the identifier may not be read, the server's start stands for it.  CSV files
 * are read through a private server that lives no longer than the run: there the folder, in the label, is all.
 */
static ss_code
add_source(ss_buf *all, ss_arena *scratch, const ss_source *source, ss_error *err)
{
    ss_pg_identity id;

    add(all, scratch, "source", source->endpoint.label);
    if (source->csv_folder != NULL)
        return SS_OK;
    SS_TRY(ss_pg_identify(ss_snapshot_pg(source->snapshot), scratch, &id, err));
    add(all, scratch, "at", id.at);
    add(all, scratch, "system", id.system);
    if (id.system == NULL)
        add(all, scratch, "started", id.started);
    add(all, scratch, "database", id.database);
    return SS_OK;
}

static void
add_facts(ss_buf *all, ss_arena *scratch, const ss_db_facts *facts)
{
    add(all, scratch, "owner", facts->owner);
    for (size_t i = 0; i < facts->nsettings; i++)
    {
        add(all, scratch, "role", facts->settings[i].role);
        add(all, scratch, "setting", facts->settings[i].name);
        add(all, scratch, "value", facts->settings[i].value);
    }
    for (size_t i = 0; i < facts->ngrants; i++)
    {
        add(all, scratch, "role", facts->grants[i].role);
        add(all, scratch, facts->grants[i].grantable ? "grantable" : "grant",
            facts->grants[i].privilege);
    }
}

ss_code
ss_inputs_digest(const ss_policy *policy, const ss_programs *programs, const char *archive,
                 const ss_source *source, const ss_db_facts *facts, const char *key,
                 const char *left_out, ss_arena *result, const char **digest, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_buf schema = {0}, all = {0};
    char *text = NULL;
    size_t n = 0;
    ss_code code = ss_file_read(policy->file, POLICY_LIMIT, scratch, &text, &n, err);

    if (code == SS_OK)
        code = ss_archive_sql(programs, archive, NULL, &schema, err);
    if (code == SS_OK)
        code = add_source(&all, scratch, source, err);
    if (code == SS_OK)
    {
        add(&all, scratch, "sandseed", ss_build_id);
        add(&all, scratch, "policy", ss_inputs_policy(text, scratch));
        if (policy->base_digest != NULL)
            add(&all, scratch, "base", policy->base_digest);
        add(&all, scratch, "schema", ss_buf_text(&schema));
        add_facts(&all, scratch, facts);
        add(&all, scratch, "key", key);
        add(&all, scratch, "left out", left_out);
        *digest = ss_digest(result, ss_buf_text(&all), strlen(ss_buf_text(&all)));
    }
    ss_buf_done(&schema);
    ss_buf_done(&all);
    ss_arena_free(scratch);
    if (code != SS_OK)
        return ss_note(err, "while telling from what the sandbox is made");
    return SS_OK;
}
