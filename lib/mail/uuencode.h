/* uuencode.h - files in the text of a mail, as programs sent them before MIME;
 * not installed.
 *
 *     begin 644 name
 *     #0V%T
 *     `
 *     end
 */
#pragma once

#include <glib.h>

#include "mail/part-code.h"

#define PD_UU_MAX_BLOCKS 200 /* that are looked for in one text */

typedef struct {
  gsize begin;      /* of the "begin" line */
  gsize data, stop; /* of the lines with data */
  gsize end;        /* behind the "end" line, or where the data ends without one */
  char  name[256];  /* as it stands, "" if none */
} PdUuBlock;

/* Finds the next block at or behind `from`.  A "begin" line counts only if a
 * line of data or the end of a block follows it.
 */
gboolean  pd_uu_next    (const char *text,
                         gsize       length,
                         gsize       from,
                         PdUuBlock  *block);

/* Decodes lines of data up to the end or to a line that is none. */
void      pd_uu_decode  (const char *lines,
                         gsize       length,
                         PdCodeSink  sink,
                         gpointer    data);
