#include "base/daemon.h"

#include <errno.h>
#include <signal.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

static int stop_signal; /* the one that asked for the end; 0: none yet */

static void
fill_set (sigset_t *set)
{
  sigemptyset (set);
  sigaddset (set, SIGTERM);
  sigaddset (set, SIGINT);
  sigaddset (set, SIGHUP);
}

void
pd_daemon_init (void)
{
  sigset_t set;

  fill_set (&set);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  /* a shell starts what runs in its background with SIGINT ignored */
  signal (SIGTERM, SIG_DFL);
  signal (SIGINT, SIG_DFL);
  signal (SIGHUP, SIG_DFL);
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
}

PdSignal
pd_daemon_wait (gint64 microseconds)
{
  struct timespec limit = { microseconds / PD_SECOND, (microseconds % PD_SECOND) * 1000 };
  sigset_t set;
  int got;

  fill_set (&set);
  got = microseconds < 0 ? sigwaitinfo (&set, NULL) : sigtimedwait (&set, NULL, &limit);
  if (got < 0)
    return PD_SIGNAL_NONE;
  if (got == SIGHUP)
    return PD_SIGNAL_RELOAD;
  stop_signal = got;
  return PD_SIGNAL_STOP;
}

void
pd_daemon_ready (const char *status)
{
  sd_notifyf (0, "READY=1\nSTATUS=%s", status);
}

void
pd_daemon_reloading (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  sd_notifyf (0, "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT,
              (gint64)now.tv_sec * PD_SECOND + now.tv_nsec / 1000);
}

void
pd_daemon_stopping (void)
{
  sigset_t set;

  sd_notify (0, "STOPPING=1");
  if (stop_signal == 0)
    return;
  /* only the same one: Ctrl-C reaches a whole group, and the supervisor in it
   * sends SIGTERM for the same reason */
  sigemptyset (&set);
  sigaddset (&set, stop_signal);
  pthread_sigmask (SIG_UNBLOCK, &set, NULL);
}

void
pd_daemon_stop (void)
{
  kill (getpid (), SIGTERM);
}

gint64
pd_daemon_watchdog (void)
{
  uint64_t microseconds = 0;

  if (sd_watchdog_enabled (0, &microseconds) <= 0)
    return 0;
  return (gint64)microseconds / 3;
}

void
pd_daemon_alive (void)
{
  sd_notify (0, "WATCHDOG=1");
}

GArray *
pd_daemon_sockets (void)
{
  GArray *fds = g_array_new (FALSE, FALSE, sizeof (int));
  int n = sd_listen_fds (0);

  for (int i = 0; i < n; i++)
    {
      int fd = SD_LISTEN_FDS_START + i;

      g_array_append_val (fds, fd);
    }
  return fds;
}
