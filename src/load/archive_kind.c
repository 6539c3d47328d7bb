/* The kinds of entries in pg_dump's archives, and what becomes of each. */
#include <string.h>

#include "load/archive_internal.h"

#define STATISTICS_WHY "planner statistics hold values of the source"
#define LARGE_WHY      "large objects do not travel"
#define REPLICA_WHY    "a sandbox takes no part in replication"

/*
 * All that pg_dump 12 to 18 writes.  What a newer one adds may hold anything, so a kind that is not here
 * ends the run.
 */
static const ss_entry_kind KINDS[] = {
    {"SCHEMA", 0, NULL},
    {"EXTENSION", 0, NULL},
    {"ACCESS METHOD", 0, NULL},
    {"AGGREGATE", 0, NULL},
    {"CAST", 0, NULL},
    {"COLLATION", 0, NULL},
    {"CONVERSION", 0, NULL},
    {"DEFAULT", 0, NULL},
    {"DOMAIN", 0, NULL},
    {"ENCODING", 0, NULL},
    {"FOREIGN DATA WRAPPER", 0, NULL},
    {"FOREIGN TABLE", 0, NULL},
    {"FUNCTION", 0, NULL},
    {"MATERIALIZED VIEW", 0, NULL},
    {"OPERATOR", 0, NULL},
    {"OPERATOR CLASS", 0, NULL},
    {"OPERATOR FAMILY", 0, NULL},
    {"PROCEDURAL LANGUAGE", 0, NULL},
    {"PROCEDURE", 0, NULL},
    {"SEARCHPATH", 0, NULL},
    {"SEQUENCE", 0, NULL},
    {"SEQUENCE OWNED BY", 0, NULL},
    {"SERVER", 0, NULL},
    {"SHELL TYPE", 0, NULL},
    {"STDSTRINGS", 0, NULL},
    {"TABLE", 0, NULL},
    {"TABLE ATTACH", 0, NULL},
    {"TEXT SEARCH CONFIGURATION", 0, NULL},
    {"TEXT SEARCH DICTIONARY", 0, NULL},
    {"TEXT SEARCH PARSER", 0, NULL},
    {"TEXT SEARCH TEMPLATE", 0, NULL},
    {"TRANSFORM", 0, NULL},
    {"TYPE", 0, NULL},
    {"VIEW", 0, NULL},
    {"ACL", 1, NULL},
    {"DEFAULT ACL", 1, NULL},
    {"COMMENT", -1, NULL},
    {"CONSTRAINT", 1, NULL},
    {"CHECK CONSTRAINT", 1, NULL},
    {"FK CONSTRAINT", 1, NULL},
    {"INDEX", 1, NULL},
    {"INDEX ATTACH", 1, NULL},
    {"STATISTICS", 1, NULL},
    {"TRIGGER", 1, NULL},
    {"RULE", 1, NULL},
    {"POLICY", 1, NULL},
    {"ROW SECURITY", 1, NULL},
    {"EVENT TRIGGER", 1, "event triggers would run for every later change of the schema"},
    {"PUBLICATION", 1, REPLICA_WHY},
    {"PUBLICATION TABLE", 1, REPLICA_WHY},
    {"PUBLICATION TABLES IN SCHEMA", 1, REPLICA_WHY},
    {"SUBSCRIPTION", 1, REPLICA_WHY},
    {"SUBSCRIPTION TABLE", 1, REPLICA_WHY},
    {"USER MAPPING", 0, "user mappings hold passwords for other servers"},
    {"SECURITY LABEL", -1, "security labels belong to the source's server"},
    {"DATABASE", 0, "the sandbox is a database of its own"},
    {"DATABASE PROPERTIES", 0, "the sandbox is a database of its own"},
    {"BLOB", 0, LARGE_WHY},
    {"BLOBS", 0, LARGE_WHY},
    {"BLOB METADATA", 0, LARGE_WHY},
    {"BLOB COMMENTS", 0, LARGE_WHY},
    {"LARGE OBJECT", 0, LARGE_WHY},
    {"TABLESPACE", 0, "tablespaces are folders of the source's server"},
    {"STATISTICS DATA", 1, STATISTICS_WHY},
    {"TABLE DATA", 0, "data take another way"},
    {"SEQUENCE SET", 0, "sequences are set behind the largest key"},
    {"MATERIALIZED VIEW DATA", 1, "materialised views are populated at the end"},
};

const ss_entry_kind *
ss_entry_kind_of(const char *desc)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
    {
        if (strcmp(KINDS[i].desc, desc) == 0)
            return &KINDS[i];
    }
    return NULL;
}

/* Digits and a blank at *p into *v. */
static bool
number(const char **p, uint32_t *v)
{
    uint64_t n = 0;
    const char *q = *p;
    while (*q == ' ')
        q++;
    const char *start = q;
    for (; *q >= '0' && *q <= '9' && n <= UINT32_MAX; q++)
        n = n * 10 + (uint64_t) (*q - '0');
    if (q == start || n > UINT32_MAX || *q != ' ')
        return false;
    *p = q;
    *v = (uint32_t) n;
    return true;
}

bool
ss_entry_oids(const char *line, uint32_t *classid, uint32_t *oid)
{
    const char *p = strchr(line, ';');
    if (p == NULL)
        return false;
    p++;
    return number(&p, classid) && number(&p, oid) && *classid != 0 && *oid != 0;
}
