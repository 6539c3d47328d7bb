#include "run/subjects.h"

#include "base/text.h"
#include "base/try.h"
#include "classify/included.h"
#include "classify/subjects.h"

#define NAMED 6 /* tables of people */

ss_code
ss_look_at_subjects(const ss_options *o, const ss_source *source, const ss_watch *watch,
                    ss_arena *arena, const ss_subject_proposal **subjects, ss_error *err)
{
    ss_included *included;

    if (o->no_rows)
    {
        *subjects = ss_classify_subjects(source->catalog, NULL, NULL, arena);
        return SS_OK;
    }
    SS_TRY(ss_included_open(source->catalog, &source->endpoint, watch, arena, &included, err));
    *subjects = ss_classify_subjects(source->catalog, ss_included_ask, included, arena);
    return ss_included_close(included, err);
}

void
ss_subjects_text(const ss_catalog *catalog, const ss_subject_proposal *subjects,
                 const char *const *empty_why, ss_arena *arena, ss_buf *out)
{
    size_t people = 0, lead = 0, soft = 0;
    ss_buf names = {0};

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_subject_proposal *s = &subjects[t];

        if (empty_why[t] != NULL)
            continue;
        if (s->self && people++ < NAMED)
            ss_buf_printf(&names, "%s%s", names.len == 0 ? "" : ", ",
                          ss_printable(arena, catalog->tables[t].label));
        lead += s->ncolumns > 0;
        for (size_t i = 0; i < s->nsoft; i++)
            soft += s->soft[i].references != NULL;
    }
    if (people == 0)
        ss_buf_puts(out, "No table looks like one of people: say subject: self where one is.\n");
    else
    {
        ss_buf_printf(out, "People: %s", ss_buf_text(&names));
        if (people > NAMED)
            ss_buf_printf(out, " and %zu more", people - NAMED);
        ss_buf_printf(out, "; %zu table%s to them", lead, lead == 1 ? " leads" : "s lead");
        if (soft > 0)
            ss_buf_printf(out, ", %zu column%s by no declared key", soft, soft == 1 ? "" : "s");
        ss_buf_puts(out, ".\n");
    }
    ss_buf_done(&names);
}

json_t *
ss_subjects_json(const ss_catalog *catalog, const ss_subject_proposal *subjects)
{
    json_t *list = json_array();

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        const ss_subject_proposal *s = &subjects[t];
        json_t *columns = json_array(), *references = json_object();

        for (size_t i = 0; i < s->ncolumns; i++)
            (void) json_array_append_new(columns, json_string(table->columns[s->columns[i]].name));
        for (size_t i = 0; i < s->nsoft; i++)
        {
            if (s->soft[i].references != NULL)
                (void) json_object_set_new(references, table->columns[s->soft[i].column].name,
                                           json_string(s->soft[i].references));
        }
        if (!s->self && s->ncolumns == 0)
        {
            json_decref(columns);
            json_decref(references);
            continue;
        }
        (void) json_array_append_new(
            list, json_pack("{s:s, s:b, s:o, s:o, s:s?}", "table", table->label, "self", s->self,
                            "columns", columns, "references", references, "why", s->why));
    }
    return list;
}
