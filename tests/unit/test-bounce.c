#include <string.h>

#include "mail/bounce-reason.h"
#include "mail/mail-json.h"
#include "mail/mail.h"

/* A report of one recipient in free words. */
typedef struct {
  const char *head; /* From, Subject and what else matters */
  const char *body;
  const char *kind;
  const char *address, *status, *reason, *code;
  gboolean hard;
  const char *why;
} WordsCase;

#define DAEMON "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\n"
#define COPY                                                                                       \
  "Received: from desk.example.org by mx.example.net; Tue, 24 Nov 2026 10:00:00 +0000\n"           \
  "Message-ID: <out.1@desk.example.org>\nTo: ann@shop.example\nSubject: Re: order\n\nhello\n"

static const WordsCase words_cases[] = {
  { DAEMON "Subject: failure notice\n",
    "Hi. This is the qmail-send program at mx.example.net.\nSorry it didn't work out.\n\n"
    "<ann@shop.example>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 5.1.1 "
    "No such person at this address\nGiving up on 192.0.2.7.\n\n"
    "--- Below this line is a copy of the message.\n\n" COPY,
    "bounce", "ann@shop.example", "5.1.1", "userunknown", "550", TRUE, "qmail at RCPT" },
  { DAEMON "Subject: failure notice\n",
    "<ann@shop.example>:\n192.0.2.7 failed after I sent the message.\n"
    "Remote host said: 550 unknown user ann\n\n--- Below this line is a copy of the "
    "message.\n\n" COPY,
    "bounce", "ann@shop.example", "", "filtered", "550", FALSE,
    "unknown only behind DATA: a filter" },
  { DAEMON "Subject: failure notice\n",
    "<ann@shop.example>:\nConnected to 192.0.2.7 but sender was rejected.\n"
    "Remote host said: 553 we do not know that name\n\n--- Enclosed is a copy of the message.\n",
    "bounce", "ann@shop.example", "", "rejected", "553", FALSE, "qmail at MAIL" },
  { DAEMON "Subject: failure notice\n",
    "<ann@shop.example>:\nuser ann@shop.example: vdelivermail: account is locked\n\n"
    "--- Below this line is a copy of the message.\n",
    "bounce", "ann@shop.example", "", "suspend", "", FALSE, "vpopmail" },
  { DAEMON "Subject: Mail delivery failed: returning message to sender\n"
           "X-Failed-Recipients: ann@shop.example\nAuto-Submitted: auto-replied\n",
    "This message was created automatically by mail delivery software.\n\n"
    "A message that you sent could not be delivered to all of its recipients.\n"
    "The following address(es) failed:\n\n  ann@shop.example\n"
    "    host mx.shop.example [192.0.2.7]\n"
    "    SMTP error from remote mail server after RCPT TO:<ann@shop.example>:\n"
    "    552 5.2.2 The mailbox of Ann is full\n\n"
    "------ This is a copy of the message, including all the headers. ------\n\n" COPY,
    "bounce", "ann@shop.example", "5.2.2", "mailboxfull", "552", FALSE, "Exim" },
  { DAEMON "Subject: Warning: message 1abc delayed 24 hours\n",
    "This message was created automatically by mail delivery software.\n"
    "A message that you sent has not yet been delivered to one or more of its\n"
    "recipients after more than 24 hours on the queue.\n\n"
    "The address to which the message has not yet been delivered is:\n\n  ann@shop.example\n"
    "    host mx.shop.example [192.0.2.7]: Connection timed out\n\n"
    "No action is required on your part.\n",
    "delay", "ann@shop.example", "", "expired", "", FALSE, "Exim waits" },
  { DAEMON "Subject: Undelivered Mail Returned to Sender\n",
    "I'm sorry to have to inform you that your message could not be delivered.\n\n"
    "<ann@shop.example>: host mx.shop.example[192.0.2.7] said: 554 5.7.1 Service\n"
    "    unavailable; Client host [192.0.2.1] blocked using bl.example.com (in reply\n"
    "    to RCPT TO command)\n",
    "bounce", "ann@shop.example", "5.7.1", "blocked", "554", FALSE, "Postfix without a report" },
  { DAEMON "Subject: Returned mail: Host unknown\n",
    "   ----- Transcript of session follows -----\n"
    "554 <ann@shop.example>... 550 Host unknown (Name server: no data)\n\n"
    "   ----- Unsent message follows -----\n" COPY,
    "bounce", "ann@shop.example", "", "hostunknown", "550", TRUE,
    "old sendmail: the inner code is the cause" },
  { DAEMON "Subject: Returned mail: Cannot send message for 3 days\n",
    "   ----- Transcript of session follows -----\n"
    "421 shop.example (smtp)... Deferred: Connection timed out during user open\n\n"
    "   ----- Unsent message follows -----\n" COPY,
    "bounce", "ann@shop.example", "", "expired", "421", FALSE,
    "old sendmail names nobody: the returned mail does" },
  { DAEMON "Subject: Returned mail: User unknown\n",
    "   ----- Transcript of session follows -----\n... while talking to mx.shop.example.:\n"
    ">>> RCPT To:<ann@shop.example>\n<<< 550 <ann@shop.example>, who is that\n"
    "550 <ann@shop.example>... User unknown\n\n   ----- Unsent message follows -----\n" COPY,
    "bounce", "ann@shop.example", "", "userunknown", "550", TRUE, "a dialogue" },
  { "From: System Administrator <postmaster@shop.example>\nSubject: Undeliverable: Re: order\n",
    "Your message\n\n  To:      team@shop.example\n  Subject: Re: order\n"
    "  Sent:    Tue, 24 Nov 2026 10:00:00 -0000\n\ndid not reach the following recipient(s):\n\n"
    "ann@shop.example on Tue, 24 Nov 2026 10:00:05 -0000\n"
    "    The recipient name is not recognized\n    MSEXCH:IMS:SHOP:1 0 (000C05A6) Unknown "
    "Recipient\n",
    "bounce", "ann@shop.example", "", "userunknown", "", TRUE,
    "Exchange 5.5: the header that it repeats names nobody" },
  { "From: Microsoft Exchange <postmaster@shop.example>\nSubject: Unzustellbar: Re: Bestellung\n",
    "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\n"
    "ann@shop.example\nDie eingegebene E-Mail-Adresse konnte nicht gefunden werden.\n\n"
    "Diagnoseinformationen für Administratoren:\n\nGenerierender Server: mx.shop.example\n\n"
    "ann@shop.example\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n\n"
    "Ursprüngliche Nachrichtenkopfzeilen:\n\n" COPY,
    "bounce", "ann@shop.example", "5.1.1", "userunknown", "550", TRUE, "Exchange in German" },
  { "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\n"
    "Subject: Delivery Status Notification (Failure)\nX-Failed-Recipients: ann@shop.example\n",
    "Delivery to the following recipient failed permanently:\n\n     ann@shop.example\n\n"
    "Technical details of permanent failure:\nThe error that the other server returned was:\n"
    "554 554 5.7.1 Client host [192.0.2.1] blocked (state 13).\n\n"
    "----- Original message -----\n\n" COPY,
    "bounce", "ann@shop.example", "5.7.1", "blocked", "554", FALSE, "old Gmail" },
  { "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\n"
    "Subject: Delivery Status Notification (Delay)\n",
    "THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipient has been delayed:\n\n"
    "     ann@shop.example\n\nMessage will be retried for 2 more day(s)\n",
    "delay", "ann@shop.example", "", "expired", "", FALSE, "Gmail waits" },
  { "From: MAILER-DAEMON@yahoo.com\nSubject: Failure Notice\n",
    "Sorry, we were unable to deliver your message to the following address.\n\n"
    "<ann@shop.example>:\nRemote host said: 550 5.1.1 <ann@shop.example> unknown [RCPT_TO]\n\n"
    "--- Below this line is a copy of the message.\n\n" COPY,
    "bounce", "ann@shop.example", "5.1.1", "userunknown", "550", TRUE, "Yahoo" },
  { "From: MAILER-DAEMON@mail.example.ne.jp\nSubject: Mail System Error - Returned Mail\n",
    "Each of the following recipients was rejected by a remote mail server.\n\n"
    "    Recipient: <ann@ezweb.ne.jp>\n    >>> RCPT TO:<ann@ezweb.ne.jp>\n"
    "    <<< 550 <ann@ezweb.ne.jp>: User unknown\n",
    "bounce", "ann@ezweb.ne.jp", "", "userunknown", "550", TRUE, "au at RCPT" },
  { DAEMON "Subject: failure notice\n", "<ann@ezweb.ne.jp>:\n550 : User unknown\n", "bounce",
    "ann@ezweb.ne.jp", "", "filtered", "550", FALSE, "au hides who filters" },
  { "From: Postmaster <postmaster@shop.example>\nSubject: Undeliverable Mail\n"
    "X-Mailer: <SMTP32 v8.0>\n",
    "User mailbox exceeds allowed size: ann@shop.example\n\nOriginal message follows.\n\n" COPY,
    "bounce", "ann@shop.example", "", "mailboxfull", "", FALSE, "IMail" },
  { "From: POSTMASTER@notes.shop.example\nSubject: Undeliverable message\n",
    "------- Failure Reasons  --------\n\nUser ann not listed in public Name & Address Book\n"
    "ann@shop.example\n\n------- Returned Message --------\n" COPY,
    "bounce", "ann@shop.example", "", "userunknown", "", TRUE,
    "Lotus: the reason stands above the address" },
  { "From: MDaemon@shop.example\nSubject: Warning: ann@shop.example - User unknown!\n",
    "ann@shop.example - no such user here.\n\nThere is no user by that name at this server.\n",
    "bounce", "ann@shop.example", "", "userunknown", "", TRUE, "MDaemon warns of what has failed" },
  { DAEMON "Subject: Mail Delivery Failure\n",
    "Your message could not be sent.\nAddressed To: ann@shop.example\n\n"
    "Failed to send to identified host,\nann@shop.example: [192.0.2.7], 554 Service currently "
    "unavailable\n--- Message non-deliverable.\n",
    "bounce", "ann@shop.example", "", "systemerror", "554", FALSE, "SurfControl" },
  { DAEMON "Subject: Message delivery has failed\n",
    "Unable to deliver message to: <ann@shop.example>\nDelivery failed for the following reason:\n"
    "Server mx.shop.example[192.0.2.7] failed with: 550 nobody of that name here, no such user\n",
    "bounce", "ann@shop.example", "", "filtered", "550", FALSE, "MailFoundry: hearsay" },
  { "From: post_master@carrier.example\nSubject: Re:hello\nIn-Reply-To: <out.1@desk.example.org>\n",
    "Error: Invalid user address\n\nError message below:\n550 - no such user here\n\n"
    "Message details:\n  Subject: hello\n  MAIL FROM: desk@desk.example.org\n"
    "  RCPT TO: 5550100@carrier.example\n",
    "bounce", "5550100@carrier.example", "", "userunknown", "550", TRUE, "a carrier's gateway" },
  { "From: MAILER-DAEMON@aol.com\nSubject: Mail Delivery Problem\n",
    "Your mail to the following recipients could not be delivered because they are\n"
    "not accepting mail with attachments or embedded images:\n\tannsname\n",
    "bounce", "annsname@aol.com", "", "filtered", "", FALSE, "AOL lists names" },
  { DAEMON "Subject: Delivery status notification: error\n",
    "    Hi!\n\n    A message could not be delivered to the following list of recipients:\n\n"
    "ann@shop.example: 550 5.2.2 Mailbox of ann is full\n\n    Below is a copy of the original "
    "message:\n\n" COPY,
    "bounce", "ann@shop.example", "5.2.2", "mailboxfull", "550", FALSE, "OpenSMTPD" },
  { "From: mailer-daemon\nSubject: There was an error sending your mail\n",
    "We had trouble delivering your message. Full details follow:\n\nSubject: 'hello'\n\n"
    "SMTP Server <mx.shop.example> rejected recipient <ann@shop.example> (Error following RCPT "
    "command). It responded as follows: [550 5.1.1 User unknown]\n\n"
    "The attachment contains the original mail headers.\n",
    "bounce", "ann@shop.example", "5.1.1", "userunknown", "550", TRUE, "a server without a name" },
  { "From: <>\nReturn-Path: <>\nSubject: failure notice\nX-Mailer: m-FILTER\n",
    "ann@shop.example\n\n\n-------server message\n550 unknown user <ann@shop.example>\n\n"
    "-------SMTP command\nDATA\n\n-------original mail info\nFrom: desk@desk.example.org\n"
    "Message-ID: <out.1@desk.example.org>\n",
    "bounce", "ann@shop.example", "", "filtered", "550", FALSE, "m-FILTER" },
  { DAEMON "Subject: Mail failure - malformed recipient address\n",
    "A message that you sent contained recipient addresses that were incorrectly constructed:\n\n"
    "  ann@shop.example,: malformed address: , may not follow\n",
    "bounce", "ann@shop.example", "", "syntaxerror", "", FALSE, "Exim reads a header" },
  { DAEMON "Subject: Недоставленное сообщение\n",
    "Ваше письмо не может быть доставлено получателям:\n\n  ann@shop.example\n"
    "    почтовый ящик переполнен\n",
    "bounce", "ann@shop.example", "", "mailboxfull", "", FALSE, "Russian" },
  { DAEMON "Subject: Undeliverable\n",
    "The following address had delivery problems:\n\nann@shop.example\n550 mailbox not found at "
    "RCPT TO:<ann@shop.example>\n"
    "____________________________________\nThis email has been scanned for all viruses.\n",
    "bounce", "ann@shop.example", "", "userunknown", "550", TRUE,
    "a gateway's notice is no reason" },
  { "From: ann@shop.example\nSubject: Fwd: Undelivered Mail Returned to Sender\n",
    "Look what I got:\n\n<bob@shop.example>: host mx said: 550 User unknown\n", "mail", NULL, NULL,
    NULL, NULL, FALSE, "who passes on a report sends a mail" },
  { "From: Postmaster <postmaster@shop.example>\nSubject: Re: Undelivered mail\n"
    "In-Reply-To: <out.1@desk.example.org>\n",
    "Your mail to bob@shop.example failed because his mailbox was full.\n", "mail", NULL, NULL,
    NULL, NULL, FALSE, "a person looks after the mail" },
  { "From: ann@shop.example\nSubject: your invoice bounced\n",
    "The mail to billing@desk.example.org was returned: mailbox full.\n", "mail", NULL, NULL, NULL,
    NULL, FALSE, "a customer complains" },
  { "From: ann@shop.example\nX-Delivery-Agent: TMDA/1.0\nSubject: Please confirm your message\n",
    "Your message to ann@shop.example was not delivered yet. Please reply.\n", "mail", NULL, NULL,
    NULL, NULL, FALSE, "TMDA asks back" },
};

static PdMail *
parse (const char *text)
{
  g_autoptr (GBytes) raw = g_bytes_new (text, strlen (text));

  return pd_mail_parse (raw, NULL, NULL);
}

static void
test_words (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words_cases); i++)
    {
      const WordsCase *want = &words_cases[i];
      g_autofree char *text
          = g_strconcat (want->head,
                         "To: desk@desk.example.org\nContent-Type: text/plain; charset=utf-8\n"
                         "Content-Transfer-Encoding: 8bit\n\n",
                         want->body, NULL);
      g_autoptr (PdMail) mail = parse (text);
      const PdBounceRecipient *one;

      g_test_message ("%s", want->why);
      g_assert_cmpstr (pd_mail_kind_name (mail->kind), ==, want->kind);
      g_assert_cmpuint (mail->bounce_recipients->len, ==, want->address != NULL);
      if (want->address == NULL || mail->bounce_recipients->len == 0)
        continue;
      one = mail->bounce_recipients->pdata[0];
      g_assert_cmpstr (one->address, ==, want->address);
      g_assert_cmpstr (one->status, ==, want->status);
      g_assert_cmpstr (one->reason, ==, want->reason);
      g_assert_cmpstr (one->reply_code, ==, want->code);
      g_assert_true (one->hard == want->hard);
      if (strstr (want->body, COPY) != NULL)
        {
          g_assert_cmpstr (mail->original_message_id, ==, "out.1@desk.example.org");
          g_assert_cmpstr (mail->original_subject, ==, "Re: order");
          g_assert_cmpstr (mail->original_to, ==, "ann@shop.example");
        }
    }
}

/* A status part's text, and what is read from it: "address action status reason
 * code" of each recipient.
 */
static void
test_status (void)
{
  static const struct {
    const char *status, *want, *why;
  } cases[] = {
    { "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; ann@shop.example\n"
      "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n",
      "ann@shop.example failed 5.1.1 userunknown 550", "RFC 3464" },
    { "Reporting-MTA: dns; mx\nFinal-Recipient: rfc822;ann@shop.example\nAction: failed\n"
      "Status: 5.2.2\nFinal-Recipient: rfc822;bob@shop.example\nAction: delayed\nStatus: 4.4.7\n",
      "ann@shop.example failed 5.2.2 mailboxfull ,bob@shop.example delayed 4.4.7 expired ",
      "no empty lines" },
    { "Reporting-MTA: dns; mx\n\nAction: failed\nStatus: 5.1.1\n\n"
      "Final-Recipient: rfc822;ann@shop.example\n",
      "ann@shop.example failed 5.1.1 userunknown ", "an empty line in the middle" },
    { "Original-Recipient: rfc822;ann+2Bshop@shop.example\nFinal-Recipient: rfc822;a1@mx\n"
      "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552 5.2.2\n over quota\n",
      "ann+shop@shop.example failed 5.2.2 mailboxfull 552",
      "the sender's address (xtext); the server's own status" },
    { "Final-Recipient: utf-8;\\x{E4}nn@shop.example\nAction: failed\nStatus: 5.1.2\n",
      "änn@shop.example failed 5.1.2 hostunknown ", "RFC 6533" },
    { "Final-Recipient: x400; /c=us/\nOriginal-Recipient: <ann@shop.example>\nAction: Failed (x)\n"
      "Status: 5.2.1 (is off)\n",
      "ann@shop.example failed 5.2.1 filtered ", "a final recipient that is no mail address" },
    { "Final-Recipient: rfc822; ann@shop.example\nAction: relayed\nStatus: 2.1.9\n",
      "ann@shop.example relayed 2.1.9 delivered ", "not a failure" },
    { "Final-Recipient: rfc822; ann@shop.example\nAction: failed\nStatus: 5.0.0\n"
      "Diagnostic-Code: smtp; 550-5.7.26 Mail from this sender is\n"
      "550-5.7.26 not authenticated\nRemote-MTA: dns; mx.shop.example\n",
      "ann@shop.example failed 5.7.26 authfailure 550", "folded without white space" },
    { "Final-Recipient: rfc822; ann@shop.example\nAction: failed\nStatus: 4.4.7\n"
      "Diagnostic-Code: smtp; 554 4.4.7 Message expired.<421 4.4.2 Connection timed out>\n",
      "ann@shop.example failed 4.4.2 expired 421", "Amazon SES: the answer that led to it" },
    { "Final-Recipient: rfc822; ann@shop.example\nAction: failed\nStatus: 5.1.0\n"
      "Diagnostic-Code: smtp; 5.1.0 - Unknown address error 550-'5.7.1 Access denied' "
      "(delivery attempts: 0)\n",
      "ann@shop.example failed 5.7.1 securityerror 550", "IronPort's wrapper" },
    { "Final-Recipient: rfc822; ann@shop.example\n"
      "X-Actual-Recipient: X-Unix; |/usr/local/bin/sort-mail\nAction: failed\nStatus: 5.3.0\n"
      "Diagnostic-Code: X-Unix; 255\n",
      "ann@shop.example failed 5.3.0 mailererror ", "a program behind an alias" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat (
          DAEMON "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
                 "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
                 "--b\n\nIt did not work.\n--b\nContent-Type: message/delivery-status\n\n",
          cases[i].status,
          "\n--b\nContent-Type: text/rfc822-headers\n\nReturn-Path: <b+1@desk.example.org>\n"
          "Message-ID:\n <out.1@desk.example.org>\nSubject: =?utf-8?q?=C3=84?=\n--b--\n",
          NULL);
      g_autoptr (PdMail) mail = parse (text);
      g_autoptr (GString) got = g_string_new (NULL);

      for (guint k = 0; k < mail->bounce_recipients->len; k++)
        {
          const PdBounceRecipient *one = mail->bounce_recipients->pdata[k];

          g_string_append_printf (got, "%s%s %s %s %s %s", k > 0 ? "," : "", one->address,
                                  one->action, one->status, one->reason, one->reply_code);
        }
      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (got->str, ==, cases[i].want);
      g_assert_cmpstr (mail->original_message_id, ==, "out.1@desk.example.org");
      g_assert_cmpstr (mail->original_subject, ==, "Ä");
      g_assert_cmpstr (mail->original_return_path, ==, "b+1@desk.example.org");
    }
}

/* The same report in the shapes that programs give it. */
static void
test_shapes (void)
{
#define STATUS                                                                                     \
  "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; ann@shop.example\n"              \
  "Action: failed\nStatus: 5.1.1\n"
  static const struct {
    const char *mail, *kind, *why;
    guint recipients;
  } cases[] = {
    { DAEMON "Subject: Undelivered Mail\nContent-Type: multipart/mixed; boundary=b\n\n"
             "--b\n\nfailed\n--b\nContent-Type: multipart/report; boundary=c\n\n"
             "--c\n\nfailed\n--c\nContent-Type: message/delivery-status\n\n" STATUS
             "\n--c--\n--b--\n",
      "bounce", "inside multipart/mixed", 1 },
    { DAEMON "Subject: Undelivered Mail\nContent-Type: multipart/report; boundary=b\n\n"
             "--b\n\nfailed\n--b\nContent-Type: text/plain\n\n" STATUS "\n--b--\n",
      "bounce", "the status as plain text", 1 },
    { DAEMON "Subject: Undelivered Mail\nContent-Type: text/plain\n\nfailed\n\n" STATUS, "bounce",
      "all in one text", 1 },
    { "From: ann@shop.example\nSubject: Fwd: it\nContent-Type: multipart/mixed; boundary=b\n\n"
      "--b\n\nsee this\n--b\nContent-Type: message/rfc822\n\n" DAEMON
      "Content-Type: multipart/report; report-type=delivery-status; boundary=c\n\n"
      "--c\nContent-Type: message/delivery-status\n\n" STATUS "\n--c--\n--b--\n",
      "mail", "enclosed in a person's mail", 0 },
    { "From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n"
      "Content-Type: text/plain\n\n"
      "{\"Message\":\"{\\\"notificationType\\\":\\\"Bounce\\\",\\\"bounce\\\":"
      "{\\\"bouncedRecipients\\\":[{\\\"emailAddress\\\":\\\"ann@shop.example\\\","
      "\\\"action\\\":\\\"failed\\\",\\\"status\\\":\\\"5.1.1\\\",\\\"diagnosticCode\\\":"
      "\\\"smtp; 550 5.1.1 user unknown\\\"}]},\\\"mail\\\":{\\\"messageId\\\":\\\"x-1\\\"}}\"}\n",
      "bounce", "Amazon's notice", 1 },
    { "From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n"
      "Content-Type: text/plain\n\n{\"notificationType\":\"Complaint\",\"complaint\":"
      "{\"complaintFeedbackType\":\"abuse\"},\"mail\":{\"messageId\":\"x-1\"}}\n",
      "complaint", "Amazon's notice of a complaint", 0 },
    { "From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n\n{\"a\":[[[[\n",
      "mail", "broken JSON", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdMail) mail = parse (cases[i].mail);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (pd_mail_kind_name (mail->kind), ==, cases[i].kind);
      g_assert_cmpuint (mail->bounce_recipients->len, ==, cases[i].recipients);
      if (cases[i].recipients > 0)
        {
          const PdBounceRecipient *one = mail->bounce_recipients->pdata[0];

          g_assert_cmpstr (one->address, ==, "ann@shop.example");
          g_assert_cmpstr (one->status, ==, "5.1.1");
          g_assert_cmpstr (one->reason, ==, "userunknown");
        }
    }
}

static void
test_reason (void)
{
  static const struct {
    const char *said, *status;
    PdBounceCommand at;
    const char *want, *why;
  } cases[] = {
    { "550 No such user", "", PD_BOUNCE_AT_RCPT, "userunknown", "words" },
    { "550 No such user", "", PD_BOUNCE_AT_DATA, "filtered", "behind DATA" },
    { "550 5.1.1 No such user", "5.1.1", PD_BOUNCE_AT_DATA, "userunknown", "the status is sure" },
    { "550 5.2.1 No such user", "5.2.1", PD_BOUNCE_AT_UNKNOWN, "filtered", "RFC 3463: disabled" },
    { "550 no such domain", "5.1.7", PD_BOUNCE_AT_MAIL, "rejected", "the sender's domain" },
    { "450 4.1.2 Domain not found", "4.1.2", PD_BOUNCE_AT_UNKNOWN, "networkerror", "not for good" },
    { "550 Go away", "", PD_BOUNCE_AT_CONNECT, "blocked", "the client is meant" },
    { "550 Go away", "", PD_BOUNCE_AT_UNKNOWN, "onhold", "nothing is told" },
    { "", "", PD_BOUNCE_AT_UNKNOWN, "undefined", "nothing at all" },
    { "550 5.7.1 hm", "5.7.1", PD_BOUNCE_AT_DATA, "securityerror", "the status alone" },
    { "552 5.2.3 Message size exceeds what he wants", "5.2.3", PD_BOUNCE_AT_UNKNOWN, "exceedlimit",
      "the recipient's limit" },
    { "552 5.3.4 Message size exceeds what we want", "5.3.4", PD_BOUNCE_AT_UNKNOWN, "mesgtoobig",
      "the system's limit" },
    { "550 <spam@virus.example>: user unknown", "5.1.1", PD_BOUNCE_AT_RCPT, "userunknown",
      "addresses are no words" },
    { "550-5.2.2 The account you wrote to is over 550-5.2.2 quota, see 550 5.2.2 "
      "https://example.com/?p=OverQuotaPerm x",
      "5.2.2", PD_BOUNCE_AT_RCPT, "mailboxfull", "a provider's link" },
    { "550 SPF check failed", "", PD_BOUNCE_AT_MAIL, "authfailure", "words before the command" },
    { "550 5.7.509 Access denied", "5.7.509", PD_BOUNCE_AT_DATA, "authfailure",
      "Microsoft's code" },
    { "550 5.7.606 Access denied", "5.7.606", PD_BOUNCE_AT_CONNECT, "blocked", "Microsoft's code" },
    { "554 Connection timed out; in the queue too long", "", PD_BOUNCE_AT_UNKNOWN, "expired",
      "time" },
    { "550 Unable to contact LDAP server; in the queue too long", "", PD_BOUNCE_AT_UNKNOWN,
      "systemerror", "why it waited tells more than that it did" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *code = pd_bounce_dup_reply_code (cases[i].said);
      PdBounceClues clues = { .action = "failed",
                              .status = cases[i].status,
                              .reply_code = code,
                              .said = cases[i].said,
                              .server = "",
                              .reporter = "",
                              .at = cases[i].at };

      g_test_message ("%s: %s", cases[i].why, cases[i].said);
      g_assert_cmpstr (pd_bounce_reason (&clues), ==, cases[i].want);
    }
  g_assert_true (pd_bounce_is_hard ("userunknown", "5.1.1"));
  g_assert_true (pd_bounce_is_hard ("notaccept", "5.4.4"));
  g_assert_false (pd_bounce_is_hard ("notaccept", "4.4.4"));
  g_assert_false (pd_bounce_is_hard ("mailboxfull", "5.2.2"));
}

static void
test_answer (void)
{
  static const struct {
    const char *text, *status, *code, *why;
  } cases[] = {
    { "550 5.1.1 no", "5.1.1", "550", "an answer" },
    { "smtp; 550-5.7.26 no", "5.7.26", "550", "a long one" },
    { "554 554 5.7.1 no", "5.7.1", "554", "Gmail repeats the code" },
    { "553 sorry (#5.7.1)", "5.7.1", "553", "qmail" },
    { "host mx[192.0.2.5] said: 450 4.2.0 no", "4.2.0", "450", "no IP address" },
    { "from 4.59.91.193 at port 587", "", "", "an IP address and a port" },
    { "5.0.0 then 550 5.2.2 full", "5.2.2", "550", "behind a code" },
    { "550 5.0.0 then (#5.2.2)", "5.2.2", "550", "more than x.0.0" },
    { "it is 5.1.", "", "", "cut off" },
    { "", "", "", "nothing" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *status = pd_bounce_dup_status (cases[i].text);
      g_autofree char *code = pd_bounce_dup_reply_code (cases[i].text);

      g_test_message ("%s: %s", cases[i].why, cases[i].text);
      g_assert_cmpstr (status, ==, cases[i].status);
      g_assert_cmpstr (code, ==, cases[i].code);
    }
}

/* What must not grow without bound. */
static void
test_bounds (void)
{
  g_autoptr (GString) text = g_string_new (
      DAEMON "Subject: Undelivered Mail\nContent-Type: multipart/report; boundary=b\n\n"
             "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n");
  g_autoptr (PdMail) mail = NULL;

  for (guint i = 0; i < 3000; i++)
    g_string_append_printf (text, "\nFinal-Recipient: rfc822; a%u@b.c\nAction: failed\n", i);
  g_string_append (text, "\n--b--\n");
  mail = parse (text->str);
  g_assert_cmpuint (mail->bounce_recipients->len, ==, 1000);
  g_clear_pointer (&mail, pd_mail_free);

  g_string_assign (text, DAEMON "Subject: Undelivered Mail\n\nfailed: ");
  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "<a%u@b.c>\n%s", i, i % 3 == 0 ? ">>> RCPT TO:<<<" : "");
  mail = parse (text->str);
  g_assert_cmpuint (mail->bounce_recipients->len, <=, 1000);
  for (guint i = 0; i < mail->bounce_recipients->len; i++)
    g_assert_cmpuint (strlen (((PdBounceRecipient *)mail->bounce_recipients->pdata[i])->diagnostic),
                      <=, 4000);
}

static void
test_json (void)
{
  g_autoptr (PdMail) mail = parse (DAEMON "Subject: failure notice\n\n<ann@shop.example>:\n"
                                          "Remote host said: 550 5.1.1 User unknown\n");
  g_autofree char *json = pd_mail_to_json (mail);

  g_assert_nonnull (strstr (json, "\"reason\":\"userunknown\""));
  g_assert_nonnull (strstr (json, "\"original_message_id\":\"\""));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/bounce/words", test_words);
  g_test_add_func ("/bounce/status", test_status);
  g_test_add_func ("/bounce/shapes", test_shapes);
  g_test_add_func ("/bounce/reason", test_reason);
  g_test_add_func ("/bounce/answer", test_answer);
  g_test_add_func ("/bounce/bounds", test_bounds);
  g_test_add_func ("/bounce/json", test_json);
  result = g_test_run ();
  pd_mail_shutdown ();
  return result;
}
