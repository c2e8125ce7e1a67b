/* fuzz-keyring.c - any text as an address, a Message-ID and a key file: what
 * is taken for signed is exactly what signing gives.
 */
#include <string.h>

#include "mail/keyring.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static PdKeyring *
keyring (void)
{
  static PdKeyring *made;

  if (made == NULL)
    made = pd_keyring_parse (
        "k1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n", NULL);
  return made;
}

static void
try_address (const char *text, char delimiter)
{
  PdSignedAddress what;
  g_autofree char *base = NULL, *again = NULL, *other_base = NULL;
  PdSignedAddress other;

  if (!pd_keyring_read_address (keyring (), text, delimiter, &what, &base))
    {
      g_assert_nonnull (base);
      g_assert_cmpint (what.ticket | what.person | what.outbox | what.strand | what.event, ==, 0);
      return;
    }
  again = pd_keyring_sign_address (keyring (), base, delimiter, &what);
  if (strlen (text) > PD_KEYRING_MAX_LOCAL)
    return; /* a base that is too long to sign */
  g_assert_true (pd_keyring_read_address (keyring (), again, delimiter, &other, &other_base));
  g_assert_cmpstr (base, ==, other_base);
  g_assert_cmpint (what.ticket, ==, other.ticket);
  g_assert_cmpint (what.person, ==, other.person);
  g_assert_cmpint (what.outbox, ==, other.outbox);
  g_assert_cmpint (what.strand, ==, other.strand);
  g_assert_cmpint (what.event, ==, other.event);
  g_assert_cmpint (what.kind, ==, other.kind);
  g_assert_cmpint (what.act, ==, other.act);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdKeyring) parsed = pd_keyring_parse (text, &error);
  gint64 ticket, outbox;

  g_assert_true ((parsed == NULL) == (error != NULL));
  for (const char *delimiter = "+-=."; *delimiter != '\0'; delimiter++)
    try_address (text, *delimiter);
  try_address (text, '\0');
  if (!pd_keyring_read_message_id (keyring (), text, &ticket, &outbox))
    g_assert_cmpint (ticket | outbox, ==, 0);
  return 0;
}
