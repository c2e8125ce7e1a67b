#include "net/path.h"

#include <string.h>

#include "base/error.h"

#define L63 "a23456789b123456789c123456789d123456789e123456789f123456789g123"

static void
test_parse (void)
{
  static const struct {
    const char *text;
    PdPathFlags flags;
    const char *want; /* NULL: refused */
    const char *rest;
    const char *why;
  } cases[] = {
    { "<a@b>", 0, "a@b", "", "plain" },
    { "  <a@b> SIZE=1", 0, "a@b", " SIZE=1", "blanks before, parameters after" },
    { "<>", PD_PATH_NULL, "", "", "the null path" },
    { "<>", 0, NULL, NULL, "the null path where there is none" },
    { "<Postmaster>", PD_PATH_POSTMASTER, "Postmaster", "", "RFC 5321 4.1.1.3" },
    { "<root>", PD_PATH_POSTMASTER, NULL, NULL, "others have a domain" },
    { "<postmaster>", 0, NULL, NULL, "not as sender" },
    { "<a.b+c!#$%&'*/=?^_`{|}~-@b.example>", 0, "a.b+c!#$%&'*/=?^_`{|}~-@b.example", "", "atext" },
    { "<.a@b>", 0, NULL, NULL, "a dot begins" },
    { "<a.@b>", 0, NULL, NULL, "a dot ends" },
    { "<a..b@c>", 0, NULL, NULL, "two dots" },
    { "<\"a..b\"@c>", 0, "\"a..b\"@c", "", "two dots, quoted" },
    { "<\"a.b\"@c>", 0, "a.b@c", "", "needless quotes" },
    { "<\"a\\b\"@c>", 0, "ab@c", "", "needless backslash" },
    { "<\"a \\\"\\\\ b\"@c>", 0, "\"a \\\"\\\\ b\"@c", "", "quoted pairs" },
    { "<\"\"@c>", 0, "\"\"@c", "", "an empty quoted string is one" },
    { "<\"a>b\"@c> X", 0, "\"a>b\"@c", " X", "a quoted bracket ends nothing" },
    { "<\"a@c>", 0, NULL, NULL, "the quote does not end" },
    { "<\"a\\", 0, NULL, NULL, "ends after a backslash" },
    { "<\"a\rb\"@c>", 0, NULL, NULL, "a control" },
    { "<@x,@y.z:a@b>", 0, "a@b", "", "a route is dropped" },
    { "<@x:@y:a@b>", 0, NULL, NULL, "a bad route" },
    { "<@:a@b>", 0, NULL, NULL, "an empty route" },
    { "<a@b.>", 0, NULL, NULL, "a dot ends the domain" },
    { "<a@-b>", 0, NULL, NULL, "a hyphen begins" },
    { "<a@b->", 0, NULL, NULL, "a hyphen ends" },
    { "<a@b-.c>", 0, NULL, NULL, "a hyphen ends a label" },
    { "<a@b_c.d>", 0, "a@b_c.d", "", "hosts with _ exist" },
    { "<a@>", 0, NULL, NULL, "no domain" },
    { "<a@b c>", 0, NULL, NULL, "a blank" },
    { "<a@b", 0, NULL, NULL, "no end" },
    { "a@b", 0, NULL, NULL, "no brackets" },
    { "<a@[192.0.2.1]>", 0, "a@[192.0.2.1]", "", "IPv4" },
    { "<a@[192.0.2.300]>", 0, NULL, NULL, "not IPv4" },
    { "<a@[IPv6:2001:db8::1]>", 0, "a@[IPv6:2001:db8::1]", "", "IPv6" },
    { "<a@[2001:db8::1]>", 0, NULL, NULL, "IPv6 needs its tag" },
    { "<a@[x:y]>", 0, NULL, NULL, "no other kind is registered" },
    { "<a@[]>", 0, NULL, NULL, "an empty literal" },
    { "<a@[192.0.2.1>", 0, NULL, NULL, "a literal without end" },
    { "<дід@приклад.укр>", PD_PATH_UTF8, "дід@приклад.укр", "", "RFC 6531" },
    { "<дід@приклад.укр>", 0, NULL, NULL, "UTF-8 not allowed" },
    { "<\"д д\"@b>", PD_PATH_UTF8, "\"д д\"@b", "", "UTF-8, quoted" },
    { "<\xff@b>", PD_PATH_UTF8, NULL, NULL, "not UTF-8" },
    { "<\xc2\x85@b>", PD_PATH_UTF8, NULL, NULL, "a control of Latin-1" },
    { "<a@" L63 ".b>", 0, "a@" L63 ".b", "", "the longest label" },
    { "<a@" L63 "4.b>", 0, NULL, NULL, "a label too long" },
    { "<" L63 "." L63 "@b>", 0, L63 "." L63 "@b", "", "VERP makes long local parts" },
    { "<" L63 "." L63 "." L63 "." L63 ".a@b>", 0, NULL, NULL, "local part too long" },
    { "<a@" L63 "." L63 "." L63 "." L63 ".a>", 0, NULL, NULL, "domain too long" },
    { "<" L63 "." L63 "@" L63 "." L63 "." L63 ">", 0, L63 "." L63 "@" L63 "." L63 "." L63, "",
      "319 octets" },
    { "<" L63 "." L63 ".b@" L63 "." L63 "." L63 ">", 0, NULL, NULL, "321 octets" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *address = NULL;
      g_autoptr (GError) error = NULL;
      const char *rest;

      g_test_message ("%s", cases[i].why);
      if (pd_path_parse (cases[i].text, cases[i].flags, &address, &rest, &error))
        g_assert_cmpstr (rest, ==, cases[i].rest);
      else
        g_assert_true (pd_error_is (error, PD_ERROR_INVALID));
      g_assert_cmpstr (address, ==, cases[i].want);
    }
}

static void
test_is_address (void)
{
  g_assert_true (pd_path_is_address ("a@b", 0));
  g_assert_true (pd_path_is_address ("\"a b\"@c", 0));
  g_assert_false (pd_path_is_address ("a@b>\r\nDATA", 0));
  g_assert_false (pd_path_is_address ("a@b> NOTIFY=NEVER", 0));
  g_assert_false (pd_path_is_address ("a@b>", 0));
  g_assert_false (pd_path_is_address ("", 0));
  g_assert_true (pd_path_is_address ("", PD_PATH_NULL));
  g_assert_false (pd_path_is_address ("@x:a@b", 0));
  g_assert_false (pd_path_is_address (" a@b", 0));
  g_assert_true (pd_path_is_utf8 ("ї@b"));
  g_assert_false (pd_path_is_utf8 ("i@b"));
}

static void
test_parameters (void)
{
  static const struct {
    const char *text;
    int want;
    const char *last;
    const char *value;
    const char *why;
  } cases[] = {
    { "", 0, NULL, NULL, "none" },
    { "  ", 0, NULL, NULL, "blanks" },
    { " size=10", 1, "SIZE", "10", "keywords in any case" },
    { " SMTPUTF8", 1, "SMTPUTF8", NULL, "no value" },
    { " A=1  B-C=<x@y>", 2, "B-C", "<x@y>", "two" },
    { " A=1 a=2", -1, NULL, NULL, "twice" },
    { "A=1", -1, NULL, NULL, "no blank after the path" },
    { " =1", -1, NULL, NULL, "no keyword" },
    { " A=", -1, NULL, NULL, "no value" },
    { " A==", -1, NULL, NULL, "= in a value" },
    { " -A", -1, NULL, NULL, "a hyphen begins" },
    { " A=\x01", -1, NULL, NULL, "a control" },
    { " A B C D E F G H I J K L M N O P Q", -1, NULL, NULL, "too many" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *names[PD_PATH_MAX_PARAMETERS], *values[PD_PATH_MAX_PARAMETERS];
      g_autofree char *text = g_strdup (cases[i].text);
      int n = pd_path_parameters (text, names, values);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (n, ==, cases[i].want);
      if (n > 0)
        {
          g_assert_cmpstr (names[n - 1], ==, cases[i].last);
          g_assert_cmpstr (values[n - 1], ==, cases[i].value);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/path/parse", test_parse);
  g_test_add_func ("/path/is-address", test_is_address);
  g_test_add_func ("/path/parameters", test_parameters);
  return g_test_run ();
}
