#include "secret/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

static ss_code
check_folder(const char *path, const char *label, ss_arena *scratch, ss_error *err)
{
    const char *slash = strrchr(path, '/');
    const char *folder = slash == NULL   ? "."
                         : slash == path ? "/"
                                         : ss_strndup(scratch, path, (size_t) (slash - path));
    struct stat st;

    if (stat(folder, &st) != 0)
        return ss_fail(err, SS_EMEND, "could not look at the folder of \"%s\": %s", label,
                       strerror(errno));
    if (st.st_uid != geteuid() && st.st_uid != 0)
    {
        (void) ss_fail(err, SS_EMEND, "the folder of \"%s\" belongs to another user", label);
        return ss_hint(
            err, "Put the file into a folder of your own: its owner can change what is in it.");
    }
    /* In a sticky one, as /tmp, nobody else can put another file in place of ours. */
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (st.st_mode & S_ISVTX) == 0)
    {
        (void) ss_fail(err, SS_EMEND, "others can change the folder of \"%s\"", label);
        return ss_hint(err, "chmod go-w the folder, or put the file elsewhere.");
    }
    return SS_OK;
}

static ss_code
check_file(int fd, const char *path, const char *label, ss_arena *scratch, ss_error *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return ss_fail(err, SS_EMEND, "could not read \"%s\": %s", label, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return ss_fail(err, SS_EMEND, "\"%s\" is not a file", label);
    if (st.st_uid != geteuid() && st.st_uid != 0)
    {
        (void) ss_fail(err, SS_EMEND, "\"%s\" belongs to another user", label);
        return ss_hint(err, "Run sandseed as that user, or give this one a file of its own.");
    }
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    {
        (void) ss_fail(err, SS_EMEND, "others can read or change \"%s\"", label);
        return ss_hint(err,
                       "If nobody else has read it: chmod 600; a key that others may have read is "
                       "made anew: sandseed key new.");
    }
    return check_folder(path, label, scratch, err);
}

ss_code
ss_private_file_open(const char *path, const char *label, int *fd, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_code code;

    *fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0 && errno == ELOOP)
    {
        (void) ss_fail(err, SS_EMEND, "\"%s\" is a symbolic link", label);
        code =
            ss_hint(err, "Name the file itself: whoever can change the link can change the file.");
    }
    else if (*fd < 0)
        code = ss_fail(err, SS_EMEND, "could not open \"%s\": %s", label, strerror(errno));
    else
        code = check_file(*fd, path, label, scratch, err);
    if (code != SS_OK && *fd >= 0)
        (void) close(*fd);
    ss_arena_free(scratch);
    return code;
}
