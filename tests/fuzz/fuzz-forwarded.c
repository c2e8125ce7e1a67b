/* fuzz-forwarded.c - any text read for a mail that it passes on: all that is
 * told is valid UTF-8, the two texts are parts of the whole, and an address has
 * an "@".  The first octet says which subject it has.
 */
#include <string.h>

#include "mail/charset.h"
#include "mail/forwarded.h"
#include "mail/mail.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check (const PdForwarded *forwarded, const char *text)
{
  g_assert_true (g_utf8_validate (forwarded->above, -1, NULL));
  g_assert_true (g_utf8_validate (forwarded->text, -1, NULL));
  g_assert_true (g_utf8_validate (forwarded->visible, -1, NULL));
  g_assert_true (g_utf8_validate (forwarded->subject, -1, NULL));
  g_assert_true (g_utf8_validate (forwarded->date_text, -1, NULL));
  g_assert_cmpuint (strlen (forwarded->above) + strlen (forwarded->text), <=, strlen (text) + 2);
  g_assert_cmpuint (strlen (forwarded->visible), <=, strlen (forwarded->text) + 1);
  if (forwarded->from != NULL)
    g_assert_nonnull (strchr (forwarded->from->address, '@'));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char *const subjects[] = { "printer", "Fwd: printer", "WG: Fw: Drucker", "Re: x" };
  g_autofree char *text = NULL;
  PdForwarded *forwarded;

  if (size == 0)
    return 0;
  pd_mail_init ();
  text = pd_charset_decode ((const char *)data + 1, size - 1, "utf-8", NULL);
  forwarded = pd_forwarded_read_text (subjects[*data % G_N_ELEMENTS (subjects)], text);
  if (forwarded != NULL)
    check (forwarded, text);
  pd_forwarded_free (forwarded);
  return 0;
}
