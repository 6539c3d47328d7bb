/* The section of a policy that says which people a sandbox is about: subset:. */
#include "base/file.h"
#include "base/try.h"
#include "policy/amount.h"
#include "policy/read_internal.h"

static ss_code
read_share(const ss_reading *r, const ss_yaml *at, ss_policy_subset *s)
{
    ss_amount amount;

    SS_TRY(ss_read_rows(r, at, &s->rows));
    (void) ss_amount_parse(s->rows, &amount);
    if (amount.is_share && amount.share > 100)
        return ss_yaml_fail(r->file, at, r->err,
                            "the rows of a subset are 100%% at most: they are the source's own");
    return SS_OK;
}

ss_code
ss_read_subset(const ss_reading *r, const ss_yaml *map, const char *folder)
{
    static const char *const keys[] = {"of", "rows", "where", "leave_out"};
    ss_policy_subset *s = ss_alloc(r->result, 1, sizeof *s);
    const ss_yaml *at;
    const char *text;

    SS_TRY(ss_read_known_keys(r, map, "subset", keys, SS_NWORDS(keys)));
    s->place = ss_read_place(r, map);
    if ((at = ss_yaml_get(map, "of")) == NULL)
        return ss_yaml_fail(r->file, map, r->err,
                            "subset needs of: the table of the people to choose from, as "
                            "schema.table");
    SS_TRY(ss_read_scalar(r, at, "of", &s->of));
    if ((at = ss_yaml_get(map, "rows")) != NULL)
        SS_TRY(read_share(r, at, s));
    if ((at = ss_yaml_get(map, "where")) != NULL)
        SS_TRY(ss_read_scalar(r, at, "where", &s->where));
    if ((at = ss_yaml_get(map, "leave_out")) != NULL)
    {
        SS_TRY(ss_read_scalar(r, at, "leave_out", &text));
        s->leave_out = ss_path_absolute(r->result, ss_path_join(r->result, folder, text));
    }
    if (s->rows == NULL && s->where == NULL && s->leave_out == NULL)
        return ss_yaml_fail(r->file, map, r->err,
                            "subset needs one or more of rows:, where: and leave_out:");
    r->p->subset = s;
    return SS_OK;
}
