#include "desk/notice.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "desk/feed.h"
#include "desk/notice-choice.h"
#include "desk/notice-mail.h"
#include "desk/outbox.h"
#include "desk/unit.h"

#define WORKS (PD_IS_LOCKER | PD_IS_ASSIGNEE)
#define UNIT (PD_IS_MEMBER | PD_IS_HEAD)
#define AUDIENCE (PD_IS_AUTHOR | PD_IS_WATCHER | PD_IS_CC | PD_IS_COMMENTER)

#define MAX_ROWS (PD_NOTICE_MAX_RECIPIENTS * 2 * PD_N_CHANNELS) /* each with all his choices */

/* Who is told what.  Taking and releasing is the staff's own affair: of who
 * opened the ticket, who watches it, and the heads', who see to it that
 * somebody does; the requester hears of answers and of the end.  A requester
 * who belongs to the staff of another unit is a customer here: what colleagues
 * note about his ticket is not sent to him.
 */
#define FOLLOWERS (PD_IS_AUTHOR | PD_IS_WATCHER)

static const struct Rule {
  const char *name;
  guint told;        /* whoever is one of these */
  guint idle;        /* and of these, while nobody works on the ticket */
  gboolean internal; /* staff only, and the requester only if he works in the unit */
} rules[] = {
  [PD_NOTICE_RECEIVED] = { "received", PD_IS_REQUESTER, 0, FALSE },
  [PD_NOTICE_CREATED] = { "created", WORKS | PD_IS_HEAD, UNIT, TRUE },
  [PD_NOTICE_REPLIED] = { "replied", PD_IS_REQUESTER | AUDIENCE | WORKS, UNIT, FALSE },
  [PD_NOTICE_NOTED] = { "noted", AUDIENCE | WORKS, UNIT, TRUE },
  [PD_NOTICE_TAKEN] = { "taken", FOLLOWERS | PD_IS_ASSIGNEE | PD_IS_HEAD, 0, TRUE },
  [PD_NOTICE_RELEASED] = { "released", FOLLOWERS | PD_IS_ASSIGNEE | PD_IS_HEAD, 0, TRUE },
  [PD_NOTICE_DONE]
  = { "done", PD_IS_REQUESTER | FOLLOWERS | PD_IS_CC | WORKS | PD_IS_HEAD, 0, FALSE },
  [PD_NOTICE_REOPENED] = { "reopened", FOLLOWERS | WORKS | PD_IS_HEAD, UNIT, TRUE },
  [PD_NOTICE_DELIVERY_FAILED] = { "delivery-failed", WORKS, UNIT, TRUE },
  [PD_NOTICE_FORWARDED] = { "forwarded", FOLLOWERS | WORKS | PD_IS_HEAD, UNIT, TRUE },
  [PD_NOTICE_ASSIGNED] = { "assigned", PD_IS_ASSIGNEE | PD_IS_HEAD, UNIT, TRUE },
  [PD_NOTICE_WAITING] = { "waiting", FOLLOWERS | PD_IS_ASSIGNEE | PD_IS_HEAD, 0, TRUE },
  [PD_NOTICE_RESUMED] = { "resumed", PD_IS_WATCHER | WORKS, UNIT, TRUE },
  [PD_NOTICE_REMINDER] = { "reminder", PD_IS_REQUESTER, 0, FALSE },
  [PD_NOTICE_CHANGED] = { "changed", WORKS | PD_IS_WATCHER, 0, TRUE },
  [PD_NOTICE_MERGED] = { "merged", PD_IS_REQUESTER | PD_IS_WATCHER | WORKS, 0, FALSE },
  [PD_NOTICE_RATED] = { "rated", WORKS | PD_IS_HEAD, 0, TRUE },
  [PD_NOTICE_SLA_WARNING] = { "sla-warning", WORKS, UNIT, TRUE },
  [PD_NOTICE_SLA_BREACH] = { "sla-breach", WORKS | PD_IS_HEAD, UNIT, TRUE },
};
G_STATIC_ASSERT (G_N_ELEMENTS (rules) == PD_N_NOTICES);

/* Somebody who may be told. */
typedef struct {
  gint64 person;
  guint relations;
  gboolean own;
  char *address;
  PdNoticeChoice choice;
} Listener;

const char *
pd_notice_event_name (PdNoticeEvent event)
{
  g_return_val_if_fail ((gsize)event < G_N_ELEMENTS (rules), "");
  return rules[event].name;
}

gboolean
pd_notice_event_parse (const char *name, PdNoticeEvent *out)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    if (strcmp (rules[i].name, name) == 0)
      {
        *out = (PdNoticeEvent)i;
        return TRUE;
      }
  return FALSE;
}

void
pd_notice_rule (PdNoticeEvent event, guint *out_told, guint *out_idle, gboolean *out_internal)
{
  g_return_if_fail ((gsize)event < G_N_ELEMENTS (rules));
  *out_told = rules[event].told;
  *out_idle = rules[event].idle;
  *out_internal = rules[event].internal;
}

gboolean
pd_notice_tells (PdNoticeEvent event, guint relations, gboolean worked)
{
  const struct Rule *rule = &rules[event];

  if (rule->internal && (relations & PD_IS_STAFF) == 0)
    return FALSE;
  if (rule->internal && (relations & PD_IS_REQUESTER) != 0)
    relations &= WORKS | UNIT;
  return (relations & (rule->told | (worked ? 0 : rule->idle))) != 0;
}

static void
listener_clear (gpointer data)
{
  g_free (((Listener *)data)->address);
}

static guint
relation_by_name (const char *name)
{
  static const struct {
    const char *name;
    guint bit;
  } names[] = {
    { "person", 0 }, /* told apart by the ticket's own columns */
    { "member", PD_IS_MEMBER },
    { "head", PD_IS_MEMBER | PD_IS_HEAD },
    { "assignee", PD_IS_ASSIGNEE },
    { "watcher", PD_IS_WATCHER },
    { "cc", PD_IS_CC },
    { "commenter", PD_IS_COMMENTER },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].name, name) == 0)
      return names[i].bit;
  return 0;
}

static Listener *
find_listener (GArray *listeners, gint64 person)
{
  for (guint i = 0; i < listeners->len; i++)
    if (g_array_index (listeners, Listener, i).person == person)
      return &g_array_index (listeners, Listener, i);
  return NULL;
}

/* Who has it in work; of what is done, who finished it. */
static gint64
worker_of (const PdTicket *ticket)
{
  return ticket->locker != 0 || ticket->state != PD_TICKET_DONE ? ticket->locker : ticket->finisher;
}

static guint
relations_by_ticket (const PdTicket *ticket, gint64 person)
{
  return (person == ticket->requester ? PD_IS_REQUESTER : 0)
         | (person == ticket->author ? PD_IS_AUTHOR : 0)
         | (person == worker_of (ticket) ? PD_IS_LOCKER : 0);
}

/* Adds the people of a query; the columns are those that db/notice.sql names. */
static gboolean
collect (PdDesk *desk, const PdTicket *ticket, GArray *listeners, PdSqlId sql,
         const PdDbValue *values, gsize n_values, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, values, n_values, error);
  int got;

  if (rows == NULL)
    return FALSE;
  while ((got = pd_rows_next (rows, error)) > 0)
    {
      gint64 person = pd_rows_int (rows, 0);
      Listener *known = find_listener (listeners, person);

      if (known == NULL)
        {
          Listener fresh = { .person = person, .relations = relations_by_ticket (ticket, person) };

          if (strcmp (pd_rows_text (rows, 1), pd_role_name (PD_ROLE_CLIENT)) != 0)
            fresh.relations |= PD_IS_STAFF;
          fresh.address = g_strdup (pd_rows_text (rows, 2));
          fresh.own = pd_rows_int (rows, 3) != 0;
          g_array_append_val (listeners, fresh);
          known = find_listener (listeners, person);
        }
      known->relations |= relation_by_name (pd_rows_text (rows, 4));
      pd_notice_choice_take (&known->choice, pd_rows_text (rows, 5), pd_rows_text (rows, 6),
                             pd_rows_int (rows, 7) != 0);
    }
  return got == 0;
}

/* Whether somebody of staff works on the ticket.  The actor counts: his answer
 * is no reason to call the whole unit. */
static gboolean
is_worked (GArray *listeners)
{
  for (guint i = 0; i < listeners->len; i++)
    {
      guint relations = g_array_index (listeners, Listener, i).relations;

      if ((relations & WORKS) != 0 && (relations & PD_IS_STAFF) != 0)
        return TRUE;
    }
  return FALSE;
}

/* Collects who may be told, with as few queries as the event allows: a new
 * ticket costs one. */
static gboolean
gather (PdDesk *desk, const PdNotice *notice, GArray *listeners, gboolean *out_worked,
        GError **error)
{
  const PdTicket *ticket = notice->ticket;
  const struct Rule *rule = &rules[notice->event];
  PdDbValue limit = PD_INT (MAX_ROWS), event = PD_TEXT (rule->name);
  guint columns = PD_IS_REQUESTER | PD_IS_AUTHOR | PD_IS_LOCKER;
  gint64 worker = worker_of (ticket);
  /* nobody can have been put on a ticket that is only just being opened, but by name */
  gboolean fresh = notice->event == PD_NOTICE_CREATED || notice->event == PD_NOTICE_RECEIVED;

  *out_worked = FALSE;
  if ((rule->told & columns) != 0
      && (!fresh || (rule->told & PD_IS_REQUESTER) != 0 || worker != 0)
      && !collect (desk, ticket, listeners, PD_SQL_NOTICE_PEOPLE,
                   PD_BIND (event, PD_INT (ticket->requester), PD_INT (fresh ? 0 : ticket->author),
                            PD_INT (worker)),
                   error))
    return FALSE;
  if ((rule->told & (PD_IS_ASSIGNEE | PD_IS_WATCHER | PD_IS_CC)) != 0 && (!fresh || ticket->named)
      && !collect (desk, ticket, listeners, PD_SQL_NOTICE_PARTICIPANTS,
                   PD_BIND (event, PD_INT (ticket->id), limit), error))
    return FALSE;
  *out_worked = is_worked (listeners);
  if ((rule->told & PD_IS_COMMENTER) != 0
      && !collect (desk, ticket, listeners, PD_SQL_NOTICE_COMMENTERS,
                   PD_BIND (event, PD_INT (ticket->id), limit), error))
    return FALSE;
  if ((rule->told & UNIT) == 0 && (*out_worked || (rule->idle & UNIT) == 0))
    return TRUE;
  return collect (desk, ticket, listeners, PD_SQL_NOTICE_MEMBERS,
                  PD_BIND (event, PD_INT (ticket->unit), limit), error);
}

/* An address with an extension may be a unit's too; without one the query has
 * already looked. */
static gboolean
may_write_to (PdDesk *desk, const Listener *listener, gboolean *out_may, GError **error)
{
  char delimiter = desk->settings->delimiter;
  gboolean own = listener->own || listener->address[0] == '\0';

  if (!own && delimiter != '\0' && strchr (listener->address, delimiter) != NULL
      && !pd_unit_is_own (desk, listener->address, &own, error))
    return FALSE;
  *out_may = !own;
  return TRUE;
}

/* Nobody is told what he did himself; that it was received he cannot know. */
static gboolean
is_own_act (const PdNotice *notice, const Listener *listener)
{
  return listener->person == notice->actor && notice->event != PD_NOTICE_RECEIVED
         && !notice->tell_actor;
}

static gboolean
has_it (const PdNotice *notice, const Listener *listener)
{
  for (gsize i = 0; i < notice->n_has_it; i++)
    if (notice->has_it[i] == listener->person)
      return (listener->relations & PD_IS_STAFF) == 0;
  return FALSE;
}

/* Who gets a mail and who a row in his feed. */
typedef struct {
  GArray *mails;   /* of PdNoticeTarget */
  GArray *readers; /* of PdFeedReader */
} Told;

/* What waits a little for more of the same is what colleagues do; what the
 * customer gets, and who is one here, does not. */
static gboolean
can_wait (PdNoticeEvent event, const Listener *listener)
{
  return (listener->relations & PD_IS_STAFF) != 0 && (listener->relations & PD_IS_REQUESTER) == 0
         && event != PD_NOTICE_RECEIVED && event != PD_NOTICE_REMINDER;
}

static gboolean
tell (PdDesk *desk, const PdNotice *notice, const Listener *listener, Told *told, GError **error)
{
  PdNoticeTarget target = { listener->person, listener->address, pd_clock_now (),
                            can_wait (notice->event, listener) };
  PdFeedReader reader = { listener->person,
                          pd_notice_choice_wants (&listener->choice, PD_CHANNEL_WEB) };
  gboolean may = FALSE;

  if ((listener->relations & PD_IS_STAFF) != 0 && notice->event != PD_NOTICE_RECEIVED)
    g_array_append_val (told->readers, reader);
  if (!pd_notice_choice_wants (&listener->choice, PD_CHANNEL_MAIL))
    return TRUE;
  if (!may_write_to (desk, listener, &may, error))
    return FALSE;
  if (may)
    g_array_append_val (told->mails, target);
  return TRUE;
}

static gboolean
write_rows (PdDesk *desk, const PdNotice *notice, const Told *told, GError **error)
{
  const PdTicket *ticket = notice->ticket;
  const char *data = notice->data != NULL ? notice->data : "{}";
  PdNoticeMail mail = { .event = rules[notice->event].name,
                        .unit = ticket->unit,
                        .ticket = ticket->id,
                        .message = notice->message,
                        .actor = notice->actor,
                        .strand = notice->strand,
                        .data = data,
                        .urgency = PD_URGENCY_NOTICE };
  PdFeedItem item = { rules[notice->event].name, ticket->id, notice->message, notice->actor, data };

  return pd_notice_mail_add_many (desk, &mail, (PdNoticeTarget *)(void *)told->mails->data,
                                  told->mails->len,
                                  notice->strand != 0 ? 0 : desk->settings->notice_window, error)
         && pd_feed_add (desk, &item, (const PdFeedReader *)(void *)told->readers->data,
                         told->readers->len, error);
}

gboolean
pd_notice_queue (PdDesk *desk, const PdNotice *notice, GError **error)
{
  g_autoptr (GArray) listeners = g_array_new (FALSE, FALSE, sizeof (Listener));
  g_autoptr (GArray) mails = g_array_new (FALSE, FALSE, sizeof (PdNoticeTarget));
  g_autoptr (GArray) readers = g_array_new (FALSE, FALSE, sizeof (PdFeedReader));
  Told told = { mails, readers };
  gboolean worked;

  g_return_val_if_fail ((gsize)notice->event < G_N_ELEMENTS (rules), FALSE);
  g_array_set_clear_func (listeners, listener_clear);
  if (!gather (desk, notice, listeners, &worked, error))
    return FALSE;
  for (guint i = 0; i < listeners->len && mails->len < PD_NOTICE_MAX_RECIPIENTS; i++)
    {
      const Listener *listener = &g_array_index (listeners, Listener, i);

      if (!is_own_act (notice, listener) && !has_it (notice, listener)
          && pd_notice_tells (notice->event, listener->relations, worked)
          && !tell (desk, notice, listener, &told, error))
        return FALSE;
    }
  return write_rows (desk, notice, &told, error);
}

/* ---- one mail ---- */

/* Mail that somebody has asked for, or that is somebody else's talk, has no
 * choice. */
static gboolean
is_choosable (const char *event)
{
  return g_strv_contains (pd_notice_choice_events (), event);
}

/* The person it goes to; *out_may FALSE: he is not written to. */
static gboolean
find_person (PdDesk *desk, const PdDirectNotice *notice, GArray *listeners, gboolean *out_may,
             GError **error)
{
  static const PdTicket none = { 0 };
  Listener *listener;

  *out_may = FALSE;
  if (!collect (desk, &none, listeners, PD_SQL_NOTICE_PEOPLE,
                PD_BIND (PD_TEXT (notice->event), PD_INT (notice->person), PD_INT (0), PD_INT (0)),
                error))
    return FALSE;
  if (listeners->len == 0)
    return TRUE;
  listener = &g_array_index (listeners, Listener, 0);
  *out_may = !is_choosable (notice->event)
             || pd_notice_choice_wants (&listener->choice, PD_CHANNEL_MAIL);
  return TRUE;
}

static gboolean
find_target (PdDesk *desk, const PdDirectNotice *notice, GArray *listeners, char **out_address,
             GError **error)
{
  gboolean may = TRUE, own = FALSE;
  g_autofree char *address = NULL;
  g_autofree char *key = NULL;

  *out_address = NULL;
  if (notice->person != 0 && !find_person (desk, notice, listeners, &may, error))
    return FALSE;
  if (!may)
    return TRUE;
  address = g_strdup (notice->address != NULL
                          ? notice->address
                          : g_array_index (listeners, Listener, 0).address);
  if (address[0] == '\0')
    return TRUE;
  key = pd_address_key (address, error);
  if (key == NULL || !pd_unit_is_own (desk, key, &own, error))
    return FALSE;
  if (!own)
    *out_address = g_steal_pointer (&address);
  return TRUE;
}

static gboolean
find_sender (PdDesk *desk, const PdDirectNotice *notice, gint64 *out_unit, GError **error)
{
  *out_unit = notice->unit;
  if (*out_unit == 0 && notice->ticket != 0
      && !pd_db_find_int (desk->db, PD_SQL_NOTICE_TICKET_UNIT, PD_BIND (PD_INT (notice->ticket)),
                          out_unit, error))
    return FALSE;
  if (*out_unit == 0
      && !pd_db_find_int (desk->db, PD_SQL_NOTICE_SENDER, PD_NO_VALUES, out_unit, error))
    return FALSE;
  return *out_unit != 0
         || pd_fail (error, PD_ERROR_INTERNAL,
                     "no unit has an address to send from; add one: postdesk unit add");
}

gboolean
pd_notice_queue_direct (PdDesk *desk, const PdDirectNotice *notice, GError **error)
{
  g_autoptr (GArray) listeners = g_array_new (FALSE, FALSE, sizeof (Listener));
  g_autofree char *address = NULL;
  PdNoticeMail mail = { .event = notice->event,
                        .ticket = notice->ticket,
                        .message = notice->message,
                        .actor = notice->actor,
                        .strand = notice->strand,
                        .data = notice->data != NULL ? notice->data : "{}",
                        .urgency = notice->urgency };
  PdNoticeTarget target = { .person = notice->person };

  g_array_set_clear_func (listeners, listener_clear);
  if (notice->out_id != NULL)
    *notice->out_id = 0;
  if (notice->person == 0 && notice->address == NULL)
    return pd_fail (error, PD_ERROR_INVALID, "a mail needs a person or an address to go to");
  if (!find_target (desk, notice, listeners, &address, error))
    return FALSE;
  if (address == NULL)
    return TRUE;
  if (!find_sender (desk, notice, &mail.unit, error))
    return FALSE;
  target.address = address;
  target.due = MAX (notice->hold_until, pd_clock_now ());
  return pd_notice_mail_add (desk, &mail, &target, notice->out_id, error);
}
