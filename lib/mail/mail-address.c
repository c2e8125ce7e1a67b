/* mail-address.c - the fields that are lists of addresses. */
#include <string.h>

#include "mail/address-list.h"
#include "mail/charset.h"
#include "mail/mail-fields.h"
#include "mail/mail-reader.h"

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
has_address (const GPtrArray *list, guint from)
{
  for (guint i = from; i < list->len; i++)
    if (*((const PdAddress *)list->pdata[i])->address != '\0')
      return TRUE;
  return FALSE;
}

void
pd_reader_add_addresses (PdReader *reader, GPtrArray *list, const char *field,
                         const char *raw_value)
{
  guint before = list->len;

  if (!pd_address_list_add (list, raw_value, PD_MAIL_MAX_ADDRESSES))
    pd_reader_defect (reader, "more than %d addresses in %s", PD_MAIL_MAX_ADDRESSES, field);
  if (list->len > before && !has_address (list, before))
    pd_reader_defect (reader, "%s is not a list of addresses", field);
}
