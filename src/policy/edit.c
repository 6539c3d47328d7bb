#include "policy/edit.h"

#include <string.h>

#include "base/file.h"
#include "base/try.h"
#include "policy/lock.h"
#include "policy/policy_internal.h"

#define MARK 256

static const char *
line_end_of(const char *text)
{
    const size_t at = strcspn(text, "\r\n");

    return text[at] != '\r' ? "\n" : text[at + 1] == '\n' ? "\r\n" : "\r";
}

static size_t
next_character(const ss_editing *e, size_t at)
{
    at++;
    while (at < e->n && (e->text[at] & 0xC0) == 0x80)
        at++;
    return at;
}

static void
mark_characters(ss_editing *e)
{
    size_t n = 0;

    e->marks = ss_alloc(e->arena, e->n / MARK + 2, sizeof *e->marks);
    for (size_t at = ss_yaml_begins(e->text, e->n); at < e->n; at = next_character(e, at))
    {
        if (n++ % MARK == 0)
            e->marks[(n - 1) / MARK] = at;
    }
    if (n % MARK == 0)
        e->marks[n / MARK] = e->n;
}

size_t
ss_edit_byte_of(const ss_editing *e, size_t character)
{
    size_t at = e->marks[character / MARK];

    for (size_t i = character % MARK; i > 0 && at < e->n; i--)
        at = next_character(e, at);
    return at;
}

ss_code
ss_edit_begin(ss_editing *e, const char *file, ss_arena *result, ss_policy_changes *changes,
              ss_error *err)
{
    ss_error unread;

    *e = (ss_editing){
        .file = file, .arena = ss_arena_new(NULL), .result = result, .changes = changes};
    SS_TRY(ss_file_read(file, SS_POLICY_FILE_LIMIT, e->arena, &e->text, &e->n, err));
    e->line_end = line_end_of(e->text);
    mark_characters(e);
    e->ended = e->n == 0 || strchr("\r\n", e->text[e->n - 1]) != NULL;
    SS_TRY(ss_yaml_parse(file, e->text, e->n, e->arena, &e->root, err));
    SS_TRY(ss_policy_from_yaml(file, e->root, e->arena, &e->policy, err));
    /* plan writes another one, whatever is wrong with it. */
    if (ss_lock_read(file, e->arena, &e->policy->lock, &unread) != SS_OK)
        e->policy->lock = NULL;
    return SS_OK;
}

void
ss_edit_add(ss_editing *e, size_t at, size_t remove, const char *text)
{
    ss_buf lines = {0};

    for (const char *c = text; *c != '\0'; c++)
    {
        if (*c == '\n')
            ss_buf_puts(&lines, e->line_end);
        else
            ss_buf_putc(&lines, *c);
    }
    text = ss_strdup(e->arena, ss_buf_text(&lines));
    ss_buf_done(&lines);
    e->edits = ss_grow(e->arena, e->edits, e->nedits, &e->capacity, sizeof *e->edits);
    e->edits[e->nedits++] = (ss_edit){at, remove, text};
}

void
ss_edit_note(ss_editing *e, ss_policy_change change)
{
    ss_policy_changes *c = e->changes;

    change.object = ss_strdup(e->result, change.object);
    if (change.rule != NULL)
        change.rule = ss_strdup(e->result, change.rule);
    if (change.covers != NULL)
        change.covers = ss_strdup(e->result, change.covers);
    if (change.place != NULL)
        change.place = ss_strdup(e->result, change.place);
    c->list = ss_grow(e->result, c->list, c->n, &c->capacity, sizeof *c->list);
    c->list[c->n++] = change;
}

size_t
ss_edit_end_of(const ss_editing *e, const ss_yaml *node)
{
    size_t at = ss_edit_byte_of(e, node->end);

    while (at > 0 && strchr(" \t\r\n", e->text[at - 1]) != NULL)
        at--;
    return at;
}

void
ss_edit_add_lines(ss_editing *e, const ss_yaml *behind, const char *text)
{
    size_t at = ss_edit_end_of(e, behind);

    at += strcspn(e->text + at, "\r\n");
    at += strspn(e->text + at, "\r\n") == 0 ? 0 : strncmp(e->text + at, "\r\n", 2) == 0 ? 2 : 1;
    if (at == e->n && !e->ended)
    {
        text = ss_strf(e->arena, "\n%s", text);
        e->ended = true;
    }
    ss_edit_add(e, at, 0, text);
}

/* What is written must be a policy again: how people laid the file out may be nothing that text can be put into. */
static ss_code
check_edited(const ss_editing *e, const char *text, size_t n)
{
    ss_error unused = {0};
    ss_policy *policy;
    ss_yaml *root;

    SS_TRY(ss_yaml_parse(e->file, text, n, e->arena, &root, &unused));
    return ss_policy_from_yaml(e->file, root, e->arena, &policy, &unused);
}

/* Another plan or sign of the same file is not undone. */
static ss_code
check_unchanged(const ss_editing *e, ss_error *err)
{
    char *now;
    size_t n;

    SS_TRY(ss_file_read(e->file, SS_POLICY_FILE_LIMIT, e->arena, &now, &n, err));
    if (n == e->n && memcmp(now, e->text, n) == 0)
        return SS_OK;
    (void) ss_fail(err, SS_ERETRY, "%s has changed while it was edited; it is left as it is",
                   e->file);
    return ss_hint(err, "Run the command again.");
}

ss_code
ss_edit_finish(ss_editing *e, ss_error *err)
{
    ss_buf out = {0};
    size_t from = 0;
    ss_code code = SS_OK;

    for (size_t i = 1; i < e->nedits; i++)
    {
        const ss_edit moving = e->edits[i];
        size_t k = i;

        for (; k > 0 && e->edits[k - 1].at > moving.at; k--)
            e->edits[k] = e->edits[k - 1];
        e->edits[k] = moving;
    }
    for (size_t i = 0; i < e->nedits; i++)
    {
        ss_buf_append(&out, e->text + from, e->edits[i].at - from);
        ss_buf_puts(&out, e->edits[i].text);
        from = e->edits[i].at + e->edits[i].remove;
    }
    ss_buf_append(&out, e->text + from, e->n - from);
    if (check_edited(e, (const char *) out.data, out.len) != SS_OK)
    {
        (void) ss_fail(
            err, SS_EMEND,
            "%s: what is to be added finds no place in the file as it is laid out: it is "
            "left as it was",
            e->file);
        code = ss_hint(err, "Write tables: and columns: one entry a line.");
    }
    else if ((code = check_unchanged(e, err)) == SS_OK)
        code = ss_file_write_over(e->file, out.data, out.len, 0600, err);
    ss_buf_done(&out);
    return code;
}

void
ss_edit_put_in_braces(ss_editing *e, const ss_yaml *map, const char *text)
{
    const size_t at = map->n == 0 ? ss_edit_byte_of(e, map->start) + 1
                                  : ss_edit_byte_of(e, map->values[map->n - 1]->end);

    ss_edit_add(e, at, 0, ss_strf(e->arena, "%s%s", map->n == 0 ? "" : ", ", text));
}

void
ss_edit_put_value(ss_editing *e, const ss_yaml *map, const char *key, const char *value)
{
    const ss_yaml *old = ss_yaml_get(map, key);

    if (old != NULL)
    {
        const size_t start = ss_edit_byte_of(e, old->start), end = ss_edit_byte_of(e, old->end);

        ss_edit_add(e, start, end - start, value);
    }
    else if (map->flow)
        ss_edit_put_in_braces(e, map, ss_strf(e->arena, "%s: %s", key, value));
    else
    {
        /* A rule has two keys at least, so its last one begins a line. */
        const ss_yaml *last = map->keys[map->n - 1];

        ss_edit_add(e, ss_edit_byte_of(e, last->start), 0,
                    ss_strf(e->arena, "%s: %s\n%*s", key, value, (int) last->column - 1, ""));
    }
}

size_t
ss_edit_indent_of(const ss_editing *e, const ss_yaml *map)
{
    const size_t key = ss_edit_byte_of(e, map->keys[0]->start);
    size_t at = key;

    while (at > 0 && e->text[at - 1] == ' ')
        at--;
    return map->keys[0]->column - 1 - (at > 0 && e->text[at - 1] == '?' ? key - at + 1 : 0);
}

size_t
ss_edit_entries_by(const ss_editing *e, const ss_yaml *section)
{
    if (section != NULL && section->kind == SS_YAML_MAP && !section->flow)
        return ss_edit_indent_of(e, section);
    return e->root->keys[0]->column + 1;
}

ss_code
ss_edit_insert_entries(ss_editing *e, const char *key, const char *head, const char *text,
                       ss_error *err)
{
    const ss_yaml *section = ss_yaml_get(e->root, key);

    if (section == NULL && !e->root->flow)
        ss_edit_add_lines(
            e, e->root->values[e->root->n - 1],
            ss_strf(e->arena, "%*s%s%s", (int) e->root->keys[0]->column - 1, "", head, text));
    else if (section != NULL && ss_yaml_is_nothing(section) && !e->root->flow)
        ss_edit_add_lines(e, section, text);
    else if (section != NULL && section->kind == SS_YAML_MAP && !section->flow)
        ss_edit_add_lines(e, section->values[section->n - 1], text);
    else
    {
        (void) ss_yaml_fail(e->file, section == NULL ? e->root : section, err,
                            "nothing can be added to %s: in braces; the file is left as it was",
                            section == NULL ? "a policy" : key);
        return ss_hint(err, "Write %s: as one entry a line, without braces.", key);
    }
    return SS_OK;
}

/* --- what plan and sign both write */

void
ss_edit_put_covered(ss_editing *e, size_t i, const ss_rule_columns *columns, bool is_signed)
{
    const ss_policy_rule *rule = &e->policy->rules[i];
    const ss_yaml *map = ss_yaml_get(e->root, "rules")->values[i];
    const char *name = ss_policy_rule_name(rule, e->arena);

    if (columns->n == 0 || (rule->digest != NULL && rule->matched == columns->n &&
                            strcmp(rule->digest, columns->digest) == 0))
        return;
    ss_edit_put_value(e, map, "matched", ss_strf(e->arena, "%zu", columns->n));
    ss_edit_put_value(e, map, "digest", ss_strf(e->arena, "\"%s\"", columns->digest));
    if (!is_signed) /* which is told by itself */
        ss_edit_note(e,
                     (ss_policy_change){.kind = SS_CHANGE_RULE, .object = name, .n = columns->n});
    for (size_t c = 0; c < columns->n; c++)
    {
        if (!columns->list[c].covered)
            ss_edit_note(e, (ss_policy_change){.kind = SS_CHANGE_COVERED,
                                               .object = columns->list[c].label,
                                               .rule = name});
    }
}

bool
ss_edit_owns_text(const ss_editing *e, size_t i)
{
    return strcmp(e->policy->texts[i].place.file, e->file) == 0;
}

const ss_yaml *
ss_edit_text_entry(const ss_editing *e, size_t i)
{
    return ss_yaml_get(ss_yaml_get(e->root, "schema"), "text")->values[i];
}
