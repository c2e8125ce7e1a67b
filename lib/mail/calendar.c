/* calendar.c - lines, unfolded; components on a stack; a handler a property.
 *
 * Times wait as they are written until the calendar has ended, since a zone
 * may be described behind the event that uses it.
 */
#include "mail/calendar.h"

#include <string.h>

#include "mail/calendar-zone.h"
#include "mail/mail-fields.h"

#define MAX_TEXT 2000 /* octets kept of a value */
#define DAY (24 * 60 * 60)

typedef enum {
  NOTHING, /* outside of a calendar */
  CALENDAR,
  EVENT,
  ZONE,
  RULE, /* of a zone */
  OTHER,
} Component;

/* A time as written. */
typedef struct {
  gboolean told;
  gboolean is_date, is_utc;
  gint64 local;
  char *zone;
} When;

typedef struct {
  PdCalendarEvent *event; /* owned by the calendar */
  When start, end, recurrence;
  gint64 duration; /* seconds; -1 if not told */
} Pending;

typedef struct {
  PdCalendar *calendar;
  Component stack[PD_CALENDAR_MAX_DEPTH];
  guint depth;
  guint too_deep;
  gboolean ended;
  GPtrArray *pending; /* of Pending */
  GPtrArray *zones;   /* of PdZone */
  PdZoneRule rule;    /* that is read now */
} Reader;

/* A line: NAME;PARAM=VALUE;…:VALUE.  All parts are owned by the line. */
typedef struct {
  char *name;            /* in capitals */
  GPtrArray *parameters; /* names in capitals and values, in turn */
  char *value;
} Line;

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  g_free (pending->start.zone);
  g_free (pending->end.zone);
  g_free (pending->recurrence.zone);
  g_free (pending);
}

static void
zone_free (gpointer data)
{
  pd_zone_free (data);
}

/* The next line, unfolded (RFC 5545 3.1), to `out`; FALSE at the end. */
static gboolean
next_line (const char **at, GString *out)
{
  const char *text = *at;

  if (*text == '\0')
    return FALSE;
  g_string_truncate (out, 0);
  do
    {
      gsize n = strcspn (text, "\r\n");

      if (out->len + n <= PD_CALENDAR_MAX_LINE)
        g_string_append_len (out, text, (gssize)n);
      text += n;
      text += *text == '\r';
      text += *text == '\n';
    }
  while ((*text == ' ' || *text == '\t') && *text++ != '\0');
  *at = text;
  return TRUE;
}

/* RFC 6868: ^n ^^ ^' in a parameter. */
static char *
dup_parameter (const char *text, gsize length)
{
  GString *out = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      char next = i + 1 < length ? text[i + 1] : '\0';

      if (text[i] == '"')
        continue;
      if (text[i] != '^' || (next != 'n' && next != '^' && next != '\''))
        {
          g_string_append_c (out, text[i]);
          continue;
        }
      g_string_append_c (out, next == 'n' ? ' ' : next == '^' ? '^' : '"');
      i++;
    }
  return g_string_free (out, FALSE);
}

/* Where a parameter or the name ends; marks within quotes do not count. */
static gsize
span (const char *text, const char *marks)
{
  gboolean quoted = FALSE;
  gsize n = 0;

  for (; text[n] != '\0' && (quoted || strchr (marks, text[n]) == NULL); n++)
    if (text[n] == '"')
      quoted = !quoted;
  return n;
}

static void
line_clear (Line *line)
{
  g_clear_pointer (&line->name, g_free);
  g_clear_pointer (&line->parameters, g_ptr_array_unref);
  g_clear_pointer (&line->value, g_free);
}

static gboolean
line_read (const char *text, Line *line)
{
  gsize n = strcspn (text, ";:");

  if (n == 0 || text[n] == '\0')
    return FALSE;
  line->name = g_ascii_strup (text, (gssize)n);
  line->parameters = g_ptr_array_new_with_free_func (g_free);
  text += n;
  while (*text == ';')
    {
      gsize end = span (++text, ";:");
      gsize equal = MIN (strcspn (text, "="), end);

      g_ptr_array_add (line->parameters, g_ascii_strup (text, (gssize)equal));
      equal += equal < end;
      g_ptr_array_add (line->parameters, dup_parameter (text + equal, end - equal));
      text += end;
    }
  line->value = g_strdup (*text == ':' ? text + 1 : "");
  return TRUE;
}

/* The value of a parameter; "" if there is none. */
static const char *
parameter (const Line *line, const char *name)
{
  for (guint i = 0; i + 1 < line->parameters->len; i += 2)
    if (strcmp (line->parameters->pdata[i], name) == 0)
      return line->parameters->pdata[i + 1];
  return "";
}

/* RFC 5545 3.3.11: \n \, \; \\ in a text; one line is enough here. */
static char *
dup_text (const char *value)
{
  GString *out = g_string_new (NULL);
  char *text;

  for (; *value != '\0' && out->len < MAX_TEXT; value++)
    {
      char c = *value;

      if (c == '\\' && value[1] != '\0')
        c = *++value == 'n' || *value == 'N' ? ' ' : *value;
      g_string_append_c (out, (guchar)c < 0x20 ? ' ' : c);
    }
  text = g_utf8_make_valid (out->str, -1);
  /* a bound may have cut a character */
  g_string_free (out, TRUE);
  return g_strstrip (text);
}

static char *
dup_small (const char *value)
{
  g_autofree char *text = dup_text (value);

  return g_ascii_strdown (text, -1);
}

static char *
dup_address (const char *value)
{
  g_autofree char *text = dup_text (value);

  return g_strdup (g_ascii_strncasecmp (text, "mailto:", 7) == 0 ? text + 7 : text);
}

static Component
top (const Reader *reader)
{
  return reader->depth == 0 ? NOTHING : reader->stack[reader->depth - 1];
}

static Pending *
current (const Reader *reader)
{
  return reader->pending->pdata[reader->pending->len - 1];
}

static void
read_when (const Line *line, When *when)
{
  if (when->told || !pd_local_parse (line->value, &when->local, &when->is_date, &when->is_utc))
    return;
  when->told = TRUE;
  when->zone = dup_text (parameter (line, "TZID"));
}

/* RFC 5545 3.3.6: "P1DT2H30M", "P2W"; -1 if it is none. */
static gint64
read_duration (const char *text)
{
  gint64 seconds = 0;

  text += *text == '+';
  if (*text++ != 'P')
    return -1;
  while (*text != '\0')
    {
      char *unit = NULL;
      gint64 n = g_ascii_strtoll (text, &unit, 10);

      if (*text == 'T')
        {
          text++;
          continue;
        }
      if (unit == text || *unit == '\0' || n < 0 || n > 1000 * 1000)
        return -1;
      seconds += n
                 * (*unit == 'W'   ? 7 * DAY
                    : *unit == 'D' ? DAY
                    : *unit == 'H' ? 3600
                    : *unit == 'M' ? 60
                                   : 1);
      text = unit + 1;
    }
  return seconds > 1000LL * 366 * DAY ? -1 : seconds;
}

static void
on_uid (Reader *reader, const Line *line)
{
  pd_text_take (&current (reader)->event->uid, dup_text (line->value));
}

static void
on_summary (Reader *reader, const Line *line)
{
  pd_text_take (&current (reader)->event->summary, dup_text (line->value));
}

static void
on_location (Reader *reader, const Line *line)
{
  pd_text_take (&current (reader)->event->location, dup_text (line->value));
}

static void
on_status (Reader *reader, const Line *line)
{
  pd_text_take (&current (reader)->event->status, dup_small (line->value));
}

static void
on_start (Reader *reader, const Line *line)
{
  read_when (line, &current (reader)->start);
}

static void
on_end (Reader *reader, const Line *line)
{
  read_when (line, &current (reader)->end);
}

static void
on_duration (Reader *reader, const Line *line)
{
  current (reader)->duration = read_duration (line->value);
}

static void
on_recurrence_id (Reader *reader, const Line *line)
{
  read_when (line, &current (reader)->recurrence);
}

static void
on_recurrence (Reader *reader, const Line *line)
{
  current (reader)->event->recurs = TRUE;
}

static void
on_sequence (Reader *reader, const Line *line)
{
  gint64 n = g_ascii_strtoll (line->value, NULL, 10);

  current (reader)->event->sequence = (guint)CLAMP (n, 0, G_MAXINT32);
}

static void
on_organizer (Reader *reader, const Line *line)
{
  PdCalendarEvent *event = current (reader)->event;

  if (event->organizer != NULL)
    return;
  event->organizer = pd_fields_new (&pd_address_fields);
  pd_text_take (&event->organizer->name, dup_text (parameter (line, "CN")));
  pd_text_take (&event->organizer->address, dup_address (line->value));
}

static void
on_attendee (Reader *reader, const Line *line)
{
  PdCalendarEvent *event = current (reader)->event;
  PdAttendee *one;

  if (event->attendees->len >= PD_CALENDAR_MAX_ATTENDEES)
    return;
  one = pd_fields_new (&pd_attendee_fields);
  pd_text_take (&one->name, dup_text (parameter (line, "CN")));
  pd_text_take (&one->address, dup_address (line->value));
  pd_text_take (&one->status, dup_small (parameter (line, "PARTSTAT")));
  g_ptr_array_add (event->attendees, one);
}

static void
on_method (Reader *reader, const Line *line)
{
  g_autofree char *text = dup_text (line->value);

  if (*reader->calendar->method == '\0')
    pd_text_take (&reader->calendar->method, g_ascii_strup (text, -1));
}

static PdZone *
zone_now (const Reader *reader)
{
  return reader->zones->pdata[reader->zones->len - 1];
}

static void
on_zone_id (Reader *reader, const Line *line)
{
  PdZone *zone = zone_now (reader);

  g_free (zone->id);
  zone->id = dup_text (line->value);
}

/* RFC 5545 3.3.14: "+0200", "-0530", "+023456" */
static gint
read_offset (const char *text)
{
  gint sign = *text == '-' ? -1 : 1;
  const char *digits = text + strspn (text, "+-");
  gint64 n = g_ascii_strtoll (digits, NULL, 10);

  if (strlen (digits) < 6)
    n *= 100;
  if (n < 0 || n > 240000)
    return 0;
  return sign * (gint)(n / 10000 * 3600 + n / 100 % 100 * 60 + n % 100);
}

static void
on_rule_start (Reader *reader, const Line *line)
{
  gboolean is_date, is_utc;

  if (!pd_local_parse (line->value, &reader->rule.start, &is_date, &is_utc))
    reader->rule.start = 0;
}

static void
on_rule_repeat (Reader *reader, const Line *line)
{
  pd_zone_rule_repeat (&reader->rule, line->value);
}

static void
on_rule_from (Reader *reader, const Line *line)
{
  reader->rule.from = read_offset (line->value);
}

static void
on_rule_to (Reader *reader, const Line *line)
{
  reader->rule.to = read_offset (line->value);
}

static const struct {
  Component in;
  const char *name;
  void (*read) (Reader *reader, const Line *line);
} properties[] = {
  { CALENDAR, "METHOD", on_method },
  { EVENT, "ATTENDEE", on_attendee },
  { EVENT, "DTEND", on_end },
  { EVENT, "DTSTART", on_start },
  { EVENT, "DUE", on_end },
  { EVENT, "DURATION", on_duration },
  { EVENT, "LOCATION", on_location },
  { EVENT, "ORGANIZER", on_organizer },
  { EVENT, "RDATE", on_recurrence },
  { EVENT, "RECURRENCE-ID", on_recurrence_id },
  { EVENT, "RRULE", on_recurrence },
  { EVENT, "SEQUENCE", on_sequence },
  { EVENT, "STATUS", on_status },
  { EVENT, "SUMMARY", on_summary },
  { EVENT, "UID", on_uid },
  { ZONE, "TZID", on_zone_id },
  { RULE, "DTSTART", on_rule_start },
  { RULE, "RRULE", on_rule_repeat },
  { RULE, "TZOFFSETFROM", on_rule_from },
  { RULE, "TZOFFSETTO", on_rule_to },
};

static const struct {
  Component in;
  const char *name;
  Component component;
  const char *type; /* of an event */
} components[] = {
  { NOTHING, "VCALENDAR", CALENDAR, NULL },
  { CALENDAR, "VEVENT", EVENT, "event" },
  { CALENDAR, "VTODO", EVENT, "todo" },
  { CALENDAR, "VJOURNAL", EVENT, "journal" },
  { CALENDAR, "VFREEBUSY", EVENT, "freebusy" },
  { CALENDAR, "VTIMEZONE", ZONE, NULL },
  { ZONE, "STANDARD", RULE, NULL },
  { ZONE, "DAYLIGHT", RULE, NULL },
};

/* FALSE if there are too many events already. */
static gboolean
begin_event (Reader *reader, const char *type)
{
  Pending *pending;

  if (reader->calendar->events->len >= PD_CALENDAR_MAX_EVENTS)
    return FALSE;
  pending = g_new0 (Pending, 1);
  pending->duration = -1;
  pending->event = pd_fields_new (&pd_calendar_event_fields);
  pd_text_take (&pending->event->type, g_strdup (type));
  g_ptr_array_add (reader->calendar->events, pending->event);
  g_ptr_array_add (reader->pending, pending);
  return TRUE;
}

static Component
open_component (Reader *reader, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (components); i++)
    {
      if (components[i].in != top (reader) || g_ascii_strcasecmp (components[i].name, name) != 0)
        continue;
      if (components[i].component == EVENT && !begin_event (reader, components[i].type))
        return OTHER;
      if (components[i].component == ZONE)
        {
          if (reader->zones->len >= PD_CALENDAR_MAX_ZONES)
            return OTHER;
          g_ptr_array_add (reader->zones, pd_zone_new ());
        }
      if (components[i].component == RULE)
        reader->rule = (PdZoneRule){ .until = G_MAXINT64, .weekday = -1 };
      if (components[i].component == CALENDAR && reader->calendar == NULL)
        reader->calendar = pd_fields_new (&pd_calendar_fields);
      return components[i].component;
    }
  return OTHER;
}

static void
begin_component (Reader *reader, const char *name)
{
  /* before a calendar there is nothing, whatever it is called */
  if (reader->depth == 0 && g_ascii_strcasecmp (name, "VCALENDAR") != 0)
    return;
  if (reader->depth >= PD_CALENDAR_MAX_DEPTH)
    reader->too_deep++;
  else
    {
      Component component = open_component (reader, name);

      reader->stack[reader->depth++] = component;
    }
}

static void
end_component (Reader *reader)
{
  if (reader->too_deep > 0)
    {
      reader->too_deep--;
      return;
    }
  if (reader->depth == 0)
    return;
  if (top (reader) == RULE && zone_now (reader)->rules->len < PD_CALENDAR_MAX_RULES)
    g_array_append_val (zone_now (reader)->rules, reader->rule);
  reader->depth--;
  reader->ended = reader->depth == 0;
}

static void
read_property (Reader *reader, const Line *line)
{
  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    if (properties[i].in == top (reader) && strcmp (properties[i].name, line->name) == 0)
      {
        properties[i].read (reader, line);
        return;
      }
}

static void
read_lines (Reader *reader, const char *text)
{
  g_autoptr (GString) unfolded = g_string_new (NULL);

  while (!reader->ended && next_line (&text, unfolded))
    {
      Line line = { 0 };

      if (line_read (unfolded->str, &line))
        {
          if (strcmp (line.name, "BEGIN") == 0)
            begin_component (reader, g_strstrip (line.value));
          else if (strcmp (line.name, "END") == 0)
            end_component (reader);
          else if (reader->too_deep == 0)
            read_property (reader, &line);
        }
      line_clear (&line);
    }
}

static const PdZone *
find_zone (const Reader *reader, const char *id)
{
  for (guint i = 0; i < reader->zones->len; i++)
    {
      const PdZone *zone = reader->zones->pdata[i];

      if (strcmp (zone->id, id) == 0)
        return zone;
    }
  return NULL;
}

static char *
dup_when (const Reader *reader, const When *when)
{
  const PdZone *zone = NULL;
  gint year, month, day, offset, seconds;
  g_autofree char *date = NULL;
  g_autofree char *time = NULL;

  if (!when->told)
    return g_strdup ("");
  pd_local_date (when->local, &year, &month, &day);
  if (year < 0 || year > 9999)
    return g_strdup ("");
  date = g_strdup_printf ("%04d-%02d-%02d", year, month, day);
  if (when->is_date)
    return g_steal_pointer (&date);
  seconds = (gint)(when->local - pd_local_time (year, month, day, 0));
  time = g_strdup_printf ("%sT%02d:%02d:%02d", date, seconds / 3600, seconds / 60 % 60,
                          seconds % 60);
  if (when->is_utc)
    return g_strconcat (time, "Z", NULL);
  zone = find_zone (reader, when->zone);
  if (zone == NULL || !pd_zone_offset (zone, when->local, &offset))
    return g_steal_pointer (&time);
  return g_strdup_printf ("%s%c%02d:%02d", time, offset < 0 ? '-' : '+', ABS (offset) / 3600,
                          ABS (offset) / 60 % 60);
}

static void
settle (const Reader *reader, Pending *pending)
{
  PdCalendarEvent *event = pending->event;

  if (!pending->end.told && pending->start.told && pending->duration >= 0)
    {
      pending->end = pending->start;
      pending->end.zone = g_strdup (pending->start.zone);
      pending->end.local += pending->duration;
    }
  event->all_day = pending->start.told && pending->start.is_date;
  pd_text_take (&event->start, dup_when (reader, &pending->start));
  pd_text_take (&event->end, dup_when (reader, &pending->end));
  pd_text_take (&event->recurrence_id, dup_when (reader, &pending->recurrence));
  if (pending->start.told && !pending->start.is_utc && !pending->start.is_date)
    pd_text_take (&event->zone, g_strdup (pending->start.zone));
}

PdCalendar *
pd_calendar_parse (const char *text)
{
  Reader reader = { .pending = g_ptr_array_new_with_free_func (pending_free),
                    .zones = g_ptr_array_new_with_free_func (zone_free) };

  if (g_str_has_prefix (text, "\xEF\xBB\xBF"))
    text += 3;
  read_lines (&reader, text);
  for (guint i = 0; i < reader.pending->len; i++)
    settle (&reader, reader.pending->pdata[i]);
  g_ptr_array_unref (reader.pending);
  g_ptr_array_unref (reader.zones);
  return reader.calendar;
}
