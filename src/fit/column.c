#include "fit/column_internal.h"

#define NUMBER_CELLS 2048 /* distinct numbers before they coarsen */
#define TEXT_CELLS   1024 /* distinct texts before there are no categories */
#define SHAPE_CELLS  512
#define VALUES_SEEN  1024 /* of those that are too many to be told apart, a fair sample */
#define CELLS_BUDGET ((size_t) 128 << 20) /* bytes, of one table */
#define CELLS_LEAST  64
#define FLOAT_DIGITS 6 /* decimals kept of a float */

/* Decimals of numeric(p,s): the typmod holds them; of plain numeric as many as a float gets. */
static int
decimals(const ss_catalog *catalog, const ss_column *column)
{
    const int32_t typmod = ss_catalog_typmod(catalog, column);

    if (typmod < 4)
        return 4;
    return ss_numeric_scale(typmod) < 0 ? 0 : ss_numeric_scale(typmod);
}

static ss_counter *
counter_new(ss_counter_kind kind, size_t bound, const ss_fit_who *who)
{
    return ss_counter_new(kind, bound < who->cells ? bound : who->cells, who->k, who->npaths,
                          who->may_be_empty);
}

ss_counter *
ss_fit_counter_of_numbers(const ss_fit_who *who)
{
    return counter_new(SS_COUNTER_NUMBERS, NUMBER_CELLS, who);
}

size_t
ss_fit_most_cells(size_t npaths, size_t k, size_t counters)
{
    const size_t each = (npaths * k + 8) * sizeof(uint64_t);
    const size_t cells = CELLS_BUDGET / (each * counters);

    return cells < CELLS_LEAST ? CELLS_LEAST : cells;
}

static size_t
values_seen(const ss_fit_who *who)
{
    return VALUES_SEEN < who->cells / 2 ? VALUES_SEEN : who->cells / 2;
}

void
ss_fit_column_init(ss_fit_column *c, const ss_catalog *catalog, const ss_column *column,
                   const ss_decision *decision, ss_fit_key is_key, const ss_fit_who *who,
                   bool *null_empty)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);
    const ss_type *t = base == SS_NONE ? NULL : &catalog->types[base];
    /* The policy lets nothing undecided through; nor would this. */
    const bool learns = decision->treatment == SS_TREAT_SYNTHESISE && is_key != SS_FIT_KEY &&
                        decision->class != SS_CLASS_UNDECIDED;

    *c = (ss_fit_column){.catalog = catalog,
                         .column = column,
                         .decision = decision,
                         .kind = SS_MARGINAL_SHAPE,
                         .step = 1,
                         .who = who,
                         .null_empty = null_empty};
    if (column->generated != SS_GENERATED_NOT)
        c->kind = SS_MARGINAL_NONE;
    else if (decision->treatment == SS_TREAT_NULLIFY)
        c->kind = SS_MARGINAL_NULL;
    else if (decision->treatment == SS_TREAT_CONSTANT)
        c->kind = SS_MARGINAL_CONSTANT;
    else if (is_key == SS_FIT_KEY_OF_KEPT && learns && t != NULL &&
             (ss_type_is_integer(t) || ss_type_is_text(t)))
        c->kind = SS_MARGINAL_REFERENCE;
    else if (is_key != SS_FIT_NO_KEY)
        c->kind = SS_MARGINAL_KEY;
    if (!column->not_null && (c->kind == SS_MARGINAL_SHAPE || ss_marginal_is_key(c->kind)))
    {
        c->null_people = ss_crowd_new(who->k, who->npaths);
        c->present_people = ss_crowd_new(who->k, who->npaths);
    }
    if (t != NULL && c->kind == SS_MARGINAL_KEY && ss_type_is_text(t))
    {
        /* Keys are made, but a CHECK may hold them to length and alphabet. */
        c->lengths = counter_new(SS_COUNTER_NUMBERS, SHAPE_CELLS, who);
        c->alphabets = counter_new(SS_COUNTER_NUMBERS, SHAPE_CELLS, who);
    }
    if (c->kind == SS_MARGINAL_KEY)
        c->different = ss_cardinality_new(values_seen(who),
                                          &(ss_people){who->k, who->npaths, who->may_be_empty});
    if (c->kind == SS_MARGINAL_REFERENCE)
    {
        c->values = counter_new(SS_COUNTER_TEXTS, TEXT_CELLS, who);
        ss_counter_sample(c->values, values_seen(who));
    }
    if (t == NULL || (c->kind != SS_MARGINAL_SHAPE && c->kind != SS_MARGINAL_NONE))
        return;
    c->is_float = ss_type_is(t, "float4") || ss_type_is(t, "float8");
    c->is_number = c->is_float || ss_type_is_integer(t) || ss_type_is(t, "numeric");
    c->is_time =
        ss_type_is(t, "date") || ss_type_is(t, "timestamp") || ss_type_is(t, "timestamptz");
    c->scale = ss_type_is(t, "numeric") ? decimals(catalog, column)
               : c->is_float            ? FLOAT_DIGITS
                                        : 0;
    if (c->is_time && !ss_type_is(t, "date"))
        c->step = 1000000;
    if (c->kind == SS_MARGINAL_NONE)
        return;
    if (t->kind == SS_TYPE_ENUM || ss_type_is(t, "bool"))
    {
        /* Declared values: shape too generates from them, with nothing learnt. */
        c->kind = SS_MARGINAL_CATEGORIES;
        if (learns)
            c->values = ss_fit_counter_of_numbers(who);
    }
    else if (c->is_number || c->is_time || ss_type_is(t, "time"))
    {
        c->codes = counter_new(SS_COUNTER_NUMBERS, SHAPE_CELLS, who);
        if (learns)
        {
            c->kind = SS_MARGINAL_NUMBER;
            c->values = ss_fit_counter_of_numbers(who);
        }
    }
    else if (ss_type_is_text(t))
    {
        c->lengths = counter_new(SS_COUNTER_NUMBERS, SHAPE_CELLS, who);
        c->alphabets = counter_new(SS_COUNTER_NUMBERS, SHAPE_CELLS, who);
        if (learns)
        {
            c->kind = SS_MARGINAL_CATEGORIES;
            c->values = counter_new(SS_COUNTER_TEXTS, TEXT_CELLS, who);
        }
    }
    if (c->values != NULL)
        ss_counter_sample(c->values, values_seen(who));
}

void
ss_fit_column_forget_shapes(ss_fit_column *c)
{
    ss_counter_free(c->lengths);
    ss_counter_free(c->alphabets);
    c->lengths = counter_new(SS_COUNTER_NUMBERS, SHAPE_CELLS, c->who);
    c->alphabets = counter_new(SS_COUNTER_NUMBERS, SHAPE_CELLS, c->who);
}

void
ss_fit_column_done(ss_fit_column *c)
{
    ss_counter_free(c->values);
    ss_counter_free(c->frequent);
    ss_counter_free(c->others);
    ss_counter_free(c->lengths);
    ss_counter_free(c->alphabets);
    ss_counter_free(c->codes);
    ss_cardinality_free(c->different);
    ss_crowd_free(c->null_people);
    ss_crowd_free(c->present_people);
}

void
ss_fit_column_add_units(ss_fit_column *c, int64_t units, const uint64_t *subjects, uint64_t weight)
{
    ss_counter_add(c->codes, ss_fit_code(c, units), subjects, weight);
    if (c->values != NULL)
        ss_counter_add(c->values, units, subjects, weight);
}

static void
add_text(ss_fit_column *c, const unsigned char *text, size_t n, const uint64_t *subjects,
         uint64_t weight, const ss_hash_key *key)
{
    const ss_text_shape is = ss_fit_text_shape(text, n);

    ss_counter_add(c->lengths, is.length, subjects, weight);
    ss_counter_add(c->alphabets, is.alphabet, subjects, weight);
    if (c->values != NULL)
        ss_counter_add_text(c->values, (const char *) text, n, ss_hash(key, text, n), subjects,
                            weight);
}

static uint64_t
hash_of(const ss_batch_column *values, size_t r, const ss_hash_key *key)
{
    const void *data = values->form == SS_FORM_I64 ? (const void *) &values->i64[r]
                                                   : (const void *) &values->f64[r];
    size_t n = sizeof(int64_t);

    if (values->form == SS_FORM_TEXT || values->form == SS_FORM_WIRE)
        data = ss_column_bytes(values, r, &n);
    return ss_hash(key, data, n);
}

void
ss_fit_column_add(ss_fit_column *c, const ss_batch_column *values, size_t n,
                  const ss_fit_behind *behind, const ss_hash_key *key)
{
    c->form = values->form;
    for (size_t r = 0; r < n; r++)
    {
        const uint64_t *who = behind->subjects + r * behind->npaths;
        const uint64_t weight = behind->weights[r];
        int64_t units;

        c->count += weight;
        if (c->null_people != NULL)
            ss_crowd_add(values->null[r] ? c->null_people : c->present_people, who, weight);
        if (values->null[r])
        {
            c->nulls += weight;
            continue;
        }
        if (c->different != NULL)
            ss_cardinality_add(c->different, hash_of(values, r, key), who, weight);
        if (c->lengths != NULL)
        {
            size_t length;
            const unsigned char *text = ss_column_bytes(values, r, &length);

            add_text(c, text, length, who, weight, key);
        }
        else if (c->kind == SS_MARGINAL_REFERENCE)
        {
            char room[SS_FIT_NUMBER_TEXT];
            size_t length;
            const unsigned char *text = ss_fit_column_text(values, r, room, &length);

            ss_counter_add_text(c->values, (const char *) text, length, ss_hash(key, text, length),
                                who, weight);
        }
        else if (c->codes != NULL && ss_fit_column_units(c, values, r, &units))
            ss_fit_column_add_units(c, units, who, weight);
        else if (c->codes == NULL && c->values != NULL)
            ss_counter_add(c->values, values->i64[r], who, weight);
    }
}

static void
merge_counters(ss_counter *into, const ss_counter *from)
{
    if (into != NULL)
        ss_counter_merge(into, from);
}

void
ss_fit_column_merge(ss_fit_column *into, const ss_fit_column *from)
{
    into->form = from->count > 0 ? from->form : into->form;
    into->nulls += from->nulls;
    into->count += from->count;
    if (into->null_people != NULL)
    {
        ss_crowd_merge(into->null_people, from->null_people);
        ss_crowd_merge(into->present_people, from->present_people);
    }
    merge_counters(into->values, from->values);
    merge_counters(into->lengths, from->lengths);
    merge_counters(into->alphabets, from->alphabets);
    merge_counters(into->codes, from->codes);
    if (into->different != NULL)
        ss_cardinality_merge(into->different, from->different);
}
