#include "base/error.h"
#include "desk/event.h"
#include "desk/notice.h"
#include "desk/ticket-row.h"

#define IN(state) (1u << (state))

/* An act: from which states it leads to which, and what tells of it. */
typedef struct {
  guint from; /* IN() of states */
  PdTicketState to;
  const char *event;
  PdNoticeEvent notice;
} Act;

static const Act take = {
  IN (PD_TICKET_FREE) | IN (PD_TICKET_WAITING),
  PD_TICKET_LOCKED,
  "taken",
  PD_NOTICE_TAKEN,
};
static const Act release = {
  IN (PD_TICKET_LOCKED),
  PD_TICKET_FREE,
  "released",
  PD_NOTICE_RELEASED,
};
static const Act finish = {
  IN (PD_TICKET_FREE) | IN (PD_TICKET_LOCKED) | IN (PD_TICKET_WAITING),
  PD_TICKET_DONE,
  "done",
  PD_NOTICE_DONE,
};
static const Act reopen = {
  IN (PD_TICKET_DONE) | IN (PD_TICKET_ARCHIVED),
  PD_TICKET_FREE,
  "reopened",
  PD_NOTICE_REOPENED,
};

/* What brings a ticket into a state, and what the loser of a race hears: to
 * itself, and before a name. */
static const struct {
  const char *event; /* NULL: nothing that is worth a name; "": the act itself */
  const char *text;
  const char *by;
} arrivals[] = {
  [PD_TICKET_FREE] = { "", "is free", "is free already, thanks to" },
  [PD_TICKET_LOCKED] = { "taken", "is taken", "is already taken by" },
  [PD_TICKET_WAITING] = { NULL, "is waiting", NULL },
  [PD_TICKET_DONE] = { "done", "is done", "was already finished by" },
  [PD_TICKET_ARCHIVED] = { NULL, "is archived", NULL },
};

/* Who brought the ticket into the state it has; *out NULL if nobody can be named. */
static gboolean
find_first (PdDesk *desk, const Act *act, const PdTicket *ticket, PdPerson **out, GError **error)
{
  gint64 person = ticket->state == PD_TICKET_LOCKED ? ticket->locker : 0;
  const char *event = arrivals[ticket->state].event;

  *out = NULL;
  if (event != NULL && event[0] == '\0')
    event = act->event;
  if (person == 0 && event != NULL
      && !pd_db_find_int (desk->db, PD_SQL_EVENT_LAST_ACTOR,
                          PD_BIND (PD_INT (ticket->id), PD_TEXT (event)), &person, error))
    return FALSE;
  return person == 0 || pd_person_get (desk, person, out, error);
}

static gboolean
fail_conflict (PdDesk *desk, const Act *act, const PdTicket *ticket, GError **error)
{
  g_autoptr (PdPerson) first = NULL;

  if (!find_first (desk, act, ticket, &first, error))
    return FALSE;
  if (first == NULL || pd_person_label (first)[0] == '\0')
    return pd_fail (error, PD_ERROR_CONFLICT, "ticket #%" G_GINT64_FORMAT " %s", ticket->number,
                    arrivals[ticket->state].text);
  return pd_fail (error, PD_ERROR_CONFLICT, "ticket #%" G_GINT64_FORMAT " %s %s", ticket->number,
                  arrivals[ticket->state].by, pd_person_label (first));
}

static gboolean
fail_denied (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  g_autoptr (PdPerson) locker = NULL;

  if (!pd_person_get (desk, ticket->locker, &locker, error))
    return FALSE;
  return pd_fail (error, PD_ERROR_DENIED,
                  "ticket #%" G_GINT64_FORMAT " is taken by %s; only he or a head can release it",
                  ticket->number, locker != NULL ? pd_person_label (locker) : "somebody else");
}

/* Somebody's work is not taken out of his hands by a colleague. */
static gboolean
may_release (const PdTicket *ticket, const PdPerson *actor)
{
  return ticket->locker == actor->id || actor->admin || actor->role >= PD_ROLE_HEAD;
}

static gboolean
tell (PdDesk *desk, const Act *act, const PdTicket *ticket, const PdTicketPlace *before,
      gint64 actor, GError **error)
{
  const PdNotice notice = { .event = act->notice, .ticket = ticket, .actor = actor };
  g_autofree char *data = pd_ticket_row_dup_move (ticket, before);

  return pd_event_add (desk, ticket->id, act->event, actor, 0, data, error)
         && pd_notice_queue (desk, &notice, error);
}

/* Why the act is refused on the ticket as it is now. */
static gboolean
refuse (PdDesk *desk, const Act *act, const PdTicket *ticket, GError **error)
{
  return (act->from & IN (ticket->state)) == 0 ? fail_conflict (desk, act, ticket, error)
                                               : fail_denied (desk, ticket, error);
}

static gboolean
is_possible (const Act *act, const PdTicket *ticket, const PdPerson *actor)
{
  return (act->from & IN (ticket->state)) != 0 && (act != &release || may_release (ticket, actor));
}

/* The caller's copy may be old in both directions, so it is read again before
 * an act is refused, and after a change that came first. */
static gboolean
do_act (PdDesk *desk, const Act *act, PdTicket *ticket, const PdPerson *actor, GError **error)
{
  gint64 locker = act->to == PD_TICKET_LOCKED ? actor->id : 0;
  gboolean changed = FALSE;

  for (int i = 0; i < PD_TICKET_TRIES; i++)
    {
      const PdTicketPlace before = { ticket->state, ticket->locker };

      if (is_possible (act, ticket, actor))
        {
          if (!pd_ticket_row_change (desk, ticket, act->to, locker, &changed, error))
            return FALSE;
          if (changed)
            return tell (desk, act, ticket, &before, actor->id, error);
        }
      else if (i > 0)
        return refuse (desk, act, ticket, error);
      if (!pd_ticket_row_reload (desk, ticket, error))
        return FALSE;
    }
  return pd_fail (error, PD_ERROR_CONFLICT, "ticket #%" G_GINT64_FORMAT " changes all the time",
                  ticket->number);
}

gboolean
pd_ticket_take (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error)
{
  return do_act (desk, &take, ticket, actor, error);
}

gboolean
pd_ticket_release (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error)
{
  return do_act (desk, &release, ticket, actor, error);
}

gboolean
pd_ticket_finish (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error)
{
  return do_act (desk, &finish, ticket, actor, error);
}

gboolean
pd_ticket_reopen (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error)
{
  return do_act (desk, &reopen, ticket, actor, error);
}
