/* Runs the programs in the foreground: for trying, for containers, and for
 * whoever has no service manager.  One that ends is started again, later each
 * time; one that refuses its settings (78) ends them all.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/commands.h"

#define MAX_PROGRAMS 4
#define FIRST_PAUSE 1 /* seconds before the first restart; doubles */
#define LONGEST_PAUSE 60
#define STEADY 60 /* seconds after which a program counts as well again */

typedef struct {
  const char *name;
  char *argv[8];
  pid_t pid;       /* 0: not running */
  gint64 started;  /* microseconds */
  gint64 start_at; /* microseconds, if not running */
  guint pause;     /* seconds */
} Program;

typedef struct {
  Program programs[MAX_PROGRAMS];
  guint n;
  gboolean stopping;
  int status;
} Supervisor;

static void
program_start (Program *program)
{
  pid_t parent = getpid ();
  pid_t pid = fork ();

  if (pid == 0)
    {
      sigset_t none;

      sigemptyset (&none);
      sigprocmask (SIG_SETMASK, &none, NULL);
      /* whatever ends `up`, its programs drain and end too */
      prctl (PR_SET_PDEATHSIG, SIGTERM);
      if (getppid () != parent)
        _exit (EX_TEMPFAIL);
      execv (program->argv[0], program->argv);
      _exit (errno == ENOENT ? EX_UNAVAILABLE : EX_OSERR);
    }
  program->started = pd_clock_now ();
  if (pid > 0)
    program->pid = pid;
  else
    program->start_at = program->started + LONGEST_PAUSE * PD_SECOND;
}

static void
stop_all (Supervisor *supervisor, int signal_number)
{
  supervisor->stopping = TRUE;
  for (guint i = 0; i < supervisor->n; i++)
    if (supervisor->programs[i].pid > 0)
      kill (supervisor->programs[i].pid, signal_number);
}

static void
program_ended (Supervisor *supervisor, Program *program, int how)
{
  gint64 now = pd_clock_now ();

  program->pid = 0;
  if (supervisor->stopping)
    return;
  if (WIFEXITED (how) && (WEXITSTATUS (how) == EX_CONFIG || WEXITSTATUS (how) == EX_USAGE))
    {
      g_printerr ("postdesk up: %s refuses its settings; ending\n", program->name);
      supervisor->status = WEXITSTATUS (how);
      stop_all (supervisor, SIGTERM);
      return;
    }
  program->pause = now - program->started > STEADY * PD_SECOND || program->pause == 0
                       ? FIRST_PAUSE
                       : MIN (program->pause * 2, LONGEST_PAUSE);
  program->start_at = now + program->pause * PD_SECOND;
  g_printerr ("postdesk up: %s ended (%s %d); starting it again in %u s\n", program->name,
              WIFSIGNALED (how) ? "signal" : "status",
              WIFSIGNALED (how) ? WTERMSIG (how) : WEXITSTATUS (how), program->pause);
}

static void
reap (Supervisor *supervisor)
{
  pid_t pid;
  int how;

  while ((pid = waitpid (-1, &how, WNOHANG)) > 0)
    for (guint i = 0; i < supervisor->n; i++)
      if (supervisor->programs[i].pid == pid)
        program_ended (supervisor, &supervisor->programs[i], how);
}

static gboolean
any_running (const Supervisor *supervisor)
{
  for (guint i = 0; i < supervisor->n; i++)
    if (supervisor->programs[i].pid > 0)
      return TRUE;
  return FALSE;
}

static void
start_due (Supervisor *supervisor)
{
  gint64 now = pd_clock_now ();

  for (guint i = 0; !supervisor->stopping && i < supervisor->n; i++)
    if (supervisor->programs[i].pid == 0 && supervisor->programs[i].start_at <= now)
      program_start (&supervisor->programs[i]);
}

/* signals are waited for, not handled: no handler, no races */
static void
supervise (Supervisor *supervisor)
{
  const struct timespec second = { 1, 0 };
  sigset_t wanted;

  sigemptyset (&wanted);
  sigaddset (&wanted, SIGCHLD);
  sigaddset (&wanted, SIGTERM);
  sigaddset (&wanted, SIGINT);
  sigaddset (&wanted, SIGHUP);
  sigprocmask (SIG_BLOCK, &wanted, NULL);
  do
    {
      int got;

      start_due (supervisor);
      got = sigtimedwait (&wanted, NULL, &second);
      if (got == SIGTERM || got == SIGINT)
        /* the second one does not wait for the drain */
        stop_all (supervisor, supervisor->stopping ? SIGKILL : SIGTERM);
      else if (got == SIGHUP)
        for (guint i = 0; i < supervisor->n; i++)
          if (supervisor->programs[i].pid > 0)
            kill (supervisor->programs[i].pid, SIGHUP);
      reap (supervisor);
    }
  while (!supervisor->stopping || any_running (supervisor));
}

/* programs lie beside this one */
static char *
beside (const char *name)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : g_strdup (".");

  return g_build_filename (folder, name, NULL);
}

static Program *
add_program (Supervisor *supervisor, const char *name, const char *file)
{
  Program *program = &supervisor->programs[supervisor->n++];

  program->name = name;
  program->argv[0] = beside (file);
  return program;
}

gboolean
pd_command_up (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *sink = NULL, *path = NULL;
  const GOptionEntry entries[] = {
    { "sink", 0, 0, G_OPTION_ARG_FILENAME, &sink,
      "Also run the built-in mail sink where smtp.url points to; mail out is kept in DIRECTORY",
      "DIRECTORY" },
    G_OPTION_ENTRY_NULL,
  };
  static const char *const daemons[] = { "postdesk-ingest", "postdesk-clock", "postdesk-spool" };
  Supervisor supervisor = { 0 };

  if (!pd_cli_options (cli, entries, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error))
    return FALSE;
  path = g_canonicalize_filename (cli->program->config_path, NULL);
  if (sink != NULL)
    {
      g_autofree char *listen = pd_program_smtp_address (cli->program);
      Program *program = add_program (&supervisor, "postdesk sink", "postdesk");

      program->argv[1] = g_strdup ("sink");
      program->argv[2] = g_strdup ("--listen");
      program->argv[3] = g_steal_pointer (&listen);
      program->argv[4] = g_strdup (sink);
    }
  for (guint i = 0; i < G_N_ELEMENTS (daemons); i++)
    {
      Program *program = add_program (&supervisor, daemons[i], daemons[i]);

      program->argv[1] = g_strdup ("-c");
      program->argv[2] = g_strdup (path);
    }
  g_clear_pointer (&cli->desk, pd_desk_free); /* no connection is carried into the children */
  supervise (&supervisor);
  for (guint i = 0; i < supervisor.n; i++)
    for (char **arg = supervisor.programs[i].argv; *arg != NULL; arg++)
      g_free (*arg);
  cli->status = supervisor.status;
  return TRUE;
}
