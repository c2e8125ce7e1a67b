/* smtp-client.h - the client's side of SMTP (RFC 5321) and LMTP, without I/O.
 *
 * What the server says goes in, commands come out in a string that the caller
 * writes and shortens.  Commands are pipelined when the server offers it: a
 * mail costs two round trips, whatever the number of recipients.
 *
 *   PD_SMTP_CLIENT_BUSY    write the output, read, feed
 *   PD_SMTP_CLIENT_TLS     the same until the output is written, then do the
 *                          handshake and call pd_smtp_client_secured
 *   PD_SMTP_CLIENT_READY   give it a mail (begin), or quit
 *   PD_SMTP_CLIENT_OVER    pd_smtp_client_get_error says why
 */
#pragma once

#include <glib.h>

#include "net/smtp-reply.h"

#define PD_SMTP_MAX_RECIPIENTS 1000 /* of one mail */
#define PD_SMTP_MAX_ANSWER     1000 /* octets kept of a reply */

typedef enum {
  PD_SMTP_TLS_OPPORTUNISTIC, /* if it is offered; any certificate will do, unless there is a
                              * password to send */
  PD_SMTP_TLS_REQUIRED,      /* or nothing is sent */
  PD_SMTP_TLS_NONE,
} PdSmtpTls;

typedef struct {
  gboolean    lmtp;
  const char *hello;    /* our name for EHLO or LHLO */
  PdSmtpTls   tls;      /* STARTTLS */
  gboolean    secured;  /* TLS from the start */
  gboolean    private;  /* nobody can listen in: the password may go in clear */
  const char *user;     /* NULL: no AUTH */
  const char *password;
} PdSmtpClientSettings;

typedef enum {
  PD_SMTP_UNTRIED,
  PD_SMTP_SENT,      /* the server has taken it */
  PD_SMTP_TRANSIENT, /* 4yz, or the connection broke before the end */
  PD_SMTP_PERMANENT, /* 5yz, or the server cannot take such a mail */
  PD_SMTP_LOST,      /* the connection broke after the final dot: perhaps it was taken */
} PdSmtpResult;

typedef struct {
  const char  *address;
  const char  *notify;  /* DSN (RFC 3461) "FAILURE,DELAY"; NULL: none; sent only if offered */
  const char  *orcpt;   /* original recipient, an address; NULL: none */

  PdSmtpResult result;
  int          code;       /* of the reply that decided; 0 if we did */
  char         status[12]; /* "5.1.1"; "" if the server gave none */
  char        *answer;     /* the reply, or our reason, in one line of UTF-8; NULL while untried */
} PdSmtpRecipient;

/* A mail to send; the caller fills it and keeps it until the result. */
typedef struct {
  const char      *sender;    /* "" the null sender */
  const char      *ret;       /* DSN: "FULL" "HDRS" NULL */
  const char      *envid;     /* DSN: any text, NULL */
  gboolean         body_8bit; /* the content has octets above 127; servers without 8BITMIME get
                               * it all the same */
  gboolean         smtputf8;  /* its header fields need SMTPUTF8 */
  GBytes          *mail;      /* with CRLF or LF; sent with CRLF */
  PdSmtpRecipient *recipients;
  guint            n_recipients; /* 1 … PD_SMTP_MAX_RECIPIENTS */
} PdSmtpJob;

/* Sets all recipients back to untried, and frees their answers. */
void          pd_smtp_job_clear        (PdSmtpJob *job);

typedef enum {
  PD_SMTP_CLIENT_BUSY,
  PD_SMTP_CLIENT_TLS,
  PD_SMTP_CLIENT_READY,
  PD_SMTP_CLIENT_OVER,
} PdSmtpClientPhase;

typedef struct PdSmtpClient PdSmtpClient;

/* settings   copied; the strings in it are kept by pointer */
PdSmtpClient *pd_smtp_client_new       (const PdSmtpClientSettings *settings);
void          pd_smtp_client_free      (PdSmtpClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSmtpClient, pd_smtp_client_free)

PdSmtpClientPhase pd_smtp_client_phase (const PdSmtpClient *client);
GString      *pd_smtp_client_output    (PdSmtpClient *client);

/* Gives it what the server says.  In phase TLS nothing may be fed: what comes
 * in clear then was not said by a friend. */
void          pd_smtp_client_feed      (PdSmtpClient *client,
                                        const char   *bytes,
                                        gsize         length);

/* Whether the next reply says if the mail is taken.  Wait long for it: who
 * goes away now gets the mail twice (RFC 5321 4.5.3.2.6: 10 minutes). */
gboolean      pd_smtp_client_is_deciding (const PdSmtpClient *client);

/* The handshake is done; it says hello again (RFC 3207 4.2). */
void          pd_smtp_client_secured   (PdSmtpClient *client);

/* Sends a mail, in phase READY; the results are in the job when the phase is
 * READY or OVER.  The job may even be finished at once. */
void          pd_smtp_client_begin     (PdSmtpClient *client,
                                        PdSmtpJob    *job);

/* Says goodbye, in phase READY. */
void          pd_smtp_client_quit      (PdSmtpClient *client);

/* The connection is gone; gives the mail under way its results.
 *
 * why   of our side: "time is up"
 */
void          pd_smtp_client_lost      (PdSmtpClient *client,
                                        const char   *why);

/* Why it is over; NULL after quit.  PD_ERROR_TEMPORARY; PD_ERROR_DENIED when
 * the server refuses the user or the settings forbid to go on. */
const GError *pd_smtp_client_get_error (const PdSmtpClient *client);
