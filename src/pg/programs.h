/*
 * PostgreSQL's own programs: where they are, which version, and how they are run.
 *
 * Connections go to them by environment (PGHOST, ..., PGPASSFILE with mode 0600), never in argv.  Their
 * stderr is read, kept from people, and only mapped: to a SQLSTATE class, an archive entry, a
 * version mismatch.
 */
#ifndef SS_PG_PROGRAMS_H
#define SS_PG_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pg/pg.h"

typedef struct ss_programs
{
    const char *bindir; /* holds pg_dump, pg_restore; absolute */
    int version;        /* of pg_dump: 150018 */
    const char *folder; /* for the files that tell them of passwords; NULL: $TMPDIR or /tmp */
    int archive;        /* descriptor of the file that SS_ARCHIVE_NAMELESS stands for; 0: none */
} ss_programs;

/*
 * The name of an archive that has none on disk: the programs get it as their standard input, and open it anew by this name,
 * from its beginning and each of their jobs for itself, as a pipe could not be.
 */
#define SS_ARCHIVE_NAMELESS "/proc/self/fd/0"

/*
 * Find a pg_dump and pg_restore at least as new as server_version's major: in bindir if given, else
 * in /usr/lib/postgresql/<n>/bin and PATH.  Of several the oldest that is new enough: archives of newer
 * ones hold SET commands that older servers do not know.  folder: as in ss_programs, which keeps it.  SS_EMEND names both versions and the places.
 */
ss_code ss_programs_find(const char *bindir, int server_version, const char *folder,
                         ss_arena *result, ss_programs *programs, ss_error *err);

/*
 * The folder with initdb and pg_ctl: of that major version, or of any (0: the newest).  bindir as
 * above.
 */
ss_code ss_programs_find_server(const char *bindir, int major, ss_arena *result,
                                const char **server_bindir, ss_error *err);

/* The line by which bindir/name tells its version; "" when it does not run.  Asked once in a process. */
const char *ss_programs_version_text(const char *bindir, const char *name, ss_arena *result);

/*
 * The archive: pg_dump --schema-only -Fc on the snapshot (NULL: as it is now), into the file that fd is open for.  dbname: of another
 * database of that server; or NULL.
 */
ss_code ss_dump_schema_to(const ss_programs *programs, const ss_endpoint *source,
                          const char *dbname, const char *snapshot_id, int fd,
                          const ss_watch *watch, ss_error *err);

/* The same of the source's own database into file (0600). */
ss_code ss_dump_schema(const ss_programs *programs, const ss_endpoint *source,
                       const char *snapshot_id, const char *file, const ss_watch *watch,
                       ss_error *err);

/* One entry of an archive's table of contents (pg_restore --list). */
typedef struct ss_archive_entry
{
    int dump_id;
    const char *line; /* as pg_restore printed it: what a --use-list file takes */
    uint32_t
        catalog;  /* oid of the system catalog the object is in, 0 none: with oid, unambiguous */
    uint32_t oid; /* of the object in the source, 0 none */
    const char *desc; /* "TABLE", "FK CONSTRAINT", "ACL", ... */
    /* The list does not quote: where a name holds blanks, schema, tag and owner are cut wrongly. */
    const char *schema; /* "-" when none */
    const char *tag;    /* name, or "table constraint" */
    const char *owner;  /* "" when none */
} ss_archive_entry;

ss_code ss_archive_list(const ss_programs *programs, const char *file, ss_arena *result,
                        ss_archive_entry **entries, size_t *n, ss_error *err);

typedef struct ss_restore_options
{
    const char *section;  /* "pre-data", "post-data" */
    const char *use_list; /* file with the lines to restore, or NULL: all */
    size_t jobs;          /* 0, 1: one */
    bool no_owner;
    bool no_acl;
    bool create; /* the database too, as the archive names it; dbname is where to do it from */
} ss_restore_options;

/*
 * pg_restore file into dbname of target, everything in its default tablespace.  Any error the server reports is SS_EMEND or SS_ERETRY and names the
 * archive entry; nothing is ignored.
 */
ss_code ss_restore(const ss_programs *programs, const ss_endpoint *target, const char *dbname,
                   const char *file, const ss_restore_options *options, const ss_watch *watch,
                   ss_error *err);

/* pg_dump --schema-only (plain text) of a whole database, for comparison: into text. */
ss_code ss_dump_text(const ss_programs *programs, const ss_endpoint *server, const char *dbname,
                     const ss_watch *watch, ss_buf *text, ss_error *err);

/* The same without owners and privileges, for people to load elsewhere. */
ss_code ss_dump_portable(const ss_programs *programs, const ss_endpoint *server, const char *dbname,
                         const ss_watch *watch, ss_buf *text, ss_error *err);

/*
 * What an entry of such a text is called, "TABLE public.orders", escaped; in arena.  name: behind "-- Name: " of the
 * line that the entry begins with, "orders; Type: TABLE; Schema: public; Owner: o".
 */
char *ss_dump_label(const char *name, ss_arena *arena);

/* The text of single archive entries as SQL: pg_restore -f - with a list. */
ss_code ss_archive_sql(const ss_programs *programs, const char *file, const char *use_list,
                       ss_buf *text, ss_error *err);

#endif
