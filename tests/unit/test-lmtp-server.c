#include "net/lmtp-server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/queue.h"

#define MAIL "MAIL FROM:<s@x>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n"

/* A server whose mails wait in a queue until the test answers them. */
typedef struct {
  PdLmtpServer *server;
  PdQueue *mails;
  char *folder;
  char *path;
} Fixture;

static void
deliver (gpointer data, PdLmtpDelivery *delivery)
{
  pd_queue_push (data, delivery);
}

static void
silence (PdLogLevel level, const char *line, gpointer data)
{
}

static void
set_up (Fixture *fixture, PdLmtpServerSettings settings)
{
  g_autofree char *endpoint = NULL;
  g_autoptr (GError) error = NULL;

  fixture->mails = pd_queue_new (100);
  fixture->folder = g_dir_make_tmp ("pd-lmtp-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "socket", NULL);
  settings.session.host = "desk.example";
  settings.session.max_size = 1000000;
  settings.session.max_recipients = 10;
  settings.deliver = deliver;
  settings.data = fixture->mails;
  fixture->server = pd_lmtp_server_new (&settings);
  endpoint = g_strconcat ("unix:", fixture->path, NULL);
  pd_lmtp_server_listen (fixture->server, endpoint, &(PdEndpointAccess){ .mode = 0600 }, &error);
  g_assert_no_error (error);
  pd_lmtp_server_listen (fixture->server, "127.0.0.1:0", NULL, &error);
  g_assert_no_error (error);
  pd_lmtp_server_start (fixture->server, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture)
{
  pd_lmtp_server_free (fixture->server);
  pd_queue_free (fixture->mails);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static int
open_path (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (connect (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  return fd;
}

static int
open_port (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (connect (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  return fd;
}

static void
say (int fd, const char *text)
{
  g_assert_cmpint (send (fd, text, strlen (text), MSG_NOSIGNAL), ==, (gssize)strlen (text));
}

/* Reads `lines` lines, or to the end with 0. */
static void
expect (int fd, guint lines, const char *want)
{
  g_autoptr (GString) got = g_string_new (NULL);
  gboolean all = lines == 0;
  char c;

  while ((all || lines > 0) && recv (fd, &c, 1, 0) == 1)
    {
      lines -= c == '\n' && !all;
      if (c != '\r')
        g_string_append_c (got, c);
    }
  g_assert_cmpstr (got->str, ==, want);
}

static void
greet (int fd)
{
  g_autoptr (GString) got = g_string_new (NULL);
  char c;

  say (fd, "LHLO test\r\n");
  while (!g_str_has_suffix (got->str, "250 SIZE 1000000\r\n") && recv (fd, &c, 1, 0) == 1)
    g_string_append_c (got, c);
  g_assert_true (
      g_str_has_prefix (got->str, "220 desk.example LMTP postdesk\r\n250-desk.example\r\n"));
}

static void
begin_mail (int fd)
{
  say (fd, MAIL);
  expect (fd, 4, "250 2.1.0 Ok\n250 2.1.5 Ok\n250 2.1.5 Ok\n354 end with CRLF.CRLF\n");
}

static void *
answer_one (void *data)
{
  PdLmtpDelivery *delivery = pd_queue_pop (data);
  g_autoptr (PdEnvelope) envelope = pd_lmtp_delivery_take_envelope (delivery);
  g_autoptr (GError) error = g_error_new (PD_ERROR, PD_ERROR_TEMPORARY, "not now");

  g_assert_cmpstr (envelope->sender, ==, "s@x");
  pd_lmtp_delivery_answer (delivery, (const GError *const[]){ NULL, error }, "2.0.0 Ok 7");
  return NULL;
}

static void
test_mail (void)
{
  Fixture fixture;
  int fds[2];
  struct stat info;

  set_up (&fixture, (PdLmtpServerSettings){ 0 });
  g_assert_cmpint (stat (fixture.path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  fds[0] = open_path (fixture.path);
  fds[1] = open_port (pd_lmtp_server_port (fixture.server));
  for (int i = 0; i < 2; i++)
    {
      GThread *thread = g_thread_new ("answer", answer_one, fixture.mails);

      greet (fds[i]);
      begin_mail (fds[i]);
      say (fds[i], "Subject: x\r\n\r\ny\r\n.\r\nNOOP\r\nQUIT\r\n");
      expect (fds[i], 0, "250 2.0.0 Ok 7\n451 4.3.0 not now\n250 2.0.0 Ok\n221 2.0.0 Bye\n");
      g_thread_join (thread);
      close (fds[i]);
    }
  tear_down (&fixture);
}

static void
test_half_close (void)
{
  Fixture fixture;
  int fd;

  set_up (&fixture, (PdLmtpServerSettings){ 0 });
  fd = open_path (fixture.path);
  say (fd, "LHLO x\r\n" MAIL "x\r\n.\r\n");
  shutdown (fd, SHUT_WR);
  answer_one (fixture.mails);
  expect (fd, 0,
          "220 desk.example LMTP "
          "postdesk\n250-desk.example\n250-PIPELINING\n250-8BITMIME\n250-SMTPUTF8\n"
          "250-ENHANCEDSTATUSCODES\n250-CHUNKING\n250 SIZE 1000000\n250 2.1.0 Ok\n250 2.1.5 Ok\n"
          "250 2.1.5 Ok\n354 end with CRLF.CRLF\n250 2.0.0 Ok 7\n451 4.3.0 not now\n");
  close (fd);
  tear_down (&fixture);
}

static void
test_large (void)
{
  Fixture fixture;
  int fd;
  PdLmtpDelivery *delivery;
  g_autofree char *line = g_strnfill (998, 'x');

  set_up (&fixture, (PdLmtpServerSettings){ .max_in_flight = 1 });
  fd = open_port (pd_lmtp_server_port (fixture.server));
  greet (fd);
  begin_mail (fd);
  for (int i = 0; i < 900; i++)
    {
      say (fd, line);
      say (fd, "\r\n");
    }
  say (fd, ".\r\n");
  delivery = pd_queue_pop (fixture.mails);
  g_assert_cmpuint (pd_spill_size (pd_lmtp_delivery_get_envelope (delivery)->data), ==, 900000);
  pd_lmtp_delivery_answer (delivery, NULL, "2.0.0 Ok");
  expect (fd, 2, "250 2.0.0 Ok\n250 2.0.0 Ok\n");
  close (fd);
  tear_down (&fixture);
}

static void
test_back_pressure (void)
{
  Fixture fixture;
  int fds[3];
  PdLmtpServerStatus status;

  set_up (&fixture, (PdLmtpServerSettings){ .max_in_flight = 1 });
  for (int i = 0; i < 3; i++)
    {
      fds[i] = open_path (fixture.path);
      greet (fds[i]);
      begin_mail (fds[i]);
    }
  for (int i = 0; i < 3; i++)
    say (fds[i], "Subject: x\r\n\r\n.\r\n");
  for (int i = 0; i < 3; i++)
    {
      PdLmtpDelivery *delivery = pd_queue_pop (fixture.mails);

      /* with one in flight no other mail is taken in */
      pd_lmtp_server_status (fixture.server, &status);
      g_assert_cmpuint (status.mails, ==, i + 1);
      g_assert_cmpuint (status.in_flight, ==, strlen ("Subject: x\r\n\r\n"));
      g_assert_cmpuint (status.sessions, ==, 3);
      g_assert_cmpuint (pd_queue_length (fixture.mails), ==, 0);
      pd_lmtp_delivery_answer (delivery, NULL, "2.0.0 Ok");
    }
  for (int i = 0; i < 3; i++)
    {
      expect (fds[i], 2, "250 2.0.0 Ok\n250 2.0.0 Ok\n");
      close (fds[i]);
    }
  tear_down (&fixture);
}

static void
test_bounds (void)
{
  Fixture fixture;
  int fd, other;

  set_up (&fixture, (PdLmtpServerSettings){ .max_connections = 1, .idle_timeout = 20000 });
  fd = open_path (fixture.path);
  expect (fd, 1, "220 desk.example LMTP postdesk\n");
  other = open_path (fixture.path);
  /* the first may have been timed out by now; then the second is served */
  close (other);
  expect (fd, 0, "421 4.4.2 nothing was said for too long\n");
  close (fd);
  tear_down (&fixture);

  set_up (&fixture, (PdLmtpServerSettings){ .transfer_timeout = 20000, .max_connections = 1 });
  fd = open_path (fixture.path);
  greet (fd);
  other = open_path (fixture.path);
  expect (other, 0, "421 4.3.2 too many connections\n");
  close (other);
  begin_mail (fd);
  expect (fd, 0, "421 4.4.2 the mail takes too long\n");
  close (fd);
  tear_down (&fixture);
}

static void *
stop (void *data)
{
  pd_lmtp_server_stop (data);
  return NULL;
}

static void
test_drain (void)
{
  Fixture fixture;
  int idle, waiting, inside;
  PdLmtpDelivery *delivery;
  GThread *thread;

  set_up (&fixture, (PdLmtpServerSettings){ .drain_timeout = PD_HOUR });
  idle = open_path (fixture.path);
  waiting = open_path (fixture.path);
  inside = open_port (pd_lmtp_server_port (fixture.server));
  greet (idle);
  greet (waiting);
  greet (inside);
  begin_mail (waiting);
  say (waiting, "x\r\n.\r\n" MAIL);
  delivery = pd_queue_pop (fixture.mails);
  begin_mail (inside);
  thread = g_thread_new ("stop", stop, fixture.server);
  expect (idle, 0, "421 4.3.2 shutting down\n");
  pd_lmtp_delivery_answer (delivery, NULL, "2.0.0 Ok");
  expect (waiting, 0, "250 2.0.0 Ok\n250 2.0.0 Ok\n421 4.3.2 shutting down\n");
  say (inside, "y\r\n.\r\n");
  pd_lmtp_delivery_answer (pd_queue_pop (fixture.mails), NULL, "2.0.0 Ok");
  expect (inside, 0, "250 2.0.0 Ok\n250 2.0.0 Ok\n421 4.3.2 shutting down\n");
  g_thread_join (thread);
  close (idle);
  close (waiting);
  close (inside);
  tear_down (&fixture);
}

static void
test_late_answer (void)
{
  Fixture fixture;
  int fd;
  PdLmtpDelivery *gone, *late;

  set_up (&fixture, (PdLmtpServerSettings){ 0 });
  fd = open_path (fixture.path);
  greet (fd);
  begin_mail (fd);
  say (fd, "x\r\n.\r\n");
  gone = pd_queue_pop (fixture.mails);
  close (fd);
  pd_lmtp_delivery_answer (gone, NULL, "2.0.0 Ok");
  fd = open_path (fixture.path);
  greet (fd);
  begin_mail (fd);
  say (fd, "x\r\n.\r\n");
  late = pd_queue_pop (fixture.mails);
  tear_down (&fixture);
  expect (fd, 0, "421 4.3.2 shutting down\n");
  close (fd);
  pd_lmtp_delivery_answer (late, NULL, "2.0.0 Ok");
}

static void
test_endpoints (void)
{
  static const struct {
    const char *text;
    const char *host;
    guint port;
    const char *path;
  } cases[] = {
    { "127.0.0.1:24", "127.0.0.1", 24, NULL },
    { "[::1]:24", "::1", 24, NULL },
    { "mail.example:0", "mail.example", 0, NULL },
    { "*:24", "*", 24, NULL },
    { ":24", "", 24, NULL },
    { "unix:/run/x", NULL, 0, "/run/x" },
    { "unix:x", NULL, 0, NULL },
    { "::1:24", NULL, 0, NULL },
    { "host", NULL, 0, NULL },
    { "host:65536", NULL, 0, NULL },
    { "host:", NULL, 0, NULL },
    { "host:x", NULL, 0, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdEndpoint) endpoint = pd_endpoint_parse (cases[i].text, &error);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (endpoint != NULL, ==, cases[i].host != NULL || cases[i].path != NULL);
      if (endpoint == NULL)
        g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
      else
        {
          g_assert_cmpstr (endpoint->host, ==, cases[i].host);
          g_assert_cmpstr (endpoint->path, ==, cases[i].path);
          g_assert_cmpuint (endpoint->port, ==, cases[i].port);
        }
    }
}

static void
test_stale_socket (void)
{
  Fixture fixture;
  g_autofree char *text = NULL;
  g_autoptr (PdEndpoint) endpoint = NULL;
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GError) error = NULL;

  set_up (&fixture, (PdLmtpServerSettings){ 0 });
  text = g_strconcat ("unix:", fixture.path, NULL);
  endpoint = pd_endpoint_parse (text, NULL);
  /* somebody listens: not taken away */
  g_assert_false (pd_endpoint_listen (endpoint, NULL, fds, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_TEMPORARY));
  g_clear_error (&error);
  pd_lmtp_server_stop (fixture.server);
  /* left by the dead: replaced */
  for (int i = 0; i < 2; i++)
    {
      g_assert_true (pd_endpoint_listen (endpoint, NULL, fds, &error));
      g_assert_cmpuint (fds->len, ==, i + 1);
      close (g_array_index (fds, int, i));
    }
  g_unlink (fixture.path);
  g_assert_true (g_file_set_contents (fixture.path, "x", 1, NULL));
  g_assert_false (pd_endpoint_listen (endpoint, NULL, fds, &error));
  g_clear_error (&error);
  g_unlink (fixture.path);
  g_assert_false (
      pd_endpoint_listen (endpoint, &(PdEndpointAccess){ .group = "no such group" }, fds, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_NOT_FOUND));
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  pd_log_capture (silence, NULL);
  g_test_add_func ("/lmtp-server/mail", test_mail);
  g_test_add_func ("/lmtp-server/half-close", test_half_close);
  g_test_add_func ("/lmtp-server/large", test_large);
  g_test_add_func ("/lmtp-server/back-pressure", test_back_pressure);
  g_test_add_func ("/lmtp-server/bounds", test_bounds);
  g_test_add_func ("/lmtp-server/drain", test_drain);
  g_test_add_func ("/lmtp-server/late-answer", test_late_answer);
  g_test_add_func ("/lmtp-server/endpoints", test_endpoints);
  g_test_add_func ("/lmtp-server/stale-socket", test_stale_socket);
  return g_test_run ();
}
