/*
 * The policy held against a catalog: one decision for every column, and everything that is wrong,
 * told at once (docs/policy.md sections 3 and 4).
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "catalog/references.h"
#include "policy/policy_internal.h"
#include "rows/codec.h"

typedef struct resolving
{
    const ss_policy *policy;
    const ss_catalog *catalog;
    ss_arena *result;
    ss_plan *plan;
    ss_table_plan *tables;       /* the writable side of plan->tables */
    const ss_policy_table **entries; /* of each table; NULL: not named */
    const char **gone; /* labels of the policy's tables that the source does not have */
    size_t ngone;
    size_t *rule_matches;
    size_t capacity;             /* of findings */
} resolving;

/* --- findings ----------------------------------------------------------------------------------- */

static const char *
place_text(const resolving *r, const ss_place *place)
{
    if (place == NULL || place->file == NULL)
        return "";
    return ss_strf(r->result, "%s:%zu:%zu", place->file, place->line, place->column);
}

static void add(resolving *r, ss_severity severity, ss_code code, const char *object,
                const ss_place *place, const char *mend, const char *fmt, ...) SS_PRINTF(7, 8);

static void
add(resolving *r, ss_severity severity, ss_code code, const char *object, const ss_place *place,
    const char *mend, const char *fmt, ...)
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
        .about = "policy",
        .object = ss_printable(r->result, object),
        .place = place_text(r, place),
        .text = ss_strdup(r->result, text),
        .mend = mend,
    };
    if (severity == SS_FINDING_STOPS)
        p->nstops++;
}

#define STOP(...)   add(r, SS_FINDING_STOPS, SS_EREFUSED, __VA_ARGS__)
#define MALFORMED(...) add(r, SS_FINDING_STOPS, SS_EMEND, __VA_ARGS__)
#define WARN(...)   add(r, SS_FINDING_WARNS, SS_OK, __VA_ARGS__)

static const char *
column_label(const resolving *r, const ss_table *table, const char *column)
{
    ss_buf out = {0};
    const char *copy;

    ss_buf_puts(&out, table->label);
    ss_buf_putc(&out, '.');
    ss_text_ident(&out, column);
    copy = ss_strdup(r->result, ss_buf_text(&out));
    ss_buf_done(&out);
    return copy;
}

/* --- which columns ------------------------------------------------------------------------------ */

static bool
in_primary_key(const ss_table *table, int16_t attnum)
{
    for (size_t i = 0; i < table->nkeys && table->keys[i].primary; i++)
    {
        for (size_t j = 0; j < table->keys[i].ncolumns; j++)
        {
            if (table->keys[i].attnums[j] == attnum)
                return true;
        }
    }
    return false;
}

static bool
in_foreign_key(const resolving *r, const ss_table *table, int16_t attnum)
{
    for (size_t i = 0; i < table->nforeign_keys; i++)
    {
        const ss_foreign_key *k = &r->catalog->foreign_keys[table->foreign_keys[i]];

        for (size_t j = 0; j < k->ncolumns; j++)
        {
            if (k->attnums[j] == attnum)
                return true;
        }
    }
    return false;
}

/* What this build holds for plainly non-personal. */
static bool
plain(const resolving *r, const ss_column *column)
{
    const size_t base = ss_catalog_base_type(r->catalog, column->type);
    const ss_type *t;

    if (column->generated != SS_GENERATED_NOT || base == SS_NONE)
        return column->generated != SS_GENERATED_NOT;
    t = &r->catalog->types[base];
    return t->kind == SS_TYPE_ENUM ||
           (strcmp(t->schema, "pg_catalog") == 0 && strcmp(t->name, "bool") == 0);
}

/* --- rules -------------------------------------------------------------------------------------- */

static bool
rule_matches(const resolving *r, const ss_policy_rule *rule, const ss_table *table,
             const ss_column *column)
{
    const ss_type *t = column->type == SS_NONE ? NULL : &r->catalog->types[column->type];

    if (rule->match != NULL)
        return ss_glob(rule->match, column_label(r, table, column->name));
    if (t == NULL)
        return false;
    if (rule->domain != NULL)
        return t->kind == SS_TYPE_DOMAIN && ss_glob(rule->domain, t->name);
    return ss_glob(rule->type, t->name);
}

/* Of two patterns the one with more literal characters is the more special. */
static size_t
speciality(const ss_policy_rule *rule)
{
    const char *text = rule->match != NULL ? rule->match : rule->domain != NULL ? rule->domain : rule->type;
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += *text != '*' && *text != '?';
    return rule->match != NULL ? n + 1000 : n;
}

static const ss_policy_rule *
find_rule(resolving *r, const ss_table *table, const ss_column *column)
{
    const ss_policy_rule *best = NULL;

    for (size_t i = 0; i < r->policy->nrules; i++)
    {
        const ss_policy_rule *rule = &r->policy->rules[i];

        if (!rule_matches(r, rule, table, column))
            continue;
        r->rule_matches[i]++;
        if (best == NULL || speciality(rule) > speciality(best))
            best = rule;
        else if (speciality(rule) == speciality(best) &&
                 (rule->class != best->class || rule->treatment != best->treatment))
            MALFORMED(column_label(r, table, column->name), &rule->place,
                      "make one of the two more special, or name the column itself",
                      "two rules disagree, the other one in line %zu", best->place.line);
    }
    return best;
}

/* --- one column --------------------------------------------------------------------------------- */

static ss_treatment
default_treatment(ss_mode mode, ss_class class)
{
    if (mode == SS_MODE_KEEP)
        return SS_TREAT_KEEP;
    switch (class)
    {
        case SS_CLASS_SECRET:
            return SS_TREAT_NULLIFY;
        case SS_CLASS_UNDECIDED:
        case SS_CLASS_FREE_TEXT:
            return SS_TREAT_SHAPE;
        case SS_CLASS_SPECIAL_CATEGORY:
            return mode == SS_MODE_SYNTHESISE ? SS_TREAT_SYNTHESISE : SS_TREAT_NULLIFY;
        case SS_CLASS_QUASI_IDENTIFIER:
            return mode == SS_MODE_SYNTHESISE ? SS_TREAT_SYNTHESISE : SS_TREAT_GENERALISE;
        case SS_CLASS_NON_PERSONAL:
            return mode == SS_MODE_SYNTHESISE ? SS_TREAT_SYNTHESISE : SS_TREAT_KEEP;
        case SS_CLASS_DIRECT_IDENTIFIER:
            /* Fabricated by kind once locale data are here; until then nothing but the shape is learnt. */
            return mode == SS_MODE_SYNTHESISE ? SS_TREAT_SHAPE : SS_TREAT_PSEUDONYMISE;
        case SS_CLASS_KEY:
            return mode == SS_MODE_SYNTHESISE ? SS_TREAT_SYNTHESISE : SS_TREAT_PSEUDONYMISE;
    }
    return SS_TREAT_SHAPE;
}

/* Does the mode take the treatment?  NULL, or why not. */
static const char *
refusal(ss_mode mode, ss_treatment treatment)
{
    if (mode == SS_MODE_KEEP && treatment != SS_TREAT_KEEP)
        return "a keep table takes no treatments: its rows leave as they are";
    if (mode == SS_MODE_SYNTHESISE && treatment == SS_TREAT_KEEP)
        return "a synthesise table takes no keep: a real value would stand beside invented ones";
    if (mode == SS_MODE_SYNTHESISE && treatment == SS_TREAT_PSEUDONYMISE)
        return "a synthesise table takes no pseudonymise: a real value would stand beside invented "
               "ones";
    if (mode == SS_MODE_SYNTHESISE && treatment == SS_TREAT_GENERALISE)
        return "this build cannot generalise yet: use synthesise or shape";
    if (mode == SS_MODE_PSEUDONYMISE && treatment == SS_TREAT_SYNTHESISE)
        return "a pseudonymise table takes no synthesise: use shape";
    return NULL;
}

static void
check_type(resolving *r, const ss_table *table, const ss_column *column, const ss_decision *d,
           const ss_place *place, ss_mode mode)
{
    if (column->generated != SS_GENERATED_NOT || ss_codec_find(r->catalog, column->type) != NULL)
        return;
    if (d->treatment == SS_TREAT_NULLIFY || d->treatment == SS_TREAT_CONSTANT)
        return;
    if (mode == SS_MODE_KEEP && d->why != NULL)
        return;
    STOP(column_label(r, table, column->name), place,
         mode == SS_MODE_KEEP ? "give the column an entry with class and why"
                              : "treatment: nullify, or constant with a value",
         "sandseed does not know the type %.100s", ss_printable(r->result, column->type_text));
}

static const ss_policy_column *
find_entry(const ss_policy_table *entry, const char *name)
{
    for (size_t i = 0; entry != NULL && i < entry->ncolumns; i++)
    {
        if (strcmp(entry->columns[i].name, name) == 0)
            return &entry->columns[i];
    }
    return NULL;
}

static void
take_entry(resolving *r, const ss_policy_column *e, const ss_column *column, ss_decision *d)
{
    *d = (ss_decision){.class = e->class,
                       .treatment = e->treatment,
                       .kind = e->kind,
                       .to = e->to,
                       .value = e->value,
                       .why = e->why};
    if (e->signature.by != NULL &&
        strcmp(e->signature.covers, ss_policy_cover_column(e, column, r->result)) == 0)
        d->signed_by = e->signature.by;
}

/* --- names that may be typos -------------------------------------------------------------------- */

/* The entry of a table that is not there whose name is nearest to label's; or NULL. */
static const ss_policy_table *
misspelt_table(const resolving *r, const char *label)
{
    const char *nearest = ss_nearest(label, r->gone, r->ngone);

    for (size_t i = 0; nearest != NULL && i < r->policy->ntables; i++)
    {
        if (r->policy->tables[i].label == nearest)
            return &r->policy->tables[i];
    }
    return NULL;
}

/* Likewise of a column. */
static const ss_policy_column *
misspelt_column(const resolving *r, const ss_table *table, const ss_policy_table *entry,
                const char *name)
{
    const char **gone, *nearest;
    size_t n = 0;

    if (entry == NULL)
        return NULL;
    gone = ss_alloc(r->result, entry->ncolumns + 1, sizeof *gone);
    for (size_t i = 0; i < entry->ncolumns; i++)
    {
        if (ss_table_column(table, entry->columns[i].name) == NULL)
            gone[n++] = entry->columns[i].name;
    }
    nearest = ss_nearest(name, gone, n);
    for (size_t i = 0; nearest != NULL && i < entry->ncolumns; i++)
    {
        if (entry->columns[i].name == nearest)
            return &entry->columns[i];
    }
    return NULL;
}

/* --- columns ------------------------------------------------------------------------------------ */

/* A column that nothing in the file decides. */
static void
take_nothing(resolving *r, const ss_table *table, const ss_table_plan *t,
             const ss_policy_table *entry, const ss_column *column, ss_decision *d)
{
    d->class = SS_CLASS_UNDECIDED;
    if (column->generated != SS_GENERATED_NOT)
    {
        d->class = SS_CLASS_NON_PERSONAL;
        d->why = "generated by the server";
    }
    else if (t->mode == SS_MODE_KEEP && (t->signed_by != NULL || plain(r, column)))
    {
        d->class = SS_CLASS_NON_PERSONAL;
        d->why = t->signed_by != NULL ? t->why : "plainly not personal";
    }
    else if (t->mode == SS_MODE_EMPTY)
        d->class = SS_CLASS_NON_PERSONAL;
    else if (t->mode == SS_MODE_KEEP)
        return; /* undecided: told for the table as a whole */
    else if (r->policy->on_new_column == SS_ON_NEW_STOP || t->mode == SS_MODE_PSEUDONYMISE)
    {
        const ss_policy_column *typo = misspelt_column(r, table, entry, column->name);

        if (typo != NULL)
            STOP(column_label(r, table, typo->name), &typo->place, "mend the name",
                 "there is no such column; did you mean \"%s\"?",
                 ss_printable(r->result, column->name));
        else
            STOP(column_label(r, table, column->name), NULL,
                 ss_strf(r->result, "sandseed plan %s brings it in", r->policy->file),
                 "the policy does not name this column");
    }
    else
    {
        d->treatment = r->policy->on_new_column == SS_ON_NEW_NULLIFY && !column->not_null
                           ? SS_TREAT_NULLIFY
                           : SS_TREAT_SHAPE;
        WARN(column_label(r, table, column->name), NULL,
             ss_strf(r->result, "sandseed plan %s brings it in", r->policy->file),
             "new column, not in the policy: %s", ss_treatment_name(d->treatment));
    }
}

static bool
reveals_nothing(ss_treatment t)
{
    return t == SS_TREAT_SHAPE || t == SS_TREAT_NULLIFY || t == SS_TREAT_CONSTANT;
}

static bool
is_personal(ss_class c)
{
    return c != SS_CLASS_NON_PERSONAL && c != SS_CLASS_KEY;
}

static void
decide_column(resolving *r, const ss_table *table, ss_table_plan *t, const ss_policy_table *entry,
              size_t c, ss_decision *d)
{
    const ss_column *column = &table->columns[c];
    const ss_policy_column *e = find_entry(entry, column->name);
    const ss_policy_rule *rule = find_rule(r, table, column);
    const ss_place *place = e != NULL ? &e->place : entry != NULL ? &entry->place : NULL;
    const char *label = column_label(r, table, column->name);
    const char *why;
    bool foreign;

    *d = (ss_decision){.class = SS_CLASS_UNDECIDED};
    foreign = in_foreign_key(r, table, column->attnum);
    if (e != NULL)
        take_entry(r, e, column, d);
    else if (rule != NULL)
    {
        *d = (ss_decision){.class = rule->class, .treatment = rule->treatment, .kind = rule->kind,
                           .to = rule->to, .value = rule->value, .why = rule->why, .rule = rule};
        if (rule->matched == 0 && d->treatment != SS_TREAT_DEFAULT && !reveals_nothing(d->treatment) &&
            rule->signature.by != NULL)
            d->class = SS_CLASS_UNDECIDED;
    }
    else
        take_nothing(r, table, t, entry, column, d);
    if (e != NULL && e->has_paths)
        STOP(label, &e->place, "", "this build does not know paths yet");
    d->is_key = foreign || in_primary_key(table, column->attnum);
    if (foreign && e != NULL && e->treatment != SS_TREAT_DEFAULT && t->mode != SS_MODE_KEEP &&
        e->treatment != SS_TREAT_NULLIFY)
        STOP(label, &e->place, "leave treatment: out",
             "a foreign key takes what its parent gives it, not a treatment of its own");
    if (d->treatment == SS_TREAT_DEFAULT)
        d->treatment = default_treatment(t->mode, d->class);
    /* Secrets are nullified where they can be, else they get a shape. */
    if (d->treatment == SS_TREAT_NULLIFY && column->not_null && (e == NULL || e->treatment == SS_TREAT_DEFAULT))
        d->treatment = SS_TREAT_SHAPE;
    if (d->treatment == SS_TREAT_NULLIFY && column->not_null && column->generated == SS_GENERATED_NOT)
        STOP(label, place, "treatment: shape, or constant with a value",
             "the column is NOT NULL and cannot be nullified");
    why = t->mode == SS_MODE_EMPTY ? NULL : refusal(t->mode, d->treatment);
    if (why != NULL)
        STOP(label, place, "", "%s", why);
    if (d->class == SS_CLASS_UNDECIDED && t->mode == SS_MODE_PSEUDONYMISE)
        STOP(label, place, "give it a class, and sign it", "undecided");
    /* A signed keep table decides all the columns that it had when it was signed. */
    if (d->class == SS_CLASS_UNDECIDED && t->mode != SS_MODE_EMPTY &&
        !(t->mode == SS_MODE_KEEP && t->signed_by != NULL))
    {
        d->undecided = true;
        t->undecided++;
    }
    if (t->mode != SS_MODE_EMPTY)
        check_type(r, table, column, d, place, t->mode);
    if (r->policy->require_signoff == SS_SIGNOFF_ALL && t->mode != SS_MODE_EMPTY && d->signed_by == NULL &&
        t->signed_by == NULL && column->generated == SS_GENERATED_NOT)
        STOP(label, place, ss_strf(r->result, "sandseed sign %s --by NAME --why TEXT '%s'", r->policy->file, label),
             "not signed, and require_signoff is all");
    if (r->policy->require_signoff == SS_SIGNOFF_PERSONAL_KEEP && is_personal(d->class) &&
        t->mode == SS_MODE_PSEUDONYMISE && d->signed_by == NULL && t->signed_by == NULL &&
        (d->treatment == SS_TREAT_KEEP || d->treatment == SS_TREAT_GENERALISE))
        STOP(label, place, ss_strf(r->result, "sandseed sign %s --by NAME --why TEXT '%s'", r->policy->file, label),
             "a personal column that leaves with its values must be signed");
}

/* --- one table ---------------------------------------------------------------------------------- */

/* The right to see the table takes the right to look into its schema, which public gives everybody. */
static const char *
grant_reading(resolving *r, const ss_table *table)
{
    ss_buf text = {0};
    const char *copy;

    if (strcmp(table->schema, "public") != 0)
    {
        ss_buf_puts(&text, "GRANT USAGE ON SCHEMA ");
        ss_text_ident(&text, table->schema);
        ss_buf_puts(&text, " and ");
    }
    ss_buf_printf(&text, "GRANT SELECT ON %s TO the role that sandseed connects as", table->label);
    copy = ss_strdup(r->result, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

static void
check_reading(resolving *r, const ss_table *table, const ss_table_plan *t)
{
    const bool read = t->mode != SS_MODE_EMPTY && ss_table_has_rows(table);

    if (!table->readable && table->extension == NULL && table->kind != SS_TABLE_FOREIGN)
        add(r, SS_FINDING_STOPS, SS_EMEND, table->label, NULL, grant_reading(r, table),
            read ? "the source's role may not read the table"
                 : "the source's role may not read the table, and pg_dump locks every table for its "
                   "schema, also one that stays empty");
    else if (read && !table->rows_visible)
        add(r, SS_FINDING_STOPS, SS_EMEND, table->label, NULL,
            "ALTER ROLE ... BYPASSRLS for the role that sandseed connects as, or mode: empty",
            "row security hides rows of the table from the source's role");
}

static void
check_kept(resolving *r, const ss_table *table, const ss_table_plan *t, const ss_place *place)
{
    bool personal = false;

    if (t->undecided > 0)
        STOP(table->label, place,
             ss_strf(r->result, "sandseed sign %s --by NAME --why TEXT '%s', or class its columns",
                     r->policy->file, table->label),
             "%zu column%s of a keep table %s undecided", t->undecided,
             t->undecided == 1 ? "" : "s", t->undecided == 1 ? "is" : "are");
    for (size_t c = 0; c < table->ncolumns; c++)
        personal = personal || is_personal(t->columns[c].class);
    if (personal && t->undecided == 0 && t->signed_by == NULL &&
        r->policy->require_signoff != SS_SIGNOFF_NONE)
        STOP(table->label, place,
             ss_strf(r->result, "sandseed sign %s --by NAME --why TEXT '%s'", r->policy->file,
                     table->label),
             "a table with personal columns that leaves with its values must be signed");
}

static void
resolve_subject(resolving *r, const ss_table *table, ss_table_plan *t, const ss_policy_table *entry)
{
    size_t nreferences;
    const ss_reference *references =
        ss_table_references(r->catalog, ss_catalog_index(r->catalog, table), r->result, &nreferences);
    size_t *columns =
        ss_alloc(r->result, (entry == NULL ? 0 : entry->nsubject) + 1, sizeof *columns);

    for (size_t s = 0; entry != NULL && s < entry->nsubject; s++)
    {
        const char *name = entry->subject[s];
        bool found = false;

        if (strcmp(name, "self") == 0)
        {
            t->subject_self = true;
            continue;
        }
        if (strcmp(name, "none") == 0)
        {
            t->subject_none = true;
            if (entry->why == NULL)
                STOP(table->label, &entry->place, "add why:", "subject: none needs a reason");
            continue;
        }
        for (size_t k = 0; k < nreferences && !found; k++)
        {
            for (size_t c = 0; c < references[k].ncolumns && !found; c++)
            {
                found = strcmp(table->columns[references[k].columns[c]].name, name) == 0;
                if (found)
                    columns[t->nsubject_columns++] = references[k].columns[c];
            }
        }
        if (!found)
            STOP(table->label, &entry->place, "name self, none, or a column with a foreign key",
                 "subject \"%.60s\" is no foreign-key column of the table",
                 ss_printable(r->result, name));
    }
    t->subject_columns = columns;
}

/* Of a class whose values are somebody's. */
static bool
has_personal_column(const ss_table *table, const ss_table_plan *t)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (t->columns[c].class != SS_CLASS_UNDECIDED && is_personal(t->columns[c].class) &&
            table->columns[c].generated == SS_GENERATED_NOT)
            return true;
    }
    return false;
}

/* Whose rows they are, so that numbers can be counted by people; where that is not known, none is learnt. */
static void
resolve_routes(resolving *r)
{
    bool *too_many = ss_alloc(r->result, r->catalog->ntables + 1, sizeof *too_many);

    ss_policy_find_routes(r->catalog, r->tables, too_many, r->result);
    for (size_t i = 0; i < r->catalog->ntables; i++)
    {
        const ss_table *table = &r->catalog->tables[i];
        ss_table_plan *t = &r->tables[i];
        const ss_place *place = r->entries[i] == NULL ? NULL : &r->entries[i]->place;

        if (t->mode != SS_MODE_SYNTHESISE || table->is_partition)
            continue;
        if (too_many[i])
        {
            t->uncounted = true;
            WARN(table->label, place, "name under subject: the columns that lead to people",
                 "more than %d chains of foreign keys lead on from the table: nobody is counted, "
                 "and it runs as shape",
                 SS_ROUTES_MAX);
        }
        else if (t->nroutes == 0 && !t->subject_self && !t->subject_none &&
                 has_personal_column(table, t))
        {
            t->uncounted = true;
            WARN(table->label, place,
                 "subject: self when its rows are people, or subject: none with why: when they are "
                 "about nobody",
                 "it has personal columns, and neither a foreign key nor subject: says whose they "
                 "are: nobody is counted, and it runs as shape");
        }
        for (size_t k = 0; k < t->nroutes && t->nsubject_columns > 0; k++)
        {
            const ss_route *route = &t->routes[k];

            if (!route->to_people)
                WARN(column_label(r, table, table->columns[route->hops[0]->columns[0]].name), place,
                     "write subject: self at the table of people that it leads to",
                     "the subject leads to no table with subject: self: its own values are counted "
                     "as people");
        }
    }
}

static void
decide_table(resolving *r, size_t index)
{
    const ss_table *table = &r->catalog->tables[index];
    const ss_policy_table *entry = r->entries[index];
    ss_table_plan *t = &r->tables[index];
    ss_decision *columns = ss_alloc(r->result, table->ncolumns + 1, sizeof *columns);

    t->columns = columns;
    t->mode = SS_MODE_EMPTY;
    t->rows = r->policy->rows;
    if (entry == NULL)
    {
        const bool foreign = table->kind == SS_TABLE_FOREIGN;
        const bool stops = r->policy->on_new_table == SS_ON_NEW_STOP && !foreign &&
                           table->extension == NULL;
        const ss_policy_table *typo = stops ? misspelt_table(r, table->label) : NULL;

        if (typo != NULL)
            STOP(typo->label, &typo->place, "mend the name",
                 "there is no such table; did you mean \"%s\"?",
                 ss_printable(r->result, table->label));
        else if (stops)
            STOP(table->label, NULL,
                 ss_strf(r->result, "sandseed plan %s brings it in", r->policy->file),
                 "the policy does not name this table");
        else if (!foreign && table->extension == NULL)
            WARN(table->label, NULL, "", "new table, not in the policy: empty");
    }
    else
    {
        t->mode = entry->mode;
        t->why = entry->why;
        t->rows = entry->rows != NULL ? entry->rows : r->policy->rows;
        t->rules_off = entry->rules_off;
        t->nrules_off = entry->nrules_off;
        if (entry->signature.by != NULL)
        {
            if (strcmp(entry->signature.covers,
                       ss_policy_cover_table(entry, table, r->result)) == 0)
                t->signed_by = entry->signature.by;
            else
                WARN(table->label, &entry->place, "look at what changed and sign it again",
                     "the signature no longer covers the table as it is");
            if (t->why == NULL)
                t->why = entry->signature.why;
        }
        if (table->kind == SS_TABLE_FOREIGN && t->mode != SS_MODE_EMPTY)
            STOP(table->label, &entry->place, "mode: empty",
                 "the rows of a foreign table are on another server");
        for (size_t i = 0; i < entry->ncolumns; i++)
        {
            if (ss_table_column(table, entry->columns[i].name) == NULL)
                WARN(column_label(r, table, entry->columns[i].name), &entry->columns[i].place, "",
                     "the column has vanished from the source");
        }
    }
    resolve_subject(r, table, t, entry);
    check_reading(r, table, t);
    for (size_t c = 0; c < table->ncolumns; c++)
        decide_column(r, table, t, entry, c, &columns[c]);
    if (t->mode == SS_MODE_KEEP)
        check_kept(r, table, t, entry == NULL ? NULL : &entry->place);
    if (t->mode == SS_MODE_SYNTHESISE || t->mode == SS_MODE_PSEUDONYMISE)
        r->plan->undecided += t->undecided;
}

/* A partition is made and loaded as its root is. */
static void
follow_root(resolving *r, size_t index)
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
    check_reading(r, table, t);
}

/* --- where modes meet --------------------------------------------------------------------------- */

static bool
nullable(const ss_table *table, const ss_foreign_key *fk)
{
    for (size_t i = 0; i < fk->ncolumns; i++)
    {
        const ss_column *column = ss_table_attribute(table, fk->attnums[i]);

        if (column != NULL && !column->not_null)
            return true;
    }
    return false;
}

static void
check_foreign_key(resolving *r, const ss_foreign_key *fk)
{
    const ss_table *child = &r->catalog->tables[fk->table], *parent = &r->catalog->tables[fk->parent];
    const ss_mode c = r->tables[fk->table].mode, p = r->tables[fk->parent].mode;
    const ss_place *place = r->entries[fk->table] == NULL ? NULL : &r->entries[fk->table]->place;
    const char *name = ss_printable(r->result, fk->name);

    if (child->is_partition || fk->inherited || c == SS_MODE_EMPTY || child->kind == SS_TABLE_FOREIGN)
        return;
    if (p == SS_MODE_EMPTY)
    {
        if (c == SS_MODE_KEEP)
            STOP(child->label, place, "keep the parent too, or make this table empty",
                 "foreign key \"%s\": the parent %s is empty", name, parent->label);
        else if (!nullable(child, fk))
            STOP(child->label, place, "make this table empty, or give the parent rows",
                 "foreign key \"%s\" is NOT NULL and the parent %s is empty", name, parent->label);
    }
    else if (c == SS_MODE_KEEP && p == SS_MODE_SYNTHESISE)
        STOP(child->label, place, "synthesise this table too, or keep the parent",
             "foreign key \"%s\": kept rows cannot point to the invented rows of %s", name,
             parent->label);
    else if (c == SS_MODE_PSEUDONYMISE && p == SS_MODE_SYNTHESISE && !nullable(child, fk))
        STOP(child->label, place, "pseudonymise the parent too, or synthesise this table",
             "foreign key \"%s\": real rows cannot point to the invented rows of %s", name,
             parent->label);
}

/* --- all of it ---------------------------------------------------------------------------------- */

static void
find_entries(resolving *r)
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
            WARN(entry->label, &entry->place, "", "the table has vanished from the source");
        else if (r->catalog->tables[found - 1].is_partition)
            MALFORMED(entry->label, &entry->place, "remove the entry",
                      "a partition follows its root and is not named");
        else if (r->entries[found - 1] != NULL)
            MALFORMED(entry->label, &entry->place, "remove one of the two",
                      "the table is named twice, first in line %zu", r->entries[found - 1]->place.line);
        else
            r->entries[found - 1] = entry;
    }
}

ss_code
ss_policy_resolve(const ss_policy *policy, const ss_catalog *catalog, ss_arena *result,
                  ss_plan **plan, ss_error *err)
{
    resolving state = {.policy = policy, .catalog = catalog, .result = result};
    resolving *r = &state;

    (void) err;
    r->plan = ss_alloc(result, 1, sizeof *r->plan);
    r->tables = ss_alloc(result, catalog->ntables + 1, sizeof *r->tables);
    r->entries = ss_alloc(result, catalog->ntables + 1, sizeof *r->entries);
    r->rule_matches = ss_alloc(result, policy->nrules + 1, sizeof *r->rule_matches);
    *r->plan = (ss_plan){.policy = policy, .catalog = catalog, .tables = r->tables};
    find_entries(r);
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        if (!catalog->tables[i].is_partition)
            decide_table(r, i);
    }
    resolve_routes(r);
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        if (catalog->tables[i].is_partition)
            follow_root(r, i);
    }
    for (size_t i = 0; i < catalog->nforeign_keys; i++)
        check_foreign_key(r, &catalog->foreign_keys[i]);
    for (size_t i = 0; i < policy->nrules; i++)
    {
        const ss_policy_rule *rule = &policy->rules[i];

        if (r->rule_matches[i] == 0 && rule->matched == 0)
            MALFORMED("", &rule->place, "correct or remove the rule",
                      "the rule has never matched a column");
        else if (r->rule_matches[i] == 0)
            WARN("", &rule->place, "", "the rule matches no column any more");
    }
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
