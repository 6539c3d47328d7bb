/*
 * model.json: a model with everything that generate needs besides the schema and the reference rows.
 *
 * The statistics; for every table and column what the policy said of it; the policy's settings that act
 * on the sandbox; the roles that the schema names.  The same bytes for the same input: no time, no
 * folder and no random number stands in it.  Its schema: schemas/model.schema.json.
 */
#ifndef SS_MODEL_FILE_H
#define SS_MODEL_FILE_H

#include "base/buf.h"
#include "catalog/catalog.h"
#include "model/model.h"
#include "policy/policy.h"

typedef struct ss_model_name /* of a table or view */
{
    const char *schema;
    const char *name;
} ss_model_name;

typedef struct ss_model_note /* what did not travel with the schema */
{
    const char *what;
    const char *object;
    const char *why;
} ss_model_note;

typedef struct ss_model_entry /* one table; parallel to model->tables */
{
    ss_model_name name;
    ss_table_plan plan; /* subjects and rules left out */
    size_t ncolumns;
    const char **columns;
    const char **types;
    const char *reference; /* file of its rows, below the model's folder; or NULL */
    const char *digest;    /* of that file */
} ss_model_entry;

typedef struct ss_model_file
{
    const ss_model *model;
    const char *source; /* label */
    int server_version;
    const char *policy_file; /* name, without folder */
    const char *policy_digest;
    const ss_policy
        *policy; /* people, schema:, access:, when_in_use:, keep_previous; the rest is empty */
    const char *const *roles;
    size_t nroles;
    const ss_model_name *populated; /* materialised views that hold rows */
    size_t npopulated;
    const ss_model_note *stripped;
    size_t nstripped;
    ss_model_entry *entries;
    size_t nentries;
} ss_model_file;

/* The file's text, appended to text.  SS_EMEND when something in it is not UTF-8. */
ss_code ss_model_file_write(const ss_model_file *file, ss_buf *text, ss_error *err);

/*
 * Understand text (of a file called path, for messages), trusting nothing in it; all of *file lives in
 * result.  SS_EMEND names the table and what is wrong, never a value.
 */
ss_code ss_model_file_read(const char *path, const char *text, size_t n, ss_arena *result,
                           ss_model_file *file, ss_error *err);

/*
 * Hold it against the catalog of its own schema.dump: model and plan parallel to the catalog's tables;
 * *tables: the plan's, to be changed.
 * SS_EMEND when a table, column or reference is on one side only.
 */
ss_code ss_model_file_bind(const ss_model_file *file, const ss_catalog *catalog, ss_arena *result,
                           const ss_model **model, ss_plan **plan, ss_table_plan **tables,
                           ss_error *err);

#endif
