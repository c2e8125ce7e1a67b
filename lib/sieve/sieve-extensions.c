#include "sieve/sieve-extensions.h"

const PdSieveExtension *const *
pd_sieve_extensions (void)
{
  static const PdSieveExtension *const all[] = {
    &pd_sieve_ext_address,
    &pd_sieve_ext_body,
    &pd_sieve_ext_comparator_numeric,
    &pd_sieve_ext_comparator_unicode,
    &pd_sieve_ext_control,
    &pd_sieve_ext_envelope,
    &pd_sieve_ext_foreverypart,
    &pd_sieve_ext_header,
    &pd_sieve_ext_index,
    &pd_sieve_ext_mime,
    &pd_sieve_ext_regex,
    &pd_sieve_ext_relational,
    &pd_sieve_ext_subaddress,
    NULL,
  };

  return all;
}

static const PdSieveExtension *
find_in (const PdSieveExtension *const *list, const char *name)
{
  for (; list != NULL && *list != NULL; list++)
    if (g_strcmp0 ((*list)->name, name) == 0)
      return *list;
  return NULL;
}

const PdSieveExtension *
pd_sieve_extension_find (const PdSieveHost *host, const char *name)
{
  const PdSieveExtension *found = find_in (pd_sieve_extensions (), name);

  return found != NULL ? found : find_in (host->extensions, name);
}
