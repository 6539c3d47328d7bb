#include "policy/control.h"

#include <string.h>

#include "base/text.h"

#define PURPOSE "sandseed control subjects of "

/* The columns of the key, ascending, or none. */
static void
take_key(const ss_table *table, const ss_key *key, size_t *columns, size_t *n)
{
    *n = 0;
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        for (size_t k = 0; k < key->ncolumns; k++)
        {
            if (key->attnums[k] == table->columns[c].attnum)
                columns[(*n)++] = c;
        }
    }
    if (*n != key->ncolumns)
        *n = 0;
}

/* What tells the table's own rows apart, of columns that are read anyhow. */
static void
take_own_key(const ss_table *table, const ss_table_plan *plan, size_t *columns, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < table->nkeys && *n == 0; i++)
    {
        const ss_key *key = &table->keys[i];

        if (key->valid && !key->partial && !key->expression)
            take_key(table, key, columns, n);
        for (size_t c = 0; c < *n; c++)
        {
            if (plan->reads != NULL && !plan->reads[columns[c]])
                *n = 0;
        }
    }
}

/* The key that a reference is to, ascending. */
static size_t *
key_of(const ss_reference *ref, ss_arena *result)
{
    size_t *columns = ss_alloc(result, ref->ncolumns, sizeof *columns);

    for (size_t i = 0; i < ref->ncolumns; i++)
    {
        size_t at = i;

        for (; at > 0 && columns[at - 1] > ref->parent_columns[i]; at--)
            columns[at] = columns[at - 1];
        columns[at] = ref->parent_columns[i];
    }
    return columns;
}

/* Rows of other tables lead to people by the same key, or there is none to know them all by. */
static void
take_reference(const ss_reference *ref, ss_control_table *of, ss_arena *result)
{
    const size_t *columns = key_of(ref, result);

    if (of->state == SS_CONTROL_NONE)
        return;
    if (of->ncolumns == 0)
    {
        of->columns = columns;
        of->ncolumns = ref->ncolumns;
    }
    else if (of->ncolumns != ref->ncolumns ||
             memcmp(of->columns, columns, ref->ncolumns * sizeof *columns) != 0)
        of->state = SS_CONTROL_KEYS;
}

void
ss_control_init(ss_control *control, const ss_plan *plan, const ss_hash_key *key, ss_arena *result)
{
    const ss_catalog *catalog = plan->catalog;

    control->key = key;
    control->tables = ss_alloc(result, catalog->ntables + 1, sizeof *control->tables);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        if (plan->tables[t].subject_self && plan->tables[t].mode == SS_MODE_SYNTHESISE &&
            !catalog->tables[t].is_partition)
            control->tables[t].state = SS_CONTROL_SET_ASIDE;
    }
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table_plan *p = &plan->tables[t];

        if (p->mode != SS_MODE_SYNTHESISE || catalog->tables[t].is_partition)
            continue;
        for (size_t i = 0; i < p->nroutes; i++)
        {
            const ss_reference *last = p->routes[i].hops[p->routes[i].nhops - 1];

            if (p->routes[i].to_people)
                take_reference(last, &control->tables[last->parent], result);
        }
    }
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        ss_control_table *of = &control->tables[t];
        const ss_table *table = &catalog->tables[t];

        if (of->state != SS_CONTROL_SET_ASIDE)
            continue;
        if (of->ncolumns == 0)
        {
            size_t *columns = ss_alloc(result, table->ncolumns + 1, sizeof *columns);

            take_own_key(table, &plan->tables[t], columns, &of->ncolumns);
            of->columns = columns;
        }
        if (of->ncolumns == 0)
            of->state = SS_CONTROL_NO_KEY;
        ss_hash_key_from(&of->key, key->bytes, sizeof key->bytes,
                         ss_strf(result, PURPOSE "%s", table->label));
    }
}

const ss_control_table *
ss_control_of(const ss_control *control, const ss_route *route)
{
    const ss_control_table *of = &control->tables[route->hops[route->nhops - 1]->parent];

    return route->to_people && of->state == SS_CONTROL_SET_ASIDE ? of : NULL;
}

const ss_control_table *
ss_control_on(const ss_control *control, const ss_route *route, const size_t *keys,
              ss_arena *result, const size_t **at)
{
    const ss_reference *last = route->hops[route->nhops - 1];
    const ss_control_table *of = ss_control_of(control, route);
    size_t *list;

    if (of == NULL)
        return NULL;
    list = ss_alloc(result, of->ncolumns, sizeof *list);
    for (size_t i = 0; i < of->ncolumns; i++)
    {
        size_t k = 0;

        while (last->parent_columns[k] != of->columns[i])
            k++;
        list[i] = keys[k];
    }
    *at = list;
    return of;
}

uint64_t
ss_hash_of_key(const ss_hash_key *key, const ss_batch *batch, const size_t *at, size_t n,
               size_t row)
{
    uint64_t hash = 0;

    for (size_t k = 0; k < n; k++)
    {
        const ss_batch_column *column = &batch->columns[at[k]];
        uint64_t parts[2] = {hash, 0};
        size_t length;
        const unsigned char *bytes;

        if (column->null[row])
            return 0;
        if (column->form == SS_FORM_I64)
            parts[1] = ss_hash(key, &column->i64[row], sizeof column->i64[row]);
        else if (column->form == SS_FORM_F64)
            parts[1] = ss_hash(key, &column->f64[row], sizeof column->f64[row]);
        else
        {
            bytes = ss_column_bytes(column, row, &length);
            parts[1] = ss_hash(key, bytes, length);
        }
        hash = n == 1 ? parts[1] : ss_hash(key, parts, sizeof parts);
    }
    return hash;
}

bool
ss_control_has(const ss_control_table *of, uint64_t person)
{
    return person != 0 && ss_hash(&of->key, &person, sizeof person) % SS_CONTROL_ONE_IN == 1;
}

uint64_t
ss_control_rescale(uint64_t rows, size_t ways)
{
    __extension__ typedef unsigned __int128 wide;

    for (size_t i = 0; i < ways; i++)
        rows = (uint64_t) (((wide) rows * SS_CONTROL_ONE_IN + (SS_CONTROL_ONE_IN - 1) / 2) /
                           (SS_CONTROL_ONE_IN - 1));
    return rows;
}

const char *
ss_control_state_name(ss_control_state state)
{
    static const char *const names[SS_NCONTROL_STATES] = {[SS_CONTROL_NONE] = "none",
                                                          [SS_CONTROL_SET_ASIDE] = "set aside",
                                                          [SS_CONTROL_FEW] = "few people",
                                                          [SS_CONTROL_NO_KEY] = "no key",
                                                          [SS_CONTROL_KEYS] = "several keys"};

    return names[state];
}
