#include "desk/parser-worker.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd-pass.h"
#include "mail/mail-wire.h"

#define CHANNEL PD_SANDBOX_CHANNEL
#define KEPT_HEAP (32 * 1024 * 1024) /* octets that go from one mail to the next; glibc's most */

/* ---- the channel ---- */

/* The pool is gone: there is nobody to work for. */
static void
write_all (gconstpointer data, gsize length)
{
  const guint8 *at = data;

  while (length > 0)
    {
      ssize_t n = write (CHANNEL, at, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        _exit (EX_OK);
      at += n;
      length -= (gsize)n;
    }
}

static void
say (PdParserWord word, gconstpointer data, gsize length)
{
  const PdParserAnswer answer = { word, (guint32)length };

  write_all (&answer, sizeof answer);
  write_all (data, length);
}

static void
say_text (PdParserWord word, const char *text)
{
  say (word, text, MIN (strlen (text), PD_PARSER_MAX_TEXT));
}

static void
read_all (gpointer data, gsize length)
{
  guint8 *at = data;

  while (length > 0)
    {
      ssize_t n = read (CHANNEL, at, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        _exit (EX_OK);
      at += n;
      length -= (gsize)n;
    }
}

/* The head of the next request and the descriptor of its mail. */
static int
receive (PdParserRequest *request)
{
  int fd;
  gssize n = pd_fd_receive (CHANNEL, request, sizeof *request, &fd);

  if (n <= 0)
    _exit (EX_OK);
  read_all ((guint8 *)request + n, sizeof *request - (gsize)n);
  return fd;
}

static char *
read_address (gint32 length)
{
  char *text;

  if (length < 0)
    return NULL;
  text = g_malloc0 ((gsize)length + 1);
  read_all (text, (gsize)length);
  return text;
}

/* ---- work ---- */

static GByteArray *
read_mail (const PdParserJob *job)
{
  g_autoptr (PdMail) mail = pd_mail_parse (job->raw, job->envelope_from, job->envelope_to);

  return pd_mail_wire_write (mail);
}

/* Reads one mail and answers. */
static void
serve (PdParserRead read)
{
  PdParserRequest request;
  int fd = receive (&request);
  g_autofree char *from = read_address (request.from_length);
  g_autofree char *to = read_address (request.to_length);
  PdParserJob job = { NULL, from, to };
  g_autoptr (GByteArray) facts = NULL;
  /* a mapping cannot be empty */
  gpointer bytes
      = request.size == 0 ? NULL : mmap (NULL, request.size, PROT_READ, MAP_PRIVATE, fd, 0);

  close (fd);
  if (bytes == MAP_FAILED)
    _exit (PD_PARSER_EXIT_MEMORY);
  job.raw = g_bytes_new_static (bytes, request.size);
  facts = read (&job);
  if (facts->len <= PD_MAIL_WIRE_MAX)
    say (PD_PARSER_SAYS_FACTS, facts->data, facts->len);
  else
    say_text (PD_PARSER_SAYS_NO, "the mail says too much");
  g_bytes_unref (job.raw);
  if (bytes != NULL)
    munmap (bytes, request.size);
}

/* GLib ends a process that cannot have memory with the signal of a breakpoint;
 * an exit status of its own tells the pool what it was. */
static void
on_log (const char *domain, GLogLevelFlags level, const char *text, gpointer data)
{
  (void)domain;
  (void)data;
  if ((level & G_LOG_LEVEL_ERROR) != 0 && strstr (text, "failed to allocate") != NULL)
    _exit (PD_PARSER_EXIT_MEMORY);
}

void
pd_parser_worker_init (void)
{
  pd_mail_init ();
  g_log_set_default_handler (on_log, NULL);
}

int
pd_parser_worker_run (gconstpointer data, gsize length)
{
  PdParserOrders orders;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (length == sizeof orders, EX_SOFTWARE);
  memcpy (&orders, data, sizeof orders);
  if (orders.read == NULL)
    orders.read = read_mail;
  if (!pd_sandbox_limit (&orders.limits, &error))
    {
      say_text (PD_PARSER_SAYS_NO, error->message);
      return EX_OSERR;
    }
  if (pd_sandbox_enter (&error))
    say (PD_PARSER_SAYS_JAILED, NULL, 0);
  else if (orders.jail == PD_JAIL_PREFERRED)
    say_text (PD_PARSER_SAYS_FREE, error->message);
  else
    {
      say_text (PD_PARSER_SAYS_NO, error->message);
      return EX_NOPERM;
    }
  /* memory given back and taken anew for each mail costs a fault for each page */
  mallopt (M_MMAP_THRESHOLD, KEPT_HEAP);
  mallopt (M_TRIM_THRESHOLD, KEPT_HEAP);
  for (;;)
    serve (orders.read);
}
