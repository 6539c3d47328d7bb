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
    ss_table_plan *tables;           /* the writable side of plan->tables */
    ss_decision **decisions;         /* and of each of their columns */
    const ss_policy_table **entries; /* of each table; NULL: not named */
    const char **gone; /* labels of the policy's tables that the source does not have */
    size_t ngone;
    ss_rule_columns *rules; /* what each rule matches and covers */
    size_t told;     /* undecided columns of the table at hand that have a finding of their own */
    bool lapsed;     /* the signature of the table at hand stops it */
    size_t capacity; /* of findings */
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

#define STOP(...)      add(r, SS_FINDING_STOPS, SS_EREFUSED, __VA_ARGS__)
#define MALFORMED(...) add(r, SS_FINDING_STOPS, SS_EMEND, __VA_ARGS__)
#define WARN(...)      add(r, SS_FINDING_WARNS, SS_OK, __VA_ARGS__)

static const char *
column_label(const resolving *r, const ss_table *table, const char *column)
{
    return ss_policy_label(table->label, column, r->result);
}

static const char *
sign_command(const resolving *r, const char *label)
{
    return ss_strf(r->result, "sandseed sign %s --by NAME --why TEXT '%s'", r->policy->file, label);
}

static const char *
plan_command(const resolving *r)
{
    return ss_strf(r->result, "sandseed plan %s brings it in", r->policy->file);
}

/* --- which columns ------------------------------------------------------------------------------ */

static bool
in_list(const int16_t *attnums, size_t n, int16_t attnum)
{
    for (size_t i = 0; i < n; i++)
    {
        if (attnums[i] == attnum)
            return true;
    }
    return false;
}

static bool
in_primary_key(const ss_table *table, int16_t attnum)
{
    for (size_t i = 0; i < table->nkeys && table->keys[i].primary; i++)
    {
        if (in_list(table->keys[i].attnums, table->keys[i].ncolumns, attnum))
            return true;
    }
    return false;
}

static bool
in_foreign_key(const resolving *r, const ss_table *table, int16_t attnum)
{
    for (size_t i = 0; i < table->nforeign_keys; i++)
    {
        const ss_foreign_key *k = &r->catalog->foreign_keys[table->foreign_keys[i]];

        if (in_list(k->attnums, k->ncolumns, attnum))
            return true;
    }
    return false;
}

/*
 * May its values be about a person?  Whatever is not plainly so, and keys that are more than numbers: a
 * name or an e-mail address can be a key.
 */
static bool
personal(const resolving *r, const ss_column *column, ss_class class)
{
    static const char *const meaningless[] = {"int2", "int4", "int8", "uuid"};
    const size_t base = ss_catalog_base_type(r->catalog, column->type);

    if (class != SS_CLASS_KEY)
        return class != SS_CLASS_NON_PERSONAL;
    for (size_t i = 0; base != SS_NONE && i < sizeof meaningless / sizeof meaningless[0]; i++)
    {
        if (strcmp(r->catalog->types[base].schema, "pg_catalog") == 0 &&
            strcmp(r->catalog->types[base].name, meaningless[i]) == 0)
            return false;
    }
    return true;
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

/* The characters that a column of a limited text type takes; SIZE_MAX: any number. */
static size_t
length_limit(const resolving *r, const ss_column *column)
{
    int32_t typmod = column->typmod;
    size_t t = column->type;

    while (t != SS_NONE && r->catalog->types[t].kind == SS_TYPE_DOMAIN)
    {
        typmod = r->catalog->types[t].base_typmod;
        t = r->catalog->types[t].base;
    }
    if (t == SS_NONE || typmod < 5 || strcmp(r->catalog->types[t].schema, "pg_catalog") != 0 ||
        (strcmp(r->catalog->types[t].name, "varchar") != 0 &&
         strcmp(r->catalog->types[t].name, "bpchar") != 0))
        return SIZE_MAX;
    return (size_t) typmod - 4;
}

static bool
constant_fits(const resolving *r, const ss_column *column, const char *value)
{
    const ss_codec *codec = ss_codec_find(r->catalog, column->type);
    ss_arena *scratch = ss_arena_new(NULL);
    size_t characters = 0;
    ss_error ignored;
    bool fits = true;

    for (const char *c = value; *c != '\0'; c++)
        characters += (*c & 0xC0) != 0x80;
    /* What no codec knows is for the server to judge. */
    if (codec != NULL)
    {
        const ss_codec_type type = {r->catalog, ss_catalog_base_type(r->catalog, column->type),
                                    column->typmod};
        ss_batch *batch = ss_batch_new(scratch, &codec->form, 1);

        fits =
            codec->from_text(&type, value, strlen(value), &batch->columns[0], 0, &ignored) == SS_OK;
    }
    ss_arena_free(scratch);
    return fits && characters <= length_limit(r, column);
}

/* The one column of a key that must be unique, or NULL. */
static const ss_key *
own_key(const ss_table *table, const ss_column *column)
{
    for (size_t i = 0; i < table->nkeys; i++)
    {
        const ss_key *k = &table->keys[i];

        if (k->ncolumns == 1 && !k->partial && !k->expression && k->attnums[0] == column->attnum)
            return k;
    }
    return NULL;
}

static void
check_constant(resolving *r, const ss_table *table, const ss_column *column, const ss_decision *d,
               const char *label, const ss_place *place)
{
    const ss_key *key = own_key(table, column);

    if (d->treatment != SS_TREAT_CONSTANT || column->generated != SS_GENERATED_NOT)
        return;
    if (!constant_fits(r, column, d->value))
        MALFORMED(label, place, "correct value:", "the value does not fit the type %.100s",
                  ss_printable(r->result, column->type_text));
    if (key != NULL)
        STOP(label, place, "another treatment", "\"%.80s\" wants the column unique: no constant is",
             ss_printable(r->result, key->name));
}

static void
check_type(resolving *r, const ss_column *column, const ss_decision *d, const ss_policy_column *e,
           const char *label, const ss_place *place, ss_mode mode)
{
    if (column->generated != SS_GENERATED_NOT || ss_codec_find(r->catalog, column->type) != NULL)
        return;
    if (d->treatment == SS_TREAT_NULLIFY || d->treatment == SS_TREAT_CONSTANT)
        return;
    /* It is copied unread, so that a person must have said why it may be: of this column, not of all. */
    if (d->treatment == SS_TREAT_KEEP && e != NULL && e->why != NULL)
        return;
    STOP(label, place,
         mode == SS_MODE_SYNTHESISE
             ? "treatment: nullify, or constant with a value"
             : "give the column an entry of its own with class, why and, unless the table is kept, "
               "treatment",
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
take_entry(resolving *r, const ss_policy_table *entry, const ss_policy_column *e,
           const ss_column *column, const char *label, ss_decision *d)
{
    *d = (ss_decision){.class = e->class,
                       .treatment = e->treatment,
                       .kind = e->kind,
                       .to = e->to,
                       .value = e->value,
                       .why = e->why};
    if (e->signature.by == NULL)
        return;
    if (strcmp(e->signature.covers, ss_policy_cover_column(entry, e, column, r->result)) == 0)
        d->signed_by = e->signature.by;
    else
        WARN(label, &e->place, "look at what changed and sign it again",
             "the signature no longer covers the column as it is");
}

static bool
reveals_nothing(ss_treatment t)
{
    return t == SS_TREAT_SHAPE || t == SS_TREAT_NULLIFY || t == SS_TREAT_CONSTANT;
}

/* Is anything that the rule matches covered by it? */
static bool
covers_any(const ss_rule_columns *columns)
{
    for (size_t i = 0; i < columns->n; i++)
    {
        if (columns->list[i].covered)
            return true;
    }
    return false;
}

/*
 * What a rule says of a column.  One that it did not match yet when plan last wrote the rule, it decides
 * only where that reveals nothing (design 5.1).
 */
static void
take_rule(resolving *r, const ss_table_plan *t, const ss_policy_rule *rule, const char *label,
          ss_decision *d)
{
    const ss_rule_columns *columns = &r->rules[rule - r->policy->rules];
    const ss_treatment treatment = rule->treatment != SS_TREAT_DEFAULT
                                       ? rule->treatment
                                       : default_treatment(t->mode, rule->class);
    const ss_signature *s = &rule->signature;

    *d = (ss_decision){.class = rule->class,
                       .treatment = rule->treatment,
                       .kind = rule->kind,
                       .to = rule->to,
                       .value = rule->value,
                       .why = rule->why,
                       .rule = rule};
    /* A table's signature covers what rules say of its columns. */
    if (t->mode == SS_MODE_EMPTY || (t->mode == SS_MODE_KEEP && t->signed_by != NULL))
        return;
    if (ss_rule_covers(columns, label))
    {
        if (s->by != NULL &&
            strcmp(s->covers, ss_policy_cover_rule(rule, rule->digest, r->result)) == 0)
            d->signed_by = s->by;
        return;
    }
    if (reveals_nothing(treatment))
        return;
    *d = (ss_decision){.class = SS_CLASS_UNDECIDED, .rule = rule};
    if (t->mode != SS_MODE_SYNTHESISE)
    {
        STOP(label, &rule->place,
             ss_strf(r->result, "sandseed plan %s, and look at what the rule covers then",
                     r->policy->file),
             "undecided: the rule \"%.100s\" did not match it when plan last wrote the rule",
             ss_printable(r->result, ss_policy_rule_name(rule, r->result)));
        r->told++;
    }
    else if (covers_any(columns))
        WARN(label, &rule->place,
             ss_strf(r->result, "sandseed plan %s, and look at what the rule covers then",
                     r->policy->file),
             "undecided: the rule \"%.100s\" did not match it when plan last wrote the rule",
             ss_printable(r->result, ss_policy_rule_name(rule, r->result)));
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

/* A column that the policy does not name. */
static void
stop_unnamed(resolving *r, const ss_table *table, const ss_policy_table *entry,
             const ss_column *column)
{
    const ss_policy_column *typo = misspelt_column(r, table, entry, column->name);

    if (typo != NULL)
        STOP(column_label(r, table, typo->name), &typo->place, "mend the name",
             "there is no such column; did you mean \"%s\"?",
             ss_printable(r->result, column->name));
    else
        STOP(column_label(r, table, column->name), NULL, plan_command(r),
             "the policy does not name this column");
    r->told++;
}

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
    else if (t->mode == SS_MODE_EMPTY)
        d->class = SS_CLASS_NON_PERSONAL;
    else if (t->mode == SS_MODE_KEEP && t->signed_by != NULL)
    {
        d->class = SS_CLASS_NON_PERSONAL;
        d->why = t->why;
    }
    else if (t->mode == SS_MODE_KEEP && (entry == NULL || entry->ncolumns == 0))
        return; /* told for the table as a whole */
    else if (t->mode == SS_MODE_KEEP || r->policy->on_new_column == SS_ON_NEW_STOP)
        stop_unnamed(r, table, entry, column); /* on_change changes no row that leaves as it is */
    else
    {
        d->treatment = r->policy->on_new_column == SS_ON_NEW_NULLIFY && !column->not_null
                           ? SS_TREAT_NULLIFY
                           : SS_TREAT_SHAPE;
        r->told++;
        WARN(column_label(r, table, column->name), NULL, plan_command(r),
             "new column, not in the policy: %s", ss_treatment_name(d->treatment));
    }
}

static void
check_signature(resolving *r, const ss_table_plan *t, const ss_column *column, const ss_decision *d,
                const char *label, const ss_place *place)
{
    const bool leaves = d->treatment == SS_TREAT_KEEP || d->treatment == SS_TREAT_GENERALISE;

    if (t->mode == SS_MODE_EMPTY || d->signed_by != NULL || t->signed_by != NULL ||
        column->generated != SS_GENERATED_NOT)
        return;
    if (r->policy->require_signoff == SS_SIGNOFF_ALL)
        STOP(label, place, sign_command(r, label), "not signed, and require_signoff is all");
    else if (r->policy->require_signoff == SS_SIGNOFF_PERSONAL_KEEP && d->personal && leaves &&
             t->mode == SS_MODE_PSEUDONYMISE)
        STOP(label, place, sign_command(r, label),
             "a personal column that leaves with its values must be signed");
}

static void
decide_column(resolving *r, const ss_table *table, ss_table_plan *t, const ss_policy_table *entry,
              size_t c, ss_decision *d)
{
    const ss_column *column = &table->columns[c];
    const ss_policy_column *e = find_entry(entry, column->name);
    const ss_policy_rule *rival,
        *rule = ss_rule_find(r->policy, r->catalog, table, column, r->result, &rival);
    const ss_place *place = e != NULL ? &e->place : entry != NULL ? &entry->place : NULL;
    const char *label = column_label(r, table, column->name);
    const bool foreign = in_foreign_key(r, table, column->attnum);
    const size_t told = r->told;
    const char *why;

    *d = (ss_decision){.class = SS_CLASS_UNDECIDED};
    if (e != NULL)
        take_entry(r, entry, e, column, label, d);
    else if (rule != NULL)
        take_rule(r, t, rule, label, d);
    else
        take_nothing(r, table, t, entry, column, d);
    if (e == NULL && rival != NULL)
        MALFORMED(label, &rival->place,
                  "make one of the two more special, or name the column itself",
                  "two rules disagree, the other one in line %zu", rule->place.line);
    if (e != NULL && e->has_paths)
        STOP(label, &e->place, "", "this build does not know paths yet");
    d->is_key = foreign || in_primary_key(table, column->attnum);
    d->personal = personal(r, column, d->class);
    if (foreign && e != NULL && e->treatment != SS_TREAT_DEFAULT && t->mode != SS_MODE_KEEP &&
        e->treatment != SS_TREAT_NULLIFY)
        STOP(label, &e->place, "leave treatment: out",
             "a foreign key takes what its parent gives it, not a treatment of its own");
    if (d->treatment == SS_TREAT_DEFAULT)
        d->treatment = default_treatment(t->mode, d->class);
    /* Keys that the schema does not declare are values of somebody all the same. */
    if (d->class == SS_CLASS_KEY && !d->is_key && d->treatment == SS_TREAT_SYNTHESISE &&
        (e == NULL || e->treatment == SS_TREAT_DEFAULT))
        d->treatment = SS_TREAT_SHAPE;
    if (d->class == SS_CLASS_UNDECIDED && t->mode == SS_MODE_SYNTHESISE &&
        !reveals_nothing(d->treatment) && column->generated == SS_GENERATED_NOT)
        MALFORMED(label, place, "decide its class, or leave treatment: out",
                  "an undecided column takes no treatment that reveals anything: %s",
                  ss_treatment_name(d->treatment));
    /* Secrets are nullified where they can be, else they get a shape. */
    if (d->treatment == SS_TREAT_NULLIFY && column->not_null &&
        (e == NULL || e->treatment == SS_TREAT_DEFAULT))
        d->treatment = SS_TREAT_SHAPE;
    if (d->treatment == SS_TREAT_NULLIFY && column->not_null &&
        column->generated == SS_GENERATED_NOT)
        STOP(label, place, "treatment: shape, or constant with a value",
             "the column is NOT NULL and cannot be nullified");
    why = t->mode == SS_MODE_EMPTY ? NULL : refusal(t->mode, d->treatment);
    if (why != NULL)
        STOP(label, place, "", "%s", why);
    /* A signed keep table decides all the columns that it had when it was signed. */
    if (d->class == SS_CLASS_UNDECIDED && t->mode != SS_MODE_EMPTY &&
        !(t->mode == SS_MODE_KEEP && t->signed_by != NULL))
    {
        if (t->mode == SS_MODE_PSEUDONYMISE && r->told == told)
            STOP(label, place, "give it a class, and sign it", "undecided");
        d->undecided = true;
        t->undecided++;
    }
    if (t->mode != SS_MODE_EMPTY)
    {
        check_type(r, column, d, e, label, place, t->mode);
        check_constant(r, table, column, d, label, place);
    }
    check_signature(r, t, column, d, label, place);
}

/* --- one table ---------------------------------------------------------------------------------- */

/* The right to see the table takes the right to look into its schema, which public gives everybody. */
static const char *
grant_reading(resolving *r, const ss_table *table, const char *columns, const char *role)
{
    ss_buf text = {0};
    const char *copy;

    if (strcmp(table->schema, "public") != 0)
    {
        ss_buf_puts(&text, "GRANT USAGE ON SCHEMA ");
        ss_text_ident(&text, table->schema);
        ss_buf_puts(&text, " and ");
    }
    ss_buf_printf(&text, "GRANT SELECT%s%s%s ON %s TO the role %s", columns == NULL ? "" : " (",
                  columns == NULL ? "" : columns, columns == NULL ? "" : ")", table->label, role);
    copy = ss_strdup(r->result, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

/* Are the table's rows counted because the model of another one refers to them? */
static bool
is_counted(const resolving *r, const ss_table *table)
{
    for (size_t i = 0; i < table->nreferenced_by; i++)
    {
        const ss_foreign_key *fk = &r->catalog->foreign_keys[table->referenced_by[i]];

        if (!fk->inherited && r->tables[fk->table].mode == SS_MODE_SYNTHESISE)
            return true;
    }
    return false;
}

/* Does a run read the column's values? */
static bool
is_read(const resolving *r, const ss_table *table, const ss_table_plan *t, size_t c)
{
    const ss_column *column = &table->columns[c];
    const ss_treatment treatment = t->columns[c].treatment;

    if (t->mode == SS_MODE_EMPTY || table->kind == SS_TABLE_FOREIGN ||
        column->generated != SS_GENERATED_NOT)
        return false;
    /* The server counts the rows that refer to each parent, through the root of a partition tree. */
    if (in_foreign_key(r, table, column->attnum))
        return true;
    return ss_table_has_rows(table) && treatment != SS_TREAT_NULLIFY &&
           treatment != SS_TREAT_CONSTANT;
}

/* With a schema_source our role needs what is read and no more: name what lacks. */
static void
check_columns(resolving *r, const ss_table *table, const ss_table_plan *t)
{
    const bool by_place = r->catalog->server_version >= 140000;
    const bool read = t->mode != SS_MODE_EMPTY && ss_table_has_rows(table);
    bool any = false;
    size_t lacks = 0;
    ss_buf names = {0};

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        any = any || table->columns[c].readable;
        if (table->columns[c].readable || !is_read(r, table, t, c))
            continue;
        ss_buf_puts(&names, lacks++ == 0 ? "" : ", ");
        ss_text_ident(&names, table->columns[c].name);
    }
    /* Its rows can only be counted by who may read a column. */
    if (!any && lacks == 0 && table->ncolumns > 0 && (read || is_counted(r, table)))
    {
        lacks++;
        ss_text_ident(&names, table->columns[0].name);
    }
    if (read && by_place && !table->places_readable)
        ss_buf_puts(&names, lacks++ == 0 ? "ctid" : ", ctid");
    if (lacks > 0)
        add(r, SS_FINDING_STOPS, SS_EMEND, table->label, NULL,
            grant_reading(r, table, ss_buf_text(&names), "that sandseed connects as"),
            "the source's role may not read what the policy has read of the table");
    ss_buf_done(&names);
}

static void
check_reading(resolving *r, const ss_table *table, const ss_table_plan *t)
{
    const bool read = t->mode != SS_MODE_EMPTY && ss_table_has_rows(table);

    if (table->extension != NULL || table->kind == SS_TABLE_FOREIGN)
        return;
    if (r->policy->schema_source != NULL)
    {
        if (!table->lockable)
            add(r, SS_FINDING_STOPS, SS_EMEND, table->label, NULL,
                grant_reading(r, table, NULL, "of schema_source"),
                "the role of schema_source may not read the table, and pg_dump locks every table "
                "for its schema");
        check_columns(r, table, t);
    }
    else if (!table->readable)
        add(r, SS_FINDING_STOPS, SS_EMEND, table->label, NULL,
            grant_reading(r, table, NULL, "that sandseed connects as"),
            read
                ? "the source's role may not read the table"
                : "the source's role may not read the table, and pg_dump locks every table for its "
                  "schema, also one that stays empty");
    if (read && !table->rows_visible && (table->readable || r->policy->schema_source != NULL))
        add(r, SS_FINDING_STOPS, SS_EMEND, table->label, NULL,
            "ALTER ROLE ... BYPASSRLS for the role that sandseed connects as, or mode: empty",
            "row security hides rows of the table from the source's role");
}

static void
check_kept(resolving *r, const ss_table *table, const ss_table_plan *t,
           const ss_policy_table *entry)
{
    const ss_place *place = entry == NULL ? NULL : &entry->place;
    const size_t untold = t->undecided - r->told;
    bool unsigned_personal = false;

    /* What was signed as a whole is signed again as a whole. */
    if (untold > 0 && !(r->lapsed && entry->ncolumns == 0))
        STOP(table->label, place,
             ss_strf(r->result, "%s, or class its columns", sign_command(r, table->label)),
             "%zu column%s of a keep table %s undecided", untold, untold == 1 ? "" : "s",
             untold == 1 ? "is" : "are");
    for (size_t c = 0; c < table->ncolumns; c++)
        unsigned_personal =
            unsigned_personal || (t->columns[c].personal && t->columns[c].signed_by == NULL);
    /* One that no longer covers the table is told already. */
    if (unsigned_personal && t->undecided == 0 && t->signed_by == NULL &&
        (entry == NULL || entry->signature.by == NULL) &&
        r->policy->require_signoff == SS_SIGNOFF_PERSONAL_KEEP)
        STOP(table->label, place, sign_command(r, table->label),
             "a table with personal columns that leaves with its values must be signed");
}

/* Who signed the table as it is now. */
static void
check_table_signature(resolving *r, const ss_table *table, ss_table_plan *t,
                      const ss_policy_table *entry)
{
    static const char again[] = "look at what changed and sign it again";
    static const char text[] = "the signature no longer covers the table as it is";
    const ss_signoff required = r->policy->require_signoff;

    if (entry->signature.by == NULL)
        return;
    if (t->why == NULL)
        t->why = entry->signature.why;
    if (strcmp(entry->signature.covers,
               ss_policy_cover_table(r->policy, r->catalog, entry, table, r->result)) == 0)
        t->signed_by = entry->signature.by;
    else if (required == SS_SIGNOFF_ALL ||
             (required == SS_SIGNOFF_PERSONAL_KEEP && t->mode == SS_MODE_KEEP))
    {
        r->lapsed = true;
        STOP(table->label, &entry->place,
             ss_strf(r->result, "%s: %s", again, sign_command(r, table->label)), "%s", text);
    }
    else
        WARN(table->label, &entry->place, again, "%s", text);
}

static void
resolve_subject(resolving *r, const ss_table *table, ss_table_plan *t, const ss_policy_table *entry)
{
    size_t nreferences;
    const ss_reference *references = ss_table_references(
        r->catalog, ss_catalog_index(r->catalog, table), r->result, &nreferences);
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
        const ss_class class = t->columns[c].class;

        /* Keys that the schema declares are made, not learnt. */
        if (class != SS_CLASS_UNDECIDED && class != SS_CLASS_NON_PERSONAL &&
            !(class == SS_CLASS_KEY && t->columns[c].is_key) &&
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

    t->columns = r->decisions[index] = columns;
    t->mode = SS_MODE_EMPTY;
    t->rows = r->policy->rows;
    r->lapsed = false;
    if (entry == NULL)
    {
        const bool foreign = table->kind == SS_TABLE_FOREIGN;
        const bool stops =
            r->policy->on_new_table == SS_ON_NEW_STOP && !foreign && table->extension == NULL;
        const ss_policy_table *typo = stops ? misspelt_table(r, table->label) : NULL;

        if (typo != NULL)
            STOP(typo->label, &typo->place, "mend the name",
                 "there is no such table; did you mean \"%s\"?",
                 ss_printable(r->result, table->label));
        else if (stops)
            STOP(table->label, NULL, plan_command(r), "the policy does not name this table");
        else if (!foreign && table->extension == NULL)
            WARN(table->label, NULL, "", "new table, not in the policy: empty");
    }
    else
    {
        t->mode = entry->mode;
        t->why = entry->why;
        t->rows = entry->rows != NULL ? entry->rows : r->policy->rows;
        check_table_signature(r, table, t, entry);
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
    r->told = 0;
    for (size_t c = 0; c < table->ncolumns; c++)
        decide_column(r, table, t, entry, c, &columns[c]);
    if (t->mode == SS_MODE_KEEP)
        check_kept(r, table, t, entry);
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
}

/* --- where modes meet --------------------------------------------------------------------------- */

typedef enum meeting
{
    FITS,       /* as it is, by the model, by the same link group */
    NULLS,      /* the child's columns are null */
    SAID_NULLS, /* likewise, and the policy must say so: real references would be lost */
    ONLY_NULLS, /* only if they are null already */
    KEPT,       /* the child's columns are kept, as the parent's are */
    LINKED,     /* the child's columns join the parent's link group */
    REFUSED,
} meeting;

static const meeting meetings[][4] = {
    /* [child][parent] */
    [SS_MODE_SYNTHESISE] = {FITS, FITS, FITS, NULLS},
    [SS_MODE_PSEUDONYMISE] = {SAID_NULLS, FITS, KEPT, SAID_NULLS},
    [SS_MODE_KEEP] = {REFUSED, LINKED, FITS, ONLY_NULLS},
    [SS_MODE_EMPTY] = {FITS, FITS, FITS, FITS},
};

/* A test of one column of a foreign key. */
typedef bool column_test(const resolving *r, const ss_column *column, const ss_decision *d);

static bool
nullable(const resolving *r, const ss_column *column, const ss_decision *d)
{
    (void) d;
    for (size_t t = column->type; t != SS_NONE && r->catalog->types[t].kind == SS_TYPE_DOMAIN;
         t = r->catalog->types[t].base)
    {
        if (r->catalog->types[t].not_null)
            return false;
    }
    return !column->not_null && column->generated == SS_GENERATED_NOT;
}

static bool
nullified(const resolving *r, const ss_column *column, const ss_decision *d)
{
    return nullable(r, column, d) && d->treatment == SS_TREAT_NULLIFY;
}

/* By the server's own statistics; if they err, the foreign key will not hold and nothing is published. */
static bool
is_null(const resolving *r, const ss_column *column, const ss_decision *d)
{
    return nullable(r, column, d) && column->null_frac >= 1;
}

/* One NULL makes a reference refer to nothing; with MATCH FULL all of them do. */
static bool
refers_to_nothing(const resolving *r, const ss_foreign_key *fk, column_test *test)
{
    const ss_table *child = &r->catalog->tables[fk->table];
    size_t n = 0;

    for (size_t c = 0; c < child->ncolumns; c++)
    {
        for (size_t i = 0; i < fk->ncolumns; i++)
            n += child->columns[c].attnum == fk->attnums[i] &&
                 test(r, &child->columns[c], &r->tables[fk->table].columns[c]);
    }
    return fk->match == 'f' ? n == fk->ncolumns : n > 0;
}

static ss_mode
mode_of_root(const resolving *r, size_t table)
{
    const ss_table *root = ss_table_root(r->catalog, &r->catalog->tables[table]);

    return r->tables[ss_catalog_index(r->catalog, root)].mode;
}

/* Does another foreign key of the table lead from the column to a table of that mode? */
static bool
also_leads_to(const resolving *r, const ss_table *child, int16_t attnum, ss_mode mode)
{
    for (size_t i = 0; i < child->nforeign_keys; i++)
    {
        const ss_foreign_key *fk = &r->catalog->foreign_keys[child->foreign_keys[i]];

        if (mode_of_root(r, fk->parent) == mode && in_list(fk->attnums, fk->ncolumns, attnum))
            return true;
    }
    return false;
}

/* The columns of the foreign key take what the parent's have. */
static void
follow_parent(resolving *r, const ss_foreign_key *fk, ss_treatment treatment, ss_mode other,
              const ss_place *place)
{
    const ss_table *child = &r->catalog->tables[fk->table];

    for (size_t c = 0; c < child->ncolumns; c++)
    {
        const int16_t attnum = child->columns[c].attnum;

        if (!in_list(fk->attnums, fk->ncolumns, attnum) ||
            r->decisions[fk->table][c].treatment == SS_TREAT_NULLIFY)
            continue;
        if (also_leads_to(r, child, attnum, other))
            STOP(column_label(r, child, child->columns[c].name), place,
                 "give the tables that it refers to one mode",
                 "one of its foreign keys leads to a kept table, another to a pseudonymised one");
        r->decisions[fk->table][c].treatment = treatment;
    }
}

static void
check_foreign_key(resolving *r, const ss_foreign_key *fk)
{
    const ss_table *child = &r->catalog->tables[fk->table],
                   *parent = &r->catalog->tables[fk->parent];
    const ss_mode c = r->tables[fk->table].mode, p = mode_of_root(r, fk->parent);
    const ss_place *place = r->entries[fk->table] == NULL ? NULL : &r->entries[fk->table]->place;
    const char *name = ss_printable(r->result, fk->name);
    const char *holds = p == SS_MODE_EMPTY ? "is empty" : "holds invented rows";

    if (child->is_partition || fk->inherited || child->kind == SS_TABLE_FOREIGN)
        return;
    switch (meetings[c][p])
    {
    case FITS:
        return;
    case NULLS:
        if (!refers_to_nothing(r, fk, nullable))
            STOP(child->label, place, "make this table empty, or give the parent rows",
                 "foreign key \"%s\" is NOT NULL and the parent %s %s", name, parent->label, holds);
        return;
    case SAID_NULLS:
        if (!refers_to_nothing(r, fk, nullable))
            STOP(child->label, place,
                 p == SS_MODE_EMPTY ? "make this table empty, or give the parent rows"
                                    : "pseudonymise the parent too, or synthesise this table",
                 "foreign key \"%s\" is NOT NULL and the parent %s %s", name, parent->label, holds);
        else if (!refers_to_nothing(r, fk, nullified))
            STOP(child->label, place, "give its column treatment: nullify",
                 "foreign key \"%s\": the parent %s %s, so its references would be lost", name,
                 parent->label, holds);
        return;
    case ONLY_NULLS:
        if (!refers_to_nothing(r, fk, is_null))
            STOP(child->label, place, "keep the parent too, or make this table empty",
                 "foreign key \"%s\": the parent %s is empty", name, parent->label);
        return;
    case KEPT:
        follow_parent(r, fk, SS_TREAT_KEEP, SS_MODE_PSEUDONYMISE, place);
        return;
    case LINKED:
        follow_parent(r, fk, SS_TREAT_PSEUDONYMISE, SS_MODE_KEEP, place);
        return;
    case REFUSED:
        STOP(child->label, place, "synthesise this table too, or keep the parent",
             "foreign key \"%s\": kept rows cannot point to the invented rows of %s", name,
             parent->label);
        return;
    }
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
                      "the table is named twice, first in line %zu",
                      r->entries[found - 1]->place.line);
        else
            r->entries[found - 1] = entry;
    }
}

static void
check_rule(resolving *r, const ss_policy_rule *rule, const ss_rule_columns *columns)
{
    const bool written = rule->digest != NULL && rule->matched > 0;
    const char *name = ss_printable(r->result, ss_policy_rule_name(rule, r->result));
    const char *plan = ss_strf(r->result, "sandseed plan %s, and look at what the rule covers then",
                               r->policy->file);

    if (columns->n == 0 && !written)
        MALFORMED("", &rule->place, "correct or remove the rule",
                  "the rule \"%.100s\" has never matched a column", name);
    else if (columns->n == 0)
        WARN("", &rule->place, "", "the rule \"%.100s\" matches no column any more", name);
    else if (!written)
        WARN("", &rule->place, plan,
             "plan has not written yet what the rule \"%.100s\" covers: it decides nothing that "
             "would reveal anything",
             name);
    else if (!covers_any(columns))
        WARN("", &rule->place, plan,
             "the rule \"%.100s\" matches other columns than the %zu that plan last wrote: it "
             "decides nothing that would reveal anything",
             name, rule->matched);
    else if (rule->signature.by != NULL &&
             strcmp(rule->signature.covers, ss_policy_cover_rule(rule, rule->digest, r->result)) !=
                 0)
        WARN("", &rule->place, "look at what changed and sign it again",
             "the signature no longer covers the rule \"%.100s\" as it is", name);
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
    r->decisions = ss_alloc(result, catalog->ntables + 1, sizeof *r->decisions);
    r->entries = ss_alloc(result, catalog->ntables + 1, sizeof *r->entries);
    r->rules = ss_alloc(result, policy->nrules + 1, sizeof *r->rules);
    for (size_t i = 0; i < policy->nrules; i++)
        r->rules[i] = ss_rule_columns_of(&policy->rules[i], catalog, result);
    *r->plan = (ss_plan){.policy = policy, .catalog = catalog, .tables = r->tables};
    find_entries(r);
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        if (!catalog->tables[i].is_partition)
            decide_table(r, i);
    }
    for (size_t i = 0; i < catalog->nforeign_keys; i++)
        check_foreign_key(r, &catalog->foreign_keys[i]);
    resolve_routes(r);
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        if (catalog->tables[i].is_partition)
            follow_root(r, i);
    }
    for (size_t i = 0; i < catalog->ntables; i++)
        check_reading(r, &catalog->tables[i], &r->tables[i]);
    for (size_t i = 0; i < policy->nrules; i++)
        check_rule(r, &policy->rules[i], &r->rules[i]);
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
