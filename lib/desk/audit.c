#include "desk/audit.h"

#include "base/clock.h"
#include "base/id.h"

gboolean
pd_audit_add (PdDesk *desk, gint64 actor, const char *kind, const char *target, const char *data,
              GError **error)
{
  return pd_db_exec (desk->db, PD_SQL_AUDIT_ADD,
                     PD_BIND (PD_INT (pd_id_new ()), PD_INT (pd_clock_now ()), PD_ID (actor),
                              PD_TEXT (kind), PD_TEXT (target),
                              PD_TEXT (data != NULL ? data : "{}")),
                     NULL, error);
}

gboolean
pd_audit_add_id (PdDesk *desk, gint64 actor, const char *kind, const char *noun, gint64 id,
                 const char *data, GError **error)
{
  char text[PD_ID_TEXT_SIZE];
  g_autofree char *target = g_strdup_printf ("%s %s", noun, pd_id_format (id, text));

  return pd_audit_add (desk, actor, kind, target, data, error);
}
