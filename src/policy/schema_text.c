/* schema: text: what is done where the schema's own text looks personal: its entries, read, judged and written. */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/try.h"
#include "policy/resolve_internal.h"

#define COMMENT "comment on "

bool
ss_policy_text_is_comment(const char *object)
{
    return strncmp(object, COMMENT, sizeof COMMENT - 1) == 0;
}

bool
ss_policy_text_is_type(const char *object)
{
    return strncmp(object, "type ", 5) == 0;
}

const ss_text_rule *
ss_policy_text_rule(const ss_policy *policy, const char *object)
{
    for (size_t i = 0; i < policy->ntexts; i++)
    {
        if (strcmp(policy->texts[i].object, object) == 0)
            return &policy->texts[i];
    }
    return NULL;
}

bool
ss_policy_text_decided(const ss_text_rule *rule, const char *object,
                       const size_t counts[SS_TEXT_NKINDS])
{
    if (rule == NULL)
        return ss_policy_text_is_comment(object);
    for (size_t k = 0; k < SS_TEXT_NKINDS && rule->fate == SS_TEXT_KEEP; k++)
    {
        if (counts[k] > rule->counts[k])
            return false;
    }
    return rule->fate != SS_TEXT_UNDECIDED;
}

/* --- what is said ------------------------------------------------------------------------------- */

static const char *
list_counts(const size_t counts[SS_TEXT_NKINDS], const char *format, ss_arena *result)
{
    const char *text = "";

    for (size_t k = 0; k < SS_TEXT_NKINDS; k++)
    {
        if (counts[k] == 0)
            continue;
        text = *format == '{' ? ss_strf(result, "%s%s%s: %zu", text, *text == '\0' ? "" : ", ",
                                        ss_text_kind_names[k], counts[k])
                              : ss_strf(result, "%s%s%zu %s", text, *text == '\0' ? "" : ", ",
                                        counts[k], ss_text_kind_names[k]);
    }
    return text;
}

const char *
ss_policy_text_found(const size_t counts[SS_TEXT_NKINDS], ss_arena *result)
{
    return list_counts(counts, "", result);
}

const char *
ss_policy_text_mend(const char *object, const size_t counts[SS_TEXT_NKINDS], ss_arena *result)
{
    ss_buf name = {0};
    const char *text;

    ss_policy_put_scalar(&name, object);
    text = ss_strf(result, "%sunder schema: text: write %s: %s{keep: {%s}, why: REASON}",
                   ss_policy_text_is_type(object) ? "mend it at the source, or " : "",
                   ss_printable(result, ss_buf_text(&name)),
                   ss_policy_text_is_comment(object) ? "strip, {replace: TEXT} or "
                   : ss_policy_text_is_type(object)  ? ""
                                                     : "{replace: TEXT} or ",
                   list_counts(counts, "{", result));
    ss_buf_done(&name);
    return text;
}

void
ss_text_rule_write(const ss_suspect *suspect, ss_buf *out)
{
    ss_arena *scratch = ss_arena_new(NULL);

    ss_policy_put_scalar(out, suspect->object);
    ss_buf_printf(
        out, ": %s    # %s: %s", ss_policy_text_is_comment(suspect->object) ? "strip" : "undecided",
        ss_printable(scratch, suspect->place), ss_policy_text_found(suspect->counts, scratch));
    ss_arena_free(scratch);
}

/* --- judging ------------------------------------------------------------------------------------ */

void
ss_resolve_texts(ss_resolving *r)
{
    for (size_t i = 0; i < r->catalog->nsuspects && !r->policy->texts_decided; i++)
    {
        const ss_suspect *s = &r->catalog->suspects[i];
        const ss_text_rule *rule = ss_policy_text_rule(r->policy, s->object);
        const char *found = ss_policy_text_found(s->counts, r->result);

        if (ss_policy_text_decided(rule, s->object, s->counts))
        {
            if (rule == NULL)
                ss_resolve_add(r, SS_FINDING_INFO, SS_OK, SS_WHAT_PERSONAL_TEXT, s->object, NULL,
                               "", "it holds what looks like %s: it is left out of the sandbox",
                               found);
            continue;
        }
        STOP(PERSONAL_TEXT, s->object, rule == NULL ? NULL : &rule->place,
             ss_policy_text_mend(s->object, s->counts, r->result),
             "its %s holds what looks like %s, and the policy does not say what to do with it%s",
             ss_printable(r->result, s->place), found,
             rule != NULL && rule->fate == SS_TEXT_KEEP ? " (it keeps less)" : "");
    }
    for (size_t i = 0; i < r->policy->ntexts; i++)
    {
        const ss_text_rule *rule = &r->policy->texts[i];
        bool there = false;

        for (size_t s = 0; s < r->catalog->nsuspects && !there; s++)
            there = strcmp(r->catalog->suspects[s].object, rule->object) == 0;
        if (!there)
            WARN(VANISHED, rule->object, &rule->place, "take the entry out",
                 "nothing in the text of this object looks personal any more");
    }
}

/* --- reading ------------------------------------------------------------------------------------ */

static ss_code
read_counts(const char *file, const ss_yaml *map, size_t counts[SS_TEXT_NKINDS], ss_error *err)
{
    if (map->kind != SS_YAML_MAP || map->n == 0)
        return ss_yaml_fail(file, map, err,
                            "keep says what, as in {keep: {email: 1}, why: REASON}");
    for (size_t i = 0; i < map->n; i++)
    {
        size_t k = 0;
        uint64_t n;

        while (k < SS_TEXT_NKINDS && strcmp(ss_text_kind_names[k], map->keys[i]->text) != 0)
            k++;
        if (k == SS_TEXT_NKINDS)
        {
            (void) ss_yaml_fail(file, map->keys[i], err, "unknown kind of text");
            return ss_hint(err, "Known here: email, phone, payment-card, iban, national-number, "
                                "postcode, secret.");
        }
        if (map->values[i]->kind != SS_YAML_SCALAR || !ss_parse_u64(map->values[i]->text, &n) ||
            n > 1000000)
            return ss_yaml_fail(file, map->values[i], err,
                                "keep counts each kind, as in {email: 1}");
        counts[k] = (size_t) n;
    }
    return SS_OK;
}

/* It is put between quotes of any kind, and into function bodies. */
static bool
is_harmless(const char *text)
{
    if (*text == '\0' || strlen(text) > 200)
        return false;
    for (; *text != '\0'; text++)
    {
        const char c = *text;

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              strchr(" @._+-/:", c) != NULL))
            return false;
    }
    return true;
}

static ss_code
read_entry(const char *file, const ss_yaml *key, const ss_yaml *at, ss_text_rule *rule,
           ss_error *err)
{
    const ss_yaml *keep, *replace, *why;

    *rule = (ss_text_rule){.object = key->text, .place = {file, key->line, key->column}};
    if (at->kind == SS_YAML_SCALAR && strcmp(at->text, "undecided") == 0)
        return SS_OK;
    if (at->kind == SS_YAML_SCALAR && strcmp(at->text, "strip") == 0)
    {
        rule->fate = SS_TEXT_STRIP;
        if (ss_policy_text_is_comment(rule->object))
            return SS_OK;
        (void) ss_yaml_fail(file, at, err, "only comments can be stripped");
        return ss_hint(err, "Say {replace: TEXT}, or {keep: ..., why: REASON}.");
    }
    if (at->kind != SS_YAML_MAP)
        return ss_yaml_fail(
            file, at, err,
            "a text is undecided, strip, {replace: TEXT} or {keep: {email: 1}, why: "
            "REASON}");
    for (size_t i = 0; i < at->n; i++)
    {
        if (strcmp(at->keys[i]->text, "keep") != 0 && strcmp(at->keys[i]->text, "replace") != 0 &&
            strcmp(at->keys[i]->text, "why") != 0)
        {
            (void) ss_yaml_fail(file, at->keys[i], err, "unknown key");
            return ss_hint(err, "Known here: keep, replace, why.");
        }
    }
    keep = ss_yaml_get(at, "keep");
    replace = ss_yaml_get(at, "replace");
    why = ss_yaml_get(at, "why");
    if ((keep == NULL) == (replace == NULL))
        return ss_yaml_fail(file, at, err, "a text is either kept or replaced");
    if (why != NULL && (why->kind != SS_YAML_SCALAR || why->text[0] == '\0'))
        return ss_yaml_fail(file, why, err, "why is a sentence");
    rule->why = why == NULL ? NULL : why->text;
    if (keep != NULL)
    {
        rule->fate = SS_TEXT_KEEP;
        if (why == NULL)
            return ss_yaml_fail(file, at, err, "what is kept needs a why:");
        return read_counts(file, keep, rule->counts, err);
    }
    rule->fate = SS_TEXT_REPLACE;
    if (replace->kind != SS_YAML_SCALAR || !is_harmless(replace->text))
        return ss_yaml_fail(file, replace, err,
                            "replace takes letters, digits, blanks and any of @ . _ + - / :");
    if (ss_text_scan(replace->text, strlen(replace->text), NULL, 0, NULL) > 0)
    {
        (void) ss_yaml_fail(file, replace, err, "this looks personal itself");
        return ss_hint(err, "An address at example.com is nobody's.");
    }
    if (ss_policy_text_is_type(rule->object))
    {
        (void) ss_yaml_fail(file, replace, err,
                            "a label of an enum cannot be replaced: rows hold it too");
        return ss_hint(err, "Rename it at the source, or say {keep: ..., why: REASON}.");
    }
    rule->with = replace->text;
    return SS_OK;
}

ss_code
ss_text_rules_from_yaml(const char *file, const ss_yaml *map, ss_arena *result,
                        const ss_text_rule **rules, size_t *n, ss_error *err)
{
    ss_text_rule *list;

    if (map->kind != SS_YAML_MAP)
        return ss_yaml_fail(file, map, err, "text must be a map of objects and decisions");
    list = ss_alloc(result, map->n + 1, sizeof *list);
    for (size_t i = 0; i < map->n; i++)
        SS_TRY(read_entry(file, map->keys[i], map->values[i], &list[i], err));
    *rules = list;
    *n = map->n;
    return SS_OK;
}
