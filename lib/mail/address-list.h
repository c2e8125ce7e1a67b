/* address-list.h - the addresses of a field (RFC 5322 3.4), as written by all
 * the programs there are; not installed.
 *
 * Pure.  Read are also: obsolete forms (routes, comments as names, blanks around
 * dots), names with unquoted dots, commas and 8-bit, encoded words with or
 * without quotes, addresses without brackets or with one of them, ";" between
 * addresses, no "," between them, addresses inside of quotes, "mailto:", local
 * names without a domain.
 */
#pragma once

#include <glib.h>

/* Adds the addresses in a field's value to `list`, groups flattened.
 *
 * raw       the value as it stands, encoded words and all
 * list      of PdAddress; one with a name and "" as address is somebody of whom
 *           the field gives but a name
 * max       how many `list` may hold
 * Returns   FALSE if there were more than that
 */
gboolean  pd_address_list_add  (GPtrArray  *list,
                                const char *raw,
                                guint       max);
