/*
 * Gate "schema-equal": the sandbox's schema is the source's, but for what was stripped.
 *
 * Two halves (design 5.2).  (1) The dump of NAME__next equals, line by line, the source's or else that of an empty
 * scratch database on the same server restored from the same archive: so data, repairs and
 * constraints added by hand left the schema as the archive has it.  (2) The lists of objects with owner,
 * grants and flags agree between source and sandbox: so nothing was lost on the way into the archive and out.
 */
#ifndef SS_ASSESS_SCHEMA_EQUAL_H
#define SS_ASSESS_SCHEMA_EQUAL_H

#include "assess/gate.h"
#include "pg/programs.h"

/*
 * A database's schema as pg_dump prints it, in result; NULL where no pg_dump as new as the server of this
 * database is found.  archive: the descriptor of an empty file in memory that keeps the archive of which text is what pg_restore
 * prints, which is the same; 0: no archive is made.
 */
ss_code ss_assess_dump(const ss_programs *programs, const ss_endpoint *server, int version,
                       const char *dbname, int archive, const ss_watch *watch, ss_arena *result,
                       const char **text, ss_error *err);

/*
 * (1) Compare such texts of a (the sandbox) and b (the archive or the scratch database).  Adds a gate's evidence: names of the
 * objects whose text differs, never the text.
 */
void ss_assess_texts_equal(const char *a, const char *b, ss_arena *result, ss_gate *gate);

/* (1) without a pg_dump: the definitions in the catalogs of databases a and b of one server. */
ss_code ss_assess_catalogs_equal(const ss_endpoint *server, const char *a, const char *b,
                                 const ss_watch *watch, ss_arena *result, ss_gate *gate,
                                 ss_error *err);

/* A thing that was stripped or changed on purpose, as the report lists it. */
typedef struct ss_assess_exempt
{
    const char *what; /* as load/archive.h's ss_stripped */
    const char *object;
} ss_assess_exempt;

typedef struct ss_assess_lists_options
{
    const ss_assess_exempt *exempt; /* load's list of what was stripped */
    size_t nexempt;
    bool owners_skipped;                 /* owners and grants are not compared */
    bool locale_substituted;             /* nor is the locale */
    const char *const *settings_skipped; /* names of database settings left out */
    size_t nsettings_skipped;
} ss_assess_lists_options;

/* (2) Compare the lists of source and sandbox, two open connections. */
ss_code ss_assess_lists_equal(ss_pg *source, ss_pg *sandbox, const ss_assess_lists_options *options,
                              ss_arena *result, ss_gate *gate, ss_error *err);

/* An object's identity ("public.\"T\".c") as the archive's list names it ("public.T c"); in arena. */
char *ss_assess_plain_name(const char *kind, const char *identity, ss_arena *arena);

#endif
