#include "desk/number.h"

#include "base/error.h"

#define COUNTER "ticket"

static gboolean
read_counter (PdDesk *desk, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_COUNTER_GET, PD_BIND (PD_TEXT (COUNTER)), error);
  int step = rows != NULL ? pd_rows_next (rows, error) : -1;

  if (step < 0)
    return FALSE;
  if (step == 0)
    return pd_fail (error, PD_ERROR_INTERNAL,
                    "the counter \"" COUNTER "\" is missing; `postdesk migrate` makes it");
  desk->number_read = desk->number_last = pd_rows_int (rows, 0);
  desk->number_held = TRUE;
  return TRUE;
}

gboolean
pd_number_next (PdDesk *desk, gint64 *out_number, GError **error)
{
  *out_number = 0;
  if (!desk->number_held && !read_counter (desk, error))
    return FALSE;
  *out_number = ++desk->number_last;
  return TRUE;
}

gboolean
pd_number_flush (PdDesk *desk, GError **error)
{
  gint64 changed = 0;

  if (!desk->number_held || desk->number_last == desk->number_read)
    return TRUE;
  if (!pd_db_exec (desk->db, PD_SQL_COUNTER_SET,
                   PD_BIND (PD_INT (desk->number_last), PD_TEXT (COUNTER)), &changed, error))
    return FALSE;
  if (changed != 1)
    return pd_fail (error, PD_ERROR_INTERNAL, "the counter \"" COUNTER "\" was removed");
  desk->number_read = desk->number_last;
  return TRUE;
}
