/* id.h - row ids that any process can make without asking, and their text.
 *
 * 41 bits of milliseconds since 2024-01-01 UTC over 22 bits of a counter that
 * starts at random in each process: ids grow with time (good for the index),
 * last until 2093, and two processes meet only if they hit the same counter
 * value in the same millisecond; the primary key then refuses one and the
 * transaction is run again.  Never 0, never negative.
 */
#pragma once

#include <glib.h>

#define PD_ID_TEXT_SIZE 14 /* 13 characters and the end */

/* A fresh id.  Thread-safe. */
gint64    pd_id_new     (void);

/* An id that is smaller than all that are made from `time` (microseconds) on,
 * and larger than those made a millisecond before it: ids stand for times in
 * searches.
 */
gint64    pd_id_since   (gint64 time);

/* Writes an id in Crockford's base 32, 13 characters, capitals; people read
 * it in logs and commands.  Returns `text`.
 */
char     *pd_id_format  (gint64 id,
                         char   text[PD_ID_TEXT_SIZE]);

/* The same, in a string of its own; the caller frees. */
char     *pd_id_dup     (gint64 id);

/* Reads what pd_id_format wrote; small letters, and I, L, O for 1, 1, 0, are
 * taken too.  FALSE with *out_id = 0 when it is no id.
 */
gboolean  pd_id_parse   (const char *text,
                         gint64     *out_id);
