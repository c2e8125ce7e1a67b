/* The end of a unit: its open tickets go elsewhere, it is closed. */
#include "base/error.h"
#include "desk/audit.h"
#include "desk/ticket-change.h"
#include "desk/unit.h"

#define BATCH 200 /* tickets whose ids are read at a time */

static gboolean
check_target (PdDesk *desk, const PdUnit *unit, gint64 move_to, GError **error)
{
  g_autoptr (PdUnit) target = NULL;

  if (move_to == 0)
    return TRUE;
  if (move_to == unit->id)
    return pd_fail (error, PD_ERROR_INVALID, "the tickets of \"%s\" must go to another unit",
                    unit->name);
  if (!pd_unit_get (desk, move_to, &target, error))
    return FALSE;
  return (target != NULL && !target->closed)
         || pd_fail (error, PD_ERROR_INVALID, "the unit that the tickets shall go to is closed");
}

static gboolean
check_recurring (PdDesk *desk, const PdUnit *unit, GError **error)
{
  g_autoptr (PdRows) rows
      = pd_db_query (desk->db, PD_SQL_UNIT_RECURRING, PD_BIND (PD_INT (unit->id)), error);
  int step = rows != NULL ? pd_rows_next (rows, error) : -1;

  if (step == 1)
    return pd_fail (error, PD_ERROR_CONFLICT,
                    "the recurring ticket \"%s\" opens in \"%s\": change or close it first",
                    pd_rows_text (rows, 0), unit->name);
  return step == 0;
}

static gboolean
check_empty (PdDesk *desk, const PdUnit *unit, GError **error)
{
  gint64 count = 0;

  if (!pd_db_find_int (desk->db, PD_SQL_UNIT_OPEN_COUNT, PD_BIND (PD_INT (unit->id)), &count,
                       error))
    return FALSE;
  return count == 0
         || pd_fail (error, PD_ERROR_CONFLICT,
                     "\"%s\" has %" G_GINT64_FORMAT
                     " open ticket%s: finish them, or name the unit that gets them",
                     unit->name, count, count == 1 ? "" : "s");
}

static gboolean
move_one (PdDesk *desk, gint64 id, const PdPerson *actor, gint64 move_to, GError **error)
{
  const PdForward to = { .unit = move_to };
  g_autoptr (PdTicket) ticket = NULL;

  if (!pd_ticket_get (desk, id, &ticket, error))
    return FALSE;
  return ticket == NULL || pd_ticket_forward (desk, ticket, actor, &to, error);
}

static gboolean
move_tickets (PdDesk *desk, const PdUnit *unit, const PdPerson *actor, gint64 move_to,
              GError **error)
{
  for (;;)
    {
      g_autoptr (GArray) ids = pd_db_list_ints (desk->db, PD_SQL_UNIT_OPEN_TICKETS,
                                                PD_BIND (PD_INT (unit->id), PD_INT (BATCH)), error);

      if (ids == NULL)
        return FALSE;
      if (ids->len == 0)
        return TRUE;
      for (guint i = 0; i < ids->len; i++)
        if (!move_one (desk, g_array_index (ids, gint64, i), actor, move_to, error))
          return FALSE;
    }
}

gboolean
pd_unit_remove (PdDesk *desk, PdUnit *unit, const PdPerson *actor, gint64 move_to, GError **error)
{
  if (!pd_person_is_in_charge (actor, "remove units", error)
      || !check_target (desk, unit, move_to, error) || !check_recurring (desk, unit, error))
    return FALSE;
  if (move_to != 0 ? !move_tickets (desk, unit, actor, move_to, error)
                   : !check_empty (desk, unit, error))
    return FALSE;
  if (unit->closed)
    return TRUE;
  unit->closed = TRUE;
  return pd_unit_save (desk, unit, error)
         && pd_db_exec (desk->db, PD_SQL_UNIT_UNDEFAULT, PD_BIND (PD_INT (unit->id)), NULL, error)
         && pd_audit_add_id (desk, actor != NULL ? actor->id : 0, "unit-closed", "unit", unit->id,
                             NULL, error);
}
