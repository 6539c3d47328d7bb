/*
 * What looks personal in the text of the archive's entries, and what the policy has done with it.
 *
 * The catalog's texts were held against the policy before (policy/schema_text.c); this looks at every statement that is
 * about to be restored, so that what no catalog query knows of stops the run as well.
 */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "catalog/catalog.h"
#include "load/archive_internal.h"
#include "load/archive_text.h"
#include "secret/digest.h"

static const char MARK[] = "-- Name: ";

static bool
is_called(const char *of_schema, const char *of_name, const char *schema, const char *name,
          size_t n)
{
    return strcmp(of_schema, schema) == 0 && strncmp(of_name, name, n) == 0 && of_name[n] == '\0';
}

/*
 * What is called so in a schema, "table" or "view"; NULL: nothing.  The tag of what stands in it begins with its name and a
 * blank.
 */
static const char *
relation(const ss_catalog *catalog, const char *schema, const char *name, size_t n)
{
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        if (is_called(catalog->tables[t].schema, catalog->tables[t].name, schema, name, n))
            return "table";
    }
    for (size_t v = 0; v < catalog->nviews; v++)
    {
        if (is_called(catalog->views[v].schema, catalog->views[v].name, schema, name, n))
            return "view";
    }
    return NULL;
}

/* The name under which the policy knows the entry. */
static const char *
object_of(const ss_archive *archive, const ss_archive_entry *e)
{
    static const char *const in_table[] = {"TABLE ATTACH", "DEFAULT", "CHECK CONSTRAINT",
                                           "CONSTRAINT", "FK CONSTRAINT"};
    const char *what;
    char *kind;

    if (strcmp(e->desc, "COMMENT") == 0)
        return ss_strf(archive->arena, "comment on %s",
                       ss_archive_text_subject(e->schema, e->tag, archive->arena));
    for (size_t i = 0; i < sizeof in_table / sizeof in_table[0]; i++)
    {
        size_t n = strlen(e->tag);

        if (strcmp(e->desc, in_table[i]) != 0)
            continue;
        for (; n > 0; n--)
        {
            if (e->tag[n] != ' ' && e->tag[n] != '\0')
                continue;
            what = relation(archive->input.catalog, e->schema, e->tag, n);
            if (what != NULL)
                return ss_strf(archive->arena, "%s %s.%.*s", what, e->schema, (int) n, e->tag);
        }
    }
    kind = ss_strdup(archive->arena, e->desc);
    for (char *c = kind; *c != '\0'; c++)
    {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char) (*c - 'A' + 'a');
    }
    if (strcmp(e->schema, "-") == 0)
        return ss_strf(archive->arena, "%s %s", kind, e->tag);
    return ss_strf(archive->arena, "%s %s.%s", kind, e->schema, e->tag);
}

/* Who owns it: names of roles are the target's, and may well be addresses. */
static bool
is_of_roles(const ss_archive *archive, const char *statement, size_t len)
{
    return ss_archive_text_new_owner(statement, len, archive->arena) != NULL;
}

/* The statement with what looks personal in it replaced, but for the roles that a row security policy names. */
static const char *
replaced(const ss_archive *archive, const char *statement, size_t len, const char *with)
{
    size_t start = 0;
    const size_t n = ss_archive_text_policy_roles(statement, len, &start);
    ss_arena *arena = archive->arena;

    if (n == 0)
        return ss_text_replace(ss_strndup(arena, statement, len), with, arena);
    return ss_strf(
        arena, "%s%.*s%s", ss_text_replace(ss_strndup(arena, statement, start), with, arena),
        (int) n, statement + start,
        ss_text_replace(ss_strndup(arena, statement + start + n, len - start - n), with, arena));
}

/* The statements of an entry for our own connection, what looks personal in them replaced. */
static const char *
edited(const ss_archive *archive, size_t i, const char *text, const char *with)
{
    const char *statement = NULL, *result;
    size_t len = 0;
    ss_buf sql = {0};

    /* As pg_restore does. */
    ss_buf_puts(&sql, "SET check_function_bodies = false;\n");
    while (ss_archive_text_next(&text, &statement, &len))
    {
        if (is_of_roles(archive, statement, len))
        {
            if (!archive->owners_by_hand ||
                ss_target_roles_settable(archive->input.roles, archive->entries[i].owner))
                ss_buf_append(&sql, statement, len);
            else
                continue;
        }
        else
            ss_buf_puts(&sql, replaced(archive, statement, len, with));
        ss_buf_puts(&sql, ";\n");
    }
    result = ss_strdup(archive->arena, ss_buf_text(&sql));
    ss_buf_done(&sql);
    return result;
}

static size_t
count(const ss_archive *archive, const char *text, size_t counts[SS_TEXT_NKINDS])
{
    const char *statement = NULL;
    size_t len = 0, n = 0;

    while (ss_archive_text_next(&text, &statement, &len))
    {
        size_t start = 0;
        const size_t roles = ss_archive_text_policy_roles(statement, len, &start);

        if (is_of_roles(archive, statement, len))
            continue;
        if (roles > 0)
            n += ss_text_scan(statement, start, NULL, 0, counts);
        n += ss_text_scan(statement + start + roles, len - start - roles, NULL, 0, counts);
    }
    return n;
}

/*
 * Which text it is of an object that no catalog query knows: of its statements, but for who owns it.  Where the catalog
 * knows it, the digest is the catalog's, against which the policy was held.
 */
static const char *
digest_of(const ss_archive *archive, const char *text)
{
    const char *statement = NULL, *digest;
    size_t len = 0;
    ss_buf all = {0};

    while (ss_archive_text_next(&text, &statement, &len))
    {
        if (is_of_roles(archive, statement, len))
            continue;
        ss_buf_append(&all, statement, len);
        ss_buf_putc(&all, '\0');
    }
    digest = ss_digest_short(archive->arena, all.data, all.len);
    ss_buf_done(&all);
    return digest;
}

/* text: what is wrong, behind what is in it.  Of several entries of an object that which holds most says it. */
static ss_code
doubt(const ss_archive *archive, const ss_suspect *s, ss_what what, const char *wrong,
      const char *mend, ss_error *err)
{
    ss_archive_doubts *doubts = archive->input.doubts;
    const char *object = ss_printable(archive->arena, s->object),
               *text = ss_strf(archive->arena, "its text holds what looks like %s, and %s",
                               ss_policy_text_found(s->counts, archive->arena), wrong);
    size_t at = 0, n = 0;

    if (doubts == NULL)
    {
        (void) ss_fail(err, SS_EREFUSED, "%s: %s", object, text);
        return ss_hint(err, "%s", mend);
    }
    for (size_t k = 0; k < SS_TEXT_NKINDS; k++)
        n += s->counts[k];
    while (at < doubts->n && strcmp(doubts->list[at].finding.object, object) != 0)
        at++;
    if (at == doubts->n)
    {
        doubts->list = ss_grow(archive->arena, doubts->list, doubts->n++, &doubts->capacity,
                               sizeof *doubts->list);
        doubts->list[at].found = 0;
    }
    if (n > doubts->list[at].found)
        doubts->list[at] = (ss_archive_doubt){.found = n,
                                              .finding = {.severity = SS_FINDING_STOPS,
                                                          .code = SS_EREFUSED,
                                                          .about = "policy",
                                                          .what = what,
                                                          .object = object,
                                                          .place = "",
                                                          .text = text,
                                                          .mend = mend}};
    return SS_OK;
}

static ss_code
refuse(const ss_archive *archive, const ss_suspect *s, ss_text_verdict verdict, bool known,
       ss_error *err)
{
    const char *mend = ss_policy_text_mend(archive->input.policy, s, verdict, archive->arena);

    if (!known && (verdict == SS_TEXT_UNBOUND || verdict == SS_TEXT_CHANGED))
        mend = ss_strf(archive->arena,
                       "look at it, then write digest: \"%s\" into its entry, and sign that",
                       s->digest);
    return doubt(archive, s, verdict == SS_TEXT_UNSIGNED ? SS_WHAT_UNSIGNED : SS_WHAT_PERSONAL_TEXT,
                 ss_policy_text_wrong(verdict), mend, err);
}

static bool
looks_personal(const char *name, size_t n)
{
    return ss_text_scan(name, n, NULL, 0, NULL) > 0;
}

/* What has another name is another thing: nothing would refer to it any more. */
static bool
is_in_name(const ss_archive *archive, const char *text)
{
    const char *statement = NULL;
    size_t len = 0;

    while (ss_archive_text_next(&text, &statement, &len))
    {
        size_t start = 0;
        const size_t roles = ss_archive_text_policy_roles(statement, len, &start);

        if (!is_of_roles(archive, statement, len) &&
            (ss_archive_text_any_name(statement, roles > 0 ? start : len, looks_personal) ||
             (roles > 0 && ss_archive_text_any_name(statement + start + roles, len - start - roles,
                                                    looks_personal))))
            return true;
    }
    return false;
}

static ss_code
decide(ss_archive *archive, size_t i, const ss_archive_entry *e, const char *text, ss_error *err)
{
    ss_fate_of *fate = &archive->fates[i];
    ss_suspect suspect = {.place = ""};
    const ss_suspect *known;
    const ss_text_rule *rule;
    ss_text_verdict verdict;

    if (fate->fate == SS_FATE_EDITED)
        text = fate->text;
    /* Grants name roles, and nothing else. */
    if (strcmp(e->desc, "ACL") == 0 || strcmp(e->desc, "DEFAULT ACL") == 0 ||
        count(archive, text, suspect.counts) == 0)
        return SS_OK;
    suspect.object = object_of(archive, e);
    if (archive->input.doubts != NULL)
        (void) ss_map_put(archive->input.doubts->looked_at, suspect.object, archive);
    known = ss_catalog_suspect(archive->input.catalog, suspect.object);
    suspect.digest = known != NULL ? known->digest : digest_of(archive, text);
    rule = ss_policy_text_rule(archive->input.policy, suspect.object);
    verdict = ss_policy_text_judge(archive->input.policy, &suspect);
    if (verdict != SS_TEXT_DECIDED)
        return refuse(archive, &suspect, verdict, known != NULL, err);
    if (rule == NULL || rule->fate == SS_TEXT_STRIP)
    {
        fate->fate = SS_FATE_STRIPPED;
        ss_archive_list_stripped(archive, e->desc, ss_archive_display(archive, e),
                                 ss_strf(archive->arena, "it holds what looks like %s",
                                         ss_policy_text_found(suspect.counts, archive->arena)),
                                 false);
    }
    else if (rule->fate == SS_TEXT_REPLACE && is_in_name(archive, text))
        return doubt(archive, &suspect, SS_WHAT_PERSONAL_TEXT,
                     "a name in it does, which cannot be replaced",
                     "rename it at the source, or say {keep: ..., why: REASON}", err);
    else if (rule->fate == SS_TEXT_REPLACE)
    {
        fate->text = edited(archive, i, text, rule->with);
        fate->fate = SS_FATE_EDITED;
        if (count(archive, fate->text, (size_t[SS_TEXT_NKINDS]){0}) > 0)
            return ss_fail(err, SS_EREFUSED,
                           "%s: its text still looks personal when the policy's text stands in it",
                           ss_printable(archive->arena, suspect.object));
        ss_archive_list_stripped(archive, e->desc, ss_archive_display(archive, e),
                                 ss_strf(archive->arena,
                                         "what looks like %s was replaced in its text",
                                         ss_policy_text_found(suspect.counts, archive->arena)),
                                 true);
    }
    return SS_OK;
}

/* What follows the last word in line, which ends before it; NULL when it is not there. */
static char *
cut(char *line, const char *word)
{
    char *at = NULL;

    for (char *next = strstr(line, word); next != NULL; next = strstr(next + 1, word))
        at = next;
    if (at == NULL)
        return NULL;
    *at = '\0';
    return at + strlen(word);
}

/*
 * The entry after `last` whose head this line is; the list's end when it is none: a line of some function's body.
 * *names: its kind, schema and tag.  The archive's list does not tell where a name with blanks ends; the head does.
 */
static size_t
entry_of_line(const ss_archive *archive, const char *line, size_t last, ss_archive_entry *names)
{
    char *text =
        ss_strndup(archive->arena, line + sizeof MARK - 1, strcspn(line, "\n") - (sizeof MARK - 1));
    const char *owner = cut(text, "; Owner: "), *schema = cut(text, "; Schema: "),
               *desc = cut(text, "; Type: "), *listed;

    if (owner == NULL || schema == NULL || desc == NULL)
        return archive->n;
    listed = ss_strf(archive->arena, "%s %s %s ", desc, schema, text);
    for (size_t i = last; i < archive->n; i++)
    {
        const char *at = archive->entries[i].line;

        if (archive->fates[i].fate == SS_FATE_STRIPPED)
            continue;
        at += strspn(at, "0123456789; ");
        if (strncmp(at, listed, strlen(listed)) != 0)
            continue;
        *names = archive->entries[i];
        names->desc = desc;
        names->schema = schema;
        names->tag = text;
        return i;
    }
    return archive->n;
}

ss_code
ss_archive_decide_texts(ss_archive *archive, const char *text, ss_error *err)
{
    ss_archive_entry entry = {0}, following;
    const char *since = text;
    size_t at = 0;
    bool first = true;
    ss_code code = SS_OK;

    for (const char *line = text; code == SS_OK && !archive->input.policy->texts_decided;)
    {
        const bool last = *line == '\0';
        size_t next = archive->n;

        if (!last && strncmp(line, MARK, sizeof MARK - 1) == 0)
            next = entry_of_line(archive, line, first ? 0 : at + 1, &following);
        if (last || next < archive->n)
        {
            if (ss_text_scan(since, (size_t) (line - since), NULL, 0, NULL) > 0)
            {
                if (first)
                    code = ss_fail(err, SS_EREFUSED,
                                   "the schema's archive holds text that belongs to no entry");
                else
                    code = decide(archive, at, &entry,
                                  ss_strndup(archive->arena, since, (size_t) (line - since)), err);
            }
            if (last)
                break;
            at = next;
            entry = following;
            first = false;
            since = line + strcspn(line, "\n");
        }
        line += strcspn(line, "\n");
        if (*line == '\n')
            line++;
    }
    return code;
}
