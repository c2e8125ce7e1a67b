/* fuzz-tnef.c - any bytes as TNEF, as compressed RTF and as RTF: all texts are
 * valid UTF-8, all files lie within bounds and are the same the second time.
 */
#include <string.h>

#include "mail/mail.h"
#include "mail/rtf.h"
#include "mail/tnef.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
assert_text (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

static void
check_tnef (GBytes *bytes)
{
  g_autoptr (PdTnef) tnef = pd_tnef_parse (bytes);
  g_autoptr (PdTnef) again = pd_tnef_parse (bytes);

  if (tnef == NULL)
    return;
  assert_text (tnef->subject);
  assert_text (tnef->text);
  assert_text (tnef->html);
  assert_text (tnef->message_class);
  assert_text (tnef->meeting.uid);
  g_assert_cmpuint (tnef->files->len, <=, PD_TNEF_MAX_FILES);
  g_assert_cmpuint (tnef->files->len, ==, again->files->len);
  for (guint i = 0; i < tnef->files->len; i++)
    {
      const PdTnefFile *file = tnef->files->pdata[i], *same = again->files->pdata[i];

      assert_text (file->name);
      assert_text (file->type);
      assert_text (file->content_id);
      g_assert_true (g_bytes_equal (file->bytes, same->bytes));
    }
}

static void
check_rtf (const guint8 *data, gsize size)
{
  PdRtfForm form;
  g_autofree char *text = pd_rtf_read ((const char *)data, size, 1252, &form);

  assert_text (text);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GBytes) rtf = pd_rtf_expand (data, size);

  pd_mail_init ();
  check_tnef (bytes);
  check_rtf (data, size);
  if (rtf != NULL)
    {
      g_assert_cmpuint (g_bytes_get_size (rtf), <=, PD_RTF_MAX_SIZE);
      check_rtf (g_bytes_get_data (rtf, NULL), g_bytes_get_size (rtf));
    }
  return 0;
}
