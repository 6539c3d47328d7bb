/*
 * Documents changed path by path, without a server: a table public.t with an id and one column of documents.
 *
 *     documents d = documents_open("jsonb", "{$.a: {class: free-text}}");
 *     const char *after = documents_change(&d, "{\"a\": \"b\"}", 10, &n);    NULL: refused, and d.err says why
 *     documents_close(&d);
 *
 * Types are json, jsonb, xml, hstore, "text[]", "jsonb[]" and pair: a composite of a text and an int4.  What no plan could be
 * made of ends the program, since that is the test's own mistake.
 */
#ifndef SS_TESTS_DOCUMENTS_H
#define SS_TESTS_DOCUMENTS_H

#include <stdlib.h>

#include "policy/policy_internal.h"
#include "pseudonymise/document.h"
#include "secret/sodium.h"
#include "support/catalog_builder.h"

typedef struct documents
{
    ss_arena *arena;
    const ss_plan *plan;
    const ss_step *step;
    void *state;
    ss_batch *in, *out;
    ss_kind_counts counts;
    ss_error err;
} documents;

static inline void
documents_type(ss_builder *b, ss_column *column, const char *type)
{
    ss_type_field *fields = ss_alloc(b->arena, 2, sizeof *fields);

    if (strcmp(type, "hstore") == 0)
        b->types[column->type].extension = "hstore";
    else if (strcmp(type, "pair") == 0)
    {
        fields[0] = (ss_type_field){"a", builder_type(b, "text", SS_TYPE_BASE), -1};
        fields[1] = (ss_type_field){"b", builder_type(b, "int4", SS_TYPE_BASE), -1};
        b->types[column->type].kind = SS_TYPE_COMPOSITE;
        b->types[column->type].fields = fields;
        b->types[column->type].nfields = 2;
    }
    else if (strchr(type, '[') != NULL)
    {
        b->types[column->type].kind = SS_TYPE_ARRAY;
        b->types[column->type].base =
            builder_type(b, type[0] == 't' ? "text" : "jsonb", SS_TYPE_BASE);
    }
}

/* As a policy has it: its paths in braces. */
static inline const ss_plan *
documents_plan(ss_arena *arena, const char *type, const char *paths)
{
    ss_builder b = builder_new(arena);
    const size_t t = builder_table(&b, "public", "t");
    ss_policy *policy;
    ss_column *column;
    ss_plan *plan;
    ss_yaml *root;
    ss_error err;
    const char *text = ss_strf(
        arena,
        "sandseed: 1\nsource: dbname=x\nrequire_signoff: none\ntables:\n  public.t:\n    mode: "
        "pseudonymise\n    subject: self\n    columns:\n      id: {class: key}\n      doc: {paths: "
        "%s}\n",
        paths);

    (void) builder_column(&b, t, "id", "int4", true);
    column = builder_column(&b, t, "doc", type, false);
    (void) builder_key(&b, t, "t_pkey", "id", true);
    documents_type(&b, column, type);
    if (ss_yaml_parse("p.yaml", text, strlen(text), arena, &root, &err) != SS_OK ||
        ss_policy_from_yaml("p.yaml", root, arena, &policy, &err) != SS_OK ||
        ss_policy_resolve(policy, builder_done(&b), arena, &plan, &err) != SS_OK)
    {
        (void) fprintf(stderr, "%s\n", err.line[0]);
        abort();
    }
    return plan;
}

static inline documents
documents_open(const char *type, const char *paths)
{
    static const unsigned char key[SS_KEY_BYTES] = {7};
    const ss_form text = SS_FORM_TEXT;
    documents d = {.arena = ss_arena_new(NULL)};
    ss_plan *plan = (ss_plan *) (uintptr_t) documents_plan(d.arena, type, paths);
    ss_key_room *keys;
    ss_pseudonyms *p;

    if (ss_secret_init(&d.err) != SS_OK || ss_key_room_new(key, d.arena, &keys, &d.err) != SS_OK)
        abort();
    p = ss_pseudonyms_plan(plan, d.arena);
    for (size_t i = 0; i < plan->nfindings; i++)
    {
        if (plan->findings[i].severity != SS_FINDING_STOPS)
            continue;
        (void) fprintf(stderr, "%s: %s\n", plan->findings[i].object, plan->findings[i].text);
        abort();
    }
    d.plan = plan;
    d.step = &p->tables[0]->steps[1];
    if (d.step->kind->open(&d.step->about, keys, d.arena, &d.state, &d.err) != SS_OK)
        abort();
    d.in = ss_batch_new(d.arena, &text, 1);
    d.out = ss_batch_new(d.arena, &text, 1);
    return d;
}

static inline const char *
documents_change(documents *d, const char *text, size_t n, size_t *length)
{
    const uint64_t subject = 11, row = 13;
    const ss_kind_rows rows = {.n = 1, .in = &d->in->columns[0], .subject = &subject, .row = &row};

    ss_batch_clear(d->in);
    ss_batch_clear(d->out);
    ss_column_put_bytes(&d->in->columns[0], 0, text, n);
    if (ss_kind_apply(d->step->kind, d->state, &rows, &d->out->columns[0], &d->counts, &d->err) !=
        SS_OK)
        return NULL;
    return (const char *) ss_column_bytes(&d->out->columns[0], 0, length);
}

static inline void
documents_close(documents *d)
{
    ss_arena_free(d->arena);
}

#endif
