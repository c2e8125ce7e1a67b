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
    { "From: a@b.c\nSubject: Automatic reply: x\n", NULL, "auto-reply", FALSE, "Exchange" },
    { "From: a@b.c\nSubject: Re: Automatic reply: x\n", NULL, "mail", TRUE, "an answer to one" },
    { "From: a@b.c\nContent-Type: text/calendar; method=REQUEST\n", NULL, "calendar", TRUE, "an invitation" },
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

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/kind/kind", test_kind);
  result = g_test_run ();
  pd_mail_shutdown ();
  return result;
}
