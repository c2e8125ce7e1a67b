#include "sieve/sieve-address.h"

#include <string.h>

static char *
unquote (const char *text, gsize length)
{
  char *out = g_malloc (length + 1);
  gsize n = 0;

  for (gsize i = 1; i + 1 < length; i++)
    {
      if (text[i] == '\\' && i + 2 < length)
        i++;
      out[n++] = text[i];
    }
  out[n] = '\0';
  return out;
}

char *
pd_sieve_address_part (const char *address, PdSieveAddressPart part, const char *separators)
{
  const char *at = strrchr (address, '@');
  gsize length = at != NULL ? (gsize) (at - address) : strlen (address);
  g_autofree char *local = NULL;
  gsize user;

  if (part == PD_SIEVE_PART_ALL)
    return g_strdup (address);
  if (part == PD_SIEVE_PART_DOMAIN)
    return at != NULL ? g_strdup (at + 1) : NULL;
  local = length >= 2 && address[0] == '"' && address[length - 1] == '"' ? unquote (address, length) : g_strndup (address, length);
  if (part == PD_SIEVE_PART_LOCAL)
    return g_steal_pointer (&local);
  user = separators != NULL ? strcspn (local, separators) : strlen (local);
  if (part == PD_SIEVE_PART_USER)
    return g_strndup (local, user);
  return local[user] != '\0' ? g_strdup (local + user + 1) : NULL;
}

void
pd_sieve_address_free (PdSieveAddress *address)
{
  if (address == NULL)
    return;
  g_free (address->name);
  g_free (address->address);
  g_free (address);
}
