#include "net/smtp-client.h"

#include <string.h>

#include "base/error.h"

/* A script is lines "C: what the client must say" and "S: what the server
 * answers"; "T:" is the handshake, "J:" the mail begins, "Q:" quit, "X:" the
 * connection breaks, "Z:" it breaks before what the client says is written. */
typedef struct {
  PdSmtpClientSettings settings;
  const char *script;
  const char *results; /* of the recipients, "result code status answer" by line */
  PdSmtpClientPhase phase;
  const char *error;
  const char *why;
} Case;

#define EHLO "S: 220 mx ESMTP\nC: EHLO me\n"
#define PLAIN_EHLO EHLO "S: 250 mx\n"
#define PIPE EHLO "S: 250-mx\nS: 250 PIPELINING\n"

static char *
describe (const PdSmtpJob *job)
{
  static const char *const names[] = { "untried", "sent", "transient", "permanent", "lost" };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < job->n_recipients; i++)
    g_string_append_printf (text, "%s %d %s %s\n", names[job->recipients[i].result],
                            job->recipients[i].code, job->recipients[i].status,
                            job->recipients[i].answer ? job->recipients[i].answer : "-");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
feed_pieces (PdSmtpClient *client, const char *line, gsize piece)
{
  g_autofree char *wire = g_strconcat (line, "\r\n", NULL);

  for (gsize i = 0; wire[i] != '\0'; i += MIN (piece, strlen (wire + i)))
    pd_smtp_client_feed (client, wire + i, MIN (piece, strlen (wire + i)));
}

/* The client must have said this line; it is written. */
static void
hear (PdSmtpClient *client, const char *line)
{
  GString *output = pd_smtp_client_output (client);
  const char *end = strstr (output->str, "\r\n");
  g_autofree char *said = NULL;

  g_assert_nonnull (end);
  said = g_strndup (output->str, (gsize)(end - output->str));
  g_assert_cmpstr (said, ==, line);
  g_string_erase (output, 0, end - output->str + 2);
}

static void
play (PdSmtpClient *client, const char *script, PdSmtpJob *job, gsize piece)
{
  g_auto (GStrv) lines = g_strsplit (script, "\n", -1);

  for (char **line = lines; **line != '\0'; line++)
    {
      const char *rest = *line + (strlen (*line) >= 3 ? 3 : 2);

      if (**line != 'C' && **line != 'S' && **line != 'Z')
        g_assert_cmpuint (pd_smtp_client_output (client)->len, ==, 0);
      if (**line == 'C')
        hear (client, rest);
      else if (**line == 'S')
        feed_pieces (client, rest, piece);
      else if (**line == 'T')
        pd_smtp_client_secured (client);
      else if (**line == 'J')
        pd_smtp_client_begin (client, job);
      else if (**line == 'Q')
        pd_smtp_client_quit (client);
      else
        pd_smtp_client_lost (client, "time is up");
    }
}

static void
check (const Case *test, PdSmtpJob *job)
{
  for (gsize piece = 1; piece < 40; piece += 6)
    {
      PdSmtpClientSettings settings = test->settings;
      g_autoptr (PdSmtpClient) client = NULL;
      g_autofree char *results = NULL;

      g_test_message ("%s, in pieces of %" G_GSIZE_FORMAT, test->why, piece);
      settings.hello = "me";
      client = pd_smtp_client_new (&settings);
      play (client, test->script, job, piece);
      results = describe (job);
      g_assert_cmpstr (results, ==, test->results);
      g_assert_cmpint (pd_smtp_client_phase (client), ==, test->phase);
      if (test->phase == PD_SMTP_CLIENT_OVER && test->error != NULL)
        g_assert_cmpstr (pd_smtp_client_get_error (client)->message, ==, test->error);
      else
        g_assert_null (pd_smtp_client_get_error (client));
      g_assert_true (test->phase == PD_SMTP_CLIENT_OVER
                     || pd_smtp_client_output (client)->len == 0);
      pd_smtp_job_clear (job);
    }
}

static void
check_all (const Case *cases, gsize n)
{
  PdSmtpRecipient recipients[2] = { { .address = "a@x" }, { .address = "b@x" } };
  g_autoptr (GBytes) mail = g_bytes_new_static ("Subject: x\n\n.y\n", 15);
  PdSmtpJob job = { .sender = "s@x", .mail = mail, .recipients = recipients, .n_recipients = 2 };

  for (gsize i = 0; i < n; i++)
    check (&cases[i], &job);
}

#define UNTRIED "untried 0  -\nuntried 0  -\n"
#define READY PD_SMTP_CLIENT_READY
#define OVER PD_SMTP_CLIENT_OVER

static void
test_hello (void)
{
  static const Case cases[] = {
    { { 0 }, PLAIN_EHLO, UNTRIED, READY, NULL, "EHLO" },
    { { 0 },
      "S: 220-mx\nS: 220 says more\nC: EHLO me\nS: 502 what?\nC: HELO me\nS: 250 mx\n",
      UNTRIED,
      READY,
      NULL,
      "an old server" },
    { { .lmtp = TRUE }, "S: 220 mx\nC: LHLO me\nS: 250 mx\n", UNTRIED, READY, NULL, "LMTP" },
    { { .lmtp = TRUE },
      "S: 220 mx\nC: LHLO me\nS: 500 what?\n",
      UNTRIED,
      OVER,
      "hello: 500 what?",
      "not LMTP" },
    { { 0 },
      "S: 554 go away\n",
      UNTRIED,
      OVER,
      "the server does not want us: 554 go away",
      "refused" },
    { { 0 },
      "S: 421 4.3.2 later\n",
      UNTRIED,
      OVER,
      "the server has had enough: 421 4.3.2 later",
      "overloaded" },
    { { 0 },
      "S: HTTP/1.1 400 Bad Request\n",
      UNTRIED,
      OVER,
      "the server does not speak SMTP",
      "not SMTP" },
    { { 0 }, "S: 220-a\nS: 250 b\n", UNTRIED, OVER, "a reply with two codes", "two codes" },
    { { 0 },
      PLAIN_EHLO "S: 250 hm\n",
      UNTRIED,
      OVER,
      "the server speaks unasked: 250 hm",
      "unasked" },
    { { 0 }, PLAIN_EHLO "Q:\nC: QUIT\nS: 221 bye\n", UNTRIED, OVER, NULL, "quit" },
    { { 0 }, "X:\n", UNTRIED, OVER, "time is up", "silence" },
  };

  check_all (cases, G_N_ELEMENTS (cases));
}

static void
test_tls_auth (void)
{
#define TLS_EHLO EHLO "S: 250-mx\nS: 250 STARTTLS\n"
  static const Case cases[] = {
    { { 0 },
      TLS_EHLO "C: STARTTLS\nS: 220 go\nT:\nC: EHLO me\nS: 250 mx\n",
      UNTRIED,
      READY,
      NULL,
      "STARTTLS" },
    { { 0 },
      TLS_EHLO "C: STARTTLS\nS: 454 not now\n",
      UNTRIED,
      READY,
      NULL,
      "opportunistic: then without" },
    { { .tls = PD_SMTP_TLS_NONE }, TLS_EHLO, UNTRIED, READY, NULL, "not wanted" },
    { { .tls = PD_SMTP_TLS_REQUIRED },
      TLS_EHLO "C: STARTTLS\nS: 454 not now\n",
      UNTRIED,
      OVER,
      "STARTTLS: 454 not now",
      "required" },
    { { .tls = PD_SMTP_TLS_REQUIRED },
      PLAIN_EHLO,
      UNTRIED,
      OVER,
      "the server does not offer TLS, which the settings require",
      "required" },
    { { .tls = PD_SMTP_TLS_REQUIRED, .secured = TRUE },
      PLAIN_EHLO,
      UNTRIED,
      READY,
      NULL,
      "TLS from the start" },
    { { 0 },
      TLS_EHLO "C: STARTTLS\nS: 220 go\nS: 250 injected\n",
      UNTRIED,
      OVER,
      "something was said in clear after STARTTLS",
      "CVE-2020-15953" },
    { { .user = "u", .password = "p" },
      EHLO "S: 250-mx\nS: 250 AUTH PLAIN\n",
      UNTRIED,
      OVER,
      "the password is not sent without TLS",
      "in clear" },
    { { .user = "u", .password = "p", .private = TRUE },
      EHLO "S: 250-mx\nS: 250 AUTH LOGIN PLAIN\nC: AUTH PLAIN AHUAcA==\nS: 235 ok\n",
      UNTRIED,
      READY,
      NULL,
      "PLAIN" },
    { { .user = "u", .password = "p", .secured = TRUE },
      EHLO "S: 250-mx\nS: 250 AUTH=LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcg==\nC: dQ==\nS: 334 "
           "UGFzcw==\nC: cA==\nS: 235 ok\n",
      UNTRIED,
      READY,
      NULL,
      "LOGIN, an old announcement" },
    { { .user = "u", .password = "p", .secured = TRUE },
      EHLO "S: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN AHUAcA==\nS: 535 5.7.8 wrong\n",
      UNTRIED,
      OVER,
      "AUTH: 535 5.7.8 wrong",
      "wrong password" },
    { { .user = "u", .password = "p", .secured = TRUE },
      EHLO "S: 250-mx\nS: 250 AUTH GSSAPI\n",
      UNTRIED,
      OVER,
      "the server offers neither AUTH PLAIN nor LOGIN",
      "nothing in common" },
  };

  check_all (cases, G_N_ELEMENTS (cases));
}

#define CONTENT "C: Subject: x\nC: \nC: ..y\nC: .\n"
#define ASK "J:\nC: MAIL FROM:<s@x>\nC: RCPT TO:<a@x>\nC: RCPT TO:<b@x>\nC: DATA\n"

static void
test_pipelined (void)
{
  static const Case cases[] = {
    { { 0 },
      PIPE ASK "S: 250 2.1.0 ok\nS: 250 2.1.5 ok\nS: 250 2.1.5 ok\nS: 354 go\n" CONTENT
               "S: 250 2.0.0 queued\n",
      "sent 250 2.0.0 250 2.0.0 queued\nsent 250 2.0.0 250 2.0.0 queued\n",
      READY,
      NULL,
      "one flush" },
    { { 0 },
      PIPE ASK "S: 250 ok\nS: 550 5.1.1 who?\nS: 250 ok\nS: 354 go\n" CONTENT "S: 250 queued\n",
      "permanent 550 5.1.1 550 5.1.1 who?\nsent 250  250 queued\n",
      READY,
      NULL,
      "each has its own result" },
    { { 0 },
      PIPE ASK "S: 250 ok\nS: 550 5.1.1 who?\nS: 451-4.7.1 grey\nS: 451 4.7.1 list\nS: 503 "
               "none\nC: RSET\nS: 250 ok\n",
      "permanent 550 5.1.1 550 5.1.1 who?\ntransient 451 4.7.1 451 4.7.1 grey list\n",
      READY,
      NULL,
      "none accepted" },
    { { 0 },
      PIPE ASK
      "S: 250 ok\nS: 550 who?\nS: 550 who?\nS: 354 go\nC: .\nS: 250 hm\nC: RSET\nS: 250 ok\n",
      "permanent 550  550 who?\npermanent 550  550 who?\n",
      READY,
      NULL,
      "none accepted, and DATA all the same" },
    { { 0 },
      PIPE ASK "S: 550 5.7.1 spam\nS: 503 no\nS: 503 no\nS: 503 no\nC: RSET\nS: 250 ok\n",
      "permanent 550 5.7.1 550 5.7.1 spam\npermanent 550 5.7.1 550 5.7.1 spam\n",
      READY,
      NULL,
      "sender refused" },
    { { 0 },
      PIPE ASK "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n" CONTENT "S: 554 5.6.0 spam\n",
      "permanent 554 5.6.0 554 5.6.0 spam\npermanent 554 5.6.0 554 5.6.0 spam\n",
      READY,
      NULL,
      "content refused" },
    { { 0 },
      PIPE ASK "S: 250 ok\nS: 550 who?\nS: 250 ok\nS: 354 go\n" CONTENT "X:\n",
      "permanent 550  550 who?\nlost 0  time is up\n",
      OVER,
      "time is up",
      "perhaps it was taken" },
    { { 0 },
      PIPE ASK "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: Subject: x\nZ:\n",
      "transient 0 4.4.2 time is up\ntransient 0 4.4.2 time is up\n",
      OVER,
      "time is up",
      "the final dot was not written" },
    { { 0 },
      PIPE ASK "S: 250 ok\nS: 550 who?\nX:\n",
      "permanent 550  550 who?\ntransient 0 4.4.2 time is up\n",
      OVER,
      "time is up",
      "broken on the way" },
    { { 0 },
      PIPE ASK "S: 250 ok\nS: 250 ok\nS: 421 4.3.2 down\n",
      "transient 421 4.3.2 421 4.3.2 down\ntransient 421 4.3.2 421 4.3.2 down\n",
      OVER,
      "the server has had enough: 421 4.3.2 down",
      "421" },
    { { 0 },
      PIPE ASK "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 what\nC: RSET\nS: 250 ok\n",
      "transient 0  the server has answered DATA wrongly\ntransient 0  the server has answered "
      "DATA wrongly\n",
      READY,
      NULL,
      "250 is no acceptance here" },
  };

  check_all (cases, G_N_ELEMENTS (cases));
}

static void
test_stepwise (void)
{
  static const Case cases[] = {
    { { 0 },
      PLAIN_EHLO "J:\nC: MAIL FROM:<s@x>\nS: 250 ok\nC: RCPT TO:<a@x>\nS: 250 ok\nC: RCPT "
                 "TO:<b@x>\nS: 550 who?\n"
                 "C: DATA\nS: 354 go\n" CONTENT "S: 250 queued\n",
      "sent 250  250 queued\npermanent 550  550 who?\n",
      READY,
      NULL,
      "one by one" },
    { { 0 },
      PLAIN_EHLO "J:\nC: MAIL FROM:<s@x>\nS: 450 later\nC: RSET\nS: 250 ok\n",
      "transient 450  450 later\ntransient 450  450 later\n",
      READY,
      NULL,
      "sender refused" },
    { { 0 },
      PLAIN_EHLO "J:\nC: MAIL FROM:<s@x>\nS: 250 ok\nC: RCPT TO:<a@x>\nS: 550 who?\nC: RCPT "
                 "TO:<b@x>\nS: 550 who?\n"
                 "C: RSET\nS: 250 ok\n",
      "permanent 550  550 who?\npermanent 550  550 who?\n",
      READY,
      NULL,
      "none accepted" },
    { { 0 },
      PLAIN_EHLO "J:\nC: MAIL FROM:<s@x>\nS: 250 ok\nC: RCPT TO:<a@x>\nS: 250 ok\nC: RCPT "
                 "TO:<b@x>\nS: 250 ok\n"
                 "C: DATA\nS: 451 disk\nC: RSET\nS: 250 ok\n",
      "transient 451  451 disk\ntransient 451  451 disk\n",
      READY,
      NULL,
      "DATA refused" },
    { { .lmtp = TRUE },
      "S: 220 mx\nC: LHLO me\nS: 250-mx\nS: 250 PIPELINING\n" ASK
      "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n" CONTENT "S: 250 2.0.0 ok\nS: 452 4.2.2 full\n",
      "sent 250 2.0.0 250 2.0.0 ok\ntransient 452 4.2.2 452 4.2.2 full\n",
      READY,
      NULL,
      "LMTP: a reply each" },
    { { .lmtp = TRUE },
      "S: 220 mx\nC: LHLO me\nS: 250-mx\nS: 250 PIPELINING\n" ASK
      "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n" CONTENT "S: 250 ok\nX:\n",
      "sent 250  250 ok\nlost 0  time is up\n",
      OVER,
      "time is up",
      "LMTP: one is sure, one is not" },
  };

  check_all (cases, G_N_ELEMENTS (cases));
}

static void
test_parameters (void)
{
  static const struct {
    PdSmtpJob job;
    const char *address;
    const char *offers;
    const char *mail; /* NULL: settled without asking */
    const char *rcpt;
    const char *result;
    const char *why;
  } cases[] = {
    { { .sender = "s@x", .ret = "HDRS", .envid = "a+b =ї", .body_8bit = TRUE },
      "a@x",
      "SIZE 1000 8BITMIME SMTPUTF8 DSN",
      "MAIL FROM:<s@x> SIZE=3 BODY=8BITMIME RET=HDRS ENVID=a+2Bb+20+3D+D1+97",
      "RCPT TO:<a@x> NOTIFY=FAILURE ORCPT=rfc822;o+2B@x",
      NULL,
      "everything" },
    { { .sender = "", .ret = "HDRS", .envid = "1", .body_8bit = TRUE },
      "a@x",
      "",
      "MAIL FROM:<>",
      "RCPT TO:<a@x>",
      NULL,
      "only what is offered" },
    { { .sender = "s@x" },
      "a@x",
      "SIZE 2",
      NULL,
      NULL,
      "permanent 0 5.3.4 the mail is larger than the server takes\n",
      "too large" },
    { { .sender = "s@x" },
      "a@x",
      "SIZE",
      "MAIL FROM:<s@x> SIZE=3",
      "RCPT TO:<a@x>",
      NULL,
      "no bound is told" },
    { { .sender = "ї@x" },
      "ї@ї.укр",
      "SMTPUTF8",
      "MAIL FROM:<ї@x> SMTPUTF8",
      "RCPT TO:<ї@ї.укр>",
      NULL,
      "UTF-8" },
    { { .sender = "s@x" },
      "a@ї.укр",
      "",
      "MAIL FROM:<s@x>",
      "RCPT TO:<a@xn--d2a.xn--j1amh>",
      NULL,
      "a domain has an ASCII form" },
    { { .sender = "s@x", .smtputf8 = TRUE },
      "a@x",
      "",
      NULL,
      NULL,
      "permanent 0 5.6.7 the server takes no header fields in UTF-8\n",
      "RFC 6531 3.2" },
    { { .sender = "ї@x" },
      "a@x",
      "",
      NULL,
      NULL,
      "permanent 0 5.6.7 the server takes no addresses in UTF-8\n",
      "a local part has none" },
    { { .sender = "s@x" },
      "ї@x",
      "",
      "MAIL FROM:<s@x>",
      NULL,
      "permanent 0 5.6.7 the server takes no addresses in UTF-8\n",
      "this recipient only" },
    { { .sender = "s@x" },
      "a@x>\r\nRSET",
      "",
      "MAIL FROM:<s@x>",
      NULL,
      "permanent 0 5.1.3 not an address\n",
      "nobody writes commands for us" },
    { { .sender = "s@x> SIZE=1" },
      "a@x",
      "",
      NULL,
      NULL,
      "permanent 0 5.1.3 not an address\n",
      "nor parameters" },
  };
  g_autoptr (GBytes) mail = g_bytes_new_static ("a\r\n", 3);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdSmtpRecipient recipient
          = { .address = cases[i].address, .notify = "FAILURE", .orcpt = "o+@x" };
      PdSmtpJob job = cases[i].job;
      g_autoptr (PdSmtpClient) client
          = pd_smtp_client_new (&(PdSmtpClientSettings){ .hello = "me" });
      g_autoptr (GString) said = g_string_new (NULL);
      g_autofree char *results = NULL;
      g_auto (GStrv) offers = g_strsplit (cases[i].offers, " ", -1);

      g_test_message ("%s", cases[i].why);
      job.mail = mail;
      job.recipients = &recipient;
      job.n_recipients = 1;
      g_string_append (said, "220 mx\r\n250-mx\r\n");
      for (char **offer = offers; *offer != NULL; offer++)
        {
          g_string_append_printf (said, "250-%s", *offer);
          if (offer[1] != NULL && g_ascii_isdigit (*offer[1]))
            g_string_append_printf (said, " %s", *++offer);
          g_string_append (said, "\r\n");
        }
      g_string_append (said, "250 HELP\r\n");
      pd_smtp_client_feed (client, said->str, said->len);
      hear (client, "EHLO me");
      pd_smtp_client_begin (client, &job);
      if (cases[i].mail != NULL)
        {
          hear (client, cases[i].mail);
          pd_smtp_client_feed (client, "250 ok\r\n", 8);
        }
      if (cases[i].rcpt != NULL)
        hear (client, cases[i].rcpt);
      else if (cases[i].mail != NULL)
        hear (client, "RSET");
      results = describe (&job);
      g_assert_cmpstr (results, ==, cases[i].result != NULL ? cases[i].result : "untried 0  -\n");
      pd_smtp_client_lost (client, "end");
      pd_smtp_job_clear (&job);
    }
}

static void
test_reply (void)
{
  g_autofree char *long_line = g_strnfill (PD_SMTP_REPLY_MAX_LINE, 'x');
  g_autofree char *too_long = g_strconcat ("250 ", long_line, "\r\n", NULL);
  g_autoptr (GString) many = g_string_new (NULL);
  const struct {
    const char *bytes;
    const char *want; /* NULL: no SMTP; "": not complete */
    const char *status;
    const char *why;
  } cases[] = {
    { "250 ok\r\n", "250 ok", "", "plain" },
    { "250\r\n", "250", "", "no text" },
    { "250-\r\n250-5.1.1 x\r\n250 \r\n", "250 5.1.1 x", "", "the class must fit the code" },
    { "550-5.1.1 no\r\n550 5.1.1 such user\r\n", "550 5.1.1 no such user", "5.1.1",
      "in every line" },
    { "550 5.1.1234 no\r\n", "550 5.1.1234 no", "", "no status" },
    { "550 5.123.123\r\n", "550 5.123.123", "5.123.123", "a status alone" },
    { "250 ok\n", "250 ok", "", "LF alone is forgiven" },
    { "550 \x1b[0m\xff\t\r\n", "550  [0m\xef\xbf\xbd ", "", "controls and broken UTF-8" },
    { "250-ok\r\n", "", "", "more is to come" },
    { "250", "", "", "more is to come" },
    { "25 ok\r\n", NULL, "", "two digits" },
    { "650 ok\r\n", NULL, "", "no such class" },
    { "250_ok\r\n", NULL, "", "no separator" },
    { "\r\n", NULL, "", "an empty line" },
    { "250-a\r\n251 b\r\n", NULL, "", "two codes" },
    { too_long, NULL, "", "a line too long" },
    { many->str, NULL, "", "too many lines" },
  };

  for (int i = 0; i <= PD_SMTP_REPLY_MAX_LINES; i++)
    g_string_append (many, "250-x\r\n");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdSmtpReader) reader = pd_smtp_reader_new ();
      g_autoptr (PdSmtpReply) reply = NULL;
      g_autoptr (GError) error = NULL;
      const char *bytes = i == G_N_ELEMENTS (cases) - 1 ? many->str : cases[i].bytes;
      gsize taken;
      gboolean ok = pd_smtp_reader_feed (reader, bytes, strlen (bytes), &taken, &reply, &error);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (ok, ==, cases[i].want != NULL);
      g_assert_cmpint (reply != NULL, ==, cases[i].want != NULL && *cases[i].want != '\0');
      if (!ok)
        g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
      else if (reply != NULL)
        {
          g_autofree char *text = pd_smtp_reply_dup_text (reply);

          g_assert_cmpstr (text, ==, cases[i].want);
          g_assert_cmpstr (reply->status, ==, cases[i].status);
          g_assert_false (pd_smtp_reader_is_inside (reader));
        }
      else
        g_assert_true (pd_smtp_reader_is_inside (reader));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/reply", test_reply);
  g_test_add_func ("/smtp/hello", test_hello);
  g_test_add_func ("/smtp/tls-auth", test_tls_auth);
  g_test_add_func ("/smtp/pipelined", test_pipelined);
  g_test_add_func ("/smtp/stepwise", test_stepwise);
  g_test_add_func ("/smtp/parameters", test_parameters);
  return g_test_run ();
}
