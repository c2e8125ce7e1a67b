#include "desk/client-group.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/nearest.h"

void
pd_client_group_free (PdClientGroup *group)
{
  if (group == NULL)
    return;
  g_free (group->name);
  g_free (group);
}

static void
free_group (gpointer group)
{
  pd_client_group_free (group);
}

/* Columns as in the statements client_group_by_name, …_list and …_of_person. */
static PdClientGroup *
read_group (PdRows *rows)
{
  PdClientGroup *group = g_new0 (PdClientGroup, 1);

  group->id = pd_rows_int (rows, 0);
  group->name = g_strdup (pd_rows_text (rows, 1));
  group->locked = strcmp (pd_rows_text (rows, 2), "open") != 0;
  group->created = pd_rows_int (rows, 3);
  return group;
}

static GPtrArray *
read_groups (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values, GError **error)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (free_group);
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, values, n_values, error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    g_ptr_array_add (groups, read_group (rows));
  return step == 0 ? g_steal_pointer (&groups) : NULL;
}

static gboolean
by_name (PdDesk *desk, const char *name, PdClientGroup **out, GError **error)
{
  g_autoptr (GPtrArray) groups = NULL;

  *out = NULL;
  if (!g_utf8_validate (name, -1, NULL))
    return TRUE;
  groups = read_groups (desk, PD_SQL_CLIENT_GROUP_BY_NAME, PD_BIND (PD_TEXT (name)), error);
  if (groups != NULL && groups->len > 0)
    *out = g_ptr_array_steal_index (groups, 0);
  return groups != NULL;
}

PdClientGroup *
pd_client_group_need (PdDesk *desk, const char *name, GError **error)
{
  PdClientGroup *group = NULL;
  g_autoptr (GPtrArray) all = NULL;
  PdNearest nearest = PD_NEAREST (name);

  if (!by_name (desk, name, &group, error) || group != NULL)
    return group;
  all = pd_client_group_list (desk, error);
  if (all == NULL)
    return NULL;
  for (guint i = 0; i < all->len; i++)
    pd_nearest_offer (&nearest, ((PdClientGroup *)g_ptr_array_index (all, i))->name);
  if (nearest.best != NULL)
    pd_fail (error, PD_ERROR_NOT_FOUND, "group \"%s\" does not exist; did you mean \"%s\"?", name,
             nearest.best);
  else
    pd_fail (error, PD_ERROR_NOT_FOUND, "group \"%s\" does not exist", name);
  return NULL;
}

GPtrArray *
pd_client_group_list (PdDesk *desk, GError **error)
{
  return read_groups (desk, PD_SQL_CLIENT_GROUP_LIST, PD_NO_VALUES, error);
}

GPtrArray *
pd_client_group_of_person (PdDesk *desk, gint64 person, GError **error)
{
  return read_groups (desk, PD_SQL_CLIENT_GROUP_OF_PERSON, PD_BIND (PD_INT (person)), error);
}

static gboolean
check_name (PdDesk *desk, const char *name, gint64 id, GError **error)
{
  g_autoptr (PdClientGroup) other = NULL;

  if (!g_utf8_validate (name, -1, NULL))
    return pd_fail (error, PD_ERROR_INVALID, "the name of a group must be UTF-8");
  if (*name == '\0' || g_utf8_strlen (name, -1) > PD_CLIENT_GROUP_MAX_NAME)
    return pd_fail (error, PD_ERROR_INVALID, "the name of a group has 1 to %d characters",
                    PD_CLIENT_GROUP_MAX_NAME);
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return pd_fail (error, PD_ERROR_INVALID, "the name of a group is one line of text");
  if (!by_name (desk, name, &other, error))
    return FALSE;
  return other == NULL || other->id == id
         || pd_fail (error, PD_ERROR_CONFLICT, "there is a group \"%s\" already", name);
}

static PdDbValue
state_value (const PdClientGroup *group)
{
  return PD_TEXT (group->locked ? "locked" : "open");
}

PdClientGroup *
pd_client_group_add (PdDesk *desk, const char *name, GError **error)
{
  g_autoptr (PdClientGroup) group = NULL;

  if (!check_name (desk, name, 0, error))
    return NULL;
  group = g_new0 (PdClientGroup, 1);
  group->id = pd_id_new ();
  group->name = g_strdup (name);
  group->created = pd_clock_now ();
  return pd_db_exec (desk->db, PD_SQL_CLIENT_GROUP_ADD,
                     PD_BIND (PD_INT (group->id), PD_TEXT (name), state_value (group),
                              PD_INT (group->created)),
                     NULL, error)
             ? g_steal_pointer (&group)
             : NULL;
}

gboolean
pd_client_group_save (PdDesk *desk, const PdClientGroup *group, GError **error)
{
  return check_name (desk, group->name, group->id, error)
         && pd_db_exec (desk->db, PD_SQL_CLIENT_GROUP_SAVE,
                        PD_BIND (PD_TEXT (group->name), state_value (group), PD_INT (group->id)),
                        NULL, error);
}

gboolean
pd_client_group_remove (PdDesk *desk, gint64 group, GError **error)
{
  return pd_db_exec (desk->db, PD_SQL_CLIENT_GROUP_EMPTY, PD_BIND (PD_INT (group)), NULL, error)
         && pd_db_exec (desk->db, PD_SQL_CLIENT_GROUP_DROP, PD_BIND (PD_INT (group)), NULL, error);
}

gboolean
pd_client_group_add_member (PdDesk *desk, gint64 group, const PdPerson *person, gboolean head,
                            GError **error)
{
  g_autoptr (PdRows) rows = NULL;
  int step;

  if (pd_person_is_staff (person))
    return pd_fail (error, PD_ERROR_INVALID, "%s is staff: a group is of clients",
                    pd_person_label (person));
  if (person->state == PD_PERSON_DELETED)
    return pd_fail (error, PD_ERROR_INVALID, "%s is deleted", pd_person_label (person));
  rows = pd_db_query (desk->db, PD_SQL_CLIENT_GROUP_MEMBER_FIND,
                      PD_BIND (PD_INT (group), PD_INT (person->id)), error);
  step = rows != NULL ? pd_rows_next (rows, error) : -1;
  if (step < 0)
    return FALSE;
  if (step == 0)
    return pd_db_exec (desk->db, PD_SQL_CLIENT_GROUP_MEMBER_ADD,
                       PD_BIND (PD_INT (group), PD_INT (person->id), PD_INT (head != FALSE)), NULL,
                       error);
  return pd_db_exec (desk->db, PD_SQL_CLIENT_GROUP_MEMBER_SAVE,
                     PD_BIND (PD_INT (head != FALSE), PD_INT (group), PD_INT (person->id)), NULL,
                     error);
}

gboolean
pd_client_group_drop_member (PdDesk *desk, gint64 group, gint64 person, GError **error)
{
  gint64 changed = 0;

  return pd_db_exec (desk->db, PD_SQL_CLIENT_GROUP_MEMBER_DROP,
                     PD_BIND (PD_INT (group), PD_INT (person)), &changed, error)
         && (changed > 0
             || pd_fail (error, PD_ERROR_NOT_FOUND, "this person is no member of the group"));
}

GArray *
pd_client_group_members (PdDesk *desk, gint64 group, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (PdClientGroupMember));
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_CLIENT_GROUP_MEMBERS, PD_BIND (PD_INT (group)), error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    {
      PdClientGroupMember member = { pd_rows_int (rows, 0), pd_rows_int (rows, 1) != 0 };

      g_array_append_val (members, member);
    }
  return step == 0 ? g_steal_pointer (&members) : NULL;
}
