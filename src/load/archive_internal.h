/* What the files about the archive share: its entries with the decision on each. */
#ifndef SS_LOAD_ARCHIVE_INTERNAL_H
#define SS_LOAD_ARCHIVE_INTERNAL_H

#include "load/archive.h"

typedef enum ss_fate
{
    SS_FATE_TRAVELS,
    SS_FATE_STRIPPED,
    SS_FATE_EDITED, /* left out of the list, text executed instead */
} ss_fate;

typedef struct ss_fate_of
{
    ss_fate fate;
    bool post;        /* restored after the data */
    const char *text; /* EDITED: statements to execute */
} ss_fate_of;

/* What a kind of entry is: post-data or not, and why it never travels. */
typedef struct ss_entry_kind
{
    const char *desc;
    int post;        /* 1, 0, or -1: as the entry before it */
    const char *why; /* it stays behind; or NULL */
} ss_entry_kind;

/* The kind of an entry by its desc; NULL when it is none that is known. */
const ss_entry_kind *ss_entry_kind_of(const char *desc);

/* "215; 1259 16385 TABLE public t postgres": class 1259, oid 16385; false when it says neither. */
bool ss_entry_oids(const char *line, uint32_t *classid, uint32_t *oid);

struct ss_archive
{
    ss_archive_input input;
    ss_arena *arena;
    ss_archive_entry *entries;
    size_t n;
    ss_fate_of *fates; /* parallel to entries */
    ss_stripped *stripped;
    size_t nstripped;
    size_t stripped_capacity;
    bool owners_by_hand; /* owners: skip.  pg_restore sets none, we those we may */
    bool acls_by_hand;   /* and grants likewise */
    const char **owner_statements;
    size_t nowner_statements;
    const char **acl_statements;
    size_t nacl_statements;
};

/* What people call an entry. */
const char *ss_archive_display(const ss_archive *archive, const ss_archive_entry *entry);

/* One more line of the report. */
void ss_archive_list_stripped(ss_archive *archive, const char *what, const char *object,
                              const char *why, bool edited);

/*
 * Strip, keep or edit the entries whose statements look personal, as the policy says; SS_EREFUSED when it says nothing of one.
 * text: of all that are not stripped, as pg_restore prints it.
 */
ss_code ss_archive_decide_texts(ss_archive *archive, const char *text, ss_error *err);

/* The extensions that the policy strips, as an array literal; NULL when there are none. */
const char *ss_stripped_extensions(const ss_policy *policy, ss_arena *result);

/* A list for pg_restore, called so, in the run's folder; in arena. */
const char *ss_archive_list_file(const ss_archive *archive, const char *name, ss_arena *arena);

#endif
