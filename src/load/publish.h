/*
 * Publishing: a finished NAME__next becomes NAME, in one transaction, or nothing changes.
 *
 * NAME -> NAME__previous and NAME__next -> NAME; the older NAME__previous goes before, and the new
 * one after unless the policy keeps it.  A rename needs a database without sessions, so sessions in
 * NAME are waited for, then terminated, or NAME__next is kept for the next run, as the policy's
 * when_in_use says.
 */
#ifndef SS_LOAD_PUBLISH_H
#define SS_LOAD_PUBLISH_H

#include "load/target.h"

/*
 * Publish.  facts: of the source, for the grants on the database; NULL: PUBLIC keeps out and only
 * access: roles are let in.  Returns SS_ERETRY when NAME stayed in use and the policy says
 * keep-next: NAME__next is then finished and stays, the next run publishes it
 * (ss_target_has_finished()); do not build again before.
 */
ss_code ss_publish(ss_target *target, const ss_policy *policy, const ss_db_facts *facts,
                   ss_error *err);

#endif
