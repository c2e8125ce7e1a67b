#include <string.h>

#include "mail/mail.h"

static void
test_kind (void)
{
  static const struct {
    const char *head;
    const char *envelope_from; /* NULL unknown */
    const char *kind;
    gboolean answer;
    const char *why;
  } cases[] = {
    { "From: a@b.c\n", NULL, "mail", TRUE, "a person" },
    { "From: a@b.c\n", "a@b.c", "mail", TRUE, "a person" },
    { "From: a@b.c\n", "", "mail", FALSE, "the null sender" },
    { "From: a@b.c\nReturn-Path: <>\n", NULL, "mail", FALSE, "the null sender" },
    { "From: a@b.c\nReturn-Path: <a@b.c>\n", NULL, "mail", TRUE, "a return path" },
    { "From: a@b.c\nReturn-Path: <>\n", "a@b.c", "mail", TRUE, "the envelope is newer" },
    { "From: a@b.c\nAuto-Submitted: no\n", NULL, "mail", TRUE, "RFC 3834 5: by hand" },
    { "From: a@b.c\nAuto-Submitted: No (x)\n", NULL, "mail", TRUE, "case and comment" },
    { "From: a@b.c\nAuto-Submitted: auto-generated\n", NULL, "mail", FALSE, "a program" },
    { "From: a@b.c\nAuto-Submitted: Auto-Replied; owner=x\n", NULL, "auto-reply", FALSE,
      "a reply" },
    { "From: a@b.c\nPrecedence: bulk\n", NULL, "mail", FALSE, "bulk" },
    { "From: a@b.c\nPrecedence: first-class\n", NULL, "mail", TRUE, "not bulk" },
    { "From: a@b.c\nPrecedence: auto_reply\n", NULL, "auto-reply", FALSE, "older than RFC 3834" },
    { "From: a@b.c\nX-Auto-Response-Suppress: All\n", NULL, "mail", FALSE, "Exchange" },
    { "From: a@b.c\nX-Auto-Response-Suppress: NRN\n", NULL, "mail", TRUE, "receipts only" },
    { "From: a@b.c\nList-Id: <x.y>\n", NULL, "mail", FALSE, "a list" },
    { "From: a@b.c\nList-Unsubscribe: <mailto:x@y>\n", NULL, "mail", FALSE, "a list" },
    { "From: noreply@b.c\n", NULL, "mail", FALSE, "an answer reaches nobody" },
    { "From: a@b.c\n", "users-bounces+x=y@b.c", "mail", FALSE, "a list's sender" },
    { "From: owner-x@b.c\n", NULL, "mail", FALSE, "a list's owner" },
    { "From: a@b.c\nContent-Type: text/calendar; method=REQUEST\n", NULL, "calendar", TRUE,
      "an invitation" },
    { "From: a@b.c\nContent-Type: message/disposition-notification\n", NULL, "receipt", FALSE,
      "RFC 8098" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char *whole = g_strconcat (cases[i].head, "\nhello\n", NULL);
      g_autoptr (GBytes) raw = g_bytes_new_take (whole, strlen (whole));
      g_autoptr (PdMail) mail = pd_mail_parse (raw, cases[i].envelope_from, NULL);

      g_test_message ("%s: %s", cases[i].why, cases[i].head);
      g_assert_cmpstr (pd_mail_kind_name (mail->kind), ==, cases[i].kind);
      g_assert_true (mail->auto_reply_allowed == cases[i].answer);
    }
}

/* Header fields of a mail from a@b.c to d@e.f, what it makes it, and whether
 * it may be answered.
 */
static void
test_automatic (void)
{
  static const struct {
    const char *head;
    gboolean reply, answer;
    const char *why;
  } cases[] = {
    /* RFC 3834 5 */
    { "Auto-Submitted: no\n", FALSE, TRUE, "by hand; RT and FreeScout get this wrong" },
    { "Auto-Submitted:   NO ; x=y\n", FALSE, TRUE, "case, blanks, a parameter" },
    { "Auto-Submitted: (by hand) no (really)\n", FALSE, TRUE, "comments" },
    { "Auto-Submitted: (a (b)) auto-replied\n", TRUE, FALSE, "a comment in a comment" },
    { "Auto-Submitted: auto-replied; owner-email=\"x@y\"\n", TRUE, FALSE, "RFC 3834 5.2" },
    { "Auto-Submitted: auto-replied (vacation)\n", TRUE, FALSE, "Sieve, Zimbra" },
    { "Auto-Submitted: auto-generated\n", FALSE, FALSE, "a program, but no reply" },
    { "Auto-Submitted: auto-notified; owner-email=x@y\n", FALSE, FALSE, "RFC 5436" },
    { "Auto-Submitted: auto-something\n", FALSE, FALSE, "unknown is automatic" },
    { "Auto-Submitted: no\nAuto-Submitted: auto-replied\n", TRUE, FALSE, "one of two" },
    { "Auto-Submitted: no\nSubject: Automatic reply: x\n", FALSE, TRUE, "about one" },
    { "Auto-Submitted:\n", FALSE, TRUE, "nothing said" },
    /* Precedence */
    { "Precedence: bulk\n", FALSE, FALSE, "bulk" },
    { "Precedence: Bulk\n", FALSE, FALSE, "case; FreeScout and Roundup get this wrong" },
    { "Precedence: never-bounce\nPrecedence: bulk\n", FALSE, FALSE, "the second field" },
    { "Precedence: junk\n", FALSE, FALSE, "vacation of old" },
    { "Precedence: list\n", FALSE, FALSE, "a list" },
    { "Precedence: first-class\n", FALSE, TRUE, "an ordinary mail" },
    { "Precedence: AUTO_REPLY\n", TRUE, FALSE, "cPanel" },
    { "Precedence: bulk\nSubject: Re: x\nIn-Reply-To: <1@e.f>\n", TRUE, FALSE, "Gmail, plainly" },
    { "Precedence: bulk\nIn-Reply-To: <1@e.f>\nList-Id: <x.y>\n", FALSE, FALSE, "a list's thread" },
    { "Precedence: bulk\nIn-Reply-To: <1@e.f>\nX-Roundup-Name: x\n", FALSE, FALSE, "a desk" },
    /* X-Auto-Response-Suppress */
    { "X-Auto-Response-Suppress: All\n", FALSE, FALSE, "all" },
    { "X-Auto-Response-Suppress: autoreply\n", FALSE, FALSE, "case; osTicket gets this wrong" },
    { "X-Auto-Response-Suppress: DR, RN, OOF\n", FALSE, FALSE, "in a list" },
    { "X-Auto-Response-Suppress: DR, NDR, RN, NRN\n", FALSE, TRUE, "reports only" },
    { "X-Auto-Response-Suppress: None\n", FALSE, TRUE, "none" },
    { "X-Auto-Response-Suppress: All\nSubject: Automatische Antwort: x\n", TRUE, FALSE,
      "Exchange" },
    { "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\nIn-Reply-To: <1@e.f>\n"
      "X-MS-Exchange-Parent-Message-Id: <1@e.f>\nSubject: Absent till Monday\nReturn-Path: <>\n",
      TRUE, FALSE, "Exchange Online with a subject of one's own" },
    { "X-MS-Exchange-Inbox-Rules-Loop: x@y\n", FALSE, TRUE, "a mail that a rule redirected" },
    { "X-MS-Exchange-Inbox-Rules-Loop: x@y\nSubject: Out of office till Monday\n", TRUE, FALSE,
      "two signs" },
    /* vendors */
    { "X-Autoreply: yes\n", TRUE, FALSE, "Gmail" },
    { "X-Autoreply: no\n", FALSE, TRUE, "said not to be" },
    { "X-Autoreply-From: a@b.c\n", TRUE, FALSE, "hosters" },
    { "X-Autorespond: Re: x\n", TRUE, FALSE, "hosters" },
    { "X-AutoReply-Domain: b.c\n", TRUE, FALSE, "any field of that family" },
    { "X-FC-MachineGenerated: true\n", TRUE, FALSE, "FirstClass" },
    { "X-Autogenerated: Reply\n", TRUE, FALSE, "CommuniGate" },
    { "X-Autogenerated: Mirror\n", FALSE, FALSE, "CommuniGate, passed on" },
    { "X-POST-MessageClass: 9; Autoresponder\n", TRUE, FALSE, "an older hoster" },
    { "Delivered-To: Autoresponder\n", TRUE, FALSE, "qmail" },
    { "X-Mailer: vacation 1.2.7\n", TRUE, FALSE, "vacation" },
    { "X-FreeScout-Mail-Type: auto.reply\n", TRUE, FALSE, "FreeScout" },
    { "X-FreeScout-Mail-Type: user.message\n", FALSE, FALSE, "FreeScout's agent" },
    { "X-OTRS-Loop: yes\n", FALSE, FALSE, "another desk" },
    { "X-RT-Loop-Prevention: x\n", FALSE, FALSE, "another desk" },
    { "X-Jira-FingerPrint: x\n", FALSE, FALSE, "another desk" },
    { "X-Zendesk-From-Account-Id: x\n", FALSE, FALSE, "another desk" },
    { "X-Loop: x@y\n", FALSE, FALSE, "somebody's guard" },
    /* lists */
    { "List-Id: <x.y>\n", FALSE, FALSE, "RFC 2919" },
    { "List-Unsubscribe: <mailto:x@y>\n", FALSE, FALSE, "advertising" },
    { "X-BeenThere: x@y\n", FALSE, FALSE, "Mailman" },
    { "Mailing-List: list x@y\n", FALSE, FALSE, "ezmlm" },
    { "List-Id: <x.y>\nSubject: Automatic reply: x\n", FALSE, FALSE, "to a list" },
    /* the envelope, and who it is from */
    { "Return-Path: <>\n", FALSE, FALSE, "the null sender" },
    { "Return-Path: <>\nIn-Reply-To: <1@e.f>\nSubject: I am away\n", TRUE, FALSE, "RFC 3834 3.3" },
    { "Return-Path: <a+SRS=x=b.c=a@d.e>\n", FALSE, TRUE, "forwarded" },
    { "Return-Path: <bounce-12-x@lists.b.c>\n", FALSE, FALSE, "VERP" },
    { "Sender: owner-x@b.c\n", FALSE, FALSE, "a list" },
    { "Sender: secretary@b.c\n", FALSE, TRUE, "another person" },
    { "Sender: No.Reply@b.c\n", FALSE, FALSE, "nobody reads it" },
    { "Delivered-To: d@e.f\nDelivered-To: x@e.f\nDelivered-To: D@E.F\n", FALSE, FALSE, "a loop" },
    { "Delivered-To: d@e.f\nDelivered-To: x@e.f\n", FALSE, TRUE, "an alias" },
    /* subjects */
    { "Subject: Automatic reply: x\n", TRUE, FALSE, "the form of Exchange" },
    { "Subject: Out of Office AutoReply: x\n", TRUE, FALSE, "the form of older Exchanges" },
    { "Subject: Re: [list] Out of office AutoReply: x\n", TRUE, FALSE,
      "a person's program would say what it answers" },
    { "Subject: Re: Automatic reply: x\nIn-Reply-To: <1@e.f>\n", FALSE, TRUE, "an answer to one" },
    { "Subject: AW: Automatische Antwort: x\nReferences: <1@e.f>\n", FALSE, TRUE, "the same" },
    { "Subject: Fwd: Automatic reply: x\n", FALSE, TRUE, "handed on" },
    { "Subject: Automatic reply does not work\n", FALSE, TRUE, "a question" },
    { "Subject: Out of office printer\n", FALSE, TRUE, "a trouble" },
    { "Subject: Out of office printer\nIn-Reply-To: <1@e.f>\n", TRUE, FALSE,
      "an answer that does not say Re:" },
    { "Subject: Auto: keys lost\n", FALSE, TRUE, "a car" },
    { "Subject: AUTO: Olena is out of the office\nAuto-Submitted: auto-generated\n", TRUE, FALSE,
      "Notes" },
    { "Subject: Officeless\nReturn-Path: <>\n", FALSE, FALSE, "another word" },
    { "Subject: Réponse automatique : x\n", TRUE, FALSE, "French" },
    { "Subject: Автоматична відповідь: x\n", TRUE, FALSE, "Ukrainian" },
    { "Subject: 自动答复： x\n", TRUE, FALSE, "Chinese, a wide colon" },
    { "Subject: 不在のお知らせ\nReturn-Path: <>\n", TRUE, FALSE, "Japanese, no blanks" },
    { "Subject: השב: תשובה אוטומטית: x\n", TRUE, FALSE, "Hebrew" },
    { "Subject: Rozpatrzenie: nieobecność\nReturn-Path: <>\n", FALSE, FALSE, "not at the begin" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char *whole = g_strconcat ("From: a@b.c\nTo: d@e.f\n", cases[i].head, "\nhello\n", NULL);
      g_autoptr (GBytes) raw = g_bytes_new_take (whole, strlen (whole));
      g_autoptr (PdMail) mail = pd_mail_parse (raw, NULL, NULL);

      g_test_message ("%s: %s", cases[i].why, cases[i].head);
      g_assert_cmpstr (pd_mail_kind_name (mail->kind), ==, cases[i].reply ? "auto-reply" : "mail");
      g_assert_true (mail->auto_reply_allowed == cases[i].answer);
    }
}

static void
test_addressing (void)
{
  static const struct {
    const char *mail, *from, *to;
    gboolean answer;
    const char *why;
  } cases[] = {
    { "From: a@b.c\nTo: d@e.f\n\nx\n", "a@b.c", "d@e.f", TRUE, "a person" },
    { "From: a@b.c\nTo: d@e.f\n\nx\n", "a@b.c", "alias@e.f", TRUE, "an alias" },
    { "From: d@e.f\nTo: d@e.f\n\nx\n", NULL, "D@e.f", FALSE, "to oneself" },
    { "From: a@b.c\nTo: d@e.f\n\nx\n", "d@e.f", "d@e.f", FALSE, "to oneself" },
    { "From: a@b.c\nTo: undisclosed-recipients:;\n\nx\n", "a@b.c", "d@e.f", FALSE, "to nobody" },
    { "From: a@b.c\nTo: undisclosed-recipients:;\nCc: d@e.f\n\nx\n", "a@b.c", "d@e.f", TRUE,
      "a copy" },
    { "From: a@b.c\n\nx\n", "a@b.c", "d@e.f", TRUE, "a program that writes no To" },
    { "From: a@b.c\nTo: d@e.f\nSubject: Out of office desk\nIn-Reply-To: <1@e.f>\n\nx\n> y\n", NULL,
      NULL, TRUE, "a person's program quotes" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) raw = g_bytes_new_static (cases[i].mail, strlen (cases[i].mail));
      g_autoptr (PdMail) mail = pd_mail_parse (raw, cases[i].from, cases[i].to);

      g_test_message ("%s", cases[i].why);
      g_assert_true (mail->auto_reply_allowed == cases[i].answer);
    }
}

/* Reports that are not about delivery; `said` is the disposition, or the type
 * of the complaint with its recipients.
 */
static void
test_reports (void)
{
  static const struct {
    const char *mail;
    const char *kind, *said, *original;
    const char *why;
  } cases[] = {
    { "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\n"
      "Read\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;a@b.c\n"
      "Original-Message-ID: <1@e.f>\nDisposition: manual-action/MDN-sent-manually;\n Displayed\n"
      "--b--\n",
      "receipt", "displayed", "1@e.f", "RFC 8098" },
    { "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\n"
      "--b\nContent-Type: message/disposition-notification\n\n"
      "Disposition: automatic-action/MDN-sent-automatically; deleted/error\n--b--\n",
      "receipt", "deleted", "", "with a modifier" },
    { "Subject: Gelesen: x\nReturn-Path: <>\nIn-Reply-To: <1@e.f>\n\nx\n", "receipt", "displayed",
      "1@e.f", "Exchange's words" },
    { "Subject: Gelesen: x\n\nx\n", "mail", "", "", "a person's words" },
    { "Content-Class: urn:content-classes:mdn\n\nx\n", "receipt", "displayed", "", "Exchange" },
    { "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\n--b\n"
      "Content-Type: message/feedback-report\n\nFeedback-Type: Abuse\nVersion: 1\n"
      "Original-Rcpt-To: <x@y.z>\nOriginal-Rcpt-To: X2@y.z\nSource-IP: 192.0.2.1\n--b\n"
      "Content-Type: message/rfc822\n\nMessage-ID: <1@e.f>\nTo: no@y.z\n\nx\n--b--\n",
      "complaint", "abuse x@y.z X2@y.z 192.0.2.1", "1@e.f", "RFC 5965" },
    { "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\n--b\n"
      "Content-Type: message/feedback-report\n\nFeedback-Type: auth-failure\n--b\n"
      "Content-Type: message/rfc822\n\nMessage-ID: <1@e.f>\nTo: X <x@y.z>\n\nx\n--b--\n",
      "complaint", "auth-failure x@y.z", "1@e.f", "the receiver is told by the mail" },
    { "Subject: complaint about message from 192.0.2.1\nContent-Type: multipart/mixed; "
      "boundary=b\n\n"
      "--b\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: x@y.z\nMessage-ID: <1@e.f>\n"
      "To: a@b.c\n\nx\n--b--\n",
      "complaint", "abuse x@y.z", "1@e.f", "Microsoft's JMRP" },
    { "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nsee below\n--b\n"
      "Content-Type: message/rfc822\n\nContent-Type: multipart/report; "
      "report-type=feedback-report; "
      "boundary=c\n\n--c\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--c--\n"
      "--b--\n",
      "mail", "", "", "a complaint that somebody hands on" },
    { "Subject: x\nContent-Type: application/gzip; "
      "name=\"mx.b.c!e.f!1700000000!1700086400.xml.gz\"\n\n"
      "x\n",
      "dmarc-report", "", "", "RFC 7489: the file's name" },
    { "Subject: x\nContent-Type: application/zip; name=\"Hello! World! 1! 2.zip\"\n\nx\n", "mail",
      "", "", "another name" },
    { "Content-Type: multipart/report; report-type=tlsrpt; boundary=b\n\n--b\n\nx\n--b\n"
      "Content-Type: application/tlsrpt+gzip; name=x.json.gz\n\nx\n--b--\n",
      "dmarc-report", "", "", "RFC 8460" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char *whole = g_strconcat ("From: a@b.c\nTo: d@e.f\n", cases[i].mail, NULL);
      g_autoptr (GBytes) raw = g_bytes_new_take (whole, strlen (whole));
      g_autoptr (PdMail) mail = pd_mail_parse (raw, NULL, NULL);
      GString *said = g_string_new (mail->disposition);
      g_autofree char *text = NULL;

      g_string_append (said, mail->complaint_type);
      for (guint j = 0; j < mail->complaint_recipients->len; j++)
        g_string_append_printf (said, " %s", (char *)mail->complaint_recipients->pdata[j]);
      if (*mail->complaint_source != '\0')
        g_string_append_printf (said, " %s", mail->complaint_source);
      text = g_string_free (said, FALSE);
      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (pd_mail_kind_name (mail->kind), ==, cases[i].kind);
      g_assert_cmpstr (text, ==, cases[i].said);
      g_assert_cmpstr (mail->original_message_id, ==, cases[i].original);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/kind/kind", test_kind);
  g_test_add_func ("/kind/automatic", test_automatic);
  g_test_add_func ("/kind/addressing", test_addressing);
  g_test_add_func ("/kind/reports", test_reports);
  result = g_test_run ();
  pd_mail_shutdown ();
  return result;
}
