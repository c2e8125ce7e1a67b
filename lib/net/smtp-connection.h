/* smtp-connection.h - sends mails to one server, over a connection that is kept.
 *
 * Blocking, bounded in time; a connection belongs to one thread at a time.
 *
 *   connection = pd_smtp_connect (&server, &error);
 *   while (there are mails)
 *     if (!pd_smtp_send (connection, &job, &error))
 *       ... free it, connect again; send a mail again whose recipients are
 *           PD_SMTP_UNTRIED
 */
#pragma once

#include "net/smtp-client.h"

typedef struct PdSmtpConnection PdSmtpConnection;

typedef struct {
  const char *url;       /* as of pd_smtp_check_url */
  const char *hello;     /* our host name, for EHLO */
  PdSmtpTls   tls;       /* for smtp:; smtps: is TLS from the start, and verified */
  const char *ca_file;   /* NULL or "": the system's */
  gint64      timeout;   /* microseconds for a step; 1 min if 0; the reply to the mail itself
                          * may take 5 times as long */
  int         cancel_fd; /* readable: stop at once; 0 or less: none */
} PdSmtpServer;

/* Whether a URL can be used: smtp[s]://[USER[:PASS]@]HOST[:PORT], or
 * lmtp://HOST[:PORT], lmtp:///PATH.  PD_ERROR_INVALID, without the password. */
gboolean          pd_smtp_check_url        (const char          *url,
                                            GError             **error);

/* Connects, changes to TLS, authenticates: then mails can be sent.
 *
 * Errors   PD_ERROR_INVALID     the URL
 *          PD_ERROR_DENIED      the server refuses the user
 *          PD_ERROR_TEMPORARY   anything else, certificates included
 */
PdSmtpConnection *pd_smtp_connect          (const PdSmtpServer  *server,
                                            GError             **error);

/* Sends a mail; the results are in the job in any case.
 *
 * Returns   FALSE when the connection can send no more.  If it had been closed
 *           before, all recipients are PD_SMTP_UNTRIED.
 */
gboolean          pd_smtp_send             (PdSmtpConnection    *connection,
                                            PdSmtpJob           *job,
                                            GError             **error);

/* The server's address, for the log; lent. */
const char       *pd_smtp_connection_get_peer (PdSmtpConnection *connection);

/* Says goodbye if it can, and closes. */
void              pd_smtp_connection_free  (PdSmtpConnection    *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdSmtpConnection, pd_smtp_connection_free)
