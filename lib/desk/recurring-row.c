#include "desk/recurring-row.h"

#include <string.h>

#include "base/clock.h"

static const char *const state_names[] = {
  [PD_RECURRING_ACTIVE] = "active",
  [PD_RECURRING_PAUSED] = "paused",
  [PD_RECURRING_OVER] = "over",
};

const char *
pd_recurring_state_name (PdRecurringState state)
{
  g_return_val_if_fail ((gsize)state < G_N_ELEMENTS (state_names), "");
  return state_names[state];
}

PdRecurring *
pd_recurring_new (const char *name)
{
  PdRecurring *recurring = g_new0 (PdRecurring, 1);

  recurring->name = g_strdup (name);
  recurring->priority = 2;
  recurring->subject = g_strdup ("");
  recurring->text = g_strdup ("");
  recurring->pattern = g_strdup ("");
  recurring->time = g_strdup ("");
  recurring->zone = g_strdup ("");
  recurring->reason = g_strdup ("");
  recurring->from = pd_clock_now ();
  recurring->assignees = g_array_new (FALSE, FALSE, sizeof (gint64));
  return recurring;
}

void
pd_recurring_free (PdRecurring *recurring)
{
  if (recurring == NULL)
    return;
  g_free (recurring->name);
  g_free (recurring->subject);
  g_free (recurring->text);
  g_free (recurring->pattern);
  g_free (recurring->time);
  g_free (recurring->zone);
  g_free (recurring->reason);
  g_array_unref (recurring->assignees);
  g_free (recurring);
}

static void
free_recurring (gpointer recurring)
{
  pd_recurring_free (recurring);
}

static PdRecurringState
state_of (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (strcmp (state_names[i], name) == 0)
      return (PdRecurringState)i;
  return PD_RECURRING_PAUSED; /* of a newer program: left alone */
}

static void
set (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

static gboolean
read_people (PdDesk *desk, PdRecurring *recurring, GError **error)
{
  g_array_unref (recurring->assignees);
  recurring->assignees = pd_db_list_ints (desk->db, PD_SQL_RECURRING_PEOPLE,
                                          PD_BIND (PD_INT (recurring->id)), error);
  if (recurring->assignees != NULL)
    return TRUE;
  recurring->assignees = g_array_new (FALSE, FALSE, sizeof (gint64));
  return FALSE;
}

/* columns as in the statements recurring_get, recurring_by_name, recurring_list */
static PdRecurring *
read_row (PdRows *rows)
{
  PdRecurring *recurring = pd_recurring_new (pd_rows_text (rows, 1));

  recurring->id = pd_rows_int (rows, 0);
  recurring->requester = pd_rows_int (rows, 2);
  recurring->author = pd_rows_int (rows, 3);
  recurring->unit = pd_rows_int (rows, 4);
  recurring->plan = pd_rows_int (rows, 5);
  recurring->priority = CLAMP ((int)pd_rows_int (rows, 6), 1, 3);
  set (&recurring->subject, pd_rows_text (rows, 7));
  set (&recurring->text, pd_rows_text (rows, 8));
  set (&recurring->pattern, pd_rows_text (rows, 9));
  set (&recurring->time, pd_rows_text (rows, 10));
  set (&recurring->zone, pd_rows_text (rows, 11));
  recurring->from = pd_rows_int (rows, 12);
  recurring->until = pd_rows_int (rows, 13);
  recurring->state = state_of (pd_rows_text (rows, 14));
  recurring->last = pd_rows_int (rows, 15);
  recurring->next = pd_rows_int (rows, 16);
  set (&recurring->reason, pd_rows_text (rows, 17));
  recurring->created = pd_rows_int (rows, 18);
  return recurring;
}

static GPtrArray *
read_all (PdDesk *desk, PdSqlId sql, const PdDbValue *values, gsize n_values, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (free_recurring);
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, values, n_values, error);
  int step = -1;

  while (rows != NULL && (step = pd_rows_next (rows, error)) == 1)
    g_ptr_array_add (all, read_row (rows));
  if (step != 0)
    return NULL;
  for (guint i = 0; i < all->len; i++)
    if (!read_people (desk, g_ptr_array_index (all, i), error))
      return NULL;
  return g_steal_pointer (&all);
}

static gboolean
read_one (PdDesk *desk, PdSqlId sql, PdDbValue value, PdRecurring **out, GError **error)
{
  g_autoptr (GPtrArray) all = read_all (desk, sql, &value, 1, error);

  *out = all != NULL && all->len > 0 ? g_ptr_array_steal_index (all, 0) : NULL;
  return all != NULL;
}

gboolean
pd_recurring_get (PdDesk *desk, gint64 id, PdRecurring **out, GError **error)
{
  return read_one (desk, PD_SQL_RECURRING_GET, PD_INT (id), out, error);
}

gboolean
pd_recurring_by_name (PdDesk *desk, const char *name, PdRecurring **out, GError **error)
{
  return read_one (desk, PD_SQL_RECURRING_BY_NAME, PD_TEXT (name), out, error);
}

GPtrArray *
pd_recurring_read_all (PdDesk *desk, GError **error)
{
  return read_all (desk, PD_SQL_RECURRING_LIST, PD_NO_VALUES, error);
}

static gboolean
write_people (PdDesk *desk, const PdRecurring *recurring, GError **error)
{
  if (!pd_db_exec (desk->db, PD_SQL_RECURRING_PEOPLE_DROP, PD_BIND (PD_INT (recurring->id)), NULL,
                   error))
    return FALSE;
  for (guint i = 0; i < recurring->assignees->len; i++)
    if (!pd_db_exec (desk->db, PD_SQL_RECURRING_PERSON_ADD,
                     PD_BIND (PD_INT (recurring->id),
                              PD_INT (g_array_index (recurring->assignees, gint64, i))),
                     NULL, error))
      return FALSE;
  return TRUE;
}

static gboolean
insert (PdDesk *desk, const PdRecurring *r, GError **error)
{
  return pd_db_exec (
      desk->db, PD_SQL_RECURRING_ADD,
      PD_BIND (PD_INT (r->id), PD_TEXT (r->name), PD_INT (r->requester), PD_INT (r->author),
               PD_INT (r->unit), PD_ID (r->plan), PD_INT (r->priority), PD_TEXT (r->subject),
               PD_TEXT (r->text), PD_TEXT (r->pattern), PD_TEXT (r->time), PD_TEXT (r->zone),
               PD_INT (r->from), PD_ID (r->until), PD_TEXT (pd_recurring_state_name (r->state)),
               PD_ID (r->last), PD_ID (r->next), PD_TEXT (r->reason), PD_INT (r->created)),
      NULL, error);
}

static gboolean
update (PdDesk *desk, const PdRecurring *r, GError **error)
{
  return pd_db_exec (
      desk->db, PD_SQL_RECURRING_SAVE,
      PD_BIND (PD_TEXT (r->name), PD_INT (r->requester), PD_INT (r->unit), PD_ID (r->plan),
               PD_INT (r->priority), PD_TEXT (r->subject), PD_TEXT (r->text), PD_TEXT (r->pattern),
               PD_TEXT (r->time), PD_TEXT (r->zone), PD_INT (r->from), PD_ID (r->until),
               PD_TEXT (pd_recurring_state_name (r->state)), PD_ID (r->next), PD_TEXT (r->reason),
               PD_INT (r->id)),
      NULL, error);
}

gboolean
pd_recurring_write (PdDesk *desk, const PdRecurring *recurring, gboolean fresh, GError **error)
{
  return (fresh ? insert (desk, recurring, error) : update (desk, recurring, error))
         && write_people (desk, recurring, error);
}

PdRecurrence *
pd_recurring_recurrence (const PdRecurring *recurring, GError **error)
{
  return pd_recurrence_parse (recurring->pattern, recurring->time, recurring->zone,
                              recurring->from, recurring->until, error);
}
