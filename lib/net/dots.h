/* dots.h - the end of a mail in DATA: dots put in and taken out (RFC 5321 4.5.2).
 *
 * Only CRLF is a line end here.  A dot after a bare LF or a bare CR neither
 * ends the mail nor is taken out: a server that is more generous can be made
 * to see a second mail in the first one.
 */
#pragma once

#include <glib.h>

/* Takes dots out of what a client sends after DATA.  Begin with PD_DOTS_INIT. */
typedef struct {
  guint8   at;   /* private: what the last octets were */
  gboolean end;  /* CRLF.CRLF has come */
  gboolean bare; /* a CR or LF that is not part of CRLF has come */
} PdDots;

#define PD_DOTS_INIT  { 0, FALSE, FALSE }
#define PD_DOTS_SLACK 2 /* octets by which a piece can grow: a CR that was held back */

/* Reads a piece of the stream, cut anywhere.
 *
 * plain      gets the octets of the mail; room for length + PD_DOTS_SLACK
 * Returns    how much of `bytes` belongs to the mail: all, or up to the end
 */
gsize     pd_dots_read   (PdDots      *dots,
                          const char  *bytes,
                          gsize        length,
                          char        *plain,
                          gsize       *out_length);

/* Makes of a whole mail what is sent after DATA, the final dot included.  A
 * bare CR or LF becomes CRLF, because RFC 5321 2.3.8 forbids to send one.
 *
 * into       gets the octets, appended
 */
void      pd_dots_write  (GString     *into,
                          const char  *mail,
                          gsize        length);
