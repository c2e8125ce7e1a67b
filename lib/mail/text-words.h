/* text-words.h - the words of a text, for comparing texts that were wrapped,
 * quoted, marked up or turned from HTML in between; not installed.
 *
 * A word is a run of letters, marks and digits, compared in small letters.  In
 * scripts that put no blanks between words each character is one.  A link is
 * one word, whatever it holds.
 *
 * Pure functions on UTF-8.
 */
#pragma once

#include <glib.h>

typedef enum {
  PD_TEXT_WORD,
  PD_TEXT_NUMBER, /* of digits alone */
  PD_TEXT_LINK,   /* http, https, mailto, cid, or www. */
} PdTextWordKind;

typedef struct {
  guint32    hash;   /* of the small letters; the same for all links */
  guint32    start;  /* octets into the text */
  guint32    length; /* octets */
  PdTextWordKind kind;
  gboolean   aside;  /* a link in brackets: what mail programs put beside a linked text */
} PdTextWord;

/* Appends the words of text[from, to) until the array holds `max`.
 *
 * words   GArray of PdTextWord
 */
void      pd_text_words_add     (GArray     *words,
                                 const char *text,
                                 gsize       from,
                                 gsize       to,
                                 guint       max);

/* The host of a link, in small letters; "" if it has none.  Caller frees. */
char     *pd_text_word_dup_host (const char       *text,
                                 const PdTextWord *word);

/* One number for some words in a row. */
guint32   pd_text_words_hash    (const PdTextWord *words,
                                 guint             n);
