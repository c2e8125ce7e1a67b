#include "net/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "net/lmtp-server.h"

#define MAX_SIZE (64 * 1024 * 1024)
#define MAX_RECIPIENTS 1000

struct PdSink {
  PdLmtpServer *server;
  char *folder;
  guint drop_one_in;
  int count; /* atomic */
};

static gboolean
accept_recipient (gpointer data, const char *address, GError **error)
{
  if (g_str_has_prefix (address, "tempfail"))
    return pd_fail (error, PD_ERROR_TEMPORARY, "addresses of this name are put off");
  if (g_str_has_prefix (address, "permfail"))
    return pd_fail (error, PD_ERROR_NOT_FOUND, "such are refused for good");
  return TRUE;
}

static gboolean
write_all (int fd, const char *bytes, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, bytes, length);

      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        {
          bytes += n;
          length -= (gsize)n;
        }
    }
  return TRUE;
}

static gboolean
write_file (int folder, const char *name, GString *head, GBytes *mail)
{
  gsize length;
  const char *bytes = g_bytes_get_data (mail, &length);
  g_autofree char *part = g_strconcat (".", name, NULL);
  int fd = openat (folder, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  gboolean ok = fd >= 0 && write_all (fd, head->str, head->len) && write_all (fd, bytes, length);

  if (fd >= 0)
    ok = close (fd) == 0 && ok;
  return ok && renameat (folder, part, folder, name) == 0;
}

static gboolean
keep (PdSink *sink, PdEnvelope *envelope, int n, GError **error)
{
  g_autoptr (GBytes) mail = pd_spill_get_bytes (envelope->data, error);
  g_autoptr (GString) head = g_string_new (NULL);
  g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT "-%06d.eml", pd_clock_now (), n);
  int folder;
  gboolean ok;

  if (mail == NULL)
    return FALSE;
  g_string_append_printf (head, "Return-Path: <%s>\r\n", envelope->sender);
  for (guint i = 0; i < envelope->n_recipients; i++)
    g_string_append_printf (head, "X-Original-To: %s\r\n", envelope->recipients[i]);
  folder = open (sink->folder, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  ok = folder >= 0 && write_file (folder, name, head, mail);
  if (!ok)
    pd_fail (error, PD_ERROR_TEMPORARY, "%s/%s: %s", sink->folder, name, g_strerror (errno));
  if (folder >= 0)
    close (folder);
  return ok;
}

/* What recipients ask for by their names; the error of one, NULL for taken. */
static GError *
late_error (const char *address)
{
  if (g_str_has_prefix (address, "latetemp"))
    return g_error_new (PD_ERROR, PD_ERROR_TEMPORARY, "addresses of this name are put off, after the mail");
  if (g_str_has_prefix (address, "lateperm"))
    return g_error_new (PD_ERROR, PD_ERROR_INVALID, "refused for good, after the mail");
  return NULL;
}

static gboolean
is_to_be_dropped (PdSink *sink, const PdEnvelope *envelope)
{
  for (guint i = 0; i < envelope->n_recipients; i++)
    if (g_str_has_prefix (envelope->recipients[i], "drop"))
      return TRUE;
  return sink->drop_one_in > 0 && g_random_int_range (0, (int)sink->drop_one_in) == 0;
}

static void
answer (PdSink *sink, PdLmtpDelivery *delivery, PdEnvelope *envelope, const GError *problem, int n)
{
  g_autofree GError **errors = g_new0 (GError *, envelope->n_recipients);
  g_autofree char *text = g_strdup_printf ("2.0.0 Ok kept as %d", n);

  for (guint i = 0; i < envelope->n_recipients; i++)
    errors[i] = problem != NULL ? g_error_copy (problem) : late_error (envelope->recipients[i]);
  pd_lmtp_delivery_answer (delivery, (const GError *const *)errors, text);
  for (guint i = 0; i < envelope->n_recipients; i++)
    g_clear_error (&errors[i]);
}

static void
deliver (gpointer data, PdLmtpDelivery *delivery)
{
  PdSink *sink = data;
  g_autoptr (PdEnvelope) envelope = pd_lmtp_delivery_take_envelope (delivery);
  g_autoptr (GError) error = NULL;
  gboolean refused = FALSE;
  int n;

  for (guint i = 0; i < envelope->n_recipients && !refused; i++)
    refused = g_str_has_prefix (envelope->recipients[i], "late");
  n = g_atomic_int_get (&sink->count) + !refused;
  if (!refused && sink->folder != NULL && !keep (sink, envelope, n, &error))
    pd_log (PD_LOG_ERROR, 0, "failed", "reason", error->message, NULL);
  if (error == NULL)
    g_atomic_int_set (&sink->count, n);
  if (is_to_be_dropped (sink, envelope))
    pd_lmtp_delivery_drop (delivery);
  else
    answer (sink, delivery, envelope, error, n);
}

PdSink *
pd_sink_new (const PdSinkSettings *settings, GError **error)
{
  g_autoptr (PdSink) sink = g_new0 (PdSink, 1);
  PdLmtpServerSettings server = {
    .session = { .mode = settings->lmtp ? PD_LMTP_LMTP : PD_LMTP_SMTP,
                 .host = "sink.localhost",
                 .max_size = MAX_SIZE,
                 .max_recipients = MAX_RECIPIENTS,
                 .accept_recipient = accept_recipient },
    .drain_timeout = 2 * PD_SECOND,
    .deliver = deliver,
    .data = sink,
  };

  sink->folder = g_strdup (settings->folder);
  sink->drop_one_in = settings->drop_one_in;
  sink->server = pd_lmtp_server_new (&server);
  if (!pd_lmtp_server_listen (sink->server, settings->endpoint, NULL, error)
      || !pd_lmtp_server_start (sink->server, error))
    return NULL;
  return g_steal_pointer (&sink);
}

void
pd_sink_free (PdSink *sink)
{
  pd_lmtp_server_stop (sink->server);
  pd_lmtp_server_free (sink->server);
  g_free (sink->folder);
  g_free (sink);
}

guint16
pd_sink_port (PdSink *sink)
{
  return pd_lmtp_server_port (sink->server);
}

guint
pd_sink_count (PdSink *sink)
{
  return (guint)g_atomic_int_get (&sink->count);
}
