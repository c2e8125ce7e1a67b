/* enriched.h - text/enriched (RFC 1896) and text/richtext (RFC 1341 7.1.3) as
 * plain text; not installed.
 */
#pragma once

#include <glib.h>

/* text       UTF-8, lines end in \n or \r\n
 * richtext   the older of the two
 * Returns    UTF-8; excerpts are written as quotes, "> "
 */
char  *pd_enriched_to_text  (const char *text,
                             gboolean    richtext);
