#include "mail/part-code.h"

#include <string.h>

#include "base/error.h"
#include "mail/mail.h"

#define PIECE (32 * 1024) /* octets decoded at a time */

static const struct {
  const char *name;
  GMimeContentEncoding encoding;
} names[] = {
  { "7bit", GMIME_CONTENT_ENCODING_7BIT },
  { "8bit", GMIME_CONTENT_ENCODING_8BIT },
  { "binary", GMIME_CONTENT_ENCODING_BINARY },
  { "base64", GMIME_CONTENT_ENCODING_BASE64 },
  { "quoted-printable", GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE },
  { "uuencode", GMIME_CONTENT_ENCODING_UUENCODE },
};

const char *
pd_code_name (GMimeContentEncoding encoding)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].encoding == encoding)
      return names[i].name;
  return "7bit";
}

gboolean
pd_code_find (const char *name, GMimeContentEncoding *out_encoding)
{
  *out_encoding = GMIME_CONTENT_ENCODING_DEFAULT;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].name, name) == 0)
      {
        *out_encoding = names[i].encoding;
        return TRUE;
      }
  return FALSE;
}

/* GMime's decoder wants to be told that the "begin" line is over. */
static gsize
skip_begin (const guint8 *bytes, gsize length)
{
  gsize at = 0;

  while (at < length)
    {
      const guint8 *end = memchr (bytes + at, '\n', length - at);
      gsize next = end == NULL ? length : (gsize)(end - bytes) + 1;

      if (next - at > 6 && memcmp (bytes + at, "begin ", 6) == 0)
        return next;
      at = next;
    }
  return 0;
}

void
pd_code_decode (const guint8 *bytes, gsize length, GMimeContentEncoding encoding, PdCodeSink sink,
                gpointer data)
{
  GMimeEncoding state;
  g_autofree guint8 *out = NULL;

  if (encoding != GMIME_CONTENT_ENCODING_BASE64
      && encoding != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
      && encoding != GMIME_CONTENT_ENCODING_UUENCODE)
    {
      if (length > 0)
        sink (data, bytes, length);
      return;
    }
  g_mime_encoding_init_decode (&state, encoding);
  if (encoding == GMIME_CONTENT_ENCODING_UUENCODE)
    {
      gsize skip = skip_begin (bytes, length);

      bytes += skip;
      length -= skip;
      state.state |= GMIME_UUDECODE_STATE_BEGIN;
    }
  out = g_malloc (g_mime_encoding_outlen (&state, MIN (length, PIECE)) + 64);
  while (length > 0)
    {
      gsize piece = MIN (length, PIECE);
      gsize got = g_mime_encoding_step (&state, (const char *)bytes, piece, (char *)out);

      if (got > 0)
        sink (data, out, got);
      bytes += piece;
      length -= piece;
    }
  {
    gsize got = g_mime_encoding_flush (&state, "", 0, (char *)out);

    if (got > 0)
      sink (data, out, got);
  }
}

static void
append (gpointer data, const guint8 *bytes, gsize length)
{
  g_byte_array_append (data, bytes, (guint)length);
}

GBytes *
pd_mail_decode_part (GBytes *raw, goffset offset, gsize length, const char *encoding,
                     GError **error)
{
  GMimeContentEncoding code;
  gsize size = 0;
  const guint8 *bytes = g_bytes_get_data (raw, &size);
  GByteArray *out;

  if (offset < 0 || !pd_code_find (encoding, &code))
    {
      pd_fail (error, PD_ERROR_INVALID, "no part at offset %" G_GINT64_FORMAT " in encoding \"%s\"",
               (gint64)offset, encoding);
      return NULL;
    }
  offset = MIN (offset, (goffset)size);
  length = MIN (length, size - (gsize)offset);
  if (code <= GMIME_CONTENT_ENCODING_BINARY)
    return g_bytes_new_from_bytes (raw, (gsize)offset, length);
  out = g_byte_array_sized_new ((guint)length);
  pd_code_decode (bytes + offset, length, code, append, out);
  return g_byte_array_free_to_bytes (out);
}
