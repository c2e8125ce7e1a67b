/* The run of a recurring ticket, by its timer. */
#include <json-c/json.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "desk/event.h"
#include "desk/plan.h"
#include "desk/recurring-row.h"
#include "desk/ticket.h"
#include "desk/timer-work.h"
#include "desk/unit-lead.h"
#include "desk/unit.h"

/* What is due, and how many runs the ticket stands for. */
typedef struct {
  gint64 last; /* the newest of them */
  gint64 next; /* the first that is not due yet; 0 none */
  guint runs;
} Due;

static gboolean
find_due (const PdRecurring *recurring, gint64 now, Due *due, GError **error)
{
  g_autoptr (PdRecurrence) recurrence = pd_recurring_recurrence (recurring, error);

  if (recurrence == NULL)
    return FALSE;
  *due = (Due){ recurring->next, pd_recurrence_next (recurrence, recurring->next), 1 };
  while (due->next != 0 && due->next <= now && due->runs < PD_RECURRING_MAX_MISSED)
    {
      due->last = due->next;
      due->runs++;
      due->next = pd_recurrence_next (recurrence, due->last);
    }
  /* more than anybody counts */
  if (due->next != 0 && due->next <= now)
    due->next = pd_recurrence_next (recurrence, now);
  return TRUE;
}

/* ---- whether it can run ---------------------------------------------------------- */

/* Why it cannot, as a text for people; *out NULL: it can. */
static gboolean
find_obstacle (PdDesk *desk, const PdRecurring *recurring, char **out, GError **error)
{
  g_autoptr (PdPerson) requester = NULL;
  g_autoptr (PdUnit) unit = NULL;

  *out = NULL;
  if (!pd_person_get (desk, recurring->requester, &requester, error)
      || !pd_unit_get (desk, recurring->unit, &unit, error))
    return FALSE;
  if (requester == NULL || requester->state != PD_PERSON_ACTIVE)
    *out = g_strdup_printf ("the requester, %s, is %s",
                            requester != NULL ? pd_person_label (requester) : "somebody",
                            requester != NULL ? pd_person_state_name (requester->state) : "gone");
  else if (unit == NULL || unit->closed)
    *out = g_strdup_printf ("the unit, %s, is %s", unit != NULL ? unit->name : "which it was",
                            unit != NULL ? "closed" : "gone");
  return TRUE;
}

/* The run is owed: `next` stays. */
static gboolean
pause_itself (PdDesk *desk, const PdRecurring *recurring, const char *reason, GError **error)
{
  pd_log (PD_LOG_WARNING, 0, "recurring-paused", "name", recurring->name, "reason", reason, NULL);
  return pd_db_exec (desk->db, PD_SQL_RECURRING_PAUSE,
                     PD_BIND (PD_TEXT (reason), PD_INT (recurring->id)), NULL, error);
}

/* Those of the assignees who still work here; who does not is logged.  Without
 * any the whole unit gets it. */
static gboolean
find_assignees (PdDesk *desk, const PdRecurring *recurring, GArray *into, GError **error)
{
  for (guint i = 0; i < recurring->assignees->len; i++)
    {
      gint64 id = g_array_index (recurring->assignees, gint64, i);
      g_autoptr (PdPerson) person = NULL;

      if (!pd_person_get (desk, id, &person, error))
        return FALSE;
      if (person != NULL && person->state == PD_PERSON_ACTIVE && pd_person_is_staff (person))
        g_array_append_val (into, id);
      else
        pd_log (PD_LOG_WARNING, 0, "recurring-assignee-gone", "name", recurring->name, "person",
                person != NULL ? pd_person_label (person) : "", NULL);
    }
  return TRUE;
}

/* The plan, if tickets may still have it; else the unit's. */
static gboolean
find_plan (PdDesk *desk, const PdRecurring *recurring, gint64 *out, GError **error)
{
  g_autoptr (PdPlan) plan = NULL;

  *out = recurring->plan;
  if (recurring->plan == 0)
    return TRUE;
  if (!pd_plan_get (desk, recurring->plan, &plan, error))
    return FALSE;
  if (plan == NULL || plan->closed)
    {
      pd_log (PD_LOG_WARNING, 0, "recurring-plan-gone", "name", recurring->name, NULL);
      *out = 0;
    }
  return TRUE;
}

/* ---- the run ----------------------------------------------------------------------- */

static gboolean
write_event (PdDesk *desk, const PdRecurring *recurring, gint64 ticket, const Due *due,
             GError **error)
{
  struct json_object *data = json_object_new_object ();
  g_autofree char *first = pd_clock_format (recurring->next);
  g_autofree char *last = pd_clock_format (due->last);
  gboolean written;

  json_object_object_add (data, "name", json_object_new_string (recurring->name));
  json_object_object_add (data, "due", json_object_new_string (last));
  json_object_object_add (data, "runs", json_object_new_int64 (due->runs));
  if (due->runs > 1)
    json_object_object_add (data, "missed_since", json_object_new_string (first));
  written = pd_event_add (desk, ticket, "recurring", 0, 0, json_object_to_json_string (data), error);
  json_object_put (data);
  return written;
}

static gboolean
open_ticket (PdDesk *desk, const PdRecurring *recurring, const Due *due, gint64 *out_number,
             GError **error)
{
  g_autoptr (GArray) assignees = g_array_new (FALSE, FALSE, sizeof (gint64));
  PdTicketNew new_ticket = {
    .subject = recurring->subject,
    .unit = recurring->unit,
    .requester = recurring->requester,
    .author = recurring->author,
    .source = "recurring",
    .priority = recurring->priority,
  };
  const PdEntry entry = {
    .kind = "comment",
    .author = recurring->author,
    .text = recurring->text,
    .no_acknowledgement = TRUE, /* he has not written */
  };
  g_autoptr (PdTicket) ticket = NULL;

  if (!find_assignees (desk, recurring, assignees, error)
      || !find_plan (desk, recurring, &new_ticket.plan, error))
    return FALSE;
  new_ticket.assignees = (const gint64 *)assignees->data;
  new_ticket.n_assignees = assignees->len;
  if (!pd_ticket_create (desk, &new_ticket, &entry, &ticket, NULL, error))
    return FALSE;
  *out_number = ticket->number;
  return write_event (desk, recurring, ticket->id, due, error);
}

static gboolean
run (PdDesk *desk, const PdRecurring *recurring, gint64 now, GError **error)
{
  g_autofree char *obstacle = NULL;
  gint64 ran = 0, number;
  Due due;

  if (!find_obstacle (desk, recurring, &obstacle, error))
    return FALSE;
  if (obstacle != NULL)
    return pause_itself (desk, recurring, obstacle, error);
  if (!find_due (recurring, now, &due, error)
      || !pd_db_exec (desk->db, PD_SQL_RECURRING_RAN,
                      PD_BIND (PD_TEXT (pd_recurring_state_name (
                                   due.next != 0 ? PD_RECURRING_ACTIVE : PD_RECURRING_OVER)),
                               PD_INT (due.last), PD_ID (due.next), PD_INT (recurring->id),
                               PD_INT (recurring->next)),
                      &ran, error))
    return FALSE;
  if (ran == 0) /* somebody was first */
    return TRUE;
  return open_ticket (desk, recurring, &due, &number, error)
         && (due.next == 0
             || pd_timer_set (desk, PD_TIMER_RECURRING, recurring->id, due.next, NULL, error));
}

gboolean
pd_recurring_run_now (PdDesk *desk, const PdPerson *actor, const PdRecurring *recurring,
                      gint64 *out_number, GError **error)
{
  const Due due = { pd_clock_now (), 0, 1 };
  g_autofree char *obstacle = NULL;

  *out_number = 0;
  if (!pd_unit_authorise_lead (desk, actor, recurring->unit, "run the recurring tickets of", error)
      || !find_obstacle (desk, recurring, &obstacle, error))
    return FALSE;
  if (obstacle != NULL)
    return pd_fail (error, PD_ERROR_CONFLICT, "recurring ticket \"%s\" cannot run: %s",
                    recurring->name, obstacle);
  return open_ticket (desk, recurring, &due, out_number, error);
}

gboolean
pd_timer_work_recurring (PdDesk *desk, const PdTimer *timer, GError **error)
{
  g_autoptr (PdRecurring) recurring = NULL;
  gint64 now = pd_clock_now ();

  if (!pd_recurring_get (desk, timer->subject, &recurring, error))
    return FALSE;
  if (recurring == NULL || recurring->state != PD_RECURRING_ACTIVE || recurring->next == 0)
    return TRUE;
  if (recurring->next > now)
    return pd_timer_set (desk, PD_TIMER_RECURRING, recurring->id, recurring->next, NULL, error);
  return run (desk, recurring, now, error);
}
