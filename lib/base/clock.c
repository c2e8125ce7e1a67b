#include "base/clock.h"

#include "base/error.h"

static gint64 frozen; /* 0: the clock runs; only read and written atomically */

gint64
pd_clock_now (void)
{
  gint64 stopped = __atomic_load_n (&frozen, __ATOMIC_RELAXED);

  return stopped != 0 ? stopped : g_get_real_time ();
}

void
pd_clock_freeze (gint64 now)
{
  __atomic_store_n (&frozen, now, __ATOMIC_RELAXED);
}

char *
pd_clock_format (gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time / PD_SECOND);

  /* outside of the years 1 to 9999 GLib has no date; such a time is a bug or
   * a forged Date field, and must not end the program */
  return date != NULL ? g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ")
                      : g_strdup ("1970-01-01T00:00:00Z");
}

gboolean
pd_clock_parse (const char *text, gint64 *out_time, GError **error)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_iso8601 (text, NULL);

  *out_time = 0;
  if (date == NULL)
    return pd_fail (error, PD_ERROR_INVALID,
                    "\"%s\" is not a date and time such as 2026-11-24T10:00:00Z", text);
  *out_time = g_date_time_to_unix (date) * PD_SECOND + g_date_time_get_microsecond (date);
  return TRUE;
}
