/* compose.h - an outgoing mail from its parts.
 *
 * Pure: the caller gives date and ids.  Header injection is impossible: a
 * line break or NUL in any header value is refused, not repaired.
 */
#pragma once

#include <glib.h>

#include "mail/mail.h"

typedef struct {
  const char *name;         /* file name, UTF-8 */
  const char *type;         /* media type */
  const char *content_id;   /* without <>, or NULL */
  GBytes     *bytes;
} PdDraftFile;

typedef struct {
  PdAddress          from;
  const PdAddress   *to;
  gsize              n_to;
  const PdAddress   *cc;
  gsize              n_cc;
  const char        *reply_to;       /* an address, or NULL */
  const char        *subject;
  gint64             date;           /* microseconds UTC */
  const char        *message_id;     /* without <> */
  const char        *in_reply_to;    /* without <>, or NULL */
  const char *const *references;     /* without <>, NULL-terminated, or NULL; oldest first */
  const char        *auto_submitted; /* RFC 3834 value, or NULL for a person's mail */
  const char *const *extra;          /* name, value, name, value, …, NULL; or NULL */
  const char        *text;           /* the plain part; required, UTF-8 */
  const char        *html;           /* the HTML part, or NULL */
  const PdDraftFile *files;
  gsize              n_files;
} PdDraft;

/* What the next hop must be able to do for this mail. */
typedef enum {
  PD_NEEDS_NOTHING  = 0,
  PD_NEEDS_8BITMIME = 1 << 0, /* RFC 6152 */
  PD_NEEDS_SMTPUTF8 = 1 << 1, /* RFC 6531: an address or header is not ASCII */
} PdMailNeeds;

#define PD_COMPOSE_MAX_REFERENCES 2000 /* octets of the References field */

/* Builds the mail: RFC 5322 with CRLF, lines of at most 998 octets, headers
 * folded at 78, text parts in 7bit, quoted-printable or base64 (so that any
 * hop can carry them), multipart/alternative when there is HTML,
 * multipart/mixed around it when there are files; files with a content id
 * stand beside the HTML in multipart/related.  Messages as files get the type
 * application/octet-stream, since they may not be sent in base64 under their
 * own (RFC 2046 5.2.1).  References is cut in the middle (the first and the
 * newest stay) to keep it under PD_COMPOSE_MAX_REFERENCES; ids that no header
 * can hold are left out of it.
 *
 * The same draft gives the same octets.
 *
 * out_needs   what the next hop must offer (PdMailNeeds)
 * Errors      PD_ERROR_INVALID  line break in a header value, no recipient,
 *             an address without "@", a bad Message-ID, an extra header whose
 *             name is bad or one that is written here anyway
 */
GBytes  *pd_compose  (const PdDraft *draft,
                      PdMailNeeds   *out_needs,
                      GError       **error);

/* An address as it goes into headers and onto the wire: the local part quoted
 * where it must be, the domain in small letters and A-labels (IDNA 2008).
 *
 * address   local@domain, UTF-8
 * needs     PD_NEEDS_SMTPUTF8 is added when it cannot be written in ASCII
 * Errors    PD_ERROR_INVALID  not a mail address
 */
char    *pd_compose_wire_address  (const char  *address,
                                   PdMailNeeds *needs,
                                   GError     **error);
