#include "net/smtp-connection.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "net/stream.h"

#define PIECE (64 * 1024) /* octets written in one step */
#define PATIENCE 5        /* times the timeout, for the reply to the mail */
#define GOODBYE (2 * PD_SECOND)

typedef struct {
  PdEndpoint *endpoint;
  gboolean lmtp;
  gboolean tls; /* from the start */
  char *user;
  char *password;
} Url;

struct PdSmtpConnection {
  Url *url;
  PdStream *stream;
  PdSmtpClient *client;
  gint64 timeout;
  guint jobs; /* sent over it */
};

static void
url_free (Url *url)
{
  g_clear_pointer (&url->endpoint, pd_endpoint_free);
  g_free (url->user);
  g_free (url->password);
  g_free (url);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Url, url_free)

static const struct {
  const char *scheme;
  gboolean lmtp;
  gboolean tls;
  guint16 port;
} schemes[] = {
  { "smtp", FALSE, FALSE, 25 },
  { "smtps", FALSE, TRUE, 465 },
  { "lmtp", TRUE, FALSE, 24 },
};

static Url *
fail_url (GError **error, const char *why)
{
  pd_fail (error, PD_ERROR_INVALID, "SMTP URL: %s; write smtp[s]://[USER[:PASS]@]HOST[:PORT]", why);
  return NULL;
}

/* Fills what the scheme says; the port too, if none was given. */
static gboolean
apply_scheme (Url *url, const char *scheme, int port)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strcasecmp (schemes[i].scheme, scheme) == 0)
      {
        url->lmtp = schemes[i].lmtp;
        url->tls = schemes[i].tls;
        url->endpoint->port = port > 0 ? (guint16)port : schemes[i].port;
        return TRUE;
      }
  return FALSE;
}

static Url *
url_parse (const char *text, GError **error)
{
  g_autoptr (Url) url = g_new0 (Url, 1);
  g_autofree char *scheme = NULL, *host = NULL, *path = NULL;
  int port = 0;

  url->endpoint = g_new0 (PdEndpoint, 1);
  if (!g_uri_split_with_user (text, G_URI_FLAGS_HAS_PASSWORD, &scheme, &url->user, &url->password,
                              NULL, &host, &port, &path, NULL, NULL, NULL)
      || scheme == NULL)
    return fail_url (error, "it is not well formed");
  if (!apply_scheme (url, scheme, port))
    return fail_url (error, "the scheme is none of smtp, smtps, lmtp");
  if (host != NULL && *host != '\0')
    {
      if (path != NULL && *path != '\0' && strcmp (path, "/") != 0)
        return fail_url (error, "a host and a path");
      url->endpoint->host = g_steal_pointer (&host);
    }
  else if (url->lmtp && path != NULL && *path == '/')
    url->endpoint->path = g_steal_pointer (&path);
  else
    return fail_url (error, "there is no host");
  if (url->user != NULL && *url->user == '\0')
    g_clear_pointer (&url->user, g_free);
  return g_steal_pointer (&url);
}

gboolean
pd_smtp_check_url (const char *text, GError **error)
{
  g_autoptr (Url) url = url_parse (text, error);

  return url != NULL;
}

/* Writes the client's output, each piece a step of its own. */
static gboolean
flush (PdSmtpConnection *connection, GError **error)
{
  GString *output = pd_smtp_client_output (connection->client);
  gsize done = 0;
  gboolean ok = TRUE;

  while (ok && done < output->len)
    {
      gsize written;

      pd_stream_step (connection->stream, 0);
      ok = pd_stream_write (connection->stream, output->str + done, MIN (output->len - done, PIECE),
                            &written, error);
      done += written;
    }
  g_string_erase (output, 0, (gssize)done);
  return ok;
}

static gboolean
start_tls (PdSmtpConnection *connection, const PdSmtpServer *server, GError **error)
{
  PdStreamTrust trust = {
    .host = connection->url->endpoint->host != NULL ? connection->url->endpoint->host : "localhost",
    .ca_file = server->ca_file,
    /* encryption that may be absent needs no proof, but a password does */
    .blind = !connection->url->tls && server->tls == PD_SMTP_TLS_OPPORTUNISTIC
             && connection->url->user == NULL,
  };

  return pd_stream_start_tls (connection->stream, &trust, error);
}

/* One turn of write and read.  FALSE if the connection is broken. */
static gboolean
turn (PdSmtpConnection *connection, GError **error)
{
  char bytes[4096];
  gssize n;

  if (pd_smtp_client_output (connection->client)->len > 0)
    {
      if (!flush (connection, error))
        return FALSE;
      pd_stream_step (connection->stream, pd_smtp_client_is_deciding (connection->client)
                                              ? PATIENCE * connection->timeout
                                              : 0);
    }
  n = pd_stream_read (connection->stream, bytes, sizeof bytes, error);
  if (n < 0)
    return FALSE;
  pd_smtp_client_feed (connection->client, bytes, (gsize)n);
  return TRUE;
}

/* Goes on until the client has nothing under way. */
static gboolean
drive (PdSmtpConnection *connection, GError **error)
{
  g_autoptr (GError) problem = NULL;

  while (pd_smtp_client_phase (connection->client) == PD_SMTP_CLIENT_BUSY)
    if (!turn (connection, &problem))
      {
        pd_smtp_client_lost (connection->client, problem->message);
        break;
      }
  if (pd_smtp_client_phase (connection->client) != PD_SMTP_CLIENT_OVER)
    return TRUE;
  if (pd_smtp_client_get_error (connection->client) != NULL)
    g_propagate_error (error, g_error_copy (pd_smtp_client_get_error (connection->client)));
  return FALSE;
}

static gboolean
open_session (PdSmtpConnection *connection, const PdSmtpServer *server, PdSmtpTls tls,
              gboolean *out_tls_failed, GError **error)
{
  PdStreamSettings settings = { .timeout = server->timeout, .cancel_fd = server->cancel_fd };
  PdSmtpClientSettings client = {
    .lmtp = connection->url->lmtp,
    .hello = server->hello,
    .tls = tls,
    .secured = connection->url->tls,
    .user = connection->url->user,
    .password = connection->url->password,
  };

  *out_tls_failed = FALSE;
  g_clear_pointer (&connection->client, pd_smtp_client_free);
  g_clear_pointer (&connection->stream, pd_stream_free);
  connection->stream = pd_stream_connect (connection->url->endpoint, &settings, error);
  if (connection->stream == NULL
      || (connection->url->tls && !start_tls (connection, server, error)))
    return FALSE;
  client.private = pd_stream_is_private (connection->stream);
  connection->client = pd_smtp_client_new (&client);
  if (!drive (connection, error))
    return FALSE;
  if (pd_smtp_client_phase (connection->client) != PD_SMTP_CLIENT_TLS)
    return TRUE;
  if (!start_tls (connection, server, error))
    {
      *out_tls_failed = TRUE;
      return FALSE;
    }
  pd_smtp_client_secured (connection->client);
  return drive (connection, error);
}

PdSmtpConnection *
pd_smtp_connect (const PdSmtpServer *server, GError **error)
{
  g_autoptr (PdSmtpConnection) connection = g_new0 (PdSmtpConnection, 1);
  g_autoptr (GError) problem = NULL;
  gboolean tls_failed, ok;

  connection->timeout = server->timeout > 0 ? server->timeout : PD_MINUTE;
  connection->url = url_parse (server->url, error);
  if (connection->url == NULL)
    return NULL;
  ok = open_session (connection, server, server->tls, &tls_failed, &problem);
  /* RFC 7435: rather in clear than not at all, if that was the wish */
  if (tls_failed && server->tls == PD_SMTP_TLS_OPPORTUNISTIC && connection->url->user == NULL)
    {
      g_clear_error (&problem);
      ok = open_session (connection, server, PD_SMTP_TLS_NONE, &tls_failed, &problem);
    }
  if (ok)
    return g_steal_pointer (&connection);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

gboolean
pd_smtp_send (PdSmtpConnection *connection, PdSmtpJob *job, GError **error)
{
  /* nobody may speak unasked: it is the end, or a 421 before it */
  if (connection->jobs++ > 0 && pd_stream_is_readable (connection->stream))
    pd_smtp_client_lost (connection->client, "the server has closed the connection");
  if (pd_smtp_client_phase (connection->client) == PD_SMTP_CLIENT_READY)
    pd_smtp_client_begin (connection->client, job);
  return drive (connection, error);
}

const char *
pd_smtp_connection_get_peer (PdSmtpConnection *connection)
{
  return pd_stream_get_peer (connection->stream);
}

/* QUIT, without waiting for the answer: the mails have theirs. */
static void
say_goodbye (PdSmtpConnection *connection)
{
  gsize written;

  pd_smtp_client_quit (connection->client);
  pd_stream_step (connection->stream, GOODBYE);
  pd_stream_write (connection->stream, pd_smtp_client_output (connection->client)->str,
                   pd_smtp_client_output (connection->client)->len, &written, NULL);
}

void
pd_smtp_connection_free (PdSmtpConnection *connection)
{
  if (connection->client != NULL
      && pd_smtp_client_phase (connection->client) == PD_SMTP_CLIENT_READY)
    say_goodbye (connection);
  g_clear_pointer (&connection->client, pd_smtp_client_free);
  g_clear_pointer (&connection->stream, pd_stream_free);
  g_clear_pointer (&connection->url, url_free);
  g_free (connection);
}
