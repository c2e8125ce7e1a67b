/* fuzz-bounce.c - any bytes as the body of a delivery report, in free words, as
 * status fields and as a notice: what is read is bounded and valid UTF-8.
 */
#include <string.h>

#include "mail/mail.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check (const PdMail *mail)
{
  g_assert_cmpuint (mail->bounce_recipients->len, <=, 1000);
  g_assert_true (g_utf8_validate (mail->original_subject, -1, NULL));
  g_assert_true (g_utf8_validate (mail->original_to, -1, NULL));
  g_assert_true (g_utf8_validate (mail->original_return_path, -1, NULL));
  g_assert_true (g_utf8_validate (mail->original_message_id, -1, NULL));
  for (guint i = 0; i < mail->bounce_recipients->len; i++)
    {
      const PdBounceRecipient *one = mail->bounce_recipients->pdata[i];

      g_assert_cmpstr (one->address, !=, "");
      g_assert_cmpstr (one->reason, !=, "");
      g_assert_cmpstr (one->action, !=, "");
      g_assert_cmpuint (strlen (one->status), <=, 9);
      g_assert_cmpuint (strlen (one->reply_code), <=, 3);
      g_assert_true (g_utf8_validate (one->address, -1, NULL));
      g_assert_true (g_utf8_validate (one->diagnostic, -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char *const heads[]
      = { "From: MAILER-DAEMON@mx.example\nTo: a@b.c\nSubject: failure notice\n\n",
          "From: MAILER-DAEMON@mx.example\nContent-Type: message/delivery-status\n\n",
          "From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n\n" };

  pd_mail_init ();
  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      GByteArray *whole = g_byte_array_new ();
      g_autoptr (GBytes) raw = NULL;
      g_autoptr (PdMail) mail = NULL;

      g_byte_array_append (whole, (const guint8 *)heads[i], (guint)strlen (heads[i]));
      g_byte_array_append (whole, data, (guint)size);
      raw = g_byte_array_free_to_bytes (whole);
      mail = pd_mail_parse (raw, NULL, NULL);
      check (mail);
    }
  return 0;
}
