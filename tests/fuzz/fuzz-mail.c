/* fuzz-mail.c - any bytes as a mail: all its texts are valid UTF-8, and the
 * bytes of each part are those whose hash is told.
 */
#include <string.h>

#include "mail/mail-json.h"
#include "mail/mail.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_part (GBytes *raw, const PdPart *part)
{
  if (part->offset >= 0)
    {
      g_autoptr (GBytes) bytes
          = pd_mail_decode_part (raw, part->offset, part->length, part->encoding, NULL);
      g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);

      g_assert_cmpuint (g_bytes_get_size (bytes), ==, part->size);
      g_assert_cmpstr (sha256, ==, part->sha256);
    }
  for (guint i = 0; i < part->children->len; i++)
    check_part (raw, part->children->pdata[i]);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) raw = g_bytes_new (data, size);
  g_autoptr (PdMail) mail = NULL;
  g_autofree char *json = NULL;

  pd_mail_init ();
  mail = pd_mail_parse (raw, NULL, NULL);
  json = pd_mail_to_json (mail);
  g_assert_true (g_utf8_validate (json, -1, NULL));
  g_assert_true (g_utf8_validate (mail->visible, -1, NULL));
  check_part (raw, mail->root);
  return 0;
}
