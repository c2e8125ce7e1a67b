/* fuzz-align.c - any answer to any text that we sent: nothing of the answer is
 * lost, and something of it is always seen.
 *
 * The input is what we sent, a line "====", and the answer.
 */
#include <string.h>

#include "mail/reply-align.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* How often each octet is there, white space left out. */
static void
count (gsize *counts, const char *text)
{
  for (; *text != '\0'; text++)
    counts[(guint8)*text] += !g_ascii_isspace (*text);
}

static void
check (const PdMail *mail, const PdAligned *aligned)
{
  gsize before[256] = { 0 }, after[256] = { 0 };

  count (before, mail->text);
  count (after, aligned->visible);
  for (guint i = 0; i < aligned->folded->len; i++)
    {
      const PdFolded *folded = g_ptr_array_index (aligned->folded, i);

      count (after, folded->text);
    }
  g_assert_cmpmem (before, sizeof before, after, sizeof after);
  g_assert_cmpint (*aligned->visible, !=, '\0');
  g_assert_true (g_utf8_validate (aligned->visible, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char mark[] = "\n====\n";
  g_autofree char *whole = NULL;
  char *answer;

  if (size > 65536)
    return 0;
  whole = g_utf8_make_valid ((const char *)data, (gssize)size);
  answer = strstr (whole, mark);
  if (answer == NULL)
    return 0;
  *answer = '\0';
  answer += strlen (mark);
  pd_mail_init ();
  {
    g_autoptr (GBytes) body = g_bytes_new (answer, strlen (answer));
    g_autoptr (PdMail) mail = pd_mail_parse_body (body, FALSE);
    g_autoptr (PdAligned) aligned = pd_reply_align (mail, whole);

    pd_reply_may_quote (mail);
    if (aligned != NULL)
      check (mail, aligned);
  }
  return 0;
}
