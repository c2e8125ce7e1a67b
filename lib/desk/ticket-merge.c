#include "base/error.h"
#include "desk/strand.h"
#include "desk/match.h"
#include "desk/ticket-change.h"
#include "desk/ticket-step.h"

typedef struct {
  gint64 number;
  PdTicket *into; /* owned */
  gint64 locker;  /* who had the old one in work */
} Merge;

/* ---- whether it can be ---- */

/* Whether the way of `from` leads to the ticket. */
static gboolean
leads_to (PdDesk *desk, const PdTicket *from, gint64 ticket, gboolean *out, GError **error)
{
  gint64 next = from->merged_into;

  *out = FALSE;
  for (int i = 0; i < PD_MATCH_MAX_MERGES && next != 0 && !*out; i++)
    {
      g_autoptr (PdTicket) on_the_way = NULL;

      if (!pd_ticket_get (desk, next, &on_the_way, error))
        return FALSE;
      *out = next == ticket;
      next = on_the_way != NULL ? on_the_way->merged_into : 0;
    }
  return TRUE;
}

static gboolean
check_target (PdTicketWork *work, const PdTicket *into, GError **error)
{
  gboolean circle;
  gint64 n = 0;

  if (!leads_to (work->desk, into, work->ticket->id, &circle, error))
    return FALSE;
  if (circle)
    return pd_fail (error, PD_ERROR_INVALID,
                    "ticket #%" G_GINT64_FORMAT " was merged into #%" G_GINT64_FORMAT
                    ": that would be a circle",
                    into->number, work->ticket->number);
  if ((PD_TICKET_ALIVE & PD_TICKET_IN (into->state)) == 0)
    return pd_ticket_conflict (work->desk, into, "archived", error);
  if (!pd_ticket_authorise (work->desk, into, work->actor, PD_ACT_EDIT, error)
      || !pd_db_find_int (work->desk->db, PD_SQL_TICKET_MERGED_COUNT, PD_BIND (PD_INT (into->id)),
                          &n, error))
    return FALSE;
  return n < PD_TICKET_MAX_MERGED
         || pd_fail (error, PD_ERROR_INVALID,
                     "ticket #%" G_GINT64_FORMAT " has %d others in it already", into->number,
                     PD_TICKET_MAX_MERGED);
}

static gboolean
prepare (PdTicketWork *work, GError **error)
{
  Merge *merge = work->what;

  g_clear_pointer (&merge->into, pd_ticket_free);
  merge->into = pd_ticket_need (work->desk, merge->number, error);
  if (merge->into == NULL
      || !pd_ticket_entitled (work->desk, merge->into, work->actor, PD_ACT_EDIT, error))
    return FALSE;
  if (merge->into->id == work->ticket->id)
    return pd_fail (error, PD_ERROR_INVALID, "a ticket is not merged into itself");
  merge->locker = work->ticket->locker;
  work->so_already = work->ticket->merged_into == merge->into->id;
  work->to.state = PD_TICKET_ARCHIVED;
  work->to.merged_into = merge->into->id;
  json_object_object_add (work->data, "number", json_object_new_int64 (merge->into->number));
  return work->so_already || check_target (work, merge->into, error);
}

/* ---- its people ---- */

static void
add_id (GArray *ids, gint64 id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      return;
  if (id != 0)
    g_array_append_val (ids, id);
}

/* Staff watches from now on, clients are in copy. */
static gboolean
join (PdDesk *desk, const PdTicket *into, gint64 id, GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  gint64 known = 0;

  if (id == into->requester || id == into->author)
    return TRUE;
  if (!pd_db_find_int (desk->db, PD_SQL_TICKET_PERSON_KNOWN,
                       PD_BIND (PD_INT (into->id), PD_INT (id)), &known, error)
      || !pd_person_get (desk, id, &person, error))
    return FALSE;
  if (known != 0 || person == NULL || person->state == PD_PERSON_DELETED)
    return TRUE;
  return pd_ticket_add_person (desk, into->id, id,
                               pd_person_is_staff (person) ? PD_RELATION_WATCHER : PD_RELATION_CC,
                               error);
}

/* Those who wrote on it too: their next mail is to be taken. */
static gboolean
join_people (PdDesk *desk, const PdTicket *ticket, gint64 locker, const PdTicket *into,
             GError **error)
{
  g_autoptr (GArray) ids
      = pd_db_list_ints (desk->db, PD_SQL_TICKET_PEOPLE,
                         PD_BIND (PD_INT (ticket->id), PD_INT (ticket->id)), error);

  if (ids == NULL)
    return FALSE;
  add_id (ids, ticket->requester);
  add_id (ids, ticket->author);
  add_id (ids, locker);
  for (guint i = 0; i < ids->len; i++)
    if (!join (desk, into, g_array_index (ids, gint64, i), error))
      return FALSE;
  return TRUE;
}

/* ---- the change ---- */

static gboolean
join_tags (PdDesk *desk, const PdTicket *ticket, const PdTicket *into, GError **error)
{
  return pd_db_exec (desk->db, PD_SQL_TICKET_TAG_JOIN,
                     PD_BIND (PD_INT (into->id), PD_INT (ticket->id), PD_INT (into->id)), NULL,
                     error);
}

/* The other one changes too: who changed it meanwhile is first. */
static gboolean
touch (PdTicketWork *work, PdTicket *into, GError **error)
{
  struct json_object *data = json_object_new_object ();
  PdTicketFacts same;
  gboolean changed;

  pd_ticket_json_id (data, "from", work->ticket->id);
  json_object_object_add (data, "number", json_object_new_int64 (work->ticket->number));
  pd_ticket_facts_get (into, &same);
  if (!pd_ticket_tell_event (work->desk, into->id, "merged", pd_ticket_work_actor (work), 0, data,
                             error)
      || !pd_ticket_row_change (work->desk, into, &same, &changed, error))
    return FALSE;
  return changed
         || pd_fail (error, PD_ERROR_CONFLICT,
                     "ticket #%" G_GINT64_FORMAT " was changed at the same time", into->number);
}

/* What was merged into it goes along, so that the way of a mail stays one step. */
static gboolean
write_merge (PdTicketWork *work, GError **error)
{
  Merge *merge = work->what;
  PdTicket *into = merge->into;

  return pd_db_exec (work->desk->db, PD_SQL_TICKET_MERGED_MOVE,
                     PD_BIND (PD_INT (into->id), PD_INT (work->ticket->id)), NULL, error)
         && pd_strand_move (work->desk, work->ticket->id, into->id, error)
         && join_people (work->desk, work->ticket, merge->locker, into, error)
         && join_tags (work->desk, work->ticket, into, error) && touch (work, into, error);
}

static const PdTicketStep merge_it = {
  .act = PD_ACT_EDIT,
  .from = PD_TICKET_ALIVE,
  .event = "merged",
  .notice = PD_NOTICE_MERGED,
  .prepare = prepare,
  .write = write_merge,
};

gboolean
pd_ticket_merge (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, gint64 into_number,
                 GError **error)
{
  Merge merge = { .number = into_number };
  gboolean ok = pd_ticket_step (desk, ticket, actor, &merge_it, &merge, error);

  g_clear_pointer (&merge.into, pd_ticket_free);
  return ok;
}
