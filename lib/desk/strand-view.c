#include "desk/strand-view.h"

#include "base/clock.h"
#include "base/id.h"

typedef struct json_object Json;

static void
add_text (Json *object, const char *key, const char *text)
{
  json_object_object_add (object, key, json_object_new_string (text));
}

static void
add_id (Json *object, const char *key, gint64 id)
{
  char text[PD_ID_TEXT_SIZE];

  add_text (object, key, pd_id_format (id, text));
}

static void
add_time (Json *object, const char *key, gint64 time)
{
  g_autofree char *text = pd_clock_format (time);

  add_text (object, key, text);
}

/* null for who is gone */
static gboolean
add_person (PdDesk *desk, Json *object, const char *key, gint64 id, GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  Json *one = NULL;

  if (!pd_person_get (desk, id, &person, error))
    return FALSE;
  if (person != NULL)
    {
      one = json_object_new_object ();
      add_text (one, "name", person->name);
      add_text (one, "address", pd_person_address (person));
      add_id (one, "id", id);
    }
  json_object_object_add (object, key, one);
  return TRUE;
}

static Json *
strand_json (PdDesk *desk, const PdStrand *strand, guint number, GError **error)
{
  Json *object = json_object_new_object ();

  json_object_object_add (object, "number", json_object_new_int64 (number));
  add_id (object, "id", strand->id);
  if (!add_person (desk, object, "person", strand->person, error)
      || !add_person (desk, object, "by", strand->by, error))
    {
      json_object_put (object);
      return NULL;
    }
  add_text (object, "subject", strand->subject);
  add_text (object, "state", strand->open ? "open" : "closed");
  add_time (object, "created", strand->created);
  return object;
}

Json *
pd_strand_view_list (PdDesk *desk, const PdTicket *ticket, GError **error)
{
  g_autoptr (GPtrArray) strands = pd_strand_list (desk, ticket, error);
  Json *array;

  if (strands == NULL)
    return NULL;
  array = json_object_new_array ();
  for (guint i = 0; i < strands->len; i++)
    {
      Json *one = strand_json (desk, g_ptr_array_index (strands, i), i + 1, error);

      if (one == NULL)
        {
          json_object_put (array);
          return NULL;
        }
      json_object_array_add (array, one);
    }
  return array;
}

static gboolean
add_entries (PdDesk *desk, const PdStrand *strand, Json *entries, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_STRAND_ENTRIES,
                     PD_BIND (PD_INT (strand->id), PD_INT (PD_STRAND_MAX_ENTRIES)), error);
  int got = -1;

  while (rows != NULL && (got = pd_rows_next (rows, error)) > 0)
    {
      Json *one = json_object_new_object ();

      json_object_array_add (entries, one);
      add_id (one, "id", pd_rows_int (rows, 0));
      add_text (one, "kind", pd_rows_text (rows, 1));
      add_time (one, "time", pd_rows_int (rows, 3));
      add_text (one, "text", pd_rows_text (rows, 4));
      if (!add_person (desk, one, "author", pd_rows_int (rows, 2), error))
        return FALSE;
    }
  return got == 0;
}

Json *
pd_strand_view_full (PdDesk *desk, const PdStrand *strand, guint number, GError **error)
{
  Json *object = strand_json (desk, strand, number, error);
  Json *entries = json_object_new_array ();

  if (object == NULL || !add_entries (desk, strand, entries, error))
    {
      json_object_put (entries);
      json_object_put (object);
      return NULL;
    }
  json_object_object_add (object, "entries", entries);
  return object;
}
