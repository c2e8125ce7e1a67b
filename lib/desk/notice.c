#include "desk/notice.h"

#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "desk/unit.h"

#define WORKS (PD_IS_LOCKER | PD_IS_ASSIGNEE)
#define UNIT (PD_IS_MEMBER | PD_IS_HEAD)
#define AUDIENCE (PD_IS_AUTHOR | PD_IS_WATCHER | PD_IS_CC | PD_IS_COMMENTER)

/* Who is told what.  Taking and releasing is the staff's own affair, and the
 * heads' who see to it that somebody does; the requester hears of answers and
 * of the end.  A requester who belongs to the staff of another unit is a
 * customer here: what colleagues note about his ticket is not sent to him.
 */
static const struct Rule {
  const char *name;
  guint told;        /* whoever is one of these */
  guint idle;        /* and of these, while nobody works on the ticket */
  gboolean internal; /* staff only, and the requester only if he works in the unit */
} rules[] = {
  [PD_NOTICE_RECEIVED] = { "received", PD_IS_REQUESTER, 0, FALSE },
  [PD_NOTICE_CREATED] = { "created", UNIT | WORKS, 0, TRUE },
  [PD_NOTICE_REPLIED] = { "replied", PD_IS_REQUESTER | AUDIENCE | WORKS, UNIT, FALSE },
  [PD_NOTICE_NOTED] = { "noted", AUDIENCE | WORKS, UNIT, TRUE },
  [PD_NOTICE_TAKEN] = { "taken", PD_IS_ASSIGNEE | PD_IS_HEAD, 0, TRUE },
  [PD_NOTICE_RELEASED] = { "released", PD_IS_ASSIGNEE | PD_IS_HEAD, 0, TRUE },
  [PD_NOTICE_DONE]
  = { "done", PD_IS_REQUESTER | PD_IS_AUTHOR | PD_IS_WATCHER | PD_IS_CC | WORKS, 0, FALSE },
  [PD_NOTICE_REOPENED] = { "reopened", WORKS, UNIT, TRUE },
  [PD_NOTICE_DELIVERY_FAILED] = { "delivery-failed", WORKS, UNIT, TRUE },
  [PD_NOTICE_FORWARDED] = { "forwarded", WORKS | PD_IS_HEAD, UNIT, TRUE },
  [PD_NOTICE_ASSIGNED] = { "assigned", PD_IS_ASSIGNEE | PD_IS_HEAD, UNIT, TRUE },
  [PD_NOTICE_WAITING] = { "waiting", PD_IS_ASSIGNEE | PD_IS_HEAD, 0, TRUE },
  [PD_NOTICE_RESUMED] = { "resumed", WORKS, UNIT, TRUE },
  [PD_NOTICE_REMINDER] = { "reminder", PD_IS_REQUESTER, 0, FALSE },
  [PD_NOTICE_CHANGED] = { "changed", WORKS | PD_IS_WATCHER, 0, TRUE },
  [PD_NOTICE_MERGED] = { "merged", PD_IS_REQUESTER | WORKS, 0, FALSE },
  [PD_NOTICE_RATED] = { "rated", WORKS | PD_IS_HEAD, 0, TRUE },
  [PD_NOTICE_SLA_WARNING] = { "sla-warning", WORKS, UNIT, TRUE },
  [PD_NOTICE_SLA_BREACH] = { "sla-breach", WORKS | PD_IS_HEAD, UNIT, TRUE },
};

/* Somebody who may be told. */
typedef struct {
  gint64 person;
  guint relations;
  gboolean own;
  char *address;
} Listener;

const char *
pd_notice_event_name (PdNoticeEvent event)
{
  g_return_val_if_fail ((gsize)event < G_N_ELEMENTS (rules), "");
  return rules[event].name;
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

static guint
relations_by_ticket (const PdTicket *ticket, gint64 person)
{
  return (person == ticket->requester ? PD_IS_REQUESTER : 0)
         | (person == ticket->author ? PD_IS_AUTHOR : 0)
         | (person == ticket->locker ? PD_IS_LOCKER : 0);
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
  PdDbValue limit = PD_INT (PD_NOTICE_MAX_RECIPIENTS);
  guint columns = PD_IS_REQUESTER | PD_IS_AUTHOR | PD_IS_LOCKER;
  /* nobody can have been put on a ticket that is only just being opened */
  gboolean fresh = notice->event == PD_NOTICE_CREATED || notice->event == PD_NOTICE_RECEIVED;

  *out_worked = FALSE;
  if ((rule->told & columns) != 0
      && (!fresh || (rule->told & PD_IS_REQUESTER) != 0 || ticket->locker != 0)
      && !collect (desk, ticket, listeners, PD_SQL_NOTICE_PEOPLE,
                   PD_BIND (PD_INT (ticket->requester), PD_INT (fresh ? 0 : ticket->author),
                            PD_INT (ticket->locker)),
                   error))
    return FALSE;
  if ((rule->told & (PD_IS_ASSIGNEE | PD_IS_WATCHER | PD_IS_CC)) != 0 && !fresh
      && !collect (desk, ticket, listeners, PD_SQL_NOTICE_PARTICIPANTS,
                   PD_BIND (PD_INT (ticket->id), limit), error))
    return FALSE;
  *out_worked = is_worked (listeners);
  if ((rule->told & PD_IS_COMMENTER) != 0
      && !collect (desk, ticket, listeners, PD_SQL_NOTICE_COMMENTERS,
                   PD_BIND (PD_INT (ticket->id), limit), error))
    return FALSE;
  if ((rule->told & UNIT) == 0 && (*out_worked || (rule->idle & UNIT) == 0))
    return TRUE;
  return collect (desk, ticket, listeners, PD_SQL_NOTICE_MEMBERS,
                  PD_BIND (PD_INT (ticket->unit), limit), error);
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

static gboolean
queue_one (PdDesk *desk, const PdNotice *notice, const Listener *listener, GError **error)
{
  const PdTicket *ticket = notice->ticket;
  gint64 now = pd_clock_now ();

  return pd_db_exec (desk->db, PD_SQL_NOTICE_INSERT,
                     PD_BIND (PD_INT (pd_id_new ()), PD_INT (now),
                              PD_TEXT (rules[notice->event].name), PD_ID (ticket->unit),
                              PD_ID (ticket->id), PD_ID (notice->message), PD_ID (listener->person),
                              PD_ID (notice->actor), PD_TEXT (listener->address),
                              PD_TEXT (notice->data != NULL ? notice->data : "{}"), PD_INT (now)),
                     NULL, error);
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

gboolean
pd_notice_queue (PdDesk *desk, const PdNotice *notice, GError **error)
{
  g_autoptr (GArray) listeners = g_array_new (FALSE, FALSE, sizeof (Listener));
  gboolean worked;
  guint queued = 0;

  g_return_val_if_fail ((gsize)notice->event < G_N_ELEMENTS (rules), FALSE);
  g_array_set_clear_func (listeners, listener_clear);
  if (!gather (desk, notice, listeners, &worked, error))
    return FALSE;
  for (guint i = 0; i < listeners->len && queued < PD_NOTICE_MAX_RECIPIENTS; i++)
    {
      const Listener *listener = &g_array_index (listeners, Listener, i);
      gboolean may = FALSE;

      if (is_own_act (notice, listener) || has_it (notice, listener)
          || !pd_notice_tells (notice->event, listener->relations, worked))
        continue;
      if (!may_write_to (desk, listener, &may, error))
        return FALSE;
      if (!may)
        continue;
      if (!queue_one (desk, notice, listener, error))
        return FALSE;
      queued++;
    }
  return TRUE;
}
