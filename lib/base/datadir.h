/* datadir.h - where the files lie that are installed beside the programs. */
#pragma once

#include <glib.h>

/* A folder of data files: below $PD_SRCDIR if that is set (tests set it), else
 * of the tree in which the running program was built, else the installed one.
 *
 * folder    "templates"
 * known     a file that is always in it, by which a tree is known
 * Returns   a path, whether or not it is there
 */
char  *pd_datadir_find  (const char *folder,
                         const char *known);
