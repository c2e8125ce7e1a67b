/* html-writer.h - lines of text as they come out of HTML; not installed.
 *
 * White space is one blank, an empty line comes where a block asks for one,
 * and each line begins with its quote marks and its list's indentation.
 */
#pragma once

#include <glib.h>

typedef struct {
  GString  *out;        /* at most `max` octets and a line more */
  gsize     max;
  guint     quotes;     /* "> " in front of a line; set by the caller */
  guint     indent;     /* blanks in front of a line; set by the caller */
  char      marker[16]; /* stands at the end of the next line's indentation, once */
  gboolean  flat;       /* line ends are blanks; set by the caller */
  guint     space;      /* blanks before the next text */
  guint     newlines;   /* that the output ends in */
  guint     wanted;     /* line ends before the next text */
  guint     last_quotes;
  gboolean  blank;      /* the line holds a no-break space and nothing else */
} PdHtmlWriter;

void      pd_html_writer_init     (PdHtmlWriter *writer,
                                   gsize         max);

/* Whether no more is taken. */
gboolean  pd_html_writer_is_full  (const PdHtmlWriter *writer);

/* Text in which white space is but one blank. */
void      pd_html_writer_text     (PdHtmlWriter *writer,
                                   const char   *text,
                                   gsize         length);

/* Text in which white space stays. */
void      pd_html_writer_pre      (PdHtmlWriter *writer,
                                   const char   *text,
                                   gsize         length);

/* At least that many line ends before the next text, and none before the first. */
void      pd_html_writer_want     (PdHtmlWriter *writer,
                                   guint         newlines);

/* A line end here. */
void      pd_html_writer_break    (PdHtmlWriter *writer);

/* The line counts as one even if nothing else comes: &nbsp;. */
void      pd_html_writer_hold     (PdHtmlWriter *writer);

/* At least that many blanks before the next text of this line. */
void      pd_html_writer_space    (PdHtmlWriter *writer,
                                   guint         blanks);
