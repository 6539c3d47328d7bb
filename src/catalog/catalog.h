/*
 * The catalog: a database's schema as data.
 *
 * Filled once per run by ss_catalog_read() (introspection of a server) and read by every stage.
 * Nothing in it comes from table data.  Everything lives in the arena it was read into.  Names are
 * UTF-8 and hostile: quote them for SQL, escape them for people.
 *
 * Cross references are indices into the catalog's arrays, never pointers to be kept in files;
 * SS_NONE is "none".  Order: schemas, types, tables and sequences by (schema, name) in C collation,
 * columns by attnum, so the same schema gives the same catalog on every server.
 */
#ifndef SS_CATALOG_CATALOG_H
#define SS_CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sandseed/error.h>

#include "base/arena.h"
#include "forms/text.h"

#define SS_NONE ((size_t) -1)

typedef uint32_t ss_oid;

/* pg_type.typtype, and what else decides how values look. */
typedef enum ss_type_kind
{
    SS_TYPE_BASE,
    SS_TYPE_ENUM,
    SS_TYPE_DOMAIN,
    SS_TYPE_COMPOSITE,
    SS_TYPE_ARRAY, /* of any element type */
    SS_TYPE_RANGE,
    SS_TYPE_MULTIRANGE,
    SS_TYPE_PSEUDO,
} ss_type_kind;

typedef struct ss_type_field /* of a composite, dropped ones left out */
{
    const char *name;
    size_t type;
    int32_t typmod;
} ss_type_field;

typedef struct ss_type
{
    ss_oid oid;
    const char *schema;    /* "pg_catalog" for the built-in ones */
    const char *name;      /* as in pg_type: "int4", "_int4" */
    const char *extension; /* that owns it, or NULL: citext, hstore */
    ss_type_kind kind;
    size_t base; /* domain: the type below; array, range, multirange: element; else SS_NONE */
    int32_t base_typmod;      /* of a domain, -1 for none */
    bool not_null;            /* a domain's NOT NULL */
    const char *default_expr; /* a domain's, or NULL */
    char delimiter;           /* between array elements, nearly always ',' */
    char category;            /* pg_type.typcategory */
    const char **labels;      /* enum, in sort order */
    size_t nlabels;
    const ss_type_field *fields; /* composite */
    size_t nfields;
    const char **checks; /* a domain's own CHECKs: pg_get_constraintdef() */
    size_t nchecks;
} ss_type;

typedef enum ss_generated
{
    SS_GENERATED_NOT = 0,
    SS_GENERATED_STORED = 's',
    SS_GENERATED_VIRTUAL = 'v', /* PostgreSQL 18 */
} ss_generated;

typedef enum ss_identity
{
    SS_IDENTITY_NOT = 0,
    SS_IDENTITY_ALWAYS = 'a',
    SS_IDENTITY_BY_DEFAULT = 'd',
} ss_identity;

typedef struct ss_column
{
    const char *name;
    int16_t attnum;
    size_t type;           /* index into types */
    int32_t typmod;        /* -1 for none */
    const char *type_text; /* format_type(): "character varying(60)" */
    const char *collation; /* schema.name when not the type's default, else NULL */
    const char
        *attcollation; /* schema.name in any case, quoted as in SQL; NULL: the type has none */
    bool
        folds; /* of a nondeterministic collation, or in a unique index of one: values that differ in case, say, are equal */
    bool not_null; /* of the column; a domain's is in its type */
    ss_identity identity;
    ss_generated generated;
    const char *default_expr; /* also a generated column's expression; or NULL */
    size_t sequence;          /* owned by or identity of this column, else SS_NONE */
    const char *comment;      /* or NULL */
    const char *labels;       /* SECURITY LABELs, a line each of provider, tab and label; or NULL */
    double null_frac;         /* planner statistics: 0..1, -1 unknown */
    double n_distinct; /* as in pg_stats, 0 unknown.  No values are ever read from pg_stats */
    bool readable;     /* our role has SELECT on it, or on the table */
} ss_column;

/* pg_class.relkind of what holds rows. */
typedef enum ss_table_kind
{
    SS_TABLE_ORDINARY = 'r',
    SS_TABLE_PARTITIONED = 'p',
    SS_TABLE_FOREIGN = 'f',
} ss_table_kind;

typedef struct ss_key /* primary key, unique constraint or unique index */
{
    const char *name;
    const char *definition; /* pg_get_constraintdef() or pg_get_indexdef() */
    const int16_t *attnums; /* of the key columns; 0 for an expression */
    size_t ncolumns;
    bool primary;
    bool constraint;         /* a constraint; else just a unique index */
    bool partial;            /* has a WHERE */
    bool expression;         /* one of its columns is an expression */
    bool nulls_not_distinct; /* PostgreSQL 15 */
    bool deferrable;
    bool valid; /* pg_index.indisvalid */
} ss_key;

typedef struct ss_check
{
    const char *name;
    const char *definition; /* pg_get_constraintdef(): "CHECK ((total >= 0))" */
    const char *expression; /* pg_get_expr(): "(total >= (0)::numeric)" */
    const int16_t *attnums;
    size_t ncolumns;
    bool validated;
    bool no_inherit;
    bool inherited; /* comes from a parent alone */
} ss_check;

typedef struct ss_exclusion
{
    const char *name;
    const char *definition;
    const int16_t *attnums;       /* 0 for an expression */
    const char *const *operators; /* of each: PostgreSQL's own by name, "=", "&&"; "?": another */
    size_t ncolumns;
    bool partial; /* has a WHERE */
    bool deferrable;
} ss_exclusion;

typedef struct ss_expression /* what an index computes of a row: it may raise */
{
    const char *name;       /* of the index */
    const char *expression; /* one of its columns; NULL: it has a condition alone */
    const char *predicate;  /* WHERE, or NULL */
} ss_expression;

typedef struct ss_foreign_key
{
    const char *name;
    const char *definition;
    size_t table;           /* child */
    size_t parent;          /* referenced table */
    const int16_t *attnums; /* of the child */
    const int16_t *parent_attnums;
    size_t ncolumns;
    bool deferrable;
    bool deferred;
    bool validated;
    char match;     /* 's' simple, 'f' full */
    bool inherited; /* a partition's copy of its parent's: conparentid is set */
} ss_foreign_key;

/* A tsvector that a trigger of PostgreSQL's own fills (tsvector_update_trigger, or ..._column). */
typedef struct ss_search_vector
{
    int16_t attnum;
    const char *configuration; /* schema-qualified, or the name of the column that holds it */
    bool by_column;
    const int16_t *attnums; /* of the texts that it is computed of */
    size_t ncolumns;
} ss_search_vector;

typedef struct ss_table
{
    ss_oid oid;
    ss_oid
        filenode; /* pg_relation_filenode(): changes with TRUNCATE and rewrites; 0 for partitioned */
    const char *schema;
    const char *name;
    const char *label; /* schema.name quoted as in SQL where needed: what people read and write */
    ss_table_kind kind;
    const char *owner;
    const char *extension; /* that owns it, or NULL: its rows are configuration */
    bool extension_config; /* pg_extension.extconfig lists it */
    bool unlogged;
    bool row_security; /* enabled */
    bool force_row_security;
    bool readable; /* our role has SELECT on the table */
    bool
        lockable; /* so has the role that runs pg_dump, which locks every table: ours, or another */
    bool places_readable; /* our role may read ctid, by which large tables are read in ranges */
    bool
        rows_visible; /* row security does not hide rows from us: not enabled, BYPASSRLS or owner */
    bool is_partition;
    size_t partition_parent; /* SS_NONE unless a partition */
    const char
        *partition_key; /* pg_get_partkeydef() of a partitioned table: "RANGE (payment_date)" */
    const int16_t *partition_attnums; /* its columns, 0 for an expression */
    size_t npartition_columns;
    const char *partition_bound; /* of a partition: "FOR VALUES FROM ... TO ..." or "DEFAULT" */
    const size_t *inherits;      /* plain inheritance parents, of those that are in the catalog */
    size_t ninherits;
    double reltuples; /* estimate; -1 unknown */
    int64_t relpages; /* heap pages now: pg_relation_size() / block size */
    int64_t bytes;    /* pg_table_size() */
    const char *comment;
    const ss_column *columns; /* dropped ones left out */
    size_t ncolumns;
    const ss_key *keys; /* the primary key first */
    size_t nkeys;
    const ss_check *checks;
    size_t nchecks;
    const ss_exclusion *exclusions;
    size_t nexclusions;
    const ss_expression *expressions; /* of all indexes, not the unique ones alone */
    size_t nexpressions;
    const ss_search_vector *search_vectors;
    size_t nsearch_vectors;
    const size_t *foreign_keys; /* indices into the catalog's, this table being the child */
    size_t nforeign_keys;
    const size_t *referenced_by; /* likewise, this table being the parent */
    size_t nreferenced_by;
    size_t ntriggers; /* user triggers */
    size_t npolicies; /* row security policies */
} ss_table;

typedef struct ss_sequence
{
    const char *schema;
    const char *name;
    size_t table;   /* owner, or SS_NONE */
    int16_t attnum; /* of the owner */
    ss_oid oid;
    int64_t start;
    int64_t increment;
    int64_t min;
    int64_t max;
    bool cycle;
    const char *type; /* "bigint" */
    bool readable;
} ss_sequence;

typedef struct ss_view
{
    ss_oid oid;
    const char *schema;
    const char *name;
    bool materialised;
    bool populated; /* materialised ones */
    const char *comment;
} ss_view;

typedef struct ss_extension
{
    const char *name;
    const char *version;
    const char *schema;
} ss_extension;

/* An object of the schema in whose text something looks like an identifier or a secret.  The text itself is not kept. */
typedef struct ss_suspect
{
    const char
        *object; /* "function public.notify(text)", "comment on column public.customer.email" */
    const char
        *place; /* the first in it: "DEFAULT of email", "CHECK orders_check", "definition", ... */
    size_t counts[SS_TEXT_NKINDS];
    const char *digest; /* of the texts that it is found in, each with its place: 8 hex digits */
} ss_suspect;

typedef struct ss_catalog
{
    int server_version; /* as PQserverVersion(): 150018 */
    const char *database;
    const char *encoding; /* "UTF8" */
    const char *collate;
    const char *ctype;
    const char *locale_provider; /* "libc", "icu", "builtin" */
    const char *icu_locale;      /* or NULL */
    int64_t bytes;               /* pg_database_size(), -1 when it may not be read */
    const ss_type *types;        /* used by any column, and those below them */
    size_t ntypes;
    const ss_table *tables; /* partitions and inheritance children included */
    size_t ntables;
    const ss_foreign_key *foreign_keys;
    size_t nforeign_keys;
    const ss_sequence *sequences;
    size_t nsequences;
    const ss_view *views;
    size_t nviews;
    const ss_extension *extensions;
    size_t nextensions;
    const char **roles; /* that own something, are granted something or are named by a policy */
    size_t nroles;
    size_t nfunctions;
    size_t ntriggers;
    size_t nevent_triggers;
    size_t nsubscriptions;
    size_t npublications;
    size_t nlarge_objects;
    const char **security_definer; /* functions that travel and are listed: signatures */
    size_t nsecurity_definer;
    const ss_suspect *suspects; /* by object, in C collation */
    size_t nsuspects;
} ss_catalog;

/* The table of that label ("public.orders", quoted as in SQL), or NULL. */
const ss_table *ss_catalog_find(const ss_catalog *catalog, const char *label);

/* What was found in the texts of that object, or NULL. */
const ss_suspect *ss_catalog_suspect(const ss_catalog *catalog, const char *object);

/* Its index. */
size_t ss_catalog_index(const ss_catalog *catalog, const ss_table *table);

/* The column of that name or that attnum, or NULL. */
const ss_column *ss_table_column(const ss_table *table, const char *name);
const ss_column *ss_table_attribute(const ss_table *table, int16_t attnum);

/* How a trigger fills that column, or NULL. */
const ss_search_vector *ss_table_search_vector(const ss_table *table, int16_t attnum);

/*
 * The next literal of a definition from *p on, *n bytes without its quotes; NULL: there are no more.  Quotes within one end it, so
 * that a doubled quote makes two of it.
 */
const char *ss_check_next_literal(const char **p, size_t *n);

/* Is it a CHECK of this column alone that rows are held to? */
bool ss_check_is_of(const ss_check *check, const ss_column *column);

/* Is a column among these, in the table's primary key, in one of its foreign keys? */
bool ss_attnums_hold(const int16_t *attnums, size_t n, int16_t attnum);
bool ss_table_primary_key_holds(const ss_table *table, int16_t attnum);
bool ss_table_foreign_key_holds(const ss_catalog *catalog, const ss_table *table, int16_t attnum);

/* The place of that attnum among the columns, or SS_NONE. */
size_t ss_table_index(const ss_table *table, int16_t attnum);

/* Domains peeled off: the index of the type whose values they are. */
size_t ss_catalog_base_type(const ss_catalog *catalog, size_t type);

/** The column's type modifier, its own or that of its domains; -1 for none. */
int32_t ss_catalog_typmod(const ss_catalog *catalog, const ss_column *column);

/** May a cell of it be NULL: neither the column nor one of its domains says NOT NULL. */
bool ss_catalog_is_nullable(const ss_catalog *catalog, const ss_column *column);

/** Does a row that leaves it out get a value that the column or one of its domains says? */
bool ss_catalog_has_default(const ss_catalog *catalog, const ss_column *column);

/* The characters that a column of a limited text type takes; SIZE_MAX: any number. */
size_t ss_catalog_characters(const ss_catalog *catalog, const ss_column *column);

/* A type of PostgreSQL itself, by pg_type's name ("int4"): not a domain or somebody's own of that name. */
bool ss_type_is(const ss_type *type, const char *name);
bool ss_type_is_integer(const ss_type *type);

/* Of an integer type or numeric, or a domain over one? */
bool ss_catalog_is_exact_number(const ss_catalog *catalog, const ss_column *column);
/* Are values that differ in case, say, equal in the column: of citext, or of a nondeterministic collation? */
bool ss_catalog_folds(const ss_catalog *catalog, const ss_column *column);

/* text, varchar, char(n), name, citext */
bool ss_type_is_text(const ss_type *type);

/* Does a table hold rows of its own?  Not so partitioned and foreign ones. */
bool ss_table_has_rows(const ss_table *table);

/*
 * The root of a partition tree: the table itself unless it is a partition.  A policy names roots;
 * a partition follows its root.
 */
const ss_table *ss_table_root(const ss_catalog *catalog, const ss_table *table);

/*
 * Tables with every parent (of foreign keys and inheritance) before its children, as far as cycles
 * allow: a cycle is cut where following it from its first table in catalog order comes back.  A
 * partition tree stands together, its root first, after the parents of all its members.  order has
 * room for ntables indices.
 */
void ss_catalog_parents_first(const ss_catalog *catalog, size_t *order, ss_arena *scratch);

/* What a modifier of numeric says, from 4 on; the scale may be negative. */
int ss_numeric_precision(int32_t typmod);
int ss_numeric_scale(int32_t typmod);

#endif
