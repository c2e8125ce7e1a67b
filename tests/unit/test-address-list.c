/* Lists of addresses in the forms of the standards and in all the others. */
#include "mail/address-list.h"

#include <string.h>

#include "mail/charset.h"
#include "mail/mail-fields.h"
#include "mail/mail.h"

static char *
dup_list (const char *raw, guint max, gboolean *out_all)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (pd_address_fields.free);
  GString *out = g_string_new (NULL);

  *out_all = pd_address_list_add (list, raw, max);
  for (guint i = 0; i < list->len; i++)
    {
      const PdAddress *one = list->pdata[i];

      g_string_append_printf (out, "%s%s<%s>", i > 0 ? " " : "", one->name, one->address);
    }
  return g_string_free (out, FALSE);
}

static const struct {
  const char *raw, *want, *why;
} cases[] = {
  /* RFC 5322 */
  { "a@b.example", "<a@b.example>", "an address" },
  { "Ann <a@B.Example>", "Ann<a@b.example>", "domains are in small letters" },
  { "\"Doe, Ann\" <a@b.example>", "Doe, Ann<a@b.example>", "a comma in quotes" },
  { "\"a \\\"b\\\" \\\\c\" <a@b.example>", "a \"b\" \\c<a@b.example>", "quoted pairs" },
  { "Ann\r\n Doe\r\n\t<a@b.example>", "Ann Doe<a@b.example>", "folds" },
  { "a@b.example, Bob <b@c.example>,c@d.example", "<a@b.example> Bob<b@c.example> <c@d.example>",
    "a list" },
  { "Team: a@b.example, Bob <b@c.example>;, c@d.example",
    "<a@b.example> Bob<b@c.example> <c@d.example>", "a group" },
  { "undisclosed-recipients:;", "", "an empty group" },
  { "\"a group\": a@b.example;", "<a@b.example>", "a group with a quoted name" },
  { "\"ann doe\"@b.example", "<\"ann doe\"@b.example>", "a blank in a local part" },
  { "\"ann.doe\"@b.example", "<ann.doe@b.example>", "quotes that are not needed" },
  { "\"a@b\"@c.example", "<\"a@b\"@c.example>", "an @ in quotes" },
  { "Ann <\"d>e\"@f.example>", "Ann<\"d>e\"@f.example>", "a bracket in quotes" },
  { "a@[192.0.2.1]", "<a@[192.0.2.1]>", "an address literal" },
  { "a@[IPv6:2001:db8::1], b@c.example", "<a@[ipv6:2001:db8::1]> <b@c.example>", "another" },
  { "<a@b.example> (Ann)", "Ann<a@b.example>", "a comment is the name" },
  { "a@b.example (Ann (of B))", "Ann (of B)<a@b.example>", "a comment in a comment" },
  { "a(x)@(y)b.example", "y<a@b.example>", "comments within" },
  { "Ann (sales) <a@b.example>", "Ann<a@b.example>", "a comment beside a name" },
  /* RFC 5322 4.4 */
  { "<@x.example,@y.example:a@b.example>", "<a@b.example>", "a route" },
  { "a . b @ c . example", "<a.b@c.example>", "blanks around dots" },
  { "a@b.example,,\r\n ,c@d.example,", "<a@b.example> <c@d.example>", "empty places" },
  { "Ann Q. Doe <a@b.example>", "Ann Q. Doe<a@b.example>", "a dot in a name" },
  /* RFC 6532 */
  { "Олена <олена@приклад.укр>", "Олена<олена@приклад.укр>", "as it is" },
  { "J\xFCrgen <j@b.example>", "Jürgen<j@b.example>", "8-bit" },
  /* RFC 2047 */
  { "=?utf-8?B?0J7Qu9C10L3QsA==?= <a@b.example>", "Олена<a@b.example>", "a word" },
  { "=?utf-8?Q?Doe,_Ann?= <a@b.example>", "Doe, Ann<a@b.example>", "a comma in a word" },
  { "\"=?utf-8?Q?Doe,_Ann?=\" <a@b.example>", "Doe, Ann<a@b.example>", "a word in quotes" },
  { "=?utf-8?Q?Doe=2C?= Ann <a@b.example>", "Doe, Ann<a@b.example>", "a word and plain text" },
  { "=?koi8-r?B?8NI=?= =?utf-8?B?0LjQstC10YI=?= <a@b.example>", "Привет<a@b.example>",
    "two charsets, cut within a word" },
  { "a@b.example (=?utf-8?Q?J=C3=BCrgen?=)", "Jürgen<a@b.example>", "a word in a comment" },
  { "=?utf-8?Q?Ann_=3Ca=40b=2Eexample=3E?=", "Ann<a@b.example>", "all of it in a word" },
  /* what programs write */
  { "Doe, Ann <a@b.example>", "Doe, Ann<a@b.example>", "a comma without quotes" },
  { "Doe, Ann <a@b.example>, Roe, Bob <b@c.example>", "Doe, Ann<a@b.example> Roe, Bob<b@c.example>",
    "two of them" },
  { "a@b.example; c@d.example", "<a@b.example> <c@d.example>", "a semicolon" },
  { "a@b.example c@d.example", "<a@b.example> <c@d.example>", "a blank" },
  { "Ann <a@b.example> Bob <b@c.example>", "Ann<a@b.example> Bob<b@c.example>", "no comma" },
  { "<a@b.example><b@c.example>", "<a@b.example> <b@c.example>", "no comma" },
  { "Ann a@b.example", "Ann<a@b.example>", "no brackets" },
  { "Ann <a@b.example", "Ann<a@b.example>", "one bracket" },
  { "Ann <a@b.example, Bob <b@c.example>", "Ann<a@b.example> Bob<b@c.example>", "one bracket" },
  { "Ann a@b.example>", "Ann<a@b.example>", "the other bracket" },
  { "Ann [a@b.example]", "Ann<a@b.example>", "other brackets" },
  { "Ann (a@b.example)", "Ann<a@b.example>", "other brackets" },
  { "<<a@b.example>>", "<a@b.example>", "too many brackets" },
  { "Ann <Doe> <a@b.example>", "Ann<Doe> <a@b.example>", "a name in brackets" },
  { "a@b.example <a@b.example>", "a@b.example<a@b.example>", "the address as name" },
  { "\"a@b.example\"", "<a@b.example>", "the address in quotes" },
  { "'a@b.example'", "<a@b.example>", "in the other quotes" },
  { "\"Ann <a@b.example>\"", "Ann<a@b.example>", "all of it in quotes" },
  { "<\"a@b.example\">", "<a@b.example>", "quotes in brackets" },
  { "mailto:a@b.example", "<a@b.example>", "a link" },
  { "Ann <mailto:a@b.example>", "Ann<a@b.example>", "a link" },
  { "\"Ann <a@b.example>", "Ann<a@b.example>", "a quote that is not closed" },
  { "Ann (Doe <a@b.example>", "Ann (Doe<a@b.example>", "a comment that is not closed" },
  { "a@b.example.", "<a@b.example>", "a dot at the end" },
  { "Ann <a b@c.example>", "Ann<\"a b\"@c.example>", "a blank in a local part" },
  /* no domain */
  { "Ann <ann>", "Ann<ann>", "a name of the sender's system" },
  { "root", "<root>", "the same alone" },
  { "Whoever", "Whoever<>", "a name and no address" },
  { "Cron Daemon", "Cron Daemon<>", "a name and no address" },
  { "<>", "", "nobody" },
  { "", "", "nothing" },
  { " , ; :", "", "signs only" },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean all;
      g_autofree char *got = dup_list (cases[i].raw, 100, &all);

      if (strcmp (got, cases[i].want) != 0)
        {
          g_test_message ("%s: \"%s\" instead of \"%s\"", cases[i].why, got, cases[i].want);
          g_test_fail ();
        }
      g_assert_true (all);
    }
}

/* Forms that make a careless reader look at all that follows, again and again. */
static void
test_hostile (void)
{
  static const char *const pieces[]
      = { "@ ",   "@[",   "<a ",  "\"a\" ",   "(a",     "Aa, ",
          "a@b ", "a . ", "<@a,", "\"a@b\" ", "=?a?b?", "=?utf-8?q?=40?= " };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (GString) raw = g_string_new (NULL);
      g_autofree char *got = NULL;
      gboolean all;

      while (raw->len < 250000)
        g_string_append (raw, pieces[i]);
      got = dup_list (raw->str, 1000, &all);
      g_assert_true (g_utf8_validate (got, -1, NULL));
    }
}

static void
test_bound (void)
{
  gboolean all;
  g_autofree char *two = dup_list ("a@b.c, b@b.c, c@b.c", 2, &all);

  g_assert_cmpstr (two, ==, "<a@b.c> <b@b.c>");
  g_assert_false (all);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pd_charset_init ();
  g_test_add_func ("/address-list/cases", test_cases);
  g_test_add_func ("/address-list/bound", test_bound);
  g_test_add_func ("/address-list/hostile", test_hostile);
  result = g_test_run ();
  pd_charset_shutdown ();
  return result;
}
