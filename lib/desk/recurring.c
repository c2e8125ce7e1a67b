#include "desk/recurring.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/nearest.h"
#include "desk/audit.h"
#include "desk/plan.h"
#include "desk/recurring-row.h"
#include "desk/ticket.h"
#include "desk/timer.h"
#include "desk/unit-lead.h"
#include "desk/unit.h"

#define WHAT "set up recurring tickets of"

/* ---- what may be there ------------------------------------------------------------- */

static gboolean
check_texts (const PdRecurring *recurring, GError **error)
{
  glong length = g_utf8_validate (recurring->name, -1, NULL) ? g_utf8_strlen (recurring->name, -1)
                                                             : 0;

  if (length == 0 || length > PD_RECURRING_MAX_NAME)
    return pd_fail (error, PD_ERROR_INVALID, "name: 1 to %d characters", PD_RECURRING_MAX_NAME);
  if (!g_utf8_validate (recurring->subject, -1, NULL) || recurring->subject[0] == '\0'
      || g_utf8_strlen (recurring->subject, -1) > PD_TICKET_MAX_SUBJECT)
    return pd_fail (error, PD_ERROR_INVALID, "subject: 1 to %d characters", PD_TICKET_MAX_SUBJECT);
  if (!g_utf8_validate (recurring->text, -1, NULL)
      || strlen (recurring->text) > PD_TICKET_MAX_TEXT)
    return pd_fail (error, PD_ERROR_INVALID, "text: UTF-8, at most %d octets", PD_TICKET_MAX_TEXT);
  return (recurring->priority >= 1 && recurring->priority <= 3)
         || pd_fail (error, PD_ERROR_INVALID, "priority: low, normal or high");
}

static gboolean
check_unit (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (PdUnit) unit = NULL;

  if (!pd_unit_get (desk, id, &unit, error))
    return FALSE;
  return (unit != NULL && !unit->closed)
         || pd_fail (error, PD_ERROR_INVALID, "unit: %s is closed; tickets need an open one",
                     unit != NULL ? unit->name : "it is gone or");
}

static gboolean
check_person (PdDesk *desk, gint64 id, const char *field, gboolean staff, GError **error)
{
  g_autoptr (PdPerson) person = NULL;

  if (!pd_person_get (desk, id, &person, error))
    return FALSE;
  return (person != NULL && person->state == PD_PERSON_ACTIVE
          && (!staff || pd_person_is_staff (person)))
         || pd_fail (error, PD_ERROR_INVALID, "%s: %s is no active %s", field,
                     person != NULL ? pd_person_label (person) : "nobody of this id",
                     staff ? "member of staff" : "person");
}

static gboolean
check_plan (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (PdPlan) plan = NULL;

  if (id == 0)
    return TRUE;
  if (!pd_plan_get (desk, id, &plan, error))
    return FALSE;
  return (plan != NULL && !plan->closed)
         || pd_fail (error, PD_ERROR_INVALID, "plan: %s is closed; choose an open one",
                     plan != NULL ? plan->name : "it is gone or");
}

static gboolean
check_people (PdDesk *desk, const PdRecurring *recurring, GError **error)
{
  GArray *assignees = recurring->assignees;

  if (assignees->len > PD_RECURRING_MAX_ASSIGNEES)
    return pd_fail (error, PD_ERROR_INVALID, "assignees: at most %d", PD_RECURRING_MAX_ASSIGNEES);
  if (!check_person (desk, recurring->requester, "requester", FALSE, error))
    return FALSE;
  for (guint i = 0; i < assignees->len; i++)
    {
      gint64 id = g_array_index (assignees, gint64, i);

      if (!check_person (desk, id, "assignees", TRUE, error))
        return FALSE;
      for (guint k = 0; k < i; k++)
        if (g_array_index (assignees, gint64, k) == id)
          return pd_fail (error, PD_ERROR_INVALID, "assignees: the same person twice");
    }
  return TRUE;
}

static gboolean
check_name_is_free (PdDesk *desk, const PdRecurring *recurring, GError **error)
{
  g_autoptr (PdRecurring) other = NULL;

  if (!pd_recurring_by_name (desk, recurring->name, &other, error))
    return FALSE;
  return other == NULL || other->id == recurring->id
         || pd_fail (error, PD_ERROR_CONFLICT, "name: there is a recurring ticket \"%s\" already",
                     recurring->name);
}

static gboolean
check (PdDesk *desk, const PdPerson *actor, const PdRecurring *recurring, GError **error)
{
  return pd_unit_authorise_lead (desk, actor, recurring->unit, WHAT, error)
         && check_texts (recurring, error) && check_unit (desk, recurring->unit, error)
         && check_people (desk, recurring, error) && check_plan (desk, recurring->plan, error)
         && check_name_is_free (desk, recurring, error);
}

/* ---- finding ------------------------------------------------------------------------ */

static gboolean
may (PdDesk *desk, const PdPerson *actor, const PdRecurring *recurring, gboolean *out,
     GError **error)
{
  *out = TRUE;
  return actor == NULL || pd_unit_leads (desk, actor, recurring->unit, out, error);
}

GPtrArray *
pd_recurring_list (PdDesk *desk, const PdPerson *actor, GError **error)
{
  g_autoptr (GPtrArray) all = pd_recurring_read_all (desk, error);

  for (guint i = all != NULL ? all->len : 0; i > 0; i--)
    {
      gboolean his;

      if (!may (desk, actor, g_ptr_array_index (all, i - 1), &his, error))
        return NULL;
      if (!his)
        g_ptr_array_remove_index (all, i - 1);
    }
  return g_steal_pointer (&all);
}

static void
fail_unknown (PdDesk *desk, const PdPerson *actor, const char *name, GError **error)
{
  g_autoptr (GPtrArray) his = pd_recurring_list (desk, actor, error);
  PdNearest nearest = PD_NEAREST (name);

  if (his == NULL)
    return;
  for (guint i = 0; i < his->len; i++)
    pd_nearest_offer (&nearest, ((PdRecurring *)g_ptr_array_index (his, i))->name);
  pd_fail (error, PD_ERROR_NOT_FOUND, "there is no recurring ticket \"%s\"%s%s%s", name,
           nearest.best != NULL ? "; did you mean \"" : "",
           nearest.best != NULL ? nearest.best : "", nearest.best != NULL ? "\"?" : "");
}

PdRecurring *
pd_recurring_need (PdDesk *desk, const PdPerson *actor, const char *name, GError **error)
{
  g_autoptr (PdRecurring) found = NULL;
  gboolean his = FALSE;

  if (!pd_recurring_by_name (desk, name, &found, error)
      || (found != NULL && !may (desk, actor, found, &his, error)))
    return NULL;
  if (his)
    return g_steal_pointer (&found);
  fail_unknown (desk, actor, name, error);
  return NULL;
}

/* ---- changing ----------------------------------------------------------------------- */

/* Sets the timer of the next run, or takes it off. */
static gboolean
set_timer (PdDesk *desk, const PdRecurring *recurring, GError **error)
{
  if (recurring->state == PD_RECURRING_ACTIVE && recurring->next != 0)
    return pd_timer_set (desk, PD_TIMER_RECURRING, recurring->id, recurring->next, NULL, error);
  return pd_timer_clear (desk, PD_TIMER_RECURRING, recurring->id, error);
}

static gboolean
note (PdDesk *desk, const PdPerson *actor, const char *kind, const PdRecurring *recurring,
      GError **error)
{
  return pd_audit_add_id (desk, actor != NULL ? actor->id : 0, kind, "recurring", recurring->id,
                          NULL, error);
}

/* The next run from now on, and the pattern in its shortest form. */
static gboolean
plan_next (PdRecurring *recurring, GError **error)
{
  g_autoptr (PdRecurrence) recurrence = pd_recurring_recurrence (recurring, error);

  if (recurrence == NULL)
    return FALSE;
  g_free (recurring->pattern);
  recurring->pattern = pd_recurrence_dup_pattern (recurrence);
  recurring->next = pd_recurrence_next (recurrence, pd_clock_now ());
  return recurring->next != 0
         || pd_fail (error, PD_ERROR_INVALID, "its time is over: it would never run (any more)");
}

gboolean
pd_recurring_add (PdDesk *desk, const PdPerson *actor, PdRecurring *recurring, GError **error)
{
  if (!check (desk, actor, recurring, error) || !plan_next (recurring, error))
    return FALSE;
  recurring->id = pd_id_new ();
  recurring->author = actor != NULL ? actor->id : recurring->requester;
  recurring->created = pd_clock_now ();
  recurring->state = PD_RECURRING_ACTIVE;
  return pd_recurring_write (desk, recurring, TRUE, error) && set_timer (desk, recurring, error)
         && note (desk, actor, "recurring-added", recurring, error);
}

/* What is written may lie in a unit of another head's. */
static gboolean
authorise_old (PdDesk *desk, const PdPerson *actor, const PdRecurring *recurring, GError **error)
{
  g_autoptr (PdRecurring) old = NULL;

  if (!pd_recurring_get (desk, recurring->id, &old, error))
    return FALSE;
  if (old == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "recurring ticket \"%s\" is not there any more",
                    recurring->name);
  return pd_unit_authorise_lead (desk, actor, old->unit, WHAT, error);
}

gboolean
pd_recurring_save (PdDesk *desk, const PdPerson *actor, PdRecurring *recurring, GError **error)
{
  gint64 owed = recurring->next;

  if (!authorise_old (desk, actor, recurring, error) || !check (desk, actor, recurring, error)
      || !plan_next (recurring, error))
    return FALSE;
  if (recurring->state == PD_RECURRING_PAUSED)
    recurring->next = owed; /* it is made up, or not, when it is resumed */
  else
    recurring->state = PD_RECURRING_ACTIVE;
  return pd_recurring_write (desk, recurring, FALSE, error) && set_timer (desk, recurring, error)
         && note (desk, actor, "recurring-changed", recurring, error);
}

gboolean
pd_recurring_remove (PdDesk *desk, const PdPerson *actor, PdRecurring *recurring, GError **error)
{
  return authorise_old (desk, actor, recurring, error)
         && pd_timer_clear (desk, PD_TIMER_RECURRING, recurring->id, error)
         && pd_db_exec (desk->db, PD_SQL_RECURRING_PEOPLE_DROP, PD_BIND (PD_INT (recurring->id)),
                        NULL, error)
         && pd_db_exec (desk->db, PD_SQL_RECURRING_DROP, PD_BIND (PD_INT (recurring->id)), NULL,
                        error)
         && note (desk, actor, "recurring-removed", recurring, error);
}

gboolean
pd_recurring_pause (PdDesk *desk, const PdPerson *actor, PdRecurring *recurring, GError **error)
{
  if (!authorise_old (desk, actor, recurring, error))
    return FALSE;
  if (recurring->state != PD_RECURRING_ACTIVE)
    return TRUE;
  recurring->state = PD_RECURRING_PAUSED;
  recurring->next = 0;
  return pd_recurring_write (desk, recurring, FALSE, error) && set_timer (desk, recurring, error)
         && note (desk, actor, "recurring-paused", recurring, error);
}

gboolean
pd_recurring_resume (PdDesk *desk, const PdPerson *actor, PdRecurring *recurring, GError **error)
{
  if (!authorise_old (desk, actor, recurring, error))
    return FALSE;
  if (recurring->state == PD_RECURRING_OVER)
    return pd_fail (error, PD_ERROR_CONFLICT, "recurring ticket \"%s\" is over: set its end anew",
                    recurring->name);
  if (recurring->state == PD_RECURRING_ACTIVE)
    return TRUE;
  if (!check (desk, actor, recurring, error)
      || (recurring->next == 0 && !plan_next (recurring, error)))
    return FALSE;
  recurring->state = PD_RECURRING_ACTIVE;
  g_free (recurring->reason);
  recurring->reason = g_strdup ("");
  return pd_recurring_write (desk, recurring, FALSE, error) && set_timer (desk, recurring, error)
         && note (desk, actor, "recurring-resumed", recurring, error);
}

gboolean
pd_recurring_runs (const PdRecurring *recurring, gint64 after, gint64 *out, gsize n, gsize *out_n,
                   GError **error)
{
  g_autoptr (PdRecurrence) recurrence = pd_recurring_recurrence (recurring, error);

  *out_n = 0;
  if (recurrence == NULL)
    return FALSE;
  while (*out_n < n && (after = pd_recurrence_next (recurrence, after)) != 0)
    out[(*out_n)++] = after;
  return TRUE;
}
