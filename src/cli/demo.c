#include "cli/demo.h"

#include "base/error.h"
#include "desk/client-group.h"
#include "desk/person.h"
#include "desk/plan.h"
#include "desk/ticket-change.h"
#include "desk/unit.h"
#include "desk/work-calendar.h"

static const struct {
  const char *name, *address, *signature;
} units[] = {
  { "support", "support@desk.example", "Demo support, Monday to Friday 9:00-17:00" },
  { "billing", "billing@desk.example", "Demo billing" },
};

static const struct {
  const char *name, *address, *language;
  PdRole role;
  gboolean admin;
  const char *unit;
} people[] = {
  { "Ada Admin", "ada@staff.example", "en", PD_ROLE_HEAD, TRUE, "support" },
  { "Marta Agent", "marta@staff.example", "uk", PD_ROLE_AGENT, FALSE, "support" },
  { "Boris Agent", "boris@staff.example", "ru", PD_ROLE_AGENT, FALSE, "billing" },
  { "Olena Shevchenko", "olena@client.example", "uk", PD_ROLE_CLIENT, FALSE, NULL },
  { "Hans Müller", "hans@client.example", "", PD_ROLE_CLIENT, FALSE, NULL },
};

static const struct {
  const char *unit, *requester, *subject, *text;
  gboolean done;
  const char *tag;
} tickets[] = {
  { "support", "olena@client.example", "Не друкує принтер на другому поверсі",
    "Добрий день!\n\nПринтер блимає червоним і не друкує. Що робити?\n", FALSE, "printer" },
  { "support", "hans@client.example", "Druckertreiberinstallationsprobleme nach dem letzten Update",
    "Guten Tag,\n\nseit dem Update lässt sich der Treiber nicht mehr installieren.\n", FALSE,
    "driver" },
  { "billing", "hans@client.example", "Invoice 4711 is wrong",
    "The sum of invoice 4711 is wrong, please check.\n", TRUE, "invoice" },
};

/* Two working hours to the first look, a working day and a half to the end. */
static gboolean
add_plan (PdDesk *desk, GError **error)
{
  g_autoptr (PdWorkCalendar) calendar
      = pd_work_calendar_new ("office", "mon-fri 09:00-17:00", "Europe/Kyiv");
  g_autoptr (PdPlan) plan = pd_plan_new ("standard");

  if (!pd_work_calendar_add (desk, calendar, error)
      || !pd_plan_set_limits (plan, PD_SLA_REACTION, "low=4h,normal=2h,high=30m", error)
      || !pd_plan_set_limits (plan, PD_SLA_DEADLINE, "low=24h,normal=12h,high=4h", error))
    return FALSE;
  plan->calendar = calendar->id;
  return pd_plan_add (desk, plan, error);
}

/* A customer's house: she sees what he asked. */
static gboolean
add_group (PdDesk *desk, GError **error)
{
  g_autoptr (PdClientGroup) group = pd_client_group_add (desk, "Client Ltd", error);
  g_autoptr (PdPerson) head
      = group != NULL ? pd_person_need (desk, "olena@client.example", error) : NULL;
  g_autoptr (PdPerson) member
      = head != NULL ? pd_person_need (desk, "hans@client.example", error) : NULL;

  return member != NULL && pd_client_group_add_member (desk, group->id, head, TRUE, error)
         && pd_client_group_add_member (desk, group->id, member, FALSE, error);
}

static gboolean
add_units (PdDesk *desk, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      const char *const addresses[] = { units[i].address, NULL };
      g_autoptr (PdUnit) unit = pd_unit_new (units[i].name, addresses);

      g_free (unit->signature);
      unit->signature = g_strdup (units[i].signature);
      if (!pd_unit_add (desk, unit, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_people (PdDesk *desk, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    {
      g_autoptr (PdPerson) person
          = pd_person_new (people[i].role, people[i].name, people[i].address);
      g_autoptr (PdUnit) unit = NULL;

      g_free (person->language);
      person->language = g_strdup (people[i].language);
      person->admin = people[i].admin;
      if (!pd_person_add (desk, person, error))
        return FALSE;
      if (people[i].unit == NULL)
        continue;
      unit = pd_unit_need (desk, people[i].unit, error);
      if (unit == NULL
          || !pd_unit_add_member (desk, unit->id, person->id, person->role == PD_ROLE_HEAD, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_ticket (PdDesk *desk, guint i, GError **error)
{
  g_autoptr (PdUnit) unit = pd_unit_need (desk, tickets[i].unit, error);
  g_autoptr (PdPerson) requester
      = unit != NULL ? pd_person_need (desk, tickets[i].requester, error) : NULL;
  g_autoptr (PdPerson) agent
      = requester != NULL ? pd_person_need (desk, "boris@staff.example", error) : NULL;
  g_autoptr (PdTicket) ticket = NULL;
  g_autoptr (PdPlan) plan = NULL;
  PdEntry entry = { .kind = "comment", .text = tickets[i].text, .quiet = TRUE };
  PdTicketNew new_ticket = { .subject = tickets[i].subject, .source = "command" };

  if (agent == NULL)
    return FALSE;
  new_ticket.unit = unit->id;
  new_ticket.requester = new_ticket.author = entry.author = requester->id;
  plan = pd_plan_need (desk, "standard", error);
  if (plan == NULL || !pd_ticket_create (desk, &new_ticket, &entry, &ticket, NULL, error)
      || !pd_ticket_tag (desk, ticket, NULL, tickets[i].tag, error)
      || !pd_ticket_set_plan (desk, ticket, NULL, plan->id, error))
    return FALSE;
  if (tickets[i].done)
    {
      PdEntry answer = { .kind = "reply",
                         .author = agent->id,
                         .quiet = TRUE,
                         .text = "You are right; a new invoice is on its way.\n" };

      return pd_ticket_add_entry (desk, ticket, &answer, NULL, error)
             && pd_ticket_take (desk, ticket, agent, error)
             && pd_ticket_finish (desk, ticket, agent, error);
    }
  return TRUE;
}

static gboolean
fill (PdDesk *desk, gpointer data, GError **error)
{
  if (!add_plan (desk, error) || !add_units (desk, error) || !add_people (desk, error)
      || !add_group (desk, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (tickets); i++)
    if (!add_ticket (desk, i, error))
      return FALSE;
  return TRUE;
}

gboolean
pd_demo_fill (PdDesk *desk, GError **error)
{
  return pd_desk_transaction (desk, fill, NULL, error);
}
