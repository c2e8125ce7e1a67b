#include <string.h>

#include "mail/byte-cursor.h"
#include "mail/rtf.h"

#define MAGIC_PACKED 0x75465A4C /* "LZFu" */
#define MAGIC_PLAIN 0x414C454D  /* "MELA" */
#define WINDOW 4096             /* octets that a reference can reach back */

/* What both sides have in the window before the first octet (MS-OXRTFCP 2.1.2.1). */
static const char begin[]
    = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
      "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
      "\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

G_STATIC_ASSERT (sizeof begin - 1 == 207);

typedef struct {
  guint8 window[WINDOW];
  guint at; /* where the next octet goes */
  GByteArray *out;
} Unpacker;

static void
put (Unpacker *unpacker, guint8 octet)
{
  unpacker->window[unpacker->at] = octet;
  unpacker->at = (unpacker->at + 1) % WINDOW;
  g_byte_array_append (unpacker->out, &octet, 1);
}

/* FALSE at the end: a reference to the place where the next octet would go. */
static gboolean
copy (Unpacker *unpacker, PdCursor *cursor)
{
  const guint8 *pair = pd_cursor_take (cursor, 2);
  guint from, length;

  if (pair == NULL)
    return FALSE;
  from = (guint)pair[0] << 4 | pair[1] >> 4;
  length = (pair[1] & 15u) + 2;
  if (from == unpacker->at)
    return FALSE;
  for (guint i = 0; i < length; i++)
    put (unpacker, unpacker->window[(from + i) % WINDOW]);
  return TRUE;
}

static void
unpack (Unpacker *unpacker, PdCursor *cursor, gsize max)
{
  while (unpacker->out->len < max)
    {
      const guint8 *flags = pd_cursor_take (cursor, 1);

      for (guint bit = 0; flags != NULL && bit < 8; bit++)
        {
          const guint8 *octet;

          if ((*flags & 1u << bit) != 0)
            {
              if (!copy (unpacker, cursor))
                return;
              continue;
            }
          octet = pd_cursor_take (cursor, 1);
          if (octet == NULL)
            return;
          put (unpacker, *octet);
        }
      if (flags == NULL)
        return;
    }
}

GBytes *
pd_rtf_expand (const guint8 *bytes, gsize length)
{
  PdCursor cursor = { bytes, bytes + length, FALSE };
  g_autofree Unpacker *unpacker = NULL;
  guint32 size, magic;

  pd_cursor_u32 (&cursor); /* the packed size: we know our own */
  size = pd_cursor_u32 (&cursor);
  size = MIN (size, PD_RTF_MAX_SIZE);
  magic = pd_cursor_u32 (&cursor);
  pd_cursor_u32 (&cursor); /* a checksum; a broken text is better than none */
  if (cursor.bad)
    return NULL;
  if (magic == MAGIC_PLAIN)
    return g_bytes_new (cursor.at, MIN (size, pd_cursor_left (&cursor)));
  if (magic != MAGIC_PACKED)
    return NULL;
  unpacker = g_new0 (Unpacker, 1);
  unpacker->out = g_byte_array_new ();
  memcpy (unpacker->window, begin, sizeof begin - 1);
  unpacker->at = sizeof begin - 1;
  unpack (unpacker, &cursor, size);
  if (unpacker->out->len > size)
    g_byte_array_set_size (unpacker->out, size);
  return g_byte_array_free_to_bytes (unpacker->out);
}
