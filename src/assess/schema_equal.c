#include "assess/schema_equal.h"

#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"

extern const char ss_sql_assess_database_facts[];
extern const char ss_sql_assess_object_definitions[];
extern const char ss_sql_assess_object_list[];

/* --- two dumps ---------------------------------------------------------------------------------- */

typedef struct block /* the text of one entry in a plain dump */
{
    const char *label; /* "TABLE public.orders", escaped */
    const char *text;
    size_t len;
    struct block *same; /* another of that label */
} block;

static const char MARK[] = "-- Name: ";

/* The blocks of a dump by label; what stands before the first is "settings". */
static ss_map *
blocks_of(const char *text, ss_arena *arena, size_t *n)
{
    ss_map *map = ss_map_new(arena);
    block *now = ss_alloc(arena, 1, sizeof *now);
    *now = (block){.label = "settings of the dump", .text = text};
    *n = 0;
    for (const char *line = text;;)
    {
        const bool last = *line == '\0';
        if (last || strncmp(line, MARK, sizeof MARK - 1) == 0)
        {
            now->len = (size_t) (line - now->text);
            now->same = ss_map_put(map, now->label, now);
            ++*n;
            if (last)
                return map;
            now = ss_alloc(arena, 1, sizeof *now);
            *now = (block){.label = ss_dump_label(line + sizeof MARK - 1, arena), .text = line};
        }
        line += strcspn(line, "\n");
        if (*line == '\n')
            line++;
    }
}

static bool
has_equal(const block *list, const block *one)
{
    for (; list != NULL; list = list->same)
    {
        if (list->len == one->len && memcmp(list->text, one->text, one->len) == 0)
            return true;
    }
    return false;
}

/* Every block of text that other lacks or has differently. */
static void
compare_blocks(const char *text, const ss_map *other, const char *missing, bool differing,
               ss_arena *arena, ss_gate *gate)
{
    for (const char *line = text; line != NULL && *line != '\0';)
    {
        const char *next = strstr(line, "\n-- Name: ");
        const char *end = next == NULL ? line + strlen(line) : next + 1;
        const bool first = strncmp(line, MARK, sizeof MARK - 1) != 0;
        const block one = {.label = first ? "settings of the dump"
                                          : ss_dump_label(line + sizeof MARK - 1, arena),
                           .text = line,
                           .len = (size_t) (end - line)};
        const block *now = ss_map_get(other, one.label);
        if (now == NULL)
            ss_gate_fail(gate, arena, one.label, missing);
        else if (differing && !has_equal(now, &one))
            ss_gate_fail(gate, arena, one.label,
                         "its definition differs from the archive's restored elsewhere");
        line = next == NULL ? NULL : end;
    }
}

void
ss_assess_texts_equal(const char *a, const char *b, ss_arena *result, ss_gate *gate)
{
    size_t na = 0;
    size_t nb = 0;
    ss_arena *scratch = ss_arena_new(NULL);
    ss_map *in_a = blocks_of(a, scratch, &na);
    ss_map *in_b = blocks_of(b, scratch, &nb);
    gate->compared += na > nb ? na : nb;
    if (strcmp(a, b) != 0)
    {
        const size_t before = gate->nfailures;
        compare_blocks(a, in_b, "is in the sandbox and not in the archive", true, result, gate);
        compare_blocks(b, in_a, "is in the archive and not in the sandbox", false, result, gate);
        if (gate->nfailures == before)
            ss_gate_fail(gate, result, "order of the dump",
                         "the same definitions come in another order");
    }
    ss_arena_free(scratch);
}

/* --- two lists ---------------------------------------------------------------------------------- */

enum
{
    KIND,
    IDENTITY,
    OWNER,
    GRANTS,
    FLAGS,
    DIGEST = 2, /* of object_definitions.sql */
};

/*
 * An identity as the archive's list names it: no quotes, and a blank before the name of what a
 * table has (constraint, trigger, rule, policy).
 */
char *
ss_assess_plain_name(const char *kind, const char *identity, ss_arena *arena)
{
    static const char *const OF_TABLES[] = {"constraint", "trigger", "rule", "policy"};
    bool of_table = false;
    for (size_t i = 0; i < sizeof OF_TABLES / sizeof OF_TABLES[0]; i++)
        of_table = of_table || strcmp(kind, OF_TABLES[i]) == 0;
    ss_buf plain = {0};
    size_t parts = 0;
    bool quoted = false;
    for (const char *p = identity; *p != '\0'; p++)
    {
        if (*p == '"' && quoted && p[1] == '"')
            ss_buf_putc(&plain, *p++);
        else if (*p == '"')
            quoted = !quoted;
        else if (*p == '(' && !quoted)
        {
            ss_buf_puts(&plain, p); /* a function's arguments */
            break;
        }
        else if (*p == '.' && !quoted)
            ss_buf_putc(&plain, ++parts == 2 && of_table ? ' ' : '.');
        else
            ss_buf_putc(&plain, *p);
    }
    char *text = ss_strdup(arena, ss_buf_text(&plain));
    ss_buf_done(&plain);
    return text;
}

/* Does plain name something inside object: a column, a trigger, a constraint of it? */
static bool
is_inside(const char *plain, const char *object)
{
    const size_t n = strlen(object);
    return strncmp(plain, object, n) == 0 && (plain[n] == '.' || plain[n] == ' ');
}

/* An index that a stripped constraint "schema.table name" took along: "schema.name". */
static bool
is_index_of(const char *kind, const char *plain, const ss_assess_exempt *exempt)
{
    if (strstr(kind, "index") == NULL || strstr(exempt->what, "CONSTRAINT") == NULL)
        return false;
    const char *dot = strchr(plain, '.');
    const char *blank = strrchr(exempt->object, ' ');
    if (dot == NULL || blank == NULL)
        return false;
    const size_t schema = (size_t) (dot - plain) + 1;
    return strncmp(plain, exempt->object, schema) == 0 && strcmp(dot + 1, blank + 1) == 0;
}

static bool
is_exempt(const ss_assess_lists_options *options, const char *kind, const char *plain)
{
    for (size_t i = 0; i < options->nexempt; i++)
    {
        const ss_assess_exempt *e = &options->exempt[i];
        /* Event triggers and publications hold nothing, whatever else has their name. */
        const bool holds =
            strcmp(e->what, "EVENT TRIGGER") != 0 && strncmp(e->what, "PUBLICATION", 11) != 0;

        if (strcmp(plain, e->object) == 0 || (holds && is_inside(plain, e->object)) ||
            is_index_of(kind, plain, e))
            return true;
    }
    return false;
}

typedef struct lists
{
    const ss_pg_result *source;
    const ss_pg_result *sandbox;
    const ss_assess_lists_options *options;
    bool
        public_differs; /* versions before and from 15: schema public has another owner and grants */
    bool flags_differ;  /* populated or not is no matter */
    ss_arena *arena;
    ss_gate *gate;
} lists;

static const char *
value(const ss_pg_result *r, size_t row, size_t column)
{
    const char *v = ss_pg_value(r, row, column);
    return v == NULL ? "" : v;
}

static const char *
object_label(const lists *l, const ss_pg_result *r, size_t row)
{
    return ss_strf(l->arena, "%s %s", value(r, row, KIND),
                   ss_printable(l->arena, value(r, row, IDENTITY)));
}

static void
compare_rows(const lists *l, size_t a, size_t b)
{
    const char *kind = value(l->source, a, KIND);
    const char *label = object_label(l, l->source, a);
    const bool rights =
        !l->options->owners_skipped && !(l->public_differs && strcmp(kind, "schema") == 0 &&
                                         strcmp(value(l->source, a, IDENTITY), "public") == 0);
    if (rights && strcmp(value(l->source, a, OWNER), value(l->sandbox, b, OWNER)) != 0)
        ss_gate_fail(l->gate, l->arena, label, "its owner differs from the source's");
    if (rights && strcmp(value(l->source, a, GRANTS), value(l->sandbox, b, GRANTS)) != 0)
        ss_gate_fail(l->gate, l->arena, label, "its grants differ from the source's");
    const bool flags = !(l->flags_differ && strcmp(kind, "materialized view") == 0) &&
                       !(l->options->owners_skipped && strcmp(kind, "policy") == 0);
    if (flags && strcmp(value(l->source, a, FLAGS), value(l->sandbox, b, FLAGS)) != 0)
        ss_gate_fail(l->gate, l->arena, label,
                     ss_strf(l->arena, "it is (%s), the source's (%s)",
                             ss_printable(l->arena, value(l->sandbox, b, FLAGS)),
                             ss_printable(l->arena, value(l->source, a, FLAGS))));
}

static ss_map *
rows_of(const ss_pg_result *r, ss_arena *arena)
{
    ss_map *map = ss_map_new(arena);
    for (size_t i = 0; i < ss_pg_rows(r); i++)
    {
        size_t *row = ss_alloc(arena, 1, sizeof *row);
        *row = i;
        (void) ss_map_put(map, ss_strf(arena, "%s\t%s", value(r, i, KIND), value(r, i, IDENTITY)),
                          row);
    }
    return map;
}

static size_t *
row_of(const ss_map *map, const ss_pg_result *r, size_t i, ss_arena *arena)
{
    return ss_map_get(map, ss_strf(arena, "%s\t%s", value(r, i, KIND), value(r, i, IDENTITY)));
}

static void
compare_lists(const lists *l)
{
    ss_map *in_source = rows_of(l->source, l->arena);
    ss_map *in_sandbox = rows_of(l->sandbox, l->arena);
    for (size_t i = 0; i < ss_pg_rows(l->source); i++)
    {
        const char *kind = value(l->source, i, KIND);
        const char *plain = ss_printable(
            l->arena, ss_assess_plain_name(kind, value(l->source, i, IDENTITY), l->arena));
        l->gate->compared++;
        if (is_exempt(l->options, kind, plain) ||
            (l->options->owners_skipped && strcmp(kind, "default privileges") == 0))
            continue;
        const size_t *other = row_of(in_sandbox, l->source, i, l->arena);
        if (other != NULL)
            compare_rows(l, i, *other);
        /* pg_dump leaves out what a failed CREATE INDEX CONCURRENTLY left behind. */
        else if (strcmp(kind, "index") != 0 ||
                 strstr(value(l->source, i, FLAGS), "invalid") == NULL)
            ss_gate_fail(l->gate, l->arena, object_label(l, l->source, i),
                         "missing in the sandbox");
    }
    for (size_t i = 0; i < ss_pg_rows(l->sandbox); i++)
    {
        if (row_of(in_source, l->sandbox, i, l->arena) == NULL &&
            !(l->options->owners_skipped &&
              strcmp(value(l->sandbox, i, KIND), "default privileges") == 0))
            ss_gate_fail(l->gate, l->arena, object_label(l, l->sandbox, i),
                         "the source does not have it");
    }
}

/* --- two databases without a pg_dump for them --------------------------------------------------- */

/* Two lists of kind, identity and digest, of databases on one server. */
static void
compare_digests(const ss_pg_result *a, const ss_pg_result *b, ss_arena *arena, ss_gate *gate)
{
    ss_map *in_a = rows_of(a, arena);
    ss_map *in_b = rows_of(b, arena);
    for (size_t i = 0; i < ss_pg_rows(a); i++)
    {
        const size_t *other = row_of(in_b, a, i, arena);
        const char *label =
            ss_strf(arena, "%s %s", value(a, i, KIND), ss_printable(arena, value(a, i, IDENTITY)));
        gate->compared++;
        if (other == NULL)
            ss_gate_fail(gate, arena, label, "is in the sandbox and not in the archive");
        else if (strcmp(value(a, i, DIGEST), value(b, *other, DIGEST)) != 0)
            ss_gate_fail(gate, arena, label,
                         "its definition differs from the archive's restored elsewhere");
    }
    for (size_t i = 0; i < ss_pg_rows(b); i++)
    {
        if (row_of(in_a, b, i, arena) == NULL)
            ss_gate_fail(gate, arena,
                         ss_strf(arena, "%s %s", value(b, i, KIND),
                                 ss_printable(arena, value(b, i, IDENTITY))),
                         "is in the archive and not in the sandbox");
    }
}

/* Definitions by digest, then owners, grants and flags, of two databases on one server. */
static ss_code
compare_definitions(ss_pg *a, ss_pg *b, ss_arena *result, ss_gate *gate, ss_error *err)
{
    static const ss_assess_lists_options none = {0};
    ss_pg_result *ra = NULL;
    ss_pg_result *rb = NULL;
    SS_TRY(ss_pg_query(a, result, ss_sql_assess_object_definitions, 0, NULL, &ra, err));
    SS_TRY(ss_pg_query(b, result, ss_sql_assess_object_definitions, 0, NULL, &rb, err));
    compare_digests(ra, rb, result, gate);
    SS_TRY(ss_pg_query(a, result, ss_sql_assess_object_list, 0, NULL, &ra, err));
    SS_TRY(ss_pg_query(b, result, ss_sql_assess_object_list, 0, NULL, &rb, err));
    /* The archive is what was asked for, the sandbox what came of it; populating came after. */
    const lists l = {.source = rb,
                     .sandbox = ra,
                     .options = &none,
                     .flags_differ = true,
                     .arena = result,
                     .gate = gate};
    compare_lists(&l);
    return SS_OK;
}

ss_code
ss_assess_catalogs_equal(const ss_endpoint *server, const char *a, const char *b,
                         const ss_watch *watch, ss_arena *result, ss_gate *gate, ss_error *err)
{
    ss_pg *pg_a = NULL;
    ss_pg *pg_b = NULL;
    ss_code code = ss_pg_open(result, server, &(ss_pg_options){.dbname = a}, watch, &pg_a, err);
    if (code == SS_OK)
        code = ss_pg_open(result, server, &(ss_pg_options){.dbname = b}, watch, &pg_b, err);
    if (code == SS_OK)
        code = compare_definitions(pg_a, pg_b, result, gate, err);
    ss_pg_close(pg_a);
    ss_pg_close(pg_b);
    return code == SS_OK ? code : ss_note(err, "while comparing the sandbox's definitions");
}

/* A pg_dump for a server of this version: the run's, or a newer one; false when there is none. */
static bool
dump_program(const ss_programs *programs, int version, ss_arena *result, ss_programs *mine)
{
    ss_error ignored = {0};
    *mine = *programs;
    return programs->version / 10000 >= version / 10000 ||
           ss_programs_find(NULL, version, programs->folder, result, mine, &ignored) == SS_OK;
}

ss_code
ss_assess_dump(const ss_programs *programs, const ss_endpoint *server, int version,
               const char *dbname, int archive, const ss_watch *watch, ss_arena *result,
               const char **text, ss_error *err)
{
    ss_programs mine;

    *text = NULL;
    if (!dump_program(programs, version, result, &mine))
    {
        ss_notice(
            watch, SS_INFO,
            "no pg_dump is as new as the target's server: definitions are compared by catalog");
        return SS_OK;
    }
    ss_buf dump = {0};
    ss_code code;
    if (archive == 0)
        code = ss_dump_text(&mine, server, dbname, watch, &dump, err);
    else
    {
        code = ss_dump_schema_to(&mine, server, dbname, NULL, archive, watch, err);
        mine.archive = archive;
        if (code == SS_OK)
            code = ss_archive_sql(&mine, SS_ARCHIVE_NAMELESS, NULL, &dump, err);
    }
    if (code == SS_OK)
        *text = ss_strdup(result, ss_buf_text(&dump));
    else
        ss_note(err, "while dumping the schema of %s to compare it", ss_printable(result, dbname));
    ss_buf_done(&dump);
    return code;
}

/* --- settings of the database ------------------------------------------------------------------- */

static bool
fact_is_exempt(const ss_assess_lists_options *options, const char *name)
{
    static const char SETTING[] = "setting ";
    if (options->locale_substituted && strncmp(name, "lc_", 3) == 0)
        return true;
    if (strncmp(name, SETTING, sizeof SETTING - 1) != 0)
        return false;
    for (size_t i = 0; i < options->nsettings_skipped; i++)
    {
        if (strcmp(options->settings_skipped[i], name + sizeof SETTING - 1) == 0)
            return true;
    }
    return false;
}

static void
compare_facts(const ss_pg_result *a, const ss_pg_result *b, const ss_assess_lists_options *options,
              const char *missing, bool differing, ss_arena *arena, ss_gate *gate)
{
    for (size_t i = 0; i < ss_pg_rows(a); i++)
    {
        const char *name = value(a, i, 0);
        const char *other = NULL;
        for (size_t k = 0; k < ss_pg_rows(b) && other == NULL; k++)
        {
            if (strcmp(value(b, k, 0), name) == 0)
                other = value(b, k, 1);
        }
        if (fact_is_exempt(options, name))
            continue;
        const char *label = ss_strf(arena, "database: %s", ss_printable(arena, name));
        gate->compared += differing;
        if (other == NULL)
            ss_gate_fail(gate, arena, label, missing);
        else if (differing && strcmp(other, value(a, i, 1)) != 0)
            ss_gate_fail(gate, arena, label, "it differs from the source's");
    }
}

ss_code
ss_assess_lists_equal(ss_pg *source, ss_pg *sandbox, const ss_assess_lists_options *options,
                      ss_arena *result, ss_gate *gate, ss_error *err)
{
    ss_pg_result *a = NULL;
    ss_pg_result *b = NULL;
    if (ss_pg_query(source, result, ss_sql_assess_object_list, 0, NULL, &a, err) != SS_OK)
        return ss_note(err, "while listing the source's objects");
    if (ss_pg_query(sandbox, result, ss_sql_assess_object_list, 0, NULL, &b, err) != SS_OK)
        return ss_note(err, "while listing the sandbox's objects");
    const lists l = {
        .source = a,
        .sandbox = b,
        .options = options,
        .public_differs =
            (ss_pg_server_version(source) < 150000) != (ss_pg_server_version(sandbox) < 150000),
        .arena = result,
        .gate = gate,
    };
    compare_lists(&l);

    if (ss_pg_query(source, result, ss_sql_assess_database_facts, 0, NULL, &a, err) != SS_OK)
        return ss_note(err, "while reading the source's database settings");
    if (ss_pg_query(sandbox, result, ss_sql_assess_database_facts, 0, NULL, &b, err) != SS_OK)
        return ss_note(err, "while reading the sandbox's database settings");
    compare_facts(a, b, options, "missing in the sandbox", true, result, gate);
    compare_facts(b, a, options, "the source does not have it", false, result, gate);
    return SS_OK;
}
