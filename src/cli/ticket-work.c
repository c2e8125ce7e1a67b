#include "cli/ticket-work.h"

#include "base/clock.h"
#include "base/error.h"
#include "desk/plan.h"
#include "desk/when.h"

gboolean
pd_ticket_work_viewer (PdCli *cli, const char *address, PdPerson **out, GError **error)
{
  if (address == NULL)
    address = g_getenv ("POSTDESK_AS");
  *out = address != NULL ? pd_person_need (cli->desk, address, error) : NULL;
  return address == NULL || *out != NULL;
}

gboolean
pd_ticket_work_when (PdCli *cli, const PdPerson *actor, const char *text, gint64 *out_time,
                     GError **error)
{
  const char *name = actor->timezone[0] != '\0' ? actor->timezone : cli->desk->settings->timezone;
  g_autoptr (GTimeZone) zone = NULL;

  *out_time = 0;
  if (g_str_equal (text, "none"))
    return TRUE;
  zone = g_time_zone_new_identifier (name != NULL ? name : "UTC");
  if (zone == NULL)
    zone = g_time_zone_new_utc ();
  return pd_when_parse (text, pd_clock_now (), zone, out_time, error);
}

gboolean
pd_ticket_work_plan (PdDesk *desk, const char *name, gint64 *out_plan, GError **error)
{
  g_autoptr (PdPlan) plan = NULL;

  *out_plan = 0;
  if (g_str_equal (name, "none"))
    return TRUE;
  plan = pd_plan_need (desk, name, error);
  if (plan == NULL)
    return FALSE;
  *out_plan = plan->id;
  return TRUE;
}

GArray *
pd_ticket_work_people (PdDesk *desk, char **addresses, GError **error)
{
  g_autoptr (GArray) people = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (gsize i = 0; addresses != NULL && addresses[i] != NULL; i++)
    {
      g_autoptr (PdPerson) person = pd_person_need (desk, addresses[i], error);

      if (person == NULL)
        return NULL;
      g_array_append_val (people, person->id);
    }
  return g_steal_pointer (&people);
}
