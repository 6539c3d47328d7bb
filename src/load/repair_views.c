/*
 * Rows that a view cannot compute: 1 / x, a text that is no number.  A materialised view would fail when
 * it is populated, a plain one when somebody looks.
 *
 * Each view is computed once.  Where that raises, the rows to blame are found by halving: a temporary
 * table takes the name of one of the tables that the view reads and holds a part of its rows.  They are
 * made again like other bad rows.  What no row can be blamed for (a sum that overflows, a subquery
 * with two rows) ends the run when it is a materialised view, after a bounded search.
 *
 * The tables have no indexes yet, so that a view which looks into another table for each row may take
 * hours here and a second later: it gets a bounded time, and is then left to whoever populates it.
 */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/load_internal.h"

#define ROUNDS_MAX 50

/*
 * Looks at parts of tables, for one view: so many at first, and so many more for each row found, which
 * finding it among a million takes.  A view that raises only for rows taken together is soon given up.
 */
#define LOOKS_FIRST   300
#define LOOKS_PER_ROW 40
#define LOOKS_MAX     20000
/* Of so many rows found nearly every one raises: it is not the rows' doing. */
#define ROWS_TELLING 64

/* Seconds for one look: what a materialised view raises ends the run, a plain one is only told of. */
#define PATIENCE_MATERIALISED 60
#define PATIENCE_PLAIN        5
#define QUERY_CANCELED        "57014"

extern const char ss_sql_load_view_sources[];

typedef struct view
{
    const char *schema;
    const char *name;
    bool materialised;
    struct search *search;
} view;

typedef struct search /* what a view has cost so far, in all passes */
{
    size_t looks;
    size_t found; /* rows that were made again for it */
    bool told;
    bool slow; /* a look took too long: no more of them */
} search;

typedef struct blaming /* the rows of one table for what a view raises */
{
    ss_sieve *s;
    const view *v;
    char *path;     /* search_path where the temporary table comes first */
    char *computed; /* SELECT that computes the view over it */
    char *shadow;   /* pg_temp."table" */
    uint64_t *rows; /* candidates, ascending; NULL: all */
    uint64_t n;
    uint64_t *bad;
    size_t nbad, capacity;
    uint64_t judged; /* candidates up to here are known */
    bool innocent;   /* the view raises without the table's rows, too */
} blaming;

/* Run sql in a transaction that is rolled back, for a bounded time: SS_OK and slow where that ends it. */
static ss_code
run_for_a_while(ss_pg *pg, const view *v, const char *sql, ss_error *err)
{
    ss_error ignored;
    ss_code code;

    SS_TRY(ss_pg_execf(pg, err, "SET statement_timeout = '%ds'",
                       v->materialised ? PATIENCE_MATERIALISED : PATIENCE_PLAIN));
    SS_TRY(ss_pg_exec(pg, "BEGIN", err));
    code = ss_pg_exec(pg, sql, err);
    if (code == SS_EINTERRUPTED || (code != SS_OK && err->sqlstate[0] == '\0'))
        return code;
    if (code != SS_OK && ss_pg_is_sqlstate(err, QUERY_CANCELED))
    {
        v->search->slow = true;
        *err = (ss_error){.code = SS_OK};
        code = SS_OK;
    }
    if (ss_pg_exec(pg, "ROLLBACK", &ignored) == SS_OK)
        (void) ss_pg_exec(pg, "SET statement_timeout = 0", &ignored);
    return code;
}

/* SS_OK and *raised, when it is a row's doing; what is not (no privilege, not populated) is nobody's. */
static ss_code
compute(ss_pg *pg, const view *v, const char *sql, bool *raised, ss_error *err)
{
    const ss_code code = run_for_a_while(pg, v, sql, err);

    *raised = false;
    if (code == SS_OK)
        return SS_OK;
    /* A name that is not found is no loss of a table here, but a function that relies on a search_path. */
    if (code == SS_EINTERRUPTED || err->sqlstate[0] == '\0' ||
        (code == SS_ERETRY && strncmp(err->sqlstate, "42", 2) != 0))
        return code;
    *raised = ss_load_row_refused(err);
    *err = (ss_error){.code = SS_OK};
    return SS_OK;
}

static ss_code
definition_of(ss_pg *pg, const view *v, ss_arena *arena, const char **definition, ss_error *err)
{
    ss_buf name = {0};
    ss_code code;

    ss_pg_literal(&name, ss_pg_qualified(arena, v->schema, v->name));
    code = ss_pg_value_of(
        pg, arena,
        ss_strf(arena,
                "SELECT pg_catalog.rtrim(pg_catalog.pg_get_viewdef(%s::pg_catalog.regclass), ';')",
                ss_buf_text(&name)),
        definition, err);
    ss_buf_done(&name);
    return code;
}

/* Rows [first, last) of the candidates into the temporary table, and the view over them. */
static ss_code
look(blaming *b, uint64_t first, uint64_t last, bool *raised, ss_error *err)
{
    const char *among = b->rows == NULL ? "" : "JOIN pg_temp.sandseed_bad k ON k.n = m.n ";
    const uint64_t low = b->rows == NULL ? first : b->rows[first];
    const uint64_t high = b->rows == NULL ? last - 1 : b->rows[last - 1];
    ss_code code;

    b->v->search->looks++;
    code = compute(
        b->s->pg, b->v,
        ss_strf(
            b->s->scratch,
            "SET LOCAL search_path = %s; TRUNCATE %s; INSERT INTO %s SELECT t.* FROM "
            "pg_temp.sandseed_rows m %sJOIN %s%s t ON t.ctid = m.at AND t.tableoid = m.o WHERE m.n "
            "BETWEEN %llu AND %llu; %s",
            b->path, b->shadow, b->shadow, among, b->s->only, b->s->name, (unsigned long long) low,
            (unsigned long long) high, b->computed),
        raised, err);
    ss_arena_reset(b->s->scratch);
    SS_TRY(code);
    return ss_check_interrupt(b->s->load->watch, err);
}

/* Would looking on be in vain? */
static bool
is_spent(const blaming *b)
{
    const search *s = b->v->search;

    return s->slow || s->looks >= LOOKS_MAX ||
           s->looks >= LOOKS_FIRST + LOOKS_PER_ROW * (s->found + b->nbad) ||
           (b->nbad >= ROWS_TELLING && b->nbad > b->judged - b->judged / 20);
}

/* Halve until single rows raise.  Recursion is as deep as a number of rows has bits. */
static ss_code
halve(blaming *b, uint64_t first, uint64_t last, ss_error *err)
{
    bool raised;

    if (is_spent(b))
        return SS_OK;
    SS_TRY(look(b, first, last, &raised, err));
    if (!raised || last - first == 1)
        b->judged = last;
    if (!raised)
        return SS_OK;
    if (last - first == 1)
    {
        b->bad = ss_grow(b->s->arena, b->bad, b->nbad, &b->capacity, sizeof *b->bad);
        b->bad[b->nbad++] = b->rows == NULL ? first : b->rows[first];
        return SS_OK;
    }
    SS_TRY(halve(b, first, first + (last - first) / 2, err));
    return halve(b, first + (last - first) / 2, last, err);
}

static ss_code
note_bad(blaming *b, ss_error *err)
{
    ss_buf sql = {0};
    ss_code code = ss_pg_exec(b->s->pg, "TRUNCATE pg_temp.sandseed_bad", err);

    for (size_t done = 0; code == SS_OK && done < b->nbad;)
    {
        ss_buf_clear(&sql);
        ss_buf_puts(&sql, "INSERT INTO pg_temp.sandseed_bad VALUES ");
        for (size_t i = 0; i < 1000 && done < b->nbad; i++, done++)
            ss_buf_printf(&sql, "%s(%llu)", i == 0 ? "" : ", ", (unsigned long long) b->bad[done]);
        code = ss_pg_exec(b->s->pg, ss_buf_text(&sql), err);
    }
    ss_buf_done(&sql);
    return code;
}

static ss_code
begin_blaming(blaming *b, ss_error *err)
{
    ss_sieve *s = b->s;
    ss_buf schema = {0}, table = {0};
    const char *definition = NULL;
    ss_code code;

    ss_pg_ident(&schema, s->table->schema);
    ss_pg_ident(&table, s->table->name);
    b->path = ss_strf(s->arena, "pg_temp, %s", ss_buf_text(&schema));
    b->shadow = ss_strf(s->arena, "pg_temp.%s", ss_buf_text(&table));
    /* Under this path the definition names the table without its schema. */
    code = ss_pg_execf(s->pg, err, "SET search_path = %s", ss_buf_text(&schema));
    if (code == SS_OK)
        code = definition_of(s->pg, b->v, s->arena, &definition, err);
    if (code == SS_OK)
        code = ss_pg_exec(s->pg, "SET search_path = ''", err);
    ss_buf_done(&schema);
    ss_buf_done(&table);
    SS_TRY(code);
    b->computed = ss_strf(s->arena, "SELECT pg_catalog.count(sandseed_v) FROM (%s) sandseed_v",
                          definition == NULL ? "SELECT" : definition);
    SS_TRY(ss_pg_execf(s->pg, err, "CREATE TEMP TABLE %s (LIKE %s)", b->shadow + strlen("pg_temp."),
                       s->name));
    b->v->search->looks++;
    /* A table without which it raises as well has no part in it. */
    SS_TRY(compute(s->pg, b->v,
                   ss_strf(s->arena, "SET LOCAL search_path = %s; %s", b->path, b->computed),
                   &b->innocent, err));
    if (b->innocent)
        return SS_OK;
    SS_TRY(ss_sieve_map(s, err));
    return ss_pg_exec(s->pg, "CREATE INDEX ON pg_temp.sandseed_rows (n)", err);
}

/* Make the rows of this table again that the view raises for; *mended when there were some. */
static ss_code
blame_table(ss_sieve *s, const view *v, bool *mended, ss_error *err)
{
    blaming b = {.s = s, .v = v, .n = s->source->nrows};

    *mended = false;
    SS_TRY(begin_blaming(&b, err));
    for (size_t round = 0; round < ROUNDS_MAX && b.n > 0 && !b.innocent; round++)
    {
        bool spent;

        b.bad = NULL;
        b.nbad = b.capacity = 0;
        b.judged = 0;
        SS_TRY(halve(&b, 0, b.n, err));
        spent = is_spent(&b);
        if (b.nbad == 0)
            break;
        *mended = true;
        v->search->found += b.nbad;
        SS_TRY(note_bad(&b, err));
        SS_TRY(ss_sieve_replace_bad(s, v->name, err));
        if (spent)
            break;
        b.rows = b.bad;
        b.n = b.nbad;
    }
    SS_TRY(ss_pg_execf(s->pg, err, "DROP TABLE %s", b.shadow));
    return *mended ? ss_load_judge_sets(s, err) : SS_OK;
}

/* The made table of that name, or SS_NONE. */
static size_t
made_table(const ss_load *load, const char *schema, const char *name)
{
    for (size_t t = 0; t < load->catalog->ntables; t++)
    {
        const ss_table *table = &load->catalog->tables[t];

        if (load->made[t] != NULL && strcmp(table->name, name) == 0 &&
            strcmp(table->schema, schema) == 0)
            return t;
    }
    return SS_NONE;
}

/* A materialised view that the source has empty stays so. */
static bool
is_wanted(const ss_load *load, const view *v)
{
    for (size_t i = 0; i < load->catalog->nviews && v->materialised; i++)
    {
        const ss_view *known = &load->catalog->views[i];

        if (strcmp(known->name, v->name) == 0 && strcmp(known->schema, v->schema) == 0)
            return known->populated;
    }
    return true;
}

#define ROWS_TOGETHER                                                                              \
    "It asks something of several rows together that no constraint says: give the tables that it " \
    "reads mode keep or empty in the policy, or declare the rule at the source (a unique index)."
#define SINGLE_VALUES                                                                              \
    "Hardly any made value is of the form that it computes with: give the columns that it reads "  \
    "class non-personal or quasi-identifier if they are that, so that their values are learnt, "   \
    "treatment constant with a value that it takes, or their tables mode keep or empty."
#define OWN_FUNCTION                                                                               \
    "A function that it calls refuses the rows: give the columns that it reads another treatment " \
    "or their tables mode keep or empty in the policy."

/* What raised, by SQLSTATE or its class; the first that fits. */
static const struct
{
    const char *sqlstate;
    const char *what;
    const char *next;
} failures[] = {
    {"21000", "a subquery gives more than one row", ROWS_TOGETHER},
    {"22003", "a number is out of range", ROWS_TOGETHER},
    {"22007", "a text is no date or time", SINGLE_VALUES},
    {"22008", "a date or time is out of range", SINGLE_VALUES},
    {"22012", "a division by zero", SINGLE_VALUES},
    {"22P02", "a text cannot be read as the type that it is cast to", SINGLE_VALUES},
    {"22", "a value is not of the form that is computed with", SINGLE_VALUES},
    {"P0", "a function raises an exception", OWN_FUNCTION},
    {"", "the server refuses it", ROWS_TOGETHER},
};

ss_code
ss_load_view_refused(const char *schema, const char *name, ss_arena *arena, ss_error *err)
{
    const char *sqlstate = ss_strdup(arena, err->sqlstate);
    size_t i = 0;

    while (strncmp(failures[i].sqlstate, sqlstate, strlen(failures[i].sqlstate)) != 0)
        i++;
    (void) ss_fail(err, SS_EGATE,
                   "materialised view %s.%s cannot be computed over the rows that were made: %s "
                   "(SQLSTATE %s), and making rows again does not help",
                   ss_printable(arena, schema), ss_printable(arena, name), failures[i].what,
                   sqlstate);
    return ss_hint(err, "%s", failures[i].next);
}

/* All that could be mended is, and it raises still: in err. */
static ss_code
leave_unmended(const ss_load *load, const view *v, ss_arena *arena, ss_error *err)
{
    if (v->materialised)
        return ss_load_view_refused(v->schema, v->name, arena, err);
    if (!v->search->told)
        ss_notice(load->watch, SS_WARNING,
                  "view %s.%s cannot be computed over the rows that were made (SQLSTATE %s)",
                  ss_printable(arena, v->schema), ss_printable(arena, v->name), err->sqlstate);
    v->search->told = true;
    *err = (ss_error){.code = SS_OK};
    return SS_OK;
}

/* Rows first .. first + n - 1 of res: one view, and what it reads. */
static ss_code
repair_view(ss_load *load, ss_pg *pg, const ss_pg_result *res, size_t first, size_t n, search *cost,
            bool *changed, ss_arena *arena, ss_error *err)
{
    const view v = {ss_pg_value(res, first, 0), ss_pg_value(res, first, 1),
                    ss_pg_value(res, first, 2)[0] == 'm', cost};
    const char *definition;
    bool raised = false, ours = false;

    for (size_t i = first; i < first + n; i++)
        ours = ours || made_table(load, ss_pg_value(res, i, 3), ss_pg_value(res, i, 4)) != SS_NONE;
    if (!ours || cost->slow || !is_wanted(load, &v))
        return SS_OK;
    SS_TRY(definition_of(pg, &v, arena, &definition, err));
    if (definition == NULL)
        return SS_OK;
    definition =
        ss_strf(arena, "SELECT pg_catalog.count(sandseed_v) FROM (%s) sandseed_v", definition);
    for (size_t i = first; i < first + n; i++)
    {
        const size_t table = made_table(load, ss_pg_value(res, i, 3), ss_pg_value(res, i, 4));
        ss_sieve s;
        bool mended;

        if (table == SS_NONE)
            continue;
        SS_TRY(compute(pg, &v, definition, &raised, err));
        if (!raised)
            return SS_OK;
        SS_TRY(ss_sieve_open(&s, load, table, 0, pg, arena, err));
        if (blame_table(&s, &v, &mended, err) != SS_OK)
            return ss_note(err, "while looking for the rows that view %s.%s cannot compute",
                           ss_printable(arena, v.schema), ss_printable(arena, v.name));
        SS_TRY(ss_sieve_close(&s, err));
        *changed = *changed || mended;
    }
    /* What is too slow here is not known to raise: REFRESH tells, when there are indexes. */
    if (cost->slow || run_for_a_while(pg, &v, definition, err) == SS_OK)
        return SS_OK;
    if (err->code == SS_EINTERRUPTED || err->code == SS_ERETRY || err->sqlstate[0] == '\0')
        return err->code;
    if (ss_load_row_refused(err))
        return leave_unmended(load, &v, arena, err);
    *err = (ss_error){.code = SS_OK};
    return SS_OK;
}

/* One pass over all views; *changed when rows were made again, which another view may not like. */
static ss_code
repair_views(ss_load *load, ss_pg *pg, const ss_pg_result *res, search *searches, bool *changed,
             ss_arena *arena, ss_error *err)
{
    *changed = false;
    for (size_t i = 0, n; i < ss_pg_rows(res); i += n)
    {
        for (n = 1; i + n < ss_pg_rows(res) &&
                    strcmp(ss_pg_value(res, i, 0), ss_pg_value(res, i + n, 0)) == 0 &&
                    strcmp(ss_pg_value(res, i, 1), ss_pg_value(res, i + n, 1)) == 0;)
            n++;
        SS_TRY(repair_view(load, pg, res, i, n, &searches[i], changed, arena, err));
        ss_arena_reset(arena);
    }
    return SS_OK;
}

ss_code
ss_load_repair_views(ss_load *load, ss_arena *arena, ss_error *err)
{
    bool changed = true;
    ss_pg_result *res;
    search *searches;
    ss_pg *pg;

    SS_TRY(ss_load_session(load, arena, &pg, err));
    SS_TRY(ss_pg_query(pg, arena, ss_sql_load_view_sources, 0, NULL, &res, err));
    searches = ss_alloc(arena, ss_pg_rows(res) + 1, sizeof *searches);
    for (size_t i = 0; i < ROUNDS_MAX && changed; i++)
    {
        ss_arena *scratch = ss_arena_new(arena);
        const ss_code code = repair_views(load, pg, res, searches, &changed, scratch, err);

        ss_arena_free(scratch);
        SS_TRY(code);
    }
    ss_pg_close(pg);
    return SS_OK;
}
