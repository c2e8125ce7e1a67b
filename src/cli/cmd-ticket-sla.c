#include "base/clock.h"
#include "base/error.h"
#include "cli/commands.h"
#include "desk/ticket-access.h"
#include "desk/ticket-clock.h"
#include "desk/when.h"

/* What is told of one clock, in the zone of who asks. */
typedef struct {
  GTimeZone *zone;
  struct json_object *stretches;
  gboolean json;
} Told;

/* His zone, else the desk's; UTC if it is none any more. */
static GTimeZone *
zone_of (PdCli *cli, const PdPerson *person)
{
  GTimeZone *zone = g_time_zone_new_identifier (
      person->timezone[0] != '\0' ? person->timezone
                                  : pd_config_text (cli->program->config,
                                                    PD_SETTING_DESK_TIMEZONE));

  return zone != NULL ? zone : g_time_zone_new_utc ();
}

static char *
local_time (GTimeZone *zone, gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / PD_SECOND);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);

  return g_date_time_format (local, "%a %Y-%m-%d %H:%M:%S");
}

static void
tell_stretch (gint64 from, gint64 to, const char *why, gpointer data)
{
  Told *told = data;
  g_autofree char *begin = local_time (told->zone, from);
  g_autofree char *end = local_time (told->zone, to);
  g_autofree char *span = pd_when_format_span (to - from);
  struct json_object *one;

  if (!told->json)
    {
      g_print ("  %s – %s  %12s  %s%s\n", begin, end, span, why == NULL ? "counted" : "not counted: ",
               why == NULL ? "" : why);
      return;
    }
  one = json_object_new_object ();
  pd_json_time (one, "from", from);
  pd_json_time (one, "to", to);
  json_object_object_add (one, "counted", json_object_new_boolean (why == NULL));
  pd_json_text (one, "why", why);
  json_object_array_add (told->stretches, one);
}

static void
print_head (const Told *told, PdSlaClockKind kind, const PdSlaClock *clock)
{
  g_autofree char *limit = pd_when_format_span (clock->limit);
  g_autofree char *used = pd_when_format_span (clock->used);
  g_autofree char *due = clock->due != 0 ? local_time (told->zone, clock->due) : NULL;
  guint percent = pd_sla_percent (clock);

  g_print ("%s (%s): ", pd_sla_clock_name (kind), pd_ticket_clock_state (clock));
  if (clock->limit == 0)
    g_print ("no limit, %s used\n", used);
  else if (clock->used >= clock->limit)
    g_print ("%s used of %s: over since %s\n", used, limit, due != NULL ? due : "the limit was set");
  else
    g_print ("%s used of %s, %u %% left%s%s\n", used, limit, 100 - MIN (percent, 100),
             due != NULL ? ", due " : "", due != NULL ? due : "");
}

static struct json_object *
head_json (PdSlaClockKind kind, const PdSlaClock *clock)
{
  struct json_object *object = json_object_new_object ();
  gboolean over = clock->limit > 0 && clock->used >= clock->limit;

  pd_json_text (object, "name", pd_sla_clock_name (kind));
  pd_json_text (object, "state", pd_ticket_clock_state (clock));
  json_object_object_add (object, "limit", json_object_new_int64 (clock->limit / PD_SECOND));
  json_object_object_add (object, "used", json_object_new_int64 (clock->used / PD_SECOND));
  json_object_object_add (object, "percent", json_object_new_int64 (pd_sla_percent (clock)));
  pd_json_time (object, "due", clock->due);
  pd_json_time (object, "breached", over ? clock->due : 0);
  return object;
}

static gboolean
tell_clock (PdCli *cli, const PdTicket *ticket, Told *told, PdSlaClockKind kind,
            const PdSlaClock *clock, gint64 now, struct json_object *into, GError **error)
{
  struct json_object *object = head_json (kind, clock);

  told->stretches = json_object_new_array ();
  json_object_object_add (object, "stretches", told->stretches);
  json_object_array_add (into, object);
  if (!told->json)
    print_head (told, kind, clock);
  return pd_ticket_clock_explain (cli->desk, ticket, now, kind, tell_stretch, told, error);
}

static gboolean
tell_ticket (PdCli *cli, const PdTicket *ticket, const PdPerson *actor, GError **error)
{
  g_autoptr (GTimeZone) zone = zone_of (cli, actor);
  Told told = { .zone = zone, .json = cli->json };
  struct json_object *array = json_object_new_array ();
  PdSlaClock clocks[PD_SLA_N_CLOCKS];
  gint64 now = pd_clock_now ();
  gboolean ok = pd_ticket_clock_measure (cli->desk, ticket, now, clocks, error);

  if (ok && !cli->json)
    g_print ("Ticket #%" G_GINT64_FORMAT "%s; times are %s\n", ticket->number,
             ticket->plan == 0 && ticket->deadline == 0 ? " has neither plan nor deadline" : "",
             g_time_zone_get_identifier (zone));
  for (int i = 0; ok && i < PD_SLA_N_CLOCKS; i++)
    ok = tell_clock (cli, ticket, &told, (PdSlaClockKind)i, &clocks[i], now, array, error);
  if (ok && cli->json)
    pd_cli_print_json (array);
  json_object_put (array);
  return ok;
}

gboolean
pd_command_ticket_sla (PdCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *as = NULL;
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &as, "Who asks (else $POSTDESK_AS)", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PdPerson) actor = NULL;
  g_autoptr (PdTicket) ticket = NULL;
  gint64 number;

  if (!pd_cli_options (cli, entries, &argc, &argv, 1, 1, error) || !pd_cli_desk (cli, error)
      || !pd_cli_number (argv[1], &number, error))
    return FALSE;
  actor = pd_cli_actor (cli, as, error);
  ticket = actor != NULL ? pd_ticket_need (cli->desk, number, error) : NULL;
  return ticket != NULL
         && pd_ticket_authorise (cli->desk, ticket, actor, PD_ACT_INTERNAL, error)
         && tell_ticket (cli, ticket, actor, error);
}
