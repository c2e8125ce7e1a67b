#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "desk/ticket-change.h"
#include "desk/ticket-step.h"
#include "desk/unit.h"

/* One forwarding. */
typedef struct {
  const PdForward *to;
  GArray *before; /* assignees, ids in order */
  GArray *after;
  gboolean noted; /* the note is on the ticket */
} Forward;

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return x < y ? -1 : x > y;
}

static gboolean
same_ids (const GArray *a, const GArray *b)
{
  return a->len == b->len
         && (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (gint64)) == 0);
}

static gboolean
has_id (const GArray *ids, gint64 id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      return TRUE;
  return FALSE;
}

static gboolean
check_unit (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (PdUnit) unit = NULL;

  if (!pd_unit_get (desk, id, &unit, error))
    return FALSE;
  if (unit == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such unit");
  return !unit->closed
         || pd_fail (error, PD_ERROR_INVALID, "unit \"%s\" is closed: it gets no tickets",
                     unit->name);
}

gboolean
pd_ticket_check_assignee (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (PdPerson) person = NULL;

  if (!pd_person_get (desk, id, &person, error))
    return FALSE;
  if (person == NULL)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such person");
  if (!pd_person_is_staff (person))
    return pd_fail (error, PD_ERROR_INVALID, "%s is a client: tickets are given to staff",
                    pd_person_label (person));
  return person->state == PD_PERSON_ACTIVE
         || pd_fail (error, PD_ERROR_INVALID, "%s is %s: tickets are given to active staff",
                     pd_person_label (person), pd_person_state_name (person->state));
}

/* Each once, in order. */
static gboolean
read_new (PdDesk *desk, Forward *forward, GError **error)
{
  const PdForward *to = forward->to;

  if (to->n_assignees > PD_TICKET_MAX_ASSIGNEES)
    return pd_fail (error, PD_ERROR_INVALID, "assignees: at most %d", PD_TICKET_MAX_ASSIGNEES);
  g_array_set_size (forward->after, 0);
  for (gsize i = 0; i < to->n_assignees; i++)
    {
      if (!pd_ticket_check_assignee (desk, to->assignees[i], error))
        return FALSE;
      if (!has_id (forward->after, to->assignees[i]))
        g_array_append_val (forward->after, to->assignees[i]);
    }
  g_array_sort (forward->after, compare_ids);
  return TRUE;
}

static gboolean
read_old (PdDesk *desk, const PdTicket *ticket, Forward *forward, GError **error)
{
  g_clear_pointer (&forward->before, g_array_unref);
  forward->before = pd_db_list_ints (
      desk->db, PD_SQL_TICKET_PERSON_BY_RELATION,
      PD_BIND (PD_INT (ticket->id), PD_TEXT (pd_relation_name (PD_RELATION_ASSIGNEE))), error);
  if (forward->before != NULL)
    g_array_sort (forward->before, compare_ids);
  return forward->before != NULL;
}

static struct json_object *
ids_json (const GArray *ids)
{
  struct json_object *array = json_object_new_array ();

  for (guint i = 0; i < ids->len; i++)
    {
      g_autofree char *text = pd_id_dup (g_array_index (ids, gint64, i));

      json_object_array_add (array, json_object_new_string (text));
    }
  return array;
}

static void
tell_assignees (PdTicketWork *work, const Forward *forward)
{
  struct json_object *pair = json_object_new_array_ext (2);

  json_object_array_add (pair, ids_json (forward->before));
  json_object_array_add (pair, ids_json (forward->after));
  json_object_object_add (work->data, "assignees", pair);
}

static gboolean
prepare (PdTicketWork *work, GError **error)
{
  Forward *forward = work->what;
  gint64 unit = forward->to->unit != 0 ? forward->to->unit : work->ticket->unit;
  gboolean moves = unit != work->ticket->unit, same;

  if ((moves && !check_unit (work->desk, unit, error))
      || !read_new (work->desk, forward, error)
      || !read_old (work->desk, work->ticket, forward, error))
    return FALSE;
  same = same_ids (forward->before, forward->after);
  work->so_already = !moves && same && work->ticket->state == PD_TICKET_FREE;
  work->to.unit = unit;
  work->to.named = forward->after->len > 0;
  work->to.state = PD_TICKET_FREE;
  work->event = moves ? "forwarded" : "assigned";
  work->notice = moves ? PD_NOTICE_FORWARDED : PD_NOTICE_ASSIGNED;
  if (!same)
    tell_assignees (work, forward);
  return TRUE;
}

/* The notice of the forwarding brings the note with it. */
static gboolean
add_note (PdTicketWork *work, Forward *forward, GError **error)
{
  const char *note = forward->to->note;
  PdEntry entry = { .kind = "note", .internal = TRUE, .text = note, .quiet = TRUE };

  if (note == NULL || note[0] == '\0')
    return TRUE;
  if (work->actor == NULL)
    return pd_fail (error, PD_ERROR_INVALID, "a note has an author");
  entry.author = work->actor->id;
  forward->noted = TRUE;
  return pd_ticket_add_entry (work->desk, work->ticket, &entry, &work->message, error);
}

static gboolean
write_forward (PdTicketWork *work, GError **error)
{
  Forward *forward = work->what;

  if (!add_note (work, forward, error))
    return FALSE;
  if (same_ids (forward->before, forward->after))
    return TRUE;
  if (!pd_db_exec (work->desk->db, PD_SQL_TICKET_PERSON_CLEAR,
                   PD_BIND (PD_INT (work->ticket->id),
                            PD_TEXT (pd_relation_name (PD_RELATION_ASSIGNEE))),
                   NULL, error))
    return FALSE;
  for (guint i = 0; i < forward->after->len; i++)
    if (!pd_ticket_add_person (work->desk, work->ticket->id,
                               g_array_index (forward->after, gint64, i), PD_RELATION_ASSIGNEE,
                               error))
      return FALSE;
  return TRUE;
}

static const PdTicketStep step = {
  .act = PD_ACT_FORWARD,
  .from = PD_TICKET_OPEN,
  .event = "forwarded",
  .notice = PD_NOTICE_FORWARDED,
  .prepare = prepare,
  .write = write_forward,
};

/* It is there already, but there is a word to it. */
static gboolean
note_only (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const char *note, GError **error)
{
  const PdEntry entry
      = { .kind = "note", .internal = TRUE, .text = note, .author = actor != NULL ? actor->id : 0 };

  return note == NULL || note[0] == '\0'
         || pd_ticket_say (desk, ticket, actor, &entry, NULL, error);
}

gboolean
pd_ticket_forward (PdDesk *desk, PdTicket *ticket, const PdPerson *actor, const PdForward *to,
                   GError **error)
{
  Forward forward = { .to = to, .after = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  gboolean ok = pd_ticket_step (desk, ticket, actor, &step, &forward, error)
                && (forward.noted || note_only (desk, ticket, actor, to->note, error));

  g_array_unref (forward.after);
  g_clear_pointer (&forward.before, g_array_unref);
  return ok;
}
