#include "policy/distinct.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "rows/codec.h"

/* --- expressions as the server writes them ------------------------------------------------------ */

/* Each takes what it is named after from *at on and moves it behind; where that does not stand there, *at stays. */

static bool
take(const char **at, const char *word)
{
    const size_t n = strlen(word);

    if (strncmp(*at, word, n) != 0)
        return false;
    *at += n;
    return true;
}

static bool
in_name(char c)
{
    return isalnum((unsigned char) c) || c == '_' || c == '$' || (c & 0x80) != 0;
}

/* In double quotes or not; a name itself where name is not NULL, any one where it is. */
static bool
take_name(const char **at, const char *name)
{
    const char *p = *at;
    size_t n = 0;

    if (*p == '"')
    {
        for (p++; *p != '\0' && (*p != '"' || p[1] == '"'); n++)
        {
            if (name != NULL && name[n] != *p)
                return false;
            p += *p == '"' ? 2 : 1;
        }
        if (*p++ != '"')
            return false;
    }
    else
    {
        for (; in_name(*p); p++, n++)
        {
            if (name != NULL && name[n] != *p)
                return false;
        }
    }
    if (n == 0 || (name != NULL && name[n] != '\0'))
        return false;
    *at = p;
    return true;
}

/* ::text, ::character varying(20)[], ::public.mood; any number of them, none as well */
static void
take_casts(const char **at)
{
    const char *p = *at;

    while (take(&p, "::") && take_name(&p, NULL))
    {
        while (take(&p, ".") || take(&p, " "))
        {
            if (!take_name(&p, NULL))
                return;
        }
        if (*p == '(' && p[1 + strspn(p + 1, "0123456789,")] == ')')
            p += strspn(p + 1, "0123456789,") + 2;
        (void) take(&p, "[]");
        *at = p;
    }
}

typedef struct literal
{
    const char *text;
    size_t n;
} literal;

/* 'text', -12.5, true; with casts and in brackets.  Never NULL, which lists hold as a word of its own. */
static bool
take_literal(const char **at, literal *l)
{
    const char *p = *at;

    if (take(&p, "("))
    {
        if (!take_literal(&p, l) || !take(&p, ")"))
            return false;
    }
    else if (take(&p, "'"))
    {
        l->text = p;
        while (*p != '\0' && (*p != '\'' || p[1] == '\''))
            p += *p == '\'' ? 2 : 1;
        l->n = (size_t) (p - l->text);
        if (!take(&p, "'"))
            return false;
    }
    else
    {
        l->text = p;
        if (!take(&p, "true") && !take(&p, "false"))
        {
            p += *p == '-';
            if (!isdigit((unsigned char) *p))
                return false;
            p += strspn(p, "0123456789.");
        }
        l->n = (size_t) (p - l->text);
        if (in_name(*p))
            return false;
    }
    take_casts(&p);
    *at = p;
    return true;
}

static bool
take_integer(const char **at, int64_t *v)
{
    const char *p = *at;
    char digits[24] = "";
    literal l;

    if (!take_literal(&p, &l) || l.n >= sizeof digits)
        return false;
    memcpy(digits, l.text, l.n);
    if (!ss_parse_i64(digits, v))
        return false;
    *at = p;
    return true;
}

/* The column, or VALUE of a domain; as_text: also its text, "(state)::text". */
static bool
take_column(const char **at, const char *name, bool as_text)
{
    const char *p = *at;

    if (take_name(&p, name))
    {
        *at = p;
        return true;
    }
    if (!as_text || !take(&p, "(") || !take_name(&p, name) || !take(&p, ")::text") || in_name(*p) ||
        *p == '[')
        return false;
    *at = p;
    return true;
}

/* ARRAY['a'::text, 'b'::text], in brackets with a cast where the server wants it so; n: how many. */
static bool
take_array(const char **at, uint64_t *n)
{
    const char *p = *at;
    literal l;

    if (take(&p, "("))
    {
        if (!take_array(&p, n) || !take(&p, ")"))
            return false;
        take_casts(&p);
    }
    else
    {
        *n = 0;
        if (!take(&p, "ARRAY["))
            return false;
        do
        {
            if (!take_literal(&p, &l))
                return false;
            ++*n;
        } while (take(&p, ", "));
        if (!take(&p, "]"))
            return false;
    }
    *at = p;
    return true;
}

/* --- what the schema declares ------------------------------------------------------------------- */

static uint64_t
times(uint64_t a, uint64_t b)
{
    uint64_t product;

    return __builtin_mul_overflow(a, b, &product) ? SS_DISTINCT_ANY : product;
}

static uint64_t
fewer(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* x = ANY (ARRAY[...]), x = 'a': of types of PostgreSQL itself. */
static bool
take_list(const char **at, const char *name, const ss_type *type, uint64_t *n)
{
    const char *p = *at;
    literal l;

    /* What citext takes for one are several texts, unless a cast takes them one by one. */
    if ((type->extension != NULL && *p != '(') || !take_column(&p, name, ss_type_is_text(type)))
        return false;
    *n = 1;
    if (take(&p, " = ANY ("))
    {
        if (!take_array(&p, n) || !take(&p, ")"))
            return false;
    }
    else if (!take(&p, " = ") || !take_literal(&p, &l))
        return false;
    *at = p;
    return true;
}

/* (x >= 1) AND (x <= 5), of whole numbers */
static bool
take_bounds(const char **at, const char *name, const ss_type *type, uint64_t *n)
{
    const char *p = *at;
    int64_t low, high;

    if (!ss_type_is_integer(type) || !take(&p, "(") || !take_column(&p, name, false) ||
        !take(&p, " >= ") || !take_integer(&p, &low) || !take(&p, ") AND (") ||
        !take_column(&p, name, false) || !take(&p, " <= ") || !take_integer(&p, &high) ||
        !take(&p, ")") || high < low)
        return false;
    *n = (uint64_t) high - (uint64_t) low;
    *n += *n < SS_DISTINCT_ANY;
    *at = p;
    return true;
}

/* What a condition leaves of a column's values, NULL aside. */
static bool
take_condition(const char **at, const char *name, const ss_type *type, uint64_t *n)
{
    const char *p = *at;

    if (!take(&p, "("))
        return false;
    if (!take_list(&p, name, type, n) && !take_bounds(&p, name, type, n) &&
        !take_condition(&p, name, type, n))
    {
        /* A boolean is a condition by itself. */
        (void) take(&p, "NOT ");
        if (!ss_type_is(type, "bool") || !take_name(&p, name))
            return false;
        *n = 1;
    }
    if (!take(&p, ")"))
        return false;
    *at = p;
    return true;
}

/* A whole CHECK; what follows it (NOT VALID) makes it another. */
static uint64_t
values_in_check(const char *definition, const char *name, const ss_type *type)
{
    const char *p = definition;
    uint64_t n;

    return take(&p, "CHECK ") && take_condition(&p, name, type, &n) && *p == '\0' ? n
                                                                                  : SS_DISTINCT_ANY;
}

const char *const *
ss_check_list(const char *definition, const char *name, const ss_type *type, ss_arena *result,
              size_t *n)
{
    const uint64_t values =
        ss_type_is_text(type) ? values_in_check(definition, name, type) : SS_DISTINCT_ANY;
    const char *text, **list;
    size_t length;

    if (values == SS_DISTINCT_ANY || strstr(definition, "''") != NULL)
        return NULL;
    list = ss_alloc(result, (size_t) values + 1, sizeof *list);
    for (*n = 0; (text = ss_check_next_literal(&definition, &length)) != NULL; (*n)++)
    {
        if (*n == values) /* there is one in the column's name */
            return NULL;
        list[*n] = ss_strf(result, "%.*s", (int) length, text);
    }
    return *n == values && *n > 0 ? list : NULL;
}

/* A collation that takes several texts for one may be another one than that of the key. */
static bool
collates_plainly(const ss_column *column)
{
    return column->attcollation == NULL ||
           strcmp(column->attcollation, "pg_catalog.\"default\"") == 0 ||
           strcmp(column->attcollation, "pg_catalog.\"C\"") == 0;
}

uint64_t
ss_distinct_values(const ss_catalog *catalog, const ss_table *table, const ss_column *column)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);
    uint64_t n = SS_DISTINCT_ANY;
    const ss_type *type;

    if (base == SS_NONE || !collates_plainly(column))
        return n;
    type = &catalog->types[base];
    if (ss_type_is(type, "bool"))
        n = 2;
    else if (type->kind == SS_TYPE_ENUM)
        n = type->nlabels;
    for (size_t t = column->type; t != SS_NONE && catalog->types[t].kind == SS_TYPE_DOMAIN;
         t = catalog->types[t].base)
    {
        for (size_t i = 0; i < catalog->types[t].nchecks; i++)
            n = fewer(n, values_in_check(catalog->types[t].checks[i], "VALUE", type));
    }
    for (size_t i = 0; i < table->nchecks; i++)
    {
        if (ss_check_is_of(&table->checks[i], column))
            n = fewer(n, values_in_check(table->checks[i].definition, column->name, type));
    }
    return n;
}

/* x > 5 and its like: narrows [*low, *high]. */
static bool
take_comparison(const char **at, const char *name, int64_t *low, int64_t *high)
{
    static const char *const operators[] = {" >= ", " > ", " <= ", " < ", " = "};
    const char *p = *at;
    int64_t v;

    if (!take_column(&p, name, false))
        return false;
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
    {
        const bool strict = i == 1 || i == 3;

        if (!take(&p, operators[i]))
            continue;
        if (!take_integer(&p, &v) || (strict && (v == INT64_MAX || v == INT64_MIN)))
            return false;
        if ((i < 2 || i == 4) && v + (i == 1) > *low)
            *low = v + (i == 1);
        if (i >= 2 && v - (i == 3) < *high)
            *high = v - (i == 3);
        *at = p;
        return true;
    }
    return false;
}

/* (x > 0), ((x >= 1) AND (x <= 5)): brackets as the server puts them. */
static bool
take_comparisons(const char **at, const char *name, int64_t *low, int64_t *high)
{
    const char *p = *at;

    if (!take(&p, "("))
        return false;
    if (!take_comparison(&p, name, low, high))
    {
        do
        {
            if (!take_comparisons(&p, name, low, high))
                return false;
        } while (take(&p, " AND "));
    }
    if (!take(&p, ")"))
        return false;
    *at = p;
    return true;
}

bool
ss_check_bounds(const char *definition, const char *name, int64_t *low, int64_t *high)
{
    int64_t l = INT64_MIN, h = INT64_MAX;
    const char *p = definition;

    if (!take(&p, "CHECK ") || !take_comparisons(&p, name, &l, &h) || *p != '\0')
        return false;
    *low = l > *low ? l : *low;
    *high = h < *high ? h : *high;
    return true;
}

/* By the type alone. */
static bool
bounds_of_type(const ss_catalog *catalog, const ss_column *column, const ss_type *type,
               int64_t *low, int64_t *high)
{
    static const struct
    {
        const char *name;
        int64_t low, high;
    } types[] = {{"int2", INT16_MIN, INT16_MAX},
                 {"int4", INT32_MIN, INT32_MAX},
                 {"int8", INT64_MIN, INT64_MAX}};

    const int32_t typmod = ss_catalog_typmod(catalog, column);
    int64_t power = 1;

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    {
        if (ss_type_is(type, types[i].name))
        {
            *low = types[i].low;
            *high = types[i].high;
            return true;
        }
    }
    if (!ss_type_is(type, "numeric") || (typmod >= 4 && ss_numeric_scale(typmod) > 0))
        return false;
    for (int i = 0; i < 18 && (typmod < 4 || i < ss_numeric_precision(typmod)); i++)
        power *= 10;
    *high = power - 1;
    *low = -*high;
    return true;
}

bool
ss_integer_bounds(const ss_catalog *catalog, const ss_table *table, const ss_column *column,
                  int64_t *low, int64_t *high)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);

    if (base == SS_NONE || !bounds_of_type(catalog, column, &catalog->types[base], low, high))
        return false;
    for (size_t t = column->type; t != SS_NONE && catalog->types[t].kind == SS_TYPE_DOMAIN;
         t = catalog->types[t].base)
    {
        for (size_t i = 0; i < catalog->types[t].nchecks; i++)
            (void) ss_check_bounds(catalog->types[t].checks[i], "VALUE", low, high);
    }
    for (size_t i = 0; i < table->nchecks; i++)
    {
        if (ss_check_is_of(&table->checks[i], column))
            (void) ss_check_bounds(table->checks[i].definition, column->name, low, high);
    }
    return true;
}

/* --- columns as they are treated ---------------------------------------------------------------- */

typedef struct domain
{
    uint64_t n; /* values that are not NULL */
    bool null;  /* and NULL */
} domain;

/* What the policy does with the column; NULL: the server makes it, or nothing is treated. */
static const ss_decision *
decision_of(const ss_table *table, const ss_decision *columns, size_t c)
{
    return columns == NULL || table->columns[c].generated != SS_GENERATED_NOT ? NULL : &columns[c];
}

static domain
domain_of(const ss_catalog *catalog, const ss_table *table, const ss_decision *columns, size_t c)
{
    const ss_decision *d = decision_of(table, columns, c);

    if (d != NULL && d->treatment == SS_TREAT_CONSTANT)
        return (domain){1, false};
    if (d != NULL && d->treatment == SS_TREAT_NULLIFY)
        return (domain){0, true};
    return (domain){ss_distinct_values(catalog, table, &table->columns[c]),
                    ss_catalog_is_nullable(catalog, &table->columns[c])};
}

static uint64_t
with_null(domain d)
{
    return d.null && d.n < SS_DISTINCT_ANY ? d.n + 1 : d.n;
}

/* The column that stands there, or SS_NONE. */
static size_t
take_any_column(const char **at, const ss_table *table)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (take_column(at, table->columns[c].name, true))
            return c;
    }
    return SS_NONE;
}

static bool
is_text(const ss_catalog *catalog, const ss_column *column)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);

    return base != SS_NONE && ss_type_is_text(&catalog->types[base]);
}

/* lower(x), upper(x): NULL for NULL alone.  COALESCE(x, 'a'): never. */
static domain
domain_of_expression(const ss_catalog *catalog, const ss_table *table, const ss_decision *columns,
                     const char *expression)
{
    const domain unknown = {SS_DISTINCT_ANY, true};
    const char *p = expression;
    const bool folds = take(&p, "lower(") || take(&p, "upper(");
    literal l;
    size_t c;

    if (!folds && !take(&p, "COALESCE("))
        return unknown;
    c = take_any_column(&p, table);
    if (c == SS_NONE || (folds && !is_text(catalog, &table->columns[c])) ||
        (!folds && (!take(&p, ", ") || !take_literal(&p, &l))) || strcmp(p, ")") != 0)
        return unknown;
    return folds ? domain_of(catalog, table, columns, c)
                 : (domain){with_null(domain_of(catalog, table, columns, c)), false};
}

/* The k-th thing that the index of that name computes; NULL: not known. */
static const ss_expression *
find_expression(const ss_table *table, const char *index, size_t k)
{
    for (size_t i = 0; i < table->nexpressions; i++)
    {
        if (strcmp(table->expressions[i].name, index) == 0 && k-- == 0)
            return &table->expressions[i];
    }
    return NULL;
}

/* Column k of an index whose columns before it have *nexpressions expressions. */
static domain
domain_of_part(const ss_catalog *catalog, const ss_table *table, const ss_decision *columns,
               const char *index, int16_t attnum, size_t *nexpressions)
{
    const size_t c = attnum == 0 ? SS_NONE : ss_table_index(table, attnum);
    const ss_expression *e = attnum == 0 ? find_expression(table, index, (*nexpressions)++) : NULL;

    if (c != SS_NONE)
        return domain_of(catalog, table, columns, c);
    return e == NULL || e->expression == NULL
               ? (domain){SS_DISTINCT_ANY, true}
               : domain_of_expression(catalog, table, columns, e->expression);
}

/* --- conditions of partial indexes -------------------------------------------------------------- */

/* Is the column's one value this literal, letter by letter?  What else is equal to it is the server's to say. */
static bool
is_constant(const ss_decision *d, literal l)
{
    return d != NULL && d->treatment == SS_TREAT_CONSTANT && strlen(d->value) == l.n &&
           strncmp(d->value, l.text, l.n) == 0;
}

/* x IS NULL, x IS NOT NULL, x = 'a', x, NOT x: does it hold for every row as the columns are treated? */
static bool
take_certain(const char **at, const ss_catalog *catalog, const ss_table *table,
             const ss_decision *columns)
{
    static const literal yes = {"true", 4}, no = {"false", 5};
    const bool negated = take(at, "NOT ");
    const size_t c = take_any_column(at, table);
    domain d;
    literal l;

    if (c == SS_NONE)
        return false;
    d = domain_of(catalog, table, columns, c);
    if (take(at, " IS NULL"))
        return !negated && d.n == 0;
    if (take(at, " IS NOT NULL"))
        return !negated && !d.null;
    if (take(at, " = "))
        return !negated && take_literal(at, &l) && is_constant(decision_of(table, columns, c), l);
    return is_constant(decision_of(table, columns, c), negated ? no : yes);
}

/* ((x IS NULL) AND (y = 'a')), with as many brackets as there are. */
static bool
take_all_certain(const char **at, const ss_catalog *catalog, const ss_table *table,
                 const ss_decision *columns)
{
    const char *p = *at;

    if (!take_certain(&p, catalog, table, columns))
    {
        p = *at;
        if (!take(&p, "("))
            return false;
        do
        {
            if (!take_all_certain(&p, catalog, table, columns))
                return false;
        } while (take(&p, " AND "));
        if (!take(&p, ")"))
            return false;
    }
    *at = p;
    return true;
}

/* Does the index hold every row? */
static bool
holds_all(const ss_catalog *catalog, const ss_table *table, const ss_decision *columns,
          const char *index)
{
    const ss_expression *e = find_expression(table, index, 0);
    const char *p = e == NULL ? NULL : e->predicate;

    return p != NULL && take_all_certain(&p, catalog, table, columns) && *p == '\0';
}

/* --- keys and exclusions ------------------------------------------------------------------------ */

uint64_t
ss_distinct_of_key(const ss_catalog *catalog, const ss_table *table, const ss_decision *columns,
                   const ss_key *key)
{
    uint64_t n = 1;
    size_t nexpressions = 0;

    if (!key->valid || (key->partial && !holds_all(catalog, table, columns, key->name)))
        return SS_DISTINCT_ANY;
    for (size_t i = 0; i < key->ncolumns; i++)
    {
        const domain d =
            domain_of_part(catalog, table, columns, key->name, key->attnums[i], &nexpressions);

        if (d.null && !key->nulls_not_distinct)
            return SS_DISTINCT_ANY;
        n = times(n, with_null(d));
    }
    return n;
}

bool
ss_distinct_overlaps_itself(const ss_catalog *catalog, size_t type, const char *value)
{
    const size_t base = ss_catalog_base_type(catalog, type);
    const size_t length = strlen(value);
    const char *comma = strchr(value, ',');
    const ss_type *t = base == SS_NONE ? NULL : &catalog->types[base];
    const ss_codec *codec;
    bool differ = false;
    ss_batch *batch;
    ss_arena *scratch;
    ss_codec_type of;
    ss_error ignored;

    if (t != NULL && (ss_type_is(t, "inet") || ss_type_is(t, "cidr")))
        return true;
    if (t == NULL || t->kind != SS_TYPE_RANGE || length < 3 || strchr("[(", value[0]) == NULL ||
        strchr("])", value[length - 1]) == NULL || comma == NULL || strchr(comma + 1, ',') != NULL)
        return false;
    if (comma == value + 1 || comma == value + length - 2 ||
        (value[0] == '[' && value[length - 1] == ']'))
        return true;
    /* Between two whole numbers there may be none: (3,4).  Where one end belongs to it, the ends must differ. */
    codec = ss_codec_find(catalog, t->base);
    if (codec == NULL || codec->form != SS_FORM_I64 ||
        (value[0] == '(' && value[length - 1] == ')'))
        return false;
    scratch = ss_arena_new(NULL);
    of = (ss_codec_type){catalog, ss_catalog_base_type(catalog, t->base), -1};
    batch = ss_batch_new(scratch, &codec->form, 1);
    if (codec->from_text(&of, value + 1, (size_t) (comma - value - 1), &batch->columns[0], 0,
                         &ignored) == SS_OK &&
        codec->from_text(&of, comma + 1, (size_t) (value + length - 2 - comma), &batch->columns[0],
                         1, &ignored) == SS_OK)
        differ = batch->columns[0].i64[0] != batch->columns[0].i64[1];
    ss_arena_free(scratch);
    return differ;
}

uint64_t
ss_distinct_of_exclusion(const ss_catalog *catalog, const ss_table *table,
                         const ss_decision *columns, const ss_exclusion *x)
{
    uint64_t n = 1;
    size_t nexpressions = 0;

    if (x->partial && !holds_all(catalog, table, columns, x->name))
        return SS_DISTINCT_ANY;
    for (size_t i = 0; i < x->ncolumns; i++)
    {
        const size_t c = x->attnums[i] == 0 ? SS_NONE : ss_table_index(table, x->attnums[i]);
        const ss_decision *d = c == SS_NONE ? NULL : decision_of(table, columns, c);
        const domain part =
            domain_of_part(catalog, table, columns, x->name, x->attnums[i], &nexpressions);

        /* A row with a NULL conflicts with none. */
        if (part.null || x->operators == NULL)
            return SS_DISTINCT_ANY;
        if (strcmp(x->operators[i], "=") == 0)
            n = times(n, part.n);
        else if (strcmp(x->operators[i], "&&") != 0 || d == NULL ||
                 d->treatment != SS_TREAT_CONSTANT ||
                 !ss_distinct_overlaps_itself(catalog, table->columns[c].type, d->value))
            return SS_DISTINCT_ANY;
    }
    return n;
}
