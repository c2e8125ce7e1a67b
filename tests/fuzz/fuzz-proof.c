/* fuzz-proof.c - any text in Authentication-Results: what a sender can write,
 * quoted or in a field below ours, never proves anything.
 */
#include "desk/proof.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static PdAuth
read_results (const char *results)
{
  static const PdProofTrust trust = { .authserv_id = "mx.example" };
  g_autofree char *how = NULL;

  return pd_proof_read_results (results, &trust, "a.example", &how);
}

/* As a mail server quotes what is not its own: RFC 8601 2.2, RFC 5322 3.2.4. */
static char *
quoted (const char *text)
{
  GString *result = g_string_new ("\"");

  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (result, '\\');
      g_string_append_c (result, *text == '\n' || *text == '\r' ? ' ' : *text);
    }
  return g_string_free (g_string_append_c (result, '"'), FALSE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autofree char *inner = quoted (text);
  g_autofree char *below = g_strconcat ("mx.example; none\nX", text, NULL);
  g_autofree char *local
      = g_strconcat ("mx.example; spf=pass smtp.mailfrom=", inner, "@evil.example", NULL);

  read_results (text);
  g_assert_cmpint (read_results (below), ==, PD_AUTH_UNKNOWN);
  g_assert_cmpint (read_results (local), ==, PD_AUTH_UNKNOWN);
  return 0;
}
