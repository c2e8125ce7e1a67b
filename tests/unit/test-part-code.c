/* Transfer encodings, whole and broken, alone and in chains. */
#include "mail/part-code.h"

#include <string.h>

#include "base/error.h"
#include "mail/mail.h"
#include "mail/uuencode.h"

/* "Cat", then "0123456789" in two lines */
#define UU_CAT "begin 644 cat.txt\n#0V%T\n`\nend\n"
#define UU_DIGITS "begin 0600 ten digits.bin\n%,#$R,S0\n%-38W.#D\n`\nend\n"

static void
test_chains (void)
{
  static const struct {
    const char *bytes, *chain, *want;
    const char *why;
  } cases[] = {
    { "a=b", "7bit", "a=b", "nothing to undo" },
    { "QUJD", "base64", "ABC", "three octets" },
    { "QUI=", "base64", "AB", "padding" },
    { "QQ==", "base64", "A", "padding" },
    { "QUJDRA", "base64", "ABCD", "padding is missing" },
    { "QUJDR", "base64", "ABC", "six bits are no octet" },
    { "QU\r\nJD", "base64", "ABC", "a line end" },
    { "Q U*J\xFF"
      "D",
      "base64", "ABC", "junk" },
    { "=QUJD", "base64", "ABC", "padding before anything" },
    { "QQ==\nQg==\nQw==\n", "base64", "ABC", "lines that were encoded one by one" },
    { "QUI=\n--\nThe list\n", "base64", "AB", "a footer in plain words" },
    { "a=3Db=0A=c3=A4", "quoted-printable", "a=b\nä", "digits in both cases" },
    { "a=\nb=\r\nc= \t\nd", "quoted-printable", "abcd", "soft breaks" },
    { "a=", "quoted-printable", "a", "a soft break at the end" },
    { "a=\rb", "quoted-printable", "ab", "a soft break of old Macintoshes" },
    { "a \t\nb \r\n c ", "quoted-printable", "a\nb\r\n c", "blanks at the ends of lines" },
    { "1=2=ZZ==3D=G1", "quoted-printable",
      "1=2=ZZ=="
      "=G1",
      "sequences that are none" },
    { UU_CAT, "uuencode", "Cat", "a block" },
    { "see\n" UU_CAT "and\n" UU_DIGITS, "uuencode=2", "0123456789", "the second block" },
    { "#0V%T\n`\nend\n", "uuencode", "Cat", "a block without its head" },
    { "begin 644 x\n#0V%T", "uuencode", "Cat", "a block without its end" },
    { "begin 644 x\n#0V%T\nGoodbye, all of you\n", "uuencode", "Cat", "text ends it" },
    { "YmVnaW4=", "base64;binary", "begin", "two steps" },
    { "YmVnaW4gNjQ0IHgKIzBWJVQKYAplbmQK", "base64;uuencode=1", "Cat", "a block inside" },
    { "xxQUJDREVGyy", "part=2+8;base64;part=1+3", "BCD", "parts of parts" },
    { "abc", "part=2+100", "c", "cut to what is there" },
    { "abc", "part=200+100", "", "cut to what is there" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) raw = g_bytes_new_static (cases[i].bytes, strlen (cases[i].bytes));
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) got
          = pd_mail_decode_part (raw, 0, g_bytes_get_size (raw), cases[i].chain, &error);
      g_autofree char *text = NULL;

      g_test_message ("%s", cases[i].why);
      g_assert_no_error (error);
      text = g_strndup (g_bytes_get_data (got, NULL), g_bytes_get_size (got));
      g_assert_cmpstr (text, ==, cases[i].want);
    }
}

static void
test_refused (void)
{
  static const struct {
    const char *chain, *why;
  } cases[] = {
    { "", "no step" },
    { "rot13", "an unknown step" },
    { "base64;;7bit", "an empty step" },
    { "uuencode=1", "there is no block" },
    { "uuencode=0", "blocks count from one" },
    { "uuencode=999999", "more than are looked for" },
    { "part=1", "no length" },
    { "7bit;7bit;7bit;7bit;7bit;7bit;7bit;7bit;7bit", "more steps than are allowed" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) raw = g_bytes_new_static ("QUJD", 4);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].why);
      g_assert_null (pd_mail_decode_part (raw, 0, 4, cases[i].chain, &error));
      g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
    }
}

static void
test_labels (void)
{
  static const struct {
    const char *label;
    PdCode code;
    const char *name;
  } cases[] = {
    { "base64", PD_CODE_BASE64, "base64" },
    { " BASE64 \r\n", PD_CODE_BASE64, "base64" },
    { "\"base64\"", PD_CODE_BASE64, "base64" },
    { "base64; charset=utf-8", PD_CODE_BASE64, "base64" },
    { "Quoted-Printable (made by hand)", PD_CODE_QUOTED, "quoted-printable" },
    { "x-uuencode", PD_CODE_UUENCODE, "uuencode" },
    { "8Bit", PD_CODE_NONE, "8bit" },
    { "x-nonsense", PD_CODE_NONE, "binary" },
    { "", PD_CODE_NONE, "binary" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *name;

      g_assert_cmpint (pd_code_find (cases[i].label, &name), ==, cases[i].code);
      g_assert_cmpstr (name, ==, cases[i].name);
    }
}

static void
test_blocks (void)
{
  static const struct {
    const char *text;
    const char *names; /* of the blocks */
    const char *why;
  } cases[] = {
    { "a\n" UU_CAT "b\n" UU_DIGITS "c\n", "cat.txt|ten digits.bin|", "two files" },
    { "begin 644 empty\n`\nend\n", "empty|", "an empty file" },
    { "begin 644 empty\n \nend\n", "empty|", "a blank for the grave accent" },
    { "begin 644 empty\n\nend\n", "empty|", "whose blank was lost" },
    { "begin 644 x\r\n#0V%T\r\n`\r\nend\r\n", "x|", "CRLF" },
    { "begin 644 x\n#0V%TA\n`\nend\n", "x|", "a sum behind the line" },
    { "We begin 644 x\n#0V%T\n", "", "not at the begin of a line" },
    { "begin 644 x\nDear all, this is text.\n", "", "no data" },
    { "begin with the basics\n#0V%T\n", "", "no mode" },
    { "begin 644 x", "", "nothing follows" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) names = g_string_new (NULL);
      PdUuBlock block = { .end = 0 };

      while (pd_uu_next (cases[i].text, strlen (cases[i].text), block.end, &block))
        g_string_append_printf (names, "%s|", block.name);
      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (names->str, ==, cases[i].names);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/part-code/chains", test_chains);
  g_test_add_func ("/part-code/refused", test_refused);
  g_test_add_func ("/part-code/labels", test_labels);
  g_test_add_func ("/part-code/blocks", test_blocks);
  return g_test_run ();
}
