/* byte-cursor.h - little-endian numbers and runs of octets taken from hostile
 * bytes; not installed.
 *
 * A read past the end gives 0 or NULL and sets `bad`, which stays set, so that
 * a reader may take several things and look once.
 */
#pragma once

#include <glib.h>

typedef struct {
  const guint8 *at;
  const guint8 *end;
  gboolean bad;
} PdCursor;

static inline gsize
pd_cursor_left (const PdCursor *cursor)
{
  return (gsize)(cursor->end - cursor->at);
}

/* The next `length` octets, lent; NULL if there are fewer. */
static inline const guint8 *
pd_cursor_take (PdCursor *cursor, gsize length)
{
  const guint8 *bytes = cursor->at;

  if (length > pd_cursor_left (cursor))
    {
      cursor->bad = TRUE;
      cursor->at = cursor->end;
      return NULL;
    }
  cursor->at += length;
  return bytes;
}

static inline guint16
pd_cursor_u16 (PdCursor *cursor)
{
  const guint8 *b = pd_cursor_take (cursor, 2);

  return b == NULL ? 0 : (guint16)(b[0] | b[1] << 8);
}

static inline guint32
pd_cursor_u32 (PdCursor *cursor)
{
  const guint8 *b = pd_cursor_take (cursor, 4);

  return b == NULL ? 0 : b[0] | (guint32)b[1] << 8 | (guint32)b[2] << 16 | (guint32)b[3] << 24;
}
