#include "desk/person-import.h"

#include <json-c/json.h>
#include <string.h>

#include "base/csv.h"
#include "base/error.h"
#include "desk/audit.h"
#include "desk/person-wish.h"

static const struct {
  const char *column, *key; /* of a wish */
  gboolean is_list;
} columns[] = {
  { "name", "name", FALSE },           { "address", "addresses", TRUE },
  { "role", "role", FALSE },           { "unit", "units", TRUE },
  { "group", "groups", TRUE },         { "login", "login", FALSE },
  { "phone", "phone", FALSE },         { "mobile", "mobile", FALSE },
  { "messenger", "messenger", FALSE }, { "postal", "postal", FALSE },
  { "job_title", "job_title", FALSE }, { "language", "language", FALSE },
  { "timezone", "timezone", FALSE },
};

#define FIELD "field:"

static int
find_column (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    if (strcmp (columns[i].column, name) == 0)
      return (int)i;
  return -1;
}

static gboolean
check_header (const PdCsvRow *header, GError **error)
{
  gboolean address = FALSE;

  for (guint i = 0; i < header->cells->len; i++)
    {
      const char *name = g_ptr_array_index (header->cells, i);
      guint first;

      g_ptr_array_find_with_equal_func (header->cells, name, g_str_equal, &first);
      if (first != i)
        return pd_fail (error, PD_ERROR_INVALID, "line %u: the column \"%s\" is there twice",
                        header->line, name);
      if (find_column (name) < 0 && !g_str_has_prefix (name, FIELD))
        return pd_fail (error, PD_ERROR_INVALID,
                        "line %u: there is no column \"%s\"; there are name, address, role, unit, "
                        "group, login, phone, mobile, messenger, postal, job_title, language, "
                        "timezone and field:NAME",
                        header->line, name);
      address = address || strcmp (name, "address") == 0;
    }
  return address
         || pd_fail (error, PD_ERROR_INVALID, "line %u: a column \"address\" must be there",
                     header->line);
}

static void
add_cell (struct json_object *wish, struct json_object *fields, const char *name, const char *cell)
{
  g_auto (GStrv) items = NULL;
  struct json_object *list;
  int place = find_column (name);

  if (*cell == '\0')
    return;
  if (place < 0)
    {
      json_object_object_add (fields, name + strlen (FIELD), json_object_new_string (cell));
      return;
    }
  if (!columns[place].is_list)
    {
      json_object_object_add (wish, columns[place].key, json_object_new_string (cell));
      return;
    }
  items = g_strsplit (cell, ";", -1);
  list = json_object_new_array ();
  for (guint i = 0; items[i] != NULL; i++)
    if (*g_strstrip (items[i]) != '\0')
      json_object_array_add (list, json_object_new_string (items[i]));
  json_object_object_add (wish, columns[place].key, list);
}

/* The wish of the first columns of a row; the role belongs to all of them. */
static struct json_object *
wish_of (const PdCsvRow *header, const PdCsvRow *row, guint n_columns)
{
  struct json_object *wish = json_object_new_object (), *fields = json_object_new_object ();

  json_object_object_add (wish, "fields", fields);
  for (guint i = 0; i < header->cells->len && i < row->cells->len; i++)
    {
      const char *name = g_ptr_array_index (header->cells, i);

      if (i < n_columns || strcmp (name, "role") == 0)
        add_cell (wish, fields, name, g_ptr_array_index (row->cells, i));
    }
  return wish;
}

static gboolean
find_known (PdDesk *desk, struct json_object *wish, PdPerson **out, GError **error)
{
  struct json_object *list = NULL;

  *out = NULL;
  json_object_object_get_ex (wish, "addresses", &list);
  for (gsize i = 0; list != NULL && *out == NULL && i < json_object_array_length (list); i++)
    if (!pd_person_by_address (desk, json_object_get_string (json_object_array_get_idx (list, i)),
                               out, error))
      return FALSE;
  return TRUE;
}

/* One row.  What is learned of who is known comes to what he has: his other
 * addresses and groups stay. */
static gboolean
take_wish (PdDesk *desk, struct json_object *wish, const PdPerson *actor, gboolean *out_new,
           GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  g_autoptr (GPtrArray) before = NULL;

  if (!find_known (desk, wish, &person, error))
    return FALSE;
  *out_new = person == NULL;
  if (person == NULL)
    person = pd_person_new (PD_ROLE_CLIENT, NULL, NULL);
  before = g_ptr_array_copy (person->addresses, (GCopyFunc)(void (*) (void))g_strdup, NULL);
  g_ptr_array_set_free_func (before, g_free);
  if (!pd_person_wish_apply (desk, wish, person, error))
    return FALSE;
  for (guint i = 0; i < before->len; i++)
    pd_person_last_address (person, g_ptr_array_index (before, i));
  if (!(*out_new ? pd_person_add (desk, person, error) : pd_person_save (desk, person, error)))
    return FALSE;
  return pd_person_wish_finish (desk, wish, person, actor, *out_new, error);
}

static gboolean
try_row (PdDesk *desk, const PdCsvRow *header, const PdCsvRow *row, guint n_columns,
         const PdPerson *actor, gboolean *out_new, GError **error)
{
  struct json_object *wish = wish_of (header, row, n_columns);
  gboolean done = take_wish (desk, wish, actor, out_new, error);

  json_object_put (wish);
  return done;
}

/* Which column it was: the first one that cannot come true with the role and
 * those before it. */
static const char *
blame (PdDesk *desk, const PdCsvRow *header, const PdCsvRow *row, const PdPerson *actor)
{
  for (guint n = 0; n <= header->cells->len; n++)
    {
      gboolean is_new, done;

      if (!pd_desk_savepoint (desk, NULL))
        break;
      done = try_row (desk, header, row, n, actor, &is_new, NULL);
      if (!pd_desk_rollback_to (desk, NULL))
        break;
      if (!done)
        return n == 0 ? "role" : g_ptr_array_index (header->cells, n - 1);
    }
  return "address";
}

static gboolean
take_row (PdDesk *desk, const PdCsvRow *header, const PdCsvRow *row, const PdPerson *actor,
          PdPersonImport *import, GError **error)
{
  gboolean is_new;

  if (row->cells->len > header->cells->len)
    return pd_fail (error, PD_ERROR_INVALID, "line %u: there are %u cells, but %u columns",
                    row->line, row->cells->len, header->cells->len);
  if (!pd_desk_savepoint (desk, error))
    return FALSE;
  if (try_row (desk, header, row, header->cells->len, actor, &is_new, error))
    {
      *(is_new ? &import->added : &import->changed) += 1;
      return pd_desk_release (desk, error);
    }
  if (pd_db_in_transaction (desk->db) && pd_desk_rollback_to (desk, NULL))
    g_prefix_error (error, "line %u, column %s: ", row->line, blame (desk, header, row, actor));
  return FALSE;
}

static gboolean
has_address (const PdCsvRow *header, const PdCsvRow *row)
{
  guint place = 0;

  g_ptr_array_find_with_equal_func (header->cells, "address", g_str_equal, &place);
  return place < row->cells->len && *(char *)g_ptr_array_index (row->cells, place) != '\0';
}

gboolean
pd_person_import (PdDesk *desk, const char *text, gsize size, const PdPerson *actor,
                  PdPersonImport *out_import, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  const PdCsvRow *header;

  *out_import = (PdPersonImport){ 0 };
  if (!pd_person_is_in_charge (actor, "import people", error))
    return FALSE;
  if (size > PD_PERSON_IMPORT_MAX)
    return pd_fail (error, PD_ERROR_INVALID, "a table of people has at most %d octets",
                    PD_PERSON_IMPORT_MAX);
  rows = pd_csv_parse (text, size, error);
  if (rows == NULL)
    return FALSE;
  if (rows->len == 0)
    return pd_fail (error, PD_ERROR_INVALID, "line 1: the first row names the columns");
  header = g_ptr_array_index (rows, 0);
  if (!check_header (header, error))
    return FALSE;
  for (guint i = 1; i < rows->len; i++)
    {
      const PdCsvRow *row = g_ptr_array_index (rows, i);

      if (!has_address (header, row))
        return pd_fail (error, PD_ERROR_INVALID, "line %u, column address: it must not be empty",
                        row->line);
      if (!take_row (desk, header, row, actor, out_import, error))
        return FALSE;
    }
  return pd_audit_add (desk, actor != NULL ? actor->id : 0, "people-imported", "people", NULL,
                       error);
}
