#include "base/clock.h"
#include "base/error.h"
#include "cli/commands.h"
#include "desk/holiday-import.h"
#include "desk/work-calendar.h"

/* what the options of `calendar add` and `calendar set` say; NULL: not given */
typedef struct {
  char *name;
  char *week;
  char *zone;
  gboolean close, open;
} CalendarOptions;

static void
calendar_options_clear (CalendarOptions *options)
{
  g_free (options->name);
  g_free (options->week);
  g_free (options->zone);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CalendarOptions, calendar_options_clear)

static gboolean
read_options (PdCli *cli, CalendarOptions *options, gboolean is_new, int *argc, char ***argv,
              GError **error)
{
  const GOptionEntry entries[] = {
    { "hours", 0, 0, G_OPTION_ARG_STRING, &options->week,
      "Hours of the week: \"mon-fri 09:00-13:00 14:00-18:00, sat 10:00-14:00\", or always",
      "HOURS" },
    { "zone", 0, 0, G_OPTION_ARG_STRING, &options->zone,
      "Time zone of the hours, such as Europe/Kyiv (else the desk's)", "ZONE" },
    { "name", 0, is_new ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_STRING, &options->name, "New name",
      "NAME" },
    { "close", 0, is_new ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_NONE, &options->close,
      "No unit and no plan gets it any more", NULL },
    { "open", 0, is_new ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_NONE, &options->open,
      "They can get it again", NULL },
    G_OPTION_ENTRY_NULL,
  };

  return pd_cli_options (cli, entries, argc, argv, 1, 1, error) && pd_cli_desk (cli, error);
}

static void
replace (char **place, const char *text)
{
  if (text == NULL)
    return;
  g_free (*place);
  *place = g_strdup (text);
}

static void
apply (const CalendarOptions *options, PdWorkCalendar *calendar)
{
  replace (&calendar->name, options->name);
  replace (&calendar->week, options->week);
  replace (&calendar->zone, options->zone);
  if (options->close || options->open)
    calendar->closed = options->close;
}

/* ---- printing --------------------------------------------------------------------- */

static struct json_object *
calendar_json (const PdWorkCalendar *calendar)
{
  struct json_object *object = json_object_new_object ();
  struct json_object *holidays = json_object_new_array ();

  pd_json_id (object, "id", calendar->id);
  pd_json_text (object, "name", calendar->name);
  pd_json_text (object, "state", calendar->closed ? "closed" : "active");
  pd_json_text (object, "hours", calendar->week);
  pd_json_text (object, "zone", calendar->zone);
  pd_json_time (object, "valid_from", calendar->valid_from);
  for (guint i = 0; i < calendar->holidays->len; i++)
    {
      const PdHoliday *holiday = g_ptr_array_index (calendar->holidays, i);
      struct json_object *one = json_object_new_object ();
      g_autofree char *day = pd_holiday_format (holiday);

      pd_json_text (one, "day", day);
      pd_json_text (one, "name", holiday->name);
      json_object_array_add (holidays, one);
    }
  json_object_object_add (object, "holidays", holidays);
  return object;
}

static void
print_whole (const PdWorkCalendar *calendar)
{
  g_print ("%s (%s)\n  hours  %s\n  zone   %s\n", calendar->name,
           calendar->closed ? "closed" : "active",
           calendar->week[0] != '\0' ? calendar->week : "(never)", calendar->zone);
  for (guint i = 0; i < calendar->holidays->len; i++)
    {
      const PdHoliday *holiday = g_ptr_array_index (calendar->holidays, i);
      g_autofree char *day = pd_holiday_format (holiday);

      g_print ("  %10s  %s\n", day, holiday->name);
    }
}

static gboolean
print_calendar (PdCli *cli, const PdWorkCalendar *calendar, const char *said)
{
  if (cli->json)
    {
      struct json_object *object = calendar_json (calendar);

      pd_cli_print_json (object);
      json_object_put (object);
    }
  else if (said != NULL)
    g_print ("Calendar \"%s\" %s\n", calendar->name, said);
  else
    print_whole (calendar);
  return TRUE;
}

/* ---- commands ------------------------------------------------------------------------ */

static gboolean
work_add (PdDesk *desk, gpointer calendar, GError **error)
{
  return pd_work_calendar_add (desk, calendar, error);
}

static gboolean
work_save (PdDesk *desk, gpointer calendar, GError **error)
{
  return pd_work_calendar_save (desk, calendar, error);
}

gboolean
pd_command_calendar_add (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (CalendarOptions) options = { 0 };
  g_autoptr (PdWorkCalendar) calendar = NULL;

  if (!read_options (cli, &options, TRUE, &argc, &argv, error))
    return FALSE;
  calendar = pd_work_calendar_new (
      argv[1], "always", pd_config_text (cli->program->config, PD_SETTING_DESK_TIMEZONE));
  apply (&options, calendar);
  return pd_desk_transaction (cli->desk, work_add, calendar, error)
         && print_calendar (cli, calendar, "added");
}

gboolean
pd_command_calendar_set (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (CalendarOptions) options = { 0 };
  g_autoptr (PdWorkCalendar) calendar = NULL;

  if (!read_options (cli, &options, FALSE, &argc, &argv, error))
    return FALSE;
  calendar = pd_work_calendar_need (cli->desk, argv[1], error);
  if (calendar == NULL)
    return FALSE;
  apply (&options, calendar);
  return pd_desk_transaction (cli->desk, work_save, calendar, error)
         && print_calendar (cli, calendar, "changed, from now on");
}

gboolean
pd_command_calendar_show (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdWorkCalendar) calendar = NULL;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  calendar = pd_work_calendar_need (cli->desk, argv[1], error);
  return calendar != NULL && print_calendar (cli, calendar, NULL);
}

gboolean
pd_command_calendar_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (PdTable) table
      = pd_table_new ("CALENDAR", "STATE", "ZONE", "HOLIDAYS", "HOURS", NULL);
  struct json_object *array;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error))
    return FALSE;
  all = pd_work_calendar_list (cli->desk, error);
  if (all == NULL)
    return FALSE;
  array = json_object_new_array ();
  for (guint i = 0; i < all->len; i++)
    {
      const PdWorkCalendar *calendar = g_ptr_array_index (all, i);
      g_autofree char *holidays = g_strdup_printf ("%u", calendar->holidays->len);

      pd_table_add (table, calendar->name, calendar->closed ? "closed" : "active", calendar->zone,
                    holidays, calendar->week, NULL);
      json_object_array_add (array, calendar_json (calendar));
    }
  if (cli->json)
    pd_cli_print_json (array);
  else
    pd_table_print (table, "There is no calendar yet: postdesk calendar add NAME --hours HOURS");
  json_object_put (array);
  return TRUE;
}

typedef struct {
  PdWorkCalendar *calendar;
  gboolean closed;
} CalendarWork;

static gboolean
work_remove (PdDesk *desk, gpointer data, GError **error)
{
  CalendarWork *work = data;

  return pd_work_calendar_remove (desk, work->calendar, &work->closed, error);
}

gboolean
pd_command_calendar_remove (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdWorkCalendar) calendar = NULL;
  CalendarWork work = { 0 };

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  calendar = work.calendar = pd_work_calendar_need (cli->desk, argv[1], error);
  return calendar != NULL && pd_desk_transaction (cli->desk, work_remove, &work, error)
         && print_calendar (cli, calendar,
                            work.closed ? "closed: tickets have been timed by it" : "removed");
}

/* ---- holidays --------------------------------------------------------------------------- */

gboolean
pd_command_calendar_holiday_add (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdWorkCalendar) calendar = NULL;
  int year, month, day;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 3, 3, error) || !pd_cli_desk (cli, error)
      || !pd_holiday_parse (argv[2], &year, &month, &day, error))
    return FALSE;
  calendar = pd_work_calendar_need (cli->desk, argv[1], error);
  return calendar != NULL
         && pd_work_calendar_add_holiday (calendar, year, month, day, argv[3], error)
         && pd_desk_transaction (cli->desk, work_save, calendar, error)
         && print_calendar (cli, calendar, "has the holiday");
}

gboolean
pd_command_calendar_holiday_remove (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdWorkCalendar) calendar = NULL;
  int year, month, day;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 2, 2, error) || !pd_cli_desk (cli, error)
      || !pd_holiday_parse (argv[2], &year, &month, &day, error))
    return FALSE;
  calendar = pd_work_calendar_need (cli->desk, argv[1], error);
  return calendar != NULL && pd_work_calendar_drop_holiday (calendar, year, month, day, error)
         && pd_desk_transaction (cli->desk, work_save, calendar, error)
         && print_calendar (cli, calendar, "has that holiday no more");
}

gboolean
pd_command_calendar_import (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdWorkCalendar) calendar = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GDateTime) today = g_date_time_new_from_unix_utc (pd_clock_now () / PD_SECOND);
  g_autofree char *said = NULL;
  PdHolidayImport result;
  const char *bytes;
  gsize length;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 2, 2, error) || !pd_cli_desk (cli, error))
    return FALSE;
  file = pd_cli_read (argv[2], PD_HOLIDAY_IMPORT_MAX_SIZE, error);
  calendar = file != NULL ? pd_work_calendar_need (cli->desk, argv[1], error) : NULL;
  if (calendar == NULL)
    return FALSE;
  bytes = g_bytes_get_data (file, &length);
  if (!pd_holiday_import (calendar, bytes != NULL ? bytes : "", length,
                          g_date_time_get_year (today), &result, error))
    {
      g_prefix_error (error, "%s: ", argv[2]);
      return FALSE;
    }
  said = g_strdup_printf ("has %u more holidays (%u events are over, %u are no yearly or all-day "
                          "events)",
                          result.added, result.past, result.skipped);
  return pd_desk_transaction (cli->desk, work_save, calendar, error)
         && print_calendar (cli, calendar, said);
}
