/* What stands at the paths of documents: values of each place as a column's, sizes, and which keys go together. */
#include "fit/nodes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fit/habits.h"

#define DECIMALS   6 /* of a number, at most */
#define NUMBER_MAX 9e17

/* A number as JSON has it. */
typedef struct number
{
    double real;
    int64_t whole;
    bool is_whole;
} number;

/* What a visit answers with: the place and its mention. */
#define SPOT(place, mention) ((place) << 32 | (mention))

static void
put_u32(ss_buf *buf, size_t v)
{
    const uint32_t x = (uint32_t) v;

    ss_buf_append(buf, &x, sizeof x);
}

/* --- which there are ------------------------------------------------------------------------------ */

ss_node_type
ss_node_type_of(const char *name)
{
    size_t t = 0;

    if (strcmp(name, "integer") == 0)
        return SS_NODE_NUMBER;
    while (strcmp(ss_node_type_name((ss_node_type) t), name) != 0)
        t++;
    return (ss_node_type) t;
}

ss_node_place *
ss_node_place_find(const ss_nodes *ns, const char *path, ss_node_type type)
{
    const ss_node wanted = {.path = path, .type = type};
    size_t low = 0, high = ns->n;

    while (low < high)
    {
        const size_t middle = (low + high) / 2;
        const int order = ss_node_compare(&ns->list[middle].node, &wanted);

        if (order == 0)
            return &ns->list[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static int
compare_places(const void *a, const void *b)
{
    return ss_node_compare(&((const ss_node_place *) a)->node, &((const ss_node_place *) b)->node);
}

size_t
ss_path_last_step(const char *path)
{
    size_t at = 0, last = 0;

    while (path[at] != '\0')
    {
        last = at++;
        if (path[last] == '.' && path[at] == '"')
        {
            for (at++; path[at] != '"'; at++)
                at += path[at] == '\\';
            at++;
        }
        while (path[at] != '\0' && path[at] != '.' && path[at] != '[')
            at++;
    }
    return last;
}

/* Of each what it stands in, and of the keys of objects their bits. */
static void
tie(ss_nodes *ns)
{
    size_t *nkeys = ss_alloc(ns->rows->scratch, ns->n + 1, sizeof *nkeys);
    const char ***keys = ss_alloc(ns->rows->scratch, ns->n + 1, sizeof *keys);

    for (size_t i = 0; i < ns->n; i++)
    {
        ss_node_place *p = &ns->list[i];
        const size_t step = ss_path_last_step(p->node.path);
        const bool element = p->node.path[step] == '[', key = p->node.path[step] == '.';
        const char *last = p->node.path + step;
        const ss_node_place *in;

        p->in = p->bit = SS_NONE;
        if (!element && !key)
            continue;
        in = ss_node_place_find(ns, ss_strndup(ns->rows->scratch, p->node.path, step),
                                element ? SS_NODE_ARRAY : SS_NODE_OBJECT);
        if (in == NULL)
            continue;
        p->in = (size_t) (in - ns->list);
        if (!key || strcmp(last, ".*") == 0)
            continue;
        if (keys[p->in] == NULL)
            keys[p->in] = ss_alloc(ns->rows->result, SS_VARIANT_KEYS + 1, sizeof **keys);
        /* Types of one path come one after the other. */
        if (nkeys[p->in] == 0 || strcmp(keys[p->in][nkeys[p->in] - 1], last) != 0)
        {
            if (nkeys[p->in] > SS_VARIANT_KEYS)
                continue;
            keys[p->in][nkeys[p->in]++] = last;
        }
        p->bit = nkeys[p->in] - 1;
    }
    for (size_t i = 0; i < ns->n; i++)
    {
        if (nkeys[i] == 0 || nkeys[i] > SS_VARIANT_KEYS)
            continue;
        ns->list[i].node.keys = keys[i];
        ns->list[i].node.nkeys = nkeys[i];
    }
}

static void
find_time(const ss_nodes *ns, ss_node_place *p)
{
    const ss_catalog *catalog = ns->types->catalog;

    p->time = p->node.type != SS_NODE_NUMBER
                  ? SS_NONE
                  : ss_document_time(ns->rows->column->catalog, ns->rows->type, p->node.path);
    if (p->time != SS_NONE)
        p->node.time = catalog->types[p->time].name;
}

/* "$.a integer" and "$.a number" are one place. */
static void
make_places(ss_nodes *ns, const ss_cells *paths)
{
    size_t n = 0;

    ns->list = ss_alloc(ns->rows->scratch, paths->n + 1, sizeof *ns->list);
    for (size_t i = 0; i < paths->n; i++)
    {
        const char *text = paths->cells[i].text, *type = strrchr(text, ' ') + 1;

        ns->list[i] = (ss_node_place){
            .node = {.path = ss_strndup(ns->rows->result, text, (size_t) (type - text) - 1),
                     .type = ss_node_type_of(type)},
            .integers = strcmp(type, "integer") == 0,
            .reals = strcmp(type, "number") == 0};
    }
    qsort(ns->list, paths->n, sizeof *ns->list, compare_places);
    for (size_t i = 0; i < paths->n; i++)
    {
        ss_node_place *p = &ns->list[i], *before = n == 0 ? NULL : &ns->list[n - 1];

        if (before == NULL || ss_node_compare(&before->node, &p->node) != 0)
            ns->list[n++] = *p;
        else
        {
            before->integers = before->integers || p->integers;
            before->reals = before->reals || p->reals;
        }
    }
    ns->n = n;
    for (size_t i = 0; i < n; i++)
        find_time(ns, &ns->list[i]);
    tie(ns);
}

/* --- what stands there ---------------------------------------------------------------------------- */

static void
take_text(ss_buf *bytes, ss_buf *ends, const char *text, size_t n)
{
    uint64_t end;

    ss_buf_append(bytes, text, n);
    end = bytes->len;
    ss_buf_append(ends, &end, sizeof end);
}

static void
take_value(ss_node_place *p, const json_t *value)
{
    const uint64_t none = 0;
    int64_t x = 0;

    switch (p->node.type)
    {
    case SS_NODE_STRING:
        take_text(&p->bytes, &p->ends, json_string_value(value), json_string_length(value));
        return;
    case SS_NODE_NUMBER: {
        const number v = {.real = json_number_value(value),
                          .whole = json_integer_value(value),
                          .is_whole = json_is_integer(value)};

        ss_buf_append(&p->numbers, &v, sizeof v);
        return;
    }
    case SS_NODE_OBJECT:
        ss_buf_append(&p->masks, &none, sizeof none);
        /* those that are data add to it */
        break;
    case SS_NODE_ARRAY:
        x = (int64_t) json_array_size(value);
        break;
    case SS_NODE_BOOLEAN:
        x = json_is_true(value);
        break;
    case SS_NODE_NULL:
    case SS_NNODE_TYPES:
        return;
    }
    ss_buf_append(&p->numbers, &x, sizeof x);
}

/* What is of no place is behind no number: but all that stand there are to be known. */
static size_t
take_other(ss_nodes *ns, ss_node_place *in, const ss_spot *spot)
{
    if (spot->depth == 0)
    {
        put_u32(&ns->others, spot->row);
        ns->nothers++;
    }
    else if (in != NULL && (in->node.type == SS_NODE_ARRAY || spot->key != NULL))
    {
        put_u32(&in->others, spot->row);
        in->nothers++;
    }
    return SIZE_MAX;
}

static size_t
take(ss_document_walk *w, const ss_spot *spot)
{
    ss_nodes *ns = w->arg;
    ss_node_place *p = ss_node_place_find(ns, ss_buf_text(&w->path),
                                          ss_node_type_of(ss_document_type(spot->value)));
    const size_t owner = spot->in & UINT32_MAX;
    ss_node_place *in = spot->in == SIZE_MAX ? NULL : &ns->list[spot->in >> 32];

    if (spot->row != ns->row || spot->depth == 0)
        ns->left = SS_DOCUMENT_VALUES;
    ns->row = spot->row;
    if (ns->left == 0 || (spot->depth > 0 && in == NULL))
        return SIZE_MAX;
    if (p == NULL || (json_is_integer(spot->value) && !p->integers) ||
        (json_is_real(spot->value) && !p->reals))
        return take_other(ns, in, spot);
    ns->left--;
    if (in != NULL && p->bit < SS_VARIANT_KEYS)
    {
        uint64_t *mask = (uint64_t *) (void *) in->masks.data + owner;

        *mask |= UINT64_C(1) << p->bit;
    }
    if (in != NULL && spot->key != NULL)
    {
        int64_t *size = (int64_t *) (void *) in->numbers.data + owner;

        ++*size;
        take_text(&in->bytes, &in->ends, spot->key, strlen(spot->key));
        put_u32(&in->key_rows, spot->row);
        in->nkeys++;
    }
    put_u32(&p->rows, spot->row);
    put_u32(&p->owners, owner);
    take_value(p, spot->value);
    return SPOT((size_t) (p - ns->list), p->n++);
}

/* --- telling -------------------------------------------------------------------------------------- */

/* Mentions as rows of a sample. */
static ss_sample *
sample_of(const ss_habit_rows *rows, const ss_buf *of, size_t n)
{
    const ss_sample *s = rows->sample;
    ss_sample *m = ss_alloc(rows->scratch, 1, sizeof *m);

    *m = (ss_sample){.n = n,
                     .npaths = s->npaths,
                     .subjects = ss_alloc(rows->scratch, n * s->npaths + 1, sizeof *m->subjects),
                     .weights = ss_alloc(rows->scratch, n + 1, sizeof *m->weights),
                     .halved = s->halved,
                     .limited = s->limited};
    for (size_t i = 0; i < n; i++)
    {
        const size_t r = ss_node_u32(of, i);

        m->weights[i] = s->weights[r];
        for (size_t p = 0; p < s->npaths; p++)
            m->subjects[i * s->npaths + p] = s->subjects[r * s->npaths + p];
    }
    return m;
}

static uint64_t
weight_of(const ss_sample *m)
{
    uint64_t weight = 0;

    for (size_t i = 0; i < m->n; i++)
        weight += m->weights[i];
    return weight;
}

/* Decimals of the numbers: as many as k people's have. */
static int
decimals_of(const ss_node_place *p, const ss_sample *m, const ss_people *people)
{
    ss_tally *tally = ss_tally_new(DECIMALS + 1, people);
    int scale = DECIMALS;

    for (size_t i = 0; i < m->n; i++)
    {
        number v;
        double unit = 1;
        uint32_t needed = 0;

        memcpy(&v, p->numbers.data + i * sizeof v, sizeof v);
        while (!v.is_whole && needed < DECIMALS &&
               fabs(v.real * unit - round(v.real * unit)) > 1e-9 * fmax(1, fabs(v.real * unit)))
        {
            unit *= 10;
            needed++;
        }
        ss_tally_add(tally, needed, m->subjects + i * m->npaths, m->weights[i]);
    }
    for (; scale > 0; scale--)
    {
        uint32_t cells[DECIMALS + 1];
        size_t n = 0;

        for (int more = scale; more <= DECIMALS; more++)
            cells[n++] = (uint32_t) more;
        if (ss_tally_enough_together(tally, cells, n))
            break;
    }
    ss_tally_free(tally);
    return scale;
}

/* In units of 10^-scale; INT64_MIN, which no column tells: it is too large. */
static int64_t
units_of(const number *v, int scale)
{
    int64_t one = 1;

    for (int i = 0; i < scale; i++)
        one *= 10;
    if (v->is_whole)
        return v->whole > INT64_MAX / one || v->whole < -(INT64_MAX / one) ? INT64_MIN
                                                                           : v->whole * one;
    return fabs(v->real * (double) one) < NUMBER_MAX ? (int64_t) round(v->real * (double) one)
                                                     : INT64_MIN;
}

/* What a column of such values would tell. */
static const ss_marginal *
tell_values(const ss_nodes *ns, const ss_sample *m, uint64_t count, ss_batch_column *values,
            size_t type, int scale)
{
    static const ss_decision decision = {.class = SS_CLASS_QUASI_IDENTIFIER,
                                         .treatment = SS_TREAT_SYNTHESISE};
    const ss_habit_rows *rows = ns->rows;
    const ss_fit_who who = {
        .k = rows->people.k,
        .npaths = m->npaths,
        .cells = rows->column->who->cells,
        .may_be_empty = rows->people.may_be_empty == NULL ? NULL : rows->column->who->may_be_empty};
    const ss_fit_behind behind = {m->npaths, m->subjects, m->weights};
    ss_fit_terms terms = *rows->terms;
    ss_column column = ss_leaf_column("", type, (38 << 16 | scale) + 4);
    ss_marginal *marginal = ss_alloc(rows->result, 1, sizeof *marginal);
    ss_fit_column c;

    column.not_null = true;
    values->null = ss_alloc(rows->scratch, m->n + 1, 1);
    terms.rows = count;
    ss_fit_column_init(&c, ns->types->catalog, &column, &decision, SS_FIT_NO_KEY, &who, NULL);
    ss_fit_column_add(&c, values, m->n, &behind, rows->key);
    ss_fit_column_finish(&c, &terms, rows->result, marginal);
    m->columns[0] = *values;
    marginal->habits = ss_fit_habits(&c, marginal, m, 0, &terms, rows->key, rows->result);
    ss_fit_column_done(&c);
    return marginal;
}

static const ss_marginal *
tell_texts(const ss_nodes *ns, ss_sample *m, uint64_t count, const ss_buf *bytes,
           const ss_buf *ends)
{
    ss_batch_column values = {.form = SS_FORM_TEXT,
                              .bytes = *bytes,
                              .end = ss_alloc(ns->rows->scratch, m->n + 1, sizeof *values.end)};

    for (size_t i = 0; i < m->n; i++)
        values.end[i] = (size_t) ss_node_i64(ends, i);
    return tell_values(ns, m, count, &values, ns->types->text, -1);
}

static const ss_marginal *
tell_numbers(const ss_nodes *ns, const ss_node_place *p, ss_sample *m)
{
    const bool flags = p->node.type == SS_NODE_BOOLEAN;
    const bool plain = !flags && p->time == SS_NONE;
    const int scale = plain ? decimals_of(p, m, &ns->rows->people) : 0;
    ss_batch_column values = {.form = SS_FORM_I64,
                              .i64 = ss_alloc(ns->rows->scratch, m->n + 1, sizeof *values.i64)};

    for (size_t i = 0; i < m->n; i++)
    {
        number v;

        if (!flags)
            memcpy(&v, p->numbers.data + i * sizeof v, sizeof v);
        values.i64[i] = flags ? ss_node_i64(&p->numbers, i) : units_of(&v, scale);
    }
    return tell_values(ns, m, p->node.count, &values,
                       plain   ? ns->types->number
                       : flags ? ns->types->flag
                               : p->time,
                       scale);
}

static void
tell_sizes(const ss_habit_rows *mentions, ss_node_place *p)
{
    const ss_sizes s = ss_habit_sizes_new(mentions);

    for (size_t i = 0; i < p->n; i++)
        ss_habit_add_size(mentions, &s, ss_node_i64(&p->numbers, i), i);
    ss_habit_tell_sizes(mentions, &s, &p->node.sizes);
}

/* --- all together --------------------------------------------------------------------------------- */

/* Its mentions as rows that habits are counted of. */
static ss_habit_rows
mentions_of(const ss_nodes *ns, uint64_t count, ss_sample *sample)
{
    ss_habit_rows m = *ns->rows;

    sample->columns = ss_alloc(ns->rows->scratch, 1, sizeof *sample->columns);
    m.sample = sample;
    m.weight = weight_of(sample);
    m.rows = count;
    return m;
}

static void
tell_place(const ss_nodes *ns, ss_node_place *p)
{
    ss_sample *sample = sample_of(ns->rows, &p->rows, p->n);
    const ss_habit_rows mentions = mentions_of(ns, p->node.count, sample);

    switch (p->node.type)
    {
    case SS_NODE_STRING:
        p->node.marginal = tell_texts(ns, sample, p->node.count, &p->bytes, &p->ends);
        break;
    case SS_NODE_NUMBER:
    case SS_NODE_BOOLEAN:
        p->node.marginal = tell_numbers(ns, p, sample);
        break;
    case SS_NODE_ARRAY:
        tell_sizes(&mentions, p);
        break;
    case SS_NODE_OBJECT:
        if (p->node.keys != NULL)
            ss_node_place_tell_variants(&mentions, p);
        if (p->nkeys > 0)
            tell_sizes(&mentions, p);
        break;
    case SS_NODE_NULL:
    case SS_NNODE_TYPES:
        break;
    }
}

/* Do k people have something there, of what was looked at? */
static bool
is_told(const ss_habit_rows *rows, const ss_buf *of, size_t n)
{
    ss_crowd *crowd = ss_crowd_new(rows->people.k, rows->people.npaths);
    bool enough;

    for (size_t i = 0; i < n; i++)
    {
        const size_t r = ss_node_u32(of, i);

        ss_crowd_add(crowd, rows->sample->subjects + r * rows->sample->npaths,
                     rows->sample->weights[r]);
    }
    enough = ss_crowd_enough(crowd, rows->people.may_be_empty);
    ss_crowd_free(crowd);
    return enough;
}

static void
done_place(ss_node_place *p)
{
    ss_buf *const bufs[] = {&p->rows, &p->owners, &p->numbers,  &p->bytes,
                            &p->ends, &p->masks,  &p->key_rows, &p->others};

    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++)
        ss_buf_done(bufs[i]);
}

static const ss_document *
tell_places(ss_nodes *ns)
{
    ss_document *d = ss_alloc(ns->rows->result, 1, sizeof *d);
    ss_arena *const whole = ns->rows->scratch;
    ss_habit_rows rows = *ns->rows;

    d->nodes = ss_alloc(rows.result, ns->n + 1, sizeof *d->nodes);
    ns->rows = &rows;
    for (size_t pass = 0; pass < 2; pass++)
    {
        for (size_t i = 0; i < ns->n; i++)
        {
            ss_node_place *p = &ns->list[i];

            rows.scratch = ss_arena_new(whole);
            if (pass == 0 && p->node.count > 0)
                tell_place(ns, p);
            /* Which text decides is known when all are told. */
            if (pass == 1 && p->node.variants.cells.n > 1)
            {
                const ss_habit_rows m =
                    mentions_of(ns, p->node.count, sample_of(&rows, &p->rows, p->n));

                ss_node_place_tell_decides(ns, &m, p);
            }
            if (pass == 1 && p->nkeys > 0 && p->node.count > 0 &&
                is_told(&rows, &p->key_rows, p->nkeys))
            {
                ss_sample *keys = sample_of(&rows, &p->key_rows, p->nkeys);

                const uint64_t count =
                    ss_fit_stored(rows.terms, ss_habit_scaled(&rows, weight_of(keys)));

                (void) mentions_of(ns, count, keys);
                p->node.marginal = tell_texts(ns, keys, count, &p->bytes, &p->ends);
            }
            ss_arena_free(rows.scratch);
        }
    }
    for (size_t i = 0; i < ns->n; i++)
    {
        if (ns->list[i].node.count > 0)
            d->nodes[d->n++] = ns->list[i].node;
    }
    return d->n == 0 ? NULL : d;
}

const ss_document *
ss_fit_nodes(const ss_habit_rows *rows, const ss_data_keys *keys, ss_habit_told *paths)
{
    ss_nodes ns = {.rows = rows, .types = ss_leaf_types_new(rows->column->catalog, rows->scratch)};
    ss_document_walk w = {.rows = rows, .keys = keys, .visit = take, .arg = &ns};
    const ss_document *document;

    if (paths->cells.n == 0)
        return NULL;
    make_places(&ns, &paths->cells);
    for (size_t r = 0; r < rows->sample->n; r++)
    {
        json_t *json = ss_document_read(rows, r);

        if (json != NULL)
            ss_document_walk_row(&w, json, r);
        json_decref(json);
    }
    ss_nodes_count(&ns);
    ss_nodes_agree(&ns, &paths->cells);
    document = tell_places(&ns);
    for (size_t i = 0; i < ns.n; i++)
        done_place(&ns.list[i]);
    ss_buf_done(&ns.others);
    ss_buf_done(&w.path);
    return document;
}
