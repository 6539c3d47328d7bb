#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "policy/proposal.h"
#include "rows/codec.h"

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
        else if (ss_utf8_deceptive(point))
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

/* What is said of a column's reference that nobody declared, or NULL. */
static const ss_soft_proposal *
soft_of(const ss_proposed *p, size_t column)
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
comes_undecided(const ss_proposed *of, const ss_proposal *p, ss_mode mode)
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

/* What is said of one path: in braces. */
static void
put_path(ss_buf *out, const ss_path_proposal *path)
{
    const ss_proposal *p = &path->proposal;

    ss_policy_put_scalar(out, path->path);
    ss_buf_printf(out, ": {class: %s", ss_class_name(p->class));
    if (p->kind != NULL && p->class != SS_CLASS_UNDECIDED)
    {
        ss_buf_puts(out, ", kind: ");
        ss_policy_put_scalar(out, p->kind);
    }
    if (p->treatment != SS_TREAT_DEFAULT)
        ss_buf_printf(out, ", treatment: %s", ss_treatment_name(p->treatment));
    if (p->why != NULL)
    {
        ss_buf_puts(out, ", why: ");
        ss_policy_put_scalar(out, p->why);
    }
    ss_buf_putc(out, '}');
}

/* Is the column proposed path by path? */
static bool
has_paths(const ss_proposed *of, size_t c, ss_mode mode)
{
    return of->columns[c].npaths > 0 && mode == SS_MODE_PSEUDONYMISE && !of->update;
}

void
ss_propose_put(ss_buf *out, const ss_proposed *of, size_t c, ss_mode mode,
               const ss_catalog *catalog, const ss_table *table)
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

void
ss_propose_put_column(ss_buf *out, const ss_catalog *catalog, const ss_table *table, size_t c,
                      const ss_proposed *p, ss_mode mode, size_t width, size_t by)
{
    const ss_column *column = &table->columns[c];
    size_t start;

    indent(out, by);
    start = out->len;
    ss_policy_put_scalar(out, column->name);
    ss_buf_putc(out, ':');
    if (has_paths(p, c, mode))
    {
        ss_buf_printf(out, "\n%*spaths:\n", (int) by + 2, "");
        for (size_t i = 0; i < p->columns[c].npaths; i++)
        {
            indent(out, by + 4);
            put_path(out, &p->columns[c].paths[i]);
            ss_buf_putc(out, '\n');
        }
        return;
    }
    do
        ss_buf_putc(out, ' ');
    while (out->len - start < width + 2);
    ss_propose_put(out, p, c, mode, catalog, table);
    ss_buf_putc(out, '\n');
}

size_t
ss_propose_width(const ss_table *table)
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

bool
ss_propose_is_ruled(const ss_policy *policy, const ss_catalog *catalog, const ss_table *table,
                    size_t column)
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
put_subject(ss_buf *out, const ss_table *table, const ss_proposed *p, ss_mode mode, size_t by)
{
    const ss_subject_proposal *s = p->subject;
    ss_arena *scratch = ss_arena_new(NULL);

    if (s != NULL && s->self)
        ss_buf_printf(out, "%*ssubject: self    # %s\n", (int) by, "",
                      ss_printable(scratch, s->why));
    else if (s != NULL && s->ncolumns > 0)
    {
        /* That those count nothing, a person says: without the line nobody is counted. */
        ss_buf_printf(out, "%*s%ssubject: [", (int) by, "", s->astray ? "# " : "");
        for (size_t i = 0; i < s->ncolumns; i++)
        {
            ss_buf_puts(out, i == 0 ? "" : ", ");
            ss_policy_put_scalar(out, table->columns[s->columns[i]].name);
        }
        ss_buf_printf(out, "]    # %s%s\n", ss_printable(scratch, s->why),
                      s->astray ? ": shape, until it has references:, or this line is taken" : "");
    }
    else if (s != NULL && mode == SS_MODE_SYNTHESISE && is_personal(table, p->columns))
        ss_buf_printf(out,
                      "%*s# subject:    # nothing leads to people: shape, until it says self, a "
                      "column with references:, or none with why:\n",
                      (int) by, "");
    ss_arena_free(scratch);
}

void
ss_propose_put_table(ss_buf *out, const ss_policy *policy, const ss_catalog *catalog,
                     const ss_table *table, ss_mode mode, const ss_proposed *p, size_t by)
{
    const size_t width = ss_propose_width(table);
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
            ((soft == NULL || soft->references == NULL) &&
             ss_propose_is_ruled(policy, catalog, table, c)))
            continue;
        if (!any)
            ss_buf_printf(out, "%*scolumns:\n", (int) by + 2, "");
        any = true;
        ss_propose_put_column(out, catalog, table, c, p, mode, width, by + 4);
    }
}

bool
ss_propose_is_named(const ss_table *table)
{
    return !table->is_partition && table->extension == NULL;
}

/* Where pseudonyms will have their key from: a file that nobody has made yet. */
static void
put_key(ss_buf *out, const char *database)
{
    char name[SS_KEY_NAME - 7] = "";
    size_t n = 0;

    for (const char *c = database; *c != '\0' && n + 1 < sizeof name; c++)
    {
        const char one[2] = {*c, '\0'};

        name[n++] = (char) (ss_key_name_is_good(one) ? *c : '-');
    }
    name[n] = '\0';
    ss_buf_printf(out,
                  "key: {file: ./%s.key, sandbox: %s-sandbox}   # sandseed key new -o %s.key makes "
                  "it\n",
                  name, name, name);
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
    if (p->mode == SS_MODE_PSEUDONYMISE)
        put_key(out, p->catalog->database);
    if (p->catalog->nsuspects > 0)
        ss_buf_puts(out, SS_SCHEMA_HEAD "  " SS_TEXT_HEAD);
    for (size_t i = 0; i < p->catalog->nsuspects; i++)
        ss_text_rule_write(&p->catalog->suspects[i], 4, out);
    if (p->ncsv > 0)
        ss_buf_puts(out, SS_CSV_HEAD);
    for (size_t i = 0; i < p->ncsv; i++)
        ss_csv_table_write(&p->csv[i], 2, out);
    ss_buf_puts(out, "tables:\n");
    for (size_t t = 0; t < p->catalog->ntables; t++)
    {
        const ss_table *table = &p->catalog->tables[t];

        if (!ss_propose_is_named(table))
            continue;
        ss_propose_put_table(out, NULL, p->catalog, table, p->mode,
                             &(ss_proposed){.columns = p->proposals[t],
                                            .subject = p->subjects == NULL ? NULL : &p->subjects[t],
                                            .keep_why = p->keep_why[t],
                                            .empty_why = p->empty_why[t]},
                             2);
    }
}
