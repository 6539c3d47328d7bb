/* From a tree of YAML to a policy: every key known, every value checked, every message with its place. */
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/map.h"
#include "base/text.h"
#include "base/try.h"
#include "policy/amount.h"
#include "policy/policy_internal.h"
#include "secret/digest.h"

#define BASES_MAX 8

/* The files being read, one including the next. */
typedef struct including
{
    const char *real; /* absolute path */
    const struct including *by;
    size_t depth;
} including;

typedef struct reading
{
    const char *file;
    ss_arena *result;
    ss_error *err;
    ss_policy *p;
    const ss_policy *base; /* what base: includes; or NULL */
    size_t depth;          /* how many files include this one */
} reading;

#define NWORDS(list) (sizeof(list) / sizeof((list)[0]))

/* --- scalars ------------------------------------------------------------------------------------ */

static ss_code
scalar(const reading *r, const ss_yaml *at, const char *what, const char **text)
{
    return ss_yaml_scalar(r->file, at, what, text, r->err);
}

static ss_code
word(const reading *r, const ss_yaml *at, const char *what, const char *const *words, size_t n,
     size_t *index)
{
    const char *text;

    SS_TRY(scalar(r, at, what, &text));
    for (size_t i = 0; i < n; i++)
    {
        if (strcmp(words[i], text) == 0)
        {
            *index = i;
            return SS_OK;
        }
    }
    return ss_yaml_unknown(r->file, at, what, words, n, r->err);
}

static ss_code
count(const reading *r, const ss_yaml *at, const char *what, uint64_t min, uint64_t max,
      uint64_t *n)
{
    const char *text;

    SS_TRY(scalar(r, at, what, &text));
    if (at->quoted || !ss_parse_u64(text, n) || *n < min || *n > max)
        return ss_yaml_fail(r->file, at, r->err,
                            "%s must be a whole number from %llu to %llu, without quotes", what,
                            (unsigned long long) min, (unsigned long long) max);
    return SS_OK;
}

/* "10m", "2h", "30s" in seconds. */
static ss_code
duration(const reading *r, const ss_yaml *at, const char *what, int *seconds)
{
    const char *text;
    char digits[12] = "";
    size_t n;
    uint64_t v;

    SS_TRY(scalar(r, at, what, &text));
    n = strlen(text);
    if (n >= 2 && n < sizeof digits)
        memcpy(digits, text, n - 1);
    if (!ss_parse_u64(digits, &v) || v > 100000 || strchr("smh", text[n - 1]) == NULL)
        return ss_yaml_fail(r->file, at, r->err, "%s must be a time such as 30s, 10m or 2h", what);
    *seconds = (int) v * (text[n - 1] == 'h' ? 3600 : text[n - 1] == 'm' ? 60 : 1);
    return SS_OK;
}

static ss_code
rows(const reading *r, const ss_yaml *at, const char **text)
{
    ss_amount amount;

    SS_TRY(scalar(r, at, "rows", text));
    if (!ss_amount_parse(*text, &amount))
        return ss_yaml_fail(r->file, at, r->err, "rows must be a count, or a share such as 10%%");
    return SS_OK;
}

ss_code
ss_digest_from_yaml(const char *file, const ss_yaml *at, const char *what, const char **text,
                    ss_error *err)
{
    SS_TRY(ss_yaml_scalar(file, at, what, text, err));
    if (strlen(*text) != 8 || strspn(*text, "0123456789abcdef") != 8)
        return ss_yaml_fail(file, at, err, "%s must be 8 hexadecimal digits, as sandseed writes it",
                            what);
    return SS_OK;
}

static ss_code
date(const char *file, const ss_yaml *at, const char **text, ss_error *err)
{
    bool good;

    SS_TRY(ss_yaml_scalar(file, at, "date", text, err));
    good = strlen(*text) == 10;
    for (size_t i = 0; good && i < 10; i++)
        good = i == 4 || i == 7 ? (*text)[i] == '-' : (*text)[i] >= '0' && (*text)[i] <= '9';
    if (!good)
        return ss_yaml_fail(file, at, err, "date must be a day such as 2026-11-23");
    return SS_OK;
}

static ss_code
texts(const reading *r, const ss_yaml *at, const char *what, const char ***list, size_t *n)
{
    if (at->kind == SS_YAML_SCALAR)
    {
        *list = ss_alloc(r->result, 1, sizeof **list);
        *n = 1;
        return scalar(r, at, what, &(*list)[0]);
    }
    if (at->kind != SS_YAML_LIST)
        return ss_yaml_fail(r->file, at, r->err, "%s must be a value or a list", what);
    if (at->n == 0)
        return ss_yaml_fail(r->file, at, r->err, "%s is an empty list", what);
    *list = ss_alloc(r->result, at->n + 1, sizeof **list);
    for (*n = 0; *n < at->n; (*n)++)
        SS_TRY(scalar(r, at->values[*n], what, &(*list)[*n]));
    return SS_OK;
}

static ss_code
expect_map(const reading *r, const ss_yaml *at, const char *what)
{
    if (at->kind == SS_YAML_MAP)
        return SS_OK;
    return ss_yaml_fail(r->file, at, r->err, "%s must be a map of keys and values", what);
}

static ss_code
known_keys(const reading *r, const ss_yaml *map, const char *what, const char *const *words,
           size_t n)
{
    return ss_yaml_known_keys(r->file, map, what, words, n, r->err);
}

/* What the format knows and this build cannot do: a clear refusal, never a silent pass. */
static ss_code
not_in_this_build(const reading *r, const ss_yaml *map, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const ss_yaml *at = ss_yaml_get(map, keys[i]);

        if (at != NULL)
            return ss_yaml_fail(r->file, at, r->err,
                                "this build does not know what to do with \"%s\" yet", keys[i]);
    }
    return SS_OK;
}

static ss_place
place(const reading *r, const ss_yaml *at)
{
    return (ss_place){.file = r->file, .line = at->line, .column = at->column, .depth = r->depth};
}

/* --- entries ------------------------------------------------------------------------------------ */

ss_code
ss_signature_from_yaml(const char *file, const ss_yaml *map, ss_signature *s, ss_error *err)
{
    static const char *const keys[] = {"by", "date", "why", "covers"};
    const ss_yaml *at = ss_yaml_get(map, "signed"), *v;

    if (at == NULL)
        return SS_OK;
    *s = (ss_signature){0};
    SS_TRY(ss_yaml_known_keys(file, at, "signed", keys, NWORDS(keys), err));
    if ((v = ss_yaml_get(at, "by")) != NULL)
        SS_TRY(ss_yaml_scalar(file, v, "by", &s->by, err));
    if ((v = ss_yaml_get(at, "date")) != NULL)
        SS_TRY(date(file, v, &s->date, err));
    if ((v = ss_yaml_get(at, "why")) != NULL)
        SS_TRY(ss_yaml_scalar(file, v, "why", &s->why, err));
    if ((v = ss_yaml_get(at, "covers")) != NULL)
        SS_TRY(ss_digest_from_yaml(file, v, "covers", &s->covers, err));
    if (s->by == NULL || s->by[0] == '\0' || s->covers == NULL)
        return ss_yaml_fail(file, at, err,
                            "a signature needs by and covers: write it with sandseed sign");
    return SS_OK;
}

/* The keys that a column and a rule share. */
typedef struct decision_fields
{
    ss_class *class;
    ss_treatment *treatment;
    const char **kind, **to, **value, **why;
} decision_fields;

/* Which parameters go with which treatment. */
static ss_code
read_value(const reading *r, const ss_yaml *map, const decision_fields *f)
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
read_decision(const reading *r, const ss_yaml *map, const decision_fields *f)
{
    const ss_yaml *at;
    size_t i = 0;

    if ((at = ss_yaml_get(map, "class")) != NULL)
    {
        SS_TRY(word(r, at, "class", ss_class_names, SS_NCLASSES, &i));
        *f->class = (ss_class) i;
    }
    if ((at = ss_yaml_get(map, "treatment")) != NULL)
    {
        SS_TRY(word(r, at, "treatment", ss_treatment_names + 1, SS_NTREATMENTS - 1, &i));
        *f->treatment = (ss_treatment) (i + 1);
    }
    if ((at = ss_yaml_get(map, "kind")) != NULL)
        SS_TRY(scalar(r, at, "kind", f->kind));
    if ((at = ss_yaml_get(map, "to")) != NULL)
        SS_TRY(scalar(r, at, "to", f->to));
    if ((at = ss_yaml_get(map, "why")) != NULL)
        SS_TRY(scalar(r, at, "why", f->why));
    return read_value(r, map, f);
}

/* What the file alone shows; the rest is told when the policy is held against the source. */
static ss_code
check_treatment(const reading *r, const ss_yaml *map, ss_mode mode, const ss_policy_column *c)
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
read_references(const reading *r, const ss_yaml *map, ss_policy_column *c)
{
    const ss_yaml *at = ss_yaml_get(map, "references");
    const char *text;

    if (at == NULL)
        return SS_OK;
    SS_TRY(scalar(r, at, "references", &text));
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

static ss_code
read_column(const reading *r, const ss_yaml *key, const ss_yaml *map, ss_mode mode,
            ss_policy_column *c)
{
    static const char *const keys[] = {"class",  "treatment", "kind",   "to",   "value",     "why",
                                       "signed", "paths",     "locale", "days", "references"};
    const ss_yaml *at;
    uint64_t days = 0;

    *c = (ss_policy_column){.name = key->text, .place = place(r, key)};
    SS_TRY(known_keys(r, map, "a column's entry", keys, NWORDS(keys)));
    SS_TRY(read_decision(r, map,
                         &(decision_fields){.class = &c->class,
                                            .treatment = &c->treatment,
                                            .kind = &c->kind,
                                            .to = &c->to,
                                            .value = &c->value,
                                            .why = &c->why}));
    if ((at = ss_yaml_get(map, "days")) != NULL)
        SS_TRY(count(r, at, "days", 1, 36500, &days));
    if (days > 0 && (c->kind == NULL || strncmp(c->kind, "date-shift", 10) != 0))
        return ss_yaml_fail(r->file, at, r->err, "days: goes with kind: date-shift");
    c->days = (uint32_t) days;
    if ((at = ss_yaml_get(map, "locale")) != NULL)
        SS_TRY(scalar(r, at, "locale", &c->locale));
    if (c->locale != NULL && c->kind == NULL)
        return ss_yaml_fail(r->file, at, r->err, "locale: goes with a kind: of names or places");
    SS_TRY(ss_signature_from_yaml(r->file, map, &c->signature, r->err));
    c->has_paths = ss_yaml_get(map, "paths") != NULL;
    if (c->has_paths)
        SS_TRY(expect_map(r, ss_yaml_get(map, "paths"), "paths"));
    SS_TRY(check_treatment(r, map, mode, c));
    if (ss_yaml_get(map, "class") == NULL && !c->has_paths)
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
read_columns(const reading *r, const ss_yaml *map, const ss_policy_table *base, ss_policy_table *t)
{
    const bool own = map != NULL && !ss_yaml_is_nothing(map);
    ss_policy_column *columns;

    if (own)
        SS_TRY(expect_map(r, map, "columns"));
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
read_subject(const reading *r, const ss_yaml *at, ss_policy_table *t)
{
    SS_TRY(texts(r, at, "subject", &t->subject, &t->nsubject));
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
read_table(const reading *r, const ss_yaml *key, const ss_yaml *map, ss_policy_table *t)
{
    static const char *const keys[] = {"mode",      "why",     "subject", "rows",
                                       "rules_off", "columns", "signed"};
    static const char *const later[] = {"rules_off"};
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
    t->place = place(r, key);
    t->deepest = base == NULL ? r->depth : base->deepest;
    SS_TRY(known_keys(r, map, "a table's entry", keys, NWORDS(keys)));
    SS_TRY(not_in_this_build(r, map, later, NWORDS(later)));
    at = ss_yaml_get(map, "mode");
    if (at == NULL && base == NULL)
        return ss_yaml_fail(r->file, key, r->err, "table %s has no mode",
                            ss_printable(r->result, t->label));
    if (at != NULL)
    {
        SS_TRY(word(r, at, "mode", ss_mode_names, SS_NMODES, &i));
        t->mode = (ss_mode) i;
    }
    if ((at = ss_yaml_get(map, "why")) != NULL)
        SS_TRY(scalar(r, at, "why", &t->why));
    if ((at = ss_yaml_get(map, "subject")) != NULL)
        SS_TRY(read_subject(r, at, t));
    if ((at = ss_yaml_get(map, "rows")) != NULL)
        SS_TRY(rows(r, at, &t->rows));
    SS_TRY(ss_signature_from_yaml(r->file, map, &t->signature, r->err));
    at = ss_yaml_get(map, "columns");
    if (at != NULL && t->mode == SS_MODE_EMPTY)
        return ss_yaml_fail(r->file, at, r->err, "an empty table has no columns section");
    return read_columns(r, at, base, t);
}

static ss_code
read_tables(const reading *r, const ss_yaml *map)
{
    ss_map *labels = ss_map_new(r->result);
    ss_policy_table *tables;
    size_t n;

    /* A database without a table. */
    if (ss_yaml_is_nothing(map))
        return SS_OK;
    SS_TRY(expect_map(r, map, "tables"));
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

static ss_code
read_rules(const reading *r, const ss_yaml *list)
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

        *rule = (ss_policy_rule){.place = place(r, map)};
        SS_TRY(known_keys(r, map, "a rule", keys, NWORDS(keys)));
        SS_TRY(read_decision(r, map,
                             &(decision_fields){.class = &rule->class,
                                                .treatment = &rule->treatment,
                                                .kind = &rule->kind,
                                                .to = &rule->to,
                                                .value = &rule->value,
                                                .why = &rule->why}));
        if ((at = ss_yaml_get(map, "match")) != NULL)
            SS_TRY(scalar(r, at, "match", &rule->match));
        if ((at = ss_yaml_get(map, "domain")) != NULL)
            SS_TRY(scalar(r, at, "domain", &rule->domain));
        if ((at = ss_yaml_get(map, "type")) != NULL)
            SS_TRY(scalar(r, at, "type", &rule->type));
        if ((at = ss_yaml_get(map, "digest")) != NULL)
            SS_TRY(ss_digest_from_yaml(r->file, at, "digest", &rule->digest, r->err));
        if ((at = ss_yaml_get(map, "matched")) != NULL)
            SS_TRY(count(r, at, "matched", 0, 10000000, &n));
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

/* --- the top ------------------------------------------------------------------------------------ */

/* The file's own entries first, then those of the base that it does not name. */
static ss_code
read_texts(const reading *r, const ss_yaml *map)
{
    const ss_policy base = *r->p;
    ss_text_rule *both;
    size_t n;

    SS_TRY(ss_text_rules_from_yaml(r->file, map, r->result, &r->p->texts, &r->p->ntexts, r->err));
    n = r->p->ntexts;
    both = ss_alloc(r->result, n + base.ntexts + 1, sizeof *both);
    if (n > 0)
        memcpy(both, r->p->texts, n * sizeof *both);
    for (size_t i = 0; i < base.ntexts; i++)
    {
        if (ss_policy_text_rule(r->p, base.texts[i].object) == NULL)
            both[n++] = base.texts[i];
    }
    r->p->texts = both;
    r->p->ntexts = n;
    return SS_OK;
}

static ss_code
read_schema(const reading *r, const ss_yaml *map)
{
    static const char *const keys[] = {"extensions", "locale", "owners", "text"};
    static const char *const locales[] = {"substitute"}, *const owners[] = {"stand-in", "skip"},
                             *const strips[] = {"strip"};
    const ss_yaml *at;
    size_t i = 0;

    SS_TRY(known_keys(r, map, "schema", keys, NWORDS(keys)));
    r->p->locale_substitute = r->p->owners_stand_in = r->p->owners_skip = false;
    r->p->nextensions = 0;
    if ((at = ss_yaml_get(map, "locale")) != NULL)
    {
        SS_TRY(word(r, at, "word for locale", locales, 1, &i));
        r->p->locale_substitute = true;
    }
    if ((at = ss_yaml_get(map, "owners")) != NULL)
    {
        SS_TRY(word(r, at, "word for owners", owners, 2, &i));
        r->p->owners_stand_in = i == 0;
        r->p->owners_skip = i == 1;
    }
    if ((at = ss_yaml_get(map, "text")) != NULL)
        SS_TRY(read_texts(r, at));
    if ((at = ss_yaml_get(map, "extensions")) != NULL)
    {
        ss_extension_rule *rules;

        SS_TRY(expect_map(r, at, "extensions"));
        rules = ss_alloc(r->result, at->n + 1, sizeof *rules);
        for (size_t e = 0; e < at->n; e++)
        {
            SS_TRY(word(r, at->values[e], "word for an extension", strips, 1, &i));
            rules[e] = (ss_extension_rule){.name = at->keys[e]->text, .strip = true};
        }
        r->p->extensions = rules;
        r->p->nextensions = at->n;
    }
    return SS_OK;
}

static ss_code
read_on_change(const reading *r, const ss_yaml *map)
{
    static const char *const keys[] = {"new_table", "new_column"};
    static const char *const table[] = {"stop", "empty"}, *const column[] = {"stop", "shape",
                                                                             "nullify"};
    const ss_yaml *at;
    size_t i = 0;

    SS_TRY(known_keys(r, map, "on_change", keys, NWORDS(keys)));
    r->p->on_new_table = r->p->on_new_column = SS_ON_NEW_STOP;
    if ((at = ss_yaml_get(map, "new_table")) != NULL)
    {
        SS_TRY(word(r, at, "word for a new table", table, 2, &i));
        r->p->on_new_table = i == 0 ? SS_ON_NEW_STOP : SS_ON_NEW_EMPTY;
    }
    if ((at = ss_yaml_get(map, "new_column")) != NULL)
    {
        SS_TRY(word(r, at, "word for a new column", column, 3, &i));
        r->p->on_new_column = i == 0   ? SS_ON_NEW_STOP
                              : i == 1 ? SS_ON_NEW_SHAPE
                                       : SS_ON_NEW_NULLIFY;
    }
    return SS_OK;
}

static ss_code
read_when_in_use(const reading *r, const ss_yaml *map)
{
    static const char *const keys[] = {"wait", "then"};
    static const char *const then[] = {"terminate", "keep-next"};
    const ss_yaml *at;
    size_t i = 0;

    SS_TRY(known_keys(r, map, "when_in_use", keys, NWORDS(keys)));
    r->p->wait_s = 0;
    r->p->then_terminate = false;
    if ((at = ss_yaml_get(map, "wait")) != NULL)
        SS_TRY(duration(r, at, "wait", &r->p->wait_s));
    if ((at = ss_yaml_get(map, "then")) != NULL)
    {
        SS_TRY(word(r, at, "word for then", then, 2, &i));
        r->p->then_terminate = i == 0;
    }
    return SS_OK;
}

static ss_code
read_access(const reading *r, const ss_yaml *map)
{
    static const char *const rights[] = {"read-only", "read-write"};
    ss_access *access;
    size_t right = 0;

    SS_TRY(expect_map(r, map, "access"));
    access = ss_alloc(r->result, map->n + 1, sizeof *access);
    for (size_t i = 0; i < map->n; i++)
    {
        SS_TRY(word(r, map->values[i], "right of a role", rights, 2, &right));
        access[i] = (ss_access){.role = map->keys[i]->text, .read_only = right == 0};
    }
    r->p->access = access;
    r->p->naccess = map->n;
    return SS_OK;
}

/* An entry says all of its table. */
static ss_code
read_csv(const reading *r, const ss_yaml *map)
{
    const ss_csv_table *own;
    ss_csv_table *all;
    size_t n = 0;

    SS_TRY(ss_csv_tables_from_yaml(r->file, map, r->result, &own, &n, r->err));
    all = ss_alloc(r->result, n + r->p->ncsv + 1, sizeof *all);
    memcpy(all, own, n * sizeof *all);
    r->p->nown_csv = n;
    for (size_t i = 0; i < r->p->ncsv; i++)
    {
        if (ss_csv_table_find(own, r->p->nown_csv, r->p->csv[i].label) == NULL)
            all[n++] = r->p->csv[i];
    }
    r->p->csv = all;
    r->p->ncsv = n;
    return SS_OK;
}

static ss_code
read_endpoints(const reading *r, const ss_yaml *root, const char *folder)
{
    static const char *const keys[] = {"source", "target", "schema_source"};
    const char **fields[] = {&r->p->source, &r->p->target, &r->p->schema_source};
    const char **folders[] = {&r->p->source_folder, &r->p->target_folder, NULL};

    for (size_t i = 0; i < NWORDS(keys); i++)
    {
        const ss_yaml *at = ss_yaml_get(root, keys[i]);
        ss_endpoint endpoint;

        if (at == NULL)
            continue;
        SS_TRY(scalar(r, at, keys[i], fields[i]));
        if (folders[i] != NULL)
            *folders[i] = folder;
        if (ss_endpoint_parse(*fields[i], folder, 1, r->result, &endpoint, r->err) != SS_OK)
            return ss_note(r->err, "%s:%zu:%zu: %s", r->file, at->line, at->column, keys[i]);
    }
    return SS_OK;
}

static ss_code
read_limits(const reading *r, const ss_yaml *root)
{
    const ss_yaml *at;
    uint64_t n = 0;
    size_t i = 0;

    if ((at = ss_yaml_get(root, "people")) != NULL)
    {
        SS_TRY(count(r, at, "people", 3, 10000, &n));
        r->p->people = (size_t) n;
    }
    if ((at = ss_yaml_get(root, "rows")) != NULL)
        SS_TRY(rows(r, at, &r->p->rows));
    if ((at = ss_yaml_get(root, "keep_previous")) != NULL)
    {
        SS_TRY(count(r, at, "keep_previous", 0, 1, &n));
        r->p->keep_previous = n == 1;
    }
    if ((at = ss_yaml_get(root, "jobs")) != NULL)
    {
        SS_TRY(count(r, at, "jobs", 1, 256, &n));
        r->p->jobs = (size_t) n;
    }
    if ((at = ss_yaml_get(root, "max_snapshot_age")) != NULL)
        SS_TRY(duration(r, at, "max_snapshot_age", &r->p->max_snapshot_age_s));
    if ((at = ss_yaml_get(root, "require_signoff")) != NULL)
    {
        SS_TRY(word(r, at, "word for require_signoff", ss_signoff_names, SS_NSIGNOFFS, &i));
        r->p->require_signoff = (ss_signoff) i;
    }
    return SS_OK;
}

/* Relative paths of a file start there. */
static const char *
folder_of(const char *file, ss_arena *result)
{
    const char *slash = strrchr(file, '/');

    return slash == NULL ? "." : ss_strndup(result, file, (size_t) (slash - file) + 1);
}

static ss_code read_policy(const char *file, const ss_yaml *root, const including *by,
                           ss_arena *result, ss_policy **policy, ss_error *err);

static ss_code
read_file(const char *file, const including *by, ss_arena *result, ss_policy **policy,
          const char **digest, ss_error *err)
{
    ss_yaml *root;
    char *text;
    size_t n;

    SS_TRY(ss_file_read(file, SS_POLICY_FILE_LIMIT, result, &text, &n, err));
    *digest = ss_digest(result, text, n);
    SS_TRY(ss_yaml_parse(file, text, n, result, &root, err));
    return read_policy(file, root, by, result, policy, err);
}

/* The policy that base: names, from the folder of the file that names it. */
static ss_code
read_base(const reading *r, const ss_yaml *at, const char *folder, const including *by,
          ss_policy **base)
{
    const including here = {.real = ss_path_absolute(r->result, r->file),
                            .by = by,
                            .depth = by == NULL ? 1 : by->depth + 1};
    const char *name = NULL, *file, *real, *digest;
    ss_code code;

    SS_TRY(scalar(r, at, "base", &name));
    file = strcmp(folder, ".") == 0 ? name : ss_path_join(r->result, folder, name);
    real = ss_path_absolute(r->result, file);
    for (const including *i = &here; i != NULL; i = i->by)
    {
        if (strcmp(i->real, real) == 0)
            return ss_yaml_fail(r->file, at, r->err, "base: \"%.200s\" is %s",
                                ss_printable(r->result, name),
                                i == &here ? "this file itself" : "a file that includes this one");
    }
    if (here.depth > BASES_MAX)
        return ss_yaml_fail(r->file, at, r->err, "base: more than %d files include one another",
                            BASES_MAX);
    code = read_file(file, &here, r->result, base, &digest, r->err);
    if (code != SS_OK)
        return ss_note(r->err, "%s:%zu:%zu: base", r->file, at->line, at->column);
    (*base)->base_digest = (*base)->base_digest == NULL
                               ? digest
                               : ss_strf(r->result, "%s %s", digest, (*base)->base_digest);
    return SS_OK;
}

/* output is NULL where none of the files names it. */
static ss_code
read_policy(const char *file, const ss_yaml *root, const including *by, ss_arena *result,
            ss_policy **policy, ss_error *err)
{
    static const char *const keys[] = {
        "sandseed", "source",          "target",        "output", "schema_source",    "people",
        "rows",     "on_change",       "schema",        "rules",  "tables",           "when_in_use",
        "access",   "require_signoff", "keep_previous", "jobs",   "max_snapshot_age", "key",
        "subset",   "links",           "base",          "csv"};
    static const char *const later[] = {"subset"};
    const char *folder = folder_of(file, result), *text = NULL;
    ss_policy *p = ss_alloc(result, 1, sizeof *p), *base = NULL;
    reading r = {
        .file = file, .result = result, .err = err, .p = p, .depth = by == NULL ? 0 : by->depth};
    const ss_yaml *at;

    SS_TRY(known_keys(&r, root, "a policy", keys, NWORDS(keys)));
    at = ss_yaml_get(root, "sandseed");
    if (at == NULL)
        return ss_yaml_fail(file, root, err, "a policy begins with \"sandseed: 1\"");
    if (at->kind != SS_YAML_SCALAR || at->quoted || strcmp(at->text, "1") != 0)
        return ss_yaml_fail(file, at, err, "sandseed must be 1, the version of this format");
    SS_TRY(not_in_this_build(&r, root, later, NWORDS(later)));
    if ((at = ss_yaml_get(root, "base")) != NULL)
        SS_TRY(read_base(&r, at, folder, by, &base));
    r.base = base;
    *p = base == NULL ? (ss_policy){.people = 11, .source_folder = folder, .target_folder = folder}
                      : *base;
    p->file = file;
    p->nown_csv = p->nown_rules = p->nown_tables = 0;
    SS_TRY(read_endpoints(&r, root, folder));
    if ((at = ss_yaml_get(root, "output")) != NULL)
    {
        SS_TRY(scalar(&r, at, "output", &text));
        p->output = ss_path_absolute(result, ss_path_join(result, folder, text));
    }
    SS_TRY(read_limits(&r, root));
    if ((at = ss_yaml_get(root, "on_change")) != NULL)
        SS_TRY(read_on_change(&r, at));
    if ((at = ss_yaml_get(root, "schema")) != NULL)
        SS_TRY(read_schema(&r, at));
    if ((at = ss_yaml_get(root, "when_in_use")) != NULL)
        SS_TRY(read_when_in_use(&r, at));
    if ((at = ss_yaml_get(root, "access")) != NULL)
        SS_TRY(read_access(&r, at));
    if ((at = ss_yaml_get(root, "key")) != NULL)
        SS_TRY(ss_policy_key_from_yaml(file, at, folder, result, &p->key, err));
    if ((at = ss_yaml_get(root, "links")) != NULL)
        SS_TRY(ss_policy_links_from_yaml(file, at, result, &p->links, &p->nlinks, err));
    if ((at = ss_yaml_get(root, "csv")) != NULL)
        SS_TRY(read_csv(&r, at));
    if ((at = ss_yaml_get(root, "rules")) != NULL)
        SS_TRY(read_rules(&r, at));
    if ((at = ss_yaml_get(root, "tables")) != NULL)
        SS_TRY(read_tables(&r, at));
    *policy = p;
    return SS_OK;
}

/* Where no file says it. */
static ss_policy *
with_defaults(ss_policy *p, ss_arena *result)
{
    if (p->output == NULL)
        p->output = ss_path_absolute(
            result, ss_path_join(result, folder_of(p->file, result), "sandseed-out"));
    return p;
}

ss_code
ss_policy_from_yaml(const char *file, const ss_yaml *root, ss_arena *result, ss_policy **policy,
                    ss_error *err)
{
    ss_policy *p;

    SS_TRY(read_policy(file, root, NULL, result, &p, err));
    *policy = with_defaults(p, result);
    return SS_OK;
}

ss_code
ss_policy_read(const char *file, ss_arena *result, ss_policy **policy, ss_error *err)
{
    const char *digest;
    ss_policy *p;

    SS_TRY(read_file(ss_strdup(result, file), NULL, result, &p, &digest, err));
    *policy = with_defaults(p, result);
    return SS_OK;
}
