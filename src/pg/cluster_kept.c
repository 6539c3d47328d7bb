#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "pg/cluster_internal.h"
#include "pg/programs.h"
#include "secret/digest.h"
#include "secret/token.h"

#define DATA       "data"
#define MARK       "made-by"
#define MARK_LIMIT 65536
#define PIECE      (1U << 20)
#define DEPTH_MAX  8
#define TEMPLATE1  "/base/1/" /* its files; the number is the same in every version */

/* --- what it was made of ------------------------------------------------------------------------ */

/* A file's identity as far as it shows that another one stands there now. */
static void
put_stamp(ss_buf *text, const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        ss_buf_printf(text, "%s -\n", path);
    else
        ss_buf_printf(text, "%s %llu %llu %lld %lld.%ld\n", path, (unsigned long long) st.st_dev,
                      (unsigned long long) st.st_ino, (long long) st.st_size,
                      (long long) st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

/* The machine's start, by its number. */
static void
put_boot(ss_buf *text)
{
    const int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    char id[64];
    const ssize_t n = fd < 0 ? 0 : read(fd, id, sizeof id);

    ss_buf_puts(text, "boot ");
    if (n > 0)
        ss_buf_append(text, id, (size_t) n);
    if (fd >= 0)
        (void) close(fd);
}

/*
 * All that decides what initdb makes: its program, its options, the locales and libraries that it lists in pg_collation.
 * It is not trusted over a restart of the machine: nobody has waited until the disk had it.
 */
static const char *
origin_of(const ss_place *place, ss_arena *arena)
{
    static const char *const files[] = {"/etc/ld.so.cache", "/usr/lib/locale",
                                        "/usr/lib/locale/locale-archive"};
    static const char *const programs[] = {"postgres", "initdb"};
    static const char *const variables[] = {"LD_LIBRARY_PATH", "LD_PRELOAD", "LOCPATH",
                                            "LOCALE_ARCHIVE", "ICU_DATA"};
    ss_buf text = {0};
    const char *copy;

    ss_buf_printf(&text, "an empty server, 1\n%s\n",
                  ss_programs_version_text(place->bindir, "postgres", arena));
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        put_stamp(&text, ss_path_join(arena, place->bindir, programs[i]));
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        put_stamp(&text, files[i]);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
    {
        const char *value = getenv(variables[i]);

        ss_buf_printf(&text, "%s %s\n", variables[i],
                      value == NULL ? "-" : ss_digest(arena, value, strlen(value)));
    }
    put_boot(&text);
    ss_buf_printf(&text, "options %s\n", ss_place_initdb_text(arena));
    copy = ss_strdup(arena, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

/* --- copying ------------------------------------------------------------------------------------ */

/* From a folder of one user to one of another; to == NULL: it is only listed. */
typedef struct copying
{
    ss_arena *arena;
    const ss_watch *watch;
    unsigned from_uid;
    unsigned to_uid, to_gid; /* 0: what is made stays ours */
    bool without_template1;
    unsigned char *piece;
    ss_buf list; /* of what is there: path, size, time of the last change */
} copying;

/* What initdb makes: folders and files of its user, closed to everybody else, with one name each. */
static bool
is_plain(const copying *c, const struct stat *st)
{
    const mode_t mode = st->st_mode & 07777;

    return st->st_uid == c->from_uid &&
           ((S_ISDIR(st->st_mode) && mode == 0700) ||
            (S_ISREG(st->st_mode) && mode == 0600 && st->st_nlink == 1));
}

static bool
give(const copying *c, int fd)
{
    return c->to_uid == 0 || fchown(fd, c->to_uid, c->to_gid) == 0;
}

static bool
write_whole(int fd, const unsigned char *data, size_t n)
{
    while (n > 0)
    {
        const ssize_t written = write(fd, data, n);

        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0)
        {
            data += written;
            n -= (size_t) written;
        }
    }
    return true;
}

static bool
copy_file(const copying *c, int from, int folder, const char *name)
{
    const int to = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool done = to >= 0 && give(c, to);
    ssize_t n = 1;

    while (done && n > 0)
    {
        n = read(from, c->piece, PIECE);
        done = n >= 0 && write_whole(to, c->piece, (size_t) n);
    }
    return to >= 0 && close(to) == 0 && done;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* The names in a folder, in one order on every disk; NULL: it cannot be read. */
static const char **
names_in(int folder, ss_arena *arena, size_t *n)
{
    const int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    const char **names = NULL;
    size_t capacity = 0;

    *n = 0;
    if (dir == NULL && fd >= 0)
        (void) close(fd);
    while (dir != NULL && (entry = readdir(dir)) != NULL)
    {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        names = ss_grow(arena, names, *n, &capacity, sizeof *names);
        names[(*n)++] = ss_strdup(arena, entry->d_name);
    }
    if (dir != NULL)
        (void) closedir(dir);
    if (*n > 1)
        qsort(names, *n, sizeof *names, by_name);
    return names;
}

static bool copy_folder(copying *c, int from, int to, const char *path, int depth);

/*
 * Nobody enters the template1 of a throw-away server, and databases are made from template0: a third of all files need not be copied.
 * What stands there is looked at all the same.
 */
static bool
is_needed(const copying *c, const char *path)
{
    return !c->without_template1 || strncmp(path, TEMPLATE1, strlen(TEMPLATE1)) != 0 ||
           strcmp(path, TEMPLATE1 "PG_VERSION") == 0;
}

/* One name of the folder from, into the folder to (-1: nowhere). */
static bool
copy_name(copying *c, int from, int to, const char *path, const char *name, int depth)
{
    const int fd = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const char *below = ss_strf(c->arena, "%s/%s", path, name);
    struct stat st;
    bool done = fd >= 0 && fstat(fd, &st) == 0 && is_plain(c, &st);

    if (done && S_ISDIR(st.st_mode))
    {
        int into = -1;

        ss_buf_printf(&c->list, "%s/\n", below);
        if (to >= 0)
        {
            done = mkdirat(to, name, 0700) == 0;
            into = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            done = done && into >= 0 && give(c, into);
        }
        done = done && copy_folder(c, fd, into, below, depth + 1);
        if (into >= 0)
            (void) close(into);
    }
    else if (done)
    {
        ss_buf_printf(&c->list, "%s %lld %lld.%09ld\n", below, (long long) st.st_size,
                      (long long) st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
        done = to < 0 || !is_needed(c, below) || copy_file(c, fd, to, name);
    }
    if (fd >= 0)
        (void) close(fd);
    return done;
}

static bool
copy_folder(copying *c, int from, int to, const char *path, int depth)
{
    size_t n;
    const char **names = names_in(from, c->arena, &n);

    if (n == 0 && depth == 0)
        return false;
    for (size_t i = 0; i < n; i++)
    {
        if (depth > DEPTH_MAX || ss_interrupted(c->watch) ||
            !copy_name(c, from, to, path, names[i], depth))
            return false;
    }
    return true;
}

/* A folder of that user, and not by way of a link; -1: it is none. */
static int
open_closed(const char *path, unsigned uid)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;

    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == uid && (st.st_mode & 07777) == 0700)
        return fd;
    if (fd >= 0)
        (void) close(fd);
    return -1;
}

/* The folder from, made anew as the folder to (NULL: nowhere); *digest tells what was there. */
static bool
copy_tree(copying *c, const char *from, const char *to, const char **digest)
{
    const int source = open_closed(from, c->from_uid);
    int into = -1;
    bool done = source >= 0;

    if (done && to != NULL)
    {
        done = mkdir(to, 0700) == 0;
        into = open(to, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        done = done && into >= 0 && give(c, into);
    }
    c->piece = ss_alloc(c->arena, PIECE, 1);
    done = done && copy_folder(c, source, into, "", 0);
    *digest = ss_digest(c->arena, ss_buf_text(&c->list), c->list.len);
    ss_buf_done(&c->list);
    if (source >= 0)
        (void) close(source);
    if (into >= 0)
        (void) close(into);
    return done;
}

/* --- an identifier of its own ------------------------------------------------------------------- */

/* CRC-32C (RFC 3720, appendix B.4), as PostgreSQL guards its control file with; before the last inversion. */
static uint32_t
crc32c(uint32_t crc, unsigned char byte)
{
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0);
    return crc;
}

#define CONTROL_BYTES 512 /* what it holds is less than a sector, so that it is written whole */
#define CONTROL_LEAST 200
#define WAL_ID        24 /* of xlp_sysid in the first page of a file: src/include/access/xlog_internal.h */

/*
 * The identifier is what pg_control begins with; behind the last field stands the checksum of all before it, at a place that
 * depends on the version.
 */
static bool
change_control(int data, uint64_t id, uint64_t *before)
{
    const int fd = openat(data, "global/pg_control", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    unsigned char text[CONTROL_BYTES];
    size_t end = 0;
    uint32_t crc = 0xFFFFFFFFU, stored;
    bool done = fd >= 0 && pread(fd, text, sizeof text, 0) == (ssize_t) sizeof text;

    for (size_t i = 0; done && end == 0 && i + sizeof stored <= sizeof text; i++)
    {
        memcpy(&stored, text + i, sizeof stored);
        if (i >= CONTROL_LEAST && i % sizeof stored == 0 && stored == (crc ^ 0xFFFFFFFFU))
            end = i;
        crc = crc32c(crc, text[i]);
    }
    done = done && end != 0;
    if (done)
    {
        memcpy(before, text, sizeof *before);
        memcpy(text, &id, sizeof id);
        crc = 0xFFFFFFFFU;
        for (size_t i = 0; i < end; i++)
            crc = crc32c(crc, text[i]);
        crc ^= 0xFFFFFFFFU;
        memcpy(text + end, &crc, sizeof crc);
        done = pwrite(fd, text, sizeof text, 0) == (ssize_t) sizeof text;
    }
    if (fd >= 0)
        (void) close(fd);
    return done;
}

/* The file of the log that holds the last checkpoint names the server, too: the first one; those after it wait for their turn. */
static bool
change_log(int data, uint64_t id, uint64_t before, ss_arena *arena)
{
    const int wal = openat(data, "pg_wal", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    size_t n = 0;
    const char **names = wal < 0 ? NULL : names_in(wal, arena, &n);
    uint64_t found = 0;
    int fd = -1;
    bool done;

    for (size_t i = 0; i < n && fd < 0; i++)
    {
        if (strlen(names[i]) == 24 && strspn(names[i], "0123456789ABCDEF") == 24)
            fd = openat(wal, names[i], O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    }
    done = fd >= 0 && pread(fd, &found, sizeof found, WAL_ID) == (ssize_t) sizeof found &&
           found == before && pwrite(fd, &id, sizeof id, WAL_ID) == (ssize_t) sizeof id;
    if (fd >= 0)
        (void) close(fd);
    if (wal >= 0)
        (void) close(wal);
    return done;
}

/* Copies would otherwise pass for one server, and by that name servers are told apart. */
static bool
change_identifier(const char *folder, ss_arena *arena)
{
    const int data = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    uint64_t id, before = 0;
    bool done;

    ss_secret_random((unsigned char *) &id, sizeof id);
    id |= 1; /* 0 would be none */
    done = data >= 0 && change_control(data, id, &before) && change_log(data, id, before, arena);
    if (data >= 0)
        (void) close(data);
    return done;
}

/* --- taking and keeping ------------------------------------------------------------------------- */

static const char *
mark_of(const char *origin, const char *digest, ss_arena *arena)
{
    return ss_strf(arena, "%sfiles %s\n", origin, digest);
}

bool
ss_place_take_kept(const ss_place *place, const char *kept, const char *into, ss_arena *arena,
                   const ss_watch *watch)
{
    copying c = {.arena = arena,
                 .watch = watch,
                 .from_uid = (unsigned) geteuid(),
                 .to_uid = place->uid,
                 .to_gid = place->gid,
                 .without_template1 = true};
    const int folder = open_closed(kept, c.from_uid);
    const char *digest;
    ss_error ignored;
    char *mark = NULL;
    bool taken;

    if (folder < 0)
        return false;
    (void) close(folder);
    if (ss_file_read(ss_path_join(arena, kept, MARK), MARK_LIMIT, arena, &mark, NULL, &ignored) !=
        SS_OK)
        return false;
    taken = copy_tree(&c, ss_path_join(arena, kept, DATA), into, &digest) &&
            strcmp(mark, mark_of(origin_of(place, arena), digest, arena)) == 0 &&
            change_identifier(into, arena);
    if (!taken)
        (void) ss_folder_remove(into, &ignored);
    return taken;
}

/* Not waited for until the disk has it: see origin_of(). */
static bool
write_mark(const char *path, const char *mark)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    const bool done = fd >= 0 && write_whole(fd, (const unsigned char *) mark, strlen(mark));

    return fd >= 0 && close(fd) == 0 && done;
}

/* What was kept before goes; what is new gets its name when it is whole. */
static void
put_in_place(const char *part, const char *kept, ss_arena *arena)
{
    const char *old = ss_strf(arena, "%s.old", part);
    ss_error ignored;

    if (rename(kept, old) != 0 && errno != ENOENT)
        return;
    (void) rename(part, kept);
    (void) ss_folder_remove(old, &ignored);
}

void
ss_place_keep(const ss_place *place, const char *kept, const char *folder, ss_arena *arena,
              const ss_watch *watch)
{
    const unsigned own = (unsigned) geteuid();
    const char *part = ss_path_join(arena, folder, "empty-server");
    const char *data = ss_path_join(arena, part, DATA), *digest, *mark;
    copying out = {.arena = arena, .watch = watch, .from_uid = place->uid != 0 ? place->uid : own};
    copying look = {.arena = arena, .watch = watch, .from_uid = own};
    ss_error ignored;

    if (mkdir(part, 0700) == 0 && copy_tree(&out, place->data, data, &digest) &&
        copy_tree(&look, data, NULL, &digest))
    {
        mark = mark_of(origin_of(place, arena), digest, arena);
        if (write_mark(ss_path_join(arena, part, MARK), mark))
            put_in_place(part, kept, arena);
    }
    (void) ss_folder_remove(part, &ignored);
}
