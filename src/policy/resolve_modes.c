/* The policy held against a catalog: where modes meet at foreign keys (docs/policy.md section 4). */
#include "base/text.h"
#include "policy/resolve_internal.h"

typedef enum meeting
{
    FITS,       /* as it is, by the model, by the same link group */
    NULLS,      /* the child's columns are null */
    SAID_NULLS, /* likewise, and the policy must say so: real references would be lost */
    ONLY_NULLS, /* only if they are null already */
    KEPT,       /* the child's columns are kept, as the parent's are */
    LINKED,     /* the child's columns join the parent's link group */
    REFUSED,
} meeting;

static const meeting meetings[][4] = {
    /* [child][parent] */
    [SS_MODE_SYNTHESISE] = {FITS, FITS, FITS, NULLS},
    [SS_MODE_PSEUDONYMISE] = {SAID_NULLS, FITS, KEPT, SAID_NULLS},
    [SS_MODE_KEEP] = {REFUSED, LINKED, FITS, ONLY_NULLS},
    [SS_MODE_EMPTY] = {FITS, FITS, FITS, FITS},
};

/* A test of one column of a foreign key. */
typedef bool column_test(const ss_resolving *r, const ss_column *column, const ss_decision *d);

static bool
nullable(const ss_resolving *r, const ss_column *column, const ss_decision *d)
{
    (void) d;
    return ss_policy_nullable(r->catalog, column);
}

static bool
nullified(const ss_resolving *r, const ss_column *column, const ss_decision *d)
{
    return nullable(r, column, d) && d->treatment == SS_TREAT_NULLIFY;
}

/* By the server's own statistics; if they err, the foreign key will not hold and nothing is published. */
static bool
is_null(const ss_resolving *r, const ss_column *column, const ss_decision *d)
{
    return nullable(r, column, d) && column->null_frac >= 1;
}

/* One NULL makes a reference refer to nothing; with MATCH FULL all of them do. */
static bool
refers_to_nothing(const ss_resolving *r, const ss_foreign_key *fk, column_test *test)
{
    const ss_table *child = &r->catalog->tables[fk->table];
    size_t n = 0;

    for (size_t c = 0; c < child->ncolumns; c++)
    {
        for (size_t i = 0; i < fk->ncolumns; i++)
            n += child->columns[c].attnum == fk->attnums[i] &&
                 test(r, &child->columns[c], &r->tables[fk->table].columns[c]);
    }
    return fk->match == 'f' ? n == fk->ncolumns : n > 0;
}

static ss_mode
mode_of_root(const ss_resolving *r, size_t table)
{
    const ss_table *root = ss_table_root(r->catalog, &r->catalog->tables[table]);

    return r->tables[ss_catalog_index(r->catalog, root)].mode;
}

/* Are some of the key's columns nullified, and others not? */
static bool
is_half_nullified(const ss_resolving *r, const ss_foreign_key *fk)
{
    const ss_table *child = &r->catalog->tables[fk->table];
    size_t n = 0;

    for (size_t i = 0; i < fk->ncolumns; i++)
    {
        const size_t c = ss_table_index(child, fk->attnums[i]);

        n += c != SS_NONE && r->tables[fk->table].columns[c].treatment == SS_TREAT_NULLIFY;
    }
    return n > 0 && n < fk->ncolumns;
}

/* Does another foreign key of the table lead from the column to a table of that mode? */
static bool
also_leads_to(const ss_resolving *r, const ss_table *child, int16_t attnum, ss_mode mode)
{
    for (size_t i = 0; i < child->nforeign_keys; i++)
    {
        const ss_foreign_key *fk = &r->catalog->foreign_keys[child->foreign_keys[i]];

        if (mode_of_root(r, fk->parent) == mode &&
            ss_attnums_hold(fk->attnums, fk->ncolumns, attnum))
            return true;
    }
    return false;
}

/* The columns of the foreign key take what the parent's have. */
static void
follow_parent(ss_resolving *r, const ss_foreign_key *fk, ss_treatment treatment, ss_mode other,
              const ss_place *place)
{
    const ss_table *child = &r->catalog->tables[fk->table];

    for (size_t c = 0; c < child->ncolumns; c++)
    {
        const int16_t attnum = child->columns[c].attnum;

        if (!ss_attnums_hold(fk->attnums, fk->ncolumns, attnum) ||
            r->decisions[fk->table][c].treatment == SS_TREAT_NULLIFY)
            continue;
        if (also_leads_to(r, child, attnum, other))
            STOP(CUT_LINK, ss_resolve_label(r, child, child->columns[c].name), place,
                 "give the tables that it refers to one mode",
                 "one of its foreign keys leads to a kept table, another to a pseudonymised one");
        r->decisions[fk->table][c].treatment = treatment;
    }
}

void
ss_resolve_foreign_key(ss_resolving *r, const ss_foreign_key *fk)
{
    const ss_table *child = &r->catalog->tables[fk->table],
                   *parent = &r->catalog->tables[fk->parent];
    const ss_mode c = r->tables[fk->table].mode, p = mode_of_root(r, fk->parent);
    const ss_place *place = r->entries[fk->table] == NULL ? NULL : &r->entries[fk->table]->place;
    const char *name = ss_printable(r->result, fk->name);
    const char *holds = p == SS_MODE_EMPTY ? "is empty" : "holds invented rows";

    if (child->is_partition || fk->inherited || child->kind == SS_TABLE_FOREIGN)
        return;
    if (fk->match == 'f' && c != SS_MODE_KEEP && c != SS_MODE_EMPTY && is_half_nullified(r, fk))
        STOP(CUT_LINK, child->label, place, "nullify all of its columns, or none",
             "foreign key \"%s\" is MATCH FULL, and a part of its columns is nullified", name);
    switch (meetings[c][p])
    {
    case FITS:
        return;
    case NULLS:
        if (!refers_to_nothing(r, fk, nullable))
            STOP(CUT_LINK, child->label, place, "make this table empty, or give the parent rows",
                 "foreign key \"%s\" is NOT NULL and the parent %s %s", name, parent->label, holds);
        return;
    case SAID_NULLS:
        if (!refers_to_nothing(r, fk, nullable))
            STOP(CUT_LINK, child->label, place,
                 p == SS_MODE_EMPTY ? "make this table empty, or give the parent rows"
                                    : "pseudonymise the parent too, or synthesise this table",
                 "foreign key \"%s\" is NOT NULL and the parent %s %s", name, parent->label, holds);
        else if (!refers_to_nothing(r, fk, nullified))
            STOP(CUT_LINK, child->label, place, "give its column treatment: nullify",
                 "foreign key \"%s\": the parent %s %s, so its references would be lost", name,
                 parent->label, holds);
        return;
    case ONLY_NULLS:
        if (!refers_to_nothing(r, fk, is_null))
            STOP(CUT_LINK, child->label, place, "keep the parent too, or make this table empty",
                 "foreign key \"%s\": the parent %s is empty", name, parent->label);
        return;
    case KEPT:
        follow_parent(r, fk, SS_TREAT_KEEP, SS_MODE_PSEUDONYMISE, place);
        return;
    case LINKED:
        follow_parent(r, fk, SS_TREAT_PSEUDONYMISE, SS_MODE_KEEP, place);
        return;
    case REFUSED:
        STOP(CUT_LINK, child->label, place, "synthesise this table too, or keep the parent",
             "foreign key \"%s\": kept rows cannot point to the invented rows of %s", name,
             parent->label);
        return;
    }
}
