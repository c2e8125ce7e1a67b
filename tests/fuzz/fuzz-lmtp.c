/* fuzz-lmtp.c - any bytes from a client: however they are cut, the session
 * says and takes the same; it keeps its bounds and says only well-formed replies.
 */
#include <string.h>

#include "net/lmtp.h"
#include "net/path.h"

#define MAX_SIZE 2000
#define MAX_RECIPIENTS 3

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_envelope (PdEnvelope *envelope)
{
  const PdPathFlags flags = envelope->smtputf8 ? PD_PATH_UTF8 : 0;

  g_assert_true (pd_path_is_address (envelope->sender, flags | PD_PATH_NULL));
  g_assert_cmpuint (envelope->n_recipients, >, 0);
  g_assert_cmpuint (envelope->n_recipients, <=, MAX_RECIPIENTS);
  for (guint i = 0; i < envelope->n_recipients; i++)
    g_assert_true (pd_path_is_address (envelope->recipients[i], flags | PD_PATH_POSTMASTER));
  g_assert_null (envelope->recipients[envelope->n_recipients]);
  g_assert_cmpuint (pd_spill_size (envelope->data), <=, MAX_SIZE);
}

/* What is said, and after each mail what was taken. */
static GString *
talk (PdLmtpMode mode, const char *bytes, gsize size, gsize piece)
{
  PdLmtpSettings settings
      = { .mode = mode, .host = "x", .max_size = MAX_SIZE, .max_recipients = MAX_RECIPIENTS };
  g_autoptr (PdLmtp) session = pd_lmtp_new (&settings, "fuzz");
  GString *said = g_string_new (NULL);
  gsize i = 0;

  while (i < size && pd_lmtp_phase (session) != PD_LMTP_OVER)
    {
      gsize n = MIN (piece, size - i);
      gsize taken = pd_lmtp_feed (session, bytes + i, n);
      g_autoptr (PdEnvelope) envelope = pd_lmtp_take_envelope (session);
      g_autoptr (GBytes) mail = NULL;

      g_assert_true (taken == n || pd_lmtp_phase (session) >= PD_LMTP_WAITING);
      i += taken;
      if (envelope == NULL)
        continue;
      check_envelope (envelope);
      mail = pd_spill_get_bytes (envelope->data, NULL);
      g_string_append_printf (said, "%s %u %u\r\n", envelope->sender, envelope->n_recipients,
                              g_bytes_hash (mail));
      pd_lmtp_answer (session, NULL, "2.0.0 Ok");
    }
  g_string_append_len (said, pd_lmtp_output (session)->str, (gssize)pd_lmtp_output (session)->len);
  return said;
}

static void
check_replies (const GString *said)
{
  g_auto (GStrv) lines = g_strsplit (strstr (said->str, "220 x "), "\r\n", -1);

  g_assert_cmpuint (said->len, ==, strlen (said->str));
  for (char **line = lines; line[1] != NULL; line++)
    {
      g_assert_cmpuint (strlen (*line), <, 510);
      g_assert_true (strchr ("245"
                             "3",
                             **line)
                         != NULL
                     && g_ascii_isdigit ((*line)[1]) && g_ascii_isdigit ((*line)[2]));
      g_assert_true ((*line)[3] == ' ' || (*line)[3] == '-');
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const gsize pieces[] = { 1, 7, 100 };

  for (int mode = PD_LMTP_LMTP; mode <= PD_LMTP_SMTP; mode++)
    {
      g_autoptr (GString) whole = talk (mode, (const char *)data, size, MAX (size, 1));

      check_replies (whole);
      for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
        {
          g_autoptr (GString) cut = talk (mode, (const char *)data, size, pieces[i]);

          g_assert_true (g_string_equal (whole, cut));
        }
    }
  return 0;
}
