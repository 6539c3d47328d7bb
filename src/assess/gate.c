#include "assess/gate.h"

#include "base/buf.h"

ss_gate
ss_gate_begin(const char *name)
{
    return (ss_gate){.name = name, .passed = true};
}

void
ss_gate_fail(ss_gate *gate, ss_arena *arena, const char *object, const char *text)
{
    gate->passed = false;
    gate->nfailures++;
    if (gate->nevidence >= SS_GATE_EVIDENCE_MAX)
        return;
    gate->evidence =
        ss_grow(arena, gate->evidence, gate->nevidence, &gate->capacity, sizeof *gate->evidence);
    gate->evidence[gate->nevidence++] =
        (ss_evidence){ss_strdup(arena, object), ss_strdup(arena, text)};
}

ss_code
ss_gates_verdict(const ss_gate *gates, size_t n, ss_error *err)
{
    size_t failed = 0;
    const ss_gate *first = NULL;
    for (size_t i = 0; i < n; i++)
    {
        if (gates[i].passed)
            continue;
        failed++;
        if (first == NULL)
            first = &gates[i];
    }
    if (failed == 0)
        return SS_OK;
    if (first->nevidence == 0)
        ss_fail(err, SS_EGATE, "gate \"%s\" failed", first->name);
    else
        ss_fail(err, SS_EGATE, "gate \"%s\" failed: %s: %s%s", first->name,
                first->evidence[0].object, first->evidence[0].text,
                first->nfailures > 1 ? " (the first of several)" : "");
    for (size_t i = 0; i < n; i++)
    {
        if (!gates[i].passed && &gates[i] != first)
            ss_note(err, "gate \"%s\" failed too, %zu times", gates[i].name, gates[i].nfailures);
    }
    return ss_hint(err, "Nothing was published; the report lists what the gates found.");
}
