/* Our own mails (tests/mail) fact by fact; mails made to hurt; the corpus. */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "mail/mail-json.h"
#include "mail/mail.h"
#include "tests/lib/mail-fact.h"

static PdMail *
read_file (const char *path, GBytes **out_raw)
{
  g_autoptr (GError) error = NULL;
  char *data = NULL;
  gsize size = 0;
  PdMail *mail;

  if (!g_file_get_contents (path, &data, &size, &error))
    g_error ("%s", error->message);
  *out_raw = g_bytes_new_take (data, size);
  mail = pd_mail_parse (*out_raw, NULL, NULL);
  return mail;
}

static const struct {
  const char *file;
  const char *fact;
  const char *want;
  const char *why;
} cases[] = {
#include "test-mail-cases.h"
};

static void
test_own (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strconcat (cases[i].file, ".eml", NULL);
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "mail", name, NULL);
      g_autoptr (GBytes) raw = NULL;
      g_autoptr (PdMail) mail = read_file (path, &raw);
      g_autofree char *got = test_mail_dup_fact (mail, cases[i].fact);

      g_test_message ("%s: %s", cases[i].file, cases[i].why);
      g_assert_cmpstr (got, ==, cases[i].want);
      test_mail_assert_promises (raw, mail);
    }
}

static void
test_content_hash (void)
{
  static const char head[] = "From: a@example.org\nSubject: x\nMessage-ID: <m@example.org>\n";
  static const struct {
    const char *trace, *body;
    gboolean same;
    const char *why;
  } mails[] = {
    { "", "one\ntwo\n", TRUE, "itself" },
    { "Received: from b by c\nDelivered-To: x@example.com\n", "one\ntwo\n", TRUE,
      "trace fields are another delivery's" },
    { "To: other@example.com\n", "one\ntwo\n", TRUE, "another of our addresses" },
    { "", "one\r\ntwo\r\n", TRUE, "line ends" },
    { "", "one\ntwo\n\n", TRUE, "an empty line at the end" },
    { "", "one\ntwo three\n", FALSE, "another text" },
    { "Date: Tue, 24 Nov 2026 10:00:00 +0000\n", "one\ntwo\n", FALSE, "another date" },
  };
  g_autofree char *first = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (mails); i++)
    {
      char *text = g_strconcat (mails[i].trace, head, "\n", mails[i].body, NULL);
      g_autoptr (GBytes) raw = g_bytes_new_take (text, strlen (text));
      g_autoptr (PdMail) mail = pd_mail_parse (raw, NULL, NULL);

      if (first == NULL)
        first = g_strdup (mail->content_sha256);
      g_test_message ("%s", mails[i].why);
      g_assert_cmpuint (strlen (mail->content_sha256), ==, 64);
      g_assert_true ((strcmp (first, mail->content_sha256) == 0) == mails[i].same);
    }
}

typedef struct {
  const char *head;  /* once */
  const char *piece; /* `times` times */
  guint times;
  const char *tail;
  const char *why;
} Hostile;

static const Hostile hostile[] = {
  { "", "", 0, "", "nothing at all" },
  { "", "\n", 100000, "", "line ends only" },
  { "", "X-Header: value\n", 100000, "\nbody\n", "100,000 header fields" },
  { "To: a@b.c", ",\n a@example.org", 100000, "\n\nbody\n", "100,000 recipients" },
  { "To: ", "g:", 100000, "a@b.c\n\nbody\n", "groups in groups" },
  { "To : ", "g:", 100000, "a@b.c\n\nbody\n", "the same behind an odd field name" },
  { "From: ", "(", 100000, "\n\nbody\n", "comments in comments" },
  { "From: ", "@", 100000, "\n\nbody\n", "nothing but @" },
  { "Content-Type: multipart/mixed; boundary=b\n\n",
    "--b\nContent-Type: multipart/mixed; boundary=b\n\n", 3000, "", "multiparts in multiparts" },
  { "", "Content-Type: message/rfc822\n\n", 3000, "x\n", "mails in mails" },
  { "Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n", 50000, "--b--\n",
    "50,000 parts" },
  { "Content-Type: multipart/mixed; boundary=b\n\n",
    "--b\nContent-Type: message/rfc822\n\nSubject: y\n\nx\n", 50000, "--b--\n", "50,000 mails" },
  { "References: ", "<a@b>\n ", 100000, "\n\nx\n", "100,000 references" },
  { "Content-Type: text/plain; ", "a*1=x;\n ", 20000, "\n\nx\n", "20,000 parameters" },
  { "From: a@b.c\nContent-Type: text/html\n\n", "<div>", 200000, "x", "elements in elements" },
  { "From: a@b.c\nContent-Type: text/html\n\n<a ", "b=c ", 200000, ">x", "200,000 attributes" },
  { "From: a@b.c\nContent-Type: text/html\n\n", "<!--", 200000, "x", "comments without an end" },
  { "From: a@b.c\n\n", "On 1 a@b wrote:\n> x\n", 100000, "", "attributions" },
  { "From: a@b.c\n\n", "From: x\n\n", 100000, "", "lines like a header block" },
  { "From: mailer-daemon@b.c\nSubject: failure notice\n\n", "<a@b.c>: failed\n", 100000, "",
    "a bounce of many" },
  { "Content-Type: message/delivery-status\n\n", "Final-Recipient: x;a@b\nAction: failed\n\n",
    50000, "", "a report on many" },
};

/* AddressSanitizer copies at each realloc, which glibc does not: GMime's growing
 * of a long header is quadratic then.
 */
#ifdef PD_SANITIZERS
#define SHARE 20
#else
#define SHARE 1
#endif

static GBytes *
make (const Hostile *one)
{
  GString *text = g_string_new (one->head);

  for (guint i = 0; i < one->times / SHARE; i++)
    g_string_append (text, one->piece);
  g_string_append (text, one->tail);
  return g_string_free_to_bytes (text);
}

static void
test_hostile (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autoptr (GBytes) raw = make (&hostile[i]);
      g_autoptr (PdMail) mail = NULL;

      g_test_message ("%s", hostile[i].why);
      mail = pd_mail_parse (raw, "", "");
      test_mail_assert_promises (raw, mail);
      g_assert_cmpuint (mail->to->len, <=, PD_MAIL_MAX_ADDRESSES);
      g_assert_cmpuint (mail->references->len, <=, PD_MAIL_MAX_REFERENCES);
    }
}

static void
test_decode_refuses (void)
{
  g_autoptr (GBytes) raw = g_bytes_new_static ("QUJD", 4);
  g_autoptr (GBytes) cut = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (pd_mail_decode_part (raw, -1, 4, "base64", &error));
  g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
  g_clear_error (&error);
  g_assert_null (pd_mail_decode_part (raw, 0, 4, "rot13", &error));
  g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
  g_clear_error (&error);
  cut = pd_mail_decode_part (raw, 0, 1000, "base64", &error);
  g_assert_cmpuint (g_bytes_get_size (cut), ==, 3);
}

static gpointer
parse_often (gpointer data)
{
  for (guint i = 0; i < 200; i++)
    pd_mail_free (pd_mail_parse (data, NULL, NULL));
  return NULL;
}

static void
test_threads (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "mail", "mixed.eml", NULL);
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (PdMail) mail = read_file (path, &raw);
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("parse", parse_often, raw);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static guint
walk_corpus (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GBytes) raw = NULL;
      g_autoptr (PdMail) mail = NULL;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        n += walk_corpus (path);
      if (!g_str_has_suffix (name, ".eml"))
        continue;
      mail = read_file (path, &raw);
      test_mail_assert_promises (raw, mail);
      n++;
    }
  return n;
}

static void
test_corpus (void)
{
  const char *given = g_getenv ("PD_CORPUS");
  g_autofree char *usual
      = g_build_filename (g_test_get_dir (G_TEST_DIST), "..", "..", "shared", "corpus", NULL);
  guint n = walk_corpus (given != NULL ? given : usual);

  if (n == 0)
    g_test_skip ("no corpus of mails; PD_CORPUS names it");
  else
    g_test_message ("%u mails", n);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/mail/own", test_own);
  g_test_add_func ("/mail/content-hash", test_content_hash);
  g_test_add_func ("/mail/hostile", test_hostile);
  g_test_add_func ("/mail/decode-refuses", test_decode_refuses);
  g_test_add_func ("/mail/threads", test_threads);
  g_test_add_func ("/mail/corpus", test_corpus);
  result = g_test_run ();
  pd_mail_shutdown ();
  return result;
}
