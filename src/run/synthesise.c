#include "run/synthesise.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "fit/fit.h"
#include "generate/generate.h"
#include "rand/stream.h"
#include "secret/private_file.h"
#include "secret/token.h"

#define FAILURES_MAX 64 /* statements that fail before texts are no longer told apart */

#define SAMPLING_KEY     "sampling.key" /* in the output folder */
#define SAMPLING_PURPOSE "fit sample"   /* of the sandbox's key */

_Static_assert(SS_SEED_BYTES == SS_KEY_BYTES, "a key is as good as a secret of chance");

static void
fixed_seed(const ss_build *b, unsigned char seed[SS_SEED_BYTES])
{
    memset(seed, 0, SS_SEED_BYTES);
    for (size_t i = 0; i < 8; i++)
        seed[i] = (unsigned char) (b->options->seed >> (8 * i));
}

/* --seed is for tests; otherwise 32 random bytes, kept for whoever may read the output folder. */
ss_code
ss_synthesis_seed(ss_synthesis *s, const ss_build *b, ss_error *err)
{
    if (b->options->has_seed)
    {
        fixed_seed(b, s->seed);
        return SS_OK;
    }
    ss_secret_random(s->seed, sizeof s->seed);
    return ss_file_write(ss_path_join(b->arena, b->output, "seed"), s->seed, sizeof s->seed, 0600,
                         err);
}

/* The 32 bytes that stay in the output folder where no key is configured. */
static ss_code
kept_secret(const ss_build *b, unsigned char secret[SS_SEED_BYTES], ss_error *err)
{
    const char *path = ss_path_join(b->arena, b->output, SAMPLING_KEY);
    int fd = -1;
    ss_code code = SS_OK;

    if (access(path, F_OK) != 0)
    {
        ss_secret_random(secret, SS_SEED_BYTES);
        return ss_file_write(path, secret, SS_SEED_BYTES, 0600, err);
    }
    SS_TRY(ss_private_file_open(path, path, &fd, err));
    if (read(fd, secret, SS_SEED_BYTES) != SS_SEED_BYTES)
    {
        code = ss_fail(err, SS_EMEND, "%s is not the %d bytes that sandseed wrote there", path,
                       SS_SEED_BYTES);
        (void) ss_hint(err, "Remove it: the next run draws another one, and samples others.");
    }
    (void) close(fd);
    return code;
}

/*
 * Who is sampled and who is held out is the same every night: by --seed, by the sandbox's key, or by a random secret
 * that stays in the output folder.
 */
static ss_code
sampling_key(const ss_build *b, ss_hash_key *key, ss_error *err)
{
    unsigned char secret[SS_SEED_BYTES];
    const unsigned char *of_sandbox;
    ss_code code = SS_OK;

    if (b->options->has_seed)
        fixed_seed(b, secret);
    else if (b->keys != NULL)
    {
        SS_TRY(ss_key_room_purpose(b->keys, SAMPLING_PURPOSE, &of_sandbox, err));
        memcpy(secret, of_sandbox, sizeof secret);
    }
    else
        code = kept_secret(b, secret, err);
    if (code == SS_OK)
        ss_hash_key_from(key, secret, sizeof secret, "sandseed fit sample");
    ss_wipe(secret, sizeof secret);
    return code;
}

ss_code
ss_synthesis_learn(ss_synthesis *s, ss_build *b, ss_error *err)
{
    ss_fit_options options = {.jobs = b->jobs, .watch = b->watch, .folder = b->folder};
    ss_model *model;

    SS_TRY(sampling_key(b, &options.key, err));
    SS_TRY(ss_fit(b->plan, b->source->snapshot, &options, b->arena, &model, err));
    s->model = b->model = model;
    return SS_OK;
}

/* What generating asks NAME__next, in a session that the first question opens. */
typedef struct asking
{
    const ss_build *b;
    ss_pg *pg;
} asking;

static ss_code
open_session(asking *a, ss_error *err)
{
    if (a->pg != NULL)
        return SS_OK;
    SS_TRY(ss_target_connect(a->b->target, a->b->arena, &a->pg, err));
    /* Whatever a CHECK's function does, asking changes nothing. */
    return ss_pg_exec(a->pg, "SET default_transaction_read_only = on", err);
}

/* A kept table's keys, from where they stand by now. */
static ss_code
kept_keys(void *arg, size_t index, const size_t *columns, size_t ncolumns, ss_key_list *list,
          ss_error *err)
{
    asking *a = arg;
    const ss_build *b = a->b;
    const ss_table *table = &b->source->catalog->tables[index];
    ss_buf names = {0}, order = {0}, present = {0};
    ss_pg_result *res;
    const char **texts;
    ss_code code;

    SS_TRY(open_session(a, err));
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
        ss_pg_query(a->pg, b->arena,
                    ss_strf(b->arena, "SELECT %s FROM %s WHERE %s ORDER BY %s", ss_buf_text(&names),
                            ss_pg_qualified(b->arena, table->schema, table->name),
                            ss_buf_text(&present), ss_buf_text(&order)),
                    0, NULL, &res, err);
    ss_buf_done(&names);
    ss_buf_done(&order);
    ss_buf_done(&present);
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

/* The CHECKs of this column alone and of its domains, as one condition on r."column"; empty when there are none. */
static void
condition_of(const ss_catalog *catalog, const ss_table *table, const ss_column *column, ss_buf *sql)
{
    static const char before[] = "CHECK (";

    for (size_t i = 0; i < table->nchecks; i++)
    {
        if (ss_check_is_of(&table->checks[i], column))
            ss_buf_printf(sql, "%s(%s) IS NOT FALSE", sql->len == 0 ? "" : " AND ",
                          table->checks[i].expression);
    }
    for (size_t type = column->type; type != SS_NONE && catalog->types[type].kind == SS_TYPE_DOMAIN;
         type = catalog->types[type].base)
    {
        for (size_t i = 0; i < catalog->types[type].nchecks; i++)
        {
            /* "CHECK ((VALUE ~ '...')) NOT VALID": here VALUE is a column of that name. */
            const char *check = catalog->types[type].checks[i], *end = strrchr(check, ')');

            if (strncmp(check, before, strlen(before)) != 0 || end == NULL)
                continue;
            check += strlen(before) - 1;
            ss_buf_printf(sql, "%s(SELECT %.*s FROM (SELECT r.", sql->len == 0 ? "" : " AND ",
                          (int) (end + 1 - check), check);
            ss_pg_ident(sql, column->name);
            ss_buf_puts(sql, " AS value) AS d) IS NOT FALSE");
        }
    }
}

/* "SELECT" of n booleans in order: which of the texts $1 ... pass. */
static char *
question_of(const ss_catalog *catalog, const ss_column *column, const char *condition, size_t n,
            ss_arena *arena)
{
    const ss_type *type = &catalog->types[ss_catalog_base_type(catalog, column->type)];
    ss_buf sql = {0};
    char *text;

    ss_buf_printf(&sql, "SELECT %s FROM (SELECT v.text::%s AS ", condition,
                  ss_pg_qualified(arena, type->schema, type->name));
    ss_pg_ident(&sql, column->name);
    ss_buf_puts(&sql, " FROM (VALUES ");
    for (size_t i = 0; i < n; i++)
        ss_buf_printf(&sql, "%s(%zu, $%zu::pg_catalog.text)", i == 0 ? "" : ", ", i, i + 1);
    ss_buf_puts(&sql, ") AS v (n, text) ORDER BY v.n) AS r");
    text = ss_strdup(arena, ss_buf_text(&sql));
    ss_buf_done(&sql);
    return text;
}

/* Texts that are asked about by one statement, and those for which it fails. */
typedef struct question
{
    const ss_catalog *catalog;
    const ss_column *column;
    const char *condition;
    size_t failures;
} question;

/*
 * A CHECK that fails of itself (a division by zero, a function that raises) for one text does not let that one pass:
 * the others are asked about by halves, unless it fails again and again.
 */
static ss_code
ask(asking *a, question *q, const char *const *texts, size_t n, bool *passes, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(a->b->arena);
    ss_pg_result *res;
    ss_code code =
        ss_pg_query(a->pg, scratch, question_of(q->catalog, q->column, q->condition, n, scratch), n,
                    texts, &res, err);

    for (size_t i = 0; i < n; i++)
        passes[i] = code == SS_OK && ss_pg_value(res, i, 0)[0] == 't';
    ss_arena_free(scratch);
    if (code == SS_OK || (code != SS_EMEND && strncmp(err->sqlstate, "42", 2) != 0))
        return code;
    if (n == 1 || ++q->failures > FAILURES_MAX)
        return SS_OK;
    SS_TRY(ask(a, q, texts, n / 2, passes, err));
    return ask(a, q, texts + n / 2, n - n / 2, passes + n / 2, err);
}

static ss_code
judge(void *arg, size_t index, size_t c, const char *const *texts, size_t n, bool *passes,
      ss_error *err)
{
    asking *a = arg;
    const ss_catalog *catalog = a->b->source->catalog;
    const ss_table *table = &catalog->tables[index];
    question q = {.catalog = catalog, .column = &table->columns[c]};
    ss_buf condition = {0};
    ss_code code = SS_OK;

    condition_of(catalog, table, q.column, &condition);
    for (size_t i = 0; i < n; i++)
        passes[i] = condition.len == 0;
    q.condition = ss_buf_text(&condition);
    if (condition.len > 0)
        code = open_session(a, err);
    if (condition.len > 0 && code == SS_OK && n > 0)
        code = ask(a, &q, texts, n, passes, err);
    ss_buf_done(&condition);
    return code;
}

static void
tell_of_fewer(const ss_build *b, const ss_row_source *const *sources)
{
    const ss_catalog *catalog = b->source->catalog;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_row_source *s = sources[t];

        if (s != NULL && s->nrows < s->planned)
            ss_notice(b->watch, SS_WARNING,
                      "%s: %llu of %llu rows can be made: its parents, partitions or CHECKs leave "
                      "room for "
                      "no more keys",
                      ss_printable(b->arena, catalog->tables[t].label),
                      (unsigned long long) s->nrows, (unsigned long long) s->planned);
    }
}

ss_code
ss_synthesis_make(ss_build *b, void *arg, const ss_row_source *const **sources, ss_error *err)
{
    const ss_synthesis *s = arg;
    asking a = {.b = b};
    ss_generate_input input = {.catalog = b->source->catalog,
                               .model = s->model,
                               .tables = b->plan->tables,
                               .jobs = b->jobs,
                               .keys = kept_keys,
                               .judge = judge,
                               .arg = &a};
    ss_code code;

    memcpy(input.seed, s->seed, sizeof input.seed);
    code = ss_generate_sources(&input, b->arena, sources, err);
    ss_pg_close(a.pg);
    if (code == SS_OK)
        tell_of_fewer(b, *sources);
    return code;
}
