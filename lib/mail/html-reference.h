/* html-reference.h - what &name; and &#number; stand for in HTML; not installed. */
#pragma once

#include <glib.h>

/* Reads the reference behind an "&" and appends its character.
 *
 * text       what stands behind the "&"
 * in_value   in an attribute's value: there a name without ";" is a reference
 *            only if neither "=" nor a letter or digit follows, so that
 *            "?a=1&copy=2" stays a link (HTML 13.2.5.73)
 * Returns    how many octets of `text` belong to it; 0 if it is none, and
 *            nothing was appended
 */
gsize  pd_html_reference_append  (GString    *out,
                                  const char *text,
                                  gsize       length,
                                  gboolean    in_value);
