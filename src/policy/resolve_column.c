/* The policy held against a catalog: the decision for one column. */
#include <string.h>

#include "base/text.h"
#include "policy/coarse.h"
#include "policy/known_password.h"
#include "policy/resolve_internal.h"
#include "rows/codec.h"

/*
 * May its values be about a person?  Whatever is not plainly so.  In a kept table keys too: which rows belong
 * together may be all that there is to tell (who has which disease).  Elsewhere keys that are more than numbers: a
 * name or an e-mail address can be a key.
 */
static bool
personal(const ss_resolving *r, ss_mode mode, const ss_column *column, ss_class class)
{
    const size_t base = ss_catalog_base_type(r->catalog, column->type);

    if (class != SS_CLASS_KEY || mode == SS_MODE_KEEP)
        return class != SS_CLASS_NON_PERSONAL;
    return base == SS_NONE || !(ss_type_is_integer(&r->catalog->types[base]) ||
                                ss_type_is(&r->catalog->types[base], "uuid"));
}

ss_treatment
ss_resolve_default(ss_mode mode, ss_class class)
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

static bool
reveals_nothing(ss_treatment t)
{
    return t == SS_TREAT_SHAPE || t == SS_TREAT_NULLIFY || t == SS_TREAT_CONSTANT;
}

const char *
ss_policy_refusal(ss_mode mode, ss_class class, ss_treatment treatment)
{
    if (mode == SS_MODE_EMPTY || treatment == SS_TREAT_DEFAULT)
        return NULL;
    if (treatment == SS_TREAT_SYNTHESISE &&
        (class == SS_CLASS_DIRECT_IDENTIFIER || class == SS_CLASS_SECRET ||
         class == SS_CLASS_FREE_TEXT))
        return "synthesise learns values, and nothing of a direct identifier, a secret or free "
               "text is learnt: use shape";
    if (mode == SS_MODE_KEEP && treatment != SS_TREAT_KEEP)
        return "a keep table takes no treatments: its rows leave as they are";
    if (mode == SS_MODE_SYNTHESISE && treatment == SS_TREAT_KEEP)
        return "a synthesise table takes no keep: a real value would stand beside invented ones";
    if (mode == SS_MODE_SYNTHESISE && treatment == SS_TREAT_PSEUDONYMISE)
        return "a synthesise table takes no pseudonymise: a real value would stand beside invented "
               "ones";
    if (mode == SS_MODE_SYNTHESISE && treatment == SS_TREAT_REDACT)
        return "a synthesise table takes no redact: a real text would stand beside invented ones";
    if (mode == SS_MODE_PSEUDONYMISE && treatment == SS_TREAT_SYNTHESISE)
        return "a pseudonymise table takes no synthesise: use shape";
    if (mode == SS_MODE_SYNTHESISE && class == SS_CLASS_UNDECIDED && !reveals_nothing(treatment))
        return "an undecided column takes no treatment that reveals anything: decide its class, or "
               "leave treatment: out";
    return NULL;
}

static bool
constant_fits(const ss_resolving *r, const ss_column *column, const char *value)
{
    const ss_codec *codec = ss_codec_find(r->catalog, column->type);
    ss_arena *scratch = ss_arena_new(NULL);
    size_t characters = 0;
    ss_error ignored;
    bool fits = true;

    for (const char *c = value; *c != '\0'; c++)
        characters += (*c & 0xC0) != 0x80;
    /* What no codec knows the server judges. */
    if (codec != NULL)
    {
        const ss_codec_type type = {r->catalog, ss_catalog_base_type(r->catalog, column->type),
                                    column->typmod};
        ss_batch *batch = ss_batch_new(scratch, &codec->form, 1);

        fits =
            codec->from_text(&type, value, strlen(value), &batch->columns[0], 0, &ignored) == SS_OK;
    }
    ss_arena_free(scratch);
    return fits && characters <= ss_catalog_characters(r->catalog, column);
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

/* Is it one list and nothing else: CHECK ((x = ANY (ARRAY['a'::text, 'b'::text])))? */
static bool
is_list(const char *definition)
{
    return strstr(definition, " = ANY (") != NULL && strstr(definition, " OR ") == NULL &&
           strstr(definition, " AND ") == NULL && strstr(definition, "''") == NULL;
}

/* A list of a CHECK that the value is not in. */
static bool
is_unlisted(const char *definition, const char *value)
{
    const char *literal;
    size_t n;

    if (!is_list(definition))
        return false;
    while ((literal = ss_check_next_literal(&definition, &n)) != NULL)
    {
        if (n == strlen(value) && strncmp(literal, value, n) == 0)
            return false;
    }
    return true;
}

static void
check_listed(ss_resolving *r, const ss_table *table, const ss_column *column, const char *value,
             const char *label, const ss_place *place)
{
    const char *name = NULL;

    for (size_t i = 0; i < table->nchecks && name == NULL; i++)
    {
        if (ss_check_is_of(&table->checks[i], column) &&
            is_unlisted(table->checks[i].definition, value))
            name = table->checks[i].name;
    }
    for (size_t t = column->type;
         t != SS_NONE && r->catalog->types[t].kind == SS_TYPE_DOMAIN && name == NULL;
         t = r->catalog->types[t].base)
    {
        for (size_t i = 0; i < r->catalog->types[t].nchecks && name == NULL; i++)
        {
            if (is_unlisted(r->catalog->types[t].checks[i], value))
                name = r->catalog->types[t].name;
        }
    }
    if (name != NULL)
        MALFORMED(UNFIT, label, place, "a value of that list",
                  "the value is not in the list of \"%.80s\"", ss_printable(r->result, name));
}

/* Of which scheme it must be the values tell, which only a run that reads them learns. */
static void
check_password(ss_resolving *r, const ss_column *column, const char *label, const ss_place *place,
               ss_mode mode)
{
    const size_t base = ss_catalog_base_type(r->catalog, column->type);

    if (mode != SS_MODE_PSEUDONYMISE)
        STOP(UNFIT, label, place, "correct value:",
             "known-password is made from what the row holds, which only pseudonymise tables read");
    else if (base == SS_NONE || !ss_type_is_text(&r->catalog->types[base]))
        MALFORMED(UNFIT, label, place,
                  "correct value:", "known-password is text, which the type %.100s is not",
                  ss_printable(r->result, column->type_text));
}

static void
check_constant(ss_resolving *r, const ss_table *table, const ss_column *column,
               const ss_decision *d, const char *label, const ss_place *place, ss_mode mode)
{
    const ss_key *key = own_key(table, column);

    if (d->treatment != SS_TREAT_CONSTANT || column->generated != SS_GENERATED_NOT)
        return;
    if (ss_is_known_password(d))
        check_password(r, column, label, place, mode);
    else if (!constant_fits(r, column, d->value))
        MALFORMED(UNFIT, label, place, "correct value:", "the value does not fit the type %.100s",
                  ss_printable(r->result, column->type_text));
    if (key != NULL)
        STOP(NOT_UNIQUE, label, place, "another treatment",
             "\"%.80s\" wants the column unique: no constant is",
             ss_printable(r->result, key->name));
    if (!ss_is_known_password(d))
        check_listed(r, table, column, d->value, label, place);
}

/* NULLs count as equal where the key says so. */
static void
check_nulls(ss_resolving *r, const ss_table *table, const ss_column *column, const ss_decision *d,
            const char *label, const ss_place *place)
{
    const ss_key *key = own_key(table, column);

    if (d->treatment == SS_TREAT_NULLIFY && key != NULL && key->nulls_not_distinct)
        STOP(NOT_UNIQUE, label, place, "treatment: shape",
             "\"%.80s\" takes one NULL only (NULLS NOT DISTINCT)",
             ss_printable(r->result, key->name));
}

static void
check_type(ss_resolving *r, const ss_column *column, const ss_decision *d,
           const ss_policy_column *e, const char *label, const ss_place *place, ss_mode mode)
{
    if (column->generated != SS_GENERATED_NOT || ss_codec_find(r->catalog, column->type) != NULL)
        return;
    if (d->treatment == SS_TREAT_NULLIFY || d->treatment == SS_TREAT_CONSTANT)
        return;
    /* It is copied unread, so that a person must have said why it may be: of this column, not of all. */
    if (d->treatment == SS_TREAT_KEEP && e != NULL && e->why != NULL &&
        e->class != SS_CLASS_UNDECIDED)
        return;
    STOP(UNFIT, label, place,
         mode != SS_MODE_SYNTHESISE
             ? "give the column an entry of its own with class, why and, unless the table is kept, "
               "treatment"
         : ss_catalog_is_nullable(r->catalog, column) ? "treatment: nullify"
                                                      : "treatment: constant with a value",
         "sandseed does not know the type %.100s", ss_printable(r->result, column->type_text));
}

/* What to: says must be something that the column takes. */
static void
check_coarse(ss_resolving *r, const ss_column *column, const ss_decision *d, const char *label,
             const ss_place *place)
{
    const char *words = ss_coarse_words(r->catalog, column, d->kind);
    ss_coarse ignored;

    if (d->treatment != SS_TREAT_GENERALISE || d->to == NULL ||
        column->generated != SS_GENERATED_NOT ||
        ss_coarse_read(r->catalog, column, d->kind, d->to, &ignored))
        return;
    if (words == NULL)
        MALFORMED(UNFIT, label, place, "treatment: shape, or another one",
                  "values of type %.100s cannot be made coarser",
                  ss_printable(r->result, column->type_text));
    else
        MALFORMED(UNFIT, label, place, ss_strf(r->result, "to: %s", words),
                  "its type, %.100s, does not take what to: says",
                  ss_printable(r->result, column->type_text));
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
take_entry(ss_resolving *r, const ss_policy_table *entry, const ss_policy_column *e,
           const ss_column *column, const char *label, ss_decision *d)
{
    *d = (ss_decision){
        .class = e->class,
        .treatment = e->treatment,
        .kind = e->kind,
        .to = e->to,
        .value = e->value,
        .days = e->days,
        .locale = e->locale,
        .why = e->why,
        .references = e->references_table == NULL
                          ? NULL
                          : ss_policy_label(e->references_table, e->references_column, r->result)};
    if (e->signature.by == NULL)
        return;
    d->signature = &e->signature;
    if (strcmp(e->signature.covers,
               ss_policy_cover_column(r->catalog, entry, e, column, r->result)) == 0)
        d->signed_by = e->signature.by;
    else
        WARN(UNSIGNED, label, &e->place, "look at what changed and sign it again",
             "the signature no longer covers the column as it is");
}

/*
 * What a rule says of a column.  One that it did not match yet when plan last wrote the rule, it decides
 * only where that reveals nothing (design 5.1).
 */
static void
take_rule(ss_resolving *r, const ss_table_plan *t, const ss_policy_rule *rule, const char *label,
          ss_decision *d)
{
    const ss_rule_columns *columns = &r->rules[rule - r->policy->rules];
    const ss_treatment treatment = rule->treatment != SS_TREAT_DEFAULT
                                       ? rule->treatment
                                       : ss_resolve_default(t->mode, rule->class);
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
        d->signature = s->by == NULL ? NULL : s;
        d->signed_by = columns->is_signed ? s->by : NULL;
        return;
    }
    if (reveals_nothing(treatment))
        return;
    *d = (ss_decision){.class = SS_CLASS_UNDECIDED, .rule = rule};
    if (t->mode != SS_MODE_SYNTHESISE)
    {
        STOP(NEW, label, &rule->place,
             ss_strf(r->result, "sandseed plan %s, and look at what the rule covers then",
                     rule->place.file),
             "undecided: the rule \"%.100s\" did not match it when plan last wrote the rule",
             ss_printable(r->result, ss_policy_rule_name(rule, r->result)));
        r->told++;
    }
    else if (ss_rule_covers_any(columns))
        WARN(NEW, label, &rule->place,
             ss_strf(r->result, "sandseed plan %s, and look at what the rule covers then",
                     rule->place.file),
             "undecided: the rule \"%.100s\" did not match it when plan last wrote the rule",
             ss_printable(r->result, ss_policy_rule_name(rule, r->result)));
}

/* --- columns ------------------------------------------------------------------------------------ */

/* The entry of a column that is not there whose name is nearest to name; or NULL. */
static const ss_policy_column *
misspelt_column(const ss_resolving *r, const ss_table *table, const ss_policy_table *entry,
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
    nearest = n > SS_MISSPELT_MAX ? NULL : ss_nearest(name, gone, n);
    for (size_t i = 0; nearest != NULL && i < entry->ncolumns; i++)
    {
        if (entry->columns[i].name == nearest)
            return &entry->columns[i];
    }
    return NULL;
}

/* A column that the policy does not name. */
static void
stop_unnamed(ss_resolving *r, const ss_table *table, const ss_policy_table *entry,
             const ss_column *column)
{
    const ss_policy_column *typo = misspelt_column(r, table, entry, column->name);

    if (typo != NULL)
        STOP(MISSPELT, ss_resolve_label(r, table, typo->name), &typo->place, "mend the name",
             "there is no such column; did you mean \"%s\"?",
             ss_printable(r->result, column->name));
    else
        STOP(NEW, ss_resolve_label(r, table, column->name), NULL, ss_resolve_plan(r),
             "the policy does not name this column");
    r->told++;
}

/* A column that nothing in the file decides. */
static void
take_nothing(ss_resolving *r, const ss_table *table, const ss_table_plan *t,
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
        d->by_table = true;
        d->why = t->why;
    }
    else if (t->mode == SS_MODE_KEEP && (entry == NULL || entry->ncolumns == 0))
        return; /* told for the table as a whole */
    else if (t->mode == SS_MODE_KEEP || r->policy->on_new_column == SS_ON_NEW_STOP)
        stop_unnamed(r, table, entry, column); /* on_change changes no row that leaves as it is */
    else
    {
        d->treatment = r->policy->on_new_column == SS_ON_NEW_NULLIFY &&
                               ss_catalog_is_nullable(r->catalog, column)
                           ? SS_TREAT_NULLIFY
                           : SS_TREAT_SHAPE;
        r->told++;
        WARN(NEW, ss_resolve_label(r, table, column->name), NULL, ss_resolve_plan(r),
             "new column, not in the policy: %s", ss_treatment_name(d->treatment));
    }
}

/* The command that signs what decides the column: its entry, a rule, or nothing but the table. */
static const char *
signing(const ss_resolving *r, const ss_table *table, const ss_policy_column *e,
        const ss_decision *d, const char *label, const ss_place *place)
{
    return ss_resolve_sign(r, place,
                           e != NULL         ? label
                           : d->rule != NULL ? ss_policy_rule_name(d->rule, r->result)
                                             : table->label);
}

static void
check_signature(ss_resolving *r, const ss_table *table, const ss_table_plan *t,
                const ss_column *column, const ss_policy_column *e, ss_decision *d,
                const char *label, const ss_place *place)
{
    const bool leaves = d->npaths > 0 ? ss_paths_leave(d)
                                      : d->personal && (d->treatment == SS_TREAT_KEEP ||
                                                        d->treatment == SS_TREAT_GENERALISE ||
                                                        d->treatment == SS_TREAT_REDACT);
    const ss_signoff required = r->policy->require_signoff;

    if (t->mode == SS_MODE_EMPTY || d->signed_by != NULL || t->signed_by != NULL ||
        column->generated != SS_GENERATED_NOT)
        return;
    d->lacks_signature =
        required == SS_SIGNOFF_ALL || (required == SS_SIGNOFF_PERSONAL_KEEP && leaves);
    if (required == SS_SIGNOFF_ALL)
        STOP(UNSIGNED, label, place, signing(r, table, e, d, label, place),
             "not signed, and require_signoff is all");
    else if (d->lacks_signature &&
             t->mode == SS_MODE_PSEUDONYMISE) /* a kept table is signed as a whole */
        STOP(UNSIGNED, label, place, signing(r, table, e, d, label, place),
             d->npaths > 0 ? "a personal path that leaves with its values must be signed"
                           : "a personal column that leaves with its values must be signed");
}

void
ss_resolve_column(ss_resolving *r, const ss_table *table, ss_table_plan *t,
                  const ss_policy_table *entry, size_t c, ss_decision *d)
{
    const ss_column *column = &table->columns[c];
    const ss_policy_column *e = find_entry(entry, column->name);
    const ss_policy_rule *rival,
        *rule = ss_rule_find(r->policy, r->catalog, table, column, r->result, &rival);
    const ss_place *place = e != NULL       ? &e->place
                            : rule != NULL  ? &rule->place
                            : entry != NULL ? &entry->place
                                            : NULL;
    const char *label = ss_resolve_label(r, table, column->name);
    const bool foreign = ss_table_foreign_key_holds(r->catalog, table, column->attnum);
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
        MALFORMED(RULE, label, &rival->place,
                  "make one of the two more special, or name the column itself",
                  "two rules disagree, the other one in line %zu", rule->place.line);
    if (e != NULL && e->npaths > 0)
        ss_resolve_paths(r, table, t, e, column, label, d);
    d->is_key = foreign || ss_table_primary_key_holds(table, column->attnum);
    d->personal = personal(r, t->mode, column, d->class);
    if (foreign && e != NULL && e->treatment != SS_TREAT_DEFAULT && t->mode != SS_MODE_KEEP &&
        e->treatment != SS_TREAT_NULLIFY)
        STOP(CUT_LINK, label, &e->place, "leave treatment: out",
             "a foreign key takes what its parent gives it, not a treatment of its own");
    if (d->treatment == SS_TREAT_DEFAULT)
        d->treatment = ss_resolve_default(t->mode, d->class);
    if (d->treatment == SS_TREAT_GENERALISE && d->to == NULL)
    {
        d->to = ss_coarse_default(r->catalog, column, d->kind);
        if (d->to == NULL && e != NULL && e->treatment == SS_TREAT_GENERALISE)
            MALFORMED(UNFIT, label, place, "to: what",
                      "generalise needs to: here, since neither kind nor type says to what");
        if (d->to == NULL)
            d->treatment = SS_TREAT_SHAPE;
    }
    else if (d->to != NULL && d->treatment != SS_TREAT_GENERALISE && t->mode != SS_MODE_EMPTY)
        MALFORMED(UNFIT, label, place, "treatment: generalise, or leave to: out",
                  "to: goes with treatment: generalise, and that of the column is %s",
                  ss_treatment_name(d->treatment));
    /* Keys that the schema does not declare are values of somebody all the same. */
    if (d->class == SS_CLASS_KEY && !d->is_key && d->treatment == SS_TREAT_SYNTHESISE &&
        (e == NULL || e->treatment == SS_TREAT_DEFAULT))
        d->treatment = SS_TREAT_SHAPE;
    /* Secrets are nullified where they can be, else they get a shape; a foreign key takes what its parent gives it. */
    if (d->treatment == SS_TREAT_NULLIFY &&
        (foreign || !ss_catalog_is_nullable(r->catalog, column)) &&
        (e == NULL || e->treatment == SS_TREAT_DEFAULT))
        d->treatment = SS_TREAT_SHAPE;
    if (d->treatment == SS_TREAT_NULLIFY && !ss_catalog_is_nullable(r->catalog, column) &&
        column->generated == SS_GENERATED_NOT)
        STOP(UNFIT, label, place,
             ss_codec_find(r->catalog, column->type) == NULL
                 ? "mode: empty for the table, or keep it"
                 : "treatment: shape, or constant with a value",
             "the column is NOT NULL and cannot be nullified");
    why = ss_policy_refusal(t->mode, d->class, d->treatment);
    if (d->treatment == SS_TREAT_REDACT && d->class != SS_CLASS_FREE_TEXT)
        why = "redact is for class free-text: what else holds a person is replaced whole";
    if (t->mode == SS_MODE_SYNTHESISE && d->treatment == SS_TREAT_GENERALISE)
        why = "this build cannot generalise yet: use synthesise or shape";
    if (why != NULL)
        STOP(UNFIT, label, place, "", "%s", why);
    /* A signed keep table decides all the columns that it had when it was signed. */
    if ((d->class == SS_CLASS_UNDECIDED || d->undecided) && t->mode != SS_MODE_EMPTY &&
        !(t->mode == SS_MODE_KEEP && t->signed_by != NULL))
    {
        if (t->mode == SS_MODE_PSEUDONYMISE && r->told == told)
            STOP(UNDECIDED, label, place, "give it a class, and sign it", "undecided");
        d->undecided = true;
        t->undecided++;
    }
    if (t->mode != SS_MODE_EMPTY)
    {
        check_type(r, column, d, e, label, place, t->mode);
        check_constant(r, table, column, d, label, place, t->mode);
        check_nulls(r, table, column, d, label, place);
        check_coarse(r, column, d, label, place);
    }
    check_signature(r, table, t, column, e, d, label, place);
}
