/* lmtp-server.h - many LMTP (or SMTP) sessions, served by one thread.
 *
 * The thread moves bytes and answers commands; mails go out through a callback
 * and their answers come back from any thread, many in one wake-up.
 *
 * Under load it slows senders down and never refuses: past `max_in_flight`
 * octets that have been handed out and not been answered, sessions that are
 * inside a mail are not read from until it falls.
 *
 *   server = pd_lmtp_server_new (&settings);
 *   pd_lmtp_server_listen (server, "127.0.0.1:24", NULL, &error);
 *   pd_lmtp_server_start (server, &error);
 *   ...
 *   pd_lmtp_server_stop (server);   SIGTERM: mails under way are finished
 *   pd_lmtp_server_free (server);
 */
#pragma once

#include "net/endpoint.h"
#include "net/lmtp.h"

typedef struct PdLmtpServer PdLmtpServer;

/* A mail that has been handed out. */
typedef struct PdLmtpDelivery PdLmtpDelivery;

typedef struct {
  PdLmtpSettings session;
  guint          max_connections;  /* the next one gets 421 4.3.2; 200 if 0 */
  gsize          max_in_flight;    /* octets; 64 MiB if 0 */

  /* microseconds: without an octet (421 4.4.2; RFC 5321 4.5.3.2; 5 min if 0),
   * for the content of a mail (1 h if 0), that pd_lmtp_server_stop waits */
  gint64         idle_timeout;
  gint64         transfer_timeout;
  gint64         drain_timeout;

  /* Takes a mail, in the server's thread: it may not block.  The mail must be
   * answered, sooner or later. */
  void         (*deliver) (gpointer data, PdLmtpDelivery *delivery);
  gpointer       data;
} PdLmtpServerSettings;

/* settings   copied; the strings in it are kept by pointer */
PdLmtpServer *pd_lmtp_server_new      (const PdLmtpServerSettings *settings);

/* Stops if need be, without draining.  Mails that are not answered yet may
 * still be, afterwards. */
void          pd_lmtp_server_free     (PdLmtpServer               *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdLmtpServer, pd_lmtp_server_free)

/* Opens a listening socket, before the start.  A UNIX socket's path is removed
 * again at the end.  Errors as of pd_endpoint_parse and pd_endpoint_listen.
 */
gboolean      pd_lmtp_server_listen   (PdLmtpServer               *server,
                                       const char                 *endpoint,
                                       const PdEndpointAccess     *access,
                                       GError                    **error);

/* Takes a socket that already listens (socket activation), before the start. */
void          pd_lmtp_server_take_fd  (PdLmtpServer               *server,
                                       int                         fd);

/* The TCP port of the first listening socket that has one; 0 if none has. */
guint16       pd_lmtp_server_port     (PdLmtpServer               *server);

/* Starts the thread.  PD_ERROR_TEMPORARY if the system has no resources. */
gboolean      pd_lmtp_server_start    (PdLmtpServer               *server,
                                       GError                    **error);

/* Listens no more, answers 421 4.3.2 to sessions that are not inside a mail,
 * and to the others after their mail; returns when the last has gone or the
 * drain timeout is over.
 */
void          pd_lmtp_server_stop     (PdLmtpServer               *server);

typedef struct {
  guint   sessions;  /* open now */
  gsize   in_flight; /* octets handed out and not answered */
  guint64 mails;     /* handed out since the start */
} PdLmtpServerStatus;

/* From any thread. */
void          pd_lmtp_server_status   (PdLmtpServer               *server,
                                       PdLmtpServerStatus         *out);

/* The mail; lent until the answer. */
PdEnvelope   *pd_lmtp_delivery_get_envelope  (PdLmtpDelivery      *delivery);

/* Makes the envelope the caller's; get gives NULL from now on. */
PdEnvelope   *pd_lmtp_delivery_take_envelope (PdLmtpDelivery      *delivery);

/* Answers a mail and frees the delivery, from any thread, even after the
 * server has gone.  Arguments as of pd_lmtp_answer; they are copied.
 */
void          pd_lmtp_delivery_answer        (PdLmtpDelivery      *delivery,
                                              const GError *const *errors,
                                              const char          *ok_text);

/* Frees the delivery and closes its connection without a word: for tests of
 * clients.  From any thread. */
void          pd_lmtp_delivery_drop          (PdLmtpDelivery      *delivery);
