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
ss_policy_text_is_signed(const ss_text_rule *rule, const ss_suspect *suspect)
{
    const char *digest =
        rule->fate == SS_TEXT_KEEP && suspect != NULL ? suspect->digest : rule->digest;
    ss_arena *scratch;
    bool covers;

    if (rule->signature.by == NULL)
        return false;
    scratch = ss_arena_new(NULL);
    covers = strcmp(rule->signature.covers, ss_policy_cover_text(rule, digest, scratch)) == 0;
    ss_arena_free(scratch);
    return covers;
}

ss_text_verdict
ss_policy_text_judge(const ss_policy *policy, const ss_suspect *suspect)
{
    const ss_text_rule *rule = ss_policy_text_rule(policy, suspect->object);
    const ss_signoff required = policy->require_signoff;

    if (rule == NULL)
        return ss_policy_text_is_comment(suspect->object) ? SS_TEXT_DECIDED : SS_TEXT_OPEN;
    if (rule->fate == SS_TEXT_UNDECIDED)
        return SS_TEXT_OPEN;
    if (rule->fate == SS_TEXT_STRIP)
        return SS_TEXT_DECIDED;
    if (rule->fate == SS_TEXT_KEEP)
    {
        for (size_t k = 0; k < SS_TEXT_NKINDS; k++)
        {
            if (suspect->counts[k] > rule->counts[k])
                return SS_TEXT_MORE;
        }
        if (rule->digest == NULL)
            return SS_TEXT_UNBOUND;
        if (strcmp(rule->digest, suspect->digest) != 0)
            return SS_TEXT_CHANGED;
    }
    /* What is replaced reveals nothing. */
    if ((required == SS_SIGNOFF_ALL ||
         (required == SS_SIGNOFF_PERSONAL_KEEP && rule->fate == SS_TEXT_KEEP)) &&
        !ss_policy_text_is_signed(rule, suspect))
        return SS_TEXT_UNSIGNED;
    return SS_TEXT_DECIDED;
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
ss_policy_text_wrong(ss_text_verdict verdict)
{
    switch (verdict)
    {
    case SS_TEXT_DECIDED:
        return "it is decided";
    case SS_TEXT_OPEN:
        return "the policy does not say what to do with it";
    case SS_TEXT_MORE:
        return "the policy does not say what to do with it (it keeps less)";
    case SS_TEXT_UNBOUND:
        return "the policy keeps it but does not say which text that was: its entry has no digest:";
    case SS_TEXT_CHANGED:
        return "the text is not the one that the policy keeps: it has changed since its digest: "
               "was written";
    case SS_TEXT_UNSIGNED:
        return "what the policy does with it is not signed, or was changed since";
    }
    return "";
}

/* A line of the policy. */
static const char *
entry_for(const ss_policy *policy, const ss_suspect *suspect, ss_arena *result)
{
    const char *object = suspect->object;
    ss_buf name = {0};
    const char *text;

    ss_policy_put_scalar(&name, object);
    text = ss_strf(result,
                   "%sunder schema: text: write %s: %s{keep: {%s}, why: REASON}, to which sandseed "
                   "%s adds its digest",
                   ss_policy_text_is_type(object) ? "mend it at the source, or " : "",
                   ss_printable(result, ss_buf_text(&name)),
                   ss_policy_text_is_comment(object) ? "strip, {replace: TEXT} or "
                   : ss_policy_text_is_type(object)  ? ""
                                                     : "{replace: TEXT} or ",
                   list_counts(suspect->counts, "{", result),
                   policy->require_signoff == SS_SIGNOFF_NONE ? "plan" : "sign");
    ss_buf_done(&name);
    return text;
}

const char *
ss_policy_text_mend(const ss_policy *policy, const ss_suspect *suspect, ss_text_verdict verdict,
                    ss_arena *result)
{
    const ss_text_rule *rule = ss_policy_text_rule(policy, suspect->object);
    const char *file = rule == NULL ? policy->file : rule->place.file;

    if (verdict == SS_TEXT_OPEN || verdict == SS_TEXT_MORE)
        return entry_for(policy, suspect, result);
    if (policy->require_signoff == SS_SIGNOFF_NONE)
        return ss_strf(result, "look at it, %sthen sandseed plan %s",
                       verdict == SS_TEXT_CHANGED ? "take digest: out of its entry, " : "", file);
    return ss_strf(result, "look at it, then %s",
                   ss_policy_sign_command(file, suspect->object, result));
}

void
ss_text_rule_write(const ss_suspect *suspect, size_t by, ss_buf *out)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_buf key = {0};

    ss_policy_put_scalar(&key, suspect->object);
    if (key.len <= SS_YAML_KEY_MAX)
        ss_buf_printf(out, "%*s%s", (int) by, "", ss_buf_text(&key));
    else
        ss_buf_printf(out, "%*s? %s\n%*s", (int) by, "", ss_buf_text(&key), (int) by, "");
    ss_buf_printf(out, ": %s    # %s: %s\n",
                  ss_policy_text_is_comment(suspect->object) ? "strip" : "undecided",
                  ss_printable(scratch, suspect->place),
                  ss_policy_text_found(suspect->counts, scratch));
    ss_buf_done(&key);
    ss_arena_free(scratch);
}

/* --- judging ------------------------------------------------------------------------------------ */

/* One text in which something was found. */
static void
judge(ss_resolving *r, const ss_suspect *s)
{
    const ss_text_rule *rule = ss_policy_text_rule(r->policy, s->object);
    const ss_text_verdict verdict = ss_policy_text_judge(r->policy, s);
    const ss_place *place = rule == NULL ? NULL : &rule->place;
    const char *found = ss_policy_text_found(s->counts, r->result);
    const char *mend = ss_policy_text_mend(r->policy, s, verdict, r->result);

    if (verdict == SS_TEXT_DECIDED && rule == NULL)
        ss_resolve_add(r, SS_FINDING_INFO, SS_OK, SS_WHAT_PERSONAL_TEXT, s->object, NULL, "",
                       "it holds what looks like %s: it is left out of the sandbox", found);
    else if (verdict == SS_TEXT_DECIDED && rule->signature.by != NULL &&
             !ss_policy_text_is_signed(rule, s))
        WARN(UNSIGNED, s->object, place, "look at what changed and sign it again",
             "the signature no longer covers the text as it is");
    else if (verdict == SS_TEXT_UNSIGNED)
        STOP(UNSIGNED, s->object, place, mend, "its %s holds what looks like %s, and %s",
             ss_printable(r->result, s->place), found, ss_policy_text_wrong(verdict));
    else if (verdict != SS_TEXT_DECIDED)
        STOP(PERSONAL_TEXT, s->object, place, mend, "its %s holds what looks like %s, and %s",
             ss_printable(r->result, s->place), found, ss_policy_text_wrong(verdict));
}

void
ss_resolve_texts(ss_resolving *r)
{
    for (size_t i = 0; i < r->catalog->nsuspects && !r->policy->texts_decided; i++)
        judge(r, &r->catalog->suspects[i]);
    for (size_t i = 0; i < r->policy->ntexts; i++)
    {
        const ss_text_rule *rule = &r->policy->texts[i];

        if (ss_catalog_suspect(r->catalog, rule->object) == NULL)
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
    static const char *const keys[] = {"keep", "replace", "why", "digest", "signed"};
    const ss_yaml *keep, *replace, *why, *digest;

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
    SS_TRY(ss_yaml_known_keys(file, at, "a text", keys, sizeof keys / sizeof keys[0], err));
    keep = ss_yaml_get(at, "keep");
    replace = ss_yaml_get(at, "replace");
    why = ss_yaml_get(at, "why");
    digest = ss_yaml_get(at, "digest");
    if ((keep == NULL) == (replace == NULL))
        return ss_yaml_fail(file, at, err, "a text is either kept or replaced");
    if (why != NULL && (why->kind != SS_YAML_SCALAR || why->text[0] == '\0'))
        return ss_yaml_fail(file, why, err, "why is a sentence");
    rule->why = why == NULL ? NULL : why->text;
    SS_TRY(ss_signature_from_yaml(file, at, &rule->signature, err));
    if (keep != NULL)
    {
        rule->fate = SS_TEXT_KEEP;
        if (why == NULL)
            return ss_yaml_fail(file, at, err, "what is kept needs a why:");
        if (digest != NULL)
            SS_TRY(ss_digest_from_yaml(file, digest, "digest", &rule->digest, err));
        return read_counts(file, keep, rule->counts, err);
    }
    rule->fate = SS_TEXT_REPLACE;
    if (digest != NULL)
        return ss_yaml_fail(file, digest, err, "digest says which text is kept: this one is not");
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
