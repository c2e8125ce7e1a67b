/* encoded-word.h - RFC 2047: "=?utf-8?B?…?=" in header fields; not installed.
 *
 * GMime 3.2.13 loses a base64 word that follows a padded one of the same
 * charset, so this is our own.  Words whose characters are cut in two, and raw
 * 8-bit text between words, are read too.
 */
#pragma once

#include <glib.h>

/* An unstructured field's text: unfolded, valid UTF-8 without line breaks. */
char  *pd_words_decode  (const char *raw);

/* A structured field (addresses, parameters) with its words as quoted strings
 * in UTF-8, so that a parser for such fields reads them as one word each.
 */
char  *pd_words_quote   (const char *raw);
