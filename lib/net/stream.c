#include "net/stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <libetpan/mailstream.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"

#define BUFFER_SIZE 8192

struct PdStream {
  int fd;
  int cancel_fd; /* -1: none */
  gint64 timeout;
  gsize max_read;
  gint64 deadline; /* monotonic, of this step */
  gsize read_left; /* octets, in this step */
  char *peer;
  gboolean local;
  gnutls_session_t tls; /* NULL: in clear */
  gboolean secured;
  gnutls_certificate_credentials_t credentials;
  mailstream *etpan;
  GError *error;
};

/* Keeps the first problem of a step; returns -1. */
static int
broken (PdStream *stream, const char *what)
{
  if (stream->error == NULL)
    g_set_error (&stream->error, PD_ERROR, PD_ERROR_TEMPORARY, "%s: %s", stream->peer, what);
  return -1;
}

/* Waits for the socket; -1 when the time is up or the wait was cancelled. */
static int
wait_for (PdStream *stream, short events)
{
  for (;;)
    {
      struct pollfd fds[2] = { { stream->fd, events, 0 }, { stream->cancel_fd, POLLIN, 0 } };
      gint64 left = stream->deadline - g_get_monotonic_time ();
      int n;

      if (left <= 0)
        return broken (stream, "time is up");
      n = poll (fds, 2, (int)MIN ((left + 999) / 1000, G_MAXINT));
      if (n < 0 && errno != EINTR)
        return broken (stream, g_strerror (errno));
      if (n > 0 && fds[1].revents != 0)
        return broken (stream, "cancelled");
      if (n > 0)
        return 0;
    }
}

/* What to do after GnuTLS's answer n: 0 try again, else -1. */
static int
wait_for_tls (PdStream *stream, gssize n)
{
  if (n == GNUTLS_E_INTERRUPTED)
    return 0;
  if (n == GNUTLS_E_AGAIN)
    return wait_for (stream, gnutls_record_get_direction (stream->tls) ? POLLOUT : POLLIN);
  return broken (stream, gnutls_strerror ((int)n));
}

static gssize
read_raw (PdStream *stream, void *bytes, gsize length)
{
  gssize n = -1;

  if (stream->read_left == 0)
    return broken (stream, "the server says too much");
  length = MIN (length, stream->read_left);
  while (n < 0)
    {
      /* a server that drips is bounded by the step's time, not by each read */
      if (g_get_monotonic_time () >= stream->deadline)
        return broken (stream, "time is up");
      n = stream->tls != NULL ? gnutls_record_recv (stream->tls, bytes, length)
                              : recv (stream->fd, bytes, length, 0);
      if (n >= 0)
        break;
      if (stream->tls != NULL)
        {
          /* TLS 1.3 may renew keys in between; that is no data */
          if (wait_for_tls (stream, n) < 0)
            return -1;
        }
      else if (errno != EAGAIN && errno != EINTR)
        return broken (stream, g_strerror (errno));
      else if (wait_for (stream, POLLIN) < 0)
        return -1;
    }
  stream->read_left -= (gsize)n;
  return n;
}

static gssize
write_raw (PdStream *stream, const void *bytes, gsize length)
{
  for (;;)
    {
      gssize n;

      if (g_get_monotonic_time () >= stream->deadline)
        return broken (stream, "time is up");
      n = stream->tls != NULL ? gnutls_record_send (stream->tls, bytes, length)
                              : send (stream->fd, bytes, length, MSG_NOSIGNAL);
      if (n >= 0)
        return n;
      if (stream->tls != NULL)
        {
          if (wait_for_tls (stream, n) < 0)
            return -1;
        }
      else if (errno != EAGAIN && errno != EINTR)
        return broken (stream, g_strerror (errno));
      else if (wait_for (stream, POLLOUT) < 0)
        return -1;
    }
}

/* libetpan's driver */

static ssize_t
low_read (mailstream_low *low, void *bytes, size_t length)
{
  return read_raw (low->data, bytes, length);
}

static ssize_t
low_write (mailstream_low *low, const void *bytes, size_t length)
{
  return write_raw (low->data, bytes, length);
}

static int
low_close (mailstream_low *low)
{
  return 0; /* the stream's owner closes */
}

static int
low_get_fd (mailstream_low *low)
{
  return ((PdStream *)low->data)->fd;
}

static void
low_free (mailstream_low *low)
{
  free (low);
}

static void
low_cancel (mailstream_low *low)
{
}

static struct mailstream_cancel *
low_get_cancel (mailstream_low *low)
{
  return NULL;
}

static mailstream_low_driver driver = {
  .mailstream_read = low_read,
  .mailstream_write = low_write,
  .mailstream_close = low_close,
  .mailstream_get_fd = low_get_fd,
  .mailstream_free = low_free,
  .mailstream_cancel = low_cancel,
  .mailstream_get_cancel = low_get_cancel,
};

/* connecting */

static gboolean
is_loopback (const struct sockaddr *address)
{
  if (address->sa_family == AF_UNIX)
    return TRUE;
  if (address->sa_family == AF_INET6)
    return IN6_IS_ADDR_LOOPBACK (&((const struct sockaddr_in6 *)address)->sin6_addr);
  return address->sa_family == AF_INET
         && ntohl (((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
}

static char *
name_peer (const struct sockaddr *address, socklen_t length)
{
  char host[NI_MAXHOST], port[NI_MAXSERV];

  if (address->sa_family == AF_UNIX
      || getnameinfo (address, length, host, sizeof host, port, sizeof port,
                      NI_NUMERICHOST | NI_NUMERICSERV)
             != 0)
    return g_strdup ("unix");
  return g_strdup_printf (address->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

/* Connects to one address until `deadline`; FALSE leaves the stream's error. */
static gboolean
try_address (PdStream *stream, const struct sockaddr *address, socklen_t length, gint64 deadline)
{
  int one = 1, why = 0;
  socklen_t size = sizeof why;

  g_clear_error (&stream->error);
  g_free (stream->peer);
  stream->peer = name_peer (address, length);
  stream->local = is_loopback (address);
  stream->deadline = deadline;
  if (stream->fd >= 0)
    close (stream->fd);
  stream->fd = socket (address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (stream->fd < 0)
    return broken (stream, g_strerror (errno)) == 0;
  if (address->sa_family != AF_UNIX)
    setsockopt (stream->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect (stream->fd, address, length) == 0)
    return TRUE;
  if (errno != EINPROGRESS)
    return broken (stream, g_strerror (errno)) == 0;
  if (wait_for (stream, POLLOUT) < 0)
    return FALSE;
  if (getsockopt (stream->fd, SOL_SOCKET, SO_ERROR, &why, &size) < 0)
    why = errno;
  return why == 0 || broken (stream, g_strerror (why)) == 0;
}

static gboolean
connect_host (PdStream *stream, const PdEndpoint *endpoint, GError **error)
{
  struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
  struct addrinfo *list;
  char port[6];
  gint64 end = g_get_monotonic_time () + stream->timeout;
  int left = 0, wrong;
  gboolean ok = FALSE;

  g_snprintf (port, sizeof port, "%u", endpoint->port);
  wrong = getaddrinfo (endpoint->host, port, &hints, &list);
  if (wrong != 0)
    return pd_fail (error, PD_ERROR_TEMPORARY, "%s: %s", endpoint->host, gai_strerror (wrong));
  for (const struct addrinfo *info = list; info != NULL; info = info->ai_next)
    left++;
  for (const struct addrinfo *info = list; !ok && info != NULL; info = info->ai_next, left--)
    {
      gint64 now = g_get_monotonic_time ();

      /* an address that does not answer must leave time for the others */
      ok = try_address (stream, info->ai_addr, info->ai_addrlen, now + (end - now) / left);
    }
  freeaddrinfo (list);
  return ok;
}

static gboolean
connect_path (PdStream *stream, const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  return try_address (stream, (struct sockaddr *)&address, sizeof address,
                      g_get_monotonic_time () + stream->timeout);
}

PdStream *
pd_stream_connect (const PdEndpoint *endpoint, const PdStreamSettings *settings, GError **error)
{
  g_autoptr (PdStream) stream = g_new0 (PdStream, 1);
  gboolean ok;

  stream->fd = -1;
  stream->cancel_fd = settings->cancel_fd > 0 ? settings->cancel_fd : -1;
  stream->timeout = settings->timeout > 0 ? settings->timeout : PD_MINUTE;
  stream->max_read = settings->max_read > 0 ? settings->max_read : 1024 * 1024;
  ok = endpoint->path != NULL ? connect_path (stream, endpoint->path)
                              : connect_host (stream, endpoint, error);
  if (!ok)
    {
      if (stream->error != NULL)
        g_propagate_error (error, g_steal_pointer (&stream->error));
      return NULL;
    }
  stream->etpan = mailstream_new (mailstream_low_new (stream, &driver), BUFFER_SIZE);
  pd_stream_step (stream, 0);
  return g_steal_pointer (&stream);
}

void
pd_stream_free (PdStream *stream)
{
  if (stream->secured)
    gnutls_bye (stream->tls, GNUTLS_SHUT_WR);
  if (stream->tls != NULL)
    gnutls_deinit (stream->tls);
  if (stream->credentials != NULL)
    gnutls_certificate_free_credentials (stream->credentials);
  if (stream->etpan != NULL)
    mailstream_close (stream->etpan);
  if (stream->fd >= 0)
    close (stream->fd);
  g_clear_error (&stream->error);
  g_free (stream->peer);
  g_free (stream);
}

/* TLS */

static gboolean
load_trust (PdStream *stream, const PdStreamTrust *trust)
{
  int n;
  g_autofree char *what = NULL;

  if (gnutls_certificate_allocate_credentials (&stream->credentials) < 0)
    return broken (stream, "TLS: no memory") == 0;
  if (trust->blind)
    return TRUE;
  if (trust->ca_file == NULL || *trust->ca_file == '\0')
    n = gnutls_certificate_set_x509_system_trust (stream->credentials);
  else
    n = gnutls_certificate_set_x509_trust_file (stream->credentials, trust->ca_file,
                                                GNUTLS_X509_FMT_PEM);
  if (n > 0)
    return TRUE;
  what = g_strdup_printf ("TLS: no certificates to trust in %s",
                          trust->ca_file != NULL && *trust->ca_file != '\0' ? trust->ca_file
                                                                            : "the system");
  return broken (stream, what) == 0;
}

static gboolean
is_number (const char *host)
{
  struct in6_addr address;

  return inet_pton (AF_INET, host, &address) == 1 || inet_pton (AF_INET6, host, &address) == 1;
}

static gboolean
prepare (PdStream *stream, const PdStreamTrust *trust)
{
  if (!load_trust (stream, trust))
    return FALSE;
  if (gnutls_init (&stream->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0
      || gnutls_set_default_priority (stream->tls) < 0
      || gnutls_credentials_set (stream->tls, GNUTLS_CRD_CERTIFICATE, stream->credentials) < 0)
    return broken (stream, "TLS: cannot be set up") == 0;
  /* RFC 6066 3: no numbers in SNI */
  if (!is_number (trust->host))
    gnutls_server_name_set (stream->tls, GNUTLS_NAME_DNS, trust->host, strlen (trust->host));
  if (!trust->blind)
    gnutls_session_set_verify_cert (stream->tls, trust->host, 0);
  gnutls_transport_set_int (stream->tls, stream->fd);
  return TRUE;
}

static gboolean
handshake_failed (PdStream *stream, int wrong)
{
  gnutls_datum_t why = { NULL, 0 };
  unsigned int status = gnutls_session_get_verify_cert_status (stream->tls);
  g_autofree char *what = NULL;

  if (wrong == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR
      && gnutls_certificate_verification_status_print (status, GNUTLS_CRT_X509, &why, 0) == 0)
    what = g_strdup_printf ("TLS: the certificate is refused: %s", (const char *)why.data);
  else
    what = g_strdup_printf ("TLS: %s", gnutls_strerror (wrong));
  gnutls_free (why.data);
  return broken (stream, g_strchomp (what)) == 0;
}

static gboolean
handshake (PdStream *stream)
{
  int n;

  while ((n = gnutls_handshake (stream->tls)) < 0)
    {
      if (gnutls_error_is_fatal (n))
        return handshake_failed (stream, n);
      if ((n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED) && wait_for_tls (stream, n) < 0)
        return FALSE;
      if (g_get_monotonic_time () >= stream->deadline)
        return broken (stream, "time is up") == 0;
    }
  stream->secured = TRUE;
  return TRUE;
}

static gboolean
tell (PdStream *stream, gboolean ok, GError **error)
{
  if (!ok && stream->error != NULL)
    g_propagate_error (error, g_error_copy (stream->error));
  return ok;
}

gboolean
pd_stream_start_tls (PdStream *stream, const PdStreamTrust *trust, GError **error)
{
  g_return_val_if_fail (stream->tls == NULL, FALSE);
  pd_stream_step (stream, 0);
  if (stream->etpan->read_buffer_len > 0)
    return tell (stream, broken (stream, "TLS: something was said in clear after STARTTLS") == 0,
                 error);
  return tell (stream, prepare (stream, trust) && handshake (stream), error);
}

void
pd_stream_step (PdStream *stream, gint64 timeout)
{
  stream->deadline = g_get_monotonic_time () + (timeout > 0 ? timeout : stream->timeout);
  stream->read_left = stream->max_read;
}

gssize
pd_stream_read (PdStream *stream, char *bytes, gsize length, GError **error)
{
  mailstream *etpan = stream->etpan;
  gsize n;

  if (etpan->read_buffer_len == 0 && mailstream_feed_read_buffer (etpan) < 0)
    return tell (stream, FALSE, error) ? 0 : -1;
  if (etpan->read_buffer_len == 0)
    {
      broken (stream, "the server has closed the connection");
      return tell (stream, FALSE, error) ? 0 : -1;
    }
  n = MIN (length, etpan->read_buffer_len);
  memcpy (bytes, etpan->read_buffer, n);
  memmove (etpan->read_buffer, etpan->read_buffer + n, etpan->read_buffer_len - n);
  etpan->read_buffer_len -= n;
  return (gssize)n;
}

gboolean
pd_stream_write (PdStream *stream, const char *bytes, gsize length, gsize *out_written,
                 GError **error)
{
  *out_written = 0;
  while (*out_written < length)
    {
      gssize n = write_raw (stream, bytes + *out_written, length - *out_written);

      if (n < 0)
        return tell (stream, FALSE, error);
      *out_written += (gsize)n;
    }
  return TRUE;
}

gboolean
pd_stream_is_readable (PdStream *stream)
{
  struct pollfd fd = { stream->fd, POLLIN, 0 };

  return stream->etpan->read_buffer_len > 0
         || (stream->tls != NULL && gnutls_record_check_pending (stream->tls) > 0)
         || poll (&fd, 1, 0) != 0;
}

gboolean
pd_stream_is_private (PdStream *stream)
{
  return stream->secured || stream->local;
}

const char *
pd_stream_get_peer (PdStream *stream)
{
  return stream->peer;
}

struct _mailstream *
pd_stream_get_mailstream (PdStream *stream)
{
  return stream->etpan;
}

const GError *
pd_stream_get_error (PdStream *stream)
{
  return stream->error;
}
