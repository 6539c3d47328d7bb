/* Locks of files and folders between runs: flock(2), free again when its holder ends, however it ends. */
#ifndef SS_BASE_LOCK_H
#define SS_BASE_LOCK_H

/*
 * Open path, not through a link, and lock it without waiting.  flags: of open(2), O_CLOEXEC and O_NOFOLLOW being
 * added; what O_CREAT makes is 0600.  The lock holds until the descriptor that is returned is closed.  -1: errno says
 * why; EWOULDBLOCK: another run holds it, or renamed or removed it before we had it.
 */
int ss_lock_take(const char *path, int flags);

#endif
