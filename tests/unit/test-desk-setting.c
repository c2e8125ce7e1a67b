#include "desk/desk-setting.h"

#include "base/error.h"
#include "tests/lib/desk-suite.h"

static gboolean
set (DeskFixture *f, const PdPerson *actor, PdDeskSettingId id, const char *value, GError **error)
{
  gboolean done;

  desk_fixture_begin (f);
  done = pd_desk_setting_set (f->desk, actor, id, value, error);
  if (done)
    desk_fixture_commit (f);
  else
    pd_desk_rollback (f->desk);
  return done;
}

static void
test_values (DeskFixture *f)
{
  static const struct {
    PdDeskSettingId id;
    const char *value;
    gint64 want; /* -1: refused */
    const char *why;
  } cases[] = {
    { PD_DESK_SETTING_SUBJECT_MODE, "multi", 2, "the place of the word" },
    { PD_DESK_SETTING_SUBJECT_MODE, "several", -1, "no such word" },
    { PD_DESK_SETTING_ARCHIVE_AFTER, "0", 0, "never" },
    { PD_DESK_SETTING_ARCHIVE_AFTER, "1w 2d", 9 * PD_DAY, "a span" },
    { PD_DESK_SETTING_ARCHIVE_AFTER, "soon", -1, "no span" },
    { PD_DESK_SETTING_FEED_KEEP, "1h", -1, "below the bound" },
    { PD_DESK_SETTING_REMINDER_COUNT, "20", 20, "the largest" },
    { PD_DESK_SETTING_REMINDER_COUNT, "21", -1, "past it" },
    { PD_DESK_SETTING_DELIVERY_FAILED_REOPENS, "yes", 1, "a flag" },
    { PD_DESK_SETTING_DELIVERY_FAILED_REOPENS, "true", -1, "yes or no" },
    { PD_DESK_SETTING_DIGEST_TIME, "7:30", 450, "minutes of the day" },
    { PD_DESK_SETTING_DIGEST_TIME, "24:00", -1, "no time of day" },
    { PD_DESK_SETTING_SLA_WARNINGS, "80 120", -1, "more than all" },
    { PD_DESK_SETTING_DIGEST_DAY, "m\033n", -1, "a control character" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 number = -2;

      g_test_message ("%s", cases[i].why);
      if (cases[i].want < 0)
        {
          g_assert_false (set (f, NULL, cases[i].id, cases[i].value, &error));
          g_assert_error (error, PD_ERROR, PD_ERROR_INVALID);
          g_assert_true (
              g_str_has_prefix (error->message, pd_desk_setting_row (cases[i].id)->name));
          continue;
        }
      set (f, NULL, cases[i].id, cases[i].value, &error);
      g_assert_no_error (error);
      g_assert_true (pd_desk_setting_int (f->desk, cases[i].id, &number, &error));
      g_assert_cmpint (number, ==, cases[i].want);
    }
}

/* what stands in the table of settings must be right by its own rules */
static void
test_defaults (DeskFixture *f)
{
  for (int id = 0; id < PD_DESK_N_SETTINGS; id++)
    {
      const PdDeskSettingRow *row = pd_desk_setting_row ((PdDeskSettingId)id);
      g_autoptr (GError) error = NULL;
      gboolean is_set = TRUE;

      g_assert_true (pd_desk_setting_is_set (f->desk, (PdDeskSettingId)id, &is_set, &error));
      g_assert_false (is_set);
      set (f, NULL, (PdDeskSettingId)id, row->fallback, &error);
      g_assert_no_error (error);
    }
}

static void
test_percents (DeskFixture *f)
{
  guint percents[PD_DESK_SETTING_MAX_PERCENTS];
  gsize n;
  g_autoptr (GError) error = NULL;

  set (f, NULL, PD_DESK_SETTING_SLA_WARNINGS, "100, 80% 50 80", &error);
  g_assert_no_error (error);
  g_assert_true (
      pd_desk_setting_percents (f->desk, PD_DESK_SETTING_SLA_WARNINGS, percents, &n, &error));
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (percents[0], ==, 50);
  g_assert_cmpuint (percents[1], ==, 80);
  g_assert_cmpuint (percents[2], ==, 100);
}

static void
test_rights (DeskFixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (set (f, f->agent, PD_DESK_SETTING_REMINDER_COUNT, "3", &error));
  g_assert_error (error, PD_ERROR, PD_ERROR_DENIED);
  g_clear_error (&error);
  f->agent->admin = TRUE;
  set (f, f->agent, PD_DESK_SETTING_REMINDER_COUNT, "3", &error);
  g_assert_no_error (error);
}

/* what was rolled back is not remembered, what is reset is the default */
static void
test_transactions (DeskFixture *f)
{
  gint64 number;
  g_autoptr (GError) error = NULL;

  desk_fixture_begin (f);
  pd_desk_setting_set (f->desk, NULL, PD_DESK_SETTING_REMINDER_COUNT, "7", &error);
  g_assert_no_error (error);
  g_assert_true (pd_desk_setting_int (f->desk, PD_DESK_SETTING_REMINDER_COUNT, &number, &error));
  g_assert_cmpint (number, ==, 7);
  pd_desk_rollback (f->desk);
  g_assert_true (pd_desk_setting_int (f->desk, PD_DESK_SETTING_REMINDER_COUNT, &number, &error));
  g_assert_cmpint (number, ==, 2);

  set (f, NULL, PD_DESK_SETTING_REMINDER_COUNT, "7", &error);
  set (f, NULL, PD_DESK_SETTING_REMINDER_COUNT, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (pd_desk_setting_int (f->desk, PD_DESK_SETTING_REMINDER_COUNT, &number, &error));
  g_assert_cmpint (number, ==, 2);
}

static void
test_find (void)
{
  PdDeskSettingId id;
  g_autoptr (GError) error = NULL;

  g_assert_true (pd_desk_setting_find ("feed_keep", &id, &error));
  g_assert_cmpint (id, ==, PD_DESK_SETTING_FEED_KEEP);
  g_assert_false (pd_desk_setting_find ("feed_kep", &id, &error));
  g_assert_nonnull (strstr (error->message, "\"feed_keep\""));
}

int
main (int argc, char **argv)
{
  static const DeskTest tests[] = {
    { "desk-setting/defaults", test_defaults },       { "desk-setting/values", test_values },
    { "desk-setting/percents", test_percents },       { "desk-setting/rights", test_rights },
    { "desk-setting/transactions", test_transactions },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desk-setting/find", test_find);
  return desk_suite_run (tests, G_N_ELEMENTS (tests));
}
