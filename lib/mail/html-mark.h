/* html-mark.h - the marks by which mail programs set apart parts of a mail in
 * its HTML; not installed.
 *
 * A mark is a class, an id or another attribute that a program gives to the
 * quoted mail, to the line that introduces it, to the signature.  A mail that
 * was passed through Outlook or Gmail has their prefix in front of the names
 * ("x_gmail_quote", "m_-123gmail_quote"); it is taken off before.
 */
#pragma once

#include "mail/html-text.h"
#include "mail/html-token.h"

#define PD_HTML_CITE "cite" /* source of <blockquote type=cite>, which many programs share */

typedef enum {
  PD_HTML_WHOLE,     /* the element's content */
  PD_HTML_CONTAINER, /* the blockquotes in the element, or all of it if there is none */
  PD_HTML_REST,      /* all behind the element's beginning */
  PD_HTML_HEADED,    /* the element is a header, all behind it is the quote */
} PdHtmlExtent;

typedef struct {
  const char     *name; /* ".class", "#id", "name=value" or "<element" */
  PdHtmlSpanKind  kind;
  PdHtmlExtent    extent;
  const char     *source;
} PdHtmlMark;

/* The mark of the tag just read, or NULL. */
const PdHtmlMark  *pd_html_mark_find    (const PdHtmlReader *tag);

/* All marks, for tests: the names are in the order of strcmp. */
const PdHtmlMark  *pd_html_mark_table   (gsize              *out_n);

/* Whether the text begins like the header of a mail: at least three of its
 * first lines are "Word: value".  Quote marks in front of lines are passed over.
 */
gboolean           pd_html_mark_is_header (const char       *text,
                                           gsize             length);

/* Whether the first line ends in a colon and such a header follows it, as
 * Apple Mail writes it in front of a forwarded mail.
 */
gboolean           pd_html_mark_is_forward (const char      *text,
                                            gsize            length);
