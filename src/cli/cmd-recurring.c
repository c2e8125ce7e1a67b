#include "base/clock.h"
#include "base/error.h"
#include "cli/commands.h"
#include "desk/plan.h"
#include "desk/recurrence.h"
#include "desk/recurring.h"
#include "desk/ticket.h"
#include "desk/unit.h"

#define N_RUNS 10 /* that `run --try` prints */

/* what the options say; NULL: not given */
typedef struct {
  char *unit, *requester, *priority, *plan, *subject, *text, *pattern, *time, *zone, *from, *until,
      *name, *as;
  char **assignees;
  gboolean whole_unit, no_plan, no_end, try;
  /* what they mean */
  PdPerson *actor;
} Options;

static void
options_clear (Options *options)
{
  char **texts[]
      = { &options->unit, &options->requester, &options->priority, &options->plan,
          &options->subject, &options->text, &options->pattern, &options->time, &options->zone,
          &options->from, &options->until, &options->name, &options->as };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*texts[i]);
  g_strfreev (options->assignees);
  g_clear_pointer (&options->actor, pd_person_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
read_options (PdCli *cli, Options *o, gboolean is_new, int *argc, char ***argv, GError **error)
{
  int only_set = is_new ? G_OPTION_FLAG_HIDDEN : 0;
  const GOptionEntry entries[] = {
    { "unit", 'u', 0, G_OPTION_ARG_STRING, &o->unit, "The unit that gets its tickets", "NAME" },
    { "requester", 'r', 0, G_OPTION_ARG_STRING, &o->requester, "For whom they are", "ADDRESS" },
    { "subject", 's', 0, G_OPTION_ARG_STRING, &o->subject, "What they are about", "TEXT" },
    { "text", 't', 0, G_OPTION_ARG_STRING, &o->text, "What they say", "TEXT" },
    { "pattern", 'e', 0, G_OPTION_ARG_STRING, &o->pattern,
      "every 3 days; mon,thu or mon-fri; day 1,15,last", "PATTERN" },
    { "time", 0, 0, G_OPTION_ARG_STRING, &o->time, "At which local time (09:00)", "HH:MM" },
    { "zone", 'z', 0, G_OPTION_ARG_STRING, &o->zone, "Whose local time (else your own zone)",
      "ZONE" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &o->from,
      "The first day; `every N days` counts from it (today)", "DAY" },
    { "until", 0, 0, G_OPTION_ARG_STRING, &o->until, "The last day (without end)", "DAY" },
    { "assignee", 'a', 0, G_OPTION_ARG_STRING_ARRAY, &o->assignees,
      "Who is to do it (repeatable; else the whole unit)", "ADDRESS" },
    { "priority", 'p', 0, G_OPTION_ARG_STRING, &o->priority, "low, normal or high", "PRIORITY" },
    { "plan", 0, 0, G_OPTION_ARG_STRING, &o->plan, "SLA plan (else the unit's)", "NAME" },
    { "name", 0, only_set, G_OPTION_ARG_STRING, &o->name, "New name", "NAME" },
    { "whole-unit", 0, only_set, G_OPTION_ARG_NONE, &o->whole_unit, "Nobody by name any more",
      NULL },
    { "no-plan", 0, only_set, G_OPTION_ARG_NONE, &o->no_plan, "The unit's plan again", NULL },
    { "no-end", 0, only_set, G_OPTION_ARG_NONE, &o->no_end, "Without a last day again", NULL },
    { "as", 0, 0, G_OPTION_ARG_STRING, &o->as, "Who acts (else the first administrator)",
      "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };

  if (!pd_cli_options (cli, entries, argc, argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  o->actor = pd_cli_actor (cli, o->as, error);
  return o->actor != NULL;
}

static void
set (char **text, const char *value)
{
  if (value == NULL)
    return;
  g_free (*text);
  *text = g_strdup (value);
}

/* ---- what the options mean ------------------------------------------------------------ */

static gboolean
apply_people (PdDesk *desk, const Options *o, PdRecurring *recurring, GError **error)
{
  if (o->requester != NULL)
    {
      g_autoptr (PdPerson) person = pd_person_need (desk, o->requester, error);

      if (person == NULL)
        return FALSE;
      recurring->requester = person->id;
    }
  if (o->assignees != NULL || o->whole_unit)
    g_array_set_size (recurring->assignees, 0);
  for (char **a = o->assignees; a != NULL && *a != NULL; a++)
    {
      g_autoptr (PdPerson) person = pd_person_need (desk, *a, error);

      if (person == NULL)
        return FALSE;
      g_array_append_val (recurring->assignees, person->id);
    }
  return TRUE;
}

static gboolean
apply_place (PdDesk *desk, const Options *o, PdRecurring *recurring, GError **error)
{
  g_autoptr (PdUnit) unit = NULL;
  g_autoptr (PdPlan) plan = NULL;

  if (o->unit != NULL && (unit = pd_unit_need (desk, o->unit, error)) == NULL)
    return FALSE;
  if (o->plan != NULL && (plan = pd_plan_need (desk, o->plan, error)) == NULL)
    return FALSE;
  if (o->priority != NULL && !pd_priority_parse (o->priority, &recurring->priority, error))
    return FALSE;
  if (unit != NULL)
    recurring->unit = unit->id;
  if (plan != NULL)
    recurring->plan = plan->id;
  else if (o->no_plan)
    recurring->plan = 0;
  return TRUE;
}

/* Days are those of its zone, so the zone comes first. */
static gboolean
apply_time (PdDesk *desk, const Options *o, PdRecurring *recurring, GError **error)
{
  const char *zone = o->zone != NULL                     ? o->zone
                     : recurring->zone[0] != '\0'        ? recurring->zone
                     : o->actor->timezone[0] != '\0'     ? o->actor->timezone
                     : desk->settings->timezone != NULL  ? desk->settings->timezone
                                                         : "UTC";
  g_autoptr (GTimeZone) tz = g_time_zone_new_identifier (zone);

  if (tz == NULL)
    return pd_fail (error, PD_ERROR_INVALID, "--zone: there is no time zone \"%s\"", zone);
  if (o->from != NULL && !pd_recurrence_parse_day (o->from, tz, 0, &recurring->from, error))
    return FALSE;
  if (o->until != NULL && !pd_recurrence_parse_day (o->until, tz, 1, &recurring->until, error))
    return FALSE;
  if (o->no_end)
    recurring->until = 0;
  if (recurring->zone != zone)
    set (&recurring->zone, zone);
  set (&recurring->time, o->time);
  set (&recurring->pattern, o->pattern);
  return TRUE;
}

static gboolean
apply (PdDesk *desk, const Options *o, PdRecurring *recurring, GError **error)
{
  set (&recurring->name, o->name);
  set (&recurring->subject, o->subject);
  set (&recurring->text, o->text);
  return apply_people (desk, o, recurring, error) && apply_place (desk, o, recurring, error)
         && apply_time (desk, o, recurring, error);
}

/* ---- printing --------------------------------------------------------------------------- */

static struct json_object *
person_json (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  struct json_object *object;

  if (!pd_person_get (desk, id, &person, error))
    return NULL;
  object = json_object_new_object ();
  pd_json_text (object, "name", person != NULL ? person->name : "");
  pd_json_text (object, "address", person != NULL ? pd_person_address (person) : "");
  return object;
}

static gboolean
add_people (PdDesk *desk, const PdRecurring *recurring, struct json_object *object, GError **error)
{
  struct json_object *requester = person_json (desk, recurring->requester, error);
  struct json_object *assignees = json_object_new_array ();

  json_object_object_add (object, "requester", requester);
  json_object_object_add (object, "assignees", assignees);
  for (guint i = 0; requester != NULL && i < recurring->assignees->len; i++)
    {
      struct json_object *person
          = person_json (desk, g_array_index (recurring->assignees, gint64, i), error);

      if (person == NULL)
        return FALSE;
      json_object_array_add (assignees, person);
    }
  return requester != NULL;
}

static struct json_object *
recurring_json (PdDesk *desk, const PdRecurring *recurring, GError **error)
{
  g_autoptr (PdUnit) unit = NULL;
  g_autoptr (PdPlan) plan = NULL;
  struct json_object *object;

  if (!pd_unit_get (desk, recurring->unit, &unit, error)
      || (recurring->plan != 0 && !pd_plan_get (desk, recurring->plan, &plan, error)))
    return NULL;
  object = json_object_new_object ();
  pd_json_text (object, "name", recurring->name);
  pd_json_text (object, "state", pd_recurring_state_name (recurring->state));
  pd_json_text (object, "reason", recurring->reason);
  pd_json_text (object, "pattern", recurring->pattern);
  pd_json_text (object, "time", recurring->time);
  pd_json_text (object, "zone", recurring->zone);
  pd_json_time (object, "from", recurring->from);
  pd_json_time (object, "until", recurring->until);
  pd_json_time (object, "last", recurring->last);
  pd_json_time (object, "next", recurring->next);
  pd_json_text (object, "unit", unit != NULL ? unit->name : "");
  pd_json_text (object, "plan", plan != NULL ? plan->name : NULL);
  pd_json_text (object, "priority", pd_priority_name (recurring->priority));
  pd_json_text (object, "subject", recurring->subject);
  pd_json_text (object, "text", recurring->text);
  if (!add_people (desk, recurring, object, error))
    g_clear_pointer (&object, json_object_put);
  return object;
}

static const char *
text_of (struct json_object *object, const char *name)
{
  struct json_object *value = json_object_object_get (object, name);

  return value != NULL ? json_object_get_string (value) : "";
}

static void
print_text (struct json_object *object)
{
  struct json_object *assignees = json_object_object_get (object, "assignees");
  const char *reason = text_of (object, "reason");
  const char *until = text_of (object, "until");

  g_print ("%s (%s%s%s)\n", text_of (object, "name"), text_of (object, "state"),
           reason[0] != '\0' ? ": " : "", reason);
  g_print ("  runs       %s at %s %s\n", text_of (object, "pattern"), text_of (object, "time"),
           text_of (object, "zone"));
  g_print ("  from       %s%s%s\n", text_of (object, "from"), until[0] != '\0' ? " until " : "",
           until);
  g_print ("  last       %s\n  next       %s\n", text_of (object, "last"),
           text_of (object, "next"));
  g_print ("  requester  %s\n  unit       %s\n",
           text_of (json_object_object_get (object, "requester"), "address"),
           text_of (object, "unit"));
  for (gsize i = 0; i < json_object_array_length (assignees); i++)
    g_print ("  assignee   %s\n", text_of (json_object_array_get_idx (assignees, i), "address"));
  g_print ("  priority   %s\n  plan       %s\n  subject    %s\n\n%s\n", text_of (object, "priority"),
           text_of (object, "plan"), text_of (object, "subject"), text_of (object, "text"));
}

static gboolean
print_recurring (PdCli *cli, const PdRecurring *recurring, GError **error)
{
  struct json_object *object = recurring_json (cli->desk, recurring, error);

  if (object == NULL)
    return FALSE;
  if (cli->json)
    pd_cli_print_json (object);
  else
    print_text (object);
  json_object_put (object);
  return TRUE;
}

/* ---- add, set --------------------------------------------------------------------------- */

typedef gboolean (*Change) (PdDesk *desk, const PdPerson *actor, PdRecurring *recurring,
                            GError **error);

typedef struct {
  const Options *options;
  const char *name;
  Change change;
  gboolean is_new, keep;
  PdRecurring *recurring; /* as it is after */
} Work;

static gboolean
work (PdDesk *desk, gpointer data, GError **error)
{
  Work *job = data;
  const PdPerson *actor = job->options->actor;

  g_clear_pointer (&job->recurring, pd_recurring_free);
  job->recurring = job->is_new ? pd_recurring_new (job->name)
                               : pd_recurring_need (desk, actor, job->name, error);
  if (job->recurring == NULL)
    return FALSE;
  if (job->is_new)
    set (&job->recurring->time, "09:00");
  return (job->keep || apply (desk, job->options, job->recurring, error))
         && job->change (desk, actor, job->recurring, error);
}

static gboolean
change (PdCli *cli, Work *job, gboolean print, GError **error)
{
  gboolean done = pd_desk_transaction (cli->desk, work, job, error)
                  && (!print || print_recurring (cli, job->recurring, error));

  g_clear_pointer (&job->recurring, pd_recurring_free);
  return done;
}

gboolean
pd_command_recurring_add (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  Work job = { .options = &options, .change = pd_recurring_add, .is_new = TRUE };

  if (!read_options (cli, &options, TRUE, &argc, &argv, error))
    return FALSE;
  if (options.unit == NULL || options.requester == NULL || options.subject == NULL
      || options.pattern == NULL)
    return pd_cli_usage (cli, error, "--unit, --requester, --subject and --pattern are needed");
  job.name = argv[1];
  return change (cli, &job, TRUE, error);
}

gboolean
pd_command_recurring_set (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  Work job = { .options = &options, .change = pd_recurring_save };

  if (!read_options (cli, &options, FALSE, &argc, &argv, error))
    return FALSE;
  job.name = argv[1];
  return change (cli, &job, TRUE, error);
}

/* ---- show, list, remove, pause, resume, run ------------------------------------------------ */

static gboolean
read_as (PdCli *cli, Options *o, int *argc, char ***argv, int n, GError **error)
{
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &o->as, "Who acts (else the first administrator)",
      "ADDRESS" },
    { "try", 0, 0, G_OPTION_ARG_NONE, &o->try, "`run`: print the next ten runs instead", NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!pd_cli_options (cli, entries, argc, argv, n, n, error) || !pd_cli_desk (cli, error))
    return FALSE;
  o->actor = pd_cli_actor (cli, o->as, error);
  return o->actor != NULL;
}

static gboolean
simple (PdCli *cli, Change act, const char *said, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  Work job = { .options = &options, .change = act, .keep = TRUE };

  if (!read_as (cli, &options, &argc, &argv, 1, error))
    return FALSE;
  job.name = argv[1];
  if (!change (cli, &job, said == NULL, error))
    return FALSE;
  if (said != NULL)
    g_print ("Recurring ticket \"%s\" %s.\n", argv[1], said);
  return TRUE;
}

gboolean
pd_command_recurring_remove (PdCli *cli, int argc, char **argv, GError **error)
{
  return simple (cli, pd_recurring_remove, "removed; its tickets stay", argc, argv, error);
}

gboolean
pd_command_recurring_pause (PdCli *cli, int argc, char **argv, GError **error)
{
  return simple (cli, pd_recurring_pause, NULL, argc, argv, error);
}

gboolean
pd_command_recurring_resume (PdCli *cli, int argc, char **argv, GError **error)
{
  return simple (cli, pd_recurring_resume, NULL, argc, argv, error);
}

gboolean
pd_command_recurring_show (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (PdRecurring) recurring = NULL;

  if (!read_as (cli, &options, &argc, &argv, 1, error))
    return FALSE;
  recurring = pd_recurring_need (cli->desk, options.actor, argv[1], error);
  return recurring != NULL && print_recurring (cli, recurring, error);
}

gboolean
pd_command_recurring_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (PdTable) table
      = pd_table_new ("NAME", "STATE", "RUNS", "TIME", "ZONE", "NEXT", "UNIT", "SUBJECT", NULL);
  struct json_object *array;
  gboolean complete = TRUE;

  if (!read_as (cli, &options, &argc, &argv, 0, error))
    return FALSE;
  all = pd_recurring_list (cli->desk, options.actor, error);
  if (all == NULL)
    return FALSE;
  array = json_object_new_array ();
  for (guint i = 0; complete && i < all->len; i++)
    {
      struct json_object *one = recurring_json (cli->desk, g_ptr_array_index (all, i), error);

      complete = one != NULL;
      if (!complete)
        break;
      pd_table_add (table, text_of (one, "name"), text_of (one, "state"), text_of (one, "pattern"),
                    text_of (one, "time"), text_of (one, "zone"), text_of (one, "next"),
                    text_of (one, "unit"), text_of (one, "subject"), NULL);
      json_object_array_add (array, one);
    }
  if (complete && cli->json)
    pd_cli_print_json (array);
  else if (complete)
    pd_table_print (table, "No recurring ticket: postdesk recurring add NAME …");
  json_object_put (array);
  return complete;
}

static gboolean
print_runs (PdCli *cli, const PdRecurring *recurring, GError **error)
{
  gint64 runs[N_RUNS];
  gsize n;
  struct json_object *array;

  if (!pd_recurring_runs (recurring, pd_clock_now (), runs, N_RUNS, &n, error))
    return FALSE;
  array = json_object_new_array ();
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *text = pd_clock_format (runs[i]);

      if (!cli->json)
        g_print ("%s\n", text);
      json_object_array_add (array, json_object_new_string (text));
    }
  if (cli->json)
    pd_cli_print_json (array);
  else if (n == 0)
    g_print ("It will not run any more.\n");
  json_object_put (array);
  return TRUE;
}

typedef struct {
  const PdPerson *actor;
  const PdRecurring *recurring;
  gint64 number;
} RunWork;

static gboolean
run_now (PdDesk *desk, gpointer data, GError **error)
{
  RunWork *job = data;

  return pd_recurring_run_now (desk, job->actor, job->recurring, &job->number, error);
}

gboolean
pd_command_recurring_run (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (PdRecurring) recurring = NULL;
  RunWork job = { 0 };

  if (!read_as (cli, &options, &argc, &argv, 1, error))
    return FALSE;
  recurring = pd_recurring_need (cli->desk, options.actor, argv[1], error);
  if (recurring == NULL)
    return FALSE;
  if (options.try)
    return print_runs (cli, recurring, error);
  job = (RunWork){ options.actor, recurring, 0 };
  if (!pd_desk_transaction (cli->desk, run_now, &job, error))
    return FALSE;
  g_print ("Ticket #%" G_GINT64_FORMAT " opened.\n", job.number);
  return TRUE;
}
