/*
 * The files of a model, encrypted: libsodium's secretstream (XChaCha20-Poly1305) over pieces of 64 KB, so that memory does
 * not grow with a file, behind a header in plain text.
 *
 *     sandseed-sealed 1
 *     model 128 random bits                   all files of one model have the same
 *     sandbox shop-agents epoch 2026q4        whose key it takes
 *     key 16 hexadecimal digits               that key's fingerprint, as reports have it
 *     24 bytes that begin the stream
 *     the pieces: 64 KB each but the last, which is marked as such, and 17 bytes more
 *
 * Header and the file's name within the model are authenticated with the first piece: a file that was changed, cut short, put in
 * the place of another, or that is of another model is refused.  A name is not in the file.
 */
#ifndef SS_SECRET_SEALED_FILE_H
#define SS_SECRET_SEALED_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <sandseed/error.h>

#include "base/arena.h"
#include "secret/keyring.h"
#include "secret/token.h"

#define SS_SEALED_PIECE 65536 /* bytes of what is encrypted */

typedef struct ss_sealed_header
{
    char model[SS_SECRET_ID + 1];
    char sandbox[SS_KEY_NAME + 1];
    char epoch[SS_KEY_NAME + 1];
    char fingerprint[SS_FINGERPRINT + 1];
} ss_sealed_header;

/* Does a file begin so? */
bool ss_sealed_begins(const unsigned char *data, size_t n);

/* What a file of n bytes begins with; *length: of the header.  false: not with a header. */
bool ss_sealed_parse(const unsigned char *data, size_t n, ss_sealed_header *header, size_t *length);

/* The header of a file, which nothing vouches for yet.  *sealed is false, and *header not set, where it is not encrypted. */
ss_code ss_sealed_look(const char *path, ss_sealed_header *header, bool *sealed, ss_error *err);

/* --- writing: path appears when all is there, 0600, in place of what may be there --------------- */

typedef struct ss_sealed_writer ss_sealed_writer;

/* key: SS_KEY_BYTES that stay where they are; name: of the file within the model.  Not ended, it goes with arena. */
ss_code ss_sealed_create(const char *path, const char *name, const ss_sealed_header *header,
                         const unsigned char *key, ss_arena *arena, ss_sealed_writer **writer,
                         ss_error *err);
ss_code ss_sealed_add(ss_sealed_writer *writer, const void *data, size_t n, ss_error *err);
ss_code ss_sealed_end(ss_sealed_writer *writer, ss_error *err);

/* --- reading ------------------------------------------------------------------------------------ */

typedef struct ss_sealed_reader ss_sealed_reader;

/*
 * SS_EREFUSED, here or from ss_sealed_next(): it is not the file of that name in the model of that header, whole and as
 * it was written.
 */
ss_code ss_sealed_open(const char *path, const char *name, const ss_sealed_header *header,
                       const unsigned char *key, ss_arena *arena, ss_sealed_reader **reader,
                       ss_error *err);

/* How many bytes there will be, as far as the file's length tells. */
uint64_t ss_sealed_size(const ss_sealed_reader *reader);

/*
 * The next piece, valid until the next call; *data NULL at the end.  That none is missing is known at the end and not before:
 * what is made of the pieces counts then.
 */
ss_code ss_sealed_next(ss_sealed_reader *reader, const unsigned char **data, size_t *n,
                       ss_error *err);
void ss_sealed_close(ss_sealed_reader *reader);

#endif
