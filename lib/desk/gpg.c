#include "desk/gpg.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sandbox.h"
#include "desk/gpg-work.h"

#define MAX_ANSWER (PD_GPG_MAX_CONTENT + 256 * 1024) /* octets */
#define GRACE (5 * G_TIME_SPAN_SECOND) /* what the helper has to kill a child and tell us */
#define QUEUE_TIME 20                  /* milliseconds between looks for a child that has ended */

struct PdGpg {
  int socket; /* to the helper */
  pid_t pid;
  gint64 time;
};

void
pd_gpg_result_free (PdGpgResult *result)
{
  if (result == NULL)
    return;
  g_free (result->fingerprint);
  g_ptr_array_unref (result->addresses);
  g_free (result->reason);
  g_clear_pointer (&result->content, g_bytes_unref);
  g_free (result);
}

/* ---- the child: one question ---------------------------------------------- */

static void
write_all (int fd, const char *bytes, gsize size)
{
  while (size > 0)
    {
      gssize n = write (fd, bytes, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return;
      bytes += n;
      size -= (gsize)n;
    }
}

/* Reads the question from its memory, asks, writes the answer. */
static void
answer (int memory, int out)
{
  off_t size = lseek (memory, 0, SEEK_END);
  const char *bytes = size < (off_t)sizeof (PdGpgQuestion)
                          ? MAP_FAILED
                          : mmap (NULL, (gsize)size, PROT_READ, MAP_PRIVATE, memory, 0);
  PdGpgQuestion question;
  g_autoptr (GVariant) variant = NULL;

  if (bytes == MAP_FAILED)
    return;
  memcpy (&question, bytes, sizeof question);
  if (question.first > (guint64)size || question.second > (guint64)size
      || question.first + question.second + sizeof question != (guint64)size)
    return;
  variant = g_variant_ref_sink (
      pd_gpg_work (&question, bytes + sizeof question, bytes + sizeof question + question.first));
  write_all (out, g_variant_get_data (variant), g_variant_get_size (variant));
}

static pid_t
start_child (int memory, int out)
{
  pid_t child = fork ();

  if (child != 0)
    {
      /* both do it, so that it is done when the one goes on */
      if (child > 0)
        setpgid (child, child);
      return child;
    }
  setpgid (0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  answer (memory, out);
  _exit (0);
}

/* ---- the helper: forks, and kills what is late ----------------------------- */

typedef struct {
  pid_t pid;
  gint64 deadline; /* g_get_monotonic_time */
} Child;

typedef struct {
  int socket;
  gint64 time;
  Child children[PD_GPG_MAX_CHILDREN];
  guint n;
} Helper;

static void
reap (Helper *helper)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = helper->n; i-- > 0;)
    {
      Child *child = &helper->children[i];

      if (waitpid (child->pid, NULL, WNOHANG) == 0)
        {
          if (now < child->deadline)
            continue;
          /* what gpgme has started is in the same group */
          kill (-child->pid, SIGKILL);
          waitpid (child->pid, NULL, 0);
        }
      *child = helper->children[--helper->n];
    }
}

/* Takes a question: the memory and the pipe.  FALSE: nobody asks any more. */
static gboolean
take_question (Helper *helper)
{
  char octet;
  int fds[2] = { -1, -1 };
  struct iovec piece = { &octet, 1 };
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE (sizeof fds)];
  } control;
  struct msghdr message = {
    .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  struct cmsghdr *header;
  gssize got = recvmsg (helper->socket, &message, MSG_CMSG_CLOEXEC);

  if (got <= 0)
    return got < 0 && errno == EINTR;
  header = CMSG_FIRSTHDR (&message);
  if (header != NULL && header->cmsg_type == SCM_RIGHTS
      && header->cmsg_len == CMSG_LEN (sizeof fds))
    {
      pid_t child;

      memcpy (fds, CMSG_DATA (header), sizeof fds);
      child = start_child (fds[0], fds[1]);
      if (child > 0)
        helper->children[helper->n++] = (Child){ child, g_get_monotonic_time () + helper->time };
      close (fds[0]);
      close (fds[1]);
    }
  return TRUE;
}

/* How long nothing is to be done, in milliseconds; -1: until a question comes. */
static int
pause_of (const Helper *helper)
{
  gint64 now = g_get_monotonic_time (), pause = G_MAXINT64;

  for (guint i = 0; i < helper->n; i++)
    pause = MIN (pause, helper->children[i].deadline - now);
  return helper->n == 0 ? -1 : (int)CLAMP (pause / 1000 + 1, 1, 60000);
}

static void
set_up_helper (Helper *helper, const char *home)
{
  /* the end of its socket ends it: a signal that asks the daemon to stop does
   * not, for mails are under way then */
  static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE };
  static const char *const variables[] = { "GNUPGHOME", "GPG_AGENT_INFO",           "GPG_TTY",
                                           "DISPLAY",   "DBUS_SESSION_BUS_ADDRESS", "LANGUAGE" };
  const struct rlimit none = { 0, 0 };
  sigset_t mask;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  prctl (PR_SET_NAME, "postdesk-gpg");
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl (PR_SET_DUMPABLE, 0);
  setrlimit (RLIMIT_CORE, &none);
  for (gsize i = 0; i < G_N_ELEMENTS (ignored); i++)
    signal (ignored[i], SIG_IGN);
  signal (SIGCHLD, SIG_DFL);
  sigemptyset (&mask);
  sigprocmask (SIG_SETMASK, &mask, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    g_unsetenv (variables[i]);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  dup2 (helper->socket, STDERR_FILENO + 1);
  helper->socket = STDERR_FILENO + 1;
  close_range (STDERR_FILENO + 2, ~0U, 0);
  fcntl (helper->socket, F_SETFD, FD_CLOEXEC);
  pd_sandbox_forbid_network ();
  pd_gpg_work_init (home);
}

G_NORETURN static void
run_helper (Helper *helper, const char *home)
{
  gboolean open = TRUE;

  set_up_helper (helper, home);
  while (open)
    {
      struct pollfd wait = { .fd = helper->socket, .events = POLLIN };

      reap (helper);
      if (helper->n == PD_GPG_MAX_CHILDREN)
        poll (NULL, 0, QUEUE_TIME);
      else if (poll (&wait, 1, pause_of (helper)) > 0)
        open = take_question (helper);
    }
  for (guint i = 0; i < helper->n; i++)
    kill (-helper->children[i].pid, SIGKILL);
  _exit (0);
}

/* ---- who asks -------------------------------------------------------------- */

PdGpg *
pd_gpg_new (const char *home, gint64 time, GError **error)
{
  int sockets[2];
  PdGpg *gpg;
  pid_t pid;

  if (!g_path_is_absolute (home) || !g_file_test (home, G_FILE_TEST_IS_DIR)
      || access (home, R_OK | W_OK | X_OK) != 0)
    {
      pd_fail (error, PD_ERROR_INVALID, "%s is no folder that we may use, with a full path", home);
      return NULL;
    }
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0 || (pid = fork ()) < 0)
    {
      pd_fail (error, PD_ERROR_TEMPORARY, "no process for GnuPG: %s", g_strerror (errno));
      return NULL;
    }
  if (pid == 0)
    {
      Helper helper = { .socket = sockets[1], .time = time == 0 ? PD_GPG_TIME : time };

      run_helper (&helper, home);
    }
  close (sockets[1]);
  gpg = g_new0 (PdGpg, 1);
  gpg->socket = sockets[0];
  gpg->time = time == 0 ? PD_GPG_TIME : time;
  gpg->pid = pid;
  return gpg;
}

void
pd_gpg_free (PdGpg *gpg)
{
  if (gpg == NULL)
    return;
  close (gpg->socket);
  waitpid (gpg->pid, NULL, 0);
  g_free (gpg);
}

static gboolean
write_memory (int memory, GBytes *bytes)
{
  gsize size = 0;
  const char *data = bytes == NULL ? NULL : g_bytes_get_data (bytes, &size);

  while (size > 0)
    {
      gssize n = write (memory, data, size);

      if (n <= 0)
        return FALSE;
      data += n;
      size -= (gsize)n;
    }
  return TRUE;
}

/* A memory that holds the question, or -1. */
static int
make_memory (PdGpgQuestion *question, GBytes *first, GBytes *second)
{
  int memory = memfd_create ("question", MFD_CLOEXEC);

  question->first = g_bytes_get_size (first);
  question->second = second == NULL ? 0 : g_bytes_get_size (second);
  question->apart = second != NULL;
  if (memory < 0)
    return -1;
  if (write (memory, question, sizeof *question) == sizeof *question && write_memory (memory, first)
      && write_memory (memory, second))
    return memory;
  close (memory);
  return -1;
}

static gboolean
send_question (PdGpg *gpg, int memory, int pipe_end)
{
  int fds[2] = { memory, pipe_end };
  char octet = 'q';
  struct iovec piece = { &octet, 1 };
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE (sizeof fds)];
  } control = { 0 };
  struct msghdr message = {
    .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  struct cmsghdr *header = CMSG_FIRSTHDR (&message);

  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN (sizeof fds);
  memcpy (CMSG_DATA (header), fds, sizeof fds);
  return sendmsg (gpg->socket, &message, MSG_NOSIGNAL) == 1;
}

/* Reads to the end; NULL if that does not come in time, or too much comes. */
static GBytes *
read_answer (int fd, gint64 deadline)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *piece = g_malloc (64 * 1024);

  for (;;)
    {
      gint64 left = (deadline - g_get_monotonic_time ()) / 1000;
      struct pollfd wait = { .fd = fd, .events = POLLIN };
      gssize n;

      if (left <= 0 || poll (&wait, 1, (int)MIN (left, G_MAXINT)) == 0)
        return NULL;
      n = read (fd, piece, 64 * 1024);
      if (n == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
      if (n < 0 && errno != EINTR)
        return NULL;
      if (n > 0 && bytes->len + (gsize)n > MAX_ANSWER)
        return NULL;
      if (n > 0)
        g_byte_array_append (bytes, piece, (guint)n);
    }
}

static PdGpgResult *
read_result (GBytes *bytes)
{
  g_autoptr (GVariant) answer = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE (PD_GPG_ANSWER), bytes, FALSE));
  g_autoptr (GVariant) content = NULL;
  g_auto (GStrv) addresses = NULL;
  PdGpgResult *result;
  guint32 state;

  if (g_bytes_get_size (bytes) == 0 || !g_variant_is_normal_form (answer))
    return NULL;
  result = g_new0 (PdGpgResult, 1);
  result->addresses = g_ptr_array_new_with_free_func (g_free);
  g_variant_get (answer, "(bbus^asxsm@ay)", &result->opened, &result->has_signature, &state,
                 &result->fingerprint, &addresses, &result->signed_at, &result->reason, &content);
  result->state = state <= PD_SEAL_UNKNOWN ? (PdSealState)state : PD_SEAL_UNKNOWN;
  for (gsize i = 0; addresses[i] != NULL; i++)
    g_ptr_array_add (result->addresses, g_strdup (addresses[i]));
  if (content != NULL)
    result->content = g_variant_get_data_as_bytes (content);
  return result;
}

static PdGpgResult *
ask (PdGpg *gpg, PdGpgQuestion *question, GBytes *first, GBytes *second, GError **error)
{
  int memory = make_memory (question, first, second);
  int ends[2] = { -1, -1 };
  gboolean sent
      = memory >= 0 && pipe2 (ends, O_CLOEXEC) == 0 && send_question (gpg, memory, ends[1]);
  g_autoptr (GBytes) bytes = NULL;
  PdGpgResult *result = NULL;

  if (memory >= 0)
    close (memory);
  if (ends[1] >= 0)
    close (ends[1]);
  if (sent)
    bytes = read_answer (ends[0], g_get_monotonic_time () + 2 * gpg->time + GRACE);
  if (ends[0] >= 0)
    close (ends[0]);
  if (bytes != NULL)
    result = read_result (bytes);
  if (!sent)
    pd_fail (error, PD_ERROR_TEMPORARY, "GnuPG cannot be asked");
  else if (result == NULL)
    pd_fail (error, PD_ERROR_TEMPORARY, "GnuPG gave no answer within %d s",
             (int)(gpg->time / G_TIME_SPAN_SECOND));
  return result;
}

PdGpgResult *
pd_gpg_verify (PdGpg *gpg, PdGpgProtocol protocol, GBytes *signature, GBytes *signed_bytes,
               GError **error)
{
  PdGpgQuestion question = { .protocol = protocol };

  return ask (gpg, &question, signature, signed_bytes, error);
}

PdGpgResult *
pd_gpg_decrypt (PdGpg *gpg, PdGpgProtocol protocol, GBytes *encrypted, GError **error)
{
  PdGpgQuestion question = { .protocol = protocol, .decrypt = TRUE };

  return ask (gpg, &question, encrypted, NULL, error);
}
