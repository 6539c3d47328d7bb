/*
 * What a signature covers, as a digest: when any of it changes, the entry shows as unsigned.
 *
 * Each part is written with its length, so that no two lists give the same text.
 */
#include <string.h>

#include "base/buf.h"
#include "policy/policy_internal.h"
#include "secret/digest.h"

#define ADDED_MAX 200 /* columns of a table in which one that was added is looked for */

static void
part(ss_buf *out, const char *text)
{
    if (text == NULL)
        ss_buf_puts(out, "-;");
    else
        ss_buf_printf(out, "%zu:%s;", strlen(text), text);
}

static const char *
finish(ss_buf *out, ss_arena *result)
{
    const char *digest = ss_digest_short(result, out->data, out->len);

    ss_buf_done(out);
    return digest;
}

static void
decision(ss_buf *out, ss_class class, ss_treatment treatment, const char *kind, const char *to,
         const char *value)
{
    part(out, ss_class_name(class));
    part(out, ss_treatment_name(treatment));
    part(out, kind);
    part(out, to);
    part(out, value);
}

static void
rule_decision(ss_buf *out, const ss_policy_rule *rule)
{
    decision(out, rule->class, rule->treatment, rule->kind, rule->to, rule->value);
}

static void
entry_decision(ss_buf *out, const ss_policy_column *entry)
{
    decision(out, entry->class, entry->treatment, entry->kind, entry->to, entry->value);
    if (entry->references_table == NULL)
        return; /* as before there was any */
    part(out, entry->references_table);
    part(out, entry->references_column);
}

const char *
ss_policy_cover_column(const ss_policy_table *table, const ss_policy_column *entry,
                       const ss_column *column, ss_arena *result)
{
    ss_buf out = {0};

    part(&out, "column");
    part(&out, table->label);
    part(&out, ss_mode_name(table->mode));
    part(&out, column->name);
    part(&out, column->type_text);
    entry_decision(&out, entry);
    return finish(&out, result);
}

/* What decides one column of a signed table: "own" and its entry, "rule" and the rule, or "none". */
static void
column_of_table(ss_buf *out, const ss_policy *policy, const ss_catalog *catalog,
                const ss_policy_table *entry, const ss_table *table, const ss_column *column,
                ss_arena *scratch)
{
    const ss_policy_rule *rival, *rule;

    part(out, column->name);
    part(out, column->type_text);
    for (size_t i = 0; i < entry->ncolumns; i++)
    {
        if (strcmp(entry->columns[i].name, column->name) != 0)
            continue;
        part(out, "own");
        entry_decision(out, &entry->columns[i]);
        return;
    }
    rule = ss_rule_find(policy, catalog, table, column, scratch, &rival);
    part(out, rule == NULL ? "none" : "rule");
    if (rule != NULL)
        rule_decision(out, rule);
}

/* Of the table as it would be without that column; SS_NONE: as it is. */
static const char *
cover_without(const ss_policy *policy, const ss_catalog *catalog, const ss_policy_table *entry,
              const ss_table *table, size_t without, ss_arena *result)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_buf out = {0};

    part(&out, "table");
    part(&out, entry->label);
    part(&out, ss_mode_name(entry->mode));
    ss_buf_printf(&out, "%zu;", entry->nsubject);
    for (size_t i = 0; i < entry->nsubject; i++)
        part(&out, entry->subject[i]);
    for (size_t i = 0; i < table->ncolumns; i++)
    {
        if (i != without)
            column_of_table(&out, policy, catalog, entry, table, &table->columns[i], scratch);
    }
    ss_arena_free(scratch);
    return finish(&out, result);
}

const char *
ss_policy_cover_table(const ss_policy *policy, const ss_catalog *catalog,
                      const ss_policy_table *entry, const ss_table *table, ss_arena *result)
{
    return cover_without(policy, catalog, entry, table, SS_NONE, result);
}

size_t
ss_policy_added_column(const ss_policy *policy, const ss_catalog *catalog,
                       const ss_policy_table *entry, const ss_table *table)
{
    ss_arena *scratch = ss_arena_new(NULL);
    size_t added = SS_NONE;

    for (size_t i = 0; i < table->ncolumns && table->ncolumns <= ADDED_MAX && added == SS_NONE; i++)
    {
        if (strcmp(cover_without(policy, catalog, entry, table, i, scratch),
                   entry->signature.covers) == 0)
            added = i;
    }
    ss_arena_free(scratch);
    return added;
}

/* The mode of the table that the policy names so, or NULL. */
static const char *
mode_of(const ss_policy *policy, const char *label)
{
    for (size_t i = 0; i < policy->ntables; i++)
    {
        if (strcmp(policy->tables[i].label, label) == 0)
            return ss_mode_name(policy->tables[i].mode);
    }
    return NULL;
}

const char *
ss_policy_cover_rule(const ss_policy *policy, const ss_catalog *catalog, const ss_policy_rule *rule,
                     const ss_rule_columns *columns, ss_arena *result)
{
    const ss_table *table = NULL;
    const char *mode = NULL;
    ss_buf out = {0};

    part(&out, "rule");
    part(&out, rule->match);
    part(&out, rule->domain);
    part(&out, rule->type);
    rule_decision(&out, rule);
    for (size_t i = 0; i < columns->n; i++)
    {
        const ss_rule_column *column = &columns->list[i];

        if (!column->covered)
            continue;
        if (table != &catalog->tables[column->table])
        {
            table = &catalog->tables[column->table];
            mode = mode_of(policy, table->label);
        }
        part(&out, column->label);
        part(&out, table->columns[column->column].type_text);
        part(&out, mode);
    }
    return finish(&out, result);
}

const char *
ss_policy_cover_text(const ss_text_rule *rule, const char *digest, ss_arena *result)
{
    ss_buf out = {0};

    part(&out, "text");
    part(&out, rule->object);
    part(&out, rule->fate == SS_TEXT_KEEP ? "keep" : "replace");
    for (size_t k = 0; k < SS_TEXT_NKINDS && rule->fate == SS_TEXT_KEEP; k++)
    {
        part(&out, ss_text_kind_names[k]);
        ss_buf_printf(&out, "%zu;", rule->counts[k]);
    }
    part(&out, rule->with);
    part(&out, digest);
    return finish(&out, result);
}
