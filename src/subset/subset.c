#include "subset/subset.h"

#include <string.h>

#include "base/try.h"
#include "pg/pg.h"
#include "policy/ways.h"
#include "subset/subset_internal.h"

#define VERSION "1" /* of how people are chosen: another one chooses others */

ss_code
ss_subset_use_key(const ss_plan *plan, ss_key_room *keys, const char *use,
                  const unsigned char **key, ss_error *err)
{
    return ss_key_room_use(keys, plan->catalog->tables[plan->subset->of].label, "subset", VERSION,
                           use, key, err);
}

static void
add_member(ss_subset *s, size_t table)
{
    const ss_catalog *catalog = s->plan->catalog;
    const ss_table *of = &catalog->tables[table];
    const size_t root = ss_catalog_index(catalog, ss_table_root(catalog, of));
    const ss_subset_table *t = &s->subset->tables[root];

    s->member_of[table] = SS_NONE;
    if (t->part == SS_SUBSET_ALL || !ss_table_has_rows(of))
        return;
    s->member_of[table] = s->nmembers;
    s->members[s->nmembers++] =
        (ss_member){.in = s,
                    .table = table,
                    .of = of,
                    .subset = t,
                    .root = root,
                    .width = 1 + t->nkeys + t->nedges + (t->part == SS_SUBSET_CHOSEN),
                    .arena = ss_arena_new(s->arena)};
}

static void
order_members(ss_subset *s)
{
    const ss_catalog *catalog = s->plan->catalog;
    size_t *tables = ss_alloc(s->arena, catalog->ntables + 1, sizeof *tables), at = 0;
    bool *seen = ss_alloc(s->arena, catalog->ntables + 1, sizeof *seen);

    s->order = ss_alloc(s->arena, s->nmembers + 1, sizeof *s->order);
    ss_catalog_parents_first(catalog, tables, s->arena);
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const size_t root =
            ss_catalog_index(catalog, ss_table_root(catalog, &catalog->tables[tables[i]]));
        const ss_subset_table *t = &s->subset->tables[root];

        for (size_t e = 0; e < t->nedges; e++)
            s->circular = s->circular || t->edges[e].reference->parent == root ||
                          !seen[t->edges[e].reference->parent];
        if (s->member_of[tables[i]] != SS_NONE)
            s->order[at++] = s->member_of[tables[i]];
        seen[root] = true;
    }
}

/* Nobody but a row asked for is out by now. */
static size_t
count_out(const ss_subset *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->nmembers; i++)
    {
        for (uint64_t r = 0; r < s->members[i].n; r++)
            n += (ss_member_row(&s->members[i], r)[0] & SS_ROW_OUT) != 0;
    }
    return n;
}

ss_code
ss_subset_choose(const ss_plan *plan, const ss_subset_options *options, ss_arena *arena,
                 ss_subset **subset, ss_error *err)
{
    const size_t n = plan->catalog->ntables;
    ss_subset *s = ss_alloc(arena, 1, sizeof *s);
    ss_subset_options *own = ss_alloc(arena, 1, sizeof *own);
    ss_person *asked;

    *own = *options;

    *s = (ss_subset){.plan = plan,
                     .subset = plan->subset,
                     .options = own,
                     .arena = arena,
                     .spill = ss_spill_new(arena, options->folder),
                     .members = ss_alloc(arena, n + 1, sizeof *s->members),
                     .member_of = ss_alloc(arena, n + 1, sizeof *s->member_of),
                     .lookups = ss_alloc(arena, n + 1, sizeof *s->lookups)};
    for (size_t t = 0; t < n; t++)
        add_member(s, t);
    order_members(s);
    SS_TRY(ss_subset_use_key(plan, options->keys, "choose", &s->key, err));
    SS_TRY(ss_subset_read_asked(s, &asked, &s->asked, err));
    SS_TRY(ss_subset_scan(s, asked, s->asked, err));
    s->unknown = s->asked - (s->asked == 0 ? 0 : count_out(s));
    SS_TRY(ss_members_index(s, err));
    SS_TRY(ss_subset_close(s, err));
    *subset = s;
    return SS_OK;
}

const ss_row_choice *
ss_subset_rows(const ss_subset *s, size_t table)
{
    const ss_member *m = s->member_of[table] == SS_NONE ? NULL : &s->members[s->member_of[table]];

    return m == NULL || m->whole ? NULL : &m->choice;
}

bool
ss_subset_count(const ss_subset *s, size_t table, ss_subset_counts *counts)
{
    *counts = (ss_subset_counts){0};
    for (size_t i = 0; i < s->nmembers; i++)
    {
        const ss_member *m = &s->members[i];

        if (m->root != table)
            continue;
        counts->source += m->counts.source;
        counts->taken += m->counts.taken;
        counts->needed += m->counts.needed;
        counts->left_out += m->counts.left_out;
        counts->cut += m->counts.cut;
    }
    return s->subset->tables[table].part != SS_SUBSET_ALL;
}

void
ss_subset_asked(const ss_subset *s, size_t *lines, size_t *unknown)
{
    *lines = s->asked;
    *unknown = s->unknown;
}

/* The snapshot outlives the refusal; what is wrong with the statement is wrong with the condition. */
static ss_code
not_taken(ss_snapshot *snapshot, ss_error *err)
{
    static const char *const classes[] = {"42", "22", "21", "0A"}; /* of SQLSTATE */
    const ss_error refusal = *err;

    if (ss_pg_exec(ss_snapshot_pg(snapshot), "ROLLBACK TO SAVEPOINT sandseed_condition", err) !=
        SS_OK)
        return err->code;
    *err = refusal;
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
    {
        if (strncmp(refusal.sqlstate, classes[i], 2) != 0)
            continue;
        *err = (ss_error){0};
        (void) ss_fail(err, SS_EMEND, "subset: the source does not take the condition where:");
        memcpy(err->sqlstate, refusal.sqlstate, sizeof err->sqlstate);
    }
    return err->code;
}

ss_code
ss_subset_try_condition(const ss_plan *plan, ss_snapshot *snapshot, ss_arena *scratch,
                        ss_error *err)
{
    const char *where = plan->subset == NULL ? NULL : plan->subset->policy->where;
    const ss_table *of;
    ss_pg_result *result;
    ss_code code;

    if (where == NULL)
        return SS_OK;
    of = &plan->catalog->tables[plan->subset->of];
    /* One statement that reads nothing; a savepoint, since the snapshot must outlive its refusal. */
    SS_TRY(ss_pg_exec(ss_snapshot_pg(snapshot), "SAVEPOINT sandseed_condition", err));
    code = ss_pg_query(ss_snapshot_pg(snapshot), scratch,
                       ss_strf(scratch, "SELECT (%s\n)::pg_catalog.bool FROM %s AS t WHERE false",
                               where, ss_way_from(of, scratch)),
                       0, NULL, &result, err);
    if (code != SS_OK)
        return not_taken(snapshot, err);
    return ss_pg_exec(ss_snapshot_pg(snapshot), "RELEASE SAVEPOINT sandseed_condition", err);
}
