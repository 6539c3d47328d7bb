/*
 * The files of a model's folder, by their names in it (run/model_folder.h): as they are or, where a key is configured, each
 * encrypted (secret/sealed_file.h).  Never some of them so and some so.
 *
 * Encrypted files of reference rows have a keyed hash as their name on disk: the names of tables stand nowhere.
 */
#ifndef SS_RUN_MODEL_STORE_H
#define SS_RUN_MODEL_STORE_H

#include <sandseed/commands.h>

#include "run/sandbox_key.h"
#include "secret/sealed_file.h"

#define SS_MODEL_JSON      "model.json"
#define SS_MODEL_SCHEMA    "schema.dump"
#define SS_MODEL_REFERENCE "reference" /* a folder */

typedef struct ss_model_store
{
    const char *folder;
    bool sealed;
    ss_sealed_header header;        /* of all files, when they are encrypted */
    const unsigned char *files_key; /* likewise; both belong to the key's room */
    const unsigned char *names_key;
} ss_model_store;

/* A folder that is not encrypted. */
ss_model_store ss_model_store_plain(const char *folder);

/* A new model, to be written into folder; keys NULL: not encrypted.  key: what the header says of it. */
ss_code ss_model_store_new(const char *folder, ss_key_room *keys, const char *sandbox,
                           const char *epoch, const char *fingerprint, ss_arena *arena,
                           ss_model_store *store, ss_error *err);

/*
 * The model that folder holds.  Where it is encrypted, its key comes from what options say and is told by *key; else
 * key->room is NULL.  SS_EREFUSED: it takes a key and none is given, or only some of its files are encrypted.
 * SS_EMEND: there is no model, the key is another one, or one is given for a model that takes none.
 */
ss_code ss_model_store_open(const char *folder, const ss_options *options, const ss_watch *watch,
                            ss_arena *arena, ss_model_store *store, ss_sandbox_key *key,
                            ss_error *err);

/* --- writing ------------------------------------------------------------------------------------ */

typedef struct ss_model_sink ss_model_sink;

/* 0600; one that is not ended goes with arena. */
ss_code ss_model_store_create(const ss_model_store *store, const char *name, ss_arena *arena,
                              ss_model_sink **sink, ss_error *err);
ss_code ss_model_sink_put(ss_model_sink *sink, const void *data, size_t n, ss_error *err);
ss_code ss_model_sink_end(ss_model_sink *sink, ss_error *err);

/* --- reading ------------------------------------------------------------------------------------ */

typedef ss_code ss_model_taker(void *arg, const unsigned char *data, size_t n, ss_error *err);

/* Its bytes in pieces to take; they count only when all have come: SS_EREFUSED, last of all, when it was cut. */
ss_code ss_model_store_read(const ss_model_store *store, const char *name, ss_model_taker *take,
                            void *arg, ss_error *err);

/* The whole of at most limit bytes, NUL-terminated, in result. */
ss_code ss_model_store_read_all(const ss_model_store *store, const char *name, size_t limit,
                                ss_arena *result, char **text, size_t *n, ss_error *err);

#endif
