#include <string.h>

#include "mail/ticket-ref.h"

static void
test_find (void)
{
  static const struct {
    const char *subject;
    gint64 want;
    const char *why;
  } cases[] = {
    { "[ACME #42] paper", 42, "the mark as we write it" },
    { "Re: [ACME #42] paper", 42, "behind a prefix" },
    { "Fwd: [ACME #7] Re: [ACME #42] paper", 42, "the last mark wins" },
    { "paper [ACME #42]", 42, "at the end" },
    { "[acme #42] paper", 42, "letter case of the name does not matter" },
    { "[ACME\t#42] paper", 42, "a folded header left a tab" },
    { "[ACME\r\n #42] paper", 42, "a line break that was not unfolded" },
    { "[ACME#42] paper", 42, "the space was lost" },
    { "[ ACME  # 42 ] paper", 42, "spaces were added" },
    { "[ACME\xC2\xA0#42] paper", 42, "no-break space" },
    { "[x[ACME #42]]", 42, "a bracket in front does not hide it" },
    { "[ACME #9223372036854775807]", G_MAXINT64, "the largest number" },
    { "[ACME #9223372036854775808]", 0, "one more does not fit" },
    { "[ACME #99999999999999999999]", 0, "overflow" },
    { "[ACME #007] foreign", 0, "a leading zero is another tracker's" },
    { "[ACME #0]", 0, "no ticket has the number 0" },
    { "[ACME #-4]", 0, "no sign" },
    { "[ACME #+4]", 0, "no sign" },
    { "[ACME #4a]", 0, "only digits" },
    { "[ACME #]", 0, "a number is needed" },
    { "[ACME 42]", 0, "the number sign is needed" },
    { "[ACME #4 2]", 0, "a number is one piece" },
    { "[#42]", 0, "the name is needed" },
    { "[OTHER #42]", 0, "another desk's mark" },
    { "[ACMEX #42]", 0, "a longer name" },
    { "[ACM #42]", 0, "a shorter name" },
    { "ACME #42", 0, "brackets are needed" },
    { "[ACME #42", 0, "the closing bracket is needed" },
    { "[ACME #42] [OTHER #43]", 42, "a foreign mark behind ours counts for nothing" },
    { "[ACME #42] [ACME #043]", 42, "nor does a broken one" },
    { "[ACME #\xD9\xA4]", 0, "ASCII digits only" },
    { "\xFF[ACME #42]", 42, "bytes that are no UTF-8 do no harm" },
    { "", 0, "empty" },
    { "[", 0, "a lone bracket" },
    { "[]", 0, "empty brackets" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s: %s", cases[i].why, cases[i].subject);
      g_assert_cmpint (pd_ticket_ref_find ("ACME", cases[i].subject), ==, cases[i].want);
    }
}

static void
test_names (void)
{
  static const struct {
    const char *desk, *subject;
    gint64 want;
    const char *why;
  } cases[] = {
    { "Служба помощи", "Re: [СЛУЖБА  ПОМОЩИ #5] счёт", 5, "Cyrillic, case and spaces" },
    { "Straße", "[STRASSE #5]", 5, "case folding may change the length" },
    { "Caf\xC3\xA9", "[Cafe\xCC\x81 #5]", 5, "composed or not" },
    { "C# desk", "[C# desk #5]", 5, "a number sign in the name" },
    { "A.C*", "[ABCD #5]", 0, "the name is no pattern" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (pd_ticket_ref_find (cases[i].desk, cases[i].subject), ==, cases[i].want);
    }
}

static void
test_strip (void)
{
  static const struct {
    const char *subject, *want, *why;
  } cases[] = {
    { "paper", "paper", "nothing to do" },
    { "Re: paper", "paper", "a reply" },
    { "RE: FW: Fwd: paper", "paper", "several" },
    { "AW: WG: Antwort: paper", "paper", "German" },
    { "SV: VS: VB: paper", "paper", "Nordic" },
    { "Antw: Doorst: paper", "paper", "Dutch" },
    { "TR : R\xC3\xA9p : paper", "paper", "French puts a space before the colon" },
    { "RV: RES: ENC: RIF: paper", "paper", "Spanish, Portuguese, Italian" },
    { "Odp: PD: paper", "paper", "Polish" },
    { "V\xC3\xA1: \xC4\xB0LT: YNT: paper", "paper", "Hungarian, Turkish" },
    { "Ответ: НА: Пересл: ОТВ: бумага", "бумага", "Russian" },
    { "Відп: Переслано: папір", "папір", "Ukrainian" },
    { "回复：转发: 答复: 紙", "紙", "Chinese, full-width colon" },
    { "Re[2]: Re^3: Re(4): RE5: Re*6: paper", "paper", "counted replies" },
    { "Re:Re:Re:paper", "paper", "no spaces" },
    { "  Re:\t paper \n of mine ", "paper of mine", "white space is made single" },
    { "Re: [ACME #42] AW: paper", "paper", "a prefix behind the mark" },
    { "[ACME #42] [ACME #43] paper", "paper", "all our marks" },
    { "paper [ACME #42] clip", "paper clip", "a mark in the middle" },
    { "[ACME [ACME #1]#97] x", "x", "what is left may be a mark again" },
    { "[ACME [ACME [ACME [ACME [ACME [ACME #1]#2]#3]#4]#5]#6]", "ACME ACME #5]#6]",
      "and again, up to a bound" },
    { "[OTHER #42] Re: paper", "[OTHER #42] Re: paper", "a foreign mark is text" },
    { "Regarding: paper", "Regarding: paper", "a word that only begins so" },
    { "Ref: 17", "Ref: 17", "a word of content" },
    { "Re paper", "Re paper", "no colon" },
    { "Re[x]: paper", "Re[x]: paper", "no count" },
    { ": paper", ": paper", "no word" },
    { "Re:", "", "nothing is left" },
    { "Re: [ACME #42]", "", "nothing is left of a mark" },
    { "a\x01\x1F"
      "b",
      "a b", "control characters" },
    { "", "", "empty" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = pd_ticket_ref_strip ("ACME", cases[i].subject);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (got, ==, cases[i].want);
    }
}

static void
test_mark (void)
{
  static const struct {
    const char *subject;
    gboolean reply;
    const char *want, *why;
  } cases[] = {
    { "paper", FALSE, "[ACME #42] paper", "a first mail" },
    { "paper", TRUE, "Re: [ACME #42] paper", "an answer" },
    { "Re: [ACME #7] paper", TRUE, "Re: [ACME #42] paper", "marking twice marks once" },
    { "", FALSE, "[ACME #42]", "no subject" },
    { "a\r\nBcc: b", FALSE, "[ACME #42] a Bcc: b", "no line break comes out" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = pd_ticket_ref_mark ("ACME", 42, cases[i].subject, cases[i].reply);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (got, ==, cases[i].want);
      g_assert_cmpint (pd_ticket_ref_find ("ACME", got), ==, 42);
    }
}

/* Prefixes past the bound are text; a long subject costs linear time. */
static void
test_bounds (void)
{
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (GString) brackets = g_string_new (NULL);
  g_autofree char *got = NULL;

  for (int i = 0; i <= PD_TICKET_REF_MAX_PREFIXES; i++)
    g_string_append (many, "Re: ");
  g_string_append (many, "x");
  got = pd_ticket_ref_strip ("ACME", many->str);
  g_assert_cmpstr (got, ==, "Re: x");

  for (int i = 0; i < 200000; i++)
    g_string_append (brackets, "[ACME #");
  g_assert_cmpint (pd_ticket_ref_find ("ACME", brackets->str), ==, 0);
}

static void
test_legacy (void)
{
  static const struct {
    const char *subject;
    gint64 want;
    const char *why;
  } cases[] = {
    { "Ticket #42 - NEW TICKET", 42, "the form" },
    { "RE: ticket #42 - new ticket", 42, "behind a prefix, in small letters" },
    { "Re: Заявка #7 - НОВА ЗАЯВКА", 7, "another of the texts" },
    { "заявка #7", 7, "at the end, in small letters" },
    { "Ticket #42, Заявка #7", 7, "the last one wins, whichever text" },
    { "Заявка #7, Ticket #42", 42, "the other way round" },
    { "Ticket #42: Ticket #x", 42, "the last that has a number" },
    { "Ticket\t#42", 42, "a folded header left a tab" },
    { "Ticket #042", 0, "a leading zero is another tracker's" },
    { "Ticket #42a", 0, "a number is a word" },
    { "SuperTicket #42", 0, "so is the text" },
    { "Ticket # 42", 0, "the number follows at once" },
    { "Invoice #42", 0, "another text" },
    { "#42", 0, "a number alone" },
    { "Ticket #99999999999999999999", 0, "overflow" },
    { "", 0, "nothing" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s: %s", cases[i].why, cases[i].subject);
      g_assert_cmpint (pd_ticket_ref_find_legacy ("Ticket #, Заявка #", cases[i].subject), ==,
                       cases[i].want);
      g_assert_cmpint (pd_ticket_ref_find_legacy ("", cases[i].subject), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ticket-ref/find", test_find);
  g_test_add_func ("/ticket-ref/names", test_names);
  g_test_add_func ("/ticket-ref/strip", test_strip);
  g_test_add_func ("/ticket-ref/mark", test_mark);
  g_test_add_func ("/ticket-ref/bounds", test_bounds);
  g_test_add_func ("/ticket-ref/legacy", test_legacy);
  return g_test_run ();
}
