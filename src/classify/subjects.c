#include "classify/subjects.h"

#include <assert.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "catalog/people.h"
#include "catalog/references.h"
#include "classify/about.h"
#include "classify/recogniser.h"

#define CANDIDATES    3  /* parents that are looked at for one column */
#define NAMESAKES     24 /* tables of one name that are thought of, and as many of one schema */
#define CALLED        18 /* its name and its last word, each with what may be their singulars */
#define ENOUGH_VALUES 20
#define ENOUGH_FOUND  0.95
#define WHY_PATHS     4 /* that the reason names */
#define FEW           50
#define PREFIXED      4 /* tables that begin alike */
#define UNIQUE        0.9

/* Who comes again: one person may have several rows. */
static const char COMES_AGAIN[] =
    "passenger*|guest|guests|visitor|visitors|participant*|attendee*|signup*|registrant*|caller*|"
    "applicant*|candidate*|voter*|borrower*|beneficiar*";

/* A patient has a doctor and is not the doctor's row. */
static const char SERVED[] =
    "customer*|client*|patient|patients|student|students|pupil|pupils|kunde*|member|members|"
    "subscriber*|contact|contacts|lead|leads";
static const char SERVING[] = "agent|agents|agente|agentes|staff|employee*|doctor*|physician*|"
                              "practitioner*|teacher*|manager*|"
                              "mitarbeiter*|worker*|driver*|dipendent*|empleado*|provider*";

/* What is named like people and is something else: of a program, of what they have, of some of them only. */
static const char NOT_ALL[] = "oauth*|api|http|profile|profiles|device*|asset*|software|erased|"
                              "deleted|blocked|banned|removed|archived|archive|"
                              "history|hist|log|audit|pending|temp|tmp|backup|bak|old|staging|"
                              "import*|role|group|type|status|count*|stat|"
                              "stats|daily|monthly|directory|ip|ips";

/* What stands before the names of tables and says nothing of what they are. */
static const char PREFIXES[] = "t|tb|tbl|tab|app|auth|sys|core|mst|master|dim|res|wp|dbo|my|ad|"
                               "main|base|public|x|v|data|hr|crm|shop|account|"
                               "accounts|iam|identity";

/* What stands beside the name of what a key leads to. */
static const char KEY_WORDS[] =
    "id|uuid|guid|no|nr|num|number|nummer|key|code|fk|ref|pk|sk|by|oid|uid";

/* Within what a key is one of somebody's, where its name does not end like a key's. */
static const char REALMS[] = "tenant*|mandant*|realm*|org*|company|firm*|site*|region*|country|"
                             "shard*|branch|school*|shop*|store*|account*|workspace*|instance*|"
                             "server*|source*|system*|project*|team*|domain*|network*";

/* What tells several rows of one apart. */
static const char VERSIONS[] =
    "version*|revision*|rev|valid*|effective*|effdt|effseq|history|hist|seq|sequence|line|row|"
    "lang|language*|locale*|culture*|period*|year*|month*|quarter*|week*|day*|date*|time*|from|"
    "since|start*|begin*|snapshot*|term|terms|season*|generation*|change*|update*";

typedef enum named_by
{
    BY_ROLE = 1, /* created_by: somebody */
    BY_PART = 2, /* request_id, of notification_request */
    BY_LAST = 3, /* billing_customer_id, of customer */
    BY_NAME = 4, /* customer_id, of app_customer */
    EXACT = 5,   /* of customer */
} named_by;

typedef struct candidate /* a reference that nobody declared */
{
    size_t column;
    size_t parent, key;
    named_by strength;
    bool taken;
    const char *why;
} candidate;

typedef struct edge /* a reference of a table, declared or taken for one */
{
    size_t parent;
    size_t column; /* by which the policy names it */
    bool doing;    /* created_by: who did something, not whose the row is */
    bool belongs;  /* user_id of a profile: the row is its parent's */
    const candidate *soft;
} edge;

typedef struct node /* of one table */
{
    candidate *candidates;
    size_t ncandidates;
    const ss_reference *declared;
    size_t ndeclared;
    edge *edges;
    size_t nedges;
    const char *
        *polymorphic; /* per column: what says which table it refers to; NULL for all: none */
    const char *names[CALLED]; /* what it is called, as a key to it may name it */
    size_t nnames;
    bool people; /* may be a table of people */
    bool self;
    bool reaches; /* people, over who or what its rows belong to */
    size_t owner; /* the table of people that its own rows are of, or SS_NONE */
} node;

typedef struct namesakes
{
    size_t tables[NAMESAKES];
    size_t n;
} namesakes;

typedef struct finding
{
    const ss_catalog *catalog;
    const ss_about *about;
    ss_words *names; /* of the tables */
    node *nodes;
    /* By name, and by name and schema ("appuser/public"). */
    ss_map *by_whole; /* "appuser": those of that name */
    ss_map *by_last;  /* "user": those whose last word it is */
    ss_map *by_key;   /* "customerno": those with a key of that name */
    ss_map *by_role;  /* "users": those of people who may have done something */
    size_t *people;   /* tables that may be of people */
    size_t npeople;
    ss_ask_inclusion *ask;
    void *arg;
    ss_arena *result;
} finding;

/* --- names -------------------------------------------------------------------------------------- */

static const char *
join(const ss_words *words, size_t from, size_t to, ss_arena *result)
{
    ss_buf out = {0};
    const char *copy;

    for (size_t i = from; i < to; i++)
        ss_buf_puts(&out, words->list[i]);
    copy = ss_strdup(result, ss_buf_text(&out));
    ss_buf_done(&out);
    return copy;
}

static bool
is_key_word(const char *word)
{
    return ss_words_find(&(ss_words){&word, 1}, KEY_WORDS).n > 0;
}

/* The same where all is one word: "userid", "codcliente". */
static const char *
within_word(const char *word, ss_arena *result)
{
    static const char *const ends[] = {"id", "no", "nr"}, *const begins[] = {"cod", "id", "fk"};
    const size_t n = strlen(word);

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
    {
        if (n > 4 && strcmp(word + n - 2, ends[i]) == 0)
            return ss_strndup(result, word, n - 2);
    }
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++)
    {
        if (n > 6 && strncmp(word, begins[i], strlen(begins[i])) == 0)
            return word + strlen(begins[i]);
    }
    return word;
}

/* What is left of a key's name without the words that say that it is one: "fk_user", "user_id", "userid" -> user. */
static ss_words
stem_of(const ss_words *words, ss_arena *result)
{
    const char **list = ss_alloc(result, words->n + 1, sizeof *list);
    ss_words stem = {.list = list};
    size_t from = 0, to = words->n;

    while (to > from && is_key_word(words->list[to - 1]))
        to--;
    if (from < to && ss_words_find(&(ss_words){&words->list[from], 1}, "fk|id|pk|ref").n > 0)
        from++;
    while (from < to)
        list[stem.n++] = words->list[from++];
    if (stem.n > 0 && words->n == stem.n)
        list[stem.n - 1] = within_word(list[stem.n - 1], result);
    return stem;
}

/* Without what says only that it is a table: "user_entity". */
static ss_words
name_of(const ss_table *table, ss_arena *result)
{
    ss_words words = ss_words_of(table->name, result);

    while (words.n > 1 && ss_words_find(&(ss_words){words.list + words.n - 1, 1},
                                        "entity|entities|table|tbl|tab|master|mst|base")
                                  .n > 0)
        words.n--;
    return words;
}

/* What most tables begin with ("mdl", "wp") names none of them. */
static void
drop_prefix(finding *f)
{
    ss_map *counts = ss_map_new(f->result);
    const char *prefix = NULL;
    size_t most = 0, tables = 0;

    for (size_t t = 0; t < f->catalog->ntables; t++)
    {
        const char *first = f->names[t].n == 0 ? "" : f->names[t].list[0];
        uintptr_t n = (uintptr_t) ss_map_get(counts, first) + 1;

        if (f->catalog->tables[t].is_partition)
            continue;
        tables++;
        (void) ss_map_put(counts, first, (void *) n);
        if (n > most)
        {
            most = n;
            prefix = first;
        }
    }
    for (size_t t = 0; t < f->catalog->ntables && most >= PREFIXED && 2 * most > tables; t++)
    {
        ss_words *name = &f->names[t];

        if (name->n > 1 && strcmp(name->list[0], prefix) == 0)
            *name = (ss_words){name->list + 1, name->n - 1};
    }
}

static void
remember_as(finding *f, ss_map *map, const char *name, size_t table)
{
    namesakes *n = ss_map_get(map, name);

    if (n == NULL)
    {
        n = ss_alloc(f->result, 1, sizeof *n);
        (void) ss_map_put(map, name, n);
    }
    if (n->n < NAMESAKES && (n->n == 0 || n->tables[n->n - 1] != table))
        n->tables[n->n++] = table;
}

/* Where each tenant has a schema, there are hundreds of one name. */
static const char *
in_schema(const finding *f, const char *name, size_t table)
{
    return ss_strf(f->result, "%s/%s", name, f->catalog->tables[table].schema);
}

static void
remember(finding *f, ss_map *map, const char *name, size_t table)
{
    remember_as(f, map, name, table);
    remember_as(f, map, in_schema(f, name, table), table);
}

/* "3", "v2", "x": such words name nothing. */
static bool
names_something(const char *word)
{
    return strlen(word) > 2 && strspn(word, "0123456789") < strlen(word);
}

static void
call(finding *f, ss_map *map, const char *name, size_t table)
{
    node *n = &f->nodes[table];

    assert(n->nnames < CALLED);
    n->names[n->nnames++] = name;
    remember(f, map, name, table);
}

/* Under its name, and what may be the singular of it in the languages that names are in. */
static void
remember_name(finding *f, ss_map *map, const char *name, size_t table)
{
    static const char *const endings[] = {"s", "es", "n", "en", "e", "i"};
    const size_t n = strlen(name);

    if (!names_something(name))
        return;
    call(f, map, name, table);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
    {
        const size_t m = strlen(endings[i]);

        if (n > m + 2 && strcmp(name + n - m, endings[i]) == 0)
            call(f, map, ss_strndup(f->result, name, n - m), table);
    }
    if (n > 4 && strcmp(name + n - 3, "ies") == 0)
        call(f, map, ss_strf(f->result, "%.*sy", (int) n - 3, name), table);
    if (strcmp(name, "people") == 0)
        call(f, map, "person", table);
}

static bool
is_proposed(const ss_table *table)
{
    return !table->is_partition && table->extension == NULL && table->kind != SS_TABLE_FOREIGN;
}

/* The n-th column of the table that is a key by itself, the primary key first; or SS_NONE. */
static size_t
key_column(const ss_table *table, size_t n)
{
    for (size_t i = 0; i < table->nkeys; i++)
    {
        const ss_key *key = &table->keys[i];
        const size_t c = key->ncolumns == 1 && !key->expression
                             ? ss_table_index(table, key->attnums[0])
                             : SS_NONE;

        if (c != SS_NONE && ss_key_is_alone(table, &table->columns[c]) && n-- == 0)
            return c;
    }
    return SS_NONE;
}

static void
list_names(finding *f)
{
    for (size_t t = 0; t < f->catalog->ntables; t++)
    {
        const ss_table *table = &f->catalog->tables[t];
        const ss_words *name = &f->names[t];
        const ss_about *about = &f->about[t];
        node *n = &f->nodes[t];

        if (!is_proposed(table) || name->n == 0)
            continue;
        n->people = (ss_people_are(name) || (about->given_name && about->birth)) &&
                    ss_words_find(name, NOT_ALL).n == 0;
        if (n->people)
            f->people[f->npeople++] = t;
        remember_name(f, f->by_whole, join(name, 0, name->n, f->result), t);
        remember_name(f, f->by_last, name->list[name->n - 1], t);
        for (size_t k = 0, c; (c = key_column(table, k)) != SS_NONE; k++)
            remember(f, f->by_key, join(&about->names[c], 0, about->names[c].n, f->result), t);
    }
}

/* --- references by name ------------------------------------------------------------------------- */

/* Does a column beside it say which table a key leads to: owner_type, owner_id? */
static const char *
says_which(const ss_table *table, const ss_about *about, size_t column, const ss_words *stem)
{
    for (size_t c = 0; c < table->ncolumns && stem->n > 0; c++)
    {
        const ss_words *name = &about->names[c];
        bool same = c != column && name->n == stem->n + 1;

        for (size_t i = 0; same && i < stem->n; i++)
            same = strcmp(name->list[i], stem->list[i]) == 0;
        if (same &&
            ss_words_find(&(ss_words){name->list + stem->n, 1}, "type|class|table|model|kind").n >
                0)
            return table->columns[c].name;
    }
    return NULL;
}

/* Is the table of that name, or its last word? */
static bool
is_named(const finding *f, const char *name, size_t table)
{
    const node *n = &f->nodes[table];

    for (size_t i = 0; i < n->nnames; i++)
    {
        if (strcmp(n->names[i], name) == 0)
            return true;
    }
    return false;
}

/* A key that is named for another table than its own: user_id of a table of devices, for what is no user_id. */
static bool
is_of_another(const finding *f, size_t parent, size_t key, const ss_column *column)
{
    const ss_words stem = stem_of(&f->about[parent].names[key], f->result);

    return stem.n > 0 && stem.n < f->about[parent].names[key].n &&
           strcmp(f->catalog->tables[parent].columns[key].name, column->name) != 0 &&
           !is_named(f, join(&stem, 0, stem.n, f->result), parent) &&
           !is_named(f, stem.list[stem.n - 1], parent);
}

/* The key of the parent that the column may refer to: of its own name, of its kind (no, uuid), the primary one. */
static size_t
find_key(const finding *f, size_t t, size_t column, size_t parent)
{
    const ss_catalog *catalog = f->catalog;
    const ss_table *of = &catalog->tables[parent];
    const ss_words *name = &f->about[t].names[column];
    size_t best = SS_NONE;
    int most = 0;

    for (size_t k = 0, c; (c = key_column(of, k)) != SS_NONE; k++)
    {
        const ss_words *key = &f->about[parent].names[c];
        int score = 1 + (k == 0);

        if (!ss_reference_types_fit(catalog, &catalog->tables[t].columns[column],
                                    &of->columns[c]) ||
            is_of_another(f, parent, c, &catalog->tables[t].columns[column]))
            continue;
        if (key->n > 0 && name->n > 0 && is_key_word(name->list[name->n - 1]) &&
            strcmp(key->list[key->n - 1], name->list[name->n - 1]) == 0)
            score += 2;
        if (strcmp(of->columns[c].name, catalog->tables[t].columns[column].name) == 0)
            score += 4;
        if (score > most)
        {
            most = score;
            best = c;
        }
    }
    return best;
}

/* The strongest first; of equals one of people, one of the same schema. */
static int
rank_of(const finding *f, size_t t, const candidate *c)
{
    const ss_table *tables = f->catalog->tables;

    return 4 * (int) c->strength + 2 * f->nodes[c->parent].people +
           (strcmp(tables[c->parent].schema, tables[t].schema) == 0);
}

/* Of one table inherits the other its rows and keys. */
static bool
inherits(const finding *f, size_t t, size_t parent)
{
    const ss_table *table = &f->catalog->tables[t];

    for (size_t i = 0; i < table->ninherits; i++)
    {
        if (table->inherits[i] == parent)
            return true;
    }
    return false;
}

/* A column's candidates stand together, at the end while it is looked at. */
static void
add_candidate(finding *f, size_t t, size_t column, size_t parent, named_by strength)
{
    node *n = &f->nodes[t];
    candidate new = {.column = column, .parent = parent, .strength = strength};
    size_t first = n->ncandidates, at;

    while (first > 0 && n->candidates[first - 1].column == column)
        first--;
    for (size_t i = first; i < n->ncandidates; i++)
    {
        if (n->candidates[i].parent == parent)
            return;
    }
    if (parent == t || inherits(f, t, parent) ||
        (n->ncandidates - first == CANDIDATES &&
         rank_of(f, t, &new) <= rank_of(f, t, &n->candidates[n->ncandidates - 1])))
        return;
    new.key = find_key(f, t, column, parent);
    if (new.key == SS_NONE)
        return;
    at = n->ncandidates - first == CANDIDATES ? n->ncandidates - 1 : n->ncandidates++;
    for (; at > first && rank_of(f, t, &new) > rank_of(f, t, &n->candidates[at - 1]); at--)
        n->candidates[at] = n->candidates[at - 1];
    n->candidates[at] = new;
}

/*
 * Those that a name is of.  whole: it is all that the column's name says; else its last words, of somebody or something
 * in a role.
 */
static void
add_called(finding *f, size_t t, size_t column, const char *name, bool whole)
{
    const namesakes *of = ss_map_get(f->by_whole, name), *last = ss_map_get(f->by_last, name);

    for (size_t i = 0; of != NULL && i < of->n; i++)
        add_candidate(f, t, column, of->tables[i], whole ? EXACT : BY_LAST);
    for (size_t i = 0; last != NULL && i < last->n; i++)
    {
        const ss_words *words = &f->names[last->tables[i]];
        const bool prefixed =
            words->n == 2 && ss_words_find(&(ss_words){words->list, 1}, PREFIXES).n > 0;

        add_candidate(f, t, column, last->tables[i],
                      !prefixed ? BY_PART
                      : whole   ? BY_NAME
                                : BY_LAST);
    }
}

/* Of the schema's own, however many there are elsewhere, and of all. */
static void
add_namesakes(finding *f, size_t t, size_t column, const char *name, bool whole)
{
    add_called(f, t, column, in_schema(f, name, t), whole);
    add_called(f, t, column, name, whole);
}

static void
add_key_of_name(finding *f, size_t t, size_t column, const char *name, const char *last)
{
    const namesakes *n = ss_map_get(f->by_key, name);

    for (size_t i = 0; n != NULL && i < n->n; i++)
    {
        if (f->nodes[n->tables[i]].people)
            add_candidate(f, t, column, n->tables[i], BY_NAME);
        else if (is_named(f, last, n->tables[i]))
            add_candidate(f, t, column, n->tables[i], BY_PART);
    }
}

/* By the name of a key elsewhere: customer_no, where customer has such a column. */
static void
add_keys_of_name(finding *f, size_t t, size_t column, const ss_words *stem)
{
    const ss_words *words = &f->about[t].names[column];
    const char *name = join(words, 0, words->n, f->result);

    if (stem->n == 0)
        return;
    add_key_of_name(f, t, column, in_schema(f, name, t), stem->list[stem->n - 1]);
    add_key_of_name(f, t, column, name, stem->list[stem->n - 1]);
}

/* Who has created or owns things: users, else staff, else whoever there is. */
static const char *const users[] = {"user|users|*user|*users|usuario*|benutzer*|utente*",
                                    "staff|employee|employees|mitarbeiter*|person|people", "*"};
static const char *const roles[] = {"users", "staff", "others"};

#define ROLES (sizeof users / sizeof users[0])

static void
list_users(finding *f)
{
    for (size_t i = 0; i < f->npeople; i++)
    {
        size_t k = 0;

        while (ss_words_find(&f->names[f->people[i]], users[k]).n == 0 && k + 1 < ROLES)
            k++;
        remember(f, f->by_role, roles[k], f->people[i]);
    }
}

/* left: how many more are thought of */
static void
add_users(finding *f, size_t t, size_t column, const char *role, size_t *left)
{
    const namesakes *n = ss_map_get(f->by_role, role);

    for (size_t i = 0; n != NULL && i<n->n && * left> 0; i++, (*left)--)
        add_candidate(f, t, column, n->tables[i], BY_ROLE);
}

static void
look_at(finding *f, size_t t, size_t c)
{
    const ss_table *table = &f->catalog->tables[t];
    const ss_column *column = &table->columns[c];
    const ss_words *name = &f->about[t].names[c];
    node *n = &f->nodes[t];
    const char *full, *which;
    ss_words stem;
    bool bare;

    if (!ss_people_key_type(f->catalog, column->type) || column->generated != SS_GENERATED_NOT ||
        ss_references_hold(n->declared, n->ndeclared, c))
        return;
    stem = stem_of(name, f->result);
    if (stem.n == 0)
        return;
    /* "customer" alone is a key only of a table of that name, and where it is of a type that keys have. */
    bare = stem.n == name->n && stem.list[stem.n - 1] == name->list[name->n - 1];
    if (bare && ss_recogniser_letter(f->catalog, column->type) == 't')
        return;
    full = join(&stem, 0, stem.n, f->result);
    /* Its own key. */
    if (is_named(f, full, t) && ss_key_is_alone(table, column))
        return;
    which = says_which(table, &f->about[t], c, &stem);
    if (which != NULL)
    {
        if (n->polymorphic == NULL)
            n->polymorphic = ss_alloc(f->result, table->ncolumns + 1, sizeof *n->polymorphic);
        n->polymorphic[c] = which;
        return;
    }
    add_namesakes(f, t, c, full, true);
    if (bare)
    {
        while (n->ncandidates > 0 && n->candidates[n->ncandidates - 1].column == c &&
               n->candidates[n->ncandidates - 1].strength < BY_NAME)
            n->ncandidates--;
        if (!ss_people_are_doing(name))
            return;
    }
    if (!bare && stem.n > 1)
    {
        add_namesakes(f, t, c, join(&stem, stem.n - 2, stem.n, f->result), false);
        add_namesakes(f, t, c, stem.list[stem.n - 1], false);
    }
    if (!bare)
        add_keys_of_name(f, t, c, &stem);
    if (!ss_people_are_doing(name))
        return;
    for (size_t k = 0, left = CANDIDATES; k < ROLES; k++)
    {
        add_users(f, t, c, in_schema(f, roles[k], t), &left);
        add_users(f, t, c, roles[k], &left);
    }
}

/* --- what leads where --------------------------------------------------------------------------- */

static bool
belongs(const finding *f, size_t t, size_t column, size_t parent)
{
    const ss_words *name = &f->about[t].names[column];
    const ss_words stem = stem_of(name, f->result);

    return ss_key_is_alone(&f->catalog->tables[t], &f->catalog->tables[t].columns[column]) ||
           (stem.n > 0 && is_named(f, join(&stem, 0, stem.n, f->result), parent));
}

/* The column of a foreign key that the fewest others share. */
static size_t
own_column(const node *n, const ss_reference *r)
{
    size_t best = r->columns[0], least = SS_NONE;

    for (size_t i = 0; i < r->ncolumns; i++)
    {
        size_t shared = 0;

        for (size_t k = 0; k < n->ndeclared; k++)
        {
            for (size_t c = 0; c < n->declared[k].ncolumns; c++)
                shared += n->declared[k].columns[c] == r->columns[i];
        }
        if (shared <= least)
        {
            least = shared;
            best = r->columns[i];
        }
    }
    return best;
}

static void
add_edge(finding *f, size_t t, size_t column, size_t parent, const candidate *soft)
{
    node *n = &f->nodes[t];

    if (parent == t)
        return;
    n->edges[n->nedges++] = (edge){.parent = parent,
                                   .column = column,
                                   .doing = ss_people_are_doing(&f->about[t].names[column]),
                                   .belongs = belongs(f, t, column, parent),
                                   .soft = soft};
}

/* refuted: those that values spoke against are left out. */
static void
list_edges(finding *f, bool refuted)
{
    for (size_t t = 0; t < f->catalog->ntables; t++)
    {
        node *n = &f->nodes[t];

        n->nedges = 0;
        for (size_t i = 0; i < n->ndeclared; i++)
            add_edge(f, t, own_column(n, &n->declared[i]), n->declared[i].parent, NULL);
        for (size_t i = 0; i < n->ncandidates; i++)
        {
            if (!refuted || n->candidates[i].taken)
                add_edge(f, t, n->candidates[i].column, n->candidates[i].parent, &n->candidates[i]);
        }
    }
}

static bool
last_word_is(const finding *f, size_t t, const char *patterns)
{
    const ss_words *name = &f->names[t];

    return name->n > 0 && ss_words_find(&(ss_words){name->list + name->n - 1, 1}, patterns).n > 0;
}

/* Is the row its parent's rather than somebody's own: a profile of a user?  Not where the parent is one of this table's. */
static bool
is_owned_by(const finding *f, size_t t, const edge *e)
{
    const node *n = &f->nodes[t];
    const ss_about *about = &f->about[t];
    const bool own = about->given_name || about->birth;
    size_t at = e->parent;

    if (!f->nodes[e->parent].people || !e->belongs ||
        (last_word_is(f, t, SERVED) && last_word_is(f, e->parent, SERVING)))
        return false;
    if (own &&
        !ss_key_is_alone(&f->catalog->tables[t], &f->catalog->tables[t].columns[e->column]) &&
        !last_word_is(f, t, COMES_AGAIN))
        return false;
    for (size_t steps = 0; at != SS_NONE && steps <= f->npeople; steps++)
    {
        if (&f->nodes[at] == n)
            return false;
        at = f->nodes[at].owner;
    }
    return true;
}

/* Named as the table's own key: "customer_id" of customer; "id". */
static bool
is_own(const finding *f, size_t t, size_t column, bool *by_name)
{
    const ss_words stem = stem_of(&f->about[t].names[column], f->result);

    *by_name = stem.n > 0 && is_named(f, join(&stem, 0, stem.n, f->result), t);
    return *by_name || stem.n == 0;
}

/* May it say within what the other column of a key is somebody's own: tenant_id?  Not which of several rows it is. */
static bool
is_realm(const finding *f, size_t t, size_t column)
{
    const node *n = &f->nodes[t];
    const ss_words *name = &f->about[t].names[column];
    const ss_words stem = stem_of(name, f->result);

    return ss_people_key_type(f->catalog, f->catalog->tables[t].columns[column].type) &&
           ss_words_find(name, VERSIONS).n == 0 &&
           (ss_references_hold(n->declared, n->ndeclared, column) ||
            (stem.n > 0 && stem.n < name->n) || ss_words_find(name, REALMS).n > 0);
}

/* Is it a key of several columns one of which is the table's own: (tenant_id, id), not (id, valid_from)? */
static bool
tells_people_apart(const finding *f, size_t t, const ss_key *key)
{
    const ss_table *table = &f->catalog->tables[t];
    size_t own = SS_NONE;
    bool named = false;

    if (key->expression || key->partial || !key->valid)
        return false;
    for (size_t i = 0; i < key->ncolumns; i++)
    {
        const size_t c = ss_table_index(table, key->attnums[i]);
        bool by_name;

        if (c == SS_NONE)
            return false;
        if (!is_own(f, t, c, &by_name) || (own != SS_NONE && named >= by_name))
            continue;
        own = c;
        named = by_name;
    }
    for (size_t i = 0; own != SS_NONE && i < key->ncolumns; i++)
    {
        const size_t c = ss_table_index(table, key->attnums[i]);

        if (c != own && !is_realm(f, t, c))
            return false;
    }
    return own != SS_NONE;
}

static bool
has_own_key(const finding *f, size_t t)
{
    const ss_table *table = &f->catalog->tables[t];

    for (size_t k = 0; k < table->nkeys; k++)
    {
        if (tells_people_apart(f, t, &table->keys[k]))
            return true;
    }
    return false;
}

/* Without a key: does the planner know that what is named like one comes again? */
static bool
own_key_comes_again(const finding *f, size_t t)
{
    const ss_table *table = &f->catalog->tables[t];

    for (size_t c = 0; table->nkeys == 0 && c < table->ncolumns; c++)
    {
        const double distinct = table->columns[c].n_distinct;
        bool by_name;

        if (is_own(f, t, c, &by_name) &&
            (by_name || ss_words_find(&f->about[t].names[c], "id|uuid|guid|uid|oid|pk|sk").n > 0) &&
            (distinct > 0 ? distinct < UNIQUE * table->reltuples
                          : distinct < 0 && distinct > -UNIQUE))
            return true;
    }
    return false;
}

/*
 * May one person have several rows of a table of that name: are they told apart by columns none of which is its own key, or
 * does a key to people lead nowhere here?
 */
static bool
has_several(const finding *f, size_t t)
{
    const ss_table *table = &f->catalog->tables[t];
    const node *n = &f->nodes[t];

    if ((table->nkeys > 0 && key_column(table, 0) == SS_NONE && !has_own_key(f, t)) ||
        own_key_comes_again(f, t))
        return true;
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const ss_words stem = stem_of(&f->about[t].names[c], f->result);
        /* Of somebody in a role ("assigned_user_id") the row is not. */
        bool told = stem.n > 1 || table->columns[c].n_distinct == -1 ||
                    !ss_people_key_type(f->catalog, table->columns[c].type) ||
                    !ss_people_are_behind(&f->about[t].names[c]) ||
                    ss_references_hold(n->declared, n->ndeclared, c) ||
                    ss_key_is_alone(table, &table->columns[c]);

        for (size_t i = 0; i < n->nedges; i++)
            told = told || n->edges[i].column == c;
        if (!told)
            return true;
    }
    return false;
}

static void
find_people(finding *f)
{
    for (size_t i = 0; i < f->npeople; i++)
        f->nodes[f->people[i]].owner = SS_NONE;
    for (size_t i = 0; i < f->npeople; i++)
    {
        const size_t t = f->people[i];
        const ss_words *name = &f->names[t];
        node *n = &f->nodes[t];
        bool leads_on = false;

        for (size_t k = 0; k < n->nedges; k++)
        {
            leads_on = leads_on || !n->edges[k].doing;
            if (n->owner == SS_NONE && is_owned_by(f, t, &n->edges[k]))
                n->owner = n->edges[k].parent;
        }
        /* An order may have a name and a date of birth in it, too. */
        n->self = n->owner == SS_NONE && !has_several(f, t) &&
                  !(leads_on && (!ss_people_are(name) || last_word_is(f, t, COMES_AGAIN)));
    }
}

/* Who did something with a parent is not behind its children. */
static void
find_who_reaches(finding *f)
{
    for (size_t t = 0; t < f->catalog->ntables; t++)
        f->nodes[t].reaches = f->nodes[t].self;
    for (bool more = true; more;)
    {
        more = false;
        for (size_t t = 0; t < f->catalog->ntables; t++)
        {
            node *n = &f->nodes[t];

            for (size_t i = 0; i < n->nedges && !n->reaches; i++)
            {
                if (!n->edges[i].doing && f->nodes[n->edges[i].parent].reaches)
                    more = n->reaches = true;
            }
        }
    }
}

/* --- values ------------------------------------------------------------------------------------- */

/* only: nothing else can be meant. */
static bool
holds(const candidate *c, const ss_inclusion *answer, bool only)
{
    /* Small numbers are keys of many a table: a part of its name alone wants more. */
    if (c->strength == BY_PART && (!only || answer->values < ENOUGH_VALUES))
        return false;
    if (answer->values >= ENOUGH_VALUES)
        return (double) answer->found >= ENOUGH_FOUND * (double) answer->values;
    if (answer->values == 0)
        return c->strength >= BY_LAST || only;
    return answer->found == answer->values;
}

static void
ask(finding *f, size_t t, candidate *c, bool only)
{
    const ss_table *table = &f->catalog->tables[t], *parent = &f->catalog->tables[c->parent];
    ss_inclusion answer = {0};
    const char *how = c->strength == BY_ROLE ? "somebody by its name" : "named as keys to it are";

    if (f->ask == NULL || !f->ask(f->arg, table, &table->columns[c->column], parent,
                                  &parent->columns[c->key], &answer))
    {
        c->taken = holds(c, &answer, only);
        c->why = ss_strf(f->result, "%s; no foreign key, and no values were looked at", how);
        return;
    }
    c->taken = holds(c, &answer, only);
    c->why = answer.values == 0
                 ? ss_strf(f->result, "%s; no foreign key, and no values to look at", how)
                 : ss_strf(f->result, "%s; no foreign key; %s values looked at are there", how,
                           answer.found == answer.values ? "all" : "nearly all");
}

/*
 * Of each column's candidates, the strongest first, that which holds; it need not lead to people itself.  Columns none of
 * whose candidates does are not looked at.
 */
static void
ask_values(finding *f)
{
    for (size_t t = 0; t < f->catalog->ntables; t++)
    {
        node *n = &f->nodes[t];

        for (size_t from = 0, to; from < n->ncandidates; from = to)
        {
            bool leads = false, done = false;

            for (to = from;
                 to < n->ncandidates && n->candidates[to].column == n->candidates[from].column;
                 to++)
                leads = leads || f->nodes[n->candidates[to].parent].reaches;
            for (size_t i = from; i < to && leads && !done; i++)
            {
                ask(f, t, &n->candidates[i], to - from == 1);
                done = n->candidates[i].taken;
            }
        }
    }
}

/* --- proposals ---------------------------------------------------------------------------------- */

/* People of whom nothing can be told (design 5.7), as far as the server's statistics know. */
static bool
is_few(const finding *f, size_t t)
{
    const double rows = f->catalog->tables[t].reltuples;

    return f->nodes[t].self && rows > 0 && rows < FEW;
}

/* Where each of the columns leads to: "public.customer, by way of public.orders". */
static const char *
paths_text(const finding *f, size_t t, const size_t *columns, size_t n)
{
    const node *of = &f->nodes[t];
    ss_buf out = {0};
    const char *copy;

    for (size_t i = 0; i < n && i < WHY_PATHS; i++)
    {
        for (size_t k = 0; k < of->nedges; k++)
        {
            const edge *e = &of->edges[k];

            if (e->column != columns[i] || !f->nodes[e->parent].reaches)
                continue;
            ss_buf_printf(&out, "%s%s%s%s", out.len == 0 ? "" : ", ",
                          f->nodes[e->parent].self ? "" : "by way of ",
                          f->catalog->tables[e->parent].label,
                          is_few(f, e->parent) ? " (few: shapes alone while they count)" : "");
            break;
        }
    }
    if (n > WHY_PATHS)
        ss_buf_printf(&out, " and %zu more", n - WHY_PATHS);
    copy = ss_strf(f->result, "%s", ss_buf_text(&out));
    ss_buf_done(&out);
    return copy;
}

/* Is it named as keys to people are, and leads nowhere?  Whom it stands for nobody counts. */
static bool
leads_astray(const finding *f, size_t t, size_t c)
{
    const ss_table *table = &f->catalog->tables[t];
    const ss_column *column = &table->columns[c];
    const node *n = &f->nodes[t];

    for (size_t i = 0; i < n->ncandidates; i++)
    {
        if (n->candidates[i].column == c && n->candidates[i].taken &&
            f->nodes[n->candidates[i].parent].reaches)
            return false;
    }
    return ss_people_key_type(f->catalog, column->type) && column->generated == SS_GENERATED_NOT &&
           ss_people_are_behind(&f->about[t].names[c]) &&
           !ss_references_hold(n->declared, n->ndeclared, c) && !ss_key_is_alone(table, column);
}

/* Those of the table, behind what else there is to say. */
static const char *
but_astray(const finding *f, size_t t, const char *text)
{
    const ss_table *table = &f->catalog->tables[t];
    size_t found = 0;

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (leads_astray(f, t, c) && found++ < WHY_PATHS)
            text = ss_strf(f->result, "%s%s%s", text, found == 1 ? "; not counted: " : ", ",
                           table->columns[c].name);
    }
    return text;
}

static bool
can_be_named(const char *column)
{
    return strcmp(column, "self") != 0 && strcmp(column, "none") != 0;
}

static void
list_soft(const finding *f, size_t t, ss_subject_proposal *p)
{
    const ss_table *table = &f->catalog->tables[t];
    const node *n = &f->nodes[t];
    ss_soft_proposal *soft = ss_alloc(f->result, table->ncolumns + 1, sizeof *soft);

    for (size_t i = 0; i < n->ncandidates; i++)
    {
        const candidate *c = &n->candidates[i];
        const ss_table *parent = &f->catalog->tables[c->parent];
        ss_buf name = {0};

        if (!c->taken || !f->nodes[c->parent].reaches)
            continue;
        ss_buf_puts(&name, parent->label);
        ss_buf_putc(&name, '.');
        ss_text_ident(&name, parent->columns[c->key].name);
        soft[p->nsoft++] =
            (ss_soft_proposal){.column = c->column,
                               .references = ss_strdup(f->result, ss_buf_text(&name)),
                               .why = c->why};
        ss_buf_done(&name);
    }
    for (size_t c = 0; n->polymorphic != NULL && c < table->ncolumns; c++)
    {
        if (n->polymorphic[c] != NULL)
            soft[p->nsoft++] = (ss_soft_proposal){
                .column = c,
                .why =
                    ss_strf(f->result, "%s beside it says which table it refers to, not one alone",
                            n->polymorphic[c])};
    }
    p->soft = soft;
}

static void
propose(const finding *f, size_t t, ss_subject_proposal *p)
{
    const ss_table *table = &f->catalog->tables[t];
    const node *n = &f->nodes[t];
    size_t *columns = ss_alloc(f->result, n->nedges + 1, sizeof *columns);

    *p = (ss_subject_proposal){.self = n->self, .columns = columns};
    list_soft(f, t, p);
    if (n->self)
    {
        p->why = ss_people_are(&f->names[t]) ? "named as tables of people are"
                                             : "a given name and a date of birth in each row";
        return;
    }
    for (size_t i = 0; i < n->nedges; i++)
    {
        const edge *e = &n->edges[i];
        bool known = !can_be_named(table->columns[e->column].name);

        for (size_t k = 0; k < p->ncolumns; k++)
            known = known || columns[k] == e->column;
        if (!known && f->nodes[e->parent].reaches)
            columns[p->ncolumns++] = e->column;
    }
    if (p->ncolumns > 0)
    {
        const char *paths = paths_text(f, t, columns, p->ncolumns);

        p->why = but_astray(f, t, paths);
        p->astray = p->why != paths;
    }
}

const ss_subject_proposal *
ss_classify_subjects(const ss_catalog *catalog, ss_ask_inclusion *ask_inclusion, void *arg,
                     ss_arena *result)
{
    ss_subject_proposal *all = ss_alloc(result, catalog->ntables + 1, sizeof *all);
    finding f = {.catalog = catalog,
                 .about = ss_classify_about(catalog, result),
                 .names = ss_alloc(result, catalog->ntables + 1, sizeof *f.names),
                 .nodes = ss_alloc(result, catalog->ntables + 1, sizeof *f.nodes),
                 .by_whole = ss_map_new(result),
                 .by_last = ss_map_new(result),
                 .by_key = ss_map_new(result),
                 .by_role = ss_map_new(result),
                 .people = ss_alloc(result, catalog->ntables + 1, sizeof *f.people),
                 .ask = ask_inclusion,
                 .arg = arg,
                 .result = result};

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        f.names[t] = name_of(&catalog->tables[t], result);
        f.nodes[t].owner = SS_NONE;
    }
    drop_prefix(&f);
    list_names(&f);
    list_users(&f);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        node *n = &f.nodes[t];

        if (!is_proposed(table))
            continue;
        n->candidates = ss_alloc(result, CANDIDATES * table->ncolumns + 1, sizeof *n->candidates);
        n->declared = ss_table_references(catalog, t, result, &n->ndeclared);
        for (size_t c = 0; c < table->ncolumns; c++)
            look_at(&f, t, c);
        n->edges = ss_alloc(result, n->ndeclared + n->ncandidates + 1, sizeof *n->edges);
    }
    list_edges(&f, false);
    find_people(&f);
    find_who_reaches(&f);
    ask_values(&f);
    list_edges(&f, true);
    find_people(&f);
    find_who_reaches(&f);
    for (size_t t = 0; t < catalog->ntables; t++)
        propose(&f, t, &all[t]);
    return all;
}
