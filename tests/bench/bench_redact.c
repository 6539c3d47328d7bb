/*
 * How much of people's names is found in texts where nothing else tells them (pseudonymise/redact_find.h), and how often something is taken
 * for a name that is none.
 *
 *     bench_redact <names      lines of a given name, a tab and a family name: the share that is found, by how they stand there
 *     bench_redact FILE...     what is found in texts, for each thousand words; -v lists it
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pseudonymise/redact_find.h"

/* G, F: given and family name, I: an initial; g, f: in small letters, 1, 2: in capitals. */
static const char *const sentences[][2] = {
    {"given and family name", "I spoke to @G @F about the delivery."},
    {"the same, first in a sentence", "@G @F rang this morning."},
    {"family name, given name", "Signed on Monday: @F, @G"},
    {"initial and family name", "A letter from @I. @F came."},
    {"title and family name", "Please call Mr @F back."},
    {"given name alone", "She asked @G to wait."},
    {"the same, first in a sentence", "@G was not at home."},
    {"family name alone", "The order of @F was late."},
    {"both in small letters", "spoke to @g @f again"},
    {"all in capitals", "SPOKE TO @1 @2 AGAIN ABOUT THE ORDER"}};

#define NSENTENCES (sizeof sentences / sizeof sentences[0])

static void
put_name(ss_buf *text, const char *name, char how)
{
    for (const char *c = name; *c != '\0'; c++)
    {
        const bool first = c == name || c[-1] == ' ' || c[-1] == '-' || c[-1] == '\'';

        if (how == 'g' || how == 'f')
            ss_buf_putc(text, (char) tolower((unsigned char) *c));
        else if (how == '1' || how == '2' || first)
            ss_buf_putc(text, (char) toupper((unsigned char) *c));
        else
            ss_buf_putc(text, *c);
        if (how == 'I')
            return;
    }
}

/* Is all of the names in the sentence found? */
static bool
is_found(ss_finder *finder, const char *sentence, const char *given, const char *family)
{
    size_t starts[4], ends[4], n = 0;
    ss_buf text = {0};
    bool all = true;

    for (const char *c = sentence; *c != '\0'; c++)
    {
        const char how = c[1];

        if (*c != '@')
        {
            ss_buf_putc(&text, *c);
            continue;
        }
        c++;
        starts[n] = text.len;
        put_name(&text, how == 'F' || how == 'f' || how == '2' ? family : given, how);
        ends[n] = text.len;
        n += how != 'I';
    }
    ss_find_all(finder, ss_buf_text(&text), text.len, NULL, 0);
    for (size_t i = 0; i < n; i++)
    {
        bool found = false;

        for (size_t h = 0; h < finder->nhits; h++)
            found = found || (finder->hits[h].start <= starts[i] && finder->hits[h].end >= ends[i]);
        all = all && found;
    }
    ss_buf_done(&text);
    return all;
}

static int
recall(ss_finder *finder)
{
    char line[256];
    size_t found[NSENTENCES] = {0}, names = 0;

    while (fgets(line, sizeof line, stdin) != NULL)
    {
        char *family = strchr(line, '\t');

        line[strcspn(line, "\r\n")] = '\0';
        if (family == NULL || family == line || family[1] == '\0')
            continue;
        *family++ = '\0';
        names++;
        for (size_t i = 0; i < NSENTENCES; i++)
            found[i] += is_found(finder, sentences[i][1], line, family);
    }
    printf("%zu names\n", names);
    for (size_t i = 0; i < NSENTENCES && names > 0; i++)
        printf("%-32s %5.1f %%\n", sentences[i][0], 100.0 * (double) found[i] / (double) names);
    return names == 0;
}

static int
alarms(ss_finder *finder, const char *file, bool shown)
{
    ss_arena *arena = ss_arena_new(NULL);
    size_t n, words = 0, hits = 0;
    char *text;
    ss_error err;
    int failed = ss_file_read(file, 64U << 20, arena, &text, &n, &err) != SS_OK;

    for (char *line = text, *end; !failed && line < text + n; line = end + 1)
    {
        end = memchr(line, '\n', (size_t) (text + n - line));
        end = end == NULL ? text + n : end;
        for (const char *c = line; c < end; c++)
            words += *c != ' ' && (c + 1 == end || c[1] == ' ');
        ss_find_all(finder, line, (size_t) (end - line), NULL, 0);
        for (size_t h = 0; h < finder->nhits; h++)
        {
            const ss_find_hit *hit = &finder->hits[h];

            if (hit->what != SS_FIND_PERSON && hit->what != SS_FIND_GIVEN)
                continue;
            hits++;
            if (shown)
                printf("    %.*s\n", (int) (hit->end - hit->start), line + hit->start);
        }
    }
    if (failed)
        printf("FAILED: %s\n", err.line[0]);
    else
        printf("%s: %zu words, %zu taken for names, %.1f in a thousand words\n", file, words, hits,
               1000.0 * (double) hits / (double) (words == 0 ? 1 : words));
    ss_arena_free(arena);
    return failed;
}

int
main(int argc, char **argv)
{
    ss_finder finder = {0};
    const bool shown = argc > 1 && strcmp(argv[1], "-v") == 0;
    int failed = 0;

    if (argc < 2)
        failed = recall(&finder);
    for (int i = 1 + shown; i < argc; i++)
        failed = alarms(&finder, argv[i], shown) || failed;
    ss_finder_done(&finder);
    return failed;
}
