/* html-text.h - HTML as text that people can read.
 *
 * Lists become "* " and "1. ", quotes "> ", rows of a table lines, links
 * "text <url>"; what is not shown (script, style, title, display:none) is
 * dropped.  Linear in the size of the input.
 */
#pragma once

#include <glib.h>

#define PD_HTML_MAX_DEPTH 100 /* open elements that are told apart; deeper ones nest no further */

/* html        UTF-8; what is behind PD_MAIL_MAX_TEXT octets is left out
 * out_quote   where in the result (octets) a mail program's own mark says that
 *             the quoted mail begins, G_MAXSIZE if there is none; may be NULL
 * Returns     UTF-8, lines end in \n; at most PD_MAIL_MAX_TEXT octets
 */
char  *pd_html_to_text  (const char *html,
                         gsize      *out_quote);
