#include "base/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd-pass.h"
#include "base/sandbox.h"

#define PATIENCE 1000 /* milliseconds that a process may take to end by itself */

typedef enum { SPAWN, REAP, KILL } Verb;

/* what the program asks, with a descriptor if it is SPAWN */
typedef struct {
  Verb verb;
  pid_t pid; /* of REAP and KILL */
  gsize length;
  guint8 orders[PD_ZYGOTE_MAX_ORDERS];
} Request;

typedef struct {
  pid_t pid; /* -1: none */
  int error; /* errno, if so */
  PdZygoteEnd end;
} Answer;

struct PdZygote {
  pid_t pid;
  int control;
  gboolean used;        /* it has been asked for something */
  pthread_mutex_t lock; /* one request at a time */
};

/* ---- in the zygote ---- */

typedef struct {
  const char *name;
  PdZygoteWork work;
  GArray *children; /* of pid_t */
} Nursery;

/* Signals to end are for the program, which lets its mails be done first: a
 * terminal and a service manager send them to all of its processes. */
static void
settle_signals (void)
{
  static const int ours[] = { SIGTERM, SIGINT, SIGHUP };
  sigset_t blocked;

  sigemptyset (&blocked);
  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    sigaddset (&blocked, ours[i]);
  sigprocmask (SIG_SETMASK, &blocked, NULL);
  signal (SIGXFSZ, SIG_DFL);
  signal (SIGCHLD, SIG_DFL);
  signal (SIGPIPE, SIG_IGN);
}

/* Ends with the parent, and keeps but one descriptor. */
static void
settle (const char *name, pid_t parent, int channel)
{
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

  /* out of the way of the standard ones, should the program have none */
  channel = fcntl (channel, F_DUPFD_CLOEXEC, PD_SANDBOX_CHANNEL + 1);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent || null < 0)
    _exit (EX_OSERR);
  prctl (PR_SET_NAME, name);
  /* a worker must not be able to write into the program's output */
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    dup2 (null, fd);
  if (dup2 (channel, PD_SANDBOX_CHANNEL) < 0 || close_range (PD_SANDBOX_CHANNEL + 1, ~0U, 0) != 0)
    _exit (EX_OSERR);
}

/* Settings may come from the environment, passwords among them. */
static void
forget_settings (void)
{
  for (char **variable = environ; variable != NULL && *variable != NULL; variable++)
    if (g_str_has_prefix (*variable, "POSTDESK_"))
      explicit_bzero (*variable, strlen (*variable));
}

static void
spawn (Nursery *nursery, const Request *request, int channel, Answer *answer)
{
  pid_t parent = getpid ();
  pid_t pid = channel >= 0 ? fork () : -1;

  if (pid == 0)
    {
      settle (nursery->name, parent, channel);
      _exit (nursery->work (request->orders, request->length));
    }
  answer->pid = pid;
  answer->error = errno;
  if (pid > 0)
    g_array_append_val (nursery->children, pid);
}

/* Whether it has ended; looks for at most so many milliseconds. */
static gboolean
wait_for (pid_t pid, int milliseconds, int *out_status)
{
  for (int i = 0;; i++)
    {
      pid_t got = waitpid (pid, out_status, WNOHANG);

      if (got == pid || (got < 0 && errno != EINTR))
        return TRUE;
      if (i >= milliseconds)
        return FALSE;
      g_usleep (1000);
    }
}

static void
end_child (pid_t pid, gboolean at_once, PdZygoteEnd *end)
{
  if (!at_once && wait_for (pid, PATIENCE, &end->status))
    return;
  end->killed = TRUE;
  kill (pid, SIGKILL);
  while (waitpid (pid, &end->status, 0) < 0 && errno == EINTR)
    continue;
}

static void
reap (Nursery *nursery, const Request *request, Answer *answer)
{
  for (guint i = 0; i < nursery->children->len; i++)
    if (g_array_index (nursery->children, pid_t, i) == request->pid)
      {
        g_array_remove_index_fast (nursery->children, i);
        answer->pid = request->pid;
        end_child (request->pid, request->verb == KILL, &answer->end);
        return;
      }
  answer->pid = -1;
  answer->error = ESRCH;
}

/* The next request, with the descriptor that came along or -1; FALSE: the
 * program is gone. */
static gboolean
receive (Request *request, int *out_fd)
{
  return pd_fd_receive (PD_SANDBOX_CHANNEL, request, sizeof *request, out_fd)
         == (gssize)sizeof *request;
}

static G_GNUC_NORETURN void
be_zygote (const char *name, PdZygoteInit init, PdZygoteWork work)
{
  Nursery nursery = { name, work, g_array_new (FALSE, FALSE, sizeof (pid_t)) };
  Request request;
  int fd;

  init ();
  forget_settings ();
  while (receive (&request, &fd))
    {
      Answer answer = { 0 };

      if (request.verb == SPAWN)
        spawn (&nursery, &request, fd, &answer);
      else
        reap (&nursery, &request, &answer);
      if (fd >= 0)
        close (fd);
      if (send (PD_SANDBOX_CHANNEL, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer)
        break;
    }
  for (guint i = 0; i < nursery.children->len; i++)
    end_child (g_array_index (nursery.children, pid_t, i), TRUE, &(PdZygoteEnd){ 0 });
  _exit (EX_OK);
}

/* ---- in the program ---- */

PdZygote *
pd_zygote_new (const char *name, PdZygoteInit init, PdZygoteWork work, GError **error)
{
  PdZygote *zygote;
  pid_t parent = getpid ();
  int ends[2];
  pid_t pid;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    {
      pd_fail (error, PD_ERROR_TEMPORARY, "no socket: %s", g_strerror (errno));
      return NULL;
    }
  pid = fork ();
  if (pid == 0)
    {
      settle_signals ();
      settle (name, parent, ends[1]);
      be_zygote (name, init, work);
    }
  close (ends[1]);
  if (pid < 0)
    {
      close (ends[0]);
      pd_fail (error, PD_ERROR_TEMPORARY, "no process: %s", g_strerror (errno));
      return NULL;
    }
  zygote = g_new0 (PdZygote, 1);
  zygote->pid = pid;
  zygote->control = ends[0];
  pthread_mutex_init (&zygote->lock, NULL);
  return zygote;
}

void
pd_zygote_free (PdZygote *zygote)
{
  int status;

  if (zygote == NULL)
    return;
  close (zygote->control);
  /* one that nobody has asked may be busy with its start */
  if (!zygote->used || !wait_for (zygote->pid, PATIENCE, &status))
    {
      kill (zygote->pid, SIGKILL);
      waitpid (zygote->pid, &status, 0);
    }
  pthread_mutex_destroy (&zygote->lock);
  g_free (zygote);
}

static gboolean
send_request (PdZygote *zygote, const Request *request, int fd)
{
  const struct iovec bytes = { (gpointer)request, sizeof *request };

  return pd_fd_send (zygote->control, &bytes, 1, fd);
}

/* One question and its answer. */
static gboolean
ask (PdZygote *zygote, const Request *request, int fd, Answer *answer, GError **error)
{
  ssize_t got = -1;

  pthread_mutex_lock (&zygote->lock);
  zygote->used = TRUE;
  if (send_request (zygote, request, fd))
    do
      got = recv (zygote->control, answer, sizeof *answer, 0);
    while (got < 0 && errno == EINTR);
  pthread_mutex_unlock (&zygote->lock);
  return got == (ssize_t)sizeof *answer
         || pd_fail (error, PD_ERROR_INTERNAL, "the process that makes others is gone");
}

gboolean
pd_zygote_spawn (PdZygote *zygote, gconstpointer orders, gsize length, pid_t *out_pid,
                 int *out_channel, GError **error)
{
  Request request = { .verb = SPAWN, .length = length };
  Answer answer;
  int ends[2];
  gboolean answered;

  g_return_val_if_fail (length <= sizeof request.orders, FALSE);
  memcpy (request.orders, orders, length);
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return pd_fail (error, PD_ERROR_TEMPORARY, "no socket: %s", g_strerror (errno));
  answered = ask (zygote, &request, ends[1], &answer, error);
  close (ends[1]);
  if (answered && answer.pid > 0)
    {
      fcntl (ends[0], F_SETFL, O_NONBLOCK); /* of our end only: the two are different files */
      *out_pid = answer.pid;
      *out_channel = ends[0];
      return TRUE;
    }
  close (ends[0]);
  return answered ? pd_fail (error, PD_ERROR_TEMPORARY, "no process: %s", g_strerror (answer.error))
                  : FALSE;
}

gboolean
pd_zygote_reap (PdZygote *zygote, pid_t pid, gboolean kill_it, PdZygoteEnd *out_end, GError **error)
{
  const Request request = { .verb = kill_it ? KILL : REAP, .pid = pid };
  Answer answer;

  if (!ask (zygote, &request, -1, &answer, error))
    return FALSE;
  *out_end = answer.end;
  return answer.pid == pid
         || pd_fail (error, PD_ERROR_INTERNAL, "process %d is not the zygote's", (int)pid);
}
