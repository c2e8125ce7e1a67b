#include "desk/status.h"

#include "base/clock.h"

static void
count_free (gpointer data)
{
  PdStatusCount *count = data;

  g_free (count->group);
  g_free (count->name);
  g_free (count);
}

static void
add (GPtrArray *counts, const char *group, const char *name, gint64 number)
{
  PdStatusCount *count = g_new0 (PdStatusCount, 1);

  count->group = g_strdup (group);
  count->name = g_strdup (name);
  count->number = number;
  g_ptr_array_add (counts, count);
}

static gboolean
add_group (PdDesk *desk, GPtrArray *counts, const char *group, PdSqlId sql, GError **error)
{
  g_autoptr (PdRows) rows = pd_db_query (desk->db, sql, PD_NO_VALUES, error);
  int got;

  if (rows == NULL)
    return FALSE;
  while ((got = pd_rows_next (rows, error)) > 0)
    add (counts, group, pd_rows_text (rows, 0), pd_rows_int (rows, 1));
  return got == 0;
}

GPtrArray *
pd_status_counts (PdDesk *desk, GError **error)
{
  g_autoptr (GPtrArray) counts = g_ptr_array_new_with_free_func (count_free);
  gint64 oldest;

  if (!add_group (desk, counts, "tickets", PD_SQL_STATUS_TICKETS, error)
      || !add_group (desk, counts, "inbound", PD_SQL_STATUS_INBOUND, error)
      || !add_group (desk, counts, "outbox", PD_SQL_STATUS_OUTBOX, error)
      || !pd_db_find_int (desk->db, PD_SQL_STATUS_OLDEST_WAITING, PD_NO_VALUES, &oldest, error))
    return NULL;
  if (oldest != 0)
    add (counts, "outbox", "oldest_waiting", (pd_clock_now () - oldest) / PD_SECOND);
  return g_steal_pointer (&counts);
}
