#include <string.h>

#include "mail/charset.h"
#include "mail/encoded-word.h"

static void
test_decode (void)
{
  static const struct {
    const char *bytes, *charset, *want;
    gboolean defect;
    const char *why;
  } cases[] = {
    { "abc", "", "abc", FALSE, "ASCII" },
    { "abc", NULL, "abc", FALSE, "no label" },
    { "\xD0\x9F", "", "П", FALSE, "UTF-8 without a label" },
    { "\xD0\x9F", "us-ascii", "П", FALSE, "UTF-8 that says ASCII" },
    { "Gr\xFC\xDF", "", "Grüß", TRUE, "windows-1252 without a label" },
    { "\x80 \x93x\x94", "iso-8859-1", "€ “x”", FALSE, "Latin 1 is windows-1252 in mail" },
    { "\xCF\xD2\xC9", "koi8-r", "ори", FALSE, "KOI8" },
    { "\xCF\xD2\xC9", "\"KOI8-R\"", "ори", FALSE, "a label in quotes" },
    { "\xCF\xF0\xE8", "win-1251", "При", FALSE, "a label that glibc does not know" },
    { "\xCF\xF0\xE8", "CP-1251", "При", FALSE, "another one" },
    { "\xB0\xA1", "ks_c_5601-1987", "가", FALSE, "Korean" },
    { "\x82\xA0", "x-sjis", "あ", FALSE, "Japanese" },
    { "\x1B$B$\"\x1B(B", "iso-2022-jp", "あ", FALSE, "escapes" },
    { "\x1B$B$\"\x1B(B", "", "あ", FALSE, "escapes without a label" },
    { "\xC4\xE3", "gb2312", "你", FALSE, "Chinese" },
    { "\xA7\x41", "big5", "你", FALSE, "Chinese" },
    { "\xE0\xE1", "iso-8859-8-i", "אב", FALSE, "Hebrew in logical order" },
    { "+BB8-", "unicode-1-1-utf-7", "П", FALSE, "UTF-7" },
    { "\xD0\x9F\xD1\x80", "windows-1252", "Пр", TRUE, "UTF-8 with a wrong label" },
    { "\xD0\x9F\xD1\x80", "utf-8", "Пр", FALSE, "UTF-8" },
    { "Gr\xFC\xDF", "utf-8", "Grüß", TRUE, "not UTF-8, although it says so" },
    { "\xD0\x9F\xD1\x80\xD0\xB8\xD0", "utf-8", "При\xEF\xBF\xBD", TRUE, "cut in a character" },
    { "abc", "x-nonsense", "abc", TRUE, "an unknown label" },
    { "abc", "utf-8//TRANSLIT", "abc", FALSE, "no options to iconv" },
    { "\xEF\xBB\xBF"
      "abc",
      "utf-8", "abc", FALSE, "a byte order mark" },
    { "", "utf-8", "", FALSE, "nothing" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *defect = NULL;
      g_autofree char *got
          = pd_charset_decode (cases[i].bytes, strlen (cases[i].bytes), cases[i].charset, &defect);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (got, ==, cases[i].want);
      g_assert_true ((defect != NULL) == cases[i].defect);
    }
}

/* Whatever the label, any bytes become valid UTF-8. */
static void
test_any_bytes (void)
{
  static const char *const labels[]
      = { "",       "utf-8", "us-ascii", "iso-8859-1", "koi8-r",      "big5",     "gb2312",
          "utf-16", "utf-7", "euc-kr",   "x-sjis",     "iso-2022-jp", "utf-32le", "x" };
  char bytes[512];

  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (char)(i * 7 + (i >> 8));
  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    for (gsize n = 0; n < sizeof bytes; n += 13)
      {
        g_autofree char *got = pd_charset_decode (bytes, n, labels[i], NULL);

        g_assert_true (g_utf8_validate (got, -1, NULL));
      }
}

static void
test_words (void)
{
  static const struct {
    const char *raw, *text, *quoted;
    const char *why;
  } cases[] = {
    { "plain", "plain", "plain", "no word" },
    { "=?utf-8?q?a=C3=A4_b?=", "aä b", "\"aä b\"", "Q" },
    { "=?UTF-8?B?0J7Quw==?=\r\n =?utf-8?B?0LXQvdCw?=", "Олена", "\"Олена\"",
      "padding between words" },
    { "=?utf-8?B?0A==?= =?utf-8?B?ng==?=", "О", "\"О\"", "a character cut in two" },
    { "=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c", "\"a\" b \"c\"", "text between words" },
    { "=?utf-8*en?q?a?=", "a", "\"a\"", "a language (RFC 2231 5)" },
    { "\"=?utf-8?q?a=22b?=\" <x@y>", "\"a\"b\" <x@y>", "\"a\\\"b\" <x@y>", "in quotes" },
    { "x (=?utf-8?q?c?=)", "x (c)", "x (c)", "in a comment" },
    { "=?utf-8?x?a?=", "=?utf-8?x?a?=", "=?utf-8?x?a?=", "an unknown encoding" },
    { "=?utf-8?q?a", "=?utf-8?q?a", "=?utf-8?q?a", "no end" },
    { "=?", "=?", "=?", "nearly nothing" },
    { "=?koi8-r?B?8NI=?= =?utf-8?B?0Lg=?=", "При", "\"Пр\"\"и\"", "two charsets" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = pd_words_decode (cases[i].raw);
      g_autofree char *quoted = pd_words_quote (cases[i].raw);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpstr (quoted, ==, cases[i].quoted);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pd_charset_init ();
  g_test_add_func ("/charset/decode", test_decode);
  g_test_add_func ("/charset/any-bytes", test_any_bytes);
  g_test_add_func ("/charset/words", test_words);
  result = g_test_run ();
  pd_charset_shutdown ();
  return result;
}
