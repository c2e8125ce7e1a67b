#include <string.h>

#include "mail/mail.h"

static PdMail *
read_text (const char *subject, const char *text)
{
  char *whole = g_strdup_printf ("From: a@example.org\nSubject: %s\n"
                                 "Content-Type: text/plain; charset=utf-8\n\n%s",
                                 subject, text);
  g_autoptr (GBytes) raw = g_bytes_new_take (whole, strlen (whole));

  return pd_mail_parse (raw, NULL, NULL);
}

static void
test_visible (void)
{
  static const struct {
    const char *subject, *text, *visible, *signature;
    const char *why;
  } cases[] = {
    { "x", "one\n\ntwo\n", "one\n\ntwo\n", "", "no reply" },
    { "x", "yes\n\nOn Mon, 2 Nov 2026, Bob <b@c.d> wrote:\n> really?\n", "yes\n", "", "English" },
    { "x", "yes\n\nOn Mon, 2 Nov 2026 at 10:00, Bob\n<b@c.d> wrote:\n\n> really?\n", "yes\n", "",
      "in two lines" },
    { "x", "ja\n\nAm 02.11.26 um 10:00 schrieb Bob:\n> wirklich?\n", "ja\n", "", "German" },
    { "x", "да\n\n02.11.2026 10:00, Боб пишет:\n> правда?\n", "да\n", "", "Russian" },
    { "x", "так\n\n2 лист. 2026 р. 10:00 \"Bob\" <b@c.d> пише:\n> справді?\n", "так\n", "",
      "Ukrainian" },
    { "x", "oui\n\nLe 2 nov. 2026 à 10:00, Bob a écrit :\n> vraiment ?\n", "oui\n", "", "French" },
    { "x", "yes\n\n-----Original Message-----\nFrom: Bob\n\nreally?\n", "yes\n", "", "Outlook" },
    { "x",
      "yes\n\n________________________________\nFrom: Bob\nSent: Monday\nTo: Ann\n"
      "Subject: x\n\nreally?\n",
      "yes\n", "", "Outlook's rule and block" },
    { "x", "ja\n\nVon: Bob\nGesendet: Montag\nAn: Ann\nBetreff: x\n\nwirklich?\n", "ja\n", "",
      "German block" },
    { "x", "yes\n> really?\n", "yes\n", "", "a quote at the end, without attribution" },
    { "x", "> really?\n\nyes\n", "> really?\n\nyes\n", "", "a quote that is answered stays" },
    { "x", "On Mon, 2 Nov 2026, Bob <b@c.d> wrote:\n> one?\n\nyes\n\n> two?\n\nno\n",
      "> one?\n\nyes\n\n> two?\n\nno\n", "", "answers between the lines" },
    { "x", "On Mon, 2 Nov 2026, Bob <b@c.d> wrote:\n> one?\n\nyes\n", "yes\n", "", "answer below" },
    { "x", "look\n\n---------- Forwarded message ---------\nFrom: Bob\nDate: x\nSubject: y\n\nz\n",
      "look\n\n---------- Forwarded message ---------\nFrom: Bob\nDate: x\nSubject: y\n\nz\n", "",
      "a forwarded mail is the message" },
    { "Fwd: x", "look\n\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: x\n\nz\n",
      "look\n\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: x\n\nz\n", "", "by its subject" },
    { "x", "yes\n\n-- \nAnn\nACME\n", "yes\n", "-- \nAnn\nACME\n", "a signature" },
    { "x", "yes\n\nSent from my iPhone\n", "yes\n", "Sent from my iPhone\n", "a device's" },
    { "x", "yes\n\nSent from my desk, is much easier\n",
      "yes\n\nSent from my desk, is much easier\n", "", "a sentence" },
    { "x", "On this day 5 years ago I wrote something\nand it was good\n",
      "On this day 5 years ago I wrote something\nand it was good\n", "", "a sentence" },
    { "x", "To: do\nthings\n", "To: do\nthings\n", "", "one field is no block" },
    { "x", "> only a quote\n", "> only a quote\n", "", "something must stay" },
    { "x", "", "", "", "nothing" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdMail) mail = read_text (cases[i].subject, cases[i].text);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (mail->text, ==, cases[i].text);
      g_assert_cmpstr (mail->visible, ==, cases[i].visible);
      g_assert_cmpstr (mail->signature_text, ==, cases[i].signature);
    }
}

static guint
count_letters (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += !g_ascii_isspace (*text);
  return n;
}

/* What is not visible is folded: nothing is lost. */
static void
test_nothing_lost (void)
{
  g_autoptr (PdMail) mail = read_text (
      "x", "one--- On Mon, 2 Nov 2026, Bob <b@c.d> wrote:\n> two\n\nthree\n-- \nfour\n");
  guint n = count_letters (mail->visible);

  g_assert_cmpuint (mail->folded->len, ==, 3);
  for (guint i = 0; i < mail->folded->len; i++)
    n += count_letters (((PdFolded *)mail->folded->pdata[i])->text);
  g_assert_cmpuint (n, ==, count_letters (mail->text));
  g_assert_cmpstr (mail->visible, ==, "one\n\nthree\n");
  g_assert_cmpstr (((PdFolded *)mail->folded->pdata[0])->kind, ==, "header");
  g_assert_cmpstr (((PdFolded *)mail->folded->pdata[1])->kind, ==, "quote");
  g_assert_cmpstr (((PdFolded *)mail->folded->pdata[2])->kind, ==, "signature");
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/reply/visible", test_visible);
  g_test_add_func ("/reply/nothing-lost", test_nothing_lost);
  result = g_test_run ();
  pd_mail_shutdown ();
  return result;
}
