/* Results go to stdout; everything else to stderr, as text or as one JSON object a line. */
#include "cli_internal.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static cli_settings settings;
static bool log_json;
static bool on_terminal;     /* stderr */
static bool line_open;       /* a progress line stands on the terminal */
static double started;       /* seconds */
static double last_progress; /* when it was last shown */

#define PROGRESS_AFTER_S    2.0
#define TERMINAL_INTERVAL_S 0.2
#define LOG_INTERVAL_S      30.0

static double
now(void)
{
    struct timespec t;

    (void) clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + (double) t.tv_nsec * 1e-9;
}

void
cli_output_begin(const cli_settings *s)
{
    settings = *s;
    log_json = s->log_format != NULL && strcmp(s->log_format, "json") == 0;
    on_terminal = isatty(STDERR_FILENO) == 1 && !log_json;
    started = now();
}

static void
close_line(void)
{
    if (line_open)
        (void) fputs("\r\033[K", stderr);
    line_open = false;
}

static void
log_line(const char *level, json_t *object)
{
    char stamp[32] = "";
    const time_t t = time(NULL);
    struct tm utc;
    char *text;

    if (gmtime_r(&t, &utc) != NULL)
        (void) strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
    (void) json_object_set_new(object, "time", json_string(stamp));
    (void) json_object_set_new(object, "level", json_string(level));
    text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    if (text != NULL)
        (void) fprintf(stderr, "%s\n", text);
    free(text);
    json_decref(object);
}

void
cli_notice(void *arg, ss_level level, const char *text)
{
    (void) arg;
    if (level != SS_ERROR && (settings.quiet || (level == SS_DEBUG && !settings.verbose)))
        return;
    if (log_json)
    {
        log_line(level == SS_ERROR     ? "error"
                 : level == SS_WARNING ? "warning"
                 : level == SS_INFO    ? "info"
                                       : "debug",
                 json_pack("{s:s}", "message", text));
        return;
    }
    close_line();
    (void) fprintf(stderr, "%s%s\n", level == SS_WARNING ? "warning: " : "", text);
}

static void
show_progress(const ss_progress *p, double elapsed)
{
    const double rate = elapsed > 0 ? (double) p->rows / elapsed : 0;
    char left[48] = "";

    if (p->rows == 0)
    {
        (void) fprintf(stderr, "%s%s: %.0f s%s", on_terminal ? "\r\033[K" : "", p->stage, elapsed,
                       on_terminal ? "" : "\n");
        line_open = on_terminal;
        return;
    }
    if (p->rows_total > p->rows && rate > 0)
        (void) snprintf(left, sizeof left, ", about %.0f s left",
                        (double) (p->rows_total - p->rows) / rate);
    (void) fprintf(stderr, "%s%s: %s%s%llu rows, %.0f rows/s%s%s", on_terminal ? "\r\033[K" : "",
                   p->stage, p->object != NULL ? p->object : "", p->object != NULL ? ", " : "",
                   (unsigned long long) p->rows, rate, left, on_terminal ? "" : "\n");
    line_open = on_terminal;
}

void
cli_progress(void *arg, const ss_progress *p)
{
    static ss_progress last;
    static char object[1024];
    static double stage_started;
    const double t = now();
    const double interval = on_terminal ? TERMINAL_INTERVAL_S : LOG_INTERVAL_S;

    (void) arg;
    if (p != NULL)
    {
        if (last.stage == NULL || strcmp(last.stage, p->stage) != 0)
            stage_started = t;
        last = *p;
        if (p->object != NULL)
            last.object = strncpy(object, p->object, sizeof object - 1);
    }
    p = &last;
    if (p->stage == NULL)
        return;
    if (settings.quiet || t - started < PROGRESS_AFTER_S || t - last_progress < interval)
        return;
    /* Elsewhere than on a terminal, the first line comes after a whole interval. */
    if (!on_terminal && t - started < interval)
        return;
    last_progress = t;
    if (log_json)
        log_line("info",
                 json_pack("{s:s, s:s?, s:I, s:I}", "stage", p->stage, "object", p->object, "rows",
                           (json_int_t) p->rows, "rows_total", (json_int_t) p->rows_total));
    else
        show_progress(p, t - stage_started);
}

static json_t *
error_json(const ss_error *err, int status)
{
    json_t *lines = json_array();

    for (size_t i = err->depth; i > 0; i--)
        (void) json_array_append_new(lines, json_string(err->line[i - 1]));
    return json_pack("{s:i, s:o, s:s, s:s}", "exit", status, "message", lines, "sqlstate",
                     err->sqlstate, "hint", err->hint);
}

static void
print_error(const ss_error *err, int status)
{
    if (log_json)
    {
        log_line("error", error_json(err, status));
        return;
    }
    /* Outermost first: what was being done, then on what, then what went wrong. */
    (void) fputs("sandseed: ", stderr);
    for (size_t i = err->depth; i > 0; i--)
        (void) fprintf(stderr, "%s%s", err->line[i - 1], i > 1 ? ": " : "\n");
    if (err->sqlstate[0] != '\0')
        (void) fprintf(stderr, "  SQLSTATE %s\n", err->sqlstate);
    if (err->hint[0] != '\0')
        (void) fprintf(stderr, "  %s\n", err->hint);
}

int
cli_output_result(const ss_result *result, ss_code code, int status, const ss_error *err)
{
    ss_error unwritten;

    close_line();
    if (settings.json && result->json != NULL)
        (void) printf("%s\n", result->json);
    else if (settings.json && code != SS_OK)
    {
        json_t *object = json_pack("{s:o}", "error", error_json(err, status));
        char *text = json_dumps(object, JSON_INDENT(2));

        if (text != NULL)
            (void) printf("%s\n", text);
        free(text);
        json_decref(object);
    }
    else if (!settings.json && result->text != NULL)
        (void) fputs(result->text, stdout);
    /* A reader that has seen enough (| head) is none. */
    if ((fflush(stdout) != 0 || ferror(stdout)) && errno != EPIPE && code == SS_OK)
    {
        (void) ss_fail(&unwritten, SS_ERETRY, "could not write the result: %s", strerror(errno));
        err = &unwritten;
        code = SS_ERETRY;
        status = (int) code;
    }
    if (code != SS_OK)
        print_error(err, status);
    return status;
}

void
cli_output_usage(const ss_error *err, const cli_command *command)
{
    ss_error e = *err;

    (void) ss_hint(&e, command == NULL ? "See sandseed --help%s%s." : "See sandseed %s --help%s.",
                   command == NULL ? "" : command->name, "");
    print_error(&e, 1);
}
