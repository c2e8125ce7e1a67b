#include "net/smtp-connection.h"

#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "net/sink.h"
#include "net/stream.h"

/* a server with a certificate of our own making */

typedef struct {
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
} Identity;

static void
make_identity (Identity *identity, const char *host, const Identity *signer, guint8 serial)
{
  gint64 now = pd_clock_now () / PD_SECOND;

  g_assert_cmpint (gnutls_x509_privkey_init (&identity->key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (identity->key, GNUTLS_PK_ECDSA,
                                                 GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1),
                                                 0),
                   ==, 0);
  gnutls_x509_crt_init (&identity->certificate);
  gnutls_x509_crt_set_version (identity->certificate, 3);
  gnutls_x509_crt_set_serial (identity->certificate, &serial, 1);
  gnutls_x509_crt_set_activation_time (identity->certificate, (time_t)now - 3600);
  gnutls_x509_crt_set_expiration_time (identity->certificate, (time_t)now + 3600);
  gnutls_x509_crt_set_key (identity->certificate, identity->key);
  gnutls_x509_crt_set_dn_by_oid (identity->certificate, GNUTLS_OID_X520_COMMON_NAME, 0, host,
                                 (guint)strlen (host));
  gnutls_x509_crt_set_basic_constraints (identity->certificate, signer == NULL, -1);
  gnutls_x509_crt_set_subject_alt_name (identity->certificate, GNUTLS_SAN_DNSNAME, host,
                                        (guint)strlen (host), GNUTLS_FSAN_SET);
  if (signer == NULL)
    gnutls_x509_crt_set_key_usage (identity->certificate,
                                   GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_DIGITAL_SIGNATURE);
  if (signer == NULL)
    signer = identity;
  g_assert_cmpint (gnutls_x509_crt_sign2 (identity->certificate, signer->certificate, signer->key,
                                          GNUTLS_DIG_SHA256, 0),
                   ==, 0);
}

static void
clear_identity (Identity *identity)
{
  gnutls_x509_crt_deinit (identity->certificate);
  gnutls_x509_privkey_deinit (identity->key);
}

/* Serves one connection by a script: lines are sent; "<" waits for a line,
 * "T" is the handshake, "." waits for the end of the mail. */
typedef struct {
  int listener;
  const char *const *script;
  const Identity *identity;
  int connections;
  gnutls_session_t tls; /* of the connection */
  int fd;
} Server;

static gboolean
hear_line (Server *server, GString *line)
{
  char c = 0;

  g_string_truncate (line, 0);
  while (c != '\n')
    {
      gssize n = server->tls != NULL ? gnutls_record_recv (server->tls, &c, 1)
                                     : recv (server->fd, &c, 1, 0);

      if (n <= 0)
        return FALSE;
      g_string_append_c (line, c);
    }
  return TRUE;
}

static void
speak (Server *server, const char *text)
{
  g_autofree char *line = g_strconcat (text, "\r\n", NULL);

  if (server->tls != NULL)
    gnutls_record_send (server->tls, line, strlen (line));
  else
    (void)!send (server->fd, line, strlen (line), MSG_NOSIGNAL);
}

static gboolean
shake_hands (Server *server, gnutls_certificate_credentials_t credentials)
{
  gnutls_init (&server->tls, GNUTLS_SERVER | GNUTLS_NO_SIGNAL);
  gnutls_set_default_priority (server->tls);
  gnutls_credentials_set (server->tls, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_int (server->tls, server->fd);
  return gnutls_handshake (server->tls) == 0;
}

static void
serve_one (Server *server, gnutls_certificate_credentials_t credentials)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (const char *const *step = server->script; *step != NULL; step++)
    if (strcmp (*step, "T") == 0)
      {
        if (!shake_hands (server, credentials))
          break;
      }
    else if (strcmp (*step, "<") == 0)
      {
        if (!hear_line (server, line))
          break;
      }
    else if (strcmp (*step, ".") == 0)
      {
        while (hear_line (server, line) && strcmp (line->str, ".\r\n") != 0)
          continue;
      }
    else
      speak (server, *step);
  if (server->tls != NULL)
    gnutls_deinit (server->tls);
  server->tls = NULL;
  close (server->fd);
}

static void *
serve (void *data)
{
  Server *server = data;
  gnutls_certificate_credentials_t credentials;

  gnutls_certificate_allocate_credentials (&credentials);
  if (server->identity != NULL)
    gnutls_certificate_set_x509_key (credentials,
                                     (gnutls_x509_crt_t[]){ server->identity->certificate }, 1,
                                     server->identity->key);
  for (int i = 0; i < server->connections; i++)
    {
      server->fd = accept (server->listener, NULL, NULL);
      if (server->fd >= 0)
        serve_one (server, credentials);
    }
  gnutls_certificate_free_credentials (credentials);
  return NULL;
}

static guint16
listen_loopback (int *out_fd)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  *out_fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (*out_fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint (listen (*out_fd, 5), ==, 0);
  getsockname (*out_fd, (struct sockaddr *)&address, &length);
  return ntohs (address.sin_port);
}

/* a folder with the authority's certificate */

typedef struct {
  Identity authority, good, other, self;
  char *folder;
  char *ca_file;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  gnutls_datum_t pem = { NULL, 0 };

  make_identity (&fixture->authority, "test authority", NULL, 1);
  make_identity (&fixture->good, "localhost", &fixture->authority, 2);
  make_identity (&fixture->other, "elsewhere.example", &fixture->authority, 3);
  make_identity (&fixture->self, "localhost", NULL, 4);
  fixture->folder = g_dir_make_tmp ("pd-smtp-XXXXXX", NULL);
  fixture->ca_file = g_build_filename (fixture->folder, "ca.pem", NULL);
  gnutls_x509_crt_export2 (fixture->authority.certificate, GNUTLS_X509_FMT_PEM, &pem);
  g_assert_true (g_file_set_contents (fixture->ca_file, (const char *)pem.data, pem.size, NULL));
  gnutls_free (pem.data);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->ca_file);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->ca_file);
  g_free (fixture->folder);
  clear_identity (&fixture->authority);
  clear_identity (&fixture->good);
  clear_identity (&fixture->other);
  clear_identity (&fixture->self);
}

static const char *const starttls[]
    = { "220 mx", "<",      "250-mx", "250 STARTTLS", "<", "220 go", "T",
        "<",      "250 mx", "<",      "221 bye",      NULL };
static const char *const implicit[] = { "T", "220 mx", "<", "250 mx", "<", "221 bye", NULL };
static const char *const injected[] = {
  "220 mx", "<", "250-mx", "250 STARTTLS", "<", "220 go\r\n250 mine", "T", "<", "250 mx", NULL
};
static const char *const broken[]
    = { "220 mx", "<", "250-mx", "250 STARTTLS", "<", "220 go", "no TLS", "<", NULL };
static const char *const closing[] = { "220 mx", "<", NULL };

static void
test_tls (Fixture *fixture, gconstpointer data)
{
  enum { GOOD, OTHER, SELF };
  const Identity *identities[] = { &fixture->good, &fixture->other, &fixture->self };
  static const struct {
    const char *scheme;
    const char *user; /* with "@" */
    PdSmtpTls tls;
    gboolean known; /* the authority is trusted */
    int identity;
    const char *const *script;
    const char *wrong; /* part of the error; NULL: connected */
    const char *why;
  } cases[] = {
    { "smtp", "", PD_SMTP_TLS_REQUIRED, TRUE, GOOD, starttls, NULL, "the right certificate" },
    { "smtps", "", PD_SMTP_TLS_NONE, TRUE, GOOD, implicit, NULL, "TLS from the start" },
    { "smtp", "", PD_SMTP_TLS_REQUIRED, TRUE, OTHER, starttls, "certificate is refused",
      "another name" },
    { "smtps", "", PD_SMTP_TLS_REQUIRED, TRUE, OTHER, implicit, "certificate is refused",
      "another name" },
    { "smtp", "", PD_SMTP_TLS_REQUIRED, FALSE, GOOD, starttls, "certificate is refused",
      "an unknown authority" },
    { "smtps", "", PD_SMTP_TLS_NONE, FALSE, SELF, implicit, "certificate is refused",
      "self-signed" },
    { "smtp", "", PD_SMTP_TLS_OPPORTUNISTIC, FALSE, OTHER, starttls, NULL,
      "opportunistic: rather so than in clear" },
    { "smtp", "u:p@", PD_SMTP_TLS_OPPORTUNISTIC, TRUE, OTHER, starttls, "certificate is refused",
      "but no password to strangers" },
    { "smtp", "", PD_SMTP_TLS_REQUIRED, TRUE, GOOD, injected, "in clear after STARTTLS",
      "injection" },
    { "smtp", "", PD_SMTP_TLS_REQUIRED, TRUE, GOOD, broken, "TLS: ", "no handshake" },
    { "smtp", "", PD_SMTP_TLS_REQUIRED, TRUE, GOOD, closing, "closed the connection",
      "the server goes away" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Server server = { .script = cases[i].script,
                        .identity = identities[cases[i].identity],
                        .connections = 1 };
      guint16 port = listen_loopback (&server.listener);
      g_autofree char *url
          = g_strdup_printf ("%s://%slocalhost:%u", cases[i].scheme, cases[i].user, port);
      PdSmtpServer settings
          = { .url = url, .hello = "me", .tls = cases[i].tls, .timeout = 30 * PD_SECOND };
      g_autoptr (GError) error = NULL;
      PdSmtpConnection *connection;
      GThread *thread = g_thread_new ("server", serve, &server);

      g_test_message ("%s, %s", cases[i].why, url);
      settings.ca_file = cases[i].known ? fixture->ca_file : NULL;
      connection = pd_smtp_connect (&settings, &error);
      if (cases[i].wrong == NULL)
        g_assert_no_error (error);
      else
        {
          g_assert_true (pd_error_is (error, PD_ERROR_TEMPORARY));
          g_test_message ("%s", error->message);
          g_assert_nonnull (strstr (error->message, cases[i].wrong));
        }
      g_clear_pointer (&connection, pd_smtp_connection_free);
      g_thread_join (thread);
      close (server.listener);
    }
}

static void
test_fallback (void)
{
  static const char *const script[]
      = { "220 mx", "<", "250-mx", "250 STARTTLS", "<", "220 go", "no TLS", "<", NULL };
  Server server = { .script = script, .connections = 2 };
  guint16 port = listen_loopback (&server.listener);
  g_autofree char *url = g_strdup_printf ("smtp://127.0.0.1:%u", port);
  GThread *thread = g_thread_new ("server", serve, &server);
  g_autoptr (GError) error = NULL;
  PdSmtpConnection *connection = pd_smtp_connect (
      &(PdSmtpServer){ .url = url, .hello = "me", .timeout = 30 * PD_SECOND }, &error);

  g_assert_no_error (error);
  pd_smtp_connection_free (connection);
  g_thread_join (thread);
  close (server.listener);
}

static void
expect_result (PdSmtpJob *job, PdSmtpResult result, const char *status)
{
  for (guint i = 0; i < job->n_recipients; i++)
    {
      g_assert_cmpint (job->recipients[i].result, ==, result);
      g_assert_cmpstr (job->recipients[i].status, ==, status);
    }
  pd_smtp_job_clear (job);
}

/* After the server's farewell a mail stays untried. */
static void
test_closed_before (void)
{
  static const char *const script[]
      = { "220 mx", "<", "250 mx",       "<",        "250 ok", "<", "250 ok", "<",
          "354 go", ".", "250 2.0.0 ok", "421 idle", NULL };
  Server server = { .script = script, .connections = 1 };
  guint16 port = listen_loopback (&server.listener);
  g_autofree char *url = g_strdup_printf ("smtp://127.0.0.1:%u", port);
  GThread *thread = g_thread_new ("server", serve, &server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) mail = g_bytes_new_static ("x\r\n", 3);
  PdSmtpRecipient recipient = { .address = "a@x" };
  PdSmtpJob job = { .sender = "s@x", .mail = mail, .recipients = &recipient, .n_recipients = 1 };
  PdSmtpConnection *connection = pd_smtp_connect (
      &(PdSmtpServer){ .url = url, .hello = "me", .timeout = 30 * PD_SECOND }, &error);

  g_assert_no_error (error);
  pd_smtp_send (connection, &job, NULL);
  expect_result (&job, PD_SMTP_SENT, "2.0.0");
  g_thread_join (thread);
  g_assert_false (pd_smtp_send (connection, &job, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_TEMPORARY));
  expect_result (&job, PD_SMTP_UNTRIED, "");
  pd_smtp_connection_free (connection);
  close (server.listener);
}

/* A server that says a little all the time is bounded by the step. */
static void
test_bounds (void)
{
  g_autoptr (GPtrArray) flood = g_ptr_array_new_with_free_func (g_free);
  Server server = { .connections = 1 };
  guint16 port = listen_loopback (&server.listener);
  g_autoptr (PdEndpoint) endpoint = g_new0 (PdEndpoint, 1);
  g_autoptr (PdStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  char bytes[100];
  GThread *thread;
  int pipe_fds[2];

  for (int i = 0; i < 200; i++)
    g_ptr_array_add (flood, g_strdup ("220-xxxxxxxxxxxxxxxx"));
  g_ptr_array_add (flood, g_strdup ("<"));
  g_ptr_array_add (flood, NULL);
  server.script = (const char *const *)flood->pdata;
  thread = g_thread_new ("server", serve, &server);
  g_assert_cmpint (pipe (pipe_fds), ==, 0);
  endpoint->host = g_strdup ("127.0.0.1");
  endpoint->port = port;
  stream = pd_stream_connect (
      endpoint, &(PdStreamSettings){ .max_read = 1000, .cancel_fd = pipe_fds[0] }, &error);
  g_assert_no_error (error);
  while (pd_stream_read (stream, bytes, sizeof bytes, &error) > 0)
    continue;
  g_assert_nonnull (strstr (error->message, "too much"));
  g_clear_error (&error);
  g_clear_pointer (&stream, pd_stream_free);
  g_thread_join (thread);

  /* nobody answers: time */
  stream = pd_stream_connect (endpoint, &(PdStreamSettings){ .timeout = 10000 }, &error);
  g_assert_no_error (error);
  g_assert_cmpint (pd_stream_read (stream, bytes, sizeof bytes, &error), ==, -1);
  g_assert_nonnull (strstr (error->message, "time is up"));
  g_clear_error (&error);
  g_clear_pointer (&stream, pd_stream_free);

  /* or somebody tells us to stop */
  g_assert_cmpint (write (pipe_fds[1], "x", 1), ==, 1);
  stream = pd_stream_connect (endpoint, &(PdStreamSettings){ .cancel_fd = pipe_fds[0] }, &error);
  if (stream != NULL)
    g_assert_cmpint (pd_stream_read (stream, bytes, sizeof bytes, &error), ==, -1);
  g_assert_nonnull (strstr (error->message, "cancelled"));
  g_clear_error (&error);
  close (pipe_fds[0]);
  close (pipe_fds[1]);
  close (server.listener);

  /* nobody is there */
  g_assert_null (pd_stream_connect (endpoint, &(PdStreamSettings){ 0 }, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_TEMPORARY));
}

static PdSmtpConnection *
connect_to_sink (PdSink *sink, gboolean lmtp)
{
  g_autofree char *url
      = g_strdup_printf ("%s://127.0.0.1:%u", lmtp ? "lmtp" : "smtp", pd_sink_port (sink));
  g_autoptr (GError) error = NULL;
  PdSmtpConnection *connection = pd_smtp_connect (
      &(PdSmtpServer){ .url = url, .hello = "me", .timeout = 30 * PD_SECOND }, &error);

  g_assert_no_error (error);
  return connection;
}

static void
test_sink_results (gconstpointer data)
{
  gboolean lmtp = GPOINTER_TO_INT (data);
  static const struct {
    const char *first, *second;
    PdSmtpResult results[2];
    PdSmtpResult lmtp_results[2];
    gboolean alive;
    guint kept;
  } cases[] = {
    { "a@x", "b@x", { PD_SMTP_SENT, PD_SMTP_SENT }, { PD_SMTP_SENT, PD_SMTP_SENT }, TRUE, 1 },
    { "permfail@x",
      "b@x",
      { PD_SMTP_PERMANENT, PD_SMTP_SENT },
      { PD_SMTP_PERMANENT, PD_SMTP_SENT },
      TRUE,
      2 },
    { "tempfail@x",
      "permfail@x",
      { PD_SMTP_TRANSIENT, PD_SMTP_PERMANENT },
      { PD_SMTP_TRANSIENT, PD_SMTP_PERMANENT },
      TRUE,
      2 },
    { "lateperm@x",
      "latetemp@x",
      { PD_SMTP_PERMANENT, PD_SMTP_PERMANENT },
      { PD_SMTP_PERMANENT, PD_SMTP_TRANSIENT },
      TRUE,
      2 },
    { "drop@x",
      "permfail@x",
      { PD_SMTP_LOST, PD_SMTP_PERMANENT },
      { PD_SMTP_LOST, PD_SMTP_PERMANENT },
      FALSE,
      3 },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdSink) sink
      = pd_sink_new (&(PdSinkSettings){ .endpoint = "127.0.0.1:0", .lmtp = lmtp }, &error);
  g_autoptr (PdSmtpConnection) connection = NULL;
  g_autoptr (GBytes) mail = g_bytes_new_static ("x\r\n", 3);

  g_assert_no_error (error);
  connection = connect_to_sink (sink, lmtp);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdSmtpRecipient recipients[2]
          = { { .address = cases[i].first }, { .address = cases[i].second } };
      PdSmtpJob job
          = { .sender = "s@x", .mail = mail, .recipients = recipients, .n_recipients = 2 };

      g_test_message ("%s, %s", cases[i].first, cases[i].second);
      g_assert_cmpint (pd_smtp_send (connection, &job, NULL), ==, cases[i].alive);
      for (int r = 0; r < 2; r++)
        g_assert_cmpint (recipients[r].result, ==,
                         lmtp ? cases[i].lmtp_results[r] : cases[i].results[r]);
      g_assert_cmpuint (pd_sink_count (sink), ==, cases[i].kept);
      pd_smtp_job_clear (&job);
    }
}

static void
test_sink_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("pd-sink-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdSink) sink
      = pd_sink_new (&(PdSinkSettings){ .endpoint = "127.0.0.1:0", .folder = folder }, &error);
  PdSmtpConnection *connection;
  g_autoptr (GString) large = g_string_new ("Subject: x\r\n\r\n.\r\n..\r\n");
  g_autoptr (GBytes) mail = NULL;
  PdSmtpRecipient recipients[2] = { { .address = "a@x" }, { .address = "b@x" } };
  PdSmtpJob job = { .sender = "", .recipients = recipients, .n_recipients = 2 };
  g_autoptr (GDir) dir = NULL;
  g_autofree char *path = NULL, *got = NULL, *want = NULL;

  g_assert_no_error (error);
  for (int i = 0; i < 20000; i++)
    g_string_append (large, "0123456789012345678901234567890123456789\r\n");
  mail = g_bytes_new (large->str, large->len);
  job.mail = mail;
  connection = connect_to_sink (sink, FALSE);
  pd_smtp_send (connection, &job, &error);
  g_assert_no_error (error);
  expect_result (&job, PD_SMTP_SENT, "2.0.0");
  pd_smtp_connection_free (connection);
  dir = g_dir_open (folder, 0, NULL);
  path = g_build_filename (folder, g_dir_read_name (dir), NULL);
  g_assert_true (g_str_has_suffix (path, "-000001.eml"));
  g_assert_true (g_file_get_contents (path, &got, NULL, NULL));
  want = g_strconcat ("Return-Path: <>\r\nX-Original-To: a@x\r\nX-Original-To: b@x\r\n", large->str,
                      NULL);
  g_assert_true (strcmp (got, want) == 0);
  g_unlink (path);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_url (void)
{
  static const struct {
    const char *url;
    gboolean good;
  } cases[] = {
    { "smtp://mx", TRUE },        { "smtps://u:p%40@mx:465", TRUE },
    { "SMTP://[::1]:25", TRUE },  { "lmtp://mx", TRUE },
    { "lmtp:///run/lmtp", TRUE }, { "smtp:///run/lmtp", FALSE },
    { "http://mx", FALSE },       { "smtp://", FALSE },
    { "mx:25", FALSE },           { "smtp://mx/path", FALSE },
    { "smtp://mx:70000", FALSE }, { "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].url);
      g_assert_cmpint (pd_smtp_check_url (cases[i].url, &error), ==, cases[i].good);
      if (!cases[i].good)
        g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
    }
}

static void
silence (PdLogLevel level, const char *line, gpointer data)
{
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  pd_log_capture (silence, NULL);
  g_test_add ("/smtp-connection/tls", Fixture, NULL, set_up, test_tls, tear_down);
  g_test_add_func ("/smtp-connection/fallback", test_fallback);
  g_test_add_func ("/smtp-connection/closed-before", test_closed_before);
  g_test_add_func ("/smtp-connection/bounds", test_bounds);
  g_test_add_data_func ("/smtp-connection/sink-smtp", GINT_TO_POINTER (FALSE), test_sink_results);
  g_test_add_data_func ("/smtp-connection/sink-lmtp", GINT_TO_POINTER (TRUE), test_sink_results);
  g_test_add_func ("/smtp-connection/sink-file", test_sink_file);
  g_test_add_func ("/smtp-connection/url", test_url);
  return g_test_run ();
}
