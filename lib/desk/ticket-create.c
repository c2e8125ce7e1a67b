#include "desk/ticket-create.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/number.h"
#include "desk/ticket-change.h"
#include "desk/ticket-step.h"
#include "desk/topic.h"

/* What is wanted, and what became of it. */
typedef struct {
  const PdTicketNew *wanted;
  char *subject;
  gint64 unit;
  gint64 plan;
  GArray *assignees; /* of gint64, each once */
} Draft;

static void
draft_clear (Draft *draft)
{
  g_free (draft->subject);
  g_clear_pointer (&draft->assignees, g_array_unref);
}

/* One line of at most PD_TICKET_MAX_SUBJECT characters; caller frees. */
static char *
tidy_subject (const char *subject)
{
  g_autofree char *valid = g_utf8_make_valid (subject != NULL ? subject : "", -1);
  g_autofree char *one_line = NULL;

  for (char *at = valid; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  g_strstrip (valid);
  if (valid[0] == '\0')
    return g_strdup ("(no subject)");
  if (g_utf8_strlen (valid, -1) <= PD_TICKET_MAX_SUBJECT)
    return g_steal_pointer (&valid);
  one_line = g_utf8_substring (valid, 0, PD_TICKET_MAX_SUBJECT - 1);
  return g_strconcat (g_strchomp (one_line), "…", NULL);
}

/* ---- what others have set ---- */

static gboolean
has_id (const GArray *ids, gint64 id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      return TRUE;
  return FALSE;
}

static gboolean
take_assignees (PdDesk *desk, Draft *draft, GError **error)
{
  const PdTicketNew *wanted = draft->wanted;

  if (wanted->n_assignees > PD_TICKET_MAX_ASSIGNEES)
    return pd_fail (error, PD_ERROR_INVALID, "assignees: at most %d", PD_TICKET_MAX_ASSIGNEES);
  draft->assignees = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (gsize i = 0; i < wanted->n_assignees; i++)
    {
      if (!pd_ticket_check_assignee (desk, wanted->assignees[i], error))
        return FALSE;
      if (!has_id (draft->assignees, wanted->assignees[i]))
        g_array_append_val (draft->assignees, wanted->assignees[i]);
    }
  return TRUE;
}

/* All tickets that somebody writes may go to one place, whatever he chose; his
 * mail goes where he has sent it. */
static gboolean
take_default_performer (PdDesk *desk, Draft *draft, GError **error)
{
  gint64 author = draft->wanted->author, unit = 0;

  if (!draft->wanted->chosen)
    return TRUE;
  if (!pd_db_find_int (desk->db, PD_SQL_TICKET_AUTHOR_UNIT, PD_BIND (PD_INT (author)), &unit,
                       error))
    return FALSE;
  if (unit == 0)
    return TRUE;
  draft->unit = unit;
  g_array_unref (draft->assignees);
  draft->assignees
      = pd_db_list_ints (desk->db, PD_SQL_TICKET_AUTHOR_PERFORMERS, PD_BIND (PD_INT (author)), error);
  return draft->assignees != NULL;
}

static gboolean
take_plan (PdDesk *desk, Draft *draft, GError **error)
{
  draft->plan = MAX (draft->wanted->plan, 0);
  if (draft->wanted->plan == 0)
    return pd_db_find_int (desk->db, PD_SQL_TICKET_UNIT_PLAN, PD_BIND (PD_INT (draft->unit)),
                           &draft->plan, error);
  return draft->plan == 0 || pd_ticket_check_plan (desk, draft->plan, error);
}

static gboolean
take_subject (PdDesk *desk, Draft *draft, GError **error)
{
  const PdTicketNew *wanted = draft->wanted;
  g_autofree char *chosen = NULL;

  if (wanted->chosen
      && !pd_topic_choose (desk, wanted->subject, wanted->topics, wanted->n_topics, wanted->plan,
                           &chosen, error))
    return FALSE;
  draft->subject = tidy_subject (chosen != NULL ? chosen : wanted->subject);
  return TRUE;
}

/* Staff writes down what others ask for; a client asks for himself. */
static gboolean
check_author (PdDesk *desk, const PdTicketNew *wanted, GError **error)
{
  g_autoptr (PdPerson) author = NULL;

  if (!wanted->chosen)
    return TRUE;
  if (!pd_person_get (desk, wanted->author, &author, error))
    return FALSE;
  if (author == NULL || author->state != PD_PERSON_ACTIVE)
    return pd_fail (error, PD_ERROR_DENIED, "only active people open tickets");
  return pd_person_is_staff (author) || wanted->requester == wanted->author
         || pd_fail (error, PD_ERROR_DENIED, "clients open tickets for themselves only");
}

static gboolean
check (PdDesk *desk, Draft *draft, GError **error)
{
  const PdTicketNew *wanted = draft->wanted;

  if (wanted->priority < 0 || wanted->priority > 3)
    return pd_fail (error, PD_ERROR_INVALID, "a priority is 1 (low), 2 (normal) or 3 (high)");
  if (wanted->deadline < 0)
    return pd_fail (error, PD_ERROR_INVALID, "a deadline is a moment, or none");
  if (wanted->n_tags > PD_TICKET_MAX_TAGS)
    return pd_fail (error, PD_ERROR_INVALID, "tags: at most %d", PD_TICKET_MAX_TAGS);
  draft->unit = wanted->unit;
  return check_author (desk, wanted, error) && take_assignees (desk, draft, error)
         && take_default_performer (desk, draft, error) && take_plan (desk, draft, error)
         && take_subject (desk, draft, error);
}

/* ---- the rows ---- */

static PdTicket *
make_ticket (const Draft *draft, gint64 number, gint64 now)
{
  const PdTicketNew *wanted = draft->wanted;
  PdTicket *ticket = g_new0 (PdTicket, 1);

  ticket->id = pd_id_new ();
  ticket->number = number;
  ticket->subject = g_strdup (draft->subject);
  ticket->unit = draft->unit;
  ticket->state = PD_TICKET_FREE;
  ticket->priority = wanted->priority != 0 ? wanted->priority : 2;
  ticket->requester = wanted->requester;
  ticket->author = wanted->author;
  ticket->source = g_strdup (wanted->source);
  ticket->refers_to = wanted->refers_to;
  ticket->plan = draft->plan;
  ticket->deadline = wanted->deadline;
  ticket->named = draft->assignees->len > 0;
  ticket->created = ticket->updated = now;
  ticket->version = 1;
  ticket->rating_text = g_strdup ("");
  return ticket;
}

static gboolean
write_ticket (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  return pd_db_exec (
      desk->db, PD_SQL_TICKET_ADD,
      PD_BIND (PD_INT (ticket->id), PD_INT (ticket->number), PD_TEXT (ticket->subject),
               PD_INT (ticket->unit), PD_TEXT (pd_ticket_state_name (ticket->state)),
               PD_INT (ticket->priority), PD_INT (ticket->requester), PD_INT (ticket->author),
               PD_TEXT (ticket->source), PD_ID (ticket->refers_to), PD_INT (ticket->created),
               PD_INT (ticket->updated), PD_INT (ticket->version), PD_ID (ticket->plan),
               PD_ID (ticket->deadline), PD_INT (ticket->named != FALSE)),
      NULL, error);
}

/* Whether a watcher has that part already: as requester, author, or earlier in
 * the list. */
static gboolean
is_known (const PdTicketNew *new_ticket, gsize place)
{
  gint64 person = new_ticket->watchers[place];

  if (person == 0 || person == new_ticket->requester || person == new_ticket->author)
    return TRUE;
  for (gsize i = 0; i < place; i++)
    if (new_ticket->watchers[i] == person)
      return TRUE;
  return FALSE;
}

static gboolean
write_person (PdDesk *desk, gint64 ticket, gint64 person, PdRelation relation, GError **error)
{
  return pd_db_exec (
      desk->db, PD_SQL_TICKET_PERSON_ADD,
      PD_BIND (PD_INT (ticket), PD_INT (person), PD_TEXT (pd_relation_name (relation))), NULL,
      error);
}

static gboolean
write_people (PdDesk *desk, gint64 ticket, const Draft *draft, GError **error)
{
  const PdTicketNew *wanted = draft->wanted;

  for (guint i = 0; i < draft->assignees->len; i++)
    if (!write_person (desk, ticket, g_array_index (draft->assignees, gint64, i),
                       PD_RELATION_ASSIGNEE, error))
      return FALSE;
  for (gsize i = 0; i < wanted->n_watchers; i++)
    if (!is_known (wanted, i)
        && !write_person (desk, ticket, wanted->watchers[i], PD_RELATION_WATCHER, error))
      return FALSE;
  return TRUE;
}

static gboolean
write_tags (PdDesk *desk, gint64 ticket, const PdTicketNew *wanted, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; i < wanted->n_tags; i++)
    {
      char *key = pd_ticket_tag_dup_key (wanted->tags[i], error);

      if (key == NULL)
        return FALSE;
      if (!g_hash_table_add (seen, key))
        continue;
      if (!pd_db_exec (desk->db, PD_SQL_TICKET_TAG_ADD, PD_BIND (PD_INT (ticket), PD_TEXT (key)),
                       NULL, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_rows (PdDesk *desk, const Draft *draft, PdTicket **out_ticket, GError **error)
{
  g_autoptr (PdTicket) ticket = NULL;
  gint64 number;

  if (!pd_number_next (desk, &number, error))
    return FALSE;
  ticket = make_ticket (draft, number, pd_clock_now ());
  if (!write_ticket (desk, ticket, error) || !write_people (desk, ticket->id, draft, error)
      || !write_tags (desk, ticket->id, draft->wanted, error))
    return FALSE;
  *out_ticket = g_steal_pointer (&ticket);
  return TRUE;
}

gboolean
pd_ticket_create_row (PdDesk *desk, const PdTicketNew *new_ticket, PdTicket **out_ticket,
                      GError **error)
{
  Draft draft = { .wanted = new_ticket };
  gboolean ok;

  *out_ticket = NULL;
  ok = check (desk, &draft, error) && write_rows (desk, &draft, out_ticket, error);
  draft_clear (&draft);
  return ok;
}

/* ---- events, notices ---- */

/* An empty ticket, so that what is set from the beginning reads like what is set later. */
static gboolean
tell_columns (PdDesk *desk, const PdTicket *ticket, gint64 actor, GError **error)
{
  const struct {
    const char *event;
    gint64 plan, deadline; /* as they were before */
    gboolean happened;
  } steps[] = {
    { "plan", 0, ticket->deadline, ticket->plan != 0 },
    { "deadline", ticket->plan, 0, ticket->deadline != 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      struct json_object *data;
      PdTicketFacts now;
      PdTicket before = *ticket;

      if (!steps[i].happened)
        continue;
      before.plan = steps[i].plan;
      before.deadline = steps[i].deadline;
      data = json_object_new_object ();
      pd_ticket_facts_get (ticket, &now);
      pd_ticket_facts_tell (&before, &now, data);
      if (!pd_ticket_tell_event (desk, ticket->id, steps[i].event, actor, 0, data, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
tell_assignees (PdDesk *desk, const PdTicket *ticket, gint64 actor, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  struct json_object *data, *pair, *after;

  if (!ticket->named)
    return TRUE;
  ids = pd_db_list_ints (
      desk->db, PD_SQL_TICKET_PERSON_BY_RELATION,
      PD_BIND (PD_INT (ticket->id), PD_TEXT (pd_relation_name (PD_RELATION_ASSIGNEE))), error);
  if (ids == NULL)
    return FALSE;
  data = json_object_new_object ();
  pair = json_object_new_array_ext (2);
  after = json_object_new_array ();
  for (guint i = 0; i < ids->len; i++)
    {
      g_autofree char *text = pd_id_dup (g_array_index (ids, gint64, i));

      json_object_array_add (after, json_object_new_string (text));
    }
  json_object_array_add (pair, json_object_new_array ());
  json_object_array_add (pair, after);
  json_object_object_add (data, "assignees", pair);
  return pd_ticket_tell_event (desk, ticket->id, "assigned", actor, 0, data, error);
}

static gboolean
tell_tags (PdDesk *desk, const PdTicket *ticket, gint64 actor, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_TICKET_TAG_OF_TICKET, PD_BIND (PD_INT (ticket->id)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      struct json_object *data = json_object_new_object ();

      json_object_object_add (data, "tag", json_object_new_string (pd_rows_text (rows, 0)));
      if (!pd_ticket_tell_event (desk, ticket->id, "tagged", actor, 0, data, error))
        return FALSE;
    }
  return step == 0;
}

static struct json_object *
created_data (const PdTicketNew *new_ticket)
{
  struct json_object *data = json_object_new_object (), *topics;

  if (new_ticket->n_topics == 0)
    return data;
  topics = json_object_new_array ();
  for (gsize i = 0; i < new_ticket->n_topics; i++)
    {
      g_autofree char *text = pd_id_dup (new_ticket->topics[i]);

      json_object_array_add (topics, json_object_new_string (text));
    }
  json_object_object_add (data, "topics", topics);
  return data;
}

static gboolean
queue (PdDesk *desk, PdNoticeEvent event, const PdTicket *ticket, gint64 message, gint64 actor,
       GError **error)
{
  const PdNotice notice = { .event = event, .ticket = ticket, .message = message, .actor = actor };

  return pd_notice_queue (desk, &notice, error);
}

static gboolean
queue_created (PdDesk *desk, const PdTicket *ticket, const PdEntry *entry, gint64 message,
               GError **error)
{
  if (entry->quiet)
    return TRUE;
  if (!entry->no_acknowledgement
      && !queue (desk, PD_NOTICE_RECEIVED, ticket, message, entry->author, error))
    return FALSE;
  /* what is given to persons is not the affair of the rest of the unit */
  return queue (desk, ticket->named ? PD_NOTICE_ASSIGNED : PD_NOTICE_CREATED, ticket, message,
                entry->author, error);
}

gboolean
pd_ticket_create_tell (PdDesk *desk, const PdTicket *ticket, const PdTicketNew *new_ticket,
                       const PdEntry *entry, gint64 message, GError **error)
{
  gint64 actor = entry->author;

  return pd_ticket_tell_event (desk, ticket->id, "created", actor, message,
                               created_data (new_ticket), error)
         && tell_columns (desk, ticket, actor, error)
         && tell_assignees (desk, ticket, actor, error)
         && (new_ticket->n_tags == 0 || tell_tags (desk, ticket, actor, error))
         && queue_created (desk, ticket, entry, message, error);
}
