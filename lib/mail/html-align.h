/* html-align.h - the marks of a mail's HTML, carried over to its plain text;
 * not installed.
 *
 * Most mail has both.  The plain text is what is read, the HTML is what the
 * mail program marked; they have the same words.
 */
#pragma once

#include <glib.h>

#define PD_HTML_ALIGN_MAX_WORDS 100000  /* of either text; a longer one is not compared */
#define PD_HTML_ALIGN_MAX_STEPS 1000000 /* comparisons of words; behind them nothing more is found */

/* marked   the text made of the HTML, UTF-8
 * spans    of PdHtmlSpan: its marks
 * plain    the plain text of the same mail, UTF-8
 * out      of PdHtmlSpan: gets those spans that begin and end between the same
 *          words in both, in order; empty if the texts differ too much
 */
void  pd_html_align  (const char   *marked,
                      const GArray *spans,
                      const char   *plain,
                      GArray       *out);
