/* fuzz-address.c - any bytes as a list of addresses: what comes out is valid
 * UTF-8 of one line, and an address that was read is read again as itself.
 */
#include <string.h>

#include "mail/address-list.h"
#include "mail/charset.h"
#include "mail/mail-fields.h"
#include "mail/mail.h"

#define MAX_LIST 100

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static GPtrArray *
read_list (const char *raw)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (pd_address_fields.free);

  pd_address_list_add (list, raw, MAX_LIST);
  g_assert_cmpuint (list->len, <=, MAX_LIST);
  return list;
}

static void
check (const PdAddress *one)
{
  g_autofree char *raw = g_strconcat ("<", one->address, ">", NULL);
  g_autoptr (GPtrArray) again = NULL;

  g_assert_true (g_utf8_validate (one->name, -1, NULL));
  g_assert_true (g_utf8_validate (one->address, -1, NULL));
  g_assert_null (strpbrk (one->address, "\r\n"));
  g_assert_null (strpbrk (one->name, "\r\n"));
  g_assert_true (*one->name != '\0' || *one->address != '\0');
  /* a quoted local part may begin with what opens a quotation elsewhere */
  if (strchr (one->address, '@') == NULL || strstr (one->address, "=?") != NULL
      || *one->address == '\'')
    return;
  again = read_list (raw);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpstr (((const PdAddress *)again->pdata[0])->address, ==, one->address);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *raw = g_strndup ((const char *)data, size);
  g_autoptr (GPtrArray) list = NULL;

  pd_charset_init ();
  list = read_list (raw);
  for (guint i = 0; i < list->len; i++)
    check (list->pdata[i]);
  return 0;
}
