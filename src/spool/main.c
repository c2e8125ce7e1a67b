/* postdesk-spool - sends what is in the outbox.
 *
 * Any number of instances may run on one database.  SIGTERM: what is on the
 * wire is finished, what was claimed beyond is given back.  SIGHUP: the
 * settings and templates are read again.
 */
#include "config.h"

#include <stdlib.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/error.h"
#include "base/log.h"
#include "mail/mail.h"
#include "src/common/program.h"
#include "src/spool/keeper.h"
#include "src/spool/outcome.h"

#define NAME "postdesk-spool"
#define HUNG (2 * PD_MINUTE) /* a keeper that is silent so long is not well */
#define LONGEST_OUTAGE_PAUSE (1 * PD_MINUTE)
#define LOOK (1 * PD_SECOND)

/* One run, from the reading of the settings to a signal. */
typedef struct {
  SenderShare share;
  RelaySettings *relay;
  PdTemplates *templates;
  Keeper *keeper;
  GThread *keeper_thread;
  GPtrArray *senders; /* of GThread */
} Run;

static gboolean
run_start (Run *run, PdProgram *program, GError **error)
{
  guint n = (guint)pd_config_int (program->config, PD_SETTING_SMTP_CONNECTIONS);

  run->relay = relay_settings_new (program->config, error);
  if (run->relay == NULL)
    return FALSE;
  run->templates = pd_templates_load (program->desk.templates, error);
  if (run->templates == NULL)
    {
      g_prefix_error (error, "desk.templates: ");
      return FALSE;
    }
  run->share = (SenderShare){
    .program = program,
    .templates = run->templates,
    .relay = run->relay,
    .outage = outage_new (
        MIN (LONGEST_OUTAGE_PAUSE, pd_config_int (program->config, PD_SETTING_SMTP_RETRY_MAX))),
    .work = mailbox_new (),
    .done = mailbox_new (),
  };
  run->keeper = keeper_new (&run->share, n);
  run->senders = g_ptr_array_new ();
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (run->senders, g_thread_new ("sender", sender_run, &run->share));
  run->keeper_thread = g_thread_new ("keeper", keeper_run, run->keeper);
  return TRUE;
}

/* Waits for a signal, and says to systemd that all is well if it is. */
static PdSignal
run_wait (Run *run)
{
  PdSignal signal;

  do
    {
      signal = pd_daemon_wait (LOOK);
      if (pd_clock_now () - keeper_beat (run->keeper) < HUNG)
        pd_daemon_alive ();
    }
  while (signal == PD_SIGNAL_NONE);
  return signal;
}

/* Senders finish the mail they have and give back the others; the keeper
 * writes that down. */
static void
run_stop (Run *run)
{
  g_autoptr (GPtrArray) late = NULL;

  if (run->keeper_thread != NULL)
    {
      mailbox_close (run->share.work);
      keeper_stop (run->keeper);
      g_thread_join (run->keeper_thread);
      for (guint i = 0; i < run->senders->len; i++)
        g_thread_join (g_ptr_array_index (run->senders, i));
      g_ptr_array_unref (run->senders);
      late = g_ptr_array_new_with_free_func ((GDestroyNotify)outcome_free);
      mailbox_take_all (run->share.done, late, 0);
    }
  keeper_free (run->keeper);
  mailbox_free (run->share.work);
  mailbox_free (run->share.done);
  outage_free (run->share.outage);
  pd_templates_free (run->templates);
  relay_settings_free (run->relay);
}

/* Runs until a signal; FALSE with an error if it cannot even start. */
static gboolean
run_once (PdProgram *program, PdSignal *out_signal, GError **error)
{
  Run run = { 0 };
  gboolean started = run_start (&run, program, error);

  if (started)
    {
      pd_log (PD_LOG_INFO, 0, "started", "version", PACKAGE_VERSION, NULL);
      pd_daemon_ready ("sending");
      *out_signal = run_wait (&run);
      if (*out_signal == PD_SIGNAL_RELOAD)
        pd_daemon_reloading ();
      else
        pd_daemon_stopping ();
    }
  run_stop (&run);
  return started;
}

/* Whether a run with these settings would start. */
static gboolean
could_start (PdProgram *program, GError **error)
{
  g_autoptr (RelaySettings) relay = relay_settings_new (program->config, error);
  g_autoptr (PdTemplates) templates
      = relay != NULL ? pd_templates_load (program->desk.templates, error) : NULL;

  return templates != NULL;
}

/* The settings as they are now; if they are wrong, the old ones stay. */
static void
reload (PdProgram **program)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdProgram) fresh = pd_program_load ((*program)->config_path, &error);

  if (fresh == NULL || !could_start (fresh, &error))
    {
      pd_log (PD_LOG_ERROR, 0, "reload-refused", "error", error->message, NULL);
      return;
    }
  pd_log (PD_LOG_NOTICE, 0, "reloaded", NULL);
  pd_program_free (*program);
  *program = g_steal_pointer (&fresh);
}

int
main (int argc, char **argv)
{
  int status = EX_OK;
  PdProgram *program
      = pd_program_start (NAME, "Sends the mails in the outbox.", &argc, &argv, &status);
  PdSignal signal = PD_SIGNAL_RELOAD;
  g_autoptr (GError) error = NULL;

  if (program == NULL)
    return status;
  pd_daemon_init ();
  pd_mail_init ();
  while (signal == PD_SIGNAL_RELOAD && error == NULL)
    {
      signal = PD_SIGNAL_STOP;
      if (run_once (program, &signal, &error) && signal == PD_SIGNAL_RELOAD)
        reload (&program);
    }
  if (error != NULL)
    {
      pd_log (PD_LOG_ERROR, 0, "not-started", "error", error->message, NULL);
      status = pd_error_is (error, PD_ERROR_INVALID) || pd_error_is (error, PD_ERROR_NOT_FOUND)
                   ? EX_CONFIG
                   : pd_error_face (error)->exit;
    }
  pd_log (PD_LOG_INFO, 0, "stopped", NULL);
  pd_mail_shutdown ();
  pd_program_free (program);
  return status;
}
