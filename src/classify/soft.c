/* References that nobody declared, by what columns and tables are called; whether values bear them out, subjects.c asks. */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "catalog/people.h"
#include "classify/recogniser.h"
#include "classify/subjects_internal.h"

#define PREFIXED 4 /* tables that begin alike */

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

/* --- names -------------------------------------------------------------------------------------- */

const char *
ss_soft_join(const ss_words *words, size_t from, size_t to, ss_arena *result)
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

ss_words
ss_soft_stem(const ss_words *words, ss_arena *result)
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

ss_words
ss_soft_name(const ss_table *table, ss_arena *result)
{
    ss_words words = ss_words_of(table->name, result);

    while (words.n > 1 && ss_words_find(&(ss_words){words.list + words.n - 1, 1},
                                        "entity|entities|table|tbl|tab|master|mst|base")
                                  .n > 0)
        words.n--;
    return words;
}

void
ss_soft_drop_prefix(ss_subjects *f)
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
remember_as(ss_subjects *f, ss_map *map, const char *name, size_t table)
{
    ss_namesakes *n = ss_map_get(map, name);

    if (n == NULL)
    {
        n = ss_alloc(f->result, 1, sizeof *n);
        (void) ss_map_put(map, name, n);
    }
    if (n->n < SS_NAMESAKES && (n->n == 0 || n->tables[n->n - 1] != table))
        n->tables[n->n++] = table;
}

/* Where each tenant has a schema, there are hundreds of one name. */
static const char *
in_schema(const ss_subjects *f, const char *name, size_t table)
{
    return ss_strf(f->result, "%s/%s", name, f->catalog->tables[table].schema);
}

static void
remember(ss_subjects *f, ss_map *map, const char *name, size_t table)
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
call(ss_subjects *f, ss_map *map, const char *name, size_t table)
{
    ss_subject_node *n = &f->nodes[table];

    assert(n->nnames < SS_CALLED);
    n->names[n->nnames++] = name;
    remember(f, map, name, table);
}

/* Under its name, and what may be the singular of it in the languages that names are in. */
static void
remember_name(ss_subjects *f, ss_map *map, const char *name, size_t table)
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

bool
ss_soft_is_proposed(const ss_table *table)
{
    return !table->is_partition && table->extension == NULL && table->kind != SS_TABLE_FOREIGN;
}

size_t
ss_soft_key_column(const ss_table *table, size_t n)
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

void
ss_soft_list_names(ss_subjects *f)
{
    for (size_t t = 0; t < f->catalog->ntables; t++)
    {
        const ss_table *table = &f->catalog->tables[t];
        const ss_words *name = &f->names[t];
        const ss_about *about = &f->about[t];
        ss_subject_node *n = &f->nodes[t];

        if (!ss_soft_is_proposed(table) || name->n == 0)
            continue;
        n->people = (ss_people_are(name) || (about->given_name && about->birth)) &&
                    ss_words_find(name, NOT_ALL).n == 0;
        if (n->people)
            f->people[f->npeople++] = t;
        remember_name(f, f->by_whole, ss_soft_join(name, 0, name->n, f->result), t);
        remember_name(f, f->by_last, name->list[name->n - 1], t);
        for (size_t k = 0, c; (c = ss_soft_key_column(table, k)) != SS_NONE; k++)
            remember(f, f->by_key, ss_soft_join(&about->names[c], 0, about->names[c].n, f->result),
                     t);
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

bool
ss_soft_is_named(const ss_subjects *f, const char *name, size_t table)
{
    const ss_subject_node *n = &f->nodes[table];

    for (size_t i = 0; i < n->nnames; i++)
    {
        if (strcmp(n->names[i], name) == 0)
            return true;
    }
    return false;
}

/* A key that is named for another table than its own: user_id of a table of devices, for what is no user_id. */
static bool
is_of_another(const ss_subjects *f, size_t parent, size_t key, const ss_column *column)
{
    const ss_words stem = ss_soft_stem(&f->about[parent].names[key], f->result);

    return stem.n > 0 && stem.n < f->about[parent].names[key].n &&
           strcmp(f->catalog->tables[parent].columns[key].name, column->name) != 0 &&
           !ss_soft_is_named(f, ss_soft_join(&stem, 0, stem.n, f->result), parent) &&
           !ss_soft_is_named(f, stem.list[stem.n - 1], parent);
}

/* The key of the parent that the column may refer to: of its own name, of its kind (no, uuid), the primary one. */
static size_t
find_key(const ss_subjects *f, size_t t, size_t column, size_t parent)
{
    const ss_catalog *catalog = f->catalog;
    const ss_table *of = &catalog->tables[parent];
    const ss_words *name = &f->about[t].names[column];
    size_t best = SS_NONE;
    int most = 0;

    for (size_t k = 0, c; (c = ss_soft_key_column(of, k)) != SS_NONE; k++)
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
rank_of(const ss_subjects *f, size_t t, const ss_candidate *c)
{
    const ss_table *tables = f->catalog->tables;

    return 4 * (int) c->strength + 2 * f->nodes[c->parent].people +
           (strcmp(tables[c->parent].schema, tables[t].schema) == 0);
}

/* Of one table inherits the other its rows and keys. */
static bool
inherits(const ss_subjects *f, size_t t, size_t parent)
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
add_candidate(ss_subjects *f, size_t t, size_t column, size_t parent, ss_named_by strength)
{
    ss_subject_node *n = &f->nodes[t];
    ss_candidate new = {.column = column, .parent = parent, .strength = strength};
    size_t first = n->ncandidates, at;

    while (first > 0 && n->candidates[first - 1].column == column)
        first--;
    for (size_t i = first; i < n->ncandidates; i++)
    {
        if (n->candidates[i].parent == parent)
            return;
    }
    if (parent == t || inherits(f, t, parent) ||
        (n->ncandidates - first == SS_CANDIDATES &&
         rank_of(f, t, &new) <= rank_of(f, t, &n->candidates[n->ncandidates - 1])))
        return;
    new.key = find_key(f, t, column, parent);
    if (new.key == SS_NONE)
        return;
    at = n->ncandidates - first == SS_CANDIDATES ? n->ncandidates - 1 : n->ncandidates++;
    for (; at > first && rank_of(f, t, &new) > rank_of(f, t, &n->candidates[at - 1]); at--)
        n->candidates[at] = n->candidates[at - 1];
    n->candidates[at] = new;
}

/*
 * Those that a name is of.  whole: it is all that the column's name says; else its last words, of somebody or something
 * in a role.
 */
static void
add_called(ss_subjects *f, size_t t, size_t column, const char *name, bool whole)
{
    const ss_namesakes *of = ss_map_get(f->by_whole, name), *last = ss_map_get(f->by_last, name);

    for (size_t i = 0; of != NULL && i < of->n; i++)
        add_candidate(f, t, column, of->tables[i], whole ? SS_NAMED_EXACT : SS_NAMED_BY_LAST);
    for (size_t i = 0; last != NULL && i < last->n; i++)
    {
        const ss_words *words = &f->names[last->tables[i]];
        const bool prefixed =
            words->n == 2 && ss_words_find(&(ss_words){words->list, 1}, PREFIXES).n > 0;

        add_candidate(f, t, column, last->tables[i],
                      !prefixed ? SS_NAMED_BY_PART
                      : whole   ? SS_NAMED_BY_NAME
                                : SS_NAMED_BY_LAST);
    }
}

/* Of the schema's own, however many there are elsewhere, and of all. */
static void
add_namesakes(ss_subjects *f, size_t t, size_t column, const char *name, bool whole)
{
    add_called(f, t, column, in_schema(f, name, t), whole);
    add_called(f, t, column, name, whole);
}

static void
add_key_of_name(ss_subjects *f, size_t t, size_t column, const char *name, const char *last)
{
    const ss_namesakes *n = ss_map_get(f->by_key, name);

    for (size_t i = 0; n != NULL && i < n->n; i++)
    {
        if (f->nodes[n->tables[i]].people)
            add_candidate(f, t, column, n->tables[i], SS_NAMED_BY_NAME);
        else if (ss_soft_is_named(f, last, n->tables[i]))
            add_candidate(f, t, column, n->tables[i], SS_NAMED_BY_PART);
    }
}

/* By the name of a key elsewhere: customer_no, where customer has such a column. */
static void
add_keys_of_name(ss_subjects *f, size_t t, size_t column, const ss_words *stem)
{
    const ss_words *words = &f->about[t].names[column];
    const char *name = ss_soft_join(words, 0, words->n, f->result);

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

void
ss_soft_list_users(ss_subjects *f)
{
    for (size_t i = 0; i < f->npeople; i++)
    {
        size_t k = 0;

        while (ss_words_find(&f->names[f->people[i]], users[k]).n == 0 && k + 1 < ROLES)
            k++;
        remember(f, f->by_role, roles[k], f->people[i]);
    }
}

/* Of the schema's own, or of elsewhere.  left: how many more are thought of */
static void
add_users(ss_subjects *f, size_t t, size_t column, const char *role, bool own, size_t *left)
{
    const ss_table *tables = f->catalog->tables;
    const ss_namesakes *n = ss_map_get(f->by_role, own ? in_schema(f, role, t) : role);

    for (size_t i = 0; n != NULL && i < n->n; i++)
    {
        if (*left == 0 || (!own && strcmp(tables[n->tables[i]].schema, tables[t].schema) == 0))
            continue;
        add_candidate(f, t, column, n->tables[i], SS_NAMED_BY_ROLE);
        (*left)--;
    }
}

void
ss_soft_look_at(ss_subjects *f, size_t t, size_t c)
{
    const ss_table *table = &f->catalog->tables[t];
    const ss_column *column = &table->columns[c];
    const ss_words *name = &f->about[t].names[c];
    ss_subject_node *n = &f->nodes[t];
    const char *full, *which;
    ss_words stem;
    bool bare;

    if (!ss_people_key_type(f->catalog, column->type) || column->generated != SS_GENERATED_NOT ||
        ss_references_hold(n->declared, n->ndeclared, c))
        return;
    stem = ss_soft_stem(name, f->result);
    if (stem.n == 0)
        return;
    /* "customer" alone is a key only of a table of that name, and where it is of a type that keys have. */
    bare = stem.n == name->n && stem.list[stem.n - 1] == name->list[name->n - 1];
    if (bare && ss_recogniser_letter(f->catalog, column->type) == 't')
        return;
    full = ss_soft_join(&stem, 0, stem.n, f->result);
    /* Its own key. */
    if (ss_soft_is_named(f, full, t) && ss_key_is_alone(table, column))
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
               n->candidates[n->ncandidates - 1].strength < SS_NAMED_BY_NAME)
            n->ncandidates--;
        if (!ss_people_are_doing(name))
            return;
    }
    if (!bare && stem.n > 1)
    {
        add_namesakes(f, t, c, ss_soft_join(&stem, stem.n - 2, stem.n, f->result), false);
        add_namesakes(f, t, c, stem.list[stem.n - 1], false);
    }
    if (!bare)
        add_keys_of_name(f, t, c, &stem);
    if (!ss_people_are_doing(name))
        return;
    for (size_t k = 0, left = SS_CANDIDATES; k < ROLES; k++)
    {
        add_users(f, t, c, roles[k], true, &left);
        add_users(f, t, c, roles[k], false, &left);
    }
}
