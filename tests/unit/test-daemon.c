/* daemon: signals, and what systemd is told and tells */
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <systemd/sd-daemon.h>

#include "base/daemon.h"

static void
test_signals (void)
{
  static const struct {
    int number;
    PdSignal want;
    const char *why;
  } cases[] = {
    { SIGHUP, PD_SIGNAL_RELOAD, "reload" },
    { SIGTERM, PD_SIGNAL_STOP, "what systemd sends" },
    { SIGINT, PD_SIGNAL_STOP, "Ctrl-C" },
    { SIGTERM, PD_SIGNAL_STOP, "the second one arrives too" },
    { SIGPIPE, PD_SIGNAL_NONE, "a peer that went away ends nobody" },
    { SIGXFSZ, PD_SIGNAL_NONE, "nor does a file that may not grow" },
  };

  pd_daemon_init ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].why);
      kill (getpid (), cases[i].number);
      g_assert_cmpint (pd_daemon_wait (0), ==, cases[i].want);
      g_assert_cmpint (pd_daemon_wait (0), ==, PD_SIGNAL_NONE);
    }
}

/* a child that drains for ever, told twice to stop */
static void
test_second_signal (void)
{
  pid_t child = fork ();
  int status;

  if (child == 0)
    {
      pd_daemon_init ();
      kill (getpid (), SIGINT);
      if (pd_daemon_wait (0) != PD_SIGNAL_STOP)
        _exit (1);
      pd_daemon_stopping ();
      kill (getpid (), SIGTERM); /* the supervisor's, for the same Ctrl-C */
      kill (getpid (), SIGINT);
      _exit (2);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGINT);
}

static void
assert_told (int fd, const char *want)
{
  char text[500] = "";

  g_assert_cmpint (recv (fd, text, sizeof text - 1, MSG_DONTWAIT), >, 0);
  g_test_message ("%s", text);
  g_assert_true (g_str_has_prefix (text, want));
}

static void
test_notify (void)
{
  g_autofree char *folder = g_dir_make_tmp ("pd-daemon-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "notify", NULL);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  pd_daemon_ready ("nobody listens"); /* does nothing, says nothing */
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_setenv ("NOTIFY_SOCKET", path, TRUE);
  pd_daemon_ready ("listening");
  assert_told (fd, "READY=1\nSTATUS=listening");
  pd_daemon_reloading ();
  assert_told (fd, "RELOADING=1\nMONOTONIC_USEC=");
  pd_daemon_alive ();
  assert_told (fd, "WATCHDOG=1");
  pd_daemon_stopping ();
  assert_told (fd, "STOPPING=1");
  g_unsetenv ("NOTIFY_SOCKET");
  close (fd);
  g_remove (path);
  g_rmdir (folder);
}

static void
test_watchdog (void)
{
  g_autofree char *own = g_strdup_printf ("%d", (int)getpid ());

  g_assert_cmpint (pd_daemon_watchdog (), ==, 0);
  g_setenv ("WATCHDOG_USEC", "60000000", TRUE);
  g_setenv ("WATCHDOG_PID", "1", TRUE);
  g_assert_cmpint (pd_daemon_watchdog (), ==, 0); /* another process's */
  g_setenv ("WATCHDOG_PID", own, TRUE);
  g_assert_cmpint (pd_daemon_watchdog (), ==, 20000000);
  g_unsetenv ("WATCHDOG_USEC");
  g_unsetenv ("WATCHDOG_PID");
}

static void
test_sockets (void)
{
  g_autofree char *own = g_strdup_printf ("%d", (int)getpid ());
  g_autoptr (GArray) none = pd_daemon_sockets ();
  g_autoptr (GArray) passed = NULL;
  int saved = dup (SD_LISTEN_FDS_START), fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_assert_cmpuint (none->len, ==, 0);
  if (fd != SD_LISTEN_FDS_START)
    dup2 (fd, SD_LISTEN_FDS_START);
  g_setenv ("LISTEN_PID", own, TRUE);
  g_setenv ("LISTEN_FDS", "1", TRUE);
  passed = pd_daemon_sockets ();
  g_assert_cmpuint (passed->len, ==, 1);
  g_assert_cmpint (g_array_index (passed, int, 0), ==, SD_LISTEN_FDS_START);
  g_assert_true (sd_is_socket (SD_LISTEN_FDS_START, AF_UNIX, SOCK_STREAM, 0) > 0);
  g_unsetenv ("LISTEN_PID");
  g_unsetenv ("LISTEN_FDS");
  if (saved >= 0)
    dup2 (saved, SD_LISTEN_FDS_START);
  else
    close (SD_LISTEN_FDS_START);
  close (saved);
  if (fd != SD_LISTEN_FDS_START)
    close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/signals", test_signals);
  g_test_add_func ("/daemon/second-signal", test_second_signal);
  g_test_add_func ("/daemon/notify", test_notify);
  g_test_add_func ("/daemon/watchdog", test_watchdog);
  g_test_add_func ("/daemon/sockets", test_sockets);
  return g_test_run ();
}
