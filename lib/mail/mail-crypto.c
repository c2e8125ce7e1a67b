/* mail-crypto.c - whether something in the mail is signed or encrypted, by its
 * form (RFC 1847, 3156, 8551, and PGP inside of text).  Nothing is verified.
 */
#include <string.h>

#include "mail/mail-reader.h"

static gboolean
is_type (const PdPart *part, const char *type)
{
  return strcmp (part->type, type) == 0;
}

static gboolean
is_pkcs7 (const PdPart *part)
{
  return is_type (part, "application/pkcs7-mime") || is_type (part, "application/x-pkcs7-mime");
}

/* smime-type of RFC 8551 3.2.2, or the customary file name; without both an
 * S/MIME part is most often encrypted.
 */
static void
look_at_pkcs7 (PdMail *mail, GMimeObject *object, const PdPart *part)
{
  const char *kind = g_mime_object_get_content_type_parameter (object, "smime-type");
  g_autofree char *small = g_ascii_strdown (kind == NULL ? "" : kind, -1);

  if (strcmp (small, "signed-data") == 0)
    mail->is_signed = TRUE;
  else if (strcmp (small, "certs-only") != 0 && !g_str_has_suffix (part->name, ".p7c")
           && !g_str_has_suffix (part->name, ".p7s"))
    mail->is_encrypted = TRUE;
}

static void
look_at_part (PdMail *mail, const PdPart *part)
{
  if (is_type (part, "multipart/signed"))
    mail->is_signed = TRUE;
  if (is_type (part, "multipart/encrypted") || is_type (part, "application/pgp-encrypted"))
    mail->is_encrypted = TRUE;
  for (guint i = 0; i < part->children->len; i++)
    look_at_part (mail, part->children->pdata[i]);
}

/* GMime's tree is walked beside ours only for the parameter that PdPart lacks. */
static void
look_at_objects (PdMail *mail, GMimeObject *object, const PdPart *part)
{
  if (is_pkcs7 (part))
    look_at_pkcs7 (mail, object, part);
  if (GMIME_IS_MESSAGE_PART (object) && part->children->len > 0)
    look_at_objects (mail,
                     g_mime_message_get_mime_part (
                         g_mime_message_part_get_message (GMIME_MESSAGE_PART (object))),
                     part->children->pdata[0]);
  for (guint i = 0; GMIME_IS_MULTIPART (object) && i < part->children->len; i++)
    look_at_objects (mail, g_mime_multipart_get_part (GMIME_MULTIPART (object), (int)i),
                     part->children->pdata[i]);
}

static gboolean
has_line (const PdReader *reader, const char *line)
{
  for (guint i = 0; i < reader->mail->parts->len; i++)
    {
      GByteArray *bytes = pd_reader_peek_bytes (reader, reader->mail->parts->pdata[i]);

      if (bytes != NULL && bytes->len > 0
          && memmem (bytes->data, bytes->len, line, strlen (line)) != NULL)
        return TRUE;
    }
  return FALSE;
}

void
pd_reader_crypto (PdReader *reader)
{
  PdMail *mail = reader->mail;

  look_at_part (mail, mail->root);
  if (reader->message != NULL && g_mime_message_get_mime_part (reader->message) != NULL)
    look_at_objects (mail, g_mime_message_get_mime_part (reader->message), mail->root);
  if (has_line (reader, "-----BEGIN PGP SIGNED MESSAGE-----"))
    mail->is_signed = TRUE;
  if (has_line (reader, "-----BEGIN PGP MESSAGE-----"))
    mail->is_encrypted = TRUE;
}
