#include "desk/ticket-step.h"

#include "base/error.h"
#include "base/id.h"
#include "desk/event.h"
#include "desk/reminder.h"
#include "desk/timer.h"

/* What brings a ticket into a state, and what the loser of a race hears: to
 * itself, and before a name. */
static const struct {
  const char *event; /* "": the act itself */
  const char *text;
  const char *by;
} arrivals[] = {
  [PD_TICKET_FREE] = { "", "is free", "is free already, thanks to" },
  [PD_TICKET_LOCKED] = { "taken", "is taken", "is already taken by" },
  [PD_TICKET_WAITING]
  = { "waiting", "waits for the customer", "waits for the customer already, thanks to" },
  [PD_TICKET_DONE] = { "done", "is done", "was already finished by" },
  [PD_TICKET_ARCHIVED] = { "archived", "is archived", "was archived by" },
};

static const char spam_by[] = "was marked as spam by";

/* What made it what it is, by the words of the history. */
static const char *
arrival_event (const PdTicket *ticket, const char *act)
{
  const char *event = arrivals[ticket->state].event;

  if (event[0] == '\0')
    return act;
  return ticket->state == PD_TICKET_ARCHIVED && ticket->spam ? "spam" : event;
}

/* Who brought the ticket into the state it has; *out NULL if nobody can be named. */
static gboolean
find_first (PdDesk *desk, const PdTicket *ticket, const char *act, PdPerson **out, GError **error)
{
  gint64 person = ticket->state == PD_TICKET_LOCKED ? ticket->locker : 0;

  *out = NULL;
  if (person == 0 && ticket->state == PD_TICKET_DONE)
    person = ticket->finisher;
  if (person == 0
      && !pd_db_find_int (
          desk->db, PD_SQL_EVENT_LAST_ACTOR,
          PD_BIND (PD_INT (ticket->id), PD_TEXT (arrival_event (ticket, act))), &person, error))
    return FALSE;
  return person == 0 || pd_person_get (desk, person, out, error);
}

static gboolean
fail_merged (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  g_autoptr (PdTicket) into = NULL;

  if (!pd_ticket_get (desk, ticket->merged_into, &into, error))
    return FALSE;
  if (into == NULL)
    return pd_fail (error, PD_ERROR_CONFLICT, "ticket #%" G_GINT64_FORMAT " is archived",
                    ticket->number);
  return pd_fail (error, PD_ERROR_CONFLICT,
                  "ticket #%" G_GINT64_FORMAT " was merged into #%" G_GINT64_FORMAT, ticket->number,
                  into->number);
}

gboolean
pd_ticket_conflict (PdDesk *desk, const PdTicket *ticket, const char *event, GError **error)
{
  g_autoptr (PdPerson) first = NULL;
  const char *by = ticket->spam ? spam_by : arrivals[ticket->state].by;

  if (ticket->merged_into != 0)
    return fail_merged (desk, ticket, error);
  if (!find_first (desk, ticket, event, &first, error))
    return FALSE;
  if (first == NULL || pd_person_label (first)[0] == '\0')
    return pd_fail (error, PD_ERROR_CONFLICT, "ticket #%" G_GINT64_FORMAT " %s", ticket->number,
                    arrivals[ticket->state].text);
  return pd_fail (error, PD_ERROR_CONFLICT, "ticket #%" G_GINT64_FORMAT " %s %s", ticket->number,
                  by, pd_person_label (first));
}

gint64
pd_ticket_work_actor (const PdTicketWork *work)
{
  return work->actor != NULL ? work->actor->id : 0;
}

void
pd_ticket_json_id (struct json_object *object, const char *name, gint64 id)
{
  char text[PD_ID_TEXT_SIZE];

  json_object_object_add (object, name,
                          id != 0 ? json_object_new_string (pd_id_format (id, text)) : NULL);
}

gboolean
pd_ticket_tell_event (PdDesk *desk, gint64 ticket, const char *kind, gint64 actor, gint64 message,
                      struct json_object *take_data, GError **error)
{
  const char *data = json_object_to_json_string_ext (take_data, JSON_C_TO_STRING_PLAIN
                                                                    | JSON_C_TO_STRING_NOSLASHESCAPE);
  gboolean ok = pd_event_add (desk, ticket, kind, actor, message, data, error);

  json_object_put (take_data);
  return ok;
}

static gboolean
queue_notice (const PdTicketWork *work, const char *data, GError **error)
{
  const PdNotice notice = {
    .event = (PdNoticeEvent)work->notice,
    .ticket = work->ticket,
    .message = work->message,
    .actor = pd_ticket_work_actor (work),
    .data = data,
  };

  return work->notice == PD_TICKET_TELL_NOBODY || pd_notice_queue (work->desk, &notice, error);
}

gboolean
pd_ticket_time_wait (PdDesk *desk, const PdTicket *ticket, PdTicketState before, GError **error)
{
  if (ticket->state == PD_TICKET_WAITING)
    return pd_reminder_start (desk, ticket, error)
           && (ticket->waiting_until != 0
                   ? pd_timer_set (desk, PD_TIMER_WAITING, ticket->id, ticket->waiting_until, NULL,
                                   error)
                   : pd_timer_clear (desk, PD_TIMER_WAITING, ticket->id, error));
  return before != PD_TICKET_WAITING
         || (pd_timer_clear (desk, PD_TIMER_WAITING, ticket->id, error)
             && pd_timer_clear (desk, PD_TIMER_REMINDER, ticket->id, error));
}

static gboolean
tell (PdTicketWork *work, GError **error)
{
  g_autofree char *data = g_strdup (json_object_to_json_string_ext (
      work->data, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));

  return pd_event_add_to (work->desk, work->ticket, work->event, pd_ticket_work_actor (work),
                          work->message, data, error)
         && queue_notice (work, data, error);
}

/* Everything before the change. */
static gboolean
check (PdTicketWork *work, const PdTicketStep *step, GError **error)
{
  if (!pd_ticket_row_reload (work->desk, work->ticket, error)
      || (!step->unasked
          && !pd_ticket_entitled (work->desk, work->ticket, work->actor, step->act, error)))
    return FALSE;
  pd_ticket_facts_get (work->ticket, &work->to);
  if (!step->prepare (work, error))
    return FALSE;
  if (work->so_already)
    return TRUE;
  if ((step->from & PD_TICKET_IN (work->ticket->state)) == 0)
    return pd_ticket_conflict (work->desk, work->ticket, step->event, error);
  return step->unasked
         || pd_ticket_authorise (work->desk, work->ticket, work->actor, step->act, error);
}

/* One try. */
static gboolean
run (PdTicketWork *work, const PdTicketStep *step, gboolean *out_changed, GError **error)
{
  PdTicketState before;

  *out_changed = FALSE;
  if (!check (work, step, error))
    return FALSE;
  if (work->so_already)
    return TRUE;
  pd_ticket_facts_settle (&work->to);
  pd_ticket_facts_tell (work->ticket, &work->to, work->data);
  before = work->ticket->state;
  if (!pd_ticket_row_change (work->desk, work->ticket, &work->to, out_changed, error))
    return FALSE;
  return !*out_changed
         || ((step->write == NULL || step->write (work, error))
             && pd_ticket_time_wait (work->desk, work->ticket, before, error)
             && tell (work, error));
}

gboolean
pd_ticket_step (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const PdTicketStep *step,
                gpointer what, GError **error)
{
  for (int i = 0; i < PD_TICKET_TRIES; i++)
    {
      PdTicketWork work = {
        .desk = desk,
        .ticket = ticket,
        .actor = actor,
        .what = what,
        .event = step->event,
        .notice = step->notice,
        .data = json_object_new_object (),
      };
      gboolean changed;
      gboolean ok = run (&work, step, &changed, error);

      json_object_put (work.data);
      if (!ok || changed || work.so_already)
        return ok;
    }
  return pd_fail (error, PD_ERROR_CONFLICT, "ticket #%" G_GINT64_FORMAT " changes all the time",
                  ticket->number);
}
