/* html-token.h - HTML cut into tags and text; not installed.
 *
 * Linear in the input, whatever the input: nothing is looked at twice, tags
 * keep at most PD_HTML_MAX_ATTRIBUTES attributes.  No tree is built; what
 * nests wrongly is the caller's affair.  Comments, declarations and the
 * content of script, style and their like are skipped.
 */
#pragma once

#include <glib.h>

#define PD_HTML_MAX_ATTRIBUTES 64
#define PD_HTML_MAX_NAME       32   /* octets of a tag or attribute name that are told apart */
#define PD_HTML_MAX_VALUE      4096 /* octets kept of an attribute's value */

typedef enum {
  PD_HTML_END,   /* of the input */
  PD_HTML_TEXT,  /* characters, references not yet resolved */
  PD_HTML_OPEN,  /* <name …> */
  PD_HTML_CLOSE, /* </name> */
} PdHtmlKind;

typedef struct {
  char        name[PD_HTML_MAX_NAME]; /* small letters */
  const char *value;                  /* in the input, references not resolved; "" if none */
  gsize       length;
} PdHtmlAttribute;

typedef struct {
  const char      *next; /* what is not yet read */
  const char      *end;
  PdHtmlKind       kind;
  char             name[PD_HTML_MAX_NAME]; /* of a tag, small letters */
  const char      *text;                   /* of text; of script, style, …: the content */
  gsize            length;
  PdHtmlAttribute  attributes[PD_HTML_MAX_ATTRIBUTES];
  guint            n_attributes;
} PdHtmlReader;

void         pd_html_begin        (PdHtmlReader       *reader,
                                   const char         *html,
                                   gsize               length);

/* Reads the next token into `reader`. */
PdHtmlKind   pd_html_next         (PdHtmlReader       *reader);

/* An attribute of the tag just read as it stands, or NULL. */
const PdHtmlAttribute *pd_html_peek_attribute (const PdHtmlReader *reader,
                                               const char         *name);

/* An attribute of the tag just read, references resolved; NULL if it has
 * none of that name.
 */
char        *pd_html_dup_attribute (const PdHtmlReader *reader,
                                    const char         *name);

/* Appends text with its character references (&amp; &#228;) resolved. */
void         pd_html_append_text  (GString            *out,
                                   const char         *text,
                                   gsize               length);
