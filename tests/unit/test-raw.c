#include "base/error.h"
#include "desk/raw.h"
#include "tests/lib/desk-suite.h"

/* Bytes in which no two pieces are alike, NUL among them. */
static GBytes *
make_bytes (gsize size)
{
  guint8 *data = g_malloc (size);
  guint32 state = 1;

  for (gsize i = 0; i < size; i++)
    {
      state = state * 1664525 + 1013904223;
      data[i] = (guint8)(state >> 24);
    }
  return g_bytes_new_take (data, size);
}

static void
test_round_trip (DeskFixture *f)
{
  static const struct {
    gsize size;
    const char *why;
  } cases[] = {
    { 0, "nothing" },
    { 1, "an octet" },
    { PD_RAW_CHUNK - 1, "nearly a piece" },
    { PD_RAW_CHUNK, "a piece" },
    { PD_RAW_CHUNK + 1, "a piece and an octet" },
    { 3 * PD_RAW_CHUNK + 7, "several" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = make_bytes (cases[i].size), back = NULL;
      g_autoptr (GError) error = NULL;
      gint64 id;

      g_test_message ("%s", cases[i].why);
      desk_fixture_begin (f);
      g_assert_true (pd_raw_store (f->desk, bytes, &id, &error));
      desk_fixture_commit (f);
      back = pd_raw_load (f->desk, id, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (bytes, back));
    }
}

static void
test_missing (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (pd_raw_load (f->desk, 1, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_NOT_FOUND));
}

/* A piece that was lost must not make a shorter mail. */
static void
test_damaged (DeskFixture *f)
{
  g_autoptr (GBytes) bytes = make_bytes (2 * PD_RAW_CHUNK + 1);
  g_autoptr (GError) error = NULL;
  gint64 id;

  desk_fixture_begin (f);
  g_assert_true (pd_raw_store (f->desk, bytes, &id, &error));
  desk_fixture_commit (f);
  g_assert_true (pd_db_exec_script (f->desk->db, "DELETE FROM raw_chunk WHERE seq = 1;", &error));
  g_assert_null (pd_raw_load (f->desk, id, &error));
  g_assert_true (pd_error_is (error, PD_ERROR_INTERNAL));
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "raw/round-trip", test_round_trip },
    { "raw/missing", test_missing },
    { "raw/damaged", test_damaged },
  };

  g_test_init (&argc, &argv, NULL);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
