/* lmtp-accept - takes every mail and answers at once: what the LMTP server
 * itself costs, and a peer for clients under test.
 *
 *   lmtp-accept ENDPOINT [smtp]      until SIGTERM or SIGINT
 *   smtp-source -L -s 50 -m 50000 -l 5000 inet:127.0.0.1:2424
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/daemon.h"
#include "net/lmtp-server.h"

static void
deliver (gpointer data, PdLmtpDelivery *delivery)
{
  pd_lmtp_delivery_answer (delivery, NULL, "2.0.0 Ok");
}

int
main (int argc, char **argv)
{
  PdLmtpServerSettings settings = {
    .session = { .host = "localhost", .max_size = 64 * 1024 * 1024, .max_recipients = 1000 },
    .max_connections = 1000,
    .deliver = deliver,
  };
  g_autoptr (PdLmtpServer) server = NULL;
  g_autoptr (GError) error = NULL;
  PdLmtpServerStatus status;

  if (argc < 2 || argc > 3 || (argc == 3 && strcmp (argv[2], "smtp") != 0))
    {
      fprintf (stderr, "usage: lmtp-accept ENDPOINT [smtp]\n");
      return EX_USAGE;
    }
  if (argc == 3)
    settings.session.mode = PD_LMTP_SMTP;
  pd_daemon_init ();
  server = pd_lmtp_server_new (&settings);
  if (!pd_lmtp_server_listen (server, argv[1], NULL, &error)
      || !pd_lmtp_server_start (server, &error))
    {
      fprintf (stderr, "lmtp-accept: %s\n", error->message);
      return EX_TEMPFAIL;
    }
  while (pd_daemon_wait (-1) != PD_SIGNAL_STOP)
    continue;
  pd_lmtp_server_status (server, &status);
  pd_lmtp_server_stop (server);
  printf ("%" G_GUINT64_FORMAT " mails\n", status.mails);
  return 0;
}
