/* The policy's page for people: an officer who is no programmer reads it from top to bottom. */
#include <string.h>

#include "base/text.h"
#include "report/inspect_policy.h"
#include "report/layout.h"

enum
{
    FACT_WIDTH = 12,
    CLASS_WIDTH = 20,
    CELL_WIDTH = 13,
    TOTAL_WIDTH = 9,
    FINDINGS_SHOWN = 40,
};

/* "nothing" of an empty table stands behind the treatments. */
#define NCELLS  (SS_NTREATMENTS + 1)
#define NOTHING SS_NTREATMENTS
/* Columns that nobody gave a class stand below the classes. */
#define NROWS    (SS_NCLASSES + 1)
#define NO_CLASS SS_NCLASSES

typedef struct writer
{
    const ss_policy_page *page;
    ss_arena *scratch;
    ss_layout l;
} writer;

static const char *
safe(const writer *w, const char *text)
{
    return ss_printable(w->scratch, text);
}

static void
heading(writer *w, const char *text)
{
    ss_layout_end(&w->l);
    ss_layout_line(&w->l, 0, 3, text);
}

static void
fact(writer *w, size_t column, const char *name, const char *text)
{
    ss_layout_fact(&w->l, column, name, FACT_WIDTH, text);
}

static const char *
signed_text(const writer *w, const ss_signature *s, bool covers)
{
    if (s == NULL)
        return "not signed";
    return ss_strf(w->scratch, "by %s on %s%s", safe(w, s->by), safe(w, s->date),
                   covers ? "" : "; what was signed has changed since: it no longer counts");
}

static bool
is_text_signed(const writer *w, const ss_text_rule *rule)
{
    return ss_policy_text_is_signed(rule, ss_catalog_suspect(w->page->plan->catalog, rule->object));
}

static const char *
label_of(const writer *w, const ss_page_column *c)
{
    ss_buf text = {0};
    const char *copy;

    ss_buf_printf(&text, "%s.", c->table->label);
    ss_text_ident(&text, c->column->name);
    if (c->path != NULL)
        ss_buf_printf(&text, ":%s", c->path);
    copy = safe(w, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

/* --- header ------------------------------------------------------------------------------------- */

static const char *
key_text(writer *w, const ss_policy_key *key)
{
    const ss_key_source *from = &key->source;

    return ss_strf(w->scratch, "of sandbox %s, epoch %s; from %s", safe(w, key->sandbox),
                   key->epoch == NULL ? "as the key file has it" : safe(w, key->epoch),
                   from->command == NULL && !from->has_fd && from->file == NULL
                       ? "--key"
                       : ss_key_source_label(from, w->scratch));
}

static const char *
subset_text(writer *w, const ss_policy_subset *subset)
{
    ss_arena *s = w->scratch;

    return ss_strf(s, "%s of %s%s%s%s, with all that is theirs and what that refers to",
                   subset->rows == NULL ? "all" : safe(w, subset->rows), safe(w, subset->of),
                   subset->where == NULL ? "" : " where ",
                   subset->where == NULL ? "" : safe(w, subset->where),
                   subset->leave_out == NULL
                       ? ""
                       : ss_strf(s, ", but for those in %s", safe(w, subset->leave_out)));
}

static void
header(writer *w)
{
    static const char *const signoff[] = {
        [SS_SIGNOFF_PERSONAL_KEEP] = "required of personal columns and tables that leave with "
                                     "their values (personal-keep)",
        [SS_SIGNOFF_NONE] = "not required (none)",
        [SS_SIGNOFF_ALL] = "required of every table or column (all)"};
    const ss_policy_page *p = w->page;
    const ss_policy *policy = p->plan->policy;
    size_t leave = 0, personal = 0, lacking = 0, undecided = 0, tables = 0, paths = 0;
    ss_arena *s = w->scratch;

    for (size_t i = 0; i < p->ncolumns; i++)
    {
        const ss_page_column *c = &p->columns[i];

        paths += c->path != NULL;
        leave += c->leaves;
        personal += c->leaves && ss_page_is_personal(c);
        lacking += c->decision->lacks_signature;
        undecided += ss_page_is_undecided(c);
    }
    for (size_t t = 0; t < p->plan->catalog->ntables; t++)
        tables += !p->plan->catalog->tables[t].is_partition;
    ss_layout_line(&w->l, 0, 2, ss_strf(s, "Policy %s, as of %s", safe(w, p->file), p->date));
    fact(w, 2, "digest",
         ss_strf(s, "%s (BLAKE2b-256%s)", p->digest,
                 policy->base_digest == NULL ? "" : ", with its base"));
    fact(w, 2, "source", safe(w, p->source));
    fact(w, 2, "target", policy->target == NULL ? "not in the file" : safe(w, policy->target));
    fact(w, 2, "people",
         ss_strf(s, "at least %zu behind every number that is kept", policy->people));
    if (policy->key != NULL)
        fact(w, 2, "key", key_text(w, policy->key));
    if (policy->subset != NULL)
        fact(w, 2, "subset", subset_text(w, policy->subset));
    fact(w, 2, "signatures", signoff[policy->require_signoff]);
    fact(
        w, 2, "in all",
        ss_strf(s,
                "%zu table%s, %s column%s%s; %s%s%s with values, %zu of them personal or keys; %zu "
                "undecided; %zu without a signature that is required",
                tables, ss_layout_plural(tables), ss_text_count(s, p->ncolumns - paths),
                ss_layout_plural(p->ncolumns - paths),
                paths == 0 ? ""
                           : ss_strf(s, " and %s path%s of documents", ss_text_count(s, paths),
                                     ss_layout_plural(paths)),
                ss_text_count(s, leave), paths == 0 ? " column" : " of them",
                paths == 0 ? (leave == 1 ? " leaves" : "s leave")
                           : (leave == 1 ? " leaves" : " leave"),
                personal, undecided, lacking));
}

/* --- 1. matrix ---------------------------------------------------------------------------------- */

static const char *
treatment_name(size_t t)
{
    return t == NOTHING ? "nothing" : ss_treatment_names[t];
}

/* Where the terminal is too narrow for cells: "direct-identifier  3 keep, 12 shape". */
static void
matrix_words(writer *w, const char *name, const size_t *cells)
{
    size_t told = 0;
    ss_buf text = {0};

    for (size_t t = 1; t < NCELLS; t++)
    {
        if (cells[t] > 0)
            ss_buf_printf(&text, "%s%s %s", told++ == 0 ? "" : ", ",
                          ss_text_count(w->scratch, cells[t]), treatment_name(t));
    }
    ss_layout_to(&w->l, 3);
    ss_layout_cell(&w->l, name, CLASS_WIDTH, false);
    ss_layout_text(&w->l, ss_buf_text(&text), 3 + CLASS_WIDTH);
    ss_layout_end(&w->l);
    ss_buf_done(&text);
}

static void
matrix_line(writer *w, const char *name, const size_t *cells, const bool *used)
{
    size_t total = 0;

    ss_layout_to(&w->l, 3);
    ss_layout_cell(&w->l, name, CLASS_WIDTH, false);
    for (size_t t = 1; t < NCELLS; t++)
    {
        total += cells[t];
        if (used[t])
            ss_layout_cell(&w->l, cells[t] == 0 ? "-" : ss_text_count(w->scratch, cells[t]),
                           CELL_WIDTH, true);
    }
    ss_layout_cell(&w->l, ss_text_count(w->scratch, total), TOTAL_WIDTH, true);
    ss_layout_end(&w->l);
}

static void
matrix(writer *w)
{
    static const char *const means[NCELLS] = {
        [SS_TREAT_SYNTHESISE] = "drawn from statistics of the column, behind each of which there "
                                "are enough people",
        [SS_TREAT_SHAPE] = "made up from type and length alone; no value is learnt",
        [SS_TREAT_PSEUDONYMISE] = "each value replaced by a pseudonym: rows stay real rows",
        [SS_TREAT_GENERALISE] = "each value made coarser: rows stay real rows",
        [SS_TREAT_KEEP] = "the values themselves",
        [SS_TREAT_CONSTANT] = "one given value everywhere",
        [SS_TREAT_NULLIFY] = "left empty",
        [SS_TREAT_REDACT] = "the texts themselves, but for what was found in them: rows stay real "
                            "rows",
        [NOTHING] = "the table has no rows in the sandbox"};
    size_t cells[NROWS][NCELLS] = {{0}}, totals[NCELLS] = {0};
    size_t rows[NROWS] = {0};
    bool used[NCELLS] = {false};
    size_t wide = 3 + CLASS_WIDTH + TOTAL_WIDTH;

    for (size_t i = 0; i < w->page->ncolumns; i++)
    {
        const ss_page_column *c = &w->page->columns[i];
        const size_t row = c->class == NULL ? NO_CLASS : c->decision->class;
        const size_t cell = strcmp(c->treatment, "nothing") == 0 ? NOTHING : c->decision->treatment;

        cells[row][cell]++;
        rows[row]++;
        totals[cell]++;
        wide += used[cell] ? 0 : CELL_WIDTH;
        used[cell] = true;
    }
    heading(w, "1. What columns are, and what the sandbox gets of them");
    if (wide <= w->l.width)
    {
        ss_layout_to(&w->l, 3 + CLASS_WIDTH);
        for (size_t t = 1; t < NCELLS; t++)
        {
            if (used[t])
                ss_layout_cell(&w->l, treatment_name(t), CELL_WIDTH, true);
        }
        ss_layout_cell(&w->l, "in all", TOTAL_WIDTH, true);
        ss_layout_end(&w->l);
    }
    for (size_t r = 0; r < NROWS; r++)
    {
        const char *name = r == NO_CLASS ? "(nobody said)" : ss_class_names[r];

        if (rows[r] > 0 && wide <= w->l.width)
            matrix_line(w, name, cells[r], used);
        else if (rows[r] > 0)
            matrix_words(w, name, cells[r]);
    }
    if (wide <= w->l.width)
        matrix_line(w, "in all", totals, used);
    else
        matrix_words(w, "in all", totals);
    for (size_t t = 1; t < NCELLS; t++)
    {
        if (used[t])
            fact(w, 3, treatment_name(t), means[t]);
    }
}

/* --- 2. what leaves ----------------------------------------------------------------------------- */

/* One column that leaves; in a kept table what its table says is not said again. */
static void
leaving_column(writer *w, const ss_page_column *c, bool kept)
{
    const ss_decision *d = c->decision;
    ss_arena *s = w->scratch;

    if (kept)
    {
        ss_layout_to(&w->l, 6);
        ss_layout_text(&w->l,
                       ss_strf(s, "%s: %s%s%s%s%s", safe(w, c->name), c->class,
                               d->kind == NULL ? "" : ", ", d->kind == NULL ? "" : safe(w, d->kind),
                               d->why == NULL ? "" : "; ", d->why == NULL ? "" : safe(w, d->why)),
                       8);
        ss_layout_end(&w->l);
        return;
    }
    ss_layout_line(&w->l, 3, 6,
                   ss_strf(s, "%s: %s, %s%s%s%s", label_of(w, c), c->class, c->treatment,
                           d->to == NULL ? "" : " to ", d->to == NULL ? "" : safe(w, d->to),
                           d->kind == NULL ? "" : ss_strf(s, " (%s)", safe(w, d->kind))));
    fact(w, 6, "why", d->why == NULL ? "no reason given" : safe(w, d->why));
    fact(w, 6, "signed", signed_text(w, c->signature, c->covered));
}

static void
kept_table(writer *w, const ss_page_column *columns, size_t n)
{
    const ss_table *table = columns[0].table;
    const ss_table_plan *t =
        &w->page->plan->tables[ss_catalog_index(w->page->plan->catalog, table)];
    size_t personal = 0, unsaid = 0;

    for (size_t i = 0; i < n; i++)
    {
        personal += ss_page_is_personal(&columns[i]);
        unsaid += columns[i].class == NULL;
    }
    ss_layout_line(
        &w->l, 3, 6,
        ss_strf(w->scratch, "%s: every row as it is; %zu column%s, %zu of them personal or keys%s",
                safe(w, table->label), n, ss_layout_plural(n), personal,
                unsaid == 0 ? ""
                            : ss_strf(w->scratch,
                                      ", %zu of which nobody said what they are: the signature "
                                      "alone stands for them",
                                      unsaid)));
    fact(w, 6, "why", t->why == NULL ? "no reason given" : safe(w, t->why));
    fact(w, 6, "signed", signed_text(w, t->signature, t->signed_by != NULL));
    for (size_t i = 0; i < n; i++)
    {
        if (ss_page_is_personal(&columns[i]))
            leaving_column(w, &columns[i], true);
    }
}

/* Columns from i on that are of the same table. */
static size_t
of_one_table(const ss_policy_page *page, size_t i)
{
    size_t n = 0;

    while (i + n < page->ncolumns && page->columns[i + n].table == page->columns[i].table)
        n++;
    return n;
}

static void
leaving(writer *w)
{
    const ss_policy_page *p = w->page;
    const ss_policy *policy = p->plan->policy;
    size_t told = 0;

    heading(w, "2. What leaves with its values: kept tables, and personal columns of others");
    for (size_t i = 0, n; i < p->ncolumns; i += n)
    {
        const size_t t = ss_catalog_index(p->plan->catalog, p->columns[i].table);

        n = of_one_table(p, i);
        if (p->plan->tables[t].mode == SS_MODE_KEEP)
        {
            kept_table(w, &p->columns[i], n);
            told++;
            continue;
        }
        for (size_t k = i; k < i + n; k++)
        {
            if (!p->columns[k].leaves || !ss_page_is_personal(&p->columns[k]))
                continue;
            leaving_column(w, &p->columns[k], false);
            told++;
        }
    }
    for (size_t i = 0; i < policy->ntexts; i++)
    {
        const ss_text_rule *rule = &policy->texts[i];

        if (rule->fate != SS_TEXT_KEEP)
            continue;
        ss_layout_line(&w->l, 3, 6,
                       ss_strf(w->scratch, "in the schema's own text, %s: %s",
                               safe(w, rule->object),
                               ss_policy_text_found(rule->counts, w->scratch)));
        fact(w, 6, "why", rule->why == NULL ? "no reason given" : safe(w, rule->why));
        fact(w, 6, "signed",
             signed_text(w, rule->signature.by == NULL ? NULL : &rule->signature,
                         is_text_signed(w, rule)));
        told++;
    }
    if (told == 0)
        ss_layout_line(&w->l, 3, 3, "Nothing.");
}

/* --- 3. rules ----------------------------------------------------------------------------------- */

static void
new_matches(writer *w, const ss_policy_rule *rule, const ss_rule_columns *columns)
{
    size_t covered = 0, told = 0;
    ss_buf text = {0};

    for (size_t i = 0; i < columns->n; i++)
        covered += columns->list[i].covered;
    if (covered == columns->n)
        return;
    if (covered == 0 && rule->digest != NULL && rule->matched > 0)
        ss_buf_puts(&text, "not the columns of then, and which are new cannot be told");
    else if (rule->digest == NULL)
        ss_buf_puts(&text, "all of them: sandseed plan has not written the rule yet");
    if (text.len == 0)
    {
        for (size_t i = 0; i < columns->n; i++)
        {
            if (!columns->list[i].covered)
                ss_buf_printf(&text, "%s%s", told++ == 0 ? "" : ", ",
                              safe(w, columns->list[i].label));
        }
    }
    fact(w, 6, "since then", ss_buf_text(&text));
    ss_buf_done(&text);
}

static void
rules(writer *w)
{
    const ss_policy *policy = w->page->plan->policy;
    ss_arena *s = w->scratch;

    heading(w, "3. Rules: one line of the policy for many columns");
    for (size_t i = 0; i < policy->nrules; i++)
    {
        const ss_policy_rule *rule = &policy->rules[i];
        const ss_rule_columns *columns = &w->page->plan->rules[i];
        const size_t decided = ss_page_decided(w->page, rule);

        ss_layout_line(
            &w->l, 3, 6,
            ss_strf(s, "%s: %s%s%s", safe(w, ss_policy_rule_name(rule, s)),
                    ss_class_name(rule->class), rule->treatment == SS_TREAT_DEFAULT ? "" : ", ",
                    rule->treatment == SS_TREAT_DEFAULT ? "" : ss_treatment_name(rule->treatment)));
        fact(w, 6, "matches",
             ss_strf(s, "%s column%s, %s when plan last wrote it; decides %s",
                     ss_text_count(s, columns->n), ss_layout_plural(columns->n),
                     rule->digest == NULL ? "none" : ss_text_count(s, rule->matched),
                     ss_text_count(s, decided)));
        new_matches(w, rule, columns);
        fact(w, 6, "why", rule->why == NULL ? "no reason given" : safe(w, rule->why));
        fact(w, 6, "signed",
             signed_text(w, rule->signature.by == NULL ? NULL : &rule->signature,
                         columns->is_signed));
    }
    if (policy->nrules == 0)
        ss_layout_line(&w->l, 3, 3, "None.");
}

/* --- 4. to 6. ----------------------------------------------------------------------------------- */

/* The columns that pick finds, a paragraph a table.  How many there were. */
static size_t
by_table(writer *w, bool (*pick)(const ss_page_column *))
{
    const ss_policy_page *p = w->page;
    size_t told = 0;

    for (size_t i = 0, n; i < p->ncolumns; i += n)
    {
        size_t here = 0;

        n = of_one_table(p, i);
        for (size_t k = i; k < i + n; k++)
        {
            if (!pick(&p->columns[k]))
                continue;
            if (here++ == 0)
                ss_layout_to(&w->l, 6);
            ss_layout_text(&w->l,
                           here == 1
                               ? ss_strf(w->scratch, "%s: %s", safe(w, p->columns[k].table->label),
                                         safe(w, p->columns[k].name))
                               : ss_strf(w->scratch, ", %s", safe(w, p->columns[k].name)),
                           9);
        }
        if (here > 0)
            ss_layout_end(&w->l);
        told += here;
    }
    return told;
}

static bool
lacks_signature(const ss_page_column *c)
{
    return c->decision->lacks_signature;
}

static void
stale_tables(writer *w, size_t *told)
{
    const ss_policy_page *p = w->page;

    for (size_t i = 0, n; i < p->ncolumns; i += n)
    {
        const ss_table *table = p->columns[i].table;
        const ss_table_plan *t = &p->plan->tables[ss_catalog_index(p->plan->catalog, table)];

        n = of_one_table(p, i);
        if (t->signature == NULL || t->signed_by != NULL)
            continue;
        ss_layout_to(&w->l, 3);
        ss_layout_text(
            &w->l,
            ss_strf(w->scratch, "the table %s, signed %s: %s", safe(w, table->label),
                    signed_text(w, t->signature, true),
                    t->added == SS_NONE
                        ? "its columns are now"
                        : ss_strf(w->scratch, "the column %s has come in, and nothing else",
                                  safe(w, table->columns[t->added].name))),
            6);
        for (size_t k = i; k < i + n && t->added == SS_NONE; k++)
            ss_layout_text(
                &w->l,
                ss_strf(w->scratch, "%s%s", k == i ? " " : ", ", safe(w, p->columns[k].name)), 6);
        ss_layout_end(&w->l);
        ++*told;
    }
}

static void
changed(writer *w)
{
    const ss_policy_page *p = w->page;
    const ss_policy *policy = p->plan->policy;
    size_t told = 0;

    heading(w, "4. What changed since it was signed");
    stale_tables(w, &told);
    for (size_t i = 0; i < p->ncolumns; i++)
    {
        if (!ss_page_is_stale(&p->columns[i]))
            continue;
        ss_layout_line(&w->l, 3, 6,
                       ss_strf(w->scratch, "the column %s, signed %s", label_of(w, &p->columns[i]),
                               signed_text(w, p->columns[i].decision->signature, true)));
        told++;
    }
    for (size_t i = 0; i < policy->nrules; i++)
    {
        const ss_policy_rule *rule = &policy->rules[i];

        if (rule->signature.by == NULL || p->plan->rules[i].is_signed)
            continue;
        ss_layout_line(&w->l, 3, 6,
                       ss_strf(w->scratch, "the rule %s, signed %s",
                               safe(w, ss_policy_rule_name(rule, w->scratch)),
                               signed_text(w, &rule->signature, true)));
        told++;
    }
    for (size_t i = 0; i < policy->ntexts; i++)
    {
        const ss_text_rule *rule = &policy->texts[i];

        if (rule->signature.by == NULL || is_text_signed(w, rule))
            continue;
        ss_layout_line(&w->l, 3, 6,
                       ss_strf(w->scratch, "in the schema's own text, %s, signed %s",
                               safe(w, rule->object), signed_text(w, &rule->signature, true)));
        told++;
    }
    ss_layout_line(
        &w->l, 3, 3,
        told == 0
            ? "Nothing: every signature covers what it was given for."
            : "These signatures no longer count. Where nothing is said of what changed, it is "
              "not on record: name, type, class, treatment, or, of a table, which columns it "
              "has. Look, and sign again.");
}

/* What looks personal in the schema's own text and lacks a signature, or a decision.  How many there were. */
static size_t
texts_that_lack(writer *w, bool signature)
{
    const ss_plan *plan = w->page->plan;
    size_t told = 0;

    for (size_t i = 0; i < plan->catalog->nsuspects; i++)
    {
        const ss_suspect *s = &plan->catalog->suspects[i];
        const ss_text_verdict verdict = ss_policy_text_judge(plan->policy, s);

        if (verdict == SS_TEXT_DECIDED || (verdict == SS_TEXT_UNSIGNED) != signature)
            continue;
        ss_layout_line(&w->l, 6, 9,
                       ss_strf(w->scratch, "in the schema's own text, %s", safe(w, s->object)));
        told++;
    }
    return told;
}

static void
open_decisions(writer *w)
{
    heading(w, "5. What is not signed although it must be, and what nobody has decided");
    ss_layout_line(&w->l, 3, 3, "Not signed:");
    if (by_table(w, lacks_signature) + texts_that_lack(w, true) == 0)
        ss_layout_line(&w->l, 6, 6, "none");
    ss_layout_line(&w->l, 3, 3, "Undecided:");
    if (by_table(w, ss_page_is_undecided) + texts_that_lack(w, false) == 0)
        ss_layout_line(&w->l, 6, 6, "none");
}

static void
special(writer *w)
{
    size_t told = 0;

    heading(w, "6. Special categories and secrets");
    for (size_t i = 0; i < w->page->ncolumns; i++)
    {
        const ss_page_column *c = &w->page->columns[i];
        const ss_decision *d = c->decision;

        if (c->class == NULL ||
            (d->class != SS_CLASS_SPECIAL_CATEGORY && d->class != SS_CLASS_SECRET))
            continue;
        ss_layout_line(
            &w->l, 3, 6,
            ss_strf(w->scratch, "%s: %s%s, %s%s%s", label_of(w, c), c->class,
                    d->kind == NULL ? "" : ss_strf(w->scratch, " (%s)", safe(w, d->kind)),
                    c->treatment, d->why == NULL ? "" : "; ",
                    d->why == NULL ? "" : safe(w, d->why)));
        told++;
    }
    if (told == 0)
        ss_layout_line(&w->l, 3, 3, "None.");
}

/* --- 7. findings -------------------------------------------------------------------------------- */

static void
findings(writer *w)
{
    static const char *const words[] = {
        [SS_FINDING_STOPS] = "stops", [SS_FINDING_WARNS] = "warns", [SS_FINDING_INFO] = "note "};
    const ss_plan *plan = w->page->plan;
    size_t told = 0, of[SS_FINDING_STOPS + 1] = {0};

    heading(w, "7. What would stop a run, and what it would warn of");
    for (int severity = SS_FINDING_STOPS; severity >= SS_FINDING_INFO; severity--)
    {
        for (size_t i = 0; i < plan->nfindings; i++)
        {
            const ss_finding *f = &plan->findings[i];

            if ((int) f->severity != severity)
                continue;
            of[severity]++;
            if (told >= FINDINGS_SHOWN)
                continue;
            ss_layout_line(&w->l, 3, 10,
                           ss_strf(w->scratch, "%s  %s%s%s", words[severity], f->object,
                                   f->object[0] == '\0' ? "" : ": ", f->text));
            told++;
        }
    }
    if (plan->nfindings > told)
        ss_layout_line(&w->l, 3, 3, ss_strf(w->scratch, "and %zu more", plan->nfindings - told));
    ss_layout_line(
        &w->l, 3, 3,
        ss_strf(w->scratch,
                "%zu stop%s, %zu warning%s. sandseed check says of each what to do, and looks at "
                "the target as well.",
                of[SS_FINDING_STOPS], ss_layout_plural(of[SS_FINDING_STOPS]), of[SS_FINDING_WARNS],
                ss_layout_plural(of[SS_FINDING_WARNS])));
}

void
ss_policy_page_text(const ss_policy_page *page, size_t width, ss_buf *out)
{
    writer w = {.page = page, .scratch = ss_arena_new(NULL), .l = ss_layout_of(out, width)};

    header(&w);
    matrix(&w);
    leaving(&w);
    rules(&w);
    changed(&w);
    open_decisions(&w);
    special(&w);
    findings(&w);
    ss_arena_free(w.scratch);
}
