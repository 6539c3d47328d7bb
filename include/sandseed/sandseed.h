/* libsandseed: everything at once. */
#ifndef SANDSEED_SANDSEED_H
#define SANDSEED_SANDSEED_H

#include <sandseed/commands.h>
#include <sandseed/error.h>
#include <sandseed/finding.h>
#include <sandseed/result.h>
#include <sandseed/watch.h>

#endif
