/* Rules: which columns one matches, which of two wins, and what it covered when plan last wrote it. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "policy/lock.h"
#include "policy/policy_internal.h"
#include "secret/digest.h"

/* Sets of columns tried when one or two are new: 50,000 of 2^32 digests. */
#define SINGLES_MAX 4000
#define PAIRS_MAX   300

/* format_type() without what stands in parentheses: "timestamp(3) with time zone". */
static char *
bare_type(const char *type_text, ss_arena *arena)
{
    const char *open = strchr(type_text, '('), *close = strchr(type_text, ')');

    if (open == NULL || close == NULL || close < open)
        return ss_strdup(arena, type_text);
    return ss_strf(arena, "%.*s%s", (int) (open - type_text), type_text, close + 1);
}

/* Partitions follow their root, extensions' tables are empty, generated columns are the server's. */
static bool
takes_rules(const ss_table *table, const ss_column *column)
{
    return !table->is_partition && table->extension == NULL &&
           column->generated == SS_GENERATED_NOT;
}

/* Does the rule match the column, which is called label, whatever else decides it? */
static bool
is_matched(const ss_policy_rule *rule, const ss_catalog *catalog, const ss_column *column,
           const char *label, ss_arena *scratch)
{
    const ss_type *t = column->type == SS_NONE ? NULL : &catalog->types[column->type];

    if (rule->match != NULL)
        return ss_glob(rule->match, label);
    if (t == NULL)
        return false;
    if (rule->domain != NULL)
        return t->kind == SS_TYPE_DOMAIN && ss_glob(rule->domain, t->name);
    return ss_glob(rule->type, t->name) ||
           ss_glob(rule->type, bare_type(column->type_text, scratch));
}

/* Of two patterns the one with more literal characters is the more special; any name beats a type. */
static size_t
speciality(const ss_policy_rule *rule)
{
    const char *text = rule->match != NULL    ? rule->match
                       : rule->domain != NULL ? rule->domain
                                              : rule->type;
    size_t n = rule->match != NULL ? 1000 : 0;

    for (; *text != '\0'; text++)
        n += *text != '*' && *text != '?';
    return n;
}

static bool
same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
agree(const ss_policy_rule *a, const ss_policy_rule *b)
{
    return a->class == b->class && a->treatment == b->treatment && same_text(a->kind, b->kind) &&
           same_text(a->to, b->to) && same_text(a->value, b->value);
}

const ss_policy_rule *
ss_rule_find(const ss_policy *policy, const ss_catalog *catalog, const ss_table *table,
             const ss_column *column, ss_arena *scratch, const ss_policy_rule **rival)
{
    const ss_policy_rule *best = NULL;
    const char *label;

    *rival = NULL;
    if (policy->nrules == 0 || !takes_rules(table, column))
        return NULL;
    label = ss_policy_label(table->label, column->name, scratch);
    for (size_t i = 0; i < policy->nrules; i++)
    {
        const ss_policy_rule *rule = &policy->rules[i];

        if (!is_matched(rule, catalog, column, label, scratch))
            continue;
        if (best == NULL || speciality(rule) > speciality(best))
        {
            best = rule;
            *rival = NULL;
        }
        /* What a file says goes before its base, whose rules stand behind its own. */
        else if (speciality(rule) == speciality(best) && !agree(rule, best) &&
                 same_text(rule->place.file, best->place.file))
            *rival = rule;
    }
    return best;
}

const char *
ss_policy_rule_name(const ss_policy_rule *rule, ss_arena *result)
{
    if (rule->match != NULL)
        return rule->match;
    return ss_strf(result, "%s:%s", rule->domain != NULL ? "domain" : "type",
                   rule->domain != NULL ? rule->domain : rule->type);
}

/* --- what a rule covers ------------------------------------------------------------------------- */

static int
by_text(const void *a, const void *b)
{
    return strcmp(((const ss_rule_column *) a)->label, ((const ss_rule_column *) b)->label);
}

static const ss_rule_column *
find_label(const ss_rule_columns *all, const char *label)
{
    const ss_rule_column wanted = {.label = label};

    return all->n == 0 ? NULL : bsearch(&wanted, all->list, all->n, sizeof *all->list, by_text);
}

/* The digest of the sorted columns without those of table `leave` and without columns i and j. */
static const char *
digest(const ss_rule_columns *all, size_t leave, size_t i, size_t j, ss_arena *scratch)
{
    ss_digester *d = ss_digest_begin(scratch);
    char *text;

    for (size_t c = 0; c < all->n; c++)
    {
        if (c != i && c != j && all->list[c].table != leave)
            ss_digest_add(d, all->list[c].digest, 16);
    }
    text = ss_digest_end(d, scratch);
    text[8] = '\0';
    return text;
}

static void
cover(ss_rule_columns *all, size_t leave, size_t i, size_t j)
{
    for (size_t c = 0; c < all->n; c++)
        all->list[c].covered = c != i && c != j && all->list[c].table != leave;
}

static bool
try_without(ss_rule_columns *all, const char *wanted, size_t leave, size_t i, size_t j)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const bool found = strcmp(digest(all, leave, i, j, scratch), wanted) == 0;

    ss_arena_free(scratch);
    if (found)
        cover(all, leave, i, j);
    return found;
}

/* Did the rule match a column that has vanished, as far as its label and the lock's text of its type tell? */
static bool
was_matched(const ss_policy_rule *rule, const char *label, const char *type, ss_arena *scratch)
{
    const char *over = strstr(type, " over "), *dot;
    char *name;

    if (rule->match != NULL)
        return ss_glob(rule->match, label);
    if (rule->type != NULL)
        return over == NULL && ss_glob(rule->type, bare_type(type, scratch));
    if (over == NULL)
        return false;
    name = ss_strndup(scratch, type, (size_t) (over - type));
    dot = strrchr(name, '.');
    return ss_glob(rule->domain, dot == NULL ? name : dot + 1);
}

/* Labels of those that the lock file names, and no rule takes. */
static ss_map *
generated_columns(const ss_catalog *catalog, ss_arena *result)
{
    ss_map *labels = ss_map_new(result);

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        for (size_t c = 0; c < table->ncolumns; c++)
        {
            if (table->columns[c].generated != SS_GENERATED_NOT)
                (void) ss_map_put(
                    labels, ss_policy_label(table->label, table->columns[c].name, result), labels);
        }
    }
    return labels;
}

/* The lock file names the columns that were there when plan wrote the rule: if they are those of the digest, they are the covered ones. */
static bool
find_by_lock(ss_rule_columns *all, const ss_policy_rule *rule, const ss_catalog *catalog,
             const ss_lock *lock)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_rule_columns then = {
        .list = ss_alloc(scratch, all->n + ss_lock_columns(lock) + 1, sizeof *then.list)};
    const ss_map *generated = generated_columns(catalog, scratch);
    bool found;

    for (size_t c = 0; c < all->n; c++)
    {
        if (ss_lock_type(lock, all->list[c].label) != NULL)
            then.list[then.n++] = all->list[c];
    }
    for (size_t i = 0; i < ss_lock_columns(lock); i++)
    {
        const char *label = ss_lock_label(lock, i);

        if (!was_matched(rule, label, ss_lock_type(lock, label), scratch) ||
            find_label(all, label) != NULL || ss_map_get(generated, label) != NULL)
            continue;
        then.list[then.n++] =
            (ss_rule_column){.label = label, .digest = ss_digest(scratch, label, strlen(label))};
        then.gone++;
    }
    qsort(then.list, then.n, sizeof *then.list, by_text);
    found = then.n == rule->matched &&
            strcmp(digest(&then, SS_NONE, SS_NONE, SS_NONE, scratch), rule->digest) == 0;
    for (size_t c = 0; found && c < all->n; c++)
        all->list[c].covered = ss_lock_type(lock, all->list[c].label) != NULL;
    all->gone = found ? then.gone : 0;
    ss_arena_free(scratch);
    return found;
}

/*
 * The policy holds a count and a digest, not names.  Where the lock file does not tell which columns these were, the new ones are found
 * by leaving out as many as there are more by now: those of one table, one column, or two.  Where that does not tell, nothing is
 * covered.
 */
static void
find_covered(ss_rule_columns *all, const ss_policy_rule *rule, const ss_catalog *catalog,
             const ss_lock *lock)
{
    const size_t more = all->n > rule->matched ? all->n - rule->matched : 0;

    if (rule->digest == NULL || (lock != NULL && find_by_lock(all, rule, catalog, lock)) ||
        rule->matched > all->n)
        return;
    if (more == 0)
    {
        (void) try_without(all, rule->digest, SS_NONE, SS_NONE, SS_NONE);
        return;
    }
    for (size_t c = 0; c < all->n && all->n <= SINGLES_MAX; c++)
    {
        size_t of_table = 0;

        if (c > 0 && all->list[c].table == all->list[c - 1].table)
            continue;
        for (size_t k = c; k < all->n && all->list[k].table == all->list[c].table; k++)
            of_table++;
        if (of_table == more &&
            try_without(all, rule->digest, all->list[c].table, SS_NONE, SS_NONE))
            return;
    }
    for (size_t i = 0; more == 1 && i < all->n && all->n <= SINGLES_MAX; i++)
    {
        if (try_without(all, rule->digest, SS_NONE, i, SS_NONE))
            return;
    }
    for (size_t i = 0; more == 2 && i < all->n && all->n <= PAIRS_MAX; i++)
    {
        for (size_t j = i + 1; j < all->n; j++)
        {
            if (try_without(all, rule->digest, SS_NONE, i, j))
                return;
        }
    }
}

ss_rule_columns
ss_rule_columns_of(const ss_policy *policy, const ss_policy_rule *rule, const ss_catalog *catalog,
                   ss_arena *result)
{
    ss_rule_columns all = {0};
    ss_arena *scratch = ss_arena_new(NULL);
    size_t capacity = 0;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        ss_arena_reset(scratch);
        for (size_t c = 0; c < table->ncolumns; c++)
        {
            const ss_column *column = &table->columns[c];
            ss_rule_column *to;
            const char *label;

            if (!takes_rules(table, column))
                continue;
            label = ss_policy_label(table->label, column->name, scratch);
            if (!is_matched(rule, catalog, column, label, scratch))
                continue;
            all.list = ss_grow(result, all.list, all.n, &capacity, sizeof *all.list);
            to = &all.list[all.n++];
            *to = (ss_rule_column){
                .label = ss_strdup(result, label),
                .table = t,
                .column = c,
                .digest = ss_digest(result, label, strlen(label)),
            };
        }
    }
    ss_arena_free(scratch);
    if (all.n > 0)
        qsort(all.list, all.n, sizeof *all.list, by_text);
    all.digest = digest(&all, SS_NONE, SS_NONE, SS_NONE, result);
    find_covered(&all, rule, catalog, policy->lock);
    return all;
}

void
ss_rule_cover_all(ss_rule_columns *columns)
{
    cover(columns, SS_NONE, SS_NONE, SS_NONE);
}

bool
ss_rule_covers(const ss_rule_columns *columns, const char *label)
{
    const ss_rule_column *found = find_label(columns, label);

    return found != NULL && found->covered;
}

bool
ss_rule_covers_any(const ss_rule_columns *columns)
{
    for (size_t i = 0; i < columns->n; i++)
    {
        if (columns->list[i].covered)
            return true;
    }
    return false;
}
