#include "model/file.h"

#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "base/try.h"
#include "catalog/references.h"
#include "model/habits.h"
#include "model/json_parts.h"
#include "model/statistics_json.h"

#define NAMES_MAX 1600 /* columns of a table, as PostgreSQL has it */

/* --- writing: values ---------------------------------------------------------------------------- */

/* Optional text: left out when there is none. */
static int
put_text(json_t *object, const char *key, const char *text)
{
    return text == NULL ? 0 : json_object_set_new(object, key, json_string(text));
}

static json_t *
name_json(const ss_model_name *name)
{
    return json_pack("{s:s, s:s}", "schema", name->schema, "name", name->name);
}

static json_t *
column_json(const ss_model_entry *e, const ss_model_table *t, size_t c)
{
    const ss_decision *d = &e->plan.columns[c];
    json_t *out =
        json_pack("{s:s, s:s, s:s, s:s}", "name", e->columns[c], "type", e->types[c], "class",
                  ss_class_name(d->class), "treatment", ss_treatment_name(d->treatment));
    int failed = out == NULL;

    failed = failed || put_text(out, "kind", d->kind) || put_text(out, "value", d->value) ||
             put_text(out, "why", d->why) || put_text(out, "signed_by", d->signed_by);
    if (d->undecided)
        failed = failed || json_object_set_new(out, "undecided", json_true());
    if (t->columns != NULL)
        failed = failed || json_object_set_new(out, "marginal", ss_marginal_json(&t->columns[c]));
    if (t->columns != NULL && t->columns[c].habits != NULL)
        failed = failed || json_object_set_new(out, "habits", ss_habits_json(t->columns[c].habits));
    if (!failed)
        return out;
    json_decref(out);
    return NULL;
}

static json_t *
table_json(const ss_model_entry *e, const ss_model_table *t)
{
    json_t *columns = json_array(), *references = json_array(), *joints = json_array(),
           *rules = json_array(), *mappings = json_array();
    json_t *out = name_json(&e->name);
    int failed = out == NULL;

    failed = failed || put_text(out, "mode", ss_mode_name(e->plan.mode)) ||
             put_text(out, "why", e->plan.why) || put_text(out, "signed_by", e->plan.signed_by) ||
             put_text(out, "rows", e->plan.rows);
    if (e->reference != NULL)
        failed = failed || json_object_set_new(
                               out, "reference",
                               json_pack("{s:s, s:s}", "file", e->reference, "digest", e->digest));
    if (t->columns != NULL)
        failed = failed || json_object_set_new(out, "count", json_integer((json_int_t) t->rows)) ||
                 json_object_set_new(out, "role", json_string(ss_role_name(t->role))) ||
                 json_object_set_new(out, "counted", json_string(ss_counted_name(t->counted))) ||
                 (t->halved > 0 &&
                  json_object_set_new(out, "one_in", json_integer(INT64_C(1) << t->halved)) != 0) ||
                 (t->shape_only && json_object_set_new(out, "shape_only", json_true()) != 0) ||
                 (t->control != SS_CONTROL_NONE &&
                  json_object_set_new(out, "control", ss_control_json(t->control)) != 0);
    for (size_t c = 0; c < e->ncolumns && !failed; c++)
        failed = json_array_append_new(columns, column_json(e, t, c));
    failed = failed || json_object_set(out, "columns", columns);
    for (size_t i = 0; i < t->nreferences && !failed; i++)
        failed = json_array_append_new(references, ss_fan_out_json(&t->references[i]));
    if (t->nreferences > 0)
        failed = failed || json_object_set(out, "references", references);
    for (size_t i = 0; i < t->njoints && !failed; i++)
        failed = json_array_append_new(joints, ss_joint_json(&t->joints[i], e->columns));
    if (t->njoints > 0)
        failed = failed || json_object_set(out, "joints", joints);
    for (size_t i = 0; i < t->nrules && !failed; i++)
        failed = json_array_append_new(rules, ss_rule_json(&t->rules[i], e->columns));
    if (t->nrules > 0)
        failed = failed || json_object_set(out, "rules", rules);
    json_decref(rules);
    for (size_t i = 0; i < t->nmappings && !failed; i++)
        failed = json_array_append_new(mappings, ss_mapping_json(&t->mappings[i], e->columns));
    if (t->nmappings > 0)
        failed = failed || json_object_set(out, "mappings", mappings);
    json_decref(mappings);
    if (t->dependence != NULL)
        failed = failed || json_object_set_new(out, "dependence",
                                               ss_dependence_json(t->dependence, e->columns));
    json_decref(columns);
    json_decref(references);
    json_decref(joints);
    if (!failed)
        return out;
    json_decref(out);
    return NULL;
}

static json_t *
sandbox_json(const ss_policy *p)
{
    json_t *access = json_array(), *extensions = json_array();

    for (size_t i = 0; i < p->naccess; i++)
        (void) json_array_append_new(access, json_pack("{s:s, s:b}", "role", p->access[i].role,
                                                       "read_only", p->access[i].read_only));
    for (size_t i = 0; i < p->nextensions; i++)
        (void) json_array_append_new(extensions,
                                     json_pack("{s:s, s:b}", "name", p->extensions[i].name, "strip",
                                               p->extensions[i].strip));
    return json_pack("{s:o, s:o, s:b, s:s, s:i, s:s, s:b}", "access", access, "extensions",
                     extensions, "locale_substitute", p->locale_substitute, "owners",
                     p->owners_skip       ? "skip"
                     : p->owners_stand_in ? "stand-in"
                                          : "as-is",
                     "wait", p->wait_s, "then", p->then_terminate ? "terminate" : "keep-next",
                     "keep_previous", p->keep_previous);
}

static json_t *
file_json(const ss_model_file *f)
{
    json_t *roles = json_array(), *populated = json_array(), *stripped = json_array();
    json_t *tables = json_array(), *out;
    bool ok = true;

    for (size_t i = 0; i < f->nroles; i++)
        ok = ok && json_array_append_new(roles, json_string(f->roles[i])) == 0;
    for (size_t i = 0; i < f->npopulated; i++)
        ok = ok && json_array_append_new(populated, name_json(&f->populated[i])) == 0;
    for (size_t i = 0; i < f->nstripped; i++)
        ok = ok && json_array_append_new(
                       stripped, json_pack("{s:s, s:s, s:s}", "what", f->stripped[i].what, "object",
                                           f->stripped[i].object, "why", f->stripped[i].why)) == 0;
    for (size_t i = 0; i < f->nentries; i++)
        ok = ok &&
             json_array_append_new(tables, table_json(&f->entries[i], &f->model->tables[i])) == 0;
    out = json_pack("{s:i, s:I, s:{s:s, s:i}, s:{s:s, s:s}, s:o, s:o, s:o, s:o, s:o}",
                    "sandseed_model", SS_MODEL_VERSION, "people", (json_int_t) f->model->people,
                    "source", "label", f->source, "server_version", f->server_version, "policy",
                    "file", f->policy_file, "digest", f->policy_digest, "sandbox",
                    sandbox_json(f->policy), "roles", roles, "populated", populated, "stripped",
                    stripped, "tables", tables);
    if (ok || out == NULL)
        return out;
    json_decref(out);
    return NULL;
}

/* --- writing: text ------------------------------------------------------------------------------ */

/* What fits on a line is put on one: a model is read by people and by diff. */
static bool
put_json(ss_buf *out, json_t *value, unsigned indent)
{
    enum
    {
        WIDTH = 100
    };

    char *line = json_dumps(value, JSON_ENCODE_ANY);
    const bool list = json_is_array(value);
    const char *key;
    json_t *member;
    size_t i = 0;
    bool ok = line != NULL;

    if (!ok)
        return false;
    if ((!list && !json_is_object(value)) || indent + strlen(line) <= WIDTH)
    {
        ss_buf_puts(out, line);
        free(line);
        return true;
    }
    free(line);
    ss_buf_puts(out, list ? "[" : "{");
    if (list)
    {
        json_array_foreach(value, i, member)
        {
            ss_buf_printf(out, "%s\n%*s", i == 0 ? "" : ",", (int) indent + 1, "");
            ok = ok && put_json(out, member, indent + 1);
        }
    }
    else
    {
        json_object_foreach(value, key, member)
        {
            json_t *name = json_string(key);

            ss_buf_printf(out, "%s\n%*s", i++ == 0 ? "" : ",", (int) indent + 1, "");
            ok = ok && put_json(out, name, 0);
            json_decref(name);
            ss_buf_puts(out, ": ");
            ok = ok && put_json(out, member, indent + 1);
        }
    }
    ss_buf_printf(out, "\n%*s%s", (int) indent, "", list ? "]" : "}");
    return ok;
}

ss_code
ss_model_file_write(const ss_model_file *file, ss_buf *text, ss_error *err)
{
    json_t *json = file_json(file);
    const bool ok = json != NULL && put_json(text, json, 0);

    ss_buf_putc(text, '\n');
    json_decref(json);
    if (!ok)
        return ss_fail(err, SS_EMEND, "the model holds a name or value that is not UTF-8");
    return SS_OK;
}

/* --- reading ------------------------------------------------------------------------------------ */

typedef struct reading
{
    ss_arena *result;
    ss_model_file *file;
    ss_model *model;
    ss_error *err;
} reading;

static const char *
text_at(const reading *r, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? NULL : ss_strdup(r->result, text);
}

static ss_code
need_text(const reading *r, const json_t *object, const char *key, const char **text)
{
    *text = text_at(r, object, key);
    if (*text == NULL)
        return ss_fail(r->err, SS_EMEND, "\"%s\" is missing", key);
    return SS_OK;
}

/* Where something stands under key, it is a list. */
static ss_code
check_list(const reading *r, const json_t *object, const char *key)
{
    const json_t *list = json_object_get(object, key);

    return list == NULL || json_is_array(list)
               ? SS_OK
               : ss_fail(r->err, SS_EMEND, "\"%s\" is not a list", key);
}

/* Which of the n words of name() it is. */
static ss_code
need_word(const reading *r, const json_t *object, const char *key, const char *(*name)(int), int n,
          int *word)
{
    const char *text = json_string_value(json_object_get(object, key));

    for (*word = 0; text != NULL && *word < n; (*word)++)
    {
        if (strcmp(text, name(*word)) == 0)
            return SS_OK;
    }
    return ss_fail(r->err, SS_EMEND, "\"%s\" is none of the known words", key);
}

static const char *
class_word(int i)
{
    return ss_class_name((ss_class) i);
}

static const char *
treatment_word(int i)
{
    return ss_treatment_name((ss_treatment) (i + 1)); /* DEFAULT stands in no model */
}

static const char *
mode_word(int i)
{
    return ss_mode_name((ss_mode) i);
}

static const char *
role_word(int i)
{
    return ss_role_name((ss_role) i);
}

static const char *
control_word(int i)
{
    return ss_control_state_name((ss_control_state) i);
}

static const char *
counted_word(int i)
{
    return ss_counted_name((ss_counted) i);
}

static const char *
owners_word(int i)
{
    static const char *const words[] = {"as-is", "stand-in", "skip"};

    return words[i];
}

static const char *
then_word(int i)
{
    return i == 0 ? "keep-next" : "terminate";
}

/* Of no other column fit learns values, nor lets a policy say that it should. */
static bool
is_learnt(const ss_decision *d)
{
    return ss_habits_allowed(d->class, d->treatment) ||
           (d->class == SS_CLASS_KEY && d->treatment == SS_TREAT_SYNTHESISE);
}

/* Whoever reads a column's treatment relies on it: its marginal tells no more. */
static ss_code
check_treatment(const reading *r, const ss_decision *d, const ss_marginal *m)
{
    const bool null = m->kind == SS_MARGINAL_NULL, constant = m->kind == SS_MARGINAL_CONSTANT;

    /* What the server makes has no marginal of its own, whatever its treatment. */
    if (m->kind != SS_MARGINAL_NONE && (null != (d->treatment == SS_TREAT_NULLIFY) ||
                                        constant != (d->treatment == SS_TREAT_CONSTANT)))
        return ss_fail(r->err, SS_EMEND, "its marginal is not that of its treatment");
    if (constant && strcmp(m->constant, d->value) != 0)
        return ss_fail(r->err, SS_EMEND, "its constant is not the policy's");
    if (!is_learnt(d) &&
        (m->kind == SS_MARGINAL_REFERENCE || m->kind == SS_MARGINAL_NUMBER ||
         (m->values.n > 0 && m->values.cells[0].text != NULL) || m->values.total > 0 ||
         m->rest > 0 || (m->tail.values > 0 && m->kind != SS_MARGINAL_KEY)))
        return ss_fail(r->err, SS_EMEND, "a column that is not learnt tells of values");
    return SS_OK;
}

static ss_code
read_column(const reading *r, json_t *json, ss_model_entry *e, ss_marginal *marginals, size_t c,
            ss_decision *d)
{
    static const char *const keys[] = {"name",      "type",     "class", "treatment",
                                       "kind",      "value",    "why",   "signed_by",
                                       "undecided", "marginal", "habits"};
    json_t *marginal = json_object_get(json, "marginal"), *habits = json_object_get(json, "habits");
    int class, treatment;

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof *keys, r->err));
    SS_TRY(need_text(r, json, "name", &e->columns[c]));
    SS_TRY(need_text(r, json, "type", &e->types[c]));
    SS_TRY(need_word(r, json, "class", class_word, SS_NCLASSES, &class));
    SS_TRY(need_word(r, json, "treatment", treatment_word, SS_NTREATMENTS - 1, &treatment));
    *d = (ss_decision){.class = (ss_class) class,
                       .treatment = (ss_treatment) (treatment + 1),
                       .kind = text_at(r, json, "kind"),
                       .value = text_at(r, json, "value"),
                       .why = text_at(r, json, "why"),
                       .signed_by = text_at(r, json, "signed_by"),
                       .undecided = json_is_true(json_object_get(json, "undecided"))};
    if (d->treatment == SS_TREAT_CONSTANT && d->value == NULL)
        return ss_fail(r->err, SS_EMEND, "a constant has no value");
    if (marginals == NULL)
        return marginal == NULL && habits == NULL ? SS_OK
                                                  : ss_fail(r->err, SS_EMEND,
                                                            "a table that is not synthesised has a "
                                                            "marginal");
    SS_TRY(ss_marginal_from_json(marginal, r->model->people, r->result, &marginals[c], r->err));
    marginals[c].column = e->columns[c];
    SS_TRY(check_treatment(r, d, &marginals[c]));
    if (habits == NULL)
        return SS_OK;
    if (!ss_habits_allowed(d->class, d->treatment) || ss_marginal_is_key(marginals[c].kind))
        return ss_fail(r->err, SS_EMEND, "a column that is not learnt has habits");
    if (ss_habits_from_json(habits, r->model->people, r->result, &marginals[c].habits, r->err) !=
        SS_OK)
        return ss_note(r->err, "in its habits");
    return SS_OK;
}

static ss_code
read_columns(const reading *r, json_t *list, ss_model_entry *e, ss_model_table *t, bool fitted)
{
    ss_decision *decisions;
    const size_t n = json_array_size(list);

    if (!json_is_array(list) || n > NAMES_MAX)
        return ss_fail(r->err, SS_EMEND, "\"columns\" is not a list of columns");
    e->ncolumns = n;
    e->columns = ss_alloc(r->result, n + 1, sizeof *e->columns);
    e->types = ss_alloc(r->result, n + 1, sizeof *e->types);
    decisions = ss_alloc(r->result, n + 1, sizeof *decisions);
    if (fitted)
    {
        t->columns = ss_alloc(r->result, n + 1, sizeof *t->columns);
        t->ncolumns = n;
    }
    for (size_t c = 0; c < n; c++)
    {
        if (read_column(r, json_array_get(list, c), e, t->columns, c, &decisions[c]) != SS_OK)
            return ss_note(r->err, "in column %zu", c + 1);
        e->plan.undecided += decisions[c].undecided;
    }
    e->plan.columns = decisions;
    return SS_OK;
}

/* A path that stays below the model's folder. */
static bool
is_below(const char *path)
{
    return path[0] != '/' && path[0] != '\0' && strstr(path, "..") == NULL;
}

/* Of how many people one was read: a power of two. */
static ss_code
read_share(const reading *r, const json_t *one_in, ss_model_table *t)
{
    const json_int_t n = json_integer_value(one_in);

    if (one_in == NULL)
        return SS_OK;
    while (t->halved < SS_MODEL_HALVED_MOST && n > INT64_C(1) << t->halved)
        t->halved++;
    if (t->halved == 0 || n != INT64_C(1) << t->halved)
        return ss_fail(r->err, SS_EMEND, "\"one_in\" is no power of two");
    return SS_OK;
}

/* Their values are those of columns that are learnt. */
static ss_code
read_mappings(const reading *r, json_t *list, const ss_model_entry *e, ss_model_table *t)
{
    size_t tokens = 0;

    t->nmappings = t->columns == NULL ? 0 : json_array_size(list);
    t->mappings = ss_alloc(r->result, t->nmappings + 1, sizeof *t->mappings);
    for (size_t i = 0; i < t->nmappings; i++)
    {
        ss_mapping *m = &t->mappings[i];

        if (ss_mapping_from_json(json_array_get(list, i), r->model->people, e->columns, e->ncolumns,
                                 r->result, m, r->err) != SS_OK)
            return ss_note(r->err, "in mapping %zu", i + 1);
        for (size_t c = 0; c < m->ncolumns; c++)
        {
            const ss_decision *d = &e->plan.columns[m->columns[c]];

            if (!ss_habits_allowed(d->class, d->treatment) &&
                t->columns[m->columns[c]].kind != SS_MARGINAL_REFERENCE)
                return ss_fail(r->err, SS_EMEND, "mapping %zu tells of a column that is not learnt",
                               i + 1);
        }
        tokens += m->ntokens;
    }
    return tokens <= SS_TOKENS_MAX ? SS_OK
                                   : ss_fail(r->err, SS_EMEND, "its mappings have too many tokens");
}

/* Of a column that is not learnt a pattern says nothing: "?". */
static ss_code
check_patterns(const reading *r, const ss_model_entry *e, const ss_model_table *t)
{
    for (size_t i = 0; i < t->njoints; i++)
    {
        const ss_joint *j = &t->joints[i];

        for (size_t p = 0; p < j->patterns.n; p++)
        {
            const char *word = j->patterns.cells[p].text;

            for (size_t c = 0; c < j->ncolumns && word != NULL; c++)
            {
                const char *end = strchr(word, ' ');
                const bool open = word[0] == '?' && (word[1] == ' ' || word[1] == '\0');

                if (!open && !is_learnt(&e->plan.columns[j->columns[c]]) &&
                    !ss_marginal_is_key(t->columns[j->columns[c]].kind))
                    return ss_fail(r->err, SS_EMEND,
                                   "joint %zu tells of a column that is not learnt", i + 1);
                word = end == NULL ? NULL : end + 1;
            }
        }
    }
    return SS_OK;
}

/* Nor do the codes of its variables. */
static ss_code
check_variables(const reading *r, const ss_model_entry *e, const ss_dependence *d)
{
    for (size_t i = 0; d != NULL && i < d->n; i++)
    {
        const ss_variable *v = &d->variables[i];

        if (v->kind == SS_VARIABLE_COLUMN && v->book->kind != SS_BOOK_PRESENT &&
            !is_learnt(&e->plan.columns[v->column]))
            return ss_fail(r->err, SS_EMEND,
                           "variable %zu of its dependence tells of a column that is not learnt",
                           i + 1);
    }
    return SS_OK;
}

/* What was set aside of a table of people. */
static ss_code
read_control(const reading *r, json_t *json, ss_control_state *state)
{
    const json_t *one_in = json_object_get(json, "one_in");
    const char *key = one_in != NULL ? "one_in" : "left_out";
    int word;

    if (json == NULL)
        return SS_OK;
    SS_TRY(ss_only_keys(json, &key, 1, r->err));
    if (one_in != NULL)
    {
        *state = SS_CONTROL_SET_ASIDE;
        return json_integer_value(one_in) == SS_CONTROL_ONE_IN
                   ? SS_OK
                   : ss_fail(r->err, SS_EMEND, "\"control\" is not one person in %d",
                             SS_CONTROL_ONE_IN);
    }
    SS_TRY(need_word(r, json, "left_out", control_word, SS_NCONTROL_STATES, &word));
    if (word <= SS_CONTROL_SET_ASIDE)
        return ss_fail(r->err, SS_EMEND, "\"left_out\" is none of the known words");
    *state = (ss_control_state) word;
    return SS_OK;
}

/*
 * A key that no model has, or a list in whose place something else stands, would be read by nobody, and may hold anything; so
 * may what is told of a table that has no statistics.
 */
static ss_code
check_keys(const reading *r, json_t *json)
{
    static const char *const keys[] = {
        "schema",     "name",   "mode",  "why",      "signed_by", "rows",    "reference",
        "columns",    "count",  "role",  "counted",  "one_in",    "control", "shape_only",
        "references", "joints", "rules", "mappings", "dependence"};
    const size_t always = 8, n = sizeof keys / sizeof *keys;
    const json_t *shape_only = json_object_get(json, "shape_only");

    SS_TRY(ss_only_keys(json, keys, json_object_get(json, "count") == NULL ? always : n, r->err));
    if (shape_only != NULL && !json_is_true(shape_only))
        return ss_fail(r->err, SS_EMEND, "\"shape_only\" is not true");
    SS_TRY(check_list(r, json, "references"));
    SS_TRY(check_list(r, json, "joints"));
    SS_TRY(check_list(r, json, "rules"));
    return check_list(r, json, "mappings");
}

static ss_code
read_table(const reading *r, json_t *json, ss_model_entry *e, ss_model_table *t)
{
    static const char *const of_reference[] = {"file", "digest"};
    const json_t *count = json_object_get(json, "count");
    json_t *references = json_object_get(json, "references");
    json_t *joints = json_object_get(json, "joints");
    json_t *rules = json_object_get(json, "rules");
    json_t *dependence = json_object_get(json, "dependence");
    json_t *reference = json_object_get(json, "reference");
    int mode, counted, role;

    SS_TRY(need_text(r, json, "schema", &e->name.schema));
    SS_TRY(need_text(r, json, "name", &e->name.name));
    SS_TRY(need_word(r, json, "mode", mode_word, SS_NMODES, &mode));
    e->plan.mode = (ss_mode) mode;
    e->plan.why = text_at(r, json, "why");
    e->plan.signed_by = text_at(r, json, "signed_by");
    e->plan.rows = text_at(r, json, "rows");
    if (e->plan.mode == SS_MODE_PSEUDONYMISE)
        return ss_fail(r->err, SS_EREFUSED, "a model cannot hold a table of real rows");
    SS_TRY(check_keys(r, json));
    if (reference != NULL)
    {
        SS_TRY(ss_only_keys(reference, of_reference, 2, r->err));
        SS_TRY(need_text(r, reference, "file", &e->reference));
        SS_TRY(need_text(r, reference, "digest", &e->digest));
        if (!is_below(e->reference) || e->plan.mode != SS_MODE_KEEP)
            return ss_fail(r->err, SS_EMEND, "\"reference\" is not a file of a kept table");
    }
    if (count != NULL)
    {
        if (e->plan.mode != SS_MODE_SYNTHESISE || !json_is_integer(count) ||
            json_integer_value(count) < 0 || json_integer_value(count) % 5 != 0 ||
            (json_integer_value(count) > 0 &&
             (uint64_t) json_integer_value(count) < ss_people_least(r->model->people)))
            return ss_fail(r->err, SS_EMEND,
                           "\"count\" is not the rounded rows of a synthetic table");
        t->rows = (uint64_t) json_integer_value(count);
        SS_TRY(need_word(r, json, "counted", counted_word, SS_COUNTED_NOTHING + 1, &counted));
        t->counted = (ss_counted) counted;
        SS_TRY(need_word(r, json, "role", role_word, SS_NROLES, &role));
        t->role = (ss_role) role;
        t->shape_only = json_is_true(json_object_get(json, "shape_only"));
        SS_TRY(read_share(r, json_object_get(json, "one_in"), t));
        SS_TRY(read_control(r, json_object_get(json, "control"), &t->control));
    }
    SS_TRY(read_columns(r, json_object_get(json, "columns"), e, t, count != NULL));
    t->nreferences = json_array_size(references);
    t->references = ss_alloc(r->result, t->nreferences + 1, sizeof *t->references);
    for (size_t i = 0; i < t->nreferences; i++)
    {
        if (ss_fan_out_from_json(json_array_get(references, i), r->model->people, r->result,
                                 &t->references[i], r->err) != SS_OK)
            return ss_note(r->err, "in reference %zu", i + 1);
    }
    t->njoints = t->columns == NULL ? 0 : json_array_size(joints);
    t->joints = ss_alloc(r->result, t->njoints + 1, sizeof *t->joints);
    for (size_t i = 0; i < t->njoints; i++)
    {
        if (ss_joint_from_json(json_array_get(joints, i), r->model->people, e->columns, e->ncolumns,
                               r->result, &t->joints[i], r->err) != SS_OK)
            return ss_note(r->err, "in joint %zu", i + 1);
    }
    SS_TRY(check_patterns(r, e, t));
    t->nrules = t->columns == NULL ? 0 : json_array_size(rules);
    t->rules = ss_alloc(r->result, t->nrules + 1, sizeof *t->rules);
    for (size_t i = 0; i < t->nrules; i++)
    {
        if (ss_rule_from_json(json_array_get(rules, i), r->model->people, e->columns, e->ncolumns,
                              r->result, &t->rules[i], r->err) != SS_OK)
            return ss_note(r->err, "in rule %zu", i + 1);
    }
    SS_TRY(read_mappings(r, json_object_get(json, "mappings"), e, t));
    if (dependence != NULL && t->columns != NULL &&
        ss_dependence_from_json(dependence, r->model->people, e->columns, e->ncolumns, r->result,
                                &t->dependence, r->err) != SS_OK)
        return ss_note(r->err, "in its dependence");
    SS_TRY(ss_model_table_check(t, r->err));
    return check_variables(r, e, t->dependence);
}

/* As a catalog's label. */
static const char *
label_of(const ss_model_name *name, ss_arena *result)
{
    ss_buf text = {0};
    const char *label;

    ss_text_ident(&text, name->schema);
    ss_buf_putc(&text, '.');
    ss_text_ident(&text, name->name);
    label = ss_strdup(result, ss_buf_text(&text));
    ss_buf_done(&text);
    return label;
}

static ss_code
read_tables(const reading *r, const json_t *list)
{
    ss_model_entry *entries;

    if (!json_is_array(list))
        return ss_fail(r->err, SS_EMEND, "\"tables\" is missing");
    r->model->ntables = r->file->nentries = json_array_size(list);
    r->model->tables = ss_alloc(r->result, r->model->ntables + 1, sizeof *r->model->tables);
    entries = ss_alloc(r->result, r->file->nentries + 1, sizeof *entries);
    for (size_t i = 0; i < r->file->nentries; i++)
    {
        ss_model_table *t = &r->model->tables[i];

        if (read_table(r, json_array_get(list, i), &entries[i], t) != SS_OK)
            return ss_note(
                r->err, "in table %zu%s%s", i + 1, entries[i].name.name == NULL ? "" : ", ",
                entries[i].name.name == NULL ? "" : ss_printable(r->result, entries[i].name.name));
        t->label = label_of(&entries[i].name, r->result);
    }
    r->file->entries = entries;
    return SS_OK;
}

static ss_code
read_sandbox(const reading *r, json_t *json)
{
    static const char *const keys[] = {"access", "extensions", "locale_substitute", "owners",
                                       "wait",   "then",       "keep_previous"};
    static const char *const of_access[] = {"role", "read_only"};
    static const char *const of_extension[] = {"name", "strip"};
    ss_policy *p = ss_alloc(r->result, 1, sizeof *p);
    const json_t *access = json_object_get(json, "access");
    const json_t *extensions = json_object_get(json, "extensions");
    const json_t *wait = json_object_get(json, "wait");
    ss_access *roles = ss_alloc(r->result, json_array_size(access) + 1, sizeof *roles);
    ss_extension_rule *rules = ss_alloc(r->result, json_array_size(extensions) + 1, sizeof *rules);
    int owners, then;

    *p = (ss_policy){.people = r->model->people};
    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof *keys, r->err));
    SS_TRY(check_list(r, json, "access"));
    SS_TRY(check_list(r, json, "extensions"));
    for (p->naccess = 0; p->naccess < json_array_size(access); p->naccess++)
    {
        json_t *one = json_array_get(access, p->naccess);

        SS_TRY(ss_only_keys(one, of_access, 2, r->err));
        SS_TRY(need_text(r, one, "role", &roles[p->naccess].role));
        roles[p->naccess].read_only = json_is_true(json_object_get(one, "read_only"));
    }
    for (p->nextensions = 0; p->nextensions < json_array_size(extensions); p->nextensions++)
    {
        json_t *one = json_array_get(extensions, p->nextensions);

        SS_TRY(ss_only_keys(one, of_extension, 2, r->err));
        SS_TRY(need_text(r, one, "name", &rules[p->nextensions].name));
        rules[p->nextensions].strip = json_is_true(json_object_get(one, "strip"));
    }
    SS_TRY(need_word(r, json, "owners", owners_word, 3, &owners));
    SS_TRY(need_word(r, json, "then", then_word, 2, &then));
    if (!json_is_integer(wait) || json_integer_value(wait) < 0 ||
        json_integer_value(wait) > INT32_MAX)
        return ss_fail(r->err, SS_EMEND, "\"wait\" is not a number of seconds");
    p->access = roles;
    p->extensions = rules;
    p->owners_stand_in = owners == 1;
    p->owners_skip = owners == 2;
    p->wait_s = (int) json_integer_value(wait);
    p->then_terminate = then == 1;
    p->locale_substitute = json_is_true(json_object_get(json, "locale_substitute"));
    p->keep_previous = json_is_true(json_object_get(json, "keep_previous"));
    r->file->policy = p;
    return SS_OK;
}

static ss_code
read_lists(const reading *r, const json_t *root)
{
    static const char *const of_view[] = {"schema", "name"};
    static const char *const of_note[] = {"what", "object", "why"};
    const json_t *roles = json_object_get(root, "roles");
    const json_t *populated = json_object_get(root, "populated");
    const json_t *stripped = json_object_get(root, "stripped");
    const char **names = ss_alloc(r->result, json_array_size(roles) + 1, sizeof *names);
    ss_model_name *views = ss_alloc(r->result, json_array_size(populated) + 1, sizeof *views);
    ss_model_note *notes = ss_alloc(r->result, json_array_size(stripped) + 1, sizeof *notes);
    ss_model_file *f = r->file;

    SS_TRY(check_list(r, root, "roles"));
    SS_TRY(check_list(r, root, "populated"));
    SS_TRY(check_list(r, root, "stripped"));
    for (; f->nroles < json_array_size(roles); f->nroles++)
    {
        const char *name = json_string_value(json_array_get(roles, f->nroles));

        if (name == NULL)
            return ss_fail(r->err, SS_EMEND, "\"roles\" is not a list of names");
        names[f->nroles] = ss_strdup(r->result, name);
    }
    for (; f->npopulated < json_array_size(populated); f->npopulated++)
    {
        json_t *one = json_array_get(populated, f->npopulated);

        SS_TRY(ss_only_keys(one, of_view, 2, r->err));
        SS_TRY(need_text(r, one, "schema", &views[f->npopulated].schema));
        SS_TRY(need_text(r, one, "name", &views[f->npopulated].name));
    }
    for (; f->nstripped < json_array_size(stripped); f->nstripped++)
    {
        json_t *one = json_array_get(stripped, f->nstripped);

        SS_TRY(ss_only_keys(one, of_note, 3, r->err));
        SS_TRY(need_text(r, one, "what", &notes[f->nstripped].what));
        SS_TRY(need_text(r, one, "object", &notes[f->nstripped].object));
        SS_TRY(need_text(r, one, "why", &notes[f->nstripped].why));
    }
    f->roles = names;
    f->populated = views;
    f->stripped = notes;
    return SS_OK;
}

static ss_code
read_root(const reading *r, json_t *root)
{
    static const char *const keys[] = {"sandseed_model", "people",   "source",
                                       "policy",         "sandbox",  "roles",
                                       "populated",      "stripped", "tables"};
    static const char *const of_source[] = {"label", "server_version"};
    static const char *const of_policy[] = {"file", "digest"};
    const json_t *version = json_object_get(root, "sandseed_model");
    const json_t *people = json_object_get(root, "people");
    json_t *source = json_object_get(root, "source"), *policy = json_object_get(root, "policy");

    if (!json_is_integer(version))
        return ss_fail(r->err, SS_EMEND, "it is no model");
    if (json_integer_value(version) != SS_MODEL_VERSION)
        return ss_fail(r->err, SS_EMEND, "it is of version %lld, and this build reads version %d",
                       (long long) json_integer_value(version), SS_MODEL_VERSION);
    SS_TRY(ss_only_keys(root, keys, sizeof keys / sizeof *keys, r->err));
    if (!json_is_integer(people) || json_integer_value(people) < 1 ||
        json_integer_value(people) > INT32_MAX)
        return ss_fail(r->err, SS_EMEND, "\"people\" is not a number of people");
    r->model->people = (uint64_t) json_integer_value(people);
    SS_TRY(ss_only_keys(source, of_source, 2, r->err));
    SS_TRY(ss_only_keys(policy, of_policy, 2, r->err));
    SS_TRY(need_text(r, source, "label", &r->file->source));
    r->file->server_version = (int) json_integer_value(json_object_get(source, "server_version"));
    SS_TRY(need_text(r, policy, "file", &r->file->policy_file));
    SS_TRY(need_text(r, policy, "digest", &r->file->policy_digest));
    SS_TRY(read_sandbox(r, json_object_get(root, "sandbox")));
    SS_TRY(read_lists(r, root));
    return read_tables(r, json_object_get(root, "tables"));
}

ss_code
ss_model_file_read(const char *path, const char *text, size_t n, ss_arena *result,
                   ss_model_file *file, ss_error *err)
{
    json_error_t where;
    json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &where);
    ss_model *model = ss_alloc(result, 1, sizeof *model);
    const reading r = {.result = result, .file = file, .model = model, .err = err};
    ss_code code;

    *file = (ss_model_file){.model = model};
    *model = (ss_model){0};
    /* What jansson says quotes the text. */
    if (root == NULL)
        return ss_fail(err, SS_EMEND, "%s:%d:%d: this is not JSON", path, where.line, where.column);
    code = read_root(&r, root);
    json_decref(root);
    if (code != SS_OK)
        return ss_note(err, "while reading %s", path);
    return SS_OK;
}

/* --- binding ------------------------------------------------------------------------------------ */

static ss_code
differs(const char *label, const char *what, ss_error *err)
{
    (void) ss_fail(err, SS_EMEND, "%s: model.json and schema.dump do not fit: %s", label, what);
    return ss_hint(err, "Make the model again: sandseed fit.");
}

static ss_code
bind_columns(const ss_model_entry *e, const ss_model_table *from, const ss_table *table,
             ss_error *err)
{
    if (e->ncolumns != table->ncolumns)
        return differs(table->label, "other columns", err);
    for (size_t c = 0; c < e->ncolumns; c++)
    {
        if (strcmp(e->columns[c], table->columns[c].name) != 0)
            return differs(table->label, "other columns", err);
    }
    if (from->columns != NULL && from->ncolumns != table->ncolumns)
        return differs(table->label, "other columns", err);
    return SS_OK;
}

static ss_code
bind_references(const ss_model_table *from, const ss_catalog *catalog, size_t index,
                ss_arena *result, ss_model_table *to, ss_error *err)
{
    const ss_table *table = &catalog->tables[index];
    size_t n;
    const ss_reference *references = ss_table_references(catalog, index, result, &n);

    to->references = ss_alloc(result, n + 1, sizeof *to->references);
    to->nreferences = n;
    for (size_t i = 0; i < n; i++)
    {
        size_t k = 0;

        while (k < from->nreferences &&
               strcmp(from->references[k].constraint, references[i].constraint) != 0)
            k++;
        if (k == from->nreferences)
            return differs(table->label, "other foreign keys", err);
        to->references[i] = from->references[k];
    }
    return SS_OK;
}

ss_code
ss_model_file_bind(const ss_model_file *file, const ss_catalog *catalog, ss_arena *result,
                   const ss_model **model, ss_plan **plan, ss_table_plan **tables, ss_error *err)
{
    ss_map *entries = ss_map_new(result);
    ss_model *m = ss_alloc(result, 1, sizeof *m);
    ss_plan *p = ss_alloc(result, 1, sizeof *p);
    ss_table_plan *plans = ss_alloc(result, catalog->ntables + 1, sizeof *plans);

    *m = (ss_model){.people = file->model->people, .ntables = catalog->ntables};
    m->tables = ss_alloc(result, catalog->ntables + 1, sizeof *m->tables);
    *p = (ss_plan){.policy = file->policy, .catalog = catalog, .tables = plans};
    for (size_t i = 0; i < file->nentries; i++)
        (void) ss_map_put(entries, file->model->tables[i].label, &file->model->tables[i]);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        const ss_model_table *from = ss_map_get(entries, table->label);
        const ss_model_entry *e;

        if (from == NULL)
            return differs(table->label, "the model does not know this table", err);
        e = &file->entries[from - file->model->tables];
        SS_TRY(bind_columns(e, from, table, err));
        if ((from->columns != NULL) != (e->plan.mode == SS_MODE_SYNTHESISE && !table->is_partition))
            return differs(table->label, "no statistics", err);
        plans[t] = e->plan;
        p->undecided += table->is_partition ? 0 : e->plan.undecided;
        m->tables[t] = *from;
        if (from->columns != NULL)
            SS_TRY(bind_references(from, catalog, t, result, &m->tables[t], err));
    }
    if (file->nentries != catalog->ntables)
        return ss_fail(err, SS_EMEND, "model.json and schema.dump do not hold the same tables");
    *model = m;
    *plan = p;
    *tables = plans;
    return SS_OK;
}
