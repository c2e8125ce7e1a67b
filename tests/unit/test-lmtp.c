#include "net/lmtp.h"

#include <string.h>

#include "base/error.h"

#define HOST "desk.example"
#define HELLO "LHLO client.example\r\n"
#define HELLOS                                                                                     \
  "250-desk.example\n250-PIPELINING\n250-8BITMIME\n250-SMTPUTF8\n"                                 \
  "250-ENHANCEDSTATUSCODES\n250-CHUNKING\n250 SIZE 100\n"
#define OPEN "MAIL FROM:<s@x>\r\nRCPT TO:<a@x>\r\n"
#define OPENS "250 2.1.0 Ok\n250 2.1.5 Ok\n"
#define OK "250 2.0.0 Ok\n"
#define LONG50 "12345678901234567890123456789012345678901234567890"

/* Known are all but unknown@…; busy@… cannot be told now. */
static gboolean
accept_recipient (gpointer data, const char *address, GError **error)
{
  if (g_str_has_prefix (address, "unknown@"))
    return pd_fail (error, PD_ERROR_NOT_FOUND, "no such unit\r\n250 forged \xc3\xbc");
  if (g_str_has_prefix (address, "busy@"))
    return pd_fail (error, PD_ERROR_TEMPORARY, "database is away");
  return TRUE;
}

static const PdLmtpSettings lmtp = {
  .mode = PD_LMTP_LMTP,
  .host = HOST,
  .max_size = 100,
  .max_recipients = 3,
  .accept_recipient = accept_recipient,
};
static const PdLmtpSettings smtp = {
  .mode = PD_LMTP_SMTP,
  .host = HOST,
  .max_size = 100,
  .max_recipients = 3,
};

/* What came of a session: replies with LF, mails as "sender|rcpt,rcpt|flags|data;". */
typedef struct {
  GString *replies;
  GString *mails;
} Outcome;

static void
note_mail (PdLmtp *session, Outcome *outcome)
{
  g_autoptr (PdEnvelope) envelope = pd_lmtp_take_envelope (session);
  g_autofree char *recipients = NULL;
  g_autoptr (GBytes) data = NULL;
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func ((GDestroyNotify)g_error_free);

  g_assert_nonnull (envelope);
  g_assert_cmpuint (envelope->n_recipients, ==, g_strv_length (envelope->recipients));
  g_assert_cmpstr (envelope->helo, ==, "client.example");
  g_assert_cmpstr (envelope->peer, ==, "test");
  g_assert_null (pd_lmtp_take_envelope (session));
  recipients = g_strjoinv (",", envelope->recipients);
  g_string_append_printf (outcome->mails, "%s|%s|%s%s%s|", envelope->sender, recipients,
                          envelope->body_8bit ? "8" : "", envelope->smtputf8 ? "u" : "",
                          envelope->bare_newline ? "b" : "");
  data = pd_spill_get_bytes (envelope->data, NULL);
  for (gsize i = 0; i < g_bytes_get_size (data); i++)
    {
      char c = ((const char *)g_bytes_get_data (data, NULL))[i];

      if (c == '\r' || c == '\n' || c == '\0')
        g_string_append (outcome->mails, c == '\r' ? "^" : c == '\n' ? "/" : "@");
      else
        g_string_append_c (outcome->mails, c);
    }
  g_string_append_c (outcome->mails, ';');
  /* late@… is refused after the content */
  for (guint i = 0; i < envelope->n_recipients; i++)
    g_ptr_array_add (errors, g_str_has_prefix (envelope->recipients[i], "late@")
                                 ? g_error_new (PD_ERROR, PD_ERROR_DENIED, "refused by rule")
                                 : NULL);
  pd_lmtp_answer (session, (const GError *const *)errors->pdata, "2.0.0 Ok");
  g_ptr_array_set_free_func (errors, NULL);
  for (guint i = 0; i < errors->len; i++)
    g_clear_error ((GError **)&errors->pdata[i]);
}

/* Feeds in pieces of 1 to `most` octets (drawn at random), or of exactly
 * `most` if there is no generator. */
static void
run (const PdLmtpSettings *settings, const char *in, gsize length, gsize most, GRand *random,
     Outcome *outcome)
{
  g_autoptr (PdLmtp) session = pd_lmtp_new (settings, "test");
  gsize i = 0;

  outcome->replies = g_string_new (NULL);
  outcome->mails = g_string_new (NULL);
  while (i < length && pd_lmtp_phase (session) != PD_LMTP_OVER)
    {
      gsize piece = random != NULL ? (gsize)g_rand_int_range (random, 1, (int)most + 1) : most;

      piece = MIN (piece, length - i);
      i += pd_lmtp_feed (session, in + i, piece);
      if (pd_lmtp_phase (session) == PD_LMTP_WAITING)
        note_mail (session, outcome);
    }
  g_string_append_len (outcome->replies, pd_lmtp_output (session)->str,
                       (gssize)pd_lmtp_output (session)->len);
  if (pd_lmtp_phase (session) == PD_LMTP_OVER)
    g_string_append (outcome->replies, "(over)\r\n");
  g_string_replace (outcome->replies, "\r\n", "\n", 0);
}

static void
outcome_clear (Outcome *outcome)
{
  g_string_free (outcome->replies, TRUE);
  g_string_free (outcome->mails, TRUE);
}

static void
check (const PdLmtpSettings *settings, const char *in, gsize length, const char *replies,
       const char *mails, const char *why)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (gsize round = 0; round < 25; round++)
    {
      Outcome outcome;
      gboolean fixed = round < 20;

      g_test_message ("%s, round %" G_GSIZE_FORMAT, why, round);
      run (settings, in, length,
           round == 0 ? length
           : fixed    ? round
                      : 60,
           fixed ? NULL : random, &outcome);
      g_assert_true (g_str_has_prefix (outcome.replies->str,
                                       settings == &lmtp ? "220 desk.example LMTP postdesk\n"
                                                         : "220 desk.example ESMTP postdesk\n"));
      g_assert_cmpstr (strchr (outcome.replies->str, '\n') + 1, ==, replies);
      g_assert_cmpstr (outcome.mails->str, ==, mails);
      outcome_clear (&outcome);
    }
}

typedef struct {
  const char *in;
  const char *replies;
  const char *mails;
  const char *why;
} Case;

static void
check_all (const PdLmtpSettings *settings, const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++)
    check (settings, cases[i].in, strlen (cases[i].in), cases[i].replies, cases[i].mails,
           cases[i].why);
}

static void
test_order (void)
{
  static const Case cases[] = {
    { HELLO "QUIT\r\n", HELLOS "221 2.0.0 Bye\n(over)\n", "", "the extensions" },
    { "lhlo client.example\r\nquit\r\n", HELLOS "221 2.0.0 Bye\n(over)\n", "", "small letters" },
    { "LHLO\r\n", "501 5.5.4 your host name is missing or wrong\n", "", "who are you" },
    { "EHLO x\r\nHELO x\r\n",
      "500 5.5.1 this is LMTP: say LHLO\n500 5.5.1 this is LMTP: say LHLO\n", "", "RFC 2033 4.1" },
    { "MAIL FROM:<>\r\nRCPT TO:<a@x>\r\nDATA\r\n",
      "503 5.5.1 not now\n503 5.5.1 not now\n503 5.5.1 not now\n", "", "LHLO comes first" },
    { HELLO "RCPT TO:<a@x>\r\nDATA\r\nMAIL FROM:<>\r\nMAIL FROM:<>\r\n",
      HELLOS "503 5.5.1 not now\n503 5.5.1 not now\n250 2.1.0 Ok\n503 5.5.1 not now\n", "",
      "one MAIL, before RCPT" },
    { HELLO OPEN "RSET\r\nDATA\r\n", HELLOS OPENS OK "503 5.5.1 not now\n", "", "RSET forgets" },
    { HELLO OPEN HELLO "DATA\r\n", HELLOS OPENS HELLOS "503 5.5.1 not now\n", "", "LHLO resets" },
    { "NOOP\r\nNOOP x\r\nVRFY a\r\nHELP\r\nEXPN x\r\n",
      OK OK
      "252 2.5.0 not told; send the mail and see\n"
      "214 2.0.0 LHLO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT\n500 5.5.2 unknown command\n",
      "", "at any time" },
    { "QUIT\r\nNOOP\r\n", "221 2.0.0 Bye\n(over)\n", "", "nothing after QUIT" },
    { "NOOP\nNOOP\r\n", "500 5.5.2 a line ends with CRLF\n" OK, "", "a bare LF runs nothing" },
    { "\r\n \r\nNOOPX\r\nNOO\r\n",
      "500 5.5.2 unknown command\n500 5.5.2 unknown command\n"
      "500 5.5.2 unknown command\n500 5.5.2 unknown command\n",
      "", "four letters" },
  };

  check_all (&lmtp, cases, G_N_ELEMENTS (cases));
}

static void
test_envelope (void)
{
  static const Case cases[] = {
    { HELLO "MAIL FROM:<s@x> SIZE=100 BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<a@x>\r\nDATA\r\n.\r\n",
      HELLOS OPENS "354 end with CRLF.CRLF\n" OK, "s@x|a@x|8u|;", "all parameters" },
    { HELLO "MAIL FROM:<s@x> BODY=7BIT\r\nMAIL\r\n", HELLOS "250 2.1.0 Ok\n503 5.5.1 not now\n", "",
      "7BIT" },
    { HELLO "MAIL FROM:<s@x> BODY=BINARYMIME\r\n", HELLOS "501 5.5.4 BODY is 7BIT or 8BITMIME\n",
      "", "BINARYMIME is not announced" },
    { HELLO "MAIL FROM:<s@x> SIZE=101\r\n",
      HELLOS "552 5.3.4 mail is larger than this server takes\n", "", "announced as too big" },
    { HELLO "MAIL FROM:<s@x> SIZE=99999999999999999999999\r\n",
      HELLOS "501 5.5.4 SIZE is a number of octets\n", "", "not a number for us" },
    { HELLO "MAIL FROM:<s@x> RET=HDRS\r\nMAIL FROM:<s@x>\r\nRCPT TO:<a@x> NOTIFY=NEVER\r\n",
      HELLOS
      "555 5.5.4 unknown parameter of MAIL\n250 2.1.0 Ok\n555 5.5.4 unknown parameter of RCPT\n",
      "", "DSN is not announced" },
    { HELLO
      "MAIL FROM:s@x\r\nMAIL TO:<s@x>\r\nMAIL FROM:<s@x>\r\nRCPT TO:a@x\r\nRCPT FROM:<s@x>\r\n",
      HELLOS "501 5.1.7 bad sender address\n501 5.5.4 say MAIL FROM:<address>\n250 2.1.0 Ok\n"
             "501 5.1.3 bad recipient address\n501 5.5.4 say RCPT TO:<address>\n",
      "", "the syntax" },
    { HELLO "MAIL FROM:<ї@x>\r\nMAIL FROM:<s@x>\r\nRCPT TO:<ї@x>\r\n",
      HELLOS "553 5.6.7 an address in UTF-8 needs SMTPUTF8\n250 2.1.0 Ok\n"
             "553 5.6.7 an address in UTF-8 needs SMTPUTF8\n",
      "", "RFC 6531 3.1" },
    { HELLO "MAIL FROM:<ї@x> SMTPUTF8\r\nRCPT TO:<ї@x>\r\nDATA\r\n.\r\n",
      HELLOS OPENS "354 end with CRLF.CRLF\n" OK, "ї@x|ї@x|u|;", "UTF-8" },
    { HELLO "MAIL FROM:<>\r\nRCPT TO:<>\r\nRCPT TO:<Postmaster>\r\nDATA\r\n.\r\n",
      HELLOS
      "250 2.1.0 Ok\n501 5.1.3 bad recipient address\n250 2.1.5 Ok\n354 end with CRLF.CRLF\n" OK,
      "|Postmaster||;", "null sender, postmaster" },
    { HELLO OPEN "RCPT TO:<b@x>\r\nRCPT TO:<c@x>\r\nRCPT TO:<d@x>\r\nDATA\r\n.\r\n",
      HELLOS OPENS "250 2.1.5 Ok\n250 2.1.5 Ok\n452 4.5.3 too many recipients\n"
                   "354 end with CRLF.CRLF\n" OK OK OK,
      "s@x|a@x,b@x,c@x||;", "those that fit are kept" },
    { HELLO OPEN "RCPT TO:<unknown@x>\r\nRCPT TO:<busy@x>\r\nDATA\r\n.\r\n",
      HELLOS OPENS "550 5.1.1 no such unit  250 forged ?\n451 4.3.0 database is away\n"
                   "354 end with CRLF.CRLF\n" OK,
      "s@x|a@x||;", "the check decides, and its text forges no reply" },
    { HELLO "MAIL FROM:<s@x>\r\nRCPT TO:<unknown@x>\r\nDATA\r\nNOOP\r\n",
      HELLOS
      "250 2.1.0 Ok\n550 5.1.1 no such unit  250 forged ?\n503 5.5.1 no valid recipients\n" OK,
      "", "RFC 2033 4.2: DATA fails when pipelined after no recipient" },
  };

  check_all (&lmtp, cases, G_N_ELEMENTS (cases));
}

static void
test_data (void)
{
  static const Case cases[] = {
    { HELLO OPEN "RCPT TO:<late@x>\r\nDATA\r\nSubject: a\r\n\r\n..b\r\n.\r\nQUIT\r\n",
      HELLOS OPENS "250 2.1.5 Ok\n354 end with CRLF.CRLF\n" OK
                   "550 5.7.1 refused by rule\n221 2.0.0 Bye\n(over)\n",
      "s@x|a@x,late@x||Subject: a^/^/.b^/;",
      "a reply for each recipient, then what was pipelined" },
    { HELLO OPEN "DATA\r\na\r\n.\r\n" OPEN "DATA\r\nb\r\n.\r\n",
      HELLOS OPENS "354 end with CRLF.CRLF\n" OK OPENS "354 end with CRLF.CRLF\n" OK,
      "s@x|a@x||a^/;s@x|a@x||b^/;", "two mails" },
    { HELLO OPEN "DATA now\r\nDATA\r\n.\r\n",
      HELLOS OPENS "501 5.5.4 DATA takes no argument\n354 end with CRLF.CRLF\n" OK, "s@x|a@x||;",
      "no argument" },
    { HELLO OPEN "DATA\r\na\n.\nMAIL FROM:<evil@x>\nb\r.\rc\r\n.\r\n",
      HELLOS OPENS "354 end with CRLF.CRLF\n" OK, "s@x|a@x|b|a/./MAIL FROM:<evil@x>/b^.^c^/;",
      "a smuggled mail stays text" },
    { HELLO OPEN "DATA\r\n" LONG50 LONG50 "\r\n.\r\n" OPEN "DATA\r\n.\r\n",
      HELLOS OPENS "354 end with CRLF.CRLF\n552 5.3.4 mail is larger than this server takes\n" OPENS
                   "354 end with CRLF.CRLF\n" OK,
      "s@x|a@x||;", "too big; the next one is not touched" },
    { HELLO OPEN "RCPT TO:<b@x>\r\nDATA\r\n" LONG50 LONG50 "\r\n.\r\n",
      HELLOS OPENS "250 2.1.5 Ok\n354 end with CRLF.CRLF\n"
                   "552 5.3.4 mail is larger than this server takes\n"
                   "552 5.3.4 mail is larger than this server takes\n",
      "", "too big, for each recipient" },
    { HELLO OPEN "DATA\r\n1234567890" LONG50 "123456789012345678901234567890123456\r\n\r\n.\r\n",
      HELLOS OPENS "354 end with CRLF.CRLF\n" OK,
      "s@x|a@x||1234567890" LONG50 "123456789012345678901234567890123456^/^/;", "just fits" },
  };
  static const char nul[] = HELLO OPEN "DATA\r\na\0b\r\n.\r\nNO\0P\r\nNOOP\0\r\n";

  check_all (&lmtp, cases, G_N_ELEMENTS (cases));
  check (&lmtp, nul, sizeof nul - 1,
         HELLOS OPENS "354 end with CRLF.CRLF\n" OK
                      "500 5.5.2 unknown command\n501 5.5.2 NUL in a command\n",
         "s@x|a@x||a@b^/;", "NUL is kept in mails and refused in commands");
}

static void
test_bdat (void)
{
  static const Case cases[] = {
    { HELLO OPEN "BDAT 4 LAST\r\na\r\n.NOOP\r\n", HELLOS OPENS OK OK, "s@x|a@x||a^/.;",
      "one chunk" },
    { HELLO OPEN "BDAT 3\r\na\r\nBDAT 5\r\n.\r\n.\rBDAT 0 LAST\r\nQUIT\r\n",
      HELLOS OPENS "250 2.0.0 chunk received\n250 2.0.0 chunk received\n" OK
                   "221 2.0.0 Bye\n(over)\n",
      "s@x|a@x||a^/.^/.^;", "chunks, dots are text" },
    { HELLO OPEN "RCPT TO:<b@x>\r\nbdat 1 last\r\na", HELLOS OPENS "250 2.1.5 Ok\n" OK OK,
      "s@x|a@x,b@x||a;", "a reply for each recipient" },
    { HELLO OPEN "BDAT 1\r\naDATA\r\nRCPT TO:<b@x>\r\nMAIL FROM:<>\r\nRSET\r\n",
      HELLOS OPENS
      "250 2.0.0 chunk received\n503 5.5.1 not now\n503 5.5.1 not now\n503 5.5.1 not now\n" OK,
      "", "only chunks, or RSET" },
    { HELLO "MAIL FROM:<s@x>\r\nRCPT TO:<unknown@x>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n",
      HELLOS
      "250 2.1.0 Ok\n550 5.1.1 no such unit  250 forged ?\n503 5.5.1 no valid recipients\n" OK,
      "", "no recipient: the octets are taken all the same" },
    { "BDAT 6\r\nQUIT\r\nNOOP\r\n", "503 5.5.1 no valid recipients\n" OK, "", "before LHLO too" },
    { HELLO OPEN "BDAT x\r\nNOOP\r\n", HELLOS OPENS "501 5.5.4 say BDAT octets [LAST]\n(over)\n",
      "", "without the size nobody knows where commands go on" },
    { HELLO OPEN "BDAT 1 LAS\r\naNOOP\r\n",
      HELLOS OPENS "501 5.5.4 say BDAT octets [LAST]\n(over)\n", "", "bad LAST" },
    { HELLO OPEN "BDAT 9999999999999999999\r\n",
      HELLOS OPENS "501 5.5.4 say BDAT octets [LAST]\n(over)\n", "", "overflow" },
    { HELLO OPEN "RCPT TO:<b@x>\r\nBDAT 101\r\n" LONG50 LONG50 "1BDAT 1 LAST\r\naNOOP\r\n",
      HELLOS OPENS "250 2.1.5 Ok\n552 5.3.4 mail is larger than this server takes\n"
                   "503 5.5.1 no valid recipients\n" OK,
      "", "too big: the mail has failed with this chunk" },
    { HELLO OPEN "BDAT 50\r\n" LONG50 "BDAT 51 LAST\r\n" LONG50 "1NOOP\r\n",
      HELLOS OPENS "250 2.0.0 chunk received\n552 5.3.4 mail is larger than this server takes\n" OK,
      "", "too big together" },
  };

  check_all (&lmtp, cases, G_N_ELEMENTS (cases));
}

static void
test_smtp (void)
{
  static const Case cases[] = {
    { "EHLO client.example\r\n" OPEN "RCPT TO:<late@x>\r\nDATA\r\na\r\n.\r\n",
      HELLOS OPENS "250 2.1.5 Ok\n354 end with CRLF.CRLF\n" OK, "s@x|a@x,late@x||a^/;",
      "one reply, refused only if all are" },
    { "HELO client.example\r\nMAIL FROM:<>\r\nRCPT TO:<late@x>\r\nDATA\r\n.\r\n",
      "250 desk.example\n" OPENS "354 end with CRLF.CRLF\n550 5.7.1 refused by rule\n",
      "|late@x||;", "HELO; all refused" },
    { "LHLO x\r\n", "500 5.5.1 this is SMTP: say EHLO\n", "", "no LHLO" },
    { "EHLO client.example\r\n" OPEN "RCPT TO:<b@x>\r\nDATA\r\n" LONG50 LONG50 "\r\n.\r\n",
      HELLOS OPENS
      "250 2.1.5 Ok\n354 end with CRLF.CRLF\n552 5.3.4 mail is larger than this server takes\n",
      "", "too big: one reply" },
  };

  check_all (&smtp, cases, G_N_ELEMENTS (cases));
}

static void
test_bounds (void)
{
  g_autoptr (GString) in = g_string_new ("NOOP ");
  g_autoptr (GString) out = g_string_new (OK);

  while (in->len < PD_LMTP_MAX_LINE - 2)
    g_string_append_c (in, 'x');
  g_string_append (in, "\r\n");
  check (&lmtp, in->str, in->len, out->str, "", "the longest line");

  g_string_insert_c (in, 5, 'x');
  check (&lmtp, in->str, in->len, "500 5.5.6 line too long\n", "", "one octet more");

  for (int i = 0; i < 10000; i++)
    g_string_insert_c (in, 5, 'x');
  g_string_append (in, "NOOP\r\n");
  check (&lmtp, in->str, in->len, "500 5.5.6 line too long\n" OK, "",
         "much more: the rest of the line goes");

  g_string_truncate (in, 0);
  g_string_truncate (out, 0);
  for (int i = 0; i < PD_LMTP_MAX_ERRORS; i++)
    {
      g_string_append (in, "XXXX\r\n");
      g_string_append (out, "500 5.5.2 unknown command\n");
    }
  g_string_append (in, "NOOP\r\n");
  g_string_append (out, "421 4.7.0 too many errors\n(over)\n");
  check (&lmtp, in->str, in->len, out->str, "", "too many errors");
}

static void
test_shut (void)
{
  g_autoptr (PdLmtp) session = pd_lmtp_new (&lmtp, "test");

  g_string_truncate (pd_lmtp_output (session), 0);
  g_assert_cmpint (pd_lmtp_phase (session), ==, PD_LMTP_COMMAND);
  pd_lmtp_feed (session, HELLO OPEN "DATA\r\nabc", strlen (HELLO OPEN "DATA\r\nabc"));
  g_assert_cmpint (pd_lmtp_phase (session), ==, PD_LMTP_CONTENT);
  g_string_truncate (pd_lmtp_output (session), 0);
  pd_lmtp_shut (session, "421 4.3.2 going down");
  pd_lmtp_shut (session, "421 4.3.2 again");
  g_assert_cmpstr (pd_lmtp_output (session)->str, ==, "421 4.3.2 going down\r\n");
  g_assert_cmpint (pd_lmtp_phase (session), ==, PD_LMTP_OVER);
  g_assert_cmpuint (pd_lmtp_feed (session, "NOOP\r\n", 6), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lmtp/order", test_order);
  g_test_add_func ("/lmtp/envelope", test_envelope);
  g_test_add_func ("/lmtp/data", test_data);
  g_test_add_func ("/lmtp/bdat", test_bdat);
  g_test_add_func ("/lmtp/smtp", test_smtp);
  g_test_add_func ("/lmtp/bounds", test_bounds);
  g_test_add_func ("/lmtp/shut", test_shut);
  return g_test_run ();
}
