#include <string.h>

#include "mail/html-text.h"
#include "mail/mail.h"
#include "mail/reply.h"

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
    { "x", "> one\n>> two\n\n> three\n", "> one\n>> two\n\n> three\n", "", "all quotes" },
    { "x", "-- \nAnn\nACME\n", "-- \nAnn\nACME\n", "", "nothing but a signature" },
    { "x", "On Mon, 2 Nov 2026, Bob <b@c.d> wrote:\n> one?\n",
      "On Mon, 2 Nov 2026, Bob <b@c.d> wrote:\n> one?\n", "", "an empty answer shows all" },
    { "x", "-----\n\n", "-----\n", "", "nothing but a rule" },
    { "x", "\xE2\x80\x8F\xC2\xA0\n", "\xE2\x80\x8F\xC2\xA0\n", "", "nothing that is seen" },
    { "x",
      "yes\n\n\xE2\x80\xABOn Mon, 2\xC2\xA0Nov 2026 at 10:00\xE2\x80\xAF"
      "AM, Bob <b@c.d> wrote:\xE2\x80\xAC\n\xE2\x80\x8F> one?\n",
      "yes\n", "", "direction marks and narrow blanks" },
    { "x",
      "yes\n\nOn Monday, 2 November 2026 at ten minutes past ten o'clock in the morning\n"
      "Bob Roe of the company with the long name in the town with the longer one\n"
      "<bob@example.org> wrote:\n\n> one?\n",
      "yes\n", "", "in three lines" },
    { "x", "yes---- On Mon, 2 Nov 2026 10:00:00 +0000 Bob<b@c.d> wrote ----\none?\n", "yes\n", "",
      "on the answer's line" },
    { "x", "on it\nBob <b@c.d> wrote:\n> one?\n", "on it\n", "", "no empty line above" },
    { "x", "On it.\nOn Mon, 2 Nov 2026, Bob <b@c.d> wrote:\n> one?\n", "On it.\n", "",
      "a line above that begins alike" },
    { "x", "yes\nBob wrote:\n> one?\n", "yes\n", "", "a name only, above a quote" },
    { "x",
      "да\n\nпонедельник, 2 ноября 2026 года в десять часов утра,\nБоб Роу "
      "<b@example.org> написал:\n> да?\n",
      "да\n", "", "a date in the line above" },
    { "x", "yes\n\n*From:* Bob <b@c.d>\n*Sent:* Monday\n*To:* Ann\n\none?\n", "yes\n", "",
      "a bold block without a subject" },
    { "x", "yes\n\nFrom: Bob <b@c.d>\n\nSent: Monday\n\nTo: Ann\n\nSubject: x\n\none?\n", "yes\n",
      "", "a block with empty lines" },
    { "x", "yes\n\n##- Please type your reply above this line -##\n\nYour ticket\n", "yes\n", "",
      "a delimiter" },
    { "x", "##- Please type your reply above this line -##\n\nyes\n",
      "##- Please type your reply above this line -##\n\nyes\n", "", "a delimiter above all" },
    { "x",
      "yes\n\nRegards\nAnn\n\nThis email and any attachments are confidential and intended "
      "only for the addressee.\n",
      "yes\n\nRegards\nAnn\n", "", "a disclaimer" },
    { "x", "This email is confidential, but please read it.\n\nCan you help?\n",
      "This email is confidential, but please read it.\n\nCan you help?\n", "",
      "a sentence like a disclaimer, not at the end" },
    { "x",
      "yes\n\n> one?\n\n_______________________________________________\nusers mailing "
      "list\nusers@example.org\nhttp://example.org/mailman/listinfo/users\n",
      "yes\n", "", "a quote and a list's footer" },
    { "x", "yes\n\n-- \nAnn\n\nSent from my iPhone\n", "yes\n", "-- \nAnn\n\nSent from my iPhone\n",
      "two signatures" },
    { "x", "yes\n\nOn Mon, 2 Nov 2026, Bob <b@c.d> wrote:\n> one?\n\nRegards, Ann\n",
      "yes\n\nRegards, Ann\n", "", "text around a quote" },
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

/* The sender's own text that looks like a mark: all of it stays. */
static void
test_own_text (void)
{
  static const struct {
    const char *text, *why;
  } cases[] = {
    { "On Monday I wrote:\nplease help\nand nobody did\n", "no date" },
    { "On 2 Nov 2026 I wrote:\nplease help\nand nobody did\n", "his own words" },
    { "On page 12 of the manual Bob wrote:\npress the button\n", "no date" },
    { "hello\n\nOn 2 Nov 2026 at 10:00 we met the man.\nHe wrote it down.\n", "no colon" },
    { "hello\n\nThe text of 2 Nov 2026:\nis lost\n", "no verb" },
    { "hello\n\nAt 10:00 please write to Bob <bob@example.org>:\nhe knows\n", "no verb" },
    { "Am 2.11.2026 schrieb ich:\nbitte helfen\n", "German" },
    { "Le 2 nov. 2026 elle a écrit :\naidez-moi\n", "French" },
    { "2.11.2026 я написал:\nпомогите\n", "Russian" },
    { "I go\nFrom: Berlin\nTo: Munich\nDate: 5 May\nplease book it\n", "a travel order" },
    { "we need\nFrom: the printer\nTo: the shelf\n", "two fields" },
    { "see the header\n\nReturn-Path: <b@c.d>\nFrom: Bob <b@c.d>\nTo: ann@example.org\n"
      "Subject: x\nDate: Mon, 2 Nov 2026 10:00:00 +0000\n\nwhat is wrong with it?\n",
      "the header of a mail, pasted" },
    { "the form says\nName: Ann\nDate: 2 Nov 2026\nSubject: printers\n", "a form" },
    { "5a6\n> new\n", "diff: a line added" },
    { "look\n1,2c1\n< a\n< b\n---\n> c\n", "diff: a line changed" },
    { "it prints\n\n> ERROR 17\n\nwhat now?\n", "\"> \" of the sender" },
    { "SELECT 1;\n--\nSELECT 2;\n" /* more lines than a signature has */
      "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21\n22\n23\n24\n25\n"
      "26\n27\n28\n29\n30\n31\n",
      "\"--\" of a program" },
    { "--force is not known\n--version is\n", "options" },
    { "one\n-----\ntwo\n-----\nthree\n", "rules between" },
    { "a | b\n--|--\n1 | 2\n", "a table" },
    { "Sent from my desk, which is full of papers, with the best regards\n", "a sentence" },
    { "2026-11-02 10:00:01 host app[1]: started\n2026-11-02 10:00:02 host app[1]: failed:\n"
      "no such file\n",
      "a log" },
    { "The original message was lost\n", "words of a mark" },
    { "I wrote above this line\n", "words of a delimiter" },
    { "Please write to me:\n\nann@example.org\n", "an address" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdMail) mail = read_text ("x", cases[i].text);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (mail->visible, ==, cases[i].text);
      g_assert_cmpuint (mail->folded->len, ==, 0);
    }
}

/* The kinds of pieces, one letter each. */
static void
test_kinds (void)
{
  static const struct {
    const char *text, *want, *why;
  } cases[] = {
    { "a\n", "w", "written" },
    { "", "", "nothing" },
    { "a\nOn Mon, 2 Nov 2026, Bob <b@c.d> wrote:\n> b\n", "whq", "an attribution" },
    { "a\n-- \nAnn\nOn Mon, 2 Nov 2026, Bob <b@c.d> wrote:\n> b\n", "wshq",
      "a signature above it" },
    { "a\n-- \nAnn\n\nThis message is confidential and meant for its reader only.\n", "wsd",
      "a disclaimer below a signature" },
    { "On Mon, 2 Nov 2026, Bob <b@c.d> wrote:\n> b\n\na\n> c\nd\n", "hw", "answers within" },
    { "a--- On Mon, 2 Nov 2026, Bob <b@c.d> wrote:\n> b\n", "whq", "on one line" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) pieces = pd_reply_split (cases[i].text, FALSE, NULL);
      g_autoptr (GString) got = g_string_new (NULL);

      for (guint k = 0; k < pieces->len; k++)
        g_string_append_c (got, *pd_piece_name (g_array_index (pieces, PdPiece, k).kind));
      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (got->str, ==, cases[i].want);
    }
}

/* What the HTML marks: [from, to) are the lines of the mark. */
static void
test_spans (void)
{
  static const struct {
    const char *text;
    PdHtmlSpanKind kind;
    guint from, to;
    gboolean forwards;
    const char *want, *why;
  } cases[] = {
    { "a\nb\nc\n", PD_HTML_SPAN_QUOTE, 1, 3, FALSE, "wq", "a quote" },
    { "a\nb\nc\n", PD_HTML_SPAN_QUOTE, 0, 2, FALSE, "qw", "a quote above" },
    { "a\nb\nc\n", PD_HTML_SPAN_QUOTE, 0, 3, FALSE, "w", "nothing else" },
    { "a\nb\nc\n", PD_HTML_SPAN_QUOTE, 1, 3, TRUE, "w", "passed on, by the subject" },
    { "a\nb\n> c\n", PD_HTML_SPAN_FORWARD, 1, 3, FALSE, "w", "passed on" },
    { "a\nb\nc\n", PD_HTML_SPAN_SIGNATURE, 1, 3, FALSE, "ws", "a signature" },
    { "a\nb\nc\n", PD_HTML_SPAN_SIGNATURE, 1, 2, FALSE, "wsw", "a signature and more" },
    { "a\nb\n> c\n", PD_HTML_SPAN_ATTRIBUTION, 1, 2, FALSE, "whq", "an attribution" },
    { "a\n> b\nc\n> d\ne\n", PD_HTML_SPAN_QUOTE, 1, 5, FALSE, "w", "answers in the quote" },
    { "a\nBob <b@c.d> wrote:\nb\n", PD_HTML_SPAN_QUOTE, 2, 3, FALSE, "whq",
      "an attribution above a quote" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PdHtmlSpan));
      g_autoptr (GArray) pieces = NULL;
      g_autoptr (GString) got = g_string_new (NULL);
      const char *begin = cases[i].text, *end;
      PdHtmlSpan span = { .kind = cases[i].kind, .source = "test" };

      for (guint k = 0; k < cases[i].from; k++)
        begin = strchr (begin, '\n') + 1;
      end = begin;
      for (guint k = cases[i].from; k < cases[i].to; k++)
        end = strchr (end, '\n') + 1;
      span.offset = (gsize)(begin - cases[i].text);
      span.length = (gsize)(end - begin) - 1;
      g_array_append_val (spans, span);
      pieces = pd_reply_split (cases[i].text, cases[i].forwards, spans);
      for (guint k = 0; k < pieces->len; k++)
        g_string_append_c (got, *pd_piece_name (g_array_index (pieces, PdPiece, k).kind));
      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (got->str, ==, cases[i].want);
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
  g_test_add_func ("/reply/own-text", test_own_text);
  g_test_add_func ("/reply/kinds", test_kinds);
  g_test_add_func ("/reply/spans", test_spans);
  g_test_add_func ("/reply/nothing-lost", test_nothing_lost);
  result = g_test_run ();
  pd_mail_shutdown ();
  return result;
}
