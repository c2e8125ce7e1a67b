#include "desk/ticket-view.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/strand-view.h"
#include "desk/unit.h"

typedef struct json_object Json;

/* One view being made. */
typedef struct {
  PdDesk *desk;
  const PdTicket *ticket;
  gboolean internal;  /* for staff: everything is shown */
  GHashTable *people; /* id -> PdPerson, or NULL for who is gone */
} View;

static void
free_person (gpointer person)
{
  pd_person_free (person);
}

static GHashTable *
people_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, free_person);
}

static void
add_text (Json *object, const char *key, const char *text)
{
  json_object_object_add (object, key, json_object_new_string (text));
}

static void
add_time (Json *object, const char *key, gint64 time)
{
  g_autofree char *text = pd_clock_format (time);

  add_text (object, key, text);
}

static void
add_id (Json *object, const char *key, gint64 id)
{
  char text[PD_ID_TEXT_SIZE];

  add_text (object, key, pd_id_format (id, text));
}

/* ---- people ---- */

/* Lends a person; NULL without an error when there is none. */
static gboolean
find_person (View *view, gint64 id, const PdPerson **out, GError **error)
{
  gpointer known = NULL;
  PdPerson *person = NULL;

  *out = NULL;
  if (id == 0)
    return TRUE;
  if (!g_hash_table_lookup_extended (view->people, &id, NULL, &known))
    {
      if (!pd_person_get (view->desk, id, &person, error))
        return FALSE;
      g_hash_table_insert (view->people, g_memdup2 (&id, sizeof id), person);
      known = person;
    }
  *out = known;
  return TRUE;
}

/* {name, address}; null for the system.  A client is not shown the own address
 * of an agent: he answers to the unit. */
static Json *
person_json (const View *view, const PdPerson *person)
{
  Json *object;

  if (person == NULL)
    return NULL;
  object = json_object_new_object ();
  add_text (object, "name", person->name);
  add_text (object, "address",
            view->internal || !pd_person_is_staff (person) ? pd_person_address (person) : "");
  return object;
}

static gboolean
add_person (View *view, Json *object, const char *key, gint64 id, GError **error)
{
  const PdPerson *person;

  if (!find_person (view, id, &person, error))
    return FALSE;
  json_object_object_add (object, key, person_json (view, person));
  return TRUE;
}

/* ---- the row ---- */

typedef gboolean (*PersonFunc) (View *view, Json *into, gint64 person, const char *relation,
                                GError **error);

/* Calls `func` for everybody who is entered at the ticket. */
static gboolean
each_person (View *view, PersonFunc func, Json *into, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (view->desk->db, PD_SQL_TICKET_PERSON_OF_TICKET,
                                         PD_BIND (PD_INT (view->ticket->id)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    if (!func (view, into, pd_rows_int (rows, 0), pd_rows_text (rows, 1), error))
      return FALSE;
  return step == 0;
}

static gboolean
add_assignee (View *view, Json *into, gint64 id, const char *relation, GError **error)
{
  const PdPerson *person;

  if (strcmp (relation, "assignee") != 0)
    return TRUE;
  if (!find_person (view, id, &person, error))
    return FALSE;
  if (person != NULL)
    json_object_array_add (into, person_json (view, person));
  return TRUE;
}

static gboolean
add_tags (View *view, Json *object, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (view->desk->db, PD_SQL_TICKET_TAG_OF_TICKET,
                                         PD_BIND (PD_INT (view->ticket->id)), error);
  Json *tags = json_object_new_array ();
  int step = -1;

  json_object_object_add (object, "tags", tags);
  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    json_object_array_add (tags, json_object_new_string (pd_rows_text (rows, 0)));
  return step == 0;
}

static gboolean
add_unit (View *view, Json *object, GError **error)
{
  g_autoptr (PdUnit) unit = NULL;

  if (!pd_unit_get (view->desk, view->ticket->unit, &unit, error))
    return FALSE;
  add_text (object, "unit", unit != NULL ? unit->name : "");
  return TRUE;
}

static gboolean
add_row (View *view, Json *object, GError **error)
{
  const PdTicket *ticket = view->ticket;
  Json *assignees;

  json_object_object_add (object, "number", json_object_new_int64 (ticket->number));
  add_text (object, "subject", ticket->subject);
  if (!add_unit (view, object, error))
    return FALSE;
  add_text (object, "state", pd_ticket_state_name (ticket->state));
  add_text (object, "priority", pd_priority_name (ticket->priority));
  json_object_object_add (object, "plan", NULL);
  if (!add_person (view, object, "requester", ticket->requester, error))
    return FALSE;
  assignees = json_object_new_array ();
  json_object_object_add (object, "assignees", assignees);
  if (!each_person (view, add_assignee, assignees, error) || !add_tags (view, object, error))
    return FALSE;
  add_time (object, "created", ticket->created);
  add_time (object, "updated", ticket->updated);
  return TRUE;
}

/* ---- entries ---- */

/* What a client may read in the history; events are for staff otherwise. */
static gboolean
is_public_event (const char *kind)
{
  static const char *const kinds[]
      = { "created", "taken", "released", "done", "reopened", "forwarded", NULL };

  return g_strv_contains (kinds, kind);
}

/* An event that says no more than the entry it belongs to. */
static gboolean
is_entry_event (const char *kind)
{
  static const char *const kinds[] = { "comment", "reply", "note", NULL };

  return g_strv_contains (kinds, kind);
}

typedef struct {
  gint64 time, id;
  Json *json; /* owned */
} Entry;

static void
clear_entry (gpointer data)
{
  json_object_put (((Entry *)data)->json);
}

static gint
oldest_first (gconstpointer a, gconstpointer b)
{
  const Entry *x = a, *y = b;

  if (x->time != y->time)
    return x->time < y->time ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

typedef struct {
  gint64 id, author, time, strand;
  const char *kind;
  gboolean internal, encrypted;
  const char *text;
  const char *visible;
} EntryFacts;

static gboolean
add_entry (View *view, GArray *entries, const EntryFacts *facts, GError **error)
{
  Json *object = json_object_new_object ();
  const Entry entry = { facts->time, facts->id, object };

  g_array_append_val (entries, entry);
  add_id (object, "id", facts->id);
  add_text (object, "kind", facts->kind);
  if (!add_person (view, object, "author", facts->author, error))
    return FALSE;
  add_time (object, "time", facts->time);
  add_text (object, "visibility", facts->internal ? "internal" : "public");
  add_text (object, "text", facts->text);
  add_text (object, "visible", facts->visible);
  json_object_object_add (object, "encrypted", json_object_new_boolean (facts->encrypted));
  if (facts->strand != 0)
    add_id (object, "strand", facts->strand);
  json_object_object_add (object, "attachments", json_object_new_array ());
  json_object_object_add (object, "delivery", json_object_new_array ());
  return TRUE;
}

static gboolean
read_messages (View *view, GArray *entries, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (view->desk->db, PD_SQL_MESSAGE_OF_TICKET,
                                         PD_BIND (PD_INT (view->ticket->id)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      const EntryFacts facts = {
        .id = pd_rows_int (rows, 0),
        .kind = pd_rows_text (rows, 1),
        .internal = strcmp (pd_rows_text (rows, 2), "public") != 0,
        .author = pd_rows_int (rows, 3),
        .time = pd_rows_int (rows, 4),
        .text = pd_rows_text (rows, 5),
        .visible = pd_rows_is_null (rows, 6) ? pd_rows_text (rows, 5) : pd_rows_text (rows, 6),
        .encrypted = pd_rows_int (rows, 7) != 0,
        .strand = pd_rows_int (rows, 8),
      };

      if ((view->internal || !facts.internal) && !add_entry (view, entries, &facts, error))
        return FALSE;
    }
  return step == 0;
}

static gboolean
read_events (View *view, GArray *entries, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (view->desk->db, PD_SQL_EVENT_OF_TICKET,
                                         PD_BIND (PD_INT (view->ticket->id)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      const char *kind = pd_rows_text (rows, 2);
      const EntryFacts facts = {
        .id = pd_rows_int (rows, 0),
        .kind = "event",
        .internal = !is_public_event (kind),
        .author = pd_rows_int (rows, 3),
        .time = pd_rows_int (rows, 1),
        .text = kind,
        .visible = kind,
      };

      if (!is_entry_event (kind) && (view->internal || !facts.internal)
          && !add_entry (view, entries, &facts, error))
        return FALSE;
    }
  return step == 0;
}

/* An array of the entry with this id; NULL if the entry is not shown. */
static Json *
list_of_entry (GHashTable *by_id, gint64 id, const char *key)
{
  Json *entry = g_hash_table_lookup (by_id, &id);

  return entry != NULL ? json_object_object_get (entry, key) : NULL;
}

static Json *
attachment_json (PdRows *rows)
{
  Json *object = json_object_new_object ();

  add_id (object, "id", pd_rows_int (rows, 1));
  add_text (object, "name", pd_rows_text (rows, 2));
  add_text (object, "type", pd_rows_text (rows, 3));
  json_object_object_add (object, "size", json_object_new_int64 (pd_rows_int (rows, 4)));
  add_text (object, "content_id", pd_rows_text (rows, 5));
  json_object_object_add (object, "inline", json_object_new_boolean (pd_rows_int (rows, 6) != 0));
  add_text (object, "sha256", pd_rows_text (rows, 7));
  return object;
}

static gboolean
read_attachments (View *view, GHashTable *by_id, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (view->desk->db, PD_SQL_ATTACHMENT_OF_TICKET,
                                         PD_BIND (PD_INT (view->ticket->id)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      Json *list = list_of_entry (by_id, pd_rows_int (rows, 0), "attachments");

      if (list != NULL)
        json_object_array_add (list, attachment_json (rows));
    }
  return step == 0;
}

static Json *
delivery_json (PdRows *rows)
{
  Json *object = json_object_new_object ();

  add_text (object, "to", pd_rows_text (rows, 1));
  add_text (object, "state", pd_rows_text (rows, 2));
  add_text (object, "answer", pd_rows_text (rows, 3));
  add_time (object, "time", pd_rows_int (rows, 4));
  return object;
}

static gboolean
read_deliveries (View *view, GHashTable *by_id, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (view->desk->db, PD_SQL_TICKET_DELIVERY,
                                         PD_BIND (PD_INT (view->ticket->id)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      Json *list = list_of_entry (by_id, pd_rows_int (rows, 0), "delivery");

      if (list != NULL)
        json_object_array_add (list, delivery_json (rows));
    }
  return step == 0;
}

/* Files and deliveries of all entries come by one statement each, and find
 * their entry here.  Where notices went is for staff only: it has addresses
 * of agents. */
static gboolean
complete_entries (View *view, GArray *entries, GError **error)
{
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = &g_array_index (entries, Entry, i);

      g_hash_table_insert (by_id, &entry->id, entry->json);
    }
  return read_attachments (view, by_id, error)
         && (!view->internal || read_deliveries (view, by_id, error));
}

static gboolean
add_entries (View *view, Json *object, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  Json *array = json_object_new_array ();

  g_array_set_clear_func (entries, clear_entry);
  json_object_object_add (object, "entries", array);
  if (!read_messages (view, entries, error) || !read_events (view, entries, error)
      || !complete_entries (view, entries, error))
    return FALSE;
  g_array_sort (entries, oldest_first);
  for (guint i = 0; i < entries->len; i++)
    json_object_array_add (array, json_object_get (g_array_index (entries, Entry, i).json));
  return TRUE;
}

/* ---- participants ---- */

/* {name, address, relation}; each person once, by the first relation. */
static gboolean
add_participant (View *view, Json *into, gint64 id, const char *relation, GError **error)
{
  const PdPerson *person;
  Json *object;
  char text[PD_ID_TEXT_SIZE];

  if (!find_person (view, id, &person, error))
    return FALSE;
  if (person == NULL)
    return TRUE;
  pd_id_format (id, text);
  for (gsize i = 0; i < json_object_array_length (into); i++)
    {
      Json *known = json_object_object_get (json_object_array_get_idx (into, i), "id");

      if (strcmp (json_object_get_string (known), text) == 0)
        return TRUE;
    }
  object = person_json (view, person);
  add_text (object, "id", text);
  add_text (object, "relation", relation);
  json_object_array_add (into, object);
  return TRUE;
}

static gboolean
add_participants (View *view, Json *object, GError **error)
{
  Json *list = json_object_new_array ();

  json_object_object_add (object, "participants", list);
  return add_participant (view, list, view->ticket->requester, "requester", error)
         && add_participant (view, list, view->ticket->author, "author", error)
         && add_participant (view, list, view->ticket->locker, "locker", error)
         && each_person (view, add_participant, list, error);
}

/* Staff's talk with third parties. */
static gboolean
add_strands (View *view, Json *object, GError **error)
{
  Json *strands;

  if (!view->internal)
    return TRUE;
  strands = pd_strand_view_list (view->desk, view->ticket, error);
  json_object_object_add (object, "strands", strands);
  return strands != NULL;
}

Json *
pd_ticket_view_row (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  g_autoptr (GHashTable) people = people_new ();
  View view = { desk, ticket, TRUE, people };
  Json *object = json_object_new_object ();

  if (!add_row (&view, object, error))
    g_clear_pointer (&object, json_object_put);
  return object;
}

Json *
pd_ticket_view_full (PdDesk *desk, const PdTicket *ticket, gboolean internal, GError **error)
{
  g_autoptr (GHashTable) people = people_new ();
  View view = { desk, ticket, internal, people };
  Json *object = json_object_new_object ();

  if (!add_row (&view, object, error) || !add_participants (&view, object, error))
    {
      json_object_put (object);
      return NULL;
    }
  json_object_object_add (object, "clocks", json_object_new_array ());
  if (!add_strands (&view, object, error) || !add_entries (&view, object, error))
    g_clear_pointer (&object, json_object_put);
  return object;
}
