/* CHECKs that shapes meet since the values did: of a text's length, that it is not empty, of the kind of a document. */
#include <string.h>

#include "base/text.h"
#include "pseudonymise/pseudonymise_internal.h"

/* name, or (name)::text */
static bool
take_column(const char **p, const char *name)
{
    const char *at = *p;
    const bool cast = ss_text_take(&at, "(");

    if (!ss_text_take(&at, name) || (cast && !ss_text_take(&at, ")::text")))
        return false;
    *p = at;
    return true;
}

static bool
take_function(const char **p, const char *const *functions, const char *name)
{
    for (; *functions != NULL; functions++)
    {
        const char *at = *p;

        if (!ss_text_take(&at, *functions) || !ss_text_take(&at, "(") || !take_column(&at, name) ||
            !ss_text_take(&at, ")"))
            continue;
        *p = at;
        return true;
    }
    return false;
}

static bool
take_number(const char **p, size_t *v)
{
    const char *start = *p;

    for (*v = 0; **p >= '0' && **p <= '9' && *v < SIZE_MAX / 100; (*p)++)
        *v = *v * 10 + (size_t) (**p - '0');
    return *p > start;
}

/* Behind length(name): a longest length, which narrows *limit, or that it is not 0. */
static bool
take_length(const char **p, size_t *limit)
{
    const bool below = ss_text_take(p, " < "), most = !below && ss_text_take(p, " <= ");
    size_t n;

    if (!below && !most)
        return ss_text_take(p, " > 0") || ss_text_take(p, " >= 1") || ss_text_take(p, " <> 0");
    if (!take_number(p, &n) || n < 1U + below)
        return false;
    n -= below;
    *limit = n < *limit ? n : *limit;
    return true;
}

bool
ss_shape_meets(const ss_type *type, const char *definition, const char *name, size_t *limit)
{
    static const char *const lengths[] = {"char_length", "character_length", "length", NULL};
    static const char *const kinds[] = {"jsonb_typeof", "json_typeof", NULL};
    const bool is_text = ss_type_is_text(type);
    const char *p = definition;
    ss_buf column = {0};
    bool meets;

    ss_text_ident(&column, name);
    meets = ss_text_take(&p, "CHECK ((");
    if (meets && is_text && take_function(&p, lengths, ss_buf_text(&column)))
        meets = take_length(&p, limit);
    else if (meets && !is_text && take_function(&p, kinds, ss_buf_text(&column)))
    {
        meets = ss_text_take(&p, " = '");
        p += strspn(p, "abcdefghijklmnopqrstuvwxyz");
        meets = meets && ss_text_take(&p, "'::text");
    }
    else
        meets = meets && is_text && take_column(&p, ss_buf_text(&column)) &&
                ss_text_take(&p, " <> ''::text");
    ss_buf_done(&column);
    return meets && strcmp(p, "))") == 0;
}
