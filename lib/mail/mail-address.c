/* mail-address.c - lists of addresses.  The standard forms are read by GMime;
 * what it finds no address in is searched for something that looks like one.
 */
#include <string.h>

#include "mail/charset.h"
#include "mail/encoded-word.h"
#include "mail/mail-fields.h"
#include "mail/mail-reader.h"

#define MAX_GROUP_DEPTH 8
#define MAX_ADDRESS 998 /* octets; longer ones are no addresses (RFC 5321 4.5.3.1 says 254) */

/* The domain in small letters; the local part is the receiver's business. */
static char *
normalise (const char *address)
{
  char *clean = pd_charset_clean (address);
  char *at = strrchr (clean, '@');

  if (at != NULL)
    for (char *c = at + 1; *c != '\0'; c++)
      *c = g_ascii_tolower (*c);
  return clean;
}

PdAddress *
pd_address_new (const char *name, const char *address)
{
  PdAddress *result = pd_fields_new (&pd_address_fields);

  pd_text_take (&result->name, g_strstrip (pd_charset_clean (name)));
  pd_text_take (&result->address, normalise (address));
  return result;
}

static gboolean
may_add (PdReader *reader, GPtrArray *list, const char *field)
{
  if (list->len < PD_MAIL_MAX_ADDRESSES)
    return TRUE;
  pd_reader_defect (reader, "more than %d addresses in %s", PD_MAIL_MAX_ADDRESSES, field);
  return FALSE;
}

static gboolean
is_address_char (char c)
{
  return (guint8)c >= 0x80 || g_ascii_isalnum (c)
         || (c != '\0' && strchr (".-_+=%!#$&'*/?^`{|}~", c) != NULL);
}

/* The next thing that looks like local@domain; `*rest` moves behind it. */
static char *
find_plain (const char **rest)
{
  for (const char *at = strchr (*rest, '@'); at != NULL; at = strchr (at + 1, '@'))
    {
      const char *begin = at, *end = at + 1;

      while (begin > *rest && is_address_char (begin[-1]))
        begin--;
      while (is_address_char (*end))
        end++;
      while (end > at && end[-1] == '.')
        end--;
      if (begin == at || end <= at + 1)
        continue;
      *rest = end;
      return g_strndup (begin, (gsize)(end - begin));
    }
  *rest += strlen (*rest);
  return NULL;
}

static void
rescue (PdReader *reader, GPtrArray *list, const char *field, const char *raw)
{
  g_autofree char *text = pd_words_decode (raw);
  const char *rest = text;
  char *found;

  while ((found = find_plain (&rest)) != NULL)
    {
      if (strlen (found) <= MAX_ADDRESS && may_add (reader, list, field))
        g_ptr_array_add (list, pd_address_new ("", found));
      g_free (found);
    }
}

/* GMime keeps what it could not read as addresses without a domain, or with
 * the rest of the line in them.
 */
static gboolean
is_usable (const char *address)
{
  const char *at = address == NULL ? NULL : strrchr (address, '@');

  return at != NULL && at > address && at[1] != '\0' && strlen (address) <= MAX_ADDRESS
         && strpbrk (at, " \t\r\n<>,;") == NULL;
}

static void
add_list (PdReader *reader, GPtrArray *list, const char *field, InternetAddressList *addresses,
          guint depth)
{
  int n = addresses == NULL ? 0 : internet_address_list_length (addresses);

  for (int i = 0; i < n; i++)
    {
      InternetAddress *one = internet_address_list_get_address (addresses, i);

      if (INTERNET_ADDRESS_IS_GROUP (one))
        {
          if (depth < MAX_GROUP_DEPTH)
            add_list (reader, list, field,
                      internet_address_group_get_members (INTERNET_ADDRESS_GROUP (one)), depth + 1);
          continue;
        }
      if (!is_usable (internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (one))))
        continue;
      if (!may_add (reader, list, field))
        return;
      g_ptr_array_add (list, pd_address_new (internet_address_get_name (one),
                                             internet_address_mailbox_get_addr (
                                                 INTERNET_ADDRESS_MAILBOX (one))));
    }
}

void
pd_reader_add_addresses (PdReader *reader, GPtrArray *list, const char *field,
                         const char *raw_value)
{
  InternetAddressList *addresses;
  g_autofree char *quoted = NULL;
  guint before = list->len;

  if (strchr (raw_value, '@') == NULL && strstr (raw_value, "=?") == NULL)
    return;
  quoted = pd_words_quote (raw_value);
  addresses = internet_address_list_parse (reader->options, quoted);
  add_list (reader, list, field, addresses, 0);
  g_clear_object (&addresses);
  if (list->len == before)
    {
      rescue (reader, list, field, raw_value);
      pd_reader_defect (reader, "%s is not a list of addresses", field);
    }
}
