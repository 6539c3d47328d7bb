/* From a tree of YAML to a policy: every key known, every value checked, every message with its place. */
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "policy/read_internal.h"
#include "secret/digest.h"

#define BASES_MAX 8

/* The files being read, one including the next. */
typedef struct including
{
    const char *real; /* absolute path */
    const struct including *by;
    size_t depth;
} including;

/* The file's own entries first, then those of the base that it does not name. */
static ss_code
read_texts(const ss_reading *r, const ss_yaml *map)
{
    const ss_policy base = *r->p;
    ss_text_rule *both;
    size_t n;

    SS_TRY(ss_text_rules_from_yaml(r->file, map, r->result, &r->p->texts, &r->p->ntexts, r->err));
    n = r->p->ntexts;
    both = ss_alloc(r->result, n + base.ntexts + 1, sizeof *both);
    if (n > 0)
        memcpy(both, r->p->texts, n * sizeof *both);
    for (size_t i = 0; i < base.ntexts; i++)
    {
        if (ss_policy_text_rule(r->p, base.texts[i].object) == NULL)
            both[n++] = base.texts[i];
    }
    r->p->texts = both;
    r->p->ntexts = n;
    return SS_OK;
}

static ss_code
read_schema(const ss_reading *r, const ss_yaml *map)
{
    static const char *const keys[] = {"extensions", "locale", "owners", "text"};
    static const char *const locales[] = {"substitute"}, *const owners[] = {"stand-in", "skip"},
                             *const strips[] = {"strip"};
    const ss_yaml *at;
    size_t i = 0;

    SS_TRY(ss_read_known_keys(r, map, "schema", keys, SS_NWORDS(keys)));
    r->p->locale_substitute = r->p->owners_stand_in = r->p->owners_skip = false;
    r->p->nextensions = 0;
    if ((at = ss_yaml_get(map, "locale")) != NULL)
    {
        SS_TRY(ss_read_word(r, at, "word for locale", locales, 1, &i));
        r->p->locale_substitute = true;
    }
    if ((at = ss_yaml_get(map, "owners")) != NULL)
    {
        SS_TRY(ss_read_word(r, at, "word for owners", owners, 2, &i));
        r->p->owners_stand_in = i == 0;
        r->p->owners_skip = i == 1;
    }
    if ((at = ss_yaml_get(map, "text")) != NULL)
        SS_TRY(read_texts(r, at));
    if ((at = ss_yaml_get(map, "extensions")) != NULL)
    {
        ss_extension_rule *rules;

        SS_TRY(ss_read_expect_map(r, at, "extensions"));
        rules = ss_alloc(r->result, at->n + 1, sizeof *rules);
        for (size_t e = 0; e < at->n; e++)
        {
            SS_TRY(ss_read_word(r, at->values[e], "word for an extension", strips, 1, &i));
            rules[e] = (ss_extension_rule){.name = at->keys[e]->text, .strip = true};
        }
        r->p->extensions = rules;
        r->p->nextensions = at->n;
    }
    return SS_OK;
}

static ss_code
read_on_change(const ss_reading *r, const ss_yaml *map)
{
    static const char *const keys[] = {"new_table", "new_column"};
    static const char *const table[] = {"stop", "empty"}, *const column[] = {"stop", "shape",
                                                                             "nullify"};
    const ss_yaml *at;
    size_t i = 0;

    SS_TRY(ss_read_known_keys(r, map, "on_change", keys, SS_NWORDS(keys)));
    r->p->on_new_table = r->p->on_new_column = SS_ON_NEW_STOP;
    if ((at = ss_yaml_get(map, "new_table")) != NULL)
    {
        SS_TRY(ss_read_word(r, at, "word for a new table", table, 2, &i));
        r->p->on_new_table = i == 0 ? SS_ON_NEW_STOP : SS_ON_NEW_EMPTY;
    }
    if ((at = ss_yaml_get(map, "new_column")) != NULL)
    {
        SS_TRY(ss_read_word(r, at, "word for a new column", column, 3, &i));
        r->p->on_new_column = i == 0   ? SS_ON_NEW_STOP
                              : i == 1 ? SS_ON_NEW_SHAPE
                                       : SS_ON_NEW_NULLIFY;
    }
    return SS_OK;
}

static ss_code
read_when_in_use(const ss_reading *r, const ss_yaml *map)
{
    static const char *const keys[] = {"wait", "then"};
    static const char *const then[] = {"terminate", "keep-next"};
    const ss_yaml *at;
    size_t i = 0;

    SS_TRY(ss_read_known_keys(r, map, "when_in_use", keys, SS_NWORDS(keys)));
    r->p->wait_s = 0;
    r->p->then_terminate = false;
    if ((at = ss_yaml_get(map, "wait")) != NULL)
        SS_TRY(ss_read_duration(r, at, "wait", &r->p->wait_s));
    if ((at = ss_yaml_get(map, "then")) != NULL)
    {
        SS_TRY(ss_read_word(r, at, "word for then", then, 2, &i));
        r->p->then_terminate = i == 0;
    }
    return SS_OK;
}

static ss_code
read_access(const ss_reading *r, const ss_yaml *map)
{
    static const char *const rights[] = {"read-only", "read-write"};
    ss_access *access;
    size_t right = 0;

    SS_TRY(ss_read_expect_map(r, map, "access"));
    access = ss_alloc(r->result, map->n + 1, sizeof *access);
    for (size_t i = 0; i < map->n; i++)
    {
        SS_TRY(ss_read_word(r, map->values[i], "right of a role", rights, 2, &right));
        access[i] = (ss_access){.role = map->keys[i]->text, .read_only = right == 0};
    }
    r->p->access = access;
    r->p->naccess = map->n;
    return SS_OK;
}

/* An entry says all of its table. */
static ss_code
read_csv(const ss_reading *r, const ss_yaml *map)
{
    const ss_csv_table *own;
    ss_csv_table *all;
    size_t n = 0;

    SS_TRY(ss_csv_tables_from_yaml(r->file, map, r->result, &own, &n, r->err));
    all = ss_alloc(r->result, n + r->p->ncsv + 1, sizeof *all);
    memcpy(all, own, n * sizeof *all);
    r->p->nown_csv = n;
    for (size_t i = 0; i < r->p->ncsv; i++)
    {
        if (ss_csv_table_find(own, r->p->nown_csv, r->p->csv[i].label) == NULL)
            all[n++] = r->p->csv[i];
    }
    r->p->csv = all;
    r->p->ncsv = n;
    return SS_OK;
}

static ss_code
read_endpoints(const ss_reading *r, const ss_yaml *root, const char *folder)
{
    static const char *const keys[] = {"source", "target", "schema_source"};
    const char **fields[] = {&r->p->source, &r->p->target, &r->p->schema_source};
    const char **folders[] = {&r->p->source_folder, &r->p->target_folder, NULL};

    for (size_t i = 0; i < SS_NWORDS(keys); i++)
    {
        const ss_yaml *at = ss_yaml_get(root, keys[i]);
        ss_endpoint endpoint;

        if (at == NULL)
            continue;
        SS_TRY(ss_read_scalar(r, at, keys[i], fields[i]));
        if (folders[i] != NULL)
            *folders[i] = folder;
        if (ss_endpoint_parse(*fields[i], folder, 1, r->result, &endpoint, r->err) != SS_OK)
            return ss_note(r->err, "%s:%zu:%zu: %s", r->file, at->line, at->column, keys[i]);
    }
    return SS_OK;
}

static ss_code
read_limits(const ss_reading *r, const ss_yaml *root)
{
    const ss_yaml *at;
    uint64_t n = 0;
    size_t i = 0;

    if ((at = ss_yaml_get(root, "people")) != NULL)
    {
        SS_TRY(ss_read_count(r, at, "people", 3, 10000, &n));
        r->p->people = (size_t) n;
    }
    if ((at = ss_yaml_get(root, "rows")) != NULL)
        SS_TRY(ss_read_rows(r, at, &r->p->rows));
    if ((at = ss_yaml_get(root, "learn_rows")) != NULL)
        SS_TRY(ss_read_learn_rows(r, at, &r->p->learn_rows));
    if ((at = ss_yaml_get(root, "keep_previous")) != NULL)
    {
        SS_TRY(ss_read_count(r, at, "keep_previous", 0, 1, &n));
        r->p->keep_previous = n == 1;
    }
    if ((at = ss_yaml_get(root, "jobs")) != NULL)
    {
        SS_TRY(ss_read_count(r, at, "jobs", 1, 256, &n));
        r->p->jobs = (size_t) n;
    }
    if ((at = ss_yaml_get(root, "max_snapshot_age")) != NULL)
        SS_TRY(ss_read_duration(r, at, "max_snapshot_age", &r->p->max_snapshot_age_s));
    if ((at = ss_yaml_get(root, "require_signoff")) != NULL)
    {
        SS_TRY(ss_read_word(r, at, "word for require_signoff", ss_signoff_names, SS_NSIGNOFFS, &i));
        r->p->require_signoff = (ss_signoff) i;
    }
    return SS_OK;
}

/* Relative paths of a file start there. */
static const char *
folder_of(const char *file, ss_arena *result)
{
    const char *slash = strrchr(file, '/');

    return slash == NULL ? "." : ss_strndup(result, file, (size_t) (slash - file) + 1);
}

static ss_code read_policy(const char *file, const ss_yaml *root, const including *by,
                           ss_arena *result, ss_policy **policy, ss_error *err);

static ss_code
read_file(const char *file, const including *by, ss_arena *result, ss_policy **policy,
          const char **digest, ss_error *err)
{
    ss_yaml *root;
    char *text;
    size_t n;

    SS_TRY(ss_file_read(file, SS_POLICY_FILE_LIMIT, result, &text, &n, err));
    *digest = ss_digest(result, text, n);
    SS_TRY(ss_yaml_parse(file, text, n, result, &root, err));
    return read_policy(file, root, by, result, policy, err);
}

/* The policy that base: names, from the folder of the file that names it. */
static ss_code
read_base(const ss_reading *r, const ss_yaml *at, const char *folder, const including *by,
          ss_policy **base)
{
    const including here = {.real = ss_path_absolute(r->result, r->file),
                            .by = by,
                            .depth = by == NULL ? 1 : by->depth + 1};
    const char *name = NULL, *file, *real, *digest;
    ss_code code;

    SS_TRY(ss_read_scalar(r, at, "base", &name));
    file = strcmp(folder, ".") == 0 ? name : ss_path_join(r->result, folder, name);
    real = ss_path_absolute(r->result, file);
    for (const including *i = &here; i != NULL; i = i->by)
    {
        if (strcmp(i->real, real) == 0)
            return ss_yaml_fail(r->file, at, r->err, "base: \"%.200s\" is %s",
                                ss_printable(r->result, name),
                                i == &here ? "this file itself" : "a file that includes this one");
    }
    if (here.depth > BASES_MAX)
        return ss_yaml_fail(r->file, at, r->err, "base: more than %d files include one another",
                            BASES_MAX);
    code = read_file(file, &here, r->result, base, &digest, r->err);
    if (code != SS_OK)
        return ss_note(r->err, "%s:%zu:%zu: base", r->file, at->line, at->column);
    (*base)->base_digest = (*base)->base_digest == NULL
                               ? digest
                               : ss_strf(r->result, "%s %s", digest, (*base)->base_digest);
    return SS_OK;
}

/* output is NULL where none of the files names it. */
static ss_code
read_policy(const char *file, const ss_yaml *root, const including *by, ss_arena *result,
            ss_policy **policy, ss_error *err)
{
    static const char *const keys[] = {
        "sandseed", "source",          "target",        "output", "schema_source",    "people",
        "rows",     "on_change",       "schema",        "rules",  "tables",           "when_in_use",
        "access",   "require_signoff", "keep_previous", "jobs",   "max_snapshot_age", "key",
        "subset",   "links",           "base",          "csv",    "learn_rows"};
    const char *folder = folder_of(file, result), *text = NULL;
    ss_policy *p = ss_alloc(result, 1, sizeof *p), *base = NULL;
    ss_reading r = {
        .file = file, .result = result, .err = err, .p = p, .depth = by == NULL ? 0 : by->depth};
    const ss_yaml *at;

    SS_TRY(ss_read_known_keys(&r, root, "a policy", keys, SS_NWORDS(keys)));
    at = ss_yaml_get(root, "sandseed");
    if (at == NULL)
        return ss_yaml_fail(file, root, err, "a policy begins with \"sandseed: 1\"");
    if (at->kind != SS_YAML_SCALAR || at->quoted || strcmp(at->text, "1") != 0)
        return ss_yaml_fail(file, at, err, "sandseed must be 1, the version of this format");
    if ((at = ss_yaml_get(root, "base")) != NULL)
        SS_TRY(read_base(&r, at, folder, by, &base));
    r.base = base;
    *p = base == NULL ? (ss_policy){.people = 11, .source_folder = folder, .target_folder = folder}
                      : *base;
    p->file = file;
    p->nown_csv = p->nown_rules = p->nown_tables = 0;
    SS_TRY(read_endpoints(&r, root, folder));
    if ((at = ss_yaml_get(root, "output")) != NULL)
    {
        SS_TRY(ss_read_scalar(&r, at, "output", &text));
        p->output = ss_path_absolute(result, ss_path_join(result, folder, text));
    }
    SS_TRY(read_limits(&r, root));
    if ((at = ss_yaml_get(root, "on_change")) != NULL)
        SS_TRY(read_on_change(&r, at));
    if ((at = ss_yaml_get(root, "schema")) != NULL)
        SS_TRY(read_schema(&r, at));
    if ((at = ss_yaml_get(root, "when_in_use")) != NULL)
        SS_TRY(read_when_in_use(&r, at));
    if ((at = ss_yaml_get(root, "access")) != NULL)
        SS_TRY(read_access(&r, at));
    if ((at = ss_yaml_get(root, "key")) != NULL)
        SS_TRY(ss_policy_key_from_yaml(file, at, folder, result, &p->key, err));
    if ((at = ss_yaml_get(root, "links")) != NULL)
        SS_TRY(ss_policy_links_from_yaml(file, at, result, &p->links, &p->nlinks, err));
    if ((at = ss_yaml_get(root, "subset")) != NULL)
        SS_TRY(ss_read_subset(&r, at, folder));
    if ((at = ss_yaml_get(root, "csv")) != NULL)
        SS_TRY(read_csv(&r, at));
    if ((at = ss_yaml_get(root, "rules")) != NULL)
        SS_TRY(ss_read_rules(&r, at));
    if ((at = ss_yaml_get(root, "tables")) != NULL)
        SS_TRY(ss_read_tables(&r, at));
    *policy = p;
    return SS_OK;
}

/* Where no file says it. */
static ss_policy *
with_defaults(ss_policy *p, ss_arena *result)
{
    if (p->output == NULL)
        p->output = ss_path_absolute(
            result, ss_path_join(result, folder_of(p->file, result), "sandseed-out"));
    return p;
}

ss_code
ss_policy_from_yaml(const char *file, const ss_yaml *root, ss_arena *result, ss_policy **policy,
                    ss_error *err)
{
    ss_policy *p;

    SS_TRY(read_policy(file, root, NULL, result, &p, err));
    *policy = with_defaults(p, result);
    return SS_OK;
}

ss_code
ss_policy_read(const char *file, ss_arena *result, ss_policy **policy, ss_error *err)
{
    const char *digest;
    ss_policy *p;

    SS_TRY(read_file(ss_strdup(result, file), NULL, result, &p, &digest, err));
    *policy = with_defaults(p, result);
    return SS_OK;
}
