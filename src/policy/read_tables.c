/* The tables of a policy's file, their columns, and its rules. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/map.h"
#include "base/text.h"
#include "base/try.h"
#include "policy/read_internal.h"

/* The keys that a column and a rule share. */
typedef struct decision_fields
{
    ss_class *class;
    ss_treatment *treatment;
    const char **kind, **to, **value, **why;
} decision_fields;

/* Which parameters go with which treatment. */
static ss_code
read_value(const ss_reading *r, const ss_yaml *map, const decision_fields *f)
{
    const ss_yaml *at = ss_yaml_get(map, "value"), *to = ss_yaml_get(map, "to");

    if (at != NULL)
    {
        const bool bare = at->kind == SS_YAML_SCALAR && !at->quoted;

        if (at->kind != SS_YAML_SCALAR)
            return ss_yaml_fail(r->file, at, r->err, "value must be one value");
        if (bare && (ss_yaml_is_nothing(at) || strcmp(at->text, "~") == 0 ||
                     strcasecmp(at->text, "null") == 0))
            return ss_yaml_fail(
                r->file, at, r->err,
                "value is nothing: treatment: nullify says so, quotes make it a text");
        *f->value = at->text;
    }
    if (*f->treatment == SS_TREAT_CONSTANT && at == NULL)
        return ss_yaml_fail(r->file, map, r->err, "treatment constant needs a value:");
    if (*f->treatment != SS_TREAT_CONSTANT && at != NULL)
        return ss_yaml_fail(r->file, at, r->err, "value: goes with treatment: constant");
    if (to != NULL && *f->treatment != SS_TREAT_GENERALISE && *f->treatment != SS_TREAT_DEFAULT)
        return ss_yaml_fail(r->file, to, r->err, "to: goes with treatment: generalise");
    return SS_OK;
}

static ss_code
read_decision(const ss_reading *r, const ss_yaml *map, const decision_fields *f)
{
    const ss_yaml *at;
    size_t i = 0;

    if ((at = ss_yaml_get(map, "class")) != NULL)
    {
        SS_TRY(ss_read_word(r, at, "class", ss_class_names, SS_NCLASSES, &i));
        *f->class = (ss_class) i;
    }
    if ((at = ss_yaml_get(map, "treatment")) != NULL)
    {
        SS_TRY(ss_read_word(r, at, "treatment", ss_treatment_names + 1, SS_NTREATMENTS - 1, &i));
        *f->treatment = (ss_treatment) (i + 1);
    }
    if ((at = ss_yaml_get(map, "kind")) != NULL)
        SS_TRY(ss_read_scalar(r, at, "kind", f->kind));
    if ((at = ss_yaml_get(map, "to")) != NULL)
        SS_TRY(ss_read_scalar(r, at, "to", f->to));
    if ((at = ss_yaml_get(map, "why")) != NULL)
        SS_TRY(ss_read_scalar(r, at, "why", f->why));
    return read_value(r, map, f);
}

/* What the file alone shows; the rest is told when the policy is held against the source. */
static ss_code
check_treatment(const ss_reading *r, const ss_yaml *map, ss_mode mode, const ss_policy_column *c)
{
    const char *why = ss_policy_refusal(mode, c->class, c->treatment);

    if (c->treatment == SS_TREAT_DEFAULT || why == NULL)
        return SS_OK;
    return ss_yaml_fail(r->file, ss_yaml_get(map, "treatment"), r->err, "%s", why);
}

bool
ss_policy_read_label(const char *text, ss_arena *result, const char **label, const char **column)
{
    const int wanted = column == NULL ? 2 : 3;
    ss_buf out = {0};
    int parts = 0;
    bool good = true;

    while (good)
    {
        ss_buf name = {0};

        if (*text == '"')
        {
            for (text++; *text != '\0' && (*text != '"' || text[1] == '"'); text++)
            {
                if (*text == '"')
                    text++;
                ss_buf_putc(&name, *text);
            }
            good = *text == '"';
            text += good;
        }
        else
        {
            while (*text != '\0' && *text != '.')
                ss_buf_putc(&name, *text++);
        }
        good = good && name.len > 0 && parts < wanted;
        if (good && parts == 2)
            *column = ss_strdup(result, ss_buf_text(&name));
        else if (good)
        {
            if (parts > 0)
                ss_buf_putc(&out, '.');
            ss_text_ident(&out, ss_buf_text(&name));
        }
        parts += good;
        ss_buf_done(&name);
        if (*text != '.')
            break;
        text++;
    }
    good = good && *text == '\0' && parts == wanted;
    if (good)
        *label = ss_strdup(result, ss_buf_text(&out));
    ss_buf_done(&out);
    return good;
}

/* references: schema.table.column, a key that nobody declared. */
static ss_code
read_references(const ss_reading *r, const ss_yaml *map, ss_policy_column *c)
{
    const ss_yaml *at = ss_yaml_get(map, "references");
    const char *text;

    if (at == NULL)
        return SS_OK;
    SS_TRY(ss_read_scalar(r, at, "references", &text));
    if (!ss_policy_read_label(text, r->result, &c->references_table, &c->references_column))
        return ss_yaml_fail(r->file, at, r->err,
                            "references names schema.table.column, each quoted as in SQL");
    if (c->class != SS_CLASS_KEY)
        return ss_yaml_fail(r->file, at, r->err, "references: goes with class: key");
    if (c->treatment != SS_TREAT_DEFAULT && c->treatment != SS_TREAT_SHAPE &&
        c->treatment != SS_TREAT_NULLIFY)
        return ss_yaml_fail(
            r->file, at, r->err,
            "references: goes with no treatment but shape and nullify: whose key it is, is "
            "nothing to learn");
    return SS_OK;
}

/* What columns and paths share. */
static ss_code
read_entry(const ss_reading *r, const ss_yaml *map, ss_mode mode, ss_policy_column *c)
{
    const ss_yaml *at;
    uint64_t days = 0;

    SS_TRY(read_decision(r, map,
                         &(decision_fields){.class = &c->class,
                                            .treatment = &c->treatment,
                                            .kind = &c->kind,
                                            .to = &c->to,
                                            .value = &c->value,
                                            .why = &c->why}));
    if ((at = ss_yaml_get(map, "days")) != NULL)
        SS_TRY(ss_read_count(r, at, "days", 1, 36500, &days));
    if (days > 0 && (c->kind == NULL || strncmp(c->kind, "date-shift", 10) != 0))
        return ss_yaml_fail(r->file, at, r->err, "days: goes with kind: date-shift");
    c->days = (uint32_t) days;
    if ((at = ss_yaml_get(map, "locale")) != NULL)
        SS_TRY(ss_read_scalar(r, at, "locale", &c->locale));
    if (c->locale != NULL && c->kind == NULL)
        return ss_yaml_fail(r->file, at, r->err, "locale: goes with a kind: of names or places");
    return check_treatment(r, map, mode, c);
}

static ss_code
read_path(const ss_reading *r, const ss_yaml *key, const ss_yaml *map, ss_policy_column *c)
{
    static const char *const keys[] = {"class", "treatment", "kind",   "to",
                                       "value", "why",       "locale", "days"};
    ss_path path;
    const char *wrong = ss_path_parse(key->text, r->result, &path);

    if (wrong != NULL)
        return ss_yaml_fail(r->file, key, r->err, "\"%.100s\" is no path: %s",
                            ss_printable(r->result, key->text), wrong);
    *c = (ss_policy_column){.name = path.text, .place = ss_read_place(r, key)};
    SS_TRY(ss_read_known_keys(r, map, "a path's entry", keys, SS_NWORDS(keys)));
    SS_TRY(read_entry(r, map, SS_MODE_PSEUDONYMISE, c));
    if (ss_yaml_get(map, "class") == NULL)
        return ss_yaml_fail(r->file, key, r->err, "the path \"%.100s\" has no class",
                            ss_printable(r->result, key->text));
    return SS_OK;
}

static int
compare_entries(const void *a, const void *b)
{
    return strcmp(((const ss_policy_column *) a)->name, ((const ss_policy_column *) b)->name);
}

/* paths: of a document, each of which says what a column's entry does; nothing but class is left to say of the whole. */
static ss_code
read_paths(const ss_reading *r, const ss_yaml *map, const ss_yaml *at, ss_policy_column *c)
{
    static const char *const others[] = {"treatment", "kind",   "to",        "value",
                                         "days",      "locale", "references"};
    ss_policy_column *paths;

    SS_TRY(ss_read_expect_map(r, at, "paths"));
    if (at->n == 0)
        return ss_yaml_fail(r->file, at, r->err, "paths: names no path");
    for (size_t i = 0; i < SS_NWORDS(others); i++)
    {
        if (ss_yaml_get(map, others[i]) != NULL)
            return ss_yaml_fail(r->file, ss_yaml_get(map, others[i]), r->err,
                                "paths: says it path by path, so leave %s: out", others[i]);
    }
    paths = ss_alloc(r->result, at->n, sizeof *paths);
    for (size_t i = 0; i < at->n; i++)
        SS_TRY(read_path(r, at->keys[i], at->values[i], &paths[i]));
    qsort(paths, at->n, sizeof *paths, compare_entries);
    for (size_t i = 1; i < at->n; i++)
    {
        if (strcmp(paths[i].name, paths[i - 1].name) == 0)
            return ss_yaml_fail(r->file, at, r->err, "the path %s stands here twice",
                                ss_printable(r->result, paths[i].name));
    }
    c->paths = paths;
    c->npaths = at->n;
    return SS_OK;
}

static ss_code
read_column(const ss_reading *r, const ss_yaml *key, const ss_yaml *map, ss_mode mode,
            ss_policy_column *c)
{
    static const char *const keys[] = {"class",  "treatment", "kind",   "to",   "value",     "why",
                                       "signed", "paths",     "locale", "days", "references"};
    const ss_yaml *paths;

    *c = (ss_policy_column){.name = key->text, .place = ss_read_place(r, key)};
    SS_TRY(ss_read_known_keys(r, map, "a column's entry", keys, SS_NWORDS(keys)));
    SS_TRY(read_entry(r, map, mode, c));
    SS_TRY(ss_signature_from_yaml(r->file, map, &c->signature, r->err));
    if ((paths = ss_yaml_get(map, "paths")) != NULL)
        SS_TRY(read_paths(r, map, paths, c));
    if (ss_yaml_get(map, "class") == NULL && paths == NULL)
        return ss_yaml_fail(r->file, key, r->err, "column \"%.60s\" has no class",
                            ss_printable(r->result, key->text));
    return read_references(r, map, c);
}

static const ss_policy_table *
find_table(const ss_policy *policy, const char *label)
{
    for (size_t i = 0; policy != NULL && i < policy->ntables; i++)
    {
        if (strcmp(policy->tables[i].label, label) == 0)
            return &policy->tables[i];
    }
    return NULL;
}

/* The columns of map, or none, and those of the base that it does not name. */
static ss_code
read_columns(const ss_reading *r, const ss_yaml *map, const ss_policy_table *base,
             ss_policy_table *t)
{
    const bool own = map != NULL && !ss_yaml_is_nothing(map);
    ss_policy_column *columns;

    if (own)
        SS_TRY(ss_read_expect_map(r, map, "columns"));
    columns = ss_alloc(r->result, (own ? map->n : 0) + (base == NULL ? 0 : base->ncolumns) + 1,
                       sizeof *columns);
    t->columns = columns;
    t->ncolumns = t->nown = 0;
    for (; own && t->nown < map->n; t->nown++)
        SS_TRY(
            read_column(r, map->keys[t->nown], map->values[t->nown], t->mode, &columns[t->nown]));
    t->ncolumns = t->nown;
    for (size_t i = 0; base != NULL && t->mode != SS_MODE_EMPTY && i < base->ncolumns; i++)
    {
        if (!own || ss_yaml_get(map, base->columns[i].name) == NULL)
            columns[t->ncolumns++] = base->columns[i];
    }
    return SS_OK;
}

/* Nobody and somebody at once would count as nobody. */
static ss_code
read_subject(const ss_reading *r, const ss_yaml *at, ss_policy_table *t)
{
    SS_TRY(ss_read_list(r, at, "subject", &t->subject, &t->nsubject));
    for (size_t i = 0; t->nsubject > 1 && i < t->nsubject; i++)
    {
        if (strcmp(t->subject[i], "none") == 0)
            return ss_yaml_fail(r->file, at->values[i], r->err,
                                "subject: none stands alone: its rows are about nobody");
    }
    return SS_OK;
}

/* What the entry does not say, that of the base does. */
static ss_code
read_table(const ss_reading *r, const ss_yaml *key, const ss_yaml *map, ss_policy_table *t)
{
    static const char *const keys[] = {"mode",      "why",     "subject", "rows",
                                       "rules_off", "columns", "signed",  "learn_rows"};
    const ss_yaml *at;
    const ss_policy_table *base;
    const char *label;
    size_t i = 0;

    if (!ss_policy_read_label(key->text, r->result, &label, NULL))
        return ss_yaml_fail(r->file, key, r->err,
                            "\"%.100s\" is no table: one is named schema.table, quoted as in SQL",
                            ss_printable(r->result, key->text));
    base = find_table(r->base, label);
    *t = base == NULL ? (ss_policy_table){0} : *base;
    t->label = label;
    t->place = ss_read_place(r, key);
    t->deepest = base == NULL ? r->depth : base->deepest;
    SS_TRY(ss_read_known_keys(r, map, "a table's entry", keys, SS_NWORDS(keys)));
    at = ss_yaml_get(map, "mode");
    if (at == NULL && base == NULL)
        return ss_yaml_fail(r->file, key, r->err, "table %s has no mode",
                            ss_printable(r->result, t->label));
    if (at != NULL)
    {
        SS_TRY(ss_read_word(r, at, "mode", ss_mode_names, SS_NMODES, &i));
        t->mode = (ss_mode) i;
    }
    if ((at = ss_yaml_get(map, "why")) != NULL)
        SS_TRY(ss_read_scalar(r, at, "why", &t->why));
    if ((at = ss_yaml_get(map, "subject")) != NULL)
        SS_TRY(read_subject(r, at, t));
    if ((at = ss_yaml_get(map, "rows")) != NULL)
        SS_TRY(ss_read_rows(r, at, &t->rows));
    if ((at = ss_yaml_get(map, "rules_off")) != NULL)
    {
        if (t->mode != SS_MODE_SYNTHESISE)
            return ss_yaml_fail(r->file, at, r->err, "rules are learnt of synthesise tables alone");
        SS_TRY(ss_read_list(r, at, "rules_off", &t->rules_off, &t->nrules_off));
    }
    if ((at = ss_yaml_get(map, "learn_rows")) != NULL)
    {
        if (t->mode != SS_MODE_SYNTHESISE)
            return ss_yaml_fail(r->file, at, r->err, "synthesise tables alone are learnt");
        SS_TRY(ss_read_learn_rows(r, at, &t->learn_rows));
    }
    SS_TRY(ss_signature_from_yaml(r->file, map, &t->signature, r->err));
    at = ss_yaml_get(map, "columns");
    if (at != NULL && t->mode == SS_MODE_EMPTY)
        return ss_yaml_fail(r->file, at, r->err, "an empty table has no columns section");
    return read_columns(r, at, base, t);
}

ss_code
ss_read_tables(const ss_reading *r, const ss_yaml *map)
{
    ss_map *labels = ss_map_new(r->result);
    ss_policy_table *tables;
    size_t n;

    /* A database without a table. */
    if (ss_yaml_is_nothing(map))
        return SS_OK;
    SS_TRY(ss_read_expect_map(r, map, "tables"));
    tables = ss_alloc(r->result, map->n + r->p->ntables + 1, sizeof *tables);
    for (size_t i = 0; i < map->n; i++)
    {
        const ss_yaml *first;

        SS_TRY(read_table(r, map->keys[i], map->values[i], &tables[i]));
        first = ss_map_put(labels, tables[i].label, map->keys[i]);
        if (first != NULL)
            return ss_yaml_fail(r->file, map->keys[i], r->err,
                                "the table %s stands here twice, first in line %zu",
                                ss_printable(r->result, tables[i].label), first->line);
    }
    r->p->nown_tables = n = map->n;
    for (size_t i = 0; i < r->p->ntables; i++)
    {
        if (ss_map_get(labels, r->p->tables[i].label) == NULL)
            tables[n++] = r->p->tables[i];
    }
    r->p->tables = tables;
    r->p->ntables = n;
    return SS_OK;
}

ss_code
ss_read_rules(const ss_reading *r, const ss_yaml *list)
{
    static const char *const keys[] = {"match", "domain", "type", "class",   "treatment", "kind",
                                       "to",    "value",  "why",  "matched", "digest",    "signed"};
    ss_policy_rule *rules;

    if (ss_yaml_is_nothing(list))
        return SS_OK;
    if (list->kind != SS_YAML_LIST)
        return ss_yaml_fail(r->file, list, r->err, "rules must be a list");
    rules = ss_alloc(r->result, list->n + r->p->nrules + 1, sizeof *rules);
    for (size_t i = 0; i < list->n; i++)
    {
        const ss_yaml *map = list->values[i], *at;
        ss_policy_rule *rule = &rules[i];
        uint64_t n = 0;

        *rule = (ss_policy_rule){.place = ss_read_place(r, map)};
        SS_TRY(ss_read_known_keys(r, map, "a rule", keys, SS_NWORDS(keys)));
        SS_TRY(read_decision(r, map,
                             &(decision_fields){.class = &rule->class,
                                                .treatment = &rule->treatment,
                                                .kind = &rule->kind,
                                                .to = &rule->to,
                                                .value = &rule->value,
                                                .why = &rule->why}));
        if ((at = ss_yaml_get(map, "match")) != NULL)
            SS_TRY(ss_read_scalar(r, at, "match", &rule->match));
        if ((at = ss_yaml_get(map, "domain")) != NULL)
            SS_TRY(ss_read_scalar(r, at, "domain", &rule->domain));
        if ((at = ss_yaml_get(map, "type")) != NULL)
            SS_TRY(ss_read_scalar(r, at, "type", &rule->type));
        if ((at = ss_yaml_get(map, "digest")) != NULL)
            SS_TRY(ss_digest_from_yaml(r->file, at, "digest", &rule->digest, r->err));
        if ((at = ss_yaml_get(map, "matched")) != NULL)
            SS_TRY(ss_read_count(r, at, "matched", 0, 10000000, &n));
        rule->matched = (size_t) n;
        SS_TRY(ss_signature_from_yaml(r->file, map, &rule->signature, r->err));
        if ((rule->match != NULL) + (rule->domain != NULL) + (rule->type != NULL) != 1)
            return ss_yaml_fail(r->file, map, r->err, "a rule has one of match:, domain:, type:");
        if (ss_yaml_get(map, "class") == NULL)
            return ss_yaml_fail(r->file, map, r->err, "a rule needs a class");
    }
    if (r->p->nrules > 0)
        memcpy(rules + list->n, r->p->rules, r->p->nrules * sizeof *rules);
    r->p->rules = rules;
    r->p->nrules += list->n;
    r->p->nown_rules = list->n;
    return SS_OK;
}
