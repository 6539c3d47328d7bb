#include "fit/fan_out.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "fit/aside.h"
#include "fit/column.h"
#include "fit/heavy.h"
#include "model/statistics_json.h"
#include "rows/copy.h"

#define CELLS_MAX 2048 /* distinct numbers of children before they coarsen */

/* --- asking ------------------------------------------------------------------------------------- */

/* The key as one text; NULL where a part of it is. */
static void
put_key(ss_buf *sql, const ss_way *path)
{
    if (path->nkeys == 1)
    {
        ss_buf_printf(sql, "(%s)::pg_catalog.text", path->keys[0].sql);
        return;
    }
    ss_buf_puts(sql, "CASE WHEN ");
    ss_way_put_key(sql, path, " AND ", " IS DISTINCT FROM NULL");
    ss_buf_puts(sql, " THEN (ROW(");
    ss_way_put_key(sql, path, ", ", "");
    ss_buf_puts(sql, "))::pg_catalog.text END");
}

/* The same, to be compared by its bytes. */
static const char *
key_of(const ss_way *path, ss_arena *arena)
{
    ss_buf sql = {0};
    const char *copy;

    ss_buf_puts(&sql, "(");
    put_key(&sql, path);
    ss_buf_puts(&sql, ") COLLATE pg_catalog.\"C\"");
    copy = ss_strdup(arena, ss_buf_text(&sql));
    ss_buf_done(&sql);
    return copy;
}

/* Those routes of the children that do not lead through the parents. */
static size_t
other_routes(const ss_fan_out_plan *p, ss_route *routes)
{
    const ss_table_plan *child = &p->tables[p->child];
    size_t n = 0;

    for (size_t i = 0; i < child->nroutes; i++)
    {
        const ss_reference *hop = child->routes[i].hops[0];
        bool same = hop->parent == p->reference->parent && hop->ncolumns == p->reference->ncolumns;

        for (size_t c = 0; same && c < hop->ncolumns; c++)
            same = hop->columns[c] == p->reference->columns[c];
        if (!same)
            routes[n++] = child->routes[i];
    }
    return n;
}

/*
 * What children count for is told by the people behind them, as everywhere (fit/heavy.h): otherwise one who has many, spread
 * over many parents, would show in every parent's number.  Those behind the parents themselves are weighed with
 * the parents.  Who has most by each of the routes, as "WITH h (route, key, had, most)", most: what they count for; one reading
 * of the child.
 */
static const char *
who_has_most(const ss_fan_out_plan *p, const ss_route *routes, size_t n, ss_arena *arena)
{
    const ss_table *child = &p->catalog->tables[p->child];
    const char *copy = "";
    bool aside = false;
    ss_ways paths;
    ss_buf sql = {0}, keys = {0};

    ss_ways_init(&paths, p->catalog, p->child, routes, n, "t", arena);
    for (size_t i = 0; i < n; i++)
    {
        if (!routes[i].to_people)
            continue;
        aside = aside || ss_control_of(p->control, &routes[i]) != NULL;
        ss_buf_printf(&keys, "%s(%zu, ", keys.len == 0 ? "" : ", ", i);
        put_key(&keys, &paths.list[i]);
        ss_buf_puts(&keys, ")");
    }
    if (keys.len > 0)
    {
        const size_t place = ss_heavy_place(p->k, aside);

        ss_buf_printf(
            &sql,
            "WITH x AS MATERIALIZED (SELECT y.* FROM ("
            "SELECT v.route, v.key COLLATE pg_catalog.\"C\" AS key, pg_catalog.count(*) AS had, "
            "pg_catalog.row_number() OVER (PARTITION BY v.route ORDER BY pg_catalog.count(*) "
            "DESC) AS place FROM %s AS t%s CROSS JOIN LATERAL (VALUES %s) AS v (route, key) "
            "WHERE v.key IS NOT NULL GROUP BY 1, 2) AS y WHERE y.place <= %zu), "
            "h AS MATERIALIZED (SELECT x.route, x.key, x.had, m.most FROM x JOIN (%s) AS m ON "
            "m.route = x.route) ",
            ss_way_from(child, arena), paths.joins, ss_buf_text(&keys), ss_heavy_asked(place),
            ss_heavy_caps_sql(place, arena));
        copy = ss_strdup(arena, ss_buf_text(&sql));
    }
    ss_buf_done(&sql);
    ss_buf_done(&keys);
    return copy;
}

/* The parts of the question, with the child's alias c, the parent's p. */
typedef struct parts
{
    ss_buf outer;   /* read of each parent, behind its number of children */
    ss_buf inner;   /* read of each parent's children, behind their number */
    ss_buf joins;   /* to the children */
    ss_buf weights; /* what a child counts for, of SS_WHOLE, by each way to people */
    ss_buf present, group, on;
} parts;

/* Somebody who is at most parents says nothing of who else is at one: others are named first. */
static void
put_people_of_children(parts *s, const ss_route *routes, const ss_ways *paths, ss_arena *arena)
{
    for (size_t i = 0; i < paths->n; i++)
    {
        const char *key = key_of(&paths->list[i], arena);

        ss_buf_printf(&s->outer, ", s.m%zu", i);
        if (!routes[i].to_people)
        {
            ss_buf_printf(&s->inner, ", pg_catalog.min(%s) AS m%zu", key, i);
            continue;
        }
        ss_buf_printf(&s->joins, " LEFT JOIN h AS h%zu ON h%zu.route = %zu AND h%zu.key = %s", i, i,
                      i, i, key);
        ss_buf_printf(&s->weights, ", %llu * h%zu.most / h%zu.had", (unsigned long long) SS_WHOLE,
                      i, i);
        ss_buf_printf(&s->inner,
                      ", COALESCE(pg_catalog.min(%s) FILTER (WHERE h%zu.had IS NULL OR h%zu.had <= "
                      "h%zu.most), pg_catalog.min(%s)) AS m%zu",
                      key, i, i, i, key, i);
    }
}

/* Parents' keys as children have them, or as parents do, where one may be written in several ways. */
static void
put_reference(parts *s, const ss_fan_out_plan *p, ss_arena *arena)
{
    const ss_catalog *catalog = p->catalog;
    const ss_reference *ref = p->reference;
    const ss_table *child = &catalog->tables[p->child], *parent = &catalog->tables[ref->parent];
    const bool canonical = !ss_reference_is_joined(catalog, p->child, ref);

    if (!canonical)
        ss_buf_printf(&s->joins, " JOIN %s AS q ON ", ss_way_from(parent, arena));
    for (size_t i = 0; i < ref->ncolumns; i++)
    {
        const ss_column *key = &parent->columns[ref->parent_columns[i]];
        const ss_column *of = &child->columns[ref->columns[i]];
        const char *of_child = ss_way_column("c", of, arena);
        const char *one = canonical ? of_child : ss_way_column("q", key, arena);
        const char *and = i == 0 ? "" : " AND ";

        if (!canonical)
            ss_buf_printf(&s->joins, "%s%s", and,
                          ss_way_equal(catalog, key, one, of, of_child, arena));
        ss_buf_printf(&s->inner, ", %s AS k%zu", one, i);
        ss_buf_printf(&s->group, "%s%s", i == 0 ? "" : ", ", one);
        ss_buf_printf(&s->present, "%s%s IS DISTINCT FROM NULL", and, of_child);
        ss_buf_printf(&s->on, "%s%s", and,
                      ss_way_equal(catalog, key, ss_way_column("p", key, arena),
                                   canonical ? of : key, ss_strf(arena, "s.k%zu", i), arena));
    }
}

/* What is read of each parent. */
typedef struct asked
{
    size_t nparents; /* people behind it, before those behind its children */
    size_t n;        /* children, and people: columns that subjects come from */
    ss_fit_asked batch;
    bool *may_be_empty;
    ss_fit_aside aside;     /* of the parent */
    ss_fit_aside *children; /* of those behind its children, in the order of the columns */
} asked;

/*
 * People behind children are told as text, which is in machine form again where a type has but one way to be written; of other types, and
 * of keys of several columns, it is not known who is set aside.
 */
static void
ask_behind_children(const ss_fan_out_plan *p, const ss_ways *down, asked *a, ss_arena *arena)
{
    const ss_catalog *catalog = p->catalog;

    a->children = ss_alloc(arena, down->n + 1, sizeof *a->children);
    for (size_t i = 0; i < down->n; i++)
    {
        const ss_way *way = &down->list[i];
        const size_t at = 1 + a->nparents + i;
        const ss_column *key = &catalog->tables[way->keys[0].table].columns[way->keys[0].column];
        const size_t base = ss_catalog_base_type(catalog, key->type);
        const ss_type *type = base == SS_NONE ? NULL : &catalog->types[base];

        ss_fit_aside_init(&a->children[i], p->control, 1, arena);
        if (way->nkeys > 1 || type == NULL ||
            !(ss_type_is_integer(type) || ss_type_is(type, "uuid") || ss_type_is(type, "text") ||
              ss_type_is(type, "varchar")))
            continue;
        ss_fit_aside_add(&a->children[i], way, &at, arena);
        if (a->children[i].n == 0)
            continue;
        a->batch.columns[at].type = (ss_codec_type){catalog, base, key->typmod};
        a->batch.columns[at].codec = ss_codec_find(catalog, key->type);
        a->batch.columns[at].form = a->batch.forms[at] = a->batch.columns[at].codec->form;
    }
}

/* One row per parent: children, keys of people behind it, one key per path of people behind its children. */
static const char *
question(const ss_fan_out_plan *p, ss_arena *arena, asked *a)
{
    const ss_table *child = &p->catalog->tables[p->child];
    const size_t parent = p->reference->parent;
    const ss_table_plan *of = &p->tables[parent];
    ss_route *others = ss_alloc(arena, p->tables[p->child].nroutes + 1, sizeof *others);
    const size_t nchildren = other_routes(p, others);
    const char *number = "pg_catalog.count(*)", *sql;
    ss_ways up, down;
    parts s = {0};

    ss_ways_init(&up, p->catalog, parent, of->routes, of->nroutes, "p", arena);
    ss_ways_init(&down, p->catalog, p->child, others, nchildren, "c", arena);
    *a = (asked){.nparents = up.n, .n = 1 + up.n + down.n};
    a->may_be_empty = ss_alloc(arena, a->n, sizeof *a->may_be_empty);
    ss_fit_asked_init(&a->batch, a->n + ss_fit_aside_room(p->catalog, parent, &up), arena);
    for (size_t i = 0; i < a->n; i++)
    {
        a->batch.forms[i] = SS_FORM_WIRE;
        a->batch.columns[i] =
            (ss_copy_column){.form = SS_FORM_WIRE, .label = p->catalog->tables[parent].label};
    }
    a->batch.n = a->n;
    for (size_t i = 0; i < up.n; i++)
        a->may_be_empty[1 + i] = !of->routes[i].to_people;
    for (size_t i = 0; i < down.n; i++)
        a->may_be_empty[1 + up.n + i] = !others[i].to_people;
    ask_behind_children(p, &down, a, arena);
    ss_fit_aside_ask(&a->aside, p->catalog, p->control, parent, &up, &a->batch, arena);
    for (size_t i = 0; i < up.n; i++)
    {
        ss_buf_puts(&s.outer, ", ");
        put_key(&s.outer, &up.list[i]);
    }
    put_people_of_children(&s, others, &down, arena);
    put_reference(&s, p, arena);
    if (s.weights.len > 0)
        number = ss_strf(arena, "pg_catalog.div(pg_catalog.sum(LEAST(%llu%s)) + %llu, %llu)",
                         (unsigned long long) SS_WHOLE, ss_buf_text(&s.weights),
                         (unsigned long long) SS_WHOLE / 2, (unsigned long long) SS_WHOLE);
    sql = ss_strf(arena,
                  "COPY (SELECT COALESCE(s.n, 0)%s%s%s FROM %s AS p%s LEFT JOIN (%sSELECT "
                  "%s AS n%s FROM %s AS c%s%s WHERE %s GROUP BY %s) AS s ON %s) TO STDOUT",
                  ss_buf_text(&s.outer), a->batch.sql.len == 0 ? "" : ", ",
                  ss_buf_text(&a->batch.sql), ss_way_from(&p->catalog->tables[parent], arena),
                  up.joins, who_has_most(p, others, down.n, arena), number, ss_buf_text(&s.inner),
                  ss_way_from(child, arena), down.joins, ss_buf_text(&s.joins),
                  ss_buf_text(&s.present), ss_buf_text(&s.group), ss_buf_text(&s.on));
    ss_fit_asked_done(&a->batch);
    ss_buf_done(&s.outer);
    ss_buf_done(&s.inner);
    ss_buf_done(&s.joins);
    ss_buf_done(&s.weights);
    ss_buf_done(&s.present);
    ss_buf_done(&s.group);
    ss_buf_done(&s.on);
    return sql;
}

/* --- counting ----------------------------------------------------------------------------------- */

/* subjects: the parent itself; people behind it; people behind its children, of whom one without has none. */
static void
add_parents(const ss_fan_out_plan *p, const asked *a, const ss_batch *batch, ss_heavy *const *heavy,
            uint64_t *seen, uint64_t *subjects, ss_counter *counter)
{
    for (size_t r = 0; r < batch->nrows; r++)
    {
        const int64_t children = (int64_t) ss_count_in(&batch->columns[0], r);
        const uint64_t parent = ++*seen;
        uint64_t weight = SS_WHOLE, share, ignored;

        if (!ss_fit_aside_stays(&a->aside, batch, r, NULL, &share))
            continue;
        subjects[0] = ss_hash(p->key, &parent, sizeof parent);
        for (size_t c = 1; c < a->n; c++)
        {
            if (batch->columns[c].null[r])
                subjects[c] = c > a->nparents && children == 0 ? subjects[0] : 0;
            else if (c > a->nparents && !ss_fit_aside_stays(&a->children[c - 1 - a->nparents],
                                                            batch, r, NULL, &ignored))
                subjects[c] = 0;
            else
                subjects[c] = ss_hash_of_key(p->key, batch, &c, 1, r);
        }
        for (size_t i = 0; i < a->nparents; i++)
        {
            const uint64_t each =
                heavy[i] == NULL ? SS_WHOLE : ss_heavy_weight(heavy[i], subjects[1 + i]);

            weight = each < weight ? each : weight;
        }
        ss_counter_add(counter, children, subjects, ss_part_of(weight, share));
    }
}

/* By each path to people, control subjects among them: who has more parents than others; NULL for paths that lead to none. */
static ss_code
find_heavy(const ss_fan_out_plan *p, ss_pg *pg, ss_arena *scratch, ss_heavy ***heavy, ss_error *err)
{
    const ss_catalog *catalog = p->catalog;
    const ss_table_plan *of = &p->tables[p->reference->parent];

    *heavy = ss_alloc(scratch, of->nroutes + 1, sizeof **heavy);
    for (size_t i = 0; i < of->nroutes; i++)
    {
        const ss_table *parent = &catalog->tables[p->reference->parent];
        ss_ways path;
        ss_buf key = {0};
        ss_pg_result *res;
        const char *sql;
        size_t place;

        if (!of->routes[i].to_people)
            continue;
        ss_ways_init(&path, catalog, p->reference->parent, &of->routes[i], 1, "t", scratch);
        put_key(&key, &path.list[0]);
        place = ss_heavy_place(p->k, ss_control_of(p->control, &of->routes[i]) != NULL);
        sql =
            ss_heavy_sql(parent, &path, 0, NULL, ss_buf_text(&key), ss_heavy_asked(place), scratch);
        ss_buf_done(&key);
        SS_TRY(ss_pg_query(pg, scratch, sql, 0, NULL, &res, err));
        (*heavy)[i] = ss_heavy_new(place, scratch);
        for (size_t r = 0; r < ss_pg_rows(res); r++)
        {
            const char *person = ss_pg_value(res, r, 1);
            uint64_t rows = 0;

            (void) ss_parse_u64(ss_pg_value(res, r, 0), &rows);
            ss_heavy_add((*heavy)[i], ss_hash(p->key, person, strlen(person)), rows);
        }
        ss_heavy_end((*heavy)[i], false);
    }
    return SS_OK;
}

ss_code
ss_fan_out_count(const ss_fan_out_plan *p, ss_pg *pg, const ss_watch *watch, ss_arena *scratch,
                 ss_counter **counter, ss_error *err)
{
    asked a;
    const char *sql = question(p, scratch, &a);
    const size_t most = ss_fit_most_cells(a.n, p->k, 1);
    uint64_t *subjects = ss_alloc(scratch, a.n, sizeof *subjects), seen = 0;
    ss_copy_reader *reader;
    ss_heavy **heavy;
    ss_batch *batch;

    *counter = ss_counter_new(SS_COUNTER_NUMBERS, most < CELLS_MAX ? most : CELLS_MAX, p->k, a.n,
                              a.may_be_empty);
    batch = ss_batch_new(scratch, a.batch.forms, a.batch.n);
    SS_TRY(find_heavy(p, pg, scratch, &heavy, err));
    /* Before 13 a hash aggregate keeps all of its groups in memory, however few were expected. */
    if (p->catalog->server_version < 130000)
        SS_TRY(ss_pg_exec(pg, "SET LOCAL enable_hashagg = off", err));
    SS_TRY(ss_pg_copy_out(pg, sql, err));
    reader = ss_copy_reader_new(scratch, pg, SS_COPY_TEXT, a.batch.columns, a.batch.n);
    for (;;)
    {
        ss_batch_clear(batch);
        SS_TRY(ss_copy_read(reader, batch, err));
        if (batch->nrows == 0)
            return SS_OK;
        add_parents(p, &a, batch, heavy, &seen, subjects, *counter);
        SS_TRY(ss_check_interrupt(watch, err));
    }
}

bool
ss_fan_out_of_families(const ss_fan_out_plan *p, const ss_fit_families *families,
                       ss_counter **counter)
{
    const ss_fit_kept *owner = families->owner;
    const size_t npaths = owner->people.npaths, n = 1 + npaths;
    const size_t most = ss_fit_most_cells(n, p->k, 1);
    ss_arena *scratch = ss_arena_new(NULL);
    bool *may_be_empty = ss_alloc(scratch, n, sizeof *may_be_empty);
    uint64_t *subjects = ss_alloc(scratch, n, sizeof *subjects);
    ss_route *others = ss_alloc(scratch, p->tables[p->child].nroutes + 1, sizeof *others);

    /* Of people's children who are people themselves some are missing. */
    if (other_routes(p, others) > 0 || p->control->tables[p->child].state == SS_CONTROL_SET_ASIDE)
    {
        ss_arena_free(scratch);
        return false;
    }
    for (size_t i = 0; i < npaths; i++)
        may_be_empty[1 + i] = owner->people.may_be_empty[i];
    *counter = ss_counter_new(SS_COUNTER_NUMBERS, most < CELLS_MAX ? most : CELLS_MAX, p->k, n,
                              may_be_empty);
    for (size_t r = 0; r < owner->rows.n; r++)
    {
        if (!families->usable[r])
            continue;
        subjects[0] = owner->key[r];
        for (size_t i = 0; i < npaths; i++)
            subjects[1 + i] = owner->rows.subjects[r * npaths + i];
        ss_counter_add(*counter, families->children[r], subjects, owner->rows.weights[r]);
    }
    ss_arena_free(scratch);
    return true;
}

bool
ss_fan_out_is_sampled(const ss_fit_families *families)
{
    const ss_fit_kept *owner = families->owner;
    bool all = owner->halved == 0 && owner->limited == 0;

    for (size_t r = 0; r < owner->rows.n; r++)
        all = all && families->usable[r];
    return !all;
}

/* --- storing ------------------------------------------------------------------------------------ */

/* What half of the pool's parents have at most, to two digits; a single number as it is. */
static int64_t
median(const ss_count *list, size_t n, uint64_t parents)
{
    uint64_t below = 0;
    size_t i = 0;

    while (i + 1 < n && 2 * (below + list[i].count) < parents)
        below += list[i++].count;
    return n == 1 ? list[i].number : (int64_t) ss_model_digits((uint64_t) list[i].number, 2);
}

/* Pools that got the same number are one; so is one whose number the rounded one before it has passed. */
static void
put_pool(ss_cells *cells, int64_t number, uint64_t parents)
{
    ss_cell *last = cells->n == 0 ? NULL : &cells->cells[cells->n - 1];

    if (last != NULL && last->number >= number)
        last->count += ss_people_round(parents);
    else
        cells->cells[cells->n++] = (ss_cell){.number = number, .count = ss_people_round(parents)};
    cells->total += ss_people_round(parents);
}

void
ss_fan_out_cells(const ss_counter *counter, ss_arena *result, ss_cells *cells)
{
    size_t n, start = 0;
    uint64_t parents = 0, few = 0;
    ss_count *list = ss_counter_list(counter, &n);

    *cells = (ss_cells){.cells = ss_alloc(result, n + 1, sizeof *cells->cells)};
    /* Parents without children are a pool of their own; fewer than k people's are in the next, or all parents less the others were theirs. */
    if (n > 0 && list[0].number == 0 && ss_counter_shift(counter) == 0)
    {
        start = 1;
        if (!list[0].enough)
            few = list[0].count;
        else if (n == 1 || ss_counter_enough_together(counter, list + 1, n - 1))
            put_pool(cells, 0, list[0].count);
        else
        {
            /* So are those that have children in this one. */
            for (size_t i = 0; i < n; i++)
                few += list[i].count;
            put_pool(cells, 0, few);
            n = 0;
        }
    }
    for (size_t i = start; i < n; i++)
    {
        parents += list[i].count;
        /* What is left behind the last pool joins it. */
        if (!ss_counter_enough_together(counter, list + start, i + 1 - start) ||
            (i + 1 < n && !ss_counter_enough_together(counter, list + i + 1, n - i - 1)))
            continue;
        put_pool(cells, median(list + start, i + 1 - start, parents), parents + few);
        parents = few = 0;
        start = i + 1;
    }
    free(list);
}

void
ss_fan_out_levels(const ss_fit_kept *kept, const uint16_t *levels, ss_arena *result,
                  ss_cells *cells)
{
    const ss_people *people = &kept->people;
    ss_counter *counter = ss_counter_new(SS_COUNTER_NUMBERS, SS_VARIABLE_LEVELS + 1, people->k,
                                         people->npaths, people->may_be_empty);

    for (size_t r = 0; r < kept->rows.n; r++)
        ss_counter_add(counter, levels[r], kept->rows.subjects + r * people->npaths,
                       kept->rows.weights[r]);
    ss_fan_out_cells(counter, result, cells);
    ss_counter_free(counter);
}
