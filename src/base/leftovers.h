/*
 * What a run must not leave behind when the process ends without returning from it: out of memory, or told a second time
 * to stop.  (The usual ways out clear up by themselves, with the arena.)
 *
 * Whoever starts a server or makes a folder for the length of a run adds it here, and takes it back when it is gone.
 * Nothing here allocates, and ss_end_now(), in include/sandseed/commands.h, may be called by a signal handler.
 */
#ifndef SS_BASE_LEFTOVERS_H
#define SS_BASE_LEFTOVERS_H

typedef struct ss_leftover
{
    int pid;            /* of a server of PostgreSQL: stopped at once; or 0 */
    int process;        /* pidfd_open(2) of it: it may be gone, and its number another's; or -1 */
    const char *folder; /* deleted with all in it when the servers are gone; or NULL */
    void (*wipe)(void); /* called before anything else, for keys in memory; or NULL */
} ss_leftover;

/* Of a server that runs now; ss_leftover_take_back() closes what it holds. */
ss_leftover ss_leftover_server(int pid);

/* leftover, and what it points to, stays unchanged until it is taken back.  More than fit here are left behind. */
void ss_leftover_add(const ss_leftover *leftover);

/* Allowed for one that was never added. */
void ss_leftover_take_back(const ss_leftover *leftover);

#endif
