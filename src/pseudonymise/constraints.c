/*
 * What the schema demands of rows, held against how a table's columns are changed.
 *
 * What held for the source's values must hold for what stands in their place, by the way they are made; what is not
 * certain is refused before a row is read.
 */
#include <string.h>

#include "base/text.h"
#include "policy/distinct.h"
#include "pseudonymise/document.h"
#include "pseudonymise/pseudonymise_internal.h"

/* The expression, as the server writes it, with blanks for what its literals hold: no column is named there. */
static char *
without_literals(const char *expression, ss_arena *scratch)
{
    char *text = ss_strdup(scratch, expression);
    char quote = '\0';

    for (char *c = text; *c != '\0'; c++)
    {
        if (quote == '\0' && (*c == '\'' || *c == '"'))
            quote = *c;
        else if (*c == quote) /* a doubled one ends and begins again */
            quote = '\0';
        else if (quote == '\'')
            *c = ' ';
    }
    return text;
}

/* How many bytes of text are the name as the server writes it, a quote doubled; 0: it is another one. */
static size_t
written_length(const char *text, const char *name)
{
    const char *at = text;

    for (; *name != '\0'; name++)
    {
        if (*at++ != *name || (*name == '"' && *at++ != '"'))
            return 0;
    }
    return (size_t) (at - text);
}

/* Does the word stand in the expression, quoted or not, by itself? */
static bool
names_column(const char *expression, const char *name)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$";

    for (const char *at = expression; *at != '\0'; at++)
    {
        const size_t n = written_length(at, name);

        if (n > 0 && (at == expression || strchr(word, at[-1]) == NULL) &&
            (at[n] == '\0' || strchr(word, at[n]) == NULL))
            return true;
    }
    return false;
}

bool
ss_key_computes(const ss_table *table, const ss_key *key, const char *column)
{
    bool found = false;

    for (size_t i = 0; i < table->nexpressions; i++)
    {
        const ss_expression *e = &table->expressions[i];

        if (strcmp(e->name, key->name) != 0 || e->expression == NULL)
            continue;
        found = true;
        if (names_column(e->expression, column))
            return true;
    }
    return key->expression && !found;
}

/* Does the expression name a column, of those that the server does not compute, whose value is another one? */
static bool
names_changed(const ss_table_steps *t, const char *expression)
{
    for (size_t i = 0; i < t->nsteps; i++)
    {
        /* "t.*" names all of them. */
        if (t->steps[i].act != SS_STEP_PASS &&
            (names_column(expression, t->table->columns[t->steps[i].column].name) ||
             strstr(expression, ".*") != NULL))
            return true;
    }
    return false;
}

/* Is the column's value the source's?  One that the server computes is, where those are that it is computed of. */
static bool
stays(const ss_table_steps *t, size_t c)
{
    const ss_step *s = ss_step_of(t, c);
    const char *computed = t->table->columns[c].default_expr;

    if (s == NULL)
        return computed != NULL && !names_changed(t, computed);
    return s->act == SS_STEP_PASS;
}

/* Is all that the expression names as it was? */
static bool
is_untouched(const ss_table_steps *t, const char *expression)
{
    if (expression == NULL)
        return true;
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        const bool computed = ss_step_of(t, c) == NULL;

        if (computed && !stays(t, c) &&
            (names_column(expression, t->table->columns[c].name) ||
             strstr(expression, ".*") != NULL))
            return false;
    }
    return !names_changed(t, expression);
}

/* Does the condition ask of changed columns only whether they are NULL, which does not change? */
static bool
asks_for_null_alone(const ss_table_steps *t, const char *condition, ss_arena *scratch)
{
    char *rest = without_literals(condition, scratch);

    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        const ss_step *s = ss_step_of(t, c);
        ss_buf name = {0};

        if (s == NULL || s->act != SS_STEP_KIND)
            continue;
        ss_text_ident(&name, t->table->columns[c].name);
        for (int negated = 0; negated < 2; negated++)
        {
            const char *asked = ss_strf(scratch, "(%s %s)", ss_buf_text(&name),
                                        negated ? "IS NOT NULL" : "IS NULL");

            for (char *at = strstr(rest, asked); at != NULL; at = strstr(at, asked))
                memset(at, ' ', strlen(asked));
        }
        ss_buf_done(&name);
    }
    return is_untouched(t, rest);
}

/* --- keys ----------------------------------------------------------------------------------------- */

/* Do two rows that differ in the column differ in it afterwards? */
static bool
keeps_apart(const ss_table_steps *t, size_t c)
{
    const ss_step *s = ss_step_of(t, c);

    return stays(t, c) || (s != NULL && s->act == SS_STEP_KIND && s->kind != NULL &&
                           (s->kind->guarantees & SS_UNIQUE) != 0);
}

/* Do two rows of one person, and does the key hold whose they are? */
static bool
keeps_apart_within(const ss_table_steps *t, size_t c, const ss_key *key)
{
    const ss_step *s = ss_step_of(t, c);

    if (s == NULL || s->act != SS_STEP_KIND || s->kind == NULL || !s->kind->by_subject ||
        (s->kind->guarantees & SS_ORDER) == 0 || t->nsubject_columns == 0)
        return false;
    for (size_t i = 0; i < t->nsubject_columns; i++)
    {
        const size_t own = t->subject_columns[i];

        if (!ss_attnums_hold(key->attnums, key->ncolumns, t->table->columns[own].attnum) ||
            !keeps_apart(t, own) || (key->nulls_not_distinct && !t->table->columns[own].not_null))
            return false;
    }
    return true;
}

bool
ss_is_folded(const char *expression, const ss_column *column, ss_arena *scratch)
{
    static const char *const forms[] = {"lower(%s)", "lower((%s)::text)", "upper(%s)",
                                        "upper((%s)::text)"};
    ss_buf name = {0};
    bool is_it = false;

    ss_text_ident(&name, column->name);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
    {
        const char *at = strstr(forms[i], "%s");
        const char *form = ss_strf(scratch, "%.*s%s%s", (int) (at - forms[i]), forms[i],
                                   ss_buf_text(&name), at + strlen("%s"));

        is_it = is_it || strcmp(expression, form) == 0;
    }
    ss_buf_done(&name);
    return is_it;
}

/* lower(email): of a column whose pseudonyms differ in more than case, or that stays. */
static bool
folds_well(const ss_table_steps *t, const char *expression, ss_arena *scratch)
{
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        const ss_step *s = ss_step_of(t, c);

        if (s != NULL && s->act == SS_STEP_KIND && s->kind != NULL &&
            (s->kind->guarantees & SS_UNIQUE_CASE) != 0 &&
            ss_is_folded(expression, &t->table->columns[c], scratch))
            return true;
    }
    return is_untouched(t, without_literals(expression, scratch));
}

/* Its expressions and its condition: NULL, or what of them does not hold. */
static const char *
expressions_refusal(const ss_table_steps *t, const ss_key *key, ss_arena *scratch)
{
    for (size_t i = 0; i < t->table->nexpressions; i++)
    {
        const ss_expression *e = &t->table->expressions[i];

        if (strcmp(e->name, key->name) != 0)
            continue;
        if (e->expression != NULL && !folds_well(t, e->expression, scratch))
            return "it computes something of a column that is changed";
        if (e->predicate != NULL && !asks_for_null_alone(t, e->predicate, scratch))
            return "its condition is about a column that is changed";
    }
    return NULL;
}

bool
ss_is_numbered(const ss_column *column)
{
    return column->identity != SS_IDENTITY_NOT || column->sequence != SS_NONE ||
           (column->default_expr != NULL && strncmp(column->default_expr, "nextval(", 8) == 0);
}

/* NULL where nothing speaks against the key. */
static const char *
key_refusal(const ss_table_steps *t, const ss_key *key, ss_arena *scratch)
{
    size_t apart = 0;
    bool numbered = false;

    for (size_t i = 0; i < key->ncolumns; i++)
    {
        const size_t c = key->attnums[i] == 0 ? SS_NONE : ss_table_index(t->table, key->attnums[i]);
        const ss_step *s = c == SS_NONE ? NULL : ss_step_of(t, c);

        /* One NULL, and two rows never conflict. */
        if (s != NULL && s->act == SS_STEP_NULL && !key->nulls_not_distinct && !key->primary)
            return NULL;
        apart += key->attnums[i] == 0 ||
                 (c != SS_NONE && (keeps_apart(t, c) || keeps_apart_within(t, c, key)));
        numbered = numbered ||
                   (c != SS_NONE && keeps_apart(t, c) && ss_is_numbered(&t->table->columns[c]));
    }
    /* A partitioned table has its partition's columns in every key, beside the number that is unique by itself. */
    if (apart < key->ncolumns && !numbered)
        return "two rows may get the same values in it";
    return expressions_refusal(t, key, scratch);
}

/* Another key that holds, all of whose columns are among these? */
static bool
holds_by_another(const ss_table_steps *t, const ss_key *key, ss_arena *scratch)
{
    for (size_t i = 0; i < t->table->nkeys; i++)
    {
        const ss_key *k = &t->table->keys[i];
        bool within =
            k != key && !k->partial && !k->expression && (k->primary || k->nulls_not_distinct);

        for (size_t c = 0; c < k->ncolumns && within; c++)
            within = ss_attnums_hold(key->attnums, key->ncolumns, k->attnums[c]);
        if (within && key_refusal(t, k, scratch) == NULL)
            return true;
    }
    return false;
}

static void
judge_key(ss_pseudonyms *p, const ss_table_steps *t, const ss_key *key)
{
    const char *why = key_refusal(t, key, p->arena);

    if (why == NULL || holds_by_another(t, key, p->arena))
        return;
    ss_pseudonyms_find(p, SS_FINDING_STOPS, SS_WHAT_NOT_UNIQUE, t->table->label,
                       "a kind that is unique (sandseed plan --list-kinds), or nullify",
                       "\"%s\": %s", ss_printable(p->arena, key->name), why);
}

/* What a partial one asks of rows. */
static bool
condition_holds(const ss_table_steps *t, const ss_exclusion *x, ss_arena *scratch)
{
    const char *where = strstr(without_literals(x->definition, scratch), " WHERE (");

    return !x->partial || (where != NULL && asks_for_null_alone(t, where, scratch));
}

static void
judge_exclusion(ss_pseudonyms *p, const ss_table_steps *t, const ss_exclusion *x)
{
    bool holds = !t->change.moves; /* or else rows of other partitions may come in */

    for (size_t i = 0; i < x->ncolumns; i++)
    {
        const size_t c = x->attnums[i] == 0 ? SS_NONE : ss_table_index(t->table, x->attnums[i]);
        const ss_step *s = c == SS_NONE ? NULL : ss_step_of(t, c);

        if (s != NULL && s->act == SS_STEP_NULL)
            return;
        /* An expression may be about any column. */
        holds = holds && c != SS_NONE &&
                (stays(t, c) ||
                 (x->operators != NULL && strcmp(x->operators[i], "=") == 0 && keeps_apart(t, c)));
    }
    if (holds && condition_holds(t, x, p->arena))
        return;
    ss_pseudonyms_find(p, SS_FINDING_STOPS, SS_WHAT_NOT_UNIQUE, t->table->label,
                       "keep its columns, a kind that is unique for those compared by =, or "
                       "nullify one of them",
                       "\"%s\": rows that do not conflict may do so once its columns are changed",
                       ss_printable(p->arena, x->name));
}

/* --- CHECKs --------------------------------------------------------------------------------------- */

/* A CHECK of one column, or one of its domain, which calls it VALUE: does it hold for what is made? */
static bool
holds_alone(const ss_table_steps *t, const ss_step *s, const char *definition, const char *name)
{
    const ss_coarse *coarse = s->about.coarse;
    size_t n, limit = SIZE_MAX;
    int64_t low = INT64_MIN, high = INT64_MAX, least = INT64_MIN, most = INT64_MAX;
    const bool is_whole = ss_integer_bounds(t->of->plan->catalog, t->table,
                                            &t->table->columns[s->column], &least, &most);

    if (s->kind == NULL)
        return false;
    if ((s->kind == &ss_kind_shape || s->kind == &ss_kind_redact ||
         ss_document_stays_one(s->about.document)) &&
        ss_shape_meets(&t->of->plan->catalog->types[s->about.type.type], definition, name, &limit))
        return true;
    if (s->kind == &ss_kind_shape && s->about.nlist > 0 &&
        ss_check_list(definition, name, &t->of->plan->catalog->types[s->about.type.type],
                      t->of->arena, &n) != NULL)
        return true;
    if (ss_date_bounds_hold(s, definition, name, t->of->arena) ||
        ss_degrees_hold(s, definition, name, t->of->arena))
        return true;
    if (!ss_check_bounds(definition, name, &low, &high))
        return false;
    if (is_whole && (s->kind->guarantees & SS_BOUNDS) != 0)
        return true;
    /* Neither shapes nor coarser numbers change from one side of zero to the other. */
    if ((s->kind == &ss_kind_shape || s->kind == &ss_kind_generalise) && low == 0 &&
        high == INT64_MAX && strstr(definition, " > ") == NULL)
        return true;
    return is_whole && coarse != NULL && coarse->way == SS_COARSE_WIDTH && coarse->scale == 0 &&
           (low == INT64_MIN || low % coarse->n == 0);
}

static bool
is_shift(const ss_step *s)
{
    return s != NULL && s->act == SS_STEP_KIND && s->kind != NULL && s->kind->by_subject &&
           (s->kind->guarantees & SS_ORDER) != 0;
}

/* Behind a cast that changes no number's sign, nor which of two is larger; *at where there is none such. */
static const char *
behind_cast(const char *at)
{
    static const char *const casts[] = {"::numeric", "::double precision", "::money"};

    for (size_t i = 0; i < sizeof casts / sizeof casts[0]; i++)
    {
        const size_t n = strlen(casts[i]);

        if (strncmp(at, casts[i], n) == 0 && (at[n] == ' ' || at[n] == ')'))
            return at + n;
    }
    return at;
}

/* The column as a CHECK names it, with a cast as the server writes them, or SS_NONE; *at moves behind it. */
static size_t
take_column(const ss_table_steps *t, const char **at)
{
    const bool bracket = **at == '(';

    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        const char *behind = *at + bracket;
        ss_buf name = {0};
        bool is_it;

        ss_text_ident(&name, t->table->columns[c].name);
        is_it = strncmp(behind, ss_buf_text(&name), name.len) == 0;
        behind += name.len;
        ss_buf_done(&name);
        if (!is_it || (bracket && *behind != ')'))
            continue;
        behind = behind_cast(behind + bracket);
        if (*behind != ' ' && *behind != ')' && *behind != '\0')
            continue;
        *at = behind;
        return c;
    }
    return SS_NONE;
}

/* (shipped >= ordered), of two dates that are moved alike or made coarser: how many bytes it has; 0: it is something else. */
static size_t
comparison_that_stays(const ss_table_steps *t, const char *text)
{
    static const char *const operators[] = {" >= ", " > ", " <= ", " < ", " = ", " <> "};
    const char *at = text + 1;
    size_t left, right;

    if (*text != '(' || (left = take_column(t, &at)) == SS_NONE)
        return 0;
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
    {
        const ss_step *a = ss_step_of(t, left), *b;
        const char *behind = at + strlen(operators[i]);

        if (strncmp(at, operators[i], strlen(operators[i])) != 0 ||
            (right = take_column(t, &behind)) == SS_NONE || *behind != ')')
            continue;
        b = ss_step_of(t, right);
        return ss_coarse_order_holds(a, operators[i], b) ||
                       (is_shift(a) && is_shift(b) && a->kind == b->kind &&
                        (a->about.keyed_rows || ss_rows_are_owned(t)) &&
                        a->about.days == b->about.days && a->about.type.type == b->about.type.type)
                   ? (size_t) (behind + 1 - text)
                   : 0;
    }
    return 0;
}

/* 0, (0)::numeric, and whatever else the server writes for it; *at moves behind it. */
static bool
take_zero(const char **at)
{
    const char *p = *at;
    const bool bracket = *p == '(';

    p += bracket;
    if (*p++ != '0')
        return false;
    if (*p == '.')
        p += 1 + strspn(p + 1, "0");
    if (bracket && *p++ != ')')
        return false;
    *at = behind_cast(p);
    return **at == ')';
}

/* (total >= 0), of a column whose values keep their sign; name: NULL, or what it is called here (VALUE). */
static size_t
comparison_with_zero(const ss_table_steps *t, const char *text, size_t column, const char *name)
{
    static const char *const operators[] = {" >= ", " > ", " <= ", " < ", " = ", " <> "};
    const char *at = text + 1;
    const ss_step *s;
    size_t c = column;

    if (*text != '(')
        return 0;
    if (name == NULL)
        c = take_column(t, &at);
    else if (strncmp(at, name, strlen(name)) == 0)
        at += strlen(name);
    else
        return 0;
    s = c == SS_NONE ? NULL : ss_step_of(t, c);
    if (s == NULL || s->act != SS_STEP_KIND || s->kind == NULL ||
        (s->kind->guarantees & SS_SIGN) == 0)
        return 0;
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
    {
        const char *behind = at + strlen(operators[i]);

        if (strncmp(at, operators[i], strlen(operators[i])) == 0 && take_zero(&behind))
            return (size_t) (behind + 1 - text);
    }
    return 0;
}

/* What is left of a condition when that is taken out of it which changed columns answer as before. */
static const char *
left_over(const ss_table_steps *t, const char *condition, ss_arena *scratch)
{
    char *rest = without_literals(condition, scratch);

    for (char *at = strchr(rest, '('); at != NULL; at = strchr(at + 1, '('))
    {
        size_t n = comparison_that_stays(t, at);

        n = n > 0 ? n : comparison_with_zero(t, at, SS_NONE, NULL);
        memset(at, ' ', n);
        at += n > 0 ? n - 1 : 0;
    }
    return rest;
}

/* By what is known of the columns alone. */
static bool
check_holds(const ss_table_steps *t, const ss_check *check, ss_arena *scratch)
{
    const char *expression =
        left_over(t, check->expression == NULL ? check->definition : check->expression, scratch);

    if (is_untouched(t, expression) || asks_for_null_alone(t, expression, scratch))
        return true;
    if (strstr(expression, ".*") != NULL)
        return false;
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        const ss_step *s = ss_step_of(t, c);

        /* What is the same in every row is tried at the source. */
        if (s != NULL && (s->act == SS_STEP_NULL || s->act == SS_STEP_CONSTANT))
            continue;
        if (stays(t, c) || !names_column(expression, t->table->columns[c].name))
            continue;
        if (s == NULL || !holds_alone(t, s, check->definition, t->table->columns[c].name))
            return false;
    }
    return true;
}

static void
add_trial(ss_pseudonyms *p, const ss_table_steps *t, const size_t *columns, size_t n,
          const char *name, const char *expression)
{
    p->trials = ss_grow(p->arena, p->trials, p->ntrials, &p->trials_capacity, sizeof *p->trials);
    p->trials[p->ntrials++] =
        (ss_pseudonym_trial){.table = ss_catalog_index(p->plan->catalog, t->table),
                             .columns = columns,
                             .ncolumns = n,
                             .name = name,
                             .expression = expression};
}

/* Is all that it names made, of a form that no value changes?  Then any few of them tell. */
static bool
can_be_tried(ss_pseudonyms *p, const ss_table_steps *t, const ss_check *check)
{
    size_t *columns = ss_alloc(p->arena, t->table->ncolumns, sizeof *columns), n = 0;

    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        const ss_step *s = ss_step_of(t, c);

        if (!names_column(check->expression, t->table->columns[c].name))
            continue;
        if (s == NULL || s->act != SS_STEP_KIND || s->kind == NULL || !s->kind->own_form)
            return false;
        columns[n++] = c;
    }
    if (n > 0) /* or else it asks of whole rows */
        add_trial(p, t, columns, n, check->name, check->expression);
    return n > 0;
}

static void
judge_check(ss_pseudonyms *p, const ss_table_steps *t, const ss_check *check)
{
    if (check_holds(t, check, p->arena) || (check->expression != NULL && can_be_tried(p, t, check)))
        return;
    ss_pseudonyms_find(
        p, SS_FINDING_STOPS, SS_WHAT_UNFIT, t->table->label,
        "keep, nullify or generalise the columns that it is about, or another kind",
        "CHECK \"%s\": it is not certain that it holds for what stands in place of the values",
        ss_printable(p->arena, check->name));
}

/* The server holds rows to a domain's CHECKs as they come in: do all of them hold for what is made? */
static bool
domain_holds(const ss_table_steps *t, const ss_step *s)
{
    const ss_catalog *catalog = t->of->plan->catalog;

    for (size_t i = t->table->columns[s->column].type;
         i != SS_NONE && catalog->types[i].kind == SS_TYPE_DOMAIN; i = catalog->types[i].base)
    {
        const ss_type *domain = &catalog->types[i];

        for (size_t c = 0; c < domain->nchecks; c++)
        {
            const char *check = domain->checks[c], *inner = strstr(check, "((");
            const size_t n =
                inner == NULL ? 0 : comparison_with_zero(t, inner + 1, s->column, "VALUE");
            const bool is_sign = n > 0 && strcmp(inner + 1 + n, ")") == 0;

            if (!is_sign && strcmp(check, "CHECK ((VALUE IS NOT NULL))") != 0 &&
                !holds_alone(t, s, check, "VALUE"))
                return false;
        }
    }
    return true;
}

static void
judge_domains(ss_pseudonyms *p, const ss_table_steps *t)
{
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        const ss_step *s = ss_step_of(t, c);
        size_t *column;

        if (s == NULL || s->act != SS_STEP_KIND || s->kind == NULL || domain_holds(t, s))
            continue;
        column = ss_alloc(p->arena, 1, sizeof *column);
        *column = c;
        if (s->kind->own_form)
            add_trial(p, t, column, 1, NULL, NULL);
        else
            ss_pseudonyms_find(
                p, SS_FINDING_STOPS, SS_WHAT_UNFIT, ss_pseudonyms_label(p, t->table, c),
                "keep, nullify or generalise it, or another kind",
                "it is not certain that its domain takes what stands in place of the values");
    }
}

/* --- partitions ----------------------------------------------------------------------------------- */

static bool
is_same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const ss_expression *
expression_of(const ss_table *table, const ss_key *key)
{
    for (size_t i = 0; i < table->nexpressions; i++)
    {
        if (strcmp(table->expressions[i].name, key->name) == 0)
            return &table->expressions[i];
    }
    return NULL;
}

/* Columns go by name: a partition may have them in another order. */
static bool
is_same_key(const ss_table *table, const ss_key *key, const ss_table *other, const ss_key *k)
{
    const ss_expression *e = expression_of(table, key), *of = expression_of(other, k);

    if (k->ncolumns != key->ncolumns || k->nulls_not_distinct != key->nulls_not_distinct ||
        (e == NULL) != (of == NULL) ||
        (e != NULL && (!is_same_text(e->expression, of->expression) ||
                       !is_same_text(e->predicate, of->predicate))))
        return false;
    for (size_t i = 0; i < key->ncolumns; i++)
    {
        const ss_column *a = ss_table_attribute(table, key->attnums[i]),
                        *b = ss_table_attribute(other, k->attnums[i]);

        if (a == NULL || b == NULL ? a != b : strcmp(a->name, b->name) != 0)
            return false;
    }
    return true;
}

/* Is the key judged with the table that the partition is of? */
static bool
is_of_parent(const ss_table_steps *t, const ss_key *key)
{
    const ss_table *parent = &t->of->plan->catalog->tables[t->table->partition_parent];

    for (size_t i = 0; i < parent->nkeys; i++)
    {
        if (is_same_key(t->table, key, parent, &parent->keys[i]))
            return true;
    }
    return false;
}

/* What a partition demands beyond what its root does.  Where rows change partitions, it is asked of those of others, too. */
static void
judge_own(ss_pseudonyms *p, const ss_table_steps *t)
{
    static const char mend[] = "keep the columns that say which partition a row is in";

    for (size_t i = 0; i < t->table->nkeys; i++)
    {
        if (is_of_parent(t, &t->table->keys[i]))
            continue;
        if (!t->change.moves)
            judge_key(p, t, &t->table->keys[i]);
        else
            ss_pseudonyms_find(p, SS_FINDING_STOPS, SS_WHAT_NOT_UNIQUE, t->table->label, mend,
                               "\"%s\": rows of other partitions may come into it",
                               ss_printable(p->arena, t->table->keys[i].name));
    }
    for (size_t i = 0; i < t->table->nchecks; i++)
    {
        const ss_check *check = &t->table->checks[i];

        if (check->inherited)
            continue;
        if (!t->change.moves)
            judge_check(p, t, check);
        else
            ss_pseudonyms_find(p, SS_FINDING_STOPS, SS_WHAT_UNFIT, t->table->label, mend,
                               "CHECK \"%s\": it is not certain that it holds for rows of other "
                               "partitions that may come into it",
                               ss_printable(p->arena, check->name));
    }
}

/* Are the columns that say which partition a row is in made coarser at most?  The beginning of a month is in it. */
static bool
is_coarse_at_most(const ss_table_steps *t)
{
    for (size_t i = 0; i < t->table->npartition_columns; i++)
    {
        const size_t c = t->table->partition_attnums[i] == 0
                             ? SS_NONE
                             : ss_table_index(t->table, t->table->partition_attnums[i]);
        const ss_step *s = c == SS_NONE ? NULL : ss_step_of(t, c);

        if (s == NULL ||
            (s->act != SS_STEP_PASS && (s->act != SS_STEP_KIND || s->kind != &ss_kind_generalise)))
            return false;
    }
    return true;
}

/*
 * Rows that are in no other partition go to the default one; hashes always find one.  Of bands this does not ask whether
 * they lie within one partition: where they do not, loading stops.
 */
static void
judge_partitions(ss_pseudonyms *p, const ss_table_steps *t)
{
    const ss_catalog *catalog = p->plan->catalog;
    const size_t index = ss_catalog_index(catalog, t->table);
    size_t n = 0;

    if (t->table->kind != SS_TABLE_PARTITIONED || !ss_pseudonyms_reroute(p, t->table) ||
        is_coarse_at_most(t) || strncmp(t->table->partition_key, "HASH", strlen("HASH")) == 0)
        return;
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *part = &catalog->tables[i];

        if (!part->is_partition || part->partition_parent != index)
            continue;
        if (part->partition_bound != NULL && strcmp(part->partition_bound, "DEFAULT") == 0)
            return;
        n++;
    }
    if (n > 0)
        ss_pseudonyms_find(
            p, SS_FINDING_STOPS, SS_WHAT_UNFIT, t->table->label,
            "keep those columns, or give the table a DEFAULT partition at the source",
            "the columns that say which partition a row is in are changed, and it is "
            "not certain that there is one for every row");
}

void
ss_pseudonyms_judge_constraints(ss_pseudonyms *p, const ss_table_steps *t)
{
    judge_partitions(p, t);
    for (size_t i = 0; i < t->table->nexclusions; i++)
        judge_exclusion(p, t, &t->table->exclusions[i]);
    if (t->table->is_partition)
    {
        judge_own(p, t);
        return;
    }
    for (size_t i = 0; i < t->table->nkeys; i++)
        judge_key(p, t, &t->table->keys[i]);
    for (size_t i = 0; i < t->table->nchecks; i++)
        judge_check(p, t, &t->table->checks[i]);
    judge_domains(p, t);
}
