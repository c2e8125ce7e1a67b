/* iCalendar as mail brings it: lines, zones, components, and what kind of
 * mail it makes.
 */
#include "mail/calendar.h"

#include <string.h>

#include "mail/mail-fields.h"

#define NEW_YORK                                                                                   \
  "BEGIN:VTIMEZONE\r\nTZID:Eastern\r\n"                                                            \
  "BEGIN:STANDARD\r\nDTSTART:16011104T020000\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r\n"       \
  "TZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\nEND:STANDARD\r\n"                                     \
  "BEGIN:DAYLIGHT\r\nDTSTART:16010311T020000\r\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r\n"        \
  "TZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
#define BERLIN                                                                                     \
  "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"                                                      \
  "BEGIN:DAYLIGHT\r\nDTSTART:19810329T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"       \
  "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\n"                                     \
  "BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"      \
  "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"

static PdCalendar *
parse (const char *inside)
{
  g_autofree char *text
      = g_strconcat ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", inside, "END:VCALENDAR\r\n", NULL);
  PdCalendar *calendar = pd_calendar_parse (text);

  g_assert_nonnull (calendar);
  return calendar;
}

static void
test_times (void)
{
  static const struct {
    const char *zones, *lines, *start, *end;
    const char *why;
  } cases[] = {
    { "", "DTSTART:20261124T100000Z\r\nDTEND:20261124T110000Z", "2026-11-24T10:00:00Z",
      "2026-11-24T11:00:00Z", "UTC" },
    { "", "DTSTART:20261124T100000", "2026-11-24T10:00:00", "", "wherever one is" },
    { "", "DTSTART;VALUE=DATE:20261124\r\nDTEND;VALUE=DATE:20261126", "2026-11-24", "2026-11-26",
      "days" },
    { "", "DTSTART;TZID=Europe/Kyiv:20261124T100000", "2026-11-24T10:00:00", "",
      "a zone that is only named" },
    { NEW_YORK, "DTSTART;TZID=Eastern:20261124T100000", "2026-11-24T10:00:00-05:00", "", "winter" },
    { NEW_YORK, "DTSTART;TZID=Eastern:20260701T100000", "2026-07-01T10:00:00-04:00", "", "summer" },
    { NEW_YORK, "DTSTART;TZID=Eastern:20260308T015959", "2026-03-08T01:59:59-05:00", "",
      "a second before" },
    { NEW_YORK, "DTSTART;TZID=Eastern:20260308T020000", "2026-03-08T02:00:00-04:00", "",
      "the second Sunday" },
    { NEW_YORK, "DTSTART;TZID=\"Eastern\":20261101T020000", "2026-11-01T02:00:00-05:00", "",
      "the first Sunday; the name in quotes" },
    { BERLIN, "DTSTART;TZID=Europe/Berlin:20261025T025959", "2026-10-25T02:59:59+02:00", "",
      "before the last Sunday" },
    { BERLIN, "DTSTART;TZID=Europe/Berlin:20261025T030000", "2026-10-25T03:00:00+01:00", "",
      "the last Sunday" },
    { BERLIN, "DTSTART;TZID=Europe/Berlin:20240229T120000\r\nDURATION:P1DT1H30M",
      "2024-02-29T12:00:00+01:00", "2024-03-01T13:30:00+01:00", "a leap day and how long" },
    { BERLIN, "DTSTART;TZID=Europe/Berlin:19700101T000000", "1970-01-01T00:00:00+01:00", "",
      "before all rules" },
    { "BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
      "TZOFFSETTO:+0530\r\nTZOFFSETFROM:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
      "DTSTART;TZID=x:20261124T100000", "2026-11-24T10:00:00+05:30", "", "one offset for ever" },
    { "BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:DAYLIGHT\r\nDTSTART:20000101T000000\r\n"
      "RRULE:FREQ=YEARLY;UNTIL=20100328T000000Z;BYMONTH=3;BYDAY=-1SU\r\nTZOFFSETTO:+0400\r\n"
      "TZOFFSETFROM:+0300\r\nEND:DAYLIGHT\r\nBEGIN:STANDARD\r\nDTSTART:20101031T030000\r\n"
      "TZOFFSETFROM:+0400\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
      "DTSTART;TZID=x:20260701T100000", "2026-07-01T10:00:00+03:00", "", "summer time is over" },
    { "", "DTSTART:20261324T100000Z", "", "", "no such month" },
    { "", "DTSTART:20260229", "", "", "no such day" },
    { "", "DTSTART:99991231T235959Z\r\nDURATION:P900D", "9999-12-31T23:59:59Z", "",
      "an end that cannot be written" },
    { "", "DTSTART:20261124T100000Z\r\nDURATION:PT", "2026-11-24T10:00:00Z",
      "2026-11-24T10:00:00Z", "no time at all" },
    { "", "DTSTART:2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z", "", "the other form of ISO 8601" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *inside = g_strconcat ("BEGIN:VEVENT\r\n", cases[i].lines,
                                             "\r\nEND:VEVENT\r\n", cases[i].zones, NULL);
      PdCalendar *calendar = parse (inside);
      const PdCalendarEvent *event = calendar->events->pdata[0];

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (event->start, ==, cases[i].start);
      g_assert_cmpstr (event->end, ==, cases[i].end);
      pd_calendar_fields.free (calendar);
    }
}

static void
test_event (void)
{
  PdCalendar *calendar
      = parse ("method:request\r\nBEGIN:VEVENT\r\nUID:1@b\r\nsummary;LANGUAGE=uk:Зу\r\n стріч\r\n\tа\\,"
               " друга\\nчастина\r\nLOCATION:Room \\;1\r\nSEQUENCE:3\r\nSTATUS:CONFIRMED\r\n"
               "RRULE:FREQ=DAILY\r\nRECURRENCE-ID:20261125T100000Z\r\nORGANIZER;CN=\"Doe; Olena\""
               ":MAILTO:olena@example.org\r\nATTENDEE;PARTSTAT=NEEDS-ACTION;CN=^'Bob^':mailto:bob@b"
               "\r\nATTENDEE:mailto:c@b\r\nBEGIN:VALARM\r\nSUMMARY:alarm\r\nEND:VALARM\r\n"
               "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:1@b\r\nEND:VEVENT\r\n");
  const PdCalendarEvent *event = calendar->events->pdata[0];
  const PdAttendee *bob = event->attendees->pdata[0];

  g_assert_cmpuint (calendar->events->len, ==, 2);
  g_assert_cmpstr (calendar->method, ==, "REQUEST");
  g_assert_cmpstr (event->uid, ==, "1@b");
  g_assert_cmpstr (event->summary, ==, "Зустріча, друга частина");
  g_assert_cmpstr (event->location, ==, "Room ;1");
  g_assert_cmpuint (event->sequence, ==, 3);
  g_assert_cmpstr (event->status, ==, "confirmed");
  g_assert_true (event->recurs);
  g_assert_cmpstr (event->recurrence_id, ==, "2026-11-25T10:00:00Z");
  g_assert_cmpstr (event->organizer->name, ==, "Doe; Olena");
  g_assert_cmpstr (event->organizer->address, ==, "olena@example.org");
  g_assert_cmpuint (event->attendees->len, ==, 2);
  g_assert_cmpstr (bob->name, ==, "\"Bob\"");
  g_assert_cmpstr (bob->address, ==, "bob@b");
  g_assert_cmpstr (bob->status, ==, "needs-action");
  pd_calendar_fields.free (calendar);
}

static void
test_broken (void)
{
  static const struct {
    const char *text;
    gint events; /* -1: no calendar */
    const char *why;
  } cases[] = {
    { "", -1, "nothing" },
    { "Hello\nBEGIN:VEVENT\nEND:VEVENT\n", -1, "an event outside" },
    { "\xEF\xBB\xBF" "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", 1, "a mark of the byte order; no end" },
    { "x\rBEGIN:VCALENDAR\rBEGIN:VTODO\rEND:VTODO\rEND:VCALENDAR\r", 1, "old line ends" },
    { "BEGIN:VCALENDAR\nEND:VCALENDAR\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n", 0, "the first counts" },
    { "BEGIN:VCALENDAR\nBEGIN:VEVENT\n:x\n;\nDTSTART\nATTENDEE;CN=\"x:y\n", 1, "lines that are none" },
    { "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nBEGIN:VEVENT\nUID:x\nEND:VEVENT\n", 0, "in a wrong place" },
    { "BEGIN:VCALENDAR\nEND:x\nEND:x\nEND:x\nBEGIN:VEVENT\n", 0, "ends of nothing" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PdCalendar *calendar = pd_calendar_parse (cases[i].text);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpint (calendar == NULL ? -1 : (gint)calendar->events->len, ==, cases[i].events);
      pd_calendar_fields.free (calendar);
    }
}

static void
test_bounds (void)
{
  GString *text = g_string_new ("BEGIN:VCALENDAR\n");
  PdCalendar *calendar;

  for (guint i = 0; i < 2 * PD_CALENDAR_MAX_EVENTS; i++)
    g_string_append (text, "BEGIN:VEVENT\nUID:x\nEND:VEVENT\nBEGIN:VTIMEZONE\nEND:VTIMEZONE\n");
  for (guint i = 0; i < 3 * PD_CALENDAR_MAX_DEPTH; i++)
    g_string_append (text, "BEGIN:X\n");
  calendar = pd_calendar_parse (text->str);
  g_assert_cmpuint (calendar->events->len, ==, PD_CALENDAR_MAX_EVENTS);
  pd_calendar_fields.free (calendar);
  g_string_assign (text, "BEGIN:VCALENDAR\nBEGIN:VEVENT\n");
  for (guint i = 0; i < 2 * PD_CALENDAR_MAX_ATTENDEES; i++)
    g_string_append (text, "ATTENDEE:mailto:a@b\n");
  g_string_append (text, "SUMMARY:");
  for (guint i = 0; i < 5000; i++)
    g_string_append (text, "\xD1\x8F\n ");
  calendar = pd_calendar_parse (text->str);
  {
    const PdCalendarEvent *event = calendar->events->pdata[0];

    g_assert_cmpuint (event->attendees->len, ==, PD_CALENDAR_MAX_ATTENDEES);
    g_assert_cmpuint (strlen (event->summary), <=, 2004);
    g_assert_true (g_utf8_validate (event->summary, -1, NULL));
  }
  pd_calendar_fields.free (calendar);
  g_string_free (text, TRUE);
}

#define ICS(method) "BEGIN:VCALENDAR\n" method "BEGIN:VEVENT\nUID:u\nEND:VEVENT\nEND:VCALENDAR\n"

static void
test_kind (void)
{
  static const struct {
    const char *part; /* of a multipart/mixed with b behind a text */
    const char *kind;
    gboolean found;
    const char *why;
  } cases[] = {
    { "Content-Type: text/calendar; method=REQUEST\n\n" ICS ("METHOD:REQUEST\n"), "calendar", TRUE,
      "RFC 6047" },
    { "Content-Type: text/calendar; method=request; name=invite.ics\n"
      "Content-Disposition: attachment\n\n" ICS ("METHOD:REQUEST\n"),
      "calendar", TRUE, "as booking systems send it" },
    { "Content-Type: text/calendar\n\n" ICS ("METHOD:REPLY\n"), "calendar", TRUE,
      "the parameter is missing" },
    { "Content-Type: text/calendar; name=invite.ics\n\n" ICS ("METHOD:REQUEST\n"), "mail", TRUE,
      "a file that somebody hands on" },
    { "Content-Type: text/calendar; method=PUBLISH\n\n" ICS ("METHOD:PUBLISH\n"), "mail", TRUE,
      "asks for nothing" },
    { "Content-Type: text/calendar\n\n" ICS (""), "mail", TRUE, "no method" },
    { "Content-Type: application/ics; name=x.ics\n\n" ICS ("METHOD:REQUEST\n"), "mail", TRUE,
      "a file" },
    { "Content-Type: application/octet-stream; name=\"a b.ICS\"\nContent-Transfer-Encoding: base64"
      "\n\nQkVHSU46VkNBTEVOREFSCkVORDpWQ0FMRU5EQVIK\n",
      "mail", TRUE, "a file, known by its name" },
    { "Content-Type: message/rfc822\n\nContent-Type: text/calendar; method=REQUEST\n\n" ICS (
          "METHOD:REQUEST\n"),
      "mail", FALSE, "an invitation that is handed on as a mail" },
    { "Content-Type: text/calendar; method=REQUEST\n\n", "calendar", FALSE, "without a calendar" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char *whole = g_strconcat ("From: a@b.c\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
                                 "Hello\n--b\n",
                                 cases[i].part, "\n--b--\n", NULL);
      g_autoptr (GBytes) raw = g_bytes_new_take (whole, strlen (whole));
      g_autoptr (PdMail) mail = pd_mail_parse (raw, NULL, NULL);

      g_test_message ("%s", cases[i].why);
      g_assert_cmpstr (pd_mail_kind_name (mail->kind), ==, cases[i].kind);
      g_assert_true ((mail->calendar != NULL) == cases[i].found);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  pd_mail_init ();
  g_test_add_func ("/calendar/times", test_times);
  g_test_add_func ("/calendar/event", test_event);
  g_test_add_func ("/calendar/broken", test_broken);
  g_test_add_func ("/calendar/bounds", test_bounds);
  g_test_add_func ("/calendar/kind", test_kind);
  result = g_test_run ();
  pd_mail_shutdown ();
  return result;
}
