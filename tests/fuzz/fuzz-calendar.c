/* fuzz-calendar.c - any text as iCalendar: what comes out is bounded and valid
 * UTF-8, and times have one of the forms that mail.h names.
 */
#include <string.h>

#include "mail/calendar.h"
#include "mail/mail-fields.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_time (const char *time)
{
  gsize n = strlen (time);

  g_assert_true (n == 0 || n == 10 || n == 19 || n == 20 || n == 25);
  g_assert_true (n < 19 || time[10] == 'T');
}

static void
check_event (const PdCalendarEvent *event)
{
  const char *const texts[] = { event->uid,    event->summary, event->location,
                                event->status, event->zone,    event->type };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_true (g_utf8_validate (texts[i], -1, NULL));
  check_time (event->start);
  check_time (event->end);
  check_time (event->recurrence_id);
  g_assert_cmpuint (event->attendees->len, <=, PD_CALENDAR_MAX_ATTENDEES);
  for (guint i = 0; i < event->attendees->len; i++)
    {
      const PdAttendee *one = event->attendees->pdata[i];

      g_assert_true (g_utf8_validate (one->name, -1, NULL));
      g_assert_true (g_utf8_validate (one->address, -1, NULL));
      g_assert_true (g_utf8_validate (one->status, -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_utf8_make_valid ((const char *)data, (gssize)size);
  PdCalendar *calendar = pd_calendar_parse (text);

  if (calendar != NULL)
    {
      g_assert_cmpuint (calendar->events->len, <=, PD_CALENDAR_MAX_EVENTS);
      g_assert_true (g_utf8_validate (calendar->method, -1, NULL));
      for (guint i = 0; i < calendar->events->len; i++)
        check_event (calendar->events->pdata[i]);
    }
  pd_calendar_fields.free (calendar);
  return 0;
}
