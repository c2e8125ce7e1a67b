/* mime-field.h - a field that is a value and parameters: Content-Type,
 * Content-Disposition (RFC 2045 5.1, RFC 2183); not installed.
 *
 * Pure.  Parameters come decoded, whatever wrote them: RFC 2231 with charset,
 * language and continuations, encoded words inside of quotes (against RFC 2047
 * 5, in much mail), raw 8-bit, names with blanks and without quotes, parameters
 * without ";" between them.
 */
#pragma once

#include <glib.h>

#define PD_MIME_FIELD_MAX_PARAMETERS 500 /* read of one field, pieces counted */

typedef struct PdMimeField PdMimeField;

/* raw   the field's value as it stands, or NULL, which is an empty one */
PdMimeField *pd_mime_field_parse  (const char        *raw);
void         pd_mime_field_free   (PdMimeField       *field);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdMimeField, pd_mime_field_free)

/* What stands before the parameters: "text/plain", small letters; "" if nothing. */
const char  *pd_mime_field_value  (const PdMimeField *field);

/* A parameter by its name in small letters; valid UTF-8; NULL if there is none. */
const char  *pd_mime_field_get    (const PdMimeField *field,
                                   const char        *name);
