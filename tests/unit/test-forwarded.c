/* test-forwarded.c - mails that pass another mail on, as programs write them. */
#include <string.h>

#include "mail/forwarded.h"
#include "mail/mail.h"

/* "Name <address>", or "" */
static char *
dup_from (const PdForwarded *one)
{
  return one->from == NULL ? g_strdup ("")
                           : g_strdup_printf ("%s <%s>", one->from->name, one->from->address);
}

static char *
dup_addresses (const GPtrArray *list)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            ((const PdAddress *)list->pdata[i])->address);
  return g_string_free (text, FALSE);
}

static PdMail *
read_file (const char *name, GBytes **out_raw)
{
  g_autofree char *file = g_strconcat (name, ".eml", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "mail", file, NULL);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  *out_raw = g_bytes_new_take (data, size);
  return pd_mail_parse (*out_raw, NULL, NULL);
}

#define JANE "Jane Doe <jane@customer.example>"
#define DEAD "The printer is dead.\n"

static void
test_forms (void)
{
  static const struct {
    const char *file, *above, *from, *subject, *date, *to, *visible, *why;
  } cases[] = {
    { "forward-gmail", "Please take this one.\n", JANE, "Printer", "Mon, Nov 2, 2026 at 10:00 AM",
      "eva@desk.example", "The printer is dead.\n\nJane\n", "Gmail, as text" },
    { "forward-html", "Please take it.\n", JANE, "Printer", "Mon, Nov 2, 2026 at 10:00 AM",
      "eva@desk.example", DEAD, "Gmail, as HTML" },
    { "forward-outlook", "FYI\n", JANE, "RE: Printer", "Monday, November 2, 2026 10:00 AM",
      "eva@desk.example desk2@desk.example", DEAD,
      "Outlook: a block below a rule; a folded field" },
    { "forward-apple", "Take this, please.\n", JANE, "Printer", "2. November 2026 at 10:00:00 CET",
      "eva@desk.example", DEAD, "Apple Mail quotes what it passes on" },
    { "forward-thunderbird", "", JANE, "Printer", "Mon, 2 Nov 2026 10:00:00 +0100",
      "eva@desk.example", DEAD, "Thunderbird" },
    { "forward-german", "Bitte übernehmen.\n", JANE, "Drucker", "Montag, 2. November 2026 10:00",
      "", "Der Drucker geht nicht.\n", "old Outlook in German" },
    { "forward-french", "", JANE, "Imprimante", "lun. 2 nov. 2026 à 10:00", "eva@desk.example",
      "L'imprimante est morte.\n", "a blank before each colon" },
    { "forward-russian", "", "Иван Петров <ivan@customer.example>", "Принтер",
      "Понедельник, 2 ноября 2026, 10:00 +03:00", "eva@desk.example", "Принтер не печатает.\n",
      "with a line at the end" },
    { "forward-ukrainian", "", "Олена <olena@customer.example>", "Принтер",
      "пн, 2 лист. 2026 р. о 10:00", "eva@desk.example", "Принтер не друкує.\n",
      "Gmail in Ukrainian" },
    { "forward-attribution", "Look.\n", JANE, "Printer", "", "",
      "The printer is dead.\nAnd cold.\n", "nothing but an attribution" },
    { "forward-no-address", "", "", "Printer", "Monday, November 2, 2026 10:00 AM", "", DEAD,
      "Outlook leaves the address out within its house" },
    { "forward-attached", "Please take this one.\n", JANE, "Printer", "", "eva@desk.example", DEAD,
      "attached" },
    { "forward-attached-encoded", "Please take this one.\n", JANE, "Printer", "",
      "eva@desk.example", DEAD, "attached in an encoding, and with a subject of its own" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) raw = NULL;
      g_autoptr (PdMail) mail = read_file (cases[i].file, &raw);
      const PdForwarded *one = mail->forwarded;
      g_autofree char *from = NULL;
      g_autofree char *to = NULL;

      g_test_message ("%s: %s", cases[i].file, cases[i].why);
      g_assert_nonnull (one);
      from = dup_from (one);
      to = dup_addresses (one->to);
      g_assert_cmpuint (one->found, ==, 1);
      g_assert_cmpstr (one->above, ==, cases[i].above);
      g_assert_cmpstr (from, ==, cases[i].from);
      g_assert_cmpstr (one->subject, ==, cases[i].subject);
      g_assert_cmpstr (one->date_text, ==, cases[i].date);
      g_assert_cmpstr (to, ==, cases[i].to);
      g_assert_cmpstr (one->visible, ==, cases[i].visible);
    }
}

static void
test_none (void)
{
  static const struct {
    const char *file, *why;
  } cases[] = {
    { "plain", "no mail is passed on" },
    { "forward-quoted", "the mark stands in what is answered" },
    { "answer-with-mail", "an answer that brings a mail is an answer" },
    { "dsn", "a report" },
    { "gmail-html-reply", "a reply" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) raw = NULL;
      g_autoptr (PdMail) mail = read_file (cases[i].file, &raw);

      g_test_message ("%s: %s", cases[i].file, cases[i].why);
      g_assert_null (mail->forwarded);
    }
}

/* An attached mail tells more, and its files are to be had from the raw mail. */
static void
check_attached (const char *name)
{
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (PdMail) mail = read_file (name, &raw);
  const PdForwarded *one = mail->forwarded;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  const PdPart *file;

  g_assert_true (one->attached);
  g_assert_cmpstr (one->message_id, ==, "original@customer.example");
  g_assert_cmpuint (one->references->len, ==, 2);
  g_assert_cmpstr (one->references->pdata[0], ==, "before@customer.example");
  g_assert_cmpstr (one->references->pdata[1], ==, "before2@customer.example");
  g_assert_true (one->has_date);
  g_assert_cmpint (one->date, ==, G_GINT64_CONSTANT (1793610000) * G_USEC_PER_SEC);
  g_assert_cmpuint (one->attachments->len, ==, 1);
  file = one->attachments->pdata[0];
  g_assert_cmpstr (file->name, ==, "report.pdf");
  bytes = pd_mail_decode_part (raw, file->offset, file->length, file->encoding, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "%PDF", 4);
  g_assert_cmpuint (mail->attachments->len, ==, 1); /* the mail itself */
}

static void
test_attached (void)
{
  check_attached ("forward-attached");
  check_attached ("forward-attached-encoded");
}

static void
test_several (void)
{
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (PdMail) mail = read_file ("forward-several", &raw);

  g_assert_nonnull (mail->forwarded);
  g_assert_cmpuint (mail->forwarded->found, ==, 2);
  g_assert_null (mail->forwarded->from);
}

static void
test_subjects (void)
{
  static const struct {
    const char *subject, *want, *why;
  } cases[] = {
    { "Fwd: FW: printer", "printer", "all of them" },
    { "WG: Drucker", "Drucker", "German" },
    { "TR : Imprimante", "Imprimante", "a blank before the colon" },
    { "Re: Fwd: printer", "Re: Fwd: printer", "an answer keeps what it answers" },
    { "Forward: march", "Forward: march", "a word like another" },
    { "", "", "nothing" },
    { ":", ":", "nothing but a colon" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = pd_forwarded_dup_subject (cases[i].subject);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/forwarded/forms", test_forms);
  g_test_add_func ("/forwarded/none", test_none);
  g_test_add_func ("/forwarded/attached", test_attached);
  g_test_add_func ("/forwarded/several", test_several);
  g_test_add_func ("/forwarded/subjects", test_subjects);
  return g_test_run ();
}
