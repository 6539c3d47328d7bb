/* For tests of what works as kinds do: a column of any type, its values as texts, and what is made of them. */
#ifndef SS_TESTS_MADE_H
#define SS_TESTS_MADE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pseudonymise/kind.h"
#include "secret/sodium.h"

static const char *const made_labels[] = {"sad", "so so", "glad"};
static const ss_type_field made_fields[] = {{"a", 0, -1}, {"b", 0, -1}};

/* Type 0 is the one asked for, 1 an int4 that it may be made of. */
typedef struct made
{
    ss_arena *arena;
    ss_type types[2];
    ss_catalog catalog;
    ss_kind_column column;
    ss_key_room *keys;
} made;

static inline void
made_init(made *m, const char *type, const char *extension, ss_type_kind kind)
{
    static const unsigned char key[SS_KEY_BYTES] = "a key of a test and of nothing";
    ss_error err;

    *m = (made){.arena = ss_arena_new(NULL)};
    m->types[0] = (ss_type){
        .schema = extension == NULL ? "pg_catalog" : "public",
        .name = type,
        .extension = extension,
        .kind = kind,
        .base =
            kind == SS_TYPE_BASE || kind == SS_TYPE_ENUM || kind == SS_TYPE_COMPOSITE ? SS_NONE : 1,
        .base_typmod = -1,
        .delimiter = ','};
    m->types[1] = (ss_type){.schema = "pg_catalog", .name = "int4", .base = SS_NONE};
    if (kind == SS_TYPE_ENUM)
    {
        m->types[0].labels = (const char **) (uintptr_t) made_labels;
        m->types[0].nlabels = 3;
    }
    m->catalog = (ss_catalog){.types = m->types, .ntypes = 2};
    m->column = (ss_kind_column){.catalog = &m->catalog,
                                 .type = {&m->catalog, 0, -1},
                                 .group = "public.t.c",
                                 .limit = SIZE_MAX,
                                 .low = INT64_MIN,
                                 .high = INT64_MAX,
                                 .alone = true};
    if (kind == SS_TYPE_COMPOSITE)
    {
        ss_type_field *fields = ss_alloc(m->arena, 2, sizeof *fields);

        memcpy(fields, made_fields, sizeof made_fields);
        fields[0].type = fields[1].type = 1;
        m->types[0].fields = fields;
        m->types[0].nfields = 2;
    }
    m->column.codec = ss_codec_find(&m->catalog, 0);
    assert_int_equal(ss_secret_init(&err), SS_OK);
    assert_int_equal(ss_key_room_new(key, m->arena, &m->keys, &err), SS_OK);
}

static inline void
made_done(made *m)
{
    ss_arena_free(m->arena);
}

/* What the kind makes of the text in a row of that word, as text; malformed values fail the test. */
static inline const char *
made_of(made *m, const ss_kind *kind, const char *text, uint64_t row)
{
    const ss_codec *codec = m->column.codec;
    const ss_form forms[3] = {codec->form, codec->form, codec->form};
    ss_batch *batch = ss_batch_new(m->arena, forms, 3);
    const ss_kind_rows rows = {.n = 1, .in = &batch->columns[0], .row = &row};
    ss_kind_counts counts = {0};
    ss_buf out = {0}, wire = {0};
    const char *copy;
    void *state;
    ss_error err;

    assert_null(kind->refusal(&m->column, m->arena));
    assert_int_equal(kind->open(&m->column, m->keys, m->arena, &state, &err), SS_OK);
    assert_int_equal(
        codec->from_text(&m->column.type, text, strlen(text), &batch->columns[0], 0, &err), SS_OK);
    assert_int_equal(ss_kind_apply(kind, state, &rows, &batch->columns[1], &counts, &err), SS_OK);
    assert_int_equal(counts.values, 1);
    assert_int_equal(codec->to_text(&m->column.type, &batch->columns[1], 0, &out, &err), SS_OK);
    copy = ss_strdup(m->arena, ss_buf_text(&out));
    /* The server takes it, in both of its forms. */
    assert_int_equal(
        codec->from_text(&m->column.type, copy, strlen(copy), &batch->columns[2], 0, &err), SS_OK);
    if (codec->to_binary != NULL)
        assert_int_equal(codec->to_binary(&m->column.type, &batch->columns[1], 0, &wire, &err),
                         SS_OK);
    ss_buf_done(&out);
    ss_buf_done(&wire);
    return copy;
}

#endif
