/* Batches of rows, changed: what stays is handed on as it came, the rest is made column by column. */
#include <string.h>

#include "base/try.h"
#include "pseudonymise/locale_of.h"
#include "pseudonymise/pseudonymise_internal.h"
#include "rand/stream.h"
#include "secret/locked.h"
#include "secret/prf.h"

typedef struct changing /* state of one worker for one table */
{
    const ss_table_steps *t;
    ss_batch *made;     /* a column for each step; those of steps that pass stay empty */
    ss_batch view;      /* what is handed on */
    uint64_t *subjects; /* of the batch's rows; NULL: nobody asks */
    const unsigned char *subject_key;
    ss_stream *order; /* numbers that rows are shuffled by; in locked memory: it holds its key */
    uint64_t drawn;   /* of it */
    void **states;    /* of each step's kind */
    ss_kind_counts *counts; /* of each step */
    const unsigned char *row_key;
    uint64_t *row;      /* SS_BATCH_ROWS words; NULL: no step asks for them */
    ss_kind_own *own;   /* of the table's */
    ss_batch *own_made; /* a column for each of them; only those of people are filled */
    void **own_states;
    const ss_locale **own_locales; /* of one column's rows */
    uint64_t **people;             /* as subjects, of each of the table's people */
    const unsigned char **people_keys;
    const ss_locale ***locales; /* of each step, of each row; NULL: it has but one */
} changing;

/* A column that is the same in every row is made once. */
static ss_code
fill_constant(const ss_table_steps *t, const ss_step *s, const ss_copy_column *out,
              ss_batch_column *column, ss_error *err)
{
    const char *text = s->value;
    const size_t n = strlen(text);
    ss_code code = SS_OK;
    ss_buf escaped = {0};

    if (out->form == SS_FORM_WIRE) /* a type that no codec knows travels as COPY text */
        ss_copy_escape((const unsigned char *) text, n, &escaped);
    for (size_t r = 0; r < SS_BATCH_ROWS && code == SS_OK; r++)
    {
        if (out->form == SS_FORM_WIRE)
            ss_column_put_bytes(column, r, ss_buf_text(&escaped), escaped.len);
        else
            code = out->codec->from_text(&out->type, text, n, column, r, err);
    }
    ss_buf_done(&escaped);
    if (code != SS_OK)
        return ss_note(err, "the value of %s", ss_pseudonyms_label(t->of, t->table, s->column));
    return SS_OK;
}

static ss_code
open_step(changing *w, size_t i, uint64_t values, ss_arena *arena, ss_error *err)
{
    const ss_step *s = &w->t->steps[i];
    ss_kind_column *about;

    switch (s->act)
    {
    case SS_STEP_PASS:
        return SS_OK;
    case SS_STEP_NULL:
        for (size_t r = 0; r < SS_BATCH_ROWS; r++)
            ss_column_put_null(&w->made->columns[i], r);
        return SS_OK;
    case SS_STEP_CONSTANT:
        return fill_constant(w->t, s, &w->t->change.out[i], &w->made->columns[i], err);
    case SS_STEP_KIND:
        about = ss_alloc(arena, 1, sizeof *about);
        *about = s->about;
        about->values = values;
        return s->kind->open(about, w->t->of->keys, arena, &w->states[i], err);
    }
    return ss_fail(err, SS_EBUG, "unknown step");
}

static ss_code
open_order(changing *w, ss_arena *arena, ss_error *err)
{
    const unsigned char *key;
    unsigned char *room;

    SS_TRY(ss_key_room_use(w->t->of->keys, w->t->table->label, "order", "1", "shuffle", &key, err));
    SS_TRY(ss_locked_new(arena, sizeof *w->order, &room, err));
    w->order = (ss_stream *) (void *) room;
    ss_stream_init(w->order, key, "", 0);
    return SS_OK;
}

/* Columns of the people whose rows they are, made as they are in their own table. */
static ss_code
open_people(changing *w, uint64_t values, ss_arena *arena, ss_error *err)
{
    const ss_table_steps *t = w->t;
    ss_form *forms = ss_alloc(arena, t->nown + 1, sizeof *forms);

    w->own = ss_alloc(arena, t->nown + 1, sizeof *w->own);
    w->own_states = ss_alloc(arena, t->nown + 1, sizeof *w->own_states);
    w->people = ss_alloc(arena, t->npeople + 1, sizeof *w->people);
    w->people_keys = ss_alloc(arena, t->npeople + 1, sizeof *w->people_keys);
    for (size_t i = 0; i < t->npeople; i++)
    {
        w->people[i] = ss_alloc(arena, SS_BATCH_ROWS, sizeof **w->people);
        SS_TRY(ss_key_room_use(t->of->keys, t->people[i].steps->table->label, "subject", "1", "mac",
                               &w->people_keys[i], err));
    }
    for (size_t i = 0; i < t->nown; i++)
        forms[i] =
            t->own[i].value_in == SS_NONE ? SS_FORM_WIRE : t->change.in[t->own[i].value_in].form;
    w->own_made = ss_batch_new(arena, forms, t->nown);
    for (size_t i = 0; i < t->nown; i++)
    {
        ss_kind_column *about = ss_alloc(arena, 1, sizeof *about);

        if (t->own[i].value_in == SS_NONE)
            continue;
        if (t->own[i].locale_in != SS_NONE && w->own_locales == NULL)
            w->own_locales = ss_alloc(arena, SS_BATCH_ROWS, sizeof(ss_locale *));
        *about = t->own[i].step->about;
        about->values = values;
        SS_TRY(t->own[i].step->kind->open(about, t->of->keys, arena, &w->own_states[i], err));
    }
    return SS_OK;
}

static ss_code
open_change(const ss_row_change *change, uint64_t values, ss_arena *arena, void **state,
            ss_error *err)
{
    const ss_table_steps *t = change->arg;
    ss_form *forms = ss_alloc(arena, t->nsteps + 1, sizeof *forms);
    changing *w = ss_alloc(arena, 1, sizeof *w);

    if (t->of->keys == NULL)
        return ss_fail(err, SS_EBUG, "pseudonyms without a key");
    w->t = t;
    for (size_t i = 0; i < t->nsteps; i++)
        forms[i] = change->out[i].form;
    w->made = ss_batch_new(arena, forms, t->nsteps);
    w->view = (ss_batch){.ncolumns = t->nsteps,
                         .columns = ss_alloc(arena, t->nsteps + 1, sizeof *w->view.columns)};
    w->states = ss_alloc(arena, t->nsteps + 1, sizeof *w->states);
    w->counts = ss_alloc(arena, t->nsteps + 1, sizeof *w->counts);
    w->locales = ss_alloc(arena, t->nsteps + 1, sizeof *w->locales);
    for (size_t i = 0; i < t->nsteps; i++)
    {
        if (t->steps[i].locale_in != SS_NONE)
            w->locales[i] = ss_alloc(arena, SS_BATCH_ROWS, sizeof **w->locales);
    }
    for (size_t i = 0; i < t->nsteps; i++)
        SS_TRY(open_step(w, i, values, arena, err));
    SS_TRY(open_people(w, values, arena, err));
    if (t->subject_in != SS_NONE)
    {
        w->subjects = ss_alloc(arena, SS_BATCH_ROWS, sizeof *w->subjects);
        SS_TRY(ss_key_room_use(t->of->keys, t->subject_table, "subject", "1", "mac",
                               &w->subject_key, err));
    }
    if (t->row_in != SS_NONE)
    {
        w->row = ss_alloc(arena, SS_BATCH_ROWS, sizeof *w->row);
        SS_TRY(ss_key_room_use(t->of->keys, t->row_group, "row", "1", "word", &w->row_key, err));
    }
    *state = w;
    return open_order(w, arena, err);
}

static void
next_words(void *state, size_t n, uint64_t *out)
{
    changing *w = state;

    ss_stream_words(w->order, w->drawn, n, out);
    w->drawn += n;
}

/* Of whose rows nobody knows it is 0. */
static void
find_subjects(const ss_batch *in, size_t column, const unsigned char *key, uint64_t *subjects)
{
    const ss_batch_column *text = &in->columns[column];

    for (size_t r = 0; r < in->nrows; r++)
    {
        const unsigned char *who;
        uint64_t words[2];
        size_t n;

        subjects[r] = 0;
        if (text->null[r])
            continue;
        who = ss_column_bytes(text, r, &n);
        ss_prf(key, who, n, words);
        subjects[r] = words[0] == 0 ? 1 : words[0];
    }
}

static void
make_row_words(changing *w, const ss_batch *in)
{
    for (size_t r = 0; r < in->nrows; r++)
    {
        size_t n;
        const unsigned char *text = ss_column_bytes(&in->columns[w->t->row_in], r, &n);
        uint64_t words[2];

        ss_prf(w->row_key, text, n, words);
        w->row[r] = words[0];
    }
}

static void
find_locales(const ss_batch *in, size_t column, const ss_locale **locales)
{
    const ss_batch_column *text = &in->columns[column];

    for (size_t r = 0; r < in->nrows; r++)
    {
        size_t n = 0;
        const unsigned char *value = text->null[r] ? NULL : ss_column_bytes(text, r, &n);

        locales[r] = value == NULL ? NULL : ss_locale_of((const char *) value, n);
    }
}

static bool
is_date(const ss_table_steps *t, const ss_codec_type *type)
{
    return type->type != SS_NONE && ss_type_is(&t->of->plan->catalog->types[type->type], "date");
}

/* A column of people to whom a way leads becomes what it becomes in their table. */
static ss_code
make_own(changing *w, const ss_batch *in, size_t i, ss_error *err)
{
    const ss_own_column *own = &w->t->own[i];
    const ss_copy_column *read = &w->t->change.in[own->value_in];
    const ss_kind_rows rows = {.n = in->nrows,
                               .in = &in->columns[own->value_in],
                               .subject = w->people[own->people],
                               .locale = own->locale_in == SS_NONE ? NULL : w->own_locales};
    ss_batch_column *made = &w->own_made->columns[i];
    ss_kind_counts counts = {0};

    if (own->locale_in != SS_NONE)
        find_locales(in, own->locale_in, w->own_locales);
    ss_buf_clear(&made->bytes);
    w->own[i].made = made;
    w->own[i].codec = read->codec;
    w->own[i].type = read->type;
    w->own[i].date = is_date(w->t, &read->type);
    if (ss_kind_apply(own->step->kind, w->own_states[i], &rows, made, &counts, err) != SS_OK)
        return ss_note(err, "while replacing the values of %s (kind %s) in texts of %s",
                       read->label, own->step->kind->name, w->t->table->label);
    return SS_OK;
}

/* Where the values that texts are searched for stand, and what stands in their place. */
static ss_code
find_own(changing *w, const ss_batch *in, ss_error *err)
{
    const ss_table_steps *t = w->t;

    for (size_t i = 0; i < t->npeople; i++)
        find_subjects(in, t->people[i].subject_in, w->people_keys[i], w->people[i]);
    for (size_t i = 0; i < t->nown; i++)
    {
        const ss_own_column *own = &t->own[i];
        const ss_step *s = own->step;
        const size_t step = own->people == SS_NONE ? (size_t) (s - t->steps) : 0;
        const ss_copy_column *out = &t->change.out[step];

        w->own[i] = (ss_kind_own){.text = &in->columns[own->in]};
        if (own->value_in != SS_NONE)
            SS_TRY(make_own(w, in, i, err));
        if (own->people != SS_NONE)
            continue;
        w->own[i].codec = out->codec;
        w->own[i].type = out->type;
        w->own[i].date = is_date(t, &out->type);
        if (s->act == SS_STEP_KIND && s->kind != &ss_kind_shape && out->codec != NULL)
            w->own[i].made = &w->made->columns[step];
    }
    return SS_OK;
}

static ss_code
replace_column(changing *w, const ss_batch *in, size_t i, ss_error *err)
{
    const ss_step *s = &w->t->steps[i];
    ss_batch_column *made = &w->made->columns[i];
    const ss_kind_rows rows = {.n = in->nrows,
                               .in = &in->columns[s->in],
                               .subject = w->subjects,
                               .row = w->row,
                               .locale = w->locales[i],
                               .own = w->own,
                               .nown = w->t->nown};

    if (w->locales[i] != NULL)
        find_locales(in, s->locale_in, w->locales[i]);
    ss_buf_clear(&made->bytes);
    if (ss_kind_apply(s->kind, w->states[i], &rows, made, &w->counts[i], err) != SS_OK)
        return ss_note(err, "while replacing the values of %s (kind %s)",
                       ss_pseudonyms_label(w->t->of, w->t->table, s->column), s->kind->name);
    return SS_OK;
}

static ss_code
change(void *state, const ss_batch *in, const ss_batch **out, ss_error *err)
{
    changing *w = state;

    w->view.nrows = in->nrows;
    w->view.first_row = in->first_row;
    if (w->subjects != NULL)
        find_subjects(in, w->t->subject_in, w->subject_key, w->subjects);
    if (w->row != NULL)
        make_row_words(w, in);
    SS_TRY(find_own(w, in, err));
    /* Redacted texts last: they hold what the other columns become. */
    for (int last = 0; last < 2; last++)
    {
        for (size_t i = 0; i < w->t->nsteps; i++)
        {
            const ss_step *s = &w->t->steps[i];

            if (s->act == SS_STEP_KIND && (s->kind == &ss_kind_redact) == (last == 1))
                SS_TRY(replace_column(w, in, i, err));
        }
    }
    for (size_t i = 0; i < w->t->nsteps; i++)
        w->view.columns[i] = w->t->steps[i].act == SS_STEP_PASS ? in->columns[w->t->steps[i].in]
                                                                : w->made->columns[i];
    *out = &w->view;
    return SS_OK;
}

static void
close_change(void *state)
{
    changing *w = state;

    for (size_t i = 0; i < w->t->nsteps; i++)
    {
        ss_tally *tally = w->t->steps[i].tally;

        (void) atomic_fetch_add(&tally->values, w->counts[i].values);
        (void) atomic_fetch_add(&tally->fallbacks, w->counts[i].fallbacks);
    }
}

void
ss_change_init(ss_table_steps *t)
{
    t->change.arg = t;
    t->change.open = open_change;
    t->change.words = next_words;
    t->change.change = change;
    t->change.close = close_change;
}
