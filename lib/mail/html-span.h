/* html-span.h - the marked parts of a text that is being made of HTML; not
 * installed.
 *
 * The converter tells which elements open and close while it writes; the marks
 * among them (html-mark.h) become spans of what was written between.
 */
#pragma once

#include "mail/html-mark.h"
#include "mail/html-style.h"
#include "mail/html-text.h"

#define PD_HTML_RULE "----------" /* what <hr> becomes, a line of its own */

/* What an open element is for the spans. */
typedef struct {
  gboolean        is_mark;
  gboolean        is_maybe;    /* a header, if its text reads like one */
  gboolean        is_section;  /* a quote that goes to the end goes to its end */
  PdHtmlSpanKind  kind;
  PdHtmlExtent    extent;
  const char     *source;
  gsize           begin;       /* in the text */
  gsize           first_quote; /* of a container: in the text */
  gsize           rest;        /* where a quote begins that goes to the element's end */
  const char     *rest_source;
} PdHtmlOpenMark;

typedef struct {
  const GString  *out;      /* the text so far */
  GArray         *found;    /* of PdHtmlSpan */
  PdHtmlOpenMark  open[PD_HTML_MAX_DEPTH + 1]; /* the first is the whole text */
  guint           depth;
  guint           closed;   /* open marks in which no others count */
  guint           forwards; /* open marks of forwarded mail */
} PdHtmlSpans;

/* found   of PdHtmlSpan; made empty */
void      pd_html_spans_begin      (PdHtmlSpans        *spans,
                                    const GString      *out,
                                    GArray             *found);

/* An element opens; each must be closed.
 *
 * is_quote   it is a blockquote that is shown as one
 * is_cell    of a table
 * is_block   it is a line of its own, or more
 * is_shown   its text is; else its marks mean nothing
 */
void      pd_html_spans_open       (PdHtmlSpans        *spans,
                                    const PdHtmlReader *tag,
                                    const PdHtmlStyle  *style,
                                    gboolean            is_quote,
                                    gboolean            is_cell,
                                    gboolean            is_block,
                                    gboolean            is_shown);
void      pd_html_spans_close      (PdHtmlSpans        *spans);

/* A tag without an end tag: <hr> with a mark. */
void      pd_html_spans_pass       (PdHtmlSpans        *spans,
                                    const PdHtmlReader *tag);

/* Puts the spans in order when all is closed. */
void      pd_html_spans_end        (PdHtmlSpans        *spans);

/* Behind the line ends and empty quoted lines that were written since `at`. */
gsize     pd_html_spans_text_begin (const GString      *out,
                                    gsize               at);
