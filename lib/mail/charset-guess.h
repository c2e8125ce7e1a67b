/* charset-guess.h - the charset of a text that has no label, or a wrong one;
 * not installed.
 *
 * Pure.  Known are UTF-16 without a mark, the encodings of Chinese, Japanese
 * and Korean, and the families of windows, KOI8, ISO 8859, DOS and Macintosh for
 * the languages of Europe and the Near East.  A guess is made by what is well
 * formed, and by which letters would stand beside each other.
 */
#pragma once

#include <glib.h>

#define PD_CHARSET_MAX_SAMPLE 4096 /* octets that a guess is made from */

/* Guesses from 8-bit octets that are not UTF-8.
 *
 * out_sure   whether the guess is good enough to go before a label; may be NULL
 * Returns    a name for iconv, static; "windows-1252" when nothing speaks for
 *            another
 */
const char  *pd_charset_guess        (const char *bytes,
                                      gsize       length,
                                      gboolean   *out_sure);

/* "utf-16le" or "utf-16be" if the octets look like it, by their zeros; else NULL. */
const char  *pd_charset_guess_wide   (const char *bytes,
                                      gsize       length);

/* Once; builds tables.  No thread may guess before. */
void         pd_charset_guess_init   (void);
