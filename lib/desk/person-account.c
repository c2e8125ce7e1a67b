/* What happens to a person who is there: his addresses, his login, where his
 * tickets go, his end and his return. */
#include "desk/person.h"

#include <json-c/json.h>
#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "desk/audit.h"
#include "desk/password.h"
#include "desk/unit.h"

gboolean
pd_person_is_in_charge (const PdPerson *actor, const char *what, GError **error)
{
  return actor == NULL || (actor->admin && actor->state == PD_PERSON_ACTIVE)
         || pd_fail (error, PD_ERROR_DENIED, "only an administrator may %s", what);
}

/* ---- addresses ---- */

static gint
place_of_address (const PdPerson *person, const char *address)
{
  g_autofree char *key = pd_address_key (address, NULL);

  for (guint i = 0; key != NULL && i < person->addresses->len; i++)
    {
      g_autofree char *other = pd_address_key (g_ptr_array_index (person->addresses, i), NULL);

      if (g_strcmp0 (key, other) == 0)
        return (gint)i;
    }
  return -1;
}

void
pd_person_first_address (PdPerson *person, const char *address)
{
  gint place = place_of_address (person, address);

  if (place >= 0)
    g_ptr_array_remove_index (person->addresses, (guint)place);
  g_ptr_array_insert (person->addresses, 0, g_strdup (address));
}

void
pd_person_last_address (PdPerson *person, const char *address)
{
  if (place_of_address (person, address) < 0)
    g_ptr_array_add (person->addresses, g_strdup (address));
}

gboolean
pd_person_drop_address (PdPerson *person, const char *address, GError **error)
{
  gint place = place_of_address (person, address);

  if (place < 0)
    return pd_fail (error, PD_ERROR_NOT_FOUND, "%s is no address of %s", address,
                    pd_person_label (person));
  g_ptr_array_remove_index (person->addresses, (guint)place);
  return TRUE;
}

/* ---- where his tickets go ---- */

static gboolean
check_performer (PdDesk *desk, gint64 id, GError **error)
{
  g_autoptr (PdPerson) performer = NULL;

  if (!pd_person_get (desk, id, &performer, error))
    return FALSE;
  return (performer != NULL && performer->state == PD_PERSON_ACTIVE
          && pd_person_is_staff (performer))
         || pd_fail (error, PD_ERROR_INVALID, "%s is no active staff: no default performer",
                     performer != NULL ? pd_person_label (performer) : "this person");
}

static gboolean
check_default (PdDesk *desk, gint64 unit_id, const gint64 *performers, gsize n_performers,
               GError **error)
{
  g_autoptr (PdUnit) unit = NULL;

  if (unit_id == 0)
    return n_performers == 0
           || pd_fail (error, PD_ERROR_INVALID, "default performers need a default unit");
  if (n_performers > PD_PERSON_MAX_DEFAULT)
    return pd_fail (error, PD_ERROR_INVALID, "there are at most %d default performers",
                    PD_PERSON_MAX_DEFAULT);
  if (!pd_unit_get (desk, unit_id, &unit, error))
    return FALSE;
  if (unit == NULL || unit->closed)
    return pd_fail (error, PD_ERROR_INVALID, "the default unit is closed");
  for (gsize i = 0; i < n_performers; i++)
    if (!check_performer (desk, performers[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
is_repeated (const gint64 *ids, gsize place)
{
  for (gsize i = 0; i < place; i++)
    if (ids[i] == ids[place])
      return TRUE;
  return FALSE;
}

gboolean
pd_person_set_default (PdDesk *desk, gint64 person, gint64 unit, const gint64 *performers,
                       gsize n_performers, GError **error)
{
  if (!check_default (desk, unit, performers, n_performers, error)
      || !pd_db_exec (desk->db, PD_SQL_PERSON_SET_DEFAULT_UNIT,
                      PD_BIND (PD_ID (unit), PD_INT (person)), NULL, error)
      || !pd_db_exec (desk->db, PD_SQL_PERSON_DEFAULT_CLEAR, PD_BIND (PD_INT (person)), NULL,
                      error))
    return FALSE;
  for (gsize i = 0; i < n_performers; i++)
    if (!is_repeated (performers, i)
        && !pd_db_exec (desk->db, PD_SQL_PERSON_DEFAULT_ADD,
                        PD_BIND (PD_INT (person), PD_INT (performers[i])), NULL, error))
      return FALSE;
  return TRUE;
}

GArray *
pd_person_performers (PdDesk *desk, gint64 person, GError **error)
{
  return pd_db_list_ints (desk->db, PD_SQL_PERSON_DEFAULT_LIST, PD_BIND (PD_INT (person)), error);
}

/* ---- login ---- */

gboolean
pd_person_set_password (PdDesk *desk, const PdPerson *person, const char *password, GError **error)
{
  g_autofree char *hash = NULL;

  if (person->login == NULL && password != NULL)
    return pd_fail (error, PD_ERROR_CONFLICT, "%s has no login: give him one first",
                    pd_person_label (person));
  if (password != NULL)
    {
      hash = pd_password_hash (password, error);
      if (hash == NULL)
        return FALSE;
    }
  return pd_db_exec (desk->db, PD_SQL_PERSON_SET_PASSWORD,
                     PD_BIND (PD_TEXT (hash), PD_INT (person->id)), NULL, error);
}

/* The person and the hash behind a login; 0 and NULL if it is nobody's. */
static gboolean
find_login (PdDesk *desk, const char *login, gint64 *out_id, char **out_hash, GError **error)
{
  g_autofree char *key = pd_login_key (login);
  g_autoptr (PdRows) rows = NULL;
  int step;

  *out_id = 0;
  *out_hash = NULL;
  if (key == NULL)
    return TRUE;
  rows = pd_db_query (desk->db, PD_SQL_PERSON_PASSWORD, PD_BIND (PD_TEXT (key)), error);
  step = rows != NULL ? pd_rows_next (rows, error) : -1;
  if (step == 1)
    {
      *out_id = pd_rows_int (rows, 0);
      *out_hash = pd_rows_is_null (rows, 1) ? NULL : g_strdup (pd_rows_text (rows, 1));
    }
  return step >= 0;
}

gboolean
pd_person_sign_in (PdDesk *desk, const char *login, const char *password, PdPerson **out,
                   GError **error)
{
  g_autoptr (PdPerson) person = NULL;
  g_autofree char *hash = NULL;
  gint64 id;

  *out = NULL;
  if (!find_login (desk, login, &id, &hash, error))
    return FALSE;
  if (!pd_password_verify (password, hash))
    return TRUE;
  if (!pd_person_get (desk, id, &person, error))
    return FALSE;
  if (person == NULL || person->state != PD_PERSON_ACTIVE)
    return TRUE;
  /* an old password may be shorter than today's least: it goes on as it is */
  if (pd_password_needs_rehash (hash) && pd_db_in_transaction (desk->db)
      && g_utf8_strlen (password, -1) >= PD_PASSWORD_MIN
      && !pd_person_set_password (desk, person, password, error))
    return FALSE;
  *out = g_steal_pointer (&person);
  return TRUE;
}

/* ---- end and return ---- */

static char *
list_addresses (const PdPerson *person)
{
  struct json_object *object = json_object_new_object ();
  struct json_object *array = json_object_new_array ();
  char *text;

  for (guint i = 0; i < person->addresses->len; i++)
    json_object_array_add (array,
                           json_object_new_string (g_ptr_array_index (person->addresses, i)));
  json_object_object_add (object, "addresses", array);
  text = g_strdup (json_object_to_json_string_ext (object, JSON_C_TO_STRING_PLAIN));
  json_object_put (object);
  return text;
}

gboolean
pd_person_remove (PdDesk *desk, PdPerson *person, const PdPerson *actor, GError **error)
{
  g_autofree char *data = NULL;

  if (!pd_person_is_in_charge (actor, "remove people", error))
    return FALSE;
  if (person->state == PD_PERSON_DELETED)
    return TRUE;
  data = list_addresses (person);
  person->state = PD_PERSON_DELETED;
  g_clear_pointer (&person->login, g_free);
  if (!pd_person_set_password (desk, person, NULL, error) || !pd_person_save (desk, person, error)
      || !pd_audit_add_id (desk, actor != NULL ? actor->id : 0, "person-removed", "person",
                           person->id, data, error))
    return FALSE;
  person->has_password = FALSE;
  g_ptr_array_set_size (person->addresses, 0);
  return TRUE;
}

/* The addresses that he had when he was removed last, of those that are free. */
static gboolean
recall_addresses (PdDesk *desk, PdPerson *person, GError **error)
{
  char id[PD_ID_TEXT_SIZE];
  g_autofree char *target = g_strdup_printf ("person %s", pd_id_format (person->id, id));
  g_autofree char *data = NULL;
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_AUDIT_OF_TARGET, PD_BIND (PD_TEXT (target)), error);
  struct json_object *object, *array = NULL;
  int step = -1;
  gboolean done = TRUE;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    if (strcmp (pd_rows_text (rows, 2), "person-removed") == 0)
      {
        g_free (data);
        data = g_strdup (pd_rows_text (rows, 3));
      }
  if (step != 0)
    return FALSE;
  object = json_tokener_parse (data != NULL ? data : "{}");
  json_object_object_get_ex (object, "addresses", &array);
  for (gsize i = 0;
       done && json_object_is_type (array, json_type_array) && i < json_object_array_length (array);
       i++)
    {
      const char *address = json_object_get_string (json_object_array_get_idx (array, i));
      g_autoptr (PdPerson) other = NULL;
      gboolean own = FALSE;

      done = pd_person_by_address (desk, address, &other, error)
             && pd_unit_is_own (desk, address, &own, error);
      if (done && other == NULL && !own)
        pd_person_last_address (person, address);
    }
  json_object_put (object);
  return done;
}

static gboolean
check_gone (const PdPerson *person, GError **error)
{
  if (person->state != PD_PERSON_DELETED)
    return pd_fail (error, PD_ERROR_CONFLICT, "%s is not deleted", pd_person_label (person));
  if (person->merged_into != 0)
    return pd_fail (error, PD_ERROR_CONFLICT, "%s was merged into another person",
                    pd_person_label (person));
  return strcmp (person->source, "erased") != 0
         || pd_fail (error, PD_ERROR_CONFLICT, "this person was erased: nothing is left of him");
}

gboolean
pd_person_restore (PdDesk *desk, PdPerson *person, const PdPerson *actor,
                   const char *const *addresses, GError **error)
{
  if (!pd_person_is_in_charge (actor, "restore people", error) || !check_gone (person, error))
    return FALSE;
  g_ptr_array_set_size (person->addresses, 0);
  for (gsize i = 0; addresses != NULL && addresses[i] != NULL; i++)
    pd_person_last_address (person, addresses[i]);
  if (addresses == NULL && !recall_addresses (desk, person, error))
    return FALSE;
  person->state = PD_PERSON_ACTIVE;
  return pd_person_save (desk, person, error)
         && pd_audit_add_id (desk, actor != NULL ? actor->id : 0, "person-restored", "person",
                             person->id, NULL, error);
}
