/* How many values a second each kind of pseudonym makes on one core: a line each of kind, type, and millions, of a column where they may be shared and of one where they may not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "pseudonymise/kind.h"
#include "support/catalog_builder.h"
#include "unit/pseudonymise/kind_samples.h"

#define ROUNDS 60

static double
now(void)
{
    struct timespec t;

    (void) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

/* Of kinds that say nothing of their values: names, days, amounts. */
static void
fill_any(ss_batch *batch, const char *type)
{
    for (size_t r = 0; r < SS_BATCH_ROWS; r++)
    {
        char value[SAMPLE_MAX];
        const int n = snprintf(value, sizeof value,
                               strcmp(type, "numeric") == 0 ? "%zu.25" : "Jane Value%zu", r + 1000);

        if (batch->columns[0].form == SS_FORM_I64)
            ss_column_put_i64(&batch->columns[0], r, (int64_t) r);
        else
            ss_column_put_bytes(&batch->columns[0], r, value,
                                strcmp(type, "uuid") == 0 ? 16 : (size_t) n);
    }
}

static void
fill(const kind_sample *s, ss_batch *batch, const char *type)
{
    uint64_t next = s == NULL ? 0 : s->first;

    if (s == NULL)
    {
        fill_any(batch, type);
        return;
    }

    for (size_t r = 0; r < SS_BATCH_ROWS; r++)
    {
        char value[SAMPLE_MAX];

        if (s->count > 0 && r % s->count == 0)
            next = s->first;
        sample_next(s, &next, value);
        if (batch->columns[0].form == SS_FORM_I64)
            ss_column_put_i64(&batch->columns[0], r, strtoll(value, NULL, 10));
        else
            ss_column_put_bytes(&batch->columns[0], r, value, strlen(value));
    }
}

/* Millions a second; 0: there is no such column. */
static double
measure(const ss_kind *kind, const kind_sample *s, const char *type, bool own)
{
    static const unsigned char key[SS_KEY_BYTES] = {3, 1, 4};
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = builder_new(arena);
    ss_kind_column about = {.catalog = b.catalog,
                            .type = {b.catalog, builder_type(&b, type, SS_TYPE_BASE), -1},
                            .group = "group",
                            .limit = SIZE_MAX,
                            .low = INT64_MIN,
                            .high = INT64_MAX,
                            .unique = own,
                            .alone = true,
                            .has_subject = true,
                            .values = 10000000};
    ss_kind_counts counts = {0};
    ss_error err = {.code = SS_OK};
    double millions = 0, start;
    ss_batch *in, *out;
    ss_key_room *keys;
    void *state;
    ss_form form;
    static uint64_t subjects[SS_BATCH_ROWS];

    for (size_t r = 0; r < SS_BATCH_ROWS; r++)
        subjects[r] = r * 7 + 1;
    b.types[about.type.type].schema = "pg_catalog";
    about.codec = ss_codec_find(b.catalog, about.type.type);
    form = about.codec->form;
    in = ss_batch_new(arena, &form, 1);
    out = ss_batch_new(arena, &form, 1);
    if (kind->refusal(&about, arena) == NULL && ss_key_room_new(key, arena, &keys, &err) == SS_OK &&
        kind->open(&about, keys, arena, &state, &err) == SS_OK)
    {
        const ss_kind_rows rows = {.n = SS_BATCH_ROWS, .in = &in->columns[0], .subject = subjects};

        fill(s, in, type);
        (void) ss_kind_apply(kind, state, &rows, &out->columns[0], &counts,
                             &err); /* makes its tables */
        start = now();
        for (int i = 0; i < ROUNDS; i++)
        {
            ss_batch_clear(out);
            if (ss_kind_apply(kind, state, &rows, &out->columns[0], &counts, &err) != SS_OK)
                break;
        }
        millions = ROUNDS * SS_BATCH_ROWS / (now() - start) / 1e6;
    }
    ss_arena_free(arena);
    return millions;
}

int
main(void)
{
    size_t n;
    const ss_kind *const *all = ss_kind_all(&n);

    if (sodium_init() < 0)
        return 1;
    for (size_t i = 0; i < n; i++)
    {
        const kind_sample *s = kind_sample_of(all[i]->name);
        char type[16] = "";

        if (s == NULL)
            (void) strcpy(type, strstr(all[i]->types, "text") != NULL   ? "text"
                                : strstr(all[i]->types, "date") != NULL ? "date"
                                : strstr(all[i]->types, "uuid") != NULL ? "uuid"
                                                                        : "numeric");
        else
            memcpy(type, s->types, strcspn(s->types, " "));
        (void) printf("%-22s %-6s %6.1f shared %6.1f not\n", all[i]->name, type,
                      measure(all[i], s, type, false), measure(all[i], s, type, true));
    }
    return 0;
}
