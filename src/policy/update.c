#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "base/try.h"
#include "policy/edit.h"
#include "policy/policy_internal.h"
#include "policy/proposal.h"

/* Of texts that are kept and have none.  One that is not that of the text any more is a person's to renew. */
static void
put_digests(ss_editing *e, const ss_catalog *catalog)
{
    for (size_t i = 0; i < e->policy->ntexts; i++)
    {
        const ss_text_rule *rule = &e->policy->texts[i];
        const ss_suspect *suspect = ss_catalog_suspect(catalog, rule->object);

        if (!ss_edit_owns_text(e, i) || rule->fate != SS_TEXT_KEEP || rule->digest != NULL ||
            suspect == NULL)
            continue;
        ss_edit_put_value(e, ss_edit_text_entry(e, i), "digest",
                          ss_strf(e->arena, "\"%s\"", suspect->digest));
        ss_edit_note(e, (ss_policy_change){.kind = SS_CHANGE_DIGEST, .object = rule->object});
    }
}

/* Does neither the table's entry nor a rule say anything of column c? */
static bool
is_new(const ss_editing *e, const ss_catalog *catalog, const ss_policy_table *entry,
       const ss_table *table, size_t c)
{
    if (table->columns[c].generated != SS_GENERATED_NOT ||
        ss_propose_is_ruled(e->policy, catalog, table, c))
        return false;
    for (size_t k = 0; k < entry->ncolumns; k++)
    {
        if (strcmp(entry->columns[k].name, table->columns[c].name) == 0)
            return false;
    }
    return true;
}

static void
note_column(ss_editing *e, const ss_table *table, size_t c)
{
    ss_edit_note(e, (ss_policy_change){
                        .kind = SS_CHANGE_COLUMN,
                        .object = ss_policy_label(table->label, table->columns[c].name, e->arena)});
}

/* What the base lacks of a table that the base alone names: the file gets an entry with these columns. */
static void
put_columns_beside_base(ss_editing *e, ss_buf *added, const ss_catalog *catalog,
                        const ss_policy_table *entry, const ss_table *table, const ss_proposed *p,
                        size_t by)
{
    bool any = false;

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (!is_new(e, catalog, entry, table, c))
            continue;
        if (!any)
        {
            ss_buf_printf(added, "%*s", (int) by, "");
            ss_policy_put_scalar(added, table->label);
            ss_buf_printf(added, ":\n%*scolumns:\n", (int) by + 2, "");
        }
        any = true;
        note_column(e, table, c);
        ss_propose_put_column(added, catalog, table, c, p, entry->mode, ss_propose_width(table),
                              by + 4);
    }
}

static void
insert_columns(ss_editing *e, const ss_catalog *catalog, const ss_yaml *map,
               const ss_policy_table *entry, const ss_table *table, const ss_proposed *p)
{
    const ss_yaml *columns = ss_yaml_get(map, "columns");
    const bool nothing = columns != NULL && ss_yaml_is_nothing(columns);
    const ss_yaml *into = columns != NULL && !nothing ? columns : map;
    const size_t by = into->flow || into->n == 0 ? 0 : into->keys[0]->column - 1;
    ss_buf text = {0};

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (!is_new(e, catalog, entry, table, c))
            continue;
        note_column(e, table, c);
        if (into->flow)
        {
            ss_buf_puts(&text, text.len == 0 ? "" : ", ");
            ss_policy_put_scalar(&text, table->columns[c].name);
            ss_buf_puts(&text, ": ");
            ss_propose_put(&text, p, c, entry->mode, catalog, table);
        }
        else
            ss_propose_put_column(&text, catalog, table, c, p, entry->mode, ss_propose_width(table),
                                  into == map ? by + 2 : by);
    }
    if (text.len > 0 && nothing && into->flow)
        ss_edit_add(e, ss_edit_byte_of(e, columns->end), 0,
                    ss_strf(e->arena, " {%s}", ss_buf_text(&text)));
    else if (text.len > 0 && into->flow)
        ss_edit_put_in_braces(
            e, into,
            ss_strf(e->arena, columns != NULL ? "%s" : "columns: {%s}", ss_buf_text(&text)));
    else if (text.len > 0 && nothing)
        ss_edit_add_lines(e, columns, ss_buf_text(&text));
    else if (text.len > 0)
        ss_edit_add_lines(e, into->values[into->n - 1],
                          columns != NULL ? ss_buf_text(&text)
                                          : ss_strf(e->arena, "%*scolumns:\n%s", (int) by, "",
                                                    ss_buf_text(&text)));
    ss_buf_done(&text);
}

static void
note_vanished_at(ss_editing *e, const char *object, const ss_place *place)
{
    ss_edit_note(e, (ss_policy_change){.kind = SS_CHANGE_VANISHED,
                                       .object = object,
                                       .place = ss_strf(e->arena, "%s:%zu:%zu", place->file,
                                                        place->line, place->column)});
}

/* What the policy names and the source has no more; people take it out. */
static void
note_vanished(ss_editing *e, const ss_catalog *catalog)
{
    for (size_t t = 0; t < e->policy->ntables; t++)
    {
        const ss_policy_table *entry = &e->policy->tables[t];
        const ss_table *table = ss_catalog_find(catalog, entry->label);

        if (table == NULL)
            note_vanished_at(e, entry->label, &entry->place);
        for (size_t c = 0; table != NULL && c < entry->ncolumns; c++)
        {
            if (ss_table_column(table, entry->columns[c].name) == NULL)
                note_vanished_at(e, ss_policy_label(entry->label, entry->columns[c].name, e->arena),
                                 &entry->columns[c].place);
        }
    }
}

/* The numbers of the tables' entries, from 1, by their labels. */
static ss_map *
entries_of(const ss_policy *policy, ss_arena *result)
{
    ss_map *entries = ss_map_new(result);

    for (size_t k = 0; k < policy->ntables; k++)
        (void) ss_map_put(entries, policy->tables[k].label, (void *) (uintptr_t) (k + 1));
    return entries;
}

/* What looks personal in the schema's own text and has no entry yet, in the order of the catalog. */
static ss_code
insert_texts(ss_editing *e, const ss_catalog *catalog, ss_error *err)
{
    const ss_yaml *schema = ss_yaml_get(e->root, "schema");
    const ss_yaml *text = schema == NULL ? NULL : ss_yaml_get(schema, "text");
    const bool in_braces = (schema != NULL && schema->flow) || (text != NULL && text->flow);
    const size_t deep = schema != NULL && schema->kind == SS_YAML_MAP && schema->n > 0
                            ? ss_edit_indent_of(e, schema)
                            : e->root->keys[0]->column + 1;
    const bool more = text != NULL && text->kind == SS_YAML_MAP && text->n > 0;
    const size_t by = more ? ss_edit_indent_of(e, text) : deep + 2;
    const char *head = ss_strf(e->arena, "%*s" SS_TEXT_HEAD, (int) deep, "");
    ss_buf added = {0};
    const char *entries;

    for (size_t i = 0; i < catalog->nsuspects; i++)
    {
        const ss_suspect *s = &catalog->suspects[i];

        if (ss_policy_text_rule(e->policy, s->object) != NULL)
            continue;
        ss_text_rule_write(s, by, &added);
        ss_edit_note(e, (ss_policy_change){.kind = SS_CHANGE_TEXT, .object = s->object});
    }
    entries = ss_strdup(e->arena, ss_buf_text(&added));
    ss_buf_done(&added);
    if (entries[0] == '\0')
        return SS_OK;
    if (in_braces)
    {
        (void) ss_yaml_fail(e->file, text != NULL ? text : schema, err,
                            "nothing can be added to %s: in braces; the file is left as it was",
                            text != NULL ? "text" : "schema");
        return ss_hint(err, "Write schema: and its text: as one entry a line, without braces.");
    }
    if (more)
        ss_edit_add_lines(e, text->values[text->n - 1], entries);
    else if (text != NULL)
        ss_edit_add_lines(e, text, entries);
    else if (schema != NULL && schema->kind == SS_YAML_MAP && schema->n > 0)
        ss_edit_add_lines(e, schema->values[schema->n - 1],
                          ss_strf(e->arena, "%s%s", head, entries));
    else
        return ss_edit_insert_entries(e, "schema", SS_SCHEMA_HEAD,
                                      ss_strf(e->arena, "%s%s", head, entries), err);
    return SS_OK;
}

/* --- the csv: section */

static void
insert_typed(ss_editing *e, const ss_yaml *entry, const ss_csv_table *known,
             const ss_csv_table *table, ss_arena *scratch)
{
    const ss_yaml *columns = ss_yaml_get(entry, "columns");
    const size_t by = columns->keys[0]->column - 1;
    ss_buf text = {0};

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (ss_csv_table_has(known, table->columns[c].name))
            continue;
        if (!columns->flow)
            ss_buf_printf(&text, "%*s", (int) by, "");
        else
            ss_buf_puts(&text, text.len == 0 ? "" : ", ");
        ss_csv_typed_write(&table->columns[c], &text);
        ss_buf_puts(&text, columns->flow ? "" : "\n");
        ss_edit_note(e, (ss_policy_change){.kind = SS_CHANGE_CSV,
                                           .object = ss_policy_label(
                                               table->label, table->columns[c].name, scratch)});
    }
    if (text.len > 0 && columns->flow)
        ss_edit_put_in_braces(e, columns, ss_strdup(e->arena, ss_buf_text(&text)));
    else if (text.len > 0)
        ss_edit_add_lines(e, columns->values[columns->n - 1], ss_buf_text(&text));
    ss_buf_done(&text);
}

/* What a file says of a table's files it says whole: nothing can be added beside it. */
static ss_code
check_base_csv(const ss_csv_table *known, const ss_csv_table *table, ss_error *err)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (ss_csv_table_has(known, table->columns[c].name))
            continue;
        (void) ss_fail(err, SS_EMEND, "%s:%zu:%zu: csv: has not all columns of the table's files",
                       known->place.file, known->place.line, known->place.column);
        return ss_hint(err, "sandseed plan %s brings them in.", known->place.file);
    }
    return SS_OK;
}

static ss_code
insert_csv(ss_editing *e, const ss_csv_table *tables, size_t ntables, ss_error *err)
{
    const ss_yaml *map = ss_yaml_get(e->root, "csv");
    ss_buf added = {0};
    ss_code code = SS_OK;

    for (size_t t = 0; code == SS_OK && t < ntables; t++)
    {
        const ss_csv_table *known =
            ss_csv_table_find(e->policy->csv, e->policy->ncsv, tables[t].label);

        if (known != NULL && known >= e->policy->csv + e->policy->nown_csv)
        {
            code = check_base_csv(known, &tables[t], err);
            continue;
        }
        if (known != NULL)
        {
            insert_typed(e, map->values[known - e->policy->csv], known, &tables[t], e->arena);
            continue;
        }
        ss_csv_table_write(&tables[t], ss_edit_entries_by(e, map), &added);
        ss_edit_note(e, (ss_policy_change){.kind = SS_CHANGE_CSV, .object = tables[t].label});
    }
    if (code == SS_OK && added.len > 0)
        code = ss_edit_insert_entries(e, "csv", SS_CSV_HEAD, ss_buf_text(&added), err);
    ss_buf_done(&added);
    return code;
}

/* --- all of it */

ss_code
ss_policy_update(const char *file, const ss_new_policy *new_policy, ss_arena *result,
                 ss_policy_changes *changes, ss_error *err)
{
    const ss_catalog *catalog = new_policy->catalog;
    const ss_subject_proposal *subjects = new_policy->subjects;
    const char *const *why = NULL;
    const ss_map *entries = NULL;
    const ss_yaml *tables;
    ss_editing e;
    ss_code code = ss_edit_begin(&e, file, result, changes, err);
    ss_buf added = {0};

    if (code == SS_OK)
    {
        why = ss_policy_why_empty(catalog, e.policy, e.arena);
        entries = entries_of(e.policy, e.arena);
    }
    tables = code == SS_OK ? ss_yaml_get(e.root, "tables") : NULL;
    for (size_t t = 0; code == SS_OK && t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        const uintptr_t at = (uintptr_t) ss_map_get(entries, table->label);
        const ss_policy_table *entry = at == 0 ? NULL : &e.policy->tables[at - 1];
        const ss_proposed p = {.columns = new_policy->proposals[t],
                               .update = true,
                               .subject = subjects == NULL ? NULL : &subjects[t],
                               .empty_why = why[t]};

        if (!ss_propose_is_named(table))
            continue;
        if (entry == NULL)
        {
            ss_propose_put_table(&added, e.policy, catalog, table, SS_MODE_SYNTHESISE, &p,
                                 ss_edit_entries_by(&e, tables));
            ss_edit_note(&e, (ss_policy_change){.kind = SS_CHANGE_TABLE, .object = table->label});
        }
        /* A kept table without columns is decided, and signed, as a whole. */
        else if (entry->mode == SS_MODE_EMPTY ||
                 (entry->mode == SS_MODE_KEEP && entry->ncolumns == 0))
            continue;
        else if (at > e.policy->nown_tables)
            put_columns_beside_base(&e, &added, catalog, entry, table, &p,
                                    ss_edit_entries_by(&e, tables));
        else
            insert_columns(&e, catalog, tables->values[at - 1], entry, table, &p);
    }
    for (size_t i = 0; code == SS_OK && i < e.policy->nown_rules; i++)
    {
        const ss_rule_columns columns =
            ss_rule_columns_of(e.policy, &e.policy->rules[i], catalog, e.arena);

        ss_edit_put_covered(&e, i, &columns, false);
    }
    if (code == SS_OK && added.len > 0)
        code = ss_edit_insert_entries(&e, "tables", "tables:\n", ss_buf_text(&added), err);
    if (code == SS_OK)
        put_digests(&e, catalog);
    if (code == SS_OK)
        code = insert_texts(&e, catalog, err);
    if (code == SS_OK)
        code = insert_csv(&e, new_policy->csv, new_policy->ncsv, err);
    if (code == SS_OK && e.nedits > 0)
        code = ss_edit_finish(&e, err);
    if (code == SS_OK)
        note_vanished(&e, catalog);
    ss_buf_done(&added);
    ss_arena_free(e.arena);
    return code;
}
