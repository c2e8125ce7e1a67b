#include "desk/parser-pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd-pass.h"
#include "base/log.h"
#include "base/zygote.h"
#include "desk/parser-worker.h"
#include "mail/mail-wire.h"

#define START_TIME (30 * PD_SECOND)  /* that a worker may take to say hello */
#define LARGE_MAIL (8 * 1024 * 1024) /* octets, after which a worker is replaced */
#define FIRST_READ (64 * 1024)       /* octets for which room is made before any has come */

typedef struct {
  pid_t pid;
  int channel;
  guint mails;    /* read so far */
  gint64 working; /* microseconds so far */
} Worker;

struct PdParserPool {
  PdZygote *zygote; /* NULL: mails are read in this process */
  PdParserRead read;
  PdParserSettings settings;
  pthread_mutex_t lock;
  pthread_cond_t freed;
  GPtrArray *idle; /* of Worker */
  guint n;         /* workers, busy ones too */
};

/* How a worker failed to answer. */
typedef enum {
  FAILED_CRASHED, /* its channel is closed */
  FAILED_LATE,
  FAILED_NONSENSE,
} Failure;

/* ---- workers ---- */

static gint64
now (void)
{
  return g_get_monotonic_time ();
}

/* FALSE: the time is up */
static gboolean
wait_channel (int channel, short events, gint64 deadline)
{
  struct pollfd entry = { channel, events, 0 };

  for (;;)
    {
      gint64 left = deadline - now ();
      int n = left <= 0 ? 0 : poll (&entry, 1, (int)MIN (left / 1000 + 1, G_MAXINT));

      if (n > 0)
        return TRUE;
      if (n == 0)
        return FALSE;
    }
}

static gboolean
read_all (int channel, gpointer data, gsize length, gint64 deadline, Failure *failure)
{
  guint8 *at = data;

  while (length > 0)
    {
      ssize_t n = recv (channel, at, length, 0);

      if (n > 0)
        {
          at += n;
          length -= (gsize)n;
          continue;
        }
      if (n < 0 && errno == EINTR)
        continue;
      *failure = n < 0 && errno == EAGAIN ? FAILED_LATE : FAILED_CRASHED;
      if (*failure == FAILED_CRASHED || !wait_channel (channel, POLLIN, deadline))
        return FALSE;
    }
  return TRUE;
}

/* An answer of at most `max` octets.  Room is made as they come: a length alone
 * is but a number that a worker says. */
static GByteArray *
read_answer (int channel, gsize max, gint64 deadline, PdParserWord *word, Failure *failure)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  PdParserAnswer head;

  if (!read_all (channel, &head, sizeof head, deadline, failure))
    return NULL;
  *word = head.word;
  if (head.length > max)
    {
      *failure = FAILED_NONSENSE;
      return NULL;
    }
  for (guint done = 0; done < head.length; done = bytes->len)
    {
      g_byte_array_set_size (bytes, MIN (head.length, MAX (done * 2, FIRST_READ)));
      if (!read_all (channel, bytes->data + done, bytes->len - done, deadline, failure))
        return NULL;
    }
  return g_steal_pointer (&bytes);
}

/* What a worker says in words; NULL: nothing.  Caller frees. */
static char *
dup_words (const GByteArray *bytes)
{
  return bytes->len == 0 ? NULL
                         : g_utf8_make_valid ((const char *)bytes->data,
                                              (gssize)MIN (bytes->len, PD_PARSER_MAX_TEXT));
}

static const char *
signal_name (int number)
{
  static const struct {
    int number;
    const char *words;
  } names[] = {
    { SIGSYS, "forbidden system call" },
    { SIGSEGV, "invalid memory access" },
    { SIGBUS, "invalid memory access" },
    { SIGFPE, "wrong arithmetic" },
    { SIGILL, "invalid instruction" },
    { SIGABRT, "aborted" },
    { SIGTRAP, "aborted" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].number == number)
      return names[i].words;
  return strsignal (number);
}

/* What it was, in words; caller frees. */
static char *
name_end (const PdParserPool *pool, Failure failure, const PdZygoteEnd *end)
{
  gsize memory = pool->settings.memory / (1024 * 1024);
  gint64 time = pool->settings.time / 1000;

  if (failure == FAILED_LATE)
    return time % 1000 == 0
               ? g_strdup_printf ("parser ran longer than %" G_GINT64_FORMAT " s", time / 1000)
               : g_strdup_printf ("parser ran longer than %" G_GINT64_FORMAT " ms", time);
  if (failure == FAILED_NONSENSE)
    return g_strdup ("parser gave an answer that cannot be");
  if (end->killed)
    return g_strdup ("parser closed its channel");
  if (WIFEXITED (end->status) && WEXITSTATUS (end->status) == PD_PARSER_EXIT_MEMORY)
    return g_strdup_printf ("parser used more than %" G_GSIZE_FORMAT " MB of memory", memory);
  if (WIFEXITED (end->status))
    return g_strdup_printf ("parser ended with status %d", WEXITSTATUS (end->status));
  if (WTERMSIG (end->status) == SIGXCPU)
    return g_strdup ("parser used too much processor time");
  if (WTERMSIG (end->status) == SIGKILL)
    return g_strdup ("parser was killed from outside (signal 9)");
  return g_strdup_printf ("parser killed by signal %d (%s)", WTERMSIG (end->status),
                          signal_name (WTERMSIG (end->status)));
}

/* Ends a worker; FALSE: there is no zygote any more. */
static gboolean
worker_end (PdParserPool *pool, Worker *worker, gboolean kill_it, PdZygoteEnd *end, GError **error)
{
  pid_t pid = worker->pid;

  close (worker->channel);
  g_free (worker);
  return pd_zygote_reap (pool->zygote, pid, kill_it, end, error);
}

/* Starts one and hears what it says of its jail.
 *
 * out_free   NULL or why it has no filter; caller frees
 */
static Worker *
worker_new (PdParserPool *pool, char **out_free, GError **error)
{
  const PdParserSettings *settings = &pool->settings;
  const PdParserOrders orders = {
    /* the clock ends a mail; this is for when nobody looks at it */
    .limits = { settings->memory, (guint)(2 * settings->time / PD_SECOND) + 1 },
    .jail = settings->jail,
    .read = pool->read,
  };
  g_autofree Worker *worker = g_new0 (Worker, 1);
  g_autoptr (GByteArray) text = NULL;
  g_autofree char *why = NULL;
  PdZygoteEnd end = { 0 };
  PdParserWord word = PD_PARSER_SAYS_NO;
  Failure failure;

  *out_free = NULL;
  if (!pd_zygote_spawn (pool->zygote, &orders, sizeof orders, &worker->pid, &worker->channel,
                        error))
    return NULL;
  text = read_answer (worker->channel, PD_PARSER_MAX_TEXT, now () + START_TIME, &word, &failure);
  if (text != NULL && word == PD_PARSER_SAYS_JAILED)
    return g_steal_pointer (&worker);
  if (text != NULL)
    why = dup_words (text);
  if (text != NULL && word == PD_PARSER_SAYS_FREE)
    {
      *out_free = g_steal_pointer (&why);
      return g_steal_pointer (&worker);
    }
  if (!worker_end (pool, g_steal_pointer (&worker), TRUE, &end, error))
    return NULL;
  if (why != NULL)
    pd_fail (error, PD_ERROR_INVALID, "%s", why);
  else
    pd_fail (error, PD_ERROR_TEMPORARY, "a parser did not start");
  return NULL;
}

/* ---- who is free ---- */

/* One that died in its sleep has done nothing that concerns us. */
static gboolean
is_alive (const Worker *worker)
{
  struct pollfd entry = { worker->channel, POLLIN, 0 };

  return poll (&entry, 1, 0) == 0;
}

static void
log_replaced (const Worker *worker, const char *reason)
{
  pd_log (PD_LOG_WARNING, 0, "replaced", "what", "parser", "pid", pd_log_int (worker->pid), "mails",
          pd_log_int (worker->mails), "reason", reason, NULL);
}

/* A place for a worker: an idle one, or NULL, and then one may be started. */
static Worker *
take_place (PdParserPool *pool)
{
  Worker *worker = NULL;

  pthread_mutex_lock (&pool->lock);
  while (pool->idle->len == 0 && pool->n >= pool->settings.workers)
    pthread_cond_wait (&pool->freed, &pool->lock);
  if (pool->idle->len > 0)
    worker = g_ptr_array_steal_index (pool->idle, pool->idle->len - 1);
  else
    pool->n++;
  pthread_mutex_unlock (&pool->lock);
  return worker;
}

/* The place is another's from now on.
 *
 * worker   who stands in it; NULL: nobody
 */
static void
leave_place (PdParserPool *pool, Worker *worker)
{
  pthread_mutex_lock (&pool->lock);
  if (worker != NULL)
    g_ptr_array_add (pool->idle, worker);
  else
    pool->n--;
  pthread_cond_signal (&pool->freed);
  pthread_mutex_unlock (&pool->lock);
}

static Worker *
start_in_place (PdParserPool *pool, GError **error)
{
  g_autofree char *why_free = NULL;
  Worker *worker = worker_new (pool, &why_free, error);

  if (worker == NULL)
    leave_place (pool, NULL);
  return worker;
}

static Worker *
take_worker (PdParserPool *pool, GError **error)
{
  Worker *worker = take_place (pool);

  if (worker != NULL && !is_alive (worker))
    {
      PdZygoteEnd end;

      log_replaced (worker, "it died while it had nothing to do");
      if (!worker_end (pool, g_steal_pointer (&worker), FALSE, &end, error))
        {
          leave_place (pool, NULL);
          return NULL;
        }
    }
  return worker != NULL ? worker : start_in_place (pool, error);
}

/* Its next mail finds a worker as it was at its start. */
static gboolean
is_worn (const PdParserPool *pool, const Worker *worker, gsize size)
{
  return worker->mails >= PD_PARSER_MAX_MAILS || size >= LARGE_MAIL
         || worker->working > pool->settings.time;
}

static void
give_back (PdParserPool *pool, Worker *worker, gsize size)
{
  PdZygoteEnd end;

  if (is_worn (pool, worker, size))
    worker_end (pool, g_steal_pointer (&worker), FALSE, &end, NULL);
  leave_place (pool, worker);
}

/* ---- a mail ---- */

static gboolean
write_file (int fd, const guint8 *bytes, gsize length)
{
  while (length > 0)
    {
      ssize_t n = write (fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      bytes += n;
      length -= (gsize)n;
    }
  return TRUE;
}

/* The mail as a file of memory that nobody can change any more; -1: none. */
static int
seal_mail (GBytes *raw, GError **error)
{
  const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
  int fd = memfd_create ("postdesk-mail", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (raw, &size);

  if (fd >= 0 && write_file (fd, bytes, size) && fcntl (fd, F_ADD_SEALS, seals) == 0)
    return fd;
  pd_fail (error, PD_ERROR_TEMPORARY, "no memory for a mail: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Nothing is on its way to an idle worker, so a request always has room. */
static gboolean
send_job (int channel, const PdParserJob *job, int mail)
{
  const char *from = job->envelope_from, *to = job->envelope_to;
  PdParserRequest request = {
    .size = g_bytes_get_size (job->raw),
    .from_length = from != NULL ? (gint32)strlen (from) : -1,
    .to_length = to != NULL ? (gint32)strlen (to) : -1,
  };
  const struct iovec pieces[] = {
    { &request, sizeof request },
    { (gpointer)from, (gsize)MAX (request.from_length, 0) },
    { (gpointer)to, (gsize)MAX (request.to_length, 0) },
  };

  return pd_fd_send (channel, pieces, G_N_ELEMENTS (pieces), mail);
}

/* One mail by one worker; NULL with *failure, and for nonsense *out_why (caller
 * frees). */
static PdMail *
read_by (PdParserPool *pool, Worker *worker, const PdParserJob *job, int fd, Failure *failure,
         char **out_why)
{
  gint64 begin = now ();
  g_autoptr (GByteArray) facts = NULL;
  g_autoptr (GError) bad = NULL;
  PdParserWord word = PD_PARSER_SAYS_FACTS;
  PdMail *mail;

  *failure = FAILED_CRASHED;
  *out_why = NULL;
  if (!send_job (worker->channel, job, fd))
    return NULL;
  facts = read_answer (worker->channel, PD_MAIL_WIRE_MAX, begin + pool->settings.time, &word,
                       failure);
  if (facts == NULL)
    return NULL;
  worker->mails++;
  worker->working += now () - begin;
  *failure = FAILED_NONSENSE;
  if (word != PD_PARSER_SAYS_FACTS)
    {
      *out_why = dup_words (facts);
      return NULL;
    }
  mail = pd_mail_wire_read (facts->data, facts->len, g_bytes_get_size (job->raw), &bad);
  if (mail == NULL)
    *out_why = g_strdup (bad->message);
  return mail;
}

/* Replaces a worker that failed.
 *
 * out_outside   the mail may be innocent
 * out_reason    what it was; caller frees
 * Returns       FALSE: there is no zygote any more
 */
static gboolean
bury (PdParserPool *pool, Worker *worker, Failure failure, const char *why, gboolean *out_outside,
      char **out_reason, GError **error)
{
  const Worker known = *worker;
  PdZygoteEnd end = { 0 };
  g_autofree char *reason = NULL;

  if (!worker_end (pool, worker, failure != FAILED_CRASHED, &end, error))
    return FALSE;
  reason = name_end (pool, failure, &end);
  *out_outside = failure != FAILED_LATE
                 && (known.mails > 0
                     || (failure == FAILED_CRASHED && !end.killed && WIFSIGNALED (end.status)
                         && WTERMSIG (end.status) == SIGKILL));
  *out_reason = why != NULL ? g_strdup_printf ("%s: %s", reason, why) : g_steal_pointer (&reason);
  log_replaced (&known, *out_reason);
  return TRUE;
}

/* The mail that is in `fd`: by the worker that is free, then perhaps by a new one. */
static PdMail *
read_twice (PdParserPool *pool, const PdParserJob *job, int fd, GError **error)
{
  Worker *worker = take_worker (pool, error);

  for (guint tries = 1; worker != NULL; tries++)
    {
      g_autofree char *why = NULL, *reason = NULL;
      gboolean outside, buried;
      Failure failure;
      PdMail *mail = read_by (pool, worker, job, fd, &failure, &why);

      if (mail != NULL)
        {
          give_back (pool, worker, g_bytes_get_size (job->raw));
          return mail;
        }
      buried = bury (pool, worker, failure, why, &outside, &reason, error);
      if (!buried || !outside || tries == 2)
        {
          leave_place (pool, NULL);
          if (buried)
            pd_fail (error, PD_ERROR_INVALID, "%s", reason);
          return NULL;
        }
      worker = start_in_place (pool, error);
    }
  return NULL;
}

static gboolean
is_long (const char *address)
{
  return address != NULL && strlen (address) > PD_PARSER_MAX_ADDRESS;
}

PdMail *
pd_parser_pool_parse (PdParserPool *pool, const PdParserJob *job, GError **error)
{
  PdMail *mail;
  int fd;

  if (pool->zygote == NULL)
    return pd_mail_parse (job->raw, job->envelope_from, job->envelope_to);
  if (is_long (job->envelope_from) || is_long (job->envelope_to))
    {
      pd_fail (error, PD_ERROR_INVALID, "an envelope address has more than %d octets",
               PD_PARSER_MAX_ADDRESS);
      return NULL;
    }
  fd = seal_mail (job->raw, error);
  if (fd < 0)
    return NULL;
  mail = read_twice (pool, job, fd, error);
  close (fd);
  return mail;
}

/* ---- the pool ---- */

PdParserPool *
pd_parser_pool_new (PdParserRead read, GError **error)
{
  PdZygote *zygote
      = pd_zygote_new ("postdesk-parser", pd_parser_worker_init, pd_parser_worker_run, error);
  PdParserPool *pool;

  if (zygote == NULL)
    return NULL;
  pool = g_new0 (PdParserPool, 1);
  pool->zygote = zygote;
  pool->read = read;
  pool->idle = g_ptr_array_new ();
  pthread_mutex_init (&pool->lock, NULL);
  pthread_cond_init (&pool->freed, NULL);
  return pool;
}

static void
warn (const char *what, const char *reason)
{
  pd_log (PD_LOG_WARNING, 0, "started", "without", what, "reason", reason, NULL);
}

static gboolean
start_worker (PdParserPool *pool, GError **error)
{
  g_autofree char *why_free = NULL;
  g_autoptr (GError) bad = NULL;
  Worker *worker = worker_new (pool, &why_free, &bad);

  if (worker == NULL && pd_error_is (bad, PD_ERROR_INVALID))
    return pd_fail (error, PD_ERROR_INVALID,
                    "ingest.sandbox = required: %s; allow it, or set ingest.sandbox = preferred to "
                    "read mail with less protection",
                    bad->message);
  if (worker == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&bad));
      return FALSE;
    }
  if (why_free != NULL && pool->n == 0)
    warn ("sandbox", why_free);
  pool->n++;
  g_ptr_array_add (pool->idle, worker);
  return TRUE;
}

gboolean
pd_parser_pool_start (PdParserPool *pool, const PdParserSettings *settings, GError **error)
{
  pool->settings = *settings;
  if (settings->jail == PD_JAIL_OFF)
    {
      g_clear_pointer (&pool->zygote, pd_zygote_free);
      pd_mail_init ();
      warn ("sandbox", "ingest.sandbox = off: mails are read in this process");
      return TRUE;
    }
  while (pool->n < settings->workers)
    if (!start_worker (pool, error))
      return FALSE;
  return TRUE;
}

guint
pd_parser_pool_size (const PdParserPool *pool)
{
  return pool->settings.workers;
}

void
pd_parser_pool_free (PdParserPool *pool)
{
  if (pool == NULL)
    return;
  for (guint i = 0; i < pool->idle->len; i++)
    {
      Worker *worker = g_ptr_array_index (pool->idle, i);

      close (worker->channel);
      g_free (worker);
    }
  g_ptr_array_unref (pool->idle);
  pd_zygote_free (pool->zygote);
  pthread_cond_destroy (&pool->freed);
  pthread_mutex_destroy (&pool->lock);
  g_free (pool);
}
