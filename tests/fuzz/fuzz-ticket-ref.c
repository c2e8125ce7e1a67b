/* fuzz-ticket-ref.c - any text as a subject: once marked it is found again,
 * and nothing in it is a line break.
 */
#include <string.h>

#include "mail/ticket-ref.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *subject = g_strndup ((const char *)data, size);
  g_autofree char *bare = pd_ticket_ref_strip ("ACME", subject);
  g_autofree char *marked = pd_ticket_ref_mark ("ACME", 42, subject, TRUE);

  g_assert_cmpint (pd_ticket_ref_find ("ACME", subject), >=, 0);
  g_assert_cmpint (pd_ticket_ref_find_legacy ("Ticket #,#", subject), >=, 0);
  g_assert_true (g_utf8_validate (marked, -1, NULL));
  g_assert_null (strpbrk (marked, "\r\n\t"));
  g_assert_cmpint (pd_ticket_ref_find ("ACME", bare), ==, 0);
  g_assert_cmpint (pd_ticket_ref_find ("ACME", marked), ==, 42);
  return 0;
}
