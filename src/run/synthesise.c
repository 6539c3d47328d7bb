#include "run/synthesise.h"

#include <string.h>

#include "base/file.h"
#include "base/try.h"
#include "fit/fit.h"
#include "generate/generate.h"
#include "secret/token.h"

/* --seed is for tests; otherwise 32 random bytes, kept for whoever may read the output folder. */
ss_code
ss_synthesis_seed(ss_synthesis *s, const ss_build *b, ss_error *err)
{
    if (b->options->has_seed)
    {
        for (size_t i = 0; i < 8; i++)
            s->seed[i] = (unsigned char) (b->options->seed >> (8 * i));
        return SS_OK;
    }
    ss_secret_random(s->seed, sizeof s->seed);
    return ss_file_write(ss_path_join(b->arena, b->output, "seed"), s->seed, sizeof s->seed, 0600,
                         err);
}

ss_code
ss_synthesis_learn(ss_synthesis *s, ss_build *b, ss_error *err)
{
    const ss_fit_options options = {.jobs = b->jobs, .watch = b->watch};

    ss_model *model;

    SS_TRY(ss_fit(b->plan, b->source->snapshot, &options, b->arena, &model, err));
    s->model = b->model = model;
    return SS_OK;
}

/* A kept table's keys, from where they stand by now: NAME__next. */
static ss_code
kept_keys(void *arg, size_t index, const size_t *columns, size_t ncolumns, ss_key_list *list,
          ss_error *err)
{
    ss_build *b = arg;
    const ss_table *table = &b->source->catalog->tables[index];
    ss_buf names = {0}, order = {0}, present = {0};
    ss_pg_result *res;
    const char **texts;
    ss_pg *pg;
    ss_code code;

    SS_TRY(ss_target_connect(b->target, b->arena, &pg, err));
    for (size_t i = 0; i < ncolumns; i++)
    {
        ss_buf_puts(&names, i == 0 ? "" : ", ");
        ss_pg_ident(&names, table->columns[columns[i]].name);
        /* The same on every server, whatever its locale: rows pick their parents by place. */
        ss_buf_puts(&order, i == 0 ? "" : ", ");
        ss_pg_ident(&order, table->columns[columns[i]].name);
        ss_buf_puts(&order, "::pg_catalog.text COLLATE pg_catalog.\"C\"");
        /* A unique key may hold NULLs: such rows are nobody's parents. */
        ss_buf_puts(&present, i == 0 ? "" : " AND ");
        ss_pg_ident(&present, table->columns[columns[i]].name);
        ss_buf_puts(&present, " IS NOT NULL");
    }
    code =
        ss_pg_query(pg, b->arena,
                    ss_strf(b->arena, "SELECT %s FROM %s WHERE %s ORDER BY %s", ss_buf_text(&names),
                            ss_pg_qualified(b->arena, table->schema, table->name),
                            ss_buf_text(&present), ss_buf_text(&order)),
                    0, NULL, &res, err);
    ss_buf_done(&names);
    ss_buf_done(&order);
    ss_buf_done(&present);
    ss_pg_close(pg);
    if (code != SS_OK)
        return ss_note(err, "while listing the keys of %s", table->label);
    texts = ss_alloc(b->arena, ss_pg_rows(res) * ncolumns + 1, sizeof *texts);
    for (size_t r = 0; r < ss_pg_rows(res); r++)
    {
        for (size_t c = 0; c < ncolumns; c++)
            texts[r * ncolumns + c] = ss_pg_value(res, r, c);
    }
    *list = (ss_key_list){.n = ss_pg_rows(res), .ncolumns = ncolumns, .texts = texts};
    return SS_OK;
}

ss_code
ss_synthesis_make(ss_build *b, void *arg, const ss_row_source *const **sources, ss_error *err)
{
    const ss_synthesis *s = arg;
    ss_generate_input input = {.catalog = b->source->catalog,
                               .model = s->model,
                               .tables = b->plan->tables,
                               .jobs = b->jobs,
                               .keys = kept_keys,
                               .arg = b};

    memcpy(input.seed, s->seed, sizeof input.seed);
    return ss_generate_sources(&input, b->arena, sources, err);
}
