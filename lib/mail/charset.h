/* charset.h - text in any charset, labelled rightly, wrongly or not at all, as
 * valid UTF-8.
 *
 * Pure, but for the converters that glibc loads when one is first used:
 * pd_charset_init loads those of mail beforehand.
 */
#pragma once

#include <glib.h>

/* Decodes a text as well as can be; it always answers.
 *
 * bytes, length   as in the mail, transfer encoding undone; may hold NUL
 * charset         the label, any case; "" or NULL if there was none
 * out_defect      what did not fit, static text, or NULL; may be NULL
 * Returns         valid UTF-8 without NUL; bytes that mean nothing become U+FFFD
 */
char        *pd_charset_decode  (const char  *bytes,
                                 gsize        length,
                                 const char  *charset,
                                 const char **out_defect);

/* The name by which iconv knows a label; lent for ever if it is in our table,
 * else `label` itself.
 */
const char  *pd_charset_iconv_name (const char *label);

/* A string of unknown origin as valid UTF-8: kept if it is, else read by a guess
 * from its octets.  NULL gives "".
 */
char        *pd_charset_clean   (const char  *text);

/* Once, before the first mail and any thread. */
void         pd_charset_init    (void);
void         pd_charset_shutdown (void);
