/* html-text.h - HTML as text that people can read.
 *
 * Lists become "* " and "1. ", quotes "> ", rows of a table lines, links
 * "text <url>"; what is not shown (script, style, title, display:none) is
 * dropped.  Linear in the size of the input.
 *
 * Mail programs mark in their HTML which part of a mail is not written now:
 * the quoted mail, the line that introduces it, the signature.  These are
 * given as spans of the text.
 */
#pragma once

#include <glib.h>

#define PD_HTML_MAX_DEPTH 250 /* open elements that are told apart; deeper ones nest no further */
#define PD_HTML_MAX_SPANS 200 /* spans that are told */

typedef enum {
  PD_HTML_SPAN_QUOTE,       /* the mail that is answered */
  PD_HTML_SPAN_SIGNATURE,
  PD_HTML_SPAN_ATTRIBUTION, /* "On Monday Ann wrote:", in front of a quote */
  PD_HTML_SPAN_FORWARD,     /* a mail that is passed on: content, not a quote */
  PD_HTML_SPAN_HEADER,      /* "From: … Date: …" of a quoted or forwarded mail */
} PdHtmlSpanKind;

/* A part of the text that a mail program marked.  It begins with a line where
 * the marked text does ("> " included) and ends behind the last marked
 * character, without the line's end.  Both ends are between characters.
 *
 * Outlook and its like mark an answered and a forwarded mail in the same way;
 * the kind is then QUOTE with a HEADER in front, and the subject has to decide.
 */
typedef struct {
  PdHtmlSpanKind  kind;
  gsize           offset; /* octets */
  gsize           length; /* octets, never 0 */
  const char     *source; /* whose mark it is: "gmail", "outlook", …; static */
} PdHtmlSpan;

/* html      UTF-8; what is behind PD_MAIL_MAX_TEXT octets is left out
 * Returns   UTF-8, lines end in \n; at most PD_MAIL_MAX_TEXT octets
 */
char  *pd_html_to_text         (const char *html);

/* The same, with all marks.
 *
 * spans   of PdHtmlSpan, made empty first; gets the marked parts in order of
 *         their offset, at most PD_HTML_MAX_SPANS.  They do not overlap, but
 *         a HEADER may lie in a FORWARD (which is then before it).
 */
char  *pd_html_to_text_marked  (const char *html,
                                GArray     *spans);
