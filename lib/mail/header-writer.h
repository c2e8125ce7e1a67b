/* header-writer.h - header fields of an outgoing mail, folded and encoded.
 *
 * Each function appends whole lines with CRLF.  Lines are folded at
 * PD_HEADER_FOLD columns wherever white space allows it (RFC 5322 2.2.3);
 * what is not ASCII becomes encoded words of UTF-8 that never split a
 * character (RFC 2047).  Values are refused, not repaired, when they hold a
 * line break: PD_ERROR_INVALID, naming the field.
 */
#pragma once

#include <glib.h>

#include "mail/compose.h"

#define PD_HEADER_FOLD        78
#define PD_HEADER_MAX_NAME    70  /* octets of a field's name */
#define PD_HEADER_MAX_WORD    900 /* octets that are left without a fold: a line may have 998 */
#define PD_HEADER_MAX_ADDRESS 400 /* octets of an address */

/* Free text: Subject, and fields that have ASCII values with a form of their
 * own.  `value` is UTF-8.
 */
gboolean  pd_header_add_text       (GString          *out,
                                    const char       *name,
                                    const char       *value,
                                    GError          **error);

/* Tokens that are ASCII and may be folded between each other: ids. */
void      pd_header_add_tokens     (GString          *out,
                                    const char       *name,
                                    GPtrArray        *tokens);

/* A list of addresses, folded behind the commas; nothing at all when n is 0.
 * Sets PD_NEEDS_SMTPUTF8 in `needs` when one cannot be written in ASCII.
 */
gboolean  pd_header_add_addresses  (GString          *out,
                                    const char       *name,
                                    const PdAddress  *addresses,
                                    gsize             n,
                                    PdMailNeeds      *needs,
                                    GError          **error);

/* "; NAME=value" of Content-Type or Content-Disposition on lines of their
 * own, by RFC 2231 where it is long or not ASCII.  `out` ends within a field.
 */
void      pd_header_add_parameter  (GString          *out,
                                    const char       *name,
                                    const char       *value);

/* Whether an id (without <>) can stand in Message-ID, References, Content-ID:
 * printable ASCII without white space and angle brackets, of bounded length.
 */
gboolean  pd_header_id_is_good     (const char       *id);
