/* mkostemp(): no other thread's child may inherit a file of passwords. */
#define _GNU_SOURCE

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ss_code
failed(ss_error *err, const char *doing, const char *path)
{
    const int cause = errno;
    const bool retry = cause == ENOSPC || cause == EDQUOT || cause == EIO || cause == EINTR;

    /* A connection string where a file belongs may hold a password. */
    if (strstr(path, "://") != NULL)
        return ss_fail(err, SS_EMEND, "a file's name is wanted, not a connection string");
    (void) ss_fail(err, retry ? SS_ERETRY : SS_EMEND, "could not %s \"%s\": %s", doing, path,
                   strerror(cause));
    if (cause == ENOSPC || cause == EDQUOT)
        return ss_hint(err, "Free some space there and run it again.");
    return err->code;
}

static ss_code
read_all(int fd, const char *path, size_t size, ss_arena *result, char **text, size_t *n,
         ss_error *err)
{
    char *data = ss_alloc(result, size + 1, 1);
    size_t got = 0;

    while (got < size)
    {
        const ssize_t r = read(fd, data + got, size - got);

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return failed(err, "read", path);
        if (r == 0)
            break;
        got += (size_t) r;
    }
    data[got] = '\0';
    *text = data;
    if (n != NULL)
        *n = got;
    return SS_OK;
}

ss_code
ss_file_read(const char *path, size_t limit, ss_arena *result, char **text, size_t *n,
             ss_error *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    ss_code code = SS_OK;

    if (fd < 0)
        return failed(err, "open", path);
    if (fstat(fd, &st) != 0)
        code = failed(err, "read", path);
    else if (!S_ISREG(st.st_mode))
        code = ss_fail(err, SS_EMEND, "\"%s\" is not a file", path);
    else if ((uintmax_t) st.st_size > limit)
        code = ss_fail(err, SS_EMEND, "\"%s\" is larger than %zu bytes", path, limit);
    else
        code = read_all(fd, path, (size_t) st.st_size, result, text, n, err);
    (void) close(fd);
    return code;
}

static bool
write_all(int fd, const unsigned char *data, size_t n)
{
    while (n > 0)
    {
        const ssize_t w = write(fd, data, n);

        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            return false;
        data += w;
        n -= (size_t) w;
    }
    return true;
}

void
ss_path_sync(const char *path)
{
    const char *slash = strrchr(path, '/');
    ss_arena *scratch = ss_arena_new(NULL);
    const char *folder = slash == NULL   ? "."
                         : slash == path ? "/"
                                         : ss_strndup(scratch, path, (size_t) (slash - path));
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
    {
        (void) fsync(fd);
        (void) close(fd);
    }
    ss_arena_free(scratch);
}

/* What every writing ends with: fill the temporary file, when it could be made ready, and give it path's name. */
static ss_code
fill_and_rename(const char *path, const char *temporary, int fd, bool ready, const void *data,
                size_t n, ss_error *err)
{
    bool done = ready && write_all(fd, data, n) && fsync(fd) == 0;

    done = close(fd) == 0 && done;
    if (!done || rename(temporary, path) != 0)
    {
        (void) failed(err, "write", path);
        (void) unlink(temporary);
        return err->code;
    }
    ss_path_sync(path);
    return SS_OK;
}

ss_code
ss_file_write(const char *path, const void *data, size_t n, mode_t mode, ss_error *err)
{
    return ss_file_write_as(path, data, n, mode, 0, 0, err);
}

ss_code
ss_file_write_new(const char *path, const void *data, size_t n, ss_error *err)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool done;

    if (fd < 0 && errno == EEXIST)
        return ss_fail(err, SS_EMEND, "\"%s\" is there already", path);
    if (fd < 0)
        return failed(err, "create", path);
    done = fchmod(fd, 0600) == 0 && write_all(fd, data, n) && fsync(fd) == 0;
    done = close(fd) == 0 && done;
    if (!done)
    {
        (void) failed(err, "write", path);
        (void) unlink(path);
        return err->code;
    }
    ss_path_sync(path);
    return SS_OK;
}

ss_code
ss_file_write_as(const char *path, const void *data, size_t n, mode_t mode, uid_t uid, gid_t gid,
                 ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    char *temporary = ss_strf(scratch, "%s.XXXXXX", path);
    const int fd = mkostemp(temporary, O_CLOEXEC);
    ss_code code;

    if (fd < 0)
        code = failed(err, "create a file beside", path);
    else
    {
        const bool ready = (uid == 0 || fchown(fd, uid, gid) == 0) && fchmod(fd, mode) == 0;

        code = fill_and_rename(path, temporary, fd, ready, data, n, err);
    }
    ss_arena_free(scratch);
    return code;
}

/* Let fd's file be opened by whom the file of st can, and by nobody else. */
static bool
take_access(int fd, const struct stat *st)
{
    mode_t mode = st->st_mode & 0777;

    if (fchown(fd, st->st_uid, st->st_gid) != 0 && fchown(fd, (uid_t) -1, st->st_gid) != 0)
        mode &= ~(mode_t) 070 | (mode & 07)
                                    << 3; /* of another group: no more than all others may */
    return fchmod(fd, mode) == 0;
}

ss_code
ss_file_write_over(const char *path, const void *data, size_t n, mode_t mode, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const char *real = ss_path_absolute(scratch, path);
    char *temporary = ss_strf(scratch, "%s.XXXXXX", real);
    const int fd = mkostemp(temporary, O_CLOEXEC);
    struct stat st;
    ss_code code;

    if (fd < 0)
        code = failed(err, "create a file beside", path);
    else
    {
        const bool ready = stat(real, &st) == 0 ? take_access(fd, &st) : fchmod(fd, mode) == 0;

        code = fill_and_rename(real, temporary, fd, ready, data, n, err);
    }
    ss_arena_free(scratch);
    return code;
}

/* With that very mode, whatever the process's umask; one that is there keeps its own. */
static bool
make_folder(const char *path, mode_t mode)
{
    return mkdir(path, mode) == 0 ? chmod(path, mode) == 0 : errno == EEXIST;
}

ss_code
ss_folder_make(const char *path, mode_t mode, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    char *part = ss_strdup(scratch, path);
    ss_code code = SS_OK;
    struct stat st;

    for (char *c = part + 1; code == SS_OK && *c != '\0'; c++)
    {
        if (*c != '/')
            continue;
        *c = '\0';
        if (!make_folder(part, mode))
            code = failed(err, "make the folder", part);
        *c = '/';
    }
    if (code == SS_OK && !make_folder(part, mode))
        code = failed(err, "make the folder", path);
    if (code == SS_OK && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)))
        code = ss_fail(err, SS_EMEND, "\"%s\" is not a folder", path);
    ss_arena_free(scratch);
    return code;
}

ss_code
ss_folder_remove(const char *path, ss_error *err)
{
    return ss_folder_erase(path) ? SS_OK : failed(err, "delete the folder", path);
}

bool
ss_path_exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

char *
ss_path_join(ss_arena *arena, const char *base, const char *name)
{
    const size_t n = strlen(base);

    if (name[0] == '/')
        return ss_strdup(arena, name);
    return ss_strf(arena, "%s%s%s", base, n > 0 && base[n - 1] == '/' ? "" : "/", name);
}

char *
ss_path_absolute(ss_arena *arena, const char *path)
{
    char cwd[PATH_MAX];
    char *full = ss_strdup(arena, path);
    char *end, *real;

    if (path[0] != '/' && getcwd(cwd, sizeof cwd) != NULL)
        full = ss_path_join(arena, cwd, path);
    /* Resolve the longest part that exists, keep the rest as it is. */
    end = full + strlen(full);
    for (;;)
    {
        const char kept = *end;

        *end = '\0';
        real = realpath(full[0] == '\0' ? "/" : full, NULL);
        *end = kept;
        if (real != NULL)
        {
            const char *rest = *end == '/' && real[1] == '\0' ? end + 1 : end;
            char *absolute = ss_strf(arena, "%s%s", real, rest);

            free(real);
            return absolute;
        }
        if (end == full)
            return full;
        do
            end--;
        while (end > full && *end != '/');
    }
}
