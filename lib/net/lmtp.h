/* lmtp.h - the server's side of LMTP (RFC 2033) and SMTP (RFC 5321), without I/O.
 *
 * Bytes go in, cut anywhere; replies come out in a string that the caller
 * writes and shortens.  When a mail is whole, the session waits: it takes no
 * more bytes until the mail has been answered, so what a client has pipelined
 * behind it stays with the caller.
 *
 *   greet, then again and again:
 *     pd_lmtp_feed             what was read, as far as it is taken
 *     pd_lmtp_take_envelope    not NULL: a mail is there
 *     pd_lmtp_answer           … and what became of it
 *     pd_lmtp_output           is written
 *   until pd_lmtp_phase says PD_LMTP_OVER and the output is written.
 *
 * Extensions: PIPELINING, 8BITMIME, SMTPUTF8, SIZE, ENHANCEDSTATUSCODES and
 * CHUNKING (RFC 2920, 6152, 6531, 1870, 2034, 3030).
 */
#pragma once

#include "net/envelope.h"

#define PD_LMTP_MAX_LINE   2048 /* octets of a command with CRLF; past it: 500 5.5.6 */
#define PD_LMTP_MAX_ERRORS 20   /* commands in a row that were wrong; past it: 421 4.7.0 */
#define PD_LMTP_MAX_TEXT   400  /* octets of a reply's text (RFC 5321 4.5.3.1.5: 512 in all) */

typedef enum {
  PD_LMTP_LMTP, /* LHLO; a reply for each recipient after DATA and BDAT LAST */
  PD_LMTP_SMTP, /* EHLO, HELO; one reply */
} PdLmtpMode;

typedef struct {
  PdLmtpMode  mode;
  const char *host;           /* our name, for the greeting */
  gsize       max_size;       /* octets of a mail; past it: 552 5.3.4 */
  guint       max_recipients; /* in a transaction; past it: 452 4.5.3 */

  /* Whether a recipient is known; may not block.  An error becomes the reply
   * that pd_error_face has for it, with its text.  NULL: all are.
   *
   * address   as pd_path_parse gives it; may be "postmaster" without domain
   */
  gboolean  (*accept_recipient) (gpointer data, const char *address, GError **error);
  gpointer    data;
} PdLmtpSettings;

typedef enum {
  PD_LMTP_COMMAND, /* between mails, or in an envelope */
  PD_LMTP_CONTENT, /* in DATA or in a chunk */
  PD_LMTP_WAITING, /* for pd_lmtp_answer; feed takes nothing */
  PD_LMTP_OVER,    /* write the output, then close */
} PdLmtpPhase;

typedef struct PdLmtp PdLmtp;

/* A new session; the greeting is in its output.
 *
 * settings   kept by pointer, outlives the session
 * peer       for the envelopes; copied
 */
PdLmtp      *pd_lmtp_new           (const PdLmtpSettings *settings,
                                    const char           *peer);
void         pd_lmtp_free          (PdLmtp               *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdLmtp, pd_lmtp_free)

/* Gives it bytes.
 *
 * Returns   how many were taken; fewer than `length` only when the phase is
 *           then WAITING or OVER
 */
gsize        pd_lmtp_feed          (PdLmtp               *session,
                                    const char           *bytes,
                                    gsize                 length);

PdLmtpPhase  pd_lmtp_phase         (const PdLmtp         *session);

/* What waits to be written; the caller erases what it has written. */
GString     *pd_lmtp_output        (PdLmtp               *session);

/* The mail that has just become whole, once; NULL if there is none. */
PdEnvelope  *pd_lmtp_take_envelope (PdLmtp               *session);

/* Answers the mail that was taken; in phase WAITING only.
 *
 * errors    one for each recipient, NULL for accepted; NULL: all accepted.
 *           In SMTP mode the mail is refused only if all are errors, with the
 *           first.
 * ok_text   after the 250, such as "2.0.0 Ok 0K3F…"; bounded and cleaned
 */
void         pd_lmtp_answer        (PdLmtp               *session,
                                    const GError *const  *errors,
                                    const char           *ok_text);

/* Ends the session with a last reply, whatever its phase.
 *
 * reply     a line without CRLF: "421 4.4.2 timeout"
 */
void         pd_lmtp_shut          (PdLmtp               *session,
                                    const char           *reply);
