/* postdesk-ingest - takes mail by LMTP and makes tickets of it.
 *
 *     postdesk-ingest [-c FILE]
 *
 * Threads: one serves all sessions, some have mails read, some write to the
 * database; this one waits for signals.  Mails are read by worker processes
 * that can do nothing else.  A mail is acknowledged after the commit, so the
 * MTA's queue is our spool: the daemon may be killed at any moment.  See
 * postdesk-ingest(8).
 */
#include <sysexits.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/error.h"
#include "base/log.h"
#include "common/program.h"
#include "ingest/address-book.h"
#include "ingest/pipeline.h"
#include "mail/mail.h"
#include "net/lmtp-server.h"

typedef struct {
  PdProgram *program;
  PdParserPool *parsers;
  PdGpg *gpg;
  PdAddressBook *addresses;
  PdPipeline *pipeline;
  PdLmtpServer *server;
} Ingest;

/* ---- between the parts -------------------------------------------------------- */

static gboolean
accept_recipient (gpointer data, const char *address, GError **error)
{
  Ingest *ingest = data;

  return pd_address_book_accepts (ingest->addresses, address, error);
}

static void
deliver (gpointer data, PdLmtpDelivery *delivery)
{
  Ingest *ingest = data;

  pd_pipeline_take (ingest->pipeline, pd_lmtp_delivery_get_envelope (delivery), delivery);
}

static void
answer (gpointer token, const GError *const *errors, const char *ok_text)
{
  pd_lmtp_delivery_answer (token, errors, ok_text);
}

/* ---- start --------------------------------------------------------------------- */

static gboolean
read_access (const PdConfig *config, PdEndpointAccess *access, GError **error)
{
  const char *owner = pd_config_text (config, PD_SETTING_LMTP_UNIX_OWNER);
  const char *group = pd_config_text (config, PD_SETTING_LMTP_UNIX_GROUP);
  const char *mode = pd_config_text (config, PD_SETTING_LMTP_UNIX_MODE);
  guint64 number;

  if (!g_ascii_string_to_unsigned (mode, 8, 0, 0777, &number, NULL))
    return pd_fail (error, PD_ERROR_INVALID,
                    "%s: lmtp.unix_mode: \"%s\" is not an octal mode such as 0660",
                    pd_config_origin (config, PD_SETTING_LMTP_UNIX_MODE), mode);
  access->mode = (mode_t)number;
  access->owner = owner[0] != '\0' ? owner : NULL;
  access->group = group[0] != '\0' ? group : NULL;
  return TRUE;
}

static gboolean
take_systemd_sockets (PdLmtpServer *server, GError **error)
{
  g_autoptr (GArray) fds = pd_daemon_sockets ();

  for (guint i = 0; i < fds->len; i++)
    pd_lmtp_server_take_fd (server, g_array_index (fds, int, i));
  return fds->len > 0 || pd_fail (error, PD_ERROR_INVALID, "lmtp.listen: systemd passed no socket");
}

static gboolean
listen_all (Ingest *ingest, GError **error)
{
  const PdConfig *config = ingest->program->config;
  PdEndpointAccess access;

  if (!read_access (config, &access, error))
    return FALSE;
  for (const char *const *where = pd_config_list (config, PD_SETTING_LMTP_LISTEN); *where != NULL;
       where++)
    {
      gboolean listening = g_str_equal (*where, "systemd")
                               ? take_systemd_sockets (ingest->server, error)
                               : pd_lmtp_server_listen (ingest->server, *where, &access, error);

      if (!listening)
        {
          g_prefix_error (error,
                          "%s: lmtp.listen: ", pd_config_origin (config, PD_SETTING_LMTP_LISTEN));
          return FALSE;
        }
    }
  return TRUE;
}

static PdLmtpServer *
make_server (Ingest *ingest)
{
  const PdConfig *config = ingest->program->config;
  PdLmtpServerSettings settings = {
    .session = {
      .mode = PD_LMTP_LMTP,
      .host = g_get_host_name (),
      .max_size = ingest->program->max_size,
      .max_recipients = (guint) pd_config_int (config, PD_SETTING_LMTP_MAX_RECIPIENTS),
      .accept_recipient = accept_recipient,
      .data = ingest,
    },
    .max_connections = (guint) pd_config_int (config, PD_SETTING_LMTP_MAX_CONNECTIONS),
    .max_in_flight = (gsize) pd_config_int (config, PD_SETTING_LMTP_MAX_MEMORY),
    .idle_timeout = pd_config_int (config, PD_SETTING_LMTP_TIMEOUT),
    .drain_timeout = pd_config_int (config, PD_SETTING_LMTP_DRAIN_TIMEOUT),
    .deliver = deliver,
    .data = ingest,
  };

  return pd_lmtp_server_new (&settings);
}

/* A database that is away is no reason not to start: mails are put off until
 * it is back.  One with another schema is. */
static gboolean
check_database (PdProgram *program, GError **error)
{
  g_autoptr (GError) bad = NULL;
  g_autoptr (PdDesk) desk = pd_program_open_desk (program, &bad);

  if (desk != NULL)
    return TRUE;
  if (pd_error_face (bad)->retry)
    {
      pd_log (PD_LOG_WARNING, 0, "started", "without", "database", "error", bad->message, NULL);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&bad));
  return FALSE;
}

static gboolean
start (Ingest *ingest, GError **error)
{
  if (!pd_program_start_gpg (ingest->program, &ingest->gpg, error)
      || !check_database (ingest->program, error)
      || !pd_program_start_parsers (ingest->program, ingest->parsers, 0, error))
    return FALSE;
  ingest->server = make_server (ingest);
  if (!listen_all (ingest, error))
    return FALSE;
  ingest->addresses = pd_address_book_new (ingest->program);
  ingest->pipeline = pd_pipeline_new (ingest->program, ingest->parsers, ingest->gpg, answer);
  return pd_lmtp_server_start (ingest->server, error);
}

/* ---- run ------------------------------------------------------------------------ */

/* What may change while we run is read anew; a file with errors changes
 * nothing. */
static void
reload (Ingest *ingest)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdProgram) fresh = NULL;

  pd_daemon_reloading ();
  fresh = pd_program_load (ingest->program->config_path, &error);
  if (fresh == NULL)
    pd_log (PD_LOG_ERROR, 0, "refused", "what", "reload", "error", error->message, NULL);
  else
    pd_log (PD_LOG_NOTICE, 0, "reloaded", "changes", "units; other settings at the next start",
            NULL);
  pd_address_book_refresh (ingest->addresses);
  pd_daemon_ready ("taking mail");
}

/* Returns the exit status. */
static int
run (Ingest *ingest)
{
  gint64 watchdog = pd_daemon_watchdog ();
  PdSignal got;

  pd_daemon_ready ("taking mail");
  pd_log (PD_LOG_NOTICE, 0, "started", "program", "postdesk-ingest", "port",
          pd_log_int (pd_lmtp_server_port (ingest->server)), NULL);
  while ((got = pd_daemon_wait (watchdog > 0 ? watchdog : -1)) != PD_SIGNAL_STOP)
    {
      PdLmtpServerStatus status;

      if (got == PD_SIGNAL_RELOAD)
        reload (ingest);
      /* the status comes from the serving thread's own figures: a lock that it
       * never gives back would stop the watchdog here, as it should */
      pd_lmtp_server_status (ingest->server, &status);
      if (watchdog > 0)
        pd_daemon_alive ();
    }
  pd_daemon_stopping ();
  return pd_pipeline_is_broken (ingest->pipeline) ? EX_OSERR : EX_OK;
}

static void
stop (Ingest *ingest)
{
  PdLmtpServerStatus status = { 0 };

  if (ingest->server != NULL)
    {
      pd_lmtp_server_stop (ingest->server);
      pd_lmtp_server_status (ingest->server, &status);
    }
  g_clear_pointer (&ingest->pipeline, pd_pipeline_free);
  g_clear_pointer (&ingest->server, pd_lmtp_server_free);
  g_clear_pointer (&ingest->addresses, pd_address_book_free);
  pd_log (PD_LOG_NOTICE, 0, "stopped", "program", "postdesk-ingest", "mails",
          pd_log_int ((gint64)status.mails), NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Ingest ingest = { 0 };
  int status;

  pd_daemon_init ();
  /* before anything is known that a parser should not know */
  ingest.parsers = pd_parser_pool_new (NULL, &error);
  if (ingest.parsers == NULL)
    {
      pd_log (PD_LOG_ERROR, 0, "failed", "what", "start", "error", error->message, NULL);
      return EX_OSERR;
    }
  ingest.program = pd_program_start (
      "postdesk-ingest", "Takes mail by LMTP and makes tickets of it.", &argc, &argv, &status);
  if (ingest.program == NULL)
    {
      pd_parser_pool_free (ingest.parsers);
      return status;
    }
  pd_mail_init ();
  if (start (&ingest, &error))
    status = run (&ingest);
  else
    {
      pd_log (PD_LOG_ERROR, 0, "failed", "what", "start", "error", error->message, NULL);
      status = pd_error_is (error, PD_ERROR_INVALID) ? EX_CONFIG : EX_OSERR;
    }
  stop (&ingest);
  pd_gpg_free (ingest.gpg);
  pd_parser_pool_free (ingest.parsers);
  pd_mail_shutdown ();
  pd_program_free (ingest.program);
  return status;
}
