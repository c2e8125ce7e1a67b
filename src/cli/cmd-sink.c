/* Catches mail out: an SMTP server that keeps each mail in a file of its own,
 * for trying and for tests.  The envelope stands on top, as Return-Path and
 * X-Original-To fields; a file has its name only when it is whole.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/error.h"
#include "cli/commands.h"
#include "net/lmtp-server.h"

#define MAX_SIZE       (100 * 1024 * 1024)
#define MAX_RECIPIENTS 1000

typedef struct {
  const char *folder;
  guint       serial; /* of the server's thread */
} Sink;

static gboolean
write_mail (FILE *file, const PdEnvelope *envelope, GBytes *bytes)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  fprintf (file, "Return-Path: <%s>\r\n", envelope->sender);
  for (guint i = 0; i < envelope->n_recipients; i++)
    fprintf (file, "X-Original-To: %s\r\n", envelope->recipients[i]);
  return fwrite (data, 1, size, file) == size;
}

static gboolean
keep (Sink *sink, const PdEnvelope *envelope, GError **error)
{
  g_autofree char *name
      = g_strdup_printf ("%" G_GINT64_FORMAT "-%06u.eml", pd_clock_now (), sink->serial++);
  g_autofree char *path = g_build_filename (sink->folder, name, NULL);
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autoptr (GBytes) bytes = pd_spill_get_bytes (envelope->data, error);
  FILE *file = bytes != NULL ? fopen (part, "wbe") : NULL;
  gboolean written;

  if (bytes == NULL)
    return FALSE;
  if (file == NULL)
    return pd_fail (error, PD_ERROR_TEMPORARY, "%s: %s", part, g_strerror (errno));
  written = write_mail (file, envelope, bytes);
  written = fclose (file) == 0 && written;
  return (written && rename (part, path) == 0)
         || pd_fail (error, PD_ERROR_TEMPORARY, "%s: %s", path, g_strerror (errno));
}

static void
deliver (gpointer data, PdLmtpDelivery *delivery)
{
  const PdEnvelope *envelope = pd_lmtp_delivery_get_envelope (delivery);
  g_autoptr (GError) error = NULL;
  gboolean kept = keep (data, envelope, &error);
  g_autofree const GError **errors = g_new0 (const GError *, envelope->n_recipients);

  for (guint i = 0; i < envelope->n_recipients; i++)
    errors[i] = error;
  pd_lmtp_delivery_answer (delivery, kept ? NULL : errors, "2.0.0 Ok, caught");
}

static gboolean
serve (Sink *sink, const char *listen, GError **error)
{
  const PdLmtpServerSettings settings = {
    .session = {
      .mode = PD_LMTP_SMTP,
      .host = "sink.invalid",
      .max_size = MAX_SIZE,
      .max_recipients = MAX_RECIPIENTS,
    },
    .drain_timeout = 2 * PD_SECOND,
    .deliver = deliver,
    .data = sink,
  };
  g_autoptr (PdLmtpServer) server = pd_lmtp_server_new (&settings);

  if (!pd_lmtp_server_listen (server, listen, NULL, error) || !pd_lmtp_server_start (server, error))
    return FALSE;
  g_print ("Catching mail on %s in %s/\n", listen, sink->folder);
  while (pd_daemon_wait (-1) != PD_SIGNAL_STOP)
    ;
  pd_lmtp_server_stop (server);
  return TRUE;
}

gboolean
pd_command_sink (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *listen = NULL;
  const GOptionEntry entries[] = {
    { "listen", 'l', 0, G_OPTION_ARG_STRING, &listen, "Where to listen", "HOST:PORT" },
    G_OPTION_ENTRY_NULL,
  };
  Sink sink = { 0 };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error))
    return FALSE;
  if (listen == NULL)
    return pd_fail (error, PD_ERROR_INVALID, "give --listen HOST:PORT");
  sink.folder = argv[1];
  if (g_mkdir_with_parents (sink.folder, 0750) != 0)
    return pd_fail (error, PD_ERROR_DENIED, "%s: %s", sink.folder, g_strerror (errno));
  pd_daemon_init ();
  return serve (&sink, listen, error);
}
