#include "base/clock.h"
#include "base/id.h"

static void
test_text (void)
{
  static const struct {
    const char *text;
    gint64 want;
    const char *why;
  } cases[] = {
    { "0000000000001", 1, "thirteen characters" },
    { "1", 1, "zeros in front may be left out" },
    { "z", 31, "small letters" },
    { "o1", 1, "O reads as 0" },
    { "lI", 33, "l and I read as 1" },
    { "7ZZZZZZZZZZZZ", G_MAXINT64, "the largest id" },
    { "8000000000000", 0, "one more does not fit" },
    { "00000000000001", 0, "too long" },
    { "", 0, "empty" },
    { "U", 0, "U is no digit" },
    { "0", 0, "no row has the id 0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 id = -1;

      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (pd_id_parse (cases[i].text, &id), ==, cases[i].want != 0);
      g_assert_cmpint (id, ==, cases[i].want);
    }
}

static void
test_order (void)
{
  gint64 before;

  pd_clock_freeze (G_GINT64_CONSTANT (1800000000) * PD_SECOND);
  before = pd_id_new ();
  for (int i = 0; i < 1000; i++)
    g_assert_cmpint (pd_id_new (), !=, before);

  /* a clock that was set back must not bring old ids again */
  pd_clock_freeze (G_GINT64_CONSTANT (1700000000) * PD_SECOND);
  g_assert_cmpint (pd_id_new () >> 22, >=, before >> 22);
  pd_clock_freeze (0);
}

static void
test_round_trip (void)
{
  for (int i = 0; i < 100; i++)
    {
      gint64 id = pd_id_new (), back;
      char text[PD_ID_TEXT_SIZE];

      g_assert_true (pd_id_parse (pd_id_format (id, text), &back));
      g_assert_cmpint (back, ==, id);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/id/text", test_text);
  g_test_add_func ("/id/order", test_order);
  g_test_add_func ("/id/round-trip", test_round_trip);
  return g_test_run ();
}
