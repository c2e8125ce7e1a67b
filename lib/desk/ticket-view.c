#include "desk/ticket-view.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/field.h"
#include "desk/strand-view.h"
#include "desk/ticket-access.h"
#include "desk/ticket-clock.h"
#include "desk/topic.h"
#include "desk/unit.h"

typedef struct json_object Json;

/* One view being made. */
typedef struct {
  PdDesk *desk;
  const PdTicket *ticket;
  const PdPerson *viewer; /* NULL: the desk */
  guint acts;             /* what he may do */
  gboolean internal;      /* he reads the notes: everything is shown */
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

/* 0 is null */
static void
add_time_or_null (Json *object, const char *key, gint64 time)
{
  if (time != 0)
    add_time (object, key, time);
  else
    json_object_object_add (object, key, NULL);
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
  if (!view->internal)
    return rows != NULL;
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
add_plan (View *view, Json *object, GError **error)
{
  g_autoptr (PdRows) rows = NULL;
  int got = 0;

  if (view->ticket->plan != 0)
    {
      rows = pd_db_query (view->desk->db, PD_SQL_TICKET_PLAN,
                          PD_BIND (PD_INT (view->ticket->plan)), error);
      got = rows != NULL ? pd_rows_next (rows, error) : -1;
    }
  json_object_object_add (object, "plan",
                          got == 1 ? json_object_new_string (pd_rows_text (rows, 0)) : NULL);
  return got >= 0;
}

/* Whether the viewer may see another ticket. */
static gboolean
may_see (View *view, const PdTicket *other, gboolean *out, GError **error)
{
  guint acts = PD_ACT_SEE;

  *out = FALSE;
  if (view->viewer != NULL && !pd_ticket_acts (view->desk, other, view->viewer, &acts, error))
    return FALSE;
  *out = (acts & PD_ACT_SEE) != 0;
  return TRUE;
}

static gboolean
add_merged_into (View *view, Json *object, GError **error)
{
  g_autoptr (PdTicket) into = NULL;
  gboolean sees = FALSE;

  if (view->ticket->merged_into != 0
      && (!pd_ticket_get (view->desk, view->ticket->merged_into, &into, error)
          || (into != NULL && !may_see (view, into, &sees, error))))
    return FALSE;
  json_object_object_add (object, "merged_into",
                          sees ? json_object_new_int64 (into->number) : NULL);
  return TRUE;
}

/* What came later than the form that scripts know stands behind it. */
static gboolean
add_more (View *view, Json *object, GError **error)
{
  const PdTicket *ticket = view->ticket;

  if (!add_person (view, object, "locker", ticket->locker, error))
    return FALSE;
  add_time_or_null (object, "deadline", ticket->deadline);
  add_time_or_null (object, "waiting_until", ticket->waiting_until);
  add_time_or_null (object, "done", ticket->done);
  json_object_object_add (object, "rating",
                          ticket->rating != 0 ? json_object_new_int (ticket->rating) : NULL);
  if (view->internal)
    json_object_object_add (object, "spam", json_object_new_boolean (ticket->spam));
  return add_merged_into (view, object, error);
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
  if (!add_plan (view, object, error)
      || !add_person (view, object, "requester", ticket->requester, error))
    return FALSE;
  assignees = json_object_new_array ();
  json_object_object_add (object, "assignees", assignees);
  if (!each_person (view, add_assignee, assignees, error) || !add_tags (view, object, error))
    return FALSE;
  add_time (object, "created", ticket->created);
  add_time (object, "updated", ticket->updated);
  return add_more (view, object, error);
}

/* ---- entries ---- */

/* What a client may read in the history; events are for staff otherwise. */
static gboolean
is_public_event (const char *kind)
{
  static const char *const kinds[]
      = { "created", "taken", "released", "waiting", "resumed", "done",
          "reopened", "forwarded", "archived", "rated", NULL };

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
  gint64 id, author, time, edited, strand;
  const char *kind;
  gboolean internal, encrypted;
  const char *text;
  const char *visible;
  const char *data; /* of an event: JSON; NULL none */
} EntryFacts;

/* Whose entries are read: the ticket itself, or one that was merged into it. */
typedef struct {
  gint64 ticket;
  gint64 origin; /* its number; 0: the ticket itself */
} Source;

static void
add_internals (Json *object, const EntryFacts *facts)
{
  Json *data = facts->data != NULL ? json_tokener_parse (facts->data) : NULL;

  if (facts->strand != 0)
    add_id (object, "strand", facts->strand);
  else
    json_object_object_add (object, "strand", NULL);
  json_object_object_add (object, "data", data);
}

static gboolean
add_entry (View *view, const Source *source, GArray *entries, const EntryFacts *facts,
           GError **error)
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
  add_time_or_null (object, "edited", facts->edited);
  json_object_object_add (object, "origin",
                          source->origin != 0 ? json_object_new_int64 (source->origin) : NULL);
  json_object_object_add (object, "attachments", json_object_new_array ());
  json_object_object_add (object, "delivery", json_object_new_array ());
  if (view->internal)
    add_internals (object, facts);
  return TRUE;
}

/* What belongs to a side thread is not the customer's, whatever the entry itself says. */
static gboolean
read_messages (View *view, const Source *source, GArray *entries, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (view->desk->db, PD_SQL_MESSAGE_OF_TICKET,
                                         PD_BIND (PD_INT (source->ticket)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      const EntryFacts facts = {
        .id = pd_rows_int (rows, 0),
        .kind = pd_rows_text (rows, 1),
        .internal = strcmp (pd_rows_text (rows, 2), "public") != 0 || !pd_rows_is_null (rows, 9),
        .author = pd_rows_int (rows, 3),
        .time = pd_rows_int (rows, 4),
        .text = pd_rows_text (rows, 5),
        .visible = pd_rows_is_null (rows, 6) ? pd_rows_text (rows, 5) : pd_rows_text (rows, 6),
        .encrypted = pd_rows_int (rows, 7) != 0,
        .edited = pd_rows_int (rows, 8),
        .strand = pd_rows_int (rows, 9),
      };

      if ((view->internal || !facts.internal)
          && !add_entry (view, source, entries, &facts, error))
        return FALSE;
    }
  return step == 0;
}

static gboolean
read_events (View *view, const Source *source, GArray *entries, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (view->desk->db, PD_SQL_EVENT_OF_TICKET,
                                         PD_BIND (PD_INT (source->ticket)), error);
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
        .data = pd_rows_text (rows, 4),
      };

      if (!is_entry_event (kind) && (view->internal || !facts.internal)
          && !add_entry (view, source, entries, &facts, error))
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
read_attachments (View *view, const Source *source, GHashTable *by_id, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (view->desk->db, PD_SQL_ATTACHMENT_OF_TICKET,
                                         PD_BIND (PD_INT (source->ticket)), error);
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
read_deliveries (View *view, const Source *source, GHashTable *by_id, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (view->desk->db, PD_SQL_TICKET_DELIVERY,
                                         PD_BIND (PD_INT (source->ticket)), error);
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
complete_entries (View *view, const GArray *sources, GArray *entries, GError **error)
{
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = &g_array_index (entries, Entry, i);

      g_hash_table_insert (by_id, &entry->id, entry->json);
    }
  for (guint i = 0; i < sources->len; i++)
    {
      const Source *source = &g_array_index (sources, Source, i);

      if (!read_attachments (view, source, by_id, error)
          || (view->internal && !read_deliveries (view, source, by_id, error)))
        return FALSE;
    }
  return TRUE;
}

/* The ticket, and those that were merged into it; of these a client sees what he
 * has a part in. */
static gboolean
find_sources (View *view, GArray *sources, GPtrArray *merged, GError **error)
{
  const Source own = { view->ticket->id, 0 };
  g_autoptr (GArray) ids = pd_db_list_ints (view->desk->db, PD_SQL_TICKET_MERGED_LIST,
                                            PD_BIND (PD_INT (view->ticket->id)), error);

  g_array_append_val (sources, own);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      PdTicket *ticket = NULL;
      gboolean sees = view->internal;

      if (!pd_ticket_get (view->desk, g_array_index (ids, gint64, i), &ticket, error))
        return FALSE;
      if (ticket == NULL)
        continue;
      g_ptr_array_add (merged, ticket);
      if (!sees && !may_see (view, ticket, &sees, error))
        return FALSE;
      if (sees)
        {
          const Source source = { ticket->id, ticket->number };

          g_array_append_val (sources, source);
        }
    }
  return ids != NULL;
}

static gboolean
read_entries (View *view, const GArray *sources, GArray *entries, GError **error)
{
  for (guint i = 0; i < sources->len; i++)
    {
      const Source *source = &g_array_index (sources, Source, i);

      if (!read_messages (view, source, entries, error)
          || !read_events (view, source, entries, error))
        return FALSE;
    }
  return complete_entries (view, sources, entries, error);
}

static gboolean
add_entries (View *view, Json *object, GArray *sources, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  Json *array = json_object_new_array ();

  g_array_set_clear_func (entries, clear_entry);
  json_object_object_add (object, "entries", array);
  if (!read_entries (view, sources, entries, error))
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

/* ---- what hangs on it ---- */

static void
free_ticket (gpointer ticket)
{
  pd_ticket_free (ticket);
}

static gboolean
add_other (View *view, Json *into, const PdTicket *other, GError **error)
{
  Json *object;
  gboolean sees;

  if (!may_see (view, other, &sees, error))
    return FALSE;
  if (!sees)
    return TRUE;
  object = json_object_new_object ();
  json_object_object_add (object, "number", json_object_new_int64 (other->number));
  add_text (object, "subject", other->subject);
  add_text (object, "state", pd_ticket_state_name (other->state));
  json_object_array_add (into, object);
  return TRUE;
}

static gboolean
add_links (View *view, Json *object, GError **error)
{
  gint64 id = view->ticket->id;
  g_autoptr (GArray) ids = pd_db_list_ints (view->desk->db, PD_SQL_TICKET_LINK_OF_TICKET,
                                            PD_BIND (PD_INT (id), PD_INT (id)), error);
  Json *links = json_object_new_array ();

  json_object_object_add (object, "links", links);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      g_autoptr (PdTicket) other = NULL;

      if (!pd_ticket_get (view->desk, g_array_index (ids, gint64, i), &other, error)
          || (other != NULL && !add_other (view, links, other, error)))
        return FALSE;
    }
  return ids != NULL;
}

static gboolean
add_merged (View *view, Json *object, const GPtrArray *merged, GError **error)
{
  Json *array = json_object_new_array ();

  json_object_object_add (object, "merged", array);
  for (guint i = 0; i < merged->len; i++)
    if (!add_other (view, array, g_ptr_array_index (merged, i), error))
      return FALSE;
  return TRUE;
}

/* The topics that were chosen stand in the event of the creation. */
static gboolean
add_topics (View *view, Json *object, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (view->desk->db, PD_SQL_EVENT_CREATED,
                                         PD_BIND (PD_INT (view->ticket->id)), error);
  int got = rows != NULL ? pd_rows_next (rows, error) : -1;
  Json *data = got == 1 ? json_tokener_parse (pd_rows_text (rows, 0)) : NULL;
  Json *ids = data != NULL ? json_object_object_get (data, "topics") : NULL;
  Json *names = json_object_new_array ();
  g_autoptr (GPtrArray) topics = ids != NULL ? pd_topic_list (view->desk, error) : NULL;
  gboolean ok = got >= 0 && (ids == NULL || topics != NULL);

  json_object_object_add (object, "topics", names);
  for (gsize i = 0; ok && ids != NULL && i < json_object_array_length (ids); i++)
    for (guint k = 0; k < topics->len; k++)
      {
        const PdTopic *topic = g_ptr_array_index (topics, k);
        char text[PD_ID_TEXT_SIZE];

        if (strcmp (pd_id_format (topic->id, text),
                    json_object_get_string (json_object_array_get_idx (ids, i)))
            == 0)
          json_object_array_add (names, json_object_new_string (topic->name));
      }
  json_object_put (data);
  return ok;
}

static gboolean
add_fields (View *view, Json *object, GError **error)
{
  g_autoptr (GPtrArray) values = pd_field_values (view->desk, PD_FIELD_OF_TICKET, view->ticket->id,
                                                  view->viewer, error);
  Json *array = json_object_new_array ();

  json_object_object_add (object, "fields", array);
  for (guint i = 0; values != NULL && i < values->len; i++)
    {
      const PdFieldValue *value = g_ptr_array_index (values, i);
      Json *one;

      /* who is a customer here reads as one, be he of staff elsewhere */
      if (!view->internal && value->field->visibility != PD_FIELD_FOR_ALL)
        continue;
      one = json_object_new_object ();
      add_text (one, "name", value->field->name);
      add_text (one, "kind", pd_field_kind_name (value->field->kind));
      add_text (one, "value", value->text);
      json_object_array_add (array, one);
    }
  return values != NULL;
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

static void
add_acts (const View *view, Json *object)
{
  Json *array = json_object_new_array ();

  json_object_object_add (object, "acts", array);
  for (guint i = 0; i < PD_N_ACTS; i++)
    if ((view->acts & 1u << i) != 0)
      json_object_array_add (array, json_object_new_string (pd_act_name ((PdAct)(1u << i))));
}

/* How staff keeps its word. */
static gboolean
add_clocks (View *view, Json *object, GError **error)
{
  Json *clocks = view->internal ? pd_ticket_clock_view (view->desk, view->ticket, error)
                                : json_object_new_array ();

  json_object_object_add (object, "clocks", clocks);
  return clocks != NULL;
}

static gboolean
add_full (View *view, Json *object, GError **error)
{
  g_autoptr (GArray) sources = g_array_new (FALSE, FALSE, sizeof (Source));
  g_autoptr (GPtrArray) merged = g_ptr_array_new_with_free_func (free_ticket);

  if (!add_row (view, object, error) || !add_participants (view, object, error))
    return FALSE;
  add_text (object, "rating_text", view->ticket->rating_text);
  if (!find_sources (view, sources, merged, error) || !add_topics (view, object, error)
      || !add_fields (view, object, error) || !add_links (view, object, error)
      || !add_merged (view, object, merged, error))
    return FALSE;
  add_acts (view, object);
  return add_clocks (view, object, error) && add_strands (view, object, error)
         && add_entries (view, object, sources, error);
}

/* ---- views ---- */

static gboolean
view_init (View *view, PdDesk *desk, const PdTicket *ticket, const PdPerson *viewer,
           GHashTable *people, GError **error)
{
  *view = (View){ .desk = desk, .ticket = ticket, .viewer = viewer, .people = people };
  if (viewer != NULL && !pd_ticket_acts (desk, ticket, viewer, &view->acts, error))
    return FALSE;
  view->internal = viewer == NULL || (view->acts & PD_ACT_INTERNAL) != 0;
  if (viewer == NULL)
    return TRUE;
  return (view->acts & PD_ACT_SEE) != 0
         || pd_fail (error, PD_ERROR_NOT_FOUND, "there is no ticket #%" G_GINT64_FORMAT,
                     ticket->number);
}

typedef gboolean (*ViewFunc) (View *view, Json *object, GError **error);

static Json *
make_view (PdDesk *desk, const PdTicket *ticket, const PdPerson *viewer, ViewFunc func,
           GError **error)
{
  g_autoptr (GHashTable) people = people_new ();
  View view;
  Json *object;

  if (!view_init (&view, desk, ticket, viewer, people, error))
    return NULL;
  object = json_object_new_object ();
  if (!func (&view, object, error))
    g_clear_pointer (&object, json_object_put);
  return object;
}

Json *
pd_ticket_view_row (PdDesk *desk, const PdTicket *ticket, const PdPerson *viewer, GError **error)
{
  return make_view (desk, ticket, viewer, add_row, error);
}

Json *
pd_ticket_view_full (PdDesk *desk, const PdTicket *ticket, const PdPerson *viewer, GError **error)
{
  return make_view (desk, ticket, viewer, add_full, error);
}

static gboolean
read_editions (View *view, gint64 entry, Json *array, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (view->desk->db, PD_SQL_MESSAGE_EDITIONS,
                                         PD_BIND (PD_INT (entry), PD_INT (view->ticket->id)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      Json *object = json_object_new_object ();

      json_object_array_add (array, object);
      add_text (object, "text", pd_rows_text (rows, 2));
      add_text (object, "visible", pd_rows_text (rows, pd_rows_is_null (rows, 3) ? 2 : 3));
      add_time (object, "until", pd_rows_int (rows, 0));
      if (!add_person (view, object, "by", pd_rows_int (rows, 1), error))
        return FALSE;
    }
  return step == 0;
}

Json *
pd_ticket_view_editions (PdDesk *desk, const PdTicket *ticket, const PdPerson *viewer, gint64 entry,
                         GError **error)
{
  g_autoptr (GHashTable) people = people_new ();
  Json *array;
  View view;

  if (!view_init (&view, desk, ticket, viewer, people, error)
      || !pd_ticket_authorise (desk, ticket, viewer, PD_ACT_INTERNAL, error))
    return NULL;
  array = json_object_new_array ();
  if (!read_editions (&view, entry, array, error))
    g_clear_pointer (&array, json_object_put);
  return array;
}
