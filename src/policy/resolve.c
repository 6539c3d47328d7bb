/*
 * The policy held against a catalog: one decision for every column, and everything that is wrong,
 * told at once (docs/policy.md sections 3 and 4).
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "catalog/people.h"
#include "catalog/references.h"
#include "policy/leaves.h"
#include "policy/resolve_internal.h"

/* --- findings ----------------------------------------------------------------------------------- */

static const char *
place_text(const ss_resolving *r, const ss_place *place)
{
    if (place == NULL || place->file == NULL)
        return "";
    return ss_strf(r->result, "%s:%zu:%zu", place->file, place->line, place->column);
}

void
ss_resolve_add(ss_resolving *r, ss_severity severity, ss_code code, ss_what what,
               const char *object, const ss_place *place, const char *mend, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    ss_plan *p = r->plan;

    va_start(ap, fmt);
    (void) vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    p->findings = ss_grow(r->result, p->findings, p->nfindings, &r->capacity, sizeof *p->findings);
    p->findings[p->nfindings++] = (ss_finding){
        .severity = severity,
        .code = code,
        .what = what,
        .about = "policy",
        .object = ss_printable(r->result, object),
        .place = place_text(r, place),
        .text = ss_printable(r->result, text), /* names are cut anywhere */
        .mend = mend == NULL ? NULL : ss_printable(r->result, mend),
    };
    if (severity == SS_FINDING_STOPS)
        p->nstops++;
}

const char *
ss_resolve_label(const ss_resolving *r, const ss_table *table, const char *column)
{
    return ss_policy_label(table->label, column, r->result);
}

const char *
ss_resolve_sign(const ss_resolving *r, const ss_place *place, const char *label)
{
    return ss_policy_sign_command(place == NULL ? r->policy->file : place->file, label, r->result);
}

const char *
ss_resolve_plan(const ss_resolving *r)
{
    return ss_strf(r->result, "sandseed plan %s brings it in", r->policy->file);
}

/* The entry of a table that is not there whose name is nearest to label's; or NULL. */
static const ss_policy_table *
misspelt_table(const ss_resolving *r, const char *label)
{
    const char *nearest = r->ngone > SS_MISSPELT_MAX ? NULL : ss_nearest(label, r->gone, r->ngone);

    for (size_t i = 0; nearest != NULL && i < r->policy->ntables; i++)
    {
        if (r->policy->tables[i].label == nearest)
            return &r->policy->tables[i];
    }
    return NULL;
}

/* --- one table ---------------------------------------------------------------------------------- */

static void
check_kept(ss_resolving *r, const ss_table *table, const ss_table_plan *t,
           const ss_policy_table *entry)
{
    const ss_place *place = entry == NULL ? NULL : &entry->place;
    const size_t untold = t->undecided - r->told;
    bool unsigned_personal = false;

    /* What was signed as a whole is signed again as a whole. */
    if (untold > 0 && !(r->lapsed && entry->ncolumns == 0))
        STOP(
            UNDECIDED, table->label, place,
            ss_strf(r->result, "%s, or class its columns", ss_resolve_sign(r, place, table->label)),
            "%zu column%s of a keep table %s undecided", untold, untold == 1 ? "" : "s",
            untold == 1 ? "is" : "are");
    for (size_t c = 0; c < table->ncolumns; c++)
        unsigned_personal =
            unsigned_personal || (t->columns[c].personal && t->columns[c].signed_by == NULL);
    /* One that no longer covers the table is told already. */
    if (unsigned_personal && t->undecided == 0 && t->signed_by == NULL &&
        (entry == NULL || entry->signature.by == NULL) &&
        r->policy->require_signoff == SS_SIGNOFF_PERSONAL_KEEP)
        STOP(UNSIGNED, table->label, place, ss_resolve_sign(r, place, table->label),
             "a table with personal columns that leaves with its values must be signed");
}

/* Who signed the table as it is now. */
static void
check_table_signature(ss_resolving *r, const ss_table *table, ss_table_plan *t,
                      const ss_policy_table *entry)
{
    static const char again[] = "look at what changed and sign it again";
    const char *text = "the signature no longer covers the table as it is";
    const ss_signoff required = r->policy->require_signoff;

    if (entry->signature.by == NULL)
        return;
    t->signature = &entry->signature;
    if (t->why == NULL)
        t->why = entry->signature.why;
    if (strcmp(entry->signature.covers,
               ss_policy_cover_table(r->policy, r->catalog, entry, table, r->result)) == 0)
    {
        t->signed_by = entry->signature.by;
        return;
    }
    t->added = ss_policy_added_column(r->policy, r->catalog, entry, table);
    if (t->added != SS_NONE)
        text = ss_strf(r->result, "%s: the column \"%.100s\" has come in, and nothing else", text,
                       ss_printable(r->result, table->columns[t->added].name));
    if (required == SS_SIGNOFF_ALL ||
        (required == SS_SIGNOFF_PERSONAL_KEEP && t->mode == SS_MODE_KEEP))
    {
        r->lapsed = true;
        STOP(UNSIGNED, table->label, &entry->place,
             ss_strf(r->result, "%s: %s", again, ss_resolve_sign(r, &entry->place, table->label)),
             "%s", text);
    }
    else
        WARN(UNSIGNED, table->label, &entry->place, again, "%s", text);
}

/* The table's column of that name that is of a reference, or SS_NONE. */
static size_t
find_key(const ss_table *table, const ss_reference *list, size_t n, const char *name)
{
    for (size_t k = 0; k < n; k++)
    {
        for (size_t c = 0; c < list[k].ncolumns; c++)
        {
            if (strcmp(table->columns[list[k].columns[c]].name, name) == 0)
                return list[k].columns[c];
        }
    }
    return SS_NONE;
}

static void
resolve_subject(ss_resolving *r, const ss_table *table, ss_table_plan *t,
                const ss_policy_table *entry)
{
    size_t nreferences;
    const ss_reference *references = ss_table_references(
        r->catalog, ss_catalog_index(r->catalog, table), r->result, &nreferences);
    size_t *columns =
        ss_alloc(r->result, (entry == NULL ? 0 : entry->nsubject) + 1, sizeof *columns);

    for (size_t s = 0; entry != NULL && s < entry->nsubject; s++)
    {
        const char *name = entry->subject[s];
        size_t found;

        if (strcmp(name, "self") == 0)
        {
            t->subject_self = true;
            continue;
        }
        if (strcmp(name, "none") == 0)
        {
            t->subject_none = true;
            if (entry->why == NULL)
                STOP(NO_PATH, table->label, &entry->place,
                     "add why:", "subject: none needs a reason");
            continue;
        }
        found = find_key(table, references, nreferences, name);
        if (found == SS_NONE)
            found = find_key(table, t->soft, t->nsoft, name);
        if (found != SS_NONE)
            columns[t->nsubject_columns++] = found;
        else
            STOP(NO_PATH, table->label, &entry->place,
                 ss_table_column(table, name) == NULL
                     ? "name self, none, or a column with a foreign key or references:"
                     : "give the column references: schema.table.column; or name self, none, or a "
                       "column with a foreign key",
                 "subject \"%.60s\" is no column of the table with a foreign key or references:",
                 ss_printable(r->result, name));
    }
    t->subject_columns = columns;
}

/*
 * Of a class whose values are somebody's.  Keys that are told to lead somewhere are made, not learnt; where nothing leads
 * anywhere, another one may be somebody's.
 */
static bool
has_personal_column(const ss_table *table, const ss_table_plan *t)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const ss_class class = t->columns[c].class;

        if (class != SS_CLASS_UNDECIDED && class != SS_CLASS_NON_PERSONAL &&
            !(class == SS_CLASS_KEY && (t->nroutes > 0 || t->columns[c].is_key ||
                                        ss_references_hold(t->soft, t->nsoft, c))) &&
            table->columns[c].generated == SS_GENERATED_NOT)
            return true;
    }
    return false;
}

/*
 * The first column from there on that is named as keys to people are and is none that anybody declared or said: SS_NONE
 * where there is none.  One that is unique says that each row is somebody's own.
 */
static size_t
find_untold_key(ss_resolving *r, const ss_table *table, const ss_table_plan *t, size_t from)
{
    size_t n;
    const ss_reference *declared =
        ss_table_references(r->catalog, ss_catalog_index(r->catalog, table), r->result, &n);

    for (size_t c = from; c < table->ncolumns; c++)
    {
        const ss_column *column = &table->columns[c];
        ss_words words;

        if (!ss_people_key_type(r->catalog, column->type) ||
            ss_references_hold(t->soft, t->nsoft, c) || column->generated != SS_GENERATED_NOT ||
            ss_references_hold(declared, n, c) || ss_key_is_alone(table, column))
            continue;
        words = ss_words_of(column->name, r->result);
        if (ss_people_are_behind(&words))
            return c;
    }
    return SS_NONE;
}

static bool
leads_to_people(const ss_table_plan *t)
{
    for (size_t k = 0; k < t->nroutes; k++)
    {
        if (t->routes[k].to_people)
            return true;
    }
    return false;
}

ss_untold
ss_resolve_untold(ss_resolving *r, const ss_table *table, const ss_table_plan *t)
{
    const ss_words name = ss_words_of(table->name, r->result);

    if (t->subject_self || t->subject_none || t->nsubject_columns > 0)
        return SS_TOLD;
    if (find_untold_key(r, table, t, 0) != SS_NONE)
        return SS_UNTOLD_KEY;
    return !leads_to_people(t) && (has_personal_column(table, t) || ss_people_are(&name))
               ? SS_UNTOLD_PEOPLE
               : SS_TOLD;
}

/* Where the policy does not say whose rows a table has, keys and names must: what they leave open is not learnt. */
static void
check_untold(ss_resolving *r, const ss_table *table, ss_table_plan *t, const ss_place *place)
{
    const size_t key = find_untold_key(r, table, t, 0);
    const bool personal = has_personal_column(table, t);
    const ss_words name = ss_words_of(table->name, r->result);

    if (key != SS_NONE)
    {
        t->uncounted = true;
        WARN(NO_PATH, ss_resolve_label(r, table, table->columns[key].name), place,
             "references: schema.table.column at it, which sandseed plan proposes for new tables; "
             "or name under the table's subject: who is behind its rows; or subject: none with "
             "why:",
             "it is named as keys to people are, and no foreign key nor references: says to whom: "
             "nobody is counted, and the table runs as shape");
    }
    else if (!leads_to_people(t) && (personal || ss_people_are(&name)))
    {
        t->uncounted = true;
        WARN(
            NO_PATH, table->label, place,
            "subject: self when its rows are people, or at the table of people that its keys lead "
            "to; references: at a column that is a key to people; or subject: none with why: when "
            "its rows are about nobody",
            "it %s, and neither a key to people nor subject: says whose %s: nobody is counted, and "
            "it runs as shape",
            personal ? "has personal columns" : "is named as tables of people are",
            personal ? "they are" : "its rows are");
    }
}

/* Ways to people that somebody wrote down as a reference, or that a name speaks of, and that subject: does not take. */
static void
check_unnamed(ss_resolving *r, const ss_table *table, const ss_table_plan *t, const ss_place *place)
{
    for (size_t i = 0; i < t->nsoft && t->nsubject_columns > 0; i++)
    {
        const ss_table_plan *parent = &r->tables[t->soft[i].parent];
        bool named = !parent->subject_self && !leads_to_people(parent);

        for (size_t k = 0; k < t->nsubject_columns; k++)
            named = named || t->subject_columns[k] == t->soft[i].columns[0];
        if (!named)
            WARN(NO_PATH, ss_resolve_label(r, table, table->columns[t->soft[i].columns[0]].name),
                 place, "name it under subject: too, unless they are not behind the rows",
                 "references: leads to people whom subject: leaves out: they are not counted");
    }
    for (size_t c = 0; t->nsubject_columns > 0 && (c = find_untold_key(r, table, t, c)) != SS_NONE;
         c++)
        WARN(NO_PATH, ss_resolve_label(r, table, table->columns[c].name), place,
             "references: schema.table.column at it, and name it under subject: too, unless they "
             "are not behind the rows",
             "it is named as keys to people are, and subject: leaves them out: they are not "
             "counted");
}

/* Whose rows they are, so that numbers can be counted by people; where that is not known, none is learnt. */
static void
resolve_routes(ss_resolving *r)
{
    ss_uncountable *why = ss_alloc(r->result, r->catalog->ntables + 1, sizeof *why);

    ss_policy_find_routes(r->catalog, r->tables, why, r->result);
    for (size_t i = 0; i < r->catalog->ntables; i++)
    {
        const ss_table *table = &r->catalog->tables[i];
        ss_table_plan *t = &r->tables[i];
        const ss_place *place = r->entries[i] == NULL ? NULL : &r->entries[i]->place;

        if (table->is_partition)
            continue;
        t->uncounted = why[i] != SS_COUNTABLE;
        if (t->mode != SS_MODE_SYNTHESISE)
            continue;
        if (why[i] == SS_AMBIGUOUS_ROUTE)
            WARN(NO_PATH, table->label, place,
                 "give the partitioned table a key of these columns at the source, name other "
                 "columns under "
                 "subject:, or subject: none with why:",
                 "its way to people is by a foreign key to one partition, whose key other "
                 "partitions have as well: "
                 "nobody is counted, and it runs as shape");
        else if (why[i] == SS_TOO_MANY_ROUTES)
        {
            WARN(NO_PATH, table->label, place,
                 "name under subject: the columns that lead to people",
                 "more than %d chains of keys lead on from the table: nobody is counted, and it "
                 "runs as shape",
                 SS_ROUTES_MAX);
        }
        else if (!t->subject_self && !t->subject_none && t->nsubject_columns == 0)
            check_untold(r, table, t, place);
        check_unnamed(r, table, t, place);
        for (size_t k = 0; k < t->nroutes && t->nsubject_columns > 0; k++)
        {
            const ss_route *route = &t->routes[k];

            if (!route->to_people)
                WARN(NO_PATH,
                     ss_resolve_label(r, table, table->columns[route->hops[0]->columns[0]].name),
                     place, "write subject: self at the table of people that it leads to",
                     "the subject leads to no table with subject: self: its own values are counted "
                     "as people");
        }
    }
}

static void
decide_table(ss_resolving *r, size_t index)
{
    const ss_table *table = &r->catalog->tables[index];
    const ss_policy_table *entry = r->entries[index];
    ss_table_plan *t = &r->tables[index];
    ss_decision *columns = ss_alloc(r->result, table->ncolumns + 1, sizeof *columns);

    t->columns = r->decisions[index] = columns;
    t->mode = SS_MODE_EMPTY;
    t->added = SS_NONE;
    t->rows = r->policy->rows;
    r->lapsed = false;
    if (entry == NULL)
    {
        const bool foreign = table->kind == SS_TABLE_FOREIGN;
        const bool stops =
            r->policy->on_new_table == SS_ON_NEW_STOP && !foreign && table->extension == NULL;
        const ss_policy_table *typo = stops ? misspelt_table(r, table->label) : NULL;

        if (typo != NULL)
            STOP(MISSPELT, typo->label, &typo->place, "mend the name",
                 "there is no such table; did you mean \"%s\"?",
                 ss_printable(r->result, table->label));
        else if (stops)
            STOP(NEW, table->label, NULL, ss_resolve_plan(r),
                 "the policy does not name this table");
        else if (!foreign && table->extension == NULL)
            WARN(NEW, table->label, NULL, "", "new table, not in the policy: empty");
        else if (table->extension_config && table->bytes > 0)
            WARN(UNDECIDED, table->label, NULL, "configure the extension in the sandbox",
                 "its extension %s keeps settings in it, which nobody decided on: left out",
                 ss_printable(r->result, table->extension));
    }
    else
    {
        t->mode = entry->mode;
        t->why = entry->why;
        t->rows = entry->rows != NULL ? entry->rows : r->policy->rows;
        t->learn_rows = entry->learn_rows != 0 ? entry->learn_rows : r->policy->learn_rows;
        t->rules_off = entry->rules_off;
        t->nrules_off = entry->nrules_off;
        check_table_signature(r, table, t, entry);
        if (table->kind == SS_TABLE_FOREIGN && t->mode != SS_MODE_EMPTY)
            STOP(UNFIT, table->label, &entry->place, "mode: empty",
                 "the rows of a foreign table are on another server");
        for (size_t i = 0; i < entry->ncolumns; i++)
        {
            if (ss_table_column(table, entry->columns[i].name) == NULL)
                WARN(VANISHED, ss_resolve_label(r, table, entry->columns[i].name),
                     &entry->columns[i].place, "", "the column has vanished from the source");
        }
    }
    ss_resolve_soft(r, table, t, entry);
    resolve_subject(r, table, t, entry);
    r->told = 0;
    for (size_t c = 0; c < table->ncolumns; c++)
        ss_resolve_column(r, table, t, entry, c, &columns[c]);
    ss_resolve_keys(r, table, t, entry == NULL ? NULL : &entry->place);
    if (t->mode == SS_MODE_KEEP)
        check_kept(r, table, t, entry);
    if (t->mode == SS_MODE_SYNTHESISE || t->mode == SS_MODE_PSEUDONYMISE)
        r->plan->undecided += t->undecided;
}

/* A partition is made and loaded as its root is. */
static void
follow_root(ss_resolving *r, size_t index)
{
    const ss_table *table = &r->catalog->tables[index];
    const ss_table *root = ss_table_root(r->catalog, table);
    const ss_table_plan *of = &r->tables[ss_catalog_index(r->catalog, root)];
    ss_table_plan *t = &r->tables[index];
    ss_decision *columns = ss_alloc(r->result, table->ncolumns + 1, sizeof *columns);

    *t = *of;
    t->undecided = 0;
    t->columns = columns;
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        /* Columns go by name: a partition may have them in another order. */
        for (size_t k = 0; k < root->ncolumns; k++)
        {
            if (strcmp(root->columns[k].name, table->columns[c].name) == 0)
                columns[c] = of->columns[k];
        }
    }
}

/* --- all of it ---------------------------------------------------------------------------------- */

static void
find_entries(ss_resolving *r)
{
    ss_map *labels = ss_map_new(r->result);

    r->gone = ss_alloc(r->result, r->policy->ntables + 1, sizeof *r->gone);
    for (size_t i = 0; i < r->catalog->ntables; i++)
        (void) ss_map_put(labels, r->catalog->tables[i].label, (void *) (uintptr_t) (i + 1));
    for (size_t i = 0; i < r->policy->ntables; i++)
    {
        const ss_policy_table *entry = &r->policy->tables[i];
        const uintptr_t found = (uintptr_t) ss_map_get(labels, entry->label);

        if (found == 0)
            r->gone[r->ngone++] = entry->label;
        if (found == 0)
            WARN(VANISHED, entry->label, &entry->place, "",
                 "the table has vanished from the source");
        else if (r->catalog->tables[found - 1].is_partition)
            MALFORMED(UNFIT, entry->label, &entry->place, "remove the entry",
                      "a partition follows its root and is not named");
        else
            r->entries[found - 1] = entry;
    }
}

static void
check_rule(ss_resolving *r, const ss_policy_rule *rule, const ss_rule_columns *columns)
{
    const bool written = rule->digest != NULL && rule->matched > 0;
    const char *name = ss_printable(r->result, ss_policy_rule_name(rule, r->result));
    const char *plan = ss_strf(r->result, "sandseed plan %s, and look at what the rule covers then",
                               rule->place.file);

    if (columns->n == 0 && !written)
        MALFORMED(RULE, "", &rule->place, "correct or remove the rule",
                  "the rule \"%.100s\" has never matched a column", name);
    else if (columns->n == 0)
        WARN(VANISHED, "", &rule->place, "", "the rule \"%.100s\" matches no column any more",
             name);
    else if (!written)
        WARN(RULE, "", &rule->place, plan,
             "plan has not written yet what the rule \"%.100s\" covers: it decides nothing that "
             "would reveal anything",
             name);
    else if (!ss_rule_covers_any(columns))
        WARN(RULE, "", &rule->place, plan,
             "the rule \"%.100s\" matches other columns than the %zu that plan last wrote: it "
             "decides nothing that would reveal anything",
             name, rule->matched);
    else if (columns->gone > 0)
        WARN(VANISHED, "", &rule->place, plan,
             "%zu column%s that the rule \"%.100s\" covered %s vanished from the source",
             columns->gone, columns->gone == 1 ? "" : "s", name,
             columns->gone == 1 ? "has" : "have");
    if (columns->n > 0 && ss_rule_covers_any(columns) && rule->signature.by != NULL &&
        !columns->is_signed)
        WARN(UNSIGNED, "", &rule->place, "look at what changed and sign it again",
             "the signature no longer covers the rule \"%.100s\" as it is", name);
}

ss_code
ss_policy_resolve(const ss_policy *policy, const ss_catalog *catalog, ss_arena *result,
                  ss_plan **plan, ss_error *err)
{
    ss_resolving state = {.policy = policy, .catalog = catalog, .result = result};
    ss_resolving *r = &state;

    (void) err;
    r->plan = ss_alloc(result, 1, sizeof *r->plan);
    r->tables = ss_alloc(result, catalog->ntables + 1, sizeof *r->tables);
    r->decisions = ss_alloc(result, catalog->ntables + 1, sizeof *r->decisions);
    r->entries = ss_alloc(result, catalog->ntables + 1, sizeof *r->entries);
    r->soft_keys = ss_alloc(result, catalog->ntables + 1, sizeof *r->soft_keys);
    r->rules = ss_alloc(result, policy->nrules + 1, sizeof *r->rules);
    for (size_t i = 0; i < policy->nrules; i++)
    {
        const ss_policy_rule *rule = &policy->rules[i];

        r->rules[i] = ss_rule_columns_of(policy, rule, catalog, result);
        r->rules[i].is_signed =
            rule->signature.by != NULL &&
            strcmp(rule->signature.covers,
                   ss_policy_cover_rule(policy, catalog, rule, &r->rules[i], result)) == 0;
    }
    *r->plan = (ss_plan){.policy = policy,
                         .catalog = catalog,
                         .leaf_types = ss_leaf_types_new(catalog, result),
                         .tables = r->tables,
                         .rules = r->rules};
    find_entries(r);
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        if (!catalog->tables[i].is_partition)
            decide_table(r, i);
    }
    for (size_t i = 0; i < catalog->nforeign_keys; i++)
        ss_resolve_foreign_key(r, &catalog->foreign_keys[i]);
    ss_resolve_links(r);
    resolve_routes(r);
    ss_resolve_subset(r);
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        if (catalog->tables[i].is_partition)
            follow_root(r, i);
    }
    ss_resolve_reading(r);
    for (size_t i = 0; i < policy->nrules; i++)
        check_rule(r, &policy->rules[i], &r->rules[i]);
    ss_resolve_texts(r);
    *plan = r->plan;
    return SS_OK;
}

bool
ss_plan_pseudonymises(const ss_plan *plan)
{
    for (size_t i = 0; i < plan->catalog->ntables; i++)
    {
        if (plan->tables[i].mode == SS_MODE_PSEUDONYMISE)
            return true;
    }
    return false;
}
