/*
 * The target: the server and the database names that a run writes to.
 *
 * A run builds NAME__next and swaps it into place at the end (load/publish.h); NAME__previous is the
 * sandbox of the time before, NAME__scratch an empty one for comparing schemas.  What is sandseed's
 * own is told by a marker in the database's comment, and by nothing else: a database without it is
 * never dropped, renamed or written.  Three exceptions, none of which can lose anything: a NAME, a
 * NAME__next and a NAME__scratch that hold no user object and belong to our role (a run that died between
 * making one and marking it leaves it so).
 *
 * The calls of a run, in their order:
 *
 *     ss_target_open             connect, look at the four names, refuse what is not ours
 *     ss_target_prove_different  source and target are not the same database
 *     ss_preflight               (load/preflight.h) everything that lacks, at once
 *     ss_target_begin            NAME__next, empty, marked "building", closed to everybody else
 *     ... ss_archive_restore_pre, data, ss_archive_restore_post ...
 *     ss_target_settings         ALTER DATABASE ... SET, as the source has them
 *     ... gates ...
 *     ss_target_finish           marked "finished": nothing will be written into it any more
 *     ss_publish                 (load/publish.h)
 *     ss_target_abandon          instead, after any failure: NAME__next goes, NAME stays
 */
#ifndef SS_LOAD_TARGET_H
#define SS_LOAD_TARGET_H

#include "catalog/catalog.h"
#include "pg/endpoint.h"
#include "pg/pg.h"
#include "policy/policy.h"

/* The longest NAME, in bytes: NAME__previous has to fit into 63. */
#define SS_TARGET_NAME_MAX 53

/* What a run may be called in a marker: letters, digits and ".:_-", at most this many. */
#define SS_MARKER_WORD_MAX 64

typedef enum ss_target_state
{
    SS_TARGET_ABSENT,    /* no database of that name */
    SS_TARGET_BUILDING,  /* ours, unfinished: a run at work, or one that died */
    SS_TARGET_FINISHED,  /* ours, passed its gates, waits for its publishing */
    SS_TARGET_PUBLISHED, /* ours, is or was a sandbox in use */
    SS_TARGET_EMPTY,     /* unmarked, no user object in it, our role's: adopted */
    SS_TARGET_FOREIGN,   /* everything else: not touched */
} ss_target_state;

typedef struct ss_marker
{
    ss_target_state state; /* BUILDING, FINISHED or PUBLISHED */
    char run[SS_MARKER_WORD_MAX + 1];
    char at[21];                         /* 2026-11-23T18:55:00Z */
    char inputs[SS_MARKER_WORD_MAX + 1]; /* digest of what it is made from; "" when not said */
} ss_marker;

/* A database's comment as a marker; false when it is not exactly one.  NULL is none. */
bool ss_marker_parse(const char *comment, ss_marker *marker);

/* The other way, in arena. */
char *ss_marker_text(ss_arena *arena, const ss_marker *marker);

typedef struct ss_target_db
{
    const char *name;
    ss_target_state state;
    ss_oid oid;
    bool connectable; /* pg_database.datallowconn */
    const char *owner;
    ss_marker marker;
} ss_target_db;

typedef struct ss_target
{
    const ss_endpoint *endpoint;
    const ss_watch *watch;
    ss_arena *arena;         /* what open put everything into */
    ss_pg *pg;               /* maintenance connection: "postgres", else "template1" */
    const char *maintenance; /* its database */
    const char *user;        /* our role */
    int version;             /* 150018 */
    bool throwaway;          /* the server is private and goes with the run */
    bool superuser;
    bool createdb;
    bool createrole;
    const char *name;        /* NAME */
    ss_target_db live;       /* NAME */
    ss_target_db next;       /* NAME__next */
    ss_target_db previous;   /* NAME__previous */
    ss_target_db scratch;    /* NAME__scratch */
    bool same_cluster;       /* as the source: allowed, reported.  Set by prove_different */
    bool held;               /* no other run may write to NAME meanwhile */
    const char *run;         /* the word that begin was given */
    bool begun;              /* NAME__next is this run's: made by it, or about to be published */
    bool tried;              /* NAME__scratch may be there although nothing has begun */
    const char *locale_note; /* what locale: substitute replaced, for the report; or NULL */
} ss_target;

/*
 * Connect and look.  endpoint: a server or a running cluster, with a dbname; it and watch outlive
 * the target.  Everything lives in arena; the connection is closed with it, and by
 * ss_target_close().  Only one run at a time may hold a target: SS_ERETRY when another does.
 * SS_EREFUSED, with names and next step: a NAME over 53 bytes or with the ending of a side
 * database, a database of ours-to-be that is not ours, a NAME__next or NAME__scratch that is a published sandbox.
 */
ss_code ss_target_open(ss_arena *arena, const ss_endpoint *endpoint, const ss_watch *watch,
                       ss_target **target, ss_error *err);
void ss_target_close(ss_target *target);

/*
 * A copy of target, with a connection, memory and watch of its own, for a thread that works beside the others.
 * What it does to the databases, target does not know of.  Ends with ss_target_close().
 */
ss_code ss_target_apart(const ss_target *target, ss_arena *arena, const ss_watch *watch,
                        ss_target *apart, ss_error *err);

/*
 * Prove that source (a connection inside its read-only transaction) is none of the target's
 * databases: an advisory-lock probe, system identifier with database OID, start time of the server.
 * SS_EREFUSED when it is, and when it cannot be told.
 */
ss_code ss_target_prove_different(ss_target *target, ss_pg *source, ss_error *err);

/*
 * Be the only run that writes to this NAME, until the target is closed; again and again is allowed.
 * SS_ERETRY when another does.
 */
ss_code ss_target_hold(ss_target *target, ss_error *err);

/*
 * Does NAME__next stand finished, made from these very inputs (a digest)?  Then publish it instead of building.
 */
bool ss_target_has_finished(const ss_target *target, const char *inputs);

/*
 * Drop the NAME__next of a run that died and create it anew: encoding, locale and collation
 * provider of the source, marker, nobody but our role let in.  run: a word that names the run.
 * jobs: how many connections will load it at once.
 */
ss_code ss_target_begin(ss_target *target, const ss_catalog *catalog, const ss_policy *policy,
                        const char *run, size_t jobs, ss_error *err);

/* A connection to NAME__next. */
ss_code ss_target_connect(const ss_target *target, ss_arena *arena, ss_pg **pg, ss_error *err);

/* Mark NAME__next finished: it has passed its gates.  inputs: digest, or NULL. */
ss_code ss_target_finish(ss_target *target, const char *inputs, ss_error *err);

/*
 * After a failure: drop the NAME__next that this run began, unless it is finished; after an interrupt, that too;
 * and NAME__scratch.  Uses a connection of its own; once the watch is interrupted it has a moment (ss_grace).  Never
 * fails: what is left behind is marked, and the next run removes it; that is told to the watch.
 */
void ss_target_abandon(ss_target *target);

/* --- what a schema-only dump does not carry: the database's own settings and grants ------------- */

typedef struct ss_db_setting
{
    const char *role; /* NULL: of the database itself */
    const char *name;
    const char *value;
} ss_db_setting;

typedef struct ss_db_grant
{
    const char *role;      /* NULL: PUBLIC */
    const char *privilege; /* CONNECT, TEMPORARY, CREATE */
    bool grantable;
} ss_db_grant;

typedef struct ss_db_facts
{
    const char *owner;
    const ss_db_setting *settings;
    size_t nsettings;
    const ss_db_grant *grants; /* those of the owner left out */
    size_t ngrants;
} ss_db_facts;

/* Read them from the database that pg is connected to. */
ss_code ss_db_facts_read(ss_pg *pg, ss_arena *result, ss_db_facts *facts, ss_error *err);

/*
 * Give NAME__next the settings of facts.  Call it after post-data: default_transaction_read_only and
 * the like must not meet the loading.  A setting that the target's server does not know or our role may not make, or
 * of a role that does not exist there, is left out, told to the watch and appended to *skipped (names, in result).
 */
ss_code ss_target_settings(ss_target *target, const ss_db_facts *facts, ss_arena *result,
                           const char ***skipped, size_t *nskipped, ss_error *err);

/* --- for the other files of this folder and for assess ----------------------------------------- */

/* Create database `which` (NEXT or SCRATCH) as begin does, and drop one of ours; see begin. */
ss_code ss_target_create(ss_target *target, ss_target_db *db, const ss_catalog *catalog,
                         const ss_policy *policy, const char *run, ss_error *err);
ss_code ss_target_drop(ss_target *target, ss_target_db *db, ss_error *err);

/* Look again at one of the four; at all of them. */
ss_code ss_target_look(ss_target *target, ss_target_db *db, ss_error *err);
ss_code ss_target_look_all(ss_target *target, ss_error *err);
/* The same; SS_EREFUSED when the name has come to another database than it was (oid 0: any). */
ss_code ss_target_look_same(ss_target *target, ss_target_db *db, ss_error *err);

/* Write db's marker. */
ss_code ss_target_mark(ss_target *target, ss_target_db *db, const ss_marker *marker, ss_error *err);

#endif
