/* report-fields.h - the groups of header-like fields that delivery reports
 * (RFC 3464 2.1) and feedback reports (RFC 5965 3) are made of; not installed.
 */
#pragma once

#include <glib.h>

#define PD_REPORT_MAX_GROUPS 1001 /* the mail's own and 1,000 recipients' */
#define PD_REPORT_MAX_VALUE  4000 /* octets kept of a field */

/* text      UTF-8, lines end in \n or \r\n
 * Returns   GPtrArray of GHashTable: name in small letters -> unfolded value,
 *           the first of each name; the caller unrefs
 */
GPtrArray   *pd_report_parse   (const char *text);

/* The value, or "" if the group has no such field; lent by the group. */
const char  *pd_report_get     (GHashTable *group,
                                const char *name);

/* "rfc822; a@example.org" gives "a@example.org", without <>. */
char        *pd_report_dup_address (const char *value);

/* "smtp; 550 No such user" gives "550 No such user". */
const char  *pd_report_peek_text   (const char *value);
