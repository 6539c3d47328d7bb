/* What every unit test includes: cmocka in the order it wants. */
#ifndef SS_TESTS_CHECK_H
#define SS_TESTS_CHECK_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#endif
