/* postdesk-clock - does what is due: SLA warnings and breaches, waits that end,
 * reminders, archiving, recurring tickets, digests.
 *
 * Any number of instances may run on one database: each timer is done by the
 * one that takes it off, in one transaction with its work.  SIGTERM: the timer
 * under way is finished.  SIGHUP: the settings are read again.
 */
#include "config.h"

#include <sysexits.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/error.h"
#include "base/log.h"
#include "desk/timer-work.h"
#include "mail/mail.h"
#include "src/common/program.h"

#define NAME "postdesk-clock"
#define FIRST_OUTAGE_PAUSE (1 * PD_SECOND)
#define LONGEST_OUTAGE_PAUSE (30 * PD_SECOND) /* less than systemd's WatchdogSec */

typedef struct {
  PdProgram *program;
  PdDesk *desk; /* NULL: not open (yet) */
  gint64 poll;
  guint batch;
  gint64 pause; /* after the last failure; 0: the database answers */
} Clock;

static void
clock_set (Clock *clock, PdProgram *program)
{
  g_clear_pointer (&clock->desk, pd_desk_free);
  clock->program = program;
  clock->poll = pd_config_int (program->config, PD_SETTING_CLOCK_POLL);
  clock->batch = (guint)pd_config_int (program->config, PD_SETTING_CLOCK_BATCH);
}

/* Opens the desk if it is not; the timers that each desk has are set then. */
static gboolean
open_desk (Clock *clock, GError **error)
{
  g_autoptr (PdDesk) desk = NULL;

  if (clock->desk != NULL)
    return TRUE;
  desk = pd_program_open_desk (clock->program, error);
  if (desk == NULL || !pd_timer_work_start (desk, error))
    return FALSE;
  clock->desk = g_steal_pointer (&desk);
  return TRUE;
}

static gboolean
do_due (Clock *clock, guint *out_done, gint64 *out_next, GError **error)
{
  *out_done = 0;
  *out_next = 0;
  return open_desk (clock, error) && pd_timer_run (clock->desk, clock->batch, out_done, out_next, error);
}

/* Does what is due; says how long there is nothing to do then. */
static gint64
round_once (Clock *clock)
{
  g_autoptr (GError) error = NULL;
  guint done;
  gint64 next;

  if (!do_due (clock, &done, &next, &error))
    {
      if (clock->pause == 0)
        pd_log (PD_LOG_ERROR, 0, "database-lost", "error", error->message, NULL);
      clock->pause = clock->pause == 0 ? FIRST_OUTAGE_PAUSE
                                       : MIN (2 * clock->pause, LONGEST_OUTAGE_PAUSE);
      return clock->pause;
    }
  if (clock->pause != 0)
    pd_log (PD_LOG_NOTICE, 0, "database-found", NULL);
  clock->pause = 0;
  if (done > 0)
    pd_log (PD_LOG_DEBUG, 0, "timers-done", "number", pd_log_int (done), NULL);
  /* others set timers, too: a sleep is never longer than the setting */
  return next == 0 ? clock->poll : CLAMP (next - pd_clock_now (), 0, clock->poll);
}

static PdSignal
run (Clock *clock)
{
  PdSignal signal;

  do
    {
      gint64 wait = round_once (clock);

      pd_daemon_alive ();
      signal = pd_daemon_wait (wait);
    }
  while (signal == PD_SIGNAL_NONE);
  return signal;
}

/* The settings as they are now; if they are wrong, the old ones stay. */
static void
reload (Clock *clock)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdProgram) fresh = NULL;

  pd_daemon_reloading ();
  fresh = pd_program_load (clock->program->config_path, &error);
  if (fresh == NULL)
    pd_log (PD_LOG_ERROR, 0, "reload-refused", "error", error->message, NULL);
  else
    {
      PdProgram *old = clock->program;

      clock_set (clock, g_steal_pointer (&fresh));
      pd_program_free (old);
      pd_log (PD_LOG_NOTICE, 0, "reloaded", NULL);
    }
  pd_daemon_ready ("waiting for what is due");
}

/* A schema that is not ours will not become so: that is said at the start.  A
 * database that is away is waited for. */
static gboolean
start (Clock *clock, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (!open_desk (clock, &failure) && !pd_error_face (failure)->retry)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return TRUE;
}

static int
run_until_stopped (PdProgram *program)
{
  Clock clock = { 0 };
  g_autoptr (GError) error = NULL;
  int status = EX_OK;

  clock_set (&clock, program);
  if (start (&clock, &error))
    {
      pd_log (PD_LOG_INFO, 0, "started", "version", PACKAGE_VERSION, NULL);
      pd_daemon_ready ("waiting for what is due");
      while (run (&clock) == PD_SIGNAL_RELOAD)
        reload (&clock);
      pd_daemon_stopping ();
    }
  else
    {
      pd_log (PD_LOG_ERROR, 0, "not-started", "error", error->message, NULL);
      status = pd_error_is (error, PD_ERROR_INVALID) || pd_error_is (error, PD_ERROR_NOT_FOUND)
                   ? EX_CONFIG
                   : pd_error_face (error)->exit;
    }
  pd_desk_free (clock.desk);
  pd_program_free (clock.program);
  return status;
}

int
main (int argc, char **argv)
{
  int status = EX_OK;
  PdProgram *program = pd_program_start (NAME, "Does what is due on the desk's tickets.", &argc,
                                         &argv, &status);

  if (program == NULL)
    return status;
  pd_daemon_init ();
  pd_mail_init ();
  status = run_until_stopped (program);
  pd_log (PD_LOG_INFO, 0, "stopped", NULL);
  pd_mail_shutdown ();
  return status;
}
