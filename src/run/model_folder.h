/*
 * MODEL: a folder that generate needs no source besides.
 *
 *     model.json    the statistics and the plan (model/file.h)
 *     schema.dump   the stripped archive of the schema
 *     reference/    the rows of kept tables, as COPY text, one file a table
 *
 * All files are 0600, and encrypted where a key is configured (run/model_store.h).  The folder appears whole or not at all.
 */
#ifndef SS_RUN_MODEL_FOLDER_H
#define SS_RUN_MODEL_FOLDER_H

#include "model/file.h"
#include "run/build.h"
#include "run/model_store.h"

/*
 * Is folder free for a model, or one already?  SS_EREFUSED when it is something else.  What a killed fit left beside
 * it is cleared away, and a model that it had moved aside gets its name back.
 */
ss_code ss_model_folder_claim(const char *folder, ss_error *err);

/*
 * Write it, in place of the one that is there, encrypted when the run has a key: schema is the descriptor of the stripped archive, which
 * is in memory, since one that is to be encrypted is nowhere on disk as it is; shelf, a server that was made of it, holds
 * the kept rows; file everything but the entries' references, which are filled in.
 */
ss_code ss_model_folder_write(const ss_build *build, const char *folder, const ss_endpoint *shelf,
                              int schema, ss_model_file *file, ss_error *err);

/* Read model.json; *digest: of its bytes, decrypted. */
ss_code ss_model_folder_read(const ss_model_store *store, ss_arena *result, ss_model_file *file,
                             const char **digest, ss_error *err);

/* Does folder hold a model.json? */
bool ss_model_folder_is(const char *folder);

/* schema.dump, for PostgreSQL's programs: a file of that name, or SS_ARCHIVE_NAMELESS for the descriptor of theirs. */
typedef struct ss_model_archive
{
    const char *file;
    int descriptor; /* of ss_programs; 0: none */
} ss_model_archive;

/* Of an encrypted model it is decrypted into memory, which goes with arena: it is nowhere on disk. */
ss_code ss_model_folder_archive(const ss_model_store *store, ss_arena *arena,
                                ss_model_archive *archive, ss_error *err);

/*
 * Put the schema and the kept rows into database dbname of a private server (run/throwaway.h), which
 * does not have it yet.
 */
ss_code ss_model_folder_restore(const ss_build *build, const ss_model_store *store,
                                const ss_model_file *file, const ss_model_archive *archive,
                                const ss_endpoint *shelf, ss_error *err);

/* Mark materialised views as populated without running them: on private servers only. */
ss_code ss_model_folder_populate(ss_pg *pg, const ss_model_name *names, size_t n, ss_error *err);

#endif
