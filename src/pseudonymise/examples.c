/* Pseudonyms made of no row: what a server is asked whether the schema takes them. */
#include <stdio.h>
#include <string.h>

#include "base/try.h"
#include "pseudonymise/pseudonymise_internal.h"
#include "secret/token.h"

const ss_pseudonym_trial *
ss_pseudonyms_trials(const ss_pseudonyms *p, size_t *n)
{
    *n = p->ntrials;
    return p->trials;
}

void
ss_pseudonyms_trial_failed(ss_pseudonyms *p, const ss_pseudonym_trial *trial)
{
    const ss_table *table = &p->plan->catalog->tables[trial->table];

    if (trial->name == NULL)
        ss_pseudonyms_find(p, SS_FINDING_STOPS, SS_WHAT_UNFIT,
                           ss_pseudonyms_label(p, table, trial->columns[0]),
                           "another kind, or keep, nullify or generalise it",
                           "its domain does not take what stands in place of the values");
    else
        ss_pseudonyms_find(
            p, SS_FINDING_STOPS, SS_WHAT_UNFIT, table->label,
            "another kind, or keep, nullify or generalise the columns that it is about",
            "CHECK \"%s\" does not take what stands in place of the values", trial->name);
}

/* Under a key that nobody has. */
static ss_code
open_kind(const ss_step *s, ss_arena *arena, void **state, ss_error *err)
{
    unsigned char *key;
    ss_key_room *keys;

    SS_TRY(ss_locked_new(arena, SS_KEY_BYTES, &key, err));
    ss_secret_random(key, SS_KEY_BYTES);
    SS_TRY(ss_key_room_new(key, arena, &keys, err));
    return s->kind->open(&s->about, keys, arena, state, err);
}

/* Values of a few lengths, most of them somebody's: what else they are like is nothing to a kind of a form of its own. */
static ss_code
make(const ss_step *s, ss_arena *result, ss_arena *scratch, const char **texts, ss_error *err)
{
    const ss_form form = SS_FORM_TEXT;
    ss_batch *in = ss_batch_new(scratch, &form, 1), *out = ss_batch_new(scratch, &form, 1);
    ss_kind_counts counts = {0};
    uint64_t subjects[SS_EXAMPLES];
    const ss_locale *locales[SS_EXAMPLES];
    size_t nlocales;
    const char *const *names = ss_locale_names(&nlocales);
    void *state;

    SS_TRY(open_kind(s, scratch, &state, err));
    ss_secret_random((unsigned char *) subjects, sizeof subjects);
    for (size_t i = 0; i < SS_EXAMPLES; i++)
    {
        const size_t third = i / (SS_EXAMPLES / 3);
        const bool capitals = third == 2;
        char text[64];
        const int length = snprintf(text, sizeof text, "%c%zu@%c%.*s.%s", third == 0 ? 'a' : 'A', i,
                                    capitals ? 'X' : 'x', (int) (i % 20),
                                    capitals ? "ABCDEFGHIJKLMNOPQRST" : "abcdefghijklmnopqrst",
                                    capitals ? "ORG" : "org");

        ss_column_put_bytes(&in->columns[0], i, text, (size_t) length);
        if (!s->about.has_subject || i % 8 == 7)
            subjects[i] = 0;
        locales[i] = s->about.locale_by_row ? ss_locale_find(names[i % nlocales]) : NULL;
    }
    SS_TRY(ss_kind_apply(
        s->kind, state,
        &(ss_kind_rows){
            .n = SS_EXAMPLES, .in = &in->columns[0], .subject = subjects, .locale = locales},
        &out->columns[0], &counts, err));
    for (size_t i = 0; i < SS_EXAMPLES; i++)
    {
        size_t length;
        const unsigned char *made = ss_column_bytes(&out->columns[0], i, &length);

        texts[i] = ss_strndup(result, (const char *) made, length);
    }
    return SS_OK;
}

ss_code
ss_pseudonyms_examples(const ss_pseudonyms *p, size_t table, size_t column, ss_arena *arena,
                       const char ***texts, ss_error *err)
{
    const ss_step *s = ss_step_of(p->tables[table], column);
    ss_arena *scratch = ss_arena_new(NULL);
    ss_code code;

    *texts = ss_alloc(arena, SS_EXAMPLES, sizeof **texts);
    if (s == NULL || s->kind == NULL || s->about.codec->form != SS_FORM_TEXT)
        code = ss_fail(err, SS_EBUG, "examples of what is no text");
    else
        code = make(s, arena, scratch, *texts, err);
    ss_arena_free(scratch);
    return code;
}
