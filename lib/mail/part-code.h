/* part-code.h - transfer encodings undone piece by piece; not installed.
 *
 * One place decodes, for the hash in PdPart and for pd_mail_decode_part, so
 * that they cannot differ.
 */
#pragma once

#include <glib.h>
#include <gmime/gmime.h>

/* Receives a piece of decoded bytes. */
typedef void (*PdCodeSink) (gpointer      data,
                            const guint8 *bytes,
                            gsize         length);

/* Undoes `encoding`; pieces go to `sink` in order. */
void         pd_code_decode   (const guint8         *bytes,
                               gsize                 length,
                               GMimeContentEncoding  encoding,
                               PdCodeSink            sink,
                               gpointer              data);

/* "7bit", "base64" …; static. */
const char  *pd_code_name     (GMimeContentEncoding  encoding);

/* FALSE if it is none of those names. */
gboolean     pd_code_find     (const char           *name,
                               GMimeContentEncoding *out_encoding);
