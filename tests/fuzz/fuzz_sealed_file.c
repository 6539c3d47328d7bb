/* Encrypted files: as they are found, and what was sealed with one byte changed. */
#define _GNU_SOURCE

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sodium.h>

#include "secret/sealed_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const unsigned char key[SS_KEY_BYTES] = {1, 5, 2, 9};
static const ss_sealed_header header = {.model = "0123456789abcdef0123456789abcdef",
                                        .sandbox = "shop",
                                        .epoch = "2026q4",
                                        .fingerprint = "89abcdef01234567"};

/* All of it, which must be the n bytes of expected (or anything: NULL). */
static ss_code
open_all(const char *path, const ss_sealed_header *expected, const uint8_t *bytes, size_t n)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_sealed_reader *reader;
    const unsigned char *piece = NULL;
    size_t length, at = 0;
    ss_error err;
    ss_code code = ss_sealed_open(path, "model.json", expected, key, arena, &reader, &err);

    while (code == SS_OK && (code = ss_sealed_next(reader, &piece, &length, &err)) == SS_OK &&
           piece != NULL)
    {
        if (bytes != NULL && (at + length > n || memcmp(bytes + at, piece, length) != 0))
            abort();
        at += length;
    }
    if (code == SS_OK && bytes != NULL && at != n)
        abort();
    ss_arena_free(arena);
    return code;
}

/* The input as a file: whatever its header says that it is. */
static void
as_found(const uint8_t *data, size_t n)
{
    const int fd = memfd_create("fuzz", MFD_CLOEXEC);
    ss_arena *arena = ss_arena_new(NULL);
    const char *path = ss_strf(arena, "/proc/self/fd/%d", fd);
    ss_sealed_header seen;
    ss_error err;
    bool sealed = false;

    if (fd < 0 || write(fd, data, n) != (ssize_t) n)
        abort();
    if (ss_sealed_look(path, &seen, &sealed, &err) == SS_OK && sealed &&
        open_all(path, &seen, NULL, 0) == SS_OK)
        abort(); /* who has no key makes no file */
    ss_arena_free(arena);
    (void) close(fd);
}

/* The input sealed: what comes out is the same, and nothing once a byte was changed. */
static void
sealed_and_changed(const uint8_t *data, size_t n, uint32_t where, uint8_t change)
{
    static char path[64];
    ss_arena *arena = ss_arena_new(NULL);
    ss_sealed_writer *writer;
    ss_error err;
    FILE *file;
    long size, at;
    int byte;

    if (path[0] == '\0')
        (void) snprintf(path, sizeof path, "/dev/shm/ss-fuzz-sealed-%d", (int) getpid());
    if (ss_sealed_create(path, "model.json", &header, key, arena, &writer, &err) != SS_OK ||
        ss_sealed_add(writer, data, n, &err) != SS_OK || ss_sealed_end(writer, &err) != SS_OK ||
        open_all(path, &header, data, n) != SS_OK)
        abort();
    file = fopen(path, "r+b");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 1)
        abort();
    at = (long) (where % (uint32_t) size);
    (void) fseek(file, at, SEEK_SET);
    byte = fgetc(file);
    (void) fseek(file, at, SEEK_SET);
    (void) fputc(byte ^ (change == 0 ? 1 : change), file);
    (void) fclose(file);
    if (open_all(path, &header, NULL, 0) == SS_OK)
        abort();
    (void) unlink(path);
    ss_arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint32_t where;

    if (sodium_init() < 0)
        return 0;
    as_found(data, n);
    if (n < 5)
        return 0;
    memcpy(&where, data, sizeof where);
    sealed_and_changed(data + 5, n - 5, where, data[4]);
    return 0;
}
