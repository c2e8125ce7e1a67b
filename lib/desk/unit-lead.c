#include "desk/unit-lead.h"

#include "base/error.h"
#include "desk/unit.h"

gboolean
pd_unit_leads_all (const PdPerson *person)
{
  return person->state == PD_PERSON_ACTIVE
         && (person->admin || person->role == PD_ROLE_DIRECTOR);
}

gboolean
pd_unit_leads (PdDesk *desk, const PdPerson *person, gint64 unit, gboolean *out_leads,
               GError **error)
{
  gint64 head = 0;

  *out_leads = pd_unit_leads_all (person);
  if (*out_leads || person->state != PD_PERSON_ACTIVE || !pd_person_is_staff (person))
    return TRUE;
  if (!pd_db_find_int (desk->db, PD_SQL_UNIT_MEMBER_FIND,
                       PD_BIND (PD_INT (unit), PD_INT (person->id)), &head, error))
    return FALSE;
  *out_leads = head != 0;
  return TRUE;
}

gboolean
pd_unit_authorise_lead (PdDesk *desk, const PdPerson *actor, gint64 unit, const char *what,
                        GError **error)
{
  gboolean leads;

  if (actor == NULL)
    return TRUE;
  if (!pd_unit_leads (desk, actor, unit, &leads, error))
    return FALSE;
  return leads
         || pd_fail (error, PD_ERROR_DENIED,
                     "%s may not %s this unit: only its heads, directors and administrators may",
                     pd_person_label (actor), what);
}

static GArray *
all_units (PdDesk *desk, GError **error)
{
  g_autoptr (GPtrArray) units = pd_unit_list (desk, error);
  GArray *ids;

  if (units == NULL)
    return NULL;
  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < units->len; i++)
    g_array_append_val (ids, ((PdUnit *)g_ptr_array_index (units, i))->id);
  return ids;
}

GArray *
pd_unit_led_ids (PdDesk *desk, const PdPerson *person, GError **error)
{
  if (pd_unit_leads_all (person))
    return all_units (desk, error);
  if (person->state != PD_PERSON_ACTIVE || !pd_person_is_staff (person))
    return g_array_new (FALSE, FALSE, sizeof (gint64));
  return pd_db_list_ints (desk->db, PD_SQL_REPORT_LED_UNITS, PD_BIND (PD_INT (person->id)), error);
}

gboolean
pd_unit_leads_person (PdDesk *desk, const PdPerson *person, gint64 other, gboolean *out_leads,
                      GError **error)
{
  gint64 found = 0;

  *out_leads = pd_unit_leads_all (person)
               || (person->state == PD_PERSON_ACTIVE && person->id == other);
  if (*out_leads || person->state != PD_PERSON_ACTIVE || !pd_person_is_staff (person))
    return TRUE;
  if (!pd_db_find_int (desk->db, PD_SQL_REPORT_LEADS_PERSON,
                       PD_BIND (PD_INT (other), PD_INT (person->id)), &found, error))
    return FALSE;
  *out_leads = found != 0;
  return TRUE;
}
