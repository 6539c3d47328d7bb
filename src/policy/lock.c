#include "policy/lock.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "base/text.h"
#include "base/try.h"
#include "policy/policy_internal.h"
#include "secret/digest.h"

#define FIRST "sandseed-lock\t1"
#define LIMIT (64U << 20)

#define TYPE_SHOWN 100 /* bytes of a type in a message */

struct ss_lock
{
    ss_map *types;       /* of columns: text; of domains and enums: "" when the lock knows them */
    ss_map *values;      /* "owner\tdigest" */
    const char **labels; /* of columns, as they stand there */
    size_t nlabels;
    size_t capacity;
};

char *
ss_lock_path(ss_arena *arena, const char *policy_file)
{
    return ss_strf(arena, "%s.lock", policy_file);
}

/* --- writing ------------------------------------------------------------------------------------- */

/* Names may hold anything but NUL. */
static void
put_field(ss_buf *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
    {
        if (*c == '\t')
            ss_buf_puts(out, "\\t");
        else if (*c == '\n')
            ss_buf_puts(out, "\\n");
        else if (*c == '\r')
            ss_buf_puts(out, "\\r");
        else if (*c == '\\')
            ss_buf_puts(out, "\\\\");
        else
            ss_buf_putc(out, *c);
    }
}

static void
put_fact(ss_buf *out, const char *what, const char *object, const char *says)
{
    ss_buf_printf(out, "%s\t", what);
    put_field(out, object);
    ss_buf_putc(out, '\t');
    put_field(out, says);
    ss_buf_putc(out, '\n');
}

typedef void (*each_value)(void *arg, const char *what, const char *owner, const char *value);

/* The literals of a CHECK. */
static void
each_literal(const char *definition, const char *owner, each_value visit, void *arg,
             ss_arena *scratch)
{
    const char *literal;
    size_t n;

    while ((literal = ss_check_next_literal(&definition, &n)) != NULL)
        visit(arg, "value", owner, ss_strndup(scratch, literal, n));
}

static bool
is_of_policy(const ss_table *table)
{
    return !table->is_partition && table->extension == NULL;
}

static void
each_declared(const ss_catalog *catalog, each_value visit, void *arg, ss_arena *scratch)
{
    for (size_t t = 0; t < catalog->ntypes; t++)
    {
        const ss_type *type = &catalog->types[t];
        const char *owner = ss_policy_label(type->schema, type->name, scratch);

        for (size_t i = 0; i < type->nlabels && type->extension == NULL; i++)
            visit(arg, "label", owner, type->labels[i]);
        for (size_t i = 0; i < type->nchecks && type->extension == NULL; i++)
            each_literal(type->checks[i], owner, visit, arg, scratch);
    }
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        for (size_t i = 0; i < table->nchecks && is_of_policy(table); i++)
        {
            const ss_column *column = table->checks[i].ncolumns == 1
                                          ? ss_table_attribute(table, table->checks[i].attnums[0])
                                          : NULL;

            if (column != NULL)
                each_literal(table->checks[i].definition,
                             ss_policy_label(table->label, column->name, scratch), visit, arg,
                             scratch);
        }
    }
}

typedef struct writing
{
    ss_buf *out;
    ss_arena *scratch;
} writing;

static void
put_value(void *arg, const char *what, const char *owner, const char *value)
{
    writing *w = arg;

    put_fact(w->out, what, owner, ss_digest_short(w->scratch, value, strlen(value)));
}

void
ss_lock_write(const ss_catalog *catalog, ss_buf *out)
{
    ss_arena *scratch = ss_arena_new(NULL);
    writing w = {.out = out, .scratch = scratch};

    ss_buf_puts(out, FIRST "\n# types and declared values when sandseed plan last looked; keep it "
                           "with the policy, and do not edit it\n");
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        for (size_t c = 0; c < table->ncolumns && is_of_policy(table); c++)
            put_fact(out, "column", ss_policy_label(table->label, table->columns[c].name, scratch),
                     ss_policy_type_text(catalog, &table->columns[c], scratch));
    }
    each_declared(catalog, put_value, &w, scratch);
    ss_arena_free(scratch);
}

/* --- reading ------------------------------------------------------------------------------------- */

/* The field of n bytes with its escapes taken back; NULL: it has others. */
static char *
field(const char *text, size_t n, ss_arena *result)
{
    char *out = ss_alloc(result, n + 1, 1);
    size_t length = 0;

    for (size_t i = 0; i < n; i++)
    {
        static const char from[] = "tnr\\", to[] = "\t\n\r\\";
        const char *escape = NULL;

        if (text[i] == '\\')
        {
            escape = i + 1 < n && text[i + 1] != '\0' ? strchr(from, text[i + 1]) : NULL;
            if (escape == NULL)
                return NULL;
            i++;
        }
        out[length++] = escape == NULL ? text[i] : to[escape - from];
    }
    out[length] = '\0';
    return out;
}

/* False: the line is none of a lock. */
static bool
take_line(ss_lock *lock, const char *line, size_t n, ss_arena *result)
{
    const char *first = memchr(line, '\t', n);
    const char *second =
        first == NULL ? NULL : memchr(first + 1, '\t', n - (size_t) (first + 1 - line));
    char *object, *says;

    if (second == NULL || memchr(line, '\0', n) != NULL)
        return false;
    object = field(first + 1, (size_t) (second - first - 1), result);
    says = field(second + 1, n - (size_t) (second + 1 - line), result);
    if (object == NULL || says == NULL || object[0] == '\0' || says[0] == '\0')
        return false;
    if (first - line == 6 && memcmp(line, "column", 6) == 0)
    {
        if (ss_map_put(lock->types, object, says) != NULL)
            return true;
        lock->labels =
            ss_grow(result, lock->labels, lock->nlabels, &lock->capacity, sizeof *lock->labels);
        lock->labels[lock->nlabels++] = object;
        return true;
    }
    if (first - line != 5 || (memcmp(line, "label", 5) != 0 && memcmp(line, "value", 5) != 0) ||
        strlen(says) != 8 || strspn(says, "0123456789abcdef") != 8)
        return false;
    (void) ss_map_put(lock->values, object, object);
    (void) ss_map_put(lock->values, ss_strf(result, "%s\t%s", object, says), object);
    return true;
}

ss_code
ss_lock_parse(const char *file, const char *text, size_t n, ss_arena *result, ss_lock **lock,
              ss_error *err)
{
    const char *at = text, *end = text + n;
    ss_lock *l = ss_alloc(result, 1, sizeof *l);

    l->types = ss_map_new(result);
    l->values = ss_map_new(result);
    for (size_t line = 1; at < end; line++)
    {
        const char *stop = memchr(at, '\n', (size_t) (end - at));
        size_t length = (size_t) ((stop == NULL ? end : stop) - at);

        /* Git may have changed the ends of lines. */
        if (length > 0 && at[length - 1] == '\r')
            length--;
        if (line == 1 ? length != strlen(FIRST) || memcmp(at, FIRST, length) != 0
                      : length > 0 && at[0] != '#' && !take_line(l, at, length, result))
        {
            (void) ss_fail(err, SS_EMEND, "%s:%zu:1: expected %s", file, line,
                           line == 1
                               ? "the first line of a lock file"
                               : "column, label or value, whose, and what, with tabs between");
            return ss_hint(err, "Delete the file and run sandseed plan: it writes it again.");
        }
        at += stop == NULL ? (size_t) (end - at) : (size_t) (stop - at) + 1;
    }
    if (n == 0)
        return ss_fail(err, SS_EMEND, "%s:1:1: expected the first line of a lock file", file);
    *lock = l;
    return SS_OK;
}

size_t
ss_lock_columns(const ss_lock *lock)
{
    return lock->nlabels;
}

const char *
ss_lock_label(const ss_lock *lock, size_t i)
{
    return lock->labels[i];
}

const char *
ss_lock_type(const ss_lock *lock, const char *label)
{
    return ss_map_get(lock->types, label);
}

ss_code
ss_lock_read(const char *policy_file, ss_arena *result, const ss_lock **lock, ss_error *err)
{
    const char *path = ss_lock_path(result, policy_file);
    ss_lock *read;
    char *text;
    size_t n;

    *lock = NULL;
    if (!ss_path_exists(path))
        return SS_OK;
    SS_TRY(ss_file_read(path, LIMIT, result, &text, &n, err));
    SS_TRY(ss_lock_parse(path, text, n, result, &read, err));
    *lock = read;
    return SS_OK;
}

ss_code
ss_lock_update(const char *policy_file, const ss_catalog *catalog, unsigned mode, bool *changed,
               ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const char *path = ss_lock_path(scratch, policy_file);
    ss_buf now = {0};
    ss_error unread;
    char *before = NULL;
    size_t n = 0;
    ss_code code = SS_OK;

    ss_lock_write(catalog, &now);
    if (ss_path_exists(path) && ss_file_read(path, LIMIT, scratch, &before, &n, &unread) != SS_OK)
        before = NULL;
    *changed = before == NULL || n != now.len || memcmp(before, now.data, n) != 0;
    if (*changed)
        code = ss_file_write_over(path, now.data, now.len, mode, err);
    ss_buf_done(&now);
    ss_arena_free(scratch);
    return code;
}

/* --- judging ------------------------------------------------------------------------------------- */

/* "character varying(20)": what stands before the parenthesis, and the numbers in it; -1 where there are none. */
static void
take_type_apart(const char *text, char name[64], int *first, int *second)
{
    const char *open = strchr(text, '(');
    const size_t n = open == NULL ? strlen(text) : (size_t) (open - text);

    *first = *second = -1;
    (void) snprintf(name, 64, "%.*s", (int) (n > 63 ? 63 : n), text);
    if (open != NULL && sscanf(open, "(%d,%d)", first, second) < 1)
        *first = -1;
}

static int
rank(const char *name, const char *const *ranks, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        if (strcmp(ranks[i], name) == 0)
            return (int) i;
    }
    return -1;
}

/* Does the later type take every value of the earlier one, as it is? */
static bool
is_wider(const char *before, const char *now)
{
    static const char *const texts[] = {"character varying", "text"};
    static const char *const numbers[] = {"smallint", "integer", "bigint", "numeric"};
    static const char *const floats[] = {"real", "double precision"};
    char a[64], b[64];
    int a1, a2, b1, b2;

    take_type_apart(before, a, &a1, &a2);
    take_type_apart(now, b, &b1, &b2);
    if (rank(a, numbers, 4) >= 0 && rank(b, numbers, 4) > rank(a, numbers, 4))
        return b1 < 0;
    if (rank(a, floats, 2) >= 0 && rank(b, floats, 2) > rank(a, floats, 2))
        return true;
    if (strcmp(a, "numeric") == 0 && strcmp(b, "numeric") == 0)
        return b1 < 0 || (a1 > 0 && b2 >= a2 && b1 - b2 >= a1 - a2);
    if (rank(a, texts, 2) >= 0 && rank(b, texts, 2) >= rank(a, texts, 2))
        return b1 < 0 || (a1 > 0 && b1 > a1);
    return false;
}

typedef struct judging
{
    const ss_lock *lock;
    ss_plan *plan;
    ss_arena *result;
    ss_finding *list;
    size_t capacity;
    const char *owner; /* whose values are counted */
    const char *what;
    size_t new_values;
} judging;

static void
add(judging *j, ss_what what, const char *object, const char *text)
{
    j->list = ss_grow(j->result, j->list, j->plan->nfindings, &j->capacity, sizeof *j->list);
    j->list[j->plan->nfindings++] =
        (ss_finding){.severity = SS_FINDING_WARNS,
                     .code = SS_OK,
                     .what = what,
                     .about = "source",
                     .object = ss_printable(j->result, object),
                     .place = "",
                     .text = ss_printable(j->result, text), /* names are cut anywhere */
                     .mend = ss_strf(j->result, "look at it, then sandseed plan %s",
                                     ss_printable(j->result, j->plan->policy->file))};
}

static void
tell_values(judging *j)
{
    const bool labels = j->what != NULL && strcmp(j->what, "label") == 0;

    if (j->new_values > 0)
        add(j, labels ? SS_WHAT_NEW_LABEL : SS_WHAT_NEW_VALUE, j->owner,
            ss_strf(j->result, "%zu %s that it did not have when plan last looked", j->new_values,
                    labels ? (j->new_values == 1 ? "label" : "labels")
                           : (j->new_values == 1 ? "value of a CHECK" : "values of CHECKs")));
    j->new_values = 0;
}

/* Types and columns that the lock does not know are new themselves. */
static void
judge_value(void *arg, const char *what, const char *owner, const char *value)
{
    judging *j = arg;

    if (j->owner == NULL || strcmp(j->owner, owner) != 0 || strcmp(j->what, what) != 0)
    {
        tell_values(j);
        j->owner = owner;
        j->what = what;
    }
    if (ss_map_get(j->lock->values, owner) == NULL)
        return;
    j->new_values += ss_map_get(j->lock->values,
                                ss_strf(j->result, "%s\t%s", owner,
                                        ss_digest_short(j->result, value, strlen(value)))) == NULL;
}

void
ss_lock_judge(ss_plan *plan, ss_arena *result)
{
    const ss_catalog *catalog = plan->catalog;
    const ss_lock *lock = plan->policy->lock;
    judging j = {.lock = lock, .plan = plan, .result = result, .capacity = plan->nfindings};

    if (lock == NULL)
        return;
    j.list = ss_alloc(result, plan->nfindings + 1, sizeof *j.list);
    if (plan->nfindings > 0)
        memcpy(j.list, plan->findings, plan->nfindings * sizeof *j.list);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        for (size_t c = 0; c < table->ncolumns && is_of_policy(table); c++)
        {
            const ss_column *column = &table->columns[c];
            const char *label = ss_policy_label(table->label, column->name, result);
            const char *now = ss_policy_type_text(catalog, column, result);
            const char *before = ss_map_get(lock->types, label);

            if (before == NULL || strcmp(before, now) == 0)
                continue;
            add(&j, is_wider(before, now) ? SS_WHAT_WIDENED : SS_WHAT_RETYPED, label,
                strncmp(before, now, TYPE_SHOWN) == 0
                    ? ss_strf(result, "its type %.*s is not made of what it was", TYPE_SHOWN,
                              column->type_text)
                    : ss_strf(result, "its type was %.*s and is %.*s", TYPE_SHOWN, before,
                              TYPE_SHOWN, now));
        }
    }
    each_declared(catalog, judge_value, &j, result);
    tell_values(&j);
    plan->findings = j.list;
}
