/*
 * What a sandbox is made from, as one digest: it stands in the marker of a finished NAME__next, and a
 * later run publishes that one without building it again only when its own digest is the same.
 */
#ifndef SS_RUN_INPUTS_H
#define SS_RUN_INPUTS_H

#include "load/target.h"
#include "pg/programs.h"
#include "policy/policy.h"
#include "run/source.h"

/*
 * What must match, and why:
 *
 * - the policy's bytes: they decide what may leave, and people sign them.  Only when_in_use and
 *   keep_previous do not count, which act at the publishing and are what one changes after a
 *   publishing that found the sandbox in use.  access counts: its rights are given inside NAME__next.
 * - the schema, as the archive says it in SQL, and the database's own settings and grants.
 * - which database the source is: label, server (pg/identity.h) and OID; of CSV files, the folder.
 * - the key of the pseudonyms, by its fingerprint: another one makes others.
 * - who is to be left out of a subset, by a keyed digest: a finished sandbox may hold somebody who has objected since.
 * - the sources of this program: newer ones, be it of the same version, may have mended what older ones let through.
 *
 * The rows do not count (a finished sandbox holds those of its own snapshot), nor does the seed: it is
 * secret, a digest in a comment would let it be guessed, so a run with --seed asks for no digest.
 */
ss_code ss_inputs_digest(const ss_policy *policy, const ss_programs *programs, const char *archive,
                         const ss_source *source, const ss_db_facts *facts, const char *key,
                         const char *left_out, ss_arena *result, const char **digest,
                         ss_error *err);

/* A digest of all that this program is compiled from, in hexadecimal. */
extern const char ss_build_id[];

/* The policy's text without the keys that only act at the publishing; for the digest above. */
char *ss_inputs_policy(const char *text, ss_arena *result);

#endif
