/* Comparators, match types, wildcards and regular expressions of Sieve, as tables. */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "sieve/sieve-address.h"
#include "sieve/sieve-keys.h"

#define OCTET   "i;octet"
#define CASE    "i;ascii-casemap"
#define UNICODE "i;unicode-casemap"
#define NUMBER  "i;ascii-numeric"

static int
match (const char *comparator, PdSieveMatchType type, PdSieveRelation relation, const char *value, const char *key,
       PdSieveCaptures *captures)
{
  g_autoptr (PdSieveKeys) keys = pd_sieve_keys_new (type, relation, pd_sieve_comparator_find (comparator));
  g_autoptr (PdSieveRegexWork) work = pd_sieve_regex_work_new (100000, 1000);
  PdSieveSubject subject;
  int found;

  g_assert_true (pd_sieve_keys_add (keys, key, NULL));
  pd_sieve_subject_init (&subject, value, strlen (value));
  found = pd_sieve_keys_match (keys, &subject, work, captures);
  pd_sieve_subject_clear (&subject);
  return found;
}

static void
test_equal (void)
{
  static const struct { const char *comparator; PdSieveMatchType type; const char *value, *key; int want; const char *why; } cases[] = {
    { OCTET, PD_SIEVE_IS, "Hello", "Hello", 1, "the same octets" },
    { OCTET, PD_SIEVE_IS, "Hello", "hello", 0, "octets have no case" },
    { CASE, PD_SIEVE_IS, "Hello", "hELLO", 1, "ASCII letters have none either way" },
    { CASE, PD_SIEVE_IS, "", "", 1, "empty is empty" },
    { CASE, PD_SIEVE_IS, "a", "", 0, "and nothing else" },
    { CASE, PD_SIEVE_IS, "\xc3\x81", "\xc3\xa1", 0, "beyond ASCII case counts" },
    { UNICODE, PD_SIEVE_IS, "\xc3\x81", "\xc3\xa1", 1, "RFC 5051: title case" },
    { UNICODE, PD_SIEVE_IS, "a\xcc\x81", "\xc3\x81", 1, "RFC 5051: decomposed" },
    { UNICODE, PD_SIEVE_IS, "\xc7\x84", "\xc7\x86", 1, "a digraph, by its title case" },
    { UNICODE, PD_SIEVE_IS, "\xef\xbc\xa1", "a", 1, "a wide letter, by its compatible form" },
    { UNICODE, PD_SIEVE_IS, "\xff", "\xff", 1, "what is no UTF-8 is itself" },
    { NUMBER, PD_SIEVE_IS, "0012abc", "12", 1, "leading zeros and what follows do not count" },
    { NUMBER, PD_SIEVE_IS, "0", "000", 1, "zero" },
    { NUMBER, PD_SIEVE_IS, "two", "one", 1, "what is no number is infinite" },
    { NUMBER, PD_SIEVE_IS, "", "0", 0, "and not zero" },
    { CASE, PD_SIEVE_CONTAINS, "Make Money Fast", "MONEY", 1, "within" },
    { CASE, PD_SIEVE_CONTAINS, "Money", "", 1, "empty is in all" },
    { CASE, PD_SIEVE_CONTAINS, "", "", 1, "in the empty too" },
    { CASE, PD_SIEVE_CONTAINS, "Mone", "Money", 0, "longer than the value" },
    { OCTET, PD_SIEVE_CONTAINS, "Make Money", "money", 0, "by octets" },
    { UNICODE, PD_SIEVE_CONTAINS, "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", "\xd0\xbf\xd1\x80\xd0\x98", 1, "Cyrillic" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (match (cases[i].comparator, cases[i].type, PD_SIEVE_EQ, cases[i].value, cases[i].key, NULL), ==, cases[i].want);
    }
}

static void
test_order (void)
{
  static const struct { const char *comparator; PdSieveRelation relation; const char *value, *key; int want; const char *why; } cases[] = {
    { NUMBER, PD_SIEVE_GT, "100", "20", 1, "by value" },
    { CASE, PD_SIEVE_GT, "100", "20", 0, "by letters" },
    { NUMBER, PD_SIEVE_LT, "", "12", 0, "infinite is not below" },
    { NUMBER, PD_SIEVE_GT, "x", "99999999999999999999999999", 1, "infinite is over all" },
    { NUMBER, PD_SIEVE_GE, "x", "y", 1, "and equal to infinite" },
    { NUMBER, PD_SIEVE_GT, "99999999999999999999999998", "99999999999999999999999997", 1, "numbers have no bound" },
    { CASE, PD_SIEVE_LT, "a", "B", 1, "case does not count" },
    { CASE, PD_SIEVE_GT, "_", "b", 1, "RFC 4790 9.2: as capitals" },
    { OCTET, PD_SIEVE_GT, "a", "B", 1, "by octets" },
    { CASE, PD_SIEVE_LT, "ab", "abc", 1, "the begin of another is below it" },
    { CASE, PD_SIEVE_NE, "a", "A", 0, "equal" },
    { CASE, PD_SIEVE_LE, "a", "A", 1, "equal" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (match (cases[i].comparator, PD_SIEVE_VALUE, cases[i].relation, cases[i].value, cases[i].key, NULL), ==,
                       cases[i].want);
    }
}

/* "whole|first|second" of what was taken. */
static char *
taken (const char *value, const PdSieveCaptures *captures)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < captures->n; i++)
    {
      g_string_append (out, i > 0 ? "|" : "");
      g_string_append_len (out, value + captures->spans[i].start, (gssize) captures->spans[i].length);
    }
  return g_string_free (out, FALSE);
}

static void
test_captures (void)
{
  static const struct { PdSieveMatchType type; const char *comparator, *value, *key, *want, *why; } cases[] = {
    { PD_SIEVE_MATCH, CASE, "abc", "ABC", "abc", "no wildcard" },
    { PD_SIEVE_MATCH, CASE, "abcd", "abc", NULL, "must be all of it" },
    { PD_SIEVE_MATCH, CASE, "", "", "", "empty" },
    { PD_SIEVE_MATCH, CASE, "", "*", "|", "a star takes nothing too" },
    { PD_SIEVE_MATCH, CASE, "", "?", NULL, "a question mark takes one" },
    { PD_SIEVE_MATCH, CASE, "[acme-users] Re: x", "[*] *", "[acme-users] Re: x|acme-users|Re: x", "RFC 5229 3.2" },
    { PD_SIEVE_MATCH, CASE, "a.b.c.com", "*.*.com", "a.b.c.com|a|b.c", "as little as it can, from the left" },
    { PD_SIEVE_MATCH, CASE, "abab", "*ab", "abab|ab", "the end is anchored" },
    { PD_SIEVE_MATCH, CASE, "aXbXc", "*x?x*", "aXbXc|a|b|c", "both kinds" },
    { PD_SIEVE_MATCH, CASE, "abc", "**", "abc||abc", "two stars" },
    { PD_SIEVE_MATCH, CASE, "abc", "*?", "abc|ab|c", "one at the end" },
    { PD_SIEVE_MATCH, CASE, "abc", "?*", "abc|a|bc", "one at the begin" },
    { PD_SIEVE_MATCH, CASE, "abc", "*?*", "abc||a|bc", "one in the middle" },
    { PD_SIEVE_MATCH, CASE, "a*c", "a\\*c", "a*c", "an escaped star" },
    { PD_SIEVE_MATCH, CASE, "abc", "a\\*c", NULL, "is no wildcard" },
    { PD_SIEVE_MATCH, CASE, "a?\\", "a\\?\\\\", "a?\\", "others" },
    { PD_SIEVE_MATCH, CASE, "a\\", "a\\", "a\\", "a last backslash is one" },
    { PD_SIEVE_MATCH, CASE, "aa", "a*a*a", NULL, "pieces do not overlap" },
    { PD_SIEVE_MATCH, CASE, "aaa", "a*a*a", "aaa||", "they may touch" },
    { PD_SIEVE_MATCH, CASE, "h\xc3\xa1llo", "h?llo", "h\xc3\xa1llo|\xc3\xa1", "a character, not an octet" },
    { PD_SIEVE_MATCH, CASE, "h\xc3\xa1llo", "h??llo", NULL, "not two" },
    { PD_SIEVE_MATCH, CASE, "xh\xc3\xa1", "*?", "xh\xc3\xa1|xh|\xc3\xa1", "from the end too" },
    { PD_SIEVE_MATCH, UNICODE, "\xc3\xa1llo W\xc3\x96rld", "\xc3\x81?lo *w?r*", "\xc3\xa1llo W\xc3\x96rld|l||\xc3\x96|ld", "what is taken is the value's" },
    { PD_SIEVE_MATCH, UNICODE, "\xc3\xa1", "?", "\xc3\xa1|\xc3\xa1", "one character, though it folds to two" },
    { PD_SIEVE_MATCH, OCTET, "aBc", "a*c", "aBc|B", "octets" },
    { PD_SIEVE_MATCH, OCTET, "aBc", "a*C", NULL, "octets" },
    { PD_SIEVE_REGEX, CASE, "xOnex", "(o)(z)?(ne)", "One|O||ne", "a group without a part" },
    { PD_SIEVE_REGEX, OCTET, "One", "one", NULL, "case counts" },
    { PD_SIEVE_REGEX, CASE, "a\\b", "[\\]b", "\\b", "a backslash in brackets is one" },
    { PD_SIEVE_REGEX, CASE, "a]b", "[]x]b", "]b", "a bracket that comes first" },
    { PD_SIEVE_REGEX, CASE, "a[b", "[[x]b", "[b", "an opening one" },
    { PD_SIEVE_REGEX, CASE, "ab12", "[[:digit:]]+$", "12", "classes" },
    { PD_SIEVE_REGEX, CASE, "aaa", "a+?", "aaa", "repeated again, not lazy" },
    { PD_SIEVE_REGEX, CASE, "(a)", "a)", "a)", "a closing parenthesis alone" },
    { PD_SIEVE_REGEX, CASE, "aaaa", "^a{,3}", "aaa", "up to three" },
    { PD_SIEVE_REGEX, CASE, "abab", "^(ab)\\1$", "abab|ab", "back reference" },
    { PD_SIEVE_REGEX, CASE, "a cat", "\\<cat\\>", "cat", "words" },
    { PD_SIEVE_REGEX, CASE, "a\n", "a$", NULL, "the end is the end" },
    { PD_SIEVE_REGEX, CASE, "a\nb", "a.b", "a\nb", "a dot is any character" },
    { PD_SIEVE_REGEX, CASE, "", "^$", "", "empty" },
    { PD_SIEVE_REGEX, CASE, "\xc3\xa1", "^.$", "\xc3\xa1", "UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdSieveCaptures captures = { .n = 0 };
      g_autofree char *got = NULL;

      g_test_message ("%s: %s", cases[i].key, cases[i].why);
      if (match (cases[i].comparator, cases[i].type, PD_SIEVE_EQ, cases[i].value, cases[i].key, &captures) > 0)
        got = taken (cases[i].value, &captures);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
}

static void
test_broken_regex (void)
{
  static const char *const broken[] = { "(a", "*a", "a|*b", "(*a)", "[a", "[[:foo:]]", "[[.a.]]", "a{", "a{2", "a{3,2}", "a{256}",
                                        "a\\", "(?:a)", "\\2(a)", "^*" };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdSieveRegex) regex = pd_sieve_regex_new (broken[i], TRUE, &error);

      g_test_message ("%s: %s", broken[i], error != NULL ? error->message : "");
      g_assert_null (regex);
      g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
    }
}

static void
test_bounded_regex (void)
{
  g_autofree char *value = g_strnfill (40, 'a');
  g_autofree char *key = g_strdup ("(a*)*b\\1");

  g_assert_cmpint (match (CASE, PD_SIEVE_REGEX, PD_SIEVE_EQ, value, key, NULL), <=, 0);
  g_assert_cmpint (match (CASE, PD_SIEVE_REGEX, PD_SIEVE_EQ, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", "^(a|aa|aaa)+\\1$", NULL), ==, -1);
}

static void
test_many_keys (void)
{
  g_autoptr (PdSieveKeys) keys = pd_sieve_keys_new (PD_SIEVE_IS, PD_SIEVE_EQ, pd_sieve_comparator_find (CASE));
  PdSieveSubject subject;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *key = g_strdup_printf ("Person%u@example.org", i);

      g_assert_true (pd_sieve_keys_add (keys, key, NULL));
    }
  pd_sieve_subject_init (&subject, "PERSON77@Example.org", 20);
  g_assert_cmpint (pd_sieve_keys_match (keys, &subject, NULL, NULL), ==, 1);
  pd_sieve_subject_clear (&subject);
  pd_sieve_subject_init (&subject, "PERSON101@Example.org", 21);
  g_assert_cmpint (pd_sieve_keys_match (keys, &subject, NULL, NULL), ==, 0);
  pd_sieve_subject_clear (&subject);
}

static void
test_address_parts (void)
{
  static const struct { const char *address; PdSieveAddressPart part; const char *want, *why; } cases[] = {
    { "joe+work@Example.org", PD_SIEVE_PART_ALL, "joe+work@Example.org", "all" },
    { "joe+work@Example.org", PD_SIEVE_PART_LOCAL, "joe+work", "before the at sign" },
    { "joe+work@Example.org", PD_SIEVE_PART_DOMAIN, "Example.org", "behind it" },
    { "joe+work@Example.org", PD_SIEVE_PART_USER, "joe", "RFC 5233" },
    { "joe+work+x@Example.org", PD_SIEVE_PART_DETAIL, "work+x", "from the first separator on" },
    { "joe@Example.org", PD_SIEVE_PART_USER, "joe", "without separator all" },
    { "joe@Example.org", PD_SIEVE_PART_DETAIL, NULL, "without separator none" },
    { "joe+@Example.org", PD_SIEVE_PART_DETAIL, "", "an empty detail is one" },
    { "\"a@b\"@Example.org", PD_SIEVE_PART_LOCAL, "a@b", "quotes are no part of it" },
    { "\"a\\\"b\"@Example.org", PD_SIEVE_PART_LOCAL, "a\"b", "nor are backslashes" },
    { "joe", PD_SIEVE_PART_DOMAIN, NULL, "no domain" },
    { "joe", PD_SIEVE_PART_LOCAL, "joe", "all is local" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = pd_sieve_address_part (cases[i].address, cases[i].part, "+");

      g_test_message ("%s: %s", cases[i].address, cases[i].why);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sieve-match/equal", test_equal);
  g_test_add_func ("/sieve-match/order", test_order);
  g_test_add_func ("/sieve-match/captures", test_captures);
  g_test_add_func ("/sieve-match/broken-regex", test_broken_regex);
  g_test_add_func ("/sieve-match/bounded-regex", test_bounded_regex);
  g_test_add_func ("/sieve-match/many-keys", test_many_keys);
  g_test_add_func ("/sieve-match/address-parts", test_address_parts);
  return g_test_run ();
}
