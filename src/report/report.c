#include "report/report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "policy/policy.h"

/* Fewer source rows than this are not said: in a table of people they are a small group. */
#define SMALL_COUNT 10

/* --- JSON --------------------------------------------------------------------------------------- */

static void
set_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL)
        (void) json_object_set_new(object, key, json_string(text));
}

static void
set_count(json_t *object, const char *key, uint64_t n)
{
    (void) json_object_set_new(object, key, json_integer((json_int_t) n));
}

static void
set_seconds(json_t *object, double seconds)
{
    (void) json_object_set_new(object, "seconds",
                               json_real((double) (long) (seconds * 1000) / 1000));
}

/* What people decided to learn was learnt as a shape. */
static bool
learnt_less(const ss_report_column *c)
{
    return strcmp(c->treatment, ss_treatment_name(SS_TREAT_SHAPE)) == 0 &&
           strcmp(c->decided, c->treatment) != 0;
}

static json_t *
column_json(const ss_report_column *c)
{
    json_t *object = json_object();

    set_text(object, c->type == NULL ? "path" : "name", c->name);
    set_text(object, "type", c->type);
    set_text(object, "class", c->class);
    set_text(object, "treatment", c->treatment);
    if (learnt_less(c))
        set_text(object, "decided", c->decided);
    set_text(object, "kind", c->kind);
    set_text(object, "why", c->why);
    set_text(object, "signed_by", c->signed_by);
    if (c->undecided)
        (void) json_object_set_new(object, "undecided", json_true());
    if (c->pseudonyms)
    {
        set_count(object, "values", c->values);
        set_count(object, "fallbacks", c->fallbacks);
    }
    if (c->npaths > 0)
    {
        json_t *paths = json_array();

        for (size_t i = 0; i < c->npaths; i++)
            (void) json_array_append_new(paths, column_json(&c->paths[i]));
        (void) json_object_set_new(object, "paths", paths);
    }
    return object;
}

bool
ss_report_is_small(uint64_t n)
{
    return n > 0 && n < SMALL_COUNT;
}

static void
set_small_count(json_t *object, const char *key, uint64_t n)
{
    if (ss_report_is_small(n))
        set_text(object, key, "<10");
    else
        set_count(object, key, n);
}

static json_t *
subset_json(const ss_report_subset *s)
{
    json_t *object = json_object();

    set_count(object, "rows", s->taken);
    set_small_count(object, "needed", s->needed);
    set_small_count(object, "left_out", s->source - s->taken);
    set_small_count(object, "asked_to_leave_out", s->left_out);
    set_small_count(object, "references_cut", s->cut);
    return object;
}

static json_t *
table_json(const ss_report_table *t)
{
    json_t *object = json_object();
    json_t *columns = json_array();

    set_text(object, "table", t->label);
    set_text(object, "mode", t->mode);
    set_text(object, "why", t->why);
    set_text(object, "signed_by", t->signed_by);
    set_text(object, "shape_only", t->shape_only);
    if (t->learnt_one_in > 0)
        set_count(object, "learnt_one_in", t->learnt_one_in);
    if (t->source_rows != SS_REPORT_UNKNOWN && t->source_rows < SMALL_COUNT)
        set_text(object, "source_rows", "<10");
    else if (t->source_rows != SS_REPORT_UNKNOWN)
        set_count(object, t->estimate ? "source_rows_estimate" : "source_rows", t->source_rows);
    set_count(object, "planned_rows", t->planned_rows);
    set_count(object, "rows", t->rows);
    set_count(object, "repairs", t->repairs);
    set_seconds(object, t->seconds);
    if (t->subset != NULL)
        (void) json_object_set_new(object, "subset", subset_json(t->subset));
    for (size_t i = 0; i < t->ncolumns; i++)
        (void) json_array_append_new(columns, column_json(&t->columns[i]));
    (void) json_object_set_new(object, "columns", columns);
    return object;
}

static json_t *
gate_json(const ss_report_gate *g)
{
    json_t *object = json_object();
    json_t *evidence = json_array();

    set_text(object, "gate", g->name);
    (void) json_object_set_new(object, "passed", json_boolean(g->passed));
    set_text(object, "summary", g->summary);
    for (size_t i = 0; i < g->nevidence; i++)
    {
        json_t *e = json_object();

        set_text(e, "object", g->evidence[i].object);
        set_text(e, "text", g->evidence[i].text);
        (void) json_array_append_new(evidence, e);
    }
    (void) json_object_set_new(object, "evidence", evidence);
    return object;
}

static json_t *
finding_json(const ss_finding *f)
{
    json_t *object = json_object();

    set_text(object, "about", f->about);
    set_text(object, "object", f->object);
    set_text(object, "place", f->place);
    set_text(object, "text", f->text);
    set_text(object, "mend", f->mend);
    return object;
}

static json_t *
texts_json(const char *const *texts, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        (void) json_array_append_new(array, json_string(texts[i]));
    return array;
}

static json_t *
server_json(const char *label, int version, const char *security, const char *role)
{
    json_t *object = json_object();

    set_text(object, "database", label);
    set_count(object, "server_version", (uint64_t) (version < 0 ? 0 : version));
    set_text(object, "connection", security);
    set_text(object, "role", role);
    return object;
}

/* What this build does not measure yet is said, so that nobody takes silence for a pass. */
static const char *const not_tested[] = {
    "singling out, linkability and inference attacks on synthetic rows",
    "membership inference",
    "copies of source values in free text, JSON and keys",
    "fidelity of the statistics",
};

/* As the program tells it with --json: the outermost line first. */
static json_t *
failure_json(const ss_error *err)
{
    json_t *object = json_object(), *message = json_array();

    for (size_t i = err->depth; i > 0; i--)
        (void) json_array_append_new(message, json_string(err->line[i - 1]));
    (void) json_object_set_new(object, "message", message);
    if (err->sqlstate[0] != '\0')
        set_text(object, "sqlstate", err->sqlstate);
    if (err->hint[0] != '\0')
        set_text(object, "hint", err->hint);
    return object;
}

char *
ss_report_json(const ss_report *r)
{
    json_t *root = json_object();
    json_t *tables = json_array(), *gates = json_array(), *stripped = json_array();
    json_t *findings = json_array(), *stages = json_array();
    char *text;

    set_count(root, "schema_version", SS_REPORT_SCHEMA_VERSION);
    set_text(root, "id", r->id);
    set_text(root, "generated_at", r->generated_at);
    set_text(root, "sandseed", SS_VERSION);
    set_text(root, "command", r->command);
    set_text(root, "result", r->result);
    if (r->failure != NULL)
        (void) json_object_set_new(root, "failure", failure_json(r->failure));
    set_text(root, "policy", r->policy_file);
    set_text(root, "policy_digest", r->policy_digest);
    set_text(root, "model", r->model);
    set_text(root, "model_digest", r->model_digest);
    (void) json_object_set_new(
        root, "source",
        server_json(r->source, r->source_version, r->source_security, r->source_role));
    (void) json_object_set_new(root, "target",
                               server_json(r->target, r->target_version, r->target_security, NULL));
    (void) json_object_set_new(root, "same_cluster", json_boolean(r->same_cluster));
    set_count(root, "people", r->people);
    set_text(root, "seed", r->seed);
    if (r->key.fingerprint != NULL)
        (void) json_object_set_new(root, "key",
                                   json_pack("{s:s, s:s, s:s, s:s}", "fingerprint",
                                             r->key.fingerprint, "sandbox", r->key.sandbox, "epoch",
                                             r->key.epoch, "from", r->key.from));
    if (r->subset_of != NULL)
    {
        json_t *subset = json_object();

        set_text(subset, "of", r->subset_of);
        set_count(subset, "people_asked_to_leave_out", r->asked_to_leave_out);
        set_count(subset, "of_them_unknown", r->asked_unknown);
        (void) json_object_set_new(root, "subset", subset);
    }
    set_count(root, "undecided_columns", r->undecided);
    for (size_t i = 0; i < r->ntables; i++)
        (void) json_array_append_new(tables, table_json(&r->tables[i]));
    (void) json_object_set_new(root, "tables", tables);
    for (size_t i = 0; i < r->ngates; i++)
        (void) json_array_append_new(gates, gate_json(&r->gates[i]));
    (void) json_object_set_new(root, "gates", gates);
    for (size_t i = 0; i < r->nstripped; i++)
    {
        json_t *s = json_object();

        set_text(s, "what", r->stripped[i].what);
        set_text(s, "object", r->stripped[i].object);
        set_text(s, "why", r->stripped[i].why);
        (void) json_array_append_new(stripped, s);
    }
    (void) json_object_set_new(root, "stripped_from_schema", stripped);
    (void) json_object_set_new(root, "security_definer_functions",
                               texts_json(r->security_definer, r->nsecurity_definer));
    for (size_t i = 0; i < r->nfindings; i++)
        (void) json_array_append_new(findings, finding_json(&r->findings[i]));
    (void) json_object_set_new(root, "warnings", findings);
    (void) json_object_set_new(root, "notes", texts_json(r->notes, r->nnotes));
    (void) json_object_set_new(root, "not_tested",
                               texts_json(not_tested, sizeof not_tested / sizeof not_tested[0]));
    for (size_t i = 0; i < r->nstages; i++)
    {
        json_t *s = json_object();

        set_text(s, "stage", r->stages[i].name);
        set_seconds(s, r->stages[i].seconds);
        (void) json_array_append_new(stages, s);
    }
    (void) json_object_set_new(root, "stages", stages);
    set_seconds(root, r->seconds);
    set_text(root, "files", r->files);
    set_text(root, "connect", r->connect);
    set_text(root, "stop", r->stop);
    text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    json_decref(root);
    return text;
}

/* --- text --------------------------------------------------------------------------------------- */

static void
pad(ss_buf *out, const char *text, size_t width, bool right)
{
    const size_t w = ss_text_width(text);

    for (size_t i = w; right && i < width; i++)
        ss_buf_putc(out, ' ');
    ss_buf_puts(out, text);
    for (size_t i = w; !right && i < width; i++)
        ss_buf_putc(out, ' ');
}

static void
tables_text(ss_buf *out, const ss_report *r, ss_arena *scratch)
{
    size_t width = 5;

    for (size_t i = 0; i < r->ntables; i++)
    {
        const size_t w = ss_text_width(ss_printable(scratch, r->tables[i].label));

        if (w > width)
            width = w > 44 ? 44 : w;
    }
    ss_buf_puts(out, "\n");
    pad(out, "table", width, false);
    ss_buf_puts(out, "  mode             source rows      sandbox  repairs\n");
    for (size_t i = 0; i < r->ntables; i++)
    {
        const ss_report_table *t = &r->tables[i];
        const char *source = "-";

        if (t->source_rows != SS_REPORT_UNKNOWN && t->source_rows < SMALL_COUNT)
            source = "<10";
        else if (t->source_rows != SS_REPORT_UNKNOWN)
            source = ss_strf(scratch, "%s%s", t->estimate ? "~" : "",
                             ss_text_count(scratch, t->source_rows));
        pad(out, ss_printable(scratch, t->label), width, false);
        ss_buf_puts(out, "  ");
        pad(out, t->mode, 12, false);
        pad(out, source, 16, true);
        pad(out, ss_text_count(scratch, t->rows), 13, true);
        pad(out, t->repairs == 0 ? "" : ss_text_count(scratch, t->repairs), 9, true);
        while (out->len > 0 && out->data[out->len - 1] == ' ')
            out->len--;
        ss_buf_putc(out, '\n');
    }
}

static void
subset_text(ss_buf *out, const ss_report *r, ss_arena *scratch)
{
    const ss_report_subset *people = NULL;
    bool few;

    for (size_t i = 0; i < r->ntables; i++)
    {
        if (strcmp(r->tables[i].label, r->subset_of) == 0)
            people = r->tables[i].subset;
    }
    if (people == NULL)
        return;
    few = ss_report_is_small(people->needed);
    ss_buf_printf(out, "\nSubset: %s",
                  ss_text_count(scratch, people->taken - (few ? 0 : people->needed)));
    if (!ss_report_is_small(people->source - people->taken))
        ss_buf_printf(out, " of %s", ss_text_count(scratch, people->source));
    ss_buf_printf(out, " rows of %s", ss_printable(scratch, r->subset_of));
    if (few)
        ss_buf_printf(out, ", fewer than %d of them because others refer to them", SMALL_COUNT);
    else if (people->needed > 0)
        ss_buf_printf(out, " chosen, and %s that they refer to",
                      ss_text_count(scratch, people->needed));
    if (r->asked_to_leave_out > 0)
        ss_buf_printf(out, "; %s asked for left out",
                      ss_text_count(scratch, r->asked_to_leave_out - r->asked_unknown));
    ss_buf_puts(out, ", with all that is theirs.\n");
    if (r->asked_unknown > 0)
        ss_buf_printf(out, "%s of %s keys to leave out are nobody's of the source.\n",
                      ss_text_count(scratch, r->asked_unknown),
                      ss_text_count(scratch, r->asked_to_leave_out));
}

/* How many columns got which treatment, over all tables. */
static void
treatments_text(ss_buf *out, const ss_report *r)
{
    const char *separator = "\nColumns: ";
    size_t less = 0;

    for (size_t k = 1; k < SS_NTREATMENTS; k++)
    {
        size_t n = 0;

        for (size_t i = 0; i < r->ntables; i++)
        {
            for (size_t j = 0; j < r->tables[i].ncolumns; j++)
                n += strcmp(r->tables[i].columns[j].treatment, ss_treatment_names[k]) == 0;
        }
        if (n == 0)
            continue;
        ss_buf_printf(out, "%s%zu %s", separator, n, ss_treatment_names[k]);
        separator = ", ";
    }
    ss_buf_puts(out, ".\n");
    for (size_t i = 0; i < r->ntables; i++)
    {
        for (size_t j = 0; j < r->tables[i].ncolumns; j++)
            less += learnt_less(&r->tables[i].columns[j]);
    }
    if (less > 0)
        ss_buf_printf(out,
                      "%zu column%s made by shape although the policy says synthesise: too few "
                      "people are known to stand behind the values, or nothing is learnt of "
                      "the type.\n",
                      less, less == 1 ? " is" : "s are");
    if (r->undecided > 0)
        ss_buf_printf(out,
                      "%zu column%s undecided: made from type and shape alone until a person "
                      "decides (sandseed check lists them).\n",
                      r->undecided, r->undecided == 1 ? " is" : "s are");
}

static void
gates_text(ss_buf *out, const ss_report *r, ss_arena *scratch)
{
    ss_buf_puts(out, "\n");
    for (size_t i = 0; i < r->ngates; i++)
    {
        const ss_report_gate *g = &r->gates[i];

        ss_buf_printf(out, "gate %-18s %s  %s\n", g->name, g->passed ? "passed" : "FAILED",
                      g->summary == NULL ? "" : g->summary);
        for (size_t j = 0; !g->passed && j < g->nevidence && j < 20; j++)
            ss_buf_printf(out, "    %s: %s\n", ss_printable(scratch, g->evidence[j].object),
                          ss_printable(scratch, g->evidence[j].text));
        if (!g->passed && g->nevidence > 20)
            ss_buf_printf(out, "    and %zu more, in the report\n", g->nevidence - 20);
    }
}

char *
ss_report_text(const ss_report *r)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_buf out = {0};
    char *text;

    tables_text(&out, r, scratch);
    if (r->subset_of != NULL)
        subset_text(&out, r, scratch);
    treatments_text(&out, r);
    gates_text(&out, r, scratch);
    if (r->nstripped > 0)
        ss_buf_printf(&out, "Left out of the schema: %zu object%s (listed in the report).\n",
                      r->nstripped, r->nstripped == 1 ? "" : "s");
    for (size_t i = 0; i < r->nnotes; i++)
        ss_buf_printf(&out, "Note: %s.\n", ss_printable(scratch, r->notes[i]));
    ss_buf_printf(&out, "\n%s after %s.\n",
                  strcmp(r->result, "published") == 0   ? "Published"
                  : strcmp(r->result, "kept-next") == 0 ? "Finished, not yet published"
                                                        : "Failed",
                  ss_text_seconds(scratch, r->seconds));
    if (r->files != NULL)
        ss_buf_printf(&out, "Files:    %s\n", r->files);
    if (r->connect != NULL)
        ss_buf_printf(&out, "Connect:  %s\n", r->connect);
    if (r->stop != NULL)
        ss_buf_printf(&out, "Stop:     %s\n", r->stop);
    text = strdup(ss_buf_text(&out));
    ss_buf_done(&out);
    ss_arena_free(scratch);
    return text;
}
