#include "load/archive_text.h"

#include <string.h>

#include "base/buf.h"

/* ASCII only: keywords and identifiers as pg_dump prints them, whatever the locale. */
static bool
is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || (unsigned char) c >= 0x80;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static const char *
past_string(const char *p, const char *end, bool escapes)
{
    for (p++; p < end; p++)
    {
        if (escapes && *p == '\\' && p + 1 < end)
            p++;
        else if (*p == '\'')
        {
            if (p + 1 < end && p[1] == '\'')
                p++;
            else
                return p + 1;
        }
    }
    return end;
}

static const char *
past_identifier(const char *p, const char *end)
{
    for (p++; p < end; p++)
    {
        if (*p != '"')
            continue;
        if (p + 1 < end && p[1] == '"')
            p++;
        else
            return p + 1;
    }
    return end;
}

static const char *
past_comment(const char *p, const char *end)
{
    size_t depth = 0;
    while (p < end)
    {
        if (p + 1 < end && p[0] == '/' && p[1] == '*')
        {
            depth++;
            p += 2;
        }
        else if (p + 1 < end && p[0] == '*' && p[1] == '/')
        {
            p += 2;
            if (--depth == 0)
                return p;
        }
        else
            p++;
    }
    return end;
}

/* A dollar quote that opens at p, else p itself: $1 and a$b are none. */
static const char *
past_dollar(const char *p, const char *end)
{
    const char *tag = p + 1;
    if (tag < end && *tag >= '0' && *tag <= '9')
        return p;
    while (tag < end && *tag != '$' && is_word_byte(*tag))
        tag++;
    if (tag >= end || *tag != '$')
        return p;
    const size_t n = (size_t) (tag - p) + 1;
    for (const char *q = tag + 1; q + n <= end; q++)
    {
        if (memcmp(q, p, n) == 0)
            return q + n;
    }
    return end;
}

/*
 * One token at p: a word, a quoted thing, a comment, or a single byte.  Returns what follows it.
 */
static const char *
past_token(const char *p, const char *end)
{
    if (*p == '\'')
        return past_string(p, end, false);
    if ((*p == 'E' || *p == 'e') && p + 1 < end && p[1] == '\'')
        return past_string(p + 1, end, true);
    if (*p == '"')
        return past_identifier(p, end);
    if (*p == '-' && p + 1 < end && p[1] == '-')
    {
        while (p < end && *p != '\n')
            p++;
        return p;
    }
    if (*p == '/' && p + 1 < end && p[1] == '*')
        return past_comment(p, end);
    if (*p == '$')
    {
        const char *q = past_dollar(p, end);
        return q > p ? q : p + 1;
    }
    if (is_word_byte(*p))
    {
        while (p < end && is_word_byte(*p))
            p++;
        return p;
    }
    return p + 1;
}

static bool
is_comment(const char *p, const char *end)
{
    return p + 1 < end && ((p[0] == '-' && p[1] == '-') || (p[0] == '/' && p[1] == '*'));
}

static bool
is_word(const char *token, const char *end, const char *word)
{
    const size_t n = strlen(word);
    return (size_t) (end - token) == n && memcmp(token, word, n) == 0;
}

bool
ss_archive_text_next(const char **p, const char **statement, size_t *len)
{
    const char *q = *p;
    const char *end = q + strlen(q);
    for (;;)
    {
        while (q < end && (is_blank(*q) || *q == ';'))
            q++;
        if (q < end && *q == '\\')
        {
            while (q < end && *q != '\n')
                q++;
        }
        else if (is_comment(q, end))
            q = past_token(q, end);
        else
            break;
    }
    *statement = q;
    if (q >= end)
    {
        *p = end;
        return false;
    }
    /* pg_dump prints the keywords of a body that was parsed in capitals, and names like them quoted. */
    size_t depth = 0;
    bool after_begin = false;
    while (q < end && (*q != ';' || depth > 0))
    {
        const char *next = past_token(q, end);
        if (is_word(q, next, "ATOMIC") && after_begin)
            depth++;
        else if (depth > 0 && is_word(q, next, "CASE"))
            depth++;
        else if (depth > 0 && is_word(q, next, "END"))
            depth--;
        if (!is_blank(*q))
            after_begin = is_word(q, next, "BEGIN");
        q = next;
    }
    *len = (size_t) (q - *statement);
    *p = q < end ? q + 1 : end;
    return true;
}

bool
ss_archive_text_begins(const char *statement, size_t len, const char *words)
{
    const size_t n = strlen(words);
    return len > n && memcmp(statement, words, n) == 0 && !is_word_byte(statement[n]);
}

/* Where word stands outside all quotes and parentheses, at or after from; NULL when nowhere. */
static const char *
find_word(const char *from, const char *end, const char *word)
{
    int depth = 0;
    for (const char *p = from; p < end;)
    {
        const char *next = past_token(p, end);
        if (*p == '(')
            depth++;
        else if (*p == ')')
            depth--;
        else if (depth == 0 && is_word(p, next, word))
            return p;
        p = next;
    }
    return NULL;
}

static const char *
find_last_word(const char *from, const char *end, const char *word)
{
    const char *last = NULL;
    for (const char *p = find_word(from, end, word); p != NULL;
         p = find_word(p + strlen(word), end, word))
        last = p;
    return last;
}

/* The name at p, unquoted; *after is what follows it. */
static char *
name_at(const char *p, const char *end, ss_arena *result, const char **after)
{
    while (p < end && is_blank(*p))
        p++;
    if (p >= end)
        return NULL;
    const char *q = past_token(p, end);
    *after = q;
    if (*p != '"')
    {
        char *name = ss_strndup(result, p, (size_t) (q - p));
        return strcmp(name, "PUBLIC") == 0 ? ss_strdup(result, "public") : name;
    }
    ss_buf name = {0};
    for (p++; p + 1 < q; p++)
    {
        ss_buf_putc(&name, *p);
        if (*p == '"')
            p++;
    }
    char *text = ss_strdup(result, ss_buf_text(&name));
    ss_buf_done(&name);
    return text;
}

char *
ss_archive_text_name_after(const char *statement, size_t len, const char *word, ss_arena *result)
{
    const char *end = statement + len;
    const char *at = find_word(statement, end, word);
    const char *after = NULL;
    return at == NULL ? NULL : name_at(at + strlen(word), end, result, &after);
}

/* What follows the parenthesis that opens at p, after blanks; p itself when none does. */
static const char *
past_parentheses(const char *p, const char *end)
{
    const char *q = p;
    int depth = 0;
    while (q < end && is_blank(*q))
        q++;
    if (q >= end || *q != '(')
        return p;
    while (q < end)
    {
        if (*q == '(')
            depth++;
        else if (*q == ')' && --depth == 0)
            return q + 1;
        q = past_token(q, end);
    }
    return end;
}

char *
ss_archive_text_without_options(const char *statement, size_t len, ss_arena *result)
{
    const char *end = statement + len;
    ss_buf bare = {0};
    bool found = false;
    for (const char *p = statement; p < end;)
    {
        const char *next = past_token(p, end);
        const char *past = is_word(p, next, "OPTIONS") ? past_parentheses(next, end) : next;
        if (past == next)
            ss_buf_append(&bare, p, (size_t) (next - p));
        else
            found = true;
        p = past;
    }
    char *text = found ? ss_strdup(result, ss_buf_text(&bare)) : NULL;
    ss_buf_done(&bare);
    return text;
}

char *
ss_archive_text_grantee(const char *statement, size_t len, ss_arena *result)
{
    const char *end = statement + len;
    const char *to = NULL;
    /* REVOKE also stands behind ALTER DEFAULT PRIVILEGES. */
    if (find_word(statement, end, "GRANT") != NULL && statement[0] != 'R')
        to = find_last_word(statement, end, "TO");
    if (to == NULL)
        to = find_last_word(statement, end, "FROM");
    if (to == NULL)
        return NULL;
    const char *after = NULL;
    return name_at(past_token(to, end), end, result, &after);
}

char *
ss_archive_text_new_owner(const char *statement, size_t len, ss_arena *result)
{
    const char *end = statement + len;
    if (!ss_archive_text_begins(statement, len, "ALTER"))
        return NULL;
    const char *owner = find_last_word(statement, end, "OWNER");
    if (owner == NULL)
        return NULL;
    const char *to = find_word(owner, end, "TO");
    const char *after = NULL;
    return to == NULL ? NULL : name_at(to + 2, end, result, &after);
}

char *
ss_archive_text_default_for(const char *statement, size_t len, ss_arena *result)
{
    const char *end = statement + len;
    if (!ss_archive_text_begins(statement, len, "ALTER DEFAULT PRIVILEGES"))
        return NULL;
    const char *role = find_word(statement, end, "ROLE");
    const char *after = NULL;
    return role == NULL ? NULL : name_at(role + 4, end, result, &after);
}

char *
ss_archive_text_policy(const char *statement, size_t len,
                       bool (*keep)(const void *arg, const char *role), const void *arg,
                       size_t *lost, ss_arena *result)
{
    const char *end = statement + len;
    const char *stop = find_word(statement, end, "USING");
    if (stop == NULL)
        stop = find_word(statement, end, "WITH");
    if (stop == NULL)
        stop = end;
    const char *to = find_word(statement, stop, "TO");
    *lost = 0;
    if (to == NULL)
        return ss_strndup(result, statement, len);

    ss_buf roles = {0};
    const char *p = to + 2;
    size_t kept = 0;
    for (;;)
    {
        while (p < stop && (is_blank(*p) || *p == ','))
            p++;
        if (p >= stop)
            break;
        const char *next = NULL;
        const char *name = name_at(p, stop, result, &next);
        if (keep(arg, name))
        {
            ss_buf_puts(&roles, kept++ == 0 ? " " : ", ");
            ss_buf_append(&roles, p, (size_t) (next - p));
        }
        else
            ++*lost;
        p = next;
    }
    char *text = NULL;
    if (kept > 0)
        text = ss_strf(result, "%.*sTO%s %.*s", (int) (to - statement), statement,
                       ss_buf_text(&roles), (int) (end - stop), stop);
    ss_buf_done(&roles);
    return text;
}

size_t
ss_archive_text_policy_roles(const char *statement, size_t len, size_t *start)
{
    const char *end = statement + len, *stop, *to;

    if (!ss_archive_text_begins(statement, len, "CREATE POLICY"))
        return 0;
    stop = find_word(statement, end, "USING");
    if (stop == NULL)
        stop = find_word(statement, end, "WITH");
    if (stop == NULL)
        stop = end;
    to = find_word(statement, stop, "TO");
    if (to == NULL)
        return 0;
    *start = (size_t) (to + 2 - statement);
    return (size_t) (stop - to - 2);
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

bool
ss_archive_text_any_name(const char *statement, size_t len,
                         bool (*chosen)(const char *name, size_t n))
{
    const char *end = statement + len;

    for (const char *p = statement, *next; p < end; p = next)
    {
        const bool word = *p == '_' || (lower(*p) >= 'a' && lower(*p) <= 'z');

        next = past_token(p, end);
        if ((*p == '"' || (word && next[-1] != '\'')) && /* E'...' is no name */
            chosen(p, (size_t) (next - p)))
            return true;
    }
    return false;
}

/* --- tags --------------------------------------------------------------------------------------- */

static size_t
capital_words(const char *text)
{
    size_t length = 0;
    for (;;)
    {
        const size_t n = strspn(text + length, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (n == 0 || text[length + n] != ' ')
            return length;
        length += n + 1;
    }
}

static void
append_lower(ss_buf *to, const char *capitals, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ss_buf_putc(to, lower(capitals[i]));
}

char *
ss_archive_text_subject(const char *schema, const char *tag, ss_arena *result)
{
    ss_buf text = {0};
    size_t n = capital_words(tag);
    append_lower(&text, tag, n);
    tag += n;
    if (strcmp(schema, "-") != 0)
    {
        /* Of what is named within a table or domain, the schema is that one's. */
        const char *end =
            *tag == '"' ? past_identifier(tag, tag + strlen(tag)) : tag + strcspn(tag, " ");
        if (strncmp(end, " ON ", 4) == 0)
        {
            ss_buf_append(&text, tag, (size_t) (end - tag) + 1);
            n = capital_words(end + 1);
            append_lower(&text, end + 1, n);
            tag = end + 1 + n;
        }
        ss_buf_puts(&text, schema);
        ss_buf_putc(&text, '.');
    }
    ss_buf_puts(&text, tag);
    char *subject = ss_strdup(result, ss_buf_text(&text));
    ss_buf_done(&text);
    return subject;
}
