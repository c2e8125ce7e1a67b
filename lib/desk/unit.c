#include "desk/unit.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/nearest.h"
#include "desk/person.h"

#define MAX_LANGUAGE 16 /* characters: the column */

PdUnit *
pd_unit_new (const char *name, const char *const *addresses)
{
  PdUnit *unit = g_new0 (PdUnit, 1);

  unit->name = g_strdup (name);
  unit->addresses = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; addresses != NULL && addresses[i] != NULL; i++)
    g_ptr_array_add (unit->addresses, g_strdup (addresses[i]));
  unit->signature = g_strdup ("");
  unit->language = g_strdup ("");
  unit->command_proof = PD_PROOF_ALIGNED;
  return unit;
}

void
pd_unit_free (PdUnit *unit)
{
  if (unit == NULL)
    return;
  g_free (unit->name);
  g_free (unit->signature);
  g_free (unit->language);
  g_clear_pointer (&unit->addresses, g_ptr_array_unref);
  g_free (unit);
}

static void
free_unit (gpointer unit)
{
  pd_unit_free (unit);
}

/* An unknown word is from a newer program: the most is asked for. */
static PdProof
read_proof (const char *word)
{
  for (PdProof level = PD_PROOF_PLAUSIBLE; level < PD_PROOF_SIGNED; level++)
    if (strcmp (pd_proof_name (level), word) == 0)
      return level;
  return PD_PROOF_SIGNED;
}

/* Columns as in the statements unit_get, unit_by_… and unit_list. */
static PdUnit *
read_unit (PdRows *rows)
{
  PdUnit *unit = pd_unit_new (pd_rows_text (rows, 1), NULL);

  unit->id = pd_rows_int (rows, 0);
  g_free (unit->signature);
  unit->signature = g_strdup (pd_rows_text (rows, 2));
  g_free (unit->language);
  unit->language = g_strdup (pd_rows_text (rows, 3));
  unit->join = strcmp (pd_rows_text (rows, 4), "join") == 0;
  unit->closed = strcmp (pd_rows_text (rows, 5), "closed") == 0;
  unit->created = pd_rows_int (rows, 6);
  unit->calendar = pd_rows_int (rows, 7);
  unit->plan = pd_rows_int (rows, 8);
  unit->command_proof = read_proof (pd_rows_text (rows, 9));
  return unit;
}

/* All units of a query that gives each one once for every address. */
static GPtrArray *
read_units (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, values, n_values, error);
  g_autoptr (GPtrArray) units = g_ptr_array_new_with_free_func (free_unit);
  PdUnit *unit = NULL;
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      if (unit == NULL || unit->id != pd_rows_int (rows, 0))
        {
          unit = read_unit (rows);
          g_ptr_array_add (units, unit);
        }
      if (!pd_rows_is_null (rows, 10))
        g_ptr_array_add (unit->addresses, g_strdup (pd_rows_text (rows, 10)));
    }
  return step == 0 ? g_steal_pointer (&units) : NULL;
}

static gboolean
read_one (PdDesk *desk, PdSqlId sql, PdDbValue value, PdUnit **out, GError **error)
{
  g_autoptr (GPtrArray) units = read_units (desk, sql, &value, 1, error);

  *out = NULL;
  if (units != NULL && units->len > 0)
    *out = g_ptr_array_steal_index (units, 0);
  return units != NULL;
}

gboolean
pd_unit_get (PdDesk *desk, gint64 id, PdUnit **out, GError **error)
{
  return read_one (desk, PD_SQL_UNIT_GET, PD_INT (id), out, error);
}

gboolean
pd_unit_by_name (PdDesk *desk, const char *name, PdUnit **out, GError **error)
{
  *out = NULL;
  if (!g_utf8_validate (name, -1, NULL))
    return TRUE;
  return read_one (desk, PD_SQL_UNIT_BY_NAME, PD_TEXT (name), out, error);
}

gboolean
pd_unit_by_address (PdDesk *desk, const char *address, PdUnit **out, GError **error)
{
  g_autofree char *key = pd_address_key (address, NULL);

  *out = NULL;
  /* what is no address is nobody's */
  return key == NULL || read_one (desk, PD_SQL_UNIT_BY_ADDRESS, PD_TEXT (key), out, error);
}

PdUnit *
pd_unit_need (PdDesk *desk, const char *name, GError **error)
{
  PdUnit *unit = NULL;
  g_autoptr (GPtrArray) units = NULL;
  PdNearest nearest = PD_NEAREST (name);

  if (!pd_unit_by_name (desk, name, &unit, error) || unit != NULL)
    return unit;
  units = pd_unit_list (desk, error);
  if (units == NULL)
    return NULL;
  for (guint i = 0; i < units->len; i++)
    pd_nearest_offer (&nearest, ((PdUnit *)g_ptr_array_index (units, i))->name);
  if (nearest.best != NULL)
    pd_fail (error, PD_ERROR_NOT_FOUND, "unit \"%s\" does not exist; did you mean \"%s\"?", name,
             nearest.best);
  else
    pd_fail (error, PD_ERROR_NOT_FOUND, "unit \"%s\" does not exist", name);
  return NULL;
}

GPtrArray *
pd_unit_list (PdDesk *desk, GError **error)
{
  return read_units (desk, PD_SQL_UNIT_LIST, PD_NO_VALUES, error);
}

static gboolean
check_name (PdDesk *desk, const PdUnit *unit, GError **error)
{
  g_autoptr (PdUnit) other = NULL;
  const char *name = unit->name != NULL ? unit->name : "";

  if (!g_utf8_validate (name, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "the name of a unit must be UTF-8");
  if (name[0] == '\0' || g_utf8_strlen (name, -1) > PD_UNIT_MAX_NAME)
    return pd_fail (error, PD_ERROR_INVALID, "the name of a unit has 1 to %d characters",
                    PD_UNIT_MAX_NAME);
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return pd_fail (error, PD_ERROR_INVALID, "the name of a unit is one line of text");
  if (!pd_unit_by_name (desk, name, &other, error))
    return FALSE;
  if (other != NULL && other->id != unit->id)
    return pd_fail (error, PD_ERROR_CONFLICT, "there is a unit \"%s\" already", name);
  return TRUE;
}

static gboolean
check_address (PdDesk *desk, const PdUnit *unit, const char *key, GError **error)
{
  g_autoptr (PdUnit) other = NULL;
  g_autoptr (PdPerson) person = NULL;

  if (!pd_unit_by_address (desk, key, &other, error)
      || !pd_person_by_address (desk, key, &person, error))
    return FALSE;
  if (other != NULL && other->id != unit->id)
    return pd_fail (error, PD_ERROR_CONFLICT, "%s is an address of the unit \"%s\"", key,
                    other->name);
  if (person != NULL)
    return pd_fail (error, PD_ERROR_CONFLICT, "%s is an address of %s", key,
                    pd_person_label (person));
  return TRUE;
}

/* New choices are checked; what was closed since may stay. */
static gboolean
check_times (PdDesk *desk, const PdUnit *unit, GError **error)
{
  g_autoptr (PdUnit) before = NULL;
  gint64 found = 0;

  if (unit->id != 0 && !pd_unit_get (desk, unit->id, &before, error))
    return FALSE;
  if (unit->calendar != 0 && (before == NULL || before->calendar != unit->calendar))
    {
      if (!pd_db_find_int (desk->db, PD_SQL_UNIT_CALENDAR_KNOWN, PD_BIND (PD_INT (unit->calendar)),
                           &found, error))
        return FALSE;
      if (found == 0)
        return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such open calendar");
    }
  if (unit->plan != 0 && (before == NULL || before->plan != unit->plan))
    {
      if (!pd_db_find_int (desk->db, PD_SQL_UNIT_PLAN_KNOWN, PD_BIND (PD_INT (unit->plan)), &found,
                           error))
        return FALSE;
      if (found == 0)
        return pd_fail (error, PD_ERROR_NOT_FOUND, "there is no such open plan");
    }
  return unit->command_proof >= PD_PROOF_PLAUSIBLE
         || pd_fail (error, PD_ERROR_INVALID,
                     "what commands by mail need is plausible, aligned or signed");
}

/* The addresses in small letters, each once; NULL on error. */
static GPtrArray *
check_unit (PdDesk *desk, const PdUnit *unit, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);

  if (!check_name (desk, unit, error) || !check_times (desk, unit, error))
    return NULL;
  if (unit->language != NULL && strlen (unit->language) > MAX_LANGUAGE)
    {
      pd_fail (error, PD_ERROR_INVALID, "\"%s\" is no language", unit->language);
      return NULL;
    }
  for (guint i = 0; unit->addresses != NULL && i < unit->addresses->len; i++)
    {
      g_autofree char *key = pd_address_key (g_ptr_array_index (unit->addresses, i), error);

      if (key == NULL || !check_address (desk, unit, key, error))
        return NULL;
      if (!g_ptr_array_find_with_equal_func (keys, key, g_str_equal, NULL))
        g_ptr_array_add (keys, g_steal_pointer (&key));
    }
  if (keys->len == 0)
    {
      pd_fail (error, PD_ERROR_INVALID, "a unit needs an address that it receives mail at");
      return NULL;
    }
  return g_steal_pointer (&keys);
}

static gboolean
write_addresses (PdDesk *desk, gint64 unit, GPtrArray *keys, GError **error)
{
  for (guint i = 0; i < keys->len; i++)
    if (!pd_db_exec (desk->db, PD_SQL_UNIT_ADDRESS_ADD,
                     PD_BIND (PD_TEXT (g_ptr_array_index (keys, i)), PD_INT (unit), PD_INT (i)),
                     NULL, error))
      return FALSE;
  return TRUE;
}

static PdDbValue
text_or_empty (const char *text)
{
  return PD_TEXT (text != NULL ? text : "");
}

static PdDbValue
strangers_value (const PdUnit *unit)
{
  return PD_TEXT (unit->join ? "join" : "refer");
}

static PdDbValue
state_value (const PdUnit *unit)
{
  return PD_TEXT (unit->closed ? "closed" : "active");
}

gboolean
pd_unit_add (PdDesk *desk, PdUnit *unit, GError **error)
{
  g_autoptr (GPtrArray) keys = NULL;

  unit->id = 0;
  keys = check_unit (desk, unit, error);
  if (keys == NULL)
    return FALSE;
  unit->id = pd_id_new ();
  unit->created = pd_clock_now ();
  return pd_db_exec (desk->db, PD_SQL_UNIT_ADD,
                     PD_BIND (PD_INT (unit->id), PD_TEXT (unit->name),
                              text_or_empty (unit->signature), text_or_empty (unit->language),
                              strangers_value (unit), state_value (unit), PD_INT (unit->created),
                              PD_ID (unit->calendar), PD_ID (unit->plan),
                              PD_TEXT (pd_proof_name (unit->command_proof))),
                     NULL, error)
         && write_addresses (desk, unit->id, keys, error);
}

gboolean
pd_unit_save (PdDesk *desk, const PdUnit *unit, GError **error)
{
  g_autoptr (GPtrArray) keys = check_unit (desk, unit, error);

  return keys != NULL
         && pd_db_exec (desk->db, PD_SQL_UNIT_SAVE,
                        PD_BIND (PD_TEXT (unit->name), text_or_empty (unit->signature),
                                 text_or_empty (unit->language), strangers_value (unit),
                                 state_value (unit), PD_ID (unit->calendar), PD_ID (unit->plan),
                                 PD_TEXT (pd_proof_name (unit->command_proof)), PD_INT (unit->id)),
                        NULL, error)
         && pd_db_exec (desk->db, PD_SQL_UNIT_ADDRESS_DROP, PD_BIND (PD_INT (unit->id)), NULL,
                        error)
         && write_addresses (desk, unit->id, keys, error);
}

/* Names of a calendar or a plan, which are others' nouns, to ids. */
static gboolean
find_named (PdDesk *desk, PdSqlId sql, const char *what, const char *name, gint64 *out_id,
            GError **error)
{
  *out_id = 0;
  if (*name == '\0' || strcmp (name, "none") == 0)
    return TRUE;
  if (!g_utf8_validate (name, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "the name of a %s is UTF-8", what);
  if (!pd_db_find_int (desk->db, sql, PD_BIND (PD_TEXT (name)), out_id, error))
    return FALSE;
  return *out_id != 0
         || pd_fail (error, PD_ERROR_NOT_FOUND, "there is no open %s \"%s\"", what, name);
}

gboolean
pd_unit_calendar_id (PdDesk *desk, const char *name, gint64 *out_id, GError **error)
{
  return find_named (desk, PD_SQL_UNIT_CALENDAR_BY_NAME, "calendar", name, out_id, error);
}

gboolean
pd_unit_plan_id (PdDesk *desk, const char *name, gint64 *out_id, GError **error)
{
  return find_named (desk, PD_SQL_UNIT_PLAN_BY_NAME, "plan", name, out_id, error);
}

static char *
dup_name (PdDesk *desk, PdSqlId sql, gint64 id, GError **error)
{
  g_autoptr (PdRows) rows = NULL;
  int step;

  if (id == 0)
    return g_strdup ("");
  rows = pd_db_query (desk->db, sql, PD_BIND (PD_INT (id)), error);
  step = rows != NULL ? pd_rows_next (rows, error) : -1;
  return step < 0 ? NULL : g_strdup (step == 1 ? pd_rows_text (rows, 0) : "");
}

char *
pd_unit_calendar_name (PdDesk *desk, const PdUnit *unit, GError **error)
{
  return dup_name (desk, PD_SQL_UNIT_CALENDAR_NAME, unit->calendar, error);
}

char *
pd_unit_plan_name (PdDesk *desk, const PdUnit *unit, GError **error)
{
  return dup_name (desk, PD_SQL_UNIT_PLAN_NAME, unit->plan, error);
}

GArray *
pd_unit_members (PdDesk *desk, gint64 unit, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (PdUnitMember));
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_UNIT_MEMBERS, PD_BIND (PD_INT (unit)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      PdUnitMember member = { pd_rows_int (rows, 0), pd_rows_int (rows, 1) != 0 };

      g_array_append_val (members, member);
    }
  return step == 0 ? g_steal_pointer (&members) : NULL;
}

gboolean
pd_unit_add_member (PdDesk *desk, gint64 unit, gint64 person, gboolean head, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, PD_SQL_UNIT_MEMBER_FIND,
                                         PD_BIND (PD_INT (unit), PD_INT (person)), error);
  int step = rows != NULL ? pd_rows_next (rows, error) : -1;
  gboolean is_head = step == 1 && pd_rows_int (rows, 0) != 0;

  if (step < 0)
    return FALSE;
  if (step == 0)
    return pd_db_exec (desk->db, PD_SQL_UNIT_MEMBER_ADD,
                       PD_BIND (PD_INT (unit), PD_INT (person), PD_INT (head != FALSE)), NULL,
                       error);
  return is_head == (head != FALSE)
         || pd_db_exec (desk->db, PD_SQL_UNIT_MEMBER_SAVE,
                        PD_BIND (PD_INT (head != FALSE), PD_INT (unit), PD_INT (person)), NULL,
                        error);
}

gboolean
pd_unit_drop_member (PdDesk *desk, gint64 unit, gint64 person, GError **error)
{
  gint64 changed = 0;

  if (!pd_db_exec (desk->db, PD_SQL_UNIT_MEMBER_DROP, PD_BIND (PD_INT (unit), PD_INT (person)),
                   &changed, error))
    return FALSE;
  return changed > 0 || pd_fail (error, PD_ERROR_NOT_FOUND, "this person is no member of the unit");
}

GArray *
pd_unit_member_ids (PdDesk *desk, gint64 unit, GError **error)
{
  return pd_db_list_ints (desk->db, PD_SQL_UNIT_MEMBER_IDS, PD_BIND (PD_INT (unit)), error);
}

GHashTable *
pd_unit_address_set (PdDesk *desk, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, PD_SQL_UNIT_ADDRESS_ACTIVE, PD_NO_VALUES, error);
  g_autoptr (GHashTable) set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    g_hash_table_add (set, g_strdup (pd_rows_text (rows, 0)));
  return step == 0 ? g_steal_pointer (&set) : NULL;
}

/* The address without its extension; the MTA cuts at the first delimiter. */
static char *
without_extension (const char *key, char delimiter)
{
  const char *at = strrchr (key, '@');
  const char *cut = delimiter != '\0' && key[0] != '\0' ? strchr (key + 1, delimiter) : NULL;

  if (cut == NULL || cut > at)
    return g_strdup (key);
  return g_strdup_printf ("%.*s%s", (int)(cut - key), key, at);
}

gboolean
pd_unit_is_own (PdDesk *desk, const char *address, gboolean *out_own, GError **error)
{
  g_autofree char *key = pd_address_key (address, NULL);
  g_autofree char *base = NULL;
  gint64 unit;

  *out_own = FALSE;
  if (key == NULL)
    return TRUE;
  base = without_extension (key, desk->settings->delimiter);
  if (!pd_db_find_int (desk->db, PD_SQL_UNIT_ADDRESS_KNOWN, PD_BIND (PD_TEXT (key), PD_TEXT (base)),
                       &unit, error))
    return FALSE;
  *out_own = unit != 0;
  return TRUE;
}
