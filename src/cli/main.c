/* From argv to a command's call and an exit status. */
#include "cli_internal.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t caught; /* the first signal that asked us to stop */
static bool log_json;

/* A last line, where nothing may be allocated or formatted any more; as others of the log, but for the time. */
#define SAY_LAST(text)                                                                             \
    say_last("sandseed: " text "\n", "{\"level\":\"error\",\"message\":\"" text "\"}\n")

static void
say_last(const char *plain, const char *json)
{
    const char *line = log_json ? json : plain;

    (void) !write(STDERR_FILENO, line, strlen(line));
}

#define MOMENT_US 1600000 /* two seconds, but for what ss_end_now() takes */
#define REPEAT_US 200000  /* timeout(1) and a terminal that closes tell us twice */

/*
 * The first one asks the run to stop, which has a moment for clearing up.  Another one, or the end of that moment, ends it
 * whatever it waits for.
 */
static void
on_signal(int signal)
{
    static const struct itimerval moment = {
        .it_value = {.tv_sec = MOMENT_US / 1000000, .tv_usec = MOMENT_US % 1000000}};
    const int error = errno;
    struct itimerval left = {0};

    (void) getitimer(ITIMER_REAL, &left);
    if (caught == 0)
    {
        caught = signal;
        (void) setitimer(ITIMER_REAL, &moment, NULL);
    }
    else if (left.it_value.tv_sec * 1000000 + left.it_value.tv_usec < MOMENT_US - REPEAT_US)
    {
        SAY_LAST("ended before all was cleared up; the next run does what is left to do");
        ss_end_now(128 + caught);
    }
    errno = error;
}

static bool
interrupted(void *arg)
{
    (void) arg;
    return caught != 0;
}

static bool
ask(void *arg, const char *prompt, unsigned char *answer, size_t room, size_t *n)
{
    (void) arg;
    return cli_ask(prompt, interrupted, answer, room, n);
}

static void
catch_signals(void)
{
    /* None of them comes between another one and its timer. */
    static const int asking[] = {SIGINT, SIGTERM, SIGHUP, SIGALRM};
    struct sigaction stop = {.sa_handler = on_signal};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction usual = {.sa_handler = SIG_DFL};
    struct sigaction before;

    (void) sigemptyset(&stop.sa_mask);
    for (size_t i = 0; i < sizeof asking / sizeof asking[0]; i++)
        (void) sigaddset(&stop.sa_mask, asking[i]);
    (void) sigaction(SIGINT, &stop, NULL);
    (void) sigaction(SIGTERM, &stop, NULL);
    (void) sigaction(SIGALRM, &stop, NULL);
    /* Under nohup it is ignored, and stays so. */
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        (void) sigaction(SIGHUP, &stop, NULL);
    (void) sigaction(SIGPIPE, &ignore, NULL);
    /* Whoever started us may ignore it: our children could not be waited for. */
    (void) sigaction(SIGCHLD, &usual, NULL);
}

/*
 * We hold rows of production: they must not lie about in a core file or be read by another process of
 * our user, and what we write is ours alone.  pg_dump and its like inherit the limit and the mask.  Returns
 * the mask that the user had: a new policy is the user's own file.
 */
static mode_t
keep_to_ourselves(void)
{
    static const struct rlimit none = {0, 0};

    (void) setrlimit(RLIMIT_CORE, &none);
    (void) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return umask(077);
}

/* Worth another try when there is more of it. */
static void
out_of_memory(void)
{
    SAY_LAST("out of memory");
    ss_end_now(SS_ERETRY);
    for (;;)
        (void) pause();
}

static unsigned
terminal_width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;

    if (columns != NULL && strtol(columns, NULL, 10) >= 40 && strtol(columns, NULL, 10) <= 1000)
        return (unsigned) strtol(columns, NULL, 10);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
        return size.ws_col;
    return 100;
}

/* What the build makes man pages and completion with; not for users, so not in the tables. */
static bool
make_docs(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--print-completion") == 0)
    {
        cli_completion(stdout);
        return true;
    }
    return (argc == 2 || argc == 3) && strcmp(argv[1], "--print-man-page") == 0 &&
           cli_man(stdout, argv[2]);
}

int
main(int argc, char **argv)
{
    ss_options options = {0};
    cli_settings settings = {0};
    const cli_command *command;
    const ss_watch watch = {
        .notice = cli_notice, .progress = cli_progress, .interrupted = interrupted, .ask = ask};
    ss_result result = {0};
    ss_error err = {.code = SS_OK};
    ss_code code;
    mode_t mask;
    int status;

    if (make_docs(argc, argv))
        return 0;
    mask = keep_to_ourselves();
    ss_on_out_of_memory(out_of_memory);
    code = cli_parse(argc, argv, &command, &options, &settings, &err);
    options.policy_mode = 0666 & ~(unsigned) mask;
    log_json = settings.log_format != NULL && strcmp(settings.log_format, "json") == 0;
    cli_output_begin(&settings);
    if (code != SS_OK)
    {
        cli_output_usage(&err, command);
        return (int) code;
    }
    if (settings.version)
    {
        (void) printf("sandseed %s\n", ss_version());
        return 0;
    }
    if (settings.help)
    {
        cli_help(stdout, command);
        return 0;
    }

    options.width = terminal_width();
    catch_signals();
    code = ss_init(&err);
    if (code == SS_OK)
        code = command->run(&options, &watch, &result, &err);
    status = caught != 0 && code != SS_OK ? 128 + caught : (int) code;
    status = cli_output_result(&result, code, status, &err);
    ss_result_free(&result);
    return status;
}
