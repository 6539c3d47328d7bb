/* The sections of a policy that pseudonyms need: key: and links:. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "policy/read_internal.h"

#define FD_MAX 1023

/* A path of the policy starts in its folder. */
static ss_code
path(const char *file, const ss_yaml *at, const char *what, const char *folder, ss_arena *result,
     const char **path, ss_error *err)
{
    const char *text;

    SS_TRY(ss_yaml_scalar(file, at, what, &text, err));
    *path = ss_path_join(result, folder, text);
    return SS_OK;
}

static ss_code
name(const char *file, const ss_yaml *at, const char *what, const char **name, ss_error *err)
{
    SS_TRY(ss_yaml_scalar(file, at, what, name, err));
    if (ss_key_name_is_good(*name))
        return SS_OK;
    return ss_yaml_fail(file, at, err, "%s is at most %d letters, digits, '.', '_' and '-'", what,
                        SS_KEY_NAME);
}

static ss_code
command(const char *file, const ss_yaml *at, const char *folder, ss_arena *result,
        ss_policy_key *key, ss_error *err)
{
    const char **argv;

    if (at->kind != SS_YAML_LIST || at->n == 0)
        return ss_yaml_fail(file, at, err,
                            "command must be a list: the program and its arguments, without a "
                            "shell");
    argv = ss_alloc(result, at->n + 1, sizeof *argv);
    for (size_t i = 0; i < at->n; i++)
        SS_TRY(ss_yaml_scalar(file, at->values[i], "a word of command", &argv[i], err));
    if (strchr(argv[0], '/') != NULL)
        argv[0] = ss_path_join(result, folder, argv[0]);
    key->source.command = argv;
    return SS_OK;
}

static ss_code
descriptor(const char *file, const ss_yaml *at, ss_policy_key *key, ss_error *err)
{
    const char *text;
    uint64_t n;

    SS_TRY(ss_yaml_scalar(file, at, "fd", &text, err));
    if (at->quoted || !ss_parse_u64(text, &n) || n < 3 || n > FD_MAX)
        return ss_yaml_fail(file, at, err, "fd must be a number from 3 to %d", FD_MAX);
    key->source.has_fd = true;
    key->source.fd = (int) n;
    return SS_OK;
}

ss_code
ss_policy_key_from_yaml(const char *file, const ss_yaml *map, const char *folder, ss_arena *result,
                        const ss_policy_key **key, ss_error *err)
{
    static const char *const keys[] = {"command",         "fd",      "file",
                                       "passphrase_file", "sandbox", "epoch"};
    ss_policy_key *k = ss_alloc(result, 1, sizeof *k);
    const ss_yaml *at;

    SS_TRY(ss_yaml_known_keys(file, map, "key", keys, SS_NWORDS(keys), err));
    if ((at = ss_yaml_get(map, "command")) != NULL)
        SS_TRY(command(file, at, folder, result, k, err));
    if ((at = ss_yaml_get(map, "fd")) != NULL)
        SS_TRY(descriptor(file, at, k, err));
    if ((at = ss_yaml_get(map, "file")) != NULL)
        SS_TRY(path(file, at, "file", folder, result, &k->source.file, err));
    if ((at = ss_yaml_get(map, "passphrase_file")) != NULL)
        SS_TRY(path(file, at, "passphrase_file", folder, result, &k->source.passphrase_file, err));
    if ((at = ss_yaml_get(map, "epoch")) != NULL)
        SS_TRY(name(file, at, "epoch", &k->epoch, err));
    if ((at = ss_yaml_get(map, "sandbox")) == NULL)
        return ss_yaml_fail(file, map, err,
                            "key needs sandbox: a name of your own; sandboxes of different names "
                            "have unrelated pseudonyms");
    SS_TRY(name(file, at, "sandbox", &k->sandbox, err));
    if ((k->source.command != NULL) + k->source.has_fd + (k->source.file != NULL) > 1)
        return ss_yaml_fail(file, map, err, "key has one of command:, fd: and file:");
    *key = k;
    return SS_OK;
}

/* schema.table.column, with a path of JSON behind a colon where the value is within it. */
static ss_code
member(const char *file, const ss_yaml *at, ss_arena *result, ss_policy_link_member *m,
       ss_error *err)
{
    const char *text, *colon, *wrong = NULL;
    ss_path path = {0};

    SS_TRY(ss_yaml_scalar(file, at, "a linked column", &text, err));
    colon = strstr(text, ":$");
    if (colon != NULL)
    {
        wrong = ss_path_parse(colon + 1, result, &path);
        text = ss_strndup(result, text, (size_t) (colon - text));
    }
    if (wrong != NULL)
        return ss_yaml_fail(file, at, err, "behind its colon stands no path: %s", wrong);
    m->path = path.text;
    if (!ss_policy_read_label(text, result, &m->table, &m->column))
        return ss_yaml_fail(file, at, err,
                            "a link names schema.table.column, each quoted as in SQL");
    return SS_OK;
}

ss_code
ss_policy_links_from_yaml(const char *file, const ss_yaml *map, ss_arena *result,
                          const ss_policy_link **links, size_t *n, ss_error *err)
{
    ss_policy_link *list;

    if (map->kind != SS_YAML_MAP)
        return ss_yaml_fail(file, map, err, "links must be a map of names and lists of columns");
    list = ss_alloc(result, map->n + 1, sizeof *list);
    for (size_t i = 0; i < map->n; i++)
    {
        const ss_yaml *at = map->values[i];
        ss_policy_link_member *members;

        if (at->kind != SS_YAML_LIST || at->n < 2)
            return ss_yaml_fail(file, at, err, "a link is a list of two columns or more");
        members = ss_alloc(result, at->n, sizeof *members);
        for (size_t k = 0; k < at->n; k++)
            SS_TRY(member(file, at->values[k], result, &members[k], err));
        list[i] = (ss_policy_link){
            .name = map->keys[i]->text,
            .place = {.file = file, .line = map->keys[i]->line, .column = map->keys[i]->column},
            .members = members,
            .n = at->n};
    }
    *links = list;
    *n = map->n;
    return SS_OK;
}
