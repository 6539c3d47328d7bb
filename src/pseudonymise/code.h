/* For kinds only: what the kind "code" does with a text, for kinds that are codes in part. */
#ifndef SS_PSEUDONYMISE_CODE_H
#define SS_PSEUDONYMISE_CODE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Puts another text of the same form into its place, by a keyed bijection of all texts of the form; state: of
 * ss_kind_code.open().  false: it has no form, and is as it was.
 */
bool ss_code_permute(void *state, unsigned char *text, size_t n);

#endif
