/*
 * What a signature covers, as a digest: when any of it changes, the entry shows as unsigned.
 *
 * Each part is written with its length, so that no two lists give the same text.
 */
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/text.h"
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

/* Is it made of other types, which can change while its name stays? */
static bool
is_made_of_others(const ss_catalog *catalog, size_t type)
{
    while (type != SS_NONE && catalog->types[type].kind != SS_TYPE_DOMAIN &&
           catalog->types[type].kind != SS_TYPE_COMPOSITE)
        type = catalog->types[type].base;
    return type != SS_NONE;
}

/* What it is made of, down to types that are made of nothing; told: the composites whose fields stand there already. */
static void
put_parts(ss_buf *out, const ss_catalog *catalog, size_t type, int32_t typmod, bool *told)
{
    const ss_type *t = type == SS_NONE ? NULL : &catalog->types[type];

    if (t == NULL)
        return;
    if (t->kind == SS_TYPE_DOMAIN)
        put_parts(out, catalog, t->base, typmod < 0 ? t->base_typmod : typmod, told);
    else if (t->kind == SS_TYPE_COMPOSITE && !told[type])
    {
        told[type] = true;
        ss_buf_putc(out, '(');
        for (size_t i = 0; i < t->nfields; i++)
        {
            ss_buf_puts(out, i == 0 ? "" : ", ");
            ss_text_ident(out, t->fields[i].name);
            ss_buf_putc(out, ' ');
            put_parts(out, catalog, t->fields[i].type, t->fields[i].typmod, told);
        }
        ss_buf_putc(out, ')');
    }
    else if (t->kind != SS_TYPE_COMPOSITE && is_made_of_others(catalog, type))
    {
        put_parts(out, catalog, t->base, -1, told);
        ss_buf_puts(out, "[]");
    }
    else
        ss_buf_printf(out, "%s.%s %d", t->schema, t->name, (int) typmod);
}

const char *
ss_policy_type_text(const ss_catalog *catalog, const ss_column *column, ss_arena *result)
{
    ss_buf out = {0};
    const char *text;
    ss_arena *scratch;

    if (!is_made_of_others(catalog, column->type))
        return column->type_text;
    scratch = ss_arena_new(NULL);
    ss_buf_printf(&out, "%s over ", column->type_text);
    put_parts(&out, catalog, column->type, column->typmod,
              ss_alloc(scratch, catalog->ntypes, sizeof(bool)));
    ss_arena_free(scratch);
    text = ss_strdup(result, ss_buf_text(&out));
    ss_buf_done(&out);
    return text;
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
    /* As before there was any of these. */
    if (entry->days > 0)
        ss_buf_printf(out, "days:%u;", (unsigned) entry->days);
    if (entry->locale != NULL)
        ss_buf_printf(out, "locale:%zu:%s;", strlen(entry->locale), entry->locale);
    if (entry->references_table != NULL)
    {
        part(out, entry->references_table);
        part(out, entry->references_column);
    }
    for (size_t i = 0; i < entry->npaths; i++)
    {
        ss_buf_puts(out, "path:");
        part(out, entry->paths[i].name);
        entry_decision(out, &entry->paths[i]);
    }
}

const char *
ss_policy_cover_column(const ss_catalog *catalog, const ss_policy_table *table,
                       const ss_policy_column *entry, const ss_column *column, ss_arena *result)
{
    ss_buf out = {0};

    part(&out, "column");
    part(&out, table->label);
    part(&out, ss_mode_name(table->mode));
    part(&out, column->name);
    part(&out, ss_policy_type_text(catalog, column, result));
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
    part(out, ss_policy_type_text(catalog, column, scratch));
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

/* The modes of tables, as who signs the rule in its own file sees them: of those that have an entry in sight there. */
static ss_map *
modes_for(const ss_policy *policy, const ss_policy_rule *rule, ss_arena *result)
{
    ss_map *modes = ss_map_new(result);

    for (size_t i = 0; i < policy->ntables; i++)
    {
        const ss_policy_table *t = &policy->tables[i];

        if (t->deepest >= rule->place.depth)
            (void) ss_map_put(modes, t->label, (void *) (uintptr_t) (t->mode + 1));
    }
    return modes;
}

const char *
ss_policy_cover_rule(const ss_policy *policy, const ss_catalog *catalog, const ss_policy_rule *rule,
                     const ss_rule_columns *columns, ss_arena *result)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_map *modes = modes_for(policy, rule, scratch);
    ss_buf out = {0};

    part(&out, "rule");
    part(&out, rule->match);
    part(&out, rule->domain);
    part(&out, rule->type);
    rule_decision(&out, rule);
    for (size_t i = 0; i < columns->n; i++)
    {
        const ss_rule_column *column = &columns->list[i];
        const ss_table *table = &catalog->tables[column->table];
        const uintptr_t mode = (uintptr_t) ss_map_get(modes, table->label);

        if (!column->covered)
            continue;
        part(&out, column->label);
        part(&out, ss_policy_type_text(catalog, &table->columns[column->column], scratch));
        part(&out, mode == 0 ? NULL : ss_mode_name((ss_mode) (mode - 1)));
    }
    ss_arena_free(scratch);
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
