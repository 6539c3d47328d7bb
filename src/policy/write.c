#include "policy/write.h"

#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "policy/lock.h"
#include "policy/policy_internal.h"
#include "rows/codec.h"

#define FILE_LIMIT  (16U << 20)
#define SCHEMA_HEAD "schema:\n"
#define TEXT_HEAD                                                                                  \
    "text:                     # looks personal in the schema itself: strip, replace or keep "     \
    "it\n"
#define CSV_HEAD "csv:                        # as inferred from the files: correct what is wrong\n"

/* --- YAML text ---------------------------------------------------------------------------------- */

void
ss_policy_put_scalar(ss_buf *out, const char *text)
{
    static const char *const words[] = {"null", "on",    "off", "yes", "no",
                                        "true", "false", "~",   "y",   "n"};
    bool plain = text[0] != '\0' && ((text[0] >= 'a' && text[0] <= 'z') ||
                                     (text[0] >= 'A' && text[0] <= 'Z') || text[0] == '_');

    for (const char *c = text; *c != '\0'; c++)
        plain = plain && ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                          (*c >= '0' && *c <= '9') || strchr("_-./ ", *c) != NULL);
    plain = plain && text[strlen(text) - 1] != ' ';
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        plain = plain && strcasecmp(words[i], text) != 0;
    if (plain)
    {
        ss_buf_puts(out, text);
        return;
    }
    ss_buf_putc(out, '"');
    for (size_t taken; *text != '\0'; text += taken)
    {
        uint32_t point;

        taken = ss_utf8_point(text, &point);
        if (point == '"' || point == '\\')
            ss_buf_printf(out, "\\%c", (int) point);
        /* Some of these a YAML parser refuses or takes for line ends, and all would deceive a reader. */
        else if (ss_utf8_deceptive(point) || point == 0xFFFE || point == 0xFFFF)
            ss_buf_printf(out, point < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned) point);
        else
            ss_buf_append(out, text, taken);
    }
    ss_buf_putc(out, '"');
}

static bool
is_key(const ss_catalog *catalog, const ss_table *table, const ss_column *column)
{
    return ss_table_foreign_key_holds(catalog, table, column->attnum) ||
           ss_table_primary_key_holds(table, column->attnum);
}

static void
indent(ss_buf *out, size_t n)
{
    ss_buf_printf(out, "%*s", (int) n, "");
}

/* What is written as treatment; DEFAULT: nothing is. */
static ss_treatment
proposed_treatment(const ss_proposal *p, ss_mode mode, const ss_catalog *catalog,
                   const ss_table *table, const ss_column *column)
{
    if (mode == SS_MODE_SYNTHESISE && ss_policy_unknown_type(catalog, column))
        return SS_TREAT_NULLIFY;
    if (is_key(catalog, table, column))
        return SS_TREAT_DEFAULT;
    if (p->treatment != SS_TREAT_DEFAULT &&
        (mode == SS_MODE_KEEP || ss_policy_refusal(mode, p->class, p->treatment) == NULL))
        return p->treatment;
    /* That statistics of a special category may be learnt, a person says. */
    if (p->class == SS_CLASS_SPECIAL_CATEGORY && mode == SS_MODE_SYNTHESISE)
        return SS_TREAT_SHAPE;
    return SS_TREAT_DEFAULT;
}

/* What is proposed for one table: each of its columns, and whose its rows are. */
typedef struct proposed
{
    const ss_proposal *columns;
    const ss_subject_proposal *subject; /* or NULL */
    const char *keep_why, *empty_why;   /* or NULL */
    bool update;                        /* into a policy that people own */
} proposed;

/* What is said of a column's reference that nobody declared, or NULL. */
static const ss_soft_proposal *
soft_of(const proposed *p, size_t column)
{
    for (size_t i = 0; p->subject != NULL && i < p->subject->nsoft; i++)
    {
        if (p->subject->soft[i].column == column)
            return &p->subject->soft[i];
    }
    return NULL;
}

static void
put_soft(ss_buf *out, const ss_soft_proposal *soft)
{
    ss_buf_puts(out, "{class: key, references: ");
    ss_policy_put_scalar(out, soft->references);
    ss_buf_puts(out, ", why: ");
    ss_policy_put_scalar(out, soft->why);
    ss_buf_putc(out, '}');
}

/* A treatment that people have stated and that the table's mode, or a key, does not take is told of. */
static void
put_why(ss_buf *out, const ss_proposal *p, ss_treatment treatment, const char *why)
{
    ss_buf both = {0};

    ss_buf_puts(&both, why);
    if (p->stated && p->treatment != SS_TREAT_DEFAULT && p->treatment != treatment)
        ss_buf_printf(&both, "; %s is not possible here", ss_treatment_name(p->treatment));
    ss_policy_put_scalar(out, ss_buf_text(&both));
    ss_buf_done(&both);
}

/*
 * Into a policy that people own columns come undecided, with what they look like as the reason: nobody has decided yet.  Declared keys
 * are keys; what people have stated in the database counts where no value leaves by it.
 */
static bool
comes_undecided(const proposed *of, const ss_proposal *p, ss_mode mode)
{
    return of->update && p->class != SS_CLASS_UNDECIDED &&
           !(p->class == SS_CLASS_KEY && p->confidence == SS_CONFIDENCE_HIGH) &&
           !(p->stated && mode == SS_MODE_SYNTHESISE);
}

static void
put_undecided(ss_buf *out, const ss_proposal *p)
{
    ss_buf why = {0};

    ss_buf_printf(&why, "looks like %s", ss_class_name(p->class));
    if (p->kind != NULL && strcmp(p->kind, ss_class_name(p->class)) != 0)
        ss_buf_printf(&why, ", %s", p->kind);
    if (p->why != NULL)
        ss_buf_printf(&why, ": %s", p->why);
    ss_buf_puts(out, "{class: undecided, why: ");
    ss_policy_put_scalar(out, ss_buf_text(&why));
    ss_buf_putc(out, '}');
    ss_buf_done(&why);
}

static void
put_proposal(ss_buf *out, const proposed *of, size_t c, ss_mode mode, const ss_catalog *catalog,
             const ss_table *table)
{
    const ss_column *column = &table->columns[c];
    const ss_proposal *p = &of->columns[c];
    const ss_soft_proposal *soft = soft_of(of, c);
    const ss_treatment treatment = proposed_treatment(p, mode, catalog, table, column);
    const bool unknown = ss_policy_unknown_type(catalog, column);
    const char *why = unknown && mode == SS_MODE_SYNTHESISE ? "of a type that is not known"
                      : soft != NULL                        ? soft->why
                                                            : p->why;

    if (soft != NULL && soft->references != NULL)
    {
        put_soft(out, soft);
        return;
    }
    /* Why it may leave unread a person has to write: resolve_column.c lets it on that word. */
    if (unknown && mode != SS_MODE_SYNTHESISE && !p->stated)
    {
        ss_buf_printf(out, "{class: %s}",
                      ss_class_name(of->update ? SS_CLASS_UNDECIDED : p->class));
        return;
    }
    if (comes_undecided(of, p, mode) && !(unknown && mode == SS_MODE_SYNTHESISE))
    {
        put_undecided(out, p);
        return;
    }
    ss_buf_printf(out, "{class: %s", ss_class_name(p->class));
    if (p->kind != NULL && p->class != SS_CLASS_UNDECIDED)
    {
        ss_buf_puts(out, ", kind: ");
        ss_policy_put_scalar(out, p->kind);
    }
    if (treatment != SS_TREAT_DEFAULT && mode != SS_MODE_KEEP)
        ss_buf_printf(out, ", treatment: %s", ss_treatment_name(treatment));
    if (why != NULL)
    {
        ss_buf_puts(out, ", why: ");
        put_why(out, p, treatment, why);
    }
    ss_buf_putc(out, '}');
}

static void
put_column(ss_buf *out, const ss_catalog *catalog, const ss_table *table, size_t c,
           const proposed *p, ss_mode mode, size_t width, size_t by)
{
    const ss_column *column = &table->columns[c];
    size_t start;

    indent(out, by);
    start = out->len;
    ss_policy_put_scalar(out, column->name);
    ss_buf_putc(out, ':');
    do
        ss_buf_putc(out, ' ');
    while (out->len - start < width + 2);
    put_proposal(out, p, c, mode, catalog, table);
    ss_buf_putc(out, '\n');
}

static size_t
name_width(const ss_table *table)
{
    size_t width = 0;

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const size_t n = strlen(table->columns[c].name);

        if (n > width && n <= 30)
            width = n;
    }
    return width;
}

/* Does a rule of the policy say something of the column?  policy: or NULL. */
static bool
ruled(const ss_policy *policy, const ss_catalog *catalog, const ss_table *table, size_t column)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_policy_rule *rival;
    const bool found =
        policy != NULL &&
        ss_rule_find(policy, catalog, table, &table->columns[column], scratch, &rival) != NULL;

    ss_arena_free(scratch);
    return found;
}

/* May its rows be about somebody, by what its columns are? */
static bool
is_personal(const ss_table *table, const ss_proposal *columns)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (columns[c].class == SS_CLASS_DIRECT_IDENTIFIER ||
            columns[c].class == SS_CLASS_QUASI_IDENTIFIER ||
            columns[c].class == SS_CLASS_SPECIAL_CATEGORY)
            return true;
    }
    return false;
}

/* subject: and why, for people who read the file. */
static void
put_subject(ss_buf *out, const ss_table *table, const proposed *p, ss_mode mode, size_t by)
{
    const ss_subject_proposal *s = p->subject;
    ss_arena *scratch = ss_arena_new(NULL);

    if (s != NULL && s->self)
        ss_buf_printf(out, "%*ssubject: self    # %s\n", (int) by, "",
                      ss_printable(scratch, s->why));
    else if (s != NULL && s->ncolumns > 0)
    {
        ss_buf_printf(out, "%*ssubject: [", (int) by, "");
        for (size_t i = 0; i < s->ncolumns; i++)
        {
            ss_buf_puts(out, i == 0 ? "" : ", ");
            ss_policy_put_scalar(out, table->columns[s->columns[i]].name);
        }
        ss_buf_printf(out, "]    # %s\n", ss_printable(scratch, s->why));
    }
    else if (s != NULL && mode == SS_MODE_SYNTHESISE && is_personal(table, p->columns))
        ss_buf_printf(out,
                      "%*s# subject:    # nothing leads to people: shape, until it says self, a "
                      "column with references:, or none with why:\n",
                      (int) by, "");
    ss_arena_free(scratch);
}

/*
 * policy: the file that the table comes into, whose rules shorten; NULL: a new one.  Its name stands `by` blanks in.
 */
static void
put_table(ss_buf *out, const ss_policy *policy, const ss_catalog *catalog, const ss_table *table,
          ss_mode mode, const proposed *p, size_t by)
{
    const size_t width = name_width(table);
    const char *why = p->empty_why;
    bool any = false;

    if (table->kind == SS_TABLE_FOREIGN || why != NULL)
        mode = SS_MODE_EMPTY;

    indent(out, by);
    ss_policy_put_scalar(out, table->label);
    ss_buf_printf(out, ":\n%*smode: %s\n", (int) by + 2, "", ss_mode_name(mode));
    if (p->keep_why != NULL)
        ss_buf_printf(out,
                      "%*s# mode: keep    # proposed: %s; accept by this line instead of mode and "
                      "columns, then sign\n",
                      (int) by + 2, "", p->keep_why);
    if (why != NULL)
    {
        indent(out, by + 2);
        ss_buf_puts(out, "why: ");
        ss_policy_put_scalar(out, why);
        ss_buf_putc(out, '\n');
    }
    if (mode == SS_MODE_EMPTY)
        return;
    put_subject(out, table, p, mode, by + 2);
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const ss_soft_proposal *soft = soft_of(p, c);

        /* A rule says nothing of references. */
        if (table->columns[c].generated != SS_GENERATED_NOT ||
            ((soft == NULL || soft->references == NULL) && ruled(policy, catalog, table, c)))
            continue;
        if (!any)
            ss_buf_printf(out, "%*scolumns:\n", (int) by + 2, "");
        any = true;
        put_column(out, catalog, table, c, p, mode, width, by + 4);
    }
}

static bool
named(const ss_table *table)
{
    return !table->is_partition && table->extension == NULL;
}

static void
put_text(ss_buf *out, const ss_suspect *suspect, const char *indent)
{
    ss_buf_puts(out, indent);
    ss_text_rule_write(suspect, out);
    ss_buf_putc(out, '\n');
}

void
ss_policy_write(const ss_new_policy *p, ss_buf *out)
{
    ss_buf_puts(out, "# yaml-language-server: $schema=policy.schema.json\n"
                     "sandseed: 1                 # version of this format\nsource: ");
    ss_policy_put_scalar(out, p->source);
    ss_buf_puts(out, "\ntarget: ");
    ss_policy_put_scalar(out, p->target == NULL ? "cluster:./sandbox" : p->target);
    ss_buf_puts(out, "\noutput: ./sandseed-out      # seed and reports\n"
                     "people: 11                  # people behind every number that is kept\n"
                     "on_change: {new_table: stop, new_column: stop}\n");
    if (p->catalog->nsuspects > 0)
        ss_buf_puts(out, SCHEMA_HEAD "  " TEXT_HEAD);
    for (size_t i = 0; i < p->catalog->nsuspects; i++)
        put_text(out, &p->catalog->suspects[i], "    ");
    if (p->ncsv > 0)
        ss_buf_puts(out, CSV_HEAD);
    for (size_t i = 0; i < p->ncsv; i++)
        ss_csv_table_write(&p->csv[i], 2, out);
    ss_buf_puts(out, "tables:\n");
    for (size_t t = 0; t < p->catalog->ntables; t++)
    {
        const ss_table *table = &p->catalog->tables[t];

        if (!named(table))
            continue;
        put_table(out, NULL, p->catalog, table, p->mode,
                  &(proposed){.columns = p->proposals[t],
                              .subject = p->subjects == NULL ? NULL : &p->subjects[t],
                              .keep_why = p->keep_why[t],
                              .empty_why = p->empty_why[t]},
                  2);
    }
}

/* --- edits -------------------------------------------------------------------------------------- */

typedef struct edit
{
    size_t at;     /* byte where text is put */
    size_t remove; /* bytes that go */
    const char *text;
} edit;

#define MARK 256

typedef struct editing
{
    const char *file;
    char *text;
    size_t n;
    size_t *marks;        /* the byte of every MARKth character */
    const char *line_end; /* as the file has them */
    bool ended;           /* the last line has its end by now */
    ss_arena *arena;
    ss_yaml *root;
    ss_policy *policy;
    edit *edits;
    size_t nedits;
    size_t capacity;
    ss_arena *result; /* of changes */
    ss_policy_changes *changes;
} editing;

static const char *
line_end_of(const char *text)
{
    const size_t at = strcspn(text, "\r\n");

    return text[at] != '\r' ? "\n" : text[at + 1] == '\n' ? "\r\n" : "\r";
}

static size_t
next_character(const editing *e, size_t at)
{
    at++;
    while (at < e->n && (e->text[at] & 0xC0) == 0x80)
        at++;
    return at;
}

static void
mark_characters(editing *e)
{
    size_t n = 0;

    e->marks = ss_alloc(e->arena, e->n / MARK + 2, sizeof *e->marks);
    for (size_t at = ss_yaml_begins(e->text, e->n); at < e->n; at = next_character(e, at))
    {
        if (n++ % MARK == 0)
            e->marks[(n - 1) / MARK] = at;
    }
    if (n % MARK == 0)
        e->marks[n / MARK] = e->n;
}

/* libyaml counts characters; files are edited in bytes. */
static size_t
byte_of(const editing *e, size_t character)
{
    size_t at = e->marks[character / MARK];

    for (size_t i = character % MARK; i > 0 && at < e->n; i--)
        at = next_character(e, at);
    return at;
}

static ss_code
begin(editing *e, const char *file, ss_arena *result, ss_policy_changes *changes, ss_error *err)
{
    ss_error unread;

    *e = (editing){.file = file, .arena = ss_arena_new(NULL), .result = result, .changes = changes};
    SS_TRY(ss_file_read(file, FILE_LIMIT, e->arena, &e->text, &e->n, err));
    e->line_end = line_end_of(e->text);
    mark_characters(e);
    e->ended = e->n == 0 || strchr("\r\n", e->text[e->n - 1]) != NULL;
    SS_TRY(ss_yaml_parse(file, e->text, e->n, e->arena, &e->root, err));
    SS_TRY(ss_policy_from_yaml(file, e->root, e->arena, &e->policy, err));
    /* plan writes another one, whatever is wrong with it. */
    if (ss_lock_read(file, e->arena, &e->policy->lock, &unread) != SS_OK)
        e->policy->lock = NULL;
    return SS_OK;
}

/* text has lines that end with a line feed. */
static void
add_edit(editing *e, size_t at, size_t remove, const char *text)
{
    ss_buf lines = {0};

    for (const char *c = text; *c != '\0'; c++)
    {
        if (*c == '\n')
            ss_buf_puts(&lines, e->line_end);
        else
            ss_buf_putc(&lines, *c);
    }
    text = ss_strdup(e->arena, ss_buf_text(&lines));
    ss_buf_done(&lines);
    e->edits = ss_grow(e->arena, e->edits, e->nedits, &e->capacity, sizeof *e->edits);
    e->edits[e->nedits++] = (edit){at, remove, text};
}

static void
note_change(editing *e, ss_policy_change change)
{
    ss_policy_changes *c = e->changes;

    change.object = ss_strdup(e->result, change.object);
    if (change.rule != NULL)
        change.rule = ss_strdup(e->result, change.rule);
    if (change.covers != NULL)
        change.covers = ss_strdup(e->result, change.covers);
    if (change.place != NULL)
        change.place = ss_strdup(e->result, change.place);
    c->list = ss_grow(e->result, c->list, c->n, &c->capacity, sizeof *c->list);
    c->list[c->n++] = change;
}

/* Whole lines behind the one that a node ends in. */
static void
add_lines(editing *e, const ss_yaml *behind, const char *text)
{
    size_t at = byte_of(e, behind->end);

    /* A text in a block ends where the next line begins. */
    while (at > 0 && strchr(" \t\r\n", e->text[at - 1]) != NULL)
        at--;
    at += strcspn(e->text + at, "\r\n");
    at += strspn(e->text + at, "\r\n") == 0 ? 0 : strncmp(e->text + at, "\r\n", 2) == 0 ? 2 : 1;
    if (at == e->n && !e->ended)
    {
        text = ss_strf(e->arena, "\n%s", text);
        e->ended = true;
    }
    add_edit(e, at, 0, text);
}

/* What is written must be a policy again: how people laid the file out may be nothing that text can be put into. */
static ss_code
check_edited(const editing *e, const char *text, size_t n)
{
    ss_error unused = {0};
    ss_policy *policy;
    ss_yaml *root;

    SS_TRY(ss_yaml_parse(e->file, text, n, e->arena, &root, &unused));
    return ss_policy_from_yaml(e->file, root, e->arena, &policy, &unused);
}

/* Apply the edits in the order of their places (stable) and write the file. */
static ss_code
finish(editing *e, ss_error *err)
{
    ss_buf out = {0};
    size_t from = 0;
    ss_code code = SS_OK;

    for (size_t i = 1; i < e->nedits; i++)
    {
        const edit moving = e->edits[i];
        size_t k = i;

        for (; k > 0 && e->edits[k - 1].at > moving.at; k--)
            e->edits[k] = e->edits[k - 1];
        e->edits[k] = moving;
    }
    for (size_t i = 0; i < e->nedits; i++)
    {
        ss_buf_append(&out, e->text + from, e->edits[i].at - from);
        ss_buf_puts(&out, e->edits[i].text);
        from = e->edits[i].at + e->edits[i].remove;
    }
    ss_buf_append(&out, e->text + from, e->n - from);
    if (check_edited(e, (const char *) out.data, out.len) != SS_OK)
    {
        (void) ss_fail(
            err, SS_EMEND,
            "%s: what is to be added finds no place in the file as it is laid out: it is "
            "left as it was",
            e->file);
        code = ss_hint(err, "Write tables: and columns: one entry a line.");
    }
    else
        code = ss_file_write_over(e->file, out.data, out.len, 0600, err);
    ss_buf_done(&out);
    return code;
}

static const char *
signature_text(ss_arena *arena, const char *by, const char *date, const char *why,
               const char *covers)
{
    ss_buf out = {0};
    const char *text;

    ss_buf_puts(&out, "{by: ");
    ss_policy_put_scalar(&out, by);
    ss_buf_puts(&out, ", date: ");
    ss_buf_puts(&out, date);
    if (why != NULL)
    {
        ss_buf_puts(&out, ", why: ");
        ss_policy_put_scalar(&out, why);
    }
    ss_buf_printf(&out, ", covers: \"%s\"}", covers);
    text = ss_strdup(arena, ss_buf_text(&out));
    ss_buf_done(&out);
    return text;
}

/* Behind the last value of a map that is written in braces: what follows may be a comma or a comment. */
static void
put_in_braces(editing *e, const ss_yaml *map, const char *text)
{
    const size_t at =
        map->n == 0 ? byte_of(e, map->start) + 1 : byte_of(e, map->values[map->n - 1]->end);

    add_edit(e, at, 0, ss_strf(e->arena, "%s%s", map->n == 0 ? "" : ", ", text));
}

/* Put a signature into the entry `map` (of indent columns): replace an old one or add a key. */
static void
put_signature(editing *e, const ss_yaml *map, const char *signature)
{
    const ss_yaml *old = ss_yaml_get(map, "signed");

    if (old != NULL)
    {
        const size_t start = byte_of(e, old->start), end = byte_of(e, old->end);

        add_edit(e, start, end - start, signature);
    }
    else if (map->flow)
        put_in_braces(e, map, ss_strf(e->arena, "signed: %s", signature));
    else
    {
        /* as the line before the entry's first key: nothing that follows can be in the way */
        const size_t at = byte_of(e, map->keys[0]->start);
        const size_t indent = map->keys[0]->column - 1;

        add_edit(e, at, 0, ss_strf(e->arena, "signed: %s\n%*s", signature, (int) indent, ""));
    }
}

/* A rule's value: replaced, put before the closing brace, or as a line before the entry's last key. */
static void
put_value(editing *e, const ss_yaml *map, const char *key, const char *value)
{
    const ss_yaml *old = ss_yaml_get(map, key);

    if (old != NULL)
    {
        const size_t start = byte_of(e, old->start), end = byte_of(e, old->end);

        add_edit(e, start, end - start, value);
    }
    else if (map->flow)
        put_in_braces(e, map, ss_strf(e->arena, "%s: %s", key, value));
    else
    {
        /* A rule has two keys at least, so its last one begins a line. */
        const ss_yaml *last = map->keys[map->n - 1];

        add_edit(e, byte_of(e, last->start), 0,
                 ss_strf(e->arena, "%s: %s\n%*s", key, value, (int) last->column - 1, ""));
    }
}

/* What rule i matches by now, where that is not what stands in the file. */
static void
put_covered(editing *e, size_t i, const ss_rule_columns *columns, bool tells)
{
    const ss_policy_rule *rule = &e->policy->rules[i];
    const ss_yaml *map = ss_yaml_get(e->root, "rules")->values[i];
    const char *name = ss_policy_rule_name(rule, e->arena);

    if (columns->n == 0 || (rule->digest != NULL && rule->matched == columns->n &&
                            strcmp(rule->digest, columns->digest) == 0))
        return;
    put_value(e, map, "matched", ss_strf(e->arena, "%zu", columns->n));
    put_value(e, map, "digest", ss_strf(e->arena, "\"%s\"", columns->digest));
    if (!tells)
        return;
    note_change(e, (ss_policy_change){.kind = SS_CHANGE_RULE, .object = name, .n = columns->n});
    for (size_t c = 0; c < columns->n; c++)
    {
        if (!columns->list[c].covered)
            note_change(e, (ss_policy_change){.kind = SS_CHANGE_COVERED,
                                              .object = columns->list[c].label,
                                              .rule = name});
    }
}

/* Which of the patterns name something themselves, which may hold what a glob would take for more: these match nothing else. */
typedef struct patterns
{
    const char *const *list;
    size_t n;
    bool *exact;
} patterns;

static bool
matches(const patterns *p, const char *label)
{
    for (size_t i = 0; i < p->n; i++)
    {
        if (p->exact[i] ? strcmp(p->list[i], label) == 0 : ss_glob(p->list[i], label))
            return true;
    }
    return false;
}

static void
mark_exact(patterns *p, const char *label)
{
    for (size_t i = 0; i < p->n; i++)
        p->exact[i] = p->exact[i] || strcmp(p->list[i], label) == 0;
}

static void
sign_table(editing *e, const ss_catalog *catalog, size_t t, const patterns *of,
           const ss_policy_signing *s)
{
    const ss_policy_table *entry = &e->policy->tables[t];
    const ss_table *table = ss_catalog_find(catalog, entry->label);
    const ss_yaml *map = ss_yaml_get(e->root, "tables")->values[t];
    const char *covers;

    if (table == NULL)
        return;
    if (matches(of, entry->label))
    {
        covers = ss_policy_cover_table(e->policy, catalog, entry, table, e->arena);
        put_signature(e, map, signature_text(e->arena, s->by, s->date, s->why, covers));
        note_change(e, (ss_policy_change){
                           .kind = SS_CHANGE_TABLE, .object = entry->label, .covers = covers});
        return; /* which covers its columns */
    }
    for (size_t c = 0; c < entry->nown; c++)
    {
        const ss_column *column = ss_table_column(table, entry->columns[c].name);
        const char *label = ss_policy_label(entry->label, entry->columns[c].name, e->arena);

        if (column == NULL || !matches(of, label))
            continue;
        covers = ss_policy_cover_column(entry, &entry->columns[c], column, e->arena);
        put_signature(e, ss_yaml_get(map, "columns")->values[c],
                      signature_text(e->arena, s->by, s->date, s->why, covers));
        note_change(
            e, (ss_policy_change){.kind = SS_CHANGE_COLUMN, .object = label, .covers = covers});
    }
}

/* Who signs a rule signs the columns that it matches by now. */
static void
sign_rule(editing *e, const ss_catalog *catalog, size_t i, const patterns *of,
          const ss_policy_signing *s)
{
    const ss_policy_rule *rule = &e->policy->rules[i];
    const char *name = ss_policy_rule_name(rule, e->arena), *covers;
    ss_rule_columns columns;

    if (!matches(of, name))
        return;
    columns = ss_rule_columns_of(e->policy, rule, catalog, e->arena);
    if (columns.n == 0)
        return;
    put_covered(e, i, &columns, false);
    ss_rule_cover_all(&columns);
    covers = ss_policy_cover_rule(e->policy, catalog, rule, &columns, e->arena);
    put_signature(e, ss_yaml_get(e->root, "rules")->values[i],
                  signature_text(e->arena, s->by, s->date, s->why, covers));
    note_change(e, (ss_policy_change){.kind = SS_CHANGE_RULE, .object = name, .covers = covers});
}

/* --- texts of the schema */

/* In the file itself: a section counts as a whole, so all of them are or none is. */
static bool
is_own_text(const editing *e, size_t i)
{
    return strcmp(e->policy->texts[i].place.file, e->file) == 0;
}

static const ss_yaml *
text_entry(const editing *e, size_t i)
{
    return ss_yaml_get(ss_yaml_get(e->root, "schema"), "text")->values[i];
}

static bool
is_signable_text(const ss_text_rule *rule)
{
    return rule->fate == SS_TEXT_KEEP || rule->fate == SS_TEXT_REPLACE;
}

/* Who signs a text that is kept signs it as it is now. */
static void
sign_text(editing *e, const ss_catalog *catalog, size_t i, const patterns *of,
          const ss_policy_signing *s)
{
    const ss_text_rule *rule = &e->policy->texts[i];
    const ss_suspect *suspect = ss_catalog_suspect(catalog, rule->object);
    const char *digest = suspect == NULL ? rule->digest : suspect->digest, *covers;

    if (!is_own_text(e, i) || !is_signable_text(rule) || !matches(of, rule->object))
        return;
    if (rule->fate == SS_TEXT_REPLACE)
        digest = NULL;
    else if (digest == NULL)
        return; /* what is not there cannot be signed */
    else if (rule->digest == NULL || strcmp(rule->digest, digest) != 0)
        put_value(e, text_entry(e, i), "digest", ss_strf(e->arena, "\"%s\"", digest));
    covers = ss_policy_cover_text(rule, digest, e->arena);
    put_signature(e, text_entry(e, i), signature_text(e->arena, s->by, s->date, s->why, covers));
    note_change(
        e, (ss_policy_change){.kind = SS_CHANGE_TEXT, .object = rule->object, .covers = covers});
}

/* Of texts that are kept and have none.  One that is not that of the text any more is a person's to renew. */
static void
put_digests(editing *e, const ss_catalog *catalog)
{
    for (size_t i = 0; i < e->policy->ntexts; i++)
    {
        const ss_text_rule *rule = &e->policy->texts[i];
        const ss_suspect *suspect = ss_catalog_suspect(catalog, rule->object);

        if (!is_own_text(e, i) || rule->fate != SS_TEXT_KEEP || rule->digest != NULL ||
            suspect == NULL)
            continue;
        put_value(e, text_entry(e, i), "digest", ss_strf(e->arena, "\"%s\"", suspect->digest));
        note_change(e, (ss_policy_change){.kind = SS_CHANGE_DIGEST, .object = rule->object});
    }
}

/* --- what stands in a base */

/* What pattern i matches in one of the files: the place of an entry, or NULL. */
static const ss_place *
place_of_match(const editing *e, const patterns *of, size_t i, bool own)
{
    const patterns one = {.list = of->list + i, .n = 1, .exact = of->exact + i};
    const ss_policy *p = e->policy;

    for (size_t k = own ? 0 : p->nown_rules; k < (own ? p->nown_rules : p->nrules); k++)
    {
        if (matches(&one, ss_policy_rule_name(&p->rules[k], e->arena)))
            return &p->rules[k].place;
    }
    for (size_t k = 0; k < p->ntexts; k++)
    {
        if (is_own_text(e, k) == own && is_signable_text(&p->texts[k]) &&
            matches(&one, p->texts[k].object))
            return &p->texts[k].place;
    }
    for (size_t t = 0; t < p->ntables; t++)
    {
        const ss_policy_table *entry = &p->tables[t];
        const bool of_base = t >= p->nown_tables;
        const size_t nown = of_base ? 0 : entry->nown;

        if (own != of_base && matches(&one, entry->label))
            return &entry->place;
        for (size_t c = own ? 0 : nown; c < (own ? nown : entry->ncolumns); c++)
        {
            if (matches(&one, ss_policy_label(entry->label, entry->columns[c].name, e->arena)))
                return &entry->columns[c].place;
        }
    }
    return NULL;
}

static ss_code
refuse_base(const editing *e, const patterns *of, ss_error *err)
{
    for (size_t i = 0; i < of->n; i++)
    {
        const ss_place *place = place_of_match(e, of, i, false);

        if (place == NULL || place_of_match(e, of, i, true) != NULL)
            continue;
        (void) ss_fail(err, SS_EMEND,
                       "what \"%.100s\" matches stands not in %s but in its base, at %s:%zu:%zu",
                       ss_printable(e->arena, of->list[i]), e->file, place->file, place->line,
                       place->column);
        return ss_hint(err, "Sign it there, for all that include it: sandseed sign %s.",
                       place->file);
    }
    return SS_OK;
}

/* Of both files: one that names an entry of the base is refused, and matches nothing else. */
static patterns
patterns_of(const editing *e, const ss_policy_signing *s)
{
    const ss_policy *p = e->policy;
    patterns all = {.list = s->patterns,
                    .n = s->npatterns,
                    .exact = ss_alloc(e->arena, s->npatterns + 1, sizeof *all.exact)};

    for (size_t i = 0; i < p->nrules; i++)
        mark_exact(&all, ss_policy_rule_name(&p->rules[i], e->arena));
    for (size_t i = 0; i < p->ntexts; i++)
        mark_exact(&all, p->texts[i].object);
    for (size_t t = 0; t < p->ntables; t++)
    {
        mark_exact(&all, p->tables[t].label);
        for (size_t c = 0; c < p->tables[t].ncolumns; c++)
            mark_exact(&all,
                       ss_policy_label(p->tables[t].label, p->tables[t].columns[c].name, e->arena));
    }
    return all;
}

ss_code
ss_policy_sign(const char *file, const ss_catalog *catalog, const ss_policy_signing *signing,
               ss_arena *result, ss_policy_changes *changes, ss_error *err)
{
    editing e;
    ss_code code = begin(&e, file, result, changes, err);
    patterns of = {0};

    if (code == SS_OK)
        of = patterns_of(&e, signing);
    if (code == SS_OK)
        code = refuse_base(&e, &of, err);
    for (size_t i = 0; code == SS_OK && i < e.policy->nown_rules; i++)
        sign_rule(&e, catalog, i, &of, signing);
    for (size_t t = 0; code == SS_OK && t < e.policy->nown_tables; t++)
        sign_table(&e, catalog, t, &of, signing);
    for (size_t i = 0; code == SS_OK && i < e.policy->ntexts; i++)
        sign_text(&e, catalog, i, &of, signing);
    if (code == SS_OK && e.nedits > 0)
        code = finish(&e, err);
    ss_arena_free(e.arena);
    return code;
}

/* --- bringing up to date ------------------------------------------------------------------------ */

/* Does neither the table's entry nor a rule say anything of column c? */
static bool
is_new(const editing *e, const ss_catalog *catalog, const ss_policy_table *entry,
       const ss_table *table, size_t c)
{
    if (table->columns[c].generated != SS_GENERATED_NOT || ruled(e->policy, catalog, table, c))
        return false;
    for (size_t k = 0; k < entry->ncolumns; k++)
    {
        if (strcmp(entry->columns[k].name, table->columns[c].name) == 0)
            return false;
    }
    return true;
}

static void
note_column(editing *e, const ss_table *table, size_t c)
{
    note_change(e, (ss_policy_change){
                       .kind = SS_CHANGE_COLUMN,
                       .object = ss_policy_label(table->label, table->columns[c].name, e->arena)});
}

/* What the base lacks of a table that the base alone names: the file gets an entry with these columns. */
static void
put_columns_beside_base(editing *e, ss_buf *added, const ss_catalog *catalog,
                        const ss_policy_table *entry, const ss_table *table, const proposed *p,
                        size_t by)
{
    bool any = false;

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (!is_new(e, catalog, entry, table, c))
            continue;
        if (!any)
        {
            indent(added, by);
            ss_policy_put_scalar(added, table->label);
            ss_buf_printf(added, ":\n%*scolumns:\n", (int) by + 2, "");
        }
        any = true;
        note_column(e, table, c);
        put_column(added, catalog, table, c, p, entry->mode, name_width(table), by + 4);
    }
}

static void
insert_columns(editing *e, const ss_catalog *catalog, const ss_yaml *map,
               const ss_policy_table *entry, const ss_table *table, const proposed *p)
{
    const ss_yaml *columns = ss_yaml_get(map, "columns");
    const bool nothing = columns != NULL && ss_yaml_is_nothing(columns);
    const ss_yaml *into = columns != NULL && !nothing ? columns : map;
    const size_t by = into->flow || into->n == 0 ? 0 : into->keys[0]->column - 1;
    ss_buf text = {0};

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (!is_new(e, catalog, entry, table, c))
            continue;
        note_column(e, table, c);
        if (into->flow)
        {
            ss_buf_puts(&text, text.len == 0 ? "" : ", ");
            ss_policy_put_scalar(&text, table->columns[c].name);
            ss_buf_puts(&text, ": ");
            put_proposal(&text, p, c, entry->mode, catalog, table);
        }
        else
            put_column(&text, catalog, table, c, p, entry->mode, name_width(table),
                       into == map ? by + 2 : by);
    }
    if (text.len > 0 && nothing && into->flow)
        add_edit(e, byte_of(e, columns->end), 0, ss_strf(e->arena, " {%s}", ss_buf_text(&text)));
    else if (text.len > 0 && into->flow)
        put_in_braces(
            e, into,
            ss_strf(e->arena, columns != NULL ? "%s" : "columns: {%s}", ss_buf_text(&text)));
    else if (text.len > 0 && nothing)
        add_lines(e, columns, ss_buf_text(&text));
    else if (text.len > 0)
        add_lines(e, into->values[into->n - 1],
                  columns != NULL
                      ? ss_buf_text(&text)
                      : ss_strf(e->arena, "%*scolumns:\n%s", (int) by, "", ss_buf_text(&text)));
    ss_buf_done(&text);
}

static void
note_vanished_at(editing *e, const char *object, const ss_place *place)
{
    note_change(e, (ss_policy_change){.kind = SS_CHANGE_VANISHED,
                                      .object = object,
                                      .place = ss_strf(e->arena, "%s:%zu:%zu", place->file,
                                                       place->line, place->column)});
}

/* What the policy names and the source has no more; people take it out. */
static void
note_vanished(editing *e, const ss_catalog *catalog)
{
    for (size_t t = 0; t < e->policy->ntables; t++)
    {
        const ss_policy_table *entry = &e->policy->tables[t];
        const ss_table *table = ss_catalog_find(catalog, entry->label);

        if (table == NULL)
            note_vanished_at(e, entry->label, &entry->place);
        for (size_t c = 0; table != NULL && c < entry->ncolumns; c++)
        {
            if (ss_table_column(table, entry->columns[c].name) == NULL)
                note_vanished_at(e, ss_policy_label(entry->label, entry->columns[c].name, e->arena),
                                 &entry->columns[c].place);
        }
    }
}

/* The entry of a table by its place in the policy, or SS_NONE. */
static size_t
find_table(const ss_policy *policy, const char *label)
{
    for (size_t k = 0; k < policy->ntables; k++)
    {
        if (strcmp(policy->tables[k].label, label) == 0)
            return k;
    }
    return SS_NONE;
}

/* How far in the entries of a section of the top level stand. */
static size_t
entries_by(const editing *e, const ss_yaml *section)
{
    if (section != NULL && section->kind == SS_YAML_MAP && !section->flow)
        return section->keys[0]->column - 1;
    return e->root->keys[0]->column + 1;
}

/*
 * New entries of a section of the top level, whose head is written where it is not there yet.  Nothing can be added to
 * one in braces without laying it out anew.
 */
static ss_code
insert_entries(editing *e, const char *key, const char *head, const char *text, ss_error *err)
{
    const ss_yaml *section = ss_yaml_get(e->root, key);

    if (section == NULL && !e->root->flow)
        add_lines(e, e->root->values[e->root->n - 1],
                  ss_strf(e->arena, "%*s%s%s", (int) e->root->keys[0]->column - 1, "", head, text));
    else if (section != NULL && ss_yaml_is_nothing(section) && !e->root->flow)
        add_lines(e, section, text);
    else if (section != NULL && section->kind == SS_YAML_MAP && !section->flow)
        add_lines(e, section->values[section->n - 1], text);
    else
    {
        (void) ss_yaml_fail(e->file, section == NULL ? e->root : section, err,
                            "nothing can be added to %s: in braces; the file is left as it was",
                            section == NULL ? "a policy" : key);
        return ss_hint(err, "Write %s: as one entry a line, without braces.", key);
    }
    return SS_OK;
}

/* What looks personal in the schema's own text and has no entry yet, in the order of the catalog. */
static ss_code
insert_texts(editing *e, const ss_catalog *catalog, ss_error *err)
{
    const ss_yaml *schema = ss_yaml_get(e->root, "schema");
    const ss_yaml *text = schema == NULL ? NULL : ss_yaml_get(schema, "text");
    const bool in_braces = (schema != NULL && schema->flow) || (text != NULL && text->flow);
    const size_t deep = schema != NULL && schema->kind == SS_YAML_MAP && schema->n > 0
                            ? schema->keys[0]->column - 1
                            : e->root->keys[0]->column + 1;
    const bool more = text != NULL && text->kind == SS_YAML_MAP && text->n > 0;
    const size_t by = more ? text->keys[0]->column - 1 : deep + 2;
    const char *head = ss_strf(e->arena, "%*s" TEXT_HEAD, (int) deep, "");
    ss_buf added = {0};
    const char *entries;

    for (size_t i = 0; i < catalog->nsuspects; i++)
    {
        const ss_suspect *s = &catalog->suspects[i];

        if (ss_policy_text_rule(e->policy, s->object) != NULL)
            continue;
        put_text(&added, s, ss_strf(e->arena, "%*s", (int) by, ""));
        note_change(e, (ss_policy_change){.kind = SS_CHANGE_TEXT, .object = s->object});
    }
    entries = ss_strdup(e->arena, ss_buf_text(&added));
    ss_buf_done(&added);
    if (entries[0] == '\0')
        return SS_OK;
    if (in_braces)
    {
        (void) ss_yaml_fail(e->file, text != NULL ? text : schema, err,
                            "nothing can be added to %s: in braces; the file is left as it was",
                            text != NULL ? "text" : "schema");
        return ss_hint(err, "Write schema: and its text: as one entry a line, without braces.");
    }
    if (more)
        add_lines(e, text->values[text->n - 1], entries);
    else if (text != NULL)
        add_lines(e, text, entries);
    else if (schema != NULL && schema->kind == SS_YAML_MAP && schema->n > 0)
        add_lines(e, schema->values[schema->n - 1], ss_strf(e->arena, "%s%s", head, entries));
    else
        return insert_entries(e, "schema", SCHEMA_HEAD, ss_strf(e->arena, "%s%s", head, entries),
                              err);
    return SS_OK;
}

ss_code
ss_policy_update(const char *file, const ss_catalog *catalog, const ss_proposal *const *proposals,
                 const ss_subject_proposal *subjects, ss_arena *result, ss_policy_changes *changes,
                 ss_error *err)
{
    const char *const *why = NULL;
    const ss_yaml *tables;
    editing e;
    ss_code code = begin(&e, file, result, changes, err);
    ss_buf added = {0};

    if (code == SS_OK)
        why = ss_policy_why_empty(catalog, e.policy, e.arena);
    tables = code == SS_OK ? ss_yaml_get(e.root, "tables") : NULL;
    for (size_t t = 0; code == SS_OK && t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        const size_t at = named(table) ? find_table(e.policy, table->label) : SS_NONE;
        const ss_policy_table *entry = at == SS_NONE ? NULL : &e.policy->tables[at];
        const proposed p = {.columns = proposals[t],
                            .update = true,
                            .subject = subjects == NULL ? NULL : &subjects[t],
                            .empty_why = why[t]};

        if (!named(table))
            continue;
        if (entry == NULL)
        {
            put_table(&added, e.policy, catalog, table, SS_MODE_SYNTHESISE, &p,
                      entries_by(&e, tables));
            note_change(&e, (ss_policy_change){.kind = SS_CHANGE_TABLE, .object = table->label});
        }
        /* A kept table without columns is decided, and signed, as a whole. */
        else if (entry->mode == SS_MODE_EMPTY ||
                 (entry->mode == SS_MODE_KEEP && entry->ncolumns == 0))
            continue;
        else if (at >= e.policy->nown_tables)
            put_columns_beside_base(&e, &added, catalog, entry, table, &p, entries_by(&e, tables));
        else
            insert_columns(&e, catalog, tables->values[at], entry, table, &p);
    }
    for (size_t i = 0; code == SS_OK && i < e.policy->nown_rules; i++)
    {
        const ss_rule_columns columns =
            ss_rule_columns_of(e.policy, &e.policy->rules[i], catalog, e.arena);

        put_covered(&e, i, &columns, true);
    }
    if (code == SS_OK && added.len > 0)
        code = insert_entries(&e, "tables", "tables:\n", ss_buf_text(&added), err);
    if (code == SS_OK)
        put_digests(&e, catalog);
    if (code == SS_OK)
        code = insert_texts(&e, catalog, err);
    if (code == SS_OK && e.nedits > 0)
        code = finish(&e, err);
    if (code == SS_OK)
        note_vanished(&e, catalog);
    ss_buf_done(&added);
    ss_arena_free(e.arena);
    return code;
}

/* --- the csv: section --------------------------------------------------------------------------- */

static void
insert_typed(editing *e, const ss_yaml *entry, const ss_csv_table *known, const ss_csv_table *table,
             ss_arena *scratch)
{
    const ss_yaml *columns = ss_yaml_get(entry, "columns");
    const size_t by = columns->keys[0]->column - 1;
    ss_buf text = {0};

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        size_t k = 0;

        while (k < known->ncolumns && strcmp(known->columns[k].name, table->columns[c].name) != 0)
            k++;
        if (k < known->ncolumns)
            continue;
        if (!columns->flow)
            indent(&text, by);
        else
            ss_buf_puts(&text, text.len == 0 ? "" : ", ");
        ss_csv_typed_write(&table->columns[c], &text);
        ss_buf_puts(&text, columns->flow ? "" : "\n");
        note_change(e, (ss_policy_change){.kind = SS_CHANGE_CSV,
                                          .object = ss_policy_label(
                                              table->label, table->columns[c].name, scratch)});
    }
    if (text.len > 0 && columns->flow)
        put_in_braces(e, columns, ss_strdup(e->arena, ss_buf_text(&text)));
    else if (text.len > 0)
        add_lines(e, columns->values[columns->n - 1], ss_buf_text(&text));
    ss_buf_done(&text);
}

/* What a file says of a table's files it says whole: nothing can be added beside it. */
static ss_code
check_base_csv(const ss_csv_table *known, const ss_csv_table *table, ss_error *err)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        size_t k = 0;

        while (k < known->ncolumns && strcmp(known->columns[k].name, table->columns[c].name) != 0)
            k++;
        if (k < known->ncolumns)
            continue;
        (void) ss_fail(err, SS_EMEND, "%s:%zu:%zu: csv: has not all columns of the table's files",
                       known->place.file, known->place.line, known->place.column);
        return ss_hint(err, "sandseed plan %s brings them in.", known->place.file);
    }
    return SS_OK;
}

ss_code
ss_policy_update_csv(const char *file, const ss_csv_table *tables, size_t ntables, ss_arena *result,
                     ss_policy_changes *changes, ss_error *err)
{
    const ss_yaml *map;
    editing e;
    ss_code code = begin(&e, file, result, changes, err);
    ss_buf added = {0};

    map = code == SS_OK ? ss_yaml_get(e.root, "csv") : NULL;
    for (size_t t = 0; code == SS_OK && t < ntables; t++)
    {
        const ss_csv_table *known =
            ss_csv_table_find(e.policy->csv, e.policy->ncsv, tables[t].label);

        if (known != NULL && known >= e.policy->csv + e.policy->nown_csv)
        {
            code = check_base_csv(known, &tables[t], err);
            continue;
        }
        if (known != NULL)
        {
            insert_typed(&e, map->values[known - e.policy->csv], known, &tables[t], e.arena);
            continue;
        }
        ss_csv_table_write(&tables[t], entries_by(&e, map), &added);
        note_change(&e, (ss_policy_change){.kind = SS_CHANGE_CSV, .object = tables[t].label});
    }
    if (code == SS_OK && added.len > 0)
        code = insert_entries(&e, "csv", CSV_HEAD, ss_buf_text(&added), err);
    if (code == SS_OK && e.nedits > 0)
        code = finish(&e, err);
    ss_buf_done(&added);
    ss_arena_free(e.arena);
    return code;
}
