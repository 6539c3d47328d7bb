#include <string.h>

#include "base/text.h"
#include "policy/edit.h"
#include "policy/policy_internal.h"

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

/* Put a signature into the entry `map` (of indent columns): replace an old one or add a key. */
static void
put_signature(ss_editing *e, const ss_yaml *map, const char *signature)
{
    const ss_yaml *old = ss_yaml_get(map, "signed");

    if (old != NULL)
    {
        const size_t start = ss_edit_byte_of(e, old->start), end = ss_edit_end_of(e, old);

        ss_edit_add(e, start, end - start, signature);
    }
    else if (map->flow)
        ss_edit_put_in_braces(e, map, ss_strf(e->arena, "signed: %s", signature));
    else
    {
        /* as the line before the entry's first key: nothing that follows can be in the way */
        const size_t at = ss_edit_byte_of(e, map->keys[0]->start);
        const size_t indent = map->keys[0]->column - 1;

        ss_edit_add(e, at, 0, ss_strf(e->arena, "signed: %s\n%*s", signature, (int) indent, ""));
    }
}

/* Which of the patterns name something themselves, which may hold what a glob would take for more: these match nothing else. */
typedef struct patterns
{
    const char *const *list;
    size_t n;
    bool *exact;
    bool *used; /* by an entry that is signed, or one of a table that is; NULL: not asked */
} patterns;

static bool
matches(const patterns *p, const char *label)
{
    bool any = false;

    for (size_t i = 0; i < p->n; i++)
    {
        if (p->exact[i] ? strcmp(p->list[i], label) != 0 : !ss_glob(p->list[i], label))
            continue;
        any = true;
        if (p->used != NULL)
            p->used[i] = true;
    }
    return any;
}

static void
mark_exact(patterns *p, const char *label)
{
    for (size_t i = 0; i < p->n; i++)
        p->exact[i] = p->exact[i] || strcmp(p->list[i], label) == 0;
}

static void
sign_table(ss_editing *e, const ss_catalog *catalog, size_t t, const patterns *of,
           const ss_policy_signing *s)
{
    const ss_policy_table *entry = &e->policy->tables[t];
    const ss_table *table = ss_catalog_find(catalog, entry->label);
    const ss_yaml *map = ss_yaml_get(e->root, "tables")->values[t];
    const char *covers;
    bool whole;

    if (table == NULL)
        return;
    whole = matches(of, entry->label);
    if (whole)
    {
        covers = ss_policy_cover_table(e->policy, catalog, entry, table, e->arena);
        put_signature(e, map, signature_text(e->arena, s->by, s->date, s->why, covers));
        ss_edit_note(e, (ss_policy_change){
                            .kind = SS_CHANGE_TABLE, .object = entry->label, .covers = covers});
    }
    for (size_t c = 0; c < entry->nown; c++)
    {
        const ss_column *column = ss_table_column(table, entry->columns[c].name);
        const char *label = ss_policy_label(entry->label, entry->columns[c].name, e->arena);

        if (column == NULL || !matches(of, label) || whole) /* which covers its columns */
            continue;
        covers = ss_policy_cover_column(catalog, entry, &entry->columns[c], column, e->arena);
        put_signature(e, ss_yaml_get(map, "columns")->values[c],
                      signature_text(e->arena, s->by, s->date, s->why, covers));
        ss_edit_note(
            e, (ss_policy_change){.kind = SS_CHANGE_COLUMN, .object = label, .covers = covers});
    }
}

/* Who signs a rule signs the columns that it matches by now. */
static void
sign_rule(ss_editing *e, const ss_catalog *catalog, size_t i, const patterns *of,
          const ss_policy_signing *s)
{
    const ss_policy_rule *rule = &e->policy->rules[i];
    const char *name = ss_policy_rule_name(rule, e->arena), *covers;
    ss_rule_columns columns;

    columns = ss_rule_columns_of(e->policy, rule, catalog, e->arena);
    if (columns.n == 0 || !matches(of, name))
        return;
    ss_edit_put_covered(e, i, &columns, true);
    ss_rule_cover_all(&columns);
    covers = ss_policy_cover_rule(e->policy, catalog, rule, &columns, e->arena);
    put_signature(e, ss_yaml_get(e->root, "rules")->values[i],
                  signature_text(e->arena, s->by, s->date, s->why, covers));
    ss_edit_note(e, (ss_policy_change){.kind = SS_CHANGE_RULE, .object = name, .covers = covers});
}

/* --- texts of the schema */

static bool
is_signable_text(const ss_text_rule *rule)
{
    return rule->fate == SS_TEXT_KEEP || rule->fate == SS_TEXT_REPLACE;
}

/* Who signs a text that is kept signs it as it is now. */
static void
sign_text(ss_editing *e, const ss_catalog *catalog, size_t i, const patterns *of,
          const ss_policy_signing *s)
{
    const ss_text_rule *rule = &e->policy->texts[i];
    const ss_suspect *suspect = ss_catalog_suspect(catalog, rule->object);
    const char *digest = rule->fate == SS_TEXT_REPLACE ? NULL
                         : suspect == NULL             ? rule->digest
                                                       : suspect->digest,
               *covers;

    if (!ss_edit_owns_text(e, i) || !is_signable_text(rule) ||
        (rule->fate == SS_TEXT_KEEP && digest == NULL) || /* what is not there cannot be signed */
        !matches(of, rule->object))
        return;
    if (digest != NULL && (rule->digest == NULL || strcmp(rule->digest, digest) != 0))
        ss_edit_put_value(e, ss_edit_text_entry(e, i), "digest",
                          ss_strf(e->arena, "\"%s\"", digest));
    covers = ss_policy_cover_text(rule, digest, e->arena);
    put_signature(e, ss_edit_text_entry(e, i),
                  signature_text(e->arena, s->by, s->date, s->why, covers));
    ss_edit_note(
        e, (ss_policy_change){.kind = SS_CHANGE_TEXT, .object = rule->object, .covers = covers});
}

/* --- the whole, and what stands in a base */

/* What pattern i matches in one of the files: the place of an entry, or NULL. */
static const ss_place *
place_of_match(const ss_editing *e, const patterns *of, size_t i, bool own)
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
        if (ss_edit_owns_text(e, k) == own && is_signable_text(&p->texts[k]) &&
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
refuse_base(const ss_editing *e, const patterns *of, ss_error *err)
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
patterns_of(const ss_editing *e, const ss_policy_signing *s)
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

/* One that is left over may be misspelt: who signs would take what it means for signed. */
static ss_code
refuse_unused(const ss_editing *e, const patterns *of, ss_error *err)
{
    for (size_t i = 0; i < of->n; i++)
    {
        if (of->used[i])
            continue;
        (void) ss_fail(err, SS_EMEND,
                       "no entry of %s that can be signed matches \"%.200s\": nothing was signed",
                       ss_printable(e->arena, e->file), ss_printable(e->arena, of->list[i]));
        return ss_hint(err,
                       "Tables and columns are signed that have an entry and are in the source, "
                       "rules that match something there, and texts of the schema that are kept or "
                       "replaced; of one that the source's catalog does not show, the run that "
                       "stops tells the digest that its entry needs first.");
    }
    return SS_OK;
}

ss_code
ss_policy_sign(const char *file, const ss_catalog *catalog, const ss_policy_signing *signing,
               ss_arena *result, ss_policy_changes *changes, ss_error *err)
{
    ss_editing e;
    ss_code code = ss_edit_begin(&e, file, result, changes, err);
    patterns of = {0};

    if (code == SS_OK)
        of = patterns_of(&e, signing);
    if (code == SS_OK)
        code = refuse_base(&e, &of, err);
    of.used = ss_alloc(e.arena, of.n + 1, sizeof *of.used);
    for (size_t i = 0; code == SS_OK && i < e.policy->nown_rules; i++)
        sign_rule(&e, catalog, i, &of, signing);
    for (size_t t = 0; code == SS_OK && t < e.policy->nown_tables; t++)
        sign_table(&e, catalog, t, &of, signing);
    for (size_t i = 0; code == SS_OK && i < e.policy->ntexts; i++)
        sign_text(&e, catalog, i, &of, signing);
    if (code == SS_OK)
        code = refuse_unused(&e, &of, err);
    if (code == SS_OK && e.nedits > 0)
        code = ss_edit_finish(&e, err);
    ss_arena_free(e.arena);
    return code;
}
