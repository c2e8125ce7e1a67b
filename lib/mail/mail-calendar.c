/* mail-calendar.c - where in a mail a meeting is told.
 *
 * Best is the part that RFC 6047 2.4 demands, text/calendar; then a file of
 * that kind, also inside of winmail.dat; then Outlook's own properties.
 */
#include <string.h>

#include "mail/calendar.h"
#include "mail/charset.h"
#include "mail/mail-fields.h"
#include "mail/mail-reader.h"

#define MAX_FILE (2 * 1024 * 1024) /* octets of a calendar file that are read */

static gboolean
is_calendar_name (const char *name)
{
  const char *dot = strrchr (name, '.');

  return dot != NULL && g_ascii_strcasecmp (dot, ".ics") == 0;
}

static gboolean
is_file (const PdPart *part)
{
  return strcmp (part->type, "application/ics") == 0 || strcmp (part->type, "text/x-vcalendar") == 0
         || (g_str_has_prefix (part->type, "application/") && is_calendar_name (part->name));
}

static PdCalendar *
read_bytes (const char *bytes, gsize length, const char *charset)
{
  g_autofree char *text = pd_charset_decode (bytes, MIN (length, MAX_FILE), charset, NULL);

  return pd_calendar_parse (text);
}

static PdCalendar *
read_part (PdReader *reader, const PdPart *part)
{
  g_autoptr (GBytes) bytes = NULL;
  gsize size = 0;
  const char *data;

  if (strcmp (part->type, "text/calendar") == 0)
    {
      g_autofree char *text = pd_reader_dup_text (reader, part);

      return pd_calendar_parse (text);
    }
  if (!is_file (part) || part->offset < 0)
    return NULL;
  bytes = pd_reader_dup_bytes (reader, part);
  data = bytes == NULL ? NULL : g_bytes_get_data (bytes, &size);
  return data == NULL ? NULL : read_bytes (data, size, "");
}

/* Replaces what was found if it says more. */
static void
offer (PdMail *mail, PdCalendar *calendar)
{
  if (calendar == NULL)
    return;
  if (mail->calendar == NULL || (mail->calendar->events->len == 0 && calendar->events->len > 0))
    {
      PdCalendar *before = mail->calendar;

      mail->calendar = calendar;
      calendar = before;
    }
  pd_calendar_fields.free (calendar);
}

static void
read_tnef_files (PdReader *reader)
{
  for (guint i = 0; i < reader->tnef->files->len; i++)
    {
      const PdTnefFile *file = reader->tnef->files->pdata[i];
      gsize size = 0;
      const char *bytes = g_bytes_get_data (file->bytes, &size);

      if (strcmp (file->type, "text/calendar") == 0 || is_calendar_name (file->name))
        offer (reader->mail, read_bytes (bytes == NULL ? "" : bytes, size, file->charset));
    }
}

/* Classes of messages that Outlook makes of meetings (MS-OXOCAL 2.2.4 to 2.2.7),
 * and as TNEF has called them of old (MS-OXTNEF 2.1.3.5).
 */
static const struct {
  const char *class;
  const char *method;
  const char *status; /* of the one who answers */
} classes[] = {
  { "IPM.Schedule.Meeting.Request", "REQUEST", "" },
  { "IPM.Schedule.Meeting.Canceled", "CANCEL", "" },
  { "IPM.Schedule.Meeting.Resp.Pos", "REPLY", "accepted" },
  { "IPM.Schedule.Meeting.Resp.Neg", "REPLY", "declined" },
  { "IPM.Schedule.Meeting.Resp.Tent", "REPLY", "tentative" },
  { "IPM.Microsoft Schedule.MtgReq", "REQUEST", "" },
  { "IPM.Microsoft Schedule.MtgCncl", "CANCEL", "" },
  { "IPM.Microsoft Schedule.MtgRespP", "REPLY", "accepted" },
  { "IPM.Microsoft Schedule.MtgRespN", "REPLY", "declined" },
  { "IPM.Microsoft Schedule.MtgRespA", "REPLY", "tentative" },
};

static char *
dup_time (gint64 time)
{
  g_autoptr (GDateTime) date
      = time == 0 ? NULL : g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);

  return date == NULL ? g_strdup ("") : g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");
}

/* The one who sends it: who invites, or who answers. */
static void
set_sender (const PdReader *reader, PdCalendarEvent *event, const char *status)
{
  const PdAddress *from = reader->mail->from->len > 0 ? reader->mail->from->pdata[0] : NULL;
  PdAttendee *one;

  if (from == NULL)
    return;
  if (*status == '\0')
    {
      event->organizer = pd_fields_new (&pd_address_fields);
      pd_text_take (&event->organizer->name, g_strdup (from->name));
      pd_text_take (&event->organizer->address, g_strdup (from->address));
      return;
    }
  one = pd_fields_new (&pd_attendee_fields);
  pd_text_take (&one->name, g_strdup (from->name));
  pd_text_take (&one->address, g_strdup (from->address));
  pd_text_take (&one->status, g_strdup (status));
  g_ptr_array_add (event->attendees, one);
}

static void
read_tnef_meeting (PdReader *reader)
{
  const PdTnef *tnef = reader->tnef;
  const PdTnefMeeting *meeting = &tnef->meeting;
  PdCalendar *calendar;
  PdCalendarEvent *event;
  gsize i = 0;

  while (i < G_N_ELEMENTS (classes)
         && g_ascii_strcasecmp (tnef->message_class, classes[i].class) != 0)
    i++;
  if (i == G_N_ELEMENTS (classes))
    return;
  calendar = pd_fields_new (&pd_calendar_fields);
  event = pd_fields_new (&pd_calendar_event_fields);
  g_ptr_array_add (calendar->events, event);
  pd_text_take (&calendar->method, g_strdup (classes[i].method));
  pd_text_take (&event->type, g_strdup ("event"));
  pd_text_take (&event->uid, g_strdup (meeting->uid));
  pd_text_take (&event->summary,
                g_strdup (*tnef->subject != '\0' ? tnef->subject : reader->mail->subject));
  pd_text_take (&event->location, g_strdup (meeting->location));
  pd_text_take (&event->start, dup_time (meeting->start));
  pd_text_take (&event->end, dup_time (meeting->end));
  event->all_day = meeting->all_day;
  event->recurs = meeting->recurs;
  event->sequence = MIN (meeting->sequence, G_MAXINT32);
  set_sender (reader, event, classes[i].status);
  offer (reader->mail, calendar);
}

void
pd_reader_calendar (PdReader *reader)
{
  GPtrArray *parts = reader->mail->parts;

  for (guint i = 0; i < parts->len; i++)
    {
      const PdPart *part = parts->pdata[i];

      if (strcmp (part->type, "text/calendar") == 0 && pd_reader_is_own (reader, part))
        offer (reader->mail, read_part (reader, part));
    }
  for (guint i = 0; i < parts->len && reader->mail->calendar == NULL; i++)
    if (pd_reader_is_own (reader, parts->pdata[i]))
      offer (reader->mail, read_part (reader, parts->pdata[i]));
  if (reader->mail->calendar != NULL || reader->tnef == NULL)
    return;
  read_tnef_files (reader);
  if (reader->mail->calendar == NULL)
    read_tnef_meeting (reader);
}
