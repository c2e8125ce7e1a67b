/* desk-suite.h - tests of lib/desk, each run on a fresh desk of both databases.
 */
#pragma once

#include "tests/lib/desk-fixture.h"

typedef struct {
  const char *name;
  void      (*run) (DeskFixture *f);
} DeskTest;

/* Runs the tests that were added to GLib's and these: as /sqlite/NAME in
 * memory, and as /mariadb/NAME on a private server, or skipped with the
 * reason.  Returns what main returns.
 */
int  desk_suite_run  (const DeskTest *tests,
                      gsize           n_tests);
