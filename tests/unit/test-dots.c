#include "net/dots.h"

#include <string.h>

static const struct {
  const char *sent;
  const char *mail; /* NULL: it does not end */
  gboolean bare;
  const char *why;
} cases[] = {
  { "a\r\n.\r\n", "a\r\n", FALSE, "the plain case" },
  { ".\r\n", "", FALSE, "an empty mail" },
  { "\r\n.\r\n", "\r\n", FALSE, "an empty line" },
  { "..\r\n.\r\n", ".\r\n", FALSE, "a dot is doubled" },
  { "a\r\n..b\r\n.c\r\n.\r\n", "a\r\n.b\r\nc\r\n", FALSE, "any first dot goes" },
  { "a.\r\nb.c\r\n.\r\n", "a.\r\nb.c\r\n", FALSE, "other dots stay" },
  { "a\n.\nb\r\n.\r\n", "a\n.\nb\r\n", TRUE, "LF.LF ends nothing" },
  { "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n", TRUE, "LF.CRLF ends nothing" },
  { "a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n", TRUE, "CRLF.LF ends nothing" },
  { "a\r.\rb\r\n.\r\n", "a\r.\rb\r\n", TRUE, "CR.CR ends nothing" },
  { "a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n", TRUE, "CRLF.CR ends nothing" },
  { "a\r\n.\r\r\nb\r\n.\r\n", "a\r\n\r\r\nb\r\n", TRUE, "CRLF.CR CRLF ends nothing" },
  { "a\r\r\n.\r\n", "a\r\r\n", TRUE, "CR CRLF is a line end with a CR before it" },
  { "a\r\n\r\n.\r\n", "a\r\n\r\n", FALSE, "empty lines stay" },
  { "a\r\n.", NULL, FALSE, "not yet" },
  { "a\r\n.\r", NULL, FALSE, "not yet" },
};

static void
check_read (gsize i, gsize piece)
{
  PdDots dots = PD_DOTS_INIT;
  g_autoptr (GString) mail = g_string_new (NULL);
  g_autofree char *sent = g_strconcat (cases[i].sent, cases[i].mail ? "QUIT\r\n" : "", NULL);
  gsize length = strlen (sent), taken = 0;

  while (taken < length && !dots.end)
    {
      char plain[64 + PD_DOTS_SLACK];
      gsize n;

      taken += pd_dots_read (&dots, sent + taken, MIN (piece, length - taken), plain, &n);
      g_string_append_len (mail, plain, (gssize)n);
    }
  g_test_message ("%s, in pieces of %" G_GSIZE_FORMAT, cases[i].why, piece);
  g_assert_cmpint (dots.end, ==, cases[i].mail != NULL);
  g_assert_cmpint (dots.bare, ==, cases[i].bare);
  g_assert_cmpuint (taken, ==, strlen (cases[i].sent));
  if (cases[i].mail != NULL)
    g_assert_cmpstr (mail->str, ==, cases[i].mail);
}

static void
test_read (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize piece = 1; piece <= 32; piece++)
      check_read (i, piece);
}

static void
test_write (void)
{
  static const struct {
    const char *mail;
    const char *want;
    const char *why;
  } writes[] = {
    { "a\r\n", "a\r\n.\r\n", "the plain case" },
    { "", ".\r\n", "an empty mail" },
    { "a", "a\r\n.\r\n", "the last line gets its end" },
    { ".\r\n..\r\n", "..\r\n...\r\n.\r\n", "dots are doubled" },
    { "a\n.\nb\rc", "a\r\n..\r\nb\r\nc\r\n.\r\n", "a bare CR or LF is not sent" },
    { "\r\n\r\n", "\r\n\r\n.\r\n", "empty lines stay" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (writes); i++)
    {
      g_autoptr (GString) into = g_string_new (NULL);

      g_test_message ("%s", writes[i].why);
      pd_dots_write (into, writes[i].mail, strlen (writes[i].mail));
      g_assert_cmpstr (into->str, ==, writes[i].want);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dots/read", test_read);
  g_test_add_func ("/dots/write", test_write);
  return g_test_run ();
}
