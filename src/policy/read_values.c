/* Values of a policy's file, each checked, every message with its place. */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "policy/amount.h"
#include "policy/read_internal.h"

ss_code
ss_read_scalar(const ss_reading *r, const ss_yaml *at, const char *what, const char **text)
{
    return ss_yaml_scalar(r->file, at, what, text, r->err);
}

ss_code
ss_read_word(const ss_reading *r, const ss_yaml *at, const char *what, const char *const *words,
             size_t n, size_t *index)
{
    const char *text;

    SS_TRY(ss_read_scalar(r, at, what, &text));
    for (size_t i = 0; i < n; i++)
    {
        if (strcmp(words[i], text) == 0)
        {
            *index = i;
            return SS_OK;
        }
    }
    return ss_yaml_unknown(r->file, at, what, words, n, r->err);
}

ss_code
ss_read_count(const ss_reading *r, const ss_yaml *at, const char *what, uint64_t min, uint64_t max,
              uint64_t *n)
{
    const char *text;

    SS_TRY(ss_read_scalar(r, at, what, &text));
    if (at->quoted || !ss_parse_u64(text, n) || *n < min || *n > max)
        return ss_yaml_fail(r->file, at, r->err,
                            "%s must be a whole number from %llu to %llu, without quotes", what,
                            (unsigned long long) min, (unsigned long long) max);
    return SS_OK;
}

ss_code
ss_read_learn_rows(const ss_reading *r, const ss_yaml *at, uint64_t *n)
{
    return ss_read_count(r, at, "learn_rows", 1000, UINT64_C(1000000000000), n);
}

/* "10m", "2h", "30s" in seconds. */
ss_code
ss_read_duration(const ss_reading *r, const ss_yaml *at, const char *what, int *seconds)
{
    const char *text;
    char digits[12] = "";
    size_t n;
    uint64_t v;

    SS_TRY(ss_read_scalar(r, at, what, &text));
    n = strlen(text);
    if (n >= 2 && n < sizeof digits)
        memcpy(digits, text, n - 1);
    if (!ss_parse_u64(digits, &v) || v > 100000 || strchr("smh", text[n - 1]) == NULL)
        return ss_yaml_fail(r->file, at, r->err, "%s must be a time such as 30s, 10m or 2h", what);
    *seconds = (int) v * (text[n - 1] == 'h' ? 3600 : text[n - 1] == 'm' ? 60 : 1);
    return SS_OK;
}

ss_code
ss_read_rows(const ss_reading *r, const ss_yaml *at, const char **text)
{
    ss_amount amount;

    SS_TRY(ss_read_scalar(r, at, "rows", text));
    if (!ss_amount_parse(*text, &amount))
        return ss_yaml_fail(r->file, at, r->err, "rows must be a count, or a share such as 10%%");
    return SS_OK;
}

ss_code
ss_digest_from_yaml(const char *file, const ss_yaml *at, const char *what, const char **text,
                    ss_error *err)
{
    SS_TRY(ss_yaml_scalar(file, at, what, text, err));
    if (strlen(*text) != 8 || strspn(*text, "0123456789abcdef") != 8)
        return ss_yaml_fail(file, at, err, "%s must be 8 hexadecimal digits, as sandseed writes it",
                            what);
    return SS_OK;
}

static ss_code
date(const char *file, const ss_yaml *at, const char **text, ss_error *err)
{
    bool good;

    SS_TRY(ss_yaml_scalar(file, at, "date", text, err));
    good = strlen(*text) == 10;
    for (size_t i = 0; good && i < 10; i++)
        good = i == 4 || i == 7 ? (*text)[i] == '-' : (*text)[i] >= '0' && (*text)[i] <= '9';
    if (!good)
        return ss_yaml_fail(file, at, err, "date must be a day such as 2026-11-23");
    return SS_OK;
}

ss_code
ss_read_list(const ss_reading *r, const ss_yaml *at, const char *what, const char ***list,
             size_t *n)
{
    if (at->kind == SS_YAML_SCALAR)
    {
        *list = ss_alloc(r->result, 1, sizeof **list);
        *n = 1;
        return ss_read_scalar(r, at, what, &(*list)[0]);
    }
    if (at->kind != SS_YAML_LIST)
        return ss_yaml_fail(r->file, at, r->err, "%s must be a value or a list", what);
    if (at->n == 0)
        return ss_yaml_fail(r->file, at, r->err, "%s is an empty list", what);
    *list = ss_alloc(r->result, at->n + 1, sizeof **list);
    for (*n = 0; *n < at->n; (*n)++)
        SS_TRY(ss_read_scalar(r, at->values[*n], what, &(*list)[*n]));
    return SS_OK;
}

ss_code
ss_read_expect_map(const ss_reading *r, const ss_yaml *at, const char *what)
{
    if (at->kind == SS_YAML_MAP)
        return SS_OK;
    return ss_yaml_fail(r->file, at, r->err, "%s must be a map of keys and values", what);
}

ss_code
ss_read_known_keys(const ss_reading *r, const ss_yaml *map, const char *what,
                   const char *const *words, size_t n)
{
    return ss_yaml_known_keys(r->file, map, what, words, n, r->err);
}

ss_place
ss_read_place(const ss_reading *r, const ss_yaml *at)
{
    return (ss_place){.file = r->file, .line = at->line, .column = at->column, .depth = r->depth};
}

ss_code
ss_signature_from_yaml(const char *file, const ss_yaml *map, ss_signature *s, ss_error *err)
{
    static const char *const keys[] = {"by", "date", "why", "covers"};
    const ss_yaml *at = ss_yaml_get(map, "signed"), *v;

    if (at == NULL)
        return SS_OK;
    *s = (ss_signature){0};
    SS_TRY(ss_yaml_known_keys(file, at, "signed", keys, SS_NWORDS(keys), err));
    if ((v = ss_yaml_get(at, "by")) != NULL)
        SS_TRY(ss_yaml_scalar(file, v, "by", &s->by, err));
    if ((v = ss_yaml_get(at, "date")) != NULL)
        SS_TRY(date(file, v, &s->date, err));
    if ((v = ss_yaml_get(at, "why")) != NULL)
        SS_TRY(ss_yaml_scalar(file, v, "why", &s->why, err));
    if ((v = ss_yaml_get(at, "covers")) != NULL)
        SS_TRY(ss_digest_from_yaml(file, v, "covers", &s->covers, err));
    if (s->by == NULL || s->by[0] == '\0' || s->covers == NULL)
        return ss_yaml_fail(file, at, err,
                            "a signature needs by and covers: write it with sandseed sign");
    return SS_OK;
}
