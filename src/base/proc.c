/* setgroups(), syscall(), and pipe2(): no other thread's child may inherit an end. */
#define _GNU_SOURCE

#include "base/proc.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/watch.h"

#define LOOK_MS       100
#define LOOK_OFTEN_MS 5   /* where a poll does not see the child end */
#define TERM_MS       500 /* all of us must be gone within two seconds */
#define ERR_TEXT_MAX  (1U << 20)
#define EXIT_NO_START 127

static bool
names(const char *entry, const char *name, size_t n)
{
    return strncmp(entry, name, n) == 0 && entry[n] == '=';
}

/* list: "NAME" or "NAME=value" ... NULL; may be NULL */
static bool
is_among(const char *entry, const char *const *list)
{
    for (; list != NULL && *list != NULL; list++)
    {
        if (names(entry, *list, strcspn(*list, "=")))
            return true;
    }
    return false;
}

static bool
is_passed_on(const char *entry, const ss_proc_options *o)
{
    return (o->keepenv == NULL || is_among(entry, o->keepenv)) && !is_among(entry, o->unsetenv) &&
           !is_among(entry, o->setenv);
}

/* Our environment with the changes; made before fork, where allocating is still allowed. */
static const char **
environment(ss_arena *arena, const ss_proc_options *o)
{
    size_t n = 0, at = 0;
    const char **env;

    for (char **e = environ; *e != NULL; e++)
        n++;
    for (const char *const *s = o->setenv; s != NULL && *s != NULL; s++)
        n++;
    env = ss_alloc(arena, n + 1, sizeof *env);
    for (char **e = environ; *e != NULL; e++)
    {
        if (is_passed_on(*e, o))
            env[at++] = *e;
    }
    for (const char *const *s = o->setenv; s != NULL && *s != NULL; s++)
        env[at++] = *s;
    return env;
}

/* The program's path: as it is with a slash, else the first executable in PATH; NULL: none. */
static const char *
find_program(ss_arena *arena, const char *name)
{
    const char *path = getenv("PATH");

    if (strchr(name, '/') != NULL)
        return access(name, X_OK) == 0 ? name : NULL;
    if (path == NULL)
        path = "/usr/bin:/bin";
    while (*path != '\0')
    {
        const size_t n = strcspn(path, ":");
        char *full = ss_strf(arena, "%.*s/%s", (int) n, path, name);

        if (n > 0 && access(full, X_OK) == 0)
            return full;
        path += n + (path[n] == ':');
    }
    return NULL;
}

pid_t
ss_proc_fork(void)
{
    const struct sigaction standard = {.sa_handler = SIG_DFL};
    struct sigaction before;
    sigset_t all, usual;
    pid_t pid;

    (void) sigfillset(&all);
    (void) pthread_sigmask(SIG_SETMASK, &all, &usual);
    pid = fork();
    for (int s = 1; pid == 0 && s < NSIG; s++)
    {
        if (sigaction(s, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void) sigaction(s, &standard, NULL);
    }
    if (pid != 0)
        (void) pthread_sigmask(SIG_SETMASK, &usual, NULL);
    return pid;
}

/* In the child, between fork and exec: only what is async-signal-safe.  out, err: where its streams go; -1: nowhere. */
static _Noreturn void
become(const ss_proc_options *o, pid_t parent, bool outlives, const char *program, const char **env,
       int out, int err)
{
    const int null = open("/dev/null", O_RDWR);
    const struct sigaction standard = {.sa_handler = SIG_DFL};

    sigset_t none;

    if (outlives)
        (void) setsid();
    else
        (void) setpgid(0, 0);
    (void) sigemptyset(&none);
    (void) sigprocmask(SIG_SETMASK, &none, NULL);
    (void) sigaction(SIGPIPE, &standard, NULL);
    if (null < 0 || dup2(o->in_fd > 0 ? o->in_fd : null, STDIN_FILENO) < 0 ||
        dup2(out >= 0 ? out : null, STDOUT_FILENO) < 0 ||
        dup2(err >= 0 ? err : null, STDERR_FILENO) < 0)
        _exit(EXIT_NO_START);
    if (o->uid != 0 && getuid() == 0)
    {
        if (setgroups(0, NULL) != 0 || setgid(o->gid) != 0 || setuid(o->uid) != 0)
            _exit(EXIT_NO_START);
    }
    /* However we end, it does not go on without us: what it reads and writes is ours.  (setuid() takes it back.) */
    if (!outlives)
        (void) prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent)
        _exit(EXIT_NO_START);
    if (o->cwd != NULL && chdir(o->cwd) != 0)
        _exit(EXIT_NO_START);

    /* execve takes non-const arrays for historical reasons and does not write to them. */
    union
    {
        const char *const *in;
        char *const *out;
    } argv = {.in = o->argv}, envp = {.in = env};

    (void) execve(program, argv.out, envp.out);
    _exit(EXIT_NO_START);
}

/* Read what has come; false at the end of the stream.  Of more than max bytes the last ones are kept. */
static bool
drain(int fd, ss_buf *buf, size_t max)
{
    char data[8192];
    const ssize_t n = read(fd, data, sizeof data);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n > 0)
        ss_buf_append(buf, data, (size_t) n);
    if (buf->len > max)
        ss_buf_keep_last(buf, max / 2);
    return n > 0;
}

static void
stop(pid_t pid)
{
    const int64_t until = ss_clock_ms() + TERM_MS;

    (void) kill(-pid, SIGTERM);
    while (ss_clock_ms() < until)
    {
        if (waitpid(pid, NULL, WNOHANG) == pid)
            return;
        ss_sleep_ms(20);
    }
    (void) kill(-pid, SIGKILL);
    (void) waitpid(pid, NULL, 0);
}

/* A descriptor that becomes readable when the child ends; -1 where the kernel has none (before Linux 5.3). */
static int
end_of(pid_t pid)
{
#ifdef SYS_pidfd_open
    return (int) syscall(SYS_pidfd_open, pid, 0);
#else
    (void) pid;
    return -1;
#endif
}

/* Read both streams until the child ends.  ended: of end_of(). */
static ss_code
attend(pid_t pid, int ended, int out, int err_fd, const ss_proc_options *o, const ss_watch *watch,
       int *status, ss_error *err)
{
    const int64_t until =
        o->timeout_s == 0 ? INT64_MAX : ss_clock_ms() + (int64_t) o->timeout_s * 1000;
    struct pollfd fds[3] = {{.fd = out, .events = POLLIN},
                            {.fd = err_fd, .events = POLLIN},
                            {.fd = ended, .events = POLLIN}};
    int how = 0;

    for (;;)
    {
        const pid_t waited = waitpid(pid, &how, WNOHANG);
        const bool over = waited == pid;

        if (waited < 0 && errno == ECHILD)
            return ss_fail(err, SS_EBUG, "%s ended, and somebody else took its exit status",
                           o->argv[0]);

        /* A server started by the child keeps its ends of the pipes: do not wait for their end. */
        (void) poll(fds, 3, over ? 0 : ended >= 0 ? LOOK_MS : LOOK_OFTEN_MS);
        if (fds[0].fd >= 0 && fds[0].revents != 0 && !drain(out, o->out, SIZE_MAX))
            fds[0].fd = -1;
        if (fds[1].fd >= 0 && fds[1].revents != 0 && !drain(err_fd, o->err_text, ERR_TEXT_MAX))
            fds[1].fd = -1;
        if (over)
        {
            while (fds[0].fd >= 0 && poll(fds, 1, 0) > 0 && drain(out, o->out, SIZE_MAX))
                continue;
            while (fds[1].fd >= 0 && poll(fds + 1, 1, 0) > 0 &&
                   drain(err_fd, o->err_text, ERR_TEXT_MAX))
                continue;
            *status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
            return SS_OK;
        }
        ss_report_waiting(watch);
        if (ss_interrupted(watch))
        {
            stop(pid);
            return ss_check_interrupt(watch, err);
        }
        if (ss_clock_ms() > until)
        {
            stop(pid);
            return ss_fail(err, SS_ERETRY, "%s did not end within %d s", o->argv[0], o->timeout_s);
        }
    }
}

static bool
make_pipe(int fds[2], bool wanted)
{
    fds[0] = fds[1] = -1;
    if (!wanted)
        return true;
    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    (void) fcntl(fds[0], F_SETFL, O_NONBLOCK);
    return true;
}

static void
close_both(const int fds[2])
{
    for (int i = 0; i < 2; i++)
    {
        if (fds[i] >= 0)
            (void) close(fds[i]);
    }
}

static ss_code
not_found(const ss_proc_options *o, ss_error *err)
{
    return ss_fail(err, SS_EMEND, "could not find the program \"%s\"", o->argv[0]);
}

ss_code
ss_proc_run(const ss_proc_options *options, const ss_watch *watch, int *status, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const char **env = environment(scratch, options);
    const char *program = find_program(scratch, options->argv[0]);
    const pid_t parent = getpid();
    int out[2] = {-1, -1}, errors[2] = {-1, -1};
    ss_code code;
    pid_t pid;

    if (program == NULL)
    {
        code = not_found(options, err);
        ss_arena_free(scratch);
        return code;
    }
    if (!make_pipe(out, options->out != NULL) || !make_pipe(errors, options->err_text != NULL))
        pid = -1;
    else
        pid = ss_proc_fork();
    if (pid == 0)
        become(options, parent, false, program, env, options->out_fd > 0 ? options->out_fd : out[1],
               errors[1]);
    if (pid < 0)
        code = ss_fail(err, SS_ERETRY, "could not start \"%s\": %s", program, strerror(errno));
    else
    {
        const int ended = end_of(pid);

        if (out[1] >= 0)
            (void) close(out[1]);
        if (errors[1] >= 0)
            (void) close(errors[1]);
        out[1] = errors[1] = -1;
        code = attend(pid, ended, out[0], errors[0], options, watch, status, err);
        if (ended >= 0)
            (void) close(ended);
    }
    close_both(out);
    close_both(errors);
    ss_arena_free(scratch);
    return code;
}

ss_code
ss_proc_start(const ss_proc_options *options, pid_t *pid, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const char **env = environment(scratch, options);
    const char *program = find_program(scratch, options->argv[0]);
    const int out = options->out_fd > 0 ? options->out_fd : -1;
    const pid_t parent = getpid();
    ss_code code = SS_OK;

    if (program == NULL)
        code = not_found(options, err);
    else
    {
        *pid = ss_proc_fork();
        if (*pid == 0)
            become(options, parent, true, program, env, out, out);
        if (*pid < 0)
            code = ss_fail(err, SS_ERETRY, "could not start \"%s\": %s", program, strerror(errno));
    }
    ss_arena_free(scratch);
    return code;
}
