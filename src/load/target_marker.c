#include "load/target.h"

#include <string.h>

#include "load/target_internal.h"

static const char PREFIX[] = "sandseed: 1 state=";

static const struct
{
    const char *word;
    ss_target_state state;
} STATES[] = {
    {"building", SS_TARGET_BUILDING},
    {"finished", SS_TARGET_FINISHED},
    {"published", SS_TARGET_PUBLISHED},
};

/* The bytes of text up to the next blank or the end. */
static size_t
word_length(const char *text)
{
    return strcspn(text, " ");
}

static bool
is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == ':' || c == '_' || c == '-';
}

bool
ss_marker_word_valid(const char *word)
{
    const size_t n = strlen(word);
    if (n == 0 || n > SS_MARKER_WORD_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
    {
        if (!is_word_byte(word[i]))
            return false;
    }
    return true;
}

/* "<name>" then a word into out; moves *text behind it. */
static bool
take(const char **text, const char *name, char *out, size_t limit)
{
    const size_t n = strlen(name);
    if (strncmp(*text, name, n) != 0)
        return false;
    const char *word = *text + n;
    const size_t len = word_length(word);
    if (len == 0 || len > limit)
        return false;
    memcpy(out, word, len);
    out[len] = '\0';
    *text = word + len;
    return ss_marker_word_valid(out);
}

/* 2026-11-23T18:55:00Z, nothing else. */
static bool
is_time(const char *text)
{
    static const char SHAPE[] = "dddd-dd-ddTdd:dd:ddZ";
    if (strlen(text) != sizeof SHAPE - 1)
        return false;
    for (size_t i = 0; i < sizeof SHAPE - 1; i++)
    {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (SHAPE[i] == 'd' ? !digit : text[i] != SHAPE[i])
            return false;
    }
    return true;
}

bool
ss_marker_parse(const char *comment, ss_marker *marker)
{
    if (comment == NULL || strncmp(comment, PREFIX, sizeof PREFIX - 1) != 0)
        return false;
    const char *text = comment + sizeof PREFIX - 1;
    ss_marker m = {.state = SS_TARGET_FOREIGN};
    for (size_t i = 0; i < sizeof STATES / sizeof STATES[0]; i++)
    {
        const size_t n = strlen(STATES[i].word);
        if (word_length(text) == n && strncmp(text, STATES[i].word, n) == 0)
        {
            m.state = STATES[i].state;
            text += n;
            break;
        }
    }
    if (m.state == SS_TARGET_FOREIGN || !take(&text, " run=", m.run, SS_MARKER_WORD_MAX) ||
        !take(&text, " at=", m.at, sizeof m.at - 1) || !is_time(m.at))
        return false;
    if (*text != '\0' && (!take(&text, " inputs=", m.inputs, SS_MARKER_WORD_MAX) || *text != '\0'))
        return false;
    *marker = m;
    return true;
}

char *
ss_marker_text(ss_arena *arena, const ss_marker *marker)
{
    const char *state = STATES[0].word;
    for (size_t i = 0; i < sizeof STATES / sizeof STATES[0]; i++)
    {
        if (STATES[i].state == marker->state)
            state = STATES[i].word;
    }
    return ss_strf(arena, "%s%s run=%s at=%s%s%s", PREFIX, state, marker->run, marker->at,
                   marker->inputs[0] != '\0' ? " inputs=" : "", marker->inputs);
}
