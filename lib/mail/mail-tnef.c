/* mail-tnef.c - the files inside of winmail.dat, as files of the mail.
 *
 * Outlook sends TNEF under any name and type, so it is known by its first
 * octets.  Its files become children of its part, which stays a leaf of the
 * mail's structure; its texts wait for mail-body.c.
 */
#include <string.h>

#include "mail/file-type.h"
#include "mail/mail-fields.h"
#include "mail/mail-reader.h"
#include "mail/part-code.h"

static const guint8 signature[] = { 0x78, 0x9F, 0x3E, 0x22 };

#define LOOK 64 /* octets of the encoded part in which the signature is */

static void
append (gpointer data, const guint8 *bytes, gsize length)
{
  GByteArray *out = data;

  g_byte_array_append (out, bytes, (guint)MIN (length, PD_TNEF_MAX_SIZE + 1 - out->len));
}

/* The first octets of a leaf, decoded; `max` is of the encoded ones. */
static GByteArray *
decode (const PdReader *reader, const PdPart *part, gsize max)
{
  GByteArray *out = g_byte_array_new ();

  pd_reader_decode (reader, part, max, append, out);
  return out;
}

static gboolean
is_named_tnef (const PdPart *part)
{
  return strcmp (part->type, "application/ms-tnef") == 0
         || strcmp (part->type, "application/vnd.ms-tnef") == 0;
}

static gboolean
is_tnef (const PdReader *reader, const PdPart *part)
{
  g_autoptr (GByteArray) begin = NULL;

  if (part->offset < 0 || part->children->len > 0 || !g_str_has_prefix (part->type, "application/"))
    return FALSE;
  begin = decode (reader, part, LOOK);
  return begin->len >= sizeof signature && memcmp (begin->data, signature, sizeof signature) == 0;
}

static gboolean
add_file (PdReader *reader, PdPart *part, const PdTnefFile *file, guint number)
{
  const char *type = *file->type != '\0' ? file->type : pd_file_type (file->name);
  g_autofree char *step = g_strdup_printf ("tnef=%u", number);
  gsize size = 0;
  const guint8 *bytes = g_bytes_get_data (file->bytes, &size);
  PdPart *child = pd_reader_add_file (reader, part, type, file->name, step, bytes, size);

  if (child == NULL)
    return FALSE;
  pd_text_take (&child->content_id, g_strdup (file->content_id));
  pd_text_take (&child->charset, g_strdup (file->charset));
  child->is_inline = file->hidden;
  return TRUE;
}

static void
unpack (PdReader *reader, PdPart *part)
{
  GByteArray *out = decode (reader, part, part->length);
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (out);
  g_autoptr (PdTnef) tnef = pd_tnef_parse (bytes);

  if (tnef == NULL)
    return;
  for (guint i = 0; i < tnef->files->len; i++)
    if (!add_file (reader, part, tnef->files->pdata[i], i + 1))
      break;
  if (tnef->defect != NULL)
    pd_reader_defect (reader, "part %s: %s", part->path, tnef->defect);
  else
    g_hash_table_add (reader->unpacked, part);
  if (reader->tnef == NULL)
    reader->tnef = g_steal_pointer (&tnef);
}

void
pd_reader_tnef (PdReader *reader)
{
  for (guint i = 0; i < reader->mail->parts->len; i++)
    {
      PdPart *part = reader->mail->parts->pdata[i];

      if (is_tnef (reader, part))
        unpack (reader, part);
      else if (is_named_tnef (part))
        pd_reader_defect (reader, "part %s is called TNEF but is none", part->path);
    }
}
