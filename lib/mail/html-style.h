/* html-style.h - what a tag's own style says of how its content is shown; not
 * installed.
 *
 * Only the few properties by which senders hide text and by which mail
 * programs set apart a quoted mail.
 */
#pragma once

#include "mail/html-token.h"

typedef enum {
  PD_HTML_UNSAID, /* as the element around it */
  PD_HTML_NO,
  PD_HTML_YES,
} PdHtmlSaid;

typedef struct {
  gboolean   gone;        /* not shown, whatever the elements inside say */
  PdHtmlSaid invisible;   /* visibility; an element inside may be visible again */
  PdHtmlSaid tiny;        /* letters of at most a pixel */
  PdHtmlSaid same_colour; /* letters in the colour of their own ground */
  PdHtmlSaid margin;      /* empty space above and below */
  PdHtmlSaid keeps_lines; /* line ends in the text are shown as such */
  gboolean   ruled;       /* a line or a grey ground, as over the header of a quoted mail */
  gboolean   indented;    /* moved to the right without a line at the left */
  gboolean   mail_ru;     /* the line at the left that Mail.ru gives to a quote */
} PdHtmlStyle;

/* Reads the style and hidden attributes of the tag just read. */
void      pd_html_style_read         (PdHtmlStyle        *style,
                                      const PdHtmlReader *tag);

/* Whether a style sheet gives paragraphs no space above and below, as those of
 * Outlook do.
 */
gboolean  pd_html_style_flat_paragraphs (const char *sheet,
                                         gsize       length);
