/* fuzz-smtp-reply.c - any bytes from a server: however they are cut, the
 * replies are the same, and a mail that was begun has a result for each
 * recipient.
 */
#include <string.h>

#include "net/smtp-client.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_results (const PdSmtpJob *job, gboolean begun)
{
  for (guint i = 0; i < job->n_recipients; i++)
    {
      const char *answer = job->recipients[i].answer;

      g_assert_cmpint (job->recipients[i].result != PD_SMTP_UNTRIED, ==, begun);
      g_assert_cmpint (answer != NULL, ==, begun);
      g_assert_true (answer == NULL || g_utf8_validate (answer, -1, NULL));
      g_assert_true (answer == NULL || strpbrk (answer, "\r\n") == NULL);
    }
}

static void
talk (const PdSmtpClientSettings *settings, const char *bytes, gsize size, gsize piece)
{
  g_autoptr (PdSmtpClient) client = pd_smtp_client_new (settings);
  g_autoptr (GBytes) mail = g_bytes_new_static (".\r\n", 3);
  PdSmtpRecipient recipients[2] = { { .address = "a@x", .notify = "NEVER" }, { .address = "ї@x" } };
  PdSmtpJob job = { .sender = "s@x", .mail = mail, .recipients = recipients, .n_recipients = 2 };
  gboolean begun = FALSE;

  for (gsize i = 0; i < size; i += piece)
    {
      pd_smtp_client_feed (client, bytes + i, MIN (piece, size - i));
      if (pd_smtp_client_phase (client) == PD_SMTP_CLIENT_TLS)
        pd_smtp_client_secured (client);
      else if (pd_smtp_client_phase (client) == PD_SMTP_CLIENT_READY && !begun)
        {
          pd_smtp_client_begin (client, &job);
          begun = TRUE;
        }
      g_string_truncate (pd_smtp_client_output (client), 0);
    }
  pd_smtp_client_lost (client, "end");
  check_results (&job, begun);
  pd_smtp_job_clear (&job);
}

/* The replies as they are read. */
static GString *
read_replies (const char *bytes, gsize size, gsize piece)
{
  g_autoptr (PdSmtpReader) reader = pd_smtp_reader_new ();
  GString *text = g_string_new (NULL);
  gsize i = 0;

  while (i < size)
    {
      g_autoptr (PdSmtpReply) reply = NULL;
      g_autofree char *line = NULL;
      gsize taken;

      if (!pd_smtp_reader_feed (reader, bytes + i, MIN (piece, size - i), &taken, &reply, NULL))
        break;
      g_assert_cmpuint (taken, >, 0);
      i += taken;
      if (reply == NULL)
        continue;
      line = pd_smtp_reply_dup_text (reply);
      g_assert_true (g_utf8_validate (line, -1, NULL));
      g_string_append_printf (text, "%s|%s\n", reply->status, line);
    }
  return text;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const PdSmtpClientSettings settings[] = {
    { .hello = "me" },
    { .hello = "me", .lmtp = TRUE },
    { .hello = "me", .secured = TRUE, .user = "u", .password = "p" },
  };
  g_autoptr (GString) whole = read_replies ((const char *)data, size, MAX (size, 1));
  g_autoptr (GString) cut = read_replies ((const char *)data, size, 1);

  g_assert_true (g_string_equal (whole, cut));
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      /* whole: what is said too early; octet by octet: a session that goes on */
      talk (&settings[i], (const char *)data, size, MAX (size, 1));
      talk (&settings[i], (const char *)data, size, 1);
    }
  return 0;
}
