/*
 * The keys and references of a table's rows, as numbers.
 *
 * A whole number is itself; of anything else the server computes 64 bits by the hash that its own hash joins use, so that
 * values that are equal as keys have the same: 1.0 and 1.00, what a collation holds equal, char(n) with and without blanks.
 * What has no such hash goes by its text.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/try.h"
#include "base/watch.h"
#include "pg/pg.h"
#include "policy/ways.h"
#include "rows/copy.h"
#include "subset/subset_internal.h"

typedef struct scanning
{
    ss_subset *s;
    const ss_person *asked;
    size_t nasked;

    struct scanner
    {
        ss_arena *arena, *scratch;
        ss_pg *reader;
    } * workers;

    size_t *members; /* of each job, those of most rows first */
} scanning;

typedef struct layout /* of what is read of one member */
{
    ss_copy_column *columns;
    size_t n;
    size_t *first; /* of each key, then each edge: its first column */
    size_t *width; /* and how many it has */
    size_t where;  /* or SS_NONE */
    size_t person; /* the first of the primary key's, as text; or SS_NONE */
    size_t nperson;
    ss_buf select;
} layout;

/* --- SQL ------------------------------------------------------------------------------------------ */

static const ss_type *
base_of(const ss_catalog *catalog, const ss_column *column)
{
    return &catalog->types[ss_catalog_base_type(catalog, column->type)];
}

/* "text" of a key's values: of the type that they are compared as, by the collation that compares them. */
static void
put_hashed_text(ss_buf *sql, const ss_type *key, const ss_type *of, const ss_column *key_column,
                const char *value)
{
    const bool folded = strcmp(key->name, "citext") == 0 && key->extension != NULL;

    ss_buf_printf(sql, "pg_catalog.hashtextextended(%s(%s)", folded ? "pg_catalog.lower(" : "",
                  value);
    if (key != of && key->kind == SS_TYPE_BASE && strcmp(key->schema, "pg_catalog") == 0)
    {
        ss_buf_puts(sql, "::pg_catalog.");
        ss_pg_ident(sql, key->name);
    }
    ss_buf_printf(sql, "::pg_catalog.text%s COLLATE %s, 0)", folded ? ")" : "",
                  key_column->folds ? key_column->attcollation : "pg_catalog.\"C\"");
}

/* What of the values that are equal may be written in several ways: -0, 24 hours for a day, numbers in a document. */
static const char *
hash_of(const ss_type *type)
{
    static const struct
    {
        const char *type, *function;
    } list[] = {{"numeric", "hash_numeric_extended"},
                {"float4", "hashfloat4extended"},
                {"float8", "hashfloat8extended"},
                {"interval", "interval_hash_extended"},
                {"jsonb", "jsonb_hash_extended"}};

    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
    {
        if (ss_type_is(type, list[i].type))
            return list[i].function;
    }
    return NULL;
}

/* One column of a key, or of a reference to it, as a number that is the same where the two are equal. */
static void
put_number(ss_buf *sql, const ss_catalog *catalog, const ss_column *key, const ss_column *column,
           const char *value)
{
    const ss_type *type = base_of(catalog, key);
    const char *hash = hash_of(type);

    if (ss_type_is_integer(type))
        ss_buf_printf(sql, "(%s)::pg_catalog.int8", value);
    else if (hash != NULL)
        ss_buf_printf(sql, "pg_catalog.%s((%s)::pg_catalog.%s, 0)", hash, value, type->name);
    else if (ss_type_is(type, "bpchar") && !key->folds)
        ss_buf_printf(sql, "pg_catalog.hashbpcharextended((%s)::pg_catalog.bpchar, 0)", value);
    else
        put_hashed_text(sql, type, base_of(catalog, column), key, value);
}

static void
add_column(layout *l, const ss_subset *s, const ss_table *of, const ss_codec *codec, ss_form form)
{
    l->columns[l->n++] = (ss_copy_column){.type = {.catalog = s->plan->catalog, .typmod = -1},
                                          .codec = codec,
                                          .form = form,
                                          .label = of->label};
}

/* The member's own column for the root's; a partition may have it at another place. */
static const ss_column *
own_column(const ss_table *of, const ss_table *root, size_t column)
{
    return ss_table_column(of, root->columns[column].name);
}

static void
put_numbers(layout *l, const ss_subset *s, const ss_member *m, size_t at, size_t parent,
            const size_t *keys, const size_t *columns, size_t n, ss_arena *scratch)
{
    const ss_catalog *catalog = s->plan->catalog;
    const ss_codec *number = ss_codec_named("int8");

    l->first[at] = l->n;
    l->width[at] = n;
    for (size_t i = 0; i < n; i++)
    {
        const ss_column *column = own_column(m->of, &catalog->tables[m->root], columns[i]);

        ss_buf_puts(&l->select, ", ");
        put_number(&l->select, catalog, &catalog->tables[parent].columns[keys[i]], column,
                   ss_way_column("t", column, scratch));
        add_column(l, s, m->of, number, number->form);
    }
}

static void
put_person(layout *l, const ss_subset *s, const ss_member *m, ss_arena *scratch)
{
    const ss_table *root = &s->plan->catalog->tables[m->root];
    const ss_codec *text = ss_codec_named("text"), *flag = ss_codec_named("bool");
    const ss_key *key = s->subset->identity;

    l->person = l->n;
    l->nperson = key->ncolumns;
    for (size_t i = 0; i < key->ncolumns; i++)
    {
        ss_buf_printf(&l->select, ", (%s)::pg_catalog.text",
                      ss_way_column("t",
                                    own_column(m->of, root, ss_table_index(root, key->attnums[i])),
                                    scratch));
        add_column(l, s, m->of, text, text->form);
    }
    if (s->subset->policy->where == NULL)
        return;
    l->where = l->n;
    ss_buf_printf(&l->select, ", (%s\n)::pg_catalog.bool", s->subset->policy->where);
    add_column(l, s, m->of, flag, flag->form);
}

static void
lay_out(layout *l, const ss_subset *s, const ss_member *m, ss_arena *scratch)
{
    const ss_subset_table *t = m->subset;
    const size_t numbers = t->nkeys + t->nedges;
    size_t n = 2 + s->subset->identity->ncolumns;

    for (size_t k = 0; k < t->nkeys; k++)
        n += t->keys[k].n;
    for (size_t e = 0; e < t->nedges; e++)
        n += t->edges[e].reference->ncolumns;
    *l = (layout){.columns = ss_alloc(scratch, n, sizeof *l->columns),
                  .first = ss_alloc(scratch, numbers + 1, sizeof *l->first),
                  .width = ss_alloc(scratch, numbers + 1, sizeof *l->width),
                  .where = SS_NONE,
                  .person = SS_NONE};
    ss_buf_defer(scratch, &l->select);
    ss_buf_puts(&l->select, "t.ctid");
    add_column(l, s, m->of, ss_codec_named("text"), SS_FORM_WIRE);
    for (size_t k = 0; k < t->nkeys; k++)
        put_numbers(l, s, m, k, m->root, t->keys[k].columns, t->keys[k].columns, t->keys[k].n,
                    scratch);
    for (size_t e = 0; e < t->nedges; e++)
    {
        const ss_reference *r = t->edges[e].reference;

        put_numbers(l, s, m, t->nkeys + e, r->parent, r->parent_columns, r->columns, r->ncolumns,
                    scratch);
    }
    if (t->part == SS_SUBSET_CHOSEN)
        put_person(l, s, m, scratch);
}

/* --- rows ----------------------------------------------------------------------------------------- */

/* The finaliser of MurmurHash3: a bijection, so that keys of one whole number never meet. */
static uint64_t
mix(uint64_t x)
{
    x = (x ^ x >> 33) * UINT64_C(0xff51afd7ed558ccd);
    x = (x ^ x >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 33;
}

/* One word of the columns' numbers; 0 where one of them is NULL: it refers to nothing. */
static uint64_t
word_of(const ss_batch *batch, size_t first, size_t width, size_t row)
{
    uint64_t word = 0;

    for (size_t i = 0; i < width; i++)
    {
        const ss_batch_column *column = &batch->columns[first + i];

        if (column->null[row])
            return 0;
        word = mix(word * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t) column->i64[row] + 1);
    }
    return word == 0 ? 1 : word;
}

/* ctid as COPY BINARY has it: a block's number and a place in it, the most significant byte first. */
static ss_code
place_of(const ss_batch *batch, size_t row, uint64_t *place, ss_error *err)
{
    size_t n;
    const unsigned char *p = ss_column_bytes(&batch->columns[0], row, &n);

    if (n != 6)
        return ss_fail(err, SS_EBUG, "the server's ctid has %zu bytes", n);
    *place = 0;
    for (size_t i = 0; i < n; i++)
        *place = *place << 8 | p[i];
    return SS_OK;
}

static void
mark_person(const scanning *c, const layout *l, const ss_batch *batch, const ss_member *m, size_t r,
            uint64_t *row)
{
    const unsigned char *texts[32];
    size_t lengths[32]; /* more columns than a key has */
    ss_person person;

    for (size_t i = 0; i < l->nperson && i < 32; i++)
        texts[i] = ss_column_bytes(&batch->columns[l->person + i], r, &lengths[i]);
    person = ss_subset_person(c->s->key, texts, lengths, l->nperson);
    *ss_row_person(m, row) = person.words[0];
    if (c->nasked > 0 &&
        bsearch(&person, c->asked, c->nasked, sizeof person, ss_person_compare) != NULL)
        row[0] |= SS_ROW_OUT;
    if (l->where == SS_NONE ||
        (!batch->columns[l->where].null[r] && batch->columns[l->where].i64[r] != 0))
        row[0] |= SS_ROW_MATCHES;
}

static ss_code
add_batch(const scanning *c, const layout *l, const ss_batch *batch, ss_member *m, ss_error *err)
{
    const size_t numbers = m->subset->nkeys + m->subset->nedges;

    for (size_t r = 0; r < batch->nrows; r++)
    {
        uint64_t *row;

        SS_TRY(ss_member_add(c->s, m, &row, err));
        SS_TRY(place_of(batch, r, &row[0], err));
        for (size_t i = 0; i < numbers; i++)
            row[1 + i] = word_of(batch, l->first[i], l->width[i], r);
        if (l->person != SS_NONE)
            mark_person(c, l, batch, m, r, row);
    }
    return SS_OK;
}

static ss_code
read_rows(const scanning *c, struct scanner *w, const layout *l, ss_batch *batch, ss_member *m,
          ss_error *err)
{
    const ss_watch *watch = c->s->options->watch;
    ss_copy_reader *reader =
        ss_copy_reader_new(w->scratch, w->reader, SS_COPY_BINARY, l->columns, l->n);

    for (;;)
    {
        SS_TRY(ss_check_interrupt(watch, err));
        ss_batch_clear(batch);
        SS_TRY(ss_copy_read(reader, batch, err));
        if (batch->nrows == 0)
            return SS_OK;
        SS_TRY(add_batch(c, l, batch, m, err));
        ss_report_progress(watch,
                           &(ss_progress){.stage = "subset", .object = m->of->label, .rows = m->n});
    }
}

/* One short transaction, as load reads tables. */
static ss_code
scan_range(const scanning *c, struct scanner *w, const layout *l, ss_batch *batch, ss_member *m,
           const char *where, ss_error *err)
{
    ss_table_seen seen = {.oid = m->of->oid, .filenode = m->of->filenode, .label = m->of->label};

    SS_TRY(ss_snapshot_begin(c->s->options->snapshot, w->reader, err));
    SS_TRY(ss_snapshot_look(w->reader, &seen, err));
    SS_TRY(ss_pg_copy_out(w->reader,
                          ss_strf(w->scratch,
                                  "COPY (SELECT %s FROM %s AS t%s) TO STDOUT (FORMAT binary)",
                                  ss_buf_text(&l->select), ss_way_from(m->of, w->scratch), where),
                          err));
    SS_TRY(read_rows(c, w, l, batch, m, err));
    SS_TRY(ss_snapshot_end(w->reader, err));
    return ss_snapshot_unchanged(w->reader, &seen, err);
}

static ss_code
scan_member(const scanning *c, struct scanner *w, ss_member *m, ss_error *err)
{
    const bool ranges = c->s->plan->catalog->server_version >= 140000;
    layout *l = ss_alloc(w->scratch, 1, sizeof *l);
    ss_form *forms;
    ss_batch *batch;

    lay_out(l, c->s, m, w->scratch);
    forms = ss_alloc(w->scratch, l->n, sizeof *forms);
    for (size_t i = 0; i < l->n; i++)
        forms[i] = l->columns[i].form;
    batch = ss_batch_new(w->scratch, forms, l->n);
    for (int64_t from = 0;; from += SS_RANGE_PAGES)
    {
        const bool last = !ranges || from + SS_RANGE_PAGES >= m->of->relpages;
        const char *where =
            from == 0 && last
                ? ""
                : ss_strf(w->scratch, " WHERE t.ctid >= '(%lld,0)'::pg_catalog.tid%s",
                          (long long) from,
                          last ? ""
                               : ss_strf(w->scratch, " AND t.ctid < '(%lld,0)'::pg_catalog.tid",
                                         (long long) (from + SS_RANGE_PAGES)));

        SS_TRY(scan_range(c, w, l, batch, m, where, err));
        if (last)
            return SS_OK;
    }
}

static ss_code
scan_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    const scanning *c = arg;
    const ss_pg_options options = {.source = true, .application_name = "sandseed subset"};
    struct scanner *w = &c->workers[worker];
    ss_member *m = &c->s->members[c->members[job]];
    ss_code code = SS_OK;

    if (w->reader == NULL)
        code = ss_pg_open(w->arena, ss_snapshot_endpoint(c->s->options->snapshot), &options,
                          c->s->options->watch, &w->reader, err);
    if (code == SS_OK)
        code = scan_member(c, w, m, err);
    ss_arena_reset(w->scratch);
    if (code != SS_OK)
        return ss_note(err, "while finding the subset's rows of %s%s", m->of->label,
                       c->s->subset->policy->where != NULL && m->subset->part == SS_SUBSET_CHOSEN
                           ? ", of which where: is asked"
                           : "");
    return SS_OK;
}

static size_t *
largest_first(const ss_subset *s)
{
    size_t *list = ss_alloc(s->arena, s->nmembers + 1, sizeof *list);

    for (size_t i = 0; i < s->nmembers; i++)
    {
        size_t k = i;

        for (; k > 0 && s->members[list[k - 1]].of->bytes < s->members[i].of->bytes; k--)
            list[k] = list[k - 1];
        list[k] = i;
    }
    return list;
}

ss_code
ss_subset_scan(ss_subset *s, const ss_person *asked, size_t nasked, ss_error *err)
{
    ss_arena *arena = ss_arena_new(s->arena);
    scanning c = {.s = s,
                  .asked = asked,
                  .nasked = nasked,
                  .members = largest_first(s),
                  .workers = ss_alloc(arena, s->options->jobs + 1, sizeof *c.workers)};
    ss_code code;

    for (size_t i = 0; i < s->options->jobs; i++)
    {
        c.workers[i].arena = ss_arena_new(arena);
        c.workers[i].scratch = ss_arena_new(c.workers[i].arena);
    }
    code = ss_pool_run(s->nmembers, s->options->jobs, scan_job, &c, err);
    ss_arena_free(arena);
    return code;
}
