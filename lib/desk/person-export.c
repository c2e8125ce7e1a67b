#include "desk/person-export.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "desk/client-group.h"
#include "desk/field.h"
#include "desk/job-title.h"
#include "desk/raw.h"
#include "desk/unit.h"

#define BATCH 200 /* entries that are read at a time */

/* ---- values of columns ---- */

typedef enum { TEXT, NUMBER, TIME, FLAG, ID, DATA, END } Kind;

typedef struct {
  const char *name; /* NULL: not shown */
  Kind kind;
} Column;

static void
add_id (struct json_object *object, const char *name, gint64 id)
{
  char text[PD_ID_TEXT_SIZE];

  json_object_object_add (object, name, json_object_new_string (pd_id_format (id, text)));
}

static void
add_text (struct json_object *object, const char *name, const char *text)
{
  json_object_object_add (object, name, json_object_new_string (text != NULL ? text : ""));
}

static struct json_object *
new_time (gint64 time)
{
  g_autofree char *text = pd_clock_format (time);

  return json_object_new_string (text);
}

static struct json_object *
new_value (PdRows *rows, guint i, Kind kind)
{
  char id[PD_ID_TEXT_SIZE];

  if (pd_rows_is_null (rows, i))
    return NULL;
  switch (kind)
    {
    case NUMBER:
      return json_object_new_int64 (pd_rows_int (rows, i));
    case TIME:
      return new_time (pd_rows_int (rows, i));
    case FLAG:
      return json_object_new_boolean (pd_rows_int (rows, i) != 0);
    case ID:
      return json_object_new_string (pd_id_format (pd_rows_int (rows, i), id));
    case DATA:
      return json_tokener_parse (pd_rows_text (rows, i));
    default:
      return json_object_new_string (pd_rows_text (rows, i));
    }
}

/* All rows as an array of objects, NULL on error.
 *
 * out_ids   of each row the number in the first column, or NULL
 */
static struct json_object *
list_rows (PdDesk *desk, PdSqlId sql, gint64 id, const Column *columns, GArray *out_ids,
           GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, PD_BIND (PD_INT (id)), error);
  struct json_object *array = json_object_new_array ();
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      struct json_object *object = json_object_new_object ();
      gint64 first = pd_rows_int (rows, 0);

      for (guint i = 0; columns[i].kind != END; i++)
        if (columns[i].name != NULL)
          json_object_object_add (object, columns[i].name, new_value (rows, i, columns[i].kind));
      json_object_array_add (array, object);
      if (out_ids != NULL)
        g_array_append_val (out_ids, first);
    }
  if (step == 0)
    return array;
  json_object_put (array);
  return NULL;
}

/* ---- the person ---- */

static gboolean
add_fields (PdDesk *desk, struct json_object *object, const PdPerson *person, const PdPerson *actor,
            GError **error)
{
  g_autoptr (GPtrArray) values
      = pd_field_values (desk, PD_FIELD_OF_PERSON, person->id, actor, error);
  struct json_object *fields = json_object_new_object ();

  json_object_object_add (object, "fields", fields);
  for (guint i = 0; values != NULL && i < values->len; i++)
    {
      PdFieldValue *value = g_ptr_array_index (values, i);

      add_text (fields, value->field->name, value->text);
    }
  return values != NULL;
}

static gboolean
add_memberships (PdDesk *desk, struct json_object *object, const PdPerson *person, GError **error)
{
  g_autoptr (GArray) units = pd_person_unit_ids (desk, person->id, error);
  g_autoptr (GPtrArray) groups = pd_client_group_of_person (desk, person->id, error);
  struct json_object *unit_names = json_object_new_array ();
  struct json_object *group_names = json_object_new_array ();

  json_object_object_add (object, "units", unit_names);
  json_object_object_add (object, "groups", group_names);
  if (units == NULL || groups == NULL)
    return FALSE;
  for (guint i = 0; i < units->len; i++)
    {
      g_autoptr (PdUnit) unit = NULL;

      if (!pd_unit_get (desk, g_array_index (units, gint64, i), &unit, error))
        return FALSE;
      if (unit != NULL)
        json_object_array_add (unit_names, json_object_new_string (unit->name));
    }
  for (guint i = 0; i < groups->len; i++)
    json_object_array_add (
        group_names,
        json_object_new_string (((PdClientGroup *)g_ptr_array_index (groups, i))->name));
  return TRUE;
}

static struct json_object *
export_row (const PdPerson *person)
{
  struct json_object *object = json_object_new_object ();
  struct json_object *addresses = json_object_new_array ();

  add_id (object, "id", person->id);
  add_text (object, "name", person->name);
  add_text (object, "role", pd_role_name (person->role));
  json_object_object_add (object, "admin", json_object_new_boolean (person->admin));
  for (guint i = 0; i < person->addresses->len; i++)
    json_object_array_add (addresses,
                           json_object_new_string (g_ptr_array_index (person->addresses, i)));
  json_object_object_add (object, "addresses", addresses);
  add_text (object, "login", person->login);
  add_text (object, "language", person->language);
  add_text (object, "timezone", person->timezone);
  add_text (object, "phone", person->phone);
  add_text (object, "mobile", person->mobile);
  add_text (object, "messenger", person->messenger);
  add_text (object, "postal", person->postal);
  add_text (object, "digest", person->digest);
  add_text (object, "state", pd_person_state_name (person->state));
  add_text (object, "source", person->source);
  json_object_object_add (object, "created", new_time (person->created));
  return object;
}

static struct json_object *
export_person (PdDesk *desk, const PdPerson *person, const PdPerson *actor, GError **error)
{
  struct json_object *object = export_row (person);
  g_autofree char *title = pd_job_title_name (desk, person->job_title, error);

  if (title != NULL)
    add_text (object, "job_title", title);
  if (title != NULL && add_fields (desk, object, person, actor, error)
      && add_memberships (desk, object, person, error))
    return object;
  json_object_put (object);
  return NULL;
}

/* ---- the rest ---- */

static const Column choice_columns[]
    = { { "event", TEXT }, { "channel", TEXT }, { "wanted", FLAG }, { NULL, END } };

static const Column ticket_columns[] = {
  { NULL, ID },      { "number", NUMBER }, { "subject", TEXT },
  { "state", TEXT }, { "created", TIME },  { "done", TIME },
  { "unit", TEXT },  { "rating", NUMBER }, { "rating_text", TEXT },
  { NULL, END },
};

static const Column entry_columns[] = {
  { "id", ID },       { "kind", TEXT },        { "time", TIME }, { "text", TEXT },
  { "author", TEXT }, { "author_role", TEXT }, { NULL, ID },     { NULL, END },
};

static const Column message_columns[] = {
  { "id", ID },           { "ticket", NUMBER }, { "kind", TEXT },
  { "visibility", TEXT }, { "time", TIME },     { "text", TEXT },
  { "message_id", TEXT }, { "has_raw", FLAG },  { NULL, END },
};

static const Column event_columns[]
    = { { "ticket", NUMBER }, { "time", TIME }, { "kind", TEXT }, { "data", DATA }, { NULL, END } };

static const Column notice_columns[] = {
  { "event", TEXT },   { "channel", TEXT },  { "to", TEXT }, { "state", TEXT },
  { "created", TIME }, { "finished", TIME }, { NULL, END },
};

static const Column request_columns[] = {
  { NULL, ID }, { "kind", TEXT },    { NULL, ID },      { "data", DATA },
  { NULL, ID }, { "created", TIME }, { "state", TEXT }, { "decided", TIME },
  { NULL, ID }, { "reason", TEXT },  { NULL, END },
};

static const Column file_columns[]
    = { { "name", TEXT }, { "type", TEXT }, { "size", NUMBER }, { NULL, END } };

/* Adds to each object of an array what belongs to it, under a name. */
static gboolean
nest (PdDesk *desk, struct json_object *array, const GArray *ids, const char *name, PdSqlId sql,
      const Column *columns, GError **error)
{
  for (guint i = 0; i < ids->len; i++)
    {
      struct json_object *inner
          = list_rows (desk, sql, g_array_index (ids, gint64, i), columns, NULL, error);

      if (inner == NULL)
        return FALSE;
      json_object_object_add (json_object_array_get_idx (array, i), name, inner);
    }
  return TRUE;
}

static gboolean
add_list (PdDesk *desk, struct json_object *all, const char *name, PdSqlId sql, gint64 person,
          const Column *columns, GArray *out_ids, GError **error)
{
  struct json_object *array = list_rows (desk, sql, person, columns, out_ids, error);

  if (array == NULL)
    return FALSE;
  json_object_object_add (all, name, array);
  return TRUE;
}

static gboolean
add_audit (PdDesk *desk, struct json_object *all, gint64 person, GError **error)
{
  char id[PD_ID_TEXT_SIZE];
  g_autofree char *target = g_strdup_printf ("person %s", pd_id_format (person, id));
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_AUDIT_OF_TARGET, PD_BIND (PD_TEXT (target)), error);
  struct json_object *array = json_object_new_array ();
  int step = -1;

  json_object_object_add (all, "audit", array);
  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      struct json_object *object = json_object_new_object ();

      json_object_object_add (object, "time", new_value (rows, 0, TIME));
      json_object_object_add (object, "kind", new_value (rows, 2, TEXT));
      json_object_object_add (object, "data", new_value (rows, 3, DATA));
      json_object_array_add (array, object);
    }
  return step == 0;
}

static gboolean
export_rest (PdDesk *desk, struct json_object *all, gint64 person, GError **error)
{
  g_autoptr (GArray) tickets = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) messages = g_array_new (FALSE, FALSE, sizeof (gint64));

  return add_list (desk, all, "choices", PD_SQL_PERSON_EXPORT_CHOICES, person, choice_columns, NULL,
                   error)
         && add_list (desk, all, "tickets", PD_SQL_PERSON_EXPORT_TICKETS, person, ticket_columns,
                      tickets, error)
         && nest (desk, json_object_object_get (all, "tickets"), tickets, "entries",
                  PD_SQL_PERSON_EXPORT_ENTRIES, entry_columns, error)
         && add_list (desk, all, "messages", PD_SQL_PERSON_EXPORT_MESSAGES, person, message_columns,
                      messages, error)
         && nest (desk, json_object_object_get (all, "messages"), messages, "files",
                  PD_SQL_PERSON_EXPORT_FILES, file_columns, error)
         && add_list (desk, all, "events", PD_SQL_PERSON_EXPORT_EVENTS, person, event_columns, NULL,
                      error)
         && add_list (desk, all, "notices", PD_SQL_PERSON_EXPORT_NOTICES, person, notice_columns,
                      NULL, error)
         && add_list (desk, all, "requests", PD_SQL_CLIENT_REQUEST_OF_PERSON, person,
                      request_columns, NULL, error)
         && add_audit (desk, all, person, error);
}

static gboolean
may_export (const PdPerson *person, const PdPerson *actor, GError **error)
{
  return (actor != NULL && actor->id == person->id && actor->state == PD_PERSON_ACTIVE)
         || pd_person_is_in_charge (actor, "export what is stored about others", error);
}

struct json_object *
pd_person_export (PdDesk *desk, const PdPerson *person, const PdPerson *actor, GError **error)
{
  struct json_object *all, *himself;

  if (!may_export (person, actor, error))
    return NULL;
  himself = export_person (desk, person, actor, error);
  if (himself == NULL)
    return NULL;
  all = json_object_new_object ();
  json_object_object_add (all, "person", himself);
  if (export_rest (desk, all, person->id, error))
    return all;
  json_object_put (all);
  return NULL;
}

/* Each of some entries that has a raw; *after is the last one looked at, 0 at the end. */
static gboolean
export_batch (PdDesk *desk, gint64 person, gint64 *after, PdExportMail take, gpointer data,
              GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_PERSON_ERASE_MESSAGES,
                     PD_BIND (PD_INT (person), PD_INT (*after), PD_INT (BATCH)), error);
  int step = -1;

  *after = 0;
  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      g_autoptr (GBytes) raw = NULL;

      *after = pd_rows_int (rows, 0);
      if (pd_rows_is_null (rows, 2))
        continue;
      raw = pd_raw_load (desk, pd_rows_int (rows, 2), error);
      if (raw == NULL || !take (*after, raw, data, error))
        return FALSE;
    }
  return step == 0;
}

gboolean
pd_person_export_mails (PdDesk *desk, const PdPerson *person, const PdPerson *actor,
                        PdExportMail take, gpointer data, GError **error)
{
  gint64 after = 0;

  if (!may_export (person, actor, error))
    return FALSE;
  do
    if (!export_batch (desk, person->id, &after, take, data, error))
      return FALSE;
  while (after != 0);
  return TRUE;
}
