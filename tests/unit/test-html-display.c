/* What is kept of a mail's HTML for display is what its sender wrote: it is
 * cleaned where it is shown (doc/html-display.md).
 */
#include <string.h>

#include "mail/mail.h"

static const char head[] = "From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n";

static PdMail *
read_mail (const char *fields, const char *body, gsize length)
{
  GString *mail = g_string_new (head);
  g_autoptr (GBytes) bytes = NULL;

  g_string_append (mail, fields);
  g_string_append (mail, "\r\n");
  g_string_append_len (mail, body, (gssize)length);
  bytes = g_string_free_to_bytes (mail);
  return pd_mail_parse (bytes, NULL, NULL);
}

static void
test_kept (void)
{
  static const char html[] = "Content-Type: text/html; charset=utf-8\r\n";
  static const struct {
    const char *fields, *body, *want;
    const char *why;
  } cases[] = {
    { html, "<script>x()</script><p onclick=x>a</p>\n", "<script>x()</script><p onclick=x>a</p>\n",
      "scripts are the display's affair" },
    { html, "<a href=\"java&#115;cript:x\">a</a><img src=http://x.org/1>\n",
      "<a href=\"java&#115;cript:x\">a</a><img src=http://x.org/1>\n", "addresses, references" },
    { html, "<!--[if mso]>a<![endif]--><p>b\n", "<!--[if mso]>a<![endif]--><p>b\n",
      "comments, an open element" },
    { html, "<meta charset=koi8-r><p>\xC3\xA9\r\n", "<meta charset=koi8-r><p>\xC3\xA9\n",
      "a charset in the HTML changes nothing" },
    { "Content-Type: text/html; charset=koi8-r\r\n", "<p>\xC1</p>\r\n", "<p>\xD0\xB0</p>\n",
      "the charset is undone" },
    { "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n",
      "<p class=3D\"a\">b=\r\nc</p>\r\n", "<p class=\"a\">bc</p>\n", "the encoding is undone" },
    { "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n", "PGI+YTwvYj4=\r\n",
      "<b>a</b>", "base64" },
    { "Content-Type: multipart/alternative; boundary=b\r\n",
      "--b\r\n\r\na\r\n--b\r\nContent-Type: text/html\r\n\r\n<i>a</i>\r\n--b--\r\n", "<i>a</i>",
      "beside a plain text" },
    { "Content-Type: text/plain\r\n", "<b>a</b>\r\n", "", "plain text is no HTML" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PdMail) mail = read_mail (cases[i].fields, cases[i].body, strlen (cases[i].body));

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (mail->html, ==, cases[i].want);
    }
}

static void
test_bound (void)
{
  g_autoptr (GString) body = g_string_new ("<p>");
  g_autoptr (PdMail) mail = NULL;

  while (body->len < PD_MAIL_MAX_TEXT + 1000)
    g_string_append (body, "\xC3\xA9\xC3\xA9\xC3\xA9\n");
  mail = read_mail ("Content-Type: text/html; charset=utf-8\r\n", body->str, body->len);
  g_assert_cmpuint (strlen (mail->html), <=, PD_MAIL_MAX_TEXT);
  g_assert_cmpuint (strlen (mail->html), >, PD_MAIL_MAX_TEXT - 8);
  g_assert_true (g_utf8_validate (mail->html, -1, NULL));
  g_assert_true (strncmp (mail->html, body->str, strlen (mail->html)) == 0);
  g_assert_cmpuint (mail->defects->len, >, 0);
}

int
main (int argc, char **argv)
{
  int failed;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/html-display/kept", test_kept);
  g_test_add_func ("/html-display/bound", test_bound);
  failed = g_test_run ();
  pd_mail_shutdown ();
  return failed;
}
