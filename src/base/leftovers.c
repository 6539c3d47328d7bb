/* syscall() */
#define _GNU_SOURCE

#include "base/leftovers.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sandseed/export.h>

#include "base/clock.h"
#include "base/file.h"

#define ROOM      8
#define SERVER_MS 250 /* how long servers that were stopped are waited for, all together */
#define NAP_MS    10

static _Atomic(const ss_leftover *) leftovers[ROOM];

/* Public: include/sandseed/commands.h, which base does not read. */
SS_EXPORT void ss_end_now(int status);

ss_leftover
ss_leftover_server(int pid)
{
    ss_leftover server = {.pid = pid, .process = -1};

#ifdef SYS_pidfd_open
    if (pid > 0)
        server.process = (int) syscall(SYS_pidfd_open, pid, 0);
    if (server.process < 0 && errno == ESRCH)
        server.pid = 0;
#endif
    return server;
}

/* signal 0: is it there? */
static bool
tell(const ss_leftover *server, int signal)
{
#ifdef SYS_pidfd_send_signal
    if (server->process >= 0)
        return syscall(SYS_pidfd_send_signal, server->process, signal, NULL, 0) == 0;
#endif
    /* A kernel before Linux 5.3. */
    return kill((pid_t) server->pid, signal) == 0;
}

static void
replace_first(const ss_leftover *what, const ss_leftover *by)
{
    for (size_t i = 0; i < ROOM; i++)
    {
        const ss_leftover *expected = what;

        if (atomic_compare_exchange_strong(&leftovers[i], &expected, by))
            return;
    }
}

void
ss_leftover_add(const ss_leftover *leftover)
{
    replace_first(NULL, leftover);
}

void
ss_leftover_take_back(const ss_leftover *leftover)
{
    replace_first(leftover, NULL);
    if (leftover->pid > 0 && leftover->process >= 0)
        (void) close(leftover->process);
}

static void
stop_servers(void)
{
    const int64_t until = ss_clock_ms() + SERVER_MS;
    const ss_leftover *l;

    for (size_t i = 0; i < ROOM; i++)
    {
        if ((l = atomic_load(&leftovers[i])) != NULL && l->pid > 0)
            (void) tell(l, SIGQUIT);
    }
    for (size_t i = 0; i < ROOM; i++)
    {
        if ((l = atomic_load(&leftovers[i])) == NULL || l->pid <= 0)
            continue;
        /* Our own child is there until somebody has waited for it. */
        while (waitpid((pid_t) l->pid, NULL, WNOHANG) != (pid_t) l->pid && tell(l, 0) &&
               ss_clock_ms() < until)
            ss_sleep_ms(NAP_MS);
    }
}

void
ss_end_now(int status)
{
    static atomic_flag ending = ATOMIC_FLAG_INIT;
    const ss_leftover *l;

    if (atomic_flag_test_and_set(&ending))
        return;
    for (size_t i = 0; i < ROOM; i++)
    {
        if ((l = atomic_load(&leftovers[i])) != NULL && l->wipe != NULL)
            l->wipe();
    }
    stop_servers();
    for (size_t i = 0; i < ROOM; i++)
    {
        if ((l = atomic_load(&leftovers[i])) != NULL && l->folder != NULL)
            (void) ss_folder_erase(l->folder);
    }
    _exit(status);
}
