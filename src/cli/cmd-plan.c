#include "base/error.h"
#include "cli/commands.h"
#include "desk/plan.h"
#include "desk/work-calendar.h"

/* what the options of `plan add` and `plan set` say; NULL: not given */
typedef struct {
  char *name;
  char *parent;
  char *calendar;
  char *limits[PD_SLA_N_CLOCKS];
  char *waiting;
  gboolean close, open;
} PlanOptions;

static void
plan_options_clear (PlanOptions *options)
{
  g_free (options->name);
  g_free (options->parent);
  g_free (options->calendar);
  g_free (options->waiting);
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    g_free (options->limits[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PlanOptions, plan_options_clear)

static gboolean
read_options (PdCli *cli, PlanOptions *options, gboolean is_new, int *argc, char ***argv,
              GError **error)
{
  static const char *const words[] = { "pauses", "counts", NULL };
  const GOptionEntry entries[] = {
    { "reaction", 0, 0, G_OPTION_ARG_STRING, &options->limits[PD_SLA_REACTION],
      "From the creation to the first take: 4h, or low=8h,normal=4h,high=1h; 0 no limit", "SPAN" },
    { "work", 0, 0, G_OPTION_ARG_STRING, &options->limits[PD_SLA_WORK],
      "All times in work together", "SPAN" },
    { "deadline", 0, 0, G_OPTION_ARG_STRING, &options->limits[PD_SLA_DEADLINE],
      "From the creation to done", "SPAN" },
    { "calendar", 0, 0, G_OPTION_ARG_STRING, &options->calendar,
      "Working hours; \"\": those of the ticket's unit", "NAME" },
    { "waiting", 0, 0, G_OPTION_ARG_STRING, &options->waiting,
      "While a ticket waits for the customer, reaction and deadline: pauses (they stand) or counts",
      "WORD" },
    { "parent", 0, is_new ? 0 : G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &options->parent,
      "The plan above it in the tree", "NAME" },
    { "name", 0, is_new ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_STRING, &options->name, "New name",
      "NAME" },
    { "close", 0, is_new ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_NONE, &options->close,
      "No ticket gets it any more; those that have it keep it", NULL },
    { "open", 0, is_new ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_NONE, &options->open,
      "Tickets can get it again", NULL },
    G_OPTION_ENTRY_NULL,
  };

  return pd_cli_options (cli, entries, argc, argv, 1, 1, error)
         && pd_cli_word (cli, "--waiting", options->waiting, words, error)
         && pd_cli_desk (cli, error);
}

/* Sets *out to the id of a named plan; "" is none, NULL leaves it. */
static gboolean
find_plan (PdDesk *desk, const char *name, gint64 *out, GError **error)
{
  g_autoptr (PdPlan) plan = NULL;

  if (name == NULL)
    return TRUE;
  *out = 0;
  if (*name == '\0')
    return TRUE;
  plan = pd_plan_need (desk, name, error);
  if (plan != NULL)
    *out = plan->id;
  return plan != NULL;
}

static gboolean
find_calendar (PdDesk *desk, const char *name, gint64 *out, GError **error)
{
  g_autoptr (PdWorkCalendar) calendar = NULL;

  if (name == NULL)
    return TRUE;
  *out = 0;
  if (*name == '\0')
    return TRUE;
  calendar = pd_work_calendar_need (desk, name, error);
  if (calendar == NULL)
    return FALSE;
  if (calendar->closed)
    return pd_fail (error, PD_ERROR_INVALID, "calendar \"%s\" is closed", name);
  *out = calendar->id;
  return TRUE;
}

static gboolean
apply (PdDesk *desk, const PlanOptions *options, PdPlan *plan, GError **error)
{
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    if (options->limits[i] != NULL
        && !pd_plan_set_limits (plan, (PdSlaClockKind)i, options->limits[i], error))
      return FALSE;
  if (options->name != NULL)
    {
      g_free (plan->name);
      plan->name = g_strdup (options->name);
    }
  if (options->waiting != NULL)
    plan->waiting_pauses = g_str_equal (options->waiting, "pauses");
  if (options->close || options->open)
    plan->closed = options->close;
  return find_plan (desk, options->parent, &plan->parent, error)
         && find_calendar (desk, options->calendar, &plan->calendar, error);
}

/* ---- printing ---------------------------------------------------------------------- */

static gboolean
calendar_name (PdDesk *desk, gint64 id, char **out, GError **error)
{
  g_autoptr (PdWorkCalendar) calendar = NULL;

  *out = NULL;
  if (id != 0 && !pd_work_calendar_get (desk, id, &calendar, error))
    return FALSE;
  *out = calendar != NULL ? g_strdup (calendar->name) : NULL;
  return TRUE;
}

/* NULL on error */
static struct json_object *
plan_json (PdDesk *desk, const PdPlan *plan, GError **error)
{
  struct json_object *object;
  g_autofree char *calendar = NULL;
  g_autoptr (PdPlan) parent = NULL;

  if (!calendar_name (desk, plan->calendar, &calendar, error)
      || (plan->parent != 0 && !pd_plan_get (desk, plan->parent, &parent, error)))
    return NULL;
  object = json_object_new_object ();
  pd_json_id (object, "id", plan->id);
  pd_json_text (object, "name", plan->name);
  pd_json_text (object, "parent", parent != NULL ? parent->name : NULL);
  json_object_object_add (object, "depth", json_object_new_int ((int)plan->depth));
  pd_json_text (object, "state", plan->closed ? "closed" : "active");
  pd_json_text (object, "calendar", calendar);
  pd_json_text (object, "waiting", plan->waiting_pauses ? "pauses" : "counts");
  for (int i = 0; i < PD_SLA_N_CLOCKS; i++)
    {
      g_autofree char *limits = pd_plan_dup_limits (plan, (PdSlaClockKind)i);

      pd_json_text (object, pd_sla_clock_name ((PdSlaClockKind)i), limits);
    }
  return object;
}

static const char *
text_of (struct json_object *object, const char *name)
{
  const char *text = json_object_get_string (json_object_object_get (object, name));

  return text != NULL ? text : "";
}

static gboolean
print_plan (PdCli *cli, const PdPlan *plan, const char *said, GError **error)
{
  struct json_object *object = plan_json (cli->desk, plan, error);

  if (object == NULL)
    return FALSE;
  if (cli->json)
    pd_cli_print_json (object);
  else if (said != NULL)
    g_print ("Plan \"%s\" %s\n", plan->name, said);
  else
    g_print ("%s (%s)\n  reaction  %s\n  work      %s\n  deadline  %s\n  calendar  %s\n"
             "  waiting   %s\n",
             plan->name, text_of (object, "state"), text_of (object, "reaction"),
             text_of (object, "work"), text_of (object, "deadline"),
             plan->calendar != 0 ? text_of (object, "calendar") : "(the unit's)",
             text_of (object, "waiting"));
  json_object_put (object);
  return TRUE;
}

/* ---- commands ------------------------------------------------------------------------- */

static gboolean
work_add (PdDesk *desk, gpointer plan, GError **error)
{
  return pd_plan_add (desk, plan, error);
}

static gboolean
work_save (PdDesk *desk, gpointer plan, GError **error)
{
  return pd_plan_save (desk, plan, error);
}

gboolean
pd_command_plan_add (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (PlanOptions) options = { 0 };
  g_autoptr (PdPlan) plan = NULL;

  if (!read_options (cli, &options, TRUE, &argc, &argv, error))
    return FALSE;
  plan = pd_plan_new (argv[1]);
  return apply (cli->desk, &options, plan, error)
         && pd_desk_transaction (cli->desk, work_add, plan, error)
         && print_plan (cli, plan, "added", error);
}

gboolean
pd_command_plan_set (PdCli *cli, int argc, char **argv, GError **error)
{
  g_auto (PlanOptions) options = { 0 };
  g_autoptr (PdPlan) plan = NULL;

  if (!read_options (cli, &options, FALSE, &argc, &argv, error))
    return FALSE;
  plan = pd_plan_need (cli->desk, argv[1], error);
  return plan != NULL && apply (cli->desk, &options, plan, error)
         && pd_desk_transaction (cli->desk, work_save, plan, error)
         && print_plan (cli, plan, "changed; tickets that have it keep their limits", error);
}

gboolean
pd_command_plan_show (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdPlan) plan = NULL;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  plan = pd_plan_need (cli->desk, argv[1], error);
  return plan != NULL && print_plan (cli, plan, NULL, error);
}

gboolean
pd_command_plan_list (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) plans = NULL;
  g_autoptr (PdTable) table = pd_table_new ("PLAN", "STATE", "REACTION", "WORK", "DEADLINE", NULL);
  struct json_object *array;
  gboolean ok = TRUE;

  if (!pd_cli_options (cli, NULL, &argc, &argv, 0, 0, error) || !pd_cli_desk (cli, error))
    return FALSE;
  plans = pd_plan_list (cli->desk, error);
  if (plans == NULL)
    return FALSE;
  array = json_object_new_array ();
  for (guint i = 0; ok && i < plans->len; i++)
    {
      const PdPlan *plan = g_ptr_array_index (plans, i);
      struct json_object *object = plan_json (cli->desk, plan, error);
      g_autofree char *name
          = g_strdup_printf ("%*s%s", (int)MIN (plan->depth, PD_PLAN_MAX_DEPTH) * 2, "", plan->name);

      ok = object != NULL;
      if (!ok)
        break;
      pd_table_add (table, name, text_of (object, "state"), text_of (object, "reaction"),
                    text_of (object, "work"), text_of (object, "deadline"), NULL);
      json_object_array_add (array, object);
    }
  if (ok && cli->json)
    pd_cli_print_json (array);
  else if (ok)
    pd_table_print (table, "There is no plan yet: postdesk plan add NAME --reaction 4h");
  json_object_put (array);
  return ok;
}

typedef struct {
  PdPlan *plan;
  gint64 parent, before;
  gboolean closed;
} PlanWork;

static gboolean
work_move (PdDesk *desk, gpointer data, GError **error)
{
  PlanWork *work = data;

  return pd_plan_move (desk, work->plan, work->parent, work->before, error);
}

static gboolean
work_remove (PdDesk *desk, gpointer data, GError **error)
{
  PlanWork *work = data;

  return pd_plan_remove (desk, work->plan, &work->closed, error);
}

gboolean
pd_command_plan_move (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *parent = NULL, *before = NULL;
  const GOptionEntry entries[] = {
    { "parent", 0, 0, G_OPTION_ARG_STRING, &parent,
      "The plan to stand under; \"\": at the top; else it stays where it is", "NAME" },
    { "before", 0, 0, G_OPTION_ARG_STRING, &before,
      "The plan to stand before; else behind the others", "NAME" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdPlan) plan = NULL;
  PlanWork work = { 0 };

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  plan = work.plan = pd_plan_need (cli->desk, argv[1], error);
  if (plan == NULL)
    return FALSE;
  work.parent = plan->parent;
  return find_plan (cli->desk, parent, &work.parent, error)
         && find_plan (cli->desk, before, &work.before, error)
         && pd_desk_transaction (cli->desk, work_move, &work, error)
         && print_plan (cli, plan, "moved", error);
}

gboolean
pd_command_plan_remove (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (PdPlan) plan = NULL;
  PlanWork work = { 0 };

  if (!pd_cli_options (cli, NULL, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error))
    return FALSE;
  plan = work.plan = pd_plan_need (cli->desk, argv[1], error);
  return plan != NULL && pd_desk_transaction (cli->desk, work_remove, &work, error)
         && print_plan (cli, plan,
                        work.closed ? "closed: finished tickets have it" : "removed", error);
}
