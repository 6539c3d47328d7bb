/* The policy's page for machines. */
#include <string.h>

#include "report/inspect_policy.h"
#include "report/json_text.h"

#define SS_POLICY_PAGE_VERSION 1

/* Who signed and when, and whether that counts: null where nobody signed. */
static void
set_signature(json_t *object, const ss_signature *s, bool covered)
{
    ss_json_set(object, "signed_by", ss_json_text(s == NULL ? NULL : s->by));
    ss_json_set(object, "signed_date", ss_json_text(s == NULL ? NULL : s->date));
    ss_json_set(object, "covered", s == NULL ? json_null() : json_boolean(covered));
}

static json_t *
rule_name(const ss_policy_rule *rule)
{
    ss_arena *scratch;
    json_t *name;

    if (rule == NULL)
        return json_null();
    scratch = ss_arena_new(NULL);
    name = ss_json_text(ss_policy_rule_name(rule, scratch));
    ss_arena_free(scratch);
    return name;
}

static json_t *
column_json(const ss_page_column *c)
{
    const ss_decision *d = c->decision;
    json_t *o = json_object();

    ss_json_set(o, "table", ss_json_text(c->table->label));
    ss_json_set(o, "column", ss_json_text(c->column->name));
    ss_json_set(o, "path", ss_json_text(c->path));
    ss_json_set(o, "type", ss_json_text(c->column->type_text));
    ss_json_set(o, "class", ss_json_text(c->class));
    ss_json_set(o, "kind", ss_json_text(d->kind));
    ss_json_set(o, "treatment", ss_json_text(c->treatment));
    ss_json_set(o, "to", ss_json_text(d->to));
    ss_json_set(o, "why", ss_json_text(d->why));
    ss_json_set(o, "rule", rule_name(d->rule));
    set_signature(o, c->signature, c->covered);
    ss_json_set(o, "personal", c->class == NULL ? json_null() : json_boolean(d->personal));
    ss_json_set(o, "leaves_with_values", json_boolean(c->leaves));
    ss_json_set(o, "undecided", json_boolean(d->undecided));
    ss_json_set(o, "lacks_signature", json_boolean(d->lacks_signature));
    ss_json_set(o, "stale_signature", json_boolean(ss_page_is_stale(c)));
    return o;
}

static json_t *
tables_json(const ss_plan *plan)
{
    json_t *list = json_array();

    for (size_t i = 0; i < plan->catalog->ntables; i++)
    {
        const ss_table *table = &plan->catalog->tables[i];
        const ss_table_plan *t = &plan->tables[i];
        json_t *o;

        if (table->is_partition)
            continue;
        o = json_object();
        ss_json_set(o, "table", ss_json_text(table->label));
        ss_json_set(o, "mode", json_string(ss_mode_name(t->mode)));
        ss_json_set(o, "why", ss_json_text(t->why));
        set_signature(o, t->signature, t->signed_by != NULL);
        ss_json_set(o, "added_column",
                    t->added == SS_NONE ? json_null()
                                        : ss_json_text(table->columns[t->added].name));
        ss_json_set_count(o, "columns", table->ncolumns);
        ss_json_set_count(o, "undecided_columns", t->undecided);
        (void) json_array_append_new(list, o);
    }
    return list;
}

static json_t *
rules_json(const ss_policy_page *page)
{
    const ss_policy *policy = page->plan->policy;
    json_t *list = json_array();

    for (size_t i = 0; i < policy->nrules; i++)
    {
        const ss_policy_rule *rule = &policy->rules[i];
        const ss_rule_columns *columns = &page->plan->rules[i];
        json_t *o = json_object(), *uncovered = json_array();

        for (size_t k = 0; k < columns->n; k++)
        {
            if (!columns->list[k].covered)
                (void) json_array_append_new(uncovered, ss_json_text(columns->list[k].label));
        }
        ss_json_set(o, "rule", rule_name(rule));
        ss_json_set(o, "class", json_string(ss_class_name(rule->class)));
        ss_json_set(o, "treatment",
                    rule->treatment == SS_TREAT_DEFAULT
                        ? json_null()
                        : json_string(ss_treatment_name(rule->treatment)));
        ss_json_set(o, "why", ss_json_text(rule->why));
        ss_json_set_count(o, "matches", columns->n);
        ss_json_set(o, "matched",
                    rule->digest == NULL ? json_null() : json_integer((json_int_t) rule->matched));
        ss_json_set_count(o, "decides", ss_page_decided(page, rule));
        ss_json_set(o, "not_covered", uncovered);
        set_signature(o, rule->signature.by == NULL ? NULL : &rule->signature, columns->is_signed);
        (void) json_array_append_new(list, o);
    }
    return list;
}

/* What looks personal in the schema's own text and is let through. */
static json_t *
texts_json(const ss_plan *plan)
{
    const ss_policy *policy = plan->policy;
    ss_arena *scratch = ss_arena_new(NULL);
    json_t *list = json_array();

    for (size_t i = 0; i < policy->ntexts; i++)
    {
        const ss_text_rule *rule = &policy->texts[i];
        json_t *o;

        if (rule->fate != SS_TEXT_KEEP)
            continue;
        o = json_object();
        ss_json_set(o, "object", ss_json_text(rule->object));
        ss_json_set(o, "found", json_string(ss_policy_text_found(rule->counts, scratch)));
        ss_json_set(o, "why", ss_json_text(rule->why));
        set_signature(
            o, rule->signature.by == NULL ? NULL : &rule->signature,
            ss_policy_text_is_signed(rule, ss_catalog_suspect(plan->catalog, rule->object)));
        (void) json_array_append_new(list, o);
    }
    ss_arena_free(scratch);
    return list;
}

/* How many columns are of which class and get which treatment. */
static json_t *
matrix_json(const ss_policy_page *page)
{
    json_t *matrix = json_object();

    for (size_t i = 0; i < page->ncolumns; i++)
    {
        const ss_page_column *c = &page->columns[i];
        const char *class = c->class == NULL ? "" : c->class;
        json_t *row = json_object_get(matrix, class), *cell;

        if (row == NULL)
        {
            row = json_object();
            ss_json_set(matrix, class, row);
        }
        cell = json_object_get(row, c->treatment);
        ss_json_set_count(row, c->treatment, 1 + (size_t) json_integer_value(cell));
    }
    return matrix;
}

static json_t *
subset_json(const ss_policy_subset *subset)
{
    json_t *object = json_object();

    ss_json_set(object, "of", ss_json_text(subset->of));
    ss_json_set(object, "rows", ss_json_text(subset->rows));
    ss_json_set(object, "where", ss_json_text(subset->where));
    ss_json_set(object, "leave_out", ss_json_text(subset->leave_out));
    return object;
}

json_t *
ss_policy_page_json(const ss_policy_page *page)
{
    const ss_policy *policy = page->plan->policy;
    json_t *root = json_object(), *columns = json_array();
    size_t undecided = 0;

    ss_json_set_count(root, "policy_page", SS_POLICY_PAGE_VERSION);
    ss_json_set(root, "command", json_string("inspect"));
    ss_json_set(root, "policy", ss_json_text(page->file));
    ss_json_set(root, "policy_digest", json_string(page->digest));
    ss_json_set(root, "date", json_string(page->date));
    ss_json_set(root, "source", ss_json_text(page->source));
    ss_json_set(root, "target", ss_json_text(policy->target));
    ss_json_set_count(root, "people", policy->people);
    if (policy->subset != NULL)
        ss_json_set(root, "subset", subset_json(policy->subset));
    ss_json_set(root, "require_signoff", json_string(ss_signoff_names[policy->require_signoff]));
    ss_json_set(root, "matrix", matrix_json(page));
    ss_json_set(root, "tables", tables_json(page->plan));
    for (size_t i = 0; i < page->ncolumns; i++)
    {
        undecided += ss_page_is_undecided(&page->columns[i]);
        (void) json_array_append_new(columns, column_json(&page->columns[i]));
    }
    ss_json_set(root, "columns", columns);
    ss_json_set(root, "rules", rules_json(page));
    ss_json_set(root, "schema_texts_kept", texts_json(page->plan));
    ss_json_set_count(root, "undecided_columns", undecided);
    ss_json_set_count(root, "stops", page->plan->nstops);
    return root;
}
