/* body-encoding.h - bodies in the form that any mail server carries.
 *
 * Pure.  Output has CRLF line ends and ends in one, if there is any.
 */
#pragma once

#include <glib.h>

/* Encodes text by the transfer encoding that suits it: 7bit for short ASCII
 * lines, else quoted-printable or base64, whichever is shorter.
 *
 * text      UTF-8 with any line ends
 * out       what is encoded is appended
 * Returns   the encoding's name for Content-Transfer-Encoding
 */
const char  *pd_body_add_text    (GString    *out,
                                  const char *text);

/* Appends base64 (RFC 2045 6.8) in lines of 76. */
void         pd_body_add_base64  (GString    *out,
                                  const void *octets,
                                  gsize       length);
