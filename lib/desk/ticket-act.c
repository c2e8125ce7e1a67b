#include "base/clock.h"
#include "base/error.h"
#include "desk/ticket-change.h"
#include "desk/ticket-step.h"

/* ---- take, release ---- */

static gboolean
prepare_take (PdTicketWork *work, GError **error)
{
  if (work->actor == NULL)
    return pd_fail (error, PD_ERROR_INVALID, "a ticket is taken by a person");
  work->so_already
      = work->ticket->state == PD_TICKET_LOCKED && work->ticket->locker == work->actor->id;
  work->to.state = PD_TICKET_LOCKED;
  work->to.locker = work->actor->id;
  return TRUE;
}

static gboolean
prepare_free (PdTicketWork *work, GError **error)
{
  (void)error;
  work->to.state = PD_TICKET_FREE;
  return TRUE;
}

static const PdTicketStep take = {
  .act = PD_ACT_TAKE,
  .from = PD_TICKET_IN (PD_TICKET_FREE) | PD_TICKET_IN (PD_TICKET_WAITING),
  .event = "taken",
  .notice = PD_NOTICE_TAKEN,
  .prepare = prepare_take,
};

static const PdTicketStep release = {
  .act = PD_ACT_RELEASE,
  .from = PD_TICKET_IN (PD_TICKET_LOCKED),
  .event = "released",
  .notice = PD_NOTICE_RELEASED,
  .prepare = prepare_free,
};

gboolean
pd_ticket_take (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error)
{
  return pd_ticket_step (desk, ticket, actor, &take, NULL, error);
}

gboolean
pd_ticket_release (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error)
{
  return pd_ticket_step (desk, ticket, actor, &release, NULL, error);
}

/* ---- done, reopen ---- */

static gboolean
prepare_finish (PdTicketWork *work, GError **error)
{
  gint64 actor = pd_ticket_work_actor (work);

  (void)error;
  work->so_already = work->ticket->state == PD_TICKET_DONE && work->ticket->finisher == actor;
  work->to.state = PD_TICKET_DONE;
  work->to.finisher = actor;
  return TRUE;
}

gboolean
pd_ticket_facts_reopen (PdDesk *desk, const PdTicket *ticket, PdTicketFacts *facts, GError **error)
{
  g_autoptr (PdPerson) finisher = NULL;
  gboolean works = FALSE;

  if (ticket->finisher != 0
      && (!pd_person_get (desk, ticket->finisher, &finisher, error)
          || (finisher != NULL
              && !pd_ticket_could (desk, ticket, finisher, PD_ACT_TAKE, &works, error))))
    return FALSE;
  facts->state = works ? PD_TICKET_LOCKED : PD_TICKET_FREE;
  facts->locker = works ? ticket->finisher : 0;
  return TRUE;
}

static gboolean
prepare_reopen (PdTicketWork *work, GError **error)
{
  return pd_ticket_facts_reopen (work->desk, work->ticket, &work->to, error);
}

static const PdTicketStep finish = {
  .act = PD_ACT_FINISH,
  .from = PD_TICKET_OPEN,
  .event = "done",
  .notice = PD_NOTICE_DONE,
  .prepare = prepare_finish,
};

static const PdTicketStep reopen = {
  .act = PD_ACT_REOPEN,
  .from = PD_TICKET_IN (PD_TICKET_DONE),
  .event = "reopened",
  .notice = PD_NOTICE_REOPENED,
  .prepare = prepare_reopen,
};

gboolean
pd_ticket_finish (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error)
{
  return pd_ticket_step (desk, ticket, actor, &finish, NULL, error);
}

gboolean
pd_ticket_reopen (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error)
{
  return pd_ticket_step (desk, ticket, actor, &reopen, NULL, error);
}

/* ---- waiting ---- */

static gboolean
prepare_wait (PdTicketWork *work, GError **error)
{
  gint64 until = *(const gint64 *)work->what;

  if (until != 0 && until <= pd_clock_now ())
    return pd_fail (error, PD_ERROR_INVALID, "the moment until which it waits is over already");
  work->so_already
      = work->ticket->state == PD_TICKET_WAITING && work->ticket->waiting_until == until;
  work->to.state = PD_TICKET_WAITING;
  work->to.waiting_until = until;
  return TRUE;
}

/* When the wait itself is over nobody has answered, and staff hears of it. */
static gboolean
prepare_resume (PdTicketWork *work, GError **error)
{
  (void)error;
  work->so_already = work->ticket->state != PD_TICKET_WAITING;
  work->to.state = PD_TICKET_FREE;
  return TRUE;
}

static const PdTicketStep wait_for_customer = {
  .act = PD_ACT_WAIT,
  .from = PD_TICKET_OPEN,
  .event = "waiting",
  .notice = PD_NOTICE_WAITING,
  .prepare = prepare_wait,
};

static const PdTicketStep resume = {
  .act = PD_ACT_WAIT,
  .from = PD_TICKET_IN (PD_TICKET_WAITING),
  .event = "resumed",
  .notice = PD_NOTICE_RESUMED,
  .prepare = prepare_resume,
};

gboolean
pd_ticket_wait (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 until,
                GError **error)
{
  return pd_ticket_step (desk, ticket, actor, &wait_for_customer, &until, error);
}

gboolean
pd_ticket_resume (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error)
{
  return pd_ticket_step (desk, ticket, actor, &resume, NULL, error);
}

/* ---- out of sight ---- */

static gboolean
prepare_archive (PdTicketWork *work, GError **error)
{
  (void)error;
  work->so_already = work->ticket->state == PD_TICKET_ARCHIVED;
  work->to.state = PD_TICKET_ARCHIVED;
  return TRUE;
}

static gboolean
prepare_spam (PdTicketWork *work, GError **error)
{
  (void)error;
  work->so_already = work->ticket->spam;
  work->to.state = PD_TICKET_ARCHIVED;
  work->to.spam = TRUE;
  return TRUE;
}

/* What had been in the archive before stays there. */
static gboolean
prepare_unspam (PdTicketWork *work, GError **error)
{
  const PdTicket *ticket = work->ticket;

  (void)error;
  work->so_already = !ticket->spam;
  work->to.state
      = ticket->done != 0 || ticket->merged_into != 0 ? PD_TICKET_ARCHIVED : PD_TICKET_FREE;
  work->to.spam = FALSE;
  return TRUE;
}

/* What is still to be sent about it is not worth the sending. */
static gboolean
cancel_mail (PdTicketWork *work, GError **error)
{
  return pd_db_exec (work->desk->db, PD_SQL_TICKET_CANCEL_MAIL,
                     PD_BIND (PD_INT (work->ticket->updated), PD_INT (work->ticket->id)), NULL,
                     error);
}

static const PdTicketStep archive = {
  .act = PD_ACT_ARCHIVE,
  .from = PD_TICKET_IN (PD_TICKET_DONE),
  .event = "archived",
  .notice = PD_TICKET_TELL_NOBODY,
  .prepare = prepare_archive,
};

static const PdTicketStep spam = {
  .act = PD_ACT_SPAM,
  .from = PD_TICKET_OPEN | PD_TICKET_IN (PD_TICKET_ARCHIVED),
  .event = "spam",
  .notice = PD_TICKET_TELL_NOBODY,
  .prepare = prepare_spam,
  .write = cancel_mail,
};

static const PdTicketStep unspam = {
  .act = PD_ACT_SPAM,
  .from = PD_TICKET_IN (PD_TICKET_ARCHIVED),
  .event = "unspam",
  .notice = PD_TICKET_TELL_NOBODY,
  .prepare = prepare_unspam,
};

gboolean
pd_ticket_archive (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, GError **error)
{
  return pd_ticket_step (desk, ticket, actor, &archive, NULL, error);
}

gboolean
pd_ticket_set_spam (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gboolean is_spam,
                    GError **error)
{
  return pd_ticket_step (desk, ticket, actor, is_spam ? &spam : &unspam, NULL, error);
}
