#include "fit/aside.h"

#include "base/text.h"
#include "base/try.h"

/* --- asking ----------------------------------------------------------------------------------------- */

void
ss_fit_asked_init(ss_fit_asked *a, size_t most, ss_arena *arena)
{
    *a = (ss_fit_asked){.columns = ss_alloc(arena, most + 1, sizeof *a->columns),
                        .forms = ss_alloc(arena, most + 1, sizeof *a->forms),
                        .types = ss_alloc(arena, most + 1, sizeof *a->types)};
}

void
ss_fit_asked_done(ss_fit_asked *a)
{
    ss_buf_done(&a->sql);
}

void
ss_fit_ask_text(ss_fit_asked *a, const char *label)
{
    a->forms[a->n] = SS_FORM_WIRE;
    a->columns[a->n++] = (ss_copy_column){.form = SS_FORM_WIRE, .label = label};
}

size_t
ss_fit_ask_column(ss_fit_asked *a, const ss_catalog *catalog, size_t table, size_t column,
                  const char *sql, ss_arena *arena)
{
    const ss_table *of = &catalog->tables[table];
    const ss_column *c = &of->columns[column];
    const ss_codec *codec = ss_codec_find(catalog, c->type);

    a->types[a->n] = c->type;
    a->forms[a->n] = codec == NULL ? SS_FORM_WIRE : codec->form;
    a->columns[a->n] =
        (ss_copy_column){.type = {catalog, ss_catalog_base_type(catalog, c->type), c->typmod},
                         .codec = codec,
                         .form = a->forms[a->n],
                         .label = ss_strf(arena, "%s.%s", of->label, c->name)};
    ss_buf_printf(&a->sql, "%s%s", a->sql.len == 0 ? "" : ", ", sql);
    return a->n++;
}

/* --- ways ------------------------------------------------------------------------------------------- */

void
ss_fit_aside_init(ss_fit_aside *aside, const ss_control *control, size_t most, ss_arena *arena)
{
    *aside = (ss_fit_aside){.control = control,
                            .ways = ss_alloc(arena, most + 1, sizeof *aside->ways),
                            .people = ss_alloc(arena, most + 1, sizeof *aside->people)};
}

void
ss_fit_aside_add(ss_fit_aside *aside, const ss_way *way, const size_t *keys, ss_arena *arena)
{
    ss_fit_aside_way *w = &aside->ways[aside->n];

    w->of = ss_control_on(aside->control, way->route, keys, arena, &w->at);
    aside->n += w->of != NULL;
}

void
ss_fit_aside_add_path(ss_fit_aside *aside, const ss_route *route, size_t path)
{
    const ss_control_table *of = ss_control_of(aside->control, route);

    if (of != NULL)
        aside->ways[aside->n++] = (ss_fit_aside_way){.of = of, .path = path};
}

size_t
ss_fit_aside_room(const ss_catalog *catalog, size_t table, const ss_ways *ways)
{
    size_t most = catalog->tables[table].ncolumns;

    for (size_t i = 0; i < ways->n; i++)
        most += ways->list[i].nkeys;
    return most;
}

void
ss_fit_aside_ask(ss_fit_aside *aside, const ss_catalog *catalog, const ss_control *control,
                 size_t table, const ss_ways *ways, ss_fit_asked *asked, ss_arena *arena)
{
    const ss_control_table *self = &control->tables[table];
    size_t *at;

    ss_fit_aside_init(aside, control, ways->n + 1, arena);
    for (size_t i = 0; i < ways->n; i++)
    {
        const ss_way *way = &ways->list[i];

        if (ss_control_of(control, way->route) == NULL)
            continue;
        at = ss_alloc(arena, way->nkeys, sizeof *at);
        for (size_t k = 0; k < way->nkeys; k++)
            at[k] = ss_fit_ask_column(asked, catalog, way->keys[k].table, way->keys[k].column,
                                      way->keys[k].sql, arena);
        ss_fit_aside_add(aside, way, at, arena);
    }
    if (self->state != SS_CONTROL_SET_ASIDE)
        return;
    at = ss_alloc(arena, self->ncolumns, sizeof *at);
    for (size_t i = 0; i < self->ncolumns; i++)
        at[i] = ss_fit_ask_column(
            asked, catalog, table, self->columns[i],
            ss_way_column(ways->alias, &catalog->tables[table].columns[self->columns[i]], arena),
            arena);
    aside->ways[aside->n++] = (ss_fit_aside_way){.of = self, .at = at};
}

bool
ss_fit_aside_stays(const ss_fit_aside *aside, const ss_batch *batch, size_t row,
                   const uint64_t *subjects, uint64_t *share)
{
    *share = SS_WHOLE;
    for (size_t i = 0; i < aside->n; i++)
    {
        const ss_fit_aside_way *w = &aside->ways[i];
        const uint64_t who =
            w->at == NULL ? subjects[w->path]
                          : ss_hash_of_key(aside->control->key, batch, w->at, w->of->ncolumns, row);
        bool other = who != 0;

        if (ss_control_has(w->of, who))
            return false;
        for (size_t k = 0; k < i && other; k++)
            other = aside->people[k] != who || aside->ways[k].of != w->of;
        aside->people[i] = who;
        if (!other)
            *share -= *share / SS_CONTROL_ONE_IN;
    }
    return true;
}

ss_code
ss_fit_aside_read(const ss_fit_aside *aside, const ss_fit_asked *asked, const char *sql, ss_pg *pg,
                  const ss_watch *watch, ss_fit_aside_take *take, void *arg, ss_arena *arena,
                  ss_error *err)
{
    ss_batch *batch = ss_batch_new(arena, asked->forms, asked->n);
    ss_copy_reader *reader;

    SS_TRY(ss_pg_copy_out(pg, sql, err));
    reader = ss_copy_reader_new(arena, pg, SS_COPY_TEXT, asked->columns, asked->n);
    do
    {
        ss_batch_clear(batch);
        SS_TRY(ss_copy_read(reader, batch, err));
        for (size_t r = 0; r < batch->nrows; r++)
        {
            uint64_t share;

            if (ss_fit_aside_stays(aside, batch, r, NULL, &share))
                take(arg, batch, r);
        }
        SS_TRY(ss_check_interrupt(watch, err));
    } while (batch->nrows > 0);
    return SS_OK;
}
