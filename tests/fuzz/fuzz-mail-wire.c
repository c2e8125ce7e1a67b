/* fuzz-mail-wire.c - facts as a taken-over parser would write them.
 *
 * The input is a mail, a line "." and changes: two octets say where in the
 * facts of the mail, the third what stands there then.  What is still read
 * keeps the promises of mail.h: written again it gives the same octets.  The
 * input itself is also taken for facts.
 */
#include <string.h>

#include "mail/mail-json.h"
#include "mail/mail-wire.h"
#include "mail/mail.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check (const guint8 *data, gsize size, gsize raw_size)
{
  g_autoptr (PdMail) mail = pd_mail_wire_read (data, size, raw_size, NULL);
  g_autoptr (GByteArray) again = NULL;
  g_autofree char *json = NULL;

  if (mail == NULL)
    return;
  again = pd_mail_wire_write (mail);
  g_assert_cmpmem (data, size, again->data, again->len);
  json = pd_mail_to_json (mail);
  g_assert_true (g_utf8_validate (json, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char mark[] = "\n.\n";
  const guint8 *end = size == 0 ? NULL : memmem (data, size, mark, strlen (mark));
  gsize length = end == NULL ? size : (gsize)(end - data);
  g_autoptr (GBytes) raw = g_bytes_new (data, length);
  g_autoptr (GByteArray) wire = NULL;
  g_autoptr (PdMail) mail = NULL;

  pd_mail_init ();
  mail = pd_mail_parse (raw, NULL, NULL);
  wire = pd_mail_wire_write (mail);
  for (gsize at = length + strlen (mark); at + 3 <= size; at += 3)
    wire->data[(data[at] << 8 | data[at + 1]) % wire->len] = data[at + 2];
  check (wire->data, wire->len, length);
  check (data, size, length);
  return 0;
}
